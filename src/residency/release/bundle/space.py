"""The folder of a Gradio Space that runs the model with its contract."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path

from residency.core.files import write_text

PORTABLE = Path(__file__).parent / "portable"
GRADIO = "6.31.0"
"""The version of Gradio that the page was tried with."""
NEEDS = ("torch", "transformers", "peft", "safetensors", "huggingface_hub", "jinja2")


def write_space(title: str, folder: Path) -> None:
    """Writes ``app.py``, ``client.py``, ``requirements.txt`` with the versions of this machine, and the Space's head.

    Args:
        title: the model's name.
        folder: where to.
    """
    folder.mkdir()
    for name in ("app.py", "client.py"):
        shutil.copyfile(PORTABLE / name, folder / name)
    pins = [f"gradio=={GRADIO}", *(f"{name}=={version(name).partition('+')[0]}" for name in NEEDS)]
    write_text(folder / "requirements.txt", "".join(f"{pin}\n" for pin in pins))
    head = {"title": title, "sdk": "gradio", "sdk_version": GRADIO, "app_file": "app.py"}
    lines = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in head.items())
    about = (
        "Set the variable `MODEL_REPO` to the model's repository in the Space's settings; `BASE_MODEL`, where the base "
        "model's name on the hub differs from what `adapter_config.json` says.\n"
    )
    write_text(folder / "README.md", f"---\n{lines}---\n\n{about}")
