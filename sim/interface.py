"""A module's ports and parameters.

`read_interface` finds them with pyslang: ANSI and non-ANSI headers, widths
with the parameters resolved. `infer_timing` finds clocks and resets in RTL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from sim.design import Design
from sim.errors import InvalidInterface


class Direction(Enum):
    """Which way a port faces, seen from the module."""

    INPUT = "input"
    OUTPUT = "output"
    INOUT = "inout"


class Edge(Enum):
    """The clock edge at which registers change."""

    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One port: a scalar (`msb` is None) or a vector `[msb:lsb]`."""

    name: str
    direction: Direction
    msb: int | None = None
    lsb: int | None = None
    signed: bool = False

    def __post_init__(self) -> None:
        if (self.msb is None) != (self.lsb is None):
            raise InvalidInterface(f"port {self.name!r} needs both bounds or neither")

    @property
    def width(self) -> int:
        """Width in bits, at least 1."""
        if self.msb is None or self.lsb is None:
            return 1
        return abs(self.msb - self.lsb) + 1

    @property
    def range(self) -> str:
        """`[msb:lsb]`, or empty for a scalar."""
        return "" if self.msb is None else f"[{self.msb}:{self.lsb}]"

    @property
    def bits(self) -> tuple[str, ...]:
        """Names of the single bits, most significant first: `x[3]`, ..., or `x` for a scalar."""
        if self.msb is None or self.lsb is None:
            return (self.name,)
        step = -1 if self.msb >= self.lsb else 1
        return tuple(f"{self.name}[{i}]" for i in range(self.msb, self.lsb + step, step))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """An input that clocks registers."""

    port: str
    edge: Edge = Edge.RISING


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """An input that puts registers into a known state."""

    port: str
    active_low: bool = False
    asynchronous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """The ports and parameters of one module, and which ports are clock and reset."""

    module: str
    ports: tuple[Port, ...]
    parameters: Mapping[str, int] = field(default_factory=dict)
    """Parameters that can be overridden, with their resolved defaults."""
    clocks: tuple[Clock, ...] = ()
    resets: tuple[Reset, ...] = ()

    def __post_init__(self) -> None:
        names = [port.name for port in self.ports]
        for name in names:
            if names.count(name) > 1:
                raise InvalidInterface(f"port {name!r} of module {self.module!r} is declared twice")
        for port in (*(c.port for c in self.clocks), *(r.port for r in self.resets)):
            if port not in names:
                raise InvalidInterface(f"module {self.module!r} has no port {port!r}")
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    @property
    def inputs(self) -> tuple[Port, ...]:
        """Input ports in declared order, clocks and resets included."""
        return tuple(port for port in self.ports if port.direction is Direction.INPUT)

    @property
    def outputs(self) -> tuple[Port, ...]:
        """Output ports in declared order."""
        return tuple(port for port in self.ports if port.direction is Direction.OUTPUT)

    @property
    def data_inputs(self) -> tuple[Port, ...]:
        """Input ports that are neither clock nor reset."""
        taken = {clock.port for clock in self.clocks} | {reset.port for reset in self.resets}
        return tuple(port for port in self.inputs if port.name not in taken)

    def port(self, name: str) -> Port:
        """Return the port called `name`.

        Raises:
            KeyError: There is none; the message lists those there are.
        """
        for port in self.ports:
            if port.name == name:
                return port
        known = ", ".join(port.name for port in self.ports)
        raise KeyError(f"module {self.module!r} has no port {name!r}; its ports are {known}")


def read_interface(design: Design, *, parameters: Mapping[str, int] | None = None) -> Interface:
    """Return the interface of `design.top`, with `parameters` in place of its defaults.

    Packed structs and several packed dimensions count as one vector. Clocks and
    resets are left open: see `infer_timing`.

    Raises:
        InvalidDesign: A syntax error, or no or several modules of that name; with file and line.
        InvalidInterface: A port that no testbench can drive: an unpacked array,
            an interface, a `ref`, a real, a concatenation.
    """
    from sim import read_interface as reader  # noqa: PLC0415 - pyslang only where Verilog is read

    return reader.read(design, parameters=parameters)


def read_header(text: str, *, module: str | None = None) -> Interface:
    """Return the interface in a bare module header, as specifications quote it.

    The body and `endmodule` may be missing or cut off. Declarations of ports in
    the body of a non-ANSI module are found. `module` picks one of several.

    Raises:
        InvalidDesign: No header, several, or one with a syntax error; with the line.
        InvalidInterface: As `read_interface`.
    """
    from sim import read_interface as reader  # noqa: PLC0415 - pyslang only where Verilog is read

    return reader.read_header_text(text, module=module)


def infer_timing(design: Design, interface: Interface) -> Interface:
    """Return `interface` with the clocks and resets that the RTL of `design` shows.

    Read from the event lists of `always` blocks and their leading `if`, through
    port connections, plain assignments and inversions. Nothing is found in a
    combinational design. A synchronous reset that acts through next-state
    logic only is not recognized.

    Raises:
        InvalidDesign: As `read_interface`.
    """
    from sim import timing  # noqa: PLC0415 - pyslang only where Verilog is read

    return timing.infer(design, interface)
