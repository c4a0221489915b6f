"""Processes from which the assignments to some registers are taken out."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from sim.design import Design
from symbolic.dataflow.edit import rewritten
from symbolic.dataflow.edit_slice import NotSliceable, sliced
from symbolic.dataflow.evaluate import simulate
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Op
from symbolic.dataflow.read import read_dataflow
from symbolic.dataflow.source_map import source_map, source_maps
from tests.symbolic.dataflow.random_modules import stimulus

HEAD = """module top(
    input clk, rst, input [3:0] a, b, input [1:0] s, output reg [3:0] p, q, output reg r
);
    integer i, j;
"""


def _design(text: str) -> Design:
    return Design(top="top", sources={"t.v": text})


def _module(body: str) -> str:
    return f"{HEAD}    always @(posedge clk) {body}\nendmodule\n"


def _sliced(body: str, *gone: str) -> str:
    text = _module(body)
    [item] = [item for item in source_map(_design(text)).items if item.body is not None]
    return sliced(text, item, set(gone)).removeprefix("always @(posedge clk) ")


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("begin p <= a; q <= b; end", "begin q <= b; end"),
        ("if (rst) p <= 0; else q <= b;", "if (!rst) q <= b;"),
        ("if (!rst) p <= 0; else q <= b;", "if (rst) q <= b;"),
        ("if (a == b) p <= 0; else q <= b;", "if (!(a == b)) q <= b;"),
        ("if (rst) q <= 0; else p <= b;", "if (rst) q <= 0;"),
        (
            "if (rst) q <= 0; else if (r) p <= b; else q <= a;",
            "if (rst) q <= 0; else if (!r) q <= a;",
        ),
        ("case (s) 0: p <= 0; 1: q <= 1; endcase", "case (s) 1: q <= 1; endcase"),
        (
            "case (s) 0: p <= 0; 1: q <= 1; default: q <= 2; endcase",
            "case (s) 0: ; 1: q <= 1; default: q <= 2; endcase",
        ),
        (
            "case (s) 0: q <= 0; default: p <= 2; endcase",
            "case (s) 0: q <= 0; endcase",
        ),
        (
            "casez (s) 2'b1?: p <= 0; 2'b?1: q <= 1; endcase",
            "casez (s) 2'b1?: ; 2'b?1: q <= 1; endcase",
        ),
        (
            "case (1'b1) s[0]: p <= 0; s[1]: q <= 1; endcase",
            "case (1'b1) s[0]: ; s[1]: q <= 1; endcase",
        ),
        ("begin for (i = 0; i < 4; i = i + 1) p[i] <= a[i]; q <= b; end", "begin q <= b; end"),
        ("begin p[3:2] <= a; p[1:0] <= b; q[s] <= p[0]; end", "begin q[s] <= p[0]; end"),
        (
            "begin\n    p <= a;   // first\n    q <= b;   // last\n    end",
            "begin\n    q <= b;   // last\n    end",
        ),
        ("begin $display(p); q <= b; p <= a; end", "begin $display(p); q <= b; end"),
    ],
)
def test_what_is_left(body: str, left: str) -> None:
    assert _sliced(body, "p") == left


@pytest.mark.parametrize(
    "body",
    [
        "{p, q} <= {a, b};",
        "p <= a;",
        "if (rst) if (r) q <= 1; else p <= 2; else q <= 3;",
        "begin for (i = 0; i < 4; i = i + 1) begin p[i] <= a[i]; q[i] <= b[i]; end end",
    ],
)
def test_what_cannot_be_divided(body: str) -> None:
    with pytest.raises(NotSliceable):
        _sliced(body, "p")


def test_what_tasks_and_macros_assign_is_not_known() -> None:
    body = "task t; p <= 1; endtask\n    always @(posedge clk) begin t; q <= a; end"
    task = f"{HEAD}    {body}\nendmodule\n"
    macro = "`define SET(x) x <= a;\n" + _module("begin `SET(p) q <= b; end")
    for text in (task, macro):
        [item] = [item for item in source_map(_design(text)).items if item.body is not None]
        with pytest.raises(NotSliceable):
            sliced(text, item, {"p"})


def _statement(chance: random.Random, depth: int) -> str:
    kind = chance.randrange(9) if depth else 0

    def inner() -> str:
        return _statement(chance, depth - 1)

    if kind < 2:
        name = chance.choice("pqr")
        return f"{name} <= {chance.choice(('a', 'b', 'p + a', 'q ^ b', '~p', 'a[s]', 'r'))};"
    if kind == 2:
        name = chance.choice("pq")
        return f"for (i = 0; i < 4; i = i + 1) {name}[i] <= {chance.choice('ab')}[3 - i];"
    if kind == 3:
        return f"if ({chance.choice(('r', '!r', 'a < b', 's[0]'))}) {inner()}"
    if kind == 4:
        return f"if ({chance.choice(('r', '!rst', 'a == p'))}) {inner()} else {inner()}"
    if kind == 5:
        body = "\n".join(inner() for _ in range(chance.randrange(1, 4)))
        return f"begin\n{body} // done\nend"
    if kind == 6:
        return f"begin {inner()} {inner()} end"
    head, labels = chance.choice(
        (
            ("case (s)", ("0", "1, 2", "3")),
            ("casez (s)", ("2'b1?", "2'b?1")),
            ("case (1'b1)", ("s[0]", "r")),
        )
    )
    items = [f"{label}: {inner()}" for label in labels]
    if chance.random() < 0.5:
        items.insert(chance.randrange(len(items) + 1), f"default: {inner()}")
    return "\n".join((head, *items, "endcase"))


def test_slices_together_do_what_the_whole_does() -> None:
    chance = random.Random(1)
    bodies = [
        f"begin {_statement(chance, 3)} {_statement(chance, 3)} end"
        if chance.random() < 0.5
        else _statement(chance, 4)
        for _ in range(60)
    ]
    whole = [_module(body) for body in bodies]
    divided: list[tuple[str, str]] = []
    for text, found in zip(whole, source_maps([_design(text) for text in whole]), strict=True):
        [item] = [item for item in found.items if item.body is not None]
        gone = set(chance.sample("pqr", chance.choice((1, 2))))
        try:
            parts = [sliced(text, item, names) for names in (gone, set("pqr") - gone)]
        except NotSliceable:
            continue
        # A variable that counts loops belongs to one process.
        body = "\n".join((parts[0], re.sub(r"\bi\b", "j", parts[1])))
        divided.append((text, text[: item.span.start] + body + text[item.span.end :]))
    assert len(divided) >= 15
    read = read_dataflow([_design(text) for pair in divided for text in pair])
    for number, (text, both) in enumerate(divided):
        one, other = read[2 * number : 2 * number + 2]
        assert isinstance(one, Dataflow), text
        assert isinstance(other, Dataflow), f"{other}\n{both}"
        inputs = stimulus(one, number, 60)
        assert simulate(one, inputs) == simulate(other, inputs), f"{text}\n{both}"


def test_only_the_register_that_changes_is_written_anew() -> None:
    text = """module top(input clk, rst, go, input [7:0] a, output reg [7:0] sum, output reg [1:0] state);
  localparam IDLE = 2'd0, RUN = 2'd1;
  always @(posedge clk)
    if (rst) begin
      state <= IDLE;   // nothing to do
      sum <= 0;
    end else case (state)
      IDLE: if (go) state <= RUN;   // asked for
      default: begin
        sum <= sum + a + 8'd0;
        state <= IDLE;
      end
    endcase   // states
endmodule
"""
    before = read_dataflow([_design(text)])[0]
    assert isinstance(before, Dataflow)
    nodes, old = before.nodes, before.registers["sum"]
    assert old.next.op is Op.MUX
    twice = nodes.make(Op.SUB, 8, old.next, nodes.const(0, 8))
    after = replace(before, registers={**before.registers, "sum": replace(old, next=twice)})
    found = rewritten(_design(text), before, after)
    head, kept, new = found.partition("    endcase   // states\n")
    assert kept
    assert head == (
        text.partition("    endcase")[0]
        .replace("      sum <= 0;\n", "")
        .replace("        sum <= sum + a + 8'd0;\n", "")
    )
    assert new.startswith("  always @(posedge clk) begin\n    sum <= ")
