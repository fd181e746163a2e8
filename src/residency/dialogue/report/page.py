"""A page of dialogues drawn by chance, so many of each skill, for people to read."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined

from residency.core.errors import InputError
from residency.core.files import read_jsonl, write_text
from residency.core.records import Conversation
from residency.core.runs import check_run_folder, is_finished
from residency.dialogue.settings import SKILL_NAMES

OF_EACH = 20  # dialogues of each skill on the page


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("residency.dialogue.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def write_page(rows: Sequence[Conversation], report: Mapping[str, Any], path: Path, rng: random.Random) -> None:
    """Write the page, self-contained.

    Args:
        rows: built dialogues; those of training are drawn from.
        report: the stage's ``report.json``, whose figures stand before them.
        path: the file to write.
        rng: what draws.
    """
    groups = drawn([row for row in rows if row["split"] == "train"], OF_EACH, rng)
    write_text(path, _environment().get_template("sample.html.j2").render(groups=groups, report=report))


def drawn(rows: Iterable[Conversation], number: int, rng: random.Random) -> dict[str, list[Conversation]]:
    """At most ``number`` dialogues of each skill, by chance."""
    skills: dict[str, list[Conversation]] = defaultdict(list)
    for row in rows:
        skills[row["skill"]].append(row)
    return {skill: rng.sample(found, min(number, len(found))) for skill, found in sorted(skills.items())}


def sample(run_folder: Path, skill: str | None, number: int, seed: int) -> dict[str, list[Conversation]]:
    """Dialogues of a run, drawn by chance, by skill.

    Args:
        run_folder: the run's folder.
        skill: the only skill wanted; None for all.
        number: dialogues of each skill at most.
        seed: what is drawn depends on it alone.

    Raises:
        InputError: this is no run folder, its dialogues have not been built, or there is no such skill.
    """
    check_run_folder(run_folder)
    if not is_finished(run_folder, "dialogue"):
        raise InputError(
            "no dialogues have been built there", str(run_folder), "Type: residency run RECIPE --until dialogue"
        )
    built = cast(Iterable[Conversation], read_jsonl(run_folder / "dialogue" / "conversations.jsonl"))
    rows = [row for row in built if row["split"] == "train"]
    known = [name for name in (*SKILL_NAMES, "own") if any(row["skill"] == name for row in rows)]
    if skill and skill not in known:
        raise InputError(f"no dialogue has the skill {skill!r}", str(run_folder), f"There are: {', '.join(known)}")
    rows = [row for row in rows if skill in (None, row["skill"])]
    return drawn(rows, number, random.Random(seed))
