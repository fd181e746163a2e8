"""Answering beyond a context, and abstaining over one that suffices or where there is none, in equal measure.

The abstentions and the answers of both directions are the same texts: what is rejected over a context that holds the
answer is chosen over one that does not. Where no context is given, the answer cites nothing; so that citations tell
nothing, the same answer without them is the rejected side over a context that does not hold it too.
"""

from __future__ import annotations

from collections.abc import Iterator

from residency.core.prompt import shape_open, user_message
from residency.core.records import Conversation, Pair, Question
from residency.core.text import sentences
from residency.domain.surgery.cases import known_lines
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.phrases import check_for
from residency.domain.surgery.referents import tidy
from residency.judging.answers import is_abstention
from residency.judging.citations import cite, cited_numbers, strip_citations
from residency.judging.support import support
from residency.preference.behaviours.making import Draw, Mistake, answered, asked, body_of, case_lines, made, mode_of
from residency.preference.behaviours.making import seen_over_context as seen
from residency.preference.edits.edit import Refusal
from residency.preference.material import Material

TYPE = "abstention"
BEYOND, NEEDLESS = "answers beyond the context", "abstains needlessly"


def abstention(material: Material, draw: Draw) -> Iterator[Pair | Refusal]:
    """For each question that is asked over a context with and without its answer: both directions over a context, and
    both of the same answer without citations."""
    for row in material.insufficient:
        twin = material.twin(row)
        question = material.by_id.get(row["parents"][-1])
        if twin is None or question is None:
            yield Refusal(TYPE, "the question has no answer over a context")
            continue
        if in_danger(question["question"]):
            yield Refusal(TYPE, "a patient in danger is not left for want of a passage")
            continue
        yield from _beyond(row, twin, question, material, draw)
        yield _needless(twin, row, material, draw)
        yield _without_context(question, row, draw)
    for row in material.context:
        if material.twin(row) is None:
            yield Refusal(TYPE, "the question has no abstention over a context")


def _beyond(
    row: Conversation, twin: Conversation, question: Question, material: Material, draw: Draw
) -> Iterator[Pair | Refusal]:
    """The answer over passages that do not hold it: with citations that look right, and with none."""
    rng, count = draw(TYPE, "beyond", row["id"]), len(row["passages"])
    cited = " ".join(
        cite(strip_citations(one), sorted({_within(mark, count) for mark in cited_numbers(one)}))
        for one in sentences(body_of(twin))
    )
    texts, asks = material.texts_of(row), row["expect"]["question"]
    for number, text in enumerate((cited, question["answer"]), 1):
        if any(support(passage, one, given=asks).supported for passage in texts for one in sentences(text)):
            yield Refusal(TYPE, "the context supports a part of the answer")
            continue
        rejected = shape_open(text, row["mode"], check_for(text, rng), *case_lines(row))
        why = "The passages shown do not hold this answer."
        mistake = Mistake(TYPE, BEYOND, "abstains", "answers", "major", why, context=True)
        sides = (row["messages"][-1]["content"], rejected)
        if reason := seen(row, material.shown(row), sides, ("answers",)):
            yield Refusal(TYPE, reason)
        else:
            yield made(row, row["mode"], row["messages"][:-1], sides, mistake, number)


def _needless(row: Conversation, twin: Conversation, material: Material, draw: Draw) -> Pair | Refusal:
    rng = draw(TYPE, "needless", row["id"])
    text = body_of(twin)
    sides = (row["messages"][-1]["content"], shape_open(text, row["mode"], check_for(text, rng), *case_lines(row)))
    if reason := seen(row, material.shown(row), sides, ("abstains",)):
        return Refusal(TYPE, reason)
    why = "The passages shown hold the answer."
    mistake = Mistake(TYPE, NEEDLESS, "answers", "abstains", "major", why, context=True)
    return made(row, row["mode"], row["messages"][:-1], sides, mistake)


def _without_context(question: Question, row: Conversation, draw: Draw) -> Pair | Refusal:
    """The question without any context, answered against refused for want of one."""
    rng = draw(TYPE, "without", question["id"])
    mode, said = mode_of(question["question"], rng), body_of(row)
    chosen = answered(question, mode, draw(TYPE, "case", question["id"]))
    case = known_lines(tidy(question["question"]), draw(TYPE, "case", question["id"]))
    rejected = shape_open(said, mode, check_for(said, rng), *case)
    if is_abstention(chosen) or not is_abstention(rejected):
        return Refusal(TYPE, "the sides are not told apart as answer and abstention")
    why = "No passages were given or needed, and the question can be answered."
    mistake = Mistake(TYPE, NEEDLESS, "answers", "abstains", "major", why)
    return made(question, mode, [user_message(asked(question))], (chosen, rejected), mistake)


def _within(mark: int, count: int) -> int:
    """A citation's number among those of a context that may be smaller."""
    return 1 + (mark - 1) % count
