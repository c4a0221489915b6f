"""The published way from a response to Verilog in VerilogEval v2, to the letter.

It is that of the script `sv-generate` of VerilogEval v2, restated; its
options for one particular model and the remarks it appends as comments are
left out, as they change no verdict. Where it behaves oddly it is followed:

- lines are what `str.splitlines` takes for lines, form feeds included;
- `module TopModule` counts as there when it stands at the very beginning of a
  line and no `endmodule` stands at the beginning of an earlier one: a helper
  module before it makes it count as missing;
- with two or more lines that begin with a fence, what is between the first
  and the second one is taken, all of it, whatever it is;
- with fewer fences, what is taken ends with the first line that begins with
  `endmodule`, so that helper modules after it are lost; it begins with
  `module TopModule` where that counts as there, and else with the response,
  prose included;
- `[BEGIN]` and `[DONE]` are seen at the beginning and at the end of a line
  only, each but once, `[DONE]` only in a line after that of `[BEGIN]`, and
  fences between them stay; without `[DONE]` nothing is taken at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rtlgen.evaluation.benchmark import Combined

_FENCE = "```"
_MODULE = "module TopModule"
_END = "endmodule"
_BEGIN = "[BEGIN]"
_DONE = "[DONE]"


def spec_to_rtl(completion: str) -> Combined:
    """Return what the script takes for spec-to-rtl.

    What is between [BEGIN] and [DONE]; without [BEGIN] as for code-complete,
    but with no header put in front.
    """
    lines = completion.splitlines()
    begin = next((i for i, line in enumerate(lines) if line.lstrip().startswith(_BEGIN)), None)
    if begin is None:
        facts = _facts(lines)
        return _combined(_taken(lines, facts), facts.rule)
    first = [] if lines[begin].strip() == _BEGIN else [lines[begin].lstrip().replace(_BEGIN, "")]
    done = next(
        (i for i in range(begin + 1, len(lines)) if lines[i].rstrip().endswith(_DONE)), None
    )
    if done is None:
        return Combined(
            verilog=None, rule=f"no {_DONE}", reason=f"{_BEGIN} without {_DONE} in a later line"
        )
    last = [] if lines[done].strip() == _DONE else [lines[done].rstrip().replace(_DONE, "")]
    return _combined([*first, *lines[begin + 1 : done], *last], f"{_BEGIN} to {_DONE}")


def code_complete(completion: str, *, header: str) -> Combined:
    """Return what the script takes for code-complete; `header` goes first where none is there."""
    lines = completion.splitlines()
    facts = _facts(lines)
    taken = list(_taken(lines, facts))
    if facts.has_module:
        return _combined(taken, facts.rule)
    return _combined([*header.split("\n"), "", *taken], f"interface + {facts.rule}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    fences: int
    has_module: bool

    @property
    def rule(self) -> str:
        if self.fences >= 2:
            return "first fenced block"
        start = f"from {_MODULE} " if self.has_module else ""
        return f"{start}up to the first {_END}"


def _facts(lines: Sequence[str]) -> _Facts:
    fences = sum(line.startswith(_FENCE) for line in lines)
    marks = (line for line in lines if line.startswith((_END, _MODULE)))
    return _Facts(fences=fences, has_module=next(marks, "").startswith(_MODULE))


def _taken(lines: Sequence[str], facts: _Facts) -> Iterator[str]:
    if facts.fences >= 2:
        return _fenced(lines)
    return _bare(lines, from_module=facts.has_module)


def _fenced(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines between the first and the second fence."""
    fences = 0
    for line in lines:
        if line.startswith(_FENCE):
            fences += 1
        elif fences == 1:
            yield line


def _bare(lines: Sequence[str], *, from_module: bool) -> Iterator[str]:
    """Yield the lines to the first one that begins with `endmodule`, fences left out."""
    begun = not from_module
    for line in lines:
        begun = begun or line.strip().startswith(_MODULE)
        if begun and not line.startswith(_FENCE):
            yield line
        if line.strip().startswith(_END):
            return


def _combined(lines: Sequence[str] | Iterator[str], rule: str) -> Combined:
    text = "\n".join(lines) + "\n"
    if not text.strip():
        return Combined(verilog=None, rule=rule, reason="nothing is left of the completion")
    return Combined(verilog=text, rule=rule)
