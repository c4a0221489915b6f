"""Register files, tables in ROM and stacks."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Outputs, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    number,
    priority,
    slips,
    span,
)
from rtlgen.synth.families.memories import Cells, written


def _file_words(draw: Draw, size: tuple[int, int], names: tuple[str, ...], zero: bool) -> Words:
    we, waddr, data, ra, rb, qa, qb = names
    depth, width = size
    rule = " Register 0 always reads as 0, and writing to it has no effect." if zero else ""
    return Words(
        title=f"register file with {depth} registers of {width} bits",
        terse=f"a register file of {depth} registers of {width} bits with combinational reads "
        f"({qa} "
        f"= register {ra}, {qb} = register {rb}) and a clocked write of {data} to {waddr} when "
        f"{we} "
        f"is 1" + ("; register 0 is always 0" if zero else ""),
        plain=draw.phrase(
            f"Keep {depth} words of {width} bits in registers. {ra} and {rb} choose the words "
            f"that appear at {qa} and {qb} at once. A word is replaced by {data} at a clock "
            f"edge with {we} = 1; {waddr} tells which one. There is no forwarding from the "
            f"write port to the read ports.",
            f"There are {depth} registers of {width} bits. Two can be read at once, without "
            f"waiting "
            f"for the clock: {qa} is the register with number {ra}, {qb} the one with number {rb}. "
            f"When {we} is 1, the clock edge stores {data} in register {waddr}; before that edge "
            f"the reads still give the old value.",
            f"The register file of a small processor: {depth} registers, {width} bits each, two "
            f"read ports and one write port. The read ports are combinational ({ra} selects {qa}, "
            f"{rb} selects {qb}); the write port stores {data} at {waddr} at the clock edge if "
            f"{we} "
            f"is 1. Written data can be read after the clock edge, not before.",
        )
        + rule,
        points=(
            f"{qa} is register {ra} and {qb} is register {rb}, both combinational.",
            f"{we} = 1 at a clock edge writes {data} to register {waddr}.",
            "A read in the same cycle still gives the old value.",
            *([rule.strip()] if zero else []),
        ),
        after_reset="all registers are 0",
    )


def _file(draw: Draw) -> Drawn:
    timing, places = draw.timing("never"), draw.integer(2, 5)
    width, zero = draw.one_of(4, 8, 8, 16, 32), draw.chance(0.5)
    names = draw.one_of(
        ("we", "waddr", "wdata", "raddr1", "raddr2", "rdata1", "rdata2"),
        ("wen", "rd", "rd_data", "rs1", "rs2", "rs1_data", "rs2_data"),
        ("write", "wsel", "din", "asel", "bsel", "a_out", "b_out"),
    )
    draw.take(*names)
    we, waddr, data, ra, rb, qa, qb = names
    none = number(places, 0)
    declared = f"reg {span(width)}regs [0:{(1 << places) - 1}];\n\n"

    def read(address: str, guarded: bool) -> str:
        value = f"regs[{address}]"
        return f"({address} == {none}) ? {number(width, 0)} : {value}" if guarded else value

    def built(guarded: bool, first: str = ra) -> str:
        write = timing.always(priority((we, f"regs[{waddr}] <= {data};")))
        return (
            f"{declared}{write}\n\nassign {qa} = {read(first, guarded)};\n"
            f"assign {qb} = {read(rb, guarded)};"
        )

    def following(cells: Cells, given: Values) -> Cells:
        if not given[we] or (zero and given[waddr] == 0):
            return cells
        return written(cells, given[waddr], given[data])

    def shown(cells: Cells, given: Values) -> Outputs:
        return {qa: cells[given[ra]], qb: cells[given[rb]]}

    fill = tuple(
        {we: 1, waddr: i, data: (i * 29 + 3) & (1 << width) - 1, ra: i, rb: max(0, i - 1)}
        for i in range(1 << places)
    )
    look = tuple({we: 0, waddr: i, data: 1, ra: i, rb: 0} for i in range(1 << places))
    blank: Cells = (None,) * (1 << places)
    return Drawn(
        parameters={"places": places, "width": width, "zero": int(zero)},
        ports=(
            *inputs((we, 1), (waddr, places), (data, width), (ra, places), (rb, places)),
            *outputs((qa, width), (qb, width)),
        ),
        timing=timing,
        words=_file_words(draw, (1 << places, width), names, zero),
        body=built(zero),
        behavior=Clocked(
            power_up=written(blank, 0, 0) if zero else blank, outputs=shown, following=following
        ),
        vectors=(*fill, *look),
        slips=(
            *slips("X", ("swapped-ports", "X", built(zero, rb))),
            *(slips("X", ("zero-register-missing", "X", built(False))) if zero else ()),
            *slips(built(zero), ("write-enable-ignored", f"if ({we})", "if (1'b1)")),
        ),
        module="register_file",
    )


def _rom_words(draw: Draw, names: tuple[str, ...], contents: list[int], width: int) -> Words:
    address, out, enable = names
    depth = len(contents)
    rows = "\n".join(f"{i}: {value:0{(width + 3) // 4}x}" for i, value in enumerate(contents))
    held = f" While {enable} is 0, {out} keeps its value." if enable else ""
    when = f" with {enable} = 1" if enable else ""
    return Words(
        title=f"{depth}x{width} ROM with registered output",
        terse=f"a synchronous ROM of {depth} words: at each clock edge{when} {out} takes the word "
        f"at {address} from the table (hexadecimal){'; otherwise it holds' if enable else ''}",
        plain=draw.phrase(
            f"Look up {address} in the table and put what you find into the register {out} at "
            f"the clock edge{when}. In the table, addresses are decimal and contents hexadecimal.",
            f"Build a ROM. It maps {address} to a constant of {width} bits, see the table "
            f"(decimal address, hexadecimal contents). The constant is stored in {out} at each "
            f"clock edge{when}.",
            f"{out} is a register. At each clock edge{when} it is loaded with the constant that "
            f"belongs to {address}, as the table says (address in decimal, contents in "
            f"hexadecimal).",
            f"A read-only memory with {depth} words of {width} bits and a registered output: the "
            f"word at {address} appears at {out} after the clock edge{when}. The table gives each "
            f"address in decimal and its contents in hexadecimal.",
        )
        + held,
        points=(
            "The contents are fixed: see the table (address: contents in hexadecimal).",
            f"At each clock edge{when}, {out} takes the word at {address}.",
            *([held.strip()] if held else []),
        ),
        after_reset=f"{out} is 0",
        fragment=rows,
    )


def _rom(draw: Draw) -> Drawn:
    timing, places = draw.timing("sometimes"), draw.one_of(2, 3, 3, 4)
    width = draw.one_of(4, 8, 8, 8, 12, 16)
    address, out = draw.name("address"), draw.name("result")
    enable = draw.name("enable", "rd_en") if draw.chance(0.3) else ""
    contents = [draw.integer(0, (1 << width) - 1) for _ in range(1 << places)]

    def built(values: list[int]) -> str:
        rows = [
            f"{places}'d{i}: {out} <= {width}'h{v:0{(width + 3) // 4}x};"
            for i, v in enumerate(values)
        ]
        rows[-1] = f"default: {rows[-1].split(': ', 1)[1]}"
        case = f"case ({address})\n    " + "\n    ".join(rows) + "\nendcase"
        return timing.always(
            priority((enable, case)) if enable else case, f"{out} <= {number(width, 0)};"
        )

    def following(state: tuple[int | None], given: Values) -> tuple[int | None]:
        return (contents[given[address]],) if not enable or given[enable] else state

    more = ((enable, 1),) if enable else ()
    swapped = [*contents[:-2], contents[-1], contents[-2]]
    return Drawn(
        parameters={"contents": " ".join(map(str, contents)), "enable": int(bool(enable))},
        ports=(*inputs((address, places), *more), *outputs((out, width))),
        timing=timing,
        words=_rom_words(draw, (address, out, enable), contents, width),
        body=built(contents),
        registered=(out,),
        behavior=Clocked(
            reset=(0,), power_up=(None,), outputs=lambda s, _: {out: s[0]}, following=following
        ),
        vectors=tuple({address: i, **({enable: 1} if enable else {})} for i in range(1 << places)),
        slips=slips(
            "X",
            ("rows-swapped", "X", built(swapped)),
            ("wrong-order", "X", built(contents[::-1])),
        ),
        module="rom",
    )


def _stack_words(draw: Draw, size: tuple[int, int], names: tuple[str, ...], first: str) -> Words:
    push, pop, data, out, empty, full = names
    depth, width = size
    both = {
        "push": f"if both are 1, only {push} counts",
        "pop": f"if both are 1, only {pop} counts",
        "none": "if both are 1, nothing happens",
    }[first]
    return Words(
        title=f"stack of {depth} words",
        terse=f"a LIFO stack of {depth} words of {width} bits with {push} and {pop} ({both}), the "
        f"top word at {out} (0 if there is none), and flags {empty} and {full}; a {push} into a "
        f"full stack and a {pop} of an empty one are ignored",
        plain=draw.phrase(
            f"Think of a pile of plates with room for {depth}. {push} puts the plate {data} on "
            f"top, {pop} takes the top one away, both at the clock edge; {both}. You cannot "
            f"put a plate on a full pile or take one from an empty pile: such requests change "
            f"nothing. {out} is the plate on top (0 if there is none), {empty} = 1 means no "
            f"plates, {full} = 1 means {depth} plates. A plate is {width} bits wide.",
            f"A stack holds up to {depth} words of {width} bits. {push} = 1 at a clock edge puts "
            f"{data} on top unless the stack is full; {pop} = 1 removes the top word unless the "
            f"stack is empty; {both}. {out} shows the top word without delay, or 0 when the stack "
            f"is empty. {empty} and {full} tell whether there are no words or {depth} words.",
            f"Last in, first out: {data} is stored by {push} and taken off by {pop}, one word per "
            f"clock edge; {both}. There is room for {depth} words of {width} bits. A push that "
            f"finds the stack full, and a pop that finds it empty, change nothing. {out}, {empty} "
            f"and {full} are combinational from what is stored: {out} is the newest word (0 if "
            f"there is none).",
        ),
        points=(
            f"{push} = 1 stores {data} on top, unless {full} is 1.",
            f"{pop} = 1 removes the newest word, unless {empty} is 1.",
            f"{both[0].upper()}{both[1:]}.",
            f"{out} is the newest word, or 0 if the stack is empty.",
            f"{empty} = 1: no words; {full} = 1: {depth} words.",
        ),
        after_reset="the stack is empty",
    )


def _stack(draw: Draw) -> Drawn:
    timing, places = draw.timing(), draw.one_of(1, 2, 2, 3)
    depth, width = 1 << places, draw.one_of(4, 8, 8, 16)
    names = ("push", "pop", draw.name("data"), draw.name("result", "top"), "empty", "full")
    push, pop, data, out, empty, full = names
    first = draw.one_of("push", "pop", "none")
    put = f"mem[sp[{places - 1}:0]] <= {data};\nsp <= sp + 1'b1;"
    take = "sp <= sp - 1'b1;"
    tests = {
        "push": (f"{push} && !{full}", f"!{push} && {pop} && !{empty}"),
        "pop": (f"!{pop} && {push} && !{full}", f"{pop} && !{empty}"),
        "none": (f"{push} && !{pop} && !{full}", f"{pop} && !{push} && !{empty}"),
    }[first]
    count = places + 1
    declared = f"reg {span(width)}mem [0:{depth - 1}];\nreg [{places}:0] sp;\n"
    index = f"sp[{places - 1}:0] - 1'b1"
    place = f"wire {span(places)}last = {index};\n\n"

    def built(rules: tuple[str, str], above: int = depth) -> str:
        update = timing.always(
            priority((rules[0], put), (rules[1], take)), f"sp <= {number(count, 0)};"
        )
        return (
            f"{declared}{place}{update}\n\nassign {empty} = (sp == {number(count, 0)});\n"
            f"assign {full} = (sp == {number(count, above)});\n"
            f"assign {out} = {empty} ? {number(width, 0)} : mem[last];"
        )

    def following(state: tuple[int, ...], given: Values) -> tuple[int, ...]:
        wants = (given[push], given[pop])
        if wants == (1, 1):
            wants = {"push": (1, 0), "pop": (0, 1), "none": (0, 0)}[first]
        if wants[0] and len(state) < depth:
            return (*state, given[data])
        return state[:-1] if wants[1] else state

    def shown(state: tuple[int, ...], _: Values) -> Outputs:
        top = state[-1] if state else 0
        return {out: top, empty: int(not state), full: int(len(state) == depth)}

    ups = tuple({push: 1, pop: 0, data: i + 3} for i in range(depth + 1))
    downs = tuple({push: 0, pop: 1, data: 0} for _ in range(depth + 1))
    mixed = tuple({push: 1, pop: int(i % 3 == 1), data: i + 1} for i in range(2 * depth))
    other = (tests[0].replace(f" && !{full}", ""), tests[1].replace(f" && !{empty}", ""))
    return Drawn(
        parameters={"depth": depth, "width": width, "first": first},
        ports=(
            *inputs((push, 1), (pop, 1), (data, width)),
            *outputs((out, width), (empty, 1), (full, 1)),
        ),
        timing=timing,
        words=_stack_words(draw, (depth, width), names, first),
        body=built(tests),
        behavior=Clocked(
            reset=_EMPTY, outputs=shown, following=following, unknown=(out, empty, full)
        ),
        vectors=(*ups, *downs, *mixed, *downs),
        slips=slips(
            "X",
            ("limits-ignored", "X", built(other)),
            ("off-by-one", "X", built(tests, depth - 1)),
            ("wrong-priority", "X", built((f"{pop} && {push} && !{full}", tests[1]))),
        ),
        module="stack",
    )


_EMPTY: tuple[int, ...] = ()


FAMILIES = (
    Family(name="register-file", kind="memories", draw=_file),
    Family(name="synchronous-rom", kind="memories", draw=_rom, weight=0.7),
    Family(name="stack", kind="memories", draw=_stack, weight=0.7),
)
"""The families of this module."""
