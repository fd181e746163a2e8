"""The command line: one JSON object or plain text on stdout, one line for an error, the right exit code."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from residency.cli import app as cli
from residency.cli import show
from residency.cli.watch import main_counts
from residency.core.errors import InputError
from residency.core.stage import Counts, StageContext
from residency.flow import runner, status
from residency.flow.stages import Stage

COMMANDS = [
    [],
    ["run"],
    ["check"],
    ["mix"],
    ["plan"],
    ["ablate"],
    ["launch"],
    ["evaluate"],
    ["compare"],
    ["knowledge"],
    ["report"],
    ["release"],
    ["status"],
    ["show"],
    ["ask"],
    ["serve"],
    ["reward-model"],
    ["recipe"],
    ["recipe", "new"],
    ["recipe", "check"],
    ["recipe", "show"],
    ["recipe", "schema"],
    ["model"],
    ["model", "fetch"],
    ["index"],
    ["index", "build"],
    ["index", "search"],
    ["index", "stats"],
    ["card"],
    ["card", "check"],
    ["judge"],
    ["judge", "calibrate"],
    ["pairs"],
    ["pairs", "audit"],
    ["review"],
    ["review", "serve"],
    ["review", "export"],
    ["serve-log"],
    ["serve-log", "verify"],
    ["serve-log", "export"],
    ["serve-log", "delete"],
]
GROUPS = ([], ["recipe"], ["model"], ["card"], ["index"], ["judge"], ["pairs"], ["review"], ["serve-log"])
SUMMARY = {
    "table": [
        {
            "axis": "knowledge",
            "metric": "knowledge.mcq",
            "title": "MCQs right",
            "models": {
                "base": {"value": 0.25, "low": 0.2, "high": 0.3, "n": 60, "missing": 2},
                "sft": {"value": 0.42, "low": 0.35, "high": 0.49, "n": 60, "missing": 0},
                "final": {"value": None, "low": None, "high": None, "n": 0, "missing": 60},
            },
        }
    ],
    "gates": [
        {"says": "MCQs right is not worse than base's", "verdict": "pass", "metric": "knowledge.mcq"},
        {"says": "abstains [enough]", "verdict": "undecided", "metric": "faithfulness.abstention_recall"},
    ],
    "report": "report.html",
}


def write_summary(context: StageContext) -> Counts:
    context.progress.start(1, "items")
    context.progress.note("a line")
    context.progress.advance(1, loss=0.5)
    (context.out / "summary.json").write_text(json.dumps(SUMMARY))
    return {"items": 60, "share": float("nan"), "by_axis": {"knowledge": 60}}


def corpus(context: StageContext) -> Counts:
    (context.out / "kept.txt").write_text("kept")
    return {"kept": 1234, "rejected": 0}


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A recipe in the working directory, and a table of two stages whose functions stand above."""
    (tmp_path / "bank.jsonl").touch()
    path = tmp_path / "recipe.toml"
    path.write_text('[run]\nname = "demo"\n[corpus]\nfiles = ["bank.jsonl"]\n[profiles.full.sft]\nepochs = 3\n')
    monkeypatch.chdir(tmp_path)
    set_stages(monkeypatch, corpus, write_summary)
    yield Path("recipe.toml")
    sys.modules.pop("stages_of_test", None)


def set_stages(
    monkeypatch: pytest.MonkeyPatch,
    first: Callable[[StageContext], Counts],
    last: Callable[[StageContext], Counts] = write_summary,
) -> None:
    module = ModuleType("stages_of_test")
    module.__dict__.update(first=first, last=last)
    monkeypatch.setitem(sys.modules, "stages_of_test", module)
    stages = (
        Stage("corpus", "reads the question bank", (), ("corpus",), "stages_of_test:first"),
        Stage("evaluate", "measures", ("corpus",), ("evaluate",), "stages_of_test:last"),
    )
    monkeypatch.setattr(runner, "STAGES", stages)
    monkeypatch.setattr(status, "STAGES", stages)


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    code = cli.main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def call_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any], str]:
    """The same, with the one JSON object that stdout must hold."""
    code, out, err = call(capsys, *arguments, "--json")
    answer = json.loads(out)
    assert isinstance(answer, dict)
    assert out.count("\n") == 1
    return code, answer, err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, *command, "--help")
    assert (code, err) == (0, "")
    assert "Usage: residency" in out
    if command not in GROUPS:
        assert "--json" in out


def test_the_commands_tested_are_all_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        (*prefix, command.name or str(getattr(command.callback, "__name__", "")))
        for prefix, app in (
            ((), cli.app),
            (("recipe",), cli.recipe_app),
            (("model",), cli.model_app),
            (("card",), cli.card_app),
            (("index",), cli.index_app),
            (("judge",), cli.judge_app),
            (("pairs",), cli.pairs_app),
            (("review",), cli.review_app),
            (("serve-log",), cli.serve_log_app),
        )
        for command in app.registered_commands
    }
    renamed = {("model", "model_fetch"): ("model", "fetch")}
    assert {renamed.get(name, name) for name in found} == {tuple(c) for c in COMMANDS if c not in GROUPS}


def test_run_tells_each_stage_and_ends_in_the_table(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "run", recipe)
    assert code == 0
    assert "[1/2] corpus  reads the question bank  (it has not run yet)" in err
    assert "done in 0 s, kept 1,234, rejected 0" in err
    assert "  evaluate: a line" in err
    for part in ("0.42 [0.35, 0.49]", "0.25 [0.20, 0.30]", "60/60/0 (62 not scored)", "abstains [enough]", "undecided"):
        assert part in out
    assert "report: runs/demo/evaluate/report.html" in out
    assert "residency ask runs/demo --mode exam" in out
    assert "residency ask runs/demo --mode clinical" in out

    code, _, err = call(capsys, "run", recipe)
    assert code == 0
    assert err.splitlines() == ["[1/2] corpus  nothing changed, skipped", "[2/2] evaluate  nothing changed, skipped"]


def test_run_as_json_is_one_object(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer, err = call_json(capsys, "run", recipe)
    assert code == 0
    assert answer["run_folder"] == "runs/demo"
    assert [stage["status"] for stage in answer["stages"]] == ["ran", "ran"]
    assert answer["stages"][1]["counts"] == {"items": 60, "share": None, "by_axis": {"knowledge": 60}}
    assert answer["evaluation"] == SUMMARY
    assert "[2/2] evaluate" in err


def test_a_run_up_to_its_bundle_says_why_that_is_a_draft(
    recipe: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    released = {"draft": True, "refused": ["3 of 40 questions that were trained on name no licence. Set it."]}
    monkeypatch.setattr(cli, "_released", lambda folder: released)
    assert released["refused"][0] not in call(capsys, "run", recipe)[1], "this run ends before its bundle"
    show.show_evaluation(Path("runs/demo"), SUMMARY, released)
    out = capsys.readouterr().out
    assert (
        "bundle, a draft: runs/demo/release/bundle\n  3 of 40 questions that were trained on name no licence. " in out
    )


def test_a_dry_run_prints_a_plan(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "run", recipe, "--dry-run")
    assert (code, err) == (0, "")
    assert "the stage corpus would run" in out
    assert not Path("runs").exists()


def test_until_and_set_and_profile_reach_the_runner(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(
        capsys, "run", recipe, "--until", "corpus", "--set", "run.name=x", "--set", "run.seed=1", "--profile", "full"
    )
    assert (code, out) == (0, "run folder: runs/x\n")
    kept = json.loads(Path("runs/x/recipe.json").read_text())
    assert (kept["values"]["run"]["seed"], kept["values"]["sft"]["epochs"]) == (1, 3)


def test_status_in_words_and_as_json(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "run", recipe, "--until", "corpus")
    code, out, _ = call(capsys, "status", "runs/demo")
    assert code == 0
    assert "kept 1,234" in out
    code, answer, err = call_json(capsys, "status", "runs/demo")
    assert (code, err) == (0, "")
    assert [(stage["name"], stage["state"]) for stage in answer["stages"]] == [
        ("corpus", "done"),
        ("evaluate", "not run"),
    ]
    code, answer, err = call_json(capsys, "status", "elsewhere")
    assert code == 2
    assert answer["error"] in err


def test_recipe_new_check_show_and_schema(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "recipe", "new", "mine.toml")
    assert code == 0
    assert "residency recipe check mine.toml" in out
    code, _, err = call(capsys, "recipe", "new", "mine.toml")
    assert (code, err) == (2, "error: mine.toml: this file exists and is left as it is. Name another\n")

    assert call(capsys, "recipe", "check", recipe)[1] == "recipe.toml: right, 2 values of its own; profiles: full\n"
    code, answer, _ = call_json(capsys, "recipe", "check", recipe)
    assert answer == {"recipe": "recipe.toml", "values": 2, "profiles": ["full"], "notes": []}

    code, out, _ = call(capsys, "recipe", "show", recipe, "--profile", "full", "--set", "sft.warmup=0")
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert lines["sft.epochs"] == ["3.0", "profile", "full"]
    assert lines["sft.warmup"] == ["0.0", "--set"]
    assert lines["sft.save_steps"] == ["20", "default"]
    code, answer, _ = call_json(capsys, "recipe", "show", recipe)
    assert answer["origins"].keys() == answer["values"].keys()

    for options in ([], ["--json"]):
        code, out, _ = call(capsys, "recipe", "schema", *options)
        assert json.loads(out)["title"] == "Recipe"


def test_a_recipe_with_several_faults_gets_a_line_for_each(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe.write_text(recipe.read_text() + "[mixx]\n[sft]\nepoch = 1\n")
    code, answer, err = call_json(capsys, "run", recipe)
    assert code == 2
    assert sorted(err.splitlines()) == [
        "error: recipe.toml: unknown key 'mixx'; did you mean 'mix'?",
        "error: recipe.toml: unknown key 'sft.epoch'; did you mean 'epochs'?",
    ]
    assert len(answer["problems"]) == 2
    assert answer["exit"] == 2


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["rn"], "error: No such command 'rn'. Did you mean 'run'? Type: residency --help"),
        (["run"], "error: Missing argument 'RECIPE'. Type: residency run --help"),
        (["run", "x.toml", "--zzz"], "error: No such option: --zzz. Type: residency run --help"),
        (["run", "x.toml"], "error: x.toml: no such recipe. Type: residency recipe new, for a start"),
        (["run", "recipe.toml", "--until", "x"], "error: --until: there is no stage 'x'. The stages: corpus, evaluate"),
        (["run", "recipe.toml", "--set", "x"], "error: --set 'x' is not of the form section.key=value. Example: "),
        (["run", "recipe.toml", "--profile", "x"], "error: recipe.toml: the recipe has no profile 'x'. It has: full"),
        (["status", "recipe.toml"], "error: recipe.toml: not a run folder. Name one that residency run has written"),
        (["ask", "runs/demo", "Why?", "--mode", "x"], "error: --mode: unknown mode 'x'. Choose exam or clinical"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(
    recipe: Path, arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(line)
    assert err.count("\n") == 1
    code, answer, err = call_json(capsys, *arguments)
    assert (code, answer["exit"], f"error: {answer['error']}\n") == (2, 2, err)


def test_a_group_without_a_command_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "recipe")
    assert (code, err) == (2, "error: a command is missing. Type: residency recipe --help\n")
    assert "Usage: residency recipe" in out


class OutOfMemoryError(RuntimeError):
    """Named as torch names its own."""


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InputError("broken", "bank.jsonl:3", "Mend it"), 2, "error: bank.jsonl:3: broken. Mend it"),
        (KeyboardInterrupt(), 130, "error: interrupted; the same command goes on from here"),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            2,
            "error: the disk is full in stage corpus. Free some space;",
        ),
        (RuntimeError("I/O: No space left on device"), 2, "error: the disk is full in stage corpus. Free some space;"),
        (OSError(errno.EFBIG, "File too large"), 2, "error: a file would grow beyond what this user may write in"),
        (
            PermissionError(errno.EACCES, "Permission denied", "a.txt"),
            2,
            "error: a.txt: permission denied in stage corpus",
        ),
        (OutOfMemoryError("CUDA out of\nmemory"), 2, "error: out of memory in stage corpus. Lower the recipe's batch"),
        (
            ModuleNotFoundError("No module", name="trl.trainer"),
            2,
            "error: this needs the package 'trl'. Type: pip install",
        ),
        (
            ZeroDivisionError("by\nzero"),
            2,
            "error: unexpected fault in stage corpus: ZeroDivisionError: by zero; run again with --debug for the",
        ),
    ],
)
def test_a_fault_in_a_stage_is_one_line(
    recipe: Path,
    error: BaseException,
    code: int,
    line: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(context: StageContext) -> Counts:
        raise error

    set_stages(monkeypatch, fails)
    found, answer, err = call_json(capsys, "run", recipe)
    assert (found, answer["exit"]) == (code, code)
    begins, last = err.splitlines()
    assert begins.startswith("[1/2] corpus")
    assert last.startswith(line)
    assert "Traceback" not in err

    found, _, err = call(capsys, "run", recipe, "--debug")
    assert found == code
    assert "Traceback" in err or isinstance(error, KeyboardInterrupt)


@dataclass
class Answer:
    """The shape that the serving room answers in."""

    text: str = "Check the cystic duct [1]. Then clip it."
    mode: str = "CLINICAL"
    passages: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"number": 1, "id": "p1", "title": "Biliary", "text": "The duct.", "cited": True, "supported": True},
            {"number": 2, "id": "p2", "title": "", "text": "Not cited.", "cited": False, "supported": False},
        ]
    )
    unsupported: list[str] = field(default_factory=lambda: ["Then clip it."])
    model: str = "preference"


def test_ask_prints_the_answer_its_passages_and_the_warning(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def ask(run_folder: Path, question: str, mode: str, use_context: bool = True) -> Answer:
        asked.append((run_folder, question, mode, use_context))
        return Answer()

    module = ModuleType("residency.serving.ask")
    module.__dict__["ask"] = ask
    monkeypatch.setitem(sys.modules, "residency.serving.ask", module)
    code, out, err = call(capsys, "ask", "runs/demo", "What first?")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "Check the cystic duct [1]. Then clip it.",
        "",
        "Cited:",
        "  [1] Biliary. The duct. (p1; supports what cites it)",
        "Not supported by a cited passage:",
        "  - Then clip it.",
        "Mode CLINICAL, model preference.",
        show.NOT_CLINICAL,
    ]
    code, answer, _ = call_json(capsys, "ask", "runs/demo", "What first?", "--mode", "exam", "--no-context")
    assert answer["passages"][1]["cited"] is False
    assert answer["notice"] == show.NOT_CLINICAL
    assert asked == [
        (Path("runs/demo"), "What first?", "CLINICAL", True),
        (Path("runs/demo"), "What first?", "EXAM", False),
    ]


def test_closing_lines_show_plain_figures_only() -> None:
    assert main_counts({"kept_rows": 12345, "by": {"x": 1}, "loss": 0.123456, "done": True, "text": "x"}) == [
        "kept rows 12,345",
        "loss 0.1235",
    ]
