"""The pairs of all types together: spread evenly, from train questions alone; and changed numbers."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.files import read_jsonl
from residency.core.prompt import KNOWN, body
from residency.core.records import Conversation
from residency.core.stage import seeded
from residency.core.text import MARK, numbers
from residency.domain.surgery.cases import read_case
from residency.domain.surgery.danger import in_danger
from residency.preference import corrupt
from residency.preference.build import MAKERS, build_pairs
from residency.preference.material import Material
from residency.retrieval.index import open_index
from tests.banks import STRANGE
from tests.conftest import read_rows
from tests.pair_material import TOPICS, draw, material_of

Row = dict[str, Any]
TYPES = list(MAKERS)
ALL = 1_000_000


@pytest.fixture(scope="module")
def material(example_run: Path) -> Material:
    return material_of(example_run, TOPICS)


@pytest.fixture(scope="module")
def pairs(material: Material) -> list[Row]:
    return cast(list[Row], build_pairs(material, TYPES, ALL, draw)[0])


def test_every_type_is_there_once_a_parent_and_its_directions_take_turns(pairs: list[Row]) -> None:
    assert set(Counter(pair["kind"] for pair in pairs)) == set(TYPES)
    assert len({pair["id"] for pair in pairs}) == len(pairs)
    parents = Counter((pair["kind"], pair["id"].partition(f"/{pair['kind']}")[0]) for pair in pairs)
    assert set(parents.values()) == {1}


def test_both_directions_are_among_a_few_pairs(material: Material) -> None:
    for name in ("abstention", "escalation", "mode", "refusal"):
        made, _ = build_pairs(material, [name], 20, draw)
        directions = Counter(pair["edit"]["direction"] for pair in made)
        assert len(directions) == 2 and min(directions.values()) >= 6, (name, directions)


def test_a_number_s_pair_differs_in_a_number_that_the_answer_did_not_hold(pairs: list[Row], example_run: Path) -> None:
    asked = {row["id"]: row["question"] for row in read_jsonl(example_run / "corpus" / "kept.jsonl")}
    of_numbers = [pair for pair in pairs if pair["kind"] == "wrong_number"]
    for pair in of_numbers:
        before, after = numbers(body(pair["chosen"])), numbers(body(pair["rejected"]))
        changed = [(one, two) for one, two in zip(before, after, strict=True) if one != two]
        assert changed and not any(two in before for _, two in changed), pair["id"]
        question = asked[pair["parents"][-1]]
        for side in ("chosen", "rejected"):
            assert pair[side].startswith(KNOWN) == (read_case(question) is not None and pair["mode"] == "CLINICAL")
        assert pair["mode"] == "EXAM" or not in_danger(question), pair["id"]
    assert len(of_numbers) > 20


def test_of_a_question_s_abstentions_the_first_is_taken_over_hard_distractors(example_run: Path) -> None:
    grounded = [cast(Conversation, row) for row in read_jsonl(example_run / "grounding" / "conversations.jsonl")]
    abstentions = [row for row in grounded if row["skill"] == "abstention"]
    row = next(row for row in abstentions if not MARK.search(row["messages"][-1]["content"]))
    easy = cast(Conversation, {**row, "id": f"{row['parents'][-1]}/irrelevant/only"})
    found = Material([], [row, easy], open_index(example_run / "index"))
    assert [one["id"] for one in found.insufficient] == [row["id"]]


def test_pairs_come_from_train_questions_alone(example_run: Path, pairs: list[Row]) -> None:
    split = {row["id"]: row["split"] for row in read_rows(example_run / "corpus" / "kept.jsonl")}
    assert {split[name] for pair in pairs for name in pair["parents"] if name in split} == {"train"}
    assert all(any(name in split for name in pair["parents"]) for pair in pairs)


def test_the_types_share_what_is_asked_for_evenly_and_refusals_are_counted(material: Material) -> None:
    types = ["option", "mode", "wrong_number", "refusal"]
    made, refused = build_pairs(material, types, 40, draw)
    assert Counter(pair["kind"] for pair in made) == dict.fromkeys(types, 10)
    assert refused["wrong_number: no quantity can be changed"] > 0
    made, _ = build_pairs(material, ["wrong_number"], 5, draw)
    assert [pair["kind"] for pair in made] == ["wrong_number"] * 5
    assert build_pairs(material, [], 5, draw) == ([], Counter())


def test_the_same_seed_gives_the_same_pairs_and_another_gives_others(material: Material) -> None:
    types = ["option", "asking", "mode", "wrong_number"]
    made = build_pairs(material, types, ALL, draw)[0]
    assert build_pairs(material, types, ALL, draw)[0] == made
    assert build_pairs(material, types, ALL, lambda *names: seeded(18, *names))[0] != made


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_bank_gives_sound_pairs_or_counts_why_not(strange_runs: dict[str, Path], name: str) -> None:
    made, _ = build_pairs(material_of(strange_runs[name]), TYPES, ALL, draw)
    for pair in made:
        assert " ".join(pair["chosen"].split()) != " ".join(pair["rejected"].split())
        assert pair["chosen"].strip() and pair["rejected"].strip()


def changed(answer: str, tries: int = 60) -> set[str]:
    found = (corrupt.wrong_number(answer, random.Random(seed)) for seed in range(tries))
    return {result[0] for result in found if result}


@pytest.mark.parametrize(
    ("answer", "possible"),
    [
        ("Give 40 mg.", {"Give 4 mg.", "Give 20 mg.", "Give 80 mg.", "Give 400 mg."}),
        ("Give 5 mg.", {"Give 10 mg.", "Give 50 mg."}),  # half of a whole number is no whole number
        ("Give 2,000 mL.", {"Give 200 mL.", "Give 1,000 mL.", "Give 4,000 mL.", "Give 20,000 mL."}),
        ("Give 0.5 mg.", {"Give 0.05 mg.", "Give 0.25 mg.", "Give 1 mg.", "Give 5 mg."}),
        ("Wait 24 hours.", {"Wait 12 hours.", "Wait 48 hours."}),
        ("Keep 70-90 mmHg.", {"Keep 35-45 mmHg.", "Keep 140-180 mmHg."}),
        ("It takes 4 to 6 weeks.", {"It takes 2 to 3 weeks.", "It takes 8 to 12 weeks."}),
        ("It is seen in 60%.", {"It is seen in 30%."}),
        ("It is seen in 60 per cent.", {"It is seen in 30 per cent."}),
        ("Only 10 mg, after 5 mg.", {"Only 1 mg, after 5 mg.", "Only 20 mg, after 5 mg.", "Only 100 mg, after 5 mg.",
                                     "Only 10 mg, after 50 mg."}),  # not 5 again, nor 10
        ("Grade 2 and stage 3 of T2 N1, NEWS2, 1:1, 130/80, 10^9, in 2009, pH below 7.2, [3], a 40-year-old.", set()),
        ("No number.", set()),
        ("", set()),
    ],
)  # fmt: skip
def test_a_quantity_is_changed_into_another_possible_one(answer: str, possible: set[str]) -> None:
    assert changed(answer) == possible


@given(st.text(), st.integers(0, 5))
def test_a_changed_number_is_another_for_any_text(text: str, seed: int) -> None:
    result = corrupt.wrong_number(text, random.Random(seed))
    if result:
        rejected, edit = result
        start, end = edit["span"]
        assert text[start:end] == edit["before"] and rejected[start:].startswith(edit["after"])
        assert not set(numbers(edit["after"])) & set(numbers(text))
