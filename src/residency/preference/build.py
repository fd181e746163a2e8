"""Pairs from gold answers and their corruptions, spread evenly over the types that the text allows."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, cast

from residency.core.prompt import (
    MODES,
    Mode,
    body,
    conversation,
    format_question,
    passage_text,
    shape_mcq,
    shape_open,
    user_message,
)
from residency.core.records import Conversation, Message, Pair, Question, trace
from residency.core.text import MARK, content_stems
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for
from residency.preference import corrupt
from residency.retrieval.index import Index


class Material:
    """Train questions and context examples, arranged for the makers of pairs."""

    def __init__(self, questions: Sequence[Question], grounded: Sequence[Conversation], index: Index) -> None:
        self.mcqs = [q for q in questions if q["kind"] == "mcq"]
        self.open = [q for q in questions if q["kind"] == "open"]
        self.context = [row for row in grounded if row["skill"] == "cited_answer"]
        # Both directions word their abstentions alike: one that quotes a passage fits its own context alone, and a
        # question asked of another population has no twin with an answer.
        asked = {row["parents"][-1]: row["expect"]["question"] for row in self.context}
        usable = [
            row
            for row in grounded
            if row["skill"] == "abstention"
            and not MARK.search(row["messages"][-1]["content"])
            and asked.get(row["parents"][-1], row["expect"]["question"]) == row["expect"]["question"]
        ]
        # One of each question, where skills give several: the first, over hard distractors.
        self._insufficient_of: dict[str, Conversation] = {}
        for row in usable:
            self._insufficient_of.setdefault(row["parents"][-1], row)
        self.insufficient = list(self._insufficient_of.values())
        self.texts = {passage["id"]: passage_text(passage) for passage in index.passages}
        self.refusals = [said for row in self.insufficient if (said := _bare_refusal(row))]
        self._context_of = {row["parents"][-1]: row for row in self.context}

    def twin(self, row: Conversation) -> Conversation | None:
        """The same question's example of the other kind."""
        other = self._insufficient_of if row["kind"] == "context" else self._context_of
        return other.get(row["parents"][-1])


def _bare_refusal(row: Conversation) -> str:
    """An abstention that names nothing of what its question speaks of, so that it fits any question; else empty."""
    said = body(row["messages"][-1]["content"])
    return "" if {*content_stems(said)} & {*content_stems(row["expect"]["question"])} else said


Maker = Callable[[Any, Material, random.Random], Pair | None]


def build_pairs(
    material: Material, types: Sequence[str], most: int, draw: Callable[..., random.Random]
) -> tuple[list[Pair], Counter[str]]:
    """Up to ``most`` pairs, the types taking turns; returns them and the refusals counted by type.

    ``draw`` gives a random generator for a purpose.
    """
    refused: Counter[str] = Counter()
    made: dict[str, list[Pair]] = defaultdict(list)
    for name in types:
        source, maker = MAKERS[name]
        for row in source(material):
            pair = maker(row, material, draw("pair", name, row["id"]))
            if pair is None:
                refused[f"{name}: the record does not allow it"] += 1
            elif pair["chosen"] == pair["rejected"]:
                refused[f"{name}: both sides are the same"] += 1
            else:
                made[name].append(pair)
    for name, pairs in made.items():
        draw("order", name).shuffle(pairs)
    chosen: list[Pair] = []
    while len(chosen) < most and any(made.values()):
        for name in types:
            if made[name] and len(chosen) < most:
                chosen.append(made[name].pop())
    draw("order").shuffle(chosen)
    return chosen, refused


def _beyond(row: Conversation, material: Material, rng: random.Random) -> Pair | None:
    twin = material.twin(row)
    if twin is None:
        return None
    gold = twin["messages"][-1]["content"]
    rejected, edit = corrupt.answers_beyond(gold, len(row["passages"]), row["mode"], rng)
    return _from_conversation(row, rejected, edit)


def _needless(row: Conversation, material: Material, rng: random.Random) -> Pair | None:
    twin = material.twin(row)
    if twin is None:
        return None
    rejected, edit = corrupt.abstains_needlessly(twin["messages"][-1]["content"], row["mode"], rng)
    return _from_conversation(row, rejected, edit)


def _needless_without(question: Question, material: Material, rng: random.Random) -> Pair | None:
    """A question without any context, answered against refused for want of one."""
    if not material.refusals:
        return None
    mode, said = _mode(question, rng), rng.choice(material.refusals)
    asked = question["question"]
    turns = [user_message(format_question(asked, question.get("options")))]
    case = known_lines(asked, rng)
    if question["kind"] == "mcq":
        letter, rationale = question["answer"], question.get("rationale", "")
        chosen = shape_mcq(letter, question["options"][letter], rationale, mode, check_for(rationale, rng), *case)
    else:
        chosen = shape_open(question["answer"], mode, check_for(question["answer"], rng), *case)
    rejected, edit = corrupt.abstains_needlessly(said, mode, rng, *case)
    kind = "abstains_without_context"
    return _pair(question, kind, mode, conversation(mode, turns), chosen, rejected, edit | {"type": kind})


def _miscited(row: Conversation, material: Material, rng: random.Random) -> Pair | None:
    texts = [material.texts[name] for name in row["passages"]]
    result = corrupt.wrong_citation(row["messages"][-1]["content"], texts, row["expect"]["question"], rng)
    return _from_conversation(row, *result) if result else None


def _other_option(question: Question, _: Material, rng: random.Random) -> Pair | None:
    mode, rationale, key = _mode(question, rng), question.get("rationale", ""), question["answer"]
    check, case = check_for(rationale, rng), known_lines(question["question"], rng)
    result = corrupt.wrong_option(question, mode, check, rng, *case)
    if result is None:
        return None
    chosen = shape_mcq(key, question["options"][key], rationale, mode, check, *case)
    turns = [user_message(format_question(question["question"], question["options"]))]
    return _pair(question, "wrong_option", mode, conversation(mode, turns), chosen, *result)


def _other_number(question: Question, _: Material, rng: random.Random) -> Pair | None:
    mode, check = _mode(question, rng), check_for(question["answer"], rng)
    result = corrupt.wrong_number(question["answer"], rng)
    if result is None:
        return None
    case = known_lines(question["question"], rng)
    chosen, rejected = (shape_open(text, mode, check, *case) for text in (question["answer"], result[0]))
    turns = [user_message(question["question"])]
    return _pair(question, "wrong_number", mode, conversation(mode, turns), chosen, rejected, result[1])


def _other_mode(question: Question, _: Material, rng: random.Random) -> Pair | None:
    mode, case = _mode(question, rng), known_lines(question["question"], rng)
    chosen = shape_open(question["answer"], mode, check_for(question["answer"], rng), *case)
    turns = [user_message(question["question"])]
    result = corrupt.wrong_mode(question["answer"], mode, rng, *case)
    return _pair(question, "wrong_mode", mode, conversation(mode, turns), chosen, *result)


def _mode(question: Question, rng: random.Random) -> Mode:
    """By chance; but EXAM for a patient in danger, as in the mix: at the bedside the escalation would come first."""
    return "EXAM" if in_danger(question["question"]) else rng.choice(MODES)


MAKERS: dict[str, tuple[Callable[[Material], Sequence[Any]], Maker]] = {
    "answers_beyond_context": (lambda m: m.insufficient, _beyond),
    "abstains_needlessly": (lambda m: m.context, _needless),
    "abstains_without_context": (lambda m: [*m.mcqs, *m.open], _needless_without),
    "wrong_citation": (lambda m: m.context, _miscited),
    "wrong_option": (lambda m: m.mcqs, _other_option),
    "wrong_number": (lambda m: m.open, _other_number),
    "wrong_mode": (lambda m: m.open, _other_mode),
}


def _from_conversation(row: Conversation, rejected: str, edit: dict[str, Any]) -> Pair:
    prompt = conversation(row["mode"], row["messages"][:-1])
    return _pair(row, edit["type"], row["mode"], prompt, row["messages"][-1]["content"], rejected, edit)


def _pair(
    parent: Question | Conversation,
    kind: str,
    mode: str,
    prompt: list[Message],
    chosen: str,
    rejected: str,
    edit: dict[str, Any],
) -> Pair:
    return cast(
        Pair,
        {
            "id": f"{parent['id']}/{kind}",
            "kind": kind,
            "mode": mode,
            "split": parent["split"],
            **trace(parent),
            "prompt": prompt,
            "chosen": chosen,
            "rejected": rejected,
            "edit": edit,
        },
    )
