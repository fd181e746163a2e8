"""A static embedding, for comparison: the mean of vectors that each token of the vocabulary has by itself.

Each token is read once by MiniLM alone, the first principal component of these vectors is taken out, and a text is the
mean of its tokens' vectors, rare ones weighing more (smooth inverse frequency: Arora, Liang and Ma, ICLR 2017; tokens
read once through the model as in model2vec).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from residency.generation.embeddings import WIDTH, Encoder, Vectors

SMOOTHING = 1e-3
START, END = 101, 102  # BERT's tokens around a text
AT_ONCE = 512


class StaticEncoder:
    """Token vectors and weights; the frequencies are those of ``texts``."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder = encoder
        tokens = encoder._tokens(texts)
        size = encoder._tokenizer.get_vocab_size()
        counts = np.bincount(np.concatenate(tokens), minlength=size)
        counts[[START, END]] = 0
        vectors = np.zeros((size, WIDTH), np.float32)
        used = np.flatnonzero(counts)
        for start in range(0, len(used), AT_ONCE):
            part = used[start : start + AT_ONCE]
            ids = np.stack([np.full_like(part, START), part, np.full_like(part, END)], axis=1).astype(np.int64)
            given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            vectors[part] = encoder._session.run(None, given)[0].mean(axis=1)
        centred = vectors[used] - vectors[used].mean(axis=0)
        first = np.linalg.svd(centred, full_matrices=False)[2][:1]
        vectors[used] = centred - centred @ first.T @ first
        self._weighted = vectors * (SMOOTHING / (SMOOTHING + counts / counts.sum()))[:, None].astype(np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A vector of unit length for each text."""
        found = np.stack([self._weighted[row].sum(axis=0) for row in self._encoder._tokens(texts)])
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), np.float32)
