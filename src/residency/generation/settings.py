"""Settings of the model that is trained and run."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from residency.core.stage import Settings

TOP_P = 0.95
"""Where tokens are drawn, they are drawn from the likeliest of this whole probability."""


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

    @property
    def folder(self) -> Path | None:
        """The folder that ``name`` is the path of, be it there or not; None for ``embedded`` and a hub id."""
        folder = Path(self.name).expanduser()
        is_path = folder.is_absolute() or self.name.startswith((".", "~")) or self.name.count("/") > 1
        return folder if self.name != "embedded" and (is_path or folder.is_dir()) else None

    def input_files(self) -> list[Path]:
        """What decides how texts become tokens, where the model is a folder; its weights are too large to digest."""
        if self.folder is None or not self.folder.is_dir():
            return []
        wanted = ("tokenizer*", "chat_template*", "vocab*", "merges*", "config.json", "generation_config.json")
        return sorted({path for pattern in wanted for path in self.folder.glob(pattern) if path.is_file()})

    def problems(self) -> list[str]:
        if self.folder is None:
            return []
        if not self.folder.is_dir():
            return [f"there is no such folder: {self.folder}. Set model.name to embedded, a model's folder or a hub id"]
        return [] if (self.folder / "config.json").exists() else [f"no model (no config.json) is in {self.folder}"]
