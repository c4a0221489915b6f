"""A testbench of transactions over protocol ports, beside the one that drives bits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.cocotb_bench import CocotbBench
from sim.interface import Interface
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
    "AXI4-Lite": ("awaddr", "wdata"),
    "APB": ("paddr", "pwdata"),
    "Wishbone": ("adr", "datwr"),
}


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
    return port.protocol.value in PACKAGES and port.role is Role.DEVICE


def protocol_bench(testbench: Testbench, *, count: int = COUNT) -> ProtocolBench | None:
    """Return transactions for the protocol ports of a `testbench` with a golden design.

    None where there is no golden design, not one clock, or nothing that can be driven.
    """
    interface = testbench.interface
    found = protocol_ports(interface)
    driven = _driven(found, interface)
    if not testbench.golden_module or len(interface.clocks) != 1 or not driven:
        return None
    devices = [port for port in driven if port.protocol is not Protocol.AXI_STREAM]
    streams = [port for port in driven if port.protocol is Protocol.AXI_STREAM]
    out = [port for port in streams if port.role is Role.HOST]
    left = tuple(port for port in found if port not in driven)
    names = _names(driven, interface)
    prefixes = {id(port): f"p{number}" for number, port in enumerate(driven)}
    context = spans(
        {
            **wires(interface),
            "interface": interface,
            "golden": testbench.golden_module,
            "toplevel": WRAPPER,
            "names": names,
            "always_ready": [
                f"{prefixes[id(p)]}_pready"
                for p in devices
                if p.protocol is Protocol.APB and "pready" not in p.signals
            ],
            "seed": testbench.seed,
            "count": count,
            "devices": [_device(port, prefixes[id(port)], interface) for port in devices],
            "streams_in": tuple(prefixes[id(p)] for p in streams if p.role is Role.DEVICE),
            "streams_out": tuple(prefixes[id(p)] for p in out),
            "beat": max(
                [interface.port(p.signals["tdata"]).width // 8 for p in streams], default=1
            ),
            "clocks": tuple(names[clock.port] for clock in interface.clocks),
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
    return _assembled(testbench, context, driven, left, checks=count * (len(devices) + len(out)))


def _assembled(
    testbench: Testbench,
    context: Mapping[str, object],
    driven: tuple[ProtocolPort, ...],
    left: tuple[ProtocolPort, ...],
    *,
    checks: int,
) -> ProtocolBench:
    python = {
        f"{_MODULE}.py": render("protocols/test.py.j2", context),
        **standalone_modules("transactions.py"),
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
    return sorted({"-".join(module.split(".")[:2]) for module in modules})
