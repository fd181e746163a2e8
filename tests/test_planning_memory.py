"""The parts of a job's memory, held against figures counted by hand and against what autograd keeps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from residency.core.errors import InputError
from residency.planning.activations import is_eager, layer_bytes
from residency.planning.constants import SOURCES, Constants, DeviceKind
from residency.planning.job import Job
from residency.planning.memory import cache_bytes, full_logit_bytes, memory_of, weight_bytes
from residency.planning.published import models
from residency.planning.shape import Shape, lora_parts, shape_of
from residency.planning.stack import OURS, Stack

CUDA, CPU = Constants.default("cuda"), Constants.default("cpu")
OSS, QWEN, LLAMA = models()["gpt-oss-20b"], models()["Qwen3-30B-A3B"], models()["Llama-3.1-8B"]
TRAIN = Job(checkpointing=True)


def likely(shape: Shape, job: Job, part: str, constants: Constants = CUDA, stack: Stack = OURS) -> float:
    """A part's likely bytes; 0 where it is not there."""
    found = memory_of(shape, job, constants, stack).parts.get(part)
    return found.likely if found else 0.0


def test_weights_are_those_of_the_published_files() -> None:
    """gpt-oss-20b: 41.8 GB in bf16, 12.8 GiB as published, with experts alone in MXFP4; 120b 60.8 GiB."""
    assert weight_bytes(OSS, "bf16") / 1e9 == pytest.approx(41.83, abs=0.01)
    assert weight_bytes(OSS, "mxfp4") / 2**30 == pytest.approx(12.8, abs=0.05)
    assert weight_bytes(models()["gpt-oss-120b"], "mxfp4") / 2**30 == pytest.approx(60.8, abs=0.1)
    assert weight_bytes(QWEN, "bf16") / 1e9 == pytest.approx(61.06, abs=0.01)


def test_only_what_a_method_reaches_is_quantised() -> None:
    """Llama 3.1 8B in NF4: 6.98 of 8.03 billion weights; of Qwen3-30B-A3B only attention, which is 3%."""
    linear = 32 * (2 * 4096 * 4096 + 2 * 1024 * 4096 + 3 * 14336 * 4096)
    assert weight_bytes(LLAMA, "4bit") == pytest.approx(linear * 4.13 / 8 + (LLAMA.parameters - linear) * 2)
    assert weight_bytes(QWEN, "4bit") > 0.95 * weight_bytes(QWEN, "bf16")


def test_cache_of_qwen_at_32k() -> None:
    """2 x 4 KV heads x 128 x 2 bytes x 48 layers x 32,768 tokens are 3 GiB."""
    assert cache_bytes(QWEN, 1, 32768) == 3 * 2**30
    assert cache_bytes(QWEN, 16, 32768) == 48 * 2**30


def test_windowed_layers_keep_their_window() -> None:
    """Every other layer of gpt-oss keeps 128 tokens: 12 layers of 32,768, and 12 of 128."""
    token = 2 * 8 * 64 * 2
    assert cache_bytes(OSS, 1, 32768) == token * 12 * (32768 + 128)
    assert cache_bytes(OSS, 1, 100) == token * 24 * 100
    # The fault that this would miss: a cache as if no layer had a window.
    assert cache_bytes(OSS, 1, 32768) < 0.51 * token * 24 * 32768


def test_adapter_and_its_optimiser_take_sixteen_bytes_a_weight() -> None:
    """Adapter and gradient 4 each, Adam 8: the design's table has 8.0 M and 177 M at rank 16 on all."""
    adapter = sum(lora_parts(OSS, 16).values())
    job = TRAIN.but(rank=16)
    parts = {part: likely(OSS, job, part) for part in ("adapter", "gradients", "optimiser")}
    assert parts == {"adapter": 4.0 * adapter, "gradients": 4.0 * adapter, "optimiser": 8.0 * adapter}
    assert likely(OSS, job.but(experts=False), "adapter") == pytest.approx(4 * 8.0e6, rel=0.01)


def test_full_fine_tuning_takes_sixteen_bytes_a_weight() -> None:
    """As the stage itself refuses by (``generation.fitting``)."""
    job = TRAIN.but(tune="full")
    total = sum(likely(LLAMA, job, part) for part in ("weights", "gradients", "optimiser"))
    assert total == pytest.approx(16 * LLAMA.parameters)


@pytest.mark.parametrize("shape", [OSS, QWEN, LLAMA], ids=["gpt-oss", "qwen3-moe", "llama"])
@pytest.mark.parametrize("checkpointing", [True, False])
def test_more_tokens_and_longer_rows_never_take_less(shape: Shape, checkpointing: bool) -> None:
    """All three ends of the total grow with the batch; with the length too where attention is eager."""
    job = Job(checkpointing=checkpointing, read=256)
    sizes = [memory_of(shape, job.but(batch_tokens=n, longest=n), CUDA).total for n in (512, 1024, 4096)]
    for less, more in pairwise(sizes):
        assert less.low < more.low and less.likely < more.likely and less.high < more.high


def test_checkpointing_leaves_inputs_of_layers() -> None:
    """Of Llama 3.1 8B at 4,096 tokens: 1.07 GB of inputs and one layer, in place of 32 layers."""
    job = Job(batch_tokens=4096, longest=4096)
    all_layers = likely(LLAMA, job, "activations")
    checkpointed = likely(LLAMA, job.but(checkpointing=True), "activations")
    assert checkpointed > 32 * 4096 * 4096 * 2
    assert checkpointed < all_layers / 8


def test_eager_attention_grows_with_the_square_of_the_length() -> None:
    """gpt-oss on a CPU holds heads x length^2; on CUDA, where it trains with flex attention, it does not."""
    long, short = Job(batch_tokens=4096, longest=4096), Job(batch_tokens=4096, longest=1024)
    assert is_eager(OSS, long, OURS, "cpu") and not is_eager(OSS, long, OURS, "cuda")
    assert is_eager(OSS, long.but(work="generate"), OURS, "cuda"), "it writes with eager attention"
    assert not is_eager(QWEN, long, OURS, "cpu")
    gap = likely(OSS, long, "activations", CPU) - likely(OSS, short, "activations", CPU)
    assert gap > 24 * 64 * 4096 * (4096 - 1024) * 2
    assert likely(OSS, long, "activations") == likely(OSS, short, "activations")


def test_experts_with_adapters_are_copied() -> None:
    """Without checkpointing a second copy of all experts (38 GB of gpt-oss-20b); with it one layer's, 1.6 GB, and the
    gradient of the larger parameter."""
    experts = OSS.parts["experts"] * 2
    assert likely(OSS, Job(), "copies") == pytest.approx(experts, rel=0.05)
    assert likely(OSS, TRAIN, "copies") == pytest.approx(experts / 24 * 5 / 3)
    assert likely(OSS, TRAIN.but(experts=False), "copies") == 0
    assert likely(LLAMA, TRAIN, "copies") == 0
    assert likely(OSS, TRAIN, "copies", stack=Stack(expert_copies=False)) == 0


def test_logits_are_a_chunk_of_the_labelled() -> None:
    """128 x 201,088 logits in bf16, fp32, as a softmax and as two gradients: 0.4 GB whatever the batch; all logits of
    8,192 tokens would be 23 GB."""
    job = TRAIN.but(batch_tokens=8192, read=8192)
    assert likely(OSS, job, "logits") / 1e9 == pytest.approx(0.41 + 8192 * 2880 * 4 / 1e9, abs=0.01)
    assert full_logit_bytes(OSS, 8192) / 1e9 == pytest.approx(23.06, abs=0.01)
    assert likely(OSS, job.but(read=64), "logits") < likely(OSS, job, "logits")


def test_sharding_divides_by_the_devices() -> None:
    """ZeRO-2 states alone, ZeRO-3 and FSDP the weights too, with a layer gathered; placed experts only experts."""
    one = TRAIN.but(tune="full")
    four = one.but(devices=4)
    assert likely(LLAMA, four.but(sharding="fsdp"), "weights") == likely(LLAMA, one, "weights") / 4
    assert likely(LLAMA, four.but(sharding="fsdp"), "optimiser") == likely(LLAMA, one, "optimiser") / 4
    assert likely(LLAMA, four, "weights") == likely(LLAMA, one, "weights"), "without sharding each holds a copy"
    whole = likely(LLAMA, one.but(sharding="zero2"), "weights")
    assert likely(LLAMA, four.but(sharding="zero2"), "weights") == whole
    states = likely(LLAMA, one.but(sharding="zero2"), "optimiser")
    assert likely(LLAMA, four.but(sharding="zero2"), "optimiser") == states / 4
    assert likely(LLAMA, four.but(sharding="fsdp"), "gathered") > 4 * 218e6
    placed = TRAIN.but(devices=2, sharding="experts")
    experts, rest = OSS.parts["experts"], OSS.parameters - OSS.parts["experts"]
    assert likely(OSS, placed, "weights") == pytest.approx(experts + 2 * rest)
    assert likely(OSS, placed, "copies") == likely(OSS, TRAIN, "copies") / 2


def test_a_reference_that_was_computed_takes_nothing() -> None:
    """That is how pairs are tuned here; a held one is a second adapter, or a second model."""
    dpo = TRAIN.but(method="dpo", reference="precomputed")
    assert likely(QWEN, dpo, "reference") == 0
    assert likely(QWEN, dpo.but(reference="held"), "reference") == likely(QWEN, dpo, "adapter")
    assert likely(LLAMA, dpo.but(reference="held", tune="full"), "reference") == 4 * LLAMA.parameters


def test_online_tuning_holds_logits_of_what_was_written_and_its_cache() -> None:
    """8 answers of 256 tokens: 3.3 GB of gpt-oss's logits; the cache only as far as it exceeds what training takes."""
    job = TRAIN.but(method="grpo", sequences=8, new_tokens=256, context=1024, batch_tokens=8192)
    assert likely(OSS, job, "logits") == 8 * 256 * 201088 * 8
    short, long = memory_of(OSS, job, CUDA).parts["cache"], memory_of(OSS, job.but(context=131072), CUDA).parts["cache"]
    assert short.likely == 0 and short.high == cache_bytes(OSS, 8, 1024)
    assert 0 < long.likely < long.high


def test_writing_holds_weights_and_cache() -> None:
    """No adapter's states, no copies of experts without an adapter."""
    job = Job(work="generate", tune="none", sequences=4, context=4096, new_tokens=1024)
    parts = memory_of(QWEN, job, CUDA).parts
    assert set(parts) == {"weights", "activations", "logits", "cache", "overhead"}
    assert parts["cache"].likely == cache_bytes(QWEN, 4, 4096)
    assert "copies" in memory_of(QWEN, job.but(tune="lora"), CUDA).parts


def test_constants_go_through_json_and_say_why() -> None:
    """Each field has its reasons; a damaged file is one line."""
    for kind in ("cuda", "cpu", "mps"):
        constants = Constants.default(kind)
        assert Constants.from_json(constants.to_json()) == constants
    assert set(SOURCES) == {name for name in vars(CUDA) if name not in ("device", "source")}
    for broken in ("{", "[]", CUDA.to_json().replace('"overhead"', '"other"')):
        with pytest.raises(InputError, match="no constants"):
            Constants.from_json(broken)


SMALL = {
    "hidden_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "vocab_size": 300,
    "max_position_embeddings": 8192,
}
KINDS: dict[str, dict[str, Any]] = {
    "llama": {"intermediate_size": 352},
    "qwen3": {"intermediate_size": 352},
    "qwen3_moe": {"moe_intermediate_size": 96, "num_experts": 8, "num_experts_per_tok": 4},
    "gpt_oss": {"intermediate_size": 96, "num_local_experts": 8, "num_experts_per_tok": 4, "sliding_window": 128},
}
ROWS, LENGTH = 2, 256


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", ["lora", "attention", "full"])
def test_kept_activations_are_what_autograd_keeps(kind: str, case: str) -> None:
    """The formula of one layer, with the copies of experts and of cast adapters, against the tensors that autograd
    saves between a model of four layers and one of two: within 3%."""
    pytest.importorskip("peft")
    if case == "attention" and kind in ("llama", "qwen3"):
        pytest.skip("it has no experts")
    less, _ = _saved(kind, case, 2)
    more, shape = _saved(kind, case, 4)
    job = Job(tune="full" if case == "full" else "lora", experts=case == "lora", rank=8, longest=LENGTH)
    # Without packing a CPU's attention is torch's, which keeps no scores, as on CUDA; that of gpt-oss is eager.
    device: DeviceKind = "cpu" if kind == "gpt_oss" else "cuda"
    found = layer_bytes(shape, job, OURS, device, LENGTH).kept * ROWS * LENGTH
    if case != "full":
        adapter = lora_parts(shape, 8, job.experts)
        found += 2 * (adapter["attention"] + adapter["mlp"]) / 4
    if case == "lora":
        found += 2 * shape.parts["experts"] / 4
    assert found == pytest.approx((more - less) / 2, rel=0.03)


def _saved(kind: str, case: str, layers: int) -> tuple[int, Shape]:
    """Bytes that autograd keeps for the backward pass of a random model, its own weights apart."""
    import torch
    import transformers

    from residency.training.model.adapter import add_adapter
    from residency.training.model.scoring import make_scorable
    from residency.training.settings import LoraSettings

    types = {"layer_types": ["sliding_attention", "full_attention"] * (layers // 2)} if kind == "gpt_oss" else {}
    config = transformers.AutoConfig.for_model(kind, num_hidden_layers=layers, **SMALL, **KINDS[kind], **types)
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    if case == "full":
        model = model.float()
    else:
        model = add_adapter(model, LoraSettings(r=8, experts=case == "lora"))
    make_scorable(model)
    model.train()
    own = {weight.untyped_storage().data_ptr() for weight in [*model.parameters(), *model.buffers()]}
    kept: dict[int, tuple[int, Any]] = {}

    def keep(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = (storage.nbytes(), tensor)  # held, so that its place is not used again
        return tensor

    places = torch.arange(0, ROWS * LENGTH, 16)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model(input_ids=torch.zeros(ROWS, LENGTH, dtype=torch.long), read_at=places, targets=torch.zeros_like(places))
    return sum(size for size, _ in kept.values()), shape_of(config.to_dict())
