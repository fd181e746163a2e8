"""Whether a set passes: no reader of answers alone, by words or by length, does better than 0.60.

What is asked for is the figure itself, at most 0.60, in all pairs and in each type with enough of them, both by the
type's own model and by that of all pairs. Above it a figure fails once its whole interval is above; one whose interval
reaches down to the limit is undecided, with the pairs that would decide it four times in five. A type with few pairs is
not judged, unless even its interval is above the limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from scipy.stats import norm

LIMIT = 0.60
LEAST = 50  # pairs from which a figure is judged: there its interval is some 0.14 wide to either side
GATED = ("words", "length")
POWER = 0.8

Name = Literal["pass", "fail", "undecided", "not judged"]


@dataclass(frozen=True)
class Gate:
    """One figure held against the limit. ``type`` is empty for all pairs, ``model`` is ``own`` or ``all``."""

    type: str
    reader: str
    model: str
    verdict: Name
    auc: float | None
    pairs: int
    needed_pairs: int | None = None


def judge(type_: str, reader: str, model: str, figure: Mapping[str, Any]) -> Gate:
    """Hold one AUC against the limit."""
    auc, low, pairs = figure["auc"], figure["low"], figure["pairs"]
    name: Name = "undecided"
    needed = None
    if auc is not None and low is not None and low > LIMIT:
        name = "fail"
    elif auc is None or low is None or pairs < LEAST:
        name = "not judged"
    elif auc <= LIMIT:
        name = "pass"
    else:
        needed = _needed(auc, pairs, figure["high"] - low)
    return Gate(type_, reader, model, name, auc, pairs, needed)


def _needed(auc: float, pairs: int, width: float) -> int:
    """The pairs at which a figure that stays where it is would be told from the limit, by the width of its interval."""
    spread = width / (2 * float(norm.ppf(0.975)))
    reach = (float(norm.ppf(0.975)) + float(norm.ppf(POWER))) * spread / max(auc - LIMIT, 1e-3)
    return max(pairs + 1, round(pairs * reach**2))


def verdict(overall: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, Any]:
    """All gates, and what they come to: ``verdict`` (pass, fail, undecided), ``says`` and ``gates``. A type that is
    alone is all pairs, and judged once."""
    gates = [judge("", reader, "all", overall[reader]) for reader in GATED]
    for name, found in types.items() if len(types) > 1 else ():
        for model in ("own", "all"):
            gates += [judge(name, reader, model, found[model][reader]) for reader in GATED]
    failed = [gate for gate in gates if gate.verdict == "fail"]
    open_ = [gate for gate in gates if gate.verdict == "undecided"]
    few = sorted({gate.type for gate in gates if gate.verdict == "not judged" and gate.type})
    if failed:
        name, says = "fail", f"answers alone tell the better side: {_named(failed)}"
    elif open_:
        name, says = "undecided", f"above {LIMIT:.2f}, with too few pairs to be sure: {_named(open_)}"
    elif any(gate.verdict == "not judged" for gate in gates if not gate.type):
        name, says = "undecided", f"fewer than {LEAST} pairs, or too few clusters, are too little to judge"
    else:
        name, says = "pass", f"no AUC of words or of length is above {LIMIT:.2f}"
    if few and name != "undecided":
        says += f"; not judged, having too few pairs: {', '.join(few)}"
    return {"verdict": name, "says": says, "limit": LIMIT, "gates": [asdict(gate) for gate in gates]}


def _named(gates: list[Gate]) -> str:
    """Each place once, with its highest figure, the highest first."""
    best: dict[str, Gate] = {}
    for gate in sorted(gates, key=lambda gate: -(gate.auc or 0)):
        best.setdefault(gate.type or "all pairs", gate)
    told = {
        name: f" ({gate.needed_pairs:,} pairs would tell)" if gate.needed_pairs else "" for name, gate in best.items()
    }
    return ", ".join(f"{name} {gate.auc:.2f} by {gate.reader}{told[name]}" for name, gate in best.items())
