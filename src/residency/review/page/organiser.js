// The organiser's page: figures only, drawn anew while people judge.

import { $, el } from "./dom.js";

const EVERY = 15000; // milliseconds
const NAMES = { pairs: "Preference pairs", file: "Preference file", dialogues: "Dialogues", answers: "Evaluation answers" };
let before = "";

const two = (value) => (value === null || value === undefined ? "none" : value.toFixed(2));
const percent = (value) => (value === null || value === undefined ? "none" : `${Math.round(100 * value)}%`);
const number = (text, tag = "td") => el(tag, { class: "number" }, String(text));
const listed = (counts) => Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(", ") || "none";

function table(head, rows, label) {
  const made = el("table", { class: "figures" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows));
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, made);
}

const headed = (...titles) => titles.map((title) => el("th", { scope: "col", class: title.startsWith("#") ? "number" : null }, title.replace("#", "")));

function interval(low, high, format) {
  return low === null || low === undefined ? "" : `${format(low)} to ${format(high)}`;
}

// A value with its interval on a line from ``least`` to 1.
function scale(value, low, high, least) {
  const box = el("span", { class: "scale", "aria-hidden": "true" });
  const place = (at) => `${(100 * (Math.max(least, at) - least)) / (1 - least)}%`;
  if (value === null || value === undefined) return box;
  if (low !== null && low !== undefined) {
    const line = el("i");
    line.style.left = place(low);
    line.style.right = `calc(100% - ${place(high)})`;
    box.append(line);
  }
  const dot = el("b");
  dot.style.left = place(value);
  box.append(dot);
  return box;
}

function reviewer({ name, token, total, judged, skipped, median_seconds: median, last }) {
  const link = `${location.origin}/r/${token}/`;
  const copied = el("button", { type: "button", class: "quiet", "aria-label": `Copy the link of ${name}`, onclick: async () => {
    try {
      await navigator.clipboard.writeText(link);
      copied.textContent = "Copied";
    } catch {
      copied.replaceWith(el("span", {}, link)); // not every browser lets a page copy over plain HTTP
    }
  } }, "Copy link");
  const bar = el("progress", { max: Math.max(1, total), value: judged + skipped, "aria-label": `${name} has judged` });
  return el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, bar), number(`${judged} of ${total}`), number(skipped),
    number(median === null ? "" : `${Math.round(median)} s`), el("td", {}, last ? new Date(last).toLocaleString() : "not yet"), el("td", {}, copied));
}

function kappaRow(name, kappa) {
  const kind = kappa.raters === 2 ? "Cohen" : "Fleiss";
  return el("tr", {}, el("th", { scope: "row" }, name), number(kappa.n), number(percent(kappa.observed)), number(two(kappa.value)),
    number(interval(kappa.low, kappa.high, two)), el("td", {}, scale(kappa.value, kappa.low, kappa.high, -1)),
    el("td", {}, kappa.value === null ? kappa.method : `${kind}, ${kappa.method}`));
}

function shareRow(row) {
  return el("tr", {}, el("th", { scope: "row" }, row.type), number(row.n), number(percent(row.share)), number(interval(row.low, row.high, percent)),
    el("td", {}, scale(row.share, row.low, row.high, 0)), el("td", {}, listed(row.outcomes)));
}

function given(passages) {
  const lines = passages.map(({ number: place, text }) => el("div", { class: "passage" }, el("b", {}, place ? `[${place}]` : ""), el("div", { class: "text" }, text)));
  return el("details", {}, el("summary", {}, `Passages: ${passages.length}`), ...lines);
}

function divided({ id, type, turns, sides, voices, why }) {
  const said = voices.map(({ reviewer: who, verdict, comment }) => el("li", {}, `${who}: ${verdict}${comment ? ` (${comment})` : ""}`));
  const asked = turns.map(({ role, text, passages }) => el("div", {}, passages.length ? given(passages) : null,
    el("div", { class: "text" }, turns.length > 1 ? `${role}: ${text}` : text)));
  const answers = Object.entries(sides).map(([side, text]) => el("div", { class: "side" }, el("b", {}, side), el("div", { class: "text" }, text)));
  return el("details", { class: "divided", "data-id": id }, el("summary", {}, `${type}: ${voices.map(({ verdict }) => verdict).join(", ")}`),
    el("p", { class: "hint" }, id), ...asked, ...answers, why ? el("p", {}, `Why it was made so: ${why}`) : null, el("ul", {}, ...said));
}

function group(found) {
  const [kind, ...models] = found.name.split(" ");
  const target = found.shares[0]?.target ?? "";
  const box = el("section", { class: "group" }, el("h2", {}, [NAMES[kind] ?? kind, ...models].join(" ")),
    el("p", {}, `${found.judged} of ${found.items} items judged, ${found.shared} of them by two or more. Verdicts: ${listed(found.verdicts)}.`));
  const kappas = Object.entries(found.pairs_of_reviewers).map(([name, kappa]) => kappaRow(name, kappa));
  box.append(el("h3", {}, "Agreement beyond chance"),
    table(headed("Between", "#Items", "#Agreement", "#Kappa", "#95% interval", "−1 to 1", "How"), [kappaRow("all", found.agreement), ...kappas], "Agreement"));
  if (found.shares.length) {
    box.append(el("h3", {}, target === "right" ? "Share judged right, by the majority" : `Share in which “${target}” is preferred, by the majority`),
      table(headed("Type", "#Items", "#Share", "#95% interval", "0 to 1", "Majorities"), found.shares.map(shareRow), "Shares by type"));
  }
  if (Object.keys(found.faults).length) box.append(el("p", {}, `Faults ticked: ${listed(found.faults)}.`));
  if (Object.keys(found.skips).length) box.append(el("p", {}, `Skipped: ${listed(found.skips)}.`));
  if (found.disagreements.length) {
    box.append(el("h3", {}, `To discuss: ${found.disagreements.length} on which the reviewers disagree`), ...found.disagreements.map(divided));
  }
  return box;
}

async function draw() {
  try {
    const response = await fetch("api/summary", { signal: AbortSignal.timeout(15000) });
    if (!response.ok) throw new Error(String(response.status));
    const text = await response.text();
    $("saved").textContent = `As of ${new Date().toLocaleTimeString()}`;
    $("saved").className = "";
    if (text === before) return;
    before = text;
    const found = JSON.parse(text);
    const open = new Set([...document.querySelectorAll("details[open]")].map((one) => one.dataset.id));
    $("reviewers").replaceChildren(table(headed("Name", "Done", "#Judged", "#Skipped", "#Median time", "Last", "Link"), found.reviewers.map(reviewer), "Reviewers").firstChild);
    $("groups").replaceChildren(...found.groups.map(group));
    for (const one of document.querySelectorAll("details.divided")) one.open = open.has(one.dataset.id);
  } catch {
    $("saved").textContent = "No connection. Trying again …";
    $("saved").className = "late";
  }
}

draw();
setInterval(draw, EVERY);
