"""Prompts and answers of rows, in the forms that models are asked in and answer in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rtlgen.data.judged import Judged, Task
from rtlgen.data.normalize import tokens
from rtlgen.data.options import AnswerChoice, PromptChoice
from rtlgen.errors import RtlgenError
from rtlgen.evaluation.benchmark import Benchmark, Extract
from rtlgen.evaluation.generate import header_of
from rtlgen.evaluation.problem import Problem, description_of
from rtlgen.llm.model import Message
from rtlgen.prompts import Task as PromptTask
from rtlgen.prompts import functional_repair, propose, syntax_repair
from rtlgen.prompts.plain import plain
from rtlgen.spec.reader import read_spec
from sim.errors import SimError
from sim.interface import Interface

_BEGIN = "[BEGIN]"

Form = Callable[[str], str]
"""From a design to an answer that holds it."""


def bare(verilog: str) -> str:
    """Return the design as plain text."""
    return verilog.strip()


def fenced(verilog: str) -> str:
    """Return the design in a fence, as the prompts of `rtlgen.prompts` ask for it."""
    return f"```verilog\n{verilog.strip()}\n```"


def marked(verilog: str) -> str:
    """Return the design between the marks that VerilogEval v2 asks for."""
    return f"{_BEGIN}\n{verilog.strip()}\n[DONE]"


FORMS: dict[str, Form] = {"bare": bare, "fenced": fenced, "marked": marked}
"""By name, as `Task.form` has it."""


def prompt_for(choice: PromptChoice, benchmark: Benchmark, problem: Problem) -> tuple[Message, ...]:
    """Return what a model is asked about `problem`.

    Raises:
        RtlgenError: `propose` is wanted, and the description names no ports.
    """
    if choice is PromptChoice.BENCHMARK:
        return tuple(benchmark.prompt(problem))
    description, header = description_of(problem), header_of(problem)
    if choice is PromptChoice.PLAIN:
        return plain(description, header)
    interface = interface_of(f"{description}\n\n{problem.header}", problem.top)
    return propose(PromptTask(spec=description, interface=interface, header=header))


def form_of(choice: PromptChoice, benchmark: Benchmark, problem: Problem) -> str:
    """Return the name of the form of an answer to the prompt of `choice`.

    For a benchmark's own prompt that is the one which it speaks of, or else the plainest
    one which the benchmark's rule gives back as the design.
    """
    if choice is PromptChoice.PLAIN:
        return "bare"
    if choice is PromptChoice.PROPOSE:
        return "fenced"
    if _BEGIN in benchmark.prompt(problem)[-1].content:
        return "marked"
    found = benchmark.combine(problem, bare(problem.golden), Extract.OFFICIAL).verilog
    return "bare" if found and tokens(found) == tokens(problem.golden) else "fenced"


def interface_of(text: str, top: str) -> Interface:
    """Return the interface of module `top` as a specification states it.

    Raises:
        RtlgenError: It states none.
    """
    found = read_spec(text).interface
    if not found.ports:
        raise RtlgenError(f"a specification must name the ports of {top!r}, this one does not")
    return replace(found, module=top)


def answer_text(judged: Judged, choice: AnswerChoice) -> str:
    """Return the answer as a row has it; empty where there is no design to show."""
    if choice is AnswerChoice.COMPLETION:
        return judged.completion.strip()
    return FORMS[judged.task.form](judged.verilog) if judged.verilog is not None else ""


class Repairs:
    """Writes the prompts for repairs of one problem's answers."""

    def __init__(self, task: Task) -> None:
        self._asked: PromptTask | None = None
        try:
            interface = interface_of(f"{task.spec}\n\n{task.header}", task.top)
        except (RtlgenError, SimError):
            return
        self._asked = PromptTask(spec=task.spec, interface=interface, header=task.header)

    def prompt(self, judged: Judged, *, functional: bool) -> tuple[Message, ...] | None:
        """Return the prompt for a repair of `judged`; None where the interface cannot be read."""
        code = judged.verilog or ""
        if self._asked is None:
            return None
        if functional:
            return functional_repair(
                self._asked, code=code, feedback=judged.evidence, style="direct"
            )
        return syntax_repair(self._asked, code=code, diagnostics=judged.evidence)


def split_thoughts(completion: str) -> tuple[str, str]:
    """Return what stands in `<think>` at the beginning of a completion, and the rest."""
    text = completion.lstrip()
    if not text.startswith("<think>") or "</think>" not in text:
        return "", completion
    thought, _, rest = text.removeprefix("<think>").partition("</think>")
    return thought.strip(), rest.strip()
