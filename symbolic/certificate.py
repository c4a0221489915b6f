"""Proofs that can be checked again, by other means than those that found them.

A proof that two designs never differ is an inductive invariant of their product: a set
of states that contains the first, is never left, and in which no output differs. ABC's
`pdr` finds it (A. R. Bradley, "SAT-Based Model Checking without Unrolling", 2011); here a
SAT solver that shares no code with ABC checks the three claims. That the circuit is the
product of the two designs is not part of it: Yosys made that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Timer
from typing import Any

from symbolic.formats.aiger import write_aiger
from symbolic.yosys_aiger import Aiger

MITER, INVARIANT = "miter.aig", "invariant.pla"
"""Names of files: the circuit, and states that do not occur in it."""
QUERY = "query.smt2"
"""Name of the file with a question to solvers of words; that it is `unsat` is the proof."""
BAD = "bad"
"""The one output of a certificate's circuit; it is claimed to stay 0."""
_SOLVER = "glucose4"

Cube = tuple[tuple[int, int], ...]
"""Latches by number, and the values that they do not have together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A circuit, and states that are claimed never to occur in it."""

    circuit: Aiger
    forbidden: tuple[Cube, ...] = ()

    def fault(self, *, seconds: float) -> str:
        """Check the claims; return which one does not hold, empty if all do.

        Raises:
            TimeoutError: That took longer.
        """
        initial = [value for _, value in self.circuit.latches]
        for cube in self.forbidden:
            if all(initial[latch] == value for latch, value in cube):
                return "the first state is one of those that are said never to occur"
        with _Question(self.circuit, seconds) as question:
            for cube in self.forbidden:
                question.add(_unless(cube, question.states))
            if question.possible([question.bad]):
                return "the output may be 1 in a state that is not ruled out"
            for cube in self.forbidden:
                if question.possible(_together(cube, question.following)):
                    return "the invariant is left in one step"
        return ""


def cone(circuit: Aiger, output: str) -> Aiger:
    """Return the part of `circuit` that `output` depends on, with that output only."""
    first_latch = len(circuit.inputs) + 1
    first_gate = first_latch + len(circuit.latches)
    reached: set[int] = set()
    waiting = [circuit.outputs[output] >> 1]
    while waiting:
        variable = waiting.pop()
        if variable and variable not in reached:
            reached.add(variable)
            if variable >= first_gate:
                waiting += [literal >> 1 for literal in circuit.ands[variable - first_gate]]
            elif variable >= first_latch:
                waiting.append(circuit.latches[variable - first_latch][0] >> 1)
    new = {0: 0} | {old: number for number, old in enumerate(sorted(reached), start=1)}

    def image(literal: int) -> int:
        return 2 * new[literal >> 1] | literal & 1

    latches = enumerate(circuit.latches, start=first_latch)
    gates = enumerate(circuit.ands, start=first_gate)
    return Aiger(
        inputs=tuple(n for v, n in enumerate(circuit.inputs, start=1) if v in reached),
        outputs={BAD: image(circuit.outputs[output])},
        latches=tuple((image(n), value) for v, (n, value) in latches if v in reached),
        ands=tuple((image(a), image(b)) for v, (a, b) in gates if v in reached),
    )


def latch_symbols(circuit: Aiger) -> Iterator[str]:
    """Yield names of the latches, by which an invariant tells them."""
    return (f"s{number}" for number in range(len(circuit.latches)))


def written(circuit: Aiger) -> bytes:
    """Return a circuit as a binary AIGER file whose latches have names."""
    names = enumerate(latch_symbols(circuit))
    return write_aiger(circuit) + "".join(f"l{number} {name}\n" for number, name in names).encode()


def read_invariant(text: str, circuit: Aiger) -> tuple[Cube, ...]:
    """Read what `pdr` wrote: a PLA whose rows are states that do not occur.

    ABC lets every latch begin with 0, and tells of those that begin with 1 inverted.

    Raises:
        ValueError: It is about other latches.
    """
    numbers = {name: number for number, name in enumerate(latch_symbols(circuit))}
    columns: list[int] = []
    cubes = []
    for line in text.splitlines():
        words = line.split()
        if words[:1] == [".ilb"]:
            if not set(words[1:]) <= numbers.keys():
                raise ValueError("an invariant must be about the circuit's own latches")
            columns = [numbers[word] for word in words[1:]]
        elif len(words) == 2 and not set(words[0]) - set("01-"):
            if len(words[0]) != len(columns):
                raise ValueError(f"a row of an invariant has {len(columns)} places: {line!r}")
            bits = [(n, bit) for n, bit in zip(columns, words[0], strict=True) if bit != "-"]
            cubes.append(tuple((n, int(bit) ^ circuit.latches[n][1]) for n, bit in bits))
    return tuple(cubes)


class _Question:
    """The circuit as clauses, and a solver that is asked about it."""

    def __init__(self, circuit: Aiger, seconds: float) -> None:
        from pysat.solvers import Solver  # noqa: PLC0415 - only where it is wanted

        self._solver: Any = Solver(name=_SOLVER)
        self._timer = Timer(seconds, self._solver.interrupt)
        first_latch = len(circuit.inputs) + 1
        self.states = [first_latch + number for number in range(len(circuit.latches))]
        first_gate = first_latch + len(circuit.latches)
        self._zero = first_gate + len(circuit.ands)
        self.add([-self._zero])
        for gate, (left, right) in enumerate(circuit.ands, start=first_gate):
            a, b = self._literal(left), self._literal(right)
            for clause in ([-gate, a], [-gate, b], [gate, -a, -b]):
                self.add(clause)
        self.following = [self._literal(following) for following, _ in circuit.latches]
        self.bad = self._literal(circuit.outputs[BAD])

    def __enter__(self) -> _Question:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        self._solver.delete()

    def add(self, clause: Iterable[int]) -> None:
        self._solver.add_clause(list(clause))

    def possible(self, assumed: Sequence[int]) -> bool:
        found = self._solver.solve_limited(assumptions=list(assumed), expect_interrupt=True)
        if found is None:
            raise TimeoutError("the certificate's check took too long")
        return bool(found)

    def _literal(self, literal: int) -> int:
        variable = literal >> 1 or self._zero
        return -variable if literal & 1 else variable


def _together(cube: Cube, variables: Sequence[int]) -> list[int]:
    return [variables[latch] if value else -variables[latch] for latch, value in cube]


def _unless(cube: Cube, variables: Sequence[int]) -> list[int]:
    return [-literal for literal in _together(cube, variables)]
