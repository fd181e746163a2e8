"""Pairs of behaviours: the rejected side is wrong for the stated reason, and no wording tells which side it is."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.prompt import KNOWN, body, format_question, read_options, system_message
from residency.core.records import Conversation, Question
from residency.core.text import MARK, words
from residency.domain.surgery.cases import read_case
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.red_flags import RED_FLAGS
from residency.domain.surgery.scope import OUT_OF_SCOPE, kept_back
from residency.judging.answers import chosen as chosen_letter
from residency.judging.answers import is_abstention, obeys_mode
from residency.judging.citations import score_citations, strip_citations
from residency.judging.dialogues.patterns import CALLS, DECLINES, URGENT
from residency.preference.behaviours import BEHAVIOURS
from residency.preference.behaviours.arguing import exchanged, rivals
from residency.preference.behaviours.making import Mistake, made, seen_in_talk, seen_over_context, talk
from residency.preference.edits.edit import Refusal
from residency.preference.material import Material
from tests.banks import make_passage, make_question
from tests.pair_material import TOPICS, draw, material_of

Row = dict[str, Any]
BOTH_WAYS = {"caution", "abstention", "asking", "correction", "escalation", "refusal", "mode"}
SAME_TEXTS = ("escalation", "refusal", "mode")


@pytest.fixture(scope="module")
def material(example_run: Path) -> Material:
    return material_of(example_run, TOPICS)


@pytest.fixture(scope="module")
def made_of(material: Material) -> dict[str, list[Row]]:
    return {
        name: [cast(Row, one) for one in maker(material, draw) if not isinstance(one, Refusal)]
        for name, maker in BEHAVIOURS.items()
    }


def faults(pair: Row, material: Material) -> list[str]:
    """What is wrong with a pair, found from its texts alone; empty when nothing is."""
    found, edit = [], pair["edit"]
    if " ".join(pair["chosen"].split()) == " ".join(pair["rejected"].split()):
        found.append("both sides are the same")
    if pair["prompt"][0] != system_message(pair["mode"]) or pair["prompt"][-1]["role"] != "user":
        found.append("the prompt")
    if pair["kind"] != edit["type"] or not edit["why"].endswith((".", "?", '"')) or edit["scorer"] != "rules":
        found.append("the record of the edit")
    return found + [f"not {name}" for name, holds in CHECKS[pair["kind"]](pair, material).items() if not holds]


def _option(pair: Row, material: Material) -> dict[str, bool]:
    options, edit = read_options(pair["prompt"][-1]["content"]), pair["edit"]
    key = material.by_id[pair["parents"][-1]]["answer"]
    return {
        "the key": chosen_letter(pair["chosen"], options) == key == edit["before"],
        "another": chosen_letter(pair["rejected"], options) == edit["after"] != key,
        "its own reasons": body(pair["chosen"]) != body(pair["rejected"]),
    }


def _citation(pair: Row, material: Material) -> dict[str, bool]:
    asked = pair["prompt"][-1]["content"]
    texts = sorted((text for text in material.texts.values() if f"] {text}" in asked), key=asked.index)
    question = asked.rpartition("Question: ")[2]
    moved = strip_citations(pair["chosen"]) == strip_citations(pair["rejected"])
    return {
        "supported": score_citations(pair["chosen"], texts, question).f1 == 1,
        "unsupported": score_citations(pair["rejected"], texts, question).recall < 1,
        "the direction": moved == (pair["kind"] == "citation"),
        "as many marks": len(MARK.findall(pair["chosen"])) == len(MARK.findall(pair["rejected"])),
    }


def _abstention(pair: Row, material: Material) -> dict[str, bool]:
    right, wrong = is_abstention(pair["chosen"]), is_abstention(pair["rejected"])
    over = pair["prompt"][-1]["content"].startswith("Context:")
    question = material.by_id[next(name for name in pair["parents"] if name in material.by_id)]["question"]
    return {
        "a patient out of danger": not in_danger(question),
        "the direction": (right, wrong) == ((True, False) if "beyond" in pair["edit"]["direction"] else (False, True)),
        "the context": over == pair["edit"]["context"],
        "the form": all(obeys_mode(pair[side], pair["mode"]) for side in ("chosen", "rejected")),
    }


def _asking(pair: Row, material: Material) -> dict[str, bool]:
    guesses, question = pair["edit"]["direction"] == "guesses", material.by_id[pair["parents"][-1]]
    asks, answers = (pair["chosen"], pair["rejected"]) if guesses else (pair["rejected"], pair["chosen"])
    told = pair["prompt"][-1]["content"]
    whole = all(option in told for option in question.get("options", {}).values())
    return {
        "a question": "?" in asks and not obeys_mode(asks, pair["mode"]),
        "an answer": obeys_mode(answers, pair["mode"]),
        "whole": guesses or whole,
        "less than whole": not guesses or format_question(question["question"], question.get("options")) not in told,
        "a patient out of danger": not in_danger(question["question"]),
    }


def _correction(pair: Row, material: Material) -> dict[str, bool]:
    edit, turns = pair["edit"], pair["prompt"][1:]
    if edit["before"] not in ("stands", "changes"):
        (row,) = [row for row in material.dialogues if pair["id"] == f"{row['id']}/correction"]
        verified = row["messages"][row["expect"]["check"]["critical"]]["content"]
        return {"what holds": pair["chosen"] == verified and edit["after"] in pair["rejected"] != verified}
    question = material.by_id[pair["parents"][-1]]
    right = question["options"][question["answer"]].rstrip(".")
    named = {side: pair[side].find(f'"{right}"') for side in ("chosen", "rejected")}
    answered_rightly = chosen_letter(turns[1]["content"], question["options"]) == question["answer"]
    return {
        "the key chosen": f'{question["answer"]}, "{right}"' in pair["chosen"],
        "another rejected": f'{question["answer"]}, "{right}"' not in pair["rejected"],
        "named": named["chosen"] >= 0,
        "the direction": answered_rightly == (edit["direction"] == "gives way to a false correction"),
    }


def _escalation(pair: Row, material: Material) -> dict[str, bool]:
    right, wrong = (
        bool(URGENT.search(text.lower()) and CALLS.search(text.lower())) for text in (pair["chosen"], pair["rejected"])
    )
    fails = pair["edit"]["direction"] == "fails to escalate"
    return {"an escalation": right if fails else wrong, "calm": not (wrong if fails else right)}


def _refusal(pair: Row, material: Material) -> dict[str, bool]:
    right, wrong = (bool(DECLINES.search(pair[side].lower())) for side in ("chosen", "rejected"))
    refuse, asked = pair["edit"]["direction"] == "answers what should be refused", pair["prompt"][-1]["content"]
    requests = {request for entry in OUT_OF_SCOPE for request in entry.requests}
    return {"the direction": (right, wrong) == (refuse, not refuse), "the request": (asked in requests) == refuse}


def _mode(pair: Row, material: Material) -> dict[str, bool]:
    return {
        "the form asked for": obeys_mode(pair["chosen"], pair["mode"]),
        "the other form": not obeys_mode(pair["rejected"], pair["mode"]),
        "the same text": body(pair["chosen"]).split() == body(pair["rejected"]).split(),
    }


def _caution(pair: Row, material: Material) -> dict[str, bool]:
    edit, good, bad = pair["edit"], body(pair["chosen"]), body(pair["rejected"])
    said = (edit["before"] or edit["after"]).strip()
    omitted = edit["direction"] == "omitted"
    return {
        "a sentence": said[:1].isupper() and said.endswith("."),
        "where it belongs": (said in good, said in bad) == (omitted, not omitted),
        "all of the difference": words(good if omitted else bad) != words(bad if omitted else good),
    }


CHECKS = {
    "option": _option,
    "caution": _caution,
    "citation": _citation,
    "unsupported": _citation,
    "abstention": _abstention,
    "asking": _asking,
    "correction": _correction,
    "escalation": _escalation,
    "refusal": _refusal,
    "mode": _mode,
}


def test_nothing_is_wrong_with_any_pair_and_every_type_has_both_directions(
    made_of: dict[str, list[Row]], material: Material
) -> None:
    everything = [pair for pairs in made_of.values() for pair in pairs]
    assert {pair["id"]: found for pair in everything if (found := faults(pair, material))} == {}
    assert len({pair["id"] for pair in everything}) == len(everything)
    for name, pairs in made_of.items():
        directions = Counter(pair["edit"]["direction"] for pair in pairs)
        assert len(directions) == (2 if name in BOTH_WAYS else 1), name
        assert min(directions.values()) > (2 if name == "caution" else 10), (name, directions)


def test_each_fault_is_found_when_it_is_planted(made_of: dict[str, list[Row]], material: Material) -> None:
    for name, pairs in made_of.items():
        for pair in {one["edit"]["direction"]: one for one in pairs}.values():
            turned = pair | {"chosen": pair["rejected"], "rejected": pair["chosen"]}
            assert faults(turned, material), (name, "sides exchanged")
            assert faults(pair | {"rejected": pair["chosen"] + "\n"}, material), (name, "the rejected side is right")
            assert "the prompt" in faults(pair | {"prompt": pair["prompt"][1:]}, material)


@pytest.mark.parametrize("name", SAME_TEXTS)
def test_the_same_texts_stand_on_either_side(made_of: dict[str, list[Row]], name: str) -> None:
    """But for a question asked of a patient in danger, whose escalation alone is put before another's answer."""
    pairs = [pair for pair in made_of[name] if "emergency_asked" not in pair["id"] and not pair["id"].endswith("/3")]
    sides = [Counter(body(pair[side]) for pair in pairs) for side in ("chosen", "rejected")]
    assert sides[0] == sides[1] and sides[0].total() > 40


def test_an_abstention_is_right_as_often_as_it_is_wrong(made_of: dict[str, list[Row]]) -> None:
    sides: dict[str, Counter[str]] = {"chosen": Counter(), "rejected": Counter()}
    for pair in made_of["abstention"]:
        for side, counted in sides.items():
            if is_abstention(pair[side]):
                counted[" ".join(body(pair[side]).split())] += 1
    assert sides["chosen"] == sides["rejected"] and sides["chosen"].total() > 40
    marks = [sum(len(MARK.findall(pair[side])) for pair in made_of["abstention"]) for side in ("chosen", "rejected")]
    assert abs(marks[0] - marks[1]) <= 0.02 * sum(marks)


def test_what_asks_is_rejected_as_often_as_chosen_and_so_is_what_gives_way(made_of: dict[str, list[Row]]) -> None:
    asks = [Counter(pair[side] for pair in made_of["asking"] if "?" in pair[side]) for side in ("chosen", "rejected")]
    assert asks[0] == asks[1]
    does = [Counter(pair["edit"][side] for pair in made_of["correction"]) for side in ("before", "after")]
    assert does[0]["stands"] == does[1]["changes"] and does[0]["changes"] == does[1]["stands"]


@pytest.mark.parametrize("name", list(BEHAVIOURS))
def test_length_does_not_tell_the_better_side(made_of: dict[str, list[Row]], name: str) -> None:
    by_direction: dict[str, list[int]] = {}
    for pair in made_of[name]:
        gap = len(pair["rejected"]) - len(pair["chosen"])
        by_direction.setdefault(pair["edit"]["direction"], []).append(gap)
    means = [sum(gaps) / len(gaps) for gaps in by_direction.values()]
    length = sum(len(pair["chosen"]) for pair in made_of[name]) / len(made_of[name])
    assert abs(sum(means)) / len(means) < 0.06 * length, (name, means, length)


def test_a_case_is_answered_in_the_form_of_the_mix_on_both_sides(
    made_of: dict[str, list[Row]], material: Material
) -> None:
    """The system message asks for what is known of a case; a preference that left it out would unteach it."""
    cases = 0
    for pair in [*made_of["option"], *made_of["mode"]]:
        question = material.by_id[pair["parents"][-1]]["question"]
        for side in ("chosen", "rejected"):
            clinical = (pair["mode"] == "CLINICAL") != (side == "rejected" and pair["kind"] == "mode")
            assert pair[side].startswith(KNOWN) == (read_case(question) is not None and clinical), pair["id"]
        assert pair["mode"] == "EXAM" or not in_danger(question), pair["id"]
        cases += read_case(question) is not None
    assert cases > 30


def test_nothing_kept_for_evaluation_is_said(made_of: dict[str, list[Row]]) -> None:
    held_out = {said for flag in RED_FLAGS for said in flag.held_out}
    held_out |= {said for entry in OUT_OF_SCOPE for said in entry.held_out}
    held_out |= {said for entry in OUT_OF_SCOPE if kept_back(entry) for pair in entry.alike for said in pair}
    for pair in [*made_of["escalation"], *made_of["refusal"]]:
        assert not held_out & {pair["prompt"][-1]["content"], body(pair["chosen"]), body(pair["rejected"])}
        assert pair["split"] == "train"


def test_the_same_seed_gives_the_same_pairs(material: Material, made_of: dict[str, list[Row]]) -> None:
    for name in ("option", "correction", "refusal"):
        again = [one for one in BEHAVIOURS[name](material, draw) if not isinstance(one, Refusal)]
        assert again == made_of[name]


# A rejected side that is right is refused.


def test_a_verifier_that_finds_no_mistake_refuses_the_pair(material: Material) -> None:
    question = cast(Question, make_question())
    right = "This is an emergency. Give oxygen and get intravenous access. Call the senior surgeon now."
    calm = "This can wait for a clinic visit. Arrange a routine referral."
    check = {"skill": "safety", "turn": 2, "critical": 3, "urgent": True, "flag": "sepsis"}
    row = talk(
        question, "EXAM", ("What is it?", "It is a bulge.", "He is grey and has rigors.", right), check, (right,)
    )
    also = f"Act at once, since minutes matter. {right}"
    assert seen_in_talk(row, (right, calm), ("nobody_called",)) == ""
    assert "does not find the mistake" in seen_in_talk(row, (right, also), ("nobody_called",))
    assert "in the chosen side" in seen_in_talk(row, (calm, right), ("nobody_called",))
    assert "does not find the mistake" in seen_in_talk(row, (right, calm), ("alarm",))
    unread = cast(Conversation, {**row, "expect": {}})
    assert seen_in_talk(unread, (right, calm), ("nobody_called",)) == "the row cannot be verified"


def test_a_citation_that_supports_its_sentence_is_not_called_wrong(material: Material) -> None:
    row = next(row for row in material.context if "[1]" in row["messages"][-1]["content"])
    answer, shown = row["messages"][-1]["content"], material.shown(row)
    assert "does not find the mistake" in seen_over_context(row, shown, (answer, f"{answer}\n"), ("unsupported",))
    twice = cast(Conversation, {**row, "shown": [shown[0]] * len(shown)})
    of_one = Material([], [twice], _Index([shown[0]]))
    found = [one for one in BEHAVIOURS["citation"](of_one, draw) if not isinstance(one, Refusal)]
    assert found == []


def test_an_answer_that_the_context_holds_is_not_called_beyond_it(material: Material) -> None:
    row = next(row for row in material.insufficient if material.twin(row))
    twin = material.twin(row)
    assert twin is not None
    planted = cast(Conversation, {**row, "shown": material.shown(twin)})
    question = material.by_id[row["parents"][-1]]
    of_one = Material([question], [planted, twin], _Index(material.shown(twin)))
    found = list(BEHAVIOURS["abstention"](of_one, draw))
    assert not [one for one in found if not isinstance(one, Refusal) and "beyond" in one["edit"]["direction"]]
    assert Refusal("abstention", "the context supports a part of the answer") in found


def test_an_option_that_says_the_same_or_speaks_of_others_is_not_called_wrong() -> None:
    options = {"A": "Mesh", "B": "mesh ", "C": "Truss", "D": "All of the above", "E": "A and C"}
    question = cast(Question, make_question(options=options, answer="A", rationale="Mesh lasts."))
    assert rivals(question) == ["C"]
    assert rivals(cast(Question, {**question, "answer": "D"})) == []
    alone = cast(Question, {**question, "options": {"A": "Mesh", "B": "mesh "}})
    found = list(BEHAVIOURS["option"](Material([alone], [], _Index([])), draw))
    assert found == [Refusal("option", "no other option that stands for itself")]


def test_a_question_that_asks_for_what_does_not_hold_gets_no_frame() -> None:
    stem = "Which of these is not a sign of strangulation?"
    options = {"A": "A soft lump", "B": "Vomiting"}
    question = cast(Question, make_question(question=stem, options=options, answer="A", rationale="It is soft."))
    (found,) = BEHAVIOURS["option"](Material([question], [], _Index([])), draw)
    assert isinstance(found, Refusal) and "exception" in found.reason


def test_nobody_is_asked_for_what_the_answer_does_not_turn_on() -> None:
    def made_from(*facts: str) -> list[Any]:
        text = " ".join([*facts, "What is the next step?"])
        answer = "A femoral hernia with a dilated loop on the scan is explored through the high approach."
        question = cast(Question, make_question(question=text, answer=answer))
        return list(BEHAVIOURS["asking"](Material([question], [], _Index([])), draw))

    told = "A 60-year-old woman has a lump in the groin."
    turns = made_from(told, "CT shows a femoral hernia with a dilated loop.")
    assert [one["edit"]["direction"] for one in turns] == ["guesses", "asks needlessly"]
    assert turns[0]["prompt"][-1]["content"] == f"{told} What is the next step?"
    idle = made_from(told, "Her temperature is 36.8 °C.")
    assert [type(one) for one in idle] == [Refusal]
    danger = made_from(told, "CT shows a femoral hernia with a dilated loop. Her blood pressure is 72/40 mmHg.")
    assert danger == [Refusal("asking", "nothing can be kept back")] or "danger" in danger[0].reason


def test_a_pair_whose_sides_are_the_same_is_refused() -> None:
    mistake = Mistake("mode", "", "", "", "minor", "Nothing.")
    question = cast(Question, make_question())
    assert made(question, "EXAM", [], ("It  is.", "it is."), mistake) == Refusal("mode", "both sides are the same")


# The argument for the wrong option.

RATIONALE = (
    "{x} is the first treatment of a contained leak. A {y} is for the unstable patient, and an early {y} does harm."
)
NAMES = ("Stent", "Endoscopic clip", "Drain", "Ileostomy", "ERCP", "Roux loop", "36%", "1,200 mL", "20 mL", "200 mL")


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_options_change_places_in_a_rationale_and_back(one: str, other: str) -> None:
    text = RATIONALE.format(x=one, y=other)
    result = exchanged(text, one, other, frozenset({"Roux"}))
    if one == other or result is None:
        assert one == other
        return
    assert result.startswith(f"{other} is the first treatment")
    counted = [Counter(words(said)) for said in (text, result)]
    for word in {*words(one), *words(other)} - {*words(one)} & {*words(other)}:
        assert counted[0][word] + counted[1][word] > 0
    again = exchanged(result, one, other, frozenset({"Roux"}))
    assert again is not None and [w for w in words(again) if w not in ("a", "an")] == [
        w for w in words(text) if w not in ("a", "an")
    ]
    assert not MARK.search(result) and "%%" not in result


@pytest.mark.parametrize(
    ("text", "one", "other", "expected"),
    [
        (
            "Urgent ERCP is for cholangitis. An ultrasound comes first.", "ERCP", "Ultrasound",
            "Urgent ultrasound is for cholangitis. An ERCP comes first.",
        ),
        ("A drain is left. A stent is not.", "Drain", "Stent", "A stent is left. A drain is not."),
        ("A stent is left. An ileostomy is not.", "Stent", "Ileostomy", "An ileostomy is left. A stent is not."),
        ("A bolus of 20 mL is too small, and 1,200 mL too much.", "200 mL", "20 mL", None),
        ("The area is 36%. With 27% the leg is an arm.", "36%", "27%", "The area is 27%. With 36% the leg is an arm."),
        ("Antibiotics are given. Surgery is not.", "Antibiotics", "Surgery", None),
        ("A drain is a risk. Old age rather than a clip is another; a clip is none.", "Drain", "Clip", None),
        ("A bolus of 60 mL is 3 mL/kg, and 200 mL is not 60 mL/kg.", "60 mL", "200 mL",
         "A bolus of 200 mL is 3 mL/kg, and 60 mL is not 60 mL/kg."),
        ("Vaccine and serum are needed. A toxoid is not.", "Vaccine and serum", "Toxoid", None),
        ("Removal is right. A line that is locked stays.", "Removed", "Locked", None),
        ("Mesh lasts.", "Mesh", "Truss", None),
        ("", "Mesh", "Truss", None),
    ],
)  # fmt: skip
def test_a_rationale_is_turned_or_left(text: str, one: str, other: str, expected: str | None) -> None:
    assert exchanged(text, one, other, frozenset()) == expected


def test_every_wording_names_each_option_once() -> None:
    from residency.preference.behaviours.making import say

    for purpose in ("argue", "argue_case", "argue_known"):
        for seed in range(200):
            text = say(purpose, random.Random(seed), x="Xstent", y="Ydrain", facts="He is 60.")
            assert (text.count('"Xstent"'), text.count('"Ydrain"')) == (1, 1), text
            assert (text.endswith(".") and "  " not in text and text[0].isupper()) or text[0] == '"'


class _Index:
    """An index of the passages given, as far as pairs look into one."""

    def __init__(self, passages: list[Any]) -> None:
        self.passages = passages
        self.by_id = {passage["id"]: passage for passage in passages}


def test_passages_are_read_as_they_were_printed(material: Material) -> None:
    row = material.context[0]
    asked = row["messages"][-2]["content"]
    assert all(f"[{n}] {text}" in asked for n, text in enumerate(material.texts_of(row), 1))
    changed = cast(Conversation, {**row, "shown": [cast(Any, make_passage("p", "It is cut."))]})
    assert material.texts_of(changed) == ["It is cut."]
