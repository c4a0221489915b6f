"""Verilator builds per design: with the shared run-time code built once, against without.

    python bench/verilator_runtime.py [RUNS]

Prints seconds per build of the same small design, both ways in turn, and the
ratio of the medians. The baseline is what `make -f Vtop.mk` does by itself.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from sim import tools, verilator_runtime
from sim.process import Limits, run_tool

DESIGN = """\
module counter(input clk, input rst, output reg [7:0] q);
  always @(posedge clk) if (rst) q <= 0; else q <= q + 1;
endmodule
"""
LIMITS = Limits(seconds=300, cpu_seconds=300)


def build(make: list[str], environment: dict[str, str], *readable: Path) -> float:
    tool = tools.verilator()
    verilate = [str(tool.path), *verilator_runtime.flags(), "--top-module", "counter", "counter.v"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "counter.v").write_text(DESIGN)
        start = time.monotonic()
        for command in (verilate, make):
            run = run_tool(
                command,
                cwd=folder,
                limits=LIMITS,
                environment=environment,
                readable=(*readable, *verilator_runtime.tool_folders()),
            )
            if run.exit_code != 0:
                sys.exit(f"{command[0]} failed:\n{run.output}")
        return time.monotonic() - start


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    runtime = verilator_runtime.provide()
    shared = verilator_runtime.make(runtime)
    plain = [word for word in shared if not word.startswith(("VK_", "LIBS="))]
    bare = dict(tools.verilator().environment)
    ours = verilator_runtime.make_environment()
    pairs = [(build(plain, bare), build(shared, ours, runtime)) for _ in range(runs)]
    without, with_ = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{tools.verilator().version}: {without:.2f} s without, {with_:.2f} s with, ", end="")
    print(f"ratio {without / with_:.1f} (median of {runs})")


if __name__ == "__main__":
    main()
