"""One exchange over HTTP/1.1 with a server that is not trusted.

Written over h11 and a socket of its own, because the check of the address must be made on the one that is connected to:
a client that takes a name resolves it itself, and may get another answer than the check got (DNS rebinding). Proxies
named in the environment are not used, for they would resolve the name.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal
from urllib.parse import quote, urlsplit

import h11

from residency.core.errors import ServerError
from residency.serving.web.addresses import Resolve, is_public, resolve

PORTS = {"http": 80, "https": 443}
AGENT = "residency/1 (reads pages that a user's question asks for)"
_CHUNK = 65_536
_CONNECT = 2.0  # seconds for an address, where the host has another one to try


class RefusedError(ServerError):
    """An address that is not asked: not http or https, not public, not on the list."""


@dataclass(frozen=True)
class Reach:
    """Where a request may go.

    Attributes:
        allowed: whether an address may be connected to.
        ports: the ports that may be asked for; empty: every one.
        resolve: finds a host's addresses.
        context: what TLS trusts; None: what the system trusts.
    """

    allowed: Callable[[str], bool] = is_public
    ports: frozenset[int] = frozenset(PORTS.values())
    resolve: Resolve = resolve
    context: ssl.SSLContext | None = None


OWN = Reach(allowed=lambda address: True, ports=frozenset())
"""For a server that the settings name: it may stand on this machine."""


@dataclass(frozen=True)
class Limits:
    """What an answer may cost: its body's bytes and the seconds until its end. ``types`` are the media types that are
    read, none: every one."""

    size: int
    seconds: float
    types: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reply:
    """What a server answered; ``headers`` by their names in lower case, the last of each."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """As ``text/html``, without parameters; empty where none is said."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Target:
    """A web address in its parts; ``host`` is ASCII in lower case, ``path`` holds the query."""

    scheme: Literal["http", "https"]
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host, and the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """The parts of ``url``.

    Raises:
        RefusedError: it is no address of http or https, or holds a user or a password.
    """
    if any(ord(char) < 33 or ord(char) == 127 for char in url):
        raise RefusedError("a web address with spaces or control characters is not asked")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = host.rstrip(".") if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:  # a UnicodeError is one
        raise RefusedError("this is no web address") from None
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not host:
        raise RefusedError("only addresses that begin with http:// or https:// are asked")
    if parts.username is not None or parts.password is not None:
        raise RefusedError("an address that holds a user or a password is not asked", host)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    full = f"{path}?{query}" if query else path
    if scheme == "http":
        return Target("http", host.lower(), PORTS["http"] if port is None else port, full)
    return Target("https", host.lower(), PORTS["https"] if port is None else port, full)


async def exchange(
    target: Target,
    limits: Limits,
    reach: Reach,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Reply:
    """Ask once, following nothing: GET, or POST where there is a ``body``.

    The body is read only for an answer of 200 of a type that ``limits`` names.

    Raises:
        RefusedError: the host has no address that may be connected to, or the port is none of ``reach``.
        ServerError: it cannot be reached, does not answer in time, or answers too much, or what is no HTTP.
    """
    if reach.ports and target.port not in reach.ports:
        raise RefusedError(f"port {target.port} is not asked", target.host)
    try:
        async with asyncio.timeout(limits.seconds), contextlib.AsyncExitStack() as stack:
            reader, writer = await _connect(target, reach)
            stack.callback(writer.transport.abort)  # a server that does not close is not waited for
            return await _Exchange(target, limits, reader, writer).run(dict(headers or {}), body)
    except TimeoutError:
        raise ServerError(f"no whole answer within {limits.seconds:g} seconds", target.host) from None
    except h11.ProtocolError:
        raise ServerError("its answer breaks off, or is no HTTP", target.host) from None
    except ssl.SSLError as error:
        said = error.reason or type(error).__name__
        raise ServerError(f"no safe connection ({said})", target.host) from None
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise ServerError(f"cannot be reached ({said})", target.host) from None


async def _connect(target: Target, reach: Reach) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first of the host's allowed addresses that takes one."""
    found = await reach.resolve(target.host, target.port)
    allowed = [address for address in found if reach.allowed(address)]
    if not allowed:
        raise RefusedError("not an address of the public internet", target.host)
    secure = (reach.context or await asyncio.to_thread(_trusted)) if target.scheme == "https" else None
    failed: OSError = OSError("no address")
    for address in allowed:
        try:
            async with asyncio.timeout(None if address == allowed[-1] else _CONNECT):
                reader, writer = await asyncio.open_connection(
                    address, target.port, ssl=secure, server_hostname=target.host if secure else None
                )
        except ssl.SSLError:
            raise
        except OSError as error:  # a TimeoutError is one
            failed = error
            continue
        peer = writer.get_extra_info("peername")
        if not peer or not reach.allowed(str(peer[0])):
            writer.transport.abort()
            raise RefusedError("not an address of the public internet", target.host)
        return reader, writer
    raise failed


@cache
def _trusted() -> ssl.SSLContext:
    """What the system trusts; it takes a while to read."""
    return ssl.create_default_context()


@dataclass
class _Exchange:
    target: Target
    limits: Limits
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    state: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))

    async def run(self, headers: dict[str, str], body: bytes | None) -> Reply:
        sent = {
            "Host": self.target.authority,
            "User-Agent": AGENT,
            "Accept-Encoding": "identity",  # what is small while it is sent may be huge when it is unpacked
            "Connection": "close",
            **headers,
        }
        if body is not None:
            sent["Content-Length"] = str(len(body))
        method = "GET" if body is None else "POST"
        self._send(h11.Request(method=method, target=self.target.path, headers=list(sent.items())))
        if body:
            self._send(h11.Data(data=body))
        self._send(h11.EndOfMessage())
        await self.writer.drain()
        answer = await self._next()
        while isinstance(answer, h11.InformationalResponse):
            answer = await self._next()
        if not isinstance(answer, h11.Response):
            raise ServerError("closed the connection without an answer", self.target.host)
        found = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
        reply = Reply(answer.status_code, found)
        return Reply(reply.status, found, await self._body(reply)) if self._wanted(reply) else reply

    def _wanted(self, reply: Reply) -> bool:
        if reply.status != 200:
            return False
        host, limits = self.target.host, self.limits
        if limits.types and reply.media_type not in limits.types:
            raise ServerError(f"answers with {reply.media_type[:60] or 'no media type'}, which is not read", host)
        if reply.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise ServerError("answers in a packed form that was not asked for", host)
        said = reply.headers.get("content-length", "")
        if said.isdigit() and int(said) > limits.size:
            raise self._too_long()
        return True

    async def _body(self, reply: Reply) -> bytes:
        body = bytearray()
        while isinstance(event := await self._next(), h11.Data):
            body += event.data
            if len(body) > self.limits.size:
                raise self._too_long()
        if not isinstance(event, h11.EndOfMessage):
            raise ServerError("closed the connection within its answer", self.target.host)
        return bytes(body)

    def _too_long(self) -> ServerError:
        return ServerError(f"answers with more than {self.limits.size:,} bytes", self.target.host)

    def _send(self, event: h11.Event) -> None:
        if data := self.state.send(event):
            self.writer.write(data)

    async def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while True:
            event = self.state.next_event()
            if event is not h11.NEED_DATA:
                return event
            self.state.receive_data(await self.reader.read(_CHUNK))
