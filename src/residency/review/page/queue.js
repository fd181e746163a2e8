// Judgements on their way. Each waits in this browser under a name of its own until the server has confirmed it, so
// that a lost connection, a closed window or a killed server loses none, and none counts twice.

const PAUSES = [500, 1000, 2000, 4000, 8000];

export function shelf(prefix) {
  const spare = new Map(); // where the browser keeps nothing
  const keep = (() => {
    try {
      localStorage.setItem(`${prefix}test`, "1");
      localStorage.removeItem(`${prefix}test`);
      return true;
    } catch {
      return false;
    }
  })();
  return {
    set(name, value) {
      try {
        if (keep) return localStorage.setItem(prefix + name, JSON.stringify(value));
      } catch {
        // full: kept for as long as the page is open
      }
      spare.set(name, JSON.stringify(value));
    },
    get(name) {
      const text = spare.get(name) ?? (keep ? localStorage.getItem(prefix + name) : null);
      try {
        return text ? JSON.parse(text) : null;
      } catch {
        return null;
      }
    },
    remove(name) {
      spare.delete(name);
      if (keep) localStorage.removeItem(prefix + name);
    },
    names(start) {
      const stored = keep ? Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)) : [];
      return [...new Set([...stored, ...spare.keys()])].filter((name) => name.startsWith(start)).sort();
    },
  };
}

export function newName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// told: {saved(place, answer), refused(entry, why), conflict(entry, current) -> promise, changed(waiting, late)}
export function makeQueue(store, told) {
  let running = false;
  let failures = 0;
  let wake = null;
  let last = 0;

  const names = () => store.names("queue/");
  const report = () => told.changed(names().length, failures > 0);

  function add(place, base, said) {
    last = Math.max(last + 1, Date.now());
    const entry = { submission: newName(), place, base, said };
    store.set(`queue/${String(last).padStart(15, "0")}-${entry.submission}`, entry);
    report();
    run();
    return entry;
  }

  function waiting(place) {
    return names().map((name) => store.get(name)).filter((entry) => entry && entry.place === place).at(-1) ?? null;
  }

  async function run() {
    if (running) return wake?.();
    running = true;
    for (let name = names()[0]; name; name = names()[0]) {
      const entry = store.get(name);
      if (!entry) {
        store.remove(name);
        continue;
      }
      const answer = await send(entry);
      if (answer === null) {
        failures += 1;
        report();
        const pause = PAUSES[Math.min(failures, PAUSES.length) - 1];
        await new Promise((resolve) => {
          wake = resolve;
          setTimeout(resolve, pause);
        });
        continue;
      }
      failures = 0;
      if (answer.status === 409) {
        const replace = await told.conflict(entry, answer.body.conflict);
        store.remove(name);
        if (replace) add(entry.place, answer.body.conflict.revision, entry.said);
      } else {
        store.remove(name);
        if (answer.status === 200) told.saved(entry, answer.body);
        else told.refused(entry, answer.body.error ?? `the server says ${answer.status}`);
      }
      report();
    }
    running = false;
    report();
  }

  async function send({ submission, place, base, said }) {
    try {
      const response = await fetch(`api/items/${place}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ submission, base, said }),
        signal: AbortSignal.timeout(15000),
      });
      if (response.status >= 500) return null;
      return { status: response.status, body: await response.json() };
    } catch {
      return null;
    }
  }

  addEventListener("online", () => run());
  addEventListener("storage", report);
  return { add, waiting, run, count: () => names().length };
}
