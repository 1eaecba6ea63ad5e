// A part of the phone's panel: whether the shop is open, and a button for it.
"use strict";

const TEXT = {
  zh: { title: "街角小店", open: "营业中", closed: "已打烊，再开：", close: "打烊", unlock: "开店" },
  en: { title: "Corner shop", open: "Open", closed: "Closed until ", close: "Close", unlock: "Open" },
};

export const parts = ["corner_shop"];

export default function page({ section, element, run, language }) {
  const title = element("h2"), words = element("p");
  const button = element("button", { type: "button", className: "big" });
  section.append(title, words, button);
  let closed = "";
  button.onclick = () => run(closed ? "corner_shop.open" : "corner_shop.close");
  return (state, canAct) => {
    const text = TEXT[language()];
    closed = state.corner_shop?.closed_until ?? "";
    title.textContent = text.title;
    words.textContent = closed ? text.closed + closed : text.open;
    button.textContent = closed ? text.unlock : text.close;
    button.disabled = !canAct;
  };
}
