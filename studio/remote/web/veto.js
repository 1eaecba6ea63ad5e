// A comment on its way to the picture, on the phone: how long still, and the button that stops it.
"use strict";

const TEXT = {
  zh: { title: "即将上屏", veto: "否决", by: "操作：", left: (n) => `还有 ${n} 秒` },
  en: { title: "About to go up", veto: "Veto", by: "wanted by ", left: (n) => `${n} s left` },
};

export const parts = ["comments"];

export default function page({ section, element, run, language, isAtLeast }) {
  const title = element("h2"), list = element("ul", { className: "list" });
  section.append(title, list);
  let timer = 0, until = 0;

  return function draw(state, canAct) {
    clearInterval(timer);
    const waiting = state.comments?.waiting;
    section.hidden = !waiting;
    if (!waiting) return;
    const text = TEXT[language()] ?? TEXT.en;
    title.textContent = text.title;
    until = performance.now() + 1000 * waiting.left_s;
    const small = element("small", {});
    const count = () => {
      const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
      small.textContent = [waiting.entry.author, waiting.by && text.by + waiting.by, text.left(left)]
        .filter(Boolean).join(" · ");
      if (!left) clearInterval(timer);
    };
    count();
    timer = setInterval(count, 250);
    const may = canAct && isAtLeast("controller");
    list.replaceChildren(element("li", {}, element("span", { className: "name" }, waiting.entry.text, small),
      element("button", { type: "button", className: "attention", disabled: !may,
        onclick: () => run("comments.veto", { id: waiting.entry.id }) }, text.veto)));
  };
}
