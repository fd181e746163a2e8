"""The report's files: a page that needs nothing beside it, the same as Markdown, the plots, and the figures."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from residency.ablation.question import Question
from residency.ablation.records import Answer, Contrast, Trained
from residency.ablation.report import draw, tables, words
from residency.ablation.report.about import About, Measure
from residency.ablation.report.results import as_csv, as_json
from residency.ablation.spoken import spoken_of
from residency.core.files import write_json, write_text

FIGURES = "figures"  # the folder of the plots
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~$&])")


@dataclass(frozen=True)
class Line:
    """One comparison on the first screen."""

    contrast: Contrast
    measure: Measure
    drawing: Markup


@dataclass(frozen=True)
class Told:
    """One answer as it is shown: the lines of the arm it speaks of, none where no arm could decide it, what it lacks
    where it is undecided, its plots."""

    answer: Answer
    arm: str
    lines: Sequence[Line]
    lacking: str
    groups: Mapping[str, Sequence[Contrast]]
    drawings: Sequence[draw.Drawing]


@dataclass
class Asked:
    """A question with its answers, a proxy each."""

    question: Question
    told: list[Told] = field(default_factory=list)

    @property
    def outcomes(self) -> list[Answer]:
        """What its proxies came to, an answer for each outcome."""
        return list({words.outcome(one.answer): one.answer for one in self.told}.values())


def write_report(out: Path, answers: Sequence[Answer], trained: Sequence[Trained], about: About) -> Path:
    """Write ``report.html``, self-contained, and beside it ``report.md``, ``results.json``, ``contrasts.csv`` and
    ``figures/*.svg``; returns the page.

    Args:
        out: the folder to write to.
        answers: one for each question and proxy, in the order in which they are told.
        trained: every training that was measured.
        about: what was run.
    """
    asked = _asked(answers, about)
    shown = {
        "about": about,
        "asked": asked,
        "arms": {one.question.name: tables.described(one.question, trained) for one in asked},
        "costs": tables.costs(trained),
        "extra": tables.extra_arms(trained),
        "runs": tables.trained_as([one.question for one in asked], trained, about.values),
        "total": tables.total_seconds(trained),
        "repeats": max((one.repeats for answer in answers for one in answer.contrasts), default=0),
        "several": len({answer.proxy for answer in answers}) > 1,
        "words": words,
        "figures": FIGURES,
    }
    drawn = {f"{drawing.name}.svg": drawing.file for one in asked for told in one.told for drawing in told.drawings}
    for name, text in drawn.items():
        write_text(out / FIGURES / name, _sound(text))
    for path in (out / FIGURES).glob("*.svg"):
        if path.name not in drawn:  # of an earlier report
            path.unlink(missing_ok=True)
    write_text(out / "report.md", _sound(_environment(False).get_template("report.md.j2").render(shown)))
    write_json(out / "results.json", as_json(answers, trained, about))
    write_text(out / "contrasts.csv", _sound(as_csv(answers)))
    page = out / "report.html"
    write_text(page, _sound(_environment(True).get_template("report.html.j2").render(shown)))
    return page


def _asked(answers: Sequence[Answer], about: About) -> list[Asked]:
    found: dict[str, Asked] = {}
    every = [_lines_of(answer) for answer in answers]
    reach = draw.reach_of([one for lines in every for one in lines])
    for answer, lines in zip(answers, every, strict=True):
        name = answer.question.name
        groups: dict[str, list[Contrast]] = {axis.metric: [] for axis in answer.question.axes}
        for one in answer.contrasts:
            groups.setdefault(one.metric, []).append(one)
        groups = {metric: group for metric, group in groups.items() if group}
        drawings = [
            drawing
            for metric, group in groups.items()
            for drawing in draw.drawings(
                answer.question, group, about.measure(metric), _file(name, metric, answer.proxy), answer.doses
            )
        ]
        shown = [
            Line(one, about.measure(one.metric), draw.strip(one, reach, about.measure(one.metric).higher_is_better))
            for one in lines
        ]
        found.setdefault(name, Asked(answer.question)).told.append(
            Told(
                answer,
                _says(answer.question, lines[0].arm) if lines else "",
                shown,
                words.lacking(answer),
                groups,
                drawings,
            )
        )
    return list(found.values())


def _lines_of(answer: Answer) -> list[Contrast]:
    """What is shown of an answer on the first screen: the arm that it speaks of, on every axis that was measured."""
    spoken = spoken_of(answer)
    if spoken is None or words.is_open(answer):
        return []
    sides = (spoken.arm, spoken.control)
    by_metric = {one.metric: one for one in answer.contrasts if (one.arm, one.control) == sides}
    found = [by_metric[axis.metric] for axis in answer.question.axes if axis.metric in by_metric]
    return [one for one in found if one.difference.value is not None]


def _says(question: Question, name: str) -> str:
    return next((arm.says or arm.name for arm in question.arms if arm.name == name), name)


def _environment(page: bool) -> Environment:
    """For HTML everything is escaped by itself; in Markdown by the filter ``md``."""
    environment = Environment(
        loader=PackageLoader("residency.ablation.report"),
        autoescape=page,  # noqa: S701 - Markdown has its own escapes
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "points": words.points,
        "limits": words.limits,
        "p": words.probability,
        "duration": words.duration,
        "md": _md,
        "says": lambda name, question: _says(question, name),
        "fence": _fence,
    }
    return environment


def _md(value: Any) -> str:
    """A text that Markdown shows as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(value).split()))


def _fence(text: str) -> str:
    """A fence that the text does not hold."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _file(question: str, metric: str, proxy: str) -> str:
    """The name of a metric's plots on one proxy, whose own name may be a long path."""
    plain = unicodedata.normalize("NFKD", f"{question}-{metric}").encode("ascii", "ignore").decode()
    digest = hashlib.sha256(proxy.encode()).hexdigest()[:6]
    return f"{re.sub(r'[^a-z0-9_]+', '-', plain.lower()).strip('-')}-{digest}"


def _sound(text: str) -> str:
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
