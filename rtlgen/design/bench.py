"""The testbench of a run: where its reference comes from, written before any candidate exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rtlgen.design.load import load_rtl
from rtlgen.design.references import find_reference
from rtlgen.design.testbench_record import TrustSummary
from rtlgen.errors import CannotJudge, UsageError
from rtlgen.spec.model import Spec
from sim.design import Design
from sim.errors import InvalidInterface
from sim.interface import Direction, Interface, infer_timing, read_interface
from sim.judge import simulate_first
from sim.process import Limits
from sim.property import Property
from sim.simulate import Simulator
from sim.verdict import Status
from testbench_gen import Golden, Testbench, write_testbench
from testbench_gen.render import verilog_name

NO_REFERENCE = (
    "there is nothing to judge by: the specification has no table, equation, state machine or "
    "waveform that fixes the outputs, and no golden RTL was given"
    "\n\nhint: add a truth table, state table or worked waveform to the specification, "
    "or give --golden ref.v"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A testbench and where its reference came from."""

    testbench: Testbench
    interface: Interface
    reference: str
    """What the reference is, in words."""
    notes: tuple[str, ...] = ()
    """What the reference leaves unchecked, or what speaks against it."""
    independent: bool = False
    """Whether the reference is golden RTL, and so comes from elsewhere than the design."""
    trust: TrustSummary | None = None
    """Testbench trust, where it is known."""
    properties: tuple[Property, ...] = ()
    """What the specification plainly says of every cycle; designs must keep it too."""


def load_golden(paths: Sequence[Path], *, module: str | None = None) -> Design:
    """Read golden RTL; its top is `module` if it defines that, else its only top.

    Raises:
        UsageError: It cannot be read, or several modules could be its top.
    """
    return load_rtl(paths, module=module, what="golden RTL")


def golden_judgement(
    golden: Design,
    spec: Spec | None,
    *,
    top: str | None = None,
    seed: int,
    simulators: Sequence[Simulator],
    limits: Limits,
) -> Judgement:
    """Return the testbench that compares a design with `golden`, tried on `golden` itself.

    Raises:
        UsageError: Specification and golden RTL disagree in their ports.
        CannotJudge: `golden` does not agree with itself, so nothing can be judged by it.
    """
    found = infer_timing(golden, read_interface(golden))
    interface = found if spec is None else agreed_interface(spec.interface, found)
    interface = replace(interface, module=top or interface.module)
    testbench = write_testbench(interface, Golden(design=golden), seed=seed)
    verdict = simulate_first(
        under_name(golden, interface), testbench.bench, simulators=simulators, limits=limits
    )
    if verdict.status is not Status.PASS:
        raise CannotJudge(
            f"golden RTL must pass its own testbench; {golden.top!r} does not: {verdict.reason}"
            "\n\nhint: it may depend on uninitialized values, races or time; "
            "give it a reset, or another reference"
        )
    notes = testbench.notes
    if spec is not None:
        notes += contradiction(golden, spec, interface, simulators=simulators, limits=limits)
    return Judgement(
        testbench=testbench,
        interface=interface,
        reference=f"golden RTL, module {golden.top}",
        independent=True,
        notes=notes,
    )


def contradiction(
    golden: Design,
    spec: Spec,
    interface: Interface,
    *,
    simulators: Sequence[Simulator],
    limits: Limits,
) -> tuple[str, ...]:
    """Say where golden RTL does not do what the specification says formally."""
    try:
        by_spec = spec_judgement(replace(spec, interface=interface), seed=1)
    except (CannotJudge, InvalidInterface):
        return ()
    verdict = simulate_first(
        under_name(golden, interface),
        by_spec.testbench.bench,
        simulators=simulators,
        limits=limits,
    )
    if verdict.status is not Status.FAIL:
        return ()
    return (
        f"the golden RTL contradicts the specification's {by_spec.reference}: {verdict.reason}; "
        "it was judged by the golden RTL",
    )


def spec_judgement(spec: Spec, *, seed: int, top: str | None = None) -> Judgement:
    """Return the testbench that checks what `spec` says formally, of module `top` if named.

    Raises:
        CannotJudge: It says nothing formally that fixes an output.
    """
    reference = find_reference(spec)
    if reference is None:
        raise CannotJudge(NO_REFERENCE)
    interface = replace(spec.interface, module=top or spec.interface.module)
    testbench = write_testbench(
        interface,
        reference.model,
        seed=seed,
        title=spec.title or interface.module,
        strict_reset=strict_reset(spec),
    )
    return Judgement(
        testbench=testbench,
        interface=interface,
        reference=reference.description,
        notes=(*((reference.limits,) if reference.limits else ()), *testbench.notes),
    )


def strict_reset(spec: Spec) -> bool:
    """Whether a reset must act exactly as its kind says, since somebody said which kind it is."""
    return not any(finding.rule == "reset-kind" for finding in spec.assumptions)


def agreed_interface(wanted: Interface, found: Interface) -> Interface:
    """Return the specification's interface with the timing that the golden RTL shows.

    Raises:
        UsageError: They disagree in their ports.
    """
    ours = {port.name: (port.direction, port.width) for port in wanted.ports}
    theirs = {port.name: (port.direction, port.width) for port in found.ports}
    if ours != theirs:
        raise UsageError(
            f"specification and golden RTL must have the same ports; they differ in "
            f"{'; '.join(_differences(ours, theirs))}"
            "\n\nhint: mend the port list of the specification, or give the right golden RTL"
        )
    return replace(wanted, clocks=found.clocks, resets=found.resets)


def _differences(
    ours: dict[str, tuple[Direction, int]], theirs: dict[str, tuple[Direction, int]]
) -> list[str]:
    def say(ports: dict[str, tuple[Direction, int]], name: str) -> str:
        if name not in ports:
            return "nothing"
        direction, width = ports[name]
        return f"{direction.value} of {width} bit{'s' if width > 1 else ''}"

    return [
        f"{name} ({say(ours, name)} in the specification, {say(theirs, name)} in the golden RTL)"
        for name in dict.fromkeys([*ours, *theirs])
        if ours.get(name) != theirs.get(name)
    ]


def under_name(golden: Design, interface: Interface) -> Design:
    """Return `golden` under the module name that the testbench drives."""
    if golden.top == interface.module:
        return golden
    names = {port.name: verilog_name(port.name) for port in interface.ports}
    declarations = "".join(
        f"  {port.direction.value} {port.range} {names[port.name]};\n" for port in interface.ports
    )
    connections = ", ".join(f".{name}({name})" for name in names.values())
    shim = (
        f"module {interface.module}({', '.join(names.values())});\n{declarations}"
        f"  {golden.top} golden({connections});\nendmodule\n"
    )
    return Design(
        top=interface.module,
        sources={**golden.sources, "rtlgen_shim.v": shim},
        data=golden.data,
    )
