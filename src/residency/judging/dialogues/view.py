"""A dialogue as the verifiers see it, and whether its ``check`` can be read at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from residency.core.prompt import MODES, Mode, body, read_options
from residency.core.records import Conversation
from residency.core.text import sentences
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.lexicon import GENERAL, TALK
from residency.judging.dialogues.reading import figures, stems

_FIELDS: Mapping[str, Mapping[str, type]] = {
    "followup": {"turn": int, "referent": str},
    "correction": {"turn": int, "old": str, "new": str, "changes": bool},
    "missing": {"asked": int, "supplied": int, "withheld": list, "asks": list},
    "contradiction": {"first": int, "turn": int, "old": str, "new": str, "resolved": bool},
    "safety": {"turn": int, "urgent": bool, "flag": str},
    "scope": {"turn": int, "refuse": bool, "request": str},
    "switch": {"turn": int, "mode": str},
}
_SHORT = 2  # content stems up to which a fact is a bare name
_MOST = 0.6


@dataclass(frozen=True)
class View:
    """One dialogue. ``said`` are the contents of its messages; users' stand at even places, the assistant's at odd."""

    said: tuple[str, ...]
    mode: Mode
    expect: Mapping[str, Any]
    check: Mapping[str, Any]

    @property
    def skill(self) -> str:
        return str(self.check["skill"])

    @property
    def critical(self) -> int:
        return int(self.check["critical"])

    @property
    def last(self) -> int:
        return len(self.said) - 1

    @property
    def answer(self) -> str:
        """The critical turn."""
        return self.said[self.critical]

    @cached_property
    def options(self) -> dict[str, str]:
        """The options that a user sent, by letter; of several lists the last."""
        found: dict[str, str] = {}
        for text in self.said[::2]:
            found = read_options(text) or found
        return found

    @cached_property
    def reference(self) -> tuple[str, ...]:
        """The key facts of the last answer, or of the reference where none are named."""
        facts = [fact for fact in self.expect.get("key_facts") or () if isinstance(fact, str) and fact.strip()]
        return tuple(facts or sentences(str(self.expect.get("reference") or "")))

    def users(self, before: int) -> str:
        """What the users say before a place."""
        return "\n".join(self.said[:before:2])

    def demanded(self) -> tuple[str, ...]:
        """The facts that the critical turn must state: the reference's where it is the last, its own otherwise."""
        return self.reference if self.critical == self.last else tuple(sentences(body(self.answer)))

    def replaced(self, answer: str) -> View:
        """The dialogue up to the critical turn, with ``answer`` there."""
        return View((*self.said[: self.critical], answer), self.mode, self.expect, self.check)

    def gold_in(self, text: str, before: int) -> bool:
        """Whether ``text`` gives away what the last answer states and no user had said before."""
        letter = self.expect.get("letter")
        option = self.options.get(letter, "") if isinstance(letter, str) else ""
        known, said = stems(self.users(before)), stems(text)
        for fact in (*self.reference, option):
            new = stems(fact) - known - TALK - GENERAL
            least = 1 if len(stems(fact)) <= _SHORT else 2
            if len(new) >= least and len(new & said) >= _MOST * len(new):
                return True
        told = figures(" ".join(self.reference)) - figures(self.users(before))
        return bool(told & figures(text))


def view(row: Conversation) -> View | Fault:
    """The view of a row; a fault where what to check cannot be read or does not fit the messages."""
    check = row["expect"].get("check")
    if not isinstance(check, dict) or check.get("skill") not in tuple(_FIELDS):
        return Fault("check", "the row's check names no known skill")
    missing = [name for name, kind in _FIELDS[check["skill"]].items() if not _is(check.get(name), kind)]
    if missing or not _is(check.get("critical"), int):
        return Fault("check", f"the row's check lacks {', '.join(missing) or 'critical'}")
    if row["mode"] not in MODES or ("mode" in check and check["mode"] not in MODES):
        return Fault("check", "the mode is neither EXAM nor CLINICAL")
    said = tuple(str(message["content"]) for message in row["messages"])
    turn, critical = check["asked"] - 1 if "asked" in check else check["turn"], check["critical"]
    if not (0 <= turn < critical == turn + 1 < len(said)) or turn % 2:
        return Fault("check", "the places of the check do not fit the messages")
    if "first" in check and not (0 <= check["first"] < turn and check["first"] % 2 == 0):
        return Fault("check", "the first statement does not come before the second, or is no user's")
    if "supplied" in check and not (check["supplied"] == critical + 1 < len(said) - 1):
        return Fault("check", "what was withheld is not supplied right after it was asked for, and then answered")
    if any(not isinstance(text, str) for name in ("withheld", "asks") for text in check.get(name, ())):
        return Fault("check", "what was withheld or must be asked for is no text")
    if any(pattern(text) is None for text in check.get("asks", ())):
        return Fault("check", "a pattern of what must be asked for cannot be read")
    return View(said, row["mode"], row["expect"], check)


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


@lru_cache(maxsize=4096)
def pattern(text: str) -> re.Pattern[str] | None:
    """A compiled pattern; None where it is none."""
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return None
