"""How wordings are filled: what is said between the facts, by purpose, for training and for held-out splits.

A wording may hold groups of alternatives, ``(Sorry|My mistake)(:|,) ...``; one of each group is taken by chance, and an
empty alternative leaves it out. ``{field}`` is filled in afterwards. No wording holds a medical claim.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from residency.core.records import HELD_OUT

_GROUP = re.compile(r"\(([^()]*)\)")
_FIELD = re.compile(r"\{(\w+)\}")
_BEGINS = re.compile(r"(?<=[.?!] )[a-z]")


@dataclass(frozen=True)
class Wordings:
    """Wordings by purpose: those for training, and those for held-out splits, which share no sentence with them."""

    train: Mapping[str, tuple[str, ...]]
    held_out: Mapping[str, tuple[str, ...]]

    def of(self, split: str) -> Mapping[str, tuple[str, ...]]:
        """The wordings for a split."""
        return self.held_out if split in HELD_OUT else self.train

    def say(self, split: str, purpose: str, rng: random.Random, **fields: str) -> str:
        """One wording for ``purpose``, by chance, with its fields filled in and its first letter a capital."""
        text = expand(rng.choice(self.of(split)[purpose]), rng)
        text = _FIELD.sub(lambda match: fields[match[1]], text)
        return text[:1].upper() + text[1:]


def expand(wording: str, rng: random.Random) -> str:
    """A wording with one alternative of each group, innermost groups first."""
    while match := _GROUP.search(wording):
        wording = wording[: match.start()] + rng.choice(match[1].split("|")) + wording[match.end() :]
    return _BEGINS.sub(lambda match: match[0].upper(), " ".join(wording.split()))
