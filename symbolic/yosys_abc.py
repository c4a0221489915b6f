"""ABC on the outputs of an AIGER file: bounded search, and proof.

It runs where the worker runs, inside its sandbox.
"""

from __future__ import annotations

import math
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from symbolic.certificate import BAD, INVARIANT, MITER, cone, written
from symbolic.yosys_aiger import Aiger

_STATUS = re.compile(r"^Status = (-?\d+)\s+Frames = (-?\d+)", re.M)
_TRACE = "trace.txt"
_AT_ONCE = 1.5
"""Seconds after which a proof is tried in another way."""
_REACHABLE = 64
"""Latches up to which the reachable states are computed."""
_REACH_SHARE = 0.25
_NODES = 200_000
"""Of their BDD."""
_DEEP = 2000
"""Cycles to the farthest state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What ABC found of one output."""

    holds: bool | None = None
    """Whether the output is never 1; None if that is not known."""
    trace: tuple[Mapping[str, int], ...] = ()
    """Inputs cycle by cycle, by symbol; in the last the output is 1."""
    cycles: int = 0
    """Cycles in which it is known to stay 0."""
    method: str = ""


def abc_path() -> str:
    """Return the ABC that came with pyosys."""
    import pyosys  # noqa: PLC0415 - only where it is wanted

    return str(Path(pyosys.__path__[0]) / "yosys-abc")


class Abc:
    """The outputs of one circuit, each of which should stay 0."""

    def __init__(self, path: Path, circuit: Aiger) -> None:
        self._path = path
        self._outputs = list(circuit.outputs)
        self._inputs = circuit.inputs
        self._circuit = circuit

    def bounded(self, output: str, frames: int, seconds: float) -> Answer:
        """Look for a short trace in which `output` becomes 1."""
        return self._ask(output, f"bmc3 -F {frames} -T {math.ceil(seconds)}", seconds, "bmc")

    def proved(self, output: str, seconds: float) -> Answer:
        """Prove that `output` is never 1, or find a trace."""
        start = time.monotonic()
        answer = self._by_pdr(output, min(seconds, _AT_ONCE))
        if answer.holds is not None or seconds <= _AT_ONCE:
            return answer
        left = seconds - (time.monotonic() - start)
        answer = self.by_product(output, _REACH_SHARE * left)
        if not answer.holds:
            answer = self._by_reachability(output, _REACH_SHARE * left)
        left = seconds - (time.monotonic() - start)
        return answer if answer.holds or left <= 0 else self._by_pdr(output, left)

    def _by_pdr(self, output: str, seconds: float) -> Answer:
        # Where `scorr` leaves no registers, `pdr` says nothing and `iprove` settles it;
        # where there are some, `iprove` ends the script.
        command = f"scorr; print_stats; pdr -T {math.ceil(seconds)}"
        return self._ask(output, command, seconds, "scorr, pdr", then="iprove")

    def _by_reachability(self, output: str, seconds: float) -> Answer:
        """Compute all reachable states as one BDD: large machines take `pdr` long."""
        if len(cone(self._circuit, output).latches) > _REACHABLE:
            return Answer()
        command = f"dc2; scorr; print_stats; reach -T {math.ceil(seconds)} -B {_NODES} -F {_DEEP}"
        answer = self._ask(output, command, seconds, "scorr, reachable states")
        return answer if answer.holds else Answer()

    def by_product(self, output: str, seconds: float) -> Answer:
        """Compute them by diagrams of our own; nothing is said of large circuits.

        An answer that the output can be 1 has no trace.
        """
        from symbolic.product_machine import reached  # noqa: PLC0415 - only where it is wanted

        part = cone(self._circuit, output)
        if not 0 < len(part.latches) <= _REACHABLE:
            return Answer()
        found = reached(part, BAD, seconds=seconds)
        if found is None:
            return Answer()
        return Answer(holds=found.holds, method=f"product machine, {found.states} states")

    def certify(self, output: str, folder: Path, seconds: float) -> None:
        """Leave the circuit of `output` in `folder`, and an invariant that proves it, if found."""
        part = cone(self._circuit, output)
        (folder / MITER).write_bytes(written(part))
        if part.latches:
            script = f"read_aiger {MITER}; pdr -T {math.ceil(seconds)} -d -I {INVARIANT}"
            with suppress(subprocess.TimeoutExpired):
                subprocess.run(
                    [abc_path(), "-q", script],
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.STDOUT,
                    timeout=seconds + 1,
                    check=False,
                )

    def _ask(
        self, output: str, command: str, seconds: float, method: str, *, then: str = ""
    ) -> Answer:
        Path(_TRACE).unlink(missing_ok=True)
        report = f"print_status; write_cex -a {_TRACE}"
        steps = [
            f"read_aiger {self._path}",
            f"cone -O {self._outputs.index(output)}",
            *(f"{step}; {report}" for step in (command, then) if step),
        ]
        script = "; ".join(steps)
        try:
            run = subprocess.run(
                [abc_path(), "-q", script],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Answer()
        text = run.stdout.decode(errors="replace")
        sys.stdout.write(f"abc: {script}\n{text}\n")
        found = {int(status): int(frames) for status, frames in _STATUS.findall(text)}
        if 1 in found:
            return Answer(holds=True, method=method)
        if 0 in found:
            return Answer(holds=False, trace=self._trace(), method=method)
        return Answer(cycles=max(found.get(-1, 0), 0), method=method)

    def _trace(self) -> tuple[Mapping[str, int], ...]:
        lines = Path(_TRACE).read_text(encoding="utf-8").splitlines()
        vectors = [line for line in lines[1:] if line and not line.startswith("#")]
        if any(len(vector) != len(self._inputs) for vector in vectors):
            return ()
        return tuple(
            {name: int(bit == "1") for name, bit in zip(self._inputs, vector, strict=True)}
            for vector in vectors
        )
