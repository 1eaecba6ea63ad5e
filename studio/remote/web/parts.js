// The state as this page keeps it: whole parts, and what changed of those with long lists.

export function keeper(ask, names, state) {
  const numbers = {}, asked = new Set();

  function after(old, steps) {
    return steps.flatMap((step) => (Array.isArray(step) ? old.slice(step[0], step[0] + step[1]) : step.rows));
  }

  function take({ parts, numbers: told = {} }) {
    for (const name of names()) {
      if (!(name in parts)) continue;
      state[name] = parts[name];
      delete numbers[name];
      if (name in told) numbers[name] = told[name];
    }
  }

  async function again(name) { // it missed one: the whole is asked for
    if (asked.has(name)) return;
    asked.add(name);
    try { take(await ask("state.follow", { parts: [name] })); } catch (error) { console.error(name, error); }
    asked.delete(name);
  }

  async function changed({ parts, numbers: told, changes = {} }) {
    take({ parts, numbers: told });
    for (const name of names().filter((name) => name in changes)) {
      const { base, number, fields, lists } = changes[name];
      if (numbers[name] !== base) {
        delete numbers[name];
        await again(name);
        continue;
      }
      if ("" in lists) state[name] = after(state[name], lists[""]);
      else {
        const rows = Object.entries(lists).map(([field, steps]) => [field, after(state[name][field], steps)]);
        state[name] = { ...state[name], ...fields, ...Object.fromEntries(rows) };
      }
      numbers[name] = number;
    }
  }

  async function all() {
    for (const kept of [state, numbers]) for (const name of Object.keys(kept)) delete kept[name];
    take(await ask("state.follow", { parts: names() }));
  }

  return { all, changed };
}
