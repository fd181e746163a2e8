"""The answer with citations: the supporting passages among distractors, and the gold answer's supported sentences."""

from __future__ import annotations

from residency.core.prompt import Instruction
from residency.grounding.material import Draft, Material


def cited_answer(material: Material) -> Draft | str:
    """The question over its supporting passages and distractors, answered with citations."""
    aligned = material.aligned
    passages = material.context(material.supporting)
    # Where the passages hold the answer, it is the same under either instruction.
    looser = not material.held_out and material.rng.random() < material.settings.if_it_helps
    instruction: Instruction = "if_it_helps" if looser else "only"
    return Draft(
        "cited_answer",
        "context",
        passages,
        material.shaped(material.cited(aligned.said, passages), aligned.text),
        aligned.text,
        [sentence for sentence, _ in aligned.sentences],
        instruction=instruction,
    )
