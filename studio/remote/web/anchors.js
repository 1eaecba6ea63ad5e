// Keeps the newest anchor of each audit log on this phone: who cuts the log cannot reach it here.
"use strict";

const TEXT = {
  zh: { title: "审计锚点", kept: (n, at) => `本机存有 ${n} 个，最新 ${at}`,
    how: "复制到文件里，用 shopcast audit verify --anchor 文件 核对",
    back: (file, line) => `审计记录 ${file} 比本机上次看到的少（本机看到第 ${line} 行）：被截短、重写，或退回了旧备份` },
  en: { title: "Audit anchors", kept: (n, at) => `${n} kept on this device, the newest ${at}`,
    how: "Copy them into a file, then: shopcast audit verify --anchor FILE",
    back: (file, line) => `Audit log ${file} has less than this device saw (line ${line}): cut, written anew, or an old copy` },
};
const PLACE = "anchors", MOST = 200, MOST_SENT = 10;

export const parts = ["audit"];
export const isLast = true;

export function readKept(store) {
  try {
    const kept = JSON.parse(store.getItem(PLACE) ?? "{}");
    return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
  } catch { return {}; }
}

export function keep(store, audit) {
  const kept = readKept(store);
  const { anchor, at_utc: at, key, signature } = audit ?? {};
  if (!anchor || !signature) return kept;
  const [file, count] = anchor.split(":"), before = kept[file];
  // A shorter log of the same name is what the anchor is there to show: the longer one stays.
  if (before && Number(before.anchor.split(":")[1]) >= Number(count)) return kept;
  kept[file] = { anchor, at, key, signature };
  for (const old of Object.keys(kept).sort().slice(0, -MOST)) delete kept[old];
  try { store.setItem(PLACE, JSON.stringify(kept)); } catch { /* no room: what is there stays */ }
  return kept;
}

// Is what the engine says less than what is kept, or something else at the same line?
export function contradicts(store, audit) {
  const [file, count] = (audit?.anchor ?? "").split(":"), before = readKept(store)[file];
  if (!before || !audit.signature) return "";
  const had = Number(before.anchor.split(":")[1]);
  return Number(count) < had || (Number(count) === had && audit.anchor !== before.anchor) ? before.anchor : "";
}

export function toCompare(store, key) {
  return Object.values(readKept(store)).filter((one) => one.key === key)
    .sort((a, b) => (a.anchor < b.anchor ? -1 : 1)).slice(-MOST_SENT)
    .map(({ anchor, at, key: by, signature }) => ({ anchor, at_utc: at ?? "", public: by, signature }));
}

export default function page({ section, element, language, isAtLeast, ask }) {
  const doubts = new Set();
  const warning = element("p", { className: "state lost", hidden: true });
  let asked = "";
  async function compare(audit) {
    if (!audit?.anchor) return;
    const log = `${audit.key} ${audit.anchor.split(":")[0]}`, anchors = toCompare(localStorage, audit.key);
    if (asked === log) return;
    asked = log; // of each run of the engine once
    if (!anchors.length || !isAtLeast("streamer")) return;
    try {
      for (const lost of (await ask("audit.compare", { anchors })).result.missing) doubts.add(lost);
      warn();
    } catch { /* an engine that does not know the question */ }
  }
  function warn() {
    warning.hidden = !doubts.size;
    warning.textContent = [...doubts].map((lost) => TEXT[language()].back(...lost.split(":"))).join("\n");
    if (doubts.size) section.hidden = false; // whoever looks: it is no secret
  }
  const title = element("summary"), how = element("p", {});
  const lines = element("textarea", { readOnly: true, rows: 4 });
  const details = element("details", {}, title, how, lines);
  section.append(details, warning);
  return (state) => {
    const lost = contradicts(localStorage, state.audit);
    if (lost) doubts.add(lost);
    compare(state.audit);
    const kept = Object.values(keep(localStorage, state.audit)), text = TEXT[language()];
    details.hidden = section.hidden = !kept.length || !isAtLeast("technician");
    warn();
    if (details.hidden) return;
    const newest = kept.map((one) => one.at ?? "").sort().pop();
    title.textContent = `${text.title}: ${text.kept(kept.length, newest)}`;
    how.textContent = text.how;
    lines.ariaLabel = text.title;
    lines.value = kept.map((one) => JSON.stringify(one)).join("\n");
  };
}
