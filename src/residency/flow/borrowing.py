"""Taking over what another run has done already: the same stage of the same inputs is not worked on twice."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from residency.core.files import write_json
from residency.flow import manifest as mf
from residency.flow.stages import Stage


def borrow(entry: Stage, parts: Mapping[str, Any], folder: Path, lenders: Iterable[Path]) -> Path | None:
    """Fill a stage's folder with what a finished stage of another run holds, where all that it depends on is the same.

    Files are hard links where the file system allows it, copies elsewhere: stages replace their files and never change
    one in place. What was taken is held against the lender's manifest, so that a lender that is damaged, or runs anew
    meanwhile, lends nothing. The manifest comes last, says who lent (``borrowed``), and keeps the time that the stage
    took there.

    Args:
        entry: the stage.
        parts: all that its result depends on, as :func:`~residency.flow.manifest.fingerprint_parts` gives it.
        folder: the stage's own, which holds no result yet.
        lenders: other run folders.

    Returns:
        The run folder that lent; None where none could.
    """
    for lender in lenders:
        theirs = lender / entry.name
        done = mf.read_manifest(theirs)
        if done is None or mf.difference(done["parts"], parts):
            continue
        if not _take(done["outputs"], theirs, folder) or mf.output_fault(folder, done):
            for name in done["outputs"]:
                (folder / name).unlink(missing_ok=True)
            continue
        write_json(folder / mf.MANIFEST, {**done, "borrowed": lender.name})
        return lender
    return None


def _take(names: Iterable[str], theirs: Path, folder: Path) -> bool:
    """Link or copy files; gives whether all of them were there."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            _link(theirs / name, folder / name)
        except FileNotFoundError:
            return False
    return True


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one that knows no links
        shutil.copyfile(source, target)
