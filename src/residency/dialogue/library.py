"""The questions of one split, found by what they share: a topic, a subject, what they ask, a figure of a case."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TypeVar

from residency.core.records import Question, record_text
from residency.core.text import STOPWORDS, content_stems, normalise, sentences, words
from residency.dialogue.neighbours import Neighbours
from residency.domain.surgery.case_facts import FactKind, values_stated
from residency.domain.surgery.cases import Case, read_case
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.referents import Referent, referents, skeleton, tidy

LONGEST_SENTENCE = 60  # words; a longer one is a table or a list without its marks
FEW_WORDS, LEAST_STOPWORDS = 15, 0.13
SOUGHT = 60  # candidates looked at for one question
ADULTS_APART, CHILDREN_APART, MOST_APART = 15, 5, 30  # years between two ages, for a mistake that matters
_YES_OR_NO = re.compile(r"(?:yes|no)\b[,.]", re.IGNORECASE)
_OPEN = re.compile(r"(?:what|which|who|how|why|when|where)\b", re.IGNORECASE)
_HEADING = re.compile(r"summary\s*:\s*", re.IGNORECASE)
_BULLETS = re.compile(r"key points\b", re.IGNORECASE)
_JUMPS = frozenset("in during after before with without on if for when under".split())

Held = tuple[Question, Referent]
T = TypeVar("T")


class Library:
    """The questions of a split whose answers can be said in a conversation.

    Args:
        questions: those of one split.
        longest_answer: characters of an answer or rationale at most.

    ``foreign`` counts those left out because they are not in English, in which all that a dialogue adds is worded;
    where they are the most, all are left out.
    """

    def __init__(self, questions: Iterable[Question], longest_answer: int) -> None:
        said = [
            question
            for question in questions
            if sayable(answer_of(question), longest_answer) and not _answers_another(question)
        ]
        self.questions: list[Question] = [question for question in said if in_english(record_text(question))]
        if 2 * len(self.questions) < len(said):  # the few may be too short to tell
            self.questions = []
        self.foreign = len(said) - len(self.questions)
        self._groups: dict[str, Neighbours] = {}
        self._cases: dict[str, Case | None] = {}
        self._dangers: dict[str, bool] = {}

    @cached_property
    def by_topic(self) -> dict[str, list[Question]]:
        """The questions by topic."""
        found: dict[str, list[Question]] = defaultdict(list)
        for question in self.questions:
            found[question["topic"]].append(question)
        return dict(found)

    @cached_property
    def referents(self) -> dict[str, list[Referent]]:
        """What each open question is about, by its id."""
        return {
            question["id"]: referents(tidy(question["question"]), question["topic"])
            for question in self.questions
            if question["kind"] == "open"
        }

    @cached_property
    def about(self) -> dict[str, list[Held]]:
        """The open questions by what they are about."""
        found: dict[str, list[Held]] = defaultdict(list)
        for question in self.questions:
            for referent in self.referents.get(question["id"], ()):
                found[referent.key].append((question, referent))
        return dict(found)

    @cached_property
    def asking(self) -> dict[str, list[Held]]:
        """The open questions by what they ask, whatever it is about."""
        found: dict[str, list[Held]] = defaultdict(list)
        for question in self.questions:
            for referent in self.referents.get(question["id"], ()):
                found[skeleton(tidy(question["question"]), referent)].append((question, referent))
        return dict(found)

    @cached_property
    def by_question(self) -> dict[str, Question]:
        """The open questions by their text."""
        return {_plain(q["question"]): q for q in reversed(self.questions) if q["kind"] == "open"}

    @cached_property
    def figures(self) -> dict[tuple[str, str, str | None], list[tuple[Question, str]]]:
        """The figures of the cases, by kind, unit and topic, and under no topic those of all: the question that states
        each, and the figure."""
        found: dict[tuple[str, str, str | None], list[tuple[Question, str]]] = defaultdict(list)
        for question in self.questions:
            if self.case(question):
                for kind, match in values_stated(question["question"]):
                    for topic in (question["topic"], None):
                        found[kind.name, _unit(match["value"]), topic].append((question, match["value"]))
        return dict(found)

    def case(self, question: Question) -> Case | None:
        """The question's case, where it describes a patient."""
        if question["id"] not in self._cases:
            self._cases[question["id"]] = read_case(tidy(question["question"]))
        return self._cases[question["id"]]

    def in_danger(self, question: Question) -> bool:
        """Whether the question describes a patient in danger, by the domain pack's red flags and observations."""
        if question["id"] not in self._dangers:
            self._dangers[question["id"]] = in_danger(question["question"])
        return self._dangers[question["id"]]

    def related(self, question: Question) -> list[Question]:
        """Open questions of the same topic that share words or passages with it, nearest first."""
        topic = question["topic"]
        if topic not in self._groups:
            self._groups[topic] = Neighbours(self.by_topic.get(topic, ()))
        return self._groups[topic].of(question)

    def same_subject(self, question: Question, rng: random.Random) -> list[tuple[Held, Held]]:
        """Other questions about something that this one is about: pairs of (this one, other one) with what it is."""
        found: list[tuple[Held, Held]] = []
        for referent in self.referents.get(question["id"], ()):
            for other, own in _some(self.about[referent.key], rng):
                if other["cluster"] != question["cluster"] and _unlike(question, other):
                    found.append(((question, referent), (other, own)))
        return found

    def same_asking(self, question: Question, rng: random.Random) -> list[tuple[Held, Held]]:
        """Questions that ask the same about another thing: pairs of (this one, other one) with what each is about."""
        found: list[tuple[Held, Held]] = []
        for referent in self.referents.get(question["id"], ()):
            for other, own in _some(self.asking[skeleton(tidy(question["question"]), referent)], rng):
                apart = not set(content_stems(own.text)) & set(content_stems(referent.text))
                if other["cluster"] != question["cluster"] and apart and _unlike(question, other):
                    found.append(((question, referent), (other, own)))
        return found

    def general_form(self, question: Question) -> tuple[Question, str] | None:
        """A question that this one repeats for a certain population or situation, and the words for that:
        ("How is appendicitis treated?", "in pregnancy")."""
        words = tidy(question["question"]).rstrip("?").split()
        for place in range(len(words) - 1, 3, -1):
            if words[place].lower() in _JUMPS:
                other = self.by_question.get(_plain(" ".join(words[:place])))
                if other and other["cluster"] != question["cluster"]:
                    return other, " ".join(words[place:])
        return None

    def other_figure(
        self, question: Question, kind: FactKind, value: str, rng: random.Random
    ) -> tuple[Question, str] | None:
        """A figure of the same kind and unit that another case of the topic states, or of any topic where none of
        :data:`SOUGHT` of them fits."""
        for topic in (question["topic"], None):
            stated = self.figures.get((kind.name, _unit(value), topic), [])
            for other, figure in rng.sample(stated, min(len(stated), SOUGHT)):
                if other["cluster"] != question["cluster"] and figure != value and _plausible(kind, value, figure):
                    return other, figure
        return None


def answer_of(question: Question) -> str:
    """What a question's record says in answer: an open answer, or an MCQ's rationale, or its key where it has none."""
    if question["kind"] == "mcq":
        return question.get("rationale", "").strip() or question["options"][question["answer"]]
    return _HEADING.sub("", question["answer"], count=1) if _HEADING.match(question["answer"]) else question["answer"]


def in_english(text: str) -> bool:
    """Whether a text reads as English, or is too short to tell: English is an eighth of it stop words, and more."""
    said = words(text)
    return len(said) < FEW_WORDS or sum(word in STOPWORDS for word in said) >= LEAST_STOPWORDS * len(said)


def sayable(answer: str, longest: int) -> bool:
    """Whether an answer reads as something said: no table, no list without marks, no question at its beginning."""
    said = sentences(answer)
    return (
        0 < len(answer.strip()) <= longest
        and bool(said)
        and not said[0].endswith(("?", ":"))
        and not _BULLETS.match(said[0])
        and not said[-1].endswith((":", ","))
        and all(len(sentence.split()) <= LONGEST_SENTENCE for sentence in said)
        and "http" not in answer
        and "  " not in answer.strip()
        and answer.count(" - ") < 3
        and answer.count("\n") <= len(said)
    )


def _some(candidates: Sequence[T], rng: random.Random) -> Sequence[T]:
    """At most :data:`SOUGHT` of the candidates, in their order where these are all."""
    return candidates if len(candidates) <= SOUGHT else rng.sample(candidates, SOUGHT)


def _answers_another(question: Question) -> bool:
    """Whether an answer says yes or no to a question that asks neither: it was given to another one."""
    return bool(_OPEN.match(question["question"].strip()) and _YES_OR_NO.match(answer_of(question).strip()))


def _unlike(question: Question, other: Question) -> bool:
    mine, theirs = (_stems(answer_of(one)) for one in (question, other))
    return len(mine & theirs) < 0.6 * min(len(mine), len(theirs))


@lru_cache(maxsize=4096)  # an answer is held against those of all other questions about its subject
def _stems(answer: str) -> frozenset[str]:
    return frozenset(content_stems(answer))


def _plain(question: str) -> str:
    return normalise(tidy(question)).rstrip("?")


def _unit(value: str) -> str:
    return "".join(sign for sign in value if not sign.isdigit() and sign not in ". ")


def _plausible(kind: FactKind, value: str, other: str) -> bool:
    """Ages so far apart that one would ask, of adults both or of children both."""
    if kind.name != "age":
        return True
    one, two = int(value), int(other)
    apart = ADULTS_APART if one >= 18 else CHILDREN_APART
    return apart <= abs(one - two) <= MOST_APART and (one >= 18) == (two >= 18) and (one >= 13) == (two >= 13)
