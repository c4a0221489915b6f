"""`rtlgen doctor` says which models can be asked, and shows no key."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from rtlgen.doctor_models import find_models
from rtlgen.finding import Finding, State

SECRET = "sk-hidden-0123456789"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project's folder; the search for the file ends in it."""
    (tmp_path / ".git").mkdir()
    return tmp_path


def found(folder: Path, **environment: str) -> dict[str, Finding]:
    return {
        finding.name: finding for finding in find_models(environment=environment, folder=folder)
    }


@contextmanager
def server(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that says one thing; yields its address and the headers it got."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(f"{self.path}\n{self.headers}")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}/v1", seen
        finally:
            http.shutdown()
            thread.join()


def test_without_configuration_nothing_is_connected_to(folder: Path) -> None:
    models = found(folder)
    assert "server" not in models
    assert models["built-in"].state is State.WORKS
    assert models["configured"].detail.startswith("none, so the built-in")
    assert models["openai:"].detail == "OPENAI_API_KEY is not set"
    assert models["openai:"].version[0].isdigit()
    assert models["hf:"].state is State.WORKS
    assert "torch" in models["hf:"].version
    assert models["hf:"].detail.startswith("on ")


def test_configured_model_is_named_with_its_place(folder: Path) -> None:
    (folder / "s.yaml").write_text("propose: [x]")
    (folder / "rtlgen.toml").write_text('[model]\nname = "scripted:s.yaml"\n')
    configured = found(folder)["configured"]
    assert configured.state is State.WORKS
    assert configured.where == f"scripted:{folder}/s.yaml ({folder}/rtlgen.toml)"
    assert found(folder, RTLGEN_MODEL="builtin")["configured"].detail == "builtin (RTLGEN_MODEL)"


def test_configured_model_that_cannot_be_asked(folder: Path) -> None:
    configured = found(folder, RTLGEN_MODEL="hf:./nothing")["configured"]
    assert configured.state is State.BROKEN
    assert configured.where == "RTLGEN_MODEL"
    assert configured.detail == "no model at nothing"
    assert configured.remedy
    assert "hidden" not in repr(found(folder, RTLGEN_MODEL=SECRET))


def test_bad_configuration_is_one_finding(folder: Path) -> None:
    (folder / "rtlgen.toml").write_text(f"[model]\napi_key = '{SECRET}'\n")
    models = found(folder)
    assert models["configuration"].state is State.BROKEN
    assert "must not stand in rtlgen.toml" in models["configuration"].detail
    assert "environment variable" in models["configuration"].remedy
    assert SECRET not in repr(models)


def test_key_is_said_to_be_set_and_goes_nowhere(folder: Path) -> None:
    (folder / "rtlgen.toml").write_text('[model]\nkey_variable = "MY_KEY"\n')
    reply = json.dumps({"data": [{"id": f"m{n}\x1b[0m"} for n in range(5)]}).encode()
    with server(200, reply) as (address, seen):
        models = found(folder, MY_KEY=SECRET, RTLGEN_BASE_URL=address)
    assert models["openai:"].detail == "MY_KEY is set"
    assert models["server"].detail == "serves m0?[0m, m1?[0m, m2?[0m and 2 more"
    assert models["server"].where == address
    assert seen[0].startswith("/v1/models\n")
    assert SECRET not in "".join(seen)
    assert SECRET not in repr(models)


@pytest.mark.parametrize(
    ("status", "body", "state", "detail"),
    [
        (401, b"", State.WORKS, "answers; wants a key"),
        (500, b"", State.BROKEN, "is answered with HTTP status 500"),
        (200, b"<html>", State.WORKS, "answers, but lists no models"),
        (200, b'{"data": [5]}', State.WORKS, "answers, but lists no models"),
        (200, b"[" * 50_000, State.WORKS, "answers, but lists no models"),
        (200, b'{"data": []}', State.WORKS, "answers, but lists no models"),
    ],
)
def test_servers_that_list_no_models(
    folder: Path, status: int, body: bytes, state: State, detail: str
) -> None:
    with server(status, body) as (address, _):
        finding = found(folder, RTLGEN_BASE_URL=address)["server"]
    assert finding.state is state
    assert finding.detail.endswith(detail)


def test_servers_that_cannot_be_reached(folder: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        hanging = found(folder, RTLGEN_BASE_URL=f"http://127.0.0.1:{port}/v1")["server"]
    refusing = found(folder, RTLGEN_BASE_URL=f"http://127.0.0.1:{port}/v1")["server"]
    assert hanging.state is refusing.state is State.BROKEN
    assert "no answer within 2 s" in hanging.detail or "timed out" in hanging.detail
    assert "refused" in refusing.detail
    assert refusing.remedy
