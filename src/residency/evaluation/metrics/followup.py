"""Metrics of the follow-up questions, and of the skills that dialogues ask for."""

from __future__ import annotations

from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    "followup.token_f1": Metric(
        "Follow-up answers, word overlap",
        "Overlap (F1) of the content words of the last turn's answer with the reference's.",
    ),
    "followup.key_fact_recall": Metric(
        "Follow-up answers, key facts", "Share of the reference's key facts that the last turn's answer holds."
    ),
    "followup.turn_mean": Metric(
        "Dialogue score, mean of turns",
        "Mean over a dialogue's turns, each answered after its ideal history: the turn of the skill by its rules, the "
        "others by their share of facts.",
    ),
    "followup.turn_min": Metric(
        "Dialogue score, worst turn",
        "The lowest score of a dialogue's turns, each answered after its ideal history.",
    ),
    "followup.real_mean": Metric(
        "Dialogue score on its own history, mean of turns",
        "Mean over a dialogue's turns where the model's own answers stand before each.",
    ),
    "followup.real_min": Metric(
        "Dialogue score on its own history, worst turn",
        "The lowest score of a dialogue's turns where the model's own answers stand before each.",
    ),
    "followup.drop": Metric(
        "Drop from the first turn to later ones",
        "The first turn's score minus the mean of the later turns', after ideal histories; lower is better. Turns "
        "differ in what they ask, so that it is read against another model's on the same dialogues.",
        higher_is_better=False,
        signed=True,
    ),
    "followup.real_drop": Metric(
        "Drop from the first turn to later ones, own history",
        "The same where the model's own answers stand before each turn; lower is better.",
        higher_is_better=False,
        signed=True,
    ),
    "followup.history_loss": Metric(
        "Lost by its own history",
        "A dialogue's mean after ideal histories minus that after the model's own; lower is better.",
        higher_is_better=False,
        signed=True,
    ),
    "followup.form": Metric(
        "Form kept over the turns",
        "Share of a dialogue's turns in the form of the mode that holds there, where its own answer is in it.",
    ),
    "followup.mt_bench_turn1": Metric(
        "MT-Bench, first turn", "A judge model's rating of the first answer, from 1 to 10, as tenths."
    ),
    "followup.mt_bench_turn2": Metric(
        "MT-Bench, second turn",
        "A judge model's rating of the second answer, after the model's own first, from 1 to 10, as tenths.",
    ),
    "skill.shown": Metric(
        "Skill of the dialogue shown",
        "Share of the turns in which a dialogue asks for its skill that pass the verifier's rules for it.",
    ),
    "skill.shown_real": Metric(
        "Skill shown on its own history",
        "The same where the model's own answers stand before the turn.",
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
