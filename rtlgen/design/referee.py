"""Judging the candidates of a run by a reference: golden RTL, or what the spec says formally."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rtlgen.design.bench import Judgement
from rtlgen.design.candidate import Candidate, described
from rtlgen.design.loop import Ruling
from rtlgen.design.options import Options, State
from rtlgen.design.search import best_of
from rtlgen.design.twins import with_twins
from rtlgen.llm.model import Answer, Request
from sim.batch import judge_many
from sim.design import Design
from sim.verdict import Verdict
from sim.verdict_cache import RunVerdicts, VerdictCache


class ByReference:
    """Judges by one testbench; a pass settles the matter."""

    def __init__(self, judgement: Judgement, options: Options, cache: VerdictCache | None) -> None:
        self.judgement = judgement
        self._options = options
        self._known = RunVerdicts(cache)

    def wanted(self, candidates: Sequence[Candidate]) -> Sequence[Request]:
        """Return nothing: there is a reference."""
        return ()

    def receive(self, requests: Sequence[Request], answers: Sequence[Answer]) -> None:
        """Take nothing, as nothing is wanted."""

    def judge(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        new = [c for c in candidates if c.design is not None and c.verdict is None]
        verdicts = self._verdicts([c.design for c in new if c.design is not None])
        of = {c.number: verdict for c, verdict in zip(new, verdicts, strict=True)}
        return with_twins([replace(c, verdict=of.get(c.number, c.verdict)) for c in candidates])

    def describe(self, candidate: Candidate) -> tuple[str, State]:
        return described(candidate)

    def summary(self, candidates: Sequence[Candidate]) -> tuple[str, str]:
        best = best_of(candidates)
        if best is None or best.passed:
            return "", ""
        return "best so far", f"candidate {best.number}: {described(best)[0]}"

    def settled(self, candidates: Sequence[Candidate]) -> bool:
        return any(candidate.passed for candidate in candidates)

    def can_repair(self, candidate: Candidate) -> bool:
        return candidate.verdict is not None

    def rule(self, candidates: Sequence[Candidate]) -> Ruling:
        return Ruling(candidates=candidates, chosen=best_of(candidates), judgement=self.judgement)

    def _verdicts(self, designs: Sequence[Design]) -> list[Verdict]:
        return judge_many(
            designs,
            self.judgement.testbench,
            simulators=self._options.simulators,
            interface=self.judgement.interface,
            limits=self._options.limits,
            cache=self._known,
            workers=self._options.workers,
        )
