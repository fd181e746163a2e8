"""Grades a conversation with calls: whether, what and how was called, what was made of empty and of failed results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from residency.core.prompt import NOTHING_FOUND, assistant_message
from residency.core.records import Conversation
from residency.core.text import content_stems
from residency.core.tools import SEARCH_GUIDELINES, WEB_SEARCH
from residency.evaluation.item import Answers, Graded, Item, Metrics, fault_of
from residency.evaluation.tasks.tools.replay import FAILURES, Replayed, replayed
from residency.judging.contexts import verify_context

EMPTY = frozenset(("again", "older", "newer", "empty", "unsupported"))
"""Variants in which a search of the row gives nothing, or nothing that answers."""
FAILING = frozenset(("error_retry", "error"))
"""Variants in which a search of the row fails."""
OF_CALLS = frozenset(("calls", "unknown_function", "arguments", "no_result"))
ON_THE_SUBJECT = 1 / 3
"""Share of the stems of the row's own query that a query must hold."""


def grade(item: Item, answers: Answers, judgement: Mapping[str, Any] | None = None) -> Graded:
    """The metrics of an item's conversation. Their items are fixed by the row and not by what the model did, so that
    one that never calls recovers from nothing."""
    if fault := fault_of(answers, "given"):
        return Graded({}, "errored", {"fault": fault})
    said = answers["given"][0]["said"]
    found = replayed(item, said)
    answer = "" if said[-1].get("tool_calls") else said[-1]["text"]
    metrics = _metrics(item, found, answer)
    details = {
        "variant": _check(item)["variant"],
        "calls": [name for name, _ in found.calls],
        "wanted": list(_check(item)["tools"]),
        "steps": len(said),
        "results": [_kind(result) for result in found.results],
        "faults": [fault.reason for fault in _faults(item, found, answer)],
    }
    return Graded(metrics, "ok", details)


def _metrics(item: Item, found: Replayed, answer: str) -> Metrics:
    check = _check(item)
    needed, variant = bool(check["needed"]), str(check["variant"])
    called = bool(found.calls)
    faults = [fault.reason for fault in _faults(item, found, answer)]
    answers = float(not set(faults) - OF_CALLS)
    arguments = called and "arguments" not in faults and _on_the_subject(item, found)
    metrics: Metrics = {
        "tools.call_decision": float(called == needed),
        "tools.answer": answers,
        "tools.ends": float(bool(answer.strip())),
        "tools.shown": float(bool(answers) and _right(check, found) and _enough(item, found) and arguments == needed),
    }
    if not needed:
        return metrics | {"tools.needless_call": float(called)}
    metrics["tools.calls_when_needed"] = float(called)
    metrics["tools.right_tool"] = float(_right(check, found))
    metrics["tools.arguments"] = float(arguments)
    if variant in EMPTY:
        metrics["tools.recovery_empty"] = float(called and bool(answers))
    if variant in FAILING:
        metrics["tools.recovery_failed"] = float(called and bool(answers))
    return metrics


def _faults(item: Item, found: Replayed, answer: str) -> list[Any]:
    """The verifier's faults of the conversation with this answer as its last turn."""
    messages = found.messages
    if not messages or messages[-1]["role"] != "assistant" or messages[-1].get("tool_calls"):
        messages = [*messages, assistant_message(answer)]
    row = cast(Conversation, {**item.expect["row"], "messages": messages[1:]})  # the system message is the prompt's
    return verify_context(row, answer, found.shown) or []


def _right(check: Mapping[str, Any], found: Replayed) -> bool:
    """Whether the functions called are those of the row: the same first, and each that the user's question wants.
    Where a search fails, or gives nothing, the other function may be tried too."""
    made, wanted = [name for name, _ in found.calls], list(check["tools"])
    if not made or not wanted:
        return made == wanted
    fails = check["variant"] in FAILING
    required = {wanted[0]} if fails else set(wanted)
    allowed = {*wanted, WEB_SEARCH} if fails or check["variant"] in EMPTY else set(wanted)
    return made[0] == wanted[0] and required <= set(made) <= allowed


def _enough(item: Item, found: Replayed) -> bool:
    """Whether there are no more calls than in the row, and as many where nothing is found: one search does not show
    that there is nothing."""
    made, wanted = len(found.calls), len(_check(item)["tools"])
    return made == wanted if item.expect["row"]["expect"]["abstain"] else made <= wanted


def _on_the_subject(item: Item, found: Replayed) -> bool:
    """Whether a search looks for what the row's fullest query looks for, and the first from the date that the user
    named."""
    recorded = [result for result in item.expect["replay"]["results"] if result["name"] == SEARCH_GUIDELINES]
    searches = [given for name, given in found.calls if name == SEARCH_GUIDELINES and isinstance(given, Mapping)]
    if not recorded or not searches:
        return False
    since = str(recorded[0]["since"])
    if since and str(searches[0].get("since") or "")[:4] != since[:4]:
        return False
    wanted = max((set(content_stems(result["query"])) for result in recorded), key=len)
    return any(
        len(wanted & set(content_stems(str(given.get("query") or "")))) >= ON_THE_SUBJECT * len(wanted)
        for given in searches
    )


def _check(item: Item) -> Mapping[str, Any]:
    found: Mapping[str, Any] = item.expect["row"]["expect"]["check"]
    return found


def _kind(result: str) -> str:
    if result in FAILURES or result.startswith("(error"):
        return "failed"
    return "empty" if result == NOTHING_FOUND else "found"
