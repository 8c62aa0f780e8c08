// The way home: each record first, then each of its files in pieces. Whatever happens in between, the same is sent again and
// is one; nothing is let go of here before the portal has answered with its SM3.
import { sendPieces, tusFrom } from "../device/sending.js";

const API = "/api/v1/field/", UPLOADS = "/api/v1/uploads/";

// Why it stopped. All of them keep everything.
class Stopped extends Error {
  constructor(kind, words) { super(words); Object.assign(this, { kind, words }); }
}
const offline = (words = "网络不通，恢复后自动继续。") => new Stopped("offline", words);

const asked = async (path, options = {}) => {
  let answer;
  try { answer = await fetch(path, { ...options, cache: "no-store", redirect: "error" }); } catch { throw offline(); }
  let told = null;
  try { told = await answer.json(); } catch { /* a proxy's page, or ours that is no JSON */ }
  if (answer.status === 401) throw new Stopped("login", "登录已过期，请重新登录后继续；记录都还在这台设备上。");
  if (answer.status >= 500 || answer.status === 429 || answer.status === 423) throw offline("平台暂时没有应答，稍后自动继续。");
  if (told === null) throw offline("没有收到平台的应答，稍后自动继续。");
  return { status: answer.status, told };
};
export const get = async (path) => {
  const { status, told } = await asked(API + path);
  if (status !== 200) throw new Stopped("refused", told.message);
  return told;
};
const post = (path, body, token) => asked(API + path, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body });

// Who is logged in here, with the token to send by: fetched when it is needed, so never stale after a new login.
export const whoIsHere = async (store) => {
  const me = await get("me/");
  if (store && String(me.account) !== String(store.account)) throw new Stopped("other", `现在登录的是${me.name}。这台设备上的记录要由本人登录后发送。`);
  return me;
};

const detailOf = (told) => [told.message, ...(told.errors || []).map((one) => one.message).filter((one) => one !== told.message)].join(" ");

const sendRecord = async (store, visit, me) => {
  const { status, told } = await post("visits/", visit.body, me.csrf);
  if (status === 201 && told.sm3 === visit.digest) {
    visit.state = "received";
    Object.assign(visit, { answer: told, fault: null, both: null });
  } else if (status === 409 && told.code === "changed") {
    Object.assign(visit, { both: told.both, fault: { kind: "changed", words: told.message } });
  } else {
    visit.fault = { kind: "refused", words: status === 201 ? "平台收到的内容与本机的不一致，请重试。" : detailOf(told) };
  }
  await store.put("visits", visit);
};

const sendFile = async (store, file, me, tus, retries) => {
  try {
    if (!file.sent) await sendPieces(file, await tusFrom(tus), { endpoint: UPLOADS, retries, token: () => me.csrf, begun: () => store.put("files", file) });
    file.sent = true;
  } catch (error) {
    const answer = error?.originalResponse, status = answer ? answer.getStatus() : 0;
    // Let go by the portal, or arrived otherwise than it left: from the beginning, next time.
    if ([404, 410].includes(status)) file.begun = false;
    await store.put("files", file);
    if (status === 401) throw new Stopped("login", "登录已过期，请重新登录后继续；记录都还在这台设备上。");
    let words = "";
    try { words = JSON.parse(answer.getBody()).message; } catch { /* no answer of ours */ }
    if (status >= 400 && status < 500 && ![404, 408, 409, 410, 423, 429, 460].includes(status) && words) throw new Stopped("refused", words);
    throw offline();
  }
  const { status, told } = await post("files/", JSON.stringify({ key: file.key, upload: file.key }), me.csrf);
  if (status === 201 && told.sm3 === file.digest) { await store.remove("files", file.key); return; }
  if (status === 404 || status === 409) { Object.assign(file, { sent: false, begun: false }); await store.put("files", file); throw offline(); }
  throw new Stopped("refused", detailOf(told));
};

const sendFiles = async (store, visit, me, { tus, retries, onChange }) => {
  visit.fault = null;
  for (const file of await store.filesOf(visit.key)) {
    try { await sendFile(store, file, me, tus, retries); } catch (error) {
      if (error.kind !== "refused") throw error;
      visit.fault = { kind: "refused", words: `${file.kind === "voice" ? "录音" : "照片"}“${file.name}”：${error.words}` };
      await store.put("files", { ...file, refused: error.words });
    }
    await store.count();
    onChange?.(visit);
  }
  if (!(await store.filesOf(visit.key)).length) {
    // The portal has all of it; what remains here is where to find it.
    const { key, state: _, enterprise, name, began_at, sealed_at, answer } = visit;
    if (visit.notice.number) await store.remove("numbers", visit.notice.number.id);
    await store.remove("kept", `items-${key}`);
    await store.put("visits", { key, state: "done", enterprise, name, began_at, sealed_at, answer });
  } else await store.put("visits", visit);
};

// Everything that is ready, in the order it was sealed. Answers with what stopped it, or null. Two pages do not send at once.
export const sendAll = async (store, options) => {
  const once = async () => {
    try {
      const ready = (await store.all("visits")).filter((visit) => ["sealed", "received"].includes(visit.state)).sort((a, b) => (a.sealed_at < b.sealed_at ? -1 : 1));
      if (!ready.length) return null;
      const me = await whoIsHere(store);
      for (const visit of ready) {
        if (visit.state === "sealed" && !visit.both && visit.fault?.kind !== "refused") await sendRecord(store, visit, me);
        if (visit.state === "received") await sendFiles(store, visit, me, options);
        await store.count();
        options.onChange?.(visit);
      }
      return null;
    } catch (error) {
      if (error instanceof Stopped) return { kind: error.kind, words: error.words };
      throw error;
    }
  };
  return navigator.locks ? navigator.locks.request(`send-${store.account}`, once) : once();
};

// 带走: one after the other, each whole before it counts; `onSize` hears how many bytes have come.
export const takeAlong = async (store, id, { onSize } = {}) => {
  const me = await whoIsHere(store);
  await store.keep("me", { ...me, csrf: undefined });
  const had = await store.kept("checklist");
  if (had?.edition !== me.edition) {
    const fresh = await get("checklist/");
    // A visit that is being written goes on by the list it was begun with.
    for (const visit of await store.all("visits")) if (visit.state === "draft" && !visit.action && visit.edition === had?.edition) await store.keep(`items-${visit.key}`, had.items);
    await store.keep("checklist", fresh);
  }
  const pack = await get(`${id}/pack/`);
  let size = JSON.stringify(pack).length;
  onSize?.(size);
  for (const { url } of pack.hazards.flatMap((hazard) => hazard.photos)) {
    if (await store.get("pictures", url)) continue;
    const answer = await fetch(url).catch(() => { throw offline(); });
    if (!answer.ok || answer.redirected) continue;
    const bytes = await answer.arrayBuffer();
    size += bytes.byteLength;
    onSize?.(size);
    await store.put("pictures", { url, enterprise: id, bytes, type: answer.headers.get("Content-Type") });
  }
  await store.put("packs", { ...pack, size });
  return pack;
};

// The device's unused numbers topped up to `free`; what papers here already carry is held beside them.
export const topUp = async (store, free, year) => {
  const me = await whoIsHere(store), device = await store.kept("device");
  const here = await store.all("numbers");
  const past = here.filter((one) => one.year !== year && !one.used_by).map((one) => one.id);
  if (past.length) {
    await store.remove("numbers", ...past);
    await post("numbers/back/", JSON.stringify({ device, numbers: past }), me.csrf);
  }
  const used = here.filter((one) => one.used_by && one.year === year).length;
  const { status, told } = await post("numbers/", JSON.stringify({ device, hold: Math.min(20, free + used) }), me.csrf);
  if (status !== 200) throw new Stopped("refused", detailOf(told));
  // Of a visit that was given up the number stays spent here until the portal no longer holds it for this device.
  const visits = new Set((await store.all("visits")).map((visit) => visit.key)), held = new Set(told.map((one) => one.id));
  await store.remove("numbers", ...here.filter((one) => one.used_by && !visits.has(one.used_by) && !held.has(one.id)).map((one) => one.id));
  await store.mergeNumbers(told);
};
