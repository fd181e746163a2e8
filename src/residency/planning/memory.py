"""The peak memory of a job on one device, part by part. Formulas; no torch."""

from __future__ import annotations

from residency.planning.activations import activation_bytes, value_bytes
from residency.planning.constants import Constants
from residency.planning.job import BITS, Job, Memory, Range, Weights
from residency.planning.shape import Shape, lora_parts
from residency.planning.stack import OURS, Stack

ONLINE = ("grpo", "rloo")
CHUNK = 128
"""``residency.training.model.scoring``: positions whose logits are held at once."""
BUCKETS = Range(1e9, 2e9, 4.5e9)
"""DeepSpeed's buffers of gradients: two of 5e8 elements by default; its documentation counts up to 4.5 times one of
them with ``overlap_comm``."""
GATHERED = Range(1.0, 2.0, 3.0)
"""Layers whose weights are whole at once where they are shared out: the one that is computed, and the next, which FSDP2
and ZeRO-3 fetch meanwhile."""
SUB_GROUP = 1e9
"""DeepSpeed's ``sub_group_size`` by default: weights whose step ZeRO-3 takes at once."""
LAST_GRADIENT = 2 / 3
"""Of a layer's experts, the larger of the two parameters (gate and up): one gradient of a copy is there at a time."""


def memory_of(shape: Shape, job: Job, constants: Constants, stack: Stack = OURS) -> Memory:
    """The peak of one device.

    Args:
        shape: the model.
        job: what is computed on it.
        constants: of the kind of device.
        stack: the software, where it is not this.
    """
    held = _Held(shape, job, constants, stack)
    passing = {"activations": held.activations(), "copies": held.copies(), "logits": held.logits()}
    forward = sum(part.likely for part in passing.values())
    passing["cache"] = held.cache(forward)
    loose = sum(passing.values(), _NOTHING)
    parts = {
        "weights": held.weights(),
        "adapter": held.adapter(),
        "gradients": held.gradients(forward),
        "optimiser": held.optimiser(forward),
        "reference": held.reference(),
        "gathered": held.gathered(),
        **passing,
        "overhead": constants.overhead + _product(constants.fragmentation, loose) + held.buckets(),
    }
    return Memory({name: part for name, part in parts.items() if part.high > 0})


def weight_bytes(shape: Shape, weights: Weights) -> float:
    """Bytes of all weights.

    Only what a method reaches has its bits: int8 and 4-bit the linear layers of attention and MLP (bitsandbytes passes
    over experts that are fused into one parameter, and over biases), MXFP4 the experts. Embeddings, head, norms and
    routers stay in 16.
    """
    rest = 32.0 if weights == "fp32" else 16.0
    reached = {"int8": ("attention", "mlp"), "4bit": ("attention", "mlp"), "mxfp4": ("experts",)}.get(weights, ())
    few = sum(m.rows * m.columns * m.count for m in shape.matrices if m.part in reached)
    return (few * BITS[weights] + (shape.parameters - few) * rest) / 8


def cache_bytes(shape: Shape, sequences: int, context: int, value: int = 2) -> float:
    """Bytes of the keys and values of sequences: 2 x KV heads x head size x bytes for each token and layer (Shazeer,
    1911.02150; with grouped heads Ainslie et al., 2305.13245). A windowed layer keeps no more than its window."""
    short = min(context, shape.window) if shape.window else context
    tokens = (shape.layers - shape.windowed_layers) * context + shape.windowed_layers * short
    return 2.0 * shape.kv_heads * shape.head_dim * value * tokens * sequences


def full_logit_bytes(shape: Shape, tokens: int) -> float:
    """What a stack takes that computes the logits of all tokens: in bfloat16 (2), in fp32 (4), their softmax's
    logarithm (4) and the gradient (4) of each. Not so here; it is what is saved."""
    return 14.0 * tokens * shape.vocabulary


class _Held:
    """The parts of one job's memory."""

    def __init__(self, shape: Shape, job: Job, constants: Constants, stack: Stack) -> None:
        self.shape, self.job, self.constants, self.stack = shape, job, constants, stack
        self.trains = job.work == "train"
        self.full = self.trains and job.tune == "full"
        self.value = value_bytes(job, stack)
        lora: dict[str, float] = {}
        if job.tune == "lora":
            lora |= lora_parts(shape, job.rank, job.experts)
        total = sum(lora.values())
        if job.tune == "lora" and stack.adapter_weights is not None:
            lora = {name: count * stack.adapter_weights / max(1, total) for name, count in lora.items()}
        self.lora = lora

    def weights(self) -> Range:
        """Those of the model; of full fine-tuning what is trained itself."""
        if self.full:
            return self._shared(self._all(), self._split(self.stack.full_bytes)[0])
        whole = weight_bytes(self.shape, self.job.weights)
        experts = self.shape.parts["experts"]
        share = 0.0
        if experts:
            one = BITS[self.job.weights] if self.job.weights in ("fp32", "mxfp4") else 16.0
            share = experts * one / 8
        return self._shared({"experts": share, "rest": whole - share}, 1.0)

    def adapter(self) -> Range:
        """fp32 here (``residency.training.model.adapter``); read to answer with, in the model's own precision."""
        each = self._split(self.stack.adapter_bytes)[0] if self.trains else float(self.value)
        return self._shared(self.lora, each)

    def gradients(self, forward: float) -> Range:
        """One for each weight that learns, in its precision; DeepSpeed's are bfloat16. With one batch a step they come
        while what the forward pass left goes, so that only what is beyond that adds to the peak, at the least."""
        found = self._learnt(1)
        return Range(max(0.0, found - forward), found, found)

    def optimiser(self, forward: float) -> Range:
        """Adam's two moments in fp32 (Kingma and Ba, 1412.6980); DeepSpeed counts the fp32 weights to them (Rajbhandari
        et al., 1910.02054, section 3.1). ZeRO-3 turns the gradients of a sub-group to fp32 for its step, when what the
        forward pass left is gone."""
        found = Range.of(self._learnt(2))
        if not self.trains or self.job.sharding != "zero3":
            return found
        group = 4.0 * min(SUB_GROUP, self._learnt(1) / 2.0)
        beyond = max(0.0, group - forward)
        return found + Range(beyond, beyond, group)

    def reference(self) -> Range:
        """Log-probabilities that were computed beforehand take nothing. A reference that is held is, for an adapter, a
        second adapter on the same weights, for full fine-tuning a second model."""
        if self.job.reference != "held":
            return _NOTHING
        if self.full:
            return self._shared(self._all(), float(self.value))
        return self._shared(self.lora, 4.0)

    def gathered(self) -> Range:
        """Where weights are shared out (ZeRO-3, FSDP), those of the layers that are whole at once, and of the embedding
        and the head, which stand outside the layers."""
        if self.job.sharding not in ("zero3", "fsdp") or self.job.devices == 1:
            return _NOTHING
        parts = self.shape.parts
        outer = parts["embedding"] + parts["head"]
        missing = (self.shape.parameters - outer) * (1 - 1 / self.job.devices)
        each = weight_bytes(self.shape, self.job.weights) / self.shape.parameters if not self.full else self.value
        layer = (self.shape.parameters - outer) / self.shape.layers
        low, likely, high = (min(layer * n, missing) for n in (GATHERED.low, GATHERED.likely, GATHERED.high))
        return Range(low, likely + outer, high + outer) * each

    def activations(self) -> Range:
        """See :func:`residency.planning.activations.activation_bytes`. An adapter held in fp32 is cast for each
        product, and the copy is kept for the backward pass, of one layer with checkpointing."""
        found = activation_bytes(self.shape, self.job, self.stack, self.constants.device)
        if self.trains and self.value == 2:
            cast = (self.lora.get("attention", 0.0) + self.lora.get("mlp", 0.0)) * self.value
            found += cast / self.shape.layers if self.job.checkpointing else cast
        return self.constants.activations * found

    def copies(self) -> Range:
        """PEFT adds an adapter on experts to a copy of all their weights, which is kept for the backward pass, and
        whose gradient is as large (``peft.tuners.lora.layer.ParamWrapper``): of one layer with checkpointing, else of
        all."""
        if not self._copies():
            return _NOTHING
        layer = self.shape.parts["experts"] / self.shape.expert_layers * self.value
        if self.job.sharding == "experts":
            layer /= self.job.devices
        if not self.trains:
            return Range(LAST_GRADIENT, 1.0, 1.0) * layer
        kept = 1 if self.job.checkpointing else self.shape.expert_layers
        return Range(kept, kept + LAST_GRADIENT, kept + 1.0) * layer

    def logits(self) -> Range:
        """Of a chunk of positions: in the model's precision, in fp32, the softmax's logarithm and both gradients; and
        for each position that is read its state and the derivative by it. A head that learns has its gradient twice,
        in fp32. Online tuning computes those of all that was written, and keeps a softmax. In writing, those of the
        last tokens.
        """
        vocabulary, value = self.shape.vocabulary, self.value
        cast = 0 if value == 4 else 4
        if self.job.work == "generate":
            return Range.of(self.job.sequences * vocabulary * (value + cast + 4.0))
        if self.stack.logit_bytes is not None:
            return Range.of(self.job.batch_tokens * vocabulary * self.stack.logit_bytes, 0.8, 1.2)
        if self.trains and self.job.method in ONLINE:
            return Range.of(self.job.sequences * self.job.new_tokens * vocabulary * 8.0, 0.75, 1.5)
        chunk = min(CHUNK, self.job.read)
        if not self.trains:
            return Range.of(chunk * vocabulary * (value + cast + 4.0))
        found = chunk * vocabulary * (2 * value + cast + 8.0) + self.job.read * self.shape.hidden * 2 * value
        return Range.of(found + (8.0 * vocabulary * self.shape.hidden if self.full else 0.0))

    def cache(self, passing: float) -> Range:
        """Keys and values, which grow by copies. Online tuning writes before it learns: what the cache took is there
        for the activations again, so that only what is beyond them adds to the peak, at the least."""
        online = self.trains and self.job.method in ONLINE
        if not online and self.job.work != "generate":
            return _NOTHING
        found = cache_bytes(self.shape, self.job.sequences, self.job.context, self.value) * self.stack.cache_copies
        if not online:
            return Range.of(found, 1.0, 1.25)
        beyond = max(0.0, found - passing)
        return Range(beyond, beyond, max(beyond, found))

    def buckets(self) -> Range:
        """DeepSpeed's."""
        return BUCKETS if self.trains and self.job.sharding in ("zero2", "zero3") else _NOTHING

    def _all(self) -> dict[str, float]:
        experts = float(self.shape.parts["experts"])
        return {"experts": experts, "rest": self.shape.parameters - experts}

    def _copies(self) -> bool:
        """Whether experts have adapters, and these make copies."""
        adapted = self.job.tune == "lora" and self.job.experts and self.stack.expert_copies
        return adapted and bool(self.shape.expert_layers)

    def _split(self, all_bytes: float) -> tuple[float, float, float]:
        """Bytes of a weight that learns, its gradient and its optimiser's states."""
        if self.job.sharding in ("zero2", "zero3"):
            return 2.0, 2.0, all_bytes - 4.0
        return all_bytes / 4, all_bytes / 4, all_bytes / 2

    def _learnt(self, which: int) -> float:
        """Bytes of the gradients (1) or of the optimiser's states (2) on one device."""
        if not self.trains:
            return 0.0
        if self.full:
            experts = float(self.shape.parts["experts"])
            learns = {"experts": experts, "rest": self.shape.parameters - self.shape.parts["router"] - experts}
            return self._bytes(learns, self._split(self.stack.full_bytes)[which], "states")
        return self._bytes(self.lora, self._split(self.stack.adapter_bytes)[which], "states")

    def _shared(self, counts: dict[str, float], each: float) -> Range:
        """Weights by part, as one device holds them."""
        return Range.of(self._bytes(counts, each, "weights"))

    def _bytes(self, counts: dict[str, float], each: float, what: str) -> float:
        return sum(count / self._over(part, what) for part, count in counts.items()) * each

    def _over(self, part: str, what: str) -> int:
        """Among how many devices a part is divided."""
        divided = {"zero3": True, "fsdp": True, "zero2": what == "states", "experts": part == "experts", "none": False}
        return self.job.devices if divided[self.job.sharding] else 1


_NOTHING = Range(0.0, 0.0, 0.0)


def _product(share: Range, of: Range) -> Range:
    return Range(share.low * of.low, share.likely * of.likely, share.high * of.high)
