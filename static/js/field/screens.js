// What is seen of it. Each screen is drawn from the store; each input is written to the store before anything else happens.
import { bytesOf, hostileName, shrink } from "../device/pictures.js";
import { newKey, sm3 } from "../device/sm3.js";
import { pad } from "./pad.js";
import { saveAs } from "./save.js";
import { MOST_SECONDS, canRecord, record, stopRecording } from "./voice.js";
import { LEVELS, PARTS, SUBJECTS, VERDICTS, dayOf, decide, findingsOf, lacking, linesOf, newVisit, orderOf, ordered, reading, reopen, seal } from "./record.js";

export const h = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden" || name === "open") made[name] = value;
    else if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
};
const button = (words, act, kind = "btn", more = {}) => h("button", { type: "button", class: kind, onclick: act, ...more }, words);
// Drawn anew under somebody's fingers: whoever works by keyboard stays on the control of the same words.
const wordsOf = (control) => control.getAttribute("aria-label") || (control.labels?.[0] || control).textContent;
const swap = (box, ...children) => {
  const held = box.contains(document.activeElement) && wordsOf(document.activeElement);
  box.replaceChildren(...children.filter(Boolean));
  if (held) [...box.querySelectorAll("button, input, select, textarea")].find((one) => wordsOf(one) === held)?.focus({ preventScroll: true });
};
const alertBox = (kind, ...children) => h("div", { class: `alert alert-${kind}` }, ...children);
const shownTime = (moment) => new Date(moment).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false }).slice(0, -3);
const size = (bytes) => (bytes > 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`);
const facts = (pairs) => h("dl", { class: "facts" }, pairs.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
const title = (words, back) => h("div", { class: "field-title" }, back && h("a", { href: back, class: "btn" }, "‹ 返回"), h("h1", { class: "h2" }, words));
let fields = 0;
const labelled = (words, control, help) => {
  control.id = control.id || `f${++fields}`;
  return h("div", { class: "mb-3" }, h("label", { class: "form-label", for: control.id }, words), control, help && h("small", { class: "text-secondary" }, help));
};
// A control that writes into `on[name]` at every input.
const typed = (on, name, save, { rows, type = "text", most, placeholder } = {}) => {
  const control = h(rows ? "textarea" : "input", { class: "form-control", rows, type: rows ? undefined : type, maxlength: most, placeholder });
  control.value = on[name] ?? "";
  control.addEventListener("input", () => { on[name] = control.value; save(); });
  return control;
};
const chosen = (on, name, options, save, then) => {
  const control = h("select", { class: "form-select" }, h("option", { value: "" }, "请选择"), Object.entries(options).map(([value, words]) => { const one = h("option", {}, words); one.value = value; return one; }));
  control.value = on[name] ?? "";
  control.addEventListener("change", () => { on[name] = control.value; save(); then?.(); });
  return control;
};

const STATES = { draft: ["未完成", "orange"], sealed: ["待发送", "orange"], received: ["照片录音待发送", "orange"], done: ["已全部收到", "green"] };
const badgeOf = (visit) => {
  const [words, tone] = visit.both ? ["须决定", "red"] : visit.fault?.kind === "refused" ? ["没有被接收", "red"] : STATES[visit.state];
  return h("span", { class: `badge tone-${tone}` }, words);
};

// ---- first page
export const home = async (app) => {
  const { store } = app, [visits, packs, files] = await Promise.all([store.all("visits"), store.all("packs"), store.all("files")]);
  const unsent = visits.filter((visit) => visit.state !== "done"), done = visits.filter((visit) => visit.state === "done").slice(-20).reverse();
  const free = (await store.all("numbers")).filter((one) => !one.used_by && one.year === Number(dayOf().slice(0, 4))).length;
  const line = (visit) => h("li", { class: "card mb-2" }, h("a", { class: "card-body field-line", href: visit.state === "done" ? visit.answer.url : `#/visit/${visit.key}` },
    h("strong", {}, visit.name), badgeOf(visit), h("span", { class: "text-secondary" }, shownTime(visit.began_at), visit.answer?.notice ? ` · ${visit.answer.notice}` : "", files.some((file) => file.visit === visit.key) ? ` · ${files.filter((file) => file.visit === visit.key).length} 份照片录音在本机` : ""),
    visit.fault && h("span", { class: "text-danger-strong" }, visit.fault.words)));
  return [
    title("外出检查"),
    app.update && alertBox("info", "平台有新版本。填写的内容都已保存。 ", button("更新页面", app.update, "btn btn-primary")),
    h("div", { class: "field-actions" },
      h("a", { class: "btn btn-primary btn-lg", href: "#/take" }, "带走企业资料"),
      unsent.length > 0 && button("立即发送", () => app.send(), "btn btn-lg"),
      unsent.length > 0 && button("导出未发送的记录", () => app.export(), "btn btn-lg")),
    unsent.length > 0 && h("section", { "aria-label": "还没有发送完" }, h("h2", { class: "h3" }, `还没有发送完 ${unsent.length} 次`), h("ul", { class: "list-unstyled" }, unsent.map(line))),
    h("section", { "aria-label": "已带走的企业" }, h("h2", { class: "h3" }, "已带走的企业"),
      packs.length ? h("ul", { class: "list-unstyled" }, packs.map((pack) => h("li", { class: "card mb-2" }, h("a", { class: "card-body field-line", href: `#/plant/${pack.enterprise}` }, h("strong", {}, pack.name), h("span", { class: "text-secondary" }, `未销号隐患 ${pack.hazards.length} 条 · ${size(pack.size)} · ${shownTime(pack.taken_at)} 带走`)))))
        : h("p", { class: "text-secondary" }, "有信号时先“带走企业资料”，到了没有信号的厂区也能检查、拍照、当场制发文书。")),
    done.length > 0 && h("section", { "aria-label": "最近发送完的" }, h("h2", { class: "h3" }, "最近发送完的"), h("ul", { class: "list-unstyled" }, done.map(line))),
    h("p", { class: "text-secondary" }, `${app.me.unit || ""} ${app.me.name}。记录保存在这台设备的浏览器里${app.persisted ? "，浏览器已答应长期保存" : ""}；平台确认收到之前不会删除。预留文号还有 ${free} 个。`),
    h("details", { class: "mb-3" }, h("summary", {}, "换了设备：从导出的文件恢复未完成的检查"), labelled("原设备导出的文件（.json）", h("input", { class: "form-control", type: "file", accept: ".json,application/json", onchange: (event) => { if (event.target.files[0]) app.restore(event.target.files[0]); } }), "只能恢复您本人的；签名不带过来，接着填完后重新签。")),
    h("p", {}, h("a", { href: "/visits/" }, "回到平台"), " · ", h("a", { href: "/field/numbers/" }, "预留文号登记"), " · ", h("a", { href: "/field/import/" }, "导入外出检查文件")),
  ];
};

// ---- taking along
export const take = async (app) => {
  const list = h("ul", { class: "list-unstyled" }), said = h("p", { role: "status" });
  const box = h("input", { class: "form-control", type: "search", placeholder: "企业名称或代码", "aria-label": "查找企业" });
  // What is said of a plant that is being taken outlives a new search.
  const lines = new Map(), words = new Map(), goes = new Map();
  const allToday = button("", null, "btn btn-lg w-100 mb-3", { hidden: true });
  const tell = (id, told) => { words.set(id, told); lines.get(id).textContent = told; };
  const show = async () => {
    said.textContent = "正在查找…";
    try {
      const found = await app.get(`plants/?q=${encodeURIComponent(box.value.trim())}`), had = new Set((await app.store.all("packs")).map((pack) => pack.enterprise));
      const today = found.filter((plant) => plant.planned);
      said.textContent = found.length ? `${today.length ? "本人计划检查的在前，然后是" : ""}待复查的在前。` : "没有找到企业。";
      allToday.hidden = today.length < 2;
      allToday.textContent = `带走计划检查的 ${today.length} 家`;
      allToday.onclick = async () => { for (const { id } of today) await goes.get(id)(); };
      list.replaceChildren(...found.map((plant) => {
        const progress = h("span", { class: "text-secondary", role: "status" }, words.get(plant.id) || (had.has(plant.id) ? "已带走，可再取最新" : `约 ${size(20000 + 25000 * Math.min(plant.open, 20))}`));
        lines.set(plant.id, progress);
        const take = async () => {
          go.disabled = true;
          try { const pack = await app.take(plant.id, (bytes) => tell(plant.id, `已下载 ${size(bytes)}`)); tell(plant.id, `已带走：未销号隐患 ${pack.hazards.length} 条`); } catch (error) { tell(plant.id, error.words || "没有取到，请再试。"); }
          go.disabled = false;
        };
        const go = button("带走", take, "btn btn-primary");
        goes.set(plant.id, take);
        return h("li", { class: "card mb-2" }, h("div", { class: "card-body field-take" }, h("div", {}, h("strong", {}, plant.name), plant.planned && h("span", { class: "badge tone-blue ms-1" }, `计划检查 ${plant.planned}`), h("br"), h("span", { class: "text-secondary" }, `${plant.grade} · 未销号 ${plant.open}，待复查 ${plant.waiting} · 上次检查 ${plant.last_visit || "—"}`), h("br"), progress), go));
      }));
    } catch (error) { said.textContent = error.words || "没有取到，请再试。"; }
  };
  let waiting;
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 400); });
  show();
  return [title("带走企业资料", "#/"), h("div", { class: "mb-3" }, box), said, allToday, list];
};

// ---- the brief of one plant
const photosOf = async (store, photos) => h("div", { class: "field-photos" }, await Promise.all(photos.map(async (photo) => {
  const kept = await store.get("pictures", photo.url);
  return kept ? h("figure", {}, h("img", { src: URL.createObjectURL(new Blob([kept.bytes], { type: kept.type })), alt: photo.phase }), h("figcaption", {}, photo.phase)) : h("figure", {}, h("figcaption", {}, `${photo.phase}（照片未带走）`));
})));
const hazardCard = async (store, hazard, ...more) => h("li", { class: "card mb-2" }, h("div", { class: "card-body" },
  h("strong", {}, hazard.description), h("p", { class: "mb-1" }, h("span", { class: "badge tone-blue" }, hazard.status), ` ${hazard.level} · ${hazard.place || "部位未填"} · 期限 ${hazard.deadline || "—"}${hazard.overdue_days ? `，逾期 ${hazard.overdue_days} 天` : ""}`),
  hazard.requirement && h("p", { class: "mb-1 text-secondary" }, `要求：${hazard.requirement}`), hazard.note && h("p", { class: "mb-1" }, `企业说明：${hazard.note}`),
  hazard.basis && h("details", {}, h("summary", {}, "依据"), h("p", {}, hazard.basis)), await photosOf(store, hazard.photos), ...more));

export const plant = async (app, id) => {
  const pack = await app.store.get("packs", Number(id));
  if (!pack) return [title("没有带走这家企业", "#/")];
  const last = pack.last_visit;
  const begin = async (action) => {
    const visit = newVisit(pack, await app.store.kept("checklist"), app.me, await app.store.kept("device"), action);
    if (action) await app.store.keep(`items-${visit.key}`, action.items);
    await app.store.put("visits", visit);
    await app.count();
    location.hash = `#/visit/${visit.key}`;
  };
  return [
    title(pack.name, "#/"),
    button("开始检查", () => begin(null), "btn btn-primary btn-lg w-100 mb-3"),
    ...(pack.actions || []).map((action) => button(`开始专项行动检查：${action.title}（${action.items.length} 项）`, () => begin(action), "btn btn-lg w-100 mb-3 field-long")),
    h("section", { class: "card mb-3" }, h("div", { class: "card-body" }, h("h2", { class: "card-title" }, last ? `自 ${last.on} 上次检查以来` : "还没有检查过"),
      pack.changes.length ? h("ul", {}, pack.changes.map((one) => h("li", {}, `${one.on} ${one.text}`))) : h("p", { class: "mb-0" }, "没有变化。"))),
    h("section", { class: "card mb-3" }, h("div", { class: "card-body" }, h("h2", { class: "card-title" }, "企业情况"), facts(Object.entries(pack.facts)))),
    h("section", {}, h("h2", { class: "h3" }, `未销号隐患 ${pack.hazards.length} 条`), h("ul", { class: "list-unstyled" }, await Promise.all(pack.hazards.map((hazard) => hazardCard(app.store, hazard))))),
    button("从本机移除这家企业的资料", async () => {
      if (!window.confirm("移除带走的资料？检查记录不受影响。")) return;
      await app.store.remove("packs", pack.enterprise);
      await app.store.remove("pictures", ...(await app.store.all("pictures")).filter((one) => one.enterprise === pack.enterprise).map((one) => one.url));
      location.hash = "#/";
    }),
  ];
};

// ---- pictures of a finding or of the place
let position = null;
const locate = () => navigator.geolocation?.getCurrentPosition(({ coords }) => { position = { longitude: coords.longitude.toFixed(6), latitude: coords.latitude.toFixed(6) }; }, () => {}, { maximumAge: 300000, timeout: 20000, enableHighAccuracy: true });
const camera = (app, visit, code) => {
  const shown = h("div", { class: "field-photos" });
  const show = async () => {
    const mine = (await app.store.filesOf(visit.key)).filter((file) => file.code === code && file.kind !== "voice");
    shown.replaceChildren(...mine.map((file) => h("figure", {}, h("img", { src: URL.createObjectURL(new Blob([file.bytes], { type: file.type })), alt: file.name }),
      h("figcaption", {}, `${size(file.bytes.byteLength)} `, visit.state === "draft" && button("删除", async () => { if (window.confirm("删除这张照片？")) { await app.store.remove("files", file.key); await app.count(); show(); } }, "btn btn-sm")))));
  };
  const input = h("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/heic", capture: "environment", multiple: true, class: "form-control", "aria-label": "拍照或选择照片" });
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    locate();
    for (const file of files) {
      // The portal would refuse it when nothing can be renamed any more.
      if (hostileName(file.name)) { app.say(`“${file.name}”的文件名里有不能用的符号，没有保存。请给文件改名后重新选择。`); continue; }
      const small = await shrink(file, 1500000, 2048), bytes = await bytesOf(small);
      if (bytes.byteLength > 15 * 1048576) { app.say(`“${file.name}”超过15MB，没有保存，请换一张。`); continue; }
      const kept = { key: newKey(), visit: visit.key, code, name: small.name || "照片.jpg", type: small.type, bytes, digest: sm3(new Uint8Array(bytes)), taken_at: new Date(file.lastModified || Date.now()).toISOString(), ...position };
      try { await app.store.put("files", kept); } catch { app.say(`这台设备的存储已满，“${file.name}”没有保存。请先发送或导出已有记录。`); continue; }
      await app.count();
      show();
    }
  });
  show();
  return h("div", { class: "mb-3" }, visit.state === "draft" && input, shown);
};

// ---- voice notes, of a finding or of the place
const voiceNotes = (app, visit, code) => {
  const shown = h("ul", { class: "list-unstyled field-voices" });
  const show = async () => {
    const mine = (await app.store.filesOf(visit.key)).filter((file) => file.code === code && file.kind === "voice");
    shown.replaceChildren(...mine.map((file) => h("li", {}, h("audio", { controls: true, src: URL.createObjectURL(new Blob([file.bytes], { type: file.type })), "aria-label": `录音 ${file.seconds} 秒` }), h("span", {}, `${file.seconds} 秒，${size(file.bytes.byteLength)}`),
      button("删除", async () => { if (window.confirm("删除这段录音？")) { await app.store.remove("files", file.key); await app.count(); show(); } }, "btn btn-sm"))));
  };
  show();
  if (!canRecord()) return code ? null : h("p", { class: "text-secondary" }, "这个浏览器不能录音，请用文字记录。");
  const go = button("录一段话", async () => {
    if (go.dataset.on) { stopRecording(); return; }
    const kept = { key: newKey(), kind: "voice", visit: visit.key, code, taken_at: new Date().toISOString(), ...position };
    const keep = async (bytes, type, seconds) => {
      const name = `录音.${{ "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" }[type]}`;
      try { await app.store.put("files", { ...kept, name, type, bytes, seconds, digest: sm3(new Uint8Array(bytes)) }); } catch { app.say("这台设备的存储已满，后面的录音没有保存。请先发送或导出已有记录。"); stopRecording(); }
    };
    try {
      go.disabled = true;
      locate();
      const { over } = await record(keep, (seconds) => { go.textContent = `停止录音（${seconds} 秒，最多 ${MOST_SECONDS} 秒）`; });
      Object.assign(go, { disabled: false, textContent: "停止录音" });
      go.dataset.on = "1";
      over.finally(async () => { delete go.dataset.on; go.textContent = "录一段话"; await app.count(); show(); });
    } catch { go.disabled = false; app.say("没有录音：请在浏览器里允许使用麦克风，或用文字记录。"); }
  });
  return h("div", { class: "mb-3" }, go, shown);
};

// ---- the visit
// A longer list of colleagues than this is looked through by a word.
const FEW = 8;
const findingForm = (app, visit, one, name, save) => h("div", { class: "finding" },
  labelled("不符合情况", typed(one, "description", save, { rows: 3, most: 2000 })),
  labelled("隐患级别", chosen(one, "level", LEVELS, save)),
  labelled("部位", typed(one, "place", save, { most: 120, placeholder: "哪个装置、罐区、设备位号" })),
  camera(app, visit, name), voiceNotes(app, visit, name));

const itemLine = (app, visit, item, save, recount) => {
  const line = h("div", {}), draw = () => {
    const one = visit.answers[item.code];
    line.className = `check-line ${one ? `is-${one.verdict}` : ""}`;
    swap(line, ...[
      h("p", { class: "check-text" }, item.text), h("p", { class: "check-law" }, `${item.code} · ${item.basis}${LEVELS[item.suggested_level] ? ` · 建议${LEVELS[item.suggested_level]}` : ""}`, item.confidence === "low" ? "（条款待核实）" : ""),
      h("div", { class: "verdicts" }, Object.entries(VERDICTS).map(([value, words]) => button(words, () => {
        if (one?.verdict === value) delete visit.answers[item.code];
        else visit.answers[item.code] = { ...one, verdict: value, ...(value === "not_ok" ? { description: one?.description || `未落实“${item.text}”的要求。`, level: one?.level || item.suggested_level } : {}) };
        save();
        draw();
        recount();
      }, `btn verdict verdict-${value}`, { "aria-pressed": String(one?.verdict === value) }))),
      one?.verdict === "not_ok" && findingForm(app, visit, one, item.code, save),
      one?.verdict === "not_ok" && item.criterion && h("p", { class: "check-law" }, `定为重大时引用：${item.criterion}`),
    ]);
  };
  draw();
  return line;
};

const chapterOf = (app, visit, name, items, save, recount, because) => {
  const head = h("span", { class: "text-secondary" }), body = h("div", {});
  const count = () => { head.textContent = `${items.filter((item) => visit.answers[item.code]).length} / ${items.length}`; };
  count();
  const made = h("details", { class: "card chapter" }, h("summary", {}, h("span", { class: "chapter-name" }, name), head), body);
  // Two hundred items are drawn only where somebody looks.
  made.addEventListener("toggle", () => { if (made.open && !body.childElementCount) body.append(...items.flatMap((item, n) => [
    item.subcategory !== items[n - 1]?.subcategory && because[item.subcategory] && h("p", { class: "check-why" }, `${item.subcategory}：${because[item.subcategory]}`),
    itemLine(app, visit, item, save, () => { count(); recount(); }),
  ].filter(Boolean))); });
  return made;
};

const extraLine = (app, visit, one, save, redraw) => h("div", { class: "check-line is-not_ok" },
  labelled("隐患情况", typed(one, "description", save, { rows: 3, most: 2000 })), labelled("隐患级别", chosen(one, "level", LEVELS, save)),
  labelled("部位", typed(one, "place", save, { most: 120 })), labelled("法律依据", typed(one, "basis", save, { rows: 2, most: 2000 })), camera(app, visit, `X-${one.key}`), voiceNotes(app, visit, `X-${one.key}`),
  button("删除这一条", () => { if (window.confirm("删除这条清单外隐患？")) { visit.extras = visit.extras.filter((other) => other !== one); save(); redraw(); } }, "btn btn-sm btn-outline-danger"));

const recheckOf = async (app, visit, hazard, save) => {
  if (!hazard.may_recheck) return hazardCard(app.store, hazard);
  const box = h("div", { class: "mt-2" }), draw = () => {
    const one = visit.rechecks[hazard.id];
    swap(box, h("div", { class: "verdicts" }, [["accept", "复查通过"], ["return", "退回"]].map(([value, words]) => button(words, () => {
      if (one?.verdict === value) delete visit.rechecks[hazard.id];
      else visit.rechecks[hazard.id] = { revision: hazard.revision, note: "", ...one, verdict: value, was: hazard.status, description: hazard.description };
      save();
      draw();
    }, `btn verdict verdict-${value === "accept" ? "ok" : "not_ok"}`, { "aria-pressed": String(one?.verdict === value) }))), ...(one ? [labelled("复查意见或退回理由", typed(one, "note", save, { rows: 2, most: 1000 }))] : []));
  };
  draw();
  return hazardCard(app.store, hazard, box);
};

export const visitPage = async (app, key) => {
  const visit = await app.store.get("visits", key);
  if (!visit) return [title("本机没有这次检查", "#/")];
  if (visit.state !== "draft") return sealedPage(app, visit);
  if (!(await app.holdAlone(`edit-${key}`))) return [title(visit.name, "#/"), alertBox("warning", "这次检查正在另一个页面里填写，请到那个页面继续，或关闭它后刷新。")];
  const pack = await app.store.get("packs", visit.enterprise), checklist = await app.store.kept("checklist");
  const kept = h("span", { class: "text-secondary", role: "status" }, "已保存在本机"), said = h("span", {});
  const save = async () => {
    try { await app.store.draft(visit); kept.textContent = `已保存在本机 ${new Date().toLocaleTimeString("zh-CN", { hour12: false })}`; } catch { app.say("这台设备的存储已满或不可用，刚才的输入没有保存。请先发送或导出已有记录。"); }
  };
  const recount = () => { said.textContent = `已检查 ${Object.keys(visit.answers).length} 项 · 不符合 ${findingsOf(visit).length} 条`; };
  recount();
  const items = (await app.store.kept(`items-${key}`)) || (!visit.action && checklist?.edition === visit.edition ? checklist.items : []);
  const because = (visit.fits?.length && pack?.checklist?.because) || {};
  const secondsLike = (word) => Object.fromEntries(app.me.seconds.filter((one) => one.id === visit.second || `${one.name}${one.certificate_no}${one.unit || ""}`.includes(word)).map((one) => [one.id, `${one.name}（${one.certificate_no}）${one.unit ? ` ${one.unit}` : ""}`]));
  const secondsOf = (word) => chosen(visit, "second", secondsLike(word), () => { visit.second = Number(visit.second) || null; save(); });
  let second = secondsOf("");
  const secondFind = app.me.seconds.length > FEW && h("input", { class: "form-control mb-2", type: "search", placeholder: "按姓名、证号或单位查找", "aria-label": "查找协办人员" });
  if (secondFind) secondFind.addEventListener("input", () => { const fresh = secondsOf(secondFind.value.trim()); fresh.id = second.id; second.replaceWith(fresh); second = fresh; });
  const extras = h("div", {}), drawExtras = () => { extras.replaceChildren(...visit.extras.map((one) => extraLine(app, visit, one, save, drawExtras))); recount(); };
  drawExtras();
  const list = h("div", {});
  const drawList = () => {
    const word = find.value.trim(), chapters = new Map();
    // A word is looked for in all of them: what was left out is found too, and counts once it is answered.
    if (word) { list.replaceChildren(...items.filter((item) => `${item.code}${item.text}${item.basis}${item.subcategory}`.includes(word)).slice(0, 40).map((item) => itemLine(app, visit, item, save, recount))); return; }
    for (const item of linesOf(visit, items)) chapters.set(item.category, [...(chapters.get(item.category) || []), item]);
    list.replaceChildren(...[...chapters].map(([name, some]) => chapterOf(app, visit, name, some, save, recount, because)));
  };
  const find = h("input", { class: "form-control mb-2", type: "search", placeholder: "在检查项中查找", "aria-label": "在检查项中查找" });
  find.addEventListener("input", drawList);
  drawList();
  const choice = visit.fits?.length > 0 && visit.fits.length < items.length && h("label", { class: "pick mb-2" }, h("input", { type: "checkbox", class: "form-check-input", checked: !visit.all, onchange: (event) => { visit.all = !event.target.checked; save(); drawList(); } }), `只列适用于这家企业的检查项（${visit.fits.length} 项，共 ${items.length} 项）`);
  return [
    title(visit.name, "#/"),
    h("div", { class: "field-sticky" }, h("div", {}, said, h("br"), kept), h("a", { class: "btn btn-primary", href: `#/finish/${key}` }, "文书与签名")),
    h("section", { class: "card mb-3" }, h("div", { class: "card-body" }, h("h2", { class: "card-title" }, "基本情况"), secondFind, labelled("协办人员", second), visit.action ? h("p", {}, `专项行动：${visit.action.title}`) : labelled("检查类别", chosen(visit, "subject", SUBJECTS, save)), labelled("企业陪同人员", typed(visit, "met_with", save, { most: 60 })))),
    h("h2", { class: "h3" }, "检查表"), items.length ? null : alertBox("warning", "本机的检查表已换成新版本，旧版本的检查项不在本机；已填的都在，可以照常完成。"), choice, find, list,
    h("section", { class: "card chapter" }, h("div", { class: "chapter-head" }, h("h2", { class: "chapter-name" }, "清单外隐患")), extras,
      h("div", { class: "check-line" }, button("记一条清单上没有的隐患", () => { visit.extras.push({ key: newKey(), description: "", level: "", place: "", basis: "" }); save(); drawExtras(); }))),
    pack && pack.hazards.length > 0 && h("section", {}, h("h2", { class: "h3" }, "以前的隐患"), h("ul", { class: "list-unstyled" }, await Promise.all(pack.hazards.map((hazard) => recheckOf(app, visit, hazard, save))))),
    h("section", { class: "card mb-3" }, h("div", { class: "card-body" }, h("h2", { class: "card-title" }, "现场"), labelled("检查情况", typed(visit, "summary", save, { rows: 3, most: 4000 })), labelled("现场记录", typed(visit, "remark", save, { rows: 3, most: 4000 }), "只留在检查记录里，不印在文书上。"), h("p", { class: "form-label" }, "现场照片"), camera(app, visit, ""), h("p", { class: "form-label" }, "现场录音"), voiceNotes(app, visit, ""))),
    button("放弃这次检查", async () => {
      const spent = visit.notice.signed && visit.notice.number;
      if (!window.confirm(`放弃后，这次检查在本机的全部内容、照片和录音都会删除，不能恢复。${spent ? `文号 ${spent.text} 已经签名，不会再用，请到“预留文号登记”声明作废。` : ""}确定放弃？`)) return;
      await app.store.remove("files", ...(await app.store.filesOf(key)).map((file) => file.key));
      const number = visit.notice.number && await app.store.get("numbers", visit.notice.number.id);
      if (number && !spent) await app.store.put("numbers", { ...number, used_by: null });
      await app.store.remove("kept", `items-${key}`);
      await app.store.remove("visits", key);
      await app.count();
      location.hash = "#/";
    }, "btn btn-outline-danger"),
  ];
};

// ---- notice, signatures, the end
const signatureOf = (visit, part, words, save, redraw) => {
  const one = visit.signatures[part] = visit.signatures[part] || { name: "", png: null };
  const { canvas, clear } = pad(one.png, (png) => { Object.assign(one, { png, of: reading(visit) }); visit.notice.signed = visit.notice.signed || visit.notice.wanted; save(); redraw(); });
  canvas.setAttribute("aria-label", `${words}签名处`);
  return h("div", { class: "mb-3" }, h("div", { class: "field-sign-head" }, h("strong", {}, words), button("重签", clear, "btn btn-sm")), canvas, part === "enterprise" && labelled("签收人姓名", typed(one, "name", () => { save(); redraw(); }, { most: 40 })));
};

const paper = (app, visit) => {
  const { number, orders } = visit.notice, second = app.me.seconds.find((one) => one.id === visit.second);
  return h("article", { class: "field-paper", "aria-label": "责令限期整改指令书" },
    h("h2", {}, "责令限期整改指令书"), h("p", { class: "text-end" }, number?.text || "（文号未取得）"), h("p", {}, `${visit.notice_name || visit.name}：`),
    h("p", {}, `经${dayOf(new Date(visit.began_at))}检查，发现你单位存在下列问题，共${ordered(visit).length}项：`),
    h("ol", {}, ordered(visit).map((one) => h("li", {}, h("p", {}, one.description, one.place ? `（${one.place}）` : "", ` 【${LEVELS[one.level] || "级别未定"}】`), h("p", {}, `整改要求：${orders[one.name].requirement}`), h("p", {}, h("strong", {}, `整改期限：于${orders[one.name].due || "—"}前（含当日）整改完毕。`))))),
    h("p", {}, "依据《中华人民共和国安全生产法》第六十五条的规定，现责令你单位对上述问题逐项整改。各项法律依据、整改期间的安全要求和行政复议、诉讼的权利，以平台同一文号的正式文书（PDF）所载为准，扫描二维码可以核验。"),
    h("p", {}, `执法人员：${visit.lead.name}、${second?.name || "—"}　${visit.unit}　${visit.notice.issued_on || dayOf()}`),
    h("div", { class: "field-signed" }, Object.entries(PARTS).map(([part, words]) => visit.signatures[part]?.png && h("figure", {}, h("img", { src: visit.signatures[part].png, alt: `${words}签名` }), h("figcaption", {}, words)))),
    visit.refused && h("p", {}, `拒签：${visit.refused}${visit.witness ? `（见证人 ${visit.witness}）` : ""}`),
    number && h("figure", { class: "field-qr" }, h("img", { src: number.qr, alt: "文书核验二维码" }), h("figcaption", {}, number.verify_url)));
};

export const finish = async (app, key) => {
  const visit = await app.store.get("visits", key);
  if (!visit || visit.state !== "draft") return visitPage(app, key);
  if (!(await app.holdAlone(`edit-${key}`))) return [title(visit.name, "#/"), alertBox("warning", "这次检查正在另一个页面里填写。")];
  const lacks = h("ul", { class: "mb-0" }), done = button("完成检查，交给发送队列", async () => {
    if (lacking(visit).length) return;
    seal(visit, await app.store.filesOf(key), app.me.seconds.find((one) => one.id === visit.second));
    await app.store.put("visits", visit);
    await app.count();
    location.hash = visit.notice.wanted ? `#/paper/${key}` : "#/";
    app.send();
  }, "btn btn-primary btn-lg w-100");
  const box = h("div", {}), preview = h("div", {});
  const check = () => {
    const said = lacking(visit);
    done.disabled = said.length > 0;
    lacks.replaceChildren(...said.map((one) => h("li", {}, one)));
    lacks.parentElement.hidden = !said.length;
    preview.replaceChildren(...(visit.notice.wanted ? [paper(app, visit)] : []));
  };
  const save = () => app.store.draft(visit).catch(() => app.say("存储已满，刚才的输入没有保存。"));
  const changed = () => { save(); check(); };
  const lacksBox = h("div", { class: "alert alert-warning" }, h("p", { class: "mb-1" }, "完成前还差："), lacks);
  const draw = () => {
    const findings = findingsOf(visit);
    if (!findings.length) visit.notice.wanted = false;
    swap(box, ...[
      findings.length ? h("label", { class: "pick" }, h("input", { type: "checkbox", class: "form-check-input", checked: visit.notice.wanted, onchange: async (event) => {
        visit.notice.wanted = event.target.checked;
        // Until the number is there nothing is signed: the pads below are about to be drawn again, and a stroke on them would be lost.
        box.inert = true;
        try {
          if (visit.notice.wanted && !(await app.store.takeNumber(visit, Number(dayOf().slice(0, 4))))) app.say("这台设备没有预留文号了。请联网后回到首页补领，或先不制发文书。");
        } finally { box.inert = false; }
        save();
        draw();
        box.querySelector("input").focus({ preventScroll: true });
      } }), "当场制发责令限期整改指令书") : h("p", {}, "没有发现隐患，不用制发文书。"),
      visit.notice.wanted && h("p", {}, visit.notice.number ? `文号：${visit.notice.number.text}` : "没有可用的预留文号。"),
      ...(visit.notice.wanted ? findings.map((one) => {
        const order = orderOf(visit, one.name, one.level);
        return h("div", { class: "card mb-2" }, h("div", { class: "card-body" }, h("label", { class: "pick" }, h("input", { type: "checkbox", class: "form-check-input", checked: order.on, onchange: (event) => { order.on = event.target.checked; save(); draw(); } }), one.description || "（未写情况）"),
          order.on && labelled("整改要求", typed(order, "requirement", changed, { rows: 2, most: 1000 })), order.on && labelled("整改期限", typed(order, "due", changed, { type: "date" }))));
      }) : []),
      h("section", { class: "card mb-3" }, h("div", { class: "card-body" }, h("h2", { class: "card-title" }, "签名"), !visit.notice.wanted && h("p", { class: "text-secondary" }, "不制发文书时，签名随检查记录保存，可以不签。"),
        signatureOf(visit, "lead", `${PARTS.lead} ${visit.lead.name}`, save, check), signatureOf(visit, "second", `${PARTS.second} ${app.me.seconds.find((one) => one.id === visit.second)?.name || ""}`, save, check), signatureOf(visit, "enterprise", PARTS.enterprise, save, check),
        h("details", { open: Boolean(visit.refused) }, h("summary", {}, "企业拒绝签收"), labelled("拒签情况", typed(visit, "refused", () => { save(); check(); }, { rows: 2, most: 150, placeholder: "写明时间、地点" })), labelled("见证人", typed(visit, "witness", save, { most: 40 }))))),
    ]);
    check();
  };
  draw();
  return [title("文书与签名", `#/visit/${key}`), box, preview, lacksBox, done];
};

export const paperPage = async (app, key) => {
  const visit = await app.store.get("visits", key);
  if (!visit?.notice?.number) return [title("没有这份文书", "#/")];
  return [title("当场文书", `#/visit/${key}`), paper(app, visit)];
};

// ---- after it was sealed
const sealedPage = async (app, visit) => {
  const files = await app.store.filesOf(visit.key);
  // What the portal will not take is the person's to save elsewhere and to let go of; nothing goes by itself.
  const refusedFile = (file) => h("li", { class: "card mb-2" }, h("div", { class: "card-body field-take" }, h("span", {}, `${file.name} ${size(file.bytes.byteLength)}：${file.refused}`), h("div", { class: "btn-list" },
    button("另存到设备", () => saveAs(new Blob([file.bytes], { type: file.type }), file.name), "btn btn-sm"),
    button("从本机移除", async () => { if (window.confirm(`“${file.name}”没有被平台接收。移除后本机不再保留，请先另存。确定移除？`)) await write(() => app.store.remove("files", file.key)); }, "btn btn-sm btn-outline-danger"))));
  const write = async (act) => { await act(); await app.store.put("visits", visit); await app.count(); app.draw(); app.send(); };
  const bothOf = (one) => {
    if (one.kind === "facts") return h("div", { class: "card mb-3" }, h("div", { class: "card-body" }, h("h2", { class: "card-title" }, "企业情况在外出期间有变动"),
      h("table", { class: "table field-both" }, h("thead", {}, h("tr", {}, h("th", {}, "项目"), h("th", {}, "您带走时"), h("th", {}, "平台现在"))), h("tbody", {}, Object.entries(one.differing).map(([name, [was, now]]) => h("tr", {}, h("td", {}, name), h("td", {}, was || "—"), h("td", {}, now || "—"))))),
      visit.notice.number && h("p", {}, "当场交付的文书按您带走时的名称和地址保留原样。"), button("两份都看过，按现场记录办理", () => write(() => decide(visit, one, true)), "btn btn-primary")));
    const mine = visit.rechecks[one.id];
    return h("div", { class: "card mb-3" }, h("div", { class: "card-body" }, h("h2", { class: "card-title" }, `隐患“${one.now.description}”在外出期间有变动`),
      h("div", { class: "field-sides" }, h("div", {}, h("h3", { class: "h4" }, "您的现场记录"), h("p", {}, `带走时：${mine.was}`), h("p", {}, `您的结论：${mine.verdict === "accept" ? "复查通过" : "退回"}`), h("p", {}, mine.note)), h("div", {}, h("h3", { class: "h4" }, "平台现在"), h("p", {}, one.now.status), h("p", {}, `期限 ${one.now.deadline || "—"}`))),
      h("div", { class: "btn-list" }, button("按我的现场结论办理", () => write(() => decide(visit, one, true)), "btn btn-primary"), button("以平台为准，放弃我的结论", () => write(() => decide(visit, one, false))))));
  };
  return [
    title(visit.name, "#/"), h("p", {}, badgeOf(visit), ` ${shownTime(visit.began_at)}`),
    visit.fault && alertBox(visit.fault.kind === "refused" ? "danger" : "warning", visit.fault.words),
    ...(visit.both || []).map(bothOf),
    visit.state === "received" && files.some((file) => file.refused) && h("ul", { class: "list-unstyled" }, files.filter((file) => file.refused).map(refusedFile)),
    visit.state !== "done" && h("p", {}, `${visit.state === "sealed" ? "记录还没有发送" : "记录已收到"}；本机还有 ${files.length} 份照片、录音没有发送。平台确认收到之前，本机不会删除。`),
    h("div", { class: "btn-list mb-3" }, visit.notice?.number && visit.notice.wanted && h("a", { class: "btn", href: `#/paper/${visit.key}` }, "查看当场文书"), visit.answer && h("a", { class: "btn btn-primary", href: visit.answer.url }, "在平台上查看"),
      visit.fault?.kind === "refused" && button("再发一次", () => write(() => { visit.fault = null; }), "btn btn-primary"),
      visit.state === "sealed" && visit.fault?.kind === "refused" && button("退回修改（须重新签名）", async () => { reopen(visit); await app.store.put("visits", visit); await app.count(); app.draw(); })),
  ];
};
