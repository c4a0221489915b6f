"""The tokens of untrusted texts, macros expanded; runs in a child process, see `sim.worker`."""

from __future__ import annotations

import json
import resource
from pathlib import Path

from sim.canonical import Stream
from sim.slang import Parsed
from sim.worker import ANSWERS, REQUEST


def main() -> None:
    """Answer for the texts of the request, line by line: a list of tokens, or null."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        # Whatever a text includes, slang opens it: a device, or a pipe that never ends.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        for text in request["texts"]:
            answers.write(json.dumps(tokens(text)) + "\n")
            answers.flush()


def tokens(text: str) -> list[str] | None:
    """Return the tokens of `text`; None where it is no SystemVerilog."""
    try:
        parsed = Parsed({"design.sv": text})
        if parsed.syntax_errors():
            return None
        return [word.text for word in Stream(parsed).words if not word.directive]
    except RuntimeError:  # what pyslang raises where its parser has nested too deep
        return None
