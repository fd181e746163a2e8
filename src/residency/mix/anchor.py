"""General conversations of several turns from the user's files: read, checked and kept as they are.

Read are JSON Lines and JSON lists of rows with ``messages`` (role, content), ShareGPT's ``conversations`` (from,
value), UltraChat's ``data`` (texts by turns) or a ``prompt`` (text or turns) with a ``response`` or ``completion``.
What cannot be used is refused and counted with its reason and place, and reading goes on.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from residency.core.errors import InputError
from residency.core.files import text_digest
from residency.core.prompt import DEFAULT_MODE, assistant_message, format_question, user_message
from residency.core.records import Conversation, Message, Question
from residency.core.text import CONTROL_TOKEN, words
from residency.mix.settings import ANCHOR, ANCHOR_ENDINGS, MixSettings

ROLES = {
    **dict.fromkeys(("user", "human", "prompter"), "user"),
    **dict.fromkeys(("assistant", "gpt", "chatgpt", "bot", "model", "ai"), "assistant"),
    **dict.fromkeys(("system", "developer"), "system"),
}
LEAST_TURNS = 4  # two questions with their answers
LEAST_WORDS = 5  # a shorter turn of a held-out conversation ("Why?") stands in many chats
SHOWN = 3  # places named for each reason
TRACED_TO = "general"  # the topic of a general conversation, and its skill


@dataclass
class AnchorRows:
    """The conversations that can be used, and what became of the others.

    ``refused`` counts reasons, ``places`` names the first rows of each as file:line with the matter in words, ``notes``
    counts what was left out of rows that were kept.
    """

    rows: list[Conversation] = field(default_factory=list)
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    notes: Counter[str] = field(default_factory=Counter)

    def refuse(self, place: str, reason: str, detail: str) -> None:
        """Count a row that cannot be used."""
        self.refused[reason] += 1
        if len(self.places[reason]) < SHOWN:
            self.places[reason].append(f"{place}: {detail}")

    def report(self) -> dict[str, Any]:
        """The counts, for ``report.json``."""
        return {
            "read": self.read,
            "kept": len(self.rows),
            "refused": dict(self.refused.most_common()),
            "places": dict(self.places),
            "notes": dict(self.notes.most_common()),
        }


class UnusableError(Exception):
    """A row that cannot be used."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(detail)


def read_anchor(settings: MixSettings, held_out: Collection[str]) -> AnchorRows:
    """The conversations of ``settings.anchor``, each once.

    Args:
        settings: the files, their licence and the longest row.
        held_out: what no user's turn may be or hold, as :func:`asked_of` gives it.
    """
    found = AnchorRows()
    seen: set[str] = set()
    asked = HeldOut(held_out)
    for path in _files(settings.anchor):
        for number, row in _rows(path):
            found.read += 1
            place = f"{path.name}:{number}"
            try:
                turns = _checked(row, settings.anchor_max_chars, asked, found.notes)
                said = "\n".join(" ".join(words(turn["content"])) for turn in turns)
                if said in seen:
                    raise UnusableError("duplicate", "the same conversation stands further up")
            except UnusableError as error:
                found.refuse(place, error.reason, error.detail)
                continue
            seen.add(said)
            found.rows.append(_record(turns, place, cast(Mapping[str, Any], row), settings.anchor_licence))
    return found


class HeldOut:
    """Finds held-out questions in turns, also with words before or after them ("Quick one: ... Thanks")."""

    def __init__(self, asked: Collection[str]) -> None:
        """``asked``: as :func:`asked_of` gives it. Questions of fewer than :data:`LEAST_WORDS` words must be all that a
        turn says, since chats hold them by chance."""
        self._asked = frozenset(asked)
        self._by_start: dict[tuple[str, ...], list[list[str]]] = defaultdict(list)
        for question in self._asked:
            if len(said := question.split()) >= LEAST_WORDS:
                self._by_start[tuple(said[:LEAST_WORDS])].append(said)

    def asked_in(self, turn: str) -> bool:
        """Whether ``turn``, in the same form, is such a question or holds one."""
        if turn in self._asked:
            return True
        said = turn.split()
        return any(
            said[place : place + len(question)] == question
            for place in range(len(said) - LEAST_WORDS + 1)
            for question in self._by_start.get(tuple(said[place : place + LEAST_WORDS]), ())
        )


def asked_of(questions: Iterable[Question]) -> set[str]:
    """What these records ask, in a form in which case, punctuation and spaces do not count: their questions, alone and
    with their options, and the users' turns of conversations that are not too short to tell anything."""
    found: set[str] = set()
    for question in questions:
        if question["kind"] == "conversation":
            turns = [_bare(turn["content"]) for turn in question["messages"] if turn["role"] == "user"]
            found |= {turn for turn in turns if turn.count(" ") >= LEAST_WORDS - 1}
        else:
            asked = question["question"]
            found |= {_bare(asked), _bare(format_question(asked, question.get("options")))}
    return found - {""}


def _bare(text: str) -> str:
    return " ".join(words(text))


def _files(paths: Sequence[Path]) -> list[Path]:
    """The files themselves, those of folders in order, each once."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found |= {file: None for file in inside if file.is_file() and file.suffix.lower() in ANCHOR_ENDINGS}
    return list(found)


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Each row of a file with its line (in a JSON list its place), from 1; a :class:`UnusableError` stands for one that
    cannot be read."""
    try:
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", str(path)) from None
    if path.suffix.lower() == ".json" and data.lstrip()[:1] == b"[":
        value = _parsed(data)
        yield from enumerate(value, 1) if isinstance(value, list) else [(1, value)]
        return
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            yield number, _parsed(line)


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        return UnusableError("bad_encoding", "not UTF-8; save the file as UTF-8")
    except (json.JSONDecodeError, RecursionError) as error:
        return UnusableError("broken_json", f"not valid JSON ({error})")


def _checked(row: Any, most: int, held_out: HeldOut, notes: Counter[str]) -> list[Message]:
    """The turns of a row, user and assistant by turns; raises :class:`UnusableError` for a row that has none."""
    if isinstance(row, UnusableError):
        raise row
    if not isinstance(row, dict):
        raise UnusableError("not_an_object", "a JSON object was expected")
    pairs = [(_role(turn), _text(turn)) for turn in _turns(row)]
    first = next((place for place, (role, _) in enumerate(pairs) if role != "system"), len(pairs))
    end = len(pairs)
    while end > first and pairs[end - 1][0] == "user":
        end -= 1
    said = pairs[first:end]
    for place, (role, text) in enumerate(said):
        if role != ("user", "assistant")[place % 2]:
            raise UnusableError("roles", f"turn {first + place + 1} is out of order: user first, then by turns")
        if not text:
            raise UnusableError("empty_turn", f"turn {first + place + 1} is empty")
        if match := CONTROL_TOKEN.search(text):
            raise UnusableError("control_tokens", f"turn {first + place + 1} holds {match.group()!r}")
    if len(said) < LEAST_TURNS:
        raise UnusableError("single_turn", "fewer than two questions with their answers")
    if (length := sum(len(text) for _, text in said)) > most:
        raise UnusableError("too_long", f"{length} characters; mix.anchor_max_chars is {most}")
    if any(held_out.asked_in(_bare(text)) for _, text in said[::2]):
        raise UnusableError("held_out_question", "a turn asks a question that the bank holds out")
    notes["a system message was left out"] += first > 0
    notes["a last turn without an answer was left out"] += end < len(pairs)
    return [user_message(text) if role == "user" else assistant_message(text) for role, text in said]


def _turns(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for name in ("messages", "conversations", "data"):
        if value := row.get(name):
            return _listed(value)
    answer = row.get("response") or row.get("completion")
    if row.get("prompt") and answer:
        return [*_listed(row["prompt"]), *_listed(answer, "assistant")]
    raise UnusableError(
        "unknown_shape", f"no messages, conversations, data or prompt among {', '.join(row) or 'no fields'}"
    )


def _listed(value: Any, first: str = "user") -> list[Mapping[str, Any]]:
    """Turns as objects; texts take turns, ``first`` beginning."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise UnusableError("unknown_shape", "the turns are neither a list nor a text")
    if all(isinstance(turn, str) for turn in value):
        roles = ("user", "assistant") if first == "user" else ("assistant", "user")
        return [{"role": roles[place % 2], "content": text} for place, text in enumerate(value)]
    if not all(isinstance(turn, dict) for turn in value):
        raise UnusableError("unknown_shape", "the turns are not all objects or all texts")
    return cast(list[Mapping[str, Any]], value)


def _role(turn: Mapping[str, Any]) -> str:
    name = str(turn.get("role", turn.get("from", ""))).strip().lower()
    return ROLES.get(name, name)


def _text(turn: Mapping[str, Any]) -> str:
    content = turn.get("content", turn.get("value"))
    if isinstance(content, list):
        parts: list[Any] = [part.get("text") if isinstance(part, dict) else part for part in content]
        content = "\n".join(parts) if all(isinstance(part, str) for part in parts) else parts
    if content is None:
        return ""
    if not isinstance(content, str):
        raise UnusableError("not_text", "a turn is no text")
    return content.strip()


def _record(turns: list[Message], place: str, row: Mapping[str, Any], licence: str) -> Conversation:
    """The record of a conversation; its one parent is its place in the user's file."""
    named = row.get("licence") or row.get("license")
    return {
        "id": f"{ANCHOR}/{text_digest(json.dumps(turns))[:16]}",
        "kind": ANCHOR,
        "skill": TRACED_TO,
        "mode": DEFAULT_MODE,
        "split": "train",
        "source": ANCHOR,
        "topic": TRACED_TO,
        "licence": named.strip() if isinstance(named, str) and named.strip() else licence,
        "parents": [place],
        "passages": [],
        "messages": turns,
        "expect": {},
    }
