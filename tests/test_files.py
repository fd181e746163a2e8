"""Files: a line that cannot be read is named, one that can be is read back as it was, and no half file is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.core.files import (
    append_jsonl,
    atomic,
    dump_line,
    read_json,
    read_jsonl,
    recover_jsonl,
    text_digest,
    value_digest,
    write_json,
    write_jsonl,
)
from residency.core.stage import seeded

any_text = st.text(st.characters(categories=None))  # lone surrogates, line separators and all
json_rows = st.lists(
    st.dictionaries(any_text, st.one_of(any_text, st.integers(), st.none(), st.lists(any_text))), max_size=4
)


@given(json_rows)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    assert write_jsonl(path, rows) == len(rows)
    assert list(read_jsonl(path)) == rows
    assert recover_jsonl(path) == rows


def test_plain_text_stays_readable_in_the_file() -> None:
    assert dump_line({"text": "38 °C – „Öl“"}) == '{"text": "38 °C – „Öl“"}'


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b'{"a": 1}\n{"a": \n', "rows.jsonl:2: not valid JSON"),
        (b'{"a": 1}\n[1]\n', "rows.jsonl:2: a JSON object was expected"),
        (b'{"a": "\xe9"}\n', "rows.jsonl:1: not UTF-8. Save the file as UTF-8"),
        (b'{"a": ' * 50_000, "rows.jsonl:1: not valid JSON"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, data: bytes, complaint: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(data)
    with pytest.raises(InputError, match=complaint):
        list(read_jsonl(path))


def test_blank_lines_a_byte_order_mark_and_windows_line_ends_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \n{"a": 2}')
    assert list(read_jsonl(path)) == [{"a": 1}, {"a": 2}]


def test_a_missing_file_and_a_folder_are_errors_that_name_the_place(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.jsonl: no such file"):
        list(read_jsonl(tmp_path / "nowhere.jsonl"))
    with pytest.raises(InputError, match="this is a folder"):
        list(read_jsonl(tmp_path))
    with pytest.raises(InputError, match="no such file"):
        read_json(tmp_path / "nowhere.json")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.json: not valid JSON"):
        read_json(tmp_path / "bad.json")


def test_a_failure_while_writing_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    write_json(path, {"old": 1})

    def fail() -> None:
        with atomic(path) as handle:
            handle.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert read_json(path) == {"old": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == ["file.json"]


def test_a_half_written_last_line_is_dropped_and_writing_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "scores.jsonl"
    assert recover_jsonl(path) == []
    with path.open("w", encoding="utf-8") as handle:
        append_jsonl(handle, [{"a": "one\u2028two\x85"}])
        handle.write('{"a": "thr')
    assert recover_jsonl(path) == [{"a": "one\u2028two\x85"}]
    with path.open("a", encoding="utf-8") as handle:
        append_jsonl(handle, [{"a": "three"}])
    assert [row["a"] for row in recover_jsonl(path)] == ["one\u2028two\x85", "three"]


def test_digests_tell_values_apart_and_the_order_of_keys_does_not_count() -> None:
    assert value_digest({"a": 1, "b": 2}) == value_digest({"b": 2, "a": 1}) != value_digest({"a": 2, "b": 1})
    assert text_digest("\ud800") != text_digest("\ud801")


def test_randomness_depends_on_the_seed_and_on_every_name() -> None:
    def draw(*names: object) -> float:
        return seeded(*names).random()  # type: ignore[arg-type]

    assert draw(17, "mix", "q1") == draw(17, "mix", "q1")
    assert (
        len(
            {draw(17, "mix", "q1"), draw(18, "mix", "q1"), draw(17, "mixq1"), draw(17, "mix", "q2"), draw(17, "\ud800")}
        )
        == 5
    )
