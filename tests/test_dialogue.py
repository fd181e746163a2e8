"""Dialogues: what each skill promises, where each sentence comes from, and wordings that evaluation has alone."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl
from residency.core.prompt import ANSWER, BEFORE_ACTING, CHOICE, KNOWN, body
from residency.core.records import HELD_OUT, Question, record_text
from residency.core.samples import sample
from residency.core.stage import StageContext
from residency.core.text import content_stems, numbers, sentences
from residency.core.wording import expand
from residency.dialogue.build import build_dialogues
from residency.dialogue.library import SOUGHT, Library, answer_of, sayable
from residency.dialogue.material import Material
from residency.dialogue.neighbours import CANDIDATES, NEAREST, Neighbours
from residency.dialogue.settings import SKILL_NAMES, DialogueSettings
from residency.dialogue.skills import SAFETY, SKILLS
from residency.dialogue.skills.correction import by_rule
from residency.dialogue.skills.safety import named_first
from residency.dialogue.wording.held_out import HELD_OUT_WORDINGS
from residency.dialogue.wording.train import TRAIN_WORDINGS
from residency.domain.surgery.case_facts import BY_NAME, FACT_KINDS, kinds_stated, not_said, values_stated
from residency.domain.surgery.cases import known_lines, read_case
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.red_flags import RED_FLAGS, red_flags_in
from residency.domain.surgery.referents import elliptical, referents, tidy
from residency.domain.surgery.rules import rule_texts
from residency.domain.surgery.scope import OUT_OF_SCOPE
from residency.judging.answers import is_abstention, obeys_mode, parse_letter
from residency.judging.dialogues import verify
from tests.banks import STRANGE, make_question, run_data_stages
from tests.conftest import read_rows

Row = dict[str, Any]
RULES = rule_texts()


@pytest.fixture(scope="module")
def questions(example_run: Path) -> dict[str, Row]:
    return {row["id"]: row for row in read_rows(example_run / "corpus" / "kept.jsonl")}


@pytest.fixture(scope="module")
def rows(example_run: Path) -> list[Row]:
    return read_rows(example_run / "dialogue" / "conversations.jsonl")


def parents(row: Row, questions: dict[str, Row]) -> list[Row]:
    return [questions[name] for name in row["parents"]]


def said(row: Row, place: int) -> str:
    return str(row["messages"][place]["content"])


def of(rows: list[Row], skill: str, variant: str = "") -> list[Row]:
    found = [row for row in rows if row["skill"] == skill and variant in ("", row["expect"]["variant"])]
    assert found, f"no {skill} {variant}"
    return found


def test_every_dialogue_of_the_example_corpus_passes_the_verifiers(rows: list[Row], questions: dict[str, Row]) -> None:
    assert len(rows) > 300 and {row["skill"] for row in rows} == set(SKILLS)
    for row in rows:
        texts = {parent["id"]: record_text(cast(Question, parent)) for parent in parents(row, questions)}
        assert verify(cast(Any, row), texts | {f"rule:{name}": RULES[name] for name in row["expect"]["rules"]}) == [], (
            row["id"]
        )


def test_a_dialogue_has_four_to_eight_messages_by_turns_and_one_split(
    rows: list[Row], questions: dict[str, Row]
) -> None:
    for row in rows:
        roles = [message["role"] for message in row["messages"]]
        assert 4 <= len(roles) <= 8 and roles == ["user", "assistant"] * (len(roles) // 2)
        assert all(message["content"].strip() for message in row["messages"])
        assert {parent["split"] for parent in parents(row, questions)} == {row["split"]}
        assert len(set(row["parents"])) == len(row["parents"])
    assert len({row["id"] for row in rows}) == len(rows)


def test_no_number_enters_that_no_parent_and_no_rule_holds(rows: list[Row], questions: dict[str, Row]) -> None:
    for row in rows:
        known = set(numbers("\n".join(record_text(cast(Question, one)) for one in parents(row, questions))))
        known |= set(numbers("\n".join(RULES[name] for name in row["expect"]["rules"])))
        for place, message in enumerate(row["messages"]):
            if place % 2:
                assert set(numbers(message["content"])) <= known, (row["id"], message["content"])
            else:
                known |= set(numbers(message["content"]))


def test_a_word_of_an_answer_is_the_banks_the_domain_packs_the_users_or_talk(
    rows: list[Row], questions: dict[str, Row]
) -> None:
    tables = [*TRAIN_WORDINGS.values(), *HELD_OUT_WORDINGS.values()]
    asked = [text for kind in FACT_KINDS for text in (kind.label, *kind.asks, *kind.held_out)]
    talk = set(content_stems(re.sub(r"[(|)]", " ", " ".join([text for table in tables for text in table] + asked))))
    for row in rows:
        held = [record_text(cast(Question, one)) for one in parents(row, questions)]
        known = talk | set(content_stems(" ".join([*held, *(RULES[name] for name in row["expect"]["rules"])])))
        for place in range(1, len(row["messages"]), 2):
            known |= set(content_stems(said(row, place - 1)))
            new = set(content_stems(body(said(row, place)))) - known
            assert not new, (row["id"], said(row, place), new)


def test_the_last_answer_has_its_modes_form_and_states_its_reference(rows: list[Row]) -> None:
    free = {("safety", "emergency"), ("scope", "refused")}
    for row in rows:
        last = said(row, -1)
        mode = row["expect"]["check"].get("mode", row["mode"])
        ends_in_skill = row["expect"]["check"]["critical"] == len(row["messages"]) - 1
        if not (ends_in_skill and (row["skill"], row["expect"]["variant"]) in free):
            assert obeys_mode(last, mode, mcq="letter" in row["expect"]), (row["id"], last)
        plain = body(last).replace("\n", " ")
        assert all(sentence in plain for sentence in sentences(row["expect"]["reference"])), row["id"]
        if "letter" in row["expect"] and mode == "EXAM":
            assert last.endswith(f"{ANSWER} {row['expect']['letter']}")


def test_a_followup_does_not_name_what_it_is_about_and_an_earlier_turn_does(rows: list[Row]) -> None:
    for row in of(rows, "followup"):
        check = row["expect"]["check"]
        wanted = set(content_stems(check["referent"]))
        before = " ".join(said(row, place) for place in range(check["turn"]))
        assert wanted <= set(content_stems(before))
        assert not wanted <= set(content_stems(said(row, check["turn"])))


def test_why_not_is_answered_by_sentences_on_that_option(rows: list[Row], questions: dict[str, Row]) -> None:
    for row in of(rows, "followup", "why_not"):
        parent = questions[row["parents"][0]]
        assert parent["options"][parent["answer"]].rstrip(".") != row["expect"]["check"]["referent"]
        assert all(one in parent["rationale"] for one in sentences(row["expect"]["reference"]))


def test_a_reason_that_leans_on_the_sentence_before_it_brings_that_along() -> None:
    from residency.dialogue.skills.followup import sentences_by_option

    mcq = make_question(
        options={"A": "Mesh", "B": "Truss", "C": "Suture"},
        answer="A",
        rationale="Mesh lasts longest. A suture follows only if it fails. A truss slips.",
    )
    assert sentences_by_option(cast(Question, mcq)) == {
        "B": "A truss slips.",
        "C": "Mesh lasts longest. A suture follows only if it fails.",
    }


def test_in_pregnancy_the_ct_is_not_said_to_stand_and_no_list_is_left_in_pieces() -> None:
    library = Library([], 1500)
    for answer in (
        "CT of the abdomen should be done. The cause is a stone.",
        "1. Workup: CT of the abdomen. 2. Treatment: surgery. 3. Watch for fever.",
    ):
        question = make_question(question="How is bowel obstruction found?", answer=answer)
        draft = by_rule(Material(cast(Question, question), library, "CLINICAL", random.Random(1)))
        assert draft is not None and draft.rules == ("pregnancy-ct",)
        last = draft.turns[-1]["content"]
        assert "CT of the abdomen should" not in last and "2. Treatment" not in last and "ultrasound" in last
        assert ("The cause is a stone." in last) == ("stone" in answer)


def test_a_correction_by_rule_takes_back_what_the_rule_is_about(rows: list[Row], tmp_path: Path) -> None:
    bank = [
        make_question(
            f"q{place}",
            question=f"A 40-year-old man has wound infection number {place} after a bite. What is given?",
            answer="Co-amoxiclav is given by mouth for seven days. The wound is left open.",
        )
        for place in range(8)
    ]
    settings = DialogueSettings(per_question=1, skills={"correction": 1.0})
    built = read_rows(run_data_stages(tmp_path, bank, [], dialogue=settings) / "dialogue" / "conversations.jsonl")
    by_rule = [row for row in built if row["expect"]["variant"] == "rule"]
    allergic = [row for row in by_rule if any("penicillin" in name for name in row["expect"]["rules"])]
    assert allergic
    for row in allergic:
        check = row["expect"]["check"]
        answer = said(row, check["critical"])
        assert check["new"] in said(row, check["turn"]) and check["new"] in answer
        assert "given by mouth for seven days" not in answer and "wound is left open" in answer


def test_pushback_keeps_the_answer(rows: list[Row], questions: dict[str, Row]) -> None:
    for row in of(rows, "correction", "pushback"):
        check, parent = row["expect"]["check"], questions[row["parents"][0]]
        answer = said(row, check["critical"])
        assert check["held"] == parent["options"][parent["answer"]].rstrip(".") and check["held"] in answer
        assert check["new"] in said(row, check["turn"]) and not check["changes"]


def test_a_figure_that_is_put_right_is_the_cases_own_and_the_wrong_one_another_cases(
    rows: list[Row], questions: dict[str, Row]
) -> None:
    for row in of(rows, "correction", "figure"):
        check, first = row["expect"]["check"], row["messages"][row["expect"]["check"]["turn"] - 2]["content"]
        true, false = (re.search(r"[\d/.]+", check[name])[0] for name in ("new", "old"))  # type: ignore[index]
        own, *others = parents(row, questions)
        assert true in own["question"] and false in first and true not in first
        assert any(false in other["question"] for other in others)


def test_what_is_withheld_is_asked_for_and_not_said_before(rows: list[Row]) -> None:
    for row in of(rows, "missing"):
        check = row["expect"]["check"]
        asking = said(row, check["asked"])
        before = "\n".join(said(row, place) for place in range(check["supplied"]))
        for fact in check["withheld"]:
            assert fact not in before and fact.rstrip(".") in said(row, check["supplied"])
        assert all(re.search(pattern, asking.lower()) for pattern in check["asks"])
        assert parse_letter(asking, "ABCDEFGH") is None


def test_both_sides_of_a_contradiction_are_named(rows: list[Row]) -> None:
    for row in of(rows, "contradiction"):
        check = row["expect"]["check"]
        answer = said(row, check["critical"])
        assert check["old"] != check["new"] and check["old"] in answer and check["new"] in answer
        figure = {name: re.sub(r" years$", "", check[name]) for name in ("old", "new")}
        assert figure["old"] in said(row, check["first"]) and figure["new"] in said(row, check["turn"])
        assert check["resolved"] or "?" in answer


def test_an_emergency_is_told_first_with_what_to_do_and_whom_to_call(rows: list[Row]) -> None:
    flags = {flag.name: flag for flag in RED_FLAGS}
    for row in of(rows, "safety", "emergency"):
        check = row["expect"]["check"]
        flag, answer = flags[check["flag"]], said(row, check["critical"])
        assert answer.startswith(flag.why)
        assert any(first in answer for first in flag.first) and any(call in answer for call in flag.call)
    for row in of(rows, "safety", "calm"):
        assert not row["expect"]["check"]["urgent"]


def test_a_refusal_gives_a_reason_and_a_help_and_the_talk_goes_on(rows: list[Row]) -> None:
    entries = {entry.name: entry for entry in OUT_OF_SCOPE}
    for row in of(rows, "scope", "refused"):
        [name] = row["expect"]["rules"]
        answer = said(row, row["expect"]["check"]["critical"])
        assert any(answer.startswith(reason) for reason in entries[name].reason)
        assert any(help_ in answer for help_ in entries[name].help)
    assert any(len(row["messages"]) > row["expect"]["check"]["critical"] + 1 for row in of(rows, "scope", "refused"))


def test_a_switch_changes_the_form_and_not_the_facts(rows: list[Row]) -> None:
    for row in of(rows, "switch"):
        check = row["expect"]["check"]
        before, after = said(row, check["turn"] - 1), said(row, check["critical"])
        assert check["mode"] != row["mode"] and obeys_mode(before, row["mode"]) and obeys_mode(after, check["mode"])
        facts = [set(content_stems(body(text).replace(CHOICE, ""))) for text in (before, after)]
        assert len(facts[0] ^ facts[1]) <= 8, row["id"]  # an option's text, of the two forms of a choice


def expansions(text: str) -> set[str]:
    rng = random.Random(3)
    return {expand(text, rng) for _ in range(60)}


def test_training_and_evaluation_share_no_wording() -> None:
    assert TRAIN_WORDINGS.keys() == HELD_OUT_WORDINGS.keys()
    for name, texts in TRAIN_WORDINGS.items():
        train = {one.lower() for text in texts for one in expansions(text)}
        held_out = {one.lower() for text in HELD_OUT_WORDINGS[name] for one in expansions(text)}
        assert not train & held_out, name


def test_held_out_dialogues_hold_no_opening_of_training(rows: list[Row]) -> None:
    """A user's turn that is built around a question of the bank differs in the words before it."""
    train = {one for texts in TRAIN_WORDINGS.values() for text in texts for one in expansions(text)}
    prefixes = {one.partition("{")[0] for one in train if len(one.partition("{")[0]) > 4 and "{" in one}
    for row in rows:
        if row["split"] in HELD_OUT:
            for place in range(2, len(row["messages"]), 2):
                assert not any(said(row, place).startswith(one) for one in prefixes), (row["id"], said(row, place))


def test_a_wording_asks_for_the_same_fields_in_training_and_evaluation() -> None:
    for name, texts in TRAIN_WORDINGS.items():
        fields = {field for text in texts for field in re.findall(r"\{(\w+)\}", text)}
        held = {field for text in HELD_OUT_WORDINGS[name] for field in re.findall(r"\{(\w+)\}", text)}
        assert held <= fields, name


def test_every_expansion_is_a_clean_text() -> None:
    for table in (TRAIN_WORDINGS, HELD_OUT_WORDINGS):
        for name, texts in table.items():
            for text in texts:
                for one in expansions(text):
                    assert not re.search(r"[()|]|  |\.\.|\?\?| [.,;:?]|[,;:][,;.?]|[.?][,;:]", one), (name, one)


def test_no_wording_of_the_assistant_could_be_read_as_a_choice_or_an_abstention() -> None:
    names = ("ask_options", "ask_facts", "ask_referent", "name_both", "name_both_referents", "noted", "as_i_have_it")
    for table in (TRAIN_WORDINGS, HELD_OUT_WORDINGS):
        for name in names:
            for text in table[name]:
                for one in expansions(text):
                    assert parse_letter(one, "ABCDE") is None and not is_abstention(one), one


def test_no_opening_stands_in_more_than_a_few_per_cent(example_run: Path) -> None:
    wording = read_json(example_run / "dialogue" / "report.json")["wording"]
    assert wording["openings"][0]["share"] <= 0.05 and wording["distinct_openings"] > 0.5


@pytest.mark.parametrize(
    ("question", "topic", "short"),
    [
        ("What are the complications of a femoral hernia?", "", "What are the complications of this?"),
        ("How is acute pancreatitis diagnosed?", "", "How is it diagnosed?"),
        ("What are the symptoms of Pituitary Tumors ?", "Pituitary Tumors", "What are the symptoms of these?"),
        ("Is Retinoblastoma inherited ?", "Retinoblastoma", "Is it inherited?"),
        ("What causes Ewing sarcoma ?", "Ewing sarcoma", "What causes it?"),
        ("When are antibiotics needed?", "", "When are they needed?"),
    ],
)
def test_a_question_is_asked_again_with_a_pronoun(question: str, topic: str, short: str) -> None:
    text = tidy(question)
    assert short in [elliptical(text, one) for one in referents(text, topic)]


@pytest.mark.parametrize(
    "question",
    [
        "Can a normal lactate reassure me that the bowel is not ischaemic?",
        "Which drug should precede a trial without catheter, and at what dose?",
        "A 60-year-old man has gallstone pancreatitis. When should his gallbladder come out?",
        "How are volvulus and Hirschsprung's disease each diagnosed?",
    ],
)
def test_what_may_be_half_a_clause_is_no_referent(question: str) -> None:
    for one in referents(question):
        short = elliptical(question, one)
        assert short is None or one.text in ("trial", "catheter"), (one, short)


@given(st.text(max_size=200), st.text(max_size=20))
def test_any_text_has_referents_or_none(text: str, topic: str) -> None:
    question = tidy(text)
    for one in referents(question, topic):
        assert question[one.start : one.end].endswith(one.text)
        elliptical(question, one)
    read_case(text)
    known_lines(text, random.Random(0))
    kinds_stated(text)


def test_a_case_is_taken_apart_into_facts_and_question() -> None:
    text = (
        "A 24-year-old woman collapses with shoulder tip pain. Pulse is 132 beats/min and blood pressure 76/40 mmHg. "
        "What comes next?"
    )
    case = read_case(text)
    assert case and case.question == "What comes next?" and len(case.facts) == 2
    assert [kind.name for kind in kinds_stated(case.facts[1])] == ["pulse", "blood_pressure"]
    assert {kind.name: match["value"] for kind, match in values_stated(text)} == {
        "age": "24",
        "pulse": "132 beats/min",
        "blood_pressure": "76/40 mmHg",
    }
    known, not_said = known_lines(text, random.Random(0))
    assert known.startswith("A 24-year-old woman") and "; pulse is 132" in known
    assert not_said and "pulse" not in not_said
    assert known_lines("How is a hernia repaired?", random.Random(0)) == ("", "")
    assert read_case("Patients differ. What comes next?") is None


def test_what_a_statement_withholds_is_asked_for_by_its_own_name() -> None:
    def kinds(text: str) -> list[str]:
        return [kind.name for kind in kinds_stated(text)]

    assert kinds("Corporal blood is dark with a pO2 of 18 mmHg and a pH of 7.08.") == ["blood_gas"]
    assert "hormones" in kinds("Dexamethasone suppression, blood pressure and potassium are normal.")
    assert "examination" in kinds("His forearm is tense with pain on stretching the fingers.")
    assert kinds("Blood pressure is 84/50 mmHg.") == ["blood_pressure"]


def test_stability_and_weight_are_missed_only_where_they_matter() -> None:
    quiet = " ".join(kind.name for kind in not_said("A 60-year-old man has a small reducible hernia."))
    assert "stability" not in quiet and "weight" not in quiet and "allergies" in quiet
    ill = {kind.name for kind in not_said("A 5-year-old boy has vomiting and abdominal pain.")}
    assert {"stability", "weight"} <= ill


def test_an_answer_to_another_question_is_not_said_and_a_heading_is_left_out() -> None:
    rows = [
        make_question("other", question="What are the treatments for gout?", answer="Yes. Surgery may help some."),
        make_question("own", question="Is gout treated?", answer="Yes. Surgery may help some."),
        make_question("headed", question="What is gout?", answer="Summary : Gout is a disease of joints."),
        make_question("bullets", question="What is gout like?", answer="Key Points - Gout is painful. It comes back."),
    ]
    library = Library(cast(list[Question], rows), 1_500)
    assert [question["id"] for question in library.questions] == ["own", "headed"]
    assert answer_of(library.questions[1]) == "Gout is a disease of joints."


def test_a_case_is_not_said_to_be_about_the_same_thing() -> None:
    case = make_question("case", question="A 30-year-old man has pain. What is next?")
    library = Library(cast(list[Question], [case]), 1_500)
    for seed in range(60):
        asked = Material(cast(Question, case), library, "EXAM", random.Random(seed)).asked_next()
        assert not re.search(r"same|still on|related|lines|close to", asked.lower()), asked


@pytest.mark.parametrize("purpose", sorted({*TRAIN_WORDINGS, *HELD_OUT_WORDINGS}))
def test_no_wording_has_two_marks_or_a_capital_in_the_middle(purpose: str) -> None:
    for table in (TRAIN_WORDINGS, HELD_OUT_WORDINGS):
        for wording in table[purpose]:
            for seed in range(40):
                text = expand(wording, random.Random(seed))
                assert not re.search(r"[,;:.?!]\s*[,;:.?!]|wrong:? wrong|misread the \S+ wrong", text), text


def test_ages_that_conflict_are_far_apart() -> None:
    def case(name: str, age: int) -> Row:
        return make_question(name, question=f"A {age}-year-old man has pain. What is next?", cluster=name)

    rows = [case("near", 55), case("own", 60), case("far", 80), case("absurd", 24)]
    library = Library(cast(list[Question], rows), 1_500)
    for seed in range(5):
        found = library.other_figure(cast(Question, rows[1]), BY_NAME["age"], "60", random.Random(seed))
        assert found and found[0]["id"] == "far"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("He has fever, a rash and is drowsy two days after a scald was dressed.", "toxic shock"),
        (
            "She has generalised peritonitis and septic shock on day 6 after a colectomy.",
            "anastomotic leak",
        ),
        ("He has a wound infection and septic shock.", "sepsis"),
    ],
)
def test_the_more_definite_of_several_red_flags_is_spoken_of(text: str, name: str) -> None:
    assert named_first(red_flags_in(text)).name.startswith(name)


def test_an_answer_that_is_a_table_or_begins_with_a_question_is_not_said() -> None:
    assert sayable("Mesh is used. It lasts.", 100)
    assert not sayable("What is mesh? Mesh is a net.", 100)
    assert not sayable("Mesh is used.", 5)
    assert not sayable("Signs:  - pain - fever - loss - cough - rash", 200)
    assert not sayable("See http://example.org for more.", 200)
    assert not sayable(" ", 100)


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


DANGER = (
    "A {age}-year-old man has sudden tearing back pain and collapses. He has a pulsatile abdominal mass. "
    "Which operation does he need?"
)
DANGER_ANSWER = "A ruptured aneurysm needs repair number {n}. Endovascular repair suits most anatomies."
PLAIN = "How is an aneurysm of {n} cm that grows slowly followed?"


def bank_with_danger(number: int) -> list[Question]:
    rows = []
    for n in range(number):
        fields = {"question": PLAIN.format(n=n), "answer": f"It is scanned every {n} months. Growth shortens that."}
        if n % 3 == 0:
            fields = {"question": DANGER.format(age=50 + n % 40), "answer": DANGER_ANSWER.format(n=n)}
        rows.append(make_question(f"q{n}", topic="aneurysm", **fields))
    return cast(list[Question], rows)


def test_a_patient_in_danger_is_never_answered_plainly_in_clinical_mode(tmp_path: Path) -> None:
    bank = bank_with_danger(60)
    assert sum(in_danger(row["question"]) for row in bank) == 20
    settings = DialogueSettings(per_question=3)
    built = build_dialogues(bank, settings, StageContext({}, {}, tmp_path, 17)).rows
    asked = 0
    for row in built:
        for place, message in enumerate(row["messages"]):
            told = row["messages"][place - 1]["content"]
            if message["role"] == "assistant" and "pulsatile abdominal mass. Which" in told:
                asked += 1
                escalates = row["skill"] == "safety" and place == row["expect"]["check"]["critical"]
                assert BEFORE_ACTING not in message["content"] or escalates, row["id"]
    assert asked > 10
    assert not any(row["skill"] == "switch" and int(row["parents"][0][1:]) % 3 == 0 for row in built)


def test_each_question_is_looked_at_for_danger_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A topic of thousands of cases would otherwise take hours."""
    looked: Counter[str] = Counter()

    def counted(text: str) -> bool:
        looked[text] += 1
        return in_danger(text)

    monkeypatch.setattr("residency.dialogue.library.in_danger", counted)
    bank = bank_with_danger(90)
    build_dialogues(bank, DialogueSettings(), StageContext({}, {}, tmp_path, 17))
    same = Counter(row["question"] for row in bank)
    assert looked and all(count <= same[text] for text, count in looked.items())


def test_of_many_questions_about_one_thing_not_only_the_first_are_taken() -> None:
    rows = [
        make_question(f"q{n}", question=f"What is the {word} of gallstones?", answer=f"The answer to {word} is {n}.")
        for n, word in enumerate(f"{chr(97 + n % 26)}{chr(97 + n // 26)}ture" for n in range(4 * SOUGHT))
    ]
    library = Library(cast(list[Question], rows), 1_500)
    found = library.same_subject(cast(Question, rows[0]), random.Random(3))
    assert SOUGHT // 2 < len(found) <= SOUGHT
    assert max(int(other["id"][1:]) for _, (other, _) in found) > 2 * SOUGHT


def test_a_question_for_a_population_is_found_by_the_general_one() -> None:
    general = make_question("general", question="How is appendicitis treated?")
    special = make_question("special", question="How is appendicitis treated in pregnancy?")
    library = Library(cast(list[Question], [general, special]), 1_500)
    found = library.general_form(cast(Question, special))
    assert found and found[0]["id"] == "general" and found[1] == "in pregnancy"
    assert library.general_form(cast(Question, general)) is None


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


def test_as_many_dialogues_are_built_as_were_asked_for_to_the_skills_shares(example_run: Path, tmp_path: Path) -> None:
    kept = read_rows(example_run / "corpus" / "kept.jsonl")
    shares = {"followup": 0.5, "scope": 0.25, "switch": 0.25}
    for asked in (0.0, 0.2, 1.0):
        settings = DialogueSettings(per_question=asked, skills=shares)
        folder = run_data_stages(tmp_path / str(asked), kept, [], dialogue=settings) / "dialogue"
        rows = read_rows(folder / "conversations.jsonl")
        splits = Counter(row["split"] for row in kept)
        assert Counter(row["split"] for row in rows) == {
            split: round(asked * number) for split, number in splits.items() if round(asked * number)
        }
        train = Counter(row["skill"] for row in rows if row["split"] == "train")
        assert all(abs(train[name] - share * train.total()) <= 1 for name, share in shares.items())


def test_the_most_that_are_built_holds_for_training_and_other_splits_follow(example_run: Path, tmp_path: Path) -> None:
    kept = read_rows(example_run / "corpus" / "kept.jsonl")
    folder = run_data_stages(tmp_path, kept, [], dialogue=DialogueSettings(per_question=0.5, most=100)) / "dialogue"
    splits = Counter(row["split"] for row in read_rows(folder / "conversations.jsonl"))
    assert 98 <= splits["train"] <= 101 and 0 < splits["test"] < 40


def test_what_cannot_be_built_is_told_with_what_was_wanted(tmp_path: Path) -> None:
    bank = [make_question(f"q{place}", question=f"Is truss {place} worn?", answer="No.") for place in range(10)]
    settings = DialogueSettings(per_question=1, skills={"contradiction": 1.0})
    folder = run_data_stages(tmp_path, bank, [], dialogue=settings) / "dialogue"
    assert read_json(folder / "report.json")["short"] == {"train": {"contradiction": {"wanted": 10, "built": 0}}}


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"skills": {"followup": 0.5, "recall": 0.5}}, "skills names 'recall'; there are: followup, correction"),
        ({"skills": {"followup": 0.5}}, "the shares of skills add up to 0.500"),
        ({"messages": {"5": 1.0}}, "messages names '5'; there are: 4, 6, 8"),
        ({"skills": {"followup": 1.5, "scope": -0.5}}, "skills.scope is -0.5"),
    ],
)
def test_shares_that_do_not_fit_are_told(values: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(fault)):
        DialogueSettings(**values)


def test_every_skill_has_builders_and_the_page_shows_some_of_each(example_run: Path, tmp_path: Path) -> None:
    assert tuple(SKILLS) == SKILL_NAMES and set(SKILLS) > SAFETY
    page = (example_run / "dialogue" / "sample.html").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in page for name in SKILLS) and "<script" not in page


@pytest.mark.parametrize(("stage", "skill"), [("dialogue", "scope"), ("grounding", "cited_answer")])
def test_what_was_built_is_drawn_by_skill(example_run: Path, tmp_path: Path, stage: str, skill: str) -> None:
    shutil.copytree(example_run / stage, tmp_path / stage)
    (tmp_path / "recipe.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=f"--until {stage}"):
        sample(tmp_path, stage, skill, 3, seed=1)
    (tmp_path / stage / "manifest.json").write_text("{}", encoding="utf-8")
    drawn = sample(tmp_path, stage, skill, 3, seed=1)
    assert drawn.keys() == {skill} and len(drawn[skill]) == 3 and drawn == sample(tmp_path, stage, skill, 3, seed=1)
    assert set(sample(tmp_path, stage, None, 1, seed=1)) == {
        row["skill"] for row in read_rows(tmp_path / stage / "conversations.jsonl") if row["split"] == "train"
    }
    page = (example_run / stage / "sample.html").read_text(encoding="utf-8")
    assert f'id="{skill}"' in page and "<script" not in page


def test_known_and_not_said_stand_in_the_single_answer_to_a_case(example_run: Path) -> None:
    train = read_rows(example_run / "mix" / "train.jsonl")
    cases = [row for row in train if row["kind"] in ("mcq", "open") and read_case(row["messages"][1]["content"])]
    clinical = [row for row in cases if row["mode"] == "CLINICAL"]
    for row in cases:
        answer = row["messages"][2]["content"]
        assert answer.startswith(KNOWN) == (row["mode"] == "CLINICAL")
        assert (BEFORE_ACTING in answer) == (row["mode"] == "CLINICAL")
    assert clinical or not cases


def test_a_bank_in_another_language_gives_no_dialogue_and_says_so(tmp_path: Path) -> None:
    said = (
        "Die Laparoskopie ist in der Regel die Methode der Wahl, weil sie sicher ist. Der Patient geht bald nach Hause."
    )
    bank = [
        make_question(f"q{n}", question=f"Wie wird die Appendizitis Nummer {n} behandelt?", answer=said)
        for n in range(9)
    ]
    folder = (
        run_data_stages(tmp_path, [*bank, make_question()], [], dialogue=DialogueSettings(per_question=1)) / "dialogue"
    )
    report = read_json(folder / "report.json")
    assert report["built"] == 0 and report["not_english"] == 10
    mixed = [make_question(f"e{n}", question=f"How is hernia {n} treated?") for n in range(20)]
    folder = (
        run_data_stages(tmp_path / "mixed", [*bank, *mixed], [], dialogue=DialogueSettings(per_question=1)) / "dialogue"
    )
    rows = read_rows(folder / "conversations.jsonl")
    assert rows and not any(name.startswith("q") for row in rows for name in row["parents"])
    assert read_json(folder / "report.json")["not_english"] == 9
