"""Under which licences the model was trained: of the questions that training rows came from, and of the passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from residency.core.files import read_jsonl
from residency.core.records import TRAINED_ON, in_splits, licence_named

LISTED, SHOWN = 12, 60  # licences that are told apart, and characters of each
FIXES = {
    "questions": (
        "Set corpus.licence for files whose rows share one, or map the column that holds it: "
        'corpus.map = { licence = "its name" }; mix.anchor_licence is that of the anchor'
    ),
    "passages": "Set index.licence where they share one, or give each its own; those of the bank have their rows'",
}


def licences(inputs: Mapping[str, Path]) -> dict[str, dict[str, Any]]:
    """Licences of the ``questions`` that were trained on, and of the ``passages`` that the bundle holds.

    Each has ``of`` (how many), ``unlicensed`` (how many name none) and ``by_licence`` (counts, the largest first).
    Questions are those of ``corpus/kept.jsonl`` that are parents of a row of the mix or of a preference pair that was
    trained on, each once; a training row with no such parent stands for itself.

    Args:
        inputs: the folders of the stages corpus, index, mix and pairs.
    """
    trained: dict[str, Mapping[str, Any]] = {}
    parents: set[str] = set()
    rows = chain(read_jsonl(inputs["mix"] / "train.jsonl"), read_jsonl(inputs["pairs"] / "pairs.jsonl"))
    for row in in_splits(rows, TRAINED_ON):
        trained[row["id"]] = {"licence": row["licence"], "parents": row["parents"]}
        parents.update(row["parents"])
    kept = {row["id"]: row["licence"] for row in read_jsonl(inputs["corpus"] / "kept.jsonl") if row["id"] in parents}
    orphans = (row["licence"] for row in trained.values() if not kept.keys() & set(row["parents"]))
    passages = (row["licence"] for row in read_jsonl(inputs["index"] / "passages.jsonl"))
    return {"questions": _tally(chain(kept.values(), orphans)), "passages": _tally(passages)}


def judged(found: Mapping[str, Mapping[str, Any]], most: float) -> dict[str, tuple[bool, str]]:
    """Whether licences stand in the way of a release, by kind: true where they do not, and a sentence, with what to do.

    Args:
        found: as :func:`licences` gives it.
        most: the share without a licence above which a release is refused.
    """
    where = {"questions": "questions that were trained on", "passages": "passages of the bundle"}
    told = {}
    for kind, entry in found.items():
        says = f"{entry['unlicensed']} of {entry['of']} {where[kind]} name no licence"
        if entry["unlicensed"] > most * entry["of"]:
            told[kind] = False, f"{says}, more than release.max_unlicensed = {most} allows. {FIXES[kind]}."
        else:
            told[kind] = True, f"{says}."
    return told


def model_licence(name: str) -> tuple[bool, str]:
    """Whether the release names the licence under which it goes out, and a sentence, with what to do.

    Args:
        name: ``release.licence``.
    """
    if licence_named(name):
        return True, f"The release names its licence: {' '.join(name.split())}."
    return False, (
        "The release names no licence, so that nobody is told on what terms it may be used. Set release.licence to one "
        "that the base model and the data allow, by the hub's name for it, such as apache-2.0."
    )


def _tally(names: Iterable[str]) -> dict[str, Any]:
    counts = Counter(" ".join(name.split())[:SHOWN] if licence_named(name) else "" for name in names)
    of, unlicensed = counts.total(), counts.pop("", 0)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    listed = dict(ranked[:LISTED])
    if others := sum(count for _, count in ranked[LISTED:]):
        listed["others"] = listed.get("others", 0) + others
    return {"of": of, "unlicensed": unlicensed, "by_licence": listed}
