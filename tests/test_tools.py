"""The contract of tools, and exemplars of calls: every variant says what it promises, and each fault is found."""

from __future__ import annotations

import copy
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.files import file_digest, read_json
from residency.core.prompt import NOTHING_FOUND, format_passages, has_passages, user_message
from residency.core.records import HELD_OUT, Message, Passage
from residency.core.stage import StageContext
from residency.core.text import content_stems, words
from residency.core.tools import (
    FAILED,
    SEARCH_GUIDELINES,
    TOOLS,
    WEB_SEARCH,
    call,
    calling_message,
    failed_message,
    next_number,
    result_message,
    spelt,
)
from residency.grounding.settings import GroundingSettings
from residency.grounding.stage import run
from residency.grounding.tools import VARIANTS
from residency.grounding.tools.build import latest_month
from residency.grounding.tools.found import since_after
from residency.grounding.tools.queries import query_for
from residency.grounding.tools.sums import HELD_OUT as HELD_OUT_SUMS
from residency.grounding.tools.sums import TRAIN as TRAIN_SUMS
from residency.grounding.wording import tool_thoughts, tool_turns
from residency.judging.answers import is_abstention, obeys_mode
from residency.judging.citations import cited_numbers, score_citations, strip_citations
from residency.retrieval.index import Index, build_index, open_index
from residency.retrieval.settings import IndexSettings
from tests.banks import make_passage
from tests.conftest import read_rows

Row = dict[str, Any]
NEEDLESS = {"small_talk", "earlier", "sum", "given"}
SILENT = {"empty", "unsupported", "error"}
CALLS: dict[str, list[list[str]]] = {
    "needed": [[SEARCH_GUIDELINES]],
    "second_turn": [[SEARCH_GUIDELINES]],
    "again": [[SEARCH_GUIDELINES] * 2],
    "older": [[SEARCH_GUIDELINES] * 2],
    "newer": [[SEARCH_GUIDELINES, WEB_SEARCH]],
    "error_retry": [[SEARCH_GUIDELINES] * 2],
    "empty": [[SEARCH_GUIDELINES, WEB_SEARCH]],
    "unsupported": [[SEARCH_GUIDELINES] * 2],
    "error": [[SEARCH_GUIDELINES] * 2, [SEARCH_GUIDELINES, WEB_SEARCH]],
    "small_talk": [[], [SEARCH_GUIDELINES]],
    "earlier": [[]],
    "sum": [[], [SEARCH_GUIDELINES]],
    "given": [[]],
}


@pytest.fixture(scope="module")
def rows(example_run: Path) -> list[Row]:
    return [row for row in read_rows(example_run / "grounding" / "conversations.jsonl") if row["kind"] == "tool"]


@pytest.fixture(scope="module")
def index(example_run: Path) -> Index:
    return open_index(example_run / "index")


def called(row: Row) -> list[tuple[str, dict[str, str], str, bool]]:
    """The calls after the user's last turn: name, arguments, the result, and whether it is learnt."""
    last = max(place for place, message in enumerate(row["messages"]) if message["role"] == "user")
    turns = row["messages"][last:]
    return [
        (
            turn["tool_calls"][0]["function"]["name"],
            turn["tool_calls"][0]["function"]["arguments"],
            turns[place + 1]["content"],
            turn.get("learnt", True),
        )
        for place, turn in enumerate(turns)
        if turn.get("tool_calls")
    ]


def texts(passages: list[Passage]) -> list[str]:
    return [f"{passage['title']}. {passage['text']}" for passage in passages]


def faults(row: Row, index: Index) -> list[str]:
    """What is wrong with an exemplar; empty when nothing is."""
    check, answer, messages = row["expect"]["check"], row["messages"][-1]["content"], row["messages"]
    variant, found = check["variant"], list[str]()
    calls = called(row)
    names = [name for name, *_ in calls]
    if names != check["tools"] or len(names) != check["calls"] or names not in CALLS[variant]:
        found.append("calls")
    if check["needed"] != bool(names):
        found.append("needed")
    if row["expect"]["abstain"] != is_abstention(answer) or row["expect"]["abstain"] != (variant in SILENT):
        found.append("abstention")
    courtesy = variant == "small_talk" and not check["needed"]
    if not courtesy and not obeys_mode(answer, row["mode"]):
        found.append("form")
    due = 1
    for place, message in enumerate(messages):
        if message["role"] == "assistant" and not message.get("thinking", "").strip():
            found.append("thought")
        if message.get("tool_calls") and (message["content"] or messages[place + 1]["role"] != "tool"):
            found.append("loop")
        if message["role"] != "tool" and not (message["role"] == "user" and has_passages(message["content"])):
            continue
        if message["content"] in (NOTHING_FOUND, *FAILED.values()):
            continue
        shown = [int(number) for number in re.findall(r"^\[(\d+)\] ", message["content"], re.MULTILINE)]
        if shown != list(range(due, due + len(shown))) or not shown:
            found.append("numbers")
        due += len(shown)
    passages = [index.by_id[name] for name in row["passages"]]
    if len(passages) != due - 1:
        found.append("passages")
    if variant in SILENT and cited_numbers(answer):
        found.append("cited nothing")
    if variant not in (*SILENT, "small_talk", "sum", "earlier") or (variant != "earlier" and check["needed"]):
        if variant in SILENT:
            return found
        score = score_citations(answer, texts(passages), row["expect"]["question"])
        facts = [
            said
            for said in score.unsupported
            if any(fact in strip_citations(said) for fact in row["expect"]["key_facts"])
        ]
        if facts or score.unknown or not score.citations:
            found.append("citations")
    said = strip_citations(answer)
    if not row["expect"]["abstain"] and any(fact not in said for fact in row["expect"]["key_facts"]):
        found.append("facts")
    for name, arguments, result, _ in calls:
        if name == SEARCH_GUIDELINES and result not in FAILED.values() and variant != "unsupported":
            since = arguments.get("since", "")
            hits = [p for p, _ in index.search(arguments["query"], 3, since=since)]
            bodies = [line.partition("] ")[2] for line in (format_passages(hits) or f"] {NOTHING_FOUND}").split("\n")]
            if [line.partition("] ")[2] or line for line in result.split("\n")] != bodies:
                found.append("not what the index gives")
    return found


def test_every_exemplar_of_every_variant_keeps_its_promises(rows: list[Row], index: Index) -> None:
    assert {row["expect"]["check"]["variant"] for row in rows} == VARIANTS.keys() == CALLS.keys()
    assert {row["id"]: found for row in rows if (found := faults(row, index))} == {}
    assert all(row["tools"] == list(TOOLS) for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)


def test_the_variants_are_as_many_each_where_the_bank_allows_and_the_rest_is_counted(
    rows: list[Row], example_run: Path
) -> None:
    report = read_json(example_run / "grounding" / "report.json")["tools"]
    counted = Counter(row["expect"]["check"]["variant"] for row in rows if row["split"] == "train")
    assert report["variants"]["train"] == dict(counted)
    share = GroundingSettings().tools // len(VARIANTS)
    assert all(number in (share, share + 1) for variant, number in counted.items() if variant != "second_turn")
    assert counted["second_turn"] > 60 and sum(report["refused"]["second_turn"].values()) > 100
    held_out = [row["parents"][-1] for row in rows if row["split"] == "test"]
    assert len(held_out) <= len(
        {row["id"] for row in read_rows(example_run / "corpus/kept.jsonl") if row["split"] == "test"}
    )
    needed = [row["expect"]["check"]["needed"] for row in rows if row["split"] == "train"]
    assert 0.65 < sum(needed) / len(needed) < 0.85


def test_neither_the_turn_nor_what_went_before_gives_away_whether_to_call(rows: list[Row]) -> None:
    first, later = Counter[bool](), Counter[bool]()
    for row in rows:
        if row["split"] != "train":
            continue
        asked = 0
        for place, message in enumerate(row["messages"]):
            if message["role"] == "user":
                asked += 1
                (first if asked == 1 else later)[bool(row["messages"][place + 1].get("tool_calls"))] += 1
    for counts in (first, later):
        assert 0.1 < counts[True] / counts.total() < 0.92


def planted(row: Row, change: Callable[[list[Message]], None], **expect: Any) -> Row:
    made = copy.deepcopy(row)
    change(made["messages"])
    made["expect"] |= expect
    return made


def say(text: str) -> Callable[[list[Message]], None]:
    return lambda messages: messages[-1].update(content=text)


@pytest.mark.parametrize("variant", [*CALLS])
def test_each_fault_planted_in_a_variant_is_found(rows: list[Row], index: Index, variant: str) -> None:
    of_variant = [row for row in rows if row["expect"]["check"]["variant"] == variant]
    row = next(row for row in of_variant if row["mode"] == "EXAM")
    answer = row["messages"][-1]["content"]
    assert faults(row, index) == []
    assert "thought" in faults(planted(row, lambda messages: messages[-1].update(thinking=" ")), index)
    other = "It is so." if row["expect"]["abstain"] else "Key point: I could not find any guidance on this."
    assert "abstention" in faults(planted(row, say(other)), index)
    if answer.startswith("Key point:"):
        assert "form" in faults(planted(row, say(answer.removeprefix("Key point: "))), index)
    if variant not in SILENT and row["expect"]["check"]["needed"]:
        assert "citations" in faults(planted(row, say(strip_citations(answer))), index)
        assert "citations" in faults(planted(row, say(re.sub(r"\[\d+\]", "[99]", answer))), index)
        assert "facts" in faults(planted(row, say("Key point: Nothing is known [1].")), index)
    if row["expect"]["check"]["calls"]:

        def without(messages: list[Message]) -> None:
            place = next(place for place, message in enumerate(messages) if message.get("tool_calls"))
            del messages[place : place + 2]

        assert "calls" in faults(planted(row, without), index)
        if row["passages"] and not row["messages"][0]["content"].startswith("Context"):

            def renumbered(messages: list[Message]) -> None:
                place = next(p for p, m in enumerate(messages) if m["role"] == "tool" and m["content"].startswith("["))
                messages[place]["content"] = messages[place]["content"].replace("[", "[7", 1)

            assert "numbers" in faults(planted(row, renumbered), index)
            if variant != "unsupported":
                swap = planted(row, lambda messages: _replace_result(messages, index))
                assert "not what the index gives" in faults(swap, index)


def _replace_result(messages: list[Message], index: Index) -> None:
    place = max(p for p, m in enumerate(messages) if m["role"] == "tool" and m["content"].startswith("["))
    first = int(re.findall(r"\d+", messages[place]["content"])[0])
    size = len(re.findall(r"^\[\d+\] ", messages[place]["content"], re.MULTILINE))
    shown = messages[place]["content"]
    away = [passage for passage in index.passages if passage["text"] not in shown][:size]
    messages[place]["content"] = format_passages(away, first)


def test_a_query_holds_words_of_the_question_and_none_that_only_its_answer_says(rows: list[Row], index: Index) -> None:
    for row in rows:
        asked = " ".join(message["content"] for message in row["messages"] if message["role"] == "user")
        for name, arguments, _, learnt in called(row):
            if not learnt or row["expect"]["check"]["variant"] == "unsupported":
                continue
            told = {*content_stems(arguments["query"])} - {*content_stems(asked)} - {*content_stems("update 2026 2027")}
            assert told <= {*content_stems(row["topic"])}, (row["id"], arguments)
            assert (name == WEB_SEARCH) <= ("since" not in arguments)


def test_a_followup_leaves_out_what_its_query_names(rows: list[Row]) -> None:
    some = [row for row in rows if row["expect"]["check"]["variant"] == "second_turn"]
    for row in some:
        (_, arguments, _, _), asked = called(row)[0], row["expect"]["question"]
        left_out = {*content_stems(arguments["query"])} - {*content_stems(asked)}
        assert left_out, row["id"]
        before = " ".join(m["content"] for m in row["messages"] if m["role"] == "user" and m["content"] != asked)
        assert left_out <= {*content_stems(before)}, row["id"]


def test_a_poor_query_is_shown_and_not_learnt(rows: list[Row]) -> None:
    for row in rows:
        learnt = [one for *_, one in called(row)]
        assert learnt == ([False, True] if row["expect"]["check"]["variant"] == "again" else [True] * len(learnt))


def test_sums_are_right_and_those_of_held_out_splits_are_others() -> None:
    assert not {*TRAIN_SUMS} & {*HELD_OUT_SUMS}
    for draw in (*TRAIN_SUMS, *HELD_OUT_SUMS):
        for seed in range(60):
            question, answer = draw(random.Random(seed))
            if "=" not in answer:
                begun, done = (int(h) * 60 + int(m) for h, m in re.findall(r"(\d\d):(\d\d)", question))
                took = re.search(r"took (?:(\d+) h )?(\d+) min", answer)
                assert took and int(took[1] or 0) * 60 + int(took[2]) == done - begun
                continue
            for left, right in re.findall(r"([\d.,]+(?: [−+×÷] [\d.,]+)+) = ([\d.,]*\d)", answer):
                plain = left.replace(",", "").replace("−", "-").replace("×", "*").replace("÷", "/")
                assert eval(plain) == pytest.approx(float(right.replace(",", ""))), answer
            asked = {number.replace(",", "") for number in re.findall(r"\d[\d,]*", question)}
            assert {number.replace(",", "") for number in re.findall(r"\d[\d,]*", answer)[:1]} <= asked


def test_wordings_of_held_out_splits_occur_in_no_other(rows: list[Row]) -> None:
    for room in (tool_thoughts, tool_turns):
        assert room.TRAIN.keys() == room.HELD_OUT.keys()
        assert all(len(room.HELD_OUT[name]) > 1 and len(room.TRAIN[name]) > 1 for name in room.TRAIN)
        bare = [
            [" ".join(words(text)) for some in pool.values() for text in some] for pool in (room.TRAIN, room.HELD_OUT)
        ]
        assert not {*bare[0]} & {*bare[1]}
    pieces = {
        held: [
            part
            for pool in (
                (tool_thoughts.HELD_OUT, tool_turns.HELD_OUT) if held else (tool_thoughts.TRAIN, tool_turns.TRAIN)
            )
            for some in pool.values()
            for text in some
            for part in re.split(r"\{\w+\}|[()|]", text)
            if len(part) > 30
        ]
        for held in (True, False)
    }
    for row in rows:
        said = [text for turn in row["messages"] for text in (turn["content"], turn.get("thinking", ""))]
        other = pieces[row["split"] not in HELD_OUT]
        assert not [part for part in other for text in said if part in text], row["id"]


def test_every_way_to_say_that_nothing_was_found_is_an_abstention_and_no_other_wording_is() -> None:
    for pool in (tool_turns.TRAIN, tool_turns.HELD_OUT):
        for name, ways in pool.items():
            for way in ways:
                for plain in {
                    re.sub(r"\(([^()|]*)\|[^()]*\)", r"\1", way),
                    re.sub(r"\([^()|]*\|([^()]*)\)", r"\1", way),
                }:
                    said = re.sub(r"\{\w+\}", "October 2026", plain)
                    assert is_abstention(said) == (name in ("none_since", "failed", "unsupported")), said


def test_the_same_seed_gives_the_same_bytes_in_another_process(example_run: Path, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from residency.core.stage import StageContext; "
        "from residency.grounding.settings import GroundingSettings; from residency.grounding.stage import run; "
        f"base = Path({str(example_run)!r}); "
        "run(StageContext({'grounding': GroundingSettings(tools=130, max_per_split=60)}, "
        f"{{n: base / n for n in ('corpus', 'index')}}, Path({str(tmp_path)!r}), 17))"
    )
    digests = []
    for seed in ("1", "7"):
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        digests.append(file_digest(tmp_path / "conversations.jsonl"))
    assert digests[0] == digests[1]
    made = [row for row in read_rows(tmp_path / "conversations.jsonl") if row["kind"] == "tool"]
    assert {row["expect"]["check"]["variant"] for row in made} == VARIANTS.keys()


def test_none_are_made_where_none_are_asked_for(example_run: Path, tmp_path: Path) -> None:
    sections = {"grounding": GroundingSettings(tools=0, max_per_split=3)}
    counts = run(StageContext(sections, {name: example_run / name for name in ("corpus", "index")}, tmp_path, 17))
    assert counts["tool"] == 0 and counts["tools"] == {"variants": {}, "refused": {}}


PASSAGE = cast(
    Passage, make_passage("p", "A hernia is repaired. [2] is no number here.", "Hernia") | {"date": "2024-05-01"}
)


def test_results_have_their_fixed_forms() -> None:
    found = result_message(SEARCH_GUIDELINES, [PASSAGE, PASSAGE], 4)
    assert found["content"].startswith("[4] Hernia (2024-05). A hernia") and "\n[5] Hernia" in found["content"]
    assert (found["role"], found["name"]) == ("tool", "search_guidelines")
    assert result_message(WEB_SEARCH, [], 4)["content"] == "(nothing was found)"
    assert failed_message(WEB_SEARCH, "timed out")["content"] == "(error: the search timed out)"
    assert failed_message(WEB_SEARCH, "unavailable")["content"] == "(error: the search is not available)"
    assert [tool["function"]["name"] for tool in TOOLS] == ["search_guidelines", "web_search"]
    assert call(WEB_SEARCH, {"query": "x"})["function"] == {"name": "web_search", "arguments": {"query": "x"}}
    assert "thinking" not in calling_message(WEB_SEARCH, {"query": "x"})
    assert spelt(call(WEB_SEARCH, {"query": 'the "sign"', "since": "2024"})) == (
        'web_search(query="the \\"sign\\"", since="2024")'
    )
    assert spelt({"function": {"name": "mine", "arguments": "as it stands"}}) == "mine(as it stands)"


@given(st.lists(st.tuples(st.sampled_from(["context", "result", "failed", "user"]), st.integers(0, 3)), max_size=6))
def test_passages_are_numbered_on_from_the_last_number_shown(shown: list[tuple[str, int]]) -> None:
    messages: list[Message] = []
    due = 1
    for place, (kind, count) in enumerate(shown):
        if kind == "context" and place == 0:
            messages.append(user_message("[9] What now?", [PASSAGE] * count))
            due += count
        elif kind == "result":
            messages.append(result_message(SEARCH_GUIDELINES, [PASSAGE] * count, next_number(messages)))
            due += count
        elif kind == "failed":
            messages.append(failed_message(SEARCH_GUIDELINES, "timed out"))
        else:
            messages.append(user_message("[1] and [2]?"))
        assert next_number(messages) == due


def test_a_query_names_the_condition_and_what_is_asked(index: Index) -> None:
    for question, query in (
        (
            "What is the adult dose of tranexamic acid in traumatic bleeding?",
            "adult dose tranexamic acid traumatic bleeding",
        ),
        ("Does a patient whose C. difficile diarrhoea has settled need a test?", "C. difficile diarrhoea settled test"),
        ("What does the 4Ts score assess?", "score assess 4Ts"),
        ("Which tests precede surgery if endoscopy was not conclusive?", "tests precede surgery endoscopy"),
        ("And what should I do now?", ""),
    ):
        assert query_for(question, index) == query
    long = query_for(
        "A 40-year-old man has gallstones and complains only of bloating. Why might surgery disappoint him?", index
    )
    assert {"gallstones", "bloating", "surgery"} <= {*long.split()} and "man" not in long.split()


def test_a_date_asked_for_lies_after_a_passage_of_which_the_year_alone_is_known(tmp_path: Path) -> None:
    """The search of an index lets "2024" through where July 2024 is asked for."""
    assert [latest_month(date) for date in ("", "2024", "2024-05", "2024-05-31")] == [
        "",
        "2024-12",
        "2024-05",
        "2024-05",
    ]
    passages = [cast(Passage, make_passage("year", "A hernia is repaired.") | {"date": "2024"})]
    index = build_index(tmp_path, passages, IndexSettings(embeddings="none"))
    since = since_after(max(latest_month(passage["date"]) for passage in index.passages), random.Random(1))
    assert index.search("hernia repaired", 3, since="2024-07") and not index.search("hernia repaired", 3, since=since)
