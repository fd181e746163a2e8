"""Whether a page that was written is sound HTML that loads nothing and runs nothing."""

from __future__ import annotations

from html.parser import HTMLParser


class Balanced(HTMLParser):
    """Fails on a tag that is closed without being open; collects the names of all tags."""

    void = frozenset({"meta", "path", "use", "br", "rect", "col"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.void:
            assert self.open.pop() == tag


def well_formed(html: str) -> Balanced:
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []
    assert not parser.seen & {"script", "link", "img", "iframe"}
    return parser
