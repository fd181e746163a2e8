// One question with its answer on the page, drawn again as events come. Only what changed gets new elements.

import { announce, button, el } from "./dom.js";
import { blocked, faults, heldBack, passagesOf, wrong } from "./exchange.js";
import { clipboard, plain, sources } from "./export.js";
import { feedbackForm } from "./feedback.js";
import { shower } from "./markdown.js";
import { marked, unitsOf } from "./places.js";
import { show, showCited } from "./panel.js";
import { search } from "./stream.js";

const PLACES = { guidelines: "the guidelines", web: "the web" };
const MODES = { CLINICAL: "Clinical", EXAM: "Exam" };
const count = (number, one) => (number === 1 ? `1 ${one}` : `${number} ${one}s`);
const clipped = (text, most = 90) => (text.length > most ? `${text.slice(0, most).trimEnd()} …` : text);
const spelt = (kind) => kind.replaceAll("_", " ").replace(/\b(nhs|mrn|nhi|gp)\b/g, (name) => name.toUpperCase());
const kinds = (spans) => [...new Set(spans.map(({ kind }) => spelt(kind)))].join(", ");

// ``does``: {about, retry(exchange, changes), edit(exchange), asks(text)}; those that are left out are not offered.
export function answerView(exchange, does) {
  const slots = Object.fromEntries(["asked", "flags", "personal", "searches", "thought", "written", "doing", "below", "acts", "here"].map((name) => [name, el("div", { class: name })]));
  const drawn = new Map();
  const element = el("article", { class: "exchange" }, slots.asked, slots.flags, slots.personal,
    el("div", { class: "answer" }, slots.searches, slots.thought, slots.written, slots.doing, slots.below, slots.acts), slots.here);
  const write = shower(slots.written);

  function put(name, told, make) {
    const key = JSON.stringify(told);
    if (drawn.get(name) === key) return;
    drawn.set(name, key);
    slots[name].replaceChildren(...make().flat().filter(Boolean));
  }

  function draw() {
    const { state, checked, searches, text, thinking } = exchange;
    const running = state === "running";
    element.setAttribute("aria-busy", String(running));
    const spans = exchange.personal.filter(({ where }) => where !== "web query").flatMap((one) => one.spans);
    put("asked", [spans, exchange.at], () => [
      el("span", { class: "role" }, `You asked, in ${MODES[exchange.mode].toLowerCase()} mode`),
      el("div", { class: "text" }, ...marked(exchange.question, spans.map((span) => ({ ...span, class: "private", label: spelt(span.kind) }))))]);
    put("flags", exchange.flags, () => exchange.flags.map(banner));
    put("personal", exchange.personal, () => [personalNotes(spans), ...heldBack(exchange).map(held)]);
    put("searches", searches.map(({ query, source, failure, passages }) => [query, source, failure, passages.length]), () => searches.map(searched));
    put("thought", thinking ? [running && !text] : [], () => (thinking ? [thought(running && !text)] : []));
    const inner = slots.thought.querySelector(".text");
    if (inner && inner.textContent.length !== thinking.length) inner.textContent = thinking;
    const unit = unitsOf(text);
    const marks = (checked?.context ? checked.sentences : []).map((sentence) => ({
      start: unit(sentence.start), end: unit(sentence.end), status: sentence.status, note: wrong(sentence),
    }));
    write(text, marks, new Set(passagesOf(exchange).keys()));
    slots.written.classList.toggle("going", running && Boolean(text));
    put("doing", [state, doing(exchange)], () => [state === "running" ? el("p", { class: "hint" }, doing(exchange)) : null]);
    put("below", [state, checked, exchange.error], below);
    put("acts", [state, exchange.verdict, Boolean(does.retry)], acts);
  }

  function personalNotes(spans) {
    if (!spans.length) return null;
    if (!blocked(exchange)) return el("p", { class: "hint" }, `Sent with what may be personal data (${kinds(spans)}), as you chose.`);
    return el("div", { class: "caution", role: "alert" },
      el("h3", {}, "This may identify a patient. It was not sent to the model."),
      el("p", {}, `Marked above: ${kinds(spans)}. What finds it is imperfect: it misses some and marks some that is harmless. Look at the rest of the text too.`),
      does.edit ? el("div", { class: "row" },
        button("Edit the question", () => does.edit(exchange, spans[0]), { class: "primary" }),
        does.about.personal === "block" ? null : button("Send it all the same", () => does.retry(exchange, { send_personal: true }))) : null);
  }

  function held({ held_back: query, spans }) {
    const box = el("input", { type: "text", value: query, "aria-label": "Words for the web search" });
    const said = el("p", { class: "hint", role: "status" });
    return el("div", { class: "caution" },
      el("h3", {}, "A web search was held back"),
      el("p", {}, `The web was to be searched for this, and it may identify a patient (${spans.length ? kinds(spans) : "personal data"}). The words were not sent. Take out what identifies, then search.`),
      el("form", { class: "asking", onsubmit: (event) => { event.preventDefault(); look(box.value, "web", said); } }, box, el("button", {}, "Search the web")),
      said);
  }

  async function look(words, source, said) {
    if (!words.trim()) return;
    said.textContent = "Searching …";
    try {
      const found = await search(words.trim(), source);
      if (found.failure) {
        said.textContent = `The search failed: ${found.failure}`;
        return;
      }
      if (found.held_back) {
        said.textContent = "Held back again: these words may still identify a patient.";
        return;
      }
      said.textContent = found.passages.length ? `${count(found.passages.length, "passage")} found.` : "Nothing was found. Try other words.";
      if (found.passages.length) {
        show(`Found in ${PLACES[source]}: ${clipped(words.trim())}`, found.passages.map((passage, place) => ({ number: passage.number ?? place + 1, passage, places: [] })),
          { at: element, note: "These are for you to read; the model has not seen them." });
      }
    } catch (error) {
      said.textContent = error.message;
    }
  }

  function searched({ source, query, passages, failure, seconds }) {
    if (failure) return el("p", { class: "warned" }, `The search of ${PLACES[source]} failed: ${failure}`);
    const told = `Searched ${PLACES[source]} for “${clipped(query)}”: `;
    if (!passages.length) return el("p", { class: "hint" }, `${told}nothing was found.`);
    return el("p", { class: "hint" }, told, button(count(passages.length, "passage"), () => showCited(exchange, element), { class: "plain" }), ` in ${seconds.toFixed(2)} s.`);
  }

  function thought(open) {
    return el("details", { class: "thinking", open }, el("summary", {}, open ? "Thinking …" : "What the model thought"), el("div", { class: "text" }, exchange.thinking));
  }

  function below() {
    const { state, checked, error, ended } = exchange;
    if (state === "running") return [];
    const made = [];
    if (state === "stopped") made.push(el("p", { class: "warned" }, "Stopped. What stands above was not checked."));
    if (state === "lost") made.push(el("p", { class: "warned", role: "alert" }, "The connection was lost before the answer ended. What stands above was not checked."));
    if (state === "failed") made.push(el("p", { class: "warned", role: "alert" }, error));
    if (ended?.finish === "length") made.push(el("p", { class: "warned" }, "The answer reached its greatest length and is cut off here."));
    if (checked?.notice && !checked.abstains) made.push(el("p", { class: "notice" }, checked.notice));
    const found = faults(exchange);
    if (found.length) {
      const letters = Array.from(exchange.text);
      made.push(el("details", { class: "faults", open: true },
        el("summary", {}, checked.notice && !checked.abstains ? "Which, and why" : `${count(found.length, "sentence")} not borne out by the passages`),
        el("ul", {}, ...found.map((sentence) => el("li", { "data-of": sentence.index, tabindex: "-1" },
          el("q", {}, letters.slice(sentence.start, sentence.end).join("").trim()), ` ${wrong(sentence)}`)))));
    } else if (state === "done" && checked?.context && !checked.abstains && checked.sentences.some(({ status }) => status === "supported")) {
      made.push(el("p", { class: "held" }, "Each sentence that claims something is borne out by what it cites, as far as the check can tell."));
    }
    if (checked?.abstains) made.push(abstention());
    const list = sources(exchange);
    if (list.length) made.push(el("ul", { class: "printed" }, ...list.map((one) => el("li", {}, one)))); // paper opens no passages
    return made;
  }

  function abstention() {
    const box = el("input", { type: "text", value: exchange.question.replace(/\s+/g, " ").slice(0, 300), maxlength: "1000", "aria-label": "Other words to search for" });
    const said = el("p", { class: "hint", role: "status" });
    return el("div", { class: "abstains" },
      el("h3", {}, "No answer was found"),
      el("p", {}, exchange.checked.notice || "The passages do not hold it. Other words may find it."),
      el("form", { class: "asking", onsubmit: (event) => { event.preventDefault(); look(box.value, "guidelines", said); } }, box, el("button", { class: "primary" }, "Search the guidelines")),
      el("div", { class: "row" },
        does.about.web ? button("Search the web for this", () => look(box.value, "web", said)) : null,
        does.about.web && does.retry && !exchange.web ? button("Answer again, with the web", () => does.retry(exchange, { web: true })) : null,
        does.asks ? button("Put these words as a question", () => does.asks(box.value)) : null),
      said);
  }

  function acts() {
    const { state, text, ended, verdict } = exchange;
    if (state === "running" || state === "blocked") return [];
    const made = [];
    if (text) {
      const copied = button("Copy", async () => { copied.textContent = (await clipboard(plain(exchange))) ? "Copied" : "Select it and copy by hand"; });
      made.push(copied);
    }
    if (does.retry) made.push(button("Try again", () => does.retry(exchange, {})));
    if (text && ended?.answer_id && does.about.feedback) made.push(...feedbackForm(exchange, verdict, () => { does.changed?.(); draw(); }));
    return [el("div", { class: "row" }, ...made.filter((one) => one.tagName === "BUTTON")), ...made.filter((one) => one.tagName !== "BUTTON")];
  }

  element.addEventListener("click", (event) => {
    const cite = event.target.closest("button.cite");
    for (const one of element.querySelectorAll(".cite[aria-current]")) if (cite) one.removeAttribute("aria-current");
    cite?.setAttribute("aria-current", "true");
    if (cite) showCited(exchange, element, Number(cite.dataset.number), cite.dataset.sentence ? Number(cite.dataset.sentence) : null);
    const fault = event.target.closest("button.fault");
    if (fault) {
      const row = element.querySelector(`[data-of="${fault.dataset.fault}"]`);
      row?.closest("details").setAttribute("open", "");
      row?.focus();
      row?.scrollIntoView({ block: "nearest" });
    }
  });

  draw();
  return { element, draw };
}

function banner({ name, why, first, call }) {
  return el("section", { class: "banner", role: "alert" },
    el("h3", {}, `Possible emergency: ${name}`),
    el("p", {}, why),
    el("p", {}, el("b", {}, "First: "), first),
    el("p", {}, el("b", {}, "Call: "), call),
    el("p", { class: "small" }, "Raised by a list of danger signs in what you wrote, not by the model. That nothing is raised does not mean that nothing is wrong."));
}

function doing({ text, thinking, searches, retrieval, state }) {
  if (state !== "running") return "";
  if (text) return "Writing …";
  if (thinking) return "Thinking …";
  return retrieval === "always" && !searches.length ? "Searching the guidelines …" : "Reading …";
}

// What screen readers hear at the end of an answer.
export function tellEnd(exchange) {
  const { length } = faults(exchange);
  const ends = { blocked: "The question may identify a patient and was not sent.", failed: exchange.error, lost: "The connection was lost.", stopped: "Stopped." };
  if (exchange.state in ends) announce(ends[exchange.state]);
  else if (exchange.checked?.abstains) announce("The answer says that the passages do not hold it. A search is offered below it.");
  else announce(length ? `The answer is complete. ${count(length, "sentence")} not borne out by the passages.` : "The answer is complete.");
}
