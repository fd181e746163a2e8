"""Which facts change which answers, and that what then holds reads well."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.text import sentences, words
from residency.domain.surgery.cautions import CAUTIONS, Caution, applying, rule_text

BY_NAME = {caution.name: caution for caution in CAUTIONS}
PLURAL = re.compile(r"(?:[^s]s)$(?<!is)(?<!us)|\bcells$")

KNOWN = {
    "warfarin-nsaid": "A patient on warfarin has pain.",
    "warfarin-antimicrobial": "The INR is watched because of warfarin.",
    "doac-urgent-operation": "The last dose of apixaban was this morning.",
    "penicillin-anaphylaxis": "The patient has a penicillin allergy.",
    "low-gfr-contrast": "Creatinine is 240 micromol/L.",
    "pregnancy-ct": "A pregnant woman has abdominal pain.",
    "refuses-blood": "A Jehovah's Witness is bleeding.",
    "latex-allergy": "Latex-free gloves are used.",
    "child-codeine": "A 70-year-old is in pain.",
    "steroids-operation": "Hydrocortisone is given at induction.",
}
"""A sentence that already reckons with the fact."""


def named(question: str, answer: str) -> dict[str, str]:
    return {caution.name: word for caution, word in applying(question, answer)}


def recommended(word: str) -> str:
    return f"Treatment includes {word}."


def filled(caution: Caution) -> list[str]:
    return [text.format(matched=word) for text in caution.instead for word in caution.words]


def test_there_are_enough_rules_with_enough_wordings() -> None:
    assert len(BY_NAME) == len(CAUTIONS) >= 30
    for caution in CAUTIONS:
        assert len(caution.facts) >= 3 and len(caution.held_out) >= 2 and len(caution.instead) >= 2, caution.name
        assert len({*caution.facts, *caution.held_out, *caution.instead}) == len(
            caution.facts + caution.held_out + caution.instead
        )


def test_held_out_facts_are_worded_otherwise_than_any_in_training() -> None:
    trained = {fact for caution in CAUTIONS for fact in caution.facts}
    held = {fact for caution in CAUTIONS for fact in caution.held_out}
    assert trained & held == set()
    assert [fact for fact in held if any(fact in other or other in fact for other in trained)] == []


@pytest.mark.parametrize("caution", CAUTIONS, ids=lambda caution: caution.name)
def test_facts_complete_a_sentence_about_the_patient(caution: Caution) -> None:
    for fact in (*caution.facts, *caution.held_out):
        assert re.match(r"(?:nearly )?(?:had|took|was|[a-z]+(?:s|ed)) ", fact + " "), fact
        assert not fact.endswith(".") and len(sentences(f"The patient {fact}.")) == 1
        assert not re.search(r"\b(?:he|she|his|patient)\b", fact), "a fact must suit any patient whom it can be true of"


@pytest.mark.parametrize("caution", CAUTIONS, ids=lambda caution: caution.name)
def test_a_rule_applies_to_each_of_its_words_and_to_no_longer_one(caution: Caution) -> None:
    for word in caution.words:
        assert re.search(caution.applies, f"treatment includes {word}, and rest.")
        assert not re.search(caution.applies, f"pre{word.replace(' ', '')}ish"), "part of a word is another word"
        assert named("What is done?", recommended(word))[caution.name] in caution.words


@pytest.mark.parametrize("caution", CAUTIONS, ids=lambda caution: caution.name)
def test_a_rule_keeps_silent_where_the_word_is_not_recommended(caution: Caution) -> None:
    word = caution.words[-1]
    for said in (
        f"Treatment includes rest and not {word}.",
        f"Is {word} needed?",
        f"The condition is caused by {word}.",
        f"Fever was noted after {word} in a quarter of all the patients of the ward.",
        f"Many people know the word {word} from the newspaper and the radio.",
    ):
        assert caution.name not in named("What is done?", said), said


@pytest.mark.parametrize("name", KNOWN)
def test_a_rule_keeps_silent_where_its_fact_is_known(name: str) -> None:
    answer = recommended(BY_NAME[name].words[0])
    assert name in named("What is done?", answer)
    assert name not in named(KNOWN[name], answer)
    assert name not in named("What is done?", f"{answer} {KNOWN[name]}")


@pytest.mark.parametrize("caution", CAUTIONS, ids=lambda caution: caution.name)
def test_an_answer_that_follows_the_rule_is_not_changed_by_it(caution: Caution) -> None:
    """Once the assistant has said what holds now, the same rule has nothing more to say."""
    for text in caution.instead:
        word = caution.words[0]
        said = text.format(matched=word)
        known = f"What is done if the patient {caution.facts[0]}?"
        assert caution.name not in named(known, f"{recommended(word)} {said}"), said


@pytest.mark.parametrize("caution", CAUTIONS, ids=lambda caution: caution.name)
def test_what_holds_now_reads_well_with_every_word(caution: Caution) -> None:
    plural = any(PLURAL.search(word) for word in caution.words)
    for text in caution.instead:
        assert text.count("{matched}") == 1 and not text.startswith("{"), text
        assert not re.search(r"\b(?:an?|the|any|this|every) \{matched\}", text), text
        if plural:
            assert not re.search(r"\{matched\}(?: and \w+)? (?:is|was|has|does|[a-z]+[^su']s)\b", text), text
            assert not re.search(r"\{matched\},? (?:which|that) \w+s\b", text), text
    for text in filled(caution):
        assert 1 <= len(sentences(text)) <= 3, text
        assert re.fullmatch(r"[A-Z].*\.", text) and not re.search(r"\b(\w+) \1\b|\ba [aeiou]|\{", text), text


def test_nothing_known_beforehand_is_contradicted() -> None:
    assert "steroids-operation" in named("What next?", "Emergency laparotomy.")
    assert named("A 30-year-old man, otherwise healthy, has peritonitis. What next?", "Emergency laparotomy.") == {}
    assert "lithium-nsaid" not in named("He takes no drugs and has renal colic. Which analgesic?", "Diclofenac.")


def test_the_word_stands_as_in_the_middle_of_a_sentence() -> None:
    assert named("Which test?", "CT angiography.")["contrast-reaction"] == "CT angiography"
    assert named("Which drug?", "Ibuprofen is given.")["ulcer-nsaid"] == "ibuprofen"
    assert named("Which drug?", "Treatment is with NSAIDs.")["ulcer-nsaid"] == "NSAIDs"


def test_a_fact_that_the_patient_cannot_have_changes_nothing() -> None:
    asked = "A 24-year-old woman has pain. Which scan?"
    assert "pregnancy-ct" in named(asked, "CT.")
    assert "pregnancy-ct" not in named("A 24-year-old man has pain. Which scan?", "CT.")
    assert "pregnancy-ct" not in named("An 80-year-old has pain. Which scan?", "CT.")
    assert "sglt2-operation" not in named("A 7-month-old boy is unwell.", "Laparotomy.")
    assert "refuses-blood" not in named("A child is bleeding.", "Red cells are given.")


def test_what_belongs_before_an_operation_is_not_said_in_the_middle_of_it() -> None:
    assert "latex-allergy" in named("What next?", "Subtotal cholecystectomy.")
    assert named("The critical view fails. What next?", "Subtotal cholecystectomy.") == {}


def test_the_text_of_a_rule_names_what_it_is_about() -> None:
    caution = BY_NAME["penicillin-anaphylaxis"]
    assert "amoxicillin must not be given" in rule_text(caution, "amoxicillin")
    assert all(word in rule_text(caution) for word in caution.words)
    assert "{" not in "".join(map(rule_text, CAUTIONS))


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_may_come(question: str, answer: str) -> None:
    for caution, word in applying(question, answer):
        assert word.lower() in caution.words


@given(st.sampled_from([(caution, word) for caution in CAUTIONS for word in caution.words]), st.text(max_size=40))
def test_capitals_and_what_stands_around_do_not_break_the_word(one: tuple[Caution, str], noise: str) -> None:
    _, word = one
    for found, said in applying("", f"{noise}\nTreatment includes {word.upper()}."):
        assert said.lower() in found.words


def test_texts_without_a_word_of_any_rule_cost_little() -> None:
    answer = " ".join(["The wound is washed and dressed."] * 40)
    begun = time.perf_counter()
    for _ in range(200):
        assert applying("How is it dressed?", answer) == []
    assert time.perf_counter() - begun < 2.0
    assert len(words(answer)) > 200


@pytest.mark.parametrize(
    ("question", "answer", "name"),
    [
        ("How is enterocolitis of the newborn treated?", "Parenteral nutrition is given.", "refeeding"),
        ("How is necrotising enterocolitis treated?", "Parenteral nutrition is given for 7 to 14 days.", "refeeding"),
        ("What are the treatments for neurosyphilis?", "Penicillin is given by vein.", "penicillin-anaphylaxis"),
        ("Is aspirin stopped?", "Aspirin for secondary prevention should be continued.", "aspirin-asthma"),
    ],
)
def test_a_rule_is_silent_where_it_would_do_harm(question: str, answer: str, name: str) -> None:
    assert name not in [caution.name for caution, _ in applying(question, answer)]


@pytest.mark.parametrize(
    "name",
    ["pregnancy-ct", "contrast-reaction", "pacemaker-mri", "low-gfr-lmwh", "low-gfr-aminoglycoside", "low-gfr-opioid"],
)
def test_what_gives_way_to_something_else_is_taken_back(name: str) -> None:
    assert next(caution for caution in CAUTIONS if caution.name == name).drops
