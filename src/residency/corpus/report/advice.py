"""What to look at, and what to do first, in words."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from residency.core.text import normalise
from residency.corpus.report.phrasing import agree
from residency.corpus.settings import CorpusSettings
from residency.corpus.split import shares

NAMED = 5  # examples in a warning
MANY_REJECTED = 0.1
LARGE_CLUSTER = 0.05
TRAIN = "train"
# What spoils training or evaluation most stands first; a check that is not named here has a place at the end.
ORDER = (
    "contradicts_other_record rationale_argues_for_other_option dose_out_of_range laterality_conflict "
    "answers_another_question truncated_answer assistant_boilerplate privacy wrong_language markup_debris repetition "
    "stem_in_option options_of_unequal_kind dated_guidance absolute_claim"
).split()


def warnings(report: Mapping[str, Any], kept: pl.DataFrame, settings: CorpusSettings, told: Sequence[str]) -> list[str]:
    """What a user should know about the bank as a whole, in the order of the line; ``told`` are those of reading."""
    found = []
    if empty := report["empty_files"]:
        found.append(f"{agree(len(empty), 'file')} without any row: {listed(empty)}")
    found += told
    found += _about_rejected(report)
    found += [f"{count} of {kept.height} kept rows: {note}" for note, count in report["notes"].items()]
    found += _about_splits(report, kept, settings)
    found += _about_topics(report, settings)
    for name, count in sorted(report["provenance"]["missing"].items(), key=lambda pair: -pair[1]):
        # In a run every value is set, those that the recipe leaves out to their defaults.
        if count and getattr(settings, name) == type(settings).model_fields[name].default:
            default = getattr(settings, name)
            found.append(f"{count} of {kept.height} kept rows name no {name} and have {default!r}; set corpus.{name}")
    if empty := report["splits"]["human_test"].get("empty"):
        found.append(f"the human-only test: {empty}")
    return found


def _about_rejected(report: Mapping[str, Any]) -> list[str]:
    found = []
    if report["files_left_aside"]:
        found.append(f"files left aside, since their ending is not known: {listed(report['files_left_aside'])}")
    rows, reasons = report["rows"], report["rejected_by_reason"]
    if rows["rejected"] > MANY_REJECTED * rows["read"]:
        top = ", ".join(f"{reason} {count}" for reason, count in list(reasons.items())[:NAMED])
        found.append(f"{rows['rejected']} of {rows['read']} rows were rejected: {top}")
    if count := report["renamed"]:
        found.append(f"{count} rows with a question of their own had another row's id and were given ids such as 'x~2'")
    return found


def _about_splits(report: Mapping[str, Any], kept: pl.DataFrame, settings: CorpusSettings) -> list[str]:
    found = []
    declared = shares(settings)
    splits = report["splits"]["splits"]
    clusters = sum(splits[split]["clusters"] for split in declared)
    for split, share in declared.items():
        if share > 0 and not splits[split]["rows"]:
            found.append(
                f"the split {split} is empty: {clusters} clusters outside held-out topics are too few for its share "
                f"of {share:.0%}"
            )
    for largest in report["clusters"]["largest"][:1]:
        if largest["rows"] > LARGE_CLUSTER * kept.height:
            found.append(
                f"the cluster {largest['cluster']!r} holds {largest['rows']} of {kept.height} kept rows, which go to "
                "one split together; near_duplicate may be too low, or the rows follow a template"
            )
    return found


def _about_topics(report: Mapping[str, Any], settings: CorpusSettings) -> list[str]:
    found = []
    topics = report["topics"]
    smallest = min((share for share in shares(settings).values() if share > 0), default=1.0)
    needed = math.ceil(round(1 / smallest, 6))
    few = [topic for topic, rows in topics.items() if rows < needed and topic not in settings.held_out_topics]
    if few:
        found.append(
            f"{len(few)} of {len(topics)} topics have fewer than {needed} rows, too few to have their share in each "
            f"of train, dev and test: {listed(few)}"
        )
    if len(topics) == 1:
        found.append(f"every kept row has the topic {next(iter(topics))!r}, so the splits are not stratified by topic")
    for topic in settings.held_out_topics:
        if topic not in topics:
            near = difflib.get_close_matches(normalise(topic), topics, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            found.append(f"no kept row has the held-out topic {topic!r}{hint}")
    return found


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(repr(name) for name in names[:NAMED]) + more


def first_steps(report: Mapping[str, Any], settings: CorpusSettings) -> list[str]:
    """What to do, most harmful first: what makes the bank unfit, what would spoil the evaluation, then the
    training, then the release."""
    steps = [step for _, step in _unfit(report, settings)]
    steps += _against_leaks(report) + _against_shortcuts(report)
    checks = {check["id"]: check for check in report["checks"] if check["count"] and check["severity"] != "informs"}
    for check in sorted(checks.values(), key=lambda check: (_place(check), -check["count"])):
        verb = "Mend or drop" if check["severity"] == "blocks" else "Look at"
        title = f"{check['title'][0].lower()}{check['title'][1:]}"
        steps.append(f"{verb} {agree(check['count'], 'row')}: {title} ({check['id']}).")
    steps += _against_twins(report)
    if not report["provenance"]["release"]["open"]:
        steps.append(f"Name the licences: {report['provenance']['release']['says']}.")
    return steps or ["Nothing stands out. Read twenty rows of each source before you spend anything."]


def fitness(report: Mapping[str, Any], settings: CorpusSettings) -> dict[str, Any]:
    """Whether the bank is fit to train on: every file could be read to its end, every declared split holds rows,
    and not more rows were rejected than ``max_rejected`` allows; ``says`` names what is not so."""
    faults = [fault for fault, _ in _unfit(report, settings)]
    return {"passes": not faults, "says": "; ".join(faults)}


def _unfit(report: Mapping[str, Any], settings: CorpusSettings) -> list[tuple[str, str]]:
    """What makes the bank unfit, each with the step against it."""
    rows, splits = report["rows"], report["splits"]["splits"]
    found = [(one["says"], f"Mend this file or fetch it again: {one['says']}.") for one in report["broken_files"]]
    for name, share in shares(settings).items():
        if share and not splits[name]["rows"]:
            clusters = report["clusters"]["count"]
            step = (
                f"Fill the split {name}, which is empty: the {agree(rows['kept'], 'kept row')} form "
                f"{agree(clusters, 'cluster')} of rows alike, and a cluster stays in one split. Add other questions"
            )
            found.append(
                (f"the split {name} is empty", f"{step} or set its share to 0." if name != TRAIN else f"{step}.")
            )
    if rows["rejected"] > settings.max_rejected * rows["read"]:
        fault = f"{rows['rejected']} of {rows['read']} rows were rejected, max_rejected is {settings.max_rejected}"
        top = ", ".join(f"{reason} {count:,}" for reason, count in list(report["rejected_by_reason"].items())[:NAMED])
        found.append((fault, f"Mend the rejected rows, or take them out of the files: {fault} ({top})."))
    return found


def _place(check: Mapping[str, Any]) -> tuple[bool, int]:
    known = next((place for place, name in enumerate(ORDER) if check["id"].startswith(name)), len(ORDER))
    return check["severity"] == "blocks", known


def _against_leaks(report: Mapping[str, Any]) -> list[str]:
    found = []
    for tier in report.get("decontamination", {}).get("tiers", []):
        if tier["rows"] and not tier["kept_out"]:
            what = "ask what an evaluation item asks" if tier["id"] == "semantic" else "may hold an evaluation item"
            found.append(f"Decide on {tier['rows']} rows that {what}.")
    return found


def _against_twins(report: Mapping[str, Any]) -> list[str]:
    count = report.get("duplicates", {}).get("semantic", {}).get("count")
    return (
        [f"Look at {count} rows that ask the same as another one in other words (semantic_duplicate)."] if count else []
    )


def _against_shortcuts(report: Mapping[str, Any]) -> list[str]:
    bank = report.get("bank", {})
    return [f"Mind the shortcut: {bank[name]['verdict']}" for name in bank if bank[name].get("alarm")]
