"""Whether a model's weights fit the memory that is there, said before they are read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from residency.core.errors import InputError
from residency.generation.quantisation import gigabytes, size_in_4bit

TIGHT = 0.7
"""The share of the memory from which weights leave little for what training adds."""
ROOM = 0.85
"""The share of a device's memory that the weights of a model may take that only answers, or one layer of which at a
time is merged in fp32."""
FULL_BYTES = 16
"""Of full fine-tuning, for each weight: itself, its gradient and Adam's two moments, all in fp32."""
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def weights_size(skeleton: Any, dtype: torch.dtype, quantization: str) -> float:
    """Bytes of the weights of a model without weights, as it would be loaded."""
    if quantization == "4bit":
        return size_in_4bit(skeleton)
    return float(sum(weight.numel() for weight in skeleton.parameters()) * dtype.itemsize)


def check_fits(needed: float, device: str, where: str, what: str, tell: Callable[[str], None]) -> None:
    """Refuse what cannot fit, and tell of what hardly does.

    Args:
        needed: bytes.
        device: where they are to lie; sharded training shares them between its processes.
        where: what the recipe names.
        what: what the bytes are of, for readers.
        tell: is given one line where it is tight.

    Raises:
        InputError: they are more than the whole memory.
    """
    there = memory(device) * (int(os.environ.get("WORLD_SIZE", "1")) if is_sharded() and device == "cuda" else 1)
    place = f"the {gigabytes(there)} of {'this machine' if device == 'cpu' else f'the device {device}'}"
    if needed > there:
        fix = "Take a smaller model, a larger device, or more of them: residency launch"
        raise InputError(f"{what} take {gigabytes(needed)}, and do not fit {place}", where, fix)
    if needed > TIGHT * there:
        tell(f"{what} take {gigabytes(needed)} of {place}: little is left for activations and the optimiser.")


def spread_over_devices(needed: float, device: str) -> dict[str, str]:
    """What transformers is told for a model that only answers, and that one device does not hold: its layers lie on
    all the devices that this process sees, and what even they do not hold in the machine's memory.

    Args:
        needed: bytes of the weights.
        device: where they would lie.
    """
    alone = int(os.environ.get("WORLD_SIZE", "1")) == 1
    return {"device_map": "auto"} if device == "cuda" and alone and needed > ROOM * memory(device) else {}


def memory(device: str) -> float:
    """Bytes of memory of a device; of ``cpu`` and ``mps`` those of the machine, or of the container that it is."""
    if device == "cuda":
        return float(torch.cuda.mem_get_info()[1])
    machine = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    try:
        return min(machine, float(CGROUP_LIMIT.read_text(encoding="ascii")))
    except (OSError, ValueError):
        return machine


def is_sharded() -> bool:
    """Whether accelerate splits the weights between processes, which it does from the CPU's memory."""
    names = ("ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED")
    return any(os.environ.get(name, "").lower() in ("1", "true") for name in names)
