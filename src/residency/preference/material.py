"""What the makers of pairs work with: the train rows of the stages before, arranged for look-up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from residency.core.prompt import passage_text
from residency.core.records import Conversation, Passage, Question
from residency.core.text import MARK, proper_names
from residency.retrieval.index import Index


class Material:
    """Train questions, context examples and dialogues. ``texts`` are the index's passages as the model reads them.

    Args:
        questions: of the corpus stage.
        grounded: of the grounding stage.
        index: whose passages the context examples show.
        dialogues: of the dialogue stage.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        grounded: Sequence[Conversation],
        index: Index,
        dialogues: Sequence[Conversation] = (),
    ) -> None:
        self.mcqs = [q for q in questions if q["kind"] == "mcq"]
        self.open = [q for q in questions if q["kind"] == "open"]
        self.by_id = {q["id"]: q for q in questions}
        self.dialogues = list(dialogues)
        self.context = [row for row in grounded if row["skill"] == "cited_answer"]
        # Both directions word their abstentions alike: one that quotes a passage fits its own context alone, and a
        # question asked of another population has no twin with an answer.
        asked = {row["parents"][-1]: row["expect"]["question"] for row in self.context}
        usable = [
            row
            for row in grounded
            if row["skill"] == "abstention"
            and not MARK.search(row["messages"][-1]["content"])
            and asked.get(row["parents"][-1], row["expect"]["question"]) == row["expect"]["question"]
        ]
        # One of each question, where skills give several: the first, over hard distractors.
        self._insufficient_of: dict[str, Conversation] = {}
        for row in usable:
            self._insufficient_of.setdefault(row["parents"][-1], row)
        self.insufficient = list(self._insufficient_of.values())
        self.texts = {passage["id"]: passage_text(passage) for passage in index.passages}
        self._context_of = {row["parents"][-1]: row for row in self.context}
        self._passages = index.by_id

    @cached_property
    def plain(self) -> list[Question]:
        """All questions that have one answer, MCQs first."""
        return [*self.mcqs, *self.open]

    @cached_property
    def names(self) -> frozenset[str]:
        """Words that keep their capital within a sentence."""
        return proper_names(text for q in self.plain for text in (q["question"], q["answer"], q.get("rationale", "")))

    def twin(self, row: Conversation) -> Conversation | None:
        """The same question's example of the other kind."""
        other = self._insufficient_of if row["kind"] == "context" else self._context_of
        return other.get(row["parents"][-1])

    def shown(self, row: Conversation) -> list[Passage]:
        """The passages of a context in their printed order, as they were printed."""
        return row.get("shown") or [self._passages[name] for name in row["passages"]]

    def texts_of(self, row: Conversation) -> list[str]:
        """What the model reads of these passages, without their numbers: what citations are held against."""
        return [passage_text(passage) for passage in self.shown(row)]

    def talks(self, skill: str) -> list[Conversation]:
        """The dialogues that show a skill."""
        return [row for row in self.dialogues if row["skill"] == skill]
