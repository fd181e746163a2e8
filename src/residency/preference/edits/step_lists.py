"""Neighbours in a list of steps that change places."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from residency.preference.edits.edit import Edit, Refusal
from residency.preference.edits.prose import statements
from residency.preference.edits.step_swaps import KIND, swapped

_I = re.IGNORECASE
_NUMBERED = re.compile(r"(?m)^[ \t]*(?:Step )?(?P<number>\d{1,2})[.):][ \t]+(?P<text>\S.*?)[ \t]*$")
_INLINE = re.compile(
    r"(?:^|(?<=[\s;]))\(?(?P<number>\d)[.)] (?P<text>[A-Za-z][^;\n]*?)(?=[;.]? \(?\d[.)] |[.;]?\s*$|\.\s)"
)
_ORDERED = re.compile(
    r"\b(?:steps?|procedure|sequence|order|how (?:do|is|are|should|would|to)|technique|perform\w*|stages)\b", _I
)
_MARKED = re.compile(
    r"^(?P<mark>First(?:ly)?|Secondly|Second|Then|Next|After that|Finally|Lastly),? (?P<text>.+?)(?P<stop>[.;]?)$"
)
_TIED = re.compile(
    r"\b(?:it|this|these|they|them|he|she|its|their|that|those|same|again|also|above|next|previous|resulting)\b", _I
)


def numbered(text: str, question: str) -> Iterator[Edit | Refusal]:
    """Neighbours of a numbered list of steps, and of sentences that begin with "First", "Then" and the like."""
    lines = list(_NUMBERED.finditer(text))
    for items in (lines,) if len(lines) > 1 else (list(_INLINE.finditer(text)),):
        for one, other in itertools.pairwise(items):
            if int(other["number"]) != int(one["number"]) + 1:
                continue
            if not _ORDERED.search(question) and not _ORDERED.search(text[: one.start()]):
                yield Refusal(KIND, "a numbered list whose order may not matter")
            elif _TIED.search(one["text"]) or _TIED.search(other["text"]):
                yield Refusal(KIND, "a step that speaks of another")
            else:
                yield swapped(
                    text,
                    0,
                    one.span("text"),
                    other.span("text"),
                    text,
                    f"step {one['number']}",
                    f"step {other['number']}",
                )
    told = statements(text)
    for before, after in itertools.pairwise(told):
        first, second = _MARKED.match(before.text), _MARKED.match(after.text)
        if not first or not second:
            continue
        if _TIED.search(first["text"]) or _TIED.search(second["text"]):
            yield Refusal(KIND, "a step that speaks of another")
            continue
        start, end = second.span("text")
        shift = after.start - before.start
        whole = text[before.start : after.end]
        yield swapped(
            text,
            before.start,
            first.span("text"),
            (start + shift, end + shift),
            whole,
            "the first of the two steps",
            "the second",
        )
