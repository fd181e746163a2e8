"""Opens a bundle with transformers and PEFT alone; copied out and run as a process of its own.

    python -I stranger.py BUNDLE JOB.json RESULT.json

What it imports beside these libraries is the bundle's own client.py. JOB holds where the base model lies, what was
asked in the evaluation and what was answered; RESULT is a list of checks, each with a verdict.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import json
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from os.path import commonprefix
from pathlib import Path
from typing import Any

ABSENT = "residency"
WRITTEN = 5
"""Recorded answers that the model writes by itself in any case."""
EQUAL = 0.99
"""The share of recorded answers that must come again."""
TIE = 0.5
"""Nats between two tokens within which 16-bit arithmetic may choose either: a batch of another shape sums in another
order."""


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
    yield prompts(bundle, model)
    yield answers(model, client, job)
    if job["letters"]:
        yield letters(model, job["letters"])
    if (bundle / "merged" / "config.json").exists():
        yield merged(bundle, model)
    if job["canaries"]:
        yield canaries(model, job["canaries"])


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
    """Whether the likeliest answers are the recorded ones.

    An answer is read behind its prompt in one pass: where each of its tokens is the likeliest after those before it,
    greedy decoding gives this answer. Where it is not so, and for the first few of all, the model writes by itself, and
    the texts are compared. A ``tied`` one differs first where both tokens are equally likely to rounding.
    """
    asked = job["answers"]
    if job["unanswerable"] or not asked:
        return {"name": "answers", "verdict": "undecided", "of": 0, "detail": job["unanswerable"] or "none is recorded"}
    counts = {"equal": 0, "tied": 0}
    written = 0
    wrong: list[str] = []
    for place, one in enumerate(asked):
        ids = model.ids(one["messages"])
        if place >= WRITTEN and not one["thought"] and _is_greedy(model, ids, one):
            counts["equal"] += 1
            continue
        (new,) = _greedy(model, [ids], job["limit"])
        written += 1
        said = client.read(model.contract, model.tokenizer.decode(new, skip_special_tokens=False))[1]
        if said == one["text"]:
            counts["equal"] += 1
        elif not one["thought"] and _is_tied(model, ids, new, one["text"]):
            counts["tied"] += 1
        else:
            wrong.append(one["id"])
    of = len(asked)
    verdict = "pass" if (of - len(wrong)) / of >= EQUAL else "fail"
    detail = f"other answers: {', '.join(wrong[:5])}" if wrong else "the recorded answers"
    figures = {"of": of, **counts, "different": len(wrong), "written": written}
    return {"name": "answers", "verdict": verdict, **figures, "detail": detail}


def _is_greedy(model: Any, prompt: Sequence[int], one: Mapping[str, Any]) -> bool:
    """Whether each token of the recorded answer, and its end, is the likeliest after those before it."""
    import torch

    said = model.tokenizer.encode(one["text"], add_special_tokens=False)
    ids = torch.tensor([[*prompt, *said]], device=model.model.device)
    with torch.inference_mode():
        logits = model.model(ids, logits_to_keep=len(said) + 1).logits[0]
    likeliest = logits.argmax(-1).tolist()
    ends = not one["ended"] or likeliest[-1] in model.drawn.eos_token_id
    return likeliest[:-1] == said and ends


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
        elif max(found) - found[best] <= TIE:
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


def _is_tied(model: Any, prompt: Sequence[int], new: Sequence[int], expected: str) -> bool:
    """Whether the recorded answer's first other token is as likely as the model's own, to rounding."""
    import torch

    recorded = model.tokenizer.encode(expected, add_special_tokens=False)
    stop = model.drawn.eos_token_id[0]
    same = len(commonprefix([list(new), recorded]))
    mine = new[same] if same < len(new) else stop
    theirs = recorded[same] if same < len(recorded) else stop
    ids = torch.tensor([[*prompt, *new[:same]]], device=model.model.device)
    with torch.inference_mode():
        logits = model.model(ids, logits_to_keep=1).logits[0, -1].float()
    return bool((logits[mine] - logits[theirs]).abs() <= TIE)


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
