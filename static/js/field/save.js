// What has not been sent, as one file for the office's desk: the very bytes that would be sent, and each picture.
const base64 = (bytes) => {
  const view = new Uint8Array(bytes);
  let text = "";
  for (let at = 0; at < view.length; at += 32768) text += String.fromCharCode(...view.subarray(at, at + 32768));
  return btoa(text);
};

export const unsentFile = async (store) => {
  const me = await store.kept("me");
  const visits = (await store.all("visits")).filter((visit) => visit.body && ["sealed", "received"].includes(visit.state));
  const told = { kind: "field-visits", person: me.person, name: `${me.name} ${new Date().toISOString()}`, visits: [] };
  for (const visit of visits) {
    const files = (await store.filesOf(visit.key)).map((file) => ({ key: file.key, name: file.name, sm3: file.digest, base64: base64(file.bytes) }));
    told.visits.push({ name: visit.name, sm3: visit.digest, body: visit.body, files });
  }
  return { count: visits.length, blob: new Blob([JSON.stringify(told)], { type: "application/json" }) };
};

export const saveAs = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};
