"""Builds an index: passages as they stand, their columns, BM25 and, unless turned off, vectors."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from residency.core.errors import InputError
from residency.core.files import dump_line, file_digest
from residency.core.records import Passage
from residency.core.stage import Progress, Silent
from residency.retrieval.index import store
from residency.retrieval.index.cache import VectorCache
from residency.retrieval.index.columns import columns_of, write_columns
from residency.retrieval.index.encoders import NONE, TextEncoder, encoder_named
from residency.retrieval.index.lexical import build_lexical
from residency.retrieval.index.rerank import Reranker
from residency.retrieval.index.search import Index, open_index
from residency.retrieval.index.text import searched_text
from residency.retrieval.index.vectors import write_vectors
from residency.retrieval.settings import IndexSettings


def build_index(
    folder: Path, passages: Sequence[Passage], settings: IndexSettings | None = None, progress: Progress | None = None
) -> Index:
    """Write the index of ``passages`` to ``folder``, in place of one that is there, and return it open.

    The same passages and settings give the same bytes. Times by part are in :attr:`Index.seconds` and in no file.

    Args:
        folder: made if need be; what else lies in it stays.
        passages: each with an id of its own.
        settings: the recipe's section, or its defaults.
        progress: told of the passages embedded.

    Raises:
        MissingDependencyError: ``settings.embeddings`` needs an extra that is not installed.
        InputError: two passages have one id, the model cannot be loaded, or the folder is not to be written.
    """
    settings, progress = settings or IndexSettings(), progress or Silent()
    _check_ids(passages)
    encoder = encoder_named(settings.embeddings) if settings.embeddings != NONE and passages else None
    if settings.rerank:
        Reranker(settings.rerank)  # a name that is wrong is said now, and not by the first search
    seconds: dict[str, float] = {}
    with store.replacing(folder) as work:
        with _timed(seconds, "writing"):
            offsets = _write_passages(work / store.PASSAGES, passages)
            write_columns(work / store.COLUMNS, columns_of(passages, offsets))
            texts = [searched_text(passage) for passage in passages]
        if texts:
            progress.doing("counting words")
            with _timed(seconds, "BM25"):
                build_lexical(work / store.BM25, texts, settings.k1, settings.b)
        if encoder:
            with _timed(seconds, "embedding"):
                vectors = VectorCache(encoder).vectors(texts, progress=progress)
            with _timed(seconds, "writing"):
                write_vectors(work, vectors)
                del vectors
        with _timed(seconds, "writing"):
            store.write_head(work, _head(work, passages, settings, encoder))
    index = open_index(folder, verify=False)
    index.seconds.update(seconds)
    return index


def _check_ids(passages: Sequence[Passage]) -> None:
    seen: set[str] = set()
    for passage in passages:
        if passage["id"] in seen:
            raise InputError(f"two passages have the id {passage['id']!r}", fix="Give each its own id")
        seen.add(passage["id"])


def _write_passages(path: Path, passages: Sequence[Passage]) -> list[int]:
    """Returns where each line begins, and the file's length."""
    offsets = [0]
    with path.open("wb") as handle:
        for passage in passages:
            offsets.append(offsets[-1] + handle.write(f"{dump_line(passage)}\n".encode()))
    return offsets


def _head(
    work: Path, passages: Sequence[Passage], settings: IndexSettings, encoder: TextEncoder | None
) -> dict[str, object]:
    names = ("k1", "b", "embeddings", "rerank", "rerank_best", "superseded_weight")
    chosen = {name: getattr(settings, name) for name in names}
    model = {"name": encoder.name, "digest": encoder.digest, "width": encoder.width} if encoder else None
    dated = sum(bool(passage["date"]) for passage in passages)
    superseded = sum(bool(passage.get("superseded_by")) for passage in passages)
    return {
        "content": store.content_digest(file_digest(work / store.PASSAGES), chosen, model),
        "passages": len(passages),
        "counts": {"dated": dated, "superseded": superseded},
        "settings": chosen,
        "model": model,
    }


@contextmanager
def _timed(seconds: dict[str, float], part: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    seconds[part] = seconds.get(part, 0.0) + time.perf_counter() - begun
