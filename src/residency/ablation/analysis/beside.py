"""What came of the questions that arms answer beside the main one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from residency.ablation.analysis.cells import Cells
from residency.ablation.analysis.compared import SAME
from residency.ablation.analysis.findings import Findings
from residency.ablation.analysis.words import capital, size, with_interval
from residency.ablation.question import Arm
from residency.ablation.records import Contrast, Verdict

Compare = Callable[[Sequence[tuple[str, str]]], Sequence[Contrast]]
"""Arms against others on all of the question's axes, corrected together."""
_VERDICTS: dict[Verdict, str] = {
    "better": "Better",
    "worse": "Worse",
    "no_difference": "No difference that would matter",
    "undecided": "Undecided",
}


def beside(findings: Findings, cells: Cells, compare: Compare) -> tuple[list[str], list[Contrast]]:
    """A sentence for each arm that asks something and was trained, and the contrasts that the sentences speak of."""
    question = findings.question
    sides = [(arm, arm.beside or arm.against or question.control) for arm in question.arms if arm.asks]
    sides = [(arm, other) for arm, other in sides if arm.name in cells and other in cells]
    there = {(one.arm, one.control) for one in findings.contrasts}
    further = [(arm.name, other) for arm, other in sides if (arm.name, other) not in there]
    every = [*findings.contrasts, *(compare(further) if further else [])]
    sentences, told = [], []
    for arm, other in sides:
        own = [one for one in every if (one.arm, one.control) == (arm.name, other)]
        spoken = next((one for one in own if one.metric == (arm.shows or findings.axis.metric)), None)
        if spoken is None:
            continue
        shown = [one for one in own if one is not spoken and one.verdict in ("better", "worse")]
        sentences.append(_sentence(findings, arm, spoken, shown))
        told += [spoken, *shown]
    return sentences, told


def _sentence(findings: Findings, arm: Arm, spoken: Contrast, shown: Sequence[Contrast]) -> str:
    if spoken.difference.method == SAME:
        return f"{capital(arm.asks)} {capital(arm.says)} came out as the same training, so that nothing is told."
    against = findings.says(spoken.control)
    found = f"with {arm.says}, {findings.title(spoken.metric)}: {with_interval(spoken.difference)} against {against}"
    parts = [f"{_VERDICTS[spoken.verdict]}: {found}"]
    if spoken.verdict == "undecided" and spoken.seen is not None:
        parts.append(f"what is smaller than {size(spoken.seen)} would mostly not have been seen")
    parts += [f"{one.verdict} on {findings.title(one.metric)} ({with_interval(one.difference)})" for one in shown]
    return f"{capital(arm.asks)} {'; '.join(parts)}."
