"""Publishing a bundle on the Hugging Face hub, by huggingface_hub, so that an interrupted upload goes on.

What a repository holds already is not sent again: huggingface_hub asks for each file's digest first. All that this
module adds is what a person would look to: that the bundle is whole and was not refused, that a draft does not become
public by oversight, and that nobody's other work is overwritten. The token is huggingface_hub's own affair and enters
no text here, nor does an address with a query, which may be signed.
"""

from __future__ import annotations

import glob
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from residency.core.errors import InputError, MissingDependencyError, ServerError, UsageError
from residency.core.files import file_digest, read_json, write_json
from residency.core.stage import Progress, Silent

SUMS = "SHA256SUMS"
PUSHED = "pushed.json"
ALWAYS = frozenset({".gitattributes", "README.md", "LICENSE", SUMS})
"""What a new repository may hold before anything is pushed to it, and the list of what was pushed."""
TRIES = 4
WAIT = 2.0  # seconds before the second try, and twice as many before each further one
BUSY = frozenset({408, 429, 500, 502, 503, 504})
SHOWN = 3
T = TypeVar("T")


@dataclass(frozen=True)
class Pushed:
    """What became of a push.

    ``commit`` is the repository's newest; ``removed`` are files of an earlier bundle that this one lacks, and
    ``others`` how many files the repository holds that no bundle put there: they were left alone.
    """

    repository: str
    url: str
    commit: str
    private: bool
    created: bool
    files: int
    bytes: int
    removed: tuple[str, ...]
    others: int

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self) | {"removed": list(self.removed)}


def push(
    release: Path,
    repository: str,
    draft: bool,
    private: bool | None = None,
    verification: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    endpoint: str | None = None,
    wait: float = WAIT,
) -> Pushed:
    """Publish ``release/bundle`` as a model repository.

    Args:
        release: the release's folder; what was pushed where is kept in its ``pushed.json``.
        repository: ``OWNER/NAME``.
        draft: whether the bundle is one.
        private: whether only its owners see it; a draft's repository is private if left out, and any other public.
            That of a repository which exists is not changed.
        verification: what the release's ``verify.json`` holds, if there is one.
        progress: is told what is done.
        endpoint: the hub's address; that of huggingface_hub if left out (``HF_ENDPOINT``).
        wait: seconds before the second try where the hub is busy; later ones wait longer.

    Raises:
        InputError: the bundle is not whole, was refused, or the hub does not let it in.
        UsageError: the repository's name or its visibility does not fit.
        ServerError: the hub cannot be reached, or is busy for too long.
    """
    try:
        from huggingface_hub import HfApi, get_token
    except ModuleNotFoundError:
        raise MissingDependencyError("huggingface_hub", "release") from None

    bundle = release / "bundle"
    names = check_whole(bundle)
    if verification is not None and verification["verdict"] == "fail":
        failed = ", ".join(check["name"] for check in verification["checks"] if check["verdict"] == "fail")
        fix = "Mend what verify.json beside it tells, and type: residency release RUN"
        raise InputError(f"this bundle failed its verification ({failed})", str(bundle), fix)
    if get_token() is None:
        raise InputError("no token for the hub is set", repository, "Type: hf auth login; or set HF_TOKEN")
    hub = _Hub(HfApi(endpoint=endpoint), repository, progress or Silent(), wait)
    wanted = draft if private is None else private
    found = hub.look()
    begun = _begun(release, repository)
    earlier: dict[str, str] = {}
    held: set[str] = set()
    if found is None:
        hub.create(wanted)
    else:
        held = {one.rfilename for one in found.siblings or ()}
        earlier = hub.sums() if SUMS in held else {}
        _check_visibility(repository, bool(found.private), draft, private)
        strange = sorted(held - ALWAYS - earlier.keys())
        if strange and not earlier and not begun:
            more = f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else ""
            raise UsageError(
                f"this repository holds what no bundle put there ({', '.join(strange[:SHOWN])}{more})",
                repository,
                "Name another, which is made where it does not exist",
            )
    write_json(release / PUSHED, {"repository": repository, "bundle": file_digest(bundle / SUMS), "commit": ""})
    gone = sorted((earlier.keys() & held) - set(names) - ALWAYS)
    commit = hub.send(bundle, gone)
    pushed = Pushed(
        repository,
        f"{hub.api.endpoint}/{repository}",
        commit,
        bool(found.private) if found is not None else wanted,
        found is None,
        len(names),
        sum((bundle / name).stat().st_size for name in names),
        tuple(gone),
        len(held - ALWAYS - earlier.keys() - set(names)),
    )
    write_json(release / PUSHED, {"bundle": file_digest(bundle / SUMS), **pushed.as_dict()})
    return pushed


def check_whole(bundle: Path) -> list[str]:
    """The files of a bundle, each as its list of digests has it.

    Raises:
        InputError: one is missing, is not listed, or was changed.
    """
    if not (bundle / SUMS).is_file():
        raise InputError("there is no whole bundle", str(bundle), "Type: residency release RUN")
    listed = read_sums((bundle / SUMS).read_text(encoding="utf-8"))
    there = {str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file()} - {SUMS}
    for name in sorted(there ^ listed.keys()):
        what = "is not listed in its SHA256SUMS" if name in there else "is gone"
        raise InputError(f"this file of the bundle {what}", str(bundle / name), "Type: residency release RUN --rewrite")
    for name, digest in listed.items():
        if file_digest(bundle / name) != digest:
            what = "this file is not as the bundle's SHA256SUMS has it"
            raise InputError(what, str(bundle / name), "Type: residency release RUN --rewrite")
    return [*listed, SUMS]


def read_sums(text: str) -> dict[str, str]:
    """Digests by file name, of lines as ``sha256sum`` writes them."""
    lines = (line.partition("  ") for line in text.splitlines())
    return {name: digest for digest, _, name in lines if name}


def _begun(release: Path, repository: str) -> bool:
    """Whether this release was being pushed to the repository before."""
    path = release / PUSHED
    return path.is_file() and read_json(path).get("repository") == repository


def _check_visibility(repository: str, is_private: bool, draft: bool, private: bool | None) -> None:
    if private and not is_private:
        fix = "Change that on the hub, or name another"
        raise UsageError("this repository is public, and --private was asked for", repository, fix)
    if draft and private is None and not is_private:
        fix = "Name another, make it private on the hub, or add --public"
        raise UsageError("this bundle is a draft, and the repository is public", repository, fix)


class _Hub:
    """One repository of the hub; where the hub is busy, each call is tried again."""

    def __init__(self, api: Any, repository: str, progress: Progress, wait: float) -> None:
        self.api, self.repository, self.progress, self.wait = api, repository, progress, wait

    def look(self) -> Any:
        """What the hub says of the repository; None where there is none that this token sees."""
        from huggingface_hub.errors import RepositoryNotFoundError

        def asked() -> Any:
            try:
                return self.api.model_info(self.repository)
            except RepositoryNotFoundError:
                return None

        return self._patiently(asked)

    def create(self, private: bool) -> None:
        self.progress.doing(f"making the {'private' if private else 'public'} repository {self.repository}")
        self._patiently(lambda: self.api.create_repo(self.repository, private=private, exist_ok=True))

    def sums(self) -> dict[str, str]:
        """The digests of the bundle that it holds."""
        with tempfile.TemporaryDirectory() as folder:
            path = self._patiently(lambda: self.api.hf_hub_download(self.repository, SUMS, local_dir=folder))
            return read_sums(Path(path).read_text(encoding="utf-8"))

    def send(self, bundle: Path, gone: list[str]) -> str:
        """Send what the repository does not hold yet, and take out what is ``gone``; returns the commit."""
        self.progress.doing(f"sending the bundle to {self.repository}")
        sent = self._patiently(
            lambda: self.api.upload_folder(
                repo_id=self.repository,
                folder_path=bundle,
                commit_message="Bundle of residency release",
                delete_patterns=[glob.escape(name) for name in gone] or None,
            )
        )
        return str(sent.oid)

    def _patiently(self, call: Callable[[], T]) -> T:
        """A call that does no harm when it is made again, which is done while the hub is busy or does not answer."""
        wait = self.wait
        for left in range(TRIES - 1, -1, -1):
            try:
                return call()
            except Exception as error:
                told = _told(error, self.repository)
                if not isinstance(told, ServerError) or not left:
                    raise told from None
                self.progress.note(f"{told.what}; trying again")
            time.sleep(wait)
            wait *= 2
        raise AssertionError("the last try returns or raises")


def _told(error: Exception, repository: str) -> Exception:
    """A fault of the hub, of the way to it or of what is asked of it, as one line; others as they are."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError

    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__) is not None:
        causes.append(cause)  # an upload in a thread of its own tells of its fault as the cause of another
    for one in causes:
        if isinstance(one, HfHubHTTPError):
            return _answered(one, repository)
        if isinstance(one, HFValidationError):
            return UsageError(
                "this is not a repository's name", repository, "Write OWNER/NAME, as in --push me/surgeon"
            )
        if isinstance(one, LocalTokenNotFoundError):
            return InputError("no token for the hub is set", repository, "Type: hf auth login; or set HF_TOKEN")
        if isinstance(one, ConnectionError | TimeoutError) or _is_transport(one):
            fix = "The same command goes on from here: what has arrived is not sent again"
            return ServerError(f"the hub does not answer ({type(one).__name__})", repository, fix)
    return error


def _is_transport(error: BaseException) -> bool:
    """Whether it is a fault of the connection, of whichever HTTP library huggingface_hub brings."""
    return any(kind.__name__ in ("TransportError", "RequestException") for kind in type(error).__mro__)


def _answered(error: Any, repository: str) -> Exception:
    status = error.response.status_code
    place = urlsplit(str(error.response.url)).path
    if status == 401:
        fix = "Type: hf auth login; or set HF_TOKEN to a token that may write"
        return InputError("the hub does not know this token", repository, fix)
    if status == 403:
        fix = "Give it write access to the repository's owner on the hub's page of tokens"
        return InputError("the token may not write here", repository, fix)
    if status in BUSY:
        fix = "The same command goes on from here: what has arrived is not sent again"
        return ServerError(f"the hub answered {status} at {place}", repository, fix)
    said = " ".join(str(error.server_message or "").split())
    return InputError(f"the hub answered {status} at {place}{f': {said}' if said else ''}", repository)
