"""Rewriting cases, and what each version of one comes to."""

from __future__ import annotations

import difflib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from json_rows import Row
from processor_time import processor_seconds

from sim.design import Design, digest
from sim.errors import SimError
from sim.interface import Interface, infer_timing, read_interface
from sim.modules import top_module
from symbolic.optimize import optimize
from symbolic.optimize_input import read_repaired
from symbolic.ppa import Library, Ppa, measure, read_library
from symbolic.prover import YosysProver
from symbolic.rules.rule import Goal

RAW = "raw"
_EXPERT = "expert"
_FILE = "design.v"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: the text of each version by its role."""

    name: str
    sources: Mapping[str, str]

    def of_experts(self) -> Case:
        """Return raw and what experts made of it."""
        kept = {r: s for r, s in self.sources.items() if r == RAW or r.startswith(_EXPERT)}
        return replace(self, sources=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """How cases are measured."""

    liberty: Path | None
    goal: str
    seconds: float
    proving: float
    identity: bool
    named_states: bool
    text_price: float

    def library(self) -> Library:
        return read_library(self.liberty)

    def key(self, case: Case, kind: str) -> str:
        """Return by what a row is known: all that it depends on, our code apart."""
        facts = {"liberty": str(self.liberty or ""), "proving": self.proving}
        sources = case.sources
        if kind == "ours":
            facts |= {"goal": self.goal, "seconds": self.seconds, "identity": self.identity}
            facts |= {"named_states": True} if self.named_states else {}
            facts |= {"text_price": self.text_price} if self.text_price != 1 else {}
            sources = {RAW: case.sources[RAW]}
        text = json.dumps([kind, case.name, facts, dict(sources)], sort_keys=True)
        return f"{kind}/{case.name}/{digest(text.encode())}"


def read_cases(path: Path) -> list[Case]:
    """Return the cases in a file of versions that have a raw one, in its order."""
    found: dict[str, dict[str, str]] = {}
    with path.open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            found.setdefault(row["case"], {})[row["role"]] = row["source"]
    return [Case(name=n, sources=s) for n, s in found.items() if RAW in s]


def versions(case: Case, measuring: Measuring) -> Row:
    """Measure every version of `case`, and prove those that are not raw against it."""
    designs = {role: _design(text) for role, text in case.sources.items()}
    found = dict.fromkeys(designs, "")
    usable = {r: d for r, d in designs.items() if isinstance(d, Design)}
    ppas = _ppas(list(usable.values()), measuring.library())
    rows: dict[str, Row] = {
        role: {"ppa": None, "proof": "unreadable", "why": str(design)}
        for role, design in designs.items()
        if isinstance(design, str)
    }
    proofs = _proofs(usable, measuring.proving)
    for (role, _), ppa in zip(usable.items(), ppas, strict=True):
        proof, why = proofs[role]
        rows[role] = {"ppa": ppa, "proof": proof, "why": why}
    said = ", ".join(f"{role} {rows[role]['proof']}" for role in found if role != RAW)
    return {"case": case.name, "versions": rows, "said": said}


def _design(text: str) -> Design | str:
    """Return a version as a design, or why it is none."""
    try:
        design = Design(top="unknown", sources={_FILE: text})
        return replace(design, top=top_module(design))
    except SimError as error:
        return str(error).partition("\n")[0]


def _ppas(designs: Sequence[Design], library: Library) -> list[dict[str, Any] | None]:
    """Return what the designs come to, with Yosys's FSM pass and without it."""
    found = measure(designs, library=library, seconds=30.0 * len(designs), fsm=True)
    return [_facts(one) if isinstance(one, Ppa) else None for one in found]


def _facts(ppa: Ppa) -> dict[str, Any]:
    fsm = ppa.with_fsm
    return {
        "cells": ppa.cells,
        "wires": ppa.wires,
        "cells_nofsm": ppa.cells_nofsm,
        "wires_nofsm": ppa.wires_nofsm,
        "area": ppa.area,
        "delay": ppa.delay,
        "levels": ppa.levels,
        "flip_flops": ppa.flip_flops,
        "area_fsm": None if fsm is None else fsm.area,
        "delay_fsm": None if fsm is None else fsm.delay,
    }


def _proofs(designs: Mapping[str, Design], seconds: float) -> dict[str, tuple[str, str]]:
    """Return for each version whether it was proved to do what raw does, and why."""
    designs = {role: _mended(design) for role, design in designs.items()}
    raw = designs.get(RAW)
    interface = None if raw is None else _interface(raw)
    if raw is None or isinstance(interface, str) or interface is None:
        why = interface if isinstance(interface, str) else "raw cannot be read"
        return dict.fromkeys(designs, ("open", why))
    found: dict[str, tuple[str, str]] = {}
    for role, design in designs.items():
        found[role] = _proof(raw, design, interface, seconds)
    return found


def _mended(design: Design) -> Design:
    """Return a version with what only simulators refuse mended, as ours is before all else."""
    try:
        mended, _ = read_repaired(design)
    except SimError:
        return design
    return mended.design


def _interface(design: Design) -> Interface | str:
    try:
        return infer_timing(design, read_interface(design))
    except SimError as error:
        return str(error).partition("\n")[0]


def _proof(raw: Design, design: Design, interface: Interface, seconds: float) -> tuple[str, str]:
    if design.sources == raw.sources:
        return "proved", "the same text"
    own = _interface(design)
    if isinstance(own, str):
        return "unreadable", own
    if _ports(own) != _ports(interface):
        return "other ports", ", ".join(sorted(p[0] for p in _ports(own) ^ _ports(interface)))
    [proof] = YosysProver().equivalent(raw, [design], interface, seconds=seconds)
    return proof.outcome.value, proof.reason


def _ports(interface: Interface) -> set[tuple[str, str, int]]:
    return {(port.name, port.direction.value, port.width) for port in interface.ports}


def ours(case: Case, measuring: Measuring) -> Row:
    """Optimize the raw version of `case`."""
    start, used = time.monotonic(), processor_seconds()
    row: Row = {"case": case.name, "ppa": None, "proof": "", "steps": [], "left_alone": []}
    raw = _design(case.sources[RAW])
    text = case.sources[RAW]
    try:
        if isinstance(raw, str):
            row["left_alone"] = [raw]
        elif not measuring.identity:
            text, more = _optimized(raw, measuring)
            row |= more
    except SimError as error:
        row["left_alone"] = [" ".join(str(error).split())]
    row["proof"] = row["proof"] or "unchanged"
    result = _design(text)
    if isinstance(result, Design):
        [row["ppa"]] = _ppas([result], measuring.library())
    row["diff"] = _diff(case.sources[RAW], text)
    row["seconds"] = time.monotonic() - start
    row["cpu_seconds"] = processor_seconds() - used
    names = [step["name"] for step in row["steps"]]
    row["said"] = ", ".join(names or row["left_alone"] or ["nothing helps"])
    return row


def _optimized(raw: Design, measuring: Measuring) -> tuple[str, Row]:
    found = optimize(
        raw,
        goal=Goal(measuring.goal),
        library=measuring.library(),
        seconds=measuring.seconds,
        named_states=measuring.named_states,
        text_price=measuring.text_price,
    )
    steps = [
        {"name": step.name, "what": step.what, "proof": step.proof.reason} for step in found.steps
    ]
    proof = f"{found.proof.outcome.value}: {found.proof.reason}" if found.changed else "unchanged"
    return found.design.sources[_FILE], {
        "proof": proof,
        "steps": steps,
        "repairs": list(found.repairs),
        "left_alone": [str(left) for left in found.left_alone],
    }


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "raw", "ours", lineterm=""
    )
    return "\n".join(lines)
