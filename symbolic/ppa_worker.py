"""Synthesizes designs, each in a fork of one process that holds libyosys and the library."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from symbolic.ppa_flow import EVEN, MAPPERS, Mapper, mapped
from symbolic.ppa_order import wrapper
from symbolic.yosys_abc import abc_path
from symbolic.yosys_worker import ANSWERS, LOG, REQUEST, forked, libyosys

FOUND = "found.json"
NETLIST = "netlist.json"
CELLS, REGISTERS = "cells.lib", "registers.lib"
_SCL, _GENLIB, _ABC = "cells.scl", "none.genlib", "abc"
_ABC_SECONDS = 60.0
_FIRST_SECONDS = 10.0
"""That a design may take, however many wait."""
_TECHMAP = "$rtlgen_techmap"
_STAT = "stat.json"
_TIMING = re.compile(r"Gates = +\d+.*?Area = +([\d.]+).*?Delay = +([\d.]+) ps")
_LEVELS = re.compile(r"\blev = +(\d+)")
_GATE = re.compile(r"^(?:ABC: )?(\S+) +Fanin = +\d+ +Instance = +(\d+)", re.M)
_NO_CELLS = "GATE ZERO 0 Y=CONST0;\nGATE ONE 0 Y=CONST1;\nGATE INV 1 Y=!A; PIN * INV 1 9 1 0 1 0\n"
"""Yosys wants a library of its own to be named; ABC reads the real one after it."""


def main() -> None:
    """Measure the designs of the request, as far as time goes."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    deadline = time.monotonic() + request["seconds"]
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        for answer in _answers(request, deadline):
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


def _answers(request: Mapping[str, Any], deadline: float) -> Iterator[dict[str, Any]]:
    refused = _read_cells()
    if refused:
        yield {"library": refused}
        return
    Path(_GENLIB).write_text(_NO_CELLS, encoding="utf-8")
    Path(_ABC).write_text(wrapper(abc_path()), encoding="utf-8")
    Path(_ABC).chmod(0o700)
    libyosys()
    for number, source in enumerate(request["designs"]):
        folder = Path(str(number))
        left = deadline - time.monotonic()
        fair = max(left / (len(request["designs"]) - number), _FIRST_SECONDS)
        ended = forked(partial(_measure, source, request), folder=folder, seconds=min(left, fair))
        found = folder / FOUND
        measured = json.loads(found.read_text(encoding="utf-8")) if found.is_file() else {}
        yield {"status": ended.status, "seconds": ended.seconds, **measured}


def _read_cells() -> str:
    """Have ABC read the library once, in a form that it reads again in no time; say what fails."""
    run = subprocess.run(
        [abc_path(), "-q", f"read_lib -w {CELLS}; write_scl {_SCL}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_ABC_SECONDS,
        check=False,
    )
    if run.returncode == 0 and Path(_SCL).is_file():
        return ""
    return run.stdout.decode(errors="replace").strip()[-300:] or f"exit code {run.returncode}"


def _measure(source: Mapping[str, Any], request: Mapping[str, Any]) -> None:
    """Measure one design; runs in a fork, in a folder of its own."""
    job = _Job(source)
    mappers = MAPPERS if request["thorough"] else MAPPERS[:1]
    found: dict[str, Any] = {"mapped": job.mapped(mappers, netlist=request["netlist"])}
    if request["fsm"]:
        found["mapped_fsm"] = job.mapped(mappers, fsm=True)
    if request["stock"]:
        found["stock"] = job.stock("")
        found["stock_nofsm"] = job.stock(" -nofsm")
    part = Path(FOUND).with_suffix(".part")
    part.write_text(json.dumps(found), encoding="utf-8")
    part.rename(FOUND)


class _Job:
    def __init__(self, source: Mapping[str, Any]) -> None:
        self._library = libyosys()
        self._design = self._library.Design()
        self._top: str = source["top"]
        files = " ".join(f'"text/{name}"' for name in source["files"])
        self._run(f"read_verilog -sv {files}", f"hierarchy -check -top {self._top}")
        self._run("design -save read")

    def _run(self, *commands: str) -> None:
        for command in commands:
            self._library.run_pass(command, self._design)

    def mapped(
        self, mappers: Sequence[Mapper], *, fsm: bool = False, netlist: bool = False
    ) -> dict[str, Any]:
        """Return cells, delay and levels after the flow."""
        self._run("design -load read")
        before = Path(LOG).stat().st_size
        flow = partial(
            mapped,
            fsm=fsm,
            registers=f"../{REGISTERS}",
            genlib=f"../{_GENLIB}",
            cells=f"../{_SCL}",
            abc=f"../{_ABC}",
        )
        self._run(*flow(mappers=mappers, report=True))
        found = {**_reported(before), "left": self._counted()["by_cell"]}
        if netlist:
            self._run("design -load read", *flow(mappers=[mappers[found["mapper"]]]))
            self._run("splitnets", f"write_json {NETLIST}")
        return found

    def stock(self, option: str) -> dict[str, int]:
        """Return cells and wires after `synth; stat`."""
        self._run("design -load read", f"synth -top {self._top}{option}")
        counted = self._counted()
        return {"cells": counted["cells"], "wires": counted["wires"]}

    def _counted(self) -> dict[str, Any]:
        self._run(f"tee -q -o {_STAT} stat -json")
        whole = json.loads(Path(_STAT).read_text(encoding="utf-8"))["design"]
        return {
            "cells": whole["num_cells"],
            "wires": whole["num_wires"],
            "by_cell": whole.get("num_cells_by_type", {}),
        }


def _reported(before: int) -> dict[str, Any]:
    """Return what ABC says, from that place in the log on, of the better mapping."""
    with Path(LOG).open("rb") as log:
        log.seek(before)
        text = log.read().decode(errors="replace")
    reports = list(_TIMING.finditer(text))
    if not reports:
        return {"delay": 0.0, "levels": 0, "mapper": 0, "logic": {}}
    levels = [int(found[1]) for found in _LEVELS.finditer(text)]
    best = _better([(float(found[1]), float(found[2])) for found in reports])
    ends = [*(found.start() for found in reports), len(text)]
    gates = _GATE.findall(text, ends[best], ends[best + 1])
    return {
        "delay": float(reports[best][2]),
        "levels": levels[best],
        "mapper": best,
        "logic": {name: int(count) for name, count in gates},
    }


def _better(mappings: Sequence[tuple[float, float]]) -> int:
    """Return which of these areas and delays to take."""
    most = (1 + EVEN) * min(area for area, _ in mappings)
    fit = [n for n, (area, _) in enumerate(mappings) if area <= most]
    return min(fit, key=lambda n: mappings[n][::-1])
