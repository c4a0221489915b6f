"""References that are hard or impossible to judge by: handled, or refused with the reason."""

from __future__ import annotations

import pytest

from sim.design import Design
from sim.errors import InvalidDesign, InvalidInterface
from sim.icarus import Icarus
from sim.interface import Interface, infer_timing, read_interface
from sim.judge import simulate_first
from sim.process import Limits
from sim.verdict import Status, Verdict
from testbench_gen import Golden, Testbench, write_testbench
from testbench_gen.registers import registers_of
from tests.testbench_gen.builders import Counter, counter_interface, port

LIMITS = Limits(seconds=120.0, cpu_seconds=60.0)
GATED = """module m(input clk, en, d, output reg q);
  wire gate = clk & en;
  always @(posedge gate) q <= d;
endmodule"""
MEMORY = """module m(input clk, we, input [3:0] a, input [7:0] d, output [7:0] q);
  reg [7:0] memory [0:15];
  assign q = memory[a];
  always @(posedge clk) if (we) memory[a] <= d;
endmodule"""
DUAL = """module m(input clk, d, output q);
  reg up, down;
  always @(posedge clk) up <= d;
  always @(negedge clk) down <= d;
  assign q = clk ? up : down;
endmodule"""
LATCH = "module m(input en, d, output reg q); always @* if (en) q = d; endmodule"
WIDE = """module m(input clk, input [4095:0] d, output reg [4095:0] q);
  always @(posedge clk) q <= d;
endmodule"""
TWO = """module m(input ca, cb, d, output reg q, r);
  always @(posedge ca) q <= d;
  always @(posedge cb) r <= q;
endmodule"""


def design(text: str) -> Design:
    return Design(top="m", sources={"m.v": text})


def written(text: str, *, timing: bool = True, budget: int = 200) -> Testbench:
    golden = design(text)
    interface = read_interface(golden)
    interface = infer_timing(golden, interface) if timing else interface
    return write_testbench(interface, Golden(design=golden), budget=budget)


def judged(testbench: Testbench, text: str) -> Verdict:
    return simulate_first(design(text), testbench.bench, simulators=[Icarus()], limits=LIMITS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("module m(output q); assign q = 1 + ; endmodule", r"m.v:1: expected expression"),
        ("module m(output q); assign q = z[3]; endmodule", r"m.v:1: use of undeclared .* 'z'"),
        ("module m(output q); other o(q); endmodule", r"m.v:1: unknown module 'other'"),
        ("module n(output q); assign q = 1; endmodule", r"no module 'm' in the design; it has n"),
        (
            "module m(output q); assign q = 1; endmodule module m(output q); endmodule",
            r"module 'm' is defined 2 times",
        ),
    ],
)
def test_a_reference_that_does_not_compile_is_refused(text: str, message: str) -> None:
    interface = Interface(module="m", ports=(port("q", "output"),))
    with pytest.raises(InvalidDesign, match=message):
        write_testbench(interface, Golden(design=design(text)))


def test_several_tops_are_fine_where_one_is_named() -> None:
    text = "module m(input a, output y); assign y = ~a; endmodule module n(input b); endmodule"
    assert written(text).golden_module == "rtlgen_golden_m"


def test_an_inout_is_refused() -> None:
    text = "module m(input a, inout b, output y); assign y = a; endmodule"
    with pytest.raises(InvalidInterface, match=r"'b' of module 'm' is inout\n\nhint: split it"):
        written(text)


def test_ports_on_which_specification_and_reference_disagree_are_refused() -> None:
    golden = Golden(design=design("module m(input a, output [1:0] y); assign y = a; endmodule"))
    ports = (port("a", "input"), port("y", "output"))
    with pytest.raises(InvalidInterface, match=r"output 'y' of 1 bits, .* has output 'y' of 2"):
        write_testbench(Interface(module="m", ports=ports), golden)


def test_a_model_with_a_state_needs_a_clock() -> None:
    interface = counter_interface()
    without = Interface(module="counter", ports=interface.ports, resets=interface.resets)
    with pytest.raises(InvalidInterface, match=r"exactly one clock; .* has 0\n\nhint: say in"):
        write_testbench(without, Counter())


def test_a_clock_that_nobody_declared_is_found() -> None:
    testbench = written(DUAL, timing=False)
    assert [clock.name for clock in testbench.plan.timing.clocks] == ["clk"]
    assert "driven as a clock, though not declared as one: clk" in testbench.notes


def test_where_no_clock_is_found_inputs_change_one_by_one() -> None:
    text = """module m(input a, b, d, output reg q);
      wire strike = a ^ b;
      always @(posedge strike) q <= d;
    endmodule"""
    testbench = written(text)
    assert testbench.plan.timing.one_by_one
    assert testbench.plan.cycles >= 200
    assert testbench.notes[0].startswith("no input was recognized as the clock")


def test_a_combinational_loop_is_noted() -> None:
    text = "module m(input a, output y); wire t = a & y; assign y = ~t; endmodule"
    assert registers_of(design(text)).loops == ("t", "y")
    assert "'y' depends on itself without a register" in " ".join(written(text).notes)


@pytest.mark.parametrize(
    "text",
    [
        "module m(input a, output y); wire t = ~a; assign y = ~t; endmodule",
        "module m(input clk, output reg y); wire t = ~y; always @(posedge clk) y <= t; endmodule",
        "module m(input [3:0] a, output [3:0] y); assign y = {y[2:0], 1'b1} & a; endmodule",
    ],
)
def test_what_is_no_loop_or_may_be_none_is_not_noted(text: str) -> None:
    assert registers_of(design(text)).loops == ()


@pytest.mark.icarus
def test_a_loop_that_swings_ends_in_time() -> None:
    text = "module m(input a, output y); assign y = ~(y & a); endmodule"
    limits = Limits(seconds=20.0, cpu_seconds=3.0)
    bench = written(text).bench
    verdict = simulate_first(design(text), bench, simulators=[Icarus()], limits=limits)
    assert verdict.status is Status.TIMEOUT


@pytest.mark.parametrize("clock", ["clk", "core_clock", "ck1", "i_clk"])
def test_a_gated_clock_is_known_by_its_name(clock: str) -> None:
    testbench = written(GATED.replace("clk", clock))
    assert testbench.plan.timing.gated
    assert [c.name for c in testbench.plan.timing.clocks] == [clock]
    assert any("inputs change only while it is inactive" in note for note in testbench.notes)
    assert "gated=True" in testbench.files["stimulus.py"]
    assert "Inputs change while the clock is inactive" in testbench.files["README.md"]


def test_a_gate_through_a_submodule_and_a_divided_clock() -> None:
    cell = "module cell_(input c, e, output g); assign g = c & e; endmodule"
    gate = "module m(input clk, en, d, output reg q); wire g; cell_ u(clk, en, g);"
    found = registers_of(
        design(f"{cell} {gate} always @(posedge clk or posedge g) q <= d; endmodule")
    )
    assert found.edges
    divided = """module m(input clk, d, output reg q); reg half = 0;
      always @(posedge clk) half <= ~half;
      always @(posedge half) q <= d;
    endmodule"""
    assert registers_of(design(divided)).gated == frozenset()


@pytest.mark.icarus
def test_a_gated_clock_is_like_an_enable() -> None:
    testbench = written(GATED)
    enabled = (
        "module m(input clk, en, d, output reg q); always @(posedge clk) if (en) q <= d; endmodule"
    )
    assert judged(testbench, GATED).status is Status.PASS
    assert judged(testbench, enabled).status is Status.PASS
    assert judged(testbench, GATED.replace("clk & en", "clk")).status is Status.FAIL


@pytest.mark.icarus
@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (MEMORY, "if (we)", "if (we | a == 3)"),
        (DUAL, "down <= d", "down <= up"),
        (LATCH, "if (en)", "if (en | d)"),
        (TWO, "r <= q", "r <= d"),
        (TWO, "posedge cb", "posedge ca"),
        (TWO, "posedge cb", "negedge cb"),
    ],
    ids=["memory", "dual edge", "latch", "two clocks", "one clock", "another edge"],
)
def test_unusual_references_are_judged_by(text: str, old: str, new: str) -> None:
    testbench = written(text)
    assert judged(testbench, text).status is Status.PASS
    assert judged(testbench, text.replace(old, new)).status is Status.FAIL


@pytest.mark.icarus
def test_a_port_of_4096_bits_is_judged_in_time() -> None:
    testbench = write_testbench(
        infer_timing(design(WIDE), read_interface(design(WIDE))), Golden(design=design(WIDE))
    )
    assert testbench.plan.cycles < 1200
    assert judged(testbench, WIDE).status is Status.PASS
    wrong = WIDE.replace("q <= d", "q <= d ^ (d[4095:4088] == 8'hFE)")
    assert judged(testbench, wrong).status is Status.FAIL
