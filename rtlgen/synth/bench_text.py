"""What is simulated to verify examples: many in one run, each beside its slips.

Each example has a root of its own, with the stimulus and the comparison of its test.
Lines that it prints, after `@NUMBER`::

    o VALUE ...     the reference's outputs at a sample, hexadecimal
    b LANE SAMPLES  at the end: samples in which a lane differed
    x LANE          a lane oscillates: the run ends here
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rtlgen.synth.header import apart, data_outputs
from rtlgen.synth.mismatch_text import (
    Stimulus,
    comparison,
    driven,
    generator,
    instance,
    reference_text,
    span,
    wired,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An example that is to be verified: its stimulus, and designs that are named `top`."""

    stimulus: Stimulus
    top: str
    lanes: tuple[str, ...]
    """Whole modules: the golden design first, then the slips."""


_SPINS = 4000
"""Changes of a lane's outputs at one time, after which it never settles."""


def root_of(number: int) -> str:
    """Return the name of the root of example `number`."""
    return f"tb_{number}"


def lane_file(number: int, lane: int) -> str:
    """Return the file of a lane."""
    return f"d{number}_{lane}.sv"


def files_of(subject: Subject, number: int, lanes: Sequence[int]) -> dict[str, str]:
    """Return the files of one example with these of its lanes."""
    stimulus = subject.stimulus
    bench = [
        "`timescale 1ns/1ps\n",
        generator(stimulus, f"stimulus_{number}", ends=False),
        reference_text(stimulus, f"Ref{number}"),
        _root(subject, number, lanes),
    ]
    own = {
        lane_file(number, lane): apart(subject.lanes[lane], subject.top, _module(number, lane))
        for lane in lanes
    }
    return {f"t{number}.sv": "\n".join(bench), **own}


def _module(number: int, lane: int) -> str:
    return f"Lane{number}_{lane}"


def _root(subject: Subject, number: int, lanes: Sequence[int]) -> str:
    stimulus = subject.stimulus
    signals, outputs = driven(stimulus), data_outputs(stimulus.drawn)
    shared = [name for name, _ in signals[:-1]]
    given = [name for name in shared if name != stimulus.names["care"]]
    sides = ["ref", *(f"l{lane}" for lane in lanes)]
    values = " ".join(["%h"] * len(outputs))
    told = ", ".join(f"{port.name}_ref" for port in outputs)
    lines = [
        *(f"logic {span(width)}{name};" for name, width in signals),
        *(f"logic {span(p.width)}{p.name}_{side};" for side in sides for p in outputs),
        *(f"int bad_l{lane} = 0;" for lane in lanes),
        instance(f"stimulus_{number}", "stimulus", [(n, n) for n, _ in signals]),
        instance(f"Ref{number}", "reference", wired(shared, outputs, "ref")),
        *(
            instance(_module(number, lane), f"lane{lane}", wired(given, outputs, f"l{lane}"))
            for lane in lanes
        ),
        *(_watch(number, lane, [port.name for port in outputs]) for lane in lanes),
        f"always @(posedge {signals[-1][0]}) begin",
        f'  $display("@{number} o {values}", {told});',
        *(
            f"  if (!({comparison(outputs, dut=f'l{lane}')})) bad_l{lane} = bad_l{lane} + 1;"
            for lane in lanes
        ),
        "end",
        "final begin",
        *(f'  $display("@{number} b {lane} %0d", bad_l{lane});' for lane in lanes),
        "end",
    ]
    return "\n".join((f"module {root_of(number)};", *lines, "endmodule\n"))


def _watch(number: int, lane: int, outputs: Sequence[str]) -> str:
    """Return what ends the run where a lane's outputs change without end at one time."""
    changes = " or ".join(f"{name}_l{lane}" for name in outputs)
    return (
        f"time when_l{lane} = 0;\nint spins_l{lane} = 0;\n"
        f"always @({changes})\n"
        f"  if ($time != when_l{lane}) begin when_l{lane} = $time; spins_l{lane} = 0; end\n"
        f"  else begin\n    spins_l{lane} = spins_l{lane} + 1;\n"
        f'    if (spins_l{lane} == {_SPINS}) begin $display("@{number} x {lane}"); $finish; end\n'
        f"  end"
    )
