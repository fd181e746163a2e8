"""Devices as data: what each holds, how fast it is, what an hour of it costs; and the machine at hand.

The table is ``hardware.toml``. A file of the user's own overlays it: prices first of all, which differ by provider and
month, and machines of their own.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from residency.core.errors import InputError
from residency.planning import machine
from residency.planning.job import Range

GIB, GB, TERA = 2**30, 10**9, 10**12
TABLE = Path(__file__).with_name("hardware.toml")
SPARSE = (1.8, 2.2)
"""2:4 sparsity doubles a datasheet's figure, and a model that is trained has none of it."""


def _three(price: Any) -> Any:
    """A single price is the lowest, the likely and the highest."""
    return (price, price, price) if isinstance(price, int | float) else price


def _ordered(prices: tuple[float, float, float]) -> tuple[float, float, float]:
    if not prices[0] <= prices[1] <= prices[2]:
        raise ValueError("give one price, or the lowest, the likely and the highest, in this order")
    return prices


Dollars = Annotated[float, Field(ge=0.01, le=200)]
Prices = Annotated[tuple[Dollars, Dollars, Dollars], BeforeValidator(_three), AfterValidator(_ordered)]


class Hardware(BaseModel):
    """One device of a kind. Keys of the table carry their units; the properties are in bytes and seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)

    key: str
    """The name in the table."""
    title: str
    kind: Literal["cuda", "mps", "cpu"]
    """The device as torch names it; AMD's cards are ``cuda`` to it too."""
    memory_gib: float = Field(gt=0, le=4096)
    """What the driver reports; datasheets round it."""
    usable_gib: float = Field(gt=0, le=4096)
    """What a process sees of it."""
    bandwidth_gb_per_s: float = Field(gt=0, le=50_000)
    """Of the device's memory."""
    bf16_dense_tflops: float = Field(gt=0, le=10_000)
    """Dense matrix products in bfloat16 with sums in fp32; never the figure with sparsity."""
    fp32_tflops: float = Field(gt=0, le=10_000)
    """In fp32 without TF32."""
    bf16_native: bool = True
    """Whether it has units for bfloat16; without, a model is better computed in fp32."""
    link: str = ""
    """How the devices of a node are joined."""
    link_gb_per_s: float = Field(default=0, ge=0, le=5_000)
    """From one device to the others, in one direction; 0 where there is but one."""
    board_watts: float = Field(gt=0, le=5_000)
    per_node: int = Field(default=1, ge=1, le=72)
    """How many stand in the usual node."""
    usd_per_hour: Prices | None = None
    """Rent of one device: a price, or the lowest, the likely and the highest of public lists; None: it has none."""
    priced: str = ""
    """When and where the price was read."""
    source: str
    """Of the figures."""
    spread: float = Field(default=1.0, ge=1, le=10)
    """The factor by which the two speeds may be off, either way."""
    known_as: tuple[str, ...] = ()
    """The names under which the machine itself reports the device."""

    @model_validator(mode="after")
    def _goes_together(self) -> Hardware:
        if self.usable_gib > self.memory_gib:
            raise ValueError(f"usable_gib = {self.usable_gib} is more than memory_gib = {self.memory_gib}")
        if self.bf16_native and self.bf16_dense_tflops < self.fp32_tflops:
            raise ValueError("bf16_dense_tflops is less than fp32_tflops; set bf16_native to false if so it is")
        return self

    @property
    def is_amd(self) -> bool:
        """Whether it is a card of AMD's, which torch calls ``cuda`` too."""
        return self.title.startswith("AMD")

    @property
    def memory(self) -> float:
        """Bytes of memory."""
        return self.memory_gib * GIB

    @property
    def usable(self) -> float:
        """Bytes of memory that a process can have."""
        return self.usable_gib * GIB

    @property
    def bandwidth(self) -> float:
        """Bytes per second of the device's memory."""
        return self.bandwidth_gb_per_s * GB

    @property
    def bf16_flops(self) -> float:
        """Dense FLOP per second in bfloat16."""
        return self.bf16_dense_tflops * TERA

    @property
    def fp32_flops(self) -> float:
        """FLOP per second in fp32."""
        return self.fp32_tflops * TERA

    @property
    def link_bytes(self) -> float:
        """Bytes per second between devices of a node, in one direction."""
        return self.link_gb_per_s * GB

    @property
    def price(self) -> Range | None:
        """Dollars for an hour of one device."""
        return None if self.usd_per_hour is None else Range(*self.usd_per_hour)


def hardware_table(user_file: Path | None = None) -> dict[str, Hardware]:
    """All devices by name, that of this machine's processor (``cpu``) with them.

    Args:
        user_file: a TOML file with a table for each device: of a known one the keys that differ, of a new one all
            keys, or ``like`` with the name of a known one and what differs.

    Raises:
        InputError: the file cannot be read, or a row of it makes no sense; names every fault.
    """
    table = dict(_built_in()) | {"cpu": _processor()}
    return table if user_file is None else _overlaid(table, user_file)


def this_machine(table: Mapping[str, Hardware] | None = None) -> Hardware:
    """What this machine would compute on: its NVIDIA cards, Apple's GPU, or the processor. Needs no torch.

    Of several cards, those that are like the first are its ``per_node``.

    Args:
        table: as :func:`hardware_table` gives it; the built-in one where it is not given.

    Raises:
        InputError: it has a card of which the table knows nothing.
    """
    table = hardware_table() if table is None else table
    if cards := machine.nvidia_cards():
        first = cards[0]
        alike = sum(card.name == first.name for card in cards)
        return _found(table, first.name, first.memory_gib, per_node=alike)
    if chip := machine.apple_chip():
        return _found(table, chip.name, chip.memory_gib, per_node=1)
    return table["cpu"]


def _found(table: Mapping[str, Hardware], name: str, memory_gib: float | None, per_node: int) -> Hardware:
    """The row of a device that the machine reports, with the memory that it reports."""
    rows = [row for row in table.values() if name in row.known_as]
    if not rows:
        near = difflib.get_close_matches(name, [row.title for row in table.values()], 1)
        hint = f' (like = "{next(r.key for r in table.values() if r.title == near[0])}" may be near)' if near else ""
        fix = f"Give it a row in a hardware file of your own, with known_as = [{name!r}]{hint}"
        raise InputError(f"nothing is known of this machine's {name}", "hardware.toml", fix)
    row = min(rows, key=lambda row: abs(row.memory_gib - (memory_gib or row.memory_gib)))
    there = memory_gib or row.memory_gib
    return row.model_copy(
        update={"memory_gib": there, "usable_gib": there * row.usable_gib / row.memory_gib, "per_node": per_node}
    )


@cache
def _built_in() -> Mapping[str, Hardware]:
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {key: Hardware.model_validate({"key": key, **row}) for key, row in rows.items()}


def _processor() -> Hardware:
    """This machine's processor, from its cores and the instructions that they have."""
    found = machine.processor()
    return Hardware(
        key="cpu",
        title=f"{found.name}, {found.cores} cores",
        kind="cpu",
        memory_gib=found.memory_gib,
        usable_gib=found.memory_gib * 0.9,
        bandwidth_gb_per_s=found.bandwidth_gb_per_s,
        bf16_dense_tflops=found.cores * found.hertz * found.bf16_flop_per_cycle / TERA,
        fp32_tflops=found.cores * found.hertz * found.fp32_flop_per_cycle / TERA,
        bf16_native=found.bf16_flop_per_cycle > found.fp32_flop_per_cycle,
        board_watts=found.cores * machine.WATTS_PER_CORE,
        source=f"this machine's report: {found.units}; see residency/planning/machine.py",
        spread=3.0,
    )


def _overlaid(table: dict[str, Hardware], file: Path) -> dict[str, Hardware]:
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"the hardware file cannot be read ({reason})", str(file), "Write it as TOML") from None
    result, faults = dict(table), []
    for key, row in rows.items():
        try:
            result[key] = _merged(key, row, table, file)
        except ValidationError as error:
            # Each of three prices may be faulty for the same reason.
            faults += list(dict.fromkeys(f"{key}: {_explained(fault)}" for fault in error.errors()))
        except ValueError as error:
            faults.append(f"{key}: {error}")
    if faults:
        fix = "Keys and units are those of residency/planning/hardware.toml"
        raise InputError(" | ".join(faults), str(file), fix)
    return result


def _merged(key: str, row: Any, table: Mapping[str, Hardware], file: Path) -> Hardware:
    """A row of the user's, over the one that it is of or is like."""
    if not isinstance(row, dict):
        raise ValueError(f"write a device as [{key}], with its keys below")
    given = dict(row)
    like = given.pop("like", key)
    if like not in table and like != key:
        near = difflib.get_close_matches(str(like), table) or sorted(table)
        raise ValueError(f"like = {like!r} is no device of the table; known is {', '.join(near)}")
    base = table.get(str(like))
    if base is None and not {"memory_gib", "bf16_dense_tflops"} & given.keys():
        near = difflib.get_close_matches(key, table) or sorted(table)
        raise ValueError(f"no device of the table; known is {', '.join(near)}")
    merged = {**(base.model_dump() if base else {}), "key": key, **given}
    if "usd_per_hour" in given and "priced" not in given:
        merged["priced"] = file.name
    if base and "memory_gib" in given and "usable_gib" not in given:
        merged["usable_gib"] = given["memory_gib"] * base.usable_gib / base.memory_gib
    made = Hardware.model_validate(merged)
    if base and SPARSE[0] <= made.bf16_dense_tflops / base.bf16_dense_tflops <= SPARSE[1]:
        raise ValueError(
            f"bf16_dense_tflops = {made.bf16_dense_tflops} is twice the {base.bf16_dense_tflops} of {base.title}: "
            "datasheets give the figure with sparsity; halve it"
        )
    return made


def _explained(fault: Mapping[str, Any]) -> str:
    """An entry of ``ValidationError.errors()`` in a few words."""
    key = str(fault["loc"][0]) if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, Hardware.model_fields, 1)
        return f"{key} is no key" + (f"; did you mean {near[0]}" if near else "")
    if fault["type"] == "missing":
        return f"{key} is missing"
    said = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"{key} = {fault['input']!r}: {said}" if key else said
