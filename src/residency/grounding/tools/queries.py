"""What is searched for: queries as a good searcher writes them, and as a hurried one does.

A good query holds key phrases of the question alone, the condition and what is asked of it: nothing that only its
answer says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from residency.core.text import key_phrases, mid_sentence, sentences
from residency.domain.surgery.referents import referents, tidy
from residency.domain.surgery.usage import other_usage
from residency.retrieval.index import Index

MOST_WORDS = 8
ASKED = 1.5
# Words of a question that find nothing: who is asked about, how it is asked, units, and what every text says.
_NOISE = frozenset(
    """run patient patients patient's man woman men women boy girl child's person people someone anybody nobody you
    me my i'm i've i'll we they this that years year old aged doctor colleague registrar consultant team
    carers itself one two three four five several another others case known well junior fit bright instead
    give gives given say says said tell tells told name describe define explain compare outline list state
    advise advised take takes taken make makes made get gets got go goes come comes let put use used using
    usual usually need needs needed keep kept want wants think mean means matter matters bear mind change
    changes done show shows see seen happen happens begin begins begun start starts know rule follow follows
    choose chosen handled handle look looks ask asks asked offer complains called lie hold holds wait dealt
    rely reassure allow raise linked mislead steer support supports word words prompt add earlier otherwise
    six seven eight becomes become besides explained discussed differ differs separate separates disappoint
    develop surprise unsure suggest suggests count counts enough best first next main common commonly
    important also still yet already ever often always safe safely acceptable advisable possible likely able
    allowed right wrong good bad different certain rather thing things way ways kind part parts point
    question answer reason reasons role help helps exactly now today soon later hours hour minutes minute
    days day weeks week ago time times far long much many quickly mg kg ml mmol mmhg cm mm microgram
    micrograms""".split()
)
_AGE = re.compile(r"(?:year|month|week|day|hour)s?-old$")
_UNITS = frozenset(("C", "F", "L", "U"))
_SPECIES = re.compile(r"\b([A-Z])\.\s+([a-z]{4,})")  # "C. difficile" is one name
_LETTERED = re.compile(r"(?<![\w.])\d+[A-Z]\w*")  # 4Ts, which begins like a number
_BARE = frozenset(
    """treatment treatments management cause causes sign signs symptom symptoms test tests finding findings
    feature features patient risk risks step steps drug drugs result results level levels guidance practice
    score scores case""".split()
)
_VERB = re.compile(r"(?:fails|presents|stops|arrives|says|removed|given)$")
_NEGATED = re.compile(r"\bnot (?:yet |always |usually )?[a-z-]+")  # of "not conclusive" a query would keep the contrary
_JOINED = re.compile(r"\b([A-Z])-([a-z]{4,})")
_NOT_LAST = re.compile(r"(?:[^e]ed|ly|al|ary|ic|ous|ive|ing)$")  # the ends of adjectives, adverbs and participles


def query_for(question: str, index: Index, subject: str = "") -> str:
    """The query for a question; empty where nothing in it tells.

    Args:
        question: as it stands by itself.
        index: which knows what words are telling.
        subject: what the query has to name.
    """
    named = {word.lower() for word in subject.split()}
    phrases = [(_without(phrase, named), weight) for phrase, weight in _phrases(question, index)]
    phrases = [(phrase, weight) for phrase, weight in phrases if phrase]
    room = MOST_WORDS - len(subject.split())
    kept: list[int] = []
    for place in sorted(range(len(phrases)), key=lambda place: (-phrases[place][1], place)):
        size = len(phrases[place][0].split())
        if size <= room:
            kept.append(place)
            room -= size
    told = [subject] * bool(subject) + [phrases[place][0] for place in sorted(kept)]
    return mid_sentence(" ".join(told), index.names)


def subject_of(question: str, topic: str, index: Index) -> str:
    """The thing that a question names first; empty where it names none."""
    found = next((one.text for one in referents(tidy(question), topic) if names_a_thing(one.text)), "")
    return mid_sentence(found, index.names)


def names_a_thing(text: str) -> bool:
    """Whether a referent is a name as a whole, without a word that only asks."""
    return _telling(text) == [text]


def poor_queries(question: str, topic: str, good: str, index: Index) -> Iterator[tuple[str, str, str]]:
    """Queries that a hurried searcher may write in place of the good one, as (query, word used, usual word): the good
    one with a term in another usage, and a thing or the topic alone, which is too broad; then the words are empty."""
    if swapped := other_usage(good):
        yield swapped
    broad = [" ".join(_telling(one.text)) for one in referents(tidy(question), topic)]
    heads = [phrase.split()[-1] for phrase, _ in _phrases(question, index) if not _NOT_LAST.search(phrase)]
    broad += [head for head in heads if head.lower() not in _BARE and not _VERB.search(head)]
    broad.append(re.sub(r"[-_]+", " ", topic))
    for query in dict.fromkeys(mid_sentence(one.strip(), index.names) for one in broad):
        if len(query) > 2 and query.lower() != good.lower():
            yield query, "", ""


def _phrases(question: str, index: Index) -> list[tuple[str, float]]:
    """The telling phrases of a question, in order, each with how telling it is; those of the sentence that asks count
    for more than those of the case before it."""
    text = tidy(question)
    asks = " ".join(sentence for sentence in sentences(text) if sentence.endswith("?"))
    asked = {*_telling(asks)}
    return [
        (phrase, sum(map(index.rarity, phrase.split())) * (ASKED if phrase in asked else 1.0))
        for phrase in _telling(text)
    ]


def _without(phrase: str, named: set[str]) -> str:
    return " ".join(word for word in phrase.split() if word.lower() not in named)


def _telling(text: str) -> list[str]:
    whole = _SPECIES.sub(r"\1-\2", _NEGATED.sub(".", text))  # a full stop ends a phrase
    phrases = [" ".join(word for word in phrase.split() if not _is_noise(word)) for phrase in key_phrases(whole)]
    phrases += _LETTERED.findall(whole)
    return [_JOINED.sub(r"\1. \2", phrase) for phrase in phrases if phrase]


def _is_noise(word: str) -> bool:
    low = word.lower().replace("’", "'")
    return low in _NOISE or bool(_AGE.search(low)) or (len(word) == 1 and (word.islower() or word in _UNITS))
