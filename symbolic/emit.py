"""Combinational functions as Verilog-2005.

A function is written as `assign`s of short expressions or, where that reads
better, as one `case`. The text is deterministic, has no latches, and passes
`iverilog -Wall` and `verilator --lint-only -Wall`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.interface import Interface, Port
from symbolic.circuit import Circuit, emit_circuit
from symbolic.cubes import CoverTooLarge, cube_from_text, overlaps
from symbolic.emit_fsm import emit_fsm
from symbolic.emit_module import Body, joined, module
from symbolic.equations import Equations
from symbolic.expression import Const, Expression, constant, literal_count, names, verilog
from symbolic.next_state import NextStateLogic
from symbolic.state_table import StateTable
from symbolic.synthesize import expression_for
from symbolic.truth_table import Row, TruthTable

Function = TruthTable | Equations

_WIDE_INPUTS = 12
"""More inputs than this are never minimized when a `case` can be written."""
_MANY_ROWS = 256

__all__ = ["emit_circuit", "emit_combinational", "emit_fsm", "emit_model", "emit_next_state_logic"]


def emit_model(
    interface: Interface, model: Function | StateTable | Circuit, *, origin: str = ""
) -> str:
    """Return a module for any one value that says what all outputs are.

    Raises:
        ValueError: The model does not fit the interface.
    """
    if isinstance(model, StateTable):
        return emit_fsm(interface, model, origin=origin)
    if isinstance(model, Circuit):
        return emit_circuit(interface, model, origin=origin)
    return emit_combinational(interface, model, origin=origin)


def emit_combinational(interface: Interface, *functions: Function, origin: str = "") -> str:
    """Return a module whose outputs are `functions`; `origin` becomes the leading comment.

    Raises:
        ValueError: An output bit is defined by none of them or twice, or a function
            reads or drives what is no port.
    """
    _check_coverage(interface, functions)
    bodies = []
    for function in functions:
        if isinstance(function, Equations):
            bodies.append(_equations_body(function))
        else:
            bodies.append(_table_body(interface, function))
    return module(interface, bodies, origin)


def emit_next_state_logic(interface: Interface, logic: NextStateLogic, *, origin: str = "") -> str:
    """Return a module that is the combinational part of a machine; the state is an input.

    One-hot machines are written by inspection, so that the text means something
    for states with several bits set, too.
    """
    function = logic.table if logic.equations is None else logic.equations
    return emit_combinational(interface, function, origin=origin)


def _check_coverage(interface: Interface, functions: Sequence[Function]) -> None:
    wanted = {bit for port in interface.outputs for bit in port.bits}
    known = {bit for port in interface.inputs for bit in port.bits}
    defined: set[str] = set()
    for function in functions:
        for bit in function.output_bits:
            if bit not in wanted:
                raise ValueError(f"module {interface.module!r} has no output bit {bit!r}")
            if bit in defined:
                raise ValueError(f"output bit {bit!r} is defined twice")
            defined.add(bit)
        strange = set(function.input_bits) - known
        if strange:
            raise ValueError(f"module {interface.module!r} has no input bit {min(strange)!r}")
    missing = [bit for port in interface.outputs for bit in port.bits if bit not in defined]
    if missing:
        raise ValueError(f"nothing defines output bit {missing[0]!r} of {interface.module!r}")


# -- assigns ----------------------------------------------------------------


def _equations_body(equations: Equations) -> Body:
    lines = [f"assign {a.target.text} = {verilog(a.value)};" for a in equations.assignments]
    read = {name for a in equations.assignments for name in names(a.value)}
    return Body(lines=tuple(lines), read=frozenset(read))


def _table_body(interface: Interface, table: TruthTable) -> Body:
    rows = case_rows(table)
    ports = whole_ports(interface, table.outputs)
    possible = rows is not None and ports is not None and bool(table.inputs)
    large = len(table.inputs) > _WIDE_INPUTS or len(table.rows) > _MANY_ROWS
    if possible and large and rows is not None and ports is not None:
        return _case_body(interface, table, rows, ports)
    expressions = {name: expression_for(table, name) for name in table.outputs}
    if possible and rows is not None and ports is not None and _reads_better(expressions, rows):
        return _case_body(interface, table, rows, ports)
    return _assign_body(interface, table, expressions)


def _reads_better(expressions: dict[str, Expression], rows: Sequence[Row]) -> bool:
    """Tell whether a case over `rows` is easier to read than the expressions."""
    literals = sum(literal_count(expression) for expression in expressions.values())
    if len(expressions) == 1:
        return len(rows) <= 64 and literals > 4 * len(rows)
    return literals > 2 * len(rows)


def _assign_body(
    interface: Interface, table: TruthTable, expressions: dict[str, Expression]
) -> Body:
    lines = []
    for port in interface.outputs:
        mine = {bit: expressions[bit] for bit in port.bits if bit in expressions}
        if len(mine) == port.width > 1 and all(isinstance(e, Const) for e in mine.values()):
            bits = "".join(str(e.value) for e in mine.values() if isinstance(e, Const))
            lines.append(f"assign {port.name} = {constant(int(bits, 2), port.width)};")
        else:
            lines += [f"assign {bit} = {verilog(value)};" for bit, value in mine.items()]
    read = {name for expression in expressions.values() for name in names(expression)}
    return Body(lines=tuple(lines), read=frozenset(read))


# -- case -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Output ports assigned together in a case."""

    text: str
    ports: tuple[Port, ...]
    columns: tuple[int, ...]
    """Where the ports' bits stand in the table's outputs, highest first."""

    def value(self, outputs: str) -> str:
        """Write the ports' value; don't-cares become 0."""
        bits = "".join(outputs[i] for i in self.columns).replace("-", "0")
        return constant(int(bits, 2), len(bits))


def whole_ports(interface: Interface, outputs: Sequence[str]) -> tuple[Port, ...] | None:
    """Return the ports that `outputs` make up, None if one is only there in part."""
    ports = [port for port in interface.outputs if set(port.bits) & set(outputs)]
    if any(not set(port.bits) <= set(outputs) for port in ports):
        return None
    return tuple(sorted(ports, key=lambda port: min(outputs.index(bit) for bit in port.bits)))


def case_rows(table: TruthTable) -> list[Row] | None:
    """Return the rows of a case statement, None if rows overlap."""
    rows: dict[str, str] = {}
    for row in table.rows:
        known = rows.get(row.inputs, "-" * len(table.outputs))
        merged = (q if p == "-" else p for p, q in zip(known, row.outputs, strict=True))
        rows[row.inputs] = "".join(merged)
    try:
        if any(overlaps([cube_from_text(inputs) for inputs in rows])):
            return None
    except CoverTooLarge:
        return None
    return [
        Row(inputs=inputs, outputs=outputs)
        for inputs, outputs in rows.items()
        if set(outputs) != {"-"} and outputs != table.default
    ]


def _case_body(
    interface: Interface, table: TruthTable, rows: Sequence[Row], ports: Sequence[Port]
) -> Body:
    target = _target(table, ports)
    subject = joined(interface, table.inputs)
    keyword = "casez" if any("-" in row.inputs for row in rows) else "case"
    lines = ["always @(*) begin", f"    {keyword} ({subject})"]
    for row in rows:
        lines.append(f"        {pattern(row.inputs)}: {target.text} = {target.value(row.outputs)};")
    default = table.default or "-" * len(table.outputs)
    lines.append(f"        default: {target.text} = {target.value(default)};")
    return Body(
        lines=(*lines, "    endcase", "end"),
        read=frozenset(table.inputs),
        registers=frozenset(port.name for port in ports),
    )


def _target(table: TruthTable, ports: Sequence[Port]) -> Target:
    names_ = [port.name for port in ports]
    bits = [bit for port in ports for bit in port.bits]
    return Target(
        text=names_[0] if len(names_) == 1 else "{" + ", ".join(names_) + "}",
        ports=tuple(ports),
        columns=tuple(table.outputs.index(bit) for bit in bits),
    )


def pattern(inputs: str) -> str:
    """Write a case item; `-` becomes `?`."""
    if "-" in inputs or len(inputs) <= 8:
        return f"{len(inputs)}'b{inputs.replace('-', '?')}"
    return constant(int(inputs, 2), len(inputs))
