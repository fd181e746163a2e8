"""Vectors kept from one build to the next, for the whole machine: by the text that they stand for, and by model.

A folder of parts for each model, below ``vectors/`` of the home folder. A part is written whole and then named, and
never changed: a killed build leaves what it had done, and builds that run at once add parts of their own. To free the
room, delete the folder.
"""

from __future__ import annotations

import errno
import hashlib
import os
import uuid
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np

from residency.core.home import home
from residency.core.stage import Progress, Silent
from residency.generation.embeddings import Vectors
from residency.retrieval.index.encoders import Kind, TextEncoder

PART = 512
"""Texts embedded between two writes: some ten seconds' work."""
KEY_BYTES = 16
NOT_OURS = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ENOENT)
"""How a folder answers in which this user may not write, or that cannot be made."""
UNIT = "passages embedded"


class VectorCache:
    """The kept vectors of one model."""

    def __init__(self, encoder: TextEncoder, folder: Path | None = None) -> None:
        self.encoder = encoder
        self.folder = folder or home() / "vectors" / encoder.digest[:16]

    def vectors(
        self, texts: Sequence[str], kind: Kind = "passage", progress: Progress | None = None, unit: str = UNIT
    ) -> Vectors:
        """A vector for each text, float32 of shape (texts, width): those that are kept, and the others embedded, kept
        and counted to ``progress``. A part that cannot be read is passed over, with a note."""
        progress = progress or Silent()
        keys = [_key(text, kind) for text in texts]
        found = np.zeros((len(texts), self.encoder.width), np.float32)
        places: dict[bytes, list[int]] = {}
        for place, key in enumerate(keys):
            places.setdefault(key, []).append(place)
        wanted = len(places)
        for key, vector in self._kept(places.keys(), progress):
            found[places.pop(key)] = vector
        progress.start(wanted, unit, wanted - len(places))
        # Texts of like length are embedded together, long ones first: the time left is then not promised too short.
        missing = sorted(places, key=lambda key: (-len(texts[places[key][0]]), key))
        keeps = True
        for start in range(0, len(missing), PART):
            part = missing[start : start + PART]
            made = self.encoder.encode([texts[places[key][0]] for key in part], kind)
            if keeps:
                keeps = self._try_to_write(part, made, progress)
            for key, vector in zip(part, made, strict=True):
                found[places[key]] = vector
            progress.advance(len(part))
        return found

    def _kept(self, wanted: Collection[bytes], progress: Progress) -> Iterator[tuple[bytes, Vectors]]:
        """Each wanted key that a part holds, once, with its vector."""
        open_keys = set(wanted)
        for path in sorted(self.folder.glob("*.npz")) if open_keys else ():
            try:
                with np.load(path, allow_pickle=False) as part:
                    keys = [bytes(row) for row in part["keys"]]
                    hits = [place for place, key in enumerate(keys) if key in open_keys]
                    if not hits:
                        continue
                    vectors = part["vectors"]
                    if vectors.shape != (len(keys), self.encoder.width) or not np.isfinite(vectors).all():
                        raise ValueError("its shape is wrong")
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                progress.note(f"{path}: this part of the kept vectors is damaged and passed over")
                continue
            for place in hits:
                if keys[place] in open_keys:
                    open_keys.discard(keys[place])
                    yield keys[place], vectors[place]

    def keep(self, texts: Sequence[str], vectors: Vectors, kind: Kind = "passage") -> None:
        """Keep vectors that were made elsewhere, a part for all."""
        self._write([_key(text, kind) for text in texts], vectors)

    def _try_to_write(self, keys: Sequence[bytes], vectors: Vectors, progress: Progress) -> bool:
        """Keep a part, or say that this folder keeps none; a full disk is an error, since it can be mended."""
        try:
            self._write(keys, vectors)
        except OSError as error:
            if error.errno not in NOT_OURS:
                raise
            reason = f"{self.folder}: cannot be written ({error.strerror}), so that these vectors are not kept"
            progress.note(f"{reason}. Set RESIDENCY_HOME to a folder that can be, and they need not be made again")
            return False
        return True

    def _write(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = uuid.uuid4().hex
        partial = self.folder / f".{name}.partial"
        try:
            with partial.open("wb") as handle:
                np.savez(handle, keys=np.frombuffer(b"".join(keys), np.uint8).reshape(-1, KEY_BYTES), vectors=vectors)
                handle.flush()
                os.fsync(handle.fileno())
            partial.replace(self.folder / f"{name}.npz")
        finally:
            partial.unlink(missing_ok=True)


def _key(text: str, kind: Kind) -> bytes:
    return hashlib.sha256(f"{kind}\x1f{text}".encode("utf-8", "surrogatepass")).digest()[:KEY_BYTES]
