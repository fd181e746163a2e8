"""What a builder of a tool-call exemplar works with, and what it gives back."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from residency.core.prompt import Mode, shape_open
from residency.core.records import Conversation, Passage, Question, trace
from residency.core.text import content_stems, sentences, words
from residency.core.tools import TOOLS
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.referents import LONGEST_QUESTION, tidy
from residency.grounding.align import Sentences, gold_text
from residency.grounding.asked import Asked
from residency.grounding.kinds.several import Pool
from residency.grounding.material import Material, mode_for
from residency.grounding.naming import wanted
from residency.grounding.tools.loop import Loop
from residency.grounding.tools.queries import query_for, subject_of
from residency.retrieval.index import Index

SKILL, KIND = "tool", "tool"
UNNAMED = "this point"
NOT_FOUND = "the search does not find all that the answer needs"
_FIGURE = re.compile(
    r"\b(?:dos(?:e|es|ing|age)|mg|micrograms?|infusion rate|how (?:much|many)|target|threshold|cut-?off|limit)\b",
    re.IGNORECASE,
)


class Others:
    """The questions of one split, found by what they speak of and by the passages that answer them."""

    def __init__(self, asked: Sequence[Asked], index: Index) -> None:
        self.pool = Pool(asked, index)
        self._holding: dict[str, list[int]] = defaultdict(list)
        self._short: list[tuple[str, Asked]] = []
        for one in asked:
            text = tidy(one.question["question"])
            if len(text.split()) <= LONGEST_QUESTION and len(sentences(text)) == 1:
                for word in dict.fromkeys(_singular(text)):
                    self._holding[word].append(len(self._short))
                self._short.append((f" {' '.join(_singular(text))} ", one))

    def about(self, name: str) -> list[Asked]:
        """The short questions that name this, plural or not."""
        said = _singular(name)
        rarest = min((self._holding.get(word, []) for word in said), key=len, default=[])
        return [one for text, one in map(self._short.__getitem__, rarest) if f" {' '.join(said)} " in text]


def _singular(text: str) -> list[str]:
    return [word.rstrip("s") for word in words(text)]


@dataclass(frozen=True)
class Case:
    """A question whose answer stands in passages, and the search.

    ``newest`` is the month of the newest passage of the index, the last one of a year where no month is known.
    """

    material: Material
    others: Others
    newest: str

    @property
    def question(self) -> Question:
        return self.material.question

    @property
    def rng(self) -> random.Random:
        return self.material.rng

    @cached_property
    def query(self) -> str:
        """What a good searcher looks for; empty where the question has nothing that tells."""
        return query_for(self.question["question"], self.material.index)

    @cached_property
    def subject(self) -> str:
        """What the question is about, in its own words: for thoughts before anything was found."""
        question, index = self.question["question"], self.material.index
        title = wanted(question, self.material.supporting, index)
        own = {*content_stems(title)} <= {*content_stems(question)}
        return subject_of(question, self.question["topic"], index) or (title if own and title else UNNAMED)

    @cached_property
    def what(self) -> str:
        """What to look for, as it is named inside a sentence."""
        named = wanted(self.question["question"], self.material.supporting, self.material.index)
        return self.subject if self.subject != UNNAMED else named or UNNAMED

    @property
    def danger(self) -> bool:
        """Whether the question describes a patient in danger."""
        return in_danger(self.question["question"])

    def say(self, purpose: str, **fields: str) -> str:
        """A wording for ``purpose``, by chance."""
        return self.material.say(purpose, **fields)

    def before_searching(self) -> str:
        """The thought before a first search."""
        figure = _FIGURE.search(self.question["question"]) and self.rng.random() < 0.7
        if figure:
            return self.say("think_dose")
        return self.say("think_search_unnamed" if self.subject == UNNAMED else "think_search", what=self.subject)

    def find(self, query: str, since: str = "", without: Sequence[str] = ()) -> list[Passage]:
        """What the index gives for a query, best first; with ``since``, of that date or later."""
        count = self.material.settings.passages
        return [passage for passage, _ in self.material.index.search(query, count, without, since=since)]

    def claims(self, shown: Sequence[Passage]) -> Sentences | None:
        """The gold answer's sentences with those of their passages that are shown; None where one has none."""
        names = {passage["id"] for passage in shown}
        claims = tuple(
            (said, tuple(name for name in support if name in names))
            for said, support in self.material.aligned.sentences
        )
        return claims if all(support for _, support in claims) else None

    def marks(self, claims: Sentences, shown: Sequence[Passage]) -> str:
        """The passages of these sentences, as ``[1] and [3]``."""
        number = {passage["id"]: place for place, passage in enumerate(shown, 1)}
        marks = [f"[{one}]" for one in sorted({number[name] for _, names in claims for name in names})]
        return f"{', '.join(marks[:-1])} and {marks[-1]}" if len(marks) > 1 else marks[0]

    def told(self, claims: Sentences, shown: Sequence[Passage], before: str = "", after: str = "") -> str:
        """The answer with its citations, in the mode's form, between two sentences of another kind."""
        said = " ".join(filter(None, (before, self.material.cited(claims, shown), after)))
        return self.material.shaped(said, self.material.aligned.text)

    def formed(self, said: str) -> str:
        """What is not about the question's case, in the mode's form."""
        return shape_open(said, self.material.mode, check_for(said, self.rng))

    def answer_by_search(self, loop: Loop, asked: str = "") -> Sentences | str:
        """Ask, search once, answer: put into ``loop``; gives what was said, or the reason why it cannot be."""
        found = self.find(self.query) if self.query else []
        claims = self.claims(found)
        if claims is None or not found:
            return NOT_FOUND
        loop.ask(asked or self.question["question"])
        loop.search(self.query, found, self.before_searching())
        loop.say(self.told(claims, loop.shown), self.say("think_found", marks=self.marks(claims, loop.shown)))
        return claims

    def with_other(self, one: Asked) -> tuple[Case, Case]:
        """This case and that of another question, both in a mode that fits both."""
        mode = mode_for([self.question, one.question], self.rng)
        lead = replace(self, material=replace(self.material, mode=mode))
        return lead, replace(lead, material=replace(lead.material, asked=one))


@dataclass(frozen=True)
class Made:
    """An exemplar as a builder made it.

    Args:
        loop: its turns.
        needed: whether the user's last turn needs a call.
        reference: what the last answer must state, in sentences: ``key_facts``.
        abstain: whether the last answer is that nothing was found.
        before: questions that were asked before the case's own.
        mode: where it is not that of the case's material.
    """

    loop: Loop
    needed: bool
    reference: str
    key_facts: Sequence[str] = ()
    abstain: bool = False
    before: Sequence[Question] = ()
    mode: Mode | None = None


Builder = Callable[[Case], Made | str]
"""From one question, an exemplar, or the reason in words why it does not allow one."""


def answered(case: Case, loop: Loop, **more: Any) -> Made:
    """An exemplar that ends in the answer to the case's question."""
    facts = [sentence for sentence, _ in case.material.aligned.sentences]
    return Made(loop, True, case.material.aligned.text, facts, mode=case.material.mode, **more)


def not_found(case: Case, loop: Loop) -> Made:
    """An exemplar that ends in saying that nothing was found."""
    return Made(loop, True, gold_text(case.question), abstain=True)


def as_row(made: Made, variant: str, case: Case) -> Conversation:
    """The record of an exemplar. What ``check`` says of calls is of those after the user's last turn."""
    asked = next(message["content"] for message in reversed(made.loop.messages) if message["role"] == "user")
    calls = made.loop.calls()
    check = {"skill": SKILL, "variant": variant, "calls": len(calls), "needed": made.needed, "tools": calls}
    return cast(
        Conversation,
        {
            "id": f"{case.question['id']}/{SKILL}/{variant}",
            "kind": KIND,
            "skill": SKILL,
            "mode": made.mode or case.material.mode,
            "split": case.question["split"],
            **trace(*made.before, case.question),
            "passages": [passage["id"] for passage in made.loop.shown],
            "messages": made.loop.messages,
            "tools": list(TOOLS),
            "expect": {
                "abstain": made.abstain,
                "reference": made.reference,
                "key_facts": list(made.key_facts),
                "question": asked,
                "check": check,
            },
        },
    )
