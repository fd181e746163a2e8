"""What was not tested, as far as the run's own settings and counts can tell: for the card."""

from __future__ import annotations

from collections.abc import Iterator

from residency.release.facts import Facts
from residency.release.record import RECORD

SETTINGS = "/parts/settings/evaluate"
EVALUATE, CORPUS, REPORT = "evaluate/manifest.json", "corpus/manifest.json", "corpus/data-report.json"


def untested(facts: Facts) -> Iterator[str]:
    """A sentence or two for each gap, those that the records show and those that no run of this kind can close."""
    yield "No use with patients or by clinicians at work: every item is a text, and no outcome of care was looked at."
    if facts.value(EVALUATE, f"{SETTINGS}/judge/server"):
        judge = facts.shown(EVALUATE, f"{SETTINGS}/judge/server_model")
        yield f"No agreement of people with the judge model `{judge}` stands in this run's records."
    else:
        yield "No person and no judge model read the answers: rules of the program graded all of them."
    if facts.value(REPORT, "/splits/human_test/rows") == 0:
        yield "No test of questions that people wrote: the bank names no row's source as human."
    if _none(facts, REPORT, "/splits/held_out_topics"):
        yield "No topic that training never saw: the test questions are of the topics trained on."
    if facts.value(REPORT, "/passage_seen/test_rows_without") == 0:
        seen = facts.shown(REPORT, "/passage_seen/test_rows_with_a_passage_linked_from_train")
        yield (
            f"No question whose supporting passage is new: all {seen} test questions that have one share it with a "
            "question of the training split. Scores with passages say nothing of guidelines that training never cited."
        )
    if facts.value(RECORD, "/base/kind") == "converted":
        yield "Not on the base model's weights as the hub has them: see What it is."
    if facts.value(RECORD, "/base/quantization") != "none":
        yield "Not on the base model's weights in full precision: see What it is."
    if not facts.value(RECORD, "/searched"):
        yield (
            "No search: the passages of an item were chosen by rules. How often the index finds the right ones, and "
            "what the model says to those that it finds, is not known."
        )
    if _none(facts, EVALUATE, f"{SETTINGS}/retention/mcqs"):
        yield "No wider medical knowledge: whether training lost any was asked by everyday instructions alone."
    if _none(facts, EVALUATE, f"{SETTINGS}/exam/files"):
        yield "No public benchmark: scores are not comparable with those that other models publish."
    if _none(facts, CORPUS, "/parts/settings/corpus/evaluation_files"):
        yield "No search of the training data for the questions of public benchmarks: the recipe names no such file."
    seed = facts.shown(EVALUATE, "/parts/seed")
    yield f"No second training run: all scores are of one, of seed {seed}. Intervals hold the items' chance alone."
    yield (
        "Nothing of earlier looks at this test: the records hold the last run alone. Settings that were chosen after a "
        "look at such scores make them too good."
    )
    few = facts.shown(RECORD, "/thin/scores")
    of, least = facts.shown(RECORD, "/thin/of"), facts.shown(RECORD, "/thin/below")
    if facts.value(RECORD, "/thin/scores"):
        yield f"Too little to tell: {few} of {of} scores of the final model rest on fewer than {least} items."
    yield "No comparison by the patient's age, sex or origin, nor by language: none is recorded of the questions."
    yield "Nothing of what the base model saw in its own training, which may include questions like those of the test."
    yield "No form of the weights but the one evaluated: quantised or converted ones answer otherwise until measured."
    yield "No images, no measurements over time, no live search of the web."


def _none(facts: Facts, file: str, pointer: str) -> bool:
    """Whether a list of settings is empty. Manifests leave lists of files out that are not: their digests count."""
    return facts.has(file, pointer) and not facts.value(file, pointer)
