"""Writes the cards into a bundle, with the data that may be published and what each figure comes from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from residency.core.files import read_json, write_json, write_text
from residency.release.card import model_card, must_say
from residency.release.croissant import PASSAGES, QUESTIONS, croissant
from residency.release.datacard import dataset_card
from residency.release.facts import FACTS, Facts, Written
from residency.release.publishing import publish_questions
from residency.release.record import RECORD, VERIFIED, release_record, trained_parents
from residency.release.settings import ReleaseSettings

DATA = "data"


def write_cards(
    run_folder: Path,
    bundle: Path,
    settings: ReleaseSettings,
    passages: int,
    told: Mapping[str, Any],
    verification: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write ``README.md``, ``data/`` and ``facts.json`` into a bundle that holds all else, and the record beside it.

    Args:
        run_folder: ``runs/NAME``.
        bundle: the folder, with its ``passages.jsonl`` if that goes out.
        settings: of the release.
        passages: how many passages the bundle holds.
        told: the other arguments of :func:`release_record`: ``base``, ``serving``, ``licences``, ``refused``, and
            ``overridden``.
        verification: what a stranger found in this bundle, as ``release.verify`` gives it; None where nobody opened it.

    Returns:
        The release's own record.
    """
    data = bundle / DATA
    data.mkdir(exist_ok=True)
    published = publish_questions(
        run_folder / "corpus", trained_parents(run_folder), settings.publish, data / QUESTIONS.path
    )
    record = release_record(
        run_folder, settings, data=published | {"passages": passages}, verified=verification is not None, **told
    )
    write_json(bundle.parent / Path(RECORD).name, record)
    held = {RECORD: record, VERIFIED: dict(verification or {})}
    texts = {
        "README.md": model_card(Facts(run_folder, held, marked=True)),
        f"{DATA}/README.md": dataset_card(Facts(run_folder, held, marked=True)),
    }
    for name, made in texts.items():
        write_text(bundle / name, made.text)
    if published["published"] or (data / PASSAGES.path).is_file():
        finished = read_json(run_folder / "corpus/manifest.json")["finished"]
        write_json(data / "croissant.json", croissant(data, record, finished[:10], settings.data_version))
    write_json(bundle / FACTS, facts_file(texts))
    return record


def facts_file(texts: Mapping[str, Written]) -> dict[str, Any]:
    """What ``facts.json`` holds of the texts of a bundle, by their places in it."""
    return {
        "texts": {
            name: {"text": made.text, "must_say": must_say(made.text), "facts": made.facts}
            for name, made in texts.items()
        }
    }
