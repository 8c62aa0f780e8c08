// Small comforts on top of pages that work without them.
(() => {
  "use strict";
  const account = document.body.dataset.account || "";
  const csrf = () => document.querySelector('meta[name="csrf"]')?.content || "";
  const stored = (act) => { try { return act(); } catch { return null; } };

  let fading;
  const toast = (text) => {
    const box = document.getElementById("toast");
    if (!box) return;
    box.textContent = text;
    box.hidden = false;
    clearTimeout(fading);
    fading = setTimeout(() => { box.hidden = true; }, 10000);
  };

  // htmx: an answer to a form (400, 409) takes its place on the page; a refusal that is a page of its own, a fault of
  // the server or of the network is said in a few words, and what was typed stays.
  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = csrf(); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status < 400 || !/^\s*<!doctype/i.test(xhr.responseText)) return;
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html"), { target } = event.detail;
    const refusal = page.querySelector("[data-refused]");
    // A whole page that has the part asked for says in it what is wrong.
    if (!refusal && target.id && page.getElementById(target.id)) return;
    event.detail.shouldSwap = false;
    toast(refusal ? refusal.textContent.trim() : "系统出错了，请稍后再试。");
  });
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 500) toast("系统出错了，请稍后再试。"); });
  document.addEventListener("htmx:sendError", () => toast("网络不通，填写的内容还在页面上，请稍后再试。"));
  document.addEventListener("htmx:timeout", () => toast("网络太慢，请稍后再试。"));

  // On a telephone a row of tabs is wider than the screen: the one that one is in comes into sight.
  document.querySelectorAll(".ledger-tabs").forEach((row) => {
    const here = row.querySelector("[aria-current]");
    if (here) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
  });

  // The page without signal does not open for whoever comes next what the one before left on the device.
  if (account) stored(() => { const last = JSON.parse(localStorage.getItem("field:person")); if (last && String(last.account) !== account) localStorage.removeItem("field:person"); });

  // Leaving with something typed and neither sent nor kept is asked about first.
  let unsaved = false;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.method === "post" && !form.dataset.keep && !form.hasAttribute("data-unasked") && !form.hasAttribute("hx-post") && form.closest("main") && account) unsaved = true;
  });
  document.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  // A Chinese keyboard writes 。 for the decimal point; a box for numbers would drop it without a word, and 12。5 be ten times as much.
  const pointed = (event, text) => {
    if (!event.target.matches?.("input[type=number]") || !/[。．]/.test(text || "")) return;
    event.preventDefault();
    document.execCommand("insertText", false, text.normalize("NFKC").replaceAll("。", "."));
  };
  document.addEventListener("beforeinput", (event) => pointed(event, event.data ?? event.dataTransfer?.getData("text")));
  document.addEventListener("compositionend", (event) => { if (/^[。．]$/.test(event.data)) pointed(event, event.data); });

  // A box that is full takes no more, and says nothing by itself.
  document.addEventListener("paste", (event) => {
    const field = event.target, most = field.maxLength;
    if (!(most > 0) || event.defaultPrevented) return;
    const pasted = event.clipboardData?.getData("text").replace(/\r\n?/g, "\n").length || 0;
    const room = most - field.value.length + (field.selectionEnd - field.selectionStart);
    if (pasted > room) toast(`这一栏最多 ${most} 个字，粘贴的内容有 ${pasted} 个字，放不下的 ${pasted - room} 个字没有粘贴进来，请删减后再粘贴，或分到其他栏。`);
  });

  // Another size of letters at once, with everything typed left where it is.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".text-sizes") || !event.submitter) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { value } = event.submitter;
    document.documentElement.dataset.text = value;
    document.querySelectorAll(".text-sizes button").forEach((one) => one.setAttribute("aria-pressed", String(one.value === value)));
    const body = new URLSearchParams(new FormData(form));
    body.set("size", value);
    fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": csrf() }, redirect: "manual", keepalive: true }).catch(() => {});
  }, true);

  // One press, one request.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    setTimeout(() => delete form.dataset.sending, 8000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending));

  // A list reached again by its link, not by the back button, opens where it was left.
  const place = () => `place:${location.pathname}`;
  const list = document.querySelector("[data-list]");
  if (list) {
    window.addEventListener("pagehide", () => stored(() => sessionStorage.setItem(place(), Math.round(scrollY))));
    const left = stored(() => sessionStorage.getItem(place()));
    const from = document.referrer && new URL(document.referrer);
    if (left && from && from.origin === location.origin && from.pathname.startsWith(location.pathname) && from.pathname !== location.pathname) scrollTo(0, Number(left));
  }

  // One box above a list ticks all of this page.
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-tick-all]");
    if (all) document.querySelectorAll(`input[type=checkbox][name="${all.dataset.tickAll}"]`).forEach((box) => { box.checked = all.checked; });
  });

  // What is asked only of one answer comes into sight with that answer.
  document.addEventListener("change", (event) => {
    const folded = event.target.closest("section, form")?.querySelector("details[data-opens-at]");
    if (folded && event.target.matches("[type=radio]") && event.target.value === folded.dataset.opensAt) folded.open = true;
  });

  // Asked on the way down, before htmx or the form hears of the click.
  document.addEventListener("click", (event) => {
    const asks = event.target.closest("[data-confirm]");
    if (asks && !window.confirm(asks.dataset.confirm)) { event.preventDefault(); event.stopPropagation(); }
  }, true);

  document.addEventListener("click", (event) => {
    const fill = event.target.closest("[data-fill-login]");
    if (fill) {
      const [name, password] = ["username", "password"].map((field) => document.querySelector(`[name="${field}"]`));
      name.value = fill.dataset.fillLogin;
      password.value = fill.dataset.fillPassword;
      password.form.querySelector("button").focus();
    }
    for (const open of document.querySelectorAll(".who-menu[open]")) if (!open.contains(event.target)) open.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const open of document.querySelectorAll(".who-menu[open]")) { open.open = false; open.querySelector("summary").focus(); }
  });

  // A chart wider than its box opens with today in the middle.
  for (const box of document.querySelectorAll("[data-scrolled-to]")) box.scrollLeft = box.dataset.scrolledTo - box.clientWidth / 2 + (box.querySelector("th")?.offsetWidth ?? 0) / 2;

  document.querySelector("[data-error-summary]")?.focus();
})();
