"""What a stage is given and what it gives back. Rooms write stages against this and know no runner."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from pydantic import BaseModel, ConfigDict

Counts = dict[str, Any]
S = TypeVar("S", bound=BaseModel)


class Settings(BaseModel):
    """The base of every recipe section: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)

    def input_files(self) -> list[Path]:
        """The user's files that this section names; their content is part of a stage's fingerprint."""
        return []

    def fingerprint_values(self) -> dict[str, Any]:
        """The values on which a stage's result depends, as plain values; the places of input files are left out, since
        their content counts."""
        places = {
            name
            for name, value in self
            if isinstance(value, Path) or (isinstance(value, list) and value and isinstance(value[0], Path))
        }
        return self.model_dump(mode="json", exclude=places)

    def problems(self) -> list[str]:
        """What is wrong beyond types and bounds, a line each; asked before anything runs."""
        return []

    def notes(self) -> list[str]:
        """What is worth knowing though nothing is wrong, a line each."""
        return []


class Progress(Protocol):
    """Where a stage reports how far it is. The runner shows it; tests count it."""

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        """Begin a phase of ``total`` steps of ``unit`` (None: not known), of which an earlier, interrupted run
        did ``done``."""

    def advance(self, steps: int = 1, **figures: float) -> None:
        """``steps`` more are done; ``figures`` (loss, ...) are shown beside them."""

    def doing(self, what: str) -> None:
        """Say which part of the stage's work begins; it has no steps to count."""

    def note(self, text: str) -> None:
        """Say one line."""


class Silent:
    """A progress that shows nothing."""

    def start(self, total: int | None, unit: str, done: int = 0) -> None: ...

    def advance(self, steps: int = 1, **figures: float) -> None: ...

    def doing(self, what: str) -> None: ...

    def note(self, text: str) -> None: ...


@dataclass(frozen=True)
class StageContext:
    """All that a stage may read: its settings, the folders of earlier stages, a seed, a progress."""

    settings: Mapping[str, BaseModel]
    inputs: Mapping[str, Path]
    out: Path
    seed: int
    progress: Progress = field(default_factory=Silent)

    def section(self, name: str, kind: type[S]) -> S:
        """The recipe section ``name`` as the settings class that the room declared."""
        return cast(S, self.settings[name])

    def random(self, *names: object) -> random.Random:
        """A generator of its own for each purpose, so that one use does not shift another."""
        return seeded(self.seed, *names)


def seeded(seed: int, *names: object) -> random.Random:
    """A random generator that depends on ``seed`` and ``names`` alone, on any machine."""
    text = "\x1f".join(str(part) for part in (seed, *names))
    return random.Random(int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big"))
