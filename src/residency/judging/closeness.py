"""How close an answer comes to a reference in meaning and in words, less what it contradicts: the embedded grader of
open answers that agrees best with people (figures in ``docs/evaluation.md``, made by ``benchmarks/graders.py``).

Meaning alone does not see a wrong dose or a "not", and words alone do not see the same fact in other words. So the mean
of three shares (the cosine of the two texts as wholes, the cosine of each of the reference's facts with the place of
the answer that is closest to it, the share of the reference's content words in the answer) is multiplied by the share
of the answer's claims that do not contradict the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from residency.core.prompt import body
from residency.core.text import content_stems
from residency.judging.citations import strip_citations
from residency.judging.key_facts import key_facts
from residency.judging.meaning import Meaning
from residency.judging.rules.content import claims

Case = tuple[str, Sequence[str], str]
"""An answer, its references and the question."""


@dataclass(frozen=True)
class Parts:
    """What closeness to one reference is made of, each from 0 to 1: ``whole`` and ``facts`` are cosines, ``words`` the
    share of the reference's content words that the answer holds, ``contradicted`` that of its claims that say
    otherwise."""

    whole: float
    facts: float
    words: float
    contradicted: float

    @property
    def score(self) -> float:
        return (self.whole + self.facts + self.words) / 3 * (1 - self.contradicted)


class Closeness:
    """Scores answers by MiniLM, which is loaded when it is first needed.

    Raises:
        MissingDependencyError: on the first answer, where the extra ``semantic`` is not installed.
    """

    def __init__(self, meaning: Meaning | None = None) -> None:
        self._meaning = meaning or Meaning()

    def score_many(self, cases: Sequence[Case]) -> list[float | None]:
        """The closeness of each answer to the nearest of its references; 0 for an answer without a content word, None
        without a reference that has one."""
        pairs = [(answer, one, question) for answer, references, question in cases for one in references]
        left = iter(self.parts(pairs))
        found = [[next(left) for _ in references] for _, references, _ in cases]
        return [max((part.score for part in parts if part), default=None) for parts in found]

    def parts(self, pairs: Sequence[tuple[str, str, str]]) -> list[Parts | None]:
        """The parts for each (answer, reference, question); None for a reference without a content word."""
        texts = [(body(strip_citations(answer)), reference) for answer, reference, _ in pairs]
        facts = [claims(reference) or [reference] for _, reference in texts]
        spoken = [bool(content_stems(said)) and bool(content_stems(reference)) for said, reference in texts]
        asked = [place for place, speaks in enumerate(spoken) if speaks]
        whole = dict(zip(asked, self._meaning.alike([texts[place] for place in asked]), strict=True))
        close = self._meaning.cosines([(texts[place][0], fact) for place in asked for fact in facts[place]])
        found: list[Parts | None] = []
        start = 0
        for place, (answer, reference, question) in enumerate(pairs):
            if not spoken[place]:
                found.append(Parts(0.0, 0.0, 0.0, 0.0) if content_stems(reference) else None)
                continue
            own, start = close[start : start + len(facts[place])], start + len(facts[place])
            wanted, held = set(content_stems(reference)), set(content_stems(texts[place][0]))
            found.append(
                Parts(
                    whole=_share(float(whole[place])),
                    facts=sum(_share(float(one)) for one in own) / len(own),
                    words=len(wanted & held) / len(wanted),
                    contradicted=key_facts(answer, reference, question).contradicted or 0.0,
                )
            )
        return found


def _share(cosine: float) -> float:
    """A cosine as a share: what is unlike is worth nothing, and rounding makes nothing more than alike."""
    return min(1.0, max(0.0, cosine))
