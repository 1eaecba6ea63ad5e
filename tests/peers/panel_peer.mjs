// The phone's panel as the door serves it, on a page of a few lines: pressed, slid, looked at.
import vm from "node:vm";
import WebSocket from "ws";

const [base, password] = process.argv.slice(2);

class Element {
  children = [];
  hidden = false;
  textContent = "";
  value = "";
  clientWidth = 320;
  dataset = {};
  classList = { toggle() {}, add() {}, remove() {} };
  constructor(tag) { this.tag = tag; }
  append(...more) { this.children.push(...more); }
  replaceChildren(...more) { this.children = more; }
  get words() { return this.textContent || this.children.map((one) => one.words ?? one).join(" "); }
}

const elements = new Map();
const page = await (await fetch(`${base}/`)).text();
for (const [, id] of page.matchAll(/id="([\w-]+)"/g)) elements.set(id, new Element(id));
const kept = new Map([["password", password], ["language", "en"]]);
const world = {
  document: {
    hidden: false,
    documentElement: new Element("html"),
    body: new Element("body"),
    getElementById: (id) => elements.get(id),
    createElement: (tag) => new Element(tag),
    querySelectorAll: () => [],
  },
  location: { origin: base, hash: "", pathname: "/", search: "" },
  localStorage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) },
  navigator: { language: "en" },
  devicePixelRatio: 1,
  fetch: (path, ...more) => fetch(new URL(path, base), ...more),
  history: { replaceState() {} },
  WebSocket, URLSearchParams, crypto, btoa, TextEncoder, setTimeout, clearTimeout, console,
};
// Its modules come from the same door; they find the page where a browser would have it.
Object.assign(globalThis, { document: world.document });
world.load = async (path) => {
  const code = await (await fetch(new URL(path, base))).text();
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
};
const panel = await (await fetch(`${base}/panel.js`)).text();
vm.runInNewContext(panel.replaceAll("import(", "load("), world);

async function until(what, check) {
  const end = Date.now() + 20000;
  for (;;) {
    const found = check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: ${elements.get("media").words} ${elements.get("toast").textContent}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const found = {};
const row = await until("a row", () => elements.get("media").children.find((one) => one.words.includes("clip")));
await until("it plays", () => row.words.includes("playing"));
const [name, previous, play, restart, next, seek] = row.children;
found.has_jumps = !previous.hidden || !next.hidden;
play.onclick();
await until("paused", () => row.words.includes("paused"));
found.paused = name.words;
seek.value = 500;
seek.oninput();
found.held = name.words;
await seek.onchange();
await until("wound", () => Math.abs(Number(seek.value) - 500) < 300);
found.is_same_row = elements.get("media").children.includes(row);
play.onclick();
await until("on again", () => row.words.includes("playing"));
restart.onclick();
await until("from the start", () => Number(seek.value) < 3000 && row.words.includes("playing"));
const list = await until("the playlist", () => elements.get("media").children.find((one) => one.words.includes("list")));
found.list_jumps = !list.children[1].hidden && !list.children[4].hidden;
await until("it plays too", () => list.words.includes("playing"));
list.children[4].onclick();
await until("the next one", () => Number(list.children[5].value) < 1500 && list.words.includes("playing"));
found.is_same_row &&= elements.get("media").children.includes(row);
found.toast = elements.get("toast").textContent;
console.log(JSON.stringify(found));
process.exit(0);
