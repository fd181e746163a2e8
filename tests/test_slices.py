"""Scores of parts of the items: by topic, source, split and passage."""

from __future__ import annotations

import random
from typing import Any

from residency.evaluation.slices import parts_of

METRIC = "open.token_f1"


def rows(parts: dict[str, tuple[int, float]], field: str = "topic") -> list[dict[str, Any]]:
    """So many items of each part, all of this score but for a little."""
    return [
        {
            "id": f"{name}{n}",
            "axis": "open",
            "cluster": f"{name}{n}",
            field: name,
            "metrics": {METRIC: value + n / 1000},
        }
        for name, (count, value) in parts.items()
        for n in range(count)
    ]


def test_small_topics_are_pooled_and_counted() -> None:
    base = rows({"hernia": (20, 0.5), "burns": (4, 0.2), "spleen": (5, 0.3)})
    final = rows({"hernia": (20, 0.6), "burns": (4, 0.2), "spleen": (5, 0.3)})
    found = parts_of({"base": base, "final": final}, "topic", {"open": METRIC}, pool=True)
    assert [part.name for part in found] == ["hernia", "2 others, under 10 items each"]
    assert [part.scores["base"].n for part in found] == [20, 9]
    assert [part.few for part in found] == [False, True]
    assert found[0].difference is not None and found[0].difference.value is not None
    assert abs(found[0].difference.value - 0.1) < 1e-9
    alone = parts_of({"base": rows({"hernia": (20, 0.5), "burns": (4, 0.2)})}, "topic", {"open": METRIC}, pool=True)
    assert [part.name for part in alone] == ["burns", "hernia"]  # one small topic hides behind no pool
    assert alone[0].few and alone[0].difference is None
    small = parts_of({"base": rows({"burns": (3, 0.2), "spleen": (5, 0.3)})}, "topic", {"open": METRIC}, pool=True)
    assert [part.name for part in small] == ["all 2, under 10 items each"]


def test_items_without_the_field_take_no_part() -> None:
    items = rows({"human": (12, 0.5), "synthetic": (12, 0.7), "": (3, 0.1)}, "source")
    items[0]["source"] = None
    found = parts_of({"base": items}, "source", {"open": METRIC})
    assert [(part.name, part.scores["base"].n) for part in found[:2]] == [("human-written", 11), ("synthetic", 12)]


def test_passages_seen_come_first_and_a_part_that_one_model_lacks_has_no_score_there() -> None:
    items = rows({"x": (24, 0.5)})
    for place, item in enumerate(items):
        item["passage_seen"] = place % 2 == 0
    other = [item for item in items if item["passage_seen"]]
    found = parts_of({"base": items, "final": other}, "passage_seen", {"open": METRIC})
    assert [part.name for part in found] == [
        "passage seen in training",
        "passage not seen",
        "gap (the first minus the second)",
    ]
    assert found[1].scores["final"].value is None
    assert found[1].few


def test_the_gap_in_gains_is_not_that_in_difficulty() -> None:
    """Seen items are easier for both models; only the last one's further gain on them is called a gap in gains."""
    models: dict[str, list[dict[str, Any]]] = {"base": [], "final": []}
    rng = random.Random(3)
    for n in range(80):
        seen, base = n % 2 == 0, rng.uniform(0.1, 0.3)
        easier = 0.3 if seen else 0.0
        for model, gained in (("base", 0.0), ("final", (0.2 if seen else 0.05) + rng.uniform(-0.03, 0.03))):
            item = {"id": str(n), "axis": "open", "cluster": str(n), "passage_seen": seen}
            models[model].append(item | {"metrics": {METRIC: base + easier + gained}})
    between = parts_of(models, "passage_seen", {"open": METRIC})[2]
    base, final = between.scores["base"], between.scores["final"]
    assert base.value is not None and final.value is not None
    assert abs(base.value - 0.3) < 0.03 and abs(final.value - 0.45) < 0.04
    assert between.difference is not None
    assert between.difference.low is not None and between.difference.high is not None
    assert 0 < between.difference.low < 0.15 < between.difference.high
