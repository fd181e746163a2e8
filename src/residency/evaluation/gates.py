"""The gates: conditions on metrics, decided on an interval, never on a bare score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from residency.core.errors import UsageError
from residency.evaluation.metrics import METRICS
from residency.evaluation.numbers import number
from residency.evaluation.scales import SCALES
from residency.evaluation.settings import COMPARING, Gate
from residency.judging.statistics import (
    Difference,
    Estimate,
    Item,
    changes,
    estimate,
    is_binary,
    matched,
    needed_n,
    paired_difference,
    values_of,
)

VerdictName = Literal["pass", "fail", "undecided"]


@dataclass(frozen=True)
class Verdict:
    """A gate's outcome; ``needed_n`` is set when undecided and the items that would decide it are known."""

    gate: Gate
    verdict: VerdictName
    says: str
    needed_n: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain JSON values."""
        return {
            "gate": self.gate.model_dump(mode="json"),
            "verdict": self.verdict,
            "says": self.says,
            "needed_n": self.needed_n,
        }


def check_gates(gates: Sequence[Gate]) -> None:
    """Find faults in gates before anything is measured.

    Raises:
        UsageError: naming every gate with an unknown metric, a key it lacks or a key its rule ignores.
    """
    problems = [f"gate {place} ({fault})" for place, gate in enumerate(gates, 1) for fault in gate.faults()]
    if problems:
        raise UsageError("; ".join(problems), "evaluate.gates", f"The metrics: {', '.join(METRICS)}")


def judge(gate: Gate, results: Mapping[str, Sequence[Item]], confidence: float = 0.95, seed: int = 0) -> Verdict:
    """Decide one gate on the results of the models.

    The limit is held against the whole interval: beyond it on the good side passes, on the bad side fails,
    and anything else is undecided. Where lower is better, a comparison's sides change places.

    Raises:
        UsageError: the gate itself is faulty (see ``check_gates``).
    """
    check_gates([gate])
    asked = [gate.model, gate.against] if gate.rule in COMPARING else [gate.model]
    if absent := [name for name in asked if name not in results]:
        return Verdict(gate, "undecided", f"{gate.metric} cannot be judged: there is no {absent[0]} model.")
    evidence = (_compared if gate.rule in COMPARING else _alone)(gate, results, confidence, seed)
    found, limit, side = evidence.found, evidence.limit, evidence.side
    if found.value is None or found.low is None or found.high is None:
        return Verdict(gate, "undecided", f"{gate.metric} cannot be judged ({found.method}).")
    worst, best = sorted((side * (found.low - limit), side * (found.high - limit)))
    reaching = gate.rule not in COMPARING
    if worst > 0 or (reaching and worst == 0):
        return Verdict(gate, "pass", f"{evidence.says}, and the whole interval is.")
    if best < 0 or (not reaching and best == 0):
        return Verdict(gate, "fail", f"{evidence.says}, and no part of the interval is.")
    needed = needed_n(
        evidence.values,
        found.value - limit,
        confidence,
        clusters=evidence.clusters,
        variance_at_limit=limit * (1 - limit) if reaching and is_binary(evidence.values) else None,
    )
    needed = None if needed is None else max(needed, found.n + 1)
    more = f"about {needed:,} items would decide it" if needed else "a score so close to the limit stays undecided"
    return Verdict(gate, "undecided", f"{evidence.says}; the interval lies on both sides, and {more}.", needed)


class _Evidence(NamedTuple):
    """What a gate is decided on; ``side`` is 1 when the score must lie above ``limit``, -1 when below."""

    found: Estimate | Difference
    limit: float
    side: int
    values: list[float]
    clusters: list[str]
    says: str


def _compared(gate: Gate, results: Mapping[str, Sequence[Item]], confidence: float, seed: int) -> _Evidence:
    items, others = results[gate.model], results[gate.against]
    a, b, clusters, unmatched = matched(items, others, gate.metric)
    found = paired_difference(a, b, clusters, confidence, seed, SCALES.get(gate.metric, "share"))
    side = 1 if METRICS[gate.metric].higher_is_better else -1
    limit = side * (gate.margin if gate.rule == "better" else -gate.margin)
    says = (
        f"{gate.metric}, {gate.model} minus {gate.against}: {number(found.value, signed=True)} "
        f"({confidence:.0%} interval {number(found.low, signed=True)} to {number(found.high, signed=True)}, "
        f"{_count(found.n, found.missing + unmatched)}), "
        f"had to be {'above' if side > 0 else 'below'} {number(limit, signed=True)}"
    )
    return _Evidence(found, limit, side, *changes(items, others, gate.metric), says)


def _alone(gate: Gate, results: Mapping[str, Sequence[Item]], confidence: float, seed: int) -> _Evidence:
    rows = values_of(results[gate.model], gate.metric)
    found = estimate(*rows, confidence, seed, SCALES.get(gate.metric, "share"))
    limit = gate.value or 0.0
    says = (
        f"{gate.metric}, {gate.model}: {number(found.value)} "
        f"({confidence:.0%} interval {number(found.low)} to {number(found.high)}, "
        f"{_count(found.n, found.missing)}), had to be {gate.rule.replace('_', ' ')} {number(limit)}"
    )
    scored = [(value, cluster) for value, cluster in zip(*rows, strict=True) if value is not None]
    values, clusters = [value for value, _ in scored], [cluster for _, cluster in scored]
    return _Evidence(found, limit, 1 if gate.rule == "at_least" else -1, values, clusters, says)


def _count(n: int, left_out: int) -> str:
    return f"{n} items, {left_out} left out" if left_out else f"{n} items"
