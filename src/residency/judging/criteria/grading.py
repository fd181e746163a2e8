"""An answer against a rubric: what rules decide, with what a judge decided beside it, and the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from residency.judging.criteria.rules import decide
from residency.judging.healthbench import Criterion, example_score, scores_by_tag

RULES = "rules"


@dataclass(frozen=True)
class Verdict:
    """One criterion: whether it is ``met`` (None: not decided), ``by`` whom (empty: by nobody), and ``why`` where that
    was told, be it the reason for the verdict or for there being none."""

    met: bool | None
    by: str
    why: str = ""


@dataclass(frozen=True)
class Marked:
    """A rubric as it was decided.

    ``score`` is HealthBench's over the criteria that were decided; None where a judge was asked for one and did not
    decide it, since a score without it is another answer's score, and where nothing with positive points was decided.
    ``left_out`` counts the criteria that only a judge can decide and none was there for; ``undecided`` those that one
    was asked for in vain.
    """

    score: float | None
    tags: dict[str, float]
    verdicts: tuple[Verdict, ...]

    @property
    def left_out(self) -> int:
        return sum(not one.by for one in self.verdicts)

    @property
    def undecided(self) -> int:
        return sum(bool(one.by) and one.met is None for one in self.verdicts)

    @property
    def grader(self) -> str:
        """Who decided: "rules", a judge by its name, or both."""
        return " + ".join(dict.fromkeys(one.by for one in self.verdicts if one.by)) or "nobody"


def marked(
    criteria: Sequence[Criterion],
    answer: str,
    question: str = "",
    reference: str = "",
    example_tags: Sequence[str] = (),
    judged: Mapping[int, Verdict] | None = None,
) -> Marked:
    """Hold an answer against a rubric.

    Args:
        criteria: the rubric.
        answer: what was said.
        question: its figures may be repeated.
        reference: a right answer, where there is one.
        example_tags: tags of the question itself.
        judged: what a judge said of the criteria that it was asked for, by their place; the rest falls to rules.
    """
    verdicts = []
    for place, one in enumerate(criteria):
        if judged and place in judged:
            verdicts.append(judged[place])
        elif one.check:
            verdicts.append(Verdict(decide(one.check, answer, question, reference), RULES))
        else:
            verdicts.append(Verdict(None, ""))
    met = [one.met for one in verdicts]
    failed = any(one.by and one.met is None for one in verdicts)
    score = None if failed else example_score(criteria, met)
    tags = {} if failed else scores_by_tag(criteria, met, example_tags)
    return Marked(score, tags, tuple(verdicts))


def as_rows(criteria: Sequence[Criterion], found: Marked) -> list[dict[str, Any]]:
    """The criteria with their verdicts, as plain JSON, for a reader."""
    return [
        {"criterion": one.criterion, "points": one.points, "met": verdict.met, "by": verdict.by}
        | ({"why": verdict.why} if verdict.why else {})
        for one, verdict in zip(criteria, found.verdicts, strict=True)
    ]
