"""A changed machine written back into the source that it was found in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.design import Design
from symbolic.fsm_rewrite_declarations import Declarations
from symbolic.fsm_rewrite_holders import holders_of
from symbolic.fsm_rewrite_names import names_of
from symbolic.fsm_rewrite_plan import NotWritable, Plan, plan
from symbolic.fsm_rewrite_uses import Uses
from symbolic.fsm_source import Source, SourceUnreadable, read_source
from symbolic.state_table import StateTable
from symbolic.text_edit import Edits

if TYPE_CHECKING:
    from symbolic.dataflow.module import Dataflow
    from symbolic.extract import ExtractedMachine

__all__ = ["NotWritable", "SourceUnreadable", "rewritten"]


def rewritten(
    design: Design, module: Dataflow, machine: ExtractedMachine, new: StateTable
) -> Design:
    """Return `design` with `machine` replaced by `new`, an implementation of it with codes.

    States are renamed, merged and recoded in place; all else stays as it is. Nothing is
    proved here.

    Raises:
        NotWritable: The machine cannot be changed in this source; why, the message says.
        SourceUnreadable: slang cannot read the design.
        EnvironmentFault: No child process can be run at all.
    """
    source = read_source(design)
    made = plan(machine.table, new)
    text = _renamed(source, machine.register, made).applied()
    return Design(top=design.top, sources={**design.sources, source.file: text}, data=design.data)


def _renamed(source: Source, register: tuple[str, ...], made: Plan) -> Edits:
    width = len(next(iter(made.old.codes.values())))
    if len(register) != 1:
        raise NotWritable("the state lies in several registers")
    holders = holders_of(source, register[0])
    if not holders:
        raise NotWritable(f"the next state of {register[0]!r} is computed, not chosen")
    if not made.same_transitions or not made.same_outputs:
        raise NotWritable("no state of the source does what a new one does")
    edits = Edits(source.text)
    names = names_of(source, made, holders)
    uses = Uses(
        source=source, plan=made, names=names, holders=holders, edits=edits, old_width=width
    )
    for item in source.items:
        uses.item(item)
    for declared in source.declared:
        if declared.name in holders and declared.initial is not None:
            uses.value(declared.initial)
    declarations = Declarations(
        source=source, plan=made, names=names, holders=holders, edits=edits, old_width=width
    )
    declarations.rewrite()
    return edits
