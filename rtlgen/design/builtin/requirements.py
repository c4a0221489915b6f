"""Requirements in plain English to RTL."""

from __future__ import annotations

from rtlgen.design.builtin.compiled import Compiled, Unfit, origin
from rtlgen.spec.model import Fragment, Kind, Spec
from rtlgen.spec.plain import plain
from symbolic.behavior import Behavior
from symbolic.waveform import Waveform


def compile_requirements(spec: Spec, fragment: Fragment) -> Compiled:
    """Return the module that the sentences of a specification define.

    Raises:
        Unfit: An example contradicts them, or the module cannot be written.
    """
    behavior: Behavior = fragment.value
    used = (fragment,)
    for example in (part for part in spec.fragments if part.kind is Kind.EXAMPLE):
        _check(example, behavior)
    try:
        verilog = behavior.verilog(spec.interface, origin(used))
    except ValueError as error:
        raise Unfit(str(error)) from error
    notes = (*fragment.notes, *(f"read as: {line}" for line in plain(fragment)))
    return Compiled(verilog=verilog, reference=behavior, used=used, notes=notes)


def _check(example: Fragment, behavior: Behavior) -> None:
    """Refuse requirements that do not do what a worked example shows.

    Raises:
        Unfit: They differ.
    """
    shown: Waveform = example.value
    if behavior.sequential or shown.clock is not None:
        return
    for row in range(shown.rows):
        bits: dict[str, int] = {}
        for column in shown.columns:
            value = column.samples[row]
            if value is not None:
                word = format(value, f"0{column.port.width}b")
                bits |= {n: int(b) for n, b in zip(column.port.bits, word, strict=True)}
        if not set(behavior.input_bits) <= bits.keys():
            continue
        outputs, _ = behavior.step(behavior.initial(), bits)
        for name, bit in outputs.items():
            if name in bits and bit not in ("-", str(bits[name])):
                raise Unfit(
                    f"the example ({example.place}) and the requirements differ in {name!r}"
                )
