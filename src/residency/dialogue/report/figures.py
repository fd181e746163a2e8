"""The figures of the dialogue stage: shares of the skills, lengths, topics, and how varied the wording is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from residency.core.prompt import body
from residency.core.records import HELD_OUT, Conversation, Question
from residency.core.text import words
from residency.domain.surgery.referents import tidy

OPENING = 4  # words
_LETTERS = re.compile(r"^[A-Z]\.\s*$", re.MULTILINE)  # what is left of a list of options
SHOWN = 10  # openings and topics listed


def shares(rows: Sequence[Conversation], asked: Mapping[str, float], split: str) -> dict[str, Any]:
    """For each skill the share of a split's dialogues that was asked for and that was got."""
    found = Counter(row["skill"] for row in rows if row["split"] == split)
    total = max(1, found.total())
    return {
        skill: {"asked": round(share, 4), "got": round(found[skill] / total, 4), "dialogues": found[skill]}
        for skill, share in asked.items()
    }


def topics(rows: Sequence[Conversation]) -> dict[str, Any]:
    """How many topics there are, and the largest of them with their shares."""
    found = Counter(row["topic"] for row in rows)
    return {
        "number": len(found),
        "largest": [
            {"topic": topic, "share": round(n / max(1, len(rows)), 4)} for topic, n in found.most_common(SHOWN)
        ],
    }


def wording(rows: Sequence[Conversation], questions: Mapping[str, Question]) -> dict[str, Any]:
    """How varied the wording of training's dialogues is, in what their skill adds to the bank's own text.

    Returns:
        ``distinct_1`` and ``distinct_2``, the share of distinct words and pairs of words among all (Li et al. 2016),
        ``distinct_openings``, that of distinct openings among all openings of turns, and ``openings``, the most
        frequent ones, each with the share of the dialogues that hold it.
    """
    single: Counter[str] = Counter()
    double: Counter[tuple[str, str]] = Counter()
    openings: Counter[str] = Counter()
    held: Counter[str] = Counter()
    training = [row for row in rows if row["split"] not in HELD_OUT]
    for row in training:
        own = set()
        for text in added(row, questions):
            tokens = words(text)
            single.update(tokens)
            double.update(pairwise(tokens))
            if opening := " ".join(tokens[:OPENING]):
                openings[opening] += 1
                own.add(opening)
        held.update(sorted(own))  # in order, since equal counts are told in the order in which they were met
    return {
        "distinct_1": _ratio(single),
        "distinct_2": _ratio(double),
        "distinct_openings": _ratio(openings),
        "openings": [{"words": text, "share": round(n / len(training), 4)} for text, n in held.most_common(SHOWN)],
    }


def added(row: Conversation, questions: Mapping[str, Question]) -> list[str]:
    """The later turns of the user and the turn that shows the skill, without the questions and answers of the bank."""
    parents = [questions[name] for name in row["parents"] if name in questions]
    bank = sorted({text for parent in parents for text in _texts(parent)}, key=lambda text: (-len(text), text))
    critical = row["expect"].get("check", {}).get("critical", 0)
    found = []
    for place, message in enumerate(row["messages"]):
        if (place % 2 == 0 and place) or place == critical:
            text = body(message["content"])
            for own in bank:
                text = text.replace(own, " ")
            found.append(_LETTERS.sub(" ", text))
    return found


def _texts(parent: Question) -> list[str]:
    question = tidy(parent["question"])
    texts = [question, parent["answer"], parent.get("rationale", ""), *parent.get("options", {}).values()]
    return [text.strip() for text in texts if len(text.strip()) > 1]


def _ratio(counts: Counter[Any]) -> float:
    return round(len(counts) / counts.total(), 4) if counts else 0.0
