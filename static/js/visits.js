// Finding one's way in a long checklist.
(() => {
  "use strict";
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
