"""A stub of a model's server, of a fixed speed: an OpenAI-compatible API whose answers are made of the question's mark.

    python -m benchmarks.serving_stub --first 0.1 --each 0.02 --tokens 48    # prints its port

A question holds a mark, ``Q`` and a number; each word of the answer is that mark, so that an answer that holds another
was mixed up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from contextlib import suppress

MARK = re.compile(r"\bQ\d+\b")
NAME = "stub"


class Stub:
    """Answers with ``tokens`` words, the first after ``first`` seconds and one after each ``each`` seconds."""

    def __init__(self, first: float, each: float, tokens: int) -> None:
        self.first, self.each, self.tokens = first, each, tokens

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as many requests as come."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await _head(reader):
                path, length = head
                body = await reader.readexactly(length)
                if path.endswith("/models"):
                    _plain(writer, {"object": "list", "data": [{"id": NAME, "object": "model"}]})
                else:
                    await self._answer(writer, json.loads(body))
                await writer.drain()
        writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, asked: dict[str, object]) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + self.first
        messages = asked["messages"]
        found = MARK.findall(messages[-1]["content"]) if isinstance(messages, list) else []
        mark = found[-1] if found else "Q0"
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        for number in range(self.tokens):
            await asyncio.sleep(due - loop.time())
            if writer.is_closing():
                return
            due += self.each
            _event(writer, _chunk({"content": f"{mark}{'.' if number % 12 == 11 else ''} "}, None))
        _event(writer, _chunk({}, "stop"))
        usage = {"prompt_tokens": 1, "completion_tokens": self.tokens, "total_tokens": self.tokens + 1}
        _event(writer, {"object": "chat.completion.chunk", "choices": [], "usage": usage})
        _send(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")


async def _head(reader: asyncio.StreamReader) -> tuple[str, int] | None:
    """The path of a request, and how long its body is; None at the connection's end."""
    first = await reader.readline()
    if not first:
        return None
    length = 0
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return first.split()[1].decode(), length


def _chunk(delta: dict[str, str], finish: str | None) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": NAME, "choices": [choice]}


def _event(writer: asyncio.StreamWriter, value: dict[str, object]) -> None:
    _send(writer, b"data: " + json.dumps(value).encode() + b"\n\n")


def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


def _plain(writer: asyncio.StreamWriter, value: dict[str, object]) -> None:
    data = json.dumps(value).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
    writer.write(head.encode() + data)


async def _main(stub: Stub) -> None:
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name, kind, default in (("first", float, 0.1), ("each", float, 0.02), ("tokens", int, 48)):
        parser.add_argument(f"--{name}", type=kind, default=default)
    chosen = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_main(Stub(chosen.first, chosen.each, chosen.tokens)))
