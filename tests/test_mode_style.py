"""The classifier of the two modes' style: it never sees the markers, is shown to work, and says so where it does
not."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from residency.core.prompt import MODES
from residency.core.records import Question
from residency.evaluation.item import Result
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.mode_style import features, gold_answers, style_of, train_style, unmarked
from residency.evaluation.tasks.modes import classified, mode_metrics, mode_tables, read_style, told, write_style
from residency.judging.answers import obeys_mode

TOPICS = ("hernia", "gallstone", "burn", "fracture", "goitre", "aneurysm", "abscess", "ulcer", "fistula", "stoma")
ACTS = ("is repaired with mesh", "needs antibiotics", "is drained", "heals in weeks", "is imaged first", "may bleed")


def bank(start: int, size: int) -> list[Question]:
    """Open questions and MCQs with answers of two sentences."""
    rows: list[dict[str, Any]] = []
    for place in range(start, start + size):
        rng = random.Random(place)
        topic, act, other = rng.choice(TOPICS), rng.choice(ACTS), rng.choice(ACTS)
        said = f"A {topic} of type {place % 7} {act}. In adults it {other}, as a rule after {place % 9 + 2} days."
        row = {
            "id": f"q{place}",
            "cluster": f"q{place}",
            "kind": "open",
            "question": f"What of a {topic}?",
            "answer": said,
        }
        if place % 3 == 0:
            options = {"A": f"A {topic} {act}", "B": "Watch and wait"}
            row |= {"kind": "mcq", "options": options, "answer": "A", "rationale": said}
        rows.append(row)
    return cast(list[Question], rows)


STYLE = train_style(bank(0, 120), bank(1000, 120), random.Random(1))


def test_it_tells_the_modes_of_held_out_gold_answers_apart() -> None:
    assert STYLE.works and STYLE.n == 240 and STYLE.trained_on == 240
    assert STYLE.accuracy is not None and STYLE.low is not None and STYLE.accuracy > 0.95 and STYLE.low > 0.9


@given(st.text(alphabet="aBcd ef.,1\n", max_size=200))
def test_markers_are_never_seen(text: str) -> None:
    marked = f"Key point: {text}\nBefore acting: {text}\nKnown: {text}\nNot said: {text}\nANSWER: B"
    plain = f"{text}\n{text}\n{text}\n{text}"
    assert (features([marked]) == features([plain])).all()
    assert unmarked(marked) == unmarked(plain)


def test_an_answer_without_markers_is_told_by_its_style() -> None:
    exam = "A hernia of type 1 is repaired with mesh. In adults it heals in weeks, as a rule after 4 days."
    clinical = f"{exam}\nLook at the consent form and ask a senior whether he may bleed."
    assert STYLE.mode_of(exam) == "EXAM" and STYLE.mode_of(clinical) == "CLINICAL"
    assert not obeys_mode(clinical, "CLINICAL")


def test_markers_alone_do_not_convince_it() -> None:
    clinical = "A hernia is repaired with mesh.\nCheck consent and side, and discuss it with the senior."
    assert STYLE.mode_of(f"Key point: {clinical}") == "CLINICAL" and obeys_mode(f"Key point: {clinical}", "EXAM")


def test_where_it_is_not_above_chance_it_says_nothing() -> None:
    assert replace(STYLE, accuracy=0.55, low=0.48, high=0.62).mode_of("A hernia is repaired with mesh.") is None
    nothing = train_style([], bank(0, 20), random.Random(1))
    untested = train_style(bank(0, 20), [], random.Random(1))
    assert not nothing.works and nothing.mode_of("A hernia.") is None
    assert not untested.works and untested.accuracy is None and "not judged" in told(untested)
    assert "undecided" in told(replace(STYLE, low=0.5))


def test_an_empty_answer_has_no_style() -> None:
    assert STYLE.mode_of("") is None and STYLE.mode_of("ANSWER: C\n") is None


def test_both_modes_answer_every_question_alike_but_for_their_form() -> None:
    texts, modes, clusters = gold_answers(bank(0, 30), random.Random(2), 0)
    assert all(modes.count(mode) == 30 for mode in MODES) and clusters[::2] == clusters[1::2]
    assert all(obeys_mode(text, mode, mcq="ANSWER" in text) for text, mode in zip(texts, modes, strict=True))


def test_what_it_is_tested_on_ends_in_checks_that_it_was_not_trained_on() -> None:
    lasts = []
    for half in (0, 1):
        texts, modes, _ = gold_answers(bank(0, 120), random.Random(3), half)
        lasts.append({text.splitlines()[-1] for text, mode in zip(texts, modes, strict=True) if mode == "CLINICAL"})
    assert lasts[0] and lasts[1] and not lasts[0] & lasts[1]


def test_it_is_kept_and_read_again(tmp_path: Path) -> None:
    sources = Sources(EvaluateSettings(), 5, questions=bank(500, 20), trained=bank(0, 20))
    made = write_style(sources, tmp_path)
    assert read_style(tmp_path) == made == style_of(json.loads(json.dumps(made.as_row())))
    assert write_style(sources, tmp_path) == made
    assert read_style(tmp_path / "elsewhere") is None


def result(name: str, mode: str, output: str) -> Result:
    metrics = mode_metrics(output, "EXAM" if mode == "EXAM" else "CLINICAL")
    row = {"id": name, "cluster": name, "mode": mode, "output": output, "metrics": metrics, "status": "ok"}
    return cast(Result, row)


def test_both_verdicts_stand_side_by_side() -> None:
    texts, modes, _ = gold_answers(bank(300, 40), random.Random(4), 1)
    rows = [result(f"i{place}", mode, text) for place, (mode, text) in enumerate(zip(modes, texts, strict=True))]
    rows.append(cast(Result, {**rows[0], "metrics": {}}))
    found = classified(rows, STYLE)
    assert "mode.classified" not in found[-1]["metrics"] and found[0]["metrics"]["mode.classified"] == 1.0
    (table,) = mode_tables({"final": found}, STYLE)
    assert [row[1] for row in table.rows] == list(MODES) and all(row[2] == 40 for row in table.rows)
    assert all(float(row[6] or 0) > 0.9 for row in table.rows) and "chance is 0.5" in table.note
    assert classified(rows, None) == rows and mode_tables({"final": []}, STYLE) == []
