"""Flip-flops and single registers."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    bits,
    constant,
    control,
    edge,
    listed,
    number,
    priority,
    slips,
)


def _flip_flop(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    data, q = draw.name("data"), draw.name("result")
    reset = draw.one_of(0, 0, 0, 1)
    inverted = draw.name("q_n", "qn", "q_bar", "qbar") if draw.chance(0.2) else ""
    at = edge(draw, timing)
    both = f" Output {inverted} is always the complement of {q}." if inverted else ""
    update = timing.always(f"{q} <= {data};", f"{q} <= 1'b{reset};")
    body = f"{update}\n\nassign {inverted} = ~{q};" if inverted else update

    def shown(state: tuple[int | None], _: Values) -> dict[str, int | None]:
        value = state[0]
        extra = {inverted: None if value is None else 1 - value} if inverted else {}
        return {q: value, **extra}

    return Drawn(
        parameters={"reset": reset if timing.reset else "none", "inverted": int(bool(inverted))},
        ports=(*inputs((data, 1)), *outputs((q, 1), *(((inverted, 1),) if inverted else ()))),
        timing=timing,
        words=Words(
            title="D flip-flop" + (" with complementary output" if inverted else ""),
            terse=draw.phrase("a D flip-flop", "a single D flip-flop", "a one-bit register")
            + (f" with outputs {q} and its complement {inverted}" if inverted else ""),
            plain=draw.phrase(
                f"{q} takes the value of {data} {at}.",
                f"The value of {data} is stored {at} and appears at {q}.",
                f"This is a D flip-flop: {at}, {data} is copied to {q}.",
                f"{q} remembers one bit. It is loaded from {data} {at} and is stable in between.",
                f"Delay {data} by one clock cycle; the delayed bit is {q}.",
            )
            + both,
            points=(f"{q} takes the value of {data} {at}.", *([both.strip()] if both else [])),
            after_reset=f"{q} is {reset}" + (f" and {inverted} is {1 - reset}" if inverted else ""),
        ),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=(reset,), power_up=(None,), outputs=shown, following=lambda _, g: (g[data],)
        ),
        slips=slips(
            body,
            ("wrong-reset-value", f"<= 1'b{reset};", f"<= 1'b{1 - reset};"),
            ("not-inverted", f"= ~{q};", f"= {q};"),
        ),
        module="d_flip_flop",
    )


def _register(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    width = draw.one_of(2, 3, 4, 6, 7, 8, 8, 10, 12, 16, 24, 32)
    data, q = draw.name("data"), draw.name("result")
    enable = control(draw, "enable", "we", "load", often=0.6, low=0.08)
    reset = draw.one_of(0, 0, (1 << width) - 1, draw.integer(0, (1 << width) - 1))
    update, at = f"{q} <= {data};", edge(draw, timing)
    clear = f"{q} <= {number(width, reset)};"
    body = draw.style(
        timing.always(enable.guard(update), clear),
        timing.always(
            f"{q} <= {enable.on} ? {data} : {q};" if enable else update,
            clear,
        ),
    )
    only = draw.phrase(f" if {enable.yes(draw)}", f" when {enable.yes(draw)}") if enable else ""
    keeps = draw.phrase(
        f" Otherwise {q} keeps its value.",
        f" While {enable.no(draw)}, {q} does not change.",
        f" When {enable.no(draw)} the stored value is held.",
    )
    return Drawn(
        parameters={
            "width": width,
            "enable": enable.active if enable else "none",
            "reset": reset if timing.reset else "none",
        },
        ports=(*inputs((data, width), *enable.ports), *outputs((q, width))),
        timing=timing,
        words=Words(
            title=f"{width}-bit register" + (" with enable" if enable else ""),
            terse=draw.phrase(
                f"{bits(width, 'register')} that stores {data}{only}",
                f"{width} D flip-flops with input {data} and output {q}"
                + (f", which load only{only}" if enable else ""),
                f"{bits(width)} D register {q} loaded from {data}{only or ' every clock cycle'}",
            ),
            plain=draw.phrase(
                f"{q} is loaded with {data} {at}{only}.",
                f"This is {bits(width, 'register')}: {at}, {data} is stored{only} and appears "
                f"at {q}.",
                f"The circuit consists of {width} D flip-flops sharing one clock. "
                f"They take {data} {at}{only}; {q} shows what they hold.",
                f"Store the {width}-bit word {data} {at}{only}, and show it on {q}.",
            )
            + (keeps if enable else ""),
            points=(
                f"{at.capitalize()}, {q} takes the value of {data}{only}.",
                *([keeps.strip()] if enable else []),
            ),
            after_reset=f"{q} is {constant(draw, width, reset)}",
        ),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=(reset,),
            power_up=(None,),
            outputs=lambda state, _: {q: state[0]},
            following=lambda state, g: (g[data],) if enable.holds(g) else state,
        ),
        slips=slips(
            body,
            ("wrong-enable-polarity", f"if ({enable.on})", f"if (!({enable.on}))"),
            ("wrong-reset-value", f"<= {number(width, reset)};", f"<= {number(width, reset ^ 1)};"),
        ),
        module="register",
    )


def _byte_enables(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    lanes, lane = draw.one_of((2, 8), (2, 8), (4, 8), (2, 4), (4, 4), (3, 8))
    width, part = lanes * lane, "byte" if lane == 8 else "nibble"
    data, q = draw.name("data"), draw.name("result")
    enable = draw.name(f"{part}_en", f"{part}ena", "be", "lane_en", "we")
    low_first = draw.chance(0.85)
    slices = [f"[{lane * i + lane - 1}:{lane * i}]" for i in range(lanes)]
    bit = [i if low_first else lanes - 1 - i for i in range(lanes)]
    update = "\n".join(
        f"if ({enable}[{bit[i]}])\n    {q}{slices[i]} <= {data}{slices[i]};" for i in range(lanes)
    )
    body = timing.always(update, f"{q} <= {number(width, 0)};")
    each = tuple(
        draw.phrase(
            f"{enable}[{bit[i]}] writes {q}{slices[i]}",
            f"{enable}[{bit[i]}] controls bits {slices[i]}",
            f"{q}{slices[i]} is loaded when {enable}[{bit[i]}] is 1",
        )
        for i in range(lanes)
    )

    def following(state: tuple[int | None, ...], given: Values) -> tuple[int | None, ...]:
        parts = [given[data] >> (lane * i) & ((1 << lane) - 1) for i in range(lanes)]
        chosen = [given[enable] >> bit[i] & 1 for i in range(lanes)]
        return tuple(new if c else old for new, old, c in zip(parts, state, chosen, strict=True))

    def shown(state: tuple[int | None, ...], _: Values) -> dict[str, int | None]:
        known = [value for value in state if value is not None]
        word = sum(value << (lane * i) for i, value in enumerate(known))
        return {q: word if len(known) == lanes else None}

    return Drawn(
        parameters={"lanes": lanes, "lane": lane, "order": int(low_first)},
        ports=(*inputs((data, width), (enable, lanes)), *outputs((q, width))),
        timing=timing,
        words=Words(
            title=f"{width}-bit register with {part} enables",
            terse=f"{bits(width, 'register')} {q} whose {part}s are loaded from {data} one by one: "
            + listed(each),
            plain=draw.phrase(
                f"The {width}-bit register {q} is made of {lanes} {part}s, and each has its own "
                f"write enable for loading it from {data}: {listed(each)}. ",
                f"Sometimes only some of the flip-flops should change. {enable} says which {part}s "
                f"of {q} take the value at {data} in this cycle: {listed(each)}. ",
                f"Build {bits(width, 'register')} {q} with {part} enables. Its input is {data}: "
                f"{listed(each)}. ",
                f"{q} stores {data}, but not always as a whole: {listed(each)}. ",
            )
            + draw.phrase(
                f"A {part} that is not enabled keeps its value.",
                f"The other {part}s do not change.",
                f"Where the enable bit is 0, the {part} is held.",
            ),
            points=(
                *(f"{text[0].upper()}{text[1:]}." for text in each),
                f"{q} is loaded from {data} {part} by {part}, as {enable} says.",
                f"A {part} whose enable is 0 holds its value.",
            ),
            after_reset=draw.phrase(f"{q} is 0", f"all bits of {q} are 0"),
        ),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=(0,) * lanes, power_up=(None,) * lanes, outputs=shown, following=following
        ),
        slips=slips(
            body,
            ("swapped-enables", f"{enable}[0]", f"{enable}[{lanes - 1}]"),
        ),
        module=f"{part}_enable_register",
    )


_ACTIONS = ("clear", "set", "load", "increment", "invert")


def _controlled(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    width = draw.one_of(2, 3, 4, 4, 5, 6, 8, 8, 12, 16)
    top = (1 << width) - 1
    actions = draw.random.sample(_ACTIONS, draw.integer(2, 4))
    if not {"clear", "set", "load"} & set(actions):
        actions[0] = "load"
    names = {
        "clear": ("clr", "clear_i", "zero", "flush"),
        "set": ("set_all", "preset", "ones", "fill"),
        "load": ("load", "ld", "wr", "load_en"),
        "increment": ("inc", "count_en", "step", "up"),
        "invert": ("inv", "flip", "toggle", "invert"),
    }
    by = {action: draw.name(*names[action]) for action in actions}
    data, q = draw.name("data"), draw.name("result")
    code = {
        "clear": f"{q} <= {number(width, 0)};",
        "set": f"{q} <= {number(width, top)};",
        "load": f"{q} <= {data};",
        "increment": f"{q} <= {q} + 1'b1;",
        "invert": f"{q} <= ~{q};",
    }
    said = {
        "clear": draw.phrase(f"{q} becomes 0", f"{q} is cleared to 0"),
        "set": draw.phrase(f"all bits of {q} become 1", f"{q} is set to all ones"),
        "load": draw.phrase(f"{q} takes {data}", f"{q} is loaded with {data}"),
        "increment": draw.phrase(f"{q} goes up by 1 modulo {top + 1}", f"{q} becomes {q} + 1"),
        "invert": draw.phrase(f"every bit of {q} is inverted", f"{q} becomes ~{q}"),
    }
    order = listed([by[action] for action in actions], "then")
    update = priority(*((by[action], code[action]) for action in actions))
    reset = draw.one_of(0, 0, draw.integer(0, top))
    body = timing.always(update, f"{q} <= {number(width, reset)};")
    wrong = priority(*((by[action], code[action]) for action in reversed(actions)))
    data_ports = ((data, width),) if "load" in by else ()

    def following(state: tuple[int | None], given: Values) -> tuple[int | None]:
        action = next((a for a in actions if given[by[a]]), "hold")
        old = state[0]
        fixed = {"clear": 0, "set": top, "load": given.get(data), "hold": old}
        if action in fixed:
            return (fixed[action],)
        if old is None:
            return (None,)
        return ((old + 1) & top if action == "increment" else top - old,)

    rules = [
        f"{'if' if i == 0 else 'else if'} {by[a]} is 1, {said[a]}" for i, a in enumerate(actions)
    ]
    return Drawn(
        parameters={"width": width, "order": " ".join(actions), "reset": reset},
        ports=(*inputs(*((by[a], 1) for a in sorted(actions)), *data_ports), *outputs((q, width))),
        timing=timing,
        words=Words(
            title=f"{width}-bit register with {listed(actions)}",
            terse=f"{bits(width, 'register')} {q}: {'; '.join(rules)}; otherwise it holds",
            plain=draw.phrase(
                f"The register {q} has several control inputs. "
                + " ".join(f"When {by[a]} is 1, {said[a]}." for a in actions)
                + f" If more than one is active, the order of priority is {order}."
                + f" With none of them active {q} keeps its value.",
                "At each clock edge, " + ", ".join(rules) + f"; otherwise {q} stays as it is.",
                f"{q} is {bits(width, 'register')} that can be changed in {len(actions)} ways. "
                + " ".join(f"{by[a]}: {said[a]}." for a in actions)
                + f" {by[actions[0]]} has the highest priority and {by[actions[-1]]} the lowest"
                + (f" ({order})" if len(actions) > 2 else "")
                + ". The value is held when all these inputs are 0.",
            ),
            points=(
                *(f"When {by[a]} is 1, {said[a]}." for a in actions),
                f"Priority from highest to lowest: {', '.join(by[a] for a in actions)}.",
                f"When none of these is 1, {q} does not change.",
            ),
            after_reset=f"{q} is {reset}",
        ),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=(reset,),
            power_up=(None,),
            outputs=lambda state, _: {q: state[0]},
            following=following,
        ),
        slips=(
            *slips(body, ("wrong-reset-value", f"<= {number(width, reset)};", "<= 1'b1;")),
            *slips(
                "wrong",
                (
                    "wrong-priority",
                    "wrong",
                    timing.always(wrong, f"{q} <= {number(width, reset)};"),
                ),
            ),
        ),
        module="control_register",
    )


FAMILIES = (
    Family(name="d-flip-flop", kind="registers", draw=_flip_flop),
    Family(name="register", kind="registers", draw=_register),
    Family(name="byte-enable-register", kind="registers", draw=_byte_enables),
    Family(name="control-register", kind="registers", draw=_controlled),
)
