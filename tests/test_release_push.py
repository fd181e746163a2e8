"""Publishing: to a server that speaks the hub's upload API, with what goes wrong on the way."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

from residency.core.errors import InputError, ServerError, UsageError
from residency.core.files import read_json, write_json
from residency.release import push as module
from residency.release.push import Pushed, check_whole, push
from tests.hub_server import DROP, HOLD, SIGNED, TOKEN, HubServer, Repository

REPO = "me/surgeon"


@pytest.fixture(autouse=True)
def signed_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a token, none of this machine's settings, and without Xet, which the server does not speak."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A release's folder with two large files, and small ones in folders."""
    folder = tmp_path / "release"
    files = {
        "adapter_model.safetensors": b"a" * 50_000,
        "merged/model.safetensors": b"m" * 70_000,
        "adapter_config.json": b"{}",
        "README.md": b"---\nlicense: apache-2.0\n---\n# Card\n",
        "report/axes.csv": b"axis,value\n",
        "passages.jsonl": b"{}\n",
    }
    fill(folder, files)
    return folder


def fill(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / "bundle" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "bundle" / name).write_bytes(data)
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    (folder / "bundle/SHA256SUMS").write_text(sums)


def files_of(release: Path) -> dict[str, bytes]:
    bundle = release / "bundle"
    return {str(path.relative_to(bundle)): path.read_bytes() for path in bundle.rglob("*") if path.is_file()}


def arrived(hub: HubServer) -> dict[str, bytes]:
    return {name: data for name, data in hub.repositories[REPO].files.items() if name != ".gitattributes"}


def sent(hub: HubServer, release: Path, **more: Any) -> Pushed:
    return push(release, REPO, more.pop("draft", True), endpoint=hub.url, wait=0.01, **more)


def oid(release: Path, name: str) -> str:
    return hashlib.sha256((release / "bundle" / name).read_bytes()).hexdigest()


@pytest.mark.parametrize("part", [None, 16_384])
def test_a_bundle_arrives_byte_for_byte(release: Path, part: int | None) -> None:
    with HubServer(part=part) as hub:
        pushed = sent(hub, release)
        assert arrived(hub) == files_of(release)
        assert pushed.created and pushed.private and pushed.files == 7 and pushed.url == f"{hub.url}/{REPO}"
        assert pushed.commit == hub.repositories[REPO].head
        assert pushed.bytes == sum(map(len, files_of(release).values()))
        kept = read_json(release / "pushed.json")
        assert kept["commit"] == pushed.commit and kept["repository"] == REPO
    assert TOKEN not in (release / "pushed.json").read_text()


@pytest.mark.parametrize(
    ("draft", "asked", "private"), [(True, None, True), (False, None, False), (True, False, False), (False, True, True)]
)
def test_a_draft_is_private_unless_asked_otherwise(
    release: Path, draft: bool, asked: bool | None, private: bool
) -> None:
    with HubServer() as hub:
        assert sent(hub, release, draft=draft, private=asked).private is private
        assert hub.repositories[REPO].private is private


@pytest.mark.parametrize(("draft", "asked"), [(True, None), (False, True)])
def test_an_existing_public_repository_is_not_taken_for_a_private_one(
    release: Path, draft: bool, asked: bool | None
) -> None:
    with HubServer() as hub:
        hub.repositories[REPO] = Repository(False)
        with pytest.raises(UsageError, match=r"th(e|is) repository is public"):
            sent(hub, release, draft=draft, private=asked)
        assert not hub.repositories[REPO].files


def test_a_second_push_sends_what_changed_and_takes_out_what_left_the_bundle(release: Path) -> None:
    with HubServer() as hub:
        sent(hub, release)
        hub.repositories[REPO].files["NOTES.md"] = b"its owner's"
        before = dict(hub.put)
        files = files_of(release)
        del files["SHA256SUMS"], files["passages.jsonl"]
        (release / "bundle/passages.jsonl").unlink()
        fill(release, files | {"README.md": b"# Another card\n"})
        pushed = sent(hub, release)
        assert arrived(hub) == files_of(release) | {"NOTES.md": b"its owner's"}
        assert pushed.removed == ("passages.jsonl",) and pushed.others == 1 and not pushed.created
        assert dict(hub.put) == before, "no large file is sent twice"
        names = {line["value"]["path"] for line in hub.repositories[REPO].commits[-1]["lines"]}
        assert names == {"README.md", "SHA256SUMS", "passages.jsonl"}
        head = hub.repositories[REPO].head
        assert sent(hub, release).commit == head and len(hub.repositories[REPO].commits) == 2, "no empty commit"


def test_a_repository_with_anothers_work_is_left_alone(release: Path) -> None:
    with HubServer() as hub:
        hub.repositories[REPO] = Repository(True, {"model.safetensors": b"x", ".gitattributes": b"", "README.md": b""})
        with pytest.raises(UsageError, match=r"holds what no bundle put there \(model\.safetensors\)"):
            sent(hub, release)
        hub.repositories[REPO].files = {".gitattributes": b"", "README.md": b"# made by hand"}
        sent(hub, release)
        assert arrived(hub) == files_of(release)


PUSH = """
import sys
from pathlib import Path
from residency.release.push import push
push(Path(sys.argv[1]), sys.argv[2], draft=True)
"""


def test_an_upload_that_was_killed_goes_on_and_sends_nothing_again(release: Path) -> None:
    """The process is killed while the second large file is under way; the first has arrived."""
    first, second = (oid(release, name) for name in ("adapter_model.safetensors", "merged/model.safetensors"))

    def fault(method: str, path: str, before: int) -> int | str:
        return HOLD if method == "PUT" and path == f"/lfs/{second}" and before == 0 else 0

    with HubServer(fault) as hub:
        env = os.environ | {"HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1"}
        arguments = [sys.executable, "-c", PUSH, str(release), REPO]
        child = subprocess.Popen(arguments, env=env, stderr=subprocess.DEVNULL)
        assert hub.held.wait(120)
        while not hub.put[first]:
            assert child.poll() is None
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        assert not hub.repositories[REPO].commits and second not in hub.stored
        done = subprocess.run(arguments, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        assert hub.put == {first: 1, second: 1}
        assert arrived(hub) == files_of(release) and len(hub.repositories[REPO].commits) == 1


def test_an_interrupted_push_that_left_files_without_their_list_goes_on(release: Path) -> None:
    """As where a large folder goes up in several commits."""
    with HubServer() as hub:
        sent(hub, release)
        del hub.repositories[REPO].files["SHA256SUMS"]
        sent(hub, release)
        assert arrived(hub) == files_of(release) and set(hub.put.values()) == {1}


@pytest.mark.parametrize(
    ("method", "start"),
    [
        ("GET", "/api/models/"),
        ("POST", "/api/repos/create"),
        ("POST", "/api/models/me/surgeon/commit"),
        ("PUT", "/lfs/"),
    ],
)
@pytest.mark.parametrize("fault", [503, DROP])
def test_what_passes_is_tried_again(release: Path, method: str, start: str, fault: int | str) -> None:
    with HubServer(
        lambda m, path, before: fault if (m, before) == (method, 0) and path.startswith(start) else 0
    ) as hub:
        sent(hub, release)
        assert arrived(hub) == files_of(release) and len(hub.repositories[REPO].commits) == 1
        assert set(hub.put.values()) == {1}


def test_a_commit_whose_answer_was_lost_is_not_made_twice(release: Path) -> None:
    with HubServer() as hub:
        whole = hub._commit

        def lost(name: str, found: Repository, body: bytes) -> tuple[int, Any, dict[str, str]]:
            answer = whole(name, found, body)
            return (502, {"error": "planted"}, {}) if len(found.commits) == 1 else answer

        hub._commit = lost  # type: ignore[method-assign]
        assert sent(hub, release).commit == hub.repositories[REPO].head
        assert len(hub.repositories[REPO].commits) == 1 and arrived(hub) == files_of(release)


def test_a_hub_that_stays_busy_is_told_in_a_line_and_the_next_try_goes_on(release: Path) -> None:
    with HubServer(lambda method, path, before: 500 if "/commit/" in path and before < module.TRIES else 0) as hub:
        with pytest.raises(ServerError, match="the hub answered 500 at /api/models/me/surgeon/commit/main") as caught:
            sent(hub, release)
        assert "goes on from here" in str(caught.value) and "\n" not in str(caught.value)
        sent(hub, release)
        assert set(hub.put.values()) == {1} and arrived(hub) == files_of(release)


@pytest.mark.parametrize("token", ["hf_of-someone-else", ""])
def test_a_wrong_token_is_told_without_it(release: Path, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("HF_TOKEN", token)
    with HubServer() as hub:
        said = "does not know this token" if token else "no token for the hub is set"
        with pytest.raises(InputError, match=said) as caught:
            sent(hub, release)
        assert "hf auth login" in str(caught.value) and (not token or token not in str(caught.value))
        assert not hub.repositories


@pytest.mark.parametrize(("status", "said"), [(403, "may not write here"), (413, "answered 413 at /api/repos/create")])
def test_a_refusal_is_told_and_not_tried_again(release: Path, status: int, said: str) -> None:
    with HubServer(lambda method, path, before: status if path == "/api/repos/create" else 0) as hub:
        with pytest.raises(InputError, match=said):
            sent(hub, release)
        assert hub.asked["POST", "/api/repos/create"] == 1


def test_no_fault_shows_a_signed_address(release: Path) -> None:
    refusing = HubServer(lambda method, path, before: 403 if method == "PUT" else 0)
    with refusing as hub, pytest.raises(InputError) as caught:
        sent(hub, release)
    assert SIGNED not in str(caught.value) and TOKEN not in str(caught.value) and "\n" not in str(caught.value)


def test_no_hub_at_all(release: Path) -> None:
    with pytest.raises(ServerError, match=r"the hub does not answer \(ConnectError\)"):
        push(release, REPO, True, endpoint="http://127.0.0.1:9", wait=0.01)


@pytest.mark.parametrize("name", ["a/b/c", "me/sur geon", "-x/y"])
def test_a_name_that_is_none(release: Path, name: str) -> None:
    with HubServer() as hub, pytest.raises(UsageError, match="not a repository's name"):
        push(release, name, True, endpoint=hub.url)


def test_a_bundle_that_failed_its_verification_stays_here(release: Path) -> None:
    checks = [{"name": "no secret", "verdict": "pass"}, {"name": "same prompt", "verdict": "fail"}]
    with HubServer() as hub:
        with pytest.raises(InputError, match=r"this bundle failed its verification \(same prompt\)"):
            sent(hub, release, verification={"verdict": "fail", "checks": checks})
        assert not hub.asked
        sent(hub, release, verification={"verdict": "pass", "checks": checks[:1]})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda bundle: (bundle / "README.md").write_text("edited"), "README.md: this file is not as"),
        (lambda bundle: (bundle / "passages.jsonl").unlink(), "passages.jsonl: this file of the bundle is gone"),
        (lambda bundle: (bundle / "notes.txt").write_text("x"), "notes.txt: this file of the bundle is not listed"),
        (lambda bundle: (bundle / "SHA256SUMS").unlink(), "bundle: there is no whole bundle"),
    ],
)
def test_a_bundle_that_is_not_whole_stays_here(release: Path, change: Any, said: str) -> None:
    change(release / "bundle")
    with HubServer() as hub:
        with pytest.raises(InputError, match=said):
            sent(hub, release)
        assert not hub.asked


def test_huggingface_hubs_pipeline_for_many_files_takes_the_bundle_too(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Xet at hand, files go up by another code; here all of them as small ones, which its store never sees."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    with HubServer(lfs_from=1 << 30) as hub:
        sent(hub, release)
        assert arrived(hub) == files_of(release) and not hub.put
        del hub.repositories[REPO].files["report/axes.csv"], hub.repositories[REPO].files["SHA256SUMS"]
        sent(hub, release)
        names = {line["value"]["path"] for line in hub.repositories[REPO].commits[-1]["lines"]}
        assert names == {"report/axes.csv", "SHA256SUMS"}


def test_the_list_of_digests_is_read_as_it_is_written(release: Path) -> None:
    write_json(release / "pushed.json", {})
    assert set(check_whole(release / "bundle")) == files_of(release).keys()
