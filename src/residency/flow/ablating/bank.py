"""The rows that an ablation works with: those that the recipe does not hold out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from residency.ablation.settings import AblateSettings
from residency.core.errors import InputError
from residency.core.files import file_digest, read_jsonl, write_jsonl
from residency.core.records import HELD_OUT
from residency.flow.recipe import LoadedRecipe, with_changes
from residency.flow.runner import Watcher, run_recipe

BANK = "bank.jsonl"


def prepared(loaded: LoadedRecipe, settings: AblateSettings, folder: Path, watcher: Watcher | None) -> LoadedRecipe:
    """The recipe over its own train and dev rows, which are split anew.

    The recipe's test rows are left to its own evaluation: an arm that was chosen on them would have been chosen on the
    test. The corpus stage runs first, where it has not.

    Args:
        loaded: the checked recipe.
        settings: of the ablation.
        folder: the ablation's, which gets ``bank.jsonl``.
        watcher: told as the corpus stage begins and ends.

    Raises:
        InputError: nearly all rows are held out.
    """
    run_recipe(loaded, "corpus", watcher=watcher)
    kept = loaded.run_folder / "corpus" / "kept.jsonl"
    rows = [row for row in read_jsonl(kept) if row["split"] not in HELD_OUT]
    if len(rows) < 20:
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
    return with_changes(loaded, changes, "the ablation")


def _replace(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the rows, and leave a file alone that holds them already: another process may be reading it."""
    beside = path.with_name(f".{path.name}.new")
    write_jsonl(beside, rows)
    if path.is_file() and file_digest(path) == file_digest(beside):
        beside.unlink()
    else:
        beside.replace(path)
