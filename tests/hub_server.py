"""A real HTTP server with the part of the hub's API by which huggingface_hub makes a model repository and sends files
to it, without Xet: repositories, modes of upload, LFS whole or in parts, commits, reading back; faults at will."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

DROP, HOLD = "drop", "hold"
Fault = Callable[[str, str, int], int | str]
"""From method, path and how often this was asked before to the status that it meets; ``drop`` closes the connection in
the middle, ``hold`` answers nothing until the server stops, 0 is no fault."""
TOKEN = "hf_planted-token"
SIGNED = "X-Signature=planted-signature"


@dataclass
class Repository:
    """Files by name, as they stand after the last commit."""

    private: bool
    files: dict[str, bytes] = field(default_factory=dict)
    commits: list[dict[str, Any]] = field(default_factory=list)

    @property
    def head(self) -> str:
        return hashlib.sha1(json.dumps([len(self.commits), sorted(self.files)]).encode()).hexdigest()


class HubServer:
    """Serves while it is entered.

    Args:
        fault: what goes wrong with which request.
        lfs_from: bytes from which a file is sent by LFS.
        part: bytes of a part of an LFS upload; None: each file in one piece.
    """

    def __init__(
        self, fault: Fault = lambda method, path, before: 0, lfs_from: int = 10_000, part: int | None = None
    ) -> None:
        self.fault, self.lfs_from, self.part = fault, lfs_from, part
        self.repositories: dict[str, Repository] = {}
        self.stored: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.put: Counter[str] = Counter()
        """How often the whole of an object, or a part of it, has arrived."""
        self.asked: Counter[tuple[str, str]] = Counter()
        self.lock, self.closed, self.held = threading.Lock(), threading.Event(), threading.Event()

    def __enter__(self) -> HubServer:
        self.http = _Quiet(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closed.set()
        self.http.shutdown()
        self.http.server_close()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON value or bytes, and headers."""
        match path.strip("/").split("/"):
            case ["api", "repos", "create"]:
                return self._create(json.loads(body))
            case ["api", "validate-yaml"]:
                return 200, {"errors": [], "warnings": []}, {}
            case ["api", "models", owner, name, *rest]:
                return self._repository(f"{owner}/{name}", rest, body)
            case [owner, name, "info", "lfs", "objects", "batch"]:
                return self._batch(f"{owner}/{name.removesuffix('.git')}", json.loads(body))
            case ["lfs", oid] if method == "PUT":
                return self._store(oid, body)
            case ["lfs", oid, number] if method == "PUT":
                self.put[f"{oid}/{number}"] += 1
                self.parts.setdefault(oid, {})[int(number)] = body
                return 200, b"", {"ETag": hashlib.md5(body).hexdigest()}
            case ["lfs", oid]:
                pieces = self.parts[oid]
                assert [one["partNumber"] for one in json.loads(body)["parts"]] == sorted(pieces)
                return self._store(oid, b"".join(pieces[number] for number in sorted(pieces)))
            case [owner, name, "resolve", _, *rest]:
                return self._resolve(f"{owner}/{name}", "/".join(rest))
        return 404, {"error": f"no such address: {path}"}, {}

    def _create(self, asked: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        repository = f"{asked['organization']}/{asked['name']}"
        if repository in self.repositories:
            return 409, {"error": "You already created this model repo"}, {}
        self.repositories[repository] = Repository(asked.get("visibility") == "private", {".gitattributes": b"x"})
        return 200, {"url": f"{self.url}/{repository}"}, {}

    def _repository(self, name: str, rest: list[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
        found = self.repositories.get(name)
        if found is None:
            return 404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"}
        if rest[:1] == ["preupload"]:
            return 200, {"files": [self._mode(found, one) for one in json.loads(body)["files"]]}, {}
        if rest[:1] == ["commit"]:
            return self._commit(name, found, body)
        if rest[:1] == ["tree"]:
            files = [{"type": "file", "path": one, "size": 1, "oid": "0" * 40} for one in found.files]
            return 200, files, {}
        siblings = [{"rfilename": one} for one in found.files]
        return 200, {"id": name, "sha": found.head, "private": found.private, "siblings": siblings, "tags": []}, {}

    def _mode(self, found: Repository, asked: dict[str, Any]) -> dict[str, Any]:
        large = asked["size"] >= self.lfs_from
        held = found.files.get(asked["path"])
        oid = None if held is None else (hashlib.sha256(held).hexdigest() if large else git_digest(held))
        mode = "lfs" if large else "regular"
        return {"path": asked["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid}

    def _batch(self, name: str, asked: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        assert name in self.repositories and asked["hash_algo"] == "sha256"
        objects = []
        for one in asked["objects"]:
            found = {"oid": one["oid"], "size": one["size"]}
            if one["oid"] not in self.stored:
                upload: dict[str, Any] = {"href": f"{self.url}/lfs/{one['oid']}?{SIGNED}"}
                if self.part is not None:
                    count = -(-one["size"] // self.part)
                    urls = {str(n): f"{self.url}/lfs/{one['oid']}/{n}?{SIGNED}" for n in range(1, count + 1)}
                    upload["header"] = {"chunk_size": str(self.part), **urls}
                found["actions"] = {"upload": upload}
            objects.append(found)
        return 200, {"transfer": "basic" if self.part is None else "multipart", "objects": objects}, {}

    def _store(self, oid: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        if hashlib.sha256(body).hexdigest() != oid:
            return 400, {"error": "these are other bytes"}, {}
        self.put[oid] += 1
        self.stored[oid] = body
        return 200, {}, {}

    def _commit(self, name: str, found: Repository, body: bytes) -> tuple[int, Any, dict[str, str]]:
        lines = [json.loads(line) for line in body.splitlines()]
        for line in lines[1:]:
            value = line["value"]
            match line["key"]:
                case "file":
                    found.files[value["path"]] = base64.b64decode(value["content"])
                case "lfsFile":
                    if value["oid"] not in self.stored:
                        return 400, {"error": "an LFS object is missing"}, {}
                    found.files[value["path"]] = self.stored[value["oid"]]
                case "deletedFile":
                    del found.files[value["path"]]
        found.commits.append({"summary": lines[0]["value"]["summary"], "lines": lines[1:]})
        url = f"{self.url}/{name}/commit/{found.head}"
        return 200, {"commitUrl": url, "commitOid": found.head, "pullRequestUrl": None}, {}

    def _resolve(self, name: str, file: str) -> tuple[int, Any, dict[str, str]]:
        found = self.repositories[name]
        if file not in found.files:
            return 404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"}
        data = found.files[file]
        return 200, data, {"ETag": f'"{git_digest(data)}"', "X-Repo-Commit": found.head}


def git_digest(data: bytes) -> str:
    """The digest of a blob in git."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no fault of the server."""


def _handler(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def respond(self) -> None:
            path = unquote(urlsplit(self.path).path)
            with hub.lock:
                before = hub.asked[self.command, path]
                hub.asked[self.command, path] += 1
            fault = hub.fault(self.command, path, before)
            if fault == HOLD:
                hub.held.set()
                hub.closed.wait()
            if fault in (DROP, HOLD):
                self.close_connection = True
                self.connection.close()
                return
            body = self._body()
            if isinstance(fault, int) and fault:
                self._send(fault, {"error": f"planted {fault}"}, {})
            elif urlsplit(self.path).query != SIGNED and self.headers.get("Authorization") != f"Bearer {TOKEN}":
                said = {"X-Error-Message": "Invalid credentials in Authorization header"}
                self._send(401, {"error": said["X-Error-Message"]}, said)
            else:
                with hub.lock:
                    answer = hub.answer(self.command, path, body)
                self._send(*answer)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            pieces = []
            while size := int(self.rfile.readline(), 16):
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(pieces)

        def _send(self, status: int, value: Any, headers: dict[str, str]) -> None:
            data = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def do_GET(self) -> None:
            self.respond()

        def do_HEAD(self) -> None:
            self.respond()

        def do_POST(self) -> None:
            self.respond()

        def do_PUT(self) -> None:
            self.respond()

    return Handler
