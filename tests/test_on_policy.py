"""On-policy pairs: a model's own samples against each other, alike in length, with all that a reader must know."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.files import write_json, write_jsonl
from residency.core.prompt import assistant_message, conversation, passage_text, user_message
from residency.core.records import Conversation, Message, Question
from residency.core.stage import StageContext
from residency.judging.item import Item
from residency.judging.labels import Winner
from residency.judging.rubric import KEYS, Scores
from residency.judging.rules import Rules
from residency.judging.scorers import Compared, Scored
from residency.preference.choosing import (
    CLOSE,
    FEW,
    POOR,
    SAME,
    SPOILED,
    THOUGHTS,
    Candidate,
    best_and_worst,
)
from residency.preference.on_policy import CUT, UNCONFIRMED, lengths, on_policy_pairs
from residency.preference.sampling import Sample, Sampler, Task, model_sampler, sampled, tasks
from residency.preference.settings import PairsSettings

GOLD = "It drains into the left renal vein at a right angle."
Answers = Callable[[str, float, int], str | None]
"""From the last user's message, the temperature and the number of the prompt to an answer."""


def question(number: int, kind: str = "mcq") -> Question:
    row: dict[str, Any] = {
        "id": f"q{number}",
        "kind": kind,
        "question": f"Which vein drains the left testis, case {number}?",
        "split": "train",
        "cluster": f"q{number}",
        "source": "human",
        "topic": "urology",
        "licence": "CC0",
        "parents": [],
        "origin": f"a.jsonl:{number}",
        "passages": [],
        "answer": GOLD,
    }
    if kind == "mcq":
        row |= {"answer": "A", "options": {"A": "Left renal vein", "B": "Vena cava"}, "rationale": GOLD}
    return cast(Question, row)


def context(folder: Path, seed: int = 3) -> StageContext:
    return StageContext({}, {}, folder, seed)


def saying(answers: Answers) -> Callable[[], Sampler]:
    def sampler(prompts: Sequence[Sequence[Message]], temperature: float, seed: int) -> list[Message | None]:
        said = [answers(prompt[-1]["content"], temperature, number) for number, prompt in enumerate(prompts)]
        return [None if text is None else {"role": "assistant", "content": text} for text in said]

    return lambda: sampler


def option(letter: str, more: str = "") -> str:
    return f"Key point: {GOLD}{more}\nANSWER: {letter}"


def two_ways(told: str, temperature: float, number: int) -> str:
    return option("A" if temperature < 0.8 else "B")


def settings(**changes: Any) -> PairsSettings:
    return PairsSettings(on_policy=8, **{"samples": 2, "least": 0.0} | changes)


def mcqs(folder: Path, count: int = 4) -> list[Task]:
    return tasks([question(number) for number in range(count)], [], {}, count, context(folder))


# Pairs


def test_the_right_option_is_chosen_over_the_wrong_one_and_the_edit_tells_everything(tmp_path: Path) -> None:
    asked = mcqs(tmp_path)
    pairs, refused = on_policy_pairs(asked, {"sft": saying(two_ways)}, Rules(), settings(), context(tmp_path))
    assert len(pairs) == 4 and not refused
    for pair, task in zip(pairs, asked, strict=True):
        edit = pair["edit"]
        assert (pair["chosen"], pair["rejected"]) == (option("A"), option("B"))
        assert pair["id"] == f"{task.row['id']}/on_policy" and pair["parents"] == [task.row["id"]]
        assert pair["kind"] == edit["type"] == "on_policy" and edit["direction"] == "mcq"
        assert edit["scores"][0] - edit["scores"][1] >= 0.2 and edit["rubric"]["option"] == [1.0, 0.0]
        assert (edit["temperatures"], edit["models"], edit["scorer"]) == ([0.7, 1.0], ["sft", "sft"], "rules")
        assert edit["lengths"] == [len(option("A"))] * 2 and "option" in edit["why"]
    assert lengths(pairs) == {"pairs": 4, "chosen_longer": 0, "chosen": len(option("A")), "rejected": len(option("B"))}


def test_the_gold_answer_is_never_a_side(tmp_path: Path) -> None:
    """Where no sample is right there is no pair, though the gold answer would be right."""
    asked = mcqs(tmp_path)
    wrong = saying(lambda told, temperature, number: option("B", f" At {temperature}." * 3))
    pairs, refused = on_policy_pairs(asked, {"sft": wrong}, Rules(), settings(margin=0.0), context(tmp_path))
    assert not pairs and sum(refused.values()) == 4
    assert set(refused) <= {f"on_policy: {SPOILED}", f"on_policy: {SAME}"}


def test_the_base_models_samples_stand_beside_the_sft_models(tmp_path: Path) -> None:
    one, other = (saying(lambda told, t, number, letter=letter: option(letter, f" {t}.")) for letter in "AB")
    pairs, _ = on_policy_pairs(mcqs(tmp_path), {"sft": one, "base": other}, Rules(), settings(), context(tmp_path))
    assert [pair["edit"]["models"] for pair in pairs] == [["sft", "base"]] * 4


def test_each_model_is_loaded_when_its_turn_comes_and_the_one_before_is_let_go(tmp_path: Path) -> None:
    alive: list[str] = []

    class Held:
        def __init__(self, name: str) -> None:
            assert not alive
            alive.append(name)

        def __del__(self) -> None:
            alive.clear()

        def __call__(self, prompts: Any, temperature: float, seed: int) -> list[Message | None]:
            return [{"role": "assistant", "content": option("A")} for _ in prompts]

    samplers: dict[str, Callable[[], Sampler]] = {name: (lambda name=name: Held(name)) for name in ("sft", "base")}  # type: ignore[misc]
    on_policy_pairs(mcqs(tmp_path), samplers, Rules(), settings(), context(tmp_path))


def test_samples_that_were_cut_that_are_alike_or_cannot_be_read_are_counted(tmp_path: Path) -> None:
    def mixed(told: str, temperature: float, number: int) -> str | None:
        return [None, option("A"), "It drains upwards.", two_ways(told, temperature, number)][
            int(told.split("case ")[1][0])
        ]

    found = on_policy_pairs(mcqs(tmp_path), {"sft": saying(mixed)}, Rules(), settings(), context(tmp_path))
    assert [pair["id"] for pair in found[0]] == ["q3/on_policy"]
    assert found[1] == {
        f"on_policy: {CUT}": 2,
        f"on_policy: {FEW}": 3,
        "on_policy: the choice of an option could not be read": 2,
    }


# Which two of the samples


def candidate(value: float, text: str, thought: str = "", **rubric: float) -> Candidate:
    scores: Scores = dict.fromkeys(KEYS) | {"correctness": value} | rubric
    return Candidate(Sample(text, thought, "sft", 0.7), Scored(scores, value))


def test_of_the_near_best_and_the_near_worst_those_closest_in_length_are_taken() -> None:
    good = [candidate(0.9, "g" * 300), candidate(0.88, "g" * 110)]
    bad = [candidate(0.1, "b" * 20), candidate(0.13, "b" * 100)]
    middle = candidate(0.5, "m" * 110)
    found = best_and_worst([*bad, middle, *good], settings())
    assert found == (good[1], bad[1])


@pytest.mark.parametrize(
    ("scored", "reason"),
    [
        ([], FEW),
        ([candidate(0.9, "a")], FEW),
        ([candidate(0.9, "a"), candidate(0.1, "a")], FEW),
        ([candidate(0.9, "a"), candidate(0.1, "")], FEW),
        ([candidate(0.5, "a"), candidate(0.5, "b")], SAME),
        ([candidate(0.5, "a"), candidate(0.4, "b")], CLOSE),
        ([candidate(0.28, "a"), candidate(0.0, "b")], POOR),
        ([candidate(0.9, "a", abstention=0.0), candidate(0.1, "b")], SPOILED),
        ([candidate(0.9, "a", "thinks"), candidate(0.1, "b")], THOUGHTS),
    ],
)
def test_where_there_is_no_pair_the_reason_is_told(scored: list[Candidate], reason: str) -> None:
    assert best_and_worst(scored, settings(least=0.3)) == reason


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 400)), max_size=8), st.floats(0, 1), st.floats(0, 0.3))
def test_a_pair_keeps_its_margin_and_stays_near_the_best_and_the_worst(
    drawn: list[tuple[float, int]], margin: float, near: float
) -> None:
    scored = [candidate(value, f"{place} " + "x" * size) for place, (value, size) in enumerate(drawn)]
    found = best_and_worst(scored, settings(margin=margin, near=near))
    if not isinstance(found, str):
        best, worst = found
        assert best.value - worst.value >= margin and best.value > worst.value
        assert best.value >= max(one.value for one in scored) - near
        assert worst.value <= min(one.value for one in scored) + near


def test_lengths_do_not_tell_the_better_side() -> None:
    """Good samples are long by chance as often as short; a rule that took the extremes would show them."""
    rng, longer, pairs = random.Random(4), 0, 300
    for number in range(pairs):
        scored = [
            candidate(rng.choice([0.1, 0.9]) + rng.random() * 0.02, f"{number} " + "x" * rng.randrange(50, 400))
            for _ in range(8)
        ]
        found = best_and_worst(scored, settings())
        if not isinstance(found, str):
            sizes = [len(one.sample.text) for one in found]
            longer += sizes[0] > sizes[1]
            assert max(sizes) / min(sizes) < 2.5
    assert 0.4 < longer / pairs < 0.6


# A judge


class Prefers:
    """A scorer that knows the right option, and when it sees both sides says ``winner``."""

    name = "judge:planted"

    def __init__(self, winner: Winner | None, reason: str = "") -> None:
        self.winner, self.reason = winner, reason

    def score(self, item: Item, answer: str) -> Scores:
        return dict.fromkeys(KEYS) | {"correctness": float(answer.endswith("A"))}

    def score_many(self, cases: Sequence[tuple[Item, str]]) -> list[Scored]:
        return [Scored(self.score(*case), self.score(*case)["correctness"]) for case in cases]

    def compare_many(self, cases: Sequence[tuple[Item, str, str]]) -> list[Compared]:
        return [Compared(self.winner, dict.fromkeys(KEYS), self.reason) for _ in cases]


@pytest.mark.parametrize(
    ("winner", "reason", "count", "told"),
    [
        ("first", "", 4, ""),
        ("second", "", 0, UNCONFIRMED),
        ("tie", "", 0, UNCONFIRMED),
        (None, "it contradicts itself", 0, "it contradicts itself"),
    ],
)
def test_a_judge_must_confirm_each_pair_when_it_sees_both(
    tmp_path: Path, winner: Winner | None, reason: str, count: int, told: str
) -> None:
    judged = settings(scorer="judge", judge={"server": "http://localhost:1/v1", "server_model": "m"})
    scorer = Prefers(winner, reason)
    pairs, refused = on_policy_pairs(mcqs(tmp_path), {"sft": saying(two_ways)}, scorer, judged, context(tmp_path))
    assert len(pairs) == count and refused == ({f"on_policy: {told}": 4} if told else {})
    assert {pair["edit"]["scorer"] for pair in pairs} <= {"judge:planted"}


# Prompts and samples


PASSAGES = [
    {"id": f"p{number}", "title": "Mesh", "date": "2024", "section": "", "text": f"The mesh overlaps by {number} cm."}
    for number in range(3)
]


def over_passages(number: int, abstain: bool) -> Conversation:
    shown = PASSAGES[:2]
    turns = [user_message(f"How far does mesh {number} overlap?", cast(Any, shown)), assistant_message("By 1 cm [2].")]
    row: dict[str, Any] = {
        **question(number),
        "id": f"{'insufficient' if abstain else 'context'}{number}",
        "kind": "context",
        "mode": "CLINICAL",
        "messages": conversation("CLINICAL", turns),
        "passages": [passage["id"] for passage in shown],
        "expect": {"question": "How far?", "abstain": abstain, "reference": "By 1 cm."},
    }
    return cast(Conversation, row)


def test_every_sort_of_prompt_has_its_share_and_is_held_against_what_it_shows(tmp_path: Path) -> None:
    questions = [question(number, "open" if number % 2 else "mcq") for number in range(20)]
    rows = [over_passages(number, number % 3 == 0) for number in range(30)]
    texts = {passage["id"]: passage_text(cast(Any, passage)) for passage in PASSAGES}
    asked = tasks(questions, rows, texts, 20, context(tmp_path))
    sorts = [task.sort for task in asked]
    assert {sort: sorts.count(sort) for sort in sorts} == dict.fromkeys(("mcq", "open", "context", "insufficient"), 5)
    for task in asked:
        assert task.prompt[0]["role"] == "system" and task.prompt[-1]["role"] == "user"
        assert task.item.abstain == (task.sort == "insufficient") and bool(task.item.letter) == (task.sort == "mcq")
        assert all(text in task.prompt[-1]["content"] for text in task.item.passages)
        assert bool(task.item.passages) == (task.sort in ("context", "insufficient"))
    assert asked == tasks(questions, rows, texts, 20, context(tmp_path))
    assert asked != tasks(questions, rows, texts, 20, context(tmp_path, seed=4))


def test_a_passage_that_is_shown_otherwise_than_it_stands_in_the_index_is_held_against_as_shown(tmp_path: Path) -> None:
    changed = [PASSAGES[0] | {"text": "The mesh overlaps by 9 cm."}, PASSAGES[1]]
    row = cast(Conversation, {**over_passages(1, False), "shown": changed})
    texts = {passage["id"]: passage_text(cast(Any, passage)) for passage in PASSAGES}
    (task,) = tasks([], [row], texts, 1, context(tmp_path))
    assert task.item.passages[0] == "Mesh (2024). The mesh overlaps by 9 cm."


def test_temperatures_take_turns(tmp_path: Path) -> None:
    own = settings(samples=3, temperatures=[0.5, 1.1])
    found, cut = sampled(mcqs(tmp_path, 2), "sft", saying(lambda told, t, number: f"{told} {t} {number}")(), own, 0)
    assert [[one.temperature for one in samples] for samples in found] == [[0.5, 0.5, 1.1]] * 2 and cut == 0
    assert len({one.text for samples in found for one in samples}) == 6


def test_a_small_random_model_is_sampled_by_the_same_seed_alike(tmp_path: Path, tiny_model: Path) -> None:
    from residency.chat.load import renderer_of
    from residency.chat.settings import ChatSettings
    from residency.generation.models import load_model, load_tokenizer
    from residency.generation.settings import ModelSettings

    named = ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")
    model, renderer = load_model(named), renderer_of(load_tokenizer(named), ChatSettings())
    asked, own = mcqs(tmp_path, 2), settings(sample_tokens=12, sample_batch=3)
    steps: list[int] = []
    found = [sampled(asked, "sft", model_sampler(model, renderer, own, steps.append), own, 5) for _ in range(2)]
    assert found[0] == found[1] and sum(steps) == 8
    samples, cut = found[0]
    assert cut + sum(map(len, samples)) == 4


def test_the_stage_samples_both_models_and_counts_every_sample(tmp_path: Path, tiny_model: Path, adapter: Path) -> None:
    from residency.chat.settings import ChatSettings
    from residency.generation.settings import ModelSettings
    from residency.preference.stage import run
    from residency.retrieval.index import build_index
    from residency.retrieval.settings import IndexSettings

    folders = {name: tmp_path / name for name in ("corpus", "grounding", "dialogue", "thoughts", "sft", "index")}
    write_jsonl(folders["corpus"] / "kept.jsonl", [question(number) for number in range(6)])
    for stage in ("grounding", "dialogue"):
        write_jsonl(folders[stage] / "conversations.jsonl", [])
    write_json(folders["thoughts"] / "report.json", {"thinks": False})
    (folders["sft"]).mkdir()
    (folders["sft"] / "adapter").symlink_to(adapter)
    passages = [cast(Any, {**question(9), **PASSAGES[0]})]
    build_index(folders["index"], passages, IndexSettings(files=[tmp_path], embeddings="none"))
    own = PairsSettings(
        max_pairs=4, types=["option"], on_policy=3, samples=2, sample_tokens=8, from_base=True, margin=0, least=0
    )
    model = ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")
    counts = run(StageContext({"pairs": own, "model": model, "chat": ChatSettings()}, folders, tmp_path / "out", 3))
    assert counts["types"].get("on_policy", 0) == counts["on_policy"]["pairs"] and "judge" not in counts
    assert counts["pairs"] == sum(counts["types"].values())
    refused = counts["refused"]
    assert refused.get(f"on_policy: {CUT}", 0) + 2 * counts["on_policy"]["pairs"] <= 12
    reasons = sum(
        count for name, count in refused.items() if name in {f"on_policy: {why}" for why in (FEW, SAME, SPOILED)}
    )
    assert reasons + counts["on_policy"]["pairs"] == 3
    sections = {"pairs": own.model_copy(update={"corruption": False}), "model": model, "chat": ChatSettings()}
    alone = run(StageContext(sections, folders, tmp_path / "alone", 3))
    assert "option" in counts["types"] and set(alone["types"]) <= {"on_policy"}
    assert alone["on_policy"] == counts["on_policy"]  # the samples are those that were drawn beside mistakes


# Settings


def test_settings_that_do_not_fit_are_named_and_prices_cost_no_new_run() -> None:
    assert "pairs.judge.server" in PairsSettings(scorer="judge").problems()[0]
    assert "pairs.on_policy" in PairsSettings(corruption=False).problems()[0]
    assert not PairsSettings(corruption=False, on_policy=3).problems()
    assert "server_model" in PairsSettings(judge={"server": "http://x/v1"}).problems()[0]
    plain = {"server": "http://x/v1", "server_model": "m"}
    one, two = (PairsSettings(judge=plain | more) for more in ({}, {"price_in": 2.0, "server": "http://y/v1"}))
    assert one.fingerprint_values() == two.fingerprint_values()
