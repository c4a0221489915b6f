"""Moore and Mealy machines drawn at random."""

from __future__ import annotations

from dataclasses import replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Words, inputs, outputs
from rtlgen.synth.families import _machine_words as told
from rtlgen.synth.families._machine import Machine, codes, draw_machine
from rtlgen.synth.families._machine_rtl import STYLES, Coded, code, slips
from rtlgen.synth.families._tour import letters, tour
from rtlgen.synth.families._words import article, counted, listed

INPUTS = ("x", "w", "in", "a", "i", "d", "u", "x_i")
SECOND = ("y", "b", "k", "j", "v", "en", "s")
OUTPUTS = ("z", "out", "q", "f", "found", "led", "z_o")


def _moore(draw: Draw) -> Drawn:
    draw.take("state", "next_state")
    timing = draw.timing()
    machine = draw_machine(
        draw,
        states=draw.integer(2, 10),
        inputs=[draw.name(*INPUTS)],
        outputs=[(draw.name(*OUTPUTS), 1)],
        moore=True,
    )
    return _drawn(draw, code(draw, machine, timing))


def _mealy(draw: Draw) -> Drawn:
    draw.take("state", "next_state")
    timing = draw.timing()
    several = draw.chance(0.2)
    names = [draw.name(*INPUTS), *([draw.name(*SECOND)] if several else ())]
    machine = draw_machine(
        draw,
        states=draw.integer(2, 5 if several else 7),
        inputs=names,
        outputs=[(draw.name(*OUTPUTS), 1)],
        moore=False,
    )
    return _drawn(draw, code(draw, machine, timing))


def _wide(draw: Draw) -> Drawn:
    """Draw a machine with two inputs or several outputs, one of them maybe a vector."""
    draw.take("state", "next_state")
    timing = draw.timing()
    names = [draw.name(*INPUTS), *([draw.name(*SECOND)] if draw.chance(0.6) else ())]
    results = [(draw.name(*OUTPUTS), 1), (draw.name("y1", "p", "g", "busy"), 1)]
    if draw.chance(0.5):
        results = [(draw.name("code", "out", "q", "leds"), draw.integer(2, 4))]
    machine = draw_machine(
        draw, states=draw.integer(3, 6), inputs=names, outputs=results, moore=draw.chance(0.75)
    )
    return _drawn(draw, code(draw, machine, timing))


def _drawn(draw: Draw, coded: Coded) -> Drawn:
    machine = coded.machine
    return Drawn(
        parameters={"machine": machine.key(), "inputs": len(machine.inputs)},
        ports=(*inputs(*((n, 1) for n in machine.inputs)), *outputs(*machine.outputs)),
        timing=coded.timing,
        words=_words(draw, machine),
        body=coded.body(),
        registered=coded.registered(),
        behavior=machine.behavior(),
        vectors=tour(machine.behavior(), letters(*((n, 1) for n in machine.inputs))),
        slips=slips(draw, coded),
        module="moore_machine" if machine.moore else "mealy_machine",
    )


def _words(draw: Draw, machine: Machine) -> Words:
    if len(machine.states) * machine.size <= 12 and draw.words.random() < 0.35:
        return _prose(draw, machine)
    kind = "Moore" if machine.moore else "Mealy"
    states = counted(len(machine.states), "state")
    first = machine.states[0]
    shown = draw.phrase("below", "given below", "that follows", "shown below")
    return Words(
        title=f"{kind} machine with {states}",
        terse=draw.phrase(
            f"the {kind} machine {shown}",
            f"a {kind} finite-state machine with {states}, whose transitions are listed below",
            f"the state machine {shown}, {_ports(machine)}",
            f"an FSM ({kind}) that follows the state table below",
        ),
        plain=_opening(draw, machine)
        + " "
        + draw.phrase(
            f"All transitions and outputs are {shown}.",
            f"The listing {shown} gives the next state and the output for every state and input.",
            f"Follow the description {shown} exactly; any encoding of the states may be used.",
            "Below stands where each state leads to and what is put out.",
        )
        + " "
        + told.timing_of_outputs(draw, machine),
        points=(
            f"The circuit is a {kind} machine with states {listed(machine.states)}.",
            f"Next states and outputs are {shown}.",
            told.timing_of_outputs(draw, machine),
            "Each transition happens at a clock edge.",
            f"{first} is the initial state.",
        ),
        after_reset=_after_reset(draw, machine),
        fragment=told.fragment(draw, machine),
    )


def _ports(machine: Machine) -> str:
    names = listed(n for n, _ in machine.outputs)
    return f"with {listed(machine.inputs)} as input and {names} as output"


def _opening(draw: Draw, machine: Machine) -> str:
    kind = "Moore" if machine.moore else "Mealy"
    states = counted(len(machine.states), "state")
    return draw.phrase(
        f"Implement {article(kind)} state machine with {states}, {_ports(machine)}.",
        f"The module is {article(kind)} finite-state machine {_ports(machine)}."
        f" Its states are {listed(machine.states)}.",
        f"A state diagram with {states} describes a sequential circuit of the {kind} type,"
        f" {_ports(machine)}.",
        f"Build the FSM described here. It is {article(kind)} machine, {_ports(machine)}.",
        f"The states are {listed(machine.states)}. The machine starts in {machine.states[0]};"
        f" it is {article(kind)} machine {_ports(machine)}.",
    )


def _prose(draw: Draw, machine: Machine) -> Words:
    kind = "Moore" if machine.moore else "Mealy"
    steps = told.transitions(draw, machine)
    results = told.output_sentences(machine)
    order = [*steps, *results] if draw.words.random() < 0.6 else [*results, *steps]
    return Words(
        title=f"{kind} machine with {counted(len(machine.states), 'state')}",
        terse=draw.phrase(
            f"a {kind} machine {_ports(machine)}, as follows. {' '.join(order)}",
            f"an FSM that behaves like this: {' '.join(order)}",
            f"a machine with states {listed(machine.states)}. {' '.join(order)}",
        ),
        plain=" ".join([_opening(draw, machine), *order, told.timing_of_outputs(draw, machine)]),
        points=(f"The states are {listed(machine.states)}.", *order),
        after_reset=_after_reset(draw, machine),
    )


def _after_reset(draw: Draw, machine: Machine) -> str:
    return draw.phrase(
        f"the machine is in state {machine.states[0]}",
        f"the state is {machine.states[0]}",
        f"the machine is in {machine.states[0]}, its initial state",
    )


def _encoded(draw: Draw) -> Drawn:
    """Draw a Moore machine with given codes, whose state is an output."""
    draw.take("state", "next_state")
    port = draw.name("current_state", "st", "s", "state_o", "y_now", "code")
    timing = draw.timing()
    states = draw.integer(3, 8)
    machine = draw_machine(
        draw,
        states=states,
        inputs=[draw.name(*INPUTS)],
        outputs=[(draw.name(*OUTPUTS), 1)],
        moore=True,
    )
    width, given = codes(draw, states)
    style = draw.style(*STYLES[:3])
    coded = Coded(machine=machine, timing=timing, width=width, codes=given, style=style)
    return _with_state(draw, coded, port)


def _with_state(draw: Draw, coded: Coded, port: str) -> Drawn:
    drawn = _drawn(draw, coded)
    words = drawn.words
    shown = f"\n\nassign {port} = state;"
    names = zip(coded.machine.states, coded.codes, strict=True)
    told_codes = [f"{n} = {told.binary(c, coded.width)}" for n, c in names]
    line = draw.phrase(
        f"The states are encoded as {listed(told_codes)}; the present code is the output {port}.",
        f"The output {port} shows the present state, with these codes: {', '.join(told_codes)}.",
        f"Use the codes {listed(told_codes)}; bring the state register out on {port}.",
    )
    return replace(
        drawn,
        parameters={**drawn.parameters, "codes": str(coded.codes)},
        ports=(*drawn.ports, *outputs((port, coded.width))),
        words=replace(
            words,
            title=words.title + " and given codes",
            terse=f"{words.terse}{'' if words.terse.endswith('.') else '.'} {line}",
            plain=f"{words.plain} {line}",
            points=(*words.points, line),
        ),
        body=drawn.body + shown,
        behavior=replace(
            coded.machine.behavior(),
            outputs=lambda state, given: {
                **coded.machine.told(state, coded.machine.value(given)),
                port: coded.codes[state],
            },
            unknown=(*(n for n, _ in coded.machine.outputs), port),
        ),
        slips=tuple(replace(slip, body=slip.body + shown) for slip in drawn.slips),
        module="encoded_machine",
    )


FAMILIES = (
    Family(name="moore-machine", kind="machines", draw=_moore, weight=3.0),
    Family(name="mealy-machine", kind="machines", draw=_mealy, weight=2.0),
    Family(name="wide-machine", kind="machines", draw=_wide, also=("moore-machine",)),
    Family(name="encoded-machine", kind="machines", draw=_encoded, also=("moore-machine",)),
)
"""The families of this module."""
