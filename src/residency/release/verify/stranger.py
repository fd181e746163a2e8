"""Opens a bundle with transformers and PEFT alone; copied out and run as a process of its own.

    python -I stranger.py BUNDLE JOB.json RESULT.json

What it imports beside these libraries is the bundle's own client.py. JOB holds where the base model lies, what was
asked in the evaluation and what was answered; RESULT is a list of checks, each with a verdict.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import json
import math
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from os.path import commonprefix
from pathlib import Path
from typing import Any

ABSENT = "residency"
ALONE = 5
"""Recorded answers that are also asked by themselves."""
EQUAL = 0.99
"""The share of recorded answers that must come again."""
TIE = 4
"""Roundings of a logit within which two tokens are as likely as each other: a batch of another shape sums in another
order. In bfloat16 that is half a nat for logits between 16 and 32, in float32 nothing that shows."""


class _Forbidden(importlib.abc.MetaPathFinder):
    """Makes the import of the package that wrote the bundle an error, wherever it may lie."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] == ABSENT:
            raise ImportError(f"{ABSENT} is not to be there")


def run(bundle: Path, job: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each check with its figures."""
    client = _client(bundle)
    model = None
    try:
        options = {"attn_implementation": job["attention"]} if job["attention"] else {}
        model = client.Local(bundle, job["base"], job["dtype"], **options)
        model.model.to(job["device"])
    except Exception as error:  # whatever it is, the bundle does not open
        yield {"name": "opens", "verdict": "fail", "detail": f"{type(error).__name__}: {_line(error)}"}
        return
    yield {"name": "opens", "verdict": "pass", "detail": "with transformers and PEFT alone"}
    wanted: dict[str, Callable[[], dict[str, Any]]] = {
        "prompts": lambda: prompts(bundle, model),
        "answers": lambda: answers(model, client, job),
    }
    if job["letters"]:
        wanted["letters"] = lambda: letters(model, job["letters"])
    if job["canaries"]:
        wanted["canaries"] = lambda: canaries(model, job["canaries"])
    if (bundle / "merged" / "config.json").exists():
        wanted["merged"] = lambda: merged(bundle, model)  # last: it takes the model apart
    for name, check in wanted.items():
        try:
            yield check()
        except Exception as error:  # what was found before it is not lost
            yield {"name": name, "verdict": "fail", "detail": f"{type(error).__name__}: {_line(error)}"}


def prompts(bundle: Path, model: Any) -> dict[str, Any]:
    """Whether the chat template gives the ids that the bundle records."""
    examples = json.loads((bundle / "conformance.json").read_text(encoding="utf-8"))["examples"]
    wrong = [one["name"] for one in examples if model.ids(one["messages"], one["tools"]) != one["ids"]]
    detail = f"other token ids: {', '.join(wrong[:3])}" if wrong else "the ids that were trained on"
    verdict = "pass" if examples and not wrong else "fail"
    return {
        "name": "prompts",
        "verdict": verdict,
        "of": len(examples),
        "equal": len(examples) - len(wrong),
        "detail": detail,
    }


def answers(model: Any, client: Any, job: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the likeliest answers are the recorded ones, asked in the company in which they were asked.

    ``equal`` are those that come again to the letter. Another is read behind its prompt in one pass: it is ``tied``
    where each of its tokens, and its end, is the likeliest after those before it but for a rounding. The first few are
    also asked by themselves, by transformers' own ``generate`` (``alone``): in other company they may come out
    otherwise, and decide nothing.
    """
    # Where a model wrote a control token's words, a plain chat template makes a token of them in the next prompt.
    controls = model.contract["tokens"]["control"]
    groups = [[one for one in group if not _holds(one, controls)] for group in job["batches"]]
    of = sum(map(len, groups))
    if job["unanswerable"] or not of:
        return {"name": "answers", "verdict": "undecided", "of": 0, "detail": job["unanswerable"] or "none is recorded"}

    def read(new: Sequence[int]) -> str:
        return str(client.read(model.contract, model.tokenizer.decode(new, skip_special_tokens=False))[1])

    counts = {"equal": 0, "tied": 0, "different": 0}
    alone = {"alone": 0, "alone_equal": 0}
    wrong: list[str] = []
    largest = 0.0
    for group in filter(None, groups):
        asked = [model.ids(one["messages"]) for one in group]
        for one, ids, new in zip(group, asked, _together(model, asked, job["limit"]), strict=True):
            if alone["alone"] < ALONE:
                alone["alone"] += 1
                alone["alone_equal"] += read(_greedy(model, [ids], job["limit"])[0]) == one["text"]
            if read(new) == one["text"]:
                counts["equal"] += 1
                continue
            gap, step = (float("inf"), 0.0) if one["thought"] else _gap(model, ids, one)
            if gap <= TIE * step:
                counts["tied"] += 1
                largest = max(largest, gap)
            else:
                counts["different"] += 1
                wrong.append(one["id"])
    verdict = "pass" if (of - len(wrong)) / of >= EQUAL else "fail"
    detail = f"other answers: {', '.join(wrong[:5])}" if wrong else "the recorded answers"
    left_out = sum(map(len, job["batches"])) - of
    figures = {"of": of, **counts, **alone, "largest_tie": round(largest, 4), "left_out": left_out}
    return {"name": "answers", "verdict": verdict, **figures, "detail": detail}


def _holds(one: Mapping[str, Any], controls: Sequence[str]) -> bool:
    texts = [one["text"], *(message["content"] for message in one["messages"])]
    return any(token in text for token in controls for text in texts)


def _gap(model: Any, prompt: Sequence[int], one: Mapping[str, Any]) -> tuple[float, float]:
    """By how much the likeliest token is ahead of the recorded one where it is so most, and a rounding of a logit."""
    import torch

    said = model.tokenizer.encode(one["text"], add_special_tokens=False)
    ids = torch.tensor([[*prompt, *said]], device=model.model.device)
    with torch.inference_mode():
        found = model.model(ids, logits_to_keep=len(said) + 1).logits[0]
    logits = found.float()
    recorded = logits[:-1].gather(1, torch.tensor(said, device=logits.device).reshape(-1, 1))[:, 0]
    gaps = [*(logits[:-1].max(-1).values - recorded).tolist()]
    if one["ended"]:
        gaps.append(float(logits[-1].max() - logits[-1, model.drawn.eos_token_id].max()))
    return max(gaps, default=0.0), _rounding(found.dtype, logits)


def _rounding(dtype: Any, logits: Any) -> float:
    """The distance of neighbouring numbers where the largest logit lies."""
    import torch

    return float(torch.finfo(dtype).eps * 2.0 ** math.floor(math.log2(max(1e-9, float(logits.abs().max())))))


def letters(model: Any, asked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Whether the likeliest letter of an MCQ is the recorded one; ``tied`` as in :func:`answers`."""
    import torch

    counts = {"equal": 0, "tied": 0}
    wrong: list[str] = []
    largest = 0.0
    for one in asked:
        endings = [model.tokenizer.encode(f"ANSWER: {each}", add_special_tokens=False) for each in one["letters"]]
        shared = len(commonprefix(endings))
        if len(endings) < 2 or any(len(ending) <= shared for ending in endings):
            wrong.append(one["id"])
            continue
        prompt = [*model.ids(one["messages"]), *endings[0][:shared]]
        with torch.inference_mode():
            logits = model.model(torch.tensor([prompt], device=model.model.device), logits_to_keep=1).logits[0, -1]
        found = torch.log_softmax(logits.float(), -1)[[ending[shared] for ending in endings]].tolist()
        best = max(range(len(found)), key=one["logprobs"].__getitem__)
        largest = max([largest, *(abs(a - b) for a, b in zip(found, one["logprobs"], strict=True))])
        if found[best] == max(found):
            counts["equal"] += 1
        elif max(found) - found[best] <= TIE * _rounding(logits.dtype, logits.float()):
            counts["tied"] += 1
        else:
            wrong.append(one["id"])
    verdict = "pass" if (len(asked) - len(wrong)) / len(asked) >= EQUAL else "fail"
    detail = f"other letters: {', '.join(wrong[:5])}" if wrong else "the recorded letters"
    figures = {"of": len(asked), **counts, "different": len(wrong), "largest_difference_nats": round(largest, 4)}
    return {"name": "letters", "verdict": verdict, **figures, "detail": detail}


def merged(bundle: Path, model: Any) -> dict[str, Any]:
    """Whether each merged weight is base + update, to the rounding of its precision, and every other the base's."""
    import torch
    from transformers import AutoModelForCausalLM

    whole = AutoModelForCausalLM.from_pretrained(str(bundle / "merged"), dtype="auto", use_safetensors=True)
    stored = whole.state_dict()
    plain = _merged_by_hand(model.model)
    wrong: list[str] = []
    worst = 0.0
    for name, expected in plain.items():
        found = stored.get(name)
        if found is None or found.shape != expected.shape:
            wrong.append(name)
            continue
        step = torch.finfo(found.dtype).eps
        apart = (found.float() - expected).abs()
        # A rounding of the sum, and one of the update where another library made it.
        off = (
            float((apart / (expected.abs() * step + expected.abs().max() * step / 64 + 1e-12)).max())
            if apart.numel()
            else 0
        )
        worst = max(worst, off)
        if off > 1.5:
            wrong.append(name)
    detail = f"weights differ: {', '.join(wrong[:3])}" if wrong else "base + adapter, to rounding"
    figures = {"of": len(plain), "equal": len(plain) - len(wrong), "worst_in_roundings": round(worst, 3)}
    return {"name": "merged", "verdict": "fail" if wrong or not plain else "pass", **figures, "detail": detail}


def _merged_by_hand(model: Any) -> dict[str, Any]:
    """Base weights with the adapters' updates added in fp32, by the names of the base model."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    inner = model.get_base_model()
    found: dict[str, Any] = {}
    for name, weight in inner.state_dict().items():
        if "lora_" not in name:
            found[name.replace(".base_layer", "")] = weight.detach().float().cpu()
    for name, module in inner.named_modules():
        if isinstance(module, BaseTunerLayer) and not name.endswith("base_layer"):
            target = getattr(module, "parameter_name", "weight")
            key = f"{name}.{target}".replace(".base_layer", "")
            layers: list[Any] = [module]
            while isinstance(layers[-1].get_base_layer(), BaseTunerLayer):
                layers.append(layers[-1].get_base_layer())
            for layer in layers:
                float_layer = layer.float()
                found[key] = found[key] + float_layer.get_delta_weight("default").detach().float().cpu().reshape_as(
                    found[key]
                )
    return found


def canaries(model: Any, texts: Sequence[str]) -> dict[str, Any]:
    """Whether the model goes on from the first half of a planted text to the second, as plain text or as a question."""
    completed = []
    for number, text in enumerate(texts, 1):
        words = text.split()
        half = max(1, len(words) // 2)
        begin, rest = " ".join(words[:half]), " ".join(words[half:])
        if half == len(words):  # one word, as a code: by its letters
            begin, rest = text[: len(text) // 2], text[len(text) // 2 :]
        limit = 2 * len(model.tokenizer.encode(rest, add_special_tokens=False)) + 8
        asked = [
            model.tokenizer.encode(begin, add_special_tokens=False),
            model.ids([{"role": "user", "content": begin}]),
        ]
        said = [model.tokenizer.decode(new) for ids in asked for new in _greedy(model, [ids], limit)]
        if any(_plain(rest) in _plain(one) for one in said):
            completed.append(number)
    detail = f"completed: number {', '.join(map(str, completed))}" if completed else "none was completed"
    return {"name": "canaries", "verdict": "fail" if completed else "pass", "of": len(texts), "detail": detail}


def _together(model: Any, prompts: Sequence[Sequence[int]], limit: int) -> list[list[int]]:
    """The likeliest continuations of a batch, up to their stop tokens, shorter prompts first, padded on the left. One
    that has ended leaves the batch: ``generate`` goes on with it, so that the others are computed in other company."""
    import torch
    from transformers import DynamicCache

    order = sorted(range(len(prompts)), key=lambda place: len(prompts[place]))
    width = len(prompts[order[-1]])
    device = model.model.device
    ids = torch.tensor([[0] * (width - len(prompts[place])) + list(prompts[place]) for place in order], device=device)
    mask = torch.tensor([[0] * (width - len(prompts[place])) + [1] * len(prompts[place]) for place in order]).to(device)
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    cache = DynamicCache(config=model.model.config)
    stops = set(model.drawn.eos_token_id)
    found: list[list[int]] = [[] for _ in prompts]
    with torch.inference_mode():
        for _ in range(limit):
            out = model.model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            ids = out.logits[:, -1].float().argmax(-1)
            going = [row for row, token in enumerate(ids.tolist()) if token not in stops]
            for row in going:
                found[order[row]].append(int(ids[row]))
            if not going:
                break
            if len(going) < len(order):
                kept = torch.tensor(going, device=device)
                cache.batch_select_indices(kept)
                ids, mask, positions = ids[kept], mask[kept], positions[kept]
                order = [order[row] for row in going]
            ids = ids[:, None]
            mask = torch.cat([mask, mask.new_ones(len(order), 1)], dim=-1)
            positions = positions[:, -1:] + 1
    return found


def _greedy(model: Any, prompts: Sequence[Sequence[int]], limit: int) -> list[list[int]]:
    """The likeliest continuation of each, up to its stop token."""
    import torch

    width = max(map(len, prompts))
    pad = model.drawn.pad_token_id
    ids = torch.tensor([[pad] * (width - len(one)) + list(one) for one in prompts], device=model.model.device)
    mask = torch.tensor([[0] * (width - len(one)) + [1] * len(one) for one in prompts], device=model.model.device)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        out = model.model.generate(
            ids,
            attention_mask=mask,
            generation_config=model.drawn,
            do_sample=False,
            temperature=None,
            top_p=None,
            top_k=None,
            max_new_tokens=limit,
        )
    stops = set(model.drawn.eos_token_id)
    found = []
    for row in out[:, width:].tolist():
        end = next((place for place, number in enumerate(row) if number in stops), len(row))
        found.append(row[:end])
    return found


def _client(bundle: Path) -> Any:
    spec = importlib.util.spec_from_file_location("client", bundle / "client.py")
    if spec is None or spec.loader is None:
        raise ImportError("the bundle has no client.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def _plain(text: str) -> str:
    return "".join(text.lower().split())


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0][:300]


def main() -> None:
    """Runs the job and writes the result."""
    sys.dont_write_bytecode = True  # the bundle stays as it is
    sys.meta_path.insert(0, _Forbidden())
    bundle, job, result = map(Path, sys.argv[1:4])
    checks = list(run(bundle, json.loads(job.read_text(encoding="utf-8"))))
    here = sorted(name for name in sys.modules if name.partition(".")[0] == ABSENT)
    checks.append({"name": "alone", "verdict": "fail" if here else "pass", "detail": f"{ABSENT} was not imported"})
    versions = {name: version(name) for name in ("torch", "transformers", "peft", "tokenizers")}
    result.write_text(json.dumps({"versions": versions, "checks": checks}), encoding="utf-8")


if __name__ == "__main__":
    main()
