// Places in a text, counted in code points as the server counts them.

import { el } from "./dom.js";

const points = (text) => Array.from(text).length;

// Show a text with its marked places; overlapping ones are shown as one.
export function fill(element, text, spans) {
  const letters = Array.from(text);
  const parts = [];
  let at = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const start = Math.max(at, span.start);
    if (span.end <= start) continue;
    parts.push(letters.slice(at, start).join(""), el("mark", {}, letters.slice(start, span.end).join("")));
    at = span.end;
  }
  parts.push(letters.slice(at).join(""));
  element.replaceChildren(...parts);
}

// The selected place of an answer as {place, start, end, text}, or null.
export function selected() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const element = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("[data-place]");
  const box = element(range.startContainer) ?? element(range.endContainer);
  if (!box) return null;
  // What reaches beyond the answer, as a triple click does, is cut to it.
  const whole = document.createRange();
  whole.selectNodeContents(box);
  if (range.compareBoundaryPoints(Range.START_TO_START, whole) > 0) whole.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, whole) < 0) whole.setEnd(range.endContainer, range.endOffset);
  const said = whole.toString();
  const before = document.createRange();
  before.selectNodeContents(box);
  before.setEnd(whole.startContainer, whole.startOffset);
  const text = said.trim();
  if (!text) return null;
  const start = points(before.toString()) + points(said.slice(0, said.length - said.trimStart().length));
  return { place: box.dataset.place, start, end: start + points(text), text };
}
