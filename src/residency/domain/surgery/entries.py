"""Reads the tables of this specialty that hold many wordings for each entry.

An entry begins with a line ``# name``. Each further line holds a key, a colon and a text; a key may come again, and
an indented line goes on with the text above it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

_LINE = re.compile(r"([a-z]+): (\S.*)")


def read_entries(table: str, keys: Collection[str]) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    """Each entry's name, and its texts in order by key (every one of ``keys`` is there, perhaps with no text).

    Raises:
        ValueError: a line does not follow the form, its key is not among ``keys``, or a name is there twice.
    """
    names: set[str] = set()
    for block in table.strip().replace("\n  ", " ").removeprefix("# ").split("\n# "):
        name, *lines = block.splitlines()
        if name in names:
            raise ValueError(f"{name} is there twice")
        names.add(name)
        texts: dict[str, list[str]] = {key: [] for key in keys}
        for line in lines:
            match = _LINE.fullmatch(line)
            if match is None or match[1] not in texts:
                raise ValueError(f"{name}: {line!r} is no line of this table")
            texts[match[1]].append(match[2])
        yield name, texts
