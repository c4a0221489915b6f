"""Random-access memories."""

from __future__ import annotations

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, Outputs, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import (
    priority,
    repeat,
    slips,
    span,
)

Cells = tuple[int | None, ...]
"""Contents by address; None: not written yet."""


_Ram = tuple[Cells, int | None]
"""Contents, and what the output register holds."""


def _blank(size: int) -> _Ram:
    return (None,) * size, None


def written(cells: Cells, address: int, value: int | None) -> Cells:
    """Return the cells with another value at `address`."""
    return (*cells[:address], value, *cells[address + 1 :])


_RAM_RULES = {
    "old": (
        "in a cycle that writes, the value that was stored before the write is read",
        "a write and a read at the same clock edge deliver the old contents",
    ),
    "new": (
        "in a cycle that writes, the value that is being written is read",
        "when writing, the output takes the new data",
    ),
    "keep": (
        "in a cycle that writes, the output does not change",
        "the output is only updated in cycles without a write",
    ),
}


def _ram_words(draw: Draw, size: tuple[int, int], names: tuple[str, ...], mode: str) -> Words:
    write, address, data, out = names
    depth, width = size
    shape = f"{depth} words of {width} bits"
    reading = (
        f"{out} is combinational: it shows the word at {address} at any time"
        if mode == "direct"
        else f"{out} is a register that is loaded from the word at {address} at each clock edge; "
        + draw.phrase(*_RAM_RULES[mode])
    )
    name = "asynchronous" if mode == "direct" else "synchronous"
    return Words(
        title=f"{depth}x{width} RAM with {name} read",
        terse=f"a single-port RAM of {shape}: {write} = 1 writes {data} to {address}; {reading}",
        plain=draw.phrase(
            f"The memory holds {shape}. At a clock edge with {write} = 1, {data} is stored at "
            f"{address}. For reading, {reading}.",
            f"Build a small RAM with one port ({shape}). The same {address} serves for writing, "
            f"which takes place at the clock edge when {write} is 1 and stores {data}, and for "
            f"reading: {reading}.",
            f"Words can be put away and looked up again. There is room for {depth} of them, "
            f"{width} bits each, numbered by {address}. {write} = 1 puts {data} away at the clock "
            f"edge. As to looking up, {reading}.",
        )
        + draw.phrase(
            "", " What has never been written is undefined.", " The initial contents do not matter."
        ),
        points=(
            f"There are {shape}.",
            f"{write} = 1 at a clock edge stores {data} at {address}.",
            f"Reading: {reading}.",
        ),
        after_reset=f"{out} is 0, while the contents of the memory are kept",
    )


def _ram_code(mode: str, names: tuple[str, ...], declared: str) -> dict[str, str]:
    write, address, data, out = names
    store = f"mem[{address}] <= {data};"
    return {
        "direct": priority((write, store)),
        "old": f"{priority((write, store))}\n{out} <= mem[{address}];",
        "new": priority((write, f"{store}\n{out} <= {data};"), ("", f"{out} <= mem[{address}];")),
        "keep": priority((write, store), ("", f"{out} <= mem[{address}];")),
    }


def _ram(draw: Draw) -> Drawn:
    timing = draw.timing("never")
    places, width = draw.integer(2, 5), draw.one_of(4, 8, 8, 12, 16)
    write, address = draw.name("we", "wr_en", "write_en", "wen", "wr"), draw.name("address")
    data, out = draw.name("data", "wdata"), draw.name("result", "rdata")
    mode = draw.one_of("direct", "old", "old", "new", "new", "keep")
    names = (write, address, data, out)
    declared = f"reg {span(width)}mem [0:{(1 << places) - 1}];\n\n"
    codes = _ram_code(mode, names, declared)
    end = f"\n\nassign {out} = mem[{address}];" if mode == "direct" else ""
    body = declared + timing.always(codes[mode]) + end

    def following(state: _Ram, given: Values) -> _Ram:
        cells, shown = state
        old = cells[given[address]]
        if not given[write]:
            return cells, old
        after = {"old": old, "new": given[data], "keep": shown, "direct": None}[mode]
        return written(cells, given[address], given[data]), after

    def shown(state: _Ram, given: Values) -> Outputs:
        return {out: state[0][given[address]] if mode == "direct" else state[1]}

    fill = tuple(
        {write: 1, address: i, data: i * 37 + 5 & (1 << width) - 1} for i in range(1 << places)
    )
    read = tuple({write: 0, address: i, data: 0} for i in range(1 << places))
    other = {"old": "new", "new": "old", "keep": "old"}
    wrong = (declared + timing.always(codes[other[mode]]),) if mode != "direct" else ()
    return Drawn(
        parameters={"places": places, "width": width, "mode": mode},
        ports=(*inputs((write, 1), (address, places), (data, width)), *outputs((out, width))),
        timing=timing,
        words=_ram_words(draw, (1 << places, width), names, mode),
        body=body,
        registered=() if mode == "direct" else (out,),
        behavior=Clocked(power_up=_blank(1 << places), outputs=shown, following=following),
        vectors=(*fill, *read),
        slips=(
            *(slips("X", ("wrong-read-during-write", "X", text))[0] for text in wrong),
            *slips(
                body,
                ("write-enable-ignored", f"if ({write})", "if (1'b1)"),
                ("wrong-polarity", f"if ({write})", f"if (!{write})"),
            ),
        ),
        module="ram",
    )


def _two_port_words(
    draw: Draw, size: tuple[int, int], names: tuple[str, ...], bypass: bool
) -> Words:
    we, waddr, data, re, raddr, out = names
    depth, width = size
    same = (
        f"if the same address is written and read at the same edge, {out} takes the new value"
        if bypass
        else f"if the same address is written and read at the same edge, {out} takes the old value"
    )
    return Words(
        title=f"{depth}x{width} dual-port RAM",
        terse=f"a RAM of {depth} words of {width} bits with a write port ({we}, {waddr}, {data}) "
        f"and a read port with a register ({re}, {raddr}, {out}); {same}",
        plain=draw.phrase(
            f"Write port: {we}, {waddr}, {data}. Read port: {re}, {raddr}, {out}. Each clock "
            f"edge with {we} = 1 stores {data} in word {waddr}; each clock edge with {re} = 1 "
            f"puts word {raddr} into the register {out}, which otherwise keeps what it has. "
            f"The two ports do not disturb each other; {same}. The memory is {depth} words "
            f"deep and {width} bits wide.",
            f"A memory of {depth} words, {width} bits each, with one port for writing and one for "
            f"reading. At a clock edge with {we} = 1, {data} goes to address {waddr}. At a clock "
            f"edge with {re} = 1, {out} takes the word at {raddr}; with {re} = 0, {out} holds. "
            f"Both can happen at the same edge; {same}.",
            f"Writing: {we} = 1 stores {data} at {waddr}. Reading: {re} = 1 loads the output "
            f"register {out} with the word at {raddr}, otherwise {out} is kept. There are {depth} "
            f"words of {width} bits, and both ports use the same clock; {same}.",
        ),
        points=(
            f"The memory has {depth} words of {width} bits.",
            f"At a clock edge with {we} = 1, {data} is written to {waddr}.",
            f"At a clock edge with {re} = 1, the word at {raddr} goes into {out}.",
            f"With {re} = 0, {out} does not change.",
            f"{same[0].upper()}{same[1:]}.",
        ),
        after_reset=f"{out} is 0",
    )


def _two_port(draw: Draw) -> Drawn:
    timing, places = draw.timing("never"), draw.integer(2, 4)
    width, bypass = draw.one_of(4, 6, 8, 8, 16), draw.chance(0.3)
    suffix = draw.one_of(
        ("we", "waddr", "wdata", "re", "raddr", "rdata"),
        ("write_en", "write_addr", "write_data", "read_en", "read_addr", "read_data"),
        ("wr", "wa", "din", "rd", "ra", "dout"),
    )
    we, waddr, data, re, raddr, out = suffix
    draw.take(*suffix)
    source = f"mem[{raddr}]"
    if bypass:
        source = f"({we} && {waddr} == {raddr}) ? {data} : mem[{raddr}]"
    declared = f"reg {span(width)}mem [0:{(1 << places) - 1}];\n\n"

    def built(value: str) -> str:
        rules = (priority((we, f"mem[{waddr}] <= {data};")), priority((re, f"{out} <= {value};")))
        return declared + timing.always("\n".join(rules))

    body = built(source)
    wrong = f"mem[{raddr}]" if bypass else f"({we} && {waddr} == {raddr}) ? {data} : mem[{raddr}]"

    def following(state: _Ram, given: Values) -> _Ram:
        cells, shown = state
        after = written(cells, given[waddr], given[data]) if given[we] else cells
        read = (after if bypass else cells)[given[raddr]]
        return after, read if given[re] else shown

    both = {we: 1, re: 1}
    vectors = [{**both, waddr: i, raddr: i, data: i + 1} for i in range(1 << places)]
    vectors += [{**both, waddr: i, raddr: i, data: i + 2} for i in range(1 << places)]
    return Drawn(
        parameters={"places": places, "width": width, "bypass": int(bypass)},
        ports=(
            *inputs((we, 1), (waddr, places), (data, width), (re, 1), (raddr, places)),
            *outputs((out, width)),
        ),
        timing=timing,
        words=_two_port_words(draw, (1 << places, width), suffix, bypass),
        body=body,
        registered=(out,),
        behavior=Clocked(
            power_up=_blank(1 << places),
            outputs=lambda state, _: {out: state[1]},
            following=following,
        ),
        vectors=tuple(vectors),
        slips=(
            *slips("X", ("wrong-read-during-write", "X", built(wrong))),
            *slips(
                body,
                ("read-enable-ignored", f"if ({re})", "if (1'b1)"),
                ("wrong-address", f"mem[{raddr}]", f"mem[{waddr}]"),
            ),
        ),
        module="dual_port_ram",
    )


def _lanes_words(draw: Draw, size: tuple[int, int, int], names: tuple[str, ...]) -> Words:
    enable, address, data, out = names
    depth, lanes, lane = size
    width, part = lanes * lane, "byte" if lane == 8 else "nibble"
    return Words(
        title=f"{depth}x{width} RAM with {part} writes",
        terse=f"a RAM of {depth} words of {width} bits at {address} with registered read-first "
        f"output {out}; bit i of {enable} writes bits [{lane}i+{lane - 1}:{lane}i] of {data}",
        plain=draw.phrase(
            f"Some processors store single bytes. This memory ({depth} words of {width} bits) "
            f"lets them: only those {part}s of the word at {address} are replaced by the "
            f"{part}s of {data} whose bit in {enable} is 1, counting from the least "
            f"significant. {out} gets the complete old word of that address at each clock edge.",
            f"A memory has {depth} words of {width} bits, and each {part} of a word can be written "
            f"alone. At a clock edge, {part} number i of {data} is written to {address} if bit "
            f"i of "
            f"{enable} is 1; {part} 0 is the lowest. At every clock edge {out} takes the word that "
            f"was at {address} before the write.",
            f"{enable} has one bit for each of the {lanes} {part}s of a word, bit 0 for the lowest "
            f"one. Those that are 1 let the clock edge store the {part} of {data} at {address}; "
            f"the others leave the {part} in memory alone. {out} is registered and takes the old "
            f"contents of that address at every clock edge. The memory has {depth} words.",
        ),
        points=(
            f"The memory has {depth} words of {width} bits.",
            f"If bit i of {enable} is 1, {part} i of {data} is written to {address}.",
            f"At every clock edge {out} takes the whole word that was at {address} before.",
        ),
        after_reset=f"{out} is 0",
    )


def _lanes(draw: Draw) -> Drawn:
    timing, places = draw.timing("never"), draw.integer(2, 4)
    lanes, lane = draw.one_of((2, 8), (2, 8), (4, 8), (2, 4), (4, 4))
    width = lanes * lane
    enable, address = draw.name("be", "byte_we", "we", "wstrb"), draw.name("address")
    data, out = draw.name("data", "wdata"), draw.name("result", "rdata")
    slices = [f"[{lane * i + lane - 1}:{lane * i}]" for i in range(lanes)]

    def built(order: list[int]) -> str:
        writes = [
            priority((f"{enable}[{bit}]", f"mem[{address}]{part} <= {data}{part};"))
            for part, bit in zip(slices, order, strict=True)
        ]
        declared = f"reg {span(width)}mem [0:{(1 << places) - 1}];\n\n"
        return declared + timing.always("\n".join([*writes, f"{out} <= mem[{address}];"]))

    mask = (1 << lane) - 1

    def following(state: _Ram, given: Values) -> _Ram:
        cells, at = state[0], given[address] * lanes
        parts = cells[at : at + lanes]
        known = [part for part in parts if part is not None]
        old = sum(part << lane * i for i, part in enumerate(known))
        for i in range(lanes):
            if given[enable] >> i & 1:
                cells = written(cells, at + i, given[data] >> lane * i & mask)
        return cells, old if len(known) == lanes else None

    top = (1 << lanes) - 1
    fill = tuple(
        {enable: top, address: i, data: i * 77 & (1 << width) - 1} for i in range(1 << places)
    )
    some = tuple(
        {
            enable: i % (top + 1),
            address: i // 2 % (1 << places),
            data: i * 1234567 & (1 << width) - 1,
        }
        for i in range(2 << places)
    )
    return Drawn(
        parameters={"places": places, "lanes": lanes, "lane": lane},
        ports=(*inputs((enable, lanes), (address, places), (data, width)), *outputs((out, width))),
        timing=timing,
        words=_lanes_words(draw, (1 << places, lanes, lane), (enable, address, data, out)),
        body=built(list(range(lanes))),
        registered=(out,),
        behavior=Clocked(
            power_up=_blank(lanes << places),
            outputs=lambda state, _: {out: state[1]},
            following=following,
        ),
        vectors=(*fill, *some, *repeat(1, {enable: 0, address: 0, data: 0})),
        slips=slips(
            "X",
            ("swapped-enables", "X", built(list(range(lanes))[::-1])),
            ("one-enable-for-all", "X", built([0] * lanes)),
        ),
        module="byte_write_ram",
    )


FAMILIES = (
    Family(name="ram", kind="memories", draw=_ram),
    Family(name="dual-port-ram", kind="memories", draw=_two_port, weight=0.7),
    Family(name="byte-write-ram", kind="memories", draw=_lanes, weight=0.5),
)
"""The families of this module."""
