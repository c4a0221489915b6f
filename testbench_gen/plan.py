"""What a testbench drives: phases, each with a reason and a length."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.interface import Edge, Interface, Port
from testbench_gen.directed import Directed
from testbench_gen.hints import NO_HINTS, Hints
from testbench_gen.phases import aimed, long_run, related
from testbench_gen.recording import Recording
from testbench_gen.reference import ListsInputs, ReferenceModel
from testbench_gen.replay import with_directed
from testbench_gen.roles import role_of
from testbench_gen.standalone.cycles import RESETS, Cycle, Input, Phase, corner_values, seeded
from testbench_gen.standalone.patterns import expand
from testbench_gen.standalone.timeline import ClockInput, ResetInput, Timing
from testbench_gen.tour import representative_vectors, tour

_CODE = re.compile(r"-*[01][01-]*")
_RESET_CYCLES = 4
_MAX_VECTORS = 512
_MAX_INTERESTING = 24
_FEW_BITS = 8
"""Up to so many, random inputs meet every combination often enough."""
_FEWEST = 64
"""Samples of a golden design even where the inputs have fewer combinations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StimulusPlan:
    """The whole stimulus, as a value that unfolds into cycles."""

    seed: int
    inputs: tuple[Input, ...]
    timing: Timing
    phases: tuple[Phase, ...]

    @property
    def cycles(self) -> int:
        """Clock cycles, or vectors where there is no clock."""
        return sum(phase.cycles for phase in self.phases)

    def unfold(self) -> Iterator[tuple[Phase, Cycle]]:
        """Yield every cycle with its phase, as the written testbench drives them."""
        return expand(self.phases, self.inputs, self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the stimulus is planned for."""

    interface: Interface
    reference: ReferenceModel | None
    """None: a golden design, compared side by side."""
    hints: Hints = NO_HINTS
    """What the golden design mentions."""
    holds_values: bool = False
    """Whether the golden design may have latches, or registers without a known clock."""
    gated: bool = False
    """Whether inputs gate the clock of the golden design."""
    strict_reset: bool = True

    @property
    def clocked(self) -> bool:
        """Whether a clock has to be driven."""
        wanted = self.reference is None or self.reference.sequential
        return wanted and bool(self.interface.clocks)


def make_plan(
    subject: Subject, *, seed: int, budget: int, directed: Sequence[Directed] = ()
) -> StimulusPlan:
    """Plan about `budget` cycles for `subject`, and what is `directed` on top."""
    timing, inputs = _timing(subject), _inputs(subject)
    phases = [phase for phase in _phases(subject, timing, inputs, seed, budget) if phase.cycles > 0]
    if not isinstance(subject.reference, Recording):
        phases = [*with_directed(phases, directed, timing, inputs)]
    return StimulusPlan(seed=seed, inputs=inputs, timing=timing, phases=tuple(phases))


def _timing(subject: Subject) -> Timing:
    interface = subject.interface
    clocks = interface.clocks if subject.clocked else ()
    plain = {port.name for port in _plain_ports(subject)}
    return Timing(
        clocks=tuple(ClockInput(c.port, int(c.edge is Edge.RISING)) for c in clocks),
        resets=tuple(
            ResetInput(r.port, int(not r.active_low), r.asynchronous)
            for r in interface.resets
            if r.port not in plain
        ),
        strict_reset=subject.strict_reset,
        one_by_one=subject.holds_values and not clocks,
        in_order=isinstance(subject.reference, Recording),
        gated=subject.gated and len(clocks) == 1,
    )


def _plain_ports(subject: Subject) -> list[Port]:
    """Return the inputs that are driven as data.

    A function without a state reads its clock and reset inputs, if at all, like any other.
    """
    interface = subject.interface
    if subject.clocked or subject.reference is None:
        driven = {c.port for c in interface.clocks} | {r.port for r in interface.resets}
        return [port for port in interface.inputs if port.name not in driven]
    read = set(subject.reference.input_bits)
    idle = {r.port for r in interface.resets if not read & set(interface.port(r.port).bits)}
    return [port for port in interface.inputs if port.name not in idle]


def _inputs(subject: Subject) -> tuple[Input, ...]:
    return tuple(
        Input(port.name, port.width, role_of(port), _interesting(port, subject.hints.constants))
        for port in _plain_ports(subject)
    )


def _interesting(port: Port, constants: Sequence[int]) -> tuple[int, ...]:
    """Return the constants that fit `port`, with their neighbors, spread over their range."""
    if port.width < 4:
        return ()
    around = {near for value in constants for near in (value - 1, value, value + 1)}
    fitting = sorted(value for value in around if 1 < value < (1 << port.width) - 1)
    stride = -(-len(fitting) // _MAX_INTERESTING) or 1
    return tuple(fitting[::stride])


def _phases(
    subject: Subject, timing: Timing, inputs: tuple[Input, ...], seed: int, budget: int
) -> list[Phase]:
    if timing.clocks:
        return _sequential(subject, timing, inputs, seed, budget)
    return _unclocked(subject, timing, inputs, seed, budget)


def _unclocked(
    subject: Subject, timing: Timing, inputs: tuple[Input, ...], seed: int, budget: int
) -> list[Phase]:
    if isinstance(subject.reference, Recording):
        return [_replay(subject.reference)]
    phases = _reset_start(timing) if subject.reference is None else []
    space = 1 << min(sum(port.width for port in inputs), 64)
    if space <= 2 * budget:
        if 2 * space <= 2 * budget:
            why = f"all {space} input combinations, counting up"
            phases.append(Phase("exhaustive", why, "exhaustive", space))
        why = f"all {space} input combinations in random order, so that a held value shows"
        phases.append(Phase("shuffled", why, "shuffled", space))
        rest = budget - sum(phase.cycles for phase in phases) if subject.holds_values else 0
    else:
        phases += _corners(inputs, budget // 4)
        phases += _listed(subject, inputs, seed, budget)
        phases += related(inputs, budget // 4)
        rest = budget - sum(phase.cycles for phase in phases)
    phases += _again(timing, budget // 8) if subject.reference is None else []
    spent = sum(phase.cycles for phase in phases)
    if subject.reference is None:
        rest = max(rest, _FEWEST - spent)
    return [*phases, _random(rest)]


def _replay(recording: Recording) -> Phase:
    vectors = tuple(step.inputs for step in recording.steps)
    why = "the recorded inputs, row by row from power-up"
    return Phase("recording", why, "listed", len(vectors), vectors=vectors)


def _sequential(
    subject: Subject, timing: Timing, inputs: tuple[Input, ...], seed: int, budget: int
) -> list[Phase]:
    phases = _reset_start(timing) + _seeming_reset(inputs)
    phases += _transitions(subject, timing, inputs, seed, budget * 2 // 5)
    phases += _corners(inputs, budget // 8)
    vectors = _interesting_vectors(subject, inputs, seed)
    resets = tuple(reset.name for reset in timing.resets)
    if vectors:
        why = "inputs that the reference treats specially, between random ones"
        phases.append(Phase("special", why, "mixed", budget // 8, vectors=vectors, resets=resets))
    if subject.reference is None:
        phases += aimed(inputs, subject.hints, resets, budget)
        run = long_run(subject.hints, budget)
    else:
        run = long_run(NO_HINTS, budget // 2)
    again = _again(timing, budget // 6)
    spent = sum(phase.cycles for phase in (*phases, *again)) + min(run.cycles, budget // 8)
    return [*phases, _random(max(budget - spent, budget // 4), resets), run, *again]


def _reset_start(timing: Timing) -> list[Phase]:
    if not timing.resets:
        return []
    names = tuple(reset.name for reset in timing.resets)
    why = "reset from power-up, with the other inputs moving"
    return [Phase("reset", why, "reset_start", _RESET_CYCLES, resets=names)]


def _seeming_reset(inputs: Sequence[Input]) -> list[Phase]:
    """Plan a reset through inputs that are only called like one."""
    levels = {port.name: int(port.role == "reset") for port in inputs if port.role in RESETS}
    if not levels:
        return []
    why = "inputs that are called like a reset, asserted from power-up"
    return [Phase("seeming reset", why, "listed", _RESET_CYCLES, vectors=(levels,))]


def _again(timing: Timing, cycles: int) -> list[Phase]:
    if not timing.resets:
        return []
    names = tuple(reset.name for reset in timing.resets)
    at_once = all(r.asynchronous for r in timing.resets)
    pulses = at_once and timing.strict_reset and len(timing.clocks) == 1 and not timing.gated
    why = "reset at awkward moments" + (", also between clock edges" if pulses else "")
    return [Phase("reset again", why, "reset_again", cycles, resets=names, pulses=pulses)]


def _corners(inputs: Sequence[Input], most: int) -> list[Phase]:
    each = [2 * len(corner_values(port)) + 2 * min(port.width, 64) for port in inputs]
    why = "all zeros, all ones, minimum and maximum, alternating bits, walking ones and zeros"
    return [Phase("corners", why, "corners", min(most, sum(each) + 8))] if inputs else []


def _random(cycles: int, resets: tuple[str, ...] = ()) -> Phase:
    why = "random inputs by role: held, in bursts, equal operands, one at a time"
    return Phase("random", why, "constrained", cycles, resets=resets)


def _listed(subject: Subject, inputs: Sequence[Input], seed: int, budget: int) -> list[Phase]:
    vectors = _interesting_vectors(subject, inputs, seed)
    if not vectors:
        return []
    cycles = min(max(2 * len(vectors), _FEWEST), budget // 2)
    why = (
        "what the reference lists, and the same with one bit changed; what it leaves open at random"
    )
    return [Phase("listed", why, "listed", cycles, vectors=vectors)]


def _transitions(
    subject: Subject, timing: Timing, inputs: Sequence[Input], seed: int, most: int
) -> list[Phase]:
    """Plan a walk that takes every transition of the reference model."""
    reference = subject.reference
    if reference is None:
        return []
    bits = {b for p in subject.interface.ports if p.name in _names(inputs) for b in p.bits}
    read = [bit for bit in reference.input_bits if bit in bits]
    constant = dict.fromkeys(reference.input_bits, 0) | timing.levels(Cycle({}))
    vectors = representative_vectors(read, interesting_bits(subject), seed)
    names = tuple(reset.name for reset in timing.resets[:1])
    after = reference.after_reset()
    walk = tour(
        lambda state, vector: reference.step(state, {**constant, **vector}),
        after if names else reference.initial(),
        vectors,
        length=most,
        reset=({f"assert {names[0]}": 1}, after) if names else None,
    )
    if not walk:
        return []
    driven = tuple(_by_port(vector, subject.interface, names) for vector in walk)
    why = "a walk that takes every transition of the reference model"
    return [Phase("transitions", why, "listed", len(driven), vectors=driven, resets=names)]


def _names(inputs: Sequence[Input]) -> frozenset[str]:
    return frozenset(port.name for port in inputs)


def _by_port(
    vector: Mapping[str, int], interface: Interface, resets: Sequence[str]
) -> dict[str, int]:
    """Gather bits into port values; the key that asserts a reset stays."""
    values = {key: 1 for name in resets if (key := f"assert {name}") in vector}
    for port in interface.inputs:
        if port.name not in resets and any(bit in vector for bit in port.bits):
            digits = "".join(str(vector.get(bit, 0)) for bit in port.bits)
            values[port.name] = int(digits, 2)
    return values


def interesting_bits(subject: Subject) -> list[dict[str, int]]:
    """Return inputs, bit by bit, that the reference treats specially and chance would miss."""
    reference = subject.reference
    if reference is None:
        return []
    if not isinstance(reference, ListsInputs):
        if len(reference.input_bits) <= _FEW_BITS:
            return []
        return codes_in(reference.python_source(), reference.input_bits)[:_MAX_VECTORS]
    ports = {port.name: port for port in subject.interface.inputs if port.width > 1}
    vectors = []
    for given in reference.interesting_inputs()[:_MAX_VECTORS]:
        bits: dict[str, int] = {}
        for name, value in given.items():
            names = ports[name].bits if name in ports else (name,)
            bits |= {bit: value >> (len(names) - 1 - i) & 1 for i, bit in enumerate(names)}
        vectors.append(bits)
    return vectors


def codes_in(source: str, names: Sequence[str]) -> list[dict[str, int]]:
    """Return what strings such as "1-0" in Python `source` assign to the bits `names`.

    Reference models write their rows and transitions that way; the source is parsed, never run.
    """
    found: dict[str, None] = {}
    for node in ast.walk(ast.parse(source)):
        code = node.value if isinstance(node, ast.Constant) else None
        if isinstance(code, str) and len(code) == len(names) and _CODE.fullmatch(code):
            found[code] = None
    return [
        {name: int(bit) for name, bit in zip(names, code, strict=True) if bit != "-"}
        for code in found
    ]


def _interesting_vectors(
    subject: Subject, inputs: Sequence[Input], seed: int
) -> tuple[dict[str, int], ...]:
    """Return the interesting inputs by port, each followed by one that differs in a single bit."""
    rng = seeded(seed, "interesting")
    ports = [port for port in subject.interface.inputs if port.name in _names(inputs)]
    vectors = []
    for given in interesting_bits(subject):
        near = rng.choice(sorted(given))
        for bits in (given, given | {near: 1 - given[near]}):
            filled = {
                bit: bits.get(bit, rng.getrandbits(1))
                for port in ports
                if any(bit in bits for bit in port.bits)
                for bit in port.bits
            }
            vectors.append(_by_port(filled, subject.interface, ()))
    return tuple(vectors)
