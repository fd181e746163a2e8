"""What tuning on these pairs teaches: pairs of topics that it has not seen, by type, and with types left out.

    python -m benchmarks.pairs_effect --run runs/surgery-demo
    python -m benchmarks.pairs_effect --run runs/surgery-demo --without certainty --without unit
    python -m benchmarks.pairs_effect --run runs/surgery-demo --on-policy 120 --keep effect

The run's train questions are divided by topic. Of the larger part pairs are made, and the run's SFT model is tuned on
them, once on all types and once without each type named; of the other part pairs are made to measure. A pair is told
apart where the chosen answer is likelier than the rejected one, by the mean log-probability of its tokens.
``told_apart`` is the share of pairs, by arm and type; ``gain`` the paired difference to the SFT model, with an interval
over questions; ``margin`` the mean difference of the two answers in nats a token.

With ``--on-policy`` the SFT model's own answers to that many prompts of each part are sampled, scored by the rules and
paired; the model is then also tuned on these pairs, and on half of either kind, and the measured pairs have the
type ``on_policy`` beside the others: so it shows whether pairs of mistakes teach more than mistakes. ``--keep`` keeps
each arm's adapter and pairs, and of what is there already nothing is made again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from residency.chat.load import renderer_of
from residency.chat.pairs import CompiledPair, compile_pairs
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.records import TRAINED_ON, Pair, in_splits
from residency.core.runs import settings_of
from residency.core.stage import Silent, StageContext, seeded
from residency.generation.settings import ModelSettings
from residency.judging.rules import Rules
from residency.judging.statistics import estimate, paired_difference
from residency.preference.balance import parent_of
from residency.preference.build import MAKERS, build_pairs
from residency.preference.material import Material
from residency.preference.on_policy import on_policy_pairs
from residency.preference.sampling import Sampler, model_sampler, tasks
from residency.preference.settings import PairsSettings
from residency.retrieval.index import open_index
from residency.training.settings import PreferenceSettings

SEED = 17
PAIRS, HELD = 200, 200
TOPICS = 0.35
"""Share of the topics whose pairs are measured and not trained on."""
SFT, ALL, OWN, MIXED = "sft", "all", "own answers", "half and half"
PAIRS_FILE = "pairs.jsonl"
SAMPLE_TOKENS = 160
Say = Callable[[str], None]


def parts_of(run: Path) -> tuple[Material, Material]:
    """What is trained on, and what is measured: train rows of a run, of different topics."""

    def train(path: str) -> list[Any]:
        return in_splits(read_jsonl(run / path), TRAINED_ON)

    rows = [
        train(path) for path in ("corpus/kept.jsonl", "grounding/conversations.jsonl", "dialogue/conversations.jsonl")
    ]
    topics = sorted({row["topic"] for row in rows[0]})
    seeded(SEED, "topics").shuffle(topics)
    held = set(topics[: max(1, round(TOPICS * len(topics)))])
    index = open_index(run / "index")

    def part(of_held: bool) -> Material:
        questions, grounded, dialogues = ([row for row in some if (row["topic"] in held) == of_held] for some in rows)
        return Material(questions, grounded, index, dialogues)

    return part(False), part(True)


def own_pairs(run: Path, material: Material, prompts: int, out: Path) -> list[Pair]:
    """Pairs of the SFT model's own answers to ``prompts`` prompts, scored by the rules; kept in ``out``."""
    if (out / PAIRS_FILE).is_file():
        return cast(list[Pair], list(read_jsonl(out / PAIRS_FILE)))
    from residency.generation.models import load_model, load_tokenizer, tuned_folder

    model_settings = settings_of(run, "sft", "model", ModelSettings)
    settings = PairsSettings(on_policy=prompts, sample_tokens=SAMPLE_TOKENS)
    context = StageContext({}, {}, out, SEED, Silent())
    rows = [*material.context, *material.insufficient]
    asked = tasks(material.plain, rows, material.texts, prompts, context)
    renderer = renderer_of(load_tokenizer(model_settings), ChatSettings())

    def opened() -> Sampler:
        return model_sampler(load_model(model_settings, tuned_folder(run / "sft")), renderer, settings)

    pairs, refused = on_policy_pairs(asked, {SFT: opened}, Rules(), settings, context)
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / "refused.json", dict(refused))
    write_jsonl(out / PAIRS_FILE, pairs)
    return pairs


def tuned(run: Path, pairs: Sequence[Pair], settings: PreferenceSettings, out: Path) -> Path:
    """The preference stage on these pairs, from the run's SFT model; the folder of its adapter."""
    from residency.training import preference

    if (out / "tuned" / "adapter" / "adapter_config.json").is_file() and (out / "done").is_file():
        return out / "tuned" / "adapter"
    shutil.rmtree(out, ignore_errors=True)
    (out / "pairs").mkdir(parents=True)
    write_jsonl(out / "pairs" / "pairs.jsonl", pairs)
    sections = {"preference": settings, "compile": CompileSettings()}
    sections |= {"model": settings_of(run, "sft", "model", ModelSettings), "chat": ChatSettings()}
    context = StageContext(sections, {"pairs": out / "pairs", "sft": run / "sft"}, out / "tuned", SEED, Silent())
    context.out.mkdir()
    preference.run(context)
    (out / "done").touch()
    return context.out / "adapter"


def likelihoods(
    model_settings: ModelSettings, adapter: Path, rows: Sequence[CompiledPair]
) -> list[tuple[float, float]]:
    """Of each pair the mean log-probability of the chosen answer's tokens, and of the rejected one's."""
    from residency.generation.choices import choice_logprobs
    from residency.generation.lines import Asked
    from residency.generation.models import load_model

    model = load_model(model_settings, adapter)
    pairs = [(row["chosen_ids"], row["rejected_ids"]) for row in rows]
    found = choice_logprobs(model, [Asked(row["prompt_ids"], pair) for row, pair in zip(rows, pairs, strict=True)])
    return [
        (good / len(chosen), bad / len(rejected)) for (good, bad), (chosen, rejected) in zip(found, pairs, strict=True)
    ]


def figures_of(found: dict[str, list[tuple[float, float]]], held: Sequence[Pair]) -> dict[str, Any]:
    """By arm: the share told apart, its gain over SFT and the margin, of all pairs and by type."""
    clusters = [parent_of(pair) for pair in held]
    right = {arm: [float(good > bad) for good, bad in values] for arm, values in found.items()}
    groups = {"all types": range(len(held))} | {
        kind: [place for place, pair in enumerate(held) if pair["kind"] == kind]
        for kind in sorted({pair["kind"] for pair in held})
    }
    told: dict[str, Any] = {}
    for arm, values in found.items():
        told[arm] = {}
        for name, places in groups.items():
            mine, theirs = ([right[one][place] for place in places] for one in (arm, SFT))
            of = [clusters[place] for place in places]
            share = estimate(mine, of)
            told[arm][name] = {"n": len(mine), "told_apart": [share.value, share.low, share.high]}
            margins = [values[place][0] - values[place][1] for place in places]
            told[arm][name]["margin"] = sum(margins) / len(margins)
            if arm != SFT:
                gain = paired_difference(mine, theirs, of)
                told[arm][name]["gain"] = [gain.value, gain.low, gain.high]
    return told


def measure(chosen: argparse.Namespace, say: Say) -> dict[str, Any]:
    """The figures."""
    from residency.generation.models import load_tokenizer

    model_settings = settings_of(chosen.run, "sft", "model", ModelSettings)
    renderer = renderer_of(load_tokenizer(model_settings), ChatSettings())
    train, other = parts_of(chosen.run)
    held, _ = build_pairs(other, list(MAKERS), chosen.held, lambda *names: seeded(SEED, "held", *names))
    arms = {ALL: list(MAKERS)} | {f"without {name}": [one for one in MAKERS if one != name] for name in chosen.without}
    made = {
        arm: build_pairs(train, types, chosen.pairs, lambda *names: seeded(SEED, *names))[0]
        for arm, types in arms.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        out = chosen.keep or Path(folder)
        if chosen.on_policy:
            held += own_pairs(chosen.run, other, chosen.on_policy, out / "own-held")
            own = own_pairs(chosen.run, train, chosen.on_policy, out / "own-train")
            half = min(len(own), len(made[ALL])) // 2
            made |= {OWN: own, MIXED: [*made[ALL][:half], *own[:half]]}
        rows, refused, _ = compile_pairs(held, renderer, CompileSettings().max_length)
        if refused:
            raise SystemExit(f"error: pairs that cannot be compiled: {refused}")
        say(f"{len(held)} pairs to measure, of {len({pair['kind'] for pair in held})} types")
        found = {SFT: likelihoods(model_settings, chosen.run / "sft" / "adapter", rows)}
        settings = PreferenceSettings(epochs=chosen.epochs, evaluations=1, dev_share=0.0, dev_rows=0, dev_prompts=0)
        for arm, pairs in made.items():
            adapter = tuned(chosen.run, pairs, settings, out / arm.replace(" ", "-"))
            found[arm] = likelihoods(model_settings, adapter, rows)
            say(f"{arm}: tuned on {len(pairs)} pairs")
    return figures_of(found, held)


def spelt(values: Sequence[float | None]) -> str:
    """A figure with the ends of its interval, which few equal values do not have."""
    value, low, high = ("none" if one is None else f"{one:+.3f}" for one in values)
    return f"{value} [{low}, {high}]"


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pairs_effect", description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="a run whose SFT stage has finished")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="pairs to tune on")
    parser.add_argument("--epochs", type=float, default=1.0, help="passes over them")
    parser.add_argument("--held", type=int, default=HELD, help="pairs to measure")
    parser.add_argument("--without", action="append", default=[], choices=list(MAKERS), help="also leave this type out")
    parser.add_argument("--on-policy", type=int, default=0, metavar="N", help="prompts to sample, of either part")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where arms are kept, and found again")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()

    def say(line: str) -> None:
        print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)

    figures = measure(chosen, say)
    for arm, types in figures.items():
        for name, one in types.items():
            gain = f" gain {spelt(one['gain'])}" if "gain" in one else ""
            share = spelt(one["told_apart"])
            say(f"{arm:<20} {name:<14} n {one['n']:>4} told apart {share}{gain} margin {one['margin']:+.4f}")
    if chosen.json:
        settings = {
            "run": chosen.run.name,
            "pairs": chosen.pairs,
            "held": chosen.held,
            "epochs": chosen.epochs,
            "seed": SEED,
        }
        print(json.dumps({"name": "pairs_effect", "settings": settings, "figures": figures, "peers": {}}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
