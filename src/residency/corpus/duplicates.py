"""Rows that say the same: exact duplicates, of which one stays, and the clusters that share a split.

Candidates for near-duplicates come from MinHash signatures (rensa) in bands; each is then verified by its
exact Jaccard similarity, so that a cluster never rests on an estimate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from rensa import RMinHash

from residency.core.text import normalise, words
from residency.corpus.read import Fault
from residency.corpus.shapes import Draft

GRAM = 3
PERMUTATIONS = 256
MISSED = 1e-3  # accepted probability that bands overlook a pair exactly at the threshold
HASH_SEED = 1

Grams = frozenset[str]


class Forest:
    """Disjoint sets over 0..n-1; a set goes by its lowest member."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def root(self, node: int) -> int:
        """The set that ``node`` belongs to."""
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, one: int, other: int) -> None:
        """Make one set of two."""
        low, high = sorted((self.root(one), self.root(other)))
        self.parent[high] = low


def part_duplicates(
    drafts: Sequence[Draft],
) -> tuple[list[Draft], list[tuple[Draft, Fault]], list[tuple[str, str]]]:
    """Keep one row of each question (with its options, in any order) and of each id.

    Of rows that ask the same, one that people wrote stays before any other and a synthetic one last; among
    these one with a rationale; among these the first. Of rows that share an id the first stays.

    Returns:
        The rows that stay, in order; those that do not, with their faults; and links for :func:`clusters`,
        by which what descends from an exact duplicate descends from the row that stands for it.
    """
    groups: dict[object, list[int]] = defaultdict(list)
    for place, draft in enumerate(drafts):
        options = tuple(sorted(normalise(text) for text in draft.options.values()))
        groups[normalise(draft.question or ""), options].append(place)
    best = {min(group, key=lambda place: (_rank(drafts[place]), place)): group for group in groups.values()}
    stands_for = {place: drafts[kept] for kept, group in best.items() for place in group}
    out: list[tuple[Draft, Fault]] = []
    ids: dict[str, Draft] = {}
    for place, draft in enumerate(drafts):
        if (kept := stands_for[place]) is not draft:
            out.append((draft, Fault("exact_duplicate", _same_question(draft, kept))))
        elif (first := ids.setdefault(draft.id, draft)) is not draft:
            out.append((draft, Fault("duplicate_id", f"{first.raw.origin} has the id {draft.id!r} already")))
    uses = Counter(draft.id for draft in drafts)
    links = [
        (stands_for[place].id, name)
        for place, draft in enumerate(drafts)
        if stands_for[place] is not draft
        for name in (draft.id, *draft.parents)
        if uses[name] <= 1  # an id that several rows use says nothing about descent
    ]
    return list(ids.values()), out, links


def _rank(draft: Draft) -> tuple[int, bool]:
    return (0 if draft.human else 2 if normalise(draft.source) == "synthetic" else 1), not draft.rationale


def _same_question(draft: Draft, kept: Draft) -> str:
    own, other = (d.options.get(d.answer or "", d.answer or "") for d in (draft, kept))
    answers = "the same answer" if normalise(own) == normalise(other) else "another answer"
    return f"the same question as {kept.raw.origin} (id {kept.id!r}), with {answers}"


def clusters(drafts: Sequence[Draft], links: Sequence[tuple[str, str]], threshold: float) -> list[str]:
    """For each row the name of its cluster, which is the id of the cluster's first row.

    Rows share a cluster when the Jaccard similarity of their questions' word 3-grams reaches ``threshold``,
    when they name the same parent, when one is the other's parent, or when ``links`` join them.
    """
    links = [*links, *((draft.id, parent) for draft in drafts for parent in draft.parents)]
    names = dict.fromkeys([*(draft.id for draft in drafts), *(name for link in links for name in link)])
    node = {name: place for place, name in enumerate(names)}
    forest = Forest(len(names))
    for one, other in near_duplicates([draft.question or "" for draft in drafts], threshold):
        forest.join(one, other)
    for child, parent in links:
        forest.join(node[child], node[parent])
    return [drafts[forest.root(place)].id for place in range(len(drafts))]


def near_duplicates(texts: Sequence[str], threshold: float) -> Iterator[tuple[int, int]]:
    """Pairs of texts that, taken together, connect all whose similarity reaches ``threshold``; a pair that
    others already connect is left out."""
    same: dict[Grams, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        same[grams(text)].append(place)
    for group in same.values():
        yield from ((group[0], place) for place in group[1:])
    sets, firsts = list(same), [group[0] for group in same.values()]
    forest = Forest(len(sets))
    for bucket in _buckets(sets, threshold):
        for one, other in combinations(bucket, 2):
            if forest.root(one) != forest.root(other) and similar(sets[one], sets[other], threshold):
                forest.join(one, other)
                yield firsts[one], firsts[other]


def grams(text: str) -> Grams:
    """The word 3-grams of a text; a shorter text is one gram."""
    found = words(text)
    return frozenset(" ".join(found[place : place + GRAM]) for place in range(max(1, len(found) - GRAM + 1)))


def similar(one: Grams, other: Grams, threshold: float) -> bool:
    """Whether the Jaccard similarity reaches the threshold."""
    small, large = sorted((len(one), len(other)))
    if small < threshold * large:
        return False
    shared = len(one & other)
    return shared >= threshold * (small + large - shared)


def bands(threshold: float) -> tuple[int, int]:
    """(bands, rows in each) of the signature: as many rows as keep the probability of overlooking a pair at
    the threshold, (1 - threshold^rows)^bands, below :data:`MISSED`."""
    for rows in range(PERMUTATIONS, 1, -1):
        count = PERMUTATIONS // rows
        if (1 - threshold**rows) ** count <= MISSED:
            return count, rows
    return PERMUTATIONS, 1


def _buckets(sets: Sequence[Grams], threshold: float) -> Iterator[list[int]]:
    """Groups of sets whose signatures agree in a whole band."""
    count, rows = bands(threshold)
    signatures = []
    for found in sets:
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=HASH_SEED)
        sketch.update(sorted(found))
        signatures.append(sketch.digest())
    for band in range(count):
        buckets: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for place, signature in enumerate(signatures):
            buckets[tuple(signature[band * rows : (band + 1) * rows])].append(place)
        yield from (bucket for bucket in buckets.values() if len(bucket) > 1)
