// Small comforts on top of pages that work without them.
(() => {
  "use strict";
  const account = document.body.dataset.account || "";
  const csrf = () => document.querySelector('meta[name="csrf"]')?.content || "";
  const faulty = () => document.querySelector("main .is-invalid, main .alert-danger");

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

  // Typed text survives a closed tab until the form has been accepted; on a shared tablet it is the same person's only.
  const mine = `keep:${account}:`;
  const stored = (act) => { try { return act(); } catch { return null; } };
  if (account) stored(() => Object.keys(localStorage).filter((key) => key.startsWith("keep:") && !key.startsWith(mine)).forEach((key) => localStorage.removeItem(key)));
  // Nor does the page without signal open for whoever comes next what the one before left on the device.
  if (account) stored(() => { const last = JSON.parse(localStorage.getItem("field:person")); if (last && String(last.account) !== account) localStorage.removeItem("field:person"); });
  const sent = stored(() => sessionStorage.getItem("sent"));
  if (sent && !faulty() && account) {
    stored(() => { localStorage.removeItem(sent); sessionStorage.removeItem("sent"); });
  }
  const keep = (form) => {
    const name = mine + form.dataset.keep;
    const kept = stored(() => JSON.parse(localStorage.getItem(name))) || {};
    if (!faulty()) {
      for (const [field, value] of Object.entries(kept)) {
        const control = form.elements.namedItem(field);
        if (!value || !control || !("value" in control) || control.value) continue;
        control.value = value;
        const folded = control.closest?.("details");
        if (folded) folded.open = true;
      }
    }
    form.addEventListener("input", () => {
      const typed = [...form.elements].filter((field) => field.name && field.matches("textarea, input[type=text]"));
      stored(() => localStorage.setItem(name, JSON.stringify(Object.fromEntries(typed.map((field) => [field.name, field.value])))));
    });
    form.addEventListener("submit", () => stored(() => sessionStorage.setItem("sent", name)));
  };
  document.querySelectorAll("form[data-keep]").forEach(keep);
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "desk") document.querySelectorAll("#desk form[data-keep]").forEach(keep); });

  // Leaving with something typed and neither sent nor kept is asked about first.
  let unsaved = false;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.method === "post" && !form.dataset.keep && !form.hasAttribute("data-unasked") && !form.hasAttribute("hx-post") && form.closest("main") && account) unsaved = true;
  });
  document.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

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
