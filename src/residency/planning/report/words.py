"""The plan in sentences, for someone who has never fine-tuned a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from residency.planning.advice import smaller
from residency.planning.choice import MOST_TOKENS, StageCost
from residency.planning.constants import UNMEASURED
from residency.planning.lengths import LIMITS, filling
from residency.planning.plan import Plan
from residency.planning.report.tables import ends

STAGES: Mapping[str, str] = {
    "knowledge": "Asks the base model what it knows",
    "teacher": "Has dialogues reworded",
    "thoughts": "Has the model think about each training answer",
    "sft": "Fine-tunes: the model learns your answers",
    "pairs": "Has the model answer, for good and bad to be compared",
    "preference": "Tunes on pairs: the better answer becomes likelier",
    "evaluate": "Asks the model before, between and after",
}
PARTS: Mapping[str, str] = {
    "weights": "the model's own weights, which stay as they are",
    "adapter": "the adapter: the small part that learns",
    "gradients": "gradients: which way each learnt weight should move",
    "optimiser": "the optimiser's memory of earlier gradients",
    "reference": "the model before tuning, to compare with",
    "gathered": "weights fetched from the other devices",
    "activations": "intermediate results, kept until the step is done",
    "copies": "copies of the experts' weights with their adapters merged",
    "logits": "scores of all words of the vocabulary",
    "cache": "what was read so far, kept while answers are written",
    "overhead": "libraries, and gaps between pieces of memory",
}
FITS: Mapping[str, str] = {"fits": "yes", "tight": "perhaps", "no": "no"}
METHODS: Mapping[str, str] = {
    "lora": "LoRA: a small adapter learns beside the weights",
    "qlora": "QLoRA: the same, with the weights held in 4 bits",
    "full": "all weights learn; for small models",
    "lora fp32": "LoRA in 32 bits, where the device has no 16-bit units",
    "full fp32": "all weights learn, in 32 bits",
}
BASES: Mapping[str, str] = {
    "counted": "counted from what the run has written",
    "estimated": "estimated from the characters of what the run has written, within 10%",
    "scaled": "scaled from what the run has written",
    "projected": "projected from your question bank by the recipe's mix, within about a third: not all stages have run",
}


def can(plan: Plan) -> str:
    """Can I do it?"""
    if plan.advice is None:
        least = min(plan.choices, key=lambda one: one.peak.memory.total.likely / one.hardware.usable, default=None)
        no = "Not as it is: none of these models fits any of these devices"
        if least is None:
            return f"{no}. Name larger devices, or smaller models."
        needs = f"the stage {least.peak.stage} needs {least.peak.memory.total.likely / 1e9:,.0f} GB"
        return f"{no}. Nearest is {least.model.title} on {least.on}, where {needs}. {smaller(least)}"
    surely = "Yes" if plan.advice.choice.fit == "fits" else "Perhaps"
    within = f", likely within {plan.budget:,.0f} USD" if plan.budget is not None else ""
    return f"{surely}{within}. {' '.join(plan.advice.says)}"


def data(plan: Plan) -> list[str]:
    """What the data come to."""
    train, counts = plan.counts.train, plan.counts
    if not train.lengths.rows:
        return ["There is nothing to train on."]
    labelled = train.rows.labelled / max(1, train.lengths.tokens)
    says = [
        f"SFT has {train.lengths.rows:,} rows of {train.lengths.mean:,.0f} tokens on the mean, the longest "
        f"{train.lengths.longest:,}: {train.lengths.tokens:,} tokens, {labelled:.0%} of them learnt "
        f"({BASES[train.basis]}).",
        f"Preference tuning has {counts.pairs.lengths.rows:,} pairs ({counts.pairs.basis}); the evaluation asks each "
        f"model {counts.written.rows:,} prompts ({counts.items_basis}). A token is about three quarters of a word; "
        f"here they are {counts.tokenizer}.",
        batches(plan),
    ]
    for stage, (sent, got) in plan.servers.items():
        price = plan.prices.get(stage)
        cost = f", {price:,.2f} at the recipe's prices" if price else ""
        says.append(f"The stage {stage} sends a server {sent:,.0f} tokens and gets {got:,.0f}{cost}.")
    probed = next((one for one in plan.choices if one.constants.source != UNMEASURED), None)
    if probed is not None:
        says.append(
            f"Memory and times of {probed.model.title} on {probed.hardware.title} follow {probed.constants.source}; "
            "nothing else here was measured."
        )
    return [*says, *(f"{note[:1].upper()}{note[1:]}." for note in counts.notes)]


def stage_name(stage: StageCost) -> str:
    """What a stage does, in words."""
    return STAGES.get(stage.stage, stage.stage)


def energy(plan: Plan) -> str:
    """Electricity and CO2, for the model card."""
    if plan.advice is None:
        return ""
    kwh = plan.advice.choice.kwh
    kilograms = kwh * (plan.grid / 1000)
    grams = f"at {plan.grid:,.0f} g a kWh"
    return f"Electricity, for the model card: {ends(kwh)} kWh, and {ends(kilograms)} kg of CO2 {grams}."


def room(plan: Plan) -> str:
    """The largest batch and the longest row."""
    if plan.advice is None:
        return ""
    batch, longest = plan.advice.choice.largest
    more = " or more" if batch >= MOST_TOKENS else ""
    return (
        f"Largest that surely fits in SFT: a batch of {batch:,} tokens{more} (sft.batch_tokens), or one row of "
        f"{longest:,} (compile.max_length)."
    )


def batches(plan: Plan) -> str:
    """How full batches are, with packing and without."""
    rows, size = plan.counts.train.lengths, plan.batch_tokens
    packed, padded = filling(rows, size, True), filling(rows, size, False)
    over = [f"{rows.over(limit):,} are longer than {limit:,}" for limit in LIMITS if rows.over(limit)]
    cut = f"Of the rows {joined(over)}: a lower compile.max_length would cut into them." if over else ""
    return (
        f"Packed into batches of {size:,} tokens, {packed.waste:.0%} of what is computed is padding "
        f"({padded.waste:.0%} where rows of like length are padded). {cut}"
    ).rstrip()


def joined(parts: Sequence[str]) -> str:
    """A list in words."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def means(plan: Plan) -> list[str]:
    """What licence, context, format and serving of the model that is advised mean."""
    known = plan.known.get(plan.advice.choice.model.name) if plan.advice is not None else None
    if known is None:
        return ["It stands in no table of ours: look up its licence, its context and what it takes to serve it."]
    return [
        f"Licence: {known.licence}. {known.licence_means} {known.licence_note}".rstrip(),
        f"Context: {known.context_note}",
        f"Thinks: {known.thinks}",
        f"Format: {known.format}",
        f"Serving: {known.serving}",
    ]
