"""The way by rules: rewritings that pay, each as a text."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from sim.design import Design
from sim.errors import InvalidDesign
from sim.text import without_comments
from symbolic.dataflow.edit import NotRewritable
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.write import module_text
from symbolic.extract import ExtractedMachine
from symbolic.optimize_score import length_fee
from symbolic.optimize_stage import Context, Draft, Priced, Stage
from symbolic.optimize_texts import texts
from symbolic.optimize_values import LeftAlone
from symbolic.ppa import NotMeasured, Ppa
from symbolic.rewrite import Rewritten, Step, rewrite

_LEAST, _EACH_CELL = 3.0, 0.1
"""Seconds for the search, and for each mapped cell, at most."""
_SHARE = 0.6
"""Of the time that is left, for the search."""
_MOST_TEXTS = 12
"""Texts on the way to the last, each of which has to be measured and proved."""
_NAME = re.compile(r"[A-Za-z_][\w$]*")


def rule_drafts(stage: Stage, context: Context) -> list[Draft]:
    """Return the rewritings of the best module that was found, one on top of the other."""
    if stage.module.assumed:
        # What a latch holds is not in the dataflow: only its machines are exact.
        context.leave(LeftAlone(what="data path", reason="it may hold values in latches"))
        return []
    found = _searched(stage, context)
    if not found.steps:
        return []
    try:
        source = context.source(stage.design)
        written = texts(stage, found.steps, source, context)
    except (NotRewritable, InvalidDesign) as why:
        context.leave(LeftAlone(what="rules", reason=f"cannot be written back: {why}"))
        return []
    drafts = _measured(stage, _changes(stage, written), context)
    if context.named_states:
        drafts = _naming_states(stage, drafts, context)
    return drafts[: _most_worth(stage, drafts, context)]


def _naming_states(stage: Stage, drafts: Iterable[Draft], context: Context) -> list[Draft]:
    """Return the first drafts, those in which each state that `stage` names is named still."""
    machines = [one for one in context.machines(stage) if isinstance(one, ExtractedMachine)]
    names = {state for machine in machines for state in machine.table.states}

    def used(design: Design) -> set[str]:
        words = Counter(
            word
            for text in design.sources.values()
            for word in _NAME.findall(without_comments(text))
        )
        # Once is where it is declared.
        return {name for name in names if words[name] > 1}

    before = used(stage.design)
    return list(takewhile(lambda draft: before <= used(draft.after), drafts))


def _searched(stage: Stage, context: Context) -> Rewritten:
    base = _standalone(stage.module)
    price = 1.0 if context.bar is None else context.bar.text_price
    kept = (1 - _SHARE) * context.left

    def measure(modules: Sequence[Dataflow]) -> list[Ppa | NotMeasured]:
        designs = [_standalone(module) for module in modules]
        found = context.meter.measured(designs, seconds=max(1.0, context.left))
        fees = [price * length_fee(base, one) for one in designs]
        return [_with_fee(ppa, fee) for ppa, fee in zip(found, fees, strict=True)]

    return rewrite(
        stage.module,
        goal=context.goal,
        measure=measure,
        seconds=_search_seconds(stage, context),
        left=lambda: context.left - kept,
        delay=context.most_delay,
        banned=context.banned,
    )


def _search_seconds(stage: Stage, context: Context) -> float:
    """Return how long to search: what a design of this size is worth."""
    cells = sum(stage.measured.by_cell.values())
    return min(_SHARE * context.left, (_LEAST + _EACH_CELL * cells) * context.clock.stretch)


def _with_fee(ppa: Ppa | NotMeasured, fee: float) -> Ppa | NotMeasured:
    """Return `ppa` made dearer by a share, for the search."""
    if isinstance(ppa, NotMeasured):
        return ppa
    factor = 1 + fee
    power = None if ppa.power is None else ppa.power * factor
    return replace(ppa, area=ppa.area * factor, power=power)


def _standalone(module: Dataflow) -> Design:
    return Design(top=module.interface.module, sources={"module.v": module_text(module)})


_Change = tuple[list[Step], Design, Design]
"""Steps, with the text before and after them."""


def _changes(stage: Stage, texts: Sequence[tuple[Step, Design]]) -> list[_Change]:
    """Return the steps that change the text, neighbors together where there are many."""
    designs = [stage.design, *(design for _, design in texts)]
    single: list[_Change] = [
        ([step], before, after)
        for (step, _), (before, after) in zip(texts, pairwise(designs), strict=True)
        if before.sources != after.sources
    ]
    size = math.ceil(len(single) / _MOST_TEXTS)
    groups = (single[n : n + size] for n in range(0, len(single), max(1, size)))
    return [
        ([step for steps, *_ in group for step in steps], group[0][1], group[-1][2])
        for group in groups
    ]


def _most_worth(stage: Stage, drafts: Sequence[Draft], context: Context) -> int:
    """Return how many of the first steps pay best for what they make of the text."""
    states: list[Priced] = [stage, *drafts]
    allowed = [n for n, one in enumerate(states) if not n or context.better(one, stage)]
    return min(allowed, key=lambda number: context.price(states[number]))


def _measured(stage: Stage, changes: Sequence[_Change], context: Context) -> list[Draft]:
    measured = context.meter.measured([after for *_, after in changes], seconds=context.left)
    drafts: list[Draft] = []
    latest = stage.measured
    for (steps, before, after), found in zip(changes, measured, strict=True):
        latest = latest if isinstance(found, NotMeasured) else found
        main = max(steps, key=lambda step: step.before.area - step.after.area)
        drafts.append(
            Draft(
                name=main.rule.name,
                what=main.what,
                before=before,
                after=after,
                measured=latest,
                rule=main.rule,
                along=tuple((step.rule.name, step.what) for step in steps),
            )
        )
    return drafts
