"""Mistakes of the clinical kind, made in texts: what is wrong is offered, what may still be right is refused."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.domain.surgery.hedges import DOUBTFUL, PAIRS, SURE
from residency.domain.surgery.structures import CLASSES
from residency.preference.edits import (
    caution,
    certainty,
    differential,
    indication,
    investigation,
    side,
    step,
    step_order,
    structure,
    timing,
)
from residency.preference.edits.edit import Edit, Operator, Refusal, applied
from residency.preference.edits.prose import article, statements

OPERATORS: dict[str, Operator] = {
    name: operator
    for module in (
        certainty,
        differential,
        indication,
        investigation,
        side,
        step,
        step_order,
        structure,
        timing,
    )
    for name, operator in module.TEXT_OPERATORS.items()
} | {"caution": lambda text, question, rng: caution.omitted_cautions(text)}
EXAMPLES = Path(__file__).parents[1] / "examples" / "surgery"
TEXTS = [
    (row["question"], row.get("answer") if name == "open" else row["rationale"])
    for name in ("open", "mcq")
    for row in map(json.loads, (EXAMPLES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
]


def proposals(kind: str, text: str, question: str = "") -> list[Edit | Refusal]:
    return list(OPERATORS[kind](text, question, random.Random(0)))


def results(kind: str, text: str, question: str = "") -> list[str]:
    """The text with each of the mistakes of one type."""
    return [applied(text, one) for one in proposals(kind, text, question) if isinstance(one, Edit)]


WRONG = [
    ("side", "Caecal volvulus is treated by right hemicolectomy.", "Caecal volvulus is treated by left hemicolectomy."),
    (
        "side",
        "A lump below and lateral to the pubic tubercle is a femoral hernia.",
        "A lump below and medial to the pubic tubercle is a femoral hernia.",
    ),
    (
        "side",
        "Pain moves to the right iliac fossa in appendicitis.",
        "Pain moves to the left iliac fossa in appendicitis.",
    ),
    ("structure", "The ureter is injured at the pelvic brim.", "The urethra is injured at the pelvic brim."),
    (
        "structure",
        "Mistaking the common bile duct for the cystic duct is the classical error. It is the common bile duct.",
        "Mistaking the common bile duct for the cystic duct is the classical error. It is the pancreatic duct.",
    ),
    ("structure", "A tumor of the esophagus is seen.", "A tumor of the stomach is seen."),
    (
        "step",
        "The fasciotomy wounds are left open, and they are seen again at 48 hours.",
        "The fasciotomy wounds are closed, and they are seen again at 48 hours.",
    ),
    ("step", "A shocked patient goes to laparotomy.", "A shocked patient goes to thoracotomy."),
    (
        "step_order",
        "Thiamine must be given before any glucose.",
        "Glucose must be given before any thiamine.",
    ),
    (
        "step_order",
        "Phenylephrine injection follows aspiration.",
        "Aspiration follows phenylephrine injection.",
    ),
    ("step_order", "Bleeding is controlled first, by pressure.", "Bleeding is controlled last, by pressure."),
    (
        "step_order",
        "Drainage is needed once resuscitation is under way.",
        "Drainage is needed before resuscitation is under way.",
    ),
    (
        "investigation",
        "Ultrasound is the first test in suspected intussusception.",
        "Plain radiography is the first test in suspected intussusception.",
    ),
    ("timing", "Antibiotics must be given within one hour.", "Antibiotics must be given within one day."),
    ("timing", "The dose is given before incision.", "The dose is given after incision."),
    ("timing", "Such a child needs an immediate referral.", "Such a child needs a delayed referral."),
    ("indication", "Tranexamic acid should not be given.", "Tranexamic acid should be given."),
    ("indication", "Mesh is recommended for adults.", "Mesh is not recommended for adults."),
    ("indication", "Alteplase is contraindicated in dissection.", "Alteplase is indicated in dissection."),
    ("indication", "Smoking increases the risk of a leak.", "Smoking decreases the risk of a leak."),
    (
        "indication",
        "There is an increased risk of bleeding.",
        "There is a decreased risk of bleeding.",
    ),
    (
        "caution",
        "Heparin is started on diagnosis unless bleeding is likely. The surgeon is called.",
        "Heparin is started on diagnosis. The surgeon is called.",
    ),
    (
        "caution",
        "Nitrates relieve the pain. Forced reduction must never be tried with red skin.",
        "Nitrates relieve the pain.",
    ),
    (
        "differential",
        "Epigastric pain may be due to gastritis, myocardial infarction or pancreatitis.",
        "Epigastric pain may be due to gastritis or pancreatitis.",
    ),
    (
        "differential",
        "Sudden chest pain has causes such as pneumonia, pulmonary embolism and aortic dissection.",
        "Sudden chest pain has causes such as pneumonia, volvulus, pulmonary embolism and aortic dissection.",
    ),
    ("certainty", "Such signs suggest strangulation.", "Such signs prove strangulation."),
    ("certainty", "The surgeon must be called.", "The surgeon may be called."),
    ("certainty", "Achalasia is a disorder of motility.", "Achalasia may be a disorder of motility."),
    ("certainty", "Feeds usually restart at once.", "Feeds always restart at once."),
]


@pytest.mark.parametrize(("kind", "text", "mistaken"), WRONG)
def test_a_mistake_of_each_type_is_offered(kind: str, text: str, mistaken: str) -> None:
    assert mistaken in results(kind, text)


HARMLESS = [
    ("side", "The wound is left open to heal.", "a verb"),
    ("side", "Radical surgery gives superior results and a lower risk.", "a comparison of figures"),
    ("side", "The left and the right ventricle both dilate.", "both sides are named"),
    ("side", "A drain is put into the right kidney.", "either kidney, for all that the question says"),
    ("side", "Amyotrophic lateral sclerosis is a disease of motor neurons.", "a name"),
    ("side", "Fixing the caecum in the right iliac fossa is not done.", "denied of either side"),
    ("structure", "Cancer may spread to the liver.", "other organs too"),
    ("structure", "Liver function tests are sent.", "a part of another term"),
    ("structure", "The liver, spleen and pancreas are inspected.", "one of a list"),
    ("step", "A thoracotomy or laparotomy may be needed.", "either"),
    ("step", "The disorder is divided into two types.", "no act"),
    ("step_order", "Surgery followed by chemotherapy is one of the options.", "either order in cancer"),
    ("step_order", "Fever after biopsy is treated as sepsis.", "the time of something else"),
    ("step_order", "Endoscopy need not be done before or after biopsy.", "denied"),
    ("investigation", "CT or MRI may show it.", "either"),
    ("investigation", "CT adds little.", "what a test lacks"),
    ("timing", "The patient is 60 years old and had surgery 2 years ago.", "age and history"),
    ("timing", "The drug may be taken before or after meals.", "both"),
    ("indication", "Studies ask whether smoking increases the risk.", "left open"),
    ("indication", "It should not be given because it causes bleeding.", "spoken against at once"),
    ("caution", "It should not be given.", "the whole answer"),
    ("differential", "No sepsis, stroke or pneumonia was found.", "denied"),
    ("differential", "Acute appendicitis is suspected, and CT confirms it.", "no list"),
    ("certainty", "The most common sign is pain.", "no share of patients"),
    ("certainty", "You may eat after the operation.", "a permission"),
    ("certainty", "It must not be given.", "a denial, which 'may not' would leave"),
]


@pytest.mark.parametrize(("kind", "text", "reason"), HARMLESS)
def test_what_may_still_be_right_is_left_alone(kind: str, text: str, reason: str) -> None:
    assert results(kind, text) == [], reason


def test_a_refused_place_says_why() -> None:
    refused = [one for one in proposals("side", "The left and the right ventricle dilate.") if isinstance(one, Refusal)]
    assert refused
    assert {one.reason for one in refused} == {"both sides are named"}


def test_a_paired_organ_is_exchanged_where_the_question_names_its_side() -> None:
    text = "The left kidney is explored."
    assert results("side", text) == []
    assert results("side", text, "A stone blocks his left ureter. What now?") == ["The right kidney is explored."]


def test_words_about_a_page_and_tables_are_no_statements() -> None:
    printed = "Click the button in the upper right corner. The spleen is removed."
    assert [one.text for one in statements(printed)] == ["The spleen is removed."]
    table = (
        "What are the signs? Signs and Symptoms Approximate number of patients (when available) Short distal phalanx "
        "of finger 90% Left ventricular hypertrophy - The Human Phenotype Ontology has collected these."
    )
    assert all(results(kind, table) == [] for kind in OPERATORS)


def test_a_question_about_research_is_no_guidance() -> None:
    text = "Smoking increases the risk of a leak."
    assert results("indication", text, "What research is being done?") == []


def test_numbered_steps_change_places_only_where_their_order_matters() -> None:
    steps = "1. Clean the skin.\n2. Insert the needle.\n"
    assert results("step_order", steps, "How is a pleural tap performed?") == [
        "1. Insert the needle.\n2. Clean the skin.\n"
    ]
    assert results("step_order", steps, "Name two things.") == []


def test_steps_told_with_first_and_then_change_places_word_for_word() -> None:
    text = "First, a drape is laid. Then, local anaesthetic is injected."
    (mistaken, *_) = [one for one in results("step_order", text) if "First, local" in one]
    assert Counter(re.findall(r"\w+", mistaken.lower())) == Counter(re.findall(r"\w+", text.lower()))


@pytest.mark.parametrize(
    ("word", "expected"),
    [("MRI", "an"), ("CT", "a"), ("urethra", "a"), ("hour", "an"), ("ureteric", "a"), ("late", "a")],
)
def test_the_article_fits_the_word_that_stands_there_now(word: str, expected: str) -> None:
    assert article(word) == expected


def test_both_directions_draw_on_one_table() -> None:
    doubts, certainties = {doubt for doubt, _ in PAIRS}, {sure for _, sure in PAIRS}
    assert set(DOUBTFUL) <= doubts
    assert set(SURE) <= certainties
    over = results("certainty", "Sepsis may be a cause.")
    for mistaken in ("The dose should be given.", "The dose must be given."):
        assert any(" may " in one for one in results("certainty", mistaken))
    assert all("may" not in one for one in over)


def test_members_of_a_class_are_exchanged_each_way() -> None:
    exchanged = Counter[str]()
    for member in {one for members in CLASSES.values() for one in members}:
        for one in proposals("structure", f"The disease begins in the {member}."):
            if isinstance(one, Edit):
                exchanged[one.before] += 1
                exchanged[one.after] -= 1
    assert exchanged
    assert set(exchanged.values()) == {0}


@pytest.mark.parametrize("kind", sorted(OPERATORS))
def test_edits_of_the_example_corpus_keep_their_promises(kind: str) -> None:
    edited = 0
    for question, text in TEXTS:
        for one in proposals(kind, text, question):
            if isinstance(one, Refusal):
                assert one.type == kind
                assert one.reason
                continue
            mistaken = applied(text, one)
            assert one.type == kind
            assert one.before != one.after
            assert text[one.start : one.end] == one.before
            back = Edit(kind, "", one.start, one.start + len(one.after), one.after, one.before, one.severity, one.why)
            assert applied(mistaken, back) == text
            assert one.why.endswith((".", '"'))
            assert not re.search(r"  |\s[.,;]|\(\s|\ba [aeio]\w|,,|\.\.$|\b(\w+) \1\b", mistaken) or re.search(
                r"  |\s[.,;]|\(\s|\ba [aeio]\w|,,|\b(\w+) \1\b", text
            ), mistaken
            assert mistaken[:1].isupper() == text[:1].isupper()
        edited += any(isinstance(one, Edit) for one in proposals(kind, text, question))
    assert edited >= 5, f"{kind} finds next to nothing in the example corpus"


@pytest.mark.parametrize("kind", ["certainty", "differential"])
def test_types_of_two_directions_find_both(kind: str) -> None:
    directions = {
        one.direction for question, text in TEXTS for one in proposals(kind, text, question) if isinstance(one, Edit)
    }
    assert len(directions) == 2


@given(
    st.lists(st.sampled_from([text for _, text, _ in (*WRONG, *HARMLESS)]), min_size=1, max_size=4),
    st.sampled_from(sorted(OPERATORS)),
    st.text(alphabet=" \n\t-.;,()[]0123456789éß", max_size=20),
)
@settings(max_examples=120, deadline=None)
def test_any_text_is_edited_in_place_or_left_alone(pieces: list[str], kind: str, noise: str) -> None:
    text = noise.join(pieces) + noise
    first, second = proposals(kind, text), proposals(kind, text)
    assert first == second
    for one in first:
        if isinstance(one, Edit):
            mistaken = applied(text, one)
            assert mistaken != text
            assert mistaken == text[: one.start] + one.after + text[one.end :]


def test_at_once_is_no_order_of_steps() -> None:
    assert results("step_order", "CT must be done at once when ischaemia is suspected.") == []
