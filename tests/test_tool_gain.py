"""A call is kept where its result makes the gold answer likelier; what becomes of calls on the way to tokens."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, cast

import pytest

from residency.chat import gain
from residency.chat.fit import EXCHANGES, shortened
from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings, CompileSettings
from residency.chat.stage import NO_TOOLS
from residency.chat.stage import run as compile_stage
from residency.core.errors import UsageError
from residency.core.files import read_json, write_jsonl
from residency.core.prompt import conversation, user_message
from residency.core.records import HELD_OUT, Conversation, Message, Passage
from residency.core.stage import StageContext
from residency.core.tools import SEARCH_GUIDELINES, calling_message, failed_message, result_message
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings
from residency.grounding.settings import GroundingSettings
from residency.grounding.stage import run
from residency.grounding.tools.gain import NO_GAIN, as_contexts, compared, is_asked
from residency.reasoning.settings import ThoughtsSettings
from residency.reasoning.stage import run as thoughts_stage
from tests.banks import REPAIR, make_conversation
from tests.conftest import read_rows

Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows(example_run: Path) -> list[Conversation]:
    built = read_rows(example_run / "grounding" / "conversations.jsonl")
    return cast(list[Conversation], [row for row in built if row["kind"] == "tool"])


def first(rows: list[Conversation], variant: str) -> Conversation:
    return next(row for row in rows if row["expect"]["check"]["variant"] == variant and row["split"] == "train")


def test_only_what_is_answered_from_a_result_is_held_against_it(rows: list[Conversation]) -> None:
    for row in rows:
        check = row["expect"]["check"]
        answers = check["needed"] and not row["expect"]["abstain"]
        assert is_asked(row) == (answers and row["split"] not in HELD_OUT)


def test_the_two_prompts_differ_in_the_last_turns_calls_alone(rows: list[Conversation]) -> None:
    for variant in ("needed", "second_turn", "again", "newer"):
        row = first(rows, variant)
        one = compared(row, flat=False)
        assert [*one.after][: len(one.than)] == [*one.than] and one.than[-1]["role"] == "user"
        assert one.after[-1]["role"] == "tool" and one.tools == row["tools"]
        assert one.answer == row["expect"]["reference"] and "[" not in one.answer


def test_for_a_model_without_tools_results_are_the_context_of_the_turn_before_them(rows: list[Conversation]) -> None:
    passages = [cast(Passage, REPAIR)]
    loop: list[Message] = [
        user_message("May he wait?"),
        calling_message(SEARCH_GUIDELINES, {"query": "x"}),
        failed_message(SEARCH_GUIDELINES, "timed out"),
        calling_message(SEARCH_GUIDELINES, {"query": "x"}),
        result_message(SEARCH_GUIDELINES, passages, 1),
    ]
    assert as_contexts(loop) == [user_message("May he wait?", passages)]
    thanks: list[Message] = [*loop, {"role": "assistant", "content": "No [1]."}, user_message("Why?")]
    assert as_contexts(thanks)[1:] == thanks[-2:]
    for row in rows[::40]:
        assert all(message["role"] in ("user", "assistant") for message in as_contexts(row["messages"]))


def test_a_thought_that_a_family_demands_is_the_same_on_both_sides_and_counts_to_the_prompt(
    thinking_model: Path,
) -> None:
    tokenizer = load_tokenizer(ModelSettings(name=str(thinking_model)))
    renderer = renderer_of(tokenizer, ChatSettings(family="qwen3-thinking"))
    begins, target = gain._answer(renderer, "It is repaired.")
    assert renderer.decode(begins).endswith("</think>\n\n") and renderer.decode(target) == "It is repaired.<|im_end|>"


def test_calls_that_gain_nothing_are_left_out_counted_and_asked_once(
    example_run: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sections = {
        "grounding": GroundingSettings(tools=13, max_per_split=16, tool_gain=1000.0),
        "model": ModelSettings(name=str(tiny_model)),
        "chat": ChatSettings(),
    }
    context = StageContext(sections, {name: example_run / name for name in ("corpus", "index")}, tmp_path, 17)
    report = run(context)["tools"]
    left = [row for row in read_rows(tmp_path / "conversations.jsonl") if row["kind"] == "tool"]
    assert report["gain"]["asked"] == report["gain"]["left_out"] > 5
    assert sum(counts.get(NO_GAIN, 0) for counts in report["refused"].values()) == report["gain"]["left_out"]
    assert sum(sum(counts.values()) for counts in report["variants"].values()) == len(left)
    assert left and not any(is_asked(cast(Conversation, row)) for row in left)

    def fail(*_: object) -> None:
        raise AssertionError("the model is not needed again")

    monkeypatch.setattr(gain, "load_model", fail)
    assert run(context)["tools"] == report


def test_rows_that_a_format_cannot_show_are_left_out_by_compile_and_said(
    rows: list[Conversation], tiny_model: Path, tmp_path: Path
) -> None:
    told: list[str] = []

    class Notes:
        def start(self, *_: object, **__: object) -> None: ...
        def advance(self, *_: object, **__: object) -> None: ...
        def doing(self, what: str) -> None: ...
        def note(self, text: str) -> None:
            told.append(text)

    plain = make_conversation("plain")
    for split in ("train", "dev"):
        write_jsonl(tmp_path / f"{split}.jsonl", [plain, *rows[:3]])
    sections = {"compile": CompileSettings(), "model": ModelSettings(name=str(tiny_model)), "chat": ChatSettings()}
    context = StageContext(sections, {"thoughts": tmp_path}, tmp_path, 17, cast(Any, Notes()))
    counts = compile_stage(context)
    assert counts["rows"] == 1 and counts["refused"] == 3
    assert read_json(tmp_path / "report.json")["train"]["refused"] == {NO_TOOLS: 3}
    assert [line for line in told if line.startswith("3 of 4 train rows are left out, since the base model's format")]


def _thoughts(rows: list[Row], model: Path, folder: Path, family: str, **settings: Any) -> tuple[Row, list[Row]]:
    for split in ("train", "dev"):
        write_jsonl(folder / f"{split}.jsonl", rows)
    out = folder / "out"
    out.mkdir()
    chat = ChatSettings(family=cast(Any, family), thinking=settings.pop("thinking", True))
    sections = {"thoughts": ThoughtsSettings(**settings), "model": ModelSettings(name=str(model)), "chat": chat}
    counts = thoughts_stage(StageContext(sections, {"mix": folder}, out, 17))
    return counts, read_rows(out / "train.jsonl")


def test_calls_keep_the_thoughts_that_they_were_written_with_and_no_model_is_asked(
    rows: list[Conversation], thinking_model: Path, tmp_path: Path
) -> None:
    some = cast(list[Row], [first(rows, variant) for variant in ("needed", "sum", "error", "given")])
    counts, kept = _thoughts(some, thinking_model, tmp_path, "qwen3-thinking")
    assert counts["thoughts"] == {"written": 4} and counts["dropped"] == 0
    assert [row["messages"] for row in kept] == [row["messages"] for row in some]
    report = read_json(tmp_path / "out" / "report.json")
    assert any("tool calls keep the thoughts" in line for line in report["consequences"])


def test_a_thought_that_cannot_be_trained_on_drops_its_row(
    rows: list[Conversation], thinking_model: Path, tmp_path: Path
) -> None:
    good, bad = (copy.deepcopy(cast(Row, first(rows, variant))) for variant in ("needed", "sum"))
    bad["messages"][-1]["thinking"] = "I </think> stop."
    counts, kept = _thoughts([good, bad], thinking_model, tmp_path, "qwen3-thinking")
    assert counts["dropped"] == 1 and [row["id"] for row in kept] == [good["id"]]
    assert read_rows(tmp_path / "out" / "dropped.jsonl")[0]["reasons"][0][0] == "written"


@pytest.mark.parametrize(("family", "thinking"), [("qwen3-instruct", True), ("qwen3", False)])
def test_a_model_that_does_not_think_gets_the_calls_without_thoughts(
    rows: list[Conversation], thinking_model: Path, tmp_path: Path, family: str, thinking: bool
) -> None:
    some = cast(list[Row], [first(rows, variant) for variant in ("again", "small_talk")])
    _, kept = _thoughts(some, thinking_model, tmp_path, family, thinking=thinking)
    assert not any("thinking" in message for row in kept for message in row["messages"])
    assert [[m["content"] for m in row["messages"]] for row in kept] == [
        [m["content"] for m in row["messages"]] for row in some
    ]


def test_a_turn_that_is_not_learnt_stands_in_the_prompt_and_carries_no_label(
    rows: list[Conversation], thinking_model: Path
) -> None:
    tokenizer = load_tokenizer(ModelSettings(name=str(thinking_model)))
    renderer = renderer_of(tokenizer, ChatSettings(family="qwen3-thinking"))
    row = first(rows, "again")
    messages = conversation(row["mode"], row["messages"])
    ((compiled,),) = renderer.rows([(messages, row["tools"])])
    renderer.prove(compiled, messages, row["tools"])
    poor, good = (
        message["tool_calls"][0]["function"]["arguments"]["query"] for message in messages if "tool_calls" in message
    )
    learnt = renderer.decode(label for label in compiled.labels if label >= 0)
    assert f'{{"query": "{good}"}}' in learnt and f'{{"query": "{poor}"}}' not in learnt
    assert f'{{"query": "{poor}"}}' in renderer.decode(compiled.input_ids)
    assert len(compiled.turns) == 2


def test_the_result_that_an_answer_rests_on_is_not_left_out_of_a_long_row() -> None:
    loop: list[Message] = [
        user_message("First?"),
        {"role": "assistant", "content": "Yes."},
        user_message("Second?"),
        calling_message(SEARCH_GUIDELINES, {"query": "x"}),
        result_message(SEARCH_GUIDELINES, [cast(Passage, REPAIR)], 1),
        {"role": "assistant", "content": "It is repaired [1]."},
        user_message("Where did you get that from?"),
        {"role": "assistant", "content": "From [1]."},
    ]
    assert shortened(loop, lambda left: len(left) <= 6) == (loop[2:], (EXCHANGES,))
    assert shortened(loop, lambda left: len(left) <= 5) is None


def test_a_family_without_tools_refuses_them_where_they_are_rendered(
    rows: list[Conversation], tiny_model: Path
) -> None:
    renderer = renderer_of(load_tokenizer(ModelSettings(name=str(tiny_model))), ChatSettings())
    with pytest.raises(UsageError, match="know no tools"):
        renderer.rows([(rows[0]["messages"], rows[0]["tools"])])
