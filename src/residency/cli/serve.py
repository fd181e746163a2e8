"""``residency serve``: the assistant, as an API and a page."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from residency.cli import show
from residency.cli.options import Debug, Json
from residency.core.errors import UsageError

PORT = 8780


def serve(
    target: Annotated[
        str,
        typer.Argument(
            metavar="[RUN]",
            help="A run's folder, as runs/demo; or a model: a folder, a hub id, a GGUF file, embedded.",
            show_default=False,
        ),
    ] = "",
    upstream: Annotated[
        str, typer.Option(metavar="URL", help="Ask a server (vLLM, SGLang, llama.cpp, Ollama) in place of a model.")
    ] = "",
    model: Annotated[str, typer.Option(metavar="NAME", help="With --upstream: the model's name there.")] = "",
    key: Annotated[
        str, typer.Option("--key", metavar="VARIABLE", help="With --upstream: the variable that holds its key.")
    ] = "RESIDENCY_UPSTREAM_KEY",
    index: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The index that is searched; the run's if left out.")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings: a TOML file.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = PORT,
    host: Annotated[
        str, typer.Option(help="The address to listen at; others than this machine's ask for a token.")
    ] = "127.0.0.1",
    page: Annotated[bool, typer.Option("--page/--no-page", help="Whether the page is served beside the API.")] = True,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Serve the assistant of a run, a model or a server: an OpenAI-compatible API, and a page for surgeons."""
    from residency.core.listening import is_local, listening
    from residency.serving.access import token_of
    from residency.serving.opening import Target, open_assistant
    from residency.serving.running import address_of
    from residency.serving.running import serve as answer
    from residency.serving.settings import read_settings

    if bool(upstream) and bool(target) and not (Path(target) / "recipe.json").is_file():
        raise UsageError("a model and --upstream do not go together", target, "Give one of them")
    settings = read_settings(config)
    token = token_of(settings.access, is_local(host))
    bound = listening(host, port)  # before a model is loaded: a port that is taken is said at once
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    run = Path(target) if upstream and target else None
    named = Target("" if upstream else target, upstream, model, key, index, run)
    opened = open_assistant(named, settings)
    address = address_of(host, bound.getsockname()[1], token)
    told = _told(opened, address, token)
    if as_json:
        show.emit(told)
        sys.stdout.flush()
    else:
        _show(told, token is not None, is_local(host))
    answer(opened, bound, token, page)


def _told(opened: Any, address: Any, token: Any) -> dict[str, Any]:
    assistant = opened.assistant
    return {
        "url": address.url,
        "login": address.login,
        "token": token.secret if token is not None and token.made else None,
        "model": assistant.upstream.name,
        "digest": assistant.upstream.digest,
        "passages": len(opened.shelf) if opened.shelf is not None else 0,
        "web": assistant.finder.web is not None,
        "audit": str(assistant.audit.path) if assistant.audit is not None else None,
        "full_text": assistant.audit is not None and assistant.settings.audit.full_text,
        "questions": len(opened.quiz) if opened.quiz is not None else 0,
    }


def _show(told: dict[str, Any], asks_token: bool, local: bool) -> None:
    web = ", and the web" if told["web"] else ""
    print(f"model: {told['model']}; passages searched: {told['passages']:,}{web}")
    kept = "with full text" if told["full_text"] else "without texts"
    print(f"answers are entered in {told['audit']}, {kept}" if told["audit"] else "no log of answers is kept")
    if not local:
        print("warning: what is sent is not encrypted. Use a network that you trust, or a proxy with TLS before it")
    print(f"the page: {told['login']}" if asks_token else f"the page: {told['url']}")
    print(f"the API:  {told['url']}v1")
    print("Ctrl-C ends it, after the answers that are under way.", flush=True)
