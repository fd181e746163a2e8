"""The data report as one page that a surgeon can read on screen or on paper.

It reads the dictionary that :mod:`residency.corpus.report.types` describes, and nothing else. It loads nothing and
runs nothing; whatever the rows hold is shown as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from scipy import stats

from residency.core.files import write_text
from residency.corpus.bank.shortcuts import position_name
from residency.corpus.report import plots
from residency.corpus.report.phrasing import (
    agree,
    decisions,
    joined,
    kinds,
    percent,
    ranked,
    ranked_checks,
    worth_a_look,
)
from residency.corpus.report.shown import compared, line, marked, visible
from residency.corpus.report.types import CheckReport, Report, Tally

OPEN_EXAMPLES = 2  # of each check; the others fold away
TOPICS = 5  # named under a check
TABLED = 30  # topics in the table of splits
ENOUGH, TIMES, P = 50, 2.0, 0.01  # rows of each source, ratio and p from which sources are said to differ

SEVERITY = {"blocks": "kept out", "warns": "to look at", "informs": "for information"}
KINDS = {
    "exact": "The same question",
    "near_questions": "Nearly the same question",
    "near": "Nearly the same words in question and answer",
    "same_stem_other_options": "The same stem with other options",
    "semantic": "The same meaning in other words",
}
SPLITS = {"train": "Training", "dev": "Development", "test": "Test", "test_topic": "Held-out topics"}
LENGTHS = {"question": "Words in questions", "answer": "Words in answers"}
BASELINES = {"longest_option": "Choose the longest option", "choices_only": "Read the options and not the question"}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("residency.corpus.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"n": _number, "percent": percent, "cut": line}
    environment.globals |= {"marked": marked, "compared": compared, "agree": agree, "ranked": ranked}
    return environment


def write_page(report: Mapping[str, Any], path: Path) -> None:
    """Write the report as one self-contained HTML page; parts that are absent are said to be.

    Args:
        report: as :class:`~residency.corpus.report.types.Report` has it.
        path: the file to write.
    """
    found = cast(Report, report)
    page = (
        _environment()
        .get_template("data-report.html.j2")
        .render(
            name=line(str(found.get("name") or "the question bank"), 80),
            opening=opening(found),
            fit=found.get("fit"),
            first=found.get("first", []),
            decisions=decisions(found.get("decisions")),
            rows=found.get("rows"),
            files=found.get("files", []),
            kinds=kinds(found.get("kinds", {})),
            aside=found.get("files_left_aside", []),
            rejected=ranked(found.get("rejected_by_reason", {})),
            titles={check["id"]: check["title"] for check in found.get("checks", [])},
            checks=[_check(check) for check in ranked_checks(found.get("checks", []))],
            severity=SEVERITY,
            drawings=drawings(found),
            duplicates=[(KINDS.get(kind, kind), entry) for kind, entry in found.get("duplicates", {}).items()],
            decontamination=found.get("decontamination"),
            bank=_bank(found),
            splits=_splits(found),
            provenance=found.get("provenance"),
            warnings=found.get("warnings", []),
        )
    )
    write_text(path, visible(page))


def opening(report: Report) -> list[str]:
    """Three sentences: what came of the rows, what is most wrong with those that are kept, and what to do first."""
    return [_came_of(report), _most_wrong(report), _do_first(report)]


def contrast(by_source: Mapping[str, Tally]) -> str:
    """A sentence on the two sources whose rates differ most, where chance does not explain it; else empty."""
    rates = sorted((count / of, name) for name, (count, of) in by_source.items() if of >= ENOUGH)
    if len(rates) < 2:
        return ""
    (low, rarer), (high, oftener) = rates[0], rates[-1]
    if high < TIMES * low or not high:
        return ""
    table = [[count, of - count] for count, of in (by_source[rarer], by_source[oftener])]
    if stats.fisher_exact(table).pvalue >= P:
        return ""
    who, than = f"{oftener} rows ({percent(high)})", f"{rarer} rows ({percent(low)})"
    if not low:
        return f"It is found only in {who} and not in {than}."
    return f"It is found {high / low:.0f} times as often in {who} as in {than}."


def drawings(report: Report) -> list[tuple[str, Markup, bool]]:
    """Title and SVG of each drawing for which there is anything to draw, and whether it takes the whole width."""
    drawn: list[tuple[str, str, bool]] = []
    sources = {name: n for name, n in report.get("provenance", {}).get("sources", {}).items() if n}
    topics = {name: n for name, n in report.get("topics", {}).items() if n}
    if sources:
        drawn.append(("Kept rows by source", plots.bars(sources, "sources"), True))
    if topics:
        drawn.append(("Kept rows by topic", plots.bars(topics, "topics"), True))
    for field, title in LENGTHS.items():
        lengths = report.get("lengths", {}).get(field)
        if lengths and sum(lengths["counts"]):
            svg = plots.histogram(lengths["edges"], lengths["counts"], lengths["median"])
            drawn.append((title, svg, False))
    keys = report.get("bank", {}).get("key_positions")
    if keys and keys["n"]:
        names = [position_name(place) for place in range(len(keys["counts"]))]
        drawn.append(("Position of the key", plots.positions(names, keys["counts"]), False))
    return [(title, Markup(svg), wide) for title, svg, wide in drawn]  # noqa: S704 - matplotlib escapes its texts


def _came_of(report: Report) -> str:
    rows = report.get("rows")
    if not rows or not rows["read"]:
        return "No row was read."
    kept = f"Of {agree(rows['read'], 'row')} that were read, {rows['kept']:,} are kept"
    reasons = report.get("rejected_by_reason", {})
    if not rows["rejected"]:
        return f"{kept}, which is all of them."
    why = ""
    if reasons:
        titles = {check["id"]: check["title"] for check in report.get("checks", [])}
        reason, count = max(reasons.items(), key=lambda pair: (pair[1], pair[0]))
        why = f", most often for “{titles.get(reason, reason.replace('_', ' '))}” ({count:,})"
    return f"{kept} and {rows['rejected']:,} are not{why}."


def _most_wrong(report: Report) -> str:
    look = worth_a_look(report)
    if not report.get("checks") and not look:
        return "The rows that are kept were not checked further."
    if not look:
        return "In the rows that are kept, nothing was found that would spoil training or a test."
    return f"What would do most harm in the rest: {joined(look[:3], '; ', '; and ')}."


def _do_first(report: Report) -> str:
    first = report.get("first", [])
    if not first and not report.get("rows", {}).get("read"):
        first = ["name files that hold a question bank"]
    return f"Do this first: {first[0].rstrip('.')}." if first else "Nothing needs doing before training."


def _check(check: CheckReport) -> dict[str, Any]:
    sources = sorted(check["by_source"].items(), key=lambda pair: (-_rate(pair[1]), pair[0]))
    topics = sorted(check["by_topic"].items(), key=lambda pair: (-pair[1][0], pair[0]))
    highest = max((_rate(tally) for _, tally in sources), default=0.0)
    examples = check["examples"]
    return {
        **check,
        "rate": _rate([check["count"], check["of"]]),
        "contrast": contrast(check["by_source"]),
        "sources": [(name, tally, _rate(tally), _rate(tally) / highest if highest else 0) for name, tally in sources],
        "topics": [(name, tally) for name, tally in topics if tally[0]][:TOPICS],
        "sure": {name: n for name in ("certain", "likely", "possible") if (n := check["sure"].get(name))},
        "all_certain": set(check["sure"]) <= {"certain"},
        "shown": examples[:OPEN_EXAMPLES],
        "folded": examples[OPEN_EXAMPLES:],
    }


def _bank(report: Report) -> dict[str, Any]:
    bank: Mapping[str, Any] = report.get("bank", {})
    return {
        "positions": bank.get("key_positions"),
        "baselines": [(title, bank[name]) for name, title in BASELINES.items() if bank.get(name)],
    }


def _splits(report: Report) -> dict[str, Any] | None:
    splits = report.get("splits")
    if not splits:
        return None
    names = [name for name in (*SPLITS, *splits["splits"]) if name in splits["splits"]]
    names = list(dict.fromkeys(names))
    topics = sorted(splits["by_topic"].items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
    return {
        **splits,
        "names": {name: SPLITS.get(name, name) for name in names},
        "groups": [
            ("Topic", topics[:TABLED], len(topics) - TABLED),
            ("Source", sorted(splits["by_source"].items()), 0),
        ],
    }


def _rate(tally: Sequence[int]) -> float:
    return tally[0] / tally[1] if tally[1] else 0.0


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,}"
