"""How long rows are: what a person looks at before setting a budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

EDGES = (0, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
SHARES = (50, 90, 95, 99)


def lengths(tokens: Sequence[int]) -> dict[str, Any]:
    """The distribution of rows' lengths in tokens; empty without rows.

    ``p50`` is the length that half of the rows do not exceed, ``counts`` how many rows lie from one of ``edges`` to
    below the next, the last without an end.
    """
    if not len(tokens):
        return {}
    ranked = np.sort(np.asarray(tokens))
    at = {f"p{share}": int(ranked[-(-len(ranked) * share // 100) - 1]) for share in SHARES}
    counts, _ = np.histogram(ranked, [*EDGES, np.inf])
    last = int(np.flatnonzero(counts)[-1]) + 1
    return {**at, "longest": int(ranked[-1]), "edges": list(EDGES[:last]), "counts": counts[:last].tolist()}
