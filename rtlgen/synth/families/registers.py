"""Flip-flops and single registers."""

from __future__ import annotations

from dataclasses import replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import (
    ClockAndReset,
    Clocked,
    Drawn,
    Family,
    Outputs,
    Values,
    Words,
    inputs,
    outputs,
)
from rtlgen.synth.families._clocked import (
    Control,
    bits,
    constant,
    control,
    edge,
    listed,
    number,
    priority,
    slips,
)


def _flip_flop_words(
    draw: Draw, timing: ClockAndReset, names: tuple[str, ...], reset: int
) -> Words:
    data, q, inverted = names
    at, way = edge(draw, timing), "positive" if timing.rising else "negative"
    both = f" Output {inverted} is always the complement of {q}." if inverted else ""
    return Words(
        title="D flip-flop" + (" with complementary output" if inverted else ""),
        named="" if inverted else draw.phrase("D flip-flop", "D flip flop", "simple D flip-flop"),
        terse=draw.phrase(
            "a D flip-flop",
            "a single D flip-flop",
            "a one-bit register",
            f"a flip-flop that delays {data} by one clock cycle",
        )
        + (f" with outputs {q} and its complement {inverted}" if inverted else ""),
        plain=draw.phrase(
            f"{q} takes the value of {data} {at}.",
            f"Create a single D flip-flop with input {data} and output {q}.",
            f"Implement a flip-flop that works on the {way} edge of {timing.clock}: there {data} "
            f"is sampled, and it appears at {q}.",
            f"{q} is {data}, registered: what {data} is just before the clock edge, {q} is after "
            f"it.",
            f"One bit of memory. The bit at {data} is taken over {at}, and {q} shows it until the "
            f"next one.",
            f"The value of {data} is stored {at} and appears at {q}.",
            f"This is a D flip-flop: {at}, {data} is copied to {q}.",
            f"{q} remembers one bit. It is loaded from {data} {at} and is stable in between.",
            f"Delay {data} by one clock cycle; the delayed bit is {q}.",
        )
        + both,
        points=(f"{q} takes the value of {data} {at}.", *([both.strip()] if both else [])),
        after_reset=f"{q} is {reset}" + (f" and {inverted} is {1 - reset}" if inverted else ""),
    )


def _flip_flop(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    data, q = draw.name("data"), draw.name("result")
    reset = draw.one_of(0, 0, 0, 1)
    inverted = draw.name("q_n", "qn", "q_bar", "qbar") if draw.chance(0.2) else ""
    update = timing.always(f"{q} <= {data};", f"{q} <= 1'b{reset};")
    body = f"{update}\n\nassign {inverted} = ~{q};" if inverted else update

    def shown(state: tuple[int | None], _: Values) -> Outputs:
        value = state[0]
        extra = {inverted: None if value is None else 1 - value} if inverted else {}
        return {q: value, **extra}

    return Drawn(
        parameters={"reset": reset if timing.reset else "none", "inverted": int(bool(inverted))},
        ports=(*inputs((data, 1)), *outputs((q, 1), *(((inverted, 1),) if inverted else ()))),
        timing=timing,
        words=_flip_flop_words(draw, timing, (data, q, inverted), reset),
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


def _register_words(
    draw: Draw, timing: ClockAndReset, names: tuple[str, str], width: int, enable: Control
) -> Words:
    data, q = names
    at = edge(draw, timing)
    only = draw.phrase(f" if {enable.yes(draw)}", f" when {enable.yes(draw)}") if enable else ""
    keeps = draw.phrase(
        f" Otherwise {q} keeps its value.",
        f" While {enable.no(draw)}, {q} does not change.",
        f" When {enable.no(draw)} the stored value is held.",
    )
    return Words(
        title=f"{width}-bit register" + (" with enable" if enable else ""),
        named=""
        if enable
        else draw.phrase(
            f"{width} D flip-flops", f"{width}-bit register", f"{width} DFFs with a common clock"
        ),
        terse=draw.phrase(
            f"{bits(width, 'register')} that stores {data}{only}",
            f"{width} D flip-flops with input {data} and output {q}"
            + (f", which load only{only}" if enable else ""),
            f"{bits(width)} D register {q} loaded from {data}{only or ' every clock cycle'}",
        ),
        plain=draw.phrase(
            f"{q} is loaded with {data} {at}{only}.",
            f"Create {width} D flip-flops with the inputs {data} and the outputs {q}. All of them "
            f"are clocked by {timing.clock} and sample their inputs {at}{only}.",
            f"Write a module for {bits(width, 'data register')}. {data} is what goes in and {q} is "
            f"what has been stored; storing takes place {at}{only}.",
            f"Remember the value that {data} had at the last clock edge{only}, and give it out as "
            f"{q} ({width} bits).",
            f"This is {bits(width, 'register')}: {at}, {data} is stored{only} and appears at {q}.",
            f"The circuit consists of {width} D flip-flops sharing one clock. They take {data} "
            f"{at}{only}; {q} shows what they hold.",
            f"Store the {width}-bit word {data} {at}{only}, and show it on {q}.",
        )
        + (keeps if enable else ""),
        points=(
            f"{at}, {q} takes the value of {data}{only}.",
            *([keeps.strip()] if enable else []),
        ),
    )


def _register(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    width = draw.one_of(2, 3, 4, 6, 7, 8, 8, 10, 12, 16, 24, 32)
    data, q = draw.name("data"), draw.name("result")
    enable = control(draw, "enable", "we", "load", often=0.6, low=0.08)
    reset = draw.one_of(0, 0, (1 << width) - 1, draw.integer(0, (1 << width) - 1))
    update, clear = f"{q} <= {data};", f"{q} <= {number(width, reset)};"
    chosen = f"{q} <= {enable.on} ? {data} : {q};" if enable else update
    body = draw.style(timing.always(enable.guard(update), clear), timing.always(chosen, clear))
    words = _register_words(draw, timing, (data, q), width, enable)
    return Drawn(
        parameters={
            "width": width,
            "enable": enable.active if enable else "none",
            "reset": reset if timing.reset else "none",
        },
        ports=(*inputs((data, width), *enable.ports), *outputs((q, width))),
        timing=timing,
        words=replace(words, after_reset=f"{q} is {constant(draw, width, reset)}"),
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


def _lanes_words(
    draw: Draw, names: tuple[str, str, str], size: tuple[int, str], order: list[tuple[int, str]]
) -> Words:
    data, q, enable = names
    width, part = size
    each = tuple(
        draw.phrase(
            f"{enable}[{bit}] writes {q}{place}",
            f"{enable}[{bit}] controls bits {place}",
            f"{q}{place} is loaded when {enable}[{bit}] is 1",
        )
        for bit, place in order
    )
    return Words(
        title=f"{width}-bit register with {part} enables",
        terse=f"{bits(width, 'register')} {q} whose {part}s are loaded from {data} one by one: "
        + listed(each),
        plain=draw.phrase(
            f"The {width}-bit register {q} is made of {len(each)} {part}s, and each has its own "
            f"write enable for loading it from {data}: {listed(each)}. ",
            f"Sometimes only some of the flip-flops should change. {enable} says which {part}s of "
            f"{q} take the value at {data} in this cycle: {listed(each)}. ",
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
            *(f"{text}." for text in each),
            f"{q} is loaded from {data} {part} by {part}, as {enable} says.",
            f"A {part} whose enable is 0 holds its value.",
        ),
        after_reset=draw.phrase(f"{q} is 0", f"all bits of {q} are 0"),
    )


def _byte_enables(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    lanes, lane = draw.one_of((2, 8), (2, 8), (4, 8), (2, 4), (4, 4), (3, 8))
    width, part = lanes * lane, "byte" if lane == 8 else "nibble"
    data, q = draw.name("data"), draw.name("result")
    enable = draw.name(f"{part}_en", f"{part}ena", "be", "lane_en", "we")
    low_first = draw.chance(0.85)
    bit = [i if low_first else lanes - 1 - i for i in range(lanes)]
    order = [(bit[i], f"[{lane * i + lane - 1}:{lane * i}]") for i in range(lanes)]
    update = "\n".join(
        priority((f"{enable}[{number}]", f"{q}{place} <= {data}{place};"))
        for number, place in order
    )
    body = timing.always(update, f"{q} <= {width}'d0;")

    def following(state: tuple[int | None, ...], given: Values) -> tuple[int | None, ...]:
        parts = [given[data] >> (lane * i) & ((1 << lane) - 1) for i in range(lanes)]
        chosen = [given[enable] >> bit[i] & 1 for i in range(lanes)]
        return tuple(new if c else old for new, old, c in zip(parts, state, chosen, strict=True))

    def shown(state: tuple[int | None, ...], _: Values) -> Outputs:
        known = [value for value in state if value is not None]
        word = sum(value << (lane * i) for i, value in enumerate(known))
        return {q: word if len(known) == lanes else None}

    return Drawn(
        parameters={"lanes": lanes, "lane": lane, "order": int(low_first)},
        ports=(*inputs((data, width), (enable, lanes)), *outputs((q, width))),
        timing=timing,
        words=_lanes_words(draw, (data, q, enable), (width, part), order),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=(0,) * lanes, power_up=(None,) * lanes, outputs=shown, following=following
        ),
        slips=slips(body, ("swapped-enables", f"{enable}[0]", f"{enable}[{lanes - 1}]")),
        module=f"{part}_enable_register",
    )


_ACTIONS = {
    "clear": ("clr", "clear_i", "zero", "flush"),
    "set": ("set_all", "preset", "ones", "fill"),
    "load": ("load", "ld", "wr", "load_en"),
    "increment": ("inc", "count_en", "step", "up"),
    "invert": ("inv", "flip", "toggle", "invert"),
}
"""What a control input does to a register, and how it may be called."""


def _action_code(action: str, q: str, data: str, width: int) -> str:
    return {
        "clear": f"{q} <= {number(width, 0)};",
        "set": f"{q} <= {number(width, (1 << width) - 1)};",
        "load": f"{q} <= {data};",
        "increment": f"{q} <= {q} + 1'b1;",
        "invert": f"{q} <= ~{q};",
    }[action]


def _action_said(draw: Draw, action: str, q: str, data: str, width: int) -> str:
    return draw.phrase(
        *{
            "clear": (f"{q} becomes 0", f"{q} is cleared to 0"),
            "set": (f"all bits of {q} become 1", f"{q} is set to all ones"),
            "load": (f"{q} takes {data}", f"{q} is loaded with {data}"),
            "increment": (f"{q} goes up by 1 modulo {1 << width}", f"{q} becomes {q} + 1"),
            "invert": (f"every bit of {q} is inverted", f"{q} becomes ~{q}"),
        }[action]
    )


def _controlled_words(
    draw: Draw, names: tuple[str, str], width: int, actions: dict[str, str], reset: int
) -> Words:
    data, q = names
    said = {by: _action_said(draw, action, q, data, width) for action, by in actions.items()}
    inputs_ = list(said)
    order = listed(inputs_, "then")
    rules = [f"{'else ' if i else ''}if {by} is 1, {said[by]}" for i, by in enumerate(said)]
    each = [f"When {by} is 1, {what}." for by, what in said.items()]
    return Words(
        title=f"{width}-bit register with {listed(list(actions))}",
        terse=f"{bits(width, 'register')} {q}: {'; '.join(rules)}; otherwise it holds",
        plain=draw.phrase(
            f"The register {q} has several control inputs. {' '.join(each)} If more than one is "
            f"active, the order of priority is {order}. With none of them active {q} keeps its "
            f"value.",
            f"At each clock edge, {', '.join(rules)}; otherwise {q} stays as it is.",
            f"{q} is {bits(width, 'register')} that can be changed in {len(said)} ways. "
            + " ".join(f"{by}: {what}." for by, what in said.items())
            + f" {inputs_[0]} has the highest priority and {inputs_[-1]} the lowest"
            + (f" ({order})" if len(said) > 2 else "")
            + ". The value is held when all these inputs are 0.",
            f"Write {bits(width, 'register')} {q} with the control inputs {listed(inputs_)}; one "
            f"named earlier wins over one named later. {' '.join(each)} If all are 0, {q} stays.",
        ),
        points=(
            *each,
            f"Priority from highest to lowest: {', '.join(inputs_)}.",
            f"When none of these is 1, {q} does not change.",
        ),
        after_reset=f"{q} is {reset}",
    )


def _drawn_actions(draw: Draw) -> list[str]:
    """Return two to four actions by priority; one of them makes the register known."""
    actions = draw.random.sample(list(_ACTIONS), draw.integer(2, 4))
    if not {"clear", "set", "load"} & set(actions):
        actions[0] = "load"
    return actions


def _controlled(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    width = draw.one_of(2, 3, 4, 4, 5, 6, 8, 8, 12, 16)
    top = (1 << width) - 1
    actions = _drawn_actions(draw)
    by = {action: draw.name(*_ACTIONS[action]) for action in actions}
    data, q = draw.name("data"), draw.name("result")
    code = [(by[action], _action_code(action, q, data, width)) for action in actions]
    reset = draw.one_of(0, 0, draw.integer(0, top))
    clear = f"{q} <= {number(width, reset)};"
    body = timing.always(priority(*code), clear)
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

    return Drawn(
        parameters={"width": width, "order": " ".join(actions), "reset": reset},
        ports=(*inputs(*((by[a], 1) for a in sorted(actions)), *data_ports), *outputs((q, width))),
        timing=timing,
        words=_controlled_words(draw, (data, q), width, by, reset),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=(reset,),
            power_up=(None,),
            outputs=lambda state, _: {q: state[0]},
            following=following,
        ),
        slips=(
            *slips(body, ("wrong-reset-value", clear, f"{q} <= {number(width, reset ^ 1)};")),
            *slips("X", ("wrong-priority", "X", timing.always(priority(*code[::-1]), clear))),
        ),
        module="control_register",
    )


FAMILIES = (
    Family(name="d-flip-flop", kind="registers", draw=_flip_flop),
    Family(name="register", kind="registers", draw=_register, weight=1.3),
    Family(name="byte-enable-register", kind="registers", draw=_byte_enables),
    Family(name="control-register", kind="registers", draw=_controlled),
)
"""The families of this module."""
