"""The report: what it says, what it counts, what it shows, and that no output text can harm the page."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from residency.evaluation.gates import judge
from residency.evaluation.report import (
    compare_models,
    conclusions,
    difference_table,
    examples,
    summary_table,
    write_report,
)
from residency.evaluation.settings import Gate
from residency.judging.statistics import Difference
from tests.pages import well_formed

HOSTILE = "<script>alert(1)</script> </pre> & \x00 \x1b[31m \ud800 \u202e"
Results = dict[str, list[dict[str, Any]]]


def make(name: str, axis: str, metrics: Mapping[str, float | None], **other: Any) -> dict[str, Any]:
    return {
        "id": name,
        "axis": axis,
        "cluster": name,
        "topic": "hernia",
        "passage_seen": None,
        "metrics": dict(metrics),
        "status": "ok",
        "prompt": "A question",
        "output": "An answer",
        "reference": "The reference",
    } | other


def model(gain: float, count: int = 40) -> list[dict[str, Any]]:
    """A model whose open answers gain, whose follow-ups lose, and whose exam answers stay as they are."""
    rng = random.Random(1)
    items = []
    for number in range(count):
        base = rng.uniform(0.3, 0.6)
        jitter = rng.uniform(-0.05, 0.05) if gain else 0.0
        right = float((number + bool(gain)) % 3 == 0)
        exam = {"exam.accuracy_likelihood": right, "exam.parsed": 1.0, "mode.obeyed": right}
        items += [
            make(f"e{number:02}", "exam", exam, topic=f"topic {number % 2}"),
            make(f"o{number:02}", "open", {"open.token_f1": base + gain + jitter}, passage_seen=number % 2 == 0),
            make(f"f{number:02}", "followup", {"followup.token_f1": base - gain - jitter}),
        ]
    return items


@pytest.fixture
def results() -> Results:
    found = {"base": model(0.0), "sft": model(0.1), "final": model(0.11)}
    found["final"][0] |= {"status": "unparsed", "output": HOSTILE}
    found["final"][3] |= {"status": "errored"}
    found["final"][3]["metrics"]["exam.accuracy_likelihood"] = None
    return found


def page(path: Path, results: Results, gates: list[Gate] | None = None, **about: str) -> str:
    verdicts = [judge(gate, results) for gate in gates or []]
    write_report(path / "report.html", "run-1", results, verdicts, about, ["A note."])
    return (path / "report.html").read_text(encoding="utf-8")


def test_hostile_output_stays_text(tmp_path: Path, results: Results) -> None:
    for name in ("prompt", "reference", "output", "id", "topic"):
        for items in results.values():
            items[0][name] = HOSTILE
    html = page(tmp_path, results, run=HOSTILE)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;/pre&gt; &amp; \ufffd" in html
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", html)
    assert {"svg", "details", "table"} <= well_formed(html).seen


def test_the_page_loads_nothing_from_elsewhere(tmp_path: Path, results: Results) -> None:
    html = page(tmp_path, results)
    assert not re.search(r"""(?:src|href)=["'](?!#)""", html)
    assert "url(http" not in html
    assert "@import" not in html


def test_sections_stand_in_the_order_in_which_they_are_read(tmp_path: Path, results: Results) -> None:
    html = page(tmp_path, results, [Gate(metric="open.token_f1", rule="better")])
    headings = re.findall("<h2>(.*?)</h2>", html)
    assert headings == [
        "Did it work?",
        "The headline scores",
        "Gates",
        "The same scores, drawn",
        "All other scores",
        "Differences between models",
        "Passage seen in training, or not",
        "Examples, chosen by rule",
        "How this was measured",
    ]
    assert html.count("<svg") == 3
    assert html.count('class="red">Not for clinical use') == 2
    assert html.index("Not for clinical use") < html.index("Did it work?")
    assert "A note." in html


def test_the_same_results_give_the_same_bytes(tmp_path: Path, results: Results) -> None:
    assert page(tmp_path, results) == page(tmp_path, results)


def test_the_summary_counts_what_could_not_be_scored(results: Results) -> None:
    rows = {row["metric"]: row for row in summary_table(results)}
    assert list(rows)[:3] == ["exam.accuracy_likelihood", "open.token_f1", "followup.token_f1"]
    final = rows["exam.accuracy_likelihood"]["models"]["final"]
    assert (final["n"], final["missing"], final["unparsed"], final["errored"]) == (39, 1, 1, 1)
    assert rows["open.token_f1"]["models"]["final"]["unparsed"] == 0
    assert rows["exam.accuracy_likelihood"]["headline"]
    assert not rows["mode.obeyed"]["headline"]
    json.dumps(list(rows.values()), allow_nan=False)


def test_a_metric_that_one_model_lacks_is_shown_as_not_measured(results: Results) -> None:
    results["final"] = [item for item in results["final"] if item["axis"] != "open"]
    rows = {row["metric"]: row for row in summary_table(results)}
    assert rows["open.token_f1"]["models"]["final"]["value"] is None
    assert rows["open.token_f1"]["models"]["final"]["method"] == "not measured"


def test_the_conclusions_say_what_rose_fell_and_was_not_shown(results: Results) -> None:
    gates = [Gate(metric="open.token_f1", rule="better"), Gate(metric="followup.token_f1", rule="not_worse")]
    says = conclusions(results, [judge(gate, results) for gate in gates], compare_models(results))
    assert 3 <= len(says) <= 6
    assert re.search(
        r"higher on 1 of 3 axes: open answers \+0\.\d+ .*; lower on 1 of 3 axes: follow-up questions", says[0]
    )
    assert says[1].startswith("No difference between the final and base models was shown on exam questions")
    assert "can go unseen" in says[1]
    assert says[2].startswith("Preference tuning")
    assert says[3] == "1 of 2 gates passed and 1 failed (followup.token_f1)."
    assert says[4] == "Answers unparsed and errored, counted in the tables: Final 1 and 1."
    assert says[5].startswith("This is a demonstration-sized test (40 items an axis)")


def test_both_errors_of_abstaining_stand_together(tmp_path: Path, results: Results) -> None:
    for items in results.values():
        for number in range(12):
            right, wrong = float(number < 9), float(number < 3)
            items += [  # type: ignore[operator]
                make(
                    f"n{number}", "faithfulness", {"faithfulness.abstention_recall": right, "faithfulness.score": right}
                ),
                make(
                    f"p{number}", "faithfulness", {"faithfulness.false_abstention": wrong, "faithfulness.score": right}
                ),
            ]
    says = conclusions(results, [], compare_models(results))
    both = [one for one in says if "lacks the answer" in one]
    assert len(both) == 1
    assert re.search(r"abstains in 0\.750 \(.*\) of the cases .*, and in 0\.250 \(.*\) of those", both[0])
    section = page(tmp_path, results).partition("When it abstains")[2].partition("</section>")[0]
    assert "Abstains when it should" in section and "Abstains when it should not" in section


def test_equal_models_are_never_called_better(results: Results) -> None:
    same = {"base": results["base"], "sft": results["base"], "final": results["base"]}
    says = " ".join(conclusions(same, [], compare_models(same)))
    assert "higher" not in says
    assert "No difference" in says
    assert "made no difference that could be shown on any axis" in says
    assert "No gates were set" in says


def test_a_difference_that_does_not_survive_adjustment_is_not_called_one(results: Results) -> None:
    found = compare_models({name: results[name] for name in ("base", "final")})
    chance = Difference(0.1, 40, 0.01, 0.19, 0.03, "cluster bootstrap", 40)
    found["final vs base"] |= {"open.token_f1": chance, "followup.token_f1": chance}
    says = conclusions(results, [], found)
    assert says[0].startswith("No difference between the final and base models was shown on exam questions")
    assert "open answers +0.100" in says[0]


def test_models_are_compared_in_every_pair_that_is_there(results: Results) -> None:
    assert list(compare_models(results)) == ["sft vs base", "final vs base", "final vs sft"]
    assert list(compare_models({"base": results["base"]})) == []


def test_one_model_alone_is_not_said_to_have_changed(tmp_path: Path, results: Results) -> None:
    only = {"base": results["base"]}
    assert conclusions(only, [], {})[0].startswith("Only one model was measured")
    assert "Differences between models" not in page(tmp_path, only)


@pytest.mark.parametrize("empty", [{}, {"base": [], "final": []}])
def test_nothing_measured_still_gives_a_page(tmp_path: Path, empty: Results) -> None:
    assert "No headline score was measured" in page(tmp_path, empty)


def test_a_lone_item_is_shown_without_an_interval(tmp_path: Path) -> None:
    lone = {name: [make("a", "open", {"open.token_f1": 0.5})] for name in ("base", "final")}
    html = page(tmp_path, lone)
    assert "no interval" in html
    assert "No headline score of the final and base models could be compared" in html


def test_p_is_adjusted_over_the_headline_scores_only(results: Results) -> None:
    rows = {row["metric"]: row for row in difference_table(compare_models(results)["final vs base"])}
    first = rows["open.token_f1"]
    assert first["adjusted"] == pytest.approx(min(1.0, 3 * first["difference"].p), rel=1e-6)
    assert rows["mode.obeyed"]["adjusted"] is None


def test_examples_are_the_median_the_worst_loss_and_the_best_gain() -> None:
    scores: dict[str, list[float | None]] = {"base": [0.5, 0.5, 0.5, 0.5, None], "final": [0.5, 0.1, 0.9, 0.9, 0.2]}
    results = {
        name: [make(f"q{place}", "open", {"open.token_f1": value}) for place, value in enumerate(values)]
        for name, values in scores.items()
    }
    shown = examples(results)
    assert [(case["rule"], case["item"]["id"]) for case in shown[0]["cases"]] == [
        ("The median item", "q0"),
        ("The worst loss against Base", "q1"),
        ("The best gain against Base", "q2"),
    ]
    assert [answer[:2] for answer in shown[0]["cases"][1]["answers"]] == [("base", 0.5), ("final", 0.1)]


def test_where_nothing_was_lost_no_loss_is_shown() -> None:
    results = {name: [make("q", "open", {"open.token_f1": 0.5})] for name in ("base", "final")}
    assert [case["rule"] for case in examples(results)[0]["cases"]] == ["The median item"]


def test_scores_are_given_apart_for_passages_seen_in_training(tmp_path: Path, results: Results) -> None:
    html = page(tmp_path, results)
    assert html.index("passage seen in training<") < html.index("passage not seen<")
    assert "topic 1" in html
    for items in results.values():
        for item in items:
            item["passage_seen"] = None
    assert "No test item is tied to a passage" in page(tmp_path, results)
