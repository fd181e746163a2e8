"""Citations: reading ``[1][3]`` marks, and ALCE's citation recall and precision of an answer.

The measures are those of :mod:`residency.judging.alce`; the entailment model is this package's support checker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from residency.core.prompt import body
from residency.core.text import MARK, content_stems, sentences
from residency.judging.alce import AT_MOST, Entails, score_sentence
from residency.judging.answers import is_abstention
from residency.judging.support import THRESHOLD, support

# The look-behind starts each run of spaces once.
_SPACED_MARK = re.compile(rf"(?<![ \t])[ \t]*{MARK.pattern}")

_ANSWERS = (
    r"(?:yes|no|not (?:always|necessarily|usually|really)|usually|sometimes|often|rarely|possibly|probably|perhaps|"
    r"it depends|that depends|maybe|correct|indeed)"
)
_TALK = (
    r"(?:(?:that(?:'s|’s| is) an? |an? )?(?:good|excellent|great|fair|important) (?:question|point)|"
    r"(?:i )?hope (?:this|that) helps|let (?:me|us) (?:explain|see|begin|start)\b[^.]{0,40}|"
    r"here (?:is|are) (?:the|an|a|some|what)\b[^.\d]{0,60}|thank you\b[^.]{0,40}|in (?:short|summary|brief))"
)
_LOOK_UP = (
    r"(?:please |you (?:should|could|may) |could you |i (?:would|suggest you) )?"
    r"(?:retrieve|look|search|find)\b[^.;:]*\b(?:guid\w+|passages?|texts?|references?|reviews?|documents?|sources?)\b[^.;:]*"
)
_HEADING = r"(?:#{1,6} [^.?!]{1,80}|\*\*(?:[^\s*\d.]+ ?){1,6}\*\*:?|[^\W\d](?:[^\d\s:]*\s){0,5}[^\d\s:]*:)"
_CLAUSE = re.compile(r"[;:–—]\s|,?\s(?:but|so|however|yet|though|although|nevertheless|still)\s", re.IGNORECASE)
_OF_THEM = re.compile(  # what the passages are about, what was searched, and a name of what is missing
    r"^(?:they|these|I)\b|\b(?:in them|their subject)\b|^the (?:[^\s\d]+ ){0,3}[^\s\d]+$", re.IGNORECASE
)
_FEWEST = 2  # content words that a clause must have to claim something
_NO_CLAIM = re.compile(rf"(?:(?:{_ANSWERS}|{_TALK}|{_LOOK_UP})[.,!:]*|{_HEADING})", re.IGNORECASE)


def cited_numbers(sentence: str) -> list[int]:
    """The passage numbers that a sentence cites, each once, in order; ``[1, 2]`` is read as ``[1][2]``."""
    found: list[int] = []
    for mark in MARK.findall(sentence):
        for number in map(int, re.findall(r"\d+", mark)):
            if number not in found:
                found.append(number)
    return found


def strip_citations(text: str) -> str:
    """The text without its citation marks and without the space before them."""
    return _SPACED_MARK.sub("", text)


def claims_nothing(sentence: str) -> bool:
    """Whether a sentence says nothing that a passage could support, so that it needs no citation: a bare yes or no, a
    question, a heading, talk, or advice to look for a text."""
    bare = strip_citations(sentence).strip()
    return bare.endswith("?") or _NO_CLAIM.fullmatch(bare) is not None


def only_abstains(sentence: str) -> bool:
    """Whether a sentence says that the passages are silent, and no clause behind that claims something."""
    if not is_abstention(sentence):
        return False
    clauses = _CLAUSE.split(strip_citations(sentence))
    silent = next((place for place in range(len(clauses)) if is_abstention(clauses[place])), len(clauses))
    return all(
        is_abstention(one)
        or claims_nothing(one)
        or _OF_THEM.search(one.strip(" ."))
        or len({*content_stems(one)}) < _FEWEST
        for one in clauses[silent + 1 :]
    )


def cite(sentence: str, numbers: Sequence[int]) -> str:
    """Put marks at the end of a sentence, after its full stop's word and before the stop."""
    marks = "".join(f"[{number}]" for number in numbers)
    if not marks:
        return sentence
    bare, stop = (sentence[:-1], sentence[-1]) if sentence.endswith((".", "!", "?")) else (sentence, "")
    return f"{bare} {marks}{stop}"


@dataclass(frozen=True)
class CitationScore:
    """ALCE's scores of one answer, each between 0 and 1. ``citations`` counts marks that name a passage;
    ``unknown`` counts marks that name none; ``unsupported`` lists sentences without recall."""

    recall: float
    precision: float
    sentences: int
    citations: int
    unknown: int
    unsupported: tuple[str, ...]

    @property
    def f1(self) -> float:
        """The harmonic mean of recall and precision; 0 when both are 0."""
        total = self.recall + self.precision
        return 2 * self.recall * self.precision / total if total else 0.0


def score_citations(
    answer: str,
    passages: Sequence[str],
    question: str = "",
    threshold: float = THRESHOLD,
    *,
    every_sentence: bool = False,
    at_most: int | None = AT_MOST,
    entails: Entails | None = None,
) -> CitationScore:
    """Score an answer against the passages that it was given.

    A sentence that cites nothing and claims nothing ("Yes.", a heading, advice to look for a text), or only says that
    the passages are silent, is left out: nothing could support it. ALCE counts it as one without recall.

    ALCE reads an answer up to its first line break, and leaves an answer without a sentence out of the mean; here all
    lines are read but those that a mode adds, and such an answer scores 0.

    Args:
        answer: the model's answer; the lines that a mode adds are left out of the scoring.
        passages: the texts of the passages in their printed order, so that ``passages[0]`` is ``[1]``.
        question: its numbers may be repeated in the answer.
        threshold: the support checker's.
        every_sentence: whether every sentence counts, as ALCE counts.
        at_most: citations of a sentence that are read, the first ones; None for all.
        entails: another entailment model than the support checker.
    """
    if entails is None:

        def entails(text: str, sentence: str) -> bool:
            return support(text, sentence, threshold, question).supported

    lines = [
        piece
        for piece in sentences(body(answer))
        if strip_citations(piece).strip(" .")
        and (every_sentence or cited_numbers(piece) or not (claims_nothing(piece) or only_abstains(piece)))
    ]
    scored = [score_sentence(strip_citations(line), cited_numbers(line), passages, entails, at_most) for line in lines]
    recalled, precise = sum(one.recall for one in scored), sum(one.precise for one in scored)
    cited, unknown = sum(one.cited for one in scored), sum(one.unknown for one in scored)
    return CitationScore(
        recall=recalled / len(lines) if lines else 0.0,
        precision=precise / (cited + unknown) if cited + unknown else 0.0,
        sentences=len(lines),
        citations=cited,
        unknown=unknown,
        unsupported=tuple(line for line, one in zip(lines, scored, strict=True) if not one.recall),
    )
