"""The shapes in which question banks come, as data: each names the fields that tell it and where they go."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from residency.core.files import value_digest
from residency.core.reading.keys import (
    Option,
    decoded,
    key_index,
    key_letter,
    letters,
    option_columns,
    plain_text,
    read_options,
)
from residency.core.reading.read import Fault, Raw
from residency.core.records import Message
from residency.core.text import normalise
from residency.corpus.reading.turns import Turn, read_turns, turn_fields
from residency.corpus.settings import CorpusSettings

Row = Mapping[str, Any]
Kind = Literal["mcq", "open", "conversation"]
TRACED = ("source", "topic", "licence")


@dataclass(frozen=True, slots=True)
class Draft:
    """A row in the one form in which rows are checked. Nothing is judged yet: a field that is missing or no
    text is None, and the letter of a key that names no option is empty.

    ``key`` is an MCQ's key as the file gives it and ``labels`` its options with the file's labels;
    ``contexts`` are (section, text). ``missing`` names the traced fields that the settings supplied.

    A row of turns has all of them as its file does in ``turns``. Of a conversation, ``system`` holds what its own
    system messages say, ``greeting`` the turns in which the assistant only greets before anything is asked,
    ``messages`` the turns after these up to the last that is answered, ``question`` the first of the user's and
    ``answer`` the last of the assistant's.
    """

    raw: Raw
    shape: str
    kind: Kind
    id: str
    question: str | None
    answer: str | None
    key: Any
    labels: list[Option]
    options: dict[str, str]
    rationale: str
    contexts: list[tuple[str, str]]
    passages: list[str]
    parents: list[str]
    source: str
    topic: str
    licence: str
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    turns: list[Turn]
    messages: list[Message]
    system: list[str]
    greeting: list[str]

    @property
    def human(self) -> bool:
        """Whether people wrote the row."""
        return normalise(self.source) == "human"

    @property
    def numbered(self) -> list[tuple[str, Message]]:
        """A conversation's messages, each with the name by which findings know it: ``turn 3`` is the third of the
        file's, its system messages and greetings counted."""
        before = len(self.system) + len(self.greeting)
        return [(f"turn {number}", message) for number, message in enumerate(self.messages, before + 1)]


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape's name, the fields that tell it, and a function that puts its fields under the common names; where a
    row decides on its ``kind`` itself, that stands among these."""

    name: str
    kind: Kind
    needs: frozenset[str]
    fields: Callable[[Row], dict[str, Any] | Fault] = lambda row: {}


def _pubmedqa(row: Row) -> dict[str, Any]:
    context = row.get("context")
    inner = context if isinstance(context, Mapping) else {}
    return {
        "answer": row["long_answer"],
        "contexts": row.get("contexts") or inner.get("contexts"),
        "labels": row.get("labels") or inner.get("labels"),
        "id": row.get("id") or row.get("pubid"),
    }


def _medmcqa(row: Row) -> dict[str, Any]:
    topic = row.get("topic") or row.get("topic_name") or row.get("subject_name")
    return {"answer": row["cop"], "rationale": row.get("exp"), "topic": topic}


def _alpaca(row: Row) -> dict[str, Any]:
    parts = [plain_text(row.get(name)) for name in ("instruction", "input")]
    return {"question": "\n\n".join(part for part in parts if part), "answer": row["output"]}


def _turns(value: Any) -> dict[str, Any] | Fault:
    """Turns as an open question, or as a conversation when there is more than one question with its answer."""
    turns = read_turns(value)
    return Fault("missing_field", "the messages are not a list of objects") if turns is None else turn_fields(turns)


SHAPES: tuple[Shape, ...] = (
    Shape("messages", "open", frozenset({"messages"}), lambda row: _turns(row["messages"])),
    Shape("sharegpt", "open", frozenset({"conversations"}), lambda row: _turns(row["conversations"])),
    Shape("pubmedqa", "open", frozenset({"question", "long_answer"}), _pubmedqa),
    Shape("medmcqa", "mcq", frozenset({"question", "opa", "opb", "cop"}), _medmcqa),
    Shape("medqa", "mcq", frozenset({"question", "options", "answer_idx"}), lambda row: {"answer": row["answer_idx"]}),
    Shape("mcq", "mcq", frozenset({"options"})),
    Shape("mcq", "mcq", frozenset({"choices"}), lambda row: {"options": row["choices"]}),
    Shape("medquad", "open", frozenset({"question", "answer", "question_type"})),
    Shape("alpaca", "open", frozenset({"instruction", "output"}), _alpaca),
)
COLUMNS = Shape("mcq", "mcq", frozenset())
OPEN = Shape("open", "open", frozenset())


def detect(row: Row) -> Shape | None:
    """The first shape whose fields the row has and fills; None when the row has not even a question."""
    if shape := _told_by(tuple([name for name, value in row.items() if value or value == 0])):
        return shape
    if "question" in row:
        return COLUMNS if len(option_columns(row)) > 1 else OPEN
    return None


@lru_cache(maxsize=1_000)  # the rows of a file have the same fields
def _told_by(filled: tuple[str, ...]) -> Shape | None:
    return next((shape for shape in SHAPES if shape.needs.issubset(filled)), None)


def parse(raw: Raw, settings: CorpusSettings) -> Draft | Fault:
    """A row as a draft, or the fault for which it cannot be one. Names of fields count in any case."""
    if raw.fault is not None:
        return raw.fault
    given_row = raw.row or {}
    row = dict(zip(_field_names(tuple(given_row)), given_row.values(), strict=True))
    if settings.map:
        row |= {_name(ours): row[_name(theirs)] for ours, theirs in settings.map.items() if _name(theirs) in row}
    shape = detect(row)
    if shape is None:
        return Fault("unknown_shape", f"no known shape has the fields {', '.join(list(given_row)[:12]) or '(none)'}")
    own = shape.fields(row)
    if isinstance(own, Fault):
        return own
    fields = {**row, **own}
    given = {name: plain_text(fields.get(name)) or "" for name in TRACED}
    given["licence"] = given["licence"] or plain_text(fields.get("license")) or ""
    labels: list[Option] = []
    options: dict[str, str] = {}
    if shape.kind == "mcq":
        labels = read_options(fields["options"]) if fields.get("options") else option_columns(row)
        options = dict(zip(letters(labels), (text for _, text in labels), strict=True))
    draft = Draft(
        raw=raw,
        shape=shape.name,
        kind=own.get("kind", shape.kind),
        id=plain_text(fields.get("id")) or "",
        question=plain_text(fields.get("question")),
        answer=plain_text(fields.get("answer")),
        key=fields.get("answer"),
        labels=labels,
        options=options,
        rationale=next((text for name in ("rationale", "explanation") if (text := plain_text(fields.get(name)))), ""),
        contexts=_contexts(fields),
        passages=_names(fields.get("passages")),
        parents=_names(fields.get("parents")),
        missing=tuple(name for name in TRACED if not given[name]),
        notes=own.get("notes", ()),
        turns=own.get("turns", []),
        messages=own.get("messages", []),
        system=own.get("system", []),
        greeting=own.get("greeting", []),
        **{name: given[name] or getattr(settings, name) for name in TRACED},
    )
    return draft if draft.id else replace(draft, id=_made_id(draft))


@lru_cache(maxsize=1_000)
def _field_names(given: tuple[str, ...]) -> list[str]:
    return [_name(field) for field in given]


def _name(field: str) -> str:
    return field.strip().lower().replace(" ", "_")


def numeric_key(draft: Draft) -> tuple[int, int] | None:
    """An MCQ's key and the number of its options, where the key is a number that only the file as a whole explains."""
    index = key_index(draft.key, draft.labels) if draft.kind == "mcq" else None
    return None if index is None else (index, len(draft.labels))


def resolve_key(draft: Draft, base: int) -> Draft:
    """The draft with an MCQ's key as a letter; ``base`` is the number by which its file calls the first option."""
    if draft.kind != "mcq" or draft.key is None:
        return draft
    return replace(draft, answer=key_letter(draft.key, draft.labels, base))


def _made_id(draft: Draft) -> str:
    """An id from what the row says, so that it stays the same when rows are added or moved."""
    content: list[Any] = [draft.question, sorted(draft.options.values()), None if draft.options else draft.answer]
    if draft.messages:
        content.append(draft.messages)
    return f"row-{value_digest(content)[:12]}"


def _contexts(fields: Row) -> list[tuple[str, str]]:
    """(section, text) of the passages that a row carries itself."""
    texts = decoded(fields.get("contexts"))
    if not isinstance(texts, list):
        return []
    sections = decoded(fields.get("labels"))
    if not isinstance(sections, list) or len(sections) != len(texts):
        sections = [""] * len(texts)
    pairs = ((plain_text(section) or "", plain_text(text)) for section, text in zip(sections, texts, strict=True))
    return [(section, text) for section, text in pairs if text]


def _names(value: Any) -> list[str]:
    """Ids from a list, or from text that separates them by commas, semicolons or spaces; no repeats."""
    if not value:
        return []
    value = decoded(value)
    parts = re.split(r"[,;\s]+", value) if isinstance(value, str) else value if isinstance(value, list) else []
    return list(dict.fromkeys(name for part in parts if (name := plain_text(part))))
