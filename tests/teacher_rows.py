"""Built dialogues for the tests of the teacher, with the questions they rest on, and teachers that go by a rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from residency.chat.settings import ChatSettings
from residency.core.files import write_jsonl
from residency.core.records import Conversation, Message
from residency.core.stage import Silent, StageContext
from residency.generation.settings import ModelSettings
from residency.teacher import stage
from residency.teacher.settings import TeacherSettings
from tests.banks import make_question

FACTS = (
    "A femoral hernia is repaired soon after diagnosis, because it strangulates often.",
    "An elective femoral hernia repair is done within 2 weeks.",
    "Mesh closes the femoral canal.",
)
ROWS = [f"q{number}" for number in range(6)]


def dialogue(name: str = "q0", **fields: Any) -> Conversation:
    """A follow-up whose referent stands in the first turn only."""
    age = 50 + sum(map(ord, name)) % 40
    turns = [
        f"A {age}-year-old woman with diabetes has no fever and a femoral hernia. How is it treated?",
        FACTS[0],
        "And how soon?",
        f"Key point: {FACTS[1]}\n{FACTS[2]}",
    ]
    row = {
        "id": f"{name}/followup",
        "kind": "dialogue",
        "skill": "followup",
        "mode": "EXAM",
        "split": "train",
        "source": "example",
        "topic": "hernia",
        "licence": "CC-BY-4.0",
        "parents": [name],
        "passages": [],
        "messages": messages(*turns),
        "expect": {
            "reference": f"{FACTS[1]} {FACTS[2]}",
            "key_facts": [*FACTS[1:]],
            "variant": "when",
            "rules": [],
            "check": {"skill": "followup", "critical": 3, "turn": 2, "referent": "femoral hernia"},
        },
    }
    return cast(Conversation, row | fields)


def messages(*turns: str) -> list[Message]:
    """Turns of a user and an assistant, the user first."""
    return [{"role": "assistant" if place % 2 else "user", "content": text} for place, text in enumerate(turns)]


def question(name: str, **fields: Any) -> dict[str, Any]:
    """What a dialogue was built from."""
    return make_question(name, question="How is a femoral hernia treated?", answer=" ".join(FACTS), **fields)


def run(
    folder: Path,
    rows: Sequence[Conversation],
    progress: Any = None,
    model: Path | None = None,
    seed: int = 17,
    **fields: Any,
) -> dict[str, Any]:
    """Runs the stage on rows of the dialogue stage."""
    write_jsonl(folder / "dialogue" / "conversations.jsonl", rows)
    names = {name for row in rows for name in row["parents"]}
    write_jsonl(folder / "corpus" / "kept.jsonl", [question(name) for name in sorted(names)])
    out = folder / "teacher"
    out.mkdir(exist_ok=True)
    sections = {
        "teacher": TeacherSettings(**fields),
        "model": ModelSettings(name=str(model or "embedded"), dtype="float32", device="cpu"),
        "chat": ChatSettings(),
    }
    inputs = {name: folder / name for name in ("corpus", "dialogue")}
    return stage.run(StageContext(sections, inputs, out, seed, progress or Silent()))


def shown(asked: Sequence[Any]) -> list[dict[str, str]]:
    """The dialogue that a request shows."""
    text = asked[1]["content"].partition("\nDIALOGUE\n")[2].partition("\n\nAn earlier")[0]
    return cast(list[dict[str, str]], json.loads(text))


def told(asked: Sequence[Any]) -> str:
    """What a request says against the answer before; empty in the first request."""
    last = str(asked[-1]["content"])
    return last if len(asked) > 2 else last.partition("An earlier answer could not be taken:")[2]


def changed(turn: Callable[[int, str], str]) -> Callable[[list[dict[str, str]], Any], str]:
    """A teacher that changes each turn of the dialogue that it is shown."""

    def answer(asked: list[dict[str, str]], body: Any) -> str:
        given = shown(asked) if len(asked) > 1 else []
        return json.dumps(
            [each | {"content": turn(place, each["content"])} for place, each in enumerate(given)], ensure_ascii=False
        )

    return answer


def natural(place: int, text: str) -> str:
    """The same turn, as people talk."""
    if place == 0:
        return f"Hello, I have a question. {text}"
    if place == 1:
        return f"Good question. {text}"
    return "I see, thanks. And how soon?" if place == 2 else text


good = changed(natural)


def bad(place: int, change: Callable[[str], str]) -> Callable[[list[dict[str, str]], Any], str]:
    """A good teacher but for one turn."""
    return changed(lambda at, text: change(natural(at, text)) if at == place else natural(at, text))


def age_of(asked: Sequence[Any]) -> int:
    """The age of the patient in a request's dialogue, by which rows are told apart."""
    return age_in(shown(asked))


def age_in(turns: Sequence[Any]) -> int:
    """The age of the patient in a dialogue."""
    found = re.search(r"A (\d+)-year-old", turns[0]["content"])
    return int(found[1]) if found else 0
