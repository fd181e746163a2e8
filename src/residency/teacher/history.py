"""Whether follow-ups need what was said before: the base model must find the answer likelier after it than without it.

A verifier that reads words sees that a follow-up does not name its subject. It does not see that the answer would be
the same whatever the subject is, or that the question gives it away; a model does. A module of its own, since it needs
torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.files import append_jsonl, recover_jsonl, value_digest
from residency.core.prompt import assistant_message, body, conversation
from residency.core.records import HELD_OUT, Conversation
from residency.generation.likelihood import answer_logprobs
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings

BATCH = 8


def gains(
    rows: Sequence[Conversation],
    model: ModelSettings,
    chat: ChatSettings,
    cache: Path,
    advance: Callable[[int], None] = lambda steps: None,
) -> dict[str, float]:
    """By row id, how much likelier each follow-up's answer is after its history than without it, in nats a token.

    Args:
        rows: dialogues; those of other skills, and held-out ones, are passed over.
        model: the base model, loaded when a value is not on disk.
        chat: how it is spoken to.
        cache: a JSON Lines file of the values found so far, which is added to.
        advance: told how many rows are done.
    """
    asked = [row for row in rows if row["skill"] == "followup" and row["split"] not in HELD_OUT and _check(row)]
    about = value_digest({"model": model.fingerprint_values(), "chat": chat.fingerprint_values()})
    names = {
        row["id"]: value_digest({"about": about, "messages": row["messages"], "mode": row["mode"]}) for row in asked
    }
    known = {entry["of"]: float(entry["gain"]) for entry in recover_jsonl(cache)}
    left = iter([row for row in asked if names[row["id"]] not in known])
    advance(len([row for row in asked if names[row["id"]] in known]))
    loaded, renderer = None, None
    cache.parent.mkdir(parents=True, exist_ok=True)
    with cache.open("a", encoding="utf-8") as handle:
        while batch := list(islice(left, BATCH)):
            if loaded is None or renderer is None:
                loaded, renderer = load_model(model), renderer_of(load_tokenizer(model), chat)
            prompts, answers = [], []
            for row in batch:
                turn, answer = _check(row)["turn"], row["messages"][_check(row)["critical"]]["content"]
                target = renderer.target(assistant_message(body(answer)))
                for history in (row["messages"][: turn + 1], row["messages"][turn : turn + 1]):
                    prompts.append(renderer.prompt(conversation(row["mode"], history)))
                    answers.append(target)
            values = answer_logprobs(loaded, prompts, answers, 2 * BATCH)
            found = {
                names[row["id"]]: round(values[2 * place] - values[2 * place + 1], 5) for place, row in enumerate(batch)
            }
            append_jsonl(handle, [{"of": name, "gain": gain} for name, gain in found.items()])
            known |= found
            advance(len(batch))
    return {row["id"]: known[names[row["id"]]] for row in asked}


def needless(found: Mapping[str, float], least: float) -> set[str]:
    """The ids of follow-ups whose answer is not likelier by ``least`` nats a token after their history."""
    return {name for name, gain in found.items() if gain < least}


def _check(row: Conversation) -> Mapping[str, int]:
    check: Mapping[str, int] = row["expect"].get("check", {})
    return check
