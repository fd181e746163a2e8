"""What an answer makes of a passage that states something false: names the error, states what holds, repeats it.

These are the parts of RGB's counterfactual robustness (Chen et al. 2023, "Benchmarking Large Language Models in
Retrieval-Augmented Generation"): its error detection rate is the share of answers that say that the passage is wrong,
its error correction rate the share of these that give the right answer. There a set phrase of the prompt is looked for;
here people's ways of saying it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from residency.core.prompt import body
from residency.core.text import sentences
from residency.judging.answers import is_abstention
from residency.judging.citations import cited_numbers, strip_citations
from residency.judging.contexts.conflict import says_only
from residency.judging.contexts.patterns import ABOUT_TEXT, ATTRIBUTES, CONTRASTS, DISAGREES, DISTRUSTS, USUAL
from residency.judging.contexts.view import Said
from residency.judging.dialogues.reading import asks, names

_WRONG = re.compile(
    r"\b(?:wrong\w*|incorrect\w*|errors?|erroneous\w*|mistak\w+|false|falsely|inaccura\w+|misprint\w*|typo\w*"
    r"|(?:not|n['’]t) (?:correct|right|accurate|true)|dubious|questionable|implausible)\b"
)


@dataclass(frozen=True)
class Treated:
    """What was made of an error: whether it is ``named`` as one, whether what holds is ``stated``, whether the false
    statement is ``repeated`` as though it held."""

    named: bool
    stated: bool
    repeated: bool

    @property
    def right(self) -> bool:
        """Whether the answer is right although the passage is wrong."""
        return self.stated and not self.repeated


def treated(answer: str, passages: Sequence[str], number: int, false: str, true: str) -> Treated:
    """Read an answer to a question over passages of which one states something false.

    Args:
        answer: what the model said.
        passages: their texts in printed order.
        number: that of the mistaken one, from 1.
        false: its statement, a sentence.
        true: what holds in its place.
    """
    said = [Said(one, strip_citations(one), tuple(cited_numbers(one))) for one in sentences(body(answer))]
    shown = "\n".join(passages).lower()
    naming = [part for part in said if _names_error(part, shown, number, false, true)]
    own = [part for part in said if part not in naming and not asks(part.bare)]
    repeated = any(
        says_only(part, false, true) and not (naming and number in part.cites and ATTRIBUTES.search(part.low))
        for part in own
    )
    stated = any(names(part.bare, true, false) for part in said) and not is_abstention(answer)
    return Treated(bool(naming), stated, repeated)


def _names_error(part: Said, shown: str, number: int, false: str, true: str) -> bool:
    """Whether a sentence says that the passage is wrong, in words that no passage has, or that the usual teaching is
    another."""
    of_text = bool(ABOUT_TEXT.search(part.low)) or number in part.cites
    calls = [found[0] for pattern in (DISAGREES, _WRONG) for found in pattern.finditer(part.low)]
    if of_text and any(call not in shown for call in calls):
        return True
    contrasts = any(pattern.search(part.low) for pattern in (CONTRASTS, DISAGREES, DISTRUSTS))
    return bool(USUAL.search(part.low)) and contrasts and names(part.bare, true, false)
