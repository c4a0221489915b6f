"""Latches that are none: never read, or open whatever the inputs are.

`default: y <= y;` behind a `case` that names every value of an input makes Yosys see a latch
that never holds. Inputs are never x, so that two values tell all if the gate of a latch
depends on nothing but inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_MOST = 16
"""Latches of one module that are looked at."""
_LARGEST = 400
"""Cells of what opens one."""
_SECONDS = 2
_LOG = "open.log"
_PROVED = "SAT proof finished - no model found: SUCCESS!"
_LATCH = "$dlatch"
_LATCHES = frozenset({_LATCH, "$adlatch", "$dlatchsr", "$sr"})
_LASTING = ("$dff", "$adff", "$sdff", "$aldff", "$ff", "$mem")
"""Beginnings of the kinds of cells that keep values, latches apart."""
_PLAIN = frozenset(
    f"${kind}"
    for kind in (
        *("not", "and", "or", "xor", "xnor", "logic_not", "logic_and", "logic_or", "mux", "pmux"),
        *("reduce_and", "reduce_or", "reduce_xor", "reduce_xnor", "reduce_bool", "pos", "buf"),
        *("eq", "eqx", "ne", "nex", "lt", "le", "gt", "ge"),
    )
)
"""Cells that are defined where all their operands are."""


def unread_latches(module: Mapping[str, Any]) -> frozenset[str]:
    """Return latches of which nothing comes, as of a loop's variable inside a branch.

    What has a name counts as read, the latches themselves apart.

    `module` is one of those that `write_json` writes, flat.
    """
    cells = module["cells"]
    latches = frozenset(name for name, cell in cells.items() if cell["type"] in _LATCHES)
    if not latches:
        return latches
    drivers = {bit: name for name, cell in cells.items() for bit in _nets(cell, "output")}
    held = {bit for name in latches for bit in _nets(cells[name], "output")}
    waiting = [bit for port in module["ports"].values() for bit in port["bits"]]
    for net in module["netnames"].values():
        # Whoever asks for a net by its name reads what that is made of.
        if not net["hide_name"] and not held.issuperset(
            b for b in net["bits"] if isinstance(b, int)
        ):
            waiting += net["bits"]
    for cell in cells.values():
        if cell["type"].startswith(_LASTING) or not any(True for _ in _nets(cell, "output")):
            waiting += _nets(cell, "input")
    read: set[str] = set()
    while waiting:
        name = drivers.get(waiting.pop(), "")
        if name and name not in read:
            read.add(name)
            waiting += _nets(cells[name], "input")
    return latches - read


def _nets(cell: Mapping[str, Any], direction: str) -> Iterator[int | str]:
    """Yield the nets at the inputs or outputs of a cell; of an unknown cell, all."""
    directions = cell.get("port_directions", {})
    for pin, nets in cell["connections"].items():
        if directions.get(pin, direction) == direction:
            yield from nets


def always_open(
    run: Callable[[str], None], netlist: Mapping[str, Any], module: str
) -> Iterator[str]:
    """Yield the names of the latches of a flat netlist that are open for all inputs."""
    latches = [(n, c) for n, c in netlist["cells"].items() if c["type"] == _LATCH]
    if not latches:
        return
    drivers = _drivers(netlist)
    inputs = _inputs(netlist)
    for name, cell in latches[:_MOST]:
        [gate] = cell["connections"]["EN"]
        wire = _name_of(netlist, gate)
        if not wire or not _is_of_inputs(gate, drivers, inputs):
            continue
        value = int(cell["parameters"]["EN_POLARITY"], 2)
        Path(_LOG).unlink(missing_ok=True)
        run(
            f"tee -q -o {_LOG} sat -timeout {_SECONDS} -ignore_unknown_cells "
            f"-prove {wire} {value} {module}/w:{wire} %ci*"
        )
        if _PROVED in Path(_LOG).read_text(encoding="utf-8"):
            yield name


def open_latches(library: Any, module: Any, names: Sequence[str]) -> None:  # noqa: ANN401
    """Connect what latches take to what they give, in a module of pyosys."""
    cells = {cell.name.str().lstrip("\\"): cell for cell in module.cells_.values()}
    for name in names:
        cell = cells[name.lstrip("\\")]
        given, taken = cell.getPort("\\Q"), cell.getPort("\\D")
        module.remove(cell)
        module.connect(given, taken)


def _inputs(netlist: Mapping[str, Any]) -> set[Any]:
    ports = netlist["ports"].values()
    return {bit for port in ports if port["direction"] == "input" for bit in port["bits"]}


def _drivers(netlist: Mapping[str, Any]) -> dict[Any, Mapping[str, Any]]:
    return {
        bit: cell
        for cell in netlist["cells"].values()
        for pin, bits in cell["connections"].items()
        if cell["port_directions"][pin] == "output"
        for bit in bits
    }


def _is_of_inputs(
    bit: Any,  # noqa: ANN401 - a number or "x"
    drivers: Mapping[Any, Mapping[str, Any]],
    inputs: set[Any],
) -> bool:
    """Whether a bit depends on inputs and constants alone, through few and simple cells."""
    waiting, seen = [bit], set()
    while waiting:
        one = waiting.pop()
        if one in seen or one in inputs or one in ("0", "1"):
            continue
        seen.add(one)
        cell = drivers.get(one)
        if cell is None or cell["type"] not in _PLAIN or len(seen) > _LARGEST:
            return False
        for pin, bits in cell["connections"].items():
            if cell["port_directions"][pin] == "input":
                waiting += bits
    return True


def _name_of(netlist: Mapping[str, Any], bit: Any) -> str:  # noqa: ANN401
    """Return a name of one bit that Yosys commands take."""
    names: Iterator[str] = (n for n, net in netlist["netnames"].items() if net["bits"] == [bit])
    return next((name for name in names if not set(name) & set(" \\[]")), "")
