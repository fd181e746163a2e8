"""Families: the same tokens as the model's own template, wherever that template is right."""

from __future__ import annotations

import copy
import json
import random
import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from residency.chat.encoder import Encoder
from residency.chat.families import family_of
from residency.chat.families.base import Family, Tools
from residency.chat.families.chatml import ChatML
from residency.chat.families.qwen3 import Qwen3Hybrid, Qwen3Instruct, Qwen3Thinking
from residency.chat.families.template import Template
from residency.chat.renderer import IGNORED, Renderer, Row, row_of, tidied
from residency.core.errors import ProofError, ResidencyError, UsageError
from residency.core.prompt import format_question, system_message, user_message
from residency.core.records import Message, Passage
from residency.generation.embedded import embedded_model_folder
from tests.generated_chats import generated
from tests.real_tokenizers import chat_template, real_tokenizer

# The packaged template is the hybrid's first revision; trl's "qwen3" is the present one.
FORMS: dict[str, tuple[str | None, Family]] = {
    "packaged": (None, Qwen3Hybrid()),
    "qwen3": ("qwen3", Qwen3Hybrid()),
    "thinking": ("qwen3_thinking_2507", Qwen3Thinking()),
    "instruct": ("qwen3_instruct_2507", Qwen3Instruct()),
}
DOCUMENT = Path(__file__).parents[1] / "docs" / "what-your-model-reads.md"
LINE = 198  # the line end that templates write after <|im_end|>, which no model says
THOUGHTS = {"packaged": "all", "qwen3": "all", "thinking": "all", "instruct": "some"}


@cache
def encoder(name: str = "qwen3") -> Encoder:
    return Encoder(real_tokenizer(name))


@cache
def tokenizer(form: str) -> Any:
    """The real tokenizer with one form's template."""
    found = copy.copy(real_tokenizer("qwen3"))
    if (template := FORMS[form][0]) is not None:
        found.chat_template = chat_template(template)
    return found


def renderer(form: str, thinking: bool = True) -> Renderer:
    real_tokenizer("qwen3")  # skipped where there is none
    return Renderer(FORMS[form][1], encoder(), thinking)


def said(role: str, content: str, **rest: Any) -> Message:
    return cast(Message, {"role": role, "content": content, **rest})


def call(name: str = "search", **arguments: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}}


def for_oracle(messages: list[Message]) -> list[dict[str, Any]]:
    """Messages as read by us, with an empty thought where there is none: otherwise the templates look for one in the
    content, which has a test of its own."""
    return [{"thinking": "", **turn} if turn["role"] == "assistant" else dict(turn) for turn in tidied(messages)]


def oracle(form: str, messages: list[Message], tools: Tools = (), **options: Any) -> list[int]:
    return list(
        tokenizer(form).apply_chat_template(
            for_oracle(messages), tools=list(tools) or None, return_dict=False, **options
        )
    )


def prompt_of(form: str, messages: list[Message], tools: Tools = (), thinking: bool = True) -> list[int]:
    return oracle(form, messages, tools, add_generation_prompt=True, enable_thinking=thinking)


def single_rows(shared: Renderer, messages: list[Message], tools: Tools = ()) -> list[Row]:
    """One row for each assistant's turn."""
    found = []
    for step in shared.steps(messages, tools):
        prompt, target = shared._ids([step.prompt, step.target])
        found.append(row_of(step.turn, prompt, target))
    return found


DIALOGUE = [
    said("system", "Mode: EXAM"),
    said("user", "Q1"),
    said("assistant", "A1", thinking="T1"),
    said("user", "Q2"),
    said("assistant", "A2", thinking="T2"),
]
LOOP = [
    said("user", "Q1"),
    said("assistant", "", thinking="T1", tool_calls=[call(q="a")]),
    said("tool", "R1"),
    said("assistant", "I look again.", thinking="T2", tool_calls=[call(q="b"), call(q="c")]),
    said("tool", "R2"),
    said("tool", "R3"),
    said("assistant", "A1", thinking="T3"),
]
TOOLS = [{"type": "function", "function": {"name": "search", "description": "Find.", "parameters": {"type": "object"}}}]


# The oracle


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "seeds", [range(40), pytest.param(range(40, 640), marks=pytest.mark.slow)], ids=["some", "2,400 in all"]
)
def test_prompts_and_rows_are_those_of_transformers_on_generated_conversations(form: str, seeds: range) -> None:
    ours = renderer(form)
    asked = [(ours, True), (renderer(form, thinking=False), False)]
    if ours.family.thinks != "by choice":
        asked.pop()
    shapes = {"turns": 0, "open loops": 0, "results in a row": 0, "tools": 0}
    for seed in seeds:
        messages, tools = generated(seed, THOUGHTS[form])
        shapes["tools"] += bool(tools)
        for place, message in enumerate(messages):
            if message["role"] != "assistant":
                continue
            shapes["turns"] += 1
            shapes["open loops"] += bool(message.get("tool_calls"))
            shapes["results in a row"] += [turn["role"] for turn in messages[max(0, place - 2) : place]] == ["tool"] * 2
            before = messages[:place]
            for each, thinking in asked:
                assert each.prompt(before, tools) == prompt_of(form, before, tools, thinking), (seed, place)
        check_rows(form, ours, messages, tools)
        if len(asked) > 1:
            check_rows(form, asked[1][0], *generated(seed, "no"))
    assert min(shapes.values()) > len(seeds) / 5, shapes


def check_rows(form: str, ours: Renderer, messages: list[Message], tools: Tools) -> None:
    (rows,) = ours.rows([(messages, tools)])
    turns = [place for place, message in enumerate(messages) if message["role"] == "assistant"]
    assert [turn for row in rows for turn in row.turns] == turns
    for row in rows:
        ours.prove(row, messages, tools)
        prompt = prompt_of(form, messages[: row.turns[-1]], tools, ours.thinking)
        whole = oracle(form, messages[: row.turns[-1] + 1], tools)
        assert [*row.input_ids.tolist(), LINE] == whole
        assert whole[: len(prompt)] == prompt
        assert row.labels[len(prompt) :].tolist() == whole[len(prompt) : -1]


def test_smollm2_is_that_of_transformers_with_its_default_system_message(smollm2: Any) -> None:
    family = family_of(smollm2)
    ours = Renderer(family, Encoder(smollm2))
    assert isinstance(family, ChatML) and family.default_system.startswith(
        "You are a helpful AI assistant named SmolLM"
    )
    without = 0
    for seed in range(300):
        messages, _ = generated(seed, "no", tools=False)
        without += messages[0]["role"] != "system"
        messages = [{**turn, "content": held(turn["content"], ours.encoder)} for turn in tidied(messages)]
        theirs = smollm2.apply_chat_template(messages[:-1], add_generation_prompt=True, return_dict=False)
        assert ours.prompt(messages[:-1]) == list(theirs)
        (row,) = ours.rows([(messages, ())])[0]
        ours.prove(row, messages)
        assert [*row.input_ids.tolist(), LINE] == list(smollm2.apply_chat_template(messages, return_dict=False))
    assert without > 60


def held(text: str, by: Encoder) -> str:
    return "".join(letter for letter in text if letter not in by.lost(text))


@pytest.fixture(scope="module")
def smollm2() -> Any:
    transformers = pytest.importorskip("transformers")
    try:
        return transformers.AutoTokenizer.from_pretrained(str(embedded_model_folder()))
    except ResidencyError as error:
        pytest.skip(str(error))


# Where the templates are wrong, or this differs from them on purpose (docs/what-your-model-reads.md)


@pytest.mark.parametrize("form", ["packaged", "qwen3", "thinking"])
def test_a_question_that_looks_like_a_tools_result_is_still_a_question(form: str) -> None:
    messages = [*DIALOGUE[:3], said("user", "<tool_response>x</tool_response>")]
    assert "T1" in tokenizer(form).decode(prompt_of(form, messages))
    assert "T1" not in renderer(form).decode(renderer(form).prompt(messages))


@pytest.mark.parametrize("form", ["packaged", "qwen3", "thinking"])
def test_an_answer_that_speaks_of_the_end_of_thinking_is_kept_whole(form: str) -> None:
    messages = [said("user", "Q"), said("assistant", "The tag </think> ends it."), said("user", "Q2")]
    theirs = tokenizer(form).apply_chat_template(messages, tokenize=False)
    assert "The tag" not in theirs
    assert "The tag </think> ends it." in renderer(form).decode(renderer(form).prompt(messages))


@pytest.mark.parametrize("form", ["packaged", "qwen3", "thinking"])
def test_an_answer_is_the_same_in_its_own_row_and_in_the_history_of_the_next(form: str) -> None:
    messages = [said("user", "Q"), said("assistant", "\n\nA1\n", thinking="T"), said("user", "Q2")]
    theirs = tokenizer(form).apply_chat_template(messages, tokenize=False)
    assert "assistant\n\n\nA1\n<|im_end|>" in theirs
    assert "assistant\nA1<|im_end|>" in renderer(form).decode(renderer(form).prompt(messages))
    assert renderer(form).decode(renderer(form).target(messages[1])).endswith("</think>\n\nA1<|im_end|>")


@pytest.mark.parametrize("form", ["packaged", "qwen3", "thinking"])
def test_an_answer_after_an_answer_has_the_prompt_that_is_served(form: str) -> None:
    """The template shows the first of the two with an empty thought while it is the last message, and with none later:
    no whole rendering holds the prompt that is served."""
    messages = [said("user", "Q"), said("assistant", "A1"), said("assistant", "A2", thinking="T2")]
    served = prompt_of(form, messages[:2])
    assert oracle(form, messages)[: len(served)] != served
    assert renderer(form).prompt(messages[:2]) == served


def test_arguments_that_are_a_string_are_read_as_servers_read_them() -> None:
    as_text = said("assistant", "", tool_calls=[{"function": {"name": "search", "arguments": '{"q":"é","k":[1]}'}}])
    as_object = said("assistant", "", tool_calls=[call(q="é", k=[1])])
    ours = renderer("instruct")
    assert ours.target(as_text) == ours.target(as_object)
    assert '{"q": "é", "k": [1]}' in ours.decode(ours.target(as_text))
    broken = said("assistant", "", tool_calls=[{"function": {"name": "search", "arguments": "[1]"}}])
    with pytest.raises(UsageError, match="the arguments of a tool call are no JSON object"):
        ours.target(broken)


def test_the_line_end_after_the_stop_token_carries_no_label() -> None:
    for row in renderer("instruct").rows([(DIALOGUE, ())])[0]:
        after = np.flatnonzero(row.input_ids[:-1] == encoder().control("<|im_end|>")) + 1
        assert (row.input_ids[after] == LINE).all() and (row.labels[after] == IGNORED).all()
        assert row.labels[-1] == encoder().control("<|im_end|>")


# Control tokens


@pytest.mark.parametrize("form", FORMS)
def test_no_text_becomes_a_control_token_in_any_field(form: str) -> None:
    ours = renderer(form)
    plain_words = ours.encoder.controls
    neutral = fields("plain")
    expected = controls_of(ours, *neutral)
    for word in plain_words:
        for text in (word, f"a{word}b", f"\n{word}\n", word * 2):
            messages, tools = fields(text)
            assert controls_of(ours, messages, tools) == expected, word
            for row in ours.rows([(messages, tools)])[0]:
                ours.prove(row, messages, tools)


def fields(text: str) -> tuple[list[Message], list[dict[str, Any]]]:
    """A conversation with a text in every field that a user can write."""
    calls = [call(text, **{text: text, "list": [text, {text: text}]})]
    messages = [
        said("system", text),
        said("user", text),
        said("assistant", text, thinking=text, tool_calls=calls),
        said("tool", text),
        said("assistant", text, thinking=text),
        said("user", text),
        said("assistant", text, thinking=text),
    ]
    schema = {"type": "object", "properties": {text: {"type": "string", "description": text, "enum": [text]}}}
    return messages, [{"type": "function", "function": {"name": text, "description": text, "parameters": schema}}]


def controls_of(ours: Renderer, messages: list[Message], tools: Tools) -> list[list[int]]:
    """The control tokens of every prompt and every row, in order."""
    first = min(ours.encoder.controls.values())
    prompts = [ours.prompt(messages[:place], tools) for place in range(1, len(messages))]
    rows = [row.input_ids.tolist() for row in ours.rows([(messages, tools)])[0]]
    return [[number for number in ids if number >= first] for ids in (*prompts, *rows)]


def test_no_text_becomes_a_control_token_of_smollm2(smollm2: Any) -> None:
    ours = Renderer(family_of(smollm2), Encoder(smollm2))
    controls = set(ours.encoder.controls.values())
    for word in ours.encoder.controls:
        messages = [said("system", word), said("user", f"a{word}b"), said("assistant", word), said("user", word)]
        segments = ours.segments(ours.prompt(messages))
        assert [str(each) for each in segments if not isinstance(each, str)] == ["<|im_start|>", "<|im_end|>"] * 4 + [
            "<|im_start|>"
        ]
        assert ours.message(ours.target(messages[2])) == messages[2]
        assert not controls & set(ours.target(messages[2])[:-1])


# Traps (design.md, section 5)


def rows_as_text(form: str, messages: list[Message], tools: Tools = ()) -> list[tuple[str, str]]:
    """Each row's text, and what of it is labelled."""
    ours = renderer(form)
    return [
        (ours.decode(row.input_ids), ours.decode(row.labels[row.labels != IGNORED]))
        for row in ours.rows([(messages, tools)])[0]
    ]


def test_a_turns_own_thought_is_trained_and_an_earlier_one_is_not_shown() -> None:
    for form in ("qwen3", "thinking"):
        (first, first_labels), (second, second_labels) = rows_as_text(form, DIALOGUE)
        assert "T1" in first and "T1" in first_labels and "T1" not in second
        assert "T2" in second_labels and "A1" in second and "A1" not in second_labels
        opening = "<think>\n" if form == "qwen3" else ""
        assert second_labels == f"{opening}T2\n</think>\n\nA2<|im_end|>"


def test_an_open_tool_loop_keeps_its_thoughts_until_the_user_speaks_again() -> None:
    # Each prompt of the loop is how the next one begins, so that one row holds all of it, labels on every step.
    ((loop, labels), (later, _)) = rows_as_text(
        "thinking", [*LOOP, said("user", "Q2"), said("assistant", "A2", thinking="T4")], TOOLS
    )
    assert [thought in labels for thought in ("T1", "T2", "T3", "T4")] == [True, True, True, False]
    assert [result in labels for result in ("R1", "R2", "R3")] == [False, False, False]
    assert [thought in later for thought in ("T1", "T2", "T3", "T4")] == [False, False, False, True]
    assert loop.count("<tool_call>\n{") == later.count("<tool_call>\n{") == 4  # three calls and the tools' own example


@pytest.mark.parametrize("thought", [None, "", " \n"])
def test_an_empty_thought_is_refused_for_the_form_that_always_thinks(thought: str | None) -> None:
    turn = said("assistant", "A") if thought is None else said("assistant", "A", thinking=thought)
    with pytest.raises(UsageError, match=r"no longer thinks\. Set thoughts\.policy to"):
        renderer("thinking").rows([([said("user", "Q"), turn], ())])


def test_the_prompt_of_the_form_that_always_thinks_opens_the_thought() -> None:
    ours = renderer("thinking")
    assert ours.decode(ours.prompt(DIALOGUE[:2])).endswith("<|im_start|>assistant\n<think>\n")
    assert not ours.decode(ours.target(DIALOGUE[2])).startswith("<think>")


def test_a_turn_without_a_thought_is_trained_where_the_hybrid_is_asked_not_to_think() -> None:
    turns = [said("user", "Q"), said("assistant", "A")]
    ours = renderer("qwen3", thinking=False)
    ((row,),) = ours.rows([(turns, ())])
    ours.prove(row, turns)
    assert ours.decode(row.input_ids).endswith("<|im_start|>assistant\n<think>\n\n</think>\n\nA<|im_end|>")
    assert ours.decode(row.labels[row.labels != IGNORED]) == "A<|im_end|>"


def test_a_turn_without_a_thought_is_refused_where_the_hybrid_is_asked_to_think_and_one_with_where_it_is_not() -> None:
    """Such a row follows a prompt that is never served: all else asks as the setting says."""
    for thinking, thought in ((True, ""), (False, "T")):
        turns, ours = [said("user", "Q"), said("assistant", "A", thinking=thought)], renderer("qwen3", thinking)
        ((row,),) = ours.rows([(turns, ())])
        with pytest.raises(UsageError, match="no thought" if thinking else "chat.thinking = true"):
            ours.prove(row, turns)


def test_a_thought_under_another_key_does_not_pass_for_one() -> None:
    # Input under any name comes to `thinking` where records are read; here, one name holds.
    with pytest.raises(UsageError, match="has no thought"):
        renderer("thinking").rows([([said("user", "Q"), said("assistant", "A", reasoning_content="T")], ())])


@pytest.mark.parametrize("form", FORMS)
def test_every_turn_carries_labels_and_its_header_none(form: str) -> None:
    for seed in range(40):
        messages, tools = generated(seed, THOUGHTS[form])
        turns = sum(message["role"] == "assistant" for message in messages)
        (rows,) = renderer(form).rows([(messages, tools)])
        stops = sum(int((row.labels == encoder().control("<|im_end|>")).sum()) for row in rows)
        assert stops == turns
        assert all((row.labels != encoder().control("<|im_start|>")).all() for row in rows)


# Rows that share a sequence


@pytest.mark.parametrize("form", ["instruct", "chatml"])
def test_turns_in_one_row_have_the_losses_of_one_row_for_each_and_fewer_tokens(form: str) -> None:
    torch = pytest.importorskip("torch")
    from transformers import LlamaConfig, LlamaForCausalLM

    real_tokenizer("qwen3")
    ours = Renderer(FORMS[form][1] if form in FORMS else ChatML(), encoder())
    torch.manual_seed(0)
    talks = [generated(seed, "no", tools=form == "instruct") for seed in (0, 3, 4, 8, 9, 11, 13)]
    pairs = [(ours.rows([talk])[0], single_rows(ours, *talk)) for talk in talks]
    # A vocabulary of the ids that occur is enough.
    known = np.unique(np.concatenate([row.input_ids for both in pairs for rows in both for row in rows]))
    config = LlamaConfig(
        vocab_size=len(known),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=8192,
        initializer_range=0.3,
    )
    model = LlamaForCausalLM(config).float().eval()

    def losses(rows: list[Row]) -> Any:
        found = []
        for row in rows:
            ids = torch.tensor(np.searchsorted(known, row.input_ids))
            labels = torch.where(torch.tensor(row.labels) == IGNORED, IGNORED, ids)
            at = torch.nonzero(labels[1:] != IGNORED)[:, 0]
            with torch.no_grad():
                logits = model(input_ids=ids[None], use_cache=False).logits[0, at]
            found.append(torch.nn.functional.cross_entropy(logits, labels[1:][at], reduction="none"))
        return torch.cat(found)

    fewer = 0
    for shared, apart in pairs:
        assert len(shared) == 1
        together, one_by_one = losses(shared), losses(apart)
        assert len(together) == len(one_by_one)
        assert torch.allclose(together, one_by_one, atol=2e-4)
        assert float(together.sum()) == pytest.approx(float(one_by_one.sum()), rel=1e-5)
        fewer += len(apart) > 1
        assert len(shared[0].input_ids) <= sum(len(row.input_ids) for row in apart) * (1 if len(apart) == 1 else 0.9)
    assert fewer >= 4


def test_turns_do_not_share_a_row_where_the_next_prompt_drops_what_was_said() -> None:
    assert [len(row.turns) for row in renderer("qwen3").rows([(DIALOGUE, ())])[0]] == [1, 1]
    bare = [{**turn, "thinking": ""} for turn in DIALOGUE]
    assert [len(row.turns) for row in renderer("qwen3").rows([(cast(list[Message], bare), ())])[0]] == [1, 1]


# Round trips


@pytest.mark.parametrize("form", FORMS)
def test_what_was_written_is_read_again(form: str) -> None:
    ours = renderer(form)
    for seed in range(300):
        for message in tidied(generated(seed, THOUGHTS[form])[0]):
            if message["role"] == "assistant":
                check_round_trip(ours, message)


@pytest.mark.parametrize("form", FORMS)
def test_words_that_look_like_control_tokens_are_read_again(form: str) -> None:
    for word in encoder().controls:
        for content in ("", word, f"a {word}"):
            turn = said("assistant", content, thinking=f"{word} b", tool_calls=[call(q=word), call(**{word: [word]})])
            check_round_trip(renderer(form), turn)


def check_round_trip(ours: Renderer, message: Message) -> None:
    expected = {key: value for key, value in message.items() if value or key in ("role", "content")}
    if ours.family.thinks == "never":
        expected.pop("thinking", None)
    # Qwen's vocabulary is one of NFC.
    composed = json.loads(unicodedata.normalize("NFC", json.dumps(expected, ensure_ascii=False)))
    assert ours.message(ours.target(message)) == composed, message


@pytest.mark.parametrize(
    "broken",
    [
        '<tool_call>\n{"name": "search", "argu',
        "<tool_call>\nnot JSON\n</tool_call>",
        '<tool_call>\n["a"]\n</tool_call>',
    ],
)
def test_a_call_that_cannot_be_read_stays_in_the_content(broken: str) -> None:
    ids = tokenizer("instruct").encode(f"I look.\n{broken}", add_special_tokens=False)
    assert renderer("instruct").message(ids) == said("assistant", f"I look.\n{broken}")


def test_an_answer_that_ends_inside_its_thought_has_no_content() -> None:
    ids = tokenizer("qwen3").encode("<think>\nWell, it", add_special_tokens=False)
    assert renderer("qwen3").message(ids) == said("assistant", "", thinking="Well, it")
    assert renderer("thinking").message(ids[2:]) == said("assistant", "", thinking="Well, it")


# Planted faults


def planted(row: Row, fault: str) -> Row:
    ids, labels, turns = row.input_ids.copy(), row.labels.copy(), row.turns
    if fault == "another token in the prompt":
        ids[5] += 1
    elif fault == "a prompt cut at its start":
        ids, labels = ids[1:], labels[1:]
    elif fault == "a label on the header":
        at = int(np.flatnonzero(labels != IGNORED)[0]) - 1
        labels[at] = ids[at]
    elif fault == "all labelled":
        labels = ids.copy()
    elif fault == "no stop token":
        ids, labels = ids[:-1], labels[:-1]
    elif fault == "the stop token without a label":
        labels[-1] = IGNORED
    elif fault == "a line end after the stop token":
        ids, labels = np.append(ids, LINE).astype(np.int32), np.append(labels, LINE).astype(np.int32)
    elif fault == "no labels":
        labels[:] = IGNORED
    elif fault == "no turns":
        turns = ()
    return Row(ids, labels, turns, row.ends)


@pytest.mark.parametrize(
    "fault",
    [
        "another token in the prompt",
        "a prompt cut at its start",
        "a label on the header",
        "all labelled",
        "no stop token",
        "the stop token without a label",
        "a line end after the stop token",
        "no labels",
        "no turns",
    ],
)
@pytest.mark.parametrize("form", ["thinking", "instruct"])
def test_a_planted_fault_is_found(form: str, fault: str) -> None:
    ours = renderer(form)
    for row in ours.rows([(DIALOGUE, ())])[0]:
        ours.prove(row, DIALOGUE)
        with pytest.raises(ProofError) as caught:
            ours.prove(planted(row, fault), DIALOGUE)
        assert "\n" not in str(caught.value)


def test_a_row_that_shows_an_earlier_thought_is_found_and_both_sides_are_shown() -> None:
    ours = renderer("qwen3")
    kept = oracle("qwen3", DIALOGUE[:3])  # with its thought, as trl's training template leaves it
    prompt = ours.prompt(DIALOGUE[:4])
    question = ours.encoder.encode(["user\nQ2"])[0]
    rest = prompt[-len(question) - 6 :]
    target = ours.target(DIALOGUE[4])
    ids = np.array([*kept, *rest, *target], np.int32)
    labels = np.array([IGNORED] * (len(kept) + len(rest)) + target, np.int32)
    with pytest.raises(ProofError, match=r"trained on .*<think>.*T1.* served .*A1<\|im_end\|>"):
        ours.prove(Row(ids, labels, (4,), (len(ids),)), DIALOGUE)


# The encoder

NASTY = (
    "",
    "\ud800",
    "a\udfffb\ud83d",
    "\ud83d\ude00 as halves",
    "e\u0301\u0323 A\u030a \u1e9b\u0323 \u0344",
    "".join(map(chr, range(32))) + "\x7f\x80\x9f",
    "\U000113c2 \U0001611e \U00016d67 \U00040000 \U0010ffff \ufeff \ufffe",
    "ﷺ" * 50,
    " " * 3_000 + "\n" * 3_000,
    "\r\n \r\n",
)


@pytest.mark.parametrize("name", ["qwen3", "gptoss"])
def test_both_engines_give_the_same_ids_for_nasty_text(name: str) -> None:
    fast, slow = encoder(name), Encoder(real_tokenizer(name))
    slow._fast = None
    assert (fast.engine, slow.engine) == ("tiktoken", "tokenizers")
    rng = random.Random(0)
    mixed = ["".join(rng.choices("".join(NASTY) + "ab 1\n", k=rng.randint(1, 60))) for _ in range(500)]
    texts = [*NASTY, *fast.controls, *mixed]
    assert all(map(np.array_equal, fast.encode(texts), slow.encode(texts)))
    assert not set(fast.controls.values()) & {int(number) for ids in fast.encode(texts) for number in ids}


def test_a_fast_engine_that_gives_other_ids_is_not_used() -> None:
    """tiktoken merges by the order of ids; in this vocabulary merges come in another order."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    whole = json.loads(real_tokenizer("qwen3").backend_tokenizer.to_str())
    vocabulary = whole["model"]["vocab"]
    last = max(vocabulary.values())
    for token, number in vocabulary.items():
        if number >= 256:
            vocabulary[token] = last + 256 - number
    other = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(whole)))
    found = Encoder(other)
    assert found.engine == "tokenizers"
    text = "The inguinal hernia is reducible."
    assert found.encode([text])[0].tolist() == other.encode(text, add_special_tokens=False)


def test_half_of_a_surrogate_pair_is_reported_and_refused_in_training() -> None:
    ours = renderer("instruct")
    assert encoder().lost("a\ud800b é 🩺 \x04 \U00040000") == "\ud800"
    with pytest.raises(UsageError, match=r"cannot hold: U\+D800"):
        ours.rows([([said("user", "a\ud800"), said("assistant", "A")], ())])
    assert "a\ufffd" in ours.decode(ours.prompt([said("user", "a\ud800")]))


def test_characters_that_smollm2_cannot_hold_are_reported_and_refused_in_training(smollm2: Any) -> None:
    ours = Renderer(family_of(smollm2), Encoder(smollm2))
    for character in [*map(chr, range(0x500)), "\U00040000", "\U000e0041", "\U0010ffff", "🩺", "好"]:
        lost = ours.encoder.decode(ours.encoder.encode([character])[0]) != character
        assert ours.encoder.lost(f"a{character}") == (character if lost else "")
    assert ours.encoder.lost("\x04\x06\x13\x14\x16\x1d\x07") == "\x04\x06\x13\x14\x16\x1d"
    with pytest.raises(UsageError, match=r"2 kind\(s\) of character.*U\+0004, U\+40000"):
        ours.rows([([said("user", "Q\x04"), said("assistant", "A\U00040000")], ())])


# Which family a model belongs to


@pytest.mark.parametrize(
    ("template", "family"),
    [
        (None, "qwen3"),
        ("qwen3", "qwen3"),
        ("qwen3_thinking_2507", "qwen3-thinking"),
        ("qwen3_instruct_2507", "qwen3-instruct"),
        ("qwen2_5", "template"),  # a default system message and tools: no family that is written here
        ("qwen3_training", "template"),  # keeps every earlier thought
        ("qwen3_5_think", "template"),
    ],
)
def test_the_family_is_found_out(template: str | None, family: str) -> None:
    model = copy.copy(real_tokenizer("qwen3"))
    if template:
        model.chat_template = chat_template(template)
    assert family_of(model).name == family


def test_a_plain_chatml_model_is_found_out(tiny_model: Path) -> None:
    from transformers import AutoTokenizer

    family = family_of(AutoTokenizer.from_pretrained(str(tiny_model)))
    assert isinstance(family, ChatML) and family.default_system == ""


@pytest.mark.parametrize("name", ["qwen3-thinking", "qwen3-instruct", "chatml"])
def test_a_family_that_does_not_render_as_the_models_template_is_refused(name: str) -> None:
    with pytest.raises(ProofError) as caught:
        family_of(tokenizer("packaged"), name)
    line = str(caught.value)
    assert line.startswith("chat.family: the model's own chat template does not render as the family " + name)
    assert "it gives '<|im_start|>" in line and "where '<|im_start|>" in line and "was expected" in line


def test_a_vocabulary_without_the_familys_control_tokens_is_refused(tiny_model: Path) -> None:
    from transformers import AutoTokenizer

    with pytest.raises(ProofError, match=r"chat\.family: the tokenizer has no <think>"):
        family_of(AutoTokenizer.from_pretrained(str(tiny_model)), "qwen3")
    with pytest.raises(ProofError, match=r"chat\.family: the tokenizer has no <\|start\|>"):
        family_of(tokenizer("packaged"), "harmony")


def test_an_unknown_family_fails_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match=r"there is no family 'qwen3-thinkin'\. Did you mean 'qwen3-thinking'\?"):
        family_of(tokenizer("packaged"), "qwen3-thinkin")


def test_gpt_oss_is_harmony_by_its_vocabulary() -> None:
    pytest.importorskip("residency.chat.families.harmony")
    family = family_of(real_tokenizer("gptoss"), effort="low", date="2026-01-01")
    assert family.name == "harmony"


# The document

PASSAGE = cast(
    Passage,
    {"title": "Inguinal hernia", "text": "Watchful waiting is safe for men whose hernia causes few complaints."},
)
MCQ = format_question("Which nerve lies on the spermatic cord?", {"A": "Femoral", "B": "Ilioinguinal"})
EXAMPLES: dict[str, tuple[list[Message], Tools]] = {
    "An MCQ with a mode": (
        [
            system_message("EXAM"),
            user_message(MCQ),
            said(
                "assistant",
                "Key point: The ilioinguinal nerve runs on the cord.\nANSWER: B",
                thinking="On the cord, below the aponeurosis: ilioinguinal.",
            ),
        ],
        (),
    ),
    "A dialogue with thoughts": (
        [
            said("user", "Mesh or sutures?"),
            said("assistant", "Mesh.", thinking="Recurrence is rarer with mesh."),
            said("user", "Why?"),
            said("assistant", "Fewer hernias recur.", thinking="Give the reason."),
        ],
        (),
    ),
    "A question with context": (
        [
            user_message("May he wait?", [PASSAGE]),
            said("assistant", "Yes, waiting is safe. [1]", thinking="[1] says so."),
        ],
        (),
    ),
    "A tool call and its result": (
        [
            said("user", "Dose of cefazolin?"),
            said("assistant", "", thinking="I look it up.", tool_calls=[call(query="cefazolin dose")]),
            said("tool", "2 g, 30 minutes before incision"),
            said("assistant", "2 g before incision.", thinking="The result says it."),
        ],
        TOOLS,
    ),
}


def rendered(form: str, example: str) -> str:
    """The rows of an example, one below the other, with what carries labels between ⟦ and ⟧."""
    messages, tools = EXAMPLES[example]
    ours = Renderer(ChatML(), encoder()) if form == "chatml" else renderer(form)
    shown = []
    for row in ours.rows([(messages, tools)])[0]:
        runs = groupby(zip(row.input_ids, row.labels, strict=True), key=lambda pair: pair[1] != IGNORED)
        texts = [(labelled, ours.decode(number for number, _ in run)) for labelled, run in runs]
        shown.append("".join(f"⟦{text}⟧" if labelled else text for labelled, text in texts))
    return "\n\n--- another row ---\n\n".join(shown)


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("form", ["thinking", "qwen3", "instruct", "chatml"])
def test_the_document_shows_what_is_rendered(form: str, example: str) -> None:
    if form == "chatml" and EXAMPLES[example][1]:
        with pytest.raises(UsageError, match="no tools"):
            rendered(form, example)
        return
    assert f"\n```text\n{rendered(form, example)}\n```\n" in DOCUMENT.read_text(encoding="utf-8")


# The checked fallback on the same models


@pytest.mark.parametrize("form", FORMS)
def test_the_fallback_gives_the_tokens_of_the_families(form: str) -> None:
    real_tokenizer("qwen3")
    family = FORMS[form][1]
    fallback = Renderer(Template(tokenizer(form)), encoder())
    assert (fallback.family.thinks, fallback.family.tools) == (family.thinks, True)
    compared = 0
    for seed in range(60):
        messages, tools = generated(seed, "no" if form == "instruct" else THOUGHTS[form])
        messages = [{"thinking": "", **turn} if turn["role"] == "assistant" else turn for turn in messages]  # type: ignore[misc]
        theirs, ours = fallback.rows([(messages, tools)])[0], renderer(form).rows([(messages, tools)])[0]
        assert [row.turns for row in theirs] == [row.turns for row in ours]
        for one, other in zip(theirs, ours, strict=True):
            assert one.input_ids.tolist() == other.input_ids.tolist()
            assert one.labels.tolist() == other.labels.tolist()
            compared += 1
    assert compared >= 60
