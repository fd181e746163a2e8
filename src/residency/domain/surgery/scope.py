"""Requests that are declined or redirected, and their look-alikes that are answered.

Reviewed 2026-11 against the professional duties that hold in most countries; not for clinical use. The tables stand
in ``scope_harmful``, ``scope_outside`` and ``scope_signature``. Their keys: ``ask`` and ``held`` are requests for
training and for evaluation, ``why`` declines with a reason, ``help`` is the next best help, ``alike`` a look-alike and
``answer`` the answer to the look-alike before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from residency.domain.surgery import scope_harmful, scope_outside, scope_signature
from residency.domain.surgery.entries import read_entries

Kind = Literal["harmful", "outside", "signature"]


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """One thing that is not done on request.

    ``requests`` and ``held_out`` are whole messages of a user, the latter for evaluation only. Each of ``reason``
    declines in the first person and says why; each of ``help`` says what can be done instead. ``alike`` are pairs of
    a request that looks like it and is right to answer, and its answer.
    """

    name: str
    kind: Kind
    requests: tuple[str, ...]
    held_out: tuple[str, ...]
    reason: tuple[str, ...]
    help: tuple[str, ...]
    alike: tuple[tuple[str, str], ...]


def _read(kind: Kind, table: str) -> Iterator[OutOfScope]:
    for name, texts in read_entries(table, ("ask", "held", "why", "help", "alike", "answer")):
        asked, held, why, instead = (tuple(texts[key]) for key in ("ask", "held", "why", "help"))
        yield OutOfScope(
            name, kind, asked, held, why, instead, tuple(zip(texts["alike"], texts["answer"], strict=True))
        )


OUT_OF_SCOPE: tuple[OutOfScope, ...] = (
    *_read("harmful", scope_harmful.TABLE),
    *_read("outside", scope_outside.TABLE),
    *_read("signature", scope_signature.TABLE),
)


KEPT = 4  # of so many entries one keeps its look-alikes for held-out splits


def kept_back(entry: OutOfScope) -> bool:
    """Whether an entry's look-alikes are kept for held-out splits: evaluation asks what training never shows."""
    return OUT_OF_SCOPE.index(entry) % KEPT == 0


def rule_text(entry: OutOfScope) -> str:
    """Everything that ``entry`` states, a line for each wording: reasons, help, and the look-alikes' answers."""
    return "\n".join((*entry.reason, *entry.help, *(answer for _, answer in entry.alike)))
