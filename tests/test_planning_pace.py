"""How long a job takes, held against operations and bytes counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from residency.planning.constants import Constants
from residency.planning.hardware import hardware_table
from residency.planning.job import Job, Range
from residency.planning.pace import (
    Work,
    adam_bytes,
    attention_flops,
    batch_work,
    distinct_experts,
    forward_flops,
    seconds_of,
    step_work,
    time_of,
)
from residency.planning.published import models
from residency.planning.shape import Shape, lora_parameters
from residency.planning.stack import OURS, Stack

CUDA, CPU = Constants.default("cuda"), Constants.default("cpu")
TABLE = hardware_table()
H100 = TABLE["h100-sxm"]
OSS, QWEN, LLAMA = models()["gpt-oss-20b"], models()["Qwen3-30B-A3B"], models()["Llama-3.1-8B"]
LINEAR = 32 * (2 * 4096 * 4096 + 2 * 1024 * 4096 + 3 * 14336 * 4096)
"""Weights of Llama 3.1 8B's matrices without its head: 6.98 billion."""


def test_a_forward_pass_takes_two_flops_a_weight_and_four_a_key() -> None:
    """Of Llama 3.1 8B and 4,096 tokens: 2 x 6.98 billion, and 4 x 32 layers x 4,096 x 2,048 keys on the mean."""
    assert forward_flops(LLAMA, 1, 4096) == 2 * LINEAR + 4 * 32 * 4096 * 2048
    assert forward_flops(LLAMA, 1, 4096, eager=True) == 2 * LINEAR + 4 * 32 * 4096 * 4096


def test_windowed_layers_read_their_window() -> None:
    """Half of gpt-oss's layers read 128 keys at most; eager attention computes all, which its mask then hides."""
    assert attention_flops(OSS, 1000) == 4 * 4096 * (12 * 1000 + 12 * 128)
    assert attention_flops(OSS, 1000, eager=True) == 4 * 4096 * 24 * 1000
    assert attention_flops(OSS, 100) == 4 * 4096 * 24 * 100


def test_experts_count_by_what_works_on_a_token() -> None:
    """gpt-oss-20b: 3.6 billion active weights less the head's 0.58."""
    matrices = forward_flops(OSS, 1, 0) / 2
    assert matrices == pytest.approx(3.6e9 - 201088 * 2880, rel=0.01)


@pytest.mark.parametrize(
    ("tune", "checkpointing", "passes"), [("full", False, 3), ("full", True, 4), ("lora", True, 3)]
)
def test_training_is_so_many_forward_passes(tune: str, checkpointing: bool, passes: int) -> None:
    """Full fine-tuning is three; an adapter's frozen weights need no gradient; checkpointing adds one."""
    job = Job(tune=tune, checkpointing=checkpointing, batch_tokens=1000, longest=2, read=0, rank=1)  # type: ignore[arg-type]
    found = batch_work(LLAMA, job, OURS, "cuda").flops
    assert found == pytest.approx(passes * forward_flops(LLAMA, 1000, 2), rel=0.001)


def test_merged_experts_cost_their_gradient_and_the_copies() -> None:
    """PEFT's copies: of gpt-oss-20b's 19.1 billion expert weights two bytes are read and two written in each of two
    forward passes, and three times as many moved backward; a stack without copies moves none."""
    job = Job(checkpointing=True)
    merged, plain = batch_work(OSS, job, OURS, "cuda"), batch_work(OSS, job, Stack(expert_copies=False), "cuda")
    assert merged.moved == OSS.parts["experts"] * 2 * (2 * 2 + 3)
    assert plain.moved == 0
    assert merged.flops > plain.flops
    assert seconds_of(OSS, job, H100, CUDA, 1).likely > seconds_of(OSS, job.but(experts=False), H100, CUDA, 1).likely


def test_the_head_runs_on_what_is_read() -> None:
    """Of 8,192 tokens with 512 labels it is a sixteenth of what all logits would take."""
    few, all_of_them = (batch_work(OSS, Job(batch_tokens=8192, read=n), OURS, "cuda").flops for n in (512, 8192))
    assert all_of_them - few == 2 * 2 * 201088 * 2880 * (8192 - 512)


def test_distinct_experts_of_a_batch() -> None:
    """One token meets those that it uses; 32 tokens of Qwen3-30B-A3B, by chance, 87% of 128; all in the end."""
    assert distinct_experts(128, 8, 1) == pytest.approx(8)
    assert distinct_experts(128, 8, 32) == pytest.approx(128 * (1 - (120 / 128) ** 32))
    assert distinct_experts(128, 8, 10_000) == pytest.approx(128)
    assert distinct_experts(0, 0, 5) == 0


def test_writing_reads_the_weights_once_a_step() -> None:
    """Llama 3.1 8B, one sequence: all weights but the embedding's table (16.06 - 1.05 GB) and the cache. Of
    Qwen3-30B-A3B one sequence reads about its 3.3 billion active weights; sixteen read more, but not sixteen times."""
    job = Job(work="generate", tune="none", context=1024, new_tokens=256)
    token = 2 * 8 * 128 * 2 * 32
    assert step_work(LLAMA, job).read == pytest.approx(2 * LLAMA.parameters - 2 * 128256 * 4096 + token * 896)
    one, many = step_work(QWEN, job).read, step_work(QWEN, job.but(sequences=16)).read
    assert one == pytest.approx(2 * QWEN.active, rel=0.05)
    assert 3 * one < many < 16 * one


def test_writing_is_bound_by_bandwidth_and_reading_by_flops() -> None:
    """Four sequences take as long as one; a prompt of four times the tokens takes four times as long."""
    fast = replace(CUDA, layer_seconds=Range(0.0, 0.0, 0.0))
    job = Job(work="generate", tune="none", context=101, new_tokens=100)
    one, four = (seconds_of(LLAMA, job.but(sequences=n), H100, fast, 1).likely for n in (1, 4))
    assert four < 1.1 * one
    score = Job(work="score", tune="none", longest=1024, read=1)
    less, more = (seconds_of(LLAMA, score.but(batch_tokens=n), H100, fast, 1).likely for n in (8192, 32768))
    assert more == pytest.approx(4 * less, rel=0.01)


def test_a_small_batch_waits_for_kernels() -> None:
    """On a GPU a batch takes no less than giving it its kernels: 16 tokens as long as 64; on a CPU that is on top."""
    job = Job(checkpointing=True)
    small, larger = (seconds_of(LLAMA, job.but(batch_tokens=n, longest=n, read=n), H100, CUDA, 1) for n in (16, 64))
    assert small == larger
    assert small.likely == pytest.approx(4 * 32 * CUDA.layer_seconds.likely)
    work = Work(flops=1e12, passes=4)
    assert time_of(work, LLAMA, TABLE["cpu"], CPU).likely == pytest.approx(
        1e12 / (TABLE["cpu"].bf16_flops if TABLE["cpu"].bf16_native else TABLE["cpu"].fp32_flops) / CPU.dense.likely
        + 4 * 32 * CPU.layer_seconds.likely
    )


@pytest.mark.parametrize("shape", [OSS, QWEN, LLAMA], ids=["gpt-oss", "qwen3-moe", "llama"])
@pytest.mark.parametrize(
    "job",
    [
        Job(checkpointing=True),
        Job(batch_tokens=8192, longest=2048),
        Job(tune="full", checkpointing=True),
        Job(work="score", batch_tokens=16384),
        Job(work="generate", tune="none", sequences=16),
        Job(method="grpo", sequences=8, batch_tokens=8192, checkpointing=True, reference="held"),
    ],
    ids=["lora", "long", "full", "score", "generate", "online"],
)
def test_ranges_say_something(shape: Shape, job: Job) -> None:
    """No wider than a factor of four, on a GPU; and they grow with what is to be done."""
    found = seconds_of(shape, job, H100, CUDA, 10, steps=5)
    assert found.width <= 4.0 + 1e-9
    assert seconds_of(shape, job, H100, CUDA, 20, steps=10).likely > 1.9 * found.likely
    longer = job.but(batch_tokens=job.batch_tokens * 4, new_tokens=job.new_tokens * 2, context=job.context * 2)
    assert seconds_of(shape, longer, H100, CUDA, 10, steps=5).likely > found.likely


def test_devices_share_the_batches() -> None:
    """Four devices take a quarter of the batches each; a batch too few leaves one idle."""
    job = Job(checkpointing=True)
    one, four = seconds_of(LLAMA, job, H100, CUDA, 8), seconds_of(LLAMA, job.but(devices=4), H100, CUDA, 8)
    assert four.likely == pytest.approx(one.likely / 4)
    assert seconds_of(LLAMA, job.but(devices=4), H100, CUDA, 9).likely == pytest.approx(one.likely / 8 * 3)


def test_gathering_weights_takes_the_link() -> None:
    """FSDP moves three quarters of the weights twice for each batch, which shows over PCIe."""
    job = Job(devices=4, sharding="fsdp", checkpointing=True)
    assert batch_work(LLAMA, job, OURS, "cuda").linked == pytest.approx(2 * 0.75 * 2 * LLAMA.parameters)
    slow, alone = (seconds_of(LLAMA, j, TABLE["rtx-4090"], CUDA, 4) for j in (job, job.but(sharding="none")))
    assert slow.likely > alone.likely


def test_a_step_of_adam_moves_all_that_learns() -> None:
    """28 bytes of each weight in fp32, of an adapter's alone where it learns; sharded, each device its part."""
    full = Job(tune="full", weights="fp32")
    assert adam_bytes(QWEN, full) == 28 * QWEN.parameters
    assert adam_bytes(QWEN, full.but(devices=4, sharding="fsdp")) == 7 * QWEN.parameters
    assert adam_bytes(QWEN, Job(rank=8)) == 28 * lora_parameters(QWEN, 8)
    assert adam_bytes(QWEN, Job(work="score")) == 0


def test_fp32_takes_the_speed_of_fp32() -> None:
    """Full fine-tuning computes in fp32 here: 66.9 in place of 989 TFLOP/s on an H100."""
    job = Job(tune="full", batch_tokens=8192, longest=2048)
    wide, narrow = (seconds_of(LLAMA, job, H100, CUDA, 1, stack=stack) for stack in (OURS, Stack(full_in_16_bits=True)))
    assert wide.likely / narrow.likely == pytest.approx(H100.bf16_flops / H100.fp32_flops, rel=0.05)
