// The command post on the phone: plans at work, questions, tasks of one's role, messages, statements.
"use strict";

const TEXT = {
  zh: { title: "应急指挥", hold: "暂停", go_on: "继续", skip: "跳过", stop: "停在此处", undo: "全部撤销",
    next: "接下来：", seen: "观众看到的", tasks: "任务", accept: "我来", done: "完成", by: "已接：", finished: "已完成：",
    messages: "消息", acknowledge: "收到", read_by: "收到：", say: "发消息", send: "发送", statements: "现成说法",
    since: "开始于 ", keys: (given) => ` · 需两人同一回答，已有 ${given} 人`, viewer: "观看", streamer: "主播", controller: "场控", technician: "技术", owner: "负责人" },
  en: { title: "Command post", hold: "Hold", go_on: "Go on", skip: "Skip", stop: "Stop here", undo: "Undo all",
    next: "Next: ", seen: "What viewers see", tasks: "Tasks", accept: "I do it", done: "Done", by: "taken by ",
    finished: "done by ", messages: "Messages", acknowledge: "Got it", read_by: "read by ", say: "Message",
    send: "Send", statements: "Statements", since: "since ", keys: (given) => ` · two people must agree, ${given} so far` },
};
const WHOLE = ["", "all", "engine", "machine"]; // as in plans/model.py: nothing to name beside the plan

export const parts = ["post", "plans"];

export default function page({ section, element, run, language, isAtLeast }) {
  const title = element("h2"), since = element("p", { className: "muted" });
  const runs = element("ul", { className: "list" }), asks = element("ul", { className: "list" });
  const seenTitle = element("h2"), seen = element("ul", { className: "list" });
  const taskTitle = element("h2"), tasks = element("ul", { className: "list" });
  const messageTitle = element("h2"), messages = element("ul", { className: "list" });
  const words = element("input", { type: "text", maxLength: 500 });
  const send = element("button", { type: "button", className: "big" });
  const statements = element("details"), heading = element("summary");
  section.append(title, since, runs, asks, seenTitle, seen, taskTitle, tasks, messageTitle, messages, words, send, statements);
  send.onclick = async () => {
    const text = words.value.trim();
    if (!text) return;
    words.value = "";
    await run("post.say", { text });
  };
  const button = (label, isOn, action, kind = "") =>
    element("button", { type: "button", className: kind, disabled: !isOn, onclick: action }, label);
  const item = (name, small, ...more) =>
    element("li", {}, element("span", { className: "name" }, name, element("small", {}, small)), ...more);
  const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
  const at = (utc) => (utc ? clock.format(Date.parse(utc)) : "");

  function drawRuns(plans, pair, text) {
    const may = isAtLeast("controller");
    runs.replaceChildren(...(plans.runs ?? []).map((one) => {
      const mine = (command, more = {}) => () => run(`plans.${command}`, { incident: one.incident, ...more });
      const name = WHOLE.includes(one.subject ?? "") ? pair(one.label) : `${pair(one.label)} · ${one.subject}`;
      const row = item(name, `${pair(one.now)} — ${text.next}${pair(one.next)}`);
      row.append(
        button(one.held ? text.go_on : text.hold, may, mine("hold", { on: !one.held })),
        button(text.skip, may, mine("skip")), button(text.stop, may, mine("stop")),
        button(text.undo, may && one.can_undo, mine("undo"), "attention"));
      return row;
    }));
    runs.hidden = !(plans.runs ?? []).length;
    const mine = (plans.asks ?? []).filter((one) => isAtLeast(one.role));
    asks.replaceChildren(...mine.map((one) => item(pair(one.question), at(one.until_utc) + (one.keys > 1 ? text.keys(one.given) : ""),
      ...one.options.map((option) =>
        button(option, true, () => run("plans.answer", { incident: one.incident, option }), "big")))));
    asks.hidden = !mine.length;
  }

  function drawTasks(post, pair, text) {
    const mine = (post.tasks ?? []).filter((one) => isAtLeast(one.role));
    const open = mine.filter((one) => !one.done_utc), over = mine.filter((one) => one.done_utc);
    tasks.replaceChildren(...[...open, ...over.slice(-5)].map((one) => {
      const state = one.done_utc ? text.finished + one.by : one.by ? text.by + one.by : text[one.role] ?? one.role;
      if (one.done_utc) return item(pair(one.text), state);
      const command = one.by ? "post.done" : "post.accept";
      return item(pair(one.text), state,
        button(one.by ? text.done : text.accept, true, () => run(command, { task: one.id }), one.by ? "" : "take"));
    }));
    taskTitle.hidden = tasks.hidden = !mine.length;
  }

  function drawMessages(post, pair, text) {
    const mine = (post.messages ?? []).filter((one) => !one.role || isAtLeast(one.role));
    messages.replaceChildren(...mine.slice(-20).reverse().map((one) => {
      const read = one.read.map((reader) => reader.who).join(", ");
      return item(`${one.who}: ${one.text}`, read ? `${at(one.at_utc)} · ${text.read_by}${read}` : at(one.at_utc),
        button(text.acknowledge, true, () => run("post.acknowledge", { message: one.id })));
    }));
    messages.hidden = !mine.length;
  }

  return (state, canAct) => {
    const text = TEXT[language()], post = state.post ?? {}, plans = state.plans ?? {};
    const pair = (both) => (both ?? ["", ""])[language() === "zh" ? 0 : 1];
    section.hidden = !canAct || !(post.is_open || (plans.runs ?? []).length);
    if (section.hidden) return;
    title.textContent = text.title;
    since.textContent = post.since_utc ? text.since + at(post.since_utc) : "";
    drawRuns(plans, pair, text);
    seenTitle.textContent = text.seen;
    seenTitle.hidden = seen.hidden = !(post.seen ?? []).length;
    seen.replaceChildren(...(post.seen ?? []).map((one) => item(one.output, pair(one.text))));
    taskTitle.textContent = text.tasks;
    drawTasks(post, pair, text);
    messageTitle.textContent = text.messages;
    drawMessages(post, pair, text);
    for (const part of [words, send, messageTitle]) part.hidden = !post.is_open;
    words.placeholder = text.say;
    words.ariaLabel = text.say;
    send.textContent = text.send;
    heading.textContent = text.statements;
    statements.replaceChildren(heading, ...(post.statements ?? []).map((one) =>
      element("p", {}, element("b", {}, pair(one.label)), ` ${pair(one.text)}`)));
    statements.hidden = !(post.statements ?? []).length;
  };
}
