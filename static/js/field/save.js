// What has not been sent, as one file for the office's desk: the very bytes that would be sent, and each picture. A visit that is
// not finished goes along as what it is, unsigned and without a number, to be gone on with on another device.
import { sm3 } from "../device/sm3.js";

const KIND = "field-visits";

const base64 = (bytes) => {
  const view = new Uint8Array(bytes);
  let text = "";
  for (let at = 0; at < view.length; at += 32768) text += String.fromCharCode(...view.subarray(at, at + 32768));
  return btoa(text);
};
const bytesOf = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer;

// What was signed was signed on this device, under a number this device holds: neither leaves it before the visit is finished.
const unsigned = (visit) => ({ ...visit, signatures: {}, notice: { ...visit.notice, wanted: false, number: null, signed: undefined } });

export const unsentFile = async (store) => {
  const me = await store.kept("me"), all = await store.all("visits"), list = await store.kept("checklist");
  const ready = all.filter((visit) => visit.body && ["sealed", "received"].includes(visit.state)), drafts = all.filter((visit) => visit.state === "draft");
  const told = { kind: KIND, person: me.person, name: `${me.name} ${new Date().toISOString()}`, visits: [], drafts: [] };
  for (const visit of ready) {
    const files = (await store.filesOf(visit.key)).map((file) => ({ key: file.key, name: file.name, sm3: file.digest, base64: base64(file.bytes) }));
    told.visits.push({ name: visit.name, sm3: visit.digest, body: visit.body, files });
  }
  for (const visit of drafts) {
    const files = (await store.filesOf(visit.key)).map(({ bytes, ...file }) => ({ ...file, begun: false, sent: false, base64: base64(bytes) }));
    told.drafts.push({ name: visit.name, began_at: visit.began_at, visit: unsigned(visit), items: (await store.kept(`items-${visit.key}`)) || (list?.edition === visit.edition ? list.items : null), files });
  }
  return { count: ready.length, drafts: drafts.length, blob: new Blob([JSON.stringify(told)], { type: "application/json" }) };
};

// The unfinished visits of such a file, by the person who began them; one that is on this device already is left as it is here.
export const restoreDrafts = async (store, text) => {
  const no = "这不是外出检查导出的文件，或者文件不完整，没有恢复。";
  let told = null;
  try { told = JSON.parse(text); } catch { /* said below */ }
  if (told?.kind !== KIND || !Array.isArray(told.drafts)) return { fault: no };
  if (told.person !== (await store.kept("me")).person) return { fault: "这个文件是另一位人员的设备导出的，须由本人登录后恢复。" };
  const device = await store.kept("device");
  let restored = 0, here = 0;
  try {
    for (const { visit, items, files } of told.drafts) {
      const { key, state, answers, extras, rechecks, notice } = visit;
      if (state !== "draft" || typeof key !== "string" || !answers || !Array.isArray(extras) || !rechecks || !notice) throw new Error(key);
      if (await store.get("visits", key)) { here++; continue; }
      const come = files.map(({ base64: content, ...file }) => ({ ...file, visit: key, bytes: bytesOf(content) }));
      if (come.some((file) => sm3(new Uint8Array(file.bytes)) !== file.digest)) throw new Error(key);
      await store.change(["visits", "files", "kept"], (visits, pictures, kept) => {
        visits.put({ ...unsigned(visit), device });
        come.forEach((file) => pictures.put(file));
        if (items) kept.put({ name: `items-${key}`, value: items });
      });
      restored++;
    }
  } catch { return { fault: no, restored, here }; }
  return { restored, here };
};

export const saveAs = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};
