"""From a design to one that does the same and costs less, every step proved.

First come small changes, which leave the text as it is. Then two ways are gone, and both
one after the other in either order: state machines are lifted to state tables, minimized,
encoded anew and written back in place; and the rules of `symbolic.rules` rewrite what the
module computes. What comes out is measured
(`symbolic.ppa`, the same flow for every text), and the best by the goal is proved
against the original, text by text. A step that is not proved is dropped, and the rest is
tried again without it. If nothing helps, the design stays as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sim.design import Design
from sim.interface import Interface
from sim.proof import Outcome, Proof, Prover
from symbolic.dataflow.read import Unreadable
from symbolic.dataflow.repair import Repaired
from symbolic.optimize_clock import Clock
from symbolic.optimize_input import pragmas_in, read_repaired, usable
from symbolic.optimize_machines import is_all_machine, machine_drafts
from symbolic.optimize_proof import proved_chain
from symbolic.optimize_rules import rule_drafts
from symbolic.optimize_score import SLACK, Bar
from symbolic.optimize_small import small_drafts
from symbolic.optimize_stage import Context, Draft, Meter, Priced, Stage
from symbolic.optimize_together import both
from symbolic.optimize_values import UNCHANGED, LeftAlone, Optimization, Step
from symbolic.ppa import Library, NotMeasured, Ppa, read_library
from symbolic.prover import YosysProver
from symbolic.rules.rule import Goal

log = logging.getLogger(__name__)

SECONDS = 60.0
_ATTEMPTS = 2
"""How often everything is tried, without steps that were not proved before."""
_PATIENCE = 4.0
"""Factor on the time for what has to be known in any case, before the pace is known."""
_ON_TOP = 0.98
"""Factor on the cost below which rules are worth their changes where machines have paid."""
_PROVING = 0.5
"""Share of the time that is left, for the proofs."""
_COUNTING = 40.0
"""Seconds to measure what is reported, at least: thorough, and beside the proofs."""

_UNREADABLE = "golden design: "
"""How the prover begins where it cannot read the original."""

Part = Callable[[Stage, Context], list[Draft]]


def optimize(  # noqa: PLR0913 - one argument a wish
    design: Design,
    *,
    goal: Goal = Goal.AREA,
    library: Library | None = None,
    seconds: float = SECONDS,
    slack: float = SLACK,
    text_price: float = 1.0,
    named_states: bool = False,
    interface: Interface | None = None,
    prover: Prover | None = None,
) -> Optimization:
    """Return `design` improved by `goal`, or as it is.

    Args:
        design: Anybody's text; it is parsed in sandboxed child processes only. What only
            some tools refuse is mended first (`symbolic.dataflow.repair`), and told.
        goal: What there is to be less of.
        library: Cells to measure with; by default the project's own generic ones.
        seconds: Of the processor; after these no more is tried, roughly.
        slack: Share by which it may become slower, unless `goal` is less delay.
        text_price: Factor on what text costs that is new or longer. With 1, a design of which
            every line is new has to cost 6 % less, one of twice the length 10 %.
        named_states: Whether state machines are never written as equations, which can cost
            less and say less: what names states goes on naming them.
        interface: Ports, clocks and resets, where they are known and the design is known
            to compile; otherwise the gate looks at it.
        prover: Who proves; by default Yosys and ABC.

    Raises:
        InvalidDesign: It does not compile, or the gate refuses it; with file and line.
        ToolNotFound: pyosys is not installed.
        EnvironmentFault: No child process can be run.
    """
    clock = Clock(seconds)
    meter = Meter(library or read_library(None), goal)
    mended, known = _read(design, interface, meter, clock)
    context = Context(
        original=mended.design,
        interface=known,
        goal=goal,
        meter=meter,
        clock=clock,
        named_states=named_states,
    )
    terms = _Terms(slack=slack, text_price=text_price)
    found = _Optimizer(context, prover or YosysProver(), terms).run()
    if not mended.changes:
        return found
    result = found.design if found.steps else design
    return replace(found, original=design, design=result, repairs=mended.changes)


def _read(
    design: Design, interface: Interface | None, meter: Meter, clock: Clock
) -> tuple[Repaired, Interface]:
    """Return what is optimized and its interface, while it is measured already."""
    if interface is not None:
        return Repaired(design=design), interface
    found, _ = both(
        lambda: read_repaired(design),
        lambda: meter.measured([design], seconds=_PATIENCE * clock.left),
    )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """What a smaller design may cost."""

    slack: float
    text_price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Drafts on top of each other, and where they lead."""

    drafts: Sequence[Draft]
    end: Priced


class _Optimizer:
    """One run."""

    def __init__(self, context: Context, prover: Prover, terms: _Terms) -> None:
        self._context = context
        self._prover = prover
        self._terms = terms
        self._before: Ppa | None = None
        self._proved: tuple[Step, ...] = ()
        self._hopeless = False
        self._counts: dict[str, Ppa | NotMeasured] = {}

    def run(self) -> Optimization:
        for left in pragmas_in(self._context.original):
            self._context.leave(left)
        start = self._start()
        if isinstance(start, LeftAlone):
            self._context.leave(start)
            return self._ended(())
        for _ in range(_ATTEMPTS):
            settled = any(self._settled(start, plan) for plan in self._plans(start))
            if settled or self._hopeless or not self._context.left:
                break
        return self._ended(self._proved)

    def _settled(self, start: Stage, plan: _Plan) -> bool:
        """Prove a plan, remember what of it is proved, and say whether that is all."""
        steps = [] if self._hopeless else self._proven(plan.drafts)
        self._keep(start, steps)
        if not plan.drafts:
            return True
        return bool(steps) and steps[-1].after is plan.drafts[-1].after

    def _start(self) -> Stage | LeftAlone:
        """Read and measure the original."""
        context = self._context
        [measured], module = both(
            lambda: context.meter.measured([context.original], seconds=_PATIENCE * context.left),
            lambda: context.read(context.original),
        )
        self._before = measured if isinstance(measured, Ppa) else None
        if isinstance(module, Unreadable):
            return LeftAlone(what="", reason=module.reason, place=module.place, whole=True)
        if isinstance(measured, NotMeasured):
            return LeftAlone(what="", reason=measured.reason, whole=True)
        context.bar = Bar(
            goal=context.goal,
            original=context.original,
            before=measured,
            slack=self._terms.slack,
            text_price=self._terms.text_price,
        )
        return Stage(design=context.original, module=module, measured=measured)

    def _plans(self, start: Stage) -> list[_Plan]:
        """Return what may be done, the best first; nothing at all is the last."""
        context = self._context
        small = self._plan(start, (small_drafts,))
        machines = self._plan(start, (machine_drafts,), after=small)
        plans = [machines, small, _Plan(drafts=(), end=start)]
        has_machine = len(machines.drafts) > len(small.drafts)
        if has_machine and is_all_machine(start, context):
            return plans
        ruled = self._plan(start, (rule_drafts,), after=machines)
        worth = _ON_TOP if has_machine else 1.0
        if context.price(ruled.end)[0] < worth * context.price(machines.end)[0]:
            plans.append(ruled)
            if has_machine and context.left:
                plans.append(self._plan(start, (rule_drafts, machine_drafts), after=small))
        return sorted(plans, key=lambda plan: context.price(plan.end))

    def _plan(self, start: Stage, parts: Sequence[Part], *, after: _Plan | None = None) -> _Plan:
        """Return the drafts of `parts`, one part on top of the other, and of `after`."""
        stage, drafts = start, list(after.drafts if after else ())
        for part in parts:
            if drafts:
                last = drafts[-1]
                module = self._context.read(last.after)
                if isinstance(module, Unreadable):
                    break
                stage = Stage(design=last.after, module=module, measured=last.measured)
            found = part(stage, self._context)
            if found and self._context.better(found[-1], stage):
                drafts += found
        return _Plan(drafts=drafts, end=drafts[-1] if drafts else start)

    def _proven(self, drafts: Sequence[Draft]) -> list[Step]:
        """Return the first steps that are proved and usable; the next one is banned."""
        if not drafts:
            return []
        context = self._context
        texts = [draft.after for draft in drafts]
        (objections, found), _ = both(
            lambda: both(lambda: self._objections(texts), lambda: self._proofs(texts)),
            lambda: self._counted(texts[-1]),
        )
        fine = next((n for n, objection in enumerate(objections) if objection), len(drafts))
        proofs = found[:fine]
        steps = _steps(drafts, proofs)
        if proofs and proofs[0].reason.startswith(_UNREADABLE):
            reason = proofs[0].reason.removeprefix(_UNREADABLE)
            context.leave(LeftAlone(what="", reason=f"nothing can be proved: {reason}", whole=True))
            self._hopeless = True
        elif fine < len(found):
            context.banned.update(drafts[fine].keys)
            log.warning("%s is not used: %s", drafts[fine].name, objections[fine])
        elif proofs and not _holds(proofs[-1]):
            self._ban(drafts[len(proofs) - 1], _why(proofs[-1]))
        return steps

    def _objections(self, texts: Sequence[Design]) -> list[str]:
        return usable(texts, self._context.original, self._context.interface)

    def _proofs(self, texts: Sequence[Design]) -> list[Proof]:
        context = self._context
        seconds = max(5.0 * context.clock.stretch, _PROVING * context.left)
        return proved_chain(
            self._prover, context.original, texts, context.interface, seconds=seconds
        )

    def _ban(self, draft: Draft, reason: str) -> None:
        self._context.banned.update(draft.keys)
        self._context.leave(LeftAlone(what=f"{draft.name} ({draft.what})", reason=reason))

    def _keep(self, start: Stage, steps: Sequence[Step]) -> None:
        """Remember the best of `steps` and those under it, if nothing proved so far is better."""
        for count, step in enumerate(steps, 1):
            best = self._proved[-1] if self._proved else start
            if self._context.better(step, best):
                self._proved = tuple(steps[:count])

    def _ended(self, steps: tuple[Step, ...]) -> Optimization:
        context = self._context
        design = steps[-1].after if steps else context.original
        before, after = self._counted(design)
        if steps and before and after and not self._still_better(design, before, after):
            context.leave(LeftAlone(what="", reason="a change was no better measured thoroughly"))
            return self._ended(())
        return Optimization(
            original=context.original,
            interface=context.interface,
            design=design,
            goal=context.goal,
            library=context.meter.library.name,
            start=self._before,
            before=before,
            after=after,
            steps=steps,
            proof=steps[-1].proof if steps else UNCHANGED,
            left_alone=tuple(context.left_alone),
        )

    def _still_better(self, design: Design, before: Ppa, after: Ppa) -> bool:
        """Whether the search, which measures large designs by one mapping only, was right."""
        context = self._context
        if context.bar is None:
            return True
        bar = replace(context.bar, before=before)
        return bar.admits(after) and bar.price(after, design) < bar.price(before, context.original)

    def _counted(self, design: Design) -> tuple[Ppa | None, Ppa | None]:
        """Return all that can be counted of the original and of `design`, found out once."""
        if self._before is None:
            return None, None
        context = self._context
        wanted = {d.digest: d for d in (context.original, design) if d.digest not in self._counts}
        if wanted:
            seconds = max(_COUNTING * context.clock.stretch, context.left)
            found = context.meter.counted(list(wanted.values()), seconds=seconds)
            self._counts |= dict(zip(wanted, found, strict=True))
        before, after = (self._counts[d.digest] for d in (context.original, design))
        return (
            before if isinstance(before, Ppa) else None,
            after if isinstance(after, Ppa) else None,
        )


def _holds(proof: Proof) -> bool:
    return proof.outcome is Outcome.PROVED


def _why(proof: Proof) -> str:
    return f"not proved, and not used: {proof.reason}"


def _steps(drafts: Sequence[Draft], proofs: Sequence[Proof]) -> list[Step]:
    """Return a step for each proof; what was not proved by itself goes with the next."""
    found: list[Step] = []
    group: list[Draft] = []
    for draft, proof in zip(drafts, proofs, strict=False):
        group.append(draft)
        if _holds(proof):
            found.append(_step(group, proof))
            group = []
    return found


def _step(group: Sequence[Draft], proof: Proof) -> Step:
    draft = group[-1]
    names = dict.fromkeys(name for one in group for name, _ in one.keys if name != draft.name)
    return Step(
        name=draft.name,
        what=f"{draft.what}, along with {', '.join(names)}" if names else draft.what,
        before=group[0].before,
        after=draft.after,
        measured=draft.measured,
        proof=proof,
        rule=draft.rule,
        machine=next((one.machine for one in group if one.machine is not None), None),
    )
