"""Compares pairs of designs; it runs in a sandboxed child process, a fork for each pair.

The golden design is read once. What is compared is the product of both, where
every signal has two bits, its value and whether it is x, so that x propagates as
in a simulation and every state has a value at power-up. ABC decides on it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from symbolic.equivalence_miter import OUTPUTS, Wiring, wrapper
from symbolic.yosys_abc import Abc, Answer
from symbolic.yosys_aiger import Aiger
from symbolic.yosys_model import Model, Unsupported, prepare
from symbolic.yosys_worker import ANSWERS, LOG, REQUEST, forked, libyosys

FOUND = "found.json"
_AIGER = "pair.aig"
_SHORT = 24
"""Cycles of the first search for a difference."""
_FIRST_SECONDS = 2.0
"""For one pair, before all have had their turn."""


def main() -> None:
    """Answer for each of `others` in the request, as they are settled."""
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    deadline = time.monotonic() + request["seconds"]
    library = libyosys()
    _log_to(Path(LOG))
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        answers.flush()
        session = _Session(library, request)
        for answer in session.answers(deadline):
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


def _log_to(path: Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)


class _Session:
    """The golden design, and the others in their order."""

    def __init__(self, library: Any, request: Mapping[str, Any]) -> None:  # noqa: ANN401
        self._library = library
        self._wiring = Wiring.of(request["interface"])
        self._others: Sequence[Mapping[str, Any]] = request["others"]
        self._design = library.Design()
        self._golden = prepare(library, self._design, "golden", request["golden"], self._wiring)

    def answers(self, deadline: float) -> Iterator[dict[str, Any]]:
        """Yield what is found, first within a short time for each, then with what is left."""
        if self._golden.unsupported:
            yield {"all": f"golden design: {self._golden.unsupported}"}
            return
        waiting = []
        for number in range(len(self._others)):
            answer = self._attempt(number, min(_FIRST_SECONDS, deadline - time.monotonic()))
            if answer.pop("unsettled", False):
                waiting.append(number)
            yield {"number": number, **answer}
        for index, number in enumerate(waiting):
            left = (deadline - time.monotonic()) / (len(waiting) - index)
            if left <= 0.2:
                return
            answer = self._attempt(number, left)
            answer.pop("unsettled", None)
            yield {"number": number, **answer}

    def _attempt(self, number: int, seconds: float) -> dict[str, Any]:
        folder = Path(str(number))
        (folder / FOUND).unlink(missing_ok=True)
        start = time.monotonic()
        ended = forked(
            lambda: self._compare(number, start + seconds), folder=folder, seconds=seconds + 0.5
        )
        found: dict[str, Any] = {"outcome": "open", "reason": "", "unsettled": True}
        if (folder / FOUND).is_file():
            found = json.loads((folder / FOUND).read_text(encoding="utf-8"))
        elif ended.status not in (None, 0):
            found = {"outcome": "open", "reason": "", "failed": ended.status}
        return {"seconds": ended.seconds, **found}

    def _compare(self, number: int, deadline: float) -> None:
        """Leave what is found of one pair in `FOUND`; runs in a fork, in the folder of the pair."""
        if not Path(_AIGER).is_file():
            other = prepare(
                self._library, self._design, "other", self._others[number], self._wiring
            )
            if other.unsupported:
                _leave({"outcome": "open", "reason": other.unsupported})
                return
            self._write_product(other)
        found = _Pair(Aiger.read(Path(_AIGER)), self._wiring, deadline).settle()
        _leave(found)

    def _write_product(self, other: Model) -> None:
        pulses = self._golden.asynchronous or other.asynchronous
        Path("product.v").write_text(wrapper(self._wiring, pulses=pulses), encoding="utf-8")
        commands = (
            "design -reset",
            "read_verilog -icells product.v",
            "design -import golden -as golden",
            "design -import other -as other",
            "hierarchy -check -top product",
            "proc",
            "flatten",
            "delete t:$scopeinfo",
            "opt -full",
            "techmap",
            "simplemap",
            "aigmap",
            "opt_clean",
            f"write_aiger -symbols {_AIGER}.part",
        )
        for command in commands:
            self._library.run_pass(command, self._design)
        Path(f"{_AIGER}.part").rename(_AIGER)


def _leave(found: Mapping[str, Any]) -> None:
    part = Path(FOUND + ".part")
    part.write_text(json.dumps(found), encoding="utf-8")
    part.rename(FOUND)


class _Pair:
    """One product, to be settled until `deadline`."""

    def __init__(self, product: Aiger, wiring: Wiring, deadline: float) -> None:
        self._product = product
        self._wiring = wiring
        self._deadline = deadline
        self._abc = Abc(Path(_AIGER), list(product.outputs))

    def settle(self) -> dict[str, Any]:
        """Search a little, prove, and search again."""
        found = self._abc.bounded(OUTPUTS.cycle, _SHORT, self._left() / 3)
        if found.trace:
            return self._refuted(found)
        bound = found.cycles
        proof = self._abc.proved(OUTPUTS.any, self._left())
        if proof.holds:
            return {"outcome": "proved", "reason": proof.method, "cycles": bound}
        if proof.holds is None:
            return {
                "outcome": "open",
                "reason": f"neither proved nor refuted in {bound} cycles",
                "cycles": bound,
                "unsettled": True,
            }
        return self._other_difference(proof, bound)

    def _other_difference(self, seen: Answer, bound: int) -> dict[str, Any]:
        """Something differs, perhaps only in x, or only by a reset between clock edges."""
        found = self._abc.proved(OUTPUTS.cycle, self._left())
        if found.trace:
            return self._refuted(found)
        values = self._product.run(seen.trace)[-1]
        what = (
            "a reset that is released between clock edges"
            if values[OUTPUTS.definite]
            else "an undefined bit where the golden design has none"
        )
        trace = self._wiring.cycles(seen.trace) if not values[OUTPUTS.definite] else None
        return {
            "outcome": "open",
            "reason": f"differs only by {what}",
            "cycles": bound,
            "trace": trace,
            "port": self._wiring.port_of(values, "x"),
        }

    def _refuted(self, found: Answer) -> dict[str, Any]:
        values = self._product.run(found.trace)[-1]
        port = self._wiring.port_of(values, "d")
        if not values[OUTPUTS.cycle] or not port:
            return {"outcome": "open", "reason": "ABC's trace does not show a difference"}
        return {
            "outcome": "refuted",
            "reason": f"{port} differs in cycle {len(found.trace)}",
            "trace": self._wiring.cycles(found.trace),
            "port": port,
            "cycles": len(found.trace) - 1,
        }

    def _left(self) -> float:
        return max(0.05, self._deadline - time.monotonic())


__all__ = ["FOUND", "Unsupported", "main"]
