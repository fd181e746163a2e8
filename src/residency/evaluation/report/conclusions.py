"""The answer to "did it work?", in sentences that claim no more than was measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from residency.evaluation.gates import Verdict
from residency.evaluation.metrics import ABSTAINING
from residency.evaluation.numbers import joined, with_limits
from residency.evaluation.report.names import MODELS, Results, axis_in_text, headlines, model_title
from residency.evaluation.report.summary import Change, Comparisons, changes_of
from residency.evaluation.scales import SCALES
from residency.judging.statistics import Difference, summarise

NAMED = 4  # scores that a sentence names
SMALL = 200  # items on an axis below which the page calls itself a demonstration


def answer(results: Results, verdicts: Sequence[Verdict], comparisons: Comparisons, confidence: float = 0.95) -> str:
    """Yes, in part, no, not shown, or not to be told, in one line.

    It is yes only where every axis is shown better and no gate failed.
    """
    models = list(results)
    name = f"{models[-1]} vs {models[0]}" if len(models) > 1 else ""
    if name not in comparisons:
        return "There is nothing to compare with."
    by = _by_verdict(results, name, comparisons[name], confidence)
    better, worse, count = len(by["better"]), len(by["worse"]), sum(map(len, by.values()))
    if not count:
        return "This cannot be told: no axis could be compared."
    parts = [
        f"{verdict} on {len(found)} of {count} axes ({joined([axis_in_text(axis) for axis in found])})"
        for verdict in ("better", "worse")
        if (found := by[verdict])
    ]
    parts += [f"no difference shown on {count - better - worse}"] if better + worse < count else []
    if failed := sum(v.verdict == "fail" for v in verdicts):
        parts.append("1 gate failed" if failed == 1 else f"{failed} gates failed")
    word = "Yes" if better == count else "In part" if better else "No" if worse else "Not shown"
    return f"{word if not failed or word != 'Yes' else 'In part'}: {', '.join(parts)}."


def conclusions(
    results: Results, verdicts: Sequence[Verdict], comparisons: Comparisons, confidence: float = 0.95
) -> list[str]:
    """What the measurements say, in three to eight sentences.

    A difference counts as shown when its interval excludes 0 and p after Holm is below 1 - confidence.
    """
    models, says = list(results), []
    name = f"{models[-1]} vs {models[0]}" if len(models) > 1 else ""
    if name in comparisons:
        says += _changes(results, name, comparisons[name], confidence)
        says += _also_worse(results, name, comparisons[name], confidence)
    else:
        says.append("Only one model was measured, so nothing can be said about a change.")
    if "final vs sft" in comparisons and models[0] != "sft":
        says.append(_last_step(results, comparisons["final vs sft"], confidence))
    says += [*_abstains(results, confidence), _gates(verdicts), *_unscored(results), _caveat(results)]
    return says


def _changes(results: Results, name: str, differences: Mapping[str, Difference], confidence: float) -> list[str]:
    model, _, against = name.partition(" vs ")
    by = _by_verdict(results, name, differences, confidence)
    if not any(by.values()):
        return [f"No headline score of {the(model)} and {the(against)} could be compared."]
    total = sum(map(len, by.values()))
    moved = [
        f"{verdict} on {len(found)} of {total} axes: {joined([_told(axis, one) for axis, one in found.items()])}"
        for verdict in ("better", "worse")
        if (found := by[verdict])
    ]
    says = [f"Against {the(against)}, {the(model)} is {'; '.join(moved)}."] if moved else []
    if level := by["open"]:
        limit = max((one.visible for one in level.values() if one.visible is not None), default=None)
        unseen = "" if limit is None else f"; on these items a change of less than about {limit:.2f} can go unseen"
        told = joined([_told(axis, one) for axis, one in level.items()])
        says.append(f"No difference between {the(model)} and {the(against)} was shown on {told}{unseen}.")
    return says


def _also_worse(results: Results, name: str, differences: Mapping[str, Difference], confidence: float) -> list[str]:
    """What got worse beside the headlines: harm is looked for first, and p is uncorrected here, to overlook less."""
    others = [one for one in changes_of(results, name, differences, confidence) if not one.headline]
    worse = [one for one in others if one.verdict(confidence) == "worse"]
    if not worse:
        return []
    named = [f"{one.title[:1].lower()}{one.title[1:]} {with_limits(one.difference)}" for one in worse[:NAMED]]
    more = [f"{len(worse) - NAMED} more"] if len(worse) > NAMED else []
    return [
        f"Of the {len(others)} other scores {len(worse)} {'is' if len(worse) == 1 else 'are'} worse, p not being "
        f"corrected for their number: {joined(named + more)}."
    ]


def _last_step(results: Results, differences: Mapping[str, Difference], confidence: float) -> str:
    by = _by_verdict(results, "final vs sft", differences, confidence)
    parts = [
        f"{word} {joined([axis_in_text(axis) for axis in by[verdict]])}"
        for word, verdict in (("improved", "better"), ("worsened", "worse"))
        if by[verdict]
    ]
    step = "Preference tuning, the step from SFT to final,"
    return f"{step} {' and '.join(parts) or 'made no difference that could be shown on any axis'}."


def _by_verdict(
    results: Results, name: str, differences: Mapping[str, Difference], confidence: float
) -> dict[str, dict[str, Change]]:
    """The headline changes that could be measured, by verdict and axis."""
    axis_of = {metric: axis for axis, metric in headlines(results).items()}
    by: dict[str, dict[str, Change]] = {"better": {}, "worse": {}, "open": {}}
    for one in changes_of(results, name, differences, confidence):
        if one.headline and one.difference.low is not None:
            by[one.verdict(confidence)][axis_of[one.metric]] = one
    return by


def _abstains(results: Results, confidence: float) -> list[str]:
    """Both errors of the last model in one sentence: neither means anything without the other."""
    model, items = list(results.items())[-1] if results else ("", [])
    found = summarise([item for item in items if set(ABSTAINING) & item["metrics"].keys()], confidence, scales=SCALES)
    right, wrong = (found.get(name) for name in ABSTAINING[:2])
    if right is None or wrong is None or right.value is None or wrong.value is None:
        return []
    model = the(model)
    return [
        f"{model[:1].upper()}{model[1:]} abstains in {with_limits(right)} of the cases whose context lacks the answer, "
        f"and in {with_limits(wrong)} of those whose context holds it."
    ]


def _gates(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return "No gates were set, so nothing here decides on a release."
    by = {kind: [v.gate.metric for v in verdicts if v.verdict == kind] for kind in ("pass", "fail", "undecided")}
    parts = [f"{len(by['pass'])} of {len(verdicts)} gates passed"]
    parts += [f"{len(by['fail'])} failed ({joined(by['fail'])})"] if by["fail"] else []
    parts += [f"{len(by['undecided'])} could not be decided ({joined(by['undecided'])})"] if by["undecided"] else []
    return f"{joined(parts)}."


def _unscored(results: Results) -> list[str]:
    counts = {model: Counter(item["status"] for item in items) for model, items in results.items()}
    parts = [
        f"{model_title(model)} {count['unparsed']} and {count['errored']}"
        for model, count in counts.items()
        if count["unparsed"] or count["errored"]
    ]
    return [f"Answers unparsed and errored, counted in the tables: {'; '.join(parts)}."] if parts else []


def _caveat(results: Results) -> str:
    sizes = Counter(item["axis"] for items in list(results.values())[:1] for item in items)
    counts = sorted(size for axis, size in sizes.items() if axis in headlines(results))
    if counts and counts[0] < SMALL:
        span = f"{counts[0]}" if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]}"
        return (
            f"This is a demonstration-sized test ({span} items an axis): it shows what the line measures, "
            "not how good the model is."
        )
    return "The scores are automatic: they measure agreement with references, not safety at the bedside."


def _told(axis: str, change: Change) -> str:
    return f"{axis_in_text(axis)} {with_limits(change.difference)}"


def the(model: str) -> str:
    """A model inside a sentence."""
    return f"the {model} model" if model in MODELS else model
