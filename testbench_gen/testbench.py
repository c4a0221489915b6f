"""Writes a testbench: the plan, the number of its checks, and its files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, ClassVar

from sim.cocotb_bench import CocotbBench
from sim.errors import InvalidInterface
from sim.interface import Interface
from testbench_gen.golden import Golden, RenamedGolden, rename
from testbench_gen.plan import StimulusPlan, Subject, make_plan
from testbench_gen.ports import check_golden, check_ports, check_reference, default_budget
from testbench_gen.reference import ReferenceModel
from testbench_gen.render import render, standalone_modules
from testbench_gen.standalone.timeline import Model, Step, Vector, checks_in, timeline
from testbench_gen.wires import WRAPPER, spans, wires

_FINDABLE = re.compile(r"\w+\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Testbench:
    """A cocotb testbench as files, and as what `sim` runs."""

    __test__: ClassVar[bool] = False  # pytest: no test class, in spite of its name

    interface: Interface
    files: Mapping[str, str]
    """Everything for a folder of its own; runs there without rtlgen."""
    bench: CocotbBench
    plan: StimulusPlan
    data: Mapping[str, bytes] = field(default_factory=dict)
    """Files that came with the golden design, such as memory images; part of the folder too."""
    notes: tuple[str, ...] = ()
    """What limits this testbench, for the reader of a verdict."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", MappingProxyType(dict(self.files)))
        object.__setattr__(self, "data", MappingProxyType(dict(self.data)))

    @property
    def expected_checks(self) -> int:
        """Number of checks that a complete run makes."""
        return self.bench.expected_checks

    @property
    def seed(self) -> int:
        """Seed of everything random in the stimulus."""
        return self.plan.seed


def write_testbench(
    interface: Interface,
    reference: ReferenceModel | Golden,
    *,
    seed: int = 1,
    budget: int | None = None,
    title: str = "",
    strict_reset: bool = True,
) -> Testbench:
    """Write a testbench that judges any design with `interface` by `reference`.

    Args:
        interface: Ports, clocks and resets of the design.
        reference: Predicts the outputs, or is a design that is right by definition.
        seed: Of everything random in the stimulus.
        budget: Clock cycles to drive, or vectors without a clock; roughly kept.
            None: `BUDGET`, less for very wide ports.
        title: One line on what is tested, for the README.
        strict_reset: Whether a reset must act exactly as its kind says; False accepts
            both kinds, synchronous and asynchronous.

    Raises:
        InvalidInterface: The ports cannot be driven, or do not fit `reference`.
        InvalidDesign: The golden design is no correct Verilog.
    """
    check_ports(interface)
    budget = default_budget(interface, budget)
    if isinstance(reference, Golden):
        return _beside_golden(interface, reference, seed, budget, title, strict_reset)
    check_reference(interface, reference)
    return _with_reference(interface, reference, seed, budget, title, strict_reset)


def _with_reference(
    interface: Interface,
    reference: ReferenceModel,
    seed: int,
    budget: int,
    title: str,
    strict_reset: bool,
) -> Testbench:
    subject = Subject(interface=interface, reference=reference, strict_reset=strict_reset)
    plan = make_plan(subject, seed=seed, budget=budget)
    vectors = [Vector(p.name, p.msb, p.lsb) for p in interface.ports]
    inputs = [v for v, p in zip(vectors, interface.ports, strict=True) if p in interface.inputs]
    outputs = [v for v, p in zip(vectors, interface.ports, strict=True) if p in interface.outputs]
    model = Model(reference, inputs, outputs, plan.timing)
    checks, stuck = _foresee(plan, model)
    wrapped = _has_odd_names(interface)
    values: dict[str, Any] = {
        **wires(interface),
        "golden": "",
        "toplevel": WRAPPER if wrapped else interface.module,
        "title": title,
        "interface": interface,
        "hdl": (f"{WRAPPER}.v",) if wrapped else (),
        "notes": [f"`{bit}` is expected {value} at every sample" for bit, value in stuck],
    }
    python = {"reference.py": reference.python_source()}
    hdl = {name: render("wrapper.v.j2", spans(values)) for name in values["hdl"]}
    return _assemble(interface, plan, checks, values, python=python, hdl=hdl)


def _has_odd_names(interface: Interface) -> bool:
    """Whether some simulator or cocotb cannot find a port by its name."""
    names = [port.name for port in interface.ports]
    return interface.module in names or not all(map(_FINDABLE.match, (interface.module, *names)))


def _beside_golden(
    interface: Interface, golden: Golden, seed: int, budget: int, title: str, strict_reset: bool
) -> Testbench:
    check_golden(interface, golden)
    renamed = rename(golden.design, ports=[port.name for port in interface.ports])
    subject = Subject(
        interface=interface,
        reference=None,
        constants=renamed.constants,
        holds_values=renamed.holds_values,
        strict_reset=strict_reset,
    )
    plan = make_plan(subject, seed=seed, budget=budget)
    values = {
        **wires(interface),
        "golden": renamed.top,
        "toplevel": WRAPPER,
        "title": title,
        "interface": interface,
        "hdl": ("golden.v", f"{WRAPPER}.v"),
        "notes": [
            f"a counter is let run for {phase.cycles} cycles; what it does after more is not seen"
            for phase in plan.phases
            if phase.pattern == "long_run"
        ],
    }
    hdl = {"golden.v": _isolated(renamed), f"{WRAPPER}.v": render("wrapper.v.j2", spans(values))}
    checks = checks_in(_steps(plan, None), len(interface.outputs))
    written = _assemble(interface, plan, checks, values, hdl=hdl, reserved=renamed.names)
    data = renamed.data
    return replace(written, data=data, bench=replace(written.bench, data=data))


def _isolated(golden: RenamedGolden) -> str:
    """Return the golden text without an effect on what is compiled after it."""
    head = "// The golden design: every module renamed, macros expanded, so that nothing of it\n"
    head += "// can clash with the design under test.\n`resetall\n`timescale 1ns/1ps\n"
    return f"{head}{golden.text}`resetall\n"


def _steps(plan: StimulusPlan, model: Model | None) -> Iterator[Step]:
    return timeline(plan.unfold(), [port.name for port in plan.inputs], plan.timing, model)


def _foresee(plan: StimulusPlan, model: Model) -> tuple[int, list[tuple[str, str]]]:
    """Return the number of checks, and the output bits that are always expected to be the same."""
    checks = 0
    seen: dict[str, set[str]] = {bit: set() for port in model.ports for bit in port.bits}
    for step in _steps(plan, model):
        if step.sample and step.expected is not None:
            checks += checks_in([step], 0)
            for port in model.ports:
                for bit, value in zip(port.bits, step.expected[port.name], strict=True):
                    seen[bit].add(value)
    if checks == 0:
        raise InvalidInterface(
            "a testbench needs something to check, but the reference leaves every output open"
            "\n\nhint: without a reset or a first state, a machine may never become predictable"
        )
    return checks, [(bit, values.pop()) for bit, values in _constant(seen)]


def _constant(seen: Mapping[str, set[str]]) -> Iterator[tuple[str, set[str]]]:
    for bit, values in seen.items():
        if len(fixed := values - {"-"}) == 1:
            yield bit, fixed


def _assemble(
    interface: Interface,
    plan: StimulusPlan,
    checks: int,
    values: Mapping[str, Any],
    *,
    python: Mapping[str, str] | None = None,
    hdl: Mapping[str, str] | None = None,
    reserved: frozenset[str] = frozenset(),
) -> Testbench:
    notes = (*_notes(interface, plan), *values["notes"])
    test_module, function = _module_names(interface.module)
    context = spans(values) | {
        "interface": interface,
        "plan": plan,
        "checks": checks,
        "notes": notes,
        "test_module": test_module,
        "test_function": function,
    }
    sources = {
        f"{test_module}.py": render("test.py.j2", context),
        "stimulus.py": render("stimulus.py.j2", context),
        **(python or {}),
        **standalone_modules(),
    }
    extra = {
        "Makefile": render("Makefile.j2", context),
        "test_runner.py": render("test_runner.py.j2", context),
        "README.md": render("README.md.j2", context),
    }
    bench = CocotbBench(
        test_module=test_module,
        python_files=sources,
        toplevel=values["toplevel"],
        expected_checks=checks,
        hdl_files=hdl or {},
        golden=bool(values["golden"]),
        reserved=(reserved | {WRAPPER}) if hdl else frozenset(),
    )
    files = {**sources, **(hdl or {}), **extra}
    return Testbench(interface=interface, files=files, bench=bench, plan=plan, notes=notes)


def _notes(interface: Interface, plan: StimulusPlan) -> tuple[str, ...]:
    notes = []
    if len(plan.timing.clocks) > 1:
        notes.append("several clocks: their edges never coincide in this testbench")
    if not plan.timing.strict_reset and plan.timing.resets:
        notes.append("synchronous and asynchronous resets are both accepted")
    driven = {r.name for r in plan.timing.resets}
    if driven and not plan.timing.clocks and interface.clocks:
        notes.append(
            f"held inactive, as the reference does not read it: {', '.join(sorted(driven))}"
        )
    return tuple(notes)


def _module_names(module: str) -> tuple[str, str]:
    """Return the name of the cocotb test module, and a function name for pytest."""
    plain = re.sub(r"\W", "_", module)
    name = f"test_{plain}"
    return (f"{name}_module" if name == "test_runner" else name), plain
