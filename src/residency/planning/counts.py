"""How many rows and tokens each stage of a recipe will have.

What stages have written is counted; what they have not is projected from the bank by the recipe's mix, and is said to
be. A projection draws no example: it gives each kind its share, and its rows the lengths of the questions, answers and
passages that it is built of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from residency.chat.estimate import CHARACTERS, MESSAGE
from residency.core.prompt import CONTEXT_ONLY
from residency.planning.job import Range
from residency.planning.lengths import Lengths
from residency.planning.measured import Asked, Measured, Rows

Values = Mapping[str, Any]
"""A recipe's values as plain JSON, by section and key."""
COUNTED, ESTIMATED, SCALED, PROJECTED = "counted", "estimated", "scaled", "projected"
OFF = {COUNTED: 0.0, ESTIMATED: 0.1, SCALED: 0.05, PROJECTED: 0.3}
"""By how much each may be off, either way. The projection was held against two banks (docs/planning.md)."""
SYSTEM = 50  # tokens of a system message with its mode
FORM = 25  # tokens of an answer's form beyond what the bank says: "Key point:", "ANSWER: X", "Before acting: ..."
ABSTAINS = 45  # tokens of an answer that says the context does not hold it
DIALOGUE_TURNS, CONTEXT_TURNS = 3, 4  # turns of a dialogue, and of one over passages
CITED = 70  # tokens of an answer over passages at most, on the mean: only what a passage supports is said
TOOL_TOKENS = 400  # of functions told, a call and its result, beside the passages
THOUGHT = Range(150, 500, 1_200)
"""Tokens of a thought before an answer, where none has been written yet. Assumed: models differ by more than this."""
CONTEXT = round(len(CONTEXT_ONLY) / CHARACTERS)
PROBES, INSTRUCTIONS = 54, 100  # written items of the safety and retention axes, about
KINDS = {"context", "insufficient", "context_dialogue", "tool"}


@dataclass(frozen=True)
class Part:
    """Rows of one purpose, how they came to be known, and how far their tokens may be off, as factors."""

    rows: Rows
    basis: str
    spread: Range

    @property
    def lengths(self) -> Lengths:
        """The rows' lengths."""
        return self.rows.lengths

    def told(self) -> dict[str, Any]:
        """For programs."""
        return {
            "basis": self.basis,
            "spread": [round(self.spread.low, 3), round(self.spread.high, 3)],
            "labelled": self.rows.labelled,
            "turns": self.rows.turns,
            **self.lengths.told(),
        }


@dataclass(frozen=True)
class Counts:
    """A recipe's rows and tokens, for one tokenizer.

    ``pairs`` holds each pair with its prompt once, ``apart`` the longer side of each after a prompt of its own.
    ``items`` are the evaluation's prompts for each model; ``asked`` are the prompts of knowledge questions, ``talks``
    the dialogues that a teacher may reword, ``thoughts`` the prompts of turns that need a thought.
    """

    tokenizer: str
    thinks: bool
    train: Part
    dev: Part
    pairs: Part
    apart: Lengths
    items: Asked
    items_basis: str
    asked: Lengths
    talks: Lengths
    thoughts: Lengths
    bank: Mapping[str, int]
    notes: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        """For programs."""
        return {
            "tokenizer": self.tokenizer,
            "bank": dict(self.bank),
            "train": self.train.told(),
            "dev": self.dev.told(),
            "pairs": self.pairs.told(),
            "evaluate": {
                "basis": self.items_basis,
                "items": self.items.items,
                "prompts": self.written.rows,
                "prompt_tokens": self.written.tokens,
            },
            "notes": list(self.notes),
        }

    @property
    def written(self) -> Lengths:
        """The evaluation's prompts that this model answers in writing."""
        return self.items.thinking if self.thinks else self.items.prompts


def counts_of(found: Measured, recipe: Values, thinks: bool = False, made_with: Values | None = None) -> Counts:
    """The counts of a recipe.

    Args:
        found: what the run's folder holds.
        recipe: the recipe's values.
        thinks: whether the model thinks before it answers.
        made_with: the sections ``mix`` and ``pairs`` with which the run's stages were made, where they have finished.
    """
    made, notes = dict(made_with or {}), list(found.notes)
    limit = int(recipe["compile"]["max_length"])
    bare = THOUGHT if thinks and _thinks_in_training(recipe) else Range(0, 0, 0)
    train, basis = _train(found, recipe, made, notes)
    spread = _spread(basis, found.off if "compile" not in found.exact else 0.0)
    thoughts = Lengths()
    if bare.likely and (train.bare or basis == PROJECTED):
        train = _each_turn(train, basis == PROJECTED)
        without = train.lengths
        thoughts = without.times(train.bare / train.turns) if train.turns else without
        mean = max(1.0, without.mean)
        spread = Range(
            spread.low * (mean + bare.low) / (mean + bare.likely),
            1.0,
            spread.high * (mean + bare.high) / (mean + bare.likely),
        )
        train = _with_thoughts(train, int(bare.likely))
        notes.append(
            f"a thought is taken to have {bare.low:.0f} to {bare.high:.0f} tokens, {bare.likely:.0f} likely: until "
            "the stage thoughts has run this is an assumption"
        )
    if over := train.lengths.over(limit):
        notes.append(
            f"{over:,} of {train.lengths.rows:,} training rows are longer than compile.max_length = {limit:,}: they "
            "lose passages and old exchanges, or are refused"
        )
    train = Rows(train.lengths.within(limit), train.labelled, train.turns, train.bare)
    dev = _dev(found, train, recipe)
    if bare.likely and found.dev is not None and dev.bare:
        thoughts = thoughts.beside(dev.lengths.times(dev.bare / dev.turns))
        dev = _with_thoughts(dev, int(bare.likely))
    pairs, apart, pairs_basis = _pairs(found, train, recipe, made)
    items, items_basis = (found.items, COUNTED) if found.items else (_items(found, recipe), PROJECTED)
    return Counts(
        found.says,
        thinks,
        Part(train, basis, spread),
        Part(dev, basis if found.dev else PROJECTED, spread),
        Part(
            Rows(pairs.lengths.within(2 * limit), pairs.labelled, pairs.turns),
            pairs_basis,
            _spread(pairs_basis, found.off),
        ),
        apart.within(limit),
        items,
        items_basis,
        _knowledge(found, recipe),
        _talks(found, recipe),
        thoughts,
        {f"{split} {kind}": one.rows for (split, kind), one in found.questions.items()},
        tuple(notes),
    )


def _spread(basis: str, off: float) -> Range:
    off = max(OFF[basis], off)
    return Range(1 - off, 1.0, 1 + off)


def _thinks_in_training(recipe: Values) -> bool:
    thoughts = recipe["thoughts"]
    return thoughts["policy"] != "none" and not (thoughts["shares"] and not thoughts["shares"].get("distil"))


def _each_turn(rows: Rows, projected: bool) -> Rows:
    """A row for each turn, where a projection put a conversation's turns into one: those before it are read again, half
    of the conversation on average."""
    if not projected or rows.turns <= rows.lengths.rows:
        return rows
    turns = rows.turns / rows.lengths.rows
    return Rows(rows.lengths.longer((turns + 1) / (2 * turns)).times(turns), rows.labelled, rows.turns, rows.turns)


def _with_thoughts(rows: Rows, thought: int) -> Rows:
    share = rows.bare / rows.turns if rows.turns else 1.0
    return Rows(
        rows.lengths.plus(round(thought * share)), rows.labelled + round(thought * rows.bare), rows.turns, rows.bare
    )


def _train(found: Measured, recipe: Values, made: Values, notes: list[str]) -> tuple[Rows, str]:
    """The training rows, and on what they rest."""
    if found.train is None:
        return _projected(found, recipe, int(recipe["mix"]["examples"] or _most(found, recipe))), PROJECTED
    before, now = made.get("mix", {}), recipe["mix"]
    others = {name for name in before if name in now and name != "examples" and before[name] != now[name]}
    if others:
        notes.append(f"mix.{', mix.'.join(sorted(others))} changed since the mix was made: its rows are projected anew")
        return _projected(found, recipe, int(now["examples"] or _most(found, recipe))), PROJECTED
    if before and before.get("examples") != now["examples"] and now["examples"]:
        old = before.get("examples") or _most(found, recipe)
        return _times(found.train, now["examples"] / old), SCALED
    return found.train, COUNTED if found.exact or not found.off else ESTIMATED


def _times(rows: Rows, factor: float) -> Rows:
    lengths = rows.lengths.times(factor)
    return Rows(lengths, round(rows.labelled * factor), round(rows.turns * factor), round(rows.bare * factor))


def _shares(found: Measured, recipe: Values) -> dict[str, float]:
    """The mix's shares, those of kinds that nothing supplies left to the others."""
    has = {kind for (split, kind), one in found.questions.items() if split == "train" and one.rows}
    shares = dict(recipe["mix"]["shares"])
    if "conversation" in has and "conversation" not in shares:
        shares = {kind: share * 0.9 for kind, share in shares.items()} | {"conversation": 0.1}
    for kind in ("mcq", "open", "conversation"):
        if kind not in has:
            shares.pop(kind, None)
    if not recipe["grounding"]["tools"]:
        shares.pop("tool", None)
    if not found.passages.rows:
        shares = {kind: share for kind, share in shares.items() if kind not in KINDS}
    total = sum(shares.values())
    return {kind: share / total for kind, share in shares.items() if share} if total else {}


def _most(found: Measured, recipe: Values) -> int:
    """How many examples the scarcest of the bank's own kinds allows; kinds that are built are taken to suffice."""
    shares = _shares(found, recipe)
    held = {kind: _side(found.questions, kind).rows for kind in ("mcq", "open")}
    limits = [rows / shares[kind] for kind, rows in held.items() if rows and shares.get(kind)]
    return int(min(limits, default=sum(held.values())))


def _projected(found: Measured, recipe: Values, examples: int, split: str = "train") -> Rows:
    """Rows of each kind by its share."""
    lengths, labelled, turns = Lengths(), 0.0, 0.0
    for kind, share in _shares(found, recipe).items():
        one, learnt, each = _of_kind(found, recipe, kind)
        if not one.rows:
            continue
        rows = one.times(examples * share / one.rows)
        lengths = lengths.beside(rows)
        labelled += learnt * rows.rows
        turns += each * rows.rows
    return Rows(lengths, round(labelled), round(turns), round(turns))


def _of_kind(found: Measured, recipe: Values, kind: str) -> tuple[Lengths, float, int]:
    """Lengths of rows of a kind, and the labelled tokens and turns of each."""
    own = kind if kind in ("mcq", "open", "conversation") else ""
    asked, said = _side(found.questions, own), _side(found.answers, own)
    passages = recipe["grounding"]["passages"]
    frame = SYSTEM + 2 * MESSAGE
    if kind in ("mcq", "open", "conversation"):
        return said.plus(round(frame + asked.mean + FORM)), said.mean + FORM, 1
    if kind == "insufficient":
        context = passages * found.passages.mean + CONTEXT
        return asked.plus(round(frame + context + ABSTAINS)), ABSTAINS, 1
    # A long passage is found more often than a short one.
    context = passages * found.passages.mean_of_token + CONTEXT
    cited = said.within(CITED)
    if kind in ("context", "tool"):
        more = TOOL_TOKENS if kind == "tool" else 0
        return cited.plus(round(frame + context + asked.mean + FORM + more)), cited.mean + FORM, 1
    if kind == "context_dialogue":
        each, turns, before = cited, CONTEXT_TURNS, SYSTEM + context
    else:
        most = round(recipe["dialogue"]["longest_answer"] / CHARACTERS)
        each, turns, before = said.up_to(most), DIALOGUE_TURNS, float(SYSTEM)
    shared = before + turns * (asked.mean + 2 * MESSAGE)
    return each.longer(turns).plus(round(shared)), turns * each.mean, turns


def _side(sides: Mapping[tuple[str, str], Lengths], kind: str, split: str = "train") -> Lengths:
    """The questions or answers of a kind; of all kinds where none is named."""
    found = Lengths()
    for (own, name), lengths in sides.items():
        if own == split and (name == kind or not kind):
            found = found.beside(lengths)
    return found


def _dev(found: Measured, train: Rows, recipe: Values) -> Rows:
    most = int(recipe["sft"]["dev_rows"])
    if found.dev is not None:
        return _times(found.dev, min(1.0, most / max(1, found.dev.lengths.rows)))
    wanted = min(int(recipe["mix"]["dev_examples"]), most)
    return _times(train, wanted / max(1, train.lengths.rows))


def _pairs(found: Measured, train: Rows, recipe: Values, made: Values) -> tuple[Rows, Lengths, str]:
    wanted = _wanted_pairs(recipe["pairs"])
    if found.pairs is not None:
        before = _wanted_pairs({**recipe["pairs"], **made.get("pairs", {})})
        if before == wanted:
            return found.pairs, found.apart, ESTIMATED if found.off else COUNTED
        factor = wanted / before
        return _times(found.pairs, factor), found.apart.times(factor), SCALED
    # A pair is a single turn: its question with or without passages, and two answers of like length.
    one, learnt, _ = _of_kind(found, recipe, "context" if found.passages.rows else "open")
    if not one.rows:
        one, learnt, _ = _of_kind(found, recipe, "mcq")
    bank = _side(found.questions, "").rows
    count = min(wanted, bank + recipe["pairs"]["on_policy"])
    rows = one.times(count / max(1, one.rows))
    shared = rows.plus(round(learnt))
    return Rows(shared, round(2 * learnt * shared.rows), 2 * shared.rows), rows, PROJECTED


def _wanted_pairs(settings: Values) -> int:
    """Pairs at most: of the models' own samples there is one a prompt."""
    return int(settings["max_pairs"] if settings["corruption"] else settings["on_policy"])


def _items(found: Measured, recipe: Values) -> Asked:
    """What each axis asks, by the evaluation's settings."""
    settings = recipe["evaluate"]
    most = settings["max_items"] or 1 << 30
    mcq, opened = (_side(found.questions, kind, "test").plus(SYSTEM + MESSAGE) for kind in ("mcq", "open"))
    mcq, opened = (one.times(min(1.0, most / max(1, one.rows))) for one in (mcq, opened))
    every = _side(found.questions, "", "test").plus(SYSTEM + MESSAGE)
    passages = round(recipe["grounding"]["passages"] * found.passages.mean + CONTEXT)
    ways, exam, over, further = settings["exam"], mcq, settings["faithfulness"], settings["followup"]
    orders = 1 + ways["permutations"]
    questions = every.rows or 1
    dialogues = min(most, questions // 2)
    grounded = min(most, questions // 2) if found.passages.rows else 0
    asked_over = min(grounded, over["noise_items"] or grounded) * (len(over["noise"]) + 1 if over["noise"] else 0)
    asked_over += 2 * grounded + sum(min(grounded, over[name] or grounded) for name in ("erring_items", "joined_items"))
    common = every.times(dialogues * (4.9 if further["real"] else 2.3) / questions).longer(2.0)
    common = common.beside(every.plus(passages).times(asked_over / questions))
    common = common.beside(every.times((grounded if over["closed_book"] else 0) / questions))
    common = common.beside(every.times(min(PROBES + settings["safety"]["bank"], most) / questions))
    common = common.beside(every.times(min(INSTRUCTIONS, most) / questions)).beside(opened)
    tagged = min(settings["modes"]["swapped_items"], most, questions) if settings["modes"]["swapped"] else 0
    common = common.beside(every.times(3 * tagged / questions))
    thinking = common.beside(exam.times(orders * ways["thinking_samples"] + (ways["choices_only"] != "no")))
    items = exam.rows + opened.rows + dialogues + 2 * grounded + tagged + min(PROBES, most) + min(INSTRUCTIONS, most)
    return Asked(common.beside(exam.times(orders * ways["samples"])), thinking, exam.times(1 + orders), items)


def _knowledge(found: Measured, recipe: Values) -> Lengths:
    """The prompts that the base model is asked from memory: each question after its exemplars, once for each set and,
    where it is not known, for each further sample."""
    settings = recipe["knowledge"]
    if not settings["questions"]:
        return Lengths()
    asked = _side(found.questions, "")
    on_dev = min(settings["dev_questions"], _side(found.questions, "", "dev").rows)
    count = min(settings["questions"], asked.rows) + on_dev
    shots = settings["shots"] * (asked.mean + _side(found.answers, "").mean + 2 * MESSAGE)
    answers = count * settings["exemplar_sets"] * (1 + settings["samples"] / 2)  # half of them are known at once
    return asked.plus(round(SYSTEM + shots)).times(answers / max(1, asked.rows))


def _talks(found: Measured, recipe: Values) -> Lengths:
    """The dialogues that a teacher rewords."""
    if recipe["teacher"]["backend"] == "none":
        return Lengths()
    built = min(_side(found.questions, "").rows * recipe["dialogue"]["per_question"], recipe["dialogue"]["most"])
    one, _, _ = _of_kind(found, recipe, "dialogue")
    return one.times(built * recipe["teacher"]["share"] / max(1, one.rows))
