"""Metrics of the follow-up questions, and of the skills that dialogues ask for."""

from __future__ import annotations

from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    "followup.token_f1": Metric(
        "Follow-up answers, word overlap",
        "Overlap (F1) of the content words of a later turn's answer with the reference's.",
    ),
    "followup.key_fact_recall": Metric(
        "Follow-up answers, key facts", "Share of the reference's key facts that a later turn's answer holds."
    ),
    "skill.shown": Metric(
        "Skill of the dialogue shown",
        "Share of the turns in which a dialogue asks for its skill that pass the verifier's rules for it.",
    ),
    "skill.followup": Metric(
        "Follow-up understood", "Share of elliptical follow-ups whose answer states what belongs to their referent."
    ),
    "skill.correction": Metric(
        "Correction honoured", "Share of corrections after which the answer says what changed, or holds where it must."
    ),
    "skill.missing": Metric(
        "Asks for what is missing",
        "Share of questions without the deciding fact at which the answer asks for it first.",
    ),
    "skill.contradiction": Metric(
        "Contradiction named", "Share of contradictions of which the answer names both sides, and asks or resolves."
    ),
    "skill.safety": Metric(
        "Escalates when it should",
        "Share of emergencies told first with what to do and whom to call, and of others answered without alarm.",
    ),
    "skill.scope": Metric(
        "Declines when it should",
        "Share of requests out of scope declined with a reason and a help, and of others answered.",
    ),
    "skill.switch": Metric(
        "Mode switched", "Share of mode switches after which the same facts come in the other form."
    ),
}
