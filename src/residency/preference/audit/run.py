"""The audit of a set of pairs, from its clusters to its verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from residency.core.records import Pair
from residency.core.stage import Progress, Silent, seeded
from residency.preference.audit import describe
from residency.preference.audit.classify import FEW, Reader, auc
from residency.preference.audit.clusters import FOLDS, clusters_of
from residency.preference.audit.compared import Compared
from residency.preference.audit.features import Differences, by_grams, by_length, by_meaning, by_words
from residency.preference.audit.shapes import OWN, read_pair
from residency.preference.audit.verdict import GATED, LIMIT, verdict

READERS = {
    "words": "the words",
    "length": "length and punctuation",
    "grams": "runs of characters",
    "meaning": "embeddings",
}
TOLD = ("words", "length")
"""The readers whose features are named."""
MOST = 20_000  # pairs
UNTYPED = "(no type)"
ONE_WAY = 0.2  # share of the rarer direction below which a behaviour is said to go one way
ENOUGH = 20  # pairs from which that is said


def audit(
    pairs: Sequence[Compared],
    *,
    meaning: bool = False,
    most: int = MOST,
    seed: int = 17,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """What answers alone tell of a set of at least one pair.

    Args:
        pairs: the set.
        meaning: also by embeddings, which takes about a second for a hundred answers.
        most: of a larger set as many pairs are drawn by the seed.
        seed: of the draw, the folds and the intervals.
        progress: is told what is done.

    Returns:
        ``verdict`` (see :mod:`residency.preference.audit.verdict`), ``pairs``, ``drawn_from``, ``clusters``,
        ``largest_cluster``, ``readers``, ``overall`` (an AUC by reader), ``types`` (by type: ``pairs``, ``clusters``,
        ``own`` and ``all``, the AUCs by the type's own model and by that of all pairs, ``tell_tales``, ``lengths``,
        ``edit_distance``, ``directions``), ``shares``, ``duplicates``, ``directions`` and ``warnings``.
    """
    progress = progress or Silent()
    drawn = seeded(seed, "audit").sample(list(pairs), min(most, len(pairs)))
    progress.doing("clusters")
    clusters = clusters_of(drawn)
    readers: dict[str, Reader] = {}
    for name, found in _features(drawn, meaning, progress).items():
        readers[name] = Reader(found, clusters[: found.pairs], seed)
    places: dict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(drawn):
        places[pair.type or UNTYPED].append(place)
    scores = {}
    for name, reader in readers.items():
        progress.doing(f"judged by {READERS[name]}")
        scores[name] = reader.whole()
    overall = {name: auc(scores[name], readers[name].clusters, seed) for name in readers}
    types = {}
    for kind in sorted(places, key=lambda kind: (-len(places[kind]), kind)):
        progress.doing(f"the type {kind}")
        types[kind] = _type(np.array(places[kind]), drawn, readers, scores, clusters, seed)
    shown = {
        "pairs": len(drawn),
        "drawn_from": len(pairs),
        "clusters": len(np.unique(clusters)),
        "largest_cluster": int(np.bincount(clusters).max()),
        "folds": FOLDS,
        "readers": {name: READERS[name] for name in readers},
        "overall": overall,
        "types": types,
        "shares": describe.shares(drawn),
        "duplicates": describe.duplicates(drawn),
        "directions": describe.directions(drawn),
    }
    return {"verdict": verdict(overall, types), **shown, "warnings": _warnings(shown)}


def audit_own(pairs: Sequence[Pair], name: str, most: int = MOST, seed: int = 17) -> dict[str, Any]:
    """The audit of pairs that were built here, with all that :func:`residency.preference.audit.page.write_page` shows;
    ``name`` is the file that they are written to."""
    rows = [read_pair(cast(Mapping[str, Any], pair), f"{name}:{number}")[1] for number, pair in enumerate(pairs, 1)]
    head = {"file": name, "rows": len(rows), "shapes": {OWN: len(rows)}, "refused": {}}
    return {**head, **audit(rows, most=most, seed=seed)}


def _features(pairs: Sequence[Compared], meaning: bool, progress: Progress) -> dict[str, Differences]:
    progress.doing("features")
    found = {"words": by_words(pairs), "length": by_length(pairs), "grams": by_grams(pairs)}
    return found | ({"meaning": by_meaning(pairs, progress)} if meaning else {})


def _type(
    places: NDArray[np.int64],
    pairs: Sequence[Compared],
    readers: dict[str, Reader],
    scores: dict[str, NDArray[np.float64]],
    clusters: NDArray[np.int64],
    seed: int,
) -> dict[str, Any]:
    own: dict[str, Any] = {}
    whole: dict[str, Any] = {}
    for name, reader in readers.items():
        held = places[places < reader.differences.pairs]
        own[name] = auc(reader.of(held), reader.clusters[held], seed)
        whole[name] = auc(scores[name][held] if len(scores[name]) else scores[name], reader.clusters[held], seed)
    rows = [pairs[place] for place in places.tolist()]
    return {
        "pairs": len(rows),
        "share": len(rows) / len(pairs),
        "clusters": len(np.unique(clusters[places])),
        "own": own,
        "all": whole,
        "tell_tales": {name: readers[name].tell_tales(places) for name in TOLD},
        "lengths": describe.lengths(rows),
        "edit_distance": describe.edit_distances(rows),
        "directions": describe.share_of(pair.direction for pair in rows),
    }


def _warnings(found: dict[str, Any]) -> list[str]:
    says = []
    if found["drawn_from"] > found["pairs"]:
        says.append(f"{found['pairs']:,} of {found['drawn_from']:,} pairs were drawn for the audit")
    if found["largest_cluster"] * FOLDS > found["pairs"] and found["clusters"] > FEW:
        says.append(f"one cluster holds {found['largest_cluster']:,} pairs, more than a fold should")
    for name in found["readers"]:
        if name in GATED:
            continue
        high = {
            kind: one["own"][name]["auc"]
            for kind, one in [("all pairs", {"own": found["overall"]}), *found["types"].items()]
            if (one["own"][name]["low"] or 0) > 0.5 and (one["own"][name]["auc"] or 0) > LIMIT
        }
        if high:
            told = ", ".join(f"{kind} {value:.2f}" for kind, value in sorted(high.items(), key=lambda item: -item[1]))
            says.append(f"above {LIMIT:.2f} by {READERS[name]}: {told}")
    for name, counts in found["directions"].items():
        total = sum(counts.values())
        if total >= ENOUGH and min(counts.values()) < ONE_WAY * total:
            side = max(counts, key=lambda side: counts[side])
            says.append(f"the side that {name} is {side} in {counts[side]:,} of {total:,} pairs")
    double = found["duplicates"]
    if double["same_prompt_and_answers"]:
        says.append(f"{double['same_prompt_and_answers']:,} pairs repeat another pair")
    if double["exchanged_answers"]:
        says.append(f"{double['exchanged_answers']:,} pairs have a prompt whose answers are also paired the other way")
    return says
