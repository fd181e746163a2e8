"""Scoring one answer: which metrics an item has, and what the answer earns on each."""

from __future__ import annotations

from typing import Any

from residency.core.records import Conversation
from residency.evaluation.items import BOTH_WAYS, Item
from residency.judging.answers import is_abstention, obeys_mode, parse_letter
from residency.judging.citations import score_citations
from residency.judging.contexts import verify_context
from residency.judging.dialogues import verify_turn
from residency.judging.overlap import key_fact_recall, token_f1

Metrics = dict[str, float | None]


def score(item: Item, output: str, letter_logprobs: list[float] | None) -> tuple[Metrics, str]:
    """The metrics of one answer and its status (``ok`` or ``unparsed``).

    A metric is None where this item or this answer cannot bear it: an unparsed letter is not a wrong one.

    Args:
        item: what was asked.
        output: the answer.
        letter_logprobs: for an exam item, the log-probability of each of ``item.letters``.
    """
    if item.axis == "exam":
        return _exam(item, output, letter_logprobs)
    if item.axis == "faithfulness":
        return _grounding(item, output) | _faithfulness(item, output), "ok"
    metrics: Metrics = {
        f"{item.axis}.token_f1": token_f1(output, item.reference),
        f"{item.axis}.key_fact_recall": key_fact_recall(output, item.key_facts),
    }
    if item.dialogue:
        metrics |= _skill(item.dialogue, output)
    if item.axis == "open":
        metrics |= _mode(item, output)
    return metrics, "ok"


def _skill(dialogue: Conversation, output: str) -> Metrics:
    faults = verify_turn(dialogue, output)
    shown = None if faults is None else float(not faults)
    return {"skill.shown": shown, f"skill.{dialogue['skill']}": shown}


def _exam(item: Item, output: str, letter_logprobs: list[float] | None) -> tuple[Metrics, str]:
    letter = parse_letter(output, item.letters)
    likeliest = None
    if letter_logprobs:
        likeliest = item.letters[max(range(len(letter_logprobs)), key=letter_logprobs.__getitem__)]
    metrics: Metrics = {
        "exam.accuracy_likelihood": None if likeliest is None else float(likeliest == item.letter),
        "exam.accuracy_generated": None if letter is None else float(letter == item.letter),
        "exam.parsed": float(letter is not None),
    }
    return metrics | _mode(item, output), "unparsed" if letter is None else "ok"


def _mode(item: Item, output: str) -> Metrics:
    obeyed = float(obeys_mode(output, item.mode, mcq=item.axis == "exam"))
    unseen: Metrics = {"mode.unseen_tag_obeyed": obeyed} if item.unseen_tag else {}
    return {"mode.obeyed": obeyed, f"mode.{item.mode.lower()}_obeyed": obeyed} | unseen


def _grounding(item: Item, output: str) -> Metrics:
    """Whether the answer has no fault by its skill's rules."""
    if item.context is None:
        return {}
    faults = verify_context(item.context, output, item.shown)
    shown = None if faults is None else float(not faults)
    return {"grounding.shown": shown, f"grounding.{item.context['skill']}": shown}


def _faithfulness(item: Item, output: str) -> Metrics:
    """The citations of an answer to a context that holds it, and both errors of abstaining: they are of questions asked
    both ways alone."""
    if item.context is not None and item.context["skill"] not in BOTH_WAYS:
        return {}
    abstains = is_abstention(output)
    if item.abstain:
        found: Metrics = {"faithfulness.score": float(abstains), "faithfulness.abstention_recall": float(abstains)}
        near_miss = item.context is not None and bool(item.context["expect"].get("check", {}).get("near_miss"))
        return found | ({"faithfulness.near_miss_abstention": float(abstains)} if near_miss else {})
    citations = score_citations(output, item.passages, item.question)
    return {
        "faithfulness.score": 0.0 if abstains else citations.f1,
        "faithfulness.false_abstention": float(abstains),
        "faithfulness.citation_recall": None if abstains else citations.recall,
        "faithfulness.citation_precision": None if abstains else citations.precision,
        "faithfulness.cites": None if abstains else float(citations.citations > 0),
    }


def as_result(item: Item, output: str, letter_logprobs: list[float] | None, prompt: str) -> dict[str, Any]:
    """One line of ``scores-MODEL.jsonl``: what was asked, what was answered and what it earned."""
    metrics, status = score(item, output, letter_logprobs)
    return {
        "id": item.id,
        "axis": item.axis,
        "mode": item.mode,
        "cluster": item.cluster,
        "topic": item.topic,
        "passage_seen": item.passage_seen,
        "metrics": metrics,
        "status": status,
        "prompt": prompt,
        "output": output,
        "reference": item.reference,
    }
