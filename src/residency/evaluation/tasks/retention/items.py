"""The items of retention: general prompts with instructions, and general MCQs from the user's files."""

from __future__ import annotations

from residency.core.prompt import DEFAULT_MODE, conversation, user_message
from residency.evaluation.item import GIVEN, Ask, Item
from residency.evaluation.sources import Sources
from residency.evaluation.tasks.retention.mcqs import mcq_items
from residency.evaluation.tasks.retention.prompts import TOPICS


def collect(sources: Sources) -> list[Item]:
    """At most ``max_items`` of the general prompts, and of each file of general MCQs.

    Raises:
        InputError: a file cannot be read, or holds no MCQ that was not trained on.
    """
    prompts = instruction_items() if sources.settings.retention.instructions else []
    return [*sources.few(prompts, "retention"), *mcq_items(sources)]


def instruction_items() -> list[Item]:
    """All general prompts, each an item.

    They are asked without a mode, as a conversation of the anchor is: an answer in a mode's form could not follow them.
    """
    return [
        Item(
            id=f"retention/{prompt.name}",
            axis="followup",
            task="retention",
            mode=DEFAULT_MODE,
            cluster=f"retention/{prompt.name}",
            topic=topic,
            asks=[Ask(GIVEN, conversation(DEFAULT_MODE, [user_message(prompt.text)], None))],
            expect={"instructions": [dict(one) for one in prompt.instructions]},
            source="written",
        )
        for topic, prompts in TOPICS.items()
        for prompt in prompts
    ]
