"""What the base model knows: facts are sorted as planted, luck is not knowledge, a kill loses a batch at most."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.chat.settings import ChatSettings
from residency.cli.app import main
from residency.core.files import read_json, write_jsonl
from residency.core.stage import StageContext
from residency.generation.settings import ModelSettings
from residency.judging.closed_book import Known, known_by, verdict
from residency.knowledge.asking import choose, ordered, prompt
from residency.knowledge.settings import KnowledgeSettings
from residency.knowledge.sorting import Tally, sort_fact
from residency.knowledge.stage import run
from tests.banks import STRANGE, make_question
from tests.conftest import EXAMPLES, read_rows

Row = dict[str, Any]
WAYS = ("always", "sometimes", "sampled", "never")
CATEGORY = {
    "always": "highly_known",
    "sometimes": "maybe_known",
    "sampled": "weakly_known",
    "never": "unknown",
}
# Attributes that share no word, so that no answer is right for another question.
STARTS, ENDS = "bal cor dun fen gol hul jak lum mon nor".split(), "ta ro ki mu".split()
THINGS = [start + end for start in STARTS for end in ENDS]


def bank(count: int = 32, split: str = "train", kind: str = "open") -> list[Row]:
    """Questions about invented things; the way in which the scripted model knows each stands in its topic."""
    rows = []
    for number in range(count):
        name = f"{split}{kind}{number}"
        row = make_question(
            name,
            question=f"Which organ does the {name} approach expose?",
            answer=f"It exposes the {THINGS[number % len(THINGS)]} gland.",
            topic=WAYS[number % len(WAYS)],
            split=split,
        )
        if kind == "mcq":
            options = [THINGS[(number + step) % len(THINGS)] for step in range(4)]
            row |= {"kind": kind, "options": dict(zip("ABCD", options, strict=True)), "answer": "ABCD"[number % 4]}
        rows.append(row)
    return rows


class Scripted:
    """Knows each question in the way that its topic says; ``fails`` after so many batches."""

    def __init__(self, rows: Sequence[Row], fails: int | None = None) -> None:
        self.rows = {row["question"]: row for row in rows}
        self.asked: list[str] = []
        self.greedy: Counter[str] = Counter()
        self.batches, self.fails = 0, fails

    def answer(self, prompts: Any, max_new_tokens: int, temperature: float, seed: int) -> list[tuple[str, bool]]:
        if self.batches == self.fails:
            raise KeyboardInterrupt
        self.batches += 1
        self.asked += [messages[-1]["content"] for messages in prompts]
        return [(self._say(messages, temperature), False) for messages in prompts]

    def _say(self, messages: Sequence[Any], temperature: float) -> str:
        asked = messages[-1]["content"]
        row = self.rows[asked.split("\n")[0]]
        right, wrong = (row["answer"], "It exposes nothing of note.")
        if row["kind"] == "mcq":
            shown = dict(line.split(". ", 1) for line in asked.split("\n")[1:])
            key = row["options"][row["answer"]]
            right = next(f"{letter}. {text}" for letter, text in shown.items() if text == key)
            wrong = f"A. {shown['A']}"  # a guess: right once in four orders
        way = row["topic"]
        # What a prompt's text says decides, so that the same prompt is answered alike before and after a kill.
        turn = sum(map(ord, messages[1]["content"] + asked)) % 4
        knows = {
            "always": True,
            "sometimes": temperature == 0 and turn != 0,
            "sampled": temperature > 0,
            "never": False,
        }[way]
        return right if knows else wrong


def context_of(folder: Path, rows: Sequence[Row], seed: int = 17, **settings: Any) -> StageContext:
    write_jsonl(folder / "corpus" / "kept.jsonl", rows)
    out = folder / "knowledge"
    out.mkdir(parents=True, exist_ok=True)
    chosen = KnowledgeSettings(**{"questions": 100, "batch_size": 8} | settings)
    return StageContext({"knowledge": chosen}, {"corpus": folder / "corpus"}, out, seed)


def asked(folder: Path, rows: Sequence[Row], answerer: Any, **settings: Any) -> tuple[list[Row], Row]:
    context = context_of(folder, rows, **settings)
    run(context, answerer)
    return read_rows(context.out / "known.jsonl"), read_json(context.out / "report.json")


# Sorting


@given(st.integers(0, 6), st.integers(0, 18))
def test_where_luck_gives_nothing_the_categories_are_those_of_the_paper(greedy: int, sampled: int) -> None:
    found = sort_fact(Tally(greedy, 6), Tally(sampled, 18), 0.0, 0.05)
    if greedy == 6:
        assert found == "highly_known"
    elif greedy:
        assert found == "maybe_known"
    else:
        assert found == ("weakly_known" if sampled else "unknown")


def test_right_answers_that_luck_gives_as_often_are_no_knowledge() -> None:
    quarter = 0.25
    assert sort_fact(Tally(6, 6), Tally(), quarter, 0.05) == "highly_known"
    assert sort_fact(Tally(4, 6), Tally(), quarter, 0.05) == "maybe_known"
    assert sort_fact(Tally(2, 6), Tally(5, 18), quarter, 0.05) == "unknown", "a guesser is right as often"
    assert sort_fact(Tally(0, 6), Tally(12, 18), quarter, 0.05) == "weakly_known"
    assert sort_fact(Tally(2, 2), Tally(), 0.5, 0.05) == "unknown", "two right answers of two options prove nothing"


@pytest.mark.parametrize("kind", ["open", "mcq"])
def test_facts_are_sorted_as_the_model_was_made_to_know_them(tmp_path: Path, kind: str) -> None:
    rows = bank(40, kind=kind)
    found, report = asked(tmp_path, rows, Scripted(rows))
    assert [one["verdict"] for one in report["kinds"]] == ["knows"]
    right = Counter((CATEGORY[row["topic"]], row["category"]) for row in found)
    assert right["highly_known", "highly_known"] == right["unknown", "unknown"] == 10
    assert right["weakly_known", "weakly_known"] == 10
    # A few are right in too few sets to be more than lucky, and some in all.
    assert right["maybe_known", "maybe_known"] >= 4, right
    assert right["maybe_known", "maybe_known"] + right["maybe_known", "highly_known"] >= 7, right
    assert sum(row["n"] for row in report["shares"]) == 40
    highly = next(row for row in report["shares"] if row["category"] == "highly_known")
    count = sum(row["category"] == "highly_known" for row in found)
    assert (highly["n"], highly["of"], highly["share"]) == (count, 40, count / 40)
    assert highly["low"] < 0.25 < highly["high"], "the share planted lies in the interval"


def test_known_facts_cost_no_samples_and_dev_questions_are_asked_beside_train_ones(tmp_path: Path) -> None:
    rows = bank(16) + bank(8, "dev")
    found, report = asked(tmp_path, rows, Scripted(rows))
    assert report["asked"] == {"train": 16, "dev": 8}
    sampled = {row["id"]: row["sampled"]["n"] for row in found}
    assert {sampled[row["id"]] for row in rows if row["topic"] in ("always", "sometimes")} <= {0}
    assert {sampled[row["id"]] for row in rows if row["topic"] in ("sampled", "never")} == {18}


def test_the_known_facts_that_a_steady_guesser_may_owe_to_luck_are_counted(tmp_path: Path) -> None:
    """Planted: of 80 MCQs half are known; for the others one option is always guessed, whatever its place, which is
    right for a quarter of them. No order of options shows that, but the bound covers it."""
    rows = bank(80, kind="mcq")
    guess = {row["question"]: row["options"]["ABCD"[n // 4 % 4]] for n, row in enumerate(rows)}

    class Guesser(Scripted):
        def _say(self, messages: Sequence[Any], temperature: float) -> str:
            asked = messages[-1]["content"]
            row = self.rows[asked.split("\n")[0]]
            known = row["topic"] in ("always", "sometimes")
            text = row["options"][row["answer"]] if known else guess[row["question"]]
            shown = dict(line.split(". ", 1) for line in asked.split("\n")[1:])
            return next(f"{letter}. {option}" for letter, option in shown.items() if option == text)

    _, report = asked(tmp_path, rows, Guesser(rows))
    (one,) = report["kinds"]
    lucky = one["known"] - 40
    assert 5 < lucky <= one["lucky_at_most"] + 0.5
    assert f"at most about {one['lucky_at_most']:.0f} of them by a lucky guess" in one["says"]


# A model too weak to know anything


class Stubborn:
    """Says the same to everything."""

    def __init__(self, says: str) -> None:
        self.says = says

    def answer(self, prompts: Any, max_new_tokens: int, temperature: float, seed: int) -> list[tuple[str, bool]]:
        return [(self.says, False) for _ in prompts]


@pytest.mark.parametrize(
    ("kind", "says"), [("mcq", "ANSWER: A"), ("open", f"It exposes the {THINGS[0]} gland."), ("open", ""), ("mcq", "?")]
)
def test_a_model_that_knows_nothing_is_found_undecided(tmp_path: Path, kind: str, says: str) -> None:
    found, report = asked(tmp_path, bank(40, kind=kind), Stubborn(says))
    assert {row["category"] for row in found} == {"undecided"}
    assert [one["verdict"] for one in report["kinds"]] == ["undecided"]
    assert "nothing is weighted" in report["kinds"][0]["says"]
    assert (tmp_path / "knowledge" / "answers-sampled.jsonl").read_text() == "", "no samples are drawn for nothing"


def test_what_is_right_for_every_question_alike_is_luck(tmp_path: Path) -> None:
    """Planted: half of the bank's answers say the same, which a model that knows nothing always says."""
    rows = [row | {"answer": "It exposes the common gland."} if n % 2 else row for n, row in enumerate(bank(40))]
    found, report = asked(tmp_path, rows, Stubborn("It exposes the common gland."))
    assert report["kinds"][0]["right"] == 0.5 and report["kinds"][0]["verdict"] == "undecided"
    assert {row["category"] for row in found} == {"undecided"}


# What is asked


def test_no_held_out_question_is_asked_or_shown_and_no_question_shows_its_own_answer(tmp_path: Path) -> None:
    rows = [*bank(20), *bank(12, "dev"), *bank(8, "test"), *bank(8, "test_topic"), *bank(20, kind="mcq")]
    rows[1]["cluster"] = rows[0]["cluster"]
    context = context_of(tmp_path, rows, exemplar_sets=40)
    settings = context.section("knowledge", KnowledgeSettings)
    chosen = choose(rows, settings, context)  # type: ignore[arg-type]
    seen: set[str] = set()
    sets: dict[str, set[str]] = {"open": set(), "mcq": set()}
    for one in chosen.subjects:
        for number in range(settings.exemplar_sets):
            messages = prompt(one, number, chosen, settings, context)
            shown = "\n".join(turn["content"] for turn in messages[:-1])
            assert one.row["question"] not in shown and len(messages) == 2 + 2 * settings.shots
            sets[one.row["kind"]].add(shown)
            seen |= {turn["content"] for turn in messages}
    assert len(chosen.subjects) == 52 and len(sets["open"]) > settings.exemplar_sets - 1
    assert not [text for text in seen if "testopen" in text or "test_topic" in text]
    twins = {row["question"]: row["id"] for row in rows[:2]}
    for one in chosen.subjects:
        prompts = [prompt(one, number, chosen, settings, context) for number in range(settings.exemplar_sets)]
        shown = "\n".join(turn["content"] for messages in prompts for turn in messages[:-1])
        assert one.row["id"] not in twins.values() or not any(text in shown for text in twins), "a twin gives it away"


def test_an_mcqs_options_take_each_place_and_those_that_name_places_stay(tmp_path: Path) -> None:
    rows = bank(12, kind="mcq")
    rows[0]["options"]["D"] = "Both A and B"
    context = context_of(tmp_path, rows)
    chosen = choose(rows, context.section("knowledge", KnowledgeSettings), context)  # type: ignore[arg-type]
    for one in chosen.subjects:
        found = [ordered(one, number, context) for number in range(4)]
        assert all(known.options[known.letter] == one.known.fact for known in found)
        letters = {known.letter for known in found}
        assert letters == ({one.known.letter} if one.row["id"] == rows[0]["id"] else set("ABCD"))


def test_what_cannot_be_asked_is_counted_with_its_reason(tmp_path: Path) -> None:
    rows = [
        *bank(8),
        make_question("yes", question="Does a high amylase make it severe?", answer="No."),
        make_question("long", question="Which? " * 900, answer="The spleen is ruptured."),
        make_question("only", options={"A": "Mesh", "B": "Truss"}, answer="A"),
    ]
    _, report = asked(tmp_path, rows, Scripted(rows))
    assert report["asked"] == {"train": 8}
    assert report["refused"] == {
        "the answer adds no word to its question": 1,
        "longer than knowledge.max_chars": 1,
        "too few others of its kind for exemplars": 1,
    }


@pytest.mark.parametrize("name", STRANGE)
def test_strange_banks_are_asked_or_refused_and_never_break_the_stage(tmp_path: Path, name: str) -> None:
    found, report = asked(tmp_path, STRANGE[name][0], Stubborn("Mesh."), shots=1)
    assert len(found) == sum(report["asked"].values())
    assert {row["category"] for row in found} <= {"undecided"}


def test_more_questions_are_the_same_and_others(tmp_path: Path) -> None:
    rows = bank(40)
    few = {row["id"] for row in asked(tmp_path / "few", rows, Scripted(rows), questions=10)[0]}
    more = {row["id"] for row in asked(tmp_path / "more", rows, Scripted(rows), questions=25)[0]}
    assert len(few) == 10 and len(more) == 25 and few < more


# A kill


@pytest.mark.parametrize("fails", [0, 3, 32])
def test_killed_it_goes_on_to_the_same_bytes_and_asks_only_a_torn_batch_twice(tmp_path: Path, fails: int) -> None:
    rows = bank(32)
    whole = Scripted(rows)
    asked(tmp_path / "whole", rows, whole)
    cut = tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        asked(cut, rows, Scripted(rows, fails))
    files = sorted((cut / "knowledge").glob("answers-*.jsonl"))
    if lines := files[-1].read_text().splitlines(keepends=True):
        files[-1].write_text("".join(lines[:-3]) + lines[-3][:9])  # the last batch torn, its last line half written
    again = Scripted(rows)
    asked(cut, rows, again)
    for name in ("known.jsonl", "report.json", "answers-greedy.jsonl", "answers-sampled.jsonl"):
        assert (cut / "knowledge" / name).read_bytes() == (tmp_path / "whole" / "knowledge" / name).read_bytes()
    assert again.batches == whole.batches - max(0, fails - 1)


def test_off_it_writes_an_empty_table_and_needs_no_torch(tmp_path: Path) -> None:
    context = context_of(tmp_path, bank(8), questions=0)
    assert run(context) == {"asked": 0}
    assert (context.out / "known.jsonl").read_bytes() == b""
    script = "import sys, residency.knowledge.stage, residency.mix.stage; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_the_base_model_itself_is_asked_alike_twice(tmp_path: Path, tiny_model: Path) -> None:
    rows = [*bank(8), *bank(8, kind="mcq")]
    found = []
    for name in ("one", "two"):
        context = context_of(tmp_path / name, rows, exemplar_sets=2, shots=1, samples=1, max_new_tokens=4)
        model = ModelSettings(name=str(tiny_model), dtype="float32", device="cpu")
        settings = {**context.settings, "model": model, "chat": ChatSettings()}
        run(StageContext(settings, context.inputs, context.out, 17))
        found.append((context.out / "answers-greedy.jsonl").read_text())
    assert found[0] == found[1] and found[0].count("\n") == 32
    assert {row["category"] for row in read_rows(context.out / "known.jsonl")} == {"undecided"}


# Judging an answer from memory

OPEN = Known("Which drug reverses heparin?", "Protamine sulphate reverses heparin within 5 minutes.")
MCQ = Known("Which nerve?", "Femoral nerve", {"A": "Sural nerve", "B": "Femoral nerve"}, "B")


@pytest.mark.parametrize(
    ("known", "said", "wanted"),
    [
        (OPEN, "Protamine sulphate, within 5 minutes.", "right"),
        (
            OPEN,
            "Key point: Protamine sulphate, within 5 minutes.\nBefore acting: check the clotting.",
            "right",
        ),
        (OPEN, "Probably protamine sulphate reverses it within 5 minutes.", "right"),
        (OPEN, "Heparin is the drug that reverses heparin.", "wrong"),
        (OPEN, "Protamine sulphate reverses heparin within 50 minutes.", "wrong"),
        (OPEN, "Protamine sulphate does not reverse heparin within 5 minutes.", "wrong"),
        (OPEN, "Vitamin K reverses heparin.", "wrong"),
        (OPEN, "It may be vitamin K.", "withheld"),
        (OPEN, "I think it is vitamin K.", "withheld"),
        (OPEN, "I do not know which drug reverses it.", "withheld"),
        (OPEN, " ", "unread"),
        (MCQ, "B. Femoral nerve", "right"),
        (MCQ, "Key point: it runs under the ligament.\nANSWER: B", "right"),
        (MCQ, "The femoral nerve.", "right"),
        (MCQ, "A. Sural nerve", "wrong"),
        (MCQ, "B. Sural nerve", "unread"),
        (MCQ, "A or B", "unread"),
        (MCQ, "I am not sure.", "withheld"),
    ],
)
def test_an_answer_from_memory_is_judged(known: Known, said: str, wanted: str) -> None:
    assert verdict(known, said) == wanted


def test_gold_answers_are_right_and_repeating_the_question_never_is() -> None:
    rows = [make_question(**row | {"name": row["id"]}) for row in read_rows(EXAMPLES / "open.jsonl")]
    known = [one for one in map(known_by, rows) if one]  # type: ignore[arg-type]
    assert len(known) > 0.9 * len(rows)
    gold = [verdict(one, one.fact) for one in known]
    assert gold.count("right") >= 0.99 * len(gold)
    assert "right" not in [verdict(one, one.question) for one in known]


# The command


def test_the_command_runs_and_says_so_and_refuses_to_ask_nothing(
    tmp_path: Path, tiny_recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["knowledge", str(tiny_recipe)]) == 2
    assert "--set knowledge.questions=200" in capsys.readouterr().err
    sets = ["questions=8", "dev_questions=2", "exemplar_sets=2", "shots=1", "samples=1", "max_new_tokens=4"]
    arguments = [part for one in sets for part in ("--set", f"knowledge.{one}")]
    arguments += ["--set", f"run.folder={tmp_path}"]
    assert main(["knowledge", str(tiny_recipe), *arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["asked"]["train"] == 8 and {one["verdict"] for one in report["kinds"]} == {"undecided"}
    assert main(["knowledge", str(tiny_recipe), *arguments]) == 0
    said = capsys.readouterr().out
    assert "right from memory, by luck" in said and "undecided" in said
