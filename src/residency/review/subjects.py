"""What can be judged in a run: pairs, built dialogues, evaluation answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from residency.core.errors import InputError, UsageError
from residency.core.files import read_jsonl, value_digest
from residency.core.records import TRAINED_ON
from residency.core.runs import check_run_folder

Of = Literal["pairs", "dialogues", "answers"]
KINDS: tuple[str, ...] = get_args(Of)
MODELS = ("final", "sft", "base")
_ROLE = re.compile(r"(?:^|\n\n)(system|user|assistant|tool): ")


@dataclass(frozen=True)
class Subject:
    """One thing to judge.

    ``turns`` are what is shown before the answers, or the whole conversation; ``sides`` the answers by what they are,
    which no reviewer is told: ``chosen`` and ``rejected``, or names of models; none for a conversation. ``record`` is
    the row it was made of, as it stood.
    """

    of: str
    id: str
    type: str
    cluster: str
    record: dict[str, Any]
    turns: list[dict[str, Any]]
    sides: dict[str, str]

    @property
    def digest(self) -> str:
        """What stands for its content: a row that has changed is another subject."""
        return value_digest([self.turns, self.sides])


@dataclass
class Found:
    """The subjects that can be judged, and those that cannot, counted by reason."""

    subjects: list[Subject] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def subjects_of(run_folder: Path, of: str, models: Sequence[str] = ()) -> Found:
    """All that a run holds of one kind; of the training split alone for dialogues.

    Args:
        run_folder: the run's folder.
        of: ``pairs``, ``dialogues`` or ``answers``.
        models: for answers one of ``base``, ``sft``, ``final``, or two to be set side by side.

    Raises:
        InputError: this is no run folder, or the stage has not run.
        UsageError: there is no such kind, or no such models.
    """
    if of not in KINDS:
        raise UsageError(f"{of!r} cannot be judged", "--of", f"Choose {', '.join(KINDS)}")
    if models and of != "answers":
        raise UsageError("--models goes with answers", "--models", "Type: --of answers --models sft,final")
    check_run_folder(run_folder)
    if of == "pairs":
        return _pairs(_rows(run_folder, "pairs/pairs.jsonl", "pairs"))
    if of == "dialogues":
        return _dialogues(run_folder)
    return _answers(run_folder, models)


def pair_subject(row: Mapping[str, Any], of: str = "pairs") -> Subject:
    """A preference pair as a subject."""
    parents = row.get("parents") or [value_digest(row["prompt"])]  # what names no parent belongs to its question
    sides = {"chosen": row["chosen"], "rejected": row["rejected"]}
    return Subject(of, row["id"], row.get("kind", "pair"), str(parents[0]), dict(row), list(row["prompt"]), sides)


def _rows(run_folder: Path, name: str, stage: str) -> Iterable[dict[str, Any]]:
    path = run_folder / name
    if not path.is_file():
        raise InputError(f"the run has no {name}", str(run_folder), f"Type: residency run RECIPE --until {stage}")
    return read_jsonl(path)


def _pairs(rows: Iterable[Mapping[str, Any]]) -> Found:
    found = Found()
    for row in rows:
        if row["chosen"] == row["rejected"]:
            found.left_out["both sides are the same"] += 1
        else:
            found.subjects.append(pair_subject(row))
    return found


def _dialogues(run_folder: Path) -> Found:
    names = [name for name in ("dialogue", "grounding") if (run_folder / name / "conversations.jsonl").is_file()]
    if not names:
        raise InputError(
            "the run has built no dialogues", str(run_folder), "Type: residency run RECIPE --until dialogue"
        )
    found = Found()
    for name in names:
        for row in read_jsonl(run_folder / name / "conversations.jsonl"):
            if row["split"] not in TRAINED_ON:
                found.left_out["held out"] += 1
                continue
            type_, parents = f"{row['kind']}: {row['skill']}", row["parents"] or [row["id"]]
            found.subjects.append(Subject("dialogues", row["id"], type_, parents[0], row, row["messages"], {}))
    return found


def _answers(run_folder: Path, models: Sequence[str]) -> Found:
    there = [name for name in MODELS if (run_folder / "evaluate" / f"scores-{name}.jsonl").is_file()]
    if not there:
        raise InputError("the run has no evaluation", str(run_folder), "Type: residency run RECIPE --until evaluate")
    chosen = list(models) or there[:1]
    if len(chosen) > 2 or len(set(chosen)) < len(chosen) or not set(chosen) <= set(there):
        what = f"{','.join(chosen)!r} are not one or two models of this run"
        raise UsageError(what, "--models", f"Choose of {', '.join(there)}")
    found = Found()
    tables = [
        {row["id"]: row for row in read_jsonl(run_folder / "evaluate" / f"scores-{name}.jsonl")} for name in chosen
    ]
    for key, row in tables[0].items():
        outputs = [table[key]["output"] for table in tables if key in table]
        if len(outputs) < len(tables):
            found.left_out["one model has no answer"] += 1
        elif not all(output.strip() for output in outputs):
            found.left_out["an answer is empty"] += 1
        elif len(outputs) == 2 and outputs[0].strip() == outputs[1].strip():
            found.left_out["both models answer the same"] += 1
        else:
            record = {name: row.get(name) for name in ("id", "axis", "mode", "cluster", "topic", "prompt", "reference")}
            sides = dict(zip(chosen, outputs, strict=True))
            record |= {"split": "test", "answers": sides}
            turns = read_turns(row["prompt"])
            found.subjects.append(Subject("answers", key, row["axis"], row["cluster"], record, turns, sides))
    return found


def read_turns(prompt: str) -> list[dict[str, Any]]:
    """The turns of a prompt that evaluation kept as one text, ``role: content`` parted by empty lines."""
    parts = _ROLE.split(prompt)
    if parts[0] or len(parts) < 3:
        return [{"role": "user", "content": prompt}]
    return [{"role": role, "content": text} for role, text in zip(parts[1::2], parts[2::2], strict=True)]
