"""What `rtlgen fsm` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from rtlgen.cli.common import FAILED, OK, stderr, unwind_when_interrupted
from rtlgen.cli.fsm_record import (
    MachineRecord,
    MachinesRecord,
    MinimizedRecord,
    MissedRecord,
    ResetRecord,
    StateRecord,
    TransitionRecord,
)
from rtlgen.design.load import load_rtl
from rtlgen.design.visible import visible
from rtlgen.errors import CannotJudge, UsageError
from rtlgen.evaluation.replacing import write_whole
from sim.design import MAX_FILE_BYTES
from symbolic.dataflow.nodes import Node, Op
from symbolic.emit_fsm import emit_fsm
from symbolic.encode import encoded, encodings, searched
from symbolic.extract import ExtractedMachine
from symbolic.extract_reach import MachineReset
from symbolic.fsm_choose import Written, best_written
from symbolic.fsm_dot import dot
from symbolic.fsm_lift import Lifted, lifted
from symbolic.fsm_picture import svg
from symbolic.fsm_ports import interface_of
from symbolic.fsm_rewrite import NotWritable, SourceUnreadable
from symbolic.kiss2 import Kiss2Error, parse_kiss2, write_kiss2
from symbolic.reduce import Reduced, minimize_states
from symbolic.state_table import StateTable

_KISS2 = (".kiss2", ".kiss")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The command line."""

    source: tuple[Path, ...]
    output: Path | None
    formats: tuple[str, ...]
    minimize: bool
    encode: str | None
    top: str | None
    register: str | None
    safe: bool
    smallest: bool
    seconds: float
    quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    """One machine on its way."""

    table: StateTable
    found: ExtractedMachine | None = None
    """None for KISS2."""
    reduced: Reduced | None = None
    encoding: str = ""

    @property
    def name(self) -> str:
        return ", ".join(self.found.register) if self.found is not None else "machine"


def run(request: Request) -> None:
    """Carry out the command.

    Raises:
        UsageError: The command line makes no sense, or a file cannot be read.
        InvalidDesign: The design does not compile.
        CannotJudge: What was written could not be proved.
    """
    if len(request.formats) > 1:
        named = ", ".join(f"--{name}" for name in request.formats)
        raise UsageError(f"only one of the formats can be printed, not {named}")
    _check_output(request)
    unwind_when_interrupted()
    kiss = [path for path in request.source if path.suffix in _KISS2]
    if kiss and len(request.source) > 1:
        raise UsageError(f"a KISS2 file must stand alone, not {len(request.source)} files")
    raise typer.Exit(_of_kiss2(request, kiss[0]) if kiss else _of_rtl(request))


def _check_output(request: Request) -> None:
    path = request.output
    if path is None:
        return
    if path.resolve() in [source.resolve() for source in request.source]:
        raise UsageError(
            f"the output must be another file than the input, not {path}"
            "\n\nhint: the input is never touched; name another file with -o"
        )
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise UsageError(f"the output must be a file in a folder that is there, not {path}")


# -- KISS2 ------------------------------------------------------------------


def _of_kiss2(request: Request, path: Path) -> int:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UsageError(f"{path} has more than {MAX_FILE_BYTES} bytes")
        table = parse_kiss2(path.read_text(encoding="utf-8"))
    except (Kiss2Error, UnicodeDecodeError) as error:
        raise UsageError(f"{path} must be a machine in KISS2: {error}") from error
    module = request.top or path.stem
    given = _Machine(table=table, encoding="as given" if table.codes else "")
    machine = _coded(request, _minimized(request, given))
    if request.formats == ("verilog",):
        _put(request, _module(machine.table, module, path.name))
    else:
        _put(request, _printed(request, [machine], (), module))
    return OK


def _module(table: StateTable, name: str, origin: str) -> str:
    try:
        return emit_fsm(interface_of(table, name), table, origin=f"From {origin}.")
    except ValueError as error:
        raise UsageError(f"this machine cannot be a module: {error}") from error


# -- RTL --------------------------------------------------------------------


def _of_rtl(request: Request) -> int:
    design = load_rtl(request.source, module=request.top, what="a design with state machines")
    if request.top is not None and design.top != request.top:
        raise UsageError(f"--top must name a module of the design, not {request.top!r}")
    lift = lifted(design)
    chosen = _chosen(request, lift)
    _tell_missed(lift)
    if not chosen:
        _say(request, f"module {design.top} has no state machine that can be extracted")
        return FAILED
    if request.formats == ("verilog",):
        _put(request, _rewritten(request, lift, chosen[0]))
        return OK
    machines = [_coded(request, _minimized(request, machine)) for machine in chosen]
    _put(request, _printed(request, machines, _missed(lift), design.top))
    return OK


def _chosen(request: Request, lift: Lifted) -> list[_Machine]:
    """Return the machines that are asked for.

    Raises:
        UsageError: One must be chosen and is not, or there is none of that name.
    """
    found = [_Machine(table=m.table, found=m, encoding="as given") for m in lift.machines]
    if request.register is not None:
        found = [m for m in found if m.found and request.register in m.found.register]
        if not found:
            known = "; ".join(", ".join(m.register) for m in lift.machines) or "none"
            raise UsageError(
                f"--register must name the register of a state machine ({known}), "
                f"not {request.register!r}"
            )
    single = request.formats and request.formats != ("json",)
    if single and len(found) > 1:
        raise UsageError(
            f"only one machine can be printed as --{request.formats[0]}, "
            f"and module {lift.design.top!r} has {'; '.join(m.name for m in found)}"
            "\n\nhint: choose one with --register"
        )
    return found


def _rewritten(request: Request, lift: Lifted, machine: _Machine) -> str:
    """Return the text of the file with the machine changed.

    Raises:
        UsageError: It cannot be written back.
        CannotJudge: It can, but is not proved equal.
    """
    small = _minimized(request, machine)
    if small.found is None:
        raise UsageError("only a machine of RTL can be written back")
    try:
        written = best_written(
            lift,
            small.found,
            _tables(request, small),
            safe=request.safe,
            smallest=request.smallest,
        )
    except (NotWritable, SourceUnreadable) as error:
        raise UsageError(
            f"the machine in {machine.name} cannot be written back: {error}"
            "\n\nhint: --kiss and --json show it all the same"
        ) from error
    if written is None:
        raise CannotJudge(
            f"the machine in {machine.name} was written anew, but could not be proved equal; "
            "nothing is written"
        )
    _say_written(request, written, lift)
    return written.version.design.sources[written.version.file]


def _say_written(request: Request, written: Written, lift: Lifted) -> None:
    states = len(written.table.states)
    if written.version.design.digest == lift.design.digest:
        _say(request, f"{states} states, area {written.measured.area:.1f}; the text is as it was")
        return
    _say(
        request,
        f"{states} states, written {written.version.style.value}, area "
        f"{written.measured.area:.1f}; proved equal ({written.proof.reason})",
    )


def _tables(request: Request, machine: _Machine) -> list[StateTable]:
    table = machine.table
    if request.encode == "best" or (request.encode is None and not table.codes):
        return [encoding.table for encoding in encodings(table)]
    return [_coded(request, machine).table]


# -- the machine ------------------------------------------------------------


def _minimized(request: Request, machine: _Machine) -> _Machine:
    if not request.minimize:
        return machine
    reduced = minimize_states(machine.table, seconds=request.seconds)
    before, after = len(machine.table.states), len(reduced.table.states)
    least = "the least" if reduced.optimal else f"at least {reduced.bound}"
    _say(request, f"{machine.name}: {before} states become {after}, {least} ({reduced.method})")
    encoding = machine.encoding if reduced.table.codes else ""
    return replace(machine, table=reduced.table, reduced=reduced, encoding=encoding)


def _coded(request: Request, machine: _Machine) -> _Machine:
    if request.encode is None:
        return machine
    try:
        if request.encode == "best":
            best = searched(machine.table, seconds=request.seconds)[0].encoding
        else:
            best = encoded(machine.table, request.encode)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return replace(machine, table=best.table, encoding=best.name)


# -- output -----------------------------------------------------------------


def _printed(
    request: Request,
    machines: Sequence[_Machine],
    missed: Sequence[MissedRecord],
    module: str,
) -> str:
    if request.formats == ("json",):
        record = MachinesRecord(
            module=module, machines=[_record(one) for one in machines], missed=list(missed)
        )
        return record.model_dump_json(indent=2) + "\n"
    if not request.formats:
        return "\n".join([*_listed(machines), ""])
    table = machines[0].table
    writers: dict[str, Callable[[], str]] = {
        "kiss": lambda: write_kiss2(table),
        "dot": lambda: dot(table, name=module),
        "svg": lambda: svg(table, title=f"{module}: {machines[0].name}"),
    }
    return writers[request.formats[0]]()


def _listed(machines: Sequence[_Machine]) -> Iterator[str]:
    for one in machines:
        table = one.table
        kind = "Moore" if table.moore else "Mealy"
        place = f"{one.found.place}: " if one.found is not None and one.found.place else ""
        yield (
            f"{place}{one.name}: {kind}, {len(table.states)} states, "
            f"{len(table.inputs)} inputs, {len(table.outputs)} outputs"
        )
        for state in table.states:
            marks = [table.codes.get(state, ""), "reset" if state == table.reset_state else ""]
            yield f"    {' '.join([state, *(mark for mark in marks if mark)])}"


def _record(machine: _Machine) -> MachineRecord:
    table, found = machine.table, machine.found
    moore = table.moore_outputs
    return MachineRecord(
        registers=list(found.register) if found else [],
        place=found.place if found else "",
        clock=found.clock if found else "clk",
        edge="rising" if found is None or found.rising else "falling",
        resets=[_reset(reset) for reset in found.resets] if found else [],
        inputs=list(table.inputs),
        conditions=_conditions(found) if found else {},
        outputs=list(table.outputs),
        moore=table.moore,
        reset_state=table.reset_state,
        power_on_state=table.power_on_state,
        encoding=machine.encoding,
        states=[
            StateRecord(
                name=state, code=table.codes.get(state, ""), outputs=moore[state] if moore else ""
            )
            for state in table.states
        ],
        transitions=[
            TransitionRecord(state=t.state, inputs=t.inputs, target=t.target, outputs=t.outputs)
            for t in table.transitions
        ],
        minimized=_reduction(machine.reduced) if machine.reduced else None,
    )


def _reset(reset: MachineReset) -> ResetRecord:
    return ResetRecord(
        signal=_shown(reset.signal),
        active_low=reset.active_low,
        asynchronous=reset.asynchronous,
    )


def _conditions(found: ExtractedMachine) -> dict[str, str]:
    plain = (Op.INPUT, Op.REG, Op.SLICE)
    return {name: _shown(node) for name, node in found.inputs.items() if node.op not in plain}


def _shown(node: Node) -> str:
    """Return a node as text, for people."""
    if node.op in (Op.INPUT, Op.REG):
        return str(node.payload)
    if node.op is Op.CONST:
        return f"{node.width}'b{node.payload}"
    inner = ", ".join(map(_shown, node.operands))
    place = f", {node.payload}" if node.payload is not None else ""
    return f"{node.op.value}({inner}{place})"


def _reduction(reduced: Reduced) -> MinimizedRecord:
    return MinimizedRecord(
        states_before=len(reduced.map),
        states=len(reduced.table.states),
        bound=reduced.bound,
        method=reduced.method,
        merged={state: list(others) for state, others in reduced.map.items()},
    )


def _missed(lift: Lifted) -> list[MissedRecord]:
    return [
        MissedRecord(registers=list(one.register), reason=one.reason, place=one.place)
        for one in lift.missed
    ]


def _tell_missed(lift: Lifted) -> None:
    for one in lift.missed:
        place = f"{one.place}: " if one.place else ""
        text = f"{place}no machine was made of {', '.join(one.register)}: {one.reason}"
        stderr().print(visible(text), markup=False)


def _say(request: Request, text: str) -> None:
    if not request.quiet:
        stderr().print(visible(text), markup=False)


def _put(request: Request, text: str) -> None:
    """Print `text`, or write it so that the file is whole or as it was."""
    path = request.output
    if path is None:
        typer.echo(text, nl=False)
        return
    write_whole(path, text)
