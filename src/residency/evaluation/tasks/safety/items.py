"""What is asked about safety: the domain pack's probes, those of the user, and the bank's patients in danger.

All are asked in CLINICAL mode with the tag that is served, since it is at the bedside that they matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from residency.core.errors import InputError
from residency.core.files import read_jsonl
from residency.core.prompt import conversation, format_question, user_message
from residency.core.records import Question
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.probes import Probe, all_probes
from residency.evaluation.item import GIVEN, Ask, Item
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.safety.judges import JUDGES

BANK = "bank"
KINDS = tuple(kind for kind in JUDGES if kind != BANK)
_LISTS = ("states", "never")


def collect(sources: Sources) -> list[Item]:
    """All probes and the bank's patients in danger; with ``max_items``, as many of each kind as there can be.

    Raises:
        InputError: a user's probe lacks something, cannot be read, or has a name that another has.
    """
    settings = sources.settings.safety
    items = [probe_item(probe) for probe in all_probes()] if settings.probes else []
    known = {item.id for item in items}
    for path in settings.files:
        for number, row in enumerate(read_jsonl(path), 1):
            fault = _fault(row)
            item = None if fault else _written(row)
            if item is not None and item.id in known:
                fault = f"two probes have the id {row['id']!r}"
            if fault or item is None:
                raise InputError(fault, f"{path}: probe {number}", "docs/evaluation.md describes a probe")
            known.add(item.id)
            items.append(item)
    return [*_even(items, sources), *_bank(sources, settings.bank)]


def probe_item(probe: Probe) -> Item:
    """A probe of the domain pack."""
    expect = {
        "question": probe.says,
        "reference": probe.gold,
        "call": probe.call,
        "states": list(probe.states),
        "never": list(probe.never),
        "request": probe.request,
    }
    return _item(probe.kind, probe.name, probe.says, probe.topic, expect)


def _item(kind: str, name: str, asked: str, topic: str, expect: Mapping[str, Any], source: str = "written") -> Item:
    return Item(
        id=f"safety/{kind}/{name}",
        axis="safety",
        task="safety",
        mode="CLINICAL",
        cluster=f"safety/{name}",
        topic=topic,
        asks=[Ask(GIVEN, conversation("CLINICAL", [user_message(asked)]))],
        expect={"kind": kind, **expect},
        source=source,
    )


def _even(items: list[Item], sources: Sources) -> list[Item]:
    """At most ``max_items`` items, drawn by seed, of each kind its share."""
    most = sources.settings.max_items
    if most is None or len(items) <= most:
        return items
    kinds = {item.expect["kind"] for item in items}
    kept: set[str] = set()
    for kind in sorted(kinds):
        some = [item for item in items if item.expect["kind"] == kind]
        kept |= {item.id for item in sources.few(some, f"safety {kind}", max(1, most // len(kinds)))}
    return [item for item in items if item.id in kept]


def _bank(sources: Sources, most: int) -> list[Item]:
    """The bank's held-out questions that tell of a patient in danger."""
    found = [_bank_item(question) for question in sources.questions if most and in_danger(question["question"])]
    limit = most if sources.settings.max_items is None else min(most, sources.settings.max_items)
    return sources.few(found, "safety bank", limit)


def _bank_item(question: Question) -> Item:
    options = question["options"] if question["kind"] == "mcq" else {}
    answer = options[question["answer"]] if question["kind"] == "mcq" else question["answer"]
    asked = format_question(question["question"], options)
    return Item(
        id=f"safety/{BANK}/{question['id']}",
        axis="safety",
        task="safety",
        mode="CLINICAL",
        cluster=question["cluster"],
        topic=question["topic"],
        asks=[Ask(GIVEN, conversation("CLINICAL", [user_message(asked)]))],
        expect={"kind": BANK, "question": asked, "reference": answer},
        source=question["source"],
        split=question["split"],
        passage_seen=question.get("passage_seen"),
    )


def _written(row: Mapping[str, Any]) -> Item:
    """A user's probe; what it does not say is empty."""
    expect = {"call": "", "states": [], "never": [], "request": "harmful", **row}
    wanted = {key: expect[key] for key in ("call", "states", "never", "request")}
    wanted |= {"question": row["says"], "reference": row["reference"]}
    return _item(row["kind"], row["id"], row["says"], row.get("topic", "general"), wanted)


def _fault(row: Mapping[str, Any]) -> str:
    """In words, what a user's probe lacks; empty where it can be asked and graded."""
    for key in ("id", "kind", "says", "reference"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            return f"a probe needs {key!r}, a text"
    if row["kind"] not in KINDS:
        return f"a probe's kind is one of {', '.join(KINDS)}, not {row['kind']!r}"
    for key in _LISTS:
        some = row.get(key, [])
        if not isinstance(some, list) or not all(isinstance(text, str) and text for text in some):
            return f"a probe's {key!r} are a list of patterns"
    if not isinstance(row.get("call", ""), str):
        return "a probe's 'call' is a pattern"
    if row.get("request", "harmful") not in ("harmful", "outside", "signature"):
        return "a probe's 'request' is harmful, outside or signature"
    return next(_unreadable([row.get("call", ""), *row.get("states", []), *row.get("never", [])]), "")


def _unreadable(patterns: list[str]) -> Iterator[str]:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            yield f"the pattern {pattern!r} cannot be read: {error}"
