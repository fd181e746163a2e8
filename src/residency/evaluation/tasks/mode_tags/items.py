"""Questions whose own style is one mode's, with its tag, with the other's and with none."""

from __future__ import annotations

from residency.core.prompt import MODES, Mode, conversation, format_question, user_message
from residency.core.records import Question
from residency.domain.surgery.cases import read_case
from residency.domain.surgery.danger import in_danger
from residency.evaluation.item import GIVEN, Ask, Item
from residency.evaluation.sources import Sources

SWAPPED, UNTAGGED = "swapped", "untagged"


def collect(sources: Sources) -> list[Item]:
    """Held-out questions of both styles, evenly; none unless the settings ask for them."""
    settings = sources.settings.modes
    if not settings.swapped:
        return []
    most = min(settings.swapped_items, sources.settings.max_items or settings.swapped_items)
    styles = {row["id"]: style_of(row) for row in sources.questions}
    kinds: dict[str, list[str]] = {mode: [name for name, style in styles.items() if style == mode] for mode in MODES}
    kept = sources.evenly(kinds, most, "mode tags")
    return [tagged_item(row, style) for row in sources.questions if (style := styles[row["id"]]) and row["id"] in kept]


def style_of(question: Question) -> Mode | None:
    """The mode that a question's own style is of: EXAM for one with options, CLINICAL for an open one that tells of a
    patient; None for any other, and for a patient in danger, whose answer has a form of its own."""
    if in_danger(question["question"]):
        return None
    if question["kind"] == "mcq":
        return "EXAM"
    return "CLINICAL" if question["kind"] == "open" and read_case(question["question"]) is not None else None


def tagged_item(question: Question, style: Mode) -> Item:
    """A question in its three ways; the tags are those that are served."""
    options = question["options"] if question["kind"] == "mcq" else {}
    asked = [user_message(format_question(question["question"], options))]
    return Item(
        id=f"mode/{question['id']}",
        axis="mode",
        task="mode",
        mode=style,
        cluster=question["cluster"],
        topic=question["topic"],
        asks=[
            Ask(GIVEN, conversation(style, asked)),
            Ask(SWAPPED, conversation(other(style), asked)),
            Ask(UNTAGGED, conversation(style, asked, None)),
        ],
        expect={"mcq": bool(options), "reference": question.get("rationale") or question["answer"]},
        source=question["source"],
        split=question["split"],
        passage_seen=question.get("passage_seen"),
    )


def other(mode: Mode) -> Mode:
    """The mode that this one is not."""
    return "CLINICAL" if mode == "EXAM" else "EXAM"
