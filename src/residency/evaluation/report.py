"""The report: one page that says whether it worked, and shows what that rests on."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import matplotlib as mpl
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure

from residency.core.files import write_text
from residency.evaluation.gates import Verdict, number
from residency.evaluation.metrics import ABSTAINING, HEADLINES, METRICS
from residency.judging.statistics import (
    Difference,
    Estimate,
    Item,
    changes,
    compare,
    holm,
    minimal_detectable,
    summarise,
    summarise_by,
)

Results = Mapping[str, Sequence[Item]]
Comparisons = Mapping[str, Mapping[str, Difference]]

AXES = {
    "exam": "Exam questions",
    "open": "Open answers",
    "followup": "Follow-up questions",
    "faithfulness": "Faithfulness",
    "mode": "Modes",
}
MODELS = {"base": "Base", "sft": "SFT", "final": "Final"}
PAIRS = (("sft", "base"), ("final", "base"), ("final", "sft"))
COLOURS = {"base": "#868e99", "sft": "#2f6fc4", "final": "#0b6b50"}
SMALL = 200  # items on an axis below which the page calls itself a demonstration
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SVG_ID = re.compile(r' id="[A-Za-z0-9.]+_\d+"')


def summary_table(results: Results, confidence: float = 0.95, seed: int = 0) -> list[dict[str, Any]]:
    """One row for each metric that any item carries, headline metrics first, for the terminal and JSON.

    A row holds ``metric``, ``axis``, ``title``, ``description``, ``headline``, ``higher_is_better`` and
    ``models``: by model ``value``, ``n``, ``low``, ``high``, ``missing``, ``method`` (None and 0 where there
    is nothing) and the ``unparsed`` and ``errored`` among the items that carry the metric.
    """
    estimates = {model: summarise(items, confidence, seed) for model, items in results.items()}
    found = {metric for summary in estimates.values() for metric in summary}
    names = [name for name in METRICS if name in found] + sorted(found - METRICS.keys())
    headlines = set(HEADLINES.values())
    rows = []
    for name in sorted(names, key=lambda name: name not in headlines):
        metric = METRICS.get(name)
        models = {}
        for model, items in results.items():
            status = Counter(item["status"] for item in items if name in item["metrics"])
            score = estimates[model].get(name, Estimate(None, 0, None, None, 0, "not measured"))
            models[model] = {**asdict(score), "unparsed": status["unparsed"], "errored": status["errored"]}
        rows.append(
            {
                "metric": name,
                "axis": name.partition(".")[0],
                "title": metric.title if metric else name,
                "description": metric.description if metric else "",
                "headline": name in headlines,
                "higher_is_better": metric.higher_is_better if metric else True,
                "models": models,
            }
        )
    return rows


def write_report(
    path: Path,
    run_name: str,
    results: Results,
    verdicts: Sequence[Verdict],
    about: Mapping[str, str],
    notes: Sequence[str],
    confidence: float = 0.95,
    seed: int = 0,
) -> None:
    """Write the report as one self-contained HTML page.

    Args:
        path: the file to write.
        run_name: stands in the title.
        results: each model's items; the page's columns follow this order.
        verdicts: the gates' outcomes.
        about: what was run, as label to text.
        notes: sentences that a reader must know.
        confidence: the level of every interval.
        seed: of the resampling.
    """
    rows = summary_table(results, confidence, seed)
    comparisons = compare_models(results, confidence, seed)
    environment = Environment(
        loader=PackageLoader("residency.evaluation"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["number"] = number
    page = environment.get_template("report.html.j2").render(
        run_name=run_name,
        models={model: MODELS.get(model, model) for model in results},
        colours=COLOURS,
        level=f"{confidence:.0%}",
        conclusions=conclusions(results, verdicts, comparisons, confidence),
        headlines=[row for row in rows if row["headline"]],
        abstaining=[row for name in ABSTAINING for row in rows if row["metric"] == name],
        others=[row for row in rows if not row["headline"] and row["metric"] not in ABSTAINING],
        axes=AXES,
        panels=[(row["title"], _panel(row["models"])) for row in rows if row["headline"]],
        verdicts=verdicts,
        differences={_title(name): difference_table(found) for name, found in comparisons.items()},
        seen=_group_table(results, "passage_seen", confidence, seed),
        topics=_group_table(results, "topic", confidence, seed),
        examples=examples(results),
        about=about,
        notes=notes,
    )
    write_text(path, _clean(page))


def compare_models(results: Results, confidence: float = 0.95, seed: int = 0) -> dict[str, dict[str, Difference]]:
    """``compare`` for each pair of models that the results hold, under names such as ``final vs base``."""
    return {
        f"{a} vs {b}": compare(results[a], results[b], confidence, seed)
        for a, b in PAIRS
        if a in results and b in results
    }


def difference_table(differences: Mapping[str, Difference]) -> list[dict[str, Any]]:
    """One row for each metric: its difference, and ``adjusted``, p after Holm over the headline metrics
    (None for the others, whose p stays as it is)."""
    family = [name for name in HEADLINES.values() if name in differences]
    adjusted = dict(zip(family, holm([differences[name].p for name in family]), strict=True))
    others = [name for name in METRICS if name in differences and name not in family]
    return [
        {
            "metric": name,
            "title": METRICS[name].title,
            "headline": name in family,
            "higher_is_better": METRICS[name].higher_is_better,
            "difference": differences[name],
            "adjusted": adjusted.get(name),
        }
        for name in family + others
    ]


def conclusions(
    results: Results, verdicts: Sequence[Verdict], comparisons: Comparisons, confidence: float = 0.95
) -> list[str]:
    """What the measurements say, in three to seven sentences that claim no more than they show.

    A difference counts as shown when its interval excludes 0 and p after Holm is below 1 - confidence.
    """
    says = []
    if name := next((name for name in ("final vs base", "sft vs base") if name in comparisons), None):
        says += _changes(results, name, comparisons[name], confidence)
    else:
        says.append("Only one model was measured, so nothing can be said about a change.")
    if "final vs sft" in comparisons:
        says.append(_last_step(comparisons["final vs sft"], confidence))
    says += [*_abstains(results, confidence), _gates(verdicts), *_unscored(results), _caveat(results)]
    return says


def examples(results: Results) -> list[dict[str, Any]]:
    """The items shown in full, chosen by rule: by axis, on its headline metric of the last model, the median
    item, the worst loss and the best gain against the first model. Ties go to the lowest id."""
    if not results:
        return []
    names = list(results)
    first, last = names[0], names[-1]
    shown = []
    for axis, metric in HEADLINES.items():
        by_id = {
            model: {item["id"]: item for item in items if item["axis"] == axis} for model, items in results.items()
        }
        score = {
            model: {key: item["metrics"].get(metric) for key, item in found.items()} for model, found in by_id.items()
        }
        scored = sorted((value, key) for key, value in score[last].items() if value is not None)
        if not scored:
            continue
        change = sorted((value - old, key) for value, key in scored if (old := score[first].get(key)) is not None)
        cases = {"The median item": scored[(len(scored) - 1) // 2][1]}
        if change and change[0][0] < 0:
            cases[f"The worst loss against {MODELS.get(first, first)}"] = change[0][1]
        if change and change[-1][0] > 0:
            best = min(change, key=lambda pair: (-pair[0], pair[1]))
            cases[f"The best gain against {MODELS.get(first, first)}"] = best[1]
        shown.append(
            {
                "title": AXES[axis],
                "metric": METRICS[metric].title,
                "cases": [
                    {
                        "rule": rule,
                        "item": by_id[last][key],
                        "answers": [
                            (model, score[model][key], by_id[model][key]) for model in results if key in by_id[model]
                        ],
                    }
                    for rule, key in cases.items()
                ],
            }
        )
    return shown


def _changes(results: Results, name: str, differences: Mapping[str, Difference], confidence: float) -> list[str]:
    model, _, against = name.partition(" vs ")
    up, down, level = _shown(differences, confidence)
    if not up + down + level:
        return [f"No headline score of the {model} and {against} models could be compared."]
    told = {axis: f"{_axis(axis)} {_interval(differences[HEADLINES[axis]])}" for axis in (*up, *down, *level)}
    moved = [
        f"{word} on {len(axes)} of {len(told)} axes: {_join([told[axis] for axis in axes])}"
        for axes, word in ((up, "higher"), (down, "lower"))
        if axes
    ]
    says = []
    if moved:
        says.append(f"Against the {against} model, the {model} model scores {'; '.join(moved)}.")
    if level:
        found = [changes(results[model], results[against], HEADLINES[axis]) for axis in level]
        limits = [minimal_detectable(values, len(values), confidence, clusters=groups) for values, groups in found]
        limit = max((value for value in limits if value is not None), default=None)
        unseen = "" if limit is None else f"; on these items a change of less than about {limit:.2f} can go unseen"
        pair = f"{model} and {against} models"
        says.append(f"No difference between the {pair} was shown on {_join([told[a] for a in level])}{unseen}.")
    return says


def _last_step(differences: Mapping[str, Difference], confidence: float) -> str:
    up, down, _ = _shown(differences, confidence)
    parts = [f"raised {_join([_axis(axis) for axis in up])}"] if up else []
    parts += [f"lowered {_join([_axis(axis) for axis in down])}"] if down else []
    if not parts:
        return "Preference tuning, the step from SFT to final, made no difference that could be shown on any axis."
    return f"Preference tuning, the step from SFT to final, {' and '.join(parts)}."


def _abstains(results: Results, confidence: float) -> list[str]:
    """Both errors of the last model in one sentence: neither means anything without the other."""
    model, items = list(results.items())[-1] if results else ("", [])
    found = summarise(items, confidence)
    right, wrong = (found.get(name) for name in ABSTAINING[:2])
    if right is None or wrong is None or right.value is None or wrong.value is None:
        return []
    shares = [f"{number(one.value)} ({number(one.low)} to {number(one.high)})" for one in (right, wrong)]
    return [
        f"The {model} model abstains in {shares[0]} of the cases whose context lacks the answer, "
        f"and in {shares[1]} of those whose context holds it."
    ]


def _gates(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return "No gates were set, so nothing here decides on a release."
    by = {kind: [v.gate.metric for v in verdicts if v.verdict == kind] for kind in ("pass", "fail", "undecided")}
    parts = [f"{len(by['pass'])} of {len(verdicts)} gates passed"]
    parts += [f"{len(by['fail'])} failed ({_join(by['fail'])})"] if by["fail"] else []
    parts += [f"{len(by['undecided'])} could not be decided ({_join(by['undecided'])})"] if by["undecided"] else []
    return f"{_join(parts)}."


def _unscored(results: Results) -> list[str]:
    counts = {model: Counter(item["status"] for item in items) for model, items in results.items()}
    parts = [
        f"{MODELS.get(model, model)} {count['unparsed']} and {count['errored']}"
        for model, count in counts.items()
        if count["unparsed"] or count["errored"]
    ]
    return [f"Answers unparsed and errored, counted in the tables: {'; '.join(parts)}."] if parts else []


def _caveat(results: Results) -> str:
    sizes = Counter(item["axis"] for items in list(results.values())[:1] for item in items)
    counts = sorted(size for axis, size in sizes.items() if axis in HEADLINES)
    if counts and counts[0] < SMALL:
        span = f"{counts[0]}" if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]}"
        return (
            f"This is a demonstration-sized test ({span} items an axis): it shows what the line measures, "
            "not how good the model is."
        )
    return "The scores are automatic: they measure agreement with references, not safety at the bedside."


def _shown(differences: Mapping[str, Difference], confidence: float) -> tuple[list[str], list[str], list[str]]:
    """The axes on which a rise, a fall and no difference was shown."""
    up: list[str] = []
    down: list[str] = []
    neither: list[str] = []
    axis_of = {metric: axis for axis, metric in HEADLINES.items()}
    for row in difference_table(differences):
        found, adjusted = row["difference"], row["adjusted"]
        if row["metric"] not in axis_of or found.low is None:
            continue
        clear = adjusted is not None and adjusted < 1 - confidence
        where = up if clear and found.low > 0 else down if clear and found.high < 0 else neither
        where.append(axis_of[row["metric"]])
    return up, down, neither


def _group_table(results: Results, field: str, confidence: float, seed: int) -> list[dict[str, Any]]:
    """Headline metrics by group: rows of ``axis``, ``group`` and by model an estimate or None."""
    groups = {model: summarise_by(items, field, confidence, seed) for model, items in results.items()}
    names = sorted({name for found in groups.values() for name in found if name is not None}, key=str, reverse=True)
    rows = []
    for axis, metric in HEADLINES.items():
        for name in names if field == "passage_seen" else sorted(names):
            models = {model: found.get(name, {}).get(metric) for model, found in groups.items()}
            if any(score is not None for score in models.values()):
                rows.append({"axis": AXES[axis], "group": name, "models": models})
    return rows


def _panel(models: Mapping[str, Mapping[str, Any]]) -> str:
    """A dot and an interval for each model on a scale from 0 to 1, as an SVG element."""
    figure = Figure(figsize=(3.3, 0.45 + 0.28 * len(models)))
    axes = figure.add_axes((0.16, 0.3, 0.7, 0.68))
    for place, (model, score) in enumerate(models.items()):
        colour = COLOURS.get(model, "#444444")
        if score["value"] is None:
            axes.text(0.0, place, "not scored", va="center", fontsize=8, color=colour)
            continue
        if score["low"] is not None:
            axes.plot((score["low"], score["high"]), (place, place), color=colour, linewidth=2.4, alpha=0.55)
        axes.plot(score["value"], place, "o", color=colour, markersize=6.5, clip_on=False)
        axes.text(1.04, place, f"{score['value']:.2f}", va="center", fontsize=8.5, color=colour)
    axes.set(xlim=(0, 1), ylim=(len(models) - 0.5, -0.5), xticks=(0, 0.25, 0.5, 0.75, 1))
    axes.set_xticklabels(("0", "", "0.5", "", "1"), fontsize=8, color="#5c6570")
    axes.set_yticks(range(len(models)), [MODELS.get(model, model) for model in models], fontsize=8.5)
    axes.tick_params(length=0)
    axes.grid(axis="x", color="#e3e6ea", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "residency"}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawn = buffer.getvalue()
    return _SVG_ID.sub("", drawn[drawn.index("<svg") :])


def _interval(found: Difference) -> str:
    low, high = number(found.low, signed=True), number(found.high, signed=True)
    return f"{number(found.value, signed=True)} ({low} to {high})"


def _title(comparison: str) -> str:
    return " minus ".join(MODELS.get(model, model) for model in comparison.split(" vs "))


def _axis(axis: str) -> str:
    return AXES[axis][0].lower() + AXES[axis][1:]


def _join(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _clean(text: str) -> str:
    """Text with what HTML and UTF-8 cannot hold replaced by a visible mark."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
