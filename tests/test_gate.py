"""The data gate as a user meets it: the check command, decisions, evaluation items, large banks."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.cli import app as cli
from residency.core.errors import InputError
from residency.corpus import intake
from residency.corpus.comparing.decontaminate import Item, look_up, prepare
from residency.corpus.comparing.sketch import bands_for, near_pairs, sketch
from residency.corpus.comparing.tokens import as_sets, shingles, side_by_side, word_hashes
from residency.corpus.review import read_decisions, row_key
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
