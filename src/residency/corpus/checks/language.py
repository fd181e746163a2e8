"""Whether a text is plainly in another language than English, by its script and its stop words."""

from __future__ import annotations

import re
from collections import Counter

LEAST_WORDS = 5
LEAST_HITS = 3
FOREIGN_SHARE = 0.12  # of all words; English prose has 30-45% stop words, terse English 10%
SCRIPT_SHARE = 0.3  # of all letters; Greek letters in formulas stay far below

_QUICK = (" the ", " of ", " and ", " with ", " are ", " from ", " which ")
_ENGLISH = frozenset(
    """the of and to in is a for with that are be by on as or from this which not an at it was can may have has should
    if than when who how what does do why were been will must but its there these into most no""".split()
)
# Stop words that English does not have. Latin names ("musculus levator ani") hold none of them.
_WORDS = {
    "Spanish": """el los las una del por que con para se es son como pero más está este esta puede también cuando sin
        sobre entre muy debe qué cuál cómo la de en y un al lo""",
    "French": """le les des du une est dans pour que qui sur avec pas sont cette ces aux être mais chez peut leur et la
        de en un il elle quel quelle ou au d'une d'un l'on n'est""",
    "German": """der das und ist nicht ein eine einer eines mit von zu dem auf für wird werden bei oder sich auch nach
        durch sind kann im welche wie als aus einem einen die""",
    "Portuguese": """os uma do da dos das em para com não por que é são mais ao pode como ou pelo pela na no qual de um
        se ser foi""",
    "Italian": """il lo gli di che è della del nel per con una sono non alla dei delle più può come anche la un si da
        quale nella dell al""",
    "Dutch": """het een van de en niet voor met zijn op te bij dat door worden wordt ook naar aan deze wat welke""",
    "Polish": """i w z na nie się jest że oraz przez jak są po od dla lub ze które""",
    "Czech": """je se že na pro nebo které jsou není při jako po od ve""",
    "Romanian": """și în cu este care pentru nu sunt din pe sau mai la ale""",
    "Swedish": """och att det som är av för med inte den ett på till vid eller kan""",
    "Danish or Norwegian": """og er av til ikke på som det med en et ved eller kan af""",
    "Finnish": """ja on ei että se tai ovat kun myös joka""",
    "Hungarian": """az és hogy nem egy vagy meg ez""",
    "Turkish": """ve bir bu için ile olarak olan veya gibi daha ise""",
    "Indonesian or Malay": """yang dan di untuk dengan pada dari adalah tidak ini itu atau dalam oleh""",
    "Vietnamese": """và của là các có được cho trong không với những một""",
    "Filipino": """ang ng sa mga na ay ito""",
}
_LANGUAGES = {name: frozenset(words.split()) for name, words in _WORDS.items()}
_FOREIGN = frozenset().union(*_LANGUAGES.values())
_OTHER_SCRIPT = re.compile(r"[\u0370-\u03ff\u0400-\u1cff\u2c00-\ua6ff\ua8e0-\ud7ff\uf900-\ufaff\uff66-\uffdc]")
_LETTER = re.compile(r"[^\W\d_]")
_TRIM = " .,;:!?()[]\"'«»¿¡"


def _reads_as_english(lower: str) -> bool:
    """A quick look: whether it has two of the commonest words."""
    found = 0
    for word in _QUICK:
        if word in lower:
            found += 1
            if found == 2:
                return True
    return False


def other_language(text: str, lower: str) -> str:
    """What tells that ``text`` (and ``lower``, the same in lower case) is not English; empty when nothing does."""
    if not text.isascii() and (found := _OTHER_SCRIPT.findall(text)):
        letters = len(_LETTER.findall(text))
        if letters >= LEAST_WORDS and len(found) >= SCRIPT_SHARE * letters:
            return f"{len(found) / letters:.0%} of its letters are of another script than Latin"
    if lower.count(" ") < LEAST_WORDS - 1 or _reads_as_english(lower):
        return ""
    words = [word.strip(_TRIM) for word in lower.split()]
    hits = [word for word in words if word in _FOREIGN]
    if len(words) < LEAST_WORDS or len(set(hits)) < LEAST_HITS - 1 or len(hits) < LEAST_HITS:
        return ""
    counts = Counter(name for word in hits for name, known in _LANGUAGES.items() if word in known)
    name, count = counts.most_common(1)[0]
    english = sum(word in _ENGLISH for word in words)
    if count < LEAST_HITS or count < FOREIGN_SHARE * len(words) or count < 2 * english:
        return ""
    return (
        f"it reads as {name}: {count} of its {len(words)} words are that language's stop words, {english} English ones"
    )
