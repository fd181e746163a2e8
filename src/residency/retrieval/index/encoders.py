"""The models that turn passages and queries into vectors: MiniLM, or any of sentence-transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np

from residency.core.errors import MissingDependencyError
from residency.generation import embeddings
from residency.generation.embeddings import Vectors
from residency.retrieval.index import sentence_models

NONE, MINILM = "none", "minilm"
BY_WORDS = 'or set index.embeddings = "none" to search by words alone'

Kind = Literal["passage", "query"]


class TextEncoder(Protocol):
    """``name`` is for people, ``digest`` differs between any two models, ``width`` is a vector's length."""

    name: str
    digest: str
    width: int

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """A vector of unit length for each text, float32 of shape (texts, width)."""


class MiniLM:
    """all-MiniLM-L6-v2 with int8 weights; it reads passages and queries alike.

    Raises:
        MissingDependencyError: the extra ``semantic`` is not installed.
    """

    def __init__(self) -> None:
        if package := embeddings.missing():
            raise MissingDependencyError(package, embeddings.EXTRA, BY_WORDS)
        self._encoder = embeddings.Encoder()
        self.name, self.digest, self.width = embeddings.NAME, embeddings.MODEL_SHA256, embeddings.WIDTH

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        return self._encoder.encode(texts, queries=kind == "query")


class SentenceTransformers:
    """A model of sentence-transformers, by its name on the hub or its folder; its own prompts for queries and for
    passages are used.

    Raises:
        MissingDependencyError: the extra ``rerank`` is not installed.
        InputError: there is no such model.
    """

    def __init__(self, name: str) -> None:
        self._model: Any = sentence_models.load("SentenceTransformer", name, "index.embeddings")
        self.name, self.digest = name, sentence_models.digest(self._model)
        self.width = int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        encode = self._model.encode_query if kind == "query" else self._model.encode_document
        found = encode(list(texts), convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, np.float32).reshape(len(texts), self.width)


def encoder_named(name: str) -> TextEncoder:
    """The model that ``index.embeddings`` names; not for "none"."""
    return MiniLM() if name == MINILM else SentenceTransformers(name)
