"""The terminal summary: about thirty lines of plain text that end in what to do first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, cast

from residency.core.text import sentences
from residency.corpus.report.phrasing import agree, decisions, kinds, percent, ranked, ranked_checks
from residency.corpus.report.shown import line
from residency.corpus.report.types import CheckReport, Report

WIDTH = 100
NAME = 80  # characters of a title or a file's name
FILES, REASONS, CHECKS, WARNINGS, STEPS = 4, 5, 7, 2, 4  # lines of each part; what is left out is counted


def summary_lines(report: Mapping[str, Any]) -> list[str]:
    """The report in words for a terminal, in lines of at most 100 characters.

    Args:
        report: as :class:`~residency.corpus.report.types.Report` has it; absent parts are passed over.
    """
    found = cast(Report, report)
    parts = (
        _rows(found),
        _decisions(found),
        _rejected(found),
        _checks(found),
        _twins(found),
        _bank(found),
        _splits(found),
        _warnings(found),
    )
    return list(chain(*parts, _first(found)))


def _rows(report: Report) -> list[str]:
    rows = report.get("rows")
    if not rows or not rows["read"]:
        return ["No row was read."]
    files = report.get("files", [])
    unread = f"; {rows['not_sampled']:,} left unread by the limit" if rows["not_sampled"] else ""
    within = f" in {agree(len(files), 'file')}" if files else ""
    says = f"{agree(rows['read'], 'row')}{within}: {rows['kept']:,} kept, {rows['rejected']:,} not{unread}"
    kept = kinds(report.get("kinds", {}))
    shown = [f"  kept: {line(kept, WIDTH - NAME // 8)}"] if kept else []
    entries = [(file["rows"], f"{line(file['name'], NAME // 2)}  {_shapes(file['shapes'])}") for file in files]
    return [says, *_counted(entries, FILES, "file"), *shown]


def _shapes(shapes: Mapping[str, int]) -> str:
    counts = [f"{name} {count:,}" for name, count in ranked(shapes).items()]
    return line(", ".join(counts if len(shapes) > 1 else shapes), NAME // 2 + 10)


def _decisions(report: Report) -> list[str]:
    says = decisions(report.get("decisions"))
    return ["", *_wrapped("", says)] if says else []


def _rejected(report: Report) -> list[str]:
    titles = {check["id"]: check["title"] for check in report.get("checks", [])}
    reasons = ranked(report.get("rejected_by_reason", {}))
    names = {reason: titles.get(reason, reason.replace("_", " ")) for reason in reasons}
    entries = [(count, line(names[reason], NAME)) for reason, count in reasons.items()]
    return _titled("Not kept", _counted(entries, REASONS, "reason"))


def _checks(report: Report) -> list[str]:
    found = [check for check in ranked_checks(report.get("checks", [])) if check["count"]]
    entries = [(check["count"], _rate(check)) for check in found if check["severity"] == "warns"]
    informs = [f"{line(check['title'], NAME)} {check['count']:,}" for check in found if check["severity"] == "informs"]
    return [
        *_titled("Kept, and to be looked at", _counted(entries, CHECKS, "check")),
        *_titled("Only counted", _wrapped("  ", "; ".join(informs)) if informs else []),
    ]


def _rate(check: CheckReport) -> str:
    return f"{percent(check['count'] / max(check['of'], 1)):>6}  {line(check['title'], NAME)}"


def _twins(report: Report) -> list[str]:
    twins = report.get("duplicates", {}).get("semantic")
    if not twins or not twins["count"]:
        return []
    says = f"{agree(twins['count'], 'row')} from a similarity of {twins.get('threshold')} on; {twins['done']}"
    return _titled("Asking the same as another row in other words", _wrapped("  ", says))


def _bank(report: Report) -> list[str]:
    bank: Mapping[str, Any] = report.get("bank", {})
    found = [entry for name in ("key_positions", "longest_option", "choices_only") if (entry := bank.get(name))]
    says = [sentences(entry["verdict"])[0] for entry in found if entry["alarm"]]
    if not says and all(entry.get("accuracy", entry.get("p")) is not None for entry in found):
        says = ["Neither the key's position nor the options' wording gives the key away."]
    return _titled("The MCQs as a whole", chain(*(_wrapped("  ", text) for text in says if found)))


def _splits(report: Report) -> list[str]:
    splits = report.get("splits")
    if not splits or not splits["splits"]:
        return []
    parts = [f"{name} {entry['rows']:,}" for name, entry in splits["splits"].items() if entry["rows"]]
    parts.append(f"test rows by people {splits['human_test']['rows']:,}")
    return ["", *_wrapped("Splits: ", ", ".join(parts))]


def _warnings(report: Report) -> list[str]:
    warnings = report.get("warnings", [])
    more = [f"  and {len(warnings) - WARNINGS:,} more in the report"] if len(warnings) > WARNINGS else []
    return _titled("Also to know", [*chain(*(_wrapped("  ", text) for text in warnings[:WARNINGS])), *more])


def _first(report: Report) -> list[str]:
    steps = report.get("first", [])
    if not steps:
        read = report.get("rows", {}).get("read")
        return [
            "",
            "Nothing needs doing before training." if read else "Do first: name files that hold a question bank.",
        ]
    rest = f" (the first {STEPS} of {len(steps)} steps; the report has all)" if len(steps) > STEPS else ""
    numbered = [_wrapped(f"  {number}. ", step) for number, step in enumerate(steps[:STEPS], 1)]
    return ["", f"Do first{rest}", *chain(*numbered)]


def _titled(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", title, *found] if found else []


def _wrapped(prefix: str, text: str) -> list[str]:
    """The text in one or two lines, the second indented as the first; what does not fit is cut."""
    shown = textwrap.wrap(line(text, 2 * WIDTH), WIDTH - len(prefix), max_lines=2, placeholder=" …")
    return [(prefix if not place else " " * len(prefix)) + part for place, part in enumerate(shown)]


def _counted(entries: Sequence[tuple[int, str]], most: int, noun: str) -> list[str]:
    """Lines that begin with their counts, flush right; those beyond ``most`` are counted in one more."""
    shown = list(entries[:most])
    if len(entries) > most:
        shown.append((sum(count for count, _ in entries[most:]), f"in {agree(len(entries) - most, f'more {noun}')}"))
    width = max((len(f"{count:,}") for count, _ in shown), default=0)
    return [f"  {count:>{width},}  {text}" for count, text in shown]
