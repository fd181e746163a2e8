// The Markdown that models write, as elements. No HTML of a text becomes an element, no image is loaded, and links lead
// to http and https alone. What is shown knows its place in the source, so that sentences of the source can be marked.

import { el, link } from "./dom.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*[\w+#.-]*[ \t]*$/; // what names more than a language is text
const HEADING = /^ {0,3}(#{1,6})[ \t]+/;
const RULE = /^ {0,3}(?:-[ \t]*){3,}$|^ {0,3}(?:\*[ \t]*){3,}$|^ {0,3}(?:_[ \t]*){3,}$/;
const ITEM = /^([ \t]*)([-*+•]|\d{1,3}[.)])[ \t]+/;
const QUOTE = /^ {0,3}> ?/;
const DIVIDER = /^ *\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *$/;
const CITATION = /\[\d{1,3}(?:\s{0,3}[,;]\s{0,3}\d{1,3}){0,20}\]/y;
const LINK = /\[([^[\]\n]{1,300})\]\((https?:\/\/[^\s()<>]{1,2000})(?: "[^"\n]{0,300}")?\)/y;
const BARE = /https?:\/\/[^\s<>"'`()[\]]{1,2000}/y;
const PUNCTUATION = /[!-/:-@[-`{-~]/;
const DEEPEST = 6; // emphasis within emphasis

// The blocks of a source: [{kind, start, end, ...}], which leave out nothing but empty lines.
export function blocks(source) {
  const lines = [];
  for (let start = 0; start <= source.length; ) {
    const stop = source.indexOf("\n", start);
    const end = stop < 0 ? source.length : stop;
    lines.push({ start, end, text: source.slice(start, end) });
    start = end + 1;
  }
  const found = [];
  for (let at = 0; at < lines.length; ) {
    const [kind, count, more] = blockAt(lines, at);
    if (kind) found.push({ kind, start: lines[at].start, end: lines[at + count - 1].end, lines: lines.slice(at, at + count), ...more });
    at += count;
  }
  return found;
}

function blockAt(lines, at) {
  const { text } = lines[at];
  const run = (belongs) => {
    let count = 1;
    while (at + count < lines.length && belongs(lines[at + count].text, at + count)) count += 1;
    return count;
  };
  if (!text.trim()) return [null, 1];
  const fence = FENCE.exec(text)?.[1];
  if (fence) {
    const close = lines.findIndex((line, place) => place > at && line.text.trim().startsWith(fence) && !line.text.trim().slice(fence.length).replaceAll(fence[0], ""));
    return ["code", (close < 0 ? lines.length : close + 1) - at, { closed: close >= 0 }];
  }
  const heading = HEADING.exec(text);
  if (heading) return ["heading", 1, { level: heading[1].length, skip: heading[0].length }];
  if (RULE.test(text)) return ["rule", 1];
  if (QUOTE.test(text)) return ["quote", run((line) => QUOTE.test(line))];
  if (isTable(lines, at)) return ["table", run((line) => line.includes("|"))];
  if (ITEM.test(text)) return ["list", run((line, place) => ITEM.test(line) || (line.trim() ? /^[ \t]{2,}/.test(line) : ITEM.test(lines[place + 1]?.text ?? "")))];
  return ["paragraph", run((line, place) => line.trim() && ![FENCE, HEADING, QUOTE, ITEM].some((begins) => begins.test(line)) && !RULE.test(line) && !isTable(lines, place))];
}

const isTable = (lines, at) => lines[at].text.includes("|") && DIVIDER.test(lines[at + 1]?.text ?? "") && lines[at + 1].text.includes("-");

// Shows texts in an element. Blocks that stay as they were keep their elements, and with them what is selected in them.
// With each text come its marks [{start, end, status, reason}], places in this text, and which numbers name a passage.
export function shower(host) {
  let keys = [];
  return (source, marks = [], known = new Set()) => {
    const parts = blocks(source);
    const now = parts.map((block) => JSON.stringify([block.kind, block.start, source.slice(block.start, block.end), block.closed,
      marks.map((mark, index) => [mark.status, mark.start, index]).filter(([, start], index) => start < block.end && marks[index].end > block.start), [...known]]));
    let same = 0;
    while (same < keys.length && keys[same] === now[same]) same += 1;
    while (host.childNodes.length > same) host.lastChild.remove();
    const pen = new Pen(source, marks, known);
    for (const block of parts.slice(same)) host.append(pen.block(block));
    keys = now;
  };
}

class Pen {
  constructor(source, marks, known) {
    Object.assign(this, { source, marks, known });
  }

  block(block) {
    const made = this[block.kind](block);
    for (const [index, mark] of this.marks.entries()) {
      if (!mark.note || mark.end <= block.start || mark.end > block.end + 1) continue;
      const last = [...made.querySelectorAll(`[data-sentence="${index}"]`)].at(-1);
      last?.after(el("button", { type: "button", class: "fault", "data-fault": index, "aria-label": mark.note, title: mark.note }, "?"));
    }
    return made;
  }

  paragraph({ start, end }) {
    return this.inline(el("p"), start, end);
  }

  heading({ start, end, level, skip }) {
    return this.inline(el(`h${Math.min(6, level + 2)}`), start + skip, end);
  }

  rule() {
    return el("hr");
  }

  code({ lines, closed }) {
    const inner = lines.slice(1, closed ? -1 : undefined);
    return el("pre", { tabindex: "0" }, inner.length ? this.write(el("code"), inner[0].start, inner.at(-1).end) : el("code"));
  }

  quote({ lines }) {
    const made = el("blockquote");
    for (const { start, end, text } of lines) {
      if (made.childNodes.length) made.append(el("br"));
      this.inline(made, start + QUOTE.exec(text)[0].length, end);
    }
    return made;
  }

  list({ lines }) {
    const first = ITEM.exec(lines[0].text);
    const whole = listOf(first[2]);
    const open = [{ indent: width(first[1]), list: whole, item: null }];
    for (const { start, end, text } of lines) {
      const found = ITEM.exec(text);
      if (!found) {
        if (!text.trim()) continue;
        const { item } = open.at(-1);
        item.append(el("br"));
        this.inline(item, start + text.length - text.trimStart().length, end);
        continue;
      }
      const indent = width(found[1]);
      while (open.length > 1 && indent < open.at(-1).indent) open.pop();
      if (indent > open.at(-1).indent + 1 && open.length < DEEPEST) {
        const list = listOf(found[2]);
        open.at(-1).item.append(list);
        open.push({ indent, list, item: null });
      }
      const { list } = open.at(-1);
      open.at(-1).item = this.inline(el("li"), start + found[0].length, end);
      list.append(open.at(-1).item);
    }
    return whole;
  }

  table({ lines }) {
    const row = ({ start, text }, name) => {
      const line = el("tr");
      let at = text.length - text.trimStart().length + (text.trimStart().startsWith("|") ? 1 : 0);
      const stop = text.trimEnd().endsWith("|") ? text.trimEnd().length - 1 : text.length;
      while (at <= stop) {
        const bar = text.indexOf("|", at);
        const end = bar < 0 || bar > stop ? stop : bar;
        const cell = text.slice(at, end);
        const lead = cell.length - cell.trimStart().length;
        line.append(this.inline(el(name), start + at + lead, start + Math.max(at + lead, at + cell.trimEnd().length)));
        at = end + 1;
        if (end === stop) break;
      }
      return line;
    };
    const [head, , ...body] = lines;
    const made = el("table", {}, el("thead", {}, row(head, "th")), el("tbody", {}, ...body.map((line) => row(line, "td"))));
    return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" }, made);
  }

  // Text from ``start`` to ``end`` with its emphasis, code, links and citations.
  inline(out, start, end, depth = 0) {
    const { source } = this;
    const missing = new Set(); // what has no end from here on has none later
    let plain = start;
    const flush = (to) => {
      this.write(out, plain, to);
    };
    for (let at = start; at < end; ) {
      const letter = source[at];
      let next = 0;
      let made = null;
      if (letter === "\n") {
        [next, made] = [at + 1, () => el("br")];
      } else if (letter === "\\" && at + 1 < end && PUNCTUATION.test(source[at + 1])) {
        flush(at);
        this.write(out, at + 1, at + 2);
        plain = at += 2;
        continue;
      } else if (letter === "`") {
        let size = 1;
        while (source[at + size] === "`") size += 1;
        const ticks = "`".repeat(size);
        const close = missing.has(ticks) ? -1 : source.indexOf(ticks, at + size);
        if (close >= 0 && close + size <= end) [next, made] = [close + size, () => this.write(el("code"), at + size, close)];
        else missing.add(ticks);
        if (!next) {
          at += size;
          continue;
        }
      } else if ((letter === "*" || letter === "_") && depth < DEEPEST) {
        const sign = letter.repeat(source[at + 1] !== letter ? 1 : source[at + 2] !== letter ? 2 : 3);
        const close = missing.has(sign) ? -1 : this.closing(sign, at, end);
        if (close > 0) [next, made] = [close + sign.length, () => this.emphasis(sign.length, at + sign.length, close, depth + 1)];
        else {
          if (close < 0) missing.add(sign);
          at += sign.length;
          continue;
        }
      } else if (letter === "[" || (letter === "!" && source[at + 1] === "[")) {
        [next, made] = this.bracket(at, end);
      } else if (letter === "h" && !/\w/.test(source[at - 1] ?? "")) {
        BARE.lastIndex = at;
        const address = BARE.exec(source)?.[0].replace(/[.,;:!?]+$/, "");
        if (address && at + address.length <= end) [next, made] = [at + address.length, () => link(address, address)];
      }
      const child = made?.();
      if (!child) {
        at += 1;
        continue;
      }
      flush(at);
      out.append(child);
      plain = at = next;
    }
    flush(end);
    return out;
  }

  emphasis(size, start, end, depth) {
    const inner = this.inline(el(size > 1 ? "strong" : "em"), start, end, depth);
    return size > 2 ? el("em", {}, inner) : inner;
  }

  // Where what begins here ends; 0 where nothing begins here, -1 where nothing ends before ``end``.
  closing(sign, at, end) {
    const { source } = this;
    const word = (place) => /[\p{L}\p{N}]/u.test(source[place] ?? "");
    const blank = (place) => !/\S/.test(source[place] ?? "");
    if (blank(at + sign.length) || (sign[0] === "_" && word(at - 1))) return 0;
    for (let place = source.indexOf(sign, at + sign.length + 1); place >= 0 && place + sign.length <= end; place = source.indexOf(sign, place + 1)) {
      if (sign.length === 1 && source[place + 1] === sign) {
        place += 1; // the beginning or end of strong text
        continue;
      }
      if (!blank(place - 1) && !(sign[0] === "_" && word(place + sign.length))) return place;
    }
    return -1;
  }

  // A link, an image (which becomes a link) or a citation.
  bracket(at, end) {
    const image = this.source[at] === "!" ? 1 : 0;
    LINK.lastIndex = at + image;
    const found = LINK.exec(this.source);
    const after = LINK.lastIndex;
    if (found && after <= end) return [after, () => link(found[2], image ? `Image: ${found[1]}` : found[1])];
    if (image) return [0, null];
    CITATION.lastIndex = at;
    const cited = CITATION.exec(this.source)?.[0];
    if (!cited || at + cited.length > end) return [0, null];
    return [at + cited.length, () => el("span", { class: "cites" }, ...cited.match(/\d+/g).map((number) => this.citation(Number(number), at)))];
  }

  citation(number, at) {
    const index = this.marks.findIndex(({ start, end }) => start <= at && at < end);
    const sentence = index < 0 ? null : index;
    if (!this.known.has(number)) return el("span", { class: "unknown", title: "No passage has this number", "data-sentence": sentence }, `[${number}]`);
    return el("button", { type: "button", class: "cite", "data-number": number, "data-sentence": sentence, "aria-label": `Passage ${number}` }, `[${number}]`);
  }

  // Plain text, cut where a marked sentence begins or ends.
  write(out, start, end) {
    for (let at = start; at < end; ) {
      const index = this.marks.findIndex((mark) => mark.start <= at && at < mark.end);
      const mark = this.marks[index];
      const stop = Math.min(end, mark ? mark.end : Math.min(...this.marks.map((one) => one.start).filter((place) => place > at), end));
      const text = this.source.slice(at, stop);
      out.append(mark ? el("span", { class: mark.status, "data-sentence": index }, text) : text);
      at = stop;
    }
    return out;
  }
}

const width = (spaces) => spaces.replaceAll("\t", "    ").length;
const listOf = (sign) => (/\d/.test(sign) ? el("ol", { start: parseInt(sign, 10) }) : el("ul"));
