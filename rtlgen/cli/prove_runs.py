"""What `prove` does once its arguments are parsed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.table import Table

from rtlgen.cli.common import FAILED, NOT_JUDGED, OK, print_json, stderr
from rtlgen.cli.prove_folder import read_certificate, write_folder
from rtlgen.cli.runs import console_progress
from rtlgen.design.load import load_rtl
from rtlgen.design.visible import visible
from rtlgen.errors import UsageError
from sim.design import Design
from sim.interface import Interface, Reset, infer_timing, read_interface
from sim.proof import Outcome, Proof
from symbolic.counterexample import Counterexample, differ
from symbolic.prover import YosysProver

_CODES = {Outcome.PROVED: OK, Outcome.REFUTED: FAILED, Outcome.OPEN: NOT_JUDGED}
_WORDS = {Outcome.PROVED: "proved", Outcome.REFUTED: "refuted", Outcome.OPEN: "unknown"}
_MOST_CYCLES, _MOST_PORTS = 12, 10
"""Of a trace, in the table on the terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The options of `rtlgen prove`."""

    golden: Path | None
    other: Path | None
    both: Sequence[Path]
    top: str | None
    resets: Sequence[str]
    seconds: float
    output: Path | None
    json: bool
    quiet: bool


def run(request: Request) -> NoReturn:
    """Run `rtlgen prove`."""
    if request.golden is None or request.other is None:
        raise UsageError("two designs must be given\n\nhint: rtlgen prove golden.v other.v")
    golden = _loaded(request.golden, request, "the first design")
    other = _loaded(request.other, request, "the second design")
    interface = _interface(golden, request.resets)
    progress = console_progress(quiet=request.quiet)
    with tempfile.TemporaryDirectory() as kept, progress.working(f"proving {golden.top}"):
        proof = _proof(golden, other, interface, request.seconds, Path(kept))
        shown = Counterexample.of(proof, interface)
        record = _record(request, golden, other, proof, shown)
        if request.output is not None:
            write_folder(request.output, Path(kept), record, (golden, other), shown)
    _tell(record, proof, shown, request)
    raise typer.Exit(_CODES[proof.outcome])


def recheck(
    folder: Path, *, golden: Path | None, seconds: float, json: bool, quiet: bool
) -> NoReturn:
    """Check again the proof that lies in `folder`."""
    if golden is not None:
        raise UsageError("--check takes a folder alone: what was compared lies in it")
    certificate = read_certificate(folder)
    try:
        fault = certificate.fault(seconds=seconds)
        outcome = "does not hold" if fault else "holds"
    except TimeoutError as error:
        fault, outcome = str(error), "unknown"
    clauses = len(certificate.forbidden)
    if json:
        print_json({"certificate": outcome, "fault": fault, "clauses": clauses})
    elif not quiet:
        reason = f": {fault}" if fault else f": an inductive invariant of {clauses} clauses"
        typer.echo(f"the proof {outcome}{reason}", err=True)
    raise typer.Exit({"holds": OK, "unknown": NOT_JUDGED}.get(outcome, FAILED))


def _loaded(path: Path, request: Request, what: str) -> Design:
    design = load_rtl([path, *request.both], module=request.top, what=what)
    if request.top is not None and design.top != request.top:
        raise UsageError(f"--top must name a module of {path}, not {request.top!r}")
    return design


def _interface(golden: Design, resets: Sequence[str]) -> Interface:
    interface = infer_timing(golden, read_interface(golden))
    return replace(interface, resets=tuple(map(_reset, resets))) if resets else interface


def _reset(text: str) -> Reset:
    name, colon, level = text.partition(":")
    if colon and level not in ("low", "high"):
        raise UsageError(f"--reset must read NAME, NAME:low or NAME:high, not {text!r}")
    return Reset(port=name, active_low=level == "low")


def _proof(
    golden: Design, other: Design, interface: Interface, seconds: float, kept: Path
) -> Proof:
    """Compare ports, then what the designs do."""
    different = _other_ports(interface, read_interface(other))
    if different:
        return Proof(outcome=Outcome.REFUTED, reason=different)
    prover = YosysProver(keep=kept, certify=True)
    [proof] = prover.equivalent(golden, [other], interface, seconds=seconds)
    return proof


def _other_ports(golden: Interface, other: Interface) -> str:
    wanted = {port.name: (port.direction.value, port.width) for port in golden.ports}
    found = {port.name: (port.direction.value, port.width) for port in other.ports}
    for name in {**wanted, **found}:
        if wanted.get(name) != found.get(name):
            shown = [
                "no port" if port is None else f"{port[0]} of {port[1]} bits"
                for port in (wanted.get(name), found.get(name))
            ]
            return f"port {name}: {shown[0]} in the first design, {shown[1]} in the second"
    return ""


def _record(
    request: Request, golden: Design, other: Design, proof: Proof, shown: Counterexample | None
) -> dict[str, Any]:
    return {
        "outcome": _WORDS[proof.outcome],
        "reason": proof.reason,
        "seconds": round(proof.seconds, 3),
        "cycles_searched": proof.cycles,
        "golden": {"path": str(request.golden), "top": golden.top, "digest": golden.digest},
        "other": {"path": str(request.other), "top": other.top, "digest": other.digest},
        "counterexample": None if shown is None else _trace(shown),
    }


def _trace(shown: Counterexample) -> dict[str, Any]:
    return {
        "port": shown.port,
        "inputs": [dict(cycle) for cycle in shown.cycles],
        "golden": [dict(values) for values in shown.golden],
        "other": [dict(values) for values in shown.other],
    }


def _tell(
    record: Mapping[str, Any], proof: Proof, shown: Counterexample | None, request: Request
) -> None:
    if request.json:
        print_json(record)
    if request.quiet:
        return
    if shown is not None:
        stderr().print(_table(shown))
    line = f"{record['outcome']}: {record['reason']} ({proof.seconds:.1f} s)"
    if proof.outcome is Outcome.PROVED:
        line = f"proved: {record['golden']['top']} ({proof.reason}, {proof.seconds:.1f} s)"
    typer.echo(visible(line), err=True)
    if request.output is not None:
        typer.echo(f"written: {request.output}", err=True)


def _table(shown: Counterexample) -> Table:
    """Return the end of a trace: inputs, and what of the outputs differs or is otherwise seen."""
    pins = shown.interface
    clocks = {clock.port for clock in pins.clocks}
    inputs = [p.name for p in pins.inputs if p.name not in clocks][:_MOST_PORTS]
    names = [p.name for p in pins.outputs]
    outputs = sorted(names, key=lambda name: name not in shown.differing())[:_MOST_PORTS]
    table = Table(box=None, header_style="bold")
    for name in ("cycle", *inputs, *(f"{name}: first, second" for name in outputs)):
        table.add_column(name, justify="right")
    for number in range(max(0, len(shown.golden) - _MOST_CYCLES), len(shown.golden)):
        given = shown.cycles[number] if number < len(shown.cycles) else {}
        driven = [_number(given[name], pins.port(name).width) if given else "" for name in inputs]
        pairs = [_pair(shown.golden[number][name], shown.other[number][name]) for name in outputs]
        label = str(number + 1) if given else "after"
        table.add_row(label, *driven, *pairs)
    return table


def _number(value: int, width: int) -> str:
    return f"{value:b}" if width == 1 else f"'h{value:x}"


def _pair(golden: str, other: str) -> str:
    text = f"{_bits(golden)}  {_bits(other)}"
    return f"[bold red]{text}[/]" if differ(golden, other) else text


def _bits(text: str) -> str:
    if len(text) == 1 or "x" in text:
        return text
    return _number(int(text, 2), len(text))
