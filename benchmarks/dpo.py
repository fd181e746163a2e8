"""DPO on questions with a long context: pairs a second, peak memory and exactness, against TRL's DPOTrainer.

    python -m benchmarks.dpo --text openstax_ap_sections.jsonl            # 16 pairs, three rounds
    python -m benchmarks.dpo --text openstax_ap_sections.jsonl --quick    # 4 pairs, one round

A pair is a question below passages of ``--text``, 820 to 875 tokens in all as residency's prompt has them, with two
answers of 100 to 150 tokens that are cut from the first passages and from elsewhere; no sequence is longer than 1,024
tokens, TRL's own cap. Each side takes one pass over the same pairs from the same SFT adapter (rank 32, every linear
layer), in a process of its own; the pass of the reference counts. Before, each process trains on a pair that does not.
Ours is the preference stage with its defaults. TRL's sides stand in ``benchmarks/trl_sides.py``: its defaults (batches
of eight, or of as many as fit into memory), and its best settings (all in bf16, the reference precomputed).
``largest_logp_difference`` is between our summed log-probabilities of an answer, in float32, and those that
transformers' plain forward pass gives for the whole sequence alone.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.context_pairs import write_adapter, write_pairs
from benchmarks.trainers import (
    OURS,
    QUICK_ROUNDS,
    ROUNDS,
    SEED,
    SIDES,
    TRL_BEST,
    TRL_DEFAULT,
    Measured,
    OutOfMemory,
    Stopwatch,
    by_turns,
    compared,
    measured,
    note_load,
    parser,
    printer,
    run_side,
    tell,
    text_to_use,
)
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.files import read_jsonl, write_jsonl
from residency.core.stage import StageContext
from residency.generation.models import load_model
from residency.generation.settings import ModelSettings
from residency.training.settings import PreferenceSettings

MODULE = "benchmarks.dpo"
COUNT, QUICK_COUNT, WARM_UP = 16, 4, 1
BATCHES = (8, 4, 2, 1)
LOGPS = "logps"
REFERENCE = "reference.jsonl"

Row = dict[str, Any]
"""A pair as text (``pair``), and compiled: ``prompt_ids``, ``chosen_ids``, ``rejected_ids``."""


def ours(rows: Sequence[Row], sft: Path) -> Measured:
    """The preference stage with its defaults, one epoch, from the adapter in the folder ``sft``."""
    ours_once(rows[:WARM_UP], sft)
    seconds, losses = ours_once(rows, sft)
    return measured(len(rows), seconds, losses)


def ours_once(rows: Sequence[Row], sft: Path) -> tuple[float, list[float]]:
    """Seconds of the preference stage's phases, and the losses that it logged."""
    from residency.training import preference

    with tempfile.TemporaryDirectory() as name:
        pairs, out = Path(name) / "pairs", Path(name) / "preference"
        pairs.mkdir()
        out.mkdir()
        write_jsonl(pairs / "pairs.jsonl", [row["pair"] for row in rows])
        watch = Stopwatch()
        sections = {
            "preference": PreferenceSettings(epochs=1),
            "model": ModelSettings(),
            "chat": ChatSettings(),
            "compile": CompileSettings(),
        }
        preference.run(StageContext(sections, {"pairs": pairs, "sft": sft}, out, SEED, watch))
        if len(watch.phases) < 2:
            raise RuntimeError("the reference's pass has no phase in the stage's progress: it was not timed")
        losses = [float(row["loss"]) for row in read_jsonl(out / "log.jsonl") if "loss" in row]
        return watch.seconds(), losses


def our_logps(model: Any, rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Summed log-probabilities of each pair's two answers, as the preference stage computes them: the prompt once."""
    import torch

    from residency.training.model.rowwise import allow_rows
    from residency.training.model.scoring import make_scorable
    from residency.training.model.separation import prove_shared
    from residency.training.pairs.objectives import PairLoss
    from residency.training.pairs.preferred import Preferred, with_others

    make_scorable(model)
    allow_rows(model)
    pairs = with_others(rows, others=False)
    longest = max(pair.width(shared=False) for pair in pairs)
    objective = Preferred(pairs, PairLoss({"dpo": 1.0}), prove_shared(model, longest))
    with torch.no_grad():
        both = [objective.logprobs(model, objective.micro([number]))[0].tolist() for number in range(len(pairs))]
    return [(chosen, rejected) for chosen, rejected in both]


def plain_logps(model: Any, row: Row) -> tuple[float, float]:
    """The same by a plain forward pass over each whole sequence alone."""
    import torch

    def one(answer: list[int]) -> float:
        ids = torch.tensor([row["prompt_ids"] + answer])
        logps = model(input_ids=ids, use_cache=False).logits[0, :-1].log_softmax(-1)
        return float(logps.gather(1, ids[0, 1:, None])[-len(answer) :].double().sum())

    return one(row["chosen_ids"]), one(row["rejected_ids"])


def logp_difference(rows: Sequence[Row], sft: Path) -> Measured:
    """The largest difference between the two computations over all answers, in nats, in float32."""
    import torch

    model = load_model(ModelSettings(dtype="float32", device="cpu"), sft / "adapter")
    with torch.no_grad():
        plain = [plain_logps(model, row) for row in rows]
    found = our_logps(model, rows)
    gaps = [abs(a - b) for ours, theirs in zip(found, plain, strict=True) for a, b in zip(ours, theirs, strict=True)]
    return {"largest_logp_difference": max(gaps)}


def theirs(rows: Sequence[Row], sft: Path, best: bool, batch: int) -> Measured:
    """TRL's DPOTrainer, one epoch."""
    from benchmarks import trl_sides

    compiled = [{key: row[key] for key in ("prompt_ids", "chosen_ids", "rejected_ids")} for row in rows]
    trl_sides.dpo(compiled[:WARM_UP], sft / "adapter", best, batch)
    seconds, losses = trl_sides.dpo(compiled, sft / "adapter", best, batch)
    return measured(len(rows), seconds, losses)


def side(name: str, folder: Path) -> Measured:
    """One side, in the process that was started for it. ``trl_default`` may be followed by a batch: trl_default:4."""
    rows: list[Row] = list(read_jsonl(folder / "rows.jsonl"))
    name, _, batch = name.partition(":")
    if name == LOGPS:
        return logp_difference(rows, folder)
    if name == OURS:
        return ours(rows, folder)
    return theirs(rows, folder, name == TRL_BEST, int(batch or BATCHES[0]))


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    chosen = parser(MODULE, __doc__.splitlines()[0], COUNT, QUICK_COUNT).parse_args()
    if chosen.side:
        print(json.dumps(side(chosen.side, chosen.rows)))
        return 0
    text = text_to_use(chosen.text, "openstax_ap_sections.jsonl", "passages.jsonl")
    say = printer(chosen.json)
    rounds = chosen.rounds or (QUICK_ROUNDS if chosen.quick else ROUNDS)
    batches = list(BATCHES)  # those not yet found too large

    def run(name: str) -> Measured:
        if name != TRL_DEFAULT:
            return run_side(MODULE, name, folder)
        while True:
            try:
                return run_side(MODULE, f"{name}:{batches[0]}", folder)
            except OutOfMemory:
                say(f"  {name}: a batch of {batches.pop(0)} pairs does not fit into memory")
                if not batches:
                    raise

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        lengths = write_pairs(text, chosen.count or (QUICK_COUNT if chosen.quick else COUNT), folder / "rows.jsonl")
        say(f"{len(lengths)} pairs, prompts of {min(lengths)} to {max(lengths)} tokens")
        note_load(say)
        write_adapter(folder)
        difference = run_side(MODULE, LOGPS, folder)
        found = by_turns(SIDES, rounds, run, "pairs", say)
    figures, peers = compared(found, "pairs")
    figures |= difference
    peers[TRL_DEFAULT]["batch"] = batches[0]
    settings = {"text": text.name, "pairs": len(lengths), "longest_prompt": max(lengths), "rounds": rounds}
    tell("dpo", settings, figures, peers, chosen.json, say)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
