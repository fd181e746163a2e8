"""Mistakes made on purpose: each takes a gold answer and returns a worse one with the edit that was made.

The edits are small and typed, so that what a pair teaches can be told; several come in both directions
(needless abstention against answering beyond the context, EXAM form against CLINICAL form), so that no
wording alone gives away which side is better.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

from residency.core.prompt import Mode, body, shape_mcq, shape_open
from residency.core.records import Question
from residency.core.text import normalise, numbers, sentences
from residency.domain.surgery.phrases import check_for
from residency.judging.citations import cite, cited_numbers, strip_citations
from residency.judging.support import support

Corrupted = tuple[str, dict[str, Any]]
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
# "10", "2,000", "70-90", "5 to 10"; no part of a ratio, a power, a citation, a name or another number.
_QUANTITY = re.compile(
    rf"(?<![\w.,/:^\[–-])(?P<low>{_NUMBER})(?:(?P<to>\s?[–-]\s?|\sto\s)(?P<high>{_NUMBER}))?(?![\w\]/:^]|[.,]\d|-year)"
)
_LABELLED = re.compile(
    r"\b(?:(?:grades?|types?|class|stages?|categor(?:y|ies)|levels?|figure|table)\s|pH\b[\w\s]{0,15})$", re.IGNORECASE
)
_PER_CENT = re.compile(r"\s?(?:%|per\s?cent)")
# Doses go wrong by a tenfold, other figures by less.
_DOSE = re.compile(r"\s?(?:mg|micrograms?|g|ml|units?|mmol|litres?)\b", re.IGNORECASE)
YEARS = range(1900, 2101)


def wrong_option(
    question: Question, mode: Mode, check: str, rng: random.Random, known: str = "", not_said: str = ""
) -> Corrupted | None:
    """Another option under the same reasons and the same lines about the case; None when there is no other."""
    options, key = question["options"], question["answer"]
    others = [letter for letter, text in options.items() if normalise(text) != normalise(options[key])]
    if not others:
        return None
    wrong = rng.choice(others)
    text = shape_mcq(wrong, options[wrong], question.get("rationale", ""), mode, check, known, not_said)
    return text, {"type": "wrong_option", "before": key, "after": wrong}


def wrong_number(answer: str, rng: random.Random) -> Corrupted | None:
    """One quantity, or both ends of a range, changed to a half or twice, a dose also to a tenth or ten times; None
    when there is none that can be (a year, a grade and a pH cannot; no share above 100%, no half of a whole)."""
    held = set(numbers(answer))
    changes = [
        (place, after)
        for place in _QUANTITY.finditer(answer)
        if not _LABELLED.search(answer[max(0, place.start() - 30) : place.start()])
        for factor in ((0.1, 0.5, 2.0, 10.0) if _DOSE.match(answer, place.end()) else (0.5, 2.0))
        if (after := _scaled(place, factor)) is not None and held.isdisjoint(numbers(after))
    ]
    if not changes:
        return None
    place, after = rng.choice(changes)
    text = answer[: place.start()] + after + answer[place.end() :]
    return text, {"type": "wrong_number", "before": place[0], "after": after, "span": list(place.span())}


def _scaled(place: re.Match[str], factor: float) -> str | None:
    """The quantity times ``factor``, written as it was; None when that is no possible quantity."""
    ends = [end for end in (place["low"], place["high"]) if end]
    scaled = []
    for end in ends:
        value = float(end.replace(",", "")) * factor
        whole = end.isdigit() or "," in end
        if end.isdigit() and int(end) in YEARS and len(ends) == 1:
            return None
        if value == 0 or (whole and not value.is_integer()):
            return None
        if value > 100 and _PER_CENT.match(place.string, place.end()):
            return None
        plain = f"{value:.6f}".rstrip("0").rstrip(".")
        scaled.append(f"{int(value):,}" if value.is_integer() and ("," in end or value >= 10_000) else plain)
    return (place["to"] or "").join(scaled)


def wrong_citation(answer: str, passages: Sequence[str], question: str, rng: random.Random) -> Corrupted | None:
    """One sentence's citation moved to a passage that does not support it; None when every one does."""
    for sentence in rng.sample(parts := sentences(answer), len(parts)):
        marks = cited_numbers(sentence)
        claim = body(sentence)
        wrong = [
            number
            for number, text in enumerate(passages, 1)
            if number not in marks and not support(text, claim, given=question).supported
        ]
        if marks and wrong:
            number = rng.choice(wrong)
            before = "".join(f"[{mark}]" for mark in marks)
            edit = {"type": "wrong_citation", "before": before, "after": f"[{number}]"}
            return answer.replace(sentence, cite(strip_citations(sentence), [number]), 1), edit
    return None


def wrong_mode(answer: str, mode: Mode, rng: random.Random, known: str = "", not_said: str = "") -> Corrupted:
    """A plain answer in the form of the mode that was not asked for, with its lines about the case."""
    other: Mode = "CLINICAL" if mode == "EXAM" else "EXAM"
    text = shape_open(answer, other, check_for(answer, rng), known, not_said)
    return text, {"type": "wrong_mode", "before": mode, "after": other}


def answers_beyond(gold: str, passages: int, mode: Mode, rng: random.Random) -> Corrupted:
    """The answer that the passages do not hold, with citations that look right."""
    plain = strip_citations(body(gold))
    marked = " ".join(cite(sentence, [rng.randint(1, passages)]) for sentence in sentences(plain))
    return shape_open(marked, mode, check_for(plain, rng)), {"type": "answers_beyond_context"}


def abstains_needlessly(
    abstention: str, mode: Mode, rng: random.Random, known: str = "", not_said: str = ""
) -> Corrupted:
    """An abstention over passages that do hold the answer, or where none are given."""
    text = " ".join(body(abstention).splitlines())
    return shape_open(text, mode, check_for(text, rng), known, not_said), {"type": "abstains_needlessly"}
