"""Whether an MCQ's rationale argues for its key: by the letter it names, by what it calls right, and by whose
words it opens with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from residency.core.text import content_stems, sentences, words
from residency.corpus.checks.base import Finding
from residency.corpus.checks.fields import SHOWN
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings

ROOT, LEAST_ROOT = 6, 4  # characters by which words are first compared
_PUNCTUATION = ".,;:()'\""
OPENING_SHARE = 0.7  # of an option's own words in the first sentence; on the example bank no clean row has more
COMBINES = re.compile(
    r"\A\W*(?:all|none|both|either|neither|any)\b|\b(?:the above|of (?:these|those|them))\b", re.IGNORECASE
)
# The rationale of a question that asks for the wrong or the last choice praises the other options.
_ASKS_FOR_WRONG = re.compile(
    r"\b(?:not|except(?:ing)?|least|last|false|incorrect|untrue|wrong|unlikely|never|cannot|avoid(?:ed)?|"
    r"contra-?indicat\w+|inappropriate|unsuitable|unsafe|rarest?|exclud\w+|odd one)\b|n't\b",
    re.IGNORECASE,
)
_WORDS = r"\b(?:ans(?:wer)?|key|(?:correct|right|best)\s+(?:answer|option|choice|letter))\b"
_LETTERS = (
    r"(?P<letters>[A-H](?:\s*(?:,|&|and|/|\+)\s*[A-H])*(?![\w'’]|-\w)|[a-h](?=\s*[)\]\"'”’.,:;–-]|\s*$|\s+i\.?e))"
)
_NAMED = re.compile(  # "Answer: C", "Ans. c)", "the correct option is (B)", "Answer- A, B"
    rf"(?i:{_WORDS}\s*(?:is|are|was)?[\s:.=–-]*(?:(?:the\s+)?(?:option|choice|letter)s?\s*)?)[(\[\"'“‘]*{_LETTERS}",
    re.MULTILINE,
)
_PRAISED = re.compile(  # "Option B is correct", "(C) is the right answer"
    r"(?:\b(?i:option|choice|answer)\s*[(\"'“‘]*|\()(?P<letters>[A-H])[)\"'”’.]*\s+is\s+(?:therefore\s+|thus\s+)?(?:the\s+)?"
    r"(?:correct|right|best|answer)\b(?!\s+(?:only|if|for|when|in|about|statement)\b)"
)
_NAMING, _PRAISING = ("ans", "key", "correct", "right", "best"), ("correct", "right", "best", "answer")
_ARTICLE = re.compile(r"A\s+(?!is\b|as\b|since\b|because\b|i\.?e)[a-z]")
_NOUN = r"(?:answer|choice|option|one|measure|treatment|operation|drug|test|investigation|diagnosis|step)"
# "X is right", "X is the best choice"; not "X is best in children".
_RIGHT = ("right", "correct", "best")
_IS_RIGHT = re.compile(
    rf"\s(?:is|are)\s(?:therefore\s|thus\s)?(?:the\s)?(?:right|correct|best)(?:\s{_NOUN})?(?=[,.;:]|$)", re.IGNORECASE
)
_RIGHT_IS = re.compile(rf"\b(?:correct|right|best)\s{_NOUN}\s(?:is|are)\s(?P<named>[^.;:]{{2,120}})", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:not|no|never|neither|nor|wrong|incorrect|instead|rather)\b|n't\b", re.IGNORECASE)
_DENIED = re.compile(
    r"\w*(?:\s+\w+){0,3}?\s+(?:(?:is|are|was|were|do|does|did|would|will|can|could|should)(?:\s+(?:not|never|wrong|"
    r"incorrect)\b|n't\b)|cannot\b)"
)

Stems = dict[str, frozenset[str]]


def argues_for_other_option(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    """At most one finding. A letter that is named is trusted most; then a phrase that is called right; last, a
    first sentence with all the words of another option and none of the key's."""
    key = draft.options.get(draft.answer or "")
    if not draft.rationale or key is None or COMBINES.search(key):
        return
    named = _named(draft)
    if any(letter == draft.answer for letter, _ in named):
        return
    if named:
        yield from _by_letter(draft, key, *named[0])
    elif not _asks_for_wrong(draft.question or ""):
        yield from _by_words(draft, key)


def _asks_for_wrong(question: str) -> bool:
    """Whether the last sentence, which is what a vignette asks, asks for a wrong or the last choice."""
    if not _ASKS_FOR_WRONG.search(question):
        return False
    return any(_ASKS_FOR_WRONG.search(sentence) for sentence in sentences(question)[-1:])


def _named(draft: Draft) -> list[tuple[str, int]]:
    """The letters of options that the rationale names as right, with the place of each."""
    found: list[tuple[str, int]] = []
    lower = draft.rationale.lower()
    for pattern, signs in ((_NAMED, _NAMING), (_PRAISED, _PRAISING)):
        if not any(sign in lower for sign in signs):
            continue
        for match in pattern.finditer(draft.rationale):
            start = match.start("letters")
            if not _ARTICLE.match(draft.rationale, start) or _opens_with(draft, start + 1, draft.options.get("A", "")):
                letters = re.findall(r"[A-Ha-h]", match["letters"].replace("and", ","))
                found += [(letter.upper(), start) for letter in letters if letter.upper() in draft.options]
    return found


def _opens_with(draft: Draft, place: int, option: str) -> bool:
    """Whether the rationale has the option's text at ``place``; words may be glued together there."""
    wanted = "".join(words(option))
    return bool(wanted) and "".join(words(draft.rationale[place : place + 2 * len(option) + 20])).startswith(wanted)


def _by_letter(draft: Draft, key: str, letter: str, place: int) -> Iterator[Finding]:
    own = _opens_with(draft, place + 1, draft.options[letter])
    if _opens_with(draft, place, key):
        return  # the letter begins the key's own text, as in "E. coli"
    if _opens_with(draft, place + 1, key):
        detail = f"it names {letter} with the words of the key {draft.answer}; were the options reordered?"
    else:
        detail = f"it names {letter} ({draft.options[letter][:SHOWN]!r}) as right, and the key is {draft.answer}"
    yield Finding(detail, "rationale", (place, place + 1), "certain" if own else "likely")


def _by_words(draft: Draft, key: str) -> Iterator[Finding]:
    claims = list(_called_right(draft.rationale))
    if not claims and _opens_for(draft, key):
        return
    stems = {letter: frozenset(content_stems(text)) for letter, text in draft.options.items()}
    own = _own_stems(stems)
    called = [letter for claim in claims for letter in _meant(claim, stems, own, draft.answer or "")]
    if draft.answer in called:
        return
    if called:
        text = draft.options[called[0]][:SHOWN]
        yield Finding(
            f"it calls {called[0]} ({text!r}) right, and the key is {draft.answer}", "rationale", None, "likely"
        )
    elif own[draft.answer or ""]:
        yield from _by_opening(draft, own)


def _opens_for(draft: Draft, key: str) -> bool:
    """A quick look: whether the first sentence has the key, or the beginning of a word that is the key's alone."""
    opening = (draft.rationale[: draft.rationale.find(". ") + 1] or draft.rationale).lower()
    others = " ".join(text for letter, text in draft.options.items() if letter != draft.answer).lower()
    starts = [word.strip(_PUNCTUATION)[:ROOT] for word in key.lower().split()]
    return key.lower() in opening or any(
        len(start) >= LEAST_ROOT and start in opening and start not in others for start in starts
    )


def _meant(claim: str, stems: Stems, own: Stems, key: str) -> list[str]:
    """The option that a phrase means: the longest that it holds whole, or the key when it has some of its own words."""
    said = frozenset(content_stems(claim))
    held = [letter for letter, wanted in stems.items() if wanted and wanted <= said]
    if held:
        return [max(held, key=lambda letter: (len(stems[letter]), letter == key))]
    return [key] if own[key] & said else []


def _called_right(rationale: str) -> Iterator[str]:
    """The phrases that the rationale calls right."""
    lower = rationale.lower()
    if not any(word in lower for word in _RIGHT):
        return
    for match in _IS_RIGHT.finditer(rationale):
        start = max(rationale.rfind(sign, 0, match.start()) for sign in ".;:") + 1
        if not _DENIES.search(rationale, start, match.start()):
            yield rationale[start : match.start()]
    for match in _RIGHT_IS.finditer(rationale):
        if not _DENIES.search(match["named"]):
            yield match["named"]


def _by_opening(draft: Draft, own: Stems) -> Iterator[Finding]:
    first_sentence, *rest = sentences(draft.rationale)
    opening = content_stems(first_sentence)
    key = own[draft.answer or ""]
    held = {letter: [stem for stem in opening if stem in stems] for letter, stems in own.items() if stems}
    held = {letter: found for letter, found in held.items() if len(set(found)) >= OPENING_SHARE * len(own[letter])}
    if not held or not key.isdisjoint(opening):
        return
    lower = draft.rationale.lower()
    absent = all(key.isdisjoint(content_stems(sentence)) for sentence in rest)
    if absent and any(stem in lower for stem in key):
        return  # words glued together, as files from scans have them
    first = min(held, key=lambda letter: opening.index(held[letter][0]))
    place = max(0, lower.find(held[first][0]))
    if _DENIES.search(lower, 0, place) or _DENIED.match(lower, place):
        return  # "never put mini plates into an infected site" argues against them
    later = "occur nowhere" if absent else "come later"
    detail = (
        f"it opens with {first} ({draft.options[first][:SHOWN]!r}), and the words of the key {draft.answer} {later}"
    )
    yield Finding(detail, "rationale", None, "possible")


def _own_stems(stems: Stems) -> Stems:
    """The stems of each option that no other option has."""
    counts = Counter(stem for found in stems.values() for stem in found)
    return {letter: frozenset(stem for stem in found if counts[stem] == 1) for letter, found in stems.items()}
