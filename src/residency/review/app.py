"""The pages and what they ask for, over HTTP. A secret in the link is the only key: there are no cookies."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse

from residency.core.errors import InputError
from residency.review import desk, results
from residency.review.desk import ConflictError, Reviewer
from residency.review.judgement import Submission
from residency.review.store import Store

PAGE = files("residency.review") / "page"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
LONGEST = 262_144  # bytes of a request's body
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",  # links hold secrets
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
UNKNOWN = "This link is not known. Ask the person who sent it for a new one."
Answer = Callable[[Request], Awaitable[Response]]


def make_app(store: Store) -> FastAPI:
    """The application over a review: ``/r/TOKEN/`` is a reviewer's page, ``/o/TOKEN/`` the organiser's."""
    app = FastAPI(title="Residency review", docs_url=None, redoc_url=None, openapi_url=None)
    known = {entry.name: entry.read_bytes() for entry in PAGE.iterdir() if entry.is_file()}

    @app.middleware("http")
    async def guard(request: Request, answer: Answer) -> Response:
        response = _refused(request) or await answer(request)
        response.headers.update(HEADERS)
        return response

    @app.exception_handler(InputError)
    async def unusable(_: Request, error: InputError) -> Response:
        return _error(422, str(error))

    @app.exception_handler(RequestValidationError)
    async def unreadable(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return _error(422, f"{'.'.join(str(part) for part in first['loc'][1:])}: {first['msg']}. Reload the page")

    @app.get("/page/{name}")
    def page_file(name: str) -> Response:
        ending = name[name.rfind(".") :]
        if name not in known or ending not in TYPES:
            return _error(404, "no such file")
        return Response(known[name], media_type=TYPES[ending])

    @app.get("/r/{token}/")
    def reviewer_page(token: str) -> Response:
        with store.reading() as db:
            there = desk.reviewer_of(db, token)
        return HTMLResponse(known["review.html"]) if there else HTMLResponse(known["unknown.html"], 404)

    @app.get("/r/{token}/api/overview")
    def overview(token: str) -> Response:
        with store.reading() as db:
            return _answered(desk.reviewer_of(db, token), lambda reviewer: desk.overview(db, reviewer))

    @app.get("/r/{token}/api/items/{place}")
    def item(token: str, place: int) -> Response:
        with store.reading() as db:
            return _answered(desk.reviewer_of(db, token), lambda reviewer: desk.item(db, reviewer, place))

    @app.post("/r/{token}/api/items/{place}")
    def submit(token: str, place: int, sent: Submission) -> Response:
        try:
            with store.writing() as db:
                return _answered(desk.reviewer_of(db, token), lambda reviewer: desk.submit(db, reviewer, place, sent))
        except ConflictError as conflict:
            return _json({"conflict": conflict.current}, 409)

    @app.get("/o/{token}/")
    def organiser_page(token: str) -> Response:
        return HTMLResponse(known["organiser.html"]) if _organises(token) else HTMLResponse(known["unknown.html"], 404)

    @app.get("/o/{token}/api/summary")
    def summary(token: str) -> Response:
        if not _organises(token):
            return _error(404, UNKNOWN)
        with store.reading() as db:
            return _json(results.summary(db))

    @app.get("/")
    def root() -> Response:
        return HTMLResponse(known["unknown.html"], 404)

    def _organises(token: str) -> bool:
        with store.reading() as db:
            found = db.execute("SELECT 1 FROM settings WHERE name = 'organiser' AND value = ?", (token,)).fetchone()
        return found is not None

    return app


def _refused(request: Request) -> Response | None:
    """A page of another site may neither send judgements nor read anything, though it knew a link."""
    if request.method not in ("GET", "HEAD", "POST"):
        return _error(405, "no such method")
    if request.method == "POST":
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
        if foreign or site != "same-origin":
            return _error(403, "this does not come from the review's own page")
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _error(415, "JSON is expected")
        if not 0 <= _length(request) <= LONGEST:
            return _error(413, f"a judgement of more than {LONGEST // 1024} kB, or of unknown length, is not taken")
    return None


def _length(request: Request) -> int:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else -1


def _answered(reviewer: Reviewer | None, ask: Callable[[Reviewer], Any]) -> Response:
    if reviewer is None:
        return _error(404, UNKNOWN)
    found = ask(reviewer)
    return _json(found) if found is not None else _error(404, "there is no such item")


def _json(value: Any, status: int = 200) -> Response:
    # In ASCII: a text may hold half a surrogate pair, which UTF-8 cannot.
    return Response(json.dumps(value), status, media_type="application/json")


def _error(status: int, says: str) -> Response:
    return _json({"error": says}, status)
