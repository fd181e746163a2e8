"""Sentences that lean on the one before them ("This ...", "However, it ..."), and those that stand on their own."""

from __future__ import annotations

import re

from residency.core.text import sentences

_LINK = (
    r"however|therefore|thus|hence|moreover|furthermore|in addition|additionally|also|otherwise|instead|nevertheless|"
    r"nonetheless|conversely|in contrast|by contrast|on the contrary|similarly|likewise|consequently|accordingly|"
    r"as a result|for example|for instance|e\.g\.|then|but|and|or|nor|yet|so|even so|still|afterwards?|"
    r"thereafter|later|meanwhile|finally|lastly|in turn|in other words|that is|in this|in these|in that|"
    r"in those|in such|of these|of those|among these|besides|rather|again|too|on the other hand|in particular|"
    r"in either case|in both|if so|if not"
)
_WORDS = r"this|these|those|such|it|its|they|their|them|he|she|his|her|him|both|neither|either|the (?:latter|former)"
_OTHERS = (
    r"others?|another|the (?:others?|rest|remainder|same|second|third|first|two|three|four|five)|some of (?:them|these)"
)
_ORDINAL = r"second(?:ly)?|third(?:ly)?|fourth(?:ly)?|fifth(?:ly)?|next"
_LEANS = re.compile(
    rf"\W*(?:(?:{_LINK}|{_WORDS}|{_OTHERS})\b|that (?:is|was|can|may|should|would|does|has)\b)", re.IGNORECASE
)
_EARLY = re.compile(
    r"\W*(?:[\w'’-]+ ){1,3}(?:(?:this|these|those|such)\b(?! as\b)|"
    r"(?:[\w'’-]+ )?(?:therefore|thus|hence|however|also|instead)\b)",
    re.IGNORECASE,
)
_COUNTS = re.compile(
    rf"\W*(?:{_ORDINAL})\b(?:,| (?:is|are|comes?|the)\b)|"
    r".*\b(?:is|are|was|makes?|comes?|as) (?:the )?(?:second|third|fourth|fifth|last|other)(?:[.,;]|$)|"
    r"\W*(?:[\w'’-]+ ){1,9}also\b",
    re.IGNORECASE,
)
# "that", "one" and "there" say too little of themselves to tell.
_POINTS = re.compile(
    r"\b(?:this|these|those|such(?! as\b)|it|its|itself|they|their|theirs|them|he|she|his|her|hers|him|both|neither|"
    r"the (?:latter|former|above|following|same)|above|below|here|herein|previously|we|our|us|i|my|you|your|table|"
    r"figure|fig)\b",
    re.IGNORECASE,
)


def leans(sentence: str, gap: bool = False) -> bool:
    """Whether a sentence opens with a word that points to the sentence before it.

    Args:
        sentence: as it stands.
        gap: whether any sentence before it is missing: what goes on counting ("Second, ...") then leans as well.
    """
    return bool(
        _LEANS.match(sentence) or _EARLY.match(sentence) or (gap and _COUNTS.match(sentence)) or sentence[:1].islower()
    )


def stands_alone(sentence: str) -> bool:
    """Whether a sentence can be quoted by itself: it is whole, is one sentence, and points to nothing outside it."""
    return (
        sentence[:1].isupper()
        and sentence.endswith(".")
        and len(sentences(sentence)) == 1
        and not any(mark in sentence for mark in (":", " - ", "•", "\n", "[", "]", '"', "“", "..."))
        and sentence.count("(") == sentence.count(")")
        and not leans(sentence, gap=True)
        and not _POINTS.search(sentence)
    )
