"""A refutation for people and simulators: a table, a waveform, and a cocotb test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.interface import Edge, Interface
from sim.proof import Proof

HALF = 5
"""Half a clock cycle, in ns; without clocks, half a vector."""
_FIRST_CODE, _CODES = 33, 94
"""Printable characters, of which a VCD's short names are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """Inputs from the first state to where two designs differ, and what they answer."""

    interface: Interface
    cycles: tuple[Mapping[str, int], ...]
    """Inputs but clocks, by port; all resets asserted in the first, if there are any."""
    golden: tuple[Mapping[str, str], ...]
    """Outputs in each cycle before its active edge; an entry more: after the last one."""
    other: tuple[Mapping[str, str], ...]
    port: str
    """An output that differs in the last entry."""

    @classmethod
    def of(cls, proof: Proof, interface: Interface) -> Counterexample | None:
        """Return what a refutation shows; None if there are no values to show."""
        if proof.trace is None or not proof.outputs:
            return None
        return cls(
            interface=interface,
            cycles=proof.trace.cycles,
            golden=tuple(golden for golden, _ in proof.outputs),
            other=tuple(other for _, other in proof.outputs),
            port=proof.port,
        )

    @property
    def late(self) -> bool:
        """Whether the difference shows only after the last edge."""
        return len(self.golden) > len(self.cycles)

    def differing(self) -> list[str]:
        """Return the outputs that both designs define, and differently, at the end."""
        pairs = ((name, self.golden[-1][name], self.other[-1][name]) for name in self.golden[-1])
        return [name for name, golden, other in pairs if differ(golden, other)]


def differ(golden: str, other: str) -> bool:
    """Whether two values differ in a bit that both define."""
    return any("x" not in (a, b) and a != b for a, b in zip(golden, other, strict=True))


def vcd(found: Counterexample) -> str:
    """Return the waveform as a value change dump (IEEE 1364-2005, 18), 1 ns a unit."""
    return "\n".join(_Waveform(found).lines()) + "\n"


class _Waveform:
    def __init__(self, found: Counterexample) -> None:
        self._found = found
        pins = found.interface
        self._signals = [
            *(("inputs", port.name, port.width) for port in pins.inputs),
            *(("golden", port.name, port.width) for port in pins.outputs),
            *(("other", port.name, port.width) for port in pins.outputs),
            ("compared", "cycle", 32),
            ("compared", "differs", 1),
        ]
        self._codes = {(scope, name): _code(n) for n, (scope, name, _) in enumerate(self._signals)}
        self._widths = {(scope, name): width for scope, name, width in self._signals}
        self._clocks = {clock.port: int(clock.edge is Edge.RISING) for clock in pins.clocks}
        self._held: dict[tuple[str, str], str] = {}

    def lines(self) -> Iterator[str]:
        yield from ("$timescale 1ns $end", "$scope module counterexample $end")
        for scope in ("inputs", "golden", "other", "compared"):
            yield f"$scope module {scope} $end"
            for owner, name, width in self._signals:
                if owner == scope:
                    yield f"$var wire {width} {self._codes[owner, name]} {name} $end"
            yield "$upscope $end"
        yield from ("$upscope $end", "$enddefinitions $end")
        for number, inputs in enumerate(self._found.cycles):
            yield from self._cycle(number, inputs)
        yield from self._ending()

    def _cycle(self, number: int, inputs: Mapping[str, int]) -> Iterator[str]:
        yield f"#{2 * HALF * number}"
        driven = {("inputs", name): _binary(value) for name, value in inputs.items()}
        idle = {("inputs", name): str(1 - level) for name, level in self._clocks.items()}
        yield from self._changes({**driven, **idle, **self._answers(number)})
        if len(self._clocks) == 1:
            yield f"#{2 * HALF * number + HALF}"
            active = {("inputs", name): str(level) for name, level in self._clocks.items()}
            yield from self._changes(active)

    def _ending(self) -> Iterator[str]:
        count = len(self._found.cycles)
        if self._found.late:
            yield f"#{2 * HALF * count}"
            yield from self._changes(self._answers(count))
        yield f"#{2 * HALF * (count + 1)}"

    def _answers(self, number: int) -> dict[tuple[str, str], str]:
        golden, other = self._found.golden[number], self._found.other[number]
        differs = any(differ(golden[name], other[name]) for name in golden)
        return {
            **{("golden", name): value for name, value in golden.items()},
            **{("other", name): value for name, value in other.items()},
            ("compared", "cycle"): _binary(number + 1),
            ("compared", "differs"): str(int(differs)),
        }

    def _changes(self, values: Mapping[tuple[str, str], str]) -> Iterator[str]:
        for key, value in values.items():
            if self._held.get(key) != value:
                self._held[key] = value
                code = self._codes[key]
                yield f"{value}{code}" if self._widths[key] == 1 else f"b{value} {code}"


def _binary(value: int) -> str:
    return format(value, "b")


def _code(number: int) -> str:
    text = ""
    while True:
        text += chr(_FIRST_CODE + number % _CODES)
        number //= _CODES
        if not number:
            return text


def cocotb_test(found: Counterexample, *, files: Sequence[str], top: str) -> str:
    """Return a cocotb test of the other design that fails as long as it differs.

    It stands alone: `python test_counterexample.py` runs it in Icarus on `files`, which
    lie beside it; cocotb's own runner or Makefiles can use it too.
    """
    pins = found.interface
    clocks = {clock.port: int(clock.edge is Edge.RISING) for clock in pins.clocks}
    resets = {reset.port: int(reset.active_low) for reset in pins.resets}
    # In the first cycle with a reset, nothing is defined yet.
    expected = [{} if resets and not n else dict(g) for n, g in enumerate(found.golden)]
    rows = [
        f"    ({dict(inputs)!r}, {outputs!r}),"
        for inputs, outputs in zip(found.cycles, expected, strict=False)
    ]
    after = dict(found.golden[-1]) if found.late else {}
    return _TEST.format(
        port=found.port,
        cycle=len(found.cycles),
        clocks=clocks,
        idle=resets,
        rows="\n".join(rows),
        after=after,
        files=list(files),
        top=top,
        half=HALF,
    )


_TEST = '''"""A counterexample as a cocotb test: {port} is wrong in cycle {cycle}.

Run it with `python test_counterexample.py`; it passes once the design is right.
"""

import cocotb
from cocotb.triggers import Timer

FILES = {files!r}
TOP = {top!r}
CLOCKS = {clocks!r}
"""Clock inputs, and the level after their active edge."""
IDLE = {idle!r}
"""Resets that are not asserted."""
CYCLES = [
{rows}
]
"""Inputs, and what the outputs must be before the active edge; x: anything."""
AFTER = {after!r}
"""What they must be after the last edge."""


@cocotb.test()
async def counterexample(dut):
    drive(dut, {{**CYCLES[0][0], **IDLE, **clocks(active=False)}})
    await Timer(1, "ns")
    for number, (inputs, expected) in enumerate(CYCLES, start=1):
        drive(dut, inputs)
        await Timer({half}, "ns")
        check(dut, expected, f"in cycle {{number}}")
        drive(dut, clocks(active=True))
        await Timer({half}, "ns")
        if number < len(CYCLES):
            drive(dut, clocks(active=False))
    check(dut, AFTER, "after the last edge")


def clocks(*, active):
    return {{name: level if active else 1 - level for name, level in CLOCKS.items()}}


def drive(dut, values):
    for name, value in values.items():
        getattr(dut, name).value = value


def check(dut, expected, when):
    for name, bits in expected.items():
        seen = str(getattr(dut, name).value).lower()
        right = all(want in ("x", got) for want, got in zip(bits, seen, strict=True))
        assert right, f"{{name}} must be {{bits}} {{when}}, not {{seen}}"


def main():
    from pathlib import Path

    from cocotb_tools.check_results import get_results
    from cocotb_tools.runner import get_runner

    here = Path(__file__).resolve().parent
    runner = get_runner("icarus")
    runner.build(
        sources=[here / name for name in FILES],
        hdl_toplevel=TOP,
        build_dir=here / "sim_build",
        always=True,
        timescale=("1ns", "1ps"),
    )
    results = runner.test(
        test_module=Path(__file__).stem, hdl_toplevel=TOP, test_dir=here, timescale=("1ns", "1ps")
    )
    raise SystemExit(get_results(results)[1] > 0)


if __name__ == "__main__":
    main()
'''
