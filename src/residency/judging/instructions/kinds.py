"""The kinds of instruction: what each takes, and by which function it is verified."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from residency.judging.instructions import counting, language, shape, wording
from residency.judging.instructions.counting import Parameters

Instruction = Mapping[str, Any]
"""``kind``, and that kind's parameters beside it."""


class Kind(NamedTuple):
    """How a kind is verified. ``needs`` are its parameters with their types; ``counts`` says that it takes ``exactly``,
    or ``least`` and ``most`` or one of them."""

    check: Callable[[str, Parameters], bool]
    needs: Mapping[str, type] = {}
    counts: bool = False
    optional: Mapping[str, type] = {}


_COUNTED = {"exactly", "least", "most"}

KINDS: Mapping[str, Kind] = {
    "words": Kind(counting.count_words, counts=True),
    "sentences": Kind(counting.count_sentences, counts=True),
    "paragraphs": Kind(counting.count_paragraphs, counts=True),
    "lines": Kind(counting.count_lines, counts=True),
    "bullets": Kind(counting.count_bullets, counts=True),
    "numbered": Kind(counting.count_numbered, counts=True),
    "words_each": Kind(counting.words_each, counts=True),
    "bold": Kind(counting.count_bold, counts=True),
    "placeholders": Kind(counting.count_placeholders, counts=True),
    "capitals": Kind(counting.count_capitals, counts=True),
    "questions": Kind(counting.count_questions, counts=True),
    "keyword_count": Kind(counting.count_keyword, {"word": str}, counts=True),
    "letter_count": Kind(counting.count_letter, {"letter": str}, counts=True),
    "keywords": Kind(wording.keywords, {"words": list}),
    "forbidden": Kind(wording.forbidden, {"words": list}),
    "no_letter": Kind(wording.without_letter, {"letter": str}),
    "no_commas": Kind(wording.without_commas),
    "no_digits": Kind(wording.without_digits),
    "lower_case": Kind(wording.lower_case),
    "upper_case": Kind(wording.upper_case),
    "starts_with": Kind(wording.starts_with, {"phrase": str}),
    "ends_with": Kind(wording.ends_with, {"phrase": str}),
    "lines_start_with": Kind(wording.lines_start_with, {"phrase": str}),
    "quoted": Kind(wording.quoted),
    "quotes_phrase": Kind(wording.quotes_phrase, {"phrase": str}),
    "postscript": Kind(wording.postscript),
    "json_keys": Kind(shape.json_keys, {"keys": list}),
    "json_array": Kind(shape.json_array, {"exactly": int}),
    "table": Kind(shape.table, {"columns": list}, optional={"rows": int}),
    "sections": Kind(shape.sections, {"headings": list}),
    "parts": Kind(shape.parts, {"divider": str, "exactly": int}),
    "title": Kind(shape.title),
    "code_block": Kind(shape.code_block),
    "tagged": Kind(shape.tagged, {"tag": str}),
    "one_letter": Kind(shape.one_letter, {"letters": str}),
    "one_of": Kind(shape.one_of, {"answers": list}),
    "comma_separated": Kind(shape.comma_separated, {"exactly": int}),
    "alphabetical": Kind(shape.alphabetical),
    "language": Kind(language.in_language, {"language": str}),
}


def fault_of(instruction: Instruction) -> str:
    """In words, why an instruction cannot be verified; empty where it can."""
    name = instruction.get("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        near = difflib.get_close_matches(str(name), KINDS, n=1)
        return f"unknown kind of instruction {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    given = {key: value for key, value in instruction.items() if key != "kind"}
    allowed = {**kind.needs, **kind.optional, **(dict.fromkeys(_COUNTED, int) if kind.counts else {})}
    if strange := sorted(given.keys() - allowed.keys()):
        return f"an instruction of kind {name!r} takes no {strange[0]!r}"
    for key, value in given.items():
        if not _is(value, allowed[key]):
            return f"{key!r} of an instruction of kind {name!r} must be {_SAID[allowed[key]]}"
    if lacking := [key for key in kind.needs if key not in given]:
        return f"an instruction of kind {name!r} needs {lacking[0]!r}"
    if kind.counts and not _COUNTED & given.keys():
        return f"an instruction of kind {name!r} needs 'exactly', 'least' or 'most'"
    if "exactly" in given and {"least", "most"} & given.keys():
        return f"an instruction of kind {name!r} takes 'exactly', or 'least' and 'most', not both"
    if given.get("least", 0) > given.get("most", given.get("least", 0)):
        return f"'least' of an instruction of kind {name!r} is more than its 'most'"
    if name == "language" and given["language"] not in {*language.SCRIPTS, *language.COMMON}:
        return (
            f"the language {given['language']!r} cannot be told; {', '.join((*language.SCRIPTS, *language.COMMON))} can"
        )
    return ""


_SAID = {
    str: "a text that is not empty",
    int: "a whole number of 0 or more",
    list: "a list of texts, none of them empty",
}


def _is(value: object, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if kind is list:
        return isinstance(value, list) and bool(value) and all(isinstance(one, str) and one.strip() for one in value)
    return isinstance(value, str) and bool(value.strip())
