"""Splits: whole clusters go to train, dev or test, so that each topic and kind has its share in each."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from residency.core.records import Split
from residency.corpus.settings import CorpusSettings
from residency.corpus.shapes import Draft

Stratum = tuple[str, str, str]


def shares(settings: CorpusSettings) -> dict[Split, float]:
    """The declared share of each split among the rows outside held-out topics."""
    train = 1 - settings.test_share - settings.dev_share
    return {"train": train, "test": settings.test_share, "dev": settings.dev_share}


def assign(clusters: Mapping[str, Sequence[Draft]], settings: CorpusSettings, rng: random.Random) -> dict[str, Split]:
    """The split of each cluster.

    A cluster with any row of a held-out topic goes to ``test_topic`` whole. The others stand in line by
    topic, then kind, then source, larger clusters first, and each goes to the split that is furthest behind
    its share of the rows so far. At any point of the line a split so has at most 2/3 of the largest cluster
    more than its share and at most 5/6 of it less; over a stretch of it, such as a topic, at most 1.5 times
    the largest cluster.
    """
    held_out = frozenset(settings.held_out_topics)
    found: dict[str, Split] = {
        name: "test_topic" for name, rows in clusters.items() if any(row.topic in held_out for row in rows)
    }
    strata = {name: stratum(rows) for name, rows in clusters.items() if name not in found}
    topics = sorted({topic for topic, _, _ in strata.values()})
    line = list(strata)
    rng.shuffle(topics)
    rng.shuffle(line)
    place = {topic: number for number, topic in enumerate(topics)}
    line.sort(key=lambda name: (place[strata[name][0]], strata[name], -len(clusters[name])))
    behind = dict.fromkeys(shares(settings), 0.0)
    for name in line:
        size = len(clusters[name])
        for split, share in shares(settings).items():
            behind[split] += share * size
        found[name] = max(behind, key=behind.__getitem__)
        behind[found[name]] -= size
    return found


def stratum(rows: Sequence[Draft]) -> Stratum:
    """A cluster's topic, kind and source: those that most of its rows have, the first by name among equals."""
    counts = Counter((row.topic, row.kind, row.source) for row in rows)
    return min(counts, key=lambda key: (-counts[key], key))
