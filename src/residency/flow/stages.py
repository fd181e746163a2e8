"""The product in one table: a question bank goes in at the top, a release folder comes out below.

Each line says what the stage does, which earlier stages' folders it reads, which sections of the recipe
it depends on, and which function does the work. The runner adds nothing to this order. Raise ``version``
when a stage's code changes what it writes, so that older results are made again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from residency.core.stage import Counts, StageContext


@dataclass(frozen=True)
class Stage:
    """One step of the line.

    ``function`` is ``module:name`` and imported only when the stage runs, so that looking at a run needs
    no torch. A stage that ``resumes`` finds its own half-done work in its folder after a kill; the others
    start over and write the same bytes. What is in its ``checkpoints`` is kept, though it starts over, where each entry
    there names all that it depends on (``keeps_checkpoints``).

    A ``distributed`` stage is worked on by every process where a launcher started several (``flow/processes.py``):
    each calls the function with the same context, and the function sees to it that only the first writes. All other
    stages run in the first process alone.

    A stage that is ``repeated`` draws anew in each repeat of a recipe (``run.repeat``). No other may: what is held out
    and asked is the same in all of them.
    """

    name: str
    does: str
    reads: tuple[str, ...]
    settings: tuple[str, ...]
    function: str
    version: int = 1
    resumes: bool = False
    keeps_checkpoints: bool = False
    distributed: bool = False
    repeated: bool = False

    def load(self) -> Callable[[StageContext], Counts]:
        """Import the function that does the work."""
        module, _, name = self.function.partition(":")
        return cast(Callable[[StageContext], Counts], getattr(import_module(module), name))


STAGES: tuple[Stage, ...] = (
    Stage(
        "corpus",
        "reads the question bank, rejects what is broken, assigns train, dev and test",
        (),
        ("corpus",),
        "residency.corpus.stage:run",
        version=6,
    ),
    Stage(
        "index",
        "builds the retrieval index over the passages",
        ("corpus",),
        ("index",),
        "residency.retrieval.stage:run",
        version=2,
    ),
    Stage(
        "dialogue",
        "builds multi-turn conversations from the questions, and takes the bank's own",
        ("corpus",),
        ("dialogue",),
        "residency.dialogue.stage:run",
        version=5,
    ),
    Stage(
        "grounding",
        "builds examples with context and citations, with insufficient context, and with calls of tools",
        ("corpus", "index"),
        ("grounding", "model", "chat"),
        "residency.grounding.stage:run",
        version=4,
        keeps_checkpoints=True,
    ),
    Stage(
        "knowledge",
        "asks the base model what it knows already, where questions are to be asked",
        ("corpus",),
        ("knowledge", "model", "chat"),
        "residency.knowledge.stage:run",
        resumes=True,
    ),
    Stage(
        "teacher",
        "has the built dialogues reworded by a teacher, where one is named",
        ("corpus", "dialogue"),
        ("teacher", "model", "chat"),
        "residency.teacher.stage:run",
        resumes=True,
        keeps_checkpoints=True,
        version=2,
    ),
    Stage(
        "mix",
        "composes the training set to the declared shares, with modes",
        ("corpus", "knowledge", "teacher", "grounding"),
        ("mix",),
        "residency.mix.stage:run",
        version=7,
        repeated=True,
    ),
    Stage(
        "thoughts",
        "gives the assistant's turns their thoughts, where the base model is one that thinks",
        ("mix",),
        ("thoughts", "model", "chat"),
        "residency.reasoning.stage:run",
        version=3,
        resumes=True,
        repeated=True,
    ),
    Stage(
        "compile",
        "turns conversations into the tokens and labels that the model sees",
        ("thoughts",),
        ("compile", "model", "chat"),
        "residency.chat.stage:run",
        version=3,
    ),
    Stage(
        "sft",
        "fine-tunes an adapter on the compiled rows",
        ("compile",),
        ("sft", "model", "chat"),
        "residency.training.sft:run",
        version=3,
        resumes=True,
        distributed=True,
        repeated=True,
    ),
    Stage(
        "pairs",
        "makes preference pairs: a gold answer against a mistake that matters",
        ("corpus", "index", "dialogue", "grounding", "thoughts", "sft"),
        ("pairs", "model", "chat"),
        "residency.preference.stage:run",
        version=7,
        keeps_checkpoints=True,
        repeated=True,
    ),
    Stage(
        "preference",
        "tunes the adapter on the pairs, the SFT model being the reference",
        ("index", "thoughts", "compile", "pairs", "sft"),
        ("preference", "model", "chat", "compile"),
        "residency.training.preference:run",
        version=4,
        resumes=True,
        distributed=True,
        repeated=True,
    ),
    Stage(
        "evaluate",
        "measures base, SFT and final model on four axes, with intervals and gates",
        ("corpus", "index", "dialogue", "grounding", "knowledge", "compile", "sft", "preference"),
        ("evaluate", "model", "chat", "compile"),
        "residency.evaluation.stage:run",
        version=6,
        resumes=True,
    ),
    Stage(
        "release",
        "writes the bundle: adapter, index, card; marked draft unless every gate passed and licences are named",
        (
            *("corpus", "index", "dialogue", "grounding", "teacher", "mix", "thoughts", "compile"),
            *("sft", "pairs", "preference", "evaluate"),
        ),
        ("release", "model", "chat"),
        "residency.release.stage:run",
        version=8,
    ),
)


def stage(name: str) -> Stage:
    """The stage called ``name``; KeyError when there is none."""
    return {entry.name: entry for entry in STAGES}[name]
