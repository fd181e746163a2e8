"""Turns whatever went wrong into one line, or one line for each problem of a recipe, and an exit code."""

from __future__ import annotations

import errno
import json
import sys
import traceback

import typer

from residency.core.errors import MissingDependencyError, RecipeError, ResidencyError, disk_is_full, out_of_memory
from residency.flow import processes
from residency.flow.processes import IN_STAGE

BAD_INPUT = 2
INTERRUPTED = 130
AGAIN = "the same command goes on from here"


def report(error: BaseException, as_json: bool, debug: bool) -> int:
    """Print an error on stderr, and with ``as_json`` as one object on stdout too; returns the exit code.

    Where several processes run, this one's error is told to the others, and only the first prints.
    """
    if debug:
        traceback.print_exception(error)
    lines, code = describe(error)
    processes.tell(" | ".join(lines), code)
    if processes.rank() > 0:
        return code
    for line in lines:
        print(f"error: {line}", file=sys.stderr)
    if as_json:
        answer: dict[str, object] = {"error": lines[0] if len(lines) == 1 else str(error), "exit": code}
        if isinstance(error, RecipeError):
            answer["problems"] = error.problems
        print(json.dumps(answer, ensure_ascii=False))
    return code


def describe(error: BaseException) -> tuple[list[str], int]:
    """The lines that say what went wrong, what to do about it, and the exit code."""
    if isinstance(error, RecipeError):
        return [f"{error.where}: {problem}" for problem in error.problems], error.exit_code
    if isinstance(error, ResidencyError):
        return [str(error)], error.exit_code
    if isinstance(error, typer.TyperException):
        return [_usage(error)], BAD_INPUT
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return [f"interrupted; {AGAIN}"], INTERRUPTED
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("residency"):
        return [str(MissingDependencyError(error.name.partition(".")[0], "all"))], BAD_INPUT
    return [_unexpected(error)], BAD_INPUT


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "residency"
    message = _one_line(error.format_message()).rstrip(".") or "a command is missing"
    return f"{message}{'' if message.endswith('?') else '.'} Type: {command} --help"


def _unexpected(error: BaseException) -> str:
    """A fault that no part of the package foresaw; a note on it says in which stage it happened."""
    place = next((f" {note}" for note in getattr(error, "__notes__", []) if note.startswith(IN_STAGE)), "")
    if disk_is_full(error):
        return f"the disk is full{place}. Free some space; then {AGAIN}"
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return f"a file would grow beyond what this user may write{place}. Raise the limit (ulimit -f); then {AGAIN}"
    if out_of_memory(error):
        return f"out of memory{place}. {_smaller(place.removeprefix(f' {IN_STAGE}'))}"
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}{place}"
    text = _one_line(f"{type(error).__name__}: {error}")
    return f"unexpected fault{place}: {text}; run again with --debug for the traceback"


def _smaller(stage: str) -> str:
    """What takes less memory in a stage; of trainings first what costs none of the steps that are done."""
    if stage not in ("sft", "preference"):
        return f"Lower the recipe's batch sizes or compile.max_length; then {AGAIN}"
    return (
        f'Set {stage}.gradient_checkpointing = "on" if it is off, and the training goes on from its last checkpoint; '
        f"else lower {stage}.batch_tokens or compile.max_length, and it starts over"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
