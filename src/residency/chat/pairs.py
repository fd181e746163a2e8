"""Preference pairs to tokens, by the code that compiles rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from residency.chat.encoder import Tokens
from residency.chat.fit import REFUSED, shortened
from residency.chat.renderer import LOST, LostTextError, Renderer, row_of
from residency.core.errors import ResidencyError, UsageError
from residency.core.records import Message, Pair

CompiledPair = dict[str, list[int]]
"""``prompt_ids``, ``chosen_ids`` and ``rejected_ids``: the inference prompt of the turn, and two answers to it, each
with its stop token."""


def compile_pairs(
    pairs: Iterable[Pair], renderer: Renderer, max_length: int
) -> tuple[list[CompiledPair], dict[str, int], dict[str, int]]:
    """Pairs as token ids, what was refused, and what their prompts lost to the budget, each by reason.

    Raises:
        ProofError: what would be trained on is not what is served.
        UsageError: the family has no form for a pair, or one answer alone has a thought; the pair is named.
    """
    rows: list[CompiledPair] = []
    refused: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    for pair in pairs:
        try:
            found = _compiled(pair, renderer, max_length)
        except LostTextError:
            refused[LOST] += 1
            continue
        except ResidencyError as error:
            raise type(error)(error.what, f"pair {pair['id']}", error.fix) from None
        if found is None:
            refused[REFUSED] += 1
        else:
            rows.append(found[0])
            left_out.update(found[1])
    return rows, dict(refused), dict(left_out)


def _compiled(pair: Pair, renderer: Renderer, max_length: int) -> tuple[CompiledPair, tuple[str, ...]] | None:
    tools = pair.get("tools", ())
    chosen, rejected = (
        _turn(pair["chosen"], pair.get("chosen_thinking")),
        _turn(pair["rejected"], pair.get("rejected_thinking")),
    )

    if ("thinking" in chosen) != ("thinking" in rejected):
        raise UsageError("one of the two answers has a thought and the other has none", "", "Give both or neither one")

    def both(messages: Sequence[Message]) -> list[tuple[Tokens, Tokens]]:
        return [renderer.last([*messages[:-1], answer], tools) for answer in (chosen, rejected)]

    def fits(messages: Sequence[Message]) -> bool:
        return all(len(prompt) + len(target) <= max_length for prompt, target in both(messages))

    short = shortened([*pair["prompt"], chosen], fits, last_turns=[rejected])
    if short is None:
        return None
    left, reasons = short
    for answer in (chosen, rejected):
        whole = [*left[:-1], answer]
        renderer.prove(row_of(len(left) - 1, *renderer.last(whole, tools)), whole, tools)
    (prompt, good), (_, bad) = both(left)
    return {"prompt_ids": prompt.tolist(), "chosen_ids": good.tolist(), "rejected_ids": bad.tolist()}, reasons


def _turn(content: str, thinking: str | None) -> Message:
    turn: Message = {"role": "assistant", "content": content}
    if thinking:
        turn["thinking"] = thinking
    return turn
