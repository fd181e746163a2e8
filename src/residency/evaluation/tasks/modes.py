"""Whether an answer has the form that its mode asks for: graded on every task that sets a mode."""

from __future__ import annotations

from residency.core.prompt import Mode
from residency.evaluation.item import Metrics
from residency.judging.answers import obeys_mode


def mode_metrics(output: str, mode: Mode, *, mcq: bool = False, unseen_tag: bool = False) -> Metrics:
    """The mode's metrics of one answer; ``unseen_tag`` where the mode was told in a wording that training never
    shows."""
    obeyed = float(obeys_mode(output, mode, mcq=mcq))
    unseen: Metrics = {"mode.unseen_tag_obeyed": obeyed} if unseen_tag else {}
    return {"mode.obeyed": obeyed, f"mode.{mode.lower()}_obeyed": obeyed} | unseen
