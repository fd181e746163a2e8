"""Context examples: cited answers that are supported, abstentions that are true, for every kind of bank."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, cast

import pytest

from residency.core.files import folder_digests, read_json, read_jsonl
from residency.core.prompt import INSTRUCTIONS, Mode, body, format_passages
from residency.core.records import HELD_OUT, Passage, Question
from residency.core.stage import Silent, StageContext
from residency.core.text import content_stems, sentences, words
from residency.domain.surgery.phrases import CHECKS
from residency.domain.surgery.populations import POPULATIONS
from residency.flow.stages import stage
from residency.grounding import wording as wordings
from residency.grounding.align import CANDIDATES, Aligned, gold_text, named_passages
from residency.grounding.align import align as align_to
from residency.grounding.asked import Asked, with_support
from residency.grounding.excerpt import without
from residency.grounding.kinds import BOTH_WAYS, BUILDERS
from residency.grounding.kinds.abstention import says_so
from residency.grounding.leaning import leans
from residency.grounding.material import Draft, Material
from residency.grounding.naming import unmentioned, wanted
from residency.grounding.near_misses import for_another_population
from residency.grounding.settings import GroundingSettings
from residency.grounding.wording import WORDINGS
from residency.grounding.wording.abstention import HELD_OUT as EVALUATION
from residency.grounding.wording.abstention import TRAIN
from residency.grounding.wording.partial import HELD_OUT as HALF_HELD_OUT
from residency.grounding.wording.partial import TRAIN as HALF
from residency.judging.answers import is_abstention, obeys_mode
from residency.judging.citations import cited_numbers, score_citations, strip_citations
from residency.judging.contexts import verify_context
from residency.judging.support import THRESHOLD, support
from residency.retrieval.index import Index, build_index
from residency.retrieval.settings import IndexSettings
from tests.banks import BELT, REPAIR, SCAN, STRANGE, make_passage, make_question, run_data_stages
from tests.conftest import read_rows

Row = dict[str, Any]
GROUPS = {group.name: group for group in POPULATIONS}
POOLS = {"train": TRAIN, "held out": EVALUATION}


def spelled(wording: str) -> list[str]:
    """Every form that a wording with groups of alternatives can take."""
    match = re.search(r"\(([^()]*)\)", wording)
    if match is None:
        return [" ".join(wording.split())]
    return [
        form
        for choice in match[1].split("|")
        for form in spelled(wording[: match.start()] + choice + wording[match.end() :])
    ]


ABOUT = [form for said in (TRAIN, EVALUATION) for wording in said["about"] for form in spelled(wording)]


@pytest.fixture(scope="module")
def rows(example_run: Path) -> list[Row]:
    built = read_rows(example_run / "grounding" / "conversations.jsonl")
    return [row for row in built if row["kind"] != "tool"]


@pytest.fixture(scope="module")
def texts(example_run: Path) -> dict[str, str]:
    passages = read_rows(example_run / "index" / "passages.jsonl")
    return {row["id"]: f"{row['title']}. {row['text']}" for row in passages}


@pytest.fixture(scope="module")
def questions(example_run: Path) -> dict[str, Row]:
    return {row["id"]: row for row in read_rows(example_run / "corpus" / "kept.jsonl")}


def answer_of(row: Row) -> str:
    return str(row["messages"][-1]["content"])


def shown_in(row: Row, texts: dict[str, str]) -> list[str]:
    if "shown" in row:
        assert [passage["id"] for passage in row["shown"]] == row["passages"]
        return [f"{passage['title']}. {passage['text']}" for passage in row["shown"]]
    return [texts[name] for name in row["passages"]]


def unsupported(answer: str, shown: list[str], question: Row) -> list[str]:
    """The cited sentences that the passages which they cite do not support."""
    cited = [piece for piece in sentences(body(answer)) if cited_numbers(piece)]
    return [
        piece
        for piece in cited
        if not support(
            "\n".join(shown[n - 1] for n in cited_numbers(piece)), piece, given=question["question"]
        ).supported
    ]


def partial_faults(row: Row, shown: list[str], question: Row) -> list[str]:
    """What is wrong with half an answer."""
    answer, check = answer_of(row), row["expect"]["check"]
    found = ["citations"] * bool(unsupported(answer, shown, question))
    said = sentences(strip_citations(body(answer)))
    gold, facts = sentences(question["answer"]), row["expect"]["key_facts"]
    if not facts or not set(facts) <= {*gold, *said} or set(facts) & set(check["missing"]):
        found.append("the half that is there")
    if not set(check["missing"]) <= {*gold} or set(check["missing"]) & {*said}:
        found.append("the half that is missing")
    if any(support(text, claim, given=question["question"]).supported for text in shown for claim in check["missing"]):
        found.append("a passage shown holds the missing half")
    if not check["names"] or check["names"] not in answer:
        found.append("the missing half is not named")
    return found


def faults(row: Row, texts: dict[str, str], question: Row) -> list[str]:
    """What is wrong with a built example; empty when nothing is."""
    answer, shown = answer_of(row), shown_in(row, texts)
    check = row["expect"].get("check", {})
    found = []
    if not obeys_mode(answer, row["mode"]):
        found.append("form")
    if row["expect"]["abstain"] != is_abstention(answer):
        found.append("abstention")
    if check.get("skill") == "partial":
        return found + partial_faults(row, shown, question)
    if row["expect"]["abstain"]:
        gold = sentences(question["answer"])
        if unsupported(answer, shown, question):
            found.append("citations")
        if (
            set(check.get("still", [])) != {row["passages"][n - 1] for n in cited_numbers(body(answer))}
            and "still" in check
        ):
            found.append("what is still said")
        if group := GROUPS.get(check.get("made", "")):
            if any(group.mentions.search(text.lower()) for text in shown):
                found.append("a passage speaks of the group")
            if not group.mentions.search(row["expect"]["question"].lower()) or group.group not in answer:
                found.append("the group is not named")
            return found
        if any(support(text, claim, given=question["question"]).supported for text in shown for claim in gold):
            found.append("a passage shown holds the answer")
        if {*row["passages"]} & {*question["passages"]} and "shown" not in row:
            found.append("the withheld passage is shown")
        if (what := claimed(answer)) and set(content_stems(what)) <= {s for text in shown for s in content_stems(text)}:
            found.append("the passages do speak of it")
        return found
    score = score_citations(answer, shown, question["question"])
    if score.f1 != 1 or score.unknown:
        found.append("citations")
    if any(claim not in sentences(question["answer"]) for claim in sentences(strip_citations(body(answer)))):
        found.append("a sentence that the bank does not hold")
    return found


def claimed(answer: str) -> str:
    """What an abstention says that the passages do not speak of; empty when it names nothing."""
    for phrase in ABOUT:
        head, _, tail = phrase.partition("{what}")
        if match := re.search(re.escape(head) + "(.+?)" + re.escape(tail), answer):
            return match[1]
    return ""


def test_nothing_is_wrong_with_any_example_of_the_example_corpus(
    rows: list[Row], texts: dict[str, str], questions: dict[str, Row]
) -> None:
    kinds = [row["kind"] for row in rows]
    assert kinds.count("context") > 400 and kinds.count("insufficient") > 200
    assert sum(bool(claimed(answer_of(row))) for row in rows) > 50
    single = [row for row in rows if row["skill"] in BOTH_WAYS]
    assert {row["id"]: found for row in single if (found := faults(row, texts, questions[row["parents"][-1]]))} == {}


def exchanges(row: Row, questions: dict[str, Row]) -> list[Row]:
    """A conversation over one context as examples of one exchange each; that a turn must abstain is told by the
    passages that its question names."""
    made = []
    for place, name in enumerate(row["parents"]):
        abstain = not {*questions[name]["passages"]} & {*row["passages"]}
        turns = row["messages"][2 * place : 2 * place + 2]
        made.append(row | {"messages": turns, "parents": [name], "expect": {"abstain": abstain}})
    return made


def test_nothing_is_wrong_with_any_turn_of_the_conversations_over_one_context(
    rows: list[Row], texts: dict[str, str], questions: dict[str, Row]
) -> None:
    several = [row for row in rows if row["kind"] == "context_dialogue"]
    assert len(several) > 250 and {row["split"] for row in several} == {"train"}
    abstains, first = 0, 0
    for row in several:
        turns = exchanges(row, questions)
        assert len(row["messages"]) == 2 * len(turns) and len(turns) > 1
        assert len({*row["parents"]}) == len(turns)
        for turn, name in zip(turns, row["parents"], strict=True):
            assert turn["messages"][0]["content"].endswith(questions[name]["question"])
            assert faults(turn, texts, questions[name]) == [], row["id"]
        gaps = [turn["expect"]["abstain"] for turn in turns]
        assert any(gaps) and not all(gaps)
        assert row["expect"]["abstain"] == gaps[-1]
        assert row["expect"]["question"] == questions[row["parents"][-1]]["question"]
        abstains, first = abstains + sum(gaps), first + gaps[0]
    # Neither the kind of row nor the first place gives away whether to abstain.
    assert 0.4 < abstains / sum(len(row["parents"]) for row in several) < 0.6
    assert 0.4 < first / len(several) < 0.6


def test_a_fault_planted_in_one_turn_of_a_conversation_is_found(
    rows: list[Row], texts: dict[str, str], questions: dict[str, Row]
) -> None:
    row = next(row for row in rows if row["kind"] == "context_dialogue" and row["mode"] == "EXAM")
    turns = exchanges(row, questions)
    cited = next(turn for turn in turns if not turn["expect"]["abstain"])
    mute = next(turn for turn in turns if turn["expect"]["abstain"])
    for turn, other, found in ((cited, mute, "abstention"), (mute, cited, "abstention")):
        swapped = turn | {"messages": [turn["messages"][0], other["messages"][1]]}
        assert found in faults(swapped, texts, questions[turn["parents"][0]])


def test_the_verifier_that_knows_no_builder_finds_no_fault_in_what_is_kept(rows: list[Row], example_run: Path) -> None:
    passages = {row["id"]: row for row in read_rows(example_run / "index" / "passages.jsonl")}
    faulty = {}
    for row in cast(list[Any], rows):
        shown = row.get("shown") or [passages[name] for name in row["passages"]]
        if row["kind"] != "tool" and (found := verify_context(row, answer_of(row), shown)):
            faulty[row["id"]] = found
    assert faulty == {}
    refused = read_json(example_run / "grounding" / "report.json")["refused"]
    assert sum(count for reason, count in refused.items() if reason.startswith("verifier")) < 0.01 * len(rows)


def test_a_third_of_the_abstentions_are_near_misses_or_the_stage_says_so(example_run: Path, tmp_path: Path) -> None:
    report = read_json(example_run / "grounding" / "report.json")
    assert sum(report["near_misses"].values()) > report["skills"]["abstention"] / 3
    said: list[str] = []
    progress = Silent()
    progress.note = said.append  # type: ignore[method-assign]
    for name in ("corpus", "index"):
        shutil.copytree(example_run / name, tmp_path / name)
    inputs = {name: tmp_path / name for name in ("corpus", "index")}
    (tmp_path / "grounding").mkdir()
    none = {"grounding": GroundingSettings(near_misses=0, tools=0, shares={"several_questions": 0}, max_per_split=40)}
    stage("grounding").load()(StageContext(none, inputs, tmp_path / "grounding", 17, progress))
    assert any("near misses, and a third is wanted" in line for line in said)


def test_every_example_has_an_id_of_its_own(rows: list[Row]) -> None:
    assert len({row["id"] for row in rows}) == len(rows)


def test_each_fault_is_found_when_it_is_planted(
    rows: list[Row], texts: dict[str, str], questions: dict[str, Row]
) -> None:
    cited = next(row for row in rows if row["kind"] == "context" and len(row["passages"]) == 3)
    mute = next(
        row for row in rows if claimed(answer_of(row)) and row["mode"] == "CLINICAL" and row["kind"] == "insufficient"
    )

    def check(row: Row, answer: str | None = None, **fields: Any) -> list[str]:
        messages = [row["messages"][0], {"role": "assistant", "content": answer or answer_of(row)}]
        return faults(row | fields | {"messages": messages}, texts, questions[row["parents"][-1]])

    assert check(cited) == check(mute) == []
    assert check(cited, strip_citations(answer_of(cited))) == ["citations"]
    assert check(cited, re.sub(r"\[\d\]", "[9]", answer_of(cited))) == ["citations"]
    assert check(cited, passages=cited["passages"][1:] + cited["passages"][:1]) == ["citations"]
    assert "abstention" in check(cited, answer_of(mute))
    assert "a sentence that the bank does not hold" in check(cited, answer_of(cited).replace("the", "some"))
    assert check(mute, body(answer_of(mute))) == ["form"]
    assert check(mute, "It is repaired.\nBefore acting: ask a senior first.") == ["abstention"]
    withheld = questions[mute["parents"][-1]]["passages"]
    assert {"a passage shown holds the answer", "the withheld passage is shown"} <= {*check(mute, passages=withheld)}
    assert check(mute, answer_of(mute).replace(claimed(answer_of(mute)), "a patient")) == [
        "the passages do speak of it"
    ]


def test_every_abstention_that_the_phrases_allow_is_recognised() -> None:
    count = 0
    for said in (TRAIN, EVALUATION):
        for purpose in ("about", "silent", "near", "group"):
            for form in (form for wording in said[purpose] for form in spelled(wording)):
                for name in ("testicular torsion", "patients who take an anticoagulant"):
                    filled = form.format(what=name, subject=name, group=name)
                    filled = filled[0].upper() + filled[1:]
                    assert is_abstention(filled) and len(sentences(filled)) == 1, filled
                    assert filled.lower().count(name) == (purpose != "silent")
                    count += 1
    assert count > 200


def test_a_half_answer_is_no_abstention_whatever_its_gap_is_called() -> None:
    for said in (HALF, HALF_HELD_OUT):
        for form in (form for purpose in ("gap", "part") for wording in said[purpose] for form in spelled(wording)):
            gap = form.format(name="the dose", part="how often is it given", place="second")
            gap = gap[0].upper() + gap[1:]
            assert not is_abstention(f"Enoxaparin is given at night [1]. {gap}")
            assert score_citations(f"Mesh is used in the repair [1]. {gap}", [REPAIR["text"]]).recall >= 0.5


def test_the_prompt_holds_the_passages_the_rule_and_the_question(
    rows: list[Row], example_run: Path, questions: dict[str, Row]
) -> None:
    passages: dict[str, Any] = {row["id"]: row for row in read_rows(example_run / "index" / "passages.jsonl")}
    for row in [row for row in rows if not row["expect"].get("rules")][:50]:
        asked = row["messages"][0]["content"]
        shown = row.get("shown") or [passages[name] for name in row["passages"]]
        single = row["kind"] != "context_dialogue"
        first = row["expect"]["question"] if single else questions[row["parents"][0]]["question"]
        instruction = INSTRUCTIONS[row["expect"]["check"]["instruction"]]
        assert asked == f"Context:\n{format_passages(shown)}\n\n{instruction}\n\nQuestion: {first}"


def test_held_out_questions_are_asked_with_and_without_their_passage(example_run: Path, rows: list[Row]) -> None:
    refused = read_json(example_run / "grounding" / "report.json")["refused"].get("no context without the answer", 0)
    asked = {
        kind: {row["parents"][-1] for row in rows if row["kind"] == kind and row["split"] == "test"}
        for kind in ("context", "insufficient")
    }
    assert asked["insufficient"] <= asked["context"]
    assert len(asked["context"] - asked["insufficient"]) <= refused


def test_the_place_of_the_right_passage_and_the_mode_give_nothing_away(rows: list[Row]) -> None:
    places = [
        int(mark) for row in rows if row["kind"] == "context" for mark in re.findall(r"\[(\d)\]", answer_of(row))[:1]
    ]
    for place in (1, 2, 3):
        assert 0.25 < places.count(place) / len(places) < 0.42
    for kind in ("context", "insufficient"):
        modes = [row["mode"] for row in rows if row["kind"] == kind]
        assert 0.4 < modes.count("EXAM") / len(modes) < 0.65  # a patient in danger is EXAM


def test_an_abstention_is_worded_in_many_ways(rows: list[Row]) -> None:
    for held_out, least in ((False, 60), (True, 20)):
        first = [
            sentences(body(answer_of(row)))[0]
            for row in rows
            if row["skill"] == "abstention" and (row["split"] in HELD_OUT) == held_out
        ]
        counted = Counter(first)
        assert len(counted) > least and max(counted.values()) / len(first) < 0.2


def test_a_third_of_the_abstentions_are_near_misses_and_are_counted(rows: list[Row], example_run: Path) -> None:
    checks = [row["expect"]["check"] for row in rows if row["skill"] == "abstention"]
    kinds = Counter(check["near_miss"] for check in checks)
    assert {"", "condition", "population", "indication"} == set(kinds)
    assert 1 - kinds[""] / len(checks) >= 1 / 3
    reported = read_json(example_run / "grounding" / "report.json")["near_misses"]
    assert sum(reported.values()) == len(checks) - kinds[""]
    assert {check.get("made", "") for check in checks} >= {"excerpt", "pregnancy", ""}
    assert sum(bool(check["still"]) for check in checks) > 25


def test_no_near_misses_are_aimed_at_where_none_are_wanted(tmp_path: Path) -> None:
    asked = question(question="How is a femoral hernia repaired?", passages=["repair"])
    index = index_of(tmp_path, REPAIR, make_passage("near", "A femoral line is no hernia."))
    aligned = align(asked, index, THRESHOLD)
    kinds = set()
    for share in (0.0, 1.0):
        for seed in range(8):
            settings = GroundingSettings(near_misses=share)
            made = BUILDERS["abstention"](Material(Asked(asked, aligned), index, settings, "EXAM", random.Random(seed)))
            assert isinstance(made, Draft)
            kinds.add((share, bool(made.check.get("made"))))
    assert kinds == {(0.0, False), (1.0, True)}


def test_what_is_still_said_is_no_answer_and_stands_alone(
    rows: list[Row], texts: dict[str, str], questions: dict[str, Row]
) -> None:
    found = 0
    for row in rows:
        check = row["expect"]["check"]
        if row["skill"] != "abstention" or not check["still"] or check.get("made") in GROUPS:
            continue
        asked = questions[row["parents"][-1]]
        quoted = [p for p in sentences(body(answer_of(row))) if cited_numbers(p)]
        assert len(quoted) == 1
        for claim in sentences(asked["answer"]):
            assert not support(quoted[0], claim, given=asked["question"]).supported
        found += 1
    assert found > 10


def test_half_an_answer_names_what_is_missing_and_each_planted_fault_is_found(
    rows: list[Row], texts: dict[str, str], questions: dict[str, Row]
) -> None:
    halves = [row for row in rows if row["skill"] == "partial"]
    assert len(halves) > 4 and all(row["kind"] == "context" and not row["expect"]["abstain"] for row in halves)
    row = next(row for row in halves if "shown" in row)
    asked = questions[row["parents"][-1]]
    check, answer = row["expect"]["check"], answer_of(row)
    whole = {key: value for key, value in row.items() if key != "shown"}

    def planted(text: str, **fields: Any) -> list[str]:
        messages = [row["messages"][0], {"role": "assistant", "content": text}]
        return faults({**row, **fields, "messages": messages}, texts, asked)

    assert planted(answer) == []
    assert "the missing half is not named" in planted(answer.replace(check["names"], "something"))
    assert "the half that is missing" in planted(f"{check['missing'][0]}\n{answer}")
    assert "citations" in planted(re.sub(r"\[\d\]", f"[{_other(row, answer)}]", answer))
    assert "a passage shown holds the missing half" in faults(whole, texts, asked)


def _other(row: Row, answer: str) -> int:
    used = cited_numbers(answer)
    return next(place for place in range(1, len(row["passages"]) + 1) if place not in used)


def test_a_claim_in_two_halves_cites_the_two_passages_that_hold_them(tmp_path: Path) -> None:
    first = make_passage("scan", "Ileocolic intussusception shows a target sign on ultrasound.")
    second = make_passage("wide", "An inflamed appendix measures more than 6 mm across and does not compress.")
    claim = "Intussusception shows a target sign, whereas an inflamed appendix measures more than 6 mm across."
    index = index_of(tmp_path, first, second, BELT)
    aligned = align(question(answer=claim, passages=["scan", "wide", "belt"]), index, THRESHOLD)
    assert aligned.sentences == ((claim, ("scan", "wide")),) and aligned.joined == 1
    swapped = claim.replace("6 mm", "16 mm")
    assert align(question(answer=swapped, passages=["scan", "wide", "belt"]), index, THRESHOLD).sentences == ()


def test_what_claims_nothing_is_kept_uncited_and_what_leans_on_a_lost_sentence_goes_with_it(tmp_path: Path) -> None:
    index = index_of(tmp_path, REPAIR, BELT, SCAN)
    told = "A femoral hernia is repaired soon after diagnosis."
    asked = question(
        question="Is a femoral hernia repaired?",
        answer=f"Yes. {told} The moon is made of green cheese. However, mesh is used in a femoral hernia.",
        passages=["repair"],
    )
    aligned = align(asked, index, THRESHOLD)
    assert aligned.said == (("Yes.", ()), (told, ("repair",)))
    assert (aligned.dropped, aligned.dangling, aligned.text) == (1, 1, told)
    made = BUILDERS["cited_answer"](material(asked, index, "CLINICAL"))
    assert isinstance(made, Draft) and body(made.answer).startswith("Yes. A femoral hernia")
    number = [passage["id"] for passage in made.passages].index("repair") + 1
    assert f"[{number}]" in made.answer and list(made.key_facts) == [told]
    shown = [passage["text"] for passage in made.passages]
    assert score_citations(made.answer, shown).f1 == 1
    lost = question(answer=f"Yes. The moon is made of green cheese. {told}", passages=["repair"])
    assert align(lost, index, THRESHOLD).said == ((told, ("repair",)),)


def test_half_an_answer_can_be_made_by_leaving_out_one_of_two_passages(tmp_path: Path) -> None:
    """They are too short to be shortened, and what the second of them holds stands in the answer's middle."""
    first, last = "A femoral hernia is diagnosed by ultrasound.", "A truss harms a femoral hernia."
    middle = "The treatment of choice is early mesh repair."
    index = index_of(tmp_path, make_passage("scan", f"{first} {last}"), make_passage("cure", middle))
    asked = question(
        question="How is a femoral hernia diagnosed and treated?",
        answer=f"{first} {middle} {last}",
        passages=["scan", "cure"],
    )
    made = BUILDERS["partial"](material(asked, index, "CLINICAL"))
    assert isinstance(made, Draft), made
    assert [passage["id"] for passage in made.passages] == ["scan"] and not made.changed
    assert (made.check["missing"], [*made.key_facts]) == ([middle], [first, last])


SILENT = "The available data do not show whether drains shorten the hospital stay after repair of a hernia."
SPEAKS = "A femoral hernia is repaired soon after its diagnosis."


def test_a_gold_answer_that_reads_as_an_abstention_gives_no_example(tmp_path: Path) -> None:
    index = index_of(tmp_path, make_passage("data", f"{SILENT} {SPEAKS}"), make_passage("other", SPEAKS))
    kept, refused, _ = with_support(
        [question(answer=f"{SILENT} {SPEAKS}", passages=["data"]), question(answer=SPEAKS, passages=["data"])],
        index,
        GroundingSettings(),
        Silent(),
    )
    assert [one.aligned.text for one in kept] == [SPEAKS]
    assert refused == {"gold answer reads as though the passages were silent": 1}


def test_half_an_answer_that_reads_as_an_abstention_is_refused_and_stops_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path, make_passage("cure", SPEAKS), make_passage("data", SILENT))
    asked = question(
        question="How is a femoral hernia treated, and do drains shorten the stay?",
        answer=f"{SPEAKS} {SILENT}",
        passages=["cure", "data"],
    )
    for seed in range(8):
        made = BUILDERS["partial"](material(asked, index, seed=seed))
        assert isinstance(made, str) or made.key_facts == [SPEAKS]


@pytest.mark.parametrize(
    ("sentence", "gap", "expected"),
    [
        ("This is done at once.", False, True),
        ("However, mesh is used.", False, True),
        ("Repair is therefore planned soon.", False, True),
        ("Second, mesh is used.", True, True),
        ("Second-line drugs are used.", True, False),
        ("Growth of 1 cm in a year is the third.", True, True),
        ("A positive scan in an unstable patient also means laparotomy.", True, True),
        ("A positive scan in an unstable patient also means laparotomy.", False, False),
        ("Growth of 1 cm in a year is the third.", False, False),
        ("Mesh is used in adults.", True, False),
        ("Drugs such as ibuprofen are avoided.", True, False),
    ],
)
def test_a_sentence_that_leans_on_the_one_before_is_told(sentence: str, gap: bool, expected: bool) -> None:
    assert leans(sentence, gap) == expected


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("What belongs in an operation note?", "The operation note carries the names of surgeon and drugs."),
        ("How is heartburn in pregnancy treated?", "Heartburn is treated with omeprazole."),
        ("Why is sterile water put into a catheter balloon?", "Saline may crystallise in a balloon."),
        ("What is the dose of gentamicin in a 9-year-old?", "Gentamicin is given at 7 mg/kg."),
        ("An unstable man has a ruptured spleen. How is he treated?", "Splenectomy is done at once."),
    ],
)
def test_a_question_whose_answer_would_not_change_is_not_asked_of_another_group(asked: str, answer: str) -> None:
    passage = cast(Passage, make_passage("p", answer))
    made = [for_another_population(asked, answer, [passage], False, random.Random(seed)) for seed in range(20)]
    assert made == [None] * 20


def test_a_question_is_asked_of_a_group_in_the_words_of_its_split() -> None:
    asked, answer = "What is the dose of gentamicin before surgery?", "Gentamicin 5 mg/kg is given once."
    passage = cast(Passage, make_passage("p", answer))
    made: dict[bool, set[str]] = {True: set(), False: set()}
    for held_out in made:
        for seed in range(60):
            one = for_another_population(asked, answer, [passage], held_out, random.Random(seed))
            assert (
                one is not None
                and one.question.endswith(asked)
                and one.population.mentions.search(one.question.lower())
            )
            made[held_out].add(one.question)
    assert len(made[False]) > 5 and not made[True] & made[False]


def test_the_phrases_of_held_out_abstentions_occur_nowhere_in_training(rows: list[Row]) -> None:
    assert TRAIN.keys() == EVALUATION.keys() and all(len(EVALUATION[name]) > 1 for name in EVALUATION)
    bare = {name: [" ".join(words(text)) for some in said.values() for text in some] for name, said in POOLS.items()}
    assert len({*bare["train"]}) == len(bare["train"]) and not {*bare["train"]} & {*bare["held out"]}
    for split in ("train", "dev", "test", "test_topic", "test_human"):
        assert WORDINGS.of(split) == (WORDINGS.held_out if split in HELD_OUT else WORDINGS.train)
    ends = {
        name: [text.partition("{what}")[0] for some in said.values() for text in some] for name, said in POOLS.items()
    }
    for row in rows:
        other = ends["train" if row["split"] in HELD_OUT else "held out"]
        said = [turn["content"] for turn in row["messages"] if turn["role"] == "assistant"]
        assert not [text for text in other if len(text) > 20 for answer in said if text in answer]


def test_no_two_skills_name_their_wordings_alike() -> None:
    modules = [import_module(f"residency.grounding.wording.{found.name}") for found in iter_modules(wordings.__path__)]
    for tables in ([module.TRAIN for module in modules], [module.HELD_OUT for module in modules]):
        names = [name for table in tables for name in table]
        assert len({*names}) == len(names) and {*names} == {*WORDINGS.train} == {*WORDINGS.held_out}


def index_of(folder: Path, *passages: Row) -> Index:
    return build_index(folder, [cast(Passage, passage) for passage in passages], IndexSettings(embeddings="none"))


def question(**fields: Any) -> Question:
    return cast(Question, make_question(**fields))


def align(asked: Question, index: Index, threshold: float) -> Aligned:
    found = index.search(f"{asked['question']} {gold_text(asked)}", CANDIDATES)
    return align_to(asked, named_passages(asked, index) or [passage for passage, _ in found], threshold)


def material(asked: Question, index: Index, mode: Mode = "EXAM", seed: int = 1, passages: int = 3) -> Material:
    settings = GroundingSettings(passages=passages)
    aligned = align(asked, index, THRESHOLD)
    return Material(Asked(asked, aligned), index, settings, mode, random.Random(seed))


def test_what_is_wanted_is_the_title_that_shares_a_telling_word_with_the_question(tmp_path: Path) -> None:
    index = index_of(tmp_path, REPAIR, BELT, SCAN)
    withheld = [index.by_id["repair"]]
    assert wanted("How is a femoral hernia treated?", withheld, index) == "femoral hernia"
    assert wanted("What do I do with this?", withheld, index) == ""
    ulcer = make_passage("ulcer", "Gastric ulcers are biopsied.", "Perforated peptic ulcer: the operation")
    states = index_of(tmp_path / "states", ulcer, BELT, SCAN)
    assert wanted("How is a gastric ulcer followed?", [states.by_id["ulcer"]], states) == "peptic ulcer"
    assert wanted("A perforated ulcer is seen. What now?", [states.by_id["ulcer"]], states) == "perforated peptic ulcer"
    pump = make_passage(
        "pump", "A proton pump inhibitor helps in reflux. CT angiography is done for bleeding.", "Gullet"
    )
    means = index_of(tmp_path / "means", pump, BELT, SCAN)  # a drug and a test on the way are no subject
    assert not wanted("When is a proton pump inhibitor enough?", [means.by_id["pump"]], means)
    assert not wanted("CT angiography shows no source. What now?", [means.by_id["pump"]], means)
    untitled = index_of(tmp_path, REPAIR | {"title": ""}, BELT, SCAN)
    assert wanted("How is a femoral hernia treated?", [untitled.by_id["repair"]], untitled) == "a femoral hernia"


def test_what_the_passages_shown_do_speak_of_is_not_said_to_be_absent(tmp_path: Path) -> None:
    index = index_of(tmp_path, REPAIR, BELT, SCAN)
    asked = "How is a femoral hernia treated?"
    other = cast(Passage, make_passage("other", "A femoral hernia is a hernia.", ""))
    assert unmentioned("femoral hernia", asked, [index.by_id["belt"]])
    assert not unmentioned("femoral hernia", asked, [other])
    for seed in range(40):
        lead = question(question=asked, split=("train", "test")[seed % 2], passages=["repair"])
        said = says_so(material(lead, index, seed=seed), [other])
        assert not claimed(said) and "femoral hernia" in said


def test_a_shortened_passage_keeps_the_sentence_that_says_what_is_cited() -> None:
    lines = "Limbs are incised along the mid-medial and mid-lateral lines, through eschar into fat."
    rest = (
        "In a limb, escharotomy is indicated by failing perfusion. The ulnar nerve is protected at the medial side of "
    )
    rest += (
        "the elbow. Chest incisions run down the axillary lines and are joined by a transverse cut along the margin."
    )
    passage = cast(Passage, make_passage("one", f"{lines} {rest}", "Escharotomy"))
    cut, kept = "The cut passes through eschar into fat.", "Limb escharotomy is made along the mid-medial lines."
    assert without(passage, [cut], "How deep?", THRESHOLD, [kept]) is None
    assert without(passage, [cut], "How deep?", THRESHOLD) is not None


def test_a_distractor_that_holds_the_answer_after_all_is_not_shown(tmp_path: Path) -> None:
    asked = question(passages=["repair"])
    twin = make_passage("twin", "Repair of a femoral hernia follows soon after its diagnosis.")
    index = index_of(tmp_path, REPAIR, BELT, SCAN, twin, make_passage("near", "A femoral line is no hernia."))
    for seed in range(12):
        made = BUILDERS["abstention"](material(asked, index, seed=seed))
        assert isinstance(made, Draft)
        assert made.check.get("made") or "twin" not in {passage["id"] for passage in made.passages}
    alone = index_of(tmp_path / "alone", REPAIR, twin)
    settings = GroundingSettings(near_misses=0)
    lead = Material(Asked(asked, align(asked, alone, THRESHOLD)), alone, settings, "EXAM", random.Random(1))
    assert BUILDERS["abstention"](lead) == "no context without the answer"


def test_a_number_that_only_the_question_holds_does_not_hide_that_a_distractor_answers(tmp_path: Path) -> None:
    asked = question(
        question="A man of 48 has a femoral hernia. What now?",
        answer="At 48 a femoral hernia is repaired.",
        passages=["repair"],
    )
    index = index_of(tmp_path, REPAIR, make_passage("twin", "Every femoral hernia is repaired."), BELT)
    aligned = align(asked, index, THRESHOLD)
    assert aligned.supporting == ["repair"]
    assert BUILDERS["abstention"](material(asked, index, passages=2)) == "no context without the answer"


def test_a_sentence_that_no_passage_supports_is_dropped_and_counted(tmp_path: Path) -> None:
    index = index_of(tmp_path, REPAIR, BELT, SCAN)
    asked = question(
        answer="A femoral hernia is repaired soon [4]. The moon is made of green cheese.", passages=["repair"]
    )
    aligned = align(asked, index, THRESHOLD)
    assert (aligned.sentences, aligned.dropped) == ((("A femoral hernia is repaired soon.", ("repair",)),), 1)
    made = BUILDERS["cited_answer"](material(asked, index, "CLINICAL"))
    assert isinstance(made, Draft) and "cheese" not in made.answer and "[4]" not in made.answer


def test_without_named_passages_the_supporting_one_is_searched_for(tmp_path: Path) -> None:
    index = index_of(tmp_path, REPAIR, BELT, SCAN)
    assert align(question(), index, THRESHOLD).supporting == ["repair"]
    assert align(question(passages=["gone"]), index, THRESHOLD).supporting == ["repair"]


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(tmp_path: Path, example_run: Path) -> None:
    """The first pair is made in another process, where Python's sets have another order."""
    code = f"from tests.banks import *; run_data_stages(Path({str(tmp_path / 'again')!r}))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    again = tmp_path / "again"
    other = run_data_stages(tmp_path / "other", seed=18)
    for name in ("index", "dialogue", "grounding", "mix"):
        assert folder_digests(again / name) == folder_digests(example_run / name)
    for name in ("dialogue", "grounding", "mix"):
        assert folder_digests(other / name) != folder_digests(example_run / name)


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_bank_is_built_as_far_as_it_goes_and_what_is_not_built_is_counted(
    strange_runs: dict[str, Path], name: str
) -> None:
    folder = strange_runs[name] / "grounding"
    report = read_json(folder / "report.json")
    asked = [row for row in STRANGE[name][0] if row["kind"] == "open"]
    assert report["questions"] == len(asked)
    assert report["context"] + sum(report["refused"].values()) >= len(asked)
    for row in read_jsonl(folder / "conversations.jsonl"):
        assert row["messages"][-1]["content"].strip()
        assert is_abstention(answer_of(row)) == row["expect"]["abstain"]


def test_fewer_questions_and_less_abstention_can_be_asked_for(tmp_path: Path) -> None:
    questions = [
        make_question(f"q{place}", split="train" if place else "test", passages=["repair"]) for place in range(9)
    ]
    few = GroundingSettings(max_per_split=4, shares={"abstention": 0})
    report = read_json(
        run_data_stages(tmp_path, questions, [REPAIR, BELT, SCAN], grounding=few) / "grounding" / "report.json"
    )
    assert (report["questions"], report["context"]) == (5, 5)
    assert report["insufficient"] + report["refused"].get("no context without the answer", 0) == 1


def test_more_variants_give_a_train_question_more_contexts(tmp_path: Path) -> None:
    questions = [make_question("q1", passages=["repair"]), make_question("q2", passages=["repair"], split="test")]
    others = [make_passage(f"p{place}", f"A femoral nerve has branch {place}.") for place in range(9)]
    many = GroundingSettings(variants=4)
    run_data_stages(tmp_path, questions, [REPAIR, *others], grounding=many)
    rows = read_rows(tmp_path / "grounding" / "conversations.jsonl")
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids)
    cited = [row for row in rows if row["skill"] == "cited_answer"]
    assert [row["split"] for row in cited].count("train") == 4 and len(cited) == 5
    assert len({tuple(sorted(row["passages"])) for row in cited}) > 1


def test_the_lines_that_a_mode_adds_come_from_the_domain(rows: list[Row]) -> None:
    for row in rows:
        last = answer_of(row).splitlines()[-1]
        assert row["mode"] == "EXAM" or last.removeprefix("Before acting: ") in CHECKS
