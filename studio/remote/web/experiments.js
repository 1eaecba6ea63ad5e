// Experiments on the phone: whose turn it is, held or not, the result; started and ended by a person.
"use strict";

const TEXT = {
  zh: { title: "试验", start: "开始", end: "结束", go_on: "继续", result: "结果", ideas: "开始一个试验…",
        turn: (arm, until) => `轮到 ${arm.toUpperCase()}，到 ${until}`, pairs: (n, of) => `第 ${n}/${of} 对`,
        held: "已暂停：有人手动切换", split: (a, b) => `按观众分：A ${a} 人，B ${b} 人`, over: "已结束",
        open: "还没有结论", a: "A 更好", b: "B 更好", guard: "护栏变差", mismatch: "分流不符", change: (p) => `变化 ${p}%` },
  en: { title: "Experiments", start: "Start", end: "End", go_on: "Go on", result: "Result", ideas: "Start one…",
        turn: (arm, until) => `${arm.toUpperCase()}'s turn until ${until}`, pairs: (n, of) => `pair ${n} of ${of}`,
        held: "held: somebody switched by hand", split: (a, b) => `by viewer: A ${a}, B ${b}`, over: "ended",
        open: "nothing to be told yet", a: "A is better", b: "B is better", guard: "a guard got worse",
        mismatch: "the split is off", change: (p) => `change ${p} %` },
};

export const parts = ["trials"];
export const isLast = true;

const format = new Intl.DateTimeFormat([], { timeStyle: "medium", hour12: false });
const clock = (utc) => (utc ? format.format(Date.parse(utc)) : "");

export default function page({ section, element, run, ask, language, isAtLeast }) {
  const title = element("h2"), list = element("ul", { className: "list" });
  const more = element("button", { type: "button" }), ideas = element("ul", { className: "list" });
  section.append(title, list, more, ideas);
  const results = {};
  let known = null, last = [{}, false];

  const pair = (words) => words?.[language()] ?? words?.en ?? "";
  const again = () => draw(...last);

  async function look(id) {
    try { results[id] = (await ask("experiments.result", { id })).result; } catch (error) { results[id] = error.message; }
    again();
  }

  async function open() {
    if (known) known = null;
    else try { known = (await ask("experiments.ideas")).result.ideas; } catch (error) { known = []; }
    again();
  }

  async function start(id) {
    await run("experiments.start", { idea: id });
    known = null;
    again();
  }

  function said(found, text) {
    if (!found || typeof found === "string") return found ?? "";
    const change = found.change == null ? "" : text.change((100 * found.change).toFixed(1));
    return [text[found.verdict], change].filter(Boolean).join(" · ");
  }

  function about(one, text) {
    if (one.ended_utc) return text.over;
    if (one.unit !== "time") return text.split(one.counts?.a_of ?? 0, one.counts?.b_of ?? 0);
    const turn = one.is_held ? text.held : text.turn(one.arm, clock(one.until_utc));
    return `${turn} · ${text.pairs(one.pair, one.pairs)}`;
  }

  function draw(state, canAct) {
    last = [state, canAct];
    const text = TEXT[language()] ?? TEXT.en, trials = state.trials ?? {};
    const may = canAct && isAtLeast("controller");
    const running = trials.running ?? [], ended = (trials.ended ?? []).slice(0, 1);
    section.hidden = !may && !running.length;
    const button = (words, onclick, isMain = false) => element("button", { type: "button",
      className: isMain ? "on" : "", disabled: !may, onclick }, words);

    title.textContent = text.title;
    list.replaceChildren(...[...running, ...ended].map((one) => {
      const name = element("span", { className: "name" }, pair(one.label),
        element("small", {}, [about(one, text), said(results[one.id], text)].filter(Boolean).join(" · ")));
      const steps = one.ended_utc ? [] : [button(text.end, () => run("experiments.end", { id: one.id }), true)];
      if (one.is_held && !one.ended_utc) steps.unshift(button(text.go_on, () => run("experiments.go_on", { id: one.id })));
      return element("li", {}, name, button(text.result, () => look(one.id)), ...steps);
    }));

    more.hidden = !may;
    more.textContent = text.ideas;
    more.onclick = open;
    ideas.replaceChildren(...(may && known ? known : []).map((idea) => element("li", {},
      element("span", { className: "name" }, pair(idea.label), element("small", {}, `A ${pair(idea.a)} · B ${pair(idea.b)}`)),
      button(text.start, () => start(idea.id)))));
  }
  return draw;
}
