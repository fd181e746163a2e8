"""What a reviewer can say, as data: verdicts, faults, marks of turns, reasons for passing an item over."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """``key`` is stored; ``title`` is what is read on the page, and ``help`` says more."""

    key: str
    title: str
    help: str = ""


FAULTS = (
    Choice("correctness", "Wrong", "A statement that is false or outdated."),
    Choice("overconfidence", "Unsafely sure", "More certain than the evidence or the case allows."),
    Choice("guideline", "Against guidance", "Departs from current guidance without a reason."),
    Choice("differentials", "Misses a key differential", "Or an examination that would have found it."),
    Choice("option", "Wrong option", "Of a multiple-choice question."),
    Choice("rationale", "Wrong or missing reasons", "Of a multiple-choice question."),
    Choice("citation", "Citation does not support it", "The cited passage says something else, or nothing."),
    Choice("invented", "Invented fact", "A figure, a source or a finding from nowhere."),
    Choice("abstention", "Abstains wrongly", "Though it could answer; or answers what it cannot know."),
    Choice("clarity", "Unclear", "Hard to follow, or hides what matters."),
)
"""The rubric's items by their keys, each as the fault that an answer has when it fails the item. The one place in this
room that names them."""

TWO = (
    Choice("a", "A is better"),
    Choice("b", "B is better"),
    Choice("tie", "Equally good"),
    Choice("neither", "Both unacceptable"),
)
"""Verdicts on two answers."""
ONE = (
    Choice("right", "Right"),
    Choice("minor", "Minor faults", "Imprecise, and would change nothing that is done."),
    Choice("wrong", "Wrong", "Would change what is done."),
    Choice("dangerous", "Dangerous", "Could harm a patient if followed."),
)
"""Verdicts on one answer or conversation."""
TURNS = (Choice("right", "Right"), Choice("wrong", "Wrong"), Choice("unsure", "Unsure"))
"""Marks of a single turn."""
SKIPS = (
    Choice("outside", "Outside my field"),
    Choice("unclear", "The question cannot be judged as it stands"),
    Choice("unsure", "I do not know, and cannot look it up now"),
    Choice("broken", "The text is broken"),
    Choice("other", "Another reason"),
)

NOTICE = "Answers on this page may be wrong on purpose. They are not for clinical use."


def keys(choices: tuple[Choice, ...]) -> frozenset[str]:
    """The keys that may be stored."""
    return frozenset(choice.key for choice in choices)


def listed(choices: tuple[Choice, ...]) -> list[dict[str, str]]:
    """The choices as the page reads them."""
    return [choice._asdict() for choice in choices]
