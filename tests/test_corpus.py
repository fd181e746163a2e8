"""The data gate: every row is kept or rejected with its reason, and no cluster stands in two splits."""

from __future__ import annotations

import csv
import gzip
import json
import random
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import polars
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from residency.core.comparing.tokens import as_sets, shingles, word_hashes
from residency.core.errors import InputError, RecipeError
from residency.core.files import read_json, read_jsonl
from residency.core.reading.read import list_files, parse_json, read_rows
from residency.core.stage import StageContext
from residency.corpus.checks import CHECKS
from residency.corpus.comparing.sketch import bands_for, components, near_pairs, sketch
from residency.corpus.intake import QUESTION_HASHES, QUESTION_MISSED, SHINGLE
from residency.corpus.settings import CorpusSettings
from residency.corpus.stage import run
from residency.flow.recipe import load_recipe
from tests.conftest import EXAMPLES

Row = dict[str, Any]
BOM = "\ufeff"
OPTIONS = {"A": "Femoral", "B": "Inguinal", "C": "Obturator", "D": "Spigelian"}
WORDS = "which nerve vessel lies near the inguinal canal and what repair suits a large hernia sac today".split()


@dataclass(frozen=True)
class Result:
    """What the gate wrote."""

    kept: list[Row]
    rejected: list[Row]
    passages: list[Row]
    report: Row
    counts: Row

    @property
    def reasons(self) -> list[str]:
        return [row["reason"] for row in self.rejected]


def list_rows(path: Path) -> list[Row]:
    return list(read_jsonl(path))


def gate(folder: Path, bank: Sequence[Any] | bytes | Path, seed: int = 17, page: bool = False, **keys: Any) -> Result:
    """Run the gate over rows (written as JSON Lines), over the bytes of a JSONL file, or over a path. The page, which
    takes longer than all else for a few rows, is drawn where a test asks for it."""
    path = bank if isinstance(bank, Path) else folder / "bank.jsonl"
    if isinstance(bank, bytes):
        path.write_bytes(bank)
    elif not isinstance(bank, Path):
        path.write_text("".join(json.dumps(row) + "\n" for row in bank), encoding="utf-8")
    out = folder / "out"
    with nullcontext() if page else patch("residency.corpus.stage.write_page"):
        counts = run(StageContext({"corpus": CorpusSettings(files=[path], **keys)}, {}, out, seed))
    kept, rejected, passages = (list_rows(out / f"{name}.jsonl") for name in ("kept", "rejected", "passages"))
    return Result(kept, rejected, passages, read_json(out / "data-report.json"), counts)


def ask(number: int, **fields: Any) -> Row:
    """An open question unlike those of other numbers."""
    rng = random.Random(number)
    text = f"Question {number}: {' '.join(rng.choice(WORDS) for _ in range(9))}?"
    return {"id": f"q{number}", "question": text, "answer": f"The answer is {number}.", "topic": "hernia"} | fields


def mcq(**fields: Any) -> Row:
    return {"id": "m", "question": "Which hernia is it?", "options": OPTIONS, "answer": "B"} | fields


TURNS = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]
SAID = [{"from": "human", "value": "Why?"}, {"from": "gpt", "value": "Because."}]
SYSTEM, TOOL = {"role": "system", "content": "Be kind."}, {"role": "tool", "content": "{}"}
CALL = {"role": "assistant", "content": None, "tool_calls": [{"name": "search"}]}
LETTERED = {"opa": "Femoral", "opb": "Inguinal", "opc": "Obturator", "opd": "Spigelian"}


@pytest.mark.parametrize(
    ("shape", "row", "expected"),
    [
        ("open", {"question": " Why? ", "answer": "Because."}, {"kind": "open", "question": "Why?"}),
        ("open", {"Question": "Why?", "ANSWER": 42}, {"kind": "open", "answer": "42"}),
        ("mcq", mcq(rationale="It is."), {"kind": "mcq", "answer": "B", "options": OPTIONS, "rationale": "It is."}),
        ("mcq", mcq(explanation="It is."), {"rationale": "It is."}),
        ("mcq", mcq(options=list(OPTIONS.values()), answer=0), {"answer": "A", "options": OPTIONS}),
        ("mcq", {"question": "Which?", "choices": ["x1", "x2"], "answer": "x2"}, {"answer": "B"}),
        ("mcq", {"question": "Which?", "A": "x1", "B": "x2", "C": None, "answer": "a"}, {"answer": "A"}),
        ("mcq", {"question": "Which?", "Option 1": "x1", "Option 2": "x2", "answer": "2"}, {"answer": "B"}),
        ("pubmedqa", {"question": "Is it?", "contexts": [], "long_answer": "So it seems.", "answer": "yes"}, {}),
        ("medmcqa", {"question": "Which?", **LETTERED, "cop": 0, "exp": "E."}, {"answer": "A", "rationale": "E."}),
        ("medqa", mcq(answer="Inguinal", answer_idx="B"), {"answer": "B", "options": OPTIONS}),
        ("medquad", {"question": "What?", "answer": "That.", "topic": "Gout", "question_type": "information"}, {}),
        (
            "alpaca",
            {"instruction": "Say", "input": "why", "output": "So."},
            {"question": "Say\n\nwhy", "answer": "So."},
        ),
        ("messages", {"messages": TURNS}, {"kind": "open", "question": "Why?", "answer": "Because."}),
        ("sharegpt", {"conversations": SAID}, {"kind": "open", "question": "Why?", "answer": "Because."}),
        ("messages", {"messages": TURNS + TURNS}, {"kind": "conversation", "messages": TURNS + TURNS}),
        ("messages", {"messages": json.dumps([SYSTEM, *TURNS * 2])}, {"messages": TURNS * 2, "system": ["Be kind."]}),
        ("sharegpt", {"conversations": SAID * 2}, {"question": "Why?", "answer": "Because.", "messages": TURNS * 2}),
        ("sharegpt", {"conversations": TURNS * 2}, {"kind": "conversation", "messages": TURNS * 2}),
        ("messages", {"messages": [*TURNS, TURNS[0]]}, {"kind": "open", "answer": "Because."}),
        ("messages", {"messages": [*TURNS * 2, TURNS[0]]}, {"kind": "conversation", "messages": TURNS * 2}),
        (
            "messages",
            {"messages": [{"role": "user", "content": ["Why", {"type": "text", "text": "now?"}]}, TURNS[1]]},
            {"kind": "open", "question": "Why\nnow?"},
        ),
    ],
)
def test_a_shape_is_named_and_brought_into_the_one_form(tmp_path: Path, shape: str, row: Row, expected: Row) -> None:
    result = gate(tmp_path, [row])
    assert result.report["files"] == [{"name": "bank.jsonl", "rows": 1, "shapes": {shape: 1}}]
    assert expected.items() <= result.kept[0].items()


def test_a_kept_row_has_every_field_of_a_question(tmp_path: Path) -> None:
    row = gate(tmp_path, [mcq(passages="p1; p2", parents=["x"], source="human", license="MIT")]).kept[0]
    common = {"id", "kind", "question", "answer", "source", "topic", "licence", "parents", "passages"}
    assert row.keys() == common | {"options", "split", "cluster", "origin"}
    assert (row["passages"], row["parents"], row["licence"]) == (["p1", "p2"], ["x"], "MIT")
    assert row["origin"] == "bank.jsonl:1"


@pytest.mark.parametrize(
    ("options", "key", "letter"),
    [
        (OPTIONS, "b", "B"),
        (OPTIONS, "(C).", "C"),
        (OPTIONS, "inguinal ", "B"),
        (OPTIONS, "D) Spigelian", "D"),
        ({"a": "x1", "b": "x2"}, "b", "B"),
        (["x0", "x1", "x2"], "0.0", "A"),
        ({"1": "x1", "2": "x2"}, "2", "B"),
        (["A. x1", "B. x2"], "x2", "B"),
        (["10", "20", "2"], "2", "C"),
        ([{"label": "A", "text": "x1"}, {"label": "B", "text": "x2"}], "B", "B"),
        ('["x1", "x2"]', "B", "B"),
        ("A. x1\nB. x2", "B", "B"),
        ({"A": "x1", "B": "x2", "C": None}, "A", "A"),
    ],
)
def test_a_key_may_be_a_letter_a_label_a_number_or_an_options_text(
    tmp_path: Path, options: Any, key: Any, letter: str
) -> None:
    kept = gate(tmp_path, [mcq(options=options, answer=key)]).kept[0]
    assert kept["answer"] == letter
    assert all(not text.startswith(("A.", "B.")) for text in kept["options"].values())


@pytest.mark.parametrize(("keys", "letters"), [([0, 1, 3], "ABD"), ([1, 2, 4], "ABD")])
def test_numeric_keys_count_from_where_the_file_as_a_whole_says(tmp_path: Path, keys: list[int], letters: str) -> None:
    rows = [{"question": f"Which of {key}?", **LETTERED, "cop": key} for key in keys]
    result = gate(tmp_path, rows)
    assert "".join(row["answer"] for row in result.kept) == letters
    assert not any("from 0 or from 1" in warning for warning in result.report["warnings"])


def test_numeric_keys_that_could_count_from_either_give_a_warning(tmp_path: Path) -> None:
    result = gate(tmp_path, [{"question": "Which?", **LETTERED, "cop": 2}])
    assert result.kept[0]["answer"] == "C"
    assert any("from 0 or from 1" in warning for warning in result.report["warnings"])


PLANTED = [
    ("missing_field", {"question": "Why?"}),
    ("missing_field", {"question": "", "answer": "Because."}),
    ("missing_field", {"question": {"text": "Why?"}, "answer": "Because."}),
    ("missing_field", {"messages": TURNS[:1]}),
    ("missing_field", mcq(answer=None)),
    ("option_count", mcq(options=["one"], answer="A")),
    ("option_count", mcq(options=[f"option {number}" for number in range(30)], answer="option 29")),
    ("empty_option", mcq(options={**OPTIONS, "C": "  "})),
    ("duplicate_options", mcq(options={**OPTIONS, "C": "inguinal"})),
    ("empty_answer", {"question": "Why?", "answer": " "}),
    ("empty_answer", mcq(answer="")),
    ("key_names_no_option", mcq(answer="E")),
    ("key_names_no_option", mcq(answer=7)),
    ("key_names_no_option", mcq(answer="Richter")),
    ("key_names_no_option", mcq(answer=True)),
    ("short_answer", {"question": "Why?", "answer": "x"}),
    ("refusal_answer", {"question": "Why?", "answer": "I'm sorry, but I cannot help with that request."}),
    ("control_tokens", {"question": "Why?", "answer": "Because.<|im_end|>"}),
    ("control_tokens", {"question": "Why?", "answer": "<think>Hm</think>Because."}),
    ("control_tokens", {"question": "[INST] Why? [/INST]", "answer": "Because."}),
    ("control_tokens", mcq(options={**OPTIONS, "C": "x <|start|>"})),
    ("control_tokens", {"question": "Why?", "long_answer": "Because.", "contexts": ["<\uff5cend\uff5c>"]}),
    ("too_long", {"question": "Why?", "answer": "word " * 300}),
    ("unknown_shape", {"dialogue": "Doctor: Hello."}),
    ("missing_field", {"messages": ["Why?", "Because."]}),
    ("unknown_role", {"messages": [{"role": "narrator", "content": "Once."}, *TURNS]}),
    ("unknown_role", {"conversations": [{"value": "Once."}, *SAID]}),
    ("broken_role_order", {"messages": TURNS[::-1]}),
    ("broken_role_order", {"messages": [TURNS[0], TOOL]}),
    ("broken_role_order", {"messages": [TURNS[0], TOOL, TURNS[1]]}),
    ("broken_role_order", {"conversations": SAID[1:] + SAID}),
    ("broken_role_order", {"messages": [SYSTEM]}),
    ("consecutive_turns", {"messages": [TURNS[0], *TURNS]}),
    ("consecutive_turns", {"messages": [*TURNS, TURNS[1]]}),
    ("empty_turn", {"messages": [*TURNS, {"role": "user", "content": " \n"}, TURNS[1]]}),
    ("empty_turn", {"messages": [*TURNS, TURNS[0], {"role": "assistant", "content": None}]}),
    (
        "turn_not_text",
        {"messages": [{"role": "user", "content": [{"type": "image_url"}, {"text": "What?"}]}, *TURNS[1:]]},
    ),
    ("turn_not_text", {"messages": [*TURNS, TURNS[0], {"role": "assistant", "content": {"answer": "So."}}]}),
    ("system_in_the_middle", {"messages": [*TURNS, SYSTEM, *TURNS]}),
    ("system_in_the_middle", {"messages": [TURNS[0], SYSTEM, TURNS[1]]}),
    ("tool_turn", {"messages": [TURNS[0], CALL, TOOL, TURNS[1]]}),
    ("tool_turn", {"messages": [*TURNS, TURNS[0], {**TURNS[1], "tool_calls": [{"name": "search"}]}]}),
    ("control_tokens", {"messages": [*TURNS, TURNS[0], {"role": "assistant", "content": "So.<|im_end|>"}]}),
    ("control_tokens", {"messages": [{"role": "user", "content": "[INST] Why?"}, TURNS[1], *TURNS]}),
    ("refusal_answer", {"messages": [*TURNS, TURNS[0], {"role": "assistant", "content": "I cannot help with that."}]}),
    ("too_long", {"messages": TURNS * 100}),
    ("not_an_object", ["Why?", "Because."]),
]


@pytest.mark.parametrize(("reason", "row"), PLANTED)
def test_a_planted_fault_is_rejected_with_its_reason_and_the_row_as_it_was(
    tmp_path: Path, reason: str, row: Any
) -> None:
    result = gate(tmp_path, [ask(1), row], max_chars=1000)
    [rejected] = result.rejected
    assert (rejected["reason"], rejected["origin"]) == (reason, "bank.jsonl:2")
    assert rejected["detail"]
    assert rejected["row"] == (json.loads(json.dumps(row)) if isinstance(row, dict) else json.dumps(row))


def test_every_check_has_a_planted_fault() -> None:
    assert {check.id for check in CHECKS if check.severity == "blocks"} <= {reason for reason, _ in PLANTED}


@pytest.mark.parametrize("answer", ["INR < 1.5 | APTT > 60", "a <b>bold</b> word", "p<0.05 and x>3", "[in stock]"])
def test_ordinary_signs_are_no_control_tokens(tmp_path: Path, answer: str) -> None:
    assert gate(tmp_path, [ask(1, answer=answer)]).rejected == []


def test_a_system_message_that_is_left_out_is_counted(tmp_path: Path) -> None:
    report = gate(tmp_path, [{"messages": [SYSTEM, *TURNS]}, {"messages": [SYSTEM, *TURNS, *TURNS]}]).report
    assert report["notes"] == {"a system message was left out": 2}
    assert "2 of 2 kept rows: a system message was left out" in report["warnings"]


def test_the_examples_flaws_that_a_row_shows_by_itself_are_found(tmp_path: Path) -> None:
    result = gate(tmp_path, EXAMPLES / "flaws.jsonl")
    found = {"control_tokens", "key_names_no_option", "refusal_answer"}
    planted = Counter(row["planted"] for row in list_rows(EXAMPLES / "flaws.jsonl") if row["planted"] in found)
    reasons = Counter(result.reasons)
    # Of two options that are the same, only a key among them blocks: the row then has two right answers.
    assert reasons.pop("duplicate_options") == 2
    assert reasons == planted
    assert all(row["row"]["planted"] == row["reason"] for row in result.rejected)
    counts = {check["id"]: check["count"] for check in result.report["checks"]}
    assert counts["duplicate_distractors"] == 3
    assert result.report["provenance"]["missing"]["licence"] > 0


# Files


def test_a_line_that_cannot_be_read_is_rejected_and_its_neighbours_are_kept(tmp_path: Path) -> None:
    good = json.dumps(ask(1)).encode()
    lines = [BOM.encode() + good, b"{broken", b'{"a": NaN}', b"\xff\xfe", b'{"question": "\\ud800"}', b" \t ", b"7"]
    result = gate(tmp_path, b"\n".join(lines))
    assert [row["id"] for row in result.kept] == ["q1"]
    assert result.reasons == ["broken_json", "broken_json", "bad_encoding", "bad_encoding", "not_an_object"]
    assert result.rejected[2]["row"] == "\\xff\\xfe"
    assert result.report["rows"] == {"read": 6, "kept": 1, "rejected": 5, "not_sampled": 0}


def test_rows_come_from_every_kind_of_file_and_from_folders(tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    (bank / "deep").mkdir(parents=True)
    (bank / "deep" / "a.jsonl").write_text(json.dumps(ask(1)) + "\n")
    (bank / "b.jsonl.gz").write_bytes(gzip.compress(json.dumps(ask(2)).encode()))
    (bank / "c.json").write_text(json.dumps([ask(3), ask(4)], indent=1))
    polars.DataFrame([ask(5, options=["x1", "x2"], answer="B")]).write_parquet(bank / "d.parquet")
    with (bank / "e.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        table = csv.DictWriter(handle, ["question", "answer", "A", "B", "C"], delimiter=";")
        table.writeheader()
        table.writerow({"question": "Two\nlines; and a sign?", "answer": "b", "A": "x1", "B": "x2", "C": ""})
        table.writerow({"question": "Open?", "answer": "So it is.", "A": "", "B": "", "C": ""})
    (bank / "f.json").write_text("\n".join(json.dumps(ask(n)) for n in (6, 7)))
    (bank / "notes.txt").write_text("not data")
    result = gate(tmp_path, bank)
    assert result.rejected == []
    assert [row["origin"] for row in result.kept] == [
        *["b.jsonl.gz:1", "c.json:1", "c.json:2", "d.parquet:1", "a.jsonl:1"],
        *["e.csv:2", "e.csv:4", "f.json:1", "f.json:2"],
    ]
    assert result.kept[5]["options"] == {"A": "x1", "B": "x2"}
    assert result.kept[6]["kind"] == "open"
    assert result.report["files_left_aside"] == ["notes.txt"]


def test_a_file_that_breaks_off_gives_its_rows_and_one_fault(tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    bank.mkdir()
    packed = gzip.compress("".join(json.dumps(ask(n)) + "\n" for n in range(500)).encode())
    (bank / "a.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    (bank / "b.json").write_text("[" + json.dumps(ask(600)))
    (bank / "c.parquet").write_bytes(b"PAR1 not really")
    (bank / "d.csv").write_bytes(b'question,answer\nWhy?,"So, it is."\nWhy not?,So,many,cells\nWhy \xe9?,Hm\n')
    result = gate(tmp_path, bank)
    assert len(result.kept) > 100
    assert result.reasons == ["broken_file"] * 3 + ["broken_csv", "bad_encoding"]
    assert result.counts["read"] == len(result.kept) + len(result.rejected)


def test_files_of_one_name_keep_their_origins_apart(tmp_path: Path) -> None:
    for number, folder in enumerate(("north", "south")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "bank.jsonl").write_text(json.dumps(ask(number)))
    files, _ = list_files([tmp_path / "north" / "bank.jsonl", tmp_path / "south" / "bank.jsonl"])
    assert list_files([*(path for _, path in files), tmp_path]) == (files, [])
    assert [raw.origin for raw in read_rows(files)] == ["north/bank.jsonl:1", "south/bank.jsonl:1"]


@pytest.mark.parametrize(
    ("name", "says"), [("bank.xlsx", "cannot be read"), ("nowhere.csv", "no such file"), ("empty", "no file to read")]
)
def test_a_path_that_cannot_be_used_is_one_helpful_line(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "bank.xlsx").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=says) as caught:
        gate(tmp_path, tmp_path / name)
    assert name in str(caught.value)
    assert caught.value.fix


def test_nothing_kept_is_an_error_that_says_why_and_still_writes_the_rejected(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none of 3 rows .*\(empty_answer 2, unknown_shape 1\)"):
        gate(tmp_path, [{"question": "a?", "answer": ""}, {"question": "b?", "answer": ""}, {"x": 1}])
    assert len(list_rows(tmp_path / "out" / "rejected.jsonl")) == 3
    with pytest.raises(InputError, match="hold no rows"):
        gate(tmp_path, b"\n \n")


PIECES = st.sampled_from(
    b'\n|\r\n| |\xef\xbb\xbf|\xff|\x00|\xc2\xa0|{|}|[|"|\\ud800|NaN|1e999|,|'
    b'{"question": "a b", "answer": "c d"}|{"id": 1, "question": "|", "answer": "x y"}'.split(b"|")
)


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=4), max_size=30).map(b"".join))
@example(b'{"question": "a", "answer": "x\xe2\x80\xa8y"}\n\xe2\x80\xa8\n\x1c\n')
def test_whatever_bytes_a_file_holds_every_line_is_kept_or_rejected(data: bytes) -> None:
    expected = sum(bool(line.decode("utf-8", "replace").lstrip(BOM).strip()) for line in data.split(b"\n"))
    with tempfile.TemporaryDirectory() as folder:
        try:
            result = gate(Path(folder), data)
        except InputError:
            assert len(list_rows(Path(folder) / "out" / "rejected.jsonl")) == expected
            return
    assert len(result.kept) + len(result.rejected) == result.counts["read"] == expected


SCALARS = st.none() | st.booleans() | st.integers(-2, 5) | st.floats() | st.sampled_from(["", "A", "b", "x y", "<|a|>"])
NAMES = st.sampled_from(["A", "b", "1", "role", "from", "content", "value", "text", "label"])
OBJECTS = st.dictionaries(NAMES, SCALARS, max_size=4)
VALUES = SCALARS | OBJECTS | st.lists(SCALARS | OBJECTS, max_size=3)
FIELDS = st.sampled_from(
    "id question answer options choices messages conversations contexts labels long_answer opa opb opc cop exp "
    "answer_idx question_type instruction input output topic source licence parents passages rationale A B".split()
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(FIELDS, VALUES | st.just("a question of several words"), max_size=8), max_size=6))
def test_whatever_the_fields_hold_every_row_is_kept_or_rejected(rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        result = gate(Path(folder), [*rows, ask(1)])
    assert len(result.kept) + len(result.rejected) == len(rows) + 1
    assert len({row["id"] for row in result.kept}) == len(result.kept)
    origins = [row["origin"] for row in (*result.kept, *result.rejected)]
    assert sorted(origins) == sorted(f"bank.jsonl:{number}" for number in range(1, len(rows) + 2))
    for row in result.kept:
        assert row["kind"] != "mcq" or row["answer"] in row["options"]


@pytest.mark.parametrize(
    ("text", "says"), [("NaN", "expected a JSON value"), ('{"a": -Infinity}', "sign"), ("[" * 9**5, "depth")]
)
def test_json_is_taken_by_the_letter(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_json(text)


def test_white_space_is_tidied_and_line_ends_stay(tmp_path: Path) -> None:
    answer = "Key points\r\n            - one   two \t three\n\n\n\n- four "
    assert gate(tmp_path, [ask(1, answer=answer)]).kept[0]["answer"] == "Key points\n- one two three\n\n- four"


# Duplicates and clusters


def test_of_rows_that_ask_the_same_the_human_one_stays_then_the_one_with_a_rationale(tmp_path: Path) -> None:
    turned = dict(zip("ABCD", [*list(OPTIONS.values())[1:], "FEMORAL"], strict=True))
    rows = [
        mcq(id="synthetic", source="synthetic", rationale="Long."),
        mcq(id="other", source="textbook", rationale="Long."),
        mcq(id="bare", source="human"),
        mcq(id="best", source="human", rationale="Why.", options=turned, answer="A", question="WHICH hernia  is it?"),
    ]
    result = gate(tmp_path, rows)
    assert [row["id"] for row in result.kept] == ["best"]
    assert result.reasons == ["exact_duplicate"] * 3
    assert all("bank.jsonl:4" in row["detail"] and "the same answer" in row["detail"] for row in result.rejected)


def test_a_duplicate_with_another_answer_says_so(tmp_path: Path) -> None:
    result = gate(tmp_path, [mcq(id="a"), mcq(id="b", answer="C")])
    assert "another answer" in result.rejected[0]["detail"]


def test_the_same_stem_with_other_options_is_another_question_in_one_cluster(tmp_path: Path) -> None:
    result = gate(tmp_path, [mcq(id="a"), mcq(id="b", options={**OPTIONS, "D": "Lumbar"})])
    assert [row["cluster"] for row in result.kept] == ["a", "a"]


def test_an_id_used_twice_costs_no_row_and_is_told(tmp_path: Path) -> None:
    contexts = {"contexts": ["It healed."], "long_answer": "It healed."}
    rows = [ask(1, **contexts), ask(2, id="q1", **contexts), ask(3, id="q1~2"), ask(4)]
    result = gate(tmp_path, rows)
    assert [row["id"] for row in result.kept] == ["q1", "q1~2~", "q1~2", "q4"]
    assert [row["passages"] for row in result.kept[:2]] == [["q1-c1"], ["q1~2~-c1"]]
    assert [(row["id"], row["parents"]) for row in result.passages] == [("q1-c1", ["q1"]), ("q1~2~-c1", ["q1~2~"])]
    assert any("another row's id" in warning for warning in result.report["warnings"])


def test_rows_without_ids_get_ids_that_outlive_a_reordering(tmp_path: Path) -> None:
    rows = [{key: value for key, value in ask(number).items() if key != "id"} for number in range(6)]
    one, other = gate(tmp_path, rows), gate(tmp_path, rows[::-1])
    assert {row["id"] for row in one.kept} == {row["id"] for row in other.kept}
    assert len({row["id"] for row in one.kept}) == 6


def test_near_duplicates_and_relatives_share_a_cluster(tmp_path: Path) -> None:
    stem = "A man of sixty has a tender lump below and lateral to the pubic tubercle and vomits; what is done {}?"
    rows = [
        ask(1, question=stem.format("first")),
        ask(2, question=stem.format("next")),
        ask(3, parents=["p"]),
        ask(4, parents=["p", "q5"]),
        ask(5),
        ask(6, id="gone", question=ask(5)["question"]),
        ask(7, parents=["gone"]),
        ask(8),
    ]
    result = gate(tmp_path, rows)
    together = {"q1": ["q1", "q2"], "q3": ["q3", "q4", "q5", "q7"], "q8": ["q8"]}
    expected = {member: name for name, members in together.items() for member in members}
    assert {row["id"]: row["cluster"] for row in result.kept} == expected
    assert result.report["clusters"]["rows_by_size"] == {"1": 1, "2": 1, "4": 1}


def test_an_id_that_duplicates_share_joins_no_strangers(tmp_path: Path) -> None:
    rows = [ask(1), ask(2), ask(3, id="x", question=ask(1)["question"]), ask(4, id="x", question=ask(2)["question"])]
    assert [row["cluster"] for row in gate(tmp_path, rows).kept] == ["q1", "q2"]


def jaccard(one: str, other: str) -> float:
    """The similarity of two texts' sets of word 3-grams, in plain Python."""
    sets = []
    for text in (one, other):
        found = text.lower().split()
        sets.append({tuple(found[n : n + 3]) for n in range(max(1, len(found) - 2))})
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


@pytest.mark.parametrize("threshold", [0.4, 0.6, 0.8, 1.0])
def test_clusters_are_those_of_comparing_every_pair(threshold: float) -> None:
    rng = random.Random(5)
    texts = [" ".join(rng.choice(WORDS) for _ in range(rng.randint(3, 14))) for _ in range(60)]
    texts += [" ".join(word for word in rng.choice(texts).split() if rng.random() < 0.93) for _ in range(140)]
    rows = shingles(word_hashes(texts), SHINGLE)
    bands = bands_for(threshold, QUESTION_HASHES, QUESTION_MISSED)
    one, other, scores = near_pairs(as_sets(rows), sketch(rows, bands.hashes), bands, threshold)
    for first, second, score in zip(one.tolist(), other.tolist(), scores.tolist(), strict=True):
        assert score == pytest.approx(jaccard(texts[first], texts[second]), abs=1e-6) and score >= threshold
    exact = [pair for pair in combinations(range(len(texts)), 2) if jaccard(*(texts[n] for n in pair)) >= threshold]
    expected = components(len(texts), *(np.array(side, np.int64) for side in zip(*exact, strict=True)))
    found = components(len(texts), one, other)
    # Bands may overlook a pair right at the threshold, never join what is not alike.
    assert (found != expected).mean() <= 0.03
    assert all(expected[first] == expected[second] for first, second in zip(one, other, strict=True))
    assert 1 < len(set(found.tolist())) < len(texts)


# Splits


def by_split(kept: Sequence[Mapping[str, Any]]) -> Counter[str]:
    return Counter(row["split"] for row in kept)


FAMILIES = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 6), st.booleans()), min_size=1, max_size=40
)  # topic, rows, whether MCQs


@settings(max_examples=25, deadline=None)
@given(FAMILIES, st.sampled_from([0.0, 0.1, 0.25]), st.sampled_from([0.0, 0.2, 0.4]), st.integers(0, 9))
def test_clusters_stay_whole_and_shares_are_met_within_the_largest(
    families: list[tuple[str, int, bool]], dev: float, test: float, seed: int
) -> None:
    rows = [
        ask(100 * family + number, topic=topic, parents=[f"family {family}"])
        | ({"options": OPTIONS, "answer": "A"} if choice else {})
        for family, (topic, size, choice) in enumerate(families)
        for number in range(size)
    ]
    with tempfile.TemporaryDirectory() as folder:
        kept = gate(Path(folder), rows, seed=seed, dev_share=dev, test_share=test).kept
    clusters: dict[str, set[str]] = {}
    for row in kept:
        clusters.setdefault(row["cluster"], set()).add(row["split"])
    assert all(len(splits) == 1 for splits in clusters.values())
    largest = max(Counter(row["cluster"] for row in kept).values())
    declared = {"train": 1 - dev - test, "dev": dev, "test": test}
    for split, share in declared.items():
        assert abs(by_split(kept)[split] - share * len(kept)) <= largest
        for topic in {row["topic"] for row in kept}:
            there = [row for row in kept if row["topic"] == topic]
            assert abs(by_split(there)[split] - share * len(there)) <= 1.5 * largest + 1e-9


def test_each_topic_and_kind_has_its_share_of_every_split(tmp_path: Path) -> None:
    rows = [
        ask(n, topic=("hernia", "burns", "trauma")[n % 3]) | ({"options": OPTIONS, "answer": "A"} if n % 2 else {})
        for n in range(300)
    ]
    kept = gate(tmp_path, rows).kept
    for topic in ("hernia", "burns", "trauma"):
        for kind in ("mcq", "open"):
            sizes = by_split([row for row in kept if row["topic"] == topic and row["kind"] == kind])
            assert all(abs(sizes[split] - due) <= 1 for split, due in (("train", 35), ("dev", 5), ("test", 10)))


def test_the_seed_alone_decides_and_the_bytes_repeat(tmp_path: Path) -> None:
    rows = [ask(number) for number in range(60)]
    written = []
    for name, seed in (("one", 1), ("again", 1), ("two", 2)):
        (tmp_path / name).mkdir()
        gate(tmp_path / name, rows, seed=seed, page=True)
        out = tmp_path / name / "out"
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert written[0] == written[1]
    assert "data-report.html" in written[0]
    assert written[0]["kept.jsonl"] != written[2]["kept.jsonl"]


def test_a_held_out_topic_takes_its_relatives_with_it(tmp_path: Path) -> None:
    rows = [ask(number, topic="burns" if number < 10 else "hernia") for number in range(60)]
    rows[20]["parents"] = ["q3"]
    result = gate(tmp_path, rows, held_out_topics=["burns", "burn"])
    held = {row["id"] for row in result.kept if row["split"] == "test_topic"}
    assert held == {f"q{number}" for number in (*range(10), 20)}
    assert sum(by_split(result.kept)[split] for split in ("train", "dev", "test")) == 49
    assert any("held-out topic 'burn'; did you mean 'burns'?" in warning for warning in result.report["warnings"])


@pytest.mark.parametrize("topics", [[], ["hernia"]])
def test_a_corpus_of_two_rows_gives_warnings_and_no_crash(tmp_path: Path, topics: list[str]) -> None:
    result = gate(tmp_path, [ask(1), ask(2)], held_out_topics=topics)
    assert len(result.kept) == 2
    assert any("is empty" in warning for warning in result.report["warnings"])


def test_a_test_row_says_whether_training_saw_its_passage(tmp_path: Path) -> None:
    rows = [ask(number, passages=["shared"] if number % 2 else [f"own {number}"]) for number in range(60)]
    result = gate(tmp_path, rows)
    for row in result.kept:
        shared = row["passages"] == ["shared"]
        assert row.get("passage_seen") == (shared if row["split"] == "test" else None)
    seen = sum(row.get("passage_seen", False) for row in result.kept)
    unseen = by_split(result.kept)["test"] - seen
    assert seen > 0
    assert unseen > 0
    assert result.report["passage_seen"] == {
        "test_rows_with_a_passage_linked_from_train": seen,
        "test_rows_without": unseen,
    }


# Passages, sample, report


def test_contexts_of_a_row_become_passages_that_it_is_linked_to(tmp_path: Path) -> None:
    row = {
        "id": "pm1",
        "question": "Does it heal?",
        "contexts": ["We looked.", " ", "It healed."],
        "labels": ["METHODS", "X", "RESULTS"],
        "long_answer": "It healed in most.",
        "answer": "yes",
        "licence": "MIT",
    }
    result = gate(tmp_path, [row], topic="research")
    assert result.kept[0]["answer"] == "It healed in most."
    assert result.kept[0]["passages"] == ["pm1-c1", "pm1-c2"]
    common = {"title": "", "date": "", "source": "unknown", "topic": "research", "licence": "MIT", "parents": ["pm1"]}
    assert result.passages == [
        {"id": "pm1-c1", "section": "METHODS", "text": "We looked.", **common},
        {"id": "pm1-c2", "section": "RESULTS", "text": "It healed.", **common},
    ]


def test_a_limit_draws_a_seeded_sample_and_counts_the_rest(tmp_path: Path) -> None:
    rows = [ask(number) for number in range(200)]
    picked = [gate(tmp_path, rows, seed=seed, limit=20) for seed in (1, 1, 2)]
    ids = [[row["id"] for row in result.kept] for result in picked]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0] == sorted(ids[0], key=lambda name: int(name[1:]))
    assert any(int(name[1:]) >= 100 for name in ids[0])
    assert picked[0].report["rows"] == {"read": 20, "kept": 20, "rejected": 0, "not_sampled": 180}
    assert gate(tmp_path, rows, limit=500).report["rows"]["not_sampled"] == 0


def test_missing_source_topic_and_licence_come_from_the_settings_and_are_counted(tmp_path: Path) -> None:
    rows = [{"question": "Why?", "answer": "Because."}, ask(2, source="human", licence="MIT")]
    result = gate(tmp_path, rows, source="synthetic")
    filled = {"source": "synthetic", "topic": "general", "licence": "unknown"}
    assert filled.items() <= result.kept[0].items()
    assert result.report["provenance"]["missing"] == {"source": 1, "topic": 1, "licence": 1}
    told = " ".join(result.report["warnings"])
    assert "set corpus.licence" in told
    assert "set corpus.source" not in told
    provenance = result.report["provenance"]["release"]
    assert not provenance["open"] and provenance["says"].startswith("1 of 2 kept rows have no named licence")
    assert gate(tmp_path, rows, licence="CC0").report["provenance"]["release"]["open"]
    assert not gate(tmp_path, [ask(1, licence="n/a")]).report["provenance"]["release"]["open"]


def test_the_report_says_what_the_human_only_test_holds(tmp_path: Path) -> None:
    assert "no kept row" in gate(tmp_path, [ask(1)]).report["splits"]["human_test"]["empty"]
    result = gate(tmp_path, [ask(n, source="Human" if n % 2 else "synthetic") for n in range(60)])
    written = sum(row["split"] == "test" and row["source"] == "Human" for row in result.kept)
    assert result.report["splits"]["human_test"] == {"rows": written, "kinds": {"open": written}}
    assert written in (5, 6, 7)


def test_topics_too_small_to_stratify_are_named(tmp_path: Path) -> None:
    result = gate(tmp_path, [ask(n, topic="burns" if n < 3 else "hernia") for n in range(60)])
    assert any("fewer than 10 rows" in text and "'burns'" in text for text in result.report["warnings"])
    assert result.report["topics"]["burns"] == 3


@pytest.mark.parametrize("name", ["pubmedqa", "medquad"])
def test_an_example_recipe_takes_its_file_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    recipe = EXAMPLES.parent / name / "recipe.toml"
    bank = tmp_path / "bank.jsonl"
    bank.write_text("")
    monkeypatch.delenv(name.upper(), raising=False)
    with pytest.raises(RecipeError, match=f"variable {name.upper()} is not set"):
        load_recipe(recipe)
    monkeypatch.setenv(name.upper(), str(bank))
    assert load_recipe(recipe).recipe.corpus.files == [bank]
    command = recipe.read_text().splitlines()[1]
    assert f"{name.upper()}=/path/to/" in command
    assert f"residency run examples/{name}/recipe.toml" in command
