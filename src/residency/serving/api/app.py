"""The application: what is asked under which path."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Response

from residency.core.errors import InputError, UsageError
from residency.core.prompt import DEFAULT_MODE, MODES
from residency.serving.access import refuse_beyond
from residency.serving.api import chat
from residency.serving.api.errors import add_handlers, as_json, refused
from residency.serving.api.requests import MODELS, AssistantRequest, ChatRequest, Feedback, QuizChoice, QuizDraw
from residency.serving.api.streams import EventStream, Watched, event
from residency.serving.assistant import Assistant, new_id
from residency.serving.audit.log import AuditError
from residency.serving.context import last_question
from residency.serving.contract import Ask, Ended, Event, Searched
from residency.serving.metrics import MEDIA_TYPE
from residency.serving.quiz import Quiz
from residency.serving.settings import ServeSettings
from residency.serving.static import START, page_files

LONGEST_QUERY, MOST_FOUND = 1_000, 20
NOTICE = (
    "For qualified clinicians: an aid to study and to finding guidance, and no substitute for their own judgement. "
    "Answers can be wrong. Whether a use is that of a medical device is not decided by this notice."
)


@dataclass(frozen=True)
class Services:
    """What is served. ``quiz`` may be missing; without a ``page`` the API alone is."""

    assistant: Assistant
    name: str = "Surgical assistant"
    quiz: Quiz | None = None
    page: bool = True


def make_app(services: Services, close: Callable[[], Awaitable[None]] | None = None) -> FastAPI:
    """The application over an assistant, without the guards that :mod:`residency.serving.access` puts around it.

    Args:
        services: what is served.
        close: awaited when the server ends.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        if close is not None:
            await close()

    app = FastAPI(title=services.name, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan)
    add_handlers(app)
    _add_answers(app, services.assistant)
    _add_searches(app, services.assistant)
    _add_keeping(app, services.assistant)
    _add_quiz(app, services.quiz)
    _add_telling(app, services)
    if services.page:
        _add_page(app)
    return app


def _add_answers(app: FastAPI, assistant: Assistant) -> None:
    settings = assistant.settings

    @app.post("/v1/chat/completions")
    async def completions(sent: ChatRequest) -> Response:
        if sent.model not in MODELS:
            return refused(
                404, f"there is no such model. There are: {', '.join(MODELS)}", param="model", code="model_not_found"
            )
        ask = sent.ask(settings.retrieval.when, settings.limits.answer_tokens, settings.personal != "block")
        _refuse(ask, settings)
        blocks, answer_id = settings.personal == "block", new_id()
        usage = bool(sent.stream_options and sent.stream_options.include_usage)

        async def make() -> Response:
            events = assistant.answer(ask, answer_id)
            if sent.stream:
                return await chat.streamed(events, answer_id, sent.model, ask.mode, blocks, usage)
            async with aclosing(events):
                return await chat.whole(events, sent.model, ask.mode, blocks)

        return Watched(make)

    @app.post("/assistant")
    async def answer(sent: AssistantRequest) -> Response:
        ask = sent.ask(settings.retrieval.when, settings.limits.answer_tokens)
        _refuse(ask, settings)
        answer_id = new_id()

        async def make() -> Response:
            return EventStream(_events(assistant.answer(ask, answer_id), answer_id))

        return Watched(make)

    @app.get("/v1/models")
    async def models() -> Response:
        made = int(time.time())
        data = [{"id": name, "object": "model", "created": made, "owned_by": "residency"} for name in MODELS]
        return as_json({"object": "list", "data": data})

    @app.get("/v1/models/{name}")
    async def model(name: str) -> Response:
        if name not in MODELS:
            return refused(404, f"there is no such model. There are: {', '.join(MODELS)}", code="model_not_found")
        return as_json({"id": name, "object": "model", "created": int(time.time()), "owned_by": "residency"})


def _refuse(ask: Ask, settings: ServeSettings) -> None:
    """That a question can be asked at all, before anything is sent.

    Raises:
        InputError: it cannot.
    """
    refuse_beyond(ask, settings.access)
    last_question(ask.messages)


async def _events(events: AsyncGenerator[Event], answer_id: str) -> AsyncGenerator[bytes]:
    async with aclosing(events) as heard:
        try:
            async for one in heard:
                yield event(_told(one))
        except (InputError, UsageError) as error:
            yield event(_told(Ended("error", answer_id, error=str(error).rstrip(".") + ".")))


def _told(one: Event) -> dict[str, Any]:
    fields = chat.searched(one) if isinstance(one, Searched) else asdict(one)
    return {"type": type(one).__name__.lower(), **fields}


def _add_searches(app: FastAPI, assistant: Assistant) -> None:
    finder = assistant.finder

    @app.get("/search")
    async def search(
        q: Annotated[str, Query(min_length=1, max_length=LONGEST_QUERY)],
        count: Annotated[int, Query(ge=1, le=MOST_FOUND)] = 5,
        source: Literal["guidelines", "web"] = "guidelines",
        since: Annotated[str, Query(max_length=10, pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")] = "",
    ) -> Response:
        if source == "web":
            if finder.web is None:
                return refused(404, "the web is not searched here", param="source")
            found = await finder.search_web(q)
        else:
            found = await finder.search(q, since, count)
        told = chat.searched(found.told(source, found.passages[:count], 1))
        held = asdict(found.held) if found.held is not None else None
        return as_json({name: told[name] for name in ("query", "passages", "seconds", "failure")} | {"held_back": held})

    @app.get("/passages/{name:path}")
    async def passage(name: str) -> Response:
        guidelines = finder.guidelines
        found = await asyncio.to_thread(guidelines.passage, name) if guidelines is not None else None
        return as_json(found) if found is not None else refused(404, "there is no such passage")


def _add_keeping(app: FastAPI, assistant: Assistant) -> None:
    @app.post("/feedback")
    async def feedback(sent: Feedback) -> Response:
        if assistant.audit is None:
            return refused(404, "no log is kept here, and so no feedback")
        try:
            kept = await assistant.audit.record_feedback(sent.answer_id, sent.verdict, sent.reason, sent.better)
        except AuditError:
            return refused(503, "the feedback could not be written")
        return as_json({"kept": True, "words_kept": kept})

    @app.delete("/answers/{answer_id}")
    async def delete(answer_id: str) -> Response:
        if assistant.audit is None:
            return refused(404, "no log is kept here")
        try:
            gone = await assistant.audit.delete(answer_id=answer_id)
        except AuditError:
            return refused(503, "the answer could not be deleted")
        return as_json({"deleted": gone}) if gone else refused(404, "there is no such answer in the log")


def _add_quiz(app: FastAPI, quiz: Quiz | None) -> None:
    @app.get("/quiz/topics")
    async def topics() -> Response:
        return as_json([asdict(one) for one in quiz.topics()] if quiz is not None else [])

    @app.post("/quiz")
    async def draw(sent: QuizDraw) -> Response:
        rng = random.Random(secrets.randbits(64))
        drawn = await asyncio.to_thread(quiz.draw, sent.topic, sent.seen, rng) if quiz is not None else None
        return as_json(asdict(drawn)) if drawn is not None else refused(404, "there is no further question on this")

    @app.post("/quiz/{name:path}")
    async def mark(name: str, sent: QuizChoice) -> Response:
        if quiz is None:
            return refused(404, "there is no question bank here")
        return as_json(asdict(await asyncio.to_thread(quiz.mark, name, sent.choice.upper())))


def _add_telling(app: FastAPI, services: Services) -> None:
    assistant = services.assistant

    @app.get("/about")
    async def about() -> Response:
        upstream, finder, audit = assistant.upstream, assistant.finder, assistant.audit
        return as_json(
            {
                "name": services.name,
                "model": upstream.name,
                "digest": upstream.digest,
                "modes": [DEFAULT_MODE, *(mode for mode in MODES if mode != DEFAULT_MODE)],
                "guidelines": len(finder.guidelines) if finder.guidelines is not None else 0,
                "web": finder.web is not None,
                "tools": upstream.calls_tools,
                "retrieval": assistant.settings.retrieval.when,
                "personal": assistant.settings.personal,
                "feedback": audit is not None,
                "quiz": services.quiz is not None,
                "full_text": audit is not None and audit.settings.full_text,
                "notice": NOTICE,
            }
        )

    @app.get("/health")
    async def health() -> Response:
        return as_json({"status": "ok", "model": assistant.upstream.name})

    if assistant.metrics is not None:
        metrics = assistant.metrics

        @app.get("/metrics")
        async def figures() -> Response:
            return Response(metrics.text(), media_type=MEDIA_TYPE)


def _add_page(app: FastAPI) -> None:
    for name, (content, media_type) in page_files().items():
        for path in (f"/{name}", "/") if name == START else (f"/{name}",):
            app.add_api_route(path, _sender(content, media_type), methods=["GET"], include_in_schema=False)


def _sender(content: bytes, media_type: str) -> Callable[[], Awaitable[Response]]:
    async def send() -> Response:
        return Response(content, media_type=media_type)

    return send
