"""Comparing two models from their results or files: what is shared, what is refused, what is said."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import InputError
from residency.core.files import write_jsonl
from residency.evaluation.compare import compare_files, compare_results

Rows = list[dict[str, Any]]


def model(gain: float, count: int = 60, first: int = 0, **details: str) -> Rows:
    rows = []
    for number in range(first, first + count):
        rng = random.Random(number)
        base = rng.uniform(0.3, 0.6)
        rows += [
            {
                "id": f"{axis}/{number}",
                "axis": axis,
                "cluster": f"c{number}",
                "metrics": {metric: value},
                "status": "ok",
                "details": dict(details),
            }
            for axis, metric, value in (
                ("open", "open.token_f1", base + gain * rng.uniform(0.5, 1.5)),
                ("exam", "exam.accuracy_likelihood", float(rng.random() < 0.5)),
            )
        ]
    return rows


def saved(folder: Path, name: str, rows: Rows, prompt: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_jsonl(folder / f"scores-{name}.jsonl", rows)
    if prompt:
        write_jsonl(folder / "items.jsonl", [{"id": row["id"], "asks": [{"key": prompt}]} for row in rows])
    return folder


def test_shared_items_are_compared_and_the_others_counted() -> None:
    found = compare_results(model(0.1, 60), model(0.0, 60, first=10), ("ours", "theirs"))
    assert (found["shared"], found["unshared"]) == (100, {"ours": 20, "theirs": 20})
    assert found["says"].startswith("100 items shared; left out as unshared: 20 of ours and 20 of theirs; whether")
    rows = {row["metric"]: row for row in found["metrics"]}
    better, same = rows["open.token_f1"], rows["exam.accuracy_likelihood"]
    assert (better["verdict"], same["verdict"]) == ("better", "open")
    assert better["difference"]["value"] == pytest.approx(0.1, abs=0.02)
    assert better["difference"]["unmatched"] == 0
    assert better["a"]["n"] == better["b"]["n"] == 50
    assert better["adjusted"] >= better["difference"]["p"]
    assert same["visible"] > 0.05 and same["needed_n"] is None  # no difference at all needs no number
    json.dumps(found, allow_nan=False)


def test_a_model_against_itself_is_never_better() -> None:
    found = compare_results(model(0.1), model(0.1), ("one vs two", "one vs two"))
    assert (found["a"], found["b"]) == ("one vs two (1)", "one vs two (2)")
    assert {row["verdict"] for row in found["metrics"]} == {"open"}


def test_files_say_whether_the_prompts_were_the_same(tmp_path: Path) -> None:
    first = saved(tmp_path / "one" / "evaluate", "final", model(0.1), "p")
    second = saved(tmp_path / "two", "final", model(0.0), "p")
    saved(second, "base", model(-0.2), "p")
    found = compare_files(tmp_path / "one", second)
    assert (found["a"], found["b"], found["prompts_differ"]) == ("one/final", "two/final", 0)
    assert found["says"].endswith("none left out; all asked in the same words.")
    assert compare_files(first, second / "scores-base.jsonl")["b"] == "two/base"
    other = saved(tmp_path / "three", "final", model(0.0), "q")
    assert "120 of them not asked in the same words" in compare_files(first, other)["says"]


def test_other_items_and_other_graders_are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no item is shared \(120 items against 120\)"):
        compare_results(model(0.0), model(0.0, first=100))
    first = saved(tmp_path / "a", "final", model(0.0, grader="judge-a"))
    second = saved(tmp_path / "b", "final", model(0.0, grader="judge-b"))
    with pytest.raises(InputError, match="were graded by judge-a in one and by judge-b in the other"):
        compare_files(first, second)
    assert compare_files(first, saved(tmp_path / "c", "final", model(0.0)))["shared"] == 120  # rules alone are shared


def test_a_folder_without_scores_or_with_several_unknown_models_says_what_to_do(tmp_path: Path) -> None:
    good = saved(tmp_path / "good", "final", model(0.0, 5))
    with pytest.raises(InputError, match="there are no scores"):
        compare_files(tmp_path, good)
    many = saved(tmp_path / "many", "x", model(0.0, 5))
    saved(many, "y", model(0.0, 5))
    with pytest.raises(InputError, match=r"2 models \(x and y\).*Name one scores-MODEL"):
        compare_files(many, good)
    wrong = tmp_path / "scores-z.jsonl"
    write_jsonl(wrong, [{"id": "a"}])
    with pytest.raises(InputError, match="lacks axis, cluster, metrics and status"):
        compare_files(wrong, good)
