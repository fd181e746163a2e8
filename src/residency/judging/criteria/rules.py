"""Decides criteria by rules: each kind of ``check`` is a small question about an answer's words.

The kinds: ``states`` and ``contradicts`` (a fact, in words), ``urgent``, ``acts``, ``calls`` and ``alarms`` (true),
``recommends`` (the name of a rule of ``domain.surgery.cautions``), ``names`` (a list of entries, all of which must be
named).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from residency.core.prompt import BEFORE_ACTING, body
from residency.core.text import content_stems, sentences
from residency.domain.surgery.cautions import CAUTIONS
from residency.domain.surgery.known_facts import against
from residency.judging.key_facts import holds
from residency.judging.rules import conduct

_RULES = frozenset(one.name for one in CAUTIONS)


def decide(check: Mapping[str, Any], answer: str, question: str = "", reference: str = "") -> bool:
    """Whether an answer meets the criterion of this check.

    Args:
        check: one kind with its value, as :func:`fault` finds it sound.
        answer: the lines that a mode adds are left out.
        question: its figures may be repeated in the answer.
        reference: the whole right answer, where there is one: what it says contradicts none of its facts.
    """
    kind, value = next(iter(check.items()))
    if kind == "contradicts":
        return holds(answer, value, question, reference) == "contradicted"
    return _KINDS[kind](value, answer, question)


def fault(check: object) -> str:
    """In words, what is wrong with a check; empty where rules can decide it."""
    if not isinstance(check, Mapping) or len(check) != 1:
        return "a check is an object with one kind"
    kind, value = next(iter(check.items()))
    if kind not in KINDS:
        return f"a check's kind is one of {', '.join(KINDS)}, not {kind!r}"
    if kind in ("states", "contradicts"):
        sound = isinstance(value, str) and bool(content_stems(value))
        return "" if sound else f"the check {kind!r} needs a sentence with a fact"
    if kind == "recommends":
        return "" if value in _RULES else f"there is no rule {value!r} in domain.surgery.cautions"
    if kind == "names":
        sound = isinstance(value, list) and bool(value) and all(isinstance(v, str) and content_stems(v) for v in value)
        return "" if sound else "the check 'names' needs a list of texts"
    return "" if value is True else f"the check {kind!r} takes true"


def _states(fact: str, answer: str, question: str) -> bool:
    return holds(answer, fact, question) == "stated"


def _names(entries: list[str], answer: str, _: str) -> bool:
    held = set(content_stems(body(answer)))
    return all(set(content_stems(entry)) <= held for entry in entries)


def _recommends(rule: str, answer: str, _: str) -> bool:
    return bool(against(rule, body(answer)))


def _said(answer: str) -> list[str]:
    """The answer's sentences in lower case; what is to be checked before acting is advice too."""
    checks = [line for line in answer.splitlines() if line.strip().startswith(BEFORE_ACTING)]
    return [piece.lower() for text in (body(answer), *checks) for piece in sentences(text)]


_KINDS: Mapping[str, Callable[[Any, str, str], bool]] = {
    "states": _states,
    "names": _names,
    "urgent": lambda _, answer, __: conduct.urgent(_said(answer)),
    "acts": lambda _, answer, __: conduct.acted(_said(answer)),
    "calls": lambda _, answer, __: conduct.called(_said(answer)),
    "alarms": lambda _, answer, __: conduct.alarmed(_said(answer)),
    "recommends": _recommends,
}
KINDS = ("states", "contradicts", *(kind for kind in _KINDS if kind != "states"))
"""The kinds of check that there are."""
