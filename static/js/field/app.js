// 外出检查: opens the store of whoever is logged in (or was last, where there is no signal), draws, and sends when it can.
import { newKey } from "../device/sm3.js";
import { get, sendAll, takeAlong, topUp, whoIsHere } from "./queue.js";
import { dayOf } from "./record.js";
import { restoreDrafts, saveAs, unsentFile } from "./save.js";
import * as screens from "./screens.js";
import { lastPerson, openStore, rememberPerson } from "./store.js";
import { stopRecording } from "./voice.js";

const NUMBERS = 5, AGAIN = 20000, RETRIES = [1000, 3000, 5000];
const { tus } = document.body.dataset;
const main = document.getElementById("content");
const app = { me: null, store: null, persisted: false, update: null, stopped: null };

let fading;
app.say = (words, { done = false } = {}) => {
  const box = document.getElementById("toast");
  Object.assign(box, { textContent: words, hidden: false });
  box.classList.toggle("toast-done", done);
  clearTimeout(fading);
  fading = setTimeout(() => { box.hidden = true; }, 10000);
};

const bar = async () => {
  const { visits, files, stuck } = app.store ? await app.store.count() : { visits: 0, files: 0, stuck: 0 };
  const signal = !navigator.onLine || app.stopped?.kind === "offline" ? "没有信号：内容都保存在这台设备上" : app.stopped ? app.stopped.words : "已联网";
  document.querySelector("[data-signal]").textContent = signal;
  const left = document.querySelector("[data-unsent]");
  left.textContent = visits || files ? `未发送：${visits} 次检查、${files} 份照片、录音` : "全部已发送";
  if (stuck) left.append(" ", screens.h("a", { href: "#/" }, `${stuck} 次须您处理`));
  document.getElementById("bar").dataset.state = app.stopped || !navigator.onLine ? "off" : "on";
  if (app.stopped?.kind === "login" || app.stopped?.kind === "other") left.append(" ", screens.h("a", { href: "/login/?next=/field/" }, "去登录"));
};
app.count = bar;

let letGo = null, held = null;
app.holdAlone = async (name) => {
  if (!navigator.locks || held === name) return true;
  letGo?.();
  return new Promise((answer) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) { answer(false); return null; }
      held = name;
      answer(true);
      return new Promise((done) => { letGo = () => { held = letGo = null; done(); }; });
    });
  });
};

const ROUTES = [[/^#\/take$/, screens.take], [/^#\/plant\/(\d+)$/, screens.plant], [/^#\/visit\/([\w-]+)$/, screens.visitPage], [/^#\/finish\/([\w-]+)$/, screens.finish], [/^#\/paper\/([\w-]+)$/, screens.paperPage]];
let turn = 0;
app.draw = async () => {
  const mine = ++turn, [route, screen] = ROUTES.find(([pattern]) => pattern.test(location.hash)) || [/^/, screens.home];
  await stopRecording();
  if (screen !== screens.visitPage && screen !== screens.finish) letGo?.();
  const drawn = await screen(app, route.exec(location.hash)?.[1]);
  if (mine === turn) main.replaceChildren(...drawn.flat().filter(Boolean));
};
// Only the pages that show how the sending goes are drawn again by it: nobody's typing is disturbed.
const quietly = async () => {
  const visit = location.hash.startsWith("#/visit/") && await app.store.get("visits", location.hash.slice(8));
  if (!location.hash || location.hash === "#/" || (visit && visit.state !== "draft")) app.draw();
};

let sending = null, more = false;
app.send = () => {
  // What was finished while others were on their way goes right after them.
  more = true;
  sending = sending || (async () => {
    try {
      while (more) {
        more = false;
        app.stopped = await sendAll(app.store, { tus, retries: RETRIES, onChange: () => { bar(); quietly(); } });
      }
    } finally { sending = null; }
    await bar();
    quietly();
  })();
  return sending;
};
app.get = get;
const persist = async () => { app.persisted = Boolean(navigator.storage?.persist && await navigator.storage.persist().catch(() => false)); };
app.take = async (id, onSize) => {
  // Not waited for: Firefox asks the person first, and whoever does not see its question would never take anything along.
  persist();
  const pack = await takeAlong(app.store, id, { onSize });
  app.me = await app.store.kept("me");
  await topUp(app.store, NUMBERS, Number(dayOf().slice(0, 4))).catch((error) => app.say(error.words || "没有领到预留文号，请稍后再试。"));
  return pack;
};
app.export = async () => {
  const { count, drafts, blob } = await unsentFile(app.store);
  saveAs(blob, `外出检查-${app.me.name}-${dayOf()}.json`);
  app.say(`已导出${count ? ` ${count} 次检查` : ""}${drafts ? `${count ? "、" : ""} ${drafts} 次未完成的检查` : ""}。${count ? "请拷到办公电脑，在“导入外出检查文件”里导入。" : ""}${drafts ? "未完成的，可以由您本人在另一台设备的“外出检查”里从这个文件恢复，接着填写。" : ""}本机的记录照样保留。`, { done: true });
};
app.restore = async (file) => {
  const { fault, restored, here } = await restoreDrafts(app.store, await file.text());
  const done = `${restored ? `恢复了 ${restored} 次未完成的检查，签名和文书须重新办理。` : ""}${here ? `${here} 次已在本机，没有改动。` : ""}`;
  app.say(fault ? `${fault}${done}` : done || "文件里没有未完成的检查。", { done: !fault });
  await bar();
  await app.draw();
};

const open = async () => {
  let me = null, stopped = null;
  try { me = await whoIsHere(); } catch (error) { stopped = error; }
  const last = lastPerson();
  if (!me && !last) {
    main.replaceChildren(screens.h("h1", { class: "h2" }, "外出检查"), screens.h("p", {}, "这台设备上还没有您的资料。请在有信号的地方登录一次。"), screens.h("a", { class: "btn btn-primary", href: "/login/?next=/field/" }, "去登录"));
    document.querySelector("[data-signal]").textContent = stopped?.words || "没有打开";
    return;
  }
  app.store = await openStore(me ? me.account : last.account);
  if (me) {
    rememberPerson({ account: me.account });
    await app.store.keep("me", { ...me, csrf: undefined });
  } else app.stopped = { kind: stopped.kind || "offline", words: stopped.words || "" };
  app.me = await app.store.kept("me");
  if (!(await app.store.kept("device"))) await app.store.keep("device", newKey());
  app.persisted = Boolean(await navigator.storage?.persisted?.().catch(() => false));
  await bar();
  await app.draw();
  document.body.dataset.ready = "1";
  addEventListener("hashchange", () => { app.draw(); scrollTo(0, 0); });
  for (const name of ["online", "focus", "pageshow"]) addEventListener(name, () => app.send());
  addEventListener("offline", bar);
  setInterval(async () => { if ((await app.store.count()).visits) app.send(); }, AGAIN);
  if (me) {
    if ((await app.store.all("packs")).length) topUp(app.store, NUMBERS, Number(dayOf().slice(0, 4))).catch(() => {});
    app.send();
  }
};

const register = async () => {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/field/", updateViaCache: "none" }).catch(() => null);
  if (!registration) return;
  const offer = () => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    app.update = () => { navigator.serviceWorker.addEventListener("controllerchange", () => location.reload()); registration.waiting.postMessage("update"); };
    if (app.store && (!location.hash || location.hash === "#/")) app.draw();
  };
  const watch = () => registration.installing?.addEventListener("statechange", offer);
  registration.addEventListener("updatefound", watch);
  watch();
  offer();
};

await open();
await register();
