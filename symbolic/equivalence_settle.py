"""The ladder from a circuit to an answer; it runs in a worker."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symbolic.equivalence_miter import Wiring
from symbolic.yosys_abc import Abc, Answer
from symbolic.yosys_aiger import Aiger

_SHORT = 24
"""Steps of a first search."""
_PROOF_SHARE = 0.6
_SECOND_OPINION = 5.0
"""Seconds for it, at most."""


def settle_difference(circuit: Path, wiring: Wiring, deadline: float) -> dict[str, Any]:
    """Say whether the two designs of `circuit` can differ, as far as that is found in time."""
    return _Question(circuit, wiring, deadline).difference()


def settle_goal(circuit: Path, wiring: Wiring, number: int, deadline: float) -> dict[str, Any]:
    """Say whether goal `number` of the design in `circuit` can be reached."""
    return _Question(circuit, wiring, deadline).goal(number)


def certify(circuit: Path, folder: Path, seconds: float) -> None:
    """Leave in `folder` what the proof that two designs do not differ can be checked by."""
    Abc(circuit, Aiger.read(circuit)).certify("proof", folder, seconds)


def confirmed(circuit: Path, found: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """Return a proof with a second opinion: what all states of the product machine say.

    Where the machine is too large for that, it is what it was; where they disagree, it is open.
    """
    other = Abc(circuit, Aiger.read(circuit)).by_product("proof", min(seconds, _SECOND_OPINION))
    if other.holds is None:
        return dict(found)
    if other.holds:
        return {**found, "reason": f"{found['reason']}; {other.method}"}
    return {
        "outcome": "open",
        "reason": f"{found['reason']} prove it, and the states of the product machine disprove it",
    }


class _Question:
    def __init__(self, circuit: Path, wiring: Wiring, deadline: float) -> None:
        shape = json.loads(circuit.with_name("shape.json").read_text(encoding="utf-8"))
        self._stepwise: bool = shape["stepwise"]
        self._from_power_up: bool = shape["from_power_up"]
        self._circuit = Aiger.read(circuit)
        self._wiring = wiring
        self._deadline = deadline
        self._abc = Abc(circuit, self._circuit)

    def difference(self) -> dict[str, Any]:
        """Prove; failing that, search."""
        proof = self._abc.proved("proof", _PROOF_SHARE * self._left())
        if proof.holds:
            return {"outcome": "proved", "reason": proof.method}
        found = self._search("cycle", proof)
        if found.trace:
            return self._refuted(found)
        bound = self._cycles(found.cycles)
        return self._undecided(bound) if proof.holds is None else self._doubt(proof, bound)

    def goal(self, number: int) -> dict[str, Any]:
        """Search a little, prove, and search again."""
        found = self._abc.bounded(f"q{number}", _SHORT, _PROOF_SHARE * self._left())
        if found.trace:
            return self._reached(found, number)
        bound = self._cycles(found.cycles)
        proof = self._abc.proved(f"p{number}", _PROOF_SHARE * self._left())
        if proof.holds:
            return {"outcome": "proved", "reason": proof.method, "cycles": bound}
        found = self._search(f"q{number}", proof)
        if found.trace:
            return self._reached(found, number)
        if proof.holds is None:
            return self._undecided(bound)
        return {
            "outcome": "open",
            "reason": "reached only where a simulator might see it otherwise",
            "cycles": bound,
        }

    def _search(self, output: str, proof: Answer) -> Answer:
        """Look for a shortest trace, and if something else was found before, for any."""
        steps = max(_SHORT, len(proof.trace))
        found = self._abc.bounded(output, steps, _PROOF_SHARE * self._left())
        if found.trace or proof.holds is None:
            return found
        if self._circuit.run(proof.trace)[-1][output]:
            return proof
        later = self._abc.proved(output, self._left())
        return later if later.trace else found

    def _undecided(self, bound: int) -> dict[str, Any]:
        return {
            "outcome": "open",
            "reason": f"neither proved nor refuted; {bound} cycles were searched",
            "cycles": bound,
            "unsettled": True,
        }

    def _doubt(self, proof: Answer, bound: int) -> dict[str, Any]:
        """Say what stands against a proof, where no definite difference does."""
        found: dict[str, Any] = {"outcome": "open", "cycles": bound}
        values = self._circuit.run(proof.trace)[-1] if proof.trace else {}
        port = self._wiring.port_of(values, "x") if values else ""
        if values.get("definite"):
            what = "they differ only by changes between two clock edges"
            if len(self._wiring.clocks) > 1:
                what = "they differ, at clock edges that no trace can tell"
        elif port:
            what = f"{port} differs only by bits that are undefined, and not in the golden design"
            found |= {"trace": self._trace(proof), "port": port}
        elif values.get("asleep"):
            what = "a process may not have run yet when the outputs are looked at"
        else:
            what = "a register may be undefined where simulators differ from Yosys"
        return {**found, "reason": what}

    def _refuted(self, found: Answer) -> dict[str, Any]:
        steps = self._circuit.run(found.trace)
        values = steps[-1]
        port = self._wiring.port_of(values, "d")
        if not values["cycle"] or not port:
            return {"outcome": "open", "reason": "the trace that ABC found shows no difference"}
        trace = self._trace(found)
        if values["asleep"] or values["unknown"]:
            what = "simulators may not see the difference that was found"
            return {"outcome": "open", "reason": what, "trace": trace, "port": port}
        return {
            "outcome": "refuted",
            "reason": f"{port} differs in cycle {len(trace)}",
            "trace": trace,
            "from_power_up": self._from_power_up,
            "port": port,
            "outputs": self._wiring.outputs_of(steps, stepwise=self._stepwise),
            "cycles": len(trace) - 1,
        }

    def _reached(self, found: Answer, number: int) -> dict[str, Any]:
        values = self._circuit.run(found.trace)[-1]
        if not values[f"q{number}"]:
            return {"outcome": "open", "reason": "the trace that ABC found does not reach it"}
        trace = self._trace(found)
        return {
            "outcome": "refuted",
            "reason": f"reached in cycle {len(trace)}",
            "trace": trace,
            "from_power_up": self._from_power_up,
            "cycles": len(trace) - 1,
        }

    def _trace(self, found: Answer) -> list[Mapping[str, int]]:
        return list(self._wiring.cycles(found.trace, stepwise=self._stepwise))

    def _cycles(self, steps: int) -> int:
        """Return the clock cycles that `steps` reach."""
        return (steps + 1) // 2 if self._stepwise and self._wiring.clocks else steps

    def _left(self) -> float:
        return max(0.05, self._deadline - time.monotonic())
