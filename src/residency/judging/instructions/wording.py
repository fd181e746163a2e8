"""Instructions about the words themselves: which must stand there, which must not, where, and in which case."""

from __future__ import annotations

import re

from residency.judging.instructions.counting import Parameters, bullets, lines, listed, numbered, uses

_CLOSING = " \t\n\"'”’»)*_`.!?…"
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}


def keywords(answer: str, asked: Parameters) -> bool:
    """Each of ``words`` stands in the answer as a whole word or phrase, in any case."""
    return all(uses(answer, word) for word in asked["words"])


def forbidden(answer: str, asked: Parameters) -> bool:
    """None of ``words`` stands there."""
    return not any(uses(answer, word) for word in asked["words"])


def without_letter(answer: str, asked: Parameters) -> bool:
    """No word holds the letter, in any case."""
    return asked["letter"].lower() not in answer.lower() and any(map(str.isalpha, answer))


def without_commas(answer: str, asked: Parameters) -> bool:
    """No comma."""
    return "," not in answer


def without_digits(answer: str, asked: Parameters) -> bool:
    """No figure is written in digits."""
    return not re.search(r"\d", answer)


def lower_case(answer: str, asked: Parameters) -> bool:
    """Letters, and no capital among them."""
    return answer.islower()


def upper_case(answer: str, asked: Parameters) -> bool:
    """Letters, and all of them capitals."""
    return answer.isupper()


def starts_with(answer: str, asked: Parameters) -> bool:
    """The answer begins with the phrase."""
    return _plain(answer).startswith(_plain(asked["phrase"]))


def ends_with(answer: str, asked: Parameters) -> bool:
    """The answer ends with the phrase and nothing after it but stops, closing quotes and marks."""
    return _plain(answer.rstrip(_CLOSING)).endswith(_plain(asked["phrase"].rstrip(_CLOSING)))


def lines_start_with(answer: str, asked: Parameters) -> bool:
    """Every line that is not empty begins with the phrase, its bullet or number left aside."""
    found = listed(answer) if bullets(answer) or numbered(answer) else lines(answer)
    return bool(found) and all(_plain(line).startswith(_plain(asked["phrase"])) for line in found)


def quoted(answer: str, asked: Parameters) -> bool:
    """The whole answer stands in double quotes, with none of them inside."""
    text = answer.strip()
    closing = _QUOTES.get(text[:1], "")
    inside = text[1:-1]
    return bool(closing) and len(text) > 2 and text.endswith(closing) and not {text[0], closing} & set(inside)


def quotes_phrase(answer: str, asked: Parameters) -> bool:
    """The phrase stands word for word in double quotes; a full stop or comma may be drawn into them."""
    return any(
        re.search(rf"{opening}\s*{re.escape(asked['phrase'])}[.,]?\s*{closing}", answer, re.IGNORECASE)
        for opening, closing in _QUOTES.items()
    )


def postscript(answer: str, asked: Parameters) -> bool:
    """The last paragraph or line begins with ``P.S.``, in any case."""
    found = lines(answer)
    return len(found) > 1 and re.match(r"[*_]*p\.?\s?s\b", found[-1], re.IGNORECASE) is not None


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()
