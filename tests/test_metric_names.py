"""Every metric that a grader names is declared, and every one that is declared is named by a grader."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import residency.evaluation as room
from residency.dialogue.skills import SKILLS
from residency.evaluation.metrics import ABSTAINING, HEADLINES, METRICS
from residency.evaluation.registry import TASKS
from residency.evaluation.report.names import AXES, INSTEAD
from residency.evaluation.tasks.faithfulness.items import BOTH_WAYS, OTHER_SKILLS
from residency.evaluation.tasks.faithfulness.settings import LEVELS

ROOM = Path(room.__file__).parent
GROUPS = sorted({name.partition(".")[0] for name in METRICS})
NAME = re.compile(rf"(?:{'|'.join(GROUPS)})\.[a-z0-9_]*")


@cache
def named() -> list[tuple[str, Path]]:
    """Each metric's name in the room's code, as a pattern, with the file: what is filled in may be anything."""
    return [(pattern, path) for path in sorted(ROOM.rglob("*.py")) for pattern in _named(path)]


def _named(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            held = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            if isinstance(held[0], str) and NAME.fullmatch(held[0]):
                yield "".join("[a-z0-9_]+" if one is None else re.escape(str(one)) for one in held)
            continue
        text = node.value if isinstance(node, ast.Constant) and node not in parts else None
        if isinstance(text, str) and NAME.fullmatch(text) and not text.endswith("."):
            # One that ends in a line is the beginning of several.
            yield re.escape(text) + ("[a-z0-9_]+" if text.endswith("_") else "")


def test_every_metric_that_the_code_names_is_declared() -> None:
    unknown = [
        (pattern, path.name)
        for pattern, path in named()
        if not any(re.fullmatch(pattern, metric) for metric in METRICS)
    ]
    assert not unknown


def test_every_metric_that_is_declared_is_given_by_a_grader() -> None:
    patterns = {pattern for pattern, path in named() if ROOM / "tasks" in path.parents}
    assert [metric for metric in METRICS if not any(re.fullmatch(pattern, metric) for pattern in patterns)] == []


def test_names_that_are_made_of_skills_and_levels_are_declared_one_by_one() -> None:
    declared = {group: {name for name in METRICS if name.startswith(f"{group}.")} for group in ("skill", "grounding")}
    shown = {"skill.shown", "skill.shown_real"}
    assert declared["skill"] - shown == {f"skill.{name}" for name in SKILLS}
    assert declared["grounding"] - {"grounding.shown"} == {f"grounding.{name}" for name in [*BOTH_WAYS, *OTHER_SKILLS]}
    noise = {name for name in METRICS if re.fullmatch(r"faithfulness\.noise_\d+", name)}
    assert noise == {f"faithfulness.noise_{level}" for level in LEVELS}


def test_what_the_report_is_told_of_metrics_and_axes_is_declared_too() -> None:
    assert {*HEADLINES.values(), *INSTEAD, *INSTEAD.values(), *ABSTAINING} <= METRICS.keys()
    assert {*HEADLINES, *TASKS} <= AXES.keys(), "each task and each headline has a place and a title on the page"
