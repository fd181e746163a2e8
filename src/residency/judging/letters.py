"""Reading which option of an MCQ an answer chooses: what names none gives None, never a letter not chosen."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from residency.core.prompt import ANSWER
from residency.core.text import content_stems, normalise
from residency.judging import letter_patterns as said

_LONGEST_BARE = 30
_BEFORE = 90  # characters before a choice that may take it back
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NOT_RIGHT = re.compile(r"\b(?:not|n['’]t|wrong|incorrect|false|excluded|unlikely)\b|[?？]", re.IGNORECASE)

_PERSON = re.compile(
    r"[A-Z][\w'’-]+\s(?:first\s)?(?:describ|report|show|introduc|perform|propos|publish|defin)(?:ed|es)\b"
)
_SENTENCE_ENDS = re.compile(r"\.\s+(?=[A-Z]\w?)")


class _Event(NamedTuple):
    """A letter that is called the answer, or None where the answer is said to be no single option; ``end`` is where
    in the text this ends."""

    start: int
    end: int
    letter: str | None


def parse_letter(text: str, letters: Collection[str]) -> str | None:
    """The option chosen; None when there is none, which callers count as unparsed and never as a wrong letter.

    Read are, in this order: the last ``ANSWER: X`` (``the answer is X``, ``I would choose X``, the same in other
    languages, JSON or LaTeX) whose letter is an option; a lone letter as the whole text; an option's label at the
    beginning (``B. Femoral hernia``) where no other option's label begins a line; an option that alone is called
    right. Two letters side by side are no choice, nor is one that the text then takes back. Thoughts, also those
    that were cut off, and what follows as a next question do not count. Where ``letters`` is a mapping to the options'
    texts, a label must stand before its own option.
    """
    text = _plain(text)
    events = _events(text, letters)
    if events:
        text = _first_question(text, events[0])
        last = next(event for event in reversed(events) if event.start < len(text))
        return None if said.WITHDRAWN.search(text, last.end) else last.letter
    text = text.strip()
    if len(text) < _LONGEST_BARE and (bare := said.BARE.match(text)):
        return bare[1].upper() if bare[1].upper() in letters else None
    return _labelled(text, letters) or _called_right(text, letters)


def named_letters(text: str, letters: Collection[str]) -> frozenset[str]:
    """All options that an answer chooses by their letters: one that names several has not chosen, whichever of them
    comes last."""
    return frozenset(event.letter for event in _events(_plain(text), letters) if event.letter)


def named_option(text: str, options: Mapping[str, str]) -> str | None:
    """The letter of the option whose whole text the last ``ANSWER:`` line says in place of a letter, else None."""
    lines = [line.strip(" \t*_#>`") for line in _plain(text).splitlines()]
    rests = [line[len(ANSWER) :] for line in lines if line.upper().startswith(ANSWER)]
    stated = _bare(rests[-1]) if rests else ""
    named = [letter for letter, option in options.items() if stated and _bare(option) == stated]
    return named[0] if len(named) == 1 else None


def declines(text: str) -> bool:
    """Whether a text says that it does not know, or that it cannot or will not answer."""
    return bool(said.DECLINES.search(_plain(text)))


def _bare(text: str) -> str:
    return normalise(text).strip(" .*_()[]{}\"'`“”")


def _plain(text: str) -> str:
    """The text without thoughts, with full-width signs, LaTeX and simple tags made plain."""
    text = said.THOUGHT.sub("\n", text.translate(_FULL_WIDTH))
    text = said.THOUGHT_ENDS.split(text)[-1]
    for pattern, plain in (*said.LATEX, *said.TAGS):
        text = pattern.sub(plain, text)
    return text


def _events(text: str, letters: Collection[str]) -> list[_Event]:
    found = [_Event(match.start(), match.end(), None) for match in said.NOTHING.finditer(text)]
    for pattern in (said.CHOICE, said.FOREIGN):
        found += [event for match in pattern.finditer(text) for event in _event(match, text, letters)]
    return sorted(found, key=lambda event: event[:2])


def _event(match: re.Match[str], text: str, letters: Collection[str]) -> Iterator[_Event]:
    letter, end = match["letter"].upper(), match.end()
    small = match["letter"].islower()
    if letter not in letters or said.REJECTED.match(text, end) or said.ASKED.match(text, end):
        return
    if _is_supposed(match, text) or _is_verb(match, text):
        return
    second = (said.SECOND_SMALL if small else said.SECOND).match(text, end)
    other = second and (second["one"] or second["two"] or "").upper()
    both = said.SECOND_LABEL.match(text, end)
    if (other and other != letter and (other in letters or other not in "AI")) or (both and both["letter"] in letters):
        yield _Event(match.start(), end, None)
    elif _is_word(text, end, letter, letters):
        if ":" in match["between"]:  # "ANSWER: A CT scan": what was called the answer before is not the last word
            yield _Event(match.start(), end, None)
    elif not _lists(match, text, letters):
        ends = said.SMALL_ENDS.match(text, end)
        cut_off = ends is not None and ends["end"] is not None and ":" not in match["between"] and letter == "A"
        if not small or (ends and not cut_off):
            yield _Event(match.start(), end, letter)


def _is_supposed(match: re.Match[str], text: str) -> bool:
    """Whether a letter is only thought of as the answer: doubted, said by others, or right if things were different."""
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    would = "would" in match["between"].lower() and said.SUPPOSED_WOULD.search(before)
    return bool(would or said.SUPPOSED.search(before))


def _is_word(text: str, end: int, letter: str, letters: Collection[str]) -> bool:
    """Whether the letter is an article, or part of a name, by what follows it and is not the letter's own option."""
    if said.PROSE.match(text, end):
        return not (isinstance(letters, Mapping) and _begins(text[end:], letters[letter]))
    return bool(said.SPECIES.match(text, end))


def _is_verb(match: re.Match[str], text: str) -> bool:
    """Whether "answer B" is what somebody would answer."""
    if match["between"].strip(" *_(['\"`“‘") or "\n" in match["between"]:
        return False
    called = match.groupdict().get("called") or ""
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    return called.lower() == "answer" and not said.SAID_BY_OTHERS.search(before)


def _lists(match: re.Match[str], text: str, letters: Collection[str]) -> bool:
    """Whether the letter is the first label of a list of options, as in "Choose the best answer: A. ... B. ..."."""
    order = sorted(letters)
    if match["letter"].upper() != order[0] or len(order) < 2:
        return False
    end = match.end("letter")
    if text[end : end + 1] not in tuple(".):]*_"):
        return False
    return bool(re.compile(rf"[^\n]{{0,200}}?(?:\s|\n\s*)[*_(\[]*{order[1]}[*_]*[.):\]]\s").match(text, end))


def _first_question(text: str, first: _Event) -> str:
    """The text up to where a next question is asked after a choice: models that are not tuned write on."""
    after = said.NEXT_QUESTION.search(text, first.end)
    return text[: after.start()] if after else text


def _labelled(text: str, letters: Collection[str]) -> str | None:
    """The letter of the option's label with which the text begins, the only one in it, and not said to be wrong."""
    labels = list(said.LABEL.finditer(text))
    if not labels or labels[0].start() or len({label["letter"] for label in labels}) > 1:
        return None
    letter, sign = labels[0]["letter"], labels[0]["sign"]
    if letter not in letters or (sign and not sign.strip(" \t–—-") and not isinstance(letters, Mapping)):
        return None
    line = text[labels[0].end() :].split("\n", 1)[0]
    if _PERSON.match(line):  # "A. Vesalius described"
        return None
    beyond = _without_option(line, letter, letters)
    others = {other for other in letters if other != letter and re.search(rf"\b{other}\b", beyond)}
    wrong = _NOT_RIGHT.search(beyond if not others else _SENTENCE_ENDS.split(beyond, maxsplit=1)[0])
    return letter if not wrong and (not sign or _is_of(letter, line, letters)) else None


def _called_right(text: str, letters: Collection[str]) -> str | None:
    """The only option that the text calls right ("B is correct"; with the options' texts, "the cause is B. Lipoma")."""
    found = [match for match in said.CALLED_RIGHT.finditer(text) if match["letter"] in letters]
    if isinstance(letters, Mapping):
        found += [
            match
            for match in said.IS_LABELLED.finditer(text)
            if match["letter"] in letters
            and _begins(text[match.end() :], letters[match["letter"]])
            and not _lists(match, text, letters)
        ]
    sure = [one for one in found if not said.SUPPOSED.search(text[max(0, one.start() - _BEFORE) : one.start()])]
    chosen = {one["letter"] for one in sure}
    if len(chosen) != 1 or said.WITHDRAWN.search(text, sure[-1].end()):
        return None
    return chosen.pop()


def _is_of(letter: str, line: str, letters: Collection[str]) -> bool:
    if not isinstance(letters, Mapping):
        return True
    own = letters[letter]
    # With another option's words after it the label counts, as it does after "ANSWER:"; those of no option are prose.
    options = any(_begins(line, option) for option in letters.values())
    return options or bool(set(content_stems(line)) & set(content_stems(own)))


def _begins(text: str, option: str) -> bool:
    return normalise(text[: 2 * len(option) + 20]).lstrip("*_ ").startswith(normalise(option.rstrip(".")))


def _without_option(line: str, letter: str, letters: Collection[str]) -> str:
    """A line without the option's own text, which may well hold a "not"."""
    option = letters[letter].rstrip(".") if isinstance(letters, Mapping) else ""
    return line[len(option) :] if line.lower().startswith(option.lower()) else line
