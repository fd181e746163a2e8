"""A model that an OpenAI-compatible server has: vLLM, SGLang, llama.cpp, Ollama. The server renders the messages.

Whatever the server does, a request ends: in pieces with a finish, or in one ServerError.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from residency.core.errors import MissingDependencyError, ServerError
from residency.core.files import value_digest
from residency.core.records import Message
from residency.generation.chat_server import as_sent, tokens_of
from residency.generation.connection import CONNECT, Connection, UnreadableError
from residency.serving.contract import ModelRequest, Piece
from residency.serving.upstream.chunks import Chunks

try:
    import openai
except ImportError as error:
    raise MissingDependencyError(error.name or "openai", "train") from None

LETTERS = 4  # characters of a token of English, about
TOKEN_LETTERS = 64
"""Characters for each token allowed, beyond which a server is stopped that does not keep to what it was allowed: the
tokens of the vocabularies in use are shorter, runs of white space apart."""
THOUGHT_TOKENS = 2048  # tokens for a thought, which servers count with the answer's
AGAIN = "Try again, or look at the server"
OPTIONAL = ("stream_options", "seed", "top_p", "temperature")
"""What an answer can do without, in a server that does not take it."""
READABLE = "text/event-stream"


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for a server: for its ``first`` word, while it reads the prompt; for the ``next`` one; for the
    ``whole`` answer; and for the ``counts`` of tokens after the last word, which can be done without."""

    first: float = 120.0
    next: float = 60.0
    whole: float = 900.0
    counts: float = 5.0


class RemoteUpstream(Connection):
    """One model of one server. To make it asks the server for its models, and blocks meanwhile.

    Args:
        url: the API's base, such as http://localhost:8000/v1.
        model: its name there; empty for the only one that the server has.
        key: the name of the environment variable that holds the API key; empty where there is none.
        patience: how long to wait.
        thought_tokens: tokens for a thought beside those of the answer, in a model that thinks.
        environment: where the variable is looked up; None is this process's own.

    Its ``digest`` is of what the server tells of the model: the weights it does not show.

    Raises:
        ServerError: the server is not there, or has no such model.
    """

    calls_tools = True
    _again, _settings = AGAIN, "upstream"

    def __init__(
        self,
        url: str,
        model: str = "",
        key: str = "",
        patience: Patience | None = None,
        thought_tokens: int = THOUGHT_TOKENS,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.patience = patience or Patience()
        super().__init__(url, model, key, 1, self.patience.first, retries=1, environment=environment)
        self.model = self.name = self._named(must_list=False)
        told = self._told_of_model()
        self.context = _context(told)
        self.digest = value_digest({"url": self.url, "model": self.model, "told": _lasting(told)})
        self._thought_tokens = thought_tokens
        self._thinks: bool | None = None  # until it has answered
        self._without: set[str] = set()
        self._limit = "max_tokens"
        self._asking = openai.AsyncOpenAI(
            base_url=self.url,
            api_key=self._key or "none",
            timeout=openai.Timeout(self.patience.first, connect=min(CONNECT, self.patience.first)),
            max_retries=1,
        )
        self._asking.organization = self._asking.project = None

    def size(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        letters = sum(len(message["content"]) for message in messages)
        return (letters + (len(json.dumps(list(tools))) if tools else 0)) // LETTERS

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Piece]:
        """What the server's model writes.

        Raises:
            ServerError: the server is not there, refuses, is too slow, breaks off, or answers what is no answer.
        """
        end = _now() + self.patience.whole
        stream = await self._opened(request, min(_now() + self.patience.first, end))
        try:
            chunks, coming, due = Chunks(), aiter(stream), _now() + self.patience.first
            said = letters = 0
            counted = "stream_options" in self._without
            while not chunks.finish:
                text, thinking = await self._more(coming, chunks, min(due, end))
                if text or thinking:
                    due = _now() + self.patience.next
                    yield Piece(text, thinking)
                said, letters = said + bool(text), letters + len(text)
                self._thinks = self._thinks or bool(thinking) or None
                # A chunk is at least a token.
                if said > request.max_tokens or letters > TOKEN_LETTERS * request.max_tokens:
                    chunks.finish, counted = "length", True
            if chunks.withheld:
                raise self._error("the server withheld its answer", "Ask otherwise, or ask another server")
            if not counted:
                await self._count_tokens(coming, chunks)
            self._thinks = bool(self._thinks)
            text, thinking = chunks.rest()
            finish = "tool_calls" if chunks.calls and chunks.finish == "stop" else chunks.finish
            yield Piece(text, thinking, chunks.calls, finish, chunks.prompt_tokens, chunks.completion_tokens)
        finally:
            with suppress(Exception):  # what is left of it is nobody's concern
                async with asyncio.timeout(self.patience.counts):
                    await stream.close()

    async def close(self) -> None:
        self._client.close()
        await self._asking.close()

    async def _opened(self, request: ModelRequest, due: float) -> openai.AsyncStream[object]:
        """The stream of an answer; a parameter that the server does not take is left out from then on."""
        thought = self._thought_tokens if self._thinks is not False else 0
        try:
            async with asyncio.timeout_at(due):
                while True:
                    body = self._body(request, thought)
                    try:
                        stream = await self._asking.post(
                            "/chat/completions",
                            cast_to=object,
                            body=body,
                            stream=True,
                            stream_cls=openai.AsyncStream[object],
                        )
                        break
                    except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                        said = self._said(error)
                        if thought and _is_too_long(said):
                            thought = 0
                        elif not self._learns(said, body):
                            raise self._error(f"the server refuses the prompt ({said})") from None
        except TimeoutError:
            raise self._error("the server did not answer in time", AGAIN) from None
        except openai.APIError as error:
            raise self._failed(error) from None
        kind = stream.response.headers.get("content-type", "")
        if not kind.startswith(READABLE):
            await stream.close()
            raise self._error(f"the server does not stream its answers (it sends {self._shown(kind) or 'no type'})")
        return stream

    def _body(self, request: ModelRequest, thought: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.model,
            "messages": as_sent(request.messages),
            "stream": True,
            "stream_options": {"include_usage": True},
            self._limit: request.max_tokens + thought,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "seed": request.seed,
            "stop": list(request.stop) or None,
            "tools": list(request.tools) or None,
        }
        return {name: value for name, value in body.items() if value is not None and name not in self._without}

    def _learns(self, said: str, body: dict[str, Any]) -> bool:
        """Whether a refusal is of a parameter that can be named otherwise or left out."""
        if _is_too_long(said):
            return False
        if "max_completion_tokens" in said and self._limit == "max_tokens":
            self._limit = "max_completion_tokens"
            return True
        named = next((name for name in OPTIONAL if name in body and re.search(rf"\b{name}\b", said)), None)
        if named:
            self._without.add(named)
        return named is not None

    async def _more(self, coming: AsyncIterator[object], chunks: Chunks, due: float) -> tuple[str, str]:
        """The next chunk's text and thought."""
        try:
            async with asyncio.timeout_at(due):
                # A server that sends without a pause would leave no time for the time-out, nor for anyone else.
                await asyncio.sleep(0)
                return chunks.add(await anext(coming))
        except (TimeoutError, openai.APITimeoutError):
            raise self._error("the server stopped in the middle of its answer, or is too slow", AGAIN) from None
        except (StopAsyncIteration, openai.APIConnectionError):
            raise self._error("the server broke off its answer", AGAIN) from None
        except openai.APIError as error:  # it tells of an error in the stream itself
            raise self._error(f"the server failed at its answer ({self._shown(error.message)})", AGAIN) from None
        except UnreadableError as error:
            raise self._error(f"the server's answer is none of the chat completions API ({error})") from None
        except (ValueError, RecursionError):
            raise self._error("the server's answer is none of the chat completions API (it is no JSON)") from None

    async def _count_tokens(self, coming: AsyncIterator[object], chunks: Chunks) -> None:
        """Hears the tokens, which come after the last word, from servers that were asked for them."""
        due = _now() + self.patience.counts
        with suppress(ServerError):
            while chunks.completion_tokens is None:
                await self._more(coming, chunks, due)

    def _told_of_model(self) -> dict[str, Any]:
        try:
            told = next((entry for entry in self._listed() if entry["id"] == self.model), {})
        except (openai.APIError, UnreadableError, LookupError, TypeError):
            return {}
        return told if isinstance(told, dict) else {}


def _now() -> float:
    return asyncio.get_running_loop().time()


def _is_too_long(said: str) -> bool:
    return "context" in said.lower()


def _context(told: dict[str, Any]) -> int:
    """Tokens that a server says that prompt and answer may have: vLLM and SGLang as ``max_model_len``, others as
    ``context_length``; 0 where it does not say."""
    return next((value for name in ("max_model_len", "context_length") if (value := tokens_of(told.get(name)))), 0)


def _lasting(told: dict[str, Any]) -> dict[str, Any]:
    """What a server tells of a model, without what vLLM makes anew for each request."""
    return {name: value for name, value in told.items() if name not in ("created", "permission")}
