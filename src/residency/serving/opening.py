"""From what is named on a command line to an assistant that can be asked."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from residency.core.home import home
from residency.core.runs import is_finished, values_of
from residency.generation.settings import ModelSettings
from residency.serving.assistant import PASSAGES, Assistant
from residency.serving.audit.log import AuditLog
from residency.serving.audit.store import FILE, log_path
from residency.serving.checking import check_answer
from residency.serving.contract import Upstream
from residency.serving.metrics import Metrics
from residency.serving.quiz import Quiz
from residency.serving.safety import flags, personal
from residency.serving.settings import ServeSettings
from residency.serving.shelf import Shelf
from residency.serving.upstream.opening import KEY, open_upstream
from residency.serving.web import WebSearch

log = logging.getLogger(__name__)
SAMPLE = "A 60-year-old man has severe abdominal pain."
RECIPE, INDEX, BANK = "recipe.json", "index", Path("corpus/kept.jsonl")


@dataclass(frozen=True)
class Target:
    """Who answers, and from what.

    Attributes:
        model: a run folder, a model's folder or name, or a GGUF file; empty where a server is asked.
        url: the base of a server's API.
        server_model: the model's name there; empty for its only one.
        key: the name of the environment variable that holds its key.
        index: an index's folder, or a run's; None: that of the run, else none.
        run: a run folder whose passages and questions are used beside a server; None: ``model`` if it is one.
    """

    model: str = ""
    url: str = ""
    server_model: str = ""
    key: str = KEY
    index: Path | None = None
    run: Path | None = None

    @property
    def run_folder(self) -> Path | None:
        """The run folder, if one is named."""
        if self.run is not None:
            return self.run
        folder = Path(self.model).expanduser() if self.model else None
        return folder if folder is not None and (folder / RECIPE).is_file() else None


@dataclass(frozen=True)
class Opened:
    """An assistant with what is served beside it."""

    assistant: Assistant
    quiz: Quiz | None
    shelf: Shelf | None

    async def close(self) -> None:
        """Give back what it holds; what waits for the audit log is written."""
        await self.assistant.upstream.close()
        if self.assistant.audit is not None:
            await asyncio.to_thread(self.assistant.audit.close)


def open_assistant(
    target: Target,
    settings: ServeSettings,
    model_settings: ModelSettings | None = None,
    *,
    counts: bool = True,
    upstream: Upstream | None = None,
) -> Opened:
    """Open all that an assistant needs; loading a model may take minutes.

    Args:
        target: who answers, and from what.
        settings: how.
        model_settings: how a model is loaded; None: on what there is.
        counts: whether answers are counted and entered in the audit log.
        upstream: a model that is open already, in place of the target's.

    Raises:
        InputError: a model, an index or a log cannot be opened.
        ServerError: the server is not there.
        UsageError: no model is named, or two are.
    """
    run = target.run_folder
    shelf = _shelf(target.index, run)
    quiz = Quiz(run / BANK) if run is not None and (run / BANK).is_file() else None
    web = WebSearch(settings.web) if settings.web.provider != "none" else None
    model = upstream or open_upstream(
        target.model,
        upstream_url=target.url,
        upstream_model=target.server_model,
        upstream_key=target.key,
        model_settings=model_settings,
    )
    metrics = Metrics() if counts else None
    audit = None
    if metrics is not None and settings.audit.entries != "off":
        path = log_path(run) if run is not None else home() / "serving" / FILE
        audit = AuditLog(path, settings.audit, lambda line: _lost(metrics, line))
    assistant = Assistant(model, shelf, settings, web, audit, metrics, passages_of(run))
    warm(shelf)
    return Opened(assistant, quiz, shelf)


def warm(shelf: Shelf | None) -> None:
    """Compile the patterns of the checks and load the model by which the index is searched, for which else the first
    question waits."""
    if shelf is not None:
        shelf.search(SAMPLE, 1)
    flags(SAMPLE)
    personal(SAMPLE)
    check_answer(f"{SAMPLE} [1]", [], SAMPLE)


def passages_of(run: Path | None) -> int:
    """How many passages a run's model was trained with."""
    if run is None or not is_finished(run, "grounding"):
        return PASSAGES
    return int(values_of(run, "grounding", "grounding")["passages"])


def _shelf(named: Path | None, run: Path | None) -> Shelf | None:
    """The index that is named, or that of the run, if the run has one."""
    folder = named if named is not None else run
    if folder is None:
        return None
    if (folder / RECIPE).is_file():
        folder = folder / INDEX
    return Shelf(folder, log.warning)


def _lost(metrics: Metrics, line: str) -> None:
    log.error("%s", line)
    metrics.audit_lost()
