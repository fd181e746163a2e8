"""Attention row by row: what each row gives in a line with others is what it gives by itself, and a model that may be
given rows is, without them, the model that it was."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import ProofError
from residency.generation.generate import generate
from residency.training.model import separation
from residency.training.model.attention import Micro, by_masks, by_rows
from residency.training.model.rowwise import Run, allow_rows, runs_of, takes_rows
from residency.training.model.scoring import make_scorable
from residency.training.model.separation import prove_shared
from residency.training.pairs.objectives import PairLoss
from residency.training.pairs.preferred import Preferred
from residency.training.steps.batches import WIDTH_STEP, PairTokens, packed, shared
from tests.small_models import ATTENTION, WINDOW, build
from tests.training_runs import as_tuples, assert_same_gradients, logprobs_apart, loss_apart, random_pairs, random_rows

FAMILIES = [("llama", "sdpa"), ("llama", "eager"), ("qwen3_moe", "sdpa"), ("gpt_oss", "eager")]


def row_by_row(family: str, kind: str, checkpointing: bool = False) -> Any:
    """A model in fp32 that takes rows and is being trained."""
    model = build(family, kind)
    make_scorable(model)
    allow_rows(model)
    if checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    return model.train()


def stacked(lines: list[Micro]) -> Micro:
    """Packed lines of one width as one batch."""
    width = lines[0]["input_ids"].shape[1]
    found = {name: torch.cat([line[name] for line in lines]) for name in lines[0]}
    return {**found, "read_at": torch.cat([line["read_at"] + n * width for n, line in enumerate(lines)])}


@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize(("family", "kind"), FAMILIES)
def test_packed_lines_give_the_loss_and_gradients_of_their_rows_apart(
    family: str, kind: str, checkpointing: bool
) -> None:
    model = row_by_row(family, kind, checkpointing)
    rows = [*random_rows(4, 4, 3 * WINDOW), *random_rows(3, 5, 3 * WINDOW)]
    assert max(len(row["input_ids"]) for row in rows) > 2 * WINDOW
    lines = [packed(as_tuples(part)) for part in (rows[:4], rows[4:])]
    assert {line["input_ids"].shape for line in lines} == {(1, WIDTH_STEP)}, "one width, and each has padding"
    micro = stacked(lines)
    assert [len(line) for line in runs_of(micro["row"], micro["above"])] == [5, 4]
    given = {name: micro[name] for name in ("input_ids", "read_at", "targets")}
    assert_same_gradients(model, -model(**given, **by_rows(model, micro)).mean(), loss_apart(model, rows))


@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize(("family", "kind"), FAMILIES)
def test_answers_to_a_shared_prompt_give_what_each_gives_by_itself(family: str, kind: str, checkpointing: bool) -> None:
    """Prompts on both sides of the window; three lines of different lengths, and three answers each."""
    model = row_by_row(family, kind, checkpointing)
    pairs = [
        *random_pairs(1, 1, (1, 3), 3),
        *random_pairs(1, 2, (WINDOW + 2, 2 * WINDOW), 3),
        *random_pairs(1, 3, (50, 70), 3),
    ]
    objective = Preferred(pairs, PairLoss({"dpo": 1.0}), by_rows)
    micro = objective.micro(range(3))
    found, expected = objective.logprobs(model, micro), logprobs_apart(model, pairs)
    assert (found - expected).abs().max() < 1e-4
    weights = torch.randn(3, 3, generator=torch.Generator().manual_seed(1))
    assert_same_gradients(model, (found * weights).sum(), (expected * weights).sum(), within=1e-4)


@given(lengths=st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=5), min_size=1, max_size=3))
def test_rows_are_found_with_those_above_them(lengths: list[list[int]]) -> None:
    pairs = [PairTokens([5] * prompt, tuple([6] * answer for answer in answers)) for prompt, *answers in lengths]
    if any(not pair.answers for pair in pairs):
        pairs = [PairTokens(pair.prompt, (*pair.answers, [6])) for pair in pairs]
    micro = shared(pairs)
    for pair, line in zip(pairs, runs_of(micro["row"], micro["above"]), strict=True):
        expected = [Run(len(pair.prompt), -1), *(Run(len(answer), 0) for answer in pair.answers)]
        left = micro["row"].shape[1] - sum(run.length for run in expected)
        assert list(line) == [*expected, *([Run(left, -1)] if left else [])]


@pytest.mark.parametrize(("family", "kind"), ATTENTION)
def test_without_rows_a_model_computes_and_says_what_it_did(family: str, kind: str) -> None:
    prompts = [[5, 6, 7, 8] * WINDOW, [9, 10, 11], [12]]
    ids = torch.tensor([[0] * 20 + [7] * 4, list(range(100, 124))])
    mask = (ids > 0).long()

    def said(model: Any) -> tuple[list[list[int]], list[torch.Tensor]]:
        with torch.no_grad():
            logits = [model(ids).logits, model(input_ids=ids, attention_mask=mask, use_cache=False).logits]
        return generate(model, prompts, stop=(), max_new_tokens=2 * WINDOW), logits

    model = build(family, kind).eval()
    before, logits = said(model)
    assert not takes_rows(model)
    allow_rows(model)
    assert takes_rows(model)
    after, again = said(model)
    assert before == after
    assert all(torch.equal(one, other) for one, other in zip(logits, again, strict=True))


def test_a_model_whose_attention_is_of_another_kind_is_left_alone() -> None:
    model = build("llama", "flex_attention")
    allow_rows(model)
    assert not takes_rows(model) and model.config._attn_implementation == "flex_attention"


@pytest.mark.parametrize("above", [-1, 1], ids=["no prompt", "the other answer"])
@pytest.mark.parametrize(("family", "kind"), FAMILIES)
def test_rows_that_go_on_from_the_wrong_one_are_refused(
    monkeypatch: pytest.MonkeyPatch, family: str, kind: str, above: int
) -> None:
    """The planted fault: the second answer reads nothing before it, or the first answer in place of the prompt."""

    def wrong(model: Any, micro: Micro) -> dict[str, Any]:
        (line,) = by_rows(model, micro)["runs"]
        runs = ((*line[:2], line[2]._replace(above=above), *line[3:]),)
        return {"position_ids": micro["position_ids"], "runs": runs}

    model = row_by_row(family, kind)
    assert prove_shared(model, 512) is by_rows
    monkeypatch.setattr(separation, "by_rows", wrong)
    assert prove_shared(model, 512) is by_masks, "the next way that is known"
    monkeypatch.setitem(separation.TAKEN_BY, by_masks, ())
    with pytest.raises(ProofError, match=r"stay apart in .* with the attention .*wrong: .* nats a token off"):
        prove_shared(model, 512)
