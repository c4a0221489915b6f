"""Small designs for tests: a gate, a counter of every kind of reset, a latch, a masked output."""

from __future__ import annotations

from collections.abc import Callable

from rtlgen.synth.drawn import (
    ClockAndReset,
    Clocked,
    Combinational,
    Drawn,
    Slip,
    Words,
    inputs,
    outputs,
)
from rtlgen.synth.header import HeaderStyle, module
from rtlgen.synth.mismatch_text import Stimulus
from rtlgen.synth.slips import Wrong
from rtlgen.synth.vectors import beats_of
from rtlgen.synth.verify import Claim

STYLE = HeaderStyle()


def gate() -> Drawn:
    return Drawn(
        parameters={"inputs": 2},
        ports=(*inputs(("a", 1), ("b", 1)), *outputs(("y", 1))),
        words=Words(
            title="AND gate",
            terse="an AND gate",
            plain="y is 1 if a and b are 1.",
            points=("y is the AND of a and b.",),
        ),
        body="assign y = a & b;",
        behavior=Combinational(outputs=lambda given: {"y": given["a"] & given["b"]}),
        slips=(Slip(name="or-for-and", body="assign y = a | b;"),),
        module="and_gate",
    )


def counter(timing: ClockAndReset, *, reset: int = 0, width: int = 3) -> Drawn:
    last = (1 << width) - 1
    update = "if (en) count <= count + 1'b1;"
    following: Callable[[int, object], int] = lambda state, given: (state + given["en"]) & last  # type: ignore[index] # noqa: E731
    return Drawn(
        parameters={"width": width},
        ports=(*inputs(("en", 1)), *outputs(("count", width))),
        timing=timing,
        words=Words(
            title=f"{width}-bit counter",
            terse="a counter with enable",
            plain="count goes up while en is 1.",
            points=("count goes up while en is 1.", "Otherwise it holds."),
            after_reset=f"count is {reset}",
        ),
        body=timing.always(update, f"count <= {width}'d{reset};"),
        registered=("count",),
        behavior=Clocked(
            reset=reset if timing.reset else None,
            outputs=lambda state, _: {"count": state},
            following=following,
            unknown=("count",),
        ),
        module="counter",
    )


def latch() -> Drawn:
    def now(state: int, given: dict[str, int]) -> int:
        return given["d"] if given["en"] else state

    return Drawn(
        parameters={},
        ports=(*inputs(("d", 1), ("en", 1)), *outputs(("q", 1))),
        words=Words(title="latch", terse="a latch", plain="q follows d while en is 1.", points=()),
        body="always @(*) begin\n    if (en) q = d;\nend",
        registered=("q",),
        behavior=Clocked(
            power_up=None,
            outputs=lambda state, given: {"q": now(state, dict(given))},
            following=lambda state, given: now(state, dict(given)),
            unknown=("q",),
        ),
    )


def masked() -> Drawn:
    """Two outputs, of which one may have any value where the input is 3."""
    return Drawn(
        parameters={},
        ports=(*inputs(("a", 2)), *outputs(("y", 1), ("z", 2))),
        words=Words(title="table", terse="a table", plain="y and z follow.", points=()),
        body="assign y = a[1];\nassign z = ~a;",
        behavior=Combinational(
            outputs=lambda given: {
                "y": None if given["a"] == 3 else given["a"] >> 1,
                "z": 3 - given["a"],
            }
        ),
    )


def claim(drawn: Drawn, *wrong: str, seed: str = "1") -> Claim:
    """Return the claim that `drawn` is right and the bodies `wrong` are not."""
    slips = tuple(
        Wrong(name=f"wrong-{n}", text=module(drawn, "top_module", STYLE, body), source="generic")
        for n, body in enumerate(wrong)
    )
    stimulus = Stimulus(drawn, beats_of(drawn, seed))
    return Claim(stimulus=stimulus, top="top_module", style=STYLE, slips=slips)
