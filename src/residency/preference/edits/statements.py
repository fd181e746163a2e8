"""Whether a sentence says of a medicine what holds for it and not for another."""

from __future__ import annotations

import re

from residency.preference.edits.places import Sentence

_USED = re.compile(
    r"\b(?:given|used?|uses|using|treat\w*|start\w*|stopp?\w*|omit\w*|continu\w*|revers\w+|protects?|is (?:the|a|"
    r"an|needed|required|suitable|"
    r"suggested|chosen|preferred|indicated|effective)|prescri\w+|recommend\w*|needs?|need(?:ed)?|requir\w+|"
    r"first[- ](?:line|choice)|massaged|prompts|gives|controls?|"
    r"lowers?|reduc\w+|prevents?|replac\w+|infus\w+|works?|acts?|helps?|relie\w+|follows|added|suits?|offered|"
    r"should|must|"
    r"receiv\w+|administ\w+|inject\w+|therapy|dose|call(?:s|ed)? for|comes first|cleared|binds?|shift|corrects?|"
    r"neutrali\w+|take|taken|taking|hormone|"
    r"makes?|halves|improve\w*|prophyla\w+|respond\w*|manage\w*)\b"
)
_GENERIC = re.compile(
    r"\b(?:side effects?|adverse|may cause|can cause|cause[ds]?|causing|risk factors?|increases? (?:the |"
    r"your )?(?:risk|chance)|raises? the risk|"
    r"interact\w*|allerg\w*|tell your|ask your|talk (?:to|with) \w+|talk about|people who|trigger\w*|worsen\w*|"
    r"contains?|linked|"
    r"associated|medicines? that|medications? that|drugs? that|over-the-counter|certain (?:medic\w+|drugs?)|gene|"
    r"genes|encod\w+|mutation\w*|"
    r"protein|enzyme|abuse|addict\w*|exposure|sources? of|foods?|diet|blood test|levels? of|amounts? of|low in|excess|"
    r"harms?|occurs?|cleared|excreted|releases?|weakness|have been treated|neurotransmit\w*|messengers?|"
    r"brain chemicals?|breakdown|metaboli\w+|withdrawal|"
    r"for your information|brand)\b"
)
_ASKS_CAUSE = re.compile(r"\b(?:what causes?|who is at risk|side effects?|genetic changes|inherited)\b")
_HEDGED = re.compile(
    r"\b(?:might|sometimes|options? include|may include|can include|include[sd]?|including|some people|"
    r"occasionally|among|other)\b"
)
_LISTED = re.compile(
    r"\b(?:such as|for example|e\.g\.?,?|like|includ\w+|examples? (?:is|are|include))(?: \w+,?){0,6} $"
)
_CLASS = re.compile(
    r"\b(?:anticoagulants?|beta-blockers?|alpha-blockers?|opioids?|opiates?|vasopressors?|penicillins?|"
    r"macrolides?|statins?|corticosteroids?|"
    r"steroids?|bisphosphonates?|nsaids?|diuretics?|antiplatelet \w+|antidotes?|inhibitors?|anaesthetics?|"
    r"anesthetics?|relaxants?) "
    r"(?:such as|like|\(e\.g\.,?|for example) $"
)


def refusal(sentence: Sentence, question: str, start: int, end: int) -> str:
    """Why the medicine at a place of the sentence is left alone: what is said there might hold for another as well;
    nothing, where it might not."""
    if doubt := sentence.doubt(sentence.start + start):
        return doubt
    low = sentence.low
    if _ASKS_CAUSE.search(question.lower()):
        return "the question asks for causes or risks"
    if _GENERIC.search(low):
        return "the sentence tells of harms, causes or the body's own"
    before = low[:start]
    if _LISTED.search(before[-60:]) and not _CLASS.search(before[-40:]):
        return "one example among others"
    if _HEDGED.search(low) and not _CLASS.search(before[-40:]):
        return "the sentence leaves others open"
    if not _USED.search(low):
        return "the sentence does not say that it is used or what it does"
    if before.endswith(", ") and low[end : end + 1] == ",":
        return "one of a list"
    if low.count(",") > 5 or low.count(" - ") > 1:
        return "a long list"
    return ""
