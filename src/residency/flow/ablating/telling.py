"""What an ablation came to: answers, the report, and the recipe that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from residency.ablation.analysis import agreement, answer
from residency.ablation.records import Answer, Trained
from residency.ablation.report import About, Candidate, Measure, write_report
from residency.ablation.report.words import scale, size
from residency.ablation.suggestion import Suggestion, apply, read_recipe, suggestion
from residency.core.errors import InputError, UsageError
from residency.core.files import folder_digests, read_json, value_digest
from residency.evaluation.metrics import METRICS
from residency.evaluation.scales import SCALES
from residency.flow.ablating.cell import CELLS, DONE
from residency.flow.ablating.run import BASES, HIGHER, Ablation, lucks, measured_so_far, trained
from residency.flow.planning import plan_recipe
from residency.generation.settings import ModelSettings
from residency.planning.models import shape_named

PACKAGES = ("residency", "torch", "transformers", "peft", "trl", "numpy", "scipy")
REPORT = "report.html"


def concluded(ablation: Ablation, runs: Sequence[Trained]) -> list[Answer]:
    """An answer for each question and proxy, with what there is by now."""
    settings, seed = ablation.settings, ablation.base.recipe.run.seed
    titles = {name: metric.title for name, metric in METRICS.items()}
    found, chance = [], lucks(ablation, runs)
    for question in ablation.questions:
        left = [arm.name for arm in question.arms if ablation.quick and not arm.quick]
        why = dict.fromkeys(left, "a quick run leaves these out")
        why |= {arm: reason for (asked, arm), reason in ablation.why.items() if asked == question.name}
        seen = measured_so_far(ablation, question, runs, chance)
        for proxy in settings.proxies:
            of_this = (question, seen, runs, proxy, ablation.values, titles, HIGHER, why)
            found.append(answer(*of_this, settings.confidence, seed, SCALES, chance[proxy]))
    return found


def told(ablation: Ablation, candidates: bool = True, command: str = "") -> tuple[Path, list[Answer], Suggestion]:
    """Write the report of what is done by now; gives its page, the answers and the recipe that they suggest.

    Args:
        ablation: as ``opened`` gave it.
        candidates: whether the large candidates are planned for, where the question ``bases`` is asked.
        command: the command that trains this ablation, as it is typed; what is told to be typed is made of it.

    Raises:
        InputError: nothing is trained and measured yet.
    """
    runs = trained(ablation)
    if not runs:
        before = any((ablation.folder / CELLS).glob(f"*/{DONE}"))
        what = "the recipe, its files or this program were changed since, and no training is done" if before else ""
        fix = f"Type: {command}" if command else "Train first"
        raise InputError(what or "no training is done", str(ablation.folder), fix)
    answers, notes = concluded(ablation, runs), list[str]()
    large = _candidates(ablation, notes) if candidates and any(one.name == BASES for one in ablation.questions) else []
    answers = [_with_costs(one, large) if one.question.name == BASES else one for one in answers]
    path = ablation.loaded.path
    found = suggestion(answers, read_recipe(path), ablation.values, path.name)
    about = replace(_about(ablation, answers, runs, found, notes), candidates=large)
    about = replace(about, applies=applying(answers, found, command))
    return write_report(ablation.folder, answers, runs, about), answers, found


def scale_of(ablation: Ablation) -> str:
    """On what the answers stand: the line that goes before the first of them."""
    return scale(ablation.settings.proxies, _sizes(ablation), ablation.settings.examples)


def applying(answers: Sequence[Answer], found: Suggestion, command: str) -> str:
    """The command that writes the suggested recipe, made of the one that trained; empty where none would."""
    return f"{command} --apply" if command and found.changes and not _trained_once(answers) else ""


def applied(ablation: Ablation, answers: Sequence[Answer], found: Suggestion) -> Path | None:
    """Write the suggested recipe; gives where the old one is kept, None where nothing is suggested.

    Raises:
        InputError: the recipe was changed since, or what is suggested rests on single trainings.
    """
    if not found.changes:
        return None
    if _trained_once(answers):
        raise InputError(
            "each arm was trained once, and what chance does between trainings was seen in one recipe at most",
            str(ablation.folder),
            "Train several seeds of each (without --quick) and apply what these show, or change the recipe by hand",
        )
    return apply(ablation.loaded.path, found)


def _trained_once(answers: Sequence[Answer]) -> bool:
    """Whether what one of them suggests was held against the others by one training alone: too little to apply."""
    return any(
        all(one.repeats < 2 for one in answer.contrasts if answer.arm in (one.arm, one.control))
        for answer in answers
        if answer.changes
    )


def _with_costs(answer: Answer, large: Sequence[Candidate]) -> Answer:
    """The answer on base models with what each would take beside it, as it is planned."""
    costs = [
        f"{one.model} would take {one.hours} hours and {one.usd} USD on {one.on}, by {one.method}, as it is planned."
        if one.on
        else f"{one.model} fits no device that the plan knows a price of."
        for one in large
    ]
    return replace(answer, beside=[*answer.beside, *costs])


def _about(
    ablation: Ablation, answers: Sequence[Answer], runs: Sequence[Trained], found: Suggestion, notes: list[str]
) -> About:
    settings = ablation.settings
    cells = {one.cell: one for one in runs}
    first = next(iter(cells.values()))
    corpus = read_json(ablation.folder / "cells" / first.cell / "corpus" / "manifest.json")["counts"]
    waiting = [one.name for one in ablation.plans() if ablation.done(one) is None]
    if waiting:
        notes.append(f"{len(waiting)} of {len(waiting) + len(cells)} trainings are not done; type the command again.")
    return About(
        title=f"Ablation of {ablation.loaded.recipe.run.name}",
        recipe=ablation.loaded.path.name,
        proxies={proxy: _digest(ablation, proxy) for proxy in settings.proxies},
        measures={
            name: Measure(metric.title, metric.higher_is_better, metric.description) for name, metric in METRICS.items()
        },
        seeds=settings.seeds,
        confidence=settings.confidence,
        items=dict(Counter(str(item["axis"]) for item in first.results)),
        rows=int(corpus["kept"]),
        quick=ablation.quick,
        seconds=sum(sum(one.seconds.values()) for one in cells.values()),
        versions={name: version(name) for name in PACKAGES},
        agreement=_agreement(ablation, answers, runs),
        suggestion=found,
        notes=notes,
        sizes=_sizes(ablation),
        examples=settings.examples,
        values=ablation.values,
    )


def _digest(ablation: Ablation, proxy: str) -> str:
    """The first digits of a digest over a model's files."""
    from residency.generation.models import model_source

    source = Path(model_source(ModelSettings(name=proxy)))
    return value_digest(folder_digests(source))[:12] if source.is_dir() else ""


def _sizes(ablation: Ablation) -> dict[str, str]:
    """The sizes of the proxies in words; without those of whose architecture nothing is known."""
    found = {}
    for proxy in ablation.settings.proxies:
        with suppress(InputError):
            found[proxy] = size(shape_named(proxy).parameters)
    return found


def _candidates(ablation: Ablation, notes: list[str]) -> list[Candidate]:
    """The large models' plan for the recipe as it stands: of each the cheapest that fits."""
    try:
        plan = plan_recipe(ablation.loaded, models=ablation.settings.candidates)
    except (InputError, UsageError) as error:
        notes.append(f"The large models could not be planned for: {error.what}.")
        return []
    found = []
    for name in dict.fromkeys(one.model.name for one in plan.choices):
        fits = [one for one in plan.choices if one.model.name == name and one.fit != "no" and one.usd is not None]
        best = min(fits, key=lambda one: one.usd.likely if one.usd is not None else 0.0, default=None)
        if best is None:
            found.append(Candidate(name, "", "", "", "", "no"))
            continue
        hours, usd = best.hours, best.usd
        dollars = f"{usd.likely:,.0f} ({usd.low:,.0f} to {usd.high:,.0f})" if usd is not None else ""
        span = f"{hours.likely:.1f} ({hours.low:.1f} to {hours.high:.1f})"
        found.append(Candidate(best.model.title, best.method.name, best.on, span, dollars, best.fit))
    return found


def _agreement(ablation: Ablation, answers: Sequence[Answer], runs: Sequence[Trained]) -> dict[str, str]:
    """By question, whether the first two proxies rank its arms alike."""
    proxies = ablation.settings.proxies
    if len(proxies) < 2:
        return {}
    settings = ablation.settings
    found = {}
    for question in ablation.questions:
        seen = [one for given in answers if given.question.name == question.name for one in given.contrasts]
        pair = (proxies[0], proxies[1])
        found[question.name] = agreement(question, seen, runs, pair, settings.confidence).says
    return found
