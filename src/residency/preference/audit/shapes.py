"""Preference rows as others write them, to what the audit reads: Residency's, TRL's, UltraFeedback's and their kin.

TRL's are those of its "Dataset formats" page: a prompt with two completions, each a text or a list of messages, or two
whole conversations that begin with the same prompt. UltraFeedback comes binarized, or with several rated completions
of which the best stands here against the worst.
"""

from __future__ import annotations

import json
import os
import re
from ast import literal_eval
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from residency.preference.audit.compared import Compared

OWN = "Residency"
PROMPTS = ("prompt", "instruction", "question", "conversations", "messages", "input")
SIDES = (("chosen", "rejected"), ("chosen_response", "rejected_response"), ("preferred_output", "non_preferred_output"))
RATINGS = ("helpfulness", "honesty", "instruction_following", "truthfulness")
_TURN = re.compile(r"\n\n(?:Human|Assistant):")
_ANSWER = "\n\nAssistant:"


class NoPairError(ValueError):
    """A row that is no pair, with the reason."""


def read_pair(row: Mapping[str, Any], origin: str, by: str = "") -> tuple[str, Compared]:
    """A row as the name of its shape and a pair. ``by`` names the field that holds the type; else ``kind`` does.

    Raises:
        NoPairError: it is no pair, or its two sides are empty or the same.
    """
    fields = {name: _decoded(value) for name, value in row.items()}
    if isinstance(fields.get("completions"), list):
        shape, prompt, chosen, rejected = _rated(fields)
    else:
        shape, prompt, chosen, rejected = _sides(fields)
    if not chosen.strip() or not rejected.strip():
        raise NoPairError("one side is empty")
    if chosen == rejected:
        raise NoPairError("both sides are the same")
    edit = fields.get("edit")
    edit = edit if isinstance(edit, Mapping) else {}
    kind = fields.get(by) if by else fields.get("kind") or edit.get("type")
    parents = fields.get("parents")
    return shape, Compared(
        prompt=prompt,
        chosen=chosen,
        rejected=rejected,
        type=_plain(kind),
        direction=_plain(edit.get("direction")),
        topic=_plain(fields.get("topic")),
        mode=_plain(fields.get("mode")),
        parents=tuple(map(str, parents)) if isinstance(parents, list) else (),
        origin=origin,
    )


def _sides(fields: Mapping[str, Any]) -> tuple[str, str, str, str]:
    names = next((names for names in SIDES if all(fields.get(name) for name in names)), None)
    if names is None:
        if "completion" in fields and "label" in fields:
            raise NoPairError("single answers with a label (KTO), which stand against nothing")
        raise NoPairError(f"no pair in the fields {', '.join(list(fields)[:8]) or '(none)'}")
    chosen, rejected = (fields[name] for name in names)
    own = fields.get("input")
    prompt = own.get("messages") if isinstance(own, Mapping) else None
    prompt = prompt or next((fields[name] for name in PROMPTS if fields.get(name)), None)
    if isinstance(chosen, list) and isinstance(rejected, list):
        equal = list(takewhile(lambda turns: turns[0] == turns[1], zip(chosen, rejected, strict=False)))
        shared = min(len(equal), len(chosen) - 1, len(rejected) - 1)
        before = _text(chosen[:shared])
        scored = "score_chosen" in fields
        shape = "UltraFeedback, binarized" if scored else "TRL, conversations with the prompt in them"
        if not shared:
            before, shape = _text(prompt), "TRL, conversations"
        return shape, before, _text(chosen[shared:], bare=True), _text(rejected[shared:], bare=True)
    if prompt is None:
        return _whole(_text(chosen, bare=True), _text(rejected, bare=True))
    shape = OWN if {"edit", "kind", "mode"} <= fields.keys() else "TRL, a prompt and two answers"
    if isinstance(fields.get("conversations"), list):
        shape = "ShareGPT turns and two answers"
    return shape, _text(prompt), _text(chosen, bare=True), _text(rejected, bare=True)


def _whole(chosen: str, rejected: str) -> tuple[str, str, str, str]:
    """Two texts without a prompt of their own: dialogues written out as in HH-RLHF are cut before their last answer,
    others are compared as they stand."""
    shared = os.path.commonprefix([chosen, rejected])
    cut = shared.rfind(_ANSWER)
    if not _TURN.match(chosen) or cut < 0:
        return "two texts without a prompt", "", chosen, rejected
    cut += len(_ANSWER)
    return "HH-RLHF, dialogues written out", chosen[:cut].strip(), chosen[cut:].strip(), rejected[cut:].strip()


def _rated(fields: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """UltraFeedback's own shape: the best rated completion against the worst."""
    rated = [
        (score, _text(one.get("response"), bare=True))
        for one in fields["completions"]
        if isinstance(one, Mapping) and (score := _score(one)) is not None
    ]
    if len(rated) < 2:
        raise NoPairError("fewer than two completions with a rating")
    best, worst = max(rated, key=lambda pair: pair[0]), min(rated, key=lambda pair: pair[0])
    if best[0] == worst[0]:
        raise NoPairError("all completions are rated alike")
    prompt = next((fields[name] for name in PROMPTS if fields.get(name)), None)
    return "UltraFeedback, the best completion against the worst", _text(prompt), best[1], worst[1]


def _score(completion: Mapping[str, Any]) -> float | None:
    """The mean of the ratings by aspect, since some of the published overall scores are wrong by a factor of ten; the
    overall score where there is no other."""
    ratings = []
    for name in RATINGS:
        given = (completion.get("annotations") or {}).get(name)
        given = given[0] if isinstance(given, list) and given else given
        ratings.append(_number(given.get("Rating") if isinstance(given, Mapping) else None))
    known = [rating for rating in ratings if rating is not None]
    if known:
        return sum(known) / len(known)
    scores = (_number(completion.get(name)) for name in ("fine-grained_score", "overall_score", "score"))
    return next((score for score in scores if score is not None), None)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _decoded(value: Any) -> Any:
    """A CSV's cell that holds messages, as JSON or as Python writes them, as what it holds."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return literal_eval(value) if value.startswith(("[{'", "{'")) else json.loads(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return value
    return value


def _text(value: Any, bare: bool = False) -> str:
    """A text, a message or a list of messages as text; system messages are left out, since a whole set shares them.
    Not ``bare``, each turn names its role."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        said = value.get("content", value.get("value", value.get("text", "")))
        role = str(value.get("role") or value.get("from") or "")
        if role == "system":
            return ""
        text = _text(said, bare=True)
        return text if bare or not role else f"{role}: {text}"
    if isinstance(value, Sequence):
        return "\n".join(part for one in value if (part := _text(one, bare)))
    return ""


def _plain(value: Any) -> str:
    return "" if value is None else str(value).strip()
