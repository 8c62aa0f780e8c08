// Photos of a finding leave the phone as soon as portal.js has made them ready (its preview appears then).
(() => {
  "use strict";
  const ready = new MutationObserver((changes) => {
    for (const change of changes) {
      const preview = change.target;
      if (!preview.matches?.("[data-photo-preview]") || !change.addedNodes.length) continue;
      const form = preview.closest("form[data-photo-send]");
      if (form) window.htmx.trigger(form, "photos-ready");
    }
  });
  ready.observe(document.getElementById("content"), { childList: true, subtree: true });

  // Following a link to one item opens the category it is in.
  const open = () => {
    const item = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const chapter = item && item.closest("details.chapter");
    if (chapter && !chapter.open) chapter.open = true;
    if (item) item.scrollIntoView({ behavior: "instant" });
  };
  window.addEventListener("hashchange", open);
  open();
})();
