"""A library that makes Icarus Verilog's `vvp` faster, and changes nothing of what it does.

Two things take half of the processor time of a design that computes in loops:

- With each instruction that loads or stores a signal, vvp asks the C++ run-time library for
  a `dynamic_cast`, which compares names of classes. The answer depends only on the
  classes, so this library, loaded before that one, asks once for each and remembers.
- To index a vector, vvp makes a number of another one bit by bit. The library takes words,
  on x86-64, in place of vvp's own function, and only where that answers the same when asked
  at the start of the very process.

The library, `vvp_speed.c`, is built where there is a compiler, on Linux; elsewhere vvp runs
without it. It lies in the cache folder (`sim.cache_folder`) and appears there by a rename.
RTLGEN_VVP_SPEED=off does without.
"""

from __future__ import annotations

import logging
import os
import sys
from functools import cache
from pathlib import Path

from sim import tools
from sim.built_folder import build_folder
from sim.cache_folder import cache_folder
from sim.design import digest
from sim.errors import EnvironmentFault, ToolFailed
from sim.isolation import installation
from sim.own_files import is_own_folder
from sim.process import Limits, ToolRun, run_tool

log = logging.getLogger(__name__)

_VARIABLE = "RTLGEN_VVP_SPEED"
_NAME = "vvp_speed.so"
_SOURCE = Path(__file__).with_suffix(".c")
_OPTIONS = ("-x", "c", "-O2", "-shared", "-fPIC")
_LIMITS = Limits(seconds=120, cpu_seconds=60)


@cache
def provide() -> Path | None:
    """Return the library, building it where it is missing; None where vvp is to run without."""
    if sys.platform != "linux" or os.environ.get(_VARIABLE) == "off":
        return None
    try:
        folder = cache_folder() / f"vvp-speed-{_key()}"
        if not folder.is_dir():
            build_folder(folder, _make, what=f"vvp's {_NAME}")
    except (EnvironmentFault, OSError) as why:
        log.info("vvp runs without %s: %s", _NAME, why)
        return None
    return folder / _NAME if is_own_folder(folder) else None


def _key() -> str:
    """Return a digest of all that the library depends on."""
    parts = [_SOURCE.read_text(encoding="utf-8"), *_OPTIONS]
    for tool in (tools.cxx(), tools.vvp()):
        stamp = tool.resolve().stat()
        parts += [str(tool), str(stamp.st_size), str(stamp.st_mtime_ns)]
    return digest(*(part.encode() for part in parts))


def _make(work: Path, ready: Path) -> None:
    """Leave the library in `ready`, if it compiles and vvp starts with it."""
    if not (_compiles(work) and _loads(work)):
        raise ToolFailed("it does not compile, or vvp does not start with it")
    (work / _NAME).rename(ready / _NAME)


def _compiles(work: Path) -> bool:
    (work / _SOURCE.name).write_bytes(_SOURCE.read_bytes())
    argv = [str(tools.cxx()), *_OPTIONS, "-o", _NAME, _SOURCE.name, "-ldl"]
    run = run_tool(argv, cwd=work, limits=_LIMITS, readable=installation(tools.cxx()))
    return _ran(run)


def _loads(work: Path) -> bool:
    """Whether vvp starts with the library as it does without, to the last word."""
    environment = {"LD_PRELOAD": str(work / _NAME)}
    argv = [str(tools.vvp()), "-V"]
    plain = run_tool(argv, cwd=work, limits=_LIMITS)
    run = run_tool(argv, cwd=work, limits=_LIMITS, environment=environment)
    return _ran(run) and run.output == plain.output


def _ran(run: ToolRun) -> bool:
    if run.exit_code != 0:
        log.info("vvp runs without %s: %s", _NAME, run.output[-500:].strip() or run.limit)
    return run.exit_code == 0
