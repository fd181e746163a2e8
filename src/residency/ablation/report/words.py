"""Figures and verdicts as a reader without statistics sees them: points of a hundred, and plain words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from residency.ablation.question import Outcome
from residency.ablation.records import Answer, Contrast, Verdict
from residency.ablation.report.about import About
from residency.ablation.report.needed import needed
from residency.ablation.spoken import spoken_of
from residency.judging.statistics import Difference, Estimate

OUTCOMES: dict[Outcome, str] = {
    "better": "Helped",
    "at_a_cost": "Helped, at a cost",
    "worse": "Nothing did better",
    "no_difference": "No difference that matters",
    "undecided": "Undecided",
}
OPEN = "Not for a small model to say"
"""Of a question whose arms decide nothing: what they show is a yardstick."""
SHOWN = ("better", "worse")
"""Verdicts that say that something was seen."""
VERDICTS: dict[Verdict, str] = {
    "better": "better",
    "worse": "worse",
    "no_difference": "no difference that matters",
    "undecided": "undecided",
}
MARKS: dict[Outcome, str] = {
    "better": "\N{BLACK UP-POINTING TRIANGLE}",
    "at_a_cost": "\N{BLACK DIAMOND}",
    "worse": "\N{BLACK DOWN-POINTING TRIANGLE}",
    "no_difference": "\N{BLACK SQUARE}",
    "undecided": "\N{WHITE CIRCLE}",
}
SIGNS: dict[Outcome, str] = {**MARKS, "worse": "\N{BLACK SQUARE}"}
"""Of outcomes: that nothing did better than the control is no harm done."""


MOST = 2
"""More of the one alone is not proposed where both together would do with so many times less of it."""


def points(value: float | None, signed: bool = False, digits: int = 1) -> str:
    """A share as points of a hundred, with a true minus sign, never ``-0.0``; a dash for None."""
    if value is None:
        return "\N{EN DASH}"
    text = f"{round(100 * value, digits) + 0.0:{'+' if signed else ''}.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def limits(found: Estimate | Difference | None) -> str:
    """``+2.1 to +9.9``; empty without an interval."""
    if found is None or found.low is None or found.high is None:
        return ""
    signed = isinstance(found, Difference)
    return f"{points(found.low, signed)} to {points(found.high, signed)}"


def probability(p: float | None) -> str:
    """A p as papers print it."""
    return "\N{EN DASH}" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def counted(count: int, noun: str) -> str:
    """``1 item``, ``1,200 items``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """As short as it can be said."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def is_open(answer: Answer) -> bool:
    """Whether arms were compared, and none could have decided the question: each that could needs what the proxy is
    not."""
    question, compared = answer.question, {one.arm for one in answer.contrasts}
    deciding = [arm for arm in question.arms if question.leads(arm.name) and arm.name != question.control]
    beyond = all(arm.needs and arm.name not in compared for arm in deciding)
    return answer.outcome == "undecided" and bool(compared) and beyond


def outcome(answer: Answer) -> str:
    """What came out, in two or three words."""
    return OPEN if is_open(answer) else OUTCOMES[answer.outcome]


def lacking(answer: Answer) -> str:
    """What an undecided question would have taken; empty for others, and where more would decide nothing."""
    if answer.outcome != "undecided" or is_open(answer):
        return ""
    found = spoken_of(answer)
    if found is None:
        return "Nothing was compared, so nothing can be said."
    said = found.seen is not None and f"{points(found.seen)} points" in answer.sentence
    return undecided(found, said)


def undecided(found: Contrast, said: bool = False) -> str:
    """What one undecided comparison could have shown, where that is not ``said`` already, and what it would take to
    show the margin."""
    n, margin = found.difference.n, points(found.margin)
    asked = f"{counted(n, 'question')}, {counted(found.repeats, 'training')} an arm"
    if found.seen is None:
        return f"With so little ({asked}) no difference could have been seen."
    seen = f"Only a difference of {points(found.seen)} points or more could have been seen reliably ({asked})."
    more = needed(found)
    if more is None:
        return (
            f"A difference of {points(found.seen)} points could have been seen ({asked}). What was measured lies too"
            f" close to {margin} points, the least that matters, to be told from it."
        )
    ways = []
    if more.items is not None and more.items <= MOST * more.factor * n:
        ways.append(f"about {_rounded(more.items)} questions")
    if more.repeats is not None and more.repeats <= MOST * more.factor * found.repeats:
        ways.append(f"about {more.repeats:,} trainings of each arm")
    if not ways:
        questions, trainings = _rounded(math.ceil(n * more.factor)), math.ceil(found.repeats * more.factor)
        ways = [f"about {questions} questions and {trainings} trainings of each arm"]
    if said:
        return f"This was of {asked}. To see {margin} points, the least that matters, takes {' or '.join(ways)}."
    return f"{seen} To see {margin} points, the least that matters, takes {' or '.join(ways)}."


def decided(asked: Sequence[Any]) -> str:
    """How many questions have an answer on any proxy, of those that a small model can answer."""
    beyond = [one for one in asked if all(is_open(told.answer) for told in one.told)]
    open_ = sum(all(told.answer.outcome == "undecided" for told in one.told) for one in asked) - len(beyond)
    count = len(asked) - len(beyond)
    rest = f" {OPEN}: {', '.join(one.question.title for one in beyond)}." if beyond else ""
    if not count:
        return rest.strip()
    if not open_:
        return ("The question was decided." if count == 1 else f"All {count} questions were decided.") + rest
    if open_ == count:
        shown = [row for one in asked for told in one.told for row in told.answer.contrasts if row.verdict in SHOWN]
        what = "No question was decided on what it turns on" if shown else "Nothing was decided"
        beside = " What was shown beside it is told with each." if shown else ""
        why = "too little was asked, or too little trained, to tell a difference from none"
        return f"{what}: {why}.{beside}{rest}"
    one = count - open_ == 1
    return f"Of {count} questions {count - open_} {'was' if one else 'were'} decided, and {open_} not.{rest}"


def scale(proxies: Iterable[str], sizes: Mapping[str, str], examples: int) -> str:
    """On what the answers stand, before the first of them."""
    models = ", ".join(f"{name}, {size}" if (size := sizes.get(name)) else name for name in proxies)
    trained = f", trained on {examples:,} examples an arm" if examples else ""
    return f"On your data, at this scale ({models}{trained}):"


def size(parameters: int) -> str:
    """A model's size: ``135 million parameters``."""
    if parameters >= 1e9:
        return f"{parameters / 1e9:.2g} billion parameters"
    return f"{parameters / 1e6:.0f} million parameters" if parameters >= 1e6 else f"{parameters:,} parameters"


def glossary(about: About, asked: Sequence[Any]) -> list[tuple[str, str]]:
    """The words that a surgeon need not know, in the order in which they are met."""
    finals = any(arm.measures == "final" for one in asked for arm in one.question.arms)
    found = [
        ("Proxy", "the small model that was trained here in place of the large one"),
        ("Arm", "one way of training; all arms of a question differ from its control in one thing"),
        ("Control", "the arm that the others are held against, mostly your recipe as it stands"),
        ("Seed", "one training of an arm; another seed draws and orders the same examples anew"),
        ("Points", "questions in a hundred: 5 points are 0.05 in the plan, in results.json and in contrasts.csv"),
        ("Margin", "the least difference that would matter to a surgeon, set before anything was measured"),
        ("Item", "a question that all arms were asked"),
        ("Dev rows", "rows that are not trained on, by which the best step of a training is chosen and kept"),
        ("SFT", "supervised fine-tuning: the model learns to write the answers of the examples"),
    ]
    if finals:
        pairs = "then learns from pairs of a better and a worse answer: DPO, IPO, KTO, APO and ORPO are ways to do so"
        found.append(("Preference tuning", f"{pairs}, and GRPO learns from its own answers, which are graded"))
    p = "how often equal arms would differ by as much by chance"
    return [*found, ("p (Holm)", f"{p}, corrected for all comparisons of a question together; small is telling")]


def honesty(about: About, repeats: int) -> list[str]:
    """What the figures can and cannot tell, a sentence or two each. ``repeats`` are the most trainings of an arm."""
    level = f"{100 * about.confidence:g}%"
    small = "These are small models." if len(about.proxies) > 1 else "This is one small model."
    found = [
        f"{small} What helps it may help a large model less, or not at all: before any training a large one knows more,"
        " follows instructions better and keeps its conversation better. Read a direction here, and no size.",
        "A question that is undecided is not answered with no: what was measured fits a difference that matters as well"
        ' as none. "No difference that matters" is said only where the whole interval lies within the grey band.',
        f"An interval of {level} holds the true difference {level} of the time. p is corrected (Holm) for all"
        " comparisons of a question together; the intervals are each for themselves.",
    ]
    if repeats > 1:
        found.append(
            f"Arms were trained up to {repeats} times, each with another draw and order of the examples, and the"
            " intervals hold what differs between trainings as well as between questions."
        )
    else:
        found.append(
            "Each arm was trained once. The intervals hold how far another training of the same arm may lie from it, as"
            " one recipe that was trained twice shows it, or as it is assumed; an answer's notes say which. One pair of"
            " trainings shows little: several seeds decide more."
        )
    found.append(
        "All arms were asked the same questions, taken out of the bank's train and dev rows. The recipe's own test rows"
        " were never asked, so that nothing is chosen on what the final evaluation measures."
    )
    if len(about.proxies) < 2:
        found.append("Only one small model was trained, so whether another ranks the arms alike is not known.")
    elif not about.agreement:
        found.append("Whether the small models rank the arms alike was not worked out.")
    return found


def provenance(about: About) -> list[tuple[str, str]]:
    """What was run, a label and a text each."""
    asked = ", ".join(f"{axis} {count:,}" for axis, count in about.items.items())
    return [
        ("Recipe", about.recipe),
        ("Run", "quick" if about.quick else "full"),
        *((f"Proxy {name}", digest or "no digest") for name, digest in about.proxies.items()),
        ("Seeds", str(about.seeds)),
        ("Confidence", f"{100 * about.confidence:g}%"),
        ("Rows of the bank", f"{about.rows:,}"),
        ("Items of each axis", asked),
        *about.versions.items(),
    ]


def _rounded(count: int) -> str:
    """Two digits: no more is known of it."""
    step = 10 ** max(0, len(str(count)) - 2)
    return f"{-(-count // step) * step:,}"
