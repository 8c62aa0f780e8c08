// What was typed outlives a closed tab, a login that ran out and a page the portal refused, until the form has been accepted;
// on a shared device it is the same person's only.
(() => {
  "use strict";
  const account = document.body.dataset.account || "";
  const SENT = "sent", mine = `keep:${account}:`;
  const stored = (act) => { try { return act(); } catch { return null; } };
  const faulty = () => document.querySelector("main .is-invalid, main .alert-danger");
  const place = () => location.pathname + location.search;

  const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.matches("textarea, select:not([multiple]), input:not([type=hidden], [type=password], [type=file], [type=submit], [type=button])"));
  const ticked = (field) => field.matches("[type=checkbox], [type=radio]");
  const keyOf = (field) => (ticked(field) ? `${field.name}=${field.value}` : field.name);
  const now = (field) => (ticked(field) ? field.checked : field.value);
  const served = (field) => {
    if (ticked(field)) return field.defaultChecked;
    if (!field.matches("select")) return field.defaultValue;
    return ([...field.options].find((one) => one.defaultSelected) || field.options[0])?.value;
  };
  // Beside each value what the page had in its place: where that is another one by now, somebody else's change is not undone.
  const read = (form, before = {}) => Object.fromEntries(fieldsOf(form).map((field) => [keyOf(field), { was: before[keyOf(field)]?.was ?? served(field), now: now(field) }]));
  const restore = (form, typed) => {
    let restored = 0;
    for (const field of fieldsOf(form)) {
      const one = typed[keyOf(field)];
      if (!one || one.now === one.was || one.was !== served(field) || one.now === now(field)) continue;
      if (ticked(field)) field.checked = one.now; else field.value = one.now;
      restored++;
      for (let folded = field.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
    }
    return restored;
  };

  // A form that is handed in is noted until its answer stands on the screen.
  const note = (sent) => stored(() => sessionStorage.setItem(SENT, JSON.stringify(sent)));
  const noted = () => stored(() => JSON.parse(sessionStorage.getItem(SENT)));
  const forget = () => stored(() => sessionStorage.removeItem(SENT));
  const handIn = (form, more) => {
    if (!account || form.method !== "post" || !form.closest("main") || form.matches("[data-unasked]") || form.querySelector("[type=password]")) return;
    note({ account, at: place(), to: form.getAttribute("action") || "", keep: form.dataset.keep ? mine + form.dataset.keep : "", typed: read(form), ...more });
  };
  // Accepted: the portal sent the reader on from it to another page.
  const sentOn = (sent) => {
    const { type = "navigate", redirectCount = 1 } = performance.getEntriesByType?.("navigation")[0] || {};
    const from = document.referrer && new URL(document.referrer);
    return type === "navigate" && redirectCount > 0 && from && from.pathname + from.search === sent.at;
  };
  const same = (form, sent) => (form.dataset.keep ? mine + form.dataset.keep === sent.keep : !sent.keep && (form.getAttribute("action") || "") === sent.to);

  if (account) stored(() => Object.keys(localStorage).filter((key) => key.startsWith("keep:") && !key.startsWith(mine)).forEach((key) => localStorage.removeItem(key)));
  let sent = noted();
  if (sent && account && sent.account !== account) { forget(); sent = null; }
  if (sent && (!account || document.querySelector("[data-refused]"))) {
    note({ ...sent, back: true });
    const link = document.querySelector("[data-typed-at]");
    if (link) { link.href = sent.at; link.hidden = false; }
  } else if (sent && faulty()) forget();
  else if (sent && !sent.back && sentOn(sent)) {
    forget();
    stored(() => localStorage.removeItem(sent.keep));
  } else if (sent && sent.at === place()) {
    forget();
    const form = [...document.querySelectorAll("main form")].find((one) => one.method === "post" && same(one, sent));
    if (form && restore(form, sent.typed)) {
      const said = document.createElement("div");
      said.className = "alert alert-info";
      said.setAttribute("role", "status");
      said.textContent = `刚才填写的内容没有提交，已经恢复在下面，请核对后再提交。${form.querySelector("[type=file]:not([data-photo-input])") ? "选过的文件须重新选择。" : ""}`;
      form.before(said);
    }
  } else if (sent) note({ ...sent, back: true });
  // Brought back by the back button as it stood: whatever became of it, it was not sent on from here.
  window.addEventListener("pageshow", (event) => { const left = event.persisted && noted(); if (left) note({ ...left, back: true }); });

  const keep = (form) => {
    const name = mine + form.dataset.keep, wrong = faulty();
    const kept = stored(() => JSON.parse(localStorage.getItem(name))) || {};
    if (!wrong) restore(form, kept);
    // A page that says what is wrong has the typed text as its own; what stood there at first is in the note.
    form.addEventListener("input", () => stored(() => localStorage.setItem(name, JSON.stringify(read(form, wrong ? kept : {})))));
  };
  document.querySelectorAll("form[data-keep]").forEach(keep);
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "desk") document.querySelectorAll("#desk form[data-keep]").forEach(keep); });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-log-out]")) forget();
    else if (!event.defaultPrevented) handIn(event.target);
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { elt, xhr, requestConfig } = event.detail, form = elt.closest("form");
    if (!form) return;
    if (xhr.getResponseHeader("HX-Redirect")) handIn(form, { back: true });
    else if (xhr.status < 300 && elt === form && requestConfig.verb === "post") stored(() => localStorage.removeItem(mine + form.dataset.keep));
  });
})();
