"""Which of several texts of the same rewriting: the one that people would rather have.

A rewriting changes some registers and outputs for its own sake and others along the way,
and a process can be written anew or keep what did not change. All of that is measured as
text, since synthesis makes different things of different texts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from sim.design import Design
from symbolic.dataflow.edit import NotRewritable, rewritten_design
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.source_map import SourceMap
from symbolic.optimize_score import Cost
from symbolic.optimize_stage import Context, Stage
from symbolic.ppa import Ppa
from symbolic.rewrite import Step
from symbolic.rewrite_reverted import reverted, reverting

_MOST = 6
"""Registers and outputs that are tried as they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How to write a rewriting down."""

    slices: bool = True
    """Whether of a process what does not change stays."""
    as_before: tuple[str, ...] = ()
    """Registers and outputs that are made as they were."""


_ANEW = _Way(slices=False)
_NEVER: Cost = (math.inf,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A rewriting written down."""

    design: Design
    measured: Ppa


def texts(
    stage: Stage, steps: Sequence[Step], source: SourceMap, context: Context
) -> list[tuple[Step, Design]]:
    """Return the text after each step, all written in the way that is best for the last.

    Raises:
        NotRewritable: What the steps change cannot be written back.
    """
    writer = _Writer(stage=stage, source=source, context=context)
    way = writer.best_way(steps[-1].module)
    return [(step, writer.design(step.module, way)) for step in steps]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    stage: Stage
    source: SourceMap
    context: Context

    def design(self, module: Dataflow, way: _Way) -> Design:
        """Return the text of a module.

        Raises:
            NotRewritable: It cannot be written back.
        """
        before = self.stage.module
        if way.as_before:
            module = reverted(before, module, way.as_before)
        return rewritten_design(
            self.stage.design, before, module, source=self.source, slices=way.slices
        )

    def best_way(self, module: Dataflow) -> _Way:
        """Return the way to write a module down that costs least; the shortest of equals."""
        names = list(islice(reverting(self.stage.module, module), _MOST))
        ways = [_Way(), _ANEW, *(_Way(as_before=(name,)) for name in names)]
        found = self._priced(module, ways)
        if _Way() in found:
            single = {name: _Way(as_before=(name,)) for name in names}
            useful = [n for n, way in single.items() if found.get(way, _NEVER) <= found[_Way()]]
            if len(useful) > 1:
                found |= self._priced(module, [_Way(as_before=tuple(useful))])
        return min(found, key=lambda way: found[way], default=_ANEW)

    def _priced(self, module: Dataflow, ways: Sequence[_Way]) -> dict[_Way, Cost]:
        """Return the price of each way that can be written and is not too slow."""
        designs: dict[_Way, Design] = {}
        for way in ways:
            with suppress(NotRewritable):
                designs[way] = self.design(module, way)
        measured = self.context.meter.measured(list(designs.values()), seconds=self.context.left)
        found = {}
        for (way, design), ppa in zip(designs.items(), measured, strict=True):
            if isinstance(ppa, Ppa) and (self.context.bar is None or self.context.bar.admits(ppa)):
                found[way] = self.context.price(_Text(design=design, measured=ppa))
        return found
