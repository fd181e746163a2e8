"""What the tests of preference pairs are made from: the train rows of the data stages' folders."""

from __future__ import annotations

import random
from collections.abc import Collection
from pathlib import Path
from typing import Any, cast

from residency.core.files import read_jsonl
from residency.core.records import TRAINED_ON, Conversation, Question, in_splits
from residency.core.stage import seeded
from residency.preference.material import Material
from residency.retrieval.index import open_index

TOPICS = ("hernia", "biliary", "upper-gi", "consent-safety", "anticoagulation")
"""Some topics of the example corpus, enough to find what is found in all."""


def draw(*names: object) -> random.Random:
    """A generator for a purpose."""
    return seeded(17, *names)


def material_of(folder: Path, topics: Collection[str] = ()) -> Material:
    """The material of a run's folder, of all topics or of some."""

    def train(path: str) -> list[Any]:
        rows = in_splits(read_jsonl(folder / path), TRAINED_ON)
        return [row for row in rows if not topics or row["topic"] in topics]

    questions = [cast(Question, row) for row in train("corpus/kept.jsonl")]
    grounded = [cast(Conversation, row) for row in train("grounding/conversations.jsonl")]
    dialogues = [cast(Conversation, row) for row in train("dialogue/conversations.jsonl")]
    return Material(questions, grounded, open_index(folder / "index"), dialogues)
