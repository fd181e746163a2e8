"""The report: what it says, what it counts, what it shows, and that no output text can harm the page."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from residency.core.files import write_jsonl
from residency.evaluation.gates import judge
from residency.evaluation.metrics import METRICS
from residency.evaluation.report import (
    Setup,
    answer,
    changes_of,
    compare_models,
    conclusions,
    setup_of,
    summary_table,
    write_report,
)
from residency.evaluation.settings import Gate
from residency.evaluation.table import Table
from residency.judging.statistics import Difference
from tests.pages import well_formed

HOSTILE = "<script>alert(1)</script> </pre> & \x00 \x1b[31m \ud800 \u202e"
Results = dict[str, list[dict[str, Any]]]


def make(name: str, axis: str, metrics: Mapping[str, float | None], **other: Any) -> dict[str, Any]:
    return {
        "id": name,
        "axis": axis,
        "cluster": name,
        "task": axis,
        "mode": "CLINICAL",
        "topic": "hernia",
        "source": "human",
        "difficulty": "",
        "split": "test",
        "passage_seen": None,
        "metrics": dict(metrics),
        "status": "ok",
        "details": {},
    } | other


def keep(folder: Path, results: Results, said: str = "An answer") -> None:
    """Writes what was asked and answered, as an evaluation does."""
    rows = [item for items in results.values() for item in items]
    ask = {"key": "given", "messages": [{"role": "user", "content": "A question"}]}
    items = {row["id"]: {"id": row["id"], "asks": [ask], "expect": {"reference": "The reference"}} for row in rows}
    step = {"text": said, "thinking": "", "tool_calls": [], "finish": "stop"}
    write_jsonl(folder / "items.jsonl", items.values())
    for name, found in results.items():
        answers = [{"id": row["id"], "ask": "given", "sample": 0, "said": [step]} for row in found]
        write_jsonl(folder / f"answers-{name}.jsonl", answers)


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
            make(f"f{number:02}", "followup", {"followup.turn_mean": base - gain - jitter}),
        ]
    return items


@pytest.fixture
def results() -> Results:
    found = {"base": model(0.0), "sft": model(0.1), "final": model(0.11)}
    found["final"][0] |= {"status": "unparsed"}
    found["final"][3] |= {"status": "errored"}
    found["final"][3]["metrics"]["exam.accuracy_likelihood"] = None
    return found


def page(path: Path, results: Results, gates: list[Gate] | None = None, said: str = "An answer", **about: str) -> str:
    verdicts = [judge(gate, results) for gate in gates or []]
    keep(path, results, said)
    write_report(path, "run-1", results, verdicts, about=about, notes=["A note."])
    return (path / "report.html").read_text(encoding="utf-8")


def test_hostile_output_stays_text(tmp_path: Path, results: Results) -> None:
    for name in ("id", "topic", "source"):
        for items in results.values():
            for axis in range(3):
                items[axis][name] = f"{axis}{HOSTILE}"
    more = [
        Table(
            HOSTILE,
            HOSTILE,
            HOSTILE,
            [HOSTILE, "n"],
            [[HOSTILE, 1]],
            HOSTILE,
            lambda axes: axes.set_title("<script>$x"),
        )
    ]
    setup = Setup({"base": HOSTILE}, {"base": HOSTILE}, {HOSTILE: HOSTILE})
    keep(
        tmp_path,
        {name: [{**row, "id": row["id"].replace("\ud800", "")} for row in rows] for name, rows in results.items()},
    )
    write_report(tmp_path, HOSTILE, results, about={"run": HOSTILE}, more=more, setup=setup)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
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
        "The axes side by side",
        "Gates",
        "Differences between models",
        "All scores, axis by axis",
        "Parts of the items",
        "Examples, chosen by rule",
        "How this was measured",
    ]
    assert html.count('class="red">Not for clinical use') == 2
    assert html.index("Not for clinical use") < html.index("Did it work?")
    assert "A note." in html


def test_the_same_results_give_the_same_bytes(tmp_path: Path, results: Results) -> None:
    assert page(tmp_path, results) == page(tmp_path, results)


def test_the_summary_counts_what_could_not_be_scored(results: Results) -> None:
    rows = {row["metric"]: row for row in summary_table(results)}
    assert list(rows)[:3] == ["exam.accuracy_likelihood", "open.token_f1", "followup.turn_mean"]
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
    gates = [Gate(metric="open.token_f1", rule="better"), Gate(metric="followup.turn_mean", rule="not_worse")]
    says = conclusions(results, [judge(gate, results) for gate in gates], compare_models(results))
    assert 3 <= len(says) <= 7
    assert re.search(
        r"better on 1 of 3 axes: open answers \+0\.\d+ .*; worse on 1 of 3 axes: follow-up questions", says[0]
    )
    assert says[1].startswith("No difference between the final model and the base model was shown on exam questions")
    assert "can go unseen" in says[1]
    assert says[2].startswith("Preference tuning")
    assert says[3] == "1 of 2 gates passed and 1 failed (followup.turn_mean)."
    assert says[4] == "Answers unparsed and errored, counted in the tables: Final 1 and 1."
    assert says[5].startswith("This is a demonstration-sized test (40 items an axis)")


def test_what_got_worse_beside_the_headlines_is_said_at_the_top(results: Results) -> None:
    for place, (before, after) in enumerate(zip(results["base"], results["final"], strict=True)):
        if before["axis"] == "open":
            before["metrics"]["open.key_fact_recall"], after["metrics"]["open.key_fact_recall"] = 0.9, 0.5 + place / 999
    says = conclusions(results, [], compare_models(results))
    told = [one for one in says if "other scores" in one]
    assert len(told) == 1
    assert re.match(r"Of the 3 other scores 1 is worse, .*: open answers, key facts \N{MINUS SIGN}0\.\d+ ", told[0])


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
    assert "better" not in says
    assert "No difference" in says
    assert answer(same, [], compare_models(same)) == "Not shown: no difference shown on 3."
    assert "made no difference that could be shown on any axis" in says
    assert "No gates were set" in says


def test_a_difference_that_does_not_survive_adjustment_is_not_called_one(results: Results) -> None:
    found = compare_models({name: results[name] for name in ("base", "final")})
    chance = Difference(0.1, 40, 0.01, 0.19, 0.03, "cluster bootstrap", 40)
    found["final vs base"] |= {"open.token_f1": chance, "followup.turn_mean": chance}
    says = conclusions(results, [], found)
    assert says[0].startswith("No difference between the final model and the base model was shown on exam questions")
    assert "open answers +0.100" in says[0]


def test_models_are_compared_in_every_pair_that_is_there(results: Results) -> None:
    assert list(compare_models(results)) == ["sft vs base", "final vs base", "final vs sft"]
    assert list(compare_models({"base": results["base"]})) == []
    named = dict(zip(("llama", "ours", "theirs", "api"), [*results.values(), results["base"]], strict=True))
    assert list(compare_models(named)) == ["ours vs llama", "theirs vs llama", "api vs llama"]


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
    assert "No headline score of the final model and the base model could be compared" in html
    assert "This cannot be told" in html


def test_p_is_adjusted_over_the_headline_scores_only(results: Results) -> None:
    name = "final vs base"
    rows = {row.metric: row for row in changes_of(results, name, compare_models(results)[name])}
    first = rows["open.token_f1"]
    assert first.difference.p is not None
    assert first.adjusted == pytest.approx(min(1.0, 3 * first.difference.p), rel=1e-6)
    assert rows["mode.obeyed"].adjusted is None


def test_scores_are_given_apart_for_passages_seen_in_training(tmp_path: Path, results: Results) -> None:
    html = page(tmp_path, results)
    assert html.index("passage seen in training<") < html.index("passage not seen<")
    assert "topic 1" in html
    assert (tmp_path / "report" / "by_passage_seen.csv").is_file()
    for items in results.values():
        for item in items:
            item |= {"passage_seen": None, "topic": "hernia"}
    assert "there are no parts to tell apart" in page(tmp_path, results)


@pytest.mark.parametrize(
    ("gain", "failing", "said"),
    [
        ({"open.token_f1": 0.1}, False, "Yes: better on 1 of 1 axes (open answers)."),
        ({"open.token_f1": 0.1}, True, "In part: better on 1 of 1 axes (open answers), 1 gate failed."),
        ({"open.token_f1": -0.1}, False, "No: worse on 1 of 1 axes (open answers)."),
        ({"open.token_f1": 0.0}, False, "Not shown: no difference shown on 1."),
        (
            {"open.token_f1": 0.1, "followup.turn_mean": -0.1, "faithfulness.score": 0.0},
            False,
            "In part: better on 1 of 3 axes (open answers), worse on 1 of 3 axes (follow-up questions), "
            "no difference shown on 1.",
        ),
    ],
)
def test_the_first_line_answers_the_question(gain: dict[str, float], failing: bool, said: str) -> None:
    rng = random.Random(2)
    results: Results = {"base": [], "final": []}
    for number in range(40):
        for metric, step in gain.items():
            axis, base = metric.partition(".")[0], rng.uniform(0.3, 0.6)
            results["base"].append(make(f"{axis}{number}", axis, {metric: base}))
            after = base + step * rng.uniform(0.5, 1.5)
            results["final"].append(make(f"{axis}{number}", axis, {metric: after}))
    gates = [judge(Gate(metric="open.token_f1", rule="at_least", value=0.99), results)] if failing else []
    assert answer(results, gates, compare_models(results)) == said


@pytest.mark.parametrize("count", [1, 2, 4, 6])
def test_any_one_to_six_models_of_any_name_have_a_page(tmp_path: Path, results: Results, count: int) -> None:
    names = ["Qwen/Qwen3-30B-A3B", "ours", "ours, q4", "gpt_oss", "x", "an endpoint"][:count]
    named = {name: list(results.values())[place % 3] for place, name in enumerate(names)}
    write_report(tmp_path, "run-1", named)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    well_formed(html)
    assert all(name in html for name in names)
    assert f"m{count - 1} dot" in html


def test_each_model_that_answers_in_its_own_way_is_told_so(tmp_path: Path, results: Results) -> None:
    thinker = {"model": {"name": "Qwen/Qwen3-4B"}, "family": "qwen3", "thinks": True, "answer_tokens": 160}
    thinker |= {"thought_tokens": 4096, "sampling": {"temperature": 0.6, "top_p": 0.95, "top_k": 20}}
    server = {
        "server": "http://h/v1",
        "model": "m",
        "thinks": False,
        "answer_tokens": 99,
        "sampling": "the server's own",
    }
    setup = setup_of({"base": thinker, "sft": thinker, "final": server}, {})
    write_report(tmp_path, "run-1", results, setup=setup)
    text = (tmp_path / "report" / "methods.md").read_text(encoding="utf-8")
    assert "base (Qwen/Qwen3-4B, format qwen3)" in text and "final (m, at http://h/v1)" in text
    assert (
        "The base model and the sft model answered by sampling (temperature 0.6, top-p 0.95, top-k 20) with at most "
        "160 tokens after at most 4,096 of thought."
    ) in text
    assert "The final model answered by the server's own sampling with at most 99 tokens." in text


def test_methods_name_what_was_used_and_nothing_else(tmp_path: Path, results: Results) -> None:
    told = {"sampling": {"temperature": 0.0, "top_p": 0.95, "top_k": 0}, "answer_tokens": 160, "thinks": False}
    setup = setup_of({name: {"model": "small", **told} for name in results}, {"residency": "9.9"})
    results["base"][1]["details"] = {"grader": "judge-7b"}
    write_report(tmp_path, "run-1", results, setup=setup, seed=77)
    text = (tmp_path / "report" / "methods.md").read_text(encoding="utf-8")
    for part in (
        "base (small)",
        "open answers judge-7b",
        "All answered greedily with at most 160 tokens.",
        "residency 9.9",
        "seed 77",
        "120 items",
    ):
        assert part in text
    assert "40 items in 40 clusters" in text
    assert "10,000 resamples" in text
    assert "the final model 1 unparsed and 1 errored" in text
    assert "over the three headline scores" in text
    assert "design effect" not in text  # no items share a cluster
    assert "clipped" not in text
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "base (small)" in html.partition("How this was measured")[2]


def test_tables_of_tasks_stand_with_their_axis_and_in_files(tmp_path: Path, results: Results) -> None:
    def plot(axes: Any) -> None:
        axes.plot([0, 0.2, 0.8], [0.5, 0.4, 0.1], label="Base")
        axes.legend()

    table = Table("noise", "open", "Noise", ["Share", "Base"], [["20%", 0.25]], "A remark.", plot)
    write_report(tmp_path, "run-1", results, more=[table])
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    at = html.index("<summary>Noise</summary>")
    assert html.index("<h3>Open answers</h3>") < at < html.index("<h3>Follow-up questions</h3>")
    figure = html[at:].partition('<div class="figure">')[2].partition("</div>")[0]
    assert figure.startswith("<svg")
    assert "var(--m0)" in figure and "#868e99" not in figure  # the page's own colours, light and dark
    assert (tmp_path / "report" / "noise.csv").read_text(encoding="utf-8") == "Share,Base\n20%,0.25\n"


def test_a_long_table_is_cut_on_the_page_and_whole_in_its_file(tmp_path: Path, results: Results) -> None:
    table = Table("long_one", "open", "Long", ["Row"], [[f"row {number}"] for number in range(1350)])
    write_report(tmp_path, "run-1", results, more=[table])
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "row 99<" in html and "row 100<" not in html
    assert "1,250 more rows stand in report/long_one.csv." in html
    assert (tmp_path / "report" / "long_one.csv").read_text(encoding="utf-8").count("\n") == 1351


def test_where_a_model_has_no_likelihoods_written_answers_stand_for_the_exam(tmp_path: Path, results: Results) -> None:
    for name, items in results.items():
        for item in items:
            if "exam.accuracy_likelihood" in item["metrics"]:
                item["metrics"]["exam.accuracy_generated"] = 1.0
                if name == "final":
                    item["metrics"]["exam.accuracy_likelihood"] = None
    rows = {row["metric"]: row for row in summary_table(results)}
    assert rows["exam.accuracy_generated"]["headline"]
    assert not rows["exam.accuracy_likelihood"]["headline"]
    says = " ".join(conclusions(results, [], compare_models(results)))
    assert "was shown on exam questions" in says
    two = {name: results[name] for name in ("base", "sft")}
    assert {row["metric"]: row for row in summary_table(two)}["exam.accuracy_likelihood"]["headline"]


def test_scores_below_zero_stand_beside_shares(tmp_path: Path, results: Results) -> None:
    """What a context gained may be a loss, and a rubric's points too: neither may stop the page."""
    for items in results.values():
        for place, item in enumerate(items):
            if item["axis"] == "followup":
                item["metrics"] |= {"faithfulness.abstention_recall": 1.0, "faithfulness.context_gain": -0.5}
            if item["axis"] == "open":
                item["metrics"]["open.rubric"] = -0.4 if place % 2 else 0.6
    shown = page(tmp_path, results)
    assert METRICS["faithfulness.context_gain"].title in shown and METRICS["open.rubric"].title in shown
    assert "\N{MINUS SIGN}0.5" in shown
