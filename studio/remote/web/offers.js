// Offers and coupons on the phone: what each costs, what is left of it, and the next step.
"use strict";

const TEXT = {
  zh: { title: "优惠", coupons: "优惠券", start: "开始", arm: "定时", stop: "结束", open: "开放预约", release: "放券", end: "停用",
        ready: "未开始", armed: "等时段", countdown: "倒计时", live: "进行中", ended: "已结束", booking: "预约中", released: "可使用",
        left: (n) => `剩 ${n}`, seconds: (n) => `${n} 秒`, used: (n) => `已用 ${n}`, away: "库存账本连不上" },
  en: { title: "Offers", coupons: "Coupons", start: "Start", arm: "By slot", stop: "Stop", open: "Open", release: "Release", end: "Stop",
        ready: "not begun", armed: "waits for its slot", countdown: "countdown", live: "live", ended: "ended",
        booking: "being booked", released: "may be used",
        left: (n) => `${n} left`, seconds: (n) => `${n} s`, used: (n) => `${n} used`, away: "the stock ledger is away" },
};
const LAST_STEP = { booking: "release", released: "end" };
const COMMANDS = { open: "coupons.open", release: "coupons.release", end: "coupons.stop" };

export const parts = ["offers", "coupons"];
export const isLast = true;

const clock = (s) => (s >= 60 ? `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}` : "");

export default function page({ section, element, run, language, isAtLeast, price }) {
  const title = element("h2"), list = element("ul", { className: "list" });
  const couponTitle = element("h2"), coupons = element("ul", { className: "list" });
  section.append(title, list, couponTitle, coupons);
  let timers = [];

  return function draw(state, canAct) {
    timers.forEach(clearInterval);
    timers = [];
    const offered = state.offers ?? [], made = state.coupons ?? [];
    section.hidden = !offered.length && !made.length;
    const text = TEXT[language()] ?? TEXT.en;
    const may = canAct && isAtLeast("controller");
    const button = (words, command, id, isMain = false) => element("button", { type: "button",
      className: isMain ? "on" : "", disabled: !may, onclick: () => run(command, { id }) }, words);

    title.hidden = !offered.length;
    title.textContent = text.title;
    list.replaceChildren(...offered.map((one) => {
      const { offer, stage } = one, runs = ["armed", "countdown", "live"].includes(stage);
      const small = element("small"), until = performance.now() + 1000 * (one.left_s ?? 0);
      const count = () => {
        const s = Math.max(0, Math.ceil((until - performance.now()) / 1000));
        small.textContent = [price({ price_cents: one.cents, currency: one.currency }), text[stage],
          one.left_s != null && (clock(s) || text.seconds(s)), one.left != null && text.left(one.left), one.why]
          .filter(Boolean).join(" · ");
      };
      count();
      if (one.left_s != null) timers.push(setInterval(count, 500));
      const name = element("span", { className: "name" }, [offer.name, one.product].filter(Boolean).join(" · ") || offer.id, small);
      const steps = runs ? [button(text.stop, "offers.stop", offer.id, true)]
        : [...(offer.slot ? [button(text.arm, "offers.arm", offer.id)] : []), button(text.start, "offers.start", offer.id)];
      return element("li", {}, name, ...steps);
    }));

    couponTitle.hidden = !made.length;
    couponTitle.textContent = text.coupons;
    coupons.replaceChildren(...made.map((one) => {
      const about = one.left == null ? text.away : `${text.left(one.left)} · ${text.used(one.used ?? 0)}`;
      const name = element("span", { className: "name" }, one.coupon.name || one.coupon.id,
        element("small", {}, `${text[one.stage]} · ${about}`));
      const step = LAST_STEP[one.stage] ?? "open";
      return element("li", {}, name, button(text[step], COMMANDS[step], one.coupon.id, one.stage === "released"));
    }));
  };
}
