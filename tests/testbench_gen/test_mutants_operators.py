"""Every operator by example: what stands before, and what becomes of it."""

from __future__ import annotations

import difflib

import pytest

from sim.design import Design
from sim.slang import Parsed
from testbench_gen.mutants import OPERATORS, Mutant, mutants_of

FLOP = "module t(input clk, rst, en, input [3:0] d, output reg [3:0] q);\n"
WIRE = "module t(input [3:0] a, b, input s, output [3:0] y);\n"
STATE = (
    "module t(input clk, rst, go, output busy);\n"
    "localparam IDLE = 2'd0, RUN = 2'd1, LAST = 2'd2;\n"
    "reg [1:0] state, next;\n"
    "assign busy = state != IDLE;\n"
)

EXAMPLES: dict[str, tuple[str, str, str]] = {
    "arithmetic operator": (WIRE, "assign y = a + b;", "assign y = a - b;"),
    "bitwise operator": (WIRE, "assign y = a & b;", "assign y = a | b;"),
    "logical operator": (WIRE, "assign y = a && b;", "assign y = a || b;"),
    "relational operator": (WIRE, "assign y = a == b;", "assign y = a != b;"),
    "bound": (WIRE, "assign y = a < b;", "assign y = a <= b;"),
    "shift operator": (WIRE, "assign y = a << s;", "assign y = a >> s;"),
    "reduction operator": (WIRE, "assign y = &a;", "assign y = |a;"),
    "inversion dropped": (WIRE, "assign y = ~a;", "assign y =  a;"),
    "inversion added": (WIRE, "assign y = a ^ b;", "assign y = (~a) ^ b;"),
    "condition negated": (WIRE, "assign y = s ? a : b;", "assign y = !s ? a : b;"),
    "condition stuck": (WIRE, "assign y = s?0:b;", "assign y = 1'b1 ?0:b;"),
    "ternary swapped": (WIRE, "assign y = s ? a : b + 1;", "assign y = s ? (b + 1) : a;"),
    "operand dropped": (WIRE, "assign y = a + b + s;", "assign y = a + b;"),
    "operands swapped": (WIRE, "assign y = a - b * 2;", "assign y = (b * 2) - a;"),
    "sign": (WIRE, "assign y = $signed(a) >>> 1;", "assign y = $signed(a) >> 1;"),
    "concatenation order": (
        WIRE,
        "assign y = {a[0], b[0], a[1], s};",
        "assign y = {s, a[1], b[0], a[0]};",
    ),
    "replication": (WIRE, "assign y = {{2{s}}, 2'b0};", "assign y = {{2{(s ^ s)}}, 2'b0};"),
    "slice": (WIRE, "assign y = a[3:1];", "assign y = a[2:0];"),
    "bit order": (WIRE, "assign y = a[3];", "assign y = a[0];"),
    "constant": (WIRE, "assign y = 4'b0000;", "assign y = 4'b1111;"),
    "off by one": (WIRE, "assign y = a + 8'h0F;", "assign y = a + 8'h10;"),
    "bit flip": (WIRE, "assign y = a ^ 4'b0100;", "assign y = a ^ 4'b1100;"),
    "terminal value": (
        WIRE,
        "localparam END = 9; assign y = a == END;",
        "localparam END = 9; assign y = a == (END - 1);",
    ),
    "clock edge": (FLOP, "always @(posedge clk) q <= d;", "always @(negedge clk) q <= d;"),
    "reset polarity": (
        FLOP,
        "always @(posedge clk or negedge rst) if (!rst) q <= 0; else q <= d;",
        "always @(posedge clk or posedge rst) if (rst) q <= 0; else q <= d;",
    ),
    "reset incomplete": (
        FLOP,
        "always @(posedge clk) if (rst) q <= 0; else q <= d;",
        "always @(posedge clk) if (rst) ; else q <= d;",
    ),
    "reset ignored": (
        FLOP,
        "always @(posedge clk) if (rst) q <= 0; else q <= d;",
        "always @(posedge clk) if (1'b0) q <= 0; else q <= d;",
    ),
    "asynchronous reset dropped": (
        FLOP,
        "always @(posedge clk, posedge rst) if (rst) q <= 0; else q <= d;",
        "always @(posedge clk) if (rst) q <= 0; else q <= d;",
    ),
    "asynchronous reset added": (
        FLOP,
        "always @(posedge clk) if (~rst) q <= 0; else q <= d;",
        "always @(posedge clk or negedge rst) if (~rst) q <= 0; else q <= d;",
    ),
    "enable polarity": (
        FLOP,
        "always @(posedge clk) if (en) q <= d;",
        "always @(posedge clk) if (!en) q <= d;",
    ),
    "enable ignored": (
        FLOP,
        "always @(posedge clk) if (en == 1'b1) q <= d;",
        "always @(posedge clk) if (1'b1) q <= d;",
    ),
    "blocking": (
        FLOP,
        "reg [3:0] m; always @(posedge clk) begin m <= d; q <= m; end",
        "reg [3:0] m; always @(posedge clk) begin m = d; q <= m; end",
    ),
    "non-blocking": (
        FLOP,
        "reg [3:0] m; always @(posedge clk) begin m = d; q <= m; end",
        "reg [3:0] m; always @(posedge clk) begin m <= d; q <= m; end",
    ),
    "sensitivity": (FLOP, "always @(*) q = d & en;", "always @(d) q = d & en;"),
    "register dropped": (FLOP, "always @(posedge clk) q <= d;", "always @(*) q <= d;"),
    "assignment missing": (
        FLOP,
        "always @(posedge clk) if (en) q <= d;",
        "always @(posedge clk) if (en) ;",
    ),
    "else missing": (
        FLOP,
        "always @* if (en) q = d; else q = 0;",
        "always @* if (en) q = d;",
    ),
    "default missing": (
        FLOP,
        "always @* case (d) 1: q = 2; default: q = 0; endcase",
        "always @* case (d) 1: q = 2;  endcase",
    ),
    "case item missing": (
        FLOP,
        "always @* case (d) 1: q = 2; default: q = 0; endcase",
        "always @* case (d)  default: q = 0; endcase",
    ),
    "branches swapped": (
        FLOP,
        "always @* if (en) q = d; else if (rst) q = 1;",
        "always @* if (en) begin if (rst) q = 1; end else begin q = d; end",
    ),
    "priority": (
        FLOP,
        "always @* if (en) q = d; else if (rst) q = 1;",
        "always @* if (rst) begin q = 1; end else if (en) begin q = d; end",
    ),
    "next state": (
        STATE,
        "always @(posedge clk) if (rst) state <= IDLE; else if (go) state <= RUN;",
        "always @(posedge clk) if (rst) state <= IDLE; else if (go) state <= IDLE;",
    ),
    "transition dropped": (
        STATE,
        "always @* case (state) RUN: next = go ? LAST : RUN; default: next = IDLE; endcase",
        "always @* case (state) RUN: next = go ? RUN : RUN; default: next = IDLE; endcase",
    ),
    "wrong signal": (WIRE, "assign y = a + 1;", "assign y = b + 1;"),
    "ports swapped": (
        "module add(input [3:0] l, r, output [3:0] z); assign z = l - r; endmodule\n" + WIRE,
        "add adder(.l(a), .r(b), .z(y));",
        "add adder(.l(b), .r(a), .z(y));",
    ),
    "width": (
        WIRE,
        "wire [3:0] m = a + b; assign y = m;",
        "wire [2:0] m = a + b; assign y = m;",
    ),
    "signed dropped": (
        WIRE,
        "wire signed [3:0] m = a; assign y = m >>> 1;",
        "wire  [3:0] m = a; assign y = m >>> 1;",
    ),
    "output stuck": (
        WIRE,
        "assign y = a;",
        "assign y_inner = a;\n  assign y = 0;",
    ),
    "output bit stuck": (
        WIRE,
        "assign y = a;",
        "assign y_inner = a;\n  assign y = y_inner & ~(4'd1 << 3);",
    ),
    "output late": (
        FLOP,
        "always @(posedge clk) q <= q + d;",
        "always @(posedge clk) q_inner <= q_inner + d;\n  always @(posedge clk) q <= q_inner;",
    ),
}


def mutants(text: str, operator: str) -> list[Mutant]:
    design = Design(top="t", sources={"t.sv": text})
    return mutants_of(design, operators={operator: OPERATORS[operator]})


def texts(text: str, operator: str) -> list[str]:
    return [mutant.design.sources["t.sv"] for mutant in mutants(text, operator)]


def changed(before: str, after: str) -> str:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return "\n".join(line[2:].rstrip() for line in lines if line.startswith("+ "))


def compiles(text: str) -> bool:
    parsed = Parsed({"t.sv": text})
    found = parsed.elaborate("t").getAllDiagnostics()
    return not parsed.syntax_errors() and not any(d.isError() for d in found)


def test_every_operator_has_an_example() -> None:
    assert sorted(EXAMPLES) == sorted(OPERATORS)
    assert len(OPERATORS) >= 20


def test_every_operator_is_described_in_one_line() -> None:
    for name, operator in OPERATORS.items():
        assert operator.name == name
        assert operator.description
        assert "\n" not in str(operator)


@pytest.mark.parametrize("operator", EXAMPLES)
def test_example(operator: str) -> None:
    head, before, after = EXAMPLES[operator]
    text = f"{head}{before}\nendmodule\n"
    assert compiles(text)
    found = [changed(text, mutant).strip() for mutant in texts(text, operator)]
    assert any(lines.endswith(after.strip()) for lines in found), found
    assert all(compiles(mutant) for mutant in texts(text, operator))


def only(text: str, operator: str) -> list[str]:
    """Return the changed lines of all mutants of one operator."""
    return [changed(text, mutant) for mutant in texts(text, operator)]


def test_a_condition_is_negated_in_the_plainest_way() -> None:
    for before, after in {
        "s": "!s",
        "!s": "s",
        "~s": "s",
        "a == b": "a != b",
        "a < b": "a >= b",
        "a && b": "!(a && b)",
        "(a | b)": "!(a | b)",
        "~a": "!(~a)",
    }.items():
        text = f"{WIRE}assign y = {before} ? a : b;\nendmodule\n"
        assert only(text, "condition negated") == [f"assign y = {after} ? a : b;"]


def test_numbers_keep_their_notation() -> None:
    text = f"{WIRE}assign y = a + 8'hFf + 3'o7 + 12 + 4'b0x1 + 1_0;\nendmodule\n"
    found = only(text, "off by one")
    assert "assign y = a + 8'h00 + 3'o7 + 12 + 4'b0x1 + 1_0;" in found
    assert "assign y = a + 8'hFf + 3'o0 + 12 + 4'b0x1 + 1_0;" in found
    assert "assign y = a + 8'hFf + 3'o7 + 13 + 4'b0x1 + 1_0;" in found
    assert "assign y = a + 8'hFf + 3'o7 + 12 + 4'b0x1 + 11;" in found
    assert len(found) == 8


def test_known_bits_among_unknown_ones_are_flipped() -> None:
    text = f"{FLOP}always @* casez (d) 4'b1?0?: q = 1; default: q = 2; endcase\nendmodule\n"
    labels = [line[len("always @* casez (d) ") :][:7] for line in only(text, "bit flip")]
    assert labels == ["4'b0?0?", "4'b1?1?"]


def test_a_slice_stays_within_its_vector() -> None:
    text = f"{WIRE}assign y = {{a[3], b[0], a[1 +: 2]}};\nendmodule\n"
    assert only(text, "slice") == [
        "assign y = {a[2], b[0], a[1 +: 2]};",
        "assign y = {a[3], b[1], a[1 +: 2]};",
        "assign y = {a[3], b[0], a[2 +: 2]};",
        "assign y = {a[3], b[0], a[0 +: 2]};",
    ]


def test_a_wrong_signal_closes_no_loop() -> None:
    text = (
        "module t(input a, b, output y, z);\nwire m = a & b;\n"
        "assign y = m ^ a;\nassign z = ~y;\nendmodule\n"
    )
    found = only(text, "wrong signal")
    assert "assign y = b ^ a;" in found
    assert not any(line.startswith("wire m") and ("y" in line or "z" in line) for line in found)
    assert not any(line.startswith("assign y =") and "z" in line for line in found)
    assert not any(line == "assign z = ~z;" for line in found)


def test_a_combinational_block_stays_blocking() -> None:
    body = "integer i; always @* begin q = 0; for (i = 0; i < 4; i = i + 1) q = q + d[i]; end"
    text = f"{FLOP}{body}\nendmodule\n"
    assert only(text, "non-blocking") == []


@pytest.mark.parametrize(
    "body",
    [
        "always @(posedge clk) q <= q + 1;",
        "always @(posedge clk) if (rst) q <= 0; else if (q == 9) q <= 1; else q <= q + 1;",
        "always @(posedge clk) case (q) 0: q <= d; default: q <= q + 1; endcase",
        "always @(posedge clk) begin if (q == 3) q <= d; end",
    ],
)
def test_assignments_whose_kind_makes_no_difference_stay(body: str) -> None:
    assert only(f"{FLOP}{body}\nendmodule\n", "blocking") == []
    assert only(f"{FLOP}{body.replace('<=', '=')}\nendmodule\n", "non-blocking") == []


def test_all_assignments_to_a_variable_change_their_kind_together() -> None:
    body = "if (rst) m <= 0; else begin m <= d;\nq <= m; end"
    text = f"{FLOP}reg [3:0] m; always @(posedge clk)\n{body}\nendmodule\n"
    assert only(text, "blocking") == ["if (rst) m = 0; else begin m = d;"]


def test_a_shift_in_a_loop_needs_its_kind_of_assignment() -> None:
    body = "integer i; always @(posedge clk) for (i = 0; i < 3; i = i + 1) q[i+1] <= q[i];"
    assert len(only(f"{FLOP}{body}\nendmodule\n", "blocking")) == 1


def test_a_variable_that_another_block_reads_needs_its_kind_of_assignment() -> None:
    body = "reg [3:0] m;\nalways @(posedge clk) m <= d;\nalways @(posedge clk) q <= m;"
    found = only(f"{FLOP}{body}\nendmodule\n", "blocking")
    assert found == ["always @(posedge clk) m = d;"]


def test_a_counter_is_not_made_combinational() -> None:
    text = f"{FLOP}always @(posedge clk) q <= q + 1;\nendmodule\n"
    assert only(text, "register dropped") == []


def test_loop_bounds_ranges_of_ports_and_delays_stay() -> None:
    text = (
        f"{FLOP}reg [1:0] m;\ninteger i;\n"
        "always @(posedge clk) for (i = 0; i < 4; i = i + 1)\n"
        "q[i] <= #1 d[3 - i];\n"
        "initial begin\nrepeat (3) m = 1;\nwhile (m < 2) m = m + 1;\nend\nendmodule\n"
    )
    kept = ["(i = 0; i < 4; i = i + 1)", "repeat (3)", "while (m < 2) m = m + 1;"]
    for mutant in mutants_of(Design(top="t", sources={"t.sv": text})):
        new = mutant.design.sources["t.sv"]
        assert all(part in new for part in kept), mutant.diff()
        assert "#1" in new or mutant.operator == "assignment missing"
        assert new.startswith(FLOP[:-1])


def test_labels_of_a_case_that_exclude_each_other_keep_their_order() -> None:
    body = "1: q = 2; 2: q = 1; default: q = 0; endcase"
    plain = f"{FLOP}always @* case (d) {body}\nendmodule\n"
    assert only(plain, "priority") == []
    wild = plain.replace("case (d) 1", "casez (d) 4'b1???: q = 3; 1")
    assert len(only(wild, "priority")) == 2


def test_states_are_those_of_one_declaration() -> None:
    text = (
        "module t(input clk, go, output reg [1:0] q);\n"
        "typedef enum logic [1:0] {A, B} one_t; typedef enum logic [1:0] {C, D, E} other_t;\n"
        "one_t s; other_t r;\n"
        "always @(posedge clk) begin s <= go ? A : B; r <= D; if (go) r <= C; q <= s; end\n"
        "endmodule\n"
    )
    found = [m.summary for m in mutants(text, "next state")]
    assert found == [
        "`A` becomes `B`",
        "`B` becomes `A`",
        "`D` becomes `C`",
        "`C` becomes `D`",
    ]


def test_an_output_that_is_read_inside_is_late_only_outside() -> None:
    text = f"{FLOP}wire z = q[0];\nalways @(posedge clk) if (z) q <= d;\nendmodule\n"
    [late] = texts(text, "output late")
    assert "wire z = q_inner[0];" in late
    assert "reg [3:0] q_inner;" in late


def test_ports_declared_in_the_body_are_ports() -> None:
    text = (
        "module t(a, y);\ninput [3:0] a;\noutput [3:0] y;\nreg [3:0] y;\n"
        "always @(a) y = a;\nendmodule\n"
    )
    assert texts(text, "width") == []
    [zero, ones] = texts(text, "output stuck")
    assert "initial y = 0;" in zero
    assert "initial y = -1;" in ones
    assert compiles(zero)
