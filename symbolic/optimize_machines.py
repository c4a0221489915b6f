"""The way by state machines: lifted, minimized, coded anew, written back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sim.design import Design
from symbolic.dataflow.nodes import Op, reached
from symbolic.dataflow.read import Unreadable
from symbolic.encode import Encoding, searched
from symbolic.extract import ExtractedMachine, NotExtracted, with_resets
from symbolic.fsm_kept_codes import with_codes_kept
from symbolic.fsm_rewrite import NotWritable, SourceUnreadable, Version, versions
from symbolic.fsm_style import Style
from symbolic.optimize_score import Cost
from symbolic.optimize_stage import Context, Draft, Stage
from symbolic.optimize_values import LeftAlone, MachineChange
from symbolic.ppa import NotMeasured, Ppa
from symbolic.reduce import Reduced, minimize_states

NAME = "state-machine"
_SHARE = 0.2
"""Of the time that is left, for the minimization of one machine."""
_CODING = 3.0
"""Seconds for the search for codes of one machine, at most."""
_CODING_EACH = 0.1
"""Seconds for each of its states."""
_WRITTEN = 3
"""Encodings that are tried in the module, the best of those measured alone."""
_ARITHMETIC = frozenset(
    {Op.ADD, Op.SUB, Op.MUL, Op.UDIV, Op.UMOD, Op.SDIV, Op.SMOD, Op.SHL, Op.LSHR, Op.ASHR}
)
_STYLES = {Style.CASE: 1.01, Style.EQUATIONS: 1.04}
"""Factors on the cost; as the source has it is best."""
_MOST = 8
"""Machines of one module that are looked at."""


def machine_drafts(stage: Stage, context: Context) -> list[Draft]:
    """Return a change for each machine that pays, one on top of the other."""
    drafts: list[Draft] = []
    seen: set[tuple[str, ...]] = set()
    for _ in range(_MOST):
        waiting = _unseen(stage, seen, context)
        if not waiting or not context.left:
            break
        machine = waiting[0]
        seen.add(machine.register)
        draft = _changed(stage, machine, context)
        if draft is None:
            continue
        drafts.append(draft)
        if len(waiting) == 1:
            break
        module = context.read(draft.after)
        if isinstance(module, Unreadable):
            break
        stage = Stage(design=draft.after, module=module, measured=draft.measured)
    return drafts


def is_all_machine(stage: Stage, context: Context) -> bool:
    """Whether there is nothing in `stage` but machines, without any arithmetic."""
    found = [m for m in context.machines(stage) if isinstance(m, ExtractedMachine) and m.control]
    states = {name for machine in found for name in machine.register}
    plain = stage.module.registers.keys() <= states and not stage.module.memories
    return plain and not any(node.op in _ARITHMETIC for node in reached(stage.module.roots()))


def _unseen(stage: Stage, seen: set[tuple[str, ...]], context: Context) -> list[ExtractedMachine]:
    """Return the machines that were not looked at yet; what is none is named."""
    found = context.machines(stage)
    context.interface = with_resets(context.interface, found)
    for one in found:
        if isinstance(one, NotExtracted):
            context.leave(_left_alone(one.register, one.reason, one.place))
    machines = [one for one in found if isinstance(one, ExtractedMachine)]
    return [one for one in machines if one.register not in seen and one.control]


def _left_alone(register: Sequence[str], reason: str, place: str) -> LeftAlone:
    return LeftAlone(what=f"state machine in {', '.join(register)}", reason=reason, place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    encoding: Encoding
    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    text: _Text
    measured: Ppa

    @property
    def design(self) -> Design:
        return self.text.version.design


def _changed(stage: Stage, machine: ExtractedMachine, context: Context) -> Draft | None:
    """Return the best change of `machine` that is better than none."""
    reduced = minimize_states(machine.table, seconds=max(0.1, _SHARE * context.left))
    found = _measured(list(_texts(stage, machine, reduced, context)), context)
    better = [one for one in found if context.better(one, stage)]
    if not better:
        return None
    best = min(better, key=lambda one: _price(one, context))
    return _draft(stage, machine, reduced, _with_codes_kept(best, machine, context))


def _with_codes_kept(best: _Candidate, machine: ExtractedMachine, context: Context) -> _Candidate:
    """Return `best` so that synthesis keeps its codes, if others make a stock synthesis larger."""
    if len(machine.register) != 1:
        return best
    kept = with_codes_kept(best.design, machine.register[0])
    if kept is None:
        return best
    counted = context.meter.counted([best.design, kept], seconds=max(1.0, context.left))
    before, after = (one.cells if isinstance(one, Ppa) else None for one in counted)
    if before is None or after is None or after >= before:
        return best
    return replace(best, text=replace(best.text, version=replace(best.text.version, design=kept)))


def _price(candidate: _Candidate, context: Context) -> Cost:
    """Return the price with a fee for a style in which people see less of the machine."""
    first, *others = context.price(candidate)
    return (first * _STYLES.get(candidate.text.version.style, 1.0), *others)


def _measured(texts: Sequence[_Text], context: Context) -> list[_Candidate]:
    designs = [text.version.design for text in texts]
    measured = context.meter.measured(designs, seconds=context.left)
    return [
        _Candidate(text=text, measured=found)
        for text, found in zip(texts, measured, strict=True)
        if not isinstance(found, NotMeasured)
    ]


def _texts(
    stage: Stage, machine: ExtractedMachine, reduced: Reduced, context: Context
) -> Iterator[_Text]:
    found = searched(
        reduced.table,
        context.goal,
        seconds=min(_CODING, _CODING_EACH * len(reduced.table.states), _SHARE * context.left),
        library=context.meter.library,
    )
    reason = "" if found else "no encoding of it can be measured"
    written = 0
    for encoding in (one.encoding for one in found):
        if (NAME, _what(machine, encoding)) in context.banned:
            continue
        try:
            ways = versions(stage.design, stage.module, machine, encoding.table)
        except (NotWritable, SourceUnreadable) as why:
            reason = str(why)
            continue
        yield from (
            _Text(encoding=encoding, version=version)
            for version in ways
            if not (context.named_states and version.style is Style.EQUATIONS)
        )
        written += 1
        if written == _WRITTEN or not context.left:
            break
    if not written and reason:
        context.leave(_left_alone(machine.register, reason, machine.place))


def _draft(stage: Stage, machine: ExtractedMachine, reduced: Reduced, best: _Candidate) -> Draft:
    encoding = best.text.encoding
    return Draft(
        name=NAME,
        what=_what(machine, encoding),
        before=stage.design,
        after=best.text.version.design,
        measured=best.measured,
        machine=MachineChange(
            register=", ".join(machine.register),
            before=machine.table,
            after=encoding.table,
            encoding=encoding.name,
            minimal=reduced.optimal,
            bound=reduced.bound,
            style=best.text.version.style,
        ),
    )


def _what(machine: ExtractedMachine, encoding: Encoding) -> str:
    register = ", ".join(machine.register)
    before, after = len(machine.table.states), len(encoding.table.states)
    fewer = f"{before} states become {after}" if after < before else f"{before} states"
    return f"state machine in {register}: {fewer}, coded {encoding.name}"
