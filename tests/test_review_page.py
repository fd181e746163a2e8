"""The review's pages in a real browser: by keyboard, on a phone, through a killed server, in two tabs."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from residency.core.listening import listening
from residency.review.plan import add_reviewers, grow
from residency.review.results import judged_items
from residency.review.serve import Links, links_of, serve
from residency.review.store import Store
from residency.review.subjects import subjects_of
from tests.browsers import CONTRAST, DESK, MARKS, PHONE, expect, launched, opened
from tests.review_rows import HOSTILE, pair, write_run

# Not by a plain fork: the browser's driver has an event loop running in this process.
SERVERS = multiprocessing.get_context("forkserver")
SERVERS.set_forkserver_preload(["residency.review.app", "uvicorn"])

pytestmark = MARKS


class Server:
    """A review that is served by a process of its own, which can be killed and started again at the same address."""

    def __init__(self, run: Path, of: str, number: int, models: tuple[str, ...] = ()) -> None:
        self.run, self.port, self.process = run, 0, None
        self.store = Store.create(run)
        with self.store.writing() as db:
            add_reviewers(db, ["Ana", "Ben"])
            grow(db, subjects_of(run, of, models).subjects, number, number, seed=3)
        self.start()

    process: Any

    @property
    def links(self) -> Links:
        return links_of(self.store, "127.0.0.1", self.port)

    def start(self) -> None:
        bound = listening("127.0.0.1", self.port)
        self.port = bound.getsockname()[1]
        self.process = SERVERS.Process(target=serve, args=(self.store, bound), daemon=True)
        self.process.start()
        bound.close()

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()

    def said(self, name: str) -> dict[int, dict[str, Any]]:
        """What is stored of a reviewer, by place: the last revision, and as they said it."""
        with self.store.reading() as db:
            rows = db.execute(
                "SELECT place, said FROM latest AS l JOIN reviewers AS r ON r.id = l.reviewer JOIN assignments AS a "
                "ON a.reviewer = l.reviewer AND a.item = l.item WHERE name = ?",
                (name,),
            )
            return {row["place"]: json.loads(row["said"]) for row in rows}

    def verdicts(self, name: str) -> dict[int, str]:
        return {place: said["verdict"] for place, said in self.said(name).items()}

    def stored(self) -> int:
        with self.store.reading() as db:
            return int(db.execute("SELECT COUNT(*) FROM judgements").fetchone()[0])


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as opened:
        yield opened


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", [pair(number) for number in range(12)])


@pytest.fixture
def server(run: Path) -> Iterator[Server]:
    made = Server(run, "pairs", 6)
    yield made
    made.kill()


def at_item(page: Any, place: int) -> None:
    expect(page, "#place", f"Item {place} of")


def all_saved(page: Any) -> None:
    expect(page, "#saved", "All saved")


def select(page: Any, place: str, words: str) -> None:
    """Select words in an answer, as a mouse or a finger would."""
    page.evaluate(
        """([place, words]) => {
            const node = document.querySelector(`[data-place="${place}"]`).firstChild;
            const start = node.data.indexOf(words);
            document.getSelection().setBaseAndExtent(node, start, node, start + words.length);
        }""",
        [place, words],
    )


def test_pairs_are_judged_by_keyboard_alone(browser: Any, server: Server) -> None:
    context = browser.new_context(**DESK)
    page = opened(context, server.links.reviewers["Ana"])
    at_item(page, 1)
    assert "wrong on purpose" in page.inner_text("#notice") and "not for clinical use" in page.inner_text("#notice")
    page.keyboard.press("n")  # nothing is chosen yet
    assert "Choose a verdict first" in page.inner_text("#message")
    page.keyboard.press("?")
    assert page.is_visible("#help") and "Save and go to the next" in page.inner_text("#help")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert "picked" in page.get_attribute("#answer-a", "class")
    select(page, "b", "mg. <script>")
    page.keyboard.press("m")
    assert page.inner_text("#answer-b mark") == "mg. <script>"
    page.keyboard.press("f")
    page.keyboard.press("Space")
    page.keyboard.press("w")
    page.keyboard.type("Give 5 mg n 2.")  # keys within a text are text
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    at_item(page, 2)
    for place, key in ((2, "2"), (3, "3"), (4, "4")):
        at_item(page, place)
        page.keyboard.press(key)
        page.keyboard.press("n")
    at_item(page, 5)
    page.keyboard.press("s")
    page.keyboard.press("2")  # the second reason
    at_item(page, 6)
    all_saved(page)
    assert server.verdicts("Ana") == {1: "a", 2: "b", 3: "tie", 4: "neither", 5: "skip"}
    first = server.said("Ana")[1]
    assert first["better"] == "Give 5 mg n 2." and first["faults"] == {"a": ["correctness"]}
    assert [(span["place"], span["text"]) for span in first["spans"]] == [("b", "mg. <script>")]
    assert first["seconds"] > 0 and server.said("Ana")[5]["reason"] == "unclear"

    page.keyboard.press("u")  # the skip is undone
    at_item(page, 5)
    all_saved(page)
    assert server.verdicts("Ana")[5] == "withdrawn"
    page.keyboard.press("2")
    page.keyboard.press("n")
    at_item(page, 6)
    page.keyboard.press("b")
    page.keyboard.press("b")
    at_item(page, 4)
    assert page.is_checked("#verdict-neither") and page.inner_text("#state") == "Judged"
    page.keyboard.press("1")
    page.keyboard.press("n")
    at_item(page, 6)
    page.keyboard.press("1")
    page.keyboard.press("n")
    page.wait_for_selector("#end:not([hidden])")
    expect(page, "#end-text", "Everything is saved")
    assert server.verdicts("Ana") == {1: "a", 2: "b", 3: "tie", 4: "a", 5: "b", 6: "a"}
    assert page.faults == []
    context.close()


def test_hostile_answers_are_shown_as_text(browser: Any, server: Server) -> None:
    context = browser.new_context(**DESK)
    page = opened(context, server.links.reviewers["Ana"])
    at_item(page, 1)
    for letter in "ab":
        assert HOSTILE in page.text_content(f"#answer-{letter} .text")
    page.click("text=Start from A")
    assert HOSTILE in page.input_value("#better")
    assert page.locator("main img, main script").count() == 0
    assert page.title() == "Review: Ana"
    assert page.faults == []
    context.close()


def test_on_a_phone_through_a_killed_server(browser: Any, server: Server) -> None:
    context = browser.new_context(**PHONE)
    page = opened(context, server.links.reviewers["Ben"])
    at_item(page, 1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")  # nothing to scroll sideways
    first, second = page.locator("#answer-a").bounding_box(), page.locator("#answer-b").bounding_box()
    assert second["y"] > first["y"] + first["height"] - 1  # one column
    sizes = [page.locator("#dock label, #dock button:visible").nth(number).bounding_box() for number in range(6)]
    assert min(size["height"] for size in sizes) >= 44
    page.wait_for_timeout(500)  # the next items are fetched ahead
    page.tap("text=A is better")
    page.tap("#next")
    at_item(page, 2)
    all_saved(page)
    assert server.stored() == 1

    server.kill()
    for place, said in ((2, "B is better"), (3, "Equally good")):
        at_item(page, place)
        page.tap(f"text={said}")
        page.tap("#next")
    at_item(page, 4)
    expect(page, "#saved", "No connection: 2 waiting")
    page.fill("#comment", "half written")
    assert server.stored() == 1

    server.start()
    all_saved(page)
    assert server.verdicts("Ben") == {1: "a", 2: "b", 3: "tie"}
    page.reload()
    at_item(page, 4)  # goes on where it stood, with what was half written
    assert page.input_value("#comment") == "half written" and page.inner_text("#state") == "Not saved yet"
    assert server.stored() == 3
    assert page.faults == []
    context.close()


def test_what_waits_outlives_its_page(browser: Any, server: Server) -> None:
    """The connection is lost, and the page is closed before it is back."""
    context = browser.new_context(**DESK)
    link = server.links.reviewers["Ana"]
    page = opened(context, link)
    at_item(page, 1)
    context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("n")
    expect(page, "#saved", "1 waiting")
    page.close()
    context.set_offline(False)
    assert server.stored() == 0
    again = opened(context, link)
    at_item(again, 2)
    all_saved(again)
    assert server.verdicts("Ana") == {1: "a"} and server.stored() == 1
    context.close()


def test_an_answer_that_is_lost_on_the_way_back_counts_once(browser: Any, server: Server) -> None:
    context = browser.new_context(**DESK)
    page = opened(context, server.links.reviewers["Ana"])
    at_item(page, 1)
    lost = []

    def lose(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)  # the server has it, the page is not told
            route.abort()
        else:
            route.continue_()

    page.route("**/api/items/*", lose)
    page.keyboard.press("1")
    page.keyboard.press("n")
    at_item(page, 2)
    all_saved(page)
    assert lost == [200] and server.stored() == 1
    context.close()


@pytest.mark.parametrize(("button", "verdict"), [("keep", "a"), ("replace", "b")])
def test_two_tabs_at_once(browser: Any, server: Server, button: str, verdict: str) -> None:
    context = browser.new_context(**DESK)
    link = server.links.reviewers["Ana"]
    one, other = opened(context, link), opened(context, link)
    for page in (one, other):
        at_item(page, 1)
    one.keyboard.press("1")
    one.keyboard.press("n")
    all_saved(one)
    other.keyboard.press("2")
    other.keyboard.press("n")
    other.wait_for_selector("#conflict[open]")
    assert "“A is better”" in other.inner_text("#conflict-text")
    other.click(f"#{button}")
    all_saved(other)
    assert server.verdicts("Ana") == {1: verdict}
    assert one.faults == other.faults == []
    context.close()


def test_everything_has_a_name_and_can_be_read(browser: Any, server: Server) -> None:
    """Each field has a label, each control can be reached by Tab, and text has the contrast of WCAG AA."""
    for scheme in ("light", "dark"):
        context = browser.new_context(**DESK, color_scheme=scheme)
        page = opened(context, server.links.reviewers["Ana"])
        at_item(page, 1)
        assert (
            page.evaluate(
                "[...document.querySelectorAll('input, textarea')].filter((one) => !one.labels.length).length"
            )
            == 0
        )
        assert page.evaluate(CONTRAST) == []
        reached = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.type"))
        assert {"help-open", "checkbox", "better", "comment", "verdict-a", "skip", "next"} <= reached
        context.close()


def test_a_dialogue_is_judged_turn_by_turn(browser: Any, run: Path) -> None:
    server = Server(run, "dialogues", 4)
    context = browser.new_context(**PHONE)
    page = opened(context, server.links.reviewers["Ana"])
    at_item(page, 1)
    page.locator(".marks").nth(0).get_by_text("Right").tap()
    page.locator(".marks").nth(1).get_by_text("Wrong").tap()
    page.tap("#verdicts >> text=Dangerous")
    page.tap("#next")
    at_item(page, 2)
    all_saved(page)
    said = server.said("Ana")[1]
    assert said["verdict"] == "dangerous" and said["turns"] == {"1": "right", "3": "wrong"}
    context.close()
    server.kill()


def test_the_organiser_sees_what_no_reviewer_does(browser: Any, server: Server) -> None:
    context = browser.new_context(**DESK)
    for name, keys in (("Ana", "123412"), ("Ben", "113412")):
        page = opened(context, server.links.reviewers[name])
        for place, key in enumerate(keys, 1):
            at_item(page, place)
            page.keyboard.press(key)
            page.keyboard.press("n")
        page.wait_for_selector("#end:not([hidden])")
        all_saved(page)
        page.close()
    page = opened(context, server.links.organiser)
    page.wait_for_selector(".group")
    shown = page.inner_text("body")
    assert "Ana" in shown and "6 of 6" in shown and "Cohen" in shown and "Share in which “chosen” is preferred" in shown
    with server.store.reading() as db:
        divided = [item for item in judged_items(db) if len(item.counts) > 1]
    assert page.locator("details.divided").count() == len(divided)
    if divided:
        page.locator("details.divided summary").first.click()
        assert HOSTILE in page.locator("details.divided .side").first.text_content()
    assert page.title() == "Review: progress and agreement"
    assert page.faults == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
