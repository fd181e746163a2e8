"""Markdown as LaTeX, so that a section is written once and both forms hold the same words and numbers.

What is known: headings, paragraphs, lists, tables, quotes, ``code``, emphasis, links and figures (an image that stands
alone; its title is the caption). Anything else is an error, since a part of a paper must not vanish.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{booktabs}
\usepackage{longtable}
\usepackage{array}
\usepackage{graphicx}
\usepackage[hidelinks]{hyperref}
"""
_MARKS = {
    "\\": r"\textbackslash{}",
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{mark: rf"\ensuremath{{{mark}}}" for mark in "<>|"},
    '"': r"\textquotedbl{}",
    "\N{MINUS SIGN}": r"\ensuremath{-}",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{LESS-THAN OR EQUAL TO}": r"\ensuremath{\le}",
    "\N{GREATER-THAN OR EQUAL TO}": r"\ensuremath{\ge}",
    "\N{PLUS-MINUS SIGN}": r"\ensuremath{\pm}",
    "\N{MULTIPLICATION SIGN}": r"\ensuremath{\times}",
    "\N{MICRO SIGN}": r"\ensuremath{\mu}",
    "\N{GREEK SMALL LETTER MU}": r"\ensuremath{\mu}",
    "\N{RIGHTWARDS ARROW}": r"\ensuremath{\to}",
    "\N{HORIZONTAL ELLIPSIS}": r"\ldots{}",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
    "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{NO-BREAK SPACE}": "~",
    "\n": "\n",
}
_SECTIONS = ("section", "subsection", "subsubsection", "paragraph")
_LONG = 24  # characters of code after which a line may break in it
_MANY = 4  # columns above which a table is set in smaller letters
_OPENING = {
    "strong_open": r"\textbf{",
    "em_open": r"\emph{",
    "strong_close": "}",
    "em_close": "}",
    "link_close": "}",
    "softbreak": "\n",
    "hardbreak": "\\\\\n",
}
_BLOCKS = {
    "paragraph_open": "",
    "paragraph_close": "\n\n",
    "heading_close": "}\n\n",
    "bullet_list_open": "\\begin{itemize}\n",
    "bullet_list_close": "\\end{itemize}\n\n",
    "ordered_list_open": "\\begin{enumerate}\n",
    "ordered_list_close": "\\end{enumerate}\n\n",
    "list_item_open": r"\item ",
    "list_item_close": "\n",
    "blockquote_open": "\\begin{quote}\n",
    "blockquote_close": "\\end{quote}\n\n",
    "thead_open": "",
    "tbody_open": "",
    "tr_open": "",
    "th_open": r"\textbf{",
    "th_close": "} & ",
    "td_open": "",
    "td_close": " & ",
    "thead_close": "\\midrule\n\\endhead\n",
    "tbody_close": "",
    "table_close": "\\bottomrule\n\\end{longtable}\n\\endgroup\n\n",
    "hr": "\\bigskip\n\n",
}


def as_latex(markdown: str) -> str:
    """A section's body, for a document that reads it in.

    Raises:
        ValueError: the text holds what has no form here, such as HTML or an image within a line.
    """
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(markdown)
    parts: list[str] = []
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            columns, size = _columns(tokens[place:])
            parts.append(f"\\begingroup{size}\n\\begin{{longtable}}{{{columns}}}\n\\toprule\n")
        elif token.type == "tr_close":
            parts[-1] = parts[-1].removesuffix(" & ")
            parts.append(" \\\\\n")
        elif token.type == "heading_open":
            parts.append(f"\\{_SECTIONS[min(int(token.tag[1]), len(_SECTIONS)) - 1]}{{")
        elif token.type in ("fence", "code_block"):
            parts.append("\\begin{verbatim}\n" + token.content.rstrip("\n") + "\n\\end{verbatim}\n\n")
        elif token.type == "inline":
            parts.append(_inline(token.children or ()))
        elif token.type in _BLOCKS:
            parts.append(_BLOCKS[token.type])
        else:
            raise ValueError(f"no LaTeX is known for {token.type} in a paper's text")
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip() + "\n"


def document(title: str, authors: Sequence[str], sections: Sequence[str]) -> str:
    """A whole paper that reads its sections from files beside it.

    Args:
        title: as it is to be printed.
        authors: by name; none leaves the place empty.
        sections: names of files without their ending.
    """
    by = r" \and ".join(map(escaped, authors))
    inputs = "\n".join(f"\\input{{{name}}}" for name in sections)
    return (
        f"{PREAMBLE}\\title{{{escaped(title)}}}\n\\author{{{by}}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle\n{inputs}\n"
        "\\end{document}\n"
    )


def escaped(text: str) -> str:
    """Plain text for LaTeX: no mark of it is a command."""
    return "".join(_MARKS.get(mark, mark) for mark in text)


def _columns(tokens: Sequence[Token]) -> tuple[str, str]:
    """Columns that share the line's width, those that hold more text with more of it; and the letters' size."""
    widths: list[int] = []
    column = 0
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            column = 0
        elif token.type == "inline":
            widths[column : column + 1] = [max([len(token.content), *widths[column : column + 1]])]
            column += 1
    weights = [min(max(width, 9), 60) ** 0.7 for width in widths]
    share = 0.98 / sum(weights)
    inner = 2 * (len(weights) - 1) / len(weights)  # gaps between columns that each of them gives up, in tabcolsep
    told = "".join(
        rf">{{\raggedright\arraybackslash}}p{{\dimexpr {weight * share:.3f}\linewidth-{inner:.2f}\tabcolsep\relax}}"
        for weight in weights
    )
    return f"@{{}}{told}@{{}}", r"\footnotesize" if len(weights) > _MANY else r"\small"


def _inline(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type == "text":
            parts.append(escaped(token.content))
        elif token.type == "code_inline":
            parts.append(_code(token.content))
        elif token.type == "link_open":
            parts.append(f"\\href{{{escaped(str(token.attrs['href']))}}}{{")
        elif token.type == "image" and len(tokens) == 1:
            parts.append(_figure(token))
        elif token.type in _OPENING:
            parts.append(_OPENING[token.type])
        else:
            raise ValueError(f"no LaTeX is known for {token.type} within a line")
    return "".join(parts)


def _code(text: str) -> str:
    """Code in a line; a digest or a long name may break anywhere."""
    between = r"\allowbreak " if len(text) > _LONG else ""
    return rf"\texttt{{{between.join(escaped(mark) for mark in text)}}}"


def _figure(token: Token) -> str:
    source, label = str(token.attrs["src"]).removesuffix(".svg"), token.content
    caption = escaped(str(token.attrs.get("title") or label))
    return (
        "\\begin{figure}[htbp]\n\\centering\n"
        f"\\includegraphics{{{source}.pdf}}\n"
        f"\\caption{{{caption}}}\n\\label{{fig:{source.rpartition('/')[2]}}}\n\\end{{figure}}"
    )
