"""The benchmarks measure what they say: the grown bank holds what is planted, and the truth about it is told."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from benchmarks import data_gate
from benchmarks.growing import edited, grow, items, material

STARTS, ENDS = ("ka", "lo", "mi", "ru"), ("a", "o", "us", "em")
WORDS = [f"{start}{middle}{end}" for start in STARTS for middle in "bdgnt" for end in ENDS]


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Questions with answers of sentences that no other has."""
    rng = random.Random(5)
    rows = [
        {
            "question": f"What are the treatments for {' '.join(rng.choices(WORDS, k=3))}?",
            "answer": " ".join(f"{' '.join(rng.choices(WORDS, k=16)).capitalize()}." for _ in range(6)),
        }
        for _ in range(400)
    ]
    path = tmp_path_factory.mktemp("text") / "text.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_gate_finds_what_was_planted_in_a_grown_bank_and_loses_no_row(text: Path, tmp_path: Path) -> None:
    told: list[str] = []
    figures = data_gate.measure(text, {"2k": 2_000}, tmp_path, told.append)
    found = figures["found_2k"]
    assert figures["rows_lost"] == 0
    assert found["near_duplicates_planted"] >= 20 and figures["near_duplicate_recall"] >= 0.98
    assert found["exact_duplicate_recall"] == 1
    assert found["decontamination_planted"]["all"] >= 2 and figures["decontamination_recall_all"] == 1
    assert figures["seconds_2k"] > 0 and figures["peak_rss_gb_2k"] > 0
    assert sum(figures["steps_2k"].values()) == pytest.approx(figures["seconds_2k"], abs=0.6)
    assert any("near-duplicates" in line for line in told)


def test_a_lost_row_and_an_overlooked_pair_are_noticed(text: Path, tmp_path: Path) -> None:
    rng = random.Random(1)
    stuff = material(text, rng)
    tests = items(stuff, 100, rng)
    truth = grow(tmp_path / "bank.jsonl", stuff, 1_000, tests, rng)
    rows = [json.loads(line) for line in (tmp_path / "bank.jsonl").read_text().splitlines() if '"id": "r' in line]
    assert truth.broken == truth.lines - len(rows)
    kept = [json.dumps({"id": row["id"], "cluster": row["id"]}) for row in rows[1:]]
    (tmp_path / "kept.jsonl").write_text("\n".join(kept))
    (tmp_path / "rejected.jsonl").write_text("")
    found = data_gate.found(tmp_path, truth, tests)
    assert found["rows_lost"] == 1 + truth.lines - len(rows)
    assert found["near_duplicate_recall"] == 0 and found["exact_duplicate_recall"] == 0


def test_an_edit_changes_the_share_of_words_that_it_says() -> None:
    before = " ".join(f"w{number}" for number in range(200))
    after = edited(before, 0.1, ["x y z"], random.Random(2)).split()
    assert sum(word in after for word in before.split()) in range(180, 195)


def test_too_little_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.jsonl"
    path.write_text(json.dumps({"question": "Why?", "answer": "Because it is so, as everybody knows."}) + "\n")
    with pytest.raises(ValueError, match="too few to grow a bank from"):
        material(path, random.Random(1))


def test_prompt_parity_falls_with_each_turn_that_is_trained_after_another_prompt_than_is_served() -> None:
    from benchmarks.compile import parity

    rows = [
        {
            "messages": [
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "b"},
                {"role": "user", "content": "c"},
                {"role": "assistant", "content": "d"},
            ]
        }
    ]

    def serve(turns: list[dict[str, Any]]) -> list[int]:
        return [ord(turn["content"]) for turn in turns]

    a, b, c, d = map(ord, "abcd")
    apart = [([a, b], [-100, b]), ([a, b, c, d], [-100, -100, -100, d])]
    assert parity(rows, [apart], serve) == 1.0
    assert parity(rows, [[([a, b, c, d], [-100, b, -100, d])]], serve) == 1.0
    assert parity(rows, [[([a, b, c, d], [-100, b, c, d])]], serve) == 0.5, "what was asked is learnt too"
    assert parity(rows, [[([a, b], [-100, b]), ([a, 0, b, c, d], [-100, -100, -100, -100, d])]], serve) == 0.5
    assert parity(rows, [[([a, b, c, d], [-100] * 4)]], serve) == 0.0
