"""Which clauses of a sentence deny what they say.

A word that denies turns its clause round ("is not given", "is contraindicated"), two of them turn it back ("is not
contraindicated"); "without" and "rather than" deny only what follows them. A clause that says it with reserve
("unless", "too little", "fails") is compared only with such clauses.
"""

from __future__ import annotations

import re

JOINED = {
    "rather than": "without",
    "instead of": "without",
    "other than": "without",
    "in place of": "without",
    "as opposed to": "without",
    "with no": "without",
    "not only": "also",
    "not just": "also",
    "not merely": "also",
    "whether or not": "whether",
    "no matter": "whether",
    "nothing but": "only",
    "can not": "cannot",
    "on no account": "never",
    "under no circumstances": "never",
    "by no means": "never",
    "far from": "never",
    "free of": "without",
    "free from": "without",
    "fails to": "not",
    "fail to": "not",
    "failed to": "not",
    "failing to": "not",
    "low-molecular-weight": "molecular-weight",
    "low molecular weight": "molecular weight",
    "long-term": "longterm",
    "short-term": "shortterm",
    "anything but": "never",
    "no longer than": "within",
    "not longer than": "within",
    "no later than": "within",
    "not later than": "within",
    "no more than": "within",
    "not more than": "within",
    "no less than": "least",
    "not less than": "least",
    "no fewer than": "least",
    "no longer": "not",
    "not yet": "unready",
    "hardly ever": "never",
    "hardly any": "no",
    "almost never": "never",
    "not always": "sometimes",
    "not necessarily": "sometimes",
    "no different": "same",
    "not exceed": "within",
    "not normally exceed": "within",
    "never exceed": "within",
}
"""Phrases that are read as one word."""
PHRASES = re.compile(rf"\b(?:{'|'.join(sorted(JOINED, key=len, reverse=True))})\b")

DENIES = frozenset("not never none neither nor cannot nothing nobody nowhere rarely seldom hardly scarcely".split())
"""Words that deny their clause; several of them deny it once. "No" does so where it begins the clause."""
TURNS = re.compile(
    r"avoided$|contraindicat|unlikely$|improbable$|unnecessary$|needless|refus|useless$|inappropriate$|unsuitable$|unsafe$|"
    r"ineffective$|forbidden$|prohibit|withh[eo]ld|omit|uncommon$|infrequent|impossible$|unable$|unready$|futile$|"
    r"incorrect$|wrong$|wrongly$|false$|falsely$|untrue$"
)
"""Beginnings of words that turn their clause round, each once."""
FORWARD = frozenset("avoid avoids avoiding".split())
"""Words that deny what follows them in their clause, and begin one."""
LOCAL = frozenset("without non except excepting excluding minus".split())
"""Words that deny the few words that follow."""
RESERVED = re.compile(
    r"(?:unless|until|too|little|few|fewer|rare|reserved|sometimes|alone|just|merely|barely|whether|could|might|"
    r"despite|nor|poor|poorly|spared?|unreliable|wait|waits|waiting|miss|missed|misses)$|"
    r"insufficien|inadequa|fail|absen|lack|exclu|limit|defer|postpone|replac|discourag|unproven|harm|danger|forgot"
)
"""Words of reserve, and words that deny in one reading and not in another."""
AUXILIARIES = frozenset(
    "is are was were be been being am has have had do does did can could may might must shall should will would need "
    "needs cannot".split()
)
SUBORDINATE = frozenset(
    "whether because although though while whereas unless until if when where since before after once".split()
)
"""Words that begin a clause which a comma ends."""
RELATIVE = frozenset("who whose which that".split())
"""Words that begin a clause which a second verb ends ("an adult who cannot consent is treated")."""
BEGIN = SUBORDINATE | RELATIVE - {"that"} | frozenset("but so except yet".split())
"""Words that begin a clause."""
AND = frozenset("and or that nor".split())
"""Words that begin a clause where an auxiliary, a pronoun or a word that denies follows."""
PRONOUNS = frozenset("it they this these he she we you there".split())
STOPS_LOCAL = frozenset("in on at for from with by to and or as than the a an".split())
"""Words that end what "without" denies, once it has denied something."""
LOCAL_REACH = 4
"""How many content words "without" denies at most."""

_ASKS = re.compile(
    r"\?|\b(?:aims?|aimed|aiming|objectives?|purpose|hypothes[ei]\w+) |\bthis study\b|"
    r"\bwe (?:\w+ly )?(?:sought|investigated|examined|evaluated|assessed|compared|studied|asked|analy[sz]ed)\b|"
    r"\bto (?:determine|investigate|evaluate|examine|clarify|explore|elucidate) (?:the|if|how|whether|which|what|and)\b"
)
_MAY_ASK = tuple(
    "? aim objective purpose hypothes study we determine investigate evaluate examine clarify explore elucidate".split()
)


def asks(sentence: str) -> bool:
    """Whether a sentence in lower case asks, or says what will be looked at: it affirms and denies nothing."""
    return any(word in sentence for word in _MAY_ASK) and _ASKS.search(sentence) is not None
