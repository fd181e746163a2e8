"""From what a user names to who answers."""

from __future__ import annotations

from pathlib import Path

from residency.core.errors import UsageError
from residency.generation.settings import ModelSettings
from residency.serving.contract import Upstream

KEY = "RESIDENCY_UPSTREAM_KEY"
"""The environment variable that holds a server's key, where no other is named."""


def open_upstream(
    target: str,
    *,
    upstream_url: str = "",
    upstream_model: str = "",
    upstream_key: str = KEY,
    model_settings: ModelSettings | None = None,
) -> Upstream:
    """Loads a model, or connects with its server; that may take minutes.

    Args:
        target: a run folder, a model's folder, a hub id, ``embedded``, or a GGUF file; empty with ``upstream_url``.
        upstream_url: the base of an OpenAI-compatible API, such as http://localhost:8000/v1.
        upstream_model: the model's name there; empty for the only one that it has.
        upstream_key: the name of the environment variable that holds its key.
        model_settings: how a model is loaded; of a run's model, on which device, in which precision, with which
            attention. None: on what there is, and a run's as it was trained.

    Raises:
        UsageError: there is neither a target nor an address, or both.
        InputError: there is no such model, or nothing in the run is trained.
        ServerError: the server is not there, or has no such model.
    """
    if bool(target) == bool(upstream_url):
        what = "both a model and a server are named" if target else "neither a model nor a server is named"
        raise UsageError(what, "", "Type: residency serve RUN, or residency serve --upstream URL")
    # Imported here, so that who asks a server needs no torch.
    if upstream_url:
        from residency.serving.upstream.remote import RemoteUpstream

        return RemoteUpstream(upstream_url, upstream_model, upstream_key)
    path = Path(target).expanduser()
    if path.suffix == ".gguf":
        from residency.serving.upstream.llama import LlamaUpstream

        return LlamaUpstream(path)
    from residency.serving.upstream.found import is_run, of_model, of_run
    from residency.serving.upstream.local import load_local

    if is_run(path):
        return load_local(of_run(path, model_settings))
    settings = (model_settings or ModelSettings()).model_copy(update={"name": target})
    return load_local(of_model(settings))
