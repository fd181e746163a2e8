"""`residency show`: a compiled row as the model sees it, how long rows are, where another renderer differs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from residency.chat.load import renderer_of
from residency.chat.renderer import IGNORED
from residency.chat.rows import _to_the_stop, show_row
from residency.chat.settings import ChatSettings
from residency.cli.app import main
from residency.core.errors import InputError
from residency.core.files import read_json, write_json, write_jsonl
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings
from tests.conftest import read_rows


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
    with pytest.raises(InputError, match=r"this conversation has 1 row\. Ask for"):
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


@pytest.fixture
def run_copy(run_folder: Path, tmp_path: Path) -> Path:
    """What `show` reads of the finished run, which a test may change."""
    for name in ("corpus", "mix", "thoughts", "compile"):
        shutil.copytree(run_folder / name, tmp_path / "run" / name)
    shutil.copy(run_folder / "recipe.json", tmp_path / "run")
    return tmp_path / "run"


def test_rows_are_read_as_they_were_compiled_whatever_the_recipe_says_by_now(run_copy: Path) -> None:
    """The runner writes recipe.json before any stage runs anew."""
    before = show_row(run_copy, "1")
    recipe = read_json(run_copy / "recipe.json")
    recipe["values"]["model"]["name"] = "/gone"
    recipe["values"]["chat"] |= {"family": "harmony", "effort": "high"}
    write_json(run_copy / "recipe.json", recipe)
    assert show_row(run_copy, "1") == before


def test_rows_that_are_not_finished_are_not_shown(run_copy: Path) -> None:
    (run_copy / "compile/manifest.json").unlink()
    with pytest.raises(InputError, match="no compiled rows yet"):
        show_row(run_copy, "1")


def test_rows_of_a_version_that_kept_no_chat_format_are_one_line(run_copy: Path) -> None:
    manifest = read_json(run_copy / "compile/manifest.json")
    del manifest["parts"]["settings"]["chat"]
    write_json(run_copy / "compile/manifest.json", manifest)
    with pytest.raises(InputError, match=r"kept no \[chat\] with it\. Run the recipe again"):
        show_row(run_copy, "1")


@pytest.mark.parametrize("name", ["bank#12", "a#b#1", "#3", "77"])
def test_an_id_may_hold_a_hash_or_be_a_number(run_copy: Path, name: str) -> None:
    path = run_copy / "compile/train.parquet"
    table = pl.read_parquet(path).with_row_index("n")
    table.with_columns(id=pl.when(pl.col("n") == 2).then(pl.lit(name)).otherwise("id")).drop("n").write_parquet(path)
    for asked in (name, f"{name}#1"):
        assert (show_row(run_copy, asked).fields["id"], show_row(run_copy, asked).fields["row"]) == (name, 3)


@pytest.mark.parametrize("number", ["0", "9999"])
def test_a_number_beyond_the_rows_says_how_many_there_are(
    run_folder: Path, rows: list[dict[str, Any]], number: str
) -> None:
    with pytest.raises(InputError, match=f"the {len(rows)} training rows are numbered from 1 to {len(rows)}"):
        show_row(run_folder, number)


def test_a_question_of_the_bank_names_the_rows_made_of_it(run_folder: Path, rows: list[dict[str, Any]]) -> None:
    name = rows[0]["parents"][0]
    made = {row["id"] for row in rows if name in row["parents"]}
    with pytest.raises(InputError, match="question of the bank") as caught:
        show_row(run_folder, name)
    assert all(child in str(caught.value) for child in sorted(made)[:1]) and rows[0]["id"] in str(caught.value)


def test_a_question_that_is_held_out_or_was_not_taken_is_told(run_folder: Path, rows: list[dict[str, Any]]) -> None:
    kept = read_rows(run_folder / "corpus/kept.jsonl")
    held_out = next(row["id"] for row in kept if row["split"] == "test")
    with pytest.raises(InputError, match="held out, in the split test"):
        show_row(run_folder, held_out)
    used = {
        parent
        for split in ("train", "dev")
        for row in read_rows(run_folder / f"mix/{split}.jsonl")
        for parent in row["parents"]
    }
    untaken = next(row["id"] for row in kept if row["split"] == "train" and row["id"] not in used)
    with pytest.raises(InputError, match="in the split train, but the mix took nothing"):
        show_row(run_folder, untaken)


def test_a_rejected_row_of_the_bank_is_told(run_copy: Path) -> None:
    entry = {"origin": "a.jsonl:3", "reason": "missing_field", "detail": "there is no answer"}
    broken = entry | {"row": "{"}
    write_jsonl(run_copy / "corpus/rejected.jsonl", [broken, entry | {"row": {"id": "q9", "question": "Why?"}}])
    with pytest.raises(InputError, match=r"rejected \(missing_field: there is no answer\): see .*rejected\.jsonl"):
        show_row(run_copy, "q9")


def test_what_was_refused_or_dropped_is_told(run_copy: Path, rows: list[dict[str, Any]]) -> None:
    refused, dropped = rows[0]["id"], rows[1]["id"]
    path = run_copy / "compile/train.parquet"
    pl.read_parquet(path).filter(~pl.col("id").is_in([refused, dropped])).write_parquet(path)
    thoughts = read_rows(run_copy / "thoughts/train.jsonl")
    write_jsonl(run_copy / "thoughts/train.jsonl", [row for row in thoughts if row["id"] != dropped])
    gone = {"id": dropped, "split": "train", "kind": "mcq", "reasons": [["rationale", "it has no rationale"]]}
    write_jsonl(run_copy / "thoughts/dropped.jsonl", [gone])
    with pytest.raises(InputError, match=r"refused when .* compiled .*compile/report\.json counts the reasons"):
        show_row(run_copy, refused)
    with pytest.raises(InputError, match=r"dropped \(it has no rationale\): see .*dropped\.jsonl"):
        show_row(run_copy, dropped)


def test_turns_are_counted_and_named(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The system message is the first, so that the answer to the first question is the third."""
    table = pl.read_parquet(run_folder / "compile/train.parquet", columns=["id", "turns"])
    for one, shown in (([2], "1 (message 3 of"), ([2, 4], "2 (messages 3, 5 of")):
        found = [name for name, turns in table.iter_rows() if turns == one]
        assert found and main(["show", str(run_folder), found[0]]) == 0
        line = next(line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("turns learnt"))
        assert line.split("learnt")[1].strip() == f"{shown} the conversation)"


def test_the_line_end_after_the_stop_token_is_no_difference(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The model's own template goes on with a line end after the stop token, which no model ever writes."""
    compared = show_row(run_folder, "1", compare=True).compared
    assert compared is not None and compared.first is None
    assert compared.theirs == compared.ours and compared.after_stop == "\n"
    assert main(["show", str(run_folder), "1", "--compare", "hub-template"]) == 0
    shown = capsys.readouterr().out
    assert "the same tokens; the template also writes a line end after the stop token" in shown
    assert "they differ" not in shown
    assert main(["show", str(run_folder), "1", "--compare", "trl"]) == 2
    assert "Choose hub-template" in capsys.readouterr().err


@pytest.mark.parametrize("planted", ["x", "<|im_end|>x", ""])
def test_a_real_difference_is_shown(run_copy: Path, capsys: pytest.CaptureFixture[str], planted: str) -> None:
    """A word in the last answer, words after the stop token, and an answer that lacks its end."""
    name = show_row(run_copy, "1").fields["id"]
    thoughts = read_rows(run_copy / "thoughts/train.jsonl")
    for row in thoughts:
        if row["id"] == name:
            last = row["messages"][-1]
            last["content"] = last["content"] + planted if planted else last["content"][:-5]
    write_jsonl(run_copy / "thoughts/train.jsonl", thoughts)
    compared = show_row(run_copy, "1", compare=True).compared
    assert compared is not None and compared.first is not None
    assert compared.first.place > 0.5 * compared.ours
    assert main(["show", str(run_copy), "1", "--compare", "hub-template"]) == 0
    assert "they differ" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "left", "after"),
    [("a<|im_end|>\n", "a<|im_end|>", "\n"), ("a<|im_end|>", "a<|im_end|>", ""), ("a\n", "a\n", "")]
    + [(text, text, "") for text in ("a<|im_end|>\nb", "a<|im_end|>\n<|im_start|>", "")],
)
def test_nothing_but_white_space_after_the_last_stop_token_is_cut(
    tiny_model: Path, text: str, left: str, after: str
) -> None:
    tokenizer = load_tokenizer(ModelSettings(name=str(tiny_model)))
    renderer = renderer_of(tokenizer, ChatSettings())
    ids, found = _to_the_stop(renderer, tokenizer.encode(text, add_special_tokens=False))
    assert (renderer.decode(ids), found) == (left, after)


def test_a_row_whose_conversation_is_gone_is_one_line(run_copy: Path) -> None:
    name = show_row(run_copy, "1").fields["id"]
    left = [row for row in read_rows(run_copy / "thoughts/train.jsonl") if row["id"] != name]
    for change in (lambda path: write_jsonl(path, left), Path.unlink):
        change(run_copy / "thoughts/train.jsonl")
        with pytest.raises(InputError, match="no longer in the run"):
            show_row(run_copy, "1", compare=True)


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
