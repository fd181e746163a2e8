"""Red flags: emergencies that a junior may meet, how they are put, what comes first and whom to call.

Reviewed 2026-11; not for clinical use. The data stand in :mod:`residency.domain.surgery.red_flag_tables`. There a line
``# name`` begins a red flag, and each line after it is a field, a colon and one value; an indented line goes on. The
fields are those of :class:`RedFlag`, in short: ``topics`` (by comma), ``find`` (below), ``says`` (presentations),
``apart`` (held out), ``why``, ``first``, ``call``, ``calm`` and ``calm apart`` (what is said, ``=>``, the answer).

A text has the red flag if one of the ``find`` lines holds in it and it speaks of a patient. A line's terms, joined by
``&``, must all be found, each from the beginning of a word and outside what the text denies ("no fever, rash or
pain"); a term after ``!`` must not be found at all. ``{fever}`` and the like stand for the terms in ``_SHARED``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from residency.domain.surgery.red_flag_tables import (
    abdomen,
    burns_infection,
    endocrine_urology,
    limbs_general,
    vessels_trauma,
    ward_theatre,
)
from residency.domain.surgery.shorthand import spelled_out


@dataclass(frozen=True)
class RedFlag:
    """One emergency. All wordings of one field say the same thing.

    ``topics`` are lower-case words or stems that tie it to a topic or question. ``pattern`` is a regex for
    ``re.search`` on lower-case text: it finds a patient who has it in a user's text. ``presentations`` and, for
    evaluation, ``held_out`` are what a user says of such a patient; ``why`` says that it is urgent and what it may
    be, ``first`` what to do first, ``call`` whom to call. ``calm`` and ``calm_held_out`` are pairs of what a user
    says of a patient who may look like it and has no emergency, and the right answer to that.
    """

    name: str
    topics: tuple[str, ...]
    pattern: str
    presentations: tuple[str, ...]
    held_out: tuple[str, ...]
    why: tuple[str, ...]
    first: tuple[str, ...]
    call: tuple[str, ...]
    calm: tuple[tuple[str, str], ...]
    calm_held_out: tuple[tuple[str, str], ...]


_SHARED = {
    "pain": r"(?:pain\w*|hurt\w*|ache[sd]?|aching|sore|tender\w*|agon\w+|colic\w*)",
    "shock": r"(?:collaps\w+|faint\w*|passed out|hypotens\w+|shock\w*|gr[ea]y|clammy|sweat\w*|mottled|pale|"
    r"cold peripheries|(?:systolic|(?:blood )?pressure) (?:\w+ ){0,5}[3-8]\d(?:/\d+)?\b|"
    r"pressure (?:has (?:dropped|fallen)|stays low)|"
    r"9\d/\d\d|pulse (?:\w+ ){0,2}1[2-9]\d)",
    "fever": r"(?:fever\w*|febrile|pyrexi\w+|rigors?|shiver\w*|shaking|temperature (?:\w+ ){0,2}(?:38|39|4[01])|"
    r"(?:38|39|40)\.\d)",
    "drowsy": r"(?:drows\w+|confus\w+|muddled|unrous\w+|unconscious|unresponsive|hard to (?:rouse|wake)|"
    r"barely rousable|can barely wake|floppy|gcs (?:\w+ ){0,6}(?:[3-9]|1[0-3])\b|will not wake)",
    "breath": r"(?:breathless\w*|short of breath|dyspno\w+|gasp\w+|struggling (?:to breathe|for breath)|"
    r"cannot breathe|hard to get her breath|get (?:his|her) breath|saturation\w* (?:\w+ ){0,4}[5-8]\d|desaturat\w+)",
    "older": r"(?:[6-9]\d-year|(?:is|of|aged) [6-9]\d\b|in (?:his|her) (?:sixties|seventies|eighties)|elderly|"
    r"old (?:man|lady))",
}
# "No pulse" and "will not move" are findings and deny nothing; "no fever, rash or pain" denies up to its last member.
_DENIED = (
    r"(?:no(?! (?:power|pulse|feeling|breath|air|doppler|urine|sac|longer)\w*)|without|denies|denied|never|nor|neither|"
    r"not(?! (?:move|bear|feel|pass|go|help|touch|bend|come|fade|reduce|wake|walk|let|lift|speak|breathe|settle)\w*))\b"
    r"(?:(?>(?:(?!{stop})[^.,;:?!]){0,40},){1,3}?(?:(?!{stop})[^.,;:?!]){0,40}?\bor\b)?(?:(?!{stop})[^.,;:?!]){0,80}"
).replace("{stop}", r"\b(?:but|and|with|yet|is|are|was|has|have|now|then|although)\b")
# Atomic groups: what is denied is never tried as found, and long texts cost no more than their length.
_FROM_WORD = rf"(?>(?>\b{_DENIED})\W*|\w+\W*|\W+)*?"
_ONE = (
    r"(?:man|woman|boy|girl|baby|child|infant|toddler|teenager|newborn|lady|gentleman|lad|student|smoker|twin|cyclist|"
    r"builder|farmer|vasculopath)"
)
# A patient who is present or told of as one; "in a newborn", as theory asks, is none.
_PATIENT = (
    rf"(?:\b(?:he|she|him|his|hers?|(?:we|i) have just|\w+-(?:year|month|week|day)-old|my patient|our {_ONE}|"
    rf"(?:the|this|our|my) (?:[\w']+ ){{0,3}}patient|(?:the|this) (?:\w+ )?{_ONE}|"
    rf"(?<!\bin )(?<!\bof )(?<!\bfor )an? (?:[\w-]+ ){{0,2}}{_ONE}|an? (?:\w+ ){{0,2}}{_ONE} who(?:se)?)\b|"
    r"\Aan? (?:[\w-]+ ){0,2}patient\b)"
)


def _term(term: str) -> str:
    for name, meant in _SHARED.items():
        term = term.replace(f"{{{name}}}", meant)
    if term.startswith("!"):
        return rf"(?!.*\b(?:{term[1:]})s?\b)"
    return rf"(?={_FROM_WORD}\b(?:{term})s?\b)"


def _pattern(lines: list[str]) -> str:
    found = "|".join("".join(map(_term, line.split(" & "))) for line in lines)
    return rf"(?s:\A(?=.*{_PATIENT})(?:{found}))"


def _pair(text: str) -> tuple[str, str]:
    says, _, answer = text.partition(" => ")
    return says, answer


def read_table(table: str) -> list[RedFlag]:
    """The red flags of a table, in its order.

    Raises:
        KeyError: a line holds a field that there is none of.
    """
    flags = []
    for block in table.strip().replace("\n  ", " ").split("# ")[1:]:
        name, *lines = block.strip().splitlines()
        fields: dict[str, list[str]] = {key: [] for key in _FIELDS}
        for line in lines:
            key, _, value = line.partition(": ")
            fields[key].append(value)
        flags.append(
            RedFlag(
                name=name,
                topics=tuple(", ".join(fields["topics"]).split(", ")),
                pattern=_pattern(fields["find"]),
                presentations=tuple(fields["says"]),
                held_out=tuple(fields["apart"]),
                why=tuple(fields["why"]),
                first=tuple(fields["first"]),
                call=tuple(fields["call"]),
                calm=tuple(map(_pair, fields["calm"])),
                calm_held_out=tuple(map(_pair, fields["calm apart"])),
            )
        )
    return flags


_FIELDS = ("topics", "find", "says", "apart", "why", "first", "call", "calm", "calm apart")

_TABLES = (vessels_trauma, abdomen, endocrine_urology, burns_infection, ward_theatre, limbs_general)
RED_FLAGS: tuple[RedFlag, ...] = tuple(flag for table in _TABLES for flag in read_table(table.TABLE))
"""Every red flag, table by table."""


def rule_text(flag: RedFlag) -> str:
    """All that a red flag states about care, one wording a line, for the support check."""
    answers = [answer for _, answer in (*flag.calm, *flag.calm_held_out)]
    return "\n".join([flag.name, *flag.why, *flag.first, *flag.call, *answers])


@cache
def _compiled() -> tuple[re.Pattern[str], list[tuple[RedFlag, re.Pattern[str]]]]:
    return re.compile(_PATIENT), [(flag, re.compile(flag.pattern)) for flag in RED_FLAGS]


def speaks_of_patient(text: str) -> bool:
    """Whether ``text``, in sentences or in shorthand, tells of a patient who is present or told of as one."""
    return _compiled()[0].search(spelled_out(text).lower()) is not None


def red_flags_in(text: str) -> list[RedFlag]:
    """The red flags that a patient in ``text``, told in sentences or in shorthand, has; in the table's order."""
    patient, patterns = _compiled()
    lower = spelled_out(text).lower()
    if not patient.search(lower):
        return []
    return [flag for flag, pattern in patterns if pattern.search(lower)]
