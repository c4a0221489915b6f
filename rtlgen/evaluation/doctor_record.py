"""What the doctor found of a benchmark under one simulator, as a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import ValidationError

from rtlgen import __version__
from rtlgen.errors import UsageError
from rtlgen.evaluation.harness.protocol import Conditions
from rtlgen.evaluation.judgement import Category, Judgement
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.strict import Strict, first_fault

_BEYOND = frozenset({Category.SYNTAX, Category.ELABORATION, Category.NOT_JUDGED})


class GoldenRecord(Strict):
    """What the test says of the benchmark's own design."""

    official: bool | None
    functional: bool | None
    category: Category
    reason: str = ""

    @classmethod
    def of(cls, judgement: Judgement) -> Self:
        """Return the record of `judgement`."""
        return cls(
            official=judgement.official,
            functional=judgement.functional,
            category=judgement.category,
            reason=judgement.reason,
        )


class SurvivorRecord(Strict):
    """A design that the test takes although it was made to fail."""

    name: str
    operator: str
    output: str = ""
    """The one output that differs, where there is one."""
    differs: bool | None = None
    """Whether rtlgen's own testbench tells it from the golden design; None: not known.

    False is most likely a change that leaves the function as it was.
    """


class ProblemRecord(Strict):
    """What was found of one problem."""

    task_id: str
    golden: GoldenRecord
    faults: tuple[str, ...] = ()
    """Why the test, as published, cannot judge here."""
    repairs: tuple[str, ...] = ()
    """Source transforms without which the test does not compile here."""
    samples: int = 0
    """Samples of the test with its own reference; 0 where it does not run."""
    tried: int = 0
    """Designs made to fail that compile."""
    survivors: tuple[SurvivorRecord, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be tried."""

    @property
    def killed(self) -> int:
        """Designs made to fail that the test fails."""
        return self.tried - len(self.survivors)

    @property
    def possible(self) -> bool:
        """Whether a design can pass functionally.

        A golden design can be beyond the simulator for what was repaired in its
        test; then that the repaired test runs shows that one can.
        """
        if self.golden.functional:
            return True
        return bool(self.repairs) and self.samples > 0 and self.golden.category in _BEYOND

    @property
    def unknown(self) -> str:
        """Why nothing is known of it; empty where something is."""
        known = self.golden.functional is not None or self.possible or self.faults
        return "" if known else self.golden.reason or "it was not judged"

    @property
    def impossible(self) -> str:
        """Why no design can pass officially; empty where one can."""
        if self.golden.official is not False:
            return ""
        return "; ".join(self.faults) or f"its own reference fails: {self.golden.reason}"

    @property
    def vacuous(self) -> tuple[str, ...]:
        """Designs without any sense in them that pass."""
        return tuple(s.name for s in self.survivors if s.differs is not False and senseless(s))

    @property
    def unchecked(self) -> tuple[str, ...]:
        """Outputs that the test does not look at."""
        return tuple(s.output for s in self.survivors if s.output and s.differs)

    @property
    def weak(self) -> tuple[str, ...]:
        """Designs that pass and are wrong, by rtlgen's own testbench."""
        return tuple(s.name for s in self.survivors if s.differs)


class CeilingRecord(Strict):
    """Problems that a perfect model could pass."""

    problems: int
    official: int
    functional: int
    """With the stated repairs of tests."""


class ConditionsRecord(Strict):
    """Under what it was judged; see `Conditions`."""

    cpu_seconds: float
    memory_bytes: int


class DoctorRecord(Strict):
    """A benchmark under the simulator at hand."""

    schema_version: Literal[1] = 1
    rtlgen: str
    benchmark: str
    key: str
    """Hex digest of all that the findings depend on."""
    simulator: str
    conditions: ConditionsRecord
    seconds: float
    """Wall time of the examination."""
    ceiling: CeilingRecord
    impossible: dict[str, str]
    """Problems that no design can pass officially, and why."""
    repaired: dict[str, tuple[str, ...]]
    """Problems whose test is repaired, and how."""
    vacuous: dict[str, tuple[str, ...]]
    """Problems that a design without any sense passes, and which."""
    unchecked: dict[str, tuple[str, ...]]
    """Problems with outputs that the test does not look at, and which."""
    weak: dict[str, tuple[str, ...]]
    """Problems whose test takes designs that differ from the reference, vacuous ones aside."""
    not_judged: dict[str, str]
    """Problems of which nothing is known, and why."""
    problems: tuple[ProblemRecord, ...]

    @classmethod
    def of(
        cls,
        problems: Sequence[ProblemRecord],
        *,
        benchmark: str,
        key: str,
        simulator: str,
        conditions: Conditions,
        seconds: float,
    ) -> Self:
        """Return the record with the lists that follow from `problems`."""
        return cls(
            rtlgen=__version__,
            benchmark=benchmark,
            key=key,
            simulator=simulator,
            conditions=ConditionsRecord(
                cpu_seconds=conditions.cpu_seconds, memory_bytes=conditions.memory_bytes
            ),
            seconds=round(seconds, 1),
            ceiling=CeilingRecord(
                problems=len(problems),
                official=sum(p.golden.official is True for p in problems),
                functional=sum(p.possible for p in problems),
            ),
            impossible={p.task_id: p.impossible for p in problems if p.impossible},
            repaired={p.task_id: p.repairs for p in problems if p.repairs},
            vacuous={p.task_id: p.vacuous for p in problems if p.vacuous},
            unchecked={p.task_id: p.unchecked for p in problems if p.unchecked},
            weak={p.task_id: p.weak for p in problems if p.weak and not p.vacuous},
            not_judged={p.task_id: p.unknown for p in problems if p.unknown},
            problems=tuple(problems),
        )

    @property
    def excluded(self) -> dict[str, str]:
        """Problems that `--exclude doctor` leaves out, in the benchmark's order, and why."""
        why = {
            **{
                task: f"a senseless design passes: {', '.join(n)}"
                for task, n in self.vacuous.items()
            },
            **{task: f"no design can pass: {reason}" for task, reason in self.impossible.items()},
        }
        return {p.task_id: why[p.task_id] for p in self.problems if p.task_id in why}


def senseless(survivor: SurvivorRecord) -> bool:
    """Whether it is a design without any sense: empty, constant, or wrong in every output."""
    return survivor.operator in ("empty", "constant", "inverted") and not survivor.output


def read_doctor(path: Path) -> DoctorRecord:
    """Return the record in `path`.

    Raises:
        UsageError: There is no such file, or it is no record; names the place in it.
    """
    try:
        return DoctorRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except ValidationError as error:
        raise UsageError(
            f"{path} must be what `rtlgen eval doctor -o` writes: {first_fault(error)}"
            "\n\nhint: write it again with `rtlgen eval doctor BENCHMARK --root PATH -o FILE`"
        ) from error


def write_doctor(record: DoctorRecord, path: Path) -> None:
    """Write `record` to `path`, in one step.

    Raises:
        OSError: It cannot be written.
    """
    text = json.dumps(record.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"
    write_whole(path, text, lasting=True)
