"""What the training benchmarks tell of two sides is what the sides measured."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from benchmarks import trainers
from benchmarks.context_pairs import passages_of
from benchmarks.trainers import OURS, Measured, OutOfMemory, Stopwatch, by_turns, compared, run_side


def one(done: float, seconds: float, peak: float) -> Measured:
    return {"done": done, "seconds": seconds, "peak_rss_gb": peak, "losses": [1.0]}


def test_ratios_are_ours_over_theirs_of_the_same_round_with_the_median_and_both_ends() -> None:
    rounds = [
        {OURS: one(100, 1, 2), "trl_best": one(100, 2, 4)},
        {OURS: one(100, 10, 2), "trl_best": one(100, 30, 2)},  # a slow round, for both
        {OURS: one(100, 1, 2), "trl_best": one(100, 4, 8)},
    ]
    figures, peers = compared(rounds, "tokens")
    best = peers["trl_best"]
    assert list(peers) == ["trl_best"]
    assert (figures["tokens_per_s"], figures["peak_rss_gb"]) == (100, 2)
    assert [best[f"tokens_per_s_ratio{end}"] for end in ("_min", "", "_max")] == [2, 3, 4]
    assert [best[f"peak_rss_ratio{end}"] for end in ("_min", "", "_max")] == [0.25, 0.5, 1]


def test_sides_take_turns_in_an_order_that_turns_round() -> None:
    order: list[str] = []

    def run(side: str) -> Measured:
        order.append(side)
        return one(1, 1, 1)

    assert len(by_turns(("a", "b", "c"), 2, run, "pairs", lambda line: None)) == 2
    assert order == ["a", "b", "c", "c", "b", "a"]


def test_a_phase_lasts_from_its_start_to_its_last_step() -> None:
    watch = Stopwatch()
    for unit in ("reference pairs", "steps"):
        watch.start(2, unit)
        for _ in range(2):
            time.sleep(0.01)
            watch.advance()
    time.sleep(0.2)  # what comes after the last step is not counted
    assert 0.02 <= watch.seconds("steps") < 0.15
    assert watch.seconds() == pytest.approx(watch.seconds("steps") + watch.seconds("reference pairs"))


@pytest.mark.parametrize(("code", "said", "error"), [(-9, "", OutOfMemory), (1, "ValueError: no", RuntimeError)])
def test_a_killed_side_is_told_from_a_failed_one(
    monkeypatch: pytest.MonkeyPatch, code: int, said: str, error: type[Exception]
) -> None:
    done = subprocess.CompletedProcess([], code, "", said)
    monkeypatch.setattr(trainers.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(error):
        run_side("benchmarks.dpo", "trl_default", Path("rows"))


def test_no_file_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        trainers.text_to_use(Path("missing.jsonl"), "x", "y")
    assert ended.value.code == 2 and "--text FILE" in capsys.readouterr().err


def test_every_word_of_a_text_is_in_its_passages(tmp_path: Path) -> None:
    text = " ".join(f"w{number}" for number in range(300))
    path = tmp_path / "text.jsonl"
    path.write_text(f'{{"title": "T", "text": "{text}"}}\n{{"topic": "U", "answer": "a b"}}\n')
    found = passages_of(path)
    assert " ".join(one["text"] for one in found) == f"{text} a b"
    assert {one["title"] for one in found} == {"T", "U"}
