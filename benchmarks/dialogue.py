"""Dialogues from the corpus alone: speed, verification, planted faults, variety.

    python -m benchmarks.dialogue                          # the example corpus only
    python -m benchmarks.dialogue --text medquad.jsonl     # also 2,000 of its rows, and 10,000 dialogues from all

``--text`` names question and answer rows as JSON Lines (MedQuAD, or your own); without it, the variable MEDQUAD.

Figures. ``dialogues_per_s``: all dialogues of the largest bank, verification included, on one core.
``verifier_pass``: the share of the built dialogues that pass all verifiers, the smallest of the banks.
``planted_fault_recall``: of good dialogues spoiled by each fault of :mod:`benchmarks.planted_dialogue_faults`, the
share that the verifiers find, the smallest of the skills. ``largest_share_error``: the largest distance, in
percentage points, between a skill's share that was asked for and the one got, on any bank. ``distinct_openings``: the
share of distinct openings, of four words, among those of the turns that the builders word themselves, on the example
corpus. Nobody else builds such dialogues without a model, so that there is no peer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from benchmarks.planted_dialogue_faults import PLANTED
from residency.core.files import read_json, read_jsonl
from residency.core.records import Conversation, Question, record_text
from residency.core.stage import StageContext
from residency.corpus.settings import CorpusSettings
from residency.corpus.stage import run as run_corpus
from residency.dialogue.settings import DialogueSettings
from residency.dialogue.stage import run as run_dialogue
from residency.domain.surgery.rules import rule_texts
from residency.judging.dialogues import verify

EXAMPLES = Path(__file__).parent.parent / "examples" / "surgery"
SAMPLE, MANY, OF_EACH, SEED = 2_000, 10_000, 40, 17
Say = Any


def corpus(files: Sequence[Path], folder: Path, limit: int | None) -> Path:
    """The corpus stage's folder of these files."""
    out = folder / "corpus"
    out.mkdir(parents=True)
    settings = CorpusSettings(files=list(files), limit=limit)
    run_corpus(StageContext({"corpus": settings}, {}, out, SEED))
    return out


def build(kept: Path, folder: Path, settings: DialogueSettings) -> tuple[Path, float]:
    """The dialogue stage's folder, and the seconds it took."""
    folder.mkdir(parents=True)
    start = time.perf_counter()
    run_dialogue(StageContext({"dialogue": settings}, {"corpus": kept}, folder, SEED))
    return folder, time.perf_counter() - start


def share_error(report: dict[str, Any]) -> float:
    """The largest distance of a skill's share from the one asked for, in percentage points."""
    return max(abs(float(row["got"]) - float(row["asked"])) * 100 for row in report["skills"].values())


def planted(kept: Path, built: Path) -> dict[str, dict[str, tuple[int, int]]]:
    """For each skill and fault, how many spoiled dialogues there are and how many the verifiers find."""
    questions = {row["id"]: cast(Question, row) for row in read_jsonl(kept / "kept.jsonl")}
    rules = rule_texts()
    by_skill: dict[str, list[Conversation]] = defaultdict(list)
    for row in read_jsonl(built / "conversations.jsonl"):
        by_skill[row["skill"]].append(cast(Conversation, row))
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for skill, faults in PLANTED.items():
        rng = random.Random(SEED)
        rows = rng.sample(by_skill[skill], min(OF_EACH, len(by_skill[skill])))
        found[skill] = {}
        for name, spoil in faults.items():
            spoiled = [one for row in rows if (one := spoil(row, rng)) is not None]
            caught = 0
            for bad in spoiled:
                texts = {parent: record_text(questions[parent]) for parent in bad["parents"] if parent in questions}
                caught += bool(verify(bad, texts | {f"rule:{name}": rules[name] for name in bad["expect"]["rules"]}))
            found[skill][name] = len(spoiled), caught
    return found


def recalls(found: dict[str, dict[str, tuple[int, int]]]) -> dict[str, float]:
    """The share of spoiled dialogues that were found, by skill."""
    return {
        skill: sum(caught for _, caught in faults.values()) / max(1, sum(number for number, _ in faults.values()))
        for skill, faults in found.items()
    }


def main() -> int:
    """Run the benchmark; 0 when it could be run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, default=os.environ.get("MEDQUAD") or None, help="question and answer rows")
    parser.add_argument("--quick", action="store_true", help="without the 10,000 dialogues")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, last")
    arguments = parser.parse_args()
    text: Path | None = arguments.text and Path(arguments.text)

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        banks = {"example": corpus([EXAMPLES / "mcq.jsonl", EXAMPLES / "open.jsonl"], folder / "example", None)}
        if text and text.is_file():
            banks["text"] = corpus([text], folder / "text", SAMPLE)
        else:
            say("no --text was given: the example corpus alone is measured")
        reports, folders, seconds = {}, {}, {}
        for bank, kept in banks.items():
            folders[bank], seconds[bank] = build(kept, folder / bank / "dialogue", DialogueSettings())
            reports[bank] = read_json(folders[bank] / "report.json")
        largest = max(reports, key=lambda bank: int(reports[bank]["built"]))
        rate = reports[largest]["built"] / seconds[largest]
        if "text" in banks and not arguments.quick:
            say("the whole file is read for 10,000 dialogues")
            kept = corpus([cast(Path, text)], folder / "whole", None)
            count = sum(1 for _ in read_jsonl(kept / "kept.jsonl"))
            out, took = build(
                kept, folder / "whole" / "dialogue", DialogueSettings(per_question=min(4.0, MANY / count))
            )
            reports["whole"] = read_json(out / "report.json")
            rate = reports["whole"]["built"] / took
            say(f"{reports['whole']['built']:,} dialogues in {took:.1f} s")
        faults = planted(banks["example"], folders["example"])
    by_skill = recalls(faults)
    for skill, share in by_skill.items():
        missed = {fault: f"{caught}/{number}" for fault, (number, caught) in faults[skill].items() if caught < number}
        say(f"{skill:<14} {share:6.1%} of planted faults found; not all of: {missed or 'none'}")
    for bank, report in reports.items():
        verified = report["verified"]
        passed = f"{verified['share']:.1%} of {verified['tried']:,} pass"
        say(f"{bank:<8} {report['built']:,} dialogues, {passed}; {verified['rejected']}")
    figures = {
        "dialogues_per_s": round(rate, 1),
        "verifier_pass": min(report["verified"]["share"] for report in reports.values()),
        "planted_fault_recall": round(min(by_skill.values()), 4),
        "largest_share_error": round(max(map(share_error, reports.values())), 3),
        "distinct_openings": reports["example"]["wording"]["distinct_openings"],
    }
    settings = {"banks": list(reports), "quick": arguments.quick, "seed": SEED, "spoiled_of_each_skill": OF_EACH}
    for figure, value in figures.items():
        say(f"{figure:<22} {value}")
    if arguments.json:
        print(json.dumps({"name": "dialogue", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
