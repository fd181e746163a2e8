"""Sentences, words and numbers: nothing of a text is lost, and medicine's full stops do not end sentences."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.text import (
    content_stems,
    key_phrases,
    mid_sentence,
    normalise,
    numbers,
    proper_names,
    sentences,
    words,
)
from tests.conftest import EXAMPLES, read_rows

SPLITS = [
    (["Give 3.5 mg.", "Then wait."], "Give 3.5 mg. Then wait."),
    (["The pH is 7.25.", "Call for help!", "Why?", "It falls."], "The pH is 7.25. Call for help! Why? It falls."),
    (["Sodium is 0.9% saline, e.g. Hartmann's is not."], "Sodium is 0.9% saline, e.g. Hartmann's is not."),
    (["Give it i.v. Amoxicillin follows."], "Give it i.v. Amoxicillin follows."),
    (["Ask Dr. Jones or Prof. Smith.", "He knows."], "Ask Dr. Jones or Prof. Smith. He knows."),
    (["J. Smith and A. B. Brown wrote it.", "It is old."], "J. Smith and A. B. Brown wrote it. It is old."),
    (["It was shown by J. Smith in 2010."], "It was shown by J. Smith in 2010."),
    (["Give vitamin K.", "The INR falls."], "Give vitamin K. The INR falls."),
    (["He has hepatitis B.", "Vaccinate her."], "He has hepatitis B. Vaccinate her."),
    (["E. coli and C. difficile grow.", "S. aureus does not."], "E. coli and C. difficile grow. S. aureus does not."),
    (["Is it safe?", "No.", "It is not."], "Is it safe? No. It is not."),
    (["See No. 5 and Fig. 2."], "See No. 5 and Fig. 2."),
    (["It is repaired [1].", "Mesh is used [2][3]."], "It is repaired [1]. Mesh is used [2][3]."),
    (["It is repaired.[1]", "Mesh is used.[2][3]"], "It is repaired.[1] Mesh is used.[2][3]"),
    (["It is repaired. [1]", "Mesh is used. [2, 3]"], "It is repaired. [1] Mesh is used. [2, 3]"),
    (["It is repaired.\n[1]", "Mesh is used.\n[2] [3]"], "It is repaired.\n[1]\nMesh is used.\n[2] [3]"),
    (["It is repaired (see below.) [1]", "Mesh is used."], "It is repaired (see below.) [1] Mesh is used."),
    (['He said "Stop."', "Then he left."], 'He said "Stop." Then he left.'),
    (["He said “Stop.”", "“Why?” she asked."], "He said “Stop.” “Why?” she asked."),
    (["Über alles.", "Élan is French.", "Öl is oil."], "Über alles. Élan is French. Öl is oil."),
    (["1. Give oxygen.", "2. Call for help.", "10. Go home."], "1. Give oxygen. 2. Call for help. 10. Go home."),
    (["- oxygen", "- fluid", "A. Repair", "B. Watch"], "- oxygen\n- fluid\n\n  A. Repair\nB. Watch\n"),
    (["The score is 5.", "10 mg follow."], "The score is 5. 10 mg follow."),
    (["Wait...", "Then go."], "Wait... Then go."),
    (["Vaccinate against hepatitis A and B.", "Then wait."], "Vaccinate against hepatitis A and B. Then wait."),
    (["pH falls. pO2 rises."], "pH falls. pO2 rises."),
    (["One line"], "One line"),
    ([], ""),
    ([], " \n\t \n"),
    (["..."], "..."),
    (["[1]", "Then text."], "[1]\nThen text."),
]


@pytest.mark.parametrize(("pieces", "text"), SPLITS)
def test_a_text_is_split_where_a_reader_would_split_it(pieces: list[str], text: str) -> None:
    assert sentences(text) == pieces


def only_white_space_lost(text: str, pieces: list[str]) -> bool:
    """The pieces stand in the text in this order, and what lies between them is white space."""
    start = 0
    for piece in pieces:
        place = text.find(piece, start)
        if not piece.strip() or place < 0 or text[start:place].strip():
            return False
        start = place + len(piece)
    return not text[start:].strip()


medical = st.lists(
    st.sampled_from(
        'The dose is 3.5 mg . ? ! .. ... [1] [2][3] [1, 2] \n \n\n 1. 2. A. e.g. i.v. Dr. ( ) ( see ) " “ ” É pH K. '
        "vitamin E. coli no. 5. 10 - * \u2028 \x0b".split(" ")
    ),
    max_size=40,
)


@given(st.one_of(st.text(), medical.map(" ".join), medical.map("".join)))
def test_only_white_space_is_lost(text: str) -> None:
    assert only_white_space_lost(text, sentences(text))


def test_the_check_for_losses_finds_a_lost_stop_a_lost_mark_and_a_changed_order() -> None:
    assert not only_white_space_lost("One. Two.", ["One", "Two."])
    assert not only_white_space_lost("One [1]. Two.", ["One.", "Two."])
    assert not only_white_space_lost("One. Two.", ["Two.", "One."])
    assert not only_white_space_lost("One. Two.", ["One."])


@given(
    st.lists(st.sampled_from(["It is repaired", "Give 3.5 mg i.v. at once", "Call Dr. Jones"]), min_size=1), st.data()
)
def test_marks_stay_with_the_sentence_that_they_end(claims: list[str], data: st.DataObject) -> None:
    forms = ["{0} [{1}].", "{0}.[{1}]", "{0}. [{1}]", "{0} [{1}][{1}]?", "{0}. [{1}, {1}]"]
    made = [data.draw(st.sampled_from(forms)).format(claim, place) for place, claim in enumerate(claims, 1)]
    assert sentences(" ".join(made)) == made


def test_every_sentence_of_the_example_corpus_is_whole() -> None:
    texts = [row["text"] for row in read_rows(EXAMPLES / "passages.jsonl")]
    texts += [row["answer"] for row in read_rows(EXAMPLES / "open.jsonl")]
    for text in texts:
        pieces = sentences(text)
        assert only_white_space_lost(text, pieces)
        for piece in pieces:
            assert len(piece.split()) > 1 and piece[-1] in ".?!", piece
            assert len(re.findall(r"[a-z]{3}\. [A-Z]", piece)) == 0, piece


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Give 1,000 mL at 7.40 over 10.0 min", ["1000", "7.4", "10"]),
        ("70-90 mmHg, 5 to 10%, 150 x 10^9/L", ["70", "90", "5", "10", "150", "10", "9"]),
        ("as [1] and [1, 2] say, 20 in 100", ["20", "100"]),
        ("T3 N1, H2 and B12 hold none", []),
        ("2,5 mg is a comma's fraction", ["2.5"]),
        ("12,345,678.90", ["12345678.9"]),
        ("", []),
    ],
)
def test_numbers_are_compared_by_value(text: str, found: list[str]) -> None:
    assert numbers(text) == found


def test_words_stems_and_normal_forms() -> None:
    assert words("Crohn’s disease, X-ray: 3.5 mg") == ["crohn's", "disease", "x-ray", "3.5", "mg"]
    assert content_stems("The hernias are not repaired") == content_stems("hernia repairs")
    assert content_stems("It is what it was.") == []
    assert normalise(" The  ﬁrst\tLINE ") == "the first line"


def test_key_phrases_are_runs_of_content_words() -> None:
    found = key_phrases("How is a small bowel obstruction told from ileus? In 5 patients' notes, Ileus is not small.")
    assert found == ["small bowel obstruction told", "ileus", "patients", "notes", "small"]


@given(st.text())
def test_words_phrases_and_numbers_take_any_text(text: str) -> None:
    assert all(word == word.lower() for word in words(text))
    assert len(set(map(str.lower, key_phrases(text)))) == len(key_phrases(text))
    assert all(re.fullmatch(r"\d+(\.\d+)*", number) for number in numbers(text))


def test_a_title_loses_its_capital_inside_a_sentence_and_a_name_keeps_it() -> None:
    names = proper_names(
        ["In Charcot feet a hernia is rare. Hernia repair waits, and Tokyo rules. We saw White spots, white."]
    )
    assert names == {"Charcot", "Tokyo"}
    for title, inside in (
        ("Femoral hernia", "femoral hernia"),
        ("Charcot foot", "Charcot foot"),
        ("Crohn's disease", "Crohn's disease"),
        ("Fournier’s gangrene", "Fournier’s gangrene"),
        ("CT of the chest", "CT of the chest"),
        ("E. coli", "E. coli"),
        ("A lump", "a lump"),
        ("", ""),
    ):
        assert mid_sentence(title, names) == inside


@pytest.mark.parametrize(
    "text", [" " * 300_000, "." * 300_000, "A. " * 20_000, "[1]" * 50_000, "a" * 300_000, "\n" * 99_999]
)
def test_text_made_to_be_slow_is_split_all_the_same(text: str) -> None:
    """Runs of white space and of full stops once took time with the square of their length."""
    assert only_white_space_lost(text, sentences(text))
    numbers(text)
    key_phrases(text)
