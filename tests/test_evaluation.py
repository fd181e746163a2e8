"""Evaluation: held-out items alone, gold scores 1 and known-bad 0, a kill asks nothing twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from markupsafe import escape

from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError
from residency.core.files import folder_digests, read_json, write_jsonl
from residency.core.prompt import MODES, assistant_message, shape_mcq, shape_open
from residency.core.records import Message
from residency.core.stage import Counts, Silent, StageContext
from residency.core.tags import held_out_tags
from residency.domain.surgery.phrases import CHECKS
from residency.evaluation import stage as evaluation
from residency.evaluation.answering import NO_TOOLS
from residency.evaluation.item import Item, Metrics, item_of, result_of
from residency.evaluation.metrics import METRICS
from residency.evaluation.registry import TASKS
from residency.evaluation.run import collect
from residency.evaluation.settings import EvaluateSettings
from residency.evaluation.sources import sources_of
from residency.evaluation.targets import local
from residency.evaluation.targets.local import LocalSpeaker
from residency.evaluation.targets.target import Target
from residency.evaluation.tasks.faithfulness.items import BOTH_WAYS, context_item
from residency.flow.stages import stage as entry
from residency.generation.models import load_model, load_tokenizer
from residency.generation.settings import ModelSettings
from tests.conftest import read_rows
from tests.evaluating import answers_to, graded, turn
from tests.good_contexts import Good, contexts

AXES = ["exam", "open", "followup", "faithfulness"]


def collect_items(context: StageContext, settings: EvaluateSettings) -> list[Item]:
    return collect(sources_of(context.inputs, settings, context.seed))


def score(item: Item, output: str | dict[str, str | list[str]], letters: list[float] | None) -> tuple[Metrics, str]:
    found = graded(item, output, letters)
    return found.metrics, found.status


class Died(BaseException):
    """Stands for a kill."""


class Mortal(Silent):
    """A progress that ends the stage at the sign of life number ``last``."""

    def __init__(self, last: int | None) -> None:
        self.left = last

    def advance(self, steps: int = 1, **figures: float) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Died


def context_of(
    run_folder: Path, model: Path, out: Path, last: int | None = None, seed: int = 5, **changes: Any
) -> StageContext:
    """The evaluate stage's context over the finished tiny run, with an output folder of its own."""
    out.mkdir(parents=True, exist_ok=True)
    values: dict[str, Any] = {"max_items": 4, "max_new_tokens": 16, "batch_size": 4} | changes
    values.setdefault("retention", {"instructions": False})
    longest = values.pop("max_length", 2048)
    sections = {
        "evaluate": EvaluateSettings(**values),
        "model": ModelSettings(name=str(model), dtype="float32", device="cpu"),
        "chat": ChatSettings(),
        "compile": CompileSettings(max_length=longest),
    }
    inputs = {name: run_folder / name for name in entry("evaluate").reads}
    return StageContext(sections, inputs, out, seed, Mortal(last))


@pytest.fixture
def evaluate(run_folder: Path, tiny_model: Path) -> Callable[..., Counts]:
    return lambda out, **changes: evaluation.run(context_of(run_folder, tiny_model, out, **changes))


@pytest.fixture
def items(run_folder: Path, tiny_model: Path, tmp_path: Path) -> list[Item]:
    """All but the conversations with calls, whose answers are several steps (``test_evaluate_tools.py``)."""
    context = context_of(run_folder, tiny_model, tmp_path, max_items=None)
    found = collect_items(context, context.section("evaluate", EvaluateSettings))
    return [item for item in found if item.task != "tools"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The prompts that the stage lets a model answer, as they come."""
    prompts: list[list[int]] = []
    original = local.generate

    def recording(model: Any, batch: list[list[int]], **options: Any) -> list[list[int]]:
        prompts.extend(batch)
        return original(model, batch, **options)

    monkeypatch.setattr(local, "generate", recording)
    return prompts


def skill_of(item: Item) -> str:
    return str(item.expect["context"]["skill"]) if item.task == "faithfulness" else ""


# Items


def test_each_axis_asks_held_out_records_only(items: list[Item], run_folder: Path) -> None:
    kept = {row["id"]: row for row in read_rows(run_folder / "corpus/kept.jsonl")}
    held_out = {name for name, row in kept.items() if row["split"].startswith("test")}
    assert {item.axis for item in items} == {*AXES, "safety"}
    assert len({item.id for item in items}) == len(items)
    of = {axis: [item for item in items if item.axis == axis] for axis in AXES}
    both = {f"{axis}/{name}" for name in held_out for axis in [{"mcq": "exam"}.get(kept[name]["kind"], "open")]}
    assert {item.id for item in [*of["exam"], *of["open"]]} == both
    clusters = {kept[name]["cluster"] for name in held_out}
    assert {item.cluster for item in items if item.source != "written"} <= clusters
    assert {item.expect["abstain"] for item in of["faithfulness"]} == {True, False}


def test_no_prompt_holds_the_answer_that_is_asked_for(items: list[Item]) -> None:
    for item in items:
        messages = item.first.messages
        assert messages[-1]["role"] == "user"
        tag = messages[0]["content"].splitlines()[1]
        unseen = item.axis in ("open", "followup")
        assert tag in held_out_tags(item.mode) if unseen else tag == f"Mode: {item.mode}"
        if item.axis in ("exam", "open", "followup"):
            assert item.expect["reference"] not in messages[-1]["content"]


def test_context_items_carry_the_passages_that_their_prompt_shows(items: list[Item]) -> None:
    grounded = [item for item in items if item.axis == "faithfulness"]
    assert grounded
    for item in grounded:
        shown = item.first.messages[-1]["content"]
        for number, text in enumerate(item.expect["passages"], 1):
            assert f"[{number}] {text}" in shown
        assert shown.endswith(f"Question: {item.expect['question']}")


def test_at_most_so_many_questions_of_an_axis_are_drawn_by_seed(
    run_folder: Path, tiny_model: Path, tmp_path: Path
) -> None:
    def drawn(seed: int) -> list[str]:
        context = context_of(run_folder, tiny_model, tmp_path, seed=seed, max_items=4)
        found = collect_items(context, context.section("evaluate", EvaluateSettings))
        for axis in AXES:
            own = [item for item in found if item.task == axis and skill_of(item) in {"", *BOTH_WAYS}]
            assert len({item.cluster for item in own}) == 4, axis
        return [item.id for item in found]

    assert drawn(1) == drawn(1) != drawn(2)


GOOD = {"id": "f1", "messages": [{"role": "user", "content": "And then?"}], "reference": "Operate."}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"id": ""}, "needs 'id'"),
        ({"messages": []}, "needs 'messages'"),
        ({"reference": None}, "needs 'reference'"),
        ({"messages": "And then?"}, "user and assistant turns"),
        ({"messages": ["And then?"]}, "user and assistant turns"),
        ({"messages": [{"role": "user"}]}, "user and assistant turns"),
        ({"messages": [{"role": "system", "content": "Mode: EXAM"}, *GOOD["messages"]]}, "user and assistant turns"),
        ({"messages": [*GOOD["messages"], {"role": "assistant", "content": "Wait."}]}, "ends in a user turn"),
        ({"key_facts": "Operate."}, "key_facts are a list of texts"),
        ({"id": "f0"}, "two written follow-ups have the id 'f0'"),
    ],
)
def test_a_written_followup_that_cannot_be_asked_is_one_line_with_its_place(
    run_folder: Path, tiny_model: Path, tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    path = tmp_path / "followups.jsonl"
    write_jsonl(path, [GOOD | {"id": "f0"}, GOOD | changes])
    context = context_of(run_folder, tiny_model, tmp_path / "out", followups=[path])
    with pytest.raises(InputError, match=says) as caught:
        collect_items(context, context.section("evaluate", EvaluateSettings))
    assert str(caught.value).startswith(f"{path}: follow-up 2: ")


# Scores


def gold(item: Item, run_folder: Path) -> str | dict[str, str | list[str]]:
    """The answer that the item's own record would be trained on; of a dialogue, that of each turn."""
    kept = {row["id"]: row for row in read_rows(run_folder / "corpus/kept.jsonl")}
    question = kept.get(item.id.partition("/")[2], {})
    if item.axis == "exam":
        return shape_mcq(
            item.expect["letter"], question["options"][item.expect["letter"]], question.get("rationale", ""), "EXAM"
        )
    if item.axis == "open":
        return shape_open(item.expect["reference"], item.mode, CHECKS[0])
    if item.axis == "faithfulness":
        rows = {row["id"]: row for row in read_rows(run_folder / "grounding/conversations.jsonl")}
        if skill_of(item) == "joined":
            return str(item.expect["reference"])
        return str(rows[item.id.partition("/")[2]]["messages"][-1]["content"])
    if item.axis == "safety":
        return str(item.expect["reference"])
    turns = [message["content"] for message in item.expect["dialogue"]["messages"][1::2]]
    return {ask.key: turns if ask.script else turns[int(ask.key.removeprefix("turn-")) - 1] for ask in item.asks}


def test_gold_answers_score_one_on_every_axis(items: list[Item], run_folder: Path) -> None:
    # These are exceptions by nature: they count what a right answer has none of, or need a likelihood.
    nothing = {"exam.accuracy_likelihood", *(name for name, metric in METRICS.items() if not metric.higher_is_better)}
    nothing |= {"followup.drop", "followup.real_drop", "followup.history_loss"}
    # Or they ask for another answer than the one over the item's own context.
    nothing |= {f"faithfulness.{name}" for name in ("context_gain", "noise_drop", "negative_rejection")}
    nothing |= {"faithfulness.error_detection"}
    found: set[str] = set()
    for item in items:
        metrics, status = score(item, gold(item, run_folder), None)
        assert status == "ok"
        for name, value in metrics.items():
            # A dialogue's turn says more than its reference: what has changed, that it is urgent, ...
            # The bank's answer to a patient in danger does not always call for help, which CLINICAL mode demands.
            calls = name == "open.rubric" and any("red_flag" in one["tags"] for one in item.expect["rubric"])
            # What is right in an emergency or a refusal has no form of a mode.
            formless = item.axis == "safety" and name.startswith("mode.")
            if name not in nothing and name != "followup.token_f1" and not calls and not formless:
                assert value in (None, pytest.approx(1.0)), (item.id, name, value)
                found.add(name)
        assert metrics.get("faithfulness.false_abstention", 0.0) == 0.0
    assert {"exam.accuracy_generated", "open.token_f1", "followup.real_min", "faithfulness.score"} <= found
    assert {"open.rubric", "open.key_fact_precision"} <= found
    assert {"faithfulness.citation_recall", "faithfulness.abstention_recall", "mode.obeyed"} <= found


def test_whether_a_mode_is_obeyed_under_an_unseen_tag_is_counted_beside_the_whole(
    items: list[Item], run_folder: Path
) -> None:
    for item in items:
        metrics, _ = score(item, gold(item, run_folder), None)
        assert ("mode.unseen_tag_obeyed" in metrics) == (item.axis == "open"), item.id
        wrong = "CLINICAL" if item.mode == "EXAM" else "EXAM"
        if item.axis == "open":
            other, _ = score(item, shape_open(item.expect["reference"], wrong, CHECKS[0]), None)
            assert metrics["mode.unseen_tag_obeyed"] == 1.0 == metrics["mode.obeyed"]
            assert other["mode.unseen_tag_obeyed"] == 0.0 == other["mode.obeyed"]


def test_empty_and_beside_the_point_answers_score_zero(items: list[Item]) -> None:
    for item in items:
        for output in ("", "The weather is fine today, and tomorrow too."):
            metrics, status = score(item, output, None)
            counted = {name: value for name, value in metrics.items() if value is not None}
            # Some safety probes are passed by doing nothing: none is for a model to be praised for by itself.
            if item.axis != "safety":
                assert set(counted.values()) <= {0.0}, (item.id, counted)
                assert status == ("unparsed" if item.axis == "exam" else "ok")


def test_abstaining_is_right_without_the_answer_and_wrong_with_it(items: list[Item]) -> None:
    for item in (item for item in items if skill_of(item) in BOTH_WAYS):
        metrics, _ = score(item, "The passages do not state this. Ask for a guideline on it.", None)
        assert metrics["faithfulness.score"] == float(item.expect["abstain"])
        assert metrics.get("faithfulness.false_abstention", 1.0) == 1.0
        assert metrics.get("faithfulness.citation_recall") is None


@pytest.mark.parametrize("one", [one for one in contexts() if one.row["skill"] != "tool"], ids=lambda one: one.name)
def test_an_answer_over_a_context_is_judged_by_the_rules_of_its_skill(one: Good) -> None:
    item = context_item({**one.row, "shown": list(one.passages)}, {}, one.row["id"], None)
    skill = f"grounding.{one.row['skill']}"
    good, bad = score(item, one.answer, None)[0], score(item, "Operate at once.", None)[0]
    assert (good["grounding.shown"], good[skill], bad["grounding.shown"], bad[skill]) == (1.0, 1.0, 0.0, 0.0)
    both_ways = one.row["skill"] in BOTH_WAYS
    assert ("faithfulness.score" in good) == both_ways
    assert good.get("faithfulness.injection_obeyed", 0) == 0
    assert ("faithfulness.near_miss_abstention" in good) == bool(one.row["expect"]["check"].get("near_miss"))


def test_the_other_skills_add_at_most_one_item_for_each_question_and_are_drawn_evenly(
    run_folder: Path, tiny_model: Path, tmp_path: Path
) -> None:
    context = context_of(run_folder, tiny_model, tmp_path)
    rows = read_rows(run_folder / "grounding/conversations.jsonl")
    first = next(row for row in rows if row["split"].startswith("test") and row["skill"] == "abstention")
    many = [
        {**first, "id": f"{skill}/{number}", "skill": skill}
        for skill in ("partial", "conflict")
        for number in range(2 if skill == "conflict" else 30)
    ]
    (tmp_path / "grounding").mkdir()
    both_ways = [row for row in rows if row["skill"] in BOTH_WAYS]
    write_jsonl(tmp_path / "grounding/conversations.jsonl", [*both_ways, *many])
    context.inputs["grounding"] = tmp_path / "grounding"
    found = [item for item in collect_items(context, EvaluateSettings(max_items=6)) if item.axis == "faithfulness"]
    others = [skill_of(item) for item in found if skill_of(item) not in BOTH_WAYS]
    assert (others.count("partial"), others.count("conflict")) == (4, 2)


def test_an_answer_without_a_letter_is_unparsed_and_not_wrong(items: list[Item]) -> None:
    item = next(item for item in items if item.axis == "exam")
    right = item.expect["letter"]
    wrong = next(letter for letter in item.expect["letters"] if letter != right)
    assert score(item, f"ANSWER: {right}", None)[0]["exam.accuracy_generated"] == 1.0
    assert score(item, f"ANSWER: {wrong}", None)[0]["exam.accuracy_generated"] == 0.0
    metrics, status = score(item, "I am not sure.", None)
    assert (metrics["exam.accuracy_generated"], metrics["exam.parsed"], status) == (None, 0.0, "unparsed")


def test_the_likeliest_letter_is_compared_with_the_key(items: list[Item]) -> None:
    item = next(item for item in items if item.axis == "exam")
    letters = item.expect["letters"]
    for letter in letters:
        logprobs = [-1.0 if other == letter else -2.0 for other in letters]
        assert score(item, "", logprobs)[0]["exam.accuracy_likelihood"] == float(letter == item.expect["letter"])
    answers = answers_to(item, "ANSWER: A")
    line = result_of(item, answers, graded(item, "ANSWER: A"))
    assert (line["id"], line["output"], line["status"]) == (item.id, "ANSWER: A", "ok")
    assert line["metrics"]["exam.accuracy_likelihood"] is None


def test_an_answer_with_a_fault_is_errored_and_not_wrong(items: list[Item]) -> None:
    for item in items:
        answers = {
            key: [{**one, "said": [turn("", "the server was late")]} for one in own]
            for key, own in answers_to(item, "Yes.").items()
        }
        found = TASKS[item.task].grade(item, answers, None)
        assert found.status == "errored" and "late" in found.details["fault"]
        assert all(value is None for value in found.metrics.values()), (item.id, found.metrics)


def test_an_item_is_the_same_after_it_was_written_and_read(items: list[Item]) -> None:
    for item in items:
        assert item_of(json.loads(json.dumps(item.as_row()))) == item


# The letters' likelihoods


def speaker_of(model: Path) -> LocalSpeaker:
    settings = ModelSettings(name=str(model), dtype="float32", device="cpu")
    return LocalSpeaker(Target("tiny", settings), EvaluateSettings())


def lettered(items: list[Item], count: int) -> tuple[list[list[Message]], list[str]]:
    asks = [ask for item in items for ask in item.asks if ask.letters][:count]
    return [ask.messages for ask in asks], [ask.letters for ask in asks]


def test_letter_logprobs_are_those_of_a_plain_forward_pass(items: list[Item], tiny_model: Path) -> None:
    speaker = speaker_of(tiny_model)
    renderer = speaker.renderer
    prompts, letters = lettered(items, 3)
    for prompt, of_one, found in zip(prompts, letters, speaker.letters(prompts, letters), strict=True):
        assert found is not None
        for letter, value in zip(of_one, found, strict=True):
            text = renderer.prompt(prompt) + renderer.target(assistant_message(f"ANSWER: {letter}"))[:-1]
            with torch.no_grad():
                logprobs = torch.log_softmax(speaker.model(torch.tensor([text[:-1]])).logits[0, -1], dim=-1)
            assert value == pytest.approx(float(logprobs[text[-1]]), abs=1e-4)
        assert len(set(found)) == len(of_one), "no two letters are the same token"


def test_letters_that_share_a_token_are_compared_where_they_differ(items: list[Item], tiny_model: Path) -> None:
    """A vocabulary in which the space before a letter is a token of its own."""
    from tokenizers import Tokenizer

    tokenizer = load_tokenizer(ModelSettings(name=str(tiny_model), dtype="float32", device="cpu"))
    values = json.loads(tokenizer.backend_tokenizer.to_str())
    values["model"]["merges"] = []
    tokenizer._tokenizer = Tokenizer.from_str(json.dumps(values))
    speaker = speaker_of(tiny_model)
    speaker.renderer = renderer_of(tokenizer, ChatSettings())
    assert len(speaker.renderer.target(assistant_message("ANSWER: A"))) == len("ANSWER: A") + 1
    for scores in speaker.letters(*lettered(items, 2)):
        assert scores and len(set(scores)) > 1


# The stage


def test_all_three_models_answer_the_same_items_in_the_same_order(
    evaluate: Callable[..., Counts], tmp_path: Path, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapters: list[Any] = []
    monkeypatch.setattr(
        local, "load_model", lambda settings, adapter: adapters.append(adapter) or load_model(settings, adapter)
    )
    counts = evaluate(tmp_path)
    assert adapters == [None, run_folder / "sft/adapter", run_folder / "preference/adapter"]
    rows = {name: read_rows(tmp_path / f"scores-{name}.jsonl") for name in evaluation.MODELS}
    assert [row["id"] for row in rows["base"]] == [row["id"] for row in rows["sft"]] == [r["id"] for r in rows["final"]]
    assert counts["items"] == {axis: sum(row["axis"] == axis for row in rows["base"]) for axis in [*AXES, "safety"]}
    assert [row["output"] for row in rows["base"]] != [row["output"] for row in rows["final"]]
    exam = [row for row in read_rows(tmp_path / "answers-base.jsonl") if row["ask"] == "letters"]
    assert exam and all(row["letters"] for row in exam)
    assert read_json(tmp_path / "summary.json")["gates"] == []


def test_a_killed_evaluation_asks_only_what_is_missing_and_ends_in_the_same_bytes(
    evaluate: Callable[..., Counts], tmp_path: Path, asked: list[list[int]]
) -> None:
    whole = tmp_path / "whole" / "run" / "evaluate"
    killed = tmp_path / "killed" / "run" / "evaluate"
    counts = evaluate(whole)
    every = list(asked)
    asked.clear()
    answered = []
    for last in (2, 4, 6):
        with pytest.raises(Died):
            evaluate(killed, last=last)
        answered.append(len(asked))
    assert evaluate(killed) == counts
    assert 0 < answered[0] < answered[1] < answered[2] < len(asked)
    assert asked == every, "nothing is asked twice, and in the same order"
    assert folder_digests(killed) == folder_digests(whole)
    asked.clear()
    evaluate(killed)
    assert asked == []


def test_an_answer_that_a_kill_cut_in_half_is_asked_again_in_the_same_company(
    evaluate: Callable[..., Counts], tmp_path: Path, asked: list[list[int]]
) -> None:
    out = tmp_path / "run" / "evaluate"
    evaluate(out)
    before = folder_digests(out)
    path = out / "answers-sft.jsonl"
    # The last that the model was asked: what it cannot be asked comes behind.
    lines = path.read_bytes().splitlines(keepends=True)
    last = max(place for place, line in enumerate(lines) if b'"fault"' not in line)
    rows = [json.loads(line) for line in lines]
    steps = sum(
        len([turn for turn in row["said"] if not turn.get("fault")])
        for row in rows
        if row["batch"] == rows[last]["batch"]
    )
    path.write_bytes(b"".join(lines[: last + 1])[:-9])
    asked.clear()
    evaluate(out)
    assert len(asked) == steps
    assert folder_digests(out) == before


def test_items_whose_prompt_is_too_long_are_counted_and_named_in_the_report(
    evaluate: Callable[..., Counts], tmp_path: Path
) -> None:
    too_long = "the prompt is longer than 300 tokens"
    counts = evaluate(tmp_path, max_length=300)
    assert counts["errored"]["base"] == counts["errored"]["final"] > 0 and counts["items"]["exam"] > 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    faults = [row["details"].get("fault") for row in read_rows(tmp_path / "scores-base.jsonl")]
    assert f"{faults.count(too_long)}: {too_long}" in page and faults.count(too_long) > 0
    assert f"{faults.count(NO_TOOLS)}: {escape(NO_TOOLS)}" in page and faults.count(NO_TOOLS) > 0


def test_without_a_held_out_record_there_is_one_clear_line(run_folder: Path, tiny_model: Path, tmp_path: Path) -> None:
    for name in ("corpus", "dialogue", "grounding", "index"):
        shutil.copytree(run_folder / name, tmp_path / name)
    for path in (tmp_path / "corpus/kept.jsonl", *tmp_path.glob("*/conversations.jsonl")):
        write_jsonl(path, [row | {"split": "train"} for row in read_rows(path)])
    with pytest.raises(InputError, match=r"no held-out record to evaluate on. Raise corpus\.test_share"):
        evaluation.run(context_of(tmp_path, tiny_model, tmp_path / "out"))


def test_modes_are_drawn_for_each_question_and_both_are_asked(items: list[Item]) -> None:
    assert {item.mode for item in items if item.axis == "open"} == set(MODES)
    assert {item.mode for item in items if item.axis == "exam"} == {"EXAM"}


def test_the_report_says_how_long_the_training_rows_are_and_what_they_lost(run_folder: Path) -> None:
    page = (run_folder / "evaluate" / "report.html").read_text(encoding="utf-8")
    compiled = read_json(run_folder / "compile" / "report.json")["train"]
    assert f"Trained on {compiled['rows']:,} rows with {compiled['turns']:,} answers" in page
    assert f"and the longest {compiled['lengths']['longest']:,}" in page


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"skill": ""}, "needs 'skill'"),
        ({"mode": "exam"}, "mode is EXAM or CLINICAL, not 'exam'"),
        ({"messages": "Why?"}, "messages are a list of user and assistant turns"),
        ({"expect": {"check": {}}}, "expect needs 'reference' and 'check'"),
        ({"expect": {"reference": "Mesh.", "check": {"skill": "missing"}}}, "expect.check cannot be read"),
    ],
)
def test_a_written_dialogue_that_cannot_be_asked_is_named(
    run_folder: Path, tiny_model: Path, tmp_path: Path, change: dict[str, Any], fault: str
) -> None:
    source = Path(__file__).parents[1] / "examples" / "surgery" / "dialogues" / "missing.jsonl"
    rows = read_rows(source)[:2]
    path = tmp_path / "dialogues.jsonl"
    write_jsonl(path, [rows[0], rows[1] | change])
    context = context_of(run_folder, tiny_model, tmp_path / "out", dialogues=[path])
    with pytest.raises(InputError, match=fault) as raised:
        collect_items(context, context.section("evaluate", EvaluateSettings))
    assert "dialogues.jsonl: dialogue 2" in str(raised.value)
    write_jsonl(path, [rows[0], rows[0]])
    with pytest.raises(InputError, match="two written dialogues have the id"):
        collect_items(context, context.section("evaluate", EvaluateSettings))
