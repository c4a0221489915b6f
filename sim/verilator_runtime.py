"""The part of a Verilator simulation that is the same for every design, built once.

It lies in `RTLGEN_CACHE`, else `$XDG_CACHE_HOME/rtlgen`, else `~/.cache/rtlgen`,
in a folder named by a digest of everything that it depends on, and appears
there by a rename, so that two processes may build it at once.

cocotb's `main` is no part of it: it allocates the model, whose size is the
design's. It is compiled together with the design, which costs little more.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from sim import tools
from sim.built_folder import build_folder
from sim.cache_folder import cache_folder
from sim.cocotb_run import vpi_library
from sim.design import digest
from sim.errors import ToolFailed
from sim.isolation import installation
from sim.process import Limits, run_tool

_PARTS = (
    "verilated",
    "verilated_dpi",
    "verilated_vpi",
    "verilated_vcd_c",
    "verilated_timing",
    "verilated_threads",
    "verilated_random",
    "verilated_probdist",
)
_OBJECTS = tuple(f"{part}.o" for part in _PARTS)
_STANDARD = "CFG_CXXFLAGS_STD=-std=gnu++20"
_OPTIMIZE = ("OPT_FAST=-O1", "OPT_SLOW=-O0", "OPT_GLOBAL=-O2")
_SAMPLE = """\
module sample(input clk, output reg q);
  initial #1 q = 0;
  always @(posedge clk) q <= ~q;
endmodule
"""
_BUILD_LIMITS = Limits(seconds=600, cpu_seconds=600)


def flags() -> list[str]:
    """Return the Verilator options that design and run-time code must share."""
    vpi = vpi_library("verilator")
    return [
        *("-cc", "--exe", "-Mdir", "obj", "--prefix", "Vtop", "-o", "sim"),
        *("--vpi", "--public-flat-rw", "--timing", "--trace"),
        *("--timescale-override", "1ns/1ps", "-LDFLAGS"),
        f"-Wl,-rpath,{vpi.parent} -L{vpi.parent} -l{vpi.stem.removeprefix('lib')}",
        str(_main()),
    ]


def _main() -> Path:
    return vpi_library("verilator").parent.parent / "share" / "lib" / "verilator" / "verilator.cpp"


def make(runtime: Path) -> list[str]:
    """Return the command that compiles a verilated design against `runtime`."""
    return [
        *_make(),
        "VK_GLOBAL_OBJS=",
        "VK_USER_OBJS=",
        # Last, behind the design's own code, which needs them.
        "LIBS=" + " ".join(str(runtime / name) for name in _OBJECTS),
        "sim",
    ]


def make_environment() -> dict[str, str]:
    """Return the variables that `make` needs; Vtop_classes.mk appends to them."""
    return {**tools.verilator().environment, "VM_SUPPORT_SLOW": str(_main().with_suffix(""))}


def _make() -> list[str]:
    compiler = tools.cxx()
    return [
        *(str(tools.make()), "-s", "-C", "obj", "-f", "Vtop.mk", _STANDARD, *_OPTIMIZE),
        *(f"CXX={compiler}", f"LINK={compiler}"),
    ]


def tool_folders() -> list[Path]:
    """Return the folders that Verilator and the compiler need when make is what is run."""
    return [*tools.verilator().folders, *installation(tools.cxx())]


@cache
def provide() -> Path:
    """Return the folder of the built run-time code, building it where it is missing.

    Raises:
        ToolFailed: It does not build, or the cache folder cannot be written.
    """
    folder = cache_folder() / f"verilator-{_key()}"
    if not folder.is_dir():
        build_folder(folder, _compile, what="Verilator's run-time code")
    return folder


def _key() -> str:
    tool, compiler = tools.verilator(), tools.cxx()
    stamp = compiler.resolve().stat()
    parts = [*flags(), *_PARTS, *_OPTIMIZE, _STANDARD, tool.version, str(tool.path), str(compiler)]
    return digest(
        *(p.encode() for p in ["no main", *parts, str(stamp.st_size), str(stamp.st_mtime_ns)])
    )


def _compile(work: Path, ready: Path) -> None:
    tool = tools.verilator()
    (work / "sample.v").write_text(_SAMPLE)
    verilate = [str(tool.path), *flags(), "--top-module", "sample", "-Wno-fatal", "sample.v"]
    jobs = f"-j{os.cpu_count() or 1}"
    for command in (verilate, [*_make(), jobs, *_OBJECTS]):
        run = run_tool(
            command,
            cwd=work,
            limits=_BUILD_LIMITS,
            environment=dict(tool.environment),
            readable=tool_folders(),
        )
        if run.exit_code != 0:
            raise ToolFailed(
                f"Verilator's run-time code must build; `{Path(command[0]).name}` "
                f"{'reached its ' + run.limit + ' limit' if run.limit else 'failed'}:\n"
                f"{run.output[-2000:].strip()}\n\nhint: it needs a C++20 compiler and make "
                "(apt-get install g++ make); `rtlgen doctor` tries it"
            )
    for name in _OBJECTS:
        (work / "obj" / name).rename(ready / name)
