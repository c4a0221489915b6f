from __future__ import annotations

import pickle
from functools import cache
from pathlib import Path

import pytest

from rtlgen.evaluation.harness.pass_line import PassLineHarness, Printed, read_output
from rtlgen.evaluation.harness.protocol import Conditions, Group, Preparation
from rtlgen.evaluation.judgement import Category, Judgement
from rtlgen.evaluation.problem import Problem

CONDITIONS = Conditions(cpu_seconds=2.0)
HARNESS = PassLineHarness()

XOR_TEST = """`timescale 1ns/1ps
module bench;
  reg [3:0] a, b; wire [3:0] y; integer i, wrong;
  mixer uut (.a(a), .b(b), .y(y));
  initial begin
    wrong = 0;
    for (i = 0; i < 50; i = i + 1) begin
      a = $random; b = $random; #10;
      if (y !== (a ^ b)) wrong = wrong + 1;
    end
    // The verdict.
    if (wrong == 0) $display("== Your Design Passed ==");
    else $display("== %d wrong ==", wrong);
    // At the end
    $finish;
  end
endmodule
"""
XOR = "module mixer(input [3:0] a, b, output [3:0] y); assign y = a ^ b; endmodule\n"

WAIT_TEST = """module bench;
  reg clk = 0, start = 0; wire done;
  always #5 clk = ~clk;
  slow uut (clk, start, done);
  initial begin
    @(negedge clk) start = 1;
    while (done !== 1) @(negedge clk);
    $display("Your Design Passed");
    $finish;
  end
endmodule
"""
SLOW = """module slow(input clk, start, output reg done = 0);
  reg [1:0] n = 0;
  always @(posedge clk) if (start) begin n <= n + 1; done <= n == 3; end
endmodule
"""


def problem(test: str, golden: str, top: str, **more: object) -> Problem:
    return Problem(
        task_id=top,
        top=top,
        description="",
        test=test,
        golden=golden,
        **more,  # type: ignore[arg-type]
    )


MIXER = problem(XOR_TEST, XOR, "mixer")
WAITER = problem(WAIT_TEST, SLOW, "slow")


@cache
def prepared(asked: Problem) -> Preparation:
    [found] = HARNESS.prepare([asked], CONDITIONS)
    return found


def judged(asked: Problem, *designs: str, conditions: Conditions = CONDITIONS) -> list[Judgement]:
    group = Group(problem=asked, preparation=prepared(asked), designs=designs)
    [found] = HARNESS.judge([group], conditions)
    return found


def categories(asked: Problem, *designs: str) -> list[Category]:
    """The categories of `designs`, after which the golden design must still pass."""
    *found, golden = judged(asked, *designs, asked.golden)
    assert golden.official
    assert golden.functional
    return [judgement.category for judgement in found]


def mixer(body: str, *, ports: str = "input [3:0] a, b, output [3:0] y") -> str:
    return f"module mixer({ports}); {body} endmodule\n"


class TestOutput:
    SECRET = "rtlgen" + "0f" * 12

    def test_marks_count_wherever_they_stand(self) -> None:
        text = f"noise== {self.SECRET} ==\nx[{self.SECRET} end 17]\n"
        assert read_output(text, self.SECRET) == Printed(passes=1, ends=(17,))

    def test_another_secret_counts_for_nothing(self) -> None:
        other = self.SECRET[:-1] + "e"
        assert (
            read_output(f"{other}\n[{other} end 1]\nYour Design Passed", self.SECRET) == Printed()
        )

    def test_late(self) -> None:
        assert read_output(f"[{self.SECRET} late]", self.SECRET) == Printed(late=True)


@pytest.mark.icarus
class TestPrepare:
    def test_the_golden_design_passes(self) -> None:
        found = prepared(MIXER)
        assert (found.samples, found.faults, found.repairs) == (1, (), ())
        assert found.facts == {"passes": "1", "end": "500"}
        assert found.problem == MIXER.digest
        assert found.simulator.startswith("Icarus Verilog 1")

    def test_a_test_that_ends_by_itself(self) -> None:
        asked = problem(XOR_TEST.replace("$finish;", ""), XOR, "mixer")
        assert prepared(asked).facts == {"passes": "1"}
        assert categories(asked, mixer("assign y = a;")) == [Category.MISMATCH]

    def test_a_golden_design_that_fails(self) -> None:
        asked = problem(XOR_TEST, mixer("assign y = a;"), "mixer")
        found = prepared(asked)
        assert found.samples == 0
        assert "with its own reference, the test does not pass" in found.faults[0]
        group = Group(problem=asked, preparation=found, designs=(XOR,))
        [[judgement]] = HARNESS.judge([group], CONDITIONS)
        assert (judgement.official, judgement.functional) == (False, None)

    @pytest.mark.parametrize(
        ("test", "why"),
        [
            ("module bench; mixer uut(); endmodule", "has no line 'Your Design Passed'"),
            ('module bench; initial $display("Your Design Passed"); endmodule', "must instantiate"),
            ("module bench; mixer uut(; endmodule", "does not parse"),
        ],
    )
    def test_a_test_of_another_form(self, test: str, why: str) -> None:
        [fault] = prepared(problem(test, XOR, "mixer")).faults
        assert why in fault

    def test_data_files_are_there(self) -> None:
        test = """module bench; reg [7:0] m [0:1]; wire [7:0] y; same uut(m[1], y);
            initial begin $readmemh("m.txt", m); #1
            if (y == 8'h2a) $display("Your Design Passed"); $finish; end endmodule"""
        golden = "module same(input [7:0] a, output [7:0] y); assign y = a; endmodule"
        asked = problem(test, golden, "same", data=(("m.txt", b"01\n2a\n"),))
        thief = """module same(input [7:0] a, output [7:0] y); reg [7:0] m [0:1];
            initial $readmemh("m.txt", m); assign y = m[1]; endmodule"""
        assert categories(asked, thief) == [Category.REFUSED]

    def test_the_harness_can_be_sent(self) -> None:
        assert pickle.loads(pickle.dumps(HARNESS)).name == "rtllm"


@pytest.mark.icarus
class TestHonest:
    def test_outcomes(self) -> None:
        found = judged(
            MIXER,
            XOR,
            mixer("assign y = a | b;"),
            mixer("assign y = a ^ ;"),
            mixer("assign y = a ^ c[0];"),
            mixer("assign y = a;", ports="input [3:0] a, output [3:0] y"),
            "module other; endmodule",
            "",
        )
        assert [(j.category, j.official_category) for j in found] == [
            (Category.PASS, "passed"),
            (Category.MISMATCH, "function fails"),
            (Category.SYNTAX, "syntax fails"),
            (Category.ELABORATION, "syntax fails"),
            (Category.INTERFACE, "syntax fails"),
            (Category.ELABORATION, "syntax fails"),
            (Category.ELABORATION, "syntax fails"),
        ]
        assert found[0].seconds > 0
        assert "wrong ==" in found[1].log

    def test_what_the_simulator_lacks_or_crashes_on_fails(self) -> None:
        lacking = mixer("struct { logic [3:0] x; } s; always_comb s.x = a ^ b; assign y = s.x;")
        crashing = mixer("assign y = a ^ b; logic [3:0] q [$]; initial q = {1, 2};")
        for found in judged(problem(XOR_TEST, XOR, "mixer"), lacking, crashing):
            assert (found.official, found.functional) == (False, False)

    def test_equal_designs_are_judged_once(self) -> None:
        first, second = judged(MIXER, XOR, XOR.replace(" a ^ b", " a   ^ b /* the same */"))
        assert first == second

    def test_a_design_with_directives_of_its_own(self) -> None:
        odd = f"`timescale 100s/1fs\n`default_nettype none\n{XOR.replace('input', 'input wire')}"
        assert categories(problem(XOR_TEST.partition("\n")[2], XOR, "mixer"), odd) == [
            Category.PASS
        ]

    def test_a_module_named_like_another_problems_test(self) -> None:
        test = XOR_TEST.replace("module bench", "module elsewhere")
        asked = [problem(test, XOR, "mixer"), WAITER]
        named = "module elsewhere(input a, output y); assign y = a; endmodule\n" + SLOW.replace(
            "reg [1:0]", "wire t; elsewhere e(clk, t); reg [1:0]"
        )
        groups = [
            Group(problem=p, preparation=q, designs=(text,))
            for p, q, text in zip(
                asked, HARNESS.prepare(asked, CONDITIONS), [XOR, named], strict=True
            )
        ]
        assert [j.category for [j] in HARNESS.judge(groups, CONDITIONS)] == [Category.PASS] * 2

    def test_who_waits_forever_is_ended_by_simulated_time(self) -> None:
        [never] = judged(
            WAITER, SLOW.replace("n == 3", "0"), conditions=Conditions(cpu_seconds=60.0)
        )
        assert (never.category, never.official) == (Category.TIMEOUT, False)
        assert never.seconds < 30

    def test_a_slow_design_has_its_time(self) -> None:
        slower = SLOW.replace("[1:0] n", "[4:0] n").replace("n == 3", "n == 31")
        assert categories(WAITER, slower) == [Category.PASS]

    def test_nothing_is_asked_twice(self) -> None:
        assert HARNESS.judge([], CONDITIONS) == []
        assert judged(MIXER) == []


SAYS = '$display("== Your Design Passed ==");'


@pytest.mark.icarus
class TestHostile:
    def test_what_the_gate_refuses(self) -> None:
        bodies = [
            f"initial begin {SAYS} $finish; end",
            f"initial begin {SAYS} $stop; end",
            "initial bench.wrong = -1;",
            "initial force bench.y = bench.a ^ bench.b;",
            "final $display;",
            'initial $system("true");',
            'integer f; initial f = $fopen("test.sv");',
            "assign a = 0; assign y = 0;",
            f"endmodule module bench; initial {SAYS}",
        ]
        found = categories(MIXER, *map(mixer, bodies))
        assert found == [Category.REFUSED] * len(bodies)

    def test_what_is_simulated_does_not_pass(self) -> None:
        bodies = [
            f"initial {SAYS}",
            f"endmodule module more; initial {SAYS}",
            "assign y = 'x;",
            "wire loop; assign loop = ~loop; assign y = {4{loop}};",
            'initial $write("[rtlgen%s end 500]", "000000000000000000000000");',
        ]
        found = categories(MIXER, *map(mixer, bodies))
        assert set(found) <= {Category.MISMATCH, Category.SYNTAX}
        assert found[0] is found[1] is Category.MISMATCH

    def test_what_never_ends_is_ended(self) -> None:
        conditions = Conditions(cpu_seconds=1.0, memory_bytes=256 << 20)
        endless, flood, growing, honest = judged(
            MIXER,
            mixer("reg r; initial begin r = 0; while (!r) r = 0; end"),
            mixer('initial forever $display("%0d", 1);'),
            mixer("int q[$]; initial forever q.push_back(1);"),
            XOR,
            conditions=conditions,
        )
        assert endless.category is Category.TIMEOUT
        assert flood.category in (Category.OUTPUT, Category.TIMEOUT)
        assert growing.category in (Category.MEMORY, Category.TIMEOUT)
        assert honest.official

    def test_an_inout_could_drive_the_test(self) -> None:
        ports = "inout [3:0] a, input [3:0] b, output [3:0] y"
        [found] = judged(MIXER, mixer("assign a = b; assign y = 0;", ports=ports))
        assert found.category is Category.INTERFACE
        assert "port 'a' must be an input, not inout" in found.reason

    def test_ports_by_order_are_checked_by_order(self) -> None:
        swapped = SLOW.replace("input clk, start, output", "input start, inout clk, output")
        assert categories(WAITER, swapped) == [Category.INTERFACE]

    def test_odd_text(self) -> None:
        texts = ["\ud800", "\0", "x" * 100_000, "module mixer(" * 5_000, '`include "/etc/passwd"']
        assert not any(j.official for j in judged(MIXER, *texts))


LIST_TEST = """module bench;
  reg clk = 0; wire [1:0] q; integer i = 0;
  step uut(clk, q);
  reg [1:0] wanted [0:2] = {2'd0, // zero
                            2'd1, 2'd2};
  always #5 clk = ~clk;
  initial begin
    repeat (9) begin
      #4; if (q !== wanted[i]) break;
      #6; i = i + 1;
      if (i < 3) continue;
      $display("Your Design Passed");
      break;
    end
    $finish;
  end
endmodule
"""
STEP = """module step(input clk, output reg [1:0] q = 0);
always @(posedge clk) q <= q + 1; endmodule"""

RACE_TEST = """module bench;
  wire tick; reg wanted = 0; integer wrong = 0;
  ticker uut(.tick(tick));
  initial begin
    repeat (20) begin
      #5; if (tick !== wanted) wrong = wrong + 1;
      wanted = !wanted;
    end
    if (wrong == 0) $display("Your Design Passed");
    $finish;
  end
endmodule
"""
TICKER = """module ticker(output reg tick);
initial tick = 0;
always #5 tick = !tick;
endmodule"""

ORDER_TEST = """module bench;
  reg clk = 0; reg [3:0] n = 0; wire y; buffer uut(clk, y);
  always #5 clk = ~clk;
  always @(posedge clk) n = n + 1;
  always @( posedge clk ) if (n == 3) begin $display("Your Design Passed"); $finish; end
  initial #48 $finish;
endmodule
"""
BUFFER = "module buffer(input a, output y); assign y = a; endmodule"


@pytest.mark.icarus
class TestRepairs:
    def test_what_the_language_lacks(self) -> None:
        asked = problem(LIST_TEST, STEP, "step")
        found = prepared(asked)
        assert [line.split(":")[0][:30] for line in found.repairs] == [
            "the initial value of an array,",
            "`break` and `continue` leave a",
        ]
        assert "does not compile" in found.faults[0]
        assert categories(asked, STEP.replace("+ 1", "+ 2")) != [Category.PASS]

    def test_what_is_read_at_the_moment_of_a_change(self) -> None:
        asked = problem(RACE_TEST, TICKER, "ticker")
        assert "handed over 1 ps later" in prepared(asked).repairs[0]
        other = TICKER.replace(
            "always #5 tick = !tick;", "initial forever begin #5 tick = ~tick; end"
        )
        found = categories(asked, other, TICKER.replace("#5", "#10"), TICKER.replace("= 0", "= 1"))
        assert found == [Category.PASS, Category.MISMATCH, Category.MISMATCH]

    def test_processes_that_race_run_as_written(self) -> None:
        asked = problem(ORDER_TEST, BUFFER, "buffer")
        found = prepared(asked)
        assert found.samples == 1
        assert "run in the order in which they are written" in found.repairs[0]
        assert categories(asked, BUFFER) == [Category.PASS]


@pytest.mark.icarus
@pytest.mark.shared
def test_every_golden_design_of_rtllm_passes(shared: Path) -> None:
    from rtlgen.evaluation.rtllm import Rtllm

    problems = Rtllm("2").read(shared / "benchmarks" / "rtllm-v2")
    found = HARNESS.prepare(problems, CONDITIONS)
    assert [p.task_id for p, q in zip(problems, found, strict=True) if not q.samples] == []
    repaired = {p.task_id for p, q in zip(problems, found, strict=True) if q.repairs}
    assert repaired == {"asyn_fifo", "clkgenerator", "radix2_div", "ring_counter"}
    groups = [
        Group(problem=p, preparation=q, designs=(p.golden,))
        for p, q in zip(problems, found, strict=True)
    ]
    assert all(judgement.official for [judgement] in HARNESS.judge(groups, CONDITIONS))
