"""A GGUF file by a ``llama-server``: a program of that name on the PATH, which serves what this test scripts."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from residency.core.errors import InputError, ServerError
from residency.serving.contract import ModelRequest
from residency.serving.upstream.llama import LlamaUpstream
from residency.serving.upstream.opening import open_upstream

REQUEST = ModelRequest([{"role": "user", "content": "Why?"}])
PROGRAM = """#!{python}
import json, os, pathlib, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
here = pathlib.Path(__file__).parent
(here / "arguments").write_text(json.dumps(sys.argv))
(here / "pid").write_text(str(os.getpid()))
if (here / "fails").exists():
    sys.exit("error: the model is damaged")
asked = []
class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def tell(self, status, text, kind="application/json"):
        self.send_response(status); self.send_header("content-type", kind)
        self.send_header("content-length", str(len(text))); self.end_headers(); self.wfile.write(text.encode())
    def do_GET(self):
        asked.append(self.path)
        if self.path == "/health":
            return self.tell(200 if len(asked) > 2 else 503, "{{}}")
        if self.headers["authorization"] != "Bearer " + os.environ["LLAMA_API_KEY"]:
            return self.tell(401, "{{}}")
        self.tell(200, json.dumps({{"data": [{{"id": sys.argv[sys.argv.index("--alias") + 1]}}]}}))
    def do_POST(self):
        if (here / "dies").exists():
            print("error: out of memory", file=sys.stderr, flush=True); os._exit(3)
        chunk = {{"choices": [{{"delta": {{"content": "Yes."}}, "finish_reason": "stop"}}]}}
        self.tell(200, "data: " + json.dumps(chunk) + "\\n\\n", "text/event-stream")
port = int(sys.argv[sys.argv.index("--port") + 1])
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With the program and a file for it."""
    program = tmp_path / "llama-server"
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    (tmp_path / "small.gguf").write_bytes(b"GGUF")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def is_running(folder: Path) -> bool:
    try:
        os.kill(int((folder / "pid").read_text()), 0)
    except ProcessLookupError:
        return False
    return True


def wait(until: Callable[[], bool]) -> None:
    for _ in range(1000):
        if until():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come")


async def asked(upstream: LlamaUpstream) -> str:
    return "".join([piece.text async for piece in upstream.stream(REQUEST)])


def test_it_is_started_asked_and_ended(folder: Path) -> None:
    async def go() -> tuple[str, str]:
        upstream = open_upstream(str(folder / "small.gguf"))
        assert isinstance(upstream, LlamaUpstream)
        assert upstream.context > 0 and upstream.digest
        text = await asked(upstream)
        assert is_running(folder)
        await upstream.close()
        return text, upstream.name

    assert asyncio.run(go()) == ("Yes.", "small")
    wait(lambda: not is_running(folder))
    assert "Bearer" not in (folder / "arguments").read_text()
    assert "api-key" not in (folder / "arguments").read_text()


def test_it_ends_with_us_however_we_end(folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from residency.serving.upstream.llama import LlamaUpstream; "
        f"kept = LlamaUpstream(Path({str(folder / 'small.gguf')!r})); print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert is_running(folder)
        process.send_signal(signal.SIGKILL)
    wait(lambda: not is_running(folder))


def test_one_that_does_not_start_says_why(folder: Path) -> None:
    (folder / "fails").touch()
    with pytest.raises(ServerError, match=r"ended .code 1., and said: error: the model is damaged"):
        open_upstream(str(folder / "small.gguf"))


def test_one_that_dies_at_an_answer_says_so(folder: Path) -> None:
    (folder / "dies").touch()

    async def go() -> None:
        upstream = LlamaUpstream(folder / "small.gguf")
        try:
            await asked(upstream)
        finally:
            await upstream.close()

    with pytest.raises(ServerError, match=r"ended .code 3., and said: error: out of memory"):
        asyncio.run(go())


def test_without_the_program_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small.gguf").write_bytes(b"GGUF")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"Install llama\.cpp") as failed:
        open_upstream(str(tmp_path / "small.gguf"))
    assert "\n" not in str(failed.value)
