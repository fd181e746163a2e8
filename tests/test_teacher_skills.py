"""A teacher and every skill: what it is told to keep, that talk around a good dialogue is taken, and no spoilt one."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from benchmarks.planted_dialogue_faults import COMMON, PLANTED

from residency.chat.settings import ChatSettings
from residency.core.files import write_jsonl
from residency.core.stage import Silent, StageContext
from residency.domain.surgery.rules import rule_texts
from residency.generation.connection import EMPTY
from residency.generation.settings import ModelSettings
from residency.judging.dialogues import verify
from residency.teacher import stage
from residency.teacher.guards import objections
from residency.teacher.settings import TeacherSettings
from residency.teacher.wording import request, request_again
from tests.chat_server import ChatServer
from tests.good_dialogues import RULES, Good, bank, dialogues
from tests.teacher_rows import shown

GOOD = dialogues()


def natural(good: Good) -> list[dict[str, Any]]:
    """The dialogue with talk before its first turn."""
    first, *others = good.row["messages"]
    return [{**first, "content": f"Hello, I have a question. {first['content']}"}, *map(dict, others)]


def run(folder: Path, answer: Any, **fields: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    rows = [good.row | {"id": f"{number}/{good.name}"} for number, good in enumerate(GOOD)]
    write_jsonl(folder / "dialogue" / "conversations.jsonl", rows)
    write_jsonl(folder / "corpus" / "kept.jsonl", bank().values())
    (folder / "teacher").mkdir()
    with ChatServer(answer) as served:
        sections = {
            "teacher": TeacherSettings(backend="server", server=served.url, **fields),
            "model": ModelSettings(),
            "chat": ChatSettings(),
        }
        inputs = {name: folder / name for name in ("corpus", "dialogue")}
        rules = {name.removeprefix("rule:"): text for name, text in RULES.items()}
        counts = stage.run(StageContext(sections, inputs, folder / "teacher", 17, Silent()), rules=rules)
    return counts, stage_rows(folder)


def stage_rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "teacher" / "conversations.jsonl").read_text().splitlines()]


def known(asked: list[dict[str, str]]) -> Good | None:
    """Which dialogue a request is about."""
    if len(asked) < 2:
        return None
    given = shown(asked)
    return next(
        good
        for good in GOOD
        if [turn["content"] for turn in good.row["messages"]] == [turn["content"] for turn in given]
    )


def test_a_dialogue_stands_against_itself_and_talk_is_let_in() -> None:
    for good in GOOD:
        assert objections(good.row["messages"], good.row["messages"]) == []
        assert objections(good.row["messages"], natural(good)) == [], good.name  # type: ignore[arg-type]


@pytest.mark.parametrize("skill", sorted(PLANTED))
def test_a_teacher_is_told_what_each_skill_needs(skill: str) -> None:
    for good in (one for one in GOOD if one.row["skill"] == skill):
        check = good.row["expect"]["check"]
        asked = request(good.row, good.sources)[1]["content"]
        rules = asked.partition("What must stay")[2].partition("\n\nFACTS\n")[0]
        for name in ("referent", "new", "old", "held"):
            assert str(check.get(name, "")) in rules
        assert all(fact in rules for fact in check.get("withheld", []))
        assert f"essage {check['critical']} (assistant)" in rules or skill == "switch"
        assert all(text.strip() in asked for text in good.sources.values())
        assert shown(request_again(good.row, good.sources, None, [])) == shown(request(good.row, good.sources))


def test_talk_around_the_dialogues_of_every_skill_is_taken(tmp_path: Path) -> None:
    def answer(asked: list[dict[str, str]], body: Any) -> str:
        good = known(asked)
        return json.dumps(natural(good)) if good else "ready"

    counts, rows = run(tmp_path, answer, retries=0)
    assert counts["taken"] == len(GOOD), counts["rejected"]
    assert {row["skill"] for row in rows if "teacher" in row} == set(PLANTED)
    for row, good in zip(rows, GOOD, strict=True):
        assert verify(row, good.sources) == []  # type: ignore[arg-type]
        assert (row["parents"], row["licence"], row["expect"]) == (
            good.row["parents"], good.row["licence"], good.row["expect"],
        )  # fmt: skip


def test_no_planted_fault_of_any_skill_gets_through(tmp_path: Path) -> None:
    """A teacher that spoils each dialogue in all the ways that there are for its skill, one after the other."""
    spoilt: dict[str, list[tuple[str, Any]]] = {}
    for good in GOOD:
        plants = {**COMMON, **PLANTED[good.row["skill"]]}
        made = [(name, plant(good.row, random.Random(f"{good.name}{name}"))) for name, plant in plants.items()]
        spoilt[good.name] = [(name, row) for name, row in made if row is not None]
    most = 10
    asked_for: Counter[str] = Counter()

    def answer(asked: list[dict[str, str]], body: Any) -> str:
        good = known(asked)
        if good is None:
            return "ready"
        key = shown(asked)[0]["content"] + good.name
        number = asked_for[key]
        asked_for[key] += 1
        return json.dumps(spoilt[good.name][number % len(spoilt[good.name])][1]["messages"], ensure_ascii=False)

    counts, rows = run(tmp_path, answer, retries=most, server_parallel=1)
    taken = [row for row in rows if "teacher" in row]
    assert counts["cost"]["requests"] == (most + 1) * len(GOOD) and not counts["faults"].get(EMPTY)
    named = [
        (row["id"], name)
        for row, good in zip(rows, GOOD, strict=True)
        for name, bad in spoilt[good.name]
        if "teacher" in row and bad["messages"] == row["messages"]
    ]
    assert [] == named == taken


def test_the_domain_packs_rules_are_known_by_name() -> None:
    rules = rule_texts()
    assert len(rules) > 20 and all(text.strip() for text in rules.values())
