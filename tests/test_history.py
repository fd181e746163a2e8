"""Whether a follow-up's answer is likelier after its history than without it, by a model."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any, cast

import pytest

from residency.chat import gain
from residency.chat.settings import ChatSettings
from residency.core.prompt import user_message
from residency.core.records import Conversation
from residency.core.stage import StageContext
from residency.generation.settings import ModelSettings
from residency.teacher.history import gains, needless
from residency.teacher.settings import TeacherSettings
from residency.teacher.stage import run
from tests.conftest import read_rows

Row = dict[str, Any]


@pytest.fixture(scope="module")
def followups(example_run: Path) -> list[Conversation]:
    rows = read_rows(example_run / "dialogue" / "conversations.jsonl")
    chosen = [row for row in rows if row["skill"] == "followup" and row["split"] == "train"][:10]
    return cast(list[Conversation], [*chosen, next(row for row in rows if row["skill"] == "scope")])


def test_each_followup_is_asked_once_and_kept(
    followups: list[Conversation], tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, chat, cache = ModelSettings(name=str(tiny_model)), ChatSettings(), tmp_path / "history.jsonl"
    found = gains(followups[:6], model, chat, cache)
    assert len(found) == 6 and len(read_rows(cache)) == 6
    found = gains(followups, model, chat, cache)
    assert found.keys() == {row["id"] for row in followups[:10]} and len(read_rows(cache)) == 10

    def fail(*_: object) -> None:
        raise AssertionError("the model is not needed again")

    monkeypatch.setattr(gain, "load_model", fail)
    assert gains(followups, model, chat, cache) == found
    held_out = cast(Conversation, {**followups[0], "split": "test"})
    assert gains([held_out], model, chat, cache) == {}


def test_what_needs_no_history_is_left_out_and_counted(
    example_run: Path, followups: list[Conversation], tiny_model: Path, tmp_path: Path
) -> None:
    assert needless({"a": 0.3, "b": 0.0, "c": -0.2}, 0.1) == {"b", "c"}
    asked = {row["id"] for row in read_rows(example_run / "dialogue/conversations.jsonl") if row["skill"] == "followup"}
    sections = {
        "teacher": TeacherSettings(history_gain=1000.0),
        "model": ModelSettings(name=str(tiny_model)),
        "chat": ChatSettings(),
    }
    inputs = {name: example_run / name for name in ("corpus", "dialogue")}
    counts = run(StageContext(sections, inputs, tmp_path, 17))
    kept = read_rows(tmp_path / "conversations.jsonl")
    left = [row for row in kept if row["id"] in asked]
    assert counts["history_asked"] == counts["history_needless"] > 50
    assert left and {row["split"] for row in left} <= {"test", "test_topic", "test_human"}
    assert counts["rows"] == len(kept)


@pytest.mark.slow
def test_on_the_embedded_model_a_followup_that_names_its_subject_gains_less(example_run: Path, tmp_path: Path) -> None:
    rows = read_rows(example_run / "dialogue" / "conversations.jsonl")
    real = [row for row in rows if row["expect"]["variant"] == "subject" and row["skill"] == "followup"][:16]
    questions = {row["id"]: row for row in read_rows(example_run / "corpus" / "kept.jsonl")}
    planted = []
    for row in real:
        turn = row["expect"]["check"]["turn"]
        asked = [questions[name] for name in row["parents"]]
        full = next((one for one in asked if one["answer"] == row["expect"]["reference"]), None)
        if full and row["split"] == "train":
            messages = [*row["messages"]]
            messages[turn] = user_message(full["question"])
            planted.append({**row, "id": f"{row['id']}/named", "messages": messages})
    real = [row for row in real if f"{row['id']}/named" in {one["id"] for one in planted}]
    assert len(planted) >= 6
    model = ModelSettings(name="embedded")
    found = gains(cast(Any, [*real, *planted]), model, ChatSettings(), tmp_path / "history.jsonl")
    without = [found[row["id"]] for row in real]
    named = [found[row["id"]] for row in planted]
    assert statistics.median(without) > 0
    assert statistics.median(named) < statistics.median(without)
    assert sum(one > other for one, other in zip(without, named, strict=True)) > 0.5 * len(named)
