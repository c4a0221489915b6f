"""State tables and diagrams to RTL: the whole machine, or its next-state logic alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rtlgen.design.builtin.compiled import Compiled, Unfit, origin
from rtlgen.spec.fragments.encoding import says_one_hot
from rtlgen.spec.fragments.next_state import NextState, find_next_state
from rtlgen.spec.fragments.source import Source
from rtlgen.spec.model import Fragment, Spec
from symbolic.emit import emit_fsm, emit_next_state_logic
from symbolic.next_state import next_state_logic
from symbolic.state_table import StateTable


def compile_machine(
    spec: Spec, machines: Sequence[Fragment], functions: Sequence[Fragment]
) -> Compiled:
    """Return the machine, or the logic around its state registers, that `machines` define.

    Raises:
        Unfit: There are several machines, or they do not determine the module.
    """
    if len(machines) > 1:
        raise Unfit("the specification has more than one state machine")
    if functions:
        raise Unfit("the specification has equations or tables beside its state machine")
    (fragment,) = machines
    machine: StateTable = fragment.value
    source = Source.of(spec.text, spec.interface)
    roles = find_next_state(source, machine.states)
    if roles:
        return _logic(spec, source, fragment, roles)
    return _registered(spec, fragment)


def _registered(spec: Spec, fragment: Fragment) -> Compiled:
    machine: StateTable = fragment.value
    interface = spec.interface
    if len(interface.clocks) != 1:
        raise Unfit("a state machine needs a clock, and the module has none or several")
    if len(interface.resets) > 1:
        raise Unfit("the module has more than one reset")
    if not interface.resets and machine.reset_state is None:
        raise Unfit("neither a reset nor a first state is given for the state machine")
    machine = _with_state_port(spec, machine)
    _check_ports(spec, machine.inputs, machine.outputs)
    if not interface.resets:
        machine = replace(machine, power_on_state=machine.reset_state)
    encoding = "one-hot" if says_one_hot(spec.text) and not machine.codes else "binary"
    used = (fragment,)
    try:
        verilog = emit_fsm(interface, machine, origin=origin(used), encoding=encoding)
    except ValueError as error:
        raise Unfit(str(error)) from error
    return Compiled(verilog=verilog, reference=machine, used=used, notes=_notes(spec, fragment))


def _with_state_port(spec: Spec, machine: StateTable) -> StateTable:
    """Return the machine with the output that shows its state code, if there is such a port."""
    width = len(next(iter(machine.codes.values()), ""))
    for port in spec.interface.outputs:
        undefined = not set(port.bits) & set(machine.outputs)
        if undefined and port.width == width and _shows_state(spec, port.name):
            outputs = {
                s: (machine.moore_outputs or {}).get(s, "") + c for s, c in machine.codes.items()
            }
            arrows = tuple(
                replace(
                    t, outputs=t.outputs if machine.moore else t.outputs + machine.codes[t.state]
                )
                for t in machine.transitions
            )
            return replace(
                machine,
                outputs=(*machine.outputs, *port.bits),
                transitions=arrows,
                moore_outputs=outputs if machine.moore else None,
            )
    return machine


_STATE_PORT = re.compile(
    r"(?:(?:current|present|cur|cs|ps|fsm)_?)?(?:state|st)(?:_?(?:out|o|q|reg))?|cs|ps"
)
_SHOWS = r"(?:shows?|is|gives|outputs?|carries|holds)\s+the\s+(?:code\s+of\s+the\s+)?"


def _shows_state(spec: Spec, name: str) -> bool:
    """Whether an output is the state register: by its name, or because the text says so."""
    if _STATE_PORT.fullmatch(name):
        return True
    port = rf"(?<!\w){re.escape(name)}(?:\[[\d:]+\])?[`\s]+"
    said = re.compile(rf"{port}{_SHOWS}(?:current|present)?\s*state\b")
    return bool(said.search(" ".join(spec.text.split())))


def _logic(spec: Spec, source: Source, fragment: Fragment, roles: NextState) -> Compiled:
    machine = _coded(spec, fragment.value, roles)
    _check_named(source, roles)
    following = _following(machine, roles)
    outputs = tuple(name for name in machine.outputs if name not in {*roles.bits, *roles.states})
    _check_ports(
        spec,
        (*machine.inputs, *roles.state.bits),
        (*outputs, *(name for name in following if name)),
    )
    used = (fragment,)
    try:
        logic = next_state_logic(
            machine, state=roles.state.bits, next_state=following, outputs=outputs
        )
        verilog = emit_next_state_logic(spec.interface, logic, origin=origin(used))
    except ValueError as error:
        raise Unfit(str(error)) from error
    return Compiled(verilog=verilog, reference=logic.table, used=used, notes=_notes(spec, fragment))


def _coded(spec: Spec, machine: StateTable, roles: NextState) -> StateTable:
    """Return the machine with codes as wide as the state input.

    Raises:
        Unfit: The text does not say which codes.
    """
    width = roles.state.width
    if machine.codes:
        if len(next(iter(machine.codes.values()))) != width:
            raise Unfit(f"the state codes do not have the {width} bits of {roles.state.name!r}")
        return machine
    if says_one_hot(spec.text) and width == len(machine.states):
        return machine.with_codes("one-hot")
    raise Unfit("the state codes are not given")


def _following(machine: StateTable, roles: NextState) -> list[str | None]:
    """Return the output bit for each bit of the next state's code, None where none is asked for."""
    by_bit = {bit: output for output, bit in roles.bits.items()}
    for output, state in roles.states.items():
        if not machine.one_hot:
            raise Unfit(f"{output!r} names a state, but the codes are not one-hot")
        bit = roles.state.bits[machine.codes[state].index("1")]
        if bit in by_bit:
            raise Unfit(f"{output!r} and {by_bit[bit]!r} are the same next-state signal")
        by_bit[bit] = output
    return [by_bit.get(bit) for bit in roles.state.bits]


def _check_named(source: Source, roles: NextState) -> None:
    """Refuse a text that speaks of other next-state bits than the module has.

    Raises:
        Unfit: A signal such as `Y4` is spoken of and is no port, or another
            register than the one an output is named after.
    """
    numbered = {
        m[2]: m[1] for name in roles.bits if (m := re.fullmatch(r"([A-Za-z_]+?)_?(\d+)", name))
    }
    if not numbered:
        return
    prose = source.prose
    base = next(iter(numbered.values()))
    spoken = set(re.findall(rf"(?<!\w){re.escape(base)}_?(\d+)(?!\w)", prose))
    registers = set(re.findall(rf"(?<!\w){re.escape(roles.state.name)}\[(\d+)\]", prose))
    if not spoken <= set(numbered):
        raise Unfit(f"the text speaks of {base}{min(spoken - set(numbered))}, which is no port")
    if registers and not registers <= set(numbered):
        extra = min(registers - set(numbered))
        raise Unfit(f"it is not clear which output belongs to {roles.state.name}[{extra}]")


def _check_ports(spec: Spec, inputs: Sequence[str], outputs: Sequence[str]) -> None:
    for port in spec.interface.outputs:
        for bit in port.bits:
            if bit not in outputs:
                raise Unfit(f"the state machine does not define output {bit!r}")
    for port in spec.interface.data_inputs:
        if not set(port.bits) & set(inputs):
            raise Unfit(f"the state machine does not say what input {port.name!r} does")


def _notes(spec: Spec, fragment: Fragment) -> tuple[str, ...]:
    asked = [f for f in spec.findings if f.rule in {"reset-state", "unstated-output"}]
    return fragment.notes + tuple(f"{finding.message}: {finding.assumption}" for finding in asked)
