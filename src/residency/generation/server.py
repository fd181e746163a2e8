"""Asking an OpenAI-compatible server (vLLM, SGLang, llama.cpp) to continue prompts.

Prompts are sent as token ids and never as text, so that the server reads exactly what was rendered here. An answer that
cannot be used is told as such and is no error, unless too many come in a row; a server that is gone is one.
"""

from __future__ import annotations

import difflib
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, TypeGuard, TypeVar

from residency.core.errors import MissingDependencyError, ServerError
from residency.generation.settings import TOP_P

try:
    import openai
except ImportError as error:
    raise MissingDependencyError(error.name or "openai", "train") from None

RETRIES = 4  # after a time-out, a lost connection, a 429 or a 5xx, each after twice the wait of the one before
FAULTS = 8  # answers in a row that cannot be used, beyond which the server is given up
AHEAD = 4  # prompts under way or waiting for each that is asked at once: a long answer does not hold the others up
CONNECT = 10.0  # seconds to connect
SHOWN = 200  # characters of what a server said that are shown
AGAIN = "The same command goes on from here"
NONE, EMPTY = "the server's answer could not be read", "the server's answer was empty"
LATE, REFUSED = "the server did not answer in time", "the server refused the prompt"
PROBE = "A 72-year-old takes 5 mg of apixaban twice daily; the INR is 1.2 (naïve, ≥3 µg/L).\n\nWhat now?"
"""A text in which vocabularies differ."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Asking:
    """What is the same for all prompts: the ids at which an answer ends, the texts of the control tokens, the most
    tokens of an answer, and the sampling temperature (0 takes the likeliest token each time)."""

    stop: Sequence[int]
    controls: Sequence[str]
    max_tokens: int
    temperature: float


@dataclass(frozen=True)
class Written:
    """What a server wrote for one prompt: its ``ids`` where it gives them back, and its ``text``. The token that ended
    it may stand at the end of both, or not. It is not ``finished`` where the limit of tokens came first. With a
    ``fault`` there is none, for this reason."""

    text: str = ""
    ids: list[int] | None = None
    finished: bool = True
    fault: str = ""


class _UnreadableError(ValueError):
    """What came back is not of the form that it must have."""


class Server:
    """One model of one server.

    Args:
        url: the API's base, such as http://localhost:8000/v1.
        model: its name there; empty for the only one that the server has.
        key: the name of the environment variable that holds the API key.
        parallel: prompts asked at once.
        timeout: seconds to wait for an answer.
        retries: how often a request that failed in passing is sent again.

    Raises:
        ServerError: the variable holds what cannot be a key.
    """

    def __init__(self, url: str, model: str, key: str, parallel: int, timeout: float, retries: int = RETRIES) -> None:
        self.url, self.model = url.rstrip("/"), model
        self._variable, self._key = key, os.environ.get(key, "").strip()
        if not self._key.isascii():
            raise self._error(f"${key} holds characters that no key has", "Set it anew")
        self._parallel = parallel
        self._client = openai.OpenAI(
            base_url=self.url,
            api_key=self._key or "none",  # a server that wants none is sent something all the same
            timeout=openai.Timeout(timeout, connect=min(CONNECT, timeout)),
            max_retries=retries,
        )
        # These are read from the environment, and are no other server's business.
        self._client.organization = self._client.project = None
        self._faults = 0
        self._lock = threading.Lock()

    def connect(self, vocabulary: Mapping[str, Sequence[int]], asking: Asking) -> bool:
        """Finds the model, compares its vocabulary, and lets it continue a tiny prompt.

        Args:
            vocabulary: texts and their ids, by the tokenizer here.
            asking: how prompts will be asked.

        Returns:
            Whether the vocabulary could be compared: not all servers say how they tokenize.

        Raises:
            ServerError: the server is not there, has no such model or another vocabulary, or does not take token ids.
        """
        self.model = self._named()
        compared = [self._same(text, ids) for text, ids in vocabulary.items()]
        tiny = Asking(asking.stop, asking.controls, 1, 0.0)
        prompt = next(iter(vocabulary.values()))
        try:
            self._read(self._ask(prompt, 0, tiny), prompt)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            raise self._error(
                f"the server does not take token ids as a prompt ({self._said(error)})",
                "Use vLLM, SGLang or llama.cpp: text is not sent, since it would be read as other tokens",
            ) from None
        except openai.APITimeoutError:
            raise self._error("the server did not answer a tiny prompt in time", "Raise the time-out") from None
        except openai.APIError as error:
            raise self._failed(error) from None
        except _UnreadableError as error:
            raise self._error(f"the server's answer is none of the completions API ({error})") from None
        return all(compared)

    def complete(self, prompts: Iterable[tuple[Sequence[int], int]], asking: Asking) -> Iterator[Written]:
        """What the model writes after each prompt, in the prompts' order. The next ones are asked while the caller
        works.

        Args:
            prompts: token ids, and the seed for this prompt.
            asking: how all of them are asked.

        Raises:
            ServerError: the server is gone, or too many answers in a row could not be used.
        """
        return in_order(lambda job: self._counted(*job, asking), prompts, self._parallel)

    def _counted(self, prompt: Sequence[int], seed: int, asking: Asking) -> Written:
        written, why = self._written(prompt, seed, asking)
        with self._lock:
            self._faults = self._faults + 1 if written.fault else 0
            if self._faults > FAULTS:
                raise self._error(f"{self._faults} answers in a row could not be used; the last: {why}", AGAIN)
        return written

    def _written(self, prompt: Sequence[int], seed: int, asking: Asking) -> tuple[Written, str]:
        """The answer, or what was wrong with it in a word for the report and in full."""
        try:
            written = self._read(self._ask(prompt, seed, asking), prompt)
        except _UnreadableError as error:
            return Written(fault=NONE), f"{NONE} ({error})"
        except openai.APITimeoutError:
            return Written(fault=LATE), LATE
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            return Written(fault=REFUSED), f"{REFUSED} ({self._said(error)})"
        except openai.APIError as error:
            raise self._failed(error) from None
        return (written, "") if written.text or written.ids else (Written(fault=EMPTY), EMPTY)

    def _ask(self, prompt: Sequence[int], seed: int, asking: Asking) -> Any:
        body = {
            "model": self.model,
            "prompt": list(prompt),
            "max_tokens": asking.max_tokens,
            "temperature": asking.temperature,
            "seed": seed,
            # As the model that is loaded here draws; servers take other values from the model's own files.
            "top_p": TOP_P,
            "top_k": -1,
            "min_p": 0.0,
            "repetition_penalty": 1.0,
            "stop_token_ids": list(asking.stop),
            "skip_special_tokens": False,
            "spaces_between_special_tokens": False,
            "return_token_ids": True,
            "preserved_tokens": list(asking.controls),  # what llama.cpp has for skip_special_tokens
        }
        return _parsed(self._client.post("/completions", cast_to=str, body=body))

    def _read(self, answer: Any, prompt: Sequence[int]) -> Written:
        """The first choice, checked.

        Raises:
            ServerError: the server says that it read another prompt.
        """
        choices = answer.get("choices") if isinstance(answer, dict) else None
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise _UnreadableError("it has no choices")
        choice = choices[0]
        text, ids = choice.get("text"), choice.get("token_ids")
        if not isinstance(text, str):
            raise _UnreadableError("its text is none")
        if ids is not None and not _are_ids(ids):
            raise _UnreadableError("its token ids are none")
        read = choice.get("prompt_token_ids")
        usage = answer.get("usage")
        length = usage.get("prompt_tokens") if isinstance(usage, dict) else None
        if _are_ids(read) and read != list(prompt):
            raise self._error(f"the server read other tokens than the {len(prompt)} that were sent")
        if isinstance(length, int) and 0 < length != len(prompt):
            raise self._error(f"the server read {length} tokens where {len(prompt)} were sent")
        return Written(text, ids, choice.get("finish_reason") != "length")

    def _named(self) -> str:
        """The model's name, after a look at those that the server has."""
        try:
            listed = _parsed(self._client.get("/models", cast_to=str))
            names = [str(entry["id"]) for entry in listed["data"]]
        except openai.NotFoundError:
            raise self._error("the server lists no models at /models", "Give the base of its API, with /v1") from None
        except openai.APIError as error:
            raise self._failed(error) from None
        except (_UnreadableError, LookupError, TypeError):
            raise self._error("what answers there is no OpenAI-compatible server") from None
        if self.model in names or (not self.model and len(names) == 1):
            return self.model or names[0]
        if not names:
            raise self._error("the server has no model")
        several = ", ".join(names[:10])
        if not self.model:
            raise self._error(f"the server has several models: {several}", "Name one of them as server_model")
        near = difflib.get_close_matches(self.model, names, n=1, cutoff=0.0)[0]
        raise self._error(f"the server has no model {self.model!r}; the nearest is {near!r}", f"It has: {several}")

    def _same(self, text: str, ids: Sequence[int]) -> bool:
        """Whether the server could be asked how it tokenizes a text.

        Raises:
            ServerError: it tokenizes it otherwise.
        """
        # vLLM and SGLang read "prompt", llama.cpp reads "content".
        body = {"model": self.model, "prompt": text, "content": text, "add_special_tokens": False, "add_special": False}
        try:
            answer = _parsed(self._client.post(self.url.removesuffix("/v1") + "/tokenize", cast_to=str, body=body))
        except (openai.APIError, _UnreadableError):
            return False
        found = answer.get("tokens") if isinstance(answer, dict) else None
        if not _are_ids(found):
            return False
        if found != list(ids):
            raise self._error(
                f"the server's model {self.model!r} has another vocabulary: it reads {text[:20]!r} as tokens "
                f"{found[:6]}, and the base model as {list(ids)[:6]}",
                "Serve the model that model.name names",
            )
        return True

    def _failed(self, error: openai.APIError) -> ServerError:
        """What ends the work: the server is not there, wants another key, or does not recover."""
        if isinstance(error, openai.APIStatusError):
            if error.status_code in (401, 403):
                variable = f"${self._variable}"
                held = f"the key in {variable}" if self._key else f"requests without a key ({variable} is not set)"
                what = f"the server refuses {held}, with {error.status_code}"
                return self._error(what, "Set the right one, or name another variable as server_key")
            what = f"the server answers {error.status_code} ({self._said(error)})"
            return self._error(what, AGAIN if error.status_code != 404 else "")
        if isinstance(error, openai.APITimeoutError):
            return self._error("the server does not answer in time", AGAIN)
        cause = type(error.__cause__).__name__ if error.__cause__ else "no connection"
        return self._error(f"the server cannot be reached ({cause})", f"Start it, or correct the address. {AGAIN}")

    def _said(self, error: openai.APIStatusError) -> str:
        """The beginning of what the server said with a status, without the key."""
        body = error.body
        said = body.get("message", body) if isinstance(body, dict) else body
        text = " ".join(str(said or error.response.reason_phrase).split())
        text = text.replace(self._key, "***") if self._key else text
        return text[:SHOWN] + ("…" if len(text) > SHOWN else "")

    def _error(self, what: str, fix: str = "") -> ServerError:
        return ServerError(what, self.url, fix)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _UnreadableError("it is no JSON") from None


def _are_ids(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(number) is int and 0 <= number < 1 << 31 for number in value)


def in_order(work: Callable[[Item], Result], items: Iterable[Item], parallel: int) -> Iterator[Result]:
    """``work`` of each item in the items' order, ``parallel`` at once in threads, some items ahead of the caller.

    An exception is raised as soon as it happens, whatever comes before it. The threads are not waited for: one may
    stand in a request that takes minutes.
    """
    jobs: SimpleQueue[tuple[int, Item] | None] = SimpleQueue()
    done: SimpleQueue[tuple[int, Result | None, BaseException | None]] = SimpleQueue()

    def labour() -> None:
        while (job := jobs.get()) is not None:
            number, item = job
            try:
                done.put((number, work(item), None))
            except BaseException as error:
                done.put((number, None, error))
                return

    for _ in range(parallel):
        threading.Thread(target=labour, daemon=True).start()
    source = iter(items)
    held: dict[int, Any] = {}
    sent, more = 0, True
    try:
        for wanted in count():
            while more and sent - wanted < AHEAD * parallel:
                try:
                    jobs.put((sent, next(source)))
                    sent += 1
                except StopIteration:
                    more = False
            if wanted == sent:
                return
            while wanted not in held:
                number, result, error = done.get()
                if error is not None:
                    raise error
                held[number] = result
            yield held.pop(wanted)
    finally:
        while not jobs.empty():
            try:
                jobs.get_nowait()
            except Empty:
                break
        for _ in range(parallel):
            jobs.put(None)
