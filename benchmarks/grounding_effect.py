"""Do examples over a context teach discipline? SFT with and without them, the same steps, compared paired.

    python -m benchmarks.grounding_effect                   # some hours on two cores; goes on where it was killed
    python -m benchmarks.grounding_effect --folder runs/grounding-effect --items 80 --steps 150

On the example corpus and the embedded model. Two arms from one base: ``without`` is trained on the default shares but
those over a context, whose place the others take; ``with`` on the default shares, all else alike. The base and both
arms answer the same held-out questions, each with the passage that answers it and without, and some over half an
answer, a disagreement, passages beside the question and an injected order. Differences are paired, with 95% intervals
clustered by question. Citation recall and precision are ALCE's; abstention recall and false abstention mean nothing
apart.
"""

from __future__ import annotations

import sys

from benchmarks.effects import BASE, Effect, parser_of, run_effect
from residency.evaluation.settings import EvaluateSettings
from residency.mix.settings import MixSettings

_OVER_A_CONTEXT = frozenset({"context", "insufficient", "context_dialogue", "tool"})


def _without() -> dict[str, float]:
    shares = MixSettings().shares
    left = sum(share for kind, share in shares.items() if kind not in _OVER_A_CONTEXT)
    return {kind: 0.0 if kind in _OVER_A_CONTEXT else round(share / left, 4) for kind, share in shares.items()}


EFFECT = Effect(
    "grounding_effect",
    {"without": _without(), "with": MixSettings().shares},
    (("without", BASE), ("with", BASE), ("with", "without")),
    "faithfulness",
    EvaluateSettings(),
)

if __name__ == "__main__":
    sys.exit(run_effect(EFFECT, parser_of(EFFECT, __doc__, items=80, examples=400, steps=150).parse_args()))
