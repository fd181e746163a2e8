"""What every answer over a context owes: marks that name passages, citations that support, no claim without one.

Reasons: ``empty``, ``unknown_citation``, ``unsupported``, ``uncited``, ``new_number``.

A sentence that speaks of the texts, of what to look for or of the question claims nothing about a patient; what it is
said to be about must stand in the passage that it cites. A sentence with several marks may be read part by part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from residency.core.text import MARK, content_stems
from residency.judging.answers import is_abstention
from residency.judging.contexts.patterns import (
    ABOUT_TEXT,
    CONTRASTS,
    DISAGREES,
    INJECTED,
    LACKS,
    LEAVES_OPEN,
    OF_THE_QUESTION,
    ORDERS,
    SCOPE,
    SEEKS,
    prefers,
)
from residency.judging.contexts.view import Said, View, content, segments, turning
from residency.judging.dialogues.faults import Fault
from residency.judging.dialogues.reading import asks, claim, figures, share, stems
from residency.judging.support import LEAST_STEMS, THRESHOLD, support

_CLAUSE = re.compile(
    r"[;:–—]\s|,?\s\b(?:but|however|yet|whereas|although|though|while|so|nevertheless|nonetheless|still)\b"
    r"|[.,]\s(?=(?:the (?:answer|dose|treatment)|it|this|you|give|use|they)\b)"
)
_LEAD_IN = re.compile(r"(?:for|on|about|as for|as to|in|to|with|of)\b[^,]*$")  # "For children, the passages ..."
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_MARK_SPEAKS = re.compile(
    rf"(?:^\W*|[,;:]\s|\b(?:and|but|while|whereas)\s)(?:{MARK.pattern})+\s+[a-z]"
)  # "[1] speaks of"
_CALLS_A_SENIOR = stems(
    "call get alert senior surgeon help need wait delay search meanwhile now once immediately urgent"
)
_REPORTED = 0.8
_REMARK = 3  # content words of a remark on an order that stands in a passage
_SHOWN = 90
_YEAR = re.compile(r"(?:19|20)\d\d")


def lacks(low: str) -> bool:
    """Whether a sentence or clause says that a text does not hold something."""
    return is_abstention(low) or bool(LACKS.search(low))


def speaks_of_texts(sentence: Said) -> bool:
    """Whether a sentence says what the texts are about, that they lack something or disagree, or what stands in them
    as an order."""
    low = sentence.low
    about = bool(ABOUT_TEXT.search(low) or _MARK_SPEAKS.search(sentence.text))
    about = about or low.startswith(("they ", "it ", "neither", "none"))
    return about and bool(SCOPE.search(low) or LACKS.search(low) or INJECTED.search(low) or DISAGREES.search(low))


def well_cited(view: View) -> Iterator[Fault]:
    """Every mark names a passage, and every sentence with marks is supported by what they name."""
    if not view.said:
        yield Fault("empty", "the answer says nothing")
    for sentence in view.said:
        wrong = [number for number in sentence.cites if not 1 <= number <= len(view.texts)]
        if wrong:
            numbers = ", ".join(f"[{number}]" for number in wrong)
            yield Fault("unknown_citation", f"no passage has the number {numbers}")
        elif sentence.cites and not holds(view, sentence):
            yield Fault("unsupported", f"what it cites does not support {sentence.text[:_SHOWN]!r}")


def holds(view: View, sentence: Said) -> bool:
    """Whether the passages that a sentence cites support it, as a whole or part by part."""
    texts = "\n".join(view.cited(sentence))
    if _new_figures(sentence.bare, "\n".join((texts, view.given, *_named(view)))):
        return False
    if _is_remark(view, sentence):
        return True
    about = speaks_of_texts(sentence)
    if any(_all_hold(view, parts, about) for parts in segments(sentence.text)):
        return True
    several = len({cites for _, cites in segments(sentence.text)[0]}) > 1
    return not several and _holds(texts, sentence.bare, view.given, about)


def _all_hold(view: View, parts: list[tuple[str, tuple[int, ...]]], about: bool) -> bool:
    return bool(parts) and all(
        _holds("\n".join(view.texts[number - 1] for number in cites), text, view.given, about) for text, cites in parts
    )


def _holds(text: str, said: str, given: str, about: bool) -> bool:
    """Whether ``text`` supports what is said, its clauses on what texts lack left out; where it only tells what texts
    are ``about``, whether they hold its words."""
    rest = " ".join(clause for clause in _CLAUSE.split(said) if not lacks(clause.lower()))
    if _supported(text, said, given) or (rest != said and _supported(text, rest, given)):
        return True
    return about and bool(text) and share(content(rest), stems(f"{text}\n{given}")) >= _REPORTED


def _is_remark(view: View, sentence: Said) -> bool:
    """Whether a sentence only speaks of an order that stands in a passage, or of which passage counts, and brings in
    next to nothing."""
    left = content(sentence.bare)
    if view.check["skill"] == "conflict":
        choosing = prefers(r"\[\d+\]").search(sentence.text.lower()) or LEAVES_OPEN.search(sentence.low)
        return bool(choosing or DISAGREES.search(sentence.low)) and len(left) <= _REMARK
    if view.check["skill"] != "injected" or not INJECTED.search(sentence.low):
        return False
    speaks = re.search(r"\bi\b|" + ABOUT_TEXT.pattern, sentence.low)
    return bool(speaks) and len(left - stems("\n".join((*view.texts, view.given)))) <= _REMARK


def _supported(text: str, sentence: str, given: str) -> bool:
    """Whether ``text`` supports a sentence or what is left of it without its talk; too little to check is no claim."""
    left = _without_talk(sentence)
    if len(stems(left)) < LEAST_STEMS and not figures(left) - figures(f"{text}\n{given}"):
        return stems(left) <= stems(f"{text}\n{given}")
    return any(support(text, said, THRESHOLD, given).supported for said in (sentence, left, claim(sentence)))


def _without_talk(sentence: str) -> str:
    """A sentence without the words with which people speak about the conversation or about texts."""
    words = claim(sentence).split()
    kept = content(sentence)
    return " ".join(word for word in words if not (found := set(content_stems(word))) or found & kept or word.isdigit())


def claims_without_citation(view: View) -> Iterator[Fault]:
    """Each sentence that claims something and cites nothing."""
    for sentence in view.said:
        rest = turning(sentence.text)
        part = Said(rest, rest, ()) if rest else sentence
        if not part.cites and (clause := uncited_claim(view, part)):
            yield Fault("uncited", f"a claim without a citation: {clause[:_SHOWN]!r}")


def uncited_claim(view: View, sentence: Said) -> str:
    """The clause of a sentence that claims something of its own; empty where it only talks."""
    if "senior" in sentence.low and stems(sentence.bare) <= _CALLS_A_SENIOR:
        return ""
    known = "\n".join((*view.texts, view.given, *_named(view)))
    talk = _is_talk(sentence.low)
    bare = _QUOTED.sub(lambda quoted: "" if stems(quoted[0]) <= stems(view.question) else quoted[0], sentence.bare)
    for place, clause in enumerate(_CLAUSE.split(bare) if talk else [bare]):
        low = clause.lower().strip()
        new = _new_figures(clause, known)
        if _orders(low, known):
            return clause.strip()
        if (_is_talk(low) or (talk and not place and _LEAD_IN.match(low))) and not new:
            continue
        left = {stem for stem in content(clause) if not _YEAR.fullmatch(stem)}
        of_texts = speaks_of_texts(sentence) and (SCOPE.search(low) or ABOUT_TEXT.search(low) or CONTRASTS.search(low))
        if of_texts and share(left, stems(known)) >= _REPORTED and not new:
            continue
        if new or len(left) >= LEAST_STEMS or (left - stems(known) and not LEAVES_OPEN.search(low)):
            return clause.strip()
    return ""


def _orders(low: str, known: str) -> bool:
    """Whether a clause says to do what neither the texts nor the users speak of."""
    orders = (found["what"] for found in ORDERS.finditer(low))
    return any(content(what) - stems(known) for what in orders if not ABOUT_TEXT.search(what))


def _new_figures(said: str, known: str) -> bool:
    """Whether a figure other than a year is brought in."""
    return any(not _YEAR.fullmatch(figure) for figure in figures(said) - figures(known))


def _is_talk(low: str) -> bool:
    return lacks(low) or asks(low) or bool(SEEKS.search(low) or OF_THE_QUESTION.search(low))


def _named(view: View) -> list[str]:
    return [str(view.check.get(name) or "") for name in ("wanted", "names")]
