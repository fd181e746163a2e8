"""The report in a real browser: nothing runs over the edge on a phone, dark is dark, paper shows what is folded."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from residency.core.files import write_jsonl
from residency.evaluation.gates import judge
from residency.evaluation.report import write_report
from residency.evaluation.settings import Gate
from residency.evaluation.table import Table

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FOUND = next((path for name in BROWSERS if (path := shutil.which(name))), None)
METRICS = ("exam.accuracy_likelihood", "open.token_f1", "followup.turn_mean", "faithfulness.score")
LONG = "a-model-with-a-name-that-is-much-longer-than-any-column-is-wide-q4_k_m"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        FOUND is None and not os.environ.get("RESIDENCY_REQUIRE_BROWSER"),
        reason="no Chromium is installed: on Debian, apt-get install chromium",
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=FOUND, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=[3, 6])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    names = ["base", "sft", LONG, "endpoint", "gpt-oss-20b", "final"][: request.param]
    results = {name: model(place) for place, name in enumerate(names)}
    asks = [{"key": "given", "messages": [{"role": "user", "content": "word " * 50 + "x" * 300}]}]
    write_jsonl(folder / "items.jsonl", [{"id": row["id"], "asks": asks, "expect": {}} for row in results["base"]])
    for name, rows in results.items():
        said = [{"text": "FOLDED ANSWER", "finish": "stop"}]
        answers = [{"id": row["id"], "ask": "given", "sample": 0, "said": said} for row in rows]
        write_jsonl(folder / f"answers-{name}.jsonl", answers)
    verdicts = [judge(Gate(metric="open.token_f1", rule="at_least", value=0.4, model=names[-1]), results)]
    wide = Table("wide", "open", "A wide table", [f"Column {n}" for n in range(12)], [["cell"] * 12])
    write_report(folder, "a run with a-name-that-does-not-end-" + "x" * 60, results, verdicts, more=[wide])
    return folder / "report.html"


def model(gain: int) -> list[dict[str, Any]]:
    rng = random.Random(gain)
    rows = []
    for metric in METRICS:
        axis = metric.partition(".")[0]
        for number in range(30):
            value = float(rng.random() < 0.5) if axis == "exam" else min(1.0, rng.random() / 2 + gain / 20)
            row = {"id": f"{axis}/{number}", "axis": axis, "cluster": str(number), "topic": f"topic {number % 3}"}
            row |= {"source": "human", "split": "test", "passage_seen": number % 2 == 0, "status": "ok", "details": {}}
            rows.append(row | {"metrics": {metric: value}})
    return rows


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_runs_over_the_edge_with_all_folds_open(browser: Any, page: Path, width: int) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 800})
    opened.goto(page.as_uri())
    opened.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.close()


def test_the_page_is_dark_where_the_reader_wants_it_dark(browser: Any, page: Path) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        opened = context.new_page()
        opened.goto(page.as_uri())
        colours = "getComputedStyle(document.body)"
        shades[scheme] = opened.evaluate(f"[{colours}.backgroundColor, {colours}.color]")
        context.close()
    assert shades["light"][0] == "rgb(255, 255, 255)"
    assert brightness(shades["dark"][0]) < 40 < 200 < brightness(shades["dark"][1])


def test_paper_shows_the_examples_that_are_folded_on_the_screen(browser: Any, page: Path, tmp_path: Path) -> None:
    opened = browser.new_page()
    opened.goto(page.as_uri())
    opened.pdf(path=str(tmp_path / "report.pdf"), format="A4")
    opened.close()
    document = pypdfium2.PdfDocument(tmp_path / "report.pdf")
    text = "".join(one.get_textpage().get_text_range() for one in document)
    assert "FOLDED ANSWER" in text
    assert "Did it work?" in document[0].get_textpage().get_text_range()


def brightness(colour: str) -> float:
    return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")) / 3
