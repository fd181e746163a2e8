"""What a question is about, in its own words, and the question as one asks it when that is clear from before.

"What are the complications of a femoral hernia?" is about "femoral hernia"; after another question about it, one asks
"What are the complications of this?" or "And the complications?".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from residency.core.text import STOPWORDS, content_stems, mid_sentence, normalise, sentences
from residency.domain.surgery.questions import GENERAL

LONGEST_QUESTION = 25  # words; a longer one is a case
LONGEST = 7  # words of a referent
# A word that alone names a disease, an operation, a test or a drug.
_ONE_WORD = re.compile(
    r"(?:itis|omas?|osis|asis|a?emia|ectomy|otomy|ostomy|plasty|pexy|scopy|uria|pathy|algia|celes?|ostomies|grams?"
    r"|volvulus|hernias?|"
    r"fractures?|burns?|abscess|ulcers?|stomas?|tumou?rs?|cancers?|aneurysms?|embolism|embolus|thrombosis|ileus"
    r"|intussusception|"
    r"thorax|sepsis|heparin|warfarin|gatran|xaban|ultrasound|dissection|ischaemia|torsion|priapism|haemorrhoids?"
    r"|fistulas?|"
    r"cillins?|mycin|parin|tokos|stenosis|candour|antibiotics|gallstones|varices|syndrome|lymphoma|melanoma|stroke)$"
)
_NOT_AFTER = frozenset("from that who which of without and or 's whose".split())
_WH = frozenset("what which who how when where why".split())
_TOKEN = re.compile(r"[^\W_]+(?:['’./-][^\W_]+)*(?:['’]s)?|[^\w\s]")
_ARTICLES = frozenset("a an the".split())
_PREPOSITIONS = frozenset("of for in with after before during from to by on about without against following".split())
_HELPERS = frozenset(
    "is are was were does do did can could should must may might will would has have had if when why".split()
)
_MODALS = frozenset("does do did can could should must may might will would".split())
_VERBS = frozenset(
    "causes cause treat treats prevent prevents diagnose suspect manage exclude excludes confirm confirms repair "
    "drain inherit "
    "detect stage grade recognise recognize define describe reduce relieve".split()
)
_ENDS = frozenset(
    "done given made seen found drawn taken left put present presents occur occurs develop develops declare arise "
    "lead leads fail "
    "fails heal heals show shows work works look looks need needs mean means differ differs matter matters follow "
    "follows "
    "happen happens become becomes say come comes go goes arise arises best first again exactly safely".split()
)
_NO_REFERENT = (
    frozenset(
        "someone angle viewpoint point view surgeon surgery surgical operation operations treatment treatments "
        "management therapy tests exams symptoms causes "
        "features findings investigation investigations diagnosis imaging result results question answer hospital "
        "practice guidance "
        "guidelines theatre minutes months operating adults children patients woman women another several threshold"
        " clinical research information outlook prognosis complications risk factors trials genetic changes".split()
    )
    | GENERAL
)
_ASPECT = re.compile(r"^(?:what|which) (?:is|are) (the [a-z][a-z -]{2,40}?) (?:of|for|in|with|after)$", re.IGNORECASE)
_IS_ARE = re.compile(r"\bis \(are\)(?= (.*?)\s*\?)")
_TIDY = (
    (re.compile(r"\bWhat I need to know about "), ""),
    (re.compile(r"\s+([?.,;])"), r"\1"),
    (re.compile(r"\?{2,}"), "?"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True)
class Referent:
    """A thing that a question names: ``text`` without its article, at ``start`` to ``end`` with it.

    ``before`` is the word in front of it in lower case.
    """

    text: str
    start: int
    end: int
    before: str
    after: str
    article: str

    @property
    def key(self) -> str:
        """What questions about the same thing have in common, plural or not."""
        return normalise(self.text).rstrip("s")

    @property
    def plural(self) -> bool:
        """Whether one would say "they" of it."""
        return not self.article.startswith("a") and _is_plural(self.text)

    @property
    def named(self) -> str:
        """It, as one names it in the middle of a sentence, with its article."""
        return f"{self.article} {self.text}".strip()


def tidy(question: str) -> str:
    """A question without the marks of the form that it was generated with ("What is (are) gallstones ?")."""
    question = _IS_ARE.sub(lambda match: "are" if _is_plural(match[1]) else "is", question)
    for pattern, by in _TIDY:
        question = pattern.sub(by, question)
    return question.strip()


def _is_plural(name: str) -> bool:
    last = re.split(r" (?:in|of) ", name)[0].rsplit(" ", 1)[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "as", "'s", "’s", "itis")) and last != "diabetes"


def referents(question: str, topic: str = "") -> list[Referent]:
    """What a question names and could be referred to, in order; none for a case or several questions.

    Args:
        question: its text.
        topic: its topic; where the question names it, that is what it is about.
    """
    if len(question.split()) > LONGEST_QUESTION or not question.endswith("?") or len(sentences(question)) != 1:
        return []
    tokens = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(question)]
    found = [one for one in [_topic(question, topic, tokens)] if one]
    if found:
        return found
    run: list[int] = []
    for place in range(len(tokens) + 1):
        if place < len(tokens) and _names(tokens[place][0]):
            run.append(place)
            continue
        if run and (one := _referent(question, tokens, run)):
            found.append(one)
        run = []
    return found


def elliptical(question: str, referent: Referent) -> str | None:
    """The question with a pronoun in the referent's place; None where none fits or the referent stands there twice."""
    rest = question[: referent.start] + question[referent.end :]
    left = set(content_stems(rest))
    if set(content_stems(referent.text)) & left or not left or not _asks_enough(rest):
        return None
    if referent.after == "with" and referent.before not in _PREPOSITIONS:
        return None
    if referent.before in _PREPOSITIONS:
        pronoun = "these" if referent.plural else "this"
    elif referent.before in _HELPERS:
        pronoun = "they" if referent.plural else "it"
    elif referent.before in _VERBS:
        pronoun = "them" if referent.plural else "it"
    else:
        return None
    return f"{question[: referent.start]}{pronoun}{question[referent.end :]}"


def without_referent(question: str, referent: Referent) -> str | None:
    """The question cut before the referent, as in a hurried "What are the complications?"; None where that is no
    question."""
    if referent.before not in ("of", "for", "in", "with") or question[referent.end :].strip() != "?":
        return None
    if referent.before == "for" and aspect(question, referent) is None:
        return None  # the word before it may be a verb that needs its "for"
    head = question[: referent.start].rstrip()
    head = head[: -len(referent.before)].rstrip()
    if head.endswith((",", ";")):
        return None
    return f"{head}?" if len(head.split()) > 2 and _asks_enough(head) else None


def aspect(question: str, referent: Referent) -> str | None:
    """What is asked of the referent ("the complications"), where the question is "What are ... of REFERENT?"."""
    if question[referent.end :].strip() != "?":
        return None
    match = _ASPECT.match(question[: referent.start].rstrip())
    return match[1] if match and content_stems(match[1]) else None


def inside(question: str) -> str:
    """A question as it stands after other words of its sentence."""
    return mid_sentence(question, ())


def skeleton(question: str, referent: Referent) -> str:
    """The question with a blank for what it is about, by which questions that ask the same of two things are found."""
    return f"{question[: referent.start]}_{question[referent.end :]}".lower()


def _asks_enough(rest: str) -> bool:
    return bool(set(content_stems(rest)) - {"inform", "know", "tell"})


def _names(token: str) -> bool:
    low = token.lower()
    return (
        token[0].isalnum()
        and low not in STOPWORDS
        and low not in _ENDS
        and low not in _VERBS
        and not low.isdigit()
        and not (low.endswith(("ly", "ed")) and len(low) > 4)
    )


def _referent(question: str, tokens: list[tuple[str, int, int]], run: list[int]) -> Referent | None:
    names = [tokens[place][0] for place in run]
    if len(run) > LONGEST or all(name.lower() in _NO_REFERENT for name in names) or names[-1].lower() in _NO_REFERENT:
        return None
    if len(names) == 1 and not _ONE_WORD.search(names[0].lower()):
        return None
    if names[-1].lower().endswith("ing") or names[0].lower().endswith("ing"):
        return None
    if any(any(sign.isdigit() for sign in name) for name in names):
        return None
    first = run[0]
    # "How ruptured aneurysm ..." and the like: what stands before must be a word that names may follow.
    article = tokens[first - 1][0] if first and tokens[first - 1][0].lower() in _ARTICLES else ""
    before_place = first - 1 - bool(article)
    before = tokens[before_place][0].lower() if before_place >= 0 else ""
    if before not in _PREPOSITIONS | _HELPERS | _VERBS:
        return None
    after = tokens[run[-1] + 1][0].lower() if run[-1] + 1 < len(tokens) else ""
    later = tokens[run[-1] + 2][0].lower() if run[-1] + 2 < len(tokens) else ""
    if after in _NOT_AFTER or after in ("'", "’", "-", "/", "(", ";") or (after == "," and later not in _WH | _HELPERS):
        return None
    if before in _MODALS and not (after in _ENDS | _VERBS | {"be", "have"} or after.endswith("ly")):
        return None  # the verb may be among the words that were taken for its name
    start = tokens[first - bool(article)][1]
    end = tokens[run[-1]][2]
    text = question[tokens[first][1] : end]
    return Referent(text, start, end, before, after, article.lower())


def _topic(question: str, topic: str, tokens: list[tuple[str, int, int]]) -> Referent | None:
    """The topic, where the question names it as a whole."""
    topic = topic.strip()
    if len(topic) < 4 or not content_stems(topic):
        return None
    place = question.lower().find(topic.lower())
    end = place + len(topic)
    if place < 0 or question[end : end + 1].isalnum() or question[max(0, place - 1) : place].isalnum():
        return None
    words_before = [token for token in tokens if token[2] <= place]
    article = words_before[-1][0] if words_before and words_before[-1][0].lower() in _ARTICLES else ""
    start = words_before[-1][1] if article else place
    if article:
        words_before.pop()
    before = words_before[-1][0].lower() if words_before else ""
    following = next((token[0].lower() for token in tokens if token[1] >= end), "")
    if before not in _PREPOSITIONS | _HELPERS | _VERBS or _names(following or "?"):
        return None
    text = question[place:end]
    return Referent(text, start, end, before, following, article.lower())
