"""One model against another on the items that both answered, from results or from the files that hold them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import read_jsonl
from residency.evaluation.numbers import counted, joined
from residency.evaluation.report.names import axis_in_text, grouped
from residency.evaluation.report.setup import graders_of
from residency.evaluation.report.summary import changes_of
from residency.evaluation.scales import SCALES
from residency.judging.statistics import Item, compare, needed_n, summarise
from residency.judging.statistics import changes as changes_in

PREFERRED = ("final", "sft", "base")  # of a run folder's models
_DIFFERENT_GRADERS = "Grade one of them again with the other's grader: residency evaluate --rescore"


@dataclass(frozen=True)
class Side:
    """One model's results, with what was asked (``items`` by id) where that is known."""

    name: str
    results: Sequence[Item]
    items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def compare_files(a: Path, b: Path, confidence: float = 0.95, seed: int = 0) -> dict[str, Any]:
    """``compare_sides`` of two runs, evaluation folders or scores files.

    Raises:
        InputError: a path holds no scores, nothing is shared, or what is shared was graded differently.
    """
    return compare_sides(read_side(a), read_side(b), confidence, seed)


def compare_results(
    results_a: Sequence[Item],
    results_b: Sequence[Item],
    names: tuple[str, str] = ("a", "b"),
    confidence: float = 0.95,
    seed: int = 0,
) -> dict[str, Any]:
    """``compare_sides`` of results alone."""
    return compare_sides(Side(names[0], results_a), Side(names[1], results_b), confidence, seed)


def compare_sides(a: Side, b: Side, confidence: float = 0.95, seed: int = 0) -> dict[str, Any]:
    """Every metric of ``a`` minus ``b`` on the shared items, as plain JSON values.

    Holds ``a`` and ``b`` (names), ``shared`` (items), ``unshared`` (by side), ``prompts_differ`` (shared items that
    were asked otherwise; None where one side's prompts are not known), ``says`` (a sentence for what a reader must
    know) and ``metrics``: for each ``metric``, ``title``, ``axis``, ``headline``, ``higher_is_better``, both models'
    estimates, the ``difference`` with ``p`` and Holm's ``adjusted``, its ``verdict`` for ``a`` (better, worse, open),
    the smallest ``visible`` difference and ``needed_n``, the items at which one as measured would be shown.

    Raises:
        InputError: no item is shared, or the shared axes were graded by different graders.
    """
    names = _apart(a.name, b.name)
    keys_a, keys_b = _keys(a.results), _keys(b.results)
    shared = keys_a & keys_b
    if not shared:
        what = f"no item is shared ({counted(len(keys_a), 'item')} against {len(keys_b):,})"
        raise InputError(what, f"{names[0]} and {names[1]}", "Evaluate both on the same sources with the same seed")
    _check_graders(a, b, {axis for axis, _ in shared}, names)
    results = {
        "b": [item for item in b.results if (item["axis"], item["id"]) in shared],
        "a": [item for item in a.results if (item["axis"], item["id"]) in shared],
    }
    differences = compare(results["a"], results["b"], confidence, seed, SCALES)
    scores = {side: summarise(items, confidence, seed, SCALES) for side, items in results.items()}
    axis_of = {metric: axis for axis, metrics in grouped(results).items() for metric in metrics}
    metrics = []
    for one in changes_of(results, "a vs b", differences, confidence):
        values, clusters = changes_in(results["a"], results["b"], one.metric)
        effect = one.difference.value or 0.0
        metrics.append(
            {
                **{key: value for key, value in vars(one).items() if key != "difference"},
                "axis": axis_of[one.metric],
                **{side: asdict(found[one.metric]) if one.metric in found else None for side, found in scores.items()},
                "difference": asdict(one.difference),
                "verdict": one.verdict(confidence),
                "needed_n": needed_n(values, effect, confidence, clusters=clusters) if values else None,
            }
        )
    unshared = {names[0]: len(keys_a - shared), names[1]: len(keys_b - shared)}
    differ = _asked_otherwise(a, b, {key for _, key in shared})
    return {
        "a": names[0],
        "b": names[1],
        "shared": len(shared),
        "unshared": unshared,
        "prompts_differ": differ,
        "says": _says(len(shared), unshared, differ),
        "metrics": metrics,
    }


def read_side(path: Path) -> Side:
    """A model's results from a scores file, an evaluation's folder or a run folder.

    A folder with several models gives its final one, else its SFT model; name another by its scores file.

    Raises:
        InputError: there are no scores, or it cannot be told which are meant.
    """
    scores = path if path.is_file() else _scores_in(path)
    name = scores.stem.removeprefix("scores-")
    folder = scores.parent
    items_file = folder / "items.jsonl"
    items = {row["id"]: row for row in read_jsonl(items_file)} if items_file.is_file() else {}
    run = folder.parent.name if folder.name == "evaluate" else folder.name
    results = list(read_jsonl(scores))
    for place, row in enumerate(results, 1):
        if lacking := {"id", "axis", "cluster", "metrics", "status"} - row.keys():
            what = f"not a line of scores: it lacks {joined(sorted(lacking))}"
            raise InputError(what, f"{scores}:{place}", "Name a scores-MODEL.jsonl, or the folder that holds it")
    return Side(f"{run}/{name}", results, items)


def _scores_in(path: Path) -> Path:
    folders = [folder for folder in (path / "evaluate", path) if folder.is_dir()]
    found = next((files for folder in folders if (files := sorted(folder.glob("scores-*.jsonl")))), [])
    if not found:
        raise InputError("there are no scores", str(path), "Type: residency evaluate")
    by_name = {file.stem.removeprefix("scores-"): file for file in found}
    name = next((name for name in PREFERRED if name in by_name), None)
    if name is None and len(found) > 1:
        what = f"there are scores of {len(found)} models ({joined(sorted(by_name))})"
        raise InputError(what, str(found[0].parent), "Name one scores-MODEL.jsonl")
    return by_name[name] if name else found[0]


def _keys(results: Sequence[Item]) -> set[tuple[str, str]]:
    return {(item["axis"], item["id"]) for item in results}


def _apart(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a != b else (f"{a} (1)", f"{b} (2)")


def _check_graders(a: Side, b: Side, axes: set[str], names: tuple[str, str]) -> None:
    for axis in sorted(axes):
        first, second = graders_of({"": a.results}).get(axis), graders_of({"": b.results}).get(axis)
        if first and second and first != second:
            what = f"{axis_in_text(axis)} were graded by {first} in one and by {second} in the other"
            raise InputError(what, f"{names[0]} and {names[1]}", _DIFFERENT_GRADERS)


def _asked_otherwise(a: Side, b: Side, ids: set[str]) -> int | None:
    if not a.items or not b.items:
        return None
    return sum(_digest(a.items.get(key)) != _digest(b.items.get(key)) for key in ids)


def _digest(item: Mapping[str, Any] | None) -> str:
    asks = json.dumps((item or {}).get("asks"), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(asks.encode()).hexdigest()


def _says(shared: int, unshared: Mapping[str, int], differ: int | None) -> str:
    left = [f"{count:,} of {name}" for name, count in unshared.items() if count]
    text = f"{counted(shared, 'item')} shared; {f'left out as unshared: {joined(left)}' if left else 'none left out'}"
    if differ is None:
        return f"{text}; whether the prompts were the same is not known."
    return f"{text}; {'all asked' if not differ else f'{differ:,} of them not asked'} in the same words."
