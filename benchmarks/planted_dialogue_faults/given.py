"""What faults are planted in, and the ways in which a dialogue's texts are changed."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable
from typing import Any

from residency.core.prompt import ANSWER, BEFORE_ACTING, KEY_POINT
from residency.core.records import Conversation
from residency.core.text import content_stems, sentences

Plant = Callable[[Conversation, random.Random], Conversation | None]

FOREIGN = (
    "Tamsulosin relaxes the prostatic urethra before a trial without catheter. Alfuzosin serves as well.",
    "Silver sulfadiazine cream leaves a pseudo-eschar that hides the depth of scalds.",
    "Meconium ileus is unblocked by hyperosmolar Gastrografin enemas in neonates with cystic fibrosis.",
    "Glasgow motor responses fall from obeying to localising, flexing and extending before they vanish.",
)
QUESTIONS = (
    "Which inherited syndrome explains medullary thyroid carcinoma together with mucosal neuromas in siblings?",
    "Which enzyme deficiency explains neonatal vomiting together with ambiguous genitalia in newborn girls?",
)
CLAIMS = (
    "Hyperbaric oxygen and leech therapy cure most sufferers within weeks.",
    "Mannitol infusions double survival according to Scandinavian registries.",
    "Acupuncture abolishes vomiting in nine of ten Bavarian farmers.",
)
CHECK = f"{BEFORE_ACTING} confirm the plan with a senior."
WHO = re.compile(
    r"\b(?:registrar|consultant|surgeon|surgical|team|anaesthe\w+|999|112|2222|ambulance|crash|senior|help|care|"
    r"theatre|doctor|on[- ]call|unit|specialist|service|radiolog\w+|obstetric\w*|gynae\w+|urolog\w+|vascular|"
    r"resus\w*|emergency)\b",
    re.IGNORECASE,
)
PRESSING = re.compile(r"\b(?:emergenc|urgen|immediate|at once|threaten|now\b|delay|wait|straight)", re.IGNORECASE)


def text_at(row: Conversation, place: int) -> str:
    return row["messages"][place]["content"]


def changed(row: Conversation, *changes: tuple[int, str]) -> Conversation:
    """A copy with other contents at some places."""
    made = copy.deepcopy(row)
    for place, text in changes:
        made["messages"][place]["content"] = text
    return made


def check_of(row: Conversation) -> dict[str, Any]:
    found: dict[str, Any] = row["expect"]["check"]
    return found


def critical(row: Conversation) -> int:
    return int(check_of(row)["critical"])


def reference(row: Conversation) -> str:
    return str(row["expect"]["reference"])


def mode_at(row: Conversation, place: int) -> str:
    check = check_of(row)
    return str(check["mode"]) if "mode" in check and place >= critical(row) else row["mode"]


def shaped(text: str, mode: str) -> str:
    return f"{KEY_POINT} {text}" if mode == "EXAM" else f"{text}\n{CHECK}"


def said_in(row: Conversation) -> frozenset[str]:
    return frozenset(content_stems(" ".join(message["content"] for message in row["messages"])))


def strange(row: Conversation, texts: tuple[str, ...], rng: random.Random) -> str | None:
    """A text that shares next to nothing with the dialogue."""
    said = said_in(row)
    fitting = [text for text in texts if len(set(content_stems(text)) & said) < 2]
    return rng.choice(fitting) if fitting else None


def in_front(text: str, before: str) -> str:
    """``before`` as the first sentence of an answer, behind its opening marker."""
    if text.startswith(KEY_POINT):
        return f"{KEY_POINT} {before} {text.removeprefix(KEY_POINT).strip()}"
    return f"{before} {text}"


def behind(text: str, after: str) -> str:
    """``after`` as the last sentence of an answer, before its closing line."""
    lines = text.split("\n")
    place = len(lines) - 1 if len(lines) > 1 and lines[-1].startswith((BEFORE_ACTING, ANSWER)) else len(lines)
    return "\n".join([*lines[:place], after, *lines[place:]])


def without(text: str, stems: frozenset[str]) -> str:
    """A text without the sentences that hold one of some stems, its lines kept apart."""
    lines = (
        " ".join(piece for piece in sentences(line) if not stems & set(content_stems(piece)))
        for line in text.split("\n")
    )
    return "\n".join(line for line in lines if line)


def replaced(text: str, stems: frozenset[str]) -> str:
    """A text with another word in place of each that has one of some stems."""
    return re.sub(r"[^\W_]+", lambda word: "thing" if set(content_stems(word[0])) & stems else word[0], text)
