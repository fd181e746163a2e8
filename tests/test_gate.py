"""The data gate as a user meets it: the check command, decisions, evaluation items, large banks."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.cli import app as cli
from residency.core.comparing.decontaminate import Item, look_up, prepare
from residency.core.comparing.tokens import as_sets, shingles, side_by_side, word_hashes
from residency.core.errors import InputError
from residency.corpus import intake
from residency.corpus.bank.habits import without_stop
from residency.corpus.comparing.sketch import bands_for, near_pairs, sketch
from residency.corpus.report.summary import summary_lines
from residency.corpus.review import read_decisions, row_key
from residency.corpus.rows import TABLE
from residency.corpus.settings import CorpusSettings
from tests.conftest import EXAMPLES, read_rows
from tests.test_corpus import OPTIONS, ask, gate, mcq

Row = dict[str, Any]


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recipe whose bank is the example corpus with its flawed rows."""
    monkeypatch.chdir(tmp_path)
    files = [str(EXAMPLES / name) for name in ("mcq.jsonl", "open.jsonl", "flaws.jsonl")]
    path = tmp_path / "recipe.toml"
    path.write_text(f'[run]\nname = "bank"\n[corpus]\nfiles = {json.dumps(files)}\n')
    return path


def test_check_says_what_is_wrong_and_what_to_do_first(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(recipe)]) == 0
    said = capsys.readouterr().out
    assert "780 rows in 3 files" in said
    assert "data-report.html" in said and "review.csv" in said
    page = (recipe.parent / "runs/bank/corpus/data-report.html").read_text()
    assert page.startswith("<!doctype html>") and "enoxaparin 400 mg" in page


def test_check_gives_programs_one_object_and_exits_1_for_a_bank_that_is_not_fit(
    recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", str(recipe), "--json", "--set", "corpus.max_rejected=0.001"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["rows"]["read"] == 780 == found["rows"]["kept"] + found["rows"]["rejected"]
    assert found["checks"]["dose_out_of_range"] == {"severity": "warns", "rows": 5}
    assert not found["fit"]["passes"] and "max_rejected" in found["fit"]["says"]
    assert found["first"]


@pytest.mark.parametrize(
    "check",
    [
        "dose_out_of_range",
        "privacy_name_dob",
        "rationale_argues_for_other_option",
        "laterality_conflict",
        "truncated_answer",
        "markup_debris",
        "all_of_the_above",
        "dated_guidance",
        "assistant_boilerplate",
    ],
)
def test_each_flaw_planted_in_the_example_corpus_is_counted_by_its_check(flawed: Row, check: str) -> None:
    planted = sum(row["planted"] == check for row in read_rows(EXAMPLES / "flaws.jsonl"))
    count = next(entry["count"] for entry in flawed["checks"] if entry["id"] == check)
    assert 0 < planted <= count <= planted + 1


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Row:
    """The report on the flawed rows of the example corpus."""
    return gate(tmp_path_factory.mktemp("flawed"), EXAMPLES / "flaws.jsonl").report


def test_a_persons_decisions_are_read_back(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(recipe), "--fix", "review"]) == 0
    assert cli.main(["check", str(recipe), "--fix", "review"]) == 2  # the table may hold decisions
    table = Path("review/review.csv")
    with table.open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.DictReader(handle))
    doses = [line for line in lines if line["check"] == "dose_out_of_range"]
    assert len(doses) == 5
    verdicts = [("drop", ""), ("keep", ""), ("replace", "Enoxaparin 40 mg is given once daily.")]
    for line, (verdict, text) in zip(doses, verdicts, strict=False):
        line |= {"decision": verdict, "new_text": text, "where": "answer"}
    with table.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    capsys.readouterr()
    assert cli.main(["check", str(recipe), "--json", "--set", f'corpus.decisions="{table}"']) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rejected_by_reason"]["dropped_in_review"] == 1
    assert found["checks"]["dose_out_of_range"]["rows"] == 2
    kept = {row["id"]: row for row in read_rows(Path("runs/bank/corpus/kept.jsonl"))}
    assert doses[0]["id"] not in kept
    assert kept[doses[2]["id"]]["answer"] == "Enoxaparin 40 mg is given once daily."


def test_a_table_with_an_unknown_decision_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_text("row,check,where,decision,new_text,note\nab,x,answer,perhaps,,\ncd,x,context 1,replace,text,\n")
    with pytest.raises(InputError, match=r"line 2: unknown decision 'perhaps'; line 3: the field 'context 1'"):
        read_decisions(path)
    path.write_text("row,check\n")
    with pytest.raises(InputError, match="lacks the column"):
        read_decisions(path)


REVIEW = ("row", "id", "check", "where", "decision", "new_text", "note")


def decided(*lines: Row, separator: str = ",") -> str:
    """A review table with these lines."""
    out = io.StringIO()
    writer = csv.DictWriter(out, REVIEW, restval="", delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_is_read_as_spreadsheet_programs_save_it(tmp_path: Path, separator: str, encoding: str) -> None:
    line = {"row": "ab", "where": "answer", "decision": "Replace", "new_text": "Café; 4,5 mg\nonce"}
    path = tmp_path / "review.csv"
    path.write_bytes(decided(line, separator=separator).encode(encoding))
    assert read_decisions(path)["ab"].texts == {"answer": "Café; 4,5 mg\nonce"}


def test_a_table_that_cannot_be_decoded_says_what_to_save_it_as(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_bytes(decided({"row": "ab", "decision": "drop", "note": "Café"}).encode("latin-1"))
    with pytest.raises(InputError, match="not text in UTF-8") as raised:
        read_decisions(path)
    assert "CSV UTF-8" in str(raised.value)


def test_decisions_that_contradict_or_are_half_filled_in_name_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    first = {"row": "ab", "where": "answer", "decision": "replace", "new_text": "One."}
    path.write_text(decided(first, first, first | {"where": "question"}))
    assert read_decisions(path)["ab"].texts == {"answer": "One.", "question": "One."}, (
        "the same text twice is no matter"
    )
    path.write_text(decided(first, first | {"new_text": "Two."}))
    with pytest.raises(InputError, match="line 3: line 2 replaces the field 'answer' of this row too"):
        read_decisions(path)
    path.write_text(decided(first, first | {"row": "cd", "decision": ""}))
    with pytest.raises(InputError, match="line 3: new_text is filled in and decision is not"):
        read_decisions(path)


def test_decisions_that_do_nothing_are_counted_and_named(tmp_path: Path) -> None:
    rows = [ask(number) for number in range(12)]
    key = row_key(gate(tmp_path, rows).kept[0])
    lines: list[Row] = [
        {"row": key, "id": "q0", "check": "x", "decision": "keep"},
        {"row": key, "id": "q0", "where": "turn 5", "decision": "replace", "new_text": "Other."},
        *({"row": f"stale{number}", "id": f"old{number}", "decision": "drop"} for number in range(7)),
    ]
    table = tmp_path / "review.csv"
    table.write_text(decided(*lines))
    report = gate(tmp_path, rows, decisions=table).report
    counts = {"read": 9, "applied": 2, "keep": 1, "drop": 0, "replace": 1, "unmatched": 7}
    assert report["decisions"] == counts
    told = "\n".join(report["warnings"])
    assert "7 of 9 decisions match no row that was read: 'old0', 'old1', 'old2', 'old3', 'old4' and 2 more" in told
    assert "a field that was to be replaced is missing in 1 row: 'q0 (turn 5)'" in told
    assert "9 decisions read, 2 applied (keep 1, drop 0, replace 1); 7 match no row" in summary_lines(report)
    table.write_text(decided(lines[0]))
    report = gate(tmp_path, rows, decisions=table).report
    assert "1 decision read, 1 applied (keep 1, drop 0, replace 0)" in summary_lines(report)
    assert "decisions" not in "\n".join(report["warnings"])
    table.write_text(decided(lines[0] | {"decision": ""}))
    assert "No decision read: no line of the table has one" in summary_lines(
        gate(tmp_path, rows, decisions=table).report
    )
    assert not any("ecision" in line for line in summary_lines(gate(tmp_path, rows).report))


WHOLE = "".join(json.dumps(ask(number)) + "\n" for number in range(2_000, 4_000))
HALF = gzip.compress(WHOLE.encode())
BROKEN: dict[str, tuple[str, bytes, str]] = {
    "half a gzip": (
        "b.jsonl.gz",
        HALF[: len(HALF) // 2],
        r"could not be read from line [\d,]+ on; [\d,]+ rows before are",
    ),
    "half a gzip of CSV": (
        "b.csv.gz",
        gzip.compress(b"question,answer\n" + random.Random(0).randbytes(90_000).hex().encode())[:-50],
        "nothing of it could be read",
    ),
    "a list that breaks off": ("b.json", json.dumps([ask(50), ask(51)])[:-40].encode(), "nothing of it could be read"),
    "lines that break off": (
        "b.jsonl",
        f"{json.dumps(ask(50))}\n{json.dumps(ask(51))[:-9]}".encode(),
        "could not be read from line 2 on; 1 row before is read",
    ),
    "UTF-16": ("b.jsonl", WHOLE[:3_000].encode("utf-16"), "nothing of it could be read"),
    "Latin 1": ("b.csv", "question,answer\nOù?,Là.\nWhy?,à la\n".encode("latin-1"), "nothing of it could be read"),
    "no Parquet": ("b.parquet", b"PAR1 and no more", "nothing of it could be read"),
}


@pytest.mark.parametrize("limit", [None, 20])
@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_breaks_off_is_named_and_makes_the_bank_unfit(tmp_path: Path, name: str, limit: int | None) -> None:
    file, data, says = BROKEN[name]
    bank = tmp_path / "bank"
    bank.mkdir()
    (bank / file).write_bytes(data)
    (bank / "whole.jsonl").write_text("".join(json.dumps(ask(number)) + "\n" for number in range(40)))
    report = gate(tmp_path, bank, limit=limit).report
    assert [one["name"] for one in report["broken_files"]] == [file]
    assert re.search(f"{file}: .*{says}", report["broken_files"][0]["says"])
    assert not report["fit"]["passes"] and file in report["fit"]["says"]
    assert report["first"][0].startswith(f"Mend this file or fetch it again: {file}: ")
    lines = summary_lines(report)
    assert any(line.startswith(f"  1. Mend this file or fetch it again: {file}") for line in lines)


@pytest.mark.parametrize("limit", [None, 20])
def test_whole_files_with_a_bad_row_and_empty_files_do_not_make_a_bank_unfit(tmp_path: Path, limit: int | None) -> None:
    bank = tmp_path / "bank"
    bank.mkdir()
    rows = [json.dumps(ask(number)) for number in range(60)]
    (bank / "a.jsonl").write_text("\n".join([*rows[:30], "{bad", *rows[30:]]))
    for name, text in {"b.jsonl": "\n \n", "c.json": "[]", "d.csv": "question,answer\n"}.items():
        (bank / name).write_text(text)
    report = gate(tmp_path, bank, limit=limit).report
    assert report["broken_files"] == [] and report["fit"]["passes"]
    assert report["empty_files"] == ["b.jsonl", "c.json", "d.csv"]
    assert report["warnings"][0] == "3 files without any row: 'b.jsonl', 'c.json', 'd.csv'"
    assert " in 4 files" in summary_lines(report)[0]


def test_the_check_of_a_broken_bank_exits_1_and_its_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("whole.jsonl").write_text("".join(json.dumps(ask(number)) + "\n" for number in range(40)))
    Path("cut.json").write_text(json.dumps([ask(50), ask(51)])[:-40])
    Path("r.toml").write_text('[run]\nname = "b"\n[corpus]\nfiles = ["whole.jsonl", "cut.json"]\n')
    assert cli.main(["check", "r.toml"]) == 1
    said = capsys.readouterr().out
    assert "1. Mend this file or fetch it again: cut.json" in said and "not fit to train on: cut.json" in said
    html = Path("runs/b/corpus/data-report.html").read_text()
    assert (
        "Not fit to train on: cut.json" in html and "Do this first: Mend this file or fetch it again: cut.json" in html
    )
    assert cli.main(["check", "r.toml", "--json"]) == 1
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["broken_files"]] == ["cut.json"]
    Path("r.toml").write_text('[run]\nname = "b"\n[corpus]\nfiles = ["whole.jsonl"]\n')
    assert cli.main(["check", "r.toml"]) == 0
    html = Path("runs/b/corpus/data-report.html").read_text()
    assert "Fit to train on." in html and "Not fit" not in html


def test_what_makes_a_bank_unfit_is_the_first_step_and_no_step_is_left_out(flawed: Row, tmp_path: Path) -> None:
    assert len(flawed["first"]) > 8
    warned = {check["id"] for check in flawed["checks"] if check["count"] and check["severity"] != "informs"}
    steps = "\n".join(flawed["first"])
    assert all(f"({name})" in steps for name in warned)
    assert f"Do first (the first 4 of {len(flawed['first'])} steps; the report has all)" in summary_lines(flawed)
    alike = [ask(1, id=str(number), answer=f"The answer is {number}.") for number in range(20)]
    report = gate(tmp_path, alike).report
    assert not report["fit"]["passes"]
    assert re.match("Fill the split (dev|test|train), which is empty: ", report["first"][0])
    bad = [*(ask(number) for number in range(40)), *(mcq(id=f"m{number}", answer="Z") for number in range(40))]
    report = gate(tmp_path, bad).report
    assert report["first"][0].startswith("Mend the rejected rows, or take them out of the files: 40 of 80 rows")


def test_a_decision_outlives_a_move_and_not_a_change_of_the_row() -> None:
    row = ask(1)
    assert row_key(row) == row_key(row | {"id": "other", "origin": "elsewhere:9"})
    assert row_key(row) != row_key(row | {"answer": "Another."})


def test_a_row_that_holds_an_evaluation_item_is_rejected_with_its_evidence(tmp_path: Path) -> None:
    items = tmp_path / "exam.jsonl"
    stem = "Which nerve is most at risk during open repair of an inguinal hernia?"
    options = {"A": "Ilioinguinal nerve", "B": "Sciatic nerve", "C": "Phrenic nerve"}
    items.write_text(json.dumps({"question": stem, "options": options, "answer": "A"}) + "\n")
    turned = dict(zip("ABC", reversed(list(options.values())), strict=True))
    rows = [
        ask(1),
        {"id": "exact", "question": f"{stem} ", "options": turned, "answer": "C"},
        {"id": "inside", "question": f"A quiz for juniors. {stem} Say why.", "answer": "The ilioinguinal nerve."},
        {"id": "alike", "question": "Which nerve lies in the inguinal canal?", "answer": "The ilioinguinal nerve."},
    ]
    result = gate(tmp_path, rows, evaluation_files=[items])
    assert {row["row"]["id"]: row["reason"] for row in result.rejected} == {
        "exact": "contaminated",
        "inside": "contaminated",
    }
    assert all("exam.jsonl:1" in row["detail"] for row in result.rejected)
    tiers = {tier["id"]: tier["rows"] for tier in result.report["decontamination"]["tiers"]}
    assert (tiers["exact"], tiers["words"]) == (1, 1)


STEM = "Which nerve is most often hurt when an inguinal hernia is repaired through the groin?"
FOUR = ["Ilioinguinal", "Femoral", "Obturator", "Sciatic"]
LETTERED = dict(zip(["opa", "opb", "opc", "opd"], FOUR, strict=True))
MEDMCQA = {"id": "x", "question": STEM, **LETTERED, "cop": 0, "choice_type": "single", "exp": None}
MEDQA = {"question": STEM, "options": dict(zip("ABCD", FOUR, strict=True)), "answer": FOUR[0], "answer_idx": "A"}
MMLU = {"question": STEM, "subject": "anatomy", "choices": FOUR, "answer": 0}
PUBMEDQA = {
    "pubid": 7,
    "question": STEM,
    "context": {"contexts": ["Some text."], "labels": ["AIM"], "meshes": ["Hernia"]},
    "long_answer": "The ilioinguinal nerve.",
    "final_decision": "yes",
}
SWAG = {"id": "x", "sent1": STEM, "sent2": "", **{f"ending{n}": text for n, text in enumerate(FOUR)}, "label": 0}
ITEMS: dict[str, tuple[Row, bool]] = {
    "MedMCQA": (MEDMCQA, True),
    "MedMCQA's test set": (MEDMCQA | {"cop": -1}, True),
    "MedQA": (MEDQA, True),
    "MedQA, bigbio": (
        MEDQA | {"options": [{"key": key, "value": text} for key, text in MEDQA["options"].items()]},
        True,
    ),
    "MedQA of the harness": (SWAG, True),
    "MMLU": (MMLU, True),
    "ARC": ({"question": STEM, "choices": {"text": FOUR, "label": list("ABCD")}, "answerKey": "A"}, True),
    "PubMedQA": (PUBMEDQA, False),
    "PubMedQA of the harness": ({"QUESTION": STEM, "CONTEXTS": ["Some text."], "LONG_ANSWER": "The nerve."}, False),
    "AGIEval": ({"query": STEM, "choices": FOUR, "gold": [0]}, True),
}


def logged(doc: Row, number: int, **fields: Any) -> Row:
    """A line of lm-evaluation-harness's sample log, as version 0.4 writes it with --log_samples."""
    arguments = {
        f"gen_args_{place}": {"arg_0": f"Question: {STEM}\nAnswer:", "arg_1": f" {letter}"}
        for place, letter in enumerate("ABCD")
    }
    row = {"doc_id": number, "doc": doc, "target": "0", "arguments": arguments, "resps": [[["-1.5", "False"]]] * 4}
    row |= {"filtered_resps": [["-1.5", "False"]] * 4, "filter": "none", "metrics": ["acc"], "doc_hash": "a1"}
    return row | {"prompt_hash": "b2", "target_hash": "c3", "acc": 1.0} | fields


def guarded(folder: Path, path: Path) -> Row:
    """The report of a bank that holds the item with its options in another order, in running text, and not at all."""
    rows = [
        mcq(id="exact", question=STEM, options=dict(zip("ABCD", FOUR[::-1], strict=True)), answer="D"),
        ask(1, id="inside", question=f"Think it over. {STEM} Say why."),
        ask(2, id="clean"),
    ]
    return gate(folder, rows, evaluation_files=[path])


def reasons_of(result: Any) -> dict[str, str]:
    return {row["row"]["id"]: row["reason"] for row in result.rejected}


def tiers_of(result: Any) -> dict[str, int]:
    return {tier["id"]: tier["rows"] for tier in result.report["decontamination"]["tiers"]}


@pytest.mark.parametrize("logs", [False, True], ids=["data", "sample log"])
@pytest.mark.parametrize("name", ITEMS)
def test_what_evaluation_harnesses_leave_on_disk_is_read(tmp_path: Path, name: str, logs: bool) -> None:
    item, has_options = ITEMS[name]
    folder = tmp_path / "items"
    folder.mkdir()
    if logs:
        lines = [json.dumps(logged(item, n, perplexity=float("nan"))) for n in range(2)]  # which writes NaN
        (folder / "samples_task_2026-11-25T10-00-00.000000.jsonl").write_text("\n".join(lines) + "\n")
        (folder / "results_2026-11-25T10-00-00.000000.json").write_text(json.dumps({"results": {"task": {"acc": 0.5}}}))
    else:
        pq.write_table(pa.Table.from_pylist([item]), folder / "validation-00000-of-00001.parquet")
    result = guarded(tmp_path, folder)
    assert reasons_of(result) == {"exact": "contaminated", "inside": "contaminated"}
    assert tiers_of(result) == {"exact": int(has_options), "words": 2 - has_options, "review": 0}
    assert not [warning for warning in result.report["warnings"] if "evaluation items" in warning]


def test_datasets_folders_and_caches_are_read_and_their_train_splits_left_aside(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    others = [MEDMCQA | {"question": f"{row['question']}"} for row in read_rows(EXAMPLES / "mcq.jsonl")[:5]]
    splits = {"train": others, "validation": [MEDMCQA]}
    saved = datasets.DatasetDict({name: datasets.Dataset.from_list(rows) for name, rows in splits.items()})
    saved.save_to_disk(str(tmp_path / "saved"))
    cache = tmp_path / "cache/medmcqa/default/0.0.0/a1b2"
    cache.mkdir(parents=True)
    for name in splits:
        [file] = (tmp_path / "saved" / name).glob("*.arrow")
        (cache / f"medmcqa-{name}.arrow").write_bytes(file.read_bytes())
    hub = tmp_path / "hub/datasets--a--medmcqa/snapshots/c3d4/data"
    hub.mkdir(parents=True)
    for name, rows in splits.items():
        pq.write_table(pa.Table.from_pylist(rows), hub / f"{name}-00000-of-00001.parquet")
    for place in ("saved", "cache", "hub"):
        result = guarded(tmp_path, tmp_path / place)
        assert reasons_of(result) == {"exact": "contaminated", "inside": "contaminated"}
        assert [file["items"] for file in result.report["decontamination"]["files"]] == [1]
        told = [warning for warning in result.report["warnings"] if "train split" in warning]
        assert told == [f"{place}: 1 files of a train split left aside; name each to guard against it"]
    only = guarded(tmp_path, tmp_path / "saved/train")
    assert [file["items"] for file in only.report["decontamination"]["files"]] == [5], "a folder named itself is read"


def test_pubmedqa_as_published_is_an_object_of_rows_by_their_ids(tmp_path: Path) -> None:
    path = tmp_path / "ori_pqal.json"
    row = {"QUESTION": STEM, "CONTEXTS": ["Some text."], "LABELS": ["AIM"], "LONG_ANSWER": "The ilioinguinal nerve."}
    path.write_text(json.dumps({"123": row, "456": row | {"QUESTION": "Does a mesh last for ever in the groin?"}}))
    assert reasons_of(guarded(tmp_path, path)) == {"exact": "contaminated", "inside": "contaminated"}
    (tmp_path / "bank").mkdir()
    assert [row["id"] for row in gate(tmp_path / "bank", path).kept] == ["123", "456"]


def test_an_item_in_many_logs_and_with_other_options_is_still_found_and_told_once(tmp_path: Path) -> None:
    """Runs of words that many items share count for nothing, which copies of one item must not bring about."""
    docs = [MEDMCQA, SWAG, MMLU, MMLU | {"choices": FOUR[:3]}, MMLU | {"choices": [*FOUR, "None"]}, PUBMEDQA]
    lines = [json.dumps(logged(doc, number)) for number, doc in enumerate(docs) for _ in range(3)]
    (tmp_path / "samples_all.jsonl").write_text("\n".join(lines))
    result = guarded(tmp_path, tmp_path / "samples_all.jsonl")
    assert reasons_of(result) == {"exact": "contaminated", "inside": "contaminated"}
    assert tiers_of(result)["words"] == 2
    assert result.report["decontamination"]["files"] == [{"name": "samples_all.jsonl", "items": 18}]
    assert "14 items stand in these files more than once" in result.report["decontamination"]["notes"][-1]


@pytest.mark.parametrize(
    "line", ['{"doc_id": 1, "doc": {"x": 1}}', "[1]", '{"a": NaN}', '{"question": "\\ud800"}', "{"]
)
def test_what_holds_no_item_is_counted_and_stops_nothing(tmp_path: Path, line: str) -> None:
    (tmp_path / "samples.jsonl").write_text(f"{line}\n{json.dumps(logged(MMLU, 1))}\n")
    result = guarded(tmp_path, tmp_path / "samples.jsonl")
    assert "samples.jsonl: 1 of 2 evaluation items could not be read" in result.report["warnings"]
    assert reasons_of(result)["exact"] == "contaminated"


def test_injected_items_are_found_short_ones_too_and_shared_phrases_are_no_alarm() -> None:
    bank = read_rows(EXAMPLES / "mcq.jsonl")
    held_out, others = bank[::2], bank[1::2]
    items = [Item(row["id"], row["question"], tuple(row["options"].values())) for row in held_out]
    guard = prepare(items)

    def hits(rows: list[Row]) -> dict[int, int]:
        options = [list(row["options"].values()) for row in rows]
        stems = word_hashes([row["question"] for row in rows])
        texts = side_by_side(
            stems, word_hashes([" ".join([*o, row["rationale"]]) for o, row in zip(options, rows, strict=True)])
        )
        return {hit.row: hit.item for hit in look_up(guard, stems, options, texts) if hit.tier != "review"}

    rng = random.Random(3)
    shuffled = [
        row | {"options": dict(rng.sample(sorted(row["options"].items()), len(row["options"])))} for row in held_out
    ]
    assert hits(shuffled) == {place: place for place in range(len(held_out))}
    wrapped = [row | {"question": f"Question for today: {row['question']} Discuss.", "options": {}} for row in held_out]
    found = hits(wrapped)
    short = [place for place, row in enumerate(held_out) if len(row["question"].split()) < 13]
    assert len(short) >= 10
    assert np.mean([found.get(place) == place for place in range(len(held_out))]) >= 0.99
    assert np.mean([found.get(place) == place for place in short]) >= 0.99
    assert hits(others) == {}


def test_a_short_item_that_many_unlike_rows_say_is_a_phrase_and_a_leaked_one_is_not(tmp_path: Path) -> None:
    phrase = {"question": "Patients with this chronic condition can", "options": OPTIONS, "answer": "A"}
    leaked = {"question": "Which nerve crosses the spermatic cord?", "options": OPTIONS, "answer": "B"}
    rows = [
        ask(number, answer=f"Patients with this chronic condition can go home on day {number}.") for number in range(9)
    ]
    rows += [ask(number, question=f"{ask(number)['question']} {leaked['question']}") for number in range(20, 23)]
    rows += [mcq(**phrase)]
    items = tmp_path / "test.jsonl"
    items.write_text(json.dumps(phrase) + "\n" + json.dumps(leaked) + "\n")
    result = gate(tmp_path, rows, evaluation_files=[items])
    said = {row["row"]["question"].split("? ")[-1] for row in result.rejected}
    assert said == {phrase["question"], leaked["question"]}
    assert len(result.kept) == 9 and len(result.rejected) == 4
    assert "common phrases" in result.report["decontamination"]["notes"][-1]


def test_a_stem_of_two_words_proves_nothing_without_its_options(tmp_path: Path) -> None:
    guard = prepare([Item("t:1", "In cases in which the", ("torsion", "hydrocele")), Item("t:2", "Sac is in the:", ())])
    words = word_hashes(["In cases in which the bowel is dead it is resected.", "The sac is in the canal."])
    assert look_up(guard, words, [[], []], words) == []


def test_edited_copies_are_found_among_many_rows_and_strangers_are_not() -> None:
    """Words are drawn at random, so that whatever is alike was planted."""
    rng = random.Random(7)
    words = [f"w{number}" for number in range(4000)]
    texts = [" ".join(rng.choices(words, k=100)) for _ in range(2000)]
    planted = []
    for place in range(300):
        copy = texts[place].split()
        for position in rng.sample(range(100), rng.randint(5, 15)):
            copy[position] = rng.choice(words)
        planted.append((place, len(texts)))
        texts.append(" ".join(copy))
    rows = shingles(word_hashes(texts), intake.SHINGLE)
    bands = bands_for(0.35, intake.RECORD_HASHES, intake.RECORD_MISSED)
    one, other, scores = near_pairs(as_sets(rows), sketch(rows, bands.hashes), bands, 0.35)
    found = set(zip(one.tolist(), other.tolist(), strict=True))
    assert len(found & set(planted)) >= 0.98 * len(planted)
    assert found <= set(planted)
    assert scores.min() >= 0.35


def test_several_processes_give_the_bytes_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        ask(number) if number % 3 else mcq(id=f"m{number}", question=f"Which of {number}?") for number in range(400)
    ]
    written = []
    for name, alone in (("one", 1 << 30), ("two", 1)):
        monkeypatch.setattr(intake, "ALONE", alone)
        (tmp_path / name).mkdir()
        gate(tmp_path / name, rows)
        written.append({path.name: path.read_bytes() for path in (tmp_path / name / "out").iterdir()})
    assert written[0] == written[1]


@given(st.lists(st.text(max_size=40), max_size=12))
def test_words_are_hashed_by_what_they_say_wherever_they_stand(texts: list[str]) -> None:
    together = word_hashes(texts)
    assert len(together) == len(texts)
    for place, text in enumerate(texts):
        assert together.row(place).tolist() == word_hashes([text]).values.tolist()
    both = word_hashes(["Femoral HERNIA, repair", "the femoral hernia"])
    assert both.row(0)[:2].tolist() == both.row(1)[1:].tolist()


def test_fields_under_other_names_are_found_by_a_mapping(tmp_path: Path) -> None:
    row = {"Stem": "Why?", "Gold": "Because of that."}
    kept = gate(tmp_path, [row], map={"question": "stem", "answer": "gold"}).kept[0]
    assert (kept["question"], kept["answer"]) == ("Why?", "Because of that.")


def test_the_settings_name_every_file_that_counts_for_the_fingerprint(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("bank.jsonl", "exam.jsonl", "review.csv")]
    settings = CorpusSettings(files=files[:1], evaluation_files=files[1:2], decisions=files[2])
    assert settings.input_files() == files


# Answers that end without a full stop


def endings(report: Row) -> dict[str, dict[str, list[int]]]:
    """By source, in how many rows an answer breaks off, and in how many it lacks its stop by habit."""
    checks = {check["id"]: check for check in report["checks"]}
    assert (checks["truncated_answer"]["severity"], checks["no_final_stop"]["severity"]) == ("warns", "informs")
    return {name: checks[name]["by_source"] for name in ("truncated_answer", "no_final_stop")}


def test_a_source_that_leaves_out_full_stops_is_told_once_and_not_row_by_row(tmp_path: Path) -> None:
    rows = read_rows(EXAMPLES / "open.jsonl")
    bare = [row | {"source": "notes", "answer": row["answer"].rstrip(".")} for row in rows[:100]]
    bare[0]["answer"] = "Give fluids. Then the patient is taken to the"
    whole = [row | {"source": "book"} for row in rows[100:200]]
    for row in whole[:3]:
        row["answer"] = row["answer"].rstrip(".")
    result = gate(tmp_path, [*bare, *whole])
    found = endings(result.report)
    assert found["truncated_answer"] == {"book": [3, 100], "notes": [1, 100]}
    assert found["no_final_stop"] == {"book": [0, 100], "notes": [pytest.approx(98, abs=1), 100]}
    with (tmp_path / "out/review.csv").open(encoding="utf-8-sig", newline="") as handle:
        asked = [line["id"] for line in csv.DictReader(handle) if line["check"] in found]
    assert sorted(asked) == sorted(row["id"] for row in (bare[0], *whole[:3]))
    assert any("full stop, a habit" in line for line in summary_lines(result.report))
    assert not any("no_final_stop" in step for step in result.report["first"])


@pytest.mark.parametrize("cut_at", ["word", "character"])
def test_answers_that_were_really_cut_are_no_habit(tmp_path: Path, cut_at: str) -> None:
    rng, rows = random.Random(3), read_rows(EXAMPLES / "open.jsonl")[:200]
    for row in rows:
        text = row["answer"]
        place = rng.randint(len(text) // 2, len(text) - 2)
        row["answer"] = text[: text.rindex(" ", 0, place)] if cut_at == "word" else text[:place]
    found = endings(gate(tmp_path, rows).report)
    assert sum(count for count, _ in found["no_final_stop"].values()) == 0
    assert sum(count for count, _ in found["truncated_answer"].values()) > 170


def test_a_habit_is_of_a_field_of_a_source_with_enough_rows(tmp_path: Path) -> None:
    rows = read_rows(EXAMPLES / "mcq.jsonl")[:60]
    bare = [row | {"source": "bank", "rationale": row["rationale"].rstrip(".")} for row in rows]
    whole = [row | {"source": "bank"} for row in read_rows(EXAMPLES / "open.jsonl")[:60]]
    whole[0]["answer"] = whole[0]["answer"].rstrip(".")
    few = [
        row | {"source": "few", "answer": row["answer"].rstrip(".")}
        for row in read_rows(EXAMPLES / "open.jsonl")[60:70]
    ]
    found = endings(gate(tmp_path, [*bare, *whole, *few]).report)
    assert found["no_final_stop"] == {"bank": [pytest.approx(60, abs=2), 120], "few": [0, 10]}
    assert found["truncated_answer"]["few"][0] >= 9, "ten rows are too few to call it a habit"
    assert found["truncated_answer"]["bank"][0] in (1, 2, 3)


def test_turns_of_conversations_have_habits_too(tmp_path: Path) -> None:
    rows = read_rows(EXAMPLES / "open.jsonl")
    asked = [
        {"messages": [turn for row in pair for turn in turns_of(row)], "source": "chat"}
        for pair in zip(rows[:60:2], rows[1:60:2], strict=True)
    ]
    found = endings(gate(tmp_path, asked).report)
    assert found["no_final_stop"] == {"chat": [30, 30]} and found["truncated_answer"] == {"chat": [0, 30]}


def turns_of(row: Row) -> list[Row]:
    """A question and its answer as turns, the answer without its full stop."""
    return [
        {"role": "user", "content": row["question"]},
        {"role": "assistant", "content": row["answer"].rstrip(".")},
    ]


def test_without_a_finding_nothing_is_a_habit() -> None:
    nothing = pl.DataFrame(schema=intake.FOUND)
    assert without_stop(nothing, pl.DataFrame(schema=TABLE)).equals(nothing)
