"""What the reader of an answer must know beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from residency.ablation.analysis.cells import AGAIN, Cells, model_of, pairs_of, same_model, same_recipe, table
from residency.ablation.analysis.findings import Findings
from residency.ablation.analysis.luck import Luck
from residency.ablation.analysis.spread import mean_of
from residency.ablation.analysis.words import capital, joined, size, with_interval
from residency.ablation.records import Contrast


def notes_of(
    findings: Findings, cells: Cells, missing: Mapping[str, str], told: Sequence[Contrast], luck: Luck
) -> list[str]:
    """Every note; ``missing`` says why arms did not run, ``told`` are the contrasts that the sentence speaks of,
    ``luck`` is what the intervals of arms that were trained once hold."""
    return [
        *_trainings(findings, luck),
        *_not_run(findings, cells, missing),
        *_no_further(findings, missing),
        *_same(findings, cells),
        *_shown(findings, told),
        *_apart(findings, cells),
    ]


def open_costs(findings: Findings, arm: str) -> list[str]:
    """A note for each axis on which a loss of more than its margin is not excluded, and none was shown."""
    found = []
    for one in findings.contrasts:
        limits = findings.gains(one)
        if one.arm != arm or one.role != "cost" or one.verdict != "undecided":
            continue
        if limits is None:
            found.append(f"Whether {findings.says(arm)} harms {findings.title(one.metric)} was not measured.")
        elif limits[0] < -one.margin:
            lost = f"a loss of {size(limits[0])} on {findings.title(one.metric)}"
            found.append(f"With {findings.says(arm)}, {lost} is not excluded ({with_interval(one.difference)}).")
    return found


def _trainings(findings: Findings, luck: Luck) -> list[str]:
    counts = {one.arm: one.repeats for one in findings.contrasts}
    if not counts:
        return []
    if max(counts.values()) <= 1:
        return [luck.told(findings.titles)]
    most = max(counts.values())
    fewer = [f"{findings.says(arm)} ({count})" for arm, count in counts.items() if count < most]
    less = f"; fewer of them of {joined(fewer)}" if fewer else ""
    return [f"Intervals hold what {most} trainings of an arm differ by{less}."]


def _not_run(findings: Findings, cells: Cells, missing: Mapping[str, str]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for arm in findings.question.arms:
        if arm.name not in cells:
            groups.setdefault(missing.get(arm.name, ""), []).append(arm.says)
    return [f"Not run: {'; '.join(says)}{f' ({why})' if why else ''}." for why, says in groups.items()]


def _no_further(findings: Findings, missing: Mapping[str, str]) -> list[str]:
    """Why arms were trained less often than others."""
    counts = {one.arm: one.repeats for one in findings.contrasts}
    fewer = [arm for arm, count in counts.items() if count < max(counts.values())]
    return [f"Trained no further: {findings.says(arm)} ({missing[arm]})." for arm in fewer if missing.get(arm)]


def _same(findings: Findings, cells: Cells) -> list[str]:
    question = findings.question
    names = [arm.name for arm in question.arms if arm.name in cells]
    groups: list[list[str]] = []
    for name in names:
        for group in groups:
            if same_model(question, pairs_of(question, cells, name, group[0])):
                group.append(name)
                break
        else:
            groups.append([name])
    return [
        f"{capital(joined([findings.says(name) for name in group]))} came out as the same training, and count once."
        for group in groups
        if len(group) > 1
    ]


def _shown(findings: Findings, told: Sequence[Contrast]) -> list[str]:
    """What was shown and stands in no sentence, and which arms are undecided where another is not."""
    rest = [one for one in findings.contrasts if one not in told]
    shown = [one for one in rest if one.verdict in ("better", "worse")]
    found = [
        f"{capital(findings.says(one.arm))}: {one.verdict} on {findings.title(one.metric)} than with "
        f"{findings.says(one.control)}, {with_interval(one.difference)}."
        for one in shown
    ]
    lead = findings.axis.metric
    left = [findings.says(one.arm) for one in findings.leading if one.verdict == "undecided" and one not in told]
    if left and findings.outcome != "undecided":
        found.append(f"Undecided on {findings.title(lead)}: {joined(left)}.")
    return found


def _apart(findings: Findings, cells: Cells) -> list[str]:
    """How far trainings of the control's recipe lie apart, where there are several."""
    question = findings.question
    control = question.arm(question.control)
    own = [arm.name for arm in question.arms if same_recipe(arm, control)]
    trained = {model_of(question, one): one for name in (*own, AGAIN) for one in cells.get(name, {}).values()}
    if len(trained) < 2 or control.measures == "base":
        return []
    parts = []
    for axis in question.axes:
        scores = mean_of(table(list(trained.values()), axis.metric).values, 1)
        scores = scores[~np.isnan(scores)]
        if len(scores) > 1:
            parts.append(f"{findings.title(axis.metric)} {size(float(np.ptp(scores)))}")
    count = f"{len(trained)} trainings of the same recipe ({control.says})"
    return [f"{count} lie apart by up to: {'; '.join(parts)}."] if parts else []
