"""Reading answers: which option was chosen, whether the answer abstains, whether the mode was obeyed."""

from __future__ import annotations

import re
from collections.abc import Collection

from residency.core.prompt import ANSWER, BEFORE_ACTING, KEY_POINT, Mode
from residency.core.text import sentences

_LETTER_LINE = re.compile(r"answer\s*(?:is)?\s*[:=]?\s*\(?\*{0,2}([A-Z])\b(?![’'\w])\*{0,2}\)?", re.IGNORECASE)
_BARE_LETTER = re.compile(r"^\W*([A-Z])\W*$")

_SOURCE = r"(?:context|passages?|texts?|excerpts?|extracts?|sources?|material|information|documents?|references?)"
_SILENT = (
    r"(?:say|says|state|states|mention|mentions|contain|contains|hold|holds|cover|covers|answer|answers|"
    r"specify|specifies|provide|provides|give|gives|include|includes|address|addresses|tell|tells|settle|"
    r"settles|discuss|discusses|speak|speaks|describe|describes|explain|explains)"
)
_ABSTENTION = (
    rf"\b(?:none of|nothing in) (?:the|these|this|your)?\b.{{0,40}}{_SOURCE}\b",
    rf"\b{_SOURCE}\b.{{0,60}}\b(?:does not|do not|doesn't|don't|did not|cannot|can't|fails? to|never)\s+(?:\w+\s+)?{_SILENT}\b",
    rf"\b{_SOURCE}\b.{{0,40}}\b(?:is|are) (?:silent|not enough|insufficient|not sufficient)\b",
    rf"\b(?:not|n't|cannot be|nowhere)\b.{{0,40}}\b(?:stated|mentioned|given|covered|found|answered|addressed|"
    rf"specified|provided|contained|included|described|held|settled)\b.{{0,30}}\b(?:in|from|by)\b.{{0,25}}{_SOURCE}\b",
    rf"\b(?:cannot|can't|unable to|not able to|not possible to)\b.{{0,40}}\b(?:answer|say|tell|determine|find)\b"
    rf".{{0,60}}\b(?:from|in|with|on)\b.{{0,25}}{_SOURCE}\b",
    rf"\bthere is (?:no|not enough|insufficient)\b.{{0,40}}\b(?:in|from)\b.{{0,25}}{_SOURCE}\b",
    rf"\b(?:not enough|insufficient) (?:information|context|detail)\b",
    rf"\bno (?:information|passage|mention|answer)\b.{{0,40}}\b(?:in|from|among)\b.{{0,25}}{_SOURCE}\b",
    rf"\banswer\b.{{0,30}}\b(?:is|are|was) (?:not|missing|absent)\b.{{0,30}}{_SOURCE}\b",
)
_ABSTAINS = re.compile("|".join(_ABSTENTION), re.IGNORECASE | re.DOTALL)


def parse_letter(text: str, letters: Collection[str]) -> str | None:
    """The option chosen: the last ``ANSWER: X`` whose letter is an option, else a lone letter as the whole
    text; None when neither is there, which callers count as unparsed and never as a wrong letter."""
    for match in reversed(list(_LETTER_LINE.finditer(text))):
        letter = match.group(1)
        # "answer a question" would read as the letter A: the word after it gives it away.
        is_article = letter.islower() and re.match(r"\s+[a-z]", text[match.end() :])
        if letter.upper() in letters and not is_article:
            return letter.upper()
    bare = _BARE_LETTER.match(text.strip())
    return bare.group(1) if bare and bare.group(1) in letters else None


def is_abstention(answer: str) -> bool:
    """Whether the answer says that the text it was given does not hold what was asked.

    The statement must come in the first two sentences: a full answer that ends by naming a gap answers.
    """
    return any(_ABSTAINS.search(sentence) for sentence in sentences(answer)[:2])


def obeys_mode(answer: str, mode: Mode, *, mcq: bool = False) -> bool:
    """Whether the answer has the form that its mode asks for and not the other's.

    EXAM begins with ``Key point:`` (an MCQ's also holds an ``ANSWER: X`` line); CLINICAL ends with a
    ``Before acting:`` line and holds neither of these markers.
    """
    starts = answer.lstrip().startswith(KEY_POINT)
    chooses = any(line.strip().startswith(ANSWER) for line in answer.splitlines())
    checks = any(
        line.strip().startswith(BEFORE_ACTING) and len(line.split()) > 3 for line in answer.splitlines()
    )
    if mode == "EXAM":
        return starts and not checks and (chooses or not mcq)
    return checks and not starts and not chooses
