"""Gives each row its thoughts by the policy that it was assigned, or by what the recipe names in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from residency.core.records import Conversation, Thought
from residency.core.stage import StageContext
from residency.reasoning.agree import gold_of
from residency.reasoning.clean import Cleaner
from residency.reasoning.distil import HINTED, PLAIN, Distilled, Turn, distil
from residency.reasoning.policy import Plan, assign
from residency.reasoning.rows import rationale_of, spoken, with_thoughts, written_in
from residency.reasoning.settings import Policy, ThoughtsSettings
from residency.reasoning.thinker import Source, Thinker


@dataclass
class Given:
    """What became of one row.

    ``policy`` is the one it was assigned, ``thought`` what it got and ``row`` the row with it, both None where it was
    dropped; rows that bring their thoughts along are ``written``. ``reasons`` are (policy, reason) for each thought
    that was refused, in order, ``tokens`` the lengths of its thoughts, and ``sources`` who thought about each of its
    turns.
    """

    id: str
    split: str
    kind: str
    policy: Policy | Literal["written"]
    row: Conversation | None = None
    thought: Thought | None = None
    reasons: list[tuple[str, str]] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)


def give(
    rows: Mapping[str, Sequence[Conversation]],
    plan: Plan,
    settings: ThoughtsSettings,
    cleaner: Cleaner,
    thinker: Thinker,
    context: StageContext,
) -> list[Given]:
    """What became of each row of each split, in their order.

    Args:
        rows: the mix's rows, by split.
        plan: the shares of the policies.
        settings: the recipe's.
        cleaner: which thoughts can be trained on.
        thinker: who thinks.
        context: for its seed, its folder and its progress.
    """
    pairs: list[tuple[Given, Conversation]] = []
    keeps = plan.shares.keys() != {"none"}
    for split, every in rows.items():
        brought = [keeps and bool(written_in(row)) for row in every]
        some = [row for row, own in zip(every, brought, strict=True) if not own]
        reasoned = [bool(rationale_of(row, cleaner, plan.every)[0]) for row in some]
        draws = [context.random("thought", split, place, row["id"]).random() for place, row in enumerate(some)]
        policies = iter(assign(plan.shares, reasoned, draws.__getitem__))
        for row, own in zip(every, brought, strict=True):
            pairs.append((Given(row["id"], split, row["kind"], "written" if own else next(policies)), row))
    turns = {
        number: [_turn(number, row, place) for place in spoken(row)]
        for number, (given, row) in enumerate(pairs)
        if given.policy == "distil"
    }
    asked = [turn for some in turns.values() for turn in some]
    thoughts = distil(asked, thinker, cleaner, settings, context) if asked else {}
    for number, (given, row) in enumerate(pairs):
        for policy in dict.fromkeys((given.policy, settings.otherwise)):
            if policy == "written":
                _kept(given, row, cleaner)
            elif policy == "none":
                _put(given, row, "none", {}, cleaner)
            elif policy == "rationale":
                _lend(given, row, cleaner, plan.every)
            elif policy == "distil":
                _distilled(given, row, [thoughts[turn.key] for turn in turns[number]], cleaner)
            if given.row is not None:
                break
    return [given for given, _ in pairs]


def _turn(number: int, row: Conversation, place: int) -> Turn:
    return Turn(
        f"{number}/{row['id']}#{place}", list(row["messages"][:place]), row.get("tools", ()), gold_of(row, place)
    )


def _distilled(given: Given, row: Conversation, thoughts: Sequence[Distilled], cleaner: Cleaner) -> None:
    """The model's own thoughts, where each of the row's turns got one."""
    given.reasons += [pair for thought in thoughts for pair in zip((PLAIN, HINTED), thought.reasons, strict=False)]
    given.sources += [thought.source for thought in thoughts]
    if all(thought.thinking for thought in thoughts):
        texts = dict(zip(spoken(row), (thought.thinking for thought in thoughts), strict=True))
        name: Thought = "distil_hinted" if any(thought.got == HINTED for thought in thoughts) else "distil"
        _put(given, row, name, texts, cleaner)


def _kept(given: Given, row: Conversation, cleaner: Cleaner) -> None:
    """The thoughts that the row brings along."""
    texts = written_in(row)
    reasons = [reason for _, reason in map(cleaner.clean, texts.values()) if reason]
    if reasons:
        given.reasons.append(("written", reasons[0]))
    else:
        _put(given, row, "written", texts, cleaner)


def _lend(given: Given, row: Conversation, cleaner: Cleaner, every: bool) -> None:
    """The row's rationale as its thought, where it has one."""
    texts, reason = rationale_of(row, cleaner, every)
    if reason:
        given.reasons.append(("rationale", reason))
    else:
        _put(given, row, "rationale", texts, cleaner)


def _put(given: Given, row: Conversation, thought: Thought, texts: Mapping[int, str], cleaner: Cleaner) -> None:
    given.row, given.thought = with_thoughts(row, texts, thought), thought
    given.tokens = [cleaner.tokens(text) for text in texts.values()]
