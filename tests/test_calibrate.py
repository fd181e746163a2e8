"""Calibration: a scorer that agrees with people is found to, and one that does not is found not to, from any file."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from residency.cli.app import main
from residency.core.errors import InputError
from residency.core.files import read_json, write_jsonl
from residency.judging.calibration import LABELS, REPORT, calibrate, calibrate_file
from residency.judging.calibration.cutting import cut_grades
from residency.judging.calibration.measure import figures, pairwise
from residency.judging.calibration.pairs import holds_pairs, read_choices
from residency.judging.calibration.reading import Graded, read_graded
from residency.judging.calibration.references import NONE_LEFT, items
from residency.judging.calibration.tables import Reading
from residency.judging.item import Item
from residency.judging.labels import read_labels
from residency.judging.raters import confusion, kappa, over_clusters, spearman
from residency.judging.rubric import KEYS, Scores
from residency.judging.rules import Rules
from residency.judging.scorers import Compared, Scored

QUESTIONS, EACH, GRADES = 30, 8, (1, 2, 3, 4)


def planted(seed: int = 5) -> list[Graded]:
    rng = random.Random(seed)
    return [
        Graded(number, f"q{number // EACH}", f"Question {number // EACH}?", f"Answer {number}.", rng.choice(GRADES))
        for number in range(QUESTIONS * EACH)
    ]


def scored(values: Sequence[float | None]) -> list[Scored]:
    return [Scored(dict.fromkeys(KEYS), value, "" if value is not None else "not read") for value in values]


GRADED = planted()
RIGHT = [one.grade / 4 for one in GRADED]
BY_CHANCE = [random.Random(number).random() for number in range(len(GRADED))]


# Planted scorers


def test_a_perfect_scorer_has_kappa_1_and_chooses_the_better_of_two_always() -> None:
    found = figures(GRADED, scored(RIGHT))
    for name in ("agreement", "kappa", "kappa_linear", "kappa_quadratic", "spearman", "pairwise"):
        assert found[name]["value"] == pytest.approx(1.0), name
    assert found["kappa"]["high"] == pytest.approx(1.0)
    assert np.count_nonzero(np.array(found["confusion"]) - np.diag(np.diag(found["confusion"]))) == 0
    assert all(row["recall"]["value"] == row["precision"]["value"] == 1 for row in found["by_grade"].values())


def test_a_reversed_scorer_is_worse_than_chance_with_its_whole_interval() -> None:
    found = figures(GRADED, scored([1 - value for value in RIGHT]))
    assert found["kappa"]["value"] < 0 and found["kappa_quadratic"]["high"] < -0.7
    assert (found["spearman"]["value"], found["pairwise"]["value"]) == (pytest.approx(-1.0), 0.0)


def test_a_random_scorer_has_kappa_about_0_and_its_interval_says_so() -> None:
    found = figures(GRADED, scored(BY_CHANCE))
    for name in ("kappa", "kappa_quadratic", "spearman"):
        assert abs(found[name]["value"]) < 0.15 and found[name]["low"] < 0 < found[name]["high"], name
    assert found["pairwise"]["low"] < 0.5 < found["pairwise"]["high"]


def test_one_score_for_all_tells_nothing_apart() -> None:
    found = figures(GRADED, scored([0.5] * len(GRADED)))
    assert found["spearman"]["value"] is None and found["pairwise"]["value"] == 0.5
    assert found["kappa"]["value"] == pytest.approx(0.0)


def test_what_was_not_scored_is_counted_and_in_no_figure() -> None:
    values = [None if number % 3 == 0 else value for number, value in enumerate(RIGHT)]
    found = figures(GRADED, scored(values))
    assert (found["scored"], found["unscored"]) == (160, {"not read": 80})
    assert found["kappa"]["n"] == 160 and found["kappa"]["value"] == pytest.approx(1.0)


def test_a_scorer_that_only_knows_lengths_is_no_better_than_the_baseline() -> None:
    rows = [Graded(one.row, one.cluster, one.question, "x" * int(10 * one.grade), one.grade) for one in GRADED]
    found = figures(rows, scored([len(one.answer) / 100 for one in rows]))
    assert found["baselines"]["longer_is_better"]["pairwise"]["value"] == found["pairwise"]["value"] == 1.0


# The measures


def test_kappa_is_cohens() -> None:
    counts = np.array([[20.0, 5.0], [10.0, 15.0]])  # Cohen's kappa by hand: po 0.7, pe 0.5
    assert kappa(counts) == pytest.approx(0.4)
    assert kappa(np.array([[5.0, 0.0], [0.0, 0.0]])) is None


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60))
def test_kappa_lies_between_minus_1_and_1_and_does_not_depend_on_who_comes_first(pairs: list[tuple[int, int]]) -> None:
    one, two = (list(side) for side in zip(*pairs, strict=True))
    for weights in ("none", "linear", "quadratic"):
        there, back = kappa(confusion(one, two, 4), weights), kappa(confusion(two, one, 4), weights)  # type: ignore[arg-type]
        assert there == (None if back is None else pytest.approx(back))
        assert there is None or -1 - 1e-9 <= there <= 1 + 1e-9


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=50))
def test_the_rank_correlation_is_scipys(pairs: list[tuple[int, int]]) -> None:
    one, two = (np.array(side, float) for side in zip(*pairs, strict=True))
    found = spearman(one, two)
    if len(set(one)) == 1 or len(set(two)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(one, two).statistic)


def test_few_questions_give_no_interval_and_clusters_widen_it() -> None:
    values = np.array(BY_CHANCE)

    def mean(at: Any) -> float:
        return float(values[at].mean())

    few = over_clusters(mean, [f"q{number % 3}" for number in range(len(values))])
    assert (few.low, few.high) == (None, None) and "fewer" in few.method
    repeated = np.repeat(values[:40], 6)
    alone = over_clusters(lambda at: float(repeated[at].mean()), [str(number) for number in range(240)])
    together = over_clusters(lambda at: float(repeated[at].mean()), [str(number // 6) for number in range(240)])
    assert alone.low is not None and alone.high is not None and together.low is not None and together.high is not None
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


@hypothesis_settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=8, max_size=40), st.randoms(use_true_random=False))
def test_cutting_keeps_the_order_of_scores_within_a_fold(values: list[float], rng: random.Random) -> None:
    grades = [rng.randrange(4) for _ in values]
    found = cut_grades(values, grades, ["one"] * len(values), 4)
    order = np.argsort(values, kind="stable")
    assert (np.diff(found[order]) >= 0).all() and set(found.tolist()) <= {0, 1, 2, 3}


def test_the_cuts_are_those_of_other_questions() -> None:
    """A question whose own grades are turned round is graded by what holds elsewhere."""
    values = [number % 4 / 4 for number in range(80)]
    grades = [number % 4 for number in range(80)]
    clusters = [f"q{number // 4}" for number in range(80)]
    turned = [3 - grade if cluster == "q0" else grade for grade, cluster in zip(grades, clusters, strict=True)]
    assert cut_grades(values, turned, clusters, 4)[:4].tolist() == [0, 1, 2, 3]


def test_pairs_are_of_one_question_and_of_different_grades() -> None:
    rows = [
        Graded(1, "a", "?", "x", 1),
        Graded(2, "a", "?", "y", 3),
        Graded(3, "a", "?", "z", 3),
        Graded(4, "b", "?", "w", 4),
    ]
    found = pairwise(rows, [0.1, 0.9, 0.1, 0.0])
    assert (found["n"], found["value"]) == (2, 0.75) and set(found["by_gap"]) == {"2"}
    assert (found["by_margin"]["0.5"]["n"], found["by_margin"]["0.5"]["value"]) == (1, 1.0)


# References


def test_an_answer_is_no_reference_for_itself_and_neither_is_its_copy() -> None:
    best = "Torsion is explored at once through the scrotum and both testes are fixed."
    other = "Gallstones are removed with the gallbladder by laparoscopy in most patients."
    rows = [
        Graded(1, "q", "?", best, 4),
        Graded(2, "q", "?", f"Answer: {best}", 4),
        Graded(3, "q", "?", other, 4),
        Graded(4, "q", "?", "A poor answer.", 1),
        Graded(5, "lone", "?", best, 4),
        Graded(6, "poor", "?", best, 1),
        Graded(7, "own", "?", "A poor answer.", 1, "The right answer."),
    ]
    found = [item.references if item else None for item in items(rows, 4)]
    assert found[0] == found[1] == (other,)
    assert found[3] == (best, f"Answer: {best}", other)
    assert (found[4], found[5], found[6]) == (None, None, ("The right answer.",))


# Whole calibrations


@dataclass
class Planted:
    """A scorer that knows the grades; it remembers what it was given."""

    grades: dict[str, float]
    name: str = "planted"
    seen: list[Item] = field(default_factory=list)

    def score(self, item: Item, answer: str) -> Scores:
        return dict.fromkeys(KEYS) | {"correctness": self.grades[answer] / 4}

    def score_many(self, cases: Sequence[tuple[Item, str]]) -> list[Scored]:
        self.seen += [item for item, _ in cases]
        return [Scored(self.score(*case), self.grades[case[1]] / 4) for case in cases]

    def compare_many(self, cases: Sequence[tuple[Item, str, str]]) -> list[Compared]:
        self.seen += [item for item, _, _ in cases]
        return [
            Compared("first" if self.grades[one] > self.grades[two] else "second", dict.fromkeys(KEYS))
            for item, one, two in cases
            if not {one, two} & set(item.references)
        ]


def different() -> list[Graded]:
    """Answers that share no word, so that none is a copy of another."""
    return [
        Graded(one.row, one.cluster, one.question, f"alpha{one.row} beta{one.row} gamma{one.row}", one.grade)
        for one in GRADED
    ]


def test_a_whole_calibration_writes_its_figures_and_a_label_for_each_answer(tmp_path: Path) -> None:
    rows = different()
    scorer = Planted({one.answer: one.grade for one in rows})
    reading = Reading(rows, {"grade": "grade"}, {})
    found = calibrate(reading, scorer, pairs=50, out=tmp_path)
    assert found == read_json(tmp_path / REPORT)
    assert found["kappa"]["value"] == pytest.approx(1.0) and found["scored"] < found["rows"]
    assert found["unscored"] == {NONE_LEFT: found["rows"] - found["scored"]}
    assert (found["compared"]["value"], found["compared"]["pairs"]) == (1.0, 50)
    labels = list(read_labels(tmp_path / LABELS))
    assert len(labels) == len(rows) and {label["scorer"] for label in labels} == {"planted"}
    texts = (tmp_path / LABELS).read_text(), (tmp_path / REPORT).read_text()
    assert all("alpha" not in text and "Question 1" not in text for text in texts)


def test_grades_that_do_not_differ_or_have_nothing_to_be_held_against_are_refused() -> None:
    same = [Graded(n, "q", "?", f"answer{n}", 4) for n in range(3)]
    with pytest.raises(InputError, match="same grade"):
        calibrate(Reading(same, {"grade": "g"}, {}), Planted({}))
    lone = [Graded(1, "a", "?", "one", 4), Graded(2, "b", "?", "two", 1)]
    with pytest.raises(InputError, match="no question has two answers"):
        calibrate(Reading(lone, {"grade": "g"}, {}), Planted({}))


# Files


def table(folder: Path) -> list[dict[str, Any]]:
    return [
        {
            "qid": f"q{number // 3}",
            "prompt": f"What is {number // 3}?",
            "response": f"It is {number}.",
            "rating": number % 3,
        }
        for number in range(12)
    ]


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv", "tsv", "parquet"])
def test_columns_are_found_by_their_names_in_every_form_of_file(tmp_path: Path, ending: str) -> None:
    import polars as pl

    rows, path = table(tmp_path), tmp_path / f"graded.{ending}"
    if ending == "jsonl":
        write_jsonl(path, rows)
    elif ending == "json":
        path.write_text(json.dumps(rows))
    elif ending == "parquet":
        pl.DataFrame(rows).write_parquet(path)
    else:
        pl.DataFrame(rows).write_csv(path, separator="\t" if ending == "tsv" else ",")
    found = read_graded(path)
    assert found.columns == {"question": "prompt", "answer": "response", "grade": "rating", "cluster": "qid"}
    assert [one.grade for one in found.rows] == [row["rating"] for row in rows]
    assert found.rows[4] == Graded(5, "q1", "What is 1?", "It is 4.", 1.0)


def test_questions_that_are_objects_and_labels_that_are_words_are_read_as_people_mean_them(tmp_path: Path) -> None:
    row = {"question": {"subject": "x", "message": "Ask?"}, "judgement": 2, "label": "Related", "answer": "It is."}
    write_jsonl(tmp_path / "a.jsonl", [row, row | {"answer": " "}, row | {"judgement": None}])
    found = read_graded(tmp_path / "a.jsonl")
    assert [(one.question, one.grade) for one in found.rows] == [("Ask?", 2.0)]
    assert found.columns["grade"] == "judgement"
    assert found.left_out == {"the answer is empty": 1, "the grade is empty": 1}


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        ([{"question": "?", "answer": "a"}], {}, "no column with the grade"),
        ([{"question": "?", "answer": "a", "grade": "good"}], {}, "no column with the grade was found, as a number"),
        (
            [{"question": "?", "answer": "a", "grade": 1}, {"question": "?", "answer": "a", "grade": "x"}],
            {},
            "no number",
        ),
        ([{"question": "?", "answer": "a", "grade": 1}], {"grade": "mark"}, "no column 'mark'"),
        ([], {}, "no rows"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_line(
    tmp_path: Path, rows: list[dict[str, Any]], columns: dict[str, str], said: str
) -> None:
    write_jsonl(tmp_path / "a.jsonl", rows)
    with pytest.raises(InputError, match=said):
        read_graded(tmp_path / "a.jsonl", columns)


# Pairs

GOLD = "The testis is explored within 6 hours through the scrotum."
POOR = "Gallstones are dissolved with bile acids over many months."


def choices(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    write_jsonl(path, rows)
    return path


def chosen_rows(count: int = 24) -> list[dict[str, Any]]:
    prompt = [{"role": "system", "content": "s"}, {"role": "user", "content": "How is torsion treated?"}]
    return [
        {
            "prompt": prompt,
            "chosen": f"{GOLD} Case {n}.",
            "rejected": f"{POOR} Case {n}.",
            "reference": GOLD,
            "qid": f"q{n}",
        }
        for n in range(count)
    ]


def test_a_preference_file_is_read_with_its_sides_in_an_order_that_tells_nothing(tmp_path: Path) -> None:
    path = choices(tmp_path / "pairs.jsonl", chosen_rows())
    assert holds_pairs(path) and not holds_pairs(graded_file(tmp_path / "graded.jsonl"))
    found = read_choices(path).rows
    assert all(GOLD in (one.first if one.winner == "first" else one.second) for one in found)
    assert 4 < sum(one.winner == "first" for one in found) < 20 and {one.question for one in found} == {
        "How is torsion treated?"
    }


def test_a_scorer_that_chooses_as_people_did_and_one_that_never_does(tmp_path: Path) -> None:
    rows = chosen_rows()
    turned = [row | {"chosen": row["rejected"], "rejected": row["chosen"]} for row in rows]
    right, wrong = (
        calibrate_file(choices(tmp_path / f"{name}.jsonl", found), Rules())
        for name, found in (("right", rows), ("wrong", turned))
    )
    assert right["pairwise"]["value"] == 1.0 and right["kappa"]["value"] == pytest.approx(1.0)
    assert wrong["pairwise"]["value"] == 0.0 and wrong["kappa"]["value"] < 0 and wrong["decided"] == 24


def test_choices_with_ties_and_without_a_reference_are_counted_as_what_they_are(tmp_path: Path) -> None:
    row = {"question": "?", "answer_a": GOLD, "answer_b": POOR, "reference": GOLD}
    rows = [row | {"winner": said} for said in ("a", "B", "tie", "1", "2", "0")]
    rows += [row | {"winner": "a", "reference": ""}, row | {"winner": "a", "answer_b": ""}]
    found = calibrate_file(choices(tmp_path / "a.jsonl", rows), Rules())
    assert found["confusion"] == [[2, 0, 0], [2, 0, 0], [2, 0, 0]]
    assert (found["pairwise"]["value"], found["pairwise"]["n"], found["agreement"]["value"]) == (0.5, 4, 2 / 6)
    assert found["undecided"] == {"there is nothing to hold the answer against": 1}
    assert found["left_out"] == {"the question or an answer is empty": 1}
    graded = [row | {"mark": number % 2, "answer_b": f"alpha{number} beta{number}"} for number in range(12)]
    path = choices(tmp_path / "c.jsonl", graded)
    assert calibrate_file(path, Rules(), {"grade": "mark", "answer": "answer_b"})["rows"] == 12
    with pytest.raises(InputError, match="row 1: 'left' names no winner"):
        calibrate_file(choices(tmp_path / "b.jsonl", [row | {"winner": "left"}]), Rules())


# The command


def graded_file(path: Path) -> Path:
    rows = []
    for number in range(12):
        topic = f"organ{number}"
        rows += [
            {"question": f"How is {topic} treated?", "answer": f"{topic} is removed by open surgery.", "grade": 4},
            {
                "question": f"How is {topic} treated?",
                "answer": f"Open surgery removes {topic} through a midline incision.",
                "grade": 4,
            },
            {"question": f"How is {topic} treated?", "answer": "Gallstones form from cholesterol in bile.", "grade": 1},
        ]
    write_jsonl(path, rows)
    return path


def test_the_command_prints_figures_for_people_and_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(graded_file(tmp_path / "graded.jsonl"))
    assert main(["judge", "calibrate", "--labels", path, "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().out
    assert "Cohen's kappa" in told and "36 of 36 answers scored, to 12 questions" in told
    assert (tmp_path / "out" / REPORT).is_file()
    assert main(["judge", "calibrate", "--labels", path, "--pairs", "6", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["scorer"], found["pairwise"]["value"], found["compared"]["pairs"]) == ("rules", 1.0, 6)
    pairs = str(choices(tmp_path / "pairs.jsonl", chosen_rows()))
    assert main(["judge", "calibrate", "--labels", pairs]) == 0
    assert "24 of 24 pairs decided" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--scorer", "people"], "no scorer 'people'"),
        (["--scorer", "judge"], "needs a server"),
        (["--server", "http://localhost:1/v1"], "the rules ask no server"),
        (["--scorer", "judge", "--server", "localhost", "--server-model", "m"], "no web address"),
        (["--grade", "mark"], "no column 'mark'"),
    ],
)
def test_the_command_says_in_a_line_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    path = str(graded_file(tmp_path / "graded.jsonl"))
    assert main(["judge", "calibrate", "--labels", path, *options]) == 2
    told = capsys.readouterr().err
    assert said in told and len(told.strip().splitlines()) == 1
