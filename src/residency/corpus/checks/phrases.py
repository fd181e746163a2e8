"""Phrases of chatbots: refusals, openings and closings that no textbook and no colleague would write."""

from __future__ import annotations

import re

REFUSAL_WORDS = 60  # a longer text answers after all, and its phrases are boilerplate


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _words(*patterns: str) -> re.Pattern[str]:
    """The same for patterns that begin with a word; the one boundary in front makes it several times as fast."""
    return re.compile(rf"\b(?:{'|'.join(patterns)})", re.IGNORECASE)


_CANNOT = (
    r"(?:\b(?:I|we)\s*(?:can(?:not|'t|’t| not)|(?:am|are|'m|’m) (?:unable|not able|not in a position|not qualified|"
    r"not allowed|not permitted|not authori[sz]ed|not comfortable)|(?:must|have to|will) (?:decline|refrain from)|"
    r"(?:will not|won't|won’t)(?: be able to)?)|"
    r"\b(?:is|be) (?:not (?:possible|appropriate)|inappropriate|impossible) for me|"
    r"\b(?:AI|assistant|chatbot|language model)\b[^.!?]{0,30}\b(?:can(?:not|'t|’t)|am unable|do not|don't|don’t))"
    r"(?:\s+(?:in good conscience|ethically|legally|responsibly|really|directly))?(?:\s+to)?\s+"
)
# A clinician may write "I cannot share information without consent", so that what is refused must be advice as such.
_SUCH = r"(?:(?:you|an?|any|specific|personal\w*|individual\w*|direct|detailed|with)\s+)*"
_CLOSES = r"(?=[.,;:!]|\s*$)"
_ADVICE = (
    r"(?:provid|giv|offer|shar)(?:e|ing)?\s+"
    rf"{_SUCH}(?:(?:medical|clinical|health|professional|treatment|diagnostic|second|legal)\s+(?:\w+\s+){{0,2}}?"
    r"(?:advice|guidance|opinions?|recommendations?|information|help|assistance|diagnos[ei]s)|advice|guidance|assistance|"
    rf"instructions|recommendations?|answers?|response|(?:that|this)\s(?:information|advice|kind|type)|information{_CLOSES}|"
    rf"(?:that|this){_CLOSES})"
)
_WITH_IT = (
    rf"(?:{_CLOSES}|\s+(?:you|here|with\s+(?:(?:that|this|your|any|medical|requests?|such)\b|"
    r"\w+\s(?:questions?|requests?))))"
)
_I_NOT = r"(?:I|we)\s+(?:can(?:not|'t|’t)|could not|do not|don't|don’t|won't|must decline|(?:am|are) (?:not|unable))"
_REFUSAL = _any(
    rf"{_CANNOT}(?:(?:help|assist|comply|engage){_WITH_IT}|(?:fulfil|fulfill) (?:that|this|your)|{_ADVICE})",
    rf"{_CANNOT}(?:answer(?:ing)?(?:{_CLOSES}|\s+(?:that|this|your|medical|such|questions?)\b)|"
    r"discuss(?:ing)?\s+(?:that|this)\b|(?:do|generate|create|write|produce)\s+(?:that|this|such)\b)",
    rf"\bI (?:do not|don't|don’t) {_ADVICE}",
    r"\b(?:AI|chatbot|language model)\b[^.!?]{0,30}\b(?:can(?:not|'t|’t)|unable to) (?:advise|examine|diagnose)\b",
    r"\bI(?:'d|’d| would) (?:rather|prefer) not (?:to )?(?:answer|comment)\b",
    rf"\b(?:I'm|I’m|I am|we are)\s+(?:\w+ )?sorry,?\s+but\s+(?:as an AI|{_I_NOT}|(?:that|this) (?:is|isn't|isn’t) "
    r"(?:not )?something)\b",
    rf"\A\W*(?:sorry|(?:my )?apologies|I apologi[sz]e)[,.;:]?\s+(?:but\s+)?(?:as an AI|{_I_NOT}|(?:that|this) "
    r"(?:falls|is) (?:not|outside|beyond))\b",
    r"\b(?:this|that|it|(?:this|that|your) (?:request|question)) (?:goes against|violates|(?:falls|is) (?:outside|"
    r"beyond)) (?:of )?(?:my (?:capabilit|guidelines|programming|polic|abilit)|(?:the scope of )?what I)",
    r"\b(?:this|that|your) (?:request|question) (?:cannot be (?:answered|fulfilled)|goes against|violates)\b",
    r"\bI\s+(?:do not|don't|don’t)\s+(?:feel comfortable|have the ability|have access to (?:your|patient|real))\b",
    r"\b(?:against|violates?) (?:my|our) (?:guidelines|policy|policies|programming)\b",
    r"\bmy (?:guidelines|programming|instructions) (?:do not|don't|does not|prevent)\b",
    rf"\bI (?:am|have been|was) (?:instructed|told|programmed|designed) not to {_ADVICE}",
)
_REFUSAL_HINTS = (
    " i ", "i'", "i’", " we ", "nable to", "not able", "sorry", "apolog", "request", "question ", "guideline", "polic",
    "programming", "for me", "a chatbot", "language model",
)  # fmt: skip
# "I cannot give medical advice, but 4:1 is advised" answers; "..., but I suggest that you ask" does not.
_TURNS = re.compile(
    r"[^.!?]{0,60}?\b(?:but|however|although|though|that said|nevertheless)\b(?P<then>[^.!?]*)", re.IGNORECASE
)
_REFERS = _any(
    r"\b(?:consult|speak|seek|contact|see|talk|reach|suggest|encourage|recommend|urge|advise|happy|general|please|help)\b",
    r"\b(?:can(?:not|'t|’t)|unable|ask)\b",
)
_OPENING = _any(
    r"\W*(?:certainly|sure(?: thing)?|of course|absolutely|definitely|no problem|great)\s*(?:!|[,.:;–-]?\s*(?:"
    r"here(?:'s|’s| is| are)\b|I(?:'d|’d|'ll|’ll| would| can| will)\b|let me\b|let's\b|happy to\b))",
    r"\W*(?:that(?:'s|’s| is) an? |what an? )?(?:great|good|excellent|interesting|fantastic|wonderful|very good) "
    r"question\b(?! (?:for|to ask))",
    r"\W*(?:thank you|thanks) for (?:your|the|asking|sharing|providing|reaching)\b",
    r"\W*I(?:'d|’d| would|'ll|’ll| will|'m|’m| am) (?:be )?(?:happy|glad|delighted|here) to (?:help|assist|explain|"
    r"answer|provide)\b",
    r"\W*happy to help\b",
    r"\W*here(?:'s|’s| is| are)\s+(?:a|an|the|your|some|my)\s[^.:\n]{0,60}?\b(?:answer|explanation|summary|overview|"
    r"response|breakdown|answers|rationale|rewritten|revised|version|guide|outline|rundown)\b",
    r"\W*let(?: me|'s|’s| us) (?:explain|break|help|walk|dive|take a look)\b",
)
_OKAY = re.compile(r"\W*(?:okay|ok|alright)[,!.]\s", re.IGNORECASE)  # in a conversation people say so too
_ANYWHERE = _words(
    r"hope (?:this|that|it) (?:helps|clarifies|clears|answers|explains|was helpful|is (?:helpful|useful))\b",
    r"I (?:hope|trust) (?:this|that|it|these|my|you)\b[^.!?\n]{0,50}\b(?:help\w*|clarif\w*|"
    r"clears?|useful|answer\w*|inform\w*|sense)\b",
    r"would you like (?:me|to (?:know|learn|hear)|more|further|an?other)\b",
    r"(?:feel free|(?:do not|don't|don’t) hesitate) to (?:ask|reach out|let me)\b"
    r"(?! (?:your|a|an|his|her|the|for|about|to your|questions (?:of|to)))",
    r"let me know if (?:you|there|this|that|any (?:of|part)|anything (?:is|else))\b(?! (?:feel|notice|get|develop))",
    r"is there anything else (?:I|you)\b",
    r"(?:if|should) you have (?:any )?(?:(?:other|more|further|additional|specific) )*(?:questions?|concerns?)"
    r"(?: or \w+)?,? (?:feel free|let me|I(?:'m|’m| am)|just ask|please (?:ask me|let me|feel))",
    r"(?:happy|glad) to (?:help|assist|clarify|elaborate) (?:you )?(?:further|more|with any)\b",
    r"good luck (?:with|on|in) your (?:exam|stud|revision|test)",
    r"as an? (?:AI\b(?!-)|artificial intel|large language\b|language model\b|virtual assist|chatbot\b)",
    r"I(?:'m|’m| am) (?:just |only |merely )?an? (?:AI\b|language model|large language|artificial|chatbot|virtual)",
    r"I(?:'m|’m| am) not an? (?:doctor|physician|medical professional|healthcare professional|licensed|human)\b",
    r"my (?:training data|training cut-?off|knowledge cut-?off|last (?:knowledge )?update)\b",
    r"as of my (?:last|knowledge|training)\b",
    r"I cannot (?:provide|give|offer) (?:medical|personal\w*|specific) (?:medical )?advice\b",
    r"(?:this|the (?:above|information|content|answer))(?: \w+){0,4} (?:is|are) (?:provided |intended |meant )?"
    r"(?:solely |only )?for (?:general |educational |informational |information )+(?:and \w+ )?purposes\b",
    r"(?:not|never) (?:be )?(?:used as |intended as |intended to be )?an? (?:substitute|replacement) for "
    r"(?:professional|medical)\b",
)
_HINTS = (
    "I ", "I'", "I’", "eel free", "hesitate", "Hope th", "ould you like", "et me know", "anything else", "further",
    "questions", "ood luck", "an AI", "an artificial", "language model", "chatbot", " my ", "purposes", "substitute",
)  # fmt: skip
# A last sentence that sends the reader away for advice in general, as "talk to your surgeon about stopping warfarin"
# does not.
_TO_WHOM = (
    r"\s+(?:with )?(?:(?:your|an?|the|own|qualified|licensed|trained|appropriate|local|or)\s+)*(?:doctors?|physicians?|"
    r"surgeons?|health ?-?care (?:providers?|professionals?)|(?:medical|health) professionals?|clinicians?|"
    r"specialists?|(?:professional )?medical (?:advice|help))"
)
_CONSULT = r"\b(?:consult(?:ing)?|seek(?:ing)?(?: the advice of)?|(?:speak|talk)(?:ing)? (?:to|with)|contact|see)"
_AWAY = _any(
    rf"{_CONSULT}{_TO_WHOM}[^.!?\n]{{0,40}}?\bfor (?:more |any )?(?:medical|personal\w*|individual\w*|specific|"
    r"tailored|professional|further|proper|appropriate|accurate)\s+(?:medical |clinical )?(?:advice|guidance|"
    r"recommendations?|diagnosis|information|treatment plans?)\b[^.!?\n]{0,80}[.!]?\s*$",
    rf"\b(?:please|always|remember to) {_CONSULT}{_TO_WHOM}(?: with (?:any |your )?(?:questions|concerns)"
    r"[^.!?\n]{0,60})?\s*[.!]?\s*$",
)
_VERBS = ("onsult", "eek", "peak", "alk", "ontact", "see ")


REFUSAL_NEEDS = (f"(?i){'|'.join(_REFUSAL_HINTS)}",)
# The heads of all phrases, in lower case, without what may only follow.
BOILERPLATE_NEEDS = (
    r"(?i)hope (?:this|that|it) |\bi (?:hope|trust|cannot|am|will|would)\b|\bi['’](?:m|d|ll)\b|would you like|"
    r"feel free|hesitate|let me know|anything else|(?:if|should) you have|(?:happy|glad) to|good luck|"
    r"as an? (?:ai|artificial|large|language|virtual|chatbot)|my (?:training|last|knowledge)|"
    r"for (?:general|educational|information)|substitute|replacement|"
    r"(?:^|\n) \W*(?:certainly|sure|of course|absolutely|definitely|no problem|great|thank|here(?:['’]| is| are)|"
    r"let(?: me|['’]s| us)|okay|ok\b|alright)|(?:great|good|excellent|interesting|fantastic|wonderful) question|"
    rf"{_CONSULT}{_TO_WHOM}",
)


def refusal(text: str, lower: str) -> tuple[int, int] | None:
    """Where a text refuses to answer, when it gives no answer after all; ``lower`` is the text in lower case."""
    if text.count(" ") >= REFUSAL_WORDS or not any(hint in f" {lower}" for hint in _REFUSAL_HINTS):
        return None
    match = _REFUSAL.search(text)
    if not match:
        return None
    turn = _TURNS.match(text, match.end())
    return None if turn and not _REFERS.search(turn["then"]) else match.span()


def boilerplate(text: str, spoken: bool = False) -> tuple[int, int] | None:
    """Where a text, or a turn that was ``spoken`` in a conversation, has a phrase of a chatbot."""
    if match := _OPENING.match(text) or (None if spoken else _OKAY.match(text)):
        return match.span()
    if any(hint in text for hint in _HINTS) and (match := _ANYWHERE.search(text)):
        return match.span()
    start = text.rfind(". ", 0, -2) + 1
    last = text[start:]
    if any(verb in last for verb in _VERBS) and (match := _AWAY.search(last)):
        return match.start() + start, match.end() + start
    return None
