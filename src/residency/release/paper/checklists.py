"""Reporting checklists, answered item by item from a run's records.

The items are data (``*.toml``, in this project's short words, with the lists' own numbers). An item is

- ``records``: the run's records, or what the recipe says of the study (``release.statements``), answer it;
- ``in part``: they answer some of it, and what a person must add is said;
- ``not applicable``: the records show that its condition is not met;
- ``person``: nothing recorded answers it.

The denominator is every item of the list. An answer that names a record that this run does not have falls to a person.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from residency.core.errors import InputError
from residency.release.paper.statements import STATEMENTS
from residency.release.paper.texts import Writer

State = Literal["records", "in part", "not applicable", "person"]
STATES: tuple[State, ...] = ("records", "in part", "not applicable", "person")
NAMES = ("tripod-llm", "chart", "mi-claim-gen")


@dataclass(frozen=True)
class Item:
    """One line of a list.

    ``answer`` is a template; ``missing`` is what it leaves to a person; ``statement`` names what the recipe may say in
    a person's stead; ``unless`` is a condition under which the item does not apply.
    """

    number: str
    section: str
    asks: str
    where: str = ""
    answer: str = ""
    missing: str = ""
    statement: str = ""
    unless: str = ""


@dataclass(frozen=True)
class Checklist:
    """A list with its source."""

    name: str
    title: str
    source: str
    note: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Answered:
    """An item with what the records say to it."""

    item: Item
    state: State
    text: str


@cache
def checklist(name: str) -> Checklist:
    """One of :data:`NAMES`."""
    read: dict[str, Any] = tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))
    items = tuple(Item(**item) for item in read.pop("item"))
    return Checklist(name=name, items=items, **read)


def answered(writer: Writer, known: Checklist) -> list[Answered]:
    """Every item of a list, in its order."""
    return [_answer(writer, item) for item in known.items]


def as_markdown(known: Checklist, found: Sequence[Answered], told: str) -> str:
    """The list as a page: ``told``, how many items are in which state; then every item."""
    lines = [
        f"# {known.title}",
        "",
        f"{known.source} {known.note}".strip(),
        "",
        told,
        "",
        "| item | section | what it asks | state | answer | where |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.item.number} | {one.item.section} | {_cell(one.item.asks)} | {one.state} | {_cell(one.text)} | "
        f"{one.item.where or '-'} |"
        for one in found
    ]
    return "\n".join(lines) + "\n"


def counts(found: Sequence[Answered]) -> dict[str, Any]:
    """For a manifest: how many items are in which state, and which are left to a person."""
    count = Counter(one.state for one in found)
    left = [one.item.number for one in found if one.state in ("person", "in part")]
    return {"of": len(found), **{state: count[state] for state in STATES}, "for_a_person": left}


def _answer(writer: Writer, item: Item) -> Answered:
    said = writer.said(item.statement) if writer.statements.get(item.statement) else ""
    try:
        if item.unless and writer.holds(item.unless):
            return Answered(item, "not applicable", writer.sentence(item.answer) if item.answer else "")
        text = writer.sentence(item.answer) if item.answer else ""
    except InputError:
        if said:
            return Answered(item, "records", said)
        return Answered(item, "person", "This run has no record that answers it.")
    text = f"{text} {said}".strip()
    if said or (text and not item.missing):
        return Answered(item, "records", text)
    if text:
        return Answered(
            item, "in part", f"{text} For a person: {item.missing} (`release.statements.{item.statement}`)."
        )
    return Answered(
        item, "person", f"For a person: {STATEMENTS[item.statement]} (`release.statements.{item.statement}`)."
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
