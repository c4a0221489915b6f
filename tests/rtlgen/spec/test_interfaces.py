"""Interfaces as many hands declare them: those of the headers beside the texts.

The texts were written to measure with, by writers who did not know how they would be read.
"""

import json
from pathlib import Path

import pytest

from rtlgen.errors import SpecError
from rtlgen.spec.reader import load_spec
from sim.interface import Interface
from sim.read_interface import read_header_text

FOLDER = Path(__file__).parents[2] / "data/interfaces"
NAMES = sorted(path.stem for path in FOLDER.glob("*.v"))
UNREAD = frozenset(
    [
        "fresha-config_word",
        "fresha-low_water",
        "ports-sat_add_sub",
        "ports2-cplx_mul",
        "ports2-evt_counter",
        "ports2-mac_s16",
        "ports2-minmax_track",
        "ports2-popcnt24",
        "ports2-rgb2luma",
        "ports2-temp_alarm",
        "ports3-addsub_flags",
        "ports3-axis_width_up",
        "ports3-fir3_sym",
        "ports3-gray_conv",
        "ports3-lfsr_noise",
        "ports3-pri_sel8",
        "ports3-step_motor_ctl",
        "ports3-sync_fifo_16x9",
        "ports4-fifo_sync_32x16",
        "ports4-peak_hold",
        "ports4-quad_dec",
        "ports4-rgb2luma",
        "ports4-uart_tx_lite",
        "ports4-wdog_timer",
        "test-median3",
    ]
)
"""Read in part, or not at all. Whoever teaches the reader one of these takes it out of here."""

OTHER_ROLES = frozenset(
    ["ports-spi_slave_rx", "ports2-cplx_mul", "ports2-evt_counter", "ports4-spi_slave_rx"]
)
"""Of whose clocks and resets something else is understood than a person understood."""
ROLES = json.loads((FOLDER / "roles.json").read_text())


def shape(interface: Interface) -> dict[str, tuple[str, int, bool]]:
    return {p.name: (p.direction.value, p.width, p.signed) for p in interface.ports}


def is_read(name: str) -> bool:
    golden = read_header_text((FOLDER / f"{name}.v").read_text())
    try:
        found = load_spec(FOLDER / f"{name}.md").interface
    except SpecError:
        return False
    return found.module == golden.module and shape(found) == shape(golden)


@pytest.mark.parametrize("name", NAMES)
def test_the_ports_are_those_of_the_header(name: str) -> None:
    assert is_read(name) is (name not in UNREAD)


@pytest.mark.parametrize("name", sorted(ROLES))
def test_clocks_and_resets_are_those_a_person_understood(name: str) -> None:
    try:
        found = load_spec(FOLDER / f"{name}.md").interface
    except SpecError:
        assert name in UNREAD
        return
    clocks = [[clock.port, clock.edge.value] for clock in found.clocks]
    resets = [
        [
            reset.port,
            "low" if reset.active_low else "high",
            "asynchronous" if reset.asynchronous else "synchronous",
        ]
        for reset in found.resets
    ]
    understood = {"clocks": clocks, "resets": resets}
    assert (understood == ROLES[name]) is (name not in OTHER_ROLES)


def test_most_are_read() -> None:
    assert len(NAMES) == 242
    assert ROLES.keys() == set(NAMES)
    assert len(UNREAD) <= 25
    assert set(NAMES) >= UNREAD
