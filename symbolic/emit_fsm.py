"""Finite-state machines as Verilog-2005: a state register, next-state logic, output logic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.interface import Clock, Edge, Interface, Port, Reset
from symbolic.cubes import Cube, minterm
from symbolic.emit_module import Body, fresh, module
from symbolic.expression import (
    Const,
    Expression,
    bit,
    constant,
    literal_count,
    names,
    verilog,
)
from symbolic.minimize import Function
from symbolic.names import identifier
from symbolic.state_table import StateTable
from symbolic.synthesize import synthesize

_LISTED_STATES = 4
"""Most states that an output is compared with in one expression."""
_RECOVERY_INPUTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A machine and the names chosen for it."""

    interface: Interface
    machine: StateTable
    state: str
    next_state: str
    labels: Mapping[str, str]
    """The `localparam` of each state."""
    home: str
    """Where don't-care next states lead."""

    @property
    def width(self) -> int:
        return len(self.machine.codes[self.home])

    @property
    def variables(self) -> list[Expression]:
        return [bit(name) for name in self.machine.inputs]


def emit_fsm(
    interface: Interface, machine: StateTable, *, origin: str = "", encoding: str = "binary"
) -> str:
    """Return a module that is `machine`; clock edge and resets are the interface's.

    Codes that the machine fixes are kept; otherwise `encoding` is `binary`,
    `gray` or `one-hot`. Don't-care next states lead to the reset state. Without
    a reset port the state is initialized if the machine says how it starts.

    Raises:
        ValueError: There is not exactly one clock, an output is not defined or
            unknown, or an input is no port.
    """
    clock = _clock(interface)
    _check_bits(interface, machine)
    plan = _plan(interface, machine if machine.codes else machine.with_codes(encoding))
    bodies = [_declarations(plan), _next_state(plan), _register(plan, clock), *_outputs(plan)]
    return module(interface, bodies, origin)


def emit_specified(interface: Interface, machine: StateTable) -> str:
    """Return a module that says what `machine` says, and x wherever it leaves something open.

    Meant for proofs, whose don't-cares are the x of the golden design: after a next state that
    is open, so is everything up to a reset.

    Raises:
        ValueError: As `emit_fsm`.
    """
    clock = _clock(interface)
    _check_bits(interface, machine)
    plan = _plan(interface, machine if machine.codes else machine.with_codes("binary"))
    ports = interface.outputs
    lines = ["always @(*) begin", f"    {plan.next_state} = {{{plan.width}{{1'bx}}}};"]
    lines += [f"    {port.name} = {{{port.width}{{1'bx}}}};" for port in ports]
    lines.append(f"    case ({plan.state})")
    for name in machine.states:
        lines += [f"        {plan.labels[name]}: begin"]
        lines += [f"            {line}" for line in _said(plan, name)]
        lines.append("        end")
    body = Body(
        lines=(*lines, "        default: ;", "    endcase", "end"),
        read=frozenset(machine.inputs),
        registers=frozenset(port.name for port in ports),
    )
    return module(interface, [_declarations(plan), body, _register(plan, clock)], "")


def _said(plan: _Plan, name: str) -> list[str]:
    """Return assignments of all that the machine specifies in one state."""
    machine = plan.machine
    lines = [] if machine.moore_outputs is None else _bits(plan, machine.moore_outputs[name])
    for _, t in machine.leaving(name):
        assigns = _bits(plan, t.outputs)
        if t.target is not None:
            assigns.append(f"{plan.next_state} = {plan.labels[t.target]};")
        cares = zip(machine.inputs, t.inputs, strict=True)
        literals = [
            f"{'' if bit_value == '1' else '!'}{i}" for i, bit_value in cares if bit_value != "-"
        ]
        lines.append(f"if ({' && '.join(literals) or 1}) begin {' '.join(assigns)} end")
    return lines


def _bits(plan: _Plan, outputs: str) -> list[str]:
    values = zip(plan.machine.outputs, outputs, strict=bool(outputs))
    return [f"{output} = 1'b{value};" for output, value in values if value != "-"]


def _clock(interface: Interface) -> Clock:
    if len(interface.clocks) != 1:
        raise ValueError(
            f"a state machine needs exactly one clock, and {interface.module!r} has "
            f"{len(interface.clocks)}"
        )
    return interface.clocks[0]


def _check_bits(interface: Interface, machine: StateTable) -> None:
    inputs = {name for port in interface.inputs for name in port.bits}
    outputs = [name for port in interface.outputs for name in port.bits]
    for name in machine.inputs:
        if name not in inputs:
            raise ValueError(f"module {interface.module!r} has no input bit {name!r}")
    for name in machine.outputs:
        if name not in outputs:
            raise ValueError(f"module {interface.module!r} has no output bit {name!r}")
    missing = [name for name in outputs if name not in machine.outputs]
    if missing:
        raise ValueError(f"the machine does not define output bit {missing[0]!r}")


def _plan(interface: Interface, machine: StateTable) -> _Plan:
    state = fresh("state", interface)
    next_state = fresh("next_state", interface, [state])
    taken = {port.name for port in interface.ports} | {state, next_state, "unused"}
    labels: dict[str, str] = {}
    for name in machine.states:
        labels[name] = identifier(name, taken)
        taken.add(labels[name])
    home = machine.reset_state or machine.power_on_state or machine.states[0]
    return _Plan(
        interface=interface,
        machine=machine,
        state=state,
        next_state=next_state,
        labels=labels,
        home=home,
    )


def _declarations(plan: _Plan) -> Body:
    bounds = f"[{plan.width - 1}:0] " if plan.width > 1 else ""
    width = max(map(len, plan.labels.values()))
    entries = [
        f"    {plan.labels[name]:<{width}} = {plan.width}'b{plan.machine.codes[name]}"
        for name in plan.machine.states
    ]
    lines = [f"localparam {bounds}".rstrip(), *(f"{entry}," for entry in entries[:-1])]
    lines += [f"{entries[-1]};", "", f"reg {bounds}{plan.state};"]
    return Body(lines=(*lines, f"reg {bounds}{plan.next_state};"), read=frozenset())


# -- next state -------------------------------------------------------------


def _next_state(plan: _Plan) -> Body:
    lines = ["always @(*) begin", f"    case ({plan.state})"]
    read: set[str] = set()
    for name in plan.machine.states:
        branches = _branches(plan, name)
        read |= {bit_name for condition, _ in branches for bit_name in names(condition)}
        lines += [f"        {line}" for line in _branch_lines(plan, plan.labels[name], branches)]
    branches = _recovery(plan)
    read |= {bit_name for condition, _ in branches for bit_name in names(condition)}
    lines += [f"        {line}" for line in _branch_lines(plan, "default", branches)]
    return Body(lines=(*lines, "    endcase", "end"), read=frozenset(read))


_Branches = list[tuple[Expression, str]]
"""Conditions tried in order and the state each leads to; the last condition is 1."""


def _branches(plan: _Plan, name: str) -> _Branches:
    targets: dict[str, list[Cube]] = {}
    for cube, t in plan.machine.leaving(name):
        if t.target is not None:
            targets.setdefault(t.target, []).append(cube)
    open_inputs = plan.machine.unspecified(name)
    if open_inputs:
        targets.setdefault(plan.home, []).extend(open_inputs)
    return _decisions(plan, targets)


def _recovery(plan: _Plan) -> _Branches:
    """Return what to do in no known state: without a reset, what all states agree on."""
    width = len(plan.machine.inputs)
    targets: dict[str, list[Cube]] = {}
    if plan.machine.reset_state is None and width <= _RECOVERY_INPUTS:
        for number in range(1 << width):
            inputs = format(number, f"0{width}b") if width else ""
            goals = {plan.machine.follow(name, inputs)[0] for name in plan.machine.states}
            goal = goals.pop() if len(goals) == 1 else None
            targets.setdefault(goal or plan.home, []).append(minterm(number, width))
    return _decisions(plan, targets or {plan.home: [Cube(0, 0)]})


def _decisions(plan: _Plan, targets: dict[str, list[Cube]]) -> _Branches:
    found: _Branches = []
    while len(targets) > 1:
        conditions = {target: _condition(plan, target, targets) for target in targets}
        chosen = min(targets, key=lambda target: _simplicity(conditions[target]))
        found.append((conditions[chosen], chosen))
        del targets[chosen]
    return [*found, (Const(1), next(iter(targets)))]


def _condition(plan: _Plan, target: str, targets: Mapping[str, Sequence[Cube]]) -> Expression:
    others = [cube for name, cubes in targets.items() if name != target for cube in cubes]
    f = Function(width=len(plan.machine.inputs), on=tuple(targets[target]), off=tuple(others))
    return synthesize(f, plan.variables)


def _simplicity(condition: Expression) -> tuple[int, int]:
    return literal_count(condition), verilog(condition).count("~")


def _branch_lines(plan: _Plan, label: str, branches: _Branches) -> list[str]:
    go = f"{plan.next_state} ="
    goals = [plan.labels[target] for _, target in branches]
    conditions = [verilog(condition) for condition, _ in branches]
    if len(branches) == 1:
        return [f"{label}: {go} {goals[0]};"]
    if len(branches) == 2:
        condition = conditions[0]
        choice = condition if _atomic(branches[0][0]) else f"({condition})"
        return [f"{label}: {go} {choice} ? {goals[0]} : {goals[1]};"]
    lines = [f"{label}:"]
    for i, (condition, goal) in enumerate(zip(conditions, goals, strict=True)):
        keyword = "if" if i == 0 else "else if"
        lines.append(
            f"    else {go} {goal};"
            if i == len(goals) - 1
            else f"    {keyword} ({condition}) {go} {goal};"
        )
    return lines


def _atomic(condition: Expression) -> bool:
    return literal_count(condition) == 1


# -- the register -----------------------------------------------------------


def _register(plan: _Plan, clock: Clock) -> Body:
    resets = plan.interface.resets if plan.machine.reset_state is not None else ()
    edge = "posedge" if clock.edge is Edge.RISING else "negedge"
    events = [f"{edge} {clock.port}"]
    events += [
        f"{'negedge' if reset.active_low else 'posedge'} {reset.port}"
        for reset in resets
        if reset.asynchronous
    ]
    lines = [f"always @({' or '.join(events)}) begin"]
    if resets:
        condition = " || ".join(map(_active, resets))
        lines.append(f"    if ({condition}) {plan.state} <= {plan.labels[plan.home]};")
        lines.append(f"    else {plan.state} <= {plan.next_state};")
    else:
        lines.append(f"    {plan.state} <= {plan.next_state};")
    lines.append("end")
    start = plan.machine.power_on_state
    if start is None and not plan.interface.resets:
        start = plan.machine.reset_state
    if start is not None:
        lines = [f"initial {plan.state} = {plan.labels[start]};", "", *lines]
    return Body(lines=tuple(lines), read=frozenset((clock.port, *(r.port for r in resets))))


def _active(reset: Reset) -> str:
    return f"!{reset.port}" if reset.active_low else reset.port


# -- outputs ----------------------------------------------------------------


def _outputs(plan: _Plan) -> list[Body]:
    if plan.machine.moore_outputs is None:
        return [_mealy(plan)] if plan.machine.outputs else []
    ports = plan.interface.outputs
    found = {port.name: _moore_expression(plan, port) for port in ports}
    assigns = [f"assign {name} = {text};" for name, text in found.items() if text is not None]
    bodies = [Body(lines=tuple(assigns), read=frozenset())] if assigns else []
    left = [port for port in ports if found[port.name] is None]
    return [*bodies, _moore_case(plan, left)] if left else bodies


def _moore_values(plan: _Plan, port: Port) -> dict[str, str]:
    outputs = plan.machine.moore_outputs or {}
    columns = [plan.machine.outputs.index(name) for name in port.bits]
    return {name: "".join(outputs[name][i] for i in columns) for name in plan.machine.states}


def _moore_expression(plan: _Plan, port: Port) -> str | None:
    """Return the port as a short expression of the state, None if there is none."""
    values = _moore_values(plan, port)
    if all(_fits(value, plan.machine.codes[name]) for name, value in values.items()):
        return plan.state
    constants = {value for value in values.values() if set(value) != {"-"}}
    if len(constants) <= 1:
        bits = (constants or {"0" * port.width}).pop().replace("-", "0")
        return constant(int(bits, 2), port.width)
    if port.width > 1:
        return None
    ones = [plan.labels[name] for name, value in values.items() if value == "1"]
    zeros = [plan.labels[name] for name, value in values.items() if value == "0"]
    if min(len(ones), len(zeros)) > _LISTED_STATES:
        return None
    if len(ones) <= len(zeros):
        return _any_of(plan, ones, "==", " || ")
    return _any_of(plan, zeros, "!=", " && ")


def _fits(value: str, code: str) -> bool:
    return len(value) == len(code) and all(v in ("-", c) for v, c in zip(value, code, strict=True))


def _any_of(plan: _Plan, labels: Sequence[str], sign: str, join: str) -> str:
    return join.join(f"({plan.state} {sign} {label})" for label in labels)


def _moore_case(plan: _Plan, ports: Sequence[Port]) -> Body:
    values = {port.name: _moore_values(plan, port) for port in ports}
    target = ports[0].name if len(ports) == 1 else "{" + ", ".join(p.name for p in ports) + "}"
    width = sum(port.width for port in ports)
    lines = ["always @(*) begin", f"    case ({plan.state})"]
    for name in plan.machine.states:
        word = "".join(values[port.name][name] for port in ports).replace("-", "0")
        value = constant(int(word, 2), width)
        lines.append(f"        {plan.labels[name]}: {target} = {value};")
    lines.append(f"        default: {target} = {constant(0, width)};")
    return Body(
        lines=(*lines, "    endcase", "end"),
        read=frozenset(),
        registers=frozenset(port.name for port in ports),
    )


def _mealy(plan: _Plan) -> Body:
    """Write outputs state by state; only what differs from 0 is mentioned."""
    ports = plan.interface.outputs
    lines = ["always @(*) begin"]
    lines += [f"    {port.name} = {constant(0, port.width)};" for port in ports]
    lines.append(f"    case ({plan.state})")
    read: set[str] = set()
    for name in plan.machine.states:
        assigns = []
        for port in ports:
            values = [_mealy_bit(plan, name, output) for output in port.bits]
            read |= {bit_name for value in values for bit_name in names(value)}
            if any(value != Const(0) for value in values):
                assigns.append(f"{port.name} = {_word(values)};")
        lines += [f"        {line}" for line in _state_block(plan.labels[name], assigns)]
    lines += ["        default: ;", "    endcase", "end"]
    registers = frozenset(port.name for port in ports)
    return Body(lines=tuple(lines), read=frozenset(read), registers=registers)


def _state_block(label: str, assigns: Sequence[str]) -> list[str]:
    if not assigns:
        return []
    if len(assigns) == 1:
        return [f"{label}: {assigns[0]}"]
    return [f"{label}: begin", *(f"    {assign}" for assign in assigns), "end"]


def _mealy_bit(plan: _Plan, state: str, output: str) -> Expression:
    column = plan.machine.outputs.index(output)
    leaving = plan.machine.leaving(state)
    f = Function(
        width=len(plan.machine.inputs),
        on=tuple(cube for cube, t in leaving if t.outputs[column] == "1"),
        off=tuple(cube for cube, t in leaving if t.outputs[column] == "0"),
    )
    return synthesize(f, plan.variables)


def _word(values: Sequence[Expression]) -> str:
    if all(isinstance(value, Const) for value in values):
        bits = "".join(str(value.value) for value in values if isinstance(value, Const))
        return constant(int(bits, 2), len(bits))
    if len(values) == 1:
        return verilog(values[0])
    return "{" + ", ".join(map(verilog, values)) + "}"
