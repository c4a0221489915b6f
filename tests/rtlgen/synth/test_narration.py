"""Designs told by their code."""

from __future__ import annotations

import random

import pytest

from rtlgen.synth.catalog import FAMILIES
from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import ClockAndReset, Clocked, Drawn, Words, inputs, outputs
from rtlgen.synth.narration import narrated
from rtlgen.synth.verilog_tree import (
    Always,
    Assign,
    Case,
    Constant,
    Declared,
    If,
    Unreadable,
    items_of,
)

COUNTER = """reg [3:0] count;

always @(posedge clk) begin
    if (!rst_n) begin
        count <= 4'd0;
    end else begin
        if (en)
            count <= count + 1'b1;
    end
end

assign last = (count == 4'd15);"""


def design(body: str) -> Drawn:
    return Drawn(
        parameters={},
        ports=(*inputs(("en", 1), ("d", 4)), *outputs(("q", 4), ("last", 1))),
        timing=ClockAndReset(reset="rst_n", active_low=True),
        words=Words(title="", terse="", plain="", points=()),
        body=body,
        behavior=Clocked(reset=0, outputs=lambda s, _: {"q": s}, following=lambda s, _: s),
    )


def told(body: str, seeds: int = 40) -> set[str]:
    texts = {narrated(design(body), random.Random(seed)) for seed in range(seeds)}
    assert None not in texts
    return {text for text in texts if text}


def test_items_of_a_counter() -> None:
    step = If((("en", (Assign("count", "count + 1'b1"),)),))
    reset = If((("!rst_n", (Assign("count", "4'd0"),)), ("", (step,))))
    assert items_of(COUNTER) == (
        Declared("reg", "[3:0]", ("count",)),
        Always("posedge clk", (reset,)),
        Assign("last", "(count == 4'd15)"),
    )


def test_memories_constants_and_cases() -> None:
    body = """localparam A = 1'b0, B = 1'b1;
    reg [7:0] mem [0:3];
    always @(*) case (s) A: y = mem[a]; default: begin y = {c, ~d[3:1]}; z = 1'b0; end endcase"""
    arms = (
        ("A", (Assign("y", "mem[a]"),)),
        ("default", (Assign("y", "{c, ~d[3:1]}"), Assign("z", "1'b0"))),
    )
    assert items_of(body) == (
        Constant("A", "1'b0"),
        Constant("B", "1'b1"),
        Declared("reg", "[7:0]", ("mem",), "[0:3]"),
        Always("*", (Case("s", arms),)),
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("and g (y, a, b);", "'and' as an item"),
        ("always @(*) for (i = 0; i < 4; i = i + 1) y[i] = a[3 - i];", "'for' as a statement"),
        ("assign y = a", "ends too early"),
        ("assign y = a);", "in an expression"),
        ("wire w x;", "'x' where ';' should be"),
    ],
)
def test_what_the_reader_does_not_know(body: str, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        items_of(body)
    assert narrated(design(body), random.Random(0)) is None


def test_a_counter_is_told_in_order() -> None:
    for text in told(COUNTER):
        places = [
            text.find(part)
            for part in (
                "register count (4 bits)",
                "edge of clk",
                "rst_n is",
                "en is",
                "incremented by 1",
                "last ",
            )
        ]
        assert -1 not in places
        assert places == sorted(places)


def test_an_else_with_nothing_but_an_if_continues_the_chain() -> None:
    assert any(
        "Otherwise, if en is 1, count is incremented by 1." in text for text in told(COUNTER)
    )


def test_polarity_follows_the_code() -> None:
    for text in told("always @(posedge clk) if (!en) q <= d;"):
        assert any(f"if en is {low}" in text.lower() for low in ("low", "0", "false"))


def test_a_bitwise_inverse_of_a_vector_is_no_level() -> None:
    for text in told("always @(posedge clk) if (~d) q <= d;"):
        assert "(~d)" in text


def test_conditions_of_mixed_kinds_keep_their_form() -> None:
    for text in told("assign q = d;\nalways @(posedge clk) if ((en && d[0]) || d[1]) last <= en;"):
        assert "((en && d[0]) || d[1])" in text


def test_long_designs_are_not_told_like_this() -> None:
    rows = "\n".join(f"assign w{i} = a;" for i in range(80))
    assert narrated(design(rows), random.Random(0)) is None


def test_everything_that_is_assigned_is_mentioned() -> None:
    count = 0
    for family in FAMILIES.values():
        drawn = family.draw(Draw(f"{family.name} 0"))
        text = narrated(drawn, random.Random(0))
        if text is None:
            continue
        count += 1
        assert all(port.name in text for port in drawn.ports if port.name in drawn.body)
    assert count > 0.8 * len(FAMILIES)
