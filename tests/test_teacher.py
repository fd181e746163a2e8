"""The teacher: what it is asked, what of its answers is taken, what failures cost, and that nothing is paid twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.core.errors import ServerError
from residency.core.files import read_json
from residency.core.records import HELD_OUT
from residency.core.stage import Silent
from residency.flow.recipe import load_recipe
from residency.flow.runner import run_recipe
from residency.generation.chat_server import GREETING
from residency.generation.connection import EMPTY, FAULTS, LATE, NONE, REFUSED
from residency.generation.generate import generate
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from residency.teacher.local import TOO_LONG
from residency.teacher.settings import TeacherSettings
from tests.chat_server import LETTERS, ChatServer
from tests.conftest import read_rows
from tests.teacher_rows import FACTS, ROWS, age_in, age_of, bad, changed, dialogue, good, natural, run, shown, told
from tests.test_thoughts import problems

VARIABLE = "RESIDENCY_TEST_KEY"
FIELDS: dict[str, Any] = {"backend": "server", "server_key": VARIABLE, "server_parallel": 2, "timeout": 5}


class Notes(Silent):
    """Keeps what it is told, and kills its process after so many steps."""

    def __init__(self, steps: int | None = None) -> None:
        self.notes: list[str] = []
        self.steps = steps

    def advance(self, steps: int = 1, **figures: float) -> None:
        if self.steps is not None:
            self.steps -= 1
            if self.steps < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def serve(request: pytest.FixtureRequest) -> Callable[..., ChatServer]:
    """Starts a good teacher, unless it is told otherwise; it ends with the test."""

    def start(answer: Any = good, **options: Any) -> ChatServer:
        def said(asked: list[dict[str, str]], body: Any) -> Any:
            return "ready" if asked == GREETING else answer(asked, body)

        server = ChatServer(said, **options).__enter__()
        request.addfinalizer(lambda: server.__exit__())
        return server

    return start


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return read_rows(folder / "teacher" / "conversations.jsonl")


def everything(folder: Path) -> dict[str, bytes]:
    """All that the stage wrote, but the answers, which lie in the order in which they came."""
    return {path.name: path.read_bytes() for path in (folder / "teacher").iterdir() if path.is_file()}


DIALOGUES = [dialogue(name) for name in ROWS]


# What is taken


def test_a_good_rewording_is_taken_with_the_teachers_name(tmp_path: Path, serve: Any) -> None:
    served, notes = serve(), Notes()
    counts = run(tmp_path, DIALOGUES, notes, server=served.url, **FIELDS)
    found = rows_of(tmp_path)
    assert counts["taken"] == counts["chosen"] == len(DIALOGUES) and not counts["kept"] and not counts["faults"]
    for row, built in zip(found, DIALOGUES, strict=True):
        assert [turn["content"] for turn in row["messages"]] == [
            natural(place, turn["content"]) for place, turn in enumerate(built["messages"])
        ]
        assert row.pop("teacher") == {"model": "teacher-1", "backend": "server"}
        assert row | {"messages": built["messages"]} == built, "nothing else changes"
    assert len(served.dialogues) == len(DIALOGUES)
    assert notes.notes[0] == f"teacher-1 at {served.url} is asked to reword dialogues"
    assert notes.notes[-1].startswith("teacher-1 reworded 6 of 6 dialogues; 6 requests, ")


def test_the_teacher_is_shown_the_facts_the_gold_answer_and_what_the_dialogue_is_for(
    tmp_path: Path, serve: Any
) -> None:
    served = serve()
    run(tmp_path, DIALOGUES[:1], server=served.url, temperature=0.3, max_tokens=900, **FIELDS)
    (body,) = [body for body in served.asked if len(body["messages"]) > 1]
    system, asked = (message["content"] for message in body["messages"])
    assert "add no medicine" in system and shown(body["messages"]) == DIALOGUES[0]["messages"]
    assert "exactly 4 objects" in asked and all(fact in asked.partition("FACTS")[2] for fact in FACTS)
    assert f"GOLD ANSWER\n{DIALOGUES[0]['expect']['reference']}\n" in asked
    assert 'Message 2 (user) is short and names neither "femoral hernia"' in asked
    assert body["temperature"] == 0.3 and body["max_tokens"] == 900 and body["model"] == "teacher-1"
    assert isinstance(body["seed"], int) and "response_format" not in body


def test_held_out_dialogues_the_banks_own_and_what_cannot_be_checked_are_never_shown(
    tmp_path: Path, serve: Any
) -> None:
    unchecked = dialogue("q4", expect={"reference": "x", "key_facts": []})
    own = dialogue("q5", kind="conversation", skill="own", expect={"reference": "x", "key_facts": []})
    held_out = [dialogue(split, split=split) for split in sorted(HELD_OUT)]
    served = serve()
    rows = [held_out[0], dialogue("q1"), *held_out[1:], unchecked, own, dialogue("q2", split="dev")]
    counts = run(tmp_path, rows, server=served.url, **FIELDS)
    found = rows_of(tmp_path)
    assert [row["id"] for row in found] == [row["id"] for row in rows], "the order stays"
    assert [row["id"] for row in found if "teacher" in row] == ["q1/followup", "q2/followup"]
    assert [row for row in found if "teacher" not in row] == [*held_out, unchecked, own]
    assert counts["rows"] == 7 and counts["chosen"] == 2 == len(served.dialogues)


def test_a_larger_share_holds_the_rows_of_the_smaller(tmp_path: Path, serve: Any) -> None:
    rows, served = [dialogue(f"r{number}") for number in range(40)], serve()
    taken = []
    for share in (0.0, 0.3, 0.7, 1.0):
        run(tmp_path / str(share), rows, server=served.url, share=share, **FIELDS)
        taken.append({row["id"] for row in rows_of(tmp_path / str(share)) if "teacher" in row})
    assert taken[0] == set() and taken[0] < taken[1] < taken[2] < taken[3] == {row["id"] for row in rows}
    assert 5 <= len(taken[1]) <= 20


# What is not taken


BAD: dict[str, tuple[Any, str]] = {
    "the user says a new fact": (bad(0, lambda text: text.replace("diabetes", "diabetes, on warfarin,")), "user_claim"),
    "the user's age is another": (bad(0, lambda text: text.replace("A ", "A 9")), "user_claim"),
    "the user loses a fact": (bad(0, lambda text: "Hello, a woman has a hernia. How is it treated?"), "fact_lost"),
    "the user has fever": (bad(0, lambda text: text.replace("no fever", "a fever")), "negation"),
    "a follow-up that gives its referent away": (bad(2, lambda text: "How soon is the femoral hernia repaired?"), ""),
    "the assistant claims more": (
        bad(1, lambda text: f"{text} Give warfarin and cefazolin before every operation."), "unsupported",
    ),
    "the assistant gives a dose": (bad(3, lambda text: f"{text} Give 500 mg of metronidazole."), "unsupported"),
    "the assistant loses its answer": (bad(3, lambda text: "Key point: It depends on many things."), "fact_lost"),
    "the form is lost": (bad(3, lambda text: text.removeprefix("Key point: ")), "form"),
    "a turn is missing": (lambda asked, body: json.dumps(shown(asked)[:2]), "turn_count"),
    "a turn too many": (lambda asked, body: json.dumps([*shown(asked), *shown(asked)[:2]]), "turn_count"),
    "roles": (lambda asked, body: json.dumps([turn | {"role": "user"} for turn in shown(asked)]), "roles"),
    "unchanged": (changed(lambda place, text: text), "unchanged"),
    "a refusal": (lambda asked, body: "I'm sorry, but I can't help with medical content.", "refusal"),
    "half a list": (lambda asked, body: good(asked, body)[:-40], "truncated"),
    "no list": (lambda asked, body: "Sure! Here is the dialogue.\n\nUser: Hello.\nAssistant: Hello.", "no_json"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_rewording_is_not_taken_and_no_dialogue_is_lost(tmp_path: Path, serve: Any, name: str) -> None:
    answer, reason = BAD[name]
    served = serve(answer)
    counts = run(tmp_path, DIALOGUES, server=served.url, retries=1, **FIELDS)
    assert rows_of(tmp_path) == DIALOGUES
    assert counts["taken"] == 0 and sum(counts["kept"].values()) == len(DIALOGUES)
    assert len(served.dialogues) == 2 * len(DIALOGUES)
    if reason:
        assert counts["rejected"][reason] == 2 * len(DIALOGUES)
    refused = read_rows(tmp_path / "teacher" / "refused.jsonl")
    assert [row["id"] for row in refused] == [row["id"] for row in DIALOGUES]
    assert all(not row["taken"] and len(row["attempts"]) == 2 for row in refused)
    assert all(attempt["against"] and attempt["text"] for row in refused for attempt in row["attempts"])


def test_what_is_wrong_is_told_and_put_right(tmp_path: Path, serve: Any) -> None:
    worse = bad(0, lambda text: f"{text} She takes warfarin.")

    def learns(asked: list[dict[str, str]], body: Any) -> str:
        return good(asked, body) if "warfarin" in told(asked) else worse(asked, body)

    served = serve(learns)
    counts = run(tmp_path, DIALOGUES, server=served.url, **FIELDS)
    assert counts["taken"] == len(DIALOGUES) and counts["rejected"] == {"user_claim": len(DIALOGUES)}
    again = [asked for asked in served.dialogues if told(asked)]
    assert len(again) == len(DIALOGUES)
    assert [message["role"] for message in again[0]] == ["system", "user", "assistant", "user"]
    assert "She takes warfarin." in again[0][2]["content"], "it sees what it wrote"
    assert "message 0: the user brings in what the dialogue does not say: " in again[0][3]["content"]
    assert read_json(tmp_path / "teacher" / "report.json")["taken_at"] == {"2": len(DIALOGUES)}


def test_an_answer_that_could_not_be_read_is_not_shown_again(tmp_path: Path, serve: Any) -> None:
    served = serve(lambda asked, body: good(asked, body) if told(asked) else "no " * 500)
    assert run(tmp_path, DIALOGUES, server=served.url, **FIELDS)["taken"] == len(DIALOGUES)
    assert {len(asked) for asked in served.dialogues} == {2}
    assert any("no JSON list of messages could be read" in told(asked) for asked in served.dialogues)


# Servers that fail


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("hang", LATE), ("html", NONE), ("json", NONE), ("400", REFUSED), ("empty", EMPTY), ("no message", NONE),
     ("content of another type", NONE), ("no choices", NONE), ("null", NONE)],
)  # fmt: skip
def test_a_fault_costs_one_attempt_and_no_dialogue(tmp_path: Path, serve: Any, fault: str, reason: str) -> None:
    def on_two(number: int, body: dict[str, Any]) -> str:
        return fault if len(body["messages"]) > 1 and age_of(body["messages"]) in ages[:2] else ""

    ages = [age_in(row["messages"]) for row in DIALOGUES]
    served = serve(fault=on_two)
    fields = FIELDS | {"timeout": 0.3 if fault == "hang" else 5, "retries": 0 if fault == "hang" else 1}
    counts = run(tmp_path, DIALOGUES, server=served.url, **fields)
    times = fields["retries"] + 1
    assert counts["faults"] == {reason: 2 * times} and counts["kept"] == {reason: 2} and counts["taken"] == 4
    assert rows_of(tmp_path)[:2] == DIALOGUES[:2]
    assert counts["cost"]["requests"] == 4 + 2 * times and not counts["rejected"]


def test_what_fails_in_passing_is_sent_again_and_seen_by_nobody(tmp_path: Path, serve: Any) -> None:
    served = serve(fault=lambda number, body: "500" if number % 3 == 1 else "drop" if number % 3 == 2 else "")
    counts = run(tmp_path, DIALOGUES, server=served.url, **FIELDS)
    assert counts["taken"] == len(DIALOGUES) == counts["cost"]["requests"] and not counts["faults"]


def test_a_server_that_gives_nothing_usable_ends_the_run_and_the_same_command_goes_on(
    tmp_path: Path, serve: Any
) -> None:
    rows = [dialogue(f"r{number}") for number in range(30)]
    broken = serve(fault=lambda number, body: "html" if number > 10 else "")
    with pytest.raises(ServerError, match=f"{FAULTS + 1} answers in a row could not be used"):
        run(tmp_path, rows, server=broken.url, **FIELDS | {"server_parallel": 1})
    mended, notes = serve(), Notes()
    assert run(tmp_path, rows, notes, server=mended.url, **FIELDS)["taken"] == 30
    assert len(mended.dialogues) == 20 and notes.notes[0].startswith("10 answers of the teacher are on disk")


def test_a_server_that_is_gone_ends_the_run_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="the server cannot be reached") as caught:
        run(tmp_path, DIALOGUES, server="http://127.0.0.1:9/v1", **FIELDS)
    assert "\n" not in str(caught.value)


# Killed, and started anew


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("steps", [0, 3, 7])
def test_a_kill_goes_on_to_the_same_bytes_and_asks_nothing_twice(
    tmp_path: Path, serve: Any, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the dialogues are put right at the second attempt, and one in five never."""

    def answer(asked: list[dict[str, str]], body: Any) -> str:
        age = age_of(asked)
        if age % 5 == 0 or (age % 2 and not told(asked)):
            return worse(asked, body)
        return good(asked, body)

    worse = bad(0, lambda text: f"{text} She takes warfarin.")
    monkeypatch.setenv(VARIABLE, "sk-never-written")
    served = serve(answer, key="sk-never-written")
    fields = FIELDS | {"server": served.url, "server_parallel": 1}
    run(tmp_path / "whole", DIALOGUES, **fields)
    whole, asked = everything(tmp_path / "whole"), len(served.dialogues)
    assert 0 < sum("teacher" in row for row in rows_of(tmp_path / "whole")) < len(DIALOGUES)
    served.asked.clear()
    child = os.fork()
    if child == 0:
        run(tmp_path / "cut", DIALOGUES, Notes(steps), **fields)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    answers = tmp_path / "cut" / "teacher" / "checkpoints" / "answers.jsonl"
    on_disk = len(answers.read_bytes().splitlines())
    assert on_disk > steps
    # A kill may also cut the line that is being written.
    answers.write_bytes(answers.read_bytes() + b'{"request": "half')
    before = len(served.dialogues)
    run(tmp_path / "cut", DIALOGUES, **fields)
    assert everything(tmp_path / "cut") == whole
    assert on_disk <= before <= on_disk + 1, "one may have been under way"
    assert len(served.dialogues) - before == asked - on_disk
    assert served.keys == {"sk-never-written"}
    assert not any(b"sk-never-written" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_what_was_paid_for_outlasts_a_change_and_only_what_changed_is_asked(tmp_path: Path, serve: Any) -> None:
    served = serve()
    run(tmp_path, DIALOGUES[:4], server=served.url, **FIELDS)
    served.asked.clear()
    other = dialogue("q1", messages=[*DIALOGUES[1]["messages"][:2], *dialogue("q9")["messages"][2:]])
    other["messages"][0] = {"role": "user", "content": "A 33-year-old woman has a femoral hernia. How is it treated?"}
    counts = run(tmp_path, [DIALOGUES[0], other, *DIALOGUES[2:]], server=served.url, **FIELDS)
    assert sorted(map(age_of, served.dialogues)) == sorted([33, *(age_in(row["messages"]) for row in DIALOGUES[4:])])
    assert counts["taken"] == 6
    served.asked.clear()
    run(tmp_path, DIALOGUES[:4], server=served.url, **FIELDS | {"server_parallel": 7, "timeout": 3})
    assert served.asked == [], "not even a greeting"
    run(tmp_path, DIALOGUES[:4], server=served.url, temperature=0.1, **FIELDS)
    assert len(served.dialogues) == 4, "another temperature is another question"


def test_a_run_keeps_the_answers_when_the_stage_starts_over(tmp_path: Path, tiny_recipe: Path, serve: Any) -> None:
    served = serve()

    def line(*changes: str) -> Any:
        fields = ("teacher.backend=server", f"teacher.server={served.url}", f"run.folder={tmp_path}", *changes)
        return run_recipe(load_recipe(tiny_recipe, overrides=fields), until="teacher")[-1]

    assert line().status == "ran"
    answers = tmp_path / "tiny" / "teacher" / "checkpoints" / "answers.jsonl"
    manifest = read_json(tmp_path / "tiny" / "teacher" / "manifest.json")
    assert answers.exists() and set(manifest["outputs"]) == {"conversations.jsonl", "report.json", "refused.jsonl"}
    assert line().status == "skipped" and line("teacher.price_in=2.0", "teacher.server_parallel=3").status == "skipped"
    answers.write_text('{"request": "paid for", "row": "x", "attempt": 0, "said": {"text": "x"}}\n')
    assert line("teacher.retries=0").reason == "teacher.retries changed from 2 to 0"
    assert "paid for" in answers.read_text()


# What it costs


def test_the_cost_is_counted_by_model_and_priced(tmp_path: Path, serve: Any) -> None:
    served, notes = serve(), Notes()
    counts = run(tmp_path, DIALOGUES, notes, server=served.url, price_in=2.0, price_out=10.0, **FIELDS)
    read = sum(sum(len(message["content"]) for message in asked) // LETTERS for asked in served.dialogues)
    wrote = sum(len(good(asked, {})) // LETTERS for asked in served.dialogues)
    price = round((read * 2 + wrote * 10) / 1e6, 4)
    tokens = {"requests": 6, "prompt_tokens": read, "answer_tokens": wrote, "guessed": 0}
    assert counts["cost"] == tokens | {"price": price, "models": {"teacher-1": tokens}}
    assert read_json(tmp_path / "teacher" / "report.json")["cost"] == counts["cost"]
    assert f"{price:,.2f} by the prices of the recipe" in notes.notes[-1]
    uncounted = serve(counts=False)
    guessed = run(tmp_path / "guessed", DIALOGUES, server=uncounted.url, **FIELDS)["cost"]
    assert guessed["guessed"] == 6 and guessed["prompt_tokens"] == pytest.approx(read * LETTERS / 3, rel=0.01)


@pytest.mark.parametrize("parallel", [1, 2, 5])
def test_a_budget_is_kept_and_what_is_left_stays_as_built(tmp_path: Path, serve: Any, parallel: int) -> None:
    rows, served = [dialogue(f"r{number}") for number in range(20)], serve()
    fields = FIELDS | {"server": served.url, "server_parallel": parallel, "max_tokens": 1000}
    whole = run(tmp_path / "whole", rows, **fields)["cost"]
    total = whole["prompt_tokens"] + whole["answer_tokens"]
    notes = Notes()
    counts = run(tmp_path / "part", rows, notes, budget_tokens=total // 2, **fields)
    used = counts["cost"]["prompt_tokens"] + counts["cost"]["answer_tokens"]
    assert total * 0.3 < used <= total // 2
    assert counts["taken"] + counts["not_asked"] == 20 and 0 < counts["not_asked"] < 20 and not counts["kept"]
    assert f"the budget of {total // 2:,} tokens was used up, and {counts['not_asked']} were not" in notes.notes[-1]
    found = rows_of(tmp_path / "part")
    assert [row for row in found if "teacher" not in row] == rows[counts["taken"] :], "the first ones are reworded"
    assert run(tmp_path / "none", rows, budget_tokens=10, **fields)["not_asked"] == 20


# Teachers that are too small, and none


@pytest.fixture(scope="module")
def tiny_teacher(tiny_model: Path) -> Callable[[list[dict[str, str]], dict[str, Any]], Any]:
    """The project's own tiny model, as a server would run it."""
    settings = ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")
    model, renderer = load_model(settings), renderer_of(load_tokenizer(settings), ChatSettings())
    lock = threading.Lock()

    def answer(asked: list[dict[str, str]], body: dict[str, Any]) -> Any:
        with lock:
            (ids,) = generate(
                model,
                [renderer.prompt(asked)],  # type: ignore[arg-type]
                stop=renderer.stops,
                max_new_tokens=min(body["max_tokens"], 48),
                temperature=body["temperature"],
                seed=body["seed"],
            )
        finish = "length" if len(ids) == 48 else "stop"
        return {"message": {"role": "assistant", "content": renderer.answer(ids)}, "finish_reason": finish}

    return answer


def test_the_projects_own_tiny_model_over_http_is_a_bad_teacher_and_loses_nothing(
    tmp_path: Path, serve: Any, tiny_teacher: Any
) -> None:
    served = serve(tiny_teacher)
    counts = run(tmp_path, DIALOGUES, server=served.url, **FIELDS)
    assert rows_of(tmp_path) == DIALOGUES and counts["taken"] == 0
    attempts = sum(counts["rejected"].values()) + sum(counts["faults"].values())
    assert attempts == 3 * len(DIALOGUES) and set(counts["rejected"]) <= {"no_json", "truncated"}
    assert counts["cost"]["requests"] == attempts and counts["cost"]["answer_tokens"] > 0


def test_the_same_model_loaded_here_is_one_too(tmp_path: Path, tiny_model: Path) -> None:
    fields: dict[str, Any] = {"backend": "local", "model": tiny_model, "max_tokens": 32, "retries": 1, "batch_size": 4}
    counts = run(tmp_path / "whole", DIALOGUES, **fields)
    assert rows_of(tmp_path / "whole") == DIALOGUES and counts["taken"] == 0 and counts["cost"]["requests"] == 12
    assert set(counts["cost"]["models"]) == {tiny_model.name} and not counts["faults"]
    # Cut in the middle of a batch, it is done again as a whole, to the same bytes.
    run(tmp_path / "cut", DIALOGUES, **fields)
    answers = tmp_path / "cut" / "teacher" / "checkpoints" / "answers.jsonl"
    answers.write_bytes(b"".join(answers.read_bytes().splitlines(keepends=True)[:6]))
    run(tmp_path / "cut", DIALOGUES, **fields)
    assert everything(tmp_path / "cut") == everything(tmp_path / "whole")
    long = run(tmp_path / "long", DIALOGUES, **fields | {"max_tokens": 4096})
    assert long["faults"] == {TOO_LONG: 12} and rows_of(tmp_path / "long") == DIALOGUES


def test_without_a_teacher_the_file_is_passed_on_as_it_is_without_torch(tmp_path: Path) -> None:
    notes = Notes()
    rows = [*DIALOGUES, dialogue("q\ud800")]
    assert run(tmp_path, rows, notes) == {"rows": 7, "chosen": 0, "taken": 0}
    copied, source = (tmp_path / name / "conversations.jsonl" for name in ("teacher", "dialogue"))
    assert copied.read_bytes() == source.read_bytes()
    assert notes.notes == ["no teacher is named: the dialogues stay as they were built"]
    code = (
        "import sys; from pathlib import Path; from tests.teacher_rows import *; "
        f"run(Path({str(tmp_path / 'again')!r}), [dialogue()]); print({{'torch', 'openai'}} & set(sys.modules))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


# The recipe


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('backend = "server"', "teacher: backend is server and no server is named"),
        ('server = "http://x/v1"', "teacher: a server is named and backend is none"),
        ('server = "http://me:hushhush@x/v1"', "teacher.server: an address holds no user, password or query here"),
        ('server_key = "sk-hushhush"', "teacher.server_key: the name of an environment variable was expected"),
        ("share = 1.5", "teacher.share = 1.5"),
    ],
)
def test_a_recipe_that_does_not_fit_is_told(tmp_path: Path, text: str, line: str) -> None:
    (problem,) = problems(tmp_path, f"[teacher]\n{text}")
    assert problem.startswith(line) and "hushhush" not in problem


def test_neither_the_way_to_the_server_nor_prices_count() -> None:
    def values(**fields: Any) -> dict[str, Any]:
        return TeacherSettings(backend="server", **fields).fingerprint_values()

    here = values(server="http://a/v1")
    assert here == values(server="http://b/v1", server_key="OTHER", server_parallel=3, timeout=1, price_in=3.0)
    for other in ({"server_model": "other"}, {"share": 0.5}, {"temperature": 0.1}):
        assert here != values(server="http://a/v1", **other)
