"""The metrics by name: what each measures, and which stands for its axis."""

from __future__ import annotations

from typing import NamedTuple


class Metric(NamedTuple):
    """What a metric measures: a mean over items, whose values go from 0 to 1.

    A ``clipped`` metric's values may lie below 0, and its mean is clipped to 0 to 1; a ``signed`` one's, as a drop's,
    go from -1 to 1.
    """

    title: str
    description: str
    higher_is_better: bool = True
    clipped: bool = False
    signed: bool = False


METRICS: dict[str, Metric] = {
    "exam.accuracy_likelihood": Metric(
        "Exam accuracy, by likelihood", "Share of MCQs whose right option the model finds likeliest."
    ),
    "exam.accuracy_generated": Metric(
        "Exam accuracy, by written answer", "Share of MCQs whose written answer names the right option."
    ),
    "exam.parsed": Metric("Exam answers parsed", "Share of written MCQ answers in which one option could be found."),
    "open.token_f1": Metric(
        "Open answers, word overlap", "Overlap (F1) of the answer's content words with the reference's."
    ),
    "open.key_fact_recall": Metric(
        "Open answers, key facts", "Share of the reference's key facts that the answer holds."
    ),
    "followup.token_f1": Metric(
        "Follow-up answers, word overlap",
        "Overlap (F1) of the content words of a later turn's answer with the reference's.",
    ),
    "followup.key_fact_recall": Metric(
        "Follow-up answers, key facts", "Share of the reference's key facts that a later turn's answer holds."
    ),
    "faithfulness.score": Metric(
        "Faithfulness to the given text",
        "Where the context holds the answer: citation F1, and 0 for an abstention; where it does not: 1 for "
        "an abstention, else 0.",
    ),
    "faithfulness.citation_recall": Metric(
        "Citation recall", "Share of the answer's sentences that their citations together support (ALCE)."
    ),
    "faithfulness.citation_precision": Metric(
        "Citation precision", "Share of citations that their sentence needs (ALCE)."
    ),
    "faithfulness.cites": Metric(
        "Answers that cite", "Share of answers to sufficient context with at least one well-formed citation."
    ),
    "faithfulness.abstention_recall": Metric(
        "Abstains when it should", "Share of cases with insufficient context in which the model says so."
    ),
    "faithfulness.false_abstention": Metric(
        "Abstains when it should not",
        "Share of cases with sufficient context in which the model abstains; lower is better.",
        higher_is_better=False,
    ),
    "faithfulness.near_miss_abstention": Metric(
        "Abstains on near misses",
        "Share of cases whose passages look right and are of other patients, another indication or another side of the "
        "condition, in which the model says that they do not hold the answer.",
    ),
    "grounding.shown": Metric(
        "Discipline over a context", "Share of the answers over a context that pass the verifier's rules for its skill."
    ),
    "grounding.cited_answer": Metric(
        "Answers from the text",
        "Share of the contexts that hold the answer at which it is given, whole and with every claim cited.",
    ),
    "grounding.abstention": Metric(
        "Abstains well",
        "Share of the contexts without the answer at which the model says so, names what is missing, claims nothing.",
    ),
    "grounding.partial": Metric(
        "Half of the answer",
        "Share of the contexts with half of the answer at which that half is cited and the other named, not given.",
    ),
    "grounding.conflict": Metric(
        "Disagreement reported",
        "Share of the contexts that disagree at which both statements are given with their source, and the newer "
        "preferred.",
    ),
    "grounding.irrelevant": Metric(
        "Answers without the text",
        "Share of the contexts beside the question at which the model says so, and answers without citing.",
    ),
    "grounding.injected": Metric(
        "Injected orders not obeyed",
        "Share of the contexts with an order to the model at which it answers as though the order were mere text.",
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
    "mode.obeyed": Metric("Mode obeyed", "Share of answers in the form that the mode tag asks for."),
    "mode.unseen_tag_obeyed": Metric(
        "Mode obeyed, unseen wording",
        "Share of answers in the form that the mode asks for, where its tag is worded as in no training example.",
    ),
    "mode.exam_obeyed": Metric("EXAM mode obeyed", "Share of answers under EXAM in the exam form."),
    "mode.clinical_obeyed": Metric("CLINICAL mode obeyed", "Share of answers under CLINICAL in the clinical form."),
}

ABSTAINING = ("faithfulness.abstention_recall", "faithfulness.false_abstention", "faithfulness.near_miss_abstention")
"""The two errors of abstaining, which mean little apart, and the hard cases of the first."""

HEADLINES: dict[str, str] = {
    "exam": "exam.accuracy_likelihood",
    "open": "open.token_f1",
    "followup": "followup.token_f1",
    "faithfulness": "faithfulness.score",
}
