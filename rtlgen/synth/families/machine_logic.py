"""The combinational part of state machines: next state and outputs from a given state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import (
    Combinational,
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
from rtlgen.synth.families import _machine_words as told
from rtlgen.synth.families._machine import Machine, codes, differ, draw_machine
from rtlgen.synth.families._machine_rtl import choice, literals
from rtlgen.synth.families._tour import letters
from rtlgen.synth.families._words import counted, listed
from rtlgen.synth.families.machines import INPUTS, OUTPUTS, SECOND

NO_CLOCK = (
    "Only the combinational logic is wanted; there are no registers.",
    "The state register is not part of this module.",
    "Do not include any flip-flops: the state comes in as an input.",
    "Implement the combinational part alone, without clock or storage.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Logic:
    """The logic around a state register that stands elsewhere."""

    machine: Machine
    state: str
    width: int
    codes: tuple[int, ...]
    following: str = ""
    """Port for the whole next state; empty if only `bits` are asked for."""
    bits: tuple[tuple[str, int], ...] = ()
    """Ports for single bits of the next state, with the bit's place."""
    results: bool = True
    """Whether the machine's outputs are asked for."""

    def asked(self) -> tuple[tuple[str, int], ...]:
        """Return names and widths of the outputs."""
        whole = ((self.following, self.width),) if self.following else ()
        results = self.machine.outputs if self.results else ()
        return (*whole, *((name, 1) for name, _ in self.bits), *results)

    def given(self) -> tuple[tuple[str, int], ...]:
        """Return names and widths of the inputs."""
        unused = self.machine.moore and not self.following and not self.bits
        return (
            *(() if unused else ((name, 1) for name in self.machine.inputs)),
            (self.state, self.width),
        )

    def expected(self, given: Values) -> Outputs:
        """Return the outputs; a state that no code stands for leaves them open."""
        if given[self.state] not in self.codes:
            return dict.fromkeys(name for name, _ in self.asked())
        state = self.codes.index(given[self.state])
        value = self.machine.value({**dict.fromkeys(self.machine.inputs, 0), **given})
        after = self.codes[self.machine.following[state][value]]
        found: dict[str, int | None] = {self.following: after} if self.following else {}
        found |= {name: after >> place & 1 for name, place in self.bits}
        return {**found, **(self.machine.told(state, value) if self.results else {})}

    def number(self, code: int) -> str:
        return f"{self.width}'b{code:0{self.width}b}"


def _by_case(logic: _Logic) -> str:
    """Return a body with one case over codes for each output."""
    parts = []
    for name, width in logic.asked():

        def arm(state: int, name: str = name, width: int = width) -> str:
            values = [
                logic.expected({**_bits(logic.machine, v), logic.state: logic.codes[state]})[name]
                for v in range(logic.machine.size)
            ]
            numbers = [f"{width}'b{value or 0:0{width}b}" for value in values]
            return choice(logic.machine.inputs, numbers, lambda number: f"{name} = {number};")

        arms = [f"{logic.number(code)}: {arm(i)}" for i, code in enumerate(logic.codes)]
        arms.append(f"default: {name} = {width}'b{0:0{width}b};")
        case = f"case ({logic.state})\n{indented(chr(10).join(arms))}\nendcase"
        parts.append(f"always @(*) begin\n{indented(case)}\nend")
    return "\n\n".join(parts)


def _bits(machine: Machine, value: int) -> dict[str, int]:
    digits = f"{value:0{len(machine.inputs)}b}"
    return {name: int(bit) for name, bit in zip(machine.inputs, digits, strict=True)}


def _by_inspection(logic: _Logic) -> str:
    """Return one-hot equations: a term for each arrow that leads into a state."""
    lines = []
    places = list(logic.bits)
    if logic.following:
        places += [(f"{logic.following}[{i}]", i) for i in range(logic.width)]
    for name, place in places:
        lines.append(f"assign {name} = {_into(logic, logic.codes.index(1 << place))};")
    for at, (name, _) in enumerate(logic.machine.outputs if logic.results else ()):
        lines.append(f"assign {name} = {_ones(logic, at)};")
    return "\n".join(lines)


def _into(logic: _Logic, to: int) -> str:
    terms = []
    for state, row in enumerate(logic.machine.following):
        terms += _anded(logic, state, [int(after == to) for after in row])
    return " | ".join(terms) or "1'b0"


def _ones(logic: _Logic, at: int) -> str:
    terms = []
    for state, rows in enumerate(logic.machine.values):
        terms += _anded(logic, state, [row[at] for row in rows])
    return " | ".join(terms) or "1'b0"


def _anded(logic: _Logic, state: int, bits: list[int]) -> list[str]:
    source = f"{logic.state}[{logic.codes[state].bit_length() - 1}]"
    if all(bits):
        return [source]
    return [
        f"({' & '.join([source, *literals(logic.machine.inputs, v)]).replace('!', '~')})"
        for v, bit in enumerate(bits)
        if bit
    ]


def _slips(draw: Draw, logic: _Logic, body: Callable[[_Logic], str]) -> tuple[Slip, ...]:
    machine = logic.machine
    found = {"wrong-transition": _other_next(draw, machine), "wrong-output": _other_output(machine)}
    made = {name: body(replace(logic, machine=other)) for name, other in found.items()}
    right = body(logic)
    return tuple(Slip(name=name, body=text) for name, text in made.items() if text != right)


def _other_next(draw: Draw, machine: Machine) -> Machine:
    state = draw.integer(0, len(machine.states) - 1)
    value = draw.integer(0, machine.size - 1)
    to = (machine.following[state][value] + 1) % len(machine.states)
    return machine.with_next(state, value, to)


def _other_output(machine: Machine) -> Machine:
    for state in range(1, len(machine.states)):
        wrong = machine.with_values(state, machine.values[state - 1])
        if differ(machine, wrong):
            return wrong
    return machine


def _coding(draw: Draw, logic: _Logic) -> str:
    pairs = list(zip(logic.machine.states, logic.codes, strict=True))
    names = ", ".join(name for name, _ in pairs)
    digits = ", ".join(logic.number(code) for _, code in pairs)
    each = ", ".join(f"{name} = {code:0{logic.width}b}" for name, code in pairs)
    return draw.phrase(
        f"The states are encoded in {logic.state} as {each}.",
        f"State codes on {logic.state}: {each}.",
        f"{logic.state} is the present state, with the encoding ({names}) = ({digits}).",
        f"The input {logic.state} holds the present state, where {each}.",
    )


def _hot_coding(draw: Draw, logic: _Logic) -> str:
    places = [f"{logic.state}[{code.bit_length() - 1}]" for code in logic.codes]
    each = listed(f"{p} for {s}" for p, s in zip(places, logic.machine.states, strict=True))
    digits = ", ".join(logic.number(code) for code in logic.codes)
    return draw.phrase(
        f"The state is one-hot encoded: {each}.",
        f"One bit of {logic.state} belongs to each state: {each}. Exactly one of them is 1.",
        f"Assume the one-hot codes ({', '.join(logic.machine.states)}) = ({digits}) on"
        f" {logic.state}.",
        f"A one-hot encoding is used, in which {logic.state} has {each}.",
    )


def _asked(draw: Draw, logic: _Logic) -> str:
    parts = []
    if logic.following:
        parts.append(
            draw.phrase(
                f"{logic.following} is the code of the next state.",
                f"Drive {logic.following} with the next state, in the same encoding.",
                f"Compute the next state {logic.following}.",
            )
        )
    for name, place in logic.bits:
        parts.append(_asked_bit(draw, logic, name, place))
    if logic.results:
        parts.append(_asked_results(draw, logic.machine))
    return " ".join(parts)


def _asked_bit(draw: Draw, logic: _Logic, name: str, place: int) -> str:
    if logic.width == len(logic.codes):
        state = logic.machine.states[logic.codes.index(1 << place)]
        return draw.phrase(
            f"{name} is 1 when the next state is {state}.",
            f"Assert {name} if and only if the machine goes to (or stays in) state {state}.",
            f"{name} is the next-state signal of state {state}.",
        )
    return draw.phrase(
        f"{name} is bit {place} of the next state's code.",
        f"Only bit {place} of the next state is wanted, on {name}; bit 0 is the rightmost one.",
        f"Generate {name}, which is what bit {place} of the state register takes at the next clock"
        " edge.",
    )


def _asked_results(draw: Draw, machine: Machine) -> str:
    names = listed(name for name, _ in machine.outputs)
    if machine.moore:
        return draw.phrase(
            f"{names} shows the output of the present state.",
            f"Give the output {names} of the present state, too.",
            f"The output {names} follows from the present state.",
        )
    return draw.phrase(
        f"{names} is the output for the present state and input.",
        f"{names} has the value that the table gives for this state and this input.",
    )


def _words(draw: Draw, logic: _Logic, hot: bool) -> Words:
    coding = (_hot_coding if hot else _coding)(draw, logic)
    asked = _asked(draw, logic)
    legal = draw.phrase(
        "Other values of the state do not occur.",
        "The outputs do not matter for codes that are not listed.",
        "Unused codes are don't-cares.",
    )
    alone = draw.phrase(*NO_CLOCK)
    what = draw.phrase(
        "The state machine below is to be implemented.",
        f"Consider the {'Moore' if logic.machine.moore else 'Mealy'} machine below.",
        f"A machine with {counted(len(logic.machine.states), 'state')} has the transitions below.",
        "Below is a state table.",
    )
    how = draw.phrase(
        " Derive the equations by inspection.", " Read the logic off the diagram.", "", ""
    )
    kind = "one-hot " if hot else ""
    return Words(
        title=draw.phrase(
            f"{kind}next-state and output logic",
            f"combinational logic of a {kind}state machine",
        ),
        terse=draw.phrase(
            f"the combinational logic of the state machine below. {coding} {asked} {legal}",
            f"state machine logic without the register. {coding} {asked} {legal}",
            f"logic derived from the transitions below. {coding} {asked} {legal}",
        ),
        plain=f"{what} {coding} {asked} {alone}{how if hot else ''} {legal}",
        points=(what, coding, asked, alone, legal),
        fragment=told.fragment(draw, logic.machine),
    )


def _drawn(
    draw: Draw, logic: _Logic, name: str, more: Mapping[str, int | str] | None = None
) -> Drawn:
    hot = logic.width == len(logic.codes) and logic.width > 2
    body = draw.style(_by_inspection, _by_inspection, _by_case) if hot else _by_case
    legal = tuple(
        {**rest, logic.state: code} for code in logic.codes for rest in letters(*logic.given()[:-1])
    )
    return Drawn(
        parameters={"machine": logic.machine.key(), "codes": str(logic.codes), **(more or {})},
        ports=(*inputs(*logic.given()), *outputs(*logic.asked())),
        words=_words(draw, logic, hot),
        body=body(logic),
        registered=() if body is _by_inspection else tuple(n for n, _ in logic.asked()),
        behavior=Combinational(outputs=logic.expected),
        vectors=legal,
        slips=_slips(draw, logic, body),
        module=name,
    )


def _machine(draw: Draw, low: int, high: int, moore: bool = True, several: bool = False) -> Machine:
    names = [draw.name(*INPUTS), *([draw.name(*SECOND)] if several else ())]
    return draw_machine(
        draw,
        states=draw.integer(low, high),
        inputs=names,
        outputs=[(draw.name(*OUTPUTS), 1)],
        moore=moore,
    )


def _next_state(draw: Draw) -> Drawn:
    state = draw.name("state", "y", "cs", "present", "st")
    following = draw.name("next_state", "next", "ns", "Y", "state_next")
    machine = _machine(draw, 3, 8, draw.chance(0.7), draw.chance(0.2))
    width, given = codes(draw, len(machine.states), draw.one_of("binary", "binary", "random"))
    logic = _Logic(machine=machine, state=state, width=width, codes=given, following=following)
    return _drawn(draw, logic, "next_state_logic")


def _one_hot(draw: Draw) -> Drawn:
    state = draw.name("state", "y", "present", "st")
    following = draw.name("next_state", "next", "ns", "Y", "state_next")
    machine = _machine(draw, 3, 10, draw.chance(0.8), draw.chance(0.15))
    width, given = codes(draw, len(machine.states), "one-hot")
    logic = _Logic(machine=machine, state=state, width=width, codes=given, following=following)
    return _drawn(draw, logic, "one_hot_logic")


def _some_hot(draw: Draw) -> Drawn:
    """Draw one-hot logic of which only some next states are asked for."""
    state = draw.name("state", "y", "present", "st")
    machine = _machine(draw, 4, 10, True, draw.chance(0.15))
    count = len(machine.states)
    places = sorted(draw.random.sample(range(count), draw.integer(1, min(3, count - 1))))
    pattern = draw.one_of("next_{}", "{}_next", "to_{}", "goes_{}")
    bits = tuple((pattern.format(machine.states[place]), place) for place in places)
    logic = _Logic(
        machine=machine,
        state=state,
        width=count,
        codes=tuple(1 << i for i in range(count)),
        bits=bits,
        results=draw.chance(0.6),
    )
    return _drawn(draw, logic, "one_hot_terms", {"asked": str(places), "out": int(logic.results)})


def _one_bit(draw: Draw) -> Drawn:
    """Draw an encoded machine of which only one next-state bit is asked for."""
    state = draw.name("state", "y", "present", "st")
    machine = _machine(draw, 3, 8)
    width, given = codes(draw, len(machine.states), draw.one_of("binary", "binary", "random"))
    place = draw.integer(0, width - 1)
    name = draw.name(f"Y{place}", f"next_{place}", f"d{place}", "bit_next", "nb")
    logic = _Logic(
        machine=machine, state=state, width=width, codes=given, bits=((name, place),), results=False
    )
    return _drawn(draw, logic, "next_state_bit", {"bit": place})


def _output_logic(draw: Draw) -> Drawn:
    state = draw.name("state", "y", "present", "st")
    machine = _machine(draw, 3, 8, draw.chance(0.4))
    kind = draw.one_of("binary", "one-hot", "random")
    width, given = codes(draw, len(machine.states), kind)
    logic = _Logic(machine=machine, state=state, width=width, codes=given)
    return _drawn(draw, logic, "output_logic")


FAMILIES = (
    Family(name="next-state-logic", kind="machine logic", draw=_next_state),
    Family(name="one-hot-logic", kind="machine logic", draw=_one_hot, weight=1.5),
    Family(name="one-hot-terms", kind="machine logic", draw=_some_hot, also=("one-hot-logic",)),
    Family(name="next-state-bit", kind="machine logic", draw=_one_bit, also=("next-state-logic",)),
    Family(name="output-logic", kind="machine logic", draw=_output_logic),
)
"""The families of this module."""
