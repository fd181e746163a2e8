"""What users judged, as candidates for training: preference pairs and labelled answers. People must review them: a
button pressed at work is no judgement of a reviewer, and what was typed there may be a patient's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from residency.core.comparing.decontaminate import HOLDS, Guard, Item, look_up, prepare
from residency.core.comparing.tokens import word_hashes
from residency.core.files import read_jsonl, text_digest, write_jsonl
from residency.core.prompt import format_options, has_passages, read_options
from residency.core.records import HELD_OUT
from residency.serving.audit.reading import Feedback, Logged, answers

KIND = "feedback"
Row = dict[str, Any]


class Candidates(NamedTuple):
    """The rows, and what is not among them by reason."""

    rows: list[Row]
    left_out: Counter[str]


def held_out_guard(kept: Path) -> Guard | None:
    """The held-out questions of a run's ``corpus/kept.jsonl``, to look candidates up in; None where there are none.

    Raises:
        InputError: there is no such file.
    """
    items = [
        Item(str(row.get("origin", row["id"])), row["question"], tuple(row.get("options", {}).values()))
        for row in read_jsonl(kept)
        if row["split"] in HELD_OUT
    ]
    return prepare(items) if items else None


def export_candidates(log: Path, out: Path, held_out: Guard | None = None) -> int:
    """Write the candidate pairs of a log as JSON Lines, atomically; returns how many.

    Raises:
        InputError: there is no log.
    """
    return write_jsonl(out, pairs(answers(log), held_out).rows)


def pairs(logged: Iterable[Logged], held_out: Guard | None = None) -> Candidates:
    """A pair for each answer judged bad to which the user wrote a better one, and for each judged bad where another
    answer to the very same prompt was judged good. Each user's last word counts."""
    out = Candidates([], Counter())
    usable = list(_usable(logged, held_out, out.left_out))
    good: dict[str, Logged] = {}
    for one, said in usable:
        if said.verdict == "good":
            good.setdefault(one.body["prompt_digest"], one)
    used: set[str] = set()
    for one, said in usable:
        text = _answer(one)
        other = good.get(one.body["prompt_digest"])
        if said.verdict != "bad":
            continue
        if said.better and said.better != text:
            out.rows.append(_pair(one, said, said.better))
        elif other is not None and _answer(other) != text:
            used.add(other.body["answer"])
            out.rows.append(_pair(one, said, _answer(other), other))
        else:
            out.left_out["judged bad, and there is no better answer beside it"] += 1
    alone = sum(said.verdict == "good" and one.body["answer"] not in used for one, said in usable)
    if alone:
        out.left_out["judged good, and there is no worse answer beside it"] += alone
    return out


def labelled(logged: Iterable[Logged], held_out: Guard | None = None) -> Candidates:
    """``prompt``, ``completion`` (messages) and ``label`` of each answer that was judged: the shape that KTO reads."""
    out = Candidates([], Counter())
    for one, said in _usable(logged, held_out, out.left_out):
        completion = {"role": "assistant", "content": _answer(one)}
        out.rows.append(
            {
                "id": f"{KIND}/{one.body['answer']}",
                "type": KIND,
                "prompt": _texts(one)["messages"],
                "completion": [completion],
                "label": said.verdict == "good",
                **_traced(one),
                **_judged(said),
                "needs_review": True,
            }
        )
    return out


def _usable(
    logged: Iterable[Logged], held_out: Guard | None, left_out: Counter[str]
) -> Iterator[tuple[Logged, Feedback]]:
    """The answers that may become candidates, with the last word on each."""
    for one in logged:
        if reason := _unusable(one, held_out):
            left_out[reason] += 1
        else:
            yield one, one.feedback[-1]


def _unusable(one: Logged, held_out: Guard | None) -> str:
    if not one.feedback:
        return "nobody has judged it"
    if not one.ended or one.body["outcome"] != "answered" or one.body["finish"] != "stop":
        return "it did not come to its end"
    if one.texts is None:
        return "its text was not kept"
    if one.body["personal"]:
        return "personal data was found in it"
    if not one.texts["messages"] or not _answer(one).strip():
        return "there is no text in it"
    if held_out is not None and _holds(held_out, _asked(one.texts["messages"])):
        return "it asks what a held-out question asks"
    return ""


def _holds(held_out: Guard, asked: Sequence[str]) -> bool:
    options = read_options(asked[-1])
    stem = asked[-1].replace(format_options(options), "").strip() if options else asked[-1]
    said = word_hashes(["\n".join(asked)])
    hits = look_up(held_out, word_hashes([stem]), [[*options.values()]], said, [[*asked, stem]])
    return any(hit.tier in HOLDS for hit in hits)


def _asked(messages: Sequence[Row]) -> list[str]:
    """What the user's turns ask, without the contexts above them."""
    return [_question(str(turn["content"])) for turn in messages if turn["role"] == "user"] or [""]


def _question(content: str) -> str:
    if not has_passages(content):
        return content
    _, _, rest = content.partition("\n\n")  # no passage holds an empty line, and no instruction
    return rest.partition("\n\nQuestion: ")[2]


def _pair(one: Logged, said: Feedback, chosen: str, other: Logged | None = None) -> Row:
    texts = _texts(one)
    edit = {
        "type": KIND,
        "direction": "written" if other is None else "two answers",
        "why": said.reason,
        **_judged(said),
        "votes": {"chosen": 1},
        "margin": 1.0,
        "flipped": False,
        "model": one.body["model"],
        "model_digest": one.body["model_digest"],
    }
    row: Row = {
        "id": f"{KIND}/{one.body['answer']}",
        "kind": _kind(texts["messages"]),
        "mode": one.body["mode"],
        "split": "train",
        **_traced(one),
        "prompt": texts["messages"],
        "chosen": chosen,
        "rejected": _answer(one),
        "edit": edit,
        "passages": one.body["passages"],
        "needs_review": True,
    }
    if texts["tools"]:
        row["tools"] = texts["tools"]
    if other is not None and texts["thinking"] and _texts(other)["thinking"]:
        row |= {"chosen_thinking": _texts(other)["thinking"], "rejected_thinking": texts["thinking"]}
    return row


def _kind(messages: Sequence[Row]) -> str:
    if any(turn["role"] == "tool" for turn in messages):
        return "tool"
    last = [str(turn["content"]) for turn in messages if turn["role"] == "user"][-1:]
    if any(map(has_passages, last)):
        return "context"
    return "mcq" if any(map(read_options, last)) else "open"


def _traced(one: Logged) -> Row:
    """Answers to one question, however it was retrieved for, share a parent, by which they are grouped."""
    asked = text_digest("\n".join(_asked(_texts(one)["messages"])))[:16]
    return {"source": KIND, "topic": "unknown", "licence": "unknown", "parents": [f"asked/{asked}"]}


def _judged(said: Feedback) -> Row:
    return {"scorer": "person", "people": 1, "at": said.at}


def _texts(one: Logged) -> Row:
    assert one.texts is not None  # noqa: S101 - _unusable has sorted the others out
    return one.texts


def _answer(one: Logged) -> str:
    return str(_texts(one)["answer"])
