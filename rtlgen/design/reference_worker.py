"""Runs a reference model that somebody wrote, in a sandboxed process of its own.

Reads `request.json` in the current folder and writes `answer.json`: the rows, or
a fault in words. It is started as a file, by itself, and needs the standard
library only. The class shares this interpreter, so whatever it writes is no more
than a claim; `reference_model` checks its form, and candidates its content.
"""

from __future__ import annotations

import builtins
import json
import linecache
import operator
import os
import sys
import traceback
import types
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

REQUEST = "request.json"
ANSWER = "answer.json"
MODULE = "reference"
ALLOWED = frozenset(
    {"__future__", "abc", "bisect", "collections", "copy", "dataclasses", "enum", "functools"}
    | {"heapq", "itertools", "math", "numbers", "operator", "re", "string", "typing"}
)
"""Modules that a reference model may import."""
_WITHHELD = frozenset(
    {"breakpoint", "compile", "eval", "exec", "exit", "help", "input", "open", "quit"}
)
_MOST_TEXT = 300


class Fault(Exception):
    """The reference model does not do what it must; says what."""


class Runner:
    """Takes a reference model through a script."""

    def __init__(self, source: str, outputs: Sequence[Sequence[Any]]) -> None:
        module = load(source)
        make = getattr(module, "Reference", None)
        if not isinstance(make, type):
            raise Fault("it must define a class `Reference`")
        if not callable(getattr(make, "outputs", None)):
            raise Fault("class `Reference` must have a method `outputs(inputs)`")
        self._model = make()
        if hasattr(make, "reset"):
            self._call("reset")
        self._outputs = [(str(name), int(width)) for name, width in outputs]
        self._inputs: dict[str, int] = {}

    def rows(self, script: Sequence[Sequence[Any]]) -> Iterator[list[str]]:
        """Yield what every port should show at each sample of `script`."""
        for name, *arguments in script:
            if name == "sample":
                yield self._row()
            elif name == "apply":
                levels, reset = arguments
                self._inputs.update(levels)
                self._reset(wanted=reset)
            elif not self._reset(wanted=arguments[0]):
                self._call("clock", dict(self._inputs))

    def _reset(self, *, wanted: bool) -> bool:
        if wanted:
            self._call("reset")
        return wanted

    def _call(self, name: str, *arguments: Any) -> None:  # noqa: ANN401
        method = getattr(self._model, name, None)
        if not callable(method):
            raise Fault(f"class `Reference` must have a method `{name}`")
        method(*arguments)

    def _row(self) -> list[str]:
        found = self._model.outputs(dict(self._inputs))
        if not isinstance(found, Mapping):
            raise Fault(f"`outputs` must return a dict, not {type(found).__name__}")
        known = {name for name, _ in self._outputs}
        for name in found:
            if name not in known:
                raise Fault(f"`outputs` names a port that the module has not: {name!r}")
        return [binary(found.get(name), width) for name, width in self._outputs]


def binary(value: Any, width: int) -> str:  # noqa: ANN401
    """Return `value` in `width` bits, cut and in two's complement; `-` for None."""
    if value is None:
        return "-" * width
    try:
        number = operator.index(value)
    except TypeError as error:
        raise Fault(f"an output must be an int or None, not {type(value).__name__}") from error
    return format(number & ((1 << width) - 1), f"0{width}b")


def load(source: str) -> types.ModuleType:
    """Return `source` as a module that can import little and has no files."""
    module = types.ModuleType(MODULE)
    sys.modules[MODULE] = module  # dataclasses look it up
    names = {name: value for name, value in vars(builtins).items() if name not in _WITHHELD}
    vars(module)["__builtins__"] = {**names, "__import__": _import}
    linecache.cache[MODULE] = (len(source), None, source.splitlines(keepends=True), MODULE)
    exec(compile(source, MODULE, "exec", dont_inherit=True), vars(module))  # noqa: S102
    return module


def _import(
    name: str,
    names_globals: Mapping[str, object] | None = None,
    names_locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> types.ModuleType:
    if level or name.partition(".")[0] not in ALLOWED:
        raise Fault(f"it may import only {', '.join(sorted(ALLOWED))}, not {name!r}")
    return builtins.__import__(name, names_globals, names_locals, fromlist or (), level)


def describe(error: BaseException) -> str:
    """Return one line on what went wrong in the reference model."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == MODULE]
    place = f" in line {lines[-1]}" if lines else ""
    said = str(error).partition("\n")[0][:_MOST_TEXT]
    if isinstance(error, Fault):
        return said
    return f"{type(error).__name__}{place}: {said}" if said else f"{type(error).__name__}{place}"


def main() -> None:
    """Answer the request in the current folder."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    Path(REQUEST).unlink()
    os.environ.clear()
    text, write = "", Path(f"{ANSWER}.part").write_text
    dumps, rename = json.dumps, os.replace
    try:
        runner = Runner(request["source"], request["outputs"])
        text = dumps({"rows": list(runner.rows(request["script"])), "fault": ""})
    except BaseException as error:  # noqa: BLE001 - SystemExit and the like are the model's as well
        text = dumps({"rows": None, "fault": describe(error)})
    write(text, encoding="utf-8")
    rename(f"{ANSWER}.part", ANSWER)


if __name__ == "__main__":
    main()
