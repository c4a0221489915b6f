"""One function for each kind of prompt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from rtlgen.llm.model import Message
from rtlgen.prompts.header import module_header, port_lines, timing
from sim.interface import Interface

Style = Literal["direct", "reasoning"]
"""Whether the answer is to be code alone, or thoughts in `<think>` and then code."""

MAX_EXAMPLES = 4
_EXAMPLES = ("clip", "debounce", "wash", "window_sum")
"""Combinational, sequential with reset, finite-state machine, shift register."""
_STATEMENTS = 60
"""Of what was read formally no more is repeated; the specification itself is there in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a design has to do, as every prompt tells it."""

    spec: str
    """The specification, word for word."""
    interface: Interface
    assumptions: Sequence[str] = ()
    """What is taken to hold where the specification leaves something open."""
    statements: Sequence[str] = ()
    """What was read from tables, diagrams and waveforms, one fact a line."""
    header: str = ""
    """The module's header where it is given; otherwise it is written from `interface`."""


def propose(task: Task, *, style: Style = "direct", examples: int = 0) -> tuple[Message, ...]:
    """Return the prompt for a design; `examples` solved tasks, at most 4, go before it.

    Raises:
        ValueError: A number of examples that there is not.
    """
    if not 0 <= examples <= MAX_EXAMPLES:
        raise ValueError(f"there are 0 to {MAX_EXAMPLES} examples, not {examples}")
    shown = [m for name in _EXAMPLES[:examples] for m in _example(name, style)]
    request = _render("propose", task, style=style, brief=bool(examples))
    return (_system(), *shown, Message(role="user", content=request))


def syntax_repair(
    task: Task, *, code: str, diagnostics: str, style: Style = "direct"
) -> tuple[Message, ...]:
    """Return the prompt for a repair of `code` that was refused or does not compile.

    `diagnostics` say where and why (`rtlgen.design.feedback`). Without code, an
    empty text, they say why the answer held none.
    """
    request = _render("syntax_repair", task, style=style, code=code, diagnostics=diagnostics)
    return (_system(), Message(role="user", content=request))


def functional_repair(
    task: Task, *, code: str, feedback: str, style: Style = "reasoning"
) -> tuple[Message, ...]:
    """Return the prompt for a repair of `code` that runs and does the wrong thing.

    `feedback` is what the simulator saw (`rtlgen.design.feedback`).
    """
    request = _render("functional_repair", task, style=style, code=code, feedback=feedback)
    return (_system(), Message(role="user", content=request))


def reference_model(task: Task, *, style: Style = "direct") -> tuple[Message, ...]:
    """Return the prompt for a reference model: one Python class that predicts the outputs."""
    request = _render("reference_model", task, style=style)
    system = _template("reference_system").render().strip()
    return (
        Message(role="system", content=system),
        Message(role="user", content=request),
    )


def optimization(
    *, module: str, code: str, goal: str, figures: str, rules: Sequence[str]
) -> tuple[Message, ...]:
    """Return the prompt for a rewrite of `code` that does the same and needs less of `goal`.

    `figures` say what it needs now, `rules` what may be done to it, one a line.
    """
    facts = {"module": module, "code": code, "goal": goal, "figures": figures, "rules": rules}
    request = _tidy(_template("optimize").render(**facts))
    return (_system(), Message(role="user", content=request))


def _system() -> Message:
    return Message(role="system", content=_template("system").render().strip())


def _render(name: str, task: Task, **facts: object) -> str:
    shown = tuple(task.statements[:_STATEMENTS])
    text = _template(name).render(
        task=task,
        statements=shown,
        more_statements=len(task.statements) - len(shown),
        module=task.interface.module,
        header=task.header.strip() or module_header(task.interface),
        timing=timing(task.interface),
        ports=tuple(port_lines(task.interface)),
        sequential=bool(task.interface.clocks),
        **facts,
    )
    return _tidy(text)


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip()


@cache
def _example(name: str, style: Style) -> tuple[Message, Message]:
    parts = _parts(name)
    question = _template("example").render(
        spec=parts["spec"], header=parts["code"].partition(";")[0] + ";", style=style
    )
    thought = f"<think>\n{parts['think']}\n</think>\n" if style == "reasoning" else ""
    answer = f"{thought}```verilog\n{parts['code']}\n```"
    return (
        Message(role="user", content=_tidy(question)),
        Message(role="assistant", content=answer),
    )


def _parts(name: str) -> Mapping[str, str]:
    """Return specification, thoughts and code of an example."""
    folder = resources.files("rtlgen.prompts") / "templates" / "examples"
    suffixes = {"spec": "md", "think": "txt", "code": "sv"}
    return {
        part: (folder / f"{name}.{suffix}").read_text(encoding="utf-8").strip()
        for part, suffix in suffixes.items()
    }


def _template(name: str) -> Template:
    return _environment().get_template(f"{name}.md.j2")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rtlgen.prompts"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - plain text, not HTML
    )
    environment.filters |= {"fence": _fence, "line": lambda text: " ".join(text.split())}
    return environment


def _fence(text: str, language: str = "") -> str:
    """Return `text` as a block whose fence it cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.strip(chr(10)).rstrip()}\n{fence}"
