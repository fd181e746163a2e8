"""Checks of MCQs: cues that give the key away, options that refer to others, and rationales for another key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from residency.core.text import content_stems, words
from residency.corpus.checks.base import Check, Finding
from residency.corpus.checks.fields import SHOWN, same_options
from residency.corpus.checks.rationale import argues_for_other_option
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings

_REST = (
    r"(?:\s+of)?(?:\s+(?:the|these|those|them|above|following|options|choices|answers|two|three|four|five|mentioned|"
    r"listed|are|is|correct|true|right))*"
)
_ALL = re.compile(rf"(?:all|any|each|every one){_REST}", re.IGNORECASE)
_NONE = re.compile(rf"(?:none|neither|no (?:correct|right) (?:option|answer|choice)){_REST}", re.IGNORECASE)
_PAIR = re.compile(rf"(?:both|either){_REST}", re.IGNORECASE)
_COMBINED = re.compile(  # "Both A and B", "A & C", "(a) and (b) only", "Neither A nor B"
    r"(?P<both>(?:both|either|neither|only|options?|choices?|answers?)\s+)?\(?[A-H]\)?"
    r"(?:\s*(?:,|&|\+|/|and|or|nor)+\s*\(?[A-H]\)?)*(?P<more>\s+(?:only|are|is|both|correct|true|right))*",
    re.IGNORECASE,
)
_LISTED = re.compile(r"(?<!\w)\(?[aA1i][).]\s")  # the letters name statements that the stem lists
_LETTERED = re.compile(  # of these, "A and D" may be the very answer
    r"\b(?:vitamin|hepatitis|type|group|class|grade|stage|zone|influenza|factor|protein)s?\b", re.IGNORECASE
)
_UNIT = (
    r"(?:per cent|percent|°\s?[CF]|mm ?Hg|cm ?H2O|[munkcd]?(?:g|l|m|mol|cg|Eq|Pa|sec)|µg|µmol|cc|mcg|IU|units?|U|Gy|"
    r"seconds?|min(?:ute)?s?|hours?|hrs?|h|days?|weeks?|months?|years?|points?|times|Fr|degrees?|beats|bpm|lit(?:re|er)s?|"
    r"(?:micro|milli)?grams?|joules?|J|kcal)"
)
_QUANTITY = re.compile(
    r"(?:(?:about|approximately|around|at least|up to|less than|more than|over|under|above|below)\s+)?"
    r"[<>≤≥=~±+-]*\s*\d[\d.,]*(?:\s*(?:-|–|to|/|:|x|×)\s*\d[\d.,]*)*"
    rf"\s*(?:%|{_UNIT}(?:\s?(?:/|per)\s?(?:[munkcd]?[gl]|min(?:ute)?|h(?:our)?|day|d|week|litre|liter|m2|m²|unit)\b)*)?\.?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(  # phrases among which a quantity may stand
    r"\d|\b(?:hours?|days?|weeks?|months?|years?|half|third|quarter|once|twice|double|times)\b", re.IGNORECASE
)
_MEASURES = re.compile(  # a phrase that may stand among quantities
    r"\d|\b(?:no|not|none|never|nil|zero|all|any|half|third|quarter|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"once|twice|single|double|lifelong|life-long|indefinite\w*|permanent\w*|immediate\w*|daily|hourly|weekly|birth|"
    r"hours?|days?|weeks?|months?|years?|normal|variable|unlimited|unchanged|same|unknown|cannot)\b",
    re.IGNORECASE,
)
SENTENCE_WORDS = 8
PHRASE_WORDS = 3
KEY_RATIO, KEY_MORE_WORDS = 2, 6
STEM_SHARE, STEM_WORDS, STEM_CHARS = 0.8, 4, 5


def _all_of_the_above(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    yield from _options_that_read(draft, _ALL)


def _none_of_the_above(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    yield from _options_that_read(draft, _NONE)


def _options_that_read(draft: Draft, pattern: re.Pattern[str]) -> Iterator[Finding]:
    for letter, text in draft.options.items():
        if pattern.fullmatch(text.strip(" .")):
            key = ", and it is the key" if letter == draft.answer else ""
            yield Finding(f"option {letter} is {text!r}{key}", f"option {letter}")


def _combined_options(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for letter, text in draft.options.items():
        plain = text.strip(" .")
        if len(plain) <= SHOWN and (_PAIR.fullmatch(plain) or _names_letters(plain, draft)):
            yield Finding(f"option {letter} refers to other options by their place: {text!r}", f"option {letter}")


def _names_letters(text: str, draft: Draft) -> bool:
    match = _COMBINED.fullmatch(text)
    if not match or len(text) == 1 or _LISTED.search(draft.question or ""):
        return False
    named = re.findall(r"\b[A-H]\b", text.upper())
    if not all(letter in draft.options for letter in named):
        return False
    stated = match["both"] or match["more"]
    return bool(stated) or (len(named) > 1 and not _LETTERED.search(draft.question or ""))


def _duplicate_distractors(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for one, other in same_options(draft):
        if draft.answer not in (one, other):
            detail = f"options {one} and {other}, both wrong, are the same: {draft.options[one][:SHOWN]!r}"
            yield Finding(detail, f"option {other}")


def _stem_in_option(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    question = draft.question or ""
    lower = question.lower()
    standing = [letter for letter, text in draft.options.items() if text.strip(" .").lower() in lower]
    if len(standing) == 1 and _stands(draft.options[standing[0]], question):
        key = ", and it is the key" if standing[0] == draft.answer else ""
        detail = f"of the options, {standing[0]} alone stands in the stem word for word{key}"
        yield Finding(detail, f"option {standing[0]}", None, "possible")
    for letter, text in draft.options.items():
        if len(text) >= STEM_SHARE * len(question) / 2 and (share := _share_of_stem(question, text)) >= STEM_SHARE:
            yield Finding(
                f"option {letter} repeats {share:.0%} of the stem's words", f"option {letter}", None, "likely"
            )


def _stands(option: str, question: str) -> bool:
    """Whether an option of some weight stands in the stem as words of its own."""
    inner, outer = (f" {' '.join(words(text))} " for text in (option, question))
    return len(inner) > STEM_CHARS and inner in outer and not _MEASURES.search(option)


def _share_of_stem(question: str, option: str) -> float:
    asked = frozenset(content_stems(question))
    return len(asked.intersection(content_stems(option))) / len(asked) if len(asked) >= STEM_WORDS else 0.0


def _options_of_unequal_kind(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    options = {letter: text for letter, text in draft.options.items() if not _reads_as_joker(text)}
    if len(options) < 3:
        return
    lengths = {letter: text.count(" ") + 1 for letter, text in options.items()}
    longest, *others = sorted(lengths, key=lengths.__getitem__, reverse=True)
    most, next_most = lengths[longest], lengths[others[0]]
    if most >= SENTENCE_WORDS and next_most <= PHRASE_WORDS:
        detail = f"option {longest} has {most} words, and the others at most {next_most}"
        yield Finding(detail, f"option {longest}", None, "likely")
    elif longest == draft.answer and most >= KEY_RATIO * next_most and most - next_most >= KEY_MORE_WORDS:
        detail = f"the key {longest} has {most} words, and the others at most {next_most}"
        yield Finding(detail, f"option {longest}", None, "possible")
    else:
        yield from _odd_quantity(options)


def _odd_quantity(options: dict[str, str]) -> Iterator[Finding]:
    """One quantity among phrases without a number, or one phrase among quantities."""
    quantities = [letter for letter, text in options.items() if _QUANTITY.fullmatch(text.strip())]
    phrases = [letter for letter in options if letter not in quantities]
    odd = min(quantities, phrases, key=len)
    near = _NUMBERED if odd is quantities else _MEASURES
    if len(odd) == 1 and not any(near.search(options[letter]) for letter in phrases):
        kind = "a quantity and the others are not" if odd is quantities else "not a quantity, as the others are"
        yield Finding(f"option {odd[0]} ({options[odd[0]]!r}) is {kind}", f"option {odd[0]}", None, "likely")


def _reads_as_joker(text: str) -> bool:
    plain = text.strip(" .")
    return bool(_ALL.fullmatch(plain) or _NONE.fullmatch(plain) or _PAIR.fullmatch(plain) or _COMBINED.fullmatch(plain))


CHECKS: tuple[Check, ...] = (
    Check(
        "rationale_argues_for_other_option",
        "warns",
        "Rationale argues for another option than the key",
        "The model is rewarded for one letter and told the reasons for another; often the key is wrong.",
        argues_for_other_option,
    ),
    Check(
        "duplicate_distractors",
        "warns",
        "Two wrong options are the same",
        "The question has fewer options than it seems, so that guessing scores better than chance.",
        _duplicate_distractors,
    ),
    Check(
        "combined_options",
        "warns",
        "Option that refers to others by letter",
        "When options are shuffled, 'both A and B' points at other options and the key becomes wrong.",
        _combined_options,
    ),
    Check(
        "stem_in_option",
        "warns",
        "Stem repeated in an option",
        "The repeated words tell which option to take, and the model learns the cue in place of the medicine.",
        _stem_in_option,
    ),
    Check(
        "options_of_unequal_kind",
        "warns",
        "Options of unequal kind or length",
        "The odd or the far longer option can be picked without reading the stem, which inflates scores.",
        _options_of_unequal_kind,
    ),
    Check(
        "all_of_the_above",
        "informs",
        "'All of the above' among the options",
        "It is the key more often than chance, needs its place at the end, and knowing two options gives it away.",
        _all_of_the_above,
    ),
    Check(
        "none_of_the_above",
        "informs",
        "'None of the above' among the options",
        "It needs its place at the end, and as the key it names no right answer to learn.",
        _none_of_the_above,
    ),
)
