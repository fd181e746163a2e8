"""Two passages that disagree, or one that disagrees with what is commonly known.

Reasons: ``old_not_said``, ``new_not_said`` (the statement, with its citation), ``no_date``, ``wrong_date`` (that of the
other), ``conflict_unnamed``, ``not_preferred``, ``prefers_old``, ``not_left_open`` (where the dates settle nothing),
``old_recommended`` (the outdated statement stands on its own), ``uncited``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from residency.judging.contexts.claims import lacks, uncited_claim, well_cited
from residency.judging.contexts.patterns import (
    ATTRIBUTES,
    CONTRASTS,
    DISAGREES,
    DISTRUSTS,
    LEAVES_OPEN,
    NEWER,
    USUAL,
    prefers,
    prefers_old,
)
from residency.judging.contexts.view import Said, View, content, joined
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.reading import asks, names, share, stems, telling

_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")
_HELD = 0.5
_NEW = 2  # content words of a sentence that chooses which stand in no passage


def conflict(view: View) -> Iterator[Fault]:
    """Reports both with whose they are, says that they disagree, and goes by the newer."""
    yield from well_cited(view)
    old, new = view.number(view.check["old"]), view.number(view.check["new"])
    said_old, said_new = str(view.check["said_old"]), str(view.check["said_new"])
    citing_old = [part for part in view.said if old in part.cites]
    citing_new = [part for part in view.said if new in part.cites] if new else list(view.said)
    if not citing_old or not names(joined(citing_old), said_old, said_new):
        yield Fault("old_not_said", f"the answer does not say, citing it, {said_old[:90]!r}")
    if not citing_new or not names(joined(citing_new), said_new, said_old):
        yield Fault("new_not_said", f"the answer does not say {said_new[:90]!r}")
    yield from _dates(view, (old, new))
    if not _says_so(view, old, new):
        yield Fault("conflict_unnamed", "the answer does not say that the two disagree")
    yield from _chooses(view, old, new)
    for part in view.said:
        own = old in part.cites or not part.cites  # what cites another passage only is held against that one
        told = old in part.cites and ATTRIBUTES.search(part.low)
        if own and not told and says_only(part, said_old, said_new):
            yield Fault("old_recommended", f"the outdated statement stands on its own: {part.text[:90]!r}")
        elif (new or view.only) and not part.cites and uncited_claim(view, part) and not _restates(view, part):
            yield Fault("uncited", f"a claim without a citation: {part.text[:90]!r}")


def _dates(view: View, numbers: tuple[int, int]) -> Iterator[Fault]:
    """Each source is dated where it has a date; the newer may be called so."""
    for number, other in zip(numbers, reversed(numbers), strict=True):
        year = view.passages[number - 1]["date"][:4] if number else ""
        newer = bool(year and other) and year > view.passages[other - 1]["date"][:4]
        if year and year not in view.answer and not (newer and NEWER.search(view.answer.lower())):
            yield Fault("no_date", f"the answer does not date its source ({year})")
    yield from _wrong_dates(view, numbers)


def _wrong_dates(view: View, numbers: tuple[int, int]) -> Iterator[Fault]:
    """A sentence that cites one of the two and names the year of the other alone."""
    years = {number: view.passages[number - 1]["date"][:4] for number in numbers if number}
    for part in view.said:
        own = years.get(part.cites[0], "") if len(part.cites) == 1 else ""
        others = {year for year in years.values() if year and year != own}
        if own and own not in part.bare and not DISAGREES.search(part.low) and any(one in part.bare for one in others):
            yield Fault("wrong_date", f"the answer gives a source the date of the other: {part.text[:90]!r}")


def _says_so(view: View, old: int, new: int) -> bool:
    whole = " ".join(part.low for part in view.said)
    if DISAGREES.search(whole) or (new and prefers(_named(view, new), _named(view, old)).search(_marked(view))):
        return True
    cites = {number for part in view.said for number in part.cites}
    if not new:
        return old in cites and bool(USUAL.search(whole)) and bool(CONTRASTS.search(whole) or DISTRUSTS.search(whole))
    return {old, new} <= cites and any(CONTRASTS.search(part.low) and part.cites for part in view.said)


def _chooses(view: View, old: int, new: int) -> Iterator[Fault]:
    whole, newer, older = _marked(view), _named(view, new), _named(view, old)
    if not new:
        if not (USUAL.search(whole) or any(lacks(part.low) for part in view.said)):
            yield Fault("not_preferred", "the answer does not say what is commonly held")
        return
    if view.check.get("settled", "newer") != "newer":
        if not LEAVES_OPEN.search(whole):
            yield Fault("not_left_open", "the answer does not say that the dates leave it open")
        return
    if not prefers(newer, older).search(whole):
        yield Fault("not_preferred", "the answer does not say that the newer of the two counts")
    if prefers_old(older, newer).search(whole):
        yield Fault("prefers_old", "the answer goes by the older of the two")


def _marked(view: View) -> str:
    """The answer without what it quotes, which chooses nothing."""
    return _QUOTED.sub(" ", " ".join(part.text.lower() for part in view.said))


def _named(view: View, number: int) -> str:
    """A pattern of the year and the number of a passage; empty where it is not shown."""
    if not number:
        return ""
    year = view.passages[number - 1]["date"][:4]
    return "|".join(part for part in (re.escape(year), rf"passage \[?{number}\]?", rf"\[{number}\]") if part)


def says_only(part: Said, said_old: str, said_new: str) -> bool:
    """Whether a sentence says what the old passage says and nothing of the new."""
    if asks(part.bare) or DISAGREES.search(part.low):
        return False
    marks = telling(said_old) - telling(said_new)
    close = share(marks, stems(part.bare)) >= 0.5 if marks else share(stems(said_old), stems(part.bare)) >= 0.8
    return close and names(part.bare, said_old, said_new) and not names(part.bare, said_new, said_old)


def _restates(view: View, part: Said) -> bool:
    """Whether an uncited sentence only says again what the passages say, while it chooses between them; or, where a
    passage stands alone, what is commonly held or that it must be checked."""
    known = stems(" ".join((*view.texts, view.given, str(view.check["said_new"]), *view.facts)))
    left = content(part.bare)
    if not view.check["new"]:
        return share(left, known) >= _HELD or bool(DISTRUSTS.search(part.low))
    chooses = prefers(_named(view, view.number(view.check["new"]))).search(part.low) or DISAGREES.search(part.low)
    return bool(chooses) and len(left - known) <= _NEW
