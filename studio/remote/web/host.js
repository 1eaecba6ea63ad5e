// The host's page on the phone: next line, price, pieces, what to put right, the question's answer.
"use strict";

const TEXT = {
  zh: { title: "主播", next: "下一句：", pieces: "库存 ", right: "已更正", left: "漏了：", asked: "观众问：",
    come: "数字人上场", back: "主播回来", say: "说下一句", stop: "停", forward: "下一句", quiet: "没有提醒" },
  en: { title: "Host", next: "Next: ", pieces: "in stock: ", right: "Corrected", left: "Left out: ", asked: "Asked: ",
    come: "Bring in stand-in", back: "Host back", say: "Say next line", stop: "Stop", forward: "Next line", quiet: "No alarm" },
};

export const parts = ["assistant", "guard", "standin", "offers"];

export default function page({ section, element, run, language, isAtLeast, price }) {
  const title = element("h2"), now = element("ul", { className: "list" });
  const alarms = element("ul", { className: "list" }), asked = element("ul", { className: "list" });
  const buttons = element("div", { className: "row" });
  section.append(title, alarms, now, asked, buttons);
  const button = (label, action, kind = "") =>
    element("button", { type: "button", className: kind, onclick: action }, label);
  const item = (name, small, ...more) =>
    element("li", {}, element("span", { className: "name" }, name, element("small", {}, small)), ...more);

  function drawNow(state, text) {
    const shop = state.shop ?? {}, assistant = state.assistant ?? {};
    const product = (shop.products ?? []).find((one) => one.id === shop.explaining);
    const rows = [];
    if (product) {
      const offer = (state.offers ?? []).find((one) => one.stage === "live" && one.offer.sku === product.id);
      const cost = price(offer ? { price_cents: offer.cents, currency: product.currency } : product);
      const stock = product.stock === null || product.stock === undefined ? "" : text.pieces + product.stock;
      rows.push(item(`${product.number} ${product.name}`, [cost, stock].filter(Boolean).join(" · ")));
    }
    if (assistant.next) {
      rows.push(item(text.next + assistant.next, assistant.star ? "★" : "",
        button(text.forward, () => run("prompter.jump", { by: 1, hold: false }))));
    }
    for (const line of (assistant.left_out ?? []).slice(-1)) rows.push(item(text.left + line, "★"));
    now.replaceChildren(...rows);
  }

  return (state, canAct) => {
    const text = TEXT[language()], guard = state.guard ?? {}, standin = state.standin ?? {};
    const pair = (both) => (both ?? ["", ""])[language() === "zh" ? 0 : 1];
    const open = (guard.alarms ?? []).filter((one) => !one.dismissed_by);
    const assistant = state.assistant ?? {};
    section.hidden = !canAct || !(open.length || assistant.next || (standin.scenes ?? []).length);
    if (section.hidden) return;
    title.textContent = text.title;
    alarms.replaceChildren(...open.slice(0, 3).map((one) =>
      item(`“${one.said}” → ${pair(one.advice)}`, `${pair(one.why)} ${one.article}`,
        button(text.right, () => run("guard.dismiss", { alarm: one.id }), "attention"))));
    drawNow(state, text);
    asked.replaceChildren(...(assistant.questions ?? []).slice(0, 3).map((one) =>
      item(`${text.asked}${one.text}`, one.answer ? `${pair(one.answer.text)} ${one.answer.source}` : "")));
    const may = isAtLeast("controller"), row = [];
    if (may && (standin.scenes ?? []).length) {
      row.push(standin.is_in ? button(text.back, () => run("host.back"), "big")
        : button(text.come, () => run("host.stand_in"), "big attention"));
    }
    if (may && standin.is_in && !standin.is_speaking) row.push(button(text.say, () => run("host.say"), "big"));
    if (standin.is_speaking) row.push(button(text.stop, () => run("host.stop"), "big"));
    buttons.replaceChildren(...row);
  };
}
