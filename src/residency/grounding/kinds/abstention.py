"""The abstention: the supporting passages are withheld, distractors stay, and the answer says so."""

from __future__ import annotations

from collections.abc import Sequence

from residency.core.records import Passage
from residency.grounding.align import gold_text
from residency.grounding.material import Draft, Material
from residency.grounding.naming import unmentioned, wanted


def abstention(material: Material) -> Draft | str:
    """The question over distractors alone; refused when there is none, or one of them supports the gold answer after
    all."""
    passages = material.distractors(material.settings.passages)
    if not passages or not material.silent(passages):
        return "no context without the answer"
    material.rng.shuffle(passages)
    return Draft(
        "abstention",
        "insufficient",
        passages,
        material.shaped(says_so(material, passages)),
        gold_text(material.question),
        [],
        abstain=True,
    )


def says_so(material: Material, passages: Sequence[Passage]) -> str:
    """Two sentences: the passages do not hold the answer; this is what to look for."""
    question = material.question["question"]
    what = wanted(question, material.supporting, material.index)
    if not what:
        return f"{material.say('silent')} {material.say('unnamed')}"
    if unmentioned(what, question, passages) and material.rng.random() < 0.5:
        return f"{material.say('about', what=what)} {material.say('then')}"
    return f"{material.say('silent')} {material.say('wanted', what=what)}"
