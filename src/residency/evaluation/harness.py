"""Public tasks by lm-evaluation-harness itself, for numbers that compare with published ones.

The harness runs in a process of its own, with this Python or another that has it. Its prompts, its tokens and its
metrics are left as they are: what comes back is read from its results, with its versions, and nothing is scored here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from residency.core.errors import InputError, MissingDependencyError, ServerError
from residency.core.files import read_json
from residency.evaluation.table import Cell, Table

EXTRA = "lm-eval"
LOG = "lm-eval.log"
FIRST = ("acc", "exact_match")
"""The metric that stands for a task that has several; else the first that the harness names."""
_NO_TASK = re.compile(r"(?:Tasks? (?:were )?not found|not find (?:the )?tasks?)\W+(?P<names>[^\n]+)", re.IGNORECASE)
_NO_DATA = re.compile(
    r"^(?:[\w.]+\.)?(?:DatasetNotFoundError|ConnectionError|LocalEntryNotFoundError|OfflineModeIsEnabled|MaxRetryError|"
    r"HfHubHTTPError|ConnectError|ConnectTimeout|RepositoryNotFoundError|GatedRepoError)\b[^\n]*",
    re.MULTILINE,
)
_DATASET = re.compile(r"(?:[Dd]ataset |reach |datasets/)['\"]?(?P<name>[\w.-]+/[\w.-]+)")
_NO_SERVER = re.compile(r"(?:ClientConnectorError|Cannot connect to host|Connection refused)[^\n]*")


@dataclass(frozen=True)
class Asked:
    """Whom the harness asks: a folder or a hub id with an adapter or without, or a model of an OpenAI-compatible
    server, whose API must give the log-probabilities of a prompt's tokens.

    ``tokenizer`` is that of a server's model, a folder or a hub id; ``key`` names the environment variable that holds
    the API key.
    """

    model: str
    adapter: Path | None = None
    revision: str | None = None
    dtype: str = "auto"
    device: str = ""
    trust_remote_code: bool = False
    server: str = ""
    tokenizer: str = ""
    key: str = ""

    def arguments(self) -> list[str]:
        """What the harness is told of it."""
        if self.server:
            given: dict[str, Any] = {"model": self.model, "base_url": f"{self.server.rstrip('/')}/completions"}
            given |= {"tokenizer": self.tokenizer} if self.tokenizer else {"tokenizer_backend": None}
            return ["--model", "local-completions", "--model_args", json.dumps(given)]
        given = {"pretrained": self.model, "dtype": self.dtype, "trust_remote_code": self.trust_remote_code}
        given |= {"revision": self.revision} if self.revision else {}
        given |= {"peft": str(self.adapter)} if self.adapter else {}
        on = ["--device", self.device] if self.device else []
        return ["--model", "hf", "--model_args", json.dumps(given), *on]


class TaskResult(TypedDict):
    """A task's metric as the harness computed it; ``stderr`` and ``n`` are None where it gives none. ``others`` are its
    further metrics."""

    metric: str
    value: float
    stderr: float | None
    n: int | None
    version: str
    others: dict[str, float]


def run_harness(
    asked: Asked,
    tasks: Sequence[str],
    out: Path,
    *,
    batch_size: int | str = 8,
    limit: int | None = None,
    include: Path | None = None,
    python: str = sys.executable,
) -> dict[str, TaskResult]:
    """What lm-evaluation-harness finds on its own tasks, by task; groups and what they are made of each by itself.

    Args:
        asked: the model.
        tasks: names as the harness has them, such as ``medmcqa``, ``medqa_4options``, ``pubmedqa``, ``mmlu_anatomy``.
        out: a folder, for the harness's results and its log.
        batch_size: rows at once, or ``auto``.
        limit: items of each task at most; for a trial, never for figures.
        include: a folder of further tasks, as YAML.
        python: the Python that has lm_eval.

    Raises:
        MissingDependencyError: it has not.
        InputError: there is no such task, or its data cannot be fetched; what else stopped the harness.
        ServerError: the server is not there.
    """
    if not _has_lm_eval(python):
        raise MissingDependencyError("lm_eval", EXTRA)
    if not tasks:
        raise InputError("no task is named", "--harness", "Name some: medmcqa,medqa_4options")
    out.mkdir(parents=True, exist_ok=True)
    before = set(out.rglob("results_*.json"))
    command = [python, "-m", "lm_eval", "run", *asked.arguments(), "--tasks", ",".join(tasks)]
    command += ["--batch_size", str(batch_size), "--output_path", str(out)]
    command += ["--limit", str(limit)] if limit else []
    command += ["--include_path", str(include)] if include else []
    with (out / LOG).open("w", encoding="utf-8") as log:
        code = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, env=_environment(asked)).returncode
    found = sorted(set(out.rglob("results_*.json")) - before)
    if code or not found:
        raise _fault((out / LOG).read_text(encoding="utf-8", errors="replace"), tasks, out / LOG, asked)
    return read_results(found[-1])


def read_results(path: Path) -> dict[str, TaskResult]:
    """The tasks of a results file of the harness.

    Raises:
        InputError: it is none.
    """
    whole = read_json(path)
    try:
        return {
            task: _result(whole, task, figures)
            for task, figures in whole["results"].items()
            if any(isinstance(value, int | float) for value in figures.values())
        }
    except (AttributeError, KeyError, TypeError, StopIteration) as error:
        what = f"these are no results of lm-evaluation-harness ({type(error).__name__}: {error})"
        raise InputError(what, str(path), "Name its results_*.json") from None


def public_tables(path: Path) -> list[Table]:
    """What the harness found, by model and task, from the file that keeps it; none where it was not asked."""
    if not path.is_file():
        return []
    rows: list[list[Cell]] = [
        [model, task, one["metric"], one["value"], one["stderr"], one["n"], one["version"]]
        for model, tasks in read_json(path).items()
        for task, one in tasks.items()
    ]
    columns = ("model", "task", "metric", "value", "standard error", "n", "version")
    note = (
        "By lm-evaluation-harness itself, with its own prompts, tokens and metrics, for numbers that compare with "
        "published ones. They mean nothing for a model that has not thought yet."
    )
    return (
        [Table("public_tasks", "exam", "Public tasks, by lm-evaluation-harness", columns, rows, note)] if rows else []
    )


def _result(whole: Mapping[str, Any], task: str, figures: Mapping[str, Any]) -> TaskResult:
    named = {key: value for key, value in figures.items() if "," in key and isinstance(value, int | float)}
    metrics = {key: float(value) for key, value in named.items() if not key.split(",")[0].endswith("_stderr")}
    of = [key for name in FIRST for key in metrics if key.split(",")[0] == name]
    chosen = next(iter([*of, *metrics]))
    metric, given_by = chosen.split(",", 1)
    stderr = named.get(f"{metric}_stderr,{given_by}")
    parts = [task] if task in whole["n-samples"] else whole.get("group_subtasks", {}).get(task, [])
    counts = [whole["n-samples"][part]["effective"] for part in parts if part in whole["n-samples"]]
    return {
        "metric": metric if given_by == "none" else chosen,
        "value": metrics[chosen],
        "stderr": None if stderr is None else float(stderr),
        "n": sum(counts) if counts and len(counts) == len(parts) else None,
        "version": _version(whole, task),
        "others": {key.removesuffix(",none"): value for key, value in metrics.items() if key != chosen},
    }


def _version(whole: Mapping[str, Any], task: str) -> str:
    said = whole.get("lm_eval_version")
    of = whole.get("versions", {}).get(task)
    return "; ".join([*([f"task {of}"] if of is not None else []), *([f"lm-eval {said}"] if said else [])])


def _has_lm_eval(python: str) -> bool:
    if python == sys.executable:
        return importlib.util.find_spec("lm_eval") is not None
    try:
        probe = "import importlib.util, sys; sys.exit(importlib.util.find_spec('lm_eval') is None)"
        return subprocess.run([python, "-c", probe], capture_output=True).returncode == 0
    except OSError:
        return False


def _environment(asked: Asked) -> dict[str, str]:
    held = dict(os.environ)
    if asked.server:
        # Without one the harness asks for a key even where the server wants none.
        held["OPENAI_API_KEY"] = held.get(asked.key, "").strip() or "none"
    return held


def _fault(said: str, tasks: Sequence[str], log: Path, asked: Asked) -> InputError | ServerError:
    # The last: a traceback quotes the line of code that words it, before the words themselves.
    if found := list(_NO_TASK.finditer(said)):
        names = found[-1]["names"].strip(" .`'\"")
        return InputError(f"lm-evaluation-harness has no such task: {names}", "--harness", "Type: lm-eval ls tasks")
    if asked.server and (gone := _NO_SERVER.search(said)):
        return ServerError(f"the server is not there ({gone[0][:120]})", asked.server, "Start it, then try again")
    data = _DATASET.search(said)
    if data and (lost := _NO_DATA.search(said)):
        what = f"the data {data['name']} cannot be fetched ({lost[0].split('. ')[0][:160]})"
        return InputError(what, f"--harness {','.join(tasks)}", "Connect to the hub, or leave the task out")
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it said nothing"]
    return InputError(f"lm-evaluation-harness stopped ({lines[-1][:200]})", str(log), "Read its log")
