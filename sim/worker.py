"""Python code of this package in a sandboxed child process.

There are texts that end slang's process or keep it busy for hours. So what
parses untrusted text is a worker: a module whose `main` reads `REQUEST` in its
current folder and writes one line of JSON to `ANSWERS` for each thing asked.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.process import Limits, ToolRun, run_tool
from sim.scratch import scratch_folder

REQUEST = "request.json"
ANSWERS = "answers.jsonl"

_START = """
import sys, types
sim = sys.modules["sim"] = types.ModuleType("sim")
sim.__path__ = sys.argv[2:]
from importlib import import_module
import_module(sys.argv[1]).main()
"""
"""Finds the package without a look at the folder around it, which Landlock does not allow."""
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a worker did: its run, and the answers that it finished, in the order of the request."""

    run: ToolRun
    answers: tuple[Any, ...]


def run_worker(module: str, request: object, *, limits: Limits) -> Work:
    """Run `main` of `module` on `request` in a folder of its own.

    Answers are kept as far as they go, however the worker ended.

    Raises:
        EnvironmentFault: The child process cannot be run at all.
    """
    with scratch_folder() as folder:
        (folder / REQUEST).write_text(json.dumps(request), encoding="utf-8")
        run = run_tool(
            [sys.executable, "-I", "-c", _START, module, str(_HERE)],
            cwd=folder,
            limits=limits,
            readable=[_HERE],
        )
        return Work(run=run, answers=_answers(folder / ANSWERS))


def _answers(path: Path) -> tuple[Any, ...]:
    if path.is_symlink() or not path.is_file():
        return ()
    with path.open(encoding="utf-8") as lines:
        # A line without its end was not finished.
        return tuple(json.loads(line) for line in lines if line.endswith("\n"))
