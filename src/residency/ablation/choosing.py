"""Which arms of a question are run, and why others are not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from residency.ablation.question import Arm, Question

BUILDING = ("corpus.", "index.", "dialogue.", "grounding.")
"""Sections by which an arm builds examples of its own."""
Serves = tuple[str, str]
"""A question and one of its arms, by name."""


@dataclass(frozen=True)
class Facts:
    """What is known of a recipe and a proxy before anything is trained. None where it is not known yet: no arm is left
    out for it."""

    tools: bool | None = None
    """Whether the proxy's format knows tools."""
    knowledge: bool | None = None
    """Whether the stage ``knowledge`` asks questions."""
    unknown: int | None = None
    """Facts of which it found that the base model does not know them."""
    thinks: Literal["always", "by choice", "never"] | None = None
    """Whether the proxy thinks before it answers."""
    pairs: int | None = None
    """Preference pairs that the bank allows."""
    kinds: Mapping[str, int] | None = None
    """Examples of each kind that were built, of those kinds of which it is known."""


def wanted_arms(question: Question, quick: bool, without: Collection[Serves], only: Collection[str]) -> list[str]:
    """The arms of a question that are run: those that are asked for, the control and all that these need."""
    left = {name for asked, name in without if asked == question.name}
    asked = [
        arm.name
        for arm in question.arms
        if arm.name not in left and (arm.quick or not quick) and (not only or arm.name in only)
    ]
    wanted = dict.fromkeys(asked)
    queue = [*asked, question.control] if asked else []
    while queue:
        name = queue.pop()
        wanted[name] = None
        queue += [one for one in needed(question, question.arm(name)) if one not in wanted]
    return [arm.name for arm in question.arms if arm.name in wanted and arm.name not in left]


def needed(question: Question, arm: Arm) -> list[str]:
    """The other arms without which an arm cannot be trained, or says nothing."""
    own = question.control if arm.name != question.control else ""
    return [name for name in dict.fromkeys((arm.after, arm.like, arm.against or own)) if name and name != arm.name]


def left_out(
    questions: Iterable[Question], facts: Facts, faults: Mapping[Serves, str] | None = None
) -> dict[Serves, str]:
    """The arms that cannot be run, each with its reason in one clause; ``faults`` are those that are known already."""
    found: dict[Serves, str] = {}
    for question in questions:
        known = {name: fault for (asked, name), fault in (faults or {}).items() if asked == question.name}
        reasons = known | {arm.name: reason for arm in question.arms if (reason := _lacks(arm, facts))}
        while more := {
            arm.name: f"it needs the arm {missing}, which is left out"
            for arm in question.arms
            if arm.name not in reasons
            for missing in needed(question, arm)
            if missing in reasons
        }:
            reasons |= more
        found |= {(question.name, name): reason for name, reason in reasons.items()}
    return found


def _lacks(arm: Arm, facts: Facts) -> str:
    """Why an arm cannot be run; empty where it can, or where that is not known."""
    if arm.needs == "tools" and facts.tools is False:
        return "the model's format knows no tools"
    if arm.needs == "knowledge" and facts.knowledge is False:
        return "the base model is not asked what it knows: set knowledge.questions"
    if arm.needs == "knowledge" and facts.unknown == 0:
        return (
            "no fact was found that the base model does not know: of a kind of question of which it knows no more than"
            " luck gives, all facts are undecided"
        )
    if arm.needs == "thinks" and facts.thinks == "never":
        return "the model does not think"
    if arm.set.get("thoughts.policy") == "none" and facts.thinks == "always":
        return "the model has no mode without a thought"
    wanted = arm.set.get("pairs.max_pairs", 0)
    if arm.needs == "pairs" and facts.pairs is not None and facts.pairs < wanted:
        return f"{wanted} pairs are needed, and the bank allows {facts.pairs}"
    kinds = arm.share.kinds if arm.share is not None and arm.share.to else []
    builds = any(key.startswith(BUILDING) for key in arm.set)
    if kinds and not builds and facts.kinds is not None and all(facts.kinds.get(kind) == 0 for kind in kinds):
        return f"there are no examples of {', '.join(kinds)}"
    return ""
