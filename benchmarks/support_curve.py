"""Precision and recall of the support checker over its thresholds, and the thresholds that follow.

A pair is true where the sentence was written from the text, and false where the text is another passage of the topic
(PubMedQA: the study with the nearest question). *Recall* is the share of true pairs accepted; *precision* the share of
true pairs among what is accepted, where one pair in two is true. The threshold is the lowest that reaches
:data:`WANTED` in every set on one half of the questions; what it does is reported on the other half.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from residency.generation.embeddings import missing
from residency.judging.meaning import Meaning
from residency.judging.support import THRESHOLD, support

if TYPE_CHECKING:
    from benchmarks.support import Case, Say

WANTED = 0.98
STEPS = tuple(round(0.3 + 0.025 * step, 3) for step in range(27))
Curve = list[tuple[float, float, float | None]]
"""Threshold, recall and precision."""


class Pairs:
    """One side of a set: how the layers find each pair.

    ``words`` is the share of words held where all other lexical layers accept, else -1; ``cosine`` in the same way.
    """

    def __init__(self, cases: Sequence[Case], meaning: Meaning | None) -> None:
        rest = [support(case.text, case.sentence, 0.0, case.given) for case in cases]
        agrees = np.array([one.supported for one in rest], np.bool_)
        self.questions = [case.given for case in cases]
        self.words = np.where(agrees, [one.overlap for one in rest], -1.0)
        self.cosine = np.full(len(cases), -1.0)
        if meaning is not None:
            asked = np.flatnonzero(agrees & (self.words < THRESHOLD)).tolist()
            self.cosine[asked] = meaning.cosines([(cases[place].text, cases[place].sentence) for place in asked])

    def half(self, first: bool) -> NDArray[np.bool_]:
        """Which pairs are of the half of the questions from which is chosen, or of the other."""
        kept = [random.Random(f"half/{question}").random() < 0.5 for question in self.questions]
        return np.array([one == first for one in kept], np.bool_)

    def accepted(self, over: str, at: float, of: NDArray[np.bool_]) -> float:
        """The share accepted, by a threshold of ``words``, or of ``cosine`` beside the default of ``words``."""
        found = self.words >= (at if over == "words" else THRESHOLD)
        found = found | (self.cosine >= at) if over == "cosine" else found
        return float(found[of].mean())


def curve_of(true: Pairs, false: Pairs, over: str, first: bool) -> Curve:
    """The curve on one half."""
    found: Curve = []
    for at in STEPS:
        recall = true.accepted(over, at, true.half(first))
        alarms = false.accepted(over, at, false.half(first))
        found.append((at, round(recall, 4), round(recall / (recall + alarms), 4) if recall + alarms else None))
    return found


def lowest(sides: Sequence[Curve]) -> float | None:
    """The lowest threshold from which on all curves have the precision that is wanted."""
    fits = [all((one[place][2] or 1.0) >= WANTED for one in sides) for place in range(len(STEPS))]
    place = max((place + 1 for place, fit in enumerate(fits) if not fit), default=0)
    return STEPS[place] if place < len(STEPS) else None


def curves(sets: Mapping[str, tuple[Sequence[Case], Sequence[Case]]], picture: Path | None, say: Say) -> dict[str, Any]:
    """Curves over both thresholds for each set, on both halves, and what was chosen; without the extra ``semantic``
    over that of the words alone."""
    meaning = None if missing() else Meaning()
    sides = {name: (Pairs(true, meaning), Pairs(false, meaning)) for name, (true, false) in sets.items()}
    found: dict[str, Any] = {"wanted_precision": WANTED, "chosen": {}, "other_half": {}}
    for over in ("words", "cosine") if meaning else ("words",):
        found[over] = {
            name: {half: curve_of(*pair, over, half == "choosing") for half in ("choosing", "other")}
            for name, pair in sides.items()
        }
        found["chosen"][over] = at = lowest([one["choosing"] for one in found[over].values()])
        found["other_half"][over] = {
            step: {
                name: dict(zip(("recall", "precision"), one["other"][STEPS.index(step)][1:], strict=True))
                for name, one in found[over].items()
            }
            for step in sorted(
                {step for step in (at, THRESHOLD) if step is not None and (step == at or over == "words")}
            )
        }
        told = f"the lowest threshold with a precision of {WANTED} is {at}"
        say(f"{over}: {told}; on the other half: {json.dumps(found['other_half'][over])}")
    if picture is not None:
        draw(found, picture)
    return found


def draw(found: Mapping[str, Any], picture: Path) -> None:
    """Both curves of every set, on the half from which nothing was chosen."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"], mpl.rcParams["svg.fonttype"] = "support", "none"
    kinds = [over for over in ("words", "cosine") if over in found]
    figure = Figure(figsize=(4.6 * len(kinds), 3.6), layout="constrained")
    titles = {"words": "threshold of words", "cosine": f"cosine, beside words at {THRESHOLD}"}
    for axes, over in zip(np.atleast_1d(figure.subplots(1, len(kinds), sharey=True)), kinds, strict=True):
        for colour, (name, halves) in zip(("#1b6ca8", "#c2571a", "#3a7d44"), found[over].items(), strict=False):
            at, recall, precision = zip(*halves["other"], strict=True)
            axes.plot(at, recall, color=colour, label=f"{name}: recall")
            drawn = [np.nan if one is None else one for one in precision]
            axes.plot(at, drawn, color=colour, linestyle="--", label=f"{name}: precision")
        if found["chosen"][over] is not None:
            axes.axvline(found["chosen"][over], color="#555555", linewidth=0.8)
            axes.text(found["chosen"][over] + 0.01, 0.03, f"{found['chosen'][over]}", color="#555555")
        axes.set_xlabel(titles[over])
        axes.set_ylim(0, 1.02)
        axes.grid(alpha=0.25)
    axes.legend(frameon=False, fontsize=8, loc="lower left")
    figure.savefig(picture, format="svg", metadata={"Date": None})
