"""What was run, in words: which models, how they answered, who graded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from residency.evaluation.numbers import joined
from residency.evaluation.report.names import Results


@dataclass(frozen=True)
class Setup:
    """What was run, for the report's words: of each model what it is and how it answered (sampling, budgets), and the
    ``versions`` of the software."""

    models: Mapping[str, str] = field(default_factory=dict)
    answering: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


def setup_of(told: Mapping[str, Mapping[str, Any]], versions: Mapping[str, str]) -> Setup:
    """The setup in words, from what the evaluation noted of its models (``models.json``)."""
    return Setup(
        {name: _model(of) for name, of in told.items()}, {name: _answering(of) for name, of in told.items()}, versions
    )


def graders_of(results: Results) -> dict[str, str]:
    """Who graded, by axis, where a result names a grader."""
    found: dict[str, set[str]] = {}
    for items in results.values():
        for item in items:
            if grader := (item.get("details") or {}).get("grader"):
                found.setdefault(item["axis"], set()).add(str(grader))
    return {axis: joined(sorted(names)) for axis, names in found.items()}


def _model(of: Mapping[str, Any]) -> str:
    name = of.get("model")
    if isinstance(name, Mapping):
        name = name.get("name")
    parts = [str(name)] if name else []
    parts += [f"at {of['server']}"] if of.get("server") else []
    parts += [f"adapter {str(of['tuned'])[:12]}"] if of.get("tuned") else []
    parts += [f"format {of['family']}"] if of.get("family") else []
    return ", ".join(parts)


def _answering(of: Mapping[str, Any]) -> str:
    sampling = of.get("sampling")
    how = ""
    if isinstance(sampling, Mapping):
        values = [f"{name.replace('_', '-')} {value:g}" for name, value in sampling.items() if value]
        how = f"by sampling ({', '.join(values)})" if sampling.get("temperature") else "greedily"
    elif sampling:
        how = f"by {sampling} sampling"
    budget = f"with at most {of['answer_tokens']:,} tokens" if of.get("answer_tokens") else ""
    if of.get("thinks"):
        budget += f" after at most {of['thought_tokens']:,} of thought"
    return " ".join(part for part in (how, budget) if part)
