"""Takes a sentence apart into clauses, each with what it speaks of and whether it denies that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from residency.core.text import STOPWORDS, stem
from residency.judging.agreement import denial
from residency.judging.agreement.opposed import bare, memberships

TOKEN = re.compile(r"[^\W_]+(?:[.'][^\W_]+)*|[,;:()—–?]")
"""A word, or a mark that may end a clause."""
_AHEAD = 5
"""How many words ahead an auxiliary makes a clause of what follows "and"."""
_LEAST_GERUND = 6


@dataclass(frozen=True, slots=True)
class Clause:
    """What one clause speaks of (stems), whether it denies it, and whether it says it with reserve.

    ``heads`` are the stems beside the words that deny, ``aims`` those after "not" and its like; ``aside`` is a clause
    of only what "without" denies; ``first`` is its first word.
    """

    stems: frozenset[str]
    denied: bool
    reserved: bool
    heads: frozenset[str]
    aims: frozenset[str]
    aside: bool
    first: str


@dataclass(frozen=True, slots=True)
class Word:
    """What is known of a word wherever it stands.

    ``stem`` is "" of words without content; ``role`` is what it does to its clause; ``opposed`` are the sets that it
    stands in; ``begins`` tells whether a clause of its own begins with it after a comma or "and"; ``bare`` is the word
    that it may turn round.
    """

    stem: str
    role: str
    opposed: tuple[tuple[int, int], ...]
    begins: bool
    auxiliary: bool
    bare: str


NOTHING = Word("", "", (), False, False, "")


@lru_cache(maxsize=100_000)
def known(word: str) -> Word:
    """Look up one word or mark, in lower case."""
    if not word[0].isalnum():
        return Word("", "pause", (), False, False, "")
    role = _role(word)
    auxiliary = word in denial.AUXILIARIES
    begins = (
        auxiliary or word in denial.PRONOUNS or word in denial.BEGIN or role in ("denies", "no", "local", "forward")
    )
    begins = begins or (word.endswith("ing") and len(word) >= _LEAST_GERUND)
    content = word not in STOPWORDS and role != "denies"
    return Word(
        stem(word) if content else "", role, memberships(word), begins, auxiliary or role == "turns", bare(word)
    )


def _role(word: str) -> str:
    if word in denial.DENIES or word.endswith("n't"):
        return "denies"
    if word == "no":
        return "no"
    if word in denial.LOCAL:
        return "local"
    if word in denial.FORWARD:
        return "forward"
    if denial.RESERVED.match(word):
        return "reserved"
    return "turns" if denial.TURNS.match(word) else ""


class _Open:
    """A clause that is being read."""

    def __init__(self, first: str = "") -> None:
        self.first = first
        self.stems: list[str] = []
        self.heads: set[str] = set()
        self.aims: set[str] = set()
        self.denies = self.turned = self.reserved = self.has_verb = self.awaits_aim = self.aside = False

    def deny(self) -> None:
        self.denies = self.awaits_aim = True
        self.heads.update(self.stems[-1:])

    def turn(self) -> None:
        self.turned = not self.turned
        self.heads.update(self.stems[-1:])

    def add(self, one: str) -> None:
        if self.awaits_aim:
            self.heads.add(one)
            self.aims.add(one)
            self.awaits_aim = False
        self.stems.append(one)

    def closed(self) -> Clause:
        denied = self.denies != self.turned
        heads, aims = (frozenset(found if denied else ()) for found in (self.heads, self.aims))
        return Clause(frozenset(self.stems), denied, self.reserved, heads, aims, self.aside, self.first)


class _Reader:
    """Reads a sentence word by word: the clause that is open, and what "without" denies within it, if it does."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.words = [*map(known, tokens), *[NOTHING] * (_AHEAD + 1)]
        self.found = [_Open(tokens[0] if tokens else "")]
        self.main = self.found[0]
        self.aside: _Open | None = None
        self.left = 0

    def read(self) -> list[Clause]:
        for place in range(len(self.tokens)):
            self._take(place)
        return [clause.closed() for clause in self.found if clause.stems]

    def _begin(self, first: str) -> None:
        self.aside = None
        self.found.append(_Open(first))
        self.main = self.found[-1]

    def _take(self, place: int) -> None:
        token, word = self.tokens[place], self.words[place]
        if word.role == "pause":
            self._pause(place)
            return
        fresh = self.aside is not None and self.left == denial.LOCAL_REACH  # "rather than after six weeks"
        if (token in denial.BEGIN and not fresh) or (token in denial.AND and self._joins_a_clause(place)):
            self._begin(token)
        if word.role == "local" or (word.role == "no" and (self.main.stems or self.main.has_verb)):
            self._step_aside(self.main.stems[-1:] if word.role == "no" else [])
            return
        if (
            self.aside is not None
            and self.left < denial.LOCAL_REACH
            and (word.auxiliary or token in denial.STOPS_LOCAL or not self.left)
        ):
            self.aside = None
        if word.auxiliary:
            if self._ends_relative(place):
                self._begin(token)
            self.main.has_verb = True
        self._act(token, word)

    def _act(self, token: str, word: Word) -> None:
        into = self.aside or self.main
        if word.role in ("denies", "no"):
            self.main.deny()
        elif word.role == "turns":
            into.turn()
        elif word.role == "forward":
            if self.main.stems and not self.main.denies:
                self._begin(token)
            self.main.turned = not self.main.turned
            self.main.awaits_aim = True
        else:
            if word.role == "reserved" and self.aside is None:
                self.main.reserved = True
            if word.stem:
                into.add(word.stem)
                self.left -= 1

    def _pause(self, place: int) -> None:
        self.aside = None
        after = self.tokens[place + 1] if place + 1 < len(self.tokens) else ""
        listed = self.tokens[place] == "," and not (
            self.words[place + 1].begins or after == "and" or self.main.first in denial.SUBORDINATE
        )
        if not listed:
            self._begin(after)

    def _joins_a_clause(self, place: int) -> bool:
        """Whether the "and" at ``place`` joins clauses and no words."""
        ahead = self.words[place + 1 : place + 1 + _AHEAD]
        return ahead[0].begins or (self.main.has_verb and any(word.auxiliary for word in ahead))

    def _step_aside(self, before: list[str]) -> None:
        """Open what "without" denies, or "no", which takes its verb along ("needs no drain")."""
        self.aside = _Open()
        self.aside.denies = self.aside.awaits_aim = self.aside.aside = True
        self.aside.reserved = self.main.first == "if"
        self.aside.stems += before
        self.aside.heads.update(before)
        self.found.append(self.aside)
        self.left = denial.LOCAL_REACH

    def _ends_relative(self, place: int) -> bool:
        """Whether the auxiliary at ``place`` is the second verb after "who": that of the main clause."""
        before = self.words[place - 1] if place else NOTHING
        return (
            self.main.has_verb
            and bool(self.main.stems)
            and self.main.first in denial.RELATIVE
            and not (before.auxiliary or before.role)
        )


def clauses_of(text: str) -> list[Clause]:
    """The clauses of a sentence in lower case in which :data:`denial.JOINED` phrases are one word."""
    return _Reader(TOKEN.findall(text)).read()
