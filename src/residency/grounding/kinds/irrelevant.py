"""Irrelevant retrieval: the passages do not bear on an ordinary question, and the instruction allows to answer without
them. Over the same passages, the other instruction demands an abstention."""

from __future__ import annotations

import re
from dataclasses import replace

from residency.core.records import Passage
from residency.core.text import sentences
from residency.grounding.align import gold_text
from residency.grounding.kinds.abstention import says_so
from residency.grounding.material import Draft, Material
from residency.grounding.naming import bears_on, wanted

TWINS = 0.4  # of training's rows that get one under the other instruction
OTHER_TOPICS = (0.0, 0.5, 1.0)  # the share of the passages that is drawn from other topics
TRIES = 40
_OWN_STUDY = re.compile(
    r"\b(?:our|we|(?:this|the|present) (?:present )?(?:study|survey|trial|analysis|series|results|findings|data))\b",
    re.IGNORECASE,
)
"""What speaks of the study that it was taken from, and is no general knowledge."""


def irrelevant(material: Material) -> Draft | str:
    """The question over passages of other topics, and over some that share its words; refused where none can be shown
    that is silent."""
    rng, gold = material.rng, gold_text(material.question)
    if _OWN_STUDY.search(gold):
        return "the answer speaks of a study that is not shown"
    passages = _passages(material)
    if not passages or not material.silent(passages):
        return "no passages that do not bear on the question"
    draft = Draft(
        "irrelevant",
        "context",
        passages,
        material.shaped(_answered(gold, material), gold),
        gold,
        sentences(gold),
        instruction="if_it_helps",
    )
    if rng.random() >= TWINS or material.held_out:  # an easy abstention more would count among those asked both ways
        return draft
    what = wanted(material.question["question"], material.supporting, material.index)
    twin = Draft(
        "abstention",
        "insufficient",
        passages,
        material.shaped(says_so(material, passages)),
        gold,
        [],
        abstain=True,
        check={"near_miss": "", "wanted": what, "still": []},
        name="irrelevant/only",
    )
    return replace(draft, twin=twin)


def _passages(material: Material) -> list[Passage]:
    """Passages of other topics, and some that share words with the question, in an order of chance."""
    rng, count = material.rng, material.settings.passages
    far = round(count * rng.choice(OTHER_TOPICS))
    passages = [p for p in material.distractors(3 * count) if _is_beside(p, material)][: count - far]
    names = {passage["id"] for passage in passages} | {*material.question["passages"], *material.aligned.supporting}
    everything = material.index.passages
    for _ in range(TRIES):
        one = everything[rng.randrange(len(everything))]
        if len(passages) == count:
            break
        if one["id"] not in names and one["topic"] != material.question["topic"] and _is_beside(one, material):
            passages.append(one)
            names.add(one["id"])
    rng.shuffle(passages)
    return passages


def _is_beside(passage: Passage, material: Material) -> bool:
    return not bears_on(material.question["question"], passage, material.index)


def _answered(gold: str, material: Material) -> str:
    """The gold answer and the statement that the passages do not bear on it: before or after it in CLINICAL mode, at
    the end in EXAM, since between its sentences it would part what belongs together."""
    first_of_all = material.mode == "CLINICAL" and material.rng.random() < 0.7
    if first_of_all:
        return f"{material.say('aside')} {gold}"
    return f"{gold} {material.say('aside_after')}"
