"""Reads a card as statements, and in each the values that a record must hold.

A statement is a sentence, an item of a list, or a cell of a table with its row's and its column's name. Its *values*
are numbers (also as words), verdicts of gates, licences, and claims such as "validated"; its *names* those of models,
files and standards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from residency.release.facts import NUMBER

BY_HAND = "<!-- by hand -->"
WINDOW = 5
"""Words on each side of a value that are looked at."""

NUMBER_WORDS = frozenset(
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred hundreds "
    "thousand thousands million millions dozen dozens half third quarter twice double triple".split()
)
VERDICTS = {"pass": "pass", "passed": "pass", "passes": "pass", "fail": "fail", "failed": "fail", "fails": "fail"}
VERDICTS |= {"undecided": "undecided", "draft": "draft"}
CLAIM = re.compile(
    r"validat\w*|approv\w*|certif\w*|outperform\w*|surpass\w*|superior|significan\w*|safe|safely|reliabl\w*|proven|"
    r"peer-reviewed|state-of-the-art|expert-level|human-level|board-certified|guarantee\w*|clinician-reviewed|"
    r"endorsed|calibrated|unbiased|best|recommended"
)
NEGATIONS = frozenset("not no never none neither nor without cannot nothing isn't wasn't aren't hasn't don't".split())
LICENCE = re.compile(
    r"(?i:CC0(?:-\d\.\d)?|CC[- ]BY(?:[- ](?:NC|SA|ND))*(?:[- ]\d\.\d)?|Apache[- ](?:License[- ])?v?\d\.\d|"
    r"MIT(?= licen|$)|[AL]?GPL(?:[- ]?v?\d(?:\.\d)?)?|BSD(?:-\d-Clause)?|ODC-By|ODbL|OpenRAIL\w*|"
    r"public domain|proprietary)|\bMIT\b"
)
NAMES = (
    r"https?://[^\s)>\]]+",
    r"[\w.-]+/(?=[\w.-]*[A-Z0-9-])[\w./-]+",  # owner/name, and not "and/or"
    r"(?=[\w.-]*[A-Za-z])(?=[\w.-]*\d)\w[\w.-]*\w",  # letters and digits in one word
    r"[A-Z]?[a-z]+[A-Z]\w*",
    r"[A-Z]{2,}s?",
    r"Claude|Gemini|Mistral|Llama|Gemma|Qwen|Meditron|DeepSeek",
)
VERSION = r"(?<![\w.])\d+(?:\.\d+){2,}[\w.+-]*"
TOKEN = re.compile(
    rf"(?P<code>`[^`\n]+`)|(?P<licence>(?<!\w){LICENCE.pattern}(?!\w))|(?P<version>{VERSION})|(?P<number>{NUMBER.pattern})"
    rf"|(?P<name>(?<![\w/])(?:{'|'.join(NAMES)}))|(?P<word>[^\W\d_][\w'’-]*)"
)
QUIET = frozenset(
    "a an the of in on at to by and or for from with is are was were be been it its this that these those as which "
    "has have had can may will than then also each every all into of".split()
)
SENTENCE = re.compile(r"(?<=[.!?])\**\s+(?=[\w*`\"“(\[+−-])")
ITEM = re.compile(r"\s*(?:>\s*)*(?:[-*+]|\d+[.)])\s+|#+\s+")
MASK = "#"

Kind = Literal["number", "verdict", "claim", "licence", "name"]


@dataclass(frozen=True)
class Value:
    """What a record must hold, as it is compared, with the words on each side of it, the nearest first."""

    kind: Kind
    text: str
    line: int
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """What it is named by, its words with values ``masked``, its values, its names with their lines, and all words."""

    label: tuple[str, ...]
    masked: tuple[str, ...]
    values: tuple[Value, ...]
    names: tuple[tuple[str, int], ...]
    bag: frozenset[str]

    @property
    def key(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Equal where two statements differ in nothing but their values."""
        return self.label, self.masked


def by_hand(line: str) -> bool:
    """Whether a line is marked as its editor's own word."""
    return line.rstrip().endswith(BY_HAND)


def statements(text: str) -> Iterator[Statement]:
    """The statements of a text that hold a value or a name."""
    for label, piece, line in _pieces(text):
        statement = _statement(label, piece, line)
        if statement.values or statement.names:
            yield statement


def _pieces(text: str) -> Iterator[tuple[str, str, int]]:
    """(what names it, the text, its first line) of each piece that is one statement."""
    block: list[str] = []
    start, lines = 1, text.splitlines()
    head = next((n for n, line in enumerate(lines[1:], 1) if line == "---"), 0) if lines[:1] == ["---"] else 0
    fenced = False
    table: list[tuple[int, list[str]]] = []
    columns: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.lstrip("> ").startswith(("```", "~~~")):
            fenced = not fenced
        row = line.strip().startswith("|") and not fenced
        top = number <= head and not line.startswith(" ")
        alone = row or fenced or top or not line.strip() or by_hand(line) or bool(ITEM.match(line))
        if alone and block:
            yield from _sentences("\n".join(block), start)
            block = []
        if not row and table:
            yield from _cells(columns, table)
            table, columns = [], []
        if by_hand(line) or (row and set(line.strip()) <= set("|-: ")):
            continue
        if row:
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            if columns:
                table.append((number, cells))
            else:
                columns = cells
                yield "", " ; ".join(cells), number
        elif fenced or top:
            yield "", line, number
        elif line.strip():
            if not block:
                start = number
            block.append(line)


def _cells(columns: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> Iterator[tuple[str, str, int]]:
    """Each cell of a table, named by its column and by the leading cells of its row that are words."""
    named = 1
    while named < len(columns) - 1 and 2 * sum(_worded(cells, named) for _, cells in rows) > len(rows):
        named += 1
    for number, cells in rows:
        label = " ".join(cells[:named])
        yield "", label, number
        for column, cell in zip(columns[named:], cells[named:], strict=False):
            yield f"{label} {column}", cell, number


def _worded(cells: Sequence[str], column: int) -> bool:
    return len(cells) > column and cells[column][:1].isalpha()


def _sentences(block: str, start: int) -> Iterator[tuple[str, str, int]]:
    begin = 0
    for cut in [*(match.end() for match in SENTENCE.finditer(block)), len(block)]:
        if block[begin:cut].strip():
            yield "", block[begin:cut], start + block.count("\n", 0, begin)
        begin = cut


def _statement(label: str, piece: str, line: int) -> Statement:
    """The values and the words of a piece."""
    words = [_word(match[0]) for match in TOKEN.finditer(label) if match.lastgroup in ("word", "name")]
    named = tuple(match[0].lower() for match in TOKEN.finditer(label))
    tokens: list[str] = [word for word in words if word not in QUIET]
    before, found, names = len(tokens), [], []
    for match in TOKEN.finditer(piece):
        place = line + piece.count("\n", 0, match.start())
        said, group = match[0], match.lastgroup or ""
        low = said.lower().replace("’", "'")
        if group == "word" and low in VERDICTS:
            found.append(("verdict", VERDICTS[low], len(tokens), place))
        elif group == "word" and CLAIM.fullmatch(low):
            found.append(("claim", low, len(tokens), place))
        elif group == "licence" or (group == "code" and LICENCE.fullmatch(said.strip("`"))):
            found.append(("licence", re.sub(r"[\s_]+", "-", low.strip("`")), len(tokens), place))
        elif group in ("number", "version") or low in NUMBER_WORDS:
            found.append(("number", low.replace(",", "").replace("−", "-").lstrip("+"), len(tokens), place))
        elif group in ("name", "code"):
            names.append((said.strip("`"), place))
            tokens.append(low.strip("`"))
            continue
        else:
            if (word := _word(low)) not in QUIET:
                tokens.append(word)
            continue
        tokens.append(MASK + found[-1][0])
    negated = sum(token in NEGATIONS for token in tokens[before:]) % 2 == 1
    values = tuple(
        Value(
            kind,  # type: ignore[arg-type]
            f"not {text}" if negated and kind in ("verdict", "claim") else text,
            place,
            tuple(reversed(tokens[max(0, at - WINDOW) : at])),
            tuple(tokens[at + 1 : at + 1 + WINDOW]),
        )
        for kind, text, at, place in found
    )
    bag = frozenset(token for token in tokens if not token.startswith(MASK))
    return Statement(named, tuple(tokens[before:]), values, tuple(names), bag)


def _word(text: str) -> str:
    low = text.lower().replace("’", "'")
    return low if low in NEGATIONS or len(low) < 4 else low.removesuffix("s")
