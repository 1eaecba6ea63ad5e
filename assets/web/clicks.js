// Clicks on a page of your own, for the click map of Shopcast (docs/insight.md).
//
//   <script src="clicks.js" data-to="/clicks" defer></script>
//
// Every ten seconds, and when the page is left, the rows are sent by POST as CSV to data-to, on
// your own server, which adds them to a file. Each row: time (UTC), path of the page, where in
// CSS pixels, size of the whole page, and on what: data-click, else data-sku, else "a" or
// "button" of the nearest such element. No cookie, no number of the visitor, no text of the page;
// nothing where the browser asks not to be tracked.
"use strict";
(() => {
  const HEAD = "time,page,x,y,width,height,what";
  const MOST = 500; // a minute's furious clicking; more is lost, not the page
  const to = document.currentScript?.dataset.to || "/clicks";
  if (navigator.doNotTrack === "1" || navigator.globalPrivacyControl) return;
  let rows = [];
  const cell = (value) => `"${String(value).replaceAll('"', '""')}"`;

  addEventListener("click", (event) => {
    // A script's click has no finger, the Enter key no place.
    if (!event.isTrusted || event.detail === 0 || rows.length >= MOST) return;
    const page = document.documentElement;
    const near = event.target.closest?.("[data-click],[data-sku],a,button");
    const what = near ? near.dataset.click || near.dataset.sku || near.localName : "";
    rows.push([
      new Date().toISOString(), location.pathname,
      Math.max(0, Math.round(event.pageX)), Math.max(0, Math.round(event.pageY)),
      Math.max(page.scrollWidth, page.clientWidth), Math.max(page.scrollHeight, page.clientHeight),
      what,
    ].map(cell).join(","));
  }, { capture: true, passive: true });

  const send = () => {
    if (!rows.length) return;
    const body = new Blob([`${HEAD}\n${rows.join("\n")}\n`], { type: "text/csv" });
    if (navigator.sendBeacon(to, body)) rows = [];
  };
  setInterval(send, 10_000);
  addEventListener("pagehide", send);
  document.addEventListener("visibilitychange", () => document.hidden && send());
})();
