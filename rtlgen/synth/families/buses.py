"""Register blocks on a small bus, and units that carry out commands."""

from __future__ import annotations

from dataclasses import dataclass

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import (
    ClockAndReset,
    Clocked,
    Drawn,
    Family,
    Outputs,
    Slip,
    Values,
    Words,
    indented,
    inputs,
    outputs,
)
from rtlgen.synth.families._words import columns, counted, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Register:
    """A register of a block."""

    kind: str
    """`rw`: written and read; `ro`: shows an input; `w1c`: bits set by an input, cleared by 1."""
    port: str
    """Output with its value, or the input that it shows or is set by."""
    first: int = 0

    def told(self, at: int) -> str:
        """Return what the register does."""
        if self.kind == "rw":
            return (
                f"address {at}: can be written and read; its value is the output {self.port}, after"
                f" reset {self.first}"
            )
        if self.kind == "ro":
            return f"address {at}: reads the input {self.port}; writes have no effect"
        return (
            f"address {at}: event bits; each bit is set when the same bit of the input {self.port}"
            " is 1 at a clock edge, and cleared by a write with a 1 in this bit (setting has"
            " priority); after reset 0"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Registers behind select, enable, write, address and data lines."""

    timing: ClockAndReset
    sel: str
    enable: str
    write: str
    address: str
    wdata: str
    rdata: str
    width: int
    registers: tuple[_Register, ...]

    @property
    def bits(self) -> int:
        """Width of the address."""
        return max(1, (len(self.registers) - 1).bit_length())

    def given(self) -> tuple[tuple[str, int], ...]:
        ports = [(r.port, self.width) for r in self.registers if r.kind != "rw"]
        bus = ((self.sel, 1), (self.enable, 1), (self.write, 1), (self.address, self.bits))
        return (*bus, (self.wdata, self.width), *ports)

    def asked(self) -> tuple[tuple[str, int], ...]:
        ports = [(r.port, self.width) for r in self.registers if r.kind == "rw"]
        return ((self.rdata, self.width), *ports)

    def behavior(self) -> Clocked[tuple[int, ...]]:
        """Return a model of the registers' values."""

        def told(values: tuple[int, ...], given: Values) -> Outputs:
            at = given[self.address]
            reads = given[self.sel] and not given[self.write] and at < len(values)
            known = {
                r.port: v for r, v in zip(self.registers, values, strict=True) if r.kind == "rw"
            }
            return {self.rdata: self._read(at, values, given) if reads else 0, **known}

        def after(values: tuple[int, ...], given: Values) -> tuple[int, ...]:
            written = given[self.sel] and given[self.enable] and given[self.write]
            return tuple(
                self._next(r, value, given, bool(written and given[self.address] == at))
                for at, (r, value) in enumerate(zip(self.registers, values, strict=True))
            )

        return Clocked(
            reset=tuple(r.first for r in self.registers),
            outputs=told,
            following=after,
            unknown=tuple(name for name, _ in self.asked()),
        )

    def _read(self, at: int, values: tuple[int, ...], given: Values) -> int:
        register = self.registers[at]
        return given[register.port] if register.kind == "ro" else values[at]

    def _next(self, register: _Register, value: int, given: Values, written: bool) -> int:
        data = given[self.wdata]
        if register.kind == "rw":
            return data if written else value
        if register.kind == "ro":
            return 0
        return (value & ~(data if written else 0)) | given[register.port]

    def body(self, slip: str = "") -> str:
        declared, updates, resets = [], [], []
        bus = [self.sel, self.enable, self.write]
        if slip == "ignores-enable":
            bus.remove(self.enable)
        for at, register in enumerate(self.registers):
            name, zero = self._name(at), f"{self.width}'d{register.first}"
            hit = f"writes && {self.address} == {self.bits}'d{at}"
            if register.kind == "ro":
                continue
            resets.append(f"{name} <= {zero};")
            if register.kind == "rw":
                updates.append(f"if ({hit})\n    {name} <= {self.wdata};")
                continue
            declared.append(f"reg [{self.width - 1}:0] {name};")
            cleared = (
                f"{name} & ~{self.wdata}" if slip != "clears-by-zero" else f"{name} & {self.wdata}"
            )
            updates.append(
                f"if ({hit})\n    {name} <= ({cleared}) | {register.port};\n"
                f"else\n    {name} <= {name} | {register.port};"
            )
        declared.append(f"wire writes = {' && '.join(bus)};")
        return (
            "\n".join(declared)
            + f"\n\n{self.timing.always(chr(10).join(updates), chr(10).join(resets))}\n\n"
            + self._reads(slip)
        )

    def _name(self, at: int) -> str:
        register = self.registers[at]
        return f"events{at}" if register.kind == "w1c" else register.port

    def _reads(self, slip: str) -> str:
        zero = f"{self.width}'d0"
        shown = [
            f"{self.bits}'d{at}: {self.rdata} = {self._name(at)};"
            for at in range(len(self.registers))
        ]
        if slip == "wrong-address":
            shown = [line.replace(f"'d{i}:", f"'d{i ^ 1}:") for i, line in enumerate(shown)]
        if len(shown) == 1 << self.bits:
            shown[-1] = "default:" + shown[-1].split(":", 1)[1]
        else:
            shown.append(f"default: {self.rdata} = {zero};")
        case = f"case ({self.address})\n{indented(chr(10).join(shown))}\nendcase"
        return (
            f"always @(*) begin\n    {self.rdata} = {zero};\n"
            f"    if ({self.sel} && !{self.write}) begin\n{indented(case, 2)}\n    end\nend"
        )

    def vectors(self, draw: Draw) -> tuple[Values, ...]:
        """Return writes to and reads of all addresses, complete and incomplete."""
        plan = []
        most = (1 << self.width) - 1
        ports = [r.port for r in self.registers if r.kind != "rw"]
        for _ in range(4):
            for at in range(1 << self.bits):
                data = draw.integer(0, most)
                for sel, enable, write in ((1, 0, 1), (1, 1, 1), (1, 0, 0), (0, 1, 1)):
                    bus = {self.sel: sel, self.enable: enable, self.write: write}
                    quiet = {port: draw.integer(0, most) & draw.integer(0, most) for port in ports}
                    plan.append({**bus, self.address: at, self.wdata: data, **quiet})
        return tuple(plan)


def _registers(draw: Draw) -> tuple[_Register, ...]:
    count = draw.integer(2, 5)
    kinds = ["rw", *(draw.one_of("rw", "rw", "ro", "w1c") for _ in range(count - 1))]
    stems = {
        "rw": ("control", "setup_reg", "limit", "mode_reg", "period", "gain", "offset_reg"),
        "ro": ("status", "sensor", "version", "position", "level_i"),
        "w1c": ("events", "alarms", "irq_src", "flags_i"),
    }
    return tuple(
        _Register(
            kind=kind,
            port=draw.name(*draw.random.sample(stems[kind], 4)),
            first=draw.one_of(0, 0, 1, draw.integer(0, 15)) if kind == "rw" else 0,
        )
        for kind in kinds
    )


def _block(draw: Draw) -> Drawn:
    draw.take("writes", *(f"events{i}" for i in range(5)))
    prefix = draw.one_of("p", "", "bus_", "s_")
    it = _Block(
        timing=draw.timing(),
        sel=draw.name(f"{prefix}sel", "chip_select"),
        enable=draw.name(f"{prefix}enable", "access"),
        write=draw.name(f"{prefix}write", "wr_not_rd"),
        address=draw.name(f"{prefix}addr", "reg_addr"),
        wdata=draw.name(f"{prefix}wdata", "wr_data"),
        rdata=draw.name(f"{prefix}rdata", "rd_data"),
        width=draw.one_of(4, 8, 8, 16, 32),
        registers=_registers(draw),
    )
    slips = ["ignores-enable", "wrong-address"]
    slips += ["clears-by-zero"] if any(r.kind == "w1c" for r in it.registers) else []
    return Drawn(
        parameters={
            "width": it.width,
            "kinds": " ".join(f"{r.kind}{r.first}" for r in it.registers),
        },
        ports=(*inputs(*it.given()), *outputs(*it.asked())),
        timing=it.timing,
        words=_block_words(draw, it),
        body=it.body(),
        registered=tuple(name for name, _ in it.asked()),
        behavior=it.behavior(),
        vectors=it.vectors(draw),
        slips=tuple(Slip(name=name, body=it.body(name)) for name in slips),
        module="register_block",
    )


def _block_words(draw: Draw, it: _Block) -> Words:
    writes = draw.phrase(
        f"A clock edge at which {it.sel}, {it.enable} and {it.write} are all 1 writes {it.wdata} to"
        f" the register at {it.address}.",
        f"Writing: {it.wdata} goes to the register selected by {it.address} at a clock edge with"
        f" {it.sel} = {it.enable} = {it.write} = 1.",
    )
    reads = draw.phrase(
        f"{it.rdata} is combinational: while {it.sel} is 1 and {it.write} is 0 it is the"
        f" register at {it.address}, whatever {it.enable} is, and otherwise 0.",
        f"Reading: with {it.sel} = 1 and {it.write} = 0, {it.rdata} shows the selected register in"
        f" the same cycle ({it.enable} does not matter); in all other cases it is 0.",
    )
    known = [register.told(at) for at, register in enumerate(it.registers)]
    spare = (
        ""
        if len(known) == 1 << it.bits
        else " Other addresses read as 0, and writing them does nothing."
    )
    size = f"{counted(len(known), 'register')} of {counted(it.width, 'bit')}"
    lines = [line[:1].upper() + line[1:] + "." for line in known]
    return Words(
        title=f"bus slave with {size}",
        terse=f"a register block with {size}. {writes} {reads} {' '.join(lines)}{spare}",
        plain=draw.phrase(
            f"A processor reaches {size} over a simple bus.",
            f"Implement a peripheral's register block: {size}.",
            f"The bus slave has {size}.",
        )
        + f" {writes} {reads} The registers are these. {' '.join(lines)}{spare}",
        points=(writes, reads, *lines, *([spare.strip()] if spare else [])),
        after_reset="the registers have the values given for reset",
    )


Operation = tuple[str, str]
OPERATIONS: tuple[Operation, ...] = (
    ("load", "{d}"),
    ("add", "{q} + {d}"),
    ("sub", "{q} - {d}"),
    ("and", "{q} & {d}"),
    ("or", "{q} | {d}"),
    ("xor", "{q} ^ {d}"),
    ("not", "~{q}"),
    ("clear", "{w}'d0"),
    ("inc", "{q} + 1'b1"),
    ("dec", "{q} - 1'b1"),
    ("shl", "{q} << 1"),
    ("shr", "{q} >> 1"),
    ("nop", "{q}"),
)
"""Names and what becomes of an accumulator."""
MEANING = {
    "load": "becomes {d}",
    "add": "becomes {q} plus {d}",
    "sub": "becomes {q} minus {d}",
    "and": "becomes the bitwise AND of {q} and {d}",
    "or": "becomes the bitwise OR of {q} and {d}",
    "xor": "becomes the bitwise XOR of {q} and {d}",
    "not": "is inverted bit by bit",
    "clear": "becomes 0",
    "inc": "is increased by 1",
    "dec": "is decreased by 1",
    "shl": "is shifted left by one place, with 0 coming in",
    "shr": "is shifted right by one place, with 0 coming in",
    "nop": "does not change",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """An accumulator that carries out commands."""

    timing: ClockAndReset
    command: str
    valid: str
    d: str
    q: str
    zero: str
    """Flag that the accumulator is 0; may be empty."""
    width: int
    bits: int
    codes: tuple[tuple[int, str], ...]

    def carried(self, name: str, q: int, d: int) -> int:
        """Return what an operation makes of the accumulator."""
        found = {
            "load": d,
            "add": q + d,
            "sub": q - d,
            "and": q & d,
            "or": q | d,
            "xor": q ^ d,
            "not": ~q,
            "clear": 0,
            "inc": q + 1,
            "dec": q - 1,
            "shl": q << 1,
            "shr": q >> 1,
            "nop": q,
        }
        return found[name] & ((1 << self.width) - 1)

    def behavior(self) -> Clocked[int]:
        names = dict(self.codes)

        def told(q: int, _: Values) -> Outputs:
            return {self.q: q, self.zero: int(q == 0)} if self.zero else {self.q: q}

        def after(q: int, given: Values) -> int:
            name = names.get(given[self.command], "nop") if given[self.valid] else "nop"
            return self.carried(name, q, given[self.d])

        return Clocked(
            reset=0,
            outputs=told,
            following=after,
            unknown=(self.q, *([self.zero] if self.zero else [])),
        )

    def body(self, slip: str = "") -> str:
        texts = dict(OPERATIONS)
        order = list(self.codes)
        if slip == "codes-swapped":
            order[:2] = [(order[0][0], order[1][1]), (order[1][0], order[0][1])]
        arms = [
            f"{self.bits}'b{code:0{self.bits}b}: {self.q} <="
            f" {texts[name].format(q=self.q, d=self.d, w=self.width)};"
            for code, name in order
        ]
        arms.append(f"default: {self.q} <= {self.q};")
        case = f"case ({self.command})\n{indented(chr(10).join(arms))}\nendcase"
        update = f"if ({self.valid}) begin\n{indented(case)}\nend"
        update = case if slip == "ignores-valid" else update
        flag = f"\n\nassign {self.zero} = ({self.q} == {self.width}'d0);" if self.zero else ""
        return self.timing.always(update, f"{self.q} <= {self.width}'d0;") + flag


def _unit(draw: Draw) -> Drawn:
    bits = draw.integer(2, 3)
    count = draw.integer(3, min(7, (1 << bits) - 1))
    names = draw.random.sample([name for name, _ in OPERATIONS], count)
    if not {"load", "add", "sub", "and", "or", "xor"} & set(names):
        names[0] = "load"
    codes = draw.random.sample(range(1 << bits), count)
    it = _Unit(
        timing=draw.timing(),
        command=draw.name("cmd", "op", "opcode", "instr"),
        valid=draw.name("valid", "exec", "strobe_cmd"),
        d=draw.name("operand", "data", "din", "b"),
        q=draw.name("acc", "result", "a_reg", "q"),
        zero=draw.name("zero", "is_zero", "z_flag") if draw.chance(0.5) else "",
        width=draw.one_of(4, 8, 8, 16, draw.integer(2, 24)),
        bits=bits,
        codes=tuple(sorted(zip(codes, names, strict=True))),
    )
    return Drawn(
        parameters={"width": it.width, "codes": str(it.codes), "zero": int(bool(it.zero))},
        ports=(
            *inputs((it.command, bits), (it.valid, 1), (it.d, it.width)),
            *outputs((it.q, it.width), *([(it.zero, 1)] if it.zero else [])),
        ),
        timing=it.timing,
        words=_unit_words(draw, it),
        body=it.body(),
        registered=(it.q,),
        behavior=it.behavior(),
        slips=tuple(Slip(name=n, body=it.body(n)) for n in ("codes-swapped", "ignores-valid")),
        module="command_unit",
    )


def _unit_words(draw: Draw, it: _Unit) -> Words:
    texts = {name: MEANING[name].format(q=it.q, d=it.d) for _, name in it.codes}
    listing = draw.words.random() < 0.5
    rows = [[it.command, "name", f"what happens to {it.q}"]]
    rows += [[f"{c:0{it.bits}b}", name.upper(), texts[name]] for c, name in it.codes]
    each = listed(f"for {c:0{it.bits}b} it {texts[name]}" for c, name in it.codes)
    what = "The commands are listed below." if listing else f"By {it.command} (binary), {each}."
    rest = f"Codes that are not {'listed' if listing else 'named'} leave {it.q} as it is."
    when = draw.phrase(
        f"At a clock edge with {it.valid} = 1 the command on {it.command} is carried out on {it.q};"
        f" with {it.valid} = 0 nothing happens.",
        f"{it.q} is an accumulator. It changes only at clock edges at which {it.valid} is 1, as"
        f" {it.command} says.",
    )
    flag = f" {it.zero} is 1 while {it.q} is 0." if it.zero else ""
    size = f"{it.q} has {counted(it.width, 'bit')}; carries and borrows out of it are lost."
    return Words(
        title=f"{it.width}-bit command unit with {counted(len(it.codes), 'command')}",
        terse=f"an accumulator {it.q} with commands. {when} {what} {rest}{flag}",
        plain=draw.phrase(
            "A small unit carries out commands.",
            f"Implement an accumulator machine with {counted(len(it.codes), 'command')}.",
            f"Decode {it.command} and update {it.q} accordingly.",
        )
        + f" {when} {what} {rest} {size}{flag}"
        + (f" The other operand is {it.d}." if listing else ""),
        points=(when, what, rest, size, *([flag.strip()] if flag else [])),
        after_reset=f"{it.q} is 0",
        fragment=columns(rows) if listing else "",
    )


FAMILIES = (
    Family(name="bus-registers", kind="systems", draw=_block),
    Family(name="command-unit", kind="systems", draw=_unit),
)
"""The families of this module."""
