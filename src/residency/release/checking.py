"""Holds an edited card against the one that the records give: what it says and no record does.

A value (``release.statements``) is supported where the records' text says it in the same statement or, for a statement
that was reworded, where of all values of that text it is the one that stands among the likest words. So a figure
swapped for another of the card's own is found too. Names must stand somewhere in the records' text. A line that ends in
``<!-- by hand -->`` is its editor's own word: it is listed, and not held against anything.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from residency.core.errors import InputError
from residency.core.files import read_json
from residency.release.facts import FACTS, changed
from residency.release.statements import MASK, WINDOW, Value, by_hand, statements

LIKE = 0.2
"""How alike a reworded statement must be to one of the records, from 0 to 1, for its values to be the same claims."""
NEAR = (1.0, 0.5, 0.3, 0.2, 0.1)[:WINDOW]
"""Weights of the first word on each side of a value, the second, and so on."""

APART = 0.75
"""What is left of the likeness of two values of which one stands right behind another number and one does not."""
FINE = 3
"""Decimals from which a number is one that two figures seldom share, so that its statement's words are enough."""

Kind = Literal["number", "verdict", "claim", "licence", "name", "missing", "changed"]


@dataclass(frozen=True)
class Finding:
    """What no record supports: its ``line`` in the text (0: it is missing there), what it ``says``, and ``why``."""

    line: int
    kind: Kind
    says: str
    why: str

    def told(self) -> dict[str, Any]:
        """For a report."""
        return asdict(self)


@dataclass(frozen=True)
class Checked:
    """What became of a folder's texts: findings by text, how many statements were held, and lines by hand."""

    findings: dict[str, list[Finding]]
    statements: int
    by_hand: dict[str, list[int]]

    def lines(self, folder: Path) -> Iterator[str]:
        """``file:line: what is said: why``, a finding each."""
        for name, found in self.findings.items():
            for finding in found:
                yield f"{folder / name}:{finding.line or 1}: {finding.kind} {finding.says!r}: {finding.why}"


def check_folder(folder: Path, run_folder: Path | None = None) -> Checked:
    """The texts of a bundle against its ``facts.json`` and, where the run is at hand, that against the run's files.

    Args:
        folder: the bundle, or a copy of it whose texts were edited.
        run_folder: ``runs/NAME``.

    Raises:
        InputError: the folder holds no ``facts.json``, or a text that it names is not there.
    """
    if not (folder / FACTS).is_file():
        raise InputError(
            f"there is no {FACTS}, against which a card is held", str(folder), "Name the bundle of a release"
        )
    findings, own, count = {}, {}, 0
    for name, entry in read_json(folder / FACTS)["texts"].items():
        try:
            text = (folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise InputError("this text is missing", str(folder / name), "Copy it from the release's bundle") from None
        findings[name] = unsupported(text, entry["text"], entry["must_say"])
        if run_folder is not None:
            for fact, now in changed(entry["facts"], run_folder):
                why = f"{fact['file']} now holds {now!r} at {fact['pointer']}"
                findings[name].append(Finding(fact["line"], "changed", fact["shown"], why))
        own[name] = [number for number, line in enumerate(text.splitlines(), 1) if by_hand(line)]
        count += sum(1 for _ in statements(text))
    return Checked(findings, count, own)


def unsupported(text: str, given: str, must_say: Iterable[str] = ()) -> list[Finding]:
    """What a text says and the text that the records give does not, in order of lines.

    Args:
        text: a card or a section, as it was edited.
        given: the same as it was written from the records.
        must_say: sentences of ``given`` that may not be taken out.
    """
    known = list(statements(given))
    exact: dict[Any, list[tuple[str, ...]]] = defaultdict(list)
    by_text: dict[str, list[tuple[Value, frozenset[str]]]] = defaultdict(list)
    names = {name for statement in known for name, _ in statement.names}
    for statement in known:
        exact[statement.key].append(tuple(value.text for value in statement.values))
        for value in statement.values:
            by_text[value.kind].append((value, statement.bag))
    found: list[Finding] = []
    for statement in statements(text):
        found += [
            Finding(line, "name", name, "the records name nothing of this name")
            for name, line in statement.names
            if name not in names
        ]
        if choices := exact.get(statement.key):
            own = tuple(value.text for value in statement.values)
            nearest = max(choices, key=lambda choice: sum(a == b for a, b in zip(own, choice, strict=True)))
            found += [
                Finding(value.line, value.kind, value.text, f"the records give {right!r} here")
                for value, right in zip(statement.values, nearest, strict=True)
                if not same(value.text, right)
            ]
        else:
            found += [
                Finding(value.line, value.kind, value.text, why)
                for value in statement.values
                if (why := _against(value, statement.bag, by_text[value.kind]))
            ]
    said = _plain(text)
    found += [
        Finding(0, "missing", sentence, "the records say this, and the text no longer does")
        for sentence in must_say
        if _plain(sentence) not in said
    ]
    return sorted(found, key=lambda finding: finding.line)


def same(said: str, held: str) -> bool:
    """Whether what is said is what the records hold: itself, rounded, or as per cent."""
    if said == held:
        return True
    try:
        a, b = float(said.rstrip("%")), float(held.rstrip("%"))
    except ValueError:
        return False
    if said.endswith("%") and not held.endswith("%") and "." in held:
        b *= 100
    elif said.endswith("%") != held.endswith("%"):
        return False
    elif "." not in said and "." in held:
        return False  # 0 for 0.32 hides what it is
    decimals = len(said.rstrip("%").partition(".")[2])
    return abs(a - b) <= 0.5 / float(10**decimals) + 1e-9


def _against(value: Value, bag: frozenset[str], known: Sequence[tuple[Value, frozenset[str]]]) -> str:
    """Why a value of a reworded statement is not supported; empty where it is."""
    held = held_within = other = other_within = 0.0
    instead = ""
    for candidate, words in known:
        both = len(bag & words)
        within = both / (len(bag) or 1)
        alike = 0.5 * within + 0.5 * both / (len(words) or 1)
        if value.kind == "number":
            alike = 0.5 * (_near(value, candidate) + alike)
        if same(value.text, candidate.text):
            held, held_within = max(held, alike), max(held_within, within)
            continue
        other_within = max(other_within, within)
        if alike > other:
            other, instead = alike, candidate.text
    fine = len(value.text.partition(".")[2].rstrip("%")) >= FINE
    if held >= max(LIKE, other) or (fine and held_within >= max(2 * LIKE, other_within)):
        return ""
    return f"the records give {instead!r} where they say the like" if other >= LIKE else "no record supports it"


def _near(a: Value, b: Value) -> float:
    """How alike the words around two values are, from 0 to 1. A word counts most in its own place, less elsewhere on
    its side, least on the other side; what follows a number names more often what it counts."""
    score = total = 0.0
    for mine, theirs, across, side in ((a.left, b.left, b.right, 1.0), (a.right, b.right, b.left, 1.25)):
        for place, weight in enumerate(NEAR[: max(len(mine), len(theirs), 1)]):
            total += side * weight
            word = mine[place] if place < len(mine) else ""
            if word and theirs[place : place + 1] == (word,) and (place == 0 or not word.startswith(MASK)):
                score += side * weight
            elif word and not word.startswith(MASK):
                score += side * weight * (0.4 if word in theirs else 0.3 if word in across else 0.0)
    # The end of an interval stands behind another number, its middle behind a word.
    behind = [bool(side) and side[0].startswith(MASK) for side in (a.left, b.left)]
    return (score if behind[0] == behind[1] else APART * score) / total


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*>_#]", " ", text).split())
