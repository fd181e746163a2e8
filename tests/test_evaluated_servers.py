"""A server's model in the evaluation: what it says is kept, what it does not take is counted, and nothing ends it but a
server that is gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from residency.core.errors import ServerError, UsageError
from residency.core.prompt import conversation, user_message
from residency.core.stage import Silent
from residency.evaluation.answering import answered
from residency.evaluation.item import Answers, Ask, Item, Turn
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.targets.server import ServerSpeaker
from residency.evaluation.targets.speaker import Prompt
from residency.evaluation.targets.target import Target
from tests.chat_server import ChatServer

TOOL = {"type": "function", "function": {"name": "search_guidelines", "parameters": {"type": "object"}}}
CUT = {"message": {"content": "", "reasoning_content": "It may be B, for"}, "finish_reason": "length"}


def item(name: str, *, tools: bool = False, samples: int = 1, task: str = "open") -> Item:
    messages = conversation("EXAM", [user_message(f"What is done about {name}?")])
    ask = Ask("given", messages, tools=[TOOL] if tools else [], samples=samples, thinking_samples=samples)
    return Item(name, task, task, "EXAM", name, "hernia", [ask], {})


def asked(url: str, items: Sequence[Item], path: Path, **settings: Any) -> dict[str, Answers]:
    values = EvaluateSettings(**{"max_new_tokens": 32, "server_parallel": 2, "timeout": 5, **settings})
    return all_answers(ServerSpeaker(Target("served", url=url), values), items, path)


def all_answers(speaker: Any, items: Sequence[Item], path: Path) -> dict[str, Answers]:
    return answered(speaker, items, path, batch_size=4, max_length=1000, seed=3, progress=Silent(), name="served")


def turns(found: dict[str, Answers]) -> list[Turn]:
    return [answer["said"][-1] for of_one in found.values() for answer in of_one["given"]]


def test_thoughts_that_are_cut_off_are_answers_without_a_text_however_many_come_in_a_row(tmp_path: Path) -> None:
    with ChatServer(lambda messages, body: dict(CUT)) as server:
        said = turns(asked(server.url, [item(f"q{n}") for n in range(12)], tmp_path / "a", server_thought_tokens=64))
    assert len(said) == 12
    assert all((one["text"], one["finish"], "fault" in one) == ("", "length", False) for one in said)
    assert {one["thinking"] for one in said} == {"It may be B, for"}


@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ("<think>\nB or C.\n</think>\n\nANSWER: C", "B or C.", "ANSWER: C"),
        ("B or C.\n</think>\nANSWER: C", "B or C.", "ANSWER: C"),
        ("<think>\nANSWER: B? Or rather", "ANSWER: B? Or rather", ""),
        ("ANSWER: C", None, "ANSWER: C"),
    ],
)
def test_a_thought_in_the_text_is_no_part_of_the_answer(
    tmp_path: Path, text: str, thought: str | None, answer: str
) -> None:
    with ChatServer(lambda messages, body: text) as server:
        (said,) = turns(asked(server.url, [item("q")], tmp_path / "a"))
    assert (said.get("thinking"), said["text"]) == (thought, answer)


def test_a_server_that_takes_no_functions_has_them_counted_and_answers_the_rest(tmp_path: Path) -> None:
    items = [item(f"t{n}", tools=True, task="tools") for n in range(12)] + [item("q")]
    with ChatServer(lambda messages, body: "Mesh.", refuses={"tools": "line 12: no functions here"}) as server:
        found = asked(server.url, items, tmp_path / "a")
    faults = {said.get("fault") for said in turns({name: one for name, one in found.items() if name != "q"})}
    assert faults == {"the server refused the prompt (line N: no functions here)"}, "one reason, whatever its figures"
    assert found["q"]["given"][0]["said"][0]["text"] == "Mesh."


def test_a_prompt_at_which_a_server_fails_is_counted_and_a_server_that_fails_always_is_given_up(tmp_path: Path) -> None:
    def broken(which: Callable[[str], bool]) -> Any:
        return lambda number, body: "500" if which(str(body["messages"][-1]["content"])) else ""

    items = [item(f"q{n}") for n in range(12)]
    with ChatServer(lambda messages, body: "Mesh.", fault=broken(lambda text: "q7" in text)) as server:
        said = turns(asked(server.url, items, tmp_path / "a"))
    assert [("fault" in one) for one in said].count(True) == 1 and len(said) == 12
    always = ChatServer(lambda messages, body: "Mesh.", fault=broken(lambda text: "about" in text))
    with always as server, pytest.raises(ServerError, match="in a row"):
        asked(server.url, items, tmp_path / "b")


def test_each_sample_is_drawn_with_a_seed_of_its_own_and_again_with_the_same(tmp_path: Path) -> None:
    seeds = []
    for name in "ab":
        with ChatServer(lambda messages, body: f"Drawn with {body['seed']}.") as server:
            found = asked(server.url, [item("q", samples=4)], tmp_path / name)
        seeds.append([one["text"] for one in turns(found)])
    assert len(set(seeds[0])) == 4 and seeds[0] == seeds[1]


class Stubborn:
    """A model whose format cannot show a call again that it made, as one whose arguments are no object."""

    thinks, calls = False, True

    def size(self, messages: Sequence[Any], tools: Sequence[Any]) -> int:
        if any(message.get("tool_calls") for message in messages):
            raise UsageError("the arguments of a tool call are no JSON object")
        return 10

    def write(self, prompts: Sequence[Prompt]) -> list[Turn]:
        call = {"type": "function", "function": {"name": "search_guidelines", "arguments": "hernia"}}
        return [{"text": "", "finish": "stop", "tokens": 3, "tool_calls": [call]} for _ in prompts]

    def letters(self, prompts: Sequence[Any], letters: Sequence[str]) -> list[list[float] | None]:
        return [None] * len(prompts)


def test_a_call_that_no_prompt_can_show_again_ends_its_conversation_alone(tmp_path: Path) -> None:
    setting = {"functions": ["search_guidelines"], "before": [], "results": [], "count": 3, "pool": []}
    one = item("t", tools=True, task="tools")
    one = Item(**{**vars(one), "expect": {"max_steps": 6, "replay": setting}})
    (answer,) = all_answers(Stubborn(), [one], tmp_path / "a")["t"]["given"]
    assert len(answer["said"]) == 1 and "fault" not in answer["said"][0], "it is graded by what it said"
