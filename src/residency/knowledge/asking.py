"""What the base model is asked: the questions, the exemplars before them, and options in changing order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from residency.core.prompt import DEFAULT_MODE, assistant_message, conversation, format_question, user_message
from residency.core.records import Message, Question
from residency.core.stage import StageContext
from residency.judging.closed_book import Known, known_by
from residency.knowledge.settings import KnowledgeSettings

SPLITS = ("train", "dev")
EXEMPLAR_CHARS = 600  # longer questions, or answers, are no exemplars: they come before each question
# Options that speak of others by letter or place stay where they are.
_PLACED = re.compile(
    r"(?i:\b(?:all|none|any|both|either|neither|each)\s+(?:of\s+)?(?:the\s+)?(?:above|below|these|those|them|options?)\b)"
    r"|\b[A-H]\s*(?:,|&|and|or|nor)\s*[A-H]\b"
)


class Key(NamedTuple):
    """One answer: to which question, after which set of exemplars, and which sample (0 is the greedy one)."""

    id: str
    set: int
    sample: int


@dataclass(frozen=True)
class Subject:
    """A question that is asked, and what a right answer states."""

    row: Question
    known: Known


@dataclass(frozen=True)
class Chosen:
    """The questions that are asked; the exemplars of each set, by kind and the set's number, one more than are shown;
    and how many questions were not asked, by reason."""

    subjects: list[Subject]
    exemplars: Mapping[tuple[str, int], list[Subject]]
    refused: Counter[str]


def choose(rows: Sequence[Question], settings: KnowledgeSettings, context: StageContext) -> Chosen:
    """The questions to ask, drawn by seed; asking more of them later asks these among them."""
    refused: Counter[str] = Counter()
    fit: dict[str, list[Subject]] = {split: [] for split in SPLITS}
    for row in rows:
        if row["split"] not in fit or row["kind"] == "conversation":
            continue
        known = known_by(row)
        if known is None:
            refused["the answer adds no word to its question"] += 1
        elif len(_asked(known)) > settings.max_chars:
            refused["longer than knowledge.max_chars"] += 1
        else:
            fit[row["split"]].append(Subject(row, known))
    for split, some in fit.items():
        some.sort(key=lambda one: (context.random("knowledge", split, one.row["id"]).random(), one.row["id"]))
    short = [one for one in fit["train"] if max(len(_asked(one.known)), len(_answer(one.known))) <= EXEMPLAR_CHARS]
    exemplars = {
        (kind, number): _few(
            [one for one in short if one.row["kind"] == kind], settings.shots + 1, kind, number, context
        )
        for kind in ("mcq", "open")
        for number in range(settings.exemplar_sets)
    }
    most = {"train": settings.questions, "dev": settings.dev_questions}
    subjects = [one for split in SPLITS for one in fit[split][: most[split]]]
    enough = {kind for (kind, _), some in exemplars.items() if len(some) > settings.shots}
    refused["too few others of its kind for exemplars"] += sum(one.row["kind"] not in enough for one in subjects)
    return Chosen([one for one in subjects if one.row["kind"] in enough], exemplars, +refused)


def _few(pool: Sequence[Subject], most: int, kind: str, number: int, context: StageContext) -> list[Subject]:
    """At most so many, drawn by chance, no two of one cluster."""
    found: dict[str, Subject] = {}
    for one in context.random("exemplars", kind, number).sample(pool, len(pool)):
        found.setdefault(one.row["cluster"], one)
        if len(found) == most:
            break
    return list(found.values())


def prompt(
    subject: Subject, number: int, chosen: Chosen, settings: KnowledgeSettings, context: StageContext
) -> list[Message]:
    """The prompt for a question after the exemplars of set ``number``, which it shares with all questions of its kind
    but those of the exemplars' own clusters."""
    others = [
        one for one in chosen.exemplars[subject.row["kind"], number] if one.row["cluster"] != subject.row["cluster"]
    ]
    turns: list[Message] = []
    for one in others[: settings.shots]:
        by = context.random("order", number, one.row["id"]).randrange(max(1, len(one.known.options)))
        known = _turned(one.known, by)
        turns += [user_message(_asked(known)), assistant_message(_answer(known))]
    return conversation(DEFAULT_MODE, [*turns, user_message(_asked(ordered(subject, number, context)))], None)


def ordered(subject: Subject, number: int, context: StageContext) -> Known:
    """The question as it is asked with set ``number``: its options are moved on by one place from set to set, so that a
    model that always chooses one place is right as often as chance."""
    places = len(subject.known.options)
    if not places:
        return subject.known
    return _turned(subject.known, (number + context.random("order", subject.row["id"]).randrange(places)) % places)


def _turned(known: Known, by: int) -> Known:
    options = list(known.options.values())
    if not options or any(_PLACED.search(option) for option in options):
        return known
    letters = list(known.options)
    place = (letters.index(known.letter) - by) % len(letters)
    return replace(known, options=dict(zip(letters, options[by:] + options[:by], strict=True)), letter=letters[place])


def _asked(known: Known) -> str:
    return format_question(known.question, known.options)


def _answer(known: Known) -> str:
    """The short form of an answer that the exemplars show."""
    return f"{known.letter}. {known.fact}" if known.options else known.fact
