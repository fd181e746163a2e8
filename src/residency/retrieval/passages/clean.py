"""Text as it came out of a file, made plain: one kind of space, no invisible characters, letters for ligatures.

Full NFKC is not used: it makes 10⁹/L into 109/L, and m² into m2.
"""

from __future__ import annotations

import re
import unicodedata

from residency.core.errors import ResidencyError

# Ligatures, full-width digits and letters, units in one character (㎎), ℃, letters of mathematical alphabets.
_RANGES = (
    *((0xFB00, 0xFB06), (0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)),
    *((0x3380, 0x33DF), (0x2103, 0x2103), (0x2109, 0x2109), (0x1D400, 0x1D7FF)),
)
_PLAIN: dict[int, str | None] = {
    code: unicodedata.normalize("NFKC", chr(code)) for first, last in _RANGES for code in range(first, last + 1)
}
_PLAIN |= dict.fromkeys((0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF))  # soft hyphens, marks of no width
_PLAIN |= {code: " " for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)}
_PLAIN |= {0x2028: "\n", 0x2029: "\n", 0x0C: "\n", 0x0D: "\n"}
_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_RAISABLE = re.compile(r"[0-9+\-−()n]+")


def clean(text: str) -> str:
    """``text`` in plain characters; its lines stay."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_PLAIN))


def one_line(text: str) -> str:
    """``text`` in plain characters with single spaces."""
    return " ".join(clean(text).split())


def raised(text: str) -> str:
    """A superscript in characters of its own, so that 10 to the power of 9 is not read as 109."""
    return text.translate(_RAISED) if _RAISABLE.fullmatch(text) else text


def half_surrogates(text: str) -> bool:
    """Whether ``text`` holds half of a surrogate pair, which no UTF-8 file can hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def decode(data: bytes, encoding: str = "") -> str:
    """The text of a file's bytes: UTF-8, UTF-16 with its mark, or else ``encoding`` where the file names one.

    Raises:
        ResidencyError: the bytes are no text in these encodings.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        tried = ["utf-16"]
    else:
        tried = ["utf-8-sig", encoding] if encoding else ["utf-8-sig"]
    for name in tried:
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        strange = sum(text.count(chr(code)) for code in range(32) if code not in (9, 10, 12, 13))
        if strange * 100 > len(text):
            break
        return text
    if b"\0" in data[:4096]:
        raise ResidencyError("not a text file")
    raise ResidencyError("not UTF-8")
