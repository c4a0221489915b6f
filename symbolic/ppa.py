"""Area, delay and cells of designs, by one synthesis flow that is the same for all.

Two views. Stock counts, as papers print them: cells and wires of `synth; stat`. And a
mapped view, as users feel it: an area-oriented script of Yosys and ABC with a cell
library; area is the sum of its cells', delay the longest path that ABC's static timing
analysis finds between registers and ports (the registers' own delay is not in it).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sim.design import Design
from sim.errors import SimError, ToolFailed
from sim.interface import Interface, infer_timing, read_interface
from sim.scratch import scratch_folder
from symbolic.dataflow.plain import plain
from symbolic.ppa_flow import FLOW
from symbolic.ppa_liberty import Library, NotLiberty, read_library
from symbolic.ppa_power import power_proxy
from symbolic.ppa_worker import NETLIST
from symbolic.yosys import (
    LIMITS,
    answers_in,
    error_in,
    lay_out,
    log_in,
    require_pyosys,
    run_forking,
)

__all__ = ["FLOW", "Library", "NotLiberty", "NotMeasured", "Ppa", "measure", "read_library"]

_GRACE_SECONDS = 10.0
_TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ppa:
    """What synthesis makes of one design."""

    area: float
    """Of all mapped cells, in the library's unit (its own: gate equivalents)."""
    delay: float
    """Of the longest path, in ps; 0 without logic."""
    levels: int
    """Cells on the path with most of them."""
    flip_flops: int
    """Mapped registers, latches included, in bits."""
    by_cell: Mapping[str, int] = field(default_factory=dict)
    """How many of each library cell."""
    cells: int | None = None
    """After stock `synth; stat`, of the whole hierarchy; None if not asked for."""
    wires: int | None = None
    cells_nofsm: int | None = None
    """The same after `synth -nofsm`."""
    wires_nofsm: int | None = None
    with_fsm: Ppa | None = None
    """Mapped by the same flow with Yosys's FSM pass in it; None if not asked for."""
    power: float | None = None
    """A proxy: see `symbolic.ppa_power`; None if not asked for."""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_cell", MappingProxyType(dict(self.by_cell)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """A design that synthesis does not take."""

    reason: str


def measure(  # noqa: PLR0913 - one argument a wish
    designs: Sequence[Design],
    *,
    library: Library | None = None,
    seconds: float = 60.0,
    stock: bool = True,
    fsm: bool = False,
    power: bool = False,
    interface: Interface | None = None,
    thorough: bool = True,
) -> list[Ppa | NotMeasured]:
    """Synthesize `designs`, each in a fork of one process, and say what comes of each, in order.

    Args:
        designs: Anybody's text; read by Yosys only, in a sandboxed child process.
        library: Cells to map to; the project's own by default.
        seconds: For all together; those not reached are not measured.
        stock: Whether to count stock cells and wires too, which takes most of the time.
        fsm: Whether to measure the mapped view with Yosys's FSM pass too.
        power: Whether to simulate the mapped netlists too, for `Ppa.power`.
        interface: For that, whose resets these are; by default the first design tells.
        thorough: Whether to map in several ways and take the best; one alone takes a third of
            the time, and its figures can be compared with nothing but each other.

    Raises:
        ToolNotFound: pyosys is not installed.
        ToolFailed: ABC does not read the library.
        EnvironmentFault: No child process can be run, or pyosys does not run in it.
    """
    require_pyosys()
    if not designs:
        return []
    library = library or read_library()
    with scratch_folder() as folder:
        lay_out(folder, {"cells.lib": library.text, "registers.lib": library.registers()})
        for number, design in enumerate(designs):
            lay_out(folder / str(number) / _TEXT, _plain(design))
            lay_out(folder / str(number), design.data)
        request = {
            "designs": [{"top": d.top, "files": list(d.sources)} for d in designs],
            "seconds": seconds,
            "stock": stock,
            "fsm": fsm,
            "netlist": power,
            "thorough": thorough,
        }
        limits = replace(LIMITS, seconds=seconds + _GRACE_SECONDS, cpu_seconds=2 * seconds + 30)
        run_forking("symbolic.ppa_worker", request, folder=folder, limits=limits)
        answers = answers_in(folder / "answers.jsonl")
        if answers and "library" in answers[0]:
            raise ToolFailed(f"ABC does not read library {library.name!r}: {answers[0]['library']}")
        found = [
            _answer(answers[n] if n < len(answers) else {}, library, folder / str(n))
            for n in range(len(designs))
        ]
        return (
            _with_power(found, folder, library, interface or _told(designs[0])) if power else found
        )


def _told(design: Design) -> Interface | None:
    try:
        return infer_timing(design, read_interface(design))
    except SimError:
        return None


def _with_power(
    found: Sequence[Ppa | NotMeasured], folder: Path, library: Library, pins: Interface | None
) -> list[Ppa | NotMeasured]:
    resets = {r.port: int(not r.active_low) for r in pins.resets} if pins is not None else {}
    return [
        one
        if isinstance(one, NotMeasured)
        else replace(one, power=_power(folder / str(number), library, resets))
        for number, one in enumerate(found)
    ]


def _power(folder: Path, library: Library, resets: Mapping[str, int]) -> float | None:
    try:
        netlist = json.loads((folder / NETLIST).read_text(encoding="utf-8"))
        return power_proxy(netlist, library, resets=resets)
    except (OSError, ValueError, KeyError):
        return None


def _plain(design: Design) -> dict[str, str]:
    """Return the sources without what is meant for synthesis tools only, such as `full_case`."""
    return {name: plain(text) for name, text in design.sources.items()}


def _answer(answer: Mapping[str, Any], library: Library, folder: Path) -> Ppa | NotMeasured:
    if "mapped" not in answer:
        return NotMeasured(reason=_reason(answer, folder))
    main = _mapped(answer["mapped"], library)
    if isinstance(main, NotMeasured):
        return main
    fsm = _mapped(answer["mapped_fsm"], library) if "mapped_fsm" in answer else None
    stock, nofsm = answer.get("stock", {}), answer.get("stock_nofsm", {})
    return replace(
        main,
        with_fsm=fsm if isinstance(fsm, Ppa) else None,
        cells=stock.get("cells"),
        wires=stock.get("wires"),
        cells_nofsm=nofsm.get("cells"),
        wires_nofsm=nofsm.get("wires"),
        seconds=answer["seconds"],
    )


def _reason(answer: Mapping[str, Any], folder: Path) -> str:
    if not answer:
        return "not reached in time"
    if answer["status"] is None:
        return "synthesis did not end in time"
    return error_in(log_in(folder)) or f"Yosys ended with exit code {answer['status']}"


def _mapped(found: Mapping[str, Any], library: Library) -> Ppa | NotMeasured:
    registers = {}
    for kind, count in found["left"].items():
        if kind not in library.cells:
            return NotMeasured(reason=f"library {library.name!r} has no cell for {kind}")
        if library.cells[kind].storage is not None:
            registers[kind] = count
    by_cell = {**registers, **found["logic"]}
    known = {kind: library.cells[kind].area for kind in by_cell if kind in library.cells}
    return Ppa(
        area=round(sum(area * by_cell[kind] for kind, area in known.items()), 4),
        delay=found["delay"],
        levels=found["levels"],
        flip_flops=sum(registers.values()),
        by_cell=dict(sorted((kind, by_cell[kind]) for kind in known)),
    )
