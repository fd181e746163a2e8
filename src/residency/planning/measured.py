"""What a run folder holds, in tokens of one tokenizer: the bank's rows, and what stages made of them.

Counted from what stages wrote, and nothing of it depends on the recipe but through them. Counts are kept in the run's
folder, so that they are made once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import orjson
import polars as pl

from residency.chat.renderer import IGNORED
from residency.core.errors import InputError
from residency.core.files import read_json, value_digest, write_json
from residency.core.prompt import format_question
from residency.core.records import HELD_OUT, Message
from residency.core.runs import MANIFEST, is_finished, settings_of
from residency.generation.settings import ModelSettings
from residency.planning.lengths import NO_ROWS, Lengths
from residency.planning.meter import Meter, rows_of

FOLDER, FILE = "plan", "counts.json"
VERSION = 1
SPLITS = ("train", "dev")
READ = ("corpus", "index", "thoughts", "mix", "compile", "pairs", "evaluate")
"""The stages that are counted, where they have finished; of the evaluation its items are enough."""


@dataclass(frozen=True)
class Rows:
    """Rows that are read whole: their lengths, and of all tokens those that the model learns to produce or must write.

    ``turns`` are the assistant's turns that are learnt, and ``bare`` those of them without a thought."""

    lengths: Lengths = NO_ROWS
    labelled: int = 0
    turns: int = 0
    bare: int = 0


@dataclass(frozen=True)
class Asked:
    """Prompts that are answered in writing, over all steps of those that are asked in several; and those of which only
    the likelihood of letters is wanted. ``thinking`` are the prompts of a model that thinks, which draws more samples.
    """

    prompts: Lengths = NO_ROWS
    thinking: Lengths = NO_ROWS
    letters: Lengths = NO_ROWS
    items: int = 0


@dataclass(frozen=True)
class Measured:
    """A run's contents in tokens.

    ``questions`` and ``answers`` are the bank's, by (split, kind), the splits ``train``, ``dev`` and ``test``;
    ``passages`` those of the index. What no stage has written yet is None. ``exact`` are the stages whose tokens stand
    on disk, so that nothing was estimated.
    """

    says: str
    off: float
    questions: Mapping[tuple[str, str], Lengths]
    answers: Mapping[tuple[str, str], Lengths]
    passages: Lengths = NO_ROWS
    train: Rows | None = None
    dev: Rows | None = None
    pairs: Rows | None = None
    apart: Lengths = NO_ROWS
    """Of the pairs, both answers each after a prompt of its own: the length of the longer one."""
    items: Asked | None = None
    exact: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)


def measured(run: Path, meter: Meter, model: ModelSettings, thinks: bool) -> Measured:
    """A run's contents as they are on disk, from the kept counts where these are of the same files and tokenizer.

    Args:
        run: the run's folder.
        meter: counts.
        model: the model that is meant: of the one that the run compiled for, the tokens on disk count.
        thinks: whether it thinks before it answers.

    Raises:
        InputError: the run has no finished corpus stage, or a file of it cannot be read.
    """
    if not is_finished(run, "corpus"):
        raise InputError(
            "there are no counts to plan with: the bank has not been read yet", str(run), "Type: residency check RECIPE"
        )
    done = {stage: _digests(run, stage) for stage in READ if is_finished(run, stage) or _asked(run, stage)}
    compiled = _compiled_for(run, model)
    key = value_digest([VERSION, done, meter.digest, thinks, compiled])
    path = run / FOLDER / FILE
    kept, note = _kept(path)
    if key in kept:
        try:
            return _read_back(kept[key], meter)
        except (KeyError, TypeError, ValueError, IndexError):
            note = f"{path} could not be read and is made anew"
    found = _count(run, meter, thinks, compiled, tuple(done))
    # Another plan may have written meanwhile; what it counted and this one did not is counted again then.
    newest, _ = _kept(path)
    live = {name: one for name, one in newest.items() if isinstance(one, dict) and one.get("of") == value_digest(done)}
    write_json(path, {"version": VERSION, "counts": live | {key: {"of": value_digest(done), **_row(found)}}})
    return Measured(**{**vars(found), "notes": (note,) if note else ()})


def _digests(run: Path, stage: str) -> Any:
    """What names the contents of a stage's folder."""
    path = run / stage / MANIFEST
    if path.is_file():
        return {name: entry["sha256"] for name, entry in read_json(path)["outputs"].items()}
    items = (run / stage / "items.jsonl").stat()  # written before the first answer, and not changed after it
    return [items.st_size, items.st_mtime_ns]


def _asked(run: Path, stage: str) -> bool:
    return stage == "evaluate" and (run / stage / "items.jsonl").is_file()


def _compiled_for(run: Path, model: ModelSettings) -> bool:
    """Whether the run's compiled rows are tokens of this model."""
    if not is_finished(run, "compile"):
        return False
    of = settings_of(run, "compile", "model", ModelSettings)
    return (of.name, of.revision) == (model.name, model.revision)


def _kept(path: Path) -> tuple[dict[str, Any], str]:
    """The kept counts, and what is to be told of them."""
    if not path.is_file():
        return {}, ""
    try:
        whole = read_json(path)
        counts = whole["counts"] if whole["version"] == VERSION else {}
        return (counts, "") if isinstance(counts, dict) else ({}, f"{path} could not be read and is made anew")
    except (InputError, KeyError, TypeError):
        return {}, f"{path} could not be read and is made anew"


def _count(run: Path, meter: Meter, thinks: bool, compiled: bool, done: tuple[str, ...]) -> Measured:
    questions, answers = _bank(run / "corpus" / "kept.jsonl", meter)
    passages = run / ("index" if "index" in done else "corpus") / "passages.jsonl"
    found: dict[str, Any] = {}
    exact: list[str] = []
    source = next((stage for stage in ("thoughts", "mix") if stage in done), "")
    for split in SPLITS:
        if compiled:
            found[split] = _compiled(run / "compile" / f"{split}.parquet")
        elif source:
            found[split] = _conversations(run / source / f"{split}.jsonl", meter, thinks)
    exact += ["compile"] if compiled else []
    if "pairs" in done:
        found["pairs"], found["apart"] = _pairs(run / "pairs" / "pairs.jsonl", meter, thinks)
    if "evaluate" in done:
        found["items"] = _items(run / "evaluate" / "items.jsonl", meter)
    texts = [f"{row['title']} {row['text']}" for row in _lines(passages)] if passages.is_file() else []
    return Measured(
        meter.says, meter.off, questions, answers, Lengths.of(meter.count(texts)), exact=tuple(exact), **found
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise InputError("no such file", str(path), "Run the recipe again")
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise InputError(f"not valid JSON ({error})", f"{path}:{number}", "Run the recipe again") from None


Sides = dict[tuple[str, str], Lengths]


def _bank(path: Path, meter: Meter) -> tuple[Sides, Sides]:
    texts: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in _lines(path):
        split = "test" if row["split"] in HELD_OUT else str(row["split"])
        options = row.get("options")
        answer = row.get("rationale") or (options or {}).get(row["answer"], row["answer"])
        if row["kind"] == "conversation":
            asked = "\n".join(turn["content"] for turn in row["messages"][:-1])
        else:
            asked = format_question(row["question"], options)
        texts[split, row["kind"]].append((asked, answer))
    questions = {key: Lengths.of(meter.count([asked for asked, _ in some])) for key, some in texts.items()}
    return questions, {key: Lengths.of(meter.count([answer for _, answer in some])) for key, some in texts.items()}


def _compiled(path: Path) -> Rows:
    frame = pl.scan_parquet(path).select(
        length=pl.col("input_ids").list.len(),
        labelled=pl.col("labels").list.eval(pl.element() != IGNORED).list.sum(),
        turns=pl.col("turns").list.len(),
    )
    table = frame.collect()
    turns = int(table["turns"].sum())
    return Rows(Lengths.of(table["length"].to_list()), int(table["labelled"].sum()), turns)


def _conversations(path: Path, meter: Meter, thinks: bool) -> Rows:
    lengths: list[int] = []
    labelled = turns = bare = 0
    for some in _chunks(_lines(path)):
        conversations = [cast(list[Message], row["messages"]) for row in some]
        tools = meter.count([orjson.dumps(row["tools"]).decode() if row.get("tools") else "" for row in some])
        for messages, sizes, told in zip(conversations, meter.messages(conversations), tools, strict=True):
            own = [message for message in messages if message["role"] == "assistant" and message.get("learnt", True)]
            turns += len(own)
            bare += sum(not message.get("thinking") for message in own)
            for length, learnt in rows_of(messages, sizes, thinks):
                lengths.append(length + told)
                labelled += learnt
    return Rows(Lengths.of(lengths), labelled, turns, bare)


def _pairs(path: Path, meter: Meter, thinks: bool) -> tuple[Rows, Lengths]:
    shared: list[int] = []
    apart: list[int] = []
    labelled = 0
    for some in _chunks(_lines(path)):
        prompts = [sum(said for said, _ in sizes) for sizes in meter.messages([row["prompt"] for row in some])]
        sides = [
            meter.count([row[side] + (row.get(f"{side}_thinking", "") if thinks else "") for row in some])
            for side in ("chosen", "rejected")
        ]
        for prompt, *answers in zip(prompts, *sides, strict=True):
            shared.append(prompt + sum(answers))
            apart.append(prompt + max(answers))
            labelled += sum(answers)
    return Rows(Lengths.of(shared), labelled, 2 * len(shared)), Lengths.of(apart)


def _items(path: Path, meter: Meter) -> Asked:
    """The prompts of all asks and steps. What a model will have said in an earlier step is not known; it counts for
    nothing in the prompts of later ones."""
    written: list[tuple[int, int]] = []
    thinking: list[tuple[int, int]] = []
    letters: list[int] = []
    items = 0
    for some in _chunks(_lines(path)):
        items += len(some)
        asks = [ask for row in some for ask in row["asks"]]
        prompts = [sum(said for said, _ in sizes) for sizes in meter.messages([ask["messages"] for ask in asks])]
        for ask, prompt in zip(asks, prompts, strict=True):
            letters += [prompt] if ask["letters"] else []
            steps = (1 + len(ask["script"])) if ask["written"] else 0
            written.append((prompt, steps * ask["samples"]))
            thinking.append((prompt, (1 + len(ask["script"])) * ask["thinking_samples"]))
    return Asked(
        Lengths.of_counts(one for one in written if one[1]),
        Lengths.of_counts(one for one in thinking if one[1]),
        Lengths.of(letters),
        items,
    )


def _chunks(rows: Iterator[dict[str, Any]], size: int = 2_000) -> Iterable[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def _row(found: Measured) -> dict[str, Any]:
    """As it is kept."""

    def rows(one: Rows | None) -> Any:
        return None if one is None else [one.lengths.at, one.labelled, one.turns, one.bare]

    items = found.items
    return {
        "questions": [[*key, lengths.at] for key, lengths in found.questions.items()],
        "answers": [[*key, lengths.at] for key, lengths in found.answers.items()],
        "passages": found.passages.at,
        "train": rows(found.train),
        "dev": rows(found.dev),
        "pairs": rows(found.pairs),
        "apart": found.apart.at,
        "items": None if items is None else [items.prompts.at, items.thinking.at, items.letters.at, items.items],
        "exact": found.exact,
    }


def _read_back(row: Mapping[str, Any], meter: Meter) -> Measured:
    """Of :func:`_row`; KeyError, TypeError, ValueError or IndexError where it is none."""

    def lengths(at: Any) -> Lengths:
        return Lengths.of_counts((int(length), int(count)) for length, count in at)

    def rows(kept: Any) -> Rows | None:
        return None if kept is None else Rows(lengths(kept[0]), int(kept[1]), int(kept[2]), int(kept[3]))

    items = row["items"]
    return Measured(
        meter.says,
        meter.off,
        {(split, kind): lengths(at) for split, kind, at in row["questions"]},
        {(split, kind): lengths(at) for split, kind, at in row["answers"]},
        lengths(row["passages"]),
        rows(row["train"]),
        rows(row["dev"]),
        rows(row["pairs"]),
        lengths(row["apart"]),
        None if items is None else Asked(lengths(items[0]), lengths(items[1]), lengths(items[2]), int(items[3])),
        tuple(row["exact"]),
    )
