"""Checks of open answers, of an assistant's turns and of rationales: what breaks off, refuses, loops, or was never
meant for a reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from residency.corpus.checks.base import Check, Finding
from residency.corpus.checks.endings import breaks_off
from residency.corpus.checks.fields import SHOWN, the
from residency.corpus.checks.language import other_language
from residency.corpus.checks.markup import DEBRIS_NEEDS, debris
from residency.corpus.checks.parts import texts
from residency.corpus.checks.phrases import BOILERPLATE_NEEDS, REFUSAL_NEEDS, boilerplate, refusal
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings

LONG_ANSWER, LONG_STEM = 1500, 400  # words
GRAM, GRAM_TIMES, GRAM_SHARE = 6, 4, 0.3
SENTENCE_CHARS, SENTENCE_SHARE, TWICE_SHARE = 25, 0.15, 0.6  # of the text; long texts repeat headings and rightly so
LOOP_TIMES, LOOP_WORDS = 4, 8
LEAST_CHARS, SNIPPET, FEW_KINDS = 60, 20, 0.6
# Places, as shares of the text, whose neighbourhood is counted: a loop over GRAM_SHARE of the text covers one.
PLACES = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)

_lower = lru_cache(maxsize=16)(str.lower)  # several checks read the same text one after the other


def prose(draft: Draft) -> Iterator[tuple[str, str]]:
    """(field, text) of what was written as an answer: the open answer or the assistant's turns, and the rationale."""
    if draft.kind == "open" and draft.answer:
        yield "answer", draft.answer
    if draft.messages:
        for name, message in draft.numbered:
            if message["role"] == "assistant":
                yield name, message["content"]
    if draft.rationale:
        yield "rationale", draft.rationale


def _truncated_answer(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for name, text in prose(draft):
        if found := breaks_off(text):
            detail, sure = found
            yield Finding(f"{the(name)} breaks off: {detail}", name, (max(0, len(text) - SHOWN), len(text)), sure)


def _refusal_answer(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for name, text in prose(draft):
        if span := refusal(text, _lower(text)):
            yield Finding(f"{the(name)} refuses: {text[slice(*span)][:SHOWN]!r}", name, span, "likely")


def _assistant_boilerplate(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for name, text in prose(draft):
        if span := boilerplate(text, bool(draft.messages)):
            yield Finding(
                f"{the(name)} has a chatbot's phrase: {text[slice(*span)].strip()[:SHOWN]!r}", name, span, "likely"
            )


def _repetition(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for name, text in prose(draft):
        if detail := _repeats(_lower(text)):
            yield Finding(f"{the(name)} repeats itself: {detail}", name, None, "likely")


def _repeats(lower: str) -> str:
    """What is said again and again; empty when nothing is."""
    if len(lower) < LEAST_CHARS:
        return ""
    parts = lower.replace("\n", ". ").rstrip(". ").split(". ")
    if len(set(parts)) < len(parts) and (found := _same_sentence(parts, len(lower))):
        return found
    for share in PLACES:
        start = min(int(share * len(lower)), len(lower) - SNIPPET)
        if lower.count(lower[start : start + SNIPPET]) >= LOOP_TIMES - 1:
            break
    else:
        return ""
    words = lower.split()
    if len(set(words)) > FEW_KINDS * len(words):
        return ""
    return _same_gram(words) or _loop(words)


def _same_sentence(parts: list[str], length: int) -> str:
    counts = Counter(part.strip() for part in parts if len(part) >= SENTENCE_CHARS)
    repeated = [(part, times) for part, times in counts.most_common() if times > 1]
    if repeated and sum(len(part) * times for part, times in repeated) >= TWICE_SHARE * length:
        return f"{repeated[0][0][:SHOWN]!r} stands {repeated[0][1]} times, and {len(repeated)} sentences more than once"
    for part, times in repeated:
        if times > 2 and times * len(part) >= SENTENCE_SHARE * length:
            return f"{part[:SHOWN]!r} stands {times} times"
    return ""


def _same_gram(words: list[str]) -> str:
    grams = Counter(zip(*(words[place:] for place in range(GRAM)), strict=False))
    for gram, times in grams.most_common(1):
        if times >= GRAM_TIMES and times * GRAM >= GRAM_SHARE * len(words):
            return f"{' '.join(gram)!r} stands {times} times"
    return ""


def _loop(words: list[str]) -> str:
    """A few words that follow upon themselves."""
    for size in range(1, LOOP_WORDS + 1):
        run, needed = 0, max((LOOP_TIMES - 1) * size, LOOP_TIMES)
        for place, (before, word) in enumerate(zip(words, words[size:], strict=False), size):
            run = run + 1 if word == before else 0
            if run >= needed:
                return f"{' '.join(words[place - size + 1 : place + 1])!r} comes {LOOP_TIMES} times in a row"
    return ""


def _wrong_language(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for name, text in texts(draft):
        if name[:6] != "option" and (detail := other_language(text, _lower(text))):
            yield Finding(f"{the(name)} is not English: {detail}", name, None, "likely")


def _markup_debris(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for name, text in texts(draft):
        if found := debris(text):
            what, span = found
            yield Finding(f"{the(name)} holds {what}: {text[slice(*span)][:SHOWN]!r}", name, span, "likely")


def _extreme_length(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for name, text in texts(draft):
        limit = LONG_STEM if name == "question" and draft.kind == "mcq" else LONG_ANSWER
        if len(text) > limit and (words := len(text.split())) > limit and not name.startswith("context"):
            yield Finding(f"{the(name)} has {words} words; more than {limit} are rare", name)


CHECKS: tuple[Check, ...] = (
    Check(
        "refusal_answer",
        "blocks",
        "Answer refuses to answer",
        "The model learns to refuse a question that it should answer.",
        _refusal_answer,
        REFUSAL_NEEDS,
    ),
    Check(
        "truncated_answer",
        "warns",
        "Answer breaks off",
        "The model learns to stop in the middle of a sentence, and what was to follow is lost.",
        _truncated_answer,
    ),
    Check(
        "assistant_boilerplate",
        "warns",
        "Phrases of a chatbot",
        "The model learns another assistant's manners and disclaimers in place of an answer.",
        _assistant_boilerplate,
        BOILERPLATE_NEEDS,
    ),
    Check(
        "repetition",
        "warns",
        "The same words again and again",
        "Loops in training text teach the model to loop.",
        _repetition,
    ),
    Check(
        "wrong_language",
        "warns",
        "Text in another language",
        "The bank is in English; the model learns to change language without being asked.",
        _wrong_language,
    ),
    Check(
        "markup_debris",
        "warns",
        "Left-overs of mark-up or of a wrong encoding",
        "The model learns to write tags, escapes and citation marks that no reader can use.",
        _markup_debris,
        DEBRIS_NEEDS,
    ),
    Check(
        "extreme_length",
        "warns",
        "Text of extreme length",
        "The row may be cut in training, and a few such rows outweigh hundreds of others.",
        _extreme_length,
    ),
)
