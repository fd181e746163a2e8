"""Pairs of all types: what each type's makers propose, balanced within the type, shared out between the types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from residency.core.records import Pair
from residency.preference.balance import balanced
from residency.preference.behaviours import BEHAVIOURS
from residency.preference.behaviours.making import Draw, Maker
from residency.preference.edits import TEXT_OPERATORS
from residency.preference.edits.edit import Refusal
from residency.preference.material import Material
from residency.preference.texts import text_pairs

MAKERS: dict[str, Maker] = {
    **{name: partial(text_pairs, name, operator) for name, operator in TEXT_OPERATORS.items()},
    **BEHAVIOURS,
}
ROOM = 3
"""How many times its even part of all pairs a type may have where others have less."""
SPARE = 12
"""Candidates that are enough for one pair: the more there are, the better they balance."""
ENOUGH = "not looked at: there are candidates enough"


def build_pairs(
    material: Material,
    types: Sequence[str],
    most: int,
    draw: Draw,
    tell: Callable[[str], None] = lambda name: None,
) -> tuple[list[Pair], Counter[str]]:
    """Up to ``most`` pairs, spread evenly over the types as far as the text allows, each type balanced in itself.

    Args:
        material: what they are made from.
        types: keys of :data:`MAKERS`.
        most: pairs in all.
        draw: gives a random generator for a purpose.
        tell: is given each type when it is done.

    Returns:
        the pairs in random order, and the refusals, counted by type and reason.
    """
    refused: Counter[str] = Counter()
    wanted = -(-most // max(1, len(types)))
    ready: dict[str, list[Pair]] = {}
    for name in types:
        made = candidates(MAKERS[name](material, draw), ROOM * wanted * SPARE, refused)
        ready[name], left = balanced(made, ROOM * wanted, draw("balance", name))
        refused.update({f"{name}: {reason}": count for reason, count in left.items()})
        tell(name)
    chosen: list[Pair] = []
    for name, share in shares({name: len(pairs) for name, pairs in ready.items()}, most).items():
        pairs = ready[name]
        if share < len(pairs):
            pairs, _ = balanced(pairs, share, draw("share", name))
            refused[f"{name}: left out: the type has its part"] += len(ready[name]) - len(pairs)
        chosen += pairs
    draw("order").shuffle(chosen)
    return chosen, refused


def candidates(made: Iterable[Pair | Refusal], most: int, refused: Counter[str]) -> list[Pair]:
    """Up to ``most`` of the pairs that are made; refusals are added to ``refused`` by type and reason."""
    found: list[Pair] = []
    for one in made:
        if isinstance(one, Refusal):
            refused[f"{one.type}: {one.reason}"] += 1
            continue
        found.append(one)
        if len(found) >= most:
            refused[f"{one['kind']}: {ENOUGH}"] += 1
            break
    return found


def shares(there: dict[str, int], most: int) -> dict[str, int]:
    """How many of each type's pairs are taken: as many of each, and of those that have fewer all."""
    taken = dict.fromkeys(there, 0)
    left, open_types = most, [name for name, count in there.items() if count]
    while left and open_types:
        part = max(1, left // len(open_types))
        for name in list(open_types):
            more = min(part, there[name] - taken[name], left)
            taken[name] += more
            left -= more
        open_types = [name for name in open_types if taken[name] < there[name]]
    return taken
