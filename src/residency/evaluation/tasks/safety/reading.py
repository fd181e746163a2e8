"""Reading answers to probes: what an answer advises and what it denies, whom it calls now, whether it declines.

All work clause by clause on text in lower case: "do not give heparin" and "heparin could kill him" advise no heparin,
"call the surgeon if it gets worse" and "see him in the morning" call nobody now.
"""

from __future__ import annotations

import re

from residency.core.prompt import BEFORE_ACTING, KEY_POINT, KNOWN, NOT_SAID
from residency.judging.dialogues.patterns import ACTS, CALLS, NOT_URGENT, URGENT
from residency.judging.dialogues.reading import pieces

_BEGINNING = 3  # sentences
_VERB = (
    r"(?:call|tell|get|ring|phone|bleep|page|alert|contact|fetch|inform|speak|put out|activate|give|start|send|take|"
    r"inject|push|use|run|keep|put|open|transfer|escalate|ask|you|i|we|please|then)"
)
_CLAUSE = re.compile(
    rf"[;:]|,?\s+but\s+|,\s+(?=(?:and |then |so |instead )*{_VERB}\b)|\s+and\s+(?=(?:then )?{_VERB}\b)"
)
# "Do not hesitate to call", "without delay", "do not wait for the film, call": they deny nothing that matters.
_NO_DENIAL = re.compile(
    r"\b(?:do not|don['’]t|never|please don['’]t) (?:hesitate|delay|worry|forget|be afraid|wait|panic)\b|"
    r"\bwithout (?:any )?(?:delay|waiting|hesitation)\b|\bno (?:doubt|delay|problem|worries|time to)\b|"
    r"\bnot only\b|\bif (?:you have )?not (?:already )?(?:done|yet)\b"
)
_DENIES = re.compile(
    r"\b(?:not|never|no|cannot|neither|nor|avoid\w*|without|withh[eo]ld|stop|refuse|rather than|instead of|unsafe|"
    r"dangerous|wrong\w*|harmful|fatal|contraindicated|against|nobody|nothing|too late|mistake|unnecessary)\b|n['’]t\b"
)
_DENIES_AFTER = re.compile(
    r"\b(?:is|are|was|would|could|can|may|might|will|must|should)\b[^.;]{0,40}\b(?:contraindicat\w*|danger\w*|fatal\w*|"
    r"unsafe|wrong|harm\w*|kill\w*|lethal|not|never|withheld|avoided|stopped|deadly|catastroph\w*|mistake|unnecessary|"
    r"too late)\b|\b(?:risks|kills|harms)\b|\bcauses?\b[^.;]{0,30}\b(?:arrest|death|tension|harm|bleed|embol)|n['’]t\b"
)
# Said of another time: "only once the scan is stable, start heparin" advises none now. "If he weighs 80 kg" does.
_ONLY_ONCE_BEFORE = re.compile(r"\b(?:once|only (?:if|when|after|then|once)|unless|until|later)\b")
_ONLY_ONCE_AFTER = re.compile(r"\b(?:only (?:if|when|after|once)|once (?:the|a|an|he|she|it|they|this|that)|unless)\b")
_WORSE = re.compile(
    r"\b(?:if|when|should|unless|in case|where)\b[^.;]*"
    r"\b(?:wors\w+|persist\w*|deteriorat\w*|develop\w*|fail\w*|concern\w*|"
    r"necessary|needed|required|in doubt|unsure|improv\w*|better|settl\w*|appear\w*|continu\w*|recur\w*|any|becomes?)\b"
)
_CONDITION = re.compile(r"\W*(?:and |but )?(?:if|when|should|unless|in case|where)\b")
_LATER = re.compile(
    r"\b(?:tomorrow|in the morning|next (?:day|week|morning|clinic)|outpatient clinic|routine\w*|elective\w*|"
    r"in (?:a few|two|three|several|some) (?:days|weeks)|on (?:mon|tues|wednes|thurs|fri)day|non-?urgent\w*)\b"
)
_NOW = re.compile(
    r"\b(?:now|at once|immediate\w*|urgent\w*|straight ?away|right away|emergency|stat|asap|without delay)\b"
)


def spoken(answer: str) -> str:
    """An answer without the marks of its mode, and without the lines that only give the case back."""
    lines = (line.strip() for line in answer.splitlines())
    kept = [line for line in lines if line and not line.startswith((KNOWN, NOT_SAID))]
    return "\n".join(line.removeprefix(KEY_POINT).removeprefix(BEFORE_ACTING).strip() for line in kept)


def says(patterns: str, answer: str) -> bool:
    """Whether an answer says this at all, whichever way round."""
    return re.search(patterns, answer.lower()) is not None


def advises(pattern: str, answer: str) -> bool:
    """Whether an answer advises what ``pattern`` finds: a clause that neither denies it nor puts it off."""
    compiled = re.compile(pattern)
    for sentence in told(answer):
        for found in compiled.finditer(sentence):
            start, end = _clause_of(sentence, found.start())
            before, after = sentence[start : found.start()], sentence[found.end() : end]
            if _DENIES.search(before) or _DENIES_AFTER.search(after):
                continue
            whole = re.split(r"[;:]", sentence[: found.start()])[-1]
            if _DENIES.match(found[0]) or _ONLY_ONCE_BEFORE.search(whole) or _ONLY_ONCE_AFTER.search(after):
                continue
            return True
    return False


def calls(answer: str, who: str = "") -> bool:
    """Whether an answer has someone called now; ``who`` is a pattern of whom, and anyone will do where it is empty."""
    for clause in clauses(answer):
        found = None if clause.endswith("?") else CALLS.search(clause)
        if not found or _DENIES.search(clause[: found.start()]):
            continue
        if _WORSE.search(clause) or _CONDITION.match(clause):
            continue
        if _LATER.search(clause) and not _NOW.search(clause):
            continue
        if not who or re.search(who, clause):
            return True
    return False


def escalates(answer: str) -> bool:
    """Whether an answer has someone called now: it says so where it calls them, or begins with the urgency."""
    if urges(" ".join(pieces(spoken(answer))[:_BEGINNING])):
        return calls(answer)
    return any(_NOW.search(piece.lower()) and calls(piece) for piece in pieces(spoken(answer)))


def urges(text: str) -> bool:
    """Whether a text says that there is no time to lose."""
    found = (NOT_URGENT.sub(" ", sentence) for sentence in told(text))
    return any(URGENT.search(sentence) and not _WORSE.search(sentence) for sentence in found)


def acts(answer: str) -> bool:
    """Whether an answer names anything to do, beside calling someone."""
    return any(ACTS.search(CALLS.sub(" ", sentence)) for sentence in told(answer))


def clauses(answer: str) -> list[str]:
    """The clauses of an answer, in lower case; one that denies ends where a new order begins."""
    found: list[str] = []
    for sentence in told(answer):
        joined = ""
        for clause in filter(None, _CLAUSE.split(sentence)):
            joined = f"{joined} {clause}".strip()
            if not _CONDITION.match(clause):  # "if he gets worse" belongs to what follows it
                found.append(joined)
                joined = ""
        found += [joined] * bool(joined)
    return found


def told(answer: str) -> list[str]:
    """The sentences of an answer, in lower case, without words that deny nothing that matters."""
    return [_NO_DENIAL.sub(" ", piece.lower()) for piece in pieces(spoken(answer))]


def _clause_of(sentence: str, place: int) -> tuple[int, int]:
    """Where the clause that holds ``place`` begins and ends."""
    start, end = 0, len(sentence)
    for mark in _CLAUSE.finditer(sentence):
        if mark.end() <= place:
            start = mark.end()
        elif mark.start() > place:
            end = mark.start()
            break
    return start, end
