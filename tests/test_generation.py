"""Generation: batches change nothing, scores are those of a plain forward pass, a bad model is one clear line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.generation import models
from residency.generation.choices import choice_logprobs
from residency.generation.generate import generate, model_body, output_head
from residency.generation.lines import Asked
from residency.generation.models import choose_device, choose_dtype, load_model, load_tokenizer, model_source
from residency.generation.settings import ModelSettings
from tests.tiny_experts import tiny_gpt_oss  # noqa: F401 - a fixture

STOP = 2
IDS = st.lists(st.integers(0, 700), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Any:
    return load_model(tiny(tiny_model))


def tiny(folder: Path) -> ModelSettings:
    return ModelSettings(name=str(folder), dtype="float32", device="cpu")


def greedy(model: Any, prompt: list[int], count: int) -> list[int]:
    """The plainest loop there is: the likeliest next token, again and again, without a cache."""
    ids, new = list(prompt), []
    for _ in range(count):
        with torch.no_grad():
            token = int(model(torch.tensor([ids])).logits[0, -1].argmax())
        if token == STOP:
            break
        new.append(token)
        ids.append(token)
    return new


@settings(max_examples=15, deadline=None)
@given(prompts=st.lists(IDS, min_size=1, max_size=7), batch_size=st.integers(1, 4))
def test_batches_give_what_each_prompt_gives_alone(model: Any, prompts: list[list[int]], batch_size: int) -> None:
    together = generate(model, prompts, stop=[STOP], max_new_tokens=6, batch_size=batch_size)
    assert together == [greedy(model, prompt, 6) for prompt in prompts]


def test_an_answer_ends_at_the_stop_token_which_is_not_part_of_it(model: Any) -> None:
    free = generate(model, [[5, 6, 7]], stop=[STOP], max_new_tokens=8)[0]
    assert len(free) == 8
    stop = free[3]
    assert generate(model, [[5, 6, 7]], stop=[stop], max_new_tokens=8)[0] == free[: free.index(stop)]


def test_the_first_of_several_stop_tokens_ends_an_answer(model: Any) -> None:
    free = generate(model, [[5, 6, 7]], stop=[STOP], max_new_tokens=8)[0]
    stops = [free[5], STOP, free[3]]
    assert (
        generate(model, [[5, 6, 7]], stop=stops, max_new_tokens=8)[0]
        == free[: min(map(free.index, {free[5], free[3]}))]
    )


def test_each_batch_is_handed_over_as_soon_as_it_is_done(model: Any) -> None:
    prompts = [[5] * length for length in (9, 1, 4, 7, 2)]
    seen: list[list[tuple[int, list[int]]]] = []
    answers = generate(model, prompts, stop=[STOP], max_new_tokens=3, batch_size=2, on_batch=seen.append)
    assert [[position for position, _ in batch] for batch in seen] == [[1, 4], [2, 3], [0]]
    assert all(answers[position] == ids for batch in seen for position, ids in batch)


def test_sampling_depends_on_its_seed_alone_and_leaves_the_global_state(model: Any) -> None:
    def sample(seed: int) -> list[list[int]]:
        torch.manual_seed(torch.randint(1000, ()).item())
        return generate(model, [[5, 6], [7]], stop=[STOP], max_new_tokens=8, temperature=1.0, seed=seed)

    assert sample(1) == sample(1) != sample(2)
    for temperature in (0.0, 1.0):
        torch.manual_seed(3)
        expected = torch.rand(4)
        torch.manual_seed(3)
        generate(model, [[5, 6]], stop=[STOP], max_new_tokens=2, temperature=temperature)
        assert torch.equal(torch.rand(4), expected), temperature


def test_nothing_asked_gives_nothing(model: Any) -> None:
    assert generate(model, [], stop=[STOP], max_new_tokens=4) == []
    assert choice_logprobs(model, []) == []


def test_body_and_head_are_the_model_with_its_adapter(tiny_model: Path, adapter: Path) -> None:
    ids = torch.tensor([[5, 6, 7, 8]])
    base, tuned = load_model(tiny(tiny_model)), load_model(tiny(tiny_model), adapter)
    with torch.no_grad():
        for model in (base, tuned):
            split = output_head(model)(model_body(model)(input_ids=ids).last_hidden_state)
            assert torch.equal(split, model(ids).logits)
        assert not torch.allclose(base(ids).logits, tuned(ids).logits)


def test_an_adapter_takes_the_models_precision_and_learns_only_when_asked(tiny_model: Path, adapter: Path) -> None:
    low = ModelSettings(name=str(tiny_model), dtype="bfloat16", device="cpu")
    assert {weights.dtype for weights in load_model(low, adapter).parameters()} == {torch.bfloat16}
    assert not any(weights.requires_grad for weights in load_model(low, adapter).parameters())
    trained = {name for name, w in load_model(low, adapter, trainable=True).named_parameters() if w.requires_grad}
    assert trained and all(".default." in name for name in trained)


@pytest.mark.parametrize("name", ["/nowhere/model", "./nowhere", "~/nowhere-at-all", "one/two/three"])
def test_a_folder_that_is_not_there_is_said_so_without_asking_the_hub(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_tokenizer(ModelSettings(name=name))
    assert str(caught.value) == (
        f"model.name = '{name}': there is no such folder. "
        "Set model.name to embedded, to a model's folder or to a hub id"
    )


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def pickled(folder: Path) -> None:
    """Unsafe weights alone are as good as none: loading a pickle runs what is in it."""
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def cut_short(folder: Path) -> None:
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) // 2])


def pointer(folder: Path) -> None:
    """What a clone without Git LFS leaves."""
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 3\n")


def changed(folder: Path, **values: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def other_shape(folder: Path) -> None:
    changed(folder, hidden_size=64)


def more_layers(folder: Path) -> None:
    changed(folder, num_hidden_layers=3)


def unknown_type(folder: Path) -> None:
    changed(folder, model_type="nonsense")


def broken_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (empty, "no model in this folder"),
        (no_weights, "no file named model.safetensors"),
        (pickled, "no file named model.safetensors"),
        (cut_short, "damaged or do not fit"),
        (pointer, "damaged or do not fit"),
        (other_shape, "damaged or do not fit"),
        (more_layers, "lack 9 weights, such as model.layers.2"),
        (unknown_type, "nonsense"),
        (broken_config, "not a valid JSON file"),
    ],
)
def test_a_folder_that_holds_no_whole_model_is_one_clear_line(
    tmp_path: Path, tiny_model: Path, damage: Callable[[Path], None], says: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    damage(folder)
    with pytest.raises(InputError, match=says) as caught:
        load_model(tiny(folder))
    line = str(caught.value)
    assert line.startswith(f"model.name = '{folder}': ")
    assert "\n" not in line


def test_a_folder_without_a_tokenizer_is_one_clear_line(tmp_path: Path, tiny_model: Path) -> None:
    shutil.copy(tiny_model / "config.json", tmp_path)
    with pytest.raises(InputError, match="cannot be loaded") as caught:
        load_tokenizer(tiny(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_hub_that_cannot_be_reached_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(*_: Any, **__: Any) -> Any:
        raise OSError("We couldn't connect to the hub.\nCheck your connection.")

    monkeypatch.setattr(models.transformers.AutoTokenizer, "from_pretrained", planted)
    with pytest.raises(InputError) as caught:
        load_tokenizer(ModelSettings(name="someone/something"))
    assert str(caught.value) == (
        "model.name = 'someone/something': the model cannot be loaded (We couldn't connect to the hub). "
        "Set model.name to embedded, to a model's folder or to a hub id"
    )


def test_a_folder_may_be_named_from_the_home_folder(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tiny_model.parent))
    assert model_source(ModelSettings(name=f"~/{tiny_model.name}")) == str(tiny_model)


def test_devices_and_precisions_resolve_to_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert choose_device("auto") == choose_device("cpu") == "cpu"
    with pytest.raises(InputError, match=r"model\.device = 'cuda': this machine has no such device. Set it to auto"):
        choose_device("cuda")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("auto") == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == choose_device("cuda") == "cuda"
    assert choose_dtype("float32", "cuda") == torch.float32
    assert choose_dtype("bfloat16", "cpu") == choose_dtype("auto", "cuda") == torch.bfloat16
    for probe in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.setattr(torch.cpu, probe, lambda: False, raising=False)
    assert choose_dtype("auto", "cpu") == torch.float32
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False)
    assert choose_dtype("auto", "cpu") == torch.bfloat16


@pytest.mark.parametrize("served", ["eager", "sdpa"])
def test_a_model_that_trains_with_flex_attention_writes_with_what_it_is_served_with(
    served: str, tiny_model: Path, request: pytest.FixtureRequest
) -> None:
    settings = tiny(request.getfixturevalue("tiny_gpt_oss") if served == "eager" else tiny_model)
    prompts = [[5, 6, 7, 8], [9, 10]]
    expected = generate(load_model(settings), prompts, stop=(), max_new_tokens=6)
    model = load_model(settings.model_copy(update={"attention": "flex_attention"}))
    used: set[str] = set()
    forward = model.forward

    def seen(*args: Any, **given: Any) -> Any:
        used.add(model.config._attn_implementation)
        return forward(*args, **given)

    model.forward = seen
    assert generate(model, prompts, stop=(), max_new_tokens=6) == expected
    assert used == {served} and model.config._attn_implementation == "flex_attention"


def test_a_model_whose_layers_lie_in_several_places_answers_as_in_one(tiny_model: Path) -> None:
    """As on several GPUs: what enters a layer is moved to where it lies."""
    from accelerate import dispatch_model

    prompts = [[5, 6, 7], [8, 9]]
    asked = [Asked(prompt, [[1, 2, 3], [4, 5]]) for prompt in prompts]
    whole = load_model(tiny(tiny_model))
    places = {"model.embed_tokens": "cpu", "model.rotary_emb": "cpu", "model.norm": "cpu", "lm_head": "cpu"}
    places |= {f"model.layers.{number}": "cpu" for number in range(whole.config.num_hidden_layers)}
    spread = dispatch_model(load_model(tiny(tiny_model)), places, main_device="cpu", force_hooks=True)
    assert generate(spread, prompts, stop=(), max_new_tokens=5) == generate(whole, prompts, stop=(), max_new_tokens=5)
    assert choice_logprobs(spread, asked) == choice_logprobs(whole, asked)
