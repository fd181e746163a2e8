"""Checks of a row's fields: what is missing, empty or cannot be used at all. They come before all others,
which may assume a row that these leave alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from residency.core.reading.keys import LETTERS, plain_text
from residency.core.text import CONTROL_TOKEN, normalise
from residency.corpus.checks.base import Check, Finding
from residency.corpus.checks.parts import texts
from residency.corpus.reading.shapes import Draft
from residency.corpus.settings import CorpusSettings

SHOWN = 80  # characters of a text that a detail quotes
_CLOSING = " .,;:'\"“”‘’"
_DASHES = str.maketrans("‐‑‒–—−", "------")


def the(name: str) -> str:
    """A field in a sentence: ``the answer``, ``turn 3``."""
    return name if " " in name else f"the {name}"


def same_options(draft: Draft) -> tuple[tuple[str, str], ...]:
    """Pairs of an MCQ's letters whose options say the same but for case, spaces, dashes, a leading article and
    punctuation at either end."""
    return _same(tuple(draft.options.items())) if draft.options else ()


@lru_cache(maxsize=4)  # two checks ask for the same row's
def _same(options: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    seen: dict[str, str] = {}
    pairs = ((seen.setdefault(_bare(text), letter), letter) for letter, text in options if text)
    return tuple((one, other) for one, other in pairs if one != other)


def _bare(text: str) -> str:
    plain = normalise(text).translate(_DASHES).strip(_CLOSING)
    article, _, rest = plain.partition(" ")
    return (rest if article in ("the", "a", "an") and rest else plain) or normalise(text)


def _missing_field(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for name, value in (("question", draft.question), ("answer", draft.answer)):
        if value is None:
            yield Finding(f"there is no {name}, or it is not text", name)
    if draft.question == "":
        yield Finding("the question is empty", "question")


def _option_count(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    if draft.kind == "mcq" and not 2 <= len(draft.labels) <= len(LETTERS):
        yield Finding(f"{len(draft.labels)} options; 2 to {len(LETTERS)} are needed")


def _empty_option(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for letter, text in draft.options.items():
        if not text:
            yield Finding(f"option {letter} is empty", f"option {letter}")


def _duplicate_options(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for one, other in same_options(draft):
        if draft.answer in (one, other):
            detail = f"options {one} and {other} are the same, and {draft.answer} is the key: {draft.options[one]!r}"
            yield Finding(detail, f"option {other}")


def _empty_answer(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    if draft.answer == "" and (draft.kind != "mcq" or plain_text(draft.key) == ""):
        yield Finding("the answer is empty", "answer")


def _key_names_no_option(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    if (
        draft.kind == "mcq"
        and draft.answer not in draft.options
        and draft.key is not None
        and plain_text(draft.key) != ""
    ):
        detail = f"the key {repr(draft.key)[:SHOWN]} names none of {', '.join(draft.options)}"
        yield Finding(detail, "answer")


def _short_answer(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    length = len(draft.answer or "")
    if draft.kind == "open" and length < settings.min_answer_chars:
        yield Finding(f"the answer has {length} characters; min_answer_chars is {settings.min_answer_chars}", "answer")


def _control_tokens(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    for name, text in texts(draft):
        if ("<" in text or "[" in text) and (match := CONTROL_TOKEN.search(text)):
            yield Finding(f"{the(name)} holds {match.group()!r}", name, match.span())


def _too_long(draft: Draft, settings: CorpusSettings) -> Iterator[Finding]:
    length = sum(len(text) for _, text in texts(draft))
    if length > settings.max_chars:
        yield Finding(f"{length} characters; max_chars is {settings.max_chars}")


def _supplied(name: str) -> Callable[[Draft, CorpusSettings], list[Finding]]:
    """A check that the row itself names a traced field."""

    def find(draft: Draft, settings: CorpusSettings) -> list[Finding]:
        if name not in draft.missing:
            return []
        return [Finding(f"the row names no {name}; {getattr(settings, name)!r} is taken for it", name)]

    return find


CHECKS: tuple[Check, ...] = (
    Check(
        "missing_field",
        "blocks",
        "No question or no answer",
        "There is nothing to learn from a question or an answer alone.",
        _missing_field,
    ),
    Check(
        "option_count",
        "blocks",
        "Too few or too many options",
        "An MCQ with one option teaches no choice, and options beyond Z have no letter.",
        _option_count,
    ),
    Check(
        "empty_option",
        "blocks",
        "Empty option",
        "The model learns that a letter may stand for nothing, and chance is no longer one in so many.",
        _empty_option,
    ),
    Check(
        "duplicate_options",
        "blocks",
        "The key stands twice among the options",
        "Two letters are right and one of them is punished, in training and in evaluation.",
        _duplicate_options,
    ),
    Check(
        "empty_answer",
        "blocks",
        "Empty answer",
        "The model learns to say nothing.",
        _empty_answer,
    ),
    Check(
        "key_names_no_option",
        "blocks",
        "Key names no option",
        "The row has no right answer that could be trained or scored.",
        _key_names_no_option,
    ),
    Check(
        "short_answer",
        "blocks",
        "Answer below the least length",
        "So short an answer is mostly a slip of the file, and teaches the model to break off.",
        _short_answer,
    ),
    Check(
        "control_tokens",
        "blocks",
        "Control tokens of a chat template",
        "A tokenizer may read them as the end of a turn or as a thought, so that the model learns a broken format.",
        _control_tokens,
        (r"[<\[]",),
    ),
    Check(
        "too_long",
        "blocks",
        "Row above the greatest length",
        "The row would be cut in training, often before its answer ends.",
        _too_long,
    ),
    Check(
        "missing_source",
        "informs",
        "No source named",
        "Rows of unknown origin cannot be told apart as human or synthetic, in splits and in scores.",
        _supplied("source"),
    ),
    Check(
        "missing_licence",
        "informs",
        "No licence named",
        "A model trained on rows without a licence may not be releasable.",
        _supplied("licence"),
    ),
    Check(
        "missing_topic",
        "informs",
        "No topic named",
        "The row cannot count in stratified splits or in scores by topic.",
        _supplied("topic"),
    ),
)
