"""The data report as a page and as lines for the terminal: what they say, in what order, and that no row harms them."""

from __future__ import annotations

import copy
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from residency.corpus.bank.choices_only import choices_only
from residency.corpus.bank.shortcuts import key_positions, longest_option
from residency.corpus.report.page import contrast, opening, write_page
from residency.corpus.report.phrasing import percent
from residency.corpus.report.shown import compared, line, marked, visible
from residency.corpus.report.summary import WIDTH, summary_lines
from tests.pages import well_formed

Report = dict[str, Any]
HOSTILE = "<script>alert(1)</script> </pre> & \x00 \x1b[31m \ud800 \u202e $x$"


def make_check(name: str, severity: str, title: str, count: int, **fields: Any) -> dict[str, Any]:
    found = {
        "id": name,
        "severity": severity,
        "title": title,
        "means": f"What {name} does to training.",
        "count": count,
        "of": 1000,
        "by_source": {"human": [0, 200], "synthetic": [count, 800]},
        "by_topic": {"hernia": [count, 500], "biliary": [0, 500]},
        "sure": {"likely": count},
        "examples": [],
    }
    return found | fields


@pytest.fixture
def report() -> Report:
    answer = "Enoxaparin 400 mg is given once daily."
    example = {
        "origin": "open.jsonl:5",
        "id": "q5",
        "where": "answer",
        "detail": "10 to 200 mg is plausible",
        "text": answer,
        "span": [11, 17],
    }
    options, keys = [["a", "b b", "c", "d"]] * 100, [0] * 100
    pair = {"origins": ["a.jsonl:1", "a.jsonl:2"], "texts": ["wait over night", "wait overnight"], "jaccard": 0.81}
    match = {
        "origin": "a.jsonl:3",
        "item": "test.jsonl:9",
        "text": "T",
        "item_text": "T",
        "evidence": "the same 9 words",
    }
    return {
        "name": "surgery",
        "rows": {"read": 1300, "kept": 1000, "rejected": 300, "not_sampled": 7},
        "files": [{"name": "open.jsonl", "rows": 1300, "shapes": {"open": 900, "mcq": 400}}],
        "files_left_aside": ["notes.docx"],
        "rejected_by_reason": {"key_names_no_option": 290, "broken_json": 10},
        "kinds": {"open": 700, "mcq": 300},
        "topics": {f"topic {number}": 50 - number for number in range(30)},
        "checks": [
            make_check("refusal", "warns", "The answer refuses", 0),
            make_check("year", "informs", "Guidance by year", 300),
            make_check("dose", "warns", "A dose outside plausible ranges", 40, examples=[example] * 4),
            make_check("key_names_no_option", "blocks", "The key names no option", 290),
        ],
        "duplicates": {
            "near": {
                "count": 12,
                "of": 1000,
                "threshold": 0.8,
                "done": "All kept.",
                "examples": [pair] * 3,
            },
            "semantic": {"count": None, "of": 1000, "done": "Not looked for.", "examples": []},
        },
        "decontamination": {
            "files": [{"name": "test.jsonl", "items": 369}],
            "tiers": [
                {"id": "exact", "title": "Same stem", "means": "Any order.", "rows": 3, "items": 3, "kept_out": True}
                | {"examples": [match]},
                {"id": "review", "title": "Some words", "means": "Look.", "rows": 5, "items": 4, "kept_out": False}
                | {"examples": []},
            ],
            "notes": ["4 items are too short."],
        },
        "bank": {
            "key_positions": asdict(key_positions(keys, [4] * 100)),
            "longest_option": asdict(longest_option(options, keys)),
            "choices_only": asdict(choices_only(options, keys, seed=0)),
        },
        "splits": {
            "splits": {
                "train": {"rows": 700, "clusters": 650, "share": 0.7, "declared": 0.7},
                "test": {"rows": 300, "clusters": 280, "share": 0.3, "declared": 0.3},
            },
            "by_topic": {"hernia": {"train": 700, "test": 300}},
            "by_source": {"human": {"train": 100}},
            "held_out_topics": [],
            "human_test": {"rows": 0, "empty": "every human row fell to train"},
        },
        "provenance": {
            "sources": {"synthetic": 800, "human": 200},
            "licences": {"CC-BY-4.0": 900, "unknown": 100},
            "missing": {"licence": 100},
            "release": {"open": False, "says": "100 rows name no licence."},
        },
        "lengths": {
            "question": {"edges": [0, 10, 20], "counts": [600, 400], "median": 9},
            "answer": {"edges": [0, 10, None], "counts": [0, 1000], "median": 90},
        },
        "warnings": ["100 rows name no topic."],
        "first": ["Correct the 40 doses in review.csv.", "Shuffle the options."],
    }


def page(path: Path, report: Report) -> str:
    write_page(report, path / "data-report.html")
    return (path / "data-report.html").read_text(encoding="utf-8")


def hostile(value: Any) -> Any:
    """The report with hostile text in place of all of its own, but for ids that choose a colour or a title."""
    if isinstance(value, dict):
        names = ("severity",)
        return {
            (f"{HOSTILE} {key}" if " " in key else key): part if key in names else hostile(part)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [hostile(part) for part in value]
    return HOSTILE * 3 if isinstance(value, str) else value


def test_the_page_holds_every_check_with_its_rate_and_what_it_means(tmp_path: Path, report: Report) -> None:
    html = page(tmp_path, report)
    for check in report["checks"]:
        assert check["title"] in html
        assert (check["means"] in html) == bool(check["count"])
    assert "40 of 1,000 rows (4.0%)" in html
    assert "It is found only in synthetic rows (5.0%) and not in human rows (0%)." in html


def test_it_opens_with_what_is_wrong_and_what_to_do_first(tmp_path: Path, report: Report) -> None:
    came, wrong, first = opening(report)  # type: ignore[arg-type]
    assert came == (
        "Of 1,300 rows that were read, 1,000 are kept and 300 are not, most often for “The key names no option” (290)."
    )
    assert wrong.startswith("What would do most harm in the rest: 5 rows that may hold an item of an evaluation file;")
    assert first == "Do this first: Correct the 40 doses in review.csv."
    html = page(tmp_path, report)
    assert html.index(came) < html.index(first) < html.index("What came in")
    assert html.index("Correct the 40 doses in review.csv.</li>") < html.index("Shuffle the options.</li>")


def test_sections_stand_in_the_order_in_which_they_are_read(tmp_path: Path, report: Report) -> None:
    html = page(tmp_path, report)
    assert re.findall("<h2>(.*?)</h2>", html) == [
        "What is wrong, and what to do first",
        "What to do, most urgent first",
        "What came in",
        "The bank, drawn",
        "What the checks found",
        "What the MCQs as a whole give away",
        "Rows that say the same",
        "Evaluation items in the bank",
        "Splits",
        "Sources and licences",
        "Also to know",
        "How to read this",
    ]
    assert html.count("<svg") == 5  # sources, topics, two lengths, key positions
    assert "10 other topics" in html
    assert html.index(">The key names no option</a>") < html.index(">A dose outside plausible ranges</a>")
    assert html.index(">A dose outside plausible ranges</a>") < html.index(">Guidance by year</a>")
    for text in (
        "7 were left unread",
        "notes.docx",
        "test.jsonl (369 items)",
        "release refused",
        "every human row fell",
    ):
        assert text in html


def test_the_span_of_an_example_is_marked(tmp_path: Path, report: Report) -> None:
    html = page(tmp_path, report)
    assert html.count("Enoxaparin <mark>400 mg</mark> is given") == 4
    assert "2 more examples" in html
    assert "wait <mark>over night</mark>" in html and "wait <mark>overnight</mark>" in html


def test_no_text_of_the_rows_becomes_part_of_the_page(tmp_path: Path, report: Report) -> None:
    html = page(tmp_path, hostile(report))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;/pre&gt; &amp; ⟨U+0000⟩ ⟨U+001B⟩[31m ⟨U+D800⟩ ⟨U+202E⟩" in html
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", html)
    assert {"svg", "details", "table", "mark"} <= well_formed(html).seen
    for text in summary_lines(hostile(report)):
        assert visible(text) == text


def test_the_page_loads_nothing_from_elsewhere_and_is_the_same_each_time(tmp_path: Path, report: Report) -> None:
    html = page(tmp_path, report)
    assert not re.search(r"""(?:src|href)=["'](?!#)""", html)
    assert "url(http" not in html and "@import" not in html
    assert html == page(tmp_path, report)


@pytest.mark.parametrize("part", ["", *"rows files checks duplicates decontamination bank splits provenance".split()])
def test_any_part_may_be_absent(tmp_path: Path, report: Report, part: str) -> None:
    less = {key: value for key, value in report.items() if part and key != part}
    well_formed(page(tmp_path, less))
    assert summary_lines(less)
    assert len(opening(less)) == 3  # type: ignore[arg-type]


def empty(value: Any) -> Any:
    """The report with every list in it emptied and every count 0."""
    if isinstance(value, dict):
        return {key: empty(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return []
    return 0 if isinstance(value, int | float) and not isinstance(value, bool) else value


def test_empty_parts_are_said_to_be_empty(tmp_path: Path, report: Report) -> None:
    html = page(tmp_path, empty(report))
    well_formed(html)
    for text in ("No row was read.", "No checks were made.", "No evaluation files were named"):
        assert text in html
    bare = {"checks": [], "bank": {}, "duplicates": {}, "topics": {}, "first": [], "warnings": []}
    html = page(tmp_path, bare)
    assert "There are no MCQs" in html and "The bank, drawn" not in html


def test_a_bank_with_nothing_wrong_is_said_to_be_so(tmp_path: Path, report: Report) -> None:
    for check in report["checks"]:
        check |= {"count": 0, "by_source": {"human": [0, 1000]}, "by_topic": {}, "sure": {}}
    report |= {"rows": {"read": 9, "kept": 9, "rejected": 0, "not_sampled": 0}, "rejected_by_reason": {}}
    report |= {"bank": {}, "decontamination": {"files": [], "tiers": [], "notes": []}, "first": [], "topics": {"a": 9}}
    html = page(tmp_path, report)
    assert "Of 9 rows that were read, 9 are kept, which is all of them." in html
    assert "nothing was found that would spoil training or a test" in html
    assert "None of the checks found anything." in html
    assert summary_lines(report)[-1] == "Nothing needs doing before training."


def test_the_summary_ends_in_what_to_do_first(report: Report) -> None:
    lines = summary_lines(report)
    assert lines[0] == "1,300 rows in 1 file: 1,000 kept, 300 not; 7 left unread by the limit"
    assert lines[-3:] == ["Do first", "  1. Correct the 40 doses in review.csv.", "  2. Shuffle the options."]
    assert len(lines) <= 34
    assert max(map(len, lines)) <= WIDTH
    assert "  40    4.0%  A dose outside plausible ranges" in lines
    assert "  Guidance by year 300" in lines
    assert "  290  The key names no option" in lines and "   10  broken json" in lines
    assert any(text.startswith("  The key prefers a position: A holds") for text in lines)


def test_a_long_report_is_cut_and_says_by_how_much(report: Report) -> None:
    report["checks"] = [make_check(f"c{number}", "warns", f"Check {number} " * 30, 10) for number in range(40)]
    report["files"] *= 50
    report["rejected_by_reason"] = {f"reason_{number}": 5 for number in range(20)}
    report["warnings"] = ["A warning. " * 40] * 20
    report["first"] = ["Do it. " * 60] * 20
    lines = summary_lines(report)
    assert len(lines) <= 50
    assert max(map(len, lines)) <= WIDTH
    assert "in 33 more checks" in "\n".join(lines) and "and 18 more in the report" in "\n".join(lines)
    assert "Do first (the first 4 of 20 steps; the report has all)" in lines


def test_sources_are_said_to_differ_only_where_chance_does_not_explain_it() -> None:
    assert contrast({"human": [10, 1000], "synthetic": [60, 1000]}) == (
        "It is found 6 times as often in synthetic rows (6.0%) as in human rows (1.0%)."
    )
    assert contrast({"human": [1, 100], "synthetic": [4, 100]}) == ""
    assert contrast({"human": [0, 20], "synthetic": [60, 100]}) == ""
    assert contrast({"human": [100, 1000]}) == "" and contrast({}) == ""


@pytest.mark.parametrize(
    ("share", "says"),
    [(0, "0%"), (0.00001, "<0.1%"), (0.25, "25.0%"), (0.99999, ">99.9%"), (1, "100%"), (None, "–")],
)
def test_a_share_is_never_rounded_to_none_or_all(share: float | None, says: str) -> None:
    assert percent(share) == says


def test_a_long_text_is_cut_around_its_span() -> None:
    html = marked("a" * 1000 + "<b>" + "c" * 1000, [1000, 1003])
    assert "<mark>&lt;b&gt;</mark>" in html
    assert html.startswith("…a") and html.endswith("c…")
    assert len(html) < 500


@given(st.text(max_size=60), st.lists(st.integers(-5, 70), max_size=3) | st.none())
def test_any_span_of_any_text_gives_html_that_holds_no_tag_but_mark(text: str, span: list[int] | None) -> None:
    html = str(marked(text, span))
    assert set(re.findall(r"<[^>]*>", html)) <= {"<mark>", "</mark>"}
    assert html.count("<mark>") == html.count("</mark>")
    assert len(line(text, 20)) <= 20


@given(st.text(max_size=60), st.text(max_size=60))
def test_comparing_any_two_texts_loses_nothing_of_either(one: str, other: str) -> None:
    for text, html in zip((one, other), compared(one, other), strict=True):
        assert Markup(re.sub("</?mark>", "", html)).unescape() == text


def test_the_report_is_not_changed(tmp_path: Path, report: Report) -> None:
    before = copy.deepcopy(report)
    page(tmp_path, report)
    summary_lines(report)
    assert report == before
