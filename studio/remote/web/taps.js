// A second tap never presses what has taken the first one's place: "Release" where "Open" stood.
"use strict";

export const AGAIN_MS = 600, NEAR_PX = 30;

// What a tap on a button is: its words, what it is about, and the row it stands in.
export function meaning(button) {
  const name = button.closest("li")?.querySelector(".name")?.firstChild?.textContent;
  return [name, button.dataset.about, button.getAttribute("aria-pressed") ?? button.ariaPressed, button.textContent]
    .map((part) => part ?? "").join("\n");
}

export function guard(root) {
  let last = null;
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const tap = { at: event.timeStamp, x: event.clientX, y: event.clientY, what: meaning(button) };
    const isAgain = last !== null && tap.at - last.at < AGAIN_MS && Math.hypot(tap.x - last.x, tap.y - last.y) < NEAR_PX;
    if (isAgain && tap.what !== last.what) {
      event.stopImmediatePropagation();
      event.preventDefault();
      last.at = tap.at; // nor does a third one
    } else last = tap;
  }, true);
}
