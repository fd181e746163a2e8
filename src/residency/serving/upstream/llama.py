"""A GGUF file, answered by llama.cpp's ``llama-server`` as a child of this process, on a port of this machine alone."""

from __future__ import annotations

import asyncio
import http
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator
from pathlib import Path

from residency.core.errors import InputError, ServerError
from residency.serving.contract import ModelRequest, Piece
from residency.serving.upstream.remote import Patience, RemoteUpstream
from residency.serving.upstream.states import file_state

PROGRAM = "llama-server"
LOADING = 600.0  # seconds that it may take to load a model
CONTEXT = 8192  # tokens that prompt and answer of one request may have
SLOTS = 4  # requests at once: it keeps the places of all of them from the start
ENDING = 10.0  # seconds that it may take to end
LOOK = 0.1  # seconds between two looks whether it is ready
KEY = "LLAMA_API_KEY"
"""The variable from which it takes its key, so that no other user of this machine can ask it."""
_HELD = """exec 3<&0
"$@" 3<&- </dev/null &
child=$!
{ cat <&3 >/dev/null; kill "$child"; } 2>/dev/null &
watch=$!
wait "$child"
code=$?
kill "$watch"
exit "$code"
"""
"""A shell that ends the child when this process lets go of a pipe, however this process ends."""


class LlamaUpstream(RemoteUpstream):
    """Starts ``llama-server`` and asks it. To make it waits until the model is loaded.

    Args:
        file: the GGUF file.
        context: tokens that prompt and answer of one request may have.
        slots: requests that are answered at once.
        patience: how long to wait for an answer.

    Raises:
        InputError: there is no such file, or no ``llama-server`` on the PATH.
        ServerError: it does not start.
    """

    def __init__(
        self, file: Path, context: int = CONTEXT, slots: int = SLOTS, patience: Patience | None = None
    ) -> None:
        program = shutil.which(PROGRAM)
        if not file.is_file():
            raise InputError("there is no such file", str(file))
        if program is None:
            fix = "Install llama.cpp (https://github.com/ggml-org/llama.cpp), or name the model's own folder"
            raise InputError(f"a GGUF file is answered by {PROGRAM}, which is not on the PATH", str(file), fix)
        self._file, port, secret = file, _free_port(), secrets.token_hex(32)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        arguments = ["--model", str(file.resolve()), "--alias", file.stem, "--host", "127.0.0.1", "--port", str(port)]
        arguments += ["--ctx-size", str(context * slots), "--parallel", str(slots), "--jinja"]
        self._child = subprocess.Popen(
            ["/bin/sh", "-c", _HELD, "sh", program, *arguments],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            env={**os.environ, KEY: secret},
            start_new_session=True,  # an interrupt from the keyboard ends us first, and it after the last answer
        )
        try:
            self._await_ready(port)
            url = f"http://127.0.0.1:{port}/v1"
            super().__init__(url, file.stem, KEY, patience, environment={KEY: secret})
        except BaseException:
            self._end()
            raise
        self.context = context
        self.digest = file_state(file)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Piece]:
        """As of any server.

        Raises:
            ServerError: as of any server; or the child has ended.
        """
        stream = super().stream(request)
        try:
            async for piece in stream:
                yield piece
        except ServerError:
            if self._child.poll() is not None:
                raise self._ended() from None
            raise
        finally:
            await stream.aclose()

    async def close(self) -> None:
        await super().close()
        await asyncio.to_thread(self._end)

    def _await_ready(self, port: int) -> None:
        deadline = time.monotonic() + LOADING
        while not _is_ready(port):
            if self._child.poll() is not None:
                raise self._ended()
            if time.monotonic() > deadline:
                raise ServerError(f"{PROGRAM} did not load the model in {LOADING:.0f} s", str(self._file))
            time.sleep(LOOK)

    def _ended(self) -> ServerError:
        self._log.seek(0)
        lines = self._log.read()[-10_000:].decode(errors="replace").strip().splitlines()
        said = f", and said: {lines[-1].strip()[:200]}" if lines else ""
        return ServerError(f"{PROGRAM} ended (code {self._child.returncode}){said}", str(self._file), "Start it again")

    def _end(self) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()
        try:
            self._child.wait(ENDING)
        except subprocess.TimeoutExpired:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
        self._log.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _is_ready(port: int) -> bool:
    """Its own word for it: 503 while it loads."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", "/health")
        return asked.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
