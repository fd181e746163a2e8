"""Exemplars in which nothing is found to rest an answer on: the answer says so, and is not given from memory."""

from __future__ import annotations

from residency.core.tools import WEB_SEARCH
from residency.grounding.naming import LEAST_RARITY
from residency.grounding.tools.case import Case, Made, not_found
from residency.grounding.tools.found import month_named, since_after, speaks_of
from residency.grounding.tools.loop import Loop
from residency.grounding.tools.queries import poor_queries

IN_DANGER = "a patient in danger is not told to look elsewhere"


def empty(case: Case) -> Made | str:
    """Guidance from a date on is asked for; neither the guidelines nor the web hold any."""
    if case.danger:
        return IN_DANGER
    if not case.query or not (since := since_after(case.newest, case.rng)):
        return "no passage has a date" if case.query else "the question has nothing to search for"
    month = month_named(since)
    loop = Loop()
    loop.ask(case.say("ask_since", question=case.question["question"], since=month))
    loop.search(case.query, case.find(case.query, since), case.say("think_since", since=month), since)
    loop.search_web(f"{case.query} {since[:4]}", case.say("think_none_since", since=month))
    said = f"{case.say('none_since', since=month, what=case.what)} {case.say('look_for_since', what=case.what)}"
    loop.say(case.material.shaped(said), case.say("think_nowhere"))
    return not_found(case, loop)


def unsupported(case: Case) -> Made | str:
    """The passages that answer are not in the index: two searches find what only looks right."""
    if case.danger:
        return IN_DANGER
    question, index = case.question, case.material.index
    away = [*case.material.aligned.supporting, *question["passages"]]
    first = case.find(case.query, without=away) if case.query else []
    if not first or not case.material.silent(first):
        return "what is left in the index answers after all"
    for query, used, _ in poor_queries(question["question"], question["topic"], case.query, index):
        second = case.find(query, without=away)
        if not used and " " not in query and not any(speaks_of(passage, query) for passage in second):
            continue
        if not used and " " not in query and index.rarity(query) < LEAST_RARITY:  # no second search is as poor as that
            continue
        if second and case.material.silent(second) and {p["id"] for p in second} != {p["id"] for p in first}:
            break
    else:
        return "no other query finds other passages"
    loop = Loop()
    loop.ask(question["question"])
    loop.search(case.query, first, case.before_searching())
    loop.search(query, second, case.say("think_unsupported"))
    said = f"{case.say('unsupported')} {case.say('look_for', what=case.what)}"
    loop.say(case.material.shaped(said), case.say("think_still_unsupported"))
    return not_found(case, loop)


def error(case: Case) -> Made | str:
    """The search fails, and so does the second try or the other tool."""
    if case.danger:
        return IN_DANGER
    if not case.query:
        return "the question has nothing to search for"
    loop = Loop()
    loop.ask(case.question["question"])
    if case.rng.random() < 0.5:
        loop.fail(case.query, case.before_searching(), "timed out")
        loop.fail(case.query, case.say("think_retry"), "timed out")
    else:
        loop.fail(case.query, case.before_searching(), "unavailable")
        loop.fail(case.query, case.say("think_other_tool"), case.rng.choice(("timed out", "unavailable")), WEB_SEARCH)
    said = f"{case.say('failed')} {case.say('look_for_failed', what=case.what)}"
    loop.say(case.material.shaped(said), case.say("think_failed"))
    return not_found(case, loop)
