"""Families of state machines and systems: ports, words, reference models, ways through them."""

from __future__ import annotations

import re
from itertools import product

import pytest

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Clocked, Drawn, Family, State, Values, inputs
from rtlgen.synth.families import (
    arbiters,
    buffers,
    buses,
    controllers,
    detectors,
    devices,
    fifos,
    filters,
    interrupts,
    lines,
    links,
    locks,
    machine_logic,
    machines,
    packets,
    sequencers,
    streams,
    systems,
    uarts,
    waveforms,
)
from rtlgen.synth.families._chart import Chart, on, place
from rtlgen.synth.families._chart_words import arrows
from rtlgen.synth.families._machine import Machine, differ, draw_machine
from rtlgen.synth.families._machine_words import FORMS, output_sentences, transitions
from rtlgen.synth.families._tour import apart, letters, reachable, tour
from sim.interface import Direction

MODULES = (
    arbiters, buffers, buses, controllers, detectors, devices, fifos, filters, interrupts, lines,
    links, locks, machine_logic, machines, packets, sequencers, streams, systems, uarts, waveforms,
)  # fmt: skip
FAMILIES = [family for module in MODULES for family in module.FAMILIES]
SEEDS = range(4)


def drawn(family: Family, seed: int, words: str = "w") -> Drawn:
    return family.draw(Draw(f"{family.name} {seed}", words=words))


def of(name: str, **wanted: object) -> Drawn:
    """Return the first instance of a family with certain parameters."""
    family = next(family for family in FAMILIES if family.name == name)
    tries = (drawn(family, seed) for seed in range(400))
    return next(d for d in tries if wanted.items() <= dict(d.parameters).items())


def ports(design: Drawn, direction: Direction) -> list[str]:
    return [port.name for port in design.ports if port.direction is direction]


def run(design: Drawn, *steps: Values) -> list[dict[str, int | None]]:
    """Return the outputs, step by step from reset."""
    state: State = design.behavior.after_reset()
    told = []
    for given in steps:
        found, state = design.behavior.step(state, given)
        told.append(dict(found))
    return told


def bits(design: Drawn, text: str) -> list[int | None]:
    """Return the only output for bits on the only input."""
    (x,), (z,) = ports(design, Direction.INPUT), ports(design, Direction.OUTPUT)
    return [row[z] for row in run(design, *({x: int(bit)} for bit in text))]


def test_there_are_many_of_them() -> None:
    assert len(FAMILIES) >= 45
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_ports_are_used_and_named_once(family: Family) -> None:
    for seed in SEEDS:
        design = drawn(family, seed)
        names = [port.name for port in design.ports]
        timing = design.timing
        names += [name for name in (timing.clock, timing.reset) if name] if timing else []
        assert len(set(names)) == len(names)
        assert set(design.registered) <= set(ports(design, Direction.OUTPUT))
        for body in (design.body, *(slip.body for slip in design.slips)):
            declared = re.findall(r"^(?:reg|wire|integer) [^;=]*?([a-z_]\w*)[;, =]", body, re.M)
            assert not set(declared) & set(names)
        for name in names:
            assert re.search(rf"\b{name}\b", design.body), name


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_texts_name_every_port(family: Family) -> None:
    for seed in SEEDS:
        design = drawn(family, seed, words=str(seed))
        words = design.words
        for text in (words.terse, words.plain, " ".join(words.points)):
            whole = f"{text} {words.title} {words.fragment}"
            missing = [p.name for p in design.ports if not re.search(rf"\b{p.name}\b", whole)]
            assert not missing or text is not words.plain, (missing, whole)
        assert words.terse[:1].isalpha()
        assert all(point and point == point.strip() for point in words.points)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_words_change_the_text_only(family: Family) -> None:
    one, other = drawn(family, 1, "one"), drawn(family, 1, "other")
    assert (one.body, one.ports, one.timing) == (other.body, other.ports, other.timing)
    assert (one.parameters, one.vectors) == (other.parameters, other.vectors)
    told = {drawn(family, 1, str(seed)).words.plain for seed in range(12)}
    assert len(told) >= 3


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_instances_differ_and_repeat(family: Family) -> None:
    one, again = drawn(family, 7), drawn(family, 7)
    assert (one.body, one.vectors, one.words) == (again.body, again.vectors, again.words)
    assert len({drawn(family, seed).body for seed in range(12)}) >= 9


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_slips_have_names_and_are_wrong_somehow(family: Family) -> None:
    for seed in SEEDS:
        design = drawn(family, seed)
        assert all(slip.body != design.body for slip in design.slips)
        assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", slip.name) for slip in design.slips)
    assert any(drawn(family, seed).slips for seed in SEEDS)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_reference_models_fit_the_ports(family: Family) -> None:
    for seed in SEEDS:
        design = drawn(family, seed)
        widths = {port.name: port.width for port in design.ports}
        asked = set(ports(design, Direction.OUTPUT))
        for given in design.vectors:
            assert set(given) == set(ports(design, Direction.INPUT))
            assert all(0 <= value < 1 << widths[name] for name, value in given.items())
        for row in run(design, *design.vectors):
            assert set(row) == asked
            assert all(v is None or 0 <= v < 1 << widths[n] for n, v in row.items())
        assert isinstance(hash(design.behavior.after_reset()), int)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_vectors_reach_values_of_every_output(family: Family) -> None:
    for seed in SEEDS:
        design = drawn(family, seed)
        rows = run(design, *design.vectors)
        if len(rows) < 100 and family.name != "command-unit":
            for name in ports(design, Direction.OUTPUT):
                assert len({row[name] for row in rows} - {None}) > 1, (seed, name)


@pytest.mark.parametrize("seed", range(25))
def test_drawn_machines_are_whole(seed: int) -> None:
    draw = Draw(str(seed))
    moore, count = bool(seed % 2), 2 + seed % 9
    machine = draw_machine(draw, states=count, inputs="x", outputs=[("z", 1)], moore=moore)
    given = letters(("x", 1))
    assert machine.moore or not moore
    assert len(reachable(machine.behavior(), given)) == count
    walk = tour(machine.behavior(), given)
    state, taken = 0, set()
    for values in walk:
        taken.add((state, values["x"]))
        state = machine.following[state][values["x"]]
    assert taken == set(product(range(count), (0, 1)))


SMALL_MACHINE = Machine(
    states=("A", "B", "C"),
    inputs=("x",),
    outputs=(("z", 1),),
    following=((1, 0), (1, 2), (0, 2)),
    values=(((0,), (0,)), ((0,), (0,)), ((1,), (1,))),
)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_every_transition(form: object) -> None:
    assert callable(form)
    text = form(SMALL_MACHINE)
    for state, row in zip("ABC", SMALL_MACHINE.following, strict=True):
        lines = [line for line in text.splitlines() if re.search(rf"\b{state}\b", line)]
        assert all(any("ABC"[to] in line for line in lines) for to in row)
    assert "z" in text


def test_prose_tells_transitions_and_outputs() -> None:
    told = " ".join(transitions(Draw("1"), SMALL_MACHINE))
    assert all(f"{to} if x is {bit}" in told for to, bit in (("B", 0), ("A", 1), ("C", 1)))
    assert output_sentences(SMALL_MACHINE) == ["The output z is 1 in state C, and 0 in all others."]


def test_machines_that_differ_only_where_nothing_leads_are_equal() -> None:
    lonely = Machine(
        states=("A", "B"),
        inputs=("x",),
        outputs=(("z", 1),),
        following=((0, 0), (1, 0)),
        values=(((1,), (1,)), ((0,), (0,))),
    )
    assert not differ(lonely, lonely.with_next(1, 0, 0))
    assert differ(lonely, lonely.with_next(0, 0, 1))


def small_chart() -> Chart:
    return Chart(
        places=(
            place("IDLE", (0,), (on("go"), "RUN")),
            place("RUN", (1,), (on("stop"), "IDLE"), wait=3, then="REST"),
            place("REST", (0,), wait=1, then="IDLE"),
        ),
        inputs=("go", "stop"),
        outputs=(("busy", 1),),
    )


def test_charts_wait_and_rules_come_before_time() -> None:
    chart = small_chart()
    go, idle, stop = ({"go": g, "stop": s} for g, s in ((1, 0), (0, 0), (0, 1)))
    assert busy(chart, go, idle, idle, idle, idle, idle) == [0, 1, 1, 1, 0, 0]
    assert busy(chart, go, idle, stop, idle) == [0, 1, 1, 0]
    assert busy(chart, go, idle, idle, stop, go, idle) == [0, 1, 1, 1, 0, 1]


def busy(chart: Chart, *steps: Values) -> list[int | None]:
    behavior: Clocked[tuple[int, int]] = chart.behavior()
    state, told = behavior.after_reset(), []
    for given in steps:
        found, state = behavior.step(state, given)
        told.append(found["busy"])
    return told


def test_arrows_of_a_chart_have_priorities_times_and_outputs() -> None:
    text = arrows(Draw("1", words="a"), small_chart())
    lines = [line for line in text.splitlines() if line.startswith("RUN")]
    assert len(lines) == 3
    assert "stop=1" in lines[0]
    assert "3 cycles" in lines[1]
    assert all("busy=1" in line for line in lines)


def test_models_are_told_apart_only_by_what_can_be_seen() -> None:
    chart = small_chart()
    given = letters(("go", 1), ("stop", 1))
    longer = chart.with_place(1, place("RUN", (1,), (on("stop"), "IDLE"), wait=4, then="REST"))
    assert not apart(chart.behavior(), small_chart().behavior(), given)
    assert apart(chart.behavior(), longer.behavior(), given)


@pytest.mark.parametrize("overlapping", [0, 1])
@pytest.mark.parametrize("seed", range(5))
def test_mealy_detectors_overlap_or_not(overlapping: int, seed: int) -> None:
    design = of("sequence-detector", overlapping=overlapping, mealy=1)
    pattern = str(design.parameters["pattern"]).replace("-", ".")
    text = "".join(Draw(f"{seed} {i}").one_of("0", "1") for i in range(60)) + pattern * 3
    text = text.replace(".", "1")
    ends, start = set(), 0
    while match := re.compile(pattern).search(text, start):
        ends.add(match.end() - 1)
        start = match.start() + 1 if overlapping else match.end()
    assert ends
    assert {at for at, found in enumerate(bits(design, text)) if found} == ends


def test_moore_detectors_answer_a_cycle_later() -> None:
    design = of("sequence-detector", mealy=0)
    pattern = str(design.parameters["pattern"]).replace("-", "0")
    assert bits(design, pattern + "0")[-2:] == [0, 1]


def test_windows_do_not_overlap() -> None:
    design = of("window-counter", length=3, test="exactly", count=2)
    assert bits(design, "1101100") == [0, 0, 0, 1, 0, 0, 1]


def test_remainders_take_the_highest_bit_first() -> None:
    design = of("serial-remainder", divisor=5, flag=0)
    assert bits(design, "11010") == [0, 1, 3, 1, 3]


def test_serial_numbers_are_negated_lowest_bit_first() -> None:
    design = of("serial-complementer", kind="negate", mealy=1)
    assert bits(design, "00101") == [0, 0, 1, 1, 0]


def test_round_robin_goes_around() -> None:
    design = of("round-robin-arbiter", count=3, registered=0)
    (req,), (gnt,) = ports(design, Direction.INPUT), ports(design, Direction.OUTPUT)
    assert [r[gnt] for r in run(design, *[{req: 7}] * 4, {req: 5}, {req: 0})] == [1, 2, 4, 1, 4, 0]


def test_a_full_fifo_ignores_writes() -> None:
    design = of("sync-fifo", depth=2, through=1, width=8)
    write, read, data = ports(design, Direction.INPUT)
    steps = [{write: 1, read: 0, data: value} for value in (5, 6, 7)]
    steps += [{write: 0, read: 1, data: 0}] * 3
    shown = [row[ports(design, Direction.OUTPUT)[0]] for row in run(design, *steps)]
    assert shown == [None, 5, 5, 5, 6, None]


def test_receivers_wait_after_a_missing_stop_bit() -> None:
    design = of("serial-receiver", width=4, parity="none", data=0)
    frame, broken = "010011", "010010"
    assert 1 not in bits(design, broken + "0000000")
    assert bits(design, frame + "1") == [0, 0, 0, 0, 0, 0, 1]


def test_no_name_is_reserved() -> None:
    reserved = {"release", "config", "bad", "table", "small", "final", "wait", "event", "priority"}
    for family in FAMILIES:
        for seed in range(20):
            assert not {port.name for port in drawn(family, seed).ports} & reserved


def test_every_appliance_has_phases() -> None:
    family = next(family for family in FAMILIES if family.name == "appliance")
    for seed in range(60):
        assert len(ports(drawn(family, seed), Direction.OUTPUT)) >= 2


def test_inputs_are_scalars_where_they_are_one_bit_wide() -> None:
    assert [port.range for port in inputs(("a", 1), ("b", 2))] == ["", "[1:0]"]
