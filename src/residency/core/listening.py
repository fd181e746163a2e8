"""Where a server is reached: a socket bound before anything is loaded, so that a port that is taken is said at once."""

from __future__ import annotations

import errno
import ipaddress
import socket

from residency.core.errors import UsageError

WAITING = 512
"""Connections that the system takes before they are answered."""


def is_local(host: str) -> bool:
    """Whether only this machine reaches the host's address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to an address; port 0 takes a free one.

    Raises:
        UsageError: the address cannot be had.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # Named as TCP, or asyncio leaves Nagle's algorithm on, by which a word waits 40 ms for the last one's receipt.
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen(WAITING)
        except OSError:
            bound.close()
            raise
    except socket.gaierror:
        fix = "Leave it out, or give this machine's address"
        raise UsageError("there is no such host", f"--host {host}", fix) from None
    except OSError as error:
        busy = error.errno == errno.EADDRINUSE
        fix = f"Give another: --port {port + 1}" if busy else "Leave --host out, or give this machine's address"
        raise UsageError((error.strerror or str(error)).lower(), f"{host}:{port}", fix) from None
    return bound
