"""Which questions in the course of a conversation can be held against other rows' without what was said before them.

Whoever asks "And in children?" or "Is it safe?" relies on earlier turns, and answers to it in two conversations may
differ and both be right. A turn stands by itself only if it is a question, has three telling words or more, does not
go on from something ("and", "but", "what about"), points to nothing said before ("it", "that", "the other", "instead"),
and is not about somebody whose case was told ("my", "her"). No rule sees that "the drain" is a certain operation's. So
that is not enough: a turn counts only where another row asks the same words with nothing before them, and then a step
less sure.
"""

from __future__ import annotations

import re

from residency.core.text import content_stems

TELLING = 3  # stems of content words
_GOES_ON = re.compile(
    r"\W*(?:and|but|or|so|then|ok(?:ay)?|also|still|yet|(?:what|how) about|what if|why not|if (?:so|not))\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:its?|itself|they|them|their|this|that|these|those|such|same|others?|another|else|instead|then|there|above|"
    r"previous(?:ly)?|earlier|latter|former|ones?|mentioned|again|too|either|both|neither|alternatives?|"
    r"i|me|my|mine|we|us|our|he|him|his|she|her|hers)\b",
    re.IGNORECASE,
)


def stands_alone(turn: str) -> bool:
    """Whether a user's turn asks something by itself, as far as its own words tell."""
    if not turn.rstrip().endswith("?") or _GOES_ON.match(turn) or _POINTS_BACK.search(turn):
        return False
    return len(set(content_stems(turn))) >= TELLING
