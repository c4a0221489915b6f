"""Verilog that stands around and beside a design to be measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.interface import Interface
from sim.structure import StateRegister, Structure, Transition
from sim.verilator_coverage import TOP
from testbench_gen.coverage_result import Kind, Point

WATCH_FILE = "bench/watch.sv"
_TOP_FILE = "bench/top.sv"
_USUAL, _WIDEST = 256, 4096
"""Bits of signals that are watched; memories count with all their words."""
_MOST_PAIRS = 256
"""Pairs of states that are watched where the source does not show the transitions."""


def bench_files(interface: Interface, structure: Structure) -> dict[str, str]:
    """Return the files around the design, by place in the work folder."""
    files = {_TOP_FILE: _top(interface)}
    watchers = [_watcher(n, register) for n, register in enumerate(structure.registers)]
    if watchers:
        files[WATCH_FILE] = "/* verilator coverage_off */\n" + "\n".join(watchers)
    return files


def _top(interface: Interface) -> str:
    inputs = interface.inputs
    ports = ", ".join(f"input [{p.width - 1}:0] i{n}" for n, p in enumerate(inputs))
    pins = ", ".join(f".\\{port.name} (i{n})" for n, port in enumerate(inputs))
    return (
        f"/* verilator coverage_off */\nmodule {TOP}({ports});\n"
        f"  \\{interface.module} rtlgen_dut ({pins});\nendmodule\n"
    )


def _watcher(number: int, register: StateRegister) -> str:
    """Return a module that counts states and transitions, and what puts it into the design."""
    name, states = f"rtlgen_watch_{number}", register.states
    at_once = " or posedge reset" if register.at_once else ""
    covers = [f"rtlgen_s_{number}_{i}: cover (now[{i}]);" for i in range(len(states))]
    covers += [
        f"rtlgen_t_{number}_{i}_{j}: cover (seen && last[{i}] && now[{j}]);"
        for i, j in _pairs(register)
    ]
    body = "\n      ".join(covers)
    now = ", ".join(f"{register.name} == {state}" for state in reversed(states))
    edge, _, clock = register.clock.partition(" ")
    level = clock if edge == "posedge" else f"!({clock})"
    return f"""\
module {name}(input clock, input reset, input [{len(states) - 1}:0] now);
  reg seen = 0;
  reg [{len(states) - 1}:0] last = 0;
  always @(posedge clock{at_once})
    if (reset) seen <= 0;
    else begin
      seen <= 1;
      last <= now;
      {body}
    end
endmodule
bind {register.module} {name} {name}(
  .clock({level}), .reset({register.reset or "1'b0"}), .now({{{now}}}));
"""


def _pairs(register: StateRegister) -> list[tuple[int, int]]:
    if register.transitions is not None:
        return [(t.before, t.after) for t in register.transitions]
    count = len(register.states)
    if count * count > _MOST_PAIRS:
        return []
    return [(i, j) for i in range(count) for j in range(count) if i != j]


def watched_points(hits: Mapping[str, int], structure: Structure) -> Iterator[Point]:
    """Yield the states and transitions that the watchers tell of, by the labels in `hits`.

    Where the source does not show the transitions, those that were not seen are left out.
    """
    top = structure.design.top if structure.design else ""
    for number, register in enumerate(structure.registers):
        in_top = register.module == top
        for i, state in enumerate(register.states):
            condition = f"{register.name} == {state}" if in_top else ""
            count = hits.get(f"rtlgen_s_{number}_{i}", 0)
            yield _point(Kind.STATE, register, state, count, condition)
        shown = {(t.before, t.after): t for t in register.transitions or ()}
        for i, j in _pairs(register):
            count = hits.get(f"rtlgen_t_{number}_{i}_{j}", 0)
            if count or register.transitions is not None:
                what = f"{register.states[i]} -> {register.states[j]}"
                known = shown.get((i, j), _UNKNOWN)
                yield _point(Kind.TRANSITION, register, what, count, known.condition)


_UNKNOWN = Transition(before=0, after=0)


def _point(kind: Kind, register: StateRegister, what: str, hits: int, condition: str) -> Point:
    return Point(
        kind=kind,
        file=register.file,
        line=register.line,
        column=register.column,
        what=f"{register.name}: {what}",
        hits=hits,
        module=register.module,
        conditions=(condition,) if condition else (),
    )


def widest(structure: Structure) -> int:
    """Return up to how many bits signals are watched: more only where one needs it."""
    return _WIDEST if structure.widths else _USUAL


def unwatched(structure: Structure) -> Iterator[str]:
    """Yield what is not measured of a design, for the reader of its coverage."""
    if not structure.found:
        yield "states were not looked for: the structure of the design could not be read"
    for name, width in structure.widths.items():
        if width > _WIDEST:
            yield f"the bits of `{name}` are not watched: it is wider than {_WIDEST} bits"
    for name in sorted(structure.undriven):
        yield f"nothing drives `{name}`; its bits do not count"
    for register in structure.registers:
        if register.transitions is None:
            yield (
                f"which transitions `{register.module}.{register.name}` can make, the source does "
                "not show; only those that were seen are counted"
            )
