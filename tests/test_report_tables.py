"""Tables as CSV and LaTeX: every figure is there, and no title or topic breaks the file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.evaluation.report.files import as_csv, as_latex, slug, write_tables
from residency.evaluation.table import P, Table
from residency.judging.statistics import Difference, Estimate

SCORE = Estimate(0.5, 40, 0.35, 0.65, 1, "Wilson", 0.08, 40)
CHANGE = Difference(-0.1, 40, -0.2, 0.0, 0.0004, "Tango, McNemar exact", 9, se=0.05)


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_score_becomes_a_column_for_each_figure() -> None:
    table = Table("t", "", "T", ["Axis", "Base", "p"], [["exam", SCORE, P(0.0004)], ["open", None, P(None)]])
    head, first, second = parsed(as_csv(table))
    assert head == ["Axis", "Base", "Base: low", "Base: high", "Base: se", "Base: n", "p"]
    assert first == ["exam", "0.5", "0.35", "0.65", "0.08", "40", "0.0004"]
    assert second == ["open", "", "", "", "", "", ""]


def test_latex_holds_intervals_signs_and_small_p() -> None:
    text = as_latex(
        Table("scores & more", "", "Scores & more", ["Axis", "Change", "p"], [["50%_x", CHANGE, P(0.0004)]], "A note.")
    )
    assert r"\caption{Scores \& more. A note.}" in text
    assert r"50\%\_x & $-$0.100 ($-$0.200 to 0.000) & $<$ 0.001 \\" in text.replace("+0.000", "0.000")
    assert text.index(r"\toprule") < text.index(r"\midrule") < text.index(r"\bottomrule")
    assert r"\label{tab:scores-more}" in text


@pytest.mark.parametrize("topic", ["=cmd()", "+1", "@x", "-2"])
def test_no_topic_becomes_a_formula(topic: str) -> None:
    assert parsed(as_csv(Table("t", "", "T", ["Topic"], [[topic]])))[1] == [f"'{topic}"]


@settings(max_examples=40)
@given(st.text(), st.text())
def test_any_text_keeps_the_shape_of_both_files(title: str, topic: str) -> None:
    table = Table(title, "", title, ["Topic", "Base"], [[topic, SCORE]])
    assert [len(row) for row in parsed(as_csv(table).replace("\r", " "))] == [6, 6]
    latex = as_latex(table)
    bare = re.sub(r"\\[&%$#_{}]|\\text\w+\{\}", "", latex)
    assert bare.count("{") == bare.count("}")
    line = next(line for line in bare.split("\n") if r"\midrule" in line)
    assert line.strip() == r"\midrule"
    assert re.fullmatch(r"[a-z0-9_-]+", slug(title))


def test_tables_of_one_title_do_not_overwrite_each_other(tmp_path: Path) -> None:
    tables = [Table("By topic", "", "By topic", ["a"], [["1"]]), Table("by-topic", "", "By topic!", ["a"], [["2"]])]
    assert write_tables(tmp_path, tables) == ["by-topic", "by-topic-again"]
    assert "2" in (tmp_path / "by-topic-again.csv").read_text(encoding="utf-8")
    assert (tmp_path / "by-topic.tex").is_file()
