"""A machine changed where it stands: names, codes and widths, and branches that are gone."""

from __future__ import annotations

from symbolic.fsm_rewrite_declarations import Declarations
from symbolic.fsm_rewrite_holders import holders_of
from symbolic.fsm_rewrite_names import names_of
from symbolic.fsm_rewrite_plan import NotWritable, Plan
from symbolic.fsm_rewrite_statements import Statements
from symbolic.fsm_rewrite_uses import Uses
from symbolic.fsm_source import Source
from symbolic.text_edit import Edits


def in_place(source: Source, register: tuple[str, ...], plan: Plan) -> str:
    """Return the text of the file with states renamed, merged and recoded.

    Raises:
        NotWritable: The next state is not chosen among constants, or no state of
            the source does what one of the new machine does.
    """
    if len(register) != 1:
        raise NotWritable("the state lies in several registers")
    holders = holders_of(source, register[0])
    if not holders:
        raise NotWritable(f"the next state of {register[0]!r} is computed, not chosen")
    if not plan.same_transitions or not plan.same_outputs:
        raise NotWritable("no state of the source does what a new one does")
    edits = Edits(source.text)
    width = len(next(iter(plan.old.codes.values())))
    names = names_of(source, plan, holders, literals=True)
    uses = Uses(
        source=source, plan=plan, names=names, holders=holders, edits=edits, old_width=width
    )
    statements = Statements(uses=uses)
    for item in source.items:
        statements.rewrite(item)
    for declared in source.declared:
        if declared.name in holders and declared.initial is not None:
            uses.value(declared.initial)
    declarations = Declarations(
        source=source, plan=plan, names=names, holders=holders, edits=edits, old_width=width
    )
    declarations.rewrite()
    declarations.add_lines(uses.decoder_lines())
    return edits.applied()
