"""What the page and the terminal say in the same words: counts, shares, lists, and what is worth a look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from residency.corpus.report.types import CheckReport, Decided, Report

ORDER = ("blocks", "warns", "informs")
KINDS = {"mcq": "MCQ", "open": "open question", "conversation": "conversation"}
SLIGHT = 0.01  # share of rows below which a finding that only informs is not worth a word


def agree(count: int, noun: str) -> str:
    """``1 row``, ``1,234 rows``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def kinds(counts: Mapping[str, int]) -> str:
    """``480 open questions, 240 MCQs and 12 conversations``."""
    return joined([agree(count, KINDS.get(kind, kind)) for kind, count in ranked(counts).items() if count])


def decisions(counts: Decided | None) -> str:
    """What came of the decisions of a review table; empty where none is named."""
    if not counts:
        return ""
    if not counts["read"]:
        return "No decision read: no line of the table has one"
    says = (
        f"{agree(counts['read'], 'decision')} read, {counts['applied']:,} applied (keep {counts['keep']:,}, "
        f"drop {counts['drop']:,}, replace {counts['replace']:,})"
    )
    return f"{says}; {counts['unmatched']:,} match no row" if counts["unmatched"] else says


def percent(share: float | None) -> str:
    """A share as a percentage that never rounds something to nothing, nor less than all to all."""
    if share is None:
        return "–"
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{share:.0%}" if share in (0, 1) else f"{share:.1%}"


def joined(parts: Sequence[str], comma: str = ", ", last: str = " and ") -> str:
    """``a, b and c``."""
    return last.join([comma.join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def ranked(counts: Mapping[str, int]) -> dict[str, int]:
    """The largest count first, then by name."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def ranked_checks(checks: Iterable[CheckReport]) -> list[CheckReport]:
    """Checks with findings before those without; among these what blocks first, then by share of rows."""
    return sorted(
        checks,
        key=lambda check: (
            not check["count"],
            ORDER.index(check["severity"]) if check["severity"] in ORDER else len(ORDER),
            -check["count"] / max(check["of"], 1),
            check["title"],
        ),
    )


def worth_a_look(report: Report) -> list[str]:
    """What is wrong with rows that are kept, as phrases with figures: likely evaluation items, alarms of the bank
    as a whole, then checks that warn, the largest share first, and checks that inform of more than a few rows."""
    found = []
    tiers = report.get("decontamination", {}).get("tiers", [])
    if leaks := sum(tier["rows"] for tier in tiers if not tier["kept_out"]):
        found.append(f"{agree(leaks, 'row')} that may hold an item of an evaluation file")
    twins = report.get("duplicates", {}).get("semantic")
    if twins and twins["count"]:
        found.append(f"{agree(twins['count'], 'row')} that ask the same as another one in other words")
    bank = report.get("bank", {})
    if (keys := bank.get("key_positions")) and keys["alarm"]:
        found.append("the key prefers one position")
    for baseline in (bank.get("choices_only"), bank.get("longest_option")):
        if baseline and baseline["alarm"]:
            found.append(f"{baseline['name']} is right in {percent(baseline['accuracy'])} of MCQs without the question")
            break
    for check in ranked_checks(report.get("checks", [])):
        large = check["count"] >= SLIGHT * max(check["of"], 1)
        if check["count"] and (check["severity"] == "warns" or (check["severity"] == "informs" and large)):
            found.append(f"{check['title'].rstrip('.')} ({agree(check['count'], 'row')})")
    return found
