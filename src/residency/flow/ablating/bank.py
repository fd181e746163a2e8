"""The rows that an ablation works with: those that the recipe does not hold out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from residency.ablation.settings import AblateSettings
from residency.core.errors import InputError
from residency.core.files import dump_line, file_digest, read_jsonl, text_digest, write_text
from residency.core.records import HELD_OUT, TRAINED_ON
from residency.flow.locking import locked
from residency.flow.recipe import LoadedRecipe, with_changes
from residency.flow.runner import Watcher, run_recipe, why_run
from residency.mix.settings import OWN, MixSettings
from residency.mix.shares import with_own

BANK = "bank.jsonl"
LEAST_ROWS = 20
SINGLE = ("mcq", "open")
PLENTY = 1_000_000_000
"""More examples than any bank gives."""


def prepared(loaded: LoadedRecipe, settings: AblateSettings, folder: Path, watcher: Watcher | None) -> LoadedRecipe:
    """The recipe over its own train and dev rows, which are split anew, with what all arms are given alike: a share of
    the bank's own conversations that is named, and as many questions about what the base model knows as are set.

    The recipe's test rows are left to its own evaluation: an arm that was chosen on them would have been chosen on the
    test. No judge's server is asked. The corpus stage runs first, where it has not. Other processes of the same
    ablation wait meanwhile.

    Args:
        loaded: the checked recipe.
        settings: of the ablation.
        folder: the ablation's, which gets ``bank.jsonl``.
        watcher: told as the corpus stage begins and ends.

    Raises:
        InputError: nearly all rows are held out.
        BusyError: the corpus stage must run, and another process works in the recipe's run folder.
    """
    with locked(folder, "ablation", wait=True):
        if why_run(loaded, "corpus"):  # where it stands, a run of the recipe may go on beside the ablation
            run_recipe(loaded, "corpus", watcher=watcher)
        kept = loaded.run_folder / "corpus" / "kept.jsonl"
        rows = [row for row in read_jsonl(kept) if row["split"] not in HELD_OUT]
        if len(rows) < LEAST_ROWS:
            raise InputError(f"only {len(rows)} rows are not held out", str(kept), "Lower corpus.test_share")
        _replace(folder / BANK, rows)
    shown = loaded.run_folder / "corpus" / "passages.jsonl"  # what the bank's own rows brought with them
    passages = [shown] if shown.is_file() and shown.stat().st_size else []
    changes: dict[str, Any] = {
        "index.files": [str(path) for path in (*loaded.recipe.index.files, *passages)],
        "corpus.files": [str(folder / BANK)],
        "corpus.limit": settings.rows,
        "corpus.test_share": settings.test_share,
        "corpus.held_out_topics": [],
        "corpus.evaluation_files": [],  # what holds one of their items was rejected already
        "corpus.decisions": None,
        "corpus.map": {},
    }
    if (shares := _named(loaded.recipe.mix, rows)) != loaded.recipe.mix.shares:
        changes["mix.shares"] = shares
    if settings.knowledge and not loaded.recipe.knowledge.questions:
        changes["knowledge.questions"] = settings.knowledge
    if loaded.recipe.evaluate.judge.server:
        changes["evaluate.judge"] = {}  # every arm's answers would be paid for
    return with_changes(loaded, changes, "the ablation")


def _named(mix: MixSettings, rows: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """The recipe's shares, with that of the bank's own conversations where the mix would give them one unasked
    (:func:`~residency.mix.shares.with_own`). An arm that sets a share names all of them, and would lose these
    conversations beside what it is meant to change.

    It is reckoned for the whole bank: a recipe that names it gets no smaller mix by it, since what is taken to limit
    the other kinds are single questions alone.
    """
    count = Counter(row["kind"] for row in rows if row["split"] in TRAINED_ON)
    if mix.names_shares or not count[OWN] or not any(count[kind] for kind in SINGLE):
        return mix.shares
    limits = dict.fromkeys(mix.shares, PLENTY) | {kind: count[kind] for kind in (*SINGLE, OWN)}
    return {kind: round(share, 4) for kind, share in with_own(mix, limits, mix.examples).items()}


def _replace(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the rows, and leave a file alone that holds them already: another process may be reading it."""
    text = "".join(f"{dump_line(row)}\n" for row in rows)
    if not path.is_file() or file_digest(path) != text_digest(text):
        write_text(path, text)
