"""Waveforms to the smallest circuit that would have drawn them: a guess."""

from __future__ import annotations

from collections.abc import Sequence

from rtlgen.design.builtin.compiled import Compiled, Unfit, origin
from rtlgen.spec.model import Fragment, Spec
from symbolic.circuit import Circuit, emit_circuit
from symbolic.emit import emit_combinational, emit_fsm
from symbolic.equations import Equations
from symbolic.expression import literal_count, names
from symbolic.infer import Inference, NoInference, infer
from symbolic.state_table import StateTable
from symbolic.synthesize import expression_for
from symbolic.truth_table import TruthTable

_BITS_PER_LITERAL = 4
"""Bits of a waveform that have to speak for each literal of the circuit guessed from it."""

Model = TruthTable | Equations | Circuit | StateTable


def compile_waveform(spec: Spec, fragments: Sequence[Fragment]) -> Compiled:
    """Return the smallest circuit that gives the waveform.

    Raises:
        Unfit: There are several waveforms, none or several circuits are as small,
            or an input plays no part in it.
    """
    if len(fragments) > 1:
        raise Unfit("the specification has more than one waveform")
    (fragment,) = fragments
    result = infer(fragment.value, spec.interface)
    if isinstance(result, NoInference):
        raise Unfit(f"the waveform does not determine a circuit: {result.reason}")
    if result.ambiguous:
        raise Unfit("several circuits of the same size give the waveform")
    if not result.convincing:
        raise Unfit("the waveform leaves room for other circuits")
    _check_clock(spec, result.model)
    if not _determined(result):
        _check_inputs(spec, result.model)
    if result.unseen:
        _check_evidence(spec, result)
    used = (fragment,)
    try:
        verilog = _emit(spec, result.model, origin(used))
    except ValueError as error:
        raise Unfit(str(error)) from error
    return Compiled(
        verilog=verilog,
        reference=result.model,
        used=used,
        notes=_notes(fragment, result),
        guess=not _determined(result),
    )


def _check_clock(spec: Spec, model: Model) -> None:
    """Refuse a circuit that leaves the module's clock out."""
    clocks = {clock.port for clock in spec.interface.clocks}
    clocked = isinstance(model, StateTable) or (
        isinstance(model, Circuit) and any(one.control in clocks for one in model.storage)
    )
    if clocks and not clocked:
        raise Unfit("the waveform shows no register, but the module has a clock")


def _determined(result: Inference) -> bool:
    """Whether the rows show a combinational function completely."""
    return isinstance(result.model, TruthTable) and not result.unseen


def _notes(fragment: Fragment, result: Inference) -> tuple[str, ...]:
    if _determined(result):
        return (*fragment.notes, "the waveform shows every combination of the inputs")
    guessed = "a guess: the smallest circuit that gives the waveform"
    return (*fragment.notes, guessed, *result.notes)


def _emit(spec: Spec, model: Model, heading: str) -> str:
    if isinstance(model, StateTable):
        return emit_fsm(spec.interface, model, origin=heading)
    if isinstance(model, Circuit):
        return emit_circuit(spec.interface, model, origin=heading)
    return emit_combinational(spec.interface, model, origin=heading)


def _check_evidence(spec: Spec, result: Inference) -> None:
    """Refuse a circuit that takes nearly as much to describe as the waveform itself.

    A circuit that is much simpler than the rows it explains is seldom another
    one; a table of the rows with the gaps filled in says nothing about the gaps.
    """
    model = result.model
    if isinstance(model, StateTable):
        raise Unfit("the waveform does not show every case of the machine behind it")
    widths = [port.width for port in spec.interface.outputs]
    width = sum(widths) / len(widths) if isinstance(model, Circuit) else sum(widths)
    shown = (result.cases - result.unseen) * width
    if shown < _BITS_PER_LITERAL * _literals(model):
        raise Unfit(f"the waveform leaves {result.unseen} of {result.cases} cases open")


def _literals(model: TruthTable | Equations | Circuit) -> int:
    if isinstance(model, TruthTable):
        return sum(literal_count(expression_for(model, name)) for name in model.outputs)
    parts = model.assignments if isinstance(model, Equations) else model.parts
    return sum(literal_count(part.value) for part in parts)


def _check_inputs(spec: Spec, model: Model) -> None:
    """Refuse a circuit that leaves an input out where the waveform does not show every case."""
    read = _read(model)
    for port in spec.interface.data_inputs:
        if not read & set(port.bits):
            raise Unfit(f"the waveform does not show what input {port.name!r} does")


def _read(model: Model) -> frozenset[str]:
    if isinstance(model, (TruthTable, StateTable)):
        return frozenset(model.inputs)
    parts = model.assignments if isinstance(model, Equations) else model.parts
    bits = {name for part in parts for name in names(part.value)}
    if isinstance(model, Circuit):
        bits |= {one.control for one in model.storage}
    return frozenset(bits)
