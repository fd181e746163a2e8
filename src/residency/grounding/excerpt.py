"""A passage shortened so that it does not hold some of what it says, and still reads as a text."""

from __future__ import annotations

from collections.abc import Sequence

from residency.core.records import Passage
from residency.core.text import sentences
from residency.grounding.leaning import leans
from residency.judging.support import support

NEAR = 0.4  # the share of a claim's words from which a sentence goes with it
FEWEST_WORDS = 20
MOST_SENTENCES = 60


def without(
    passage: Passage, claims: Sequence[str], given: str, threshold: float, keep: Sequence[str] = ()
) -> Passage | None:
    """A copy of a passage under its own id that lacks the sentences which support ``claims`` or come near to them, and
    those that lean on a sentence left out.

    Args:
        passage: as it stands in the index.
        claims: what the copy must not support.
        given: the question.
        threshold: the support checker's.
        keep: what the copy must still support; a sentence that one of these needs is taken out only if it supports a
            claim.

    Returns:
        None where there is too much to be cut, where too little would be left, or it would not be silent on the
        claims, or not support what it must keep.
    """
    pieces = sentences(passage["text"])
    if len(pieces) > MOST_SENTENCES:
        return None
    left, gone = [], False
    for piece in pieces:
        found = [support(piece, claim, threshold, given) for claim in claims]
        needed = max((support(piece, claim, threshold, given).overlap for claim in keep), default=0.0)
        nearest = max((one.overlap for one in found), default=0.0)
        if any(one.supported for one in found) or (nearest >= NEAR and nearest > needed) or (gone and leans(piece)):
            gone = True
        else:
            left.append(piece)
            gone = False
    text = " ".join(left)
    for claim in keep:  # the sentence that says it must stay, and not only some that share its words
        if max(pieces, key=lambda piece: support(piece, claim, threshold, given).overlap) not in left:
            return None
    if len(left) == len(pieces) or len(text.split()) < FEWEST_WORDS or leans(left[0], gap=True):
        return None
    headed = f"{passage['title']}. {text}"
    if any((one := support(headed, claim, threshold, given)).supported or one.overlap >= threshold for claim in claims):
        return None
    if not all(support(text, claim, threshold, given).supported for claim in keep):
        return None
    return {**passage, "text": text}
