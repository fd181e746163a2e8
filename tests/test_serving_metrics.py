"""The assistant's figures, read back by Prometheus' own parser: what is counted, and that no user's text is in them."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from residency.core.prompt import user_message
from residency.serving.access import AccessSettings, Token, guarded
from residency.serving.contract import Checked, Cited, Ended, Event, Flagged, Personal, Said, Searched, Span
from residency.serving.metrics import MEDIA_TYPE, Counted, Metrics
from tests.asgi_calls import call

TOKEN = Token("a-token-of-these-tests-0123456789")
BEARER = ("authorization", f"Bearer {TOKEN.secret}")


def samples(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return samples(metrics).get((name, tuple(sorted(labels.items()))), 0.0)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_an_answer_is_counted(metrics: Metrics) -> None:
    ended = Ended("stop", "a0", 90, 9, 0.03, 1.5, parts={"search": 0.02, "citations": 0.3, "jane doe": 1.0})
    events: list[Event] = [
        Flagged("peritonitis", "", "", ""),
        Personal((Span(0, 8, "name", "Jane Doe"),), blocked=True),
        Searched("web", "Jane Doe", failure="it is not there"),
        Said("Jane Doe"),
        Checked((Cited(0, 3, "supported"), Cited(3, 6, "supported"), Cited(6, 9, "uncited")), True, True),
        ended,
    ]
    for event in events:
        metrics.hear(event, "EXAM")
    assert value(metrics, "residency_answers_total", mode="EXAM", finish="stop") == 1
    assert value(metrics, "residency_tokens_total", kind="prompt") == 90
    assert value(metrics, "residency_tokens_total", kind="completion") == 9
    assert value(metrics, "residency_first_token_seconds_bucket", le="0.025") == 0
    assert value(metrics, "residency_first_token_seconds_bucket", le="0.05") == 1
    assert value(metrics, "residency_answer_seconds_sum", mode="EXAM") == 1.5
    assert value(metrics, "residency_part_seconds_sum", part="citations") == 0.3
    assert value(metrics, "residency_part_seconds_sum", part="other") == 1.0
    assert value(metrics, "residency_sentences_total", status="supported") == 2
    assert value(metrics, "residency_abstentions_total") == 1
    assert value(metrics, "residency_flags_total") == 1
    assert value(metrics, "residency_personal_total", where="question", blocked="yes") == 1
    assert value(metrics, "residency_searches_total", source="web", failed="yes") == 1
    assert b"ane" not in metrics.text().lower().replace(b"plane", b"")


def test_an_answer_whose_model_says_no_figures_is_counted_all_the_same(metrics: Metrics) -> None:
    metrics.hear(Ended("error", "a0", error="the server is gone"), "CLINICAL")
    metrics.left("CLINICAL")
    assert value(metrics, "residency_answers_total", mode="CLINICAL", finish="error") == 1
    assert value(metrics, "residency_answers_total", mode="CLINICAL", finish="left") == 1
    assert value(metrics, "residency_first_token_seconds_count") == 0
    assert b"server is gone" not in metrics.text()


def test_streams_that_are_going_are_counted_until_they_end_or_break(metrics: Metrics) -> None:
    with metrics.stream(), metrics.stream():
        assert value(metrics, "residency_streams") == 2
    with pytest.raises(ConnectionError), metrics.stream():
        raise ConnectionError
    assert value(metrics, "residency_streams") == 0


def test_lost_entries_of_the_audit_log_are_counted(metrics: Metrics) -> None:
    metrics.audit_lost("an entry of the audit log is lost: the disk is full")
    assert value(metrics, "residency_audit_lost_total") == 1


def test_each_has_a_registry_of_its_own(metrics: Metrics) -> None:
    metrics.audit_lost()
    assert value(Metrics(), "residency_audit_lost_total") == 0
    assert "residency_audit_lost" not in {family.name for family in REGISTRY.collect()}
    assert value(metrics, "process_resident_memory_bytes") > 0
    assert MEDIA_TYPE.startswith("text/plain; version=0.0.4")


def test_requests_are_counted_by_their_routes_and_never_by_what_a_client_wrote(metrics: Metrics) -> None:
    app = FastAPI()

    @app.get("/passages/{name}")
    def passage(name: str) -> dict[str, Any]:
        return user_message(name)  # type: ignore[return-value]

    @app.post("/broken")
    def broken() -> None:
        raise RuntimeError

    served = Counted(guarded(app, AccessSettings(), TOKEN), metrics)
    assert call(served, path="/passages/jane-doe", headers=[BEARER]).status == 200
    assert call(served, path="/passages/john-roe").status == 401
    assert call(served, path="/jane/doe", headers=[BEARER]).status == 404
    assert call(served, "JANE", "/passages/x", headers=[BEARER]).status == 405
    with pytest.raises(RuntimeError):
        call(served, "POST", "/broken", headers=[BEARER])
    found = {labels: count for (name, labels), count in samples(metrics).items() if name == "residency_requests_total"}
    assert {tuple(value for _, value in labels): count for labels, count in found.items()} == {
        ("GET", "/passages/{name}", "200"): 1,
        ("GET", "other", "401"): 1,
        ("GET", "other", "404"): 1,
        ("other", "other", "405"): 1,
        ("POST", "/broken", "500"): 1,
    }
    assert b"jane" not in metrics.text().lower()
