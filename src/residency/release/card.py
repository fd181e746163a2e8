"""The model card: every figure on it is read from a file of the run, and knows from where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2

from residency.core.errors import ProofError
from residency.release.facts import Facts, Written, key
from residency.release.head import head
from residency.release.record import RECORD
from residency.release.untested import untested

TEMPLATES = Path(__file__).parent / "templates"
SUMMARY = "evaluate/summary.json"
MODELS = {"base": "base", "sft": "SFT", "final": "final"}
KEPT = re.compile(r"^(> |\*\*Not for clinical use|- \*\*(fail|undecided)\*\*)")
"""Lines that an edited card must still say."""


def model_card(facts: Facts) -> Written:
    """The card as Markdown with the hub's YAML head.

    Args:
        facts: of the run with its release record, marks on.

    Raises:
        ProofError: the template says a number that no file of the run gives.
    """
    return written(
        facts,
        "card.md.j2",
        head=head(facts),
        untested=list(untested(facts)),
        compared=list(compared(facts)),
        worse=list(worse(facts)),
    )


def written(facts: Facts, template: str, **more: Any) -> Written:
    """A template filled in from facts.

    Raises:
        ProofError: it says a number that no file of the run gives.
    """
    environment = jinja2.Environment(  # noqa: S701 - Markdown, in which HTML's escapes would be shown
        loader=jinja2.FileSystemLoader(TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals |= {
        "shown": facts.shown,
        "named": facts.named,
        "value": facts.value,
        "has": facts.has,
        "key": key,
        "interval": lambda pointer: facts.shown(SUMMARY, pointer, interval),
        "record": RECORD,
        "summary": SUMMARY,
        "models": MODELS,
        "one_line": one_line,
        "code": code,
        "rate": lambda number: "-" if number is None else f"{number:.2g}",
        "share": lambda part: "-" if part is None else f"{part:.1%}",
        "given": lambda value: "the method's own" if value is None else str(value),
        "short": lambda digest: digest[:12],
        "fenced": lambda text: text.replace("~~~~", "~ ~ ~ ~"),
    }
    made = facts.placed(environment.get_template(template).render(**more) + "\n")
    if made.strays:
        told = ", ".join(f"{number} (line {line})" for line, number in made.strays[:5])
        raise ProofError(f"numbers that no file of the run gives: {told}", template)
    return made


def must_say(text: str) -> list[str]:
    """The lines of a card that may not be edited away: what it is not for, why it is a draft, gates not passed."""
    return [line for line in text.splitlines() if KEPT.match(line)]


def compared(facts: Facts) -> Iterator[dict[str, Any]]:
    """Paired differences of the final model, from the evaluation's tables: of the headline scores, and of those for
    which the recipe sets a gate."""
    table = facts.value(SUMMARY, "/table")
    gated = {gate["metric"] for gate in facts.value(SUMMARY, "/gates")}
    titles = {row["title"] for row in table if row["headline"] or row["metric"] in gated}
    for other in ("base", "sft"):
        file = f"evaluate/report/differences_final_vs_{other}.csv"
        if not facts.has(file, ""):
            continue
        for place, row in enumerate(facts.value(file, "")):
            if row["Score"] in titles:
                yield {
                    "other": MODELS[other],
                    "title": facts.shown(file, f"/{place}/Score"),
                    "difference": facts.shown(file, f"/{place}", difference),
                    "n": facts.shown(file, f"/{place}/Items", "{:.0f}"),
                    "left_out": facts.shown(file, f"/{place}/Left out", "{:.0f}"),
                    "p": facts.shown(file, f"/{place}", p_value),
                    "visible": facts.shown(file, f"/{place}/Smallest visible", visible),
                }


def worse(facts: Facts) -> Iterator[dict[str, str]]:
    """Scores of the final model that are worse than the base model's by the whole interval of their difference."""
    file = "evaluate/report/differences_final_vs_base.csv"
    higher = {row["title"]: row["higher_is_better"] for row in facts.value(SUMMARY, "/table")}
    for place, row in enumerate(facts.value(file, "") if facts.has(file, "") else []):
        low, high = row["Difference: low"], row["Difference: high"]
        if row["Score"] not in higher or not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
            continue
        if high < 0 if higher[row["Score"]] else low > 0:
            yield {
                "title": facts.shown(file, f"/{place}/Score"),
                "better": "higher" if higher[row["Score"]] else "lower",
                "difference": facts.shown(file, f"/{place}", difference),
                "n": facts.shown(file, f"/{place}/Items", "{:.0f}"),
            }


def difference(row: Mapping[str, Any]) -> str:
    """``+0.32 [0.16, 0.48]``; a dash where nothing could be compared."""
    value, low, high = (row[f"Difference{part}"] for part in ("", ": low", ": high"))
    if not isinstance(value, (int, float)):
        return "-"
    bounds = f" [{low:+.2f}, {high:+.2f}]" if isinstance(low, (int, float)) else ""
    return f"{value:+.2f}{bounds}"


def p_value(row: Mapping[str, Any]) -> str:
    """Holm's p where the score is a headline, else the plain one, which describes."""
    told = {name: "<0.001" if p < 0.001 else f"{p:.3f}" for name, p in row.items() if isinstance(p, (int, float))}
    return told.get("Holm p") or (f"({told['p']})" if "p" in told else "-")


def visible(least: Any) -> str:
    """The smallest true difference that these items would show four times in five; a dash where that is not known."""
    return f"{least:.2f}" if isinstance(least, (int, float)) else "-"


def interval(estimate: Mapping[str, Any]) -> str:
    """``0.42 [0.35, 0.49], n=120, 3 unparsed``; a dash for the value where nothing was measured."""
    bounds = "" if estimate["low"] is None else f" [{estimate['low']:.2f}, {estimate['high']:.2f}]"
    value = "-" if estimate["value"] is None else f"{estimate['value']:.2f}{bounds}, n={estimate['n']}"
    # An item whose answer could not be read may still have a value, such as a likelihood.
    lost = [f"{estimate[kind]} {kind}" for kind in ("unparsed", "errored") if estimate["missing"] and estimate[kind]]
    return ", ".join([value, *lost])


def one_line(text: Any) -> str:
    """A text of the data in one line, in which nothing is mark-up."""
    return re.sub(r"([`*_|<>\[\]])", r"\\\1", " ".join(str(text).split()))


def code(text: Any) -> str:
    """A name as it is, in a line of its own kind of type."""
    return f"`{' '.join(str(text).split()).replace('`', chr(39))}`"
