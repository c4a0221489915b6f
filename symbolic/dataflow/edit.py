"""A module's source with what changed replaced in place, and everything else as it was.

Items of the source (assignments, processes, instances) whose function stays as it was
are kept verbatim; those of which nothing is used any more are dropped, with their
declarations and modules that no instance is left of; the others are written anew, where
they stood. Nothing here is believed: who uses the text proves it against the original.
"""

from __future__ import annotations

from dataclasses import replace

from sim.design import Design
from symbolic.dataflow.edit_place import edited
from symbolic.dataflow.edit_plan import NotRewritable, planned
from symbolic.dataflow.edit_units import units
from symbolic.dataflow.edit_values import Values, imported
from symbolic.dataflow.expression import Unwritable
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.source_map import SourceMap, source_map

__all__ = ["NotRewritable", "rewritten", "rewritten_design"]


def rewritten(
    design: Design, before: Dataflow, after: Dataflow, *, source: SourceMap | None = None
) -> str:
    """Return the source of the top module, changed from `before` to `after`.

    Args:
        design: The text that `before` was read from.
        before: As `read_dataflow` returned it.
        after: The same ports; registers, memories and named values may differ. Where it is
            `before`, the text comes back as it is.
        source: Of the design, if it is known already.

    Raises:
        NotRewritable: Something has to change that cannot be edited in place, such as what a
            macro makes. `write.module_text` writes a whole module then.
        InvalidDesign: The parser does not take the text.
    """
    found = source or source_map(design)
    return rewritten_design(design, before, after, source=found).sources[found.file]


def rewritten_design(
    design: Design,
    before: Dataflow,
    after: Dataflow,
    *,
    source: SourceMap | None = None,
    slices: bool = True,
) -> Design:
    """Return the design with its top module changed from `before` to `after`, as `rewritten`.

    With `slices`, of a clocked process only the registers that change are written anew, in
    a process of their own; otherwise the whole process is.
    """
    if after is before:
        return design
    found = source or source_map(design)
    if found.problem:
        raise NotRewritable(f"{found.problem}\n\nhint: `repair.repaired` may help")
    after = imported(before.nodes, after)
    values = Values(before, after, units(found, before))
    try:
        old = design.sources[found.file]
        text = edited(old, planned(found, values, old, slices=slices))
    except RecursionError as error:
        raise NotRewritable("expressions lie too deep inside each other") from error
    except Unwritable as error:
        raise NotRewritable(str(error)) from error
    return replace(design, sources={**design.sources, found.file: text})
