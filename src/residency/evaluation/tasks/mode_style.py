"""A classifier that tells the two modes apart by style: it never sees the markers that a mode adds.

Logistic regression on hashed character n-grams and a few figures of style, trained on gold answers of the training
split, each question's in both modes (so that no topic tells them apart), and tested on those of held-out questions,
with wordings of the last check that it was not trained on. Where its accuracy there is not clearly above chance, it
says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from residency.core.prompt import (
    ANSWER,
    BEFORE_ACTING,
    CHOICE,
    KEY_POINT,
    KNOWN,
    MODES,
    NOT_SAID,
    Mode,
    shape_mcq,
    shape_open,
)
from residency.core.records import Question
from residency.core.text import sentences
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.phrases import CHECKS, check_for
from residency.judging.statistics import estimate

Array = NDArray[np.float64]
BUCKETS = 2048
GRAMS = (3, 4, 5)
MOST = 600  # questions that are trained on and tested on, each in both modes
CLEARLY = 0.6  # accuracy that the interval's lower end must pass; chance is 0.5
SURE = 0.6  # probability below which one answer's mode stays open
_PENALTY = 1.0
_MARKERS = re.compile(
    rf"^\s*{re.escape(ANSWER)}.*$|(?:{'|'.join(map(re.escape, (KEY_POINT, BEFORE_ACTING, KNOWN, NOT_SAID, CHOICE)))})",
    re.MULTILINE,
)
_ORDERS = re.compile(r"^\W*(?:check|confirm|make sure|verify|weigh|look|discuss|read|examine|ask|review|call|give)\b")
_PERSON = re.compile(r"\b(?:patient|he|she|him|her|you|your|senior|team)\b")


@dataclass(frozen=True)
class ModeStyle:
    """A trained classifier. ``weights`` are of :func:`features`, the last is the intercept; a positive sum means
    CLINICAL. ``accuracy`` with its 95% interval is that on ``n`` held-out gold answers, clustered by question; None
    where there were too few."""

    weights: tuple[float, ...]
    accuracy: float | None
    low: float | None
    high: float | None
    n: int
    trained_on: int

    @property
    def works(self) -> bool:
        """Whether it is clearly better than chance on gold answers that it was not trained on."""
        return self.low is not None and self.low > CLEARLY

    def mode_of(self, answer: str) -> Mode | None:
        """The mode whose style an answer has; None where that is undecided, for this answer or altogether."""
        if not self.works or not unmarked(answer):
            return None
        clinical = float(_probability(features([answer]), np.array(self.weights))[0])
        if max(clinical, 1 - clinical) < SURE:
            return None
        return "CLINICAL" if clinical > 0.5 else "EXAM"

    def as_row(self) -> dict[str, Any]:
        """The classifier as plain JSON, from which :func:`style_of` makes it again."""
        figures = {"accuracy": self.accuracy, "low": self.low, "high": self.high}
        return {**figures, "n": self.n, "trained_on": self.trained_on, "weights": list(self.weights)}


def style_of(row: Mapping[str, Any]) -> ModeStyle:
    """The classifier of a row that :meth:`ModeStyle.as_row` made."""
    return ModeStyle(**{**row, "weights": tuple(row["weights"])})


def train_style(trained: Sequence[Question], held_out: Sequence[Question], random: Random) -> ModeStyle:
    """A classifier trained on gold answers of ``trained`` and tested on those of ``held_out``; without a question to
    train on, one that says nothing."""
    first, second = (_few(questions, random) for questions in (trained, held_out))
    texts, modes, _ = gold_answers(first, random, 0)
    if not texts:
        return ModeStyle((0.0,) * _WIDTH, None, None, None, 0, 0)
    weights = np.round(_fit(features(texts), np.array([mode == "CLINICAL" for mode in modes], dtype=float)), 4)
    texts, modes, clusters = gold_answers(second, random, 1)
    guessed = _probability(features(texts), weights) > 0.5 if texts else np.zeros(0, dtype=bool)
    right = [float((mode == "CLINICAL") == bool(guess)) for mode, guess in zip(modes, guessed, strict=True)]
    found = estimate(right, clusters)
    return ModeStyle(tuple(map(float, weights)), found.value, found.low, found.high, found.n, 2 * len(first))


def gold_answers(questions: Sequence[Question], random: Random, half: int) -> tuple[list[str], list[Mode], list[str]]:
    """Each question's gold answer in either mode, as training has them, with the modes and the questions' clusters.

    ``half`` (0 or 1) says which half of the wordings of a check they may end in.
    """
    texts: list[str] = []
    modes: list[Mode] = []
    clusters: list[str] = []
    for question in questions:
        for mode in MODES:
            texts.append(_gold(question, mode, random, half))
            modes.append(mode)
            clusters.append(question["cluster"])
    return texts, modes, clusters


def unmarked(answer: str) -> str:
    """An answer without the markers of either mode, and without the line that names a letter."""
    lines = (" ".join(line.split()) for line in _MARKERS.sub(" ", answer).splitlines())
    return "\n".join(line for line in lines if line)


def features(answers: Sequence[str]) -> Array:
    """What the classifier sees of answers, a row each: hashed n-grams (each row of length 1), figures of style, and
    1."""
    rows = np.zeros((len(answers), _WIDTH))
    for place, answer in enumerate(answers):
        text = unmarked(answer)
        rows[place, :BUCKETS] = _hashed(text.lower())
        rows[place, BUCKETS:-1] = _style(text)
    rows[:, -1] = 1
    return rows


def _gold(question: Question, mode: Mode, random: Random, half: int) -> str:
    known, not_said = known_lines(question["question"], random) if mode == "CLINICAL" else ("", "")
    if question["kind"] == "mcq":
        rationale, letter = question.get("rationale", "").strip(), question["answer"]
        option = question["options"][letter]
        return shape_mcq(letter, option, rationale, mode, _check(rationale or option, random, half), known, not_said)
    return shape_open(question["answer"], mode, _check(question["answer"], random, half), known, not_said)


def _check(answer: str, random: Random, half: int) -> str:
    """A fitting check, drawn again until it is of this half of all wordings (as a rule at the second draw)."""
    drawn = check_for(answer, random)
    for _ in range(50):
        if CHECKS.index(drawn) % 2 == half:
            break
        drawn = check_for(answer, random)
    return drawn


def _few(questions: Sequence[Question], random: Random) -> list[Question]:
    return list(questions) if len(questions) <= MOST else random.sample(list(questions), MOST)


def _hashed(text: str) -> Array:
    """Counts of the text's n-grams by bucket, damped and scaled to length 1; the same on any machine."""
    codes = np.frombuffer(text.encode("utf-8", "replace"), dtype=np.uint8).astype(np.uint64)
    counts = np.zeros(BUCKETS)
    for size in GRAMS:
        if len(codes) < size:
            continue
        grams = np.zeros(len(codes) - size + 1, dtype=np.uint64)
        for offset in range(size):
            grams = grams * np.uint64(1_000_003) + codes[offset : offset + len(grams)] + np.uint64(size)
        mixed = (grams ^ (grams >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
        counts += np.bincount((mixed >> np.uint64(53)).astype(np.int64), minlength=BUCKETS)
    damped = np.log1p(counts)
    length = float(np.linalg.norm(damped))
    return damped / length if length else counts


def _style(text: str) -> list[float]:
    """Lines, sentences and their length, marks of lists, orders at the end, and who is spoken of."""
    told = sentences(text) or [""]
    words = max(len(text.split()), 1)
    lines = text.splitlines() or [""]
    return [
        min(len(lines), 10) / 10,
        min(len(told), 20) / 20,
        min(words / len(told), 40) / 40,
        min(words, 300) / 300,
        float(bool(_ORDERS.match(lines[-1].lower()))),
        sum(bool(_ORDERS.match(piece.lower())) for piece in told) / len(told),
        len(_PERSON.findall(text.lower())) / words,
        (text.count(";") + text.count(",")) / words,
        sum(line[0] in "-*•" or line[0].isdigit() for line in lines if line) / len(lines),
    ]


_WIDTH = BUCKETS + len(_style("")) + 1


def _probability(rows: Array, weights: Array) -> Array:
    """The probability of CLINICAL for each row."""
    probability: Array = 1 / (1 + np.exp(-np.clip(rows @ weights, -50, 50)))
    return probability


def _fit(rows: Array, clinical: Array) -> Array:
    """Weights that minimise the log loss and half of their squares (the intercept's left out)."""
    sign = 2 * clinical - 1

    def loss(weights: Array) -> tuple[float, Array]:
        margin = sign * (rows @ weights)
        value = float(np.logaddexp(0, -margin).sum()) + _PENALTY / 2 * float(weights[:-1] @ weights[:-1])
        slope = rows.T @ (-sign / (1 + np.exp(np.clip(margin, -50, 50))))
        slope[:-1] += _PENALTY * weights[:-1]
        return value, slope

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return cast(Array, found.x)
