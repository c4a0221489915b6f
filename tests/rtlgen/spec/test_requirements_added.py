"""Nothing that is said is left out: a sentence more is refused, or changes the module."""

from functools import cache
from pathlib import Path

import pytest

from rtlgen.errors import SpecError
from rtlgen.spec.model import Kind
from rtlgen.spec.reader import read_spec

ROOT = Path(__file__).parents[3]
EVERYDAY = ("clamp", "first_request", "leading_zeros", "max_tracker", "pulse_stretcher", "pwm")
FRESH = ("cell_low_alarm", "dozen_counter", "gap_meter", "torque_limit")
SHORT = ("alu", "mux4", "shift8", "timer", "updown")
SPECS = [
    *(ROOT / f"datasets/everyday/{name}.md" for name in EVERYDAY),
    *(ROOT / f"tests/data/interfaces/freshb-{name}.md" for name in FRESH),
    *(ROOT / f"tests/data/plain/{name}.md" for name in SHORT),
]
SAID = [
    "The output is inverted.",
    "All outputs are active low.",
    "The result appears one cycle later.",
    "The output is Gray coded.",
    "The sum must saturate.",
    "A second press within ten cycles is lost.",
    "The block works on both edges of the clock.",
    "Bits are numbered from the left, bit 0 is the most significant one.",
    "The output toggles instead.",
    "The reset is ignored on Mondays.",
    "The module starts in the high state.",
    "Only the lower four bits count.",
    "Values above 100 are illegal and give an error.",
    "The counter runs at half the clock rate.",
    "There is a delay of two cycles from input to output.",
    "The output is the opposite of what was said.",
    "Odd values are rounded up.",
    "The outputs change at the falling edge.",
    "The first result after reset is discarded.",
    "In test mode everything is zero.",
    "The most recent value wins.",
    "The input is sampled twice before use.",
    "It debounces the input for 3 cycles.",
    "Zero means sixteen.",
    "The output is ten times the value.",
    "The limits themselves are not allowed.",
    "`{o}` is inverted.",
    "`{o}` is active low.",
    "`{o}` is delayed by one cycle.",
    "`{o}` only counts every second time.",
    "`{i}` is in Gray code.",
    "`{i}` is active low.",
    "The bits of `{i}` are reversed.",
    "`{i}` is synchronized by two flip-flops first.",
    "Use `{i}` modulo 3.",
    "Before the first `{i}`, `{o}` is unknown.",
    "In all other respects `{o}` behaves like an inverter.",
    "It takes `{i}` (Gray coded).",
]


@cache
def known(path: Path) -> tuple[str, str, str, str]:
    """Return a specification, what it means, and an output and an input of it."""
    spec = read_spec(path.read_text(), path=str(path))
    control = {one.port for one in (*spec.interface.clocks, *spec.interface.resets)}
    inputs = [port.name for port in spec.interface.inputs if port.name not in control]
    return spec.text, meaning(spec.text, path), spec.interface.outputs[0].name, inputs[0]


def meaning(text: str, path: Path) -> str:
    """Return the behavior that a text defines, or empty where it is refused."""
    try:
        spec = read_spec(text, path=str(path))
    except SpecError:
        return ""
    return "".join(repr(part.value) for part in spec.fragments if part.kind is Kind.REQUIREMENTS)


@pytest.mark.parametrize("said", SAID)
def test_one_sentence_more_is_not_left_out(said: str) -> None:
    for path in SPECS:
        text, means, output, given = known(path)
        more = said.format(o=output, i=given)
        assert means
        assert meaning(text.replace("\n\n", f"\n\n{more}\n\n", 1), path) != means, path.name
        assert meaning(f"{text.rstrip()}\n\n{more}\n", path) != means, path.name


def test_outputs_said_to_be_registers_are_no_wires() -> None:
    for path in SPECS:
        text, means, output, _ = known(path)
        found = meaning(f"{text.rstrip()}\n\nAll outputs are registered.\n", path)
        assert bool(found) is ("wires=()" in means)
        found = meaning(f"{text.rstrip()}\n\nThe output `{output}` comes from a flip-flop.\n", path)
        assert not (found and "registers=()" in means)
