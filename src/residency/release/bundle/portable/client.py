"""Asks the model as it was trained to be asked: mode, numbered passages, question.

Reads contract.json beside it. Needs the standard library alone to ask a server that speaks OpenAI's API (vLLM, SGLang,
llama.cpp, Ollama), and transformers with torch (and peft for an adapter) to run the model itself.

    python client.py "When is a chest drain clamped?" --mode exam
    python client.py "..." --passages passages.jsonl --ids p01,p07
    python client.py "..." --url http://localhost:8000/v1 --model NAME

A key for the server is read from the environment variable OPENAI_API_KEY.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Message = dict[str, Any]
HERE = Path(__file__).resolve().parent


def load_contract(folder: Path = HERE) -> dict[str, Any]:
    """The prompt contract of the model."""
    contract: dict[str, Any] = json.loads((folder / "contract.json").read_text(encoding="utf-8"))
    return contract


def safe(contract: Mapping[str, Any], text: str) -> str:
    """The text with a space inside whatever would become a control token, so that no text can pose as a turn."""
    for token in contract["tokens"]["control"]:
        text = text.replace(token, f"{token[0]} {token[1:]}")
    return text


def passage_line(number: int, passage: Mapping[str, Any]) -> str:
    """A passage as the model reads it: number, title, month, whether newer guidance replaced it, text."""
    title, date = str(passage.get("title", "")).strip(), str(passage.get("date", "")).strip()
    marks = ([date[:7]] if date else []) + (["superseded"] if passage.get("superseded_by") else [])
    heading = f"{title.rstrip('.')} ({'; '.join(marks)})".strip() if marks else title
    if heading and not heading.endswith((".", "?", "!")):
        heading += "."
    text = f"{heading} {passage['text']}".strip()
    return f"[{number}] {text}"


def build(
    contract: Mapping[str, Any],
    question: str,
    mode: str = "",
    passages: Sequence[Mapping[str, Any]] | None = None,
    history: Sequence[Message] = (),
    if_it_helps: bool = False,
) -> list[Message]:
    """The messages of a question.

    Args:
        contract: as :func:`load_contract` gives it.
        question: with an MCQ's options below it, one a line, as ``A. text``.
        mode: EXAM or CLINICAL; empty for the contract's default.
        passages: what a search found, best first, with ``title``, ``date`` (ISO 8601) and ``text``; an empty list says
            that nothing was found, None that nothing was looked for.
        history: the turns so far, without the system message.
        if_it_helps: let the model answer from what it knows where the passages do not bear on the question.
    """
    mode = (mode or contract["default_mode"]).upper()
    if mode not in contract["modes"]:
        raise ValueError(f"unknown mode {mode!r}: choose {', '.join(contract['modes'])}")
    asked = safe(contract, question)
    if passages is not None:
        lines = "\n".join(passage_line(number, passage) for number, passage in enumerate(passages, 1))
        form = contract["context_if_it_helps" if if_it_helps else "context"]
        before, _, rest = form.partition("{passages}")
        between, _, after = rest.partition("{question}")
        asked = f"{before}{safe(contract, lines) or contract['nothing_found']}{between}{asked}{after}"
    system = {"role": "system", "content": contract["modes"][mode]}
    return [system, *history, {"role": "user", "content": asked}]


def read(contract: Mapping[str, Any], text: str) -> tuple[str, str]:
    """What was generated, control tokens shown, as (thought, answer)."""
    family = contract["chat"]["family"]
    for stop in contract["tokens"]["stop"]:
        text = text.partition(stop)[0]
    if family == "harmony":
        parts = re.split(r"<\|channel\|>(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>", text)
        said: dict[str, str] = {}
        for channel, words in zip(parts[1::2], parts[2::2], strict=True):
            said[channel] = said.get(channel, "") + words.partition("<|end|>")[0]
        return said.get("analysis", "").strip(), said.get("final", "" if said else text).strip()
    if "</think>" in text:
        thought, _, answer = text.partition("</think>")
        return thought.replace("<think>", "").strip(), answer.strip()
    if family == "qwen3-thinking":  # its prompt opens the thought; this one was cut
        return text.strip(), ""
    return "", text.strip()


class Local:
    """The model, run here.

    Args:
        folder: the bundle's, or its ``merged`` weights.
        base: the base model's folder or hub id, where it is not the one that adapter_config.json names.
        dtype: ``auto`` keeps the precision of the files.
        loading: what else the model is loaded with, as ``attn_implementation``.
    """

    def __init__(self, folder: Path = HERE, base: str = "", dtype: str = "auto", **loading: Any) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

        bundle = folder if (folder / "contract.json").exists() else folder.parent
        self.contract = load_contract(bundle)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(bundle))
        whole = (folder / "config.json").exists()
        source = str(folder) if whole else base or _base_of(folder)
        self.model: Any = AutoModelForCausalLM.from_pretrained(source, dtype=dtype, use_safetensors=True, **loading)
        if not whole:
            from peft import PeftModel

            self.model = PeftModel.from_pretrained(self.model, str(folder), autocast_adapter_dtype=False)
        self.model.eval()
        self.drawn: Any = GenerationConfig.from_pretrained(str(bundle))

    def ids(self, messages: Sequence[Message], tools: Sequence[Any] = ()) -> list[int]:
        """The prompt as token ids, by the chat template alone."""
        given = self.tokenizer.apply_chat_template(
            list(messages), tools=list(tools) or None, add_generation_prompt=True, tokenize=True, return_dict=True
        )
        return [int(number) for number in given["input_ids"]]

    def write(self, ids: Sequence[int], **options: Any) -> str:
        """What the model writes after a prompt, control tokens shown; ``options`` are those of ``generate``."""
        import torch

        prompt = torch.tensor([list(ids)], device=self.model.device)
        with torch.inference_mode():
            out = self.model.generate(
                prompt, attention_mask=torch.ones_like(prompt), generation_config=self.drawn, **options
            )
        return str(self.tokenizer.decode(out[0, len(ids) :], skip_special_tokens=False))

    def ask(self, messages: Sequence[Message], **options: Any) -> tuple[str, str]:
        """(thought, answer)."""
        return read(self.contract, self.write(self.ids(messages), **options))


def _base_of(folder: Path) -> str:
    return str(json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"])


def ask_server(
    contract: Mapping[str, Any], url: str, model: str, messages: Sequence[Message], timeout: float = 600
) -> tuple[str, str]:
    """(thought, answer) of a server that renders with the bundle's chat template."""
    body = {"model": model, "messages": list(messages), **contract["generation"]}
    message = _post(f"{url.rstrip('/')}/chat/completions", body, timeout)["message"]
    thought = message.get("reasoning_content") or message.get("reasoning") or ""
    inside, answer = read(contract, message.get("content") or "")
    return (thought, message.get("content") or "") if thought else (inside, answer)


def ask_rendered(
    contract: Mapping[str, Any], url: str, model: str, messages: Sequence[Message], timeout: float = 600
) -> tuple[str, str]:
    """(thought, answer) of a server that is sent token ids, rendered here: for servers that write prompts of their own.
    vLLM takes them; it needs transformers here, and no torch."""
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(str(HERE))
    given = tokenizer.apply_chat_template(list(messages), add_generation_prompt=True, tokenize=True, return_dict=True)
    body = {
        "model": model,
        "prompt": [int(number) for number in given["input_ids"]],
        "stop_token_ids": tokenizer.convert_tokens_to_ids(contract["tokens"]["stop"]),
        "skip_special_tokens": False,
        **contract["generation"],
    }
    return read(contract, _post(f"{url.rstrip('/')}/completions", body, timeout)["text"])


def _post(url: str, body: Mapping[str, Any], timeout: float) -> dict[str, Any]:
    """The first choice of a server's reply."""
    headers = {"Content-Type": "application/json"}
    if key := os.environ.get("OPENAI_API_KEY", ""):
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - the user's own address
    with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
        choice: dict[str, Any] = json.loads(response.read())["choices"][0]
    return choice


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question")
    parser.add_argument("--mode", default="", help="exam or clinical")
    parser.add_argument("--passages", type=Path, help="JSON Lines with id, title, date and text")
    parser.add_argument("--ids", default="", help="which of the passages, best first, with commas between them")
    parser.add_argument("--if-it-helps", action="store_true", help="let it answer beyond the passages")
    parser.add_argument("--url", default="", help="a server's address, as http://localhost:8000/v1")
    parser.add_argument("--model", default="residency", help="the model's name on the server")
    parser.add_argument("--render", action="store_true", help="send the server token ids that are rendered here")
    parser.add_argument("--base", default="", help="the base model's folder or hub id")
    given = parser.parse_args()
    contract = load_contract()
    passages = None
    if given.passages:
        rows = [json.loads(line) for line in given.passages.read_text(encoding="utf-8").split("\n") if line.strip()]
        by_id = {row["id"]: row for row in rows}
        passages = [by_id[name] for name in given.ids.split(",") if name] if given.ids else rows
    messages = build(contract, given.question, given.mode, passages, if_it_helps=given.if_it_helps)
    if given.url:
        ask = ask_rendered if given.render else ask_server
        thought, answer = ask(contract, given.url, given.model, messages)
    else:
        thought, answer = Local(base=given.base).ask(messages)
    print(f"(thought) {thought}\n\n{answer}" if thought else answer)


if __name__ == "__main__":
    main()
