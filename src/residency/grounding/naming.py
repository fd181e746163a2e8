"""Naming what a context does not hold: true of the passages that were shown, and fit to be retrieved."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence

from residency.core.records import Passage
from residency.core.text import content_stems, key_phrases, mid_sentence, words
from residency.retrieval.index import Index

LEAST_RARITY = 2.0  # a word in more than one passage of seven tells little
LONGEST_TITLE, LONGEST_PHRASE = 9, 4
MOST_SHARED, MOST_SHARED_UNTITLED = 0.3, 0.2  # of a question's words, with a passage that does not bear on it
_STATE = re.compile(
    r"^(?:perforated|(?:un)?ruptured|infected|obstructed|strangulated|bleeding|(?:un)?complicated) | without [\w ]+$",
    re.IGNORECASE,
)
"""What makes of a condition a state of it, of which a question need not speak ("perforated", "without infection")."""
MEANS = re.compile(
    r"(?:^(?:CT|MRI|MRCP|ERCP|ultrasound|doppler|scans?|films?|X-rays?|radiographs?|inhibitors?|blockers?|antagonists?|"
    r"agonists?|antibiotics?|crystalloids?|index|patients?)|(?:graphy|scopy|gram))$",
    re.IGNORECASE,
)
"""A test, a measure or a class of drugs: what a case mentions on the way, and seldom what a guideline is about."""
NOT_LAST = re.compile(r"(?:[^e]ed|ly|al|ary|ic|ous|ive)$")  # the ends of adjectives, adverbs and participles


def wanted(question: str, withheld: Sequence[Passage], index: Index) -> str:
    """What to retrieve, as the question lets it be guessed: the title of a withheld passage that shares a
    telling word with the question, else the question's own most telling phrase; empty when there is neither."""
    asked = set(content_stems(question))
    best, title = 0.0, ""
    for passage in withheld:
        head = _without_state(passage["title"].partition(":")[0].strip().rstrip(".?!"), asked)
        shared = [word for word in words(head) if _tells(word, index) and set(content_stems(word)) <= asked]
        weight = sum(map(index.rarity, shared))
        if weight > best and len(head.split()) <= LONGEST_TITLE:
            best, title = weight, head
    return in_sentence(title, index.names) if title else _own_phrase(question, withheld, index)


def _without_state(head: str, asked: Collection[str]) -> str:
    """A title's head without a state of its condition of which the question does not speak."""
    return _STATE.sub(lambda state: state[0] if set(content_stems(state[0])) <= set(asked) else "", head)


def in_sentence(title: str, names: Collection[str]) -> str:
    """A title as it stands inside a sentence; where every word of it has a capital ("Pulmonary Embolism"), each loses
    it that is no name or abbreviation."""
    parts = title.split()
    if len(parts) > 1 and all(part[:1].isupper() for part in parts if content_stems(part)):
        return " ".join(mid_sentence(part, names) for part in parts)
    return mid_sentence(title, names)


def unmentioned(what: str, question: str, shown: Sequence[Passage]) -> bool:
    """Whether ``what`` has a word of the question that stands in none of the passages shown, so that it is true
    to say that they do not speak of it."""
    seen = {stem for passage in shown for stem in content_stems(f"{passage['title']} {passage['text']}")}
    return bool(set(content_stems(what)) & set(content_stems(question)) - seen)


def bears_on(question: str, passage: Passage, index: Index) -> bool:
    """Whether a passage may bear on a question although it does not answer it: its title shares a telling word with the
    question, or its text many of the question's words, each counted by how telling it is."""
    asked = {stem: index.rarity(word) for word in words(question) for stem in content_stems(word)}
    heading = {stem for word in words(passage["title"]) if _tells(word, index) for stem in content_stems(word)}
    if heading & set(asked):
        return True
    held = set(content_stems(f"{passage['title']} {passage['text']}"))
    total = sum(asked.values())
    shared = sum(weight for stem, weight in asked.items() if stem in held)
    return shared >= (MOST_SHARED if heading else MOST_SHARED_UNTITLED) * total


def _own_phrase(question: str, withheld: Sequence[Passage], index: Index) -> str:
    """The question's most telling run of words that a withheld passage holds as it stands, with its article.

    A noun alone counts where the passages have no titles and hold it twice. That a passage writes it keeps out
    what only looks like a phrase ("patient complains", "heparin stop").
    """
    held = " ".join(f" {' '.join(words(passage['title'] + '. ' + passage['text']))} " for passage in withheld)
    titled = any(passage["title"] for passage in withheld)
    best, phrase = 0.0, ""
    for run in map(str.split, key_phrases(question)):
        for start in range(len(run)):
            for end in range(start + 1, min(start + LONGEST_PHRASE, len(run)) + 1):
                part = run[start:end]
                weight = sum(map(index.rarity, part))
                if weight <= best or NOT_LAST.search(part[-1]) or not any(_tells(word, index) for word in part):
                    continue
                if MEANS.search(part[-1]) or MEANS.search(run[end] if end < len(run) else ""):
                    continue
                times = held.count(f" {' '.join(words(' '.join(part)))} ")
                alone = len(part) == 1
                if times >= 1 + alone and not (alone and (titled or end < len(run))):
                    best, phrase = weight, " ".join(part)
    place = re.search(
        rf"(?:\b(?P<article>an?|the)\s|(?P<start>^|[.?!:]\s))?{re.escape(phrase)}\b", question, re.IGNORECASE
    )
    if not phrase or not place:
        return phrase
    if place["start"] is not None:
        phrase = mid_sentence(phrase, index.names)
    return f"{place['article'].lower()} {phrase}" if place["article"] else phrase


def _tells(word: str, index: Index) -> bool:
    return index.rarity(word) >= min(LEAST_RARITY, math.log(len(index.passages)))
