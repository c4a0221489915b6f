"""Properties from a specification, written once: as cocotb checks and as goals of a prover."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.interface import Direction, Edge, Interface, Port
from sim.proof import Goal, Proof, Prover
from sim.property import Property, PropertyKind
from testbench_gen.render import render, standalone_modules, verilog_name
from testbench_gen.standalone.timeline import Step, timeline
from testbench_gen.testbench import Testbench
from testbench_gen.wires import WRAPPER, spans, wires

_MODULE = "test_properties"
_PREFIX = "property_"
CHECKED = "with_properties"
"""What the top module of a design with its properties is called, after the design's own name."""
_OF_A_MOMENT = frozenset({PropertyKind.ONE_HOT, PropertyKind.AT_MOST_ONE, PropertyKind.KNOWN})
"""What needs no clock to be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyBench:
    """Properties as a testbench; it drives what the testbench beside it drives."""

    properties: tuple[Property, ...]
    files: dict[str, str]
    """Everything for a folder of its own; runs there without rtlgen."""
    bench: CocotbBench


def watchable(properties: Sequence[Property], interface: Interface) -> tuple[Property, ...]:
    """Return those that can be watched: with several clocks none, without one few."""
    if len(interface.clocks) > 1:
        return ()
    return tuple(p for p in properties if interface.clocks or p.kind in _OF_A_MOMENT)


def property_bench(testbench: Testbench, properties: Sequence[Property]) -> PropertyBench | None:
    """Return what watches `properties` under the stimulus of `testbench`; None without any."""
    interface, plan = testbench.interface, testbench.plan
    watched = watchable(properties, interface)
    if len(plan.timing.clocks) > 1 or (interface.clocks and not plan.timing.clocks):
        return None
    inputs = [port.name for port in plan.inputs]
    cycles = sum(
        _ends_cycle(step, testbench) for step in timeline(plan.unfold(), inputs, plan.timing, None)
    )
    if not watched or not cycles:
        return None
    context = spans(
        {
            **wires(interface),
            "interface": interface,
            "plan": plan,
            "properties": watched,
            "checks": cycles * len(watched),
            "toplevel": WRAPPER,
            "golden": "",
            "traced": False,
            "hdl": (f"{WRAPPER}.v",),
            "test_module": _MODULE,
            "test_function": "properties",
        }
    )
    python = {
        f"{_MODULE}.py": render("properties/test.py.j2", context),
        "stimulus.py": render("stimulus.py.j2", context),
        **standalone_modules("properties.py"),
    }
    hdl = {f"{WRAPPER}.v": render("wrapper.v.j2", context)}
    names, assertions = _assertions(interface, watched)
    extra = {
        "Makefile": render("Makefile.j2", context),
        "test_runner.py": render("test_runner.py.j2", context),
        "README.md": render("properties/README.md.j2", context | names),
        **assertions,
    }
    bench = CocotbBench(
        test_module=_MODULE,
        python_files=python,
        toplevel=WRAPPER,
        expected_checks=cycles * len(watched),
        hdl_files=hdl,
        reserved=frozenset({WRAPPER}),
    )
    return PropertyBench(properties=watched, files={**python, **hdl, **extra}, bench=bench)


def _ends_cycle(step: Step, testbench: Testbench) -> bool:
    clocks = testbench.plan.timing.clocks
    if not clocks:
        return step.sample
    return any(step.drive.get(clock.name) == clock.active for clock in clocks)


def property_goals(
    design: Design, interface: Interface, properties: Sequence[Property]
) -> tuple[Design, Interface, list[tuple[Property, Goal]]]:
    """Return `design` in a module that watches its properties, and their violations as goals.

    A prover that proves a goal unreachable has proved the property; a trace that reaches it breaks
    the property in its last cycle. What a prover has no notion of (X) is left out.
    """
    proved = _provable(properties, interface)
    prefix = _prefix(interface)
    top = f"{design.top}_{CHECKED}"
    text = _checked(replace(interface, module=design.top), proved)
    bad = [f"{prefix}bad_{number}" for number in range(len(proved))]
    ports = [Port(name=name, direction=Direction.OUTPUT) for name in bad]
    goals = [
        (prop, Goal(name=f"violation of {prop.name}", condition=name))
        for prop, name in zip(proved, bad, strict=True)
    ]
    return (
        Design(top=top, sources={**design.sources, f"{top}.v": text}, data=design.data),
        replace(interface, module=top, ports=(*interface.ports, *ports)),
        goals,
    )


def _provable(properties: Sequence[Property], interface: Interface) -> tuple[Property, ...]:
    """Return what a prover has a notion of."""
    found = watchable(properties, interface)
    return tuple(prop for prop in found if prop.kind is not PropertyKind.KNOWN)


def _prefix(interface: Interface) -> str:
    prefix = _PREFIX
    while any(port.name.startswith(prefix) for port in interface.ports):
        prefix = f"the_{prefix}"
    return prefix


def _checked(interface: Interface, properties: Sequence[Property]) -> str:
    """Return a module around that of `interface` that watches `properties`."""
    clock = interface.clocks[0] if interface.clocks else None
    edge = "" if clock is None else f"{_edge(clock.edge)} {verilog_name(clock.port)}"
    levels = [
        f"{'~' if reset.active_low else ''}{verilog_name(reset.port)}" for reset in interface.resets
    ]
    return render(
        "properties/checked.v.j2",
        {
            "interface": interface,
            "properties": properties,
            "prefix": _prefix(interface),
            "top": f"{interface.module}_{CHECKED}",
            "edge": edge,
            "reset": " | ".join(levels) or "1'b0",
            "resettable": bool(levels),
            "widths": {port.name: port.width for port in interface.ports},
        },
    )


def _assertions(
    interface: Interface, properties: Sequence[Property]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return names for the templates, and the properties as assertions for formal tools.

    Both are empty where no property can be said without X.
    """
    proved = _provable(properties, interface)
    if not proved:
        return {}, {}
    top = f"{interface.module}_{CHECKED}"
    plain = re.sub(r"\W", "_", interface.module)
    names = {
        "checked": f"{plain}_{CHECKED}.v",
        "checked_top": verilog_name(top),
        "design": f"{plain}.v",
    }
    sby = render("properties/properties.sby.j2", names)
    return names, {names["checked"]: _checked(interface, proved), "properties.sby": sby}


def prove_properties(
    design: Design,
    interface: Interface,
    properties: Sequence[Property],
    prover: Prover,
    *,
    seconds: float,
) -> list[tuple[Property, Proof]]:
    """Return what `prover` says of each property that it has a notion of.

    PROVED: no inputs ever break it. REFUTED: the trace breaks it in its last cycle.
    """
    checked, ports, goals = property_goals(design, interface, properties)
    if not goals:
        return []
    proofs = prover.reach(checked, [goal for _, goal in goals], ports, seconds=seconds)
    return [(prop, proof) for (prop, _), proof in zip(goals, proofs, strict=True)]


def _edge(edge: Edge) -> str:
    return "posedge" if edge is Edge.RISING else "negedge"
