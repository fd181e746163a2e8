"""The table of devices, a user's file over it, and what the machine at hand reports."""

from __future__ import annotations

import fnmatch
import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import residency.planning
from residency.core.errors import InputError
from residency.planning import machine
from residency.planning.hardware import Hardware, hardware_table, this_machine

ROOM = Path(residency.planning.__file__).parent
# What a datasheet's rate is made of: units, their boost clock in GHz, and the FLOP of dense bfloat16 products (sums in
# fp32) that one does in a cycle. Sources: the makers' whitepapers of each architecture. A card that is held back by
# its power (H100 PCIe, B200) is stated a little lower; with sparsity it would be twice as much.
MADE_OF = {
    "rtx-3090": (82, 1.695, 512),
    "rtx-4090": (128, 2.52, 512),
    "rtx-5090": (170, 2.407, 512),
    "a10g": (80, 1.71, 512),
    "l4": (58, 2.04, 1024),
    "a6000": (84, 1.80, 1024),
    "l40s": (142, 2.52, 1024),
    "a100-40": (108, 1.41, 2048),
    "a100-80": (108, 1.41, 2048),
    "a100-80-pcie": (108, 1.41, 2048),
    "h100-sxm": (132, 1.83, 4096),
    "h100-pcie": (114, 1.755, 4096),
    "h200": (132, 1.83, 4096),
    "b200": (148, 1.965, 8192),
    "mi300x": (304, 2.1, 2048),
}


@pytest.fixture
def table() -> dict[str, Hardware]:
    return hardware_table()


def dense(units: int, gigahertz: float, per_cycle: int) -> float:
    return units * gigahertz * per_cycle / 1000


def test_rates_are_those_without_sparsity(table: dict[str, Hardware]) -> None:
    cards = {key: row for key, row in table.items() if row.kind == "cuda"}
    assert cards.keys() == MADE_OF.keys()
    for key, row in cards.items():
        assert row.bf16_dense_tflops == pytest.approx(dense(*MADE_OF[key]), rel=0.1), key


def test_a_sparse_rate_would_be_seen_by_that() -> None:
    assert dense(*MADE_OF["h100-sxm"]) != pytest.approx(1979, rel=0.1)


def test_every_row_can_be_traced_and_paid(table: dict[str, Hardware]) -> None:
    for key, row in table.items():
        assert row.source and row.usable <= row.memory, key
        if row.kind == "cuda":
            assert row.price is not None and row.priced.startswith("20"), key
            assert row.link and row.link_bytes > 0, key
            # A driver keeps a little, never a tenth.
            assert 0.97 < row.usable_gib / row.memory_gib < 1, key


def test_units_are_bytes_and_seconds(table: dict[str, Hardware]) -> None:
    h100 = table["h100-sxm"]
    assert h100.bandwidth == 3.35e12 and h100.bf16_flops == 989.4e12
    assert h100.usable == pytest.approx(85.0e9, rel=0.01)
    assert h100.price is not None and h100.price.low < h100.price.likely < h100.price.high


def test_the_tables_are_in_the_package() -> None:
    project = tomllib.loads((ROOM.parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["residency"]
    files = [path for path in ROOM.iterdir() if path.suffix in (".json", ".toml")]
    assert {"hardware.toml", "models.json", "published.json"} <= {file.name for file in files}
    for file in files:
        assert any(fnmatch.fnmatch(f"planning/{file.name}", pattern) for pattern in patterns), file


# A file of the user's.


def overlaid(tmp_path: Path, text: str) -> dict[str, Hardware]:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    return hardware_table(file)


def test_a_price_of_ones_own_takes_the_place_of_the_lists(tmp_path: Path, table: dict[str, Hardware]) -> None:
    rows = overlaid(tmp_path, "[h100-sxm]\nusd_per_hour = 2.4\n[l4]\nusd_per_hour = [0.3, 0.4, 0.9]")
    assert rows["h100-sxm"].usd_per_hour == (2.4, 2.4, 2.4)
    assert rows["h100-sxm"].priced == "mine.toml"
    assert rows["h100-sxm"].bf16_flops == table["h100-sxm"].bf16_flops
    assert rows["l4"].usd_per_hour == (0.3, 0.4, 0.9)
    assert rows["rtx-4090"] == table["rtx-4090"]


def test_a_device_may_be_like_another(tmp_path: Path, table: dict[str, Hardware]) -> None:
    mine = overlaid(tmp_path, '[dgx]\nlike = "a100-80"\ntitle = "Our DGX"\nmemory_gib = 40\nper_node = 4')["dgx"]
    assert (mine.key, mine.title, mine.per_node) == ("dgx", "Our DGX", 4)
    assert mine.bandwidth == table["a100-80"].bandwidth
    assert mine.usable_gib == table["a100-80"].usable_gib / 2


def test_a_new_device_takes_all_its_keys(tmp_path: Path) -> None:
    text = """[gb10]
title = "GB10"
kind = "cuda"
memory_gib = 119
usable_gib = 112
bandwidth_gb_per_s = 273
bf16_dense_tflops = 100
fp32_tflops = 30
board_watts = 140
source = "its makers"
"""
    assert overlaid(tmp_path, text)["gb10"].price is None
    with pytest.raises(InputError, match="gb10: bandwidth_gb_per_s is missing"):
        overlaid(tmp_path, text.replace("bandwidth_gb_per_s = 273\n", ""))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[h100-sxm]\nbf16_dense_tflops = 1979", r"h100-sxm: bf16_dense_tflops = 1979.0 is twice the 989.4.*sparsity"),
        ("[l4]\nusd_per_hour = -3", "l4: usd_per_hour = -3: should be greater"),
        ("[l4]\nusd_per_hour = 0", "l4: usd_per_hour = 0: should be greater"),
        ("[l4]\nusd_per_hour = 4000", "l4: usd_per_hour = 4000: should be less"),
        ("[l4]\nusd_per_hour = nan", "l4: usd_per_hour"),
        ('[l4]\nusd_per_hour = "cheap"', "l4: usd_per_hour = 'cheap'"),
        ("[l4]\nusd_per_hour = [3, 1, 2]", "the lowest, the likely and the highest, in this order"),
        ("[l4]\nmemory_gb = 24", "l4: memory_gb is no key; did you mean memory_gib"),
        ("[l4]\nusable_gib = 30", "usable_gib = 30.0 is more than memory_gib"),
        ("[l4]\nfp32_tflops = 200", "bf16_dense_tflops is less than fp32_tflops"),
        ("[rtx4090]\nusd_per_hour = 1", "rtx4090: no device of the table; known is rtx-4090"),
        ('[x]\nlike = "h100"', "like = 'h100' is no device of the table; known is .*h100-"),
        ("l4 = 3", r"write a device as \[l4\]"),
        ("[l4", "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        overlaid(tmp_path, text)
    assert "\n" not in str(caught.value) and str(tmp_path / "mine.toml") in str(caught.value)


def test_all_faults_are_told_at_once_and_each_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        overlaid(tmp_path, "[l4]\nusd_per_hour = -1\nwatts = 3\n[a10g]\nper_node = 0")
    said = str(caught.value)
    assert all(fault in said for fault in ("l4: usd_per_hour", "l4: watts is no key", "a10g: per_node"))
    assert said.count("usd_per_hour") == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        hardware_table(tmp_path / "none.toml")


# The machine at hand: a program that answers in the driver's tool's place.


def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, code: int = 0) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "answer").write_text(says)
    program = folder / "nvidia-smi"
    program.write_text(f'#!/bin/sh\nwhile read -r line; do echo "$line"; done < "{folder}/answer"\nexit {code}\n')
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def test_nvidias_cards_are_found_by_the_name_that_the_driver_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver(tmp_path, monkeypatch, "0, NVIDIA H100 80GB HBM3, 81559\n1, NVIDIA H100 80GB HBM3, 81559\n")
    here = this_machine()
    assert (here.key, here.per_node) == ("h100-sxm", 2)
    assert here.memory_gib == pytest.approx(79.65, abs=0.01)


def test_cards_that_are_hidden_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver(tmp_path, monkeypatch, "0, NVIDIA L4, 23034\n1, NVIDIA A10G, 23028\n2, NVIDIA A10G, 23028\n")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,1")
    assert (this_machine().key, this_machine().per_node) == ("a10g", 2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-8e2f,GPU-11aa")
    assert (this_machine().key, this_machine().per_node) == ("l4", 1)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert this_machine().kind == "cpu"


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("No devices were found\n", 0),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n", 9),
        ("", 0),
    ],
)
def test_a_driver_without_cards_leaves_the_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, code: int
) -> None:
    driver(tmp_path, monkeypatch, says, code)
    assert this_machine().key == "cpu"


def test_a_card_that_is_not_in_the_table_is_told_with_what_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver(tmp_path, monkeypatch, "0, NVIDIA GeForce RTX 4090 Laptop GPU, [N/A]\n")
    with pytest.raises(InputError, match=r"GeForce RTX 4090 Laptop GPU.*known_as = .*rtx-4090"):
        this_machine()
    file = tmp_path / "mine.toml"
    file.write_text(
        '[laptop]\nlike = "rtx-4090"\nmemory_gib = 16\nknown_as = ["GeForce RTX 4090 Laptop GPU"]\n'
        "bf16_dense_tflops = 100\n"
    )
    here = this_machine(hardware_table(file))
    assert (here.key, here.memory_gib) == ("laptop", 16)


def test_the_processor_is_counted_by_its_cores(table: dict[str, Hardware]) -> None:
    cpu, found = table["cpu"], machine.processor()
    assert 1 <= found.cores <= (os.cpu_count() or 1)
    assert cpu.fp32_flops == pytest.approx(found.cores * found.hertz * found.fp32_flop_per_cycle)
    assert cpu.memory <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert cpu.spread >= 2 and cpu.price is None


SERVER = "".join(
    f"processor : {index}\nmodel name : Some Processor\nphysical id : 0\ncore id : {index // 2}\n"
    "flags : fpu {flags}\n\n"
    for index in range(4)
)


@pytest.mark.parametrize(
    ("flags", "fp32", "bf16"),
    [("avx2", 32, 32), ("avx2 avx512f", 64, 64), ("avx512f avx512_bf16", 64, 128), ("avx512_bf16 amx_bf16", 64, 1024)],
)
def test_units_are_known_by_their_flags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, fp32: int, bf16: int
) -> None:
    (tmp_path / "cpuinfo").write_text(SERVER.format(flags=flags))
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(machine, "QUOTA", tmp_path / "none")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(4)))
    found = machine.processor()
    assert (found.name, found.cores) == ("Some Processor", 2)  # two threads on each core
    assert (found.fp32_flop_per_cycle, found.bf16_flop_per_cycle) == (fp32, bf16)


def test_a_containers_limits_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory.max").write_text("1073741824\n")
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    monkeypatch.setattr(machine, "LIMITS", (tmp_path / "memory.max",))
    monkeypatch.setattr(machine, "QUOTA", tmp_path / "cpu.max")
    assert machine.memory() == 2**30
    assert machine.processor().cores == 1
    (tmp_path / "memory.max").write_text("max\n")
    assert machine.memory() > 2**30


def test_apples_chip_is_found_with_its_memory(monkeypatch: pytest.MonkeyPatch, table: dict[str, Hardware]) -> None:
    monkeypatch.setattr(machine, "nvidia_cards", list)
    monkeypatch.setattr(machine, "apple_chip", lambda: machine.Card("Apple M2 Max", 32.0))
    here = this_machine(table)
    assert (here.kind, here.key, here.memory_gib, here.usable_gib) == ("mps", "apple-m2-max-96", 32.0, 24.0)


def test_nothing_here_loads_torch() -> None:
    lines = (
        "import sys",
        "from residency.planning.hardware import this_machine",
        "from residency.planning.models import candidates",
        "[candidate.shape.parameters for candidate in candidates().values()]",
        "assert not {'torch', 'transformers', 'huggingface_hub'} & sys.modules.keys()",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)
