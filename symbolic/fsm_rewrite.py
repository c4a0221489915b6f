"""A changed machine written back into the source that it was found in.

In place: names, codes and widths change where they stand, and branches of states
that are gone go with them. Two processes: the next state is written anew as a
`case` over the states and the register as a process of its own, whatever the
source's style; what else its processes do stays. Equations: the same with the
next state, and outputs that are signals of their own, as minimized equations.
Nothing is proved here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.design import Design
from symbolic.fsm_rewrite_equations import Equations
from symbolic.fsm_rewrite_in_place import in_place
from symbolic.fsm_rewrite_plan import NotWritable, plan
from symbolic.fsm_rewrite_two import TwoProcess
from symbolic.fsm_source import Source, SourceUnreadable, read_source
from symbolic.fsm_style import Style
from symbolic.state_table import StateTable

if TYPE_CHECKING:
    from symbolic.dataflow.module import Dataflow
    from symbolic.extract import ExtractedMachine

__all__ = ["NotWritable", "SourceUnreadable", "Version", "rewritten", "versions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A design with its machine changed."""

    style: Style
    design: Design
    file: str
    """The source that differs."""


def rewritten(
    design: Design, module: Dataflow, machine: ExtractedMachine, new: StateTable
) -> Design:
    """Return `design` with `machine` replaced by `new`, with the smallest change of the text.

    Raises:
        NotWritable: The machine cannot be changed in this source; why, the message says.
        SourceUnreadable: slang cannot read the design.
        EnvironmentFault: No child process can be run at all.
    """
    return versions(design, module, machine, new)[0].design


def versions(
    design: Design,
    module: Dataflow,
    machine: ExtractedMachine,
    new: StateTable,
    *,
    safe: bool = False,
) -> list[Version]:
    """Return `design` with `machine` replaced by `new` in each style that is possible.

    Those that change the text least come first. `new` must implement the machine's
    table and have codes. If `safe`, codes of no state lead to the reset state, which
    only text written anew does, else wherever costs least.

    Raises:
        NotWritable: No style is possible; why the last is not, the message says.
        SourceUnreadable: slang cannot read the design.
        EnvironmentFault: No child process can be run at all.
    """
    source = read_source(design)
    register, old = leading_register(module, machine)
    new = _projected(machine.table, old, new)
    register = tuple(declared_name(source, module, name) for name in register)
    made = plan(old, new)
    ways: dict[Style, Callable[[], str]] = {
        Style.IN_PLACE: lambda: in_place(source, register, made),
        Style.CASE: lambda: TwoProcess(
            source=source, register=register, plan=made, module=module, machine=machine, safe=safe
        ).rewritten(),
        Style.EQUATIONS: lambda: Equations(
            source=source, register=register, plan=made, module=module, machine=machine, safe=safe
        ).rewritten(),
    }
    if safe:
        del ways[Style.IN_PLACE]
    return _written(design, source, ways)


def _written(
    design: Design, source: Source, ways: Mapping[Style, Callable[[], str]]
) -> list[Version]:
    found, problems = [], []
    for style, way in ways.items():
        try:
            made = _with(design, source, way())
        except NotWritable as why:
            problems.append(why)
        else:
            found.append(Version(style=style, design=made, file=source.file))
    if not found:
        raise problems[min(1, len(problems) - 1)]
    return list(_different(found))


def leading_register(
    module: Dataflow, machine: ExtractedMachine
) -> tuple[tuple[str, ...], StateTable]:
    """Return the one register that tells all states apart, with the machine coded by it alone.

    Registers beside it, such as outputs, stay what they are. Where there is no such
    register, all are returned.
    """
    table, first = machine.table, 0
    if len(machine.register) == 1 or not table.codes:
        return machine.register, table
    found: list[tuple[int, int, tuple[str, ...], StateTable]] = []
    for number, name in enumerate(machine.register):
        last = first + module.registers[name].width
        codes = {state: code[first:last] for state, code in table.codes.items()}
        if len(set(codes.values())) == len(codes):
            found.append((first - last, number, (name,), replace(table, codes=codes)))
        first = last
    if not found:
        return machine.register, table
    _, _, register, coded = min(found, key=lambda one: one[:2])
    return register, coded


def _projected(whole: StateTable, leading: StateTable, new: StateTable) -> StateTable:
    """Return `new` coded by the leading register alone, if it has codes of the whole state."""
    part = {code: leading.codes[state] for state, code in whole.codes.items()}
    if whole is leading or not set(new.codes.values()) <= set(part):
        return new
    return replace(new, codes={state: part[code] for state, code in new.codes.items()})


def declared_name(source: Source, module: Dataflow, register: str) -> str:
    """Return what the source calls a register, which may go by the name of what it drives."""
    if source.find(register) is not None and "[" not in register:
        return register
    node = module.nodes.reg(register, module.registers[register].width)
    for name, value in module.named.items():
        declared = source.find(name)
        if value is node and declared is not None and declared.role == "variable":
            return name
    return register


def _different(found: list[Version]) -> Iterator[Version]:
    seen: set[str] = set()
    for version in found:
        if version.design.digest not in seen:
            seen.add(version.design.digest)
            yield version


def _with(design: Design, source: Source, text: str) -> Design:
    return Design(top=design.top, sources={**design.sources, source.file: text}, data=design.data)
