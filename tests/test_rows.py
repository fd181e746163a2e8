"""`residency show`: a compiled row as the model sees it, how long rows are, where another renderer differs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from residency.chat.load import renderer_of
from residency.chat.renderer import IGNORED
from residency.chat.rows import show_row
from residency.chat.settings import ChatSettings
from residency.cli.app import main
from residency.core.errors import InputError
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings


@pytest.fixture(scope="module")
def rows(run_folder: Path) -> list[dict[str, Any]]:
    return pl.read_parquet(run_folder / "compile/train.parquet").to_dicts()


def test_the_parts_of_a_row_are_its_text_and_the_marked_ones_its_labels(
    run_folder: Path, rows: list[dict[str, Any]], tiny_model: Path
) -> None:
    renderer = renderer_of(load_tokenizer(ModelSettings(name=str(tiny_model))), ChatSettings())
    for row in rows[:20]:
        view = show_row(run_folder, row["id"])
        assert "".join(part.text for part in view.parts) == renderer.decode(row["input_ids"])
        labels = [label for label in row["labels"] if label != IGNORED]
        assert "".join(part.text for part in view.parts if part.learnt) == renderer.decode(labels)
        assert (view.tokens, view.learnt) == (len(row["input_ids"]), len(labels))
        assert view.fields["parents"] == row["parents"] and view.fields["split"] == "train"
        controls = [part.text for part in view.parts if part.control]
        assert set(controls) == {"<|im_start|>", "<|im_end|>"} and controls.count("<|im_end|>") >= 3


def test_a_row_is_found_by_its_id_or_its_number_and_the_first_without_either(
    run_folder: Path, rows: list[dict[str, Any]]
) -> None:
    assert show_row(run_folder, None).fields["id"] == rows[0]["id"]
    assert show_row(run_folder, "2").fields["id"] == rows[1]["id"]
    assert show_row(run_folder, f"{rows[2]['id']}#1").fields["row"] == 3
    dev = pl.read_parquet(run_folder / "compile/dev.parquet")["id"][0]
    assert show_row(run_folder, dev).fields["split"] == "dev"


def test_a_row_that_is_not_there_is_one_line_with_the_nearest_ids(
    run_folder: Path, rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    mistyped = rows[0]["id"][:-1]
    assert main(["show", str(run_folder), mistyped]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: {mistyped}: no compiled row has this id") and rows[0]["id"] in said
    with pytest.raises(InputError, match="this conversation has 1 rows"):
        show_row(run_folder, f"{rows[0]['id']}#9")
    with pytest.raises(InputError, match="not a run folder"):
        show_row(run_folder / "corpus", None)


def test_on_paper_marks_enclose_what_is_learnt(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(run_folder), "1"]) == 0
    shown, view = capsys.readouterr().out, show_row(run_folder, "1")
    learnt = "".join(part.text for part in view.parts if part.learnt)
    marked = re.findall("⟦(.*?)⟧", shown, re.DOTALL)
    assert "".join(marked[:-1]) == learnt and marked[-1] == " ", "the last pair explains the marks"
    assert shown.count("<|im_start|>assistant\n⟦") == len(marked) - 1
    assert f"{view.tokens:,}, of which {view.learnt:,} are learnt" in shown


def test_another_renderer_differs_where_it_does(
    run_folder: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The model's own template goes on with a line end after the stop token, which no model ever writes."""
    compared = show_row(run_folder, "1", compare=True).compared
    assert compared is not None and compared.first is not None
    assert compared.theirs == compared.ours + 1 == compared.first.place + 1
    assert compared.first.theirs == compared.first.ours + "\n"
    assert main(["show", str(run_folder), "1", "--compare", "hub-template"]) == 0
    assert "they differ" in capsys.readouterr().out
    assert main(["show", str(run_folder), "1", "--compare", "trl"]) == 2
    assert "Choose hub-template" in capsys.readouterr().err


def test_a_template_that_fails_is_one_line(run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from residency.chat import rows as module

    def broken(settings: ModelSettings) -> Any:
        tokenizer = load_tokenizer(settings)
        monkeypatch.setattr(tokenizer, "apply_chat_template", lambda *_, **__: 1 / 0)
        return tokenizer

    monkeypatch.setattr(module, "load_tokenizer", broken)
    monkeypatch.setattr(module, "renderer_of", lambda tokenizer, settings: None)
    with pytest.raises(InputError, match="own chat template cannot render this row"):
        show_row(run_folder, "1", compare=True)


def test_lengths_are_those_of_the_rows(
    run_folder: Path, rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", str(run_folder), "--lengths", "--json"]) == 0
    train = json.loads(capsys.readouterr().out)["train"]
    tokens = sorted(len(row["input_ids"]) for row in rows)
    assert train["rows"] == len(rows) and train["tokens"] == sum(tokens)
    found = train["lengths"]
    assert found["longest"] == tokens[-1] and sum(length <= found["p50"] for length in tokens) >= len(tokens) / 2
    assert sum(found["counts"]) == len(rows) and len(found["edges"]) == len(found["counts"])
    assert main(["show", str(run_folder), "--lengths"]) == 0
    assert f"train: {len(rows):,} rows" in capsys.readouterr().out
