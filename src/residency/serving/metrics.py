"""Figures of the running assistant in Prometheus' text format. No text of a user and no name that one chose is in a
label: a request's path stands there as its route is written, what has no route as ``other``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from residency.core.prompt import Mode
from residency.serving.access.sites import METHODS
from residency.serving.contract import Checked, Ended, Event, Flagged, Personal, Searched

OTHER = "other"
PARTS = ("checks", "search", "citations")
FIRST_TOKEN = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Metrics:
    """The figures, in a registry of their own. To be used from the event loop's thread; ``audit_lost`` from any."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "residency_requests", "Requests by route and status.", ["method", "route", "status"], registry=registry
        )
        self._answers = Counter(
            "residency_answers", "Answers by how they ended.", ["mode", "finish"], registry=registry
        )
        self._tokens = Counter("residency_tokens", "Tokens read and written.", ["kind"], registry=registry)
        self._first = Histogram(
            "residency_first_token_seconds", "Until an answer's first token.", registry=registry, buckets=FIRST_TOKEN
        )
        self._seconds = Histogram(
            "residency_answer_seconds", "From question to end.", ["mode"], registry=registry, buckets=SECONDS
        )
        self._parts = Histogram(
            "residency_part_seconds",
            "Parts of an answer beside the model.",
            ["part"],
            registry=registry,
            buckets=SECONDS,
        )
        self._streams = Gauge("residency_streams", "Answers that are being written.", registry=registry)
        self._sentences = Counter(
            "residency_sentences", "Sentences by what their citations came to.", ["status"], registry=registry
        )
        self._abstentions = Counter("residency_abstentions", "Answers that abstain.", registry=registry)
        self._flags = Counter("residency_flags", "Red flags raised.", registry=registry)
        self._personal = Counter(
            "residency_personal", "Texts in which personal data was found.", ["where", "blocked"], registry=registry
        )
        self._searches = Counter("residency_searches", "Searches.", ["source", "failed"], registry=registry)
        self._lost = Counter("residency_audit_lost", "Entries of the audit log that were lost.", registry=registry)

    def text(self) -> bytes:
        """All figures, in the media type :data:`MEDIA_TYPE`."""
        return generate_latest(self.registry)

    def hear(self, event: Event, mode: Mode) -> None:
        """Count an event of an answer."""
        match event:
            case Ended():
                self._end(event, mode)
            case Checked():
                for cited in event.sentences:
                    self._sentences.labels(cited.status).inc()
                self._abstentions.inc(event.abstains)
            case Flagged():
                self._flags.inc()
            case Personal():
                self._personal.labels(event.where, _yes(event.blocked)).inc()
            case Searched():
                self._searches.labels(event.source, _yes(bool(event.failure))).inc()

    def left(self, mode: Mode) -> None:
        """An answer's client has left before the end."""
        self._answers.labels(mode, "left").inc()

    @contextmanager
    def stream(self) -> Iterator[None]:
        """Count an answer as being written."""
        self._streams.inc()
        try:
            yield
        finally:
            self._streams.dec()

    def audit_lost(self, _: str = "") -> None:
        """An entry of the audit log is lost; fits ``told`` of the log."""
        self._lost.inc()

    def request(self, method: str, route: str, status: int) -> None:
        """A request was answered. ``route`` is the path as it is written in the routes, or :data:`OTHER`."""
        self._requests.labels(method if method in METHODS else OTHER, route, str(status)).inc()

    def _end(self, ended: Ended, mode: Mode) -> None:
        self._answers.labels(mode, ended.finish or OTHER).inc()
        self._tokens.labels("prompt").inc(ended.prompt_tokens or 0)
        self._tokens.labels("completion").inc(ended.completion_tokens or 0)
        if ended.first_token_seconds is not None:
            self._first.observe(ended.first_token_seconds)
        self._seconds.labels(mode).observe(ended.seconds)
        for part, seconds in ended.parts.items():
            self._parts.labels(part if part in PARTS else OTHER).observe(seconds)


class Counted:
    """Counts each request once it has been answered, or given up; to stand outside all other guards.

    Args:
        app: what requests pass to.
        metrics: where they are counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500  # what a server says for an application that broke

        async def heard(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, heard)
        finally:
            route = getattr(scope.get("route"), "path", OTHER)
            self._metrics.request(scope["method"], route or OTHER, status)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
