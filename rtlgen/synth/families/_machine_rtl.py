"""Drawn machines as Verilog, in several styles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import ClockAndReset, Slip, indented
from rtlgen.synth.families._machine import Machine, codes, differ

STYLES = ("two-process", "one-process", "output-case", "one-hot")
"""Ways to code a machine, the most usual one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A machine with codes for its states and a style of coding."""

    machine: Machine
    timing: ClockAndReset
    width: int
    codes: tuple[int, ...]
    style: str = STYLES[0]
    start: int = 0
    """The state that reset leads to."""
    left_out: int | None = None
    """A state without an arm of its own in the case over states."""
    late: bool = False
    """Whether the outputs come a cycle late."""

    def body(self) -> str:
        """Return the module's body."""
        parts = [self._constants(), self._registers(), self._transitions(), self._outputs()]
        return "\n\n".join(parts)

    def registered(self) -> tuple[str, ...]:
        """Return the outputs assigned in procedures."""
        cases = self.style == "output-case"
        return tuple(n for n, width in self.machine.outputs if cases or width > 1)

    def _constants(self) -> str:
        names = zip(self.machine.states, self.codes, strict=True)
        lines = [f"{name} = {self.width}'b{code:0{self.width}b}" for name, code in names]
        if len(lines) <= 4:
            return f"localparam {', '.join(lines)};"
        return "localparam\n" + indented(",\n".join(lines)) + ";"

    def _registers(self) -> str:
        size = f"[{self.width - 1}:0] " if self.width > 1 else ""
        names = "state" if self.style == "one-process" else "state, next_state"
        late = "".join(
            f"\nreg {f'[{w - 1}:0] ' if w > 1 else ''}{n}_now;"
            for n, w in self.machine.outputs
            if self.late
        )
        return f"reg {size}{names};{late}"

    def _transitions(self) -> str:
        first = self.machine.states[self.start]
        if self.style == "one-process":
            return self.timing.always(self._case("state <="), f"state <= {first};")
        return (
            f"always @(*) begin\n{indented(self._case('next_state ='))}\nend\n\n"
            + self.timing.always("state <= next_state;", f"state <= {first};")
        )

    def _case(self, target: str) -> str:
        def arm(state: int) -> str:
            names = [self.machine.states[to] for to in self.machine.following[state]]
            return choice(self.machine.inputs, names, lambda name: f"{target} {name};")

        return self._cases(arm, f"{target} {self.machine.states[0]};")

    def _cases(self, arm: Callable[[int], str], default: str) -> str:
        arms = [
            f"{name}: {arm(state)}"
            for state, name in enumerate(self.machine.states)
            if state != self.left_out
        ]
        inner = "\n".join([*arms, f"default: {default}"])
        return f"case (state)\n{indented(inner)}\nendcase"

    def _outputs(self) -> str:
        registered = self.registered()
        parts = []
        for i, (name, width) in enumerate(self.machine.outputs):
            target = f"{name}_now" if self.late else name
            in_case = name in registered
            parts.append(self._output_case(i, target, width) if in_case else self._or(i, target))
            if self.late:
                parts.append(_delayed(self.timing, name, width, name in registered))
        return "\n\n".join(parts) if registered or self.late else "\n".join(parts)

    def _output_case(self, at: int, target: str, width: int) -> str:
        def arm(state: int) -> str:
            numbers = [f"{width}'b{row[at]:0{width}b}" for row in self.machine.values[state]]
            return choice(self.machine.inputs, numbers, lambda value: f"{target} = {value};")

        case = replace(self, left_out=None)._cases(arm, f"{target} = {width}'b{0:0{width}b};")
        return f"always @(*) begin\n{indented(case)}\nend"

    def _or(self, at: int, target: str) -> str:
        terms = []
        for state, name in enumerate(self.machine.states):
            bits = [row[at] for row in self.machine.values[state]]
            terms += _terms(f"state == {name}", self.machine.inputs, bits)
        return f"assign {target} = {' || '.join(terms) or chr(49) + chr(39) + 'b0'};"


def _delayed(timing: ClockAndReset, name: str, width: int, registered: bool) -> str:
    register = name if registered else f"{name}_late"
    always = timing.always(f"{register} <= {name}_now;", f"{register} <= {width}'b0;")
    return always if registered else f"reg {register};\n{always}\nassign {name} = {register};"


def _terms(state: str, inputs: Sequence[str], bits: Sequence[int]) -> list[str]:
    if all(bits):
        return [f"({state})"]
    return [
        f"({' && '.join([state, *literals(inputs, value)])})"
        for value, bit in enumerate(bits)
        if bit
    ]


def literals(inputs: Sequence[str], value: int) -> list[str]:
    """Return the inputs that `value` sets, and the others negated."""
    bits = f"{value:0{len(inputs)}b}"
    return [name if bit == "1" else f"!{name}" for name, bit in zip(inputs, bits, strict=True)]


def choice(inputs: Sequence[str], items: Sequence[str], statement: Callable[[str], str]) -> str:
    """Return a statement that picks one of `items` by the value of single-bit inputs."""
    if len(set(items)) == 1:
        return statement(items[0])
    if len(inputs) == 1:
        return statement(f"{inputs[0]} ? {items[1]} : {items[0]}")
    arms = [f"{len(inputs)}'b{i:0{len(inputs)}b}: {statement(x)}" for i, x in enumerate(items)]
    arms[-1] = f"default: {statement(items[-1])}"
    return f"case ({{{', '.join(inputs)}}})\n{indented(chr(10).join(arms))}\nendcase"


def code(draw: Draw, machine: Machine, timing: ClockAndReset) -> Coded:
    """Return the machine in a drawn style, with codes of our own choice."""
    style = draw.style(*STYLES)
    width, given = codes(draw, len(machine.states), "one-hot" if style == "one-hot" else "binary")
    return Coded(machine=machine, timing=timing, width=width, codes=given, style=style)


def slips(draw: Draw, coded: Coded) -> tuple[Slip, ...]:
    """Return wrong codings of a machine that can be told from the right one."""
    found = [_wrong_transition(draw, coded), _wrong_output(draw, coded), _left_out(coded)]
    machine = coded.machine
    if machine.following[0] != machine.following[1] or machine.values[0] != machine.values[1]:
        found.append(Slip(name="wrong-reset-state", body=replace(coded, start=1).body()))
    found.append(Slip(name="output-one-cycle-late", body=replace(coded, late=True).body()))
    return tuple(slip for slip in found if slip is not None)


def _wrong_transition(draw: Draw, coded: Coded) -> Slip | None:
    machine = coded.machine
    for _ in range(20):
        state = draw.integer(0, len(machine.states) - 1)
        value = draw.integer(0, machine.size - 1)
        to = draw.integer(0, len(machine.states) - 1)
        wrong = machine.with_next(state, value, to)
        if differ(machine, wrong):
            return Slip(name="wrong-transition", body=replace(coded, machine=wrong).body())
    return None


def _wrong_output(draw: Draw, coded: Coded) -> Slip | None:
    machine = coded.machine
    one, other = draw.random.sample(range(len(machine.states)), 2)
    wrong = machine.with_values(one, machine.values[other])
    if not differ(machine, wrong):
        return None
    return Slip(name="wrong-output", body=replace(coded, machine=wrong).body())


def _left_out(coded: Coded) -> Slip | None:
    last = len(coded.machine.states) - 1
    wrong = coded.machine
    for value in range(wrong.size):
        wrong = wrong.with_next(last, value, 0)
    if not differ(coded.machine, wrong):
        return None
    return Slip(name="missing-state", body=replace(coded, left_out=last).body())
