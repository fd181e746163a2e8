"""In which language an answer is written, where that can be told simply: by its script, or by its commonest words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from residency.judging.instructions.counting import Parameters

SCRIPTS: Mapping[str, str] = {
    "Arabic": "ARABIC",
    "Greek": "GREEK",
    "Hindi": "DEVANAGARI",
    "Korean": "HANGUL",
    "Russian": "CYRILLIC",
}
"""Languages told by the script alone, among those that are asked for."""
COMMON: Mapping[str, frozenset[str]] = {
    "Dutch": frozenset("de het een en van is dat niet in op te met voor zijn er aan om ook als bij wordt door".split()),
    "English": frozenset("the and of to is that it in for with as are was on be this by you from or which".split()),
    "French": frozenset("le la les un une et est des du dans pour que qui sur avec pas ce il elle au aux en".split()),
    "German": frozenset("der die das und ist nicht ein eine zu den mit von im auf für sich dem des wird auch".split()),
    "Italian": frozenset("il lo la gli un una e è di che non per con del della in sono da nel al alla come".split()),
    "Portuguese": frozenset("o a os as um uma e é de que não para com do da em no na por se são mais ao".split()),
    "Spanish": frozenset("el la los las un una y es de que no para con del en se por lo su al como más".split()),
}
"""The commonest words of each language; all are counted, and the language with most of them is taken."""
_SHARE = 0.8
_LEAST = 2  # common words without which a language is not told


def in_language(answer: str, asked: Parameters) -> bool:
    """The answer is in the language ``language``, one of ``SCRIPTS`` or ``COMMON``."""
    wanted: str = asked["language"]
    return language(answer) == wanted


def language(answer: str) -> str | None:
    """The language of a text; None where it cannot be told."""
    letters = [letter for letter in answer if letter.isalpha()]
    if not letters:
        return None
    for name, script in SCRIPTS.items():
        if sum(unicodedata.name(letter, "").startswith(script) for letter in letters) >= _SHARE * len(letters):
            return name
    said = re.findall(r"[^\W\d_]+", answer.lower())
    counts = Counter({name: sum(word in common for word in said) for name, common in COMMON.items()})
    (first, most), (_, second) = counts.most_common(2)
    return first if most >= _LEAST and most > second else None
