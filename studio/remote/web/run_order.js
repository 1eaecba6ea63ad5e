// Today's goods on the phone: what is explained, what comes next, and one button to go on.
"use strict";

const TEXT = {
  zh: { title: "今日商品", next: "讲下一件：", none: "没有下一件了", done: "已讲", now: "讲解中", sold_out: "售罄", later: "", more: (n) => `还有 ${n} 件` },
  en: { title: "Run order", next: "Next: ", none: "Nothing is left", done: "done", now: "now", sold_out: "sold out", later: "", more: (n) => `${n} more` },
};
const SHOWN = 6;

export const parts = ["run_order"];
export const isLast = true;

export default function page({ section, element, run, language, isAtLeast }) {
  const title = element("h2"), list = element("ul", { className: "list" });
  const forward = element("button", { type: "button", className: "on" });
  section.append(title, element("p", { className: "choices" }, forward), list);

  return function draw(state, canAct) {
    const view = state.run_order ?? {}, rows = view.rows ?? [];
    const text = TEXT[language()] ?? TEXT.en;
    const after = rows.find((row) => row.product === view.next);
    section.hidden = !rows.length;
    title.textContent = `${text.title} ${view.done ?? 0}/${rows.length}`;
    forward.textContent = after ? text.next + after.name : text.none;
    forward.disabled = !after || !canAct || !isAtLeast("streamer");
    forward.onclick = async () => { // as key N on the desk: with its card, for whoever may show one
      forward.disabled = true; // a second tap would pass one over
      const told = await run("run_order.next", { product: view.next }); // as it says: others go on too
      if (!told) forward.disabled = false; // refused, or no line
      if (told?.product && isAtLeast("controller")) await run("shop.card", { product: told.product });
    };
    const open = rows.filter((row) => row.state !== "done");
    const items = open.slice(0, SHOWN).map((row) => element("li", {},
      element("span", { className: "name" }, `${row.number} ${row.name}`,
        element("small", {}, row.product === view.next ? "→" : text[row.state] ?? ""))));
    if (open.length > SHOWN) items.push(element("li", {}, text.more(open.length - SHOWN)));
    list.replaceChildren(...items);
  };
}
