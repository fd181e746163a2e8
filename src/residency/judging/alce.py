"""ALCE's citation recall and precision, by the definition and by any entailment model.

Source: Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations", section 3, and
``compute_autoais`` of its published code. A sentence has recall 1 if its cited passages together entail it. A citation
is precise if its sentence has recall 1 and it is not irrelevant: irrelevant means that alone it does not entail the
sentence while the sentence's other citations still do. Of a sentence's citations the first three are read, as there.

As there, a sentence without a citation, or with one that names no passage, has no recall. Three things differ:

- A mark that names no passage counts among the citations, as an imprecise one. The published code leaves the citations
  of such a sentence out of precision altogether, by which inventing a number raises it.
- A number that stands twice in one sentence is one citation. There it is two, and each makes the other needless.
- ``[0]`` names no passage. There it is read as the last one, by the way in which Python counts from the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

AT_MOST = 3
"""Citations of a sentence that are read, the first ones; ALCE's ``at_most_citations``."""

Entails = Callable[[str, str], bool]
"""Whether a text (one passage, or several joined by line breaks) entails a sentence without marks."""


@dataclass(frozen=True)
class Sentence:
    """A sentence's scores: whether it has ``recall``, how many of its citations are ``precise``, how many it has that
    name a passage (``cited``) and how many that name none (``unknown``)."""

    recall: bool
    precise: int
    cited: int
    unknown: int


def score_sentence(
    text: str, numbers: Iterable[int], passages: Sequence[str], entails: Entails, at_most: int | None = AT_MOST
) -> Sentence:
    """Score one sentence.

    Args:
        text: the sentence, as ``entails`` reads it.
        numbers: the passages that it cites, counted from 1, in the order of its marks.
        passages: the texts of the passages, ``passages[0]`` being ``[1]``.
        entails: the entailment model.
        at_most: citations that are read; None for all.
    """
    named = list(dict.fromkeys(numbers))
    valid = [number for number in named if 1 <= number <= len(passages)]
    unknown = len(named) - len(valid)
    read = valid[:at_most]
    texts = [passages[number - 1] for number in read]
    if not read or unknown or not entails("\n".join(texts), text):
        return Sentence(False, 0, len(read), unknown)
    if len(read) == 1:
        return Sentence(True, 1, 1, 0)
    precise = 0
    for place, alone in enumerate(texts):
        rest = "\n".join([*texts[:place], *texts[place + 1 :]])
        precise += entails(alone, text) or not entails(rest, text)
    return Sentence(True, precise, len(read), 0)
