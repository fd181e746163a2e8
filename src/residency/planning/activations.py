"""Bytes of a token in one layer: what autograd keeps of it for the backward pass, and what is used on the way.

Counted tensor by tensor as Korthikanti et al. do (2205.05198, section 4.1), for the layers that are trained here: no
dropout, norms in fp32, gated MLPs, grouped products of experts, and adapters, for which the inputs of frozen matrices
are kept too. ``b`` is the bytes of a value, ``h`` the hidden size, ``q`` and ``k`` the widths of all queries and of all
keys, ``f`` the width of an MLP or expert, ``u`` the experts that work on a token, ``L`` the tokens of a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from residency.planning.constants import DeviceKind
from residency.planning.job import Job
from residency.planning.shape import Shape
from residency.planning.stack import OURS, Stack

BLOCK, KEPT = 256, 512
"""``residency.training.model.blockwise``: queries of a block, and the longest row whose scores are kept."""


def value_bytes(job: Job, stack: Stack = OURS) -> int:
    """Bytes of a value that is computed with. Full fine-tuning holds and computes fp32 here, but under DeepSpeed, which
    keeps bfloat16 weights beside fp32 ones."""
    full = job.work == "train" and job.tune == "full" and job.sharding not in ("zero2", "zero3")
    return 4 if (full and not stack.full_in_16_bits) or job.weights == "fp32" else 2


def is_eager(shape: Shape, job: Job, stack: Stack, device: DeviceKind) -> bool:
    """Whether attention holds the scores of all pairs of a row's tokens. Sinks are no part of SDPA: such a model has
    flex attention, which is compiled for a training's shapes on CUDA, or eager attention."""
    if stack.attention != "auto":
        return stack.attention == "eager"
    return bool(shape.sinks) and not (device == "cuda" and job.work == "train")


@dataclass(frozen=True)
class LayerBytes:
    """Bytes of a token: ``kept`` for the backward pass, ``working`` beside it while the layer is computed backward,
    ``forward`` at the most at once where nothing is kept."""

    kept: float
    working: float
    forward: float


def layer_bytes(shape: Shape, job: Job, stack: Stack, device: DeviceKind, longest: int) -> LayerBytes:
    """The bytes of a token in one layer; where some layers have experts, in one of those.

    - norms: the residual in fp32 and what comes out, twice (4h + bh), and bh once more where the norms learn; norms of
      heads 4(q + k) more, in fp32.
    - attention, fused: queries, keys, values and what comes out, b(2q + 2k); with sinks in flex attention bq more,
      for what comes out is scaled. On a CPU in bfloat16 the blockwise attention keeps the scores of short rows.
    - attention, eager: keys and values are repeated for all heads, b(4q), and what the softmax gave is kept,
      heads x L x b; without sinks it is computed in fp32 and kept so too, b + 4 in all.
    - MLP: gate, its activation, up and their product, 4bf.
    - experts: for each of the u, what goes into the two products and comes out (bh, 2bf, bf, bh) and the steps of the
      gate: one of width f, or, where it is clamped as in gpt-oss, four. Without adapters on experts the inputs (bh, bf)
      are not kept.

    Args:
        shape: the model.
        job: what is computed.
        stack: the software.
        device: where.
        longest: tokens of a row.
    """
    b, h, f = value_bytes(job, stack), shape.hidden, shape.width
    q, k = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    full = job.tune == "full"
    learning = b if full else 0
    kept: float = 2 * (4 + b + learning) * h + ((4 + learning) * (q + k) if _head_norms(shape) else 0)
    scores = 0.0
    if is_eager(shape, job, stack, device):
        kept += b * 4 * q + shape.heads * longest * (b if shape.sinks or b == 4 else b + 4)
        scores = shape.heads * longest * 4.0 * b
    else:
        kept += b * (2 * q + 2 * k) + (b * q if shape.sinks else 0)
        if device == "cpu" and b == 2 and longest <= KEPT:
            kept += shape.heads * b * _mean_keys(longest)
    if shape.expert_layers:
        inputs = h + f if full or job.experts else 0
        u, steps = shape.experts_used, 4 if shape.sinks else 1
        kept += u * b * (inputs + h + (2 + steps) * f) + 8 * shape.experts
        wide = u * b * (h + 3 * f)
    else:
        kept += 4 * b * f
        wide = 3 * b * f
    if job.tune == "lora":
        kept += 7 * b * job.rank
    forward = h * (4 + 3 * b) + max(b * (2 * q + 2 * k), wide) + scores
    return LayerBytes(kept=kept, working=wide + 8 * h + scores, forward=forward)


def _head_norms(shape: Shape) -> bool:
    """Whether queries and keys have norms of their own, which are a part of each layer's."""
    return (shape.norms - shape.hidden) // shape.layers % shape.hidden != 0


def _mean_keys(length: int) -> float:
    """Keys that the scores of a query of a row hold: whole blocks of queries up to their last key."""
    if length <= BLOCK:
        return float(length)
    return (BLOCK * BLOCK + (length - BLOCK) * length) / length


def activation_bytes(shape: Shape, job: Job, stack: Stack, device: DeviceKind) -> float:
    """Bytes of the activations of a batch.

    Training keeps those of all layers; with checkpointing the inputs of all layers, bh, and those of the one layer that
    is computed a second time (Chen et al., 1604.06174, with one segment a layer). Beside them stand the last norm and
    what one layer takes on the way. Nothing is kept in scoring and in reading prompts.
    """
    if job.work == "generate":
        prompt = max(1, job.context - job.new_tokens)
        return job.sequences * prompt * layer_bytes(shape, job, stack, device, prompt).forward
    one = layer_bytes(shape, job, stack, device, job.longest)
    if job.work == "score":
        return job.batch_tokens * one.forward
    b, h = value_bytes(job, stack), shape.hidden
    kept = shape.layers * b * h + one.kept if job.checkpointing else shape.layers * one.kept
    return job.batch_tokens * (kept + one.working + (4 + 2 * b) * h)
