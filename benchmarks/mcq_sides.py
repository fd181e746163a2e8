"""One side of ``benchmarks.mcq``: a model that scores MCQs, in a process of its own that is asked by lines of JSON.

    python mcq_sides.py SIDE MODEL_FOLDER PRECISION

SIDE is ``ours`` or ``lm_eval``; the latter runs in its own environment and needs nothing of Residency. Each line on
stdin is ``{"questions": [[context, [continuation, ...]], ...], "batch_size": 8}``; each on stdout ``{"seconds": ...,
"logprobs": [[...], ...]}``: seconds from texts to log-probabilities, without the loading of the model. The first line
comes when the model is loaded, and names versions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from time import perf_counter
from typing import Any

Questions = list[tuple[str, list[str]]]
Scores = list[list[float]]
Score = Callable[[Questions, Any], Scores]


def ours(folder: str, precision: str) -> Score:
    """Residency; it chooses its batches itself."""
    from residency.generation.choices import choice_logprobs, encode_choices
    from residency.generation.models import load_model, load_tokenizer
    from residency.generation.settings import ModelSettings

    settings = ModelSettings.model_validate({"name": folder, "dtype": precision})
    model, tokenizer = load_model(settings), load_tokenizer(settings)
    return lambda questions, _: choice_logprobs(
        model, encode_choices(lambda texts: tokenizer(texts).input_ids, questions)
    )


def lm_eval(folder: str, precision: str) -> Score:
    """lm-evaluation-harness's own backend for models of transformers."""
    import torch
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = HFLM(pretrained=folder, dtype=precision, device=device, batch_size=1)

    def score(questions: Questions, batch_size: Any) -> Scores:
        model.batch_size_per_gpu = batch_size
        asked = [
            Instance("loglikelihood", {}, (context, continuation), number)
            for number, (context, continuations) in enumerate(questions)
            for continuation in continuations
        ]
        found = iter(model.loglikelihood(asked, disable_tqdm=True))
        return [[float(next(found)[0]) for _ in continuations] for _, continuations in questions]

    return score


def main() -> None:
    """Answer what is asked until stdin ends."""
    replies, sys.stdout = sys.stdout, sys.stderr  # the harness prints as it goes
    side, folder, precision = sys.argv[1:]
    score = {"ours": ours, "lm_eval": lm_eval}[side](folder, precision)

    def reply(value: dict[str, Any]) -> None:
        print(json.dumps(value), file=replies, flush=True)

    import torch

    peer = {"lm_eval": version("lm-eval")} if side == "lm_eval" else {}
    names = ("torch", "transformers")
    reply({"threads": torch.get_num_threads(), **{name: version(name) for name in names}, **peer})
    for line in sys.stdin:
        asked = json.loads(line)
        begun = perf_counter()
        found = score(asked["questions"], asked["batch_size"])
        reply({"seconds": perf_counter() - begun, "logprobs": found})


if __name__ == "__main__":
    main()
