"""A step put in another place of the order by one word: first for last, then for first, before for after."""

from __future__ import annotations

import re
from collections.abc import Iterator

from residency.domain.surgery.sequences import CLAUSE, DONE, PLACED, RANKS, STEPS
from residency.preference.edits.edit import Edit, Refusal
from residency.preference.edits.prose import Statement, edit
from residency.preference.edits.step_swaps import KIND

_I = re.IGNORECASE
_WORDS = re.compile(r"\b(?:first|last|next|second|then|follows?|before|after|once|begins?|starts|ends)\b", _I)
_RANK = re.compile(rf"\b(?P<word>{'|'.join(word for word, _ in RANKS)})\b", _I)
_RANKS: dict[str, tuple[str, ...]] = {}
for _word, _other in RANKS:
    _RANKS[_word] = (*_RANKS.get(_word, ()), _other)
_STEP = re.compile(rf"\b(?:[Tt]he|[Yy]our|usual) (?P<word>first|last) (?:{STEPS})\b")
_THEN = re.compile(rf"\b(?:is|are|be) (?P<word>then) (?:{PLACED}|{DONE}|chosen|arranged|limited|left|laid)\b")
_FOLLOWS = re.compile(
    r"(?<=[a-z] )(?<!that )(?<!which )(?<!to )(?P<word>follows|follow)(?=\s*[.,;]|$| if\b| when\b| only\b| once\b)"
)
_CLAUSE = re.compile(rf"\b(?<!at )(?<!all )(?P<word>[Bb]efore|[Aa]fter|[Oo]nce) {CLAUSE}")
_NO_CLAUSE = re.compile(
    r"\b(?:soon|shortly|long|even|just|immediately|year|years|months|weeks|days|hours|ever|was|were|had|may|"
    r"can|could|might|not|no|never|"
    r"would|wrong\w*|unsafe|too|whether|if|risks?|or|did|still|continue|time to time)\b",
    _I,
)
_PLACED = re.compile(
    rf"\b(?:is|are|be|been) (?:\w+ly )?(?:{PLACED})(?: \w+){{0,2}}? (?P<word>first|last)\b(?=\s*[.,;]|$| and\b|"
    r" in\b| by\b| with\b| because\b)"
    rf"|\b(?:is|are|be) (?P<early>first|last) (?:{PLACED})\b",
    _I,
)
_DENIED = re.compile(r"\b(?:not|never|no|nor|neither|trials?|may|whether|would|wrong\w*|can|could|might|too)\b", _I)
_VERB = re.compile(
    (
        r"\b(?:is|are|be|should|must|needs?|requires?|has|have|do|talk|ask|take|use|wash|goes|begins?|starts?|"
        r"appears?|ends|occurs?|records|confirms?)\b"
    ),
    _I,
)
_DEED = re.compile(
    (
        r"\b(?:treatment|therapy|management|resuscitation|staging|assessment|investigation|feeding|care|diagnosis|"
        r"procedure|operation)\b"
    ),
    _I,
)
_PLACES: tuple[tuple[re.Pattern[str], dict[str, tuple[str, ...]]], ...] = (
    (_RANK, _RANKS),
    (_PLACED, {"first": ("last",), "last": ("first",)}),
    (_STEP, {"first": ("last",), "last": ("first",)}),
    (_THEN, {"then": ("first",)}),
    (_FOLLOWS, {"follows": ("comes first",), "follow": ("come first",)}),
    (_CLAUSE, {"before": ("after", "once"), "after": ("before",), "once": ("before",)}),
)


def ranks(text: str, statement: Statement) -> Iterator[Edit | Refusal]:
    """A step put in another place of the order by a word: first for last, then for first, before for after."""
    if not _WORDS.search(statement.text):
        return
    for pattern, others in _PLACES:
        for match in pattern.finditer(statement.text):
            group = "early" if match.groupdict().get("early") else "word"
            word = match[group].lower()
            denied = _NO_CLAUSE if pattern is _CLAUSE else _DENIED
            if denied.search(statement.text):
                yield Refusal(KIND, "the place in the order is denied or left open")
                continue
            if not _placed(statement.text, match, pattern):
                yield Refusal(KIND, "no step of what is done")
                continue
            span = (statement.start + match.start(group), statement.start + match.end(group))
            for other in others[word]:
                why = f'In the order of the steps it is "{word}" and not "{other}".'
                yield edit(KIND, text, span, other, "major", why)


def _placed(said: str, match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    """Whether a word of order is said of steps: of what is done and not of the thing named just before it."""
    head = said[: match.start("word")] if match["word"] else ""
    if pattern is _CLAUSE:
        clause = re.split(r"[,;:]| and | but ", head)[-1]
        return not clause.strip() or _VERB.search(clause) is not None
    if pattern is _THEN:
        return re.search(r"\b(?:is|are|be) \w+", head) is not None
    if pattern is _RANK and match["word"].lower().startswith(("begin", "start", "end")):
        return _DEED.search(head) is not None
    return True
