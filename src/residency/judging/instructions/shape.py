"""Instructions about the form of the whole answer: JSON, tables, sections, lists in order, one letter alone."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from residency.judging.instructions.counting import Parameters, lines, listed

_FENCED = re.compile(r"\A\s*```[ \t]*(?P<name>[\w+-]*)[ \t]*\n(?P<text>.*?)\n?[ \t]*```\s*\Z", re.DOTALL)
_DIVIDER = re.compile(r":?-+:?")
_TITLE = re.compile(r"<<[^<>\n]+>>")


def read_json(answer: str) -> Any:
    """The value of an answer that is JSON and nothing else, in a code block or bare; None where it is none."""
    fenced = _FENCED.match(answer)
    text = fenced["text"] if fenced and fenced["name"].lower() in ("", "json") else answer
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def json_keys(answer: str, asked: Parameters) -> bool:
    """One JSON object with exactly these keys."""
    found = read_json(answer)
    return isinstance(found, dict) and set(found) == set(asked["keys"])


def json_array(answer: str, asked: Parameters) -> bool:
    """One JSON array of so many texts."""
    found = read_json(answer)
    if not isinstance(found, list) or len(found) != asked["exactly"]:
        return False
    return all(isinstance(value, str) and value.strip() for value in found)


def table(answer: str, asked: Parameters) -> bool:
    """A markdown table with these columns in this order and, where ``rows`` is given, so many rows below them."""
    rows = [_cells(line) for line in lines(answer) if line.count("|") >= len(asked["columns"]) - 1 and "|" in line]
    wanted = [_bare(column) for column in asked["columns"]]
    for place, cells in enumerate(rows[:-1]):
        divided = len(rows[place + 1]) == len(wanted) and all(map(_DIVIDER.fullmatch, rows[place + 1]))
        if [_bare(cell) for cell in cells] == wanted and divided:
            below = [row for row in rows[place + 2 :] if len(row) == len(wanted) and any(row)]
            return bool(below) and len(below) == int(asked.get("rows", len(below)))
    return False


def sections(answer: str, asked: Parameters) -> bool:
    """Lines that hold these headings and nothing else, in this order, each with a text below it."""
    wanted = [_bare(heading) for heading in asked["headings"]]
    found = [_bare(line) for line in lines(answer)]
    places = [place for place, line in enumerate(found) if line in wanted]
    if [found[place] for place in places] != wanted:
        return False
    return all(end - start > 1 for start, end in zip(places, [*places[1:], len(found)], strict=True))


def parts(answer: str, asked: Parameters) -> bool:
    """So many texts, with a line of the divider and nothing else between each two, and no two alike."""
    found = re.split(rf"^[ \t]*{re.escape(asked['divider'])}[ \t]*$", answer, flags=re.MULTILINE)
    texts = [" ".join(part.split()) for part in found]
    return len(texts) == asked["exactly"] == len(set(texts)) and all(texts)


def title(answer: str, asked: Parameters) -> bool:
    """The first line is a title in double angle brackets, <<such as this>>."""
    found = lines(answer)
    return bool(found) and _TITLE.fullmatch(found[0]) is not None


def code_block(answer: str, asked: Parameters) -> bool:
    """The whole answer is one fenced code block."""
    found = _FENCED.match(answer)
    return found is not None and bool(found["text"].strip()) and "```" not in found["text"]


def tagged(answer: str, asked: Parameters) -> bool:
    """The whole answer stands between an opening and a closing tag."""
    tag = re.escape(asked["tag"])
    return re.fullmatch(rf"\s*<{tag}>\s*\S.*</{tag}>\s*", answer, re.DOTALL) is not None


def one_letter(answer: str, asked: Parameters) -> bool:
    """One letter of ``letters`` and nothing else but a stop or a bracket behind it."""
    found = re.fullmatch(r"\s*([A-Za-z])[.)]?\s*", answer)
    return found is not None and found[1] in asked["letters"]


def one_of(answer: str, asked: Parameters) -> bool:
    """One of the given answers and nothing else, in any case, with or without a stop."""
    return " ".join(answer.split()).rstrip(".!").lower() in [text.lower() for text in asked["answers"]]


def comma_separated(answer: str, asked: Parameters) -> bool:
    """One line of so many entries with commas between them."""
    entries = [entry.strip(" .") for entry in answer.strip().split(",")]
    return "\n" not in answer.strip() and len(entries) == asked["exactly"] and all(entries)


def alphabetical(answer: str, asked: Parameters) -> bool:
    """The items of the list stand in the order of the alphabet, accents and case left aside."""
    items = [_bare(item) for item in listed(answer)]
    return len(items) > 1 and items == sorted(items)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _bare(text: str) -> str:
    """A heading, cell or item without marks of markdown, accents and case."""
    text = unicodedata.normalize("NFKD", text.strip().strip("#*_: \t"))
    return "".join(letter for letter in text if not unicodedata.combining(letter)).lower()
