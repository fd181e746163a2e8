"""The wrong time: before for after, early for late, hours for days."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.times import ADJECTIVES, ADVERBS, EVENTS, NO_TIME, NUMBER, SLOW, SWIFT, UNITS
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.prose import Statement, alternatives, edit, first_words, statements

KIND = "timing"
_I = re.IGNORECASE
_STRETCH = re.compile(
    (
        rf"(?<![\w.,/-])(?P<number>{NUMBER})(?P<gap> )(?P<unit>{'|'.join(UNITS)})(?P<plural>s?)\b(?!-|'| of age|"
        r" a | per| old|/)"
    ),
    _I,
)
_NO_TIME = re.compile(NO_TIME, _I)
_ANY_UNIT = re.compile(rf"\b(?:{'|'.join(UNITS)})s?\b", _I)
_SWIFT = re.compile(rf"\b(?P<word>{alternatives(SWIFT)})\b", _I)
_ADJECTIVE = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(rf"(?P<w{place}>{word})(?= (?:{nouns})\b)" for place, (word, _, nouns) in enumerate(ADJECTIVES))
    + ")",
    _I,
)
_ADVERB = re.compile(
    rf"\b(?:is|are|be|starts?|started|given|appears?|develops?|begins?|occurs?|used|called|done|come[s]?|grows?|"
    r"progress\w*|spreads?|worsens?|acts?|offered|escalated?|changes?) (?:(?:very|more|"
    rf"too) )?(?P<word>{'|'.join(word for word, _ in ADVERBS)})\b(?!-| in\b| on\b)",
    _I,
)
_UNIT_WORDS = frozenset(word for unit in UNITS for word in (unit, f"{unit}s"))
_HASTE_WORDS = first_words([*SWIFT, *(word for word, _, _ in ADJECTIVES), *(word for word, _ in ADVERBS)])
_ADVERBS = dict(ADVERBS)
_EVENT = re.compile(rf"(?<![\w-])(?P<word>before|after) (?:{EVENTS})\b", _I)
_SET = re.compile(
    r"\b(?:given|done|started|stopped|taken|performed|made|used|offered|measured|omitted|checked|repeated|"
    r"removed|restarted|"
    r"should|must|needed|excluded|treated|marked|intubated|confirms?|recorded|allowed|planned|corrected|followed|"
    r"occurs?|develops?|appears?|begins?|starts?|usually|precede\w*|before|needs?|requires?|comes?|due)\b",
    _I,
)
_RESEARCH = re.compile(r"\b(?:research|clinical trials)\b", _I)
_OPERATES = re.compile(r"\b(?:operat\w+|repair\w*|explor\w+|decompress\w+|drain\w*|theatre|\w+otomy|\w+ectomy)\b", _I)
_BOTH = re.compile(
    (
        r"\b(?:before|after|during),? (?:and|or|during|to)\b|\bto (?:before|after)\b|\b(?:soon|shortly|even|weeks|"
        r"years|months) after\b"
    ),
    _I,
)
_DENIED = re.compile(
    (
        r"\b(?:not|never|no|nor|neither|without|rather|whether|instead|wrong|would|or|may|might|can|could|some|"
        r"sometimes|unless)\b"
    ),
    _I,
)


def wrong_times(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Another unit, another haste, another side of an event."""
    if _RESEARCH.search(question):
        return
    for statement in statements(text):
        if not statement.words.isdisjoint(_UNIT_WORDS):
            yield from _stretches(text, statement)
        if not statement.words.isdisjoint(_HASTE_WORDS):
            yield from _haste(text, statement)
        if not statement.words.isdisjoint(("before", "after")):
            yield from _events(text, statement)


def _stretches(text: str, statement: Statement) -> Iterator[Edit | Refusal]:
    for match in _STRETCH.finditer(statement.text):
        if _NO_TIME.search(statement.text):
            yield Refusal(KIND, "no time of what is done or of how an illness goes, or a denied one")
            continue
        if len(_ANY_UNIT.findall(statement.text)) > 1:
            yield Refusal(KIND, "two stretches of time in one statement")
            continue
        unit = match["unit"].lower()
        at = UNITS.index(unit)
        within = re.search(r"\b(?:within|in under)(?: about| the first)? $", statement.text[: match.start()], _I)
        for other in UNITS[max(0, at - (not within)) : at] + UNITS[at + 1 : at + 2]:
            if (
                other == "year"
                and unit == "month"
                and match["number"].lower() not in ("one", "two", "three", "1", "2", "3", "six", "6")
            ):
                continue
            start, end = statement.start + match.start("unit"), statement.start + match.end("unit")
            told = f"{match['number']} {unit}{match['plural']}"
            why = f"The time is {told}; {match['number']} {other}{match['plural']} is out by a whole unit of time."
            severity: Severity = (
                "dangerous" if re.search(r"\b(?:within|given|stopped|before)\b", statement.text, _I) else "major"
            )
            if match["number"].lower() in ("one", "a", "1") and match["plural"]:
                continue
            yield edit(KIND, text, (start, end), other, severity, why)


def _haste(text: str, statement: Statement) -> Iterator[Edit | Refusal]:
    for match in _SWIFT.finditer(statement.text):
        slow = SLOW if _OPERATES.search(statement.text) else SLOW[1:]
        yield from _unless_denied(text, statement, match, "word", slow)
    for match in _ADJECTIVE.finditer(statement.text):
        if statement.text[: match.start()].endswith(("to ", ", ", "and ")):
            yield Refusal(KIND, "one of a list or a span")
            continue
        group = str(match.lastgroup)
        yield from _unless_denied(text, statement, match, group, (ADJECTIVES[int(group[1:])][1],))
    for match in _ADVERB.finditer(statement.text):
        yield from _unless_denied(text, statement, match, "word", (_ADVERBS[match["word"].lower()],))


def _events(text: str, statement: Statement) -> Iterator[Edit | Refusal]:
    for match in _EVENT.finditer(statement.text):
        if _BOTH.search(statement.text):
            yield Refusal(KIND, "both sides of an event")
        elif not _SET.search(statement.text[: match.start()]):
            yield Refusal(KIND, "nothing that is set to a time")
        else:
            yield from _unless_denied(
                text, statement, match, "word", ("after" if match["word"].lower() == "before" else "before",)
            )


def _unless_denied(
    text: str, statement: Statement, match: re.Match[str], group: str, others: tuple[str, ...]
) -> Iterator[Edit | Refusal]:
    if _DENIED.search(statement.text):
        yield Refusal(KIND, "denied or left open")
        return
    word = match[group].lower()
    for other in others:
        if re.search(rf"\b{other}\b", statement.text, _I):
            yield Refusal(KIND, "the other time is named too")
            continue
        why = f'The time that matters here is "{word}"; "{other}" is the wrong one.'
        span = (statement.start + match.start(group), statement.start + match.end(group))
        yield edit(KIND, text, span, other, "dangerous" if word in SWIFT else "major", why)


TEXT_OPERATORS: dict[str, Operator] = {KIND: wrong_times}
