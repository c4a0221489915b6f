"""Counters."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Slip, Words, inputs, outputs


def _up_counter(draw: Draw) -> Drawn:
    timing = draw.timing()
    width = draw.integer(2, 16)
    enable = draw.name("enable") if draw.chance(0.6) else ""
    count = draw.name("count")
    start = draw.one_of(0, 0, 0, 1)
    last = (1 << width) - 1
    when = f"if ({enable})\n    " if enable else ""
    step = f"{when}{count} <= {count} + 1'b1;"
    reset = f"{count} <= {width}'d{start};"
    held = draw.phrase(
        f" while {enable} is 1 and holds its value while {enable} is 0",
        f" in each cycle in which {enable} is high; otherwise it stays as it is",
        f" only if {enable} is asserted",
    )
    held = held if enable else " at every clock edge"
    points = [
        f"{count} increases by 1 at each clock edge" + (f" where {enable} is 1." if enable else ".")
    ]
    points += [f"{count} does not change while {enable} is 0."] if enable else []
    points.append(f"After {last} it starts again at 0.")
    counts = draw.phrase("counts up by one", "goes up by 1", "is incremented by one")
    return Drawn(
        parameters={"width": width, "enable": int(bool(enable)), "start": start},
        ports=(*inputs(*([(enable, 1)] if enable else [])), *outputs((count, width))),
        timing=timing,
        words=Words(
            title=f"{width}-bit up counter" + (" with enable" if enable else ""),
            terse=draw.phrase(
                f"a {width}-bit binary up counter" + (f" enabled by {enable}" if enable else ""),
                f"a {width}-bit register {count} that counts up"
                + (f" when {enable}" if enable else ""),
            ),
            plain=f"The {width}-bit output {count} {counts}{held}."
            + draw.phrase(
                f" After {last} it wraps around to 0.",
                " When all of its bits are 1, it starts over at zero.",
                f" It rolls over from {last} to 0.",
            ),
            points=tuple(points),
            after_reset=f"{count} is {start}",
        ),
        body=timing.always(step, reset),
        registered=(count,),
        behavior=Clocked(
            reset=start,
            outputs=lambda state, _: {count: state},
            following=lambda state, given: (state + (given[enable] if enable else 1)) & last,
            unknown=(count,),
        ),
        slips=(
            Slip(
                name="wrong-reset-value",
                body=timing.always(step, f"{count} <= {width}'d{1 - start};"),
            ),
            Slip(name="counts-down", body=timing.always(step.replace("+ 1", "- 1"), reset)),
        ),
        module="up_counter",
    )


FAMILIES = (Family(name="up-counter", kind="counters", draw=_up_counter),)
"""The families of this module."""
