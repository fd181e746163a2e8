"""A real browser for tests of pages: where it is, how wide it is, and what holds for any page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FOUND = next((path for name in _NAMES if (path := shutil.which(name))), None)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESK = {"viewport": {"width": 1280, "height": 860}}
MARKS = [
    pytest.mark.slow,
    pytest.mark.skipif(
        FOUND is None and not os.environ.get("RESIDENCY_REQUIRE_BROWSER"),
        reason="no Chromium is installed: on Debian, apt-get install chromium",
    ),
]
"""The ``pytestmark`` of a module that drives a browser."""


@contextmanager
def launched() -> Iterator[Any]:
    """A browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=FOUND, args=["--no-sandbox"])
        yield opened
        opened.close()


def opened(context: Any, link: str) -> Any:
    """A page on which any fault of its script, and anything that it is refused, fails the test: see ``faults``."""
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda line: page.faults.append(line.text) if "Content Security" in line.text else None)
    page.goto(link)
    return page


def expect(page: Any, selector: str, text: str) -> None:
    """Wait until a visible element holds a text."""
    from playwright.sync_api import expect as expected

    expected(page.locator(f"{selector}:visible")).to_contain_text(text, timeout=20_000)


CONTRAST = """() => {
    const parts = (text) => text.match(/[0-9.]+/g).map(Number);
    const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => [r, g, b].map((v) => linear(v / 255))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (one) => {
        for (; one; one = one.parentElement) {
            const colour = parts(getComputedStyle(one).backgroundColor);
            if (colour.length < 4 || colour[3] > 0.99) return colour;
        }
        return [255, 255, 255];
    };
    const speaks = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return [...document.querySelectorAll('body *')]
        .filter((one) => one.checkVisibility() && !one.closest(':disabled, kbd') && speaks(one))
        .map((one) => {
            const [a, b] = [light(parts(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
            return [one.className || one.tagName, Math.round(100 * (a + 0.05) / (b + 0.05)) / 100];
        }).filter(([, ratio]) => ratio < 4.5);
}"""
"""The visible texts whose contrast is below WCAG AA's 4.5, with what they have."""
