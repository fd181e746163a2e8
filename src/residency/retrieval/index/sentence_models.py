"""Loading models of sentence-transformers, which is not installed for most users."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from typing import Any

from residency.core.errors import InputError, MissingDependencyError

PACKAGE, EXTRA = "sentence_transformers", "rerank"


def load(kind: str, name: str, key: str) -> Any:
    """The model ``name``, a folder or a name on the hub, as sentence-transformers' class ``kind``.

    Raises:
        MissingDependencyError: the extra ``rerank`` is not installed.
        InputError: there is no such model; ``key`` is where the recipe names it.
    """
    if importlib.util.find_spec(PACKAGE) is None:
        raise MissingDependencyError(PACKAGE.replace("_", "-"), EXTRA)
    library = importlib.import_module(PACKAGE)
    try:
        return getattr(library, kind)(name)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(
            f"the model {name!r} cannot be loaded ({reason})", key, "Name a folder, or a model on the hub"
        ) from None


def digest(model: Any) -> str:
    """The sha256 of a loaded model: its make-up, its weights and its tokenizer."""
    found = hashlib.sha256(repr(model).encode())
    for name, weights in model.state_dict().items():
        found.update(name.encode())
        found.update(weights.detach().cpu().contiguous().view(-1).float().numpy().tobytes())
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    found.update(tokenizer.to_str().encode() if tokenizer is not None else repr(model.tokenizer).encode())
    return found.hexdigest()
