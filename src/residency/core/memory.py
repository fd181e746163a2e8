"""The memory of this process: its peak in a block of code, what it holds, and what it can give back."""

from __future__ import annotations

import ctypes
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_CLEAR = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _MMAP_MAX = -1, -2, -3, -4  # malloc.h of glibc
_MIB = 1 << 20
_ALL, _PAD = 2**31 - 1, 256 * _MIB


@contextmanager
def peak_memory() -> Iterator[Callable[[], int | None]]:
    """Yield a function that gives the peak resident memory since the block began, in bytes.

    On Linux the kernel's high-water mark is reset first; elsewhere it is that of the whole process.
    """
    with suppress(OSError):
        _CLEAR.write_text("5")
    yield _high_water


def resident() -> int | None:
    """The memory that this process holds now, in bytes; None where the system does not say."""
    return _status("VmRSS:")


def give_back() -> None:
    """Return what is free to the system. Tensors of ever new shapes leave glibc's heap in pieces: without this a
    training grew by 25 MB a step on a CPU, and a run held gigabytes of stages that were done."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


@contextmanager
def held() -> Iterator[None]:
    """While it lasts, what is freed stays with this process and is used again; at the end it is given back.

    glibc returns each block of more than 32 MB as it is freed, and the kernel clears every page of the next one:
    writing 64 answers at once on a CPU spent two fifths of its time there.
    """
    tune = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if tune is None:
        yield
        return
    tune(_MMAP_MAX, 0)
    tune(_TRIM_THRESHOLD, _ALL)
    tune(_TOP_PAD, _PAD)
    try:
        yield
    finally:
        # What glibc comes to by itself once large blocks were freed; from now on it no longer adapts.
        tune(_MMAP_MAX, 65536)
        tune(_MMAP_THRESHOLD, 32 * _MIB)
        tune(_TRIM_THRESHOLD, 64 * _MIB)
        tune(_TOP_PAD, 0)
        give_back()


def _status(name: str) -> int | None:
    with suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    return None


def _high_water() -> int | None:
    if (found := _status("VmHWM:")) is not None:
        return found
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, others kibibytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
