"""The texts of a row, and for the clinical and privacy checks what they need of them, made once for all of these.

Most rows hold nothing to find. What a check cannot do without is looked for in all rows at once (``quick``); what is
left may take another quick look, for short strings, before any pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from residency.corpus.reading.shapes import Draft

Part = tuple[str, str]  # the field's name, and its text

LONG_NUMBER = r"[0-9](?:[ ./()-]{0,2}[0-9]){4}"
_DIGIT = re.compile("[0-9]")
_SENTENCE_END = re.compile(r"(?:(?<=[\w)\]\"'%])|(?<=\.))[.!?]+[\"')\]]*\s+(?=[^a-z\s])|\s*\n\s*|;\s+")


@dataclass(frozen=True, slots=True)
class Parts:
    """A row's texts. ``all`` holds everything in one string, each text after a space, and ``low`` the same in
    lower case; ``digits`` says whether it has a digit.
    """

    draft: Draft
    all: str
    low: str
    digits: bool

    @property
    def asked(self) -> list[Part]:
        """The question, or the user's turns."""
        if self.draft.messages:
            return self._turns("user")
        return [("question", self.draft.question or "")]

    @property
    def said(self) -> list[Part]:
        """What a model learns to say: the answer, the keyed option or the assistant's turns, and the rationale."""
        draft = self.draft
        if draft.messages:
            said = self._turns("assistant")
        elif draft.kind == "mcq":
            key = draft.answer or ""
            said = [(f"option {key}", draft.options[key])] if key in draft.options else []
        else:
            said = [("answer", draft.answer or "")]
        return [*said, ("rationale", draft.rationale)] if draft.rationale else said

    @property
    def answered(self) -> list[tuple[str, Part]]:
        """Each part of ``said`` after what it answers: the question, or the user's turn before it."""
        if not self.draft.messages:
            return [(self.draft.question or "", part) for part in self.said]
        found: list[tuple[str, Part]] = []
        asked = ""
        for name, message in self.draft.numbered:
            if message["role"] == "user":
                asked = message["content"]
            elif message["role"] == "assistant":
                found.append((asked, (name, message["content"])))
        return found

    def _turns(self, role: str) -> list[Part]:
        return [(name, message["content"]) for name, message in self.draft.numbered if message["role"] == role]

    @property
    def others(self) -> list[Part]:
        """The options that are not the key."""
        return [(f"option {name}", text) for name, text in self.draft.options.items() if name != self.draft.answer]


_last_texts: tuple[Draft, list[Part]] | None = None


def texts(draft: Draft) -> list[Part]:
    """(field, text) of all that a model may come to read of the row; an MCQ's key is no text of its own, nor are a
    conversation's question and answer, which are two of its turns. Those of the last draft are kept."""
    global _last_texts
    last = _last_texts
    if last is None or last[0] is not draft:
        _last_texts = last = draft, list(_texts(draft))
    return last[1]


def _texts(draft: Draft) -> Iterator[Part]:
    if draft.question and draft.kind != "conversation":
        yield "question", draft.question
    if draft.answer and draft.kind == "open":
        yield "answer", draft.answer
    if draft.messages:
        for name, message in draft.numbered:
            yield name, message["content"]
    if draft.rationale:
        yield "rationale", draft.rationale
    for letter, text in draft.options.items():
        yield f"option {letter}", text
    for number, (_, text) in enumerate(draft.contexts, 1):
        yield f"context {number}", text


def whole(draft: Draft) -> str:
    """All texts of a row in one, each after a space and on a line of its own."""
    if draft.messages:
        found = [message["content"] for message in draft.messages]
    else:
        found = [draft.question or "", draft.answer or ""]
    if draft.options or draft.rationale or draft.contexts:
        found += [draft.rationale, *draft.options.values(), *(text for _, text in draft.contexts)]
    return " " + "\n ".join(found)


_last: Parts | None = None


def parts(draft: Draft) -> Parts:
    """The parts of ``draft``. Those of the last draft are kept, since one check after the other asks for them."""
    global _last
    last = _last
    if last is None or last.draft is not draft:
        _last = last = _parts(draft)
    return last


def _parts(draft: Draft) -> Parts:
    all_texts = whole(draft)
    return Parts(draft, all_texts, all_texts.lower(), _DIGIT.search(all_texts) is not None)


def lower(text: str) -> str:
    """``text`` in lower case, every character in its place, so that spans hold in both; ``’`` becomes ``'``."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join([small if len(small := char.lower()) == 1 else char for char in text])
    return low.replace("’", "'")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where sentences, lines and clauses between semicolons stand; together they leave nothing out. The text must
    be in its own case, since a sentence begins with a capital or a figure."""
    edges = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(edges) if start < end]
