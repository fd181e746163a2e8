"""Plans of optimiser steps: each row once an epoch, the same steps whatever the number of processes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from residency.core.stage import StageContext
from residency.training.pairs.objectives import PairLoss
from residency.training.pairs.preferred import Preferred
from residency.training.preference import held_out, plan_pairs
from residency.training.settings import PreferenceSettings
from residency.training.steps.batches import (
    PairTokens,
    shares,
)
from residency.training.steps.frame import Counted, Steps, plan_steps
from tests.training_runs import random_pairs


def shuffled(epoch: int) -> random.Random:
    return random.Random(epoch)


@given(
    count=st.integers(1, 30),
    per_step=st.integers(1, 5),
    epochs=st.floats(0.1, 3),
    max_steps=st.one_of(st.none(), st.integers(1, 9)),
)
def test_each_batch_stands_once_in_each_epoch_of_a_plan(
    count: int, per_step: int, epochs: float, max_steps: int | None
) -> None:
    batches = [[2 * number, 2 * number + 1] for number in range(count)]
    plan = plan_steps(batches, per_step, epochs, max_steps, shuffled, list)
    per_epoch = -(-count // per_step)
    assert plan.steps_per_epoch == per_epoch
    assert len(plan) == min(max(1, round(per_epoch * epochs)), max_steps or 10**9)
    for start in range(0, len(plan) - per_epoch + 1, per_epoch):
        seen = [batch for step in plan.steps[start : start + per_epoch] for batch in step]
        assert sorted(seen) == batches
    assert all(len(step) <= per_step for step in plan.steps)
    shown = Counter(member for step in plan.steps for batch in step for member in batch)
    assert max(shown.values()) - min(shown[member] for batch in batches for member in batch) <= 1
    assert batches == [[2 * number, 2 * number + 1] for number in range(count)], "the batches are left as they were"


def test_each_epoch_has_an_order_of_its_own_and_the_seed_gives_it_again() -> None:
    batches = [[number] for number in range(12)]
    plan = plan_steps(batches, 1, 2, None, shuffled, list)
    assert plan.steps[:12] != plan.steps[12:]
    assert plan_steps(batches, 1, 2, None, shuffled, list).steps == plan.steps


def pair_plan(count: int, processes: int, tokens: int = 512, **changes: Any) -> tuple[list[list[list[int]]], Preferred]:
    objective = Preferred(random_pairs(count, 7, (1, 60)), PairLoss({"dpo": 1.0}), None)
    settings = PreferenceSettings(batch_pairs=4, batch_tokens=tokens, **changes)
    context = StageContext({"preference": settings}, {}, Path("unused"), seed=5)
    return plan_pairs(objective, range(count), context, processes).steps, objective


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_a_step_has_the_same_pairs_whatever_the_number_of_processes(processes: int) -> None:
    steps, objective = pair_plan(11, processes, epochs=2.0)
    alone, _ = pair_plan(11, 1, epochs=2.0)
    assert len(steps) == 6
    for step, same in zip(steps, alone, strict=True):
        members = sorted(member for batch in step for member in batch)
        assert members == sorted(member for batch in same for member in batch)
        assert len(step) >= min(processes, len(members)), "each process has a part"
    for epoch in (steps[:3], steps[3:]):
        assert sorted(member for step in epoch for batch in step for member in batch) == list(range(11))
    assert all(len(b) == 1 or sum(map(objective.width, b)) <= 512 for step in steps for b in step)


def test_a_part_of_an_epoch_and_a_last_step_are_kept_to() -> None:
    assert len(pair_plan(40, 1, epochs=0.5)[0]) == 5
    assert len(pair_plan(40, 1, epochs=0.001)[0]) == 1
    assert len(pair_plan(40, 1, epochs=3.0, max_steps=7)[0]) == 7


def test_held_out_pairs_are_whole_prompts() -> None:
    """Several pairs ask the same: a question that is trained on does not measure what was learnt of it."""
    pairs = [PairTokens([number // 3], ([1], [2])) for number in range(90)]
    context = StageContext({}, {}, Path("unused"), seed=5)
    dev = held_out(pairs, PreferenceSettings(dev_share=0.2), context)
    assert len(dev) == 18
    assert len(held_out(pairs, PreferenceSettings(dev_share=0.05), context)) == 18, "a fifth, for want of 20"
    asked = {number // 3 for number in dev}
    assert not asked & {number // 3 for number in range(90) if number not in dev}
    assert held_out(pairs[:39], PreferenceSettings(dev_share=0.2), context) == []
    assert held_out(pairs, PreferenceSettings(dev_share=0.0), context) == []


@given(count=st.integers(1, 20), processes=st.integers(1, 5))
def test_processes_share_batches_out_and_go_through_the_model_equally_often(count: int, processes: int) -> None:
    batches = [[number] for number in range(count)]
    found = [list(shares(batches, process, processes)) for process in range(processes)]
    assert len({len(own) for own in found}) == 1
    assert sorted(batch for own in found for batch, counts in own if counts) == batches


class Numbers:
    """An objective whose batches are the numbers of their members."""

    def micro(self, members: Sequence[int]) -> dict[str, torch.Tensor]:
        return {"members": torch.tensor(members)}

    def counts(self, members: Sequence[int]) -> Counted:
        return {"tokens": float(sum(members)), "pairs": len(members)}

    def loss(self, model: Any, micro: Any, whole: Counted) -> Any:
        raise NotImplementedError


@given(count=st.integers(1, 20), processes=st.integers(1, 4))
def test_the_processes_parts_of_a_step_are_the_step_and_what_fills_up_weighs_nothing(
    count: int, processes: int
) -> None:
    plan = plan_steps([[number] for number in range(count)], max(processes, 3), 1, None, shuffled, list)
    parts = [Steps(Numbers(), plan, process, processes) for process in range(processes)]
    for number, step in enumerate(plan.steps):
        own = [part[number] for part in parts]
        assert len({len(found["micros"]) for found in own}) == 1, "each goes through the model equally often"
        whole = {"tokens": float(sum(member for batch in step for member in batch)), "pairs": len(step)}
        assert all(found["whole"] == whole for found in own)
        weighed = [m["members"].tolist() for found in own for m, weight in found["micros"] if weight == 1.0]
        assert sorted(weighed) == sorted(step)
        assert {weight for found in own for _, weight in found["micros"]} <= {0.0, 1.0}
