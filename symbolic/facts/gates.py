"""Boolean functions as a graph of gates whose equal parts are one, and SAT over it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

TRUE = 1
FALSE = -1
SAMPLES = 256
"""Random assignments that every function is simulated on; most questions end there."""
_ALL = (1 << SAMPLES) - 1

_Gate = tuple[str, int, int, int]


class _Solver(Protocol):
    def add_clause(self, clause: list[int]) -> None: ...

    def conf_budget(self, budget: int) -> None: ...

    def solve_limited(self, assumptions: list[int]) -> bool | None: ...

    def get_model(self) -> list[int] | None: ...


class Gates:
    """Makes functions of free variables; a function is a literal, its negation the negative.

    Questions are answered exactly or with "don't know": after `conflicts` conflicts, and
    when all questions together have looked at `work` gates.
    """

    def __init__(self, *, conflicts: int = 2_000, work: int = 3_000_000) -> None:
        self.words: dict[tuple[object, ...], tuple[int, ...]] = {}
        """Variables that stand for words of memories, by memory and address."""
        self._gates: dict[int, _Gate] = {}
        self._made: dict[_Gate, int] = {}
        self._samples: list[int] = [0, _ALL]
        self._random = random.Random(1)  # noqa: S311
        self._conflicts = conflicts
        self._work = work
        self._solver: _Solver | None = None
        self._loaded: set[int] = {TRUE}
        self._settled = True

    def __len__(self) -> int:
        return len(self._gates)

    def free(self) -> int:
        """Return a new variable."""
        return self._new(self._random.getrandbits(SAMPLES))

    def both(self, a: int, b: int) -> int:
        """Return `a and b`."""
        if FALSE in (a, b) or a == -b:
            return FALSE
        if a in (TRUE, b):
            return b
        if b == TRUE:
            return a
        return self._gate("and", min(a, b), max(a, b), 0)

    def either(self, a: int, b: int) -> int:
        """Return `a or b`."""
        return -self.both(-a, -b)

    def differ(self, a: int, b: int) -> int:
        """Return `a xor b`."""
        if abs(a) == TRUE:
            return b if a == FALSE else -b
        if abs(b) == TRUE:
            return a if b == FALSE else -a
        if abs(a) == abs(b):
            return FALSE if a == b else TRUE
        low, high = sorted((abs(a), abs(b)))
        made = self._gate("xor", low, high, 0)
        return made if (a < 0) == (b < 0) else -made

    def choose(self, condition: int, a: int, b: int) -> int:
        """Return `a if condition else b`."""
        if condition < 0:
            condition, a, b = -condition, b, a
        if condition == TRUE or a == b:
            return a
        if a == -b:
            return -self.differ(condition, a)
        if a in (TRUE, condition):
            return self.either(condition, b)
        if a in (FALSE, -condition):
            return self.both(-condition, b)
        if b in (FALSE, condition):
            return self.both(condition, a)
        if b in (TRUE, -condition):
            return self.either(-condition, a)
        return self._gate("ite", condition, a, b)

    def all(self, literals: Iterable[int]) -> int:
        result = TRUE
        for literal in literals:
            result = self.both(result, literal)
        return result

    def any(self, literals: Iterable[int]) -> int:
        return -self.all(-literal for literal in literals)

    def sampled(self, literal: int) -> int:
        """Return the function's values on the random assignments, as bits of a number."""
        value = self._samples[abs(literal)]
        return value if literal > 0 else value ^ _ALL

    def never(self, *literals: int) -> bool:
        """Return whether it is proved that the literals are never true together."""
        together = _ALL
        for literal in literals:
            together &= self.sampled(literal)
        return not together and self.solution(literals) is None and self._settled

    def same(self, a: Sequence[int], b: Sequence[int], *, where: int = TRUE) -> bool:
        """Return whether it is proved that two vectors are equal wherever `where` is true."""
        return self.never(where, self.any(self.differ(x, y) for x, y in zip(a, b, strict=True)))

    def solution(self, literals: Iterable[int], shown: Iterable[int] = ()) -> Sequence[int] | None:
        """Return an assignment that makes all literals true, for `value`; `shown` are in it, too.

        None: there is none, or none was found; `settled` tells which.
        """
        wanted = [literal for literal in literals if literal != TRUE]
        self._settled = True
        if FALSE in wanted:
            return None
        if self._work <= 0:
            self._settled = False
            return None
        solver = self._with([*wanted, *shown])
        self._work -= len(self._loaded)
        solver.conf_budget(self._conflicts)
        answer = solver.solve_limited(wanted)
        self._settled = answer is not None
        if not answer:
            return None
        return solver.get_model() or ()

    @staticmethod
    def value(model: Sequence[int], literal: int) -> bool:
        """Return what a literal is in an assignment; variables that it does not have are 0."""
        place = abs(literal) - 1
        return (place < len(model) and model[place] > 0) == (literal > 0)

    @property
    def settled(self) -> bool:
        """Whether the last question was answered within the conflicts."""
        return self._settled

    def _new(self, samples: int) -> int:
        self._samples.append(samples)
        return len(self._samples) - 1

    def _gate(self, kind: str, a: int, b: int, c: int) -> int:
        key = (kind, a, b, c)
        made = self._made.get(key)
        if made is None:
            made = self._new(self._simulated(key))
            self._made[key] = made
            self._gates[made] = key
        return made

    def _simulated(self, gate: _Gate) -> int:
        kind, a, b, c = gate
        first, second = self.sampled(a), self.sampled(b)
        if kind == "and":
            return first & second
        if kind == "xor":
            return first ^ second
        return (first & second) | (~first & _ALL & self.sampled(c))

    def _with(self, literals: Iterable[int]) -> _Solver:
        """Return the solver, the literals' gates added to it."""
        if self._solver is None:
            from pysat.solvers import Glucose4  # noqa: PLC0415

            self._solver = Glucose4(bootstrap_with=[[TRUE]])
        waiting = [abs(literal) for literal in literals]
        while waiting:
            variable = waiting.pop()
            if variable in self._loaded:
                continue
            self._loaded.add(variable)
            gate = self._gates.get(variable)
            if gate is not None:
                waiting += [abs(literal) for literal in gate[1:] if literal]
                for clause in _clauses(variable, gate):
                    self._solver.add_clause(clause)
        return self._solver

    def evaluated(self, inputs: Mapping[int, int], samples: int) -> list[int]:
        """Return the values of all functions on `samples` assignments, bits of numbers.

        They are indexed by literal, negative ones too. `inputs` has the values of
        free variables; those not there are 0.
        """
        every = (1 << samples) - 1
        values = [0] * (2 * len(self._samples))
        for variable in range(1, len(self._samples)):
            values[-variable] = every
        for variable, value in ((TRUE, every), *inputs.items()):
            values[variable], values[-variable] = value, value ^ every
        for variable, (kind, a, b, c) in self._gates.items():
            if kind == "and":
                value = values[a] & values[b]
            elif kind == "xor":
                value = values[a] ^ values[b]
            else:
                value = (values[a] & values[b]) | (values[-a] & values[c])
            values[variable], values[-variable] = value, value ^ every
        return values

    def support(self, literals: Iterable[int]) -> set[int]:
        """Return the free variables that literals are made of."""
        seen: set[int] = set()
        waiting = [abs(literal) for literal in literals]
        while waiting:
            variable = waiting.pop()
            if variable not in seen:
                seen.add(variable)
                waiting += [abs(x) for x in self._gates.get(variable, ("", 0, 0, 0))[1:] if x]
        return {variable for variable in seen if variable not in self._gates and variable != TRUE}


def _clauses(y: int, gate: _Gate) -> list[list[int]]:
    kind, a, b, c = gate
    if kind == "and":
        return [[-y, a], [-y, b], [y, -a, -b]]
    if kind == "xor":
        return [[-y, a, b], [-y, -a, -b], [y, -a, b], [y, a, -b]]
    return [[-y, -a, b], [-y, a, c], [y, -a, -b], [y, a, -c], [y, -b, -c], [-y, b, c]]
