"""Pairs of the behaviours and of changed numbers, spread evenly over the types that the text allows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from residency.core.prompt import shape_open, user_message
from residency.core.records import Pair
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.referents import tidy
from residency.preference import corrupt
from residency.preference.behaviours import BEHAVIOURS
from residency.preference.behaviours.making import Draw, Maker, Mistake, asked, made, mode_of
from residency.preference.edits.edit import Refusal
from residency.preference.material import Material


def wrong_number(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """Each open question with one quantity of its answer changed."""
    for question in material.open:
        rng = draw("wrong_number", question["id"])
        mode, check = mode_of(question["question"], rng), check_for(question["answer"], rng)
        result = corrupt.wrong_number(question["answer"], rng)
        if result is None:
            yield Refusal("wrong_number", "no quantity can be changed")
            continue
        text, edit = result
        case = known_lines(tidy(question["question"]), rng)
        chosen, rejected = (shape_open(said, mode, check, *case) for said in (question["answer"], text))
        why = f"It is {edit['before']}, and the answer says {edit['after']}."
        mistake = Mistake("wrong_number", "", edit["before"], edit["after"], "major", why)
        yield made(question, mode, [user_message(asked(question))], (chosen, rejected), mistake)


MAKERS: dict[str, Maker] = {**BEHAVIOURS, "wrong_number": wrong_number}


def build_pairs(material: Material, types: Sequence[str], most: int, draw: Draw) -> tuple[list[Pair], Counter[str]]:
    """Up to ``most`` pairs, the types taking turns and, within a type, its directions; one of each parent and type.

    Returns them and the refusals counted by type and reason. ``draw`` gives a random generator for a purpose.
    """
    refused: Counter[str] = Counter()
    ready: dict[str, list[Pair]] = {}
    for name in types:
        found: list[Pair] = []
        for one in MAKERS[name](material, draw):
            if isinstance(one, Refusal):
                refused[f"{name}: {one.reason}"] += 1
            else:
                found.append(one)
        ready[name] = _in_turn(found, draw, name)
    chosen: list[Pair] = []
    while len(chosen) < most and any(ready.values()):
        for name in types:
            if ready[name] and len(chosen) < most:
                chosen.append(ready[name].pop())
    draw("order").shuffle(chosen)
    return chosen, refused


def _in_turn(pairs: list[Pair], draw: Draw, name: str) -> list[Pair]:
    """One pair of each parent, the directions by turns from the end as far as they are even."""
    draw("order", name).shuffle(pairs)
    groups: dict[tuple[str, bool], list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair["edit"]["direction"], pair["edit"]["context"]].append(pair)
    used: set[str] = set()
    order: list[Pair] = []
    while any(groups.values()):
        for group in groups.values():
            while group:
                pair = group.pop()
                parent = pair["id"].partition(f"/{name}")[0]
                if parent not in used:
                    used.add(parent)
                    order.append(pair)
                    break
    return order[::-1]
