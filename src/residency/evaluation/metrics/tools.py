"""What is measured of models that may call functions."""

from __future__ import annotations

from residency.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    "tools.shown": Metric(
        "Tool use, the whole",
        "Share of the conversations with the right calls, no more of them than are needed, and a right answer.",
    ),
    "tools.call_decision": Metric(
        "Calls or answers, rightly",
        "Share of the conversations in which the model calls a function where one is needed, and none where not.",
    ),
    "tools.calls_when_needed": Metric(
        "Calls when needed", "Share of the conversations that need a search in which the model makes one."
    ),
    "tools.needless_call": Metric(
        "Calls when not needed",
        "Share of the conversations that need no search in which the model makes one; lower is better.",
        higher_is_better=False,
    ),
    "tools.right_tool": Metric(
        "The right function",
        "Of the conversations that need a search, the share in which the right function is called first, each that the "
        "question wants is called, and no other.",
    ),
    "tools.arguments": Metric(
        "The right arguments",
        "Of the conversations that need a search, the share in which all arguments fit their function, the first "
        "search is for the question's subject, and from the date that the user named.",
    ),
    "tools.recovery_empty": Metric(
        "Recovers from an empty result",
        "Where a search gives nothing, or nothing that answers: the share of right answers, by another search or by "
        "saying that nothing was found.",
    ),
    "tools.recovery_failed": Metric(
        "Recovers from a failed search",
        "Where a search fails: the share of right answers, by a second try or by saying that nothing was found.",
    ),
    "tools.answer": Metric(
        "Answers from the results",
        "Share of the conversations whose answer passes the verifier's rules, whatever was called.",
    ),
    "tools.ends": Metric(
        "Ends in an answer", "Share of the conversations that end in an answer within the steps allowed."
    ),
}
