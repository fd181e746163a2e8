"""The texts of a bundle's files, as far as they are texts."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

WRITTEN = frozenset(".md .json .jsonl .txt .html .csv .tex .jinja .py .toml .yaml .yml .svg .bib .cff".split())
NAMED = frozenset({"Modelfile", "SHA256SUMS", "LICENSE", "NOTICE"})
VOCABULARY = frozenset({"tokenizer.json", "vocab.json", "merges.txt", "vocab.index.json"})
"""Files that hold any word there is."""
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\[nrtbf\"\\/]")
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")


def texts(folder: Path, vocabulary: bool = False) -> Iterator[tuple[str, str]]:
    """(place in the folder, text) of each file that people or programs read as text.

    Args:
        folder: the bundle.
        vocabulary: whether those that hold a vocabulary are among them.
    """
    for path in sorted(folder.rglob("*")):
        wanted = path.suffix in WRITTEN or path.name in NAMED
        if path.is_file() and wanted and (vocabulary or path.name not in VOCABULARY):
            yield str(path.relative_to(folder)), path.read_text(encoding="utf-8", errors="replace")


def words(text: str) -> list[str]:
    """A text's words in lower case, without what HTML and JSON write around and into them."""
    bare = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", text)
    return _WORD.findall(html.unescape(_TAG.sub(" ", bare)).lower())
