"""Conversations drawn by chance, so many of each skill, for people to read: on a page, or in the terminal."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from residency.core.errors import InputError
from residency.core.files import read_jsonl, write_text
from residency.core.records import Conversation
from residency.core.runs import check_run_folder, is_finished
from residency.core.tools import spelt

OF_EACH = 20  # conversations of each skill on a page


def write_page(
    package: str,
    template: str,
    title: str,
    rows: Sequence[Conversation],
    report: Mapping[str, Any],
    path: Path,
    rng: random.Random,
) -> None:
    """Write a page of conversations of the training split, self-contained.

    Args:
        package: the room whose folder ``templates`` holds the template.
        template: its file's name; it extends ``sample.html.j2``.
        title: the page's heading.
        rows: what is drawn from.
        report: the stage's ``report.json``, whose figures stand before the conversations.
        path: the file to write.
        rng: what draws.
    """
    loader = ChoiceLoader([PackageLoader(package), PackageLoader("residency.core")])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["spelt"] = spelt
    groups = drawn([row for row in rows if row["split"] == "train"], OF_EACH, rng)
    page = environment.get_template(template).render(title=title, groups=groups, report=report)
    write_text(path, page.encode("utf-8", "replace").decode())  # half a surrogate pair cannot be written


def drawn(rows: Iterable[Conversation], number: int, rng: random.Random) -> dict[str, list[Conversation]]:
    """At most ``number`` conversations of each skill, by chance."""
    skills: dict[str, list[Conversation]] = defaultdict(list)
    for row in rows:
        skills[row["skill"]].append(row)
    return {skill: rng.sample(found, min(number, len(found))) for skill, found in sorted(skills.items())}


def sample(run_folder: Path, stage: str, skill: str | None, number: int, seed: int) -> dict[str, list[Conversation]]:
    """A stage's training conversations, drawn by chance, by skill.

    Args:
        run_folder: the run's folder.
        stage: the stage that built them: ``dialogue`` or ``grounding``.
        skill: the only skill wanted; None for all.
        number: conversations of each skill at most.
        seed: what is drawn depends on it alone.

    Raises:
        InputError: this is no run folder, nothing has been built, or there is no such skill.
    """
    check_run_folder(run_folder)
    if not is_finished(run_folder, stage):
        raise InputError(
            f"the stage {stage!r} has built nothing there",
            str(run_folder),
            f"Type: residency run RECIPE --until {stage}",
        )
    built = cast(Iterable[Conversation], read_jsonl(run_folder / stage / "conversations.jsonl"))
    rows = [row for row in built if row["split"] == "train"]
    known = sorted({row["skill"] for row in rows})
    if skill and skill not in known:
        raise InputError(f"nothing built has the skill {skill!r}", str(run_folder), f"There are: {', '.join(known)}")
    return drawn([row for row in rows if skill in (None, row["skill"])], number, random.Random(seed))
