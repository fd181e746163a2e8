"""The token, and what shows that a client has it: a header, or the cookie of a browser that was logged in by a link."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from residency.core.errors import InputError, UsageError
from residency.serving.access.settings import AccessSettings

LEAST = 20
"""Characters of a token that is given; 22 of these hold 128 bits."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")  # what a bearer token may hold (RFC 6750, section 2.1)


@dataclass(frozen=True)
class Token:
    """The secret that opens the assistant. It does not show where the object is printed.

    Attributes:
        secret: the token.
        made: whether it was made at this start, so that whoever starts the assistant has to be told it.
        hours: how long a cookie is good for.
        clock: seconds since 1970.
    """

    secret: str = field(repr=False)
    made: bool = False
    hours: float = 24.0
    clock: Callable[[], float] = field(default=time.time, repr=False)

    def is_right(self, given: str) -> bool:
        """Whether a text is the token. How long this takes tells nothing of either."""
        return hmac.compare_digest(_digest(given), _digest(self.secret))

    @property
    def cookie_name(self) -> str:
        """The cookie's name, which differs from that of another server on this machine: cookies know no ports."""
        return f"residency-{self._signed('name')[:12]}"

    def new_cookie(self, secure: bool) -> str:
        """The ``Set-Cookie`` header of a browser that showed the token. The cookie does not hold it: it opens until
        its time is over, or the token is another one."""
        until = int(self.clock() + self.hours * 3600)
        age = int(self.hours * 3600)
        cookie = f"{self.cookie_name}={until}.{self._signed(f'until {until}')}; Path=/; Max-Age={age}"
        return f"{cookie}; HttpOnly; SameSite=Strict{'; Secure' * secure}"

    def is_cookie(self, header: str) -> bool:
        """Whether a ``Cookie`` header holds a cookie of this token whose time is not over."""
        try:
            found = SimpleCookie(header).get(self.cookie_name)
        except CookieError:
            return False
        until, _, signature = found.value.partition(".") if found else ("", "", "")
        right = hmac.compare_digest(_digest(signature), _digest(self._signed(f"until {until}")))
        return right and until.isdecimal() and int(until) > self.clock()

    def _signed(self, text: str) -> str:
        return hmac.new(self.secret.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def token_of(settings: AccessSettings, is_local: bool) -> Token | None:
    """The token of a server: from the file or the variable that the settings name, else made now; None where none is
    asked for.

    Args:
        settings: where the token is, and whether one is asked for.
        is_local: whether only this machine reaches the server.

    Raises:
        InputError: the file cannot be read.
        UsageError: the token is too short, or holds what no header can.
    """
    if settings.token == "never":  # noqa: S105 - a setting's value
        return None
    given, where = _given(settings)
    if given:
        if len(given) < LEAST or not _TOKEN.fullmatch(given):
            what = f"a token has at least {LEAST} characters, of letters, digits and . _ ~ + / = -"
            raise UsageError(what, where, "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(24))'")
        return Token(given, hours=settings.login_hours)
    if settings.token == "auto" and is_local:  # noqa: S105 - a setting's value
        return None
    return Token(secrets.token_urlsafe(24), made=True, hours=settings.login_hours)


def _given(settings: AccessSettings) -> tuple[str, str]:
    if settings.token_file is None:
        return os.environ.get(settings.token_env, "").strip(), settings.token_env
    return _read(settings.token_file), str(settings.token_file)


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", str(path), "Name the token's file") from None
    except UnicodeDecodeError:
        raise InputError("a token is text", str(path), "Name the token's file") from None
    if not text:
        raise InputError("there is no token in this file", str(path), "Write one into it")
    return text


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
