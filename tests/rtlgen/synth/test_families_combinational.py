"""Families of combinational designs: what they draw, say and expect."""

from __future__ import annotations

import re

import pytest

from rtlgen.synth.catalog import ALL
from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Values
from rtlgen.synth.families import (
    adders,
    alus,
    bitwise,
    choices,
    codes,
    comparators,
    encoders,
    everyday,
    expressions,
    gates,
    hierarchy,
    latches,
    limits,
    lookups,
    muxes,
    neighbors,
    orders,
    positions,
    shifts,
    sums,
    tables,
    units,
    vectors,
)
from rtlgen.synth.families._common import an, capital, signed
from rtlgen.synth.families._logic import JUXTAPOSED, NOTATIONS, Literal, Terms, depends, rows
from rtlgen.synth.families._maps import Map, text
from rtlgen.synth.families._tables import by_cases, minimized
from sim.interface import Direction
from symbolic.names import KEYWORDS

MODULES = (
    adders, alus, bitwise, choices, codes, comparators, encoders, everyday, expressions, gates, hierarchy,
    latches, limits, lookups, muxes, neighbors, orders, positions, shifts, sums, tables, units, vectors,
)  # fmt: skip
FAMILIES = [family for module in MODULES for family in module.FAMILIES]
SEEDS = range(6)
every_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


def drawn(family: Family, seed: int, words: str = "w") -> Drawn:
    return family.draw(Draw(f"{family.name} {seed}", words=words))


def named(name: str) -> Family:
    return next(family for family in FAMILIES if family.name == name)


def wanted(name: str, **parameters: object) -> Drawn:
    for seed in range(3000):
        one = drawn(named(name), seed)
        if all(one.parameters[key] == value for key, value in parameters.items()):
            return one
    raise AssertionError(f"{name} never draws {parameters}")


def ports(design: Drawn, direction: Direction) -> list[str]:
    return [port.name for port in design.ports if port.direction is direction]


def outputs(design: Drawn, *values: int) -> list[int | None]:
    """Return the outputs under inputs in the order of the ports."""
    given = dict(zip(ports(design, Direction.INPUT), values, strict=True))
    found, _ = design.behavior.step(design.behavior.start(), given)
    return [found[name] for name in ports(design, Direction.OUTPUT)]


def sample(design: Drawn, seed: int) -> list[Values]:
    chance = Draw(f"stimulus {seed}").random
    given = [port for port in design.ports if port.direction is Direction.INPUT]
    vectors_ = [{port.name: chance.getrandbits(port.width) for port in given} for _ in range(12)]
    return [{**vectors_[0], **vector} for vector in design.vectors] + vectors_


def said(design: Drawn) -> str:
    words = design.words
    return " ".join((words.title, words.terse, words.plain, *words.points, words.fragment))


def test_there_are_enough_of_them_and_the_catalog_has_them_all() -> None:
    names = [family.name for family in FAMILIES]
    assert len(names) == len(set(names)) >= 60
    assert set(names) <= {family.name for family in ALL}


@every_family
def test_ports_have_names_of_their_own_and_are_used_and_told(family: Family) -> None:
    for seed in SEEDS:
        design = drawn(family, seed)
        names = [port.name for port in design.ports]
        assert len(names) == len(set(names))
        assert not set(names) & KEYWORDS
        for name in names:
            assert re.search(rf"\b{name}\b", design.body), name
            assert re.search(rf"\b{name}(\b|\d)", said(design)), name
        assert set(design.registered) <= set(ports(design, Direction.OUTPUT))


@every_family
def test_other_words_leave_the_design_as_it_is(family: Family) -> None:
    for seed in SEEDS:
        one, other = drawn(family, seed), drawn(family, seed, words="other")
        assert (one.parameters, one.ports, one.body) == (other.parameters, other.ports, other.body)
        assert [s.body for s in one.slips] == [s.body for s in other.slips]


@every_family
def test_there_are_many_ways_to_say_it(family: Family) -> None:
    told = {drawn(family, 1, words=str(i)).words for i in range(24)}
    assert len({(w.terse, w.plain, w.fragment) for w in told}) >= 3


@every_family
def test_sentences_are_whole(family: Family) -> None:
    for seed in SEEDS:
        words = drawn(family, seed, words=str(seed)).words
        assert words.plain.endswith((".", "!")), words.plain
        assert not words.terse.endswith((".", ",", ";"))
        assert all(point.endswith(".") for point in words.points)
        for sentence in (words.terse, words.plain, *words.points):
            assert "  " not in sentence, sentence
            assert ".." not in sentence.replace("...", ""), sentence


@every_family
def test_behavior_is_a_function_of_the_inputs_and_fits_the_ports(family: Family) -> None:
    for seed in SEEDS:
        design = drawn(family, seed)
        widths = {p.name: p.width for p in design.ports if p.direction is Direction.OUTPUT}
        state = design.behavior.start()
        for given in sample(design, seed):
            found, after = design.behavior.step(state, given)
            assert (found, after) == design.behavior.step(state, given)
            assert found.keys() == widths.keys()
            for name, value in found.items():
                assert value is None or 0 <= value < 1 << widths[name]
            state = after


@every_family
def test_draws_differ_and_slips_are_not_the_golden_design(family: Family) -> None:
    many = [drawn(family, seed) for seed in range(24)]
    assert len({(design.body, design.ports) for design in many}) >= 8
    assert sum(bool(design.slips) for design in many) >= 20
    for design in many:
        assert design.body not in {slip.body for slip in design.slips}


@every_family
def test_the_canonical_coding_is_one_of_the_usual(family: Family) -> None:
    for seed in SEEDS:
        canonical = family.draw(Draw(f"{family.name} {seed}", canonical=True))
        assert canonical.parameters == drawn(family, seed).parameters


def test_signed_overflow_is_that_of_twos_complement() -> None:
    design = wanted("signed-overflow", width=8, minus=0)
    assert outputs(design, 0x70, 0x70) == [0xE0, 1]
    assert outputs(design, 0xFF, 0x01) == [0, 0]


def test_a_comparator_reads_signs_where_it_says_so() -> None:
    design = wanted("comparator", signed=1, outputs="gt", width=8)
    assert outputs(design, 0x01, 0xFF) == [1]
    assert "two's complement" in design.words.plain


def test_priority_goes_to_the_bit_that_the_text_names() -> None:
    high = wanted("priority-encoder", inputs=8, highest=1, valid=1)
    low = wanted("priority-encoder", inputs=8, highest=0, valid=1)
    assert outputs(high, 0b0110_1000) == [6, 1]
    assert outputs(low, 0b0110_1000) == [3, 1]
    assert outputs(low, 0) == [0, 0]


def test_leading_zeros_of_nothing_are_all_bits() -> None:
    design = wanted("leading-count", width=8, leading=1, ones=0)
    assert outputs(design, 0) == [8]
    assert outputs(design, 0b0001_0100) == [3]


def test_segments_of_a_digit() -> None:
    design = wanted("seven-segment", hexadecimal=0, low=1, a_first=1)
    assert outputs(design, 1) == [0x7F ^ 0b0000110]
    assert outputs(design, 12) == [0x7F]


def test_one_wrong_bit_is_corrected() -> None:
    encoder, decoder = wanted("hamming", kind="encode"), wanted("hamming", kind="correct")
    for data in range(16):
        [code] = outputs(encoder, data)
        assert code is not None
        assert all(outputs(decoder, code ^ 1 << i) == [data] for i in range(7))


def test_crc_of_many_bits_is_that_of_single_steps() -> None:
    one = wanted("crc-step", width=8, polynomial=7, bits=1)
    eight = wanted("crc-step", width=8, polynomial=7, bits=8)
    value: int | None = 0
    for bit in f"{0xC2:08b}":
        assert value is not None
        [value] = outputs(one, value, int(bit))
    assert [value] == outputs(eight, 0, 0xC2) == [0x0F ^ value ^ 0x0F]


def test_decimal_digits_that_never_occur_do_not_matter() -> None:
    design = wanted("bcd-adder", digits=1)
    assert outputs(design, 7, 8, 1) == [6, 1]
    assert outputs(design, 12, 1, 0) == [None, None]


def test_a_latch_holds_what_it_saw() -> None:
    design = wanted("latch", width=1, low=0, clear=0)
    data, gate = ports(design, Direction.INPUT)
    state = design.behavior.start()
    seen = []
    for d, g in ((1, 0), (1, 1), (0, 0), (0, 1)):
        found, state = design.behavior.step(state, {data: d, gate: g})
        seen.append(found[ports(design, Direction.OUTPUT)[0]])
    assert seen == [None, 1, 1, 0]


def test_karnaugh_maps_are_read_in_their_own_order() -> None:
    map_ = Map(across=("a", "b"), down=("c",), columns=("00", "01", "11", "10"), rows=("0", "1"))
    assert map_.order() == [0, 1, 3, 2, 4, 5, 7, 6]
    shown = {text(Draw("m", words=str(i)), map_, tuple("01010101")) for i in range(30)}
    assert len(shown) >= 5
    assert all(re.search(r"0\D+1\D+0\D+1", layout) for layout in shown)


def test_sums_of_products_are_minimal_and_right() -> None:
    names = ("a", "b", "c")
    assert minimized((0, 0, 0, 1, 0, 1, 1, 1), names) == "(a & b) | (a & c) | (b & c)"
    assert minimized((1, 1, None, 1, 0, 0, 0, 0), names) == "~a"
    assert minimized((0,) * 8, names) == "1'b0"


def test_rows_that_do_not_matter_become_x() -> None:
    body, _ = by_cases(("a", "b"), ("f",), [(0, (1,)), (1, (None,)), (2, (0,)), (3, (0,))])
    assert "default: f = 1'bx;" in body
    assert "2'b01" not in body


def test_an_expression_is_the_same_in_every_notation() -> None:
    function = Terms(
        outer="|",
        terms=(
            (Literal(name="a"), Literal(name="b", inverted=True)),
            (Literal(name="c"),),
        ),
    )
    assert function.verilog() == "(a & ~b) | c"
    assert function.equation(JUXTAPOSED) == "ab' + c"
    assert len({function.equation(notation) for notation in NOTATIONS}) == len(NOTATIONS)
    assert [function.value(row) for row in rows("abc")] == [0, 1, 0, 1, 1, 1, 0, 1]


def test_a_function_that_ignores_an_input_is_noticed() -> None:
    assert not depends((0, 0, 1, 1), 0)
    assert depends((0, 0, 1, 1), 1)


def test_names_of_ports_keep_their_first_letter() -> None:
    assert capital("a is 1") == "a is 1"
    assert capital("a 2-input gate drives y") == "A 2-input gate drives y"
    assert capital("out is 0") == "out is 0"
    assert capital("the sum is 3") == "The sum is 3"


def test_articles_follow_the_sound() -> None:
    assert [an(x) for x in ("8-bit adder", "16-bit adder", "XOR gate", "unsigned number")] == [
        "an 8-bit adder", "a 16-bit adder", "an XOR gate", "an unsigned number",
    ]  # fmt: skip


def test_signs() -> None:
    assert [signed(x, 4) for x in (7, 8, 15)] == [7, -8, -1]
