"""Models of the hub come from the cache, else from the hub, which is said before."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

COMMIT = "a" * 40
STRANGE = ("code.py", "pytorch_model.bin", "sub/model.safetensors")

PROGRAM = """\
import json, sys
from rtlgen.llm.model import Message, ModelFault, Request, Sampling
from rtlgen.llm.transformers_local import LocalModel

for name in sys.argv[1:]:
    said = []
    asked = Request(messages=(Message(role="user", content="x"),), sampling=Sampling(max_tokens=2))
    try:
        ((_, answer),) = LocalModel(name, say=said.append).ask([asked])
        print(json.dumps(["answer", answer.usage.completion_tokens, said]))
    except ModelFault as fault:
        print(json.dumps(["fault", str(fault), said]))
"""


class Hub(ThreadingHTTPServer):
    """As much of a hub as it takes to hand out one model, `me/model`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.files |= dict.fromkeys(STRANGE, b"never to be fetched")
        self.asked: list[str] = []

    def reply(self, path: str) -> tuple[bytes, dict[str, str]] | None:
        """Return body and headers; None is what is not there."""
        self.asked.append(path)
        if path.startswith("/api/models/me/model/revision/"):
            names = [{"rfilename": name} for name in self.files]
            return _json({"id": "me/model", "sha": COMMIT, "siblings": names})
        if path.startswith("/api/models/me/model/tree/"):
            return _json([_entry(name, data) for name, data in self.files.items()])
        _, _, name = path.partition(f"/me/model/resolve/{COMMIT}/")
        if data := self.files.get(name):
            return data, {"ETag": f'"{_digest(data)}"', "X-Repo-Commit": COMMIT}
        return None


def _json(value: object) -> tuple[bytes, dict[str, str]]:
    return json.dumps(value).encode(), {}


def _entry(name: str, data: bytes) -> dict[str, object]:
    return {"type": "file", "oid": _digest(data), "size": len(data), "path": name}


def _digest(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self.wfile.write(self._answer())

    def _answer(self) -> bytes:
        found = self.server.reply(self.path)
        data, headers = found or (b"", {"X-Error-Code": "RepoNotFound"})
        self.send_response(404 if found is None else 200)
        for name, value in (headers | {"Content-Length": str(len(data))}).items():
            self.send_header(name, value)
        self.end_headers()
        return data

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub(garbage_model: Path) -> Iterator[Hub]:
    with Hub(garbage_model) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(*names: str, home: Path, **environment: str) -> list[list[Any]]:
    """Ask the models of these names in a process of its own; the hub's address is read at import."""
    own = {"HF_HOME": str(home), "PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, *names],
        env=own | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_hub_is_asked_once_and_only_for_what_is_safe(hub: Hub, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{hub.server_port}"
    none, first, again = ask("me/none", "me/model", "me/model", home=tmp_path, HF_ENDPOINT=address)
    assert none[0] == "fault"
    assert f"{address} has no model me/none, or none that you may read" in none[1]
    assert first == ["answer", 2, [f"downloading me/model from {address}, which may take long"]]
    assert again == ["answer", 2, []]
    assert not [path for path in hub.asked if path.endswith(STRANGE)]
    assert sum(path.endswith("/model.safetensors") for path in hub.asked) <= 2


def test_offline_nothing_is_downloaded(tmp_path: Path) -> None:
    ((kind, fault, said),) = ask("me/model", home=tmp_path, HF_HUB_OFFLINE="1")
    assert kind == "fault"
    assert "me/model is not in the cache, and HF_HUB_OFFLINE forbids to download it" in fault
    assert said == []


def test_hub_that_cannot_be_reached(tmp_path: Path) -> None:
    ((kind, fault, said),) = ask("me/model", home=tmp_path, HF_ENDPOINT="http://127.0.0.1:9")
    assert kind == "fault"
    assert "cannot load me/model from the hub: " in fault
    assert "\n\nhint: check the network" in fault
    assert len(said) == 1
