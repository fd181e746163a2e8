"""The recipe that follows from the answers: what they change together, as a text, as a diff and as a file."""

from __future__ import annotations

import difflib
import io
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from residency.ablation.changes import with_share
from residency.ablation.question import ORDER, Share
from residency.ablation.records import Answer, Contrast
from residency.ablation.spoken import spoken_of
from residency.ablation.toml import with_values
from residency.core.errors import InputError
from residency.core.files import write_text

SHARES = "mix.shares"
_SHARES_ORDER = ("grounding", "dialogues")  # what is applied last has exactly its share: dialogues are the few


@dataclass(frozen=True)
class Suggestion:
    """The recipe that follows: ``changes`` by dotted key with their ``reasons`` and the titles of the ``questions``
    that they rest on, ``notes`` that a reader must know, the texts ``before`` and ``after``, and their ``difference``
    as a unified diff, empty where nothing changes."""

    changes: Mapping[str, Any]
    reasons: Mapping[str, str]
    questions: Mapping[str, Sequence[str]]
    notes: Sequence[str]
    before: str
    after: str
    difference: str


def suggestion(
    answers: Sequence[Answer], recipe_text: str, recipe_values: Mapping[str, Any], name: str = "recipe.toml"
) -> Suggestion:
    """What the answers come to, for a recipe's text and all of its values, section by section.

    Raises:
        InputError: a change cannot be put into the text.
    """
    found, notes = _together(answers, recipe_values)
    changes = {key: value for key, (value, _) in found.items()}
    reasons = {key: "; ".join(map(_reason, whose)) for key, (_, whose) in found.items()}
    questions = {key: [one.question.title for one in whose] for key, (_, whose) in found.items()}
    after = suggested(recipe_text, changes, reasons)
    notes += _profiles(recipe_text, changes)
    return Suggestion(changes, reasons, questions, notes, recipe_text, after, diff(recipe_text, after, name))


def combined(answers: Sequence[Answer], recipe_values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values that all answers change, by dotted key, and what must be said of how they were put together.

    Shares of kinds are set one after another: grounding's, then the dialogues'. Where questions ask for different
    values of one key otherwise, the first in the order of the report has its way. Where two proxies ask for different
    values, the question changes nothing.
    """
    found, notes = _together(answers, recipe_values)
    return {key: value for key, (value, _) in found.items()}, notes


def suggested(recipe_text: str, changes: Mapping[str, Any], reasons: Mapping[str, str] | None = None) -> str:
    """The recipe's text with the values set. Comments, order and profiles stay as they are; a changed line says its
    reason at its end.

    Raises:
        InputError: the text is no TOML, or a value has no place in it.
    """
    return with_values(recipe_text, changes, reasons)


def diff(before: str, after: str, name: str) -> str:
    """A unified diff of two texts of the file ``name``; empty where they are the same."""
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def apply(path: Path, found: Suggestion) -> Path:
    """Write the suggested recipe, and keep the old one beside it; returns where.

    Raises:
        InputError: the recipe is no longer the one that the suggestion was made of.
    """
    path = path.resolve()
    old = path.read_bytes()
    if old.decode("utf-8") != found.before:
        raise InputError(
            "the recipe was changed since", str(path), "Type the same command again; it keeps its trainings"
        )
    kept = _kept(path, old)
    write_text(path, found.after)
    return kept


def read_recipe(path: Path) -> str:
    """A recipe's text with its line ends as they are, as ``suggestion`` takes it."""
    return path.read_bytes().decode("utf-8")


def _together(
    answers: Sequence[Answer], recipe_values: Mapping[str, Any]
) -> tuple[dict[str, tuple[Any, list[Answer]]], list[str]]:
    """By key: the value, and the answers that it rests on."""
    chosen, notes = _agreed(answers)
    sharing = [one for one in chosen if _share(one) is not None]
    sharing.sort(key=lambda one: _place(one.question.name, _SHARES_ORDER))
    several = len(sharing) > 1
    found: dict[str, tuple[Any, list[Answer]]] = {}
    for answer in chosen:
        for key, value in answer.changes.items():
            if several and key == SHARES and answer in sharing:
                continue
            if key not in found:
                found[key] = (value, [answer])
            elif found[key][0] == value:
                found[key][1].append(answer)
            else:
                first = found[key][1][0].question.title
                notes.append(
                    f"{first} and {answer.question.title} ask for different values of {key}. The value of {first} is"
                    " taken; the two were not tried together."
                )
    if several:
        shares = found[SHARES][0] if SHARES in found else recipe_values["mix"]["shares"]
        shares, applied, said = _shared(shares, sharing)
        notes += said
        found[SHARES] = (shares, [*found.get(SHARES, (None, []))[1], *applied])
    return {key: one for key, one in found.items() if _value_of(recipe_values, key) != one[0]}, notes


def _shared(
    shares: Mapping[str, float], sharing: Sequence[Answer]
) -> tuple[Mapping[str, float], list[Answer], list[str]]:
    applied, notes = [], []
    for answer in sharing:
        share = _share(answer)
        if share is None:
            continue
        try:
            shares = with_share(shares, share, answer.arm)
        except InputError as error:
            notes.append(f"The share of {answer.question.title} could not be set beside the others: {error.what}.")
            continue
        applied.append(answer)
    if len(applied) > 1:
        order = ", then ".join(one.question.title for one in applied)
        left = "; ".join(_left(one, shares) for one in applied)
        notes.append(
            f"Two questions change the shares of the mix. They were set one after another, {order}, so that the first"
            f" is moved by the last ({left}). The two were not tried together."
        )
    return shares, applied, notes


def _left(answer: Answer, shares: Mapping[str, float]) -> str:
    share = _share(answer)
    kinds = share.kinds if share else []
    has = sum(shares.get(kind, 0.0) for kind in kinds)
    return f"{' + '.join(kinds)}: {has:.1%}, measured at {share.to if share else 0:.1%}"


def _agreed(answers: Sequence[Answer]) -> tuple[list[Answer], list[str]]:
    """One answer of each question that changes something, in the report's order."""
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.question.name, []).append(answer)
    chosen, notes = [], []
    for name in sorted(groups, key=lambda name: _place(name, ORDER)):
        group = groups[name]
        changing = [one for one in group if one.changes]
        if not changing:
            continue
        first, title = changing[0], changing[0].question.title
        if any(one.changes != first.changes for one in changing):
            asked = "; ".join(f"{one.arm} on {one.proxy}" for one in changing)
            notes.append(f"{title}: the proxies suggest different arms ({asked}), so the recipe stays as it is there.")
            continue
        against = [one.proxy for one in group if not one.changes and (one.arm or one.outcome == "worse")]
        if against:
            notes.append(
                f"{title}: {first.arm} is suggested on {first.proxy}, and what the recipe has on {against[0]}, so it"
                " stays as it is there."
            )
            continue
        if len(changing) < len(group):
            rest = ", ".join(one.proxy for one in group if not one.changes)
            notes.append(f"{title}: {first.arm} is suggested on {first.proxy} alone; {rest} did not show it.")
        chosen.append(first)
    return chosen, notes


def _share(answer: Answer) -> Share | None:
    """The share that its arm sets, where that is all of what it asks of the shares."""
    if SHARES not in answer.changes or not answer.arm:
        return None
    arm = answer.question.arm(answer.arm)
    return None if SHARES in arm.set else arm.share


def _reason(answer: Answer) -> str:
    found = spoken_of(answer)
    return f"{answer.question.name}, {_told(found)}" if found else f"{answer.question.name}, arm {answer.arm}"


def _told(found: Contrast) -> str:
    one = found.difference
    if one.value is None:
        return f"{found.metric} could not be compared"
    limits = "" if one.low is None or one.high is None else f" ({100 * one.low:+.1f} to {100 * one.high:+.1f})"
    return (
        f"{found.metric} {100 * one.value:+.1f} points{limits}, {found.arm} against {found.control}, on {found.proxy}"
    )


def _profiles(text: str, changes: Mapping[str, Any]) -> list[str]:
    """Profiles that set what is changed have their own value still."""
    profiles = tomllib.loads(text.removeprefix("\ufeff")).get("profiles", {})
    return [
        f"The profile {name} sets {key} itself, and keeps its value."
        for name, values in profiles.items()
        for key in changes
        if _value_of(values, key) is not None
    ]


def _value_of(values: Any, key: str) -> Any:
    for part in key.split("."):
        if not isinstance(values, Mapping) or part not in values:
            return None
        values = values[part]
    return values


def _place(name: str, order: Sequence[str]) -> tuple[int, int]:
    """A name's place in an order; after it come the other questions, in the report's order."""
    if name in order:
        return order.index(name), 0
    return len(order), ORDER.index(name) if name in ORDER else len(ORDER)


def _kept(path: Path, old: bytes) -> Path:
    """Write the old recipe beside the new one, under a name that nothing has."""
    number = 1
    while True:
        kept = path.with_name(f"{path.stem}.before-ablate{f'-{number}' if number > 1 else ''}{path.suffix}")
        try:
            with kept.open("xb") as handle:
                handle.write(old)
            return kept
        except FileExistsError:
            number += 1


def _lines(text: str) -> list[str]:
    return list(io.StringIO(text.replace("\r\n", "\n")))
