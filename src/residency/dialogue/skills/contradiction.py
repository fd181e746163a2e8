"""What the user says now conflicts with what was said before: both are named, and one is asked for or chosen with a
reason."""

from __future__ import annotations

from residency.core.prompt import format_question, key_sentence
from residency.dialogue.figures import altered_figure
from residency.dialogue.library import answer_of
from residency.dialogue.material import Builder, Draft, Material, turns
from residency.domain.surgery.referents import elliptical, inside, tidy


def figure_asked(material: Material) -> Draft | None:
    """A figure of a case is given twice, and differently; the user says which holds."""
    found = altered_figure(material)
    if found is None:
        return None
    question, label = material.question, found.kind.label
    asked = format_question(found.question, question.get("options"))
    said = turns(
        material.say("hold_facts", facts=found.facts),
        material.say("noted"),
        material.say("conflict_value", label=label, new=found.false, question=asked, lower=inside(asked)),
        material.say("name_both", label=label, old=found.true, new=found.false),
        material.say("settle_value", label=label, value=found.true),
        material.answered(),
    )
    return Draft(
        "figure_asked", said, answer_of(question), _check(found.true, found.false, resolved=False), [found.record]
    ).choosing(question)


def figure_resolved(material: Material) -> Draft | None:
    """A figure was copied from the chart and is recalled differently: the chart is gone by, and named."""
    found = altered_figure(material)
    if found is None:
        return None
    question, label = material.question, found.kind.label
    asked = format_question(found.question, question.get("options"))
    opening = material.say("resolve_value", label=label, old=found.true, new=found.false)
    said = turns(
        material.say("from_chart", facts=found.facts),
        material.say("noted"),
        material.say("recall_value", label=label, new=found.false, question=asked),
        material.answered(opening=opening),
    )
    return Draft(
        "figure_resolved", said, answer_of(question), _check(found.true, found.false, resolved=True), [found.record]
    ).choosing(question)


def subject(material: Material) -> Draft | None:
    """The conversation was about one thing and is taken to have been about another; the user says which it is."""
    question = material.question
    text = tidy(question["question"])
    others = material.library.same_asking(question, material.rng)
    if not others:
        return None
    earlier = [
        (own, other)
        for own, other in material.library.same_subject(question, material.rng)
        if own[1].before in ("of", "for", "in", "with")
    ]
    if not earlier:
        return None
    (_, own), (first, named) = material.rng.choice(earlier)
    (_, asked), (record, wrong) = material.rng.choice(others)
    short = elliptical(text, own)
    if asked != own or short is None:
        return None
    conflict = material.say("conflict_referent", new=wrong.text, named=wrong.named, lower=inside(short))
    said = [
        *material.exchange(first),
        *turns(
            conflict,
            material.say("name_both_referents", old=named.text, new=wrong.text),
            material.say("settle_referent", value=own.named),
            material.answered(case=""),
        ),
    ]
    check = _check(named.text, wrong.text, resolved=False)
    return Draft("subject", said, answer_of(question), check, [first, record], lead=False)


def misnamed(material: Material) -> Draft | None:
    """What was said of one thing is taken down for another; the user says which was meant, and the answer stands."""
    question = material.question
    pairs = material.library.same_asking(question, material.rng)
    if not pairs:
        return None
    (_, own), (record, wrong) = material.rng.choice(pairs)
    said = answer_of(question)
    first = key_sentence(said)
    said_again = material.shaped(first, opening=material.say("stands", old=own.text))
    asked = [
        *material.exchange(question),
        *turns(
            material.say("misnamed", new=wrong.named),
            material.say("name_both_referents", old=own.text, new=wrong.text),
            material.say("settle_referent", value=own.named),
            said_again,
        ),
    ]
    return Draft("misnamed", asked, first, _check(own.text, wrong.text, resolved=False), [record], lead=False)


BUILDERS: dict[Builder, float] = {subject: 8.0, figure_asked: 3.0, figure_resolved: 2.0, misnamed: 0.1}


def _check(old: str, new: str, resolved: bool) -> dict[str, object]:
    return {
        "skill": "contradiction",
        "critical": 3,
        "first": 0,
        "turn": 2,
        "old": old,
        "new": new,
        "resolved": resolved,
    }
