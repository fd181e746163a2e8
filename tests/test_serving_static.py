"""The assistant's page is what it seems: files of its own, no inline script, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from residency.serving import static
from residency.serving.static import START, page_files

FOLDER = Path(static.__file__).parent / "page"
UNSAFE = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\bstyle=|\bon[a-z]+=\"|"
    r"(?:src|href|from|import|url)[=( ]+[\"'](?:https?:)?//"
)


@pytest.mark.parametrize("name", sorted(page_files()))
def test_a_file_of_the_page_is_safe(name: str) -> None:
    text = page_files()[name][0].decode()
    assert not UNSAFE.findall(text)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)
    assert scripts == ([(' type="module" src="assistant.js"', "")] if name == START else [])


@pytest.mark.parametrize(
    "planted",
    [
        "one.innerHTML = text",
        '<p onclick="go()">',
        '<p style="color: red">',
        '<script src="https://example.org/x.js">',
        "import x from '//example.org/x.js'",
        'new Function("x")',
    ],
)
def test_a_planted_fault_is_found(planted: str) -> None:
    assert UNSAFE.search(planted)


def test_all_that_the_page_asks_for_is_there() -> None:
    files = page_files()
    assert {*files} == {one.name for one in FOLDER.iterdir()}
    for name, (content, _) in files.items():
        wanted = re.findall(r"(?:src|href)=\"([\w.]+)\"|from \"\./([\w.]+)\"", content.decode())
        assert {one or other for one, other in wanted} <= {*files}, name
    assert files["assistant.js"][1].startswith("text/javascript") and files[START][1].startswith("text/html")


def test_ids_that_scripts_ask_for_stand_in_the_page() -> None:
    files = page_files()
    scripts = "".join(content.decode() for name, (content, _) in files.items() if name.endswith(".js"))
    known = {*re.findall(r"id=\"([\w-]+)\"", files[START][0].decode())} | {*re.findall(r"id: \"([\w-]+)\"", scripts)}
    asked = {*re.findall(r"\$\(\"([\w-]+)\"\)", scripts)}
    assert len(asked) > 40 and asked <= known
