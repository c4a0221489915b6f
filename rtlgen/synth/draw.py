"""Where the chance in the corpus comes from: two seeded streams, one for designs, one for words."""

from __future__ import annotations

import random
from typing import Literal, TypeVar

from rtlgen.synth.drawn import ClockAndReset

T = TypeVar("T")
_HIGH = ("reset", "rst", "areset", "clear", "srst", "rst_i", "ar", "sys_reset")
_LOW = ("rst_n", "resetn", "arst_n", "aresetn", "rstn")
RESETS = (_HIGH[0], *_LOW, *_HIGH[1:])
"""The first is the port's purpose too."""
CLOCKS = ("clk", "clk", "clk", "clock", "clk_i", "sys_clk")
NAMES = {
    "data": ("d", "in", "data", "din", "data_in", "a", "x"),
    "result": ("q", "out", "data_out", "dout", "y", "result", "z"),
    "enable": ("en", "enable", "ena", "ce", "en_i"),
    "load": ("load", "ld", "load_en", "set", "wr"),
    "select": ("sel", "select", "s", "mode", "choice"),
    "left": ("a", "x", "op_a", "lhs", "in0", "in_a"),
    "right": ("b", "y", "op_b", "rhs", "in1", "in_b"),
    "sum": ("sum", "s", "out", "result", "total"),
    "carry in": ("cin", "carry_in", "ci", "c_in"),
    "carry out": ("cout", "carry_out", "co", "carry"),
    "count": ("count", "q", "cnt", "counter", "value"),
    "valid": ("valid", "vld", "in_valid", "valid_in", "strobe"),
    "ready": ("ready", "rdy", "out_ready"),
    "done": ("done", "finished", "complete", "tick", "done_o"),
    "state": ("state", "st", "current_state", "y"),
    "flag": ("flag", "z", "hit", "match", "detected", "found"),
    "address": ("addr", "address", "index", "a"),
    "parity": ("parity", "p", "par", "parity_out"),
}
"""Names that people give to ports, by what the port is for."""
_PLACES = (
    *("adc", "bus", "cfg", "core", "cpu", "ctl", "door", "dma", "fan", "flash", "gain", "host"),
    *("key", "lane", "lcd", "lock", "main", "mem", "motor", "pad", "pix", "probe", "pump"),
    *("sensor", "tank", "test", "usr", "valve", "wheel"),
)
"""What people put into a port's name beside what it is for."""
_LONGER = 0.2
"""Share of names that are longer than usual, so that names are read and not known by heart."""


class Draw:
    """Chance for one example.

    What `phrase` gives depends on the second stream only, so that one design
    can be told in many ways.
    """

    def __init__(self, seed: str, *, words: str = "", canonical: bool = False) -> None:
        """Draw designs by `seed` and words by `words`; `canonical` keeps to first styles."""
        self.random = random.Random(f"design {seed}")  # noqa: S311 - not for secrets
        self.words = random.Random(f"words {words or seed}")  # noqa: S311 - not for secrets
        self.canonical = canonical
        self._taken: set[str] = set()

    def one_of(self, *items: T) -> T:
        """Return one of `items`."""
        return self.random.choice(items)

    def integer(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return self.random.randint(low, high)

    def chance(self, probability: float) -> bool:
        """Return whether something happens that does so with `probability`."""
        return self.random.random() < probability

    def style(self, *items: T) -> T:
        """Return one of several codings that do the same, the most usual one first."""
        chosen = self.random.choice(items)
        return items[0] if self.canonical else chosen

    def phrase(self, *alternatives: str) -> str:
        """Return one of several ways to say the same."""
        return self.words.choice(alternatives)

    def name(self, role: str, *more: str) -> str:
        """Return an unused name for a port: of `NAMES[role]`, or one of `role` and `more`."""
        names = [*NAMES[role], *more] if role in NAMES else [role, *more]
        free = [name for name in names if name not in self._taken]
        chosen = self.random.choice(free or [f"{names[0]}{len(self._taken)}"])
        if role not in (RESETS[0], CLOCKS[0]) and self.chance(_LONGER):
            longer = self._longer(chosen)
            chosen = chosen if longer in self._taken else longer
        self._taken.add(chosen)
        return chosen

    def _longer(self, name: str) -> str:
        place = self.one_of(*_PLACES)
        long = f"{place}_{name}"  # in capitals, the name alone could be a state's
        forms = (long, f"{name}_{place}", f"{name}_{self.integer(0, 3)}", long.upper())
        return self.one_of(*forms)

    def take(self, *names: str) -> None:
        """Note that `names` are in use."""
        self._taken.update(names)

    def timing(self, reset: Literal["always", "sometimes", "never"] = "always") -> ClockAndReset:
        """Return a clock, rising with few exceptions, and a reset of any kind."""
        clock = self.name(*CLOCKS)
        rising = not self.chance(0.04)
        if reset == "never" or (reset == "sometimes" and self.chance(0.4)):
            return ClockAndReset(clock=clock, rising=rising)
        name = self.name(*RESETS)
        low = name in _LOW
        asynchronous = name.startswith("a") or (name != "srst" and self.chance(0.4))
        return ClockAndReset(
            clock=clock, rising=rising, reset=name, active_low=low, asynchronous=asynchronous
        )
