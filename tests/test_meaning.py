"""Texts as vectors, and what the data gate sees by them: paraphrases, their contradictions, reworded evaluation items,
answers from outside the bank."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from residency.core.errors import InputError, MissingDependencyError
from residency.core.files import file_digest, folder_digests
from residency.corpus.bank.contradictions import contradictions
from residency.corpus.comparing import meaning
from residency.corpus.comparing.meaning import Understood, alike_across, alike_within
from residency.corpus.comparing.telling import same_frame, telling
from residency.corpus.report.summary import summary_lines
from residency.generation import embeddings
from residency.generation.embeddings import VOCABULARY, WIDTH, Encoder, Vectors, missing
from tests import semantic_pairs as planted
from tests.conftest import EXAMPLES, read_rows
from tests.test_corpus import ask, gate

Row = dict[str, Any]
START = 0.8  # the cosine that the documentation advises
needs_encoder = pytest.mark.skipif(missing() is not None, reason='needs pip install "residency[semantic]"')


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(threads=1)


def told_apart(pairs: list[planted.Pair]) -> int:
    """How many pairs are told apart by their words."""
    told = telling([text for pair in pairs for text in pair])
    first = np.arange(len(pairs)) * 2
    agree = told.may_agree(first, told, first + 1)
    return sum(not ok or same_frame(*pair) for ok, pair in zip(agree, pairs, strict=True))


def found(encoder: Encoder, pairs: list[planted.Pair]) -> int:
    """How many pairs are alike in meaning and not told apart."""
    count = 0
    for one, other in pairs:
        sides = [Understood([text], encoder.encode([text]), telling([text])) for text in (one, other)]
        count += len(alike_across(*sides, START).one)
    return count


# The encoder


@needs_encoder
def test_a_text_has_one_vector_of_unit_length_whatever_stands_beside_it(encoder: Encoder) -> None:
    texts = ["Which nerve is at risk?", "", "A hernia. " * 400, "手術 🩺", "\ud800", "Which nerve is at risk?"]
    steps: list[int] = []
    vectors = encoder.encode(texts, steps.append)
    assert vectors.shape == (6, WIDTH) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert sum(steps) == 6
    assert np.array_equal(vectors, encoder.encode(texts))
    assert np.allclose(vectors[:1], encoder.encode(texts[:1]), atol=1e-5)
    assert np.array_equal(vectors[0], vectors[5])
    assert encoder.encode([]).shape == (0, WIDTH)


@needs_encoder
def test_what_means_the_same_is_nearer_than_what_does_not(encoder: Encoder) -> None:
    one, same, other = encoder.encode(["The spleen was removed.", "He had a splenectomy.", "Parking is free."])
    assert one @ same > 0.5 > one @ other


def test_the_vocabulary_is_the_one_that_the_model_was_trained_with() -> None:
    assert file_digest(VOCABULARY) == "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"


def test_a_missing_extra_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with (
        patch.object(embeddings, "NEEDS", ("no_such_package",)),
        pytest.raises(MissingDependencyError, match=r'no-such-package.*pip install "residency\[semantic\]"'),
    ):
        gate(tmp_path, [ask(1)], semantic_duplicate=START)
    assert not (tmp_path / "out").exists()


@needs_encoder
def test_another_model_is_not_run() -> None:
    with patch.object(embeddings, "MODEL_SHA256", "0" * 64), pytest.raises(InputError, match="not the known one"):
        Encoder()


# Told apart by words


@pytest.mark.parametrize("pair", planted.ALIKE)
def test_questions_that_look_alike_and_ask_another_thing_are_told_apart(pair: planted.Pair) -> None:
    assert told_apart([pair, (pair[1], pair[0])]) == 2


@pytest.mark.parametrize("pair", planted.PARAPHRASES)
def test_a_paraphrase_is_not_told_apart(pair: planted.Pair) -> None:
    assert told_apart([pair, (pair[1], pair[0])]) == 0


@pytest.mark.parametrize(
    "pair",
    [
        ("What is a type II error?", "What does a type 2 error mean?"),
        ("How is oesophageal cancer staged?", "How is esophageal cancer staged?"),
        ("What is Sjogren's syndrome?", "What is Sjogren syndrome?"),
        ("", ""),
    ],
)
def test_spelling_and_numerals_tell_nothing(pair: planted.Pair) -> None:
    assert told_apart([pair]) == 0


@needs_encoder
def test_of_a_long_query_the_beginning_and_the_end_are_read_and_of_a_text_the_beginning(encoder: Encoder) -> None:
    case = "A man of 63 with atrial fibrillation on apixaban has severe abdominal pain and a lactate of four. "
    middle = "He slept well and the weather was fine. " * 30
    asked = "Which imaging comes first?"
    one, other, unasked = encoder.encode(
        [case + middle + asked, case + middle * 2 + asked, case + middle * 2], queries=True
    )
    assert one @ other > 0.99 > one @ unasked
    texts = encoder.encode([case + middle + asked, case + middle * 2])
    assert texts[0] @ texts[1] > 0.999


def test_paraphrases_are_found_and_their_doubles_left_alone(encoder: Encoder) -> None:
    assert found(encoder, planted.PARAPHRASES) >= 11
    assert found(encoder, planted.NEW_PARAPHRASES) >= 19
    assert found(encoder, planted.ALIKE) == 0
    assert found(encoder, planted.NEW_ALIKE) <= 1
    assert found(encoder, planted.REWORDED_ALIKE) <= 1
    assert found(encoder, planted.REWORDED_ITEMS) >= 5


# The search


def near(seed: int, count: int) -> Vectors:
    """Unit vectors, most of them near another one."""
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((count, 8)).astype(np.float32)
    vectors[count // 2 :] = vectors[: count - count // 2] + 0.2 * vectors[count // 2 :]
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def understood(vectors: Vectors) -> Understood:
    """With questions that nothing tells apart."""
    texts = [f"How {'so ' * place}" for place in range(len(vectors))]
    return Understood(texts, vectors, telling(texts))


@pytest.mark.parametrize("count", [0, 1, 2, 7, 64, 100])
def test_the_search_by_blocks_finds_what_a_search_of_all_pairs_finds(count: int) -> None:
    vectors = near(3, count)
    cosines = vectors @ vectors.T
    expected = [(i, j) for i in range(count) for j in range(i + 1, count) if cosines[i, j] >= 0.9]
    steps: list[int] = []
    with patch.object(meaning, "ROWS", 7), patch.object(meaning, "COLUMNS", 13):
        pairs = alike_within(understood(vectors), 0.9, steps.append)
    assert list(zip(pairs.one.tolist(), pairs.other.tolist(), strict=True)) == expected
    assert np.allclose(pairs.scores, [cosines[pair] for pair in expected], atol=1e-6)
    assert sum(steps) == count and pairs.dropped == 0


def test_of_too_many_pairs_the_most_alike_are_looked_at_and_the_rest_counted() -> None:
    vectors = near(4, 60)
    every = alike_within(understood(vectors), 0.0, lambda _: None)
    with patch.object(meaning, "MOST", 50), patch.object(meaning, "ROWS", 7):
        best = alike_within(understood(vectors), 0.0, lambda _: None)
    assert len(best.one) == 50 and best.dropped == len(every.one) - 50
    assert np.allclose(np.sort(best.scores), np.sort(every.scores)[-50:])


# The gate


def write_pairs(pairs: list[planted.Pair]) -> list[Row]:
    """Rows that ask each question of the pairs and answer all in the same words."""
    rng = random.Random(2)
    rows = [{"id": f"p{n}", "question": text, "answer": "It is done at once."} for n, text in enumerate(sum(pairs, ()))]
    rng.shuffle(rows)
    return rows


def review(folder: Path, check: str) -> dict[str, str]:
    """The details of a check's findings, by the row's id."""
    with (folder / "out" / "review.csv").open(encoding="utf-8-sig", newline="") as handle:
        return {line["id"]: line["detail"] for line in csv.DictReader(handle) if line["check"] == check}


@needs_encoder
def test_rows_that_ask_the_same_in_other_words_stay_for_review(tmp_path: Path) -> None:
    pairs = [planted.PARAPHRASES[2], planted.PARAPHRASES[20], planted.ALIKE[0], planted.ALIKE[2]]
    result = gate(tmp_path, write_pairs(pairs), page=True, semantic_duplicate=START)
    assert len(result.kept) == 8
    part = result.report["duplicates"]["semantic"]
    assert (part["count"], part["of"], part["threshold"]) == (4, 8, START)
    assert part["examples"][0]["similarity"] >= part["examples"][1]["similarity"] >= START
    assert set(review(tmp_path, "semantic_duplicate")) == {"p0", "p1", "p2", "p3"}
    assert pairs[0][1] in review(tmp_path, "semantic_duplicate")["p0"]
    assert len({row["cluster"] for row in result.kept if row["id"] in {"p0", "p1"}}) == 2
    page = (tmp_path / "out" / "data-report.html").read_text()
    assert "The same meaning in other words" in page and "Similarity of meaning 0.8" in page
    assert any("4 rows" in line and "0.8" in line for line in summary_lines(result.report))
    assert any("semantic_duplicate" in step for step in result.report["first"])


@needs_encoder
def test_what_the_words_found_already_is_not_reported_again(tmp_path: Path) -> None:
    long = "Which nerve is at risk when the whole thyroid gland is removed in an adult with a large goitre today"
    rows = [ask(1, question=f"{long}?"), ask(2, question=f"So {long[0].lower()}{long[1:]}?")]
    report = gate(tmp_path, rows, semantic_duplicate=START).report
    assert report["duplicates"]["near_questions"]["count"] == 2
    assert report["duplicates"]["semantic"]["count"] == 0


@needs_encoder
def test_the_report_is_the_same_in_every_run(tmp_path: Path) -> None:
    digests = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        gate(tmp_path / name, write_pairs(planted.PARAPHRASES[:6]), semantic_duplicate=0.7)
        digests.append(folder_digests(tmp_path / name / "out"))
    assert digests[0] == digests[1]


def test_without_the_setting_the_report_says_how_to_switch_it_on(tmp_path: Path) -> None:
    part = gate(tmp_path, [ask(1)], page=True).report["duplicates"]["semantic"]
    assert part["count"] is None
    assert "corpus.semantic_duplicate" in part["done"] and "residency[semantic]" in part["done"]
    assert "corpus.semantic_duplicate" in (tmp_path / "out" / "data-report.html").read_text()


@needs_encoder
def test_reworded_evaluation_items_are_for_review(tmp_path: Path) -> None:
    items = [item for item, _ in planted.REWORDED_ITEMS]
    evaluation = tmp_path / "items.jsonl"
    evaluation.write_text("".join(f'{{"question": {quoted(item)}, "answer": "So."}}\n' for item in items))
    rows = [ask(n, question=text) for n, (_, text) in enumerate(planted.REWORDED_ITEMS)]
    rows += [ask(100 + n, question=text) for n, (text, _) in enumerate(planted.REWORDED_ALIKE)]
    result = gate(tmp_path, rows, evaluation_files=[evaluation], semantic_duplicate=START)
    tiers = {tier["id"]: tier for tier in result.report["decontamination"]["tiers"]}
    assert tiers["semantic"]["rows"] >= 5 and not tiers["semantic"]["kept_out"]
    assert "similarity of meaning 0." in tiers["semantic"]["examples"][0]["evidence"]
    assert len(result.kept) == len(rows)
    noticed = review(tmp_path, "contaminated")
    assert len(noticed) == tiers["semantic"]["rows"] and all(int(name[1:]) < 100 for name in noticed)
    assert any("what an evaluation item asks" in step for step in result.report["first"])


def quoted(text: str) -> str:
    return '"' + text.replace("\n", " ").replace('"', "'") + '"'


def test_items_in_other_words_are_said_not_to_be_looked_for(tmp_path: Path) -> None:
    evaluation = tmp_path / "items.jsonl"
    evaluation.write_text('{"question": "Which nerve is it that lies there?", "answer": "So."}\n')
    part = gate(tmp_path, [ask(1)], evaluation_files=[evaluation]).report["decontamination"]
    assert [tier["id"] for tier in part["tiers"]] == ["exact", "words", "review"]
    assert any("corpus.semantic_duplicate" in note for note in part["notes"])


# Contradictions of paraphrases


def test_pairs_that_mean_the_same_are_compared_a_step_less_sure() -> None:
    options = {"A": "The superior artery", "B": "The inferior artery", "C": "The iliac artery"}
    one = {"origin": "b:1", "question": "Which artery supplies the sigmoid colon?", "options": options, "answer": "A"}
    other = one | {"origin": "b:2", "question": "From where does the sigmoid colon get its blood?", "answer": "B"}
    keys = np.array([1, 2], np.uint64)
    assert contradictions(keys, [one, other].__getitem__).found == []
    [clash] = contradictions(keys, [one, other].__getitem__, [(0, 1)]).found
    assert clash.sure == "likely" and "in other words" in clash.why
    assert contradictions(keys, [one, other | {"answer": "A"}].__getitem__, [(0, 1)]).found == []


@needs_encoder
def test_paraphrases_that_are_answered_otherwise_are_found(tmp_path: Path) -> None:
    rows = [row for pair in planted.CONTRADICTIONS for row in pair]
    result = gate(tmp_path, rows, semantic_duplicate=START)
    assert len(review(tmp_path, "contradicts_other_record")) >= 2 * 18
    assert len(result.kept) == len(rows)


@needs_encoder
def test_paraphrases_that_are_answered_alike_are_left_alone(tmp_path: Path) -> None:
    result = gate(tmp_path, [row for pair in planted.AGREEING for row in pair], semantic_duplicate=START)
    assert review(tmp_path, "contradicts_other_record") == {}
    assert result.report["duplicates"]["semantic"]["count"] >= 2 * 12


# Answers from outside the bank

OUTSIDE = [
    "Jordanian men see themselves as having a vital role in encouraging mothers to feed their babies at the breast.",
    "The car should be taken to a garage once a year, where the oil, the brakes and all four tyres are looked at.",
    "Teenagers who slept for less than seven hours had lower marks in mathematics at the end of the school year.",
    "Plant the bulbs in autumn at twice their own depth, and water them once the first green shoots can be seen.",
    "The new curriculum raised the number of graduates who chose to work in general practice in rural districts.",
    "Periodontal probing depth fell by half a millimetre in smokers who brushed with an electric toothbrush.",
]


@needs_encoder
def test_answers_from_outside_the_bank_are_found_and_own_answers_left_alone(tmp_path: Path) -> None:
    rows = read_rows(EXAMPLES / "open.jsonl")[:120]
    places = random.Random(5).sample(range(len(rows)), len(OUTSIDE))
    for place, answer in zip(places, OUTSIDE, strict=True):
        rows[place] |= {"answer": answer, "rationale": ""}
    gate(tmp_path, rows, semantic_duplicate=START)
    noticed = review(tmp_path, "answers_another_question")
    wrong = {rows[place]["id"] for place in places}
    assert len(noticed.keys() & wrong) >= 4
    assert noticed.keys() <= wrong
    assert any("by meaning" in detail for detail in noticed.values())


@needs_encoder
def test_conversations_are_left_out(tmp_path: Path) -> None:
    first, other = planted.PARAPHRASES[2]
    turns = [("user", first), ("assistant", "It is done."), ("user", "Why is that so?"), ("assistant", "To be safe.")]
    rows = [{"messages": [{"role": role, "content": text} for role, text in turns]}, ask(1, question=other)]
    result = gate(tmp_path, rows, semantic_duplicate=START)
    assert len(result.kept) == 2 and result.report["duplicates"]["semantic"]["count"] == 0
