// A place to sign with a finger. What is drawn is handed on as a PNG at the end of every stroke.
export const pad = (shown, onChange) => {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 640, height: 260, className: "field-pad" });
  const draw = canvas.getContext("2d");
  const blank = () => { draw.fillStyle = "#fff"; draw.fillRect(0, 0, canvas.width, canvas.height); };
  blank();
  if (shown) {
    const image = new Image();
    image.onload = () => draw.drawImage(image, 0, 0);
    image.src = shown;
  }
  let last = null;
  const at = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [((clientX - box.left) * canvas.width) / box.width, ((clientY - box.top) * canvas.height) / box.height];
  };
  const line = (to) => {
    draw.strokeStyle = "#10243c";
    draw.lineWidth = 5;
    draw.lineCap = draw.lineJoin = "round";
    draw.beginPath();
    draw.moveTo(...last);
    draw.lineTo(...to);
    draw.stroke();
    last = to;
  };
  canvas.addEventListener("pointerdown", (event) => { event.preventDefault(); canvas.setPointerCapture(event.pointerId); last = at(event); line(last); });
  canvas.addEventListener("pointermove", (event) => { if (last) line(at(event)); });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { if (last) { last = null; onChange(canvas.toDataURL("image/png")); } });
  return { canvas, clear: () => { blank(); onChange(null); } };
};
