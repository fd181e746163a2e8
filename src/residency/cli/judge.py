"""``residency judge``: how far a scorer of answers agrees with people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from residency.cli import show
from residency.cli.options import Debug, Json
from residency.core.errors import UsageError
from residency.flow.progress import ConsoleProgress

if TYPE_CHECKING:
    from rich.console import Console

    from residency.judging.scorers import Scorer

CACHE = "answers.jsonl"
MEASURES = {
    "agreement": "the very grade or choice",
    "within_one": "at most one grade apart",
    "kappa": "Cohen's kappa",
    "kappa_linear": "kappa, linear weights",
    "kappa_quadratic": "kappa, quadratic weights",
    "spearman": "Spearman's correlation",
    "pairwise": "better of two, one question",
}

judge_app = typer.Typer(help="Scorers of answers, held against people.", no_args_is_help=True)


@judge_app.callback()
def judge() -> None:
    """Scorers of answers, held against people."""


@judge_app.command()
def calibrate(
    labels: Annotated[
        Path, typer.Option(metavar="FILE", help="Answers with grades, or pairs with a choice.", show_default=False)
    ],
    scorer: Annotated[str, typer.Option(metavar="rules|judge", help="Who scores them.")] = "rules",
    question: Annotated[str, typer.Option(metavar="COLUMN", help="Where it is not found by its name.")] = "",
    answer: Annotated[str, typer.Option(metavar="COLUMN", help="Likewise.")] = "",
    grade: Annotated[str, typer.Option(metavar="COLUMN", help="Likewise; numbers, the best the highest.")] = "",
    reference: Annotated[str, typer.Option(metavar="COLUMN", help="Likewise; a right answer.")] = "",
    cluster: Annotated[str, typer.Option(metavar="COLUMN", help="Likewise; what groups answers to one question.")] = "",
    best: Annotated[
        float | None, typer.Option(help="Answers graded so or better are the references of the question's others.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=0, help="Also compare so many pairs of answers directly.")] = 0,
    server: Annotated[str, typer.Option(metavar="URL", help="The judge's OpenAI-compatible server.")] = "",
    server_model: Annotated[str, typer.Option(metavar="MODEL", help="The judge's name there.")] = "",
    server_key: Annotated[str, typer.Option(metavar="VARIABLE", help="The variable with its key.")] = "OPENAI_API_KEY",
    budget_tokens: Annotated[int | None, typer.Option(min=1, help="Tokens the judge may take.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write the figures and every label here.")] = None,
    seed: Annotated[int, typer.Option(help="Of folds, resampling and pairs.")] = 0,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Hold a scorer against people's grades: agreement, kappa, correlation, with intervals."""
    from residency.judging.calibration import calibrate_file
    from residency.judging.model_judge import ModelJudge

    chosen = _scorer(scorer, server, server_model, server_key, budget_tokens, out)
    named = {"question": question, "answer": answer, "grade": grade, "reference": reference, "cluster": cluster}
    columns = {kind: name for kind, name in named.items() if name}
    progress = ConsoleProgress("judge")
    try:
        report = calibrate_file(labels, chosen, columns, best=best, pairs=pairs, seed=seed, out=out, progress=progress)
    finally:
        progress.finish()
    report = {"file": str(labels), **report, **({"judge": chosen.report()} if isinstance(chosen, ModelJudge) else {})}
    if as_json:
        show.emit(report)
    else:
        _show(report, out)


def _scorer(name: str, server: str, model: str, key: str, tokens: int | None, out: Path | None) -> Scorer:
    from pydantic import ValidationError

    from residency.judging.settings import JudgeSettings

    if name == "rules":
        if server or model:
            raise UsageError("the rules ask no server", "--server", "Add --scorer judge, or leave it out")
        from residency.judging.rules import Rules

        return Rules()
    if name != "judge":
        raise UsageError(f"there is no scorer {name!r}", "--scorer", "Choose rules or judge")
    if not server or not model:
        fix = "Type: --server http://localhost:8000/v1 --server-model NAME"
        raise UsageError("a judge needs a server and the model's name", "--scorer judge", fix)
    try:
        settings = JudgeSettings(server=server, server_model=model, server_key=key, budget_tokens=tokens)
    except ValidationError as error:
        fault = error.errors()[0]
        said = str(fault["msg"]).removeprefix("Value error, ")
        raise UsageError(said, f"--{str(fault['loc'][0]).replace('_', '-')}") from None
    from residency.judging.model_judge import ModelJudge

    return ModelJudge(settings, out / CACHE if out else None)


def _show(report: Mapping[str, Any], out: Path | None) -> None:
    console = show.console()
    columns = ", ".join(f"{kind} from {name!r}" for kind, name in report["columns"].items())
    console.print(f"scorer {report['scorer']}, held against {report['file']} ({columns})", markup=False, soft_wrap=True)
    if "pairs" in report:
        counted = f"{report['decided']:,} of {report['pairs']:,} pairs decided"
    else:
        console.print(f"right is: {report['reference']}", markup=False, soft_wrap=True)
        counted = f"{report['scored']:,} of {report['rows']:,} answers scored, to {report['questions']:,} questions"
    console.print(counted, markup=False)
    for reason, count in {**report.get("unscored", {}), **report.get("undecided", {}), **report["left_out"]}.items():
        console.print(f"  not scored, {reason}: {count:,}", markup=False, soft_wrap=True)
    if "kappa" in report:
        _show_figures(console, report)
    if asked := report.get("judge"):
        told = ", ".join(f"{name} {count:,}" for name, count in asked.items() if isinstance(count, int | float))
        console.print(f"{asked['scorer']}: {told}", markup=False, soft_wrap=True)
    if out is not None:
        console.print(escape(f"written: {out}"), soft_wrap=True)


def _show_figures(console: Console, report: Mapping[str, Any]) -> None:
    table = show.new_table("measure", "value", "n")
    for name, says in MEASURES.items():
        if name in report:
            table.add_row(says, _cell(report[name]), f"{report[name]['n']:,}")
    if compared := report.get("compared"):
        table.add_row(f"compared directly ({compared['pairs']} pairs)", _cell(compared), f"{compared['n']:,}")
    longer = report["baselines"]["longer_is_better"]["pairwise"]
    table.add_row("without judging: the longer of two", _cell(longer), f"{longer['n']:,}", style="dim")
    if often := report["baselines"].get("most_frequent_grade"):
        always = often["agreement"]
        table.add_row("without judging: one grade for all", _cell(always), f"{always['n']:,}", style="dim")
    console.print(table)
    for reason, count in (report.get("compared") or {}).get("undecided", {}).items():
        console.print(f"  not compared, {reason}: {count:,}", markup=False, soft_wrap=True)
    if "by_grade" in report:
        _show_grades(console, report)


def _show_grades(console: Console, report: Mapping[str, Any]) -> None:
    grades = [f"{grade:g}" for grade in report["grades"]]
    table = show.new_table("people's grade", "n", "mean score", *(f"scored as {grade}" for grade in grades))
    for grade, row in zip(grades, report["confusion"], strict=True):
        held = report["by_grade"][grade]
        table.add_row(grade, f"{held['n']:,}", _cell(held["score"]), *(f"{count:,}" for count in row))
    console.print(table)
    if report["rubric"]:
        table = show.new_table("item of the rubric", "Spearman's correlation with the grade", "n")
        for key, held in report["rubric"].items():
            table.add_row(key, _cell(held), f"{held['n']:,}")
        console.print(table)


def _cell(found: Mapping[str, Any]) -> str:
    return show.interval(found)
