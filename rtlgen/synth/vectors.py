"""Stimulus for a design, and what the reference model expects of it.

A beat sets the inputs while the clock rests, is sampled, and, if it ticks, has
the active clock edge and is sampled once more. Beats without a tick show what
must not wait for the clock: an asynchronous reset, a combinational path.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rtlgen.synth.drawn import Behavior, Drawn, Outputs, State, Values
from rtlgen.synth.header import data_inputs
from sim.interface import Port

EXHAUSTIVE_BITS = 8
"""Combinational designs with no more input bits get every input there is."""
_BITS = 20_000
"""Bits of stimulus that an example may have, as long as it has enough beats."""
_AGAIN = 16
"""Further beats after all inputs were there, in any order."""
_FEWEST, _MOST = 40, 160
"""Random beats of a combinational design."""
_CYCLES = (150, 300)
_RARE = re.compile(
    r"clr|clear|rst|reset|flush|load|ld|set|abort|stop|cancel|wr|preset|init|start|restart"
)
"""Inputs that, where they are often 1, keep a design from getting anywhere."""
_QUIET = (0.0, 0.05, 0.1, 0.1, 0.3)
_BUSY = (0.1, 0.5, 0.5, 0.9, 1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """Inputs that are driven together."""

    inputs: Values
    reset: bool = False
    """Whether reset acts, whatever its polarity."""
    tick: bool = False
    """Whether the clock's active edge follows."""


def beats_of(drawn: Drawn, seed: str) -> tuple[Beat, ...]:
    """Return the stimulus of a design, the same for the same seed."""
    chance = random.Random(f"stimulus {seed}")  # noqa: S311 - not for secrets
    if not drawn.behavior.sequential:
        return tuple(Beat(inputs=values) for values in _combinational(drawn, chance))
    beats = tuple(_sequential(drawn, chance))
    if drawn.timing is None:
        return tuple(replace(beat, tick=False) for beat in beats)
    return beats


def samples_of(beats: Sequence[Beat]) -> int:
    """Return how often the outputs are compared."""
    return len(beats) + sum(beat.tick for beat in beats)


def expected(drawn: Drawn, beats: Sequence[Beat]) -> list[Outputs]:
    """Return the outputs that the reference model gives at every sample."""
    behavior = drawn.behavior
    asynchronous = drawn.timing is not None and drawn.timing.asynchronous
    state = behavior.start()
    found: list[Outputs] = []
    for beat in beats:
        if beat.reset and asynchronous:
            state = behavior.after_reset()
        outputs, following = behavior.step(state, beat.inputs)
        found.append(outputs)
        if drawn.timing is None:  # a latch: its state follows the inputs
            state = following
        elif beat.tick:
            state = _ticked(behavior, beat, following)
            found.append(behavior.step(state, beat.inputs)[0])
    return found


def _ticked(behavior: Behavior, beat: Beat, following: State) -> State:
    return behavior.after_reset() if beat.reset else following


def _combinational(drawn: Drawn, chance: random.Random) -> Iterator[Values]:
    ports = data_inputs(drawn)
    bits = sum(port.width for port in ports)
    yield from _own_vectors(drawn)
    source = _Random(ports, chance)
    if bits <= EXHAUSTIVE_BITS:
        yield from _every(ports, bits, chance)
        if bits:
            yield from (source.values() for _ in range(_AGAIN))
        return
    yield from _corners(ports)
    yield from _walking(ports, chance)
    for _ in range(max(_FEWEST, min(_MOST, _BITS // bits))):
        yield source.values()
        if chance.random() < 0.4:
            yield source.one_changed()


def _every(ports: Sequence[Port], bits: int, chance: random.Random) -> Iterator[Values]:
    """Yield all inputs, each one bit away from the one before: a reflected Gray code."""
    places = list(range(bits))
    chance.shuffle(places)
    start = chance.getrandbits(bits) if bits else 0
    for number in range(1 << bits):
        code = number ^ number >> 1
        word = start ^ sum((code >> n & 1) << place for n, place in enumerate(places))
        values = {}
        for port in ports:
            values[port.name] = word & _last(port)
            word >>= port.width
        yield values


def _own_vectors(drawn: Drawn) -> Iterator[Values]:
    """Yield the family's own inputs, as wide as the ports; 0 for a port that it does not name."""
    ports = data_inputs(drawn)
    for values in drawn.vectors:
        yield {port.name: values.get(port.name, 0) & _last(port) for port in ports}


def _corners(ports: Sequence[Port]) -> Iterator[Values]:
    """Yield all zeros, all ones, and each port at its ends while the others are at theirs."""
    for low in (True, False):
        yield {p.name: 0 if low else _last(p) for p in ports}
    for chosen in ports[:8]:
        for low in (True, False):
            yield {p.name: 0 if (p is chosen) == low else _last(p) for p in ports}


def _walking(ports: Sequence[Port], chance: random.Random) -> Iterator[Values]:
    """Yield a single 1, and a single 0, in some places of each port."""
    for port in ports:
        places = range(port.width)
        for place in sorted(chance.sample(places, min(port.width, 12))):
            others = {
                p.name: chance.choice((0, _last(p), chance.getrandbits(p.width))) for p in ports
            }
            bit = 1 << place
            yield {**others, port.name: bit if chance.random() < 0.6 else _last(port) ^ bit}


def _last(port: Port) -> int:
    return (1 << port.width) - 1


def _sequential(drawn: Drawn, chance: random.Random) -> Iterator[Beat]:
    ports = data_inputs(drawn)
    source = _Random(ports, chance)
    yield from _first_reset(drawn, source)
    for values in _own_vectors(drawn):
        yield Beat(inputs=values, tick=True)
    if drawn.vectors:
        yield from _again(drawn, source)
    bits = 1 + sum(port.width for port in ports)
    cycles = max(_CYCLES[0], min(_CYCLES[1], _BITS // bits))
    cycles = max(_CYCLES[0], cycles - len(drawn.vectors))
    resets = {cycles // 3, 2 * cycles // 3, *(chance.randrange(cycles) for _ in range(3))}
    for number in range(cycles):
        if number in resets:
            yield from _again(drawn, source)
        if chance.random() < 0.06:
            yield Beat(inputs=source.values())
        yield Beat(inputs=source.values(), tick=True)


def _first_reset(drawn: Drawn, source: _Random) -> Iterator[Beat]:
    timing = drawn.timing
    if timing is None or not timing.reset:
        return
    if timing.asynchronous:
        yield Beat(inputs=source.values(), reset=True)
    for _ in range(2):
        yield Beat(inputs=source.values(), reset=True, tick=True)


def _again(drawn: Drawn, source: _Random) -> Iterator[Beat]:
    """Yield a reset in the middle: first a short one that no clock edge sees."""
    timing = drawn.timing
    if timing is None or not timing.reset:
        return
    yield Beat(inputs=source.values(), reset=True)
    yield Beat(inputs=source.values())
    yield from (Beat(inputs=source.values(), tick=True) for _ in range(3))
    for _ in range(source.chance.choice((1, 1, 2))):
        yield Beat(inputs=source.values(), reset=True, tick=True)


class _Random:
    """Inputs that change their manners every few beats."""

    def __init__(self, ports: Sequence[Port], chance: random.Random) -> None:
        self.chance = chance
        self._ports = ports
        self._last = {port.name: 0 for port in ports}
        self._left = 0
        self._manner: dict[str, float | str] = {}

    def values(self) -> Values:
        """Return the next inputs."""
        if self._left == 0:
            self._left = self.chance.randint(6, 24)
            self._manner = {port.name: self._new_manner(port) for port in self._ports}
        self._left -= 1
        self._last = {port.name: self._value(port) for port in self._ports}
        return self._last

    def one_changed(self) -> Values:
        """Return the last inputs with another value of one port."""
        port = self.chance.choice(self._ports)
        other = self._last[port.name] ^ self.chance.randint(1, _last(port))
        self._last = {**self._last, port.name: other}
        return self._last

    def _new_manner(self, port: Port) -> float | str:
        if port.width == 1:
            return self.chance.choice(_QUIET if _RARE.search(port.name.lower()) else _BUSY)
        return self.chance.choice(("any", "any", "any", "small", "near", "hold"))

    def _value(self, port: Port) -> int:
        manner = self._manner[port.name]
        if isinstance(manner, float):
            return int(self.chance.random() < manner)
        last = self._last[port.name]
        if manner == "hold" and self.chance.random() < 0.8:
            return last
        if manner == "near":
            return last + self.chance.choice((-1, 0, 1)) & _last(port)
        if manner == "small":
            return self.chance.getrandbits(port.width) >> self.chance.randrange(port.width)
        if self.chance.random() < 0.1:
            return self.chance.choice((0, _last(port), 1, 1 << (port.width - 1)))
        return self.chance.getrandbits(port.width)
