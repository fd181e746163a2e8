"""Exemplars in which no call is needed: courtesies, what was said or given before, and sums of the user's own figures.

Nothing else goes without a search. A model cannot tell a textbook fact that stands from one that was revised, and
whoever reads the answer can check a passage and not a memory. A needless search costs a second; a dose from memory may
cost more. So every other clinical question is looked up, and what is here asks for no medical fact.
"""

from __future__ import annotations

from dataclasses import replace

from residency.core.text import sentences
from residency.grounding.asked import Asked
from residency.grounding.tools.case import Case, Made, answered
from residency.grounding.tools.found import month_named
from residency.grounding.tools.loop import Loop
from residency.grounding.tools.sums import draw_sum


def small_talk(case: Case) -> Made | str:
    """A courtesy before the first question, or after its answer."""
    loop = Loop()
    opens = not case.material.held_out and case.rng.random() < 0.5
    if opens:
        loop.ask(case.say("hello"))
        loop.say(case.say("hello_back"), case.say("think_courtesy"))
    said = case.answer_by_search(loop)
    if isinstance(said, str):
        return said
    if opens:
        return answered(case, loop)
    loop.ask(case.say("thanks"))
    answer = case.say("thanks_back")
    loop.say(answer, case.say("think_courtesy"))
    return Made(loop, False, answer)


def earlier(case: Case) -> Made | str:
    """A question about the answer before: its source, or its main point."""
    loop = Loop()
    claims = case.answer_by_search(loop)
    if isinstance(claims, str):
        return claims
    used = {name for _, names in claims for name in names}
    titled = [passage for passage in loop.shown if passage["id"] in used and passage["title"].strip()]
    if len(used) == 1 and titled and case.rng.random() < 0.5:
        (passage,) = titled
        date = passage["date"][:7]
        title = passage["title"].strip().rstrip(".")
        marks, dated = case.marks(claims, loop.shown), f", dated {month_named(date)}" if date else ""
        loop.ask(case.say("ask_source"))
        answer = case.say("source", marks=marks, title=title, dated=dated)
        facts: list[str] = [title]
    else:
        if len(claims) < 2:
            return "the answer has one sentence, which is its main point"
        loop.ask(case.say("ask_point"))
        answer, facts = case.material.cited(claims[:1], loop.shown), [claims[0][0]]
    loop.say(case.formed(answer), case.say("think_said_before"))
    return Made(loop, False, answer, facts)


def arithmetic(case: Case) -> Made | str:
    """A sum of figures that the user gives, before the first question or after its answer."""
    loop = Loop()
    question, answer = draw_sum(case.rng, case.material.held_out)
    opens = not case.material.held_out and case.rng.random() < 0.5
    if opens:
        loop.ask(question)
        loop.say(case.formed(answer), case.say("think_sum"))
    said = case.answer_by_search(loop)
    if isinstance(said, str):
        return said
    if opens:
        return answered(case, loop)
    loop.ask(case.say("turn_to", question=question))
    loop.say(case.formed(answer), case.say("think_sum"))
    return Made(loop, False, answer, sentences(answer))


def given(case: Case) -> Made | str:
    """A question whose passages are given with it, or were found for the question before."""
    others = [one for one in case.others.pool.answered(case.material.supporting) if one.question != case.question]
    if others and case.rng.random() < 0.5 and (made := _found_before(case, case.rng.choice(others))):
        return made
    loop = Loop()
    loop.give(case.question["question"], case.material.context(case.material.supporting))
    claims = case.material.aligned.sentences
    loop.say(case.told(claims, loop.shown), case.say("think_given", marks=case.marks(claims, loop.shown)))
    return replace(answered(case, loop), needed=False)


def _found_before(case: Case, one: Asked) -> Made | None:
    """The question after another whose search found what answers both."""
    case, first = case.with_other(one)
    loop = Loop()
    if isinstance(first.answer_by_search(loop), str) or (claims := case.claims(loop.shown)) is None:
        return None
    loop.ask(case.question["question"])
    loop.say(case.told(claims, loop.shown), case.say("think_found_before", marks=case.marks(claims, loop.shown)))
    return replace(answered(case, loop, before=[first.question]), needed=False)
