"""Several functions of the same inputs as multi-level logic that shares what they have in common.

Covers are minimized with their don't-cares, each as itself or as its inverse,
whichever is shorter; ABC then extracts common divisors (`fx`, after J. Rajski and
J. Vasudevamurthy, "The testability-preserving concurrent decomposition and
factorization of Boolean expressions", IEEE TCAD 11(6), 1992); what is left of each
function is factored. ABC runs in a sandboxed child process.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import ToolFailed
from sim.process import Limits, run_tool
from sim.scratch import scratch_folder
from symbolic.bdd import Bdd, Cones
from symbolic.cubes import Cube, literals
from symbolic.expression import Expression, bit, literal_count
from symbolic.formats.blif import Gate, Netlist, read_blif, write_blif
from symbolic.minimize import Function, function
from symbolic.synthesize import synthesize
from symbolic.yosys import require_pyosys

_SCRIPT = "read_blif in.blif; fx; sweep; write_blif out.blif"
_INLINE = 3
"""Literals of a shared part up to which it is written out wherever it is used."""
_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Multilevel:
    """Logic as expressions over inputs and over wires that stand before."""

    wires: tuple[tuple[str, Expression], ...]
    """Shared parts by name, each over inputs and wires before it."""
    outputs: Mapping[str, Expression]

    @property
    def literals(self) -> int:
        """Signals and constants written in all expressions."""
        return sum(
            literal_count(expression)
            for expression in (*(value for _, value in self.wires), *self.outputs.values())
        )


def minimized(
    inputs: Sequence[str],
    functions: Mapping[str, Function],
    *,
    wire: str = "shared",
    seconds: float = _SECONDS,
) -> Multilevel:
    """Return multi-level logic of functions, by output, whose don't-cares are used.

    `inputs` names bits, the first the highest of the functions' cubes; shared parts are
    called `wire` with a number.

    Raises:
        ValueError: A function has another number of inputs, or a name is taken twice.
        NodeBudgetReached: A function is too large.
        ToolNotFound: pyosys, with which ABC comes, is not installed.
        ToolFailed: ABC does not run.
    """
    _check(inputs, functions, wire)
    plain = [f"i{n}" for n in range(len(inputs))]
    gates = {f"o{n}": _cover(f, plain) for n, f in enumerate(functions.values())}
    outputs = tuple(gates)
    if plain and outputs:
        netlist = Netlist(name="logic", inputs=tuple(plain), outputs=outputs, gates=gates)
        gates = dict(_divided(netlist, seconds).gates)
    return _written(gates, dict(zip(plain, inputs, strict=True)), list(functions), wire)


def _check(inputs: Sequence[str], functions: Mapping[str, Function], wire: str) -> None:
    for name, f in functions.items():
        if f.width != len(inputs):
            raise ValueError(f"function {name!r} must have {len(inputs)} inputs, not {f.width}")
    names = [*inputs, *functions]
    if len(set(names)) < len(names):
        raise ValueError("names of inputs and outputs must differ")
    taken = next((name for name in names if name.startswith(wire)), None)
    if taken is not None:
        raise ValueError(f"names of wires begin with {wire!r}, and so does {taken!r}")


# -- two levels -------------------------------------------------------------------------


def _cover(f: Function, inputs: Sequence[str]) -> Gate:
    """Return few products of a function or of its inverse, over the inputs that are left."""
    cones = Cones()
    for name in inputs:
        cones.variable(name)
    on, off = (_union(cones, cubes, inputs) for cubes in (f.on, f.off))
    choices = [
        (cones.irredundant(on, ~off, inputs), 1),
        (cones.irredundant(off, ~on, inputs), 0),
    ]
    cubes, value = min(choices, key=lambda choice: (sum(map(literals, choice[0])), -choice[1]))
    return _narrowed(cubes, value, inputs)


def _union(cones: Cones, cubes: Sequence[Cube], inputs: Sequence[str]) -> Bdd:
    top = len(inputs) - 1
    found = cones.zero
    for cube in cubes:
        fixed = {
            name: bool(cube.value >> top - i & 1)
            for i, name in enumerate(inputs)
            if cube.care >> top - i & 1
        }
        found = cones.either(found, cones.manager.cube(fixed))
    return found


def _narrowed(cubes: Sequence[Cube], value: int, inputs: Sequence[str]) -> Gate:
    top = len(inputs) - 1
    read = [i for i in range(len(inputs)) if any(cube.care >> top - i & 1 for cube in cubes)]
    kept = [
        Cube(
            sum((cube.care >> top - i & 1) << len(read) - 1 - n for n, i in enumerate(read)),
            sum((cube.value >> top - i & 1) << len(read) - 1 - n for n, i in enumerate(read)),
        )
        for cube in cubes
    ]
    if not kept:
        # Written as the constant 0 or 1, which has no cubes and one.
        return Gate(fanins=(), cubes=() if value else (Cube(0, 0),), value=1)
    return Gate(fanins=tuple(inputs[i] for i in read), cubes=tuple(kept), value=value)


# -- several levels ---------------------------------------------------------------------


def _divided(netlist: Netlist, seconds: float) -> Netlist:
    require_pyosys()
    limits = Limits(seconds=seconds, cpu_seconds=math.ceil(seconds) + 1)
    with scratch_folder() as folder:
        (folder / "in.blif").write_text(write_blif(netlist), encoding="utf-8")
        run = run_tool([_abc(), "-q", _SCRIPT], cwd=folder, limits=limits)
        written = folder / "out.blif"
        if written.is_symlink() or not written.is_file():
            raise ToolFailed(f"ABC does not run: {run.output[-300:].strip()}")
        return read_blif(written.read_text(encoding="utf-8"))


def _abc() -> str:
    """Return the ABC that came with pyosys, which is not imported for that."""
    spec = importlib.util.find_spec("pyosys")
    places = spec.submodule_search_locations if spec is not None else None
    return str(Path(next(iter(places or [""]))) / "yosys-abc")


def _written(
    gates: Mapping[str, Gate], inputs: Mapping[str, str], outputs: Sequence[str], wire: str
) -> Multilevel:
    """Name and factor what ABC left; parts used once, or tiny, are written where they are used."""
    made: dict[str, Expression] = {name: bit(shown) for name, shown in inputs.items()}
    uses = _uses(gates)
    names = {f"o{n}": name for n, name in enumerate(outputs)}
    wires: list[tuple[str, Expression]] = []
    netlist = Netlist(name="", inputs=tuple(inputs), outputs=(), gates=gates)
    for name in netlist.ordered():
        value = _factored(gates[name], made)
        shared = uses.get(name, 0) > 1 and literal_count(value) > _INLINE
        if name in names or not shared:
            made[name] = value
            continue
        wires.append((f"{wire}{len(wires)}", value))
        made[name] = bit(wires[-1][0])
    return Multilevel(
        wires=tuple(wires), outputs={shown: made[name] for name, shown in names.items()}
    )


def _uses(gates: Mapping[str, Gate]) -> dict[str, int]:
    found: dict[str, int] = {}
    for gate in gates.values():
        for fanin in gate.fanins:
            found[fanin] = found.get(fanin, 0) + 1
    return found


def _factored(gate: Gate, made: Mapping[str, Expression]) -> Expression:
    width = len(gate.fanins)
    given = function(width, gate.cubes)
    if not gate.value:
        given = given.inverse
    return synthesize(given, [made[fanin] for fanin in gate.fanins])
