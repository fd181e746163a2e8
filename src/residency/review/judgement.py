"""What a reviewer's page may send, and whether it fits the item it is about."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from residency.core.errors import InputError
from residency.review.rubric import FAULTS, ONE, SKIPS, TURNS, TWO, keys
from residency.review.subjects import Subject
from residency.review.view import marked_text, shown

SKIP, WITHDRAWN = "skip", "withdrawn"
NOT_JUDGED = (SKIP, WITHDRAWN)
MOST_TEXT = 20_000  # characters of a better answer or a comment
DAY = 86_400.0

Text = Annotated[str, StringConstraints(max_length=MOST_TEXT)]


class Span(BaseModel):
    """A harmful place: of the answer ``place`` (its letter, or its turn's number) the characters from ``start`` to
    before ``end``, which read ``text``."""

    model_config = ConfigDict(extra="forbid")
    place: Annotated[str, StringConstraints(max_length=6)]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    text: Text


class Said(BaseModel):
    """A judgement. ``verdict`` is one of the item's, ``skip`` with a ``reason``, or ``withdrawn``. ``faults`` are the
    rubric's, by the letter of the answer (``a`` where there is one). ``seconds`` is how long the item was looked at."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    verdict: Annotated[str, StringConstraints(max_length=20)]
    reason: Annotated[str, StringConstraints(max_length=20)] = ""
    faults: dict[Literal["a", "b"], Annotated[list[str], Field(max_length=40)]] = {}
    spans: Annotated[list[Span], Field(max_length=40)] = []
    turns: Annotated[dict[str, str], Field(max_length=400)] = {}
    better: Text = ""
    comment: Text = ""
    seconds: Annotated[float, Field(ge=0, le=DAY)] = 0.0

    def content(self) -> dict[str, Any]:
        """What is said, without how long it took: two judgements with the same content are one."""
        return self.model_dump(mode="json", exclude={"seconds"})


class Submission(BaseModel):
    """A judgement on its way. ``submission`` is the page's own name for it, so that sent twice it counts once;
    ``base`` is the revision that the page had seen, 0 for none."""

    model_config = ConfigDict(extra="forbid")
    submission: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    base: Annotated[int, Field(ge=0)]
    said: Said


def check(said: Said, subject: Subject, swapped: bool) -> None:
    """That a judgement fits its item.

    Raises:
        InputError: it does not, as it would if the page were of another version.
    """
    two = len(subject.sides) == 2
    allowed = keys(TWO if two else ONE) | set(NOT_JUDGED)
    if said.verdict not in allowed:
        raise InputError(f"the verdict {said.verdict!r} is not among this item's", fix="Reload the page")
    if said.verdict == SKIP and said.reason not in keys(SKIPS):
        raise InputError("an item is skipped with a reason", fix="Choose one")
    if any(not set(faults) <= keys(FAULTS) for faults in said.faults.values()) or ("b" in said.faults and not two):
        raise InputError("a fault that is ticked is not in the rubric", fix="Reload the page")
    marked = {str(turn["mark"]) for turn in shown(subject, swapped)["turns"] if turn["mark"] is not None}
    if not set(said.turns) <= marked or not set(said.turns.values()) <= keys(TURNS):
        raise InputError("a turn that is marked is not there", fix="Reload the page")
    for span in said.spans:
        text = marked_text(subject, swapped, span.place)
        if text is None or not span.text or text[span.start : span.end] != span.text:
            raise InputError("a marked place is not in its answer", fix="Remove the mark, and set it again")
