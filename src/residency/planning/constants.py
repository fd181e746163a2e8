"""The few figures of the plan that no formula gives: what they mean, between which ends they lie, and why.

They come from the sources named here and from reasons; none of them was chosen by what the published points of
``published.json`` say. A probe on the machine at hand puts its own in their place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, cast

from residency.core.errors import InputError
from residency.planning.job import Range

DeviceKind = Literal["cuda", "cpu", "mps"]
FORMAT = 1
UNMEASURED = "default"


@dataclass(frozen=True)
class Constants:
    """What the formulas of :mod:`memory` and :mod:`pace` are multiplied by. ``share``: of 1."""

    device: DeviceKind
    """For which kind of device; it also decides how attention is computed."""
    activations: Range
    """Factor on what is kept for the backward pass and used in it: the formula counts tensors, and not which of them
    live at the same time."""
    overhead: Range
    """Bytes that are there without any model: the driver's context and the libraries' workspaces on a GPU, the
    interpreter with its libraries on a CPU."""
    fragmentation: Range
    """Share of what comes and goes in a step (activations, logits, copies, cache) that the allocator holds beside."""
    dense: Range
    """Share of the peak FLOP/s that training reaches in layers without experts, recomputed activations included."""
    experts: Range
    """The same of models with experts, whose products are small and follow a sort of the tokens."""
    forward: Range
    """Factor on these shares where nothing is learnt: scoring, and reading a prompt."""
    bandwidth: Range
    """Share of the memory's bandwidth that reading weights reaches, in writing tokens and in copying."""
    layer_seconds: Range
    """Seconds in which a layer's operations are given to the device in a forward pass, however few tokens there are;
    a backward pass takes twice as long. On a GPU this runs beside the computation, on a CPU before it."""
    step_seconds: Range
    """Seconds of an optimiser step beside its batches: the optimiser, the log, the loader."""
    source: str = UNMEASURED
    """:data:`UNMEASURED`, or what fitted them."""

    @classmethod
    def default(cls, device: DeviceKind) -> Constants:
        """What to expect of a device that was not probed; :data:`SOURCES` says why."""
        return _DEFAULTS[device]

    def to_json(self) -> str:
        """As a JSON object; :meth:`from_json` reads it."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2)

    @classmethod
    def from_json(cls, text: str, where: str = "constants") -> Constants:
        """The constants that :meth:`to_json` wrote.

        Args:
            text: JSON.
            where: the file, for errors.

        Raises:
            InputError: it holds something else.
        """
        try:
            given: Mapping[str, Any] = json.loads(text)
            if given["format"] != FORMAT or given["device"] not in _DEFAULTS:
                raise ValueError(given["format"])
            ranges = {
                field.name: Range(**{end: float(value) for end, value in given[field.name].items()})
                for field in fields(cls)
                if field.name not in ("device", "source")
            }
            return cls(device=cast(DeviceKind, given["device"]), source=str(given["source"]), **ranges)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            fix = "Type: residency plan RECIPE --probe, which writes it anew"
            raise InputError("these are no constants of a plan", where, fix) from error


SOURCES: dict[str, str] = {
    "activations": "A formula of tensors that autograd keeps is good to a fifth where the kernels are known"
    " (Korthikanti et al., 2205.05198, table 2, are within a few percent of theirs); upwards, since which temporaries "
    "live at the peak is the allocator's and the compiler's business.",
    "overhead": "cuda: a context takes 0.3 to 0.6 GB by architecture, cuBLAS keeps workspaces of 8 to 32 MiB a handle "
    "(PyTorch's notes on CUDA semantics), and Triton's kernels take some. cpu: torch, transformers and "
    "PEFT imported are 0.4 GB here; oneDNN keeps a compiled kernel and packed weights for each shape.",
    "fragmentation": "GMLake (2401.08156) finds 5 to 25% of the memory that PyTorch's allocator holds in fine-tuning "
    "unused, more with recomputation and LoRA.",
    "dense": "Model FLOP/s at scale: GPT-3 21%, PaLM 46% (2204.02311), Llama 3 405B 38 to 43% on H100 "
    "(2407.21783). transformers' layers run unfused, with norms in fp32 and two small products beside "
    "each large one for LoRA: below those. Plain eager PyTorch is reported from 15% on. cpu: fitted to small models by "
    "benchmarks.planning on two cores, 8% of what AMX could do in bf16 and 69% of what AVX-512 could in fp32.",
    "experts": "H100, of 989 TFLOP/s, with fused kernels: Megatron 350 for DeepSeek V3 (Megatron-MoE-ModelZoo, issue "
    "5) and 302 for Qwen3-235B (Megatron-LM, pull request 5728); NeMo AutoModel's own page 189 for Kimi "
    "K2, 216 and 250 for DeepSeek V3, 328 and 334 for Nemotron V3: 19 to 35%. As users first find it, 12% "
    "(ModelZoo, issue 21) and on B200 7 and 13.5% (ModelZoo, issue 7; torchtitan, pull request 1993). "
    "From the best of these down to a quarter of it. cpu: 1.0 and 1.4% of AMX, fitted to random models of 27 and 36 "
    "million weights.",
    "forward": "Nothing published says that one is better than the other; a probe can.",
    "bandwidth": "Servers reach 60 to 85% in decoding; eager PyTorch, which launches each kernel by itself, half of "
    "that and less (PyTorch's blog on gpt-fast, 2023: 25 tokens/s of Llama-7B in eager mode on an A100 "
    "are 17%).",
    "layer_seconds": "A decoder layer with adapters is about 60 kernels in a forward pass; PyTorch needs 5 to 30 "
    "microseconds for each, autograd included.",
    "step_seconds": "Adam on an adapter is a few fused kernels; the trainer logs each step.",
}
"""Why the defaults are what they are."""

_DEFAULTS: dict[DeviceKind, Constants] = {
    "cuda": Constants(
        device="cuda",
        activations=Range(0.8, 1.0, 1.35),
        overhead=Range(0.5e9, 0.9e9, 1.6e9),
        fragmentation=Range(0.0, 0.1, 0.25),
        dense=Range(0.18, 0.36, 0.6),
        experts=Range(0.0885, 0.177, 0.354),
        forward=Range(1.0, 1.0, 1.0),
        bandwidth=Range(0.17, 0.35, 0.65),
        layer_seconds=Range(0.0006, 0.0012, 0.002),
        step_seconds=Range(0.025, 0.05, 0.1),
    ),
    "cpu": Constants(
        device="cpu",
        activations=Range(0.8, 1.0, 1.35),
        overhead=Range(0.45e9, 0.8e9, 1.4e9),
        fragmentation=Range(0.0, 0.15, 0.4),
        dense=Range(0.08, 0.16, 0.6),
        experts=Range(0.01, 0.03, 0.2),
        forward=Range(1.0, 1.0, 1.0),
        bandwidth=Range(0.25, 0.5, 0.8),
        layer_seconds=Range(0.0002, 0.0005, 0.001),
        step_seconds=Range(0.05, 0.1, 0.2),
    ),
    "mps": Constants(
        device="mps",
        activations=Range(0.8, 1.0, 1.35),
        overhead=Range(0.6e9, 1.2e9, 2.5e9),
        fragmentation=Range(0.0, 0.15, 0.4),
        dense=Range(0.15, 0.3, 0.55),
        experts=Range(0.06, 0.13, 0.24),
        forward=Range(1.0, 1.0, 1.0),
        bandwidth=Range(0.25, 0.45, 0.75),
        layer_seconds=Range(0.001, 0.002, 0.004),
        step_seconds=Range(0.035, 0.07, 0.14),
    ),
}
