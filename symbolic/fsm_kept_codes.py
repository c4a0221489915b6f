"""The order to synthesis tools to leave the codes of a machine as they are.

Tools with a pass for state machines give them codes by habit, often one-hot, without
measuring; where codes were chosen by measurement, that undoes it. The attribute
`fsm_encoding = "none"` on the state register is what Yosys and Vivado take as that order;
it changes nothing that the text does.
"""

from __future__ import annotations

from sim.design import Design
from symbolic.fsm_source import SourceUnreadable, read_source
from symbolic.text_edit import Edits

ATTRIBUTE = '(* fsm_encoding = "none" *)'


def with_codes_kept(design: Design, register: str) -> Design | None:
    """Return `design` with `ATTRIBUTE` above its state register; None if it has no such place.

    Raises:
        EnvironmentFault: No child process can be run at all.
    """
    try:
        source = read_source(design)
    except SourceUnreadable:
        return None
    declared = source.find(register)
    if declared is None or declared.port or declared.header:
        return None
    edits, (place, _) = Edits(source.text), declared.whole
    if source.text.startswith(b"(*", place):
        return None
    edits.insert(place, f"{ATTRIBUTE}\n{edits.indentation(place)}")
    sources = {**design.sources, source.file: edits.applied()}
    return Design(top=design.top, sources=sources, data=design.data)
