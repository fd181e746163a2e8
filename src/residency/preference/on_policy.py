"""Pairs from the SFT model's own answers over contexts: sampled, scored by rules, best against worst."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

from residency.chat.renderer import Renderer
from residency.core.prompt import conversation
from residency.core.records import Conversation, Pair, trace
from residency.core.stage import StageContext
from residency.generation.generate import generate
from residency.judging.answers import is_abstention, obeys_mode
from residency.judging.citations import score_citations
from residency.judging.overlap import token_f1
from residency.preference.settings import PairsSettings

MAX_NEW_TOKENS = 120
BATCH = 32


def on_policy_pairs(
    rows: Sequence[Conversation],
    texts: dict[str, str],
    model: Any,
    renderer: Renderer,
    settings: PairsSettings,
    context: StageContext,
) -> tuple[list[Pair], Counter[str]]:
    """Sample ``settings.samples`` answers a prompt and pair the best with the worst.

    A prompt whose samples lie closer together than ``settings.margin`` gives no pair and is counted.
    """
    chosen_rows = context.random("on_policy").sample(list(rows), min(settings.on_policy, len(rows)))
    prompts = [conversation(row["mode"], row["messages"][:-1]) for row in chosen_rows]
    ids = [renderer.prompt(prompt) for prompt in prompts for _ in range(settings.samples)]
    context.progress.start(len(ids), "samples of the SFT model")
    limit = renderer.limit(MAX_NEW_TOKENS)
    outputs = generate(
        model,
        ids,
        stop=renderer.stops,
        max_new_tokens=limit,
        batch_size=BATCH,
        temperature=settings.temperature,
        seed=context.seed,
        on_batch=lambda batch: context.progress.advance(len(batch)),
    )
    pairs: list[Pair] = []
    refused: Counter[str] = Counter()
    for number, row in enumerate(chosen_rows):
        own = outputs[number * settings.samples : (number + 1) * settings.samples]
        # One that was cut has no end that could be learnt, neither of its thought nor of its answer.
        said = [renderer.message(out) for out in own if len(out) < limit]
        if len(said) < 2:
            refused["on_policy: the samples were cut at the limit"] += 1
            continue
        scored = sorted((score(row, one["content"], texts), one["content"], one.get("thinking", "")) for one in said)
        (low, worst, worst_thought), (high, best, best_thought) = scored[0], scored[-1]
        if high - low < settings.margin:
            refused["on_policy: the samples are equally good"] += 1
            continue
        edit = {"type": "on_policy", "scores": [round(high, 3), round(low, 3)], "scorer": "rules"}
        record = {
            "id": f"{row['id']}/on_policy",
            "kind": "on_policy",
            "mode": row["mode"],
            "split": row["split"],
            **trace(row),
            "prompt": prompts[number],
            "chosen": best,
            "rejected": worst,
            "edit": edit,
        }
        if bool(best_thought) != bool(worst_thought):
            refused["on_policy: one sample alone has a thought"] += 1
            continue
        if best_thought:
            record |= {"chosen_thinking": best_thought, "rejected_thinking": worst_thought}
        pairs.append(cast(Pair, record))
    return pairs, refused


def score(row: Conversation, answer: str, texts: dict[str, str]) -> float:
    """A sample's score between 0 and 1: abstaining when it should, else citations and agreement with the
    gold answer; a fifth of it for the mode's form."""
    abstains = is_abstention(answer)
    form = float(obeys_mode(answer, row["mode"]))
    if row["expect"]["abstain"]:
        return 0.8 * abstains + 0.2 * form
    if abstains:
        return 0.2 * form
    passages = [texts[name] for name in row["passages"]]
    cited = score_citations(answer, passages, row["expect"]["question"]).f1
    return 0.4 * cited + 0.4 * token_f1(answer, row["expect"]["reference"]) + 0.2 * form
