"""Plans a recipe's run on several GPUs or machines, and writes the files that start it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from residency.core.errors import InputError, UsageError
from residency.core.files import write_text
from residency.flow import launch_ablation as shared
from residency.flow import launch_files as files
from residency.flow.recipe import LoadedRecipe
from residency.generation.settings import ModelSettings
from residency.training.settings import ONLINE

Strategy = Literal["ddp", "fsdp2", "zero2", "zero3"]
STRATEGIES: tuple[str, ...] = get_args(Strategy)
FOLDER = "launch"
GPU_MEMORY = 80.0  # GB, of an A100 or H100
ROOM = 0.5  # of a GPU's memory that the weights may take: the rest is for activations and what the adapter needs
AT_MOST = 0.85  # of a GPU's memory, beyond which a run is not to be tried
WIDE = 4  # bytes of a float32 weight; bfloat16, which GPUs train in, has half
COPIES = 512e9  # bytes of a machine's main memory that whole copies of the weights may take while they are loaded


@dataclass(frozen=True)
class Plan:
    """How a run is started. ``gpus`` counts those of one machine; ``weights`` are bytes, None where not known."""

    strategy: str
    reason: str
    gpus: int
    machines: int
    device: str
    layers: tuple[str, ...]
    weights: float | None
    warnings: tuple[str, ...]

    @property
    def processes(self) -> int:
        """Processes on all machines, one for each GPU."""
        return self.gpus * self.machines

    @property
    def load_once(self) -> bool:
        """Whether one process of a machine reads the weights for all, since so many copies would not fit."""
        return self.weights is not None and self.weights * self.gpus > COPIES


def plan_launch(
    loaded: LoadedRecipe, gpus: int, machines: int = 1, strategy: str | None = None, gpu_memory: float = GPU_MEMORY
) -> Plan:
    """Decide how a recipe is run.

    Args:
        loaded: the checked recipe.
        gpus: GPUs of one machine; processes of one machine where ``model.device`` is ``cpu``.
        machines: machines, all alike.
        strategy: one of ``STRATEGIES``; None chooses by the model's size and the GPUs' memory.
        gpu_memory: GB of one GPU.

    Raises:
        UsageError: what was asked for does not fit together, or a step has fewer batches than there are processes.
        InputError: no strategy is named, and the model's size cannot be told here.
    """
    if strategy is not None and strategy not in STRATEGIES:
        raise UsageError(f"there is no strategy {strategy!r}", "--strategy", f"Choose {', '.join(STRATEGIES)}")
    device = loaded.recipe.model.device
    several = gpus * machines > 1
    if device == "mps" and several:
        raise UsageError("one Apple processor is one GPU", "--gpus", "Set model.device to cuda, or ask for one")
    if device == "cpu" and strategy not in (None, "ddp"):
        raise UsageError(
            f"{strategy} works on GPUs; on processors it would be ddp without a word", "--strategy", "Choose ddp"
        )
    _check_steps(loaded, gpus * machines)
    weights, layers = _size(loaded.recipe.model, needed=several and strategy is None and device != "cpu")
    if not several:
        return Plan("one", "one GPU needs no strategy", gpus, machines, device, layers, weights, ())
    chosen, reason = (strategy, "as you asked") if strategy else _choose(device, weights, gpu_memory)
    warnings = _warnings(chosen, weights, gpus * machines, gpu_memory)
    return Plan(chosen, reason, gpus, machines, device, layers, weights, warnings)


def write_launch(
    loaded: LoadedRecipe, plan: Plan, arguments: Sequence[str], gpu_type: str, workdir: Path
) -> dict[str, Any]:
    """Write the files that start a run as planned.

    Args:
        loaded: the checked recipe.
        plan: how it is run.
        arguments: what follows ``residency run``: the recipe's path as typed, its profile and overrides.
        gpu_type: the GPU's name for SkyPilot, as H100.
        workdir: where ``residency`` is typed, and the recipe's path and run folder are relative to.

    Returns:
        ``folder``, ``files`` by name, the plan's values, and ``next``: what to type, by where it is typed.
    """
    folder = (workdir / loaded.run_folder / FOLDER).resolve()
    name = loaded.recipe.run.name
    texts = {"run.sh": files.run_sh(plan, arguments, workdir), "job.sbatch": files.job_sbatch(plan, name, folder)}
    texts["job.sky.yaml"] = files.job_sky(plan, name, folder, gpu_type)
    if plan.strategy != "one":
        texts["accelerate.yaml"] = files.accelerate_yaml(plan, folder)
    if plan.strategy in ("zero2", "zero3"):
        texts["deepspeed.json"] = files.deepspeed_json(plan)
    for stale in {"accelerate.yaml", "deepspeed.json"} - texts.keys():
        (folder / stale).unlink(missing_ok=True)
    for file, text in texts.items():
        write_text(folder / file, text)
    shown = loaded.run_folder / FOLDER
    here = {"here": f"bash {shown / 'run.sh'}"} if plan.machines == 1 else {}
    shared = " --env RUNS=/path/that/all/machines/share" if plan.machines > 1 else ""
    return {
        "folder": str(shown),
        "files": {file: str(shown / file) for file in sorted(texts)},
        **asdict(plan),
        "processes": plan.processes,
        "next": here
        | {"slurm": f"sbatch {shown / 'job.sbatch'}", "skypilot": f"sky launch {shown / 'job.sky.yaml'}{shared}"},
    }


def write_ablation_launch(
    loaded: LoadedRecipe, gpus: int, machines: int, arguments: Sequence[str], gpu_type: str, workdir: Path
) -> dict[str, Any]:
    """Write the files that share an ablation's trainings out among processes, one for each GPU of each machine.

    Args:
        loaded: the checked recipe.
        gpus: GPUs of one machine; processes of one machine where ``model.device`` is ``cpu``.
        machines: machines, all alike.
        arguments: what follows ``residency ablate``: the recipe's path as typed, its profile and overrides.
        gpu_type: the GPU's name for SkyPilot, as H100.
        workdir: where ``residency`` is typed, and the recipe's path and run folder are relative to.

    Returns:
        ``folder``, ``files`` by name, ``gpus``, ``machines``, ``processes``, ``device``, and ``next``: what to type, by
        where it is typed; ``answers`` is typed in the end.

    Raises:
        UsageError: one Apple processor is to be several GPUs.
    """
    device = loaded.recipe.model.device
    if device == "mps" and gpus > 1:
        raise UsageError("one Apple processor is one GPU", "--gpus", "Set model.device to cuda, or ask for one")
    folder = (workdir / loaded.run_folder / FOLDER).resolve()
    name, on_gpus = loaded.recipe.run.name, device not in ("cpu", "mps")
    texts = {
        "ablate.sh": shared.ablate_sh(gpus, on_gpus, arguments, workdir),
        "ablate.sbatch": shared.ablate_sbatch(gpus * machines, on_gpus, arguments, name, folder, workdir),
        "ablate.sky.yaml": shared.ablate_sky(gpus, machines, on_gpus, name, folder, gpu_type),
    }
    for file, text in texts.items():
        write_text(folder / file, text)
    shown = loaded.run_folder / FOLDER
    here = {"here": f"bash {shown / 'ablate.sh'}"} if machines == 1 else {}
    disk = " --env RUNS=/path/that/all/machines/share" if machines > 1 else ""
    return {
        "folder": str(shown),
        "files": {file: str(shown / file) for file in sorted(texts)},
        "gpus": gpus,
        "machines": machines,
        "processes": gpus * machines,
        "device": device,
        "next": here
        | {
            "slurm": f"sbatch {shown / 'ablate.sbatch'}",
            "skypilot": f"sky launch {shown / 'ablate.sky.yaml'}{disk}",
            "answers": shlex.join(["residency", "ablate", *arguments, "--report"]),
        },
    }


def _check_steps(loaded: LoadedRecipe, processes: int) -> None:
    """A step's batches are shared out among processes, so there must be one for each."""
    preference = loaded.recipe.preference
    steps = {"sft.batches_per_step": loaded.recipe.sft.batches_per_step}
    if preference.method in ONLINE:
        steps["preference.online.prompts_per_step"] = preference.online.prompts_per_step
    else:
        steps["preference.batch_pairs"] = preference.batch_pairs
    for name, value in steps.items():
        if value < processes:
            raise UsageError(
                f"{name} = {value}: an optimiser step's batches are shared out among processes, and there are "
                f"{processes}",
                str(loaded.path),
                f"Set it to a multiple of {processes}, and leave it so on any smaller number: --set {name}={processes}",
            )


def _size(model: ModelSettings, needed: bool) -> tuple[float | None, tuple[str, ...]]:
    """Bytes of the model's weights as they are trained, and its layers' classes; where they cannot be told and are not
    ``needed``, None and none: accelerate then asks the model itself for its layers."""
    try:
        from residency.generation.shape import model_shape

        shape = model_shape(model)
    except InputError as error:
        if needed:
            fix = f"Name a strategy yourself: --strategy {'|'.join(STRATEGIES)}"
            raise InputError(error.what, error.where, fix) from error
        return None, ()
    return float(shape.parameters * (WIDE if model.dtype == "float32" else WIDE // 2)), shape.layers


def _choose(device: str, weights: float | None, gpu_memory: float) -> tuple[str, str]:
    if device == "cpu" or weights is None:
        return "ddp", "on processors each process holds the whole model"
    held = f"its weights take {weights / 1e9:.3g} GB"
    part = f"half of a GPU's {gpu_memory:g} GB"
    if weights <= ROOM * gpu_memory * 1e9:
        return "ddp", f"{held}, at most {part}: each GPU holds the whole model, which is the fastest"
    return "fsdp2", f"{held}, more than {part}: the GPUs share it out"


def _warnings(strategy: str, weights: float | None, processes: int, gpu_memory: float) -> tuple[str, ...]:
    found = []
    if weights is not None:
        each = weights / (processes if strategy in ("fsdp2", "zero3") else 1)
        if each > AT_MOST * gpu_memory * 1e9:
            found.append(
                f"each GPU would hold {each / 1e9:.3g} GB of weights and has {gpu_memory:g}: this does not fit; "
                + ("ask for more GPUs" if strategy in ("fsdp2", "zero3") else "choose fsdp2")
            )
    if strategy in ("zero2", "zero3"):
        found.append('DeepSpeed is not among what residency installs; type: pip install "deepspeed>=0.17"')
    return tuple(found)
