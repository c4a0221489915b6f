"""What the source of a design shows, read in a child process."""

from __future__ import annotations

from sim.design import Design
from sim.structure import StateRegister, Structure, read_structure

LOCK = """\
module lock(input clk, input rst_n, input [3:0] key, input try_, output open, output reg [1:0] n);
  localparam SHUT = 2'd0, HALF = 2'd1, OPEN = 2'd2;
  reg [1:0] state, next;
  always @(*) begin
    next = state;
    case (state)
      SHUT: if (try_ && key == 4'd7) next = HALF;
      HALF: next = !try_ ? HALF : key == 4'd2 ? OPEN : SHUT;
      OPEN: if (try_) next = SHUT;
      default: next = SHUT;
    endcase
  end
  always @(posedge clk or negedge rst_n)
    if (!rst_n) state <= SHUT;
    else state <= next;
  assign open = state == OPEN;
  always @(posedge clk)
    casez (key)
      4'b1???: n <= 1;
      4'b01?0, 4'b0001: n <= 2;
      default: n <= 3;
    endcase
endmodule
"""


def structure(text: str, top: str) -> Structure:
    found = read_structure(Design(top=top, sources={"x.sv": text}))
    assert found.reason == ""
    return found


def register(text: str, top: str) -> StateRegister:
    (found,) = structure(text, top).registers
    return found


def changes(found: StateRegister) -> set[tuple[str, str]]:
    assert found.transitions is not None
    return {(found.states[t.before], found.states[t.after]) for t in found.transitions}


def test_a_state_register_with_a_next_state_of_its_own() -> None:
    found = register(LOCK, "lock")
    assert (found.name, found.line, found.clock) == ("state", 3, "posedge clk")
    assert (found.reset, found.at_once) == ("!rst_n", True)
    assert found.states == ("SHUT", "HALF", "OPEN")
    assert changes(found) == {
        ("SHUT", "SHUT"),
        ("SHUT", "HALF"),
        ("HALF", "HALF"),
        ("HALF", "OPEN"),
        ("HALF", "SHUT"),
        ("OPEN", "OPEN"),
        ("OPEN", "SHUT"),
    }


def test_a_transition_has_a_condition_over_state_and_next_state() -> None:
    found = register(LOCK, "lock")
    conditions = {t.condition for t in found.transitions or ()}
    assert "(state == SHUT) && (next == HALF)" in conditions


def test_an_enumeration_that_one_block_changes() -> None:
    text = """
    module lamp(input clk, input go, output logic lit);
      typedef enum logic [1:0] {OFF, ON, DIM} lamp_t;
      lamp_t lamp;
      always_ff @(posedge clk)
        if (lamp == OFF) begin if (go) lamp <= ON; end
        else if (lamp == ON) lamp <= go ? DIM : OFF;
        else lamp <= OFF;
      assign lit = lamp != OFF;
    endmodule
    """
    found = register(text, "lamp")
    assert found.states == ("OFF", "ON", "DIM")
    assert changes(found) == {
        ("OFF", "OFF"),
        ("OFF", "ON"),
        ("ON", "DIM"),
        ("ON", "OFF"),
        ("DIM", "OFF"),
    }
    rising = next(t for t in found.transitions or () if (t.before, t.after) == (0, 1))
    assert rising.condition.startswith("(lamp == OFF) && ")
    assert "go" in rising.condition


def test_states_without_names_are_called_by_their_values() -> None:
    text = """
    module ring(input clk, input x, output [1:0] q);
      reg [1:0] s;
      always @(posedge clk) case (s)
        2'd0: s <= 2'd2;
        2'd2: s <= x ? 2'd3 : 2'd0;
        default: s <= 2'd0;
      endcase
      assign q = s;
    endmodule
    """
    found = register(text, "ring")
    assert set(found.states) == {"2'd0", "2'd2", "2'd3"}
    assert ("2'd3", "2'd0") in changes(found)


def test_a_counter_holds_no_states() -> None:
    text = """
    module count(input clk, input rst, output reg [3:0] q, output end_);
      always @(posedge clk) if (rst || q == 4'd9) q <= 4'd0; else q <= q + 4'd1;
      assign end_ = q == 4'd9 || q == 4'd5;
    endmodule
    """
    assert structure(text, "count").registers == ()


def test_what_is_computed_leaves_the_transitions_open() -> None:
    text = """
    module phases(input clk, input go, output [1:0] q);
      localparam FIRST = 0, SECOND = 1, THIRD = 2;
      reg [1:0] s;
      always @(posedge clk) case (s)
        FIRST: if (go) s <= s + 1;
        SECOND: s <= s + 1;
        THIRD: s <= FIRST;
        default: s <= FIRST;
      endcase
      assign q = s;
    endmodule
    """
    found = register(text, "phases")
    assert found.states == ("FIRST", "SECOND", "THIRD")
    assert found.transitions is None


def test_registers_of_submodules_have_no_conditions() -> None:
    text = LOCK + (
        "module top(input clk, rst_n, try_, input [3:0] key, output open);\n"
        "  lock lock(.clk(clk), .rst_n(rst_n), .try_(try_), .key(key), .open(open), .n());\n"
        "endmodule\n"
    )
    found = register(text, "top")
    assert found.module == "lock"
    assert {t.condition for t in found.transitions or ()} == {""}
    assert structure(text, "top").branches == ()


def test_the_condition_of_a_side_is_what_encloses_it() -> None:
    found = structure(LOCK, "lock")
    taken = found.condition("if", "x.sv", 7, 13)
    assert taken == "(state == SHUT) && (try_ && key == 4'd7)"
    assert found.condition("else", "x.sv", 7, 14).endswith("(!(try_ && key == 4'd7))")


def test_wildcards_become_masks_and_earlier_items_are_excluded() -> None:
    found = structure(LOCK, "lock")
    first, second = [
        branch.taken
        for branch in found.branches
        if branch.kind == "case" and branch.line in (19, 20)
    ]
    assert first == "((key & 4'b1000) == 4'b1000)"
    assert second == (
        "(!((key & 4'b1000) == 4'b1000)) && (((key & 4'b1101) == 4'b0100) || (key == 4'b0001))"
    )


def test_an_operand_of_a_choice_is_found_by_what_lies_around() -> None:
    found = structure(LOCK, "lock")
    line = LOCK.splitlines()[7]
    inner, outer = line.index("OPEN") + 1, line.index("HALF :") + 1
    assert found.condition("cond_then", "x.sv", 8, inner).endswith("(key == 4'd2)")
    assert found.condition("cond_then", "x.sv", 8, outer).endswith("(!try_)")
    assert found.condition("cond_else", "x.sv", 8, inner + 1).endswith("(!(key == 4'd2))")


def test_what_a_block_assigns_is_no_condition() -> None:
    text = """
    module t(input a, input b, output reg y);
      reg m;
      always @(*) begin
        m = a & b;
        y = 0;
        if (m) y = 1;
        for (int i = 0; i < 2; i++) if (a == i) y = b;
      end
    endmodule
    """
    assert {b.taken for b in structure(text, "t").branches} == {""}


def test_only_signals_of_the_top_module_have_bits() -> None:
    found = structure(LOCK, "lock")
    assert found.bit("n[1]", "lock") == "n[1]"
    assert found.bit("open", "lock") == "open"
    assert found.bit("n[1]", "other") == ""
    assert found.bit("gone", "lock") == ""
    assert found.bit("g[0].n", "lock") == ""


def test_a_refused_design_says_why() -> None:
    text = "module t(output y); initial $finish; assign y = 1; endmodule"
    found = read_structure(Design(top="t", sources={"x.sv": text}))
    assert found.design is None
    assert "may not end or stop the simulation" in found.reason


def test_a_wide_signal_is_listed() -> None:
    text = "module t(input [511:0] a, output y); assign y = ^a; endmodule"
    assert structure(text, "t").widths == {"t.a": 512}


def test_what_nothing_drives_is_listed() -> None:
    text = """
    module part(input a, output y); assign y = a; endmodule
    module t(input a, output y, output none);
      wire w, left;
      wire k = a;
      reg [1:0] spare;
      part part(.a(k), .y(w));
      assign y = w;
    endmodule
    """
    assert structure(text, "t").undriven == {"t.left", "t.none", "t.spare"}


def test_a_default_that_is_unknown_is_no_transition() -> None:
    text = LOCK.replace("default: next = SHUT", "default: next = 2'bxx")
    assert changes(register(text, "lock")) == changes(register(LOCK, "lock"))


def test_a_reset_in_front_is_no_transition() -> None:
    text = """
    module pair(input clk, input rst_n, input x, output y);
      localparam A = 1'b0, B = 1'b1;
      reg s;
      wire next = s == A ? x : !x;
      reg n;
      always @(*) case (s) A: n = x ? B : A; B: n = x ? B : A; endcase
      always @(posedge clk) s <= rst_n ? n : A;
      assign y = s;
    endmodule
    """
    found = register(text, "pair")
    assert (found.reset, found.at_once) == ("!(rst_n)", False)
    assert changes(found) == {("A", "A"), ("A", "B"), ("B", "A"), ("B", "B")}


def test_a_choice_between_two_states_is_no_reset() -> None:
    text = """
    module pair(input clk, input x, output y);
      localparam A = 1'b0, B = 1'b1;
      reg s;
      always @(posedge clk) if (x) s <= B; else s <= A;
      assign y = s == A || s != B;
    endmodule
    """
    found = register(text, "pair")
    assert found.reset == ""
    assert changes(found) == {("A", "A"), ("A", "B"), ("B", "A"), ("B", "B")}


def test_a_condition_has_one_bit() -> None:
    text = """
    module t(input clk, input [3:0] n, input signed [3:0] s, output reg y);
      always @(posedge clk) begin
        if (n) y <= 1;
        case (n + n) 4'd2: y <= 0; 5'd16: y <= 1; endcase
        case (s) -1: y <= 0; endcase
        case (n[1:0]) 2'd1: y <= 0; endcase
      end
    endmodule
    """
    taken = [branch.taken for branch in structure(text, "t").branches]
    assert taken == ["(n != 0)", "", "", "", "((n[1:0]) == 2'd1)"]


def test_a_state_that_is_given_past_its_next_state_has_no_condition() -> None:
    text = LOCK.replace(
        "else state <= next", "else if (key == 4'd0) state <= SHUT; else state <= next"
    )
    found = register(text, "lock")
    conditions = {(t.before, t.after): t.condition for t in found.transitions or ()}
    assert conditions[1, 0] == ""
    assert conditions[0, 1] == "(state == SHUT) && (next == HALF)"
    assert changes(found) == changes(register(LOCK, "lock")) | {("OPEN", "SHUT")}
