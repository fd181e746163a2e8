"""An answer over a context as the verifiers see it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from residency.core.prompt import body, has_passages, passage_heading
from residency.core.records import Conversation, Passage
from residency.core.text import MARK, sentences
from residency.judging.citations import cited_numbers, strip_citations
from residency.judging.contexts.patterns import TEXT_TALK
from residency.judging.dialogues.lexicon import TALK
from residency.judging.dialogues.reading import claim, stems

_TURNS = re.compile(r"(?:but|whereas|while|although|though|however|yet|and yet)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """One sentence of an answer: ``text`` as it stands, ``bare`` without marks, ``cites`` the numbers that it cites."""

    text: str
    bare: str
    cites: tuple[int, ...]

    @property
    def low(self) -> str:
        return self.bare.lower()


@dataclass(frozen=True)
class View:
    """An answer to a row. ``texts`` are the passages as they were printed, ``texts[0]`` being ``[1]``."""

    row: Conversation
    answer: str
    passages: tuple[Passage, ...]

    @property
    def check(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.row["expect"]["check"]
        return found

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Each passage with its heading, without an order that was injected into it."""
        order = str(self.check.get("order") or "")
        whole = (f"{passage_heading(passage)}\n{passage['text']}".strip() for passage in self.passages)
        return tuple(text.replace(order, " ") if order else text for text in whole)

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """The sentences of the answer without the lines that a mode adds."""
        found = [(piece, strip_citations(piece)) for piece in sentences(body(self.answer))]
        return tuple(Said(text, bare, tuple(cited_numbers(text))) for text, bare in found if re.search(r"\w", bare))

    @cached_property
    def question(self) -> str:
        return str(self.row["expect"].get("question") or self.row["messages"][-2]["content"])

    @cached_property
    def given(self) -> str:
        """What users say, and the passages' dates: what any sentence may repeat."""
        users = [m["content"] for m in self.row["messages"] if m["role"] == "user" and not has_passages(m["content"])]
        dates = (passage["date"].replace("-", " ") for passage in self.passages)
        return " ".join(dict.fromkeys((self.question, *users, *dates)))

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """What the answer must state; the reference's sentences where no key facts are named."""
        facts = [fact for fact in self.row["expect"].get("key_facts") or () if isinstance(fact, str) and fact.strip()]
        return tuple(facts or sentences(str(self.row["expect"].get("reference") or "")))

    @property
    def only(self) -> bool:
        """Whether the answer may rest on the context alone."""
        return bool(self.check.get("instruction", "only") == "only")

    def number(self, name: str) -> int:
        """The printed number of a passage; 0 where it is not shown."""
        return next((n for n, passage in enumerate(self.passages, 1) if passage["id"] == name), 0)

    def cited(self, sentence: Said) -> list[str]:
        """The texts that a sentence cites."""
        return [self.texts[number - 1] for number in sentence.cites if 1 <= number <= len(self.texts)]


def content(text: str) -> frozenset[str]:
    """The content stems of a sentence without its talk, about the conversation or about texts."""
    return stems(claim(MARK.sub(" ", text))) - TALK - TEXT_TALK


def segments(sentence: str) -> tuple[list[tuple[str, tuple[int, ...]]], list[tuple[str, tuple[int, ...]]]]:
    """A sentence cut at its marks, each part with the numbers behind it; and again with those before it. What follows
    the last mark and turns against it is no part of what is cited."""
    found: list[tuple[str, tuple[int, ...]]] = []
    place = 0
    for run in re.finditer(rf"(?:{MARK.pattern}\s*)+", sentence):
        found.append((sentence[place : run.start()].strip(" ,;:"), tuple(cited_numbers(run[0]))))
        place = run.end()
    rest = sentence[place:].strip(" ,;:.")
    own = rest and found and not _TURNS.match(rest)
    behind = [*found, (rest, found[-1][1])] if own else found
    texts = [text for text, _ in found] + [rest]
    before = [(text, found[n - 1][1] if n else ()) for n, text in enumerate(texts)] if found else []
    return [part for part in behind if part[0]], [part for part in before if part[0]]


def turning(sentence: str) -> str:
    """What follows a sentence's last mark and turns against what was cited; empty where nothing does."""
    rest = MARK.split(sentence)[-1].strip(" ,;:.")
    return rest if MARK.search(sentence) and _TURNS.match(rest) else ""


def joined(parts: Sequence[Said]) -> str:
    """Sentences as one text, without marks."""
    return "\n".join(part.bare for part in parts)
