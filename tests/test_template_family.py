"""The checked fallback: which chat templates can be trained with, which are refused, and in which words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from residency.chat.encoder import Encoder
from residency.chat.families.template import Template
from residency.chat.renderer import Renderer
from residency.core.errors import UsageError
from residency.core.records import Message
from tests.generated_chats import generated
from tests.real_tokenizers import chat_template, real_tokenizer

CONTROLS = {
    "llama3": ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
    "gemma": ["<bos>", "<start_of_turn>", "<end_of_turn>"],
    "phi3": ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"],
    "cohere": ["<BOS>", "<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "<|SYSTEM_TOKEN|>", "<|USER_TOKEN|>"],
    "deepseek": ["<｜begin▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜>"],
    "glm4moe": ["[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>"],
    "mistral": ["<s>", "</s>", "[INST]", "[/INST]"],
}
QWEN = ["<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_call>", "</tool_call>"]
MISTRAL = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }}[/INST]"
    "{% elif m.role == 'assistant' %} {{ m.content }}{{ eos_token }}{% else %}"
    "{{ raise_exception('only user and assistant') }}{% endif %}{% endfor %}"
)
CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def model(controls: list[str], template: str, eos: str, real: bool = False, **flags: Any) -> Any:
    """A tokenizer of single bytes, or the real one of Qwen3, with other control tokens and another template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import AddedToken, PreTrainedTokenizerFast

    if real:
        backend = Tokenizer.from_str(real_tokenizer("qwen3").backend_tokenizer.to_str())
    else:
        letters = sorted(pre_tokenizers.ByteLevel.alphabet())
        backend = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate(letters)}, merges=[]))
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        backend.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend)
    tokens = dict.fromkeys([*controls, eos, *([] if real else QWEN)])
    tokenizer.add_tokens([AddedToken(token, special=True, normalized=False, **flags) for token in tokens])
    tokenizer.bos_token, tokenizer.eos_token = controls[0] if controls else None, eos
    tokenizer.chat_template = template
    return tokenizer


def said(role: str, content: str, **rest: Any) -> Message:
    return cast(Message, {"role": role, "content": content, **rest})


DIALOGUE = [
    said("user", "  Q1 \n"),
    said("assistant", "A1"),
    said("user", "Q2"),
    said("assistant", "A2"),
]


def check(tokenizer: Any, messages: list[Message]) -> Renderer:
    """Every prompt and row are the template's own tokens, and no content becomes a control token."""
    ours = Renderer(Template(tokenizer), Encoder(tokenizer))
    (rows,) = ours.rows([(messages, ())])
    assert [turn for row in rows for turn in row.turns] == [
        place for place, message in enumerate(messages) if message["role"] == "assistant"
    ]
    for row in rows:
        ours.prove(row, messages)
        turn = row.turns[-1]
        theirs = list(tokenizer.apply_chat_template(messages[:turn], add_generation_prompt=True, return_dict=False))
        assert ours.prompt(messages[:turn]) == theirs
        whole = list(tokenizer.apply_chat_template(messages[: turn + 1], return_dict=False))
        assert row.input_ids.tolist() == whole[: len(row.input_ids)]
        assert ours.message(row.labels[len(theirs) :].tolist()) == messages[turn]
    for word in ours.encoder.controls:
        hostile = [said(turn["role"], f"a {word} b") for turn in messages]
        plain = [said(turn["role"], "a b") for turn in messages]
        found, expected = (
            [str(each) for each in ours.segments(ours.prompt(talk[:-1])) if not isinstance(each, str)]
            for talk in (hostile, plain)
        )
        assert found == expected
        for row in ours.rows([(hostile, ())])[0]:
            ours.prove(row, hostile)
    return ours


@pytest.mark.parametrize(
    ("template", "controls", "eos"),
    [
        ("llama3", "llama3", "<|eot_id|>"),  # trims every content
        ("gemma", "gemma", "<end_of_turn>"),  # another word for the assistant, no system message
        ("phi3", "phi3", "<|end|>"),  # ends a whole conversation with another token
        ("phi3_5", "phi3", "<|end|>"),
        ("cohere", "cohere", "<|END_OF_TURN_TOKEN|>"),
    ],
)
def test_templates_that_are_accepted(template: str, controls: str, eos: str) -> None:
    ours = check(model(CONTROLS[controls], chat_template(template), eos, real=True), DIALOGUE)
    assert (ours.family.thinks, ours.family.tools) == ("never", False)
    assert ours.family.stops == (eos,)
    with pytest.raises(UsageError, match="the chat template"):
        ours.rows([([said("user", "Q"), said("assistant", "A", thinking="T")], ())])


def test_a_template_without_a_header_for_answers_is_accepted() -> None:
    ours = check(model(CONTROLS["mistral"], MISTRAL, "</s>"), DIALOGUE)
    assert ours.decode(ours.target(DIALOGUE[1])) == " A1</s>"
    with pytest.raises(UsageError, match=r"cannot render this conversation \(only user and assistant\)"):
        ours.prompt([said("system", "S"), *DIALOGUE[:1]])


def test_white_space_that_a_control_token_takes_in_is_left_out() -> None:
    """Phi-3's own tokens eat the line end after them."""
    tokenizer = model(CONTROLS["phi3"], chat_template("phi3"), "<|end|>", rstrip=True)
    ours = check(tokenizer, DIALOGUE)
    assert ours.decode(ours.prompt(DIALOGUE[:1])) == "<|user|>Q1 \n<|end|><|assistant|>"


def test_many_conversations_are_those_of_transformers() -> None:
    tokenizer = model(CONTROLS["llama3"], chat_template("llama3"), "<|eot_id|>")
    ours = Renderer(Template(tokenizer), Encoder(tokenizer))
    for seed in range(60):
        messages, _ = generated(seed, "no", tools=False)
        (row,) = ours.rows([(messages, ())])[0]
        assert row.input_ids.tolist() == list(tokenizer.apply_chat_template(messages, return_dict=False))


@pytest.mark.parametrize(
    ("template", "controls", "eos", "reason"),
    [
        # Its prompt opens a thought that its history does not show.
        (
            "deepseekv3",
            "deepseek",
            "<｜end▁of▁sentence｜>",
            r"another prompt .*: the prompt is .*<think>",
        ),
        ("deepseek_r1_distill", "deepseek", "<｜end▁of▁sentence｜>", r"another prompt than it asks with"),
        # Its turns end where the next begins.
        ("glm4moe", "glm4moe", "<|user|>", r"ends no answer with a stop token \(<\|user\|>\): it writes"),
        # Contents are lists of pieces there.
        ("smolvlm", "phi3", "<|end|>", r"leaves out what the role user says: 'Question'"),
        ("idefics3", "phi3", "<|end|>", r"leaves out what the role user says: 'Question'"),
        ("llama3_2", "llama3", "<|eot_id|>", "writes today's date"),
    ],
)
def test_templates_that_are_refused(template: str, controls: str, eos: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        Template(model(CONTROLS[controls], chat_template(template), eos))
    assert "\n" not in str(caught.value)


def test_a_template_that_writes_a_date_takes_the_one_that_it_is_given() -> None:
    tokenizer = model(CONTROLS["llama3"], chat_template("llama3_2"), "<|eot_id|>")
    ours = Renderer(Template(tokenizer, date="26 Nov 2026"), Encoder(tokenizer))
    assert "Today Date: 26 Nov 2026" in ours.decode(ours.prompt(DIALOGUE[:1]))


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (
            CHATML.replace("<|im_end|>\\n", "\\n"),
            r"ends no answer with a stop token .*: it writes 'Answer\\n'",
        ),
        (CHATML.replace("add_generation_prompt", "false"), "no generation prompt: answers would be trained with"),
        (CHATML.replace("m.content", "m.content | upper"), "leaves out what the role user says"),
        (
            CHATML.replace("m.role +", "m.role + (' ' if m.content == 'Answer' else '') +"),
            "changes a text or writes by",
        ),
        ("", "has no chat template"),
        (CHATML.replace("m.content", "m.nothing.at_all"), r"cannot render this conversation \("),
    ],
)
def test_planted_faults_of_templates_are_refused(template: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        Template(model([], template, "<|im_end|>"))


@pytest.mark.parametrize(
    ("changed", "messages", "reason"),
    [
        # A system message that is dropped without a word.
        (
            CHATML.replace("for m in messages", "for m in messages if m.role != 'system'"),
            [said("system", "Mode: EXAM"), *DIALOGUE],
            r"leaves out what the role system says: 'Mode: EXAM'",
        ),
        # What is said decides how it is written.
        (
            CHATML.replace("+ m.content +", "+ m.content.split('</think>')[-1] +"),
            [said("user", "Q"), said("assistant", "It is </think> here")],
            r"it writes \.\.\.'.* here.*', not \.\.\.'.*It is </think>",
        ),
        # Later turns are written in another way than the first.
        (
            CHATML.replace("m.content + '<", "m.content + ('!' if loop.index > 3 else '') + '<"),
            DIALOGUE,
            r"writes the assistant's turn 3 by what stands around it: here \.\.\.'A2!.*', elsewhere \.\.\.'A2<",
        ),
        # The prompt for a later turn is not how the conversation with its answer begins.
        (
            CHATML.replace("m.role +", "m.role + ('?' if loop.index == 3 and loop.last else '') +"),
            DIALOGUE,
            r"the prompt is \.\.\.'.*user\?.*', the conversation begins with \.\.\.'.*user\\n",
        ),
    ],
)
def test_a_record_for_which_the_template_cannot_be_proved_is_refused(
    changed: str, messages: list[Message], reason: str
) -> None:
    tokenizer = model([], changed, "<|im_end|>")
    ours = Renderer(Template(tokenizer), Encoder(tokenizer))
    assert ours.rows([(DIALOGUE[:2], ())])
    with pytest.raises(UsageError, match=reason):
        ours.rows([(messages, ())])


def test_tools_are_refused_where_the_template_shows_none() -> None:
    tokenizer = model([], CHATML, "<|im_end|>")
    ours = Renderer(Template(tokenizer), Encoder(tokenizer))
    tool = {"type": "function", "function": {"name": "search", "description": "Find.", "parameters": {}}}
    call = {"type": "function", "function": {"name": "search", "arguments": {}}}
    assert not ours.family.tools
    with pytest.raises(UsageError, match="leaves out a tool: 'search'"):
        ours.prompt(DIALOGUE[:1], [tool])
    with pytest.raises(UsageError, match="leaves out a tool call: 'search'"):
        ours.rows([([DIALOGUE[0], said("assistant", "A", tool_calls=[call])], ())])


@pytest.mark.parametrize(
    ("template", "thinks"),
    [
        ("qwen2_5", "never"),
        ("qwen3_5_think", "by choice"),
        # Keeps earlier thoughts, and writes an empty one where there was none: its prompts do so too.
        ("qwen3_training", "by choice"),
        ("lfm2", "never"),
    ],
)
def test_other_chatml_templates(template: str, thinks: str) -> None:
    tokenizer = model([], chat_template(template), "<|im_end|>")
    ours = Renderer(Template(tokenizer), Encoder(tokenizer))
    assert ours.family.thinks == thinks
    thought = {} if thinks == "never" else {"thinking": "T"}
    messages = [turn for n in "12" for turn in (said("user", f"Q{n}"), said("assistant", f"A{n}", **thought))]
    (rows,) = ours.rows([(messages, ())])
    for row in rows:
        ours.prove(row, messages)
    assert ours.message(ours.target(messages[1])) == messages[1]


def test_generation_settings_name_further_stop_tokens(tmp_path: Path) -> None:
    """Gemma's tokenizer ends texts with <eos>; that turns end with another token stands in generation_config.json."""
    controls = ["<eos>", *CONTROLS["gemma"]]
    tokenizer = model(controls, chat_template("gemma"), "<eos>")
    with pytest.raises(UsageError, match=r"ends no answer with a stop token \(<eos>\)"):
        Template(tokenizer)
    tokenizer.save_pretrained(str(tmp_path))
    number = tokenizer.convert_tokens_to_ids("<end_of_turn>")
    (tmp_path / "generation_config.json").write_text(json.dumps({"eos_token_id": [tokenizer.eos_token_id, number]}))
    from transformers import AutoTokenizer

    assert Template(AutoTokenizer.from_pretrained(str(tmp_path))).stops == ("<eos>", "<end_of_turn>")
