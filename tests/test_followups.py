"""Later turns: dialogues asked at every turn on their ideal and on the model's own history; MT-Bench's shape judged."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from benchmarks.planted_dialogue_faults import COMMON, PLANTED
from hypothesis import given
from hypothesis import strategies as st

from residency.core.errors import InputError
from residency.core.records import Conversation
from residency.evaluation.item import Answer, Graded, Item, item_of, result_of
from residency.evaluation.metrics.followup import METRICS
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.followup.grade import drop_first_to_later, grade
from residency.evaluation.tasks.followup.items import collect, dialogue_item
from residency.evaluation.tasks.followup.mt_bench import judged, mt_bench_items
from residency.evaluation.tasks.followup.settings import FollowupSettings
from residency.evaluation.tasks.followup.tables import by_category, by_skill, by_turn, tables
from residency.judging.settings import JudgeSettings
from tests.chat_server import ChatServer
from tests.conftest import EXAMPLES
from tests.good_dialogues import dialogues

GOOD = dialogues()
IDS = [f"{place} {one.name}" for place, one in enumerate(GOOD)]
SOURCES = Sources(EvaluateSettings(), 0)
WRITTEN = sorted((EXAMPLES / "dialogues").glob("*.jsonl"))
Says = Callable[[int], str]


def only(row: Conversation) -> Item:
    return item_of(json.loads(json.dumps(dialogue_item(row, SOURCES).as_row())))


def step(text: str, fault: str = "") -> Any:
    return {"text": text, "finish": "error" if fault else "stop", "tokens": 1, **({"fault": fault} if fault else {})}


def answer(item: Item, ask: str, *said: Any) -> Answer:
    steps = [step(one) if isinstance(one, str) else one for one in said]
    return {"id": item.id, "ask": ask, "sample": 0, "said": steps, "letters": None}


def gold(row: Conversation, place: int) -> str:
    return row["messages"][place]["content"]


def answered(item: Item, ideal: Says, real: Says) -> dict[str, Sequence[Answer]]:
    """Answers to all asks of a dialogue, by what is said at the place of a message."""
    found: dict[str, Sequence[Answer]] = {}
    for ask in item.asks:
        if ask.key == "real":
            places = range(1, 2 * len(ask.script) + 2, 2)
            found["real"] = [answer(item, "real", *map(real, places))]
        else:
            found[ask.key] = [answer(item, ask.key, ideal(2 * int(ask.key.removeprefix("turn-")) - 1))]
    return found


def graded(row: Conversation, ideal: Says, real: Says | None = None) -> Graded:
    item = only(row)
    return grade(item, answered(item, ideal, real or ideal))


@pytest.mark.parametrize("one", GOOD, ids=IDS)
def test_a_gold_dialogue_scores_one_everywhere_and_drops_nowhere(one: Any) -> None:
    row = one.row
    metrics = graded(row, lambda place: gold(row, place)).metrics
    drops = {"followup.drop", "followup.real_drop", "followup.history_loss"}
    assert {metrics[name] for name in drops & metrics.keys()} == {0.0}
    partial = drops | {"followup.token_f1", "followup.key_fact_recall"}
    assert {name: value for name, value in metrics.items() if name not in partial and value != 1.0} == {}
    assert (
        {"skill.shown", "skill.shown_real", f"skill.{row['skill']}", "followup.real_min"}
        <= metrics.keys()
        <= METRICS.keys()
    )


@pytest.mark.parametrize("one", GOOD, ids=IDS)
def test_a_planted_fault_costs_the_skill_and_the_worst_turn_on_either_history(one: Any) -> None:
    row, item = one.row, only(one.row)
    critical = item.expect["critical"]
    for name, plant in PLANTED[row["skill"]].items():
        spoilt = None if name in COMMON else plant(row, random.Random(1))
        if spoilt is None or gold(spoilt, critical) == gold(row, critical):
            continue
        said = {place: gold(row, place) for place in range(1, len(row["messages"]), 2)}
        said[critical] = gold(spoilt, critical)
        metrics = graded(row, said.__getitem__).metrics
        zero = ("skill.shown", "skill.shown_real", f"skill.{row['skill']}", "followup.turn_min", "followup.real_min")
        assert [metrics[key] for key in zero] == [0.0] * 5, name
        assert 0 < cast(float, metrics["followup.turn_mean"]) < 1


def test_every_turn_is_asked_after_its_ideal_history_and_the_real_one_by_the_users_turns_alone() -> None:
    row = next(one.row for one in GOOD if len(one.row["messages"]) == 6)
    item = only(row)
    by_key = {ask.key: ask for ask in item.asks}
    assert set(by_key) == {"turn-1", "turn-2", "turn-3", "real"}
    for place in (1, 3, 5):
        system, *turns = by_key[f"turn-{(place + 1) // 2}"].messages
        assert system["role"] == "system" and turns == row["messages"][:place]
    assert by_key["real"].messages[1:] == row["messages"][:1]
    assert by_key["real"].script == [message["content"] for message in row["messages"][2::2]]
    assert item.first.key == f"turn-{(item.expect['critical'] + 1) // 2}", "the turn of the skill is the one shown"
    assert item.expect["reference"] == gold(row, item.expect["critical"])


def test_what_the_model_itself_said_before_is_its_history_when_it_is_real() -> None:
    row = next(one.row for one in GOOD if one.row["skill"] == "switch")
    critical = only(row).expect["critical"]
    other = "Key point: A hydrocele transilluminates.\nIt is a collection of fluid around the testis."

    def real(place: int) -> str:
        return other if place == critical - 2 else gold(row, place)

    found = graded(row, lambda place: gold(row, place), real)
    assert (found.metrics["skill.shown"], found.metrics["skill.shown_real"]) == (1.0, 0.0)
    assert {lost["reason"] for lost in found.details["lost"]} >= {"facts_differ"}
    assert cast(float, found.metrics["followup.history_loss"]) > 0


@pytest.mark.parametrize("broken", [0, 1])
def test_an_answer_with_a_fault_is_missing_and_never_wrong(broken: int) -> None:
    row = GOOD[0].row
    item = only(row)
    answers = answered(item, lambda place: gold(row, place), lambda place: gold(row, place))
    said = answers["real"][0]["said"]
    answers["real"] = [answer(item, "real", *said[:broken], step("", "the server is gone"))]
    found = grade(item, answers)
    assert (found.status, found.details["fault"]) == ("errored", "the server is gone")
    assert found.metrics["followup.real_mean"] is found.metrics["followup.real_min"] is None
    assert found.metrics["followup.real_drop"] is found.metrics["followup.history_loss"] is None
    assert found.metrics["followup.turn_mean"] == 1.0, "what was answered is graded"
    missing = grade(item, {})
    assert missing.status == "errored" and set(missing.metrics.values()) == {None}


def test_a_conversation_that_nothing_can_be_held_against_is_asked_and_counted_as_missing() -> None:
    row = cast(Conversation, {**GOOD[0].row, "messages": [USER, OWN], "expect": {"reference": "So."}})
    item = only(row)
    found = grade(item, {"turn-1": [answer(item, "turn-1", "So it is.")]})
    assert found.status == "ok" and found.metrics["followup.turn_mean"] is None


def test_two_samples_are_averaged() -> None:
    row = GOOD[0].row
    item = only(row)
    good = answered(item, lambda place: gold(row, place), lambda place: gold(row, place))
    bad = answered(item, lambda place: "Yes.", lambda place: "Yes.")
    metrics = grade(item, {key: [*good[key], *bad[key]] for key in good}).metrics
    assert (metrics["skill.shown"], metrics["followup.turn_mean"], metrics["followup.real_min"]) == (0.5, 0.5, 0.5)


@given(st.dictionaries(st.sampled_from([1, 3, 5, 7]), st.none() | st.floats(0, 1), max_size=4))
def test_the_drop_is_first_minus_the_mean_of_later_or_unknown(scores: dict[int, float | None]) -> None:
    found = drop_first_to_later(scores)
    later = [score for place, score in scores.items() if place > 1]
    if None in scores.values() or 1 not in scores or not later:
        assert found is None
    else:
        assert found == pytest.approx(cast(float, scores[1]) - sum(cast(list[float], later)) / len(later))
        assert -1 <= found <= 1


def test_files_of_the_user_become_items_with_their_reference_as_the_last_turn() -> None:
    settings = EvaluateSettings(followups=[EXAMPLES / "followups.jsonl"], dialogues=WRITTEN)
    items = collect(Sources(settings, 0))
    assert len(items) == 240 and len({item.id for item in items}) == 240
    assert {item.source for item in items} == {"written"} and {item.axis for item in items} == {"followup"}
    one = next(item for item in items if item.expect["critical"] is None)
    row = cast(Conversation, one.expect["dialogue"])
    assert one.first.key == "turn-2" and gold(row, 3) == one.expect["reference"] == row["expect"]["reference"]
    assert not any("real" in {ask.key for ask in item.asks} for item in collect(Sources(without_real(settings), 0)))


def without_real(settings: EvaluateSettings) -> EvaluateSettings:
    return settings.model_copy(update={"followup": FollowupSettings(real=False)})


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


USER, OWN = {"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"messages": [OWN, USER]}, "take turns"),
        ({"messages": [USER, USER]}, "take turns"),
        ({"messages": [USER, OWN]}, "ends in a user turn"),
        ({"messages": ["x"]}, "each with its text"),
        ({"reference": ""}, "needs 'reference'"),
        ({"key_facts": "x"}, "list of texts"),
    ],
)
def test_a_written_follow_up_that_cannot_be_asked_is_told_with_its_place(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    good = {"id": "a", "messages": [USER, OWN, USER], "reference": "Because."}
    path = write(tmp_path / "f.jsonl", good, {**good, "id": "b", **change})
    with pytest.raises(InputError, match=says) as error:
        collect(Sources(EvaluateSettings(followups=[path]), 0))
    assert "follow-up 2" in str(error.value)


def test_two_dialogues_of_one_id_are_told_wherever_they_stand(tmp_path: Path) -> None:
    held = cast(Conversation, {**GOOD[0].row, "id": "a"})
    path = write(tmp_path / "f.jsonl", {"id": "a", "messages": [USER], "reference": "Because."})
    with pytest.raises(InputError, match="one id"):
        collect(Sources(EvaluateSettings(followups=[path]), 0, dialogues=[held]))


# MT-Bench's shape

QUESTIONS = (
    {"question_id": 1, "category": "writing", "turns": ["Write a line.", "Make it rhyme."]},
    {"question_id": 2, "category": "math", "turns": ["What is 2 + 2?", "And twice that?"], "reference": ["4", "8"]},
)


def talked(item: Item, *said: Any) -> dict[str, Sequence[Answer]]:
    return {"real": [answer(item, "real", *said)]}


def test_ratings_become_tenths_with_the_judges_name_and_the_reference_shown(tmp_path: Path) -> None:
    items = mt_bench_items([write(tmp_path / "mt.jsonl", *QUESTIONS)])
    cases = [(item, talked(item, "First answer.", "Second answer.")) for item in items]

    def rate(messages: list[dict[str, str]], body: dict[str, Any]) -> str:
        told = messages[-1]["content"]
        return json.dumps({"rating": 9 if "<references>" in told else 4 if "Make it rhyme" in told else 6})

    with ChatServer(rate, models=("m",)) as server:
        settings = JudgeSettings(server=server.url, server_model="m")
        found = dict(judged(cases, settings, tmp_path / "kept.jsonl"))
    metrics = {item.id: grade(item, answers, found[item.id]).metrics for item, answers in cases}
    first, second = "followup.mt_bench_turn1", "followup.mt_bench_turn2"
    assert metrics == {
        "followup/mt-bench-1": {first: 0.6, second: 0.4},
        "followup/mt-bench-2": {first: 0.9, second: 0.9},
    }
    results = {"final": [result_of(item, answers, grade(item, answers, found[item.id])) for item, answers in cases]}
    table = by_category(results)
    assert "judge:m" in table.note and list(table.rows[0][:4]) == ["final", "all", 1, 7.5]
    assert results["final"][0]["details"]["grader"] == "judge:m"
    assert items[0].asks[0].script == ["Make it rhyme."] and "Mode" not in items[0].asks[0].messages[0]["content"]


def test_without_a_judge_and_where_it_cannot_be_read_nothing_is_scored_and_all_is_counted(tmp_path: Path) -> None:
    item, _ = mt_bench_items([write(tmp_path / "mt.jsonl", *QUESTIONS)])
    answers = talked(item, "First.", "Second.")
    alone = grade(item, answers, None)
    assert set(alone.metrics.values()) == {None} and "evaluate.judge" in alone.details["unrated"]
    assert "no judge model" in by_category({"base": [result_of(item, answers, alone)]}).note
    cut = talked(item, "First.", {**step("Second and"), "finish": "length"})
    assert "(evaluate.max_new_tokens): 1." in by_category({"base": [result_of(item, cut, grade(item, cut))]}).note

    def rate(messages: list[dict[str, str]], body: dict[str, Any]) -> str:
        return '{"rating": 5}' if "Make it" in messages[-1]["content"] else "I would rather not."

    with ChatServer(rate, models=("m",)) as server:
        settings = JudgeSettings(server=server.url, server_model="m")
        (_, found), *_ = judged([(item, answers)], settings, tmp_path / "kept.jsonl")
    half = grade(item, answers, found)
    assert list(half.metrics.values()) == [None, 0.5] and half.details["cut"] == []
    assert [one["turn"] for one in half.details["unrated"]] == [1]


def test_a_first_answer_with_a_fault_is_not_rated_and_a_second_leaves_the_first(tmp_path: Path) -> None:
    one, two = mt_bench_items([write(tmp_path / "mt.jsonl", *QUESTIONS)])
    cases = [(one, talked(one, step("", "gone"))), (two, talked(two, "4", step("", "gone")))]
    with ChatServer(lambda messages, body: '{"rating": 10}', models=("m",)) as server:
        settings = JudgeSettings(server=server.url, server_model="m")
        found = dict(judged(cases, settings, tmp_path / "kept.jsonl"))
        assert len(cast(ChatServer, server).dialogues) == 1
    values = [list(grade(item, answers, found.get(item.id)).metrics.values()) for item, answers in cases]
    assert values == [[None, None], [1.0, None]]
    assert {grade(item, answers, found.get(item.id)).status for item, answers in cases} == {"errored"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"turns": ["a", "b"]}, "needs 'question_id'"),
        ({"question_id": 2, "turns": ["a"]}, "list of two texts"),
        ({"question_id": 2, "turns": ["a", " "]}, "list of two texts"),
        ({"question_id": 2, "turns": ["a", "b"], "reference": "c"}, "list of texts"),
        (QUESTIONS[0], "two questions have the question_id 1"),
    ],
)
def test_a_question_of_another_shape_is_told_with_its_place(tmp_path: Path, row: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says) as error:
        mt_bench_items([write(tmp_path / "mt.jsonl", QUESTIONS[0], row)])
    assert "question 2" in str(error.value)


# Tables


def test_tables_show_the_score_by_turn_and_the_skills_with_intervals_on_both_histories() -> None:
    results = []
    for one in GOOD:
        row, item = one.row, only(one.row)
        own = {place: gold(row, place) for place in range(1, len(row["messages"]), 2)}
        answers = answered(item, own.__getitem__, {**dict.fromkeys(own, "Yes."), 1: own[1]}.__getitem__)
        results.append(result_of(item, answers, grade(item, answers)))
    turns = by_turn({"final": results})
    first = next(row for row in turns.rows if row[1:3] == ["its own", 1])
    second = next(row for row in turns.rows if row[1:3] == ["its own", 2])
    assert first[3] == 1.0 and second[3] == 0.0 and second[5] > 0 and second[6] == len(GOOD)  # type: ignore[operator]
    skills = {(row[1], row[2]): row[3] for row in by_skill({"final": results}).rows}
    assert skills["correction", "ideal"] == 1.0 and skills["correction", "its own"] == 0.0
    assert [table.name for table in tables({"final": results})] == ["followup-by-turn", "followup-by-skill"]
    assert tables({"final": []}) == []
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    turns.plot(axes)
    assert len(axes.containers) == 2 and axes.get_xlabel() == "Turn"
    pyplot.close(figure)
