"""What is freed is used again while it is held, and is the system's once more afterwards."""

from __future__ import annotations

import ctypes
import resource

import pytest

from residency.core.memory import held, resident

BLOCK, TIMES = 64 << 20, 8

pytestmark = pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="not glibc")


def faults_of_using_and_freeing() -> int:
    """How often the kernel had to find memory for a block that is used and freed, again and again."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(TIMES):
        block = libc.malloc(BLOCK)
        ctypes.memset(block, 1, BLOCK)
        libc.free(block)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_what_is_freed_is_used_again_and_given_back_at_the_end() -> None:
    plain, before = faults_of_using_and_freeing(), resident()
    with held():
        assert faults_of_using_and_freeing() < plain / 3
    after = resident()
    assert before is not None and after is not None and after - before < BLOCK / 2
    assert faults_of_using_and_freeing() > plain / 2, "large blocks are returned again"


def test_an_error_ends_it_too() -> None:
    plain = faults_of_using_and_freeing()
    with pytest.raises(ValueError, match="broken"), held():
        raise ValueError("broken")
    assert faults_of_using_and_freeing() > plain / 2
