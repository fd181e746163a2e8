"""Settings of the stage that asks the base model what it knows."""

from __future__ import annotations

from pydantic import Field

from residency.core.stage import Settings


class KnowledgeSettings(Settings):
    """How many questions the base model is asked from memory before the mix, and how often each.

    The paper (Gekhman et al. 2024) asks with 10 sets of 4 exemplars, once greedily and 16 times at temperature 0.5
    each; fewer are enough to sort by, and cheaper.
    """

    questions: int = Field(default=0, ge=0)
    """Train questions that are asked, at most, drawn by seed; 0 asks nothing at all, and the mix then knows of no
    unknown fact."""
    dev_questions: int = Field(default=100, ge=0)
    """Dev questions that are asked beside them, at most: on these the report compares the models after training."""
    exemplar_sets: int = Field(default=6, ge=2)
    """Sets of exemplars with which each question is asked greedily, an MCQ's options in another order each time. With
    fewer than 5, an MCQ of four options can hardly be told from a lucky one."""
    shots: int = Field(default=4, ge=1)
    """Exemplars in a set: train questions with their answers."""
    samples: int = Field(default=3, ge=1)
    """Answers drawn for each set where the greedy answers do not show that the fact is known."""
    temperature: float = Field(default=0.5, gt=0)
    """At which they are drawn."""
    max_new_tokens: int = Field(default=48, ge=4)
    """Tokens that an answer may have; a thought comes on top."""
    batch_size: int = Field(default=32, ge=1)
    """Answers generated at once."""
    max_chars: int = Field(default=3_000, ge=200)
    """Longer questions are not asked."""
    luck: float = Field(default=0.05, gt=0, lt=0.5)
    """Right answers count as knowledge where luck alone would give as many less often than this. Where luck gives none
    (an open question), one right answer is knowledge, as in the paper."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Level of the intervals, and of the test whether the model knows more than chance."""
