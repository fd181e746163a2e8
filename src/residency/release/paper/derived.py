"""Figures that stand in no single place of a run: sums over its stages, dates of its texts, the compute estimate.

They are written beside the paper as ``derived.json``, each with the rule by which it was made, so that a reader can
make it again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from residency.core.files import read_json, read_jsonl
from residency.release.facts import read_table
from residency.release.paper.weights import parameters
from residency.release.record import dated_passages

ORDER = (
    "corpus",
    "index",
    "dialogue",
    "grounding",
    "knowledge",
    "teacher",
    "mix",
    "thoughts",
    "compile",
    "sft",
    "pairs",
    "preference",
    "evaluate",
)
TRAINING = ("sft", "preference")
THRESHOLD = 1e23
"""Training compute, in floating-point operations, above which the Commission takes a model that generates text for one
of general purpose; a third of it counts for those who modify a model whose own compute they do not know (guidelines on
general-purpose AI models, first published on 18 July 2025)."""

RULES = {
    "stages": "seconds, peak_memory_gb, finished and settings of each stage's manifest.json, in the order of the run; "
    "paths and addresses of this machine left out",
    "seconds": "sum of the stages' seconds",
    "hours": "seconds / 3600",
    "training_hours": "seconds of sft and preference / 3600",
    "peak_memory_gb": "the largest peak_memory_gb of the stages",
    "finished": "the latest finished of the stages",
    "passages": "months in the field date of index/passages.jsonl",
    "questions": "rows of corpus/kept.jsonl by split, source and licence",
    "mix": "rows of mix/train.jsonl by kind and source",
    "tokens": "sum of tokens over the steps of sft/log.jsonl and preference/log.jsonl",
    "learning_rate": "the largest learning_rate in sft/log.jsonl and preference/log.jsonl",
    "parameters": "numbers in the safetensors files of the base model",
    "flops": "per_token * parameters * tokens; per_token is 6 where all weights learn (2 forward, 4 backward; Kaplan "
    "et "
    "al. 2020, 2001.08361) and 4 where an adapter does, since the frozen weights' own gradients are not made. "
    "Attention, "
    "the adapter itself, dev measurements and answers are left out; with experts it is an upper bound",
    "share_of_threshold": "flops.training / (1e23 / 3)",
    "verdicts": "axes.csv: better or worse where the interval of the difference excludes 0 and Holm p < 1 - confidence",
    "flags": "checks of corpus/data-report.json that found something, and how many of them look for personal data",
}


def derived(run_folder: Path, base: Path | None, base_model: str) -> dict[str, Any]:
    """The derived figures, with ``rules`` that say how each was made. What cannot be made is None.

    Args:
        run_folder: of a run whose evaluation is done.
        base: the base model's folder, where it is on this machine.
        base_model: the base model's name for readers elsewhere.
    """
    manifests = {
        name: read_json(run_folder / name / "manifest.json")
        for name in ORDER
        if (run_folder / name / "manifest.json").is_file()
    }
    stages = {
        name: {
            "seconds": manifest["seconds"],
            "hours": round(manifest["seconds"] / 3600, 4),
            "peak_memory_gb": manifest.get("peak_memory_gb"),
            "finished": manifest["finished"][:10],
            "code": manifest["parts"]["code"],
            "fingerprint": manifest["fingerprint"],
            "settings": told_outside(manifest["parts"]["settings"], base_model),
        }
        for name, manifest in manifests.items()
    }
    seconds = sum(stage["seconds"] for stage in stages.values())
    tokens = {name: _tokens(run_folder / name / "log.jsonl") for name in TRAINING}
    size = parameters(base)
    whole = manifests["sft"]["parts"]["settings"].get("sft", {}).get("tune") == "full"
    learnt = [count for count in tokens.values() if count]
    flops = (6 if whole else 4) * size * sum(learnt) if size and learnt else None
    return {
        "rules": RULES,
        "base_model": base_model,
        "stages": stages,
        "seconds": round(seconds, 1),
        "hours": round(seconds / 3600, 3),
        "training_hours": round(sum(stages[name]["seconds"] for name in TRAINING if name in stages) / 3600, 3),
        "peak_memory_gb": max((stage["peak_memory_gb"] or 0 for stage in stages.values()), default=0),
        "finished": max(stage["finished"] for stage in stages.values()),
        "trained_until": max(stages[name]["finished"] for name in TRAINING if name in stages),
        "run_code": f"residency {manifests['evaluate']['packages']['residency']}",
        "passages": dated_passages(run_folder),
        "questions": _questions(read_jsonl(run_folder / "corpus/kept.jsonl")),
        "mix": _tally(read_jsonl(run_folder / "mix/train.jsonl"), "kind", "source"),
        "tokens": {**tokens, "all": sum(learnt) if learnt else None},
        "learning_rate": {name: _peak_rate(run_folder / name / "log.jsonl") for name in TRAINING},
        "parameters": size,
        "flops": {"per_token": 6 if whole else 4, "training": flops},
        "threshold": THRESHOLD,
        "share_of_threshold": flops / (THRESHOLD / 3) if flops else None,
        "verdicts": verdicts(run_folder),
        "flags": _flags(run_folder),
    }


def told_outside(value: Any, base_model: str) -> Any:
    """Settings as they may leave this machine: a path is its last part, or the base model's name where it is that of a
    model, and an address is not told."""
    if isinstance(value, dict):
        return {
            name: base_model
            if name == "name" and isinstance(inner, str) and Path(inner).expanduser().is_absolute()
            else told_outside(inner, base_model)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [told_outside(inner, base_model) for inner in value]
    if isinstance(value, str) and re.match(r"[a-z][a-z0-9+.-]*://", value):
        return "(an address)"
    if isinstance(value, str) and Path(value).expanduser().is_absolute():
        return Path(value).name
    return value


def _tokens(log: Path) -> int | None:
    """Tokens of all steps that were trained; None where the log does not say."""
    if not log.is_file():
        return None
    found = [row["tokens"] for row in read_jsonl(log) if "loss" in row and "tokens" in row]
    return int(sum(found)) if found else None


def _peak_rate(log: Path) -> float | None:
    rates = [row["learning_rate"] for row in read_jsonl(log) if "learning_rate" in row] if log.is_file() else []
    return max(rates) if rates else None


def _questions(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    split: Counter[str] = Counter()
    sources: dict[str, Counter[str]] = {}
    licences: Counter[str] = Counter()
    for row in rows:
        split[row["split"]] += 1
        sources.setdefault(row["split"], Counter())[row["source"]] += 1
        licences[row["licence"] or "none named"] += 1
    return {
        "by_split": dict(split),
        "by_split_and_source": {name: dict(count) for name, count in sources.items()},
        "by_licence": dict(licences.most_common()),
    }


def _tally(rows: Iterable[Mapping[str, Any]], *fields: str) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {field: Counter() for field in fields}
    for row in rows:
        for field in fields:
            counts[field][str(row[field])] += 1
    return {f"by_{field}": dict(count.most_common()) for field, count in counts.items()}


def verdicts(run_folder: Path) -> dict[str, Any] | None:
    """The headline scores of the last model against the first, by verdict; None where they were not compared."""
    table = run_folder / "evaluate/report/axes.csv"
    if not table.is_file():
        return None
    confidence = read_json(run_folder / "evaluate/manifest.json")["parts"]["settings"]["evaluate"]["confidence"]
    higher = {row["title"]: row["higher_is_better"] for row in read_json(run_folder / "evaluate/summary.json")["table"]}
    found: dict[str, list[str]] = {"better": [], "worse": [], "open": []}
    for row in read_table(table):
        name = next((column for column in row if " minus " in column and ":" not in column), None)
        if name is None or not isinstance(row[name], float):
            continue
        low, high, p = row[f"{name}: low"], row[f"{name}: high"], row.get("Holm p")
        shown = (
            all(isinstance(figure, float) for figure in (low, high, p)) and (low > 0 or high < 0) and p < 1 - confidence
        )
        up = (row[name] > 0) == higher.get(row["Score"], True)
        found["open" if not shown else "better" if up else "worse"].append(row["Score"])
    return {
        **found,
        **{f"n_{name}": len(scores) for name, scores in found.items()},
        "of": sum(map(len, found.values())),
    }


def _flags(run_folder: Path) -> dict[str, Any]:
    checks = read_json(run_folder / "corpus/data-report.json")["checks"]
    hit = [check for check in checks if check["count"]]
    privacy = [check for check in checks if check["id"].startswith("privacy_")]
    return {
        "checks": len(checks),
        "with_findings": len(hit),
        "by_check": {check["title"]: check["count"] for check in hit},
        "privacy_checks": len(privacy),
        "privacy_found": sum(check["count"] for check in privacy),
    }
