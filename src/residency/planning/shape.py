"""What a model is made of, from its ``config.json`` alone: each kind of weight matrix, and how often it is there.

Everything that is planned (memory, time, the adapter's size) is counted from here. Nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from residency.core.errors import InputError
from residency.planning.layouts import LAYOUTS, Bias, Layout

Part = Literal["embedding", "attention", "mlp", "experts", "router", "norms", "head"]
PARTS: tuple[Part, ...] = ("embedding", "attention", "mlp", "experts", "router", "norms", "head")
ADAPTED: tuple[Part, ...] = ("attention", "mlp", "experts")
"""The parts that get adapters: embeddings, head and routers never do (``residency.training.model.placement``)."""


@dataclass(frozen=True)
class Matrix:
    """One kind of weight matrix: it takes ``columns`` values of a token and gives ``rows``.

    ``count`` is how many of them the model holds, over all layers and experts; ``active`` how many are multiplied with
    one token. An embedding is looked up and multiplied with nothing: its ``active`` is 0. A head that is tied to it is
    held there: its ``count`` is 0.
    """

    name: str
    part: Part
    rows: int
    columns: int
    count: int
    active: int
    bias: bool = False

    @property
    def expert(self) -> bool:
        """Whether it is a matrix of experts, of which some work on a token."""
        return self.part == "experts"

    @property
    def weights(self) -> int:
        """The weights of one of them, with its bias."""
        return self.rows * self.columns + (self.rows if self.bias else 0)


@dataclass(frozen=True)
class Shape:
    """A model's figures, and its matrices."""

    model_type: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    tied: bool
    """Whether the output head is the embedding."""
    width: int
    """Of the MLP, or of one expert where there are some."""
    experts: int
    """Of a layer; 0 in a dense model."""
    experts_used: int
    """Experts that work on a token; 0 in a dense model."""
    expert_layers: int
    """Layers that have experts; the others have a dense MLP."""
    window: int | None
    """Tokens that a windowed layer looks back; None where no layer is windowed."""
    windowed_layers: int
    context: int
    """Tokens for which positions are there."""
    matrices: tuple[Matrix, ...]
    norms: int
    """Weights of all norms."""
    sinks: int
    """Attention sinks, which count as attention."""

    @property
    def parts(self) -> dict[str, int]:
        """Weights by part, biases with the matrix that they belong to; the tied head's are those of the embedding."""
        held: dict[str, int] = {
            part: sum(m.count * m.weights for m in self.matrices if m.part == part) for part in PARTS
        }
        return {**held, "attention": held["attention"] + self.sinks, "norms": self.norms}

    @property
    def parameters(self) -> int:
        """All weights, each once: what transformers counts on the model."""
        return sum(self.parts.values())

    @property
    def active(self) -> int:
        """Weights that are computed with for one token: the experts that are used, and no embedding, which is looked
        up. So counts the card of gpt-oss (2508.10925, table 1)."""
        return sum(m.active * m.weights for m in self.matrices) + self.norms + self.sinks

    @property
    def active_with_embedding(self) -> int:
        """``active`` with the embedding's table where it is not the head already: so count Qwen3's cards."""
        return self.active + (0 if self.tied else self.parts["embedding"])


def lora_parts(shape: Shape, rank: int, experts: bool = True, expert_rank: int | None = None) -> dict[str, int]:
    """The weights of an adapter by the part that it is on.

    A matrix of (rows, columns) has two of (rank, columns) and (rows, rank) (Hu et al., 2106.09685): in all
    rank x (rows + columns) for each matrix and each expert.

    Args:
        shape: the model.
        rank: on attention and dense MLP.
        experts: whether experts have adapters.
        expert_rank: theirs; where it is not given, the rank divided by the experts that work on a token, at least 1,
            as ``residency.training.model.adapter`` places them ("LoRA Without Regret", 2025).
    """
    if expert_rank is None:
        expert_rank = max(1, rank // max(1, shape.experts_used))
    ranks: dict[str, int] = {"attention": rank, "mlp": rank, "experts": expert_rank if experts else 0}
    return {
        part: sum(ranks[part] * (m.rows + m.columns) * m.count for m in shape.matrices if m.part == part)
        for part in ADAPTED
    }


def lora_parameters(shape: Shape, rank: int, experts: bool = True, expert_rank: int | None = None) -> int:
    """All weights of an adapter: see :func:`lora_parts`."""
    return sum(lora_parts(shape, rank, experts, expert_rank).values())


def shape_of(config: Mapping[str, Any], where: str = "config.json") -> Shape:
    """The shape of the model that a config describes.

    Args:
        config: what ``config.json`` holds.
        where: the file or the model's name, for errors.

    Raises:
        InputError: the architecture is not known here, or a figure is missing or no sensible number.
    """
    name = config.get("model_type")
    layout = LAYOUTS.get(str(name))
    if layout is None:
        what = f"nothing is known of the layers of model_type {name!r} (known: {', '.join(sorted(LAYOUTS))})"
        fix = "Plan with the config of a model of a known type, or add a row to residency/planning/layouts.py"
        raise InputError(what, where, fix)
    return _Reader(str(name), layout, {**layout.defaults, **config}, where).shape()


@dataclass(frozen=True)
class _Reader:
    """A config being read, with the defaults of its architecture."""

    model_type: str
    layout: Layout
    config: Mapping[str, Any]
    where: str

    def shape(self) -> Shape:
        layers, hidden = self.number("num_hidden_layers"), self.number("hidden_size")
        heads = self.number("num_attention_heads")
        kv_heads = self.number("num_key_value_heads", heads)
        head_dim = self.number("head_dim", hidden // heads)
        experts, used, expert_layers = self.experts(layers)
        window, windowed = self.window(layers)
        tied = self.truth("tie_word_embeddings")
        vocabulary = self.number("vocab_size")
        matrices = (
            Matrix("embed_tokens", "embedding", vocabulary, hidden, 1, 0),
            *self.attention(layers, hidden, heads * head_dim, kv_heads * head_dim),
            *self.mlp(layers - expert_layers, hidden),
            *self.expert_mlp(expert_layers, hidden, experts, used),
            Matrix("lm_head", "head", vocabulary, hidden, 0 if tied else 1, 1),
        )
        layer_norms = self.layout.layer_norms * hidden + (2 * head_dim if self.layout.head_norms else 0)
        return Shape(
            model_type=self.model_type,
            layers=layers,
            hidden=hidden,
            heads=heads,
            kv_heads=kv_heads,
            head_dim=head_dim,
            vocabulary=vocabulary,
            tied=tied,
            width=self.number(self.layout.expert_width if expert_layers else "intermediate_size"),
            experts=experts,
            experts_used=used,
            expert_layers=expert_layers,
            window=window,
            windowed_layers=windowed,
            context=self.number("max_position_embeddings"),
            matrices=matrices,
            norms=layers * layer_norms + hidden,
            sinks=layers * heads if self.layout.sinks else 0,
        )

    def attention(self, layers: int, hidden: int, queries: int, keys: int) -> list[Matrix]:
        bias = self.bias(self.layout.qkv_bias)
        output = Matrix("o_proj", "attention", hidden, queries, layers, layers, self.bias(self.layout.output_bias))
        if self.layout.fused:
            return [Matrix("qkv_proj", "attention", queries + 2 * keys, hidden, layers, layers, bias), output]
        rows = {"q_proj": queries, "k_proj": keys, "v_proj": keys}
        return [*(Matrix(name, "attention", n, hidden, layers, layers, bias) for name, n in rows.items()), output]

    def mlp(self, layers: int, hidden: int) -> list[Matrix]:
        if not layers:
            return []
        width, bias = self.number("intermediate_size"), self.bias(self.layout.mlp_bias)
        into = {"gate_up_proj": 2 * width} if self.layout.fused else {"gate_proj": width, "up_proj": width}
        return [
            *(Matrix(name, "mlp", rows, hidden, layers, layers, bias) for name, rows in into.items()),
            Matrix("down_proj", "mlp", hidden, width, layers, layers, bias),
        ]

    def expert_mlp(self, layers: int, hidden: int, experts: int, used: int) -> list[Matrix]:
        if not layers:
            return []
        width, bias, held, active = self.number(self.layout.expert_width), self.layout.expert_bias, experts, used
        return [
            Matrix("router", "router", experts, hidden, layers, layers, bias),
            Matrix("experts.gate_up_proj", "experts", 2 * width, hidden, layers * held, layers * active, bias),
            Matrix("experts.down_proj", "experts", hidden, width, layers * held, layers * active, bias),
        ]

    def experts(self, layers: int) -> tuple[int, int, int]:
        """How many experts a layer has, how many of them work on a token, and how many layers have some."""
        if not self.layout.experts:
            return 0, 0, 0
        key = next((key for key in self.layout.experts if key in self.config), self.layout.experts[0])
        with_some = layers
        if self.layout.dense_layers:
            step = self.number("decoder_sparse_step", 1)
            dense = self.config.get("mlp_only_layers") or ()
            with_some = sum(index not in dense and (index + 1) % step == 0 for index in range(layers))
        count = self.number(key, least=0 if self.layout.dense_layers else 1)
        if not count or not with_some:
            return 0, 0, 0
        used = self.number("num_experts_per_tok")
        if used > count:
            raise self.fault(f"num_experts_per_tok = {used}, of {count} experts")
        return count, used, with_some

    def window(self, layers: int) -> tuple[int | None, int]:
        """The window, and how many layers have it."""
        rule = self.layout.window
        there = self.config.get("sliding_window") is not None and self.config.get("use_sliding_window", True)
        if rule == "none" or not there:
            return None, 0
        types = self.config.get("layer_types")
        if rule == "all":
            count = layers
        elif types is not None:
            count = list(types)[:layers].count("sliding_attention")
        elif rule == "late":
            count = max(0, layers - self.number("max_window_layers", least=0))
        else:
            count = layers - layers // self.number("sliding_window_pattern", self.layout.period)
        return (self.number("sliding_window"), count) if count else (None, 0)

    def bias(self, bias: Bias) -> bool:
        return self.truth(bias) if isinstance(bias, str) else bias

    def truth(self, key: str) -> bool:
        return bool(self.config.get(key) or False)

    def number(self, key: str, otherwise: int | None = None, least: int = 1) -> int:
        """A count of the config, or what is meant where it is absent or null."""
        value = self.config.get(key)
        value = otherwise if value is None else value
        if value is None:
            raise self.fault(f"the key {key} is missing")
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.fault(f"{key} = {value!r} is no count")
        return value

    def fault(self, what: str) -> InputError:
        fix = f"Take the config.json that is published with the model; a {self.model_type} needs it to be counted"
        return InputError(f"{what} (model_type {self.model_type!r})", self.where, fix)
