"""Turns a plan into files, with the templates beside this module."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from pyslang.parsing import TokenKind
from pyslang.syntax import SyntaxTree

STANDALONE = (
    "cycles.py",
    "moods.py",
    "patterns.py",
    "scoreboard.py",
    "sequences.py",
    "timeline.py",
)
_RELATIVE_IMPORT = re.compile(r"^from \.(?=\w)", re.M)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*\Z")


def render(template: str, values: Mapping[str, Any]) -> str:
    """Return `template` filled in; an undefined name is an error."""
    return _environment().get_template(template).render(values)


def standalone_modules(*more: str) -> dict[str, str]:
    """Return the modules that every testbench takes along, and `more`, importing each other."""
    folder = resources.files("testbench_gen.standalone")
    return {
        name: _RELATIVE_IMPORT.sub("from ", (folder / name).read_text(encoding="utf-8"))
        for name in (*STANDALONE, *more)
    }


def verilog_name(name: str) -> str:
    """Return `name` as Verilog source; a keyword, or what is no plain identifier, is escaped."""
    plain = _PLAIN.match(name) is not None and _is_identifier(name)
    return name if plain else f"\\{name} "


def _is_identifier(word: str) -> bool:
    token = SyntaxTree.fromText(word).root.getFirstToken()
    return token.kind is TokenKind.Identifier


def one_line(text: str) -> str:
    """Return `text` on one line, without what would end a code span."""
    return " ".join(text.replace("`", "'").split())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("testbench_gen"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # Python, Verilog and Markdown; names pass through `py` or `verilog`
    )
    environment.filters.update(py=_python, verilog=verilog_name, line=one_line)
    return environment


def _python(value: object) -> str:
    """Return `value` as a Python literal, strings in double quotes."""
    if isinstance(value, str):
        # A JSON string is a Python literal too.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        inside = ", ".join(map(_python, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_python(k)}: {_python(v)}" for k, v in value.items()) + "}"
    return repr(value)
