"""The index stage: the recipe's passages and those that came with the question bank, made searchable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from residency.core.errors import InputError
from residency.core.files import read_jsonl
from residency.core.records import Passage
from residency.core.stage import Counts, StageContext
from residency.retrieval.index import build_index
from residency.retrieval.settings import IndexSettings


def run(context: StageContext) -> Counts:
    """Reads ``IndexSettings.files`` and the corpus stage's ``passages.jsonl``; writes the index folder."""
    settings = context.section("index", IndexSettings)
    passages: dict[str, Passage] = {}
    for path in [*settings.files, context.inputs["corpus"] / "passages.jsonl"]:
        for passage in _read(path, settings.licence):
            if passage["id"] in passages:
                raise InputError(f"two passages have the id {passage['id']!r}", str(path), "Give each its own id")
            passages[passage["id"]] = passage
    if not passages:
        context.progress.note("no passages: grounding will build nothing")
    build_index(context.out, list(passages.values()), settings, context.progress)
    return {"passages": len(passages), "files": len(settings.files)}


def _read(path: Path, licence: str) -> Iterator[Passage]:
    files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
    for file in files:
        for number, row in enumerate(read_jsonl(file), 1):
            yield _passage(row, f"{file}: passage {number}", licence)


def _passage(row: dict[str, Any], where: str, licence: str) -> Passage:
    for key in ("id", "text"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise InputError(f"a passage needs a non-empty {key!r}", where)
    defaults = {"title": "", "section": "", "topic": "general", "source": "unknown", "date": "", "licence": licence}
    kept = {key: str(row.get(key) or default) for key, default in defaults.items()}
    text = " ".join(row["text"].split())
    try:
        "".join([row["id"], text, *kept.values()]).encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("a passage holds half of a surrogate pair", where, "Save the file as UTF-8") from None
    return cast(Passage, {"id": row["id"], **kept, "text": text, "parents": list(row.get("parents") or [])})
