"""The cards: every figure is read from a file of the run and found there again, and what is bad is not left out."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard

from residency.cli import app as cli
from residency.core.errors import InputError, ProofError
from residency.core.files import read_json, write_json, write_jsonl, write_text
from residency.generation.settings import ModelSettings
from residency.release import card
from residency.release.base import base_record
from residency.release.card import compared, difference, interval, model_card, must_say, p_value, worse
from residency.release.checking import check_folder, unsupported
from residency.release.croissant import croissant
from residency.release.datacard import dataset_card
from residency.release.facts import NUMBER, Facts, changed
from residency.release.failures import failures
from residency.release.publishing import flagged, publish_questions
from residency.release.record import RECORD, VERIFIED, always_abstains, cut_off, effort, tally, trained_on, ungated
from residency.release.settings import ReleaseSettings
from residency.release.untested import untested
from tests.conftest import read_rows

THOUGHTFUL: dict[str, Any] = {
    "chat": {"family": "harmony", "effort": "low", "date": "2026-01-31", "thinking": True},
    "thoughts": {"rows": {"distil": 30, "none": 8}, "dropped": 2, "consequences": ["it teaches 8 bare finals"]},
}


@pytest.fixture
def run_copy(run_folder: Path, tmp_path: Path) -> Path:
    """The finished run without weights, whose files a test may change."""
    copy = tmp_path / "run"
    shutil.copytree(run_folder, copy, ignore=shutil.ignore_patterns("*.safetensors", "checkpoints", "vectors.npy"))
    return copy


def facts_of(folder: Path, **changes: Any) -> Facts:
    return Facts(folder, {RECORD: read_json(folder / RECORD) | changes}, marked=True)


def hub_data(text: str) -> Any:
    """The head of a card, as the hub's library reads it."""
    return ModelCard(text).data


def edit(path: Path, pointer: str, value: Any) -> None:
    """Put a value at a place of a JSON file."""
    document = read_json(path)
    *way, last = pointer.split("/")[1:]
    inner = document
    for part in way:
        inner = inner[int(part) if isinstance(inner, list) else part]
    inner[last] = value
    write_json(path, document)


def found_at(folder: Path, file: str, pointer: str) -> Any:
    """What stands at a pointer, read by means of its own."""
    text = (folder / file).read_text(encoding="utf-8-sig")
    if file.endswith(".md"):
        heading = pointer.removeprefix("/")
        return next(line.partition(".** ")[2] for line in text.splitlines() if line.startswith(f"**{heading}.** "))
    document: Any = list(csv.DictReader(text.splitlines())) if file.endswith(".csv") else json.loads(text)
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


# Tracing


def test_every_number_of_both_cards_is_a_fact_that_stands_in_its_file_and_in_its_line(run_folder: Path) -> None:
    bundle = run_folder / "release/bundle"
    texts = read_json(bundle / "facts.json")["texts"]
    assert set(texts) == {"README.md", "data/README.md"}
    for name, entry in texts.items():
        text = (bundle / name).read_text(encoding="utf-8")
        assert entry["text"] == text
        lines = text.split("\n")
        left = list(lines)
        assert len(entry["facts"]) > 20
        for fact in entry["facts"]:
            value = found_at(run_folder, fact["file"], fact["pointer"])
            assert value == fact["value"] or fact["file"].endswith(".csv")
            first, *more = str(fact["shown"]).split("\n")
            assert first in lines[fact["line"] - 1], fact
            if isinstance(value, int) and not isinstance(value, bool) and NUMBER.fullmatch(fact["shown"]):
                assert fact["shown"].replace(",", "") == str(value)
            for place, said in enumerate([first, *more], fact["line"] - 1):
                left[place] = left[place].replace(said, " ", 1)
        assert [line for line in left if NUMBER.findall(line)] == [], "numbers that belong to no fact"


def test_a_number_that_the_template_says_itself_stops_the_release(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(card.TEMPLATES, tmp_path / "templates")
    with (tmp_path / "templates/card.md.j2").open("a", encoding="utf-8") as handle:
        handle.write("\nTested by 280 surgeons.\n")
    monkeypatch.setattr(card, "TEMPLATES", tmp_path / "templates")
    with pytest.raises(ProofError, match=r"numbers that no file of the run gives: 280 \(line"):
        model_card(facts_of(run_folder))


def test_figures_change_with_their_files(run_copy: Path) -> None:
    edit(run_copy / "sft/manifest.json", "/counts/rows", 7_000_281)
    assert "SFT on 7000281 rows" in model_card(facts_of(run_copy)).text


def test_a_fact_is_held_against_its_file(run_copy: Path) -> None:
    facts = read_json(run_copy / "release/bundle/facts.json")["texts"]["README.md"]["facts"]
    assert changed(facts, run_copy) == []
    table = read_json(run_copy / "evaluate/summary.json")["table"]
    edit(run_copy / "evaluate/summary.json", "/table/0/models/final/n", table[0]["models"]["final"]["n"] + 1)
    assert {fact["pointer"] for fact, _ in changed(facts, run_copy)} >= {"/table/0/models/final/n"}


def test_marks_come_off_and_leave_lines_and_strays() -> None:
    facts = Facts(Path("nowhere"), {"a.json": {"n": 3, "quote": "7 days\nand 8"}}, marked=True)
    text = (
        f"one\n{facts.shown('a.json', '/n')} of 4\n{facts.shown('a.json', '/quote')}\n{facts.shown('a.json', '/n')} 5"
    )
    made = facts.placed(text, fixed=["5"])
    assert made.text == "one\n3 of 4\n7 days\nand 8\n3 5"
    assert [(fact["shown"], fact["line"]) for fact in made.facts] == [("3", 2), ("7 days\nand 8", 3), ("3", 5)]
    assert made.strays == [(2, "4")]
    with pytest.raises(InputError, match="nothing stands at /m"):
        facts.shown("a.json", "/m")


def test_an_edited_card_of_a_run_is_checked(run_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = run_copy / "release/bundle"
    assert sum(map(len, check_folder(bundle, run_copy).findings.values())) == 0
    path = bundle / "README.md"
    text = path.read_text(encoding="utf-8")
    rows = read_json(run_copy / "sft/manifest.json")["counts"]["rows"]
    write_text(path, text.replace(f"SFT on {rows} rows", f"SFT on {rows + 1} rows"))
    assert cli.main(["card", "check", str(run_copy)]) == 1
    line = next(n for n, said in enumerate(text.splitlines(), 1) if "SFT on " in said)
    assert f"README.md:{line}: number '{rows + 1}': the records give '{rows}' here" in capsys.readouterr().out
    write_text(path, text.replace("**Not for clinical use.** ", ""))
    assert cli.main(["card", "check", str(run_copy)]) == 1
    assert "the records say this, and the text no longer does" in capsys.readouterr().out


# What the model card says


def test_the_hub_reads_the_head_and_its_figures_are_the_summarys(run_folder: Path) -> None:
    data = hub_data((run_folder / "release/bundle/README.md").read_text(encoding="utf-8"))
    table = {row["metric"]: row for row in read_json(run_folder / "evaluate/summary.json")["table"]}
    results = data.eval_results or []
    assert {row["metric"] for row in table.values() if row["headline"] and row["models"]["final"]["n"]} <= {
        result.metric_type for result in results
    }
    for result in results:
        final = table[result.metric_type]["models"]["final"]
        assert result.metric_value == pytest.approx(final["value"], abs=5e-5)
        assert result.metric_args["n"] == final["n"]
        assert result.metric_name == table[result.metric_type]["title"]
    assert data.library_name == "peft" and data.license is None
    named_none = "the recipe names no licence"
    assert {"medical", "surgery", "lora", "not-for-clinical-use", "draft"} == set(data.tags or []), named_none
    draft = model_card(facts_of(run_folder, refused=["a gate did not pass"])).text
    assert "draft" in hub_data(draft).tags and "# Surgical resident (draft)\n" in draft


def test_the_head_names_the_licence_and_the_emissions_where_the_recipe_does(run_folder: Path) -> None:
    record = read_json(run_folder / RECORD)
    facts = facts_of(run_folder, licence="cc-by-nc-4.0", title="Unit 7: resident", refused=[])
    facts.value(RECORD, "/effort").update(grams=12.34, kwh=0.1, watts=300.0, grams_per_kwh=123.4)
    text = model_card(facts).text
    data = hub_data(text)
    assert data.license == "cc-by-nc-4.0" and data.co2_eq_emissions["emissions"] == 12.3
    assert data.model_name == "Unit 7: resident"
    assert "(draft)" not in text
    assert "0.10 kWh, at 300 W" in text and "12 g of CO2 at 123 g" in text
    assert record["effort"]["kwh"] is None and "Energy: not known" in model_card(facts_of(run_folder)).text


def test_the_card_says_what_was_trained_and_how(run_copy: Path) -> None:
    rows, steps = (read_json(run_copy / "sft/manifest.json")["counts"][name] for name in ("rows", "steps"))
    path = run_copy / "preference/manifest.json"
    before = read_json(path)

    def text(outputs: Any = None, counts: Any = None, **settings: str) -> str:
        made = before | {"outputs": outputs or before["outputs"], "counts": counts or before["counts"]}
        made["parts"] = json.loads(json.dumps(before["parts"]))
        made["parts"]["settings"]["preference"] |= settings
        write_json(path, made)
        return model_card(facts_of(run_copy, base_model="base")).text

    first = f"A LoRA adapter on `base`: SFT on {rows} rows ({steps} steps),\nthen preference tuning on "
    assert first in text() and "library_name: peft\n" in text() and "- lora\n" in text()
    whole = text(outputs={"model/config.json": {}})
    assert "All weights of `base`: SFT on " in whole and "library_name: transformers\n" in whole
    assert "lora" not in whole.lower()
    assert "`base`: without SFT before it, preference tuning on " in text(start="base")
    online = text(counts={"prompts": 31, "steps": 7}, method="grpo")
    assert "\nthen online tuning by GRPO on 31 prompts (7 steps).\n" in online


def test_every_score_stands_once_with_interval_and_n(run_folder: Path) -> None:
    lines = (run_folder / "release/bundle/README.md").read_text(encoding="utf-8").splitlines()
    for row in read_json(run_folder / "evaluate/summary.json")["table"]:
        cells = " | ".join(interval(row["models"][name]) for name in ("base", "sft", "final"))
        assert sum(row["title"] in line and cells in line for line in lines if line.startswith("|")) >= 1, row["title"]


def test_a_thinking_model_is_told_how_to_be_served(run_folder: Path) -> None:
    text = model_card(facts_of(run_folder, serving=THOUGHTFUL)).text
    assert (
        "by policy: distil 30, none 8, dropped for want of one 2\n- What this does: it teaches 8 bare finals\n" in text
    )


def test_an_override_is_on_the_card_and_must_stay(run_folder: Path) -> None:
    text = model_card(facts_of(run_folder, refused=["a gate of 3"], overridden=["cites: only 11 items"])).text
    kept = must_say(text)
    assert "> **Overridden:** cites: only 11 items" in kept and "> - a gate of 3" in kept
    assert any(line.startswith("**Not for clinical use") for line in kept)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "0.42 [0.35, 0.49], n=120"),
        ({"low": None, "high": None}, "0.42, n=120"),
        ({"unparsed": 3, "missing": 3}, "0.42 [0.35, 0.49], n=120, 3 unparsed"),
        ({"unparsed": 3, "missing": 0}, "0.42 [0.35, 0.49], n=120"),
        ({"errored": 1, "unparsed": 2, "missing": 3}, "0.42 [0.35, 0.49], n=120, 2 unparsed, 1 errored"),
        ({"value": None, "low": None, "high": None, "n": 0}, "-"),
        ({"value": None, "low": None, "high": None, "n": 0, "missing": 9, "unparsed": 9}, "-, 9 unparsed"),
    ],
)
def test_an_estimate_is_shown_with_what_could_not_be_scored(changes: dict[str, Any], shown: str) -> None:
    whole = {"value": 0.42, "low": 0.35, "high": 0.49, "n": 120, "missing": 0, "unparsed": 0, "errored": 0}
    assert interval(whole | changes) == shown


def plant_differences(folder: Path, rows: list[dict[str, Any]]) -> list[str]:
    """A table of paired differences for the first titles of the summary; returns these."""
    table = read_json(folder / "evaluate/summary.json")["table"]
    titles = [row["title"] for row in table if row["headline"]][:1] + [
        row["title"] for row in table if not row["higher_is_better"]
    ][:1]
    path = folder / "evaluate/report/differences_final_vs_base.csv"
    names = [
        "Score",
        "Difference",
        "Difference: low",
        "Difference: high",
        "p",
        "Holm p",
        "Items",
        "Left out",
        "Smallest visible",
    ]
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, names, restval="")
        writer.writeheader()
        for title, row in zip(titles, rows, strict=True):
            writer.writerow({"Score": title, "Items": 20, "Left out": 4} | row)
    return titles


def test_what_got_worse_is_on_the_card_in_either_direction(run_copy: Path) -> None:
    bad = {"Difference": -0.3, "Difference: low": -0.5, "Difference: high": -0.1, "p": 0.0001, "Holm p": 0.0004}
    up = {"Difference": 0.3, "Difference: low": 0.1, "Difference: high": 0.5, "p": 0.01}
    titles = plant_differences(run_copy, [bad, up])
    assert [row["title"].split("\ue001")[1].rstrip("\ue002") for row in worse(facts_of(run_copy))] == titles
    text = model_card(facts_of(run_copy)).text
    assert f"| {titles[0]} | higher | -0.30 [-0.50, -0.10] | 20 |\n" in text
    assert f"| {titles[1]} | lower | +0.30 [+0.10, +0.50] | 20 |\n" in text
    assert f"| base | {titles[0]} | -0.30 [-0.50, -0.10] | 20 | 4 | <0.001 | - |\n" in text
    titles = plant_differences(run_copy, [up, bad])
    assert list(worse(facts_of(run_copy))) == []
    assert len(list(compared(facts_of(run_copy)))) >= 1
    assert "None is shown to be.\n" in model_card(facts_of(run_copy)).text


def test_a_difference_that_could_not_be_had_is_a_dash() -> None:
    nothing = {"Difference": "", "Difference: low": "", "Difference: high": "", "p": "", "Holm p": ""}
    assert (difference(nothing), p_value(nothing)) == ("-", "-")
    assert p_value({"p": 0.2, "Holm p": None}) == "(0.200)"


@pytest.mark.parametrize(
    ("file", "pointer", "value", "gone"),
    [
        ("evaluate/manifest.json", "/parts/settings/evaluate/judge/server", "http://judge", "No person and no judge"),
        ("corpus/data-report.json", "/splits/human_test/rows", 5, "No test of questions that people wrote"),
        ("corpus/data-report.json", "/splits/held_out_topics", ["burns"], "No topic that training never saw"),
        ("corpus/data-report.json", "/passage_seen/test_rows_without", 5, "No question whose supporting passage"),
        ("evaluate/manifest.json", "/parts/settings/evaluate/retention/mcqs", ["a"], "No wider medical knowledge"),
        ("evaluate/manifest.json", "/parts/settings/evaluate/exam/files", ["a"], "No public benchmark"),
        ("corpus/manifest.json", "/parts/settings/corpus/evaluation_files", ["a"], "No search of the training data"),
    ],
)
def test_a_gap_is_told_until_it_is_closed(run_copy: Path, file: str, pointer: str, value: Any, gone: str) -> None:
    open_value = {"server": "", "rows": 0, "test_rows_without": 0}.get(pointer.rsplit("/", 1)[1], [])
    edit(run_copy / file, pointer, open_value)
    assert any(said.startswith(gone) for said in untested(facts_of(run_copy)))
    edit(run_copy / file, pointer, value)
    assert not any(said.startswith(gone) for said in untested(facts_of(run_copy)))


def test_weights_that_are_not_the_hubs_are_told_and_the_line_must_stay(run_folder: Path) -> None:
    base = read_json(run_folder / RECORD)["base"]
    made = {"file": "m.Q4_1.gguf", "file_sha256": "ab" * 32, "package": "wheel==1.2", "weights_sha256": "cd" * 32}
    own = model_card(facts_of(run_folder, base=base | {"kind": "hub"})).text
    assert "not pinned by the recipe" in own and "not those that the hub has" not in own
    facts = facts_of(run_folder, base=base | made | {"kind": "converted", "made": "dequantised", "licence": "mit"})
    text = model_card(facts).text
    assert "**not those that the hub has under this name.**" in text and "ab" * 32 in text and "`wheel==1.2`" in text
    assert any("not those that the hub has" in line for line in must_say(text)), "it may not be edited away"
    assert "which holds in any case: `mit`" in text
    assert any(gap.startswith("Not on the base model's weights as the hub has them") for gap in untested(facts))
    quantised = facts_of(run_folder, base=base | {"quantization": "4bit"})
    assert "on unquantised weights nothing was measured" in model_card(quantised).text


def test_the_embedded_models_record_says_what_it_was_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = {"licence": "Apache-2.0", "member": "in/x.Q4_1.gguf", "member_sha256": "ab", "wheel": "w==1"}
    source |= {"conversion": "dequantised", "files": {"model.safetensors": {"sha256": "cd"}}}
    write_json(tmp_path / "SOURCE.json", source)
    monkeypatch.setattr("residency.generation.embedded.embedded_model_folder", lambda: tmp_path)
    found = base_record(ModelSettings())
    assert (found["kind"], found["file"], found["made"]) == ("converted", "x.Q4_1.gguf", "dequantised")
    assert found["weights_sha256"] == "cd" and found["licence"] == "Apache-2.0"
    assert base_record(ModelSettings(name="some/model", revision="a" * 40))["kind"] == "hub"
    assert base_record(ModelSettings(name=str(tmp_path)))["kind"] == "folder"


def test_what_a_stranger_asked_again_is_on_the_card_and_a_wrong_figure_is_found(run_folder: Path) -> None:
    answers = {"name": "answers", "verdict": "pass", "of": 128, "equal": 125, "tied": 2, "different": 1}
    seen = {
        "checks": [{"name": "opens", "verdict": "pass"}, answers | {"alone": 5, "alone_equal": 4}],
        "asked": {"dtype": "bfloat16", "device": "cpu", "attention": "sdpa"},
    }
    record = read_json(run_folder / RECORD)
    made = model_card(Facts(run_folder, {RECORD: record | {"verified": True}, VERIFIED: seen}, marked=True))
    row = "| answers, asked for in the batches in which they were recorded | 128 | 125 | 2 | 1 |"
    assert row in made.text and "each asked for by itself | 5 | 4 | - | - |" in made.text
    assert {"file": VERIFIED, "pointer": "/checks/1/equal", "value": 125}.items() <= next(
        fact.items() for fact in made.facts if fact["pointer"] == "/checks/1/equal"
    )
    wrong = made.text.replace(row, row.replace("| 125 |", "| 128 |"))
    assert [finding.says for finding in unsupported(wrong, made.text)] == ["128"]
    nobody = model_card(Facts(run_folder, {RECORD: record | {"verified": False}, VERIFIED: {}}, marked=True)).text
    assert "no process without the program that wrote it opened this bundle" in nobody


def test_what_the_recipe_says_of_the_study_is_on_both_cards(run_folder: Path) -> None:
    said = {"ethics": "Waived by the board of St. X on 3 July 2026.", "patient_data": "None does."}
    facts = facts_of(run_folder, statements=said)
    text = model_card(facts).text
    assert "- Ethics approval, or why none was needed: Waived by the board of St. X on 3 July 2026.\n" in text
    assert "- Funding: not said <!-- by hand -->" in text
    assert "consent or approval: None does.\n" in dataset_card(facts_of(run_folder, statements=said)).text


def test_the_top_of_the_card_holds_scores_against_what_knows_nothing(run_folder: Path) -> None:
    facts = facts_of(run_folder, always_abstains=0.4894)
    text = model_card(facts).text
    [row] = [line for line in text.splitlines() if "abstaining always: 0.49" in line]
    table = read_json(run_folder / "evaluate/summary.json")["table"]
    [faithful] = [entry for entry in table if entry["metric"] == "faithfulness.score"]
    assert row.startswith(f"| {faithful['title']} | higher | {interval(faithful['models']['base'])} | ")
    assert text.index("## At a glance") < text.index("## What it is")


# Figures that the release works out


def test_what_abstaining_always_would_score_is_the_share_of_unanswerable_items(tmp_path: Path) -> None:
    write_json(tmp_path / "evaluate/summary.json", {"table": [], "gates": []})
    assert always_abstains(tmp_path) is None
    right = {"faithfulness.score": 1.0, "faithfulness.abstention_recall": 1.0}
    missed = {"faithfulness.score": 0.0, "faithfulness.abstention_recall": 0.0}
    held = {"faithfulness.score": 0.5, "faithfulness.false_abstention": 0.0}
    rows = [right, missed, held, held, held, {"exam.accuracy": 1.0}, {"faithfulness.score": None}]
    write_jsonl(tmp_path / "evaluate/scores-final.jsonl", [{"metrics": row} for row in rows])
    assert always_abstains(tmp_path) == pytest.approx(2 / 5)


def test_answers_that_were_cut_off_are_counted_once(tmp_path: Path) -> None:
    said = [["stop"], ["length"], ["length", "length"], []]
    write_jsonl(
        tmp_path / "evaluate/answers-final.jsonl", [{"said": [{"finish": end} for end in ends]} for ends in said]
    )
    assert cut_off(tmp_path) == {"answers": 2, "of": 3}


def test_axes_that_no_gate_looks_at_are_named(tmp_path: Path) -> None:
    table = [{"metric": f"{axis}.x", "axis": axis} for axis in ("exam", "open", "safety")] + [
        {"metric": "safety.y", "axis": "safety"}
    ]
    write_json(tmp_path / "evaluate/summary.json", {"table": table, "gates": [{"metric": "safety.y"}]})
    assert ungated(tmp_path) == ["exam", "open"]


def test_hours_and_energy_are_those_of_the_manifests(tmp_path: Path) -> None:
    for name, seconds in (
        ("sft", 7200.0),
        ("preference", 3600.0),
        ("evaluate", 1800.0),
        ("mix", 600.0),
        ("release", 9e9),
    ):
        write_json(tmp_path / name / "manifest.json", {"seconds": seconds})
    found = effort(tmp_path, ReleaseSettings(watts=500, grams_per_kwh=200))
    assert found["hours"] == pytest.approx(3 + 2 / 3) and found["training_hours"] == 3
    assert found["evaluation_hours"] == 0.5
    assert found["kwh"] == pytest.approx(0.5 * (3 + 2 / 3)) and found["grams"] == pytest.approx(100 * (3 + 2 / 3))
    unknown = effort(tmp_path, ReleaseSettings())
    assert unknown["kwh"] is None and unknown["grams"] is None


def test_training_data_are_counted_by_source_topic_and_mode(run_folder: Path) -> None:
    found = trained_on(run_folder)
    rows = [row for row in read_rows(run_folder / "mix/train.jsonl") if row["split"] == "train"]
    assert found["rows"]["of"] == len(rows) == sum(found["rows"]["by_topic"].values())
    assert found["rows"]["by_mode"] == {
        mode: n for mode in ("EXAM", "CLINICAL") if (n := sum(row["mode"] == mode for row in rows))
    }
    assert sum(found["questions"]["by_kind"].values()) == found["questions"]["of"] > 0


def test_many_topics_end_in_others() -> None:
    rows = [{"topic": f"t{number:03}"} for number in range(50)] + [{"topic": "t000"}]
    found = tally(rows, "topic")
    assert next(iter(found.items())) == ("t000", 2)
    assert found["others"] == 10 and sum(found.values()) == 51


def plant_scores(folder: Path, licence: str = "CC-BY-4.0", privacy: str = "") -> None:
    """A run of four scored questions, two of which the final model got wrong, and one probe."""
    row = {"headline": True, "higher_is_better": True, "title": "Accuracy", "metric": "exam.accuracy"}
    write_json(folder / "evaluate/summary.json", {"table": [row]})
    write_jsonl(folder / "corpus/kept.jsonl", [{"id": f"q{n}", "licence": licence} for n in range(4)])
    head = "row,origin,id,check,sure,where,detail,text,decision,new_text,note\n"
    write_text(folder / "corpus/review.csv", head + (f"1,a,{privacy},privacy_phone,,,,,,,\n" if privacy else ""))
    item = {
        "mode": "EXAM",
        "source": "example",
        "prompt": "system: s\n\nuser: Why?",
        "output": "So.",
        "reference": "Thus.",
    }
    write_jsonl(
        folder / "evaluate/scores-final.jsonl",
        [item | {"id": f"exam/q{n}", "cluster": f"q{n}", "metrics": {"exam.accuracy": float(n > 1)}} for n in range(4)],
    )


def test_failures_are_the_worst_items_and_of_these_the_lowest_digest(tmp_path: Path) -> None:
    plant_scores(tmp_path)
    [found] = failures(tmp_path)
    first = min(("exam/q0", "exam/q1"), key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    assert (found["id"], found["score"], found["alike"], found["of"]) == (first, 0.0, 2, 4)
    assert (found["asked"], found["answered"], found["expected"]) == ("Why?", "So.", "Thus.")


def test_no_unlicensed_or_flagged_question_is_shown_on_the_card(tmp_path: Path) -> None:
    plant_scores(tmp_path, licence="unknown")
    assert failures(tmp_path) == []
    for name in ("q0", "q1"):
        plant_scores(tmp_path, privacy=name)
        [found] = failures(tmp_path)
        assert found["id"] != f"exam/{name}" and found["of"] == 3


# What is published of the data


def kept(name: str, **more: Any) -> dict[str, Any]:
    row = {"id": name, "kind": "open", "question": f"Why {name}?", "answer": "So.", "topic": "burns", "source": "own"}
    return (
        row | {"licence": "CC-BY-4.0", "split": "train", "origin": "/home/someone/bank.jsonl:1", "system": ["s"]} | more
    )


def test_only_licensed_unflagged_questions_trained_on_are_published(tmp_path: Path) -> None:
    rows = [
        kept("good"),
        kept("held out", split="test"),
        kept("not trained on"),
        kept("bare", licence="unknown"),
        kept("closed", licence="proprietary"),
        kept("=flagged"),
    ]
    write_jsonl(tmp_path / "kept.jsonl", rows)
    write_text(
        tmp_path / "review.csv", "row,origin,id,check\n1,a,'=flagged,privacy_name_dob\n2,a,good,extreme_length\n"
    )
    assert flagged(tmp_path) == {"'=flagged", "=flagged"}
    parents = {row["id"] for row in rows} - {"not trained on"}
    found = publish_questions(tmp_path, parents, ["cc-by-4.0"], tmp_path / "out.jsonl")
    [row] = read_rows(tmp_path / "out.jsonl")
    assert row["id"] == "good" and not {"origin", "system", "split"} & set(row)
    assert found["published"] == 1 and found["by_licence"] == {"CC-BY-4.0": 1}
    assert found["kept_back"] == {
        "no licence named": 1,
        "licence not among release.publish": 1,
        "flagged by a privacy check": 1,
    }
    nothing = publish_questions(tmp_path, parents, [], tmp_path / "none.jsonl")
    assert nothing["published"] == 0 and not (tmp_path / "none.jsonl").exists()


def described(folder: Path) -> dict[str, Any]:
    """A bundle's data folder with two questions and a passage, and its description."""
    data = folder / "data"
    write_jsonl(
        data / "questions.jsonl", [{name: row[name] for name in row if name != "system"} for row in map(kept, "ab")]
    )
    passage = {
        "id": "p1",
        "title": "Burns",
        "section": "Cooling",
        "date": "2026",
        "text": "Cool it.",
        "licence": "CC0-1.0",
    }
    write_jsonl(folder / "passages.jsonl", [passage])
    record = {
        "title": "Resident",
        "authors": ["A. Surgeon"],
        "licences": {"questions": {"by_licence": {"CC-BY-4.0": 2}}, "passages": {"by_licence": {"CC0-1.0": 1}}},
    }
    made = croissant(data, record, "2026-11-26", "1.0.0")
    write_json(data / "croissant.json", made)
    return made


def test_the_croissant_holds_what_is_published_and_its_digests(tmp_path: Path) -> None:
    made = described(tmp_path)
    files = {entry["contentUrl"]: entry["sha256"] for entry in made["distribution"]}
    assert files == {
        name: hashlib.sha256((tmp_path / "data" / name).read_bytes()).hexdigest()
        for name in ("questions.jsonl", "../passages.jsonl")
    }
    assert made["license"] == ["CC-BY-4.0", "CC0-1.0"]


def test_mlcroissant_reads_the_description_and_the_rows(tmp_path: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    made = described(tmp_path)
    dataset = mlcroissant.Dataset(jsonld=tmp_path / "data/croissant.json")
    assert dataset.metadata.ctx.issues.report() == "", "neither errors nor warnings"
    rows = list(dataset.records("questions"))
    assert [row["questions/question"] for row in rows] == [b"Why a?", b"Why b?"]
    assert [row["passages/text"] for row in dataset.records("passages")] == [b"Cool it."]
    made["recordSet"][0]["field"][0]["source"]["fileObject"]["@id"] = "nothing.jsonl"
    write_json(tmp_path / "data/croissant.json", made)
    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(jsonld=tmp_path / "data/croissant.json")


def test_the_dataset_card_of_a_run_says_what_stays(run_folder: Path) -> None:
    text = (run_folder / "release/bundle/data/README.md").read_text(encoding="utf-8")
    data = read_json(run_folder / RECORD)["data"]
    assert f"- Questions: {data['published']}; the recipe lists no licence" in text
    back = data["kept_back"]["licence not among release.publish"]
    assert f"`licence not among release.publish` {back}" in text
    assert re.search(r"- Passages that an answer may cite: \d+, in `\.\./passages\.jsonl`", text)
