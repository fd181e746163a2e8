"""What can be chosen: base models, ways to train them, and devices; of each choice the memory, the hours and the money.

A choice counts the whole recipe: every stage that computes on a model, on the devices that are rented for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from residency.planning.constants import Constants
from residency.planning.counts import Counts, Values
from residency.planning.hardware import GB, Hardware
from residency.planning.job import Job, Memory, Range, Sharding, Tune, Weights
from residency.planning.memory import memory_of, weight_bytes
from residency.planning.pace import seconds_of
from residency.planning.shape import Shape
from residency.planning.stages import Load, Setup, loads

Fit = Literal["fits", "tight", "no"]
DISTRIBUTED = frozenset({"sft", "preference"})
"""The stages in which every device of a node computes; in the others the first computes and the rest hold weights."""
DEVICES = (1, 2, 4, 8)
MOST_TOKENS = 1 << 17
"""Of a batch that is looked for: beyond, more at once gains nothing."""
SMALL = 10e9
"""Parameters up to which full fine-tuning is offered where the recipe does not ask for it."""
READING = Range(0.3 * GB, 1.0 * GB, 3.0 * GB)
"""Bytes of weights that are read in a second: a network disk, a common SSD, a fast one."""
STARTING = Range(20, 60, 180)
"""Seconds until a stage's first batch beside reading the weights: imports, kernels, the proofs before a training."""
DRAWN = Range(0.5, 0.75, 1.0)
"""Share of a board's rated power that it draws in training."""
AROUND = Range(1.1, 1.3, 1.6)
"""What a data centre takes for each watt of its machines (PUE): 1.10 as Google reports of its own, 1.58 the mean of the
Uptime Institute's survey (both 2023)."""
Fitted = Mapping[tuple[str, str], Constants]
"""Constants by the device's key and the model's name."""
GRID = 480.0
"""Grams of CO2 for a kWh: the world's mean of 2023 (Ember, Global Electricity Review 2024). Countries lie between 30
and 700: give your own."""


@dataclass(frozen=True)
class Method:
    """A way to train: what learns, and how the weights are held."""

    name: str
    tune: Tune
    weights: Weights


LORA, QLORA, FULL = Method("lora", "lora", "bf16"), Method("qlora", "lora", "4bit"), Method("full", "full", "bf16")
LORA_FP32, FULL_FP32 = Method("lora fp32", "lora", "fp32"), Method("full fp32", "full", "fp32")


@dataclass(frozen=True)
class Model:
    """A base model that may be chosen, with the recipe's counts by its tokenizer."""

    name: str
    title: str
    shape: Shape
    counts: Counts
    holds: frozenset[str] = frozenset({"bf16"})
    """How its weights can be held while adapters are trained: of ``bf16`` and ``4bit``."""


@dataclass(frozen=True)
class StageCost:
    """What a stage takes: seconds, dollars (None where nothing is rented), and the memory of its largest job."""

    stage: str
    seconds: Range
    usd: Range | None
    memory: Memory
    largest: str
    fit: Fit
    tokens: float
    steps: int

    def told(self) -> dict[str, Any]:
        """For programs."""
        return {
            "stage": self.stage,
            "hours": spread(self.seconds * (1 / 3600)),
            "usd": None if self.usd is None else spread(self.usd),
            "memory_gb": spread(self.memory.total * 1e-9),
            "memory_parts_gb": {name: spread(part * 1e-9) for name, part in self.memory.parts.items()},
            "largest": self.largest,
            "fit": self.fit,
            "tokens": round(self.tokens),
            "steps": self.steps,
        }


@dataclass(frozen=True)
class Choice:
    """One model, trained in one way, on devices of one kind."""

    model: Model
    method: Method
    hardware: Hardware
    devices: int
    sharding: Sharding
    fit: Fit
    stages: tuple[StageCost, ...]
    training: Job | None
    """The job of SFT."""
    constants: Constants

    @cached_property
    def largest(self) -> tuple[int, int]:
        """Tokens of the largest batch of the recipe's rows, and of the longest single row, that surely fit while SFT
        trains; 0 where none does."""
        if self.training is None:
            return 0, 0
        return _largest(self.model.shape, self.training, self.hardware, self.constants)

    @property
    def seconds(self) -> Range:
        """Of all stages."""
        return sum((stage.seconds for stage in self.stages), Range(0.0, 0.0, 0.0))

    @property
    def hours(self) -> Range:
        """Of all stages."""
        return self.seconds * (1 / 3600)

    @property
    def usd(self) -> Range | None:
        """The rent of all devices for all stages; None where they are not rented."""
        price = self.hardware.price
        return None if price is None else times(self.hours, price) * self.devices

    @property
    def kwh(self) -> Range:
        """Electricity, with what the building takes."""
        return times(times(self.hours, DRAWN), AROUND) * (self.devices * self.hardware.board_watts / 1000)

    @property
    def peak(self) -> StageCost:
        """The stage that takes the most memory."""
        return max(self.stages, key=lambda stage: stage.memory.total.high)

    @property
    def on(self) -> str:
        """The devices in short."""
        return self.hardware.key if self.devices == 1 else f"{self.devices} x {self.hardware.key}"

    def told(self, grid: float = GRID) -> dict[str, Any]:
        """For programs; ``grid`` in grams of CO2 for a kWh."""
        return {
            "model": self.model.name,
            "method": self.method.name,
            "hardware": self.hardware.key,
            "devices": self.devices,
            "sharding": self.sharding,
            "fit": self.fit,
            "hours": spread(self.hours),
            "usd": None if self.usd is None else spread(self.usd),
            "memory_gb": spread(self.peak.memory.total * 1e-9),
            "device_gb": round(self.hardware.usable * 1e-9, 2),
            "kwh": spread(self.kwh),
            "co2_kg": spread(self.kwh * (grid / 1000)),
            "stages": [stage.told() for stage in self.stages],
        }


def spread(found: Range) -> dict[str, float]:
    """A range for programs, to three digits."""
    return {name: float(f"{value:.4g}") for name, value in vars(found).items()}


def times(one: Range, other: Range) -> Range:
    """The product of two figures that know nothing of each other: as factors of the likely ones, the distances of the
    ends add up as roots of sums of squares. That both are at their ends at once is not expected."""
    likely = one.likely * other.likely
    if not likely:
        return Range(0.0, 0.0, one.high * other.high)
    below, above = (
        math.exp(
            math.hypot(
                *(abs(math.log(max(getattr(each, end), 1e-9 * each.likely) / each.likely)) for each in (one, other))
            )
        )
        for end in ("low", "high")
    )
    return Range(likely / below, likely, likely * above)


def methods_for(model: Model, hardware: Hardware, recipe: Values) -> list[Method]:
    """The ways to train a model on a device that this package has. 4-bit weights are for NVIDIA's cards; a processor
    without units for bfloat16 computes in fp32."""
    wide = not hardware.bf16_native or recipe["model"]["dtype"] == "float32"
    full = FULL_FP32 if wide else FULL
    found = [LORA_FP32 if wide else LORA]
    if hardware.kind == "cuda" and "4bit" in model.holds and not hardware.is_amd:
        found.append(QLORA)
    if recipe["sft"]["tune"] == "full":
        return [full]
    return [*found, full] if model.shape.parameters <= SMALL else found


def choices(
    models: Iterable[Model],
    hardware: Sequence[tuple[Hardware, int | None]],
    recipe: Values,
    constants: Fitted | None = None,
) -> list[Choice]:
    """Every choice with the fewest devices on which it fits, those that fit first, then by what they likely cost; what
    fits on no number of devices stands at the end with the most of them.

    Args:
        models: the candidates.
        hardware: kinds of devices, each with the number that is meant; None tries from one to a node's.
        recipe: the recipe's values.
        constants: of devices that were probed with a model. What their speed is was measured with it, so that the
            table's doubts of it (``spread``) do not count.
    """
    fitted = constants or {}
    found = []
    for model in models:
        known: dict[tuple[str, str, bool], list[Load]] = {}
        for device, count in hardware:
            probed = fitted.get((device.key, model.name))
            one = device if probed is None else device.model_copy(update={"spread": 1.0})
            of = probed or Constants.default(device.kind)
            for method in methods_for(model, one, recipe):
                found.append(_least(model, method, one, count, recipe, of, known))
    order = {"fits": 0, "tight": 1, "no": 2}
    return sorted(found, key=lambda one: (order[one.fit], _cost(one), one.hours.likely))


def _cost(choice: Choice) -> float:
    """Dollars; what is not rented stands by its hours, behind what is."""
    return 1e9 + choice.hours.likely if choice.usd is None else choice.usd.likely


def _least(
    model: Model,
    method: Method,
    hardware: Hardware,
    count: int | None,
    recipe: Values,
    constants: Constants,
    known: dict[tuple[str, str, bool], list[Load]],
) -> Choice:
    most = hardware.per_node if hardware.kind == "cuda" and method.weights != "4bit" else 1
    numbers = [count] if count else [number for number in DEVICES if number <= most]
    checkpointing = _checkpointing(recipe, hardware)
    key = (method.tune, method.weights, checkpointing)
    if key not in known:
        known[key] = loads(model.counts, recipe, Setup(method.tune, method.weights, checkpointing=checkpointing))
    weights = weight_bytes(model.shape, method.weights)
    numbers = [number for number in numbers if weights <= hardware.usable * number] or numbers[-1:]
    tried = []
    for number in numbers:
        tried.append(_choice(model, method, hardware, number, known[key], constants))
        if tried[-1].fit == "fits":
            return tried[-1]
    return next((one for one in tried if one.fit == "tight"), tried[-1])


def _checkpointing(recipe: Values, hardware: Hardware) -> bool:
    asked = str(recipe["sft"]["gradient_checkpointing"])
    return hardware.kind != "cpu" if asked == "auto" else asked == "on"


def _choice(
    model: Model, method: Method, hardware: Hardware, devices: int, work: Sequence[Load], constants: Constants
) -> Choice:
    sharding: Sharding = "fsdp" if devices > 1 else "none"
    stages = []
    for name in dict.fromkeys(load.stage for load in work):
        own = [load for load in work if load.stage == name]
        stages.append(_stage(name, own, model, hardware, devices, sharding, constants))
    fits = {stage.fit for stage in stages}
    fit: Fit = "no" if "no" in fits else "tight" if "tight" in fits else "fits"
    training = next((load.job for load in work if load.stage == "sft" and load.job.work == "train"), None)
    job = training.but(devices=devices, sharding=sharding) if training is not None else None
    return Choice(model, method, hardware, devices, sharding, fit, tuple(stages), job, constants)


def _stage(
    name: str,
    work: Sequence[Load],
    model: Model,
    hardware: Hardware,
    devices: int,
    sharding: Sharding,
    constants: Constants,
) -> StageCost:
    shape = model.shape
    jobs = [load.job.but(devices=devices, sharding=sharding) for load in work]
    memories = [_memory(shape, load.peak.but(devices=devices, sharding=sharding), constants) for load in work]
    memory, largest = max(zip(memories, work, strict=True), key=lambda one: one[0].total.high)
    seconds = STARTING + _reading(shape, work[0].job)
    for load, job in zip(work, jobs, strict=True):
        own = job if name in DISTRIBUTED else load.job
        seconds += times(seconds_of(shape, own, hardware, constants, load.batches, load.steps), load.spread)
    usd = None if hardware.price is None else times(seconds * (devices / 3600), hardware.price)
    return StageCost(
        name,
        seconds,
        usd,
        memory,
        largest.does,
        fit_of(memory, hardware),
        sum(load.tokens for load in work),
        sum(load.steps for load in work),
    )


@lru_cache(4096)
def _memory(shape: Shape, job: Job, constants: Constants) -> Memory:
    """The same for all devices of a kind."""
    return memory_of(shape, job, constants)


def _reading(shape: Shape, job: Job) -> Range:
    size = weight_bytes(shape, job.weights)
    return Range(size / READING.high, size / READING.likely, size / READING.low)


def fit_of(memory: Memory, hardware: Hardware) -> Fit:
    """Whether the upper end of what is expected fits, the likely figure alone, or not even that."""
    total = memory.total
    return "fits" if total.high <= hardware.usable else "tight" if total.likely <= hardware.usable else "no"


def _largest(shape: Shape, job: Job, hardware: Hardware, constants: Constants) -> tuple[int, int]:
    """The largest batch of rows as they are, and the longest row by itself, that surely fit."""
    share = job.read / job.batch_tokens

    def fits(change: Callable[[int], Job]) -> Callable[[int], bool]:
        return lambda tokens: memory_of(shape, change(tokens), constants).total.high <= hardware.usable

    def of(tokens: int, longest: int) -> Job:
        return job.but(batch_tokens=tokens, longest=longest, read=max(1, round(tokens * share)))

    batch = _most(fits(lambda tokens: of(tokens, min(tokens, job.longest))), MOST_TOKENS)
    return batch, _most(fits(lambda tokens: of(tokens, tokens)), shape.context)


def _most(fits: Callable[[int], bool], end: int, step: int = 64) -> int:
    """The largest multiple of ``step`` up to ``end`` that fits; 0 where none does."""
    low, high = 0, end // step
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle * step):
            low = middle
        else:
            high = middle - 1
    return low * step
