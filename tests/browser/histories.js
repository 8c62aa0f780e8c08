/* Random histories of one device, run in its own page on the portal's own modules: write, crash, send over a bad line, decide.
   Answers with what the device believes: what it wrote, and what is left on it. */
async ({ modules, seeds, tus, plant, second, hazards, crash, rounds }) => {
  const [store_, queue, record, { newKey, sm3 }] = await Promise.all(modules.map((address) => import(address)));
  const account = (await fetchMe()).account;
  async function fetchMe() {
    for (;;) try { return await queue.whoIsHere(); } catch { await sleep(20); }
  }
  function sleep(ms) { return new Promise((done) => setTimeout(done, ms)); }
  const dice = (seed) => () => { seed |= 0; seed = (seed + 0x6d2b79f5) | 0; let t = Math.imul(seed ^ (seed >>> 15), 1 | seed); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
  const until = async (act) => { for (;;) try { return await act(); } catch (error) { if (!error.kind) throw error; await sleep(10); } };

  let store = await store_.openStore(account);
  if (!(await store.kept("device"))) await store.keep("device", newKey());
  await until(() => queue.takeAlong(store, plant));
  const pack = await store.get("packs", plant), checklist = await store.kept("checklist"), me = await store.kept("me");
  const picture = async (roll) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 40;
    const draw = canvas.getContext("2d");
    draw.fillStyle = `rgb(${[1, 2, 3].map(() => Math.floor(roll() * 255)).join()})`;
    draw.fillRect(0, 0, 40, 40);
    draw.fillText(String(roll()), 2, 20);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
    return blob.arrayBuffer();
  };
  const reopen = async () => { store.close(); store = await store_.openStore(account); };
  const wrote = [];

  for (const seed of seeds) {
    const roll = dice(seed), maybe = (share) => roll() < share;
    let visit = record.newVisit(pack, checklist, me, await store.kept("device"));
    const save = async () => {
      await store.put("visits", visit);
      // The tab dies and is opened again: what was saved is all there is.
      if (maybe(crash)) { await reopen(); visit = await store.get("visits", visit.key); }
    };
    visit.second = second;
    visit.summary = `历史${seed}`;
    await save();
    for (const item of checklist.items.slice(Math.floor(roll() * 50)).slice(0, 1 + Math.floor(roll() * 4))) {
      visit.answers[item.code] = maybe(0.4) ? { verdict: "not_ok", description: `情况${seed} ${item.code}`, level: "general" } : { verdict: maybe(0.8) ? "ok" : "na" };
      await save();
    }
    if (maybe(0.3)) { visit.extras.push({ key: newKey(), description: `清单外${seed}`, level: "general", place: "", basis: "" }); await save(); }
    if (hazards[seed]) { visit.rechecks[hazards[seed].id] = { ...hazards[seed], verdict: "return", note: `仍渗漏${seed}` }; await save(); }
    const findings = record.findingsOf(visit);
    if (findings.length && maybe(0.35)) {
      await until(() => queue.topUp(store, 3, new Date().getFullYear()));
      visit.notice.wanted = Boolean(await store.takeNumber(visit, new Date().getFullYear()));
      const pad = document.createElement("canvas").toDataURL("image/png");
      for (const part of ["lead", "second", "enterprise"]) visit.signatures[part] = { name: "方安", png: pad };
      record.ordered(visit);
      await save();
    }
    for (let n = Math.floor(roll() * 2.4); n > 0; n--) {
      const bytes = await picture(roll);
      await store.put("files", { key: newKey(), visit: visit.key, code: findings.length && maybe(0.7) ? findings[0].name : "", name: "现场.jpg", type: "image/jpeg", bytes, digest: sm3(new Uint8Array(bytes)), taken_at: new Date().toISOString() });
    }
    const files = await store.filesOf(visit.key);
    record.seal(visit, files, { name: "协办" });
    await store.put("visits", visit);
    wrote.push({ key: visit.key, summary: visit.summary, findings: findings.length, number: visit.notice.wanted ? visit.notice.number.text : "", files: files.map((file) => file.digest), recheck: hazards[seed]?.id || null });
    // Sent over the bad line, now and then cut off by a dying tab; most go on to the next plant before it is all through.
    for (let n = 0; n < 3; n++) {
      const going = queue.sendAll(store, { tus, retries: null }).catch(() => null);
      if (maybe(crash)) { await sleep(roll() * 60); await reopen(); }
      await going;
      if (maybe(0.5)) break;
    }
  }

  // Back at the desk the queue goes on until nothing is left; conflicts wait for a person, who decides.
  const shown = [];
  for (let n = 0; n < rounds; n++) {
    const left = (await store.all("visits")).filter((visit) => visit.state !== "done");
    if (!left.length) break;
    for (const visit of left) {
      const roll = dice(visit.key.charCodeAt(0) + visit.key.charCodeAt(5));
      if (visit.both) { shown.push(visit.key); for (const one of [...visit.both]) record.decide(visit, one, roll() < 0.5); await store.put("visits", visit); }
      else if (visit.fault?.kind === "refused" && visit.state === "sealed" && Object.keys(visit.rechecks).length) {
        // Mine could not be carried out any more: the person takes it out and signs again.
        const signatures = visit.signatures;
        record.reopen(visit);
        visit.rechecks = {};
        visit.signatures = signatures;
        record.seal(visit, await store.filesOf(visit.key), { name: "协办" });
        await store.put("visits", visit);
      }
    }
    await queue.sendAll(store, { tus, retries: null });
  }
  const rest = (await store.all("visits")).filter((visit) => visit.state !== "done").map(({ key, state, fault, both }) => ({ key, state, fault, both }));
  return { wrote, shown, rest, files: (await store.all("files")).length };
}
