"""A dangerous diagnosis missing from a list, or one in it that does not belong there."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from residency.domain.surgery.diagnoses import AMERICAN, BY_REGION, CONTEXT, DENIED, FOREIGN, HINTS, SEXES
from residency.preference.edits.edit import Edit, Operator, Refusal
from residency.preference.edits.prose import Statement, alternatives, american, first_words, statements

KIND = "differential"
_I = re.IGNORECASE
_MISSING, _ADDED = "missing", "implausible added"
_REGION_OF = {
    spelt.lower(): region
    for region, members in BY_REGION.items()
    for member in members
    for spelt in (member, AMERICAN.get(member, member))
}
_ONE = r"(?!(?:and|or|is|are|was|were|which|that|who|with|when|because|but|may|can)\b)[\w'-]+"
_PLAIN = rf"\b{_ONE}(?: {_ONE}){{0,3}}"
_WORD = re.compile(rf"(?<![\w-])(?P<word>{alternatives(list(_REGION_OF))})(?P<note> \([^()]{{1,40}}\))?(?![\w-])", _I)
_FIRST_WORDS = first_words(_REGION_OF)
_CONTEXT, _DENIED = re.compile(CONTEXT, _I), re.compile(DENIED, _I)
_HINTS = {region: re.compile(rf"\b(?:{words})", _I) for region, words in HINTS.items()}
_GOES_ON = re.compile(
    rf",? (?:and|or|and/or) (?={_PLAIN} ?(?:[.;:)]|$))"
    r"|, (?!(?:which|who|and|or|but|a|an|when|where|if|because|the)\b)"
    rf"(?={_PLAIN}(?:,| (?:and|or)\b))",
    _I,
)
_CAME = re.compile(rf", (?P<last>{_PLAIN})(?P<comma>,?) (?P<join>and|or) $", _I)
_RESEARCH = re.compile(r"\b(?:research|clinical trials)\b", _I)
_NAMES = re.compile(r"\b(?:called|known as|which is|termed)\b[^,;]{0,40}$", _I)
_ENDS = re.compile(r"\s*(?:[.;)]|$)")


def wrong_lists(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Lists of diagnoses with one left out, or with one that does not belong."""
    if _RESEARCH.search(question):
        return
    whole = f"{question}\n{text}"
    foreign: list[tuple[str, str]] | None = None
    for statement in statements(text):
        if statement.words.isdisjoint(_FIRST_WORDS):
            continue
        for match in _WORD.finditer(statement.text):
            joined = _GOES_ON.match(statement.text, match.end())
            came = _CAME.search(statement.text[max(0, match.start() - 70) : match.start()])
            listed = re.search(r"(?:,|\b(?:and|or)) $", statement.text[: match.start()])
            if not joined and not came:
                continue
            if _NAMES.search(statement.text[: match.start()]) or (
                joined and not listed and re.match(r", (?:and|or)\b", joined[0])
            ):
                yield Refusal(KIND, "the list cannot be told from the sentence around it")
                continue
            if _DENIED.search(statement.text) or not _CONTEXT.search(statement.text):
                yield Refusal(KIND, "no list of diagnoses or of what may follow")
                continue
            yield from _left_out(text, statement, match, joined, came, bool(listed))
            if joined:
                if foreign is None:
                    foreign = _foreign(whole)
                    if not foreign:
                        yield Refusal(KIND, "no diagnosis is foreign to the text")
                yield from _added(text, statement, match, foreign)


def _left_out(
    text: str,
    statement: Statement,
    match: re.Match[str],
    joined: re.Match[str] | None,
    came: re.Match[str] | None,
    listed: bool,
) -> Iterator[Edit | Refusal]:
    said, (start, end) = statement.text, match.span()
    if joined and said[:start].endswith(", "):
        start -= 2  # ", TERM" of "A, TERM, B" and of "A, TERM and B"
        if joined[0].startswith(", ") and joined[0].strip(", ") in ("and", "or") and said[:start].count(",") == 0:
            end += 1
        after = ""
    elif joined and not listed and joined[0].startswith(", ") and joined[0].strip(", ") not in ("and", "or"):
        end = joined.end()  # "TERM, " of "TERM, B and C"
        after = ""
        if said[start].isupper() and not said[start : start + 2].isupper():
            after, end = said[end].upper(), end + 1
    elif came and _ENDS.match(said, end):
        start = came.start() + max(0, match.start() - 70)
        comma = came["comma"] if "," in said[max(0, start - 60) : start] else ""
        after = f"{comma} {came['join']} {came['last'].strip()}"
    else:
        yield Refusal(KIND, "the list cannot be told from the sentence around it")
        return
    why = f"{match['word'][0].upper()}{match['word'][1:]} is missing from the list, and to forget it is dangerous."
    start, end = statement.start + start, statement.start + end
    yield Edit(KIND, _MISSING, start, end, text[start:end], after, "dangerous", why)


def _added(text: str, statement: Statement, match: re.Match[str], foreign: list[tuple[str, str]]) -> Iterator[Edit]:
    for region, name in foreign:
        after = AMERICAN.get(name, name) if american(text) else name
        at = statement.start + match.end()
        why = f"{after[0].upper()}{after[1:]} does not belong in this list: nothing here points to it ({region})."
        yield Edit(KIND, _ADDED, at, at, "", f", {after}", "major", why)


def _foreign(whole: str) -> list[tuple[str, str]]:
    """Diagnoses of regions of which neither the question nor the text has a word."""
    low = whole.lower()
    regions = [region for region, hint in _HINTS.items() if not hint.search(whole)]
    return [
        (region, name)
        for region in regions
        for name in FOREIGN[region]
        if name not in low and not (name in SEXES and re.search(SEXES[name], low))
    ]


TEXT_OPERATORS: dict[str, Operator] = {KIND: wrong_lists}
