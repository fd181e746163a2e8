"""Cleaning a thought, and refusing one that cannot be trained on."""

from __future__ import annotations

import re

from residency.chat.encoder import Encoder
from residency.core.prompt import HINT
from residency.core.text import words

EMPTY, CONTROL, LONG = "it is empty", "it holds the text of a control token", "it is longer than thoughts.max_tokens"
TOLD = "it tells of the answer that was shown"
RUN = 6  # words in a row that nobody shares with the hint by chance
_SHOWN = r"(?:given|provided|supplied|shown|expected|reference|target|stated|supposed|gold|gold-standard|known)"
_ANSWER = r"(?:answer|solution|conclusion)s?\b(?!\s+(?:format|form|style|length|structure|line)\b)"
_TELLS = re.compile(
    "|".join(
        (
            rf"\b(?:the|this|that|my|an?|your|our|their)\s+(?:\w+\s+)?{_SHOWN}\s+(?:\w+\s+)?{_ANSWER}",
            r"\b(?:answer|solution)\s+(?:that\s+)?(?:(?:is|was|has\s+been|i\s+was|i\s+am|we\s+were)\s+)?(?:already\s+)?"
            r"(?:given|provided|supplied|shown|expected)\b(?!\s+(?:by|in)\s+option\b)",
            r"\b(?:was|were|am|are|been|is)\s+(?:already\s+)?(?:told|given|shown|provided)\s+(?:with\s+)?(?:that\s+)?"
            r"(?:the|an?|its)\s+(?:\w+\s+)?(?:answer|solution)\b",
            r"\b(?:saw|seen|know|knew|have)\s+(?:already\s+)?the\s+(?:\w+\s+)?answer\s+(?:already|before|below|above)\b",
            r"\b(?:answer\s+key|ground[\s-]truth|gold[\s-]standard\s+answer)\b",
            r"\b(?:the|this|that|a|my|your|given)\s+(?:\w+\s+)?hint\b(?!\s+of\b)",
            r"\bhinted\s+answer\b|\baccording\s+to\s+the\s+(?:note|hint|reference)\b",
            r"\b(?:the|this)\s+(?:note|reference)\s+(?:says?|said|states?|tells?|asks?|wants?|gives?|above|below)\b",
            r"\bi\s+(?:\w+\s+){0,3}?(?:not|never|avoid|cannot)\s+(?:\w+\s+){0,2}?(?:mention|reveal|refer|acknowledg)\w*",
            r"\bi\s+(?:\w+n['’]t)\s+(?:\w+\s+){0,2}?(?:mention|reveal|refer|acknowledg)\w*",
            r"\bas\s+(?:if|though)\s+(?:(?:i|we)\s+(?:had|did|do|have|was|were)\s*(?:not|n['’]t|never)\b"
            r"|it\s+had(?:\s+not|\s+never|n['’]t)\s+been\s+(?:shown|given)\b)|\bpretend\b",
        )
    ),
    re.IGNORECASE,
)


def tells_of_hint(thought: str) -> bool:
    """Whether a thought speaks of an answer that it was shown, or repeats the words that stood before it."""
    if _TELLS.search(thought):
        return True
    said = words(thought)
    return bool(_runs(said) & _HINT_RUNS)


def _runs(said: list[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(said[start : start + RUN]) for start in range(len(said) - RUN + 1))


_HINT_RUNS = _runs(words(HINT))


class Cleaner:
    """Cleans thoughts for one tokenizer.

    Args:
        encoder: the tokenizer, whose control tokens no thought may hold.
        max_tokens: the longest thought.
    """

    def __init__(self, encoder: Encoder, max_tokens: int) -> None:
        self.encoder, self.max_tokens = encoder, max_tokens
        controls = sorted((re.escape(token) for token in encoder.controls if token.strip()), key=len, reverse=True)
        self._control = re.compile("|".join(controls) or r"(?!)")

    def clean(self, thought: str, hinted: bool = False) -> tuple[str, str]:
        """The thought without white space around it, and an empty text; or the other way round why it is refused.

        Args:
            thought: as the model wrote it.
            hinted: whether the gold answer was shown, of which it must not tell.
        """
        text = thought.strip()
        if not text:
            return "", EMPTY
        if self._control.search(text):
            return "", CONTROL
        if hinted and tells_of_hint(text):
            return "", TOLD
        if self.tokens(text) > self.max_tokens:
            return "", LONG
        return text, ""

    def tokens(self, thought: str) -> int:
        """How many tokens a thought has."""
        return len(self.encoder.encode([thought])[0])
