"""Thoughts: kept where they lead to the gold answer, refused where they tell of it, and every row says what it got."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.chat.encoder import Encoder
from residency.chat.families.base import Family
from residency.chat.families.qwen3 import Qwen3Hybrid, Qwen3Instruct, Qwen3Thinking
from residency.chat.renderer import Renderer
from residency.chat.settings import ChatSettings
from residency.core.errors import InputError, RecipeError, UsageError
from residency.core.files import read_json, write_jsonl
from residency.core.prompt import (
    HINT,
    conversation,
    format_question,
    read_options,
    with_hint,
)
from residency.core.records import Conversation, Message
from residency.core.stage import Silent, StageContext, seeded
from residency.flow.recipe import load_recipe
from residency.generation.models import load_tokenizer
from residency.generation.settings import ModelSettings
from residency.judging.answers import chosen
from residency.mix.modes import single_turns
from residency.reasoning import stage
from residency.reasoning.agree import disagreement, gold_of
from residency.reasoning.clean import CONTROL, EMPTY, LONG, TOLD, Cleaner, tells_of_hint
from residency.reasoning.policy import Plan, assign, plan_for
from residency.reasoning.rows import NO_RATIONALE, NOT_ALL, rationale_of
from residency.reasoning.settings import POLICIES, ThoughtsSettings
from residency.reasoning.thinker import Batch, Draft, Prompt, Thinker
from tests.banks import make_question
from tests.conftest import read_rows

Row = dict[str, Any]
OPTIONS = {"A": "Mesh repair", "B": "Truss", "C": "Mesh repair with orchidectomy"}
RATIONALE = "A truss does not hold a femoral hernia. Mesh repair closes the canal."


@dataclass
class Named:
    """What the policy asks of a family."""

    name: str
    thinks: Any
    effort: str = ""


THINKING = Named("qwen3-thinking", "always")
HYBRID = Named("qwen3", "by choice")
CHATML = Named("chatml", "never")


def gpt_oss(effort: str) -> Named:
    return Named("harmony", "by choice", effort)


def mcq(name: str = "q1", **fields: Any) -> list[Conversation]:
    """An MCQ in EXAM and in CLINICAL form, with its system message."""
    question = make_question(name, options=OPTIONS, answer="A", rationale=RATIONALE) | fields
    return in_mix(single_turns(cast(Any, question), seeded(1, name)))


def open_rows(name: str = "o1", **fields: Any) -> list[Conversation]:
    return in_mix(single_turns(cast(Any, make_question(name, **fields)), seeded(1, name)))


def in_mix(rows: Sequence[Conversation]) -> list[Conversation]:
    return [{**row, "messages": conversation(row["mode"], row["messages"]), "tag": ""} for row in rows]


def dialogue(name: str = "d1", **expect: Any) -> Conversation:
    """The options are asked for first, and then one is chosen."""
    turns: list[Message] = [
        {"role": "user", "content": "How is it treated?"},
        {"role": "assistant", "content": "Which options are there?"},
        {"role": "user", "content": format_question("These:", OPTIONS)},
        {"role": "assistant", "content": f"Key point: {RATIONALE}\nANSWER: A"},
    ]
    row = open_rows(name)[0] | {
        "kind": "dialogue",
        "mode": "EXAM",
        "messages": conversation("EXAM", turns),
        "expect": {"letter": "A", "reference": RATIONALE, "rationale": RATIONALE} | expect,
    }
    return cast(Conversation, row)


class Scripted:
    """Thinks and answers as it is told; ``asked`` keeps what it was asked."""

    def __init__(self, script: Callable[[str, bool], tuple[str, str]]) -> None:
        self.script = script
        self.asked: list[Prompt] = []

    source = {"backend": "a script"}

    def think(self, batches: Iterable[Batch]) -> Generator[list[Draft], None, None]:
        for prompts, _ in batches:
            self.asked += prompts
            said: list[Draft] = []
            for messages, _ in prompts:
                text = messages[-1]["content"]
                thinking, content = self.script(text, HINT in text)
                said.append({"role": "assistant", "thinking": thinking, "content": content})
            yield said


@pytest.fixture(scope="module")
def encoder(thinking_model: Path) -> Encoder:
    return Encoder(load_tokenizer(ModelSettings(name=str(thinking_model))))


@pytest.fixture
def cleaner(encoder: Encoder) -> Cleaner:
    return Cleaner(encoder, 200)


def run(
    folder: Path,
    model: Path,
    train: Sequence[Conversation],
    dev: Sequence[Conversation] = (),
    family: Family | None = None,
    thinker: Thinker | None = None,
    progress: Any = None,
    **fields: Any,
) -> dict[str, Any]:
    write_jsonl(folder / "mix" / "train.jsonl", train)
    write_jsonl(folder / "mix" / "dev.jsonl", dev)
    (folder / "out").mkdir(exist_ok=True)
    sections = {
        "thoughts": ThoughtsSettings(**fields),
        "model": ModelSettings(name=str(model), dtype="float32", device="cpu"),
        "chat": ChatSettings(family=cast(Any, (family or Qwen3Thinking()).name)),
    }
    context = StageContext(sections, {"mix": folder / "mix"}, folder / "out", 17, progress or Silent())
    return stage.run(context, thinker)


def out(folder: Path, name: str = "train") -> list[Row]:
    return read_rows(folder / "out" / f"{name}.jsonl")


def thoughts_in(row: Row) -> list[str | None]:
    return [message.get("thinking") for message in row["messages"] if message["role"] == "assistant"]


# What a right answer is


def right(text: str, row: Conversation, agreement: float = 0.5) -> str:
    gold = gold_of(row, len(row["messages"]) - 1)
    return disagreement(gold, {"role": "assistant", "content": text}, agreement)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Key point: it closes the canal.\nANSWER: A", ""),
        ("The answer is A.", ""),
        ("I would choose: Mesh repair. It closes the canal.", ""),
        ("I would choose: Mesh repair with orchidectomy.", "it chose another option"),
        ("ANSWER: B", "it chose another option"),
        ("A truss or mesh repair would do.", "no option could be read from its answer"),
        ("It depends on the patient.", "no option could be read from its answer"),
        (" \n", "no answer came before the limit of tokens"),
    ],
)
def test_an_mcq_is_held_against_its_letter_in_both_modes(answer: str, reason: str) -> None:
    for row in mcq():
        assert right(answer, row) == reason


def test_the_gold_answers_of_the_mix_agree_with_themselves(example_run: Path) -> None:
    rows = [cast(Conversation, row) for row in read_rows(example_run / "mix" / "train.jsonl")]
    wrong = Counter(
        (row["kind"], reason)
        for row in rows
        for place, message in enumerate(row["messages"])
        if message["role"] == "assistant" and (reason := disagreement(gold_of(row, place), message, 1.0))
    )
    turns = sum(message["role"] == "assistant" for row in rows for message in row["messages"])
    assert turns > len(rows) and sum(wrong.values()) <= 0.01 * turns, wrong


def test_another_rows_answer_does_not_agree(example_run: Path) -> None:
    rows = [cast(Conversation, row) for row in read_rows(example_run / "mix" / "train.jsonl")]
    for kind in ("open", "context", "insufficient"):
        some = [row for row in rows if row["kind"] == kind]
        others = [
            next(row for row in reversed(rows) if row["topic"] != each["topic"] and row["kind"] != "insufficient")
            for each in some
        ]
        agreed = sum(not right(other["messages"][-1]["content"], row) for row, other in zip(some, others, strict=True))
        assert agreed <= 0.02 * len(some), kind


def test_an_open_answer_must_state_the_share_of_the_gold_statements_that_the_recipe_names() -> None:
    row = open_rows(answer="A femoral hernia is repaired soon. Mesh closes the femoral canal.")[0]
    half = "Mesh closes the femoral canal."
    assert right(half, row, 0.5) == "" and right(half, row, 0.9) == "its answer does not state the gold answer"
    assert right("Antibiotics are enough.", row) == "its answer does not state the gold answer"
    assert right("I don't know.", row) == "it abstained"


def test_numbers_in_the_gold_statement_must_stand_in_the_answer() -> None:
    row = open_rows(answer="The operation is done within 6 hours of the diagnosis.")[0]
    assert right("The operation is done within 6 hours of the diagnosis.", row) == ""
    assert right("The operation is done within 12 hours of the diagnosis.", row) != ""


def test_where_the_context_is_not_enough_the_answer_must_abstain() -> None:
    row = open_rows()[0]
    row["expect"] = {"abstain": True, "reference": "x", "key_facts": []}
    assert right("The passages do not say how it is treated.", row) == ""
    assert right("A femoral hernia is repaired.", row) == "it answered what the context does not hold"


def test_a_call_must_be_the_same_call() -> None:
    def calling(query: str, as_text: bool = False) -> Message:
        arguments = f'{{"q": "{query}"}}' if as_text else {"q": query}
        call = {"type": "function", "function": {"name": "search", "arguments": arguments}}
        return {"role": "assistant", "content": "", "tool_calls": [call]}

    row = open_rows()[0]
    row["messages"] = [*row["messages"][:-1], calling("hernia"), *row["messages"][-1:]]
    gold = gold_of(row, 2)
    assert disagreement(gold, calling("hernia", as_text=True), 0.5) == ""
    assert disagreement(gold, calling("burns"), 0.5) == "it called another function, or with other arguments"
    assert disagreement(gold, {"role": "assistant", "content": "I look."}, 0.5) != ""
    assert "search" in gold.shown


def test_an_earlier_turn_is_held_against_its_own_gold_answer() -> None:
    row = dialogue()
    asks = gold_of(row, 2)
    assert asks.letter == "" and asks.facts == ["Which options are there?"]
    assert gold_of(row, 4).letter == "A"
    row["messages"][2]["content"] = "I would choose: Mesh repair with orchidectomy."
    row["messages"][1]["content"] = format_question("How?", OPTIONS)
    assert gold_of(row, 2).letter == "C"
    for before in ("Known: a boy of six.\nNot said: allergies.\n", "That changes my answer. "):
        row["messages"][2]["content"] = f"{before}I would choose: Mesh repair with orchidectomy. It lasts."
        assert gold_of(row, 2).letter == "C", before


texts = st.text(
    st.characters(blacklist_characters="\n", blacklist_categories=("Cs", "Zs", "Cc")), min_size=1, max_size=30
)


@given(st.lists(texts, min_size=2, max_size=6), texts, st.sampled_from(["", "\nState the choice and nothing else."]))
def test_options_are_read_as_they_were_written(options: list[str], stem: str, after: str) -> None:
    written = {chr(65 + place): text for place, text in enumerate(options)}
    assert read_options(format_question(stem, written) + after) == written


def test_a_text_without_options_has_none() -> None:
    assert read_options("A. fumigatus is a mould.") == read_options("What now?\nB. it\nC. that") == {}


def test_the_longest_option_in_the_words_of_an_answer_is_the_chosen_one() -> None:
    assert chosen("I would do a mesh repair with orchidectomy.", OPTIONS) == "C"
    assert chosen("I would do a mesh repair.", OPTIONS) == "A"
    assert chosen("No trusses here.", OPTIONS) is None


# What a thought must be


@pytest.mark.parametrize(
    "thought",
    [
        "The expected answer is A, so I look for reasons.",
        "I was told the answer is mesh.",
        "The answer given above is mesh repair; now why?",
        "According to the note, it ends in A.",
        "The hint says that mesh is right.",
        "I should not mention that I saw it.",
        "I can't mention the note.",
        "I reason as if I had not seen it.",
        "The reference answer names mesh.",
        "The provided correct answer is A.",
        "So: reasoning of your own from the question, as though it had never been shown.",
        "The answer is already given: mesh.",
    ],
)
def test_a_thought_that_tells_of_the_answer_it_was_shown_is_refused(thought: str, cleaner: Cleaner) -> None:
    assert tells_of_hint(thought)
    assert cleaner.clean(thought, hinted=True) == ("", TOLD)
    assert cleaner.clean(thought)[1] == "", "without a hint there is none to tell of"


@pytest.mark.parametrize(
    "thought",
    [
        "The stem does not mention fever, and there is a hint of jaundice.",
        "Given the raised amylase, the answer must be pancreatitis: option B.",
        "The question asks for the next step. The expected finding is free air. The answer should end with a line.",
        "Mesh closes the canal; a truss does not. The note of the surgeon is of no help.",
        "The expected answer format is a line with the letter.",
        "Of the given options, only mesh lasts. The expected response to antibiotics did not come.",
    ],
)
def test_ordinary_reasoning_is_not_taken_for_a_leak(thought: str) -> None:
    assert not tells_of_hint(thought)


def test_no_gold_answer_of_the_example_reads_like_a_leak(example_run: Path) -> None:
    rows = read_rows(example_run / "mix" / "train.jsonl")
    assert not [row["id"] for row in rows if tells_of_hint(row["messages"][-1]["content"])]


def test_thoughts_are_stripped_and_refused_when_empty_long_or_with_a_control_token(encoder: Encoder) -> None:
    cleaner = Cleaner(encoder, 20)
    assert cleaner.clean("\n Mesh closes it. \n") == ("Mesh closes it.", "")
    assert cleaner.clean(" \n\t") == ("", EMPTY)
    assert cleaner.clean("word " * 40) == ("", LONG)
    for token in encoder.controls:
        assert cleaner.clean(f"Mesh {token} closes it.") == ("", CONTROL)


def test_a_hint_stands_in_the_users_last_message_alone() -> None:
    messages = mcq()[0]["messages"][:2]
    hinted = with_hint(messages, "ANSWER: A")
    assert hinted[0] == messages[0] and HINT not in messages[1]["content"]
    assert hinted[1]["content"] == f"{messages[1]['content']}\n\n{HINT}\nANSWER: A"


# Policies and families


@pytest.mark.parametrize(
    "fields", [{"policy": "none"}, {"otherwise": "none"}, {"shares": {"distil": 0.5, "none": 0.5}}]
)
def test_rows_without_thoughts_are_refused_where_they_would_break_the_model(fields: dict[str, Any]) -> None:
    key = next(iter(fields))
    with pytest.raises(UsageError, match=rf"thoughts\.{key}: .*no mode without a thought.*no longer thinks"):
        plan_for(ThoughtsSettings(**fields), THINKING)
    for effort in ("medium", "high"):
        with pytest.raises(UsageError, match=rf"thoughts\.{key}: at {effort} effort .*answer at once"):
            plan_for(ThoughtsSettings(**fields), gpt_oss(effort))
    (told,) = plan_for(ThoughtsSettings(**fields), gpt_oss("low")).consequences
    assert "teaches bare finals" in told and "low effort" in told
    with pytest.raises(UsageError, match=rf"thoughts\.{key}: .*set chat\.thinking = false"):
        plan_for(ThoughtsSettings(**fields), HYBRID)


def test_auto_distils_where_the_model_thinks_and_does_nothing_where_it_does_not() -> None:
    auto = ThoughtsSettings()
    assert plan_for(auto, THINKING) == Plan({"distil": 1.0}, (), every=True)
    assert plan_for(auto, HYBRID) == Plan({"distil": 1.0}, (), every=True)
    assert plan_for(auto, gpt_oss("medium")) == Plan({"distil": 1.0}, (), every=True)
    assert plan_for(auto, CHATML) == Plan({"none": 1.0}, (), every=False)
    assert plan_for(auto, HYBRID, asked=False) == Plan({"none": 1.0}, (), every=False)


def test_a_policy_that_a_family_cannot_follow_is_told() -> None:
    (told,) = plan_for(ThoughtsSettings(policy="distil"), CHATML).consequences
    assert "chatml never think" in told and "ignored" in told
    (told,) = plan_for(ThoughtsSettings(policy="rationale"), HYBRID, asked=False).consequences
    assert "not asked to think" in told


def test_a_rationale_as_a_thought_is_said_to_shorten_reasoning() -> None:
    (told,) = plan_for(ThoughtsSettings(policy="rationale"), THINKING).consequences
    assert "reasons less" in told


@given(
    st.lists(st.booleans(), max_size=300),
    st.lists(st.integers(0, 10), min_size=3, max_size=3).filter(any),
    st.integers(0, 5),
)
def test_shares_are_met_to_a_row_and_rationales_go_where_they_are(
    reasoned: list[bool], weights: list[int], seed: int
) -> None:
    whole = sum(weights)
    shares = {name: weight / whole for name, weight in zip(POLICIES, weights, strict=True) if weight}
    draws = [seeded(seed, place).random() for place in range(len(reasoned))]
    given_out = assign(shares, reasoned, draws.__getitem__)
    counts = Counter(given_out)
    assert len(given_out) == len(reasoned) and set(counts) <= set(shares)
    if set(shares) != {"rationale"}:
        assert all(reasoned[place] for place, name in enumerate(given_out) if name == "rationale")
        lent = min(round(shares.get("rationale", 0) * len(reasoned)), sum(reasoned))
        assert counts["rationale"] == (lent if "rationale" in shares else 0)
        others = {name: share for name, share in shares.items() if name != "rationale"}
        for name, share in others.items():
            assert abs(counts[name] - (len(reasoned) - counts["rationale"]) * share / sum(others.values())) < 1
    assert assign(shares, reasoned, draws.__getitem__) == given_out


def test_another_seed_gives_other_rows_the_same_shares() -> None:
    shares = cast(Any, {"distil": 0.7, "rationale": 0.3})
    drawn = [
        assign(shares, [True] * 200, [seeded(seed, place).random() for place in range(200)].__getitem__)
        for seed in (1, 2)
    ]
    assert drawn[0] != drawn[1] and Counter(drawn[0]) == Counter(drawn[1]) == {"distil": 140, "rationale": 60}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('policy = "distill"', "thoughts.policy = 'distill': input should be 'auto', 'distil', 'rationale' or 'none'"),
        ("shares = { distil = 0.7 }", "thoughts: the shares add up to 0.700; make them add up to 1"),
        (
            "shares = { distil = 1.5, none = -0.5 }",
            "thoughts: shares.distil is 1.5; a share lies between 0 and 1; shares.none",
        ),
        ('policy = "none"\nshares = { distil = 1 }', "thoughts: policy = 'none' and shares both say what rows get"),
        ("agreement = 0", "thoughts.agreement = 0: input should be greater than 0"),
        ("max_token = 9", "unknown key 'thoughts.max_token'; did you mean 'max_tokens'?"),
    ],
)
def test_a_wrong_section_gets_one_helpful_line(tmp_path: Path, text: str, line: str) -> None:
    (problem,) = problems(tmp_path, f"[thoughts]\n{text}")
    assert problem.startswith(line)


def test_a_model_whose_name_says_that_it_always_thinks_is_known_before_anything_runs(tmp_path: Path) -> None:
    model = '[model]\nname = "Qwen/Qwen3-30B-A3B-Thinking-2507"\n'
    for text in ('policy = "none"', 'otherwise = "none"', "shares = { distil = 0.9, none = 0.1 }"):
        found = problems(tmp_path, f"{model}[corpus]\nfiles = ['none.jsonl']\n[thoughts]\n{text}")
        assert len(found) == 2, "beside the other fault"
        assert (
            found[1].startswith(f"thoughts: {text.split()[0]} leaves rows without thoughts") and "no longer" in found[1]
        )
    with pytest.raises(RecipeError) as caught:
        load_recipe(write(tmp_path, f"{model}[corpus]\nfiles = ['none.jsonl']\n[thoughts]\npolicy = 'rationale'"))
    assert len(caught.value.problems) == 1


def write(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    corpus = "" if "[corpus]" in text else '[corpus]\nfiles = ["bank.jsonl"]\n'
    (folder / "bank.jsonl").write_text('{"question": "q", "answer": "a"}\n')
    path.write_text(f'[run]\nname = "first"\n{corpus}{text}', encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        load_recipe(write(folder, text))
    return caught.value.problems


# The rationale as a thought


def test_the_mix_holds_the_rationale_of_each_mcq(example_run: Path) -> None:
    bank = {row["id"]: row for row in read_rows(example_run / "corpus" / "kept.jsonl")}
    rows = read_rows(example_run / "mix" / "train.jsonl")
    held = [row for row in rows if "rationale" in row["expect"]]
    assert {row["kind"] for row in held} == {"mcq", "dialogue"}
    assert all(row["expect"]["rationale"] == bank[row["parents"][0]]["rationale"].strip() for row in held)
    assert all("rationale" in row["expect"] for row in rows if row["kind"] == "mcq")


def test_the_rationale_is_the_thought_of_the_choice_and_not_of_the_turn_that_asks_for_options(cleaner: Cleaner) -> None:
    row = dialogue()
    assert rationale_of(row, cleaner, every=False) == ({4: RATIONALE}, "")
    assert rationale_of(row, cleaner, every=True) == ({}, NOT_ALL)
    assert rationale_of(open_rows()[0], cleaner, every=False) == ({}, NO_RATIONALE)
    assert rationale_of(dialogue(rationale="mesh " * 300), cleaner, every=False) == ({}, LONG)


def test_a_rationale_becomes_the_thought_and_stays_in_the_answer(tmp_path: Path, thinking_model: Path) -> None:
    train = [*mcq(), *open_rows()]
    progress = Notes()
    counts = run(tmp_path, thinking_model, train, policy="rationale", progress=progress)
    rows = out(tmp_path)
    assert [row["id"] for row in rows] == ["q1/exam", "q1/clinical"]
    for row, before in zip(rows, train, strict=False):
        assert row["thought"] == "rationale" and thoughts_in(row) == [RATIONALE]
        assert [m["content"] for m in row["messages"]] == [m["content"] for m in before["messages"]]
        assert RATIONALE in row["messages"][-1]["content"].replace("\n", " ")
    assert counts["train"] == 2 and counts["dropped"] == 2
    report = read_json(tmp_path / "out" / "report.json")
    assert report["train"]["kinds"] == {"mcq": {"rationale": 2}, "open": {"dropped": 2}}
    assert report["train"]["refused"] == {"rationale": {NO_RATIONALE: 2}}
    assert any("reasons less" in told for told in report["consequences"])
    assert any("reasons less" in note for note in progress.notes)
    assert [row["reasons"] for row in out(tmp_path, "dropped")] == [[["rationale", NO_RATIONALE]]] * 2


class Notes(Silent):
    """A progress that keeps what it is told, and kills its process after so many steps."""

    def __init__(self, steps: int | None = None) -> None:
        self.notes: list[str] = []
        self.left = steps
        self.started: list[tuple[int | None, int]] = []

    def start(self, total: int | None, unit: str, done: int = 0) -> None:
        self.started.append((total, done))

    def advance(self, steps: int = 1, **figures: float) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def note(self, text: str) -> None:
        self.notes.append(text)


# Distillation


def test_thoughts_that_lead_to_the_gold_answer_are_kept_and_the_others_asked_for_again_with_a_hint(
    tmp_path: Path, thinking_model: Path
) -> None:
    rows = [mcq(name, question=f"{name}: how?")[0] for name in ("right", "helped", "leaks", "never", "cut")]

    def script(text: str, hinted: bool) -> tuple[str, str]:
        if "right:" in text:
            return " It closes the canal. \n", "Key point: It closes.\nANSWER: A"
        if "helped:" in text:
            return ("Mesh holds.", "ANSWER: A") if hinted else ("A truss holds.", "ANSWER: B")
        if "leaks:" in text:
            return ("The expected answer is A.", "ANSWER: A") if hinted else ("A truss.", "ANSWER: B")
        if "cut:" in text:
            return "It goes on and on", ""
        return "A truss.", "ANSWER: B"

    thinker = Scripted(script)
    counts = run(tmp_path, thinking_model, rows, thinker=thinker, otherwise="drop", batch_size=2)
    kept = {row["id"]: row for row in out(tmp_path)}
    assert {name: (row["thought"], thoughts_in(row)) for name, row in kept.items()} == {
        "right/exam": ("distil", ["It closes the canal."]),
        "helped/exam": ("distil_hinted", ["Mesh holds."]),
    }
    for row, before in ((kept[each["id"]], each) for each in rows if each["id"] in kept):
        assert [m["content"] for m in row["messages"]] == [m["content"] for m in before["messages"]]
    assert HINT not in (tmp_path / "out" / "train.jsonl").read_text()
    assert counts["train"] == 2 and counts["dropped"] == 3
    assert counts["thoughts"] == {"distil": 1, "distil_hinted": 1, "dropped": 3}
    assert counts["refused"] == {
        "distil": {"it chose another option": 3, "no answer came before the limit of tokens": 1},
        "distil_hinted": {TOLD: 1, "it chose another option": 1, "no answer came before the limit of tokens": 1},
    }
    report = read_json(tmp_path / "out" / "report.json")
    assert report["train"]["asked"] == {"distil": 5} and report["train"]["rows"] == 5
    assert report["train"]["kinds"] == {"mcq": {"distil": 1, "distil_hinted": 1, "dropped": 3}}
    asked = [messages for messages, _ in thinker.asked]
    assert len(asked) == 9, "what led to the gold answer is not asked again"
    assert all(messages in [row["messages"][:2] for row in rows] for messages in asked[:5])
    assert all("ANSWER: A" in m[-1]["content"] for m in asked[5:])
    dropped = {row["id"]: row["reasons"] for row in out(tmp_path, "dropped")}
    assert dropped["leaks/exam"] == [["distil", "it chose another option"], ["distil_hinted", TOLD]]


def wrong(text: str, hinted: bool) -> tuple[str, str]:
    return "A truss.", "ANSWER: B"


def test_what_got_no_thought_falls_back_as_the_recipe_says(tmp_path: Path, thinking_model: Path) -> None:
    rows = [*mcq(), *open_rows()]

    def got(otherwise: str, family: Family) -> dict[str, str]:
        folder = tmp_path / f"{otherwise}-{family.name}"
        train = [*rows, *mcq("right", question="right: how?")]
        thinker = Scripted(lambda text, hinted: ("Mesh.", "ANSWER: A") if "right:" in text else wrong(text, hinted))
        run(folder, thinking_model, train, family=family, thinker=thinker, otherwise=otherwise)
        return {row["id"]: row["thought"] for row in out(folder)}

    right = {"right/exam": "distil", "right/clinical": "distil"}
    lent = {"q1/exam": "rationale", "q1/clinical": "rationale"}
    assert got("drop", Qwen3Thinking()) == right
    assert got("rationale", Qwen3Thinking()) == lent | right
    with pytest.raises(UsageError, match=r"thoughts\.otherwise: .*chat\.thinking = false"):
        got("none", Qwen3Hybrid())
    report = read_json(tmp_path / "rationale-qwen3-thinking" / "out" / "report.json")
    assert report["consequences"][0].startswith("2 rows have their rationale as a thought") and report["effort"] == ""


def test_a_conversation_gets_a_thought_for_each_turn_or_falls_back_whole(tmp_path: Path, thinking_model: Path) -> None:
    def script(text: str, hinted: bool) -> tuple[str, str]:
        if "How is it treated?" in text:
            return ("I need the options.", "Which options are there?") if hinted else ("Mesh.", "Use mesh.")
        return "Mesh closes it.", "ANSWER: A"

    thinker = Scripted(script)
    run(tmp_path, thinking_model, [dialogue()], [dialogue("d2")], thinker=thinker)
    (row,) = out(tmp_path)
    assert thoughts_in(row) == ["I need the options.", "Mesh closes it."] and row["thought"] == "distil_hinted"
    assert [row["thought"] for row in out(tmp_path, "dev")] == ["distil_hinted"]
    # The later turn is asked with the gold answer before it, as it is served and trained.
    assert dialogue()["messages"][:4] in [messages for messages, _ in thinker.asked]
    thinker = Scripted(
        lambda text, hinted: wrong(text, hinted) if "How is it treated?" in text else script(text, hinted)
    )
    run(tmp_path / "b", thinking_model, [dialogue(), *mcq()], thinker=thinker, otherwise="drop")
    assert [row["id"] for row in out(tmp_path / "b")] == ["q1/exam", "q1/clinical"]


def test_without_a_hint_nothing_is_asked_twice(tmp_path: Path, thinking_model: Path) -> None:
    thinker = Scripted(wrong)
    run(tmp_path, thinking_model, mcq(), thinker=thinker, hint=False)
    assert len(thinker.asked) == 2 and [row["thought"] for row in out(tmp_path)] == ["rationale"] * 2


def test_shares_combine_policies(tmp_path: Path, thinking_model: Path) -> None:
    train = [row for number in range(10) for row in (*mcq(f"q{number}"), *open_rows(f"o{number}"))]
    thinker = Scripted(lambda text, hinted: ("Mesh.", "ANSWER: A\nA femoral hernia is repaired soon after diagnosis."))
    shares = {"distil": 0.7, "rationale": 0.3}
    counts = run(tmp_path, thinking_model, train, thinker=thinker, shares=shares)
    assert counts["thoughts"] == {"distil": 28, "rationale": 12} and counts["dropped"] == 0
    report = read_json(tmp_path / "out" / "report.json")
    assert report["shares"] == shares and report["train"]["asked"] == {"distil": 28, "rationale": 12}
    assert {row["kind"] for row in out(tmp_path) if row["thought"] == "rationale"} == {"mcq"}
    assert [row["id"] for row in out(tmp_path)] == [row["id"] for row in train], "the mix's order stays"


def test_no_training_row_left_is_an_error_that_says_why(tmp_path: Path, thinking_model: Path) -> None:
    with pytest.raises(InputError, match=r"no training row got a thought \(it chose another option: 2"):
        run(tmp_path, thinking_model, mcq(), thinker=Scripted(wrong), otherwise="drop")


# With a real model


def test_families_that_never_think_pass_rows_on_without_a_model(
    tmp_path: Path, thinking_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("residency.reasoning.thinker.load_model", forbidden)
    train = [*mcq(), *open_rows(), dialogue()]
    for family, fields in ((Qwen3Instruct(), {}), (Qwen3Instruct(), {"policy": "distil"})):
        counts = run(tmp_path, thinking_model, train, mcq("q2"), family=family, **fields)
        assert out(tmp_path) == [row | {"thought": "none"} for row in cast(list[Row], train)]
        assert counts == {"train": 5, "dev": 2, "thoughts": {"none": 5}}
        assert bool(read_json(tmp_path / "out" / "report.json")["consequences"]) == bool(fields)


def test_a_refused_policy_is_refused_before_a_model_is_loaded(
    tmp_path: Path, thinking_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("residency.reasoning.thinker.load_model", lambda *_: pytest.fail("a model was loaded"))
    with pytest.raises(UsageError, match="no mode without a thought"):
        run(tmp_path, thinking_model, mcq(), policy="none")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_stage_killed_after_any_batch_goes_on_to_the_same_bytes(tmp_path: Path, thinking_model: Path) -> None:
    """The random model's answers never agree, so that both passes are gone through whole; its drafts are sampled."""
    train = [row for number in range(3) for row in mcq(f"q{number}", question=f"How {'so ' * number}?")]
    fields = {"batch_size": 2, "max_tokens": 64, "max_answer_tokens": 16, "temperature": 1.0}
    run(tmp_path / "whole", thinking_model, train, **fields)
    whole = {path.name: path.read_bytes() for path in (tmp_path / "whole" / "out").iterdir()}
    assert {"drafts-distil.jsonl", "drafts-distil-hinted.jsonl", "train.jsonl", "report.json"} <= set(whole)
    assert len(whole["drafts-distil.jsonl"].splitlines()) == 3
    for steps in range(6):
        folder = tmp_path / str(steps)
        child = os.fork()
        if child == 0:
            run(folder, thinking_model, train, progress=Notes(steps), **fields)
            os._exit(0)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
        # A kill may also cut the line that is being written.
        cut = folder / "out" / ("drafts-distil-hinted.jsonl" if steps > 2 else "drafts-distil.jsonl")
        cut.write_bytes(cut.read_bytes()[:-7])
        progress = Notes()
        run(folder, thinking_model, train, progress=progress, **fields)
        assert progress.started[0][1] == (min(steps, 3) * 2), "what is done is not done again"
        assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == whole


def test_a_model_that_thinks_is_distilled_from_end_to_end(tmp_path: Path, thinking_model: Path) -> None:
    """The tiny model learns a thought and an answer by heart; the stage gets just these out of it."""
    import torch
    from transformers import AutoModelForCausalLM

    rows = mcq()
    learnt = {"role": "assistant", "thinking": "Mesh closes the canal.", "content": "ANSWER: A"}
    folder = tmp_path / "model"
    shutil.copytree(thinking_model, folder)
    renderer = Renderer(Qwen3Thinking(), Encoder(load_tokenizer(ModelSettings(name=str(folder)))))
    model = AutoModelForCausalLM.from_pretrained(str(folder))
    conversations = [([*row["messages"][:-1], cast(Message, learnt)], ()) for row in rows]
    batches = [row for of_one in renderer.rows(conversations) for row in of_one]
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(150):
        losses = [
            model(input_ids=torch.tensor(row.input_ids)[None].long(), labels=torch.tensor(row.labels)[None].long()).loss
            for row in batches
        ]
        loss = torch.stack(losses).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if loss.item() < 0.01:
            break
    model.save_pretrained(str(folder))
    counts = run(tmp_path, folder, rows, temperature=0.0, otherwise="drop", max_tokens=32, max_answer_tokens=16)
    assert counts["thoughts"] == {"distil": 2}
    assert [thoughts_in(row) for row in out(tmp_path)] == [["Mesh closes the canal."]] * 2
    assert [row["messages"][-1]["content"] for row in out(tmp_path)] == [row["messages"][-1]["content"] for row in rows]


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60))
def test_a_row_with_a_thought_is_still_what_is_served(encoder: Encoder, thought: str) -> None:
    cleaned, reason = Cleaner(encoder, 500).clean(thought)
    if reason:
        return
    renderer = Renderer(Qwen3Thinking(), encoder)
    messages = mcq()[0]["messages"]
    messages[-1]["thinking"] = cleaned
    (rows,) = renderer.rows([(messages, ())])
    for row in rows:
        renderer.prove(row, messages)
        said = renderer.message(row.input_ids[len(renderer.prompt(messages[:-1])) :])
        assert said["content"] == messages[-1]["content"] and said["thinking"] == cleaned
