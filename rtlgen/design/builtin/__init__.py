"""The proposer that needs no model: it compiles the formal fragments of a specification.

It takes a specification on only if its fragments determine every output and
the rest of the text says nothing that could change their meaning; otherwise it
says why not. It never guesses from prose what a module is.
"""

from __future__ import annotations

from rtlgen.design.builtin.compiled import Compiled, Unfit
from rtlgen.design.builtin.functions import compile_functions
from rtlgen.design.builtin.machines import compile_machine
from rtlgen.design.builtin.requirements import compile_requirements
from rtlgen.design.builtin.screening import screen
from rtlgen.design.builtin.waveforms import compile_waveform
from rtlgen.design.proposal import Decline, Proposal
from rtlgen.spec.model import Fragment, Kind, Severity, Spec
from sim.design import Design

NO_MODEL = (
    "This specification needs a language model, and none is configured.\n\n"
    "hint: `pip install 'rtlgen[embedded]'` brings a small one; or name one (`--model "
    "openai:MODEL`, `hf:PATH`; README, Language models); or state the function as a table, map, "
    "equation or state machine; or have the RTL written elsewhere and judge it: "
    "`rtlgen judge design.v --spec SPEC` (or `--golden ref.v`)"
)
NOTHING = "the specification has no table, map, equation, diagram or waveform to compile"
_NOT_READ = frozenset(
    {
        "example-table",
        "symbolic-table",
        "unknown-column",
        "unknown-map",
        "unknown-outputs",
        "unread-arrow",
        "unread-function",
        "unread-state-table",
        "unread-waveform",
    }
)
"""Findings on something that looks like a fragment and has no value."""


class BuiltIn:
    """The default where no language model is configured."""

    name = "built-in"

    def propose(self, spec: Spec) -> Proposal | Decline:
        return propose(spec)


def propose(spec: Spec) -> Proposal | Decline:
    """Return the design that the fragments of `spec` determine, or why there is none."""
    try:
        _check_any(spec)
        screen(spec)
        compiled = _compile(spec)
    except Unfit as reason:
        return Decline(reason=f"{reason}\n\n{NO_MODEL}")
    name = spec.interface.module
    return Proposal(
        design=Design(top=name, sources={f"{name}.v": compiled.verilog}),
        notes=compiled.notes,
        guess=compiled.guess,
        reference=compiled.reference,
        used=compiled.used,
    )


def _compile(spec: Spec) -> Compiled:
    """Return RTL for the one sort of fragments that can define a module.

    Raises:
        Unfit: There are none, or they do not determine the module.
    """
    machines = _of(spec, Kind.STATE_TABLE, Kind.STATE_DIAGRAM)
    functions = _of(spec, Kind.TRUTH_TABLE, Kind.KARNAUGH_MAP, Kind.MINTERMS, Kind.EQUATION)
    waveforms = _of(spec, Kind.WAVEFORM)
    if required := _of(spec, Kind.REQUIREMENTS):
        return compile_requirements(spec, *required)
    if waveforms and (machines or functions):
        raise Unfit("the specification has a waveform beside its other definitions")
    if waveforms:
        return compile_waveform(spec, waveforms)
    if machines:
        return compile_machine(spec, machines, functions)
    if functions:
        return compile_functions(spec, functions)
    raise Unfit(NOTHING)


def _check_any(spec: Spec) -> None:
    """Say first that there is nothing to compile, unless a fragment was found faulty."""
    faulty = any(f.severity is Severity.ERROR for f in spec.findings)
    if not faulty and not any(f.kind is not Kind.EXAMPLE for f in spec.fragments):
        seen = next((f for f in spec.findings if f.rule in _NOT_READ), None)
        if seen:
            raise Unfit(f"{seen.message} ({seen.place})")
        why = f"; of its sentences: {spec.not_understood}" if spec.not_understood else ""
        raise Unfit(NOTHING + why)


def _of(spec: Spec, *kinds: Kind) -> tuple[Fragment, ...]:
    return tuple(fragment for fragment in spec.fragments if fragment.kind in kinds)


__all__ = ["BuiltIn", "propose"]
