"""Pairs of a model that thinks: both answers follow one thought, and are compiled as rows are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from residency.chat.load import renderer_of
from residency.chat.pairs import compile_pairs
from residency.chat.renderer import LOST
from residency.chat.settings import ChatSettings
from residency.core.errors import UsageError
from residency.core.files import write_json, write_jsonl
from residency.core.prompt import conversation, user_message
from residency.core.records import Message, Pair
from residency.preference.thoughts import MISSING, with_thoughts
from tests.real_tokenizers import real_tokenizer

PROMPT = conversation("EXAM", [user_message("What is given before a hernia repair?")])


def pair(**fields: Any) -> Pair:
    traced = {"id": "p", "source": "human", "topic": "hernia", "licence": "CC0", "parents": ["q"], "split": "train"}
    own = {"kind": "wrong_number", "mode": "EXAM", "prompt": PROMPT, "chosen": "2 g", "rejected": "20 g", "edit": {}}
    return cast(Pair, {**traced, **own, **fields})


def thoughts(folder: Path, every: bool, messages: list[Message], mode: str = "EXAM") -> Path:
    write_json(folder / "report.json", {"thinks": True, "every": every})
    write_jsonl(folder / "train.jsonl", [{"id": "q/exam", "mode": mode, "messages": messages}])
    return folder


def answered(thinking: str = "Cefazolin, by weight.", prompt: list[Message] | None = None) -> list[Message]:
    return [*(prompt or PROMPT), {"role": "assistant", "content": "2 g", "thinking": thinking}]


def test_both_answers_get_the_thought_that_the_same_question_has_in_the_same_mode(tmp_path: Path) -> None:
    (row,), refused = with_thoughts([pair()], thoughts(tmp_path, True, answered()))
    assert row["chosen_thinking"] == row["rejected_thinking"] == "Cefazolin, by weight." and not refused


@pytest.mark.parametrize(("mode", "asked"), [("CLINICAL", None), ("EXAM", "What is given after it?")])
def test_a_thought_of_another_mode_or_question_is_not_taken(tmp_path: Path, mode: str, asked: str | None) -> None:
    other = answered(prompt=conversation("EXAM", [user_message(asked)]) if asked else None)
    rows, refused = with_thoughts([pair()], thoughts(tmp_path, True, other, mode))
    assert rows == [] and refused == {f"wrong_number: {MISSING}": 1}
    rows, refused = with_thoughts([pair()], thoughts(tmp_path, False, other, mode))
    assert rows == [pair()] and not refused, "a model that may answer at once is given both answers bare"


def test_a_pair_keeps_the_thoughts_that_its_model_had(tmp_path: Path) -> None:
    sampled = pair(chosen_thinking="One.", rejected_thinking="Two.")
    assert with_thoughts([sampled], thoughts(tmp_path, True, answered())) == ([sampled], {})


@pytest.mark.parametrize(
    ("vocabulary", "template", "chat"),
    [
        ("qwen3", "qwen3_thinking_2507", {"family": "qwen3-thinking"}),
        ("qwen3", "qwen3", {"family": "qwen3"}),
        ("gptoss", None, {"family": "harmony"}),
    ],
)
def test_prompt_and_answers_of_a_pair_are_what_rows_have(vocabulary: str, template: str | None, chat: Any) -> None:
    renderer = renderer_of(real_tokenizer(vocabulary, template), ChatSettings(**chat))
    thinking = {"chosen_thinking": "By weight.", "rejected_thinking": "By weight."}
    (row,), _, _ = compile_pairs([pair(**thinking)], renderer, 4096)
    assert row["prompt_ids"] == renderer.prompt(PROMPT)
    for side in ("chosen", "rejected"):
        turn = cast(Message, {"role": "assistant", "content": pair()[side], "thinking": "By weight."})  # type: ignore[literal-required]
        ((as_row,),) = renderer.rows([([*PROMPT, turn], ())])
        assert row["prompt_ids"] + row[f"{side}_ids"] == as_row.input_ids.tolist()
        assert "By weight." in renderer.decode(row[f"{side}_ids"]), "the thought is learnt with the answer"
        assert renderer.message(row[f"{side}_ids"]) == turn


@pytest.mark.parametrize(("vocabulary", "family"), [("qwen3", "qwen3"), ("gptoss", "harmony")])
def test_a_pair_of_which_one_answer_alone_was_thought_through_is_refused(vocabulary: str, family: Any) -> None:
    template = "qwen3" if vocabulary == "qwen3" else None
    renderer = renderer_of(real_tokenizer(vocabulary, template), ChatSettings(family=family))
    with pytest.raises(UsageError, match=r"pair p: one of the two answers has a thought"):
        compile_pairs([pair(chosen_thinking="By weight.")], renderer, 4096)


@pytest.mark.parametrize(
    ("vocabulary", "template", "chat"),
    [
        ("qwen3", "qwen3_thinking_2507", {"family": "qwen3-thinking"}),
        ("qwen3", "qwen3", {"family": "qwen3"}),
        ("gptoss", None, {"family": "harmony", "effort": "medium"}),
    ],
)
def test_a_pair_without_thoughts_is_refused_for_a_model_that_is_asked_to_think(
    vocabulary: str, template: str | None, chat: Any
) -> None:
    renderer = renderer_of(real_tokenizer(vocabulary, template), ChatSettings(**chat))
    with pytest.raises(UsageError, match=r"pair p: .*no thought"):
        compile_pairs([pair()], renderer, 4096)


def test_at_low_effort_gpt_oss_may_answer_at_once() -> None:
    renderer = renderer_of(real_tokenizer("gptoss"), ChatSettings(family="harmony", effort="low"))
    (row,), _, _ = compile_pairs([pair()], renderer, 4096)
    assert renderer.decode(row["chosen_ids"]) == "<|channel|>final<|message|>2 g<|return|>"


@pytest.mark.parametrize(("vocabulary", "family"), [("qwen3", "qwen3-thinking"), ("gptoss", "harmony")])
def test_a_model_that_has_no_such_choice_cannot_be_told_not_to_think(vocabulary: str, family: Any) -> None:
    tokenizer = real_tokenizer(vocabulary, "qwen3_thinking_2507" if vocabulary == "qwen3" else None)
    with pytest.raises(UsageError, match=r"chat\.thinking: .*cannot be told not to think"):
        renderer_of(tokenizer, ChatSettings(family=family, thinking=False))


def test_a_pair_whose_text_the_vocabulary_cannot_hold_is_counted() -> None:
    renderer = renderer_of(real_tokenizer("gptoss"), ChatSettings(family="harmony", effort="low"))
    rows, refused, _ = compile_pairs([pair(chosen="2 \ud800 g"), pair()], renderer, 4096)
    assert len(rows) == 1 and refused == {LOST: 1}
