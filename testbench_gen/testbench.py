"""Writes a testbench: the plan, the number of its checks, and its files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, ClassVar

from sim.cocotb_bench import CocotbBench
from sim.errors import InvalidInterface
from sim.interface import Interface
from testbench_gen.directed import Directed
from testbench_gen.golden import Golden, RenamedGolden, rename
from testbench_gen.plan import StimulusPlan, Subject, make_plan
from testbench_gen.ports import check_golden, check_ports, check_reference, default_budget
from testbench_gen.reference import ReferenceModel
from testbench_gen.registers import Registers, registers_of
from testbench_gen.render import render, standalone_modules
from testbench_gen.replay import check_directed
from testbench_gen.side_by_side import Compared, SideBySide
from testbench_gen.standalone.timeline import Model, Step, Vector, checks_in, timeline
from testbench_gen.traced import Traced
from testbench_gen.wires import WRAPPER, spans, wires

_FINDABLE = re.compile(r"\w+\Z", re.ASCII)
_NOTHING_TO_CHECK = (
    "a testbench needs something to check, but the reference leaves every output open"
    "\n\nhint: without a reset or a first state, a machine may never become predictable"
)


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
    samples: int
    """How often outputs are looked at."""
    golden_module: str = ""
    """Name of the golden module in `golden.v`, where there is one."""

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

    def side_by_side(self, modules: Sequence[str]) -> CocotbBench:
        """Return the same testbench for the designs with these top modules, one lane each.

        `sim.batch.judge_many` runs it.
        """
        return self.lanes.bench(modules)

    @property
    def lanes(self) -> SideBySide:
        """The testbench for many designs, before it is known for which."""
        compared = Compared.GOLDEN if self.golden_module else Compared.REFERENCE
        modules_of_its_own = {"reference.py", "expected.py"} & set(self.files)
        return SideBySide(
            interface=self.interface,
            plan=self.plan,
            compared=Compared.ROWS if "expected.py" in self.files else compared,
            samples=self.samples,
            expected_checks=self.expected_checks,
            python={name: self.files[name] for name in sorted(modules_of_its_own)},
            golden=self.golden_module,
            golden_text=self.files.get("golden.v", ""),
            data=self.data,
            reserved=self.bench.reserved,
        )


def write_testbench(
    interface: Interface,
    reference: ReferenceModel | Golden | Traced,
    *,
    seed: int = 1,
    budget: int | None = None,
    title: str = "",
    strict_reset: bool = True,
    directed: Sequence[Directed] = (),
) -> Testbench:
    """Write a testbench that judges any design with `interface` by `reference`.

    Args:
        interface: Ports, clocks and resets of the design.
        reference: Predicts the outputs, is a design that is right by definition, or holds what
            to expect under a stimulus of its own (then `seed`, `budget`, `strict_reset` and
            `directed` are that stimulus's).
        seed: Of everything random in the stimulus.
        budget: Clock cycles to drive, or vectors without a clock; roughly kept.
            None: `BUDGET`, less for very wide ports.
        title: One line on what is tested, for the README.
        strict_reset: Whether a reset must act exactly as its kind says; False accepts
            both kinds, synchronous and asynchronous.
        directed: Traces to be played besides, each after a reset where there is one, on top of
            `budget`. A `Recording` is driven by nothing but its own inputs.

    Raises:
        InvalidInterface: The ports cannot be driven, not by a trace, or do not fit `reference`.
        InvalidDesign: The golden design is no correct Verilog.
    """
    check_ports(interface)
    if isinstance(reference, Traced):
        return _with_rows(interface, reference, title)
    check_directed(interface, directed)
    wanted = _Wanted(
        seed=seed, budget=default_budget(interface, budget), title=title, directed=tuple(directed)
    )
    if isinstance(reference, Golden):
        return _beside_golden(interface, reference, wanted, strict_reset)
    check_reference(interface, reference)
    return _with_reference(interface, reference, wanted, strict_reset)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What a testbench is asked for."""

    seed: int
    budget: int
    title: str
    directed: tuple[Directed, ...]

    def plan(self, subject: Subject) -> StimulusPlan:
        return make_plan(subject, seed=self.seed, budget=self.budget, directed=self.directed)


def _with_reference(
    interface: Interface,
    reference: ReferenceModel,
    wanted: _Wanted,
    strict_reset: bool,
) -> Testbench:
    subject = Subject(interface=interface, reference=reference, strict_reset=strict_reset)
    plan = wanted.plan(subject)
    vectors = [Vector(p.name, p.msb, p.lsb) for p in interface.ports]
    inputs = [v for v, p in zip(vectors, interface.ports, strict=True) if p in interface.inputs]
    outputs = [v for v, p in zip(vectors, interface.ports, strict=True) if p in interface.outputs]
    model = Model(reference, inputs, outputs, plan.timing)
    counts, stuck = _foresee(plan, model)
    notes = [f"`{bit}` is expected {value} at every sample" for bit, value in stuck]
    values = _alone(interface, wanted.title) | {"notes": notes}
    python = {"reference.py": reference.python_source()}
    return _assemble(interface, plan, counts, values, python=python)


def _with_rows(interface: Interface, traced: Traced, title: str) -> Testbench:
    if interface != traced.stimulation.interface:
        raise InvalidInterface(
            f"the expected rows are those of another interface than that of {interface.module!r}"
        )
    if traced.checks == 0:
        raise InvalidInterface(_NOTHING_TO_CHECK)
    values = _alone(interface, title) | {"traced": True, "notes": []}
    python = {"expected.py": render("expected.py.j2", values | {"rows": traced.rows})}
    counts = _Counts(checks=traced.checks, samples=len(traced.rows))
    return _assemble(interface, traced.stimulation.plan, counts, values, python=python)


def _alone(interface: Interface, title: str) -> dict[str, Any]:
    """Return what the templates need where no golden design stands beside the design."""
    wrapped = _has_odd_names(interface)
    return {
        **wires(interface),
        "golden": "",
        "traced": False,
        "toplevel": WRAPPER if wrapped else interface.module,
        "title": title,
        "interface": interface,
        "hdl": (f"{WRAPPER}.v",) if wrapped else (),
    }


def _has_odd_names(interface: Interface) -> bool:
    """Whether some simulator or cocotb cannot find a port by its name."""
    names = [port.name for port in interface.ports]
    return interface.module in names or not all(map(_FINDABLE.match, (interface.module, *names)))


def _beside_golden(
    interface: Interface, golden: Golden, wanted: _Wanted, strict_reset: bool
) -> Testbench:
    check_golden(interface, golden)
    renamed = rename(golden.design, ports=[port.name for port in interface.ports])
    registers = registers_of(golden.design)
    driven = registers.driven(golden.design, interface)
    lost = registers.edges and not driven.clocks
    subject = Subject(
        interface=driven,
        reference=None,
        hints=renamed.hints,
        holds_values=renamed.holds_values or lost or bool(registers.loops),
        gated=bool(registers.gated & {clock.port for clock in driven.clocks}),
        strict_reset=strict_reset,
    )
    plan = wanted.plan(subject)
    values = {
        **wires(interface),
        "golden": renamed.top,
        "traced": False,
        "toplevel": WRAPPER,
        "title": wanted.title,
        "interface": interface,
        "hdl": ("golden.v", f"{WRAPPER}.v"),
        "notes": [*_peculiarities(registers, driven, interface, plan), *_unseen(plan)],
    }
    samples = sum(step.sample for step in _steps(plan, None))
    counts = _Counts(checks=samples * len(interface.outputs), samples=samples)
    written = _assemble(
        interface, plan, counts, values, golden=_isolated(renamed), reserved=renamed.names
    )
    data = renamed.data
    return replace(written, data=data, bench=replace(written.bench, data=data))


def _unseen(plan: StimulusPlan) -> Iterator[str]:
    for phase in plan.phases:
        if phase.pattern == "long_run":
            yield f"a counter is let run for {phase.cycles} cycles; what it does later is not seen"


def _peculiarities(
    registers: Registers, driven: Interface, interface: Interface, plan: StimulusPlan
) -> Iterator[str]:
    """Yield what of the golden design limits what is driven, or what can be said."""
    if registers.edges and not driven.clocks:
        yield "no input was recognized as the clock; inputs change one at a time, in any order"
    elif found := [c.port for c in driven.clocks if not interface.clocks]:
        yield f"driven as a clock, though not declared as one: {', '.join(found)}"
    if plan.timing.gated:
        gates = ", ".join(sorted(registers.gated))
        yield f"a clock is made of {gates}; inputs change only while it is inactive"
    for wire in registers.loops:
        yield f"{wire!r} depends on itself without a register; if it swings, no simulation ends"


def _isolated(golden: RenamedGolden) -> str:
    """Return the golden text without an effect on what is compiled after it."""
    head = "// The golden design: every module renamed, macros expanded, so that nothing of it\n"
    head += "// can clash with the design under test.\n`resetall\n`timescale 1ns/1ps\n"
    return f"{head}{golden.text}`resetall\n"


def _steps(plan: StimulusPlan, model: Model | None) -> Iterator[Step]:
    return timeline(plan.unfold(), [port.name for port in plan.inputs], plan.timing, model)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    checks: int
    samples: int


def _foresee(plan: StimulusPlan, model: Model) -> tuple[_Counts, list[tuple[str, str]]]:
    """Return what will be counted, and the output bits that are always expected to be the same."""
    checks = samples = 0
    seen: dict[str, set[str]] = {bit: set() for port in model.ports for bit in port.bits}
    for step in _steps(plan, model):
        if step.sample and step.expected is not None:
            samples += 1
            checks += checks_in([step], 0)
            for port in model.ports:
                for bit, value in zip(port.bits, step.expected[port.name], strict=True):
                    seen[bit].add(value)
    if checks == 0:
        raise InvalidInterface(_NOTHING_TO_CHECK)
    return _Counts(checks=checks, samples=samples), [
        (bit, values.pop()) for bit, values in _constant(seen)
    ]


def _constant(seen: Mapping[str, set[str]]) -> Iterator[tuple[str, set[str]]]:
    for bit, values in seen.items():
        if len(fixed := values - {"-"}) == 1:
            yield bit, fixed


def _assemble(
    interface: Interface,
    plan: StimulusPlan,
    counts: _Counts,
    values: Mapping[str, Any],
    *,
    python: Mapping[str, str] | None = None,
    golden: str = "",
    reserved: frozenset[str] = frozenset(),
) -> Testbench:
    notes = (*_notes(interface, plan), *values["notes"])
    test_module, function = _module_names(interface.module)
    context = spans(values) | {
        "interface": interface,
        "plan": plan,
        "checks": counts.checks,
        "notes": notes,
        "test_module": test_module,
        "test_function": function,
    }
    rendered = {"golden.v": golden, f"{WRAPPER}.v": render("wrapper.v.j2", context)}
    hdl = {name: rendered[name] for name in values["hdl"]}
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
        expected_checks=counts.checks,
        hdl_files=hdl,
        golden=bool(values["golden"]),
        reserved=(reserved | {WRAPPER}) if hdl else frozenset(),
    )
    return Testbench(
        interface=interface,
        files={**sources, **hdl, **extra},
        bench=bench,
        plan=plan,
        notes=notes,
        samples=counts.samples,
        golden_module=values["golden"],
    )


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
