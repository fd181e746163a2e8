"""The one flow of an evaluation: items are asked of each model, graded from what is on disk, compared, and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from residency.core.errors import InputError, UsageError
from residency.core.files import read_json, read_jsonl, recover_jsonl, value_digest, write_json, write_jsonl
from residency.core.stage import Counts, Progress
from residency.evaluation.answering import answered, by_item
from residency.evaluation.gates import judge
from residency.evaluation.harness import public_tables
from residency.evaluation.item import Answers, Item, Result, item_of, result_of
from residency.evaluation.missing import with_missing
from residency.evaluation.registry import TASKS
from residency.evaluation.report import setup_of, summary_table, write_report
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import Sources
from residency.evaluation.targets.speaker import Speaker
from residency.evaluation.tasks.modes import classified, mode_tables, read_style, write_style

SOFTWARE = ("residency", "numpy", "scipy")  # what the figures are made with
ITEMS, SUMMARY, MODELS_FILE = "items.jsonl", "summary.json", "models.json"
HARNESS = "harness.json"
Results = dict[str, list[Result]]


@dataclass(frozen=True)
class Evaluation:
    """What is the same for all models of an evaluation.

    ``out`` is its folder. ``title`` stands on the report, ``notes`` are what its reader must know. ``max_length`` is
    that of a prompt, in tokens.
    """

    settings: EvaluateSettings
    out: Path
    seed: int
    progress: Progress
    title: str
    max_length: int
    notes: tuple[str, ...] = ()


def collect(sources: Sources) -> list[Item]:
    """All items of all tasks."""
    return [item for task in TASKS.values() for item in task.collect(sources)]


def evaluate(
    items: Sequence[Item], sources: Sources, models: Mapping[str, Callable[[], Speaker]], of: Evaluation
) -> Counts:
    """Asks every model every item, and concludes. What is on disk is not asked again.

    Args:
        items: what is asked.
        sources: what they were made of; the classifier of the modes' styles is trained on it.
        models: by name how to open each, in the order of the report.
        of: what is the same for all.
    """
    told = _kept(items, of.out)
    write_jsonl(of.out / ITEMS, (item.as_row() for item in items))
    write_style(sources, of.out)
    results: Results = {}
    for name, opened in models.items():
        speaker = opened()
        says = {**speaker.says, "seed": of.seed}
        if name in told and {"seed": of.seed, **told[name]} != says:
            raise UsageError(
                f"this folder holds answers of another model, or otherwise asked, as {name}", *_elsewhere(of.out)
            )
        told[name] = says
        write_json(of.out / MODELS_FILE, told)
        answers = answered(
            speaker,
            items,
            of.out / f"answers-{name}.jsonl",
            batch_size=of.settings.batch_size,
            max_length=of.max_length,
            seed=of.seed,
            progress=of.progress,
            name=name,
        )
        del speaker  # one model's memory is free before the next is loaded
        results[name] = graded(items, answers, name, of)
    return conclude(results, {name: told[name] for name in models}, of)


def _kept(items: Sequence[Item], out: Path) -> dict[str, Any]:
    """What the folder's models were, where it holds answers to these items.

    Raises:
        UsageError: it holds answers to other ones.
    """
    if not (out / ITEMS).is_file() or not (out / MODELS_FILE).is_file():
        return {}
    before = {row["id"]: row["asks"] for row in read_jsonl(out / ITEMS)}
    changed = [item.id for item in items if item.id in before and before[item.id] != item.as_row()["asks"]]
    if changed:
        raise UsageError(f"this folder holds answers to other prompts, such as those of {changed[0]}", *_elsewhere(out))
    return dict(read_json(out / MODELS_FILE))


def _elsewhere(out: Path) -> tuple[str, str]:
    return str(out), "Name another folder with --out, or another label with LABEL=MODEL"


def rescored(of: Evaluation, models: Sequence[str] = ()) -> Counts:
    """Grades again what is on disk, and concludes: no model is loaded or asked but a judge.

    Args:
        of: what is the same for all.
        models: those that are graded, by their names; all that the folder holds if left out.

    Raises:
        InputError: the folder holds no answers, or none of a model that is named; or an item is of another version.
    """
    if not (of.out / ITEMS).is_file() or not (of.out / MODELS_FILE).is_file():
        raise InputError(
            "there are no answers to grade", str(of.out), "Type: residency evaluate MODEL, without --rescore"
        )
    items = [item_of(row) for row in read_jsonl(of.out / ITEMS)]
    told = dict(read_json(of.out / MODELS_FILE))
    if absent := next((name for name in models if name not in told), ""):
        what = f"there are no answers of {absent!r}; there are of {', '.join(told)}"
        raise InputError(what, str(of.out), "Name these, or leave out --rescore")
    told = {name: told[name] for name in models or told}
    if strange := next((item for item in items if item.task not in TASKS), None):
        raise InputError(f"there is no task {strange.task!r}", f"{of.out / ITEMS}: {strange.id}", "Evaluate again")
    results: Results = {}
    for name in told:
        answers = by_item(recover_jsonl(of.out / f"answers-{name}.jsonl"))
        results[name] = graded(items, answers, name, of)
    return conclude(results, told, of)


def graded(items: Sequence[Item], answers: Mapping[str, Answers], name: str, of: Evaluation) -> list[Result]:
    """The results of one model, which ``scores-MODEL.jsonl`` keeps. Where no judge is named, what one said before still
    stands."""
    judged: dict[str, Mapping[str, Any]] = {}
    said = of.out / f"judged-{name}.jsonl"
    if of.settings.judge.server:
        kept = of.out / "checkpoints" / f"judge-{value_digest(of.settings.judge.fingerprint_values())[:12]}.jsonl"
        for key, task in TASKS.items():
            if task.judged is not None:
                cases = [(item, answers.get(item.id, {})) for item in items if item.task == key]
                judged |= dict(task.judged(cases, of.settings.judge, kept))
        write_jsonl(said, ({"id": key, **row} for key, row in judged.items()))
    elif said.is_file():
        judged = {row["id"]: {key: value for key, value in row.items() if key != "id"} for row in read_jsonl(said)}
    of.progress.start(len(items), f"graded answers of the {name} model")
    found: list[Result] = []
    for item in items:
        own = answers.get(item.id, {})
        grade = TASKS[item.task].grade
        told = with_missing(item, own, grade(item, own, judged.get(item.id)), grade)
        found.append(result_of(item, own, told))
        of.progress.advance()
    found = classified(found, read_style(of.out))
    write_jsonl(of.out / f"scores-{name}.jsonl", cast(list[dict[str, Any]], found))
    return found


def conclude(results: Results, told: Mapping[str, Any], of: Evaluation) -> Counts:
    """Writes the summary and the report."""
    settings = of.settings
    verdicts = [judge(gate, results, settings.confidence, of.seed) for gate in settings.gates]
    table = summary_table(results, settings.confidence, of.seed)
    first = next(iter(results.values()))
    about = {"run": of.title, "seed": str(of.seed), "items": str(len(first))}
    more = [table for task in TASKS.values() if task.tables is not None for table in task.tables(results)]
    more += mode_tables(results, read_style(of.out))
    more += public_tables(of.out / HARNESS)
    write_report(
        of.out,
        of.title,
        results,
        verdicts,
        about=about,
        notes=[*of.notes, *_faults(results)],
        more=more,
        setup=setup_of(told, {name: version(name) for name in SOFTWARE}),
        confidence=settings.confidence,
        seed=of.seed,
    )
    gates = [{"metric": v.gate.metric, "verdict": v.verdict, "says": v.says, "needed_n": v.needed_n} for v in verdicts]
    write_json(of.out / SUMMARY, {"table": table, "gates": gates, "models": told, "report": "report.html"})
    axes = Counter(row["axis"] for row in first)
    passed = {kind: sum(v.verdict == kind for v in verdicts) for kind in ("pass", "fail", "undecided")}
    unscored = {name: sum(row["status"] == "errored" for row in rows) for name, rows in results.items()}
    return {"items": dict(axes), "errored": unscored, "gates": passed}


def _faults(results: Results) -> list[str]:
    """What could not be asked or used, and what ended within its thought, in sentences for each model."""
    found = []
    for name, rows in results.items():
        if cut := sum(row["details"].get("cut_thoughts", 0) for row in rows):
            found.append(f"Of the {name} model {cut} answers ended at the limit of tokens within their thought.")
        faults = Counter(str(row["details"].get("fault")) for row in rows if row["status"] == "errored")
        if faults:
            told = ", ".join(f"{count}: {reason}" for reason, count in faults.most_common())
            found.append(
                f"Of the {name} model {sum(faults.values())} items have no answer that could be graded ({told})."
            )
    return found
