"""The recipe: what is wrong is said helpfully and all at once, and each value's origin is known."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import InputError, RecipeError, UsageError
from residency.flow.recipe import Recipe, check_recipe, load_recipe, recipe_schema
from residency.flow.starter import starter_recipe, toml_value

RIGHT = """
[run]
name = "first"
[corpus]
files = ["bank.jsonl"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bank.jsonl").write_text('{"question": "q", "answer": "a"}\n')
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        load_recipe(write(folder, text))
    assert all("\n" not in problem for problem in caught.value.problems)
    return caught.value.problems


WRONG = [
    pytest.param("[sft]\nepoch = 3", "unknown key 'sft.epoch'; did you mean 'epochs'?", id="misspelt key"),
    pytest.param("[evaluation]\n", "unknown key 'evaluation'; did you mean 'evaluate'?", id="misspelt section"),
    pytest.param("[profile.full]\n", "unknown key 'profile'; did you mean 'profiles'?", id="misspelt profiles"),
    pytest.param("[sft]\nmax_length = 9", "unknown key 'sft.max_length'; it belongs in [compile]", id="wrong section"),
    pytest.param("[index]\nzzz = 1", "unknown key 'index.zzz'; known keys: b, ", id="nothing like it"),
    pytest.param(
        "[sft.lora]\nrank_ = 1",
        "unknown key 'sft.lora.rank_'; known keys: alpha, dora, ",
        id="nested",
    ),
    pytest.param('[sft]\nepochs = "many"', "sft.epochs = 'many': input should be a valid number", id="type"),
    pytest.param("[sft]\nepochs = 0", "sft.epochs = 0: input should be greater than 0", id="range"),
    pytest.param("[sft]\nlearning_rate = inf", "sft.learning_rate = inf: input should be a finite number", id="inf"),
    pytest.param('[model]\ndtype = "int8"', "model.dtype = 'int8': input should be 'auto', 'bfloat16'", id="choice"),
    pytest.param("[mix.shares]\nmcq = 0.5", "mix: the shares add up to 0.500; make them add up to 1", id="shares"),
    pytest.param("[mix.shares]\nmcqs = 1.0", "mix: shares names 'mcqs'; the kinds are mcq, open", id="share's name"),
    pytest.param(
        '[[evaluate.gates]]\nmetric = "a.b"\nrule = "best"', "evaluate.gates.0.rule = 'best': input should", id="gate"
    ),
    pytest.param(
        '[[evaluate.gates]]\nrule = "better"',
        "missing key 'evaluate.gates.0.metric' (the metric's name",
        id="no metric",
    ),
    pytest.param(
        '[[evaluate.gates]]\nmetric = "mode.obeyd"\nrule = "better"',
        "evaluate: gate 1: unknown metric 'mode.obeyd'; did you mean 'mode.obeyed'?",
        id="a gate's metric",
    ),
    pytest.param('[model]\nname = "./none"', "model: there is no such folder: none. Set model.name to", id="model"),
    pytest.param("[grounding]\npassages = 1", "grounding: passages must be at least 2", id="settings that clash"),
    pytest.param('[index]\nfiles = ["none.jsonl"]', "index: no such file or folder: ", id="missing file"),
    pytest.param('[index]\nfiles = ["$NOWHERE/p.jsonl"]', "index: the environment variable NOWHERE is", id="variable"),
]


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_a_wrong_recipe_gets_one_helpful_line(folder: Path, text: str, line: str) -> None:
    found = problems(folder, RIGHT + text)
    assert len(found) == 1
    assert found[0].startswith(line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("profiles = 3\n" + RIGHT, "profiles = 3: tables were expected, as in [profiles.full.sft]"),
        (RIGHT + "[profiles]\nfull = 3", "profiles.full = 3: a table was expected, as in [profiles.full.sft]"),
        ("sft = 3\n" + RIGHT, "sft = 3: a table was expected, as in [sft]"),
        ('[corpus]\nfiles = ["bank.jsonl"]', "missing key 'run' (the run as a whole)"),
        (RIGHT.replace('"first"', '"../out"'), "run.name = '../out': string should match pattern"),
        (RIGHT.replace('["bank.jsonl"]', "[]"), "corpus.files = []: list should have at least 1 item"),
        (RIGHT + "dev_share = 0.5\ntest_share = 0.5", "corpus.dev_share and corpus.test_share leave less than 10%"),
    ],
)
def test_a_recipe_of_the_wrong_shape_gets_one_helpful_line(folder: Path, text: str, line: str) -> None:
    found = problems(folder, text)
    assert len(found) == 1
    assert found[0].startswith(line)


def test_all_faults_are_reported_at_once(folder: Path) -> None:
    found = problems(folder, '[run]\nname = "x"\n[corpus]\nfile = ["a"]\n[sft]\nepochs = -1\nwarmup = 2\n[pears]\n')
    assert [line.split("'")[1] if "'" in line else line.split(" ")[0] for line in found] == [
        "corpus.files",
        "corpus.file",
        "sft.epochs",
        "sft.warmup",
        "pears",
    ]


def test_all_missing_files_are_reported_at_once(folder: Path) -> None:
    text = '[run]\nname = "x"\n[corpus]\nfiles = ["a", "b"]\n[evaluate]\nfollowups = ["c"]'
    assert [line.rpartition("/")[2] for line in problems(folder, text)] == ["a", "b", "c"]


def test_a_file_that_is_not_toml_is_named_with_the_line(folder: Path) -> None:
    with pytest.raises(InputError, match=r"recipe\.toml: not valid TOML .*line 1"):
        load_recipe(write(folder, "[run\n"))


def test_a_missing_recipe_says_how_to_get_one(folder: Path) -> None:
    with pytest.raises(InputError, match=r"no such recipe\. Type: residency recipe new"):
        load_recipe(folder / "other.toml")


def test_a_folder_in_place_of_a_recipe_is_an_input_error(folder: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_recipe(folder)


def test_a_byte_order_mark_does_not_matter(folder: Path) -> None:
    assert load_recipe(write(folder, "\ufeff" + RIGHT)).recipe.run.name == "first"


def test_every_value_has_its_origin(folder: Path) -> None:
    text = RIGHT + "[sft]\nepochs = 3\nwarmup = 0.1\n[profiles.full.sft]\nwarmup = 0.2\n[profiles.full.sft.lora]\nr = 4"
    loaded = load_recipe(write(folder, text), "full", ["sft.lora.alpha=9"])
    assert loaded.recipe.sft.epochs == 3
    assert loaded.recipe.sft.warmup == 0.2
    assert (loaded.recipe.sft.lora.r, loaded.recipe.sft.lora.alpha) == (4, 9)
    assert loaded.origins["sft.epochs"] == "recipe"
    assert loaded.origins["sft.warmup"] == loaded.origins["sft.lora.r"] == "profile full"
    assert loaded.origins["sft.lora.alpha"] == "--set"
    assert loaded.origins["sft.save_steps"] == "default"


def test_a_profile_leaves_the_recipe_alone_unless_it_is_asked_for(folder: Path) -> None:
    path = write(folder, RIGHT + "[profiles.full.sft]\nepochs = 9")
    assert load_recipe(path).recipe.sft.epochs == 2
    with pytest.raises(UsageError, match=r"no profile 'ful'\. It has: full"):
        load_recipe(path, "ful")


@pytest.mark.parametrize(
    ("override", "section", "key", "value"),
    [
        ("sft.epochs=0.5", "sft", "epochs", 0.5),
        ("sft.epochs = 1", "sft", "epochs", 1.0),
        ("run.name=second", "run", "name", "second"),
        ('run.name="second"', "run", "name", "second"),
        ("run.name=7", "run", "name", "7"),
        ("run.name=2026-01-31", "run", "name", "2026-01-31"),
        ("model.revision=123e456", "model", "revision", "123e456"),
        ("model.dtype=float32", "model", "dtype", "float32"),
        ("run.folder=elsewhere/runs", "run", "folder", Path("elsewhere/runs")),
        ('corpus.held_out_topics=["burns"]', "corpus", "held_out_topics", ["burns"]),
        ("release.merge=true", "release", "merge", True),
    ],
)
def test_set_replaces_one_value(folder: Path, override: str, section: str, key: str, value: object) -> None:
    loaded = load_recipe(write(folder, RIGHT), overrides=[override])
    assert getattr(getattr(loaded.recipe, section), key) == value


@pytest.mark.parametrize("override", ["sft.epochs", "epochs=3", "=3", ".=3", "sft..epochs=1"])
def test_a_set_of_another_form_shows_an_example(folder: Path, override: str) -> None:
    with pytest.raises(UsageError, match=r"Example: --set sft\.epochs=1"):
        load_recipe(write(folder, RIGHT), overrides=[override])


def test_a_misspelt_set_is_explained_like_the_recipe_itself(folder: Path) -> None:
    with pytest.raises(RecipeError, match=r"unknown key 'sft\.epoch'; did you mean 'epochs'"):
        load_recipe(write(folder, RIGHT), overrides=["sft.epoch=1"])


@pytest.fixture(scope="module")
def right_recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("right")
    (folder / "bank.jsonl").touch()
    return write(folder, RIGHT)


@given(text=st.text(max_size=30), key=st.sampled_from(["", "sft.epochs=", "run.name=", "corpus.files=", "mix.shares="]))
def test_no_override_crashes(right_recipe: Path, text: str, key: str) -> None:
    try:
        loaded = load_recipe(right_recipe, overrides=[key + text])
    except (UsageError, RecipeError):
        return
    assert "--set" in loaded.origins.values()


def test_files_lie_beside_the_recipe_and_runs_in_the_working_directory(folder: Path) -> None:
    loaded = load_recipe(write(folder, RIGHT))
    assert loaded.recipe.corpus.files == [folder / "bank.jsonl"]
    assert loaded.run_folder == Path("runs/first")


def test_environment_variables_and_the_home_folder_are_expanded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANK", str(folder))
    monkeypatch.setenv("HOME", str(folder))
    text = RIGHT.replace("bank.jsonl", "${BANK}/bank.jsonl").replace("[corpus]", 'folder = "~/runs"\n[corpus]')
    loaded = load_recipe(write(folder, text))
    assert loaded.recipe.corpus.files == [folder / "bank.jsonl"]
    assert loaded.run_folder == folder / "runs" / "first"


def test_check_looks_into_every_profile_and_says_each_fault_once(folder: Path) -> None:
    path = write(folder, RIGHT + "[profiles.a.sft]\nepochs = 1\n[profiles.b.sft]\nepoch = 1\n[profiles.c.mix]\nx = 1")
    with pytest.raises(RecipeError) as caught:
        check_recipe(path)
    assert [line.partition("; ")[0] for line in caught.value.problems] == [
        "profile b: unknown key 'sft.epoch'",
        "profile c: unknown key 'mix.x'",
    ]
    loaded, names = check_recipe(write(folder, RIGHT + "[profiles.a.sft]\nepochs = 1"))
    assert (loaded.recipe.sft.epochs, names) == (2, ["a"])


def test_the_schema_documents_every_key() -> None:
    schema = recipe_schema()
    json.dumps(schema)
    undocumented = [
        f"{name}.{key}"
        for name, model in schema["$defs"].items()
        for key, entry in model["properties"].items()
        if not (entry.get("description") or "$ref" in entry)  # a table is documented where it is declared
    ]
    assert not undocumented
    assert len(schema["$defs"]) > 12


def test_the_starter_recipe_runs_as_it_is_and_shows_the_true_defaults(folder: Path) -> None:
    text = starter_recipe().replace("questions.jsonl", "bank.jsonl")
    plain = load_recipe(write(folder, text))
    spelt_out = load_recipe(write(folder, re.sub(r"(?m)^# (\w+ = |\[)", r"\1", text)))
    assert spelt_out.recipe == plain.recipe
    assert sum(origin == "recipe" for origin in plain.origins.values()) == 2
    assert sum(origin == "recipe" for origin in spelt_out.origins.values()) > 50


def test_the_starter_recipe_holds_every_key() -> None:
    text = starter_recipe()
    for name, field in Recipe.model_fields.items():
        assert f"\n[{name}]\n" in text
        for key in field.annotation.model_fields:  # type: ignore[union-attr]
            assert re.search(rf"(?m)^(# )?({key} = |{key} is not set|\[{name}\.{key}\])", text), (name, key)


@given(st.recursive(st.booleans() | st.integers(-9, 9) | st.floats(-1, 1) | st.text(), st.lists, max_leaves=5))
def test_what_the_starter_writes_is_read_back(value: object) -> None:
    assert tomllib.loads(f"x = {toml_value(value)}")["x"] == value


def test_a_table_given_by_set_replaces_the_recipes_own(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    (tmp_path / "bank.jsonl").write_text("", encoding="utf-8")
    path.write_text(
        '[run]\nname = "r"\n[corpus]\nfiles = ["bank.jsonl"]\n[mix]\nshares = { mcq = 0.4, open = 0.6 }\n',
        encoding="utf-8",
    )
    loaded = load_recipe(path, None, ["mix.shares={ dialogue = 1.0 }"])
    assert loaded.recipe.mix.shares == {"dialogue": 1.0} and loaded.origins["mix.shares.dialogue"] == "--set"
    loaded = load_recipe(path, None, ["mix.shares.open=0.5", "mix.shares.dialogue=0.1"])
    assert loaded.recipe.mix.shares == {"mcq": 0.4, "open": 0.5, "dialogue": 0.1}
