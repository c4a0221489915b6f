"""Families of clocked designs: what they draw, and what their reference models do."""

from __future__ import annotations

import re

import pytest

from rtlgen.synth.catalog import FAMILIES
from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family
from sim.interface import Direction

KINDS = {
    "multicycle",
    "measuring",
    "predictors",
    "pipelines",
    "serial",
    "memories",
    "registers",
    "counters",
    "timers",
    "shifters",
    "lfsrs",
    "edges",
    "dsp",
}
SEQUENTIAL = [family for family in FAMILIES.values() if family.kind in KINDS]
SEEDS = range(4)


def drawn(family: Family, seed: int, words: str = "") -> Drawn:
    return family.draw(Draw(f"{family.name} {seed}", words=words))


def of(name: str, **wanted: object) -> Drawn:
    """Return the first instance of a family with these parameters."""
    for seed in range(400):
        one = drawn(FAMILIES[name], seed)
        if all(one.parameters[key] == value for key, value in wanted.items()):
            return one
    raise AssertionError(f"{name} never draws {wanted}")


def port(design: Drawn, direction: Direction, index: int = 0) -> str:
    return [p.name for p in design.ports if p.direction is direction][index]


def run(design: Drawn, *steps: dict[str, int]) -> list[int | None]:
    """Return the first output in each step, from reset on."""
    state, shown = design.behavior.after_reset(), []
    out = port(design, Direction.OUTPUT)
    for step in steps:
        outputs, state = design.behavior.step(state, step)
        shown.append(outputs[out])
    return shown


def test_there_are_many_of_them() -> None:
    assert len(SEQUENTIAL) >= 32


@pytest.mark.parametrize("family", SEQUENTIAL, ids=lambda family: family.name)
def test_ports_are_used_and_named_once(family: Family) -> None:
    for seed in SEEDS:
        design = drawn(family, seed)
        assert design.timing is not None
        names = [p.name for p in design.ports]
        clocks = [name for name in (design.timing.clock, design.timing.reset) if name]
        assert len({*names, *clocks}) == len(names) + len(clocks)
        assert set(design.registered) <= set(names)
        for name in [*names, *clocks]:
            assert re.search(rf"\b{name}\b", design.body), f"{name} is not used"


@pytest.mark.parametrize("family", SEQUENTIAL, ids=lambda family: family.name)
def test_words_change_the_text_only(family: Family) -> None:
    for seed in SEEDS:
        one, again = drawn(family, seed), drawn(family, seed)
        other = drawn(family, seed, words="other")
        assert (one.body, one.words, one.parameters) == (again.body, again.words, again.parameters)
        assert (one.body, one.ports, one.slips) == (other.body, other.ports, other.slips)


@pytest.mark.parametrize("family", SEQUENTIAL, ids=lambda family: family.name)
def test_one_design_is_told_in_several_ways(family: Family) -> None:
    told = [drawn(family, 0, words=str(i)).words for i in range(24)]
    assert len({words.plain for words in told}) >= 3


@pytest.mark.parametrize("family", SEQUENTIAL, ids=lambda family: family.name)
def test_texts_name_every_port(family: Family) -> None:
    for seed in SEEDS:
        design = drawn(family, seed, words="other")
        words = design.words
        for text in (words.plain, " ".join(words.points)):
            for p in design.ports:
                assert re.search(rf"\b{p.name}\b", text + words.fragment), f"{p.name} is missing"
        assert words.terse
        assert not words.terse.endswith(".")
        assert "  " not in words.terse + words.plain + " ".join(words.points)
        assert words.after_reset


@pytest.mark.parametrize("family", SEQUENTIAL, ids=lambda family: family.name)
def test_instances_differ(family: Family) -> None:
    designs = [drawn(family, seed) for seed in range(12)]
    assert len({design.body for design in designs}) > 8
    assert len({tuple(design.parameters.items()) for design in designs}) > 1
    assert any(design.slips for design in designs)


@pytest.mark.parametrize("family", SEQUENTIAL, ids=lambda family: family.name)
def test_reference_models_fit_the_ports(family: Family) -> None:
    for seed in SEEDS:
        design = drawn(family, seed)
        outs = {p.name: p.width for p in design.ports if p.direction is Direction.OUTPUT}
        ins = {p.name: (1 << p.width) - 1 for p in design.ports if p.direction is Direction.INPUT}
        for values in design.vectors:
            assert set(values) == set(ins)
            assert all(0 <= values[name] <= top for name, top in ins.items())
        state = design.behavior.start()
        for values in (ins, *design.vectors, dict.fromkeys(ins, 0)):
            shown, state = design.behavior.step(state, values)
            hash(state)
            assert set(shown) == set(outs)
            assert all(v is None or 0 <= v < 1 << outs[name] for name, v in shown.items())


def test_modulo_counter_starts_over() -> None:
    design = of("modulo-counter", low=1, enable=2)
    high = int(design.parameters["high"])
    assert run(design, *[{}] * (high + 1)) == [*range(1, high + 1), 1]


def test_bcd_counter_carries_in_tens() -> None:
    design = of("bcd-counter", digits=2, enable=False)
    assert run(design, *[{}] * 101)[9:11] == [0x09, 0x10]
    assert run(design, *[{}] * 101)[99:] == [0x99, 0x00]


def test_lfsr_with_longest_period() -> None:
    design = of("fibonacci-lfsr", taps="3 2", left=1, load=0, enable=False)
    assert len(set(run(design, *[{}] * 7))) == 7
    assert len(set(run(design, *[{}] * 8))) == 7


def test_galois_lfsr_with_longest_period() -> None:
    design = of("galois-lfsr", taps="4 3", load=0, enable=False)
    assert len(set(run(design, *[{}] * 15))) == 15


def test_register_without_reset_is_unknown_until_loaded() -> None:
    design = of("register", enable=1, reset="none")
    data, enable = (port(design, Direction.INPUT, i) for i in (0, 1))
    state = design.behavior.start()
    seen = []
    for values in ({data: 1, enable: 0}, {data: 1, enable: 1}, {data: 0, enable: 0}):
        shown, state = design.behavior.step(state, values)
        seen.append(shown[port(design, Direction.OUTPUT)])
    assert seen == [None, None, 1]


def test_one_shot_counts_from_its_trigger() -> None:
    design = of("one-shot", length=3)
    start = port(design, Direction.INPUT)
    assert run(design, *({start: i == 0} for i in range(6))) == [0, 1, 1, 1, 0, 0]


def test_serial_crc_of_a_known_message() -> None:
    design = of("serial-crc", width=8, poly=7, start=0, enable=False, init=0)
    data = port(design, Direction.INPUT)
    message = [int(bit) for byte in b"123456789" for bit in f"{byte:08b}"]
    assert run(design, *({data: bit} for bit in message), {data: 0})[-1] == 0xF4
