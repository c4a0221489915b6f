"""A module as a value: outputs, registers and memories over word-level expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sim.interface import Interface
from symbolic.dataflow.nodes import Node, Nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncReset:
    """A reset that acts without a clock edge."""

    signal: Node
    """1 bit."""
    active_low: bool
    value: str
    """What the register becomes, bits `0`, `1`, `x`, the most significant first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Storage that changes at a clock edge. Synchronous resets and enables are part of `next`."""

    name: str
    width: int
    clock: str
    """An input port, or 1-bit signal by name."""
    next: Node
    """Its value after the edge; it holds where this is the register's own node."""
    rising: bool = True
    reset: AsyncReset | None = None
    initial: str = ""
    """At power-on, bits `0`, `1`, `x`; empty: all x."""
    place: str = ""
    """`file:line` of the process that writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePort:
    """At the clock edge, where a bit of `enable` is 1, that bit of the word is written."""

    clock: str
    address: Node
    data: Node
    enable: Node
    """As wide as a word."""
    rising: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """An array of words; read through nodes `READ`. Later write ports win."""

    name: str
    width: int
    depth: int
    lowest: int = 0
    """The address of its first word."""
    writes: tuple[WritePort, ...] = ()
    initial: tuple[str, ...] = ()
    """Words at power-on from the lowest address on; empty: all x."""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataflow:
    """What one module computes, its instances dissolved.

    Raises:
        ValueError: An output has no value or one of another width, or a node
            speaks of a register, memory or input that is not there.
    """

    interface: Interface
    nodes: Nodes
    outputs: Mapping[str, Node]
    registers: Mapping[str, Register] = field(default_factory=dict)
    memories: Mapping[str, Memory] = field(default_factory=dict)
    named: Mapping[str, Node] = field(default_factory=dict)
    """Values of the wires and variables that the source's top module names, for the writer;
    what nothing else uses may go."""
    assumed: tuple[Node, ...] = ()
    """Bits that must be 1 whenever the module runs, or it is not what is said here: latches of the
    source that never have to hold their value. Only readers who ask for it get any."""

    def __post_init__(self) -> None:
        for name in ("outputs", "registers", "memories", "named"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for port in self.interface.outputs:
            value = self.outputs.get(port.name)
            if value is None or value.width != port.width:
                raise ValueError(f"output {port.name!r} must have a value of {port.width} bits")

    def roots(self) -> Iterator[Node]:
        """Yield every node that something outside of expressions depends on, in a fixed order."""
        yield from self.outputs.values()
        for register in self.registers.values():
            yield register.next
            if register.reset is not None:
                yield register.reset.signal
        for memory in self.memories.values():
            for port in memory.writes:
                yield from (port.address, port.data, port.enable)
        yield from self.assumed

    def mapped(self, image: Mapping[Node, Node]) -> Dataflow:
        """Return the module with nodes replaced; `image` has one for each node of `roots`.

        Named values that `image` lacks are dropped.
        """
        return replace(
            self,
            outputs={name: image[node] for name, node in self.outputs.items()},
            registers={name: _mapped(r, image) for name, r in self.registers.items()},
            memories={
                name: replace(m, writes=tuple(_port(port, image) for port in m.writes))
                for name, m in self.memories.items()
            },
            named={name: image[node] for name, node in self.named.items() if node in image},
            assumed=tuple(image[node] for node in self.assumed),
        )


def _mapped(register: Register, image: Mapping[Node, Node]) -> Register:
    reset = register.reset
    if reset is not None:
        reset = replace(reset, signal=image[reset.signal])
    return replace(register, next=image[register.next], reset=reset)


def _port(port: WritePort, image: Mapping[Node, Node]) -> WritePort:
    address, data, enable = image[port.address], image[port.data], image[port.enable]
    return replace(port, address=address, data=data, enable=enable)
