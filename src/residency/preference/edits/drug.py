"""Wrong medicines: another one of the same kind of text, which does something else."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache

from residency.domain.surgery.medicine_names import Mention
from residency.domain.surgery.medicines import NAMES, Role, others, same
from residency.preference.edits.edit import Edit, Operator, Refusal, Severity
from residency.preference.edits.places import Sentence, few, in_mark, lowered, put, sentence_at
from residency.preference.edits.statements import refusal

KIND = "drug"
TIMES = 3
"""How often a medicine may be named in a text in which one place is changed."""
_PART_OF_NAME = re.compile(
    r"[ -](?:resist\w+|pumps?|receptors?|dependent|independent|like|sensitiv\w+|growth|signal\w*|pathway|"
    r"secret\w+|produc\w+|release\w*|synthes\w+|transporter\w*|levels?|analogues?|bridging|lock|coated|free|"
    r"flush\w*|induced|antibod\w+|"
    r"neurons?|assay|agonists?|antagonists?|inhibitors?|analogs?|deficien\w+|allerg\w+|poisoning|toxicity|overdose|"
    r"clearance|metabolism|test\w*|balance|potential)\b|['’]s\b|/"
)
_HEADED = re.compile(r"(?:non-|anti-|pro|-|/)$")
# Roles of which a wrong one, or one left out, can kill.
_KILLS = frozenset(
    (
        "potassium chloride",
        "a vinca alkaloid",
        "a muscle relaxant",
        "an anticoagulant",
        "insulin",
        "a thrombolytic drug",
        "an opioid",
        "protamine",
        "adrenaline",
    )
)


@lru_cache(maxsize=64)
def medicines(text: str) -> tuple[Mention, ...]:
    """The medicines of the lexicon that a text names, in order."""
    return tuple(NAMES.find(lowered(text)))


def drug(text: str, question: str, rng: random.Random) -> Iterator[Edit | Refusal]:
    """Every medicine that a sentence says to be used or to do something, with another in its place."""
    found = medicines(text)
    for mention in found:
        sentence = sentence_at(text, mention.start)
        again = [one for one in found if same(mention.name, one.name)]
        reason = _refused(text, question, mention, sentence, again)
        if reason:
            yield Refusal(KIND, reason)
            continue
        context = f"{question.lower()} {sentence.low}"
        here = {one.name for one in found}
        choices = {
            after: roles
            for after, *roles in others(mention.name, context)
            if not any(same(after.lower(), name) for name in here)
        }
        if not choices:
            yield Refusal(KIND, "the others may serve the same purpose here")
        for after in few(sorted(choices), rng):
            yield _edit(text, mention, after, *choices[after])


def _refused(text: str, question: str, mention: Mention, sentence: Sentence, again: list[Mention]) -> str:
    inside = [one for one in again if sentence.start <= one.start < sentence.end]
    if len(inside) > 1 or len(again) > TIMES:
        return "the medicine is named too often to be exchanged in one place"
    before, behind = text[max(0, mention.start - 8) : mention.start], mention.end
    if _PART_OF_NAME.match(text, behind) or _HEADED.search(before.lower()) or in_mark(text, mention.start, behind):
        return "the name is part of another term"
    return refusal(sentence, question, mention.start - sentence.start, mention.end - sentence.start)


def _edit(text: str, mention: Mention, after: str, theirs: Role, mine: Role) -> Edit:
    before = text[mention.start : mention.end]
    new = after
    severity: Severity = "dangerous" if {theirs.name, mine.name} & _KILLS else "major"
    starts = mention.start == sentence_at(text, mention.start).start
    proper = not starts and any(before in names and before[0].isupper() for names in mine.members)
    held = before[0].lower() + before[1:] if before[1:2].islower() and starts else before
    said = f"The statement holds for {_told(held, mine)}, and not for {_told(new, theirs)}."
    return put(
        text, mention.start, mention.end, new, kind=KIND, severity=severity, why=said, proper=proper,
    )  # fmt: skip


def _told(name: str, role: Role) -> str:
    """What a medicine is and does: "warfarin (an anticoagulant), which slows the forming of clots"."""
    kind = f" ({role.name})" if role.name.startswith(("a ", "an ")) and not role.name.endswith(name) else ""
    return f"{name}{kind}, which {role.does}"


TEXT_OPERATORS: dict[str, Operator] = {KIND: drug}
