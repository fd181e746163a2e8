"""Which network addresses may be connected to for a page: public ones alone."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host's name and a port to its addresses, in the order in which they are to be tried."""

# Addresses of IPv6 that stand for one of IPv4: RFC 4291 (mapped, compatible), RFC 6052 (NAT64), RFC 3056 (6to4).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is given out of IPv6 for the public internet: https://www.iana.org/assignments/ipv6-address-space."""
_REFUSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.88.99.0/24",  # RFC 7526: relays of 6to4, given up
            "100.64.0.0/10",  # RFC 6598: behind a carrier's translation
            "2001::/32",  # RFC 4380: Teredo, whose address holds another one, inverted
            "3fff::/20",  # RFC 9637: documentation
        ),
    )
)


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet: not private, loopback, link-local, multicast, reserved,
    documentation's or unspecified, nor one of IPv6 that stands for such an address of IPv4. What is no address is not
    public."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(known, ipaddress.IPv6Address):
        if known.scope_id is not None:
            return False
        within = known.ipv4_mapped or known.sixtofour
        if within is None and known in _NAT64:
            within = ipaddress.IPv4Address(int(known) & 0xFFFFFFFF)
        if within is not None:
            return is_public(str(within))
        if known not in _UNICAST:
            return False
    if any(known.version == network.version and known in network for network in _REFUSED):
        return False
    return (
        known.is_global
        and not known.is_multicast
        and not known.is_reserved
        and not known.is_private
        and not known.is_link_local
        and not known.is_loopback
        and not known.is_unspecified
    )


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver.

    Raises:
        OSError: it has none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
