"""The assistant's page in a real browser, against a server that says what a script says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsers import CONTRAST, DESK, MARKS, PHONE, expect, launched, opened
from tests.quiz_rows import mcq, write_bank
from tests.serving_page import ANSWER, NUMBER, PASSAGES, SILENT, Heard, serving

pytestmark = MARKS
QUESTION = "How long may appendicectomy wait?"
DONE = ".exchange:last-child[aria-busy=false]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as opened:
        yield opened


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [mcq(f"hernia/{number}", "inguinal-hernia", answer="B", rationale="Because of this.") for number in range(3)]
    rows += [mcq("bowel?1", "bowel", split="dev"), mcq("planted", "bowel", split="test")]
    return write_bank(tmp_path_factory.mktemp("bank"), rows)


@pytest.fixture
def served(bank: Path) -> Iterator[tuple[str, Heard]]:
    with serving(bank) as found:
        yield found


def begun(browser: Any, url: str, **width: Any) -> Any:
    """A page that is ready to be asked, in a browser of its own."""
    page = opened(browser.new_context(**width), url)
    page.wait_for_selector("#model:not(:empty)", state="attached")
    return page


def ask(page: Any, question: str, wait: str = DONE) -> None:
    page.fill("#question", question)
    if page.viewport_size == DESK["viewport"]:
        page.keyboard.press("Enter")
    else:
        page.tap("#send")
    page.wait_for_selector(wait)


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds on the server's side."""
    for _ in range(500):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come to hold")


def ended(page: Any) -> None:
    """The end of a test: nothing went wrong in the page."""
    assert page.faults == []
    page.context.close()


def test_an_answer_and_its_citations(browser: Any, served: tuple[str, Heard]) -> None:
    url, heard = served
    page = begun(browser, url, **DESK)
    ask(page, QUESTION)
    (asked,) = heard.asked
    assert asked["messages"] == [{"role": "user", "content": QUESTION}]
    assert (asked["mode"], asked["retrieval"], asked["web"]) == ("CLINICAL", "always", False)
    assert asked["session"] and not asked["send_personal"]
    bare = ANSWER.replace("**", "").replace("*", "").replace("- ", "")
    shown = page.inner_text(f"{DONE} .written").replace("?\n", "\n").replace("?", "")
    assert "".join(shown.split()) == "".join(bare.split())

    page.click(".cite[data-number='1'] >> nth=0")
    assert page.inner_text("#panel mark") == (
        "Appendicectomy may wait for up to 24 hours in an adult without signs of perforation."
    )
    assert page.get_attribute("#panel mark", "class") == "holds"
    text, beside = page.locator(".written").bounding_box(), page.locator("#panel").bounding_box()
    assert beside["x"] >= text["x"] + text["width"]
    page.keyboard.press("Escape")
    assert not page.is_visible("#panel")
    assert page.evaluate("document.activeElement.className") == "cite"  # back where the reader was

    assert page.locator(".written .unsupported").all_inner_texts() == [
        "After complicated appendicitis give antibiotics for 10 days ",
        ".",
    ]
    assert page.inner_text(".written .uncited") == "Robotic surgery halves the stay."
    line = "getComputedStyle(document.querySelector('.written .unsupported')).textDecorationLine"
    assert page.evaluate(line) == "underline"
    page.click(".fault >> nth=0")
    assert "Not supported by what it cites: it says 4 days, not 10." in page.inner_text(".faults li:focus")
    assert "Without a citation." in page.inner_text(".faults")
    page.click(".cite[data-number='2']")
    assert page.get_attribute("#panel .passage[open] mark", "class") == "near"
    assert "does not bear out" in page.inner_text("#panel .passage[open]")
    assert "Superseded by Antibiotics after appendicectomy, 2026" in page.inner_text("#panel .passage[open]")

    page.click("#modes >> text=Exam")
    ask(page, "And in children?")
    assert heard.asked[1]["mode"] == "EXAM" and heard.asked[1]["session"] == asked["session"]
    assert heard.asked[1]["messages"] == [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": ANSWER},
        {"role": "user", "content": "And in children?"},
    ]
    ended(page)


def test_on_a_phone_passages_open_below_the_answer(browser: Any, served: tuple[str, Heard]) -> None:
    page = begun(browser, served[0], **PHONE)
    ask(page, QUESTION)
    page.tap(".cite[data-number='1'] >> nth=0")
    text, below = page.locator(".answer").bounding_box(), page.locator("#panel").bounding_box()
    assert below["y"] >= text["y"] + text["height"] and below["width"] > 300
    mark, dock = page.locator("#panel mark").bounding_box(), page.locator("#dock").bounding_box()
    assert mark["y"] >= 0 and mark["y"] + mark["height"] <= dock["y"]  # in sight
    ask(page, "How long should an appendix mass be observed?")  # the passages' place is drawn anew
    page.tap("text=Search the guidelines")
    expect(page, "#panel", "Found in the guidelines")
    for state in (".exchange", "#panel", "#dock"):
        assert page.locator(f"{state} >> nth=0").bounding_box()["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#send").bounding_box()["height"] >= 44
    page.tap("#modes >> text=Exam")
    page.tap("#views >> text=Quiz")
    page.wait_for_selector("#quiz-question")
    assert min(page.locator(".choice").nth(number).bounding_box()["height"] for number in range(3)) >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ended(page)


def test_an_abstention_offers_searches(browser: Any, served: tuple[str, Heard]) -> None:
    url, heard = served
    page = begun(browser, url, **DESK)
    ask(page, "How long should an appendix mass be observed?")
    assert SILENT in page.inner_text(".written")
    page.fill(".abstains input", "appendix mass interval")
    page.click("text=Search the guidelines")
    expect(page, "#panel", "Found in the guidelines: appendix mass interval")
    assert PASSAGES[0]["text"] in page.inner_text("#panel") and "the model has not seen them" in page.inner_text(
        "#panel"
    )
    page.click("text=Search the web for this")
    expect(page, "#panel", "Appendix mass, a review")
    assert page.get_attribute("#panel a", "href") == "https://example.org/mass"
    assert heard.searches == [("guidelines", "appendix mass interval"), ("web", "appendix mass interval")]
    page.click("text=Answer again, with the web")
    page.wait_for_selector(DONE)
    until(lambda: len(heard.asked) == 2)
    assert heard.asked[1]["web"] and heard.asked[1]["messages"] == heard.asked[0]["messages"]
    page.wait_for_selector(".abstains")
    page.click("text=Put these words as a question")
    assert page.input_value("#question") == "How long should an appendix mass be observed?"
    ended(page)


def test_without_a_web_search_none_is_offered(browser: Any, bank: Path) -> None:
    with serving(bank, web=False, feedback=False, quiz=False, tools=False) as (url, _):
        page = begun(browser, url, **DESK)
        ask(page, "How long should an appendix mass be observed?")
        assert page.locator(".abstains button:visible").all_inner_texts() == [
            "Search the guidelines",
            "Put these words as a question",
        ]
        assert page.locator("#web:visible").count() == page.locator("text=Not good").count() == 0
        assert "when the model asks" not in page.locator("#retrieval option:not([hidden])").all_inner_texts()
        page.click("#modes >> text=Exam")
        assert not page.is_visible("#views")
        ended(page)


def test_danger_is_said_first_whatever_the_model_says(browser: Any, served: tuple[str, Heard]) -> None:
    page = begun(browser, served[0], **PHONE)
    ask(page, "A boy of 14 has sudden testicular pain. It is slow to answer.", ".banner")
    assert page.get_attribute(".banner", "role") == "alert"
    said = page.inner_text(".banner")
    for part in (
        "Possible emergency: testicular torsion",
        "First: Examine now",
        "Call: The urological",
        "not by the model",
    ):
        assert part in said
    expect(page, ".written", "word20")  # while it is being written
    banner, answer = page.locator(".banner").bounding_box(), page.locator(".answer").bounding_box()
    assert 0 <= banner["y"] < answer["y"] and page.locator(".banner h3").is_visible()
    page.click("#stop")
    page.wait_for_selector(DONE)
    ended(page)


def test_personal_data_is_shown_before_it_is_sent(browser: Any, served: tuple[str, Heard]) -> None:
    url, heard = served
    page = begun(browser, url, **DESK)
    ask(page, f"🩺 NHS number {NUMBER}: how long may it wait?")
    assert page.inner_text("mark.private") == NUMBER
    assert "It was not sent to the model" in page.inner_text(".personal") and "imperfect" in page.inner_text(
        ".personal"
    )
    assert page.locator(".written").inner_text() == "" and "NHS number" in page.inner_text(".personal p")
    page.click("text=Edit the question")
    chosen = "(box) => box.value.slice(box.selectionStart, box.selectionEnd)"
    assert page.locator("#question").evaluate(chosen) == NUMBER
    assert page.locator(".exchange").count() == 0
    page.keyboard.type("known")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{DONE} .written:not(:empty)")
    assert heard.asked[1]["messages"][-1]["content"] == "🩺 NHS number known: how long may it wait?"

    ask(page, f"Number {NUMBER}, how long?", f"{DONE} .caution")
    page.click("text=Send it all the same")
    page.wait_for_selector(f"{DONE} .written:not(:empty)")
    assert [one["send_personal"] for one in heard.asked] == [False, False, False, True]
    assert heard.asked[3]["messages"] == heard.asked[2]["messages"]
    assert "as you chose" in page.inner_text(f"{DONE} .personal")
    ended(page)


def test_where_the_server_forbids_it_personal_data_cannot_be_sent(browser: Any, bank: Path) -> None:
    with serving(bank, personal="block") as (url, _):
        page = begun(browser, url, **DESK)
        ask(page, f"Number {NUMBER}, how long?")
        assert page.locator(".caution button").all_inner_texts() == ["Edit the question"]
        ended(page)


def test_a_web_search_that_was_held_back_is_edited(browser: Any, served: tuple[str, Heard]) -> None:
    url, heard = served
    page = begun(browser, url, **DESK)
    ask(page, "appendicitis, held back")
    assert page.input_value(".personal input") == "Mr John Doe appendicitis"
    page.click(".personal >> text=Search the web")
    expect(page, ".personal", "Held back again")
    page.fill(".personal input", "appendicitis timing")
    page.click(".personal >> text=Search the web")
    expect(page, "#panel", "Appendix mass, a review")
    assert heard.searches == [("web", "Mr John Doe appendicitis"), ("web", "appendicitis timing")]
    ended(page)


def test_an_answer_is_stopped_and_asked_again(browser: Any, served: tuple[str, Heard]) -> None:
    url, heard = served
    page = begun(browser, url, **DESK)
    ask(page, "Be slow about appendicitis, with thought", ".written p")
    expect(page, ".doing", "Writing")
    assert page.is_visible("#stop") and not page.is_visible("#send")
    page.keyboard.press("Escape")
    page.wait_for_selector(DONE)
    until(lambda: heard.left == 1)  # the server's answer ends with it
    assert "not checked" in page.inner_text(".below") and page.is_visible("#send")
    page.click("text=What the model thought")
    assert page.inner_text(".thinking .text") == "The patient is an adult. So 24 hours."
    page.click("text=Try again")
    page.wait_for_selector(".written p")
    assert page.locator(".exchange").count() == 1 and len(heard.asked) == 2
    page.click("#new")  # who leaves stops it, too
    until(lambda: heard.left == 2)
    assert page.locator(".exchange").count() == 0
    page.wait_for_timeout(300)
    assert page.locator(".exchange").count() == 0  # what still came did not come back
    ended(page)


def test_what_goes_wrong_is_told(browser: Any, served: tuple[str, Heard]) -> None:
    page = begun(browser, served[0], **DESK)
    ask(page, "This is broken")
    assert "connection was lost" in page.inner_text(".below") and "It begins and" in page.inner_text(".written")
    ask(page, "This is refused", f"{DONE} .warned")
    assert "the model's server does not answer" in page.inner_text(f"{DONE} .below")
    page.context.set_offline(True)
    ask(page, "Is anyone there?", f"{DONE} .warned")
    assert "connection was lost" in page.inner_text(f"{DONE} .below")
    page.context.set_offline(False)
    page.click(f"{DONE} >> text=Try again")
    page.wait_for_selector(f"{DONE} .faults")
    assert page.locator(".exchange").count() == 3
    ended(page)


def test_who_is_not_signed_in_is_told_what_to_do(browser: Any, bank: Path) -> None:
    with serving(bank, model="") as (url, _):
        page = opened(browser.new_context(**DESK), url)
        expect(page, "#problem", "Open the link that the server printed")
        ended(page)


def test_pieces_may_be_cut_anywhere(browser: Any, served: tuple[str, Heard]) -> None:
    page = begun(browser, served[0], **DESK)
    ask(page, "appendicitis in crumbs")
    page.click(".cite[data-number='1'] >> nth=1")
    assert page.inner_text("#panel mark") == "Give broad-spectrum antibiotics before the incision 🩺."
    assert "appendicitis 🩺." in page.inner_text(".written")
    ended(page)


def test_hostile_text_stays_text(browser: Any, served: tuple[str, Heard]) -> None:
    page = begun(browser, served[0], **DESK)
    ask(page, "hostile <img src=x onerror=\"document.title='taken'\"> **bold**")
    assert page.locator("main img, main script, main iframe").count() == 0
    assert "<script>" in page.inner_text(".written") and "<img" in page.inner_text(".asked")
    links = page.locator("main a").evaluate_all("all => all.map((one) => [one.href, one.rel, one.target])")
    assert links == [  # of images, too: none is loaded
        ["https://example.org/p.png", "noopener noreferrer nofollow", "_blank"],
        ["https://example.org/a?b=1", "noopener noreferrer nofollow", "_blank"],
        ["https://example.org/plain", "noopener noreferrer nofollow", "_blank"],
    ]
    page.click(".searches button >> nth=1")
    expect(page, "#panel", "Superseded by <img src=x")
    assert page.locator("#panel img, #panel script").count() == 0
    assert page.locator("#panel a").evaluate_all("all => all.map((one) => one.href)") == [
        "https://example.org/%3Cimg%20src=x%3E"
    ]
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector("#model:not(:empty)", state="attached")
    page.click("#history-open")
    page.click("#conversations .plain")
    assert "<script>" in page.inner_text(".written") and page.locator("main img").count() == 0
    assert "taken" not in page.title().split("·")[-1] and page.evaluate("document.title").startswith("hostile <img")
    ended(page)


def test_conversations_are_kept_exported_and_deleted(browser: Any, served: tuple[str, Heard], tmp_path: Path) -> None:
    url, heard = served
    page = begun(browser, url, **DESK)
    ask(page, QUESTION)
    page.click("#new")
    ask(page, "A second conversation about appendicitis")
    page.reload()
    page.wait_for_selector("#model:not(:empty)", state="attached")
    assert page.locator(".exchange").count() == 0
    page.click("#history-open")
    assert page.locator("#conversations .plain").all_inner_texts() == [
        "A second conversation about appendicitis",
        QUESTION,
    ]
    for title, name in (("Markdown", "one.md"), ("JSON", "one.json")):
        with page.expect_download() as download:
            page.click(f"#conversations li >> nth=1 >> text={title}")
        download.value.save_as(tmp_path / name)
    told = (tmp_path / "one.md").read_text()
    for part in (
        f"> {QUESTION}",
        ANSWER,
        "- [2] Antibiotics after appendicectomy (2024-05; Management; superseded)",
        "check before you act",
        "surgery-demo",
    ):
        assert part in told
    assert "(Not supported by what it cites: it says 4 days, not 10.)" in told
    exported = json.loads((tmp_path / "one.json").read_text())
    assert exported["exchanges"][0]["text"] == ANSWER and exported["about"]["digest"] == "3f9c2ab04d11aa"

    page.click("#conversations li >> nth=1 >> .plain")
    assert QUESTION in page.inner_text(".asked")
    page.click(".cite >> nth=0")
    assert page.locator("#panel .passage[open] mark.holds").is_visible()  # with all that came of it
    page.keyboard.press("Escape")
    page.click("#history-open")
    page.check("#audit")
    page.click("#conversations li >> nth=1 >> text=Delete")
    expect(page, "#history-said", "Deleted here and on the server")
    assert heard.deleted == [f"a-{len(QUESTION)}"] and page.locator(".exchange").count() == 0
    page.uncheck("#keep")
    assert page.locator("#conversations .plain").count() == 1  # it is still here, but not when the page is closed
    stored = "Object.keys(localStorage).filter((key) => key.includes('conversation')).length"
    assert page.evaluate(stored) == 0
    page.click("#history .close")
    ask(page, QUESTION)
    assert page.evaluate(stored) == 0
    page.reload()
    page.click("#history-open")
    expect(page, "#conversations", "There are none")
    ended(page)


def test_feedback_reaches_the_server(browser: Any, served: tuple[str, Heard]) -> None:
    url, heard = served
    page = begun(browser, url, **DESK)
    ask(page, QUESTION)
    page.click("text=Not good")
    page.select_option(".feedback select", "Could do harm")
    page.fill(".feedback input", "10 days")
    page.fill(".feedback textarea", "Give them for 4 days [2].")
    page.click(".feedback >> text=Send")
    expect(page, ".acts", "Thank you")
    ask(page, "appendicitis once more")
    page.click(f"{DONE} .acts >> text=/^Good$/")
    until(lambda: len(heard.feedback) == 2)
    first = {"answer_id": f"a-{len(QUESTION)}", "verdict": "bad", "reason": "Could do harm: 10 days"}
    assert heard.feedback[0] == first | {"better": "Give them for 4 days [2]."}
    assert heard.feedback[1]["verdict"] == "good"
    page.wait_for_selector(f"{DONE} button[aria-pressed=true]")
    ended(page)


def test_an_answer_is_copied_with_its_sources(browser: Any, served: tuple[str, Heard]) -> None:
    url, _ = served
    page = begun(browser, url, **DESK)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url.rstrip("/"))
    ask(page, QUESTION)
    page.click("text=Copy")
    expect(page, ".acts", "Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert (
        copied.startswith(ANSWER) and "[3] Day surgery" in copied and "Not borne out by the passages: After" in copied
    )
    ended(page)


def test_a_quiz_by_keyboard(browser: Any, served: tuple[str, Heard]) -> None:
    url, heard = served
    page = begun(browser, url, **DESK)
    page.locator("#question").blur()
    page.keyboard.press("m")
    assert page.is_checked("input[value=EXAM]")
    page.click("#views >> text=Quiz")
    page.wait_for_selector("#quiz-question")
    assert page.locator("#quiz-topic option").all_inner_texts() == [
        "All topics (4)",
        "bowel (1)",
        "inguinal hernia (3)",
    ]
    page.select_option("#quiz-topic", "inguinal-hernia")
    expect(page, "#quiz-card", "inguinal hernia")
    seen = []
    for key, verdict in (("2", "Right."), ("c", "Not right: the answer is B."), ("1", "Not right: the answer is B.")):
        page.wait_for_selector("#quiz-mark:not([hidden])")
        seen.append(page.inner_text("#quiz-question"))
        page.locator("#quiz-question").focus()
        page.keyboard.press(key)
        page.keyboard.press("Enter")
        expect(page, "#quiz-result", verdict)
        assert "Because of this." in page.inner_text("#quiz-result")
        assert page.inner_text(".choice.right .tag").startswith("Right")
        if verdict != "Right.":
            assert page.inner_text(".choice.wrong .tag") == "Your choice"
        if len(seen) < 3:
            page.keyboard.press("n")
            page.wait_for_selector("#quiz-result:empty", state="attached")
    assert len({*seen}) == 3
    assert page.inner_text("#quiz-score") == "1 of 3 right (33%)"

    page.keyboard.press("e")  # explained by the assistant, which chooses otherwise than the bank
    expect(page, "#quiz-explained", "The assistant answers A, the bank B")
    assert heard.asked[-1]["mode"] == "EXAM" and heard.asked[-1]["retrieval"] == "always"
    assert heard.asked[-1]["messages"] == [{"role": "user", "content": f"{seen[-1]}\nA. Wait\nB. Operate\nC. Scan"}]
    page.click("#quiz-explained .cite")
    assert page.inner_text("#panel mark") == "Give broad-spectrum antibiotics before the incision 🩺."
    page.keyboard.press("Escape")
    page.click("#quiz-next")
    expect(page, "#quiz-card", "You have seen all questions of this topic")
    page.reload()
    page.wait_for_selector("#model:not(:empty)", state="attached")
    page.click("#views >> text=Quiz")
    expect(page, "#quiz-score", "1 of 3 right (33%)")
    page.wait_for_selector("#quiz-question")
    assert "bowel?1" in page.inner_text("#quiz-question")  # the only one that is left
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page, "#quiz-result", "Right.")
    assert page.inner_text("#quiz-score") == "2 of 4 right (50%)"
    page.click("#quiz-next")
    page.click("button:has-text('Ask them again')")
    page.wait_for_selector("#quiz-question")
    page.click("text=Reset the score")
    expect(page, "#quiz-score", "No question marked yet")
    ended(page)


def test_everything_has_a_name_and_can_be_read(browser: Any, served: tuple[str, Heard]) -> None:
    """Each field has a label, each control can be reached by Tab, and text has the contrast of WCAG AA."""
    unnamed = (
        "[...document.querySelectorAll('input, textarea, select')]"
        ".filter((one) => !one.labels.length && !one.ariaLabel).length"
    )
    for scheme in ("light", "dark"):
        page = begun(browser, served[0], **DESK, color_scheme=scheme)
        ask(page, f"A boy of 14, number {NUMBER}, has sudden testicular pain.")
        ask(page, "appendicitis, held back, with thought")
        page.click(f"{DONE} >> text=Not good")
        page.click(f"{DONE} .cite[data-number='2']")
        assert page.evaluate(unnamed) == 0 and page.evaluate(CONTRAST) == []
        page.click(f"{DONE} .cite[data-number='1'] >> nth=0")
        assert page.evaluate(CONTRAST) == []
        page.locator("#head").click()
        reached = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
        assert {
            "question",
            "send",
            "retrieval",
            "web",
            "new",
            "history-open",
            "cite",
            "fault",
            "panel-close",
        } <= reached
        ask(page, "How long should an appendix mass be observed?")
        assert page.evaluate(CONTRAST) == []
        page.keyboard.press("Tab")
        page.click("#help-open")
        assert page.evaluate(CONTRAST) == [] and "not by this notice" in page.inner_text("#help")
        page.keyboard.press("Escape")
        page.click("#modes >> text=Exam")
        page.click("#views >> text=Quiz")
        page.click(".choice >> nth=2")
        page.click("#quiz-mark")
        page.wait_for_selector("#quiz-next")
        assert page.evaluate(unnamed) == 0 and page.evaluate(CONTRAST) == []
        ended(page)


def test_colours_are_chosen_and_kept(browser: Any, served: tuple[str, Heard]) -> None:
    page = begun(browser, served[0], **DESK, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click("#help-open")
    page.select_option("#theme", "dark")
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    page.wait_for_selector("#model:not(:empty)", state="attached")
    assert page.evaluate(ground) == dark
    ended(page)
