"""The anchor: general conversations of the user's, kept as they are, checked and traced, and never tagged."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from residency.chat.estimate import estimate_tokens
from residency.core.errors import RecipeError
from residency.core.files import read_json, write_jsonl
from residency.core.prompt import IDENTITY, format_question
from residency.core.records import Question
from residency.flow.recipe import load_recipe
from residency.mix.anchor import AnchorRows, asked_of, read_anchor
from residency.mix.settings import MixSettings
from tests.banks import make_question, run_data_stages
from tests.conftest import read_rows

Row = dict[str, Any]
TALK = ("How do I bake bread?", "Mix flour and water.", "And then?", "Let it rise, and bake it.")
ROLES = ("user", "assistant")


def chat(*texts: str, names: tuple[str, str] = ROLES, keys: tuple[str, str] = ("role", "content")) -> list[Row]:
    return [{keys[0]: names[place % 2], keys[1]: text} for place, text in enumerate(texts)]


def read(folder: Path, *rows: Any, asked: set[str] | None = None, **fields: Any) -> AnchorRows:
    path = folder / "chats.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_anchor(MixSettings(anchor=[path], **fields), asked or set())


def longer(turns: list[Row], number: int) -> list[Row]:
    """The same conversation, unlike others by its number."""
    return [*turns, *chat(f"And bread number {number}?", "The same.")]


@pytest.mark.parametrize(
    "row",
    [
        {"messages": chat(*TALK)},
        {"messages": [{"role": "system", "content": "You are a pirate."}, *chat(*TALK)]},
        {"messages": [*chat(*TALK), {"role": "user", "content": "Thanks!"}]},
        {
            "messages": [
                {"role": turn["role"], "content": [{"type": "text", "text": turn["content"]}]} for turn in chat(*TALK)
            ]
        },
        {"conversations": chat(*TALK, names=("human", "gpt"), keys=("from", "value"))},
        {"data": list(TALK)},
        {"prompt": chat(*TALK[:3]), "response": TALK[3]},
        {"prompt": list(TALK[:3]), "completion": [{"role": "assistant", "content": TALK[3]}]},
        {"prompt": TALK[0], "messages": chat(*TALK)},
    ],
)
def test_each_shape_is_read_to_the_same_turns_without_its_own_system_message(tmp_path: Path, row: Row) -> None:
    [kept] = read(tmp_path, row).rows
    assert kept["messages"] == chat(*TALK)
    assert (kept["kind"], kept["source"], kept["split"], kept["mode"]) == ("anchor", "anchor", "train", "CLINICAL")
    assert kept["parents"] == ["chats.jsonl:1"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{broken", "broken_json"),
        ("[" * 100_000, "broken_json"),
        ('["a list"]', "broken_json"),
        ("7", "not_an_object"),
        ({"text": "Bread."}, "unknown_shape"),
        ({"messages": "Bread."}, "single_turn"),
        ({"messages": [7, 8]}, "unknown_shape"),
        ({"messages": {"role": "user"}}, "unknown_shape"),
        ({"prompt": "How?", "response": "So."}, "single_turn"),
        ({"messages": chat(*TALK[:2])}, "single_turn"),
        ({"messages": chat(*TALK)[1:]}, "roles"),
        ({"messages": [chat(*TALK)[0], *chat(*TALK)]}, "roles"),
        (
            {"messages": [*chat(*TALK), {"role": "tool", "content": "7"}, {"role": "assistant", "content": "7"}]},
            "roles",
        ),
        ({"messages": [*chat(*TALK), {"role": "system", "content": "7"}, *chat(*TALK)]}, "roles"),
        ({"messages": chat(*TALK[:3], "  ")}, "empty_turn"),
        ({"messages": [*chat(*TALK)[:3], {"role": "assistant"}]}, "empty_turn"),
        ({"messages": [*chat(*TALK)[:3], {"role": "assistant", "content": 7}]}, "not_text"),
        ({"messages": [*chat(*TALK)[:3], {"role": "assistant", "content": [{"type": "image_url"}]}]}, "not_text"),
        ({"messages": chat(*TALK[:3], "Rise<|im_end|>")}, "control_tokens"),
        ({"messages": chat(*TALK[:3], "<think>Hm</think> Rise.")}, "control_tokens"),
        ({"messages": chat(*TALK[:3], "Bread. " * 2_000)}, "too_long"),
        ({"messages": chat(*TALK[:2], "HOW is a femoral hernia treated", "Soon.")}, "held_out_question"),
        (
            {"messages": chat(*TALK[:2], "Quick one: how is a femoral hernia treated? Thanks!", "Soon.")},
            "held_out_question",
        ),
    ],
)
def test_what_cannot_be_used_is_counted_with_its_reason_and_place_and_reading_goes_on(
    tmp_path: Path, row: Any, reason: str
) -> None:
    asked = asked_of([cast(Question, make_question(split="test"))])
    before, after = {"messages": chat(*TALK)}, {"messages": longer(chat(*TALK), 2)}
    found = read(tmp_path, before, row, after, asked=asked)
    if row == '["a list"]':
        reason = "not_an_object"
    assert dict(found.refused) == {reason: 1} and len(found.rows) == 2 and found.read == 3
    [place] = found.report()["places"][reason]
    assert place.startswith("chats.jsonl:2: ") and len(place.splitlines()) == 1


def test_bytes_that_are_no_text_are_one_refused_row(tmp_path: Path) -> None:
    path = tmp_path / "chats.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"data": TALK}).encode() + b"\n\xff\xfe\n\n")
    found = read_anchor(MixSettings(anchor=[path]), set())
    assert len(found.rows) == 1 and dict(found.refused) == {"bad_encoding": 1}


def test_a_conversation_that_stands_twice_is_taken_once(tmp_path: Path) -> None:
    again = {"data": [text.upper().replace(".", " !") for text in TALK]}
    found = read(tmp_path, {"data": TALK}, {"messages": chat(*TALK)}, again, {"messages": longer(chat(*TALK), 1)})
    assert len(found.rows) == 2 and dict(found.refused) == {"duplicate": 2}
    assert len({row["id"] for row in found.rows}) == 2


def test_ids_come_from_what_is_said_so_that_rows_may_move(tmp_path: Path) -> None:
    rows = [{"messages": longer(chat(*TALK), number)} for number in range(5)]
    first = {row["id"]: row["messages"] for row in read(tmp_path, *rows).rows}
    moved = {row["id"]: row["messages"] for row in read(tmp_path, *reversed(rows)).rows}
    assert first == moved and len(first) == 5


def test_the_licence_is_the_rows_own_or_the_recipes(tmp_path: Path) -> None:
    rows = [{"data": TALK}, {"messages": longer(chat(*TALK), 1), "license": "CC0"}]
    assert [row["licence"] for row in read(tmp_path, *rows, anchor_licence="MIT").rows] == ["MIT", "CC0"]


def test_folders_lists_and_several_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    rows = [{"messages": longer(chat(*TALK), number)} for number in range(3)]
    (tmp_path / "in/list.json").write_text(json.dumps([*rows[:2], "no row"]), encoding="utf-8")
    (tmp_path / "in/notes.txt").write_text("nothing", encoding="utf-8")
    write_jsonl(tmp_path / "one.jsonl", rows[1:])
    found = read_anchor(MixSettings(anchor=[tmp_path / "in", tmp_path / "one.jsonl"]), set())
    assert len(found.rows) == 3 and dict(found.refused) == {"not_an_object": 1, "duplicate": 1}


def test_a_held_out_question_is_known_with_its_options_and_short_turns_are_not_held_against_chats() -> None:
    mcq = make_question(options={"A": "Mesh", "B": "Truss"}, answer="A")
    said = chat("Is mesh safe in a clean wound?", "Yes.", "Why?", "It is.")
    talk = make_question("t", kind="conversation", messages=said)
    asked = asked_of([cast(Question, mcq), cast(Question, talk)])
    assert "is mesh safe in a clean wound" in asked and "why" not in asked
    whole = format_question(mcq["question"], mcq["options"])
    assert " ".join(whole.replace("?", "").replace(".", "").lower().split()) in asked


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data stages on a bank with an anchor of long general chats."""
    folder = tmp_path_factory.mktemp("anchored")
    chats = [{"messages": longer(chat(*TALK, *TALK), number)} for number in range(80)]
    write_jsonl(
        folder / "chats.jsonl", [*chats, {"data": ["Is question 3 asked at all here?", "Yes.", "Sure?", "Yes."]}]
    )
    bank = [
        make_question(f"q{n}", question=f"Is question {n} asked at all here?", split="test" if n < 9 else "train")
        for n in range(400)
    ]
    settings = MixSettings(anchor=[folder / "chats.jsonl"], shares={"open": 1.0}, anchor_licence="MIT")
    return run_data_stages(folder, bank, [], mix=settings)


def test_the_anchor_has_its_share_of_tokens_beside_shares_by_examples(mixed: Path) -> None:
    train = read_rows(mixed / "mix/train.jsonl")
    anchor = [row for row in train if row["kind"] == "anchor"]
    tokens = sum(estimate_tokens(row["messages"]) for row in train)
    assert sum(estimate_tokens(row["messages"]) for row in anchor) / tokens == pytest.approx(0.03, abs=0.004)
    entry = {row["kind"]: row for row in read_json(mixed / "mix/report.json")["shares"]}["anchor"]
    assert (entry["asked"], entry["examples"], entry["available"], entry["state"]) == (0.03, len(anchor), 80, "met")


def test_a_general_conversation_asks_for_no_modes_form_and_is_kept_as_it_is(mixed: Path) -> None:
    train = read_rows(mixed / "mix/train.jsonl")
    anchor = [row for row in train if row["kind"] == "anchor"]
    assert anchor and all(row["source"] == "anchor" and row["licence"] == "MIT" for row in anchor)
    for row in anchor:
        system, *said = row["messages"]
        assert system == {"role": "system", "content": IDENTITY} and row["tag"] is None
        assert said[:8] == chat(*TALK, *TALK)
    tagged = [row["tag"] is not None for row in train if row["kind"] != "anchor"]
    assert sum(tagged) / len(tagged) == pytest.approx(0.9, abs=0.005)
    assert not [row for row in read_rows(mixed / "mix/dev.jsonl") if row["kind"] == "anchor"]


def test_an_anchor_row_that_asks_what_is_held_out_is_refused_in_the_stage(mixed: Path) -> None:
    report = read_json(mixed / "mix/report.json")["anchor"]
    assert report["refused"] == {"held_out_question": 1} and report["read"] == 81


def test_an_anchor_that_is_too_small_says_what_to_add(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "chats.jsonl", [{"data": TALK}])
    bank = [make_question(f"q{n}") for n in range(200)]
    settings = MixSettings(anchor=[tmp_path / "chats.jsonl"], shares={"open": 1.0}, anchor_tokens=0.05)
    report = read_json(run_data_stages(tmp_path, bank, [], mix=settings) / "mix/report.json")
    [line] = [line for line in report["unmet"] if line.startswith("anchor: ")]
    assert "more are needed; name a larger file under mix.anchor" in line


def test_the_anchors_files_are_relative_to_the_recipe_and_part_of_what_the_mix_depends_on(tmp_path: Path) -> None:
    (tmp_path / "bank.jsonl").touch()
    write_jsonl(tmp_path / "chats.jsonl", [{"data": TALK}])
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[run]\nname = "r"\n[corpus]\nfiles = ["bank.jsonl"]\n[mix]\nanchor = ["chats.jsonl"]\n')
    section = load_recipe(recipe).recipe.mix
    assert section.input_files() == [tmp_path / "chats.jsonl"] and section.anchor_share == 0.03
    assert "anchor" not in section.fingerprint_values()
    with pytest.raises(RecipeError, match=r"mix: no such file or folder: .*gone\.jsonl"):
        load_recipe(recipe, overrides=['mix.anchor=["gone.jsonl"]'])
    (tmp_path / "chats.csv").touch()
    with pytest.raises(RecipeError, match=r"anchor: this kind of file cannot be read: .*chats\.csv; save it as JSONL"):
        load_recipe(recipe, overrides=['mix.anchor=["chats.csv"]'])
    with pytest.raises(ValidationError):
        MixSettings(anchor_tokens=0.6)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from(["", "Hm?", "<think>", "user", "gpt", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["role", "from", "content", "value", "text"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.sampled_from(["messages", "conversations", "data", "prompt", "response"]), VALUES)))
def test_whatever_a_file_holds_every_row_is_kept_or_refused(rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = read(Path(folder), *rows, {"data": TALK})
    assert len(found.rows) + found.refused.total() == found.read == len(rows) + 1
    for row in found.rows:
        said = row["messages"]
        assert [turn["role"] for turn in said] == list(ROLES) * (len(said) // 2) and len(said) >= 4
        assert all(turn["content"].strip() for turn in said)
