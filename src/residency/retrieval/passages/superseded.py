"""Which documents newer guidance has replaced: as the user says, as they say themselves, or as two editions show."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from residency.core.records import NO_LICENCE
from residency.core.text import normalise, words
from residency.retrieval.passages.blocks import Skipped

_NOUN = r"(?:guidance|guidelines?|documents?|page|version|edition|protocol|policy|pathway|statement|recommendations?)"
_GONE = r"(?:withdrawn|superseded|replaced|retired|archived|rescinded|obsolete|out of date|no longer (?:current|valid))"
_DECLARED = re.compile(
    rf"\bthis (?:[\w-]+ ){{0,3}}?{_NOUN} (?:has (?:now )?been|have (?:now )?been|was|were|is|are) (?:now )?{_GONE}"
    r"(?P<rest>[^\n.]*)",
    re.IGNORECASE,
)
_BANNER = re.compile(r"\W*(?:withdrawn|superseded|archived|no longer current|obsolete)\b[^\n]{0,60}", re.IGNORECASE)
_BY = re.compile(r"\bby (?:the )?(?P<newer>[^,;()]{3,120})", re.IGNORECASE)
_NO_SOURCE = NO_LICENCE | {"other", "web", "local"}
_EDITION = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:version|edition|update[ds]?|revis(?:ed|ion))\b|\bv?\d+(?:\.\d+)+\b|\bv\d+\b"
)
BEGINNING = 600
"""Characters at a document's beginning in which it may say that it is no longer current."""


@dataclass
class Edition:
    """A document, for what is known of its being current. ``said`` is what the user says of it (None: nothing);
    ``beginning`` the first of its text, a block a line."""

    id: str
    file: str
    title: str
    source: str
    date: str
    version: str
    said: str | None
    beginning: str
    superseded_by: str = ""
    how: str = field(default="", repr=False)


def mark_superseded(editions: Sequence[Edition]) -> list[Skipped]:
    """Set ``superseded_by`` and ``how`` (named, declared, inferred) of each edition that is no longer current.

    Two documents of one title and one named source are editions of one another when their dates or else their versions
    differ; years and words such as "update" do not count as part of the title. What the user says goes before all
    else. Gives a line for documents that look like editions but name no source.
    """
    by_title = {normalise(edition.title): edition.id for edition in editions if edition.title}
    for edition in editions:
        if edition.said is not None:
            edition.superseded_by, edition.how = edition.said, "named" if edition.said else ""
        elif newer := _declared(edition.beginning):
            edition.superseded_by, edition.how = by_title.get(normalise(newer), newer), "declared"
    groups: dict[tuple[str, str], list[Edition]] = defaultdict(list)
    for edition in editions:
        if key := _EDITION.sub(" ", normalise(edition.title)):
            groups[" ".join(words(key)), normalise(edition.source)].append(edition)
    lines = []
    for (_, source), group in groups.items():
        newest = _newest(group)
        older = [one for one in group if newest and one is not newest and _newer(newest, one)]
        if source in _NO_SOURCE:
            if older and newest and any(one.said is None and not one.superseded_by for one in older):
                reason = f"looks like a newer edition of {older[0].file}, but neither names its source"
                lines.append(
                    Skipped(newest.file, reason, "Name both under 'source', or say 'superseded_by' of the older")
                )
            continue
        for one in older:
            if newest and one.said is None and one.superseded_by in ("", "yes"):
                one.superseded_by, one.how = newest.id, one.how or "inferred"
    return lines


def _declared(beginning: str) -> str:
    """What a document says at its beginning that it was replaced by, "yes" where it only says that it was."""
    if match := _DECLARED.search(beginning):
        newer = _BY.search(match["rest"])
        return newer["newer"].strip(" \"'“”‘’") if newer else "yes"
    return "yes" if any(_BANNER.fullmatch(line) for line in beginning.split("\n")[:3]) else ""


def _newest(group: Sequence[Edition]) -> Edition | None:
    for one in group:
        if not any(_newer(other, one) for other in group):
            return one
    return None


def _newer(one: Edition, other: Edition) -> bool:
    """Whether ``one`` is certainly a newer edition than ``other``; "2024" is not newer than "2024-03"."""
    for first, second in (
        (one.date, other.date),
        (_year(one.title), _year(other.title)),
    ):
        if first and second and not (first.startswith(second) or second.startswith(first)):
            return first > second
    first_version, second_version = _numbers(one.version), _numbers(other.version)
    return bool(first_version and second_version) and first_version > second_version


def _year(title: str) -> str:
    years = re.findall(r"\b(?:19|20)\d\d\b", title)
    return years[0] if len(years) == 1 else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,9}", version))
