"""What a question is about (its condition, operation or drug), and which passages speak of it too."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from residency.core.records import Passage
from residency.core.text import content_stems, key_phrases, sentences, words
from residency.domain.surgery.doses import RANGES
from residency.domain.surgery.populations import named_in
from residency.domain.surgery.questions import ASKED, GENERAL
from residency.grounding.naming import LEAST_RARITY, MEANS, NOT_LAST, in_sentence, wanted
from residency.retrieval.index import Index

_ASKED = [[re.compile(rf"\b{part}") for part in entry.replace("$", r"\b").split()] for entry in ASKED]
_DEFINES = re.compile(
    r"^what (?:is|are|is \(are\)) (?:an? |the )?[^,;?]+\?$|^do you have information|"
    r"^what do(?:es)? [^?]* (?:look like|mean)\?$",
    re.IGNORECASE,
)
LONGEST_NAME, LONGEST_RUN = 8, 40  # words of a name, and of a run in which it is looked for
NO_NAME = 2  # letters that are no name yet: the "L" of "mg/L"
LONE = 3.0  # the least rarity of a subject of one word
_COMMON_DRUGS = frozenset(
    stem
    for word in "calcium potassium magnesium sodium phosphate oxygen glucose saline insulin water albumin iron zinc "
    "vitamin plasma platelets adrenaline lidocaine contrast chloride bicarbonate gluconate".split()
    for stem in content_stems(word)
)
_GENERAL = frozenset(stem for word in GENERAL for stem in content_stems(word))


@dataclass(frozen=True)
class Subject:
    """The stems of what a question is about, and of the drugs that it names."""

    stems: frozenset[str]
    drugs: frozenset[str]

    def spoken_of(self, text: str) -> bool:
        """Whether a title or sentence speaks of it."""
        held = set(content_stems(text))
        return bool(self.stems and self.stems <= held) or bool(self.drugs & held)


def subject_of(question: str, supporting: Sequence[Passage], index: Index) -> Subject:
    """What a question is about, as far as its own words and the passages that answer it tell."""
    asked = set(content_stems(question))
    named = [word for word in words(wanted(question, supporting, index)) if index.rarity(word) >= LEAST_RARITY]
    stems = {stem for word in named for stem in content_stems(word)} & asked - _GENERAL
    stems -= {stem for stem in stems if any(kind.match(stem) for entry in _ASKED for kind in entry)}
    rarest = max((index.rarity(word) for word in words(question) if set(content_stems(word)) & stems), default=0.0)
    lone = len(stems) == 1 and rarest < min(LONE, math.log(len(index.passages)))
    return Subject(frozenset() if lone else frozenset(stems), frozenset(asked & _DRUGS))


_DRUGS = (
    frozenset(stem for name in RANGES if len(name) > 3 and " " not in name for stem in content_stems(name))
    - _COMMON_DRUGS
)


def speaks_of(passage: Passage, subject: Subject) -> bool:
    """Whether a passage is about the subject: its title or one of its sentences speaks of it. Of one word alone, which
    may mean something else ("retention"), the title must."""
    if subject.spoken_of(passage["title"]):
        return True
    return (len(subject.stems) > 1 or bool(subject.drugs)) and any(map(subject.spoken_of, sentences(passage["text"])))


def kind_of_near_miss(question: str, passages: Sequence[Passage], subject: Subject) -> str:
    """How the passages look right for a question that they do not answer: "population" (its condition, not its group of
    patients), "indication" (its drug), "condition" (its condition, another side of it); empty where they do not."""
    near = [passage for passage in passages if speaks_of(passage, subject)]
    if not near:
        return ""
    shown = "\n".join(f"{passage['title']}\n{passage['text']}" for passage in passages).lower()
    if any(not group.mentions.search(shown) for group in named_in(question)):
        return "population"
    stems = {stem for passage in near for stem in content_stems(f"{passage['title']} {passage['text']}")}
    return "indication" if subject.drugs & stems else "condition"


def name_of(question: str, passages: Sequence[Passage], subject: Subject, index: Index) -> str:
    """The subject in the longest words of the question that one of the passages writes as well; empty where there are
    none that read as a name."""
    texts = [f" {' '.join(words(passage['title'] + '. ' + passage['text']))} " for passage in passages]
    best = ""
    for run in map(str.split, key_phrases(question)):
        for start in range(min(len(run), LONGEST_RUN)):
            for end in range(start + 1, min(start + LONGEST_NAME, len(run)) + 1):
                part = " ".join(run[start:end])
                stems = set(content_stems(part))
                whole = subject.stems <= stems if subject.stems else bool(subject.drugs & stems)
                held = any(f" {' '.join(words(part))} " in text for text in texts)
                if MEANS.search(run[end - 1]) or MEANS.search(run[end] if end < len(run) else ""):
                    continue
                longer = len(part) > max(len(best), NO_NAME)
                if whole and held and longer and not NOT_LAST.search(run[end - 1].lower()):
                    best = part
    return in_sentence(best, index.names)


def defines(question: str) -> bool:
    """Whether a question asks what a thing is, so that whatever is said of it is part of an answer."""
    return bool(_DEFINES.match(sentences(question)[-1])) if question.strip() else False


def on_its_point(question: str, sentence: str, subject: Subject) -> bool:
    """Whether a sentence touches more of a question than its subject: another of its telling words, or the kind of
    thing that it asks for. It might then be read as the answer."""
    rest = set(content_stems(question)) - subject.stems - subject.drugs - _GENERAL
    said = sentence.lower()
    kinds = [entry for entry in _ASKED if any(kind.search(question.lower()) for kind in entry)]
    return bool(rest & set(content_stems(sentence))) or any(kind.search(said) for entry in kinds for kind in entry)
