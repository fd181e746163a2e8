"""Batches of rows and of pairs: within the budget, each row once, the same tokens asked for in any form."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import torch
from benchmarks.packing import packing_fill
from hypothesis import given
from hypothesis import strategies as st

from residency.generation.models import load_tokenizer
from residency.training.model.separation import by_masks
from residency.training.pairs.objectives import PairLoss
from residency.training.pairs.preferred import Preferred, with_others
from residency.training.steps.batches import (
    IGNORED,
    WIDTH_STEP,
    PairTokens,
    apart,
    batches_by_length,
    first_rows,
    pack,
    packed,
    padded,
    padded_width,
    read_rows,
    shared,
)
from tests.conftest import EXAMPLES
from tests.conftest import read_rows as read_lines
from tests.training_runs import TokenRow, as_tuples, random_pairs, random_rows, rows_of, tiny, write_rows

LENGTHS = st.lists(st.integers(1, 300))
ROWS = st.builds(random_rows, st.integers(1, 9), st.integers(0, 99), st.integers(2, 90))


# By length


@given(lengths=LENGTHS, budget=st.integers(64, 1024))
def test_batches_hold_each_row_once_within_the_budget_and_of_like_length(lengths: list[int], budget: int) -> None:
    batches = batches_by_length(lengths, budget)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= budget
    ordered = [lengths[row] for batch in batches for row in batch]
    assert ordered == sorted(lengths, reverse=True)
    for batch, after in itertools.pairwise(batches):
        assert (len(batch) + 1) * lengths[batch[0]] > budget, f"{after[0]} would have found room"


def test_a_batch_is_padded_on_the_right_and_padding_is_never_learnt() -> None:
    batch = padded([([5, 6, 7], [IGNORED, 6, 7]), ([8, 9], [8, 9])])
    width = padded_width(3)
    assert batch["input_ids"].shape == (2, width)
    assert batch["input_ids"][:, :4].tolist() == [[5, 6, 7, 0], [8, 9, 0, 0]]
    assert batch["targets"].tolist() == [6, 7, 9], "a row's first token has nothing before it"
    assert batch["read_at"].tolist() == [0, 1, width]


@given(lengths=st.lists(st.integers(1, 200), min_size=1), budget=st.integers(64, 1024))
def test_a_batch_keeps_to_the_budget_with_its_padding(lengths: list[int], budget: int) -> None:
    for batch in batches_by_length([padded_width(length) for length in lengths], budget):
        rows = [([1] * lengths[row], [1] * lengths[row]) for row in batch]
        assert len(batch) == 1 or padded(rows)["input_ids"].numel() <= budget


# Bins


def naive(lengths: list[int], budget: int) -> list[list[int]]:
    """Best-fit decreasing as it is defined: every bin is looked at for every row."""
    bins: list[list[int]] = []
    for length in sorted(lengths, reverse=True):
        fitting = [held for held in bins if sum(held) + length <= budget]
        if fitting:
            max(fitting, key=sum).append(length)
        else:
            bins.append([length])
    return bins


@given(lengths=st.lists(st.integers(1, 80), max_size=80), budget=st.integers(40, 200))
def test_bins_hold_each_row_once_and_are_those_of_best_fit_decreasing(lengths: list[int], budget: int) -> None:
    bins = pack(lengths, budget)
    assert sorted(row for held in bins for row in held) == list(range(len(lengths)))
    totals = [sum(lengths[row] for row in held) for held in bins]
    assert sorted(totals) == sorted(map(sum, naive(lengths, budget)))
    assert all(total <= budget or len(held) == 1 for total, held in zip(totals, bins, strict=True))
    assert all(one + other > budget for one, other in itertools.combinations(totals, 2)), "two bins would fit in one"
    assert pack(lengths, budget) == bins


def test_no_rows_make_no_bins_and_a_row_as_long_as_a_bin_fills_it() -> None:
    assert pack([], 64) == []
    assert pack([64, 1, 64], 64) == [[0], [2], [1]]


def test_a_row_longer_than_a_bin_has_one_of_its_own() -> None:
    assert pack([3, 65, 61], 64) == [[1], [2, 0]]
    assert pack([90, 3, 65], 64) == [[0], [2], [1]], "no room is counted beyond what the row itself takes"


def test_a_real_mix_fills_more_than_98_hundredths_of_bins_of_4096(tiny_model: Path) -> None:
    """The example bank: passages, MCQs, open questions and follow-ups, one row each."""
    tokenizer = load_tokenizer(tiny(tiny_model))
    texts = [
        " ".join(
            str(row[key]) for key in ("question", "options", "answer", "rationale", "text", "messages") if key in row
        )
        for name in ("passages", "mcq", "open", "followups")
        for row in read_lines(EXAMPLES / f"{name}.jsonl")
    ]
    lengths = [len(ids) for ids in tokenizer(texts)["input_ids"]]
    assert len(lengths) == 975 and max(lengths) < 4096
    assert packing_fill(lengths, 4096) > 0.98
    assert packing_fill([4096, 2048], 4096) == 0.75


def test_a_bin_is_its_rows_in_a_line_with_positions_that_restart() -> None:
    batch = {name: values.tolist() for name, values in packed([([5, 6, 7], [-100, 6, 7]), ([8], [8])]).items()}
    left = WIDTH_STEP - 4
    assert batch == {
        "input_ids": [[5, 6, 7, 8, *[0] * left]],
        "position_ids": [[0, 1, 2, 0, *range(left)]],
        "row": [[0, 0, 0, 1, *[2] * left]],
        "above": [[0, 0, 0, 1, *[2] * left]],
        "read_at": [0, 1],
        "targets": [6, 7],
    }, "what a row's first token is predicted from is another row's"
    full = packed([(range(WIDTH_STEP - 1), [9] * (WIDTH_STEP - 1)), ([8], [8])])
    assert full["row"].shape == (1, WIDTH_STEP) and full["row"].max() == 1, "a line that is full is left as it is"


@given(rows=ROWS)
def test_packed_and_padded_predict_the_same_tokens_from_the_same_tokens(rows: list[TokenRow]) -> None:
    def predictions(batch: dict[str, torch.Tensor]) -> list[tuple[int, int]]:
        return list(
            zip(batch["input_ids"].flatten()[batch["read_at"]].tolist(), batch["targets"].tolist(), strict=True)
        )

    expected = [
        (row["input_ids"][place - 1], label)
        for row in rows
        for place, label in enumerate(row["labels"])
        if place and label != IGNORED
    ]
    assert predictions(padded(as_tuples(rows))) == predictions(packed(as_tuples(rows))) == expected


# Compiled rows


@given(rows=ROWS, count=st.integers(0, 12))
def test_rows_know_their_tokens_their_labels_and_their_beginning(rows: list[TokenRow], count: int) -> None:
    found = rows_of(rows)
    assert found.lengths == [len(row["input_ids"]) for row in rows]
    assert found.labelled.tolist() == [sum(label != IGNORED for label in row["labels"][1:]) for row in rows]
    first = first_rows(found, count)
    assert len(first) == len(first.traits) == min(count, len(rows))
    for number, row in enumerate(rows[:count]):
        ids, labels = first.row(number)
        assert (ids.tolist(), labels.tolist()) == (row["input_ids"], row["labels"])
    assert first.lengths == found.lengths[:count] and first.labelled.tolist() == found.labelled.tolist()[:count]


def test_a_compiled_file_is_read_as_it_was_written_and_an_empty_one_has_no_rows(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{**row, "topic": "hernia"} for row in random_rows(5)]
    write_rows(tmp_path / "rows.parquet", rows)
    found = read_rows(tmp_path / "rows.parquet")
    assert [tuple(part.tolist() for part in found.row(number)) for number in range(5)] == as_tuples(rows)
    assert found.traits["topic"].to_list() == ["hernia"] * 5 and found.traits["mode"].to_list() == [""] * 5
    write_rows(tmp_path / "none.parquet", [])
    assert len(read_rows(tmp_path / "none.parquet")) == 0


# Pairs


@given(pairs=st.builds(random_pairs, st.integers(1, 4), st.integers(0, 99), st.just((1, 40)), st.integers(2, 3)))
def test_shared_and_apart_ask_for_the_same_targets_in_the_same_order(pairs: list[PairTokens]) -> None:
    expected = [token for pair in pairs for answer in pair.answers for token in answer]
    numbers = [n for n, answer in enumerate(a for pair in pairs for a in pair.answers) for _ in answer]
    for batch in (shared(pairs), apart(pairs)):
        assert batch["targets"].tolist() == expected
        assert batch["answer"].tolist() == numbers
        before = batch["input_ids"].flatten()[batch["read_at"]].tolist()
        wanted = [t for pair in pairs for a in pair.answers for t in (pair.prompt[-1], *a[:-1])]
        assert before == wanted, "each is read from the token that stands before it"
    lines, one = apart(pairs)["input_ids"], shared(pairs)["input_ids"]
    assert len(lines) == sum(len(pair.answers) for pair in pairs) and len(one) == len(pairs)


@given(seed=st.integers(0, 99), tokens=st.integers(64, 600), share=st.booleans())
def test_batches_of_pairs_keep_to_the_budget_with_their_padding(seed: int, tokens: int, share: bool) -> None:
    pairs = random_pairs(6, seed, (1, 60))
    objective = Preferred(pairs, PairLoss({"dpo": 1.0}), by_masks if share else None)
    for batch in batches_by_length([objective.width(number) for number in range(6)], tokens):
        assert len(batch) == 1 or objective.micro(batch)["input_ids"].numel() <= tokens


def test_the_third_answer_is_the_chosen_one_of_another_question() -> None:
    rows: Any = [
        {"prompt_ids": [asked], "chosen_ids": [10 + number], "rejected_ids": [20 + number]}
        for number, asked in enumerate([1, 1, 2])
    ]
    assert [pair.answers[2] for pair in with_others(rows, True)] == [[12], [12], [11]]
    assert {len(pair.answers) for pair in with_others(rows, False)} == {2}
    assert with_others(rows[:1], True)[0].answers[2] == [10], "where no other is asked, its own"
