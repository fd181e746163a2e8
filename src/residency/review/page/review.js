// A reviewer's page: one item at a time. What is chosen or written is a draft in this browser until it is saved, and
// what is saved waits in this browser until the server has it.

import { $, el } from "./dom.js";
import { makeQueue, shelf } from "./queue.js";
import { fill, selected } from "./spans.js";

const ROLES = { user: "Asked", assistant: "Answered", system: "Instructions", tool: "Found", search: "Search" };
const AHEAD = 6; // items that are fetched before they are shown
const SHORT = 1500; // characters of passages that are open on a small screen

const store = shelf(`review/${location.pathname.split("/")[2].slice(0, 8)}/`);
const cache = new Map();
const texts = new Map(); // the item's texts that can be marked, by place
let overview = null;
let item = null;
let said = null; // what is said of the item at this moment
let base = 0; // the revision that it rests on
let stood = null; // what was said when the item was opened, or null
let since = 0;
let picked = null; // the selected place
let lastSaved = null;

const queue = makeQueue(store, {
  saved(entry, answer) {
    overview.states = answer.states;
    const known = cache.get(entry.place);
    if (known && answer.revision >= known.revision) Object.assign(known, { revision: answer.revision, said: entry.said });
    const waiting = store.names("queue/").map((name) => store.get(name));
    for (const later of waiting) if (later) overview.states[later.place - 1] = stateOf(later.said.verdict);
    showProgress();
    if (!$("end").hidden) finish(); // the last ones have arrived
  },
  refused(entry, why) {
    store.set(`draft/${entry.place}`, { said: entry.said, base: entry.base });
    overview.states[entry.place - 1] = "open";
    showProgress();
    say(`Item ${entry.place} could not be saved: ${why}. What you said is kept here; open the item and save it again.`);
  },
  conflict,
  changed(waiting, late) {
    $("saved").textContent = !waiting ? "All saved" : late ? `No connection: ${waiting} waiting here, sent when it is back` : "Saving …";
    $("saved").className = waiting && late ? "late" : "";
  },
});

const empty = () => ({ verdict: "", reason: "", faults: {}, spans: [], turns: {}, better: "", comment: "", seconds: 0 });
const copy = (value) => JSON.parse(JSON.stringify(value));
const stateOf = (verdict) => ({ withdrawn: "open", skip: "skipped" })[verdict] ?? "judged";

function content(value) {
  if (!value) return "";
  const faults = Object.fromEntries(["a", "b"].map((letter) => [letter, [...(value.faults[letter] ?? [])].sort()]));
  const turns = Object.entries(value.turns).sort();
  return JSON.stringify([value.verdict, value.reason, faults, value.spans, turns, value.better.trim(), value.comment.trim()]);
}

async function get(path) {
  for (let pause = 500; ; pause = Math.min(8000, pause * 2)) {
    try {
      const response = await fetch(path, { signal: AbortSignal.timeout(15000) });
      if (response.ok) return await response.json();
      if (response.status < 500) throw Object.assign(new Error((await response.json()).error), { final: true });
    } catch (error) {
      if (error.final) throw error;
    }
    $("waiting").textContent = "No connection. Trying again …";
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function load(place) {
  if (!cache.has(place)) cache.set(place, await get(`api/items/${place}`));
  return cache.get(place);
}

function ahead(place) {
  const open = overview.states.map((state, index) => [state, index + 1]).filter(([state, at]) => state === "open" && at > place);
  for (const [, at] of open.slice(0, AHEAD)) {
    if (!cache.has(at)) fetch(`api/items/${at}`).then(async (response) => response.ok && cache.set(at, await response.json())).catch(() => {});
  }
}

let wanted = 0;
async function show(place) {
  wanted = place;
  keepDraft();
  item = null;
  for (const id of ["main", "end", "dock"]) $(id).hidden = true;
  $("waiting").textContent = "Loading …";
  $("waiting").hidden = false;
  const found = await load(place);
  if (wanted !== place) return;
  item = found;
  const sent = queue.waiting(place);
  const draft = store.get(`draft/${place}`);
  const standing = sent?.said ?? item.said;
  base = sent ? sent.base + 1 : item.revision;
  stood = standing && standing.verdict !== "withdrawn" ? standing : null;
  said = copy(draft?.said ?? standing ?? empty());
  if (draft) base = draft.base;
  if (["withdrawn", "skip"].includes(said.verdict)) Object.assign(said, { verdict: "", reason: "" });
  since = performance.now();
  draw(Boolean(draft));
  for (const id of ["main", "dock"]) $(id).hidden = false;
  $("waiting").hidden = true;
  scrollTo(0, 0);
  $("place").focus({ preventScroll: true });
  ahead(place);
}

function draw(drafted) {
  say("");
  texts.clear();
  $("place").textContent = `Item ${item.place} of ${overview.states.length}`;
  $("mode").textContent = item.mode ?? "";
  const skipped = stood?.verdict === "skip";
  $("state").textContent = drafted ? "Not saved yet" : skipped ? "Skipped" : stood ? "Judged" : "";
  $("turns").setAttribute("aria-label", item.marks.length ? "Conversation" : "Question");
  $("turns").replaceChildren(...item.turns.map(turn));
  $("answers").className = item.answers.length === 2 ? "two" : "";
  $("answers").replaceChildren(...item.answers.map(answer));
  $("verdicts").replaceChildren($("verdicts").firstElementChild, ...item.verdicts.map(verdict));
  const letters = item.answers.length === 2 ? item.answers.map(({ letter }) => letter) : ["a"];
  $("fault-rows").replaceChildren(...overview.faults.map((fault) => faultRow(fault, letters)));
  $("better-hint").textContent = item.marks.length ? "In place of the last answer." : "Write it as it should have been given.";
  $("starts").replaceChildren(...starts());
  $("better").value = said.better;
  $("comment").value = said.comment;
  $("back").disabled = item.place === 1;
  $("undo").disabled = !lastSaved;
  drawVerdict();
  drawSpans();
}

function marked(place, text) {
  texts.set(place, text);
  return el("div", { class: "text", "data-place": place });
}

function turn({ role, text, passages, mark }) {
  const box = el("article", { class: `turn ${role}` });
  if (item.turns.length > 1 || role !== "user") box.append(el("span", { class: "role" }, ROLES[role] ?? role));
  if (passages.length) {
    const long = passages.reduce((sum, passage) => sum + passage.text.length, 0);
    const open = matchMedia("(min-width: 56rem)").matches || long < SHORT;
    const count = passages.length === 1 ? "1 passage" : `${passages.length} passages`;
    const lines = passages.map(({ number, text: words }) =>
      el("div", { class: "passage" }, el("b", {}, number ? `[${number}]` : ""), el("div", { class: "text" }, words)));
    box.append(el("details", { open }, el("summary", {}, `${count} given with the question`), ...lines));
  }
  if (mark === null) box.append(el("div", { class: "text" }, text));
  else box.append(marked(String(mark), text), turnMarks(String(mark)));
  return box;
}

function turnMarks(place) {
  const choices = item.marks.map(({ key, title }) => {
    const input = el("input", { type: "radio", name: `turn-${place}`, value: key });
    input.checked = said.turns[place] === key;
    input.addEventListener("change", () => { said.turns[place] = key; changed(); });
    return el("label", { class: "choice" }, input, title);
  });
  return el("fieldset", { class: "marks" }, el("legend", { class: "unseen" }, "This turn is"), ...choices);
}

function answer({ letter, text }) {
  const title = item.answers.length === 2 ? `Answer ${letter.toUpperCase()}` : "Answer";
  return el("article", { class: "answer", id: `answer-${letter}` }, el("h3", {}, title), marked(letter, text));
}

function verdict({ key, title, help }, index) {
  const input = el("input", { type: "radio", name: "verdict", value: key, id: `verdict-${key}` });
  input.addEventListener("change", () => choose(key));
  return el("label", { class: "choice", title: help || null }, input, el("span", {}, title), el("kbd", {}, String(index + 1)));
}

function faultRow({ key, title, help }, letters) {
  const ticks = letters.map((letter) => {
    const name = letters.length === 2 ? letter.toUpperCase() : "";
    const input = el("input", { type: "checkbox", "aria-label": `${title}${name && `, answer ${name}`}` });
    input.checked = (said.faults[letter] ?? []).includes(key);
    input.addEventListener("change", () => {
      const others = (said.faults[letter] ?? []).filter((one) => one !== key);
      said.faults[letter] = input.checked ? [...others, key] : others;
      changed();
    });
    return el("label", { class: "tick" }, input, name);
  });
  return el("div", { class: "fault" }, el("span", {}, title, el("small", {}, help)), ...ticks);
}

function starts() {
  const from = item.answers.length ? item.answers.map(({ letter, text }) => [item.answers.length === 2 ? `Start from ${letter.toUpperCase()}` : "Start from the answer", text]) : [];
  return from.map(([title, text]) => el("button", { type: "button", class: "quiet", onclick: () => {
    $("better").value = said.better = text;
    $("better").focus();
    changed();
  } }, title));
}

function drawVerdict() {
  for (const input of $("verdicts").querySelectorAll("input")) input.checked = input.value === said.verdict;
  for (const { letter } of item.answers) $(`answer-${letter}`).classList.toggle("picked", said.verdict === letter);
}

function drawSpans() {
  for (const [place, text] of texts) {
    fill(document.querySelector(`[data-place="${place}"]`), text, said.spans.filter((span) => span.place === place));
  }
  const rows = said.spans.map((span, index) => el("li", {},
    el("b", {}, /^\d/.test(span.place) || item.answers.length < 2 ? "" : span.place.toUpperCase()),
    el("span", {}, span.text),
    el("button", { type: "button", class: "quiet", "aria-label": `Remove the mark on “${span.text}”`, onclick: () => {
      said.spans.splice(index, 1);
      drawSpans();
      changed();
    } }, "Remove")));
  $("spans").replaceChildren(...rows);
}

function choose(key) {
  said.verdict = key;
  drawVerdict();
  say("");
  changed();
}

function changed() {
  keepDraft();
  $("state").textContent = content(said) === content(stood ?? empty()) ? "" : "Not saved yet";
}

function keepDraft() {
  if (!item) return;
  if (content(said) === content(stood ?? empty())) store.remove(`draft/${item.place}`);
  else store.set(`draft/${item.place}`, { said, base });
}

function say(text) {
  $("message").textContent = text;
  $("message").hidden = !text;
}

function setMark(span) {
  if (!span || said.spans.some((one) => one.place === span.place && one.start === span.start && one.end === span.end)) return;
  said.spans.push(span);
  document.getSelection().removeAllRanges();
  picked = null;
  $("mark").hidden = true;
  drawSpans();
  changed();
}

function send(verdict, reason = "") {
  const spent = Math.min(3600, (performance.now() - since) / 1000);
  const whole = { ...copy(said), verdict, reason, better: said.better.trim(), comment: said.comment.trim() };
  whole.seconds = Math.min(86400, Math.round(10 * ((said.seconds ?? 0) + spent)) / 10);
  const { place } = item;
  store.remove(`draft/${place}`);
  overview.states[place - 1] = stateOf(verdict);
  lastSaved = { place, said: copy(whole), base: base + 1 };
  item = null;
  queue.add(place, base, whole);
  showProgress();
  onward(place);
}

function save() {
  if (!item) return;
  if (!said.verdict) {
    if (stood?.verdict === "skip" && content({ ...said, verdict: "skip", reason: stood.reason }) === content(stood)) return onward(item.place);
    say("Choose a verdict first, or skip the item.");
    return;
  }
  if (stood && content(said) === content(stood)) onward(item.place);
  else send(said.verdict);
}

function onward(place) {
  const states = overview.states;
  const next = states.findIndex((state, index) => index + 1 > place && state === "open");
  const earlier = states.indexOf("open");
  if (next >= 0) show(next + 1);
  else if (earlier >= 0) show(earlier + 1);
  else finish();
}

function back() {
  if (!$("end").hidden) show(overview.states.length);
  else if (item && item.place > 1) show(item.place - 1);
}

function undo() {
  if (!lastSaved) return;
  const { place, said: before, base: then } = lastSaved;
  lastSaved = null;
  keepDraft();
  item = null;
  queue.add(place, then, { ...before, verdict: "withdrawn", reason: "" });
  overview.states[place - 1] = "open";
  store.set(`draft/${place}`, { said: before, base: then + 1 });
  showProgress();
  show(place);
}

function skip() {
  if (!item) return;
  $("reasons").replaceChildren(...overview.skips.map(({ key, title }, index) =>
    el("button", { type: "button", onclick: () => { $("skipping").close(); send("skip", key); } }, el("kbd", {}, String(index + 1)), ` ${title}`)));
  $("skipping").showModal();
}

function finish() {
  wanted = 0;
  item = null;
  for (const id of ["main", "dock", "waiting"]) $(id).hidden = true;
  const skipped = overview.states.filter((state) => state === "skipped").length;
  const left = queue.count();
  $("end-title").textContent = overview.states.length ? "All done. Thank you." : "There is nothing to judge yet.";
  const parts = [`You have judged ${overview.states.length - skipped} of ${overview.states.length}.`];
  if (skipped) parts.push(`${skipped} skipped.`);
  parts.push(left ? `${left} still on the way: leave this page open until all are saved.` : "Everything is saved, and you may close this page.");
  $("end-text").textContent = overview.states.length ? parts.join(" ") : "Ask the organiser.";
  $("end-skipped").hidden = !skipped;
  $("end-back").hidden = !overview.states.length;
  $("end").hidden = false;
  $("end-title").focus();
}

function showProgress() {
  const done = overview.states.filter((state) => state !== "open").length;
  $("progress").max = Math.max(1, overview.states.length);
  $("progress").value = done;
  $("count").textContent = `${done} of ${overview.states.length}`;
}

function conflict(entry, current) {
  const known = cache.get(entry.place);
  if (known) Object.assign(known, current);
  const titles = new Map([["skip", "skipped"], ["withdrawn", "taken back"], ...(known?.verdicts ?? []).map(({ key, title }) => [key, title])]);
  const spoken = (value) => titles.get(value?.verdict) ?? "not judged";
  $("conflict-text").textContent = `Of item ${entry.place} stands: “${spoken(current.said)}”. Here you said: “${spoken(entry.said)}”. Which is to count?`;
  $("conflict").showModal();
  return new Promise((resolve) => {
    const end = (replace) => {
      $("conflict").close();
      if (!replace) overview.states[entry.place - 1] = current.said ? stateOf(current.said.verdict) : "open";
      showProgress();
      resolve(replace);
    };
    $("keep").onclick = () => end(false);
    $("replace").onclick = () => end(true);
  });
}

const KEYS = {
  n: save, Enter: save, b: back, u: undo, s: skip,
  m: () => setMark(selected() ?? picked),
  f: () => $("fault-rows").querySelector("input").focus(),
  w: () => $("better").focus(),
  c: () => $("comment").focus(),
  "?": () => $("help").showModal(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target;
  if ($("skipping").open) {
    const button = $("reasons").children[Number(event.key) - 1];
    if (button) { event.preventDefault(); button.click(); }
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (target.tagName === "TEXTAREA") {
    if (event.key === "Escape") target.blur();
    return;
  }
  if (event.key === "Enter" && ["BUTTON", "SUMMARY", "A"].includes(target.tagName)) return;
  const choice = item?.verdicts[Number(event.key) - 1];
  if (choice) choose(choice.key);
  else if (Object.hasOwn(KEYS, event.key) && (item || "bu?".includes(event.key))) KEYS[event.key]();
  else return;
  event.preventDefault();
});

document.addEventListener("selectionchange", () => {
  const now = item ? selected() : null;
  if (now) {
    picked = now;
    $("mark").hidden = false;
  } else if (document.getSelection()?.isCollapsed !== false) {
    setTimeout(() => { if (!selected()) { picked = null; $("mark").hidden = true; } }, 400); // a tap on the button ends it first
  }
});
$("mark").addEventListener("pointerdown", (event) => event.preventDefault());
$("mark").addEventListener("click", () => setMark(selected() ?? picked));
$("better").addEventListener("input", () => { said.better = $("better").value; changed(); });
$("comment").addEventListener("input", () => { said.comment = $("comment").value; changed(); });
$("conflict").addEventListener("cancel", (event) => event.preventDefault());
for (const [id, act] of Object.entries({ next: save, back, undo, skip, "end-back": back, "help-open": KEYS["?"] })) $(id).addEventListener("click", act);
$("end-skipped").addEventListener("click", () => show(overview.states.indexOf("skipped") + 1));
document.addEventListener("visibilitychange", () => {
  if (!item) return;
  if (document.hidden) said.seconds = (said.seconds ?? 0) + Math.min(3600, (performance.now() - since) / 1000);
  else since = performance.now();
});

async function begin() {
  try {
    overview = await get("api/overview");
  } catch (error) {
    $("waiting").textContent = error.message;
    return;
  }
  $("who").textContent = overview.name;
  document.title = `Review: ${overview.name}`;
  for (const id of ["notice", "help-notice"]) $(id).textContent = overview.notice;
  for (const name of store.names("queue/")) {
    const entry = store.get(name);
    if (entry) overview.states[entry.place - 1] = stateOf(entry.said.verdict);
  }
  showProgress();
  queue.run();
  onward(0);
}

begin();
