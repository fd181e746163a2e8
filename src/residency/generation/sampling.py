"""How tokens are drawn, and how a model's makers say that its are to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from residency.generation.settings import TOP_P


@dataclass(frozen=True)
class Sampling:
    """Tokens are drawn from the ``top_k`` likeliest (0: all) of the whole probability ``top_p``; a ``temperature`` of 0
    takes the likeliest each time."""

    temperature: float = 0.0
    top_p: float = TOP_P
    top_k: int = 0


GREEDY = Sampling()
BY_FAMILY: dict[str, Sampling] = {
    "harmony": Sampling(1.0, 1.0, 0),
    "qwen3-thinking": Sampling(0.6, 0.95, 20),
    "qwen3": Sampling(0.6, 0.95, 20),
}
"""What the makers recommend for models that think: the model cards of gpt-oss and of Qwen3, read in 2026-11. Greedy
decoding makes such models repeat themselves."""


def recommended(config: Any, family: str) -> Sampling:
    """What a model that thinks is sampled with: what its own ``generation_config`` names, and its family's for the
    rest."""
    known = BY_FAMILY.get(family, Sampling(0.6, 0.95, 20))
    if config is None or not getattr(config, "do_sample", False):
        return known
    # A library's own default of 50 stands in configurations that name no top_k.
    named = config.to_diff_dict()

    def value(name: str) -> float:
        own = named.get(name)
        return float(getattr(known, name) if own is None else own)

    return Sampling(value("temperature"), value("top_p"), int(value("top_k")))
