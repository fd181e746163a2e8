"""What a plan says after a probe, against what is then measured: peak memory and step time, setting by setting.

For the embedded model and for small random models with experts: a probe of some settings gives the constants, which
predict other settings, which are measured, each in a process of its own. The figures are medians over all of them, and
how many of the published points (docs/planning.md) the default constants hold.

    python -m benchmarks.planning --quick --json
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.trainers import Say, note_load, printer
from residency.core.errors import InputError
from residency.core.files import append_jsonl, read_json, recover_jsonl
from residency.flow.probing import STEPS, WARM, TrialError, described, trial
from residency.generation.embedded import embedded_model_folder
from residency.generation.settings import ModelSettings
from residency.planning.constants import Constants
from residency.planning.hardware import hardware_table
from residency.planning.job import Job
from residency.planning.memory import memory_of
from residency.planning.probe import Measured, fit, predicted_bytes, predicted_seconds
from residency.planning.published import check_points
from residency.planning.shape import Shape, shape_of

AIMS = {"memory_error_median": 0.15, "time_error_median": 0.25}
EMBEDDED, GPT_OSS, QWEN3_MOE = "embedded", "gpt_oss", "qwen3_moe"
COMMON: dict[str, Any] = {
    "vocab_size": 32_000,
    "hidden_size": 256,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "max_position_embeddings": 4096,
}


def small(kind: str, folder: Path) -> None:
    """Write a random model of one of the two architectures with experts: 27 and 36 million parameters."""
    import torch
    from transformers import GptOssConfig, GptOssForCausalLM, Qwen3MoeConfig, Qwen3MoeForCausalLM

    torch.manual_seed(0)
    model: Any
    own: dict[str, Any]
    if kind == GPT_OSS:
        own = {"num_hidden_layers": 6, "num_local_experts": 8, "num_experts_per_tok": 2, "intermediate_size": 256}
        model = GptOssForCausalLM(GptOssConfig(**COMMON, **own, sliding_window=128))
    else:
        own = {"num_hidden_layers": 8, "num_experts": 16, "num_experts_per_tok": 4, "moe_intermediate_size": 192}
        model = Qwen3MoeForCausalLM(Qwen3MoeConfig(**COMMON, **own, tie_word_embeddings=False))
    model.to(torch.bfloat16).save_pretrained(str(folder))


@dataclass(frozen=True)
class Group:
    """Settings of one model in one precision: those that are probed, and those that are then predicted."""

    model: str
    probed: tuple[Job, ...]
    predicted: tuple[Job, ...]


def _job(
    tokens: int, longest: int, method: str = "sft", tune: str = "lora", weights: str = "bf16", twice: bool = False
) -> Job:
    reference = "none" if method == "sft" else "precomputed"
    return Job(
        method=method,
        tune=tune,  # type: ignore[arg-type]
        weights=weights,  # type: ignore[arg-type]
        batch_tokens=tokens,
        longest=longest,
        read=tokens // 2,
        checkpointing=twice,
        reference=reference,  # type: ignore[arg-type]
    )


def _wide(tokens: int, longest: int, tune: str = "full", twice: bool = False) -> Job:
    return _job(tokens, longest, tune=tune, weights="fp32", twice=twice)


GROUPS = (
    Group(
        EMBEDDED,
        (_job(128, 64), _job(768, 128), _job(384, 192, twice=True), _job(256, 64, "dpo")),
        (_job(256, 128), _job(512, 64), _job(512, 512), _job(512, 256, "dpo"), _job(768, 256, twice=True)),
    ),
    Group(
        EMBEDDED,
        (_wide(128, 64), _wide(384, 128), _wide(128, 128, "lora"), _wide(512, 256, "lora", twice=True)),
        (_wide(256, 128), _wide(384, 384, twice=True), _wide(384, 128, "lora")),
    ),
    Group(
        GPT_OSS,
        (_job(256, 64), _job(1024, 128), _job(512, 256, twice=True)),
        (_job(512, 128), _job(1024, 512), _job(512, 256, "dpo"), _job(1024, 256, twice=True)),
    ),
    Group(
        QWEN3_MOE,
        (_job(256, 64), _job(1024, 128), _job(512, 256, twice=True)),
        (_job(512, 128), _job(1024, 512), _job(512, 256, "dpo"), _job(1024, 256, twice=True)),
    ),
)
QUICK = (
    Group(
        EMBEDDED, (_job(128, 64), _job(384, 128), _job(256, 128, twice=True)), (_job(256, 128), _job(256, 64, "dpo"))
    ),
    Group(GPT_OSS, (_job(256, 64), _job(768, 128), _job(512, 256, twice=True)), (_job(512, 128), _job(512, 64, "dpo"))),
)


@dataclass(frozen=True)
class Setting:
    """One predicted setting: bytes and seconds, predicted and measured."""

    model: str
    job: Job
    predicted: tuple[float, float]
    measured: tuple[float, float]

    @property
    def errors(self) -> tuple[float, float]:
        """Of memory and of time, as shares of what was measured."""
        memory, seconds = (abs(said - found) / found for said, found in zip(self.predicted, self.measured, strict=True))
        return memory, seconds

    def told(self) -> dict[str, Any]:
        """For programs."""
        (said_bytes, said_seconds), (found_bytes, found_seconds) = self.predicted, self.measured
        return {
            "model": self.model,
            "setting": described(self.job),
            "predicted_gb": round(said_bytes / 1e9, 3),
            "peak_gb": round(found_bytes / 1e9, 3),
            "memory_error": round(self.errors[0], 3),
            "predicted_s": round(said_seconds, 3),
            "step_s": round(found_seconds, 3),
            "time_error": round(self.errors[1], 3),
        }


class Measurements:
    """What was measured, setting by setting, each in a process of its own; with a file, what stands in it is not
    measured again, so that a run that was stopped goes on, and formulas can be tried on what is there.

    Args:
        file: JSON Lines; it grows.
        clock: ``wall``, or ``cpu``: the seconds that a process of one thread had.
        steps: of each setting.
    """

    def __init__(self, file: Path | None, clock: str, steps: int) -> None:
        self.file, self.clock, self.steps = file, clock, steps
        self.rows = recover_jsonl(file) if file else []

    def __call__(self, model: str, folder: Path, job: Job) -> Measured:
        """One setting of a model, by the clock.

        Raises:
            TrialError: it could not be measured.
        """
        about = {"model": model, "asked": asdict(job), "clock": self.clock, "steps": self.steps}
        found = next((row["found"] for row in self.rows if row.items() >= about.items()), None)
        if found is None:
            found = trial(ModelSettings(name=str(folder), device="cpu"), job, self.steps)
            self.rows.append(about | {"found": found})
            if self.file:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                with self.file.open("a", encoding="utf-8") as handle:
                    append_jsonl(handle, self.rows[-1:])
        timed = found["seconds" if self.clock == "wall" else "busy"][WARM:]
        taken = Job(**found["job"])
        return Measured(taken, found["device"], statistics.median(timed), len(timed), found["peak"], found["before"])


def run_group(group: Group, folder: Path, measured: Measurements, say: Say) -> list[Setting]:
    """Probe, fit, predict, measure."""
    shape: Shape = shape_of(read_json(folder / "config.json"))
    hardware = hardware_table()["cpu"]
    say(f"{group.model}, {shape.parameters / 1e6:.0f} million parameters")
    probes: list[Measured] = []
    for job in group.probed:
        probes.append(measured(group.model, folder, job))
        say(f"  probed: {described(probes[-1].job)}: {probes[-1].peak / 1e9:.3f} GB, {probes[-1].seconds:.3f} s")
    constants = fit(shape, probes, Constants.default("cpu"), hardware)
    say(f"  fitted: {_fitted(constants)}")
    found: list[Setting] = []
    for job in group.predicted:
        try:
            actual = measured(group.model, folder, job)
        except TrialError as error:
            say(f"  {described(job)}: not measured: {error.what}")
            continue
        said = predicted_bytes(shape, actual.job, constants), predicted_seconds(shape, actual.job, hardware, constants)
        found.append(Setting(group.model, actual.job, said, (actual.peak, actual.seconds)))
        say(f"  {_line(found[-1])}")
        say(f"    of which {_parts(shape, actual.job, constants)}")
    return found


def _fitted(constants: Constants) -> str:
    names = ("activations", "overhead", "fragmentation", "dense", "experts", "layer_seconds", "step_seconds")
    return ", ".join(f"{name} {getattr(constants, name).likely:.3g}" for name in names)


def _parts(shape: Shape, job: Job, constants: Constants) -> str:
    parts = memory_of(shape, job, constants).parts
    return ", ".join(f"{name} {part.likely / 1e9:.3f}" for name, part in parts.items())


def _line(one: Setting) -> str:
    told = one.told()
    return (
        f"{told['setting']}: {told['predicted_gb']:.3f} GB said, {told['peak_gb']:.3f} measured "
        f"({told['memory_error']:.0%} off); {told['predicted_s']:.3f} s said, {told['step_s']:.3f} measured "
        f"({told['time_error']:.0%} off)"
    )


def figures_of(settings: Sequence[Setting]) -> dict[str, Any]:
    """The figures, with how many settings they are of."""
    memory, seconds = ([one.errors[place] for one in settings] for place in (0, 1))
    return {
        "memory_error_median": round(statistics.median(memory), 4),
        "memory_error_max": round(max(memory), 4),
        "time_error_median": round(statistics.median(seconds), 4),
        "time_error_max": round(max(seconds), 4),
        "settings": len(settings),
    }


def published() -> dict[str, int]:
    """How many published points of stacks like this one there are, and how many the default constants hold."""
    counted = [one for one in check_points() if one.point.ours]
    return {"published_points": len(counted), "published_points_held": sum(one.held for one in counted)}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer settings, of two models")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"of each setting (default {STEPS}; {WARM} warm up)")
    parser.add_argument(
        "--clock",
        choices=("wall", "cpu"),
        default="wall",
        help="cpu: on one thread, the seconds that the process had, which others on the machine disturb little",
    )
    parser.add_argument("--measured", type=Path, metavar="FILE", help="keep what is measured, and take what is there")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    given = parser.parse_args(arguments)
    say = printer(given.json)
    try:
        embedded = embedded_model_folder()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    if given.clock == "cpu":
        os.environ["OMP_NUM_THREADS"] = "1"  # inherited by each setting's process
    note_load(say)
    load = [os.getloadavg()[0]]
    settings: list[Setting] = []
    measured = Measurements(given.measured, given.clock, given.steps)
    with tempfile.TemporaryDirectory() as made:
        folders = {EMBEDDED: embedded, GPT_OSS: Path(made) / GPT_OSS, QWEN3_MOE: Path(made) / QWEN3_MOE}
        for group in QUICK if given.quick else GROUPS:
            if group.model != EMBEDDED and not folders[group.model].exists():
                small(group.model, folders[group.model])
            settings += run_group(group, folders[group.model], measured, say)
            load.append(os.getloadavg()[0])
    figures = figures_of(settings) | published()
    busy = f"load {min(load):.1f} to {max(load):.1f} on {os.cpu_count()} processors"
    for name, aim in AIMS.items():
        found = f"{figures[name]:.1%} over {figures['settings']} settings (aim: {aim:.0%})"
        say(f"{name} {found}; clock: {given.clock}, {busy}")
    say(f"published points held: {figures['published_points_held']} of {figures['published_points']}")
    if given.json:
        about = {"quick": given.quick, "steps": given.steps, "clock": given.clock, "load": busy}
        rows = [one.told() for one in settings]
        print(json.dumps({"name": "planning", "settings": about, "figures": figures, "rows": rows}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
