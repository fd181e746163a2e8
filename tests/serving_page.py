"""A server of the assistant's page that says what a script says: the contract's events over real HTTP, and no model.

A word of the question chooses what is said (:func:`script`). What the page sent stands in :class:`Heard`.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from residency.core.errors import InputError
from residency.core.records import Passage
from residency.core.text import sentences
from residency.serving.contract import Checked, Cited, Ended, Event, Flagged, Personal, Said, Searched, Span
from residency.serving.quiz import Quiz
from residency.serving.static import START, page_files

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Under which the page has to work."""
HOSTILE = (
    "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script> "
    "[go](javascript:document.title='taken') ![p](https://example.org/p.png) [site](https://example.org/a?b=1) "
    '<a href="javascript:alert(1)">x</a> [data](data:text/html,x) https://example.org/plain.'
)


def passage(number: int, title: str, text: str, **more: str) -> Passage:
    """A passage of the unit's texts."""
    made = {"id": f"p{number}", "source": "example", "topic": "appendicitis", "licence": "CC-BY-4.0", "parents": []}
    return made | {"title": title, "section": "Management", "date": "2024-05", "text": text} | more  # type: ignore[return-value]


PASSAGES = (
    passage(
        1,
        "Acute appendicitis in adults",
        "Give broad-spectrum antibiotics before the incision 🩺. Appendicectomy may wait for up to 24 hours in an "
        "adult without signs of perforation. Laparoscopy is preferred where it is available.",
    ),
    passage(
        2,
        "Antibiotics after appendicectomy",
        "After surgery for complicated appendicitis give antibiotics for 4 days.",
        superseded_by="Antibiotics after appendicectomy, 2026",
    ),
    passage(3, "Day surgery", "An adult may go home on the day of an uncomplicated appendicectomy."),
)
REVIEW = passage(
    9,
    "Appendix mass, a review",
    "An appendix mass settles in most.",
    document="https://example.org/mass",
    source="example.org",
)
ANSWER = (
    "Known: an adult with uncomplicated appendicitis 🩺.\nNot said: allergies, pregnancy.\n"
    "**Appendicectomy** may wait for up to 24 hours [1]. After complicated appendicitis give antibiotics for 10 days "
    "[2]. Then:\n\n- give antibiotics before the incision [1]\n- the patient goes *home* the same day [1][3]\n"
    "Robotic surgery halves the stay.\n"
    "Before acting: check the allergies."
)
REASON = "it says 4 days, not 10"


@dataclass
class Heard:
    """What the page sent."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    searches: list[tuple[str, str]] = field(default_factory=list)
    left: int = 0
    """Answers whose client went before their end."""


def place(text: str, part: str) -> tuple[int, int]:
    """Where a part stands, in code points."""
    start = text.index(part)
    return start, start + len(part)


def checked() -> Checked:
    """What became of :data:`ANSWER`."""
    made: list[Cited] = []
    at = 0
    for one in sentences(ANSWER):
        start = ANSWER.index(one, at)
        at = start + len(one)
        if "24 hours" in one:
            held = place(
                PASSAGES[0]["text"],
                "Appendicectomy may wait for up to 24 hours in an adult without signs of perforation.",
            )
            made.append(Cited(start, at, "supported", (1,), ((1, *held),)))
        elif "10 days" in one:
            near = place(PASSAGES[1]["text"], PASSAGES[1]["text"])
            made.append(Cited(start, at, "unsupported", (2,), ((2, *near),), REASON))
        elif "Robotic" in one:
            made.append(Cited(start, at, "uncited", reason="it cites no passage"))
        elif "before the incision" in one:
            held = place(PASSAGES[0]["text"], "Give broad-spectrum antibiotics before the incision 🩺.")
            made.append(Cited(start, at, "supported", (1,), ((1, *held),)))
        else:
            made.append(Cited(start, at, "no_claim"))
    return Checked(tuple(made), abstains=False, context=True, notice="Two sentences are not borne out by the passages.")


def said(text: str, size: int = 7) -> Iterator[Said]:
    """A text as a model would say it: in pieces that know no word."""
    for start in range(0, len(text), size):
        yield Said(text[start : start + size])


FOUND = Searched("guidelines", "appendicitis timing", PASSAGES, 1, "", 0.02)
FLAG = Flagged(
    "testicular torsion",
    "Sudden testicular pain may be torsion, and the testis is lost within hours.",
    "Examine now; do not wait for an ultrasound scan.",
    "The urological or surgical registrar on call.",
)
NUMBER = "943 476 5919"
SILENT = "The context does not say how long an appendix mass should be observed. Look for guidance on the interval."


def script(asked: dict[str, Any]) -> Iterator[Event | float | str]:
    """The events of an answer; a number is a pause in seconds, ``"cut"`` the end of the connection."""
    question = asked["messages"][-1]["content"]
    words = question.lower()
    if NUMBER in question:
        span = Span(*place(question, NUMBER), "nhs_number", NUMBER)
        yield Personal((span,), blocked=not asked["send_personal"])
        if not asked["send_personal"]:
            yield Ended("stop", "a-blocked")
            return
    if "torsion" in words or "testicular" in words:
        yield FLAG
    if "held back" in words:
        yield Personal((Span(0, 11, "name", "Mr John Doe"),), where="web query", held_back="Mr John Doe appendicitis")
    if asked["retrieval"] == "always":
        yield FOUND
    if "thought" in words:
        yield Said(thinking="The patient is an adult. ")
        yield Said(thinking="So 24 hours.")
    if "slow" in words:
        for number in range(2000):
            yield Said(f"word{number} ")
            yield 0.02
    elif "broken" in words:
        yield from said("It begins and")
        yield "cut"
    elif "refused" in words:
        yield Ended("error", "a-error", error="the model's server does not answer")
        return
    elif "mass" in words:
        yield from said(SILENT)
        yield Checked((Cited(0, len(SILENT), "no_claim"),), abstains=True, context=True)
    elif "hostile" in words:
        bad = {"document": "javascript:document.title='taken'", "source": "https://example.org/<img src=x>"}
        yield Searched(
            "web", HOSTILE, (passage(4, HOSTILE, HOSTILE, section=HOSTILE, superseded_by=HOSTILE, **bad),), 4
        )
        yield from said(HOSTILE)
        yield Checked((), abstains=False, context=True)
    elif "options" in words or "\nA. " in question:
        text = "Key point: Antibiotics come before the incision [1].\nANSWER: A"
        yield from said(text)
        held = place(PASSAGES[0]["text"], "Give broad-spectrum antibiotics before the incision 🩺.")
        yield Checked((Cited(0, 52, "supported", (1,), ((1, *held),)),), abstains=False, context=True)
    elif asked["retrieval"] == "never":
        yield from said("It may wait for a day.")
        yield Checked((), abstains=False, context=False, notice="Nothing was searched: this rests on the model alone.")
    else:
        yield from said(ANSWER)
        yield checked()
    yield Ended("stop", f"a-{len(question)}", 900, 120, 0.4, 2.5)


def event_line(event: Event) -> str:
    """An event as it is sent."""
    return f"data: {json.dumps({'type': type(event).__name__.lower(), **asdict(event)}, ensure_ascii=False)}\n\n"


def app(bank: Path, heard: Heard, about: dict[str, Any]) -> FastAPI:
    """The endpoints that the page asks."""
    made = FastAPI()
    quiz = Quiz(bank)
    known = page_files()

    @made.exception_handler(InputError)
    async def unusable(_: Request, error: InputError) -> Response:
        return JSONResponse({"error": {"message": str(error)}}, 422)

    @made.get("/about")
    def told() -> Response:
        return JSONResponse(about, 200 if about["model"] else 401)

    @made.post("/assistant")
    async def assistant(request: Request) -> StreamingResponse:
        asked = await request.json()
        heard.asked.append(asked)

        async def lines() -> AsyncIterator[bytes]:
            yield b": begins\n\n"
            for event in script(asked):
                if isinstance(event, float):
                    await asyncio.sleep(event)
                elif isinstance(event, str):
                    return
                else:
                    yield event_line(event).encode()

        async def crumbs() -> AsyncIterator[bytes]:
            async for line in lines():
                whole = line.replace(b"\n", b"\r\n")
                for start in range(0, len(whole), 5):
                    yield whole[start : start + 5]

        class Stream(StreamingResponse):
            async def __call__(self, *call: Any) -> None:
                try:
                    await super().__call__(*call)
                finally:
                    heard.left += not finished

        finished = False

        async def told() -> AsyncIterator[bytes]:
            nonlocal finished
            async for part in crumbs() if "crumbs" in asked["messages"][-1]["content"] else lines():
                yield part
            finished = True

        return Stream(told(), media_type="text/event-stream")

    @made.get("/search")
    def search(q: str, source: str = "guidelines", count: int = 5) -> dict[str, Any]:
        heard.searches.append((source, q))
        held = asdict(Personal((Span(0, 11, "name", "Mr John Doe"),), True, "web query", q)) if "Mr" in q else None
        found = () if held else PASSAGES[:1] if source == "guidelines" else (REVIEW,)
        numbered = [{"number": number, **one} for number, one in enumerate(found, 1)]
        return {"query": q, "passages": numbered, "seconds": 0.01, "failure": "", "held_back": held}

    @made.post("/feedback")
    async def feedback(request: Request) -> dict[str, bool]:
        heard.feedback.append(await request.json())
        return {"stored": True}

    @made.delete("/answers/{name}")
    def delete(name: str) -> dict[str, int]:
        heard.deleted.append(name)
        return {"deleted": 1}

    @made.get("/quiz/topics")
    def topics() -> list[dict[str, Any]]:
        return [asdict(one) for one in quiz.topics()]

    @made.post("/quiz")
    async def draw(request: Request) -> Response:
        sent = await request.json()
        found = quiz.draw(sent["topic"], sent["seen"], random.Random(len(sent["seen"])))
        return JSONResponse(asdict(found)) if found else JSONResponse({"error": {"message": "all were seen"}}, 404)

    @made.post("/quiz/{name:path}")
    async def mark(name: str, request: Request) -> dict[str, Any]:
        return asdict(quiz.mark(name, (await request.json())["choice"]))

    @made.get("/{name:path}")
    def page(name: str) -> Response:
        content, kind = known.get(name or START, (b"", ""))
        return (
            Response(content, media_type=kind, headers={"Content-Security-Policy": POLICY})
            if kind
            else JSONResponse({"error": "no such file"}, 404)
        )

    return made


@contextmanager
def serving(bank: Path, **about: Any) -> Iterator[tuple[str, Heard]]:
    """The server, as long as it is needed: its address, and what it hears."""
    heard = Heard()
    told = {
        "name": "Surgical assistant",
        "model": "surgery-demo",
        "digest": "3f9c2ab04d11aa",
        "modes": ["CLINICAL", "EXAM"],
        "guidelines": 214,
        "web": True,
        "feedback": True,
        "quiz": True,
        "full_text": False,
    }
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app(bank, heard, told | about), log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{bound.getsockname()[1]}/", heard
    server.should_exit = True
    thread.join()
    bound.close()
