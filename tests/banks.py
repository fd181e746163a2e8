"""Banks made for the tests, strange ones among them, and the data stages that run on them without a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from residency.core.errors import InputError
from residency.core.files import write_jsonl
from residency.core.stage import StageContext
from residency.corpus.settings import CorpusSettings
from residency.dialogue.settings import DialogueSettings
from residency.flow.stages import stage
from residency.grounding.settings import GroundingSettings
from residency.mix.settings import MixSettings
from residency.retrieval.settings import IndexSettings
from residency.teacher.settings import TeacherSettings
from tests.conftest import EXAMPLES

Row = dict[str, Any]


def make_question(name: str = "q1", **fields: Any) -> dict[str, Any]:
    """A kept row of a question bank, as the corpus stage writes it."""
    row: dict[str, Any] = {
        "id": name,
        "kind": "mcq" if "options" in fields else "open",
        "question": "How is a femoral hernia treated?",
        "answer": "A femoral hernia is repaired soon after diagnosis.",
        "source": "example",
        "topic": "hernia",
        "licence": "CC-BY-4.0",
        "parents": [],
        "split": "train",
        "cluster": name,
        "origin": "bank.jsonl:1",
        "passages": [],
    }
    return row | fields


def make_passage(name: str, text: str, title: str = "") -> dict[str, Any]:
    """A passage, as the index stage writes it."""
    traced = {"source": "example", "topic": "hernia", "licence": "CC-BY-4.0", "parents": []}
    return {"id": name, "title": title, "section": "", "date": "", "text": text, **traced}


def make_conversation(name: str, kind: str = "open", **fields: Any) -> dict[str, Any]:
    """A conversation of one exchange, as the mix is given it."""
    said = [("user", "Is a femoral hernia repaired?"), ("assistant", "It is repaired soon after diagnosis.")]
    row = {
        "id": name,
        "kind": kind,
        "skill": "single_turn",
        "mode": "CLINICAL",
        "split": "train",
        "source": "example",
        "topic": "hernia",
        "licence": "CC-BY-4.0",
        "parents": [],
        "passages": [],
        "messages": [{"role": role, "content": text} for role, text in said],
        "expect": {},
    }
    return row | fields


def run_data_stages(
    folder: Path,
    questions: list[dict[str, Any]] | None = None,
    passages: list[dict[str, Any]] | None = None,
    **sections: Any,
) -> Path:
    """Run index, dialogue, grounding and mix on ``questions`` and ``passages`` into ``folder``, without a model:
    passages are found by words alone.

    None stands for the example corpus, split by the corpus stage. ``sections`` replace the settings of a stage;
    ``seed`` is among them.
    """
    files = [EXAMPLES / "mcq.jsonl", EXAMPLES / "open.jsonl"]
    names = ["corpus", "index", "dialogue", "teacher", "grounding", "mix"]
    if questions is not None:
        write_jsonl(folder / "corpus" / "kept.jsonl", questions)
        write_jsonl(folder / "corpus" / "passages.jsonl", passages or [])
        names.remove("corpus")
    seed = sections.pop("seed", 17)
    settings = {
        "corpus": CorpusSettings(files=files),
        "index": IndexSettings(files=[EXAMPLES / "passages.jsonl"] if questions is None else [], embeddings="none"),
        "dialogue": DialogueSettings(),
        "teacher": TeacherSettings(),
        "grounding": GroundingSettings(),
        "mix": MixSettings(),
    } | sections
    inputs = {name: folder / name for name in ("corpus", "index", "dialogue", "teacher", "grounding")}
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
        try:
            stage(name).load()(StageContext(settings, inputs, folder / name, seed))
        except InputError:
            if name != "mix":  # a bank without a train question has no mix, which the stage says
                raise
    return folder


REPAIR = make_passage(
    "repair", "A femoral hernia is repaired soon after diagnosis, and mesh is used.", "Femoral hernia: repair"
)
BELT = make_passage("belt", "A truss is a belt that a patient may wear over an inguinal bulge.", "The truss")
SCAN = make_passage("scan", "An ultrasound scan shows a bulge that is hard to feel in the patient.", "Scanning a bulge")

OPTIONS = {"A": "Mesh", "B": "Truss"}
STRANGE: dict[str, tuple[list[Row], list[Row]]] = {
    "empty": ([], []),
    "no passages": ([make_question("q1"), make_question("q2")], []),
    "no questions": ([], [REPAIR]),
    "a single question": ([make_question()], [REPAIR, BELT]),
    "a single passage": ([make_question(passages=["repair"])], [REPAIR]),
    "no open questions": ([make_question(options=OPTIONS, answer="A", rationale="Mesh lasts.")], [REPAIR]),
    "no MCQs": ([make_question("q1"), make_question("q2", split="test")], [REPAIR, BELT]),
    "only held out": ([make_question("q1", split="test"), make_question("q2", split="test_topic")], [REPAIR, BELT]),
    "an empty rationale": ([make_question(options=OPTIONS, answer="A", rationale="")], [REPAIR]),
    "a blank rationale": ([make_question(options=OPTIONS, answer="A", rationale=" \n")], [REPAIR]),
    "no rationale": ([make_question(options=OPTIONS, answer="B")], [REPAIR]),
    "one option": ([make_question(options={"A": "Mesh"}, answer="A", rationale="Mesh lasts.")], [REPAIR]),
    "a blank answer": ([make_question("q1", answer=" "), make_question("q2", answer="")], [REPAIR, BELT]),
    "answers of one word": ([make_question("q1", answer="Mesh"), make_question("q2", answer="No.")], [REPAIR, BELT]),
    "questions of no words": (
        [make_question("q1", question="?"), make_question("q2", question="手術は?")],
        [REPAIR, BELT],
    ),
    "braces and marks": (
        [
            make_question(name, question="Is {what} {0} [1] %s?", answer="A {hernia} is repaired [7].")
            for name in ("q1", "q2")
        ],
        [REPAIR | {"title": "{what} %s"}, BELT],
    ),
    "unicode": (
        [
            make_question(name, question="Ödem – 手術 🩺\u2028?", answer="Die Ödeme sind “groß”.\x85 手術。")
            for name in ("ö1", "ö2")
        ],
        [make_passage("ü", "Die Ödeme sind groß. 手術 🩺", "Ödeme"), BELT],
    ),
    "half a surrogate pair": (
        [make_question("q\ud800", answer="A femoral \ud800 hernia is repaired.")],
        [REPAIR, BELT],
    ),
    "huge": (
        [
            make_question(name, question="hernia " * 5_000, answer="A femoral hernia is repaired. " * 1_000)
            for name in ("q1", "q2")
        ],
        [REPAIR | {"text": "A femoral hernia is repaired. " * 3_000}, BELT],
    ),
    "long runs": (
        [make_question("q1", answer=" " * 9_000 + "a" * 9_000), make_question("q2", answer="." * 9_000)],
        [REPAIR],
    ),
    "like rows": ([make_question(f"q{place}") for place in range(30)], [REPAIR, REPAIR | {"id": "copy"}, BELT]),
}
