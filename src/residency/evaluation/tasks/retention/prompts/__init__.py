"""The prompts with verifiable instructions. They are asked of models and never stand in training."""

from residency.evaluation.tasks.retention.prompts.everyday import EVERYDAY
from residency.evaluation.tasks.retention.prompts.health import HEALTH
from residency.evaluation.tasks.retention.prompts.knowledge import KNOWLEDGE
from residency.evaluation.tasks.retention.prompts.prompt import Prompt

TOPICS: dict[str, tuple[Prompt, ...]] = {"everyday": EVERYDAY, "knowledge": KNOWLEDGE, "health": HEALTH}

__all__ = ["TOPICS", "Prompt"]
