"""A stricter check of built citations, by a measure that no layer of the support checker uses.

``support`` reads stems and lists of words; this reads no word of its own. Each token of the sentence is a vector in
its context (MiniLM's last layer; a sentence is read after the one before it, since "An infusion follows" alone says
little), and is held against the closest token of the cited passages; the mean of these cosines, rare words counting
more, says how much of the sentence stands there. A citation passes where that is at least ``LEAST``, which at most one
sentence in a hundred reaches against another passage of the same topic, and where no passage of the context that is
not cited holds clearly more of the sentence, unless what it holds stands in the cited ones too. Whether figures, sides
and denials agree it cannot tell: that is the support checker's part.

``python -m benchmarks.stricter`` measures it: the threshold is chosen on one half of the questions and reported on the
other. ``--built`` names the folder of a grounding stage whose citations are checked.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.support import SEED, Case, Say, example_cases, of_file, pubmedqa_near, rows_of, share
from residency.core.prompt import body
from residency.core.text import sentences
from residency.generation.embeddings import VOCABULARY, Encoder, Vectors
from residency.judging.citations import cited_numbers, strip_citations
from residency.judging.meaning import LONGEST, bare

LEAST = 0.69
"""Of a sentence's weight, as cosines, that the cited passages must hold: see docs/support-checker.md."""
MARGIN = 0.05
"""By how much another passage may hold more of the sentence than the cited ones."""
SAME = 0.85
"""How much of another passage's place the cited passages must hold for both to say the same."""
WRONG = 0.01
"""The share of sentences that may pass against another passage of their topic."""
FIRST_WORD = 1996
"""The id of the first whole word of BERT's vocabulary, which lists words by how often they are written."""
KEPT = 20_000
"""Sentences whose tokens are kept, some 20 kB each."""
MEDQUAD_ROWS, WORDS_OF_A_PASSAGE = 600, 110


Said = tuple[str, str]
"""A sentence after the one before it, which may be empty."""


@dataclass(frozen=True)
class Citation:
    """A sentence, the texts that it cites, those of the same context that it does not cite, and the sentence before it
    in its answer."""

    sentence: str
    cited: tuple[str, ...]
    others: tuple[str, ...] = ()
    before: str = ""

    @property
    def said(self) -> Said:
        """The sentence as it is read."""
        return bare(self.before)[-LONGEST:], bare(self.sentence)


@dataclass(frozen=True)
class Strict:
    """A verdict: how much of the sentence the cited texts hold, the most that another one holds, and a reason where the
    citation does not pass."""

    passes: bool
    held: float
    rival: float
    reason: str = ""


@cache
def weights() -> NDArray[np.float64]:
    """The weight of each token of the vocabulary: the logarithm of its rank, none for punctuation."""
    tokens = VOCABULARY.read_text(encoding="utf-8").split("\n")
    found = np.zeros(len(tokens))
    for number, token in enumerate(tokens):
        if any(letter.isalnum() for letter in token) and not token.startswith("["):
            found[number] = math.log(number - FIRST_WORD + 5) if number >= FIRST_WORD else math.log(100)
    return found


class Reader:
    """Texts as the vectors of their tokens; what was read is kept."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._encoder = encoder or Encoder()
        self._known: dict[Said, tuple[NDArray[np.uint16], Vectors]] = {}

    def read(self, said: Sequence[Said]) -> None:
        """Reads what is not known yet, together."""
        new = [one for one in dict.fromkeys(said) if one not in self._known]
        alone = self._encoder.encode_words([sentence for _, sentence in new])
        led = self._encoder.encode_words([" ".join(one) for one in new if one[0]])
        after = iter(led)
        for one, (ids, states) in zip(new, alone, strict=True):
            # White space parts tokens, so that a sentence's own come last and are the same in either reading.
            rows = next(after)[1][-len(ids) :] if one[0] and len(ids) else states
            self._known[one] = ids[: len(rows)], rows.astype(np.float16)

    def forget(self) -> None:
        """Makes room once there is too much."""
        if len(self._known) > KEPT:
            self._known.clear()

    def held(self, said: Said, texts: Sequence[str]) -> float:
        """How much of a sentence the texts hold together, at most 1; 0 of a sentence without words."""
        ids, mine = self._vectors([said])
        weight = weights()[ids]
        if not texts or not weight.sum():
            return 0.0
        theirs = self._vectors([piece for text in texts for piece in pieces_of(text)])[1]
        return float((mine @ theirs.T).max(axis=1, initial=-1.0) @ weight / weight.sum())

    def closest(self, said: Said, text: str) -> str:
        """The sentence of the text that holds most of a sentence."""
        return max(pieces_of(text), key=lambda piece: self.held(said, [piece[1]]))[1]

    def _vectors(self, said: Sequence[Said]) -> tuple[NDArray[np.int64], Vectors]:
        self.read(said)
        read = [self._known[one] for one in said]
        return np.concatenate([ids for ids, _ in read]).astype(np.int64), np.concatenate(
            [states for _, states in read], dtype=np.float32
        )


def pieces_of(text: str) -> list[Said]:
    """The text by sentences, as they are read: each by itself."""
    found = [piece[start : start + LONGEST] for piece in sentences(text) for start in range(0, len(piece), LONGEST)]
    return [("", piece) for piece in found or [text]]


def stricter_many(citations: Sequence[Citation], least: float = LEAST, reader: Reader | None = None) -> list[Strict]:
    """A verdict for each citation, in order; texts are read in batches, each once."""
    reader = reader or Reader()
    found: list[Strict] = []
    for start in range(0, len(citations), 500):
        part = citations[start : start + 500]
        reader.forget()
        texts = dict.fromkeys(text for one in part for text in (*one.cited, *one.others))
        reader.read([*(one.said for one in part), *(piece for text in texts for piece in pieces_of(text))])
        found += [_strict(one, least, reader) for one in part]
    return found


def stricter(sentence: str, cited_texts: Sequence[str], other_texts: Sequence[str] = ()) -> bool:
    """Whether a sentence may cite ``cited_texts`` in a context that holds ``other_texts`` too.

    :func:`stricter_many` is the same for many sentences, and much faster for them.
    """
    return stricter_many([Citation(sentence, tuple(cited_texts), tuple(other_texts))])[0].passes


def _strict(one: Citation, least: float, reader: Reader) -> Strict:
    held = reader.held(one.said, one.cited)
    rivals = [reader.held(one.said, [other]) for other in one.others]
    rival = max(rivals, default=0.0)
    if held < least:
        return Strict(False, held, rival, f"the cited passages hold {held:.2f} of it")
    for other, much in zip(one.others, rivals, strict=True):
        if much > held + MARGIN and reader.held(("", reader.closest(one.said, other)), one.cited) < SAME:
            return Strict(
                False, held, rival, f"a passage that is not cited holds {much:.2f} of it, the cited {held:.2f}"
            )
    return Strict(True, held, rival)


def citations_of(row: Mapping[str, Any], passages: Mapping[str, Mapping[str, Any]]) -> list[Citation]:
    """The cited sentences of a built conversation over one context, whose passages ``passages`` holds by id."""
    shown = row.get("shown") or [passages[name] for name in row["passages"]]
    texts = [passage["text"] for passage in shown]
    found = []
    for message in row["messages"]:
        before = ""
        for sentence in sentences(body(message["content"])) if message["role"] == "assistant" else ():
            marks = {number for number in cited_numbers(sentence) if number <= len(texts)}
            if marks:
                cited = tuple(texts[number - 1] for number in sorted(marks))
                others = tuple(text for number, text in enumerate(texts, 1) if number not in marks)
                found.append(Citation(strip_citations(sentence), cited, others, before))
            before = strip_citations(sentence)
    return found


Pairs = tuple[list[Citation], list[Citation]]
"""True citations and wrong ones; each true one holds the wrong texts of its topic as its others."""


def _grouped(honest: Sequence[Case], elsewhere: Sequence[Case]) -> dict[str, Pairs]:
    """The pairs by question."""
    wrong: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case in elsewhere:
        wrong[case.given, case.sentence].append(case.text)
    found: dict[str, Pairs] = defaultdict(lambda: ([], []))
    for case in honest:
        others = wrong[case.given, case.sentence]
        true, false = found[case.given]
        before = true[-1].sentence if true else ""
        true.append(Citation(case.sentence, (case.text,), tuple(others), before))
        false.extend(Citation(case.sentence, (other,), (), before) for other in others)
    return found


def medquad_topics(path: Path, count: int, rng: random.Random) -> tuple[list[Case], list[Case]]:
    """A sentence of each answer's first passage against it, and against a passage of another answer on the topic that
    does not hold the sentence as it stands. Answers are cut into passages."""
    topics: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for row in rows_of(path)[:count]:
        topics[row["topic"]][row["question"]] = _passages(row["answer"])
    honest, elsewhere = [], []
    for answers in topics.values():
        for question, passages in answers.items():
            away = [p for other, theirs in answers.items() if other != question for p in theirs]
            for passage in passages[:1]:
                sentence = rng.choice(sentences(passage))
                others = [other for other in away if bare(sentence) not in bare(other)]
                if others and len(sentence.split()) > 5:
                    honest.append(Case(passage, sentence, question))
                    elsewhere.append(Case(rng.choice(others), sentence, question))
    return honest, elsewhere


def _passages(answer: str) -> list[str]:
    found: list[list[str]] = [[]]
    for sentence in sentences(answer):
        if found[-1] and sum(len(one.split()) for one in (*found[-1], sentence)) > WORDS_OF_A_PASSAGE:
            found.append([])
        found[-1].append(" ".join(sentence.split()))
    return [" ".join(piece) for piece in found if piece]


def calibrate(sets: Mapping[str, dict[str, Pairs]], say: Say) -> dict[str, Any]:
    """The threshold from one half of the questions of every set, and what it does to the other half."""
    reader = Reader()
    halves: dict[str, tuple[list[Pairs], list[Pairs]]] = {}
    needed = {}
    for name, pairs in sets.items():
        questions = sorted(pairs)
        random.Random(f"{SEED}/{name}").shuffle(questions)
        middle = len(questions) // 2
        halves[name] = [pairs[q] for q in questions[:middle]], [pairs[q] for q in questions[middle:]]
        wrong = [one for _, theirs in halves[name][0] for one in theirs]
        scores = np.array([one.held for one in stricter_many(wrong, 0.0, reader)])
        needed[name] = float(np.quantile(scores, 1 - WRONG))
        say(f"{name}: one wrong citation in a hundred holds {needed[name]:.3f} or more (n={len(wrong)})")
    figures: dict[str, Any] = {"least_by_set": {name: round(least, 4) for name, least in needed.items()}}
    for name, (_, other) in halves.items():
        true = [one for theirs, _ in other for one in theirs]
        alone = [replace(one, others=()) for one in true]
        wrong = [one for _, theirs in other for one in theirs]
        beside = [replace(one, cited=(text,), others=one.cited) for one in true for text in one.others]
        counted = {"true": true, "true_without_rank": alone, "wrong": wrong, "wrong_beside_true": beside}
        figures[name] = {"n": {key: len(ones) for key, ones in counted.items()}}
        for key, ones in counted.items():
            figures[name][key] = share(sum(one.passes for one in stricter_many(ones, LEAST, reader)), len(ones))
        say(f"{name}, other half: {json.dumps(figures[name])}")
    return figures


def built(folder: Path, say: Say, show: int) -> dict[str, Any]:
    """The share of the citations in a grounding stage's conversations that pass, and those that do not."""
    index = folder.parent / "index" / "passages.jsonl"
    passages = {row["id"]: row for row in rows_of(index)}
    citations = [one for row in rows_of(folder / "conversations.jsonl") for one in citations_of(row, passages)]
    distinct = list(dict.fromkeys(citations))
    verdicts = dict(zip(distinct, stricter_many(distinct), strict=True))
    failed = [one for one in distinct if not verdicts[one].passes]
    for sentence, reason in list({one.sentence: verdicts[one].reason for one in failed}.items())[:show]:
        say(f"- {sentence}\n    {reason}")
    passing = sum(verdicts[one].passes for one in citations)
    return {
        "citations": len(citations),
        "citations_passing_stricter_check": share(passing, len(citations)),
        "distinct": len(distinct),
        "distinct_failing": len(failed),
    }


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stricter", description=__doc__.splitlines()[0])
    parser.add_argument("--medquad", type=Path, default=of_file("MEDQUAD"), help="medquad.jsonl")
    parser.add_argument("--pubmedqa", type=Path, default=of_file("PUBMEDQA"), help="pubmedqa_train500.jsonl")
    parser.add_argument("--built", type=Path, help="the folder of a grounding stage, its index beside it")
    parser.add_argument("--show", type=int, default=20, help="how many citations that do not pass are shown")
    parser.add_argument("--quick", action="store_true", help="the example corpus and what is built alone")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)

    sets = {"example": _grouped(*example_cases())}
    if chosen.medquad is not None and not chosen.quick:
        sets["medquad"] = _grouped(*medquad_topics(chosen.medquad, MEDQUAD_ROWS, random.Random(SEED)))
    if chosen.pubmedqa is not None and not chosen.quick:
        sets["pubmedqa"] = _grouped(*pubmedqa_near(chosen.pubmedqa))
    figures = calibrate(sets, say)
    if chosen.built is not None:
        figures["built"] = built(chosen.built, say, chosen.show)
        say(json.dumps(figures["built"]))
    if chosen.json:
        settings = {"least": LEAST, "margin": MARGIN, "same": SAME, "seed": SEED, "sets": list(sets)}
        print(json.dumps({"name": "stricter", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
