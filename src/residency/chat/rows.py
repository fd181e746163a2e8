"""Compiled rows as a person reads them: what the model sees, what it learns, and how another renderer would differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from residency.chat.load import renderer_of
from residency.chat.lookup import find_row, not_compiled
from residency.chat.renderer import IGNORED, Renderer
from residency.chat.segments import Control
from residency.chat.settings import ChatSettings
from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl
from residency.core.runs import check_run_folder, settings_of
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings

AROUND = 12  # tokens shown on each side of where two renderings part


@dataclass(frozen=True)
class Part:
    """A piece of a row: its text, whether it is a control token, and whether the model learns to produce it."""

    text: str
    control: bool
    learnt: bool


@dataclass(frozen=True)
class Difference:
    """Where two renderings part: the token's place, counted from 0, and what each has from shortly before it."""

    place: int
    ours: str
    theirs: str


@dataclass(frozen=True)
class Comparison:
    """A row beside what the model's own chat template gives for the same messages: the numbers of tokens, and where
    they differ first; None where they do not.

    White space that the template writes after the last stop token is cut before, and told as ``after_stop``: no model
    produces it, since generation has stopped.
    """

    ours: int
    theirs: int
    first: Difference | None
    after_stop: str = ""


@dataclass(frozen=True)
class RowView:
    """One compiled row: its ``fields``, the numbers of its tokens, and its parts, one after the other.

    The fields are those of its line in the Parquet file, its ``split``, its number there as ``row``, and which row
    ``of_conversation`` it is.
    """

    fields: dict[str, Any]
    tokens: int
    learnt: int
    parts: list[Part]
    compared: Comparison | None = None

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def show_row(run_folder: Path, row: str | None, compare: bool = False) -> RowView:
    """One row of a run, read with the settings that it was compiled with.

    Args:
        run_folder: ``runs/NAME`` with a finished compile stage.
        row: a conversation's id, ``ID#2`` for its second row, or a row's number in the training rows, from 1; None
            takes the first.
        compare: whether to hold it against the model's own chat template.

    Raises:
        InputError: there is no such run or row; it says where the row went, or names the nearest ids.
    """
    check_run_folder(run_folder)
    found = find_row(run_folder, row)
    settings = settings_of(run_folder, "compile", "chat", ChatSettings)
    tokenizer = load_tokenizer(settings_of(run_folder, "compile", "model", ModelSettings))
    renderer = renderer_of(tokenizer, settings)
    ids, labels = found.pop("input_ids"), found.pop("labels")
    compared = _compared(run_folder, renderer, tokenizer, found, ids, settings) if compare else None
    learnt = sum(label != IGNORED for label in labels)
    return RowView(found, len(ids), learnt, list(parts(renderer, ids, labels)), compared)


def parts(renderer: Renderer, ids: Sequence[int], labels: Sequence[int]) -> Iterator[Part]:
    """A row in pieces, cut where a label begins or ends and at control tokens."""
    start = 0
    for place in range(1, len(ids) + 1):
        if place < len(ids) and (labels[place] == IGNORED) == (labels[start] == IGNORED):
            continue
        for segment in renderer.segments(ids[start:place]):
            yield Part(str(segment), isinstance(segment, Control), labels[start] != IGNORED)
        start = place


def compile_report(run_folder: Path) -> dict[str, Any]:
    """What the compile stage counted: lengths, what was left out and what refused, by split.

    Raises:
        InputError: the run has not come so far.
    """
    check_run_folder(run_folder)
    path = run_folder / "compile" / "report.json"
    if not path.is_file():
        raise not_compiled(run_folder)
    return dict(read_json(path))


def _compared(
    run_folder: Path,
    renderer: Renderer,
    tokenizer: Any,
    found: Mapping[str, Any],
    ids: Sequence[int],
    settings: ChatSettings,
) -> Comparison:
    """The row beside the model's own template over the same messages to the row's last turn, tokenized whole, as most
    trainers do it."""
    if not tokenizer.chat_template:
        raise InputError("this model's tokenizer has no chat template to compare with", str(tokenizer.name_or_path))
    path = run_folder / "thoughts" / f"{found['split']}.jsonl"
    rows = read_jsonl(path) if path.is_file() else iter(())
    record = next((row for row in rows if row["id"] == found["id"]), None)
    if record is None:
        what = "the conversation of this row is no longer in the run: the stages before compile ran again since"
        raise InputError(what, str(found["id"]), "Type: residency run RECIPE --until compile")
    messages = record["messages"][: found["turns"][-1] + 1]
    try:
        theirs = tokenizer.apply_chat_template(
            messages, tools=record.get("tools"), return_dict=False, enable_thinking=settings.thinking
        )
    except Exception as error:  # a template is a foreign program
        what = f"the model's own chat template cannot render this row ({error})"
        raise InputError(what, str(found["id"])) from None
    theirs, after = _to_the_stop(renderer, theirs)
    first = next((place for place, (a, b) in enumerate(zip(ids, theirs, strict=False)) if a != b), None)
    if first is None and len(ids) != len(theirs):
        first = min(len(ids), len(theirs))
    difference = None
    if first is not None:
        near = slice(max(0, first - AROUND), first + AROUND)
        difference = Difference(first, renderer.decode(ids[near]), renderer.decode(theirs[near]))
    return Comparison(len(ids), len(theirs), difference, after)


def _to_the_stop(renderer: Renderer, ids: Sequence[int]) -> tuple[Sequence[int], str]:
    """The ids to their last stop token, and the white space after it; all of them where anything else follows."""
    end = next((place for place in range(len(ids), 0, -1) if ids[place - 1] in renderer.stops), len(ids))
    after = renderer.decode(ids[end:])
    return (ids, "") if after.strip() else (ids[:end], after)
