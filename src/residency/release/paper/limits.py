"""Limitations that follow from what a run records: each by a rule, with what it means for what the scores say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from residency.release.paper.texts import DERIVED, SUMMARY, Writer
from residency.release.record import RECORD

AXES = "evaluate/report/axes.csv"
REPORT = "corpus/data-report.json"
BASELINES = "evaluate/report/exam_baselines.csv"
MANIFEST = "evaluate/manifest.json"
WIDE = 0.1
"""A smallest visible difference above which a limit is named."""
LEANING = 0.05
"""By how much a pick without the question may beat chance before a limit is named."""


def limits(writer: Writer, headlines: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence or two each.

    Args:
        writer: of the run.
        headlines: the headline scores, by their ``line`` in the table of axes and their ``change``, the column of the
            difference (empty where nothing was compared).
    """
    found = [*_of_the_size(writer, headlines)]
    for of_one_kind in (_of_the_scores, _of_the_data, _of_the_exam, _of_the_run):
        found += of_one_kind(writer)
    return found


def _of_the_size(writer: Writer, headlines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    visible = [
        (f"/{row['line']}/Score", f"/{row['line']}/Smallest visible difference") for row in headlines if row["change"]
    ]
    wide = [(score, size) for score, size in visible if (writer.value(AXES, size) or 0) > WIDE]
    if wide:
        told = ", ".join(f"{writer.shown(AXES, score)} {writer.shown(AXES, size, '{:.3f}')}" for score, size in wide)
        yield (
            f"Few items. Differences smaller than these would mostly go unseen: {told}. A difference that was not "
            f"shown "
            "is no evidence of none."
        )
    for place, gate in enumerate(writer.value(SUMMARY, "/gates") or ()):
        if gate["verdict"] == "undecided":
            needed = f"/gates/{place}/needed_n"
            more = f"; about {writer.shown(SUMMARY, needed)} items would decide it" if gate["needed_n"] else ""
            yield f"The gate on `{writer.shown(SUMMARY, f'/gates/{place}/metric')}` is undecided{more}."


def _of_the_scores(writer: Writer) -> Iterator[str]:
    table = writer.value(SUMMARY, "/table") or ()
    place = next((place for place, row in enumerate(table) if row["metric"] == "faithfulness.score"), None)
    if place is not None and writer.value(RECORD, "/always_abstains") is not None:
        final = writer.shown(SUMMARY, f"/table/{place}/models/final/value", "{:.3f}")
        yield (
            "Faithfulness counts an abstention as right where the passages do not hold the answer: a model that "
            f"abstained from every item would score {writer.shown(RECORD, '/always_abstains', '{:.3f}')}, and the "
            f"final one scored {final}. How often it abstains where it should not stands beside it."
        )
    if writer.value(RECORD, "/ungated"):
        yield f"No gate looks at these axes: {writer.shown(RECORD, '/ungated')}. Gates that passed say nothing of them."
    if not writer.value(RECORD, "/searched"):
        yield "Retrieval was no part of the scores: passages were chosen by rules, not by a search."


def _of_the_data(writer: Writer) -> Iterator[str]:
    if len(writer.value(REPORT, "/provenance/sources") or ()) == 1:
        yield (
            f"All questions are of one source ({writer.shown(REPORT, '/provenance/sources')}): scores may not carry "
            f"over "
            "to questions of other authors."
        )
    if not writer.value(REPORT, "/splits/human_test/rows"):
        yield (
            "No test question is marked as written by a person, so that no score on such questions alone can be given."
        )
    if not writer.value(REPORT, "/splits/held_out_topics"):
        yield (
            "No topic was held out as a whole: how the model does on topics that it was never trained on is not known."
        )
    seen = "/passage_seen/test_rows_with_a_passage_linked_from_train"
    if writer.value(REPORT, seen) and not writer.value(REPORT, "/passage_seen/test_rows_without"):
        yield (
            f"All {writer.shown(REPORT, seen)} test questions with a linked passage have one that also supported "
            f"training "
            "questions: the gain on passages that were never seen is not known."
        )
    if writer.value(REPORT, "/duplicates/semantic/count") is None:
        yield (
            "Rows that say the same in other words were not looked for: some may stand on both sides of the split, "
            "which "
            "would raise the scores of what was trained."
        )


def _of_the_exam(writer: Writer) -> Iterator[str]:
    rows = writer.value(BASELINES, "") or []
    chance = next((place for place, row in enumerate(rows) if row["picks"] == "an option at random"), None)
    if chance is None:
        return
    for place, row in enumerate(rows):
        if isinstance(row["accuracy"], float) and row["accuracy"] > rows[chance]["accuracy"] + LEANING:
            who = f" ({row['model']})" if row["model"] else ""
            picks, scored = (writer.shown(BASELINES, f"/{place}/{name}") for name in ("picks", "accuracy"))
            yield (
                f"The exam questions give something away: {picks}{who} scores {scored}, an option at random "
                f"{writer.shown(BASELINES, f'/{chance}/accuracy')}."
            )


def _of_the_run(writer: Writer) -> Iterator[str]:
    yield (
        f"One training run with one seed ({writer.shown(MANIFEST, '/parts/seed')}): the spread between runs is not in "
        f"the "
        "intervals, which are those of the items."
    )
    if not writer.value(MANIFEST, "/parts/settings/evaluate/judge/server_model"):
        yield "All scores come from rules of the program: what a surgeon would call a good answer was not judged."
    if writer.value(RECORD, "/base/kind") == "converted":
        yield (
            f"The base model's weights were made of `{writer.shown(RECORD, '/base/file')}` and are not those that the "
            f"hub has as `{writer.shown(RECORD, '/base_model')}`: on those nothing was measured, of the base model as "
            "of the tuned one."
        )
    yield (
        "The records hold the last run alone. If settings, gates or margins were chosen after a look at scores on this "
        "test, they make the results too good."
    )
    yield (
        f"What `{writer.shown(DERIVED, '/base_model')}` read in its own training is not recorded here: questions of "
        f"public "
        "origin may have been in it, which would raise the scores of all models alike."
    )
