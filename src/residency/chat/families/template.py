"""Any other chat format, by the tokenizer's own template, as far as it can be proved.

A template is a program, of which only its output is known. So every conversation is rendered twice: as it is, and with
marks in place of its texts, by which the template's own control tokens are told from words that look like them. Where
the two differ in more than the marks, where a text is left out, where an inference prompt is not how the conversation
with its answer begins, or where an answer has no end, the conversation is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from os.path import commonprefix
from typing import Any, cast

from residency.chat.families.base import Family, Thinks, Tools
from residency.chat.families.probes import TOOL, call
from residency.chat.segments import Control, Segment, joined, shown
from residency.core.errors import UsageError
from residency.core.records import Message

_MARK = re.compile(r"Zq(\d+)qZ")  # letters and digits, which templates neither escape nor look for
_EDGE = "\ufdd0"  # around control tokens; no character, but one of those set aside for a program's own use
_NEAR = 60  # characters shown around a difference
_QUESTION: Message = {"role": "user", "content": "Question"}
_ANSWER: Message = {"role": "assistant", "content": "Answer"}
_THOUGHTFUL: Message = {"role": "assistant", "content": "Answer", "thinking": "Thought"}
_CALL = call("Query")
_TOOL_LOOP: list[Message] = [
    _QUESTION,
    {"role": "assistant", "content": "", "tool_calls": [_CALL]},
    {"role": "tool", "content": "Result"},
    _ANSWER,
]


@dataclass
class _Marked:
    """Texts with marks in their place: what each mark stands for, and which of them must be seen, under which name."""

    controls: re.Pattern[str]
    texts: list[str] = field(default_factory=list)
    needed: dict[int, str] = field(default_factory=dict)

    def whole(self, text: str, needed: str = "") -> str:
        """A mark for the text, between the white space around it: templates trim that or do not."""
        inner = text.strip()
        if not inner:
            return text
        if needed:
            self.needed[len(self.texts)] = needed
        begin = text.index(inner)
        return text[:begin] + self._mark(inner) + text[begin + len(inner) :]

    def words(self, value: Any) -> Any:
        """The same value with a mark for each word in it that looks like a control token."""
        if isinstance(value, str):
            return self.controls.sub(lambda found: self._mark(found[0]), value)
        if isinstance(value, Mapping):
            return {self.words(key): self.words(item) for key, item in value.items()}
        return [self.words(item) for item in value] if isinstance(value, list | tuple) else value

    def message(self, message: Message) -> dict[str, Any]:
        role = message["role"]
        found: dict[str, Any] = {**message, "content": self.whole(message["content"], f"what the role {role} says")}
        if "thinking" in message:
            found["thinking"] = self.whole(message["thinking"])
        if "tool_calls" in message:
            found["tool_calls"] = [self.function(call, "a tool call") for call in message["tool_calls"]]
        return found

    def function(self, tool: Mapping[str, Any], needed: str) -> dict[str, Any]:
        """A tool or a call of one; its name alone may make up a control token with what stands around it."""
        inner = tool.get("function", tool)
        told = {key: self.whole(value, needed) if key == "name" else self.words(value) for key, value in inner.items()}
        return {**self.words({key: tool[key] for key in tool if key != "function"}), "function": told}

    def _mark(self, text: str) -> str:
        self.texts.append(text)
        return f"Zq{len(self.texts) - 1}qZ"

    def lifted(self, text: str) -> str:
        """Text with what the marks stand for."""
        return _MARK.sub(lambda found: self.texts[int(found[1])], text)


class Template(Family):
    """The format of a tokenizer's chat template. Generated tool calls are not read: they stay in the content.

    Args:
        tokenizer: a fast tokenizer of Hugging Face with a chat template.
        date: what is given to templates that write a date, as ``date_string``.

    Raises:
        UsageError: the template cannot be used to train with; the reason is said.
    """

    name = "template"
    thinks: Thinks = "by choice"  # until it is known

    def __init__(self, tokenizer: Any, date: str = "") -> None:
        template = str(tokenizer.chat_template or "")
        if not template:
            raise UsageError(
                "the model's tokenizer has no chat template, so that its format cannot be found out",
                "chat.family",
                "Name it, as qwen3-thinking",
            )
        if _MARK.search(template):
            raise _refused("the chat template holds what this program marks texts with")
        if "strftime_now" in template and not (date and "date_string" in template):
            raise _refused("the chat template writes today's date, so that what is served changes every day")
        self._tokenizer = tokenizer
        self._date = {"date_string": date} if date else {}
        tokens = [token for token in tokenizer.added_tokens_decoder.values() if token.content.strip()]
        longest_first = sorted((token.content for token in tokens), key=len, reverse=True)
        self._controls = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
        self._eats_before = {token.content for token in tokens if token.lstrip}
        self._eats_after = {token.content for token in tokens if token.rstrip}
        self.stops = tuple(_stops(tokenizer))
        self._headers = {thinking: self._header(thinking) for thinking in (True, False)}
        self.thinks = self._learn_thoughts()
        always = self.thinks == "always"
        answer = self.target(_THOUGHTFUL if always else _ANSWER, always)
        if self.thinks == "never":
            self._headers = dict.fromkeys((True, False), self._header(False))
            self._frame = ("", "", _flat(answer).partition("Answer")[0])
        if not self._headers[True] and isinstance(answer[0], Control):
            raise _refused(f"the chat template has no generation prompt: answers would be trained with {answer[0]}")
        self.tools = self._knows_tools()

    def history(self, messages: Sequence[Message], tools: Tools = ()) -> list[Segment]:
        found = [
            self._without_header(messages, tools, thinking)
            for thinking in ((True, False) if self.thinks == "by choice" else (self.thinks == "always",))
        ]
        if found[0] != found[-1]:
            sides = _sides(shown(found[0]), shown(found[-1]))
            raise _refused(f"the chat template writes history in another way where the model is to think: {sides}")
        return found[0]

    def _without_header(self, messages: Sequence[Message], tools: Tools, thinking: bool) -> list[Segment]:
        text, marked = self._rendered(messages, tools, True, thinking)
        header = self._headers[thinking]
        if not text.endswith(header):
            raise _refused(
                f"the chat template does not ask for an answer here as it does elsewhere: the prompt ends in "
                f"{marked.lifted(text)[-_NEAR:]!r}, not in {header!r}"
            )
        return self._cut(text[: len(text) - len(header)], marked)

    def header(self, thinking: bool) -> list[Segment]:
        return self._cut(self._headers[thinking], _Marked(self._controls))

    def target(self, message: Message, thinking: bool) -> list[Segment]:
        return self._turn([_QUESTION], message, (), thinking)

    def prove(self, messages: Sequence[Message], tools: Tools = ()) -> None:
        for place, message in enumerate(messages):
            if message["role"] != "assistant":
                continue
            thinking = self.thinks == "always" or (self.thinks == "by choice" and bool(message.get("thinking")))
            here, alone = self._turn(messages[:place], message, tools, thinking), self.target(message, thinking)
            if here != alone:
                sides = _sides(shown(here), shown(alone))
                raise _refused(
                    f"the chat template writes the assistant's turn {place} by what stands around it: {sides}"
                )

    def message(self, segments: Sequence[Segment], thinking: bool) -> Message:
        text = _flat(segments)
        thought = ""
        before, between, bare = self._frame
        opened = bool(before) or thinking or self.thinks == "always"
        if self.thinks != "never" and opened and text.lstrip("\n").startswith(before):
            thought, _, text = text.lstrip("\n")[len(before) :].partition(between)
        else:
            text = text.removeprefix(bare)
        found: Message = {"role": "assistant", "content": _unflat(text).lstrip("\n") if thought else _unflat(text)}
        if thought := _unflat(thought).strip("\n"):
            found["thinking"] = thought
        return found

    def _learn_thoughts(self) -> Thinks:
        """Whether the template shows thoughts, and how an answer looks with one and without."""
        text, marked = self._rendered([_QUESTION, _THOUGHTFUL], (), False, True)
        if "Thought" not in marked.lifted(text):
            return "never"
        with_one = _flat(self._turn([_QUESTION], _THOUGHTFUL, (), True))
        before, _, rest = with_one.partition("Thought")
        between = rest.partition("Answer")[0]
        self._frame = (before.strip(), between.strip(), "")
        self._empty_thought = "".join((before + between).split())
        try:
            bare = _flat(self._turn([_QUESTION], _ANSWER, (), False)).partition("Answer")[0]
        except UsageError:
            return "always"
        self._frame = (before.strip(), between.strip(), bare)
        return "by choice"

    def _knows_tools(self) -> bool:
        messages = [_with_thought(message) for message in _TOOL_LOOP] if self.thinks == "always" else _TOOL_LOOP
        try:
            self.prove(messages, [TOOL])
            self.history(messages[:-1], [TOOL])
        except UsageError:
            return False
        return True

    def _header(self, thinking: bool) -> str:
        """What the template adds when it asks for an answer."""
        asked, _ = self._rendered([_QUESTION], (), True, thinking)
        whole, _ = self._rendered([_QUESTION], (), False, thinking)
        end = len(commonprefix([asked, whole]))
        # Some templates end a whole conversation with a token that begins as the header does.
        inside = [found.start() for found in self._controls.finditer(asked) if found.start() < end < found.end()]
        return asked[inside[0] if inside else end :]

    def _turn(self, before: Sequence[Message], message: Message, tools: Tools, thinking: bool) -> list[Segment]:
        """What the model must produce for a message after others, proved to follow their inference prompt."""
        prompt, asked = self._rendered(before, tools, True, thinking)
        whole, marked = self._rendered([*before, message], tools, False, thinking)
        if not whole.startswith(prompt):
            sides = _sides(asked.lifted(prompt), marked.lifted(whole), "the prompt is", "the conversation begins with")
            raise _refused(f"the chat template shows an answer after another prompt than it asks with: {sides}")
        rest = whole[len(prompt) :]
        own = [found for found in _MARK.finditer(rest) if int(found[1]) >= len(asked.texts)]
        said = own[-1].end() if own else 0
        ends = [found for found in self._controls.finditer(rest) if found[0] in self.stops]
        stop = next((found for found in ends if found.start() >= said), None)
        if stop is None or ends[0] is not stop:
            raise _refused(
                f"the chat template ends no answer with a stop token ({' or '.join(self.stops) or 'there is none'}): "
                f"it writes {marked.lifted(rest)[-_NEAR:]!r}"
            )
        if message.get("thinking", "").strip():
            if message.get("thinking", "").strip() not in (marked.texts[int(found[1])] for found in own):
                raise _refused("the chat template shows no thoughts")
        elif self.thinks != "never" and self._says_empty_thought(rest[: own[0].start() if own else stop.start()]):
            raise _refused(
                "an assistant's turn has no thought, and the chat template writes an empty one for it, on which "
                "the model would be trained not to think",
                'Set thoughts.policy to "distil" or "rationale", or choose another base model',
            )
        return self._cut(rest[: stop.end()], marked)

    def _says_empty_thought(self, opening: str) -> bool:
        flat = _flat(self._cut(opening, _Marked(self._controls)))
        return "".join(flat.split()) == self._empty_thought

    def _rendered(self, messages: Sequence[Message], tools: Tools, asks: bool, thinking: bool) -> tuple[str, _Marked]:
        """The template's text with marks, proved to be its text for the real messages."""
        marked = _Marked(self._controls)
        marked_tools = [marked.function(tool, "a tool") for tool in tools]
        text = self._apply([marked.message(message) for message in messages], marked_tools, asks, thinking)
        real = self._apply(list(messages), list(tools), asks, thinking)
        seen = [int(found[1]) for found in _MARK.finditer(text)]
        for number, name in marked.needed.items():
            if number not in seen:
                raise _refused(f"the chat template leaves out {name}: {marked.texts[number][:_NEAR]!r}")
        if marked.lifted(text) != real:
            sides = _sides(real, marked.lifted(text), "it writes", "not")
            raise _refused(f"the chat template changes a text or writes by what it says: {sides}")
        return text, marked

    def _apply(self, messages: Sequence[Any], tools: Sequence[Any], asks: bool, thinking: bool) -> str:
        choice = {"enable_thinking": thinking} if self.thinks != "never" else {}
        try:
            return cast(
                str,
                self._tokenizer.apply_chat_template(
                    messages,
                    tools=tools or None,
                    add_generation_prompt=asks,
                    tokenize=False,
                    **choice,
                    **self._date,
                ),
            )
        except Exception as error:  # a template is a foreign program
            raise _refused(f"the chat template cannot render this conversation ({error})") from error

    def _cut(self, text: str, marked: _Marked) -> list[Segment]:
        """Text with marks as segments: control tokens are those that the template itself wrote."""
        found: list[Segment] = []
        for place, piece in enumerate(_MARK.split(text)):
            if place % 2:
                found.append(marked.texts[int(piece)])
                continue
            end = 0
            for control in self._controls.finditer(piece):
                found += [piece[end : control.start()], Control(control[0])]
                end = control.end()
            found.append(piece[end:])
        return joined(self._eaten(joined(found)))

    def _eaten(self, segments: Sequence[Segment]) -> Iterable[Segment]:
        """Without the white space that a tokenizer takes for a part of the control token beside it."""
        for place, segment in enumerate(segments):
            if isinstance(segment, Control):
                yield segment
                continue
            before = segments[place - 1] if place else ""
            after = segments[place + 1] if place + 1 < len(segments) else ""
            if isinstance(before, Control) and before.token in self._eats_after:
                segment = segment.lstrip()
            if isinstance(after, Control) and after.token in self._eats_before:
                segment = segment.rstrip()
            yield segment


def _stops(tokenizer: Any) -> list[str]:
    """The tokens at which generation ends: the tokenizer's, and those of the model's generation settings."""
    import transformers  # a tokenizer was loaded with it

    found = [tokenizer.eos_token] if tokenizer.eos_token else []
    try:
        numbers = transformers.GenerationConfig.from_pretrained(tokenizer.name_or_path).eos_token_id
    except (OSError, ValueError):  # there are none beside the tokenizer
        numbers = None
    for number in numbers if isinstance(numbers, list) else [numbers] if numbers is not None else []:
        token = tokenizer.convert_ids_to_tokens(number)
        if isinstance(token, str) and token not in found:
            found.append(token)
    return found


def _with_thought(message: Message) -> Message:
    return {**message, "thinking": "Thought"} if message["role"] == "assistant" else message


def _flat(segments: Iterable[Segment]) -> str:
    """Segments as one text in which a control token is told from its words."""
    return "".join(f"{_EDGE}{segment}{_EDGE}" if isinstance(segment, Control) else segment for segment in segments)


def _unflat(text: str) -> str:
    return text.replace(_EDGE, "")


def _sides(one: str, other: str, name: str = "here", other_name: str = "elsewhere") -> str:
    """Two texts from a little before where they differ."""
    at = max(0, len(commonprefix([one, other])) - 20)
    return f"{name} ...{one[at : at + _NEAR]!r}, {other_name} ...{other[at : at + _NEAR]!r}"


def _refused(what: str, fix: str = "Take the record out, or choose another base model") -> UsageError:
    return UsageError(what, "", fix)
