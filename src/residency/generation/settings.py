"""Settings of the model that is trained and run, and the types of those by which a server is reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator

from residency.core.stage import Settings

TOP_P = 0.95
"""Where tokens are drawn, they are drawn from the likeliest of this whole probability."""


MERGED = "merged.json"
"""What stands beside a model that was written of a run's, and says of what it was made, with its files' digests."""


class ModelSettings(Settings):
    """The base model and how it is loaded."""

    name: str = "embedded"
    """``embedded`` (SmolLM2-135M-Instruct from the package registry), a folder, or a hub id."""
    revision: str | None = None
    """A commit of the hub id; pin it for a run that is to be published."""
    dtype: Literal["auto", "bfloat16", "float32"] = "auto"
    """Weights' precision; ``auto`` takes bfloat16 where the processor is fast in it, else float32."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where the model runs."""
    attention: str = "auto"
    """``auto``: by architecture (docs/models.md); or a name that transformers knows: eager, sdpa, flex_attention,
    flash_attention_2, or a kernel's hub id."""
    quantization: Literal["none", "4bit"] = "none"
    """``4bit`` loads the base model's linear layers as NF4 by bitsandbytes (the extra ``quantized``); refused where
    the bulk of the weights would stay in 16 bits, as in models with fused experts."""
    trust_remote_code: bool = False
    """Whether code that comes with the model may run on this machine; of a hub id it takes a pinned revision."""

    @property
    def is_pinned(self) -> bool:
        """Whether what is loaded cannot change: no hub id, or one at a commit."""
        hub = self.name != "embedded" and self.folder is None
        return not hub or bool(re.fullmatch(r"[0-9a-f]{40}", self.revision or ""))

    @property
    def folder(self) -> Path | None:
        """The folder that ``name`` is the path of, be it there or not; None for ``embedded`` and a hub id."""
        folder = Path(self.name).expanduser()
        is_path = folder.is_absolute() or self.name.startswith((".", "~")) or self.name.count("/") > 1
        is_path = is_path or folder.suffix == ".gguf"
        return folder if self.name != "embedded" and (is_path or folder.is_dir()) else None

    @property
    def gguf(self) -> str:
        """The name of the GGUF file that ``name`` is the path of; its weights are dequantised when it is loaded, and it
        can be run and not trained. Empty for all else."""
        folder = self.folder
        return folder.name if folder is not None and folder.suffix == ".gguf" else ""

    def input_files(self) -> list[Path]:
        """What decides how texts become tokens, where the model is a folder; its weights are too large to digest. Of a
        merged model the digest is there."""
        if self.folder is None or not self.folder.is_dir():
            return []
        wanted = ("tokenizer*", "chat_template*", "vocab*", "merges*", "config.json", "generation_config.json", MERGED)
        return sorted({path for pattern in wanted for path in self.folder.glob(pattern) if path.is_file()})

    def notes(self) -> list[str]:
        if self.is_pinned:
            return []
        return [
            f"{self.name} may change on the hub between two runs. Set model.revision to a commit (40 hex digits) to "
            "train on, evaluate and publish one and the same model"
        ]

    def problems(self) -> list[str]:
        if self.trust_remote_code and not self.is_pinned:
            return ["trust_remote_code runs code from the hub. Set model.revision to the commit that you have read"]
        if self.folder is None:
            return []
        if self.gguf:
            return [] if self.folder.is_file() else [f"there is no such file: {self.folder}"]
        if not self.folder.is_dir():
            return [f"there is no such folder: {self.folder}. Set model.name to embedded, a model's folder or a hub id"]
        return [] if (self.folder / "config.json").exists() else [f"no model (no config.json) is in {self.folder}"]


def _address(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    # The value is not shown: it may hold what must not be.
    if not fits:
        raise ValueError("no web address; write it as http://localhost:8000/v1")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(
            "an address holds no user, password or query here; put the API key into the environment variable that "
            "server_key names"
        )
    return value


def _variable(value: str) -> str:
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", value):
        raise ValueError(
            "the name of an environment variable was expected, in capital letters; the key itself stands in no file"
        )
    return value


ServerAddress = Annotated[str, AfterValidator(_address)]
"""The base URL of a server's API, or nothing; no secret may stand in it."""
KeyVariable = Annotated[str, AfterValidator(_variable)]
"""The name of the environment variable that holds an API key."""


def however_reached(values: Mapping[str, Any]) -> dict[str, Any]:
    """A fingerprint's values without how the server is reached, so that answers already on disk outlast a move to
    another address; whether there is one, and its model, count."""
    reached = {"server_key", "server_parallel", "timeout"}
    kept = {name: value for name, value in values.items() if name not in reached}
    return kept | {"server": "a server" if values["server"] else ""}
