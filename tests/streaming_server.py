"""A real HTTP server with streamed chat completions by a script, and with faults on demand."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any

Step = str | dict[str, Any] | list[Any] | None
"""A chunk; or a fault: ``hang``, ``drop``, ``bytes:...`` (as they are), ``400:...`` and the like before any chunk."""
Script = Callable[[dict[str, Any]], Iterable[Step]]


def said(text: str = "", finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """A chunk."""
    content = {"content": text} if text else {}
    return {"choices": [{"index": 0, "delta": {**content, **delta}, "finish_reason": finish}]}


def usage(read: int, wrote: int) -> dict[str, Any]:
    """The last chunk, of tokens alone."""
    return {"choices": [], "usage": {"prompt_tokens": read, "completion_tokens": wrote}}


class StreamingServer:
    """Serves while it is entered.

    Args:
        script: from a request's body to what is sent.
        models: what it tells of its models.
        kind: the content type of its answers.
    """

    def __init__(
        self,
        script: Script,
        models: Sequence[dict[str, Any]] = ({"id": "tiny", "max_model_len": 4096},),
        kind: str = "text/event-stream",
    ) -> None:
        self.script, self.models, self.kind = script, models, kind
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.gone, self.closed = threading.Event(), threading.Event()

    def __enter__(self) -> StreamingServer:
        self.http = _Quiet(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closed.set()
        self.http.shutdown()
        self.http.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no news here."""


def _handler(served: StreamingServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None: ...

        def do_GET(self) -> None:
            served.keys.add(self.headers["authorization"].removeprefix("Bearer "))
            self._json(200, {"data": list(served.models)})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            served.asked.append(body)
            steps = iter(served.script(body))
            first = next(steps, None)
            if isinstance(first, str) and first[:3].isdigit():
                self._json(int(first[:3]), {"error": {"message": first[4:]}})
                return
            if first == "hang before":
                served.closed.wait(10)
                return
            self.send_response(200)
            self.send_header("content-type", served.kind)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            try:
                self._steps(chain([first], steps))
            except OSError:
                served.gone.set()
                self.close_connection = True

        def _steps(self, steps: Iterable[Step]) -> None:
            for step in steps:
                if step == "hang":
                    served.closed.wait(10)
                elif step == "drop":
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                elif isinstance(step, str) and step.startswith("bytes:"):
                    self._chunk(step.removeprefix("bytes:").encode())
                else:
                    self._chunk(f"data: {json.dumps(step)}\n\n".encode())
            self.wfile.write(b"0\r\n\r\n")

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def _json(self, status: int, value: Any) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.send_header("retry-after-ms", "1")
            self.end_headers()
            self.wfile.write(data)

    return Handler
