"""``residency reward-model``: trains a reward model on a run's preference pairs, and says how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from residency.cli import show
from residency.cli.options import Debug, Json
from residency.flow.progress import ConsoleProgress


def reward_model(
    run_folder: Annotated[
        Path, typer.Argument(metavar="RUN_FOLDER", help="A run's folder, as runs/demo.", show_default=False)
    ],
    epochs: Annotated[float, typer.Option(help="Passes over the pairs.")] = 1.0,
    max_steps: Annotated[int | None, typer.Option(help="Stop after this many steps of 8 pairs.")] = None,
    held_out: Annotated[float, typer.Option(help="Share of the questions whose pairs only measure it.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Another seed holds other questions out.")] = 0,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Train a reward model on a run's preference pairs, for online tuning; it is written to RUN_FOLDER/reward."""
    from residency.training.reward_model import FOLDER, train_reward_model
    from residency.training.settings import RewardModelSettings

    settings = RewardModelSettings(epochs=epochs, max_steps=max_steps, held_out=held_out)
    progress = ConsoleProgress("reward model")
    try:
        report = train_reward_model(run_folder, settings, seed, progress)
    finally:
        progress.finish()
    folder = run_folder / FOLDER
    if as_json:
        show.emit({"folder": str(folder), **report})
        return
    print(f"{report['pairs']} pairs: trained on {report['trained_on']} in {report['steps']} steps")
    print(f"right {_share(report['accuracy'])}, on {report['held_out']} held-out pairs")
    print(f"choosing the longer answer would be right {_share(report['longer_is_better'])}")
    for kind, found in report["by_kind"].items():
        print(f"  {kind}: {_share(found)}, n = {found['n']}")
    print(f'written: {folder}\nTo reward with it: preference.online.reward_model = "{folder}", and give it a weight')


def _share(found: Mapping[str, Any]) -> str:
    if found["low"] is None:
        return f"{found['value']:.0%} (too few questions for an interval)"
    return f"{found['value']:.0%} ({found['low']:.0%} to {found['high']:.0%})"
