"""Thoughts from a server: what is asked, what comes of each way in which a server can fail, and the stage over it."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from residency.chat.encoder import Encoder
from residency.chat.families.base import Family
from residency.chat.families.harmony import Harmony
from residency.chat.families.qwen3 import Qwen3Hybrid, Qwen3Thinking
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings
from residency.core.errors import RecipeError, ServerError
from residency.core.files import read_json
from residency.core.prompt import HINT
from residency.core.records import Message
from residency.core.stage import Settings
from residency.flow.manifest import difference, fingerprint_parts
from residency.flow.recipe import load_recipe
from residency.flow.runner import StageResult, run_recipe
from residency.flow.stages import stage
from residency.generation.connection import EMPTY, FAULTS, LATE, NONE, REFUSED
from residency.generation.generate import generate
from residency.generation.models import load_model, load_tokenizer
from residency.generation.ordered import in_order
from residency.generation.server import PROBE, Asking, Server, Written
from residency.generation.settings import ModelSettings
from residency.reasoning.settings import ThoughtsSettings
from residency.reasoning.thinker import TELLING
from tests.completions_server import BODIES, CompletionsServer
from tests.conftest import read_rows
from tests.generated_chats import generated
from tests.real_tokenizers import real_tokenizer
from tests.test_thoughts import Notes, mcq, out, problems, run, thoughts_in

VARIABLE = "RESIDENCY_TEST_KEY"
ANSWER: Message = {"role": "assistant", "thinking": "Mesh closes the canal.", "content": "ANSWER: A"}


@pytest.fixture(scope="module")
def renderer(thinking_model: Path) -> Renderer:
    return Renderer(Qwen3Thinking(), Encoder(load_tokenizer(ModelSettings(name=str(thinking_model)))))


@pytest.fixture(scope="module")
def write(thinking_model: Path) -> Callable[[list[int], dict[str, Any]], list[int]]:
    """The tiny model itself, one prompt at a time, its stop token at the end as servers give it."""
    model = load_model(ModelSettings(name=str(thinking_model), dtype="float32", device="cpu"))
    lock = threading.Lock()

    def written(prompt: list[int], body: dict[str, Any]) -> list[int]:
        with lock:
            (ids,) = generate(
                model,
                [prompt],
                stop=body["stop_token_ids"],
                max_new_tokens=body["max_tokens"],
                temperature=body["temperature"],
                seed=body["seed"],
            )
        return ids if len(ids) == body["max_tokens"] else [*ids, body["stop_token_ids"][0]]

    return written


@pytest.fixture
def serve(renderer: Renderer, request: pytest.FixtureRequest) -> Callable[..., CompletionsServer]:
    """Starts a server that repeats the prompt, unless it is told otherwise; it ends with the test."""

    def start(write: Any = lambda prompt, body: [*prompt, *renderer.stops], **options: Any) -> CompletionsServer:
        server = CompletionsServer(renderer, write, **options).__enter__()
        request.addfinalizer(lambda: server.__exit__())
        return server

    return start


def asking(renderer: Renderer, max_tokens: int = 64) -> Asking:
    return Asking(renderer.stops, list(renderer.encoder.controls), max_tokens, 0.0)


def client(url: str, model: str = "", **options: Any) -> Server:
    fields: dict[str, Any] = {"parallel": 4, "timeout": 5.0, "retries": 2} | options
    return Server(url, model, VARIABLE, **fields)


def vocabulary(renderer: Renderer) -> dict[str, list[int]]:
    (ids,) = renderer.encoder.encode([PROBE])
    return {PROBE: ids.tolist(), "<|im_end|>": renderer.stops}


def complete(server: Server, prompts: Iterable[Sequence[int]], renderer: Renderer) -> list[Written]:
    return list(server.complete([(prompt, 1) for prompt in prompts], asking(renderer)))


PROMPTS = [[3 + number, 40, 50 + number] for number in range(30)]


# What is asked


def test_prompts_are_sent_as_ids_with_all_that_keeps_control_tokens_in_the_answer(
    serve: Any, renderer: Renderer
) -> None:
    served = serve()
    server = client(served.url, "tiny")
    list(server.complete([([3, 4, 5], 11)], asking(renderer, 7)))
    (body,) = served.asked
    assert body["prompt"] == [3, 4, 5] and body["seed"] == 11 and body["max_tokens"] == 7 and body["temperature"] == 0
    assert body["stop_token_ids"] == renderer.stops and body["model"] == "tiny"
    assert body["skip_special_tokens"] is False and body["spaces_between_special_tokens"] is False
    assert body["return_token_ids"] is True and "<think>" in body["preserved_tokens"]


def test_answers_come_in_order_however_slow_and_as_many_at_once_as_the_recipe_says(
    serve: Any, renderer: Renderer
) -> None:
    served = serve(fault=lambda number, body: "slow")
    written = complete(client(served.url, "tiny", parallel=6), PROMPTS, renderer)
    assert [answer.ids for answer in written] == [[*prompt, *renderer.stops] for prompt in PROMPTS]
    assert [body["prompt"] for body in served.asked] != PROMPTS or served.most > 1
    assert 1 < served.most <= 6
    first, served.asked = served.asked, []
    complete(client(served.url, "tiny", parallel=1), PROMPTS, renderer)
    assert sorted(map(str, first)) == sorted(map(str, served.asked)), "the same is asked again"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=40), st.integers(1, 8))
def test_work_in_threads_gives_what_it_gives_without(items: list[int], parallel: int) -> None:
    def work(item: int) -> int:
        time.sleep(item * 0.0002)
        return item * item

    assert list(in_order(work, items, parallel)) == [item * item for item in items]


def test_an_error_does_not_wait_for_those_before_it() -> None:
    def work(item: int) -> int:
        if item == 0:
            time.sleep(5)
        elif item == 3:
            raise ServerError("gone")
        return item

    begun = time.monotonic()
    with pytest.raises(ServerError, match="gone"):
        list(in_order(work, range(10), 2))
    assert time.monotonic() - begun < 2


def test_no_more_is_asked_ahead_than_a_few_for_each_at_once() -> None:
    taken: list[int] = []

    def items() -> Iterable[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    answers = in_order(lambda item: item, items(), 3)
    assert next(answers) == 0 and len(taken) <= 12


# What goes wrong in passing


@pytest.mark.parametrize("fault", ["429", "500", "503", "drop", "half"])
def test_what_fails_in_passing_is_asked_again(serve: Any, renderer: Renderer, fault: str) -> None:
    served = serve(fault=lambda number, body: fault if number == 0 else "")
    (answer,) = complete(client(served.url, "tiny", retries=1), [[3, 4]], renderer)
    assert answer.ids == [3, 4, *renderer.stops] and len(served.asked) == 2


def test_a_server_that_hangs_costs_one_answer(serve: Any, renderer: Renderer) -> None:
    served = serve(fault=lambda number, body: "hang" if body["prompt"] == PROMPTS[1] else "")
    written = complete(client(served.url, "tiny", timeout=0.3, retries=1), PROMPTS[:4], renderer)
    assert [answer.fault for answer in written] == ["", LATE, "", ""]
    assert len(served.asked) == 5, "asked once more"


def test_one_that_only_hangs_is_given_up(serve: Any, renderer: Renderer) -> None:
    served = serve(fault=lambda number, body: "hang")
    with pytest.raises(ServerError, match=f"{FAULTS + 1} answers in a row could not be used; the last: .*in time"):
        complete(client(served.url, "tiny", timeout=0.3, retries=0, parallel=16), PROMPTS, renderer)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("html", NONE), ("json", NONE), ("400", REFUSED)]
    + [(name, EMPTY if name == "empty" else NONE) for name in BODIES],
)
def test_an_answer_of_garbage_is_one_answer_less_and_many_are_an_error(
    serve: Any, renderer: Renderer, fault: str, reason: str
) -> None:
    served = serve(fault=lambda number, body: fault if body["prompt"] in PROMPTS[2:4] else "")
    written = complete(client(served.url, "tiny", parallel=1), PROMPTS[:6], renderer)
    assert [answer.fault for answer in written] == ["", "", reason, reason, "", ""]
    served.fault = lambda number, body: fault
    with pytest.raises(ServerError) as caught:
        complete(client(served.url, "tiny"), PROMPTS, renderer)
    assert f"{FAULTS + 1} answers in a row" in str(caught.value) and reason in str(caught.value)
    assert "\n" not in str(caught.value) and served.url in str(caught.value)


def test_garbage_now_and_then_is_never_an_error(serve: Any, renderer: Renderer) -> None:
    served = serve(fault=lambda number, body: "" if sum(body["prompt"]) % 3 else "html")
    written = complete(client(served.url, "tiny", parallel=1), PROMPTS, renderer)
    assert sum(bool(answer.fault) for answer in written) == sum(not sum(prompt) % 3 for prompt in PROMPTS) > FAULTS


# What ends the work


@pytest.mark.parametrize("status", ["429", "500"])
def test_a_server_that_does_not_recover_ends_the_work(serve: Any, renderer: Renderer, status: str) -> None:
    served = serve(fault=lambda number, body: status)
    with pytest.raises(ServerError, match=rf"answers {status} \(overloaded\)\. The same command goes on from here"):
        complete(client(served.url, "tiny", parallel=1, retries=3), PROMPTS, renderer)
    assert len(served.asked) == 4


def test_a_server_that_is_not_there_is_one_line(renderer: Renderer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(ServerError) as caught:
        client(url, retries=0).connect(vocabulary(renderer), asking(renderer))
    assert str(caught.value).startswith(f"{url}: the server cannot be reached (ConnectError). Start it")


def test_models_are_looked_up(serve: Any, renderer: Renderer) -> None:
    def connected(url: str, model: str = "") -> str:
        server = client(url, model)
        server.connect(vocabulary(renderer), asking(renderer))
        return server.model

    one, two = serve(), serve(models=("Qwen/Qwen3-30B-A3B-Thinking-2507", "other"))
    assert connected(one.url) == connected(one.url + "/") == "tiny" and connected(two.url, "other") == "other"
    with pytest.raises(ServerError, match="has several models: Qwen/Qwen3-30B-A3B-Thinking-2507, other"):
        connected(two.url)
    with pytest.raises(ServerError, match=r"no model 'qwen3-30b-thinking'; the nearest is 'Qwen/Qwen3-30B-A3B-Th"):
        connected(two.url, "qwen3-30b-thinking")
    with pytest.raises(ServerError, match="has no model"):
        connected(serve(models=()).url)
    with pytest.raises(ServerError, match=r"lists no models at /models\. Give the base of its API, with /v1"):
        connected(one.url.removesuffix("/v1"))


def test_another_models_vocabulary_is_noticed(serve: Any, renderer: Renderer, tiny_model: Path) -> None:
    def connected(**options: Any) -> bool:
        return client(serve(**options).url).connect(vocabulary(renderer), asking(renderer))

    assert connected(vocabulary=renderer.encoder) is True
    assert connected() is False, "not all servers say how they tokenize"
    whole = json.loads(load_tokenizer(ModelSettings(name=str(tiny_model))).backend_tokenizer.to_str())
    whole["model"]["merges"] = whole["model"]["merges"][:100]
    changed = Encoder(PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(whole))))
    with pytest.raises(ServerError, match=r"'tiny' has another vocabulary: it reads 'A 72-year-old takes ' as tokens"):
        connected(vocabulary=changed)


def test_text_is_never_sent_where_ids_are_not_taken(serve: Any, renderer: Renderer) -> None:
    served = serve(fault=lambda number, body: "400")
    with pytest.raises(ServerError, match=r"does not take token ids as a prompt \(prompt must be a string"):
        client(served.url).connect(vocabulary(renderer), asking(renderer))
    assert all(isinstance(body["prompt"], list) for body in served.asked)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("other prompt", "read other tokens than the 3 that were sent"),
        ("other length", "read 4 tokens where 3 were sent"),
    ],
)
def test_a_server_that_reads_another_prompt_is_refused(serve: Any, renderer: Renderer, fault: str, told: str) -> None:
    served = serve(fault=lambda number, body: fault)
    with pytest.raises(ServerError, match=told):
        complete(client(served.url, "tiny"), PROMPTS[:1], renderer)


@pytest.mark.parametrize("fault", ["html", "no choices", "hang", "500"])
def test_the_first_look_fails_in_one_line(serve: Any, renderer: Renderer, fault: str) -> None:
    served = serve(fault=lambda number, body: fault)
    with pytest.raises(ServerError) as caught:
        client(served.url, timeout=0.3, retries=0).connect(vocabulary(renderer), asking(renderer))
    assert str(caught.value).startswith(served.url) and "\n" not in str(caught.value)


# The key


def test_the_key_comes_from_the_variable_and_is_not_shown(
    serve: Any, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(key="sk-right")
    for held, told in ((None, f"requests without a key \\(\\${VARIABLE} is not set\\)"), ("sk-wrong", "the key in")):
        monkeypatch.delenv(VARIABLE, raising=False)
        if held:
            monkeypatch.setenv(VARIABLE, held)
        with pytest.raises(ServerError, match=rf"refuses {told}.*with 401\. Set the right one") as caught:
            client(served.url).connect(vocabulary(renderer), asking(renderer))
        assert "sk-" not in str(caught.value)
    monkeypatch.setenv(VARIABLE, "sk-right")
    client(served.url).connect(vocabulary(renderer), asking(renderer))
    served.fault = lambda number, body: "tells the key"
    with pytest.raises(ServerError, match=r"you sent Bearer \*\*\*"):
        client(served.url).connect(vocabulary(renderer), asking(renderer))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('server = "localhost:8000"', "thoughts.server: no web address; write it as http://localhost:8000/v1"),
        ('server = "http://x:99999/v1"', "thoughts.server: no web address"),
        ('server = "http://me:hushhush@x/v1"', "thoughts.server: an address holds no user, password or query here"),
        ('server = "http://x/v1?key=hushhush"', "thoughts.server: an address holds no user, password or query here"),
        ('server_key = "sk-hushhush"', "thoughts.server_key: the name of an environment variable was expected"),
        ("server_parallel = 0", "thoughts.server_parallel = 0: input should be greater than or equal to 1"),
        ("timeout = 0", "thoughts.timeout = 0: input should be greater than 0"),
    ],
)
def test_a_recipe_holds_no_secret(tmp_path: Path, text: str, line: str) -> None:
    (problem,) = problems(tmp_path, f"[thoughts]\n{text}")
    assert problem.startswith(line) and "hushhush" not in problem
    with pytest.raises(RecipeError):
        load_recipe(tmp_path / "recipe.toml")


def test_a_fingerprint_holds_neither_address_nor_key() -> None:
    sections: dict[str, Settings] = {
        "thoughts": ThoughtsSettings(server="http://a/v1"),
        "model": ModelSettings(),
        "chat": ChatSettings(),
    }
    moved = sections | {"thoughts": ThoughtsSettings(server="http://b/v1", server_key="OTHER")}
    without = sections | {"thoughts": ThoughtsSettings()}
    parts, again, local = (fingerprint_parts(stage("thoughts"), each, 17, {}) for each in (sections, moved, without))
    assert difference(parts, again) == ""
    assert difference(local, parts) == "thoughts.server changed from '' to 'a server'"


def test_a_move_of_the_server_keeps_what_is_done_and_another_model_does_not() -> None:
    def values(**fields: Any) -> dict[str, Any]:
        return ThoughtsSettings(**fields).fingerprint_values()

    here = values(server="http://a/v1")
    assert here == values(server="https://b:8000/v1", server_key="OTHER", server_parallel=64, timeout=5), (
        "where it stands does not count"
    )
    assert here != values() and here != values(server="http://a/v1", server_model="other")
    assert here != values(server="http://a/v1", temperature=0.1)


# Text in place of ids


@cache
def real_encoder(name: str) -> Encoder:
    return Encoder(real_tokenizer(name))


def test_text_with_its_control_tokens_reads_as_the_ids_do() -> None:
    families: list[tuple[str, Family]] = [("qwen3", Qwen3Thinking()), ("qwen3", Qwen3Hybrid()), ("gptoss", Harmony())]
    for name, family in families:
        renderer = Renderer(family, real_encoder(name))
        number = 0
        for seed in range(80):
            for message in generated(seed, thoughts="all")[0]:
                if message["role"] != "assistant" or any(token in str(message) for token in renderer.encoder.controls):
                    continue
                message["tool_calls"] = message.get("tool_calls", [])[:1]  # gpt-oss stops after each
                ids = renderer.target(message)
                cut = ids[: len(ids) * 2 // 3]
                assert renderer.read(renderer.decode(ids)) == renderer.message(ids)
                assert renderer.read(renderer.decode(cut)) == renderer.message(cut)
                number += 1
        assert number > 50


def test_the_probe_is_read_as_servers_read_it_and_differs_between_vocabularies() -> None:
    read = []
    for name in ("qwen3", "gptoss"):
        (ids,) = real_encoder(name).encode([PROBE])
        assert ids.tolist() == real_tokenizer(name)(PROBE, add_special_tokens=False)["input_ids"]
        read.append(ids.tolist())
    assert read[0] != read[1]


# The stage


ROWS = [row for number in range(4) for row in mcq(f"q{number}", question=f"How {'so ' * number}?")]
FIELDS: dict[str, Any] = {"temperature": 0.0, "max_tokens": 32, "max_answer_tokens": 16, "batch_size": 3}


def drafts(folder: Path) -> list[Any]:
    paths = [folder / "out" / name for name in ("drafts-distil.jsonl", "drafts-distil-hinted.jsonl")]
    return [row["drafts"] for path in paths if path.exists() for row in read_rows(path)]


@pytest.mark.parametrize("gives_ids", [True, False])
def test_the_stage_over_a_server_gives_what_the_same_model_gives_here(
    tmp_path: Path, thinking_model: Path, renderer: Renderer, serve: Any, write: Any, gives_ids: bool
) -> None:
    served = serve(write, gives_ids=gives_ids, vocabulary=renderer.encoder if gives_ids else None)
    run(tmp_path / "here", thinking_model, ROWS, **FIELDS)
    notes = Notes()
    run(tmp_path / "there", thinking_model, ROWS, progress=notes, server=served.url, **FIELDS)
    assert drafts(tmp_path / "there") == drafts(tmp_path / "here")
    assert out(tmp_path / "there") == out(tmp_path / "here") and len(served.prompts) == 16
    told = "compared with the base model's" if gives_ids else "not compared: the server has no /tokenize"
    source = {"backend": served.url, "model": "tiny", "vocabulary": told, "turns": 8}
    assert read_json(tmp_path / "there" / "out" / "report.json")["sources"] == [source]
    assert notes.notes[0] == f"tiny at {served.url} is asked for thoughts; its vocabulary was {told}"
    assert read_json(tmp_path / "here" / "out" / "report.json")["sources"] == [
        {"backend": "the base model, loaded here", "turns": 8}
    ]


@pytest.mark.parametrize("gives_ids", [True, False])
def test_thoughts_and_answers_are_told_apart(
    tmp_path: Path, thinking_model: Path, renderer: Renderer, serve: Any, gives_ids: bool
) -> None:
    def answer(prompt: list[int], body: dict[str, Any]) -> list[int]:
        read = renderer.decode(prompt)
        if "so so" in read and HINT not in read:  # cut in the middle of its thought
            return renderer.target(ANSWER)[:5] * 40
        return renderer.target(ANSWER)

    served = serve(answer, gives_ids=gives_ids)
    counts = run(tmp_path, thinking_model, ROWS, server=served.url, **FIELDS)
    assert counts["thoughts"] == {"distil": 4, "distil_hinted": 4}
    assert counts["refused"] == {"distil": {"no answer came before the limit of tokens": 4}}
    assert {text for row in out(tmp_path) for text in thoughts_in(row)} == {ANSWER["thinking"]}


def test_garbage_is_a_refused_draft_with_its_reason(
    tmp_path: Path, thinking_model: Path, renderer: Renderer, serve: Any
) -> None:
    def fault(number: int, body: dict[str, Any]) -> str:
        return "html" if body["max_tokens"] > 1 and "so so so" in renderer.decode(body["prompt"]) else ""

    served = serve(lambda prompt, body: renderer.target(ANSWER), fault=fault)
    counts = run(tmp_path, thinking_model, ROWS, server=served.url, **FIELDS)
    assert counts["thoughts"] == {"distil": 6, "rationale": 2}
    assert counts["refused"] == {"distil": {NONE: 2}, "distil_hinted": {NONE: 2}}
    assert sum("fault" in draft for batch in drafts(tmp_path) for draft in batch) == 4


def test_a_server_that_hides_control_tokens_is_noticed(
    tmp_path: Path, thinking_model: Path, renderer: Renderer, serve: Any
) -> None:
    served = serve(lambda prompt, body: renderer.target(ANSWER), gives_ids=False, shows_controls=False)
    many = [row for number in range(TELLING) for row in mcq(f"q{number}")]
    with pytest.raises(ServerError, match=rf"none of the first {TELLING} answers holds a control token.*--special"):
        run(tmp_path, thinking_model, many, server=served.url, **FIELDS)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("steps", [1, 3])
def test_a_kill_in_the_middle_goes_on_without_asking_again(
    tmp_path: Path, thinking_model: Path, renderer: Renderer, serve: Any, write: Any, steps: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv(VARIABLE, "sk-never-written")
    served = serve(write, key="sk-never-written")
    fields = FIELDS | {"server": served.url, "server_key": VARIABLE, "server_parallel": 1, "temperature": 1.0}
    run(tmp_path / "whole", thinking_model, ROWS, **fields)
    whole = {path.name: path.read_bytes() for path in (tmp_path / "whole" / "out").iterdir()}
    child = os.fork()
    if child == 0:
        run(tmp_path / "cut", thinking_model, ROWS, progress=Notes(steps), **fields)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    before = drafts(tmp_path / "cut")
    served.asked.clear()
    run(tmp_path / "cut", thinking_model, ROWS, **fields)
    assert len(before) == steps + 1
    assert len(served.prompts) == 16 - sum(len(batch) for batch in before)
    assert {path.name: path.read_bytes() for path in (tmp_path / "cut" / "out").iterdir()} == whole
    assert not any(b"sk-never-written" in data for data in whole.values()) and served.keys == {"sk-never-written"}


def test_what_is_on_disk_needs_no_server_and_keeps_its_source(
    tmp_path: Path, thinking_model: Path, renderer: Renderer, serve: Any
) -> None:
    def fault(number: int, body: dict[str, Any]) -> str:
        return "500" if number > 4 else ""

    first = serve(lambda prompt, body: renderer.target(ANSWER), fault=fault)
    fields = FIELDS | {"server_parallel": 1}
    with pytest.raises(ServerError, match="answers 500"):
        run(tmp_path, thinking_model, ROWS, server=first.url, **fields)
    second = serve(lambda prompt, body: renderer.target(ANSWER), models=("moved",))
    run(tmp_path, thinking_model, ROWS, server=second.url, **fields)
    report = read_json(tmp_path / "out" / "report.json")
    assert {source["model"]: source["turns"] for source in report["sources"]} == {"tiny": 3, "moved": 5}
    assert len(second.prompts) == 5
    run(tmp_path, thinking_model, ROWS, server="http://127.0.0.1:9/v1", **fields)
    assert read_json(tmp_path / "out" / "report.json") == report


def test_a_run_goes_on_over_a_server_that_has_moved(
    tmp_path: Path, tiny_recipe: Path, thinking_model: Path, renderer: Renderer, serve: Any
) -> None:
    def line(url: str) -> StageResult:
        fields = (f"run.folder={tmp_path}", f"model.name={thinking_model}", "chat.family=qwen3-thinking")
        loaded = load_recipe(tiny_recipe, overrides=(*fields, "thoughts.server_parallel=1", f"thoughts.server={url}"))
        return run_recipe(loaded, until="thoughts")[-1]

    def answer(prompt: list[int], body: dict[str, Any]) -> list[int]:
        return renderer.target(ANSWER)

    first = serve(answer, fault=lambda number, body: "500" if number > 40 else "")
    second = serve(answer)
    with pytest.raises(ServerError, match="answers 500"):
        line(first.url)
    done = line(second.url)
    assert done.reason == "it did not finish last time; it goes on from where it was" and done.counts["train"] > 0
    asked = [str(prompt) for prompt in second.prompts]
    assert not set(asked) & {str(prompt) for prompt in first.prompts[:32]}, "two batches of 16 were on disk"
    assert line("http://127.0.0.1:9/v1").status == "skipped"
