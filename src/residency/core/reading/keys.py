"""Options and keys of MCQs, from the many ways in which files hold them to letters."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from residency.core.reading.read import parse_json
from residency.core.text import normalise

LETTERS = string.ascii_uppercase
_COLUMN = re.compile(r"(?:op|option|choice|answer)_?([a-h]|[1-8])|([a-h])")
_LABELLED = re.compile(r"\(?([A-Za-z])[.):]\s+(?=\S)")
_NUMBER = re.compile(r"-?\d{1,3}(?:\.0)?")  # tables with gaps hold whole numbers as 2.0
_EMPTY_LINES = re.compile(r"\n{3,}")
_LETTER = re.compile(r"\W*([A-Za-z])\W*")

Option = tuple[str, str]  # the label that the file gives, and the text


def plain_text(value: Any) -> str | None:
    """A value as text, with its white space tidied; None when it is no text and no number.

    Spaces at the ends of lines go, runs of them become one, and no more than one empty line stays between
    two others.
    """
    if isinstance(value, str):
        if value.isprintable() and "  " not in value:  # most texts; spaces other than " " are not printable
            return value.strip()
        lines = [" ".join(line.split()) for line in value.splitlines()]
        if len(lines) < 2:
            return lines[0] if lines else ""
        return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def decoded(value: Any) -> Any:
    """A list or an object that a table holds as JSON text; any other value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return parse_json(value)
        except ValueError:
            return value
    return value


def option_columns(row: Mapping[str, Any]) -> list[Option]:
    """Options that stand in columns of their own (``opa``, ``a``, ``option_b``, ``choice_2``), in order; empty
    columns after the last option are left out."""
    found = [(label, value) for key, value in row.items() if (label := _column_label(key))]
    return _texts(sorted(found, key=lambda pair: pair[0]), ("", None))


@lru_cache(maxsize=1_000)  # the rows of a file have the same columns
def _column_label(key: str) -> str:
    match = _COLUMN.fullmatch(key)
    return (match.group(1) or match.group(2)).upper() if match else ""


def read_options(value: Any) -> list[Option]:
    """Options from a list of texts, a list of ``{"label", "text"}`` (or ``key``, ``value``), an object of labels and
    texts, an object of two lists (``label``, ``text``), or lines of text. Letters that stand in the texts of a list or
    of lines (``A. ...``) are taken off."""
    value = decoded(value)
    if isinstance(value, str):
        value = value.splitlines()
    if isinstance(value, Mapping) and isinstance(texts := value.get("text"), list):
        named = value.get("label")
        labels = named if isinstance(named, list) and len(named) == len(texts) else [""] * len(texts)
        pairs = [(str(label), text) for label, text in zip(labels, texts, strict=True)]
    elif isinstance(value, Mapping):
        pairs = [(str(label), text) for label, text in value.items()]
    elif isinstance(value, list):
        pairs = [_pair(place, item) for place, item in enumerate(value)]
    else:
        return []
    options = _texts(pairs, (None,))
    labels = [match.group(1).upper() if (match := _LABELLED.match(text)) else "" for _, text in options]
    if options and not any(label for label, _ in options) and labels == list(LETTERS[: len(labels)]):
        return [(label, _LABELLED.sub("", text, count=1)) for label, (_, text) in zip(labels, options, strict=True)]
    return options


def _pair(place: int, item: Any) -> tuple[str, Any]:
    if isinstance(item, Mapping):
        return str(item.get("label", item.get("key", place))), item.get("text", item.get("value"))
    return "", item


def _texts(pairs: Sequence[tuple[str, Any]], absent: Sequence[Any]) -> list[Option]:
    """Values as texts. Tables give every row as many options as the longest has: those absent at the end
    are no options, while one in the middle is an empty one."""
    count = len(pairs)
    while count and any(pairs[count - 1][1] == none for none in absent):
        count -= 1
    return [(label, plain_text(value) or "") for label, value in pairs[:count]]


def letters(options: Sequence[Option]) -> list[str]:
    """The letter of each option: its own label where every option has one of its own, else by order (and a
    number where there are more options than letters)."""
    own = [label.strip().upper() for label, _ in options]
    if len(set(own)) == len(own) and all(len(label) == 1 and label in LETTERS for label in own):
        return own
    return [*LETTERS, *(str(number) for number in range(len(LETTERS), len(options)))][: len(options)]


def key_index(key: Any, options: Sequence[Option]) -> int | None:
    """The key as a number when it is one and is neither an option's label nor an option's text."""
    text = plain_text(key)
    if text is None or not _NUMBER.fullmatch(text) or any(text in option for option in options):
        return None
    return int(float(text))


def index_base(keys: Iterable[tuple[int, int]]) -> int | None:
    """Whether a file counts its options from 0 or from 1, by its (key, number of options): a key of 0 tells
    the one, a key as high as the number of options the other. None when nothing tells."""
    base = None
    for key, count in keys:
        if key == 0:
            return 0
        if key == count:
            base = 1
    return base


def key_letter(key: Any, options: Sequence[Option], base: int) -> str:
    """The letter that a key names: by letter, label, an option's text, its number counted from ``base``, or
    a letter before its text; empty when it names none."""
    text = plain_text(key)
    if not text:
        return ""
    names = letters(options)
    by_letter = match.group(1).upper() if (match := _LETTER.fullmatch(text)) else ""
    if by_letter in names:
        return by_letter
    named = [name for name, (label, _) in zip(names, options, strict=True) if label == text]
    named += [name for name, (_, option) in zip(names, options, strict=True) if normalise(option) == normalise(text)]
    if named:
        return named[0]
    index = key_index(key, options)
    if index is not None:
        return names[index - base] if 0 <= index - base < len(names) else ""
    rest = _LABELLED.sub("", text, count=1)
    return key_letter(rest, options, base) if rest != text else ""
