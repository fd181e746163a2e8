"""Continuations of a prompt that is computed once: each has the log-probability that it has by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as fewer
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.generation import lines, sharing
from residency.generation.choices import choice_logprobs, encode_choices
from residency.generation.generate import model_body, output_head
from residency.generation.lines import Asked, lines_of
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.generation.sharing import shares_prompts
from tests.small_models import ATTENTION, CONFIGS, WINDOW, build
from tests.tiny_experts import tiny_gpt_oss, tiny_qwen3_moe  # noqa: F401 - fixtures

MODELS: dict[tuple[str, str], Any] = {}
ids = st.integers(3, 1100)
ASKED = st.builds(
    Asked,
    st.lists(ids, min_size=1, max_size=3 * WINDOW),
    # Few kinds of token, so that continuations begin alike, go on from one another, and are the same.
    st.lists(st.lists(st.integers(3, 5), min_size=1, max_size=WINDOW + 2), min_size=1, max_size=5),
)


def small(family: str, kind: str) -> Any:
    if (family, kind) not in MODELS:
        MODELS[family, kind] = build(family, kind).eval()
    return MODELS[family, kind]


def plain(model: Any, asked: Sequence[Asked]) -> list[list[float]]:
    """Each continuation in a row of its own, by the whole model."""
    found = []
    for prompt, continuations in asked:
        row = []
        for tokens in continuations:
            with torch.no_grad():
                logits = model(torch.tensor([[*prompt, *tokens]])).logits[0].float()
            logprobs = torch.log_softmax(logits, dim=-1)
            row.append(sum(float(logprobs[len(prompt) + place - 1, token]) for place, token in enumerate(tokens)))
        found.append(row)
    return found


def assert_same(found: list[list[float]], expected: list[list[float]], allowed: float = 2e-4) -> None:
    assert [len(row) for row in found] == [len(row) for row in expected]
    for row, other in zip(found, expected, strict=True):
        assert row == pytest.approx(other, abs=allowed)


@pytest.mark.parametrize(("family", "kind"), [*ATTENTION, ("lfm2", "eager")])
@given(asked=st.lists(ASKED, max_size=4), budget=st.sampled_from([1, 40, 300]))
@fewer(max_examples=8, deadline=None)
def test_a_continuation_has_the_log_probability_that_it_has_by_itself(
    family: str, kind: str, asked: list[Asked], budget: int
) -> None:
    """In fp32, on both sides of the window of gpt-oss, and where a convolution lets nothing be shared."""
    model = small(family, kind)
    assert_same(choice_logprobs(model, asked, budget), plain(model, asked))


OPTIONS = [Asked([7] * (WINDOW + 3), [[3, 4, 5, 6], [8, 9, 10], [3, 11, 12], [13]]), Asked([9, 8], [[3, 4], [5, 6]])]


@pytest.mark.parametrize("family", CONFIGS)
def test_a_prompt_is_shared_where_that_is_exact_and_nowhere_else(family: str) -> None:
    assert shares_prompts(small(family, "eager"), 100) == (family != "lfm2")


@pytest.mark.parametrize("planted", ["no border", "no window", "positions"])
def test_where_continuations_would_be_misread_each_has_a_row_of_its_own(
    planted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = build("gpt_oss", "eager").eval()
    masks, reads = lines._masks, lines.which_reads_which
    if planted == "positions":

        def onward(*given: Any) -> dict[str, Any]:
            found = masks(*given)
            return found | {"position_ids": torch.arange(found["position_ids"].shape[1])[None]}

        monkeypatch.setattr(lines, "_masks", onward)
    elif planted == "no window":
        monkeypatch.setattr(lines, "which_reads_which", lambda rows, window: reads(rows))
    else:
        monkeypatch.setattr(
            lines, "which_reads_which", lambda rows, window: reads(rows | {"row": rows["above"]}, window)
        )
    assert not shares_prompts(model, 100)
    assert_same(choice_logprobs(model, OPTIONS), plain(model, OPTIONS))


def test_what_is_found_out_of_a_model_is_found_out_once_for_each_attention(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build("llama", "sdpa").eval()
    tried: list[str] = []
    exact = sharing._is_exact

    def counted(model: Any, trunk: int) -> bool:
        tried.append(model.config._attn_implementation)
        return exact(model, trunk)

    monkeypatch.setattr(sharing, "_is_exact", counted)
    for kind in ("sdpa", "sdpa", "eager", "sdpa"):
        model.set_attn_implementation(kind)
        assert_same(choice_logprobs(model, OPTIONS), plain(model, OPTIONS))
    assert tried == ["sdpa", "eager"]


def test_kinds_of_attention_that_take_no_masks_are_not_tried() -> None:
    model = build("llama", "sdpa")
    model.config._attn_implementation = "flash_attention_2"
    assert not shares_prompts(model, 100)


def test_letters_cost_their_prompt_alone_and_the_head_reads_one_place_of_it() -> None:
    model = small("llama", "sdpa")
    prompts = [[5] * length for length in (9, 7, 8)]
    computed, read = seen(model, lambda: choice_logprobs(model, [Asked(one, [[3], [4], [5]]) for one in prompts]))
    assert computed == [27] and read == [3], "three rows of nine places"


def test_texts_are_computed_after_one_prompt_up_to_their_last_token() -> None:
    model = small("llama", "sdpa")
    asked = [Asked([5] * 50, [[3, 4, 6, 7], [3, 4, 8, 9], [3, 4, 8, 10]])]
    shares_prompts(model, 60)
    computed, read = seen(model, lambda: choice_logprobs(model, asked))
    # Both tokens that all begin with go with the prompt; two go on by a token of their own; the last is only read.
    assert computed == [50 + 2 + 2] and read == [5]


def seen(model: Any, ask: Callable[[], object]) -> tuple[list[int], list[int]]:
    """How many places the body was given at a time, and the head."""
    body, head = [], []
    hooks = [
        model_body(model).register_forward_pre_hook(
            lambda _, __, given: body.append(given["input_ids"].numel()), with_kwargs=True
        ),
        output_head(model).register_forward_pre_hook(lambda _, given: head.append(len(given[0]))),
    ]
    try:
        ask()
    finally:
        for hook in hooks:
            hook.remove()
    return body, head


@fewer(max_examples=30, deadline=None)
@given(asked=ASKED)
def test_shared_or_apart_the_same_tokens_are_read_after_the_same_tokens(asked: Asked) -> None:
    for share in (True, False):
        found: dict[int, list[int]] = {}
        for line in lines_of(0, asked, share):
            assert share or len(line.branches) < 2
            for read in line.reads:
                found.setdefault(read.owner[1], []).append(read.token)
        assert [found[which] for which in sorted(found)] == [list(tokens) for tokens in asked.continuations]


def test_the_logits_held_at_once_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    model = small("llama", "sdpa")
    expected = choice_logprobs(model, OPTIONS)
    monkeypatch.setattr(lines, "LOGITS", 2 * model.config.vocab_size)
    found: list[list[float]] = []
    _, read = seen(model, lambda: found.extend(choice_logprobs(model, OPTIONS)))
    assert max(read) == 2
    assert_same(found, expected, 1e-5)


def test_an_adapter_counts(tiny_model: Path, adapter: Path) -> None:
    settings = ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")
    base, tuned = load_model(settings), load_model(settings, adapter)
    assert_same(choice_logprobs(tuned, OPTIONS), plain(tuned, OPTIONS))
    assert choice_logprobs(tuned, OPTIONS)[0][0] != pytest.approx(choice_logprobs(base, OPTIONS)[0][0], abs=1e-3)


@pytest.mark.parametrize("name", ["tiny_gpt_oss", "tiny_qwen3_moe"])
def test_models_with_experts_in_both_precisions(name: str, request: pytest.FixtureRequest) -> None:
    folder = str(request.getfixturevalue(name))
    exact = load_model(ModelSettings(name=folder, dtype="float32", device="cpu"))
    assert shares_prompts(exact, 100)
    assert_same(choice_logprobs(exact, OPTIONS), plain(exact, OPTIONS))
    coarse = load_model(ModelSettings(name=folder, dtype="bfloat16", device="cpu"))
    assert_same(choice_logprobs(coarse, OPTIONS), plain(exact, OPTIONS), 1.0)


def test_a_model_trained_with_flex_attention_is_read_with_what_it_is_served_with() -> None:
    model = build("llama", "sdpa").eval()
    expected = choice_logprobs(model, OPTIONS)
    model.set_attn_implementation("flex_attention")
    assert choice_logprobs(model, OPTIONS) == expected
    assert model.config._attn_implementation == "flex_attention"


def test_what_is_empty_is_refused() -> None:
    for asked in (Asked([], [[3]]), Asked([3], [[4], []])):
        with pytest.raises(ValueError, match="may be empty"):
            choice_logprobs(small("llama", "sdpa"), [asked])
    assert choice_logprobs(small("llama", "sdpa"), [Asked([3], [])]) == [[]]


# Texts


def test_texts_are_encoded_as_the_harness_does(tiny_model: Path) -> None:
    """Its rule, in its own words: a context's trailing spaces go to the continuation, the whole is encoded, and the
    tokens after the context's are the continuation's."""
    tokenizer = load_tokenizer(ModelSettings(name=str(tiny_model)))
    context, options = "Question: which repair?  ", ["mesh", "Suture repair of the hernia", "né"]
    (asked,) = encode_choices(lambda texts: tokenizer(texts).input_ids, [(context, options)])
    assert asked.prompt == tokenizer("Question: which repair?").input_ids
    for option, found in zip(options, asked.continuations, strict=True):
        whole = tokenizer("Question: which repair?  " + option).input_ids
        assert found == whole[len(asked.prompt) :] and tokenizer.decode(found) == "  " + option


def test_texts_that_come_to_nothing_are_refused_in_one_line(tiny_model: Path) -> None:
    tokenizer = load_tokenizer(ModelSettings(name=str(tiny_model)))
    for questions, says in (
        ([("Answer:", [" A", ""])], "adds no token.*Leave it out"),
        ([(" ", ["A"])], "nothing before"),
    ):
        with pytest.raises(InputError, match=says):
            encode_choices(lambda texts: tokenizer(texts).input_ids, questions)
