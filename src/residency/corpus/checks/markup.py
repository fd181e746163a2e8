"""Left-overs of web pages, of mark-up languages, of other models' citations and of wrong encodings."""

from __future__ import annotations

import re

_TAGS = (
    "br div span em strong ul ol li dl dt dd table thead tbody tr td th h1 h2 h3 h4 h5 h6 sup sub img font center hr "
    "blockquote pre code script style section article header footer html head body title meta link small iframe input "
    "button form label svg figure figcaption nav"
)
_ENTITIES = (
    "nbsp amp lt gt quot apos ndash mdash hellip bull middot deg plusmn times divide micro alpha beta gamma delta mu "
    "le ge ne rarr larr uarr darr rsquo lsquo rdquo ldquo sup2 sup3 frac12 frac14 copy reg trade sect para eacute "
    "egrave agrave uuml ouml auml szlig ccedil ntilde thinsp ensp emsp"
)
_LATEX_BRACED = (
    "frac dfrac tfrac sqrt text textbf textit texttt textsuperscript textsubscript mathrm mathbf mathit begin end ce "
    "SI section subsection cite ref label footnote emph"
)
_LATEX_BARE = (
    "alpha beta gamma delta mu times cdot leq geq le ge pm approx sim rightarrow leftarrow uparrow downarrow circ "
    "degree leqslant geqslant item newline"
)
_ATTRIBUTES = r"(?:\s+[\w:-]+\s*=[^<>]{0,300})"
# A UTF-8 text that was read as Latin-1 or Windows-1252: a lead byte's letter, then what its second byte became.
_SECOND = (
    r"\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u2039\u0152\u017d\u2018\u2019\u201c\u201d"
    r"\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178"
)
# (what it is, signs of which one must be in the text, pattern). "p <0.05" and "BP <90" are no tags, and a heading
# with text under it is no left-over.
_KINDS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "an HTML tag",
        ("<",),
        re.compile(
            rf"</?(?:{'|'.join(_TAGS.split())}){_ATTRIBUTES}?\s*/?>|</?[pbiua]\s*/?>|<[pa]{_ATTRIBUTES}>|<!--|<!doctype",
            re.IGNORECASE,
        ),
    ),
    (
        "an HTML entity",
        ("&",),
        re.compile(rf"&(?:{'|'.join(_ENTITIES.split())}|#\d{{2,6}}|#x[0-9a-f]{{2,6}});", re.IGNORECASE),
    ),
    (
        "left-over markdown",
        ("`", "#", "*", "]"),
        re.compile(
            r"```|^[ \t]*#{1,6}[ \t]*$|\*{4,}|^[ \t]*\*{2,3}[ \t]*$|\[[^\[\]\n]{0,80}\]\((?:https?:|/|#|\))",
            re.MULTILINE,
        ),
    ),
    (
        "left-over wiki mark-up",
        ("[", "{"),
        re.compile(
            r"\[\[[^\[\]\n]{0,80}\]\]|\{\{[^{}\n]{0,80}\}\}|\[(?:edit|update|citation needed|clarification needed)\]"
        ),
    ),
    (
        "a chatbot's citation mark",
        ("[", "【", "cite"),
        re.compile(
            r"\[(?:cite|citation|source)(?:_start|_end|:[^\[\]\n]{0,40})?\]|\[\^\d+\^?\]|【[^】\n]{0,60}】|oaicite|"
            r"(?:\b|cite)turn\d+(?:search|view|fetch|news)\d+"
        ),
    ),
    (
        "left-over LaTeX",
        ("\\", "$"),
        re.compile(
            rf"\\(?:{'|'.join(_LATEX_BRACED.split())})\s?\{{|\\(?:{'|'.join(_LATEX_BARE.split())})(?![a-z])|"
            r"\\(?:left|right)[(\[{|.)\]]|\\[()\[\]{}%]|\$\$|\$[^$\n]{0,40}[\\^_][^$\n]{0,40}\$"
        ),
    ),
    (
        "an escape that was not decoded",
        ("\\",),
        re.compile(r"\\[nrt](?=[\s\\A-Z*-]|$)|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}"),
    ),
    (
        "a left-over of a prompt template",
        ("#", "uman:", "ssistant:", "User:"),
        re.compile(
            r"^[ \t]*(?:###?[ \t]*(?:Instruction|Response|Input|Output|Human|Assistant|User|System)\b|"
            r"(?:Human|Assistant|User):)",
            re.MULTILINE,
        ),
    ),
)
_WRONG_ENCODING = re.compile(
    rf"[\u00c2\u00c3][{_SECOND}]|\u00e2[{_SECOND}][{_SECOND}]|\u00ef(?:\u00bf\u00bd|\u00bb\u00bf)|\u00ce[\u00b1-\u00bf]|\ufffd|"
    r"[\u0080-\u0084\u0086-\u009f]"
)


_SIGNS = {sign for _, signs, _ in _KINDS for sign in signs}
DEBRIS_NEEDS = ("|".join([*map(re.escape, sorted(_SIGNS)), r"[^\x00-\x7f]"]),)
"""What every text with a left-over holds: a sign of its kind, or a letter beyond ASCII."""


def debris(text: str) -> tuple[str, tuple[int, int]] | None:
    """(what it is, where) of a left-over in a text; None when there is none."""
    for name, signs, pattern in _KINDS:
        for sign in signs:
            if sign in text:
                if match := pattern.search(text):
                    return name, match.span()
                break
    if not text.isascii() and (match := _WRONG_ENCODING.search(text)):
        return "text in a wrong encoding", match.span()
    return None
