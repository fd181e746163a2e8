"""Compilation to tokens against TRL's own preparation: rows a second, prompts as served, packing, memory.

    python -m benchmarks.compile --text medquad.jsonl            # all rows of the file
    python -m benchmarks.compile --text medquad.jsonl --quick    # 2,000 of them

``--text`` names question and answer rows as JSON Lines (MedQuAD, or your own); without it, the variable MEDQUAD. Both
sides take the same conversations with the real Qwen3 tokenizer (fetched once, see tests/real_tokenizers.py) to Arrow,
in one process, by turns; ours also proves each row. ``prompt_parity`` is the share of an assistant's turns that are
trained on after exactly the tokens that inference shows for them, by the model's own template (ours for gpt-oss by
openai-harmony), on conversations of two questions with thoughts; the table shows other formats too.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.packing import packing_fill
from residency.chat.load import renderer_of
from residency.chat.renderer import IGNORED, Renderer
from residency.chat.settings import ChatSettings
from residency.chat.stage import CHUNK, Table, Tally, compile_chunk
from residency.core.prompt import assistant_message, system_message, user_message

QUICK_ROWS, QUICK_ROUNDS, ROUNDS, DIALOGUES, SEED = 2_000, 1, 3, 400, 17
BUDGET = 4_096
MEMORY_ROWS = (20_000, 200_000)
FORMATS: dict[str, tuple[str, str, dict[str, Any], bool]] = {
    # name: (tokenizer, template, settings, whether turns have thoughts)
    "Qwen3 with thoughts": ("qwen3", "qwen3", {"family": "qwen3"}, True),
    "Qwen3 without thoughts": ("qwen3", "qwen3", {"family": "qwen3", "thinking": False}, False),
    "Qwen3-Thinking-2507": ("qwen3", "qwen3_thinking_2507", {"family": "qwen3-thinking"}, True),
    "Qwen3-Instruct-2507": ("qwen3", "qwen3_instruct_2507", {"family": "qwen3-instruct"}, False),
    "gpt-oss with thoughts": ("gptoss", "gptoss", {"family": "harmony"}, True),
}
MAIN = "Qwen3 with thoughts"

Say = Callable[[str], None]


def conversations(text: Path, count: int | None = None) -> list[dict[str, Any]]:
    """Single-turn conversations from rows of a question and an answer, as the mix stage writes them."""
    found = []
    with text.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number == count:
                break
            row = json.loads(line)
            turns = [system_message("EXAM"), user_message(row["question"]), assistant_message(row["answer"].strip())]
            found.append(_record(number, turns))
    return found


def dialogues(text: Path, count: int, thoughts: bool) -> list[dict[str, Any]]:
    """Conversations of two questions on one topic; with ``thoughts``, an answer's first sentence is its thought."""
    by_topic: dict[str, list[dict[str, Any]]] = {}
    with text.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            by_topic.setdefault(str(row.get("topic")), []).append(row)
    pairs = [rows[:2] for rows in by_topic.values() if len(rows) > 1]
    random.Random(SEED).shuffle(pairs)
    found = []
    for number, pair in enumerate(pairs[:count]):
        turns: list[Any] = [system_message("EXAM")]
        for row in pair:
            answer: Any = assistant_message(row["answer"].strip())
            if thoughts:
                answer["thinking"] = row["answer"].strip().split(". ")[0]
            turns += [user_message(row["question"]), answer]
        found.append(_record(number, turns))
    return found


def _record(number: int, turns: list[Any]) -> dict[str, Any]:
    traced = {"kind": "open", "mode": "EXAM", "topic": "", "source": "human", "parents": []}
    return {"id": str(number), "messages": turns, **traced}


def ours(renderer: Renderer, rows: Sequence[dict[str, Any]], path: Path) -> Tally:
    """Compile to ``path`` as the stage does, chunk by chunk."""
    tally = Tally()
    with Table(path) as table:
        for start in range(0, len(rows), CHUNK):
            table.write(compile_chunk(renderer, rows[start : start + CHUNK], BUDGET, tally))  # type: ignore[arg-type]
    return tally


def theirs(tokenizer: Any, rows: Sequence[dict[str, Any]], max_length: int | None = BUDGET) -> Any:
    """TRL's preparation with the loss on the assistant's turns, as its SFTTrainer does it: a data set in Arrow.

    Raises:
        ValueError: TRL knows no training template for the model's.
    """
    import datasets
    from trl import SFTConfig, SFTTrainer
    from trl.chat_template_utils import get_training_chat_template

    datasets.disable_caching()
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as folder:
        arguments = SFTConfig(
            output_dir=folder,
            assistant_only_loss=True,
            max_length=max_length,
            use_cpu=True,
            bf16=False,
            report_to="none",
        )
    trainer = SFTTrainer.__new__(SFTTrainer)
    trainer._tokenizer, trainer.args, trainer.completion_only_loss = tokenizer, arguments, False
    trainer.chat_template = get_training_chat_template(tokenizer)
    messages = [{"messages": [_in_their_keys(turn) for turn in row["messages"]]} for row in rows]
    data = datasets.Dataset.from_list(messages)
    return SFTTrainer._prepare_dataset(trainer, data, tokenizer, arguments, False, None, "train")


def _in_their_keys(turn: dict[str, Any]) -> dict[str, Any]:
    return {("reasoning_content" if key == "thinking" else key): value for key, value in turn.items()}


Serve = Callable[[list[dict[str, Any]]], list[int]]
"""From messages to the tokens that a server shows the model."""


def by_template(tokenizer: Any, thinking: bool) -> Serve:
    """As the model's own chat template has it."""

    def serve(turns: list[dict[str, Any]]) -> list[int]:
        told = [_in_their_keys(turn) for turn in turns]
        return list(
            tokenizer.apply_chat_template(told, add_generation_prompt=True, return_dict=False, enable_thinking=thinking)
        )

    return serve


def by_harmony() -> Serve:
    """As openai-harmony renders what servers keep: thoughts before the last answer are dropped."""
    from tests.real_tokenizers import harmony_ranks

    os.environ["TIKTOKEN_ENCODINGS_BASE"] = str(harmony_ranks())
    import openai_harmony as oh

    encoding = oh.load_harmony_encoding(oh.HarmonyEncodingName.HARMONY_GPT_OSS)
    keep_all = oh.RenderConversationConfig(auto_drop_analysis=False)

    def serve(turns: list[dict[str, Any]]) -> list[int]:
        developer = oh.DeveloperContent.new().with_instructions(turns[0]["content"])
        told = [
            oh.Message.from_role_and_content(oh.Role.SYSTEM, oh.SystemContent.new()),
            oh.Message.from_role_and_content(oh.Role.DEVELOPER, developer),
        ]
        for turn in turns[1:]:
            one = oh.Message.from_role_and_content(oh.Role(turn["role"]), turn["content"])
            told.append(one.with_channel("final") if turn["role"] == "assistant" else one)
        whole = oh.Conversation.from_messages(told)
        return list(encoding.render_conversation_for_completion(whole, oh.Role.ASSISTANT, config=keep_all))

    return serve


def parity(
    rows: Sequence[dict[str, Any]], trained: Sequence[Sequence[tuple[list[int], list[int]]]], serve: Serve
) -> float:
    """The share of turns before whose labels stand exactly the tokens that inference shows.

    ``trained`` holds for each conversation its rows, each as input ids and labels.
    """
    right = total = 0
    for row, of_one in zip(rows, trained, strict=True):
        turns = row["messages"]
        served = [serve(turns[:place]) for place, turn in enumerate(turns) if turn["role"] == "assistant"]
        shown = [ids[:start] for ids, labels in of_one for start in _starts(labels)]
        total += len(served)
        right += sum(prompt in shown for prompt in served)
    return right / total


def _starts(labels: Sequence[int]) -> Iterator[int]:
    """Where the runs of labels begin."""
    before = IGNORED
    for place, label in enumerate(labels):
        if label != IGNORED and before == IGNORED:
            yield place
        before = label


def parities(text: Path, count: int, say: Say) -> dict[str, tuple[float, float | None]]:
    """Ours and theirs by format; None where TRL refuses."""
    from tests.real_tokenizers import real_tokenizer

    found: dict[str, tuple[float, float | None]] = {}
    for name, (vocabulary, template, chosen, thoughts) in FORMATS.items():
        tokenizer = real_tokenizer(vocabulary, template)
        settings = ChatSettings(**chosen)
        renderer, rows = renderer_of(tokenizer, settings), dialogues(text, count, thoughts)
        compiled = renderer.rows([(row["messages"], ()) for row in rows])
        serve = by_template(tokenizer, settings.thinking)
        own = parity(
            rows,
            [[(one.input_ids.tolist(), one.labels.tolist()) for one in of_one] for of_one in compiled],
            by_harmony() if vocabulary == "gptoss" else serve,
        )
        try:
            data = theirs(tokenizer, rows, None)
            other = parity(rows, [[(one["input_ids"], one["labels"])] for one in data], serve)
            told = f"{other:.3f}"
        except ValueError:
            other, told = None, "refused"
        found[name] = own, other
        say(f"  {name:26} ours {own:.3f}, TRL {told}")
    return found


MEMORY = """
import itertools, sys
from pathlib import Path
from benchmarks.compile import conversations, ours
from residency.chat.load import renderer_of
from residency.chat.settings import ChatSettings
from residency.chat.stage import compile_files
from tests.real_tokenizers import real_tokenizer
import resource

source, out = map(Path, sys.argv[1:])
renderer = renderer_of(real_tokenizer("qwen3", "qwen3"), ChatSettings(family="qwen3", thinking=False))
compile_files(renderer, source, out, 4096)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""


def memory(text: Path, count: int, work: Path) -> float:
    """Peak memory in GB of a process that compiles ``count`` rows, the file's again and again, from JSON Lines."""
    rows = conversations(text)
    source = work / "conversations.jsonl"
    with source.open("w", encoding="utf-8") as handle:
        for number in range(count):
            handle.write(json.dumps(rows[number % len(rows)] | {"id": str(number)}) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(source), str(work / "out.parquet")],
        check=True,
        capture_output=True,
        text=True,
    )
    return round(float(done.stdout.splitlines()[-1]), 3)


def main() -> int:
    """Print the figures, and with ``--json`` one JSON object last."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compile", description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, default=os.environ.get("MEDQUAD"), help="question and answer rows")
    parser.add_argument("--quick", action="store_true", help="2,000 rows, one round: about a minute")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="times that each side compiles the rows")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout, last")
    chosen = parser.parse_args()
    if chosen.text is None or not Path(chosen.text).is_file():
        print("error: name a file of question and answer rows: --text medquad.jsonl, or set MEDQUAD", file=sys.stderr)
        return 2

    def say(line: str) -> None:
        print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)

    from tests.real_tokenizers import folder, real_tokenizer

    try:
        folder("qwen3")
    except OSError as error:
        print(f"error: the tokenizer of Qwen3 cannot be had ({error})", file=sys.stderr)
        return 3
    text = Path(chosen.text)
    rows = conversations(text, QUICK_ROWS if chosen.quick else None)
    rounds = QUICK_ROUNDS if chosen.quick else chosen.rounds
    tokenizer = real_tokenizer("qwen3", "qwen3")
    renderer = renderer_of(tokenizer, ChatSettings(family="qwen3", thinking=False))
    say(f"{len(rows):,} rows, Qwen3's tokenizer, encoded by {renderer.encoder.engine}")
    ratios, seconds = [], []
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for number in range(rounds):
            begun = time.perf_counter()
            tally = ours(
                renderer_of(tokenizer, ChatSettings(family="qwen3", thinking=False)), rows, work / "rows.parquet"
            )
            own = time.perf_counter() - begun
            begun = time.perf_counter()
            theirs(tokenizer, rows)
            other = time.perf_counter() - begun
            seconds.append(own)
            ratios.append(other / own)
            say(f"  round {number + 1}: ours {len(rows) / own:,.0f} rows/s, TRL {len(rows) / other:,.0f}")
        say("prompts as inference shows them:")
        shares = parities(text, 50 if chosen.quick else DIALOGUES, say)
        fill = packing_fill(tally.tokens, BUDGET)
        say(f"packed to {BUDGET:,}: {fill:.2%} of the places hold a token")
        peaks = {} if chosen.quick else {count: memory(text, count, work) for count in MEMORY_ROWS}
        for count, peak in peaks.items():
            say(f"peak memory of {count:,} rows: {peak} GB")
    figures = {
        "rows_per_s": round(len(rows) / statistics.median(seconds), 1),
        "prompt_parity": round(shares[MAIN][0], 4),
        "packing_fill_4096": round(fill, 4),
        "peak_rss_gb": peaks.get(max(MEMORY_ROWS)),
        "peak_rss_gb_by_rows": {str(count): peak for count, peak in peaks.items()},
        "prompt_parity_by_format": {name: round(own, 4) for name, (own, _) in shares.items()},
    }
    peer = {
        "rows_per_s_ratio": round(statistics.median(ratios), 2),
        "prompt_parity": shares[MAIN][1],
        "prompt_parity_by_format": {name: None if one is None else round(one, 4) for name, (_, one) in shares.items()},
    }
    say(json.dumps({"figures": figures, "trl": peer}, indent=1))
    if chosen.json:
        settings = {"text": text.name, "rows": len(rows), "engine": renderer.encoder.engine, "rounds": rounds}
        print(json.dumps({"name": "compile", "settings": settings, "figures": figures, "peers": {"trl": peer}}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
