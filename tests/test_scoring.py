"""Log-probabilities without logits are transformers' own, and so is what is learnt from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as fewer
from hypothesis import strategies as st

from residency.generation.models import load_model
from residency.training.model import scoring
from residency.training.model.scoring import make_scorable, token_logprobs
from residency.training.steps.batches import padded
from tests.small_models import build
from tests.training_runs import TokenRow, as_tuples, assert_same_gradients, gradients, loss_apart, random_rows, tiny

Chunked = Callable[[int], None]


@pytest.fixture
def chunked(monkeypatch: pytest.MonkeyPatch) -> Chunked:
    """Sets how many positions are computed at once."""
    return lambda size: monkeypatch.setattr(scoring, "CHUNK", size)


def head_and_hidden(count: int, seed: int, bias: bool, learns: bool) -> tuple[Any, torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    head = torch.nn.Linear(8, 50, bias=bias).requires_grad_(learns)
    return head, torch.randn(count, 8, requires_grad=True), torch.randint(50, (count,))


@pytest.mark.parametrize("count", [0, 1, 6, 7, 8, 14, 15])
@pytest.mark.parametrize(("bias", "learns"), [(False, False), (False, True), (True, True)])
def test_log_probabilities_and_gradients_are_those_of_cross_entropy(
    chunked: Chunked, count: int, bias: bool, learns: bool
) -> None:
    """Fewer than a chunk of 7, a whole one, one more, two, and none."""
    chunked(7)
    head, hidden, targets = head_and_hidden(count, count, bias, learns)
    ours = token_logprobs(head, hidden, targets)
    theirs = -torch.nn.functional.cross_entropy(head(hidden), targets, reduction="none")
    assert ours.shape == (count,) and ours.dtype == torch.float32
    assert torch.allclose(ours, theirs, atol=1e-6)
    given = [hidden, *(head.parameters() if learns else [])]
    weights = torch.randn(count)
    mine = torch.autograd.grad((ours * weights).sum(), given)
    reference = torch.autograd.grad((theirs * weights).sum(), given)
    for one, other in zip(mine, reference, strict=True):
        assert torch.allclose(one, other, atol=1e-6)


def test_nothing_is_kept_where_nothing_learns(chunked: Chunked) -> None:
    chunked(3)
    head, hidden, targets = head_and_hidden(5, 1, True, True)
    with torch.no_grad():
        found = token_logprobs(head, hidden, targets)
    assert not found.requires_grad
    assert torch.allclose(found, token_logprobs(head, hidden, targets).detach())
    frozen = token_logprobs(head.requires_grad_(False), hidden.detach(), targets)
    assert not frozen.requires_grad


def test_a_head_that_learns_alone_learns(chunked: Chunked) -> None:
    """Where all below the head is frozen, its hidden states have no gradient."""
    chunked(3)
    head, hidden, targets = head_and_hidden(5, 2, True, True)
    still = hidden.detach()
    token_logprobs(head, still, targets).sum().backward()
    mine = {name: weight.grad.clone() for name, weight in head.named_parameters()}
    head.zero_grad()
    (-torch.nn.functional.cross_entropy(head(still), targets, reduction="sum")).backward()
    for name, weight in head.named_parameters():
        assert torch.allclose(mine[name], weight.grad, atol=1e-6), name


def test_bfloat16_is_summed_in_float32() -> None:
    head, hidden, targets = head_and_hidden(300, 3, False, True)
    head, hidden = head.bfloat16(), hidden.detach().bfloat16().requires_grad_()
    found = token_logprobs(head, hidden, targets)
    assert found.dtype == torch.float32
    found.sum().backward()
    assert head.weight.grad.dtype == hidden.grad.dtype == torch.bfloat16


def scored(model: Any, rows: list[TokenRow]) -> torch.Tensor:
    batch = padded(as_tuples(rows))
    return model(input_ids=batch["input_ids"], read_at=batch["read_at"], targets=batch["targets"])


@pytest.mark.parametrize("seed", range(3))
def test_the_loss_of_an_adapted_model_and_its_gradients_are_those_of_transformers(
    tiny_model: Path, adapter: Path, chunked: Chunked, seed: int
) -> None:
    chunked(16)
    model = load_model(tiny(tiny_model), adapter, trainable=True)
    make_scorable(model)
    rows = random_rows(5, seed)
    assert len({len(row["input_ids"]) for row in rows}) > 1, "some row must be padded"
    assert_same_gradients(model, -scored(model, rows).mean(), loss_apart(model, rows))


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "gpt_oss"])
def test_a_whole_model_learns_what_transformers_would_teach_it(chunked: Chunked, family: str, tied: bool) -> None:
    """All weights, the head among them, which may be the embedding too."""
    chunked(16)
    model = build(family, tie_word_embeddings=tied)
    make_scorable(model)
    head = model.get_output_embeddings().weight
    assert (head is model.get_input_embeddings().weight) == tied
    assert_same_gradients(model, -scored(model, random_rows(4, 1)).mean(), loss_apart(model, random_rows(4, 1)))


@given(rows=st.builds(random_rows, st.integers(1, 4), st.integers(0, 99)), chunk=st.integers(1, 80))
@fewer(max_examples=25)
def test_chunks_and_batches_change_no_log_probability(rows: list[TokenRow], chunk: int) -> None:
    model = build("llama", "sdpa")
    make_scorable(model)
    with torch.no_grad(), pytest.MonkeyPatch.context() as patch:
        together = scored(model, rows)
        patch.setattr(scoring, "CHUNK", chunk)
        assert torch.allclose(scored(model, rows), together, atol=1e-5)
        apart = torch.cat([scored(model, [row]) for row in rows])
        assert torch.allclose(apart, together, atol=1e-5)


def test_what_stands_after_a_row_does_not_reach_it() -> None:
    model = build("llama")
    make_scorable(model)
    rows = random_rows(2, 3)
    batch = padded(as_tuples(rows))
    with torch.no_grad():
        before = scored(model, rows)
        for line, row in enumerate(rows):
            batch["input_ids"][line, len(row["input_ids"]) :] = 7
        assert torch.equal(model(**batch), before), "the padding is any token"
        batch["input_ids"][0, 0] = 9
        assert not torch.allclose(model(**batch), before), "the planted fault: what stands before it does"


def test_without_targets_the_model_is_called_as_before(tiny_model: Path, adapter: Path) -> None:
    plain, scorable = (load_model(tiny(tiny_model), adapter) for _ in range(2))
    make_scorable(scorable)
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.no_grad():
        assert torch.equal(plain(ids).logits, scorable(ids).logits)
        assert torch.equal(plain(input_ids=ids, labels=ids).loss, scorable(input_ids=ids, labels=ids).loss)
    assert gradients(scorable) == {}
