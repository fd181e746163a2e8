"""User text made fit to be shown: cut to what matters, marked, and with every invisible character visible."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from markupsafe import Markup, escape

AROUND = 180  # characters of context on each side of a span
MOST = 420  # characters of a text without a span
SPAN = 400  # characters of a span
# Control characters, what turns the direction of writing or takes no room, and what no file can hold.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with hidden characters by name: a zero-width space becomes ``⟨U+200B⟩``. Line ends and tabs stay."""
    return _HIDDEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text.replace("\r\n", "\n"))


def line(text: str, most: int) -> str:
    """The text on one line of at most ``most`` characters, hidden ones by name."""
    flat = " ".join(visible(text[: 4 * most]).split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def marked(text: str, span: Sequence[int] | None) -> Markup:
    """The text as HTML, cut around ``span``, which is marked; a span that is not within the text marks nothing."""
    if span is None or len(span) != 2 or not 0 <= span[0] < span[1] <= len(text):
        return Markup("{}{}").format(escape(text[:MOST]), "…" if len(text) > MOST else "")
    start, end = span
    before = text[max(0, start - AROUND) : start]
    inside = text[start : min(end, start + SPAN)]
    after = text[end : end + AROUND]
    return Markup("{}{}<mark>{}{}</mark>{}{}").format(
        "…" if start > AROUND else "",
        escape(before),
        escape(inside),
        "…" if end > start + SPAN else "",
        escape(after),
        "…" if len(text) > end + AROUND else "",
    )


def compared(one: str, other: str) -> tuple[Markup, Markup]:
    """Two texts as HTML, each with the words marked that the other does not have in that place."""
    words = [re.findall(r"\S+|\s+", text[:MOST]) for text in (one, other)]
    blocks = SequenceMatcher(None, words[0], words[1], autojunk=False).get_opcodes()
    sides = []
    for side, text in enumerate((one, other)):
        parts = [Markup()]
        for kind, *places in blocks:
            piece = escape("".join(words[side][places[2 * side] : places[2 * side + 1]]))
            parts.append(piece if kind == "equal" or not piece.strip() else Markup("<mark>{}</mark>").format(piece))
        parts.append(escape("…" if len(text) > MOST else ""))
        sides.append(Markup().join(parts))
    return sides[0], sides[1]
