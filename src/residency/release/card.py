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
from residency.release.record import RECORD, VERIFIED
from residency.release.untested import untested

TEMPLATES = Path(__file__).parent / "templates"
SUMMARY = "evaluate/summary.json"
MODELS = {"base": "base", "sft": "SFT", "final": "final"}
EXAM_ANSWERS = "evaluate/report/exam_answers.csv"
EXAM_BASELINES, AT_RANDOM = "evaluate/report/exam_baselines.csv", "an option at random"
GLANCE = (
    "exam.accuracy",
    "exam.accuracy_likelihood",
    "faithfulness.score",
    "faithfulness.citation_recall",
    "faithfulness.abstention_recall",
    "faithfulness.false_abstention",
    "safety.escalation_recall",
    "safety.bank_escalated",
    "safety.harm_in_emergency",
    "safety.harm_given",
)
"""Scores that tell a reader first what to expect: whether it knows, whether its citations hold, when it is silent, and
what it does where a patient is in danger."""
TRIED = {
    "prompts": "prompts: the token ids that were trained on",
    "answers": "answers, asked for in the batches in which they were recorded",
    "letters": "likeliest letters of multiple-choice questions",
    "merged": "merged weights: base and adapter, to rounding",
}
"""Checks of a stranger that count, by their names."""
PEOPLE = {
    "annotators_background": "Who wrote and checked the questions and passages, and with what training",
    "representation": "Whose practice they follow: country, guidelines, kind of hospital",
    "patient_data": "Whether any text comes from patients' records",
    "credit": "Whom the licences of questions and passages ask to be credited",
    "ethics": "Ethics approval, or why none was needed",
    "funding": "Funding",
    "interests": "Competing interests",
    "after_deployment": "How it is watched where it is used, and how it is mended or withdrawn",
    "citation": "How to cite this",
}
"""What no record answers, by the name under which the recipe may say it (``release.statements``)."""
KEPT = re.compile(r"^(> |\*\*Not for clinical use|- \*\*(fail|undecided)\*\*|- Base model's weights: \*\*not)")
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
        glance=list(glance(facts)),
        tried=list(tried(facts)),
        exam_answers=_row(facts, EXAM_ANSWERS, "model", "final"),
        people=PEOPLE,
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
        "seen": VERIFIED,
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


def glance(facts: Facts) -> Iterator[dict[str, str]]:
    """The scores that stand at the top of the card, as far as they were measured, each with what a rule that knows
    nothing would score where the records say it."""
    table = {row["metric"]: place for place, row in enumerate(facts.value(SUMMARY, "/table"))}
    for metric in GLANCE:
        if metric not in table:
            continue
        at = f"/table/{table[metric]}"
        beside = ""
        if metric.startswith("exam.") and (chance := _row(facts, EXAM_BASELINES, "picks", AT_RANDOM)) is not None:
            beside = f"{AT_RANDOM}: {facts.shown(EXAM_BASELINES, f'/{chance}/accuracy', '{:.2f}')}"
        elif metric == "faithfulness.score" and facts.value(RECORD, "/always_abstains") is not None:
            beside = f"abstaining always: {facts.shown(RECORD, '/always_abstains', '{:.2f}')}"
        yield {
            "title": facts.shown(SUMMARY, f"{at}/title"),
            "better": "higher" if facts.value(SUMMARY, f"{at}/higher_is_better") else "lower",
            **{model: facts.shown(SUMMARY, f"{at}/models/{model}", interval) for model in ("base", "final")},
            "beside": beside or "-",
        }


def tried(facts: Facts) -> Iterator[dict[str, str]]:
    """What a process without this package asked the bundle for again, and how much of it came again."""
    checks = facts.value(VERIFIED, "/checks") if facts.value(RECORD, "/verified") else []
    for place, check in enumerate(checks):
        if check["name"] not in TRIED or not check.get("of"):
            continue
        at = f"/checks/{place}"
        yield {
            "what": TRIED[check["name"]],
            **{
                name: facts.shown(VERIFIED, f"{at}/{name}") if name in check else "-"
                for name in ("of", "equal", "tied", "different")
            },
        }
        if check.get("alone"):
            yield {
                "what": "of these answers, each asked for by itself",
                "of": facts.shown(VERIFIED, f"{at}/alone"),
                "equal": facts.shown(VERIFIED, f"{at}/alone_equal"),
                "tied": "-",
                "different": "-",
            }


def _row(facts: Facts, file: str, column: str, held: str) -> int | None:
    """The place of the first row of a table that holds something; None where none does."""
    rows = facts.value(file, "") if facts.has(file, "") else []
    return next((place for place, row in enumerate(rows) if row.get(column) == held), None)


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
