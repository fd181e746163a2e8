"""An NLI cross-encoder as a layer of the support checker: does the text entail the sentence?

Any cross-encoder of sentence-transformers whose configuration names a label of entailment. The models that are known
for this read 512 tokens, so that a longer text is read in pieces and the one that entails the sentence most counts.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from residency.core.errors import InputError, MissingDependencyError
from residency.core.text import sentences
from residency.judging.meaning import bare

EXTRA = "rerank"
WORDS = 250
"""Words of a piece of text; sentences are kept whole."""
LABELS = ("entailment", "neutral", "contradiction")


class Entailment:
    """An NLI model, loaded when it is first needed.

    Args:
        name: a name on the hub, or a folder.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """For each (text, sentence) the probability that the text entails the sentence.

        Raises:
            MissingDependencyError: the extra ``rerank`` is not installed.
            InputError: there is no such model, or it is no NLI model.
        """
        if not pairs:
            return np.empty(0, np.float32)
        asked = [(place, piece, bare(sentence)) for place, (text, sentence) in enumerate(pairs) for piece in cut(text)]
        model, label = self._loaded
        scores = model.predict([pair[1:] for pair in asked], apply_softmax=True, show_progress_bar=False)
        found = np.zeros(len(pairs), np.float32)
        for (place, _, _), row in zip(asked, scores, strict=True):
            found[place] = max(found[place], float(row[label]))
        return found

    @cached_property
    def _loaded(self) -> tuple[Any, int]:
        """The model, and the column of its entailment label."""
        if importlib.util.find_spec("sentence_transformers") is None:
            raise MissingDependencyError("sentence-transformers", EXTRA)
        from sentence_transformers import CrossEncoder

        folder = Path(self.name).expanduser()
        if (folder.is_absolute() or self.name.startswith((".", "~"))) and not (folder / "config.json").is_file():
            raise InputError("no model (no config.json) is in this folder", self.name, "Name an NLI cross-encoder")
        try:
            model: Any = CrossEncoder(str(folder) if folder.is_dir() else self.name)
        except (OSError, ValueError) as error:
            said = str(error).strip().partition("\n")[0]
            raise InputError(
                f"the NLI model cannot be loaded ({said})", self.name, "Name another, or a folder"
            ) from None
        return model, entailment_label(model.config.id2label, self.name)


def entailment_label(labels: dict[int, str], name: str) -> int:
    """The number of the label of entailment. Models order theirs as they like.

    Raises:
        InputError: there is none, or more than one.
    """
    found = [int(number) for number, label in labels.items() if label.strip().lower() in ("entailment", "entail")]
    if len(found) != 1 or len(labels) < 2:
        told = ", ".join(labels.values())
        fix = f"Name a cross-encoder whose configuration has the labels {', '.join(LABELS)}"
        raise InputError(f"this is no NLI model: its labels are {told}", name, fix)
    return found[0]


def cut(text: str) -> list[str]:
    """Pieces of at most :data:`WORDS` words where sentences allow, with all of the text in them."""
    pieces: list[list[str]] = [[]]
    length = 0
    for sentence in sentences(text):
        size = len(sentence.split())
        if pieces[-1] and length + size > WORDS:
            pieces.append([])
            length = 0
        pieces[-1].append(sentence)
        length += size
    return [" ".join(piece) for piece in pieces]
