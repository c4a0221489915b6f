"""What a run asks its model: the prompts, filled in from the specification and the verdicts."""

from __future__ import annotations

from rtlgen import prompts
from rtlgen.design.candidate import Candidate
from rtlgen.design.feedback import feedback
from rtlgen.design.options import Asking
from rtlgen.llm.model import Message, Purpose
from rtlgen.llm.style import PromptStyle
from rtlgen.prompts.plain import begun
from rtlgen.spec.model import Kind, Spec
from rtlgen.spec.plain import plain
from sim.design import Design
from sim.drivers import SourceLine, driving_lines
from sim.interface import Interface
from sim.verdict import Cause, Verdict

_REFUSED = frozenset({Cause.SYNTAX, Cause.ELABORATION, Cause.INTERFACE, Cause.REFUSED, Cause.BENCH})
"""What keeps a design from being simulated; BENCH: no simulator compiles it."""


class Prompter:
    """Writes the prompts of one run.

    `subject` is the name of the problem, `header` the module's header where
    samples made elsewhere continue it; otherwise it is written from the interface.
    A model of style `plain` is asked for designs in the form that it was trained on.
    """

    def __init__(
        self,
        spec: Spec,
        asking: Asking,
        *,
        subject: str = "",
        header: str | None = None,
        form: PromptStyle = "chat",
    ) -> None:
        self.interface: Interface = spec.interface
        self.subject = subject or spec.interface.module
        self.header = header or prompts.module_header(spec.interface, spec.ranges)
        self._style = asking.style
        self._form = form
        self._driving: dict[tuple[str, str], tuple[SourceLine, ...]] = {}
        self._examples = asking.examples
        self._task = prompts.Task(
            spec=spec.text,
            interface=spec.interface,
            assumptions=tuple(finding.assumption for finding in spec.assumptions),
            statements=tuple(_statements(spec)),
            header=self.header,
        )

    @property
    def instructable(self) -> bool:
        """Whether the model takes other requests than for designs: repairs, reference models."""
        return self._form == "chat"

    def propose(self) -> tuple[Message, ...]:
        """Return the prompt for a design from the specification alone."""
        if self._form == "plain":
            return begun(prompts.plain(self._task.spec, self.header), self.header)
        return prompts.propose(self._task, style=self._style, examples=self._examples)

    def reference(self) -> tuple[Message, ...]:
        """Return the prompt for a reference model in Python."""
        return prompts.reference_model(self._task, style=self._style)

    def repair_purpose(self, candidate: Candidate) -> Purpose:
        """Return which kind of repair `candidate` needs."""
        verdict = candidate.verdict
        if verdict is not None and verdict.cause in _REFUSED:
            return Purpose.SYNTAX_REPAIR
        return Purpose.FUNCTIONAL_REPAIR

    def repair(self, candidate: Candidate) -> tuple[Message, ...]:
        """Return the prompt for a repair of `candidate`, which has a design and a verdict.

        Raises:
            ValueError: It has none.
        """
        if candidate.design is None or candidate.verdict is None:
            raise ValueError(f"candidate {candidate.number} has nothing to repair")
        code = "\n".join(candidate.design.sources.values())
        told = self._told(candidate, candidate.verdict)
        if self.repair_purpose(candidate) is Purpose.SYNTAX_REPAIR:
            return prompts.syntax_repair(self._task, code=code, diagnostics=told, style=self._style)
        return prompts.functional_repair(self._task, code=code, feedback=told, style=self._style)

    def _told(self, candidate: Candidate, verdict: Verdict) -> str:
        miss, design = verdict.first_mismatch, candidate.design
        driving = () if miss is None or design is None else self._lines(design, miss.port)
        return feedback(verdict, design=design, interface=self.interface, driving=driving)

    def _lines(self, design: Design, port: str) -> tuple[SourceLine, ...]:
        """Return what drives `port`; a design that is repaired twice is read once."""
        key = design.digest, port
        if key not in self._driving:
            self._driving[key] = driving_lines(design, port)
        return self._driving[key]


def _statements(spec: Spec) -> list[str]:
    """Return what was read formally; a waveform is in the text as it is."""
    return [
        line
        for part in spec.fragments
        if part.kind not in (Kind.WAVEFORM, Kind.EXAMPLE)
        for line in plain(part)
    ]
