"""Text that holds for some values of parameters only says so, and fails for others."""

from __future__ import annotations

from collections.abc import Iterable

from sim.text import without_comments
from symbolic.dataflow.edit_text import words
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.sharing import Names
from symbolic.dataflow.source_map import SourceMap

_MARGIN = "\n" + " " * 12
_MOST = 3
"""Parameters that a comment names."""


def guard(
    source: SourceMap, module: Dataflow, text: str, changed: Iterable[int], new: str
) -> list[str]:
    """Return lines that no tool elaborates where a parameter has another value than it had.

    Only parameters count on which the old text of what changed depends, or the
    declaration of a signal in it or in the new text.
    """
    values = module.interface.parameters
    if not values or not new:
        return []
    mentioned = words(new)
    for number in changed:
        span = source.items[number].span
        mentioned |= words(text[span.start : span.end])
    for name in sorted(mentioned & set(source.signals)):
        mentioned |= _declaration(source, text, name)
    for constant in source.constants.values():
        if constant.span is not None and constant.name in mentioned and constant.kind != "enum":
            mentioned |= words(text[constant.span.start : constant.span.end])
    lines = _lines({name: values[name] for name in values if name in mentioned}, text)
    return [] if lines and _condition(lines) in _bare(text) else lines


def _condition(lines: list[str]) -> str:
    """Return what a guard refuses, which its comment does not always tell."""
    head, begin, _ = _bare("\n".join(lines)).partition("begin:other_parameters")
    return head[head.index("if(") :] + begin


def _bare(text: str) -> str:
    return "".join(without_comments(text).split())


def _declaration(source: SourceMap, text: str, name: str) -> set[str]:
    signal = source.signals[name]
    if signal.item is not None:
        span = source.items[signal.item].span
        return words(text[span.start : span.end]) - set(source.signals)
    header = source.header
    start = text.rfind(",", header.start, signal.span.start)
    start = max(start, text.rfind("(", header.start, signal.span.start), header.start)
    return words(text[start : signal.span.end])


def _lines(values: dict[str, int], text: str) -> list[str]:
    if not values:
        return []
    fresh = Names(words(text))
    shown = " and ".join(f"{name} = {value}" for name, value in values.items())
    shown = shown if len(values) <= _MOST else "the parameters' values below"
    separator = " || " if len(values) <= _MOST else f" ||{_MARGIN}"
    condition = separator.join(f"{name} != {value}" for name, value in values.items())
    module, label = fresh.fresh("error_parameters_are_fixed"), fresh.fresh("other_parameters")
    return [
        f"    // Optimized for {shown} only.",
        "    generate",
        f"        if ({condition}) begin : {label}",
        f"            {module} error ();",
        "        end",
        "    endgenerate",
    ]
