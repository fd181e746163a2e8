"""Checks of one row, as data: a stable id and a function that says in words what is wrong, or None.

The first check that finds something gives the row's reason, so the order goes from what is missing to
what is wrong. A new check is one more line in :data:`CHECKS`, and one more planted fault in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from residency.core.text import normalise
from residency.corpus.mcq import LETTERS, plain_text
from residency.corpus.read import Fault
from residency.corpus.settings import CorpusSettings
from residency.corpus.shapes import Draft

Check = Callable[[Draft, CorpusSettings], str | None]

_MARKERS = (
    "think thinking thought reasoning analysis tool_call tool_calls tool_response tools function_call s bos eos "
    "pad unk mask start_of_turn end_of_turn begin_of_text end_of_text endoftext im_start im_end"
)
_CONTROL = re.compile(
    r"<[|｜][^<>\n]{0,80}[|｜]>|</?(?:" + "|".join(_MARKERS.split()) + r")\s*>|\[/?INST\]|<</?SYS>>", re.IGNORECASE
)


def missing_field(draft: Draft, settings: CorpusSettings) -> str | None:
    """No question or no answer, or one that is no text."""
    for name, value in (("question", draft.question), ("answer", draft.answer)):
        if value is None:
            return f"there is no {name}, or it is not text"
    return None if draft.question else "the question is empty"


def option_count(draft: Draft, settings: CorpusSettings) -> str | None:
    """An MCQ with fewer than two options, or with more than there are letters."""
    if draft.kind == "mcq" and not 2 <= len(draft.labels) <= len(LETTERS):
        return f"{len(draft.labels)} options; 2 to {len(LETTERS)} are needed"
    return None


def empty_option(draft: Draft, settings: CorpusSettings) -> str | None:
    """An option without text."""
    return next((f"option {letter} is empty" for letter, text in draft.options.items() if not text), None)


def duplicate_options(draft: Draft, settings: CorpusSettings) -> str | None:
    """Two options that say the same."""
    seen: dict[str, str] = {}
    for letter, text in draft.options.items():
        if (other := seen.setdefault(normalise(text), letter)) != letter:
            return f"options {other} and {letter} are the same: {text!r}"
    return None


def empty_answer(draft: Draft, settings: CorpusSettings) -> str | None:
    """An answer, or a key, without text."""
    return None if draft.answer or (draft.kind == "mcq" and plain_text(draft.key) != "") else "the answer is empty"


def key_names_no_option(draft: Draft, settings: CorpusSettings) -> str | None:
    """An MCQ's key that is none of its options."""
    if draft.kind == "mcq" and draft.answer not in draft.options:
        return f"the key {draft.key!r} names none of {', '.join(draft.options)}"
    return None


def short_answer(draft: Draft, settings: CorpusSettings) -> str | None:
    """An open answer below ``min_answer_chars``."""
    length = len(draft.answer or "")
    if draft.kind == "open" and length < settings.min_answer_chars:
        return f"the answer has {length} characters; min_answer_chars is {settings.min_answer_chars}"
    return None


def control_tokens(draft: Draft, settings: CorpusSettings) -> str | None:
    """Text that a tokenizer may read as control tokens, or a left-over of a chat template or a thought."""
    for name, text in _texts(draft):
        if match := _CONTROL.search(text):
            return f"the {name} holds {match.group()!r}"
    return None


def too_long(draft: Draft, settings: CorpusSettings) -> str | None:
    """A row whose texts together are above ``max_chars``."""
    length = sum(len(text) for _, text in _texts(draft))
    return f"{length} characters; max_chars is {settings.max_chars}" if length > settings.max_chars else None


CHECKS: tuple[tuple[str, Check], ...] = (
    ("missing_field", missing_field),
    ("option_count", option_count),
    ("empty_option", empty_option),
    ("duplicate_options", duplicate_options),
    ("empty_answer", empty_answer),
    ("key_names_no_option", key_names_no_option),
    ("short_answer", short_answer),
    ("control_tokens", control_tokens),
    ("too_long", too_long),
)


def first_fault(draft: Draft, settings: CorpusSettings) -> Fault | None:
    """The first check's finding; None when the row passes all."""
    for reason, check in CHECKS:
        if detail := check(draft, settings):
            return Fault(reason, detail)
    return None


def _texts(draft: Draft) -> Iterator[tuple[str, str]]:
    """All that a model may come to read of the row."""
    yield "question", draft.question or ""
    yield "answer", draft.answer or ""
    yield "rationale", draft.rationale
    yield from ((f"option {letter}", text) for letter, text in draft.options.items())
    yield from ((f"context {number}", text) for number, (_, text) in enumerate(draft.contexts, 1))
