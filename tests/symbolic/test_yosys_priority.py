"""Items of a `case` that exclude each other, and those that do not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from sim.proof import Outcome, Proof
from symbolic.prover import YosysProver
from symbolic.yosys_priority import chained
from tests.symbolic.processes import process
from tests.symbolic.replay import design, interface_of

PROCESS = r"""
module \top
  wire width 2 input 1 \a
  process $proc$1
    assign $0\q 2'00
    attribute \src "d.v:3"
    switch \a
      attribute \src "d.v:4"
      case {items}
        assign $0\q 2'01
      case {others}
        assign $0\q 2'10
      case
        assign $0\q 2'11
    end
    sync always
      update \q $0\q
  end
end
"""


def _text(items: str, others: str) -> str:
    return PROCESS.replace("{items}", items).replace("{others}", others)


@pytest.mark.parametrize(
    ("items", "others"),
    [
        ("2'01", "2'10"),
        ("2'01 , 2'11", "2'10"),
        ("2'-1", "2'-0"),
        ("1", "2"),
    ],
)
def test_items_that_exclude_each_other_stay(items: str, others: str) -> None:
    assert chained(_text(items, others)) is None


@pytest.mark.parametrize(
    ("items", "others"),
    [
        ("2'-1", "2'1-"),
        ("2'01", "2'01"),
        ("2'01 , 2'10", "2'10"),
        (r"\b", "2'10"),
        ("2'01", r"{ \c \b }"),
        ("2'x1", "2'10"),
    ],
)
def test_others_become_a_chain(items: str, others: str) -> None:
    made = chained(_text(items, others))
    assert made is not None
    words = [line.split(" ")[0] for line in made.splitlines()]
    inside = words[words.index("switch") : words.index("sync")]
    one = ["switch", "case", "assign", "case"]
    assert inside == [*one, *one, "switch", "case", "assign", "end", "end", "end"]
    assert made.index("q 2'01") < made.index("q 2'10") < made.index("q 2'11")


def test_what_is_nested_is_looked_at_too() -> None:
    inner = _text("2'-1", "2'1-")
    switch = inner[inner.index("    switch") : inner.index("    sync")]
    outer = _text("2'01", "2'10").replace("        assign $0\\q 2'10\n", switch)
    made = chained(outer)
    assert made is not None
    assert outer.count("switch") == 2
    assert made.count("switch") == 4


def test_what_a_designer_says_of_a_case_is_not_believed() -> None:
    said = _text("2'01", "2'10").replace(
        "    switch", "    attribute \\parallel_case 1\n    attribute \\full_case 1\n    switch"
    )
    made = chained(said)
    assert made is not None
    assert "_case" not in made
    assert 'attribute \\src "d.v:3"' in made


def test_a_long_chain_is_no_matter() -> None:
    items = "".join(f"case 9'{n:08b}-\nassign $0\\q 2'01\ncase 9'{n:08b}1\n" for n in range(256))
    text = _text("1", "2").replace("case 1\n", items).replace("case 2\n", "case 9'111111111\n")
    made = chained(text)
    assert made is not None
    assert made.count("switch") == 514


PRIORITY = """
module top(input [7:0] in, output reg [2:0] pos);
always @* casez (in)
  default: pos = 0;
  8'bzzzzzzz1: pos = 0;
  8'bzzzzzz1z: pos = 1;
  8'bzzzzz1zz: pos = 2;
  8'bzzzz1zzz: pos = 3;
  8'bzzz1zzzz: pos = 4;
  8'bzz1zzzzz: pos = 5;
  8'bz1zzzzzz: pos = 6;
  8'b1zzzzzzz: pos = 7;
endcase
endmodule
"""
CHAIN = """
module top(input [7:0] in, output reg [2:0] pos);
always @* begin
  pos = 0;
  if (in[0]) pos = 0;
  else if (in[1]) pos = 1;
  else if (in[2]) pos = 2;
  else if (in[3]) pos = 3;
  else if (in[4]) pos = 4;
  else if (in[5]) pos = 5;
  else if (in[6]) pos = 6;
  else if (in[7]) pos = 7;
end
endmodule
"""


def _proof(golden: str, other: str) -> Proof:
    first = design(golden)
    [proof] = YosysProver().equivalent(first, [design(other)], interface_of(first), seconds=30)
    return proof


def test_the_first_of_several_items_that_match_counts() -> None:
    assert _proof(PRIORITY, CHAIN).outcome is Outcome.PROVED
    assert _proof(CHAIN, PRIORITY).outcome is Outcome.PROVED
    last = CHAIN.replace("else if (in[3]) pos = 3;", "").replace(
        "end\nendmodule", "  if (in[3]) pos = 3;\nend\nendmodule"
    )
    assert _proof(PRIORITY, last).outcome is Outcome.REFUTED


@pytest.mark.parametrize("seed", range(8))
def test_a_process_is_read_as_icarus_runs_it(tmp_path: Path, seed: int) -> None:
    """The golden design is a table of what Icarus gives for each input."""
    if shutil.which("iverilog") is None:
        pytest.skip("needs iverilog")
    text = process(seed)
    table = _table(text, tmp_path)
    assert _proof(table, text).outcome is Outcome.PROVED, text
    wrong = table.replace("& 1'd0", "& 1'd1")
    assert _proof(wrong, text).outcome is Outcome.REFUTED, text


def _table(text: str, folder: Path) -> str:
    bench = """
module bench;
reg [5:0] in; wire [3:0] y; wire [1:0] s; integer k;
top dut(.a(in[2:0]), .b(in[5:3]), .y(y), .s(s));
initial for (k = 0; k < 64; k = k + 1) begin in = k; #1 $display("%b%b", y, s); end
endmodule
"""
    (folder / "d.sv").write_text(text)
    (folder / "bench.sv").write_text(bench)
    made = folder / "bench"
    files = [str(folder / "d.sv"), str(folder / "bench.sv")]
    subprocess.run(["iverilog", "-g2012", "-o", str(made), *files], check=True, timeout=60)
    run = subprocess.run(
        ["vvp", "-n", str(made)], check=True, capture_output=True, text=True, timeout=60
    )
    rows = run.stdout.split()
    assert len(rows) == 64
    bits = "".join(reversed(rows))
    return f"""
module top(input [2:0] a, input [2:0] b, output [3:0] y, output [1:0] s);
wire [383:0] table_ = 384'b{bits};
wire [5:0] found = table_ >> (6 * {{26'd0, b, a}});
assign {{y, s}} = found ^ {{5'd0, a == 3 & b == 5 & 1'd0}};
endmodule
"""
