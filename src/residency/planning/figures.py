"""Figures out of a model's config, or one line that says which is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from residency.core.errors import InputError


@dataclass(frozen=True)
class Figures:
    """A config being read; ``where`` and ``model_type`` are for errors."""

    model_type: str
    config: Mapping[str, Any]
    where: str

    def number(self, key: str, otherwise: int | None = None, least: int = 1) -> int:
        """A count of the config, or what is meant where it is absent or null.

        Raises:
            InputError: it is missing and nothing else is meant, or it is no count.
        """
        value = self.config.get(key)
        value = otherwise if value is None else value
        if value is None:
            raise self.fault(f"the key {key} is missing")
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.fault(f"{key} = {value!r} is no count")
        return value

    def truth(self, key: str) -> bool:
        """A switch of the config; off where it is absent or null."""
        return bool(self.config.get(key) or False)

    def part(self, key: str, defaults: Mapping[str, Any]) -> Figures:
        """A config within the config.

        Raises:
            InputError: it is not there.
        """
        value = self.config.get(key)
        if not isinstance(value, Mapping):
            raise self.fault(f"the key {key} is missing")
        return Figures(self.model_type, {**defaults, **value}, self.where)

    def fault(self, what: str) -> InputError:
        """The error that says this."""
        fix = f"Take the config.json that is published with the model: a {self.model_type} cannot be counted without it"
        return InputError(f"{what} (model_type {self.model_type!r})", self.where, fix)
