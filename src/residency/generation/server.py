"""Asking an OpenAI-compatible server (vLLM, SGLang, llama.cpp) to continue prompts.

Prompts are sent as token ids and never as text, so that the server reads exactly what was rendered here. An answer that
cannot be used is told as such and is no error, unless too many come in a row; a server that is gone is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from residency.core.errors import MissingDependencyError
from residency.generation.connection import EMPTY, Connection, UnreadableError
from residency.generation.ordered import in_order
from residency.generation.settings import TOP_P

try:
    import openai
except ImportError as error:
    raise MissingDependencyError(error.name or "openai", "train") from None

PROBE = "A 72-year-old takes 5 mg of apixaban twice daily; the INR is 1.2 (naïve, ≥3 µg/L).\n\nWhat now?"
"""A text in which vocabularies differ."""


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


class Server(Connection):
    """One model of one server that continues prompts."""

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
        except UnreadableError as error:
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
        return in_order(lambda job: self._counted(*job, asking), prompts, self.parallel)

    def _counted(self, prompt: Sequence[int], seed: int, asking: Asking) -> Written:
        written, fault, why = self._tried(lambda: self._read(self._ask(prompt, seed, asking), prompt))
        if written is not None and not (written.text or written.ids):
            fault = why = EMPTY
        self._count(fault, why)
        return Written(fault=fault) if written is None or fault else written

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
        return self._post("/completions", body)

    def _read(self, answer: Any, prompt: Sequence[int]) -> Written:
        """The first choice, checked.

        Raises:
            ServerError: the server says that it read another prompt.
        """
        choices = answer.get("choices") if isinstance(answer, dict) else None
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise UnreadableError("it has no choices")
        choice = choices[0]
        text, ids = choice.get("text"), choice.get("token_ids")
        if not isinstance(text, str):
            raise UnreadableError("its text is none")
        if ids is not None and not _are_ids(ids):
            raise UnreadableError("its token ids are none")
        read = choice.get("prompt_token_ids")
        usage = answer.get("usage")
        length = usage.get("prompt_tokens") if isinstance(usage, dict) else None
        if _are_ids(read) and read != list(prompt):
            raise self._error(f"the server read other tokens than the {len(prompt)} that were sent")
        if isinstance(length, int) and 0 < length != len(prompt):
            raise self._error(f"the server read {length} tokens where {len(prompt)} were sent")
        return Written(text, ids, choice.get("finish_reason") != "length")

    def _same(self, text: str, ids: Sequence[int]) -> bool:
        """Whether the server could be asked how it tokenizes a text.

        Raises:
            ServerError: it tokenizes it otherwise.
        """
        # vLLM and SGLang read "prompt", llama.cpp reads "content".
        body = {"model": self.model, "prompt": text, "content": text, "add_special_tokens": False, "add_special": False}
        try:
            answer = self._post(self.url.removesuffix("/v1") + "/tokenize", body)
        except (openai.APIError, UnreadableError):
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


def _are_ids(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(number) is int and 0 <= number < 1 << 31 for number in value)
