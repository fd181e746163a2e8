"""Records: the plain dictionaries that rooms exchange, one JSON object a line.

The field names are the field's own (``messages`` with ``role`` and ``content``;
``prompt``/``chosen``/``rejected``; MCQs with ``question``, ``options``, ``answer``, ``rationale``).
Every record keeps ``id``, ``source``, ``topic``, ``licence`` and ``parents`` to the end, so that a
training token can be traced to the row it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NotRequired, TypedDict

Split = Literal["train", "dev", "test", "test_topic", "test_human"]
Thought = Literal["distil", "distil_hinted", "rationale", "written", "none"]
TRAINED_ON: frozenset[str] = frozenset({"train"})
HELD_OUT: frozenset[str] = frozenset({"test", "test_topic", "test_human"})
NO_LICENCE: frozenset[str] = frozenset({"", "unknown", "none", "n/a", "na", "null", "nan", "-", "?", "unspecified"})
"""What stands where a record names no licence, in lower case."""


class Message(TypedDict):
    """One turn of a conversation. ``name`` is the function whose result a tool's message is; without it, it is that of
    the call before. An assistant's turn whose ``learnt`` is False is shown and not learnt, as a poor search before a
    better one."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    thinking: NotRequired[str]
    tool_calls: NotRequired[list[dict[str, Any]]]
    name: NotRequired[str]
    learnt: NotRequired[bool]


class Traced(TypedDict):
    """What every record carries to the end."""

    id: str
    source: str
    topic: str
    licence: str
    parents: list[str]


class Passage(Traced):
    """A piece of reference text that an answer may cite.

    ``date`` is ISO 8601, as far as it is known ("2024", "2024-05", "2024-05-31", or ""); ``version`` is the edition's
    own name. ``superseded_by`` names the newer document, or says "yes", where the guidance is no longer current.
    ``document`` is the id of the document that the passage was cut from.
    """

    title: str
    section: str
    date: str
    text: str
    version: NotRequired[str]
    superseded_by: NotRequired[str]
    document: NotRequired[str]


class Question(Traced):
    """One kept row of the question bank.

    ``answer`` is the option's letter for ``kind == "mcq"`` and the answer's text for ``"open"``. A ``"conversation"``
    has its turns in ``messages``, user and assistant by turns and an assistant's last; ``question`` is the first and
    ``answer`` the last of them. ``system`` is what its file's own system messages say, and ``greeting`` the turns in
    which an assistant only greets before any question; nothing is trained on either.
    ``passages`` are the ids of passages known to support the answer (may be empty).
    ``cluster`` names the group of near-duplicates that share a split; ``origin`` is file:line. ``passage_seen``, which
    rows of the test splits have, says whether a train row is linked to one of its passages.
    """

    kind: Literal["mcq", "open", "conversation"]
    question: str
    answer: str
    split: Split
    cluster: str
    origin: str
    passages: list[str]
    options: NotRequired[dict[str, str]]
    rationale: NotRequired[str]
    messages: NotRequired[list[Message]]
    system: NotRequired[list[str]]
    greeting: NotRequired[list[str]]
    passage_seen: NotRequired[bool]


class Teacher(TypedDict):
    """The model that reworded a conversation, and whether a ``server`` was asked for it or it was loaded here
    (``local``)."""

    model: str
    backend: Literal["server", "local"]


class Conversation(Traced):
    """Messages that end in an assistant turn, with what is needed to check and trace them.

    ``kind`` is the share that the mix declares (``mcq``, ``open``, ``dialogue``, ``context``,
    ``insufficient``, ``context_dialogue``, ``tool``, ``safety``, ``conversation``, ``anchor``); ``skill`` a finer name
    within it. ``expect`` holds
    what a right last turn must satisfy, for verifiers and for evaluation: ``reference`` (text), ``key_facts``,
    ``letter``, ``abstain`` (bool), and ``rationale``, that of the MCQ it came from. ``passages`` are the ids of the
    context's passages in their printed order. ``thought`` says where the ``thinking`` of its assistant turns came
    from: the model itself (``distil``), the model with the answer shown to it (``distil_hinted``), the ``rationale``,
    whoever wrote the exemplar (``written``), or nowhere (``none``). ``teacher`` names the model that reworded it, if
    one did. ``shown`` are the passages of the context in their printed order, where one of them does not stand in the
    index as it is shown.
    """

    kind: str
    skill: str
    mode: Literal["EXAM", "CLINICAL"]
    split: Split
    messages: list[Message]
    passages: list[str]
    expect: dict[str, Any]
    tag: NotRequired[str | None]
    tools: NotRequired[list[dict[str, Any]]]
    thought: NotRequired[Thought]
    teacher: NotRequired[Teacher]
    shown: NotRequired[list[Passage]]


class Pair(Traced):
    """A preference pair. ``edit`` records what was done to make ``rejected`` worse.

    ``prompt`` is the conversation up to the turn in question; ``chosen`` and ``rejected`` are the contents of that
    assistant turn, ``chosen_thinking`` and ``rejected_thinking`` its thoughts where the model thinks. ``tools`` are the
    functions that the model may call.
    """

    kind: str
    mode: Literal["EXAM", "CLINICAL"]
    split: Split
    prompt: list[Message]
    chosen: str
    rejected: str
    edit: dict[str, Any]
    chosen_thinking: NotRequired[str]
    rejected_thinking: NotRequired[str]
    tools: NotRequired[list[dict[str, Any]]]


def trace(*parents: Question | Conversation | Passage) -> dict[str, Any]:
    """The traced fields of a record derived from ``parents``: the first parent names topic, source and
    licence, and all parents' ids are kept, with their own parents before them."""
    first = parents[0]
    ids: list[str] = []
    for parent in parents:
        for name in (*parent["parents"], parent["id"]):
            if name not in ids:
                ids.append(name)
    return {
        "source": first["source"],
        "topic": first["topic"],
        "licence": first["licence"],
        "parents": ids,
    }


def record_text(record: Mapping[str, Any]) -> str:
    """All that a question or a passage says, a part a line: what a claim made from it is held against. Options are
    among it, the wrong ones too, and the turns of a conversation."""
    if "question" not in record:
        return "\n".join(part for part in (record.get("title", ""), record["text"]) if part)
    options = record.get("options", {})
    parts = [record["question"], *options.values(), options.get(record["answer"], record["answer"])]
    parts += [record.get("rationale", ""), *(turn["content"] for turn in record.get("messages", []))]
    return "\n".join(part for part in parts if part)


def licence_named(licence: str) -> bool:
    """Whether a record's ``licence`` names one. Whether it allows a release is not judged."""
    return " ".join(licence.lower().split()) not in NO_LICENCE


def in_splits(rows: Iterable[Any], splits: Iterable[str]) -> list[Any]:
    """The rows whose ``split`` is among ``splits``, in order."""
    wanted = frozenset(splits)
    return [row for row in rows if row["split"] in wanted]
