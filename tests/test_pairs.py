"""Preference pairs: the rejected side is really worse, in the way that its edit says, and in both directions."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.files import read_jsonl
from residency.core.prompt import KNOWN, MODES, Mode, body, shape_open, system_message
from residency.core.records import TRAINED_ON, Conversation, Pair, Question, in_splits
from residency.core.stage import seeded
from residency.core.text import MARK, numbers, sentences
from residency.domain.surgery.cases import read_case
from residency.domain.surgery.danger import in_danger
from residency.judging.answers import is_abstention, obeys_mode, parse_letter
from residency.judging.citations import cited_numbers, score_citations, strip_citations
from residency.judging.support import support
from residency.preference import corrupt
from residency.preference.build import MAKERS, Material, build_pairs
from residency.retrieval.index import open_index
from tests.banks import STRANGE, make_question
from tests.conftest import read_rows

Row = dict[str, Any]
TYPES = list(MAKERS)
ALL = 1_000_000
WITHOUT_CONTEXT = ("wrong_option", "wrong_number", "wrong_mode", "abstains_without_context")


def material_of(folder: Path) -> Material:
    questions = [cast(Question, row) for row in read_jsonl(folder / "corpus" / "kept.jsonl")]
    grounded = [cast(Conversation, row) for row in read_jsonl(folder / "grounding" / "conversations.jsonl")]
    return Material(in_splits(questions, TRAINED_ON), in_splits(grounded, TRAINED_ON), open_index(folder / "index"))


def draw(*names: object) -> random.Random:
    return seeded(17, *names)


@pytest.fixture(scope="module")
def material(example_run: Path) -> Material:
    return material_of(example_run)


@pytest.fixture(scope="module")
def pairs(material: Material) -> list[Row]:
    return cast(list[Row], build_pairs(material, TYPES, ALL, draw)[0])


def faults(pair: Row, material: Material) -> list[str]:
    """What is wrong with a pair; empty when nothing is."""
    chosen, rejected, kind = pair["chosen"], pair["rejected"], pair["kind"]
    mode: Mode = pair["mode"]
    found = []
    if " ".join(chosen.split()) == " ".join(rejected.split()):
        found.append("both sides are the same")
    if pair["prompt"][0] != system_message(mode) or pair["prompt"][-1]["role"] != "user":
        found.append("the prompt")
    mcq = kind == "wrong_option"
    if not obeys_mode(chosen, mode, mcq=mcq):
        found.append("the form of the chosen side")
    if obeys_mode(rejected, mode, mcq=mcq) == (kind == "wrong_mode"):
        found.append("the form of the rejected side")
    if is_abstention(chosen) != (kind == "answers_beyond_context"):
        found.append("whether the chosen side abstains")
    if is_abstention(rejected) != (kind in ("abstains_needlessly", "abstains_without_context")):
        found.append("whether the rejected side abstains")
    return found + (_edit_faults(pair, material) if not found else [])


def _edit_faults(pair: Row, material: Material) -> list[str]:
    chosen, rejected, edit, kind = pair["chosen"], pair["rejected"], pair["edit"], pair["kind"]
    asked = pair["prompt"][-1]["content"]
    texts = [text for text in material.texts.values() if f"] {text}" in asked]
    texts.sort(key=asked.index)
    question = asked.rpartition("Question: ")[2]
    if kind == "wrong_number":
        before, after = numbers(body(chosen)), numbers(body(rejected))
        changed = [(one, two) for one, two in zip(before, after, strict=True) if one != two]
        if not changed or any(two in before for _, two in changed):
            return ["the number is not another"]
    if (kind in WITHOUT_CONTEXT) == asked.startswith("Context:"):
        return ["whether there is a context"]
    if kind == "wrong_mode" and " ".join(body(chosen).split()) != " ".join(body(rejected).split()):
        return ["more than the form differs"]
    if kind == "wrong_option" and {edit["before"], edit["after"]} <= {""} | {edit["before"]}:
        return ["the option is not another"]
    if kind == "wrong_citation":
        if strip_citations(chosen) != strip_citations(rejected):
            return ["more than the citation differs"]
        if score_citations(chosen, texts, question).f1 != 1 or score_citations(rejected, texts, question).f1 == 1:
            return ["the wrong citation supports its sentence"]
    if kind == "answers_beyond_context" and score_citations(rejected, texts, question).recall > 0:
        return ["the answer beyond the context is supported by it"]
    if kind == "abstains_needlessly" and score_citations(chosen, texts, question).f1 != 1:
        return ["the answer is not supported"]
    return []


def test_nothing_is_wrong_with_any_pair_of_the_example_corpus(pairs: list[Row], material: Material) -> None:
    counted = Counter(pair["kind"] for pair in pairs)
    assert set(counted) == set(TYPES) and min(counted.values()) > 100
    assert {pair["id"]: found for pair in pairs if (found := faults(pair, material))} == {}
    assert len({pair["id"] for pair in pairs}) == len(pairs)


def test_each_fault_is_found_when_it_is_planted(pairs: list[Row], material: Material) -> None:
    by_kind = {pair["kind"]: pair for pair in pairs if pair["mode"] == "CLINICAL"}

    def check(kind: str, **fields: Any) -> list[str]:
        return faults(by_kind[kind] | fields, material)

    assert not any(check(kind) for kind in TYPES)
    for kind in TYPES:
        assert "both sides are the same" in check(kind, rejected=by_kind[kind]["chosen"] + "\n")
        assert check(kind, prompt=by_kind[kind]["prompt"][1:]) == ["the prompt"]
        assert "the form of the chosen side" in check(kind, chosen=body(by_kind[kind]["chosen"]))
        assert check(kind, mode="EXAM") != []
    abstains, answers = by_kind["answers_beyond_context"]["chosen"], by_kind["abstains_needlessly"]["chosen"]
    assert "whether the chosen side abstains" in check("answers_beyond_context", chosen=answers)
    assert "whether the rejected side abstains" in check("wrong_number", rejected=abstains)
    number = by_kind["wrong_number"]
    reworded = number["rejected"].replace(number["edit"]["after"], number["edit"]["before"]).replace(" is ", " was ")
    assert check("wrong_number", rejected=reworded + " ") in (
        ["the number is not another"],
        ["both sides are the same"],
    )
    assert check("wrong_mode", rejected=shape_open("Something else.", "EXAM")) == ["more than the form differs"]
    cited = by_kind["wrong_citation"]
    assert check("wrong_citation", rejected=cited["rejected"].replace(" [", " x [")) == [
        "more than the citation differs"
    ]
    assert check("wrong_citation", chosen=cited["rejected"], rejected=cited["chosen"]) == [
        "the wrong citation supports its sentence"
    ]
    beyond = {"prompt": by_kind["abstains_needlessly"]["prompt"], "rejected": answers, "mode": "CLINICAL"}
    assert check("answers_beyond_context", **beyond) == ["the answer beyond the context is supported by it"]
    uncited = strip_citations(answers)
    assert check("abstains_needlessly", chosen=uncited) == ["the answer is not supported"]


def test_both_directions_of_abstention_are_present_and_word_both_sides_alike(pairs: list[Row]) -> None:
    """Over a context an abstention is chosen as often as it is rejected, from one set of wordings: the wording tells
    nothing. What is rejected where there is no context is worded as what is chosen over one."""
    sides: dict[str, Counter[str]] = {"chosen": Counter(), "rejected": Counter()}
    without = [pair for pair in pairs if pair["kind"] == "abstains_without_context"]
    for pair in [pair for pair in pairs if pair not in without]:
        for side in ("chosen", "rejected"):
            if is_abstention(pair[side]):
                sides[side][body(pair[side])] += 1
    assert sides["chosen"] == sides["rejected"] and sum(sides["chosen"].values()) > 100
    assert {body(pair["rejected"]).replace("\n", " ") for pair in without} <= {
        said.replace("\n", " ") for said in sides["chosen"]
    }
    beyond = [pair["rejected"] for pair in pairs if pair["kind"] == "answers_beyond_context"]
    needless = [pair["chosen"] for pair in pairs if pair["kind"] == "abstains_needlessly"]
    assert Counter(strip_citations(body(text)) for text in beyond) == Counter(
        strip_citations(body(text)) for text in needless
    )


def test_of_a_question_s_abstentions_the_first_is_taken_over_hard_distractors(example_run: Path) -> None:
    grounded = [cast(Conversation, row) for row in read_jsonl(example_run / "grounding" / "conversations.jsonl")]
    abstentions = [row for row in grounded if row["skill"] == "abstention"]
    row = next(row for row in abstentions if not MARK.search(row["messages"][-1]["content"]))
    easy = cast(Conversation, {**row, "id": f"{row['parents'][-1]}/irrelevant/only"})
    found = Material([], [row, easy], open_index(example_run / "index"))
    assert [one["id"] for one in found.insufficient] == [row["id"]]


def test_both_directions_of_the_mode_are_present(pairs: list[Row]) -> None:
    before = Counter(pair["edit"]["before"] for pair in pairs if pair["kind"] == "wrong_mode")
    assert set(before) == set(MODES) and min(before.values()) > 0.4 * sum(before.values())


def test_a_case_is_answered_in_the_form_of_the_mix_on_both_sides(pairs: list[Row], example_run: Path) -> None:
    """The system message asks for what is known of a case; a preference that left it out would unteach it."""
    asked = {row["id"]: row["question"] for row in read_jsonl(example_run / "corpus" / "kept.jsonl")}
    cases = 0
    for pair in pairs:
        if pair["kind"] not in WITHOUT_CONTEXT:
            continue
        question = asked[pair["parents"][-1]]
        is_case = read_case(question) is not None
        for side in ("chosen", "rejected"):
            clinical = (pair["mode"] == "CLINICAL") != (side == "rejected" and pair["kind"] == "wrong_mode")
            assert pair[side].startswith(KNOWN) == (is_case and clinical), (pair["id"], side)
        assert pair["mode"] == "EXAM" or not in_danger(question), pair["id"]
        cases += is_case
    assert cases > 50


def test_the_sides_are_of_like_length(pairs: list[Row]) -> None:
    for kind in ("wrong_number", "wrong_citation", "wrong_option"):
        lengths = [(len(pair["chosen"]), len(pair["rejected"])) for pair in pairs if pair["kind"] == kind]
        longer = sum(one > two for one, two in lengths) / len(lengths)
        assert longer < 0.65, kind
        assert sum(two for _, two in lengths) == pytest.approx(sum(one for one, _ in lengths), rel=0.03)


def test_pairs_come_from_train_questions_alone(example_run: Path, pairs: list[Row]) -> None:
    split = {row["id"]: row["split"] for row in read_rows(example_run / "corpus" / "kept.jsonl")}
    assert {split[name] for pair in pairs for name in pair["parents"] if name in split} == {"train"}
    assert all(any(name in split for name in pair["parents"]) for pair in pairs)


def test_the_types_share_what_is_asked_for_evenly_and_refusals_are_counted(material: Material) -> None:
    made, refused = build_pairs(material, TYPES, 70, draw)
    assert set(Counter(pair["kind"] for pair in made).values()) == {10}
    assert refused["wrong_number: the record does not allow it"] > 0
    made, _ = build_pairs(material, ["wrong_number"], 5, draw)
    assert [pair["kind"] for pair in made] == ["wrong_number"] * 5
    assert build_pairs(material, [], 5, draw) == ([], Counter())


def test_the_same_seed_gives_the_same_pairs_and_another_gives_others(material: Material, pairs: list[Row]) -> None:
    assert build_pairs(material, TYPES, ALL, draw)[0] == pairs
    assert build_pairs(material, TYPES, ALL, lambda *names: seeded(18, *names))[0] != pairs


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_bank_gives_sound_pairs_or_counts_why_not(strange_runs: dict[str, Path], name: str) -> None:
    material = material_of(strange_runs[name])
    made, _ = build_pairs(material, TYPES, ALL, draw)
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


def test_a_wrong_citation_names_a_passage_that_does_not_support_its_sentence() -> None:
    passages = [
        "A femoral hernia is repaired soon after diagnosis.",
        "Burns are cooled.",
        "Soon after diagnosis a femoral hernia is repaired.",
    ]
    answer = "Key point: A femoral hernia is repaired soon after diagnosis [1].\nIt is repaired soon."
    for seed in range(20):
        result = corrupt.wrong_citation(answer, passages, "", random.Random(seed))
        assert result is not None
        assert result[0] == answer.replace("[1]", "[2]") and result[1]["after"] == "[2]"
    assert corrupt.wrong_citation(answer, [passages[0], passages[2]], "", random.Random(1)) is None
    assert corrupt.wrong_citation(strip_citations(answer), passages, "", random.Random(1)) is None


def test_a_number_of_the_question_does_not_make_a_right_citation_wrong() -> None:
    answer = "At 48 a femoral hernia is repaired [1]."
    passages = ["A femoral hernia is repaired at 48.", "Every femoral hernia is repaired."]
    assert corrupt.wrong_citation(answer, passages, "He is 48.", random.Random(1)) is None
    assert corrupt.wrong_citation(answer, passages, "", random.Random(1)) is not None


def test_a_wrong_option_is_another_one_and_needs_one() -> None:
    question = cast(
        Question, make_question(options={"A": "Mesh", "B": "mesh ", "C": "Truss"}, answer="A", rationale="Mesh lasts.")
    )
    for seed in range(20):
        result = corrupt.wrong_option(question, "EXAM", "", random.Random(seed))
        assert result is not None and parse_letter(result[0], "ABC") == "C"
    del question["options"]["C"]
    assert corrupt.wrong_option(question, "EXAM", "", random.Random(1)) is None


def test_an_answer_beyond_the_context_cites_a_passage_in_every_sentence() -> None:
    gold = "Key point: It is repaired [2].\nMesh is used [1][3]. Is it safe?"
    text, _ = corrupt.answers_beyond(gold, 3, "CLINICAL", random.Random(1))
    marks = [cited_numbers(sentence) for sentence in sentences(body(text))]
    assert len(marks) == 3 and all(len(found) == 1 and 1 <= found[0] <= 3 for found in marks)
    assert strip_citations(body(text)) == "It is repaired. Mesh is used. Is it safe?"


def test_the_support_checker_agrees_that_the_planted_citation_was_right_before(
    pairs: list[Row], material: Material
) -> None:
    for pair in [pair for pair in pairs if pair["kind"] == "wrong_citation"][:40]:
        wrong = cast(Pair, pair)["edit"]["after"]
        (moved,) = [one for one in sentences(body(pair["rejected"])) if one not in sentences(body(pair["chosen"]))]
        assert wrong in moved
        text = pair["prompt"][-1]["content"].split(f"\n{wrong} ")[-1].split("\n")[0]
        assert not support(text, moved, given=pair["prompt"][-1]["content"].rpartition("Question: ")[2]).supported
