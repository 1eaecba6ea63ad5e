// Effects on the picture, on the phone: which are on, and hearts by hand.
"use strict";

const TEXT = {
  zh: { title: "画面特效", likes: "点赞飘心", gifts: "感谢送礼", sold_out: "售罄章", play: "放一次飘心" },
  en: { title: "Effects on the picture", likes: "Hearts", gifts: "Thanks", sold_out: "Sold-out stamp", play: "Hearts now" },
};

export const parts = ["effects"];
export const isLast = true;

export default function page({ section, element, run, language, isAtLeast }) {
  const title = element("h2"), kinds = element("p", { className: "choices" });
  section.append(title, kinds);

  return function draw(state, canAct) {
    const settings = state.effects?.settings;
    section.hidden = !settings;
    if (!settings) return;
    const text = TEXT[language()] ?? TEXT.en;
    const may = canAct && isAtLeast("controller");
    title.textContent = text.title;
    const button = (words, isOn, command, data) => element("button", { type: "button", disabled: !may,
      className: isOn ? "on" : "", ariaPressed: String(Boolean(isOn)), onclick: () => run(command, data) }, words);
    kinds.replaceChildren(
      ...["likes", "gifts", "sold_out"].map((kind) => button(text[kind], settings[kind], "effects.set", { [kind]: !settings[kind] })),
      button(text.play, false, "effects.play", { kind: "likes" }));
  };
}
