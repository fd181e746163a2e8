"""The page's files: they need no build, and nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files

START = "index.html"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


def page_files() -> dict[str, tuple[bytes, str]]:
    """Each file of the page by the name under which ``index.html`` asks for it (beside itself), with its media type."""
    return {
        entry.name: (entry.read_bytes(), _TYPES[entry.name[entry.name.rfind(".") :]])
        for entry in (files("residency.serving") / "page").iterdir()
        if entry.name[entry.name.rfind(".") :] in _TYPES
    }
