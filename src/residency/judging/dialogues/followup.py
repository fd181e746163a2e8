"""A follow-up that leans on an earlier turn.

Reasons: ``referent_in_question``, ``referent_unknown``, ``not_elliptical``; for a model's answer ``reference``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from residency.core.text import words
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.form import states
from residency.judging.dialogues.reading import pieces, share, stems
from residency.judging.dialogues.view import View

_FEW = 6  # words with which nothing whole is asked
_REFERS = re.compile(
    r"\b(?:it|its|itself|this|that|these|those|they|them|their|theirs|he|him|his|she|her|hers|one|ones|there|then"
    r"|thereafter|afterwards|"
    r"so|such|same|other|another|former|latter|either|neither|both|else|instead|otherwise|above|earlier|previous\w*"
    r"|again|"
    r"(?:the |option |number )?(?:first|second|third|fourth|fifth|last) (?:one|option|choice|answer|two|part|point"
    r"|step|drug|test)|"
    r"the (?:first|second|third|fourth|last|rest|option|choice|alternative|condition|procedure|operation|drug|test"
    r"|lesion|diagnosis))\b"
    r"|\b(?:asked|said|mentioned|answered) (?:at )?first\b|\bfirst (?:question|answer|thing)\b|\bmy (?:first|earlier) "
    r"\w+"
    r"|\b(?:for|with|not|about|of|took|picked|chose|out|against|said|take|exclude) [a-h]\b"
    r"|\boption [a-h]\b|^\W*(?:and|but|or|so|also|then|what about|how about|what if|what of|why not|why|with|without"
    r"|in|for|even|still|plus|"
    r"now|only|not|how (?:soon|long|much|often|urgent\w*|likely|far|bad|early|late|so|come)|who|when|where|what now"
    r"|what next)\b"
)


def whole(dialogue: View) -> Iterator[Fault]:
    """The referent stands in an earlier turn and not in the follow-up, and the follow-up cannot do without it."""
    place = dialogue.check["turn"]
    text, referent = dialogue.said[place], stems(dialogue.check["referent"])
    if share(referent, stems(text)) > 0.5:
        yield Fault("referent_in_question", f"the follow-up itself names {dialogue.check['referent']!r}")
    if not any(share(referent, stems(earlier)) >= 0.6 for earlier in dialogue.said[:place]):
        yield Fault("referent_unknown", f"no earlier turn names {dialogue.check['referent']!r}")
    if not leans(text):
        yield Fault("not_elliptical", "the follow-up can be understood by itself")
    yield from turn(dialogue)


def leans(text: str) -> bool:
    """Whether a question cannot be understood by itself: it is of a few words, or refers to what was said before."""
    last = (pieces(text) or ("",))[-1]
    return len(words(last)) <= _FEW or any(_REFERS.search(piece.lower()) for piece in pieces(text))


def turn(dialogue: View, demanded: tuple[str, ...] | None = None) -> Iterator[Fault]:
    """The answer is the one that belongs to the referent."""
    if demanded is not None and not states(dialogue.answer, demanded):
        yield Fault("reference", "the answer does not state what belongs to what was referred to")
