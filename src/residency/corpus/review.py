"""What a person decides about rows: a table to fill in, and the decisions read back from it.

The table is CSV, one finding a line. In its column ``decision`` stands ``keep``, ``drop`` or ``replace`` (with the new
text of the field in ``new_text``); a line without one is undecided. Rows are known by what they say and not by
where they stand, so that decisions outlive a re-sorted file; a row that was changed since has to be looked at again.
"""

from __future__ import annotations

import codecs
import csv
import io
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import atomic, value_digest
from residency.core.reading.read import DELIMITERS
from residency.core.records import Message
from residency.corpus.reading.shapes import Draft

COLUMNS = ("row", "origin", "id", "check", "sure", "where", "detail", "text", "decision", "new_text", "note")
NEEDED = ("row", "check", "where", "decision", "new_text")
KEEP, DROP, REPLACE = "keep", "drop", "replace"
ANY = ""  # the check of a decision that is about the row as a whole


@dataclass
class Decision:
    """What was decided about one row: ``kept`` names the checks whose findings stand as they are, ``texts`` the new
    text of each field, ``dropped`` the note of a row that is to go (None: it stays). ``verdicts`` are those of the
    table's lines about it, in their order, and ``id`` what the table calls it."""

    dropped: str | None = None
    kept: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)
    id: str = ""


Decisions = dict[str, Decision]
UNDECIDED = Decision()


def row_key(row: Mapping[str, Any]) -> str:
    """What a row goes by in the table: 16 hexadecimal digits of what it says."""
    said = [row.get(name) for name in ("question", "answer", "options", "rationale")]
    if row.get("messages"):
        said.append(row["messages"])
    return value_digest([value or None for value in said])[:16]


def draft_key(draft: Draft) -> str:
    """The same for a row that is being read."""
    return row_key(
        {
            "question": draft.question or "",
            "answer": draft.answer or "",
            "options": draft.options if draft.kind == "mcq" else None,
            "rationale": draft.rationale,
            "messages": draft.messages,
        }
    )


def write_review(path: Path, findings: Iterable[Mapping[str, Any]]) -> int:
    """Write findings (with the columns of :data:`COLUMNS` but the last three) for a person to decide on; returns how
    many."""
    count = 0
    with atomic(path) as handle:
        writer = csv.DictWriter(handle, COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
        handle.write("\ufeff")  # without it, a common spreadsheet program takes the file for one in its own encoding
        writer.writeheader()
        for finding in findings:
            writer.writerow({name: _safe(value) for name, value in finding.items()})
            count += 1
    return count


def _safe(value: Any) -> Any:
    """A text that a spreadsheet program would take for a formula, with an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def copy_for_review(stage: Path, folder: Path) -> list[Path]:
    """Copy the kept rows and the table for review from the stage's folder to ``folder``; a table that is there already
    holds someone's decisions and is left alone.

    Raises:
        InputError: ``folder`` holds a table already, or cannot be written.
    """
    if (folder / "review.csv").exists():
        raise InputError("this folder holds a review table already", str(folder), "Name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copy(stage / name, folder / name)) for name in ("kept.jsonl", "review.csv")]
    except OSError as error:
        raise InputError(f"the folder cannot be written ({error.strerror})", str(folder), "Name another") from None


def read_decisions(path: Path) -> Decisions:
    """The decisions of a filled-in table, which spreadsheet programs may have saved with commas, semicolons or tabs, as
    UTF-8 or as UTF-16.

    Raises:
        InputError: the table cannot be decoded, a column is missing, a decision is none of the three, a replacement
            names no field or stands without a decision, or two replace one field by different texts; all faults are
            named at once, each with its line.
    """
    decisions: Decisions = {}
    faults: list[str] = []
    replaced: dict[tuple[str, str], int] = {}
    text = _decoded(path)
    heading = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=heading.count))
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"the table lacks the column {missing[0]!r}", str(path), "Keep the columns of review.csv")
    for line in reader:
        verdict = (line["decision"] or "").strip().lower()
        row = (line["row"] or "").strip()
        decision = decisions.setdefault(row, Decision(id=(line.get("id") or "").strip()))
        fault = _take(decision, verdict, line, replaced.get((row, line["where"] or ""), 0))
        if fault:
            faults.append(f"line {reader.line_num}: {fault}")
        elif verdict == REPLACE:
            replaced.setdefault((row, line["where"] or ""), reader.line_num)
    if faults:
        raise InputError("; ".join(faults[:10]), str(path), f"Decide with {KEEP}, {DROP} or {REPLACE}")
    return {row: decision for row, decision in decisions.items() if decision.verdicts}


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        fault = f"the table is not text in UTF-8 or UTF-16 (byte {error.start + 1})"
        raise InputError(fault, str(path), "Save it as 'CSV UTF-8 (comma delimited)'") from None


def _take(decision: Decision, verdict: str, line: Mapping[str, str], before: int) -> str:
    """Note one line's verdict; returns what is wrong with it, if anything. ``before`` is the line that replaced the
    same field of the same row, 0 if none did."""
    if not verdict:
        return f"new_text is filled in and decision is not; write {REPLACE}" if (line["new_text"] or "").strip() else ""
    if verdict == KEEP:
        decision.kept.add(line["check"] or ANY)
    elif verdict == DROP:
        decision.dropped = (line.get("note") or "").strip() or f"dropped in review ({line['check']})"
    elif verdict == REPLACE:
        if not (line["new_text"] or "").strip():
            return "replace needs the field's new text in new_text"
        name = line["where"] or ""
        if name not in ("question", "answer", "rationale") and not name.startswith(("option ", "turn ")):
            return f"the field {name!r} cannot be replaced; drop the row, or mend the file"
        if before and decision.texts[name] != line["new_text"]:
            return f"line {before} replaces the field {name!r} of this row too; write both changes into one new_text"
        decision.texts[name] = line["new_text"]
    else:
        return f"unknown decision {verdict!r}"
    decision.verdicts.append(verdict)
    return ""


def replaceable(draft: Draft) -> set[str]:
    """The fields of a row that :func:`revised` replaces."""
    if draft.messages:
        return {"question", "answer", *(name for name, _ in draft.numbered)}
    return {"question", "answer", "rationale", *(f"option {letter}" for letter in draft.options)}


def revised(draft: Draft, decision: Decision) -> Draft:
    """The row with its new texts."""
    if not decision.texts:
        return draft
    if draft.messages:
        return _retold(draft, decision.texts)
    texts = dict(decision.texts)
    options = dict(draft.options)
    for letter in list(options):
        options[letter] = texts.pop(f"option {letter}", options[letter])
    fields = {name: texts[name] for name in ("question", "answer", "rationale") if name in texts}
    return replace(draft, options=options, **fields)  # type: ignore[arg-type]


def _retold(draft: Draft, texts: Mapping[str, str]) -> Draft:
    """A conversation with new turns; its question is the first and its answer the last."""
    places = {0: "question", len(draft.messages) - 1: "answer"}
    messages: list[Message] = []
    for place, (name, message) in enumerate(draft.numbered):
        new = texts.get(name, texts.get(places.get(place, ""), message["content"]))
        messages.append({**message, "content": new})
    return replace(draft, messages=messages, question=messages[0]["content"], answer=messages[-1]["content"])
