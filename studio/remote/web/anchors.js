// Keeps the newest anchor of each audit log on this phone: who cuts the log cannot reach it here.
"use strict";

const TEXT = {
  zh: { title: "审计锚点", kept: (n, at) => `本机存有 ${n} 个，最新 ${at}`,
    how: "复制到文件里，用 shopcast audit verify --anchor 文件 核对" },
  en: { title: "Audit anchors", kept: (n, at) => `${n} kept on this device, the newest ${at}`,
    how: "Copy them into a file, then: shopcast audit verify --anchor FILE" },
};
const PLACE = "anchors", MOST = 200;

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

export default function page({ section, element, language, role }) {
  const title = element("summary"), how = element("p", {});
  const lines = element("textarea", { readOnly: true, rows: 4 });
  section.append(element("details", {}, title, how, lines));
  return (state) => {
    const kept = Object.values(keep(localStorage, state.audit)), text = TEXT[language()];
    section.hidden = !kept.length || !["technician", "owner"].includes(role());
    if (section.hidden) return;
    const newest = kept.map((one) => one.at ?? "").sort().pop();
    title.textContent = `${text.title}: ${text.kept(kept.length, newest)}`;
    how.textContent = text.how;
    lines.ariaLabel = text.title;
    lines.value = kept.map((one) => JSON.stringify(one)).join("\n");
  };
}
