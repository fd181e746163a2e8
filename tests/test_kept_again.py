"""Kept rows are themselves a question bank: read again they are the same rows, split anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from residency.core.files import read_jsonl, write_jsonl
from residency.core.stage import StageContext
from residency.corpus.settings import CorpusSettings
from residency.corpus.stage import run
from residency.retrieval.settings import IndexSettings
from residency.retrieval.stage import run as index
from tests.conftest import EXAMPLES

NEW = {"origin", "split", "passage_seen"}
"""What a reading gives anew."""
SAID_ASIDE = {"system", "greeting"}
"""What a conversation's file had beside its turns, by which reports count them; nothing is trained on it."""
TALK = [
    {"role": "system", "content": "Answer as a colleague on the ward would."},
    {"role": "assistant", "content": "Hello. How can I help you?"},
    {"role": "user", "content": "How is a strangulated femoral hernia managed in an elderly patient?"},
    {"role": "assistant", "content": "She is resuscitated and taken to theatre without delay."},
    {"role": "user", "content": "Which approach gives access to the bowel if it has to be resected?"},
    {"role": "assistant", "content": "A high approach, or a laparotomy through the midline."},
]
OWN: list[dict[str, Any]] = [
    {
        "question": "Does early cholecystectomy shorten the stay in hospital after acute cholecystitis?",
        "answer": "Early cholecystectomy shortens the stay in hospital.",
        "contexts": ["Patients randomised to early cholecystectomy left hospital four days sooner on average."],
    },
    {"messages": TALK, "topic": "hernia"},
    {"question": "At what angle is a chest drain held on insertion?", "answer": "It is held at ninety degrees."},
    {
        "id": "twice",
        "question": "Which nerve is at risk in a superficial parotidectomy?",
        "options": {"A": "The facial nerve", "B": "The hypoglossal nerve", "C": "The vagus nerve"},
        "answer": "A",
        "rationale": "The facial nerve runs through the gland.",
        "parents": ["book-7"],
        "licence": "CC0-1.0",
        "source": "human",
    },
    {
        "id": "twice",
        "question": "What is Murphy's sign?",
        "answer": "Arrest of breathing in when the gallbladder is felt.",
    },
]


def corpus(folder: Path, *files: Path, **settings: Any) -> list[dict[str, Any]]:
    folder.mkdir()
    run(StageContext({"corpus": CorpusSettings(files=list(files), **settings)}, {}, folder, 17))
    return list(read_jsonl(folder / "kept.jsonl"))


@pytest.mark.parametrize("bank", ["example", "own"])
def test_kept_rows_read_again_are_the_same_rows_and_split_anew(tmp_path: Path, bank: str) -> None:
    write_jsonl(tmp_path / "own.jsonl", OWN)
    files = [tmp_path / "own.jsonl"] if bank == "own" else [EXAMPLES / "mcq.jsonl", EXAMPLES / "open.jsonl"]
    first = corpus(tmp_path / "first", *files, source="letters", licence="CC-BY-4.0", topic="surgery")
    # Those that were not held out, as an ablation takes them, under other defaults.
    rows = [row for row in first if bank == "own" or row["split"] in ("train", "dev")]
    write_jsonl(tmp_path / "bank.jsonl", rows)
    again = corpus(tmp_path / "again", tmp_path / "bank.jsonl", test_share=0.25, source="x", licence="y", topic="z")
    assert [without(row) for row in again] == [without(row) for row in rows]
    assert len(rows) == (5 if bank == "own" else len(rows)) and not list(read_jsonl(tmp_path / "again/rejected.jsonl"))
    if bank == "example":
        assert {row["kind"] for row in rows} == {"mcq", "open"} and all(row["passages"] for row in rows)
        share = sum(row["split"] == "test" for row in again) / len(again)
        assert share == pytest.approx(0.25, abs=0.05)
        assert {row["id"] for row in again if row["split"] == "test"}.isdisjoint(
            row["id"] for row in first if row["split"] == "test"
        )
    else:
        assert len({row["id"] for row in again}) == 5
        assert [row["kind"] for row in again] == ["open", "conversation", "open", "mcq", "open"]


def test_a_rows_own_passages_are_found_where_the_index_is_given_them(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "own.jsonl", OWN)
    first = corpus(tmp_path / "first", tmp_path / "own.jsonl")
    corpus(tmp_path / "again", tmp_path / "first" / "kept.jsonl")
    assert not list(read_jsonl(tmp_path / "again" / "passages.jsonl"))  # kept rows name them and do not hold them
    settings = IndexSettings(files=[tmp_path / "first" / "passages.jsonl"], embeddings="none")
    out = tmp_path / "index"
    out.mkdir()
    index(StageContext({"index": settings}, {"corpus": tmp_path / "again"}, out, 17))
    (passage,) = read_jsonl(out / "passages.jsonl")
    assert first[0]["passages"] == [passage["id"]] and passage["text"] == OWN[0]["contexts"][0]


def without(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in NEW | SAID_ASIDE}
