"""Asks a server with the chat completions API by many streams at once, and notes what each was told and when."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.serving_stub import MARK

LIMIT = 1 << 20
PATIENCE = 120.0
PAUSE = 0.2
_COUNTED = re.compile(rb'"completion_tokens": ?(\d+)')


@dataclass
class Told:
    """What became of one request: seconds to its first word and to its end, its tokens as the server counts them, its
    words with a mark, and those with another's; ``done`` when it was whole."""

    mark: str
    first: float = 0.0
    seconds: float = 0.0
    tokens: int = 0
    words: int = 0
    others: int = 0
    done: bool = False
    fault: str = ""


async def ask_many(
    port: int, count: int, streams: int, body: Callable[[str], dict[str, Any]], start: int = 0
) -> list[Told]:
    """Ask ``count`` questions by ``streams`` connections at once, each up to ``PAUSE`` seconds after its last is
    answered. The first questions of the connections are spread over a second. Without the pauses streams of equal
    answers fall in step, whatever held all of them up once, and from then on ask at the same instant, as no people do.

    Args:
        port: of the server on this machine.
        count: how many.
        streams: how many at once.
        body: from a mark to the request.
        start: the first mark's number.
    """
    waiting = list(range(start + count - 1, start - 1, -1))
    told: list[Told] = []

    async def one_after_another(place: int) -> None:
        pauses = random.Random(place)
        await asyncio.sleep(place / streams)
        connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while waiting:
            mark = f"Q{waiting.pop()}"
            found = Told(mark)
            told.append(found)
            try:
                connection = connection or await asyncio.open_connection("127.0.0.1", port, limit=LIMIT)
                async with asyncio.timeout(PATIENCE):
                    await _ask(*connection, found, body(mark))
            except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
                found.fault = found.fault or type(error).__name__
            if not found.done and connection is not None:
                connection[1].close()
                connection = None
            await asyncio.sleep(pauses.uniform(0, PAUSE))
        if connection is not None:
            connection[1].close()

    await asyncio.gather(*(one_after_another(place) for place in range(streams)))
    return told


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, told: Told, body: dict[str, Any]) -> None:
    data = json.dumps(body).encode()
    head = "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    begun = time.perf_counter()
    writer.write(f"{head}content-length: {len(data)}\r\n\r\n".encode() + data)
    status = await reader.readline()
    while await reader.readline() not in (b"\r\n", b""):
        pass
    if b" 200 " not in status:
        told.fault = status.decode("latin-1").strip()
        return
    while size := int(await reader.readline(), 16):
        chunk = (await reader.readexactly(size + 2))[:-2]
        for line in chunk.split(b"\n"):
            if line.startswith(b"data: [DONE]"):
                told.done = True
            elif line.startswith(b"data: "):
                _hear(told, line[6:], begun)
    await reader.readline()
    told.seconds = time.perf_counter() - begun


def _hear(told: Told, data: bytes, begun: float) -> None:
    if counted := _COUNTED.search(data):
        told.tokens = int(counted[1])
    if b'"content":' not in data or b'"content":""' in data.replace(b" ", b""):
        return
    choices: Sequence[dict[str, Any]] = json.loads(data).get("choices") or ()
    text = choices[0]["delta"].get("content") if choices else ""
    if not text:
        return
    told.first = told.first or time.perf_counter() - begun
    for mark in MARK.findall(text):
        told.words += 1
        told.others += mark != told.mark
