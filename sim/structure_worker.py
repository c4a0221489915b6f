"""The part of `sim.structure` that parses untrusted text; it runs in a child process."""

from __future__ import annotations

import dataclasses
import json
import resource
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pyslang.ast import ArgumentDirection, Compilation, SymbolKind

from sim import gate_worker
from sim.gate_elaborated import analyzed, instances_of
from sim.read_interface import top_instance
from sim.slang import Ast, Parsed
from sim.structure_branches import branches_of
from sim.structure_states import registers_of
from sim.timing import members
from sim.worker import ANSWERS, REQUEST

_WIDE = 256
"""Bits from which on a signal is listed with its width."""
_SIGNALS = (SymbolKind.Net, SymbolKind.Variable)


def main() -> None:
    """Answer for the one design of the request: what the gate says, then what was found."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        # Whatever a text includes, slang opens it: a device, or a pipe that never ends.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        gated = gate_worker.answer(request)
        answers.write(json.dumps(gated) + "\n")
        answers.flush()
        if "sources" in gated:
            found = _found(Parsed(gated["sources"]), request["top"])
            answers.write(json.dumps(found) + "\n")


def _found(parsed: Parsed, name: str) -> dict[str, Any]:
    compilation = parsed.elaborate(name)
    compilation.getAllDiagnostics()
    top = top_instance(parsed, name, compilation=compilation)
    instances = instances_of(top)
    modules = {i.body.definition.name: i for i in reversed(instances)}
    found = {
        "branches": [dataclasses.asdict(b) for b in branches_of(parsed, top)],
        "registers": [
            dataclasses.asdict(register)
            for instance in modules.values()
            for register in registers_of(parsed, instance, is_top=instance is top)
        ],
        "signals": [s.name for s in members(top.body) if s.kind in _SIGNALS and s.type.isIntegral],
        "widths": {
            f"{module}.{s.name}": s.type.bitWidth
            for module, instance in modules.items()
            for s in members(instance.body)
            if s.kind in _SIGNALS and s.type.isIntegral and s.type.bitWidth > _WIDE
        },
    }
    return found | {"undriven": sorted(_undriven(compilation, instances))}


def _undriven(compilation: Compilation, instances: Iterable[Ast]) -> set[str]:
    """Return the signals, as `module.signal`, that nothing drives in any instance."""
    drivers = analyzed(compilation)
    driven: dict[str, bool] = {}
    for instance in instances:
        # What is connected to a submodule's inputs, slang does not count as their drivers.
        ports = [p for p in instance.body.portList if p.kind is SymbolKind.Port]
        given = {p.internalSymbol for p in ports if p.direction is not ArgumentDirection.Out}
        for symbol in members(instance.body):
            if symbol.kind in _SIGNALS:
                name = f"{instance.body.definition.name}.{symbol.name}"
                has_one = symbol in given or symbol.initializer is not None
                has_one = has_one or bool(list(drivers.getDrivers(symbol)))
                driven[name] = driven.get(name, False) or has_one
    return {name for name, has_one in driven.items() if not has_one}
