"""Which two of a prompt's scored samples make a pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from residency.judging.rubric import spoiled
from residency.judging.scorers import Scored
from residency.preference.sampling import Sample
from residency.preference.settings import PairsSettings

FEW = "fewer than two different samples ended"
SAME, CLOSE = "the samples are equally good", "the samples lie closer than the margin"
SPOILED, POOR = "the best sample fails itself", "the best sample is not good enough"
THOUGHTS = "one sample alone has a thought"
LEAST_APART = 1e-9


@dataclass(frozen=True)
class Candidate:
    """A sample with its scores."""

    sample: Sample
    scored: Scored

    @property
    def value(self) -> float:
        return self.scored.overall or 0.0


def best_and_worst(scored: Sequence[Candidate], settings: PairsSettings) -> tuple[Candidate, Candidate] | str:
    """Two different samples that lie ``settings.margin`` or more apart: of those within ``settings.near`` of the best
    and of the worst, the two closest in length. A reason in words where there are none."""
    different = list({one.sample.text: one for one in scored if one.sample.text}.values())
    if len(different) < 2:
        return FEW
    high, low = (pick(one.value for one in different) for pick in (max, min))
    if high - low < max(settings.margin, LEAST_APART):
        return SAME if high - low < LEAST_APART else CLOSE
    good = [one for one in different if one.value >= high - settings.near]
    bad = [one for one in different if one.value <= low + settings.near]
    if not (good := [one for one in good if not spoiled(one.scored.rubric)]):
        return SPOILED
    if not (good := [one for one in good if one.value >= settings.least]):
        return POOR
    both = [(one, two) for one in good for two in bad if one.value - two.value >= max(settings.margin, LEAST_APART)]
    alike = [(one, two) for one, two in both if bool(one.sample.thought) == bool(two.sample.thought)]
    if not alike:
        return THOUGHTS if both else CLOSE
    return min(alike, key=lambda two: (_apart(*two), two[1].value - two[0].value))


def _apart(one: Candidate, two: Candidate) -> float:
    """How far two samples differ in length: the longer one's part of the shorter one's, from 1."""
    lengths = sorted((len(one.sample.text), len(two.sample.text)))
    return lengths[1] / lengths[0]
