"""How the assistant's page shows what models write: its Markdown, its places, its events; in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.browsers import DESK, MARKS, launched, opened
from tests.quiz_rows import write_bank
from tests.serving_page import serving

pytestmark = MARKS
SHOW = """async ([source, marks, known]) => {
    const { shower } = await import("./markdown.js");
    const host = document.createElement("div");
    shower(host)(source, marks, new Set(known));
    return host.innerHTML;
}"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with serving(write_bank(tmp_path_factory.mktemp("bank"), [])) as (url, _), launched() as browser:
        yield opened(browser.new_context(**DESK), url)


def shown(page: Any, source: str, marks: list[dict[str, Any]] | None = None, known: tuple[int, ...] = ()) -> str:
    return str(page.evaluate(SHOW, [source, marks or [], list(known)]))


@pytest.mark.parametrize(
    "source",
    [
        "plain text",
        "**bold** and *soft* and __bold__ and _soft_",
        "***both*** **a *b* c**",
        "snake_case_name and 2 * 3 * 4 and a*b",
        "`code` and ``a ` b`` and `open",
        "- one\n- two\n  - inner\n  - more\n- three",
        "1. one\n2. two\n3. three",
        "3) three\n4) four",
        "* a *soft* one\n* **bold**",
        "> quoted\n> twice",
        "```\nx < 1\n**no**\n```",
        "~~~\nopen",
        "```json\n{}\n```\nafter",
        "```a``` is short",
        "---",
        "[site](https://example.org/a_b_c)",
        r"\*not soft\* and 1\. one",
        "first\n\nsecond",
        "AT&T <b>raw</b> 5 < 6 > 4",
        "| dose | when |\n|---|:--:|\n| 1 g | **once** |\n| 2 g | |",
        "",
        "   \n\n  ",
    ],
)
def test_markdown_reads_as_the_reference_reads_it(page: Any, source: str) -> None:
    """Held against markdown-it without raw HTML; what the page says otherwise is taken out on both sides: headings'
    levels, links' attributes, the frames of code and tables, and white space between blocks."""
    reference = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").render(source)
    assert tidy(page, shown(page, source)) == tidy(page, reference)


def tidy(page: Any, html: str) -> str:
    return str(
        page.evaluate(
            """(html) => {
                const host = new DOMParser().parseFromString(html, "text/html").body;
                for (const one of host.querySelectorAll("*")) {
                    for (const { name } of [...one.attributes]) {
                        if (name !== "href" && name !== "start") one.removeAttribute(name);
                    }
                }
                for (const one of host.querySelectorAll("div")) one.replaceWith(...one.childNodes);
                host.normalize();
                const block = "p|ul|ol|li|blockquote|pre|code|table|thead|tbody|tr|th|td|hr|br";
                return host.innerHTML.replace(/\\s+/g, " ")
                    .replace(new RegExp(` ?(</?(?:${block})(?: [^>]*)?>) ?`, "g"), "$1").replaceAll(' start="1"', "")
                    .replace(/<blockquote><p>(.*?)<\\/p><\\/blockquote>/g, "<blockquote>$1</blockquote>").trim();
            }""",
            html,
        )
    )


def test_headings_lie_below_the_page_s_own(page: Any) -> None:
    assert shown(page, "# One\n### Three") == "<h3>One</h3><h5>Three</h5>"


ALLOWED = frozenset(
    "p ul ol li br hr pre code em strong blockquote a h3 h4 h5 h6 table thead tbody tr th td div span button".split()
)
PIECES = st.sampled_from(
    [
        *("**", "*", "_", "`", "```\n", "~~~", "\n", "\n\n", "- ", "1. ", "> ", "# ", "|", "|-|-|\n", "\\"),
        *("[1]", "[9]", "[1, 2]", "[a](", "https://x.org", "javascript:x", ")", "(", "[", "]", "!", '"', "'"),
        *("<script>", "<img src=x onerror=y>", "&lt;", "word", " ", "  ", "é", "🩺"),
    ]
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES, max_size=40), data=st.data())
def test_no_text_becomes_part_of_the_page(page: Any, pieces: list[str], data: st.DataObject) -> None:
    """Whatever is written: only harmless elements, links to http and https alone, no word lost, and marked sentences
    under their marks."""
    source = "".join(pieces)
    points = sorted(data.draw(st.lists(st.integers(0, len(source)), min_size=2, max_size=2)))
    start, end = (len(source[:point].encode("utf-16-le")) // 2 for point in points)
    marks = [{"start": start, "end": end, "status": "unsupported", "note": "Why"}]
    found = page.evaluate(
        """async ([source, marks]) => {
            const { shower } = await import("./markdown.js");
            const host = document.createElement("div");
            shower(host)(source, marks, new Set([1]));
            const all = [...host.querySelectorAll("*")];
            const attributes = all.flatMap((one) => [...one.attributes].map(({ name }) => name));
            const protocols = all.filter((one) => one.href).map((one) => one.protocol);
            return [all.map((one) => one.localName), attributes, protocols, host.textContent];
        }""",
        [source, marks],
    )
    elements, attributes, protocols, text = found
    assert {*elements} <= ALLOWED and {*protocols} <= {"http:", "https:"}
    assert not [name for name in attributes if name.startswith("on") or name in ("src", "style", "srcset")]
    assert text.count("é") == source.count("é") and text.count("🩺") == source.count("🩺")


def test_only_what_was_marked_is_underlined(page: Any) -> None:
    source = "It is **so and\nstays** so [1]. Next [2]! Last."
    html = shown(page, source, [{"start": 6, "end": 30, "status": "unsupported", "note": "No"}], (1,))
    assert "".join(html.split("\n")) == (
        '<p>It is <strong><span class="unsupported" data-sentence="0">so and</span><br>'
        '<span class="unsupported" data-sentence="0">stays</span></strong>'
        '<span class="unsupported" data-sentence="0"> so </span>'
        '<span class="cites"><button type="button" class="cite" data-number="1" data-sentence="0" '
        'aria-label="Passage 1">[1]</button></span><span class="unsupported" data-sentence="0">.</span>'
        '<button type="button" class="fault" data-fault="0" aria-label="No" title="No">?</button>'
        ' Next <span class="cites"><span class="unknown" title="No passage has this number">[2]</span></span>'
        "! Last.</p>"
    )


def test_blocks_that_stay_keep_their_elements(page: Any) -> None:
    """What a reader has selected survives the pieces that come after it."""
    assert page.evaluate(
        """async () => {
            const { shower } = await import("./markdown.js");
            const host = document.createElement("div");
            const write = shower(host);
            write("One.\\n\\nTwo");
            const [one, two] = host.childNodes;
            write("One.\\n\\nTwo and\\n\\n- three");
            return [host.childNodes[0] === one, host.childNodes[1] === two, host.textContent];
        }"""
    ) == [True, False, "One.Two andthree"]


def test_places_are_counted_as_the_server_counts_them(page: Any) -> None:
    text = "a🩺b👩🏽‍⚕️c"
    cut = page.evaluate(
        """async ([text, start, end]) => {
            const { marked } = await import("./places.js");
            const host = document.createElement("div");
            host.append(...marked(text, [{ start, end }]));
            return [host.querySelector("mark").textContent, host.textContent];
        }""",
        [text, 2, 7],
    )
    assert cut == [text[2:7], text]


def test_what_was_said_before_a_search_is_no_part_of_the_answer(page: Any) -> None:
    state = page.evaluate(
        """async () => {
            const { begin, passagesOf, take } = await import("./exchange.js");
            const exchange = begin("q", { mode: "EXAM", retrieval: "tool", web: true });
            const found = (source, first, ...ids) => ({ type: "searched", source, query: "x", first, failure: "",
                seconds: 0, passages: ids.map((id) => ({ id, title: id, text: id })) });
            for (const event of [
                { type: "said", text: "Let me look.", thinking: "" }, { type: "called", calls: [], own: true },
                found("guidelines", 1, "a", "b"), found("web", 3, "c"),
                { type: "unheard of", text: "x" }, { type: "said", text: "So [3].", thinking: "" },
                { type: "ended", finish: "stop", answer_id: "a", error: "" },
            ]) take(exchange, event);
            const shown = [...passagesOf(exchange)].map(([at, { passage, source }]) => `${at}${passage.id} ${source}`);
            return [exchange.text, exchange.thinking, exchange.state, shown];
        }"""
    )
    assert state == ["So [3].", "Let me look.", "done", ["1a guidelines", "2b guidelines", "3c web"]]
