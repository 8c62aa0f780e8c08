// Pictures made smaller on the device, with the time and place that the camera wrote into them.
export const bytesOf = (blob) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = () => failed(reader.error);
  reader.readAsArrayBuffer(blob);
});

// The Exif segment of a JPEG, or null.
export const exifOf = (buffer) => {
  const bytes = new Uint8Array(buffer), view = new DataView(buffer);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda;) {
    const size = view.getUint16(at + 2);
    if (bytes[at + 1] === 0xe1 && String.fromCharCode(...bytes.slice(at + 4, at + 10)) === "Exif\0\0") return bytes.slice(at, at + 2 + size);
    at += 2 + size;
  }
  return null;
};

// A picture that was drawn anew stands upright already: its Exif says so, or it would be turned twice.
const upright = (segment) => {
  const view = new DataView(segment.buffer), start = 10;
  const little = view.getUint16(start) === 0x4949, entries = start + view.getUint32(start + 4, little);
  for (let n = 0; n < view.getUint16(entries, little); n++) {
    const entry = entries + 2 + 12 * n;
    if (view.getUint16(entry, little) === 0x0112) view.setUint16(entry + 8, 1, little);
  }
  return segment;
};

// The same JPEG with the Exif of another.
export const withExif = (jpeg, exif) => {
  let segment;
  try { segment = exif && upright(exif); } catch { segment = null; }
  return segment ? new Blob([jpeg.slice(0, 2), segment, jpeg.slice(2)], { type: "image/jpeg" }) : jpeg;
};

// As it is where it is small enough (bytes) and cannot be drawn anew; otherwise at most `edge` pixels wide or high.
export const shrink = async (file, above, edge = 2560) => {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size <= above) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, edge / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const drawn = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    const blob = drawn && withExif(drawn, exifOf(await bytesOf(file)));
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg", lastModified: file.lastModified }) : file;
  } catch { return file; }
};

// As portal/files/names.py has it: what the portal would not take under that name.
export const hostileName = (name) => /[/\\\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(name);
