"""What may be optimized at all, and whether what came out can be used where the input was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sim import tools
from sim.design import Design
from sim.errors import InvalidDesign, ToolFailed, ToolNotFound
from sim.gate import Admission, admit, admit_many
from sim.interface import Interface
from sim.process import Limits, run_tool
from sim.scratch import scratch_folder
from symbolic.dataflow.repair import Repaired, repaired
from symbolic.optimize_values import LeftAlone
from symbolic.yosys import lay_out

_PRAGMA = re.compile(
    r"(?:synopsys|synthesis|pragma|cadence|\(\*)[^\n]{0,80}?(full_case|parallel_case)"
)
_SHOWN = 5
"""Reasons that are given for a refusal."""
_COMPILING = Limits(seconds=30.0, cpu_seconds=20.0, memory_bytes=2 << 30, output_bytes=1 << 16)


def read_input(design: Design) -> Interface:
    """Return the ports, clocks and resets of a design that may be anybody's text.

    Raises:
        InvalidDesign: It does not compile, or does what no design should; with file and line.
        EnvironmentFault: No child process can be run.
    """
    admission = admit(design)
    if admission.design is None or admission.interface is None:
        raise InvalidDesign(_refused(design, admission))
    return admission.interface


def read_repaired(design: Design) -> tuple[Repaired, Interface]:
    """Return `design`, mended where only simulators refuse it, and its interface.

    Raises:
        InvalidDesign: As `read_input`.
        EnvironmentFault: No child process can be run.
    """
    try:
        return Repaired(design=design), read_input(design)
    except InvalidDesign as error:
        mended = repaired(design)
        if not mended.changes:
            raise
        try:
            return mended, read_input(mended.design)
        except InvalidDesign:
            raise error from None


def _refused(design: Design, admission: Admission) -> str:
    reasons = [str(refusal) for refusal in admission.refusals]
    told = "\n".join(reasons[:_SHOWN])
    more = f"\n{len(reasons) - _SHOWN} more" if len(reasons) > _SHOWN else ""
    return (
        f"a design must compile before it can be optimized, module {design.top!r} does not:\n"
        f"{told or admission.cause.value}{more}"
        "\n\nhint: mend these lines, and give every file that the design needs"
    )


def pragmas_in(design: Design) -> Iterator[LeftAlone]:
    """Yield the orders to synthesis tools that are not followed, since no simulator does."""
    for name, text in design.sources.items():
        for number, line in enumerate(text.splitlines(), 1):
            for found in _PRAGMA.finditer(line[:2000]):
                yield LeftAlone(
                    what=found[1],
                    reason="not followed: what the code says in simulation is kept",
                    place=f"{name}:{number}",
                )


def usable(texts: Sequence[Design], original: Design, interface: Interface) -> list[str]:
    """Return for each of `texts` why it cannot take the place of `original`; empty if it can.

    It must pass the gate with the same ports, and compile with Icarus Verilog where
    that is installed and compiles the original.

    Raises:
        EnvironmentFault: No child process can be run.
    """
    admissions = admit_many(texts, interface=interface)
    reasons = [_objection(admission) for admission in admissions]
    last = next((n for n in reversed(range(len(texts))) if not reasons[n]), None)
    if last is None or not (said := _icarus_objection(admissions[last].design)):
        return reasons
    if _icarus_objection(admit(original).design):
        return reasons
    return _each_by_icarus(admissions, reasons, last, said)


def _each_by_icarus(
    admissions: Sequence[Admission], reasons: Sequence[str], last: int, said: str
) -> list[str]:
    """Return `reasons` with those of Icarus Verilog, which `said` something of the last text."""
    return [
        reason or (said if number == last else _icarus_objection(admission.design))
        for number, (reason, admission) in enumerate(zip(reasons, admissions, strict=True))
    ]


def _objection(admission: Admission) -> str:
    if admission.design is not None:
        return ""
    first = next(iter(admission.refusals), admission.cause.value)
    return f"the text that was made does not compile: {first}"


def _icarus_objection(design: Design | None) -> str:
    """Return what Icarus Verilog says against `design`, which the gate has let through."""
    try:
        compiler = tools.icarus()
    except (ToolNotFound, ToolFailed):
        return ""
    if design is None:
        return ""
    with scratch_folder() as folder:
        lay_out(folder, {**design.sources, **design.data})
        run = run_tool(
            [str(compiler.path), "-g2012", "-t", "null", "-s", design.top, *design.sources],
            cwd=folder,
            limits=_COMPILING,
            readable=compiler.folders,
            environment=compiler.environment,
        )
    if run.exit_code == 0:
        return ""
    first = next(iter(run.output.strip().splitlines()), f"exit code {run.exit_code}")
    return f"Icarus Verilog does not compile the text that was made: {first[:200]}"
