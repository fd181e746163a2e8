"""A real HTTP server with the completions API over a writer of token ids, and with faults on demand."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from residency.chat.encoder import Encoder
from residency.chat.renderer import Renderer

Writer = Callable[[list[int], dict[str, Any]], list[int]]
Fault = Callable[[int, dict[str, Any]], str]
"""From the number of the request (0, 1, ...) and its body to the fault that it meets; empty for none."""
AT_ONCE = {"retry-after-ms": "1"}
BODIES: dict[str, Any] = {
    "no choices": {"object": "text_completion", "choices": []},
    "choices of another type": {"choices": {"text": "x"}},
    "a choice of another type": {"choices": ["x"]},
    "text of another type": {"choices": [{"text": 7}]},
    "ids of another type": {"choices": [{"text": "x", "token_ids": ["1"]}]},
    "empty": {"choices": [{"text": "", "finish_reason": "stop"}]},
    "another type": [1, 2],
    "null": None,
}


class CompletionsServer:
    """Serves while it is entered.

    Args:
        renderer: how token ids are shown as text.
        write: the ids that follow a prompt, a stop token at their end included.
        models: the names of its models.
        gives_ids: whether answers hold token ids.
        vocabulary: what ``/tokenize`` encodes with; None: there is no such endpoint.
        shows_controls: whether control tokens stand in its text.
        fault: what goes wrong with which request for a completion.
        key: the API key that it wants; empty: none.
    """

    path = "/completions"
    lists = True
    bodies = BODIES

    def __init__(
        self,
        renderer: Renderer,
        write: Writer,
        models: Sequence[str] = ("tiny",),
        gives_ids: bool = True,
        vocabulary: Encoder | None = None,
        shows_controls: bool = True,
        fault: Fault = lambda number, body: "",
        key: str = "",
    ) -> None:
        self.renderer, self.write, self.models, self.fault = renderer, write, models, fault
        self.gives_ids, self.vocabulary, self.shows_controls, self.key = gives_ids, vocabulary, shows_controls, key
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.now = self.most = 0
        self.lock, self.closed = threading.Lock(), threading.Event()

    def __enter__(self) -> CompletionsServer:
        self.http = _Quiet(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closed.set()
        self.http.shutdown()
        self.http.server_close()

    @property
    def prompts(self) -> list[list[int]]:
        """The prompts that were asked for more than the one token of the first look."""
        return [body["prompt"] for body in self.asked if body["max_tokens"] > 1]

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Counts how many requests are under way at once."""
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            yield
        finally:
            with self.lock:
                self.now -= 1

    def refusal(self, body: dict[str, Any]) -> str:
        """What it says against what it is sent, if anything."""
        return ""

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer of a server without faults."""
        ids = self.write(body["prompt"], body)[: body["max_tokens"]]
        stopped = bool(ids) and ids[-1] in body["stop_token_ids"]
        segments = self.renderer.segments(ids[:-1] if stopped else ids)
        text = "".join(str(piece) for piece in segments if self.shows_controls or isinstance(piece, str))
        choice = {"index": 0, "text": text, "finish_reason": "stop" if stopped else "length"}
        if self.gives_ids:
            choice |= {"token_ids": ids, "prompt_token_ids": body["prompt"]}
        usage = {"prompt_tokens": len(body["prompt"]), "completion_tokens": len(ids)}
        return {"object": "text_completion", "model": body["model"], "choices": [choice], "usage": usage}


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no news here."""


def _handler(served: CompletionsServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: Any) -> None: ...

        def do_GET(self) -> None:
            listed = self.path == "/v1/models" and served.lists
            if self._welcome() and listed:
                self._json(200, {"object": "list", "data": [{"id": name} for name in served.models]})
            elif not listed:
                self._json(404, {"error": {"message": "Not Found"}})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if not self._welcome():
                return
            if self.path == "/tokenize" and served.vocabulary is not None:
                self._json(200, {"tokens": _tokens(served.vocabulary, body["prompt"])})
            elif self.path == f"/v1{served.path}":
                with served.counted():
                    self._complete(body)
            else:
                self._json(404, {"detail": "Not Found"})

        def _complete(self, body: dict[str, Any]) -> None:
            with served.lock:
                number = len(served.asked)
                served.asked.append(body)
            if said := served.refusal(body):
                self._json(400, {"error": {"message": said}})
                return
            match served.fault(number, body):
                case "":
                    self._json(200, served.completion(body))
                case "hang":
                    served.closed.wait(10)
                case "drop":
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                case "half":
                    self.send_response(200)
                    self.send_header("content-length", "1000")
                    self.end_headers()
                    self.wfile.write(b'{"choices": [{"te')
                    self.close_connection = True
                case "slow":
                    time.sleep(0.002 * (sum(map(ord, str(body))) % 17))
                    self._json(200, served.completion(body))
                case "html":
                    self._send(200, "text/html", "<html><body>502 Bad Gateway</body></html>")
                case "json":
                    self._send(200, "application/json", '{"choices": [{"text": "It clo')
                case "other prompt":
                    answer = served.completion(body)
                    answer["choices"][0]["prompt_token_ids"] = [0, *body["prompt"]]
                    self._json(200, answer)
                case "other length":
                    answer = served.completion(body)
                    answer["usage"]["prompt_tokens"] += 1
                    self._json(200, answer)
                case "400":
                    self._json(400, {"error": {"message": "prompt must be a string, not an array"}})
                case "tells the key":
                    self._json(400, {"error": {"message": f"no such thing; you sent {self.headers['authorization']}"}})
                case fault if fault.isdigit():
                    self._json(int(fault), {"error": {"message": "overloaded"}}, AT_ONCE)
                case fault:
                    self._json(200, served.bodies[fault])

        def _welcome(self) -> bool:
            sent = self.headers["authorization"].removeprefix("Bearer ")
            served.keys.add(sent)
            if served.key and sent != served.key:
                self._json(401, {"error": {"message": f"Incorrect API key provided: {sent}"}})
                return False
            return True

        def _json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
            self._send(status, "application/json", json.dumps(value), headers)

        def _send(self, status: int, kind: str, text: str, headers: dict[str, str] | None = None) -> None:
            data = text.encode()
            self.send_response(status)
            for name, value in {"content-type": kind, "content-length": str(len(data)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    return Handler


def _tokens(encoder: Encoder, text: str) -> list[int]:
    """As servers tokenize: the text of a control token is that token."""
    if text in encoder.controls:
        return [encoder.control(text)]
    (ids,) = encoder.encode([text])
    return [int(number) for number in ids]
