// Conversations as files and as text to paste.

import { addressOf, el } from "./dom.js";
import { faults, passagesOf, wrong } from "./exchange.js";

const NOTICE = "Written by a language model. It may be wrong: check before you act. The checks of citations are automatic and miss faults.";
const line = (text) => text.replace(/\s+/g, " ").trim();

// The passages given to the model, a line each.
export function sources(exchange) {
  return [...passagesOf(exchange)].map(([number, { passage, source }]) => {
    const facts = [passage.date, passage.section, passage.superseded_by ? "superseded" : "", source === "web" ? "web" : "", addressOf(passage)].filter(Boolean).join("; ");
    return `[${number}] ${line(passage.title || passage.id)}${facts ? ` (${facts})` : ""}`;
  });
}

// An answer with the titles of its passages, and what does not hold.
export function plain(exchange) {
  const letters = Array.from(exchange.text);
  const found = faults(exchange).map((one) => `Not borne out by the passages: ${line(letters.slice(one.start, one.end).join(""))} (${line(wrong(one))})`);
  return [exchange.text.trim(), [...sources(exchange), ...found].join("\n"), NOTICE].filter(Boolean).join("\n\n");
}

// A whole conversation in Markdown.
export function markdown(conversation, about) {
  const parts = [`# ${line(conversation.title)}`, `${about.name}, ${about.model}${about.digest ? ` (${about.digest.slice(0, 12)})` : ""}. ${NOTICE}`];
  for (const exchange of conversation.exchanges) {
    const quoted = exchange.question.split("\n").map((one) => `> ${one}`).join("\n");
    parts.push(`## ${exchange.mode === "EXAM" ? "Exam" : "Clinical"} question, ${exchange.at.slice(0, 16).replace("T", " ")} UTC`, quoted);
    parts.push(...exchange.flags.map(({ name, why, first, call }) => `**Possible emergency: ${line(name)}.** ${line(`${why} First: ${first} Call: ${call}`)}`));
    parts.push(exchange.text.trim() || `(no answer: ${exchange.state})`);
    if (exchange.state !== "done" && exchange.text.trim()) parts.push(`(the answer is not whole: ${exchange.state})`);
    if (exchange.checked?.notice) parts.push(`*${line(exchange.checked.notice)}*`);
    const list = sources(exchange).map((one) => `- ${one}`);
    if (list.length) parts.push(`Passages given to the model:\n\n${list.join("\n")}`);
    const letters = Array.from(exchange.text);
    const found = faults(exchange).map((one) => `- ${line(letters.slice(one.start, one.end).join(""))} (${line(wrong(one))})`);
    if (found.length) parts.push(`Not borne out by the passages:\n\n${found.join("\n")}`);
  }
  return `${parts.join("\n\n")}\n`;
}

export function save(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const made = el("a", { href: address, download: name });
  made.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

export const fileName = ({ title, at }, ending) => `${at.slice(0, 10)}-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40) || "conversation"}.${ending}`;

// Whether the text could be copied: not every browser lets a page copy over plain HTTP.
export async function clipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
