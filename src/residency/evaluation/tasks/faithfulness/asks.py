"""The further ways in which a question is asked whose answer stands in its context."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from residency.core.prompt import conversation, passage_text, user_message
from residency.core.records import Passage
from residency.evaluation.item import Ask, Item
from residency.evaluation.tasks.faithfulness.erring import NO_STATEMENT, erring
from residency.evaluation.tasks.faithfulness.noise import distractors, with_noise
from residency.evaluation.tasks.faithfulness.settings import FaithfulnessSettings
from residency.evaluation.tasks.lexicon import Lexicon
from residency.judging.citations import cited_numbers

CLOSED_BOOK, ERRING, NOISE_ALONE = "closed_book", "erring", "noise-1"
TOO_FEW = "too few distractors for this level"


def noise_key(level: int) -> str:
    """The key of the ask with this share of noise, in per cent: ``noise-0.4``."""
    return f"noise-{level / 100:g}"


def more_asks(
    item: Item, settings: FaithfulnessSettings, lexicon: Lexicon, noisy: bool, errs: bool, rng: Random
) -> tuple[list[Ask], dict[str, Any]]:
    """The asks with noise and with an error, and what their grader needs: ``noise`` and ``erring``; under ``not_asked``
    stands the reason for each that cannot be made.

    Args:
        item: a question whose context holds the answer.
        settings: which levels there are.
        lexicon: where distractors come from.
        noisy: whether it is asked with noise.
        errs: whether it is asked over a passage with an error.
        rng: what draws.
    """
    asks: list[Ask] = []
    expect: dict[str, Any] = {"noise": {}, "not_asked": {}}
    question, facts = item.expect["question"], facts_of(item)
    if noisy and settings.noise:
        own = supporting(item)
        others = distractors(question, facts, own, lexicon)
        for level in settings.noise:
            context = with_noise(own, others, level / 100, rng)
            if context is None:
                expect["not_asked"][noise_key(level)] = TOO_FEW
                continue
            asks.append(Ask(noise_key(level), _over(item, context.passages)))
            expect["noise"][noise_key(level)] = context.share
        if others:
            asks.append(Ask(NOISE_ALONE, _over(item, others[: len(item.expect["shown"])])))
            expect["noise"][NOISE_ALONE] = 1.0
        else:
            expect["not_asked"][NOISE_ALONE] = TOO_FEW
    if errs:
        found = erring(item.expect["shown"], facts, question, rng)
        if found is None:
            expect["not_asked"][ERRING] = NO_STATEMENT
        else:
            said = user_message(question, found.passages, "if_it_helps")
            asks.append(Ask(ERRING, conversation(item.mode, [said])))
            expect["erring"] = {
                "passages": [*map(passage_text, found.passages)],
                "number": found.number,
                "false": found.false,
                "true": found.true,
            }
    return asks, expect


def facts_of(item: Item) -> list[str]:
    """The key facts of the answer."""
    return [*item.expect["context"]["expect"]["key_facts"]]


def supporting(item: Item) -> list[Passage]:
    """The passages that the gold answer cites, in printed order."""
    gold = item.expect["context"]["messages"][-1]["content"]
    numbers = sorted(cited_numbers(gold))
    return [item.expect["shown"][number - 1] for number in numbers]


def _over(item: Item, passages: Sequence[Passage]) -> list[Any]:
    return conversation(item.mode, [user_message(item.expect["question"], passages)])
