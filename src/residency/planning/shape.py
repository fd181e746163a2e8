"""What a model is made of, from its ``config.json`` alone: each kind of weight matrix, and how often it is there.

Everything that is planned (memory, time, the adapter's size) is counted from here. Nothing is loaded. Weights beside
the language model (Gemma 3's tower for images) are counted too: they are loaded, and get adapters, though no text
passes through them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from residency.core.errors import InputError
from residency.planning.figures import Figures
from residency.planning.layouts import LAYOUTS, WITH_VISION, Bias, Layout

Part = Literal["embedding", "attention", "mlp", "experts", "router", "norms", "head", "vision"]
PARTS: tuple[Part, ...] = ("embedding", "attention", "mlp", "experts", "router", "norms", "head", "vision")
ADAPTED: tuple[Part, ...] = ("attention", "mlp", "experts", "vision")
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
    beside: int = 0
    """Weights of a tower for images that are in none of ``matrices``."""

    def of(self, part: Part) -> list[Matrix]:
        """The matrices of a part."""
        return [matrix for matrix in self.matrices if matrix.part == part]

    @property
    def parts(self) -> dict[str, int]:
        """Weights by part, biases with the matrix that they belong to; the tied head's are those of the embedding.
        ``vision`` is what stands beside the language model."""
        held: dict[str, int] = {
            part: sum(m.count * m.weights for m in self.matrices if m.part == part) for part in PARTS
        }
        held |= {"attention": held["attention"] + self.sinks, "norms": self.norms}
        return held | {"vision": held["vision"] + self.beside}

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
    on_experts = expert_rank if experts else 0
    return {
        part: sum((on_experts if m.expert else rank) * (m.rows + m.columns) * m.count for m in shape.of(part))
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
    if name in WITH_VISION:
        return _with_vision(str(name), config, where)
    layout = LAYOUTS.get(str(name))
    if layout is None:
        known = ", ".join(sorted({*LAYOUTS, *WITH_VISION}))
        what = f"nothing is known of the layers of model_type {name!r} (known: {known})"
        fix = "Plan with the config of a model of a known type, or add a row to residency/planning/layouts.py"
        raise InputError(what, where, fix)
    return _Reader(layout, Figures(str(name), {**layout.defaults, **config}, where)).shape()


def _with_vision(name: str, config: Mapping[str, Any], where: str) -> Shape:
    """A language model with a tower for images beside it, as Gemma 3 is: the tower of SigLIP, and a projection."""
    layout, figures = LAYOUTS[WITH_VISION[name]], Figures(name, config, where)
    # The whole model's word on tied weights counts, not that of the language model in it.
    tied = {"tie_word_embeddings": config.get("tie_word_embeddings", True)}
    inner = figures.part("text_config", layout.defaults)
    shape = _Reader(layout, Figures(name, {**inner.config, **tied}, where)).shape()
    eye = figures.part("vision_config", {"num_channels": 3, "vision_use_head": True})
    if eye.truth("vision_use_head"):
        raise eye.fault("vision_use_head is not false")
    layers, hidden, width = (eye.number(key) for key in ("num_hidden_layers", "hidden_size", "intermediate_size"))
    patch = eye.number("patch_size")
    sizes = dict.fromkeys(("q_proj", "k_proj", "v_proj", "out_proj"), (hidden, hidden))
    sizes |= {"fc1": (width, hidden), "fc2": (hidden, width)}
    tower = tuple(
        Matrix(f"vision.{name}", "vision", rows, columns, layers, 0, bias=True)
        for name, (rows, columns) in sizes.items()
    )
    patches = hidden * eye.number("num_channels") * patch**2 + hidden
    positions = (eye.number("image_size") // patch) ** 2 * hidden
    norms = (4 * layers + 2) * hidden  # two in each layer and one at the end, each with a bias
    projection = hidden * shape.hidden + hidden
    return replace(shape, matrices=shape.matrices + tower, beside=patches + positions + norms + projection)


@dataclass(frozen=True)
class _Reader:
    """The language model of a config, with the defaults of its architecture."""

    layout: Layout
    figures: Figures

    def shape(self) -> Shape:
        layers, hidden = self.figures.number("num_hidden_layers"), self.figures.number("hidden_size")
        heads = self.figures.number("num_attention_heads")
        kv_heads = self.figures.number("num_key_value_heads", heads)
        head_dim = self.figures.number("head_dim", hidden // heads)
        experts, used, expert_layers = self.experts(layers)
        window, windowed = self.window(layers)
        tied = self.figures.truth("tie_word_embeddings")
        vocabulary = self.figures.number("vocab_size")
        matrices = (
            Matrix("embed_tokens", "embedding", vocabulary, hidden, 1, 0),
            *self.attention(layers, hidden, heads * head_dim, kv_heads * head_dim),
            *self.mlp(layers - expert_layers, hidden),
            *self.expert_mlp(expert_layers, hidden, experts, used),
            Matrix("lm_head", "head", vocabulary, hidden, 0 if tied else 1, 1),
        )
        layer_norms = self.layout.layer_norms * hidden + (2 * head_dim if self.layout.head_norms else 0)
        return Shape(
            model_type=self.figures.model_type,
            layers=layers,
            hidden=hidden,
            heads=heads,
            kv_heads=kv_heads,
            head_dim=head_dim,
            vocabulary=vocabulary,
            tied=tied,
            width=self.figures.number(self.layout.expert_width if expert_layers else "intermediate_size"),
            experts=experts,
            experts_used=used,
            expert_layers=expert_layers,
            window=window,
            windowed_layers=windowed,
            context=self.figures.number("max_position_embeddings"),
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
        width, bias = self.figures.number("intermediate_size"), self.bias(self.layout.mlp_bias)
        into = {"gate_up_proj": 2 * width} if self.layout.fused else {"gate_proj": width, "up_proj": width}
        return [
            *(Matrix(name, "mlp", rows, hidden, layers, layers, bias) for name, rows in into.items()),
            Matrix("down_proj", "mlp", hidden, width, layers, layers, bias),
        ]

    def expert_mlp(self, layers: int, hidden: int, experts: int, used: int) -> list[Matrix]:
        if not layers:
            return []
        width, bias = self.figures.number(self.layout.expert_width), self.layout.expert_bias
        held, active = layers * experts, layers * used
        return [
            Matrix("router", "router", experts, hidden, layers, layers, bias),
            Matrix("experts.gate_up_proj", "experts", 2 * width, hidden, held, active, bias),
            Matrix("experts.down_proj", "experts", hidden, width, held, active, bias),
        ]

    def experts(self, layers: int) -> tuple[int, int, int]:
        """How many experts a layer has, how many of them work on a token, and how many layers have some."""
        if not self.layout.experts:
            return 0, 0, 0
        key = next((key for key in self.layout.experts if key in self.figures.config), self.layout.experts[0])
        with_some = layers
        if self.layout.dense_layers:
            step = self.figures.number("decoder_sparse_step", 1)
            dense = self.figures.config.get("mlp_only_layers") or ()
            with_some = sum(index not in dense and (index + 1) % step == 0 for index in range(layers))
        count = self.figures.number(key, least=0 if self.layout.dense_layers else 1)
        if not count or not with_some:
            return 0, 0, 0
        used = self.figures.number("num_experts_per_tok")
        if used > count:
            raise self.figures.fault(f"num_experts_per_tok = {used}, of {count} experts")
        return count, used, with_some

    def window(self, layers: int) -> tuple[int | None, int]:
        """The window, and how many layers have it."""
        rule, config = self.layout.window, self.figures.config
        switched_on = config.get("use_sliding_window", True) and config.get("sliding_window") is not None
        if rule == "none" or not switched_on:
            return None, 0
        types = config.get("layer_types")
        if rule == "all":
            count = layers
        elif types is not None:
            count = list(types)[:layers].count("sliding_attention")
        elif rule == "late":
            count = max(0, layers - self.figures.number("max_window_layers", least=0))
        else:
            count = layers - layers // self.figures.number("sliding_window_pattern", self.layout.period)
        return (self.figures.number("sliding_window"), count) if count else (None, 0)

    def bias(self, bias: Bias) -> bool:
        return self.figures.truth(bias) if isinstance(bias, str) else bias
