"""Formal fragments of a specification: parts with an exact meaning, as values.

`read_fragments` finds truth tables, Karnaugh maps, minterm lists, Boolean
equations, state diagrams and tables, waveforms and worked examples; one module
reads each of these forms. What looks like such a form and is none, or
contradicts itself, becomes a finding instead of a value.
"""

from __future__ import annotations

from collections.abc import Callable

from rtlgen.spec.fragments.diagrams import read_diagrams
from rtlgen.spec.fragments.equations import read_equations
from rtlgen.spec.fragments.examples import read_example_lists, read_examples
from rtlgen.spec.fragments.karnaugh import read_maps
from rtlgen.spec.fragments.minterms import read_minterms
from rtlgen.spec.fragments.source import Reading, Source
from rtlgen.spec.fragments.state_tables import read_state_tables
from rtlgen.spec.fragments.tables import read_tables
from rtlgen.spec.fragments.waveforms import read_waveforms
from rtlgen.spec.model import Finding, Fragment
from sim.interface import Interface

# Each reads what the ones before left: a map is no table, an arrow no equation; in a list of
# examples "x = 3 -> y = 4" is neither.
_READERS: tuple[Callable[[Source], Reading], ...] = (
    read_example_lists,
    read_waveforms,
    read_diagrams,
    read_state_tables,
    read_maps,
    read_tables,
    read_minterms,
    read_equations,
    read_examples,
)


def read_fragments(
    text: str, interface: Interface
) -> tuple[tuple[Fragment, ...], tuple[Finding, ...]]:
    """Return the formal fragments of `text`, and what a designer would ask about them.

    Names are resolved against the ports of `interface`. Places are lines of
    `text`, from 1.
    """
    source = Source.of(text, interface)
    result = Reading()
    for read in _READERS:
        result += read(source.without(result.used))
    fragments = sorted(result.fragments, key=lambda fragment: fragment.place)
    findings = sorted(result.findings, key=lambda finding: finding.place)
    return tuple(fragments), tuple(findings)


__all__ = ["read_fragments"]
