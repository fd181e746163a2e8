"""Tables of the conversations with calls: by situation, and how many calls and steps they took."""

from __future__ import annotations

from residency.evaluation.item import mean
from residency.evaluation.table import Cell, Table
from residency.evaluation.tasks.figures import Results, mean_of, results_of

AXIS = "faithfulness"
SHOWN = ("tools.call_decision", "tools.right_tool", "tools.arguments", "tools.answer", "tools.shown")
SITUATIONS = {
    "needed": "one search answers",
    "second_turn": "a follow-up that leaves out its subject",
    "again": "the first words find nothing that answers",
    "older": "only older guidance than asked for",
    "newer": "newer than the guideline is asked for",
    "error_retry": "the first search fails",
    "empty": "nothing of the date asked for",
    "unsupported": "nothing found answers",
    "error": "every search fails",
    "small_talk": "no call: a courtesy",
    "earlier": "no call: said before",
    "sum": "no call: a sum",
    "given": "no call: passages are there",
}


def tables(results: Results) -> list[Table]:
    """The tables of all models that could be asked; one without a row is left out."""
    asked = results_of(results, "tools", lambda row: "variant" in row["details"])
    return [table for table in (_situations(asked), _steps(asked)) if table.rows]


def _situations(asked: Results) -> Table:
    rows: list[list[Cell]] = []
    for model, some in asked.items():
        for variant, title in SITUATIONS.items():
            own = [row for row in some if row["details"]["variant"] == variant]
            if not own:
                continue
            shares = [mean([row["metrics"].get(name) for row in own]) for name in SHOWN]
            whole = mean_of(own, "tools.shown")
            rows.append([model, title, *shares, whole.low, whole.high, len(own)])
    return Table(
        "tool_situations",
        AXIS,
        "Tool use by situation",
        ["model", "situation", "call or none", "function", "arguments", "answer", "the whole", "low", "high", "n"],
        rows,
        "The interval is of the whole: the right calls, no more than needed, and a right answer.",
    )


def _steps(asked: Results) -> Table:
    rows: list[list[Cell]] = []
    for model, some in asked.items():
        for title, needed in (("a search is needed", True), ("none is needed", False)):
            own = [row for row in some if bool(row["details"]["wanted"]) == needed]
            if not own:
                continue
            made = [len(row["details"]["calls"]) for row in own]
            wanted = [len(row["details"]["wanted"]) for row in own]
            ends = [row["metrics"].get("tools.ends") for row in own]
            unended = sum(value == 0 for value in ends)
            steps = [row["details"]["steps"] for row in own]
            rows.append([model, title, mean(wanted), mean(made), max(made), mean(steps), unended, len(own)])
    return Table(
        "tool_steps",
        AXIS,
        "Calls and steps used",
        ["model", "where", "calls of the exemplar", "calls made", "most", "steps", "without an answer", "n"],
        rows,
        "A step is one turn of the model: calls, or the answer. Without an answer are those that still called at the "
        "last step allowed, or said nothing.",
    )
