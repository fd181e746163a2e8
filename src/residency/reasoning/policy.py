"""Which policies a family of models allows, what each of them does to the model, and which row gets which."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from residency.core.errors import UsageError
from residency.reasoning.settings import POLICIES, Policy, ThoughtsSettings

THOUGHTFUL: tuple[Policy, ...] = ("distil", "rationale")
SHORTENS = (
    "a rationale in place of a thought is far shorter than what the model thinks by itself: trained on it, the model "
    "reasons less"
)
NO_OTHER_MODE = (
    "Qwen3-Thinking-2507 and its like have no mode without a thought: trained on empty ones, the model no longer thinks"
)


class Thinking(Protocol):
    """What is asked of a chat family."""

    @property
    def name(self) -> str:
        """The family's name."""

    @property
    def thinks(self) -> Literal["always", "by choice", "never"]:
        """Whether its models think before they answer."""

    @property
    def effort(self) -> str:
        """How much its models are told to reason; empty where the family has no word for it."""


@dataclass(frozen=True)
class Plan:
    """What rows get.

    ``shares`` is the share of each policy (they add up to 1), ``consequences`` says in a sentence each what they do to
    the model that is trained, and ``every`` whether no assistant's turn may go without a thought.
    """

    shares: dict[Policy, float]
    consequences: tuple[str, ...]
    every: bool


def plan_for(settings: ThoughtsSettings, family: Thinking, asked: bool = True) -> Plan:
    """What the recipe asks for, held against the family.

    Args:
        settings: the recipe's.
        family: the base model's.
        asked: whether the model is asked to think, where its family leaves the choice.

    Raises:
        UsageError: the recipe leaves rows without a thought, and models of this family then no longer think.
    """
    if family.thinks == "never" or not asked:
        why = f"models of the family {family.name} never think" if asked else "the model is not asked to think"
        ignored = settings.policy in THOUGHTFUL or any(settings.shares.get(name) for name in THOUGHTFUL)
        return Plan({"none": 1.0}, (f"{why}: [thoughts] is ignored, and no row gets one",) if ignored else (), False)
    reason = refusal(family)
    if (bare := bare_keys(settings)) and reason:
        raise UsageError(reason, " and ".join(bare), 'Use "distil" or "rationale", and for otherwise "drop"')
    alone: Policy = "distil" if settings.policy == "auto" else settings.policy
    shares = {name: settings.shares[name] for name in POLICIES if settings.shares.get(name)} or {alone: 1.0}
    told = [SHORTENS] if "rationale" in shares else []
    return Plan(shares, (*told, *([bare_teaches(family)] if bare else [])), every=bool(reason))


def bare_keys(settings: ThoughtsSettings) -> list[str]:
    """The recipe's keys that leave rows without a thought."""
    asked = {
        "policy": settings.policy,
        "shares": "none" if settings.shares.get("none") else "",
        "otherwise": settings.otherwise,
    }
    return [f"thoughts.{key}" for key, value in asked.items() if value == "none"]


def refusal(family: Thinking) -> str:
    """Why no row of this family may go without a thought; empty when it may."""
    if family.effort and family.effort != "low":
        return (
            f"at {family.effort} effort a model of the family {family.name} is to think, and rows without thoughts "
            "teach it to answer at once; they are for low effort alone"
        )
    if family.thinks == "by choice" and not family.effort:
        return (
            "the model is asked to think, and learns from rows without thoughts to leave them out; to train its mode "
            "without thoughts, set chat.thinking = false"
        )
    return NO_OTHER_MODE if family.thinks == "always" else ""


def named_always(settings: ThoughtsSettings, model: str) -> list[str]:
    """What is wrong with a recipe whose model's name says that it always thinks; known before the model is there."""
    if "thinking-2507" not in model.lower():
        return []
    return [f"{key.partition('.')[2]} leaves rows without thoughts, and {NO_OTHER_MODE}" for key in bare_keys(settings)]


def bare_teaches(family: Thinking) -> str:
    """What training on rows without thoughts does to a model that is told how much to think."""
    return (
        f"it teaches bare finals: at {family.effort} effort the model answers without a thought, and may do so at "
        "every other effort"
    )


def assign(shares: Mapping[Policy, float], reasoned: Sequence[bool], draw: Callable[[int], float]) -> list[Policy]:
    """A policy for each row.

    Args:
        shares: the share of each policy; they add up to 1.
        reasoned: for each row, whether it has a rationale to think. Rows without one get another policy, where there
            is another, in proportion to the others' shares.
        draw: a number between 0 and 1 for the row at a place, by chance and always the same.
    """
    order = sorted(range(len(reasoned)), key=draw)
    given: dict[int, Policy] = {}
    others: dict[Policy, float] = {name: share for name, share in shares.items() if name != "rationale"}
    if "rationale" in shares and others:
        wanted = round(shares["rationale"] * len(order))
        given = dict.fromkeys([place for place in order if reasoned[place]][:wanted], "rationale")
    rest = [place for place in order if place not in given]
    parts = _parts(others or dict(shares), len(rest))
    names = [name for name, number in parts.items() for _ in range(number)]
    given |= dict(zip(rest, names, strict=True))
    return [given[place] for place in range(len(reasoned))]


def _parts(shares: Mapping[Policy, float], number: int) -> dict[Policy, int]:
    """``number`` in parts by largest remainder."""
    whole = sum(shares.values())
    quotas = {name: number * share / whole for name, share in shares.items()}
    parts = {name: math.floor(quota) for name, quota in quotas.items()}
    for name in sorted(quotas, key=lambda name: parts[name] - quotas[name])[: number - sum(parts.values())]:
        parts[name] += 1
    return parts
