"""Faults of answers over passages that disagree."""

from __future__ import annotations

import random
import re

from benchmarks.planted_context_faults.given import (
    Given,
    behind,
    cited,
    formed,
    mark_of,
    with_answer,
)


def _sides(given: Given) -> tuple[str, str, str, str]:
    check = given.check
    dates = {one["id"]: one["date"][:4] for one in given.passages}
    old, new = (
        cited(f"{f'In {dates[name]} it was said that' if dates.get(name) else 'One passage says that'} {said}", mark)
        for name, said, mark in (
            (check["old"], check["said_old"], mark_of(given, check["old"])),
            (check["new"], check["said_new"], mark_of(given, check["new"])),
        )
    )
    return old, new, str(check["said_old"]), str(check["said_new"])


def old_alone(given: Given, rng: random.Random) -> Given | None:
    """Only the outdated statement."""
    return with_answer(given, formed(given, cited(str(given.check["said_old"]), mark_of(given, given.check["old"]))))


def new_alone(given: Given, rng: random.Random) -> Given | None:
    """Only the other statement."""
    mark = mark_of(given, given.check["new"]) if given.check["new"] else ""
    said = str(given.check["said_new"])
    return with_answer(given, formed(given, cited(said, mark) if mark else said))


def side_by_side(given: Given, rng: random.Random) -> Given | None:
    """Both statements, and no word that they do not go together."""
    if not given.check["new"]:
        return None
    old, new, *_ = _sides(given)
    return with_answer(given, formed(given, f"{old} {new}"))


def follows_old(given: Given, rng: random.Random) -> Given | None:
    """Both statements, and the outdated one is followed."""
    if not given.check["new"]:
        return None
    old, new, *_ = _sides(given)
    return with_answer(given, formed(given, f"The passages disagree. {old} {new} I would follow the older passage."))


def chooses_none(given: Given, rng: random.Random) -> Given | None:
    """Both statements, that they disagree, and nothing on which counts."""
    if not given.check["new"]:
        return None
    old, new, *_ = _sides(given)
    return with_answer(given, formed(given, f"The passages disagree. {old} {new}"))


def dates_lost(given: Given, rng: random.Random) -> Given | None:
    """No year is named."""
    years = {one["date"][:4] for one in given.passages if one["date"]}
    if not given.check["new"] or not years:
        return None
    return with_answer(given, re.sub("|".join(map(re.escape, years)), "that time", given.answer))


def old_recommended(given: Given, rng: random.Random) -> Given | None:
    """The outdated statement stands at the end again, as advice."""
    return with_answer(given, behind(given.answer, str(given.check["said_old"])))
