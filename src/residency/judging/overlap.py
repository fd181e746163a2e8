"""Agreement of an open answer with a reference: token F1 and key-fact recall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from residency.core.prompt import body
from residency.core.text import content_stems
from residency.judging.citations import strip_citations
from residency.judging.support import support

FACT_THRESHOLD = 0.6


def token_f1(answer: str, reference: str) -> float:
    """F1 of the multiset of content stems, as SQuAD defines it on tokens (Rajpurkar et al. 2016), with stop
    words left out so that grammar alone earns nothing. Between 0 and 1."""
    ours, gold = (Counter(content_stems(body(strip_citations(text)))) for text in (answer, reference))
    common = sum((ours & gold).values())
    if not common:
        return 0.0
    precision, recall = common / sum(ours.values()), common / sum(gold.values())
    return 2 * precision * recall / (precision + recall)


def key_fact_recall(answer: str, facts: Sequence[str]) -> float | None:
    """Share of the facts that the answer states, by the support checker; None when no fact has a content word.

    A fact of one content word counts as stated when that word is in the answer.
    """
    facts = [fact for fact in facts if content_stems(fact)]
    if not facts:
        return None
    said = body(strip_citations(answer))
    return sum(_states(said, fact) for fact in facts) / len(facts)


def _states(answer: str, fact: str) -> bool:
    stems = set(content_stems(fact))
    if len(stems) == 1:
        return stems <= set(content_stems(answer))
    return support(answer, fact, FACT_THRESHOLD).supported
