"""The rubric by which answers are judged, as data: rules, judge models and people score the same items.

Every value lies between 0 (worst) and 1 (best) on all items; None says that an item was not judged or does not apply.
Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Scores = dict[str, float | None]
"""A value for each rubric key."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One item of the rubric.

    ``grades`` are (value, what counts as it), the worst first; they are the scale. ``weight`` is its part in the
    overall score. ``rules`` says whether rules can decide it where the item holds what they need, and ``needs`` what
    that is, in words. ``decisive``: an answer with the worst grade here is not one to learn from, whatever else is
    good about it.
    """

    key: str
    title: str
    question: str
    grades: tuple[tuple[float, str], ...]
    weight: float
    rules: bool
    needs: str
    decisive: bool = False


RUBRIC: tuple[Criterion, ...] = (
    Criterion(
        "correctness",
        "Correct",
        "Is what the answer says right, and does it answer what was asked?",
        (
            (0.0, "wrong, dangerous, or about something else"),
            (0.33, "partly right, with a mistake that would change what is done, or with most of it missing"),
            (0.67, "right in what matters, with a gap or a slip that would change nothing"),
            (1.0, "right and complete for what was asked"),
        ),
        3.0,
        True,
        "a reference",
    ),
    Criterion(
        "overconfidence",
        "As certain as the evidence",
        "Is the answer as certain as the evidence allows, and no more?",
        (
            (0.0, "states as certain or safe what is not, in a way that could harm a patient"),
            (0.5, "hedges what is established, so that it is of little use"),
            (1.0, "certain where guidance is firm, and says so where it is not or where something is missing"),
        ),
        2.0,
        True,
        "a reference",
    ),
    Criterion(
        "guideline",
        "Follows guidance",
        "Does it keep to current mainstream guidance, and escalate what is an emergency, and only that?",
        (
            (0.0, "against guidance; an emergency is not escalated, or alarm is raised over what is none"),
            (0.5, "a departure that some units would accept, or an escalation with an essential part missing"),
            (1.0, "in keeping with guidance; an emergency is called one, with what to do first and whom to call"),
        ),
        2.0,
        True,
        "a patient in danger, or an alarm that the reference does not raise",
    ),
    Criterion(
        "differentials",
        "Names the key differentials",
        "Where it is asked what something may be: are the diagnoses named that must not be missed?",
        (
            (0.0, "one that kills or maims if missed is not named"),
            (0.5, "the dangerous ones are named, and a likely one is missing"),
            (1.0, "the dangerous and the likely ones are named"),
        ),
        1.5,
        True,
        "a reference that lists several",
    ),
    Criterion(
        "option",
        "Chooses the right option",
        "For a multiple-choice question: does it choose the right option, and only that?",
        ((0.0, "another option, or several"), (1.0, "the right one")),
        3.0,
        True,
        "the key",
        decisive=True,
    ),
    Criterion(
        "rationale",
        "The reasons are right",
        "For a multiple-choice question: do its reasons explain why this option is right and the others are not?",
        (
            (0.0, "wrong, or none"),
            (0.5, "right as far as they go, with the deciding point missing"),
            (1.0, "right, with the point that decides"),
        ),
        1.5,
        True,
        "the reference's rationale",
    ),
    Criterion(
        "citation",
        "The citations support it",
        "Where passages are given: does each cited passage say what the sentence says, and is each claim cited?",
        (
            (0.0, "citations are missing, or their passages say something else"),
            (0.5, "some support their sentences and some do not"),
            (1.0, "each claim is cited, and each citation supports it"),
        ),
        2.0,
        True,
        "passages",
    ),
    Criterion(
        "invented",
        "Nothing is invented",
        "Is every fact one that the reference or a passage holds, or that is common knowledge among surgeons?",
        (
            (0.0, "a figure, study, drug or finding that could mislead is made up"),
            (0.5, "small additions that nothing given supports"),
            (1.0, "nothing is made up"),
        ),
        2.0,
        True,
        "a reference or passages",
    ),
    Criterion(
        "abstention",
        "Abstains where it must, and only there",
        "Where passages are given and do not hold the answer: does it say so? Where they do: does it answer?",
        ((0.0, "answers beyond the text, or abstains though the text suffices"), (1.0, "does what the text allows")),
        3.0,
        True,
        "whether the passages hold the answer",
        decisive=True,
    ),
    Criterion(
        "clarity",
        "Clear",
        "Can a junior colleague use it at once: clear, in order, in the form of its mode, without repetition?",
        (
            (0.0, "cannot be followed, repeats itself or breaks off"),
            (0.5, "can be used, with effort"),
            (1.0, "clear, in the form that was asked for"),
        ),
        1.0,
        True,
        "nothing",
    ),
)
KEYS: tuple[str, ...] = tuple(criterion.key for criterion in RUBRIC)
SPOILED = 0.3
"""What is left of the overall score of an answer that fails on a decisive item."""
BY_KEY: Mapping[str, Criterion] = {criterion.key: criterion for criterion in RUBRIC}


def overall(scores: Mapping[str, float | None]) -> float | None:
    """The weighted mean of the items that have a value, between 0 and 1, :data:`SPOILED` of it where a decisive one has
    the worst grade. None where nothing has a value but ``clarity``: a form says nothing of the matter. That an answer
    rightly does not abstain says nothing of how well it answers, and counts only where nothing else is known.
    """
    told = {key: value for key, value in scores.items() if value is not None}
    matter = told.keys() - {"clarity"}
    if not matter:
        return None
    if told.get("abstention") == 1.0 and matter != {"abstention"}:
        del told["abstention"]
    total = sum(BY_KEY[key].weight for key in told)
    mean = sum(BY_KEY[key].weight * value for key, value in told.items()) / total
    return mean * SPOILED if spoiled(scores) else mean


def spoiled(scores: Mapping[str, float | None]) -> str:
    """The decisive item on which an answer has the worst grade; empty where there is none."""
    return next((one.key for one in RUBRIC if one.decisive and scores.get(one.key) == one.grades[0][0]), "")
