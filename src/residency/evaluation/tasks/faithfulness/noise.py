"""Contexts with more and more that is beside the point: RGB's noise robustness and negative rejection.

Source: Chen et al. 2023, "Benchmarking Large Language Models in Retrieval-Augmented Generation". There a context has
five passages, of which a share is noise, so that with more noise there are fewer passages that answer. A bank's
question has often one such passage. So here what answers is the same in every context, and noise is added until it is
the wanted share of the context's words: an answer lost at a level was lost to noise alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from residency.core.records import Passage
from residency.core.text import sentences
from residency.evaluation.tasks.lexicon import Lexicon
from residency.judging.support import support

SUPPORTS = 0.5
"""The support checker's threshold for a distractor: stricter than the one by which passages were found to answer."""
DEPTH = 40
"""Passages that are looked at for distractors."""
CUT = 10
"""Distractors of which the one is cut whose beginning fits best."""
OFF = 0.05
"""By how much the share of noise may miss its level."""


@dataclass(frozen=True)
class Context:
    """Passages in the order in which they are shown, and the share of their words that is noise."""

    passages: list[Passage]
    share: float


def distractors(question: str, facts: Sequence[str], own: Sequence[Passage], lexicon: Lexicon) -> list[Passage]:
    """Passages that look right for a question, best first, and support none of its key facts."""
    found = lexicon.search(question, DEPTH, [passage["id"] for passage in own])
    return [passage for passage in found if not tells(passage, facts, question)]


def tells(passage: Passage, facts: Sequence[str], question: str) -> bool:
    """Whether a passage supports one of the facts."""
    text = f"{passage['title']}. {passage['text']}"
    return any(support(text, fact, SUPPORTS, question).supported for fact in facts)


def with_noise(own: Sequence[Passage], others: Sequence[Passage], share: float, rng: random.Random) -> Context | None:
    """The passages that answer, and distractors up to a share of all words, in an order of chance; None where there
    are too few distractors. The last distractor may be cut at the end of a sentence.

    Args:
        own: the passages that answer.
        others: distractors, best first.
        share: of the words of the context, from 0 to below 1.
        rng: what shuffles.
    """
    held = sum(map(_words, own))
    left = round(held * share / (1 - share))
    noise: list[Passage] = []
    for place, passage in enumerate(others):
        if _words(passage) > left:
            cut = [part for other in others[place : place + CUT] if (part := _beginning(other, left))]
            noise += sorted(cut, key=lambda part: abs(_words(part) - left))[:1] if left else []
            break
        noise.append(passage)
        left -= _words(passage)
    shown = [*own, *noise]
    rng.shuffle(shown)
    reached = sum(map(_words, noise)) / max(1, sum(map(_words, shown)))
    return Context(shown, round(reached, 3)) if abs(reached - share) <= OFF else None


def _beginning(passage: Passage, most: int) -> Passage | None:
    """The first sentences of a passage, so many that their words come nearest to ``most``; None where the first has
    more than twice as many."""
    text, best = "", ""
    for sentence in sentences(passage["text"]):
        text = f"{text} {sentence}".strip()
        if not best or abs(len(text.split()) - most) < abs(len(best.split()) - most):
            best = text
    return cast(Passage, {**passage, "text": best}) if 0 < len(best.split()) <= 2 * most else None


def _words(passage: Passage) -> int:
    return len(passage["text"].split())
