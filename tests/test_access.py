"""Who may ask the assistant: tokens and cookies, hosts and origins, rates, bodies, headers, limits of a question."""

from __future__ import annotations

import asyncio
import http.client
import json
import multiprocessing
import os
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send

from residency.core.errors import InputError, UsageError
from residency.core.prompt import user_message
from residency.serving.access import AccessSettings, Token, guarded, refuse_beyond, token_of
from residency.serving.access.headers import ALWAYS
from residency.serving.access.rates import MOST_CLIENTS, Rates, client_of
from residency.serving.access.sites import Sites
from residency.serving.contract import Ask
from tests.asgi_calls import Answered, call

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FOUND = next((path for name in BROWSERS if (path := shutil.which(name))), None)
SECRET = "a-token-of-these-tests-0123456789"
TOKEN = Token(SECRET)
BEARER = ("authorization", f"Bearer {SECRET}")


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Says what it was sent, in two pieces, the first before the body is read."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"heard: ", "more_body": True})
    message = await receive()
    await send({"type": "http.response.body", "body": message["body"]})


def guard(token: Token | None = TOKEN, app: ASGIApp = echo, **settings: Any) -> ASGIApp:
    return guarded(app, AccessSettings(**settings), token)


def error(answered: Answered) -> dict[str, Any]:
    """The error, which has OpenAI's shape."""
    found = answered.json["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return dict(found)


# Tokens


def test_the_token_opens_and_nothing_else_does() -> None:
    app = guard()
    assert call(app, "POST", "/v1/models", b"{}", [BEARER]).body == b"heard: {}"
    for headers in (
        [],
        [("authorization", SECRET)],
        [("authorization", "Bearer ")],
        [("authorization", f"Bearer {SECRET[:-1]}")],
        [("authorization", f"Bearer {SECRET}x")],
        [("authorization", f"Basic {SECRET}")],
        [("authorization", "Bearer \xe9\xff")],
        [("cookie", f"{TOKEN.cookie_name}={SECRET}")],
        [("cookie", "\xff;;=\x01")],
        [("authorization", "Bearer wrong"), BEARER],
    ):
        answered = call(app, "POST", "/v1/models", b"{}", headers)
        assert answered.status == 401, headers
        assert error(answered)["code"] == "invalid_api_key"
        assert answered.header("www-authenticate") == "Bearer"
        assert SECRET not in answered.body.decode() + str(answered.headers)


def test_nothing_is_read_of_a_client_without_a_token() -> None:
    assert call(guard(), "POST", "/assistant", [b"x" * 100] * 5).read == 0


def test_the_servers_health_needs_no_token_and_other_paths_do() -> None:
    assert call(guard(), path="/health").status == 200
    for path in ("/", "/about", "/metrics", "/health/", "/health/../about", "//health", "/page/app.js"):
        assert call(guard(), path=path).status == 401


def test_without_a_token_all_is_open() -> None:
    assert call(guard(None), path="/about").status == 200


def test_a_link_logs_a_browser_in() -> None:
    app = guard()
    answered = call(app, path="/login", query=f"token={SECRET}")
    assert answered.status == 200
    cookie = answered.header("set-cookie") or ""
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=86400"} <= set(cookie.split("; "))
    assert "Secure" not in cookie and SECRET not in cookie
    assert answered.header("referrer-policy") == "no-referrer" and answered.header("cache-control") == "no-store"
    pair = cookie.partition(";")[0]
    assert call(app, "POST", "/assistant", b"{}", [("cookie", f"other=1; {pair}")]).status == 200
    encrypted = call(app, path="/login", query=f"token={SECRET}", scheme="https")
    assert (encrypted.header("set-cookie") or "").endswith("; Secure")


@pytest.mark.parametrize("query", ["", "token=", "token=wrong", "token=%ff", f"tokens={SECRET}"])
def test_a_wrong_link_sets_no_cookie(query: str) -> None:
    answered = call(guard(), path="/login", query=query)
    assert (answered.status, answered.header("set-cookie")) == (401, None)
    assert b"Open the link" in answered.body


def test_a_cookie_opens_for_its_time_and_its_token_alone() -> None:
    now = 1_000_000.0
    token = Token(SECRET, hours=1, clock=lambda: now)
    pair = token.new_cookie(secure=False).partition(";")[0]
    assert token.is_cookie(pair)
    name, _, value = pair.partition("=")
    until, _, signature = value.partition(".")
    for forged in (f"{int(until) + 9}.{signature}", until, f"{until}.", f".{signature}", "", f"-1.{signature}"):
        assert not token.is_cookie(f"{name}={forged}")
    other = Token("b" * 30, hours=1, clock=lambda: now)
    assert not other.is_cookie(pair) and not other.is_cookie(f"{other.cookie_name}={value}")
    now += 3601
    assert not token.is_cookie(pair)


def test_a_browser_that_is_not_logged_in_is_told_so_in_words() -> None:
    answered = call(guard(), headers=[("accept", "text/html,application/xhtml+xml")])
    assert answered.status == 401 and b"<h1>Not logged in</h1>" in answered.body


def test_a_browser_that_came_by_a_link_tries_again_once_with_its_cookie() -> None:
    came = [("accept", "text/html"), ("sec-fetch-mode", "navigate"), ("sec-fetch-site", "cross-site")]
    again = call(guard(), headers=came)
    assert again.status == 401 and b'content="0;url=./"' in again.body and b"Not logged in" not in again.body
    own = call(guard(), headers=[*came[:2], ("sec-fetch-site", "same-origin")])
    assert b"Not logged in" in own.body and b"refresh" not in own.body


@pytest.mark.slow
@pytest.mark.skipif(
    FOUND is None and not os.environ.get("RESIDENCY_REQUIRE_BROWSER"),
    reason="no Chromium is installed: on Debian, apt-get install chromium",
)
def test_a_real_browser_logs_in_by_a_link_of_another_site() -> None:
    """Run in a process of its own: the driver has an event loop running in this one."""
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        seen = pool.submit(_log_in, str(FOUND)).result()
    assert seen == ["Not logged in", "the assistant", "the assistant", "refused"]


def _log_in(browser: str) -> list[str]:
    """What a browser shows: before, by the link that logs in, by a plain link, and what another site's page reads."""
    from playwright.sync_api import sync_playwright

    seen: list[str] = []
    with running(guard(app=page_of("<h1>the assistant</h1>"))) as (_, port), sync_playwright() as driver:
        here = f"http://127.0.0.1:{port}/"
        links = f'<a id=login href="{here}login?token={SECRET}">1</a> <a id=plain href="{here}">2</a>'
        with running(page_of(links)) as (_, other):
            elsewhere = f"http://localhost:{other}/"
            chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            page = chromium.new_page()
            page.goto(here)
            seen.append(page.inner_text("h1"))
            for link in ("#login", "#plain"):
                page.goto(elsewhere)
                page.click(link)
                page.wait_for_url(here)
                page.wait_for_selector("h1")
                seen.append(page.inner_text("h1"))
            page.goto(elsewhere)
            read = "place => fetch(place, {credentials: 'include'}).then(() => 'read', () => 'refused')"
            seen.append(page.evaluate(read, here))
            chromium.close()
    return seen


def page_of(body: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    return app


@contextmanager
def running(app: ASGIApp) -> Iterator[tuple[str, int]]:
    """A real server in a thread, and its address."""
    bound = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        yield bound.getsockname()
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


def test_a_token_does_not_show_where_it_is_printed() -> None:
    assert SECRET not in repr(TOKEN) + str(TOKEN)


def test_a_token_is_made_where_others_reach_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESIDENCY_TOKEN", raising=False)
    assert token_of(AccessSettings(), is_local=True) is None
    one, two = (token_of(AccessSettings(), is_local=False) for _ in range(2))
    assert one and two and one.made and len(one.secret) >= 32 and one.secret != two.secret
    always = token_of(AccessSettings(token="always"), is_local=True)
    assert always and always.made
    assert token_of(AccessSettings(token="never"), is_local=False) is None


def test_a_token_that_is_given_counts_on_this_machine_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RESIDENCY_TOKEN", f" {SECRET}\n")
    assert token_of(AccessSettings(), is_local=True) == Token(SECRET)
    (tmp_path / "token").write_text("of-a-file-0123456789abc\n")
    found = token_of(AccessSettings(token_file=tmp_path / "token"), is_local=True)
    assert found and (found.secret, found.made) == ("of-a-file-0123456789abc", False)


@pytest.mark.parametrize("given", ["tiny", "with a space in its middle", "é" * 30, "x" * 19])
def test_a_token_that_can_be_guessed_or_not_sent_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("RESIDENCY_TOKEN", given)
    with pytest.raises(UsageError, match="RESIDENCY_TOKEN") as raised:
        token_of(AccessSettings(), is_local=True)
    assert given not in str(raised.value)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_without_a_token_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """It is not as though none had been asked for."""
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="token"):
        token_of(AccessSettings(token_file=path), is_local=True)


# Hosts and origins


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1", "[::1]:8000", "192.168.7.9:80", "ward.example:8000"],
)
def test_the_server_answers_to_its_own_names(host: str) -> None:
    assert call(guard(None, hosts=["Ward.example"]), host=host).status == 200


OTHERS = (
    "evil.example evil.example:8000 localhost.evil.example 127.0.0.1.evil.example ward.example.evil a@localhost "
    "localhost/ localhost:x [::1"
).split()


@pytest.mark.parametrize("host", [None, "", *OTHERS])
def test_the_server_answers_to_no_other(host: str | None) -> None:
    """A site whose name was made to lead here would read everything."""
    answered = call(guard(None, hosts=["ward.example"]), host=host)
    assert answered.status == 421 and error(answered)["code"] == "unknown_host"


def test_two_hosts_are_none() -> None:
    assert call(guard(None), headers=[("host", "evil.example")]).status == 421


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], 200),
        ([("origin", "http://127.0.0.1:8000")], 200),
        ([("origin", "http://127.0.0.1:8000"), ("sec-fetch-site", "same-origin")], 200),
        ([("sec-fetch-site", "none")], 200),
        ([("origin", "https://evil.example")], 403),
        ([("origin", "http://127.0.0.1:8001")], 403),
        ([("origin", "http://127.0.0.1")], 403),
        ([("origin", "http://localhost:8000")], 403),
        ([("origin", "null")], 403),
        ([("origin", "")], 403),
        ([("origin", "file://")], 403),
        ([("origin", "http://127.0.0.1:8000@evil.example")], 403),
        ([("sec-fetch-site", "cross-site")], 403),
        ([("sec-fetch-site", "same-site")], 403),
        ([("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], 403),
    ],
)
def test_a_page_of_another_site_sends_nothing(headers: list[tuple[str, str]], status: int) -> None:
    answered = call(guard(None), "POST", "/assistant", b"{}", headers)
    assert answered.status == status
    assert answered.header("access-control-allow-origin") is None


def test_behind_a_proxy_that_speaks_tls_the_port_need_not_stand() -> None:
    app = guard(None, hosts=["ward.example"])
    assert (
        call(app, "POST", body=b"{}", host="ward.example", headers=[("origin", "https://ward.example")]).status == 200
    )
    assert (
        call(app, "POST", body=b"{}", host="ward.example", headers=[("origin", "https://ward.example:444")]).status
        == 403
    )


def test_a_link_leads_here_from_anywhere() -> None:
    headers = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
    assert call(guard(), path="/login", query=f"token={SECRET}", headers=headers).status == 200


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "TRACE", "CONNECT", "BREW"])
def test_there_is_no_answer_to_a_preflight(method: str) -> None:
    headers = [("origin", "https://evil.example"), ("access-control-request-method", "POST")]
    answered = call(guard(None), method, headers=headers)
    assert answered.status == 405 and not any("access-control" in name for name, _ in answered.headers)


def test_a_websocket_is_closed() -> None:
    sent: list[Any] = []

    async def connect() -> None:
        async def receive() -> Any:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await Sites(echo)({"type": "websocket", "headers": []}, receive, send)

    asyncio.run(connect())
    assert sent == [{"type": "websocket.close", "code": 1008}]


# Rates


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def rates(clock: Clock, **settings: Any) -> Rates:
    return Rates(echo, AccessSettings(**settings), clock)


def test_a_client_has_its_burst_and_then_its_rate() -> None:
    clock = Clock()
    app = rates(clock, per_minute=30, burst=3)
    assert [call(app).status for _ in range(5)] == [200, 200, 200, 429, 429]
    answered = call(app)
    assert answered.header("retry-after") == "2" and error(answered)["type"] == "rate_limit_error"
    clock.now += 1.9
    assert call(app).status == 429
    clock.now += 0.2
    assert [call(app).status for _ in range(2)] == [200, 429]
    clock.now += 3600
    assert [call(app).status for _ in range(4)] == [200, 200, 200, 429]  # no more than the burst is saved up


def test_clients_do_not_share_a_bucket_and_all_share_one() -> None:
    clock = Clock()
    app = rates(clock, per_minute=60, burst=2, per_minute_in_all=60, burst_in_all=5)
    assert [call(app, client="10.0.0.1").status for _ in range(9)] == [200] * 2 + [429] * 7
    statuses = [call(app, client=f"10.0.0.{number}").status for number in range(2, 7)]
    assert statuses == [200] * 3 + [429] * 2  # what was refused took nothing from the others
    clock.now += 1.01
    assert call(app, client="10.0.0.9").status == 200


def test_a_machine_with_many_addresses_is_one_client() -> None:
    def client(address: str) -> str:
        return client_of({"client": (address, 1)})

    assert client("2001:db8:1:2:3::4") == client("2001:db8:1:2:ffff::1") != client("2001:db8:1:3::1")
    assert client("::ffff:10.0.0.1") == client("10.0.0.1") != client("10.0.0.2")
    assert client_of({"client": None}) == client_of({}) == ""


def test_clients_that_are_remembered_are_bounded() -> None:
    app = rates(Clock(), burst_in_all=10**6)
    for number in range(MOST_CLIENTS + 50):
        app._wait(str(number))
    assert len(app._clients) == MOST_CLIENTS


# Bodies


def test_a_body_passes_whole_however_it_comes() -> None:
    app = guard(None)
    assert call(app, "POST", body=b'{"a": 1}').body == b'heard: {"a": 1}'
    assert call(app, "POST", body=[b'{"a"', b"", b": 1}"]).body == b'heard: {"a": 1}'


def test_a_body_that_is_too_large_is_refused_while_it_is_read() -> None:
    app = guard(None, body_bytes=1000)
    assert call(app, "POST", body=b"x" * 1000).status == 200
    announced = call(app, "POST", body=b"x" * 1001)
    assert (announced.status, announced.read) == (413, 0)
    chunked = call(app, "POST", body=[b"x" * 400] * 50)
    assert (chunked.status, chunked.read) == (413, 3)
    assert "1,000 bytes" in error(chunked)["message"]
    lying = call(app, "POST", body=[b"x" * 400] * 50, headers=[("content-length", "10")])
    assert (lying.status, lying.read) == (413, 3)


@pytest.mark.parametrize("length", ["-1", "1e3", "abc", "", "١٢".encode().decode("latin-1"), "9" * 30, "+5"])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    answered = call(guard(None), "POST", body=[b"{}"], headers=[("content-length", length)])
    assert answered.status in (400, 413) and error(answered)["type"] == "invalid_request_error"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(kind: str) -> None:
    """What a page can send to another site without asking comes under these names."""
    assert call(guard(None), "POST", body=b"{}", headers=[("content-type", kind)]).status == 415
    assert (
        call(guard(None), "POST", body=b"{}", headers=[("content-type", "Application/JSON; charset=utf-8")]).status
        == 200
    )


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    slow = [{"type": "http.request", "body": b"{", "more_body": True}]
    answered = call(guard(None, body_seconds=0.02), "POST", body=[b"{"], more=slow)
    assert answered.status == 408 and answered.header("connection") == "close"


def test_a_client_that_leaves_while_it_sends_is_not_answered() -> None:
    answered = call(guard(None), "POST", body=[b"{"], more=[{"type": "http.disconnect"}])
    assert answered.status == 0


def test_the_application_hears_that_its_client_has_left() -> None:
    heard: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.extend([(await receive())["type"], (await receive())["type"]])

    async def use() -> None:
        messages = iter([{"type": "http.request", "body": b"{}"}, {"type": "http.disconnect"}])

        async def receive() -> Any:
            return next(messages)

        headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
        await guard(None, app)(scope, receive, None)  # type: ignore[arg-type]

    asyncio.run(use())
    assert heard == ["http.request", "http.disconnect"]


# Headers


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"headers": [BEARER]}, 200),
        ({}, 401),
        ({"host": "evil.example"}, 421),
        ({"method": "PUT"}, 405),
        ({"path": "/login"}, 401),
        ({"method": "POST", "body": [b"x" * 2000], "headers": [BEARER]}, 413),
    ],
)
def test_every_response_has_the_security_headers(fields: dict[str, Any], status: int) -> None:
    answered = call(guard(body_bytes=1000), **fields)
    assert answered.status == status
    said = dict(answered.headers)
    assert len(said) == len(answered.headers)
    assert {name.decode(): value.decode() for name, value in ALWAYS.items()}.items() <= said.items()
    policy = dict(part.strip().split(" ", 1) for part in said["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'" and policy["script-src"] == "'self'"
    assert "unsafe" not in said["content-security-policy"]
    assert said["cache-control"] == "no-store"


def test_an_application_may_say_how_long_a_file_is_kept_and_not_what_scripts_may_run() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"Cache-Control", b"max-age=60"), (b"Content-Security-Policy", b"script-src *")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    said = call(guard(None, app)).headers
    assert [value for name, value in said if name == "cache-control"] == ["max-age=60"]
    assert [value for name, value in said if name == "content-security-policy"] == [
        ALWAYS[b"content-security-policy"].decode()
    ]


# Whatever is sent


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(["host", "origin", "cookie", "authorization", "content-length", "content-type", "accept"]),
            st.text(st.characters(max_codepoint=255), max_size=40)
            | st.sampled_from(["http://[", "http://[::1", "//x", f"Bearer {SECRET}", "localhost:99999", "9" * 5000]),
        ),
        max_size=4,
    ),
    query=st.text(st.characters(max_codepoint=255), max_size=30),
    path=st.sampled_from(["/", "/login", "/health", "/about"]),
    body=st.lists(st.binary(max_size=30), min_size=1, max_size=3),
)
def test_no_header_breaks_a_guard(headers: list[tuple[str, str]], query: str, path: str, body: list[bytes]) -> None:
    status = call(guard(), "POST", path, body, headers, query).status
    assert status == 200 or 400 <= status < 500


# Limits of a question


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"messages": [user_message("x")] * 201}, "messages: 201 are more than the 200"),
        ({"messages": [user_message("x" * 100_001)] * 2}, "characters: 200,002 are more than the 200,000"),
        ({"max_tokens": 4097}, "max_tokens: 4,097"),
        ({"tools": [{}] * 65}, "tools: 65"),
    ],
)
def test_a_question_stays_within_the_limits(fields: dict[str, Any], says: str) -> None:
    refuse_beyond(Ask([user_message("x" * 200_000)], "EXAM", max_tokens=4096), AccessSettings())
    with pytest.raises(InputError, match=says):
        refuse_beyond(Ask(**{"messages": [user_message("x")], "mode": "EXAM", **fields}), AccessSettings())


def test_the_page_in_docs_names_each_limit_as_it_is() -> None:
    page = (Path(__file__).parents[1] / "docs" / "access.md").read_text()
    told = {name: float(figure.replace(",", "")) for name, figure in re.findall(r"`(\w+)` ([\d,]+)", page)}
    own = AccessSettings().model_dump()
    limits = {name: value for name, value in own.items() if isinstance(value, int | float) and name != "login_hours"}
    assert told == limits
    assert (
        all(f"access.{name}" in page for name in set(own) - set(limits) - {"token_env"}) and "RESIDENCY_TOKEN" in page
    )


# Over a socket


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    """A real server, whose application writes its second piece only once the first was read."""
    with running(guard(app=waits, body_bytes=1000, body_seconds=0.2)) as place:
        yield place


GO_ON = threading.Event()


async def waits(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"first;", "more_body": True})
    await asyncio.to_thread(GO_ON.wait, 20)
    await send({"type": "http.response.body", "body": b"second" if GO_ON.is_set() else b"never"})


def test_a_stream_passes_as_it_comes(address: tuple[str, int]) -> None:
    GO_ON.clear()
    connection = http.client.HTTPConnection(*address, timeout=30)
    connection.request(
        "POST", "/assistant", b"{}", {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
    )
    response = connection.getresponse()
    assert response.read(6) == b"first;"
    GO_ON.set()
    assert response.read() == b"second"
    connection.close()


def test_a_chunked_body_without_an_end_is_cut_off(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=30) as client:
        client.sendall(_head("Transfer-Encoding: chunked") + b"3e8\r\n" + b"x" * 1000 + b"\r\n1\r\nx\r\n")
        status, body, closed = _response(client)
    assert (status, closed) == (413, True) and b"too_large" in body


def test_a_client_that_sends_a_byte_now_and_then_is_cut_off(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=30) as client:
        client.sendall(_head("Content-Length: 100") + b"{")
        status, body, closed = _response(client)
    assert (status, closed) == (408, True) and b"too_slow" in body


def _head(more: str) -> bytes:
    lines = ["POST /assistant HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {SECRET}", more]
    return ("\r\n".join([*lines, "Content-Type: application/json"]) + "\r\n\r\n").encode()


def _response(client: socket.socket) -> tuple[int, bytes, bool]:
    """Status and body, and whether the server then ends the connection."""
    data = b""
    while chunk := client.recv(65536):
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    assert json.loads(body)
    return int(head.split()[1]), body, True
