"""Several requests to one loaded model: each gets what it would have got alone, whoever comes and goes meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from residency.chat.load import renderer_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings
from residency.core.errors import InputError, ServerError, UsageError
from residency.core.prompt import conversation, user_message
from residency.core.tools import TOOLS
from residency.generation.generate import generate
from residency.generation.models import load_model, load_tokenizer
from residency.generation.sampling import GREEDY, Sampling
from residency.generation.settings import ModelSettings
from residency.serving.contract import ModelRequest, Piece
from residency.serving.upstream.batch import Batch, End, Row
from residency.serving.upstream.caches import can_join
from residency.serving.upstream.engine import Engine
from residency.serving.upstream.found import of_model, of_run
from residency.serving.upstream.local import LocalUpstream, load_local
from residency.serving.upstream.opening import open_upstream

PROMPTS = [[5, 6, 7], [8] * 40, [300, 20, 11, 9, 700], list(range(30, 130)), [77], [400, 401] * 11, [9, 9], [500] * 17]
LIMITS = [30, 5, 24, 12, 40, 1, 19, 28]


@pytest.fixture(scope="module")
def settings(tiny_model: Path) -> ModelSettings:
    return ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")


@pytest.fixture(scope="module")
def model(settings: ModelSettings) -> Any:
    return load_model(settings)


@pytest.fixture(scope="module")
def renderer(settings: ModelSettings) -> Renderer:
    return renderer_of(load_tokenizer(settings), ChatSettings())


def windowed(kind: str) -> Any:
    """A random model some layers of which, or all, see but the last tokens."""
    import torch
    import transformers

    torch.manual_seed(3)
    sizes: dict[str, Any] = {
        "vocab_size": 1200,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "sliding_window": 12,
        "initializer_range": 0.5,
        "pad_token_id": 2,
    }
    if kind == "gpt_oss":
        config: Any = transformers.GptOssConfig(**sizes, num_local_experts=4, num_experts_per_tok=2)
    else:
        config = transformers.MistralConfig(**sizes)
    return transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()


class Heard:
    """What a row was given."""

    def __init__(self) -> None:
        self.tokens: list[int] = []
        self.end: End = ""
        self.failure = ""

    def give(self, token: int | None, end: End) -> None:
        assert not self.end, "nothing is given after the end"
        self.tokens += [] if token is None else [token]
        self.end = end

    def fail(self, what: str) -> None:
        self.failure = what


def row(prompt: Sequence[int], limit: int, stops: Sequence[int] = (2,), choose: Any = None) -> tuple[Row, Heard]:
    heard = Heard()
    return Row(prompt, limit, frozenset(stops), choose, heard.give, heard.fail), heard


def written_together(model: Any, share: int, every: int) -> list[Heard]:
    """All prompts in one batch, a new one every few steps, their prompts read in parts of ``share`` tokens."""
    import torch

    batch, waiting, heard, turn = Batch(model), [], [], 0
    for prompt, limit in zip(PROMPTS, LIMITS, strict=True):
        one, told = row(prompt, limit)
        waiting.append(one)
        heard.append(told)
    with torch.inference_mode():
        while waiting or batch.reading or batch.rows:
            if waiting and batch.reading is None and turn % every == 0:
                batch.start(waiting.pop(0))
            batch.read(share)
            batch.step()
            turn += 1
    return heard


def alone(model: Any, prompt: Sequence[int], limit: int) -> list[int]:
    return generate(model, [prompt], stop=[2], max_new_tokens=limit)[0]


@pytest.mark.parametrize(("share", "every"), [(1000, 1), (7, 1), (16, 3), (1, 2)])
def test_rows_that_come_and_go_are_given_the_tokens_that_they_get_alone(model: Any, share: int, every: int) -> None:
    heard = written_together(model, share, every)
    assert [one.tokens for one in heard] == [alone(model, *asked) for asked in zip(PROMPTS, LIMITS, strict=True)]
    lengths = [len(one.tokens) for one in heard]
    assert [one.end for one in heard] == [
        "length" if length == limit else "stop" for length, limit in zip(lengths, LIMITS, strict=True)
    ]


@pytest.mark.parametrize("kind", ["mistral", "gpt_oss"])
@pytest.mark.parametrize("share", [1000, 9])
def test_layers_with_a_window_keep_what_each_row_may_still_read(kind: str, share: int) -> None:
    model = windowed(kind)
    heard = written_together(model, share, 2)
    assert [one.tokens for one in heard] == [alone(model, *asked) for asked in zip(PROMPTS, LIMITS, strict=True)]


def test_an_adapter_takes_part(settings: ModelSettings, adapter: Path, model: Any) -> None:
    tuned = load_model(settings, adapter)
    heard = written_together(tuned, 16, 2)
    assert [one.tokens for one in heard] == [alone(tuned, *asked) for asked in zip(PROMPTS, LIMITS, strict=True)]
    assert heard[0].tokens != alone(model, PROMPTS[0], LIMITS[0]), "and it changes what is said"


def test_a_model_whose_state_cannot_be_padded_answers_one_at_a_time() -> None:
    import torch
    import transformers

    config = transformers.Qwen3NextConfig(
        vocab_size=64,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
        linear_num_key_heads=2,
        linear_num_value_heads=2,
        linear_key_head_dim=8,
        linear_value_head_dim=8,
        num_experts=2,
        num_experts_per_tok=1,
        moe_intermediate_size=8,
        shared_expert_intermediate_size=8,
        layer_types=["linear_attention", "full_attention"],
    )
    torch.manual_seed(0)
    model: Any = transformers.AutoModelForCausalLM.from_config(config).eval()
    assert not can_join(transformers.DynamicCache(config=config))
    engine = Engine(model)
    rows = [row([5, 6, 7 + number], 6, stops=[]) for number in range(3)]
    for one, _ in rows:
        engine.submit(one)
    wait(lambda: all(heard.end for _, heard in rows))
    engine.close()
    together = [heard.tokens for _, heard in rows]
    assert together == generate(model, [one.prompt for one, _ in rows], stop=[], max_new_tokens=6, batch_size=1)


def test_whoever_writes_gets_a_token_for_each_part_of_a_long_prompt_that_is_read(model: Any) -> None:
    import torch

    batch = Batch(model)
    writer, wrote = row([5, 6, 7], 500, stops=())
    late, came = row(list(range(100, 500)), 5, stops=())
    with torch.inference_mode():
        batch.start(writer)
        batch.read(8)
        batch.start(late)
        while not came.tokens:
            batch.read(8)
            batch.step()
    assert len(wrote.tokens) == 1 + 400 // 8
    assert wrote.tokens == alone(model, [5, 6, 7], 1 + 400 // 8)


def test_a_row_that_is_left_makes_room_before_the_next_step(model: Any) -> None:
    import torch

    batch = Batch(model)
    asked = [row(PROMPTS[3], 50, stops=()), row([5, 6, 7], 50, stops=())]
    with torch.inference_mode():
        for one, _ in asked:
            batch.start(one)
            batch.read(1000)
        batch.step()
        asked[0][0].left = True
        batch.step()
        assert batch.rows == [asked[1][0]]
        before = len(asked[0][1].tokens)
        for _ in range(20):
            batch.step()
    assert len(asked[0][1].tokens) == before
    assert asked[1][1].tokens == alone(model, [5, 6, 7], len(asked[1][1].tokens))


# The upstream


def ask(*questions: str, **fields: Any) -> list[ModelRequest]:
    return [ModelRequest(conversation("CLINICAL", [user_message(question)]), **fields) for question in questions]


QUESTIONS = [f"What is done about {what}?" for what in ("a hernia", "burns of the hand", "sepsis", "ileus", "a " * 50)]


async def whole(stream: AsyncIterator[Piece]) -> list[Piece]:
    return [piece async for piece in stream]


def text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def serving(
    model: Any, renderer: Renderer, use: Callable[[LocalUpstream], Any], sampling: Sampling = GREEDY, streams: int = 8
) -> Any:
    async def go() -> Any:
        upstream = LocalUpstream(model, renderer, sampling, streams=streams)
        try:
            return await use(upstream)
        finally:
            await upstream.close()

    return asyncio.run(go())


def wait(until: Callable[[], bool]) -> None:
    import time

    for _ in range(3000):
        if until():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come")


def test_answers_in_pieces_are_those_that_the_model_gives_alone(model: Any, renderer: Renderer) -> None:
    asked = ask(*QUESTIONS, max_tokens=40)

    async def use(upstream: LocalUpstream) -> list[list[Piece]]:
        return await asyncio.gather(*(whole(upstream.stream(one)) for one in asked))

    given = serving(model, renderer, use, streams=3)
    for request, pieces in zip(asked, given, strict=True):
        prompt = renderer.prompt(request.messages)
        (ids,) = generate(model, [prompt], stop=renderer.stops, max_new_tokens=40)
        assert text_of(pieces) == renderer.answer(ids)
        assert (pieces[-1].prompt_tokens, pieces[-1].completion_tokens) == (len(prompt), len(ids))
        assert pieces[-1].finish == ("length" if len(ids) == 40 else "stop")
        assert [piece.finish for piece in pieces[:-1]] == [""] * (len(pieces) - 1)
        assert len(pieces) > 3, "it comes in pieces"


def test_a_seed_gives_the_same_answer_whoever_else_is_asked(model: Any, renderer: Renderer) -> None:
    (request,) = ask("How are burns graded?", max_tokens=30, seed=11, temperature=1.0)
    others = ask(*QUESTIONS, max_tokens=25, temperature=1.3)

    async def use(upstream: LocalUpstream) -> tuple[str, str, str]:
        first = text_of(await whole(upstream.stream(request)))
        among = await asyncio.gather(*(whole(upstream.stream(one)) for one in [*others[:3], request, *others[3:]]))
        (other,) = ask("How are burns graded?", max_tokens=30, seed=12, temperature=1.0)
        return first, text_of(among[3]), text_of(await whole(upstream.stream(other)))

    first, among, with_another = serving(model, renderer, use)
    assert first == among
    assert with_another != first


def test_what_is_recommended_is_used_where_a_request_does_not_say(model: Any, renderer: Renderer) -> None:
    drawn = Sampling(1.5, 1.0, 0)

    async def use(upstream: LocalUpstream) -> tuple[str, str, str]:
        told = [*ask(QUESTIONS[0], seed=3, max_tokens=20), *ask(QUESTIONS[0], seed=3, max_tokens=20, temperature=1.5)]
        first, second = [text_of(await whole(upstream.stream(one))) for one in told]
        (greedy,) = ask(QUESTIONS[0], seed=3, max_tokens=20, temperature=0)
        return first, second, text_of(await whole(upstream.stream(greedy)))

    first, second, greedy = serving(model, renderer, use, drawn)
    assert first == second != greedy


def test_who_closes_the_iterator_stops_the_model_and_frees_the_place(model: Any, renderer: Renderer) -> None:
    asked = ask(*QUESTIONS[:2], max_tokens=3000)

    async def use(upstream: LocalUpstream) -> Piece:
        stream = upstream.stream(asked[0])
        await anext(stream)
        waits = asyncio.create_task(whole(upstream.stream(ask(QUESTIONS[1], max_tokens=4)[0])))
        await asyncio.sleep(0)
        await stream.aclose()
        last = (await waits)[-1]
        await asyncio.to_thread(wait, lambda: upstream.engine.busy == 0)
        return last

    assert serving(model, renderer, use, streams=1).finish in ("stop", "length")


def test_a_task_that_is_cancelled_frees_the_place_too(model: Any, renderer: Renderer) -> None:
    async def use(upstream: LocalUpstream) -> None:
        task = asyncio.create_task(whole(upstream.stream(ask(QUESTIONS[0], max_tokens=3000)[0])))
        await asyncio.to_thread(wait, lambda: upstream.engine.busy == 1)
        task.cancel()
        await asyncio.to_thread(wait, lambda: upstream.engine.busy == 0)

    serving(model, renderer, use)


def test_strings_to_stop_at_end_the_answer_before_them(model: Any, renderer: Renderer) -> None:
    (request,) = ask(QUESTIONS[0], max_tokens=40)

    async def use(upstream: LocalUpstream) -> tuple[str, list[Piece]]:
        text = text_of(await whole(upstream.stream(request)))
        stop = text[len(text) // 2 :][:3]
        (cut,) = ask(QUESTIONS[0], max_tokens=40, stop=("never said", stop))
        return text[: text.find(stop)].rstrip(), await whole(upstream.stream(cut))

    wanted, pieces = serving(model, renderer, use)
    assert text_of(pieces) == wanted
    assert pieces[-1].finish == "stop"


def test_a_conversation_that_leaves_no_room_for_an_answer_is_refused_in_one_line(
    model: Any, renderer: Renderer
) -> None:
    async def use(upstream: LocalUpstream) -> None:
        await whole(upstream.stream(ask("word " * 5000)[0]))

    with pytest.raises(ServerError, match=r"the model reads 4,096 with its answer"):
        serving(model, renderer, use)


def test_tools_that_the_model_was_not_taught_are_the_callers_mistake(model: Any, renderer: Renderer) -> None:
    async def use(upstream: LocalUpstream) -> None:
        assert not upstream.calls_tools
        await whole(upstream.stream(ask("Why?", tools=TOOLS)[0]))

    with pytest.raises(UsageError, match="know no tools"):
        serving(model, renderer, use)


@pytest.mark.parametrize("place", ["_logits", "_new_cache", "_chosen", "step"])
def test_a_model_that_fails_fails_who_asked_and_answers_the_next(
    place: str, model: Any, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use(upstream: LocalUpstream) -> list[Piece]:
        with monkeypatch.context() as planted:
            planted.setattr(upstream.engine._batch, place, lambda *_, **__: 1 / 0)
            with pytest.raises(ServerError, match=r"the model failed \(ZeroDivisionError\)") as failed:
                await whole(upstream.stream(ask("Why?")[0]))
            assert "\n" not in str(failed.value)
        return await whole(upstream.stream(ask("Why?", max_tokens=5)[0]))

    assert serving(model, renderer, use)[-1].finish in ("stop", "length")


def test_after_the_end_nobody_waits(model: Any, renderer: Renderer) -> None:
    async def go() -> None:
        upstream = LocalUpstream(model, renderer)
        task = asyncio.create_task(whole(upstream.stream(ask(QUESTIONS[0], max_tokens=3000)[0])))
        await asyncio.to_thread(wait, lambda: upstream.engine.busy == 1)
        await upstream.close()
        with pytest.raises(ServerError, match="being stopped"):
            await task
        with pytest.raises(ServerError, match="not served any more"):
            await whole(upstream.stream(ask("Why?")[0]))

    asyncio.run(go())


# What is opened


def test_a_runs_model_is_opened_as_it_was_trained(run_folder: Path) -> None:
    found = of_run(run_folder)
    assert found.name == "tiny-preference"
    assert found.tuned == run_folder / "preference" / "adapter"

    async def go() -> tuple[str, int]:
        upstream = open_upstream(str(run_folder))
        (request,) = ask("How is a hernia repaired?", max_tokens=12)
        try:
            return text_of(await whole(upstream.stream(request))), upstream.size(request.messages)
        finally:
            await upstream.close()

    text, size = asyncio.run(go())
    renderer = renderer_of(load_tokenizer(found.settings), found.chat)
    prompt = renderer.prompt(ask("How is a hernia repaired?")[0].messages)
    (ids,) = generate(load_model(found.settings, found.tuned), [prompt], stop=renderer.stops, max_new_tokens=12)
    assert (text, size) == (renderer.answer(ids), len(prompt))


def test_the_digest_tells_one_state_of_a_model_from_another(tiny_model: Path, tmp_path: Path) -> None:
    import shutil

    for name in ("one", "same", "changed"):
        shutil.copytree(tiny_model, tmp_path / name)
    weights = tmp_path / "changed" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    one, same, changed = (
        of_model(ModelSettings(name=str(tmp_path / name))).digest for name in ("one", "same", "changed")
    )
    assert one == same != changed


@pytest.mark.parametrize(
    ("target", "error", "said"),
    [
        ("./nowhere", InputError, "there is no such folder"),
        ("", UsageError, "neither a model nor a server"),
        ("./model.gguf", InputError, "there is no such file"),
    ],
)
def test_what_cannot_be_opened_is_told_in_one_line(target: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said) as failed:
        open_upstream(target)
    assert "\n" not in str(failed.value)


def test_a_run_that_trained_nothing_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_text("{}")
    with pytest.raises(InputError, match="no trained adapter"):
        of_run(tmp_path)


@pytest.mark.slow
def test_the_embedded_model_answers_eight_at_once_as_alone() -> None:
    found = of_model(ModelSettings(dtype="float32", device="cpu"))
    upstream = load_local(found)
    asked = ask(*QUESTIONS, "Why is a seroma drained?", "When?", "What is a stoma?", max_tokens=24)

    async def go() -> list[list[Piece]]:
        try:
            return await asyncio.gather(*(whole(upstream.stream(one)) for one in asked))
        finally:
            await upstream.close()

    given = asyncio.run(go())
    renderer, model = renderer_of(load_tokenizer(found.settings), found.chat), load_model(found.settings)
    for request, pieces in zip(asked, given, strict=True):
        (ids,) = generate(model, [renderer.prompt(request.messages)], stop=renderer.stops, max_new_tokens=24)
        assert text_of(pieces) == renderer.answer(ids)
