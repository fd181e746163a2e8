"""Examples over a context: how fast they are built, whether they hold, how much they vary.

    python -m benchmarks.grounding                                       # the example corpus only
    python -m benchmarks.grounding --text medquad.jsonl --pubmedqa pubmedqa_train500.jsonl

``--text`` names question and answer rows as JSON Lines (MedQuAD, or your own), of which ``SAMPLE`` are asked; their
answers, cut into passages, are the index. ``--pubmedqa`` names PubMedQA's rows, each with the parts of its own abstract
as passages. Without them, the variables MEDQUAD and PUBMEDQA.

Figures. ``citations_passing_stricter_check``: of the built citations the share that :mod:`benchmarks.stricter` passes,
the smallest of the banks. ``examples_per_s``: built examples a second of the largest bank, on one core, its index built
before; ``retrieval_share``: of that time the share spent in searching. ``verifier_pass``: the share of built examples
without a fault by :mod:`residency.judging.contexts`, the smallest of the banks. ``planted_fault_recall``: of built
examples spoiled by each fault of :mod:`benchmarks.planted_context_faults`, the share found, the smallest of the skills.
``near_miss_share``: of the abstentions on the example corpus those over passages that look right.
``distinct_first_sentences`` and ``largest_first_sentence``: how many first sentences the abstentions there have, and
the share of the commonest. ``alce_recall`` and ``alce_precision``: of the built answers that cite, the means. Nobody
else builds such examples without a model, so that there is no peer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from benchmarks.planted_context_faults import PLANTED, Given
from benchmarks.stricter import citations_of, stricter_many
from residency.core.files import read_json, read_jsonl, write_jsonl
from residency.core.prompt import body
from residency.core.records import Conversation, Passage
from residency.core.stage import StageContext
from residency.core.text import MARK, sentences
from residency.corpus.settings import CorpusSettings
from residency.corpus.stage import run as run_corpus
from residency.grounding.settings import GroundingSettings
from residency.grounding.stage import run as run_grounding
from residency.judging.citations import score_citations, strip_citations
from residency.judging.contexts import verify_context
from residency.retrieval.index import Index
from residency.retrieval.settings import IndexSettings
from residency.retrieval.stage import run as run_index

EXAMPLES = Path(__file__).parent.parent / "examples" / "surgery"
CLAIMS_ALONE = ("cited_answer", "partial", "several_questions")
PARAPHRASED = 0.8  # of examples/pubmedqa/recipe.toml
SAMPLE, QUICK_SAMPLE, OF_EACH, SEED, WORDS = 1_000, 150, 40, 17, 110


@dataclass
class Bank:
    """A bank's built examples, its passages by id, and the seconds that building and searching took."""

    folder: Path
    rows: list[Conversation]
    passages: dict[str, Passage]
    report: dict[str, Any]
    seconds: float
    searching: float

    def given(self, row: Conversation) -> Given:
        """An example as it is judged."""
        shown = row.get("shown") or [self.passages[name] for name in row["passages"]]
        return Given(row, row["messages"][-1]["content"], tuple(shown))


@contextmanager
def searching() -> Iterator[list[float]]:
    """Counts the seconds spent in searching the index."""
    spent = [0.0]
    names = [name for name in ("search", "search_many") if hasattr(Index, name)]
    originals = {name: getattr(Index, name) for name in names}
    inside = [False]

    def timed(name: str) -> Any:
        def search(*arguments: Any, **options: Any) -> Any:
            if inside[0]:
                return originals[name](*arguments, **options)
            inside[0], start = True, time.perf_counter()
            try:
                return originals[name](*arguments, **options)
            finally:
                inside[0] = False
                spent[0] += time.perf_counter() - start

        return search

    for name in names:
        setattr(Index, name, timed(name))
    try:
        yield spent
    finally:
        for name, original in originals.items():
            setattr(Index, name, original)


def build(
    folder: Path,
    files: Sequence[Path],
    passages: Sequence[Path],
    limit: int | None,
    settings: GroundingSettings | None = None,
) -> Bank:
    """A bank's examples, by the default settings unless told otherwise."""
    context = {name: folder / name for name in ("corpus", "index", "grounding")}
    for one in context.values():
        one.mkdir(parents=True)
    run_corpus(StageContext({"corpus": CorpusSettings(files=list(files), limit=limit)}, {}, context["corpus"], SEED))
    run_index(StageContext({"index": IndexSettings(files=list(passages))}, context, context["index"], SEED))
    with searching() as spent:
        start = time.perf_counter()
        run_grounding(StageContext({"grounding": settings or GroundingSettings()}, context, context["grounding"], SEED))
        seconds = time.perf_counter() - start
    rows = [cast(Conversation, row) for row in read_jsonl(context["grounding"] / "conversations.jsonl")]
    found = {row["id"]: cast(Passage, row) for row in read_jsonl(context["index"] / "passages.jsonl")}
    return Bank(folder, rows, found, read_json(context["grounding"] / "report.json"), seconds, spent[0])


def with_passages(path: Path, folder: Path, count: int) -> tuple[Path, Path]:
    """Questions and passages of ``count`` rows: their answers, cut."""
    rows = random.Random(SEED).sample(found := list(read_jsonl(path)), min(count, len(found)))
    passages = [
        {"id": f"p{place}-{number}", "title": row.get("topic", ""), "text": text}
        for place, row in enumerate(rows)
        for number, text in enumerate(cut(row["answer"]), 1)
    ]
    write_jsonl(folder / "questions.jsonl", rows)
    write_jsonl(folder / "passages.jsonl", passages)
    return folder / "questions.jsonl", folder / "passages.jsonl"


def cut(text: str) -> Iterator[str]:
    """Pieces of whole sentences, of about ``WORDS`` words."""
    piece: list[str] = []
    for sentence in sentences(text):
        if piece and len(" ".join((*piece, sentence)).split()) > WORDS:
            yield " ".join(piece)
            piece = []
        piece.append(" ".join(sentence.split()))
    if piece:
        yield " ".join(piece)


def faults(bank: Bank) -> tuple[dict[str, tuple[int, int]], Counter[str]]:
    """By skill how many examples there are and how many have no fault, and the faults by skill and reason."""
    count: Counter[str] = Counter()
    good: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for row in bank.rows:
        one = bank.given(row)
        found = verify_context(row, one.answer, one.passages)
        count[row["skill"]] += 1
        good[row["skill"]] += found == []
        reasons.update({f"{row['skill']}: {'no verdict' if found is None else fault}" for fault in _reasons(found)})
    return {skill: (number, good[skill]) for skill, number in sorted(count.items())}, reasons


def _reasons(found: Iterable[Any] | None) -> set[str]:
    return {""} if found is None else {fault.reason for fault in found}


def planted(bank: Bank) -> dict[str, dict[str, tuple[int, int]]]:
    """For each skill and fault, how many examples were spoiled and how many are found."""
    by_skill: dict[str, list[Conversation]] = defaultdict(list)
    for row in bank.rows:
        by_skill[row["skill"]].append(row)
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for skill, plants in PLANTED.items():
        rng = random.Random(f"{SEED}/{skill}")
        rows = rng.sample(by_skill[skill], min(OF_EACH, len(by_skill[skill])))
        whole = [one for row in rows if verify_context(row, (one := bank.given(row)).answer, one.passages) == []]
        for name, plant in plants.items():
            spoiled = [bad for one in whole if (bad := plant(one, rng)) is not None]
            caught = sum(bool(verify_context(bad.row, bad.answer, bad.passages)) for bad in spoiled)
            if spoiled:
                found.setdefault(skill, {})[name] = len(spoiled), caught
    return found


def abstentions(bank: Bank) -> dict[str, Any]:
    """How varied the abstentions are."""
    rows = [row for row in bank.rows if row["skill"] == "abstention"]
    near = Counter(str(row["expect"]["check"].get("near_miss") or "none") for row in rows)
    first = Counter(strip_citations(sentences(body(row["messages"][-1]["content"]))[0]) for row in rows)
    return {
        "abstentions": len(rows),
        "near_miss_share": share(len(rows) - near["none"], len(rows)),
        "near_misses": dict(near),
        "distinct_first_sentences": len(first),
        "largest_first_sentence": share(max(first.values(), default=0), len(rows)),
    }


def alce(bank: Bank) -> tuple[float | None, float | None]:
    """The mean citation recall and precision of the built answers that cite."""
    scores = [
        score_citations(one.answer, [f"{p['title']}. {p['text']}" for p in one.passages], row["expect"]["question"])
        for row in bank.rows
        if row["skill"] == "cited_answer" and MARK.search((one := bank.given(row)).answer)
    ]
    if not scores:
        return None, None
    return tuple(round(sum(getattr(s, name) for s in scores) / len(scores), 4) for name in ("recall", "precision"))


def stricter(bank: Bank, say: Any, show: int) -> dict[str, Any]:
    """What :mod:`benchmarks.stricter` says of the citations of answers whose cited sentences are all claims; the other
    skills cite what they say about a passage too."""
    by_skill = {
        skill: [one for row in bank.rows if row["skill"] == skill for one in citations_of(row, bank.passages)]
        for skill in CLAIMS_ALONE
    }
    distinct = list(dict.fromkeys(one for some in by_skill.values() for one in some))
    verdicts = dict(zip(distinct, stricter_many(distinct), strict=True))
    failed = [one for one in distinct if not verdicts[one].passes]
    for one in failed[:show]:
        say(f"- {verdicts[one].reason}: {one.sentence}\n    cited: {' | '.join(one.cited)}")
    passing = {skill: sum(verdicts[one].passes for one in some) for skill, some in by_skill.items()}
    total = sum(map(len, by_skill.values()))
    return {
        "citations": total,
        "citations_passing_stricter_check": share(sum(passing.values()), total),
        "by_skill": {skill: share(passing[skill], len(some)) for skill, some in by_skill.items()},
        "distinct": len(distinct),
        "distinct_failing": len(failed),
    }


def share(part: float, whole: float) -> float | None:
    """None of an empty whole."""
    return round(part / whole, 4) if whole else None


def least(values: Iterable[float | None]) -> float | None:
    """The smallest of those that could be measured."""
    return min((value for value in values if value is not None), default=None)


def banks(chosen: argparse.Namespace, folder: Path, say: Any) -> dict[str, Bank]:
    """Those that can be had."""
    count = QUICK_SAMPLE if chosen.quick else SAMPLE
    own = EXAMPLES / "passages.jsonl"
    found = {"example": build(folder / "example", [EXAMPLES / "mcq.jsonl", EXAMPLES / "open.jsonl"], [own], None)}
    for name, path in (("text", chosen.text), ("pubmedqa", chosen.pubmedqa)):
        if path is None or not Path(path).is_file():
            say(f"{name} is skipped: name its file with --{name}")
        elif name == "text":
            asked, passages = with_passages(Path(path), folder, count)
            found[name] = build(folder / name, [asked], [passages], None)
        else:
            # Its abstracts are read as passages; its conclusions put them in other words, as its recipe allows for.
            found[name] = build(
                folder / name, [Path(path)], [], count, GroundingSettings(support_threshold=PARAPHRASED)
            )
    return found


def main() -> int:
    """Run the benchmark; 0 when it could be run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, default=os.environ.get("MEDQUAD"), help="question and answer rows")
    parser.add_argument("--pubmedqa", type=Path, default=os.environ.get("PUBMEDQA"), help="PubMedQA's rows")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SAMPLE} rows of the files named")
    parser.add_argument(
        "--show", type=int, default=0, help="how many citations that the stricter check fails are shown"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, last")
    chosen = parser.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    by_bank: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as name:
        found = banks(chosen, Path(name), say)
        for bank, one in found.items():
            verified, reasons = faults(one)
            recall, precision = alce(one)
            by_bank[bank] = {
                "questions": one.report["questions"],
                "passages": len(one.passages),
                "built": len(one.rows),
                "seconds": round(one.seconds, 2),
                "examples_per_s": round(len(one.rows) / one.seconds, 1),
                "retrieval_share": share(one.searching, one.seconds),
                "skills": {skill: number for skill, (number, _) in verified.items()},
                "refused": one.report["refused"],
                "verifier_pass": share(sum(good for _, good in verified.values()), len(one.rows)),
                "faults": dict(reasons.most_common()),
                "alce_recall": recall,
                "alce_precision": precision,
                **abstentions(one),
                "stricter": stricter(one, say, chosen.show),
            }
            say(f"{bank}: {json.dumps(by_bank[bank], indent=1)}")
        spoiled = planted(found["example"])
    by_skill = {}
    for skill, plants in spoiled.items():
        tried, caught = (sum(pair[place] for pair in plants.values()) for place in (0, 1))
        by_skill[skill] = share(caught, tried)
        missed = {fault: f"{found}/{number}" for fault, (number, found) in plants.items() if found < number}
        say(f"{skill:<14} {caught:>5} of {tried:>5} planted faults found; not all of: {missed or 'none'}")
    largest = max(by_bank.values(), key=lambda bank: int(bank["built"]))
    example = by_bank["example"]
    figures = {
        "citations_passing_stricter_check": least(
            one["stricter"]["citations_passing_stricter_check"] for one in by_bank.values()
        ),
        "examples_per_s": largest["examples_per_s"],
        "retrieval_share": largest["retrieval_share"],
        "verifier_pass": least(one["verifier_pass"] for one in by_bank.values()),
        "planted_fault_recall": least(by_skill.values()),
        "planted_fault_recall_by_skill": by_skill,
        **{name: example[name] for name in ("near_miss_share", "distinct_first_sentences", "largest_first_sentence")},
        "alce_recall": least(one["alce_recall"] for one in by_bank.values()),
        "alce_precision": least(one["alce_precision"] for one in by_bank.values()),
        "banks": by_bank,
    }
    for figure, value in figures.items():
        if figure != "banks":
            say(f"{figure:<34} {value}")
    if chosen.json:
        settings = {"banks": list(by_bank), "quick": chosen.quick, "seed": SEED, "spoiled_of_each_skill": OF_EACH}
        print(json.dumps({"name": "grounding", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
