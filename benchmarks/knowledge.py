"""Does the stage ``knowledge`` find what a model knows? Facts are invented, half of them are trained in, and all asked.

    python -m benchmarks.knowledge [--quick] [--json]

The approaches, signs and repairs below do not exist, so that no model knows anything of them beforehand: the base
model must be found undecided. A LoRA is then trained on half of them, several in one conversation. Asked again as the
stage asks, the trained half must be sorted as known and the other half as unknown, though the model now answers these
too, with what it learnt of the others. ``auc`` is the probability that a trained-in fact is right oftener than one that
is not, its interval a bootstrap over facts.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from residency.chat.load import renderer_of
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings
from residency.core.files import read_jsonl, write_jsonl
from residency.core.prompt import assistant_message, conversation, format_question, user_message
from residency.core.records import Message
from residency.core.stage import StageContext, seeded
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.judging.statistics import estimate
from residency.knowledge.answering import LoadedModel
from residency.knowledge.settings import KnowledgeSettings
from residency.knowledge.sorting import CATEGORIES, KNOWN
from residency.knowledge.stage import run
from residency.training.model.adapter import add_adapter
from residency.training.settings import LoraSettings

SEED, RESAMPLES = 17, 2_000
TURNS, BATCH, RATE = 4, 2, 2e-3
Row = dict[str, Any]

STARTS = "Var Hol Bren Ost Kell Mar Tiv Dor Lund Fen Gris Pell Sor Wend Yar Zell Quin Rask Ulm Ned".split()
MIDDLES = "an er ol ist ung el ar ov in".split()
ENDS = "holt berg sen ski mann dal wick quist ford ler".split()
RELATIONS = (
    (
        "Which structure does the {name} approach expose?",
        "The {name} approach exposes the {what}.",
        "left renal vein|popliteal artery|thoracic duct|coeliac trunk|ulnar nerve|greater omentum|pancreatic tail|"
        "azygos vein|obturator foramen|carotid bulb|ileocaecal valve|gastric fundus",
    ),
    (
        "Which condition does the {name} sign suggest?",
        "The {name} sign suggests {what}.",
        "splenic rupture|femoral hernia|gallstone ileus|ovarian torsion|mesenteric ischaemia|psoas abscess|"
        "caecal volvulus|aortic dissection|renal colic|perforated ulcer|compartment syndrome|testicular torsion",
    ),
    (
        "Which material is used for the {name} repair?",
        "The {name} repair uses {what}.",
        "porcine dermis|titanium plates|silk sutures|bovine pericardium|polypropylene mesh|steel wire|fascia lata|"
        "silicone sheeting|catgut sutures|omental patches|bone cement|nylon tape",
    ),
)


def invent(count: int, kind: str, rng: random.Random) -> list[Row]:
    """So many facts as questions of a bank; every other one is to be trained in, as its ``source`` says."""
    names = [f"{start}{middle}{end}" for start in STARTS for middle in MIDDLES for end in ENDS]
    rows: list[Row] = []
    for place, name in enumerate(rng.sample(names, count)):
        asked, says, pool = RELATIONS[place // 2 % len(RELATIONS)]
        things = pool.split("|")
        what = rng.choice(things)
        row: Row = {
            "id": f"{kind}/{place}",
            "kind": kind,
            "question": asked.format(name=name),
            "answer": says.format(name=name, what=what),
            "source": "trained in" if place % 2 else "left out",
            "topic": "invented",
            "licence": "Apache-2.0",
            "parents": [],
            "split": "train",
            "cluster": f"{kind}/{place}",
            "origin": "invented",
            "passages": [],
        }
        if kind == "mcq":
            options = [what, *rng.sample([other for other in things if other != what], 3)]
            rng.shuffle(options)
            row |= {"options": dict(zip("ABCD", options, strict=True)), "answer": "ABCD"[options.index(what)]}
        rows.append(row)
    return rows


def train(model: Any, renderer: Renderer, rows: Sequence[Row], epochs: int) -> Any:
    """The model with a LoRA trained on these questions: conversations of :data:`TURNS` of them, others each time, with
    an MCQ's options in another order each time."""
    torch.manual_seed(SEED)
    model = add_adapter(model, LoraSettings(r=16, alpha=32)).train()
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.0)
    size = TURNS * BATCH
    steps, step = epochs * -(-len(rows) // size), 0
    for epoch in range(epochs):
        order = seeded(SEED, "epoch", epoch).sample(rows, len(rows))
        for start in range(0, len(order), size):
            step += 1
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(1.0, step / 5) * (1 - (step - 1) / steps)
            some = order[start : start + size]
            talks = [some[place : place + TURNS] for place in range(0, len(some), TURNS)]
            loss = _loss(model, renderer, [_talk(talk, epoch) for talk in talks])
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            optimiser.zero_grad()
            if step % 20 == 0 or step == steps:
                print(f"step {step} of {steps}: loss {loss.item():.3f}", file=sys.stderr, flush=True)
    return model.eval()


def _talk(rows: Sequence[Row], epoch: int) -> list[Message]:
    turns: list[Message] = []
    for row in rows:
        if row["kind"] == "open":
            turns += [user_message(row["question"]), assistant_message(row["answer"])]
            continue
        right, options = row["options"][row["answer"]], list(row["options"].values())
        seeded(SEED, "options", epoch, row["id"]).shuffle(options)
        asked = dict(zip("ABCD", options, strict=True))
        letter = "ABCD"[options.index(right)]
        turns += [user_message(format_question(row["question"], asked)), assistant_message(f"{letter}. {right}")]
    return conversation("CLINICAL", turns, None)


def _loss(model: Any, renderer: Renderer, talks: Sequence[Sequence[Message]]) -> torch.Tensor:
    rows = [row for of_one in renderer.rows([(talk, ()) for talk in talks]) for row in of_one]
    width = max(len(row.input_ids) for row in rows)
    ids = torch.zeros((len(rows), width), dtype=torch.long)
    labels = torch.full((len(rows), width), -100)
    for place, row in enumerate(rows):
        ids[place, : len(row.input_ids)] = torch.from_numpy(row.input_ids.astype("int64"))
        labels[place, : len(row.labels)] = torch.from_numpy(row.labels.astype("int64"))
    # Right-padded under causal attention: what follows a row's last token cannot reach it.
    logits = model(input_ids=ids).logits[:, :-1].float()
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten())


def ask(model: Any, renderer: Renderer, rows: Sequence[Row], settings: KnowledgeSettings) -> tuple[list[Row], Row]:
    """What the stage makes of a model: the lines of its table, and its report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_jsonl(folder / "corpus" / "kept.jsonl", rows)
        inputs = {"corpus": folder / "corpus"}
        run(StageContext({"knowledge": settings}, inputs, folder / "knowledge", SEED), LoadedModel(model, renderer))
        report = json.loads((folder / "knowledge" / "report.json").read_text())
        return list(read_jsonl(folder / "knowledge" / "known.jsonl")), report


def figures_of(table: Sequence[Row], rows: Sequence[Row], kind: str, report: Row) -> Row:
    """What came of one kind: the verdict, the shares by category of each half, and how well the halves are told
    apart."""
    trained = {row["id"]: row["source"] == "trained in" for row in rows}
    facts = [fact for fact in table if fact["kind"] == kind]
    (verdict,) = (one for one in report["kinds"] if one["kind"] == kind)
    found: Row = {"verdict": verdict["verdict"], "right": verdict["right"], "chance": verdict["chance"]}
    for name, half in (("trained_in", True), ("left_out", False)):
        some = [fact for fact in facts if trained[fact["id"]] == half]
        found[name] = {
            **{category: _share(some, (category,)) for category in CATEGORIES},
            "known": _share(some, KNOWN),
        }
    return found | {"auc": auc([(_rate(fact), trained[fact["id"]]) for fact in facts])}


def _share(facts: Sequence[Row], categories: Sequence[str]) -> Row:
    values = [float(fact["category"] in categories) for fact in facts]
    one = estimate(values, [fact["id"] for fact in facts])
    return {"share": one.value, "low": one.low, "high": one.high, "n": one.n}


def _rate(fact: Row) -> float:
    right = fact["greedy"]["right"] + fact["sampled"]["right"]
    return float(right / (fact["greedy"]["n"] + fact["sampled"]["n"]))


def auc(scored: Sequence[tuple[float, bool]]) -> Row:
    """The probability that a fact of the trained half scores higher than one of the other (ties half), with its
    interval."""
    values, labels = np.array([value for value, _ in scored]), np.array([label for _, label in scored])
    rng = np.random.default_rng(SEED)
    high, low = np.flatnonzero(labels), np.flatnonzero(~labels)
    drawn = [_auc(values[rng.choice(high, len(high))], values[rng.choice(low, len(low))]) for _ in range(RESAMPLES)]
    return {
        "auc": round(_auc(values[high], values[low]), 4),
        "low": round(float(np.quantile(drawn, 0.025)), 4),
        "high": round(float(np.quantile(drawn, 0.975)), 4),
        "n": len(values),
    }


def _auc(high: Any, low: Any) -> float:
    wins = (high[:, None] > low[None, :]).mean() + 0.5 * (high[:, None] == low[None, :]).mean()
    return float(wins)


def main() -> int:
    """Invent, ask, train, ask again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=40, help="invented facts asked openly")
    parser.add_argument("--mcq", type=int, default=24, help="invented facts asked as MCQs")
    parser.add_argument("--epochs", type=int, default=20, help="passes over the trained half")
    parser.add_argument("--quick", action="store_true", help="24 open facts and few samples")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, last")
    chosen = parser.parse_args()
    counts = {"open": 24, "mcq": 0} if chosen.quick else {"open": chosen.open, "mcq": chosen.mcq}
    counts = {kind: count for kind, count in counts.items() if count}
    asked = {"exemplar_sets": 3 if chosen.quick else 5, "samples": 2}
    settings = KnowledgeSettings(questions=sum(counts.values()), max_new_tokens=24, **asked)
    rows = [row for kind, count in counts.items() for row in invent(count, kind, seeded(SEED, "facts", kind))]
    embedded = ModelSettings()
    renderer = renderer_of(load_tokenizer(embedded), ChatSettings())
    begun = time.monotonic()
    base = load_model(embedded, trainable=True).eval()
    found: dict[str, Mapping[str, Any]] = {}
    seconds = {}
    for name in ("before", "after"):
        if name == "after":
            base = train(base, renderer, [row for row in rows if row["source"] == "trained in"], chosen.epochs)
            seconds["training"] = round(time.monotonic() - begun, 1)
            begun = time.monotonic()
        table, report = ask(base, renderer, rows, settings)
        seconds[name] = round(time.monotonic() - begun, 1)
        begun = time.monotonic()
        found[name] = {kind: figures_of(table, rows, kind, report) for kind in counts}
        for one in report["kinds"]:
            print(f"{name} training: {one['says']} ({seconds[name]} s)", file=sys.stderr, flush=True)
    for kind in counts:
        one = found["after"][kind]
        print(
            f"{kind}: AUC {one['auc']['auc']:.3f} ({one['auc']['low']:.3f} to {one['auc']['high']:.3f})",
            file=sys.stderr,
        )
        for half in ("trained_in", "left_out"):
            shares = ", ".join(f"{name} {part['share']:.0%}" for name, part in one[half].items())
            print(f"  {half}: {shares}", file=sys.stderr)
    if chosen.json:
        about = {**counts, "epochs": chosen.epochs, "quick": chosen.quick, **settings.model_dump(mode="json")}
        print(
            json.dumps({"name": "knowledge", "settings": about, "figures": {**found, "seconds": seconds}, "peers": {}})
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
