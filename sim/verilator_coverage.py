"""A design compiled once with Verilator's coverage counters, and run under many stimuli.

No simulator interface and no Python takes part in a run: a small C++ program
reads a stimulus (`Replay`), sets the inputs and evaluates the model, some
hundred times as fast as cocotb would. Run-time code and the headers that every
model includes are compiled once for a machine, so that a small design takes
less than a second; they lie beside those of `sim.verilator_runtime`.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from sim import tools
from sim.built_folder import build_folder
from sim.cache_folder import cache_folder
from sim.cocotb_run import read_plain
from sim.design import digest
from sim.errors import ToolFailed
from sim.process import Limits, ToolRun, run_tool
from sim.verilator_runtime import tool_folders

TOP = "rtlgen_cov_top"
"""Module around the design; its inputs are called `i0`, `i1`, ..."""
PICOSECONDS = 1000
"""Simulation steps in a tick of the stimulus, 1 ns."""

_STIMULUS, _RESULT, _PROGRAM = "rtlgen_stimulus", "rtlgen_coverage", "rtlgen_sim"
_RESULT_BYTES = 64 << 20
_PARTS = (
    "verilated",
    "verilated_cov",
    "verilated_timing",
    "verilated_threads",
    "verilated_random",
    "verilated_probdist",
)
_HEADER = """\
#include "verilated.h"
#include "verilated_cov.h"
#include "verilated_timing.h"
"""
# Whoever includes the precompiled header must have been given the very same options.
_DEFINES = (
    *("-std=gnu++20", "-w", "-DVERILATOR=1", "-DVM_COVERAGE=1", "-DVM_SC=0"),
    *("-DVM_TIMING=1", "-DVM_TRACE=0", "-DVL_USER_FATAL=1"),
)
_BUILD_LIMITS = Limits(seconds=600, cpu_seconds=600)
_VERILATE = (
    *("-cc", "-Mdir", "obj", "--prefix", "Vtop", "--timing", "--timescale-override", "1ns/1ps"),
    *("--coverage-line", "--coverage-toggle", "--coverage-user", "--no-assert-case"),
    *("-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-MULTIDRIVEN", "-Wno-UNOPTFLAT"),
    *("-Wno-BLKANDNBLK", "--top-module", TOP),
)
_GENERATED = re.compile(r"Vtop\w*\.cpp\Z", re.ASCII)
_MAIN = """\
#include <cstdio>
#include <cstdlib>
#include <vector>

void vl_fatal(const char*, int, const char*, const char* message) {
  std::fprintf(stderr, "%s\\n", message ? message : "");
  std::_Exit(4);
}

namespace {
template <class T> void put(T& to, const uint32_t* from) {
  if constexpr (sizeof(T) > 4) to = from[0] | (static_cast<uint64_t>(from[1]) << 32);
  else to = static_cast<T>(from[0]);
}
template <std::size_t N> void put(VlWide<N>& to, const uint32_t* from) {
  for (std::size_t i = 0; i < N; ++i) to[i] = from[i];
}
uint32_t set(Vtop& top, uint32_t port, const uint32_t* from) {
  switch (port) {
@SETTERS@
  default: return 0;
  }
}
void advance(VerilatedContext& context, Vtop& top, uint64_t until) {
  while (top.eventsPending() && top.nextTimeSlot() <= until && !context.gotFinish()) {
    context.time(top.nextTimeSlot());
    top.eval();
  }
  context.time(until);
}
}

int main(int argc, char** argv) {
  std::vector<uint32_t> words;
  if (std::FILE* file = std::fopen("rtlgen_stimulus", "rb")) {
    uint32_t chunk[4096];
    while (std::size_t n = std::fread(chunk, 4, 4096, file)) {
      words.insert(words.end(), chunk, chunk + n);
    }
    std::fclose(file);
  }
  // What a design prints, nobody reads.
  if (!std::freopen("/dev/null", "w", stdout)) return 3;
  VerilatedContext context;
  context.commandArgs(argc, argv);
  context.fatalOnError(false);
  context.errorLimit(1 << 30);
  Vtop top{&context, "top"};
  top.eval();
  for (std::size_t at = 0; at + 1 < words.size();) {
    advance(context, top, context.time() + 1000ULL * words[at]);
    uint32_t ports = words[at + 1];
    for (at += 2; ports > 0; --ports) at += 1 + set(top, words[at], &words[at + 1]);
    top.eval();
  }
  context.coveragep()->write("rtlgen_coverage");
  return 0;
}
"""


class Replay:
    """A stimulus in the form that the compiled model reads."""

    def __init__(self, widths: Mapping[str, int]) -> None:
        """Begin with inputs of these widths, in the order of the model's ports."""
        self._sizes = {
            name: (index, -(-width // 32), (1 << width) - 1)
            for index, (name, width) in enumerate(widths.items())
        }
        self._words = array("I")

    def step(self, wait: int, drive: Mapping[str, int]) -> None:
        """Let `wait` ticks pass, then set the inputs in `drive`."""
        words = self._words
        words.extend((wait, len(drive)))
        for name, value in drive.items():
            index, size, mask = self._sizes[name]
            words.append(index)
            words.extend((value & mask) >> (32 * i) & 0xFFFFFFFF for i in range(size))

    def content(self) -> bytes:
        """Return the content of the file that the model reads."""
        return self._words.tobytes()


def build(
    folder: Path,
    *,
    bench: Mapping[str, str],
    design: Mapping[str, str],
    data: Mapping[str, bytes],
    widths: Sequence[int],
    widest: int,
    limits: Limits,
) -> list[ToolRun]:
    """Compile a model in `folder`; return the runs up to the first that failed.

    Args:
        folder: Work folder, to be kept for `replay`.
        bench: Verilog around the design, by file name; defines `TOP`.
        design: Verilog that has passed the gate, by plain file name.
        data: Files that it reads, such as memory images.
        widths: Of the inputs of `TOP`.
        widest: Bits of the widest signal of which the bits are watched.
        limits: Of every command.

    Raises:
        EnvironmentFault: A tool is missing, or the run-time code does not build.
    """
    runtime, tool = provide(), tools.verilator()
    texts = {name: text.encode() for name, text in {**bench, **design}.items()}
    for name, content in {**data, **texts}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    verilate = [str(tool.path), *_VERILATE, "--coverage-max-width", str(widest), *bench, *design]
    runs = [_run(verilate, folder, limits, runtime)]
    if runs[-1].exit_code == 0:
        (folder / "rtlgen_all.cpp").write_text(_unit(folder, widths), encoding="utf-8")
        runs.append(_run(_compile_model(runtime), folder, limits, runtime))
    return runs


def replay(folder: Path, stimulus: bytes, *, limits: Limits) -> tuple[ToolRun, str | None]:
    """Run the model in `folder`; return the run, and the counters as Verilator writes them.

    Raises:
        EnvironmentFault: The process cannot be run at all.
    """
    result = folder / _RESULT
    result.unlink(missing_ok=True)
    (folder / _STIMULUS).write_bytes(stimulus)
    command = [f"./{_PROGRAM}", "+verilator+rand+reset+0", "+verilator+seed+1"]
    run = run_tool(command, cwd=folder, limits=limits)
    found = read_plain(result, most=_RESULT_BYTES) if run.exit_code == 0 else None
    return run, None if found is None else found.decode(errors="replace")


def _run(command: Sequence[str], folder: Path, limits: Limits, runtime: Path) -> ToolRun:
    return run_tool(
        command,
        cwd=folder,
        limits=limits,
        environment=dict(tools.verilator().environment),
        readable=(runtime, *tool_folders()),
    )


def _unit(folder: Path, widths: Sequence[int]) -> str:
    """Return the one C++ file that includes all others."""
    generated = sorted(p.name for p in (folder / "obj").iterdir() if _GENERATED.match(p.name))
    includes = "".join(f'#include "obj/{name}"\n' for name in generated)
    setters = "\n".join(
        f"  case {index}: put(top.i{index}, from); return {-(-width // 32)};"
        for index, width in enumerate(widths)
    )
    return includes + _MAIN.replace("@SETTERS@", setters)


def _compile_model(runtime: Path) -> list[str]:
    header = ("-include", str(runtime / "common.h"))
    objects = (str(runtime / f"{part}.o") for part in _PARTS)
    options = ("-O0", *_DEFINES, *_includes(), "-Iobj", *header)
    return [str(tools.cxx()), *options, "-o", _PROGRAM, "rtlgen_all.cpp", *objects, "-lpthread"]


def _includes() -> tuple[str, ...]:
    include = _include_folder()
    return (f"-I{include}", f"-I{include / 'vltstd'}")


@cache
def _include_folder() -> Path:
    """Return the folder of Verilator's C++ sources."""
    tool = tools.verilator()
    root = tool.environment.get("VERILATOR_ROOT")
    roots = [Path(root)] if root else []
    roots += [tool.path.resolve().parents[1] / "share" / "verilator", *tool.folders]
    for found in roots:
        if (found / "include" / "verilated_cov.cpp").is_file():
            return found / "include"
    raise ToolFailed(
        f"Verilator's C++ sources must be installed; {tool.path} has none near it"
        "\n\nhint: set VERILATOR_ROOT to the folder that holds include/verilated.h"
    )


@cache
def provide() -> Path:
    """Return the folder of the built run-time code, building it where it is missing.

    Raises:
        ToolFailed: It does not build, or the cache folder cannot be written.
    """
    folder = cache_folder() / f"coverage-{_key()}"
    if not folder.is_dir():
        build_folder(folder, _compile_runtime, what="Verilator's run-time code")
    return folder


def _key() -> str:
    tool, compiler = tools.verilator(), tools.cxx()
    stamp = compiler.resolve().stat()
    parts = [*_PARTS, *_DEFINES, _HEADER, tool.version, str(tool.path), str(compiler)]
    parts += [str(stamp.st_size), str(stamp.st_mtime_ns)]
    return digest(*(part.encode() for part in parts))


def _compile_runtime(_work: Path, ready: Path) -> None:
    (ready / "common.h").write_text(_HEADER, encoding="utf-8")
    compiler, include = str(tools.cxx()), _include_folder()
    shared = (*_DEFINES, *_includes())
    header = [compiler, "-O0", *shared, "-x", "c++-header", "-o", "common.h.gch", "common.h"]
    parts = [
        [compiler, "-O1", *shared, "-c", "-o", f"{part}.o", str(include / f"{part}.cpp")]
        for part in _PARTS
    ]
    for command in (header, *parts):
        run = _run(command, ready, _BUILD_LIMITS, ready)
        if run.exit_code != 0:
            raise ToolFailed(
                f"Verilator's run-time code must build; `{Path(command[0]).name}` "
                f"{'reached its ' + run.limit + ' limit' if run.limit else 'failed'}:\n"
                f"{run.output[-2000:].strip()}\n\nhint: it needs a C++20 compiler "
                "(apt-get install g++); `rtlgen doctor` tries it"
            )


def named(names: Iterable[str], *, prefix: str) -> dict[str, str]:
    """Return, by their place in the work folder, the names of a design's files."""
    plain = re.compile(r"[A-Za-z0-9_.-]+\Z")
    return {
        f"{prefix}/{name if plain.match(name) else f'source{index}.sv'}": name
        for index, name in enumerate(names)
    }
