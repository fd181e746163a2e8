"""What a rewording must keep, message by message: the users' facts, the lines that have a form, the assistant's facts.

The verifiers hold what the assistant says against its sources and against what users have said. Nothing holds what
users say against anything, so that a fact which a teacher puts into a user's mouth would count as given. Here a user
may say nothing new: each word of a reworded turn stands in the built dialogue so far, or is one of talk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from residency.core.prompt import ANSWER, BEFORE_ACTING, KEY_POINT, KNOWN, NOT_SAID, body, read_options
from residency.core.records import Message
from residency.core.text import STOPWORDS, content_stems, numbers, sentences, words
from residency.judging.overlap import key_fact_recall
from residency.teacher.objections import Against
from residency.teacher.talk import TALK

AS_THEY_STAND = (BEFORE_ACTING, ANSWER, KNOWN, NOT_SAID)
"""Lines that begin with these are held against no source, and stay to the letter."""
KEPT_WORDS = 0.8  # share of a user's content words that a rewording keeps
KEPT_FACTS = 0.7  # share of an assistant's statements that it keeps
FEW = 3  # content words below which a sentence states too little to be looked for
NEAR = 4  # words after a negation within which it negates
_NEGATION = frozenset("no not without never denies denied deny nor".split())
_CLAUSE = re.compile(r"[,.;:!?()\n–—]+")


def objections(built: Sequence[Message], reworded: Sequence[Message]) -> list[Against]:
    """What a rewording changed that it must not; both have the same roles."""
    found: list[Against] = []
    said: list[str] = []
    for place, (old, new) in enumerate(zip(built, reworded, strict=True)):
        before, after = old["content"], new["content"]
        said += [before, after] if old["role"] == "assistant" else [before]
        check = _user if old["role"] == "user" else _assistant
        found += [Against(reason, f"message {place}: {says}") for reason, says in check(before, after, said)]
    return found


def _user(before: str, after: str, said: Sequence[str]) -> Iterator[tuple[str, str]]:
    if read_options(before) != read_options(after):
        yield "options", "the options are not those of the dialogue, each in a line of its own as it stands there"
    known = {number for text in said for number in numbers(text)}
    if new := sorted(set(numbers(after)) - known):
        yield "user_claim", f"the user never said {', '.join(new)}"
    stems = {stem for text in said for stem in content_stems(text)} | TALK
    if foreign := _words_of(after, set(content_stems(after)) - stems):
        yield "user_claim", f"the user brings in what the dialogue does not say: {', '.join(foreign)}"
    if lost := sorted(set(numbers(before)) - set(numbers(after))):
        yield "fact_lost", f"the user no longer says {', '.join(lost)}"
    wanted, kept = set(content_stems(before)) - TALK, set(content_stems(after))
    if wanted and len(wanted & kept) < KEPT_WORDS * len(wanted):
        yield "fact_lost", f"the user no longer says: {', '.join(_words_of(before, wanted - kept))}"
    shared = wanted & kept
    if turned := _words_of(before, (_negated(before) ^ _negated(after)) & shared):
        yield "negation", f"what the user affirms or denies was turned round: {', '.join(turned)}"


def _assistant(before: str, after: str, said: Sequence[str]) -> Iterator[tuple[str, str]]:
    if _lines(before) != _lines(after):
        yield "form", f"lines that begin with {', '.join(AS_THEY_STAND)} must stay as they stand"
    if before.startswith(KEY_POINT) != after.startswith(KEY_POINT) or after.count(KEY_POINT) != before.count(KEY_POINT):
        yield "form", f"the message must begin with {KEY_POINT!r} where it does in the dialogue, and nowhere else"
    if lost := sorted(set(numbers(body(before))) - set(numbers(body(after)))):
        yield "fact_lost", f"the assistant no longer says {', '.join(lost)}"
    facts = [
        fact
        for fact in sentences(body(before))
        if not fact.endswith("?") and len(set(content_stems(fact)) - TALK) >= FEW
    ]
    recall = key_fact_recall(after, facts)
    if recall is not None and recall < KEPT_FACTS:
        yield "fact_lost", "the assistant no longer says all that it says in the dialogue"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith(AS_THEY_STAND)]


def _negated(text: str) -> set[str]:
    """Stems of the words that a negation stands before, in the same clause."""
    found: set[str] = set()
    for clause in _CLAUSE.split(text):
        said = words(clause)
        for place, word in enumerate(said):
            if word in _NEGATION or word.endswith("n't"):
                near = " ".join(other for other in said[place + 1 : place + 1 + NEAR] if other not in STOPWORDS)
                found |= set(content_stems(near)) - TALK
    return found


def _words_of(text: str, stems: set[str]) -> list[str]:
    """The text's words that have these stems, once each."""
    return list(dict.fromkeys(word for word in words(text) if stems & set(content_stems(word))))
