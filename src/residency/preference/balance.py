"""Pairs of one type chosen so that nothing in the wording tells the better side.

A candidate is a vector of signed counts: how much oftener each word, number and mark stands in its chosen side than in
its rejected one, by how much its lengths differ, and its direction. What is picked sums to about nothing in each of
these. First goes what nothing could make up for; then each parent takes the candidate that leaves the least imbalance,
by turns until none changes; then pairs are given up until the limits hold, and what still fits is added.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from residency.core.records import Pair
from residency.preference.differences import Vector, vectors_of

ONE_SIDED = "left out: balance, since nothing stands against what it holds on one side"
UNBALANCED = "left out: balance"
SAME_PARENT = "left out: another pair of its parent was picked"
ENOUGH = "left out: as many as were asked for"
TOLERANCE = 2.0
"""How far a sum may be from 0 at least; beyond it by one standard deviation of what it would be if each pair's better
side were drawn by lot, since no reader can learn from what chance alone does."""
RARE = 10
"""Candidates that must hold something on one side, and none on the other, for all of them to go: of fewer, the limits
let some in."""
SWEEPS, PASSES = 8, 12


def balanced(candidates: Sequence[Pair], most: int, rng: random.Random) -> tuple[list[Pair], Counter[str]]:
    """Up to ``most`` pairs of one type, at most one of each parent.

    Over them each word, number and mark stands as often in chosen as in rejected, each size of difference in characters
    and in words is as often in favour of either side, and where there are two directions both are as many, all to
    within :data:`TOLERANCE` or what chance would do. It depends on ``rng`` and on what the candidates are, not on
    their order.

    Returns:
        the pairs, by their ids, and the other candidates counted by why they were left out.
    """
    rows = sorted(candidates, key=lambda pair: (pair["id"], pair["chosen"], pair["rejected"]))
    vectors = vectors_of(rows)
    possible = _answered(vectors)
    options: dict[str, list[int]] = defaultdict(list)
    for place in possible:
        options[parent_of(rows[place])].append(place)
    picked = _Selection(vectors, options, rng).pick(most)
    taken = {parent_of(rows[place]) for place in picked}
    left: Counter[str] = Counter()
    for place in set(range(len(rows))) - set(picked):
        other = SAME_PARENT if parent_of(rows[place]) in taken else ENOUGH if len(picked) >= most else UNBALANCED
        left[other if place in possible else ONE_SIDED] += 1
    return [rows[place] for place in sorted(picked)], left


def parent_of(pair: Pair) -> str:
    """The record that a pair was made from."""
    return pair["parents"][-1] if pair["parents"] else pair["id"]


def _answered(vectors: Sequence[Vector]) -> set[int]:
    """The places of the candidates all of whose values occur with the other sign too, among these candidates."""
    holders: dict[tuple[int, bool], set[int]] = defaultdict(set)
    for place, vector in enumerate(vectors):
        for name, value in vector:
            holders[name, value > 0].add(place)
    kept = set(range(len(vectors)))
    waiting = [key for key, those in holders.items() if len(those) >= RARE and (key[0], not key[1]) not in holders]
    while waiting:
        for place in holders.pop(waiting.pop(), set()) & kept:
            kept.discard(place)
            for name, value in vectors[place]:
                key, other = (name, value > 0), (name, value < 0)
                if key in holders:
                    holders[key].discard(place)
                    if not holders[key]:
                        del holders[key]
                        if len(holders.get(other, ())) >= RARE:
                            waiting.append(other)
    return kept


class _Selection:
    """The sums of what is picked so far, and which candidate each parent gives."""

    def __init__(self, vectors: Sequence[Vector], options: dict[str, list[int]], rng: random.Random) -> None:
        self.vectors, self.options, self.rng = vectors, options, rng
        self.parents = list(options)
        rng.shuffle(self.parents)
        for places in options.values():
            rng.shuffle(places)  # so that ties fall by the seed
        self.sums: defaultdict[int, float] = defaultdict(float)
        self.limits: dict[int, float] = {}
        self.of: dict[str, int] = {}

    def pick(self, most: int) -> list[int]:
        """The places of what is picked."""
        self._assign(self.parents[:most])
        while self._give_up():  # what is left has stricter limits
            pass
        self._add(most)
        return list(self.of.values())

    def _put(self, place: int, times: int) -> None:
        for name, value in self.vectors[place]:
            self.sums[name] += times * value

    def _cost(self, place: int) -> float:
        """By how much the sum of the squared sums grows when this candidate is added."""
        return sum(value * (2 * self.sums[name] + value) for name, value in self.vectors[place])

    def _assign(self, parents: Iterable[str]) -> None:
        """Give each parent its best candidate, in turns, until none would be better off with another."""
        parents = list(parents)
        for _ in range(SWEEPS):
            changed = False
            for parent in parents:
                before = self.of.get(parent)
                if before is not None:
                    self._put(before, -1)
                after = min(self.options[parent], key=self._cost)
                if before is not None and self._cost(before) <= self._cost(after):
                    after = before
                self._put(after, 1)
                changed |= after != before
                self.of[parent] = after
            if not changed:
                return

    def _set_limits(self) -> None:
        amounts: defaultdict[int, float] = defaultdict(float)
        for place in self.of.values():
            for name, value in self.vectors[place]:
                amounts[name] += value * value
        self.limits = {name: max(TOLERANCE, math.sqrt(amount)) for name, amount in amounts.items()}

    def _beyond(self, name: int, total: float) -> float:
        return max(0.0, abs(total) - self.limits.get(name, TOLERANCE))

    def _relief(self, place: int) -> float:
        """By how much less the sums are beyond their limits without this candidate."""
        return sum(
            self._beyond(name, self.sums[name]) - self._beyond(name, self.sums[name] - value)
            for name, value in self.vectors[place]
        )

    def _give_up(self) -> bool:
        """Drop pairs, those that help most first, until every sum is within the limits of the present ones; whether any
        was dropped."""
        self._set_limits()
        held = len(self.of)
        while worst := max(((self._beyond(name, total), name) for name, total in self.sums.items()), default=(0.0, 0)):
            if worst[0] <= 1e-9:
                break
            heap = [(-self._relief(place), order, parent) for order, (parent, place) in enumerate(self.of.items())]
            heapq.heapify(heap)
            helped = False
            while heap and heap[0][0] < -1e-9:
                before, order, parent = heapq.heappop(heap)
                now = -self._relief(self.of[parent])
                if now > before + 1e-9:
                    heapq.heappush(heap, (now, order, parent))
                else:
                    self._put(self.of.pop(parent), -1)
                    helped = True
            if not helped:  # no single pair helps all in all: one that adds to the worst sum goes
                sign = math.copysign(1, self.sums[worst[1]])
                share = {
                    parent: sign * value
                    for parent, place in self.of.items()
                    for name, value in self.vectors[place]
                    if name == worst[1]
                }
                self._put(self.of.pop(max(share, key=lambda parent: share[parent])), -1)
        return len(self.of) < held

    def _fits(self, place: int) -> bool:
        return all(self._beyond(name, self.sums[name] + value) <= 1e-9 for name, value in self.vectors[place])

    def _add(self, most: int) -> None:
        for _ in range(PASSES):
            before = len(self.of)
            for parent in self.parents:
                if len(self.of) >= most:
                    return
                fitting = [] if parent in self.of else [place for place in self.options[parent] if self._fits(place)]
                if fitting:
                    self.of[parent] = min(fitting, key=self._cost)
                    self._put(self.of[parent], 1)
            if len(self.of) == before:
                return
