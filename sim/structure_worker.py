"""The part of `sim.structure` that parses untrusted text; it runs in a child process."""

from __future__ import annotations

import dataclasses
import json
import resource
from pathlib import Path
from typing import Any

from pyslang.ast import SymbolKind

from sim import gate_worker
from sim.gate_elaborated import instances_of
from sim.read_interface import top_instance
from sim.slang import Ast, Parsed
from sim.structure_branches import branches_of
from sim.structure_states import registers_of
from sim.timing import members
from sim.worker import ANSWERS, REQUEST

_WIDE = 256
"""Bits of the widest signal that Verilator watches bit by bit."""
_SIGNALS = (SymbolKind.Net, SymbolKind.Variable)


def main() -> None:
    """Answer for the one design of the request."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        # Whatever a text includes, slang opens it: a device, or a pipe that never ends.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        answers.write(json.dumps(_answer(request)) + "\n")


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    gated = gate_worker.answer(request)
    if gated.get("sources") is None:
        return {"sources": None, "refusals": gated["refusals"]}
    parsed = Parsed(gated["sources"])
    compilation = parsed.elaborate(request["top"])
    top = top_instance(parsed, request["top"], compilation=compilation)
    modules: dict[str, Ast] = {}
    for instance in instances_of(top):
        modules.setdefault(instance.body.definition.name, instance)
    return {
        "sources": gated["sources"],
        "branches": [dataclasses.asdict(b) for b in branches_of(parsed, top)],
        "registers": [
            dataclasses.asdict(register)
            for instance in modules.values()
            for register in registers_of(parsed, instance, is_top=instance is top)
        ],
        "signals": [s.name for s in members(top.body) if s.kind in _SIGNALS and s.type.isIntegral],
        "wide": sorted(
            f"{module}.{s.name}"
            for module, instance in modules.items()
            for s in members(instance.body)
            if s.kind in _SIGNALS and s.type.isIntegral and s.type.bitWidth > _WIDE
        ),
    }
