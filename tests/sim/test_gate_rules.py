"""Every rule of the gate, in process: the worker's part without the worker."""

from __future__ import annotations

from typing import Any

import pytest

from sim.design import Design
from sim.gate import admit
from sim.gate_worker import answer


def ask(text: str, **sources: str) -> dict[str, Any]:
    files = {"m.sv": text} | {name.replace("_vh", ".vh"): body for name, body in sources.items()}
    return answer({"top": "m", "sources": files, "data": [], "reserved": [], "outer": []})


def rules(text: str) -> set[str]:
    return {refusal["rule"] for refusal in ask(text)["refusals"]}


def in_module(body: str, ports: str = "input clk, input a, output reg y") -> str:
    return f"module m({ports});\n{body}\nendmodule\n"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("initial $finish;", "ends-simulation"),
        ("initial $stop(1);", "ends-simulation"),
        ("always @* assert (a) else $fatal;", "ends-simulation"),
        ("final $display;", "final-block"),
        ('integer f; initial f = $fopen("x");', "system-task"),
        ("initial $dumpvars;", "system-task"),
        ('initial $system("ls");', "system-task"),
        ('initial $sdf_annotate("x");', "system-task"),
        ('initial if ($test$plusargs("x")) y = 1;', "system-task"),
        ("initial $made_up_by_a_vpi_module;", "system-task"),
        ("initial force y = 1;", "force"),
        ("initial release y;", "force"),
        ("reg r; alias a = r;", "drives-input"),
        ("assign a = 1;", "drives-input"),
        ("buf (a, y);", "drives-input"),
        ("pullup (a);", "drives-input"),
        ("tran (a, clk);", "drives-input"),
        ("sub s(a); endmodule module sub(input supply1 p);", "drives-input"),
        ("sub s(a); endmodule module sub(p); input p; supply0 p;", "drives-input"),
        ("sub s(a); endmodule module sub(inout p); assign p = 0;", "drives-input"),
        ("sub s(a); endmodule module sub(input p); assign p = 0;", "drives-input"),
        ("sub s(.a(a)); endmodule module sub(output a); assign a = 0;", "drives-input"),
        ("sub s(.*); endmodule module sub(output a); assign a = 0;", "drives-input"),
        ("sub s(y, a); endmodule module sub(output p, q);", "drives-input"),
        ("sub s(y, a); endmodule module sub(.p(n), .q(n)); input n;", "drives-input"),
        ("sub s(y, a); endmodule module sub(n, n); input n;", "drives-input"),
        ("sub s(y, a); endmodule module sub(.p({n, k}), .q(n)); input n, k;", "drives-input"),
        ("initial $root.m.y = 1;", "hierarchy"),
        ("initial $unit::x = 1;", "hierarchy"),
        ("initial tb.x = 1;", "hierarchy"),
        ("initial m.y = 1;", "hierarchy"),
        ("initial tb.t();", "hierarchy"),
        ("initial disable tb.blk;", "hierarchy"),
        ("initial disable t; endmodule task t; endtask module more;", "hierarchy"),
        (
            "import p::*; initial disable t; endmodule package p; task t; endtask endpackage "
            "module more;",
            "hierarchy",
        ),
        ("module sub; endmodule sub s(); endmodule module sub;", "name-clash"),
        (
            "class base; task t; endtask endclass class one extends base; "
            "task u; disable t; endtask endclass one o; initial o = new;",
            "hierarchy",
        ),
        ("initial -> tb.e;", "hierarchy"),
        ("wire w = tb.x;", "hierarchy"),
        ("always @(posedge tb.clk) y <= 1;", "hierarchy"),
        ("sub s(tb.x); endmodule module sub(input p);", "hierarchy"),
        ("sub s(); reg r; endmodule module sub; initial m.r = 1;", "hierarchy"),
        ("sub s(); reg r; endmodule module sub; initial s.q = 1; reg q;", "hierarchy"),
        ("defparam tb.P = 1;", "hierarchy"),
        ("initial begin : tb end initial tb.x = 1;", "hierarchy"),
        ("generate if (0) begin : tb reg x; end endgenerate initial tb.x = 1;", "hierarchy"),
        ("wire rtlgen_x;", "reserved-name"),
        ("wire \\RTLGEN_x ;", "reserved-name"),
        ('wire \\a"b ;', "identifier"),
        ("wire \\a/*b ;", "identifier"),
        ('import "DPI-C" function void f();', "dpi"),
        ('task t; endtask export "DPI-C" task t;', "dpi"),
        ("bind m sub s(); endmodule module sub;", "bind"),
        ("endmodule extern module e(input p); module z;", "extern"),
        ("sub s(); endmodule program sub; endprogram module other;", "program"),
        ("`pragma protect begin", "directive"),
        ('reg [3:0] r [0:1]; initial $readmemh("/etc/passwd", r);', "file-access"),
        ("reg [3:0] r [0:1]; reg [31:0] n; initial $readmemb(n, r);", "file-access"),
        ('`include "nothing.vh"', "syntax"),
        ("`unknown_directive", "syntax"),
        ("missing_module u();", "elaboration"),
        ("reg r; assign r = a; always @(posedge clk) r <= 0;", "elaboration"),
        ("reg r; assign r = a; initial r = 0;", "elaboration"),
        ("reg r; assign r = a; assign r = clk;", "elaboration"),
    ],
)
def test_refused(body: str, rule: str) -> None:
    assert rules(in_module(body)) == {rule}


@pytest.mark.parametrize(
    "body",
    [
        "initial y = $signed(a) + $clog2(5) + $bits(a);",
        'initial begin $display("%m %t", $time); $monitorb(y); $strobeh(y); $write("x"); end',
        "integer s; initial begin s = 3; y = $random(s) ^ $urandom ^ $urandom_range(3); end",
        'always @(posedge clk) assert (a) else $error("no");',
        "sub s(); initial s.q = 1; endmodule module sub; reg q;",
        "sub s[1:0](); initial s[1].q = 1; endmodule module sub; reg q;",
        "genvar i; generate for (i = 0; i < 2; i = i + 1) begin : g reg r; end endgenerate"
        " initial g[1].r = 1;",
        "initial begin : blk reg r; r = 1; blk.r = 0; end",
        "task t; reg k; k = 1; endtask initial t.k = 0;",
        "sub s(); defparam s.W = 3; endmodule module sub; parameter W = 1;",
        "typedef struct packed {logic p; logic q;} pair; pair v; initial v.p = 1;",
        "function automatic logic f(input struct packed {logic p;} v); f = v.p; endfunction",
        "initial for (int i = 0; i < 2; i++) y = i[0];",
        "enum logic {P, Q} e; initial e = e.first();",
        "wire \\a/b[3] = a;",
        "specify (clk => y) = 1; endspecify",
        "reg r; initial assign r = 1;",
        'parameter F = ""; reg [3:0] r [0:1]; initial if (F != "") $readmemh(F, r);',
        "generate if (0) begin initial nothing.x = 1; end endgenerate",
        "wire late = later; wire later = a;",
        "wire w; assign w = a; assign w = clk;",
        "reg [1:0] r; assign r[0] = a; always @(posedge clk) r[1] <= 0;",
    ],
)
def test_honest(body: str) -> None:
    found = ask(in_module(body))
    honest = found["cause"] == "NONE" or "nothing.x" in body
    assert honest, found["refusals"]


def test_what_the_top_does_not_reach_is_left_out() -> None:
    bench = "module tb; m u(); initial begin u.y = 1; $dumpvars; $finish; end endmodule\n"
    found = ask(in_module("part p();") + "module part; endmodule\n" + bench)
    assert found["cause"] == "NONE"
    assert "module part" in found["sources"]["m.sv"]
    assert "tb" not in found["sources"]["m.sv"]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("module m; localparam X = {1000000000{1'b1}}; wire [X:0] w; endmodule", "ELABORATION"),
        ("module m; reg [1000000000:0] r; endmodule", "ELABORATION"),
        (
            "module m; s #(1) t(); endmodule module s #(parameter N = 0); s #(N+1) u(); endmodule",
            "ELABORATION",
        ),
        ("module m; initial " + "begin " * 5000 + "end " * 5000 + " endmodule", "SYNTAX"),
        ("`define a `b\n`define b `a\nmodule m; wire w = `a; endmodule", "SYNTAX"),
    ],
)
def test_bombs_that_slang_defuses(text: str, cause: str) -> None:
    assert ask(text)["cause"] == cause


@pytest.mark.parametrize("name", ["/proc/self/fd/1", "/dev/zero", "/dev/stdin"])
def test_no_device_is_opened_by_whatever_name(name: str) -> None:
    text = f'`define N "{name}"\n`include `N\nmodule m(input a, output y); assign y = a; endmodule'
    admission = admit(Design(top="m", sources={"m.sv": text}))
    assert admission.design is None
    assert "limit" not in admission.refusals[0].message


_SHADOWS = [
    "module ref_(input p); endmodule ref_ r(a);",
    "module automatic \\ref_ (input p); endmodule ref_ r(a);",
    "interface ref_(input p); endinterface ref_ r(a);",
    "ref_ r(y, a); endmodule "
    "primitive ref_(o, i); output o; input i; table 0 : 0; 1 : 1; endtable endprimitive "
    "module more;",
]


@pytest.mark.parametrize("where", ["reserved", "beside"])
@pytest.mark.parametrize("body", _SHADOWS)
def test_nothing_is_called_like_a_module_that_a_simulator_takes_instead(
    body: str, where: str
) -> None:
    text = in_module(body, "input a, output wire y")
    around: dict[str, Any] = {"reserved": [], "outer": [], "beside": [], where: ["ref_"]}
    found = answer({"top": "m", "sources": {"m.sv": text}, "data": [], **around})
    assert [r["rule"] for r in found["refusals"]] == ["name-clash"]


def test_modules_of_its_own_may_be_called_like_those_beside_it() -> None:
    text = in_module("sub s(a);") + "module sub(input p); endmodule\n"
    around: dict[str, Any] = {"reserved": [], "outer": [], "beside": ["sub"]}
    found = answer({"top": "m", "sources": {"m.sv": text}, "data": [], **around})
    assert found["cause"] == "NONE"


def test_what_stands_in_the_module_can_be_disabled() -> None:
    body = "task t; disable t; endtask initial begin : b disable b; t; disable t; end"
    assert not rules(in_module(body))


def test_interfaces_as_types_define_nothing() -> None:
    text = in_module("bus i(); virtual bus v; sub s(i, i);") + (
        "interface bus; logic x; endinterface\n"
        "module sub(interface bus, interface other); endmodule\n"
    )
    assert not rules(text)
