// Comments that cross the picture, on the phone: how, how many, and the button that ends it.
"use strict";

const TEXT = {
  zh: { title: "弹幕上屏", off: "关闭", bullets: "弹幕", ticker: "滚动条", questions: "只要提问",
        shown: (n) => `已上屏 ${n}`, waiting: (n) => `待上屏 ${n}`, left: (n) => `略过 ${n}` },
  en: { title: "Comments across the picture", off: "Off", bullets: "Bullets", ticker: "Ticker",
        questions: "Questions alone", shown: (n) => `${n} shown`, waiting: (n) => `${n} waiting`,
        left: (n) => `${n} left out` },
};

export const parts = ["comments"];
export const isLast = true;

export default function page({ section, element, run, language, isAtLeast }) {
  const title = element("h2"), kinds = element("p", { className: "choices" });
  const told = element("p", { className: "muted" });
  section.append(title, kinds, told);

  return function draw(state, canAct) {
    const crawl = state.comments?.crawl;
    section.hidden = !crawl;
    if (!crawl) return;
    const text = TEXT[language()] ?? TEXT.en, settings = crawl.settings;
    title.textContent = text.title;
    const may = canAct && isAtLeast("controller");
    const button = (words, isOn, data) => element("button", { type: "button", disabled: !may,
      className: isOn ? "on" : "", ariaPressed: String(isOn),
      onclick: () => run("comments.crawl", data) }, words);
    const isOn = settings.kind !== "off", asks = settings.which === "questions";
    kinds.replaceChildren(
      ...["off", "bullets", "ticker"].map((kind) => button(text[kind], settings.kind === kind, { kind })),
      ...(isOn ? [button(text.questions, asks, { which: asks ? "all" : "questions" })] : []));
    told.hidden = !isOn;
    told.textContent = [text.shown(crawl.shown), crawl.waiting && text.waiting(crawl.waiting),
      crawl.left_out && text.left(crawl.left_out)].filter(Boolean).join(" · ");
  };
}
