"""The report: what a surgeon reads first, that undecided looks undecided, and that nothing of a user's file is run."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from residency.ablation.records import Answer, Contrast
from residency.ablation.report import Measure, write_report
from residency.ablation.report.draw import strip
from residency.ablation.report.needed import needed
from residency.ablation.report.tables import Extra, costs, extra_arms, total_seconds
from residency.ablation.report.words import outcome, points
from residency.ablation.spoken import spoken_of
from residency.ablation.suggestion import suggestion
from residency.judging.statistics import Difference
from tests import browsers
from tests.ablation_answers import BASES, DIALOGUES, MEASURES, about, answers, trained
from tests.pages import well_formed

EXAMPLE = Path(__file__).parents[1] / "examples" / "surgery" / "recipe.toml"
EVIL = "<script>alert(1)</script> | `x` **b** [l](http://x) $a$ \x07 {{ 7*7 }}"


def figure(question: str, metric: str, proxy: str = "embedded") -> str:
    """The beginning of a plot's name."""
    return f"{question}-{metric.replace('.', '-')}-{hashlib.sha256(proxy.encode()).hexdigest()[:6]}"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = EXAMPLE.read_text()
    told = answers()
    found = suggestion(told, text, tomllib.loads(text))
    return write_report(tmp_path_factory.mktemp("report"), told, trained(), about(found))


def test_the_page_begins_with_five_answers_each_with_its_difference_and_interval(written: Path) -> None:
    page = written.read_text()
    well_formed(re.sub(r"<svg role.*?</svg>", "", page, flags=re.DOTALL))
    cards = re.findall(r'<article class="card (\w+)".*?</article>', page, re.DOTALL)
    assert cards == ["better", "worse", "undecided", "at_a_cost", "no_difference"]
    assert page.index("</article>") < page.index("<h2>Dialogues</h2>")
    for answer, card in zip(answers(), re.findall(r"<article.*?</article>", page, re.DOTALL), strict=True):
        assert answer.question.asks in card
        assert answer.sentence.replace("'", "&#39;") in card
        assert re.search(r"[\u2212+]\d+\.\d points .*?[\u2212+]\d+\.\d to [\u2212+]\d+\.\d", card, re.DOTALL)
    assert "Of 5 questions 4 were decided, and 1 not." in page
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)  # loads nothing


def test_on_the_first_screen_better_is_always_to_the_right() -> None:
    found = {one.metric: one for one in answers()[0].contrasts if one.arm == "none"}
    worse = found["knowledge.confident_wrong"]  # lower is better, and it rose
    assert worse.difference.value is not None
    assert worse.difference.value > 0.1

    def place(one: Contrast) -> float:
        drawn = strip(one, 0.4, MEASURES[one.metric].higher_is_better)
        ends = re.search(r'whisker" x1="([0-9.]+)%" x2="([0-9.]+)%"', drawn)
        assert ends is not None
        dot = float(re.findall(r'cx="([0-9.]+)%"', drawn)[0])
        assert float(ends[1]) < dot < float(ends[2])
        return dot

    assert place(worse) < 50
    assert place(found["followup.turn_mean"]) < 50  # higher is better, and it fell


def test_undecided_says_what_could_have_been_seen_and_what_it_would_take(written: Path) -> None:
    page = written.read_text()
    card = re.findall(r"<article.*?</article>", page, re.DOTALL)[2]
    assert "Undecided" in card
    assert "Only a difference of 24.5 points or more could have been seen reliably (40 questions, 3 trainings" in card
    assert "To see 10.0 points, the least that matters, takes about 250 questions and 19 trainings" in card
    assert 'class="undecided dot"' in card
    others = re.findall(r"<article.*?</article>", page, re.DOTALL)
    assert sum("the least that matters, takes" in one for one in others) == 1


def _contrast(**more: Any) -> Contrast:
    one = Difference(0.03, 100, -0.03, 0.09, 0.3, "made", 20, se=0.03, clusters=100)
    values: dict[str, Any] = {
        "question": "q", "arm": "a", "control": "b", "proxy": "p", "metric": "m", "role": "benefit", "margin": 0.05,
        "difference": one, "adjusted": 0.3, "verdict": "undecided", "seen": 0.1, "repeats": 1, "between": None,
    }  # fmt: skip
    return Contrast(**values | more)


def test_what_is_needed_makes_the_margin_visible() -> None:
    found = needed(_contrast())
    assert found is not None
    assert found.factor == pytest.approx(4)
    assert (found.items, found.repeats) == (400, None)
    # with trainings: var = items / n + between^2 / repeats, and the smallest visible difference goes with its root
    between, repeats, n = 0.02, 4, 100
    whole = 0.03**2
    of_items = (whole - between**2 / repeats) * n
    found = needed(_contrast(between=between, repeats=repeats, seen=0.06))
    assert found is not None
    assert found.items is not None
    assert 0.06 * ((of_items / found.items + between**2 / repeats) / whole) ** 0.5 <= 0.05
    assert 0.06 * ((of_items / (found.items - 1) + between**2 / repeats) / whole) ** 0.5 > 0.05
    assert found.repeats is None  # the items alone vary too much
    assert needed(_contrast(seen=0.04)) is None
    assert needed(_contrast(seen=None)) is None


def test_more_trainings_alone_are_named_where_these_are_what_varies() -> None:
    found = needed(_contrast(between=0.05, repeats=3, seen=0.07))
    assert found is not None
    assert found.repeats is not None
    share = 0.05**2 / 3 / 0.03**2
    assert 0.07 * ((1 - share) + share * 3 / found.repeats) ** 0.5 <= 0.05
    assert 0.07 * ((1 - share) + share * 3 / (found.repeats - 1)) ** 0.5 > 0.05


def test_the_tables_and_files_hold_every_comparison(written: Path) -> None:
    every = [one for answer in answers() for one in answer.contrasts]
    rows = list(csv.DictReader(io.StringIO((written.parent / "contrasts.csv").read_text())))
    assert len(rows) == len(every) == 31
    for row, one in zip(rows, every, strict=True):
        assert float(row["difference"]) == pytest.approx(one.difference.value, abs=1e-6)
        assert row["verdict"] == one.verdict
        assert int(row["items"]) == one.difference.n
    results = json.loads((written.parent / "results.json").read_text())
    assert [one["outcome"] for one in results["answers"]] == [one.outcome for one in answers()]
    assert sum(len(one["contrasts"]) for one in results["answers"]) == len(every)
    assert results["suggestion"]["changes"]["mix.shares"]["dialogue"] > 0
    page, text = written.read_text(), (written.parent / "report.md").read_text()
    for one in every:
        assert f"<b>{points(one.difference.value, True)}</b>" in page
        assert points(one.difference.value, True) in text


def test_every_plot_is_in_the_page_and_a_file_that_stands_alone(written: Path) -> None:
    files = sorted((written.parent / "figures").iterdir())
    assert len(files) == 9
    page = written.read_text()
    assert page.count("<svg role") == 9
    for file in files:
        root = ElementTree.fromstring(file.read_text())
        assert root.tag.endswith("svg")
        assert "var(" not in file.read_text()
        assert f"figures/{file.name}" in (written.parent / "report.md").read_text()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_doses_stand_where_they_are_and_the_control_is_the_zero_line(written: Path) -> None:
    found = (written.parent / "figures" / f"{figure('dialogues', 'followup.turn_mean')}-dose.svg").read_text()
    assert re.findall(r">(\d+)</text>", found)[:6] == ["0", "2", "5", "10", "20", "38"]
    assert "0 is the recipe as it stands" in found
    assert "% of examples with several turns" in found


def test_two_doses_and_the_recipes_own_place_make_a_curve(tmp_path: Path) -> None:
    """As in a quick run, whose control has the highest share of all."""
    one = answers()[2]
    two = replace(one, contrasts=[row for row in one.contrasts if row.arm in ("tagged_0", "tagged_50")])
    write_report(tmp_path, [two], trained(), about())
    (plot,) = (tmp_path / "figures").iterdir()
    assert plot.name == f"{figure('modes', 'mode.obeyed')}-dose.svg"
    assert re.findall(r">(\d+)</text>", plot.read_text())[:3] == ["0", "50", "90"]


def test_plots_that_an_earlier_report_had_and_this_one_has_not_are_gone(tmp_path: Path) -> None:
    write_report(tmp_path, answers(), trained(), about())
    before = {path.name for path in (tmp_path / "figures").iterdir()}
    unmeasured = [replace(row, difference=replace(row.difference, value=None)) for row in answers()[2].contrasts]
    write_report(tmp_path, [answers()[0], replace(answers()[2], contrasts=unmeasured)], trained(), about())
    now = {path.name for path in (tmp_path / "figures").iterdir()}
    assert now == {name for name in before if name.startswith("dialogues-")} and now


def test_metrics_of_a_proxy_with_a_long_path_have_plots_of_their_own(tmp_path: Path) -> None:
    proxy = "/" + "models/" * 20 + "small"
    one = replace(answers()[0], proxy=proxy, contrasts=[replace(row, proxy=proxy) for row in answers()[0].contrasts])
    write_report(tmp_path, [one], trained(), about(proxies={proxy: ""}))
    named = re.findall(r"\(figures/(.*?)\)", (tmp_path / "report.md").read_text())
    assert len(named) == len(set(named)) == len(list((tmp_path / "figures").iterdir())) == 3


def test_a_question_that_no_arm_could_decide_is_not_called_undecided_for_want_of_items(tmp_path: Path) -> None:
    arms = [BASES.arm("recipe"), BASES.arm("plain").model_copy(update={"against": "recipe"})]
    asked = BASES.model_copy(update={"arms": arms})
    rows = [replace(row, verdict="undecided", seen=0.2) for row in answers()[4].contrasts]
    costs = ["gpt-oss-20b would take 6.1 hours."]
    one = replace(answers()[4], question=asked, outcome="undecided", contrasts=rows, beside=costs)
    write_report(tmp_path, [one], trained(), about())
    text = (tmp_path / "report.md").read_text().split("## Base models")[0]
    assert "**Not for a small model to say.**" in text and costs[0] in text
    assert "takes about" not in text and "Undecided" not in text and "Nothing was decided" not in text
    led = replace(answers()[4], outcome="undecided", contrasts=rows)
    write_report(tmp_path, [led], trained(), about())
    assert "takes about" in (tmp_path / "report.md").read_text()
    to_come = BASES.arm("plain").model_copy(update={"name": "later"})
    early = replace(one, question=asked.model_copy(update={"arms": [*arms, to_come]}))
    assert outcome(early) == "Undecided", "an arm that is not trained yet may decide it"
    beyond = to_come.model_copy(update={"needs": "thinks"})
    assert outcome(replace(one, question=asked.model_copy(update={"arms": [*arms, beyond]}))) != "Undecided"


def test_the_answers_stand_under_their_scale_and_no_command_is_offered_that_would_be_refused(
    written: Path, tmp_path: Path
) -> None:
    command = "residency ablate examples/surgery/recipe.toml --apply"
    scale = "On your data, at this scale (embedded, 135 million parameters, trained on 600 examples an arm):"
    for text in (written.read_text(), (written.parent / "report.md").read_text()):
        assert scale in text.replace("\\", "") and command in text
        assert text.index("at this scale") < text.index("Will training on single questions")
    told = about(suggestion(answers(), EXAMPLE.read_text(), tomllib.loads(EXAMPLE.read_text())), applies="")
    page = write_report(tmp_path, answers(), trained(), told)
    assert "--apply" not in page.read_text() + (tmp_path / "report.md").read_text()
    assert "trained once" in page.read_text()


def test_how_each_training_came_out_and_what_it_was_held_equal_to_is_told(written: Path) -> None:
    text = (written.parent / "report.md").read_text()
    part = text.split("## Trained as")[1].split("##")[0].replace("\\", "")
    (row,) = (line for line in part.splitlines() if line.startswith("| preference / grpo |") and "| 1 |" in line)
    cells = [cell.strip() for cell in row.split("|")[1:-1]]
    assert cells[2:9] == ["1", "120", "", "10", "3", "20,000", "600"]
    assert cells[9] == "mcq 30%, open 20%, dialogue 5%, context 45% (40% set), context_dialogue 0% (4% set)"
    assert cells[10:] == ["4 min", "the same computing as dpo"]
    shared = [line for line in part.splitlines() if "dialogues / recipe; modes / recipe; bases / recipe" in line]
    assert len(shared) == 3 and "no step of preference tuning was better than none" in text.split("## Dialogues")[0]


def test_texts_of_users_files_are_shown_and_never_run(tmp_path: Path) -> None:
    arms = [arm.model_copy(update={"says": EVIL}) if arm.name == "ten" else arm for arm in DIALOGUES.arms]
    asked = DIALOGUES.model_copy(update={"title": EVIL, "asks": EVIL, "arms": arms, "caveat": EVIL, "dose": EVIL})
    one = replace(answers()[0], question=asked, sentence=EVIL, notes=[EVIL], beside=[EVIL], cautions=[EVIL])
    measures = {axis.metric: Measure(EVIL, True, EVIL) for axis in asked.axes}
    told = about(title=EVIL, recipe=EVIL, measures=measures, notes=[EVIL], versions={EVIL: EVIL}, proxies={EVIL: EVIL},
                 sizes={EVIL: EVIL}, applies=EVIL)  # fmt: skip
    page = write_report(tmp_path, [one], trained(), told).read_text()
    well_formed(re.sub(r"<svg role.*?</svg>", "", page, flags=re.DOTALL))
    assert "<script" not in page
    assert "\x07" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page
    for file in (tmp_path / "figures").iterdir():
        ElementTree.fromstring(file.read_text())
    markdown = MarkdownIt("commonmark").enable("table").render((tmp_path / "report.md").read_text())
    assert "<script" not in markdown
    assert 'http://x"' not in markdown
    tables = [row.count("<td") for row in re.findall(r"<tr>.*?</tr>", markdown, re.DOTALL) if "<td" in row]
    assert set(tables) <= {12, 10, 8, 6}  # no bar of a text made a cell


def test_a_formula_in_a_name_is_no_formula_of_a_spreadsheet(tmp_path: Path) -> None:
    one = answers()[0]
    rows = [replace(row, proxy="=1+1") for row in one.contrasts]
    write_report(tmp_path, [replace(one, contrasts=rows)], trained(), about())
    assert ",'=1+1," in (tmp_path / "contrasts.csv").read_text()


def test_an_extra_arm_is_held_against_a_run_that_borrows_nothing() -> None:
    found = {(one.question, one.arm): one for one in costs(trained())}
    assert found["dialogues", "ten"].seconds == 430
    assert found["dialogues", "ten"].full == 430 + 170
    assert found["dialogues", "recipe"].shared == ["modes/recipe", "bases/recipe"]
    assert extra_arms(trained()) == [
        Extra("that begins where another's SFT ended", 230, 700, 9),
        Extra("with an SFT of its own", 430, 600, 44),
    ]
    assert total_seconds(trained()) == (45 * 430 + 9 * 230 + 170, 54)  # shared trainings once


def test_what_was_not_run_and_one_seed_are_said(tmp_path: Path) -> None:
    page = write_report(tmp_path, answers(repeats=1), trained(repeats=1), about(quick=True, seeds=1)).read_text()
    assert page.count("Not run") == page.count("as the knowledge stage was off") == 1
    assert "Each arm was trained once." in page
    assert "in a quick run" in page
    assert "whether another ranks the arms alike is not known" in page


def test_two_proxies_stand_side_by_side_with_whether_they_agree(tmp_path: Path) -> None:
    both = [one for pair in zip(answers(), answers("bigger", 1), strict=True) for one in pair]
    told = about(proxies={"embedded": "a", "bigger": "b"}, agreement={"dialogues": "they rank the arms alike"})
    page = write_report(tmp_path, both, [*trained(), *trained("bigger")], told).read_text()
    assert page.count("<article") == 10
    assert page.count(DIALOGUES.asks) == 2  # at the card, and at the question's own part
    assert "they rank the arms alike" in page
    assert len(list((tmp_path / "figures").iterdir())) == 18


def test_nothing_compared_is_no_crash(tmp_path: Path) -> None:
    one: Answer = replace(answers()[2], contrasts=[])
    none = Difference(None, 0, None, None, None, "no repeat that both have", 0)
    two = replace(answers()[0], contrasts=[replace(_contrast(difference=none, seen=None, adjusted=None),
                                                   question="dialogues", arm="ten", control="recipe",
                                                   metric="followup.turn_mean")])  # fmt: skip
    page = write_report(tmp_path, [one, replace(two, outcome="undecided", arm="")], [], about()).read_text()
    assert "Nothing was compared" in page
    assert "no difference could have been seen" in page
    assert "Nothing was decided" in page
    assert json.loads((tmp_path / "results.json").read_text())["costs"] == []


def test_the_card_is_of_the_arm_that_the_sentence_names_first() -> None:
    one = replace(
        answers()[0], arm="", outcome="at_a_cost", sentence="Of them all: with 5% Dialogues, and 20% dialogues"
    )
    found = spoken_of(one)
    assert found is not None
    assert (found.arm, found.metric) == ("five", "followup.turn_mean")
    other = [arm.model_copy(update={"says": "15% dialogues"}) if arm.name == "ten" else arm for arm in DIALOGUES.arms]
    found = spoken_of(
        replace(one, question=DIALOGUES.model_copy(update={"arms": other}), sentence="With 15% dialogues")
    )
    assert found is not None
    assert found.arm == "ten"


def test_the_same_results_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    again = write_report(tmp_path, answers(), trained(), about(suggestion(answers(), text, tomllib.loads(text))))
    assert again.read_bytes() == written.read_bytes()
    assert (tmp_path / "report.md").read_bytes() == (written.parent / "report.md").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(browsers.FOUND is None, reason="no Chromium is installed: on Debian, apt-get install chromium")
def test_the_page_fits_a_phone_and_is_legible_light_and_dark(written: Path) -> None:
    with browsers.launched() as browser:
        for screen in (browsers.PHONE, browsers.DESK):
            for scheme in ("light", "dark"):
                page = browser.new_context(**screen, color_scheme=scheme).new_page()
                page.goto(written.as_uri())
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                assert page.evaluate(browsers.CONTRAST) == []
