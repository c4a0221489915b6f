"""Truth tables, Karnaugh maps, minterms and equations to combinational RTL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rtlgen.design.builtin.compiled import Compiled, Unfit, origin
from rtlgen.spec.model import Fragment, Kind, Spec
from sim.interface import Interface
from symbolic.cubes import CoverTooLarge
from symbolic.emit import emit_combinational
from symbolic.equations import Equations
from symbolic.expression import names
from symbolic.truth_table import TruthTable
from symbolic.waveform import Waveform

Function = TruthTable | Equations


def compile_functions(spec: Spec, fragments: Sequence[Fragment]) -> Compiled:
    """Return the combinational module that `fragments` define.

    Raises:
        Unfit: An output is not defined, an input plays no part, fragments
            disagree, or the module has a clock.
    """
    if spec.interface.clocks or spec.interface.resets:
        timed = [*(c.port for c in spec.interface.clocks), *(r.port for r in spec.interface.resets)]
        raise Unfit(f"the function is combinational, but the module has {timed[0]!r}")
    used = _without_repeats(fragments)
    _check_outputs(spec.interface, used)
    _check_inputs(spec.interface, used)
    functions: list[Function] = [fragment.value for fragment in used]
    try:
        verilog = emit_combinational(spec.interface, *functions, origin=origin(used))
        reference = _reference(functions)
    except ValueError as error:
        raise Unfit(str(error)) from error
    check_examples(spec, reference)
    notes = tuple(note for fragment in used for note in fragment.notes)
    return Compiled(verilog=verilog, reference=reference, used=used, notes=notes)


def check_examples(spec: Spec, reference: Function) -> None:
    """Refuse a function that does not do what a worked example says.

    Raises:
        Unfit: An example contradicts it.
    """
    for fragment in spec.fragments:
        if fragment.kind is Kind.EXAMPLE and fragment.value.clock is None:
            for row in range(fragment.value.rows):
                _check_example(fragment, _bits_of(fragment.value, row), reference)


def _check_example(fragment: Fragment, bits: dict[str, int], reference: Function) -> None:
    if not set(reference.inputs) <= bits.keys():
        return
    values = reference.value({name: bits[name] for name in reference.inputs})
    for name, value in values.items():
        if name in bits and value not in ("-", str(bits[name])):
            raise Unfit(f"the example ({fragment.place}) and the definition differ in {name!r}")


def _bits_of(example: Waveform, row: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in example.columns:
        value = column.samples[row]
        if value is not None:
            word = format(value, f"0{column.port.width}b")
            found |= {name: int(bit) for name, bit in zip(column.port.bits, word, strict=True)}
    return found


def _without_repeats(fragments: Sequence[Fragment]) -> tuple[Fragment, ...]:
    """Drop fragments that say of the same outputs what another one says.

    Raises:
        Unfit: Two fragments disagree, or overlap in part of their outputs.
    """
    kept: list[Fragment] = []
    for fragment in fragments:
        rival = next((f for f in kept if set(f.value.outputs) & set(fragment.value.outputs)), None)
        if rival is None:
            kept.append(fragment)
        elif set(rival.value.outputs) != set(fragment.value.outputs):
            raise Unfit(f"{_named(rival)} and {_named(fragment)} define some outputs twice")
        elif not _same(rival.value, fragment.value):
            raise Unfit(f"{_named(rival)} and {_named(fragment)} contradict each other")
    return tuple(kept)


def _named(fragment: Fragment) -> str:
    return f"the {fragment.kind.value} ({fragment.place})"


def _same(left: Function, right: Function) -> bool:
    try:
        return _table(left).equivalent(_table(right))
    except CoverTooLarge as error:
        raise Unfit(f"two definitions are too large to be compared: {error}") from error
    except ValueError as error:
        raise Unfit(str(error)) from error


def _table(function: Function) -> TruthTable:
    return function.truth_table() if isinstance(function, Equations) else function


def _reference(functions: Sequence[Function]) -> Function:
    if len(functions) == 1:
        return functions[0]
    first, *others = (_table(function) for function in functions)
    return first.merge(*others)


def _check_outputs(interface: Interface, fragments: Iterable[Fragment]) -> None:
    defined = {bit for fragment in fragments for bit in fragment.value.outputs}
    for port in interface.outputs:
        missing = [bit for bit in port.bits if bit not in defined]
        if missing:
            raise Unfit(f"no fragment defines output {missing[0]!r}")


def _check_inputs(interface: Interface, fragments: Iterable[Fragment]) -> None:
    """Refuse definitions that leave an input out: the rest of the text then says what it does."""
    read = {bit for fragment in fragments for bit in _read(fragment.value)}
    for port in interface.inputs:
        if not read & set(port.bits):
            raise Unfit(f"no fragment says what input {port.name!r} does")


def _read(function: Function) -> Iterable[str]:
    if isinstance(function, Equations):
        return [name for a in function.assignments for name in names(a.value)]
    return function.inputs
