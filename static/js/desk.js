// The review desk by keyboard. Every key only does what a link or button on the page does; none decides by itself.
(() => {
  "use strict";
  // A page brought back by the back button brings its scripts along; one set of keys is enough.
  if (window.deskKeys) return;
  window.deskKeys = true;
  const OFF = "desk-keys-off";
  const stored = (act) => { try { return act(); } catch { return null; } };
  const desk = () => document.querySelector("[data-desk]");
  const on = () => stored(() => localStorage.getItem(OFF)) !== "1";
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  // One picture a side, with its neighbours a step away.
  const turn = (pane, way) => {
    const pictures = [...pane.querySelectorAll("[data-picture]")];
    if (!pictures.length) return;
    const now = Math.max(0, pictures.findIndex((one) => one.classList.contains("shown")));
    const next = (now + way + pictures.length) % pictures.length;
    pictures.forEach((one, place) => one.classList.toggle("shown", place === next));
    pane.querySelector("[data-count]").textContent = `${next + 1} / ${pictures.length}`;
    pane.querySelector("[data-tools]").hidden = pictures.length < 2;
  };
  const zoom = (frame, large, x = 0.5, y = 0.5) => {
    frame.classList.toggle("zoomed", large);
    if (large) frame.scrollTo(x * (frame.scrollWidth - frame.clientWidth), y * (frame.scrollHeight - frame.clientHeight));
  };
  const open = (root) => {
    root.classList.add("desk-scripted");
    root.querySelectorAll("[data-pane]").forEach((pane) => turn(pane, 0));
    const box = root.querySelector("[data-keys-on]");
    if (box) box.checked = on();
    root.classList.toggle("desk-keyless", !on());
  };

  let armed = null;
  const arm = (button) => {
    const says = desk().querySelector("[data-armed]");
    armed = button;
    if (says) says.textContent = button ? button.dataset.armedSays : "";
    if (button) button.focus();
  };
  const decide = (key) => {
    const button = desk().querySelector(`[data-key="${key}"]`);
    const note = button?.form.elements.namedItem("note");
    if (!button) return;
    if (key === "r" && !note.value.trim()) {
      arm(null);
      desk().querySelector("[data-armed]").textContent = "退回要写明理由：写好后按 Esc 离开输入框，再按 R；或先按数字键选一条。";
      note.focus();
    } else arm(button);
  };
  const write = (reason) => {
    const note = document.querySelector("#decision [name=note]");
    const text = reason.dataset.reason;
    note.value = note.value.trim() ? `${note.value.trimEnd()}\n${text}` : text;
    note.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("keydown", (event) => {
    const root = desk();
    if (!root || event.ctrlKey || event.altKey || event.metaKey) return;
    // A key held down decides once: the repeats of Enter would meet the next hazard.
    if (event.key === "Enter" && event.repeat) { event.preventDefault(); return; }
    if (event.key === "Escape") {
      const help = root.querySelector("[data-help]");
      if (help?.open) help.open = false;
      root.querySelectorAll(".zoomed").forEach((frame) => zoom(frame, false));
      if (armed || typing(event.target)) { document.activeElement.blur(); arm(null); }
      return;
    }
    if (!on() || typing(event.target) || event.repeat || event.isComposing) return;
    const key = event.key.toLowerCase();
    if (key === "?") {
      const help = root.querySelector("[data-help]");
      if (help) { help.open = !help.open; if (help.open) help.querySelector("summary").focus(); }
    } else if (key === "j" || key === "k") root.querySelector(`[data-go="${key}"]`)?.click();
    else if (key === "a" || key === "r" || key === "s") decide(key);
    else if (/^[1-9]$/.test(key)) {
      const reason = root.querySelectorAll("[data-reason]")[Number(key) - 1];
      if (!reason) return;
      write(reason);
    } else if (key === "z") {
      const large = !root.querySelector(".zoomed");
      root.querySelectorAll(".shown [data-frame]").forEach((frame) => zoom(frame, large));
    } else if ((key === "arrowleft" || key === "arrowright") && !event.target.closest(".zoomed")) {
      root.querySelectorAll("[data-pane]").forEach((pane) => turn(pane, key === "arrowleft" ? -1 : 1));
    } else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const root = desk();
    if (!root) return;
    const way = event.target.closest("[data-turn]");
    if (way) turn(way.closest("[data-pane]"), Number(way.dataset.turn));
    const frame = event.target.closest("[data-frame]");
    if (frame) {
      event.preventDefault();
      const box = frame.getBoundingClientRect();
      const tapped = event.detail > 0;
      zoom(frame, !frame.classList.contains("zoomed"), tapped ? (event.clientX - box.left) / box.width : 0.5, tapped ? (event.clientY - box.top) / box.height : 0.5);
    }
    const reason = event.target.closest("[data-reason]");
    if (reason) {
      event.preventDefault();
      write(reason);
      document.querySelector("#decision [name=note]").focus();
    }
  });
  document.addEventListener("focusout", (event) => { if (event.target === armed) arm(null); });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-on]")) return;
    stored(() => (event.target.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
    desk().classList.toggle("desk-keyless", !on());
  });

  // The next hazard is read out from its heading; an answer that asks for something leads to what it asks.
  document.addEventListener("htmx:afterSwap", (event) => {
    const root = desk();
    if (!root || event.detail.target.id !== "desk") return;
    armed = null;
    open(root);
    (root.querySelector("[data-error-summary]") || document.getElementById("desk-title"))?.focus();
    scrollTo(0, 0);
  });
  document.addEventListener("htmx:historyRestore", () => { armed = null; if (desk()) open(desk()); });
  if (desk()) open(desk());
})();
