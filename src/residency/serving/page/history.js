// Conversations, kept in this browser alone, and only while its user wants that.

const PREFIX = "residency/";
const KEEP = `${PREFIX}keep`;
const spare = new Map(); // what the browser does not keep lasts as long as the page

function stored(work, otherwise = null) {
  try {
    return work(localStorage);
  } catch {
    return otherwise;
  }
}

export const setting = (name, otherwise) => stored((box) => box.getItem(PREFIX + name)) ?? otherwise;
export const set = (name, value) => stored((box) => box.setItem(PREFIX + name, value));

export const keeps = () => stored((box) => box.getItem(KEEP) !== "no", false);

export function keep(yes) {
  set("keep", yes ? "yes" : "no");
  for (const one of list()) {
    if (!yes) stored((box) => box.removeItem(nameOf(one.id)));
    if (yes || spare.has(one.id)) put(one);
    else spare.set(one.id, one);
  }
}

const nameOf = (id) => `${PREFIX}conversation/${id}`;

export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function list() {
  const kept = stored((box) => Object.keys(box).filter((key) => key.startsWith(nameOf(""))).map((key) => parsed(box.getItem(key))), []);
  const all = new Map([...kept.filter(Boolean), ...spare.values()].map((one) => [one.id, one]));
  return [...all.values()].sort((a, b) => b.at.localeCompare(a.at));
}

function parsed(text) {
  try {
    const found = JSON.parse(text);
    return found?.id && Array.isArray(found.exchanges) ? found : null;
  } catch {
    return null;
  }
}

// Keep a conversation. Where the browser's store is full, the oldest ones give way.
export function put(conversation) {
  spare.set(conversation.id, conversation);
  if (!keeps()) return;
  for (;;) {
    try {
      localStorage.setItem(nameOf(conversation.id), JSON.stringify(conversation));
      return;
    } catch {
      const oldest = list().filter(({ id }) => id !== conversation.id && stored((box) => box.getItem(nameOf(id)))).at(-1);
      if (!oldest) return;
      remove(oldest.id);
    }
  }
}

export function remove(id) {
  spare.delete(id);
  stored((box) => box.removeItem(nameOf(id)));
}
