"""Which questions belong together: those that share a passage, or enough of their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from residency.core.records import Question
from residency.core.text import content_stems

NEAREST = 3
CANDIDATES = 100  # looked at for one question, so that a bank without topics takes no quadratic time
LEAST_OVERLAP = 0.15  # Jaccard, of content stems


class Neighbours:
    """The open questions of one group, by the passages and the words that they share."""

    def __init__(self, group: Iterable[Question]) -> None:
        self._stems: dict[str, frozenset[str]] = {}
        self._holders: dict[tuple[str, str], list[Question]] = defaultdict(list)
        for question in group:
            if question["kind"] == "open":
                self._stems[question["id"]] = frozenset(content_stems(question["question"]))
                for key in self._keys(question):
                    self._holders[key].append(question)

    def of(self, question: Question) -> list[Question]:
        """The nearest questions of other clusters, shared passages counting before shared words."""
        if question["id"] not in self._stems:
            return []
        found: dict[str, Question] = {}
        for key in sorted(self._keys(question), key=lambda key: (key[0], len(self._holders[key]), key[1])):
            found |= {other["id"]: other for other in self._holders[key][:CANDIDATES]}
            if len(found) >= CANDIDATES:
                break
        own, passages = self._stems[question["id"]], set(question["passages"])
        ranked = []
        for other in found.values():
            words, shared = self._stems[other["id"]], len(passages & set(other["passages"]))
            overlap = len(own & words) / max(1, len(own | words))
            if other["cluster"] != question["cluster"] and (shared or overlap >= LEAST_OVERLAP):
                ranked.append((-shared, -overlap, other["id"]))
        return [found[name] for _, _, name in sorted(ranked)[:NEAREST]]

    def _keys(self, question: Question) -> set[tuple[str, str]]:
        words = {("word", stem) for stem in self._stems[question["id"]]}
        return words | {("passage", name) for name in question["passages"]}
