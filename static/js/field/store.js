// What this device keeps of one person's outings: a database of that person's own, written at every input, let go of only when
// the portal has confirmed it.
import { markUnsent } from "../device/unsent.js";

const NAME = (account) => `field-${account}`;
const STORES = { visits: "key", files: "key", packs: "enterprise", pictures: "url", numbers: "id", kept: "name" };
const VERSION = 1;

// What other pages and the next start must know without opening the database.
const told = (name, otherwise) => { try { return JSON.parse(localStorage.getItem(name)) ?? otherwise; } catch { return otherwise; } };
const tell = (name, value) => { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* no room for a note; the database is what counts */ } };
// What is unsent on this device, by account. The portal is told that there is something, and nothing else, so that whoever logs
// out here, on whatever page, does not have the browser clear it away (portal/tenancy/views.py).
const tellUnsent = (counts) => {
  tell("field:unsent", counts);
  markUnsent("field", Object.values(counts).some(({ visits, files }) => visits + files));
};

export const lastPerson = () => told("field:person", null);
export const rememberPerson = (person) => tell("field:person", person);
export const deviceSummary = (account) => {
  const { [account]: mine } = told("field:unsent", {});
  return { visits: 0, files: 0, used: false, ...mine };
};

// What was typed a moment ago: a database takes some milliseconds, and a page may be gone sooner.
const draftsOf = (account) => `field:draft:${account}:`;

const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

export const openStore = async (account) => {
  const request = indexedDB.open(NAME(account), VERSION);
  request.onupgradeneeded = () => { for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath }); };
  const database = await asked(request);
  // A newer page that needs another shape may have it; this one says so by failing loudly.
  database.onversionchange = () => database.close();

  // One transaction; `strict`: on the disk before it counts, for what a flat battery must not take.
  const change = (names, act) => new Promise((done, failed) => {
    const transaction = database.transaction(names, "readwrite", { durability: "strict" });
    let result;
    transaction.oncomplete = () => done(result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error || new Error("aborted"));
    Promise.resolve(act(...names.map((name) => transaction.objectStore(name)))).then((value) => { result = value; }, (error) => { try { transaction.abort(); } catch { /* over already */ } failed(error); });
  });
  const read = (name, act) => asked(act(database.transaction(name, "readonly").objectStore(name)));

  const count = async () => {
    const unsent = (await store.all("visits")).filter((visit) => visit.state !== "done"), visits = unsent.length;
    const files = (await store.all("files")).length;
    tellUnsent({ ...told("field:unsent", {}), [account]: { visits, files, used: true } });
    return { visits, files, stuck: unsent.filter((visit) => visit.both || visit.fault?.kind === "refused").length };
  };

  const store = {
    account,
    get: (name, key) => read(name, (on) => on.get(key)),
    all: (name) => read(name, (on) => on.getAll()),
    put: (name, ...rows) => change([name], (on) => { rows.forEach((row) => on.put(row)); }),
    remove: (name, ...keys) => change([name], (on) => { keys.forEach((key) => on.delete(key)); }),
    draft: async (visit) => {
      const name = draftsOf(account) + visit.key, text = JSON.stringify(visit);
      try { localStorage.setItem(name, text); } catch { /* no room for a note; the database is what counts */ }
      await store.put("visits", visit);
      if (localStorage.getItem(name) === text) localStorage.removeItem(name);
    },
    kept: async (name) => (await read("kept", (on) => on.get(name)))?.value,
    keep: (name, value) => store.put("kept", { name, value }),
    change,
    count,
    filesOf: async (key) => (await store.all("files")).filter((file) => file.visit === key),

    // A number is bound to its visit in the transaction that keeps the visit: no two papers on this device get the same.
    takeNumber: (visit, year) => change(["numbers", "visits"], async (numbers, visits) => {
      const free = (await asked(numbers.getAll())).filter((one) => !one.used_by && one.year === year).sort((a, b) => a.number - b.number);
      const mine = (await asked(numbers.getAll())).find((one) => one.used_by === visit.key) || free[0];
      if (!mine) return null;
      numbers.put({ ...mine, used_by: visit.key });
      visit.notice.number = { id: mine.id, text: mine.text, qr: mine.qr, verify_url: mine.verify_url };
      visits.put(visit);
      return mine;
    }),
    // What the portal holds for this device; what was used here meanwhile stays used.
    mergeNumbers: (rows) => change(["numbers"], async (numbers) => {
      const here = new Map((await asked(numbers.getAll())).map((one) => [one.id, one]));
      for (const row of rows) if (!here.has(row.id)) numbers.put({ ...row, used_by: null });
    }),
    close: () => database.close(),
  };
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(draftsOf(account)))) {
    const visit = told(name, null), there = visit && (await store.get("visits", visit.key));
    // What has been sealed since is on paper: an older draft of it says nothing any more.
    if (visit && (!there || there.state === visit.state)) await store.put("visits", visit);
    localStorage.removeItem(name);
  }
  return store;
};

// Numbers that no paper here carries: forgotten first, then given back, so that none can be on two papers.
export const numbersToReturn = async (account) => {
  const store = await openStore(account);
  const device = await store.kept("device");
  const numbers = (await store.all("numbers")).filter((one) => !one.used_by).map((one) => one.id);
  await store.remove("numbers", ...numbers);
  store.close();
  return { device, numbers };
};

// What leaves with a person: all of theirs. Another person's, whose login ended on this device, stays only while the portal has
// not got all of it: what is unsent is let go of by its own writer alone.
export const wipe = async (account) => {
  const all = indexedDB.databases ? (await indexedDB.databases()).map(({ name }) => name) : [NAME(account)], kept = new Set();
  for (const name of all.filter((one) => one?.startsWith("field-"))) {
    const other = name.slice("field-".length);
    if (other !== String(account) && (await unsentOf(other))) kept.add(other);
    else indexedDB.deleteDatabase(name);
  }
  const counts = told("field:unsent", {});
  for (const name of Object.keys(localStorage)) {
    const mine = name.startsWith("field:") && !kept.has(name.match(/^field:draft:([^:]+):/)?.[1]);
    if (mine) localStorage.removeItem(name);
  }
  tellUnsent(Object.fromEntries(Object.entries(counts).filter(([other]) => kept.has(other))));
  for (const name of await caches.keys()) if (name.startsWith("field-")) await caches.delete(name);
  for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
};

// Whether something of theirs is not with the portal; what cannot be read is not thrown away either.
const unsentOf = async (account) => {
  try {
    const store = await openStore(account), { visits, files } = await store.count();
    store.close();
    return visits + files > 0;
  } catch { return true; }
};
