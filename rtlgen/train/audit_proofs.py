"""Designs are compared with the golden one by proof, each once, in a file that outlives a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.design_key import plain_form
from rtlgen.evaluation.executor import Executor, as_completed
from rtlgen.evaluation.problem import Problem
from rtlgen.evaluation.strict import Strict, first_fault
from sim.design import Design, digest
from sim.errors import EnvironmentFault, InvalidDesign, InvalidInterface
from sim.interface import Interface, infer_timing, read_interface
from sim.proof import Outcome, Prover

PROOFS = "proofs.jsonl"
_TOGETHER = 8
"""Designs that one call of the prover compares."""
_MOST_REASON = 300


class ProofRow(Strict):
    """What a proof came to."""

    key: str
    """Digest of the problem's golden design and of the other one."""
    outcome: Literal["proved", "refuted", "open"]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveTask:
    """Designs of one problem, as they are sent to a worker."""

    prover: Prover
    problem: Problem
    designs: tuple[str, ...]
    seconds: float
    """For each."""

    def __call__(self) -> list[ProofRow]:
        """Return a row for each design, in order."""
        keys = [key_of(self.problem, text) for text in self.designs]
        try:
            golden, interface = _golden(self.problem)
        except (InvalidDesign, InvalidInterface) as error:
            why = f"the golden design: {error}"[:_MOST_REASON]
            return [ProofRow(key=key, outcome="open", reason=why) for key in keys]
        others = [Design(top=self.problem.top, sources={"d.sv": text}) for text in self.designs]
        proofs = self.prover.equivalent(
            golden, others, interface, seconds=self.seconds * len(others)
        )
        return [
            ProofRow(key=key, outcome=_OUTCOMES[one.outcome], reason=one.reason[:_MOST_REASON])
            for key, one in zip(keys, proofs, strict=True)
        ]


_OUTCOMES: Mapping[Outcome, Literal["proved", "refuted", "open"]] = {
    Outcome.PROVED: "proved",
    Outcome.REFUTED: "refuted",
    Outcome.OPEN: "open",
}


def _golden(problem: Problem) -> tuple[Design, Interface]:
    data = {name: content for name, content in problem.data if not name.endswith(".v")}
    golden = Design(top=problem.top, sources={"golden.sv": problem.golden}, data=data)
    return golden, infer_timing(golden, read_interface(golden))


def key_of(problem: Problem, text: str) -> str:
    """Return the key of a design's proof; comments and white space make no difference to it."""
    same = plain_form(text)
    parts = (problem.top, problem.golden, text if same is None else same)
    return digest(*(part.encode(errors="replace") for part in parts))


class Proofs:
    """The proofs of an audit, those of earlier parts included."""

    def __init__(self, folder: Path, prover: Prover, *, seconds: float) -> None:
        """Keep proofs in `folder`.

        Raises:
            UsageError: A line of its file is no proof; names file and line.
        """
        self._path, self._prover, self._seconds = folder / PROOFS, prover, seconds
        self._rows = {row.key: row for row in _kept(self._path)}

    def __getitem__(self, key: str) -> ProofRow:
        return self._rows[key]

    def prove(
        self,
        asked: Mapping[str, tuple[Problem, Sequence[str]]],
        executor: Executor,
        told: Callable[[int, int], None],
    ) -> None:
        """Prove or refute the designs of `asked`, by task, as far as that was not done before.

        `told` is called with the designs that are done and those that there are.

        Raises:
            EnvironmentFault: The prover cannot be run; what was proved is kept.
        """
        tasks = list(self._tasks(asked))
        every, done = sum(len(task.designs) for task in tasks), 0
        with self._path.open("a", encoding="utf-8") as file:
            for one in as_completed(executor, enumerate(tasks)):
                if one.fault is not None:
                    raise EnvironmentFault(f"a proof failed: {one.fault.text}")
                for row in one.result:
                    self._rows[row.key] = row
                    file.write(row.model_dump_json() + "\n")
                file.flush()
                done += len(one.result)
                told(done, every)

    def _tasks(self, asked: Mapping[str, tuple[Problem, Sequence[str]]]) -> Iterator[ProveTask]:
        for problem, texts in asked.values():
            new = {key_of(problem, text): text for text in texts}
            left = [text for key, text in new.items() if key not in self._rows]
            for start in range(0, len(left), _TOGETHER):
                yield ProveTask(
                    prover=self._prover,
                    problem=problem,
                    designs=tuple(left[start : start + _TOGETHER]),
                    seconds=self._seconds,
                )


def _kept(path: Path) -> Iterator[ProofRow]:
    """Yield what is kept; a torn last line is cut."""
    if not path.is_file():
        return
    whole = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            try:
                yield ProofRow.model_validate_json(line)
            except ValidationError as error:
                raise UsageError(
                    f"{path}:{number}: {first_fault(error, whole='the line')}\n\n"
                    "hint: remove the file, and everything is proved again"
                ) from error
    with path.open("r+b") as file:
        file.truncate(whole)
