"""Faults of any answer, and of one that the context holds."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from benchmarks.planted_context_faults.given import (
    CLAIMS,
    SILENT,
    Given,
    behind,
    cited,
    formed,
    with_answer,
)
from residency.core.prompt import body
from residency.core.text import MARK, content_stems, sentences


def empty(given: Given, rng: random.Random) -> Given | None:
    """Nothing is said."""
    return replace(given, answer=" \n")


def unknown_mark(given: Given, rng: random.Random) -> Given | None:
    """One of the marks names no passage."""
    marks = list(MARK.finditer(given.answer))
    if not marks:
        return None
    one = rng.choice(marks)
    return with_answer(given, f"{given.answer[: one.start()]}[{len(given.passages) + 3}]{given.answer[one.end() :]}")


def cited_invention(given: Given, rng: random.Random) -> Given | None:
    """A claim from nowhere, with a mark."""
    return with_answer(given, behind(given.answer, cited(rng.choice(CLAIMS), "[1]")))


def uncited_invention(given: Given, rng: random.Random) -> Given | None:
    """A claim from nowhere, without a mark."""
    return (
        with_answer(given, behind(given.answer, rng.choice(CLAIMS))) if given.check["instruction"] == "only" else None
    )


def invented_figure(given: Given, rng: random.Random) -> Given | None:
    """A cited sentence has a figure that its passage has not."""
    marks = list(MARK.finditer(given.answer))
    if not marks:
        return None
    place = rng.choice(marks).start()
    return with_answer(given, f"{given.answer[:place].rstrip()} in 7351 patients {given.answer[place:]}")


def marks_lost(given: Given, rng: random.Random) -> Given | None:
    """No sentence is cited."""
    return with_answer(given, re.sub(rf"\s*{MARK.pattern}", "", given.answer))


def marks_elsewhere(given: Given, rng: random.Random) -> Given | None:
    """Every mark names a passage that shares few words with what the marked sentences say."""
    if len(given.passages) < 2:
        return None
    cited = [set(content_stems(one)) for one in sentences(body(given.answer)) if MARK.search(one)]
    if not cited:
        return None
    texts = [set(content_stems(f"{one['title']} {one['text']}")) for one in given.passages]
    shares = [max(len(said & text) / max(1, len(said)) for said in cited) for text in texts]
    least = min(range(len(texts)), key=shares.__getitem__)
    return with_answer(given, MARK.sub(f"[{least + 1}]", given.answer)) if shares[least] < 0.4 else None


def needless_abstention(given: Given, rng: random.Random) -> Given | None:
    """The answer abstains."""
    return with_answer(given, formed(given, f"{SILENT} Please retrieve guidance on that."))


def beside_the_point(given: Given, rng: random.Random) -> Given | None:
    """Another passage's sentence, rightly cited, in place of an answer."""
    facts = set(content_stems(" ".join(given.row["expect"].get("key_facts") or [given.reference])))
    order = str(given.check.get("order") or "")
    for number, passage in enumerate(given.passages, 1):
        for sentence in sentences(passage["text"].replace(order, "") if order else passage["text"]):
            if len(set(content_stems(sentence)) & facts) < 2 and len(content_stems(sentence)) > 4:
                return with_answer(given, formed(given, cited(sentence, f"[{number}]")))
    return None
