"""What the trainings of a question show: contrasts, an answer, and what could have been seen.

Enters: trainings with their graded answers (``records.Trained``). Leaves: contrasts and answers as data. It trains
nothing, reads no file, and knows no metric but by what it is told of it.
"""

from __future__ import annotations

from residency.ablation.analysis.agreement import Agreement, agreement
from residency.ablation.analysis.contrasts import contrasts
from residency.ablation.analysis.halving import Round, next_round
from residency.ablation.analysis.luck import Luck, luck
from residency.ablation.analysis.outcome import answer
from residency.ablation.analysis.power import Assumed, Visible, visible, visible_by_axis

__all__ = [
    "Agreement",
    "Assumed",
    "Luck",
    "Round",
    "Visible",
    "agreement",
    "answer",
    "contrasts",
    "luck",
    "next_round",
    "visible",
    "visible_by_axis",
]
