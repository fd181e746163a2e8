"""What items are made from: held-out records, and the settings that say how many and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random
from typing import cast

from residency.core.errors import InputError
from residency.core.files import read_jsonl
from residency.core.prompt import MODES, Mode
from residency.core.records import HELD_OUT, TRAINED_ON, Conversation, Passage, Question, in_splits
from residency.core.stage import seeded
from residency.core.tags import held_out_tags
from residency.evaluation.item import Item
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.tasks.lexicon import Lexicon

STAGES = ("corpus", "index", "dialogue", "grounding")
"""The stages whose folders hold what is asked."""
OPTIONAL = ("knowledge",)
"""Those whose folders are read where there are such."""


@dataclass(frozen=True)
class Sources:
    """Held-out records, and the draws by which some are taken.

    ``trained`` are the rows that were trained on: they are what files from elsewhere are held against, and are never
    asked. ``clusters`` is the cluster of each row of the bank by its id.
    """

    settings: EvaluateSettings
    seed: int
    questions: Sequence[Question] = ()
    trained: Sequence[Question] = ()
    passages: Mapping[str, Passage] = field(default_factory=dict)
    dialogues: Sequence[Conversation] = ()
    grounded: Sequence[Conversation] = ()
    dev: Sequence[Question] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    """What the base model knows of the dev questions that the stage ``knowledge`` asked: a category by id."""

    @property
    def random(self) -> Callable[..., Random]:
        """A generator of its own for each purpose."""
        return lambda *names: seeded(self.seed, *names)

    @cached_property
    def clusters(self) -> dict[str, str]:
        """The cluster of each held-out question, by its id."""
        return {question["id"]: question["cluster"] for question in self.questions}

    @cached_property
    def seen(self) -> dict[str, bool | None]:
        """Whether the passage of a held-out question was seen in training, by the question's id."""
        return {row["id"]: row.get("passage_seen") for row in self.questions}

    @cached_property
    def lexicon(self) -> Lexicon:
        """All passages, to be searched by words; read once for all tasks."""
        return Lexicon(self.passages.values())

    def passage_seen(self, row: Conversation) -> bool | None:
        """Whether training saw the passage of one of the questions that a record came from; None where that is not
        known."""
        seen = [self.seen[name] for name in row["parents"] if self.seen.get(name) is not None]
        return any(seen) if seen else None

    def mode(self, name: str) -> Mode:
        """A mode drawn for the record of this name."""
        return self.random("mode", name).choice(MODES)

    def unseen_tag(self, name: str, mode: Mode) -> str:
        """A wording of the mode that training never shows, drawn for the record of this name."""
        return self.random("tag", name).choice(held_out_tags(mode))

    def cluster_of(self, row: Conversation) -> str:
        """The cluster of the question that a record came from: near-duplicates are not independent here either."""
        clusters = self.clusters
        return next((clusters[name] for name in row["parents"] if name in clusters), row["id"])

    def few(self, items: Sequence[Item], purpose: str, most: int | None = None) -> list[Item]:
        """The items of at most ``max_items`` clusters (or ``most``), drawn by seed: the items of one stay together."""
        most = self.settings.max_items if most is None else most
        clusters = list(dict.fromkeys(item.cluster for item in items))
        if most is None or len(clusters) <= most:
            return list(items)
        kept = set(self.random("items", purpose).sample(clusters, most))
        return [item for item in items if item.cluster in kept]

    def evenly(self, kinds: Mapping[str, Sequence[str]], most: int, *purpose: str) -> set[str]:
        """The names of at most ``most``, drawn by seed: one of each kind by turns, until a kind has none left."""
        left = {kind: list(names) for kind, names in kinds.items()}
        for kind, names in left.items():
            self.random("items", *purpose, kind).shuffle(names)
        kept: set[str] = set()
        while len(kept) < most and any(left.values()):
            for names in left.values():
                if names and len(kept) < most:
                    kept.add(names.pop())
        return kept


def sources_of(folders: Mapping[str, Path], settings: EvaluateSettings, seed: int) -> Sources:
    """The sources of a run, from its stages' folders by name.

    Raises:
        InputError: no record is held out.
    """
    rows = [cast(Question, row) for row in read_jsonl(folders["corpus"] / "kept.jsonl")]
    passages = {row["id"]: cast(Passage, row) for row in read_jsonl(folders["index"] / "passages.jsonl")}
    held_out = in_splits(rows, HELD_OUT)
    if not held_out:
        where = str(folders["corpus"])
        raise InputError("there is no held-out record to evaluate on", where, "Raise corpus.test_share")
    return Sources(
        settings,
        seed,
        held_out,
        in_splits(rows, TRAINED_ON),
        passages,
        in_splits(_conversations(folders["dialogue"]), HELD_OUT),
        in_splits(_conversations(folders["grounding"]), HELD_OUT),
        in_splits(rows, ["dev"]),
        _known(folders.get("knowledge")),
    )


def _known(folder: Path | None) -> dict[str, str]:
    """The categories of ``known.jsonl``; none where the stage did not run."""
    path = folder / "known.jsonl" if folder else None
    return {row["id"]: row["category"] for row in read_jsonl(path)} if path and path.is_file() else {}


def _conversations(folder: Path) -> Iterable[Conversation]:
    return (cast(Conversation, row) for row in read_jsonl(folder / "conversations.jsonl"))
