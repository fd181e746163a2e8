"""The comparison that an answer's sentence is about."""

from __future__ import annotations

from residency.ablation.records import Answer, Contrast


def spoken_of(answer: Answer) -> Contrast | None:
    """On the first benefit axis: that of the arm that is suggested, or else of the arm that the sentence names first,
    or of the one that differs most. A control that is suggested stands on the arm that the sentence names. None where
    nothing was compared."""
    metric = next(axis.metric for axis in answer.question.axes if axis.role == "benefit")
    found = [one for one in answer.contrasts if one.metric == metric]
    by_arm = {one.arm: one for one in reversed(found)}
    if answer.arm in by_arm:
        return by_arm[answer.arm]
    sentence = answer.sentence.lower()
    places = [
        (sentence.index(arm.says.lower()), -len(arm.says), arm.name)
        for arm in answer.question.arms
        if arm.name in by_arm and arm.says and arm.says.lower() in sentence
    ]
    if places:
        return by_arm[min(places)[2]]
    return max(found, key=lambda one: abs(one.difference.value or 0), default=None)
