// Who is muted, on the phone: what was said, the rule, who decided, until when; one tap lifts it.
"use strict";

const TEXT = {
  zh: { title: "已禁言", lift: "解除禁言", until: "至 ", by: "决定：", more: (n) => `还有 ${n} 人` },
  en: { title: "Muted", lift: "Lift", until: "until ", by: "decided by ", more: (n) => `${n} more` },
};
const MOST = 8;

export const parts = ["comments"];
export const isLast = true;

export default function page({ section, element, run, language, isAtLeast }) {
  const title = element("h2"), list = element("ul", { className: "list" });
  const rest = element("p", { className: "muted" });
  section.append(title, list, rest);
  const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
  const at = (utc) => (utc ? clock.format(Date.parse(utc)) : "");

  return function draw(state, canAct) {
    const text = TEXT[language()] ?? TEXT.en;
    const muted = state.comments?.muted ?? [];
    section.hidden = !muted.length;
    title.textContent = `${text.title} ${muted.length}`;
    const may = canAct && isAtLeast("controller");
    list.replaceChildren(...muted.slice(-MOST).reverse().map((one) => {
      const why = one.reason?.text?.[language()] ?? "";
      const about = [one.text, why, one.by ? text.by + one.by : "", text.until + at(one.until_utc)];
      const name = element("span", { className: "name" }, one.author || one.who,
        element("small", {}, about.filter(Boolean).join(" · ")));
      return element("li", {}, name, element("button", { type: "button", disabled: !may,
        onclick: () => run("comments.appeal", { who: one.who, lift: true }) }, text.lift));
    }));
    rest.hidden = muted.length <= MOST;
    rest.textContent = text.more(muted.length - MOST);
  };
}
