"""Grades exam questions: the letter that is written, the one that is likeliest, and how either depends on the order."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from residency.evaluation.item import GIVEN, Answers, Graded, Item, Metrics, fault_of, mean, texts
from residency.evaluation.tasks.exam.items import CHOICES_ONLY, letters_key
from residency.evaluation.tasks.modes import mode_metrics
from residency.judging.answers import is_abstention, parse_letter
from residency.judging.letters import declines, named_option

Letter = str | None
CONFIDENT = 0.8  # from which a pick counts as confident


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """The metrics of one MCQ. An unparsed letter is not a wrong one, but for ``accuracy_strict``, which says so."""
    key, options = item.expect["letter"], item.expect["options"]
    chances = _chances(answers, GIVEN)
    likeliest = likeliest_letter(item.expect["letters"], chances)
    metrics: Metrics = {"exam.accuracy_likelihood": _right(likeliest, key)}
    details: dict[str, Any] = {
        "key": key,
        "likeliest": likeliest,
        "probabilities": chances,
        "longest": _longest(options),
        "options": len(options),
        **{name: item.expect[name] for name in ("intake", "contaminated", "shape") if name in item.expect},
    }
    metrics |= _choices_only(item, answers, details)
    said = texts(answers, GIVEN)
    if not said:
        return Graded(
            metrics | _confidence(chances, [], key, details), "errored", details | {"fault": fault_of(answers, GIVEN)}
        )
    read = [read_letter(text, options) for text in said]
    gave_up = [letter is None and _gives_up(text) for letter, text in zip(read, said, strict=True)]
    metrics |= _written(read, gave_up, key)
    metrics |= _confidence(chances, read, key, details)
    metrics |= _orders(item, answers, read[0], likeliest)
    form = [mode_metrics(text, item.mode, mcq=True) for text in said]
    metrics |= {name: mean([one[name] for one in form]) for name in form[0]}
    details |= {
        "letters": read,
        "abstained": sum(gave_up),
        "cut": sum(
            cut and letter is None and not given_up
            for letter, given_up, cut in zip(read, gave_up, _cut(answers), strict=True)
        ),
        "unusable": len(answers[GIVEN]) - len(said),
    }
    return Graded(metrics, "ok" if any(read) else "unparsed", details)


def _written(read: Sequence[Letter], gave_up: Sequence[bool], key: str) -> Metrics:
    right = [_right(letter, key) for letter in read]
    found: Metrics = {
        "exam.accuracy_generated": mean(right),
        "exam.accuracy_strict": mean([one or 0.0 for one in right]),
        "exam.parsed": mean([float(letter is not None) for letter in read]),
        "exam.abstained": mean([*map(float, gave_up)]),
    }
    if len(read) > 1:
        ranked = Counter(letter for letter in read if letter).most_common()
        top = [letter for letter, count in ranked if count == ranked[0][1]]
        found["exam.accuracy_majority"] = (key in top) / len(top) if top else None
    return found


def _confidence(chances: Sequence[float] | None, read: Sequence[Letter], key: str, details: dict[str, Any]) -> Metrics:
    """How sure the model is of its pick: the likeliest letter's share of all letters' probability, or of several
    samples the share that choose the same. A single written answer tells nothing of it."""
    pick, confidence = None, None
    if chances:
        pick, confidence = details["likeliest"], max(chances)
    elif len(read) > 1 and any(read):
        pick, count = Counter(letter for letter in read if letter).most_common(1)[0]
        confidence = count / len(read)
    right = _right(pick, key)
    details |= {"pick": pick, "confidence": confidence, "right": right}
    details["confidence_from"] = None if confidence is None else "likelihood" if chances else f"{len(read)} samples"
    if confidence is None or right is None:
        return {"exam.confident_wrong": None, "exam.brier": None}
    return {
        "exam.confident_wrong": float(confidence >= CONFIDENT and not right),
        "exam.brier": (confidence - right) ** 2,
    }


def _orders(item: Item, answers: Answers, written: Letter, likeliest: Letter) -> Metrics:
    """Accuracy and agreement over the orders of the options, the letters of each taken back to the order given."""
    orders, letters, key = item.expect["orders"], item.expect["letters"], item.expect["letter"]
    if not orders:
        return {}
    by_writing, by_letters = [written], [likeliest]
    for name, order in orders.items():
        own = dict(zip(letters, order, strict=True))
        shown = {letter: item.expect["options"][own[letter]] for letter in letters}
        said = texts(answers, name)
        by_writing.append(own.get(read_letter(said[0], shown) or "") if said else None)
        by_letters.append(own.get(likeliest_letter(letters, _chances(answers, name)) or ""))
    return {
        "exam.accuracy_permuted": mean([_right(letter, key) for letter in by_writing]),
        "exam.consistency": _agreement(by_writing),
        "exam.accuracy_permuted_likelihood": mean([_right(letter, key) for letter in by_letters]),
        "exam.consistency_likelihood": _agreement(by_letters),
    }


def _choices_only(item: Item, answers: Answers, details: dict[str, Any]) -> Metrics:
    if not any(ask.key == CHOICES_ONLY for ask in item.asks):
        return {}
    picked = likeliest_letter(item.expect["letters"], _chances(answers, CHOICES_ONLY))
    details["choices_only_from"] = "likelihood" if picked else "writing"
    if picked is None and (said := texts(answers, CHOICES_ONLY)):
        picked = read_letter(said[0], item.expect["options"])
    return {"exam.accuracy_choices_only": _right(picked, item.expect["letter"])}


def read_letter(text: str, options: Mapping[str, str]) -> Letter:
    """The letter that an answer chooses, by itself or by its option's words; None where it can't be read."""
    return parse_letter(text, options) or named_option(text, options)


def _gives_up(text: str) -> bool:
    """Whether an answer says that it does not know or will not answer, or that what it was given does not say: models
    that learnt to abstain over passages say so without any."""
    return declines(text) or is_abstention(text)


def _right(letter: Letter, key: str) -> float | None:
    return None if letter is None else float(letter == key)


def _agreement(chosen: Sequence[Letter]) -> float | None:
    """The share of pairs of orders in which the same option is chosen, of those in which both were read."""
    return mean([float(one == other) for one, other in combinations([letter for letter in chosen if letter], 2)])


def _chances(answers: Answers, ask: str) -> list[float] | None:
    """The probability of each letter among all letters, from their log-probabilities in nats."""
    scored = scores_of(answers, letters_key(ask))
    if not scored:
        return None
    weights = [math.exp(value - max(scored)) for value in scored]
    return [weight / sum(weights) for weight in weights]


def scores_of(answers: Answers, key: str) -> list[float] | None:
    """The log-probabilities of the letters, in nats, of the first answer to an ask that has them."""
    return next((answer["letters"] for answer in answers.get(key, ()) if answer["letters"]), None)


def likeliest_letter(letters: str, chances: Sequence[float] | None) -> Letter:
    """The letter of the highest chance or score, the first of equals; None where none is known."""
    return letters[max(range(len(chances)), key=chances.__getitem__)] if chances else None


def _longest(options: Mapping[str, str]) -> Letter:
    """The letter of the option that is longer than all others; None where none is."""
    longest = max(map(len, options.values()))
    found = [letter for letter, text in options.items() if len(text) == longest]
    return found[0] if len(found) == 1 else None


def _cut(answers: Answers) -> list[bool]:
    """Of each usable sample whether it was cut at the limit of tokens."""
    usable = (answer["said"] for answer in answers[GIVEN] if answer["said"])
    return [said[-1]["finish"] == "length" for said in usable if not any(turn.get("fault") for turn in said)]
