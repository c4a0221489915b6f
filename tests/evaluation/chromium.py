"""A headless Chromium, spoken to through a pipe: pages as a person's browser shows them."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SECONDS = 60.0


def find() -> str | None:
    """Return a Chromium on PATH, or the one that CHROMIUM names."""
    return next(filter(None, map(shutil.which, [os.environ.get("CHROMIUM", ""), *NAMES])), None)


class Browser:
    """One tab. Everything that it loads, and every complaint of it, is noted."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._number = 0
        self._pending = b""
        self._session = ""
        self.loaded: list[str] = []
        self.complaints: list[str] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._ask(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Load `url`, and wait until it is there."""
        self.loaded.clear()
        self.complaints.clear()
        self._ask("Page.navigate", url="about:blank")
        self._ask("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def value(self, expression: str) -> Any:
        """Return what `expression` is in the page."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until `expression` is true."""
        end = time.monotonic() + _SECONDS
        while not self.value(expression):
            assert time.monotonic() < end, expression
            time.sleep(0.01)

    def press(self, key: str) -> None:
        """Press and release a key."""
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        self._ask("Input.dispatchKeyEvent", type="keyDown", key=key, text=text)
        self._ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    def scripts(self, *, on: bool) -> None:
        """Let pages that are opened from now on run scripts, or not."""
        self._ask("Emulation.setScriptExecutionDisabled", value=not on)

    def show(self, *, width: int = 1100, height: int = 1200, dark: bool = False) -> None:
        """Give the window a size, and choose what the reader prefers."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._ask("Emulation.setDeviceMetricsOverride", **metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, **clip: float) -> bytes:
        """Return what is seen, or the part of the page in `clip`, as PNG."""
        part = {"clip": {**clip, "scale": 1}, "captureBeyondViewport": True} if clip else {}
        return base64.b64decode(self._ask("Page.captureScreenshot", **part)["data"])

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._pending:
            ready, _, _ = select.select([self._from], [], [], _SECONDS)
            assert ready, "Chromium does not answer"
            piece = os.read(self._from, 1 << 16)
            assert piece, "Chromium has ended"
            self._pending += piece
        message, _, self._pending = self._pending.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def _note(self, event: dict[str, Any]) -> None:
        values = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.loaded.append(values["request"]["url"])
            case "Log.entryAdded":
                self.complaints.append(values["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(values["exceptionDetails"]))


@contextmanager
def started(program: str, folder: Path) -> Iterator[Browser]:
    """Start a Chromium that keeps its files in `folder`; it is gone in the end."""
    to_browser, from_browser = os.pipe(), os.pipe()
    # Chromium speaks through descriptors 3 and 4.
    shell = f'exec 3<&{to_browser[0]} 4>&{from_browser[1]}; exec "$@"'
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"]
    argv = [program, *options, f"--user-data-dir={folder}", "--remote-debugging-pipe"]
    inherited = (to_browser[0], from_browser[1])
    with (folder.parent / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            ["bash", "-c", shell, "bash", *argv],
            pass_fds=inherited,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    for descriptor in inherited:
        os.close(descriptor)
    try:
        yield Browser(to_browser[1], from_browser[0])
    finally:
        os.close(to_browser[1])
        os.close(from_browser[0])
        process.terminate()
        process.wait(timeout=30)
