"""What holds in all reachable states."""

from __future__ import annotations

from hypothesis import given, settings

from symbolic.dataflow.evaluate import evaluated
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Op
from symbolic.facts.shared import Facts, facts_of
from tests.symbolic.modules import modules_of, random_modules

_COUNTER = """
module counter(input clk, input rst, input en, output wire top, output reg seen);
  reg [3:0] count;
  always @(posedge clk)
    if (rst) begin
      count <= 4'd0;
      seen <= 1'b0;
    end else if (en) begin
      count <= (count == 4'd9) ? 4'd0 : count + 4'd1;
      if (count == 4'd12) seen <= 1'b1;
    end
  assign top = count == 4'd9;
endmodule
"""
_LINES = """
module lines(input clk, input arst, input d, output y, output z);
  reg a, b, c, one;
  always @(posedge clk or posedge arst)
    if (arst) begin
      a <= 1'b0;
      b <= 1'b1;
      one <= 1'b1;
    end else begin
      a <= d;
      b <= ~d;
      one <= one | d;
    end
  always @(posedge clk) c <= d;
  assign y = a ^ b ^ one;
  assign z = c;
endmodule
"""
_TURNS = """
module turns(input clk, input rst, input go, input [3:0] d, output reg [3:0] y);
  reg [1:0] state;
  reg [3:0] first, second;
  always @(posedge clk)
    if (rst) begin state <= 2'd0; y <= 4'd0; end
    else case (state)
      2'd0: if (go) begin first <= d; state <= 2'd1; end
      2'd1: begin second <= first + 4'd1; state <= 2'd2; end
      default: begin y <= second; state <= 2'd0; end
    endcase
endmodule
"""


def test_codes_of_a_counter_end_at_its_limit_and_hold_for_others() -> None:
    (module,) = modules_of(_COUNTER)
    facts = Facts(module)
    _, codes = facts.codes
    assert codes == {"count": [format(code, "04b") for code in range(10)]}
    assert facts.invariants.constants == {("seen", 0): False}


def test_equal_bits_have_one_clock_and_one_reset() -> None:
    (module,) = modules_of(_LINES)
    found = Facts(module).invariants
    assert found.constants == {("one", 0): True}
    assert found.equals == {("b", 0): (("a", 0), True)}


def test_values_are_live_from_their_write_to_their_last_read() -> None:
    (module,) = modules_of(_TURNS)
    live = Facts(module).lifetimes["state"]
    assert live.before["first"] == {"01"}
    assert live.after["first"] == {"00"}
    assert live.before["second"] == {"10"}
    assert not live.overlap("first", "second")
    assert live.overlap("first", "y")


def test_facts_are_found_out_once() -> None:
    one, other = modules_of(_COUNTER, _LINES)
    assert facts_of(one) is facts_of(one)
    assert facts_of(one) is not facts_of(other)


@given(random_modules(registers=True))
@settings(max_examples=40, deadline=None)
def test_invariants_hold_in_every_state_that_is_reached(module: Dataflow) -> None:
    facts = Facts(module)
    found, codes = facts.invariants, facts.codes[1]
    for state in _reached(module):
        bits = {n: format(v, f"0{module.registers[n].width}b")[::-1] for n, v in state.items()}
        for (name, bit), value in found.constants.items():
            assert bits[name][bit] == str(int(value))
        for (name, bit), ((other, place), turned) in found.equals.items():
            assert (bits[name][bit] != bits[other][place]) == turned
        for name, known in codes.items():
            assert bits[name][::-1] in known


def _reached(module: Dataflow) -> list[dict[str, int]]:
    start = {name: int(register.initial, 2) for name, register in module.registers.items()}
    seen = [start]
    for state in seen:
        if len(seen) > 40:
            break
        for word in range(0, 256, 7):
            leaves = {(Op.REG, name): value for name, value in state.items()}
            leaves |= {(Op.INPUT, "a"): word & 7, (Op.INPUT, "b"): word >> 3 & 7}
            leaves |= {(Op.INPUT, "s"): word >> 6 & 1, (Op.INPUT, "t"): word >> 7 & 1}
            values = evaluated([r.next for r in module.registers.values()], leaves)
            following = {name: values[r.next] for name, r in module.registers.items()}
            if following not in seen:
                seen.append(following)
    return seen
