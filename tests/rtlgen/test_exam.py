"""An exam of the built-in proposer: what it takes on is right, and the rest is declined.

`exam/taken` holds specifications with golden RTL written by hand; the RTL that
the proposer compiles is simulated beside it. A golden output that is X is not
compared: the specification leaves it open. `exam/declined` holds
specifications whose fragments do not say what the module does.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from rtlgen.design.builtin import propose
from rtlgen.design.proposal import Decline, Proposal
from rtlgen.spec.reader import load_spec
from sim.interface import Interface, Port
from sim.process import Limits, run_tool

_EXAM = Path(__file__).parent / "exam"
_TAKEN = sorted((_EXAM / "taken").glob("*.md"))
_DECLINED = sorted((_EXAM / "declined").glob("*.md"))


@pytest.mark.icarus
@pytest.mark.parametrize("path", _TAKEN, ids=lambda path: path.stem)
def test_taken_and_right(path: Path, tmp_path: Path) -> None:
    spec = load_spec(path)
    answer = propose(spec)
    assert isinstance(answer, Proposal), answer
    (tmp_path / "design.v").write_text(answer.verilog)
    (tmp_path / "golden.v").write_text(path.with_suffix(".v").read_text())
    (tmp_path / "tb.sv").write_text(_bench(spec.interface))
    build = ["iverilog", "-g2012", "-s", "tb", "-o", "tb.vvp", "tb.sv", "golden.v", "design.v"]
    built = run_tool(build, cwd=tmp_path, limits=Limits(seconds=20))
    assert built.exit_code == 0, built.output
    ran = run_tool(["vvp", "-n", "tb.vvp"], cwd=tmp_path, limits=Limits(seconds=20))
    assert "DONE 0 of" in ran.output, ran.output + answer.verilog
    assert "DONE 0 of 0" not in ran.output, "the golden RTL leaves everything open"


@pytest.mark.parametrize("path", _DECLINED, ids=lambda path: path.stem)
def test_declined(path: Path) -> None:
    answer = propose(load_spec(path))
    assert isinstance(answer, Decline), answer.verilog


def _bench(interface: Interface) -> str:
    clock = next((clock.port for clock in interface.clocks), None)
    resets = {reset.port: int(not reset.active_low) for reset in interface.resets}
    wires = [f"reg {p.range} {p.name};" for p in interface.inputs]
    wires += [f"wire {p.range} {p.name}, gold_{p.name};" for p in interface.outputs]
    ports = ", ".join(f".{p.name}({p.name})" for p in interface.ports)
    gold = ", ".join(
        f".{p.name}({'gold_' if p in interface.outputs else ''}{p.name})" for p in interface.ports
    )
    data = [p for p in interface.inputs if p.name != clock and p.name not in resets]
    width = sum(p.width for p in data)
    steps = 1 << width if clock is None and width <= 12 else 1500
    drive = _drive(data, exhaustive=clock is None and width <= 12)
    drive += [
        f"{n} <= (i < 3 || $urandom % 40 == 0) ? {on} : {1 - on};" for n, on in resets.items()
    ]
    edges = f"#5 {clock} = 1; #1 if (i > 1) check; #4 {clock} = 0;" if clock else ""
    return "\n".join(
        [
            "`timescale 1ns/1ps",
            "module tb;",
            *wires,
            "integer i, wrong = 0, seen = 0;",
            f"{interface.module} dut({ports});",
            f"golden ref_dut({gold});",
            "task check; begin",
            *(_compare(port) for port in interface.outputs),
            "end endtask",
            f"initial begin {f'{clock} = 0;' if clock else ''} for (i = 0; i < {steps}; i = i + 1) begin",
            *drive,
            f"#1 if (i > 1 || {int(clock is None)}) check;",
            edges,
            "end",
            '$display("DONE %0d of %0d", wrong, seen); $finish; end',
            "endmodule",
        ]
    )


def _drive(data: list[Port], *, exhaustive: bool) -> list[str]:
    if not data:
        return []
    names = ", ".join(port.name for port in data)
    return [f"{{{names}}} <= {'i' if exhaustive else '{$urandom, $urandom}'};"]


def _compare(port: Port) -> str:
    """Compare the bits that the golden RTL defines."""
    gold, name = f"gold_{port.name}", port.name
    return (
        f"if ((^{gold}) !== 1'bx) seen = seen + 1; "
        f"if ({gold} !== ({gold} ^ {name} ^ {gold})) begin wrong = wrong + 1; "
        f'if (wrong < 6) $display("%0t {name}=%b golden %b", $time, {name}, {gold}); end'
    )
