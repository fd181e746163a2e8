"""A question bank of any size, grown from real text, with faults planted in it and the truth about them kept beside it.

Each record is put together from whole sentences of the text: a short case, a question that the text asks and some
sentences as its answer; every fourth is an MCQ. So no two records are alike unless that was planted.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NEAR, EXACT, BROKEN = 0.02, 0.01, 0.001
"""Shares of records that are near-duplicates of an earlier one, that repeat one, and that are broken."""
INJECTED = 0.005
"""Share of records that hold an evaluation item, each item at most once."""
EDITED = (0.05, 0.15)
"""Shares of its words in which a near-duplicate differs, drawn evenly."""
ITEMS = 10_000
SHORT = 13  # words below which an evaluation item counts as short
WAYS = ("verbatim", "shuffled", "embedded", "reworded")
LONGEST = 30  # words of an item's stem
OWN = 0.25
"""Share of a sentence's runs of three words below which it says what no other does, and may make an item."""
REFERENCE = 5_000  # of the latest records one is edited or repeated
TOPICS = (
    "biliary",
    "hernia",
    "colorectal",
    "upper gi",
    "trauma",
    "vascular",
    "breast",
    "urology",
    "burns",
    "infection",
)


@dataclass
class Truth:
    """What was planted: ``near`` and ``exact`` are pairs of ids (the earlier record, its variant); ``injected`` maps
    ids to (item, way); ``lines`` is the number of lines written, ``broken`` those that are not JSON or lack a field."""

    lines: int = 0
    broken: int = 0
    near: list[tuple[str, str]] = field(default_factory=list)
    exact: list[tuple[str, str]] = field(default_factory=list)
    injected: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Material:
    """What records are made of: ``asked`` are questions, each with the sentences of its answer; ``aside`` are sentences
    for evaluation items alone: neither they nor another wording of them stand in a record."""

    sentences: list[str]
    aside: list[str]
    asked: list[tuple[str, list[str]]]
    subjects: list[str]


def material(text: Path, rng: random.Random) -> Material:
    """Sentences of 6 to 40 words, the questions and their subjects from a file of question and answer rows.

    Raises:
        ValueError: the file holds too little text to grow from.
    """
    answers: dict[str, list[str]] = {}
    with text.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            told = re.split(r"(?<=[.!?])\s+", " ".join(row["answer"].split()))
            answers[" ".join(row["question"].split())] = [one for one in told if 6 <= len(one.split()) <= 40]
    pool = list(dict.fromkeys(sentence for told in answers.values() for sentence in told))
    if len(pool) < 1_000:
        raise ValueError(f"{text}: {len(pool)} sentences are too few to grow a bank from; 1,000 are needed")
    rng.shuffle(pool)
    cut = min(4 * ITEMS, len(pool) // 3)
    kept = set(pool[cut:])
    runs = {run for sentence in (*pool[cut:], *answers) for run in _runs(sentence)}
    aside = [sentence for sentence in pool[:cut] if _known(sentence, runs) < OWN]
    asked = [(question, [one for one in told if one in kept]) for question, told in answers.items()]
    subjects = {re.split(r"\b(?:are\) |for |of |to |have |with |does |causes )", q.rstrip(" ?"))[-1] for q in answers}
    return Material(pool[cut:], aside, asked, sorted(subjects))


def _runs(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.lower())
    return [tuple(words[place : place + 3]) for place in range(len(words) - 2)]


def _known(sentence: str, runs: set[tuple[str, ...]]) -> float:
    own = _runs(" ".join(sentence.split()[:LONGEST]))
    return sum(run in runs for run in own) / max(1, len(own))


def items(stuff: Material, count: int, rng: random.Random) -> list[dict[str, Any]]:
    """Evaluation items: MCQs whose stems are the beginnings (4 to 30 words) of sentences kept aside."""
    made = []
    for sentence in stuff.aside[:count]:
        stem = " ".join(sentence.split()[: rng.randint(4, LONGEST)])
        made.append({"question": f"{stem}?", **_choices(stuff, rng)})
    return made


def grow(path: Path, stuff: Material, count: int, tests: Sequence[dict[str, Any]], rng: random.Random) -> Truth:
    """Write ``count`` records to ``path`` as JSON Lines and tell what was planted."""
    truth = Truth()
    waiting = list(range(len(tests)))
    rng.shuffle(waiting)
    with path.open("w", encoding="utf-8") as handle:
        for line in _lines(stuff, count, tests, waiting, truth, rng):
            handle.write(line + "\n")
            truth.lines += 1
    return truth


def _lines(
    stuff: Material,
    count: int,
    tests: Sequence[dict[str, Any]],
    waiting: list[int],
    truth: Truth,
    rng: random.Random,
) -> Iterator[str]:
    latest: list[dict[str, Any]] = []
    for number in range(count):
        chance = rng.random()
        if chance < BROKEN:
            truth.broken += 1
            yield rng.choice(
                ['{"id": "cut off', '["a", "list"]', '{"question": "Asked, and not answered?"}', "\x00\x01"]
            )
            continue
        row = _named(number, rng)
        if chance < NEAR and latest:
            base = rng.choice(latest)
            row |= _edited(base, stuff, rng)
            truth.near.append((base["id"], row["id"]))
        elif chance < NEAR + EXACT and latest:
            base = rng.choice(latest)
            row |= _repeated(base, rng)
            truth.exact.append((base["id"], row["id"]))
        elif chance < NEAR + EXACT + INJECTED and waiting:
            item, way = waiting.pop(), rng.choice(WAYS)
            row |= _injected(tests[item], way, stuff, rng)
            truth.injected[row["id"]] = (item, way)
        else:
            row |= _asked(stuff, number, rng)
            if len(latest) < REFERENCE:
                latest.append(row)
            else:
                latest[rng.randrange(REFERENCE)] = row
        yield json.dumps(row, ensure_ascii=False)


def _named(number: int, rng: random.Random) -> dict[str, Any]:
    source = "human" if rng.random() < 0.1 else "synthetic"
    return {"id": f"r{number}", "source": source, "topic": rng.choice(TOPICS), "licence": "CC-BY-4.0"}


def _asked(stuff: Material, number: int, rng: random.Random) -> dict[str, Any]:
    """A case and a question, answered by two sentences of its own and others; every fourth an MCQ with a rationale."""
    question, own = rng.choice(stuff.asked)
    told = " ".join([*rng.sample(own, min(2, len(own))), _told(stuff, rng, 2)])
    row: dict[str, Any] = {"question": f"{rng.choice(stuff.sentences)} {question}"}
    if number % 4:
        return row | {"answer": told}
    row |= _choices(stuff, rng)
    return row | {"rationale": f"{row['options'][row['answer']]} it is. {told}"}


def _told(stuff: Material, rng: random.Random, count: int = 4) -> str:
    return " ".join(rng.choices(stuff.sentences, k=count))


def _choices(stuff: Material, rng: random.Random) -> dict[str, Any]:
    options = dict(zip("ABCD", rng.sample(stuff.subjects, 4), strict=True))
    return {"options": options, "answer": rng.choice("ABCD")}


def _edited(base: dict[str, Any], stuff: Material, rng: random.Random) -> dict[str, Any]:
    share = rng.uniform(*EDITED)
    told = "rationale" if "rationale" in base else "answer"
    changed = {name: edited(base[name], share, stuff.sentences, rng) for name in ("question", told)}
    return {name: base[name] for name in ("options", "answer") if name in base} | changed


def edited(text: str, share: float, pool: Sequence[str], rng: random.Random) -> str:
    """The text with ``share`` of its words replaced, left out or doubled by another before them."""
    words = text.split()
    for place in rng.sample(range(len(words)), max(1, round(share * len(words)))):
        other = rng.choice(rng.choice(pool).split())
        words[place] = rng.choice([other, "", f"{other} {words[place]}"])
    return " ".join(word for word in words if word)


def _repeated(base: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The same question in other letters and spaces, its options in another order."""
    row: dict[str, Any] = {name: base[name] for name in ("answer", "rationale", "options") if name in base}
    row["question"] = base["question"].upper().replace(" ", "  ")
    return row | _shuffled(row, rng) if "options" in row else row


def _shuffled(row: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    key, texts = row["options"][row["answer"]], list(row["options"].values())
    rng.shuffle(texts)
    options = dict(zip("ABCD", texts, strict=True))
    return {"options": options, "answer": next(letter for letter, text in options.items() if text == key)}


def _injected(item: dict[str, Any], way: str, stuff: Material, rng: random.Random) -> dict[str, Any]:
    if way == "embedded":
        return {"question": f"{rng.choice(stuff.sentences)} {item['question']}", "answer": _told(stuff, rng)}
    row = {**item, "rationale": _told(stuff, rng)}
    if way == "shuffled":
        return row | _shuffled(item, rng)
    if way == "reworded":
        return row | {"question": edited(item["question"], 0.125, stuff.sentences, rng)}
    return row
