"""Composes the training set: how many of each kind, and which."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from residency.chat.estimate import estimate_tokens
from residency.core.prompt import conversation
from residency.core.records import Conversation
from residency.core.stage import StageContext
from residency.mix.draw import Drawn, draw_order, in_order, weights
from residency.mix.settings import ANCHOR, OWN, SMALL, MixSettings
from residency.mix.shares import aimed_at, allot, with_own


@dataclass(frozen=True)
class Composed:
    """The training examples in their order, and what they were drawn from.

    ``asked`` are the declared shares, ``aimed`` those after kinds that nothing supplies have left their place to the
    others; ``stock`` holds the rows of each kind. ``bound`` is the kind that keeps the mix from being larger, empty
    where a number of examples was asked for. ``within`` is the largest number of examples at which each of the shares
    is met, None where there is no kind at all.
    """

    drawn: list[Drawn]
    asked: dict[str, float]
    aimed: dict[str, float]
    stock: dict[str, list[Conversation]]
    bound: str
    within: int | None


@dataclass(frozen=True)
class _Plan:
    """``amounts`` by kind in the unit of the shares, and ``numbers`` of examples."""

    asked: dict[str, float]
    amounts: dict[str, int]
    numbers: dict[str, int]


def compose(
    pool: Sequence[Conversation],
    settings: MixSettings,
    context: StageContext,
    factors: Mapping[tuple[str, str], float] | None = None,
    first: Collection[tuple[str, str]] = (),
) -> Composed:
    """Draw the training examples.

    A kind that runs short gives all it has, ``max_repeats`` times where a number of examples was asked for, and
    the others fill its place in proportion to their shares. The anchor comes on top of these. ``factors`` and ``first``
    change which rows of a kind are drawn: see :func:`~residency.mix.draw.weights` and
    :func:`~residency.mix.draw.draw_order`.
    """
    repeats = settings.max_repeats if settings.examples is not None else 1
    stock: dict[str, list[Conversation]] = {kind: [] for kind in (*settings.shares, OWN, ANCHOR)}
    for row in pool:
        if row["kind"] in stock:
            stock[row["kind"]].append(row)
    orders = {
        kind: draw_order(rows, weights(rows, settings, factors), repeats, context, first)
        for kind, rows in stock.items()
        if kind != ANCHOR
    }
    by_tokens = settings.shares_by == "tokens"
    running = {
        kind: list(accumulate(cost(one.row) for one in order)) if by_tokens else range(1, len(order) + 1)
        for kind, order in orders.items()
    }
    plan = _plan(running, settings, by_tokens)
    if (used := plan.numbers.get(OWN, 0)) < len(stock[OWN]) and (OWN not in plan.asked or not settings.names_shares):
        context.progress.note(
            f"{used} of the bank's own {len(stock[OWN])} conversations are used; to set their share, name the shares "
            f"of all kinds in mix.shares, {OWN} among them"
        )
    drawn = [one for kind, number in plan.numbers.items() for one in orders[kind][:number]]
    drawn += _anchor(stock[ANCHOR], drawn, settings, context)
    limits = _limits(running)
    return Composed(
        in_order(drawn, context),
        plan.asked,
        aimed_at(plan.asked, limits),
        {kind: stock[kind] for kind in (*plan.asked, ANCHOR)},
        _scarcest(plan.asked, limits, settings) if settings.examples is None else "",
        sum(_at(None, running, settings).numbers.values()) if any(limits.values()) else None,
    )


def cost(row: Conversation) -> int:
    """The tokens of an example with its system message, about."""
    messages = conversation(row["mode"], row["messages"], None if row["kind"] == ANCHOR else "")
    return estimate_tokens(messages, row.get("tools", ()))


def _plan(running: Mapping[str, Sequence[int]], settings: MixSettings, by_tokens: bool) -> _Plan:
    if not by_tokens or settings.examples is None:
        return _at(settings.examples, running, settings)
    most = settings.examples

    def too_many(total: int) -> bool:
        return sum(_at(total, running, settings).numbers.values()) > most

    # The largest number of tokens that takes no more examples than were asked for.
    total = bisect_left(range(sum(_limits(running).values()) + 1), True, key=too_many)
    return _at(max(0, total - 1), running, settings)


def _at(total: int | None, running: Mapping[str, Sequence[int]], settings: MixSettings) -> _Plan:
    """What each kind gives when all give ``total``."""
    limits = _limits(running)
    asked = with_own(settings, limits, total)
    amounts = allot(asked, limits, total, () if settings.names_shares else SMALL)
    return _Plan(asked, amounts, {kind: _nearest(running[kind], amount) for kind, amount in amounts.items()})


def _limits(running: Mapping[str, Sequence[int]]) -> dict[str, int]:
    return {kind: totals[-1] if totals else 0 for kind, totals in running.items()}


def _nearest(running: Sequence[int], amount: int) -> int:
    """How many rows come nearest to an amount, given their running total."""
    place = bisect_left(running, amount)
    if place == len(running):
        return place
    before = running[place - 1] if place else 0
    return place + 1 if running[place] - amount <= amount - before else place


def _scarcest(asked: Mapping[str, float], limits: Mapping[str, int], settings: MixSettings) -> str:
    """The kind that runs out first when all grow in proportion."""
    open_kinds = [kind for kind in asked if asked[kind] > 0 and limits[kind]]
    main = open_kinds if settings.names_shares else [kind for kind in open_kinds if kind not in SMALL] or open_kinds
    return min(main, key=lambda kind: limits[kind] / asked[kind], default="")


def _anchor(
    rows: Sequence[Conversation], others: Sequence[Drawn], settings: MixSettings, context: StageContext
) -> list[Drawn]:
    """As many of the anchor's conversations as make up its share of all tokens."""
    share = settings.anchor_share
    if not rows or not share:
        return []
    order = draw_order(rows, [1.0] * len(rows), 1, context)
    budget = round(share / (1 - share) * sum(cost(one.row) for one in others))
    return order[: _nearest(list(accumulate(cost(one.row) for one in order)), budget)]
