"""Half of the answer is there: the answer gives that half with its citations, and names the half that is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from residency.core.records import Passage
from residency.core.text import content_stems, sentences, words
from residency.grounding.align import Sentences, supporters, supports_any
from residency.grounding.excerpt import without
from residency.grounding.halves import Missing, name_missing
from residency.grounding.leaning import leans
from residency.grounding.material import Draft, Material
from residency.grounding.naming import LEAST_RARITY, wanted
from residency.grounding.telling import clauses, tells_of
from residency.judging.answers import is_abstention
from residency.judging.support import support

SEARCHED = 4  # times as many distractors as a context holds are looked at

MOST = 12  # sentences of an answer that can be halved

ONE = "the answer has no two halves"
WHOLE = "no passage holds a half alone"
NAMELESS = "nothing to name the missing half by"
SILENT = "half of the answer reads as though the passages were silent"


@dataclass(frozen=True)
class _Half:
    """A context's own passages and what they hold of the answer."""

    own: tuple[Passage, ...]
    present: Sentences
    missing: tuple[str, ...]
    cut: bool


def partial(material: Material) -> Draft | str:
    """The question over passages that hold a part of its answer; refused where no part can be held back and named."""
    claims = material.aligned.sentences
    if not 2 <= len(claims) <= MOST:
        return ONE
    halves = [*_withheld(material, claims), *_shortened(material, claims)]
    if not halves:
        return WHOLE
    material.rng.shuffle(halves)
    for half in halves:
        present = [sentence for sentence, _ in half.present]
        beside = [piece for passage in half.own for piece in sentences(passage["text"])]
        name = name_missing(material.question["question"], present, half.missing, beside)
        if name and name.part and _touched(name.part, half.own, material):
            continue
        passages = _shown(material, half) if name else []
        if name and passages:
            return _draft(material, half, name, passages)
    return NAMELESS


def _withheld(material: Material, claims: Sentences) -> Iterator[_Half]:
    """One of several supporting passages is left out."""
    for away in material.supporting:
        own = tuple(passage for passage in material.supporting if passage["id"] != away["id"])
        half = _half(material, claims, own, cut=False)
        if own and half:
            yield half


def _shortened(material: Material, claims: Sentences) -> Iterator[_Half]:
    """The first or the last sentences of the answer are taken out of the passages that support them."""
    threshold, question = material.settings.support_threshold, material.question["question"]
    for place in range(1, len(claims)):
        for missing, present in ((claims[place:], claims[:place]), (claims[:place], claims[place:])):
            held = [sentence for sentence, _ in missing]
            own = []
            for passage in material.supporting:
                keep = [sentence for sentence, names in present if passage["id"] in names]
                if not keep:
                    continue
                short = (
                    without(passage, held, question, threshold, keep)
                    if any(support(passage["text"], claim, threshold, question).overlap >= threshold for claim in held)
                    else passage
                )
                own.append(short)
            if own and None not in own:
                half = _half(material, claims, tuple(p for p in own if p is not None), cut=True)
                if half and list(half.missing) == held:
                    yield half


def _half(material: Material, claims: Sentences, own: tuple[Passage, ...], cut: bool) -> _Half | None:
    """What ``own`` hold of the claims; None where it is all or nothing, or a sentence leans on one that is missing."""
    threshold, question = material.settings.support_threshold, material.question["question"]
    present: list[tuple[str, tuple[str, ...]]] = []
    missing: list[str] = []
    for sentence, _ in claims:
        names = supporters(sentence, own, threshold, question)
        if names and missing and leans(sentence, gap=True):
            return None
        if names:
            present.append((sentence, names))
        else:
            missing.append(sentence)
    parts = [part for claim in missing for part in clauses(claim)]
    if not present or not missing or supports_any([*missing, *parts], own, threshold, question):
        return None
    return _Half(own, tuple(present), tuple(missing), cut and any(p not in material.supporting for p in own))


def _shown(material: Material, half: _Half) -> list[Passage]:
    """The half's passages among distractors that say nothing of what is missing; empty where one of them does."""
    threshold, question = material.settings.support_threshold, material.question["question"]
    count = material.settings.passages - len(half.own)
    beside = [
        passage
        for passage in material.distractors(count * SEARCHED)
        if not tells_of(question, half.missing, passage, material.index.rarity)
        and not any(
            support(f"{passage['title']}. {passage['text']}", claim, threshold, question).overlap >= threshold
            for claim in half.missing
        )
    ]
    passages = [*half.own, *beside[: max(0, count)]]
    material.rng.shuffle(passages)
    parts = [part for claim in half.missing for part in clauses(claim)]
    return [] if supports_any([*half.missing, *parts], passages, threshold, question) else passages


def _touched(part: str, own: Sequence[Passage], material: Material) -> bool:
    """Whether what is left says something of the part of the question that is said to be unanswered: a sentence holds
    most of what the part names beyond the present half's subject."""
    stems = {
        stem for word in words(part) if material.index.rarity(word) >= LEAST_RARITY for stem in content_stems(word)
    }
    titles = {stem for passage in own for stem in content_stems(passage["title"])}
    telling = stems - titles
    return any(
        len(telling & set(content_stems(piece))) >= max(2, len(telling) / 2)
        for passage in own
        for piece in sentences(passage["text"])
    )


def _draft(material: Material, half: _Half, name: Missing, passages: Sequence[Passage]) -> Draft | str:
    facts = [sentence for sentence, _ in half.present]
    cited = material.cited(half.present, passages)
    text = f"{cited} {_gap(material, name, half)}"
    answer = material.shaped(text, " ".join(facts))
    if is_abstention(answer):
        return SILENT
    return Draft(
        "partial",
        "context",
        passages,
        answer,
        " ".join(facts),
        facts,
        check={"missing": list(half.missing), "names": name.name},
        changed=half.cut,
    )


def _gap(material: Material, name: Missing, half: _Half) -> str:
    """That a half is missing, its name, and that it is to be looked up, under the title that holds it."""
    gap = (
        material.say("gap", name=name.aspect) if name.aspect else material.say("part", part=name.part, place=name.place)
    )
    held = [names for sentence, names in material.aligned.sentences if sentence in half.missing]
    where = [material.index.by_id[name] for name in dict.fromkeys(name for names in held for name in names)]
    what = wanted(material.question["question"], where, material.index)
    look = material.say("look", what=what) if what and material.rng.random() < 0.7 else material.say("ask")
    return f"{gap} {look}"
