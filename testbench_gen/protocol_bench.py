"""A testbench of transactions over protocol ports, beside the one that drives bits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.cocotb_bench import CocotbBench
from sim.interface import Interface
from testbench_gen.protocol_lines import COUNT as LINE_COUNT
from testbench_gen.protocol_lines import (
    SERIAL,
    addresses,
    bit_times,
    dwell,
    i2c_is_whole,
    serial_context,
)
from testbench_gen.protocols import Protocol, ProtocolPort, Role, protocol_ports
from testbench_gen.render import render, standalone_modules
from testbench_gen.standalone.transactions import PACKAGES, missing
from testbench_gen.testbench import Testbench
from testbench_gen.wires import WRAPPER, spans, wires

COUNT = 64
"""Transactions for each port."""
_MODULE = "test_protocols"
_SIDES = frozenset({WRAPPER, "rtlgen_side_dut", "rtlgen_side_golden"})
_ADDRESS = {
    "AXI4": ("awaddr", "wdata"),
    "AXI4-Lite": ("awaddr", "wdata"),
    "APB": ("paddr", "pwdata"),
    "Wishbone": ("adr", "datwr"),
}

_BURST = {"awlen", "wlast", "arlen", "rlast"}
_BESIDE_BURST = {"awsize": 3, "awburst": 2, "arsize": 3, "arburst": 2}
"""What a host of bursts drives, and how wide, where a module has no port for it."""
_IDENTITIES = (("awid", "bid"), ("arid", "rid"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolBench:
    """Transactions as a testbench."""

    driven: tuple[ProtocolPort, ...]
    left: tuple[ProtocolPort, ...]
    """Recognized, but not driven."""
    files: Mapping[str, str]
    """Everything for a folder of its own; runs there without rtlgen."""
    bench: CocotbBench
    missing: tuple[str, ...]
    """Packages that are not installed here, without which nothing is driven."""


def protocol_notes(interface: Interface) -> tuple[str, ...]:
    """Return which protocol ports `interface` has, and whether transactions are driven."""
    return tuple(
        f"{port}: "
        + ("also driven by transactions" if _drivable(port) else "recognized, its bits are driven")
        for port in protocol_ports(interface)
    )


def _drivable(port: ProtocolPort) -> bool:
    if port.protocol is Protocol.AXI_STREAM:
        return "tready" in port.signals
    if port.protocol in SERIAL:
        return port.protocol is not Protocol.I2C or i2c_is_whole(port)
    if port.protocol is Protocol.AXI4 and not set(port.signals) >= _BURST:
        return False
    return port.protocol.value in PACKAGES and port.role is Role.DEVICE


def protocol_bench(testbench: Testbench, *, count: int = COUNT) -> ProtocolBench | None:
    """Return transactions for the protocol ports of a `testbench` with a golden design.

    None where there is no golden design, not one clock, or nothing that can be driven.
    """
    interface = testbench.interface
    found = protocol_ports(interface)
    driven = _driven(found, interface)
    if not testbench.golden_module or not driven or not _clocked(driven, interface):
        return None
    names = _names(driven, interface)
    named = [(f"p{number}", port) for number, port in enumerate(driven)]
    left = tuple(port for port in found if port not in driven)
    context = spans(
        {
            **wires(interface),
            **_parallel_context(named, interface),
            **_serial_context(named, interface, names, testbench),
            "interface": interface,
            "golden": testbench.golden_module,
            "toplevel": WRAPPER,
            "names": names,
            "seed": testbench.seed,
            "count": count,
            "clocks": tuple(names[port] for port in _clocks(driven, interface)),
            "resets": tuple((names[r.port], not r.active_low) for r in interface.resets),
            "driven": driven,
            "left": left,
            "packages": _packages(driven),
            "protocols": tuple(sorted({port.protocol.value for port in driven})),
            "hdl": ("golden.v", f"{WRAPPER}.v"),
            "traced": False,
            "test_module": _MODULE,
            "test_function": "protocols",
        }
    )
    answers = count * (len(context["devices"]) + len(context["streams_out"]))
    serial = LINE_COUNT * len(context["lines"]) * (1 + len(interface.outputs))
    return _assembled(testbench, context, driven, left, checks=answers + serial)


_Named = Sequence[tuple[str, ProtocolPort]]
"""Protocol ports with the prefix of their signals beside the design."""


def _parallel_context(named: _Named, interface: Interface) -> dict[str, Any]:
    """Return what the templates need for ports with addresses, and for streams."""
    streams = [(prefix, p) for prefix, p in named if p.protocol is Protocol.AXI_STREAM]
    devices = [(prefix, p) for prefix, p in named if p.protocol.value in _ADDRESS]
    return {
        "always_ready": [
            f"{prefix}_pready"
            for prefix, port in devices
            if port.protocol is Protocol.APB and "pready" not in port.signals
        ],
        "placeholders": [
            each for prefix, port in devices for each in _placeholders(prefix, port, interface)
        ],
        "devices": [_device(port, prefix, interface) for prefix, port in devices],
        "streams_in": tuple(prefix for prefix, p in streams if p.role is Role.DEVICE),
        "streams_out": tuple(prefix for prefix, p in streams if p.role is Role.HOST),
        "beat": max([interface.port(p.signals["tdata"]).width // 8 for _, p in streams], default=1),
    }


def _placeholders(
    prefix: str, port: ProtocolPort, interface: Interface
) -> Iterator[tuple[str, int, bool]]:
    """Yield name, width and whether the host drives it, of what it needs and the module lacks."""
    if port.protocol is not Protocol.AXI4:
        return
    for name, width in _BESIDE_BURST.items():
        if name not in port.signals:
            yield f"{prefix}_{name}", width, True
    for pair in _IDENTITIES:
        width = max(
            [interface.port(port.signals[n]).width for n in pair if n in port.signals] or [1]
        )
        for name in pair:
            if name not in port.signals:
                yield f"{prefix}_{name}", width, name.startswith("a")


def _serial_context(
    named: _Named, interface: Interface, names: Mapping[str, str], testbench: Testbench
) -> dict[str, Any]:
    serial = [(prefix, port) for prefix, port in named if port.protocol in SERIAL]
    golden = testbench.files["golden.v"]
    return serial_context(serial, interface, names) | {
        "line_count": LINE_COUNT,
        "bit_times": bit_times(golden) if serial else (),
        "addresses": addresses(golden) if serial else (),
        "dwell": dwell(golden) if serial else 0,
    }


def _clocks(driven: Sequence[ProtocolPort], interface: Interface) -> list[str]:
    """Return the clocks that no protocol drives."""
    lines = {signal for port in driven for signal in port.signals.values()}
    return [clock.port for clock in interface.clocks if clock.port not in lines]


def _clocked(driven: Sequence[ProtocolPort], interface: Interface) -> bool:
    """Whether there is the one clock that hosts need; serial ports of SPI may have none."""
    few = len(_clocks(driven, interface))
    return few == 1 or (few == 0 and {p.protocol for p in driven} == {Protocol.SPI})


def _assembled(
    testbench: Testbench,
    context: Mapping[str, Any],
    driven: tuple[ProtocolPort, ...],
    left: tuple[ProtocolPort, ...],
    *,
    checks: int,
) -> ProtocolBench:
    python = {
        f"{_MODULE}.py": render("protocols/test.py.j2", context),
        **standalone_modules("transactions.py", *(["serial_lines.py"] if context["lines"] else [])),
    }
    hdl = {
        "golden.v": testbench.files["golden.v"],
        f"{WRAPPER}.v": render("protocols/sides.v.j2", context),
    }
    extra = {
        "Makefile": render("Makefile.j2", context),
        "test_runner.py": render("protocols/test_runner.py.j2", context),
        "README.md": render("protocols/README.md.j2", context),
    }
    bench = CocotbBench(
        test_module=_MODULE,
        python_files=python,
        toplevel=WRAPPER,
        expected_checks=checks,
        hdl_files=hdl,
        golden=True,
        data=testbench.data,
        reserved=testbench.bench.reserved | _SIDES,
    )
    return ProtocolBench(
        driven=driven,
        left=left,
        files={**python, **hdl, **extra},
        bench=bench,
        missing=tuple(missing([port.protocol.value for port in driven])),
    )


def _driven(found: Sequence[ProtocolPort], interface: Interface) -> tuple[ProtocolPort, ...]:
    able = [port for port in found if _drivable(port) and _whole_bytes(port, interface)]
    streams = [port for port in able if port.protocol is Protocol.AXI_STREAM]
    if {port.role for port in streams} == {Role.DEVICE, Role.HOST}:
        return tuple(able)
    return tuple(port for port in able if port not in streams)


def _whole_bytes(port: ProtocolPort, interface: Interface) -> bool:
    if port.protocol in SERIAL:
        return True
    data = {"AXI4-Stream": "tdata"} | {name: pair[1] for name, pair in _ADDRESS.items()}
    return interface.port(port.signals[data[port.protocol.value]]).width % 8 == 0


def _names(driven: Sequence[ProtocolPort], interface: Interface) -> dict[str, str]:
    """Return what every port is called beside the design: as its protocol calls it."""
    names = {
        port.name: f"rtlgen_{number}_" + re.sub(r"\W", "_", port.name)
        for number, port in enumerate(interface.ports)
    }
    for number, group in enumerate(driven):
        names |= {port: f"p{number}_{signal}" for signal, port in group.signals.items()}
    return names


def _device(port: ProtocolPort, prefix: str, interface: Interface) -> dict[str, object]:
    address, data = (interface.port(port.signals[n]).width for n in _ADDRESS[port.protocol.value])
    return {
        "protocol": port.protocol.value,
        "prefix": prefix,
        "address": address,
        "data": data,
        "words": port.protocol is Protocol.WISHBONE,
    }


def _packages(driven: Sequence[ProtocolPort]) -> list[str]:
    modules = {PACKAGES[port.protocol.value] for port in driven}
    return sorted({"-".join(module.split(".")[:2]) for module in modules} - {""})
