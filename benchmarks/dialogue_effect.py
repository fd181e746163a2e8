"""Do dialogues in the training mix help the conversation? SFT with and without them, the same steps, compared paired.

    python -m benchmarks.dialogue_effect                    # an hour or so on two cores; goes on where it was killed
    python -m benchmarks.dialogue_effect --folder runs/effect --items 120 --steps 150

On the example corpus and the embedded model. Two arms from one base: ``single`` is trained on single turns only;
``dialogues`` gives part of their place to conversations, all else alike. The base and both arms answer the same
follow-ups: built ones of held-out questions, and those written by hand. Differences are paired, with 95% intervals by
clusters. ``single - base`` answers whether training on single turns alone hurts the conversation; ``dialogues -
single`` what the conversations do.
"""

from __future__ import annotations

import sys

from benchmarks.effects import BASE, RECIPE, Effect, parser_of, run_effect
from residency.evaluation.settings import EvaluateSettings

_NONE = {"context": 0.0, "insufficient": 0.0, "context_dialogue": 0.0}
EFFECT = Effect(
    "dialogue_effect",
    {
        "single": {"mcq": 0.4, "open": 0.6, "dialogue": 0.0, "safety": 0.0, **_NONE},
        "dialogues": {"mcq": 0.32, "open": 0.48, "dialogue": 0.15, "safety": 0.05, **_NONE},
    },
    (("single", BASE), ("dialogues", BASE), ("dialogues", "single")),
    "followup",
    EvaluateSettings(
        followups=[RECIPE.parent / "followups.jsonl"],
        dialogues=sorted((RECIPE.parent / "dialogues").glob("*.jsonl")),
    ),
)

if __name__ == "__main__":
    sys.exit(run_effect(EFFECT, parser_of(EFFECT, __doc__, items=160, examples=400, steps=150).parse_args()))
