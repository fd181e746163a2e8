// The page: asks, shows what comes, keeps the conversation.

import { answerView, tellEnd } from "./answer.js";
import { $, announce, button, el } from "./dom.js";
import { begin, take, turns } from "./exchange.js";
import { fileName, markdown, save } from "./export.js";
import * as history from "./history.js";
import * as panel from "./panel.js";
import { unitsOf } from "./places.js";
import * as quiz from "./quiz.js";
import { ask, call } from "./stream.js";

const NOTHING = { name: "Surgical assistant", model: "", digest: "", modes: ["CLINICAL", "EXAM"], guidelines: 0, web: false, feedback: false, quiz: false, full_text: false, retrieval: "always", tools: true, personal: "ask" };
const EMPTY = {
  CLINICAL: "For a case, say what is known: age, findings, medicines, what has been done. Leave out what identifies the patient.",
  EXAM: "Ask for a topic to be taught or paste a question with its options. The quiz asks you instead.",
};
const TOUCH = matchMedia("(pointer: coarse)");
let about = NOTHING;
let conversation = fresh();
let going = null; // the answer that is being written: {exchange, stop()}

function fresh() {
  return { id: history.newId(), title: "", at: new Date().toISOString(), exchanges: [] };
}

const mode = () => document.querySelector("input[name=mode]:checked").value;
const view = () => ($("views").hidden ? "ask" : document.querySelector("input[name=view]:checked").value);
const nearEnd = () => document.documentElement.scrollHeight - innerHeight - scrollY < 160;

// Down to the end, but not past the question: an answer is read from its beginning.
function follow(element) {
  const head = $("head").getBoundingClientRect();
  const top = element.getBoundingClientRect().top + scrollY - (getComputedStyle($("head")).position === "sticky" ? head.height : 0) - 8;
  scrollTo({ top: Math.min(top, document.documentElement.scrollHeight - innerHeight) });
}

// Ask and show what comes; resolves when the answer has ended.
async function answer(exchange, before, shown, { send_personal = false } = {}) {
  const leaves = new AbortController();
  going = { exchange, stop: () => leaves.abort() };
  buttons();
  let due = false;
  const draw = () => {
    const follows = nearEnd() && shown.follows;
    shown.draw();
    if (follows) follow(shown.element);
  };
  const later = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      if (exchange.state === "running") draw();
    });
  };
  const messages = [...turns(before), { role: "user", content: exchange.question }];
  const { mode: asked, retrieval, web } = exchange;
  try {
    for await (const event of ask({ messages, mode: asked, retrieval, web, send_personal, session: conversation.id }, leaves.signal)) {
      take(exchange, event);
      later();
      if (event.type === "flagged") announce(`Possible emergency: ${event.name}. ${event.first}`);
    }
    if (exchange.state === "running") exchange.state = "lost";
  } catch (error) {
    exchange.state = leaves.signal.aborted ? "stopped" : error.status ? "failed" : "lost";
    exchange.error = error.status ? error.message : "";
  }
  going = null;
  buttons();
  draw();
  tellEnd(exchange);
  return exchange;
}

function buttons() {
  $("send").hidden = Boolean(going);
  $("stop").hidden = !going;
}

function viewOf(exchange) {
  const last = conversation.exchanges.at(-1) === exchange;
  const shown = answerView(exchange, {
    about,
    retry: last ? (one, changes) => again(one, changes) : null,
    edit: last ? edit : null,
    asks: (text) => { $("question").value = text; grow(); $("question").focus(); },
    changed: () => history.put(conversation),
  });
  return shown;
}

function show() {
  panel.close();
  $("exchanges").replaceChildren(...conversation.exchanges.map((exchange) => viewOf(exchange).element));
  const none = !conversation.exchanges.length;
  $("empty").hidden = !none;
  $("empty-text").textContent = EMPTY[mode()];
  document.title = conversation.title ? `${conversation.title} · ${about.name}` : about.name;
}

async function send(question, options, changes = {}) {
  const before = conversation.exchanges.slice();
  const exchange = begin(question, options);
  const whose = conversation; // another one may be opened meanwhile
  whose.exchanges.push(exchange);
  if (!whose.title) whose.title = question.replace(/\s+/g, " ").slice(0, 80);
  show();
  const shown = { ...viewOf(exchange), follows: true };
  $("exchanges").lastChild.replaceWith(shown.element);
  follow(shown.element);
  history.put(whose);
  await answer(exchange, before, shown, changes);
  if (!whose.dropped) history.put(whose);
}

function again(exchange, changes) {
  if (going) return;
  conversation.exchanges = conversation.exchanges.filter((one) => one !== exchange);
  send(exchange.question, { ...exchange, web: changes.web ?? exchange.web }, changes);
}

function edit(exchange, span) {
  conversation.exchanges = conversation.exchanges.filter((one) => one !== exchange);
  history.put(conversation);
  show();
  const box = $("question");
  box.value = exchange.question;
  grow();
  box.focus();
  const unit = unitsOf(exchange.question);
  if (span) box.setSelectionRange(unit(span.start), unit(span.end));
}

function grow() {
  const box = $("question");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, innerHeight * 0.4)}px`;
}

function stop() {
  going?.stop();
}

function open(one) {
  stop();
  conversation = one;
  for (const exchange of one.exchanges) if (exchange.state === "running" && exchange !== going?.exchange) exchange.state = "lost"; // its page was closed
  show();
  $("history").close();
  scrollTo({ top: document.documentElement.scrollHeight });
  $("question").focus();
}

function drawHistory() {
  const all = history.list().filter(({ exchanges }) => exchanges.length);
  $("keep").checked = history.keeps();
  $("history-note").textContent = history.keeps()
    ? "They are in this browser alone. Whoever uses it after you can read them."
    : "They are gone when this page is closed.";
  $("delete-all").hidden = !all.length;
  $("conversations").replaceChildren(...all.map((one) => el("li", {},
    button(one.title || "Untitled", () => open(one), { class: "plain", "aria-current": one.id === conversation.id ? "true" : null }),
    el("span", { class: "hint" }, `${new Date(one.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })} · ${one.exchanges.length === 1 ? "1 question" : `${one.exchanges.length} questions`}`),
    el("span", { class: "row" },
      button("Markdown", () => save(fileName(one, "md"), markdown(one, about), "text/markdown"), { "aria-label": `Export “${one.title}” as Markdown` }),
      button("JSON", () => save(fileName(one, "json"), `${JSON.stringify({ about, ...one }, null, 2)}\n`, "application/json"), { "aria-label": `Export “${one.title}” as JSON` }),
      button("Delete", () => forget([one]), { class: "danger", "aria-label": `Delete “${one.title}”` })))));
  if (!all.length) $("conversations").replaceChildren(el("li", { class: "hint" }, "There are none."));
}

async function forget(these) {
  const answers = these.flatMap(({ exchanges }) => exchanges.map(({ ended }) => ended?.answer_id).filter(Boolean));
  for (const one of these) {
    one.dropped = true;
    history.remove(one.id);
    if (one.id === conversation.id) {
      conversation.dropped = true; // what is still being written does not bring it back
      stop();
      conversation = fresh();
      show();
    }
  }
  drawHistory();
  $("history-said").textContent = "Deleted here.";
  if (!$("audit").checked || !answers.length) return;
  let left = 0;
  for (const id of answers) {
    await call("DELETE", `answers/${encodeURIComponent(id)}`).catch(({ status }) => { left += status === 404 ? 0 : 1; });
  }
  $("history-said").textContent = left ? `Deleted here. The server still holds ${left} of ${answers.length} answers.` : "Deleted here and on the server.";
}

function setMode(value) {
  document.querySelector(`input[name=mode][value=${value}]`).checked = true;
  changedMode();
}

function changedMode() {
  history.set("mode", mode());
  $("views").hidden = mode() !== "EXAM" || !about.quiz;
  $("empty-text").textContent = EMPTY[mode()];
  changedView();
}

function changedView() {
  const quizzes = view() === "quiz";
  if ($("quiz").hidden === !quizzes) return;
  stop();
  panel.close();
  $("quiz").hidden = !quizzes;
  $("ask").hidden = $("dock").hidden = quizzes;
  if (quizzes) quiz.open();
}

function setTheme(value) {
  if (value) document.documentElement.dataset.theme = value;
  else delete document.documentElement.dataset.theme;
  $("theme").value = value;
  history.set("theme", value);
}

async function explain(question, host) {
  stop();
  const exchange = begin(question, { mode: "EXAM", retrieval: $("retrieval").value === "never" ? "always" : $("retrieval").value, web: false });
  const shown = answerView(exchange, { about });
  const halts = button("Stop", stop);
  host.replaceChildren(shown.element, halts);
  await answer(exchange, [], { ...shown, follows: false });
  halts.remove();
  return exchange.text;
}

function describe() {
  $("name").textContent = about.name;
  for (const label of $("modes").querySelectorAll("label")) label.hidden = !about.modes.includes(label.firstChild.value);
  $("web-label").hidden = !about.web;
  $("model").textContent = [`Model: ${about.model || "unknown"}${about.digest ? ` (${about.digest.slice(0, 12)})` : ""}.`,
    about.guidelines ? `${about.guidelines.toLocaleString("en-GB")} passages to search.` : "There are no passages to search: answers rest on the model alone.",
    about.web ? "Web search is on." : "Web search is off."].join(" ");
  $("kept").textContent = `Conversations stay in this browser, until you delete them. The server's log has an entry for each answer: ${about.full_text
    ? "its time, mode, passages and checks, and the text of question and answer." : "its time, mode, passages and checks, and no text."} What finds personal data in what you write is imperfect.`;
  $("retrieval").querySelector("[value=tool]").hidden = !about.tools;
  const wanted = history.setting("retrieval", about.retrieval);
  $("retrieval").value = !about.guidelines ? "never" : wanted === "tool" && !about.tools ? "always" : wanted;
  $("retrieval").disabled = !about.guidelines;
}

const KEYS = {
  "/": () => $("question").focus(),
  m: () => setMode(mode() === "EXAM" ? "CLINICAL" : "EXAM"),
  h: () => $("history-open").click(),
  "?": () => $("help").showModal(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (going) stop();
    else if (panel.close()) event.preventDefault();
    return;
  }
  const { target } = event;
  if (target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
  if (event.key === "Enter" && target.matches("button, summary, a")) return;
  if (view() === "quiz" && quiz.key(event.key)) event.preventDefault();
  else if (Object.hasOwn(KEYS, event.key) && !(event.key === "/" && view() === "quiz")) {
    KEYS[event.key]();
    event.preventDefault();
  }
});

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = $("question").value.trim();
  if (!question || going) return;
  $("question").value = "";
  grow();
  send(question, { mode: mode(), retrieval: $("retrieval").value, web: about.web && $("web").checked });
});
$("question").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || TOUCH.matches) return; // screens' keyboards have no Shift+Enter
  event.preventDefault();
  $("composer").requestSubmit();
});
$("question").addEventListener("input", grow);
$("stop").addEventListener("click", () => { stop(); $("question").focus(); });
$("new").addEventListener("click", () => { if (view() === "quiz") { document.querySelector("input[name=view][value=ask]").checked = true; changedView(); } open(fresh()); });
$("history-open").addEventListener("click", () => { $("history-said").textContent = ""; drawHistory(); $("history").showModal(); });
for (const id of ["help-open", "intended-open"]) $(id).addEventListener("click", KEYS["?"]);
for (const one of document.querySelectorAll("dialog .close")) one.addEventListener("click", () => one.closest("dialog").close());
$("keep").addEventListener("change", () => { history.keep($("keep").checked); drawHistory(); });
$("delete-all").addEventListener("click", () => { if (confirm("Delete all conversations?")) forget(history.list()); });
$("panel-close").addEventListener("click", panel.close);
$("modes").addEventListener("change", changedMode);
$("views").addEventListener("change", changedView);
$("theme").addEventListener("change", () => setTheme($("theme").value));
$("retrieval").addEventListener("change", () => history.set("retrieval", $("retrieval").value));
addEventListener("pagehide", stop);

async function start() {
  setTheme(history.setting("theme", ""));
  quiz.begin(explain);
  show();
  try {
    about = { ...NOTHING, ...(await call("GET", "about")) };
    about.modes = about.modes.map((one) => one.toUpperCase());
  } catch (error) {
    $("problem").textContent = error.message;
    $("problem").hidden = false;
    return;
  }
  describe();
  const wanted = history.setting("mode", "CLINICAL");
  setMode(about.modes.includes(wanted) ? wanted : about.modes[0]);
  show();
  $("question").focus();
}

start();
