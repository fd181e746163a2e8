"""Values are set in a recipe's text, and nothing else of it moves; tomllib tells whether it means what it should."""

from __future__ import annotations

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.ablation.toml import with_values
from residency.core.errors import InputError

EXAMPLE = Path(__file__).parents[1] / "examples" / "surgery" / "recipe.toml"
SECTIONS, KEYS = ("mix", "sft", "a b"), ("examples", "shares", "note", "files", "x-y")
ODD = (
    "[mix]",
    "a # b",
    'say "so"',
    "two\nlines",
    "back\\slash",
    "=, {}",
    "\N{GREEK SMALL LETTER BETA}",
    "",
    "'''",
    '"""',
)

scalars = st.one_of(
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=8),
)
lists = st.lists(scalars, max_size=4)
tables = st.dictionaries(
    st.sampled_from(("mcq", "open", "a.b", "\N{LATIN SMALL LETTER E WITH ACUTE}")), scalars, min_size=1
)
values = st.one_of(scalars, lists, tables)


@st.composite
def recipes(draw: Any) -> tuple[str, dict[str, Any], dict[tuple[str, str], list[str]]]:
    """A text, what it means, and the lines of each value, which no other value has."""
    text, meaning, lines = "# made by a person\n\n", {}, {}
    for section in draw(st.lists(st.sampled_from(SECTIONS), unique=True, max_size=3)):
        chosen = draw(st.dictionaries(st.sampled_from(KEYS), values, max_size=4))
        meaning[section] = copy.deepcopy(chosen)
        later = ""
        text += f"# about {section}\n[{_quoted(section)}]   # a section\n"
        for key, value in chosen.items():
            note = f"# the note of {section} {key}"
            form = draw(st.sampled_from(("inline", "dotted", "section", "lines")))
            if isinstance(value, dict) and form == "section":
                own = [
                    f"[{_quoted(section)}.{_quoted(key)}]",
                    *(f"{_quoted(k)} = {_written(v)} {note}" for k, v in value.items()),
                ]
                later += "\n".join(own) + "\n"
            elif isinstance(value, dict) and form == "dotted":
                own = [f"{_quoted(key)} . {_quoted(k)}={_written(v)} {note}" for k, v in value.items()]
                text += "\n".join(own) + "\n"
            elif isinstance(value, list) and form == "lines":
                own = [
                    f"{_quoted(key)} = [ {note}",
                    *(f"  {_written(v)}, # ] }} [mix] of {section} {key}" for v in value),
                    f"] {note}",
                ]
                text += "\n".join(own) + "\n"
            else:
                own = [f"  {_quoted(key)}   =   {_written(value)}   {note}"]
                text += own[0] + "\n"
            lines[section, key] = own
        text += later + draw(st.sampled_from(("", "\n", "\n# the end of a section\n\n")))
    tail = "[profiles.full.mix]\nexamples = 5 # of the profile\n\n[[profiles.full.gates]]\nshares = { mcq = 1 }"
    if draw(st.booleans()):
        text += "# why there are profiles\n" + tail + draw(st.sampled_from(("", "\n")))
        meaning["profiles"] = tomllib.loads(tail)["profiles"]
    return text, meaning, lines


def _quoted(key: str) -> str:
    return key if key.replace("-", "").isalnum() and key.isascii() else json.dumps(key)


def _written(value: Any) -> str:
    """TOML of this test's own."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        if "'" not in value and value.isascii() and value.isprintable():
            return f"'{value}'"
        return json.dumps(value).replace("\x7f", "\\u007f") if value.isascii() else _escaped(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(
                f"{json.dumps(k)} = {_written(v)}" if k.isascii() else f'"{k}" = {_written(v)}'
                for k, v in value.items()
            )
            + "}"
        )
    return repr(value)


def _escaped(value: str) -> str:
    return '"' + "".join(f"\\U{ord(mark):08x}" for mark in value) + '"'


@settings(max_examples=300, deadline=None)
@given(recipes(), st.dictionaries(st.tuples(st.sampled_from(SECTIONS[:2]), st.sampled_from(KEYS)), values, max_size=4))
def test_the_text_means_what_was_set_and_every_other_line_stays(made: Any, changes: dict[tuple[str, str], Any]) -> None:
    text, meaning, lines = made
    assert tomllib.loads(text) == meaning
    dotted = {".".join(place): value for place, value in changes.items()}
    clash = any(
        isinstance(meaning.get(s, {}).get(k), dict) and not isinstance(v, dict) for (s, k), v in changes.items()
    )
    try:
        found = with_values(text, dotted, dict.fromkeys(dotted, "why\nso ]"))
    except InputError:
        assert clash  # a table that is written as a section cannot become a number
        return
    for (section, key), value in changes.items():
        meaning.setdefault(section, {})[key] = value
    assert tomllib.loads(found) == meaning
    kept = [line for place, own in lines.items() if place not in changes for line in own]
    rest = iter(found.split("\n"))
    mine = {line for own in lines.values() for line in own}
    ordered = [line for line in text.split("\n") if line in kept or line not in mine]
    for line in ordered:
        assert any(line == one for one in rest), line
    assert with_values(found, dotted) == found  # said twice, nothing changes


def test_the_examples_recipe_differs_in_the_lines_that_were_set() -> None:
    text = EXAMPLE.read_text()
    shares = {"mcq": 0.3, "open": 0.2, "dialogue": 0.5}
    found = with_values(
        text,
        {
            "mix.shares": shares,
            "grounding.tools": 2,
            "mix.tagged": 0.8,
            "preference.loss": "ipo",
            "teacher.who": "none",
        },
        {"mix.shares": "dialogues, +6", "grounding.tools": "grounding, +2"},
    )
    before, after = text.split("\n"), found.split("\n")
    changed = [line for line in after if line not in before]
    assert changed == [
        "tools = 2   # the embedded model's format knows no tools [ablate: grounding, +2]",
        "shares = { mcq = 0.3, open = 0.2, dialogue = 0.5 }  # [ablate: dialogues, +6]",
        "tagged = 0.8",
        'loss = "ipo"',
        "[teacher]",
        'who = "none"',
    ]
    assert found.index("[teacher]") < found.index("[profiles.full.run]")
    assert tomllib.loads(found)["profiles"] == tomllib.loads(text)["profiles"]
    assert "# With some hundred questions" in found


def test_a_comment_of_an_earlier_ablation_gives_way_to_the_new_one_and_others_stay() -> None:
    text = "[sft]\nepochs = 1 # as the paper has it [ablate: modes, +1.0]\nrank = 8 # [ablate: modes, +1.0]\n"
    once = with_values(text, {"sft.epochs": 2, "sft.rank": 4}, {"sft.epochs": "dialogues, +3.0"})
    assert once == "[sft]\nepochs = 2 # as the paper has it [ablate: dialogues, +3.0]\nrank = 4\n"


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("mix.examples = 3\n", {"mix.tagged": 0.5}, "mix.examples = 3\nmix.tagged = 0.5\n"),
        ("mix = { examples = 3 } # x\n", {"mix.tagged": 0.5}, "mix = { examples = 3, tagged = 0.5 } # x\n"),
        ("mix = {}", {"mix.shares": {"mcq": 1}}, "mix = { shares = { mcq = 1 } }"),
        ("mix = { a = 1, s = { mcq = 1 } }\n", {"mix.s.mcq": 0.5}, "mix = { a = 1, s = { mcq = 0.5 } }\n"),
        ("[a]\r\nx = 3\r\n", {"a.y": 1, "b.z": 2}, "[a]\r\nx = 3\r\ny = 1\r\n\r\n[b]\r\nz = 2\r\n"),
        ("\ufeff[mix]\nexamples = 3", {"mix.tagged": True}, "\ufeff[mix]\nexamples = 3\ntagged = true\n"),
        ("[mix.shares]\nmcq = 1\n", {"mix.examples": 9}, "[mix.shares]\nmcq = 1\n\n[mix]\nexamples = 9\n"),
        ("[mix.s]\nmcq = 0.5 # m\nopen = 0.5 # o\n", {"mix.s": {"mcq": 1.0}}, "[mix.s]\nmcq = 1.0 # m\n"),
        ("[mix]\nexamples = 5\ntagged = 1\n", {"mix.examples": None, "sft.rank": None}, "[mix]\ntagged = 1\n"),
        ("[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n", {"a.c": 3}, "[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n\n[a]\nc = 3\n"),
        ("[e]\nm = 1\n[[e.g]]\nm = 2\n", {"e.m": 3, "e.n": 4}, "[e]\nm = 3\nn = 4\n[[e.g]]\nm = 2\n"),
        ('["mix"]\n"examples" = """\n[sft]\nrank = 1\n"""\n', {"mix.examples": 2}, '["mix"]\n"examples" = 2\n'),
    ],
)  # fmt: skip
def test_each_form_that_a_recipe_may_have(text: str, changes: dict[str, Any], expected: str) -> None:
    assert with_values(text, changes) == expected
    for key, value in changes.items():
        place: Any = tomllib.loads(expected.removeprefix("\ufeff"))
        for part in key.split("."):
            place = place.get(part, {} if part != key.split(".")[-1] else None)
        assert place == value


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("[[evaluate.gates]]\nvalue = 1\n", {"evaluate.gates": []}),
        ("[mix.shares]\nmcq = 1\n", {"mix.shares": 3}),
        ("mix = 3\n", {"mix.shares": 3}),
        ("[mix]\n", {"mix.when": object()}),
        ("not toml", {"mix.shares": 3}),
    ],
)
def test_what_has_no_place_is_an_error_and_not_another_recipe(text: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        with_values(text, changes)
