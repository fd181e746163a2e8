"""The tables of the report as CSV and as LaTeX."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from residency.core.files import write_text
from residency.evaluation.table import Cell, P, Table, shown
from residency.judging.statistics import Difference, Estimate


def as_csv(table: Table) -> str:
    """One column for each figure: a score with its interval becomes value, low, high, se and n."""
    wide = [_is_wide([row[place] for row in table.rows]) for place in range(len(table.columns))]
    head = [name for title, many in zip(table.columns, wide, strict=True) for name in _heads(title, many)]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_inert(name) for name in head)
    for row in table.rows:
        writer.writerow(figure for cell, many in zip(row, wide, strict=True) for figure in _figures(cell, many))
    return buffer.getvalue()


def as_latex(table: Table) -> str:
    """A table in the style of booktabs, with title and note as its caption."""
    head = " & ".join(_latex(column) for column in table.columns)
    rows = [" & ".join(_latex(shown(cell)) for cell in row) + r" \\" for row in table.rows]
    caption = _latex(f"{table.title}. {table.note}".strip())
    return "\n".join(
        [
            "% \\usepackage{booktabs}",
            r"\begin{table}",
            r"  \centering",
            rf"  \caption{{{caption}}}",
            rf"  \label{{tab:{slug(table.title)}}}",
            rf"  \begin{{tabular}}{{{'l' * len(table.columns)}}}",
            r"    \toprule",
            rf"    {head} \\",
            r"    \midrule",
            *(f"    {row}" for row in rows),
            r"    \bottomrule",
            r"  \end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def write_tables(folder: Path, tables: Iterable[Table]) -> list[str]:
    """Write each table as CSV and as LaTeX; returns the names, without endings, in the order of the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    names: list[str] = []
    for table in tables:
        name = slug(table.name)
        while name in names:
            name += "-again"
        names.append(name)
        write_text(folder / f"{name}.csv", _sound(as_csv(table)))
        write_text(folder / f"{name}.tex", _sound(as_latex(table)))
    return names


def slug(text: str) -> str:
    """A text as a file's name."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")[:80] or "table"


def _is_wide(cells: Sequence[Cell]) -> bool:
    return any(isinstance(cell, Estimate | Difference) for cell in cells)


def _heads(title: str, wide: bool) -> list[str]:
    return [title, *(f"{title}: {part}" for part in ("low", "high", "se", "n"))] if wide else [title]


def _figures(cell: Cell, wide: bool) -> list[str]:
    if isinstance(cell, Estimate | Difference):
        return [*map(_plain, (cell.value, cell.low, cell.high, cell.se)), str(cell.n)]
    value = cell.value if isinstance(cell, P) else cell
    text = _plain(value) if value is None or isinstance(value, float) else _inert(str(value))
    return [text, "", "", "", ""] if wide else [text]


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "@", "-", "\t", "\r") else text


_LATEX = {
    "\\": r"\textbackslash{}",
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "\N{MINUS SIGN}": "$-$",
    "\N{EN DASH}": "--",
    "\N{LESS-THAN OR EQUAL TO}": r"$\le$",
    "\N{GREATER-THAN OR EQUAL TO}": r"$\ge$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{MICRO SIGN}": r"$\mu$",
    "\n": " ",
}


def _latex(text: str) -> str:
    return "".join(_LATEX.get(mark, mark) for mark in text)


def _sound(text: str) -> str:
    """Without what UTF-8 or a reader of tables cannot hold."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}", text)
