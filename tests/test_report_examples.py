"""The examples of the report: which items the rule takes, and how they are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from residency.core.files import write_jsonl
from residency.evaluation.report import examples

SCORE = "open.token_f1"


def rows(values: list[float | None], metric: str = SCORE) -> list[dict[str, Any]]:
    axis = metric.partition(".")[0]
    return [
        {"id": f"q{place}", "axis": axis, "cluster": f"q{place}", "metrics": {metric: value}, "status": "ok"}
        for place, value in enumerate(values)
    ]


def test_the_furthest_falls_and_rises_are_shown_and_one_at_random(tmp_path: Path) -> None:
    base = [0.5] * 12
    final = [0.4, 0.1, 0.9, 0.9, 0.1, 0.3, 0.5, 0.5, 0.6, 0.5, 0.5, 0.7]
    found = examples({"base": rows(base), "final": rows(final)}, tmp_path, seed=1)[0].cases
    assert [(case.rule, case.id) for case in found[:6]] == [
        ("Regression 1", "q1"),  # ties go to the lowest id
        ("Regression 2", "q4"),
        ("Regression 3", "q5"),
        ("Improvement 1", "q2"),
        ("Improvement 2", "q3"),
        ("Improvement 3", "q11"),
    ]
    assert found[6].rule == "At random"
    assert found[6].id in {"q0", "q6", "q7", "q8", "q9", "q10"}
    assert found == examples({"base": rows(base), "final": rows(final)}, tmp_path, seed=1)[0].cases
    others = {examples({"base": rows(base), "final": rows(final)}, tmp_path, seed)[0].cases[6].id for seed in range(20)}
    assert len(others) > 2


def test_an_item_without_a_score_is_no_regression(tmp_path: Path) -> None:
    found = examples({"base": rows([1.0, 0.5]), "final": rows([None, 0.5])}, tmp_path)[0].cases
    assert [case.rule for case in found] == ["At random"]


def test_one_model_alone_shows_an_item_at_random(tmp_path: Path) -> None:
    found = examples({"base": rows([0.2, 0.4])}, tmp_path)[0].cases
    assert [(case.rule, case.change) for case in found] == [("At random", None)]
    assert examples({}, tmp_path) == []


def test_an_example_shows_what_was_asked_said_and_how_it_ended(tmp_path: Path) -> None:
    said = [
        {"text": "", "thinking": "Hm.", "tool_calls": [{"name": "search", "arguments": {"q": "x"}}], "finish": "stop"},
        {"text": "It is a", "thinking": "", "tool_calls": [], "finish": "length"},
    ]
    failed = [{"text": "", "thinking": "", "tool_calls": [], "finish": "error", "fault": "no answer in 60 s"}]
    asks = [
        {"key": "given", "messages": [{"role": "user", "content": "Which?"}], "script": ["And then?"]},
        {"key": "noise-0.4", "messages": [{"role": "user", "content": "Noisy"}]},
    ]
    write_jsonl(tmp_path / "items.jsonl", [{"id": "q0", "asks": asks, "expect": {"key_facts": ["one", "two"]}}])
    write_jsonl(
        tmp_path / "answers-base.jsonl",
        [
            {"id": "q0", "ask": "noise-0.4", "sample": 0, "said": []},
            {"id": "q0", "ask": "given", "sample": 1, "said": failed},
            {"id": "other", "ask": "given", "sample": 0, "said": said},
            {"id": "q0", "ask": "given", "sample": 0, "said": said},
        ],
    )
    case = examples({"base": rows([0.5])}, tmp_path)[0].cases[0]
    assert [name for name, _ in case.prompts] == ["given", "noise-0.4"]
    assert case.prompts[0][1] == "user: Which?\n\nuser, then: And then?"
    assert "key_facts" in case.expected
    (first, text), (second, fault), (third, nothing) = case.answers[0].said
    assert (first, second, third) == ("given", "given, sample 2", "noise-0.4")
    assert nothing == "(empty)"
    assert "(thinking) Hm." in text and '"search"' in text and text.endswith("It is a\n(ended: length)")
    assert fault == "(failed: no answer in 60 s)"


def test_a_long_text_is_cut_and_says_how_much_is_missing(tmp_path: Path) -> None:
    step = {"text": "x" * 10_000, "finish": "stop"}
    write_jsonl(tmp_path / "answers-base.jsonl", [{"id": "q0", "ask": "given", "sample": 0, "said": [step]}])
    text = examples({"base": rows([0.5])}, tmp_path)[0].cases[0].answers[0].said[0][1]
    assert text.endswith("[4,000 more characters stand in the files]")
