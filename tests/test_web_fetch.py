"""Fetching pages: public addresses and allowed domains alone, checked where the connection goes, and within limits."""

from __future__ import annotations

import asyncio
import ipaddress
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import ServerError
from residency.serving.web.addresses import is_public
from residency.serving.web.fetch import TEXTS, Fetcher, Page
from residency.serving.web.http import Limits, Reach, RefusedError, target_of
from tests.web_server import PAGE, Asked, Say, WebServer, hears, loopback, raw_server

LIMITS = Limits(20_000, 2.0, TEXTS)
QUICK = Limits(20_000, 0.3, TEXTS)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer({"/": Say(PAGE.encode())}) as running:
        yield running


def get(url: str, *domains: str, limits: Limits = LIMITS, reach: Reach | None = None, redirects: int = 3) -> Page:
    fetcher = Fetcher(domains or ("guidance.example",), limits, redirects, reach or loopback())
    return asyncio.run(fetcher.get(url))


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.9.10 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
    100.127.9.9 192.0.0.1 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1
    255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1
    64:ff9b::a00:1
    64:ff9b:1::1 2002:7f00:1:: 2002:a00:1:: 2001::1 2001:db8::1 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1
    fe80::1%eth0 fec0::1 ff02::1 100::1 localhost 1.1.1 01.1.1.1 2130706433""".split(),
)
def test_what_is_not_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", "1.1.1.1 8.8.8.8 151.101.1.1 172.15.0.1 172.32.0.1 2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8".split()
)
def test_public_addresses_are_let_through(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv6_that_stands_for_one_of_ipv4_is_judged_by_that(address: ipaddress.IPv4Address) -> None:
    nat64 = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))
    assert is_public(f"::ffff:{address}") == is_public(str(nat64)) == is_public(str(address))


@pytest.mark.parametrize(
    "host",
    "127.0.0.1 localhost 127.1 2130706433 0x7f000001 0177.0.0.1 [::1] [::ffff:127.0.0.1] [::ffff:7f00:1]".split(),
)
def test_by_default_nothing_on_this_machine_is_asked_however_it_is_written(server: WebServer, host: str) -> None:
    open_ports = Reach(ports=frozenset())
    with pytest.raises((RefusedError, ServerError), match=r"not an address of the public internet|cannot be reached"):
        get(server.url("/", host), "*", reach=open_ports)
    assert server.asked == []
    with pytest.raises(RefusedError, match="port"):
        get(server.url("/", host), "*", reach=Reach())


def test_a_page_is_fetched_from_the_address_that_was_checked_under_its_own_name(server: WebServer) -> None:
    page = get(server.url("/?q=é b".replace(" ", "%20")), reach=loopback("10.0.0.1", "127.0.0.1"))
    assert page == Page(server.url("/?q=é%20b"), "text/html", "utf-8", PAGE.encode())
    (asked,) = server.asked
    assert asked.host == f"guidance.example:{server.port}" and asked.path == "/?q=%C3%A9%20b"
    assert "cookie" not in asked.headers and "referer" not in asked.headers


def test_a_name_that_leads_to_a_private_address_is_refused_and_nothing_is_sent(server: WebServer) -> None:
    with pytest.raises(RefusedError, match=r"guidance\.example: not an address of the public internet"):
        get(server.url(), reach=loopback("127.0.0.2", "10.0.0.1"))
    assert server.asked == []


def test_a_name_that_leads_elsewhere_at_the_second_look_is_refused(server: WebServer) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    async def resolve(host: str, port: int) -> list[str]:
        return next(answers)

    server.pages["/again"] = Say(status=302, headers={"Location": "/"})
    with pytest.raises(RefusedError, match="not an address of the public internet"):
        get(server.url("/again"), reach=Reach(loopback().allowed, frozenset(), resolve))
    assert [asked.path for asked in server.asked] == ["/again"], "127.0.0.2 is this server too, and was not asked"
    assert next(answers, None) is None, "a name is resolved once for each connection, by us"


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("file:///etc/passwd", "http:// or https://"),
        ("gopher://guidance.example/", "http:// or https://"),
        ("http://other.example/", "not on the list of allowed domains"),
        ("http://guidance.example.evil.example/", "not on the list of allowed domains"),
        ("http://u:p@guidance.example/", "user or a password"),
        ("http://[::1", "no web address"),
        ("http://guidance.example:99999/", "no web address"),
        ("/a\nb", "spaces or control"),
    ],
)
def test_redirects_are_checked_as_the_first_address_was(server: WebServer, location: str, said: str) -> None:
    server.pages["/on"] = Say(status=301, headers={"Location": location.replace("\n", "\x01")})
    with pytest.raises(ServerError, match=said):
        get(server.url("/on"))
    assert [asked.path for asked in server.asked] == ["/on"]


def test_redirects_are_followed_so_often_and_no_more(server: WebServer) -> None:
    server.pages |= {f"/{n}": Say(status=307, headers={"Location": f"/{n + 1}" if n < 2 else "/"}) for n in range(3)}
    assert get(server.url("/0")).url == server.url("/")
    with pytest.raises(ServerError, match="more than 2 times"):
        get(server.url("/0"), redirects=2)
    server.pages["/round"] = Say(status=302, headers={"Location": "/round"})
    with pytest.raises(ServerError, match="more than 3 times"):
        get(server.url("/round"))


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://nice.org.uk/x", True),
        ("https://www.NICE.org.uk./x", True),
        ("http://nice.org.uk", True),
        ("https://notnice.org.uk/x", False),
        ("https://nice.org.uk.evil.example/x", False),
        ("https://evil.example/nice.org.uk", False),
        ("https://nice.org.uk@evil.example/", False),
        ("https://evil.example\\@nice.org.uk/", False),
        ("ftp://nice.org.uk/x", False),
        ("//nice.org.uk/x", False),
        ("javascript:alert(1)//nice.org.uk", False),
        ("", False),
        ("https://nice.org.uk/a b", False),
    ],
)
def test_the_list_of_domains_holds_subdomains_and_nothing_that_looks_like_them(url: str, allowed: bool) -> None:
    assert Fetcher(["nice.org.uk"], LIMITS).may(url) is allowed


@pytest.mark.parametrize(
    ("say", "said"),
    [
        (Say(b"x" * 30_000), "more than 20,000 bytes"),
        (Say(b"x" * 30_000, length=100_000_000), "more than 20,000 bytes"),
        (Say(b"{}", type="application/json"), "application/json, which is not read"),
        (Say(b"x", type=""), "no media type"),
        (Say(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), "packed form"),
        (Say(b"short", length=500), "breaks off"),
        (Say(b"gone", status=404), "status 404"),
        (Say(b"no", status=500), "status 500"),
        (Say(b"", status=302), "status 302"),
    ],
)
def test_what_is_too_long_of_another_type_or_no_page_is_one_clear_error(server: WebServer, say: Say, said: str) -> None:
    server.pages["/odd"] = say
    with pytest.raises(ServerError, match=said) as caught:
        get(server.url("/odd"), limits=Limits(20_000, 1.0, TEXTS))
    assert str(caught.value).startswith("guidance.example: ") and "\n" not in str(caught.value)


def test_a_body_without_a_stated_length_is_cut_off_at_the_limit() -> None:
    def pours(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    with raw_server(pours) as port, pytest.raises(ServerError, match="more than 20,000 bytes"):
        get(f"http://guidance.example:{port}/")


@pytest.mark.parametrize("pieces", [1, 50])
def test_a_server_that_is_slow_or_drips_is_given_up(server: WebServer, pieces: int) -> None:
    server.pages["/slow"] = Say(b"x" * 100, pieces=pieces, wait=2.0 / pieces)
    with pytest.raises(ServerError, match=r"within 0\.3 seconds"):
        get(server.url("/slow"), limits=QUICK)


def test_a_chain_of_slow_redirects_has_the_time_of_one_page(server: WebServer) -> None:
    def hop(asked: Asked) -> Say:
        time.sleep(0.1)
        return Say(status=302, headers={"Location": "/hop"})

    server.pages["/hop"] = hop
    with pytest.raises(ServerError, match=r"within 0\.3 seconds"):
        get(server.url("/hop"), limits=QUICK, redirects=10)


def test_a_server_that_says_nothing_or_no_http_is_told_and_never_waited_for() -> None:
    with raw_server(hears) as port, pytest.raises(ServerError, match=r"within 0\.3 seconds"):
        get(f"http://guidance.example:{port}/", limits=QUICK)
    for said in (b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: " + b"x" * 200_000, b"", b"HTTP/1.1 20"):

        def talks(connection: socket.socket, said: bytes = said) -> None:
            connection.recv(65_536)
            connection.sendall(said)
            connection.close()

        with raw_server(talks) as port, pytest.raises(ServerError, match=r"no HTTP|cannot be reached"):
            get(f"http://guidance.example:{port}/")


def test_the_next_address_of_a_host_is_tried_where_one_does_not_answer() -> None:
    def talks(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nhere")

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.9", "127.0.0.1"]

    with raw_server(talks) as port:
        reach = Reach(lambda address: address.startswith("127."), frozenset(), resolve)
        assert get(f"http://guidance.example:{port}/", reach=reach).body == b"here"


def test_a_port_at_which_nobody_listens_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ServerError, match=r"guidance\.example: cannot be reached"):
        get(f"http://guidance.example:{port}/")


def test_a_name_that_no_resolver_knows_is_told() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(ServerError, match="cannot be reached"):
        get("http://guidance.example/", reach=Reach(resolve=resolve))


def test_names_in_other_letters_are_asked_for_in_ascii() -> None:
    assert target_of("https://Bücher.example/ä?x=ö").host == "xn--bcher-kva.example"
    assert target_of("https://[2606:4700::1111]:8443/").authority == "[2606:4700::1111]:8443"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    line = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=guidance.example"
    named = ["-addext", "subjectAltName=DNS:guidance.example", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*line.split(), *named], check=True, capture_output=True)
    return cert, key


def test_over_tls_the_certificate_is_held_against_the_name_and_not_the_address(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert))
    with WebServer(
        {"/": Say(PAGE.encode()), "/down": Say(status=302, headers={"Location": "http://guidance.example/"})}, serving
    ) as server:
        page = get(server.url(scheme="https"), reach=loopback(context=trusting))
        assert page.body == PAGE.encode()
        with pytest.raises(ServerError, match="no safe connection"):
            get(server.url(scheme="https", host="other.example"), "*", reach=loopback(context=trusting))
        with pytest.raises(ServerError, match="no safe connection"):
            get(server.url(scheme="https"), reach=loopback())
        with pytest.raises(RefusedError, match="safe connection to an open one"):
            get(server.url("/down", scheme="https"), reach=loopback(context=trusting))
