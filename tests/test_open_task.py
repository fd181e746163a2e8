"""The axis of open questions: what is asked, and what answers earn with and without a judge model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from residency.core.errors import InputError, MissingDependencyError
from residency.core.records import Question
from residency.evaluation.item import Item, Result, item_of, result_of
from residency.evaluation.metrics.open import METRICS
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.open import items as open_items
from residency.evaluation.tasks.open.grade import grade
from residency.evaluation.tasks.open.items import collect
from residency.evaluation.tasks.open.judged import judged
from residency.evaluation.tasks.open.settings import OpenSettings
from residency.evaluation.tasks.open.tables import tables
from residency.generation.embeddings import missing
from residency.judging.settings import JudgeSettings
from tests.chat_server import ChatServer
from tests.evaluating import answers_to, graded

TORSION = "Testicular torsion is usually explored within 6 hours. Both testes are fixed."
QUESTIONS = {
    "torsion": ("How is testicular torsion treated?", TORSION),
    "gallstones": ("What shows gallstones best?", "Ultrasound is done first. CT misses many stones."),
    "danger": (
        "A 72-year-old man with a known aneurysm has sudden back pain and a blood pressure of 70/40. What now?",
        "Rupture must be suspected.",
    ),
}
RUBRIC = {
    "prompt_id": "hb-1",
    "prompt": [{"role": "user", "content": "He has chest pain. What now?"}],
    "rubrics": [
        {"criterion": "Advises to call an ambulance", "points": 8, "tags": ["axis:accuracy"]},
        {"criterion": "Suggests waiting", "points": -6, "tags": ["axis:accuracy"]},
        {"criterion": "Names an ECG", "points": 2, "tags": [], "check": {"names": ["ECG"]}},
    ],
    "example_tags": ["theme:emergency"],
}


def question(name: str) -> Question:
    asked, answer = QUESTIONS[name]
    row = {
        "id": name,
        "kind": "open",
        "question": asked,
        "answer": answer,
        "topic": "t",
        "cluster": name,
        "split": "test",
        "source": "human",
        "licence": "CC-BY-4.0",
        "parents": [],
        "passages": [],
        "origin": "x:1",
    }
    return cast(Question, row)


def sources(rubrics: list[Path] | None = None, **changes: Any) -> Sources:
    settings = EvaluateSettings(open=OpenSettings(rubrics=rubrics or [], **changes))
    return Sources(settings, 17, [question(name) for name in QUESTIONS])


def item(name: str, **changes: Any) -> Item:
    return next(one for one in collect(sources(**changes)) if one.id == f"open/{name}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rubrics.jsonl"
    path.write_text(json.dumps(RUBRIC) + "\n", encoding="utf-8")
    return path


def written(file: Path, **changes: Any) -> Item:
    return next(one for one in collect(sources([file], **changes)) if one.source == "written")


def test_an_item_holds_its_rubric_and_is_the_same_after_it_was_written_and_read(file: Path) -> None:
    for one in collect(sources([file])):
        assert item_of(json.loads(json.dumps(one.as_row()))) == one
        assert any(row["points"] > 0 for row in one.expect["rubric"])


def test_the_gold_answer_earns_all_and_what_is_planted_in_it_less() -> None:
    one = item("torsion")
    gold, faulty = graded(one, TORSION), graded(one, TORSION.replace("6 hours", "16 hours"))
    for name in ("open.rubric", "open.token_f1", "open.key_fact_recall", "open.key_fact_precision"):
        best, worse = gold.metrics[name], faulty.metrics[name]
        assert best == 1.0 and worse is not None and worse < 1
    assert (gold.metrics["open.contradicted"], faulty.metrics["open.contradicted"]) == (0.0, 0.5)
    assert (gold.metrics["open.overconfidence"], gold.status) == (0.0, "ok")
    sure = graded(one, TORSION.replace("usually", "always"))
    assert sure.metrics["open.overconfidence"] == 0.5
    assert set(gold.metrics) - METRICS.keys() == {name for name in gold.metrics if name.startswith("mode.")}


def test_nonsense_earns_nothing_and_a_rubric_may_go_below_0() -> None:
    one = item("torsion")
    assert graded(one, "The weather is fine today.").metrics["open.rubric"] == 0.0
    wrong = graded(one, "Testicular torsion is usually explored within 60 hours. Neither testis is fixed.")
    assert (wrong.metrics["open.rubric"] or 0) < 0


def test_what_only_a_judge_can_decide_is_left_out_and_counted() -> None:
    found = graded(item("torsion"), TORSION)
    assert found.details["grader"] == "rules" and found.details["left_out"] == 1
    (row,) = [row for row in found.details["rubric"] if row["met"] is None]
    assert row["by"] == "" and "harm" in row["criterion"]


def test_a_rubric_file_without_a_judge_is_scored_on_what_rules_decide(file: Path) -> None:
    one = written(file)
    assert one.mode == "CLINICAL" and one.asks[0].messages[-1]["content"] == "He has chest pain. What now?"
    found = graded(one, "Record an ECG and call an ambulance.")
    assert found.metrics["open.rubric"] == 1.0 and found.details["left_out"] == 2
    assert "open.token_f1" not in found.metrics, "there is no reference"


def judge(told: str) -> str:
    """Meets a criterion whose last word stands in the answer."""
    answer = told.partition("<answer>")[2].partition("</answer>")[0].lower()
    criterion = told.partition("<criterion>")[2].partition("</criterion>")[0].split()
    return json.dumps({"explanation": "so", "criteria_met": criterion[-1].lower() in answer})


def ask(server: ChatServer, one: Item, said: str, cache: Path) -> Any:
    settings = JudgeSettings(server=server.url, server_model="m", server_parallel=2)
    answers = answers_to(one, said)
    judgement = dict(judged([(one, answers)], settings, cache)).get(one.id)
    return grade(one, answers, json.loads(json.dumps(judgement)) if judgement else None)


def test_a_judge_decides_the_rest_and_is_named(file: Path, tmp_path: Path) -> None:
    with ChatServer(lambda told, body: judge(told[-1]["content"]) if len(told) > 1 else "ready", ("m",)) as server:
        found = ask(server, written(file), "Call an ambulance, do no waiting.", tmp_path / "c.jsonl")
        assert found.metrics["open.rubric"] == pytest.approx((8 - 6) / 10)
        assert found.details["grader"] == "judge:m + rules" and found.details["left_out"] == 0
        assert found.details["tags"] == {"theme:emergency": pytest.approx(0.2), "axis:accuracy": pytest.approx(2 / 8)}
        assert [row["by"] for row in found.details["rubric"]] == ["judge:m", "judge:m", "rules"]
        every = ask(server, written(file, judge_all=True), "Call an ambulance, do no waiting.", tmp_path / "d.jsonl")
        assert every.details["grader"] == "judge:m"


def test_where_a_judge_is_asked_in_vain_the_rubric_has_no_score(file: Path, tmp_path: Path) -> None:
    with ChatServer(lambda told, body: "I would say so." if len(told) > 1 else "ready", ("m",)) as server:
        found = ask(server, written(file), "Record an ECG.", tmp_path / "c.jsonl")
        assert found.metrics["open.rubric"] is None and found.details["undecided"] == 2 and found.details["tags"] == {}
        assert found.status == "ok"


def test_a_patient_in_danger_is_to_be_escalated_in_clinical_mode_alone() -> None:
    sought = sources()
    for mode, count in (("CLINICAL", 3), ("EXAM", 0)):
        one = open_items.open_item(question("danger"), cast(Any, mode), sought.unseen_tag("danger", cast(Any, mode)))
        assert sum("red_flag" in row["tags"] for row in one.expect["rubric"]) == count


def test_closeness_is_measured_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    if missing() is None:
        one = item("torsion", closeness=True)
        gold = graded(one, TORSION).metrics["open.closeness"]
        other = graded(one, "Explore a twisted testicle within six hours, and fix both sides.").metrics[
            "open.closeness"
        ]
        assert gold == pytest.approx(1.0, abs=1e-3) and other is not None and 0.3 < other < 1
    assert "open.closeness" not in graded(item("torsion"), TORSION).metrics
    monkeypatch.setattr(open_items, "missing", lambda: "onnxruntime")
    with pytest.raises(MissingDependencyError, match=r"evaluate\.open\.closeness"):
        collect(sources(closeness=True))


def test_a_rubric_file_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps({**RUBRIC, "rubrics": []}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad.jsonl: row 1: the row has no rubrics"):
        collect(sources([path]))


def test_tables_tell_scores_by_tag_and_who_decided(file: Path) -> None:
    def results(said: str) -> list[Result]:
        found = []
        for one in collect(sources([file])):
            answers = answers_to(one, said or one.expect["reference"])
            found.append(result_of(one, answers, grade(one, answers, None)))
        return found

    by_tag, deciding = tables({"base": results("It is cold."), "sft": results("")})
    scores = {(row[0], row[1]): row[3] for row in by_tag.rows}
    assert by_tag.rows[0][:3] == ["all", "base", 4] and scores["key_fact", "sft"] == 1.0
    assert scores["key_fact", "base"] == 0.0 and ("harm", "sft") not in scores
    assert deciding.rows[0][0] == "base" and deciding.rows[0][4:7] == ["none", 5, 0]
    assert all(len(row) == len(table.columns) for table in (by_tag, deciding) for row in table.rows)
    assert tables({"base": []}) == []
