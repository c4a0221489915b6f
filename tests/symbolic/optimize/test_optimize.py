"""From text to text: better and proved, or as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sim.design import Design
from sim.errors import InvalidDesign
from sim.proof import Outcome
from symbolic.fsm_style import Style
from symbolic.optimize import optimize
from symbolic.optimize_proposals import considered
from symbolic.optimize_stage import Meter
from symbolic.optimize_values import Optimization
from symbolic.ppa import NotMeasured, Ppa, read_library
from symbolic.rules.rule import Goal
from tests.symbolic.optimize.provers import Scripted

# Two of the four states give and lead to the same.
DOOR = """\
// Opens after two pushes in a row.
module door (input clk, input rst, input push, output reg open);
  localparam IDLE = 0, ONCE = 1, AGAIN = 2, OPEN = 3;
  reg [1:0] state;  // where it stands
  always @(posedge clk)
    if (rst) state <= IDLE;
    else case (state)
      IDLE: state <= push ? ONCE : AGAIN;
      ONCE: state <= push ? OPEN : IDLE;
      AGAIN: state <= push ? OPEN : IDLE;
      OPEN: state <= IDLE;
    endcase
  always @(*) open = state == OPEN;
endmodule
"""
# A machine that is smaller as equations than as a `case`, in every coding.
VENDING = """\
module vending (input clk, input reset, input nickel, input dime, output reg give, output reg back);
  localparam NONE = 3'd0, FIVE = 3'd1, TEN = 3'd2, FIFTEEN = 3'd3, TWENTY = 3'd4, EXACT = 3'd6;
  reg [2:0] state, next;
  always @(posedge clk) if (reset) state <= NONE; else state <= next;
  always @* begin
    next = state;
    case (state)
      NONE: if (nickel) next = FIVE; else if (dime) next = TEN;
      FIVE: if (nickel) next = TEN; else if (dime) next = EXACT;
      TEN: if (nickel) next = FIFTEEN; else if (dime) next = TWENTY;
      default: next = NONE;
    endcase
  end
  always @* begin
    give = (state == FIFTEEN) || (state == TWENTY) || (state == EXACT);
    back = state == TWENTY;
  end
endmodule
"""
SHARED = """\
module pick (input s, input [7:0] a, b, c, d, output [7:0] y);
  assign y = s ? a + b : c + d;  // one adder will do
endmodule
"""
AND = "module both (input a, input b, output y);\n  assign y = a & b;\nendmodule\n"


def design(text: str, top: str) -> Design:
    return Design(top=top, sources={"d.v": text})


def door(**options: object) -> Optimization:
    return optimize(design(DOOR, "door"), seconds=60, **options)  # type: ignore[arg-type]


def test_states_that_do_the_same_become_one() -> None:
    found = door()
    first = found.steps[0]
    assert found.proof.outcome is Outcome.PROVED
    assert first.machine is not None
    assert (len(first.machine.before.states), len(first.machine.after.states)) == (4, 3)
    assert first.machine.minimal
    assert found.before is not None
    assert found.after is not None
    assert found.after.area < found.before.area
    text = found.design.sources["d.v"]
    assert "// Opens after two pushes in a row." in text
    assert "// where it stands" in text
    assert found.steps[-1].after == found.design


def test_states_keep_their_names_where_that_is_asked() -> None:
    plain = optimize(design(VENDING, "vending"), seconds=60)
    named = optimize(design(VENDING, "vending"), seconds=60, named_states=True)
    first = plain.steps[0].machine
    assert first is not None
    assert first.style is Style.EQUATIONS, "no equations are smaller here: the test says nothing"
    assert all(
        step.machine is None or step.machine.style is not Style.EQUATIONS for step in named.steps
    )
    assert named.proof.outcome is Outcome.PROVED
    assert named.before is not None
    assert named.after is not None
    assert named.after.area <= named.before.area
    text = named.design.sources["d.v"]
    assert all(text.count(name) > 1 for name in ("NONE", "FIVE", "TEN", "FIFTEEN", "TWENTY"))


def test_an_operator_in_two_branches_becomes_one() -> None:
    found = optimize(design(SHARED, "pick"), seconds=60, slack=0.5)
    assert found.design.sources["d.v"].count("+") == 1
    assert found.proof.outcome is Outcome.PROVED
    assert all(step.proof.outcome is Outcome.PROVED for step in found.steps)


def test_what_nothing_helps_stays_as_it_is() -> None:
    original = design(AND, "both")
    found = optimize(original, seconds=3)
    assert not found.changed
    assert found.design is original
    assert not found.steps
    assert found.before == found.after


def test_what_is_not_proved_is_not_used() -> None:
    prover = Scripted(lambda _, __: Outcome.OPEN)
    found = door(prover=prover)
    assert prover.asked
    assert not found.changed
    assert any("not proved, and not used" in str(left) for left in found.left_alone)


NOT_HANDLED = {
    "a latch": "module m (input a, e, output reg y);\n  always @* if (e) y = a;\nendmodule\n",
    "a combinational loop": "module m (input a, output y);\n  wire b;\n"
    "  assign b = y ^ a;\n  assign y = b | a;\nendmodule\n",
    "an inout port": "module m (inout a, output y);\n  assign y = a;\nendmodule\n",
    "tri-state": "module m (input a, e, output y);\n  assign y = e ? a : 1'bz;\nendmodule\n",
    "a delay": "module m (input a, output y);\n  assign #3 y = a;\nendmodule\n",
    "several drivers": "module m (input a, b, output y);\n"
    "  assign y = a;\n  assign y = b;\nendmodule\n",
    "syntax error": "module m (input a, output y);\n  class c; int x; endclass\n"
    "  c k;\n  assign y = a;\nendmodule\n",
}


@pytest.mark.parametrize("reason", NOT_HANDLED)
def test_what_cannot_be_handled_is_left_alone_and_named(reason: str) -> None:
    original = design(NOT_HANDLED[reason], "m")
    found = optimize(original, seconds=3)
    [left] = found.left_alone
    assert found.design is original
    assert found.unhandled
    assert reason in left.reason


def test_places_are_told() -> None:
    [left] = optimize(design(NOT_HANDLED["a latch"], "m"), seconds=3).left_alone
    assert str(left) == "d.v:2: a latch"


REFUSED = {
    r"d\.v:2: expected expression": "module m (input a, output y);\n  assign y = a &;\nendmodule\n",
    r"d\.v:2: unknown module 'sub'": "module m (input a, output y);\n"
    "  sub s (.a(a), .y(y));\nendmodule\n",
    r"d\.v:2: .*\$finish": "module m (input a, output reg y);\n"
    "  always @* begin y = a; if (a) $finish; end\nendmodule\n",
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_does_not_compile_is_refused_with_file_and_line(message: str) -> None:
    with pytest.raises(InvalidDesign, match=message):
        optimize(design(REFUSED[message], "m"), seconds=3)


def test_orders_to_synthesis_tools_are_not_followed_and_named() -> None:
    text = AND.replace("assign", "/* synopsys full_case */ assign")
    [left] = optimize(design(text, "both"), seconds=3).left_alone
    assert (left.what, left.place) == ("full_case", "d.v:2")


def test_what_only_simulators_refuse_is_mended_first() -> None:
    text = "module m (input a, b, output y);\n  wire t;\n  always @* t = a & b;\n"
    found = optimize(design(f"{text}  assign y = t;\nendmodule\n", "m"), seconds=3)
    [repair] = found.repairs
    assert "d.v:" in repair


PROPOSALS = {
    "": SHARED.replace("s ? a + b : c + d", "(s ? a : c) + (s ? b : d)"),
    "not better": SHARED.replace("a + b : c + d", "b + a : d + c"),
    "not proved equivalent": SHARED.replace("a + b : c + d", "a + b : c"),
    "must be input, 8 bits": SHARED.replace("[7:0] a, b, c, d", "[6:0] a, b, c, d"),
    "expected": SHARED.replace("endmodule", "endmodul"),
}


def test_proposals_have_the_same_duties() -> None:
    from sim.gate import admit
    from symbolic.ppa import measure

    original = design(SHARED, "pick")
    interface = admit(original).interface
    assert interface is not None
    [measured] = measure([original])
    start = Optimization(
        original=original,
        interface=interface,
        design=original,
        goal=Goal.AREA,
        library="",
        before=measured,  # type: ignore[arg-type]
        after=measured,  # type: ignore[arg-type]
    )
    proposals = [design(text, "pick") for text in PROPOSALS.values()]
    ruling = considered(start, proposals, name="somebody", slack=0.5)
    for wanted, reason in zip(PROPOSALS, ruling.reasons, strict=True):
        assert wanted in reason, reason
    assert ruling.reasons[0] == ""
    assert ruling.optimization.design == proposals[0]
    assert ruling.optimization.steps[-1].name == "somebody"


MANY = """\
module many (input s, t, input [7:0] a, b, c, d, output [7:0] y, output [7:0] z, output [15:0] p);
  assign y = s ? a + b : c + d;
  assign z = t ? a - c : b - d;
  assign p = 7 * {8'd0, a} + 14 * {8'd0, b};
endmodule
"""


def test_where_the_last_text_is_proved_others_go_along_with_it() -> None:
    """What was left open on the way is no step of its own, and nothing is lost."""
    whole = optimize(design(MANY, "many"), seconds=20)
    assert len(whole.steps) > 1
    last = whole.design

    def answer(_: Design, other: Design) -> Outcome:
        return Outcome.PROVED if other.sources == last.sources else Outcome.OPEN

    found = optimize(design(MANY, "many"), seconds=20, prover=Scripted(answer))
    assert found.design.sources == last.sources
    (step,) = found.steps
    assert step.before.sources == whole.original.sources
    assert ", along with " in step.what


def test_a_loop_inside_a_branch_is_no_latch() -> None:
    text = """\
module count (input en, input [7:0] d, output reg [3:0] n, output reg same);
  integer i;
  always @* begin
    n = 0;
    same = 0;
    if (en) begin
      for (i = 0; i < 8; i = i + 1) n = n + d[i];
      same = (n == 4'd8) | (n == 4'd8 & d[0] * d[1]);
    end
  end
endmodule
"""
    assert not optimize(design(text, "count"), seconds=5).left_alone
    held = text.replace("    same = 0;\n", "")
    [left] = optimize(design(held, "count"), seconds=5).left_alone
    assert left.reason == "a latch"


def test_a_latch_that_a_named_wire_reads_is_one() -> None:
    text = MANY.replace("input s, t,", "input en, s, t,").replace(
        "endmodule",
        "  reg [7:0] l;\n  wire [7:0] seen = l ^ a;\n  always @* if (en) l = a;\nendmodule",
    )
    found = optimize(design(text, "many"), seconds=5)
    assert found.design.sources["d.v"] == text
    assert found.left_alone[0].reason == "a latch"


def test_what_is_no_better_measured_thoroughly_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search measures large designs by one mapping only."""
    counted = Meter.counted

    def dearer(
        self: Meter, designs: Sequence[Design], *, seconds: float
    ) -> list[Ppa | NotMeasured]:
        found = counted(self, designs, seconds=seconds)
        return [replace(ppa, area=100.0) if isinstance(ppa, Ppa) else ppa for ppa in found]

    monkeypatch.setattr(Meter, "counted", dearer)
    found = optimize(design(SHARED, "pick"), seconds=20, slack=0.5)
    assert not found.changed
    assert any("measured thoroughly" in left.reason for left in found.left_alone)


@pytest.mark.parametrize(
    ("cells", "thoroughly"), [(1, [False, True, True]), (10_000, [False, False])]
)
def test_the_first_design_settles_how_thoroughly_others_are_measured(
    monkeypatch: pytest.MonkeyPatch, cells: int, thoroughly: list[bool]
) -> None:
    """One mapping is asked for first; a small design is measured again by all."""
    asked: list[bool] = []

    def measure(designs: Sequence[Design], *, thorough: bool, **_: object) -> list[Ppa]:
        asked.append(thorough)
        return [
            Ppa(area=1.0, delay=1.0, levels=1, flip_flops=0, by_cell={"INV_X1": cells})
            for _ in designs
        ]

    monkeypatch.setattr("symbolic.optimize_stage.measure", measure)
    meter = Meter(read_library(), Goal.AREA)
    meter.measured([design(AND, "both")], seconds=1)
    meter.measured([design(SHARED, "pick")], seconds=1)
    assert asked == thoroughly
    assert Meter(read_library(), Goal.AREA).measured([], seconds=1) == []


def test_an_objection_to_the_last_text_bans_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is proved and yet of no use is named, not what was left open before it."""
    whole = optimize(design(MANY, "many"), seconds=20)
    last = whole.design.sources

    def objections(texts: Sequence[Design], *_: object) -> list[str]:
        return ["of no use" if text.sources == last else "" for text in texts]

    monkeypatch.setattr("symbolic.optimize.usable", objections)
    found = optimize(design(MANY, "many"), seconds=20)
    assert found.design.sources != last
    assert not any("not proved" in left.reason for left in found.left_alone)
