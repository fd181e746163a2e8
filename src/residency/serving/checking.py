"""Holds an answer's sentences against the passages that they cite, and says what came of it.

A sentence has support if its citations together entail it, as in ALCE (:mod:`residency.judging.alce`), by the support
checker, which reads words and not meaning (``docs/support-checker.md``). The lines that a mode adds ("Known:", "Before
acting:") claim nothing of the passages, and are checked where they cite one all the same. What stands after "Known:"
without a citation is said to be the user's own, and is held against what the user said: a finding that the model made
up is the most dangerous thing in an answer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from residency.core.prompt import KNOWN, body_lines, passage_text
from residency.core.records import Passage
from residency.core.text import content_stems, numbers, sentences
from residency.judging.alce import AT_MOST
from residency.judging.answers import is_abstention
from residency.judging.citations import cited_numbers, claims_nothing, only_abstains, strip_citations
from residency.judging.support import support
from residency.serving.contract import Checked, Cited

ALIKE = 0.3
"""Least share of a sentence's content words that a passage's own sentence must hold to be shown as what it rests on."""
UNCITED = "it cites no passage"
RETOLD = 0.5
"""Least share of a finding's content words after "Known:" that the user must have said."""
NOT_TOLD = "what you wrote does not say this"
_BETWEEN = re.compile(r",\s+(?:and\s+)?|;\s*|\s+(?:and|with|but)\s+")


def check_answer(
    answer: str, passages: Sequence[Passage] | None, question: str = "", told: Sequence[str] = ()
) -> Checked:
    """Each sentence of an answer against what it cites.

    Args:
        answer: as it was said.
        passages: those shown, ``passages[0]`` being ``[1]``; None where there was no context, and nothing is checked.
        question: its figures may be repeated in the answer.
        told: what the user said, turn by turn; only the question where it is left out.
    """
    made_up = tuple(_made_up(answer, "\n".join(told or [question])))
    if passages is None:
        notice = " ".join([NOT_CHECKED] * bool(answer.strip()) + [MADE_UP] * bool(made_up))
        return Checked(made_up, False, False, notice)
    abstains = is_abstention(answer)
    texts = [*map(passage_text, passages)]
    checked = sorted([*pieces(answer), *_cited_aside(answer)])
    found = tuple(_cited(*piece, texts, passages, question, abstains) for piece in checked)
    notice = " ".join(filter(None, [_notice(found, abstains, bool(passages)), MADE_UP * bool(made_up)]))
    return Checked(tuple(sorted((*found, *made_up), key=lambda one: one.start)), abstains, True, notice)


def pieces(answer: str) -> Iterator[tuple[int, int, str]]:
    """The sentences that are checked, each with the characters of the answer from which to which it goes."""
    lines = body_lines(answer)
    joined = "\n".join(text for _, text in lines)
    starts: list[tuple[int, int]] = []  # where a line begins in what is joined, and in the answer
    length = 0
    for offset, text in lines:
        starts.append((length, offset))
        length += len(text) + 1

    def place(at: int) -> int:
        begun, offset = starts[bisect_right(starts, at, key=lambda one: one[0]) - 1]
        return offset + at - begun

    end = 0
    for piece in sentences(joined):
        start = joined.index(piece, end)
        end = start + len(piece)
        yield place(start), place(end - 1) + 1, piece


def _cited_aside(answer: str) -> Iterator[tuple[int, int, str]]:
    """The sentences with a citation in the lines that a mode adds."""
    return (piece for piece in _aside(answer) if cited_numbers(piece[2]))


def _made_up(answer: str, told: str) -> Iterator[Cited]:
    """What stands after "Known:", cites nothing, and is no finding that the user gave: a sentence that contradicts
    what was said, else each of its findings of which the words or the figures are not there."""
    held, figures = {*content_stems(told)}, {*numbers(told)}
    for _, end, piece in _aside(answer):
        said = piece.removeprefix(KNOWN).strip()
        if not piece.startswith(KNOWN) or cited_numbers(piece) or not said or not told.strip():
            continue
        start = end - len(said)
        if support(told, said, RETOLD).layer in ("figures", "denial", "opposites"):
            yield Cited(start, end, "unsupported", reason=NOT_TOLD)
            continue
        at = 0
        for finding in _BETWEEN.split(said):
            bare = finding.strip(" .")
            at = said.index(bare, at)
            stems = {*content_stems(bare)}
            if {*numbers(bare)} - figures or (stems and len(stems & held) < RETOLD * len(stems)):
                yield Cited(start + at, start + at + len(bare), "unsupported", reason=NOT_TOLD)
            at += len(bare)


def _aside(answer: str) -> Iterator[tuple[int, int, str]]:
    """The sentences of the lines that a mode adds, as :func:`pieces` gives the others."""
    kept = {offset for offset, _ in body_lines(answer)}
    begun = 0
    for line in answer.splitlines(keepends=True):
        if not any(offset in kept for offset in range(begun, begun + len(line))):
            end = 0
            for piece in sentences(line):
                start = line.index(piece, end)
                end = start + len(piece)
                yield begun + start, begun + end, piece
        begun += len(line)


def _cited(
    start: int,
    end: int,
    piece: str,
    texts: Sequence[str],
    passages: Sequence[Passage],
    question: str,
    abstains: bool,
) -> Cited:
    named, bare = tuple(cited_numbers(piece)), strip_citations(piece)
    if not named:
        silent = abstains or claims_nothing(piece) or only_abstains(piece) or not bare.strip(" .")
        return Cited(start, end, "no_claim") if silent else Cited(start, end, "uncited", reason=UNCITED)
    known = [number for number in named if 1 <= number <= len(texts)]
    if unknown := [number for number in named if number not in known]:
        return Cited(start, end, "unsupported", named, reason=f"there is no passage {_listed(unknown)}")
    held = support("\n".join(texts[number - 1] for number in known[:AT_MOST]), bare, given=question)
    spans = (_closest(bare, passages[number - 1]["text"]) for number in known)
    evidence = tuple((number, *span) for number, span in zip(known, spans, strict=True) if span)
    if held.supported:
        return Cited(start, end, "supported", named, evidence)
    others = (number for number in range(1, len(texts) + 1) if number not in known)
    better = [number for number in others if support(texts[number - 1], bare, given=question).supported]
    elsewhere = f"; {_listed(better)} would support it" if better else ""
    return Cited(start, end, "unsupported", named, evidence, f"{held.reason}{elsewhere}")


def _closest(sentence: str, text: str) -> tuple[int, int] | None:
    """The characters of the passage's sentence that holds most of a sentence's words and figures, if any does."""
    wanted, figures = {*content_stems(sentence)}, {*numbers(sentence)}
    if not wanted:
        return None
    best: tuple[float, int, int, int] | None = None
    end = 0
    for own in sentences(text):
        start = text.index(own, end)
        end = start + len(own)
        shared = len(wanted & {*content_stems(own)}) / len(wanted)
        if shared < ALIKE:
            continue
        score = shared + (len(figures & {*numbers(own)}) / len(figures) if figures else 0.0)
        if best is None or (score, -len(own)) > best[:2]:
            best = (score, -len(own), start, end)
    return best[2:] if best else None


NOT_CHECKED = "No passage was searched for this answer: nothing in it has been held against a source."
WITHHELD = "Nothing was found, and the model answered all the same, from no passage: that answer was held back."
MADE_UP = "What stands after 'Known:' is not all what you wrote: do not act on it."
NOTHING_FOUND = "The search found nothing on this: what is said here rests on no passage."
ABSTAINS = "The passages do not hold the answer. Search with other words, or look elsewhere."
NONE_HOLDS = "No sentence of this answer is supported by what it cites. Do not rely on it."


def _notice(found: Sequence[Cited], abstains: bool, some: bool) -> str:
    counts = Counter(one.status for one in found)
    unsupported, uncited = counts["unsupported"], counts["uncited"]
    claims = counts["supported"] + unsupported + uncited
    if abstains and not unsupported:
        return ABSTAINS
    if not some and claims:
        return NOTHING_FOUND
    if not unsupported and not uncited:
        return ""
    if not counts["supported"]:
        return NONE_HOLDS
    told = []
    if unsupported:
        says = "is not supported by what it cites" if unsupported == 1 else "are not supported by what they cite"
        told.append(f"{unsupported} {says}")
    if uncited:
        told.append(f"{uncited} {'cites' if uncited == 1 else 'cite'} nothing")
    return f"Of {claims} sentence{'s' * (claims > 1)} with a claim, {' and '.join(told)}."


def _listed(numbers: Sequence[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)
