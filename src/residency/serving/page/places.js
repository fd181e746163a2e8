// Places in a text. The server counts code points, a browser's texts count UTF-16 units.

import { el } from "./dom.js";

// From a place in code points to one in units of this text.
export function unitsOf(text) {
  if (!/[\ud800-\udbff]/.test(text)) return (place) => place;
  const starts = [];
  let at = 0;
  for (const point of text) {
    starts.push(at);
    at += point.length;
  }
  return (place) => starts[place] ?? at;
}

// A text with marked places [{start, end, class, label}]; what overlaps an earlier one is cut to the rest.
export function marked(text, places) {
  const unit = unitsOf(text);
  const parts = [];
  let at = 0;
  for (const place of [...places].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const start = Math.max(at, unit(place.start));
    const end = unit(place.end);
    if (end <= start) continue;
    parts.push(text.slice(at, start), el("mark", { class: place.class, title: place.label }, text.slice(start, end)));
    at = end;
  }
  return [...parts, text.slice(at)];
}
