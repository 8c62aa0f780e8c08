// Photos and PDFs on their way in: sent piece by piece (tus 1.0) as soon as they are chosen, kept on this device until the
// portal has answered with the same SM3, and shown as what they are: waiting, on the way, received, refused.
import { bytesOf, shrink } from "./device/pictures.js";
import { sendPieces, tusFrom } from "./device/sending.js";
import { newKey, sm3 } from "./device/sm3.js";
import { markUnsent } from "./device/unsent.js";

(() => {
  const account = document.body.dataset.account || "";
  const { tus: client, uploads: endpoint } = document.querySelector("script[data-uploads]").dataset;
  const MOST = 15 * 1024 * 1024, LARGE = 8 * 1024 * 1024;
  const RETRIES = [1000, 3000, 5000, 10000];

  // What this device keeps. Without a database of its own (private windows) it is kept by the page alone, and said so.
  let database = null;
  const opened = new Promise((done) => {
    try {
      const asked = indexedDB.open("photos", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("unsent", { keyPath: "key" });
      asked.onsuccess = () => { database = asked.result; done(); };
      asked.onerror = () => done();
    } catch { done(); }
  });
  const stored = (mode, act) => new Promise((done) => {
    if (!database) { done(null); return; }
    try {
      const change = database.transaction("unsent", mode);
      const asked = act(change.objectStore("unsent"));
      change.oncomplete = () => done(asked.result === undefined ? true : asked.result);
      change.onerror = change.onabort = () => done(null);
    } catch { done(null); }
  });
  const unsent = new Map();
  // Bytes are stored as they are: some telephones lose the files behind a stored File when the page is gone.
  const keep = async (one) => {
    if (one.gone) return false;
    const { key, name, type, bytes, digest, place, told, label, page, begun, sent, fault } = one;
    one.kept = Boolean(await stored("readwrite", (store) => store.put({ key, name, type, bytes, digest, place, told, label, page, begun, sent, fault, account })));
    await mark();
    return one.kept;
  };
  const forget = async (one) => { unsent.delete(one.key); await stored("readwrite", (store) => store.delete(one.key)); await mark(); };
  // Whoever's they are: another person's are not cleared away by this one's log-out either.
  const mark = async () => markUnsent("photos", Number(await stored("readonly", (store) => store.count())) > 0);

  // Where a photo belongs: to a record, whose address (data-place) takes it as soon as it has come; or, where that address is
  // empty, to a form that makes its record only when it is handed in (data-told: which form, data-field: the field of the form
  // that names its uploads, data-most: how many).
  const ofForm = (one) => one.place === "";
  const same = (one, home) => home.dataset.place === one.place && home.dataset.told === one.told;
  const WORDS = { waiting: "等待上传", sending: "正在上传", checking: "正在保存", received: "已收到", held: "已传到平台，提交这张表时一起保存", offline: "网络不通，恢复后自动续传", login: "登录已过期，请重新登录后继续", refused: "没有被接收" };
  const card = (one) => {
    if (!one.card) {
      one.card = document.createElement("li");
      one.card.className = "photo-card";
      const named = document.createElement("span");
      named.className = "photo-pdf";
      named.textContent = one.name;
      const inner = /^image\//.test(one.type) ? document.createElement("img") : named;
      // What this browser cannot draw (HEIC on most) goes by its name.
      if (inner !== named) { inner.alt = one.name; inner.addEventListener("error", () => inner.replaceWith(named)); inner.src = URL.createObjectURL(new Blob([one.bytes], { type: one.type })); }
      one.card.append(inner, document.createElement("progress"), document.createElement("p"), document.createElement("div"));
      one.card.querySelector("progress").max = 100;
    }
    const [, bar, text, buttons] = one.card.children;
    one.card.dataset.state = one.state;
    bar.hidden = !["waiting", "sending", "checking", "offline"].includes(one.state);
    bar.value = one.share || 0;
    bar.setAttribute("aria-label", `${one.name} 上传进度`);
    text.textContent = one.state === "sending" ? `正在上传 ${one.share || 0}%` : one.fault ? `${WORDS[one.state]}：${one.fault}` : WORDS[one.state];
    if (one.kept === false && one.state !== "received" && !one.fault) text.textContent += "（本机不能保存，请不要关闭页面）";
    if (buttons.dataset.for !== one.state) {
      buttons.dataset.for = one.state;
      buttons.replaceChildren();
      const button = (word, act) => { const made = document.createElement("button"); made.type = "button"; made.className = "btn btn-sm"; made.textContent = word; made.addEventListener("click", act); buttons.append(made); };
      if (["offline", "login", "refused"].includes(one.state)) button("重试", () => start(one));
      if (one.state === "refused") button("移除", () => { if (window.confirm(`“${one.name}”没有被接收。从本机的待传列表移除？`)) { forget(one); one.card.remove(); show(); } });
      else if (ofForm(one) && ["held", "offline", "login"].includes(one.state)) button("移除", () => { if (window.confirm(`不交“${one.name}”了？它还没有随表单提交，移除后这台设备和平台上都不再保留。`)) letGo(one); });
    }
  };
  const list = document.getElementById("unsent");
  const show = () => {
    const boxes = [...document.querySelectorAll("[data-photo-cards]")];
    const elsewhere = [];
    for (const one of unsent.values()) {
      card(one);
      const home = boxes.find((box) => same(one, box.closest("[data-place]")));
      // What had all come and may have been handed in by now is asked about first.
      if (!home && one.state !== "received" && !(ofForm(one) && one.sent && one.state !== "held")) elsewhere.push(one);
      const into = home || (elsewhere.includes(one) && list && list.querySelector("ul"));
      if (into && one.card.parentNode !== into) into.append(one.card);
      if (!home && one.card.parentNode && !one.card.title) one.card.title = one.label;
      if (!home && one.page && !one.card.querySelector("a")) { const back = document.createElement("a"); back.href = one.page; back.textContent = `回到“${one.label}”`; one.card.append(back); }
    }
    if (list) {
      list.hidden = !elsewhere.length;
      const bad = elsewhere.filter((one) => one.state === "refused").length, held = elsewhere.filter((one) => one.state === "held").length, left = elsewhere.length - bad - held;
      list.querySelector("[data-unsent-title]").textContent = [left && `还没有传完：${left} 份`, held && `已传到平台，但表单还没有提交：${held} 份`, bad && `没有被接收：${bad} 份`].filter(Boolean).join("；");
      list.querySelector("[data-unsent-says]").textContent = (left ? "照片和文件保存在这台设备上，正在自动续传。收到之前请不要清除浏览器数据。" : "") + (held ? "请回到那张表提交，照片才算交上来。" : "") + (bad ? "没有被接收的不会再传，请看原因，换一份或移除。" : "");
    }
    for (const box of boxes) {
      const home = box.closest("[data-place]"), mine = [...unsent.values()].filter((one) => same(one, home)), told = home.querySelector("[data-photo-said]");
      const come = mine.filter((one) => ["received", "held"].includes(one.state)), bad = mine.filter((one) => one.state === "refused").length, left = mine.length - come.length - bad;
      if (told) told.textContent = mine.length ? `${home.dataset.place ? "已收到" : "已传到平台"} ${come.length} 份` + (left ? `，还有 ${left} 份没有传完` : "") + (bad ? `，${bad} 份没有被接收` : "") + "。" : "";
      const field = home.dataset.field && home.closest("form").elements.namedItem(home.dataset.field);
      if (field) field.value = come.map((one) => one.key).join(",");
    }
  };
  const pending = () => [...unsent.values()].filter((one) => !["received", "held", "refused"].includes(one.state));

  // What a log-out would lose: those of a form that is not handed in as well.
  const atStake = () => [...unsent.values()].filter((one) => !["received", "refused"].includes(one.state));

  const token = () => document.querySelector('meta[name="csrf"]')?.content || "";
  const state = (one, name, more) => { Object.assign(one, { state: name, fault: "" }, more); card(one); show(); };

  const send = async (one) => sendPieces(one, await tusFrom(client), {
    endpoint, retries: RETRIES, token,
    begun: () => keep(one),
    progress: (share) => state(one, "sending", { share }),
  });

  // The record that keeps it: answered with the SM3 of what lies on the portal's disk.
  const commit = async (one) => {
    // One of a form goes with it: all that is asked is whether it has gone already.
    if (ofForm(one)) {
      const { status, headers } = await fetch(`${endpoint}${one.key}/`, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" }, cache: "no-store" });
      return { status, told: { digest: headers.get("Upload-SM3"), taken: headers.has("Upload-Taken") } };
    }
    const answer = await fetch(one.place, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body: JSON.stringify({ ...JSON.parse(one.told), upload: one.key }) });
    const told = await answer.json();
    return { status: answer.status, told };
  };

  // A code for what went wrong: try later, log in, or a sentence that is final.
  const met = (one, status, sentence) => {
    if (status === 401) state(one, "login");
    else if (!status || status >= 500 || status === 423 || status === 429) state(one, "offline");
    else { state(one, "refused", { fault: sentence || "请移除后重新选择文件。" }); keep(one); }
  };
  const start = async (one) => {
    if (one.busy || one.state === "received") return;
    one.busy = true;
    state(one, "waiting");
    try {
      if (!one.sent) await send(one);
      one.sent = true;
      state(one, "checking");
      const { status, told } = await commit(one);
      if (ofForm(one) && status === 200 && told.digest === one.digest) {
        if (told.taken) { await forget(one); one.card?.remove(); show(); } else { await keep(one); state(one, "held"); }
      } else if (status === 201 && told.digest === one.digest) {
        await forget(one);
        unsent.set(one.key, one);
        state(one, "received");
        document.dispatchEvent(new CustomEvent("photo-received", { detail: told }));
      } else if (status === 201) state(one, "refused", { fault: "收到的文件与本机的不一致，请重试。" });
      else if (status === 404 && !one.again) { Object.assign(one, { again: true, sent: false, begun: false, busy: false }); start(one); return; }
      else met(one, status, told.message);
    } catch (error) {
      const answer = error && error.originalResponse;
      let sentence = "";
      try { sentence = JSON.parse(answer.getBody()).message; } catch { /* not an answer of ours */ }
      // 460: it arrived otherwise than it left; 410, 404: the portal has let it go. Both begin again, once.
      if (answer && [404, 410, 460].includes(answer.getStatus()) && !one.again) { Object.assign(one, { again: true, begun: answer.getStatus() === 460, busy: false }); start(one); return; }
      met(one, answer ? answer.getStatus() : 0, sentence);
    } finally { one.busy = false; next(); }
  };
  // Two at a time: a bad line carries no more.
  const next = () => {
    const busy = [...unsent.values()].filter((one) => one.busy).length;
    [...unsent.values()].filter((one) => one.state === "waiting" && !one.busy).slice(0, Math.max(0, 2 - busy)).forEach(start);
  };
  const letGo = async (one) => {
    one.gone = true;
    if (one.begun) fetch(`${endpoint}${one.key}/`, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": token() } }).catch(() => {});
    await forget(one);
    one.card?.remove();
    show();
  };
  const again = () => { for (const one of unsent.values()) if (one.state === "offline") one.state = "waiting"; next(); };

  const take = async (home, files) => {
    const single = home.dataset.most === "1";
    if (single && files.length) for (const before of [...unsent.values()].filter((one) => same(one, home))) await letGo(before);
    for (const file of single ? files.slice(0, 1) : files) {
      const small = await shrink(file, MOST);
      const bytes = await bytesOf(small);
      const one = { key: newKey(), name: file.name || "照片.jpg", type: small.type, bytes, digest: sm3(new Uint8Array(bytes)), place: home.dataset.place, told: home.dataset.told, label: home.dataset.label || "", page: home.dataset.place ? undefined : location.pathname + location.search, begun: false, state: "waiting" };
      unsent.set(one.key, one);
      await keep(one);
      if (small.size > MOST) state(one, "refused", { fault: "文件超过15MB的上限，请压缩后再上传。" });
      else show();
      next();
    }
  };

  const able = Boolean(account && client && window.FileReader && window.fetch && window.crypto && crypto.getRandomValues);
  const formOf = (target) => able && target.closest && target.closest("[data-place]");

  document.addEventListener("change", async (event) => {
    const input = event.target.closest("[data-photo-input]");
    if (!input) return;
    const form = formOf(input);
    if (form) {
      const files = [...input.files];
      input.value = "";
      await opened;
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
      take(form, files);
      return;
    }
    const files = await Promise.all([...input.files].map((file) => shrink(file, LARGE)));
    const transfer = new DataTransfer();
    files.forEach((file) => transfer.items.add(file));
    input.files = transfer.files;
  });

  const carried = (event) => [...(event.dataTransfer || event.clipboardData || { files: [] }).files];
  document.addEventListener("dragover", (event) => { const form = formOf(event.target); if (form) { event.preventDefault(); form.classList.add("drop-here"); } });
  document.addEventListener("dragleave", (event) => { const form = formOf(event.target); if (form && !form.contains(event.relatedTarget)) form.classList.remove("drop-here"); });
  document.addEventListener("drop", (event) => {
    const form = formOf(event.target);
    if (!form) return;
    event.preventDefault();
    form.classList.remove("drop-here");
    take(form, carried(event));
  });
  document.addEventListener("paste", (event) => {
    const files = carried(event), homes = document.querySelectorAll("[data-place]");
    const form = files.length && (formOf(event.target) || (event.target.closest("article") || document).querySelector("[data-place]"));
    if (!form || !able || (!event.target.closest("[data-place], article") && homes.length > 1)) return;
    event.preventDefault();
    take(form, files);
  });

  // A form handed in while its photos are under way waits for them.
  document.addEventListener("submit", (event) => {
    const form = event.target, { waits } = form.dataset, homes = [form, ...form.querySelectorAll("[data-place]")];
    const mine = pending().filter((one) => homes.some((home) => same(one, home)) || (waits && (one.place + one.told).includes(waits)));
    if (mine.length) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const said = document.getElementById("toast");
      said.textContent = `还有 ${mine.length} 份照片或文件没有传完，传完后再继续；它们保存在本机，不会丢失。`;
      said.hidden = false;
      again();
    } else if (form.matches("[data-log-out]") && atStake().length) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (window.confirm(`还有 ${atStake().length} 份照片或文件没有传完，或者没有随表单提交。退出登录会清空这台设备上的数据，它们就没有了。请先连网传完、提交。仍要退出并丢弃？`)) Promise.all(atStake().map(forget)).then(() => form.requestSubmit());
    }
  }, true);
  window.addEventListener("beforeunload", (event) => { if (pending().some((one) => one.kept === false || ["sending", "checking"].includes(one.state))) event.preventDefault(); });

  for (const name of ["online", "pageshow", "focus"]) window.addEventListener(name, again);
  window.addEventListener("offline", show);
  setInterval(again, 20000);
  document.addEventListener("htmx:afterSettle", show);

  // What an earlier page left behind goes on by itself.
  opened.then(() => stored("readonly", (store) => store.getAll())).then((found) => {
    for (const one of Array.isArray(found) ? found : []) {
      if (one.account !== account || unsent.has(one.key)) continue;
      unsent.set(one.key, { ...one, kept: true, state: one.fault ? "refused" : "waiting" });
    }
    show();
    if (able) next();
  });
})();
