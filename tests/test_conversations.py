"""The user's own conversations on their way from a file through the gate to the mix and to what is evaluated."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl
from residency.core.prompt import BEFORE_ACTING, KEY_POINT, MODES, body, system_message
from residency.core.records import HELD_OUT, Conversation, Question
from residency.core.stage import StageContext, seeded
from residency.core.tags import held_out_tags
from residency.corpus.report.summary import summary_lines
from residency.corpus.settings import CorpusSettings
from residency.dialogue.own import NO_ANSWER, NO_HISTORY, answer, own_conversation
from residency.evaluation.run import collect
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import sources_of
from residency.judging.answers import obeys_mode
from residency.mix.compose import compose
from residency.mix.settings import MixSettings
from tests.banks import make_conversation, run_data_stages
from tests.conftest import EXAMPLES, read_rows
from tests.test_corpus import ask, gate

Row = dict[str, Any]
OPENS = read_rows(EXAMPLES / "open.jsonl")


def turns(*texts: str) -> list[Row]:
    """Turns of a user and an assistant."""
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(texts)]


def talk(number: int, length: int = 2, **fields: Any) -> Row:
    """A conversation on questions of the example corpus, unlike those of other numbers."""
    rows = OPENS[number * 4 : number * 4 + length]
    said = turns(*(text for row in rows for text in (row["question"], row["answer"])))
    return {"id": f"talk-{number}", "topic": "hernia", "source": "human", "licence": "MIT", "messages": said} | fields


FILES = [talk(number, system) for number, system in zip(range(60), [2, 3, 4] * 20, strict=True)]


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data stages on a file of conversations, some with a system message, beside the MCQs of the example corpus."""
    folder = tmp_path_factory.mktemp("talks")
    for place, row in enumerate(FILES):
        closing = turns("Thank you!", "You're welcome! Feel free to ask.") if place % 5 == 0 else []
        opening = [{"role": "system", "content": "You are a pirate."}] if place % 3 == 0 else []
        row["messages"] = [*opening, *talk(place, 2 + place % 3)["messages"], *closing]
    bank = folder / "talks.jsonl"
    bank.write_text("".join(json.dumps(row) + "\n" for row in FILES), encoding="utf-8")
    return run_data_stages(folder, corpus=CorpusSettings(files=[bank, EXAMPLES / "mcq.jsonl"]))


# From the file to training and evaluation


def test_a_file_of_conversations_is_kept_whole_and_named_in_the_report(run_folder: Path) -> None:
    kept = [row for row in read_rows(run_folder / "corpus/kept.jsonl") if row["kind"] == "conversation"]
    report = read_json(run_folder / "corpus/data-report.json")
    assert [row["id"] for row in kept] == [row["id"] for row in FILES]
    assert report["kinds"] == {"mcq": 240, "conversation": 60}
    assert report["files"][0]["shapes"] == {"messages": 60}
    assert report["notes"] == {"a system message was left out": 20}
    for row, given_row in zip(kept, FILES, strict=True):
        said = [turn for turn in given_row["messages"] if turn["role"] != "system"]
        assert row["messages"] == said
        assert (row["question"], row["answer"]) == (said[0]["content"], said[-1]["content"])
        assert row.get("system", []) == ["You are a pirate."] * (len(given_row["messages"]) - len(said))
    assert {row["split"] for row in kept} == {"train", "dev", "test"}
    assert "  kept: 240 MCQs and 60 conversations" in summary_lines(report)
    assert "Kept: 240 MCQs and 60 conversations." in (run_folder / "corpus/data-report.html").read_text()


def test_train_conversations_reach_the_mix_under_a_share_of_their_own(run_folder: Path) -> None:
    kept = {row["id"]: row for row in read_rows(run_folder / "corpus/kept.jsonl")}
    train = read_rows(run_folder / "mix/train.jsonl")
    table = {row["kind"]: row for row in read_json(run_folder / "mix/report.json")["shares"]}
    own = [row for row in train if row["kind"] == "conversation"]
    assert own and abs(len(own) / len(train) - 0.1) < 0.02
    assert table["conversation"]["examples"] == len(own)
    assert table["conversation"]["available"] == sum(
        row["split"] == "train" for row in kept.values() if row["kind"] == "conversation"
    )
    for row in own:
        source = kept[row["parents"][-1]]
        assert source["split"] == row["split"] == "train"
        assert (row["topic"], row["source"], row["licence"]) == ("hernia", "human", "MIT")
        system, *said = row["messages"]
        assert system == system_message(row["mode"], row["tag"])
        assert "pirate" not in json.dumps(row)
        assert [turn["role"] for turn in said] == ["user", "assistant"] * (len(said) // 2)
        for turn, before in zip(said, source["messages"], strict=False):
            assert body(turn["content"]).split() == body(before["content"]).split()
            assert turn["role"] == "user" or obeys_mode(turn["content"], row["mode"])
    assert {row["mode"] for row in own} == set(MODES)


def test_held_out_conversations_become_follow_ups_after_their_own_history(run_folder: Path) -> None:
    inputs = {name: run_folder / name for name in ("corpus", "index", "dialogue", "grounding")}
    items = collect(sources_of(inputs, EvaluateSettings(), 17))
    kept = {row["id"]: row for row in read_rows(run_folder / "corpus/kept.jsonl")}
    held_out = {n for n, row in kept.items() if row["kind"] == "conversation" and row["split"] in HELD_OUT}
    own = {item.id.split("/")[1]: item for item in items if item.id.endswith("/own")}
    assert held_out and own.keys() == held_out
    for name, item in own.items():
        source = kept[name]["messages"]
        assert item.axis == "followup" and item.cluster == kept[name]["cluster"]
        last = max((ask.messages for ask in item.asks if not ask.script), key=len)
        assert last[0]["content"].splitlines()[1] in held_out_tags(item.mode)
        assert len(last) > 3 and last[-1]["role"] == "user"
        assert last[1]["content"] == source[0]["content"]
        assert item.expect["dialogue"]["expect"]["reference"] == source[len(last) - 1]["content"]
    assert not held_out & {parent for row in read_rows(run_folder / "mix/train.jsonl") for parent in row["parents"]}


# Their place among other rows


def test_a_conversation_shares_a_split_with_the_row_that_asks_what_it_asks(tmp_path: Path) -> None:
    rows = [ask(number) for number in range(12)]
    far = [talk(number) for number in range(3)]
    far[1]["messages"] = [*talk(7, 4)["messages"], *turns(rows[5]["question"], "Quite another answer.")]
    far[2]["messages"] = [*talk(9, 4)["messages"], *talk(0, 1)["messages"]]
    result = gate(tmp_path, [*rows, *far])
    cluster = {row["id"]: row["cluster"] for row in result.kept}
    assert cluster["talk-1"] == cluster["q5"], "one of its turns is another row's question"
    assert cluster["talk-2"] == cluster["talk-0"], "they share a question with its answer"
    assert len(set(cluster.values())) == 13


def test_short_turns_that_many_conversations_share_join_nothing(tmp_path: Path) -> None:
    rows = [talk(number) for number in range(8)]
    for row in rows:
        row["messages"] = [*turns("Hello.", "Hello. What is it?"), *row["messages"], *turns("Why?", "So it is said.")]
    result = gate(tmp_path, [*rows, {"id": "why", "question": "Why?", "answer": "So it is said."}])
    assert len({row["cluster"] for row in result.kept}) == 9


def test_the_same_questions_in_the_same_order_are_a_duplicate_and_one_of_them_is_none(tmp_path: Path) -> None:
    first, other = talk(1), talk(1, id="other", source="synthetic")
    other["messages"] = [*other["messages"][:-1], {"role": "assistant", "content": "Something else is said here."}]
    longer = talk(1, 3, id="longer")
    single = {
        "id": "single",
        "question": " ".join(turn["content"] for turn in first["messages"][::2]),
        "answer": "Yes.",
    }
    result = gate(tmp_path, [other, first, longer, single])
    assert [row["id"] for row in result.kept] == ["talk-1", "longer", "single"]
    assert result.reasons == ["exact_duplicate"] and "another answer" in result.rejected[0]["detail"]
    assert result.kept[0]["cluster"] == result.kept[1]["cluster"]


def test_an_evaluation_item_is_found_in_any_turn_and_turns_of_items_are_found_in_rows(tmp_path: Path) -> None:
    items = tmp_path / "items.jsonl"
    asked = turns("Is gout painful?", "Yes.", OPENS[400]["question"], "So it is.")
    items.write_text(json.dumps({"messages": asked[:3]}) + "\n", encoding="utf-8")
    inside = talk(1)
    inside["messages"] += turns("Is gout painful?", "It is, and very much so.")
    rows = [talk(0), inside, ask(1, question=OPENS[400]["question"])]
    result = gate(tmp_path, rows, evaluation_files=[items])
    assert [row["row"]["id"] for row in result.rejected] == ["talk-1", "q1"]
    assert set(result.reasons) == {"contaminated"}


# Checks of what is said


def test_checks_of_texts_name_the_turn_as_the_file_counts_it(tmp_path: Path) -> None:
    system = {"role": "system", "content": "Be brief."}
    said = turns(
        "I am Mr John Smith, born 12/03/1980. What helps my left knee?",
        "Physiotherapy helps the right knee. <b>Rest</b> it.",
        "Is heparin given? Which dose of enoxaparin?",
        "Enoxaparin 400 mg subcutaneously once daily is usual.",
        "Is that sure?",
        "Surgery is always required, and it was recommended in the 1980s",
        "And then?",
    )
    result = gate(tmp_path, [ask(1), ask(2) | {"messages": [system, *said]}])
    found = {check["id"]: {one["where"] for one in check["examples"]} for check in result.report["checks"]}
    assert found["privacy_name_dob"] == {"turn 2"}
    assert found["laterality_conflict"] == found["markup_debris"] == {"turn 3"}
    assert found["dose_out_of_range"] == {"turn 5"}
    assert found["absolute_claim"] == found["dated_guidance"] == found["truncated_answer"] == {"turn 7"}
    assert found["unanswered_turn"] == {"turn 8"}
    with (tmp_path / "out" / "review.csv").open(encoding="utf-8-sig", newline="") as handle:
        texts = {(line["check"], line["where"]): line["text"] for line in csv.DictReader(handle)}
    assert texts["dose_out_of_range", "turn 5"] == said[3]["content"]
    assert result.kept[1]["messages"] == said[:-1]
    assert result.report["notes"]["a last turn without an answer was left out"] == 1


def test_a_turn_can_be_replaced_and_a_conversation_dropped_in_review(tmp_path: Path) -> None:
    wrong = turns("Which dose of enoxaparin is usual?", "400 mg once daily.", "Sure?", "Yes, 400 mg is sure.")
    rows = [ask(1), ask(2) | {"messages": wrong}, talk(3)]
    gate(tmp_path, rows)
    table = tmp_path / "decided.csv"
    with (tmp_path / "out" / "review.csv").open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.DictReader(handle))
    [line] = [line for line in lines if line["check"] == "dose_out_of_range"]
    line |= {"decision": "replace", "new_text": "40 mg once daily."}
    with table.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(line))
        writer.writeheader()
        writer.writerow(line)
    again = gate(tmp_path, rows, decisions=table)
    assert again.kept[1]["messages"][1]["content"] == "40 mg once daily."
    counts = {check["id"]: check["count"] for check in again.report["checks"]}
    assert counts["dose_out_of_range"] == 0
    table.write_text(table.read_text(encoding="utf-8").replace("replace", "drop"), encoding="utf-8")
    assert gate(tmp_path, rows, decisions=table).reasons == ["dropped_in_review"]


def test_courtesies_and_questions_back_in_a_conversation_raise_no_alarm(tmp_path: Path) -> None:
    said = turns("My left leg hurts.", "Okay. And does the right leg hurt?", "No.", "Alright, thank you.")
    report = gate(tmp_path, [ask(1), talk(1, messages=said)]).report
    assert not [check["id"] for check in report["checks"] if check["count"] and check["severity"] != "informs"]


# Their form in training


@pytest.mark.parametrize(
    ("asked", "said", "stated"),
    [
        ("Is it safe?", "Yes.", ["Yes."]),
        ("Is it safe?", "Why do you ask?", []),
        ("Is it safe?", "I see. Which drug do you mean?", []),
        ("Thank you!", "You're welcome! Have a nice day.", []),
        ("Great, thanks.", "Glad to help. If you have more questions, feel free to ask.", []),
        ("Bye.", "Okay, thanks, goodbye!", []),
        ("No.", "Any fever?", []),
        ("Tell me about mesh.", "Certainly! Mesh strengthens the wall and lowers recurrence of hernias. More?", []),
        (
            "Should mesh be used?",
            "Certainly! Mesh strengthens the wall and lowers recurrence of hernias. Shall I go on?",
            ["Mesh strengthens the wall and lowers recurrence of hernias."],
        ),
        (
            "A man of 60 with a lump.",
            "An inguinal hernia is likely, and an incarcerated one must be excluded first.",
            ["An inguinal hernia is likely, and an incarcerated one must be excluded first."],
        ),
    ],
)
def test_a_turn_answers_when_it_states_something(asked: str, said: str, stated: list[str]) -> None:
    assert answer(asked, said) == stated


def as_row(*texts: str, split: str = "train") -> Question:
    traced = {"topic": "t", "source": "s", "licence": "l", "parents": [], "passages": [], "origin": "a:1"}
    kind = {"id": "x", "kind": "conversation", "split": split, "cluster": "x", "question": "", "answer": ""}
    return cast(Question, traced | kind | {"messages": turns(*texts)})


def test_answers_get_the_modes_form_once_and_other_turns_stay_as_they_are() -> None:
    row = as_row(
        *("I have a lump.", "Okay. Where is it?", "In the groin. What is it?", "Certainly! Probably a hernia."),
        *("Is it bad?", f"Probably not.\n{BEFORE_ACTING} ask a senior about it.", "Thanks.", "You're welcome!"),
    )
    for seed in range(12):
        made = own_conversation(row, seeded(seed))
        assert not isinstance(made, str)
        said = [turn["content"] for turn in made["messages"]]
        assert len(said) == 6 and said[1] == "Okay. Where is it?"
        assert obeys_mode(said[3], made["mode"]) and obeys_mode(said[5], made["mode"])
        assert said[5].count(BEFORE_ACTING) + said[5].count(KEY_POINT) == 1
        assert said[3].startswith("Certainly!" if made["mode"] == "CLINICAL" else f"{KEY_POINT} Probably")
        assert made["expect"] == {"reference": "Probably not.", "key_facts": ["Probably not."]}


def test_a_conversation_that_answers_nothing_is_refused_with_its_reason() -> None:
    assert own_conversation(as_row("I am ill.", "Since when?", "Today.", "Any fever?"), seeded(1)) == NO_ANSWER
    courteous = ("Is mesh safe?", "Mesh is safe in clean wounds.", "Thanks.", "You're welcome!")
    assert own_conversation(as_row(*courteous, split="test"), seeded(1)) == NO_HISTORY
    assert not isinstance(own_conversation(as_row(*courteous), seeded(1)), str)


@given(st.lists(st.text(max_size=40) | st.sampled_from(["Yes.", "Why?", "goodbye" * 30, "Key point: a", "ANSWER: B"])))
def test_whatever_the_turns_say_a_conversation_ends_in_an_answer_or_is_refused(texts: list[str]) -> None:
    made = own_conversation(as_row("Why?", *texts), seeded(1))
    if not isinstance(made, str):
        assert made["messages"][-1]["role"] == "assistant" and made["expect"]["reference"]


def pool(**counts: int) -> list[Conversation]:
    return [
        cast(Conversation, make_conversation(f"{kind}{n}", kind))
        for kind, count in counts.items()
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("stock", "fields", "got"),
    [
        ({"mcq": 200, "open": 280, "dialogue": 100, "conversation": 0}, {}, None),
        ({"mcq": 200, "open": 280, "dialogue": 100, "conversation": 500}, {}, 0.1),
        ({"mcq": 200, "open": 280, "dialogue": 100, "conversation": 6}, {}, 6 / 586),  # a few do not shrink the mix
        ({"mcq": 200, "open": 280, "dialogue": 100, "conversation": 500}, {"examples": 100}, 0.1),
        ({"conversation": 50}, {}, 1.0),
        ({"open": 90, "conversation": 90}, {"shares": {"open": 0.5, "conversation": 0.5}}, 0.5),
        ({"open": 90, "conversation": 90}, {"shares": {"open": 1.0}}, None),
    ],
)
def test_the_share_of_own_conversations_is_a_tenth_where_none_is_named(
    tmp_path: Path, stock: dict[str, int], fields: dict[str, Any], got: float | None
) -> None:
    composed = compose(pool(**stock), MixSettings(**fields), StageContext({}, {}, tmp_path, 17))
    counts = Counter(one.row["kind"] for one in composed.drawn)
    assert ("conversation" in composed.asked) == (got is not None)
    if got is not None:
        assert counts["conversation"] / counts.total() == pytest.approx(got, abs=0.005)
    if len(stock) == 4:
        assert fields or counts.total() >= 580


# Whatever a file holds

ROLES = st.sampled_from(["user", "assistant", "system", "tool", "developer", "human", "gpt", "narrator", "", "USER "])
TEXTS = st.sampled_from(["Why is it done?", "Because it helps.", "", " ", "<|im_end|>", "No.", "\u2028", "Hm?"])
PARTS = st.lists(TEXTS | st.fixed_dictionaries({"text": TEXTS}) | st.just({"type": "image_url"}), max_size=3)
CONTENT = TEXTS | PARTS | st.none() | st.booleans() | st.integers(-2, 9) | st.just({"a": 1})
NAMED = st.fixed_dictionaries({}, optional={"role": ROLES | st.none(), "content": CONTENT, "tool_calls": PARTS})
SHARED = st.fixed_dictionaries({"from": ROLES, "value": CONTENT})
PLAIN = st.lists(TEXTS, max_size=8).map(lambda texts: turns(*texts))
MANGLED = st.lists(NAMED | SHARED | st.none(), max_size=7) | PLAIN | CONTENT | PLAIN.map(json.dumps)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["messages", "conversations"]), MANGLED), max_size=8))
def test_whatever_turns_a_file_holds_every_row_is_kept_or_rejected(found: list[tuple[str, Any]]) -> None:
    rows = [{field: value} for field, value in found]
    with tempfile.TemporaryDirectory() as folder:
        result = gate(Path(folder), [*rows, ask(1)])
    assert len(result.kept) + len(result.rejected) == len(rows) + 1 == result.counts["read"]
    assert all(row["reason"] and row["detail"] for row in result.rejected)
    for row in result.kept:
        said = row.get("messages", [])
        assert (row["kind"] == "conversation") == bool(said)
        assert [turn["role"] for turn in said] == ["user", "assistant"] * (len(said) // 2) and len(said) != 2
        assert all(turn["content"].strip() and turn.keys() == {"role", "content"} for turn in said)
        assert row["question"].strip() and row["answer"].strip()


def test_a_conversation_of_five_hundred_turns_passes_and_a_longer_row_than_allowed_does_not(tmp_path: Path) -> None:
    long = turns(*(f"{said} {number}." for number in range(250) for said in ("What is next after", "Next is number")))
    result = gate(tmp_path, [{"messages": long}])
    assert len(result.kept[0]["messages"]) == 500
    with pytest.raises(InputError, match="too_long 1"):
        gate(tmp_path, [{"messages": long * 4}])
    assert [row["reason"] for row in read_jsonl(tmp_path / "out" / "rejected.jsonl")] == ["too_long"]
