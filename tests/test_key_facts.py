"""Key facts both ways, exchanged names, and the graders of open answers on gold answers and planted faults."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.core.text import sentences
from residency.generation.embeddings import missing
from residency.judging.closeness import Closeness
from residency.judging.criteria.corpus import corpus_rubric
from residency.judging.criteria.grading import marked
from residency.judging.exchanged import exchanged
from residency.judging.item import Item
from residency.judging.key_facts import holds, key_facts
from residency.judging.rules.conduct import certainty, overconfidence
from residency.judging.rules.content import listed_diagnoses
from residency.preference.edits import TEXT_OPERATORS
from residency.preference.edits.caution import omitted_cautions
from residency.preference.edits.edit import Refusal, applied

EXAMPLES = Path(__file__).parents[1] / "examples" / "surgery"
ROWS = [json.loads(line) for line in (EXAMPLES / "open.jsonl").read_text(encoding="utf-8").splitlines()]
REFERENCE = (
    "Testicular torsion is explored within 6 hours. Both testes are fixed. Doppler ultrasound must not delay theatre."
)


def test_recall_is_of_the_facts_and_precision_of_the_claims() -> None:
    answer = "A testicular torsion is explored within 6 hours. Analgesia and an antiemetic are given meanwhile."
    found = key_facts(answer, REFERENCE)
    assert (found.facts, found.stated, found.claims, found.supported, found.against) == (3, 1, 2, 1, 0)
    assert (found.recall, found.precision, found.contradicted) == (1 / 3, 1 / 2, 0.0)


def test_a_wrong_figure_contradicts_and_a_figure_left_out_does_not() -> None:
    assert holds("Torsion of the testicle, testicular torsion, is explored within 12 hours.", REFERENCE[:47]) == (
        "contradicted"
    )
    assert holds("Testicular torsion is explored without delay.", REFERENCE[:47]) == "missing"
    assert holds("Testicular torsion is explored, by hour 12.", REFERENCE[:47], "He came at hour 12.") == "missing"


def test_what_another_fact_says_contradicts_none() -> None:
    facts = ["Enoxaparin 40 mg is given once daily.", "Fondaparinux 2.5 mg is given once daily."]
    reference = " ".join(facts)
    for one, other in (facts, facts[::-1]):
        assert holds(one, other, "", reference) == "missing" and holds(one, one, "", reference) == "stated"
    assert holds("Enoxaparin 60 mg is given once daily.", facts[0], "", reference) == "contradicted"


def test_what_has_nothing_to_count_is_none_and_not_0() -> None:
    found = key_facts("", REFERENCE)
    assert (found.recall, found.precision, found.contradicted) == (0.0, None, None)
    assert key_facts(REFERENCE, "Yes.").recall is None


def test_the_lines_of_a_mode_are_no_claims() -> None:
    shaped = "Known: a boy of 12.\nNot said: the time.\nBoth testes are fixed.\nBefore acting: ask the registrar."
    assert key_facts(shaped, REFERENCE).claims == 1 and key_facts(shaped, REFERENCE).precision == 1.0


EXCHANGES = [
    ("Enoxaparin 40 mg is given once daily.", "Ticagrelor 40 mg is given once daily.", "wrong"),
    ("Enoxaparin is given for four weeks.", "Dalteparin is given for four weeks.", "another"),
    ("Paracetamol is given for pain.", "Acetaminophen is given for pain.", ""),
    ("Intravenous antibiotics are started.", "Intramuscular antibiotics are started.", "wrong"),
    ("Steroids are stopped before the operation.", "Antibiotics are stopped before the operation.", "wrong"),
    ("Heparin is given twice daily.", "Heparin is given twice weekly.", "wrong"),
    ("Laparotomy is needed for the bleeding.", "Thoracotomy is needed for the bleeding.", "wrong"),
    ("Appendicectomy is the standard treatment.", "Appendectomy is the standard treatment.", ""),
    ("CT angiography is done at once.", "Duplex ultrasound is done at once.", "wrong"),
    ("CT is done within one hour.", "A CT scan is done within one hour.", ""),
    ("The femoral nerve supplies the quadriceps.", "The sciatic nerve supplies the quadriceps.", "wrong"),
    ("Heparin is given for a clot in the leg.", "Ticagrelor is kept for coronary stents alone.", ""),
]


@pytest.mark.parametrize(("fact", "text", "found"), EXCHANGES)
def test_names_of_one_kind_and_not_of_one_thing_are_told_apart(fact: str, text: str, found: str) -> None:
    assert exchanged(text, fact) == found


def test_of_two_things_that_the_question_names_either_may_be_spoken_of() -> None:
    said, fact = "Warfarin is stopped five days before surgery.", "Clopidogrel is stopped five days before surgery."
    assert exchanged(said, fact) == "wrong"
    assert exchanged(said, fact, "When are warfarin and clopidogrel stopped before surgery?") == ""
    assert exchanged(said, fact, "When is clopidogrel stopped before surgery?") == "wrong"


@given(st.sampled_from(ROWS), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_sentences_changes_nothing(row: dict[str, str], rng: random.Random) -> None:
    pieces = sentences(row["answer"])
    shuffled = " ".join(rng.sample(pieces, len(pieces)))
    found = key_facts(shuffled, row["answer"], row["question"])
    assert (found.recall, found.precision, found.contradicted) == (1.0, 1.0, 0.0)


@given(st.sampled_from(ROWS), st.sampled_from(ROWS))
@settings(max_examples=40, deadline=None)
def test_another_questions_answer_earns_less(one: dict[str, str], other: dict[str, str]) -> None:
    if one["topic"] != other["topic"]:
        found = key_facts(other["answer"], one["answer"], one["question"])
        assert (found.recall or 0) < 1 and (found.precision or 0) < 1


# Gold answers of the example corpus against the mistakes that pairs are made of

SEEN = {
    "number": 0.95,
    "unit": 0.95,
    "side": 0.95,
    "dose": 0.85,
    "interval": 0.85,
    "route": 0.85,
    "indication": 0.85,
    "timing": 0.75,
    "structure": 0.9,
    "drug": 0.9,
    "investigation": 0.9,
    "caution": 0.85,
}
"""The least share of planted faults that must cost the rubric's score something, of the types that it is there for."""


def rubric_score(question: str, reference: str, answer: str) -> float:
    criteria = corpus_rubric(question, reference, "EXAM")
    score = marked(criteria, answer, question, reference).score
    assert score is not None
    return score


@pytest.mark.parametrize("kind", SEEN)
def test_planted_faults_earn_less_than_gold(kind: str) -> None:
    seen: list[bool] = []
    for number, row in enumerate(ROWS):
        rng = random.Random(number)
        question, gold = row["question"], row["answer"]
        proposals = omitted_cautions(gold) if kind == "caution" else TEXT_OPERATORS[kind](gold, question, rng)
        edits = [edit for edit in proposals if not isinstance(edit, Refusal)]
        if edits:
            faulty = applied(gold, rng.choice(edits))
            seen.append(rubric_score(question, gold, faulty) < 1)
            assert rubric_score(question, gold, gold) == 1
        if len(seen) == 25:
            break
    assert len(seen) >= 10 and sum(seen) / len(seen) >= SEEN[kind]


def test_overconfidence_is_seen_where_the_gold_answer_hedges() -> None:
    gold = "Surgery is usually laparoscopic. A stoma may be needed."
    item = Item("x", "How is it done?", (gold,))
    assert certainty(item, gold) == 1.0
    sure = "Surgery is always laparoscopic. A stoma may be needed."
    assert certainty(item, sure) == 0.5 and overconfidence(item, sure) == 0.5 and overconfidence(item, gold) == 0.0
    timid = Item("x", "How is it done?", ("Surgery is laparoscopic.",))
    assert certainty(timid, "Surgery is usually laparoscopic.") == 0.5
    assert overconfidence(timid, "Surgery is usually laparoscopic.") == 0.0
    assert overconfidence(item, "The skin is closed with staples.") is None


def test_missing_differentials_are_those_that_the_reference_lists() -> None:
    question = "What could this be?"
    reference = "The differential diagnosis includes appendicitis, ectopic pregnancy and ovarian torsion."
    assert listed_diagnoses(question, [reference]) == ["appendicitis", "ectopic pregnancy", "ovarian torsion"]
    assert listed_diagnoses("How is it closed?", [reference]) == []
    assert rubric_score(question, reference, "Think of appendicitis and ovarian torsion.") < 1


# Meaning


@pytest.mark.skipif(missing() is not None, reason="the extra semantic is not installed")
def test_closeness_takes_other_words_and_not_other_facts() -> None:
    gold = "A ruptured aneurysm must be suspected, and the vascular surgeon is called at once."
    other_words = "Think of rupture of the aneurysm and ring the vascular surgeon straight away."
    other_matter = "The skin is closed with an absorbable suture under local anaesthetic."
    denied = "A ruptured aneurysm must not be suspected, and the vascular surgeon is not called at once."
    cases = [(said, [gold], "") for said in (gold, other_words, other_matter, denied, "")]
    whole, same, else_, no, nothing = Closeness().score_many(cases)
    assert whole == pytest.approx(1.0, abs=1e-3) and nothing == 0.0
    assert same is not None and else_ is not None and no is not None
    assert same > 0.5 > else_ and no < same
    assert Closeness().score_many([("Yes.", [""], ""), ("Yes.", [], "")]) == [None, None]
