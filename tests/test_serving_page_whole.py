"""The assistant's page on the whole assistant, in a real browser: only what the model says is by script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from residency.serving.access import Token
from residency.serving.audit.reading import answers
from residency.serving.contract import ModelRequest, Piece
from tests.browsers import DESK, MARKS, PHONE, expect, launched
from tests.quiz_rows import mcq, write_bank
from tests.scripted_upstream import MESH, QUESTION, TISSUE, Scripted, called, served
from tests.scripted_upstream import said as saying
from tests.test_serving_page import DONE, ask, begun, ended, until

pytestmark = MARKS
HELD = "Mesh repair lowers recurrence of inguinal hernia to about 3 per cent."
TEXT = f"🩺 {HELD[:-1]} [1]. Give 77 mg of cefazolin [1]. Robots are twice as quick.\nBefore acting: ask for allergies."
SILENT = "The context does not hold the answer. Look for guidance on sutures."
SECRET = "of-the-unit-0123456789abcdef"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as opened:
        yield opened


def script(request: ModelRequest) -> list[Piece | float | Exception]:
    """What the model says."""
    asked = request.messages[-1]["content"]
    if "sutures" in asked:
        return saying(SILENT)
    if "slowly" in asked:
        return [part for number in range(500) for part in (Piece(f"word{number} "), 0.02)]
    if request.tools and request.messages[-1]["role"] == "user":
        return called("search_guidelines", {"query": "mesh recurrence hernia"}, "Let me look.")
    return saying(TEXT)


def test_from_a_question_to_a_passage_and_the_log(browser: Any, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    with served(Scripted(script), MESH, TISSUE, log=log) as (url, assistant):
        page = begun(browser, url, **DESK)
        assert page.is_checked("input[value=CLINICAL]")  # as where no mode is named
        ask(page, QUESTION)
        page.click(".cite >> nth=0")
        assert page.inner_text("#panel .passage[open] mark.holds") == HELD
        assert page.locator(".written .unsupported").first.inner_text() == "Give 77 mg of cefazolin "
        assert page.inner_text(".written .uncited") == "Robots are twice as quick."
        assert "77" in page.inner_text(".faults") and page.is_visible(".below .notice")
        page.click("text=Not good")
        page.click(".feedback >> text=Send")
        expect(page, ".acts", "Thank you")

        ask(page, "And which sutures?")
        expect(page, f"{DONE} .abstains", "No answer was found")
        page.fill(f"{DONE} .abstains input", "suture umbilicus defects")
        page.click(f"{DONE} >> text=Search the guidelines")
        expect(page, "#panel", TISSUE["text"])
        assert [one["content"] for one in assistant.upstream.asked[1].messages if one["role"] == "assistant"] == [TEXT]  # type: ignore[attr-defined]

        page.select_option("#retrieval", "tool")  # the model searches itself
        ask(page, QUESTION)
        assert page.inner_text(f"{DONE} .written").startswith("🩺 Mesh repair")  # "Let me look." is none of the answer
        page.click(f"{DONE} .cite >> nth=0")
        assert page.inner_text("#panel .passage[open] mark.holds") == HELD
        until(lambda: len(list(answers(log))) == 3)

        page.click("#history-open")
        page.check("#audit")
        page.click("#conversations >> text=Delete")
        expect(page, "#history-said", "Deleted here and on the server")
        until(lambda: len(list(answers(log))) == 0)
        ended(page)


def test_danger_and_personal_data_are_seen_before_the_model(browser: Any) -> None:
    upstream = Scripted(script)
    with served(upstream, MESH) as (url, _):
        page = begun(browser, url, **PHONE)
        ask(
            page,
            "Mr John Smith, NHS number 943 476 5919: a boy of 14 with sudden severe testicular pain for two hours.",
        )
        assert "testicular torsion" in page.inner_text(".banner") and upstream.asked == []
        marked = " ".join(page.locator("mark.private").all_inner_texts())
        assert "John Smith" in marked and "943 476 5919" in marked and "testicular" not in marked
        page.tap("text=Send it all the same")
        page.wait_for_selector(f"{DONE} .written:not(:empty)")
        assert len(upstream.asked) == 1 and page.is_visible(f"{DONE} .banner")
        ended(page)


def test_who_stops_an_answer_stops_the_model(browser: Any) -> None:
    upstream = Scripted(script)
    with served(upstream, MESH) as (url, _):
        page = begun(browser, url, **DESK)
        ask(page, "Tell me slowly of mesh", ".written p")
        page.keyboard.press("Escape")
        until(lambda: upstream.stopped == 1)
        ask(page, "Tell me slowly of mesh again", f"{DONE.replace('false', 'true')} .written p")
        page.close()  # so does who leaves
        until(lambda: upstream.stopped == 2)


def test_a_quiz_and_its_explanation(browser: Any, tmp_path: Path) -> None:
    bank = write_bank(tmp_path, [mcq("hernia/1 ?#é", "mesh", answer="B"), mcq("planted", "mesh", split="test")])
    with served(Scripted(lambda _: saying(f"{HELD[:-1]} [1].\nANSWER: B")), MESH, bank=bank) as (url, _):
        page = begun(browser, url, **DESK)
        page.click("#modes >> text=Exam")
        page.click("#views >> text=Quiz")
        page.wait_for_selector("#quiz-question")
        page.keyboard.press("b")
        page.keyboard.press("Enter")
        expect(page, "#quiz-result", "Right.")
        page.keyboard.press("e")
        page.wait_for_selector("#quiz-explained [aria-busy=false]")
        assert "One of them is wrong" not in page.inner_text("#quiz-explained")
        page.click("#quiz-next")
        expect(page, "#quiz-card", "You have seen all questions")
        ended(page)


def test_the_link_opens_the_page_and_without_it_nothing_does(browser: Any) -> None:
    with served(Scripted(), MESH, token=Token(SECRET)) as (url, _):
        page = browser.new_context(**DESK).new_page()
        assert page.goto(url).status == 401
        page.goto(f"{url}/login?token={SECRET}")
        page.wait_for_selector("#model:not(:empty)", state="attached")
        assert SECRET not in page.url and SECRET not in page.content()
        ask(page, QUESTION)
        assert HELD[:20] in page.inner_text(".written")
        page.context.clear_cookies()
        ask(page, "And now?")
        assert "not signed in" in page.inner_text(f"{DONE} .below")
        page.context.close()
