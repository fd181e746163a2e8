"""Shows a run as it goes, on stderr: a line as each stage begins, its progress, and a line as it ends."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from residency.core.stage import Progress
from residency.flow.progress import ConsoleProgress, duration
from residency.flow.runner import StageResult
from residency.flow.stages import Stage

SHOWN = 6  # figures in a stage's closing line


class ConsoleWatcher:
    """The runner's watcher for people. ``stage`` is the name of the stage that runs now, empty between."""

    def __init__(self) -> None:
        self.stage = ""
        self.console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self.progress: ConsoleProgress | None = None

    def begin(self, number: int, count: int, stage: Stage, reason: str) -> Progress:
        """Say what begins, and why."""
        self.stage = stage.name
        why = f"[dim]({escape(reason)})[/dim]"
        self.console.print(f"[dim]\\[{number}/{count}][/dim] [bold]{stage.name}[/bold]  {escape(stage.does)}  {why}")
        self.progress = ConsoleProgress(stage.name)
        return self.progress

    def end(self, number: int, count: int, result: StageResult) -> None:
        """Say what came of a stage: its time and its main counts, or that it was skipped."""
        self.close()
        if result.status != "ran":
            self.console.print(f"[dim]\\[{number}/{count}] {result.name}  {result.reason}, {result.status}[/dim]")
            return
        figures = ", ".join([duration(result.seconds), *main_counts(result.counts)])
        self.console.print(f"      [green]done[/green] in {escape(figures)}")

    def close(self) -> None:
        """End the moving line, if there is one."""
        self.stage = ""
        if self.progress:
            self.progress.finish()
            self.progress = None


def main_counts(counts: Mapping[str, Any]) -> list[str]:
    """The first few plain figures among a stage's counts, as ``kept 412``."""
    plain = [(name, value) for name, value in counts.items() if type(value) in (int, float)]
    return [f"{name.replace('_', ' ')} {round(value, 4):,}" for name, value in plain[:SHOWN]]
