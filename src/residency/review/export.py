"""What people judged, as records: pairs, KTO labels, corrected SFT rows, single labels. Each says that people scored
it, and how many; their names only where asked for. What is left out is counted with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from residency.core.prompt import has_passages, read_options
from residency.core.records import TRAINED_ON
from residency.review.results import SPLIT, Judged, Voice

PERSON = "person"
GOOD, BAD = ("right",), ("wrong", "dangerous")
HELD_OUT = "of a held-out split, on which nothing is trained"
NOT_JUDGED = "nobody has judged it"
NO_MAJORITY = "the reviewers disagree"
Row = dict[str, Any]


class Exported(NamedTuple):
    """The rows, and what is not among them by reason."""

    rows: list[Row]
    left_out: Counter[str]


def pairs(items: Sequence[Judged], names: bool) -> Exported:
    """One pair for each whose reviewers prefer one side by more than half of their votes; where that is the side that
    was ``rejected``, the sides change places. ``edit.margin`` is the winner's votes less the loser's, over all."""
    out = Exported([], Counter())
    for item in _trainable(items, out.left_out):
        sides = item.subject.sides
        if len(sides) < 2:
            out.left_out["it is no pair"] += 1
        elif (won := item.majority) not in sides:
            out.left_out[_undecided(won)] += 1
        else:
            lost = next(name for name in sides if name != won)
            margin = (item.counts[str(won)] - item.counts[lost]) / len(item.votes)
            row = item.subject.record | {"chosen": sides[str(won)], "rejected": sides[lost]}
            if flipped := won == "rejected":
                for here, there in (("chosen_thinking", "rejected_thinking"), ("rejected_thinking", "chosen_thinking")):
                    row.pop(here, None)
                    if there in item.subject.record:
                        row[here] = item.subject.record[there]
            made = item.subject.record.get("edit")
            edit = made if isinstance(made, dict) else {"type": item.subject.type}
            row["edit"] = edit | _scored(item.votes, names) | {"margin": round(margin, 4), "flipped": flipped}
            row.pop("needs_review", None)  # of candidates that users' feedback gave
            out.rows.append(row)
    return out


def kto(items: Sequence[Judged], names: bool) -> Exported:
    """``prompt``, ``completion`` (messages) and ``label``. Of a pair that is decided both sides, of one judged
    unacceptable on both sides two rows that are not desired. Of a conversation the turns that were marked, and all of
    one judged right."""
    out = Exported([], Counter())
    for item in _trainable(items, out.left_out):
        labelled = list(_labelled(item))
        if not labelled:
            out.left_out[_unlabelled(item)] += 1
        for number, (prompt, text, label) in enumerate(labelled):
            out.rows.append(
                {
                    "id": f"{item.subject.id}/{number}",
                    "type": item.subject.type,
                    "prompt": prompt,
                    "completion": [{"role": "assistant", "content": text}],
                    "label": label,
                    **_traced(item),
                    **_scored(item.votes, names),
                }
            )
    return out


def sft(items: Sequence[Judged], names: bool) -> Exported:
    """The better answers that reviewers wrote, each as a conversation that ends in it."""
    out = Exported([], Counter())
    for item in _trainable(items, out.left_out):
        written = [vote for vote in item.votes if vote.better]
        if not written:
            out.left_out["nobody wrote a better answer"] += 1
        for number, vote in enumerate(written):
            prompt = _prompt(item)
            asked = str(prompt[-1]["content"])
            context = has_passages(asked)
            kind = "context" if context else "mcq" if read_options(asked) else "open"
            out.rows.append(
                {
                    **_traced(item),
                    "id": f"{item.subject.id}/better/{number}",
                    "source": "human",
                    "kind": kind,
                    "skill": "corrected",
                    "mode": item.subject.record.get("mode", "CLINICAL"),
                    "split": "train",
                    "messages": [*prompt, {"role": "assistant", "content": vote.better}],
                    "passages": item.subject.record.get("passages", []),
                    "expect": {"reference": vote.better},
                    **_scored([vote], names),
                }
            )
    return out


def labels(items: Sequence[Judged], people: Sequence[str], names: bool) -> Exported:
    """Each reviewer's last word on each item, of held-out items too, as labels are written by every scorer. ``scorer``
    is ``person:`` with the reviewer's number, or with the name where it is asked for.

    Of two answers ``pair`` names them, the one that the run holds for better first (``chosen``), or the first of two
    models, and ``winner`` is ``first``, ``second``, ``tie``, or None; of one, ``answer`` names it. ``rubric`` holds
    only what was ticked: 0 for an answer with the fault; of two, 1 where the second alone has it, 0 where the first
    has, 0.5 where both have.
    """
    out = Exported([], Counter())
    for item in items:
        if not item.voices:
            out.left_out[NOT_JUDGED] += 1
        for voice in item.voices:
            who = voice.reviewer if names else str(people.index(voice.reviewer) + 1)
            out.rows.append(_label(item, voice) | {"scorer": f"{PERSON}:{who}", "people": 1})
    return out


def _label(item: Judged, voice: Voice) -> Row:
    subject, sides = item.subject, list(item.subject.sides)
    about: Row = {"item": subject.id, "of": subject.of, "type": subject.type, "cluster": subject.cluster}
    ids = [f"{subject.id}/{side}" for side in sides] or [subject.id]
    two = len(sides) == 2
    if two:
        winners = dict(zip((*sides, "tie"), ("first", "second", "tie"), strict=True))
        about |= {"pair": ids, "winner": winners.get(voice.verdict)}
    else:
        about |= {"answer": ids[0]}
    worse = [side for side in sides if not two or side != voice.verdict]
    return {
        **about,
        "verdict": voice.verdict,
        "rubric": _ticked(voice, sides),
        "harmful": [[span["start"], span["end"]] for span in voice.spans if span["place"] in worse],
        "spans": voice.spans,
        "turns": voice.turns,
        "better": voice.better,
        "note": voice.comment,
        "reason": voice.reason or ("judged unacceptable on both sides" if voice.verdict == "neither" else ""),
        "seconds": voice.seconds,
        "at": voice.at,
    }


def _ticked(voice: Voice, sides: Sequence[str]) -> dict[str, float]:
    if len(sides) < 2:
        return {fault: 0.0 for faults in voice.faults.values() for fault in faults}
    first, second = (set(voice.faults.get(side, ())) for side in sides)
    return {fault: 0.5 if fault in first & second else float(fault in second) for fault in sorted(first | second)}


def _trainable(items: Sequence[Judged], left_out: Counter[str]) -> Iterator[Judged]:
    for item in items:
        if item.subject.record.get("split", "train") not in TRAINED_ON:
            left_out[HELD_OUT] += 1
        elif not item.votes:
            left_out[NOT_JUDGED] += 1
        else:
            yield item


def _undecided(majority: str | None) -> str:
    reasons = {"tie": "judged equally good", "neither": "judged unacceptable on both sides", SPLIT: NO_MAJORITY}
    return reasons[str(majority)]


def _unlabelled(item: Judged) -> str:
    if len(item.subject.sides) == 2:
        return _undecided(item.majority)
    said = _collapsed([vote.verdict for vote in item.votes])
    if said == "bad":
        return "which of its turns is wrong was not marked"
    return NO_MAJORITY if said is None else "judged right with minor faults"


def _labelled(item: Judged) -> Iterator[tuple[list[Row], str, bool]]:
    """Prompt, completion and label of what the item decides."""
    sides, said = item.subject.sides, _collapsed([vote.verdict for vote in item.votes])
    if len(sides) == 2:
        if item.majority in (*sides, "neither"):
            for name, text in sides.items():
                yield _prompt(item), text, name == item.majority
    elif sides:
        if said in ("good", "bad"):
            yield _prompt(item), next(iter(sides.values())), said == "good"
    else:
        for number, turn in enumerate(item.subject.turns):
            if turn["role"] != "assistant" or not turn.get("content") or turn.get("tool_calls"):
                continue
            marks = [vote for vote in item.votes if vote.turns.get(str(number)) in ("right", "wrong")]
            marked = _collapsed([vote.turns[str(number)] for vote in marks]) if marks else None
            if not marks and said == "good":
                marked = "good"
            if marked is not None:
                yield item.subject.turns[:number], turn["content"], marked == "good"


def _collapsed(verdicts: Sequence[str]) -> str | None:
    """``good``, ``minor`` or ``bad`` by more than half of the verdicts; None where there is no such majority."""
    counts = Counter("good" if said in GOOD else "bad" if said in BAD else "minor" for said in verdicts)
    name, count = counts.most_common(1)[0]
    return name if 2 * count > len(verdicts) else None


def _prompt(item: Judged) -> list[Row]:
    """The turns before the answer; of a conversation those before its last."""
    return list(item.subject.turns if item.subject.sides else item.subject.turns[:-1])


def _traced(item: Judged) -> Row:
    record: Mapping[str, Any] = item.subject.record
    parents = [*record.get("parents", []), item.subject.id]
    traced = {name: record.get(name, "unknown") for name in ("source", "topic", "licence")}
    return traced | {"parents": list(dict.fromkeys(parents))}


def _scored(votes: Sequence[Voice], names: bool) -> Row:
    said = {"scorer": PERSON, "people": len(votes), "votes": dict(Counter(vote.verdict for vote in votes))}
    return said | ({"reviewers": [vote.reviewer for vote in votes]} if names else {})
