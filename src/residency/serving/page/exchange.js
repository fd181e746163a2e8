// One question and all that came of it: data alone, as it is kept, drawn and exported.

const BAD = { unsupported: "Not supported by what it cites", uncited: "Without a citation" };

// What is wrong with a sentence; empty where nothing is.
export function wrong({ status, reason }) {
  if (!(status in BAD)) return "";
  return `${BAD[status]}${reason && status === "unsupported" ? `: ${reason}` : ""}`.replace(/\.*$/, ".");
}

export function begin(question, { mode, retrieval, web }) {
  return {
    question, mode, retrieval, web, at: new Date().toISOString(), state: "running", flags: [], personal: [], searches: [], calls: [],
    text: "", thinking: "", checked: null, ended: null, error: "", verdict: "",
  };
}

// Take in one event of the server. Kinds that are not known are passed over.
export function take(exchange, { type, ...event }) {
  if (type === "flagged") exchange.flags.push(event);
  else if (type === "personal") exchange.personal.push(event);
  else if (type === "searched") exchange.searches.push(event);
  else if (type === "called") {
    exchange.calls.push(event);
    exchange.thinking += exchange.text; // what is said before a search is no part of the answer
    exchange.text = "";
  } else if (type === "said") {
    exchange.text += event.text ?? "";
    exchange.thinking += event.thinking ?? "";
  } else if (type === "checked") exchange.checked = event;
  else if (type === "ended") {
    exchange.ended = event;
    exchange.error = event.error || (event.finish === "error" ? "The model could not answer." : "");
    exchange.state = exchange.error ? "failed" : blocked(exchange) ? "blocked" : "done";
  }
}

export const blocked = ({ personal }) => personal.find((one) => one.blocked && one.where !== "web query") ?? null;

export const heldBack = ({ personal }) => personal.filter((one) => one.where === "web query" && one.held_back);

// The passages that were shown to the model, by number: {passage, source}.
export function passagesOf({ searches }) {
  const found = new Map();
  for (const { passages, first, source } of searches) passages.forEach((passage, place) => found.set(first + place, { passage, source }));
  return found;
}

// The sentences that do not hold, with what is wrong with each. Nothing is held against anything without a context.
export function faults({ checked }) {
  if (!checked?.context) return [];
  return checked.sentences.map((sentence, index) => ({ ...sentence, index })).filter(({ status }) => status in BAD);
}

// Where a passage bears out the sentences of the answer, or one of them: places in the passage's text.
export function evidence({ checked }, number, index = null) {
  const places = [];
  for (const [at, sentence] of (checked?.sentences ?? []).entries()) {
    if (index !== null && at !== index) continue;
    for (const [of, start, end] of sentence.evidence) {
      const holds = sentence.status === "supported";
      if (of === number && (holds || index !== null)) places.push({ start, end, class: holds ? "holds" : "near" });
    }
  }
  return places;
}

// The turns so far, as the server wants them: only those that were answered.
export function turns(exchanges) {
  return exchanges.filter(({ text }) => text.trim()).flatMap(({ question, text }) => [
    { role: "user", content: question },
    { role: "assistant", content: text },
  ]);
}
