"""The mix: declared shares that add up, modes that are tagged as often as asked, nothing from a held-out split."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl
from residency.core.prompt import IDENTITY, MODES, system_message
from residency.core.records import Conversation, Question
from residency.core.stage import StageContext, seeded
from residency.judging.answers import obeys_mode, parse_letter
from residency.mix.modes import TAG_WORDINGS, choose_tag, single_turns
from residency.mix.settings import KINDS, MixSettings
from residency.mix.stage import allot, compose, run, with_system
from tests.banks import STRANGE, make_question, run_data_stages
from tests.conftest import read_rows

Row = dict[str, Any]
DEFAULT = MixSettings().shares
SHARES = {"mcq": 0.2, "open": 0.3, "dialogue": 0.1, "context": 0.25, "insufficient": 0.15}


@pytest.fixture(scope="module")
def train(example_run: Path) -> list[Row]:
    return read_rows(example_run / "mix" / "train.jsonl")


weights = st.lists(st.integers(0, 20), min_size=1, max_size=5).filter(any)
limits = st.lists(st.integers(0, 200), min_size=5, max_size=5)


def parts(numbers: list[int], most: list[int]) -> tuple[dict[str, float], dict[str, int]]:
    kinds = KINDS[: len(numbers)]
    return {k: n / sum(numbers) for k, n in zip(kinds, numbers, strict=True)}, dict(zip(kinds, most, strict=False))


@given(weights, limits, st.one_of(st.none(), st.integers(1, 400)))
def test_parts_add_up_to_what_is_possible_and_never_pass_a_limit(
    numbers: list[int], most: list[int], total: int | None
) -> None:
    shares, stock = parts(numbers, most)
    given_out = allot(shares, stock, total)
    possible = sum(stock[kind] for kind in shares if shares[kind] > 0)
    assert given_out.keys() == shares.keys()
    assert all(0 <= given_out[kind] <= stock[kind] for kind in shares)
    assert not any(given_out[kind] for kind in shares if shares[kind] == 0)
    if total is not None:
        assert sum(given_out.values()) == min(total, possible)
    else:
        assert bool(sum(given_out.values())) == bool(possible)


@given(weights, limits, st.one_of(st.none(), st.integers(1, 400)))
def test_where_no_kind_runs_short_every_share_is_met_within_one(
    numbers: list[int], most: list[int], total: int | None
) -> None:
    shares, stock = parts(numbers, most)
    given_out = allot(shares, stock, total)
    made = sum(given_out.values())
    open_weight = sum(shares[kind] for kind in shares if stock[kind])
    # Without a total, a kind that has nothing to give is left aside and the others keep their proportions.
    wanted = {kind: made * shares[kind] / (1 if total else open_weight or 1) for kind in shares if total or stock[kind]}
    if all(wanted[kind] <= stock[kind] - 1 for kind in wanted if shares[kind]) or (total is None and open_weight):
        for kind, number in wanted.items():
            assert abs(given_out[kind] - number) <= 1 + 1e-6


@given(weights, limits)
def test_without_a_total_the_mix_is_as_large_as_the_scarcest_kind_allows(numbers: list[int], most: list[int]) -> None:
    shares, stock = parts(numbers, most)
    given_out = allot(shares, stock, None)
    open_kinds = [kind for kind in shares if shares[kind] and stock[kind]]
    if open_kinds:
        # One example more of each kind's share, and some kind would run short.
        weight, larger = sum(shares[kind] for kind in open_kinds), sum(given_out.values()) + len(open_kinds)
        assert any(larger * shares[kind] / weight > stock[kind] for kind in open_kinds)


@pytest.mark.parametrize(
    ("stock", "total", "expected"),
    [
        ((100, 100, 100, 100, 100), 100, (20, 30, 10, 25, 15)),
        ((100, 100, 100, 100, 100), 10, (2, 3, 1, 3, 1)),  # 2.5 and 1.5: of two halves the earlier kind's goes up
        ((100, 100, 0, 100, 100), 90, (20, 30, 0, 25, 15)),
        ((5, 100, 100, 100, 100), 100, None),  # the others fill the place
        ((1, 1, 1, 1, 1), 100, (1, 1, 1, 1, 1)),
        ((0, 0, 0, 0, 0), 100, (0, 0, 0, 0, 0)),
        ((20, 300, 300, 300, 300), None, (20, 30, 10, 25, 15)),
        ((0, 30, 300, 300, 300), None, (0, 30, 10, 25, 15)),
    ],
)
def test_hand_computed_allotments(stock: tuple[int, ...], total: int | None, expected: tuple[int, ...] | None) -> None:
    numbers = allot(SHARES, dict(zip(SHARES, stock, strict=True)), total)
    if expected is None:
        assert numbers["mcq"] == 5 and sum(numbers.values()) == 100
    else:
        assert tuple(numbers.values()) == expected


def test_the_example_mix_meets_its_shares_and_says_so(example_run: Path, train: list[Row]) -> None:
    table = {row["kind"]: row for row in read_json(example_run / "mix" / "report.json")["shares"]}
    counted = Counter(row["kind"] for row in train)
    for kind, share in DEFAULT.items():
        assert table[kind]["asked"] == share and table[kind]["examples"] == counted[kind]
        assert abs(table[kind]["got"] - share) < 0.002
        assert table[kind]["available"] >= counted[kind]


def test_no_row_of_the_mix_comes_from_a_held_out_question_or_occurs_twice(example_run: Path, train: list[Row]) -> None:
    split = {row["id"]: row["split"] for row in read_rows(example_run / "corpus" / "kept.jsonl")}
    dev = read_rows(example_run / "mix" / "dev.jsonl")
    assert {split[name] for row in train for name in row["parents"]} == {"train"}
    assert {split[name] for row in dev for name in row["parents"]} == {"dev"}
    assert len({row["id"] for row in train}) == len(train)
    assert len(dev) == MixSettings().dev_examples


def test_every_row_begins_with_its_tag_and_ends_in_an_assistant_turn_in_its_mode(train: list[Row]) -> None:
    for row in train:
        roles = [turn["role"] for turn in row["messages"]]
        assert roles == ["system"] + ["user", "assistant"] * (len(roles) // 2)
        assert row["messages"][0] == system_message(row["mode"], row["tag"])
        assert obeys_mode(row["messages"][-1]["content"], row["mode"], mcq=row["kind"] == "mcq")
        assert row["tag"] is not None or row["mode"] == "CLINICAL"


def test_every_mcq_in_the_mix_is_answered_by_its_own_letter(train: list[Row]) -> None:
    rows = [row for row in train if row["kind"] == "mcq" and row["mode"] == "EXAM"]
    assert rows
    for row in rows:
        assert parse_letter(row["messages"][-1]["content"], "ABCDE") == row["expect"]["letter"]


def test_tags_are_worded_in_many_ways_half_of_them_as_they_are_served(train: list[Row]) -> None:
    tags = Counter(row["tag"] for row in train)
    assert 0.87 < 1 - tags[None] / len(train) < 0.93
    standard = sum(tags[f"Mode: {mode}"] for mode in MODES) / (len(train) - tags[None])
    assert 0.45 < standard < 0.55
    assert set(tags) == {wording.format(mode=mode) for wording in TAG_WORDINGS for mode in MODES} | {None}


@pytest.mark.parametrize("tagged", [0.0, 0.5, 0.9, 1.0])
def test_the_share_of_tagged_rows_is_the_one_asked_for_as_far_as_clinical_rows_go(
    tmp_path: Path, tagged: float
) -> None:
    rows = [
        cast(Conversation, row)
        for name in range(500)
        for row in single_turns(cast(Question, make_question(f"q{name}")), seeded(1, name))
    ]
    settings = MixSettings(tagged=tagged)
    done = with_system(rows, settings, StageContext({"mix": settings}, {}, tmp_path, 17))
    untagged = sum(row["tag"] is None for row in done) / len(done)  # type: ignore[typeddict-item]
    assert untagged == pytest.approx(min(1 - tagged, 0.5), abs=0.03)
    assert all(row["messages"][0]["content"] == IDENTITY for row in done if row["tag"] is None)  # type: ignore[typeddict-item]
    assert all(row["mode"] == "CLINICAL" for row in done if row["tag"] is None)  # type: ignore[typeddict-item]


def test_an_exam_row_always_carries_its_tag() -> None:
    assert all(choose_tag("EXAM", 1.0, seeded(seed)) is not None for seed in range(50))
    assert all(choose_tag("CLINICAL", 1.0, seeded(seed)) is None for seed in range(50))


def pool(**counts: int) -> list[Conversation]:
    return [
        cast(Conversation, {"id": f"{kind}{n}", "kind": kind}) for kind, count in counts.items() for n in range(count)
    ]


def composed(tmp_path: Path, rows: list[Conversation], **fields: Any) -> tuple[Counter[str], list[Row]]:
    settings = MixSettings(**fields)
    chosen, table = compose(rows, settings, StageContext({"mix": settings}, {}, tmp_path, 17))
    return Counter(row["id"] for row in chosen), table


def test_rows_repeat_only_where_a_number_of_examples_is_asked_for(tmp_path: Path) -> None:
    rows = pool(mcq=2, open=50, dialogue=50, context=50, insufficient=50)
    assert max(composed(tmp_path, rows, max_repeats=3)[0].values()) == 1
    ids, table = composed(tmp_path, rows, max_repeats=3, examples=30)
    assert ids["mcq0"] == ids["mcq1"] == 3 and table[0]["got"] == 0.2 and table[0]["available"] == 2
    ids, table = composed(tmp_path, rows, max_repeats=1, examples=30)
    assert ids["mcq0"] == 1 and sum(ids.values()) == 30 and table[0]["got"] == pytest.approx(2 / 30, abs=1e-4)


def test_the_banks_own_conversations_have_their_share_in_a_run_that_names_none(tmp_path: Path) -> None:
    """A run's settings come out of a whole recipe, in which each value is set, the defaults as well."""
    rows = pool(mcq=60, open=60, dialogue=60, context=60, insufficient=60, context_dialogue=60, conversation=60)
    resolved = MixSettings.model_validate(MixSettings().model_dump())
    ids, _ = composed(tmp_path, rows, **resolved.model_dump())
    own = sum(count for name, count in ids.items() if name.startswith("conversation"))
    assert own / sum(ids.values()) == pytest.approx(0.1, abs=0.01)
    named = {**resolved.shares, "open": 0.4, "mcq": 0.1}
    ids, _ = composed(tmp_path, rows, shares=named)
    assert not any(name.startswith("conversation") for name in ids)


def test_a_kind_that_is_not_in_the_shares_is_left_out(tmp_path: Path) -> None:
    ids, table = composed(tmp_path, pool(mcq=9, open=9), shares={"open": 1.0})
    assert set(ids) == {f"open{n}" for n in range(9)} and len(table) == 1


@pytest.mark.parametrize(
    ("shares", "complaint"),
    [
        ({"open": 0.5}, "the shares add up to 0.500; make them add up to 1"),
        ({"open": 1.5, "mcq": -0.5}, "a share lies between 0 and 1"),
        ({"opne": 1.0}, "shares names 'opne'; the kinds are mcq, open"),
    ],
)
def test_shares_that_cannot_be_are_refused(shares: dict[str, float], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        MixSettings(shares=shares)


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_bank_is_mixed_as_far_as_it_goes_or_the_lack_is_said(
    strange_runs: dict[str, Path], name: str
) -> None:
    folder = strange_runs[name] / "mix"
    train = [row for row in STRANGE[name][0] if row["split"] == "train"]
    assert (folder / "train.jsonl").exists() == bool(train)
    if train:
        rows = list(read_jsonl(folder / "train.jsonl"))
        assert rows and {row["split"] for row in rows} == {"train"}


def test_a_bank_without_a_train_question_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    run_data_stages(tmp_path, [make_question(split="test")], [])
    context = StageContext(
        {"mix": MixSettings()}, {name: tmp_path / name for name in ("corpus", "teacher", "grounding")}, tmp_path, 17
    )
    with pytest.raises(InputError, match="Add questions or lower the test share"):
        run(context)
