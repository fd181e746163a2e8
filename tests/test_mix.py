"""The mix: declared shares that add up, modes that are tagged as often as asked, nothing from a held-out split."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from residency.chat.estimate import estimate_tokens
from residency.cli.mixture import show_mix
from residency.core.errors import InputError
from residency.core.files import read_json, read_jsonl, write_jsonl
from residency.core.prompt import IDENTITY, MODES, conversation, standard_tag, system_message
from residency.core.records import Conversation, Question
from residency.core.stage import StageContext, seeded
from residency.core.tags import training_tags
from residency.judging.answers import obeys_mode, parse_letter
from residency.mix.compose import Composed, compose
from residency.mix.draw import Drawn
from residency.mix.modes import single_turns
from residency.mix.report import HOW, mix_report, share_table
from residency.mix.settings import ANCHOR, KINDS, SMALL, MixSettings
from residency.mix.shares import allot
from residency.mix.stage import make_mix, run
from residency.mix.tagging import with_system
from tests.banks import STRANGE, make_conversation, make_question, run_data_stages
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


def test_kinds_that_are_small_do_not_make_the_mix_small_where_no_shares_are_named() -> None:
    stock = {"open": 900, "safety": 3, "tool": 900}
    shares = {"open": 0.9, "safety": 0.05, "tool": 0.05}
    assert allot(shares, stock, None) == {"open": 54, "safety": 3, "tool": 3}
    assert allot(shares, stock, None, SMALL) == {"open": 900, "safety": 3, "tool": 50}


def test_the_example_mix_meets_its_shares_and_says_so(example_run: Path, train: list[Row]) -> None:
    report = read_json(example_run / "mix" / "report.json")
    table = {row["kind"]: row for row in report["shares"]}
    counted = Counter(row["kind"] for row in train)
    for kind, share in DEFAULT.items():
        assert table[kind]["asked"] == share and table[kind]["examples"] == counted[kind]
        assert abs(table[kind]["got"] - share) < (0.015 if kind in SMALL else 0.005)
        assert abs(table[kind]["got"] - table[kind]["aimed"]) < 0.01
        assert table[kind]["available"] >= counted[kind]
    assert report["largest_error"] < 0.01 and report["examples"] == len(train)
    assert [line.partition(":")[0] for line in report["unmet"]] in ([], ["safety"])
    assert report["bound"] in counted


def test_no_row_of_the_mix_comes_from_a_held_out_question_or_occurs_twice(example_run: Path, train: list[Row]) -> None:
    split = {row["id"]: row["split"] for row in read_rows(example_run / "corpus" / "kept.jsonl")}
    dev = read_rows(example_run / "mix" / "dev.jsonl")
    assert {split[name] for row in train for name in row["parents"]} == {"train"}
    assert {split[name] for row in dev for name in row["parents"]} == {"dev"}
    assert len({row["id"] for row in train}) == len(train)
    assert len(dev) == MixSettings().dev_examples


def test_every_row_begins_with_its_tag_and_ends_in_an_assistant_turn_in_its_mode(train: list[Row]) -> None:
    for row in train:
        # But for calls with their results, an answer follows each question.
        roles = [turn["role"] for turn in row["messages"] if turn["role"] != "tool" and "tool_calls" not in turn]
        assert roles == ["system"] + ["user", "assistant"] * (len(roles) // 2)
        assert row["messages"][0] == system_message(row["mode"], row["tag"])
        check = row["expect"].get("check", {})
        free = check.get("critical") == len(row["messages"]) - 2 and row["skill"] in ("safety", "scope")
        free |= check.get("variant") == "small_talk" and not check["needed"]  # a courtesy has no form
        mode = check.get("mode", row["mode"])  # an escalation and a refusal have no form; a switch changes it
        assert free or obeys_mode(row["messages"][-1]["content"], mode, mcq=row["kind"] == "mcq")
        assert row["tag"] is not None or row["mode"] == "CLINICAL"


def test_every_mcq_in_the_mix_is_answered_by_its_own_letter(train: list[Row]) -> None:
    rows = [row for row in train if row["kind"] == "mcq" and row["mode"] == "EXAM"]
    assert rows
    for row in rows:
        assert parse_letter(row["messages"][-1]["content"], "ABCDE") == row["expect"]["letter"]


def test_tags_are_worded_in_many_ways_half_of_them_as_they_are_served(example_run: Path, train: list[Row]) -> None:
    tags = Counter(row["tag"] for row in train)
    assert tags[None] == round(0.1 * len(train))
    tagged = len(train) - tags[None]
    standard = sum(tags[standard_tag(mode)] for mode in MODES)
    assert standard == round(0.5 * tagged)
    wordings = {tag for mode in MODES for tag in training_tags(mode)}
    assert set(tags) == wordings | {standard_tag(mode) for mode in MODES} | {None}
    modes = read_json(example_run / "mix" / "report.json")["modes"]
    assert modes["tagged"] == round(tagged / len(train), 4) and modes["wordings"] == len(wordings) + 2


@pytest.mark.parametrize("tagged", [0.0, 0.5, 0.8, 0.9, 1.0])
def test_the_share_of_tagged_rows_is_the_one_asked_for_as_far_as_clinical_rows_go(
    tmp_path: Path, tagged: float
) -> None:
    rows = [
        Drawn(row, 0)
        for name in range(500)
        for row in single_turns(cast(Question, make_question(f"q{name}")), seeded(1, name))
    ]
    general = [Drawn(cast(Conversation, make_conversation(f"a{n}", ANCHOR)), 0) for n in range(50)]
    settings = MixSettings(tagged=tagged)
    done = with_system([*rows, *general], settings, StageContext({"mix": settings}, {}, tmp_path, 17))
    moded = [row for row in done if row["kind"] != ANCHOR]
    assert sum(row["tag"] is None for row in moded) == min(round((1 - tagged) * 1000), 500)
    assert all(row["messages"][0]["content"] == IDENTITY for row in done if row["tag"] is None)
    assert all(row["mode"] == "CLINICAL" for row in moded if row["tag"] is None)
    assert all(row["tag"] is None for row in done if row["kind"] == ANCHOR)


def test_one_wording_leaves_the_served_tag_alone_and_changes_nothing_else(tmp_path: Path) -> None:
    rows = [Drawn(row, 0) for name in range(60) for row in single_turns(as_question(f"q{name}"), seeded(1, name))]
    many, one = (
        with_system(rows, MixSettings(tag_wordings=wordings), StageContext({}, {}, tmp_path, 17))
        for wordings in ("many", "one")
    )
    assert {row["tag"] for row in one} == {None, "Mode: EXAM", "Mode: CLINICAL"} != {row["tag"] for row in many}
    for a, b in zip(many, one, strict=True):
        assert (a["tag"] is None) == (b["tag"] is None) and a["messages"][1:] == b["messages"][1:]
        assert b["tag"] is None or b["messages"] == conversation(b["mode"], b["messages"][1:])


def test_a_row_that_is_added_changes_no_other_rows_tag_where_all_are_tagged(tmp_path: Path) -> None:
    rows = [Drawn(row, 0) for name in range(60) for row in single_turns(as_question(f"q{name}"), seeded(1, name))]
    settings = MixSettings(tagged=1.0)
    context = StageContext({"mix": settings}, {}, tmp_path, 17)
    before = {row["id"]: row["tag"] for row in with_system(rows[:-1], settings, context)}
    after = {row["id"]: row["tag"] for row in with_system(rows, settings, context)}
    assert sum(before[name] != after[name] for name in before) <= 2  # the half that is standard may shift by a row


def as_question(name: str) -> Question:
    return cast(Question, make_question(name))


def pool(**counts: int) -> list[Conversation]:
    return [
        cast(Conversation, make_conversation(f"{kind}{n}", kind))
        for kind, count in counts.items()
        for n in range(count)
    ]


def made(tmp_path: Path, rows: list[Conversation], seed: int = 17, **fields: Any) -> tuple[Composed, Row]:
    """What is drawn of these rows, and the report of it."""
    settings = MixSettings(**fields)
    context = StageContext({"mix": settings}, {}, tmp_path, seed)
    found = compose(rows, settings, context)
    return found, mix_report(with_system(found.drawn, settings, context), found, settings, {})


def composed(tmp_path: Path, rows: list[Conversation], **fields: Any) -> tuple[Counter[str], list[Row]]:
    found, report = made(tmp_path, rows, **fields)
    return Counter(one.row["id"] for one in found.drawn), report["shares"]


def test_rows_repeat_only_where_a_number_of_examples_is_asked_for(tmp_path: Path) -> None:
    rows = pool(mcq=2, open=50, dialogue=50, context=50, insufficient=50)
    assert max(composed(tmp_path, rows, max_repeats=3)[0].values()) == 1
    ids, table = composed(tmp_path, rows, max_repeats=3, examples=30, shares=SHARES)
    assert ids["mcq0"] == ids["mcq1"] == 3 and table[0]["got"] == 0.2 and table[0]["available"] == 2
    ids, table = composed(tmp_path, rows, max_repeats=1, examples=30, shares=SHARES)
    assert ids["mcq0"] == 1 and sum(ids.values()) == 30 and table[0]["got"] == pytest.approx(2 / 30, abs=1e-4)


@given(st.integers(1, 120), st.integers(1, 3), st.integers(1, 40), st.integers(1, 40))
def test_no_record_occurs_oftener_than_allowed_nor_again_before_all_have(
    examples: int, most: int, mcqs: int, opens: int
) -> None:
    rows = pool(mcq=mcqs, open=opens)
    found, report = made(Path(), rows, examples=examples, max_repeats=most, shares={"mcq": 0.5, "open": 0.5})
    ids = Counter(one.row["id"] for one in found.drawn)
    assert sum(ids.values()) == min(examples, most * (mcqs + opens))
    assert report["repeats"] == {str(times): n for times, n in sorted(Counter(ids.values()).items())}
    for kind in ("mcq", "open"):
        times = [ids[row["id"]] for row in rows if row["kind"] == kind]
        assert max(times) <= most and max(times) - min(times) <= 1


def test_the_banks_own_conversations_have_their_share_in_a_run_that_names_none(tmp_path: Path) -> None:
    """A run's settings come out of a whole recipe, in which each value is set, the defaults as well."""
    rows = pool(mcq=60, open=60, dialogue=60, context=60, insufficient=60, context_dialogue=60, conversation=60)
    resolved = MixSettings.model_validate(MixSettings().model_dump())
    ids, _ = composed(tmp_path, rows, **resolved.model_dump())
    own = sum(count for name, count in ids.items() if name.startswith("conversation"))
    assert own / sum(ids.values()) == pytest.approx(0.1, abs=0.01)
    named = {**resolved.shares, "open": 0.38, "mcq": 0.1}
    ids, _ = composed(tmp_path, rows, shares=named)
    assert not any(name.startswith("conversation") for name in ids)


def test_a_kind_that_is_not_in_the_shares_is_left_out(tmp_path: Path) -> None:
    ids, table = composed(tmp_path, pool(mcq=9, open=9), shares={"open": 1.0})
    assert set(ids) == {f"open{n}" for n in range(9)} and len(table) == 1


# What is declared by tokens


def sized(kind: str, count: int, words: int) -> list[Conversation]:
    """Conversations whose answers have about so many words, no two alike in length."""
    return [
        cast(
            Conversation,
            make_conversation(
                f"{kind}{n}",
                kind,
                messages=[
                    {"role": "user", "content": "Why?"},
                    {"role": "assistant", "content": "hernia " * (words + n % 7)},
                ],
            ),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("fields", [{}, {"examples": 250}, {"examples": 300, "max_repeats": 2}])
def test_shares_by_tokens_are_met_where_kinds_differ_in_length_and_the_same_shares_by_examples_are_not_them(
    tmp_path: Path, fields: Row
) -> None:
    rows = [*sized("open", 300, 20), *sized("dialogue", 200, 200), *sized("context", 100, 600)]
    shares = {"open": 0.5, "dialogue": 0.2, "context": 0.3}
    _, report = made(tmp_path, rows, shares=shares, shares_by="tokens", **fields)
    for entry in report["shares"]:
        assert entry["got"] == entry["tokens_share"] == pytest.approx(shares[entry["kind"]], abs=0.01)
        assert entry["state"] == "met"
    by = {entry["kind"]: entry["examples_share"] for entry in report["shares"]}
    assert by["open"] > 0.7 and by["context"] < 0.1
    assert "examples" not in fields or fields["examples"] - 3 <= report["examples"] <= fields["examples"]


def test_what_the_report_says_was_got_is_counted_on_the_rows_that_were_written(tmp_path: Path) -> None:
    rows = pool(open=60, dialogue=40)
    settings = MixSettings(shares={"open": 0.6, "dialogue": 0.4})
    context = StageContext({"mix": settings}, {}, tmp_path, 17)
    found = compose(rows, settings, context)
    written = with_system(found.drawn, settings, context)
    assert [entry["got"] for entry in share_table(written, found, settings)] == [0.6, 0.4]
    lost = [row for row in written if row["kind"] != "dialogue"]  # planted: the dialogues are lost on the way
    assert [entry["state"] for entry in share_table(lost, found, settings)] == ["over", "short"]
    tokens = {entry["kind"]: entry["tokens"] for entry in share_table(written, found, settings)}
    assert tokens["open"] == sum(estimate_tokens(row["messages"]) for row in written if row["kind"] == "open")


@pytest.mark.parametrize("shares_by", ["examples", "tokens"])
def test_a_share_that_is_not_met_says_how_many_are_needed_and_adding_them_meets_it(
    tmp_path: Path, shares_by: str
) -> None:
    shares = {"open": 0.5, "dialogue": 0.3, "context": 0.2}
    fields = {"shares": shares, "shares_by": shares_by, "examples": 200}
    stock = pool(open=500, dialogue=25, context=500)
    _, report = made(tmp_path, stock, **fields)
    short = {entry["kind"]: entry for entry in report["shares"]}["dialogue"]
    assert short["state"] == "short" and short["says"].endswith("raise dialogue.per_question")
    assert report["unmet"] == [f"dialogue: {short['says']}"]
    needed = int(short["says"].removeprefix("about ").split()[0])
    assert needed == pytest.approx(35, abs=2)
    assert made(tmp_path, pool(open=500, dialogue=25 + needed, context=500), **fields)[1]["unmet"] == []
    _, smaller = made(tmp_path, stock, **fields | {"examples": report["within"]})
    assert smaller["unmet"] == [] and report["within"] == pytest.approx(25 / 0.3, abs=2)


def test_a_kind_that_nothing_supplies_leaves_its_place_and_every_kind_has_its_advice(tmp_path: Path) -> None:
    assert {*HOW} == {*KINDS, ANCHOR}
    _, report = made(tmp_path, pool(open=100), anchor_tokens=0.02)
    assert {entry["kind"]: entry["got"] for entry in report["shares"]}["open"] == 1.0
    missing = dict(line.split(": ", 1) for line in report["unmet"])
    assert missing.keys() == {*DEFAULT, ANCHOR} - {"open"}
    assert missing["context"].endswith("name passages under [index]")
    assert missing[ANCHOR].endswith("name a file under mix.anchor")
    _, some = made(tmp_path, pool(open=100, context=100), examples=50)
    assert "grounding.shares.abstention" in "".join(some["unmet"])


def test_a_few_safety_dialogues_all_go_in_and_more_are_asked_for(tmp_path: Path) -> None:
    stock = pool(open=560, mcq=400, dialogue=200, safety=3)
    found, report = made(tmp_path, stock)
    table = {entry["kind"]: entry for entry in report["shares"]}
    assert (table["safety"]["examples"], table["safety"]["state"]) == (3, "short")
    assert len(found.drawn) == 560 + 400 + 200 + 3 and report["bound"] != "safety"
    assert "safety and scope among dialogue.skills" in table["safety"]["says"]


# What is drawn


def bank(**counts: int) -> list[Conversation]:
    """Open questions, so many of each SOURCE_TOPIC."""
    return [
        cast(Conversation, make_conversation(f"{name}/{n}", source=name.split("_")[0], topic=name.split("_")[1]))
        for name, count in counts.items()
        for n in range(count)
    ]


def shares_of(
    tmp_path: Path, rows: list[Conversation], field: str, seeds: int = 8, **settings: Any
) -> dict[str, float]:
    """The share of each source or topic among what is drawn, over several seeds."""
    counts: Counter[str] = Counter()
    for seed in range(seeds):
        found, _ = made(tmp_path, rows, seed, shares={"open": 1.0}, **settings)
        counts.update(str(cast(Row, one.row)[field]) for one in found.drawn)
    return {name: count / counts.total() for name, count in counts.items()}


def test_human_records_are_drawn_twice_as_often_as_synthetic_ones_by_default(tmp_path: Path) -> None:
    rows = bank(human_a=1000, Synthetic_a=1000)
    drawn = shares_of(tmp_path, rows, "source", examples=100)
    assert drawn["human"] / drawn["Synthetic"] == pytest.approx(2, abs=0.35)
    even = shares_of(tmp_path, rows, "source", examples=100, source_weights={})
    assert even["human"] == pytest.approx(0.5, abs=0.05)
    ten = shares_of(tmp_path, rows, "source", examples=100, source_weights={"human": 1.0, "synthetic": 10.0})
    assert ten["Synthetic"] == pytest.approx(10 / 11, abs=0.03)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0])
def test_topics_are_drawn_in_proportion_to_their_size_to_the_power_of_the_temperature(
    tmp_path: Path, temperature: float
) -> None:
    sizes = {"big": 4000, "mid": 1000, "low": 250}
    rows = bank(**{f"x_{name}": size for name, size in sizes.items()})
    drawn = shares_of(tmp_path, rows, "topic", examples=100, topic_temperature=temperature)
    whole = sum(size**temperature for size in sizes.values())
    for name, size in sizes.items():
        assert drawn[name] == pytest.approx(size**temperature / whole, abs=0.06)


def test_the_most_shifted_topics_and_all_sources_stand_in_the_report(tmp_path: Path) -> None:
    rows = bank(human_big=4000, synthetic_low=200, **{f"human_t{n}": 100 for n in range(12)})
    _, report = made(tmp_path, rows, shares={"open": 1.0}, examples=400, topic_temperature=0.0)
    assert len(report["topics"]) == 10 and report["topics"][0]["topic"] == "big"
    moved = [abs(entry["got"] - entry["available_share"]) for entry in report["topics"]]
    assert moved == sorted(moved, reverse=True)
    assert {entry["source"]: entry["available"] for entry in report["sources"]} == {"human": 5200, "synthetic": 200}


@given(st.sets(st.integers(0, 400), max_size=60), st.integers(1, 80))
def test_rows_that_are_added_push_rows_out_and_reshuffle_none(more: set[int], examples: int) -> None:
    """Of the rows that stay drawn, the order is the same; none that was left out comes in."""
    few = [cast(Conversation, make_conversation(f"q{n}")) for n in range(100)]
    added = [cast(Conversation, make_conversation(f"new{n}")) for n in sorted(more)]
    fields: Row = {"shares": {"open": 1.0}, "examples": examples}
    before = [one.row["id"] for one in made(Path(), few, **fields)[0].drawn]
    after = [one.row["id"] for one in made(Path(), [*added, *few], **fields)[0].drawn]
    old = [name for name in after if name.startswith("q")]
    assert old == [name for name in before if name in set(old)]


def test_the_order_comes_from_the_seed_and_the_kinds_are_mixed(tmp_path: Path) -> None:
    rows = pool(open=50, dialogue=50)
    shares = {"open": 0.5, "dialogue": 0.5}
    first, again, other = (
        [one.row["id"] for one in made(tmp_path, rows, seed, shares=shares)[0].drawn] for seed in (1, 1, 2)
    )
    assert first == again != other and {*first} == {*other}
    assert 10 < sum(name.startswith("open") for name in first[:50]) < 40


def test_no_share_weight_or_temperature_touches_the_dev_set(tmp_path: Path) -> None:
    rows = [
        make_question(f"q{n}", source=("human", "synthetic")[n % 2], split=("train", "dev")[n % 3 == 0])
        for n in range(90)
    ]

    def dev(folder: str, **fields: Any) -> str:
        out = run_data_stages(tmp_path / folder, rows, [], mix=MixSettings(dev_examples=20, **fields)) / "mix"
        return (out / "dev.jsonl").read_text()

    plain = dev("plain", shares={"open": 1.0})
    assert len(plain.splitlines()) == 20
    weighted = {"source_weights": {"human": 50.0}, "topic_temperature": 0.0, "examples": 7}
    assert dev("weighted", shares={"open": 0.5, "dialogue": 0.5}, **weighted) == plain


@pytest.mark.parametrize(
    ("shares", "complaint"),
    [
        ({"open": 0.5}, "the shares add up to 0.500; make them add up to 1"),
        ({"open": 1.5, "mcq": -0.5}, "a share lies between 0 and 1"),
        ({"opne": 1.0}, "shares names 'opne'; the kinds are mcq, open"),
        ({"open": 0.9, "anchor": 0.1}, "the anchor's share is mix.anchor_tokens"),
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
    with pytest.raises(InputError, match=r"nothing supplies any kind .*\(mcq, open, .*lower the test share"):
        run(context)


# Facts that the base model does not know


def with_knowledge(
    tmp_path: Path, example_run: Path, categories: dict[str, str], **fields: Any
) -> tuple[list[Row], Row]:
    """The mix of the example corpus where the base model was asked these questions."""
    rows = [{"id": name, "split": "train", "category": category} for name, category in categories.items()]
    write_jsonl(tmp_path / "knowledge" / "known.jsonl", rows)
    inputs = {name: example_run / name for name in ("corpus", "teacher", "grounding")}
    context = StageContext({"mix": MixSettings(**fields)}, inputs | {"knowledge": tmp_path / "knowledge"}, tmp_path, 17)
    mix = make_mix(context)
    return cast(list[Row], mix.train), mix.report


def facts(train: list[Row], *kinds: str) -> set[str]:
    return {parent for row in train if row["kind"] in kinds for parent in row["parents"]}


@pytest.fixture(scope="module")
def unknown(example_run: Path) -> dict[str, str]:
    """Every third train question is unknown, the others are known."""
    rows = read_rows(example_run / "corpus" / "kept.jsonl")
    names = [row["id"] for row in rows if row["split"] == "train"]
    return {name: "highly_known" if place % 3 else "unknown" for place, name in enumerate(names)}


def test_by_default_unknown_facts_stay_and_the_mix_is_the_same_as_without_asking(
    tmp_path: Path, example_run: Path, unknown: dict[str, str]
) -> None:
    asked, report = with_knowledge(tmp_path / "asked", example_run, unknown)
    plain, none = with_knowledge(tmp_path / "plain", example_run, {})
    assert asked == plain
    assert report["unknown"]["categories"]["unknown"] > 50 and report["unknown"]["written"]["closed_book"] > 20
    assert none["unknown"]["categories"] == {} and none["unmet"] == report["unmet"]


def test_left_out_no_closed_book_example_holds_an_unknown_fact_and_the_counts_say_so(
    tmp_path: Path, example_run: Path, unknown: dict[str, str]
) -> None:
    train, report = with_knowledge(tmp_path, example_run, unknown, unknown="leave_out")
    lost = {name for name, category in unknown.items() if category == "unknown"}
    assert not lost & facts(train, "mcq", "open", "dialogue")
    assert lost & facts(train, "context", "context_dialogue"), "over passages they stay"
    found = report["unknown"]
    assert found["left_out"] == found["closed_book"] > 100
    assert found["written"]["closed_book"] == 0
    assert sum(found["written"].values()) == len(lost)


def test_the_context_form_takes_the_place_of_the_closed_book_one_where_there_is_one(
    tmp_path: Path, example_run: Path, unknown: dict[str, str]
) -> None:
    shares = {"mcq": 0.2, "open": 0.4, "context": 0.4}
    lost = {name for name, category in unknown.items() if category == "unknown"}
    plain, before = with_knowledge(tmp_path / "a", example_run, unknown, shares=shares, examples=150)
    train, after = with_knowledge(tmp_path / "b", example_run, unknown, shares=shares, examples=150, unknown="context")
    grounded = [row for row in read_rows(example_run / "grounding" / "conversations.jsonl") if row["split"] == "train"]
    has_form = lost & facts([row for row in grounded if row["skill"] != "irrelevant"], "context", "context_dialogue")
    assert has_form and not has_form & facts(train, "mcq", "open")
    assert (lost - has_form) & facts(train, "mcq", "open"), "a fact without a context form stays as it is"
    assert len(lost & facts(train, "context")) > len(lost & facts(plain, "context")), "and the form is drawn first"
    assert after["unknown"]["written"]["in_context_alone"] > before["unknown"]["written"]["in_context_alone"]
    assert after["unknown"]["facts_with_context_form"] == len(has_form)


def test_a_weight_draws_unknown_facts_less_often(tmp_path: Path, example_run: Path, unknown: dict[str, str]) -> None:
    lost = {name for name, category in unknown.items() if category == "unknown"}
    fields = {"shares": {"mcq": 0.4, "open": 0.6}, "examples": 200}
    counts = []
    for weight in (1.0, 0.05):
        train, _ = with_knowledge(tmp_path / str(weight), example_run, unknown, unknown_weight=weight, **fields)
        counts.append(len(lost & facts(train, "mcq", "open")))
    assert counts[0] > 2 * counts[1] > 0


@pytest.mark.parametrize(
    ("category", "says"), [("undecided", "nothing is known or unknown"), ("", "set knowledge.questions")]
)
def test_where_nothing_is_known_or_unknown_nothing_is_weighted_and_the_report_says_why(
    tmp_path: Path, example_run: Path, unknown: dict[str, str], category: str, says: str
) -> None:
    table = dict.fromkeys(unknown, category) if category else {}
    plain, _ = with_knowledge(tmp_path / "plain", example_run, {})
    train, report = with_knowledge(tmp_path / "asked", example_run, table, unknown="leave_out", unknown_weight=0.1)
    assert train == plain
    assert says in report["unmet"][-1]


def test_the_command_names_unknown_facts_only_where_some_were_asked(
    tmp_path: Path, example_run: Path, unknown: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    show_mix(with_knowledge(tmp_path / "a", example_run, unknown, unknown="leave_out")[1])
    assert 'mix.unknown = "leave_out"' in capsys.readouterr().out
    show_mix(with_knowledge(tmp_path / "b", example_run, {})[1])
    assert "mix.unknown" not in capsys.readouterr().out
