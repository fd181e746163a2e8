"""MCQs scored by likelihood, beside lm-evaluation-harness on the same prompts.

    python -m benchmarks.mcq [--quick] [--json] [--items FILE] [--precision bfloat16]

Two ways of scoring, both after the prompt that the harness's task ``medmcqa`` has, which lists the options: the whole
texts of the options as continuations, and their letters. Both sides are given the same texts and the same threads, by
turns; the harness at the batch size that served it best on a sample of the items in the same run. Picks are compared
in bfloat16, and in float32, where nothing is timed. How alike two can be is shown beside it: the harness is asked once
more at another batch size, and each side's picks in bfloat16 are held against the harness's in float32.

Figures: ``items_per_s`` and ``accuracy`` of texts, by the sum of the log-probabilities; ``letters_...`` of letters.
Peers: ``lm_eval_text`` and ``lm_eval_letters``: ``items_per_s_ratio``, ours over theirs, and ``same_answers``, the
share of items of which both pick the same option; ``same_answers_of_itself``, of the harness at two batch sizes; with
``_float32`` at the end, in float32; ``ours_as_in_float32`` and ``theirs_as_in_float32``, of each side in bfloat16 with
the harness in float32. Exits 3 where lm-evaluation-harness cannot be had.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.environments import PeerMissing, lm_eval_environment
from benchmarks.trainers import DATA, EXAMPLES, Say, note_load, printer, spread
from residency.core.errors import InputError
from residency.core.files import read_jsonl, write_jsonl
from residency.judging.statistics import estimate

COUNT, QUICK, ROUNDS = 300, 60, 3
SAMPLE, QUICK_SAMPLE = {"text": 16, "letters": 64}, 6
"""Items on which the harness's batch size is chosen: it asks once for the letters of an item, and four times for the
texts, so that so many fill its largest batch."""
BATCH_SIZES, QUICK_BATCH_SIZES = (1, 4, 8, 16, 32, 64), (4, 8, 16)
ANOTHER = (1, 8)
"""Batch sizes at which the harness is asked once more: the first that it did not have."""
AUTO = "auto"
"""What the harness finds is the largest size that fits, 64 at most: tried where the largest of the others was best."""
KINDS, PRECISIONS = ("text", "letters"), ("bfloat16", "float32")
Questions = list[tuple[str, list[str]]]
Scores = list[list[float]]


class Reply(NamedTuple):
    """What a side found, and how long it took."""

    seconds: float
    logprobs: Scores


class Side:
    """A process that scores (``mcq_sides.py``)."""

    def __init__(self, name: str, python: str, folder: Path, precision: str) -> None:
        script = str(Path(__file__).with_name("mcq_sides.py"))
        command = [python, script, name, str(folder), precision]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.name = name
        self.versions = self._next()

    def score(self, questions: Questions, batch_size: int | str = 1) -> Reply:
        """Score questions, and wait for it."""
        assert self._process.stdin
        print(json.dumps({"questions": questions, "batch_size": batch_size}), file=self._process.stdin, flush=True)
        found = self._next()
        return Reply(found["seconds"], found["logprobs"])

    def end(self) -> None:
        """Let the process end."""
        self._process.communicate()

    def _next(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with the code {self._process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found


def prompt(item: Mapping[str, Any]) -> str:
    """The context of the harness's task ``medmcqa``."""
    options = "\n".join(f"{letter}. {text}" for letter, text in item["options"].items())
    return f"Question: {item['question']}\nChoices:\n{options}\nAnswer:"


def questions_of(items: Sequence[Mapping[str, Any]], kind: str) -> Questions:
    """Contexts with their continuations: the options' texts, or their letters."""
    return [
        (prompt(item), [f" {said}" for said in (item["options"].values() if kind == "text" else item["options"])])
        for item in items
    ]


def items_to_use(named: Path | None, count: int) -> tuple[list[dict[str, Any]], Path]:
    """``count`` MCQs of the file named, of the public one, or of the example's: where a file holds fewer they come
    again with their options in another order."""
    public = DATA / "medmcqa_surgery_dev.jsonl"
    path = named or (public if public.is_file() else EXAMPLES / "mcq.jsonl")
    own = [row for row in read_jsonl(path) if len(row.get("options", ())) > 1 and row.get("answer") in row["options"]]
    if not own:
        raise InputError(
            "there is no MCQ (question, options by letter, answer)", str(path), "Name a file: --items FILE"
        )
    return [turned(own[number % len(own)], number // len(own)) for number in range(count)], path


def turned(item: dict[str, Any], by: int) -> dict[str, Any]:
    """An MCQ whose options have moved on by so many letters."""
    letters, texts = list(item["options"]), list(item["options"].values())
    by %= len(letters)
    moved = [*texts[-by:], *texts[:-by]] if by else texts
    answer = letters[(letters.index(item["answer"]) + by) % len(letters)]
    return item | {"options": dict(zip(letters, moved, strict=True)), "answer": answer}


def picks(scores: Scores) -> list[int]:
    """The likeliest continuation of each question, the first where several are."""
    return [row.index(max(row)) for row in scores]


def best_batch_size(
    peer: Side, questions: Questions, sizes: Sequence[int | str], say: Say
) -> tuple[int | str, dict[str, float]]:
    """The size at which the peer scored most of a sample a second, and its speed at each."""
    speeds = {size: len(questions) / peer.score(questions, size).seconds for size in sizes}
    if max(speeds, key=speeds.__getitem__) == sizes[-1]:
        speeds[AUTO] = len(questions) / peer.score(questions, AUTO).seconds
    say("  lm_eval by batch size: " + ", ".join(f"{size}: {speed:.2f} items/s" for size, speed in speeds.items()))
    return max(speeds, key=speeds.__getitem__), {str(size): float(f"{speed:.4g}") for size, speed in speeds.items()}


class Compared(NamedTuple):
    """One kind of scoring by both sides: by round the seconds of each, and all their scores."""

    seconds: list[tuple[float, float]]
    items: list[int]
    own: Scores
    theirs: Scores


def by_turns(own: Side, peer: Side, parts: Sequence[Questions], size: int | str, say: Say, kind: str) -> Compared:
    """A part of the questions each round, by one side and then by the other; who begins changes."""
    found = Compared([], [], [], [])
    for number, part in enumerate(parts):
        order = [(own, 1), (peer, size)]
        replies = {side.name: side.score(part, batch) for side, batch in (order if number % 2 else order[::-1])}
        mine, other = replies[own.name], replies[peer.name]
        found.seconds.append((mine.seconds, other.seconds))
        found.items.append(len(part))
        found.own.extend(mine.logprobs)
        found.theirs.extend(other.logprobs)
        say(f"  {kind}: {len(part) / mine.seconds:.2f} items/s against {len(part) / other.seconds:.2f}")
    return found


def share_of_same(one: Scores, other: Scores) -> float:
    """The share of questions of which both scores pick the same continuation."""
    return sum(a == b for a, b in zip(picks(one), picks(other), strict=True)) / len(one)


def same(found: Compared) -> dict[str, float]:
    """How alike the two are: the share of the same picks, and of the others the greatest margin of ours; the greatest
    difference of a log-probability."""
    own, theirs = picks(found.own), picks(found.theirs)
    differing = [row for row, one, other in zip(found.own, own, theirs, strict=True) if one != other]
    margins = [max(row) - sorted(row)[-2] for row in differing]
    apart = [
        abs(a - b) for one, other in zip(found.own, found.theirs, strict=True) for a, b in zip(one, other, strict=True)
    ]
    return {
        "same_answers": 1 - len(differing) / len(own),
        "greatest_margin_of_another_answer": float(f"{max(margins, default=0.0):.3g}"),
        "greatest_logprob_difference": float(f"{max(apart):.3g}"),
    }


def accuracy(items: Sequence[Mapping[str, Any]], scores: Scores) -> dict[str, Any]:
    """The share of items whose likeliest option is the key, with its interval; items that one question gave are one
    cluster."""
    chosen = [list(item["options"])[pick] for item, pick in zip(items, picks(scores), strict=True)]
    right = [float(letter == item["answer"]) for letter, item in zip(chosen, items, strict=True)]
    found = estimate(right, [item["question"] for item in items])
    return {"accuracy": found.value, "accuracy_interval": [found.low, found.high], "accuracy_n": found.n}


def speeds(found: Compared) -> tuple[dict[str, Any], dict[str, Any]]:
    """Our items a second, and the ratio to theirs: medians over rounds, least and greatest beside."""
    own = [count / mine for count, (mine, _) in zip(found.items, found.seconds, strict=True)]
    theirs = [count / other for count, (_, other) in zip(found.items, found.seconds, strict=True)]
    ratios = [one / other for one, other in zip(own, theirs, strict=True)]
    return spread("items_per_s", own), spread("items_per_s_ratio", ratios) | spread("items_per_s", theirs)


def measure(arguments: argparse.Namespace, python: str, folder: Path, say: Say) -> dict[str, Any]:
    """Each kind in each precision that was asked for; timed in the first."""
    quick = arguments.quick
    items, path = items_to_use(arguments.items, arguments.count or (QUICK if quick else COUNT))
    rounds = arguments.rounds or (1 if quick else ROUNDS)
    parts = [items[number::rounds] for number in range(rounds)]
    kinds = [arguments.kind] if arguments.kind else KINDS
    precisions = [arguments.precision] if arguments.precision else PRECISIONS[: 1 if quick else None]
    settings: dict[str, Any] = {"items": len(items), "file": path.name, "rounds": rounds, "precisions": precisions}
    figures: dict[str, Any] = {}
    timed: dict[str, Compared] = {}
    peers: dict[str, dict[str, Any]] = {f"lm_eval_{kind}": {} for kind in kinds}
    for precision in precisions:
        own, peer = Side("ours", sys.executable, folder, precision), Side("lm_eval", python, folder, precision)
        settings |= peer.versions | {"threads": own.versions["threads"]}
        for kind in kinds:
            say(f"{kind}, {precision}:")
            sample = questions_of(items[:: max(1, len(items) // (QUICK_SAMPLE if quick else SAMPLE[kind]))], kind)
            for side in (own, peer):
                side.score(sample[:2])  # what is made once
            about = peers[f"lm_eval_{kind}"]
            if "batch_size" not in about:
                sizes = QUICK_BATCH_SIZES if quick else BATCH_SIZES
                about["batch_size"], about["by_batch_size"] = best_batch_size(peer, sample, sizes, say)
            asked = [questions_of(part, kind) for part in parts]
            found = by_turns(own, peer, asked, about["batch_size"], say, kind)
            another = next(size for size in ANOTHER if size != about["batch_size"])
            itself = peer.score([question for part in asked for question in part], another).logprobs
            alike = same(found) | {"same_answers_of_itself": share_of_same(found.theirs, itself)}
            if arguments.keep:
                keep(arguments.keep / f"{kind}-{precision}.jsonl", parts, found)
            if precision == precisions[0]:
                before = "" if kind == "text" else "letters_"
                mine, theirs = speeds(found)
                mine |= accuracy([item for part in parts for item in part], found.own)
                figures |= {before + name: value for name, value in mine.items()}
                about |= theirs | {"precision": precision} | alike
                timed[kind] = found
            else:
                about |= {f"{name}_{precision}": value for name, value in alike.items()}
                about[f"ours_as_in_{precision}"] = share_of_same(timed[kind].own, found.theirs)
                about[f"theirs_as_in_{precision}"] = share_of_same(timed[kind].theirs, found.theirs)
        own.end()
        peer.end()
    return {"name": "mcq", "settings": settings, "figures": figures, "peers": peers}


def keep(path: Path, parts: Sequence[Sequence[Mapping[str, Any]]], found: Compared) -> None:
    """What both sides gave each option, so that the figures can be had again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    items = [item for part in parts for item in part]
    rows = zip(items, found.own, found.theirs, strict=True)
    write_jsonl(path, [{"item": item, "ours": own, "lm_eval": theirs} for item, own, theirs in rows])


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="python -m benchmarks.mcq", description=__doc__.splitlines()[0])
    found.add_argument("--items", type=Path, help="MCQs as JSON Lines; the public ones or the example's otherwise")
    found.add_argument("--quick", action="store_true", help=f"{QUICK} items, one round, bfloat16 alone")
    found.add_argument("--count", type=int, help=f"items (default {COUNT})")
    found.add_argument("--rounds", type=int, help=f"parts in which the items are scored, by turns (default {ROUNDS})")
    found.add_argument("--kind", choices=KINDS, help="one of the two alone")
    found.add_argument("--precision", choices=PRECISIONS, help="one alone, which is timed")
    found.add_argument("--keep", type=Path, help="a folder for what both sides gave each option")
    found.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    say = printer(arguments.json)
    try:
        folder = model_folder()
        python = str(lm_eval_environment())
        note_load(say)
        found = measure(arguments, python, folder, say)
    except PeerMissing as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    say(json.dumps({"figures": found["figures"], "peers": found["peers"]}, indent=1))
    if arguments.json:
        print(json.dumps(found))
    return 0


def model_folder() -> Path:
    """The embedded model's folder; PeerMissing where it has not been fetched."""
    from residency.generation.embedded import embedded_model_folder

    try:
        return embedded_model_folder()
    except InputError as error:
        raise PeerMissing("the model", f"{error.what}; type: residency model fetch") from None


if __name__ == "__main__":
    raise SystemExit(main())
