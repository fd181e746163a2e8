"""A judge model as a scorer: any OpenAI-compatible server, asked on the rubric with the reference and passages given.

Two answers are shown in both orders, and a preference counts only where both agree; where they contradict each other
it is dropped and counted. An answer that cannot be read is counted, and decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from residency.judging.item import Item
from residency.judging.labels import Winner
from residency.judging.model_judge.asking import Asking
from residency.judging.model_judge.prompts import asked_of, for_one, for_two
from residency.judging.model_judge.replies import Preference, read_grades, read_preference
from residency.judging.rubric import KEYS, Scores, overall
from residency.judging.scorers import Compared, Scored
from residency.judging.settings import JudgeSettings

UNREAD = "the judge's answer could not be read"
CONTRADICTS = "the judge contradicts itself when the answers change places"
NO_MATTER = "the judge found that no item applies"
_WINNERS: dict[float, Winner] = {1.0: "first", 0.5: "tie", 0.0: "second"}


class ModelJudge:
    """Scores by a judge model. ``counts`` holds how many answers were judged, pairs compared, and what failed.

    Args:
        settings: must name a server and its model.
        cache: a file that keeps answers, so that a rerun asks nothing.
    """

    def __init__(self, settings: JudgeSettings, cache: Path | None = None) -> None:
        self.name = f"judge:{settings.server_model}"
        self._asking = Asking(settings, cache)
        self.counts: Counter[str] = Counter()

    def score(self, item: Item, answer: str) -> Scores:
        """The value of each rubric item, between 0 and 1; all None where the judge could not be read."""
        return self.score_many([(item, answer)])[0].rubric

    def score_many(self, cases: Sequence[tuple[Item, str]]) -> list[Scored]:
        """The same for several, with the overall scores.

        Raises:
            ServerError: the server is not there, is gone, or gives no answers that can be used.
        """
        texts = self._asking.texts([for_one(item, answer) for item, answer in cases])
        return [self._scored(item, *told) for (item, _), told in zip(cases, texts, strict=True)]

    def compare_many(self, cases: Sequence[tuple[Item, str, str]]) -> list[Compared]:
        """Which of two answers is better, asked in both orders.

        Raises:
            ServerError: the server is not there, is gone, or gives no answers that can be used.
        """
        prompts = [
            prompt
            for item, first, second in cases
            for prompt in (for_two(item, first, second), for_two(item, second, first))
        ]
        texts = self._asking.texts(prompts)
        found = [self._compared(case[0], *texts[2 * at : 2 * at + 2]) for at, case in enumerate(cases)]
        self.counts["pairs"] += len(found)
        self.counts.update(one.reason for one in found if one.reason)
        return found

    def report(self) -> dict[str, Any]:
        """What was asked, read and spent."""
        return {"scorer": self.name, "judged": dict(self.counts), **self._asking.report()}

    def _scored(self, item: Item, text: str, reason: str) -> Scored:
        found = None if reason else read_grades(text, asked_of(item))
        values: Scores = dict.fromkeys(KEYS) | (found or {})
        total = overall(values) if found is not None else None
        why = "" if total is not None else reason or (UNREAD if found is None else NO_MATTER)
        self.counts["answers"] += 1
        if why:
            self.counts[why] += 1
        return Scored(values, total, why)

    def _compared(self, item: Item, there: tuple[str, str], back: tuple[str, str]) -> Compared:
        """One pair, from what was said of it in its order and in the other."""
        nothing: Scores = dict.fromkeys(KEYS)
        if reason := there[1] or back[1]:
            return Compared(None, nothing, reason)
        one, two = (read_preference(text, asked_of(item)) for text, _ in (there, back))
        if one is None or two is None:
            return Compared(None, nothing, UNREAD)
        rubric = nothing | {key: _agreed(one.rubric[key], two.rubric[key]) for key in one.rubric}
        first = _agreed(one.first, two.first)
        return Compared(None, rubric, CONTRADICTS) if first is None else Compared(_WINNERS[first], rubric)


def _agreed(there: float | None, back: float | None) -> float | None:
    """The first answer's value where both orders give it; in the other order the first stands second."""
    return there if there is not None and back is not None and there == 1 - back else None


__all__ = ["CONTRADICTS", "UNREAD", "ModelJudge", "Preference"]
