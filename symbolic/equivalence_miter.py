"""The circuit that is asked about, in Verilog: one or two designs and what watches them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PREFIX = "rtlgen_"
"""Of the ports of a design in the circuit."""
CIRCUIT = "circuit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The ports of the designs; in the circuit they go by number."""

    inputs: tuple[tuple[str, int], ...]
    """Name and width, without the clocks."""
    outputs: tuple[tuple[str, int], ...]
    clocks: tuple[tuple[str, bool], ...]
    """Name, and whether the active edge is the rising one."""
    resets: Mapping[str, int]
    """The level that asserts each."""

    @classmethod
    def of(cls, interface: Mapping[str, Any]) -> Wiring:
        """Read what `symbolic.equivalence` sends."""
        return cls(
            inputs=tuple((name, width) for name, width in interface["inputs"]),
            outputs=tuple((name, width) for name, width in interface["outputs"]),
            clocks=tuple((name, rising) for name, rising in interface["clocks"]),
            resets=interface["resets"],
        )

    def renamings(self) -> Iterator[tuple[str, str]]:
        """Yield every port and its name in the circuit."""
        for kind, ports in (("i", self.inputs), ("o", self.outputs), ("c", self.clocks)):
            for number, (name, _) in enumerate(ports):
                yield name, f"{PREFIX}{kind}{number}"

    def widths(self) -> dict[str, tuple[str, int]]:
        """Return direction and width of every port by its name."""
        found = {name: ("input", width) for name, width in self.inputs}
        found |= {name: ("input", 1) for name, _ in self.clocks}
        return found | {name: ("output", width) for name, width in self.outputs}

    def cycles(self, trace: Sequence[Mapping[str, int]], *, stepwise: bool) -> list[dict[str, int]]:
        """Return the inputs by port and clock cycle that `trace` puts on the circuit.

        If `stepwise`, a clock cycle has two steps, and the first cycle one.
        """
        if stepwise and len(self.clocks) == 1:
            trace = [*trace[:1], *trace[1::2]]
        return [self._cycle(vector, first=index == 0) for index, vector in enumerate(trace)]

    def outputs_of(
        self, steps: Sequence[Mapping[str, int]], *, stepwise: bool
    ) -> list[list[dict[str, str]]]:
        """Return, of the values of all outputs of the circuit in each step, those of both designs.

        There is an entry for each of `cycles`; one more if the last step comes after an edge.
        """
        kept = list(steps)
        if stepwise and len(self.clocks) == 1:
            late = len(steps) > 1 and len(steps) % 2 == 1
            kept = [*steps[:1], *steps[1::2], *(steps[-1:] if late else ())]
        return [[self._values(step, side) for side in ("golden", "other")] for step in kept]

    def _values(self, step: Mapping[str, int], side: str) -> dict[str, str]:
        found = {}
        for number, (name, width) in enumerate(self.outputs):
            value, unknown = (
                [step[bit] for bit in _bits(f"seen_{side}_o{number}_{half}", width)]
                for half in "dx"
            )
            bits = ("x" if x else str(v) for v, x in zip(value, unknown, strict=True))
            found[name] = "".join(bits)[::-1]
        return found

    def _cycle(self, vector: Mapping[str, int], *, first: bool) -> dict[str, int]:
        values = {
            name: sum(vector.get(bit, 0) << i for i, bit in enumerate(_bits(f"i{number}", width)))
            for number, (name, width) in enumerate(self.inputs)
        }
        return values | dict(self.resets) if first else values

    def port_of(self, values: Mapping[str, int], kind: str) -> str:
        """Return an output port that differs: definitely (`d`), or by an undefined bit (`x`)."""
        for number, (name, _) in enumerate(self.outputs):
            if values[f"{kind}{number}"]:
                return name
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A design in the circuit; its probes are outputs with two bits a signal."""

    name: str
    sleepers: tuple[tuple[int, ...], ...] = ()
    """For each process that may not have run, how many bits it reads, writes, and reads of
    what is x until it has an event."""
    registers: tuple[int, ...] = ()
    """Widths of registers that must be known, where that matters."""
    goals: tuple[int, ...] = ()
    """Numbers of the goals that are probed."""
    strict: bool = False
    """Whether its registers and outputs must be known for a proof to be valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """One or two designs that have their inputs in common.

    Every step is a change of inputs; see `time`. In the first all resets are
    asserted, and nothing is compared before the clock edge that ends it.
    """

    wiring: Wiring
    sides: tuple[Side, ...]
    stepwise: bool
    """Whether the designs see their clocks; otherwise a clock input that is 1 is an edge."""
    pulses: bool
    """Without that: whether inputs may change without an edge."""

    def verilog(self) -> str:
        """Return module `CIRCUIT`.

        Its outputs: `d` and a number, an output port differs in a bit that both define;
        `x`, in one that only the golden design defines; `definite`, any of the former;
        `cycle`, the same, with nothing changed between clock edges but once a cycle;
        `asleep`, a process may not have run although the circuit says what it wrote;
        `unknown`, a register is undefined; `proof`, anything of all these. For each
        goal `p`, reached or in doubt; `q`, reached, as `cycle`. `seen_` and more: what
        the designs' outputs are.
        """
        outputs = list(self._outputs())
        ports = [f"input [{width - 1}:0] i{n}" for n, (_, width) in enumerate(self.wiring.inputs)]
        ports += ["input tick", "input [7:0] turn", *(f"output {name}" for name, _ in outputs)]
        seen = list(self._seen())
        ports += [f"output [{width - 1}:0] {name}" for name, width, _ in seen]
        lines = [f"module {CIRCUIT}({', '.join(ports)});"]
        lines += [*_register("first", "1'b0", init=1), *self._time(), *self._inputs()]
        for side in self.sides:
            lines += self._instance(side)
        lines += [*self._sleep(), *(f"assign {name} = {value};" for name, value in outputs)]
        lines += [f"assign {name} = {value};" for name, _, value in seen]
        return "\n".join([*lines, "endmodule", ""])

    def _time(self) -> list[str]:
        """Return what makes `reset_`, `awake`, `clock_` and a number, and `odd`.

        Without clocks, a step is a vector. If `stepwise`, one clock takes every other
        step, after a first at its inactive level; several take turns at will.
        """
        many = self.stepwise and len(self.wiring.clocks) > 1
        awake = "~first" if self.wiring.resets else "1'b1"
        if many:
            return self._turns()
        lines = ["wire reset_ = first;", f"wire awake = {awake};"]
        odd = "1'b0"
        if self.stepwise and self.wiring.clocks:
            level = "active" if self.wiring.clocks[0][1] else "~active"
            lines += [*_register("active", "~active"), f"wire clock_0 = {level};"]
            odd = f"~active & ~first & ({self._changed()})"
        elif self.wiring.clocks:
            lines += [f"wire clock_0 = {'tick | first' if self.pulses else _ONE};"]
            odd = "~clock_0"
        return [*lines, f"wire odd = {odd};", *_register("was_odd", "was_odd | odd")]

    def _changed(self) -> str:
        pairs = (f"(in{n} != held{n})" for n in range(len(self.wiring.inputs)))
        return " | ".join(pairs) or "1'b0"

    def _turns(self) -> list[str]:
        lines, seen = [], []
        for number, (_, rising) in enumerate(self.wiring.clocks):
            level = f"active{number}" if rising else f"~active{number}"
            lines += [
                *_register(f"active{number}", f"active{number} ^ (turn == {number})"),
                f"wire clock_{number} = {level};",
                *_register(f"struck{number}", f"seen{number}"),
                f"wire seen{number} = struck{number} | active{number};",
            ]
            seen.append(f"seen{number}")
        awake = " & ".join(seen) if self.wiring.resets else "1'b1"
        # No trace can tell when the clocks have their edges.
        return [*lines, f"wire reset_ = ~({' & '.join(seen)});", f"wire awake = {awake};",
                "wire odd = 1'b1;", "wire was_odd = 1'b1;"]  # fmt: skip

    def _inputs(self) -> Iterator[str]:
        for number, (name, width) in enumerate(self.wiring.inputs):
            value = f"i{number}"
            if name in self.wiring.resets:
                value = f"reset_ ? {width}'d{self.wiring.resets[name]} : i{number}"
            yield f"wire [{width - 1}:0] in{number} = {value};"
            yield from _register(f"held{number}", f"in{number}", width)

    def _instance(self, side: Side) -> Iterator[str]:
        pins = [f".{PREFIX}i{n}(in{n})" for n in range(len(self.wiring.inputs))]
        pins += [f".{PREFIX}c{n}(clock_{n})" for n in range(len(self.wiring.clocks))]
        for name, width in self._probes(side):
            for half in "dx":
                yield f"wire [{width - 1}:0] {side.name}_{name}_{half};"
                pins.append(f".{PREFIX}{name}_{half}({side.name}_{name}_{half})")
        yield f"{side.name} {side.name}_({', '.join(pins)});"

    def _probes(self, side: Side) -> Iterator[tuple[str, int]]:
        for number, (_, width) in enumerate(self.wiring.outputs):
            yield f"o{number}", width
        for number, widths in enumerate(side.sleepers):
            for probe, width in zip("rwf", widths, strict=True):
                yield f"{probe}{number}", width
        for number, width in enumerate(side.registers):
            yield f"u{number}", width
        for number in side.goals:
            yield f"g{number}", 1

    def _sleep(self) -> Iterator[str]:
        """Yield what finds processes that have had no event, and whose writes are yet known."""
        asleep, unknown = [_ZERO], [_ZERO]
        for side in self.sides:
            for number, (reads, *_) in enumerate(side.sleepers):
                own = f"{side.name}_{number}"
                now = f"{{{side.name}_r{number}_d, {side.name}_r{number}_x}}"
                yield from _register(f"start_{own}", f"first ? {now} : start_{own}", 2 * reads)
                event = f"({now} != start_{own}) | ~(&{side.name}_f{number}_x)"
                yield f"wire ran_{own} = ~first & (was_run_{own} | {event});"
                yield from _register(f"was_run_{own}", f"ran_{own}")
                asleep.append(f"(~ran_{own} & ~(&{side.name}_w{number}_x))")
            unknown += [f"(|{side.name}_u{n}_x)" for n in range(len(side.registers))]
            if side.strict:
                count = len(self.wiring.outputs)
                unknown += [f"(|{side.name}_o{n}_x)" for n in range(count)]
        yield f"wire dozing = awake & ({' | '.join(asleep)});"
        yield f"wire vague = awake & ({' | '.join(unknown)});"

    def _outputs(self) -> Iterator[tuple[str, str]]:
        doubt = "dozing | vague"
        if len(self.sides) == 2:
            yield from self._differences(doubt)
        for number in self.sides[0].goals:
            side = self.sides[0].name
            reached = f"({side}_g{number}_d & ~{side}_g{number}_x)"
            yield f"p{number}", f"{reached} | {doubt}"
            yield f"q{number}", f"{reached} & ~was_odd & ~odd"
        yield "asleep", "dozing"
        yield "unknown", "vague"

    def _seen(self) -> Iterator[tuple[str, int, str]]:
        """Yield outputs that only traces are told with: those of the designs."""
        if len(self.sides) == 2:
            for side in self.sides:
                for number, (_, width) in enumerate(self.wiring.outputs):
                    for half in "dx":
                        name = f"{side.name}_o{number}_{half}"
                        yield f"seen_{name}", width, name

    def _differences(self, doubt: str) -> Iterator[tuple[str, str]]:
        golden, other = (side.name for side in self.sides)
        count = range(len(self.wiring.outputs))
        for n in count:
            known = f"~({golden}_o{n}_x | {other}_o{n}_x)"
            yield f"d{n}", f"awake & |({known} & ({golden}_o{n}_d ^ {other}_o{n}_d))"
            yield f"x{n}", f"awake & |(~{golden}_o{n}_x & {other}_o{n}_x)"
        definite = " | ".join([_ZERO, *(f"d{n}" for n in count)])
        undefined = " | ".join([_ZERO, *(f"x{n}" for n in count)])
        # With no clock seen, what differs in a step does not depend on the edge at its end.
        late = "was_odd | odd" if self.stepwise else "was_odd"
        yield "definite", definite
        yield "cycle", f"({definite}) & ~({late})"
        yield "proof", f"{definite} | {undefined} | {doubt}"


_ZERO, _ONE = "1'b0", "1'b1"


def _bits(name: str, width: int) -> list[str]:
    return [name] if width == 1 else [f"{name}[{index}]" for index in range(width)]


def _register(name: str, following: str, width: int = 1, init: int = 0) -> list[str]:
    """Return a register that takes `following` with every step."""
    return [
        f"(* init = {width}'d{init} *) wire [{width - 1}:0] {name};",
        f"\\$ff #(.WIDTH({width})) {name}_ff(.D({following}), .Q({name}));",
    ]
