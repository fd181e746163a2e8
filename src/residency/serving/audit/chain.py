"""The chain of digests: an entry's digest is of its content's and of the digest before it.

Of a deleted entry the content's digest stays, and so the chain still holds. As the content was digested with a salt
that goes with it, nobody can find out from the digest what it was, though they guess it.
"""

from __future__ import annotations

import hashlib

START = "0" * 64
"""What stands before the first entry."""


def content_digest(salt: bytes, body: str, texts: str | None) -> str:
    """The sha256 of salt, body and texts. Both texts are JSON in one line, so that no line end can be part of them."""
    return hashlib.sha256(salt + b"\n" + body.encode() + b"\n" + (texts or "").encode()).hexdigest()


def entry_digest(before: str, number: int, kind: str, at: str, content: str) -> str:
    """The sha256 of an entry in its place, as the next entry's ``before``."""
    return hashlib.sha256(f"{before}\n{number}\n{kind}\n{at}\n{content}".encode()).hexdigest()
