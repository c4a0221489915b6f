"""The same question asked of words: sums and products that no prover of bits sees through.

z3 brings sums and products of words to a normal form, in which `(c * d + b) - (a + b)` and
`c * d - a` are one (L. de Moura, N. Bjorner, "Z3: An Efficient SMT Solver", 2008). It is asked
of the same circuit as ABC, before that is made of gates, whether an output can be 1 in any
state at all; so a yes says nothing, and a no is a proof.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from symbolic.certificate import QUERY
from symbolic.equivalence_miter import CIRCUIT

METHOD = "z3 on words"
WORTH = frozenset({"$mul", "$add", "$sub", "$macc", "$macc_v2", "$neg", "$alu"})
"""Cells that z3 sees through."""
FIRST = frozenset({"$mul"})
"""Those that ABC does not, so that z3 is asked first."""
_STATE = "any_state"


def kinds(cells: Iterable[str]) -> frozenset[str]:
    """Return which of the cells matter here."""
    return WORTH & frozenset(cells)


def commands(path: Path) -> tuple[str, ...]:
    """Return the Yosys commands that write the circuit for `never`.

    What the user named is written under names of Yosys's own.
    """
    return (
        "design -push-copy",
        f"rename -hide {CIRCUIT}/*",
        f"write_smt2 -bv {path}",
        "design -pop",
    )


def never(written: Path, output: str, seconds: float) -> bool:
    """Whether `output` is proved to be 0 in all states; leaves the question as `QUERY`.

    False says nothing: that it can be 1, in a state that may never come, or that no answer was
    found in time.
    """
    import z3  # noqa: PLC0415 - only where it is wanted

    circuit = written.read_text(encoding="utf-8")
    try:
        others = z3.parse_smt2_string(circuit)
    except z3.Z3Exception:
        return False
    if others:
        # Definitions only, whatever the design is: it must not make the answer.
        return False
    query = (
        f"{circuit}(declare-fun {_STATE} () |{CIRCUIT}_s|)\n"
        f"(assert (|{CIRCUIT}_n {output}| {_STATE}))\n(check-sat)\n"
    )
    solver = z3.Solver()
    solver.set("timeout", max(1, math.floor(1000 * seconds)))
    try:
        solver.from_string(query)
        found = solver.check()
    except z3.Z3Exception:
        return False
    if found != z3.unsat:
        return False
    Path(QUERY).write_text(query, encoding="utf-8")
    return True
