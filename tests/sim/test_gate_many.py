"""Many designs through the gate at once: the same answers as one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sim.design import Design
from sim.gate import Admission, admit, admit_many
from sim.interface import read_header
from sim.verdict import Cause
from tests.sim.suite_bench import BENCH, INTERFACE, suite_design, suite_names

HEADER = "module m(input a, output y);\n"


def design(body: str, **data: bytes) -> Design:
    files = {f"{name}.hex": content for name, content in data.items()}
    return Design(top="m", sources={"m.sv": HEADER + body + "\nendmodule\n"}, data=files)


def test_no_designs_no_admissions() -> None:
    assert admit_many([]) == []


def judged(one: Design) -> Admission:
    return admit(one, reserved=BENCH.reserved, outer=BENCH.outer, interface=INTERFACE)


def test_the_suites_are_answered_as_one_by_one() -> None:
    """Hostile designs stand among honest ones, and say nothing about them."""
    names = set(suite_names("adversarial")) - {"constant_for_hours"}
    honest = [suite_design("honest", name) for name in suite_names("honest")]
    hostile = [suite_design("adversarial", name) for name in sorted(names)]
    mixed = [d for pair in zip(hostile, honest * 3, strict=False) for d in pair]
    found = admit_many(mixed, reserved=BENCH.reserved, outer=BENCH.outer, interface=INTERFACE)
    by_name = {next(iter(d.sources)): (d, a) for d, a in zip(mixed, found, strict=True)}
    with ThreadPoolExecutor(2) as pool:
        alone = list(pool.map(judged, [one for one, _ in by_name.values()]))
    for name, one in zip(by_name, alone, strict=True):
        assert by_name[name][1] == one, name


def test_a_design_that_ends_the_process_is_the_only_one_to_suffer() -> None:
    deep = design("assign y = a" + " + 1" * 60_000 + ";")
    good = [design(f"assign y = a ^ {n};") for n in range(3)]
    found = admit_many([good[0], deep, good[1], deep, good[2]])
    assert [a.cause for a in found] == [
        Cause.NONE,
        Cause.REFUSED,
        Cause.NONE,
        Cause.REFUSED,
        Cause.NONE,
    ]
    assert "does not survive" in str(found[1].refusals[0])


def test_a_slow_design_takes_its_time_alone() -> None:
    n = 360_000
    slow = f"localparam [{8 * n}:0] Q = {{{2 * n}{{4'hb}}}} / {{{n}{{4'hd}}}}; assign y = a ^ Q[0];"
    found = admit_many([design(slow), design("assign y = a;")])
    assert [a.cause for a in found] == [Cause.NONE, Cause.NONE]


def test_each_is_held_against_the_interface() -> None:
    other = Design(top="m", sources={"m.v": "module m(input a); endmodule"})
    found = admit_many(
        [other, design("assign y = a;")], interface=read_header("module m(input a, output y);")
    )
    assert [a.cause for a in found] == [Cause.INTERFACE, Cause.NONE]
    assert "port 'y' (output, 1 bit) is missing" in str(found[0].refusals[0])


def test_more_than_one_process_is_asked_to_take() -> None:
    designs = [design(f"assign y = a ^ {n};") for n in range(70)]
    found = admit_many(designs)
    assert [a.cause for a in found] == [Cause.NONE] * 70
    assert len({a.digest for a in found}) == 70


def test_refused_before_the_parser() -> None:
    odd = Design(top="m", sources={"-m.sv": HEADER + "endmodule"})
    found = admit_many([odd, design("assign y = a;"), odd])
    assert [a.cause for a in found] == [Cause.REFUSED, Cause.NONE, Cause.REFUSED]


@pytest.mark.parametrize(
    "body",
    [
        "assign y = a; // a comment",
        "assign\n\n   y=a  ;",
        "/* verilator public */ (* keep *) assign y = a;",
        "`define WIRE a\nassign y = `WIRE;",
        "`ifdef SYNTHESIS\nassign y = ~a;\n`else\nassign y = a;\n`endif",
        "assign y = a;\nendmodule\nmodule unused;",
    ],
)
def test_layout_makes_no_difference_to_the_digest(body: str) -> None:
    plain, other = admit_many([design("assign y = a;"), design(body)])
    assert plain.digest == other.digest != ""


def test_names_of_sources_make_no_difference_to_the_digest() -> None:
    text = HEADER + "assign y = a;\nendmodule"
    found = admit_many([Design(top="m", sources={name: text}) for name in ("a.sv", "b/c.sv")])
    assert found[0].digest == found[1].digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("assign y = a;", "assign y = ~a;"),
        ("wire \\a+b = a; assign y = a;", "wire \\a+ = a; assign y = a;"),
        ("assign y = a & & a;", "assign y = a && a;"),
        ('initial $display("a b"); assign y = a;', 'initial $display("ab"); assign y = a;'),
        ("localparam L = `__LINE__; assign y = a;", "\nlocalparam L = `__LINE__; assign y = a;"),
        ("endmodule\n`default_nettype none\nmodule n;", "endmodule\nmodule n;"),
    ],
)
def test_what_is_said_makes_a_difference_to_the_digest(one: str, other: str) -> None:
    first, second = admit_many([design(one), design(other)])
    assert first.digest != second.digest
    assert "" not in (first.digest, second.digest)


def test_data_tops_and_order_make_a_difference_to_the_digest() -> None:
    text = HEADER + "assign y = a;\nendmodule\nmodule n(input a, output y); m u(a, y); endmodule"
    parts = {"m.sv": HEADER + "assign y = a;\nendmodule", "n.sv": "module n; m u(); endmodule"}
    backwards = dict(reversed(list(parts.items())))
    found = admit_many(
        [
            design("assign y = a;"),
            design("assign y = a;", rom=b"00"),
            design("assign y = a;", rom=b"01"),
            Design(top="m", sources={"m.sv": text}),
            Design(top="n", sources={"m.sv": text}),
            Design(top="n", sources=parts),
            Design(top="n", sources=backwards),
        ]
    )
    assert [a.cause for a in found] == [Cause.NONE] * 7
    assert found[0].digest == found[3].digest, "module n is never reached"
    assert len({a.digest for a in found}) == 6


def test_a_refused_design_has_neither_digest_nor_lane() -> None:
    found = admit(design("initial $finish;"))
    assert (found.digest, found.lane) == ("", None)
