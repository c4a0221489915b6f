"""Edge detectors, capture registers, synchronizers and filters for switches."""

from __future__ import annotations

from itertools import pairwise

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Outputs, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    number,
    priority,
    repeat,
    slips,
    span,
    width_for,
)
from rtlgen.synth.families._shifting import Bits, all_or_none, bits_of
from rtlgen.synth.families._words import ordinal

_EDGES = {
    "rising": ("{new} & ~{old}", "from 0 to 1", "rising edge"),
    "falling": ("~{new} & {old}", "from 1 to 0", "falling edge"),
    "any": ("{new} ^ {old}", "in either direction", "edge"),
}


def _happened(kind: str, old: int | None, new: int) -> int | None:
    """Return whether a bit had the edge, None where its past is unknown and matters."""
    if (kind == "rising" and new == 0) or (kind == "falling" and new == 1):
        return 0
    if old is None:
        return None
    return int(old != new)


_NOW = {
    "rising": "is 1 now and was 0 at the clock edge before",
    "falling": "is 0 now and was 1 at the clock edge before",
    "any": "is not what it was at the clock edge before",
}
_STORED = {
    "rising": "{data} is 1 while the stored value is 0",
    "falling": "{data} is 0 while the stored value is 1",
    "any": "{data} and the stored value differ",
}
_EVENT = {"rising": "goes from 0 to 1", "falling": "goes from 1 to 0", "any": "changes"}


def _registered_words(draw: Draw, width: int, names: tuple[str, str], kind: str) -> Words:
    data, out = names
    wide = width > 1
    each, bit = (f"each bit of {data}", f"bit i of {out}") if wide else (data, out)
    some, now = (f"bit i of {data}" if wide else data), _NOW[kind]
    return Words(
        title=_detector_title(width, kind),
        terse=draw.phrase(
            f"a registered {_EDGES[kind][2]} detector: at each clock edge {bit} becomes 1 if "
            f"{some} "
            f"{now}, else 0",
            f"an edge detector with one-cycle pulses: {bit} is 1 in the cycle after the clock edge "
            f"at which {some} was first seen to have changed"
            if kind == "any"
            else f"an edge detector with one-cycle pulses: when {some} {_EVENT[kind]} from one "
            f"clock edge to the next, {bit} is 1 in the cycle that follows",
        ),
        plain=draw.phrase(
            f"For {each}, detect when it {_EVENT[kind]} from one clock cycle to the next. If so, "
            f"{bit} is set by the clock edge that samples the new value, and it is 1 for one "
            f"cycle.",
            f"At each clock edge compare {data} with the value it had at the clock edge before. "
            f"{out} is a register: {bit} becomes 1 if {some} {now}, and 0 if not.",
            f"Keep a copy of {data} from the previous clock edge. Whenever {some} {_EVENT[kind]} "
            f"relative to this copy, {bit} is 1 for the next clock cycle; otherwise it is 0.",
            f"{out} tells in the cycle after it happened that {data} has moved: at every clock "
            f"edge "
            f"{bit} takes the value 1 if {some} {now}, otherwise 0.",
        ),
        points=(
            f"Remember {data} at every clock edge.",
            f"At a clock edge, if {some} {now}, {bit} becomes 1, otherwise 0.",
            f"{out} is registered; a pulse lasts one cycle per edge.",
        ),
        after_reset=f"{out} is 0 and the remembered {data} is 0",
    )


def _direct_words(draw: Draw, width: int, names: tuple[str, str], kind: str) -> Words:
    data, out = names
    wide = width > 1
    each, bit = (f"each bit of {data}", f"bit i of {out}") if wide else (data, out)
    some = f"bit i of {data}" if wide else data
    stored = _STORED[kind].format(data=some)
    return Words(
        title=_detector_title(width, kind),
        terse=draw.phrase(
            f"a {_EDGES[kind][2]} detector: a register stores {data} at each clock edge, and {bit} "
            f"is 1 when {stored}, combinational",
            f"a combinational {_EDGES[kind][2]} output: {bit} is 1 exactly when {stored}, where "
            f"{data} is stored at every clock edge",
        ),
        plain=draw.phrase(
            f"A register stores {data} at each clock edge. {out} is combinational: {bit} is 1 "
            f"when {stored}, and 0 otherwise.",
            f"For {each}, detect that it {_EVENT[kind]}, at once and without waiting for a clock "
            f"edge: compare {data} with its value at the last clock edge, which is kept in a "
            f"register. {bit} is 1 when {stored}.",
            f"{bit} shall be 1 as soon as {some} {_EVENT[kind]}, and until the next clock edge has "
            f"stored the new value. So store {data} at every clock edge and set {bit} to 1 when "
            f"{stored}.",
        ),
        points=(
            f"Store {data} at every clock edge.",
            f"{bit} is 1 when {stored}, else 0.",
            f"There is no register between {data} and {out}.",
        ),
        after_reset=f"the stored {data} is 0",
    )


def _detector_title(width: int, kind: str) -> str:
    name = f"{_EDGES[kind][2]} detector" if kind != "any" else "edge detector for both edges"
    return name if width == 1 else f"{width}-bit {name}"


def _detector_words(
    draw: Draw, width: int, names: tuple[str, str], kind: str, registered: bool
) -> Words:
    written = _registered_words if registered else _direct_words
    return written(draw, width, names, kind)


def _detector(draw: Draw) -> Drawn:
    timing, kind = (
        draw.timing("sometimes"),
        draw.one_of("rising", "rising", "falling", "any", "any"),
    )
    width, registered = draw.one_of(1, 1, 4, 8, 8, 16, draw.integer(2, 32)), draw.chance(0.5)
    data, out = (
        draw.name("data", "sig", "button"),
        draw.name("pulse", "edge_o", "pedge", "event_o", "detected"),
    )
    code = _EDGES[kind][0].format(new=data, old="previous")
    zero, declared = number(width, 0), f"reg {span(width)}previous;\n\n"
    keep = f"previous <= {data};"

    def built(expression: str) -> str:
        if registered:
            return declared + timing.always(
                f"{keep}\n{out} <= {expression};", f"previous <= {zero};\n{out} <= {zero};"
            )
        always = timing.always(keep, f"previous <= {zero};")
        return f"{declared}{always}\n\nassign {out} = {expression};"

    def pulses(old: Bits, given: Values) -> Bits:
        new = bits_of(given[data], width)
        return tuple(_happened(kind, o, n or 0) for o, n in zip(old, new, strict=True))

    def shown(state: tuple[Bits, Bits], given: Values) -> Outputs:
        return {out: all_or_none(state[1] if registered else pulses(state[0], given))}

    others = {"rising": "falling", "falling": "rising", "any": "rising"}
    blocking = built(code).replace("previous <=", "previous =").replace(f"{out} <=", f"{out} =")
    wrong = built(_EDGES[others[kind]][0].format(new=data, old="previous"))
    zeros: Bits = (0,) * width
    unknown: Bits = (None,) * width
    return Drawn(
        parameters={
            "kind": kind,
            "width": width,
            "registered": int(registered),
            "reset": timing.reset != "",
        },
        ports=(*inputs((data, width)), *outputs((out, width))),
        timing=timing,
        words=_detector_words(draw, width, (data, out), kind, registered),
        body=built(code),
        registered=(out,) if registered else (),
        behavior=Clocked(
            reset=(zeros, zeros),
            power_up=(unknown, unknown),
            outputs=shown,
            following=lambda s, g: (bits_of(g[data], width), pulses(s[0], g)),
        ),
        slips=slips(
            "X",
            ("wrong-edge", "X", wrong),
            *((("blocking-for-non-blocking", "X", blocking),) if registered else ()),
            ("follows-input", "X", built(data)),
        ),
        module=f"{kind}_edge_detector" if kind != "any" else "change_detector",
    )


def _capture_words(draw: Draw, width: int, names: tuple[str, ...], kind: str) -> Words:
    data, out, clear = names
    edge = _EDGES[kind][2]
    an = "an" if kind == "any" else "a"
    each = f"each bit of {data}" if width > 1 else data
    bit = f"the same bit of {out}" if width > 1 else out
    until = f"{clear} is 1 at a clock edge" if clear else "reset"
    rule = (
        f" {clear} = 1 clears {'all of ' if width > 1 else ''}{out} and has priority over an edge "
        f"seen at the same time."
        if clear
        else ""
    )
    return Words(
        title=f"{'' if width == 1 else f'{width}-bit '}{edge} capture register",
        terse=f"a register that captures {edge}s of {each}: {bit} is set by the clock edge that "
        f"first samples the new value and stays 1 until {until}"
        + (", which has priority" if clear else ""),
        plain=draw.phrase(
            f"When {each} {_EVENT[kind]} from one clock edge to the next, {bit} becomes 1 "
            f"at the second of these edges. It remembers this, and stays 1, until {until}.",
            f"A sticky record of events. {data} is sampled at each clock edge; wherever the sample "
            f"shows a {edge} against the previous sample, {bit} is set right then. Set bits are "
            f"not lost until {until}.",
            f"Which inputs have moved? For {each}: if the value at a clock edge and the one at the "
            f"edge before make {an} {edge}, {bit} is set to 1 and kept at 1 until {until}.",
        )
        + rule,
        points=(
            f"{data} is compared with its value at the previous clock edge.",
            f"{an.capitalize()} {edge} sets {bit} at that clock edge.",
            f"A bit that is set stays set until {until}.",
            *([rule.strip()] if rule else []),
        ),
        after_reset=f"{out} is 0 and the previous {data} counts as 0",
    )


def _capture(draw: Draw) -> Drawn:
    timing, kind = draw.timing(), draw.one_of("rising", "falling", "falling", "any")
    width = draw.one_of(1, 4, 8, 16, draw.integer(2, 32))
    data, out = draw.name("data", "sig", "buttons"), draw.name("result", "captured", "events")
    clear = draw.name("clr", "clear_i", "ack") if draw.chance(0.3) else ""
    zero = number(width, 0)
    code = _EDGES[kind][0].format(new=data, old="previous")

    def built(setting: str) -> str:
        update = f"{out} <= {setting};"
        update = priority((clear, f"{out} <= {zero};"), ("", update)) if clear else update
        always = timing.always(
            f"previous <= {data};\n{update}", f"previous <= {zero};\n{out} <= {zero};"
        )
        return f"reg {span(width)}previous;\n\n{always}"

    def following(state: tuple[int, int], given: Values) -> tuple[int, int]:
        old, new = state[0], given[data]
        edge = {"rising": new & ~old, "falling": old & ~new, "any": old ^ new}[kind]
        held = 0 if clear and given[clear] else state[1] | edge
        return new, held

    other = _EDGES["falling" if kind == "rising" else "rising"][0].format(new=data, old="previous")
    return Drawn(
        parameters={"kind": kind, "width": width, "clear": int(bool(clear))},
        ports=(*inputs((data, width), *(((clear, 1),) if clear else ())), *outputs((out, width))),
        timing=timing,
        words=_capture_words(draw, width, (data, out, clear), kind),
        body=built(f"{out} | ({code})"),
        registered=(out,),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda state, _: {out: state[1]},
            following=following,
            unknown=(out,),
        ),
        vectors=tuple(
            {data: (1 << n % (width + 1)) - 1, **({clear: 0} if clear else {})}
            for n in (0, 0, 1, 1, 2, 0, 0, 3, 1, 1, 0)
        ),
        slips=slips(
            "X",
            ("not-sticky", "X", built(code)),
            ("wrong-edge", "X", built(f"{out} | ({other})")),
            ("captures-level", "X", built(f"{out} | {data}")),
        ),
        module="edge_capture",
    )


def _synchronizer_words(draw: Draw, depth: int, names: tuple[str, str], pulse: str) -> Words:
    data, out = names
    extra = (
        f" In addition, {pulse} is 1 in a cycle in which {out} is 1 and was 0 in the cycle before."
        if pulse
        else ""
    )
    return Words(
        title=f"{depth}-stage synchronizer" + (" with edge detector" if pulse else ""),
        terse=f"a synchronizer of {depth} flip-flops in a row from {data} to {out}"
        + (f", and {pulse} = 1 in the first cycle of each high phase of {out}" if pulse else ""),
        plain=draw.phrase(
            f"{data} comes from another clock domain. It passes {depth} D flip-flops one after the "
            f"other before it may be used; the last one is {out}.",
            f"Guard against metastability with a chain of {depth} flip-flops: the first samples "
            f"{data}, each next one samples the one before, and {out} is the last.",
            f"{out} follows {data}, sampled by the clock and delayed by {depth} flip-flops in all.",
        )
        + extra,
        points=(
            f"{depth} flip-flops form a chain; the first samples {data}, the last is {out}.",
            *([extra.strip()] if pulse else []),
        ),
        after_reset="all flip-flops are 0",
    )


def _synchronizer(draw: Draw) -> Drawn:
    timing, depth = draw.timing(), draw.one_of(2, 2, 3, 4)
    data, out = draw.name("async_in", "d", "in", "button"), draw.name("sync_out", "q", "out")
    pulse = draw.name("rise", "pulse", "edge_o") if draw.chance(0.5) else ""
    stages = [f"sync{i}" for i in range(1, depth)]
    chain = [data, *stages, out, *(["last"] if pulse else [])]
    moves = [f"{after} <= {before};" for before, after in pairwise(chain)]
    clear = "\n".join(f"{name} <= 1'b0;" for name in chain[1:])
    declared = f"reg {', '.join([*stages, *(['last'] if pulse else [])])};\n\n"
    end = f"\n\nassign {pulse} = {out} & ~last;" if pulse else ""
    body = declared + timing.always("\n".join(moves), clear) + end
    short = body.replace(f"{out} <= {stages[-1]};", f"{out} <= {chain[depth - 2]};")
    size = depth + 1

    def shown(state: tuple[int, ...], _: Values) -> Outputs:
        seen = {out: state[depth - 1]}
        return {**seen, pulse: state[depth - 1] & ~state[depth] & 1} if pulse else seen

    return Drawn(
        parameters={"depth": depth, "pulse": int(bool(pulse))},
        ports=(*inputs((data, 1)), *outputs((out, 1), *(((pulse, 1),) if pulse else ()))),
        timing=timing,
        words=_synchronizer_words(draw, depth, (data, out), pulse),
        body=body,
        registered=(out,),
        behavior=Clocked(
            reset=(0,) * size,
            outputs=shown,
            following=lambda state, given: (given[data], *state[:-1]),
            unknown=(out, pulse) if pulse else (out,),
        ),
        slips=slips(
            "X",
            ("off-by-one", "X", short),
            ("blocking-for-non-blocking", "X", body.replace("<=", "=")),
            ("wrong-edge", "X", body.replace(f"{out} & ~last", f"~{out} & last")),
        )[: 3 if pulse else 2],
        module="synchronizer",
    )


def _debounce_words(draw: Draw, names: tuple[str, str], samples: int) -> Words:
    data, out = names
    return Words(
        title=f"debouncer over {samples} samples",
        terse=f"a debouncer: {out} takes over {data} only when {data} has differed from {out} at "
        f"{samples} clock edges in a row",
        plain=draw.phrase(
            f"{data} is noisy. {out} ignores a new level until it has lasted for {samples} "
            f"clock edges without interruption: the last of them copies it to {out}. One "
            f"sample that agrees with {out} is enough to begin counting from the start.",
            f"Filter {data}. Count the consecutive clock edges at which {data} is not equal to "
            f"{out}, beginning from 0 again whenever it is equal. When this is edge number "
            f"{samples}, {out} takes the value of {data} and the count goes back to 0.",
            f"{out} is a cleaned version of {data}. A counter counts clock edges in a row at which "
            f"{data} differs from {out}; if they are equal at an edge, the counter returns to 0. "
            f"The {ordinal(samples)} edge in a row at which they differ changes {out} to the "
            f"new value "
            f"and sets the counter to 0.",
            f"A switch bounces, so its signal {data} must be stable before it counts: {out} keeps "
            f"its value until {data} has had the opposite value at {samples} consecutive clock "
            f"edges, and changes at the last of these. Any sample equal to {out} starts the "
            f"counting over.",
        ),
        points=(
            f"A counter holds the number of clock edges in a row at which {data} was not {out}.",
            f"A sample equal to {out} sets the counter to 0.",
            f"At edge number {samples} in a row, {out} changes and the counter becomes 0.",
        ),
        after_reset=f"{out} is 0 and the counter is 0",
    )


def _debouncer(draw: Draw) -> Drawn:
    timing, samples = draw.timing(), draw.integer(4, 12)
    data = draw.name("button", "noisy", "switch_in", "in", "key")
    out = draw.name("clean", "out", "stable", "debounced")
    width = width_for(samples - 1)
    zero, last = number(width, 0), number(width, samples - 1)
    update = priority(
        (f"{data} == {out}", f"count <= {zero};"),
        (f"count == {last}", f"count <= {zero};\n{out} <= {data};"),
        ("", "count <= count + 1'b1;"),
    )
    always = timing.always(update, f"count <= {zero};\n{out} <= 1'b0;")
    body = f"reg {span(width)}count;\n\n{always}"

    def following(state: tuple[int, int], given: Values) -> tuple[int, int]:
        value, seen = state
        if given[data] == value:
            return value, 0
        return (1 - value, 0) if seen + 1 == samples else (value, seen + 1)

    on, off = {data: 1}, {data: 0}
    return Drawn(
        parameters={"samples": samples},
        ports=(*inputs((data, 1)), *outputs((out, 1))),
        timing=timing,
        words=_debounce_words(draw, (data, out), samples),
        body=body,
        registered=(out,),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda state, _: {out: state[0]},
            following=following,
            unknown=(out,),
        ),
        vectors=(
            *repeat(samples - 1, on),
            off,
            *repeat(samples + 2, on),
            *repeat(samples - 1, off),
            on,
            *repeat(samples + 2, off),
            *repeat(3, on, off),
            *repeat(samples + 1, on),
        ),
        slips=slips(
            body,
            ("off-by-one", f"== {last}", f"== {number(width, samples - 2)}"),
            ("counter-not-cleared", f"if ({data} == {out})", "if (1'b0)"),
        ),
        module="debouncer",
    )


def _toggled_words(draw: Draw, data: str, out: str, kind: str) -> Words:
    edge = _EDGES[kind][2]
    an = "an" if kind == "any" else "a"
    return Words(
        title=f"toggle on {edge}s",
        terse=f"an output {out} that is inverted at each clock edge that samples {an} {edge} of "
        f"{data}",
        plain=draw.phrase(
            f"{out} changes its value once for each {edge} of {data}. The circuit remembers "
            f"{data} from one clock edge to the next; the clock edge at which {data} is found "
            f"to have gone {_EDGES[kind][1]} is the one that inverts {out}.",
            f"At every clock edge, compare {data} with what it was at the clock edge before. "
            f"Has it gone {_EDGES[kind][1]}? Then invert {out}; if not, leave {out} alone.",
            f"Sample {data} at each clock edge. If this sample and the one before make {an} {edge} "
            f"({_EDGES[kind][1]}), {out} is inverted at that clock edge; otherwise {out} stays.",
            f"{data} comes from a push-button and switches {out} on and off: every {edge} of "
            f"{data}, "
            f"noticed at the clock edge that first samples the new value, inverts {out}.",
        ),
        points=(
            f"{data} is sampled at each clock edge and compared with the previous sample.",
            f"A change {_EDGES[kind][1]} inverts {out} at that clock edge.",
            f"Otherwise {out} holds.",
        ),
        after_reset=f"{out} is 0 and the previous sample counts as 0",
    )


def _toggled(draw: Draw) -> Drawn:
    timing, kind = draw.timing(), draw.one_of("rising", "rising", "falling", "any")
    data, out = draw.name("button", "in", "press", "sig"), draw.name("lamp", "out", "led", "q")
    condition = _EDGES[kind][0].format(new=data, old="previous")
    shape = "reg previous;\n\n{}"
    clear = f"previous <= 1'b0;\n{out} <= 1'b0;"

    def built(test: str) -> str:
        inner = f"previous <= {data};\n" + priority((test, f"{out} <= ~{out};"))
        return shape.format(timing.always(inner, clear))

    def following(state: tuple[int, int], given: Values) -> tuple[int, int]:
        flip = _happened(kind, state[0], given[data])
        return given[data], state[1] ^ (flip or 0)

    other = _EDGES["falling" if kind != "falling" else "rising"][0]
    return Drawn(
        parameters={"kind": kind, "data": data},
        ports=(*inputs((data, 1)), *outputs((out, 1))),
        timing=timing,
        words=_toggled_words(draw, data, out, kind),
        body=built(condition),
        registered=(out,),
        behavior=Clocked(
            reset=(0, 0),
            outputs=lambda state, _: {out: state[1]},
            following=following,
            unknown=(out,),
        ),
        slips=slips(
            "X",
            ("toggles-on-level", "X", built(data)),
            ("wrong-edge", "X", built(other.format(new=data, old="previous"))),
        ),
        module="edge_toggle",
    )


FAMILIES = (
    Family(name="edge-detector", kind="edges", draw=_detector, weight=1.4),
    Family(name="edge-capture", kind="edges", draw=_capture),
    Family(name="synchronizer", kind="edges", draw=_synchronizer, weight=0.7),
    Family(name="debouncer", kind="edges", draw=_debouncer, weight=0.7),
    Family(name="edge-toggle", kind="edges", draw=_toggled, weight=0.7),
)
"""The families of this module."""
