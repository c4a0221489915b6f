"""What a model is asked about a problem: each benchmark's conventions, in our own words.

Sentences and in-context examples are ours; only the problem's description
and header are the benchmark's, word for word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from rtlgen.errors import UsageError
from rtlgen.evaluation.problem import Problem, description_of
from rtlgen.llm.model import Message

EXAMPLES = ("saturate", "divider", "gate", "parity")
"""Combinational, counter, finite-state machine, shift register."""
_PORT = re.compile(r"\s*(input|output)\s+(?:reg\s+)?(?:\[(\d+):0\]\s*)?(\w+),?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A solved problem, as a question and as a module to complete."""

    description: str
    code: str

    @property
    def header(self) -> str:
        return self.code.partition(";")[0] + ";"

    @property
    def body(self) -> str:
        return self.code.partition(";")[2].lstrip("\n")

    @property
    def question(self) -> str:
        ports = [_bullet(*match) for match in _PORT.findall(self.header)]
        interface = "\n".join(ports)
        return (
            "Write a module named TopModule with this interface. Ports are one bit wide\n"
            f"unless it says otherwise.\n\n{interface}\n\n{self.description}"
        )


def check_shots(shots: int, *, most: int, title: str) -> None:
    """Check that a prompt can hold `shots` in-context examples.

    Raises:
        UsageError: It cannot.
    """
    if 0 <= shots <= most:
        return
    raise UsageError(
        f"{title} has {f'0 to {most}' if most else 'no'} in-context examples, not {shots}\n\n"
        f"hint: choose {'0' if not most else f'at most {most}'} with --shots"
    )


def spec_to_rtl(problem: Problem, shots: int) -> tuple[Message, ...]:
    """Return question and answer as in VerilogEval v2's spec-to-rtl."""
    return _asked("spec_to_rtl", problem, complete=False, shots=shots)


def code_complete(problem: Problem, shots: int) -> tuple[Message, ...]:
    """Return a module to complete as in VerilogEval v2's code-complete."""
    return _asked("code_complete", problem, complete=True, shots=shots)


def verilog_eval_v1(problem: Problem) -> tuple[Message, ...]:
    """Return a module to complete as in VerilogEval v1."""
    return _asked("code_complete", problem, complete=True)


def rtllm(problem: Problem) -> tuple[Message, ...]:
    """Return the description as RTLLM asks it; it holds its own request."""
    return _asked("rtllm", problem, complete=False)


def _asked(name: str, problem: Problem, *, complete: bool, shots: int = 0) -> tuple[Message, ...]:
    request = _render(
        name,
        description=description_of(problem).strip(),
        header=problem.header.strip(),
        examples=[example(chosen) for chosen in EXAMPLES[:shots]],
    )
    system = _render("system", complete=complete)
    return Message(role="system", content=system), Message(role="user", content=request + "\n")


def _render(name: str, **facts: object) -> str:
    text = _environment().get_template(f"{name}.md.j2").render(**facts)
    return text.strip("\n")


@cache
def example(name: str) -> Example:
    """Return the in-context example called `name`, one of `EXAMPLES`."""
    folder = resources.files("rtlgen.evaluation") / "prompts" / "examples"
    return Example(
        description=(folder / f"{name}.txt").read_text(encoding="utf-8").strip(),
        code=(folder / f"{name}.sv").read_text(encoding="utf-8").strip(),
    )


def _bullet(direction: str, msb: str, name: str) -> str:
    width = f" ({int(msb) + 1} bits)" if msb else ""
    return f" - {direction:6} {name}{width}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rtlgen.evaluation", "prompts"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - plain text, not HTML
    )
    environment.filters["comment"] = _comment
    return environment


def _comment(text: str) -> str:
    return "\n".join(f"// {line}".rstrip() for line in text.splitlines())
