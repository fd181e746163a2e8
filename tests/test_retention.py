"""Retention: general prompts graded by code as IFEval defines it, at the level of prompts and of instructions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from residency.evaluation.item import GIVEN, Answer, Item, Result, item_of, result_of
from residency.evaluation.metrics.retention import METRICS
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.retention.grade import grade
from residency.evaluation.tasks.retention.items import collect
from residency.evaluation.tasks.retention.settings import RetentionSettings
from residency.evaluation.tasks.retention.tables import by_kind, four_figures, tables
from tests.instruction_golds import GOLDS

ITEMS = [item_of(json.loads(json.dumps(item.as_row()))) for item in collect(Sources(EvaluateSettings(), 0))]


def answered(item: Item, *said: str, fault: str = "") -> dict[str, Sequence[Answer]]:
    more = {"fault": fault} if fault else {}
    steps: list[Any] = [{"text": text, "finish": "stop", "tokens": 1, **more} for text in said]
    return {
        GIVEN: [
            {"id": item.id, "ask": GIVEN, "sample": place, "said": [one], "letters": None}
            for place, one in enumerate(steps)
        ]
    }


def result(item: Item, *said: str, fault: str = "") -> Result:
    answers = answered(item, *said, fault=fault)
    return result_of(item, answers, grade(item, answers))


def gold(item: Item) -> str:
    return GOLDS[item.id.removeprefix("retention/")]


def test_gold_answers_score_one_on_every_metric() -> None:
    for item in ITEMS:
        found = grade(item, answered(item, gold(item)))
        assert (found.status, set(found.metrics.values())) == ("ok", {1.0}), item.id
        assert found.metrics.keys() <= METRICS.keys()


def test_a_prompt_is_followed_where_all_of_its_instructions_are_and_instructions_one_by_one() -> None:
    item = next(item for item in ITEMS if item.id == "retention/first-aid-kit")
    unordered = "\n".join(reversed(gold(item).split("\n")))
    metrics = grade(item, answered(item, unordered)).metrics
    assert metrics["retention.prompt_strict"] == 0.0 and metrics["retention.instruction_strict"] == 0.5
    preamble = f"Here are six things:\n{gold(item)}"
    metrics = grade(item, answered(item, preamble)).metrics
    assert (metrics["retention.prompt_strict"], metrics["retention.prompt_loose"]) == (0.0, 1.0)
    assert grade(item, answered(item, gold(item), unordered)).metrics["retention.prompt_strict"] == 0.5


def test_an_answer_with_a_fault_is_missing_and_an_empty_one_is_wrong() -> None:
    item = ITEMS[0]
    found = grade(item, answered(item, "", fault="the prompt is too long"))
    assert found.status == "errored" and set(found.metrics.values()) == {None}
    assert set(grade(item, answered(item, "")).metrics.values()) == {0.0}


def test_the_figures_are_ifevals_of_prompts_and_over_all_instructions() -> None:
    one, two, three = (next(item for item in ITEMS if len(item.expect["instructions"]) == n) for n in (1, 2, 1))
    rows = [result(one, gold(one)), result(two, "Nothing of the kind, 1 2 3?"), result(three, "x", fault="gone")]
    rows[2] = cast(Result, {**rows[2], "id": "other", "cluster": "other"})
    told = {(row[1], row[2]): row[3:] for row in four_figures({"base": rows}).rows}
    score, low, high, n, missing = told["prompts", "strict"]
    assert (score, n, missing) == (0.5, 2, 1) and 0 < cast(float, low) < 0.5 < cast(float, high) < 1
    followed = 1 + sum(rows[1]["details"]["strict"])
    assert told["instructions", "strict"][0] == followed / 3 and told["instructions", "strict"][3:] == [3, 1]
    kinds = {row[1] for row in by_kind({"base": rows}).rows}
    assert kinds == {one["kind"] for item in (one, two, three) for one in item.expect["instructions"]}
    assert tables({"base": []}) == []


def test_prompts_are_asked_without_a_mode_and_can_be_left_out_or_drawn() -> None:
    assert all("Mode" not in item.first.messages[0]["content"] for item in ITEMS)
    assert {item.topic for item in ITEMS} == {"everyday", "knowledge", "health"}
    assert len(collect(Sources(EvaluateSettings(max_items=10), 0))) == 10
    without = EvaluateSettings().model_copy(update={"retention": RetentionSettings(instructions=False)})
    assert collect(Sources(without, 0)) == []
