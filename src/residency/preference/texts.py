"""Pairs from mistakes made in gold texts: the answers of open questions, and the reasons of MCQs."""

from __future__ import annotations

from collections.abc import Iterator

from residency.core.records import Pair
from residency.domain.surgery.referents import tidy
from residency.preference.behaviours.making import Draw, Gold, gold_text
from residency.preference.edits.edit import Operator, Refusal
from residency.preference.material import Material
from residency.preference.verify import fault


def text_pairs(name: str, operator: Operator, material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Every mistake of one type that the gold texts allow. Both sides are put into the form of the mode alike."""
    for question in material.plain:
        text, number = gold_text(question), 0
        gold: Gold | None = None
        for found in operator(text, tidy(question["question"]), draw("edit", name, question["id"])):
            if isinstance(found, Refusal):
                yield found
            elif reason := fault(text, found):
                yield Refusal(name, reason)
            else:
                number += 1
                gold = gold or Gold(question, draw)
                yield gold.against(found, number)
