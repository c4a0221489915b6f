"""A server on loopback that behaves as badly as it is told to."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reaction = Callable[["Handler"], None]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, *reactions: Reaction, models: object = None, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.reactions = list(reactions)
        """One a request; the last one stays."""
        self.models = models
        self.bodies: list[dict[str, Any]] = []
        self.authorizations: list[str] = []
        self.stopped = threading.Event()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def next_reaction(self) -> Reaction:
        return self.reactions[0] if len(self.reactions) == 1 else self.reactions.pop(0)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are expected."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    body: dict[str, Any]
    """Of the request that is answered."""

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.bodies.append(self.body)
            self.server.authorizations.append(self.headers["Authorization"])
            react = self.server.next_reaction()
        react(self)

    def do_GET(self) -> None:
        found = self.server.models is not None
        respond(200 if found else 404, self.server.models if found else {"error": "nothing"})(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, data: object) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def reset(self) -> None:
        """Drop the connection the hard way."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True


@contextmanager
def serving(*reactions: Reaction, models: object = None, port: int = 0) -> Iterator[Server]:
    with Server(*reactions, models=models, port=port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join(5)


def delta(content: object = None, finish: str | None = None, **more: object) -> dict[str, Any]:
    words = {"content": content, **more}
    return {"choices": [{"index": 0, "delta": words, "finish_reason": finish}]}


def answer(text: str, usage: object = None, finish: str = "stop") -> Reaction:
    """The usual stream."""
    return stream(
        delta("", role="assistant"),
        *(delta(word) for word in text.split("|")),
        delta(None, finish),
        {"choices": [], "usage": usage},
        "[DONE]",
    )


def stream(*events: object) -> Reaction:
    def react(handler: Handler) -> None:
        handler.begin_stream()
        for event in events:
            handler.event(event)

    return react


def respond(status: int, body: object, kind: str = "application/json", **headers: str) -> Reaction:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler: handler.send(status, data, Content_Type=kind, **headers)


def error(status: int, message: str, code: object = None, **headers: str) -> Reaction:
    return respond(status, {"error": {"message": message, "code": code}}, **headers)


def hang(handler: Handler) -> None:
    handler.server.stopped.wait(30)


def hang_after(*events: object) -> Reaction:
    def react(handler: Handler) -> None:
        handler.begin_stream()
        for event in events:
            handler.event(event)
        handler.server.stopped.wait(30)

    return react


def drop(handler: Handler) -> None:
    handler.reset()


def endless(event: object) -> Reaction:
    def react(handler: Handler) -> None:
        handler.begin_stream()
        while not handler.server.stopped.is_set():
            handler.event(event)

    return react


def flood(data: bytes, kind: str = "text/event-stream", status: int = 200) -> Reaction:
    """Bytes without end."""

    def react(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.end_headers()
        handler.close_connection = True
        while not handler.server.stopped.is_set():
            handler.wfile.write(data)

    return react
