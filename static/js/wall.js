// A screen that nobody attends: it says when its figures stand still, and starts afresh now and then.
"use strict";

// Four questions without an answer.
const STALE = 120000;
// So that a new version of the page is shown, and nothing piles up in a browser that runs for weeks.
const AFRESH = 6 * 3600 * 1000;

let answered = Date.now();
document.body.addEventListener("htmx:afterOnLoad", () => { answered = Date.now(); });
// Stopped, out of date, or the portal was restored elsewhere: show what it says now instead of old figures.
document.body.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 404) location.reload(); });

setInterval(() => { document.getElementById("stale").hidden = Date.now() - answered < STALE; }, 5000);

const started = Date.now();
setInterval(() => {
  // Only where the portal answers: a page of the browser's own would stay for ever.
  if (Date.now() - started > AFRESH && Date.now() - answered < STALE) location.reload();
}, 60000);
