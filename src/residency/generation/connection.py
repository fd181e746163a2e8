"""A connection to an OpenAI-compatible server: the key, the model's name, retries, and what each failure means.

An answer that cannot be used is told as such and is no error, unless too many come in a row; a server that is gone is
one.
"""

from __future__ import annotations

import difflib
import json
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from residency.core.errors import MissingDependencyError, ServerError

try:
    import openai
except ImportError as error:
    raise MissingDependencyError(error.name or "openai", "train") from None

RETRIES = 4  # after a time-out, a lost connection, a 429 or a 5xx, each after twice the wait of the one before
FAULTS = 8  # answers in a row that cannot be used, beyond which the server is given up
CONNECT = 10.0  # seconds to connect
SHOWN = 200  # characters of what a server said that are shown
AGAIN = "The same command goes on from here"
NONE, EMPTY = "the server's answer could not be read", "the server's answer was empty"
LATE, REFUSED = "the server did not answer in time", "the server refused the prompt"
FAILED = "the server failed at the prompt"

Result = TypeVar("Result")


class UnreadableError(ValueError):
    """What came back is not of the form that it must have."""


class Connection:
    """One model of one server.

    Args:
        url: the API's base, such as http://localhost:8000/v1.
        model: its name there; empty for the only one that the server has.
        key: the name of the environment variable that holds the API key.
        parallel: prompts asked at once.
        timeout: seconds to wait for an answer.
        retries: how often a request that failed in passing is sent again.
        environment: where the variable is looked up; None is this process's own.

    Raises:
        ServerError: the variable holds what cannot be a key.
    """

    measured = False
    """Whether what the model says is what is wanted to be known: then an empty answer is an answer, a prompt that the
    server refuses (too long, with functions that it does not take) says nothing of the others, and one at which it
    fails again and again ends nothing unless the next ones fare alike."""
    _again = AGAIN
    """What is said to do where the server is gone."""
    _settings = "server"
    """How the settings of the key and the model begin that an error names."""

    def __init__(
        self,
        url: str,
        model: str,
        key: str,
        parallel: int,
        timeout: float,
        retries: int = RETRIES,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.url, self.model, self.parallel = url.rstrip("/"), model, parallel
        self._variable = key
        self._key = (os.environ if environment is None else environment).get(key, "").strip()
        if not self._key.isascii():
            raise self._error(f"${key} holds characters that no key has", "Set it anew")
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

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        """What the server answers, as JSON; an UnreadableError where it is none."""
        return _parsed(self._client.post(path, cast_to=str, body=body))

    def _tried(self, ask: Callable[[], Result]) -> tuple[Result | None, str, str]:
        """What ``ask`` gives; or None, and what was wrong with the answer: in a word for the report and in full.

        Raises:
            ServerError: the server is gone.
        """
        try:
            return ask(), "", ""
        except UnreadableError as error:
            return None, NONE, f"{NONE} ({error})"
        except openai.APITimeoutError:
            return None, LATE, LATE
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            return None, REFUSED, f"{REFUSED} ({self._said(error)})"
        except openai.InternalServerError as error:
            if not self.measured:
                raise self._failed(error) from None
            return None, FAILED, f"{FAILED} ({error.status_code}: {self._said(error)})"
        except openai.APIError as error:
            raise self._failed(error) from None

    def _count(self, fault: str, why: str) -> None:
        """Keeps count of the answers in a row that could not be used.

        Raises:
            ServerError: there are too many.
        """
        with self._lock:
            self._faults = self._faults + 1 if fault else 0
            if self._faults > FAULTS:
                raise self._error(f"{self._faults} answers in a row could not be used; the last: {why}", self._again)

    def _listed(self) -> list[dict[str, Any]]:
        """What the server tells of each of its models."""
        listed: list[dict[str, Any]] = _parsed(self._client.get("/models", cast_to=str))["data"]
        return listed

    def _named(self, must_list: bool = True) -> str:
        """The model's name, after a look at those that the server has. A server that lists none is believed to have
        the model that is named, unless it ``must_list`` them."""
        try:
            names = [str(entry["id"]) for entry in self._listed()]
        except openai.NotFoundError:
            if self.model and not must_list:
                return self.model
            raise self._error("the server lists no models at /models", "Give the base of its API, with /v1") from None
        except openai.APIError as error:
            raise self._failed(error) from None
        except (UnreadableError, LookupError, TypeError):
            raise self._error("what answers there is no OpenAI-compatible server") from None
        if self.model in names or (not self.model and len(names) == 1):
            return self.model or names[0]
        if not names:
            raise self._error("the server has no model")
        several = ", ".join(names[:10])
        if not self.model:
            fix = f"Name one of them as {self._settings}_model"
            raise self._error(f"the server has several models: {several}", fix)
        near = difflib.get_close_matches(self.model, names, n=1, cutoff=0.0)[0]
        raise self._error(f"the server has no model {self.model!r}; the nearest is {near!r}", f"It has: {several}")

    def _failed(self, error: openai.APIError) -> ServerError:
        """What ends the work: the server is not there, wants another key, or does not recover."""
        if isinstance(error, openai.APIStatusError):
            if error.status_code in (401, 403):
                variable = f"${self._variable}"
                held = f"the key in {variable}" if self._key else f"requests without a key ({variable} is not set)"
                what = f"the server refuses {held}, with {error.status_code}"
                return self._error(what, f"Set the right one, or name another variable as {self._settings}_key")
            what = f"the server answers {error.status_code} ({self._said(error)})"
            return self._error(what, self._again if error.status_code != 404 else "")
        if isinstance(error, openai.APITimeoutError):
            return self._error("the server does not answer in time", self._again)
        cause = type(error.__cause__).__name__ if error.__cause__ else "no connection"
        fix = f"Start it, or correct the address. {self._again}"
        return self._error(f"the server cannot be reached ({cause})", fix)

    def _said(self, error: openai.APIStatusError) -> str:
        """The beginning of what the server said with a status, without the key."""
        body = error.body
        said = body.get("message", body) if isinstance(body, dict) else body
        return self._shown(str(said or error.response.reason_phrase))

    def _shown(self, text: str) -> str:
        """The beginning of what a server said, in one line and without the key."""
        text = " ".join(text.split())
        text = text.replace(self._key, "***") if self._key else text
        return text[:SHOWN] + ("…" if len(text) > SHOWN else "")

    def _error(self, what: str, fix: str = "") -> ServerError:
        return ServerError(what, self.url, fix)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("it is no JSON") from None
