from __future__ import annotations

import time

import pytest

from rtlgen.spec.properties import read_properties
from rtlgen.spec.text import normalize, sentences
from sim.interface import Clock, Direction, Interface, Port, Reset
from sim.property import Property, PropertyKind


def port(name: str, direction: str, width: int = 1) -> Port:
    msb, lsb = (None, None) if width == 1 else (width - 1, 0)
    return Port(name=name, direction=Direction(direction), msb=msb, lsb=lsb)


INTERFACE = Interface(
    module="arbiter",
    ports=(
        port("clk", "input"),
        port("rst", "input"),
        port("req", "input"),
        port("ready", "input"),
        port("grant", "output", 4),
        port("a", "output"),
        port("b", "output"),
        port("valid", "output"),
        port("data", "output", 8),
        port("ack", "output"),
    ),
    clocks=(Clock(port="clk"),),
    resets=(Reset(port="rst"),),
)


def read(text: str) -> list[tuple[PropertyKind, tuple[str, ...], int]]:
    found = read_properties(sentences(normalize(text)), INTERFACE)
    return [(p.kind, p.signals, p.bound) for p in found]


@pytest.mark.parametrize(
    ("text", "kind", "signals", "bound"),
    [
        ("The output `grant` is always one-hot.", PropertyKind.ONE_HOT, ("grant",), 0),
        ("grant must be one-hot encoded", PropertyKind.ONE_HOT, ("grant",), 0),
        ("Exactly one bit of grant is high in every cycle.", PropertyKind.ONE_HOT, ("grant",), 0),
        ("At most one of a, b and ack is high.", PropertyKind.AT_MOST_ONE, ("a", "b", "ack"), 0),
        ("- `a` and `b` are mutually exclusive.", PropertyKind.AT_MOST_ONE, ("a", "b"), 0),
        ("a and b must never be asserted simultaneously.", PropertyKind.AT_MOST_ONE, ("a", "b"), 0),
        ("a and b are never both high.", PropertyKind.AT_MOST_ONE, ("a", "b"), 0),
        (
            "data must remain stable while valid is high and ready is low.",
            PropertyKind.STABLE,
            ("data", "valid", "ready"),
            0,
        ),
        (
            "ack must be asserted within three clock cycles of req.",
            PropertyKind.RESPONSE,
            ("req", "ack"),
            3,
        ),
        (
            "`ack` goes high within 12 cycles after `req` is asserted.",
            PropertyKind.RESPONSE,
            ("req", "ack"),
            12,
        ),
        (
            "The signal valid is never asserted before req.",
            PropertyKind.NOT_BEFORE,
            ("valid", "req"),
            0,
        ),
        (
            "valid stays low until req has been asserted.",
            PropertyKind.NOT_BEFORE,
            ("valid", "req"),
            0,
        ),
        (
            "Encoding: the outputs (a, b, ack) are mutually exclusive, ensuring only one of them is high (1) at any time.",
            PropertyKind.AT_MOST_ONE,
            ("a", "b", "ack"),
            0,
        ),
        (
            "On reset, indicated by !rst, the data register is cleared to 0.",
            PropertyKind.RESET_VALUE,
            ("data",),
            0,
        ),
        ("After reset, grant is 4'b0001.", PropertyKind.RESET_VALUE, ("grant",), 1),
        ("On reset, `data` is set to 0x80.", PropertyKind.RESET_VALUE, ("data",), 128),
        ("data is all ones after reset.", PropertyKind.RESET_VALUE, ("data",), 255),
        ("Reset clears data to zero.", PropertyKind.RESET_VALUE, ("data",), 0),
    ],
)
def test_what_is_said_plainly(
    text: str, kind: PropertyKind, signals: tuple[str, ...], bound: int
) -> None:
    assert read(text) == [(kind, signals, bound)]


@pytest.mark.parametrize(
    "text",
    [
        "grant is one-hot or zero.",
        "grant is not one-hot.",
        "If ready is high, a and b are never both high.",
        "At most one of a, b and c is high.",
        "a is one-hot.",
        "req and ready are mutually exclusive.",
        "data must remain stable while valid is high.",
        "ack is asserted within some cycles of req.",
        "ack is asserted within 3 cycles of req unless ready is low.",
        "After reset, data is 256.",
        "After reset, data is incremented.",
        "After reset, grant is 4'b0021.",
        "state is one-hot.",
        "",
    ],
)
def test_what_is_hedged_or_names_something_else_is_left_to_people(text: str) -> None:
    assert read(text) == []


def test_a_property_keeps_its_place_and_is_read_once() -> None:
    text = "# Arbiter\n\nIt shares a bus. Exactly one of a, b\nis high.\n\n- exactly one of a, b is high\n"
    found = read_properties(sentences(normalize(text)), INTERFACE)
    assert found == (
        Property(
            kind=PropertyKind.ONE_HOT,
            signals=("a", "b"),
            text="Exactly one of a, b is high.",
            line=3,
        ),
    )
    assert found[0].name == "one-hot: a, b (line 3)"


def test_outputs_that_are_never_unknown() -> None:
    assert read("The outputs are never X after reset.") == [
        (PropertyKind.KNOWN, ("grant", "a", "b", "valid", "data", "ack"), 0)
    ]


@pytest.mark.parametrize("piece", ["a, ", "at most one of a and ", "the ", "is "])
def test_hostile_text_takes_no_time(piece: str) -> None:
    start = time.process_time()
    assert read(f"{piece * 20}x") == []
    assert read("exactly one of " + piece * 100_000) == []
    assert time.process_time() - start < 2
