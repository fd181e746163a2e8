"""Pairs of a model's own answers: several samples a prompt, scored on the rubric, one of the best against one of the
worst.

Both sides are samples. The gold answer is what they are held against and never a side: it differs from a model's
answers in length and style, which is what would be learnt. Among samples that are as good as the best, and as bad as
the worst, those closest in length are taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from residency.core.records import Pair, trace
from residency.core.stage import StageContext
from residency.judging.rubric import KEYS
from residency.judging.scorers import Scorer
from residency.preference.choosing import Candidate, best_and_worst
from residency.preference.sampling import KIND, Sample, Sampler, Task, sampled
from residency.preference.settings import PairsSettings

CUT = "a sample was cut at the limit"
UNCONFIRMED = "the scorer does not prefer the better one when it sees both"


def on_policy_pairs(
    asked: Sequence[Task],
    samplers: Mapping[str, Callable[[], Sampler]],
    scorer: Scorer,
    settings: PairsSettings,
    context: StageContext,
) -> tuple[list[Pair], Counter[str]]:
    """Samples every prompt from every model, scores the samples, and pairs one of the best with one of the worst; also
    what was refused, by reason.

    Args:
        asked: the prompts.
        samplers: by the model's name, in the order in which they are asked; each is loaded when its turn comes.
        scorer: rules, or a judge model, which is then also shown both sides in both orders.
        settings: samples, temperatures and margins.
        context: the seed and the progress.
    """
    refused: Counter[str] = Counter()
    samples: list[list[Sample]] = [[] for _ in asked]
    context.progress.start(len(asked) * len(samplers) * settings.samples, "samples of the models")
    for number, (name, load) in enumerate(samplers.items()):
        sampler = load()
        more, cut = sampled(asked, name, sampler, settings, context.seed + number)
        del sampler  # one model's memory is free before the next is loaded
        refused.update({f"{KIND}: {CUT}": cut} if cut else {})
        for own, new in zip(samples, more, strict=True):
            own += new
    cases = [(task.item, one.text) for task, own in zip(asked, samples, strict=True) for one in own]
    left = iter(scorer.score_many(cases))
    pairs: list[Pair] = []
    for task, own in zip(asked, samples, strict=True):
        scored = [Candidate(one, next(left)) for one in own]
        refused.update(f"{KIND}: {one.scored.reason}" for one in scored if one.scored.overall is None)
        picked = best_and_worst([one for one in scored if one.scored.overall is not None], settings)
        if isinstance(picked, str):
            refused[f"{KIND}: {picked}"] += 1
        else:
            pairs.append(_pair(task, *picked, scorer.name))
    return (confirmed(pairs, asked, scorer, refused) if settings.scorer == "judge" else pairs), refused


def confirmed(pairs: Sequence[Pair], asked: Sequence[Task], scorer: Scorer, refused: Counter[str]) -> list[Pair]:
    """The pairs whose chosen side the scorer also prefers when it sees both, in either order; the others are counted in
    ``refused``."""
    items = {f"{task.row['id']}/{KIND}": task.item for task in asked}
    found = scorer.compare_many([(items[pair["id"]], pair["chosen"], pair["rejected"]) for pair in pairs])
    for one in found:
        if one.winner != "first":
            refused[f"{KIND}: {one.reason or UNCONFIRMED}"] += 1
    return [pair for pair, one in zip(pairs, found, strict=True) if one.winner == "first"]


def lengths(pairs: Sequence[Pair]) -> dict[str, Any]:
    """How the two sides' lengths compare, for the report: pairs whose chosen side is longer, and the mean lengths in
    characters where there are pairs."""
    both = [(len(pair["chosen"]), len(pair["rejected"])) for pair in pairs]
    counts = {"pairs": len(both), "chosen_longer": sum(one > two for one, two in both)}
    if not both:
        return counts
    chosen, rejected = (round(sum(sizes) / len(both), 1) for sizes in zip(*both, strict=True))
    return counts | {"chosen": chosen, "rejected": rejected}


def _pair(task: Task, best: Candidate, worst: Candidate, scorer: str) -> Pair:
    sides = best, worst
    values = {key: [one.scored.rubric.get(key) for one in sides] for key in KEYS}
    judged = {key: pair for key, pair in values.items() if pair != [None, None]}
    better = [key for key, (one, two) in judged.items() if one is not None and two is not None and one > two]
    edit = {
        "type": KIND,
        "direction": task.sort,
        "scores": [round(one.value, 3) for one in sides],
        "rubric": judged,
        "why": f"better in {', '.join(better)}" if better else "better overall",
        "scorer": scorer,
        "models": [one.sample.model for one in sides],
        "temperatures": [one.sample.temperature for one in sides],
        "lengths": [len(one.sample.text) for one in sides],
    }
    record: dict[str, Any] = {
        "id": f"{task.row['id']}/{KIND}",
        "kind": KIND,
        "mode": task.mode,
        "split": task.row["split"],
        **trace(task.row),
        "prompt": task.prompt,
        "chosen": best.sample.text,
        "rejected": worst.sample.text,
        "edit": edit,
    }
    if best.sample.thought:
        record |= {"chosen_thinking": best.sample.thought, "rejected_thinking": worst.sample.thought}
    return cast(Pair, record)
