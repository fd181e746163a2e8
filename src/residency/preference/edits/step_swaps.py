"""Two steps of a text that change places."""

from __future__ import annotations

from residency.preference.edits.edit import Edit

KIND = "step_order"


def swapped(
    text: str, offset: int, one: tuple[int, int], other: tuple[int, int], whole: str, early: str, late: str
) -> Edit:
    """An edit of ``text`` in which the spans ``one`` and ``other`` of ``whole``, the part of it that begins at
    ``offset``, change places; ``early`` and ``late`` name the steps in their right order."""
    a, b = whole[slice(*one)], whole[slice(*other)]
    middle = whole[one[1] : other[0]]
    after = _cased(b, a) + middle + _cased(a, b)
    why = f"The order matters: {early} comes before {late}, and not the other way round."
    start, end = offset + one[0], offset + other[1]
    return Edit(KIND, "", start, end, text[start:end], after, "dangerous", why)


def _cased(word: str, place: str) -> str:
    """``word`` with a capital or without one, as ``place`` has it where neither is an acronym."""
    if word[1:2].isupper() or (place[1:2].isupper() and not word[:1].isupper()):
        return word
    if place[1:2].isupper():
        return word[0].lower() + word[1:] if place[:1].islower() else word
    return (word[0].upper() if place[:1].isupper() else word[0].lower()) + word[1:]
