"""What a verdict tells the model that is to repair a design.

A refusal becomes its messages with the lines they speak of; a mismatch becomes
the output, the values, the samples before it, and what an engineer would look
at first. The text fits about 1,500 tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rtlgen.design.mismatch_text import mismatch_lines
from sim.design import Design
from sim.drivers import SourceLine
from sim.interface import Interface
from sim.verdict import Cause, Verdict

MAX_CHARACTERS = 6000
"""About 1,500 tokens."""
_AROUND = 2
"""Lines shown before and after the one that a message names."""
_MOST_EXCERPTS = 3
_PLACED = re.compile(
    r"(?P<file>[\w./+-]{1,200}\.s?vh?):(?P<line>\d{1,7}): (?P<what>.+?)"
    r"(?=; [\w./+-]{1,200}\.s?vh?:\d{1,7}: |\Z)",
    re.S,
)
_ADVICE = {
    Cause.REFUSED: "Write only what is synthesized: no system tasks, files, `force`, delays that "
    "end the simulation, or names outside of the module.",
    Cause.INTERFACE: "Module name, port names, directions and widths must be those of the header "
    "that is asked for.",
    Cause.INCOMPLETE: "Nothing in the design may end or stall the simulation.",
    Cause.TIME: "Look for a combinational loop (a signal that depends on itself without a "
    "register), an `always` block without an event, or a loop that never ends.",
    Cause.MEMORY: "Look for an enormous array, vector or replication, or a loop that never ends.",
    Cause.OUTPUT: "Remove every `$display`, `$monitor` and the like.",
    Cause.UNKNOWN_VALUE: "X comes from a register that reset does not set, a signal that nothing "
    "drives, an index out of range, or two drivers; Z from an output that nothing drives.",
}
_HINTS = (
    (r"not a valid l-value|cannot assign to|is not a variable|procedural assignment to a net"
     r"|cannot be assigned|is a net", "declare a signal that a procedure assigns as `logic` or "
     "`reg`, and one that `assign` drives not twice"),
    (r"undeclared|unknown identifier|use of undeclared|could not find|Unable to bind",
     "declare the signal, with its width, before its first use"),
    (r"multiple drivers|driven by|more than one|already been declared|redefinition|redeclar",
     "declare and drive every signal exactly once; ports of the header are declared already"),
    (r"expected ['\"`;]|expected a |syntax error|unexpected", "the mistake may be at the end of "
     "the line before: a missing `;`, `end` or parenthesis"),
    (r"unknown module|no module|is not defined", "define every module that is instantiated"),
    (r"cannot compile what slang accepts|sorry", "write it in plainer Verilog: this compiler does "
     "not take the construct"),
    (r"out of range|out of bounds", "compare the index with the declared range of the vector"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    file: str
    line: int
    what: str


def feedback(
    verdict: Verdict,
    *,
    design: Design | None = None,
    interface: Interface | None = None,
    driving: Sequence[SourceLine] = (),
) -> str:
    """Return what `verdict` says about `design`, for the prompt of a repair.

    Args:
        verdict: Of any status but PASS.
        design: The candidate as its author wrote it; lines are quoted from it.
        interface: The ports, for clocks, resets and bit names.
        driving: The lines that drive the wrong output (`sim.drivers.driving_lines`).
    """
    if verdict.first_mismatch is not None:
        lines = list(mismatch_lines(verdict, verdict.first_mismatch, interface))
        lines += _driving(verdict.first_mismatch.port, driving)
    else:
        lines = list(_messages(verdict, design))
    advice = _ADVICE.get(verdict.cause)
    return _bounded([*lines, *(["", advice] if advice else [])])


def no_code(why_not: str, *, truncated: bool = False) -> str:
    """Return what to tell a model whose answer held no code; see `Extraction.why_not`."""
    text = f"It held no Verilog that can be used: {why_not}."
    if truncated:
        text += " It broke off before its end: think less, and give the module sooner."
    return text


def _driving(port: str, driving: Sequence[SourceLine]) -> list[str]:
    if not driving:
        return []
    lines = [f"{line.line:5d}  {line.text}" for line in driving]
    return ["", f"Lines of the design that decide {port}, nearest first:", *lines]


def _messages(verdict: Verdict, design: Design | None) -> Iterator[str]:
    found = [
        _Message(file=m["file"], line=int(m["line"]), what=m["what"].strip())
        for m in _PLACED.finditer(verdict.reason)
    ]
    if not found:
        yield f"{verdict.cause.value}: {verdict.reason}"
    elif start := verdict.reason[: verdict.reason.find(f"{found[0].file}:")].strip(" :;"):
        yield f"{start}:"
    for number, message in enumerate(found):
        yield f"line {message.line}: {message.what}"
        if design is not None and number < _MOST_EXCERPTS:
            yield from _excerpt(design, message)
    for hint in dict.fromkeys(_hints(verdict.reason)):
        yield f"hint: {hint}"


def _hints(reason: str) -> Iterator[str]:
    for pattern, hint in _HINTS:
        if re.search(pattern, reason, re.I):
            yield hint


def _excerpt(design: Design, message: _Message) -> Iterator[str]:
    source = design.sources.get(message.file)
    if source is None and len(design.sources) == 1:
        (source,) = design.sources.values()
    lines = (source or "").splitlines()
    if not 1 <= message.line <= len(lines):
        return
    first = max(1, message.line - _AROUND)
    last = min(len(lines), message.line + _AROUND)
    for number in range(first, last + 1):
        mark = ">" if number == message.line else " "
        yield f"  {mark}{number:5d}  {lines[number - 1].rstrip()[:200]}"


def _bounded(lines: Sequence[str]) -> str:
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(text) <= MAX_CHARACTERS:
        return text
    return text[: MAX_CHARACTERS - 20].rsplit("\n", 1)[0] + "\n(more left out)"
