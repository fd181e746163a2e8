// Passages beside the text on a wide screen, below the answer on a narrow one.

import { $, addressOf, el, link } from "./dom.js";
import { evidence, passagesOf } from "./exchange.js";
import { marked } from "./places.js";

const WIDE = matchMedia("(min-width: 64rem)");
// Held by reference: what they stand in may be drawn anew.
const [box, name, told, list] = [$("panel"), $("panel-title"), $("panel-note"), $("passages")];
let anchor = null; // the exchange's element that the passages belong to
let opener = null; // what had the focus before

const settle = () => (WIDE.matches || !anchor?.isConnected ? $("side") : anchor.querySelector(".here")).append(box);
WIDE.addEventListener("change", () => box.hidden || settle());

function heading(passage) {
  const { section, date, version, superseded_by: newer, licence, source } = passage;
  const facts = [section, date, version].filter(Boolean).join(" · ");
  const address = addressOf(passage);
  return [
    newer ? el("p", { class: "warned" }, newer === "yes" ? "Superseded: newer guidance has replaced this." : `Superseded by ${newer}.`) : null,
    facts ? el("p", { class: "hint" }, facts) : null,
    el("p", { class: "hint" }, address ? link(address, address) ?? address : [source, licence].filter(Boolean).join(" · ")),
  ].filter(Boolean);
}

function entry({ number, passage, places, near }, open) {
  const made = el("details", { class: "passage", open, id: `passage-${number}`, "data-number": number },
    el("summary", {}, el("b", {}, `[${number}]`), ` ${passage.title || "Passage"}`),
    ...heading(passage),
    el("div", { class: "text" }, ...marked(passage.text, places)));
  if (near) made.append(el("p", { class: "warned" }, "The marked sentence is the nearest in this passage. It does not bear out what cites it."));
  return made;
}

// Show entries [{number, passage, places, near}]; ``current`` is the number of the one to go to.
export function show(title, entries, { current = null, at = null, note = "" } = {}) {
  if (box.hidden || !box.contains(document.activeElement)) opener = document.activeElement;
  anchor = at;
  name.textContent = title;
  told.textContent = note;
  told.hidden = !note;
  list.replaceChildren(...entries.map((one) => entry(one, current === null || one.number === current)));
  document.body.classList.add("reading");
  box.hidden = false;
  settle();
  const shown = current === null ? null : list.querySelector(`[data-number="${current}"]`);
  const goal = shown?.querySelector("mark") ?? shown ?? box;
  (shown?.querySelector("summary") ?? name).focus({ preventScroll: true });
  goal.scrollIntoView({ block: goal === box ? "nearest" : "center" });
}

// The passages of an answer; with a number, the one that its sentence cites, with what bears it out.
export function showCited(exchange, at, number = null, index = null) {
  const entries = [...passagesOf(exchange)].map(([place, { passage }]) => {
    const places = evidence(exchange, place, number === place ? index : null);
    return { number: place, passage, places, near: places.some((one) => one.class === "near") };
  });
  const few = entries.length === 1 ? "1 passage" : `${entries.length} passages`;
  show(`${few} given to the model`, entries, { current: number, at, note: entries.some(({ places }) => places.length) ? "Marked: what the check found for the answer's sentences." : "" });
}

// The focus goes back to where it was, if it is in the passages.
export function close() {
  if (box.hidden) return false;
  const back = box.contains(document.activeElement) && opener?.isConnected;
  box.hidden = true;
  $("side").append(box);
  document.body.classList.remove("reading");
  if (back) opener.focus();
  anchor = opener = null;
  return true;
}
