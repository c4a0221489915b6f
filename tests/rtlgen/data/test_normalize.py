"""Designs as tokens: what makes no difference, hostile text, and slang's own tokens."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlgen.data import normalize
from rtlgen.data.code_text import body_digest, body_tokens

COUNTER = """\
module counter(input clk, input reset, output reg [3:0] q);
  // counts
  always @(posedge clk) begin
    if (reset) q <= 4'd0; /* synchronous */
    else q <= q + 4'h1;
  end
endmodule
"""


def test_tokens() -> None:
    text = "`timescale 1ns/1ps\nassign y = (* keep *) a[3:0] <<< 8'h F_f /* c */ ; // end"
    assert normalize.tokens(text) == [
        *("assign", "y", "=", "a", "[", "3", ":", "0", "]", "<<<", "8", "'hff", ";"),
    ]


def test_an_event_list_is_no_attribute() -> None:
    assert normalize.tokens("always @(*) x") == ["always", "@", "(", "*", ")", "x"]


def test_comments_and_space_make_no_difference() -> None:
    other = COUNTER.replace("// counts", "").replace("\n", "\n\n\t").replace("4'h1", "4 'h 1")
    assert normalize.digest(other) == normalize.digest(COUNTER)
    assert normalize.digest(COUNTER.replace("4'h1", "4'h2")) != normalize.digest(COUNTER)


def abstract(verilog: str) -> list[str]:
    return normalize.abstract(normalize.tokens(verilog))


def test_names_make_no_difference_to_abstract_tokens() -> None:
    renamed = COUNTER.replace("reset", "rst_n").replace("q", "count").replace("clk", "clock")
    assert normalize.digest(renamed) != normalize.digest(COUNTER)
    assert abstract(renamed) == abstract(COUNTER)


def test_names_that_are_swapped_make_a_difference() -> None:
    one = "module m(input a, b, output y); assign y = a & ~b; endmodule"
    other = one.replace("a & ~b", "b & ~a")
    assert abstract(one) != abstract(other)


@pytest.mark.parametrize(
    "other",
    [
        COUNTER.replace("begin", "").replace("  end\n", ""),
        COUNTER.replace("input clk, input reset,", "input wire reset, input clk,"),
        COUNTER.replace(
            "(input clk, input reset, output reg [3:0] q);",
            "(clk, reset, q); input clk, reset; output [3:0] q; reg [3:0] q;",
        ),
        COUNTER.replace("always @", "always_ff @"),
        COUNTER.replace("begin", "begin : counting"),
    ],
)
def test_layout_and_ports_make_no_difference_to_a_body(other: str) -> None:
    assert body_tokens(other) == body_tokens(COUNTER)


def test_a_body_keeps_what_a_declaration_assigns() -> None:
    assert body_tokens("module m; wire a; wire b = c & d; endmodule") == [
        *("wire", "b", "=", "c", "&", "d", ";", "endmodule"),
    ]


def test_a_body_s_digest_depends_on_what_is_done() -> None:
    other = COUNTER.replace("+", "-")
    assert body_digest(body_tokens(other)) != body_digest(body_tokens(COUNTER))


def test_shingles_of_a_renamed_design_are_the_same() -> None:
    renamed = COUNTER.replace("q", "value")
    of = [set(normalize.shingles(normalize.tokens(text))) for text in (COUNTER, renamed)]
    assert of[0] == of[1]


def test_a_line_put_in_changes_few_shingles() -> None:
    lines = [f"assign y{n} = a[{n}] ^ b[{n}];" for n in range(40)]
    before = normalize.shingles(normalize.tokens("\n".join(lines)))
    lines.insert(20, "assign extra = 1'b0;")
    after = normalize.shingles(normalize.tokens("\n".join(lines)))
    assert len(before & after) / len(before | after) > 0.8


def test_token_distance() -> None:
    assert normalize.token_distance(["a", "b", "c"], ["a", "x", "c"]) == pytest.approx(1 / 3)
    assert normalize.token_distance([], []) == 0
    assert normalize.token_distance([], ["a"]) == 1


@given(st.text())
def test_any_text_has_tokens(text: str) -> None:
    found = normalize.tokens(text)
    assert all(found)
    assert normalize.tokens(" ".join(found)) is not None
    assert len(normalize.abstract(found)) == len(found)


@pytest.mark.parametrize(
    "part",
    ["/*", '"', "\\", "(*", "(* a", "`timescale", "8'h", "9", "1e", "'", "a" * 9, "(*(", "//"],
)
def test_hostile_text_takes_linear_time(part: str) -> None:
    start = time.process_time()
    normalize.tokens(part * (200_000 // len(part)))
    assert time.process_time() - start < 2


def test_slang_reads_the_same_tokens() -> None:
    macro = "`define W 4\nmodule m(output [`W-1:0] y); assign y = `W; endmodule"
    expanded = "module m(output [4-1:0] y); assign y = 4; endmodule"
    found = normalize.slang_tokens([COUNTER, macro, "module m(; endmodule"])
    assert found == [normalize.tokens(COUNTER), normalize.tokens(expanded), None]


def test_a_text_that_ends_slang_costs_no_other_one() -> None:
    deep = "module m; wire a = " + "(" * 200_000 + "1" + ")" * 200_000 + "; endmodule"
    found = normalize.slang_tokens([COUNTER, deep, COUNTER])
    assert found[0] == found[2] == normalize.tokens(COUNTER)
    assert found[1] is None or found[1] == normalize.tokens(deep)


@pytest.mark.shared
def test_slang_agrees_on_real_designs(shared: object) -> None:
    from rtlgen.data.known import read_problems

    designs = [k.codes[0] for k in read_problems("verilog-eval-v1-human", shared / "benchmarks")]  # type: ignore[operator]
    plain = [design for design in designs if "`" not in design]
    found = normalize.slang_tokens(plain)
    assert len(plain) > 100
    assert found == [normalize.tokens(design) for design in plain]
