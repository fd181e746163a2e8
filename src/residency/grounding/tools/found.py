"""Exemplars in which a search finds what answers: at once, after a poor query, after an error, without the date."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from residency.core.records import Passage
from residency.core.text import content_stems
from residency.domain.surgery.referents import Referent, elliptical, referents, tidy, without_referent
from residency.grounding.align import Sentences
from residency.grounding.asked import Asked
from residency.grounding.material import Material
from residency.grounding.tools.case import NOT_FOUND, Case, Made, answered
from residency.grounding.tools.loop import Loop
from residency.grounding.tools.queries import names_a_thing, poor_queries, query_for

_MONTHS = "January February March April May June July August September October November December".split()
MOST_MONTHS = 4  # after the newest passage, that a user asks for


def needed(case: Case) -> Made | str:
    """One search, whose result answers."""
    loop = Loop()
    said = case.answer_by_search(loop)
    return said if isinstance(said, str) else answered(case, loop)


def second_turn(case: Case) -> Made | str:
    """A follow-up that leaves out what it is about, after a question about that or a word of introduction; its query
    names it."""
    asked = tidy(case.question["question"])
    referent = next(iter(referents(asked, case.question["topic"])), None)
    ways = [way for way in (elliptical(asked, referent), without_referent(asked, referent)) if way] if referent else []
    if referent is None or not ways or not names_a_thing(referent.text):
        return "the question names nothing that can be left out"
    loop, before = Loop(), _before(case, referent)
    if before:
        case, first = case.with_other(before)
        if isinstance(first.answer_by_search(loop), str) or case.claims(loop.shown) is not None:
            loop, before = Loop(), None
    if not before:
        loop.ask(case.say("introduce", what=referent.named))
        loop.say(case.say("introduced", what=referent.named), case.say("think_introduced", what=referent.named))
    query = query_for(asked, case.material.index, referent.text)
    found = case.find(query)
    claims = case.claims(found)
    if claims is None:
        return NOT_FOUND
    loop.ask(case.rng.choice(ways))
    loop.search(query, found, case.say("think_refers", what=referent.named))
    loop.say(case.told(claims, loop.shown), case.say("think_found", marks=case.marks(claims, loop.shown)))
    return answered(case, loop, before=[before.question] if before else [])


def _before(case: Case, referent: Referent) -> Asked | None:
    """Another question that names the referent, where passages of both are about it by their titles: what two questions
    only mention is not what the second of them goes on about."""
    if not _titled(case.material, referent.text):
        return None
    found = [one for one in case.others.about(referent.text) if one.question["id"] != case.question["id"]]
    found = [one for one in found if _titled(replace(case.material, asked=one), referent.text)]
    return case.rng.choice(found) if found else None


def _titled(material: Material, name: str) -> bool:
    return any(speaks_of(passage, name) for passage in material.supporting)


def speaks_of(passage: Passage, name: str) -> bool:
    """Whether a passage's title holds this."""
    return set(content_stems(name)) <= set(content_stems(passage["title"]))


def again(case: Case) -> Made | str:
    """A second search after a first in the wrong word or too broad, whose result does not answer."""
    found = case.find(case.query) if case.query else []
    claims = case.claims(found)
    if claims is None or not found:
        return NOT_FOUND
    poor = next(_poor(case), None)
    if poor is None:
        return "no poorer query misses the answer"
    query, missed, why = poor
    loop = Loop()
    loop.ask(case.question["question"])
    loop.search(query, missed, case.before_searching(), learnt=False)
    loop.search(case.query, found, why)
    loop.say(case.told(claims, loop.shown), case.say("think_found", marks=case.marks(claims, loop.shown)))
    return answered(case, loop)


def _poor(case: Case) -> Iterator[tuple[str, list[Passage], str]]:
    """Poorer queries whose result does not answer, each with that, and what is thought of it."""
    question, index = case.question, case.material.index
    for query, used, word in poor_queries(question["question"], question["topic"], case.query, index):
        found = case.find(query)
        # Too broad is what titles speak of; a word that only stands somewhere is no query.
        if found and case.material.silent(found) and (used or any(speaks_of(passage, query) for passage in found)):
            if used:
                yield query, found, case.say("think_other_word", other=used, word=word)
            else:
                yield query, found, case.say("think_short", short=query)


def error_retry(case: Case) -> Made | str:
    """A search that fails once and is tried again."""
    found = case.find(case.query) if case.query else []
    claims = case.claims(found)
    if claims is None or not found:
        return NOT_FOUND
    loop = Loop()
    loop.ask(case.question["question"])
    loop.fail(case.query, case.before_searching(), "timed out")
    loop.search(case.query, found, case.say("think_retry"))
    loop.say(case.told(claims, loop.shown), case.say("think_found", marks=case.marks(claims, loop.shown)))
    return answered(case, loop)


def older(case: Case) -> Made | str:
    """Guidance from a date on is asked for and there is none; what is older is given, with its date said first."""
    setting = _dated(case)
    if isinstance(setting, str):
        return setting
    found, claims, date = setting
    if not (since := since_after(case.newest, case.rng)):
        return "no passage has a date"
    month = month_named(since)
    loop = Loop()
    loop.ask(case.say("ask_since", question=case.question["question"], since=month))
    loop.search(case.query, case.find(case.query, since), case.say("think_since", since=month), since)
    loop.search(case.query, found, case.say("think_without_date", since=month))
    said = case.say("only_older", since=month, dated=month_named(date))
    thought = case.say("think_found_older", marks=case.marks(claims, loop.shown))
    loop.say(case.told(claims, loop.shown, before=said), thought)
    return answered(case, loop)


def newer(case: Case) -> Made | str:
    """Something newer than the guideline is asked for; the web gives nothing, or fails, and the guideline's answer is
    given with its date."""
    setting = _dated(case)
    if isinstance(setting, str):
        return setting
    found, claims, date = setting
    failed = case.rng.random() < 0.5
    loop = Loop()
    loop.ask(case.say("ask_newer", question=case.question["question"]))
    loop.search(case.query, found, case.before_searching())
    marks = case.marks(claims, loop.shown)
    loop.search_web(f"{case.query} update", case.say("think_newer", marks=marks), "unavailable" if failed else None)
    kind = "newer_failed" if failed else "newer_none"
    said = case.told(claims, loop.shown, after=case.say(kind, dated=month_named(date)))
    loop.say(said, case.say(f"think_{kind}", marks=marks))
    return answered(case, loop)


def _dated(case: Case) -> tuple[list[Passage], Sentences, str] | str:
    """What the search finds, the answer from it, and the one date of the passages that it rests on."""
    found = case.find(case.query) if case.query else []
    claims = case.claims(found)
    if claims is None or not found:
        return NOT_FOUND
    used = {name for _, names in claims for name in names}
    dates = {passage["date"][:7] for passage in found if passage["id"] in used}
    if len(dates) > 1:
        return "the passages that answer have several dates"
    (date,) = dates
    return (found, claims, date) if date else "the passage that answers has no date"


def since_after(date: str, rng: random.Random) -> str:
    """A month after ``date``, as YYYY-MM; empty where there is none."""
    if not date:
        return ""
    year, month = int(date[:4]), int(date[5:7] or 12)
    month += rng.randint(1, MOST_MONTHS)
    return f"{year + (month - 1) // 12:04d}-{(month - 1) % 12 + 1:02d}"


def month_named(date: str) -> str:
    """``2026-10`` as October 2026; a year as it is."""
    return f"{_MONTHS[int(date[5:7]) - 1]} {date[:4]}" if len(date) > 4 else date
