"""Harmony: what gpt-oss is trained on is, token for token, what openai-harmony renders and a server shows."""

from __future__ import annotations

import json
import os
import random
import re
import string
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from residency.chat.encoder import Encoder
from residency.chat.families import harmony
from residency.chat.families.harmony import END, MESSAGE, START, Harmony
from residency.chat.families.harmony_tools import tools_section, typescript
from residency.chat.renderer import IGNORED, Renderer
from residency.chat.segments import Control, Segment
from residency.core.errors import UsageError
from residency.core.prompt import conversation, user_message
from residency.core.records import Message, Passage
from tests.real_tokenizers import harmony_ranks, real_tokenizer

FIRST_CONTROL = 199_998
CONVERSATIONS = 2_000
EFFORTS: tuple[harmony.Effort, ...] = ("low", "medium", "high")
PAGE = Path(__file__).parents[1] / "docs" / "what-your-model-reads.md"

Case = tuple[Harmony, list[Message], list[dict[str, Any]]]


# A reference that is told everything in its own terms, and shares no code with what it judges.


@cache
def library() -> Any:
    """The module openai_harmony."""
    return pytest.importorskip("openai_harmony", reason="openai-harmony, the reference renderer, is not installed")


@cache
def reference() -> Any:
    """The encoding of openai-harmony."""
    oh = library()
    os.environ["TIKTOKEN_ENCODINGS_BASE"] = str(harmony_ranks())
    return oh.load_harmony_encoding(oh.HarmonyEncodingName.HARMONY_GPT_OSS)


def preamble(family: Harmony, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> list[Any]:
    oh = library()

    system = oh.SystemContent.new().with_model_identity(family.identity)
    system = system.with_reasoning_effort(oh.ReasoningEffort[family.effort.upper()])
    if family.date:
        system = system.with_conversation_start_date(family.date)
    found = [oh.Message.from_role_and_content(oh.Role.SYSTEM, system)]
    instructions = messages[0]["content"] if messages and messages[0]["role"] == "system" else ""
    if instructions or tools:
        developer = oh.DeveloperContent.new()
        if instructions:
            developer = developer.with_instructions(instructions)
        if tools:
            told = [
                oh.ToolDescription.new(each["name"], each.get("description") or "", each.get("parameters"))
                for each in (tool["function"] for tool in tools)
            ]
            developer = developer.with_function_tools(told)
        found.append(oh.Message.from_role_and_content(oh.Role.DEVELOPER, developer))
    return found


def turns(messages: Sequence[Message]) -> list[Any]:
    """The messages after the first system message, thoughts and all."""
    oh = library()

    found: list[Any] = []

    def says(text: str, channel: str) -> Any:
        found.append(oh.Message.from_role_and_content(oh.Role.ASSISTANT, text).with_channel(channel))
        return found[-1]

    name = ""
    for place, message in enumerate(messages):
        text = message["content"]
        if message["role"] == "assistant":
            if message.get("thinking", "").strip():
                says(message["thinking"].strip(), "analysis")
            if not message.get("tool_calls"):
                says(text.strip(), "final")
                continue
            if text.strip():
                says(text.strip(), "commentary")
            function = message["tool_calls"][0]["function"]
            name, arguments = function["name"], function["arguments"]
            if not isinstance(arguments, str):
                arguments = json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))
            call = says(arguments, "commentary").with_recipient(f"functions.{name}")
            call.with_content_type("<|constrain|>json")
        elif message["role"] == "tool":
            author = oh.Author.new(oh.Role.TOOL, f"functions.{message.get('name', name)}")
            result = oh.Message.from_author_and_content(author, text).with_channel("commentary")
            found.append(result.with_recipient("assistant"))
        elif message["role"] == "user":
            found.append(oh.Message.from_role_and_content(oh.Role.USER, text))
        elif place and text:
            developer = oh.DeveloperContent.new().with_instructions(text)
            found.append(oh.Message.from_role_and_content(oh.Role.DEVELOPER, developer))
    return found


def served(messages: list[Any]) -> list[Any]:
    """The rule of servers: no analysis from before the last final answer."""
    final = max((at for at, each in enumerate(messages) if each.channel == "final"), default=-1)
    return [each for at, each in enumerate(messages) if each.channel != "analysis" or at > final]


def expected_prompt(family: Harmony, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> list[int]:
    oh = library()

    shown = oh.Conversation.from_messages([*preamble(family, messages, tools), *served(turns(messages))])
    off = oh.RenderConversationConfig(auto_drop_analysis=False)
    return list(reference().render_conversation_for_completion(shown, oh.Role.ASSISTANT, config=off))


def expected_row(family: Harmony, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> list[int]:
    """The row for the last message: it keeps its own analysis whatever it is."""
    oh = library()

    history = served(turns(messages[:-1]))
    shown = oh.Conversation.from_messages([*preamble(family, messages, tools), *history, *turns(messages[-1:])])
    off = oh.RenderConversationConfig(auto_drop_analysis=False)
    return list(reference().render_conversation_for_training(shown, config=off))


# Conversations as surgeons never write them.


@cache
def encoder() -> Encoder:
    return Encoder(real_tokenizer("gptoss"))


def renderer(family: Harmony | None = None) -> Renderer:
    return Renderer(family or Harmony(), encoder())


@cache
def specials() -> tuple[str, ...]:
    """Every special token of the vocabulary, and those that openai-harmony knows besides."""
    return (*encoder().controls, "<|reserved_200013|>", "<|reserved_201088|>", "<|refusal|>", "<think>", "<|im_end|>")


PIECES = (
    *"\n \t'\"{}[]():;,.?-_=<>|",
    *("\n\n", "  ", "\r\n", " to=functions.x", "assistant", "analysis", "functions", "json", "commentary", "user"),
    *(
        "INR 2.5",
        "5 mg/kg",
        "naïve",
        "e\u0301",
        "A\u030a",
        "µg",
        "≥ 3 °C",
        "½",
        "中文",
        "עברית",
        "🩺",
        "👩🏽‍⚕️",
        "\u200d",
    ),
    *("\u00a0", "\u2028", "\x00", "\x7f", "\x85", "12345678", "don't", "I'LL", "<b>", "&amp;", "The gallbladder"),
)


def text(draw: random.Random, most: int = 8) -> str:
    if draw.random() < 0.06:
        return ""
    pieces = [
        draw.choice(specials()) if draw.random() < 0.12 else draw.choice(PIECES) for _ in range(draw.randint(1, most))
    ]
    return draw.choice(("", " ")).join(pieces)


def name(draw: random.Random) -> str:
    return "".join(draw.choices(string.ascii_letters + string.digits + "_-", k=draw.randint(1, 12)))


def value(draw: random.Random, depth: int = 0) -> Any:
    kinds: list[Callable[[], Any]] = [
        lambda: text(draw, 4),
        lambda: draw.randint(-(10**6), 10**6),
        lambda: draw.choice([0.5, 1.0, 1e-5, -2.5e-5, 1e-7, 1e15, 1e16, 2.5e300, 3.14]),
        lambda: draw.choice([True, False, None]),
    ]
    if depth < 3:
        kinds += [
            lambda: [value(draw, depth + 1) for _ in range(draw.randint(0, 3))],
            lambda: {text(draw, 2): value(draw, depth + 1) for _ in range(draw.randint(0, 3))},
        ]
    return draw.choice(kinds)()


def schema(draw: random.Random, depth: int = 0) -> Any:
    kind = draw.choice(
        ["string", "string", "integer", "number", "boolean", "array", "object", "oneOf", "several", "enum", "none"]
        if depth < 3
        else ["string", "integer", "enum", "array", "none"]
    )
    found: dict[str, Any] = {"type": kind}
    if kind == "enum":
        values = draw.choice([["a", "b"], [text(draw, 2), "x", 3], [], ["one"], [1, 2]])
        found = {"type": draw.choice(["string", "integer"]), "enum": values}
    elif kind == "several":
        found = {"type": draw.choice([["string", "null"], ["integer", "string"], ["array", "null"], [], [1]])}
    elif kind == "none":
        found = draw.choice([{}, {"anyOf": [{"type": "string"}]}, {"$ref": "#/x"}, {"const": "x"}, {"type": "null"}])
    elif kind == "oneOf":
        found = {"oneOf": [schema(draw, depth + 1) for _ in range(draw.randint(0, 3))]}
    elif kind == "array" and draw.random() < 0.8:
        found["items"] = draw.choice([schema(draw, depth + 1), schema(draw, depth + 1), True])
    elif kind == "object" and draw.random() < 0.9:
        found["properties"] = {text(draw, 2) or "p": schema(draw, depth + 1) for _ in range(draw.randint(0, 4))}
        found["required"] = [key for key in found["properties"] if draw.random() < 0.5]
    for key, make in {
        "description": lambda: draw.choice(["same", text(draw)]),
        "title": lambda: text(draw, 3),
        "default": lambda: value(draw),
        "examples": lambda: [draw.choice([text(draw, 2), 3]) for _ in range(draw.randint(0, 3))],
        "nullable": lambda: draw.choice([True, False]),
    }.items():
        if draw.random() < 0.2:
            found[key] = make()
    return found


def tool(draw: random.Random) -> dict[str, Any]:
    function: dict[str, Any] = {"name": name(draw), "description": draw.choice(["", text(draw), "One.\nTwo.\r\n\r"])}
    if draw.random() < 0.85:
        function["parameters"] = schema(draw) if draw.random() < 0.3 else schema(draw) | {"type": "object"}
    return {"type": "function", "function": function}


def assistant(draw: random.Random, calls: bool) -> Message:
    found: Message = {"role": "assistant", "content": text(draw)}
    if draw.random() < 0.6:
        found["thinking"] = text(draw)
    if calls:
        arguments: Any = {text(draw, 3): value(draw) for _ in range(draw.randint(0, 3))}
        if draw.random() < 0.4:
            arguments = json.dumps(arguments, indent=draw.choice([None, 1]))
        found["tool_calls"] = [{"type": "function", "function": {"name": name(draw), "arguments": arguments}}]
    return found


def cases(number: int, seed: int = 4) -> Iterator[Case]:
    """Families with conversations of theirs; each last message is an assistant's."""
    draw = random.Random(seed)
    for _ in range(number):
        identity = harmony.IDENTITY if draw.random() < 0.8 else text(draw)
        family = Harmony(draw.choice(EFFORTS), draw.choice(["", "2026-01-31"]), identity)
        messages: list[Message] = []
        if draw.random() < 0.7:
            messages.append({"role": "system", "content": text(draw)})
        for _ in range(draw.choice([1, 1, 1, 2, 2, 3])):
            messages.append({"role": "user", "content": text(draw, draw.choice([3, 8, 8, 60]))})
            if draw.random() < 0.05:
                messages.append({"role": "system", "content": text(draw)})
            for _ in range(draw.choice([0, 0, 0, 0, 1, 2])):
                messages.append(assistant(draw, calls=True))
                if draw.random() < 0.95:
                    messages.append({"role": "tool", "content": text(draw)})
                    if draw.random() < 0.3:
                        messages[-1]["name"] = name(draw)
            if draw.random() < 0.9:
                messages.append(assistant(draw, calls=False))
        if messages[-1]["role"] != "assistant":
            messages.append(assistant(draw, calls=draw.random() < 0.5))
        yield family, messages, [tool(draw) for _ in range(draw.choice([0, 0, 1, 3]))]


PART = Control("<|startoftext|>")
"""Between a prompt and its target, which are encoded apart."""
ANY: Message = {"role": "assistant", "content": "any"}


def differing(number: int, seed: int = 4) -> tuple[int, int]:
    """How many prompts and how many rows, of so many conversations, are not the reference's. Rows are compared at every
    assistant's turn; prompts at one of these or after the whole conversation."""
    draw = random.Random(seed)
    made: list[list[Segment]] = []
    expected: list[tuple[bool, list[int]]] = []
    for family, messages, tools in cases(number, seed):
        steps = renderer(family).steps(messages, tools)
        for step in steps:
            made.append([*step.prompt, PART, *step.target])
            expected.append((True, expected_row(family, messages[: step.turn + 1], tools)))
        step = draw.choice([*steps, renderer(family).steps([*messages, ANY], tools)[-1]])
        made.append(step.prompt)
        expected.append((False, expected_prompt(family, messages[: step.turn], tools)))
    ids = [found[found != encoder().control(PART.token)].tolist() for found in renderer()._ids(made)]
    wrong = [is_row for (is_row, wanted), found in zip(expected, ids, strict=True) if found != wanted]
    return wrong.count(False), wrong.count(True)


def test_prompts_and_rows_are_those_of_openai_harmony_token_for_token() -> None:
    reference()
    assert differing(CONVERSATIONS) == (0, 0)


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ("_is_final", lambda message: False),  # thoughts from before a final answer are kept
        ("_thought", lambda message: ""),
        ("RETURN", END),
        ("_CALLS_GO", ""),
        ("_written", lambda arguments: arguments if isinstance(arguments, str) else json.dumps(arguments)),
        ("tools_section", lambda tools: tools_section(tools).replace(" // default: ", " // Default: ")),
        ("CONSTRAIN", Control("<|message|>")),
        ("_CHANNELS", harmony._CHANNELS.replace("commentary, ", "")),
    ],
)
def test_the_comparison_sees_a_fault(part: str, fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reference()
    assert differing(40) == (0, 0)
    monkeypatch.setattr(harmony, part, fault)
    prompts, rows = differing(40)
    assert rows and (prompts or part == "RETURN")


def test_huge_content_is_that_of_openai_harmony() -> None:
    reference()
    draw = random.Random(1)
    for huge in ("a" * 20_000, "\n" * 20_000 + "x", " ." * 50_000, "<|end|>" * 5_000, text(draw, 20_000)):
        messages: list[Message] = [
            {"role": "system", "content": huge},
            {"role": "user", "content": huge},
            {"role": "assistant", "content": huge, "thinking": huge},
        ]
        made = renderer().prompt(messages[:2]) + renderer().target(messages[2])
        assert made == expected_row(Harmony(), messages, [])


def test_header_pieces_encode_the_same_together_as_apart() -> None:
    ends = [f"x{letter}" for letter in string.ascii_letters + string.digits + "_-"] + ["_", "-", "a--", "9", "to"]
    for each in (*ends, *(name(random.Random(seed)) for seed in range(300))):
        for pieces in (
            ["assistant", f" to=functions.{each}"],
            [f"functions.{each}", " to=assistant"],
            ["commentary", " "],
        ):
            apart, together = encoder().encode(pieces), encoder().encode(["".join(pieces)])
            assert [number for piece in apart for number in piece] == together[0].tolist()


# What the model produced, read back.


def tidy(message: Message) -> Message:
    """As a model could have produced it: nothing around texts, no empty thought, arguments as an object."""
    found: Message = {"role": "assistant", "content": message["content"].strip()}
    if thought := message.get("thinking", "").strip():
        found["thinking"] = thought
    for call in message.get("tool_calls", []):
        arguments = call["function"]["arguments"]
        arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
        found["tool_calls"] = [
            {"type": "function", "function": {"name": call["function"]["name"], "arguments": arguments}}
        ]
    return found


def test_what_was_a_target_reads_back_as_the_message() -> None:
    for family, messages, _ in cases(400, seed=5):
        made = renderer(family)
        for message in messages:
            if message["role"] == "assistant":
                assert made.message(made.target(message)) == tidy(message)


def test_a_target_reads_the_same_to_the_parser_of_openai_harmony() -> None:
    oh = library()

    for family, messages, _ in cases(200, seed=6):
        made = renderer(family)
        for message in messages:
            if message["role"] != "assistant" or specials_in(message):
                continue
            target = made.target(message)
            parsed = reference().parse_messages_from_completion_tokens(target, oh.Role.ASSISTANT)
            told = [(each.channel, each.recipient, each.content[0].text) for each in parsed]
            assert told == [(each.channel, each.recipient, each.content[0].text) for each in turns([message])]


def specials_in(message: Message) -> bool:
    return any(token in json.dumps(message, ensure_ascii=False) for token in specials())


def said(*pieces: str) -> list[Segment]:
    """What a model produced, written as text with its control tokens."""
    found: list[Segment] = []
    for part in re.split(r"(<\|\w+\|>)", "".join(pieces)):
        found += [Control(part)] if part.startswith("<|") else [part] if part else []
    return found


CALLED = {"type": "function", "function": {"name": "look", "arguments": {"q": "x"}}}


@pytest.mark.parametrize(
    ("produced", "message"),
    [
        ("", {"content": ""}),
        ("<|channel|>final<|message|>A.", {"content": "A."}),
        ("<|channel|>analysis<|message|>Hm", {"content": "", "thinking": "Hm"}),
        ("<|channel|>analysis<|message|>Hm<|end|>", {"content": "", "thinking": "Hm"}),
        ("<|channel|>analysis<|message|>Hm<|end|><|start|>assis", {"content": "", "thinking": "Hm"}),
        ("<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>fin", {"content": "", "thinking": "Hm"}),
        (
            "<|channel|>analysis<|message|>Hm<|start|>assistant<|channel|>final<|message|>A",
            {"content": "A", "thinking": "Hm"},
        ),
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>analysis<|message|>b",
            {"content": "", "thinking": "a\nb"},
        ),
        (
            "<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>final<|message|>A",
            {"content": "I look.\nA"},
        ),
        (
            ' to=functions.look<|channel|>commentary <|constrain|>json<|message|>{"q":"x"}',
            {"content": "", "tool_calls": [CALLED]},
        ),
        # gpt-oss itself puts the recipient behind the channel, and at times leaves pieces out
        (
            '<|channel|>commentary to=functions.look <|constrain|>json<|message|>{"q": "x"}',
            {"content": "", "tool_calls": [CALLED]},
        ),
        (
            '<|channel|>commentary to=functions.look<|constrain|>json<|message|>{"q":"x"}',
            {"content": "", "tool_calls": [CALLED]},
        ),
        ('<|channel|>analysis to=look code<|message|>{"q":"x"}', {"content": "", "tool_calls": [CALLED]}),
        ("<|channel|>commentary to=functions.lo", {"content": ""}),
        (" to=functions.lo", {"content": ""}),
        ("<|channel|>commentary to=functions.look <|constrain|>", {"content": ""}),
        # text without a form
        ("The answer is A.", {"content": "The answer is A."}),
        ("Yes", {"content": "Yes"}),
        ("<|message|>A.", {"content": "A."}),
        ("<|channel|>answer<|message|>A.", {"content": "A."}),
        ("<|channel|>final<|message|>A.<|channel|>b", {"content": "A.<|channel|>b"}),
        ("<|channel|>commentary to=browser.open json<|message|>{}", {"content": "{}"}),
        ("<|channel|>commentary to=assistant<|message|>Well.", {"content": "Well."}),
        # a model that goes on in another's name
        (
            "<|channel|>final<|message|>A.<|end|><|start|>user<|message|>And then?<|end|>"
            "<|start|>assistant<|channel|>final<|message|>B",
            {"content": "A."},
        ),
        (
            "<|channel|>final<|message|>A.<|end|><|start|>functions.look to=assistant<|channel|>commentary<|message|>R",
            {"content": "A."},
        ),
    ],
)
def test_broken_and_cut_output_is_read_as_far_as_it_goes(produced: str, message: dict[str, Any]) -> None:
    expected = {"role": "assistant", **message}
    assert Harmony().message(said(produced), True) == expected
    made = renderer()
    ids = made._ids([said(produced)])[0].tolist()
    assert made.message([*ids, made.stops[0], 1, 2]) == expected


def test_arguments_that_are_cut_are_told_as_text() -> None:
    read = Harmony().message(said(' to=functions.look<|channel|>commentary <|constrain|>json<|message|>{"q":"x'), True)
    assert read["tool_calls"] == [{"type": "function", "function": {"name": "look", "arguments": '{"q":"x'}}]


def test_any_ids_at_all_can_be_read() -> None:
    draw = random.Random(7)
    made = renderer()
    for _ in range(500):
        ids = [
            draw.choice([draw.randrange(201_088), *map(encoder().control, map(str, (START, END, MESSAGE)))])
            for _ in range(20)
        ]
        assert made.message(ids)["role"] == "assistant"


# Safety of content.


FIELDS: dict[str, Callable[[str], Case]] = {
    "identity": lambda word: (Harmony(identity=word), [user("q")], []),
    "system": lambda word: (Harmony(), [cast(Message, {"role": "system", "content": word}), user("q")], []),
    "later system": lambda word: (Harmony(), [user("q"), cast(Message, {"role": "system", "content": word})], []),
    "user": lambda word: (Harmony(), [user(word)], []),
    "answer": lambda word: (Harmony(), [user("q"), says(word), user("q")], []),
    "thought": lambda word: (Harmony(), [user("q"), calls({"q": "x"}, thinking=word), result("r")], []),
    "preamble": lambda word: (Harmony(), [user("q"), calls({"q": "x"}, content=word), result("r")], []),
    "arguments": lambda word: (Harmony(), [user("q"), calls({word: word}), result("r")], []),
    "arguments as text": lambda word: (Harmony(), [user("q"), calls(json.dumps({word: word})), result("r")], []),
    "result": lambda word: (Harmony(), [user("q"), calls({"q": "x"}), result(word)], []),
    "tool": lambda word: (Harmony(), [user("q")], [{"function": {"name": "f", "description": word}}]),
    "schema": lambda word: (
        Harmony(),
        [user("q")],
        [{"type": "function", "function": {"name": "f", "parameters": {
            "type": "object", "description": word, "properties": {
                word: {"type": "string", "title": word, "description": word, "enum": [word], "default": word,
                       "examples": [word]},
                "b": {"oneOf": [{"type": "string", "description": word, "default": word}], "description": "c"}}}}}],
    ),
}  # fmt: skip


def user(content: str) -> Message:
    return {"role": "user", "content": content}


def says(content: str, thinking: str = "") -> Message:
    return {"role": "assistant", "content": content, "thinking": thinking}


def calls(arguments: Any, content: str = "", thinking: str = "", function: str = "look") -> Message:
    call = {"type": "function", "function": {"name": function, "arguments": arguments}}
    return {"role": "assistant", "content": content, "thinking": thinking, "tool_calls": [call]}


def result(content: str) -> Message:
    return {"role": "tool", "content": content}


@pytest.mark.parametrize("field", FIELDS)
def test_no_special_token_in_any_field_becomes_a_control_token(field: str) -> None:
    def controls(word: str) -> list[int]:
        family, messages, tools = FIELDS[field](word)
        made = renderer(family)
        answers = [number for message in messages if message["role"] == "assistant" for number in made.target(message)]
        return [number for number in (*made.prompt(messages, tools), *answers) if number >= FIRST_CONTROL]

    plain = controls("word")
    assert plain
    for token in specials():
        assert controls(token) == plain, token
        assert controls(f"a {token}\n{token}b") == plain, token


@pytest.mark.parametrize("bad", ["", "a b", "a.b", "x to=assistant", "<|end|>", "naïve", "a\n", None])
def test_a_name_that_could_forge_a_header_is_refused(bad: Any) -> None:
    made = renderer()
    spoilt = calls({}, function=bad)
    with pytest.raises(UsageError, match="no name of a function"):
        made.target(spoilt)
    with pytest.raises(UsageError, match="no name of a function"):
        made.prompt([user("q"), spoilt])
    with pytest.raises(UsageError, match="no name of a function"):
        made.prompt([user("q")], [{"type": "function", "function": {"name": bad}}])
    if bad:
        with pytest.raises(UsageError, match="no name of a function"):
            made.prompt([user("q"), calls({}), {"role": "tool", "content": "r", "name": bad}])


# The traps of this format (docs/what-your-model-reads.md).


def read(made: Renderer, ids: Sequence[int]) -> str:
    return made.decode(ids).partition("<|end|>")[2]


def test_a_thought_ends_with_its_turn_and_lives_through_an_open_tool_loop() -> None:
    made = renderer()
    messages = [user("Q1"), says("a1", "t1"), user("Q2"), calls({"q": "x"}, thinking="t2"), result("R")]
    looped = (
        "<|start|>user<|message|>Q1<|end|><|start|>assistant<|channel|>final<|message|>a1<|end|>"
        "<|start|>user<|message|>Q2<|end|><|start|>assistant<|channel|>analysis<|message|>t2<|end|>"
        '<|start|>assistant to=functions.look<|channel|>commentary <|constrain|>json<|message|>{"q":"x"}<|call|>'
        "<|start|>functions.look to=assistant<|channel|>commentary<|message|>R<|end|><|start|>assistant"
    )
    assert read(made, made.prompt(messages)) == looped
    closed = read(made, made.prompt([*messages, says("a2", "t3"), user("Q3")]))
    assert closed == looped.replace("<|channel|>analysis<|message|>t2<|end|><|start|>assistant", "") + (
        "<|channel|>final<|message|>a2<|end|><|start|>user<|message|>Q3<|end|><|start|>assistant"
    )


def test_targets_end_in_return_or_call_and_history_in_end() -> None:
    made = renderer()
    messages = [user("Q1"), says("a1", "t1"), user("Q2"), calls({}), result("R"), says("a2")]
    assert made.decode(made.target(messages[1])).endswith("a1<|return|>")
    assert made.decode(made.target(messages[3])).endswith("{}<|call|>")
    history = made.decode(made.prompt(messages))
    assert "<|return|>" not in history and "a1<|end|>" in history and "{}<|call|>" in history


def test_the_first_header_of_a_step_is_prompt_and_a_later_one_is_target() -> None:
    made = renderer()
    ((row,),) = made.rows([([user("Q1"), says("a1", "t1")], ())])
    labelled = made.decode(row.labels[row.labels != IGNORED])
    assert labelled == (
        "<|channel|>analysis<|message|>t1<|end|><|start|>assistant<|channel|>final<|message|>a1<|return|>"
    )
    assert made.decode(row.input_ids[row.labels == IGNORED]).endswith("Q1<|end|><|start|>assistant")


def test_a_single_turns_thought_is_trained_on_which_harmonys_own_rule_would_drop() -> None:
    oh = library()

    messages = [user("Q1"), says("a1", "t1")]
    family = Harmony()
    whole = oh.Conversation.from_messages([*preamble(family, messages, []), *turns(messages)])
    dropped = reference().render_conversation_for_training(whole)  # auto_drop_analysis, its default
    made = renderer()
    assert "analysis<|message|>" not in made.decode(dropped)
    assert "analysis<|message|>t1" in made.decode(made.rows([(messages, ())])[0][0].input_ids)


def test_every_turn_has_a_row_that_shows_and_trains_what_is_served() -> None:
    made = renderer()
    messages = [user("Q1"), says("a1", "t1"), user("Q2"), says("a2", "t2"), user("Q3"), says("a3", "t3")]
    (rows,) = made.rows([(messages, ())])
    assert [row.turns for row in rows] == [(1,), (3,), (5,)]
    for number, row in enumerate(rows, 1):
        made.prove(row, messages)
        assert re.findall(r"\bt\d", made.decode(row.input_ids)) == [f"t{number}"]
        trained = made.decode(row.labels[row.labels != IGNORED])
        assert trained.startswith(f"<|channel|>analysis<|message|>t{number}<|end|>") and trained.count("<|start|>") == 1


def test_the_steps_of_a_tool_loop_share_a_row_until_its_answer() -> None:
    made = renderer()
    messages = [
        user("Q"),
        calls({}, thinking="t1"),
        result("R"),
        calls({}, thinking="t2"),
        result("R"),
        says("a", "t3"),
    ]
    (rows,) = made.rows([(messages, ())])
    assert [row.turns for row in rows] == [(1, 3, 5)]
    made.prove(rows[0], messages)
    trained = made.decode(rows[0].labels[rows[0].labels != IGNORED])
    assert re.findall(r"t\d(?=<)|<\|call\|>|<\|return\|>", trained) == [
        "t1",
        "<|call|>",
        "t2",
        "<|call|>",
        "t3",
        "<|return|>",
    ]
    assert "R<" not in trained


def test_rows_of_generated_conversations_are_what_is_served_and_label_every_turn() -> None:
    for family, messages, tools in cases(300, seed=8):
        made = renderer(family)
        ((*rows,),) = made.rows([(messages, tools)])
        assert [turn for row in rows for turn in row.turns] == [
            place for place, message in enumerate(messages) if message["role"] == "assistant"
        ]
        for row in rows:
            bare = [place for place in row.turns if not messages[place].get("thinking", "").strip()]
            if bare and family.effort != "low":
                with pytest.raises(UsageError, match="has no thought"):
                    made.prove(row, messages, tools)
            else:
                made.prove(row, messages, tools)


def test_a_bare_answer_is_a_final_and_no_empty_thought() -> None:
    made = renderer(Harmony("low"))
    for message in (says("a1"), says("a1", " \n"), cast(Message, {"role": "assistant", "content": "a1"})):
        assert made.decode(made.target(message)) == "<|channel|>final<|message|>a1<|return|>"


@pytest.mark.parametrize("key", ["reasoning", "reasoning_content"])
def test_a_thought_under_another_key_is_refused_and_not_lost(key: str) -> None:
    message = cast(Message, {"role": "assistant", "content": "a", key: "t"})
    with pytest.raises(UsageError, match="thinking"):
        renderer().steps([user("q"), message])


def test_the_mode_stands_in_the_developer_message() -> None:
    made = renderer()
    shown = made.decode(made.prompt(conversation("EXAM", [user("Q")])))
    system, developer, asked = shown.split("<|end|>")[:3]
    assert "Mode:" not in system and "Reasoning: medium" in system
    assert developer.startswith("<|start|>developer<|message|># Instructions\n\n") and "Mode: EXAM" in developer
    assert asked == "<|start|>user<|message|>Q"


def test_several_calls_at_once_are_refused_with_the_form_to_write() -> None:
    message = calls({})
    message["tool_calls"] *= 2
    for use in (lambda made: made.target(message), lambda made: made.prompt([user("q"), message])):
        with pytest.raises(UsageError, match="call, result, call, result"):
            use(renderer())


@pytest.mark.parametrize("arguments", ["", "{", "[1]", '"x"', [1], None])
def test_arguments_that_are_no_json_object_are_not_taught(arguments: Any) -> None:
    with pytest.raises(UsageError, match="no JSON object"):
        renderer().target(calls(arguments))


def test_a_result_without_a_call_is_refused() -> None:
    with pytest.raises(UsageError, match="follows no call"):
        renderer().prompt([user("q"), result("r")])


@pytest.mark.parametrize(
    "wrong", [{"effort": "max"}, {"date": "31.1.2026"}, {"date": "20260131"}, {"date": "2026-13-01"}]
)
def test_settings_of_another_form_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        Harmony(**cast(Any, wrong))


SEARCH: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Finds passages in the guidelines.",
        "parameters": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "What to look for."},
                "top_k": {"type": "integer", "default": 3},
            },
            "required": ["query"],
        },
    },
}


def test_the_types_of_tools_are_written_as_documented() -> None:
    assert tools_section([SEARCH]) == (
        "# Tools\n\n## functions\n\nnamespace functions {\n\n// Finds passages in the guidelines.\n"
        "type search = (_: {\n// What to look for.\nquery: string,\ntop_k?: number, // default: 3\n}) => any;\n\n"
        "} // namespace functions"
    )
    assert typescript(True) == typescript({}) == "any"


# The page that shows users what their model reads.


def examples() -> dict[str, tuple[list[Message], list[dict[str, Any]]]]:
    """The conversations whose renderings stand in the page, by the heading there."""
    passages = cast(list[Passage], [{"title": "Acute cholecystitis", "text": "Operate early, within 72 hours."}])
    mcq = [
        user("Which artery is ligated in cholecystectomy?\nA. Cystic artery\nB. Splenic artery"),
        says("Key point: The cystic artery supplies the gallbladder.\nANSWER: A", "The cystic artery feeds it."),
    ]
    dialogue = [
        user("My patient has right upper quadrant pain."),
        says("Is there fever or jaundice?", "Ask for signs of cholangitis first."),
        user("38.5 °C, no jaundice."),
        says("This is likely acute cholecystitis: ask for a scan.", "Fever without jaundice: cholecystitis."),
    ]
    context = [
        user_message("When should I operate?", passages),
        says("Operate within 72 hours [1].", "Passage 1 says so."),
    ]
    looked_up = [
        user("When should I operate for acute cholecystitis?"),
        calls({"query": "acute cholecystitis timing"}, "I will look it up.", "I should search.", "search"),
        result("[1] Operate early, within 72 hours."),
        says("Operate within 72 hours [1].", "Passage 1 answers it."),
    ]
    return {
        "A multiple-choice question": (conversation("EXAM", mcq), []),
        "A dialogue with thoughts": (conversation("CLINICAL", dialogue), []),
        "A question with a context": (conversation("CLINICAL", context), []),
        "A tool call and its result": (conversation("CLINICAL", looked_up), [SEARCH]),
    }


def page_section() -> str:
    """What the page must hold: for each example, each step's prompt and target."""
    made = renderer(Harmony(date="2026-01-31"))
    parts = []
    for heading, (messages, tools) in examples().items():
        parts.append(f"#### {heading}\n")
        steps = made.steps(messages, tools)
        for number, step in enumerate(steps, 1):
            which = f" of step {number}" if len(steps) > 1 else ""
            prompt, target = (made.decode(made._ids([part])[0]) for part in (step.prompt, step.target))
            parts.append(f"Prompt{which}:\n\n```text\n{prompt}\n```\n\nTrained on:\n\n```text\n{target}\n```\n")
    return "\n".join(parts)


def test_the_page_shows_what_is_rendered() -> None:
    assert page_section() in PAGE.read_text(encoding="utf-8")
