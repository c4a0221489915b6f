"""Protocol ports of a module, recognized by names and shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from sim.interface import Direction, Interface, Port


class Protocol(Enum):
    """What a group of ports speaks."""

    AXI4 = "AXI4"
    AXI_LITE = "AXI4-Lite"
    AXI_STREAM = "AXI4-Stream"
    APB = "APB"
    WISHBONE = "Wishbone"
    UART = "UART"
    SPI = "SPI"
    I2C = "I2C"


class Role(Enum):
    """Which side of the protocol the module is."""

    DEVICE = "device"
    """It answers: a slave, a stream's sink, a serial receiver."""
    HOST = "host"
    """It asks: a master, a stream's source, a serial transmitter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolPort:
    """A group of ports that speak one protocol."""

    protocol: Protocol
    prefix: str
    """What the names of its ports begin with; may be empty."""
    role: Role
    signals: Mapping[str, str]
    """The protocol's own names, lower case, and the ports that carry them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "signals", MappingProxyType(dict(self.signals)))

    def __str__(self) -> str:
        named = f" `{self.prefix}*`" if self.prefix else f" ({', '.join(self.signals.values())})"
        return f"{self.protocol.value} {self.role.value}{named}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What a protocol's signals are called, and which way they go, seen from a device."""

    protocol: Protocol
    inputs: str
    """Names that must be there."""
    outputs: str = ""
    more_inputs: str = ""
    more_outputs: str = ""
    either: str = ""
    """At least one of these must be there too."""
    bits: str = ""
    """Those that are 1 bit wide."""


_AXI_IN = "awaddr awvalid wdata wvalid bready araddr arvalid rready"
_AXI_OUT = "awready wready bvalid arready rdata rvalid"
_AXI_BITS = "awvalid awready wvalid wready bvalid bready arvalid arready rvalid rready"
_BURST = "awlen awsize awburst awid arlen arsize arburst arid wlast"
_SHAPES = (
    _Shape(
        protocol=Protocol.AXI4,
        inputs=_AXI_IN,
        outputs=_AXI_OUT,
        more_inputs=f"{_BURST} wstrb awprot arprot awlock arlock awcache arcache awqos arqos"
        " awregion arregion awuser wuser aruser",
        more_outputs="bresp rresp bid rid rlast buser ruser",
        either="awlen arlen",
        bits=_AXI_BITS,
    ),
    _Shape(
        protocol=Protocol.AXI_LITE,
        inputs=_AXI_IN,
        outputs=_AXI_OUT,
        more_inputs="wstrb awprot arprot",
        more_outputs="bresp rresp",
        bits=_AXI_BITS,
    ),
    _Shape(
        protocol=Protocol.AXI_STREAM,
        inputs="tdata tvalid",
        outputs="tready",
        more_inputs="tlast tkeep tid tdest tuser",
        bits="tvalid tready tlast",
    ),
    _Shape(
        protocol=Protocol.APB,
        inputs="psel penable pwrite paddr pwdata",
        outputs="prdata",
        more_inputs="pstrb pprot",
        more_outputs="pready pslverr",
        bits="psel penable pwrite pready pslverr",
    ),
    _Shape(
        protocol=Protocol.WISHBONE,
        inputs="cyc stb we adr datwr",
        outputs="datrd ack",
        more_inputs="sel cti bte",
        more_outputs="err rty stall",
        bits="cyc stb we ack err rty stall",
    ),
    _Shape(protocol=Protocol.SPI, inputs="sclk mosi cs", outputs="miso", bits="sclk mosi cs miso"),
)
_OTHER_NAMES = {
    Protocol.WISHBONE: {
        "dat_i": "datwr", "dat_o": "datrd", "addr": "adr", "dat_w": "datwr", "dat_r": "datrd",
        "data_i": "datwr", "data_o": "datrd",
    },
    Protocol.SPI: {
        "sck": "sclk", "cs_n": "cs", "csn": "cs", "ss_n": "cs", "ss": "cs", "nss": "cs",
        "csb": "cs", "cs_b": "cs", "ssn": "cs",
    },
}  # fmt: skip
_DIRECTED = re.compile(r"_(?:i|o|in|out)\Z")
_RX = re.compile(r"(?P<prefix>(?:\w*_)?)(?:uart_|ser_|serial_)?(?:rx|rxd)(?:_i|_in|_pin)?\Z", re.I)
_TX = re.compile(r"(?P<prefix>(?:\w*_)?)(?:uart_|ser_|serial_)?(?:tx|txd)(?:_o|_out|_pin)?\Z", re.I)
_I2C = re.compile(
    r"(?P<prefix>(?:\w*_)?)(?P<line>scl|sda)(?P<way>_i|_o|_t|_in|_out|_oe|_en)?\Z", re.I
)


def protocol_ports(interface: Interface) -> tuple[ProtocolPort, ...]:
    """Return the groups of ports of `interface` that speak a known protocol.

    A port is in one group at most; AXI4 is looked for before AXI4-Lite, whose ports it has too.
    """
    free = {port.name: port for port in interface.ports}
    found: list[ProtocolPort] = []
    for shape in _SHAPES:
        for group in list(_groups(shape, free)):
            if not group.signals.values() - free.keys():
                found.append(group)
                for name in group.signals.values():
                    del free[name]
    return (*found, *_i2c(free), *_uart(free))


def _groups(shape: _Shape, free: Mapping[str, Port]) -> Iterator[ProtocolPort]:
    by_prefix: dict[str, dict[str, str]] = {}
    names = _words(shape.inputs, shape.outputs, shape.more_inputs, shape.more_outputs)
    for name in free:
        for prefix, signal in _read(name, shape.protocol, names):
            by_prefix.setdefault(prefix, {}).setdefault(signal, name)
    for prefix, signals in by_prefix.items():
        role = _role(shape, signals, free)
        if role is not None:
            yield ProtocolPort(
                protocol=shape.protocol,
                prefix=prefix,
                role=role,
                signals=dict(sorted(signals.items())),
            )


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


def _read(name: str, protocol: Protocol, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield how `name` can be read: what comes before the protocol's name, and that name."""
    others = _OTHER_NAMES.get(protocol, {})
    folded = name.lower()
    for text in dict.fromkeys((folded, _DIRECTED.sub("", folded))):
        for known in sorted({*names, *others}, key=len, reverse=True):
            if text == known or text.endswith(f"_{known}"):
                yield name[: len(text) - len(known)], others.get(known, known)
                return


def _role(shape: _Shape, signals: Mapping[str, str], free: Mapping[str, Port]) -> Role | None:
    """Return which side the module is, if these are the protocol's signals."""
    inward = _words(shape.inputs, shape.more_inputs)
    required, either = _words(shape.inputs, shape.outputs), _words(shape.either)
    if not required <= signals.keys() or (either and not either & signals.keys()):
        return None
    if any(free[port].width != 1 for name, port in signals.items() if name in _words(shape.bits)):
        return None
    ways = {(name in inward) == _is_input(free[port]) for name, port in signals.items()}
    if len(ways) != 1 or any(free[p].direction is Direction.INOUT for p in signals.values()):
        return None
    return Role.DEVICE if ways == {True} else Role.HOST


def _is_input(port: Port) -> bool:
    return port.direction is Direction.INPUT


def _uart(free: Mapping[str, Port]) -> Iterator[ProtocolPort]:
    """Yield serial lines: a bit in that is called receive, a bit out that is called transmit."""
    for pattern, role, signal in ((_RX, Role.DEVICE, "rx"), (_TX, Role.HOST, "tx")):
        for name, port in free.items():
            match = pattern.match(name)
            if match and port.width == 1 and _is_input(port) == (signal == "rx"):
                yield ProtocolPort(
                    protocol=Protocol.UART,
                    prefix=match["prefix"],
                    role=role,
                    signals={signal: name},
                )


def _i2c(free: dict[str, Port]) -> Iterator[ProtocolPort]:
    lines: dict[str, dict[str, str]] = {}
    for name in free:
        if match := _I2C.match(name):
            way = (match["way"] or "").lower()
            lines.setdefault(match["prefix"], {})[match["line"].lower() + way] = name
    for prefix, signals in lines.items():
        both = {signal[:3] for signal in signals} == {"scl", "sda"}
        if both and all(free[name].width == 1 for name in signals.values()):
            clock_out = any(not _is_input(free[n]) for s, n in signals.items() if s[:3] == "scl")
            role = Role.HOST if clock_out else Role.DEVICE
            yield ProtocolPort(
                protocol=Protocol.I2C, prefix=prefix, role=role, signals=dict(signals)
            )
