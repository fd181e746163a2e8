"""What this machine reports of itself, without torch: NVIDIA's cards, Apple's chip, or the processor."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

GIB = 2**30
CPUINFO = Path("/proc/cpuinfo")
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""What a container may take, in cgroups of version 2 and 1."""
QUOTA = Path("/sys/fs/cgroup/cpu.max")
SMI = ("nvidia-smi", "--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits")
PATIENCE = 20
"""Seconds that another program may take to answer."""
HERTZ = 2.5e9
"""Of a processor that does not say: about what servers keep up while all cores compute."""
BANDWIDTH_PER_CORE, BANDWIDTH = 10.0, 300.0
"""GB/s that one core draws, and that a socket of eight channels of DDR5-4800 has (8 x 8 bytes x 4.8 GT/s = 307)."""
WATTS_PER_CORE = 6.0
"""A server's processor at full load: 350 W for 60 cores (Intel Xeon Platinum 8490H, 2023)."""


@dataclass(frozen=True)
class Units:
    """What a core computes in a cycle, in FLOP, where a flag of ``/proc/cpuinfo`` says that it has these units."""

    name: str
    flag: str
    fp32: int
    bf16: int


UNITS = (
    Units("AMX", "amx_bf16", 64, 1024),
    Units("AVX-512 with bfloat16", "avx512_bf16", 64, 128),
    Units("AVX-512", "avx512f", 64, 64),
    Units("AVX2", "avx2", 32, 32),
    Units("NEON with bfloat16", "bf16", 16, 64),
)
"""The first that is there counts. A fused product and sum is two FLOP; two units of 512 bits do 2 x 16 x 2 in fp32
and, in bfloat16, twice that; a tile product of AMX is 16 x 16 x 32 x 2 in 16 cycles (Intel, Optimization Reference
Manual, 2023). Two units of 256 bits do 2 x 8 x 2. Arm's two units of 128 bits do 2 x 4 x 2, and four times that in
bfloat16 (Arm, Neoverse V1 Software Optimization Guide, 2021: BFMMLA)."""
PLAIN = Units("vector units of 128 bits", "", 16, 16)


@dataclass(frozen=True)
class Card:
    """A device as the machine names it; the memory is None where it does not say."""

    name: str
    memory_gib: float | None


@dataclass(frozen=True)
class Processor:
    """A processor, or the part of one that this process may use."""

    name: str
    cores: int
    hertz: float
    memory_gib: float
    bandwidth_gb_per_s: float
    units: str
    fp32_flop_per_cycle: int
    bf16_flop_per_cycle: int


def nvidia_cards() -> list[Card]:
    """NVIDIA's cards that this process may use, as the driver's own tool lists them; none where it is not there or
    finds none. The memory is that of the whole card."""
    said = _said(list(SMI)) if shutil.which(SMI[0]) else ""
    cards: dict[str, Card] = {}
    for line in said.splitlines():
        # A name has no comma; a card that shares the machine's memory says [N/A] or [Not Supported].
        parts = [part.strip() for part in line.split(",")]
        if len(parts) == 3 and parts[0].isdigit():
            mebibytes = float(parts[2]) if re.fullmatch(r"\d+(\.\d+)?", parts[2]) else None
            name = parts[1].removeprefix("NVIDIA ")
            cards[parts[0]] = Card(name, mebibytes and mebibytes / 1024)
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return list(cards.values())
    wanted = [index.strip() for index in visible.split(",") if index.strip()]
    named = [index for index in wanted if not index.isdigit()]
    # Cards may be named by their UUIDs too, of which the list above says nothing.
    return list(cards.values())[: len(wanted)] if named else [cards[index] for index in wanted if index in cards]


def apple_chip() -> Card | None:
    """Apple's chip with the memory that its processor and its GPU share; None on other machines."""
    if platform.system() != "Darwin" or platform.machine() != "arm64":
        return None
    name = _said(["sysctl", "-n", "machdep.cpu.brand_string"]).strip()
    return Card(name, memory() / GIB) if name else None


def processor() -> Processor:
    """The processor, with the cores and the memory that this process may use."""
    said = CPUINFO.read_text(encoding="utf-8", errors="replace") if CPUINFO.exists() else ""
    flags = set(_field(said, "flags", "Features").split())
    units = next((units for units in UNITS if units.flag in flags), PLAIN)
    cores = _cores(said)
    return Processor(
        name=_field(said, "model name") or platform.processor() or platform.machine() or "processor",
        cores=cores,
        hertz=HERTZ,
        memory_gib=memory() / GIB,
        bandwidth_gb_per_s=min(BANDWIDTH, BANDWIDTH_PER_CORE * cores),
        units=units.name,
        fp32_flop_per_cycle=units.fp32,
        bf16_flop_per_cycle=units.bf16,
    )


def memory() -> float:
    """Bytes of the machine's memory, or of the container's limit where it is lower."""
    found = [float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))]
    for file in LIMITS:
        try:
            found.append(float(file.read_text(encoding="ascii")))
        except (OSError, ValueError):  # not there, or "max"
            continue
    return min(found)


def _cores(said: str) -> int:
    """Cores that compute at once: two threads of one core share its units."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    sockets = re.findall(r"^physical id\s*:\s*(\d+)", said, re.MULTILINE)
    numbers = re.findall(r"^core id\s*:\s*(\d+)", said, re.MULTILINE)
    threads = len(numbers) / len(set(zip(sockets, numbers, strict=True))) if 0 < len(numbers) == len(sockets) else 1.0
    cores = usable / threads
    try:
        quota, period = QUOTA.read_text(encoding="ascii").split()
        cores = min(cores, float(quota) / float(period))
    except (OSError, ValueError):  # not there, or "max"
        pass
    return max(1, round(cores))


def _field(said: str, *names: str) -> str:
    """The first value of a key of ``/proc/cpuinfo``."""
    found = re.search(rf"^(?:{'|'.join(names)})\s*:\s*(.*)$", said, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _said(command: list[str]) -> str:
    """What a program prints; nothing where it fails, hangs or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout
