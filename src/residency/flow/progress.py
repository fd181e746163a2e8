"""Progress for people, on stderr: one line that moves on a terminal, plain lines now and then elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

EVERY = 15.0  # seconds between plain lines where there is no terminal


def duration(seconds: float) -> str:
    """``95`` as ``1 min 35 s``."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


class ConsoleProgress:
    """Shows a stage's steps, the time left at the present rate and the latest figures (loss, ...)."""

    def __init__(self, stage: str, stream: TextIO | None = None) -> None:
        self.stage = stage
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.begun = self.shown = time.monotonic()
        self.total: int | None = None
        self.done = self.before = 0
        self.unit = ""
        self.figures: dict[str, float] = {}

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        """Begin a phase; the time left is reckoned from what is done from here on."""
        self._end_line()
        self.total, self.unit, self.done, self.figures = total, unit, done, {}
        self.before = done
        self.begun = self.shown = time.monotonic()

    def advance(self, steps: int = 1, **figures: float) -> None:
        """Count steps and show them, at most four times a second on a terminal."""
        self.done += steps
        self.figures |= figures
        now = time.monotonic()
        if now - self.shown >= (0.25 if self.live else EVERY):
            self.shown = now
            self._show(now)

    def doing(self, what: str) -> None:
        """Show what is done on a terminal; elsewhere only where the part before it took a while."""
        now = time.monotonic()
        text = f"  {self.stage}: {what}"
        if self.live:
            text = text[: shutil.get_terminal_size().columns - 1]
            print(f"\r\x1b[2K{text}", end="", file=self.stream, flush=True)
        elif now - self.shown >= EVERY:
            self.shown = now
            print(text, file=self.stream, flush=True)

    def note(self, text: str) -> None:
        """Say one line."""
        self._end_line()
        print(f"  {self.stage}: {text}", file=self.stream, flush=True)

    def finish(self) -> None:
        """End the moving line, if there is one."""
        self._end_line()

    def _show(self, now: float) -> None:
        parts = [f"{self.done}/{self.total} {self.unit}" if self.total else f"{self.done} {self.unit}"]
        if self.total and self.before < self.done <= self.total:
            left = (now - self.begun) / (self.done - self.before) * (self.total - self.done)
            parts.append(f"{duration(left)} left")
        parts += [f"{name} {value:.4g}" for name, value in self.figures.items()]
        text = f"  {self.stage}: {', '.join(parts)}"
        if self.live:
            text = text[: shutil.get_terminal_size().columns - 1]  # a wrapped line could not be wiped
            print(f"\r\x1b[2K{text}", end="", file=self.stream, flush=True)
        else:
            print(text, file=self.stream, flush=True)

    def _end_line(self) -> None:
        if self.live:
            print("\r\x1b[2K", end="", file=self.stream, flush=True)
