// A drill on the phone: what its plans ask, which tasks are free; nothing of it is on air.
"use strict";

const TEXT = {
  zh: { title: "演练 DRILL", starting: "影子正在启动…", fault: (n, of) => `第 ${n}/${of} 个故障`, accept: "我来",
        has: (who) => `${who} 已接`, keys: (given) => `需两人同一回答，已有 ${given} 人` },
  en: { title: "DRILL", starting: "The shadow starts…", fault: (n, of) => `fault ${n} of ${of}`, accept: "I take it",
        has: (who) => `${who} has it`, keys: (given) => `two people must agree, ${given} so far` },
};

export const parts = ["drills"];

export default function page({ section, element, run, language, isAtLeast }) {
  const title = element("h2"), now = element("p"), list = element("ul", { className: "list" });
  section.append(title, now, list);

  return function draw(state, canAct) {
    const text = TEXT[language()] ?? TEXT.en, drill = state.drills ?? {};
    const pair = (both) => both?.[language() === "zh" ? 0 : 1] ?? "";
    const isMine = (one) => isAtLeast(one.role);
    section.hidden = !canAct || !isAtLeast("streamer") || !drill.stage;
    title.textContent = text.title;
    now.textContent = [drill.stage === "running" ? text.fault(drill.number, drill.count) : text.starting, pair(drill.hint)]
      .filter(Boolean).join(" · ");
    const button = (words, command, data, isMain) => element("button", { type: "button",
      className: isMain ? "on" : "", onclick: () => run(command, data) }, words);
    const asks = (drill.asks ?? []).filter(isMine).map((one) => element("li", {},
      element("span", { className: "name" }, pair(one.text), element("small", {}, one.keys > 1 ? text.keys(one.given) : "")),
      ...one.options.map((option) => button(option, "drills.answer", { id: one.id, option }, option !== "stop"))));
    const tasks = (drill.tasks ?? []).filter(isMine).map((one) => element("li", {},
      element("span", { className: "name" }, pair(one.text), element("small", {}, one.by ? text.has(one.by) : "")),
      ...(one.by ? [] : [button(text.accept, "drills.accept", { id: one.id }, true)])));
    list.replaceChildren(...asks, ...tasks);
  };
}
