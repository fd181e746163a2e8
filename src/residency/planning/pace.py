"""How long a job takes on a device: its operations and the bytes that it moves, over what the device does in a second.

A range comes of the shares of the device's speed that are reached (:mod:`constants`). No torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from residency.planning.activations import is_eager, value_bytes
from residency.planning.constants import Constants, DeviceKind
from residency.planning.hardware import Hardware
from residency.planning.job import BITS, Job, Range
from residency.planning.memory import ONLINE, cache_bytes, weight_bytes
from residency.planning.shape import Shape, lora_parameters
from residency.planning.stack import OURS, Stack

LINK = Range(0.3, 0.6, 0.9)
"""Share of a link's bandwidth that collective operations reach: NCCL's own tests show 0.8 and more for large messages
over NVLink, and less for those of a layer, and over PCIe."""
FORWARD_TOUCHES, BACKWARD_TOUCHES = 8, 12
"""How often eager attention reads or writes all scores: product, mask, sinks, maximum, softmax, product; and back."""


@dataclass(frozen=True)
class Work:
    """What one device does for one batch."""

    flops: float = 0.0
    """Multiplications and additions."""
    read: float = 0.0
    """Bytes of weights and cache that the products read: with few tokens these take longer than the products."""
    moved: float = 0.0
    """Bytes that are read and written beside the products: merged experts, expanded weights, scores of eager
    attention."""
    passes: float = 0.0
    """Forward passes through all layers; a backward pass counts as two."""
    linked: float = 0.0
    """Bytes that go between devices."""
    value: int = 2
    """Bytes of a value, which decide how fast products are."""


def seconds_of(
    shape: Shape,
    job: Job,
    hardware: Hardware,
    constants: Constants,
    batches: float,
    steps: float = 0.0,
    stack: Stack = OURS,
) -> Range:
    """How long a job takes.

    Args:
        shape: the model.
        job: what is computed, batch by batch.
        hardware: one of the devices.
        constants: of the kind of device.
        batches: how many batches, of all devices together. In generating, a batch is ``job.sequences``; in online
            tuning it is these, and what is learnt of them.
        steps: optimiser steps.
        stack: the software, where it is not this.
    """
    each = math.ceil(batches / job.devices) if batches > 1 else batches / job.devices
    taken = Range(0.0, 0.0, 0.0)
    if job.work == "generate" or (job.work == "train" and job.method in ONLINE):
        taken += _writing(shape, job, hardware, constants, stack)
    if job.work != "generate":
        learns = job.work == "train"
        taken += time_of(batch_work(shape, job, stack, constants.device), shape, hardware, constants, learns)
        if learns and job.method in ONLINE and job.reference != "none":
            scored = batch_work(shape, job.but(work="score", read=job.batch_tokens), stack, constants.device)
            taken += time_of(scored, shape, hardware, constants, learns=False)
    if steps:
        moved = Work(moved=adam_bytes(shape, job, stack))
        taken_of_step = time_of(moved, shape, hardware, constants) + constants.step_seconds
        return taken * each + taken_of_step * steps
    return taken * each


def adam_bytes(shape: Shape, job: Job, stack: Stack = OURS) -> float:
    """Bytes that a device moves in a step of Adam (Kingma and Ba, 1412.6980): of each weight that learns it reads the
    weight, the gradient and two moments, and writes all but the gradient."""
    if job.work != "train":
        return 0.0
    divided = job.devices if job.sharding in ("zero2", "zero3", "fsdp") else 1
    if job.tune == "full":
        experts = shape.parts["experts"] / (job.devices if job.sharding == "experts" else divided)
        return 7 / 4 * stack.full_bytes * (experts + (shape.parameters - shape.parts["experts"]) / divided)
    weights = stack.adapter_weights or lora_parameters(shape, job.rank, job.experts)
    return 7 / 4 * stack.adapter_bytes * weights / divided


def time_of(work: Work, shape: Shape, hardware: Hardware, constants: Constants, learns: bool = True) -> Range:
    """Seconds of a batch's work: the longer of products and of what they read, and what is moved beside; on a GPU no
    less than giving it all to the device takes, on a CPU that on top. What goes between devices runs beside it."""
    share = constants.experts if shape.expert_layers else constants.dense
    peak = hardware.bf16_flops if work.value == 2 and hardware.bf16_native else hardware.fp32_flops

    def seconds(part: float, forward: float, bandwidth: float, layer: float, link: float, spread: float) -> float:
        part = part if learns else min(1.0, part * forward)
        computed = max(work.flops / (peak * part), work.read / (hardware.bandwidth * bandwidth)) * spread
        moved = work.moved / (hardware.bandwidth * bandwidth) * spread
        launched = work.passes * shape.layers * layer
        linked = work.linked / (hardware.link_bytes * link) if work.linked and hardware.link_bytes else 0.0
        beside = computed + moved + launched if constants.device == "cpu" else max(computed + moved, launched)
        return max(beside, linked)

    forward, band, layers, spread = constants.forward, constants.bandwidth, constants.layer_seconds, hardware.spread
    return Range(
        seconds(share.high, forward.high, band.high, layers.low, LINK.high, 1 / spread),
        seconds(share.likely, forward.likely, band.likely, layers.likely, LINK.likely, 1.0),
        seconds(share.low, forward.low, band.low, layers.high, LINK.low, spread),
    )


def forward_flops(shape: Shape, tokens: float, longest: float, eager: bool = False) -> float:
    """FLOPs of a forward pass through the layers, without the head: 2 for each weight of a matrix that a token meets
    (Kaplan et al., 2001.08361, section 2.1), and of attention 4 x width for each key that a token reads. Of a row of L
    tokens it reads L / 2 on the mean, in a windowed layer no more than the window; eager attention computes all L."""
    matrices = 2.0 * sum(m.active * m.rows * m.columns for m in shape.matrices if m.part != "head")
    return tokens * (matrices + attention_flops(shape, longest if eager else longest / 2, eager))


def attention_flops(shape: Shape, keys: float, eager: bool = False) -> float:
    """FLOPs of a token in the attention of all layers, which reads so many keys: a windowed layer no more than its
    window, but in eager attention, which computes what its mask then hides."""
    windowed = min(keys, shape.window) if shape.window and not eager else keys
    read = (shape.layers - shape.windowed_layers) * keys + shape.windowed_layers * windowed
    return 4.0 * shape.heads * shape.head_dim * read


def distinct_experts(experts: int, used: int, tokens: float) -> float:
    """How many of a layer's experts at least one of so many tokens goes to, were all equally likely:
    E (1 - (1 - u/E)^n). What tokens have in common makes them fewer."""
    return experts * (1.0 - (1.0 - used / experts) ** tokens) if experts else 0.0


def batch_work(shape: Shape, job: Job, stack: Stack, device: DeviceKind) -> Work:
    """The work of a batch that is trained on or scored.

    Backward, each matrix is multiplied once for the gradient of its input and, if it learns, once more for its own:
    full fine-tuning is 3 forward passes, an adapter on frozen weights 2 and a little (Kaplan et al.; Hu et al.,
    2106.09685). Experts with adapters that are merged count as learning, since the merged copy has a gradient.
    Checkpointing adds a forward pass. The head runs on the tokens that are read, and not again.
    """
    tokens, value, eager = job.batch_tokens, value_bytes(job, stack), is_eager(shape, job, stack, device)
    trains = job.work == "train"
    full = trains and job.tune == "full"
    again = 1 if trains and job.checkpointing else 0
    merges = job.tune == "lora" and job.experts and stack.expert_copies and bool(shape.expert_layers)

    experts = 2.0 * tokens * sum(m.active * m.rows * m.columns for m in shape.matrices if m.expert)
    scores = tokens * attention_flops(shape, job.longest if eager else job.longest / 2, eager)
    others = forward_flops(shape, tokens, job.longest, eager) - experts - scores
    back = {True: 2, False: 1}
    flops = others * (1 + again + (back[full] if trains else 0))
    flops += experts * (1 + again + (back[full or merges] if trains else 0))
    flops += scores * (1 + again + (2 if trains else 0))
    if job.tune == "lora":
        met = lora_parameters(shape, job.rank, False) * (1 + again + (2 if trains else 0))
        flops += 2.0 * tokens * met

    everywhere = stack.logit_bytes is not None
    head = 2.0 * shape.vocabulary * shape.hidden * (tokens if everywhere else min(job.read, tokens))
    flops += head * ((3 if everywhere else 4) if full else 2 if trains else 1)

    expert_weights = float(shape.parts["experts"])
    moved = 0.0
    if merges:
        rank = max(1, job.rank // max(1, shape.experts_used))
        # Forward the weights are read and the copy is written; backward its gradient is written and read twice.
        moved += expert_weights * value * (2 * (1 + again) + (3 if trains else 0))
        flops += 2.0 * rank * expert_weights * (1 + again + (2 if trains else 0))
    if job.weights in ("4bit", "int8"):
        linear = shape.parts["attention"] + shape.parts["mlp"]
        moved += linear * 2.5 * (1 + again + (1 if trains else 0))
    if eager:
        touches = FORWARD_TOUCHES * (1 + again) + (BACKWARD_TOUCHES if trains else 0)
        moved += touches * float(value) * tokens * job.longest * shape.heads * shape.layers

    runs = 1 + again + (2 if trains else 0)
    touched = weight_bytes(shape, job.weights) if not full else float(shape.parameters * value)
    passes = 0.0 if stack.compiled else float(runs)
    return Work(flops, touched * runs, moved, passes, _linked(shape, job, full, value), value)


def _linked(shape: Shape, job: Job, full: bool, value: int) -> float:
    """Bytes that a device gets from the others for a batch: where weights are shared out, the others' share of them,
    forward and backward (ZeRO, 1910.02054, section 7); with placed experts, each token's states to its experts and
    back."""
    if job.devices == 1 or job.sharding in ("none", "zero2"):
        return 0.0
    rounds = 2 if job.work == "train" else 1
    if job.sharding == "experts":
        states = job.batch_tokens * shape.experts_used * shape.hidden * value * shape.expert_layers
        return 2.0 * states * rounds * (1 - 1 / job.devices)
    whole = float(shape.parameters * value) if full else weight_bytes(shape, job.weights)
    return whole * (1 - 1 / job.devices) * rounds


def _writing(shape: Shape, job: Job, hardware: Hardware, constants: Constants, stack: Stack) -> Range:
    """Seconds in which a batch of sequences is written: its prompts are read at once, then a token of each at a time.

    A step reads all weights that any of the sequences needs, and all keys and values; adapters on experts are merged
    anew in each (PEFT's own way; they are not merged to answer here).
    """
    prompt = max(1, job.context - job.new_tokens)
    reading = job.but(work="score", batch_tokens=job.sequences * prompt, longest=prompt, read=job.sequences)
    read = batch_work(shape, reading, stack, constants.device)
    taken = time_of(read, shape, hardware, constants, learns=False)
    step = time_of(step_work(shape, job, stack), shape, hardware, constants, learns=False)
    return taken + step * job.new_tokens


def step_work(shape: Shape, job: Job, stack: Stack = OURS) -> Work:
    """The work of writing one token of each sequence of a batch, in the middle of what is written."""
    value, keys = value_bytes(job.but(work="generate")), job.context - job.new_tokens / 2
    matrices = 2.0 * sum(m.active * m.rows * m.columns for m in shape.matrices)
    flops = job.sequences * (matrices + attention_flops(shape, keys))
    held = weight_bytes(shape, job.weights)
    embedding = 0 if shape.tied else shape.parts["embedding"]  # looked up
    each = weight_bytes(shape, job.weights) / shape.parameters
    expert_bytes = shape.parts["experts"] * (BITS[job.weights] / 8 if job.weights in ("mxfp4", "fp32") else 2.0)
    met = distinct_experts(shape.experts, shape.experts_used, job.sequences) / max(1, shape.experts)
    read = held - embedding * max(each, 2.0) - expert_bytes * (1 - met)
    read += cache_bytes(shape, job.sequences, round(keys), value)
    moved = 0.0
    if job.tune == "lora" and job.experts and stack.expert_copies:
        moved = 2.0 * value * shape.parts["experts"]
    if job.weights in ("4bit", "int8") and job.sequences > 1:
        moved += 2.5 * (shape.parts["attention"] + shape.parts["mlp"])
    return Work(flops, read, moved, 0.0 if stack.compiled else 1.0, 0.0, value)
