"""The support checker with its further layers: embeddings, an NLI model and a judge model, as settings name them.

The words decide first (:func:`residency.judging.support.support`). What they alone refuse goes on where the embeddings
find its meaning in the text; the other lexical layers are asked all the same. Each further layer may refuse, the
cheaper ones first, and none is asked about what is refused already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from residency.judging.entailment import Entailment
from residency.judging.judge import Judge
from residency.judging.meaning import Meaning
from residency.judging.settings import SupportSettings
from residency.judging.support import Layer, Support, support

Case = tuple[str, str, str]
"""A text, a sentence and the question."""


@dataclass(frozen=True)
class Checker:
    """Settings, and the layers that they name; a layer that is None is not asked."""

    settings: SupportSettings
    meaning: Meaning | None = None
    entailment: Entailment | None = None
    judge: Judge | None = None

    @property
    def unread(self) -> int:
        """How many answers of the judge model could not be read; each refused its sentence."""
        return self.judge.unread if self.judge else 0

    def check(self, text: str, sentence: str, given: str = "") -> Support:
        """Hold ``sentence`` against ``text``; ``given`` is the question. :meth:`check_many` is faster for several."""
        return self.check_many([(text, sentence, given)])[0]

    def check_many(self, cases: Sequence[Case]) -> list[Support]:
        """A verdict for each (text, sentence, question), in order; the models read what is left to them in batches.

        Raises:
            MissingDependencyError: a layer's package is not installed.
            InputError: a layer's model cannot be used.
            ServerError: the judge model's server cannot be used.
        """
        found = [support(text, sentence, self.settings.words, given) for text, sentence, given in cases]
        if self.meaning is not None:
            self._by_meaning(self.meaning, cases, found)
        if self.entailment is not None:
            left = [place for place, one in enumerate(found) if one.supported]
            entailed = self.entailment.probabilities([cases[place][:2] for place in left])
            for place, likely in zip(left, entailed, strict=True):
                if likely < self.settings.entailment:
                    reason = f"the NLI model finds it entailed with probability {likely:.2f}"
                    found[place] = _refused(found[place], "entailment", reason)
        if self.judge is not None:
            left = [place for place, one in enumerate(found) if one.supported]
            for place, says in zip(left, self.judge.verdicts([cases[place] for place in left]), strict=True):
                if not says:
                    reason = (
                        "the judge model's answer could not be read" if says is None else "the judge model denies it"
                    )
                    found[place] = _refused(found[place], "judge", reason)
        return found

    def _by_meaning(self, meaning: Meaning, cases: Sequence[Case], found: list[Support]) -> None:
        """Lets on what only ``words`` refused and is close in meaning, and refuses what is far from it."""
        accepts, least = self.settings.cosine, self.settings.least_cosine
        asked = [
            place
            for place, one in enumerate(found)
            if (accepts is not None and one.layer == "words") or (least is not None and one.supported)
        ]
        close = meaning.cosines([cases[place][:2] for place in asked])
        for place, cosine in zip(asked, close, strict=True):
            if accepts is not None and found[place].layer == "words" and cosine >= accepts:
                text, sentence, given = cases[place]
                found[place] = support(text, sentence, 0.0, given)
            if least is not None and found[place].supported and cosine < least:
                found[place] = _refused(
                    found[place], "embeddings", f"no place of the text comes closer than {cosine:.2f}"
                )


def _refused(verdict: Support, layer: Layer, reason: str) -> Support:
    return replace(verdict, supported=False, layer=layer, reason=reason)


def make_checker(settings: SupportSettings) -> Checker:
    """The checker that ``settings`` name; models are loaded when they are first needed.

    Raises:
        MissingDependencyError: a judge model is named and the client for servers is not installed.
    """
    judge = None
    if settings.server:
        from residency.generation.chat_server import ChatServer

        named = settings.server, settings.server_model, settings.server_key
        server = ChatServer(*named, settings.server_parallel, settings.timeout)
        judge = Judge(server, settings.server_parallel, settings.max_tokens)
    meaning = settings.cosine is not None or settings.least_cosine is not None
    return Checker(settings, Meaning() if meaning else None, Entailment(settings.nli) if settings.nli else None, judge)
