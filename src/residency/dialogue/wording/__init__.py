"""What is said between the facts: the wordings for training and those for held-out splits, which share no sentence.

A wording may hold groups of alternatives, ``(Sorry|My mistake)(:|,) ...``; one of each group is taken by chance, and an
empty alternative leaves it out. ``{field}`` is filled in afterwards. No wording holds a medical claim.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from residency.core.records import HELD_OUT
from residency.dialogue.wording.held_out import HELD_OUT_WORDINGS
from residency.dialogue.wording.train import TRAIN_WORDINGS

_GROUP = re.compile(r"\(([^()]*)\)")
_FIELD = re.compile(r"\{(\w+)\}")
_BEGINS = re.compile(r"(?<=[.?!] )[a-z]")


def wordings(split: str) -> Mapping[str, tuple[str, ...]]:
    """The wordings by purpose for a split: held-out splits have their own."""
    return HELD_OUT_WORDINGS if split in HELD_OUT else TRAIN_WORDINGS


def say(split: str, purpose: str, rng: random.Random, **fields: str) -> str:
    """One wording for ``purpose``, by chance, with its fields filled in and its first letter a capital."""
    text = expand(rng.choice(wordings(split)[purpose]), rng)
    text = _FIELD.sub(lambda match: fields[match[1]], text)
    return text[:1].upper() + text[1:]


def expand(wording: str, rng: random.Random) -> str:
    """A wording with one alternative of each group, innermost groups first."""
    while match := _GROUP.search(wording):
        wording = wording[: match.start()] + rng.choice(match[1].split("|")) + wording[match.end() :]
    return _BEGINS.sub(lambda match: match[0].upper(), " ".join(wording.split()))
