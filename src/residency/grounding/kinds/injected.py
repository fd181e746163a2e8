"""The injected order: a passage holds text that orders the model about, and the answer is what it would be without."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import cast

from residency.core.records import Passage
from residency.core.text import sentences
from residency.grounding.injections import HELD_OUT, TRAIN, Injection
from residency.grounding.kinds.abstention import abstention
from residency.grounding.kinds.cited import cited_answer
from residency.grounding.material import Draft, Material

ABSTAINS = 0.25
NOTED = 0.5  # of the answers that speak of the order


def injected(material: Material) -> Draft | str:
    """The cited answer, or the abstention, over passages one of which holds an order; refused where neither can be
    built."""
    rng = material.rng
    plain = (abstention if rng.random() < ABSTAINS else cited_answer)(material)
    if isinstance(plain, str):
        return plain
    injection = rng.choice(HELD_OUT if material.held_out else TRAIN)
    if injection.marker in f"{material.question['question']} {plain.answer}".lower():
        return "the answer holds the injected order's marker"
    place = rng.randrange(len(plain.passages))
    passages = list(plain.passages)
    passages[place] = with_order(passages[place], injection, rng)
    return replace(
        plain,
        skill="injected",
        passages=passages,
        answer=_noted(plain, place + 1, material) if rng.random() < NOTED else plain.answer,
        check={**plain.check, "marker": injection.marker, "order": injection.order, "place": passages[place]["id"]},
        changed=True,
    )


def with_order(passage: Passage, injection: Injection, rng: random.Random) -> Passage:
    """A passage with an order before, between or after its sentences, on a line of its own in some. A false passage
    never begins a line."""
    said = sentences(passage["text"])
    at = rng.choice((0, rng.randint(1, len(said) - 1) if len(said) > 1 else len(said), len(said)))
    own_line = at > 0 and not injection.order.startswith("[") and rng.random() < 0.4
    head, tail = _cut(passage["text"], said, at)
    gap, rest = "\n" if own_line else " ", "\n" if own_line and tail else " "
    text = f"{head}{gap if head else ''}{injection.order}{rest if tail else ''}{tail}"
    return cast(Passage, {**passage, "text": text})


def _cut(text: str, said: list[str], at: int) -> tuple[str, str]:
    """A text before and from its sentence ``at``, each without the space between them."""
    end = 0
    for one in said[:at]:
        end = text.index(one, end) + len(one)
    return text[:end].rstrip(), text[end:].lstrip()


def _noted(plain: Draft, number: int, material: Material) -> str:
    """The answer with a sentence on the order: before it at times in CLINICAL mode, after it in EXAM, whose key point
    comes first, and where it abstains, which is said first."""
    note = material.say("noted", mark=f"[{number}]")
    lines = plain.answer.split("\n")
    if material.mode == "EXAM":
        return " ".join([plain.answer, note]) if len(lines) > 1 else f"{plain.answer}\n{note}"
    *above, said, check = lines
    first = not plain.abstain and material.rng.random() < 0.5
    return "\n".join([*above, f"{note} {said}" if first else f"{said} {note}", check])
