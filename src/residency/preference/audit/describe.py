"""What a set holds and how its two sides differ, in plain figures: no model reads anything here."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from statistics import fmean, median, quantiles
from typing import Any

from residency.core.text import normalise, words
from residency.judging.answers import is_abstention
from residency.judging.dialogues.patterns import CALLS, NOT_URGENT, URGENT
from residency.preference.audit.compared import Compared
from residency.preference.differences import differing

_TOKEN = re.compile(r"\w+|[^\w\s]")
HEDGES = frozenset(
    "may might could can possibly perhaps probably probable likely unlikely usually often sometimes generally "
    "typically commonly suggests suggest appears appear seems seem uncertain unclear consider".split()
)
ABSOLUTES = frozenset(
    "always never certainly certain definitely definite undoubtedly invariably must clearly proves guarantees "
    "completely entirely safely every".split()
)


def lengths(pairs: Sequence[Compared]) -> dict[str, Any]:
    """How much longer chosen answers are: ``ratio`` is the geometric mean of chosen over rejected characters, so that
    1 is even and below 1 rejected is longer; differences are chosen less rejected."""
    more = [len(pair.chosen) - len(pair.rejected) for pair in pairs]
    sides = [differing(pair.chosen, pair.rejected) for pair in pairs]
    more_words = [len(words(chosen)) - len(words(rejected)) for chosen, rejected in sides]
    return {
        "ratio": math.exp(fmean(math.log(len(pair.chosen) / len(pair.rejected)) for pair in pairs)),
        "characters_mean": fmean(more),
        "characters_median": median(more),
        "words_mean": fmean(more_words),
        "chosen_longer": sum(n > 0 for n in more) / len(more),
        "rejected_longer": sum(n < 0 for n in more) / len(more),
    }


def edit_distances(pairs: Sequence[Compared]) -> dict[str, Any]:
    """Words and marks to change from one side to the other (Levenshtein 1966): median, the 90th percentile, and the
    median share of the longer side's."""
    found, shares = [], []
    for pair in pairs:
        sides = [_TOKEN.findall(text) for text in differing(pair.chosen, pair.rejected)]
        found.append(distance(*sides))
        shares.append(found[-1] / max(1, *(len(_TOKEN.findall(text)) for text in (pair.chosen, pair.rejected))))
    high = quantiles(found, n=10, method="inclusive")[-1] if len(found) > 1 else found[0]
    return {"median": median(found), "p90": high, "median_share": median(shares)}


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """The fewest insertions, deletions and exchanges between two sequences, by bit vectors (Myers 1999, in the form of
    Hyyrö 2003): each integer holds a column of the table, a bit a row."""
    if not one:
        return len(other)
    places: dict[str, int] = {}
    for place, token in enumerate(one):
        places[token] = places.get(token, 0) | 1 << place
    whole = (1 << len(one)) - 1
    last = 1 << (len(one) - 1)
    up, down, found = whole, 0, len(one)
    for token in other:
        equal = places.get(token, 0)
        vertical = equal | down
        horizontal = (((equal & up) + up) ^ up) | equal
        right, left = down | (~(horizontal | up) & whole), up & horizontal
        found += bool(right & last) - bool(left & last)
        right, left = (right << 1) | 1, left << 1
        up = (left | ~(vertical | right)) & whole
        down = right & vertical & whole
    return found


def shares(pairs: Sequence[Compared]) -> dict[str, dict[str, float]]:
    """The share of each type, direction, topic and mode, the largest first."""
    return {name: share_of(getattr(pair, name) for pair in pairs) for name in ("type", "direction", "topic", "mode")}


def share_of(values: Iterable[str]) -> dict[str, float]:
    """Each value with its share; one that is empty is called ``(none)``."""
    counts = Counter(value or "(none)" for value in values)
    return {
        value: count / counts.total() for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    }


def duplicates(pairs: Sequence[Compared]) -> dict[str, int]:
    """Pairs that repeat another one: with its prompt and both answers, with both answers alone, or with its prompt and
    the answers exchanged, so that one contradicts the other."""
    whole = Counter((normalise(p.prompt), normalise(p.chosen), normalise(p.rejected)) for p in pairs)
    answers = Counter((normalise(p.chosen), normalise(p.rejected)) for p in pairs)
    turned = sum(count for (prompt, chosen, rejected), count in whole.items() if (prompt, rejected, chosen) in whole)
    return {
        "same_prompt_and_answers": whole.total() - len(whole),
        "same_answers": answers.total() - len(answers),
        "exchanged_answers": turned,
    }


def directions(pairs: Sequence[Compared]) -> dict[str, dict[str, int]]:
    """As the texts read: in how many pairs chosen, and in how many rejected, is the one that abstains, that is hedged
    more (hedging words less words of certainty), or that escalates."""
    found = {name: {"chosen": 0, "rejected": 0} for name in ("abstains", "hedges", "escalates")}
    abstains, escalates = cache(is_abstention), cache(_escalates)  # a gold answer stands in many pairs
    for pair in pairs:
        sides = (pair.chosen, pair.rejected)
        read = {
            "abstains": [int(abstains(text)) for text in sides],
            "hedges": [_hedging(text) for text in differing(*sides)],
            "escalates": [escalates(text) for text in sides],
        }
        for name, (chosen, rejected) in read.items():
            if chosen != rejected:
                found[name]["chosen" if chosen > rejected else "rejected"] += 1
    return found


def _hedging(text: str) -> int:
    said = words(text)
    return sum(word in HEDGES for word in said) - sum(word in ABSOLUTES for word in said)


def _escalates(text: str) -> int:
    low = text.lower()
    return int(bool(URGENT.search(NOT_URGENT.sub(" ", low)) and CALLS.search(low)))
