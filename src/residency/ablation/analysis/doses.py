"""Questions whose arms are doses: the least that suffices, and whether more does more."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from residency.ablation.analysis.findings import Findings
from residency.ablation.analysis.words import capital, joined, size, with_interval
from residency.ablation.records import Contrast, Verdict

Against = Callable[[Sequence[str], str], Sequence[Contrast]]
"""Contrasts of some arms against another arm than the control, on the first axis, corrected together."""


def least_enough(findings: Findings, candidates: Sequence[Contrast]) -> Contrast:
    """Of arms that are better than one other, that of the least dose whose difference is within the margin of the best
    one's; the best of those without a dose where no dose is."""
    best = max(findings.gain(one) for one in candidates)
    enough = [one for one in candidates if best - findings.gain(one) <= findings.axis.margin + 1e-12]
    return min(enough, key=lambda one: (findings.dose(one.arm), -findings.gain(one), one.arm))


def dose_sentence(findings: Findings, against: Against) -> str:
    """What the doses came to, in a sentence by rule.

    Where a dose is better than the control: the least that suffices, and whether more helped, hurt or is undecided.
    Where the lowest dose is worse: the least that makes up for it, likewise. Which doses suffice is a choice by their
    scores; what is said of more is decided by comparisons of those doses, corrected together. The control is a dose
    among the others where it has a place on their axis. Empty where there are not two doses.
    """
    control = findings.question.control
    own = findings.dose(control)
    doses = [one for one in findings.leading if findings.dose(one.arm) < math.inf and findings.dose(one.arm) != own]
    tried = [*(one.arm for one in doses), *([control] if own < math.inf else [])]
    if len({findings.dose(arm) for arm in tried}) < 2:
        return ""
    for free in (True, False):
        if better := [one for one in findings.better(free) if one in doses]:
            chosen = least_enough(findings, better)
            return f"{capital(findings.says(chosen.arm))} suffices; {_more(findings, chosen.arm, tried, against)}."
    if hurt := [one for one in doses if one.verdict == "worse"]:
        lowest = min(doses, key=lambda one: findings.dose(one.arm))
        others = [arm for arm in tried if findings.dose(arm) > findings.dose(lowest.arm)]
        whole = len(others) == len(tried) - 1  # a control below it shows that the lowest is not what hurt
        restored = against(others, lowest.arm) if lowest in hurt and others and whole else []
        if better := [one for one in restored if one.verdict == "better"]:
            chosen = least_enough(findings, better)
            gained = f"{with_interval(chosen.difference)} against {findings.says(lowest.arm)}"
            more = _more(findings, chosen.arm, tried, against)
            if chosen.arm == control:
                return (
                    f"The least dose that was shown to make up for it is {_named(findings, control)}, {gained}; {more}."
                )
            return f"{capital(findings.says(chosen.arm))} restored it ({gained}); {more}."
        return f"Shown to hurt: {_names(findings, hurt)}."
    if all(one.verdict == "no_difference" for one in doses):
        return "No dose made a difference that would matter."
    return "Which dose suffices is not decided."


def _more(findings: Findings, chosen: str, tried: Sequence[str], against: Against) -> str:
    higher = [arm for arm in tried if findings.dose(arm) > findings.dose(chosen)]
    if not higher:
        return "no higher dose was tried"
    further = against(sorted(higher, key=findings.dose), chosen)
    told: dict[Verdict, list[Contrast]] = {}
    for one in further:
        told.setdefault(one.verdict, []).append(one)
    parts = []
    if found := told.get("better"):
        parts.append(f"more helped further ({_listed(findings, found)})")
    if found := told.get("worse"):
        parts.append(f"more hurt ({_listed(findings, found)})")
    if found := told.get("no_difference"):
        whole = len(found) == len(further)
        parts.append("more did not help" if whole else f"{_names(findings, found)} did not help more")
    if found := told.get("undecided"):
        seen = max((one.seen for one in found if one.seen is not None), default=None)
        which = "more helps" if len(found) == len(further) else f"{_names(findings, found)} helps more"
        parts.append(f"whether {which} is not decided (less than {size(seen)} would mostly not have been seen)")
    return " and ".join(parts)


def _listed(findings: Findings, found: Sequence[Contrast]) -> str:
    return "; ".join(f"{_named(findings, one.arm)} {with_interval(one.difference)}" for one in found)


def _names(findings: Findings, found: Sequence[Contrast]) -> str:
    return joined([_named(findings, one.arm) for one in found])


def _named(findings: Findings, arm: str) -> str:
    """The arm in words; the control with its dose, which no word of it tells."""
    if arm != findings.question.control:
        return findings.says(arm)
    unit, place = findings.question.dose, findings.dose(arm)
    return f"{findings.says(arm)} at {place:g}{'%' if unit.startswith('%') else f' {unit}'}"
