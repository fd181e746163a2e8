"""The passages that may be handed on, and how the index over them is built."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from residency.core.files import read_json, read_jsonl, write_json, write_jsonl
from residency.core.records import licence_named

PASSAGES, INDEX, RECIPE = "passages.jsonl", "index", "index-recipe.json"


def write_passages(index: Path, bundle: Path) -> dict[str, Any]:
    """Copies the passages that name a licence, and the index where all of them do.

    Whether a licence that is named allows to hand a text on is not judged; the licences are counted on the card.

    Args:
        index: the index stage's folder.
        bundle: where to.

    Returns:
        How many passages there ``were``, how many are ``published`` and ``left_out``, and whether the ``index`` is
        there.
    """
    counts = Counter[bool]()

    def kept(row: dict[str, Any]) -> bool:
        named = licence_named(row["licence"])
        counts[named] += 1
        return named

    write_jsonl(bundle / PASSAGES, (row for row in read_jsonl(index / PASSAGES) if kept(row)))
    facts = read_json(index / "index.json")
    whole = not counts[False] and bool(counts[True])
    if whole:
        for name in ("index.json", *facts["files"]):
            target = bundle / INDEX / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(index / name, target)
    names = ("format", "content", "settings", "model")
    told = {name: facts[name] for name in names if name in facts}
    write_json(
        bundle / RECIPE,
        {
            "about": "How the index that was trained and evaluated with was built; content is its digest over all "
            "passages. From the passages here: set index.passages to passages.jsonl and these settings under [index] "
            "in a recipe, then type: residency run RECIPE --until index",
            "passages": {"were": counts.total(), "published": counts[True], "without a licence": counts[False]},
            **told,
        },
    )
    return {"were": counts.total(), "published": counts[True], "left_out": counts[False], "index": whole}
