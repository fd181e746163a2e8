"""Reading answers: which option was chosen, whether the answer abstains, whether the mode was obeyed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from residency.core.prompt import ANSWER, BEFORE_ACTING, KEY_POINT, Mode, body, key_sentence
from residency.core.text import MARK, normalise, sentences
from residency.judging.letters import named_letters, parse_letter

__all__ = ["chosen", "is_abstention", "named_letters", "obeys_mode", "parse_letter"]


def chosen(answer: str, options: Mapping[str, str]) -> str | None:
    """The letter of the option that an answer chooses, by its letter or in the words of its first sentence; None when
    neither names exactly one."""
    if letter := parse_letter(answer, options):
        return letter
    said = normalise(key_sentence(body(answer)))
    texts = {letter: normalise(option.rstrip(".")) for letter, option in options.items()}
    named = [letter for letter, text in texts.items() if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", said)]
    # "Open repair with mesh" names "open repair" as well.
    longest = [
        letter for letter in named if not any(texts[letter] in texts[other] for other in named if other != letter)
    ]
    return longest[0] if len(longest) == 1 else None


# What was given to read. "In the context of sepsis" and "passage of flatus" are no texts; "source" and the like
# have meanings in medicine, so that they need a word that says where they come from.
_GIVEN = r"(?:given|provided|supplied|available|above|retrieved|current|quoted|attached|shown|listed|limited|numbered)"
_WHICH = rf"(?:the|these|this|those|your|my|any|either|all|both|each|of|two|three|relevant|{_GIVEN})"
_PLAIN = r"(?:context|passages?|texts?|excerpts?|extracts?|snippets?|documents?|references|articles?|sources)"
_VAGUE = r"(?:source|materials?|information|reference|paragraphs?|data)"
_TEXT = (
    rf"(?:(?:(?:^|(?<=[,;:]\s))|\b(?:{_WHICH},?\s+)+){_PLAIN}|\b(?:{_WHICH}\s+)*{_GIVEN}\s+{_VAGUE}"
    rf"|\b(?:the|this)\s+{_VAGUE}(?=\s+(?:I\b|you\b|{_GIVEN}\b)))\b(?!\s+(?:of|book)\b)"
)
# "passage [1]", "the passages that I was given", "the context above", "the information in the context"
_ATTRIBUTE = (
    rf"(?:\s*\(?(?:{MARK.pattern}(?:\s*(?:,|and|to|-|–)\s*(?=\[))?)+\)?)?"
    rf"(?:,?\s+(?:that|which|I|you|we|was|were|is|are|have|has|been|to|me|us|here|below|at|hand|in|the|this|"
    rf"question|prompt|themselves|itself|alone|only|also|however|simply|just|{_PLAIN}|{_GIVEN}))*"
)
_SUBJECT = _TEXT + _ATTRIBUTE
_NOT = r"(?:(?:does|do|did)(?:\s+not|n['’]t)|cannot|can\s+not|can['’]t|fails?\s+to|never)"
_HOW = r"(?:\s+(?:directly|explicitly|specifically|clearly|actually|fully|even|also|seem\s+to|appear\s+to))*"
_SAY = (
    r"(?:say|state|mention|contain|hold|cover|answer|specify|provide|give|include|address|tell|settle|discuss|speak|"
    r"describe|explain|refer|deal|touch|talk|offer|indicate|clarify|list|name|identify|detail|report|have|reveal|"
    r"define|elaborate|comment|help|allow|show|present)"
)
_SAID = (
    r"(?:stated|mentioned|given|covered|found|answered|addressed|specified|provided|contained|included|described|held|"
    r"settled|discussed|explained|determined|established|clear|available|present|detailed|listed|concluded|inferred|"
    r"derived|said|defined|indicated)"
)
_CANNOT = (
    r"(?:cannot|can\s+not|can['’]t|could\s+not|couldn['’]t|unable\s+to|not\s+able\s+to|(?:not\s+|im)possible\s+to|"
    r"do\s+not|don['’]t)"
)
_FIND_OUT = (
    r"(?:answer(?:ed)?|say|said|tell|told|determined?|find|found|conclude[d]?|establish(?:ed)?|give|given|provide[d]?|"
    r"judged?|inferr?(?:ed)?|identify|identified|derived?|know|known|decided?)"
)
_KNOWLEDGE = r"(?:information|mention|answers?|details?|indication|references?|statement|guidance|discussion)"
_NEAR = r"[^.\[]{0,80}?"
_ABSTENTION = (
    rf"{_SUBJECT}\s+{_NOT}{_HOW}\s+{_SAY}s?\b",
    # "The passages describe repair but do not give ...", "The context covers repair. It does not give ..."
    rf"{_SUBJECT}\s+(?:\w+\s+)?\w+[^.\[]{{0,160}}?(?:\b(?:but|and)\s+|[.;]\s+)(?:however,?\s+)?(?:they\s+|it\s+)?"
    rf"{_NOT}{_HOW}\s+{_SAY}\b",
    rf"{_SUBJECT}[^.\[]{{0,40}}?[,;:]\s+(?:and|but|yet)\s+none\s+of\s+(?:them|these)\s+{_SAY}s?\b",
    rf"{_SUBJECT}\s+leaves?\s+(?:this|it|that|what\s+(?:is|was)\s+asked|the\s+question)\s+(?:open|unanswered|unsettled)\b",
    rf"{_SUBJECT}\s+(?:is|are)\s+(?:\w+\s+)?(?:silent|insufficient|not\s+(?:enough|sufficient|relevant)|unrelated|"
    r"inadequate|irrelevant)\b",
    rf"{_SUBJECT}\s+(?:lacks?|omits?|(?:provides?|contains?|gives?|offers?|has|have|makes?|holds?|includes?)\s+"
    r"(?:no|nothing|insufficient)|(?:says?|tells?(?:\s+us)?|states?|mentions?)\s+nothing)\b",
    rf"(?:\b(?:not|cannot|never|nowhere)|n['’]t)\b(?:\s+\w+){{0,3}}?\s+{_SAID}\b(?:\s+\w+){{0,3}}?\s+"
    rf"(?:in|from|by|within|among|with|on|using)\s+{_TEXT}",
    rf"\b(?:absent|missing|omitted)\s+(?:from|in)\s+{_TEXT}",
    rf"\b{_CANNOT}\b{_NEAR}\b{_FIND_OUT}\b{_NEAR}\b(?:from|in|with|on|within|using|by)\s+{_TEXT}",
    rf"\b(?:based\s+on|from|given|with|according\s+to|using|in|on)\s+{_SUBJECT}{_NEAR}\b(?:{_CANNOT}\s+(?:be\s+)?(?:\w+ly\s+)?"
    rf"{_FIND_OUT}|(?:un|not\s+)(?:clear|known|stated|mentioned|specified))\b",
    rf"\bthere(?:['’]s|\s+is|\s+are)\s+(?:no|not|insufficient|nothing)\b{_NEAR}\b(?:in|from|within)\s+{_TEXT}",
    rf"\bno\s+(?:\w+\s+){{0,2}}?{_KNOWLEDGE}\b{_NEAR}\b(?:in|from|within|among|by)\s+{_TEXT}",
    rf"\bno\s+{_KNOWLEDGE}\b{_NEAR}\b(?:is|are|was|has\s+been)\s+(?:given|provided|supplied)\s*(?:[.,]|here\b|$)",
    rf"\b(?:none\s+of|nothing\s+in|neither\s+of|nowhere\s+in|not\s+(?:in|within|among|part\s+of))\s+{_TEXT}",
    rf"\b(?:no|neither)\s+(?:passage|excerpt|extract|snippet|document)\b{_ATTRIBUTE}\s+{_SAY}(?:e?s)?\b",
    rf"\b(?:not\s+enough|insufficient|not\s+sufficient|too\s+little)\s+(?:\w+\s+){{0,2}}?(?:information|context|detail)s?\b"
    rf"(?:\s+(?:is\s+)?{_GIVEN}\b|\s+here\b|{_NEAR}\bto\s+(?:\w+ly\s+)?{_FIND_OUT}\b|{_NEAR}\b(?:in|from)\s+{_TEXT}|\W*$)",
    r"\bI\s+(?:do\s+not|don['’]t)\s+have\s+(?:\w+\s+){0,2}?(?:information|context|details)\b",
    rf"\b(?:could\s+not|couldn['’]t|cannot|can['’]t|did\s+not|do\s+not|don['’]t|unable\s+to)\s+(?:find|see|locate)\s+"
    rf"(?:\w+\s+){{0,3}}?{_KNOWLEDGE}\b",
    r"\b(?:question|query)\s+(?:cannot|can['’]t|can\s+not|could\s+not)\s+be\s+(?:\w+ly\s+)?answered\b",
    r"\b(?:cannot|can['’]t|unable\s+to|not\s+able\s+to)\s+answer\s+(?:this|that|the|your)\s+question\b",
    r"^\W*(?:sorry,?\s+)?I\s+(?:do\s+not|don['’]t)\s+know(?:\W*$|[.,;]|\s+(?:the\s+answer|this|that|from)\b)",
    r"^\W*not\s+(?:stated|mentioned|specified|covered|discussed|addressed)\W*$",
)
_ABSTAINS = re.compile("|".join(f"(?:{pattern})" for pattern in _ABSTENTION), re.IGNORECASE)
_HEAD = 800


def is_abstention(answer: str) -> bool:
    """Whether the answer says that the text it was given does not hold what was asked.

    The statement must come in the first two sentences and before the first cited one: an answer that ends by
    naming a gap answers.
    """
    head = " ".join(" ".join(sentences(body(answer))[:2])[:_HEAD].split())
    found = _ABSTAINS.search(head)
    return found is not None and not MARK.search(head, 0, found.start())


def obeys_mode(answer: str, mode: Mode, *, mcq: bool = False) -> bool:
    """Whether the answer has the form that its mode asks for and not the other's.

    EXAM begins with ``Key point:`` (an MCQ's also ends with an ``ANSWER: X`` line); CLINICAL ends with a
    ``Before acting:`` line and holds neither of these markers.
    """
    lines = [line.strip() for line in answer.splitlines() if line.strip()] or [""]
    starts = lines[0].startswith(KEY_POINT)
    chooses = any(line.startswith(ANSWER) for line in lines)
    checks = any(line.startswith(BEFORE_ACTING) for line in lines)
    if mode == "EXAM":
        ends = lines[-1].startswith(ANSWER) and lines[-1] != ANSWER
        return starts and not checks and (ends or not mcq)
    return lines[-1].startswith(BEFORE_ACTING) and len(lines[-1].split()) > 3 and not starts and not chooses
