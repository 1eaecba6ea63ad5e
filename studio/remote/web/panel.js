"use strict";
// The phone's panel: speaks obs-websocket v5 to the door that served it, and nothing else.

const TEXT = {
  zh: { programme: "节目画面", scenes: "场景", take: "切到直播", fade: "淡入淡出", standby: "垫片", silent: "麦克风已关", back: "返回", products: "商品",
    comments: "待审评论", outputs: "输出", password: "远程控制密码或令牌", keep: "在本机记住", enter: "进入",
    card: "弹卡", card_off: "收卡", try_on: "试戴", try_off: "摘下", release: "放行", block: "拦截", stock: "库存", air: "播出", next: "预监",
    none: "未设置推流", live: "直播中", idle: "未开播", lost: "连接中断，正在重连…", wrong: "密码不对。",
    nobody: "连不上引擎。", viewer: "只读", streamer: "主播", controller: "场控", technician: "技术", owner: "负责人",
    connecting: "连接中", congested: "拥塞", reconnecting: "重连中", refused: "被拒绝", failed: "失败",
    stopped: "已停止", measuring: "测速中", recording: "录制中", media: "视频与播放列表", play: "播放", pause: "暂停", restart: "重播", next_one: "下一个",
    previous_one: "上一个", seek: "跳转", playing: "播放中", paused: "已暂停", ended: "已播完", tally: "机位提示灯", seen: "看到了", seen_by: "已确认：",
    camera_waiting: "等待推流", camera_lost: "信号丢失", camera_frozen: "画面冻结", camera_missing: "打不开", camera_black: "黑屏",
    ready: "开播检查", all_well: "检查都通过",
    looking: "正在看：", games: "游戏", game_ready: "开始", game_open: "截止", game_closing: "开奖", game_on_air: "上屏", game_off_air: "下屏", entries: "人" },
  en: { programme: "PROGRAMME", scenes: "Scenes", take: "Take", fade: "Fade", standby: "Standby", silent: "Microphones off", back: "Back to ", products: "Products",
    comments: "Comments to judge", outputs: "Outputs", password: "Remote password or token", keep: "Remember on this device",
    enter: "Enter", card: "Card", card_off: "Hide", try_on: "Try on", try_off: "Take off", release: "Release", block: "Block", stock: "stock", air: "programme",
    next: "next", none: "No stream is set up", live: "live", idle: "off air", lost: "Connection lost, trying again…",
    wrong: "The password is not right.", nobody: "The engine cannot be reached.", viewer: "view only", streamer: "streamer",
    controller: "controller", technician: "technician", owner: "owner", connecting: "connecting",
    congested: "congested", reconnecting: "reconnecting", refused: "refused", failed: "failed",
    stopped: "stopped", measuring: "measuring", recording: "recording", media: "Clips and playlists", play: "Play", pause: "Pause", restart: "Start over",
    next_one: "Next", previous_one: "Previous", seek: "Wind to", playing: "playing", paused: "paused", ended: "at its end", tally: "Tally", seen: "Seen", seen_by: "seen by ",
    camera_waiting: "waiting for its stream", camera_lost: "lost", camera_frozen: "frozen", camera_missing: "missing", camera_black: "black",
    ready: "Before air", all_well: "All is well",
    looking: "looked at by ", games: "Games", game_ready: "Start", game_open: "Close", game_closing: "Draw", game_on_air: "On screen", game_off_air: "Off screen", entries: "entries" },
};
const SIGNS = { CNY: "¥", USD: "$", EUR: "€", GBP: "£", JPY: "¥", MYR: "RM", SGD: "S$" };
const CAMERA_ILLS = ["waiting", "lost", "frozen", "missing", "black"];
const PARTS = ["scenes", "sources", "shop", "outputs", "comments", "show", "ready", "games"];
const CAMERAS = ["camera", "ingest", "stream", "screen", "clip"];
const $ = (id) => document.getElementById(id);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

let language = localStorage.getItem("language") || (navigator.language.startsWith("zh") ? "zh" : "en");
// A code that was scanned brings the token behind the #, where browsers send it to nobody.
const scanned = new URLSearchParams(location.hash.slice(1)).get("token");
if (scanned) {
  localStorage.setItem("password", scanned);
  history.replaceState(null, "", location.pathname);
}
let password = localStorage.getItem("password") || "";
const state = {};
let kept = null, undo = null, role = "", socket = null, waiting = new Map(), number = 0, isIn = false;

const text = (key) => TEXT[language][key] ?? key;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// -- the protocol ------------------------------------------------------------------------------

async function digest(words) {
  const bytes = new Uint8Array(await sha256(new TextEncoder().encode(words)));
  return btoa(String.fromCharCode(...bytes));
}

async function sha256(bytes) {
  if (globalThis.crypto?.subtle) return crypto.subtle.digest("SHA-256", bytes);
  return sha256Here(bytes); // a page that came over plain http from another machine has no subtle
}

function sha256Here(bytes) {
  const rotate = (x, n) => (x >>> n) | (x << (32 - n));
  const primes = [], k = [], h = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const part = (x) => ((x - Math.floor(x)) * 4294967296) >>> 0;
  primes.forEach((p, i) => { k.push(part(Math.cbrt(p))); if (i < 8) h.push(part(Math.sqrt(p))); });
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 128;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  for (let at = 0; at < padded.length; at += 64) {
    const w = Array.from({ length: 16 }, (_, i) => view.getUint32(at + i * 4));
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15], b = w[i - 2];
      const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3), s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) >>> 0;
    }
    const r = h.slice();
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(r[4], 6) ^ rotate(r[4], 11) ^ rotate(r[4], 25);
      const t1 = (r[7] + s1 + ((r[4] & r[5]) ^ (~r[4] & r[6])) + k[i] + w[i]) >>> 0;
      const s0 = rotate(r[0], 2) ^ rotate(r[0], 13) ^ rotate(r[0], 22);
      const t2 = (s0 + ((r[0] & r[1]) ^ (r[0] & r[2]) ^ (r[1] & r[2]))) >>> 0;
      r.pop(); r.unshift((t1 + t2) >>> 0); r[4] = (r[4] + t1) >>> 0;
    }
    r.forEach((x, i) => { h[i] = (h[i] + x) >>> 0; });
  }
  const out = new DataView(new ArrayBuffer(32));
  h.forEach((x, i) => out.setUint32(i * 4, x));
  return out.buffer;
}

function connect() {
  return new Promise((done, refuse) => {
    socket = new WebSocket(location.origin.replace(/^http/, "ws"), "obswebsocket.json");
    socket.onclose = (event) => {
      for (const one of waiting.values()) one.refuse(new Error("closed"));
      waiting.clear();
      refuse(Object.assign(new Error("closed"), { code: event.code }));
      if (isIn) { isIn = false; comeBack(); }
    };
    socket.onmessage = async (event) => {
      const { op, d } = JSON.parse(event.data);
      if (op === 0) {
        const identity = { rpcVersion: 1, eventSubscriptions: 512 };
        if (d.authentication && !password) {
          refuse(Object.assign(new Error("password"), { code: 4009 }));
          socket.close();
          return;
        }
        if (d.authentication) {
          const secret = await digest(password + d.authentication.salt);
          identity.authentication = await digest(secret + d.authentication.challenge);
        }
        socket.send(JSON.stringify({ op: 1, d: identity }));
      } else if (op === 2) done();
      else if (op === 5) told(d.eventData);
      else if (op === 7) {
        const one = waiting.get(d.requestId);
        waiting.delete(d.requestId);
        if (one) one.done(d);
      }
    };
  });
}

function request(requestType, requestData = {}) {
  return new Promise((done, refuse) => {
    if (!socket || socket.readyState !== WebSocket.OPEN) { refuse(new Error("closed")); return; }
    const requestId = String(++number);
    waiting.set(requestId, { refuse, done });
    socket.send(JSON.stringify({ op: 6, d: { requestType, requestId, requestData } }));
  });
}

async function ask(question, data = {}) {
  const { requestStatus, responseData } = await request("CallVendorRequest",
    { vendorName: "shopcast", requestType: question, requestData: data });
  const answer = responseData?.responseData;
  if (answer?.ok) return answer.result;
  throw new Error(answer?.error?.text?.[language] ?? requestStatus.comment ?? "?");
}

async function run(command, data = {}) {
  try { return await ask(command, data); } catch (error) { say(error.message); }
}

async function told({ eventType, eventData }) {
  if (eventType === "command.ran" || eventType === "show.opened") undo?.lookSoon();
  if (eventType !== "state.changed") return;
  await kept?.changed(eventData);
  draw();
}

// -- pages of plugins ------------------------------------------------------------------------------

const pages = [];
const OWN_PAGES = [ // ours, made in the same way
  "/host.js", "/post.js", "/veto.js", "/offers.js", "/run_order.js", "/crawl.js", "/effects.js", "/mutes.js", "/anchors.js",
  "/experiments.js", "/drills.js",
];

const wanted = () => [...PARTS, ...pages.flatMap((page) => page.parts)];

// Who may do more, later in the list (Role in studio/core/command.py).
const RANKS = ["viewer", "streamer", "controller", "technician", "owner"];
const isAtLeast = (least) => RANKS.indexOf(role) >= RANKS.indexOf(least);

async function loadPages() {
  if (pages.length) return;
  const names = await fetch("/plugins.json").then((answer) => answer.json()).catch(() => []);
  for (const path of [...OWN_PAGES, ...names.map((name) => `/plugins/${name}/phone.js`)]) {
    try {
      const module = await import(path);
      const section = element("section");
      const tools = { section, element, run, ask, language: () => language, role: () => role, isAtLeast, price };
      const page = { parts: module.parts ?? [], draw: module.default(tools) };
      if (OWN_PAGES.includes(path) && !module.isLast) { // what burns stands on top
        section.className = "burning";
        $("desk").prepend(section);
      } else $("desk").lastElementChild.append(section);
      pages.push(page);
    } catch (error) { console.error(path, error); } // one that is broken takes no other along
  }
}

function drawPages(canAct) {
  for (const page of pages) {
    try { page.draw?.(state, canAct); } catch (error) { console.error(error); }
  }
}

// -- coming in -----------------------------------------------------------------------------------

async function enter() {
  await connect();
  const me = await ask("session.introduce", { name: "panel" });
  role = me.role;
  await loadPages();
  kept = kept ?? (await import("/parts.js")).keeper(ask, wanted, state);
  await kept.all();
  undo = undo ?? (await import("/undo.js")).undoer({ button: $("undo"), ask, say, language: () => language, isAtLeast });
  await undo.look();
  isIn = true;
  $("door").hidden = true;
  $("desk").hidden = false;
  draw();
  look();
  follow();
}

async function comeBack() {
  drawState();
  for (let wait = 300; ; wait = Math.min(wait * 2, 5000)) {
    await sleep(wait);
    try { await enter(); return; } catch (error) {
      if (error.code === 4009) { knock(text("wrong")); return; }
    }
  }
}

function knock(why) {
  $("desk").hidden = true;
  $("door").hidden = false;
  $("why").textContent = why;
  drawWords();
}

$("door").onsubmit = async (event) => {
  event.preventDefault();
  password = $("password").value;
  try {
    await enter();
    if ($("keep").checked) localStorage.setItem("password", password);
    $("password").value = "";
  } catch (error) { knock(text(error.code === 4009 ? "wrong" : "nobody")); }
};

// -- the picture, while somebody looks -------------------------------------------------------------

let isLooking = false;

async function look() {
  if (isLooking) return;
  isLooking = true;
  while (isIn) {
    if (!document.hidden) {
      try {
        const width = Math.min(960, Math.max(320, Math.round($("picture").clientWidth * devicePixelRatio)));
        const found = await ask("picture.get", { what: "programme", width, format: "jpg", quality: 70 });
        $("picture").src = found.imageData;
      } catch { break; }
    }
    await sleep(1000);
  }
  isLooking = false;
}

// -- what plays ------------------------------------------------------------------------------------

let isFollowing = false;
const rows = new Map();

function shownMedia() {
  const { scenes = [], programme = {}, preview = {} } = state.scenes ?? {};
  const sources = new Map((state.sources ?? []).map((one) => [one.name, one]));
  const found = new Set(), seen = new Set();
  const walk = (name) => {
    const scene = scenes.find((one) => one.name === name || one.id === name);
    if (!scene || seen.has(scene.id)) return;
    seen.add(scene.id);
    for (const item of scene.items ?? []) {
      const source = sources.get(item.source);
      if (source?.kind === "scene") walk(source.settings.scene);
      else if (source?.is_media) found.add(source);
    }
  };
  for (const name of [...Object.values(programme), ...Object.values(preview)]) walk(name);
  return [...found];
}

function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function mediaRow(name) {
  const row = { name, state: "", label: element("small"), isHeld: false };
  const button = (sign, key, action) => element("button", { type: "button", textContent: sign,
    title: text(key), ariaLabel: text(key), onclick: () => control(row, action()) });
  row.play = button("▶", "play", () => (row.state === "playing" ? "pause" : row.state === "ended" ? "restart" : "play"));
  row.jumps = [button("⏮\ufe0e", "previous_one", () => "previous"), button("⏭\ufe0e", "next_one", () => "next")];
  row.restart = button("↺", "restart", () => "restart");
  row.seek = element("input", { type: "range", min: 0, step: 100, ariaLabel: `${text("seek")} · ${name}`,
    oninput: () => { row.isHeld = true; row.label.textContent = clock(row.seek.value); },
    onchange: async () => { await control(row, "seek", Number(row.seek.value)); row.isHeld = false; } });
  row.shown = element("li", { className: "media" }, element("span", { className: "name" }, name, row.label),
    row.jumps[0], row.play, row.restart, row.jumps[1], row.seek);
  return row;
}

async function control(row, action, at_ms = 0) {
  await run("sources.media", { name: row.name, action, at_ms });
  await askMedia(row).catch(() => {});
}

async function askMedia(row) {
  const { responseData } = await request("GetMediaInputStatus", { inputName: row.name });
  row.state = (responseData?.mediaState ?? "").replace("OBS_MEDIA_STATE_", "").toLowerCase();
  const { mediaDuration: whole, mediaCursor: at } = responseData ?? {};
  row.seek.hidden = !whole;
  const key = row.state === "playing" ? "pause" : "play";
  Object.assign(row.play, { textContent: key === "pause" ? "❚❚" : "▶", title: text(key), ariaLabel: text(key) });
  if (row.isHeld) return;
  if (whole) Object.assign(row.seek, { max: whole, value: at ?? 0 });
  const words = row.state && row.state !== "none" ? text(row.state) : "–";
  row.label.textContent = at === null || at === undefined ? words : `${clock(at)}${whole ? ` / ${clock(whole)}` : ""} · ${words}`;
}

async function follow() {
  if (isFollowing) return;
  isFollowing = true;
  while (isIn) {
    if (!document.hidden) {
      for (const row of [...rows.values()]) {
        try { await askMedia(row); } catch { break; }
      }
    }
    await sleep(1000);
  }
  isFollowing = false;
}

function drawMedia(canAct) {
  const media = shownMedia(), names = media.map((one) => one.name);
  $("media-part").hidden = !media.length;
  for (const name of [...rows.keys()]) if (!names.includes(name)) rows.delete(name);
  for (const one of media) {
    if (!rows.has(one.name)) {
      rows.set(one.name, mediaRow(one.name));
      if (isIn) askMedia(rows.get(one.name)).catch(() => {});
    }
    const row = rows.get(one.name);
    const canJump = ["playlist", "slide_show"].includes(one.kind) || !!one.settings?.cues?.length;
    for (const button of row.jumps) button.hidden = !canJump;
    for (const part of [row.play, row.restart, row.seek, ...row.jumps]) part.disabled = !canAct;
  }
  const wanted = names.map((name) => rows.get(name).shown), list = $("media");
  // A row that is there stays: a finger may be on its slider.
  if (wanted.length !== list.children.length || wanted.some((one, at) => one !== list.children[at])) list.replaceChildren(...wanted);
}

// -- drawing ---------------------------------------------------------------------------------------

function drawWords() {
  document.documentElement.lang = language;
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = text(one.dataset.text);
}

function drawState() {
  const outputs = state.outputs ?? [];
  const isAir = (one) => ["live", "congested", "standby"].includes(one.state);
  const isLive = outputs.some((one) => one.kind === "rtmp" && isAir(one));
  document.body.classList.toggle("off", !isLive);
  const shown = $("state");
  const isMeasured = outputs.some((one) => one.kind === "rtmp" && isAir(one) && !one.is_measuring);
  shown.className = `state ${isIn ? (isMeasured ? "live" : "") : "lost"}`;
  shown.textContent = text(isIn ? (isMeasured ? "live" : isLive ? "measuring" : "idle") : "lost");
}

function draw() {
  drawWords();
  drawState();
  $("show").textContent = state.show?.name || "Shopcast";
  $("role").textContent = text(role);
  const canAct = role !== "viewer";
  drawPages(canAct);
  for (const id of ["take", "fade", "standby", "back"]) $(id).disabled = !canAct;
  undo?.draw();
  drawScenes(canAct);
  drawMedia(canAct);
  drawTally(canAct);
  drawProducts(canAct);
  drawGames(canAct);
  drawComments(canAct);
  drawOutputs();
  drawReady();
}

function drawReady() {
  const { heads = [], lines = [] } = state.ready ?? {};
  $("ready-part").hidden = !heads.length;
  const rest = lines.filter((line) => !line.group && line.tone === "attention");
  $("ready").replaceChildren(...[...heads, ...rest].map((line) => {
    const sign = { good: "✓", attention: "▲" }[line.tone] ?? "○";
    const name = element("span", { className: "name" }, line.label[language] ?? "", element("small", {}, line.text[language] ?? ""));
    return element("li", { className: `check ${line.tone}` }, element("b", { ariaHidden: "true" }, sign), name);
  }));
}

function drawScenes(canAct) {
  const { scenes = [], programme = {}, preview = {} } = state.scenes ?? {};
  $("on-air").textContent = programme.landscape ?? "";
  for (const id of ["take", "fade"]) $(id).dataset.about = programme.landscape ?? ""; // twice would take the old one back
  const { canvases = [], back_to: backTo = {} } = state.scenes?.on_standby ?? {};
  $("on-standby").hidden = !canvases.length;
  $("back").textContent = text("back") + (Object.values(backTo)[0] ?? "");
  $("scenes").replaceChildren(...scenes.map((scene, index) => {
    const isAir = scene.name === programme.landscape, isNext = scene.name === preview.landscape;
    const word = isAir ? text("air") : isNext ? text("next") : String(index + 1);
    const button = element("button", { type: "button", disabled: !canAct,
      className: `scene ${isAir ? "air" : isNext ? "next" : ""}`,
      onclick: () => run("scenes.preview", { scene: scene.name }) }, scene.name, element("small", {}, word));
    return button;
  }));
}

function drawTally(canAct) {
  const tally = state.scenes?.tally ?? {};
  const cameras = (state.sources ?? []).filter((one) => CAMERAS.includes(one.kind));
  $("tally-part").hidden = !cameras.length;
  $("tally").replaceChildren(...cameras.map(({ name, health }) => {
    const light = tally[name];
    const lit = light ? text(light.state === "programme" ? "air" : "next") : "–";
    const ill = CAMERA_ILLS.includes(health?.state) ? ` · ${text(`camera_${health.state}`)}` : "";
    const word = lit + ill;
    const seen = light?.seen_by === null || light?.seen_by === undefined ? "" : ` · ${text("seen_by")}${light.seen_by || "✓"}`;
    const label = element("span", { className: "name" }, name, element("small", {}, word + seen));
    const button = element("button", { type: "button", disabled: !canAct || !light || !!seen,
      onclick: () => run("tally.acknowledge", { source: name, who: text(role) }) }, text("seen"));
    const kind = light ? (light.state === "programme" ? "air" : "next") : "";
    return element("li", { className: `light ${kind}` }, label, button);
  }));
}

function price({ price_cents: cents, currency }) {
  const sign = SIGNS[currency] ?? `${currency} `;
  return sign + (cents / 100).toLocaleString("en", { minimumFractionDigits: cents % 100 ? 2 : 0 });
}

function drawProducts(canAct) {
  const shop = state.shop ?? {};
  $("products").replaceChildren(...(shop.products ?? []).map((one) => {
    const isUp = shop.card === one.id;
    const isLow = one.stock !== null && one.stock <= one.low_stock;
    const stock = one.stock === null ? "" : element("span", { className: isLow ? "low" : "" },
      ` · ${text("stock")} ${one.stock}`);
    const name = element("span", { className: "name" }, `${one.number} ${one.name}`,
      element("small", {}, price(one), stock));
    const button = element("button", { type: "button", className: isUp ? "on" : "", disabled: !canAct,
      onclick: () => (isUp ? run("shop.card_off") : run("shop.card", { product: one.id })) },
    text(isUp ? "card_off" : "card"));
    const parts = [one.try_on, ...(one.variants ?? []).map((other) => other.try_on)];
    if (!parts.some(Boolean)) return element("li", {}, name, button);
    const isWorn = shop.trying === one.id;
    const wear = element("button", { type: "button", className: isWorn ? "on" : "", disabled: !canAct,
      onclick: () => run("shop.try_on", { product: isWorn ? "" : one.id }) },
    text(isWorn ? "try_off" : "try_on"));
    return element("li", {}, name, wear, button);
  }));
}

const GAME_STEPS = { ready: "games.open", open: "games.close", closing: "games.draw" };

function votesOf(game) {
  return game.kind === "vote" ? (game.options ?? []).map((name) => `${name} ${game.answers?.[name] ?? 0}`).join(", ") : "";
}

function drawGames(canAct) {
  const games = state.games ?? [];
  $("games-part").hidden = !games.length;
  $("games").replaceChildren(...games.map((one) => {
    const winners = (one.winners ?? []).map((winner) => `${winner.prize}: ${winner.author}`).join(" · ");
    const name = element("span", { className: "name" }, one.title,
      element("small", {}, winners || [`${one.entries ?? 0} ${text("entries")}`, votesOf(one), one.left_s && `${one.left_s} s`,
        one.stage === "ready" && one.likes && `♥\ufe0e ${one.liked}/${one.likes}`]
        .filter(Boolean).join(" · ")));
    const air = element("button", { type: "button", className: one.on_air ? "on" : "", disabled: !canAct,
      onclick: () => run("games.show", { id: one.on_air ? "" : one.id }) }, text(one.on_air ? "game_off_air" : "game_on_air"));
    const step = GAME_STEPS[one.stage];
    if (!step) return element("li", {}, name, air);
    const button = element("button", { type: "button", disabled: !canAct, onclick: () => run(step, { id: one.id }) },
      text(`game_${one.stage}`));
    return element("li", {}, name, air, button);
  }));
}

function drawComments(canAct) {
  const held = (state.comments?.held ?? []).slice(0, 6);
  $("comments-part").hidden = !held.length;
  $("comments").replaceChildren(...held.map((one) => {
    const act = (word) => element("button", { type: "button", disabled: !canAct,
      onclick: () => run(`comments.${word}`, { id: one.id, seen: one.state }) }, text(word));
    const why = one.reason?.text?.[language] ?? "";
    const name = element("span", { className: "name" }, one.count > 1 ? `${one.text} ×${one.count}` : one.text,
      element("small", {}, [one.author, why, one.claimed_by && `${text("looking")}${one.claimed_by}`].filter(Boolean).join(" · ")));
    return element("li", {}, name, act("release"), act("block"));
  }));
}

function drawOutputs() {
  const outputs = state.outputs ?? [];
  const rows = outputs.map((one) => {
    const isMeasuring = one.state === "live" && one.is_measuring;
    const isLive = ["live", "recording"].includes(one.state) && !isMeasuring;
    const isWarning = ["reconnecting", "refused", "failed", "congested", "standby"].includes(one.state);
    const name = element("span", { className: "name" }, one.name, element("small", {}, one.shown_url));
    return element("li", {}, name,
      element("span", { className: `tag ${isLive ? "live" : isWarning ? "warn" : ""}` }, text(isMeasuring ? "measuring" : one.state)));
  });
  $("outputs").replaceChildren(...(rows.length ? rows : [element("li", { className: "muted" }, text("none"))]));
}

let hiding = 0;

function say(words) {
  $("toast").textContent = words;
  $("toast").hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { $("toast").hidden = true; }, 5000);
}

$("take").onclick = () => run("scenes.take");
$("fade").onclick = () => run("scenes.take", { transition: "fade" });
$("standby").onclick = () => run("scenes.standby");
$("back").onclick = () => run("scenes.back");
$("language").onclick = () => {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("language", language);
  rows.clear();
  if (isIn) draw(); else drawWords();
};

drawWords();
import("/taps.js").then(({ guard }) => guard($("desk"))).catch((error) => console.error(error));
enter().catch((error) => knock(error.code === 4009 ? (password ? text("wrong") : "") : text("nobody")));
