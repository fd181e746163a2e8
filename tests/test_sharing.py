"""A prompt that is computed once for its answers gives what it gives when it is computed for each."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as fewer
from hypothesis import strategies as st
from torch.nn.attention.flex_attention import create_mask

from residency.core.errors import ProofError
from residency.core.stage import StageContext
from residency.generation.generate import model_body
from residency.training.model import attention, separation
from residency.training.model.attention import by_blocks, by_masks, by_positions, which_reads_which
from residency.training.model.scoring import make_scorable
from residency.training.model.separation import prove_shared
from residency.training.pairs.objectives import PairLoss
from residency.training.pairs.preferred import Preferred
from residency.training.preference import sharing
from residency.training.proof.claims import answers_shown
from residency.training.settings import PreferenceSettings
from residency.training.steps.batches import PairTokens, packed, shared
from tests.small_models import ATTENTION, WINDOW, build
from tests.training_runs import Mortal, assert_same_gradients, gradients, logprobs_apart, random_pairs

FAMILIES = [("llama", "eager"), ("llama", "sdpa"), ("qwen3_moe", "sdpa"), ("gpt_oss", "eager")]
MODELS: dict[tuple[str, str], Any] = {}
PAIRS = st.builds(
    random_pairs,
    count=st.integers(1, 3),
    seed=st.integers(0, 999),
    prompt=st.sampled_from([(1, 3), (WINDOW + 2, 3 * WINDOW), (50, 70)]),
    answers=st.integers(2, 3),
)


def scorable(family: str, kind: str) -> Any:
    if (family, kind) not in MODELS:
        MODELS[family, kind] = build(family, kind)
        make_scorable(MODELS[family, kind])
    return MODELS[family, kind]


@pytest.mark.parametrize(("family", "kind"), FAMILIES)
@given(pairs=PAIRS)
@fewer(max_examples=12)
def test_log_probabilities_and_gradients_are_those_of_each_answer_by_itself(
    family: str, kind: str, pairs: list[PairTokens]
) -> None:
    """In fp32, over lengths on both sides of the window, several pairs a batch, two answers and three."""
    model = scorable(family, kind)
    weights = torch.randn(len(pairs), len(pairs[0].answers), generator=torch.Generator().manual_seed(1))
    objective = Preferred(pairs, PairLoss({"dpo": 1.0}), by_masks)
    micro = objective.micro(range(len(pairs)))
    found, expected = objective.logprobs(model, micro), logprobs_apart(model, pairs)
    assert (found - expected).abs().max() < 1e-4
    mine = torch.autograd.grad((found * weights).sum(), list(model.parameters()))
    reference = torch.autograd.grad((expected * weights).sum(), list(model.parameters()))
    greatest = max(float(gradient.abs().max()) for gradient in reference)
    for one, other in zip(mine, reference, strict=True):
        assert float((one - other).abs().max()) < 1e-4 * greatest
    unshared = Preferred(pairs, PairLoss({"dpo": 1.0}), None)
    plain = unshared.logprobs(model, unshared.micro(range(len(pairs))))
    assert (plain - expected).abs().max() < 1e-4


def test_the_loss_and_its_gradients_are_the_same_in_batches_of_any_size() -> None:
    model = scorable("gpt_oss", "eager")
    pairs = random_pairs(5, 3, (1, 3 * WINDOW))
    loss = PairLoss({"dpo": 1.0, "ipo": 0.5}, likelihood=0.2)
    objective, alone = Preferred(pairs, loss, by_masks), Preferred(pairs, loss, None)
    whole = objective.counts(range(5))

    def total(one: Preferred, batches: list[list[int]]) -> torch.Tensor:
        return torch.stack([one.loss(model, one.micro(batch), whole)[0] for batch in batches]).sum()

    assert_same_gradients(model, total(objective, [[0, 1, 2], [3, 4]]), total(alone, [[0], [1, 2, 3, 4]]))


def test_an_answer_reads_the_prompt_and_itself_and_not_the_one_before_it() -> None:
    micro = shared([PairTokens([5, 6], ([7, 8], [9]))])
    reads = which_reads_which(micro)
    places = torch.arange(5)
    found = reads(torch.zeros(1, dtype=torch.long), None, places[:, None], places[None])
    assert found.int().tolist() == [
        [1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 1, 0, 0],
        [1, 1, 1, 1, 0],
        [1, 1, 0, 0, 1],
    ]
    assert micro["position_ids"][0, :5].tolist() == [0, 1, 2, 3, 2]


@pytest.mark.parametrize("family", ["llama", "gpt_oss"])
@pytest.mark.parametrize("pack", [True, False])
def test_block_masks_say_what_dense_masks_say(family: str, pack: bool) -> None:
    """Both are made of one function; flex attention asks it place by place."""
    model = build(family)
    rows = [(pair.prompt, pair.prompt) for pair in random_pairs(3, 1)]
    micro = packed(rows) if pack else shared(random_pairs(3, 2, (WINDOW, 3 * WINDOW), 3))
    dense, sparse = (way(model, micro)["attention_mask"] for way in (by_masks, by_blocks))
    batch, width = micro["input_ids"].shape
    if family == "llama":
        dense, sparse = {"all": dense}, {"all": sparse}
    assert dense.keys() == sparse.keys()
    for name, mask in dense.items():
        asked = create_mask(sparse[name].mask_mod, batch, 1, width, width, device="cpu")
        assert torch.equal(asked, mask == 0), name
        assert sparse[name].shape == (batch, 1, width, width)
    if family == "gpt_oss":
        assert (dense["sliding_attention"] != 0).sum() > (dense["full_attention"] != 0).sum()


# The proof


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("family", "kind"), ATTENTION)
def test_each_family_is_shown_to_share_a_prompt(family: str, kind: str, dtype: torch.dtype) -> None:
    model = build(family, kind, dtype).train()
    make_scorable(model)
    before = torch.get_rng_state()
    assert prove_shared(model, 512) is by_masks
    assert model.training and torch.equal(torch.get_rng_state(), before), "the training is not touched"
    assert gradients(model) == {}


def forgets_above(micro: Any, window: int | None = None) -> Any:
    """A planted mask by which answers do not read their prompt."""
    return which_reads_which({**micro, "above": micro["row"]}, window)


def forgets_rows(micro: Any, window: int | None = None) -> Any:
    """A planted mask by which a token reads all that stands before it."""
    nothing = torch.zeros_like(micro["row"])
    return which_reads_which({**micro, "row": nothing, "above": nothing}, window)


@pytest.mark.parametrize("planted", [forgets_above, forgets_rows])
@pytest.mark.parametrize(("family", "kind"), FAMILIES)
def test_a_mask_that_forgets_the_prompt_or_lets_answers_cross_is_refused(
    monkeypatch: pytest.MonkeyPatch, family: str, kind: str, planted: Any
) -> None:
    monkeypatch.setattr(attention, "which_reads_which", planted)
    with pytest.raises(ProofError, match=r"not shown that answers that share a prompt stay apart.*by_masks: .*Set it"):
        prove_shared(scorable(family, kind), 512)


def test_positions_that_go_on_through_the_first_answer_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token reads what it must not, and each answer but the first stands in the wrong place."""

    def onward(model: Any, micro: Any) -> dict[str, Any]:
        given = by_masks(model, micro)
        return {**given, "position_ids": torch.arange(micro["row"].shape[1])[None].expand_as(micro["row"])}

    monkeypatch.setattr(separation, "by_masks", onward)
    monkeypatch.setitem(separation.TAKEN_BY, onward, ("eager", "sdpa"))
    with pytest.raises(ProofError, match=r"onward: .* nats a token off, derivative 0\)"):
        prove_shared(scorable("llama", "sdpa"), 512)


def test_a_window_that_is_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sliding layers that see the whole prompt: no answer crosses, but the losses are others."""
    monkeypatch.setattr(attention, "which_reads_which", lambda micro, window=None: which_reads_which(micro))
    with pytest.raises(ProofError, match=r"by_masks: .* nats a token off, derivative 0\)"):
        prove_shared(scorable("gpt_oss", "eager"), 512)


def deaf(model: Any) -> Any:
    """Plants one layer that ignores masks."""
    layer = model_body(model).layers[1].self_attn
    return layer.register_forward_pre_hook(
        lambda module, args, kwargs: (args, {**kwargs, "attention_mask": None}), with_kwargs=True
    )


def prepared(setting: Any, model: Any) -> tuple[Any, Mortal]:
    progress = Mortal()
    context = StageContext({}, {}, Path("unused"), seed=5, progress=progress)
    found = sharing(model, PreferenceSettings(share_prompts=setting), random_pairs(3), context)
    return found, progress


def test_a_model_that_lets_answers_cross_computes_them_apart_or_is_refused() -> None:
    model = build("llama", "sdpa")
    make_scorable(model)
    hook = deaf(model)
    found, progress = prepared("auto", model)
    assert found is None
    (note,) = progress.notes
    assert note.startswith("prompts are computed for each answer apart: it is not shown that")
    with pytest.raises(ProofError, match=r"^preference\.share_prompts = 'always': .* Set it to auto$"):
        prepared("always", model)
    hook.remove()
    for setting in ("auto", "always"):
        found, progress = prepared(setting, model)
        assert found is by_masks and progress.notes == []
    assert prepared("never", model)[0] is None


def test_a_model_whose_layers_carry_over_from_token_to_token_is_refused() -> None:
    model = build("lfm2", "sdpa")
    make_scorable(model)
    with pytest.raises(ProofError, match="in lfm2 with the attention 'sdpa'"):
        prove_shared(model, 512)


def test_what_reads_rows_from_positions_alone_is_no_way_to_share() -> None:
    """Positions that restart part an answer from its prompt; the proof would tell."""
    model = scorable("llama", "sdpa")
    micro = shared(random_pairs(1, 1, (30, 30)))
    given = {name: micro[name] for name in ("input_ids", "read_at", "targets")}
    with torch.no_grad():
        right, wrong = (model(**given, **way(model, micro)) for way in (by_masks, by_positions))
    assert (right - wrong).abs().max() > 0.1


@pytest.mark.parametrize("attention", [by_masks, None])
def test_what_a_first_batch_of_pairs_learns_is_shown_and_another_answer_is_found(attention: Any) -> None:
    pairs = random_pairs(3, 5, (4, 9), answers=3)
    renderer: Any = SimpleNamespace(decode=lambda ids: " ".join(map(str, ids)))
    objective = Preferred(pairs, PairLoss({"kto": 1.0}), attention)
    claim = answers_shown(objective, renderer)([1, 2])["labels"]
    assert claim == {"pairs": 2, "learnt_of_the_first": " ".join(map(str, pairs[1].answers[0]))}
    good = objective.micro

    def swapped(members: Any) -> Any:
        micro = good(members)
        return micro | {"targets": micro["targets"].flip(0)}

    def shifted(members: Any) -> Any:
        micro = good(members)
        return micro | {"read_at": micro["read_at"] + 1}

    for planted in (swapped, shifted):
        objective.micro = planted  # type: ignore[method-assign]
        with pytest.raises(ProofError, match="the answers of pair 2"):
            answers_shown(objective, renderer)([1, 2])
