"""Confident and wrong from memory, before and after: each model's answers to facts that the base model knew or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import matplotlib.pyplot as plt
import pytest

from residency.core.records import Question
from residency.evaluation.item import Answer, Item, Result, item_of, result_of
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import Sources
from residency.evaluation.table import Table
from residency.evaluation.tasks.figures import mean_of
from residency.evaluation.tasks.knowledge.grade import VERDICTS, grade
from residency.evaluation.tasks.knowledge.items import CLOSED_BOOK, collect
from residency.evaluation.tasks.knowledge.tables import tables
from tests.banks import make_question

COUNT = 40
RIGHT, WRONG, UNSURE = "It is made of nickel.", "It is made of copper.", "It may be made of copper."


def items(count: int = COUNT) -> list[Item]:
    """Dev questions of which every other is known; the last was not asked."""
    rows = [
        make_question(f"q{n}", question=f"What is clip {n} made of?", answer=RIGHT, split="dev") for n in range(count)
    ]
    known = {f"q{n}": "unknown" if n % 2 else "highly_known" for n in range(count - 1)}
    return collect(Sources(EvaluateSettings(), 17, dev=cast(list[Question], rows), known=known))


def answered(item: Item, said: str, fault: str = "") -> Mapping[str, list[Answer]]:
    turn: Any = {"text": said, "finish": "stop", "tokens": 5} | ({"fault": fault} if fault else {})
    return {CLOSED_BOOK: [{"id": item.id, "ask": CLOSED_BOOK, "sample": 0, "said": [turn], "letters": None}]}


def results(says: Mapping[str, str]) -> list[Result]:
    """What a model that says this of known and of unknown facts earns."""
    found = []
    for item in items():
        answers = answered(item, says["unknown" if item.expect["category"] == "unknown" else "known"])
        found.append(result_of(item, answers, grade(item, answers)))
    return found


def cells(table: Table, model: str, facts: str) -> dict[str, Any]:
    (row,) = (row for row in table.rows if row[:2] == [model, facts])
    return dict(zip(table.columns, row, strict=True))


def test_only_dev_questions_that_were_sorted_are_asked_without_context_and_their_items_are_plain() -> None:
    found = items()
    assert len(found) == COUNT - 1 and {item.split for item in found} == {"dev"}
    assert [item_of(item.as_row()) for item in found] == found
    assert found[0].asks[0].messages[-1]["content"] == "What is clip 0 made of?"
    assert collect(Sources(EvaluateSettings(), 17)) == []


@pytest.mark.parametrize(
    ("said", "wanted", "status"),
    [
        (RIGHT, (1.0, 0.0, 0.0), "ok"),
        (WRONG, (0.0, 1.0, 0.0), "ok"),
        (UNSURE, (0.0, 0.0, 1.0), "ok"),
        ("", (None, None, None), "unparsed"),
    ],
)
def test_an_answer_is_right_or_wrong_or_withheld_and_no_answer_is_none_of_them(
    said: str, wanted: tuple[float | None, ...], status: str
) -> None:
    item = items(2)[0]
    found = grade(item, answered(item, said))
    assert tuple(found.metrics[name] for name in VERDICTS) == wanted and found.status == status
    failed = grade(item, answered(item, said, fault="the server did not answer in time"))
    assert set(failed.metrics.values()) == {None} and failed.status == "errored"
    assert failed.metrics.keys() == found.metrics.keys()


def test_facts_that_the_base_model_did_not_know_do_not_dilute_the_rate_among_those_it_knew() -> None:
    """Planted: of 39 facts the model is sure and wrong of two that the base model knew; it never knew half of all."""
    name, found = "knowledge.known_confident_wrong", []
    for place, item in enumerate(items()):
        answers = answered(item, WRONG if place in (0, 2) else RIGHT)
        found.append(result_of(item, answers, grade(item, answers)))
    assert {row["details"]["category"] for row in found if name in row["metrics"]} == {"highly_known"}
    rate, among_all = mean_of(found, name), mean_of(found, "knowledge.confident_wrong")
    assert rate.value == pytest.approx(2 / 20) and among_all.value == pytest.approx(2 / 39)
    assert (rate.n, among_all.n) == (20, 39)
    (table,) = tables({"base": found})
    assert cells(table, "base", "known")["Confident and wrong"].value == rate.value


def test_a_model_that_grew_sure_of_what_it_does_not_know_is_seen_and_one_that_did_not_is_not() -> None:
    """Planted: after training the model states what it used to leave open, for unknown facts alone."""
    base = results({"known": RIGHT, "unknown": UNSURE})
    (table,) = tables({"base": base, "sft": results({"known": RIGHT, "unknown": WRONG}), "final": base})
    worse, same = cells(table, "sft", "unknown"), cells(table, "final", "unknown")
    assert worse["Confident and wrong"].value == 1.0
    assert worse["Change"].low > 0.5 and worse["p"].value < 0.001
    assert same["Change"].value == 0 and same["Change"].low < 0 < same["Change"].high
    known = cells(table, "sft", "known")
    assert [known[name].value for name in ("Confident and wrong", "Right", "Change")] == [0.0, 1.0, 0.0]
    assert cells(table, "base", "unknown")["Hedged or withheld"].value == 1.0
    assert cells(table, "base", "unknown")["Change"] is None
    assert [row[1] for row in table.rows] == ["known"] * 3 + ["unknown"] * 3
    figure, axes = plt.subplots()
    table.plot(axes)
    assert len(axes.collections) == 2 and len(axes.lines) == 6
    plt.close(figure)


def test_without_such_questions_there_is_no_table() -> None:
    assert tables({"base": [], "sft": []}) == []
