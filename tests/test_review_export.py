"""What people judged comes out as pairs, labels and tables; and what other makers' files hold goes in."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.cli import app as cli
from residency.core.errors import InputError
from residency.core.files import write_json, write_jsonl
from residency.judging.labels import checked
from residency.judging.rubric import KEYS
from residency.review import export
from residency.review.files import subjects_of_file
from residency.review.results import SPLIT, summary
from residency.review.rubric import FAULTS, keys
from residency.review.table import as_csv, as_markdown, table
from tests.review_room import PEOPLE, Room, room_of
from tests.review_rows import as_lines, pair, said, sent, write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", [pair(number) for number in range(30)])


@pytest.fixture
def room(run: Path) -> Room:
    return room_of(run)


# What comes out


@pytest.fixture
def voted(room: Room) -> Room:
    """Three reviewers: on case 0 all prefer chosen, on 1 two of three rejected, on 2 none agrees, on 3 all call both
    unacceptable, on 4 all tie, on 5 one judges and one skips."""
    with room.store.reading() as db:
        records = sorted(row[0] for row in db.execute("SELECT record FROM items"))
    first = dict(zip("012345", records, strict=False))
    plans = {
        "0": ("chosen", "chosen", "chosen"),
        "1": ("rejected", "rejected", "chosen"),
        "2": ("chosen", "rejected", "tie"),
        "3": ("neither",) * 3,
        "4": ("tie",) * 3,
    }
    for key, sides in plans.items():
        for name, side in zip(PEOPLE, sides, strict=True):
            room.vote(name, first[key], side)
    room.vote("Ana", first["5"], "chosen", better="Give 5 mg by mouth.", comment="Ben should look.")
    room.vote("Ben", first["5"], "skip", reason="outside")
    return room


def test_pairs_follow_the_majority_and_the_rest_is_counted(voted: Room) -> None:
    out = export.pairs(voted.items(), False)
    assert len(out.rows) == 3
    assert out.left_out == {
        "the reviewers disagree": 1,
        "judged unacceptable on both sides": 1,
        "judged equally good": 1,
        "nobody has judged it": 6,
    }
    margins = [(row["edit"]["margin"], row["edit"]["people"], row["edit"]["flipped"]) for row in out.rows]
    assert sorted(margins) == [(0.3333, 3, True), (1.0, 1, False), (1.0, 3, False)]
    for row in out.rows:
        assert row["edit"]["scorer"] == "person"
        assert ("50 mg" in row["chosen"]) == row["edit"]["flipped"] == ("50 mg" not in row["rejected"])
        assert set(row) == set(pair(0))


def test_kto_labels_sft_rows_and_labels(voted: Room) -> None:
    items = voted.items()
    kto = export.kto(items, False)
    assert Counter(row["label"] for row in kto.rows) == {True: 3, False: 5}
    assert all(row["scorer"] == "person" and row["completion"][0]["role"] == "assistant" for row in kto.rows)
    assert sum(kto.left_out.values()) == 8
    (row,) = export.sft(items, False).rows
    assert row["messages"][-1] == {"role": "assistant", "content": "Give 5 mg by mouth."}
    assert (row["source"], row["scorer"], row["people"], row["split"]) == ("human", "person", 1, "train")
    assert row["parents"][0].startswith("case-") and row["licence"] == "CC-BY-4.0"
    labels = export.labels(items, PEOPLE, False)
    assert len(labels.rows) == 17 and labels.left_out == {"nobody has judged it": 6}
    assert Counter(row["verdict"] for row in labels.rows)["skip"] == 1
    assert Counter(row["winner"] for row in labels.rows) == {"first": 6, "second": 3, "tie": 4, None: 4}
    assert labels.rows[0]["pair"] == [f"{labels.rows[0]['item']}/chosen", f"{labels.rows[0]['item']}/rejected"]


def test_a_label_says_which_side_has_which_fault_and_where_it_is_harmful(room: Room) -> None:
    item = room.get("Ana", "items/1")
    spans = [{"place": letter, "start": 0, "end": 4, "text": "Case"} for letter in "ab"]
    faults = {"a": ["clarity", "invented"], "b": ["clarity", "citation"]}
    assert item["answers"][0]["text"].startswith("Case")
    assert room.post("Ana", 1, sent("a", faults=faults, spans=spans)).status_code == 200
    (row,) = export.labels(room.items(), PEOPLE, False).rows
    first_won = row["winner"] == "first"
    assert row["rubric"] == {"citation": float(first_won), "clarity": 0.5, "invented": float(not first_won)}
    assert row["harmful"] == [[0, 4]] and len(row["spans"]) == 2


def test_no_name_leaves_without_being_asked_for(voted: Room) -> None:
    items = voted.items()
    for maker in (export.pairs, export.kto, export.sft):
        assert not any(name in json.dumps(maker(items, False).rows) for name in ("Ana", "Cleo"))
        assert any(
            "Ana" in row.get("reviewers", row.get("edit", {}).get("reviewers", [])) for row in maker(items, True).rows
        )
    rows = export.labels(items, PEOPLE, False).rows
    assert {row["scorer"] for row in rows} == {"person:1", "person:2", "person:3"}
    assert not any(name in json.dumps([row | {"note": ""} for row in rows]) for name in PEOPLE)
    assert {row["scorer"] for row in export.labels(items, PEOPLE, True).rows} == {f"person:{name}" for name in PEOPLE}
    assert not any(name in as_csv(table(items, PEOPLE)) for name in PEOPLE)


def test_the_organiser_sees_progress_agreement_and_what_to_discuss(voted: Room) -> None:
    with voted.store.reading() as db:
        told = summary(db)
    assert [(one["name"], one["judged"], one["skipped"], one["total"]) for one in told["reviewers"]] == [
        ("Ana", 6, 0, 12),
        ("Ben", 5, 1, 12),
        ("Cleo", 5, 0, 12),
    ]
    (group,) = told["groups"]
    # Five items, three raters: observed (1 + 1/3 + 0 + 1 + 1) / 5; shares 5/15, 3/15, 4/15, 3/15.
    observed, expected = 10 / 3 / 5, (25 + 9 + 16 + 9) / 225
    assert group["agreement"]["raters"] == 3 and group["agreement"]["n"] == 5
    assert group["agreement"]["value"] == pytest.approx((observed - expected) / (1 - expected))
    assert set(group["pairs_of_reviewers"]) == {"Ana and Ben", "Ana and Cleo", "Ben and Cleo"}
    overall = next(row for row in group["shares"] if row["type"] == "all")
    assert (overall["n"], overall["share"], overall["target"]) == (6, pytest.approx(2 / 6), "chosen")
    assert overall["outcomes"] == {"chosen": 2, "rejected": 1, SPLIT: 1, "neither": 1, "tie": 1}
    assert 0 < overall["low"] < 2 / 6 < overall["high"] < 1
    assert [len({voice["verdict"] for voice in one["voices"]}) for one in group["disagreements"]] == [3, 2]


def test_the_table_is_the_same_in_both_forms(voted: Room) -> None:
    rows = table(voted.items(), PEOPLE)
    assert [row["type"] for row in rows][-1] == "all" and rows[-1]["items"] == 6 and rows[-1]["judgements"] == 16
    assert len(as_csv(rows).splitlines()) == len(rows) + 1
    text = as_markdown(rows)
    assert f"| {rows[-1]['agreement']} |" in text and "Fleiss" in text


def test_nothing_held_out_is_exported_for_training(run: Path) -> None:
    room = room_of(run, of="answers", number=4, overlap=4, names="Ana", models=["sft"])
    for place in range(1, 5):
        assert room.post("Ana", place, sent("wrong", better="Better.", name=f"one-{place:06d}")).status_code == 200
    items = room.items()
    for maker in (export.pairs, export.kto, export.sft):
        assert maker(items, False) == ([], {export.HELD_OUT: 4})
    assert len(export.labels(items, ["Ana"], False).rows) == 4
    assert table(items, ["Ana"])[0]["share of"] == "majority: right"


def test_turns_of_dialogues_become_labels_of_their_own(run: Path) -> None:
    room = room_of(run, of="dialogues", number=4, overlap=4, names="Ana")
    bodies = [said("wrong", turns={"1": "right", "3": "wrong"}), said("right"), said("dangerous"), said("minor")]
    for place, body in enumerate(bodies, 1):
        answer = room.post("Ana", place, {"submission": f"one-{place:06d}", "base": 0, "said": body})
        assert answer.status_code == 200, answer.text
    out = export.kto(room.items(), False)
    assert Counter(row["label"] for row in out.rows) == {True: 3, False: 1}
    assert {len(row["prompt"]) for row in out.rows} == {1, 3}
    assert out.left_out == {"which of its turns is wrong was not marked": 1, "judged right with minor faults": 1}


# Preference files of others

CHAT = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]
OTHER = [CHAT[0], {"role": "assistant", "content": "No reason."}]


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "Why?", "chosen": "Because.", "rejected": "No reason."},
        {"prompt": "Why?", "prompt_id": "a", "chosen": CHAT, "rejected": OTHER, "score_chosen": 9.0},
        {"prompt": CHAT[:1], "chosen": CHAT[1:], "rejected": OTHER[1:]},
        {"chosen": CHAT, "rejected": OTHER},
        {"prompt": CHAT[:1], "chosen": "Because.", "rejected": "No reason.", "split": None},
    ],
)
def test_the_shapes_of_other_makers(tmp_path: Path, row: dict[str, Any]) -> None:
    write_jsonl(tmp_path / "own.jsonl", [row, {"prompt": "x"}, row | {"rejected": row["chosen"]}])
    write_json(tmp_path / "own.json", [row])
    for name in ("own.jsonl", "own.json"):
        found = subjects_of_file(tmp_path / name)
        (subject,) = found.subjects
        assert [turn["content"] for turn in subject.turns] == ["Why?"]
        assert subject.sides == {"chosen": "Because.", "rejected": "No reason."} and subject.of == "file"
        assert len(subject.cluster) == 64  # that of its question
    assert found.left_out == {}
    assert subjects_of_file(tmp_path / "own.jsonl").left_out == {
        "no chosen or no rejected": 1,
        "both sides are the same": 1,
    }


def test_a_table_of_texts_and_what_is_no_preference_file(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text('prompt,chosen,rejected\nWhy?,"Because, of course.",No.\n')
    assert subjects_of_file(tmp_path / "own.csv").subjects[0].sides["chosen"] == "Because, of course."
    (tmp_path / "bad.parquet").write_text("no")
    write_jsonl(tmp_path / "none.jsonl", [{"question": "Why?"}])
    (tmp_path / "own.xlsx").touch()
    for name in ("bad.parquet", "none.jsonl", "own.xlsx", "missing.jsonl"):
        with pytest.raises(InputError, match=name):
            subjects_of_file(tmp_path / name)


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(str.strip)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(words, words, words), min_size=1, max_size=5))
def test_every_row_of_a_file_is_shown_or_counted(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    path = tmp_path_factory.mktemp("file") / "own.jsonl"
    write_jsonl(path, [{"prompt": a, "chosen": b, "rejected": c} for a, b, c in rows])
    try:
        found = subjects_of_file(path)
    except InputError:
        assert all(b.strip() == c.strip() for _, b, c in rows)
    else:
        assert len(found.subjects) + sum(found.left_out.values()) == len(rows)


# The commands


def test_export_by_command(voted: Room, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["review", "export", str(voted.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {name: part["rows"] for name, part in told.items()} == {
        "pairs": 3,
        "kto": 8,
        "sft": 1,
        "table": 4,
        "labels": 17,
    }
    assert len(as_lines(voted.folder / "review" / "export" / "pairs.jsonl")) == 3
    assert cli.main(["review", "export", str(voted.folder), "--to", "table", "--out", str(voted.folder / "paper")]) == 0
    assert sorted(path.name for path in (voted.folder / "paper").iterdir()) == ["table.csv", "table.md"]
    assert "table: 4 rows" in capsys.readouterr().out


def test_what_people_say_is_a_label_as_other_scorers_write_it(voted: Room) -> None:
    assert keys(FAULTS) == set(KEYS)
    for row in export.labels(voted.items(), PEOPLE, False).rows:
        checked(row)
