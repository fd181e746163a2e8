"""Key facts of a reference in an answer, both ways round, by the support checker.

Recall holds each fact of the reference against the answer; precision holds each claim of the answer against the
reference. Either verdict is one of three: stated (or supported), contradicted, or neither. What the reference is silent
about counts against precision and is no contradiction: it may well be true. A sentence that the support checker accepts
and that names another drug, test, operation or structure in the place of the right one
(:mod:`residency.judging.exchanged`) is contradicted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from residency.core.prompt import body
from residency.core.text import content_stems, numbers
from residency.judging.checker import Checker
from residency.judging.citations import strip_citations
from residency.judging.exchanged import Exchange, exchanged, nearest
from residency.judging.overlap import FACT_THRESHOLD
from residency.judging.rules.content import AGAINST, claims, says_otherwise
from residency.judging.settings import SupportSettings
from residency.judging.support import THRESHOLD, Support, support

Verdict = Literal["stated", "contradicted", "missing"]
_AFTER: Mapping[Exchange, Verdict] = {"": "stated", "another": "missing", "wrong": "contradicted"}


@dataclass(frozen=True)
class KeyFacts:
    """How an answer and a reference agree.

    ``facts`` are the reference's and ``claims`` the answer's sentences that say something. ``recall`` is the share of
    facts stated; ``precision`` the share of claims that the reference supports; ``contradicted`` the share of claims
    that say otherwise than the reference. The rest of the claims goes beyond it. None where there is nothing to count.
    """

    facts: int
    stated: int
    claims: int
    supported: int
    against: int

    @property
    def recall(self) -> float | None:
        return self.stated / self.facts if self.facts else None

    @property
    def precision(self) -> float | None:
        return self.supported / self.claims if self.claims else None

    @property
    def contradicted(self) -> float | None:
        return self.against / self.claims if self.claims else None


def key_facts(
    answer: str, reference: str, question: str = "", facts: Sequence[str] = (), checker: Checker | None = None
) -> KeyFacts:
    """Hold an answer and a reference against each other.

    Args:
        answer: the lines that a mode adds are left out.
        reference: a right answer.
        question: its numbers and sides may be repeated.
        facts: what a right answer states; the reference's own sentences if left out.
        checker: decides whether the reference supports a claim, with further layers where it has them.
    """
    wanted = [fact for fact in facts or claims(reference) if content_stems(fact)]
    said = claims(answer)
    text = "\n".join([reference, *facts])
    found = (checker or Checker(SupportSettings())).check_many([(text, claim, question) for claim in said])
    verdicts = [_of_claim(one, text, claim, question) for one, claim in zip(found, said, strict=True)]
    return KeyFacts(
        facts=len(wanted),
        stated=sum(holds(answer, fact, question) == "stated" for fact in wanted),
        claims=len(said),
        supported=verdicts.count("stated"),
        against=verdicts.count("contradicted"),
    )


def _of_claim(found: Support, text: str, claim: str, question: str) -> Verdict:
    if found.supported:
        return _AFTER[exchanged(text, claim, question)]
    return "contradicted" if says_otherwise(found) else "missing"


def holds(answer: str, fact: str, question: str = "", reference: str = "") -> Verdict:
    """Whether an answer states one fact, says otherwise, or does neither.

    A figure that the answer leaves out is missing; it is contradicted where the answer's sentence on the same matter
    has another figure, which the question does not give. What the answer says there is no contradiction where
    ``reference``, the whole right answer, says it too: it is then another of its facts.
    """
    said = body(strip_citations(answer))
    stems = set(content_stems(fact))
    if len(stems) == 1:
        return "stated" if stems <= set(content_stems(said)) else "missing"
    found = support(said, fact, FACT_THRESHOLD)
    if found.supported:
        verdict = _AFTER[exchanged(said, fact, question)]
    elif found.layer in AGAINST:
        verdict = "contradicted"
    else:
        other = found.layer == "numbers" and found.overlap >= THRESHOLD and _another_figure(said, fact, stems, question)
        verdict = "contradicted" if other else "missing"
    if verdict == "contradicted" and reference:
        place = nearest(said, fact)
        if _of_claim(support(reference, place, given=question), reference, place, question) == "stated":
            return "missing"
    return verdict


def _another_figure(said: str, fact: str, stems: set[str], question: str) -> bool:
    """Whether the sentence that is most like the fact has a figure that neither fact nor question has."""
    place = nearest(said, fact)
    alike = len(stems & set(content_stems(place))) / len(stems)
    return alike >= THRESHOLD and bool(set(numbers(place)) - set(numbers(fact)) - set(numbers(question)))
