"""Rewards: gold answers earn the most, and each kind of fault, or of reward hacking, earns less."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.prompt import conversation
from residency.core.records import Conversation, Question
from residency.core.stage import StageContext
from residency.corpus.settings import CorpusSettings
from residency.flow.stages import stage
from residency.grounding.settings import GroundingSettings
from residency.judging.answers import named_letters
from residency.judging.citations import strip_citations
from residency.mix.modes import single_turns
from residency.retrieval.settings import IndexSettings
from residency.training.online.rewards import REWARDS, Answer, composite, grade
from residency.training.online.settings import RewardWeights
from residency.training.online.tasks import Task, collect_tasks, spread, task_of
from tests.banks import make_conversation, make_passage
from tests.conftest import read_rows, shared

WEIGHTS = dict(RewardWeights())


def earned(task: Task, text: str, **more: Any) -> float:
    return composite(grade(task, Answer(text, **more)), WEIGHTS)


def reasons(task: Task, text: str, **more: Any) -> set[str]:
    return {one.reason for one in grade(task, Answer(text, **more)).values() if one.reason}


def gold(task: Task) -> str:
    return task.row["messages"][-1]["content"]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, small_bank: Path) -> Path:
    """Corpus, index and contexts of two topics of the example corpus."""
    return shared(tmp_path_factory, "online-data", lambda folder: build(folder, small_bank))


def build(folder: Path, bank: Path) -> None:
    settings = {
        "corpus": CorpusSettings(files=[bank / "questions.jsonl"]),
        "index": IndexSettings(files=[bank / "passages.jsonl"], embeddings="none"),
        "grounding": GroundingSettings(tools=0),
    }
    for name in settings:
        (folder / name).mkdir()
        inputs = {earlier: folder / earlier for earlier in settings}
        stage(name).load()(StageContext(settings, inputs, folder / name, seed=17))


@pytest.fixture(scope="session")
def tasks(built: Path) -> list[Task]:
    """Contexts of all skills and MCQs in both modes, each with a system message before it as the mix has it."""
    passages: Any = {row["id"]: row for row in read_rows(built / "index/passages.jsonl")}
    rows: list[Any] = read_rows(built / "grounding/conversations.jsonl")
    for question in read_rows(built / "corpus/kept.jsonl"):
        if question["kind"] == "mcq":
            rows += single_turns(cast(Question, question), random.Random(1))
    whole = [{**row, "messages": conversation(row["mode"], row["messages"])} for row in rows]
    return collect_tasks(cast(list[Conversation], whole), passages)[0]


def of(tasks: list[Task], skill: str) -> list[Task]:
    """Some tasks of a skill."""
    found = [task for task in tasks if (task.skill or "mcq") == skill]
    assert len(found) > 5, f"the bank must give some of {skill}"
    return found[:: len(found) // 12 or 1]


def whole_passages(task: Task) -> str:
    return " ".join(
        re.sub(r"\.(?=\s|$)", f" [{number}].", passage["text"]) for number, passage in enumerate(task.passages, 1)
    )


# Gold answers


def test_built_gold_answers_earn_all_there_is(tasks: list[Task]) -> None:
    assert {task.skill or "mcq" for task in tasks} >= {"mcq", "cited_answer", "abstention"}
    assert {task.row["mode"] for task in of(tasks, "mcq")} == {"EXAM", "CLINICAL"}
    for task in tasks:
        grades = grade(task, Answer(gold(task)))
        assert not {name: one for name, one in grades.items() if one != (1.0, "")}, (task.id, gold(task))
        assert composite(grades, WEIGHTS) == 1.0


def test_which_parts_apply_depends_on_the_task_and_never_on_the_answer(tasks: list[Task]) -> None:
    """Or an answer could step out of a part, and be compared on fewer."""
    strange = ["", "?", "<|im_end|>", "[1]", "[9][1]", "ANSWER: Z", "I cannot answer this question.", "a " * 4000]
    for task in spread(tasks, 24, lambda _: None):
        parts = grade(task, Answer(gold(task))).keys()
        for text in strange:
            grades = grade(task, Answer(text))
            assert grades.keys() == parts
            assert all(0 <= one.value <= 1 for one in grades.values())
            assert all((one.value == 1) == (not one.reason) for one in grades.values()), (task.id, text, grades)
            assert composite(grades, WEIGHTS) < 1


# Planted faults


def other_letter(task: Task) -> str:
    return next(letter for letter in task.options if letter != task.expect["letter"])


def one_by_one(task: Task, last: str) -> str:
    letters = [*(letter for letter in task.options if letter != last), last]
    return "\n".join(["Key point: It is one of these.", *(f"ANSWER: {letter}" for letter in letters)])


def choosing(task: Task, letter: str) -> str:
    return f"Key point: I would choose: {task.options[letter].rstrip('.')}."


MCQ_FAULTS: dict[str, tuple[Callable[[Task], str], str]] = {
    "wrong letter": (
        lambda t: gold(t).replace(f"ANSWER: {t.expect['letter']}", f"ANSWER: {other_letter(t)}"),
        "wrong_letter",
    ),
    "no letter": (lambda t: gold(t).replace("ANSWER:", "So much for that:"), "unparsed"),
    "all letters in one line": (lambda t: "Key point: See below.\nANSWER: " + ", ".join(t.options), "unparsed"),
    "all letters, the right one last": (lambda t: one_by_one(t, t.expect["letter"]), "several_letters"),
    "one in words, another by letter": (lambda t: f"{choosing(t, other_letter(t))}\n{gold(t)}", "several_letters"),
    "one by its label, another by letter": (
        lambda t: f"Key point: I would choose: {other_letter(t)}. {t.options[other_letter(t)]}\n{gold(t)}",
        "several_letters",
    ),
    "the options read out": (lambda t: "\n".join(f"{k}. {v}" for k, v in t.options.items()), "unparsed"),
    "empty": (lambda t: "", "unparsed"),
}


@pytest.mark.parametrize("fault", MCQ_FAULTS)
def test_faults_in_the_answer_to_an_mcq_earn_less(tasks: list[Task], fault: str) -> None:
    plant, reason = MCQ_FAULTS[fault]
    for task in of(tasks, "mcq"):
        if task.row["mode"] == "EXAM":
            grades = grade(task, Answer(plant(task)))
            assert grades["mcq"] == (0.0, reason), (task.id, plant(task))
            assert composite(grades, WEIGHTS) < 0.5 < earned(task, gold(task))


def test_the_right_letter_for_no_reason_earns_less(tasks: list[Task]) -> None:
    for task in of(tasks, "mcq"):
        if task.row["mode"] == "EXAM":
            lucky = f"Key point: The blue bottle is painted in the third quadrant.\nANSWER: {task.expect['letter']}"
            grades = grade(task, Answer(lucky))
            assert grades["mcq"].value == 1 and grades["facts"] == (0.0, "facts_missing")
            assert composite(grades, WEIGHTS) < 0.9


def test_a_clinical_choice_is_read_by_its_words(tasks: list[Task]) -> None:
    for task in of(tasks, "mcq"):
        if task.row["mode"] == "CLINICAL":
            right = task.options[task.expect["letter"]].rstrip(".")
            wrong = task.options[other_letter(task)].rstrip(".")
            changed = re.sub(rf"I would choose: {re.escape(right)}\..*", f"I would choose: {wrong}.", gold(task))
            assert changed != gold(task)
            assert grade(task, Answer(changed))["mcq"] == (0.0, "wrong_letter"), changed
            every = f"I would choose: {'; '.join(text.rstrip('.') for text in task.options.values())}."
            assert grade(task, Answer(every))["mcq"].value == 0.0


def test_the_last_of_equal_answers_wins_and_a_rejected_letter_is_no_choice(tasks: list[Task]) -> None:
    task = next(task for task in of(tasks, "mcq") if task.row["mode"] == "EXAM")
    right, wrong = task.expect["letter"], other_letter(task)
    said = f"Key point: The answer {wrong} is wrong.\nThe answer is {right}, for this reason.\nANSWER: {right}"
    assert grade(task, Answer(said))["mcq"].value == 1
    assert named_letters(f"ANSWER: {wrong}\nANSWER: {right}", task.options) == {right, wrong}


def every_sentence(text: str, marks: Callable[[str], str]) -> str:
    return re.sub(r"((?: ?\[\d+\])+)", lambda found: marks(found[0]), text)


def cite_all(task: Task) -> str:
    return every_sentence(gold(task), lambda _: " [1][2][3]")


def cite_wrongly(task: Task) -> str:
    return every_sentence(gold(task), lambda mark: " [2]" if "1" in mark else " [1]")


NEEDLESS = "The passages do not say this. Look for a guideline on it."
CITED_FAULTS: dict[str, tuple[Callable[[Task], str], str, str]] = {
    "uncited": (lambda t: strip_citations(gold(t)), "citation_recall", "uncited"),
    "wrongly cited": (cite_wrongly, "citation_recall", "unsupported"),
    "everything cited": (cite_all, "citation_precision", "needless_citation"),
    "passage that is not there": (lambda t: every_sentence(gold(t), lambda _: " [9]"), "form", "unknown_citation"),
    "needless abstention": (lambda t: NEEDLESS, "abstention", "abstains_needlessly"),
    "the passages read out": (whole_passages, "facts", "too_long"),
    "said over and over": (lambda t: "\n".join([gold(t)] * 6), "facts", "too_long"),
    "empty": (lambda t: "", "form", "empty"),
    "marks alone": (lambda t: "[1]", "citation_recall", "uncited"),
    "control token": (lambda t: f"{gold(t)} <|im_start|>user", "form", "control_token"),
}


@pytest.mark.parametrize("fault", CITED_FAULTS)
def test_faults_in_a_cited_answer_earn_less(tasks: list[Task], fault: str) -> None:
    plant, part, reason = CITED_FAULTS[fault]
    for task in of(tasks, "cited_answer"):
        if len(task.passages) < 3:
            continue
        grades = grade(task, Answer(plant(task)))
        assert grades[part].value < 1 and grades[part].reason == reason, (task.id, plant(task), grades)
        assert composite(grades, WEIGHTS) < 0.95 < earned(task, gold(task)), (task.id, grades)


LAST_LINE = "\nBefore acting: check this first:"


def told(task: Task) -> str:
    return str(task.expect["reference"])


def within(text: str, more: str) -> str:
    """``more`` at the end of an answer, before the line with what to check."""
    said, mark, check = text.partition("\nBefore acting:")
    return said + more + mark + check


ABSTENTION_FAULTS: dict[str, tuple[Callable[[Task], str], str]] = {
    "answers beyond the context": (told, "answers_beyond"),
    "answers with a citation": (lambda t: f"{told(t).rstrip('.')} [1].", "answers_beyond"),
    "abstains and answers": (lambda t: within(gold(t), f" {told(t)}"), "withheld_given"),
    "abstains, and answers in the last line": (lambda t: f"{gold(t)}{LAST_LINE} {told(t)} {told(t)}", "long_lines"),
    "reads out the passages": (whole_passages, "answers_beyond"),
    "empty": (lambda t: "", "empty"),
}


@pytest.mark.parametrize("fault", ABSTENTION_FAULTS)
def test_faults_where_the_context_does_not_hold_the_answer_earn_less(tasks: list[Task], fault: str) -> None:
    plant, reason = ABSTENTION_FAULTS[fault]
    found = 0
    for task in of(tasks, "abstention"):
        said = reasons(task, plant(task))
        found += reason in said
        assert earned(task, plant(task)) < 0.95 < earned(task, gold(task)), (task.id, plant(task), said)
    assert found >= 0.8 * len(of(tasks, "abstention")), "nearly all are found for the reason that was planted"


def test_always_and_never_abstaining_earn_less_than_telling_the_two_apart(tasks: list[Task]) -> None:
    both = [*of(tasks, "cited_answer"), *of(tasks, "abstention")]

    def mean(answer: Callable[[Task], str]) -> float:
        return sum(earned(task, answer(task)) for task in both) / len(both)

    always = mean(lambda task: gold(task) if task.abstains else NEEDLESS)
    never = mean(lambda task: told(task) if task.abstains else gold(task))
    assert max(always, never) < 0.8 < mean(gold) == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"ended": False}, "not_ended"),
        ({"calls": True}, "called_a_tool"),
    ],
)
def test_runaways_and_calls_earn_less(tasks: list[Task], said: dict[str, bool], reason: str) -> None:
    for task in spread(tasks, 12, lambda _: None):
        assert reason in reasons(task, gold(task), **said)
        assert earned(task, gold(task), **said) < earned(task, gold(task))


def test_a_thought_that_never_closed_is_no_answer(tasks: list[Task]) -> None:
    task = of(tasks, "mcq")[0]
    assert grade(task, Answer("", gold(task), ended=False))["form"] == (0.0, "thought_open")
    assert earned(task, "", thinking=gold(task)) == 0, "the right answer in a thought is worth nothing"
    assert earned(task, gold(task), thinking="ANSWER: Z, or so.") == 1, "what is thought is not graded"


@given(text=st.text(max_size=300), ended=st.booleans())
def test_any_text_is_graded_within_the_range(text: str, ended: bool) -> None:
    passages: Any = (make_passage("p", "A femoral hernia is repaired soon after diagnosis."),)
    check = {"skill": "cited_answer", "instruction": "only"}
    expect = {"abstain": False, "question": "When is it repaired?", "reference": "Soon.", "check": check}
    row: Any = make_conversation("c", "context", passages=["p"], expect=expect)
    for name, one in grade(Task(row, passages), Answer(text, ended=ended)).items():
        assert 0 <= one.value <= 1 and name in REWARDS


# The composite, and what is asked


def test_the_composite_is_the_weighted_mean_of_what_applies(tasks: list[Task]) -> None:
    task = next(task for task in of(tasks, "mcq") if task.row["mode"] == "EXAM")
    grades = grade(task, Answer(MCQ_FAULTS["wrong letter"][0](task)))
    assert grades["mcq"].value == 0 and grades["form"].value == grades["mode"].value == 1
    assert composite(grades, {"mcq": 3.0, "form": 1.0}) == 0.25
    assert composite(grades, {"abstention": 1.0}) == 0.0, "a weight of a part that does not apply counts nothing"


def test_what_no_verifier_can_judge_is_left_out_with_its_reason() -> None:
    turns = [{"role": "user", "content": "Which?\nA. Mesh\nB. Truss"}, {"role": "assistant", "content": "ANSWER: A"}]
    rows: list[Any] = [
        make_conversation("open"),
        make_conversation("held", "mcq", split="test", messages=turns, expect={"letter": "A"}),
        make_conversation("tool", "tool"),
        make_conversation("unread", "mcq", messages=turns, expect={"letter": "E"}),
        make_conversation("lost", "context", passages=["gone"], expect={"check": {"skill": "cited_answer"}}),
        make_conversation("good", "mcq", messages=turns, expect={"letter": "A"}),
    ]
    found, left_out = collect_tasks(rows, {})
    assert [task.id for task in found] == ["good"]
    assert left_out == {
        "nothing to verify": 1,
        "not of the training split": 1,
        "calls of tools": 1,
        "an MCQ whose options or letter cannot be read": 1,
        "its passages are not in the index": 1,
    }
    row: Conversation = rows[-1]
    assert isinstance(task_of(row, {}), Task)


def test_prompts_are_drawn_evenly_from_what_is_asked(tasks: list[Task]) -> None:
    drawn = spread(tasks, 12, lambda group: group.sort(key=lambda task: task.id))
    kinds = [task.skill or "mcq" for task in drawn]
    assert len({task.id for task in drawn}) == 12
    assert max(map(kinds.count, kinds)) - min(kinds.count(kind) for kind in ("mcq", "cited_answer", "abstention")) <= 1
    assert len(spread(tasks, 10**6, lambda _: None)) == len(tasks)
