// Takes back the last step of whoever holds this phone; greyed while there is none.
"use strict";

const TEXT = {
  zh: { undo: "撤销", none: "没有可撤销的步骤", done: "已撤销：", again: "再按一次撤销：" },
  en: { undo: "Undo", none: "Nothing of yours to undo", done: "Taken back: ", again: "Press again to undo: " },
};
const SURE_MS = 5000;

export function undoer({ button, ask, say, language, isAtLeast }) {
  let step = null, sure = 0, sureOf = null, isBusy = false, waits = 0;
  const words = () => TEXT[language()];
  const name = () => (step ? step.label[language() === "zh" ? 0 : 1] : "");

  // Asked for twice within so long, and it is still the same step.
  const isSure = (asked) =>
    Boolean(asked?.needs_confirm) && asked.number === sureOf && performance.now() < sure;

  function draw() {
    const isAsked = isSure(step);
    button.hidden = !isAtLeast("streamer");
    button.disabled = !step || isBusy;
    button.dataset.about = String(step?.number ?? "");
    button.textContent = !step ? words().none : isAsked ? words().again + name() : `${words().undo}${language() === "zh" ? "：" : ": "}${name()}`;
  }

  async function look() {
    if (!isAtLeast("streamer")) return draw();
    try { step = await ask("undo.last"); } catch { step = null; }
    draw();
  }

  function lookSoon() { // ten commands at once are one question
    clearTimeout(waits);
    waits = setTimeout(look, 100);
  }

  button.onclick = async () => {
    if (!step || isBusy) return;
    const asked = step;
    if (asked.needs_confirm && !isSure(asked)) {
      sure = performance.now() + SURE_MS;
      sureOf = asked.number;
      setTimeout(draw, SURE_MS + 50);
      return draw();
    }
    isBusy = true;
    draw();
    try {
      await ask("undo.run", { number: asked.number, confirm: asked.needs_confirm });
      say(words().done + name());
    } catch (error) { say(error.message); }
    isBusy = false;
    sure = 0;
    await look();
  };

  return { draw, look, lookSoon };
}
