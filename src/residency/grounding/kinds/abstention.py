"""The abstention: the context does not hold the answer, and the answer says so, gives what the context does say, and
names what to look for.

The supporting passages are withheld and hard distractors stay. In a near miss these look right: passages about the
question's own subject that do not answer it, or, where there are none, its passage without the sentences that do; or
the question is asked of patients of whom its passages do not speak, which then stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from residency.core.records import Passage
from residency.core.text import content_stems, mid_sentence, sentences
from residency.domain.surgery.aspects import asked, told
from residency.domain.surgery.danger import in_danger
from residency.domain.surgery.populations import Population
from residency.grounding.align import gold_text, supports_any
from residency.grounding.asked import Asked
from residency.grounding.excerpt import without
from residency.grounding.leaning import stands_alone
from residency.grounding.material import Draft, Material
from residency.grounding.naming import unmentioned, wanted
from residency.grounding.near_misses import EMERGENCY, for_another_population
from residency.grounding.still import Still, sayable
from residency.grounding.subject import defines, kind_of_near_miss, name_of, speaks_of, subject_of
from residency.judging.answers import is_abstention
from residency.judging.citations import cite
from residency.judging.support import support

SEARCHED = 8  # times as many distractors as a context holds are looked at for those of the same subject
STILL = 2 / 3  # of the abstentions in which something can still be said, the share that says it
MADE = 2.0  # few questions allow another population: those that do are asked so this many times as often


_STATES = re.compile(
    r"(?:An?|The|Most|Some|Many|All|Every|Each|No|About|Nearly|Few|Only|Several|Patients|People|Adults|[A-Z]{2,}\w*|"
    r"[A-Z]\w+(?:[^s]s|tion|sis|ism|itis|oma|ment|ity|ence|ance|ness|omy|ing)) (?!,)"
)
"""How a sentence begins that can follow "that": a statement, not an order ("Give ...")."""


@dataclass(frozen=True)
class Said:
    """An abstention's text, what it names to look for, and the ids of the passages whose content it still gives."""

    text: str
    wanted: str
    still: tuple[str, ...] = ()


def abstention(material: Material) -> Draft | str:
    """The question over passages that do not answer it; refused when there are none."""
    drawn = material.rng.random()
    if drawn < MADE * material.settings.near_misses and (made := _of_another_population(material)):
        return made
    near = drawn < material.settings.near_misses
    passages = _silent(material, near)
    question = material.question["question"]
    subject = subject_of(question, material.supporting, material.index)
    cut = [] if not near or any(speaks_of(passage, subject) for passage in passages) else _excerpts(material)
    passages = [*cut, *passages[: max(0, material.settings.passages - len(cut))]]
    if not passages:
        return "no context without the answer"
    material.rng.shuffle(passages)
    said = said_of(material, passages, still=True)
    kind = kind_of_near_miss(question, passages, subject) or ("condition" if cut else "")
    return replace(_draft(material, passages, said, kind, "excerpt" if cut else ""), changed=bool(cut))


def says_so(material: Material, passages: Sequence[Passage]) -> str:
    """That the passages do not hold the answer, and what to look for."""
    return said_of(material, passages, still=False).text


def said_of(material: Material, passages: Sequence[Passage], still: bool) -> Said:
    """That the passages do not hold the answer, what to look for and, if ``still``, what they do say."""
    question, rng, index = material.question["question"], material.rng, material.index
    subject = subject_of(question, material.supporting, index)
    near = [] if defines(question) else [passage for passage in passages if speaks_of(passage, subject)]
    name = name_of(question, near, subject, index) if near else ""
    what = wanted(question, material.supporting, index)
    if name:
        kinds = asked(sentences(question)[-1])
        aspect = kinds[0].name if len(kinds) == 1 else ""
        opening = material.say("near", subject=name)
        opening = opening if is_abstention(opening) else material.say("silent")
        ending = material.say("side" if aspect else "other_side", subject=name, aspect=aspect)
        what = f"{name}: {aspect}" if aspect else name
    elif what and any(passage["title"].lower().startswith(what.lower()) for passage in passages):
        # what is shown under that very title is not to be looked for again
        opening, ending = material.say("silent"), material.say("other_side", subject=what)
    elif not what:
        opening, ending = material.say("silent"), material.say("unnamed")
    elif unmentioned(what, question, passages) and rng.random() < 0.5:
        opening, ending = material.say("about", what=what), material.say("then")
        if not is_abstention(opening):  # a full stop in a name hides what is said of it
            opening, ending = material.say("silent"), material.say("wanted", what=what)
    else:
        opening, ending = material.say("silent"), material.say("wanted", what=what)
    if in_danger(question) or EMERGENCY.search(question):
        ending = f"{ending.replace(', or ask a senior', '')} {material.say('urgent')}"
    found = sayable(question, _gold(material), passages, subject) if still else []
    if found and rng.random() < STILL:
        chosen = rng.choice(found)
        given = _given(material, "still", chosen, passages)
        if given:
            return Said(_in_order(material, opening, given, ending), what, (chosen.passage["id"],))
    return Said(f"{opening} {ending}", what)


def _in_order(material: Material, opening: str, given: str, ending: str) -> str:
    """The opening first, since nothing cited may stand before it; then the other two in an order of chance."""
    rest = [given, ending]
    if material.rng.random() < 1 / 3:  # "that" and "they" in what is given point to the opening
        rest.reverse()
    return " ".join([opening, *rest])


def _given(material: Material, purpose: str, still: Still, passages: Sequence[Passage]) -> str:
    """A sentence of a passage, introduced and cited; empty where its introduction keeps the passage from supporting
    it."""
    number = [passage["id"] for passage in passages].index(still.passage["id"]) + 1
    inside = mid_sentence(still.sentence, material.index.names) if _STATES.match(still.sentence) else ""
    form = f"{purpose}_inside" if inside and material.rng.random() < 0.5 else f"{purpose}_whole"
    text = material.say(form, whole=still.sentence, inside=inside)
    fits = support(still.passage["text"], text, material.settings.support_threshold).supported
    return cite(text, [number]) if fits and len(sentences(text)) == 1 else ""


def _silent(material: Material, near: bool) -> list[Passage]:
    """The hardest distractors that neither support a gold sentence nor say much of the same; if ``near``, those about
    the question's own subject first."""
    question, count = material.question["question"], material.settings.passages
    subject = subject_of(question, material.supporting, material.index)
    gold = _gold(material)
    broad = _is_broad(question, subject.stems | subject.drugs)
    wanted_kinds = {aspect.name for aspect in asked(question)}
    threshold = material.settings.support_threshold

    def tells(passage: Passage) -> bool:
        text = f"{passage['title']}. {passage['text']}"
        if any(support(text, claim).overlap >= threshold for claim in gold) or material.tells(passage):
            return True
        if not speaks_of(passage, subject):
            return False
        if defines(question):
            return True
        pieces = sentences(passage["text"])
        return broad and any(wanted_kinds & {aspect.name for aspect in told(piece)} for piece in pieces)

    found = [p for p in material.distractors(count * SEARCHED if near else count * 2) if not tells(p)]
    if near:
        found.sort(key=lambda passage: not speaks_of(passage, subject))
    shown = found[:count]
    return shown if shown and material.silent(shown) else []


def _excerpts(material: Material) -> list[Passage]:
    """One of the supporting passages without what supports the gold answer; none where too little is left, or where
    what is left may be read as an answer."""
    question, threshold = material.question["question"], material.settings.support_threshold
    gold = _gold(material)
    subject = subject_of(question, material.supporting, material.index)
    kinds = {aspect.name for aspect in asked(question)}
    if defines(question):
        return []
    for passage in material.rng.sample(material.supporting, len(material.supporting)):
        left = without(passage, gold, question, threshold)
        named = subject.stems or subject.drugs  # where nothing is named, the rest of its own passage is still near
        if left is None or (named and not speaks_of(left, subject)):
            continue
        told_there = {aspect.name for piece in sentences(left["text"]) for aspect in told(piece)}
        broad = _is_broad(question, subject.stems | subject.drugs)
        answers = supports_any(gold, [left], threshold, question) or material.tells(left)
        if not (broad and kinds & told_there) and not answers:
            return [left]
    return []


def _gold(material: Material) -> list[str]:
    return list(dict.fromkeys(sentences(gold_text(material.question))))


def _is_broad(question: str, subject: frozenset[str]) -> bool:
    """Whether a question asks for a kind of thing about its subject and says no more ("What causes ...?")."""
    kinds = asked(question)
    rest = [w for w in set(content_stems(question)) - subject if not any(kind.asks.search(w) for kind in kinds)]
    return len(rest) <= 1


def _of_another_population(material: Material) -> Draft | None:
    """The question asked of patients of whom its supporting passages do not speak, over these; None where that cannot
    be asked."""
    gold = [(sentence, names) for sentence, names in material.aligned.sentences if stands_alone(sentence)]
    if not gold:
        return None
    other = for_another_population(
        material.question["question"], material.aligned.text, material.supporting, material.held_out, material.rng
    )
    if other is None:
        return None
    sentence, names = gold[0]
    beside = [
        passage
        for passage in material.distractors(material.settings.passages * SEARCHED)
        if not other.population.mentions.search(f"{passage['title']} {passage['text']}".lower())
    ]
    passages = [*material.supporting, *beside[: max(0, material.settings.passages - len(material.supporting))]]
    material.rng.shuffle(passages)
    given = _given(material, "general", Still(sentence, material.index.by_id[names[0]]), passages)
    if not given:
        return None
    asked_so = replace(material, asked=Asked({**material.question, "question": other.question}, material.aligned))
    opening = material.say("group", group=other.population.group)
    ending = material.say("for_group", group=other.population.group)
    said = Said(f"{opening} {given} {ending}", _for(other.population, material), (names[0],))
    return replace(_draft(asked_so, passages, said, "population", other.population.name), question=other.question)


def _for(population: Population, material: Material) -> str:
    what = wanted(material.question["question"], material.supporting, material.index)
    return f"{what}: {population.group}" if what else population.group


def _draft(material: Material, passages: Sequence[Passage], said: Said, near_miss: str, made: str = "") -> Draft:
    answer = material.shaped(said.text)
    if not is_abstention(answer):
        raise AssertionError(f"an abstention that is not recognised as one: {answer}")
    check = {"near_miss": near_miss, "wanted": said.wanted, "still": list(said.still)}
    return Draft(
        "abstention",
        "insufficient",
        passages,
        answer,
        gold_text(material.question),
        [],
        abstain=True,
        check={**check, "made": made} if made else check,
    )
