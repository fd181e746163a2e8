// What people think of an answer, sent to the server under the answer's id.

import { button, el } from "./dom.js";
import { call } from "./stream.js";

const REASONS = ["Wrong", "Could do harm", "Not borne out by its passages", "Leaves out what matters", "Not what I asked", "Something else"];

// The two buttons, and the form that the second one opens. ``told`` is called when the server has the verdict.
export function feedbackForm(exchange, verdict, told) {
  const said = el("p", { class: "hint", role: "status" }, verdict ? "Thank you. Your verdict is stored on this server." : "");
  const reason = el("select", {}, ...REASONS.map((one) => el("option", {}, one)));
  const words = el("input", { type: "text", maxlength: "2000" });
  const better = el("textarea", { rows: "5", maxlength: "20000" });
  const form = el("form", { class: "feedback", hidden: true, onsubmit: (event) => {
    event.preventDefault();
    send("bad", words.value.trim() ? `${reason.value}: ${words.value.trim()}` : reason.value, better.value.trim());
  } },
  el("p", { class: "hint" }, "Stored on this server, to make better answers. No patients, no names."),
  el("label", {}, "What is wrong?", reason), el("label", {}, "In a few words, if you like", words),
  el("label", {}, "How it should have been answered, if you like", better),
  el("div", { class: "row" }, el("button", { class: "primary" }, "Send"), button("Cancel", () => { form.hidden = true; bad.focus(); })));

  async function send(given, why, instead) {
    said.textContent = "Sending …";
    try {
      await call("POST", "feedback", { answer_id: exchange.ended.answer_id, verdict: given, reason: why, better: instead });
      exchange.verdict = given;
      told();
    } catch (error) {
      said.textContent = error.message;
    }
  }

  const good = button("Good", () => send("good", "", ""), { "aria-pressed": String(verdict === "good") });
  const bad = button("Not good", () => { form.hidden = false; reason.focus(); }, { "aria-pressed": String(verdict === "bad") });
  return [good, bad, form, said];
}
