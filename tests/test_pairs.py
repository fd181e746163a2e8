"""The pairs of all types together: spread evenly, from train questions alone; and changed numbers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest

from residency.core.files import read_jsonl
from residency.core.prompt import body
from residency.core.records import Conversation
from residency.core.stage import seeded
from residency.core.text import MARK
from residency.preference.build import MAKERS, build_pairs
from residency.preference.edits import TEXT_OPERATORS
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


def test_types_are_there_once_a_parent(pairs: list[Row]) -> None:
    kinds = Counter(pair["kind"] for pair in pairs)
    assert set(kinds) <= set(TYPES) and len(kinds) > 12
    assert len({pair["id"] for pair in pairs}) == len(pairs)
    parents = Counter((pair["kind"], pair["parents"][-1]) for pair in pairs)
    assert set(parents.values()) == {1}


def test_a_mistake_in_a_text_is_the_one_that_is_recorded(pairs: list[Row], example_run: Path) -> None:
    gold = {row["id"]: row.get("rationale") or row["answer"] for row in read_jsonl(example_run / "corpus/kept.jsonl")}
    of_texts = [pair for pair in pairs if pair["kind"] in TEXT_OPERATORS]
    for pair in of_texts:
        edit, text = pair["edit"], gold[pair["parents"][-1]]
        start, end = edit["span"]
        assert text[start:end] == edit["before"], pair["id"]
        assert " ".join((text[:start] + edit["after"] + text[end:]).split()) in " ".join(body(pair["rejected"]).split())
        assert edit["severity"] in ("minor", "major", "dangerous") and edit["why"]
    assert len(of_texts) > 100


def test_both_directions_are_among_a_few_pairs(material: Material) -> None:
    for name in ("abstention", "escalation", "mode", "refusal"):
        made, _ = build_pairs(material, [name], 20, draw)
        directions = Counter(pair["edit"]["direction"] for pair in made)
        assert len(directions) == 2 and min(directions.values()) >= 5, (name, directions)


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
    types = ["option", "mode", "unit", "refusal"]
    made, refused = build_pairs(material, types, 40, draw)
    assert Counter(pair["kind"] for pair in made) == dict.fromkeys(types, 10)
    assert any(reason.startswith("unit: ") for reason in refused)
    assert build_pairs(material, [], 5, draw) == ([], Counter())


def test_the_same_seed_gives_the_same_pairs_and_another_gives_others(material: Material) -> None:
    types = ["option", "asking", "mode", "unit"]
    made = build_pairs(material, types, ALL, draw)[0]
    assert build_pairs(material, types, ALL, draw)[0] == made
    assert build_pairs(material, types, ALL, lambda *names: seeded(18, *names))[0] != made


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_bank_gives_sound_pairs_or_counts_why_not(strange_runs: dict[str, Path], name: str) -> None:
    made, _ = build_pairs(material_of(strange_runs[name]), TYPES, ALL, draw)
    for pair in made:
        assert " ".join(pair["chosen"].split()) != " ".join(pair["rejected"].split())
        assert pair["chosen"].strip() and pair["rejected"].strip()
