"""What is in a bundle's files and must not be: pickles, code, paths of this machine, secrets, rows, planted texts."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from residency.core.files import CHUNK, file_digest
from residency.release.bundle.space import PORTABLE
from residency.release.verify.rows import Finder
from residency.release.verify.secrets import secrets_in
from residency.release.verify.texts import VOCABULARY, texts, words

SUMS = "SHA256SUMS"
PICKLES = frozenset(".bin .pt .pth .pkl .pickle .ckpt .joblib .dill".split())
CODE = {"client.py": "client.py", "space/app.py": "app.py", "space/client.py": "client.py"}
"""The programs of a bundle, by their place in it, and what each is a copy of."""
PROGRAMS = frozenset(".py .pyc .so .dll .dylib .sh .exe .js .ipynb .whl".split())
_PATH = re.compile(
    r"(?<![\w:/.~<-])/(?:home|root|Users|tmp|mnt|data|work|var|opt|srv|scratch|workspace|content|kaggle|private|gpfs)"
    r"/[\w.-]+|\b[A-Z]:\\\\?(?:Users|Documents)"
)
_POINTER = re.compile(r'"pointer": "[^"]*"')
"""A place in a file of JSON, which looks like a path: /data/published."""
_SHOWN = 3
_OBJECTS = re.compile(rb"['\"]descr['\"]:\s*['\"]\|?O")
Check = Callable[[], Iterable[str]]


def checks(
    bundle: Path, rows: Mapping[str, Any], planted: Sequence[str], places: Iterable[Path]
) -> list[dict[str, Any]]:
    """Each check with its ``verdict``, how many findings there are, and the first of them.

    Args:
        bundle: the folder.
        rows: what must not go out, as ``verify.rows.forbidden`` gives it.
        planted: texts that were planted in the training data.
        places: folders of this machine, whose paths may stand nowhere.
    """
    finder = Finder(rows)
    named: dict[str, Check] = {
        "checksums": lambda: wrong_sums(bundle),
        "no pickle": lambda: pickles(bundle),
        "no code but what is listed": lambda: code(bundle),
        "no path of a machine": lambda: paths(bundle, places),
        "no secret": lambda: (f"{place}: {kind}" for place, text in texts(bundle, True) for kind in secrets_in(text)),
        "no row that must stay": lambda: (
            f"{place}: {name}" for place, text in texts(bundle) for name in finder.found(text)
        ),
        "no planted text": lambda: planted_in(bundle, planted),
    }
    return [_told(name, list(check())) for name, check in named.items()]


def _told(name: str, found: list[str]) -> dict[str, Any]:
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    detail = f"{'; '.join(found[:_SHOWN])}{more}" if found else "nothing was found"
    return {"name": name, "verdict": "fail" if found else "pass", "findings": len(found), "detail": detail}


def wrong_sums(bundle: Path) -> Iterator[str]:
    """Files that the checksums do not hold, or hold with another digest."""
    lines = (bundle / SUMS).read_text(encoding="utf-8").splitlines() if (bundle / SUMS).exists() else []
    named = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for path in sorted(bundle.rglob("*")):
        name = str(path.relative_to(bundle))
        if path.is_file() and name != SUMS and named.pop(name, "") != file_digest(path):
            yield f"{name} is not as {SUMS} says"
    yield from (f"{name} is not there" for name in named)


def pickles(bundle: Path) -> Iterator[str]:
    """Files that loading may run code from: pickles by name or content, and arrays of objects."""
    for path in sorted(bundle.rglob("*")):
        if not path.is_file():
            continue
        name = str(path.relative_to(bundle))
        with path.open("rb") as handle:
            begin = handle.read(512)
        pickled = begin[:1] == b"\x80" and begin[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
        if path.suffix in PICKLES or pickled or (begin[:6] == b"\x93NUMPY" and _OBJECTS.search(begin)):
            yield f"{name} is a pickle"
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    with archive.open(member) as part:
                        inner = part.read(512)
                    if Path(member).suffix in PICKLES or _OBJECTS.search(inner):
                        yield f"{name} holds a pickle"
                        break


def code(bundle: Path) -> Iterator[str]:
    """Programs beside the listed ones, listed ones that were changed, and settings that ask for remote code."""
    for path in sorted(bundle.rglob("*")):
        name = str(path.relative_to(bundle))
        if not path.is_file():
            continue
        if path.is_symlink():
            yield f"{name} is a link"
        elif name in CODE:
            if file_digest(path) != file_digest(PORTABLE / CODE[name]):
                yield f"{name} was changed"
        elif path.suffix in PROGRAMS:
            yield f"{name} is a program"
        elif path.suffix == ".json" and path.name not in VOCABULARY:
            told = json.loads(path.read_text(encoding="utf-8"))
            keys = ("auto_map", "custom_pipelines", "trust_remote_code")
            if isinstance(told, dict) and (asked := [key for key in keys if told.get(key)]):
                yield f"{name} asks for code ({asked[0]})"


def paths(bundle: Path, places: Iterable[Path]) -> Iterator[str]:
    """Files that name a folder of a machine: by the form of it in texts, and this machine's own in every file."""
    for name, text in texts(bundle):
        if found := _PATH.search(_POINTER.sub("", text)):
            yield f"{name}: {found[0][:60]}"
    own = {str(place).encode() for place in (*places, Path.home(), Path(tempfile.gettempdir()))}
    own = {place for place in own if place.count(b"/") > 1}
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and path.name not in VOCABULARY and any(_holds(path, place) for place in own):
            yield f"{path.relative_to(bundle)} names a folder of this machine"


def _holds(path: Path, wanted: bytes) -> bool:
    with path.open("rb") as handle:
        kept = b""
        while piece := handle.read(CHUNK):
            if wanted in kept + piece:
                return True
            kept = piece[-len(wanted) :]
    return False


def planted_in(bundle: Path, planted: Sequence[str]) -> Iterator[str]:
    """Files in which a planted text stands."""
    wanted = [(number, " ".join(words(text))) for number, text in enumerate(planted, 1)]
    for name, text in texts(bundle) if wanted else ():
        said = " ".join(words(text))
        yield from (f"{name}: number {number}" for number, one in wanted if one and one in said)
