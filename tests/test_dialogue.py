"""Dialogues: turns that alternate, answers whose every sentence is the bank's or a known phrase, and neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from residency.core.errors import RecipeError
from residency.core.files import read_json, read_jsonl
from residency.core.prompt import BEFORE_ACTING, body
from residency.core.records import HELD_OUT, Question
from residency.core.text import sentences
from residency.dialogue.build import BUILDERS
from residency.dialogue.neighbours import CANDIDATES, NEAREST, Neighbours
from residency.dialogue.phrases import EVALUATION, TRAIN, phrases
from residency.dialogue.settings import DialogueSettings
from residency.domain.surgery.phrases import CHECKS
from residency.judging.answers import is_abstention, obeys_mode, parse_letter
from tests.banks import STRANGE, make_question, run_data_stages
from tests.conftest import read_rows

Row = dict[str, Any]
CHOICE = "I would choose: "


@pytest.fixture(scope="module")
def questions(example_run: Path) -> dict[str, Row]:
    return {row["id"]: row for row in read_rows(example_run / "corpus" / "kept.jsonl")}


@pytest.fixture(scope="module")
def rows(example_run: Path) -> list[Row]:
    return read_rows(example_run / "dialogue" / "conversations.jsonl")


def faults(row: Row, questions: dict[str, Row]) -> list[str]:
    """What is wrong with a dialogue; empty when nothing is."""
    turns, parents = row["messages"], [questions[name] for name in row["parents"]]
    found = []
    roles = [turn["role"] for turn in turns]
    if len(roles) < 4 or roles != ["user", "assistant"] * (len(roles) // 2):
        found.append("roles")
    if not all(turn["content"].strip() for turn in turns):
        found.append("an empty turn")
    if any(parent["split"] != row["split"] for parent in parents):
        found.append("a parent of another split")
    if not obeys_mode(turns[-1]["content"], row["mode"]):
        found.append("form")
    known = {sentence for parent in parents for sentence in _said_by(parent)} | set(
        phrases(row["split"])["ask_options"]
    )
    for turn in turns[1::2]:
        for line in turn["content"].splitlines():
            if line.startswith(BEFORE_ACTING) and line.removeprefix(BEFORE_ACTING).strip() not in CHECKS:
                found.append(f"not a known check: {line}")
        plain = body(turn["content"])
        if plain not in known:
            found += [f"not in the bank: {said}" for said in sentences(plain.removeprefix(CHOICE)) if said not in known]
    used = [
        phrase for name in ("letter_only", "why", "recap", "no_options", "give_options") for phrase in other(row)[name]
    ]
    if any(phrase in turn["content"].splitlines() for phrase in used for turn in turns[::2]):
        found.append("a phrase of the other split")
    if "letter" in row["expect"] and row["expect"]["letter"] != parents[-1]["answer"]:
        found.append("the letter")
    if row["expect"]["reference"] not in body(turns[-1]["content"]).replace("\n", " "):
        found.append("the reference")
    return found


def other(row: Row) -> dict[str, tuple[str, ...]]:
    return TRAIN if row["split"] in HELD_OUT else EVALUATION


def _said_by(parent: Row) -> list[str]:
    said = sentences(parent["answer"]) + sentences(parent.get("rationale", ""))
    return said + [f"{option.rstrip('.')}." for option in parent.get("options", {}).values()]


def test_nothing_is_wrong_with_any_dialogue_of_the_example_corpus(rows: list[Row], questions: dict[str, Row]) -> None:
    assert len(rows) > 300 and {row["skill"] for row in rows} == set(BUILDERS)
    assert {row["id"]: found for row in rows if (found := faults(row, questions))} == {}


def test_each_fault_is_found_when_it_is_planted(rows: list[Row], questions: dict[str, Row]) -> None:
    row = next(
        row for row in rows if row["skill"] == "related" and row["mode"] == "CLINICAL" and row["split"] == "train"
    )

    def check(**fields: Any) -> list[str]:
        return faults(row | fields, questions)

    turns = row["messages"]
    last = turns[-1]["content"]
    assert check() == []
    assert check(messages=turns[:-1])[0] == check(messages=turns[::-1])[0] == check(messages=turns[2:])[0] == "roles"
    assert "an empty turn" in check(messages=[{"role": "user", "content": " "}, *turns[1:]])
    assert "a parent of another split" in check(split="test")
    assert "form" in check(messages=[*turns[:-1], {"role": "assistant", "content": body(last)}])
    invented = [*turns[:-1], {"role": "assistant", "content": f"Aspirin cures it. {last}"}]
    assert check(messages=invented) == ["not in the bank: Aspirin cures it."]
    unknown = [
        *turns[:-1],
        {"role": "assistant", "content": f"{body(last)}\n{BEFORE_ACTING} give aspirin at once, 300 mg."},
    ]
    assert check(messages=unknown) == [f"not a known check: {BEFORE_ACTING} give aspirin at once, 300 mg."]
    asked = [*turns[:2], {"role": "user", "content": EVALUATION["recap"][0]}, *turns[3:]]
    assert check(messages=asked) == ["a phrase of the other split"]
    assert "the reference" in check(expect={"reference": "Something else."})
    assert any("not in the bank" in found for found in check(parents=row["parents"][:1]))


def test_training_and_evaluation_share_no_phrase() -> None:
    assert TRAIN.keys() == EVALUATION.keys()
    for name in TRAIN:
        assert not {text.lower() for text in TRAIN[name]} & {text.lower() for text in EVALUATION[name]}, name
        assert len(set(TRAIN[name])) == len(TRAIN[name])
    assert phrases("train") == phrases("dev") == TRAIN
    assert phrases("test") == phrases("test_topic") == phrases("test_human") == EVALUATION


def test_no_phrase_of_the_assistant_could_be_read_as_a_choice_or_an_abstention() -> None:
    for table in (TRAIN, EVALUATION):
        for text in table["ask_options"]:
            assert parse_letter(text, "ABCDE") is None and not is_abstention(text)


def test_a_dialogue_names_every_question_that_it_holds(rows: list[Row], questions: dict[str, Row]) -> None:
    for row in rows:
        asked = "\n".join(turn["content"] for turn in row["messages"])
        assert all(questions[name]["question"] in asked for name in row["parents"])
        assert len(row["parents"]) == (2 if row["skill"] in ("recap", "related") else 1)


def test_the_choice_comes_first_and_alone_before_the_reasons(rows: list[Row], questions: dict[str, Row]) -> None:
    for row in rows:
        if row["skill"] in ("explain", "why_not"):
            parent, first = questions[row["parents"][0]], row["messages"][1]["content"]
            option = parent["options"][parent["answer"]].rstrip(".")
            assert first == (f"ANSWER: {parent['answer']}" if row["mode"] == "EXAM" else f"{CHOICE}{option}.")


def test_why_not_is_answered_by_sentences_on_that_option(rows: list[Row], questions: dict[str, Row]) -> None:
    named = 0
    for row in (row for row in rows if row["skill"] == "why_not"):
        parent, asked = questions[row["parents"][0]], row["messages"][2]["content"]
        key = parent["options"][parent["answer"]]
        assert f'"{key}"' not in asked and f" {parent['answer']}?" not in asked
        named += '"' in asked
        assert all(said in parent["rationale"] for said in sentences(row["expect"]["reference"]))
    assert named > 5


def test_a_reason_that_leans_on_the_sentence_before_it_brings_that_along(tmp_path: Path) -> None:
    mcq = make_question(
        options={"A": "Mesh", "B": "Truss", "C": "Suture"},
        answer="A",
        rationale="Mesh lasts longest. A suture follows only if it fails. A truss slips.",
    )
    skills = DialogueSettings(per_question=1, skills=["why_not"])
    told = set()
    for seed in range(20):
        folder = run_data_stages(tmp_path / str(seed), [mcq], [], dialogue=skills, seed=seed) / "dialogue"
        told |= {row["expect"]["reference"] for row in read_rows(folder / "conversations.jsonl")}
    assert told == {"Mesh lasts longest. A suture follows only if it fails.", "A truss slips."}


def test_options_are_held_back_until_they_are_asked_for(rows: list[Row], questions: dict[str, Row]) -> None:
    for row in (row for row in rows if row["skill"] == "missing_options"):
        parent, turns = questions[row["parents"][0]], row["messages"]
        assert not any(f"{letter}. " in turns[0]["content"] for letter in parent["options"])
        assert all(f"{letter}. {text}" in turns[2]["content"] for letter, text in parent["options"].items())


def test_a_recap_repeats_the_first_answer_and_not_half_of_one(rows: list[Row], questions: dict[str, Row]) -> None:
    for row in (row for row in rows if row["skill"] == "recap"):
        assert len(row["messages"]) == 6
        assert body(row["messages"][5]["content"]) == sentences(body(row["messages"][1]["content"]))[0]
        first = questions[row["parents"][0]]
        assert "ompare" not in first["question"] or len(sentences(first["answer"])) == 1


def neighbours(*rows: Row) -> dict[str, list[str]]:
    found = Neighbours(cast(list[Question], rows))
    return {row["id"]: [other["id"] for other in found.of(cast(Question, row))] for row in rows}


def test_questions_that_share_a_passage_are_nearer_than_those_that_share_words() -> None:
    one = make_question("one", question="How is a femoral hernia treated?", passages=["p"])
    words = make_question("words", question="How is a femoral hernia found?")
    passage = make_question("passage", question="When does mesh fail?", passages=["p"])
    far = make_question("far", question="When is a burn cooled?")
    assert neighbours(one, words, passage, far) == {
        "one": ["passage", "words"],
        "words": ["one"],
        "passage": ["one"],
        "far": [],
    }


def test_a_question_is_no_neighbour_of_its_own_cluster_nor_of_an_mcq() -> None:
    like = [make_question(name, cluster="c") for name in ("one", "two")]
    mcq = make_question("mcq", options={"A": "Mesh", "B": "Truss"}, answer="A")
    assert neighbours(*like, mcq) == {"one": [], "two": [], "mcq": []}


def test_a_large_bank_of_one_topic_takes_no_quadratic_time() -> None:
    rows = [
        make_question(f"q{place}", question=f"How is hernia number {place % 900} of ward {place} treated?")
        for place in range(3_000)
    ]
    found = neighbours(*rows)
    assert all(0 < len(near) <= NEAREST for near in found.values())
    assert len(rows) > 10 * CANDIDATES


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_bank_gives_sound_dialogues_or_none(strange_runs: dict[str, Path], name: str) -> None:
    folder = strange_runs[name] / "dialogue"
    built = list(read_jsonl(folder / "conversations.jsonl"))
    report = read_json(folder / "report.json")
    assert report["built"] == len(built)
    assert len({row["id"] for row in built}) == len(built)
    for row in built:
        assert [turn["role"] for turn in row["messages"]] == ["user", "assistant"] * (len(row["messages"]) // 2)
        assert all(turn["content"].strip() for turn in row["messages"])


def test_as_many_dialogues_are_built_as_were_asked_for_and_the_rest_is_counted(tmp_path: Path) -> None:
    questions = [
        make_question(
            f"m{place}", options={"A": "Mesh", "B": "Truss"}, answer="A", rationale="Mesh lasts. A truss slips."
        )
        for place in range(10)
    ]
    for asked in (0, 1, 2):
        settings = DialogueSettings(per_question=asked)
        report = read_json(
            run_data_stages(tmp_path / str(asked), questions, [], dialogue=settings) / "dialogue" / "report.json"
        )
        assert report["built"] == 10 * asked
    assert report["refused"].keys() <= {"recap: the record does not allow it", "related: the record does not allow it"}


def test_an_unknown_skill_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"dialogue.skills names 'recall'; there are: explain, why_not"):
        run_data_stages(tmp_path, [make_question()], [], dialogue=DialogueSettings(skills=["explain", "recall"]))
