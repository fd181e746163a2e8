"""From documents and rows to passages: ids, metadata, what is superseded, and what stands there twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from residency.core.files import text_digest
from residency.core.records import Passage
from residency.core.text import CONTROL_TOKEN, normalise
from residency.retrieval.passages.blocks import SAME_TEXT, Block, Document, Skipped, items, paragraph
from residency.retrieval.passages.cut import Sizes, cut, size
from residency.retrieval.passages.dates import iso_date, said_in
from residency.retrieval.passages.metadata import superseded
from residency.retrieval.passages.rows import Row
from residency.retrieval.passages.superseded import BEGINNING, Edition, mark_superseded
from residency.retrieval.settings import IndexSettings

_TELLING = 30  # words: a shorter text may mean another thing under another heading
_BEGINNING = 3000  # characters at a document's beginning in which it may state its date
_CONTENTS = re.compile(
    r"(?:table of )?contents|in this (?:guideline|document|section|page)|on this page", re.IGNORECASE
)


class Assembly:
    """Collects passages; :meth:`finish` gives them with what only all of them together show."""

    def __init__(self, settings: IndexSettings) -> None:
        self.settings = settings
        self.sizes = Sizes(settings.target_words, settings.maximum_words)
        self.skipped: list[Skipped] = []
        self.notes: list[Skipped] = []
        self.counts: Counter[str] = Counter()
        self._passages: list[tuple[Passage, str]] = []  # each with its file, and its line where it is a row
        self._editions: dict[str, Edition] = {}
        self._documents: set[str] = set()

    def add_document(self, path: Path, relative: Path, document: Document, said: Mapping[str, str]) -> None:
        """Cut a document into passages. ``said`` is what ``sources.csv`` says of it, which counts before its own."""
        name = self._name(relative)
        fields = {**document.fields, **said}
        fields["title"] = title = fields.get("title") or _first_heading(document.blocks) or _from_name(path)
        blocks = _tidy(document.blocks, title, document.dropped)
        beginning = _beginning(blocks)
        date, version = said_in(beginning)
        fields["date"] = self._date(fields.get("date", ""), str(path)) or date
        fields.setdefault("version", version)
        self.counts.update({f"dropped: {what}": count for what, count in document.dropped.items() if count})
        self.notes += [Skipped(str(path), reason, fix) for reason, fix in document.remarks]
        self.counts["documents"] += 1
        self.counts["documents without a date"] += not fields["date"]
        edition = self._edition(name, str(path), fields, beginning[:BEGINNING])
        for piece in cut(blocks, self.sizes):
            section = " > ".join(piece.section)
            key = text_digest(f"{section}\n{piece.text}")[:8]
            passage = self._passage(f"{name}-{key}", piece.text, {**fields, "section": section}, edition.id, [])
            self._passages.append((passage, str(path)))

    def add_row(self, path: Path, row: Row, said: Mapping[str, str]) -> None:
        """Take a user's own passage as it is, cut only where it is above ``row_maximum_words``."""
        self.counts["rows"] += 1
        fields = {**said, **row.fields}
        fields["date"] = self._date(fields.get("date", ""), row.where)
        text = row.text
        name = row.id or f"{_slug(path.stem)}-{text_digest(text)[:8]}"
        document = row.document or name
        if row.document:
            self._edition(row.document, str(path), fields, "")
        else:
            self._editions.setdefault(document, self._make(document, row.where, fields, ""))
        if size(text) <= self.settings.row_maximum_words:
            self._passages.append((self._passage(name, text, fields, document, row.parents), row.where))
            return
        self.counts["rows cut"] += 1
        words = len(text.split())
        pieces = cut(_row_blocks(text), self.sizes)
        reason = f"the passage {name!r} of {words:,} words was cut into {len(pieces):,}"
        self.notes.append(Skipped(row.where, reason, "Raise index.row_maximum_words to keep it whole"))
        for piece in pieces:
            part = f"{name}-{text_digest(piece.text)[:8]}"
            self._passages.append((self._passage(part, piece.text, fields, document, [*row.parents, name]), row.where))

    def finish(self) -> list[Passage]:
        """All passages in order, marked where superseded, without those that stand there twice."""
        editions = list(self._editions.values())
        self.notes += mark_superseded([one for one in editions if one.id in self._documents])
        for edition in editions:
            if edition.said and not edition.how:
                edition.superseded_by, edition.how = edition.said, "named"
        self.counts.update(f"superseded, {edition.how}" for edition in editions if edition.how)
        for passage, _ in self._passages:
            edition = self._editions[passage.get("document", "")]
            if not passage.get("superseded_by"):
                passage["superseded_by"] = edition.superseded_by
        return self._without_duplicates()

    def _without_duplicates(self) -> list[Passage]:
        kept: dict[str, Passage] = {}
        places: dict[str, tuple[str, str]] = {}
        for passage, where in self._passages:
            text = normalise(passage["text"])
            short = len(text.split()) < _TELLING
            key = text_digest(normalise(f"{passage['title']}\n{passage['section']}\n") + text if short else text)
            if key in places:
                first, _ = places[key]
                if kept[first].get("superseded_by") and not passage.get("superseded_by"):
                    kept[first], passage = {**passage, "id": first}, kept[first]  # the same words in current guidance
                self.counts["duplicates"] += 1
                self.skipped.append(Skipped(where, f"{SAME_TEXT} the passage {first!r}"))
                continue
            if passage["id"] in kept:
                name = f"{passage['id']}-{text_digest(passage['text'])[:8]}"
                reason = f"the id {passage['id']!r} is taken by another passage; this one is {name!r}"
                self.notes.append(Skipped(where, reason, "Give each passage its own id"))
                self.counts["renamed"] += 1
                passage["id"] = name
            places[key] = passage["id"], where
            kept[passage["id"]] = passage
            self.counts["control tokens in texts"] += len(CONTROL_TOKEN.findall(passage["text"]))
        return list(kept.values())

    def _passage(self, name: str, text: str, fields: Mapping[str, str], document: str, parents: list[str]) -> Passage:
        defaults = {
            "title": "",
            "section": "",
            "topic": "general",
            "source": self.settings.source,
            "date": "",
            "version": "",
            "licence": self.settings.licence,
        }
        kept = {key: fields.get(key) or default for key, default in defaults.items()}
        mark, _ = superseded(fields.get("superseded_by", ""))
        passage = {"id": name, **kept, "text": text, "superseded_by": mark, "document": document, "parents": parents}
        return cast(Passage, passage)

    def _edition(self, name: str, file: str, fields: Mapping[str, str], beginning: str) -> Edition:
        self._documents.add(name)
        return self._editions.setdefault(name, self._make(name, file, fields, beginning))

    def _make(self, name: str, file: str, fields: Mapping[str, str], beginning: str) -> Edition:
        mark, spoken = superseded(fields.get("superseded_by", ""))
        source = fields.get("source") or self.settings.source
        said = mark if spoken else None
        title, date, version = (fields.get(key, "") for key in ("title", "date", "version"))
        return Edition(name, file, title, source, date, version, said, beginning)

    def _date(self, text: str, where: str) -> str:
        date, understood = iso_date(text)
        if not understood:
            taken = f"the year {date} alone was taken" if date else "it was left out"
            reason = f"the date {text[:60]!r} cannot be read for certain; {taken}"
            self.notes.append(Skipped(where, reason, "Write it as 2024-05-31, 2024-05 or 2024"))
            self.counts["dates unread"] += 1
        return date

    def _name(self, relative: Path) -> str:
        """A document's id: the name of its file as seen from the folder that the user named."""
        plain = _slug("-".join(relative.with_suffix("").parts)) or "document"
        name = plain
        number = 1
        while name in self._documents:
            number += 1
            name = f"{plain}-{relative.suffix[1:].lower()}" if number == 2 else f"{plain}-{number}"
        return name


def _slug(text: str) -> str:
    return re.sub(r"[^\w.]+", "-", normalise(text)).strip("-.")[:80]


def _from_name(path: Path) -> str:
    text = re.sub(r"[-_]+", " ", path.stem).strip()
    return text[:1].upper() + text[1:]


def _first_heading(blocks: list[Block]) -> str:
    """The heading that the document begins with, where no other is as high."""
    headings = [block for block in blocks[:40] if block.kind == "heading"]
    highest = min((block.level for block in blocks if block.kind == "heading"), default=0)
    tops = [block for block in blocks if block.kind == "heading" and block.level == highest]
    return headings[0].lines[0] if headings and headings[0].level == highest and len(tops) == 1 else ""


def _tidy(blocks: list[Block], title: str, dropped: Counter[str]) -> list[Block]:
    """The blocks without the title's own heading and without tables of contents."""
    kept: list[Block] = []
    for block in blocks:
        above = kept[-1] if kept else None
        if above and above.kind == "heading" and _CONTENTS.fullmatch(above.lines[0]) and block.kind == "table":
            dropped["contents lists"] += 1
            continue
        if block.kind == "heading" and above and above.kind == "heading" and _CONTENTS.fullmatch(above.lines[0]):
            kept.pop()
        if block.kind == "heading" and normalise(block.lines[0]) == normalise(title):
            continue
        kept.append(block)
    return kept


def _beginning(blocks: list[Block]) -> str:
    lines: list[str] = []
    for block in blocks:
        lines += [*block.lead, *block.lines]
        if sum(map(len, lines)) > _BEGINNING:
            break
    return "\n".join(lines)[:_BEGINNING]


def _row_blocks(text: str) -> list[Block]:
    """A row's text as blocks: its lines, where it has such, as a list, which is cut between them."""
    lines = text.split("\n")
    return items(lines) if len(lines) > 1 else paragraph(text)
