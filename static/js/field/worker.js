// The worker of /field/ alone. It answers GET, and only with the page that holds nobody's data and the files of this very
// version; whatever has to do with a person goes to the portal untouched. VERSION and ASSETS stand above.
const CACHE = `field-${VERSION}`;

self.addEventListener("install", (event) => {
  // Whole or not at all: a version is never mixed of two.
  const fresh = ASSETS.map((address) => new Request(address, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("field-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || !ASSETS.includes(address.pathname)) return;
  event.respondWith(caches.open(CACHE).then((cache) => cache.match(address.pathname)).then((kept) => kept || fetch(request)));
});

// A new version waits until the person says so; everything typed is kept at every input.
self.addEventListener("message", (event) => { if (event.data === "update") self.skipWaiting(); });
