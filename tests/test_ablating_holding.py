"""How long an arm trains so as to be equal to another, and what its training counts for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import InputError
from residency.core.files import write_json, write_jsonl
from residency.flow.ablating.holding import held, units
from residency.training.settings import PreferenceSettings


def cell(
    folder: Path,
    name: str,
    tokens: float = 1000,
    labelled: float = 400,
    passes: float = 1,
    took: float = 0,
    pairs: int | None = None,
    tuned: float | None = None,
    rounds: float = 1,
    counts: dict[str, Any] | None = None,
    **preference: Any,
) -> Path:
    """A run folder as a training leaves it: its SFT read ``tokens`` in each of its passes, in ten steps; its preference
    tuning, where there is one, ``tuned`` in so many ``rounds`` over the pairs together."""
    run, steps = folder / name, 10
    settings = PreferenceSettings(**preference)
    write_json(run / "recipe.json", {"values": {"preference": settings.model_dump(mode="json")}})
    write_json(run / "compile" / "manifest.json", {"counts": {"train": {"tokens": tokens, "labelled": labelled}}})
    rows = [
        {"step": step, "epoch": passes * step / steps, "loss": 1.0, "tokens": tokens * passes / steps}
        for step in range(1, steps + 1)
    ]
    write_json(run / "sft" / "manifest.json", {"counts": {"steps": steps}})
    write_jsonl(run / "sft" / "log.jsonl", [{"step": 0, "epoch": 0.0, "eval_loss": 2.0}, *rows])
    write_json(run / "cell.json", {"units": took})
    if pairs is not None:
        write_json(run / "pairs" / "manifest.json", {"counts": {"pairs": pairs}})
    if tuned is not None:
        parts = {"settings": {"preference": settings.fingerprint_values()}}
        found = {"pairs": pairs, "steps": 4} if counts is None else counts
        write_json(run / "preference" / "manifest.json", {"parts": parts, "counts": found})
        log = [{"step": step, "epoch": rounds * step / 4, "loss": 0.7, "tokens": tuned / 4} for step in range(1, 5)]
        write_jsonl(run / "preference" / "log.jsonl", log)
    return run


def test_online_tuning_counts_what_is_written_read_and_learnt(tmp_path: Path) -> None:
    online: Any = {"method": "grpo", "online": {"beta": 0.04}}
    run = cell(tmp_path, "grpo", tuned=0, counts={"steps": 1, "tokens": 300}, **online)
    write_jsonl(run / "preference" / "log.jsonl", [{"step": 1, "epoch": 0.1, "loss": 0.0, "reward": 0.2}])
    assert units(run, "final") == pytest.approx(1000 + 300 * (1 + 2 / 3))
    free = cell(tmp_path, "free", tuned=0, counts={"tokens": 300}, method="rloo", start="base", online={"beta": 0})
    assert units(free, "final") == pytest.approx(300 * (1 + 1 / 3)), "no reference reads, and no SFT went before"
    before = cell(tmp_path, "before", tuned=0, counts={"steps": 1}, **online)
    write_jsonl(before / "preference" / "samples.jsonl", [{"tokens": 20}, {"tokens": 40}])
    assert units(before, "final") == pytest.approx(1000 + 60 * (1 + 2 / 3)), "of a run that counted no prompts"


def test_the_same_computing_is_reckoned_with_the_pairs_of_what_the_other_started_from(tmp_path: Path) -> None:
    """A stage of its own after preference tuning has no pairs itself."""
    tuned = cell(tmp_path, "tuned_without", pairs=40, tuned=2000)
    stage = cell(tmp_path, "own_stage", took=8000)
    mix = cell(tmp_path, "in_mix", tokens=1000, pairs=20)
    values = held("compute", mix, [stage, tuned], "final", 0.0)
    # 8000 less the SFT's 1000; a pass over 20 pairs reads 1000, and the reference a third of that once.
    assert values == {"preference.epochs": pytest.approx(7 - 1 / 3, abs=1e-4), "preference.max_steps": None}


def test_held_out_pairs_do_not_make_the_training_shorter(tmp_path: Path) -> None:
    """Of 50 pairs 40 are trained on, and 10 measured: a pass of the same 50 takes what it took there."""
    like = cell(tmp_path, "dpo", took=1000 + 2000, pairs=50, tuned=2000)
    own = cell(tmp_path, "orpo", pairs=50, start="base", method="orpo")
    assert held("compute", own, [like], "final", 0.0)["preference.epochs"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("own", "like", "line"),
    [
        ({"pairs": 20}, {"took": 9000.0}, "cannot be held equal: nothing that like is made of was tuned"),
        (
            {"pairs": 0},
            {"took": 9000.0, "pairs": 40, "tuned": 2000},
            "cannot be held equal: it has no pair",
        ),
        ({"pairs": 20}, {"took": 900.0, "pairs": 40, "tuned": 2000}, "would not be trained at all"),
        ({"pairs": 20, "method": "grpo"}, {"took": 9000.0, "pairs": 40, "tuned": 2000}, "grpo cannot be held equal"),
    ],
)
def test_what_cannot_be_held_equal_is_said(tmp_path: Path, own: Any, like: Any, line: str) -> None:
    with pytest.raises(InputError, match=line):
        held("compute", cell(tmp_path, "own", **own), [cell(tmp_path, "like", **like)], "final", 0.0)


def test_steps_and_learnt_tokens_are_held_by_hand_computed_values(tmp_path: Path) -> None:
    like = cell(tmp_path, "like", tokens=4000, labelled=900, passes=1.5)
    own = cell(tmp_path, "own", tokens=5000, labelled=600)
    # 1.5 passes over 4,000 tokens are 6,000: 1.2 passes over 5,000, and a quarter more as room.
    assert held("steps", own, [like], "sft", 0.0) == {"sft.epochs": 1.5, "sft.max_steps": 10}
    # 1.5 passes over 900 learnt tokens are 1,350: 2.25 passes over 600, whatever last step the recipe has.
    assert held("labelled_tokens", own, [like], "sft", 0.0) == {"sft.epochs": 2.25, "sft.max_steps": None}
    assert held("nothing", own, [like], "sft", 0.0) == {}


def test_computing_is_held_by_hand_computed_values(tmp_path: Path) -> None:
    pairs: Any = {"pairs": 4, "tuned": 2400, "rounds": 2, "epochs": 2}  # 300 a pair
    like = cell(tmp_path, "like", tokens=9600, took=12000, **pairs)
    # 9,600 by SFT; 2,400 on pairs; these read once by the reference, 1,200, at a third of a step's work.
    assert units(like, "final") == pytest.approx(9600 + 2400 + 1200 / 3)
    assert (units(like, "sft"), units(like, "base")) == (9600, 0)
    longer = cell(tmp_path, "longer", tokens=5000)
    assert held("compute", longer, [like], "sft", 0.0) == {"sft.epochs": 2.4, "sft.max_steps": None}
    after = held("compute", longer, [like], "sft", 2000.0)  # it starts from what took 2,000
    assert after == {"sft.epochs": 2.0, "sft.max_steps": None}
    other = cell(tmp_path, "other", tokens=3000, pairs=10)
    # 9,000 are left for 10 pairs of 300 tokens: three times as much, less the third that the reference reads.
    passes = pytest.approx(3 - 1 / 3, abs=1e-4)
    assert held("compute", other, [like], "final", 0.0) == {"preference.epochs": passes, "preference.max_steps": None}
    orpo = cell(tmp_path, "orpo", tokens=3000, pairs=10, method="orpo", start="base")  # no SFT, no reference
    assert held("compute", orpo, [like], "final", 0.0)["preference.epochs"] == 4.0
