"""What only greets: an assistant's opening turn that says hello, who speaks, or that it is there to help.

Such a turn is an answer to nothing, and nothing after it depends on it. A turn with anything beside a greeting (a
finding, advice, a question of its own such as "How old are you?") is none: what the user says next may answer it.
English alone; what greets in another language is taken for content.
"""

from __future__ import annotations

import re

MOST = 400  # characters of a greeting; a longer turn says more


def _any(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


_MARKED = re.compile(r"\b(mr|mrs|ms|dr|prof)\.", re.IGNORECASE)
_PIECES = re.compile(r"[.!?…\n]+")
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_SO = rf"(?:{_any('and', 'so', 'but', 'then', 'well', 'okay', 'ok', 'now')}[\s,]+)?"
_BETWEEN = rf"[\s,;:–—-]+{_SO}"

_TITLE = rf"{_any('mr', 'mrs', 'ms', 'miss', 'mister', 'dr', 'doctor', 'prof', 'professor')}\s"
_NAME = rf"(?:{_TITLE})?(?-i:[A-Z][\w'’-]*)(?:\s(?-i:[A-Z][\w'’-]*)){{0,2}}"
_WHOM = _any(
    r"there|again|all|both|everyone|everybody|you|to you|sir|ma['’]?am|madam|miss|doctor|doc|dear(?: patient| friend)?",
    r"(?:my )?friend|folks|colleagues?|young (?:man|lady)",
    _NAME,
)
_WHEN = r",?\s(?:today|now|right now|this (?:morning|afternoon|evening)|here(?: today)?|in(?: here)?|so far)"
# What a greeting may name. A disease or an operation is no such matter, since the user may go on to call it "it".
_MATTER = (
    r"(?:,?\s(?:for|with|on|in|about|regarding|of))?"
    r"(?:\s(?:you|your|my|our|a|an|any|some|the|all|of|medical|clinical|surgical|health|healthcare|general|related|"
    r"specific|follow-?up|next|and|or|other|these|such|that))*"
    r"\s(?:questions?|quer(?:y|ies)|concerns?|problems?|issues?|needs?|matters?|topics?|inquir(?:y|ies)|health|care|"
    r"studies|visit|appointment|day|you|today)"
    r"(?:\s(?:about|on|in|regarding)(?: general)? (?:surgery|medicine|health))?"
)
_TAIL = rf"(?:\s(?:you|further))?(?:{_MATTER})?(?:{_WHEN})?(?:,?\s{_WHOM})?"
_WORK = _any("help", "assist", "answer", "support", "serve", "guide", "advise", "listen")
_SERVE = _any(_WORK, "be of (?:help|service|assistance)")

_HELLO = _any(
    r"hi|hiya|hello|hey|howdy|greetings|welcome(?: back)?(?: in)?|g['’]day",
    r"(?:a )?(?:very )?good (?:day|morning|afternoon|evening)",
)
_WELCOME = r"welcome (?:back )?(?:to|into) [\w'’-]+(?:\s[\w'’-]+){0,5}"
_PERSON = _any(
    "assistant|chatbot|bot|ai|model|doctor|surgeon|physician|nurse|practitioner|clinician|resident|registrar",
    "advisor|adviser|tutor|consultant|companion|expert|specialist|guide",
)
_WORKER = rf"(?:an?|the|your)\s(?:(?!(?:for|of|to|that|which|with)\b)[\w-]+\s){{0,4}}{_PERSON}"
_I_AM = _any(
    r"i am|i['’]m|my name is|you are (?:talking|speaking|chatting) (?:to|with)",
    rf"this is(?=\s(?:{_TITLE}|an?\s|the\s|your\s))",
)
_SPEAKER = (
    rf"{_I_AM}\s{_any(_NAME, _WORKER)}(?:,?\s{_WORKER})?"
    rf"(?:,?\s(?:(?:who is |that is )?(?:here|ready|trained|designed|made|built|able|happy)\s)?to {_WORK}{_TAIL})?"
)
_SMALL_TALK = _any(
    r"how(?: are|['’]re) (?:you|we|things)(?: all| both)?(?: (?:doing|feeling|going))?",
    r"how(?:['’]s| is) it going",
    r"(?:it(?:['’]s| is) )?(?:very )?(?:nice|good|great|lovely|pleased|glad|a pleasure) to (?:meet|see) you(?: too)?",
    r"(?:thank you|thanks) (?:so much )?for (?:coming|waiting|joining|calling|visiting|contacting|reaching out|"
    r"being here)(?: (?:us|me|in))?",
    r"(?:please )?(?:(?:have|take) a seat|come (?:on )?in|sit down)",
)
_BRINGS = r"what(?: brings|['’]s bringing| is bringing| brought) you(?: back)?(?: in| here)?"
_ASKS = _any(
    rf"(?:how|what|where) (?:can|may|could|should|shall|might) (?:i|we) (?:{_SERVE}|do)",
    rf"(?:can|may|could) (?:i|we) {_SERVE}",
    rf"{_BRINGS}(?: (?:to|into) (?:see (?:me|us)|(?:the|our|my) (?:clinic|office|hospital|practice|ward|er|"
    r"emergency room)))?",
    r"what(?: is|['’]s| seems to be) (?:the (?:problem|trouble|matter|issue|concern|reason for (?:your|this|the) "
    r"visit)|going on|(?:troubling|bothering) you|on your mind|wrong|your (?:question|concern)|up)",
    r"what (?:would|do) you (?:like|want|need)(?: to (?:know|ask|discuss|learn|talk about)| help with)",
    rf"(?:is there )?(?:anything|something)(?: that)? (?:i|we) can (?:{_WORK}|do)(?: you)?(?: with)?",
    r"do you have (?:an?|any|some) (?:medical |clinical |surgical |health )?(?:questions?|concerns?)"
    r"(?: for (?:me|us))?",
)
_OFFERS = _any(
    r"(?:i am|i['’]m|we are|we['’]re) (?:here|happy|glad|ready|pleased|available|delighted|at your service)"
    rf"(?: to {_WORK}(?: and {_WORK})?)?",
    rf"(?:i|we) (?:can|will|would be happy to|am here to) {_WORK}",
    r"(?:please )?(?:feel free to |do not hesitate to |don['’]t hesitate to |go ahead and |you can )?"
    r"ask (?:me |us |away)?(?:anything|any questions?|your questions?|away)?",
    r"(?:please )?(?:go ahead|at your service)",
    r"(?:please )?(?:tell me|let me know|describe|share)(?: about)?(?: with me)? "
    rf"(?:your (?:questions?|concerns?|problems?|symptoms)|how (?:i|we) (?:can|may) {_WORK}|what (?:i|we) can do|"
    rf"what you (?:need|would like to know)|{_BRINGS}|what(?:['’]s| is) (?:going on|wrong|the matter))",
)
_SAYS = _any(
    rf"{_HELLO}(?:,?\s{_WHOM}){{0,2}}",
    rf"{_WELCOME}(?:,\s{_WHOM})?",
    _SPEAKER,
    rf"{_any(_SMALL_TALK, _ASKS, _OFFERS)}{_TAIL}",
)
_GREETS = re.compile(rf"{_SO}{_SAYS}(?:{_BETWEEN}{_SAYS})*", re.IGNORECASE)


def only_greets(text: str) -> bool:
    """Whether a text says hello, who speaks or that help is there, and nothing else."""
    if len(text) > MOST:
        return False
    pieces = [_EDGE.sub("", piece) for piece in _PIECES.split(_MARKED.sub(r"\1", text))]
    said = [" ".join(piece.split()) for piece in pieces if piece]
    return bool(said) and all(_GREETS.fullmatch(piece) for piece in said)
