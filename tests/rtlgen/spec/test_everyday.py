"""Specifications as people write them: their ports are those of the RTL beside them."""

import contextlib
import time
from pathlib import Path

import pytest

from rtlgen.errors import SpecError
from rtlgen.spec.reader import load_spec, read_spec
from sim.design import Design
from sim.interface import Direction, infer_timing, read_interface

FOLDER = Path(__file__).parents[3] / "datasets/everyday"
NAMES = sorted(path.stem for path in FOLDER.glob("*.v"))


@pytest.mark.parametrize("name", NAMES)
def test_the_interface_is_that_of_the_golden_design(name: str) -> None:
    found = load_spec(FOLDER / f"{name}.md").interface
    text = (FOLDER / f"{name}.v").read_text()
    design = Design(top=name, sources={f"{name}.v": text})
    golden = infer_timing(design, read_interface(design))
    assert found.module == name

    def shapes(ports: object) -> dict[str, tuple[Direction, int]]:
        return {p.name: (p.direction, p.width) for p in ports}  # type: ignore[attr-defined]

    assert shapes(found.ports) == shapes(golden.ports)
    assert (found.clocks, found.resets) == (golden.clocks, golden.resets)


def test_there_are_twenty() -> None:
    assert len(NAMES) == 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "`gray` is a small combinational block. It converts the 5-bit number `n` into `g`, "
            "5 bits each.",
            "gray n:5 g:5",
        ),
        (
            "# T\n\nBuild `mod`: it adds.\nInputs: a[3:0], b[3:0]. Output: y[4:0].",
            "mod a:4 b:4 y:5",
        ),
        (
            "# U\n\nModule `sreg`: clk, rst, a 4-bit d, and the outputs q and full.",
            "sreg clk:1 rst:1 d:4 q:1 full:1",
        ),
        (
            "# V\n\nThe module `w` has the inputs `clk` and `go` (2 bits, high when asked) and the "
            "output `on` (registered).",
            "w clk:1 go:2 on:1",
        ),
        (
            "Module name: k\n\ninput clk, input [2:0] code (from the keypad),\noutput ok",
            "k clk:1 code:3 ok:1",
        ),
        (
            "# Sum\n\nWe need an `adding` unit. It has two 4-bit inputs, a and b, and a 5-bit output y.",
            "adding a:4 b:4 y:5",
        ),
        (
            "# Volume knob\n\n`volume` follows the knob.\n\n- input up\n- output level (4 bits)",
            "volume up:1 level:4",
        ),
        (
            "# R\n\nModule `tally`:\n\n* `clk`, rising edge\n* `go`, 2-bit input\n* `n`, 8-bit output",
            "tally clk:1 go:2 n:8",
        ),
        (
            "# F\n\n```verilog\nmodule keep(input clk, input reset, output q);\n```\n\n"
            "`reset` is synchronous and clears q.",
            "keep clk:1 reset:1 q:1",
        ),
        (
            "Module name: k\n\n- input a\n- output y\n\nIf `hold` (another 2-bit input) is 0, y is a.",
            "k a:1 y:1 hold:2",
        ),
    ],
)
def test_other_words(text: str, expected: str) -> None:
    found = read_spec(text).interface
    assert " ".join([found.module, *(f"{p.name}:{p.width}" for p in found.ports)]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "turns `a` " * 400,
        "Module `m`: " + "a, " * 600,
        "`a` (one more " * 300,
        "input a, " * 500,
        "Inputs: a. " * 300,
        "`x` (" * 500,
    ],
)
def test_hostile_text_does_not_take_long(text: str) -> None:
    start = time.process_time()
    with contextlib.suppress(SpecError):
        read_spec(f"# m\n\n{text}\n\n- nothing\n")
    assert time.process_time() - start < 2
