// The quiz: a question of the bank, its mark, the bank's own reasons, and an explanation by the assistant.

import { $, announce, button, el } from "./dom.js";
import * as history from "./history.js";
import { call } from "./stream.js";

const MOST_SEEN = 1000; // ids that are sent along, the latest ones
const LETTER = /ANSWER:\s*([A-Z])\b/g;
const empty = () => ({ seen: [], topics: {} });
let score = empty();
let asked = null; // the question that is shown
let marked = null; // what became of it
let explain = null;

const share = (right, of) => `${right} of ${of} right (${Math.round((100 * right) / of)}%)`;
const named = (topic) => (topic ? topic.replaceAll("-", " ").replaceAll("_", " ") : "no topic");

// ``explains(question, host)`` asks the assistant and shows its answer in ``host``; it resolves to the answer's text.
export function begin(explains) {
  explain = explains;
  try {
    score = { ...empty(), ...JSON.parse(history.setting("quiz", "{}")) };
  } catch {
    score = empty();
  }
  $("quiz-topic").addEventListener("change", draw);
  $("quiz-reset").addEventListener("click", () => {
    score = empty();
    keep();
    draw();
  });
}

export async function open() {
  showScore();
  if ($("quiz-topic").options.length) return asked ? null : draw();
  try {
    const topics = await call("GET", "quiz/topics");
    const all = topics.reduce((sum, { count }) => sum + count, 0);
    $("quiz-topic").replaceChildren(el("option", { value: "" }, `All topics (${all})`),
      ...topics.map(({ topic, count }) => el("option", { value: topic }, `${named(topic)} (${count})`)));
  } catch (error) {
    return $("quiz-card").replaceChildren(el("p", { class: "warned", role: "alert" }, error.message), button("Try again", open));
  }
  return draw();
}

function keep() {
  if (history.keeps()) history.set("quiz", JSON.stringify(score));
}

async function draw() {
  asked = marked = null;
  showScore();
  try {
    asked = await call("POST", "quiz", { topic: $("quiz-topic").value, seen: score.seen.slice(-MOST_SEEN) });
  } catch (error) {
    if (error.status !== 404) return $("quiz-card").replaceChildren(el("p", { class: "warned", role: "alert" }, error.message), button("Try again", draw));
  }
  return asked?.id ? show() : $("quiz-card").replaceChildren(
    el("h2", {}, "You have seen all questions of this topic."),
    el("p", {}, "Choose another topic, or ask them again."),
    button("Ask them again", () => { score.seen = []; keep(); draw(); }, { class: "primary" }));
}

function show() {
  const options = Object.entries(asked.options).map(([letter, text], place) => {
    const input = el("input", { type: "radio", name: "choice", value: letter, onchange: () => { $("quiz-mark").disabled = false; } });
    return el("label", { class: "choice", "data-letter": letter }, input, el("b", {}, letter), el("span", {}, text), el("kbd", { "aria-hidden": "true" }, String(place + 1)));
  });
  $("quiz-card").replaceChildren(
    el("p", { class: "hint" }, `${named(asked.topic)} · from the question bank's training questions; no test question is ever shown`),
    el("form", { onsubmit: (event) => { event.preventDefault(); mark(); } },
      el("fieldset", { id: "quiz-options" }, el("legend", { tabindex: "-1", id: "quiz-question" }, asked.question), ...options),
      el("button", { id: "quiz-mark", class: "primary", disabled: true }, "Mark it")),
    el("div", { id: "quiz-result" }), el("div", { id: "quiz-explained" }));
  $("quiz-question").focus();
}

async function mark() {
  const choice = $("quiz-options").querySelector(":checked")?.value;
  if (!choice || marked) return;
  $("quiz-mark").disabled = true;
  try {
    marked = await call("POST", `quiz/${encodeURIComponent(asked.id)}`, { choice });
  } catch (error) {
    $("quiz-mark").disabled = false;
    return $("quiz-result").replaceChildren(el("p", { class: "warned", role: "alert" }, error.message));
  }
  const mine = (score.topics[asked.topic] ??= { right: 0, asked: 0 });
  mine.asked += 1;
  mine.right += marked.right ? 1 : 0;
  score.seen.push(asked.id);
  keep();
  showScore();
  for (const row of $("quiz-options").querySelectorAll(".choice")) {
    const { letter } = row.dataset;
    row.querySelector("input").disabled = true;
    if (letter === marked.answer) row.append(el("span", { class: "tag right" }, letter === choice ? "Right, and your choice" : "Right answer"));
    else if (letter === choice) row.append(el("span", { class: "tag wrong" }, "Your choice"));
    row.classList.toggle("right", letter === marked.answer);
    row.classList.toggle("wrong", letter === choice && !marked.right);
  }
  const result = el("h3", { tabindex: "-1" }, marked.right ? "Right." : `Not right: the answer is ${marked.answer}.`);
  $("quiz-mark").hidden = true;
  $("quiz-result").replaceChildren(result,
    marked.rationale ? el("div", { class: "rationale" }, el("b", {}, "The bank's reasons"), el("div", { class: "text" }, marked.rationale)) : el("p", { class: "hint" }, "The bank gives no reasons."),
    el("div", { class: "row" }, button("Next question", draw, { class: "primary", id: "quiz-next" }), button("Explain with citations", tellWhy, { id: "quiz-explain" })));
  result.focus();
  announce(result.textContent);
  return undefined;
}

async function tellWhy() {
  const { id } = asked;
  const { answer } = marked;
  $("quiz-explain").disabled = true;
  const lines = Object.entries(asked.options).map(([letter, text]) => `${letter}. ${text}`);
  const text = await explain(`${asked.question}\n${lines.join("\n")}`, $("quiz-explained"));
  if (asked?.id !== id) return; // the next question is there
  $("quiz-explain").disabled = false;
  const said = [...text.matchAll(LETTER)].at(-1)?.[1];
  if (said && said !== answer) {
    $("quiz-explained").prepend(el("p", { class: "warned", role: "alert" }, `The assistant answers ${said}, the bank ${answer}. One of them is wrong: look at the passages.`));
  }
}

function showScore() {
  const topics = Object.entries(score.topics);
  const right = topics.reduce((sum, [, one]) => sum + one.right, 0);
  const of = topics.reduce((sum, [, one]) => sum + one.asked, 0);
  $("quiz-score").textContent = of ? share(right, of) : "No question marked yet";
  $("quiz-reset").hidden = !of;
  $("quiz-topics").hidden = topics.length < 2;
  $("quiz-topics").replaceChildren(el("summary", {}, "By topic"),
    el("ul", {}, ...topics.sort(([a], [b]) => a.localeCompare(b)).map(([topic, one]) => el("li", {}, `${named(topic)}: ${share(one.right, one.asked)}`))));
}

// Keys of the quiz outside texts; true where the key was one.
export function key(name) {
  const choices = [...document.querySelectorAll("#quiz-options input:not(:disabled)")];
  const chosen = choices[Number(name) - 1] ?? choices.find(({ value }) => value === name.toUpperCase());
  if (chosen) chosen.click();
  else if (name === "Enter" && !marked && asked) mark();
  else if (name === "n" && marked) draw();
  else if (name === "e" && marked && !$("quiz-explain").disabled) tellWhy();
  else return false;
  return true;
}
