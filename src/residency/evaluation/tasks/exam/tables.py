"""Tables of the exam axis: what is no mean over items, and the accuracy of parts of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from residency.evaluation.item import Result
from residency.evaluation.table import Cell, Table
from residency.evaluation.tasks.exam.habits import baselines, longest, position
from residency.evaluation.tasks.exam.items import refusals
from residency.evaluation.tasks.exam.sureness import sureness
from residency.evaluation.tasks.figures import Results, results_of
from residency.judging.statistics import estimate

MOST_TOPICS = 40
SPLITS = {
    "test": "test split",
    "test_topic": "topics never trained on",
    "test_human": "written by people",
    "public": "from files",
}
SEEN = {True: "passage seen in training", False: "passage not seen", None: ""}


def tables(results: Results) -> list[Table]:
    """All tables of the exam questions among the results, by model."""
    own = results_of(results, "exam")
    if not any(own.values()):
        return []
    first = next(iter(own.values()))
    found = [
        _read(own),
        *sureness(own),
        baselines(own),
        position(own),
        longest(own),
        _parts(own),
        _files(first),
        _left_out(first),
    ]
    return [table for table in found if table is not None]


def _read(results: Results) -> Table:
    """What became of the written answers, each counted once."""
    rows: list[list[Cell]] = []
    for name, of_model in results.items():
        told = [row["details"] for row in of_model if row["status"] != "errored"]
        written = sum(len(details["letters"]) for details in told)
        read = sum(letter is not None for details in told for letter in details["letters"])
        abstained, cut = (sum(details[what] for details in told) for what in ("abstained", "cut"))
        unusable = sum(details["unusable"] for details in told)
        errored = sum(row["status"] == "errored" for row in of_model)
        rows.append(
            [name, len(of_model), written, read, abstained, cut, written - read - abstained - cut, unusable, errored]
        )
    return Table(
        "exam_answers",
        "exam",
        "What became of the written exam answers",
        ["model", "items", "answers", "read", "abstained", "cut off", "not read", "unusable", "items errored"],
        rows,
        "Abstained: no option is chosen, and the answer says that it does not know or will not answer. Cut off: no "
        "option is chosen within the limit. None of these counts as a wrong answer but in the strict accuracy.",
    )


def _parts(results: Results) -> Table:
    """Accuracy by source, split, difficulty, seen passage, contamination and topic."""
    by: dict[str, Callable[[Result], str]] = {
        "source": lambda row: row["source"],
        "split": lambda row: SPLITS.get(row["split"], row["split"]),
        "difficulty": lambda row: row["difficulty"],
        "passage": lambda row: SEEN[row["passage_seen"]],
        "training": lambda row: "held by training" if row["details"].get("contaminated") else "not held by training",
        "topic": lambda row: row["topic"],
    }
    rows: list[list[Cell]] = []
    left = 0
    for what, part in by.items():
        sizes = Counter(part(row) for row in next(iter(results.values())))
        if len(sizes) < 2:
            continue
        named = [name for name, _ in sizes.most_common() if name]
        left += max(0, len(named) - MOST_TOPICS)
        for name in named[:MOST_TOPICS]:
            for model, of_model in results.items():
                some = [row for row in of_model if part(row) == name]
                metric = _main_metric(of_model)
                told = estimate([row["metrics"].get(metric) for row in some], [row["cluster"] for row in some])
                rows.append([what, name, model, told.n, told.value, told.low, told.high, told.missing, metric])
    note = "Small parts have wide intervals, and of many parts some differ by chance: read these as questions."
    return Table(
        "exam_parts",
        "exam",
        "Exam accuracy by source, split, difficulty and topic",
        ["by", "part", "model", "n", "accuracy", "low", "high", "not scored", "metric"],
        rows,
        f"{note} {left} smaller parts are not shown." if left else note,
    )


def _main_metric(rows: Sequence[Result]) -> str:
    """Accuracy by likelihood where that is known of the model, else by written answer."""
    likelihood = any(row["metrics"].get("exam.accuracy_likelihood") is not None for row in rows)
    return "exam.accuracy_likelihood" if likelihood else "exam.accuracy_generated"


def _files(rows: Sequence[Result]) -> Table | None:
    """What came of the rows of each file."""
    intakes = [row["details"]["intake"] for row in rows if "intake" in row["details"]]
    if not intakes:
        return None
    told: list[list[Cell]] = []
    for one in intakes:
        refused = "; ".join(f"{reason}: {count}" for reason, count in refusals(one).most_common())
        counted = "" if one["first_option_told"] else " (nothing tells so)"
        told.append(
            [
                one["file"],
                ", ".join(f"{shape} {count}" for shape, count in one["shapes"].items()),
                one["rows"],
                len(one["refused"]),
                refused,
                len(one["contaminated"]),
                "left out" if one["dropped"] else "asked, and marked",
                len(one["possible"]),
                one["unfindable"],
                one["asked"],
                f"{one['first_option']}{counted}",
            ]
        )
    columns = ["file", "shape", "rows", "refused", "reasons", "in training", "these are", "perhaps in training"]
    columns += ["found by exact match alone", "asked", "first option is"]
    note = (
        "In training: a row of the train split holds the item, by its exact words or by most of its telling runs of "
        "words. Perhaps in training: less than that, which is asked all the same. Items too short for runs of words "
        "are only found where question and options are the same."
    )
    return Table("exam_files", "exam", "Exam sets from files", columns, told, note)


def _left_out(rows: Sequence[Result]) -> Table | None:
    """Each item of a file that training holds or may hold, with the evidence."""
    told: list[list[Cell]] = []
    for row in rows:
        intake = row["details"].get("intake")
        for one in [*intake["contaminated"], *intake["possible"]] if intake else ():
            told.append(
                [one["origin"], one["row"], one["tier"], one["share"], one["jaccard"], one["shared"], one["question"]]
            )
    if not told:
        return None
    columns = ["item", "training row", "evidence", "share of runs", "Jaccard", "longest shared words", "question"]
    note = "Evidence: exact (the same words), words (most telling runs of words), review (some: asked all the same)."
    return Table("exam_contaminated", "exam", "Items that training holds", columns, told, note)
