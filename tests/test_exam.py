"""Exam questions: files of any shape, what training holds, every way of asking, and golden cases of every figure."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.core.files import write_jsonl
from residency.core.records import Question
from residency.evaluation.item import Answer, Item, Result, item_of, result_of
from residency.evaluation.metrics.exam import METRICS
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.exam import calibration as cal
from residency.evaluation.tasks.exam.files import IN_BANK, SAME_ID, SAME_ITEM, read_exams
from residency.evaluation.tasks.exam.grade import grade
from residency.evaluation.tasks.exam.items import collect
from residency.evaluation.tasks.exam.overlap import jaccard, overlaps
from residency.evaluation.tasks.exam.settings import ExamSettings
from residency.evaluation.tasks.exam.shapes import (
    EMPTY_OPTION,
    MANY_OPTIONS,
    NO_KEY,
    NO_OPTIONS,
    NO_QUESTION,
    NO_SHAPE,
    SAME_OPTIONS,
    Asked,
)
from residency.evaluation.tasks.exam.tables import tables

STEM = "Which hernia has its neck below and lateral to the pubic tubercle in an elderly woman?"
TEXTS = ["Inguinal hernia", "Femoral hernia", "Lipoma of the cord", "Saphena varix"]
COLUMNS = dict(zip(("opa", "opb", "opc", "opd"), TEXTS, strict=True))
LETTERED = dict(zip("ABCD", TEXTS, strict=True))

# Of every shape a row of the same question, whose answer is a femoral hernia.
SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "MedMCQA": (
        "medmcqa",
        {"id": "x", "question": STEM, **COLUMNS, "cop": 1, "exp": "It is.", "subject_name": "Surgery"},
    ),
    "MedQA": (
        "medqa",
        {"question": STEM, "options": LETTERED, "answer": TEXTS[1], "answer_idx": "B", "meta_info": "step1"},
    ),
    "MedQA, a list": (
        "medqa",
        {"question": STEM, "options": [{"key": k, "value": v} for k, v in LETTERED.items()], "answer_idx": "B"},
    ),
    "MMLU": ("mmlu", {"question": STEM, "subject": "anatomy", "choices": TEXTS, "answer": 1}),
    "MMLU, columns": ("mmlu", {"question": STEM, **LETTERED, "answer": "B"}),
    "SurgiQ, a list and a letter": ("mcq", {"question": STEM, "options": TEXTS, "answer": "B"}),
    "SurgiQ, a list and an index": ("mcq", {"question": STEM, "options": TEXTS, "answer": 1}),
    "SurgiQ, a list and a text": ("mcq", {"question": STEM, "options": TEXTS, "answer": "femoral hernia"}),
    "SurgiQ, an object": ("mcq", {"Question": STEM, "Options": LETTERED, "Correct Answer": "B"}),
    "SurgiQ, labelled texts": (
        "mcq",
        {"stem": STEM, "options": [f"{k}. {v}" for k, v in LETTERED.items()], "answer": "B. Femoral hernia"},
    ),
    "columns": ("mcq", {"question": STEM, **{f"option_{k}": v for k, v in LETTERED.items()}, "correct": "b"}),
}


def written(folder: Path, rows: Sequence[Mapping[str, Any]], ending: str = "jsonl", name: str = "set") -> Path:
    """The rows as a file; in tables, lists and objects are JSON texts in CSV and lists in Parquet."""
    path = folder / f"{name}.{ending}"
    if ending == "jsonl":
        write_jsonl(path, rows)
    elif ending == "csv":
        flat = [{k: json.dumps(v) if isinstance(v, list | dict) else v for k, v in row.items()} for row in rows]
        pl.DataFrame(flat).write_csv(path)
    else:
        pl.DataFrame(rows).write_parquet(path)
    return path


def questions(count: int, split: str = "test", start: int = 0) -> list[Question]:
    """MCQs of a bank, no two alike."""
    rng = random.Random(f"{split}{start}")
    vocabulary = [
        f"{a}{b}"
        for a in ("gast", "hep", "col", "ileo", "ren", "chol", "panc", "thyr")
        for b in ("itis", "oma", "ectomy", "emia", "osis", "ile")
    ]
    return [
        cast(
            Question,
            {
                "id": f"{split}-{number}",
                "kind": "mcq",
                "question": f"Which of {' '.join(rng.sample(vocabulary, 6))} is {rng.choice(vocabulary)} no. {number}?",
                "options": dict(zip("ABCD", rng.sample(vocabulary, 4), strict=True)),
                "answer": "ABCD"[number % 4],
                "rationale": f"The reason is {rng.choice(vocabulary)} of {number}, said nowhere else.",
                "split": split,
                "cluster": f"{split}-{number}",
                "topic": f"topic {number % 3}",
                "source": "human" if number % 2 else "synthetic",
                "licence": "CC0",
                "parents": [],
                "passages": [],
                "origin": f"bank.jsonl:{number + 1}",
            },
        )
        for number in range(start, start + count)
    ]


def sources(
    files: Sequence[Path] = (),
    bank: Sequence[Question] = (),
    trained: Sequence[Question] = (),
    most: int | None = None,
    **settings: Any,
) -> Sources:
    exam = ExamSettings(files=list(files), **settings)
    return Sources(EvaluateSettings(exam=exam, max_items=most), 7, questions=bank, trained=trained)


# Files


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("name", SHAPES)
def test_a_row_of_any_shape_in_any_format_is_the_same_question(tmp_path: Path, name: str, ending: str) -> None:
    shape, row = SHAPES[name]
    (file,) = read_exams([written(tmp_path, [row], ending)], {})
    (item,) = file.items
    assert (item.question, item.options, item.letter) == (STEM, LETTERED, "B")
    assert file.shapes == {shape: 1} and not file.refused
    assert item.source == "public:set" and item.origin.startswith(f"set.{ending}:")


@pytest.mark.parametrize("inner", [False, True])
def test_pubmedqa_is_asked_over_its_own_contexts_with_yes_no_and_maybe(tmp_path: Path, inner: bool) -> None:
    contexts = {"contexts": ["We looked at 88 procedures.", "None failed."], "labels": ["METHODS", "RESULTS"]}
    row = {"pubid": 12, "question": "Is it safe?", "long_answer": "It appears safe.", "final_decision": "Yes"}
    path = written(tmp_path, [{**row, "context": contexts} if inner else {**row, **contexts}])
    (item,) = collect(sources([path]))
    asked = item.first.messages[-1]["content"]
    assert "[1] Methods. We looked at 88 procedures.\n[2] Results. None failed." in asked
    assert asked.endswith("Question: Is it safe?\nA. yes\nB. no\nC. maybe")
    assert (item.expect["letter"], item.id) == ("A", "exam/set/12")
    assert "appears safe" not in asked
    assert not any(ask.key.startswith("choices_only") for ask in item.asks), "yes, no and maybe give nothing away"


@pytest.mark.parametrize(("keys", "letters"), [((0, 3, 1), "ADB"), ((1, 4, 2), "ADB"), ((1, 2, 3), "BCD")])
def test_whether_a_file_counts_its_options_from_0_or_1_is_told_by_the_file(
    tmp_path: Path, keys: tuple[int, ...], letters: str
) -> None:
    rows = [{"question": f"{STEM} {number}", **COLUMNS, "cop": key} for number, key in enumerate(keys)]
    (file,) = read_exams([written(tmp_path, rows)], {})
    assert "".join(item.letter for item in file.items) == letters
    assert file.told == (letters == "ADB"), "1, 2 and 3 of four may be either, which the report says"


def test_mmlu_tables_without_a_line_of_names_lose_no_row(tmp_path: Path) -> None:
    path = tmp_path / "surgery_test.csv"
    path.write_text(
        '"First, one?",a1,b1,c1,d1,C\n"Second, one?",a2,b2,c2,d2,A\nThird?,a3,b3,c3,d3,C\n', encoding="utf-8"
    )
    (file,) = read_exams([path], {})
    assert [(item.question, item.letter, item.options["A"]) for item in file.items] == [
        ("First, one?", "C", "a1"),
        ("Second, one?", "A", "a2"),
        ("Third?", "C", "a3"),
    ]
    assert file.shapes == {"mmlu": 3}


GOOD = {"id": "good", "question": STEM, "options": TEXTS, "answer": "B"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"title": "Hernia"}, NO_SHAPE),
        ({"question": "", "choices": TEXTS, "answer": 1}, NO_QUESTION),
        ({"question": "Q?", "options": ["one"], "answer": "A"}, NO_OPTIONS),
        ({"question": "Q?", "options": [f"option {n}" for n in range(27)], "answer": "A"}, MANY_OPTIONS),
        ({"question": "Q?", "options": ["one", "", "three"], "answer": "A"}, EMPTY_OPTION),
        ({"question": "Q?", "options": ["One", "two", "one "], "answer": "A"}, SAME_OPTIONS),
        ({"question": "Q?", "options": TEXTS, "answer": "E"}, NO_KEY),
        ({"question": "Q?", "options": TEXTS, "answer": "A, C"}, NO_KEY),
        ({"question": "Q?", "options": TEXTS, "answer": ["A", "C"]}, NO_KEY),
        ({"question": "Q?", **COLUMNS, "cop": -1}, NO_KEY),
        ({"question": "Q?", "options": TEXTS}, NO_KEY),
        ({**GOOD, "question": "Another?"}, SAME_ID),
        ({**GOOD, "id": "other", "options": TEXTS[::-1], "answer": TEXTS[1]}, SAME_ITEM),
    ],
)
def test_a_row_that_cannot_be_asked_is_counted_with_its_reason(
    tmp_path: Path, row: dict[str, Any], reason: str
) -> None:
    (file,) = read_exams([written(tmp_path, [GOOD, row])], {})
    assert [item.id for item in file.items] == ["set/good"]
    assert file.refused == [("set.jsonl:2", reason)]


def test_a_row_that_cannot_be_read_and_one_of_the_bank_are_counted_too(tmp_path: Path) -> None:
    path = written(tmp_path, [GOOD])
    (bank,) = questions(1)
    with path.open("a", encoding="utf-8") as handle:
        handle.write('{"question": \n')
        handle.write(
            json.dumps({"question": bank["question"].upper(), "options": bank["options"], "answer": "A"}) + "\n"
        )
    items = collect(sources([path], bank=[bank]))
    assert [item.id for item in items] == ["exam/test-0", "exam/set/good"]
    refused = items[1].expect["intake"]["refused"]
    assert [row["reason"] for row in refused] == ["the row cannot be read (broken_json)", IN_BANK]


def test_a_file_without_a_question_is_one_clear_line(tmp_path: Path) -> None:
    path = written(tmp_path, [{"title": "Hernia"}, {"title": "Stoma"}])
    with pytest.raises(
        InputError, match=r"no exam question could be read.*no known exam set \(2 of 2 rows\).*MedMCQA"
    ) as told:
        collect(sources([path]))
    assert str(path) in str(told.value)


# What training holds

HELD = [
    ("word for word", lambda q: dict(q)),
    (
        "its options in another order",
        lambda q: q | {"options": dict(zip("ABCD", [*q["options"].values()][::-1], strict=True))},
    ),
    (
        "a word changed, and more said",
        lambda q: q | {"question": "An examiner asks: " + q["question"].replace("no.", "number")},
    ),
]


@pytest.mark.parametrize(("how", "changed"), HELD, ids=[how for how, _ in HELD])
def test_an_item_that_training_holds_is_found_with_evidence(how: str, changed: Callable[[Any], Any]) -> None:
    planted, others = questions(1, "file"), questions(20, "train")
    items = [
        Asked(q["id"], f"f:{n}", "mcq", q["question"], q["options"], q["answer"])
        for n, q in enumerate([*planted, *questions(5, "x")])
    ]
    found, _ = overlaps(items, [*others, changed(cast(Any, planted[0])) | {"id": "leak", "cluster": "leak"}])
    assert [(one.item, one.row, one.held) for one in found] == [(0, "leak", True)]
    assert found[0].jaccard > 0.5 and len(found[0].shared.split()) >= 6


def test_short_items_are_found_too_and_templates_are_not() -> None:
    items = [
        Asked("a", "f:1", "mcq", "Facial nerve lies:", {"A": "deep to the parotid", "B": "in the parotid gland"}, "B"),
        Asked(
            "b",
            "f:2",
            "mcq",
            "Which of the following is the most common cause of haematuria?",
            {"A": "stone", "B": "tumour"},
            "A",
        ),
    ]
    rows = questions(3, "train")
    rows[0] |= {"question": "Facial nerve lies:", "options": {"A": "in the parotid gland", "B": "deep to the parotid"}}
    rows[1] |= {"question": "Which of the following is the most common cause of melaena?"}
    assert [(one.item, one.tier) for one in overlaps(items, rows).found if one.held] == [(0, "exact")]


def test_what_training_holds_is_left_out_or_marked_and_listed_either_way(tmp_path: Path) -> None:
    train = questions(8, "train")
    path = written(tmp_path, [{**train[3], "id": "seen"}, GOOD])
    (dropped,) = collect(sources([path], trained=train))
    marked = collect(sources([path], trained=train, decontaminate="mark"))
    assert dropped.id == "exam/set/good"
    assert [item.expect.get("contaminated", {}).get("row") for item in marked] == ["train-3", None]
    for first in (dropped, marked[0]):
        (told,) = first.expect["intake"]["contaminated"]
        assert (told["origin"], told["row"], told["jaccard"]) == ("set.jsonl:1", "train-3", 1.0)
    with pytest.raises(InputError, match=r'every one of its 1 exam questions stands in what was trained on.*"mark"'):
        collect(sources([written(tmp_path, [{**train[3], "id": "seen"}], name="all")], trained=train))


def test_jaccard_is_exact() -> None:
    assert jaccard("one two three four", "one two three five") == 1 / 3
    assert jaccard("one two", "one two") == 1 and jaccard("", "") == 0 == jaccard("one", "")


# Asks


def test_no_prompt_holds_the_key_or_the_rationale_and_none_of_the_options_alone_the_question() -> None:
    bank = questions(12)
    for item, question in zip(collect(sources(bank=bank, permutations=2)), bank, strict=True):
        for ask in item.asks:
            text = "\n".join(message["content"] for message in ask.messages)
            assert question["rationale"] not in text and f"ANSWER: {question['answer']}" not in text
            assert (question["question"] in text) == (not ask.key.startswith("choices_only"))
            assert all(option in text for option in question["options"].values())
        assert item_of(json.loads(json.dumps(item.as_row()))) == item, "an item is plain JSON"


def test_each_further_order_is_another_one_and_moves_every_option_while_it_can() -> None:
    for item in collect(sources(bank=questions(6), permutations=3)):
        orders = ["ABCD", *item.expect["orders"].values()]
        assert all(len({order[place] for order in orders}) == 4 for place in range(4))
    more = collect(sources(bank=questions(1), permutations=8))[0].expect["orders"]
    assert len({*more.values(), "ABCD"}) == 9
    two = questions(1)
    two[0]["options"] = {"A": "yes", "B": "no"}
    assert list(collect(sources(bank=two, permutations=8))[0].expect["orders"].values()) == ["BA"]


def test_models_that_think_are_asked_in_writing_alone_and_several_times() -> None:
    (item,) = collect(sources(bank=questions(1), permutations=1))
    thinking = {ask.key: ask.thinking_samples for ask in item.asks}
    assert thinking == {
        "given": 4,
        "letters": 0,
        "order-1": 1,
        "order-1-letters": 0,
        "choices_only": 1,
        "choices_only-letters": 0,
    }
    plain = {ask.key: (ask.samples, ask.written) for ask in item.asks}
    assert plain["given"] == (1, True) and plain["letters"] == (1, False) and plain["choices_only"] == (0, True)
    (item,) = collect(sources(bank=questions(1), samples=3, thinking_samples=8, choices_only="no"))
    assert [(ask.key, ask.samples, ask.thinking_samples) for ask in item.asks] == [("given", 3, 8), ("letters", 1, 0)]


def test_of_each_source_at_most_so_many_are_asked(tmp_path: Path) -> None:
    path = written(tmp_path, [{**row, "id": f"f{n}"} for n, row in enumerate(questions(9, "file"))])
    asked = collect(sources([path], bank=questions(9), most=4))
    assert Counter(item.source.partition(":")[0] for item in asked)["public"] == 4 and len(asked) == 8
    assert asked[4].expect["intake"]["items"] == 9, "what came of the rows is told though the first row is not asked"


# Grades


def answers_of(item: Item, say: Callable[[Any, int], Any]) -> dict[str, list[Answer]]:
    """The answers of a model that says, or gives its letters, by ``say(ask, sample)``; None is no answer."""
    found: dict[str, list[Answer]] = {}
    for ask in item.asks:
        for sample in range(ask.samples):
            said = say(ask, sample)
            if said is None:
                continue
            turn = {"text": said, "finish": "stop", "tokens": 9} if isinstance(said, str) else said
            row = {
                "id": item.id,
                "ask": ask.key,
                "sample": sample,
                "said": [turn] if ask.written else [],
                "letters": None,
            }
            if not ask.written:
                row["letters"] = said
            found.setdefault(ask.key, []).append(cast(Answer, row))
    return found


def by_text(item: Item, wanted: str) -> Callable[[Any, int], Any]:
    """A model that chooses the option of letter ``wanted`` in every order, by its text."""
    text = item.expect["options"][wanted]

    def say(ask: Any, sample: int) -> Any:
        shown = [line for line in ask.messages[-1]["content"].splitlines() if line[1:3] == ". "]
        letter = next(line[0] for line in shown if line[3:] == text)
        return (
            f"Key point: it is so.\nANSWER: {letter}"
            if ask.written
            else [0.0 if one == letter else -3.0 for one in ask.letters]
        )

    return say


@pytest.fixture
def item() -> Item:
    return collect(sources(bank=questions(1), permutations=2, choices_only="written"))[0]


def test_gold_earns_one_on_every_metric_and_a_wrong_option_zero(item: Item) -> None:
    gold = grade(item, answers_of(item, by_text(item, "A"))).metrics
    wrong = grade(item, answers_of(item, by_text(item, "C"))).metrics
    right = {name for name in gold if name.startswith("exam.accuracy")}
    assert {name for name in METRICS if name.startswith("exam.accuracy")} == right | {"exam.accuracy_majority"}
    assert all(gold[name] == 1 and wrong[name] == 0 for name in right)
    for name in ("exam.consistency", "exam.consistency_likelihood", "exam.parsed"):
        assert gold[name] == wrong[name] == 1
    sure = 1 / (1 + 3 * np.exp(-3))
    assert (gold["exam.confident_wrong"], wrong["exam.confident_wrong"]) == (0, 1)
    assert gold["exam.brier"] == pytest.approx((1 - sure) ** 2) and wrong["exam.brier"] == pytest.approx(sure**2)
    assert gold["mode.obeyed"] == 1 and set(gold) - set(METRICS) == {"mode.obeyed", "mode.exam_obeyed"}


@given(order=st.integers(0, 7), key=st.sampled_from("ABCD"))
def test_letters_of_every_order_are_taken_back_to_the_options(order: int, key: str) -> None:
    bank = questions(8)[order]
    (one,) = collect(sources(bank=[bank | {"answer": key}], permutations=5))  # type: ignore[list-item]
    metrics = grade(one, answers_of(one, by_text(one, key))).metrics
    assert metrics["exam.accuracy_permuted"] == metrics["exam.accuracy_permuted_likelihood"] == 1


def test_a_model_that_picks_a_place_is_right_by_chance_and_never_consistent(item: Item) -> None:
    place = grade(
        item, answers_of(item, lambda ask, _: "ANSWER: A" if ask.written else [0.0, -1.0, -1.0, -1.0])
    ).metrics
    assert place["exam.accuracy_generated"] == place["exam.accuracy_likelihood"] == 1
    assert place["exam.accuracy_permuted"] == place["exam.accuracy_permuted_likelihood"] == pytest.approx(1 / 3)
    assert place["exam.consistency"] == place["exam.consistency_likelihood"] == 0


def test_what_cannot_be_read_is_missing_and_wrong_in_the_strict_accuracy_alone(item: Item) -> None:
    def metrics(text: str) -> Any:
        return grade(item, answers_of(item, lambda ask, _: text if ask.written else None))

    unread = metrics("The options are all interesting.")
    assert (unread.status, unread.metrics["exam.accuracy_generated"], unread.metrics["exam.accuracy_strict"]) == (
        "unparsed",
        None,
        0.0,
    )
    assert (
        unread.metrics["exam.parsed"],
        unread.metrics["exam.abstained"],
        unread.metrics["exam.accuracy_likelihood"],
    ) == (0, 0, None)
    assert unread.metrics["exam.accuracy_permuted"] is None is unread.metrics["exam.consistency"]
    for text in ("I do not know.", "Key point: The text provided does not say.\nSearch again."):
        unknown = metrics(text)
        assert (unknown.metrics["exam.abstained"], unknown.metrics["exam.accuracy_generated"]) == (1.0, None)
    in_words = metrics(f"ANSWER: {item.expect['options']['A']}")
    assert in_words.metrics["exam.accuracy_generated"] == 1.0


def test_an_answer_with_a_fault_is_errored_and_its_likelihood_still_counts(item: Item) -> None:
    fault = {"text": "", "finish": "error", "tokens": None, "fault": "the server did not answer"}
    graded = grade(item, answers_of(item, lambda ask, _: fault if ask.written else [0.0, -1.0, -1.0, -1.0]))
    assert (graded.status, graded.details["fault"]) == ("errored", "the server did not answer")
    assert graded.metrics["exam.accuracy_likelihood"] == 1 and "exam.accuracy_generated" not in graded.metrics


def test_several_samples_are_averaged_and_their_agreement_is_the_confidence() -> None:
    (item,) = collect(sources(bank=questions(1), samples=4, choices_only="no"))
    say = ["ANSWER: A", "ANSWER: A", "I cannot say.", "ANSWER: B"]
    graded = grade(item, answers_of(item, lambda ask, sample: say[sample] if ask.written else None))
    wanted = {"generated": 2 / 3, "strict": 0.5, "majority": 1.0}
    assert {name: graded.metrics[f"exam.accuracy_{name}"] for name in wanted} == pytest.approx(wanted)
    assert (graded.metrics["exam.parsed"], graded.metrics["exam.abstained"]) == (0.75, 0.25)
    assert (graded.details["confidence"], graded.details["confidence_from"], graded.details["right"]) == (
        0.5,
        "4 samples",
        1.0,
    )
    tied = grade(item, answers_of(item, lambda ask, n: ["ANSWER: A", "ANSWER: B"][n % 2] if ask.written else None))
    assert tied.metrics["exam.accuracy_majority"] == 0.5


# Calibration, by hand


def arrays(confidence: Sequence[float], right: Sequence[float]) -> tuple[Any, Any]:
    return np.array(confidence, float), np.array(right, float)


@pytest.mark.parametrize(
    ("confidence", "right", "count", "error"),
    [
        ([0.6, 0.6, 0.8, 0.8], [1, 0, 1, 1], 2, 0.5 * 0.1 + 0.5 * 0.2),
        ([0.8, 0.6, 0.8, 0.6], [1, 0, 1, 1], 2, 0.15),  # whatever their order
        ([0.75] * 4, [1, 1, 1, 0], 2, 0.0),  # items of one confidence share a bin
        ([1.0] * 5, [0] * 5, 5, 1.0),  # sure, and always wrong
        (
            [0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
            [0, 1, 0, 1, 1, 1],
            3,
            (abs(0.55 - 0.5) + abs(0.75 - 0.5) + abs(0.95 - 1)) / 3,
        ),
        ([0.3, 0.9], [1, 1], 1, 0.4),
    ],
)
def test_the_calibration_error_is_as_computed_by_hand(
    confidence: list[float], right: list[float], count: int, error: float
) -> None:
    assert cal.calibration_error(*arrays(confidence, right), count) == pytest.approx(error)


def test_bins_hold_equal_numbers_of_items_and_each_once() -> None:
    confidence = np.random.default_rng(0).random(97)
    found = cal.bins(confidence, confidence, cal.bin_count(97))
    assert {len(one.places) for one in found} <= {10, 11} and len(found) == 9
    assert sorted(place for one in found for place in one.places.tolist()) == list(range(97))
    assert (cal.bin_count(5), cal.bin_count(1000)) == (1, 10)


def test_a_calibrated_model_is_given_the_error_that_is_foretold_and_an_overconfident_one_more() -> None:
    rng = np.random.default_rng(1)
    confidence = rng.uniform(0.3, 1, 300)
    foretold = cal.error_if_calibrated(confidence, 10)
    errors = [cal.calibration_error(confidence, (rng.random(300) < confidence).astype(float), 10) for _ in range(60)]
    assert foretold == pytest.approx(np.mean(errors), abs=0.01) and foretold > 0.03
    over = (rng.random(300) < confidence - 0.25).astype(float)
    ((low, high),) = cal.intervals(
        lambda c, r: [cal.calibration_error(c, r, 10)], confidence, over, [*map(str, range(300))]
    )
    assert max(errors) < low < 0.27 < high + 0.05


def test_selective_accuracy_and_the_area_are_as_computed_by_hand() -> None:
    sure, right = arrays([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 0])
    shares = (0.25, 0.5, 0.75, 1.0)
    assert cal.selective(sure, right, shares) == pytest.approx([1, 1, 2 / 3, 1 / 2, (0 + 0 + 1 / 3 + 1 / 2) / 4])
    assert cal.selective(sure[::-1], right, shares)[-1] == pytest.approx((1 + 1 + 2 / 3 + 1 / 2) / 4)
    assert cal.selective(np.full(4, 0.5), right, shares) == [0.5] * 5, "no order, no gain"


def test_an_interval_widens_where_items_share_clusters_and_one_cluster_has_none() -> None:
    rng = np.random.default_rng(2)
    right = np.repeat(rng.integers(0, 2, 30), 10).astype(float)
    confidence = np.full(300, 0.5)

    def width(clusters: list[str]) -> float:
        ((low, high),) = cal.intervals(lambda _, r: [float(r.mean())], confidence, right, clusters)
        return high - low

    assert width([str(n // 10) for n in range(300)]) > 2 * width([str(n) for n in range(300)])
    assert cal.intervals(lambda _, r: [float(r.mean())], confidence, right, ["one"] * 300) == []


# Tables


def results_of(items: Sequence[Item], say: Callable[[Item], Callable[[Any, int], Any]]) -> list[Result]:
    found = []
    for one in items:
        given = answers_of(one, say(one))
        found.append(result_of(one, given, grade(one, given)))
    return found


def rows_of(found: Mapping[str, Any], name: str, **wanted: Any) -> list[dict[str, Any]]:
    table = found[name]
    assert all(len(row) == len(table.columns) for row in table.rows)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return [row for row in rows if all(row[key.replace("_", " ")] == value for key, value in wanted.items())]


@pytest.fixture(scope="module")
def tabled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    train = questions(8, "train")
    extra = [
        {**row, "id": f"f{n}", "difficulty": "hard" if n % 2 else "easy"} for n, row in enumerate(questions(20, "file"))
    ]
    path = written(tmp_path_factory.mktemp("exam"), [{**train[0], "id": "leak"}, *extra, {"title": "no question"}])
    items = collect(sources([path], bank=questions(40), trained=train))
    unread = {item.id for item in items[:5]}

    def clever(item: Item) -> Callable[[Any, int], Any]:
        say = by_text(item, item.expect["letter"])
        return lambda ask, n: "I do not know." if ask.written and item.id in unread else say(ask, n)

    def lazy(item: Item) -> Callable[[Any, int], Any]:
        return lambda ask, _: "ANSWER: A" if ask.written else [0.0, -9.0, -9.0, -9.0]

    found = tables({"clever": results_of(items, clever), "lazy": results_of(items, lazy)})
    return {table.name: table for table in found}


def test_every_written_answer_is_counted_once(tabled: dict[str, Any]) -> None:
    (row,) = rows_of(tabled, "exam_answers", model="clever")
    assert (row["answers"], row["read"], row["abstained"], row["cut off"], row["not read"]) == (60, 55, 5, 0, 0)


def test_a_model_that_always_picks_the_first_place_is_shown_to(tabled: dict[str, Any]) -> None:
    lazy = {row["letter"]: row for row in rows_of(tabled, "exam_position", model="lazy", by="likelihood")}
    assert (
        lazy["A"]["share of picks"] == 1 and lazy["A"]["share of keys"] == 0.25 and lazy["A"]["accuracy where key"] == 1
    )
    assert lazy["B"]["share of picks"] == 0 == lazy["B"]["accuracy where key"]
    clever = rows_of(tabled, "exam_position", model="clever", by="likelihood")
    assert {row["share of picks"] for row in clever} == {0.25}


def test_a_sure_and_wrong_model_is_badly_calibrated_and_gains_nothing_by_choosing(tabled: dict[str, Any]) -> None:
    (clever,), (lazy,) = (rows_of(tabled, "exam_calibration", model=name) for name in ("clever", "lazy"))
    assert lazy["ECE"] == pytest.approx(0.75, abs=0.01) and lazy["low"] > 0.5 and lazy["ECE if calibrated"] < 0.01
    assert clever["ECE"] == pytest.approx(1 - 1 / (1 + 3 * np.exp(-3)), abs=1e-6)
    assert {row["value"] for row in rows_of(tabled, "exam_selective", model="lazy")} == {0.25, 0.75}


def test_what_can_be_had_without_knowing_anything_stands_beside_each_source(tabled: dict[str, Any]) -> None:
    rows = {(row["picks"], row["model"]): row for row in rows_of(tabled, "exam_baselines", source="human")}
    assert rows["an option at random", ""]["accuracy"] == 0.25
    assert rows["always B", ""]["accuracy"] == 0.5, "the odd ones, half of which have B"
    assert rows["options alone", "clever"]["accuracy"] == 1.0 and rows["options alone", "lazy"]["accuracy"] == 0.0


def test_parts_are_told_apart_and_the_file_says_what_came_of_its_rows(tabled: dict[str, Any]) -> None:
    parts = {(row["by"], row["part"]): row["n"] for row in rows_of(tabled, "exam_parts", model="clever")}
    assert parts["source", "public:set"] == 20 == parts["source", "human"] == parts["source", "synthetic"]
    assert parts["difficulty", "hard"] == 10 and parts["split", "from files"] == 20 and ("topic", "topic 1") in parts
    (file,) = rows_of(tabled, "exam_files")
    assert (file["rows"], file["refused"], file["in training"], file["asked"], file["shape"]) == (
        22,
        1,
        1,
        20,
        "mcq 21",
    )
    assert file["reasons"] == f"{NO_SHAPE}: 1" and file["these are"] == "left out"
    (held,) = rows_of(tabled, "exam_contaminated")
    assert (held["item"], held["training row"], held["evidence"], held["Jaccard"]) == (
        "set.jsonl:1",
        "train-0",
        "exact",
        1.0,
    )


def test_plots_can_be_drawn_and_models_without_confidence_have_none(tabled: dict[str, Any]) -> None:
    from matplotlib.figure import Figure

    for name in ("exam_reliability", "exam_selective"):
        axes = Figure().subplots()
        tabled[name].plot(axes)
        assert len(axes.lines) >= 2
    items = collect(sources(bank=questions(30)))
    silent = tables({"server": results_of(items, lambda item: lambda ask, _: "ANSWER: B" if ask.written else None)})
    assert {table.name for table in silent} == {
        "exam_answers",
        "exam_baselines",
        "exam_position",
        "exam_longest",
        "exam_parts",
    }
    assert tables({"none": []}) == []
