"""The texts of the files that share an ablation's trainings out: among the GPUs of a machine, and among machines.

Each process types the same command on the same run folder and takes the first training that no other holds.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path

from residency.flow.launch_files import HEAD

SHARED = """\
# Each process takes the first training that no other holds, and goes on until none is left. One that was stopped, or
# comes later, takes its place again when this is started once more.
"""


def ablate_sh(gpus: int, on_gpus: bool, arguments: Sequence[str], workdir: Path) -> str:
    """For one machine: a process for each GPU, or each part of its processors, and the answers on stdout in the end.

    ``arguments`` are those of ``residency ablate``, and are typed in ``workdir``; what follows the script's name is
    added.
    """
    recipe = " ".join(shlex.quote(argument) for argument in arguments)
    own = [
        f"threads=$(( $(getconf _NPROCESSORS_ONLN) / {gpus} ))",
        'export OMP_NUM_THREADS="${OMP_NUM_THREADS:-$(( threads > 0 ? threads : 1 ))}"',
    ]
    if on_gpus:
        every = ",".join(str(number) for number in range(gpus))
        own += [f'IFS=, read -r -a devices <<< "${{CUDA_VISIBLE_DEVICES:-{every}}}"']
    each = 'CUDA_VISIBLE_DEVICES="${devices[number]}" ' if on_gpus else ""
    return "\n".join(
        [
            "#!/usr/bin/env bash",
            HEAD + SHARED + "set -euo pipefail",
            'here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"',
            f"workdir={shlex.quote(str(workdir))}",
            'cd "${WORKDIR:-$workdir}"',
            f'recipe=({recipe} "$@")',
            *own,
            "",
            "# What all trainings share is made once, before they begin.",
            'residency ablate "${recipe[@]}" --plan >&2',
            "",
            "processes=()",
            "trap 'kill \"${processes[@]}\" 2> /dev/null || true' INT TERM",
            f"for number in $(seq 0 {gpus - 1}); do",
            f'  {each}residency ablate "${{recipe[@]}}" \\',
            '    > "$here/ablate-${MACHINE_RANK:-0}-$number.log" 2>&1 &',
            '  processes+=("$!")',
            "done",
            "code=0",
            'for process in "${processes[@]}"; do',
            '  wait "$process" || code="$?"',
            "done",
            'if [ "$code" != 0 ]; then',
            '  tail -n 1 "$here/ablate-${MACHINE_RANK:-0}-"*.log >&2',
            "fi",
            "# This trains nothing, and concludes from what there is.",
            'residency ablate "${recipe[@]}" --report || { [ "$code" != 0 ] || code="$?"; }',
            'exit "$code"',
            "",
        ]
    )


def ablate_sbatch(tasks: int, on_gpus: bool, arguments: Sequence[str], name: str, folder: Path, workdir: Path) -> str:
    """For ``sbatch``: an array of as many tasks as there are GPUs, each with one."""
    recipe = " ".join(shlex.quote(argument) for argument in arguments)
    output = str(folder).replace("%", "%%")  # where % begins a pattern
    return "\n".join(
        [
            "#!/usr/bin/env bash",
            f"#SBATCH --job-name={name}-ablate",
            f"#SBATCH --array=0-{tasks - 1}",
            *(["#SBATCH --gres=gpu:1"] if on_gpus else []),
            "#SBATCH --cpus-per-task=8",
            "#SBATCH --time=24:00:00",
            f"#SBATCH --output={output}/%x-%A-%a.log",
            "#SBATCH --open-mode=append",
            "#SBATCH --requeue",
            "# Your cluster may also want lines such as these:",
            "##SBATCH --account=NAME",
            "##SBATCH --partition=NAME",
            HEAD + SHARED + "# The run folder must lie on a disk that all nodes share, where files can be locked.",
            "set -euo pipefail",
            f"workdir={shlex.quote(str(workdir))}",
            'cd "${WORKDIR:-$workdir}"',
            f'recipe=({recipe} "$@")',
            'export OMP_NUM_THREADS="${OMP_NUM_THREADS:-${SLURM_CPUS_PER_TASK:-8}}"',
            "# What all trainings share is made once: the other tasks wait here for the first.",
            'residency ablate "${recipe[@]}" --plan >&2',
            'exec residency ablate "${recipe[@]}"',
            "",
        ]
    )


def ablate_sky(gpus: int, machines: int, on_gpus: bool, name: str, folder: Path, gpu_type: str) -> str:
    """For ``sky launch``, typed where ``residency`` is typed: that folder goes along, with the recipe and its data."""
    several = machines > 1
    runs = "a path on a disk that all machines share" if several else "where runs are kept"
    return "\n".join(
        [
            HEAD + SHARED + f"name: {json.dumps(f'{name}-ablate')}",
            f"num_nodes: {machines}",
            "resources:",
            f"  accelerators: {json.dumps(f'{gpu_type}:{gpus}')}" if on_gpus else "  cpus: 8+",
            "  disk_size: 512",
            "workdir: .",
            "file_mounts:",
            f"  ~/residency-launch: {json.dumps(str(folder))}",
            "envs:",
            f"  RUNS: {'null' if several else 'runs'}  # {runs}",
            '  ABLATE: ""  # options of residency ablate, as: --questions dialogues,modes',
            "  RESIDENCY: residency[all]  # what pip installs: a version, a wheel or a repository's address",
            "setup: |",
            '  python -m pip install "$RESIDENCY"',
            "  residency model fetch  # the embedded model, which is trained unless the recipe names others",
            "run: |",
            '  export WORKDIR="$PWD" MACHINE_RANK="$SKYPILOT_NODE_RANK"',
            "  # shellcheck disable=SC2086",
            '  bash ~/residency-launch/ablate.sh --set run.folder="$RUNS" $ABLATE',
            "",
        ]
    )
