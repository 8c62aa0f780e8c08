// A visit as it is written down in the plant, and the record that is sent of it. No page and no network in here.
import { newKey, sm3 } from "../device/sm3.js";

export const FORMAT = 1;
export const VERDICTS = { ok: "符合", not_ok: "不符合", na: "不涉及" };
export const LEVELS = { general: "一般", major: "重大" };
export const SUBJECTS = { routine: "日常检查", themed: "专项检查", follow_up: "跟踪检查" };
export const PARTS = { lead: "主办人员", second: "协办人员", enterprise: "企业负责人" };
const REQUIREMENT = "立即采取措施消除该隐患，并举一反三排查同类问题。";

// The day in the plant, whatever the device thinks of time zones.
export const dayOf = (moment = new Date()) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(moment);
const daysOn = (days) => dayOf(new Date(Date.now() + days * 86400000));

// `action`: one of the pack's themed actions, which is gone through by its own lines.
export const newVisit = (pack, checklist, me, device, action = null) => ({
  key: newKey(), state: "draft", device, enterprise: pack.enterprise, name: pack.name, address: pack.address, pack: pack.token,
  person: me.person, lead: { name: me.name }, unit: me.unit, edition: action ? action.edition : checklist.edition, second: null, subject: action ? "themed" : "routine",
  action: action && { id: action.id, title: action.title }, all: false,
  // What applies to this plant, of the list as it is on this device.
  fits: !action && pack.checklist?.edition === checklist.edition ? pack.checklist.codes : [],
  categories: [], began_at: new Date().toISOString(), sealed_at: null, met_with: "", summary: "", remark: "",
  answers: {}, extras: [], rechecks: {}, notice: { wanted: false, number: null, orders: {} }, signatures: {}, refused: "", witness: "",
  decided_facts: "", decided_hazards: {}, fault: null, both: null, answer: null,
});

// What is not 符合, of the list and beside it, each under the name its notice and pictures use.
export const findingsOf = (visit) => [
  ...Object.entries(visit.answers).filter(([, one]) => one.verdict === "not_ok").map(([code, one]) => ({ name: code, code, ...one })),
  ...visit.extras.map((one) => ({ name: `X-${one.key}`, ...one })),
];

export const orderOf = (visit, name, level) => {
  visit.notice.orders[name] = visit.notice.orders[name] || { on: true, requirement: REQUIREMENT, due: daysOn(level === "major" ? 30 : 15) };
  return visit.notice.orders[name];
};

export const ordered = (visit) => findingsOf(visit).filter((one) => orderOf(visit, one.name, one.level).on);

// The lines that are gone through: an action's, or what applies to the plant unless all were asked for; and whatever was answered.
export const linesOf = (visit, items) => {
  if (visit.action || visit.all || !visit.fits?.length) return items;
  const fits = new Set(visit.fits);
  return items.filter((item) => fits.has(item.code) || visit.answers[item.code]);
};

// What a signature is under: the paper as it reads at that moment.
export const reading = (visit) => JSON.stringify([
  visit.second, visit.notice.wanted && [visit.notice.number?.id, ordered(visit).map((one) => [one.name, one.description, one.level, one.place, visit.notice.orders[one.name].requirement, visit.notice.orders[one.name].due])],
]);

// What still lacks, as sentences; the portal's own rules are asked again when it arrives.
export const lacking = (visit) => {
  const said = [], findings = findingsOf(visit);
  if (!Object.keys(visit.answers).length && !visit.extras.length) said.push("还没有检查任何一项。");
  if (!visit.second) said.push("请选择协办人员：检查须由两名以上执法人员进行（安全生产法第67条）。");
  for (const one of findings) {
    if (!one.description?.trim()) said.push(`${one.code || "清单外隐患"}：请写明不符合的情况。`);
    if (!one.level) said.push(`${one.code || "清单外隐患"}：请选择隐患级别。`);
  }
  for (const one of Object.values(visit.rechecks)) if (one.verdict === "return" && !one.note.trim()) said.push("退回须写明理由，让企业知道还差什么。");
  if (visit.notice.wanted) {
    if (!ordered(visit).length) said.push("文书上没有隐患，请至少选择一条。");
    if (!visit.notice.number) said.push("还没有取得预留文号。");
    for (const one of ordered(visit)) {
      const { requirement, due } = visit.notice.orders[one.name];
      if (!requirement.trim()) said.push("请写明每条隐患的整改要求。");
      if (!due || due <= dayOf()) said.push("整改期限须晚于今天。");
    }
    for (const part of ["lead", "second"]) if (!visit.signatures[part]?.png) said.push(`请${PARTS[part]}签名。`);
    if (!visit.refused.trim() && !visit.signatures.enterprise?.png) said.push("请企业签收（签名并写明姓名），或注明拒签情况。");
  }
  for (const [part, one] of Object.entries(visit.signatures)) {
    if (one.png && one.of !== reading(visit)) said.push(`${PARTS[part]}签名后内容有改动，请重新签名。`);
  }
  if (visit.signatures.enterprise?.png && !visit.refused.trim() && !visit.signatures.enterprise.name.trim()) said.push("请写明签收人姓名。");
  return [...new Set(said)];
};

const digestOf = (body) => sm3(new TextEncoder().encode(body));

// The record as it will be sent, once and for all: sent again it is the same bytes.
export const seal = (visit, files, second) => {
  visit.sealed_at = new Date().toISOString();
  const signed = Object.entries(visit.signatures).filter(([part, one]) => one.png && !(part === "enterprise" && visit.refused.trim()));
  const names = { lead: visit.lead.name, second: second?.name || PARTS.second };
  visit.body = JSON.stringify({
    format: FORMAT, key: visit.key, device: visit.device, pack: visit.pack, enterprise: visit.enterprise, second: visit.second,
    subject: visit.subject, edition: visit.edition, action: visit.action?.id ?? null, shown: visit.all ? [] : visit.fits || [], began_at: visit.began_at, sealed_at: visit.sealed_at,
    met_with: visit.met_with, summary: visit.summary, remark: visit.remark,
    answers: [
      ...Object.entries(visit.answers).map(([code, { verdict, description, level, place }]) => (verdict === "not_ok" ? { code, verdict, description, level, place } : { code, verdict })),
      ...visit.extras.map(({ key, description, level, place, basis }) => ({ key, verdict: "not_ok", description, level, place, basis })),
    ],
    notice: visit.notice.wanted ? {
      number: visit.notice.number.id, issued_on: dayOf(),
      orders: ordered(visit).map((one) => ({ ...(one.code ? { code: one.code } : { key: one.key }), requirement: visit.notice.orders[one.name].requirement, due: visit.notice.orders[one.name].due })),
    } : null,
    rechecks: Object.entries(visit.rechecks).map(([hazard, { revision, verdict, note }]) => ({ hazard: Number(hazard), revision, verdict, note })),
    signatures: signed.map(([part, { name, png }]) => ({ part, name: names[part] || name, png: png.split(",")[1] })),
    refused: visit.refused, witness: visit.witness,
    files: files.map(({ key, kind, seconds, code, digest, taken_at, longitude, latitude }) => ({ key, ...(kind === "voice" ? { kind, seconds } : {}), code, sm3: digest, taken_at, longitude, latitude })),
    decided_facts: "", decided_hazards: {},
  });
  visit.notice.issued_on = visit.notice.wanted ? dayOf() : null;
  Object.assign(visit, { digest: digestOf(visit.body), state: "sealed", fault: null, both: null });
};

// What a person decided, having seen both versions: mine again, knowing the portal's; or the portal's, and mine dropped.
export const decide = (visit, one, mine) => {
  const body = JSON.parse(visit.body);
  if (one.kind === "facts") body.decided_facts = one.now;
  else if (mine) body.decided_hazards[one.id] = one.now.revision;
  else {
    body.rechecks = body.rechecks.filter((recheck) => recheck.hazard !== one.id);
    delete visit.rechecks[one.id];
  }
  visit.both = visit.both.filter((other) => other !== one);
  visit.body = JSON.stringify(body);
  visit.digest = digestOf(visit.body);
  if (!visit.both.length) Object.assign(visit, { both: null, fault: null });
};

// Back to writing, after the portal has refused it: what was signed must be signed again.
export const reopen = (visit) => Object.assign(visit, { state: "draft", body: null, digest: null, fault: null, both: null, signatures: {} });
