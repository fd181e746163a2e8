"""Reads doses out of text: which drug, how much, by which route, how often."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from residency.corpus.checks import dose_words as say
from residency.corpus.checks.frequency import hours_of, number, times_a_day
from residency.corpus.checks.parts import lower, sentence_spans
from residency.domain.surgery.doses import RANGES, UNITS, basis_of

REACH = 90  # characters from a drug to its amount
NEAR = 70  # characters from an amount to its interval and route
FAR = 300  # characters to a drug that an earlier sentence names

_CAPITAL = re.compile(r"\b[A-Z][a-z]{3}")  # the next entry of a list
_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_NAMES: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
for _name in sorted(RANGES, key=len, reverse=True):
    _first, *_others = _TOKEN.findall(_name)
    _NAMES[_first].append((tuple(_others), _name))


@dataclass(frozen=True, slots=True)
class Mention:
    """A drug's name in a text; ``name`` is a key of ``RANGES``."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose as a text gives it: ``low`` to ``high`` (equal, unless it is a range) in the base unit of ``kind``
    (mg, units, mmol, ml, MBq), by ``basis`` ("", "kg", "h" or "kg h").

    ``times`` is how often in a day, at the least that the text allows; None when it does not say. ``total`` says
    that the amount is that of a whole day, and ``most`` that it is the most that may be given; ``hours`` says over
    how long it is given, and ``route`` which of the table's routes is named. ``carried`` tells that the drug is
    named in another sentence. ``said`` is the dose's wording, ``span`` its place, and ``sentence`` the place of the
    sentence around it.
    """

    drug: str
    low: float
    high: float
    kind: str
    basis: str
    times: float | None
    total: bool
    most: bool
    hours: float | None
    route: str
    carried: bool
    said: str
    span: tuple[int, int]
    sentence: tuple[int, int]

    @property
    def per_day(self) -> float | None:
        """The least amount in a day; None when the text does not say."""
        return self.low if self.total else self.low * self.times if self.times else None


def first_words() -> set[str]:
    """The words with which the names of drugs begin, in lower case: a text without any of them names no drug."""
    return set(_NAMES)


def mentions(low: str, start: int = 0, end: int | None = None) -> list[Mention]:
    """The drugs that a lower-case text names, in order. Adrenaline that is added to a local anaesthetic is none."""
    tokens = list(_TOKEN.finditer(low, start, len(low) if end is None else end))
    texts = [token.group() for token in tokens]
    found: list[Mention] = []
    place = 0
    while place < len(tokens):
        size = 1
        first = texts[place]
        for others, name in _NAMES.get(first) or _NAMES.get(first.removesuffix("'s")) or []:
            if tuple(texts[place + 1 : place + 1 + len(others)]) == others:
                size = 1 + len(others)
                mention = Mention(tokens[place].start(), tokens[place + size - 1].end(), name)
                if not (found and _is_added(low, found[-1], mention)):
                    found.append(mention)
                break
        place += size
    return found


def _is_added(low: str, before: Mention, mention: Mention) -> bool:
    """Whether a drug is the adrenaline in a local anaesthetic's solution."""
    adrenaline = mention.name in ("adrenaline", "epinephrine") and before.name.endswith("caine")
    return adrenaline and say.ADDED.search(low, before.end, mention.start) is not None


def read_doses(text: str, drug: str = "") -> list[Dose]:
    """The doses in ``text`` of drugs that the table knows, in order.

    ``drug`` is the one that a text which names none is about, such as the question's.
    """
    low = lower(text)
    found: list[Dose] = []
    last = Mention(0, 0, drug) if drug else None
    for start, end in sentence_spans(text):
        named = mentions(low, start, end)
        found += _in_sentence(text, low, (start, end), named, last)
        if named:
            alone = len({RANGES[mention.name][0].drug for mention in named}) == 1
            last = named[-1] if alone else None
    return found


def _in_sentence(
    text: str, low: str, sentence: tuple[int, int], named: list[Mention], last: Mention | None
) -> Iterator[Dose]:
    edge, before = sentence[0], None  # the end of the amount before, and whose it was
    for amount in say.AMOUNT.finditer(low, *sentence):
        if say.NO_DOSE.match(low, amount.end()) or not _as_written(text, amount):
            continue
        owner = _owner(text, low, amount, named, edge, before)
        carried = owner is None and not named and last is not None and _may_carry(low, sentence, amount, last)
        owner = last if carried else owner
        if owner is not None:
            yield _dose(text, low, amount, owner, sentence, edge, carried)
        edge, before = amount.end(), owner


def _as_written(text: str, amount: re.Match[str]) -> bool:
    """Whether the unit's case fits: 18 G is a needle, and mU a thousandth of a unit."""
    unit = next(name for name in UNITS if amount[name])
    written = text[slice(*amount.span(unit))]
    return written != "G" and (written.lower() != "mu" or written == "MU")


def _owner(
    text: str, low: str, amount: re.Match[str], named: list[Mention], edge: int, before: Mention | None
) -> Mention | None:
    """The drug that the amount is of: one right behind it, unless another stands right before."""
    start, end = amount.span()
    place = bisect_right(named, start, key=lambda mention: mention.start)
    earlier, later = named[place - 1] if place else None, named[place] if place < len(named) else None
    base = edge if earlier is None or earlier is before else earlier.end
    gap = low[base:start]
    adjoins = earlier is not None and earlier.end == base and not gap.strip(" (:,-")
    if later and not adjoins and say.TIGHT.fullmatch(low, end, later.start):
        return later
    free = _CAPITAL.search(text, base, start) is None and not _blocked(gap)
    return earlier if free and not say.OTHER_NOUN.match(low, end) else None


def _blocked(gap: str) -> bool:
    """Whether something else than the drug before it may own the amount behind ``gap``."""
    gap = say.WITH_ADRENALINE.sub("", gap)
    if len(gap) > REACH or say.DRUGLIKE.search(gap):
        return True
    tail = say.JOINS.split(gap)
    return len(tail) > 1 and any(word not in say.FILLERS and word.isalpha() for word in _TOKEN.findall(tail[-1]))


def _may_carry(low: str, sentence: tuple[int, int], amount: re.Match[str], last: Mention) -> bool:
    """Whether an amount in a sentence that names no drug may be of the drug named last: "The dose is 40 mg"."""
    words = _TOKEN.findall(low, sentence[0], amount.start())[-2:]
    return (
        amount.start() - last.end <= FAR
        and all(word in say.FILLERS for word in words)
        and not say.OTHER_NOUN.match(low, amount.end())
        and not say.DRUGLIKE.search(low, *sentence)
    )


def _dose(
    text: str,
    low: str,
    amount: re.Match[str],
    owner: Mention,
    sentence: tuple[int, int],
    edge: int,
    carried: bool,
) -> Dose:
    unit = next(name for name in UNITS if amount[name])
    kind, size = UNITS[unit]
    per = tuple(match.lastgroup or "" for match in say.PER.finditer(amount["per"]))
    basis, hourly = basis_of(per)
    size *= say.SIZES.get(amount["scale"] or "", 1.0) * say.SIZES.get(amount[unit], 1.0) * hourly
    size *= number(amount["count"]) if amount["count"] else _tablets(low, amount)
    first = number(amount["low"])
    second = max(first, number(amount["high"])) if amount["high"] else first
    after, pre = _after(low, amount, sentence), _before(low, amount, owner, sentence, edge)
    often = say.INTERVAL.search(after) or _last(say.INTERVAL, pre)
    times = times_a_day(often)
    total = "day" in per or bool(often["total"] if often else say.DAILY_DOSE.search(pre))
    over = say.OVER_TIME.search(after)
    route = say.ROUTE.search(after) or _last(say.ROUTE, low[max(sentence[0], amount.start() - FAR) : amount.start()])
    when = ""
    if often and not often["long"]:
        when = " a day" if often["total"] else f" {often.group()}"
    return Dose(
        drug=owner.name,
        low=first * size,
        high=second * size,
        kind=kind,
        basis=basis,
        times=None if total or "h" in basis else times,
        total=total and "h" not in basis,
        most=not total and not often and "h" not in basis and bool(say.CEILING.search(pre)),
        hours=hours_of(over),
        route=(route.lastgroup or "") if route else "",
        carried=carried,
        said=text[slice(*amount.span())] + when,
        span=amount.span(),
        sentence=sentence,
    )


def _tablets(low: str, amount: re.Match[str]) -> float:
    """How many of them, in "two 500 mg tablets"."""
    if not say.FORM_AFTER.match(low, amount.end()):
        return 1.0
    match = re.search(r"\b(two|three|four|[2-4]) $", low[max(0, amount.start() - 9) : amount.start()])
    return number(match.group(1)) if match else 1.0


def _after(low: str, amount: re.Match[str], sentence: tuple[int, int]) -> str:
    """What follows the amount and may say how it is given: up to the next amount, without what is in brackets."""
    rest = re.sub(r"\([^()]*\)", " ", low[amount.end() : min(sentence[1], amount.end() + 2 * NEAR)])[:NEAR]
    following = say.AMOUNT.search(rest)
    return rest[: following.start()] if following else rest


def _before(low: str, amount: re.Match[str], owner: Mention, sentence: tuple[int, int], edge: int) -> str:
    """What stands before the amount and may say how it is given, without what is said of an amount before it."""
    start = owner.end if edge <= owner.end <= amount.start() else edge
    text = low[max(start, amount.start() - NEAR) : amount.start()]
    return say.JOINS.split(text)[-1] if start == edge > sentence[0] else text


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)
