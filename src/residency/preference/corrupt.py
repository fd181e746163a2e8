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
from residency.core.text import sentences
from residency.domain.surgery.phrases import CHECKS
from residency.judging.citations import cited_numbers, strip_citations
from residency.judging.support import support

Corrupted = tuple[str, dict[str, Any]]
_QUANTITY = re.compile(r"(?<![\w.\[])(\d+(?:\.\d+)?)(?![\w.\]]|,\d)")


def wrong_option(question: Question, mode: Mode, check: str, rng: random.Random) -> Corrupted:
    """Another option under the same reasons."""
    wrong = rng.choice([letter for letter in question["options"] if letter != question["answer"]])
    text = shape_mcq(wrong, question["options"][wrong], question.get("rationale", ""), mode, check)
    return text, {"type": "wrong_option", "before": question["answer"], "after": wrong}


def wrong_number(answer: str, rng: random.Random) -> Corrupted | None:
    """One quantity changed to a tenth, a half, twice or ten times; None when there is none."""
    places = list(_QUANTITY.finditer(answer))
    if not places:
        return None
    place = rng.choice(places)
    before = place.group(1)
    after = _number(float(before) * rng.choice((0.1, 0.5, 2.0, 10.0)))
    if after == before:
        return None
    text = answer[: place.start()] + after + answer[place.end() :]
    return text, {"type": "wrong_number", "before": before, "after": after, "span": list(place.span())}


def wrong_citation(answer: str, passages: Sequence[str], rng: random.Random) -> Corrupted | None:
    """One sentence's citation moved to a passage that does not support it; None when every one does."""
    for sentence in rng.sample(parts := sentences(answer), len(parts)):
        marks = cited_numbers(sentence)
        if not marks:
            continue
        bare = body(sentence)
        wrong = [
            number
            for number, text in enumerate(passages, 1)
            if number not in marks and not support(text, bare).supported
        ]
        if wrong:
            number = rng.choice(wrong)
            before = "".join(f"[{mark}]" for mark in marks)
            changed = sentence.replace(before, f"[{number}]")
            if changed != sentence:
                edit = {"type": "wrong_citation", "before": before, "after": f"[{number}]"}
                return answer.replace(sentence, changed), edit
    return None


def wrong_mode(answer: str, mode: Mode, rng: random.Random) -> Corrupted:
    """The same facts in the other mode's form."""
    other: Mode = "CLINICAL" if mode == "EXAM" else "EXAM"
    text = shape_open(" ".join(body(answer).splitlines()), other, rng.choice(CHECKS))
    return text, {"type": "wrong_mode", "before": mode, "after": other}


def answers_beyond(gold: str, passages: int, mode: Mode, check: str, rng: random.Random) -> Corrupted:
    """The answer that the passages do not hold, with citations that look right."""
    marked = [
        f"{sentence.rstrip('.')} [{rng.randint(1, passages)}]." for sentence in sentences(strip_citations(body(gold)))
    ]
    return shape_open(" ".join(marked), mode, check), {"type": "answers_beyond_context"}


def abstains_needlessly(abstention: str, mode: Mode, check: str) -> Corrupted:
    """An abstention over passages that do hold the answer."""
    text = " ".join(body(abstention).splitlines())
    return shape_open(text, mode, check), {"type": "abstains_needlessly"}


def _number(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".")
