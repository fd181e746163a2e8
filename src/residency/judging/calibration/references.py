"""A right answer to hold each graded answer against, where the file has none: the question's other best answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from residency.core.text import content_stems
from residency.judging.calibration.reading import Graded
from residency.judging.item import Item

COPY = 0.8
"""Share of their distinct content words, of those of both, from which two answers are taken for copies of one."""
NONE_LEFT = "its question has no other answer of the best grade"


def items(graded: Sequence[Graded], best: float) -> list[Item | None]:
    """Each answer's item, with its own reference, or else all answers to its question that are graded ``best``; None
    where there is none.

    The answer itself is no reference for itself, and neither is a copy of it under another name.
    """
    others: dict[str, list[Graded]] = defaultdict(list)
    for one in graded:
        if one.grade >= best:
            others[one.cluster].append(one)
    stems = {one.row: frozenset(content_stems(one.answer)) for one in graded}
    found: list[Item | None] = []
    for one in graded:
        right = [
            other.answer
            for other in others[one.cluster]
            if other.row != one.row and not _copies(stems[one.row], stems[other.row])
        ]
        references = tuple(dict.fromkeys([one.reference] if one.reference else right))
        name = f"{one.cluster}/{one.row}"
        found.append(Item(name, one.question, references, cluster=one.cluster) if references else None)
    return found


def _copies(one: frozenset[str], two: frozenset[str]) -> bool:
    both = one | two
    return not both or len(one & two) >= COPY * len(both)
