"""The shapes in which public and own exam sets come: a row of any of them as one form, or the reason why it is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from residency.core.files import value_digest
from residency.core.reading.keys import LETTERS, Option, decoded, key_letter, option_columns, plain_text, read_options
from residency.core.reading.keys import letters as letters_of
from residency.core.text import normalise

Row = Mapping[str, Any]
STEMS = ("question", "stem", "query", "sent1", "problem", "qtext")
KEYS = (
    "answer_idx",
    "cop",
    "correct_option",
    "answer_letter",
    "correct_answer",
    "answer",
    "correct",
    "key",
    "gold",
    "label",
)
TOPICS = ("topic", "topic_name", "subject_name", "subject", "category", "specialty")
IDS = ("id", "question_id", "qid", "pubid", "pmid", "_id")
RATIONALES = ("rationale", "explanation", "exp", "long_answer")
DECISIONS = ("yes", "no", "maybe")

NO_SHAPE = "the row has the shape of no known exam set"
NO_QUESTION = "the row has no question"
NO_OPTIONS = "the row has fewer than two options"
MANY_OPTIONS = "the row has more options than there are letters"
EMPTY_OPTION = "an option is empty"
SAME_OPTIONS = "two options say the same"
NO_KEY = "the key names no single option"


@dataclass(frozen=True)
class Asked:
    """An MCQ of a file. ``letter`` is its key among the letters of ``options``; ``contexts`` are texts that are shown
    with it, each after its heading; ``origin`` is file:number."""

    id: str
    origin: str
    shape: str
    question: str
    options: dict[str, str]
    letter: str
    rationale: str = ""
    contexts: tuple[tuple[str, str], ...] = ()
    topic: str = "general"
    difficulty: str = ""
    source: str = ""


@dataclass(frozen=True)
class Found:
    """What a row says before anything is judged: its shape, its options with the file's labels, and its key."""

    shape: str
    row: Row
    options: list[Option]
    key: Any


def named(row: Row) -> dict[str, Any]:
    """A row's fields by their names in lower case, words joined by underscores."""
    return {name.strip().lower().replace(" ", "_"): value for name, value in row.items()}


def detect(row: Row) -> Found | None:
    """What shape a row (its fields by :func:`named`) has, with its options and key; None where it has none."""
    for shape, test in _SHAPES.items():
        if (found := test(row)) is not None:
            return Found(shape, row, *found)
    return None


def read(found: Found, origin: str, base: int, source: str) -> Asked | str:
    """A row as an MCQ, or the reason why it is none.

    Args:
        found: the row.
        origin: file:number.
        base: the number by which the file calls the first option.
        source: where the file's items are said to come from.
    """
    row, options = found.row, found.options
    question = _first(row, STEMS)
    texts = [text for _, text in options]
    if not question:
        return NO_QUESTION
    if fault := _fault(texts):
        return fault
    key = key_letter(found.key, options, base)
    if not key:
        return NO_KEY
    letters = letters_of(options)
    content = {"question": question, "options": sorted(texts), "key": texts[letters.index(key)]}
    return Asked(
        id=_first(row, IDS) or value_digest(content)[:12],
        origin=origin,
        shape=found.shape,
        question=question,
        options=dict(sorted(zip(letters, texts, strict=True))),
        letter=key,
        rationale=_first(row, RATIONALES),
        contexts=_contexts(row) if found.shape == "pubmedqa" else (),
        topic=_first(row, TOPICS) or "general",
        difficulty=_first(row, ("difficulty", "level", "meta_info")),
        source=source,
    )


def _fault(options: list[str]) -> str:
    if len(options) < 2:
        return NO_OPTIONS
    if len(options) > len(LETTERS):
        return MANY_OPTIONS
    if not all(options):
        return EMPTY_OPTION
    return SAME_OPTIONS if len(set(map(normalise, options))) < len(options) else ""


def _first(row: Row, names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := plain_text(row.get(name)))), "")


def _pubmedqa(row: Row) -> tuple[list[Option], Any] | None:
    key = row.get("final_decision", row.get("answer"))
    told = {"contexts", "context", "long_answer"} & {name for name in row if row[name]}
    if isinstance(key, str) and key.strip().lower() in DECISIONS and told and not row.get("options"):
        return [("", decision) for decision in DECISIONS], key.strip().lower()
    return None


def _medmcqa(row: Row) -> tuple[list[Option], Any] | None:
    return (option_columns(row), row["cop"]) if {"opa", "opb", "cop"} <= row.keys() else None


def _medqa(row: Row) -> tuple[list[Option], Any] | None:
    return (read_options(row["options"]), row["answer_idx"]) if row.get("options") and "answer_idx" in row else None


def _mmlu(row: Row) -> tuple[list[Option], Any] | None:
    if row.get("choices") and "answer" in row:
        return read_options(row["choices"]), row["answer"]
    return (option_columns(row), row["answer"]) if {"a", "b", "answer"} <= row.keys() else None


def _mcq(row: Row) -> tuple[list[Option], Any] | None:
    """SurgiQ's shape, and what most banks have: options as a list, as an object or in columns, and the key as a letter,
    a number or a text under one of several names."""
    given = next((row[name] for name in ("options", "choices", "answers") if row.get(name)), None)
    options = option_columns(row) if given is None else read_options(given)
    key = next((row[name] for name in KEYS if row.get(name) not in (None, "")), None)
    return (options, key) if options and any(row.get(name) for name in STEMS) else None


_SHAPES: dict[str, Callable[[Row], tuple[list[Option], Any] | None]] = {
    "pubmedqa": _pubmedqa,
    "medmcqa": _medmcqa,
    "medqa": _medqa,
    "mmlu": _mmlu,
    "mcq": _mcq,
}


def _contexts(row: Row) -> tuple[tuple[str, str], ...]:
    """(heading, text) of the passages of a row."""
    given = decoded(row.get("contexts") or row.get("context"))
    inner = named(given) if isinstance(given, Mapping) else {"contexts": given, "labels": row.get("labels")}
    texts, headings = decoded(inner.get("contexts")), decoded(inner.get("labels"))
    texts = [texts] if isinstance(texts, str) else texts if isinstance(texts, list) else []
    if not isinstance(headings, list) or len(headings) != len(texts):
        headings = [""] * len(texts)
    pairs = ((plain_text(heading) or "", plain_text(text)) for heading, text in zip(headings, texts, strict=True))
    return tuple((heading.capitalize(), " ".join(text.split())) for heading, text in pairs if text)
