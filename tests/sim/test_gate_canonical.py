"""The canonical text: what simulators see is what the gate saw."""

from __future__ import annotations

import pytest

from sim.gate_worker import answer
from tests.sim.suite_bench import suite_design, suite_names


def canonical(text: str, **headers: str) -> str:
    sources = {"m.sv": text} | {f"{name}.vh": body for name, body in headers.items()}
    found = answer({"top": "m", "sources": sources, "data": [], "reserved": [], "outer": []})
    assert found["cause"] == "NONE", found["refusals"]
    assert list(found["sources"]) == ["m.sv"]
    return str(found["sources"]["m.sv"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "module m; // verilator public\n/* two\nlines */ wire a;\nendmodule",
            "module m;\n\n         wire a;\nendmodule\n",
        ),
        (
            "module m;\n`ifdef __ICARUS__\ninitial $finish;\n`else\nwire a;\n`endif\nendmodule",
            "module m;\n\n\n\nwire a;\n\nendmodule\n",
        ),
        (
            "`define W(n) [n-1:0]\n`define NO\nmodule m; wire `W(4) a`NO; endmodule",
            "\n\nmodule m; wire [ 4 - 1 : 0 ] a ; endmodule\n",
        ),
        (
            "(* top *) module m; (* keep = 1 *) wire a; wire b/**/;endmodule",
            "          module m;                wire a; wire b    ;endmodule\n",
        ),
        (
            "module m; wire \\a+b ;\nassign \\a+b =1'b1;\nendmodule",
            "module m; wire \\a+b ;\nassign \\a+b =1'b1;\nendmodule\n",
        ),
        (
            "`timescale 1 ns/10 ps\n`default_nettype none\nmodule m;\n`pragma x y\nendmodule\n`resetall",
            "`timescale 1 ns/10 ps\n`default_nettype none\nmodule m;\n\nendmodule\n`resetall\n",
        ),
        # A directive must end its line; then the rest comes a line late.
        (
            "`timescale 1ns/1ps module m; endmodule\nmodule n; endmodule",
            "`timescale 1ns/1ps\n                   module m; endmodule\n",
        ),
        (
            'module m; initial $display("a\\\nb", "c//d");\nendmodule',
            'module m; initial $display("ab"\n  , "c//d");\nendmodule\n',
        ),
        ("module m;\r\n  wire a;\r\nendmodule\r\n", "module m;\n  wire a;\nendmodule\n"),
        (
            '`line 90 "other.v" 0\nmodule m; localparam L = `__LINE__; endmodule',
            None,
        ),
    ],
)
def test_canonical_text(text: str, expected: str | None) -> None:
    found = canonical(text)
    if expected is not None:
        assert found == expected
    else:
        assert "`line" not in found


def test_included_tokens_stand_where_they_are_included() -> None:
    text = 'module m;\n`include "w.vh"\nwire b;\nendmodule\n'
    found = canonical(text, w="// inside\nwire a;\n`define X 1\n")
    assert found == "module m;\nwire a ;\nwire b;\nendmodule\n"


@pytest.mark.parametrize("name", suite_names("honest"))
def test_canonical_text_is_its_own_canonical_text(name: str) -> None:
    design = suite_design("honest", name)
    request = {"top": "dut", "data": sorted(design.data), "reserved": [], "outer": []}
    once = answer({**request, "sources": dict(design.sources)})
    twice = answer({**request, "sources": once["sources"]})
    assert once["sources"] == twice["sources"]
    assert once["interface"] == twice["interface"]


@pytest.mark.parametrize("name", suite_names("honest"))
def test_nothing_conditional_is_left(name: str) -> None:
    design = suite_design("honest", name)
    found = answer(
        {
            "top": "dut",
            "sources": dict(design.sources),
            "data": sorted(design.data),
            "reserved": [],
            "outer": [],
        }
    )
    text = "\n".join(found["sources"].values())
    for gone in ("`ifdef", "`define", "`include", "//", "/*", "\r"):
        assert gone not in text.replace('"//', "")
