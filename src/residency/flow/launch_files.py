"""The texts of the files that start a run: for accelerate, DeepSpeed, a shell, Slurm and SkyPilot."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from residency.flow.launch import Plan

HEAD = """\
# Written by `residency launch`; give the command again to make it anew.
"""
SAME = """\
# No setting of the recipe changes with the number of GPUs: an optimiser step holds the same rows however many
# processes share it.
"""
PORT = 29500


def accelerate_yaml(plan: Plan, folder: Path) -> str:
    """For ``accelerate launch --config_file``. Machines beyond the first get their number and the first one's address
    on the command line."""
    kind = {"ddp": "MULTI_GPU", "fsdp2": "FSDP"}.get(plan.strategy, "DEEPSPEED")
    lines = [
        HEAD + SAME + "compute_environment: LOCAL_MACHINE",
        f"distributed_type: {kind}",
        f"num_machines: {plan.machines}",
        f"num_processes: {plan.processes}  # on all machines",
        "machine_rank: 0",
        "main_process_ip: 127.0.0.1",
        f"main_process_port: {PORT}",
        "rdzv_backend: static",
        "same_network: true",
        "main_training_function: main",
        f"use_cpu: {json.dumps(plan.device == 'cpu')}",
    ]
    if kind != "DEEPSPEED":
        lines.append("mixed_precision: 'no'  # the weights have the recipe's precision themselves (model.dtype)")
    if plan.strategy == "fsdp2":
        lines += _fsdp(plan)
    if kind == "DEEPSPEED":
        lines += [
            "deepspeed_config:",
            f"  deepspeed_config_file: {json.dumps(str(folder / 'deepspeed.json'))}",
            "  deepspeed_multinode_launcher: standard",
            "  zero3_init_flag: false",
        ]
    return "\n".join(lines) + "\n"


def _fsdp(plan: Plan) -> list[str]:
    wrapped = [f"  fsdp_transformer_layer_cls_to_wrap: {','.join(plan.layers)}"] if plan.layers else []
    once = "one process of a machine reads the weights for all" if plan.load_once else "each process reads the weights"
    return [
        "fsdp_config:",
        "  fsdp_version: 2",
        "  fsdp_auto_wrap_policy: TRANSFORMER_BASED_WRAP",
        *wrapped,
        "  fsdp_reshard_after_forward: true",
        "  # The trainer saves an adapter by a full state dict alone, which the first process gathers in main memory.",
        "  fsdp_state_dict_type: FULL_STATE_DICT",
        f"  fsdp_cpu_ram_efficient_loading: {json.dumps(plan.load_once)}  # {once}",
        "  fsdp_sync_module_states: true",
        "  fsdp_offload_params: false",
        "  # FSDP's own wrapper renames the layers, and PEFT then saves an adapter without a weight in it (accelerate",
        "  # 1.15, peft 0.21): activations are to be recomputed by the model's own gradient checkpointing.",
        "  fsdp_activation_checkpointing: false",
    ]


def deepspeed_json(plan: Plan) -> str:
    """DeepSpeed's own configuration; ``auto`` is filled in by transformers."""
    stage = 3 if plan.strategy == "zero3" else 2
    zero: dict[str, object] = {"stage": stage, "overlap_comm": True, "contiguous_gradients": True}
    if stage == 3:
        zero |= {"stage3_gather_16bit_weights_on_model_save": True}
    config = {
        "zero_optimization": zero,
        "bf16": {"enabled": True},
        "gradient_clipping": "auto",
        "gradient_accumulation_steps": "auto",
        "train_batch_size": "auto",
        "train_micro_batch_size_per_gpu": "auto",
        "steps_per_print": 1_000_000_000,
        "wall_clock_breakdown": False,
    }
    return json.dumps(config, indent=2) + "\n"


def run_sh(plan: Plan, arguments: Sequence[str], workdir: Path) -> str:
    """For one machine, or each of several: MACHINE_RANK, MAIN_IP and MAIN_PORT say which it is and where the first is.

    ``arguments`` are those of ``residency run``, and are typed in ``workdir``.
    """
    recipe = " ".join(shlex.quote(argument) for argument in arguments)
    here = [] if plan.strategy == "one" else ['here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"']
    lines = [
        "#!/usr/bin/env bash",
        HEAD + SAME + "# A run that was stopped goes on from its last checkpoint when this is started again.",
        "set -euo pipefail",
        *here,
        f"workdir={shlex.quote(str(workdir))}",
        'cd "${WORKDIR:-$workdir}"',
        f'recipe=({recipe} "$@")',
        "",
    ]
    if plan.strategy == "one":
        return "\n".join([*lines, 'exec residency run "${recipe[@]}"', ""])
    config = ['--config_file "$here/accelerate.yaml"']
    if plan.strategy in ("zero2", "zero3"):
        config.append('--deepspeed_config_file "$here/deepspeed.json"')
    lines += [
        "# Data is built by one process, and needs no GPU: this line may be typed beforehand on another machine.",
        'if [ "${MACHINE_RANK:-0}" = 0 ]; then',
        '  residency run "${recipe[@]}" --until compile >&2',
        "fi",
        "",
        "# The exit code goes through a file: a launcher that sees a failure adds a page of its own to our one line.",
        'RESIDENCY_EXIT_FILE="$(mktemp)"',
        "export RESIDENCY_EXIT_FILE",
        "trap 'rm -f \"$RESIDENCY_EXIT_FILE\"' EXIT",
        f"threads=$(( $(getconf _NPROCESSORS_ONLN) / {plan.gpus} ))",
        f"accelerate launch {' '.join(config)} \\",
        '  --machine_rank "${MACHINE_RANK:-0}" --main_process_ip "${MAIN_IP:-127.0.0.1}" \\',
        f'  --main_process_port "${{MAIN_PORT:-{PORT}}}" --rdzv_conf timeout=86400 \\',
        '  --num_cpu_threads_per_process "$(( threads > 0 ? threads : 1 ))" \\',
        '  -m residency run "${recipe[@]}" || exit "$?"',
        'exit "$(cat "$RESIDENCY_EXIT_FILE")"',
        "",
    ]
    return "\n".join(lines)


def job_sbatch(plan: Plan, name: str, folder: Path) -> str:
    """For ``sbatch``: one task on each machine, which find each other by the first host's name."""
    gpus = [] if plan.device == "cpu" else [f"#SBATCH --gres=gpu:{plan.gpus}"]
    lines = [
        "#!/usr/bin/env bash",
        f"#SBATCH --job-name={name}",
        f"#SBATCH --nodes={plan.machines}",
        "#SBATCH --ntasks-per-node=1",
        *gpus,
        f"#SBATCH --cpus-per-task={8 * plan.gpus}",
        "#SBATCH --time=24:00:00",
        f"#SBATCH --output={_escaped(folder)}/%x-%j.log",
        "#SBATCH --open-mode=append",
        "#SBATCH --requeue",
        "# Your cluster may also want lines such as these:",
        "##SBATCH --account=NAME",
        "##SBATCH --partition=NAME",
        HEAD + SAME + "# The run folder must lie on a disk that all nodes share.",
        "set -euo pipefail",
        'MAIN_IP="$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)"',
        'MAIN_PORT="$(( 20000 + SLURM_JOB_ID % 20000 ))"',
        "export MAIN_IP MAIN_PORT",
        "# SLURM_NODEID is another in each task, so it is read there.",
        "# shellcheck disable=SC2016",
        'srun --kill-on-bad-exit=1 bash -c \'MACHINE_RANK="$SLURM_NODEID" exec bash "$0"\' \\',
        f"  {shlex.quote(str(folder / 'run.sh'))}",
        "",
    ]
    return "\n".join(lines)


def job_sky(plan: Plan, name: str, folder: Path, gpu_type: str) -> str:
    """For ``sky launch``, typed where ``residency`` is typed: that folder goes along, with the recipe and its data."""
    several = plan.machines > 1
    resources = ["  cpus: 8+"] if plan.device == "cpu" else [f"  accelerators: {json.dumps(f'{gpu_type}:{plan.gpus}')}"]
    runs = ' --set run.folder="$RUNS"'
    extra = "" if plan.strategy not in ("zero2", "zero3") else ' "deepspeed>=0.17"'
    lines = [
        HEAD + SAME + f"name: {json.dumps(name)}",
        f"num_nodes: {plan.machines}",
        "resources:",
        *resources,
        "  disk_size: 512",
        "workdir: .",
        "file_mounts:",
        f"  ~/residency-launch: {json.dumps(str(folder))}",
        "envs:",
        f"  RUNS: {'null' if several else 'runs'}  # "
        + ("where runs are kept: a path on a disk that all machines share" if several else "where runs are kept"),
        "  RESIDENCY: residency[all]  # what pip installs: a version, a wheel or a repository's address",
        "setup: |",
        f'  python -m pip install "$RESIDENCY"{extra}',
        "  residency model fetch  # the embedded model; nothing to do where the recipe names another",
        "run: |",
        '  export WORKDIR="$PWD" MACHINE_RANK="$SKYPILOT_NODE_RANK"',
        '  MAIN_IP="$(echo "$SKYPILOT_NODE_IPS" | head -n 1)"',
        "  export MAIN_IP",
        f"  bash ~/residency-launch/run.sh{runs}",
        "",
    ]
    return "\n".join(lines)


def _escaped(path: Path) -> str:
    """A path in a line of sbatch, where % begins a pattern."""
    return str(path).replace("%", "%%")
