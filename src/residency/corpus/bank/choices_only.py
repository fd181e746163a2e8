"""How far a shallow model gets that sees the options of an MCQ and no question.

The model is a conditional logit (McFadden 1974): each option has a score, linear in what can be told of it beside
the other options, and the scores of an item's options go through one softmax. It is fitted on four fifths of the
items and scored on the rest, five times; items of one group are never on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from residency.core.text import words
from residency.corpus.bank.shortcuts import FEW, Baseline, baseline, position_name, too_few

NAME = "a model that sees only the options"
MOST = 10_000
FOLDS = 5
POSITIONS = 8
CUE_PENALTY, WORD_PENALTY = 1.0, 4.0  # of the squared weights; cues are scaled to variance 1, words are 0 or 1
RARE = 3  # options that a word must be in
STEPS = 60
SHOWN, CUE_Z, WORD_Z = 5, 3.0, 4.5  # words are thousands of cues at once, so that more is asked of them

HEDGES = frozenset("may might can could usually often sometimes generally commonly likely possibly typically".split())
ABSOLUTES = frozenset("always never all only none every must completely entirely invariably exclusively no".split())
NEGATIONS = frozenset("not no never without neither nor none except cannot isn't don't doesn't won't".split())
_COMBINED = re.compile(r"\b(?:all|none|both|neither|any)\b.{0,12}\b(?:above|these|options|choices|answers)\b", re.I)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

CUES = (
    "an option longer than the others",
    "the single longest option",
    "the single shortest option",
    "an option with a number",
    "a number between the others' numbers",
    "a hedging word (may, usually, often)",
    "an absolute word (always, never, only)",
    "a negation",
    "“all of the above” or the like",
    "an option that shares words with the others",
    "a bracket",
    "a full stop at the end",
    *(f"position {position_name(place)}" for place in range(POSITIONS)),
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Table:
    """Options of all items one under the other: ``features`` by option, ``starts`` of each item, ``key`` its row."""

    features: Any
    starts: NDArray[np.int64]
    key: NDArray[np.int64]
    penalty: Floats
    names: Sequence[str]


def choices_only(
    options: Sequence[Sequence[str]], keys: Sequence[int], groups: Sequence[str] | None = None, *, seed: int
) -> Baseline:
    """The cross-validated accuracy of a shallow model that sees no question.

    Args:
        options: the texts of each MCQ's options, in their order.
        keys: the position of each key, from 0; an MCQ whose key is out of range is left out and counted.
        groups: names of what belongs together, such as clusters; None takes each MCQ as its own.
        seed: of the folds, and of the sample of :data:`MOST` where there are more.
    """
    rng = np.random.default_rng(seed)
    usable = [place for place, key in enumerate(keys) if 0 <= key < len(options[place]) and len(options[place]) > 1]
    drawn = usable
    if len(usable) > MOST:
        drawn = [usable[place] for place in np.sort(rng.choice(len(usable), MOST, replace=False)).tolist()]
    unusable = len(keys) - len(usable)
    names = [str(place) if groups is None else groups[place] for place in drawn]
    if len(set(names)) < FEW:
        what = f"{len(drawn)} usable MCQs" + (f" in {len(set(names))} groups" if groups is not None else "")
        return too_few(NAME, len(drawn), what, drawn_from=len(usable), unusable=unusable)
    table = _table([options[place] for place in drawn], [keys[place] for place in drawn])
    _, group = np.unique(np.array(names), return_inverse=True)
    fold = rng.permutation(int(group.max()) + 1)[group] % FOLDS
    hits = np.zeros(len(drawn))
    for held_out in range(FOLDS):
        hits[fold == held_out] = _hits(_part(table, fold == held_out), _fit(_part(table, fold != held_out)))
    sample = f", on {len(drawn):,} of {len(usable):,} MCQs drawn by seed" if len(drawn) < len(usable) else ""
    return baseline(
        NAME,
        hits.tolist(),
        [1 / len(options[place]) for place in drawn],
        groups=group.tolist(),
        features=_strongest(table),
        method=f"conditional logit, {FOLDS} folds by group{sample}; Wilson interval with the design effect",
        drawn_from=len(usable),
        unusable=unusable,
    )


def _table(options: Sequence[Sequence[str]], keys: Sequence[int]) -> _Table:
    said = [[words(text) for text in texts] for texts in options]
    starts = np.cumsum([0, *map(len, options)])
    cues = np.array([row for texts, own in zip(options, said, strict=True) for row in _cues(texts, own)])
    cues -= np.repeat(np.add.reduceat(cues, starts[:-1]) / np.diff(starts)[:, None], np.diff(starts), axis=0)
    spread = cues.std(axis=0)
    cues = np.divide(cues, spread, out=np.zeros_like(cues), where=spread > 1e-9)
    bag, names = _bag(list(chain.from_iterable(said)))
    return _Table(
        features=sparse.hstack([sparse.csr_matrix(cues), bag], format="csr"),
        starts=starts,
        key=starts[:-1] + np.asarray(keys, np.int64),
        penalty=np.repeat([CUE_PENALTY, WORD_PENALTY], [len(CUES), len(names)]),
        names=[*CUES, *(f"the word “{name}”" for name in names)],
    )


def _cues(texts: Sequence[str], said: Sequence[Sequence[str]]) -> Iterable[list[float]]:
    """What can be told of each option beside the others, in the order of :data:`CUES`."""
    lengths = [len(text) for text in texts]
    sets = [frozenset(own) for own in said]
    numbers = [float(match.group()) if (match := _NUMBER.search(text)) else None for text in texts]
    known = [number for number in numbers if number is not None]
    for place, text in enumerate(texts):
        own, number = sets[place], numbers[place]
        others = [len(own & other) / max(len(own | other), 1) for at, other in enumerate(sets) if at != place]
        yield [
            float(np.log(max(lengths[place], 1))),
            lengths[place] == max(lengths) and lengths.count(lengths[place]) == 1,
            lengths[place] == min(lengths) and lengths.count(lengths[place]) == 1,
            number is not None,
            number is not None and len(known) > 2 and min(known) < number < max(known),
            not HEDGES.isdisjoint(own),
            not ABSOLUTES.isdisjoint(own),
            not NEGATIONS.isdisjoint(own),
            _COMBINED.search(text) is not None,
            sum(others) / len(others),
            "(" in text,
            text.rstrip().endswith("."),
            *(place == at for at in range(POSITIONS)),
        ]


def _bag(said: Sequence[Sequence[str]]) -> tuple[Any, list[str]]:
    """Options by words, 1 where an option holds a word that is in at least :data:`RARE` of them."""
    sets = [frozenset(own) for own in said]
    counts: dict[str, int] = {}
    for own in sets:
        for word in own:
            counts[word] = counts.get(word, 0) + 1
    names = sorted(word for word, count in counts.items() if count >= RARE)
    place = {word: number for number, word in enumerate(names)}
    rows = [sorted(place[word] for word in own if word in place) for own in sets]
    flat = np.array(list(chain.from_iterable(rows)), np.int32)
    starts = np.cumsum([0, *map(len, rows)])
    return sparse.csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(sets), len(names))), names


def _part(table: _Table, chosen: NDArray[np.bool_]) -> _Table:
    sizes = np.diff(table.starts)
    starts = np.concatenate([[0], np.cumsum(sizes[chosen])])
    key = starts[:-1] + (table.key - table.starts[:-1])[chosen]
    return _Table(table.features[np.repeat(chosen, sizes)], starts, key, table.penalty, table.names)


def _fit(table: _Table) -> Floats:
    """The weights with the least penalised cross-entropy."""
    right = np.zeros(table.features.shape[0])
    right[table.key] = 1.0
    transposed = table.features.T.tocsr()

    def loss(weights: Floats) -> tuple[float, Floats]:
        chance, log_chance = _softmax(table, weights)
        penalty = table.penalty * weights
        value = float(-log_chance[table.key].sum() + 0.5 * penalty @ weights)
        return value, transposed @ (chance - right) + penalty

    start = np.zeros(table.features.shape[1])
    found: Floats = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return found


def _softmax(table: _Table, weights: Floats) -> tuple[Floats, Floats]:
    """Each option's probability among its item's, and its logarithm."""
    sizes, begins = np.diff(table.starts), table.starts[:-1]
    scores = table.features @ weights
    scores = scores - np.repeat(np.maximum.reduceat(scores, begins), sizes)
    log_chance: Floats = scores - np.repeat(np.log(np.add.reduceat(np.exp(scores), begins)), sizes)
    return np.exp(log_chance), log_chance


def _hits(table: _Table, weights: Floats) -> Floats:
    """For each item 1 where the likeliest option is the key; options that tie share it."""
    chance, _ = _softmax(table, weights)
    sizes, begins = np.diff(table.starts), table.starts[:-1]
    best = chance >= np.repeat(np.maximum.reduceat(chance, begins), sizes) - 1e-9
    hits: Floats = best[table.key] / np.add.reduceat(best.astype(float), begins)
    return hits


def _strongest(table: _Table) -> tuple[str, ...]:
    """The cues that keys have more, or less, often than the options beside them, each taken alone, by the z of the
    difference under chance; after them the words."""
    sizes = np.diff(table.starts)
    chance = np.repeat(1 / sizes, sizes)
    item = sparse.csr_matrix((chance, np.arange(len(chance)), table.starts), shape=(len(sizes), len(chance)))
    mean = item @ table.features
    square = item @ table.features.multiply(table.features)
    variance = np.asarray(square.sum(axis=0) - mean.multiply(mean).sum(axis=0)).ravel()
    surplus = np.asarray(table.features[table.key].sum(axis=0) - mean.sum(axis=0)).ravel()
    z = np.divide(surplus, np.sqrt(np.maximum(variance, 0)), out=np.zeros_like(surplus), where=variance > 1e-9)
    needed = np.repeat([CUE_Z, WORD_Z], [len(CUES), len(table.names) - len(CUES)])
    telling = np.flatnonzero(np.abs(z) >= needed).tolist()
    telling.sort(key=lambda place: (place >= len(CUES), -abs(z[place]), place))
    return tuple(f"{table.names[place]}: {'more' if z[place] > 0 else 'less'} often right" for place in telling[:SHOWN])
