"""Is a benchmark fit to judge, under the simulator at hand?

Every problem's own design is judged by its test, and so are designs made to
fail: hollow ones, ones with inverted or late outputs, ones with a small change.
What passes although it should not is compared with the golden design by a
testbench of rtlgen's own, so that a change without effect is not held against
the test.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import testbench_gen
from rtlgen.design import bench
from rtlgen.design.bench import golden_judgement
from rtlgen.errors import RtlgenError
from rtlgen.evaluation import mutants
from rtlgen.evaluation.benchmark import Benchmark
from rtlgen.evaluation.doctor_record import (
    DoctorRecord,
    GoldenRecord,
    ProblemRecord,
    SurvivorRecord,
    read_doctor,
    write_doctor,
)
from rtlgen.evaluation.executor import Executor, Fault, as_completed
from rtlgen.evaluation.harness.protocol import Conditions, Group, Harness
from rtlgen.evaluation.judgement import Category, not_judged
from rtlgen.evaluation.judging_code import judging_code
from rtlgen.evaluation.mutants import Mutant, edited, hollow, wrapped
from rtlgen.evaluation.problem import Problem
from sim.batch import judge_many
from sim.cache_folder import cache_folder
from sim.design import Design, digest
from sim.errors import EnvironmentFault, InvalidDesign, InvalidInterface
from sim.gate import admit_many
from sim.interface import Interface, infer_timing, read_interface
from sim.judge import available_simulators
from sim.process import Limits
from sim.verdict import Status

log = logging.getLogger(__name__)

EDITS = 12
"""Small changes of a golden design that are tried, at most."""
_INVALID = frozenset(
    {
        Category.SYNTAX,
        Category.ELABORATION,
        Category.INTERFACE,
        Category.REFUSED,
        Category.EXTRACTION,
        Category.NOT_JUDGED,
    }
)
"""What is found of a mutant that says nothing of the test."""
_SETTLING = Limits(seconds=120.0, cpu_seconds=30.0)

OnProgress = Callable[[int, int], None]
"""Called with the number of problems examined so far, and of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A problem, and the designs by which its test is tried; calling it tries them."""

    problem: Problem
    harness: Harness
    conditions: Conditions
    mutants: tuple[Mutant, ...] = ()
    notes: tuple[str, ...] = ()

    def __call__(self) -> ProblemRecord:
        return _examined(self)


def examine(
    benchmark: Benchmark,
    problems: Sequence[Problem],
    conditions: Conditions,
    executor: Executor,
    *,
    on_progress: OnProgress = lambda _done, _all: None,
) -> DoctorRecord:
    """Try the tests of `problems` with their golden designs and with designs made to fail.

    Raises:
        EnvironmentFault: The tools do not run at all.
    """
    start = time.monotonic()
    conditions = _quick(conditions)
    key = doctor_key(benchmark, problems, conditions)
    cases = _cases(problems, benchmark.harness, conditions)
    found: dict[int, ProblemRecord] = {}
    faults: list[Fault] = []
    for done in as_completed(executor, enumerate(cases)):
        if done.fault is not None:
            faults.append(done.fault)
        found[done.number] = done.result or _unknown(problems[done.number], done.fault)
        on_progress(len(found), len(problems))
    if faults and len(faults) == len(problems):
        raise EnvironmentFault(faults[0].text)
    return DoctorRecord.of(
        [found[number] for number in range(len(problems))],
        benchmark=benchmark.name,
        key=key,
        simulator=benchmark.harness.simulator(),
        conditions=conditions,
        seconds=time.monotonic() - start,
    )


def examined_before(
    benchmark: Benchmark, problems: Sequence[Problem], conditions: Conditions
) -> DoctorRecord | None:
    """Return the record of an equal examination, if `keep` has kept one.

    Raises:
        ToolNotFound: The simulator is not installed.
    """
    path = _path(doctor_key(benchmark, problems, _quick(conditions)))
    if not path.is_file():
        return None
    try:
        return read_doctor(path)
    except RtlgenError as error:
        log.warning("a damaged record is ignored: %s", str(error).splitlines()[0])
        return None


def keep(record: DoctorRecord) -> None:
    """Keep `record` for `examined_before`; trouble with the folder is logged."""
    path = _path(record.key)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_doctor(record, path)
    except OSError as error:
        log.warning("what the doctor found cannot be kept in %s: %s", path.parent, error.strerror)


def doctor_key(benchmark: Benchmark, problems: Sequence[Problem], conditions: Conditions) -> str:
    """Return a digest of all that the findings depend on.

    Raises:
        ToolNotFound: The simulator is not installed.
    """
    facts = [benchmark.name, benchmark.harness.name, benchmark.harness.simulator()]
    facts += [repr(sorted(asdict(_quick(conditions)).items())), _code()]
    texts = [part for p in problems for part in (p.task_id, p.digest, p.golden)]
    return digest(*(part.encode(errors="replace") for part in (*facts, *texts)))


def _quick(conditions: Conditions) -> Conditions:
    """Return the conditions under which only the verdict is made."""
    return replace(conditions, stop_early=True, windows=False)


def _code() -> str:
    """Return a digest of the code that examines."""
    packages = [Path(folder) for folder in testbench_gen.__path__]
    files = [path for folder in packages for path in sorted(folder.rglob("*.py"))]
    files += [Path(__file__), Path(mutants.__file__), Path(bench.__file__)]
    return digest(judging_code().encode(), *(path.read_bytes() for path in files))


def _path(key: str) -> Path:
    return cache_folder() / "doctor" / f"{key}.json"


def _cases(problems: Sequence[Problem], harness: Harness, conditions: Conditions) -> list[_Case]:
    """Return the problems with their mutants; ports are read in the gate's own process."""
    cases = []
    for problem, interface in zip(problems, _interfaces(problems), strict=True):
        mutants, notes = _mutants(problem, interface)
        cases.append(
            _Case(
                problem=problem,
                harness=harness,
                conditions=conditions,
                mutants=mutants,
                notes=notes,
            )
        )
    return cases


def senseless_designs(problems: Sequence[Problem]) -> list[list[Mutant]]:
    """Return for each problem designs without any sense in them: what passes them is no test.

    Some problems ask for nothing else; `differ` tells. There are none where ports cannot be read.
    """
    return [
        [] if interface is None else [*hollow(interface), *_inverted(problem, interface)]
        for problem, interface in zip(problems, _interfaces(problems), strict=True)
    ]


def _inverted(problem: Problem, interface: Interface) -> Iterator[Mutant]:
    try:
        shells = wrapped(problem.golden, interface)
    except InvalidDesign:
        return
    yield from (one for one in shells if one.operator == "inverted" and not one.output)


def _interfaces(problems: Sequence[Problem]) -> Iterator[Interface | None]:
    """Yield the ports of each golden design, which are read in the gate's own process."""
    designs = [_golden(problem) for problem in problems]
    admitted = iter(admit_many([design for design in designs if design is not None]))
    for design in designs:
        yield (None if design is None else next(admitted).interface) or _interface(design)


def _golden(problem: Problem) -> Design | None:
    try:
        sources = {"golden.sv": problem.golden}
        data = {name: content for name, content in problem.data if not name.endswith(".v")}
        return Design(top=problem.top, sources=sources, data=data)
    except InvalidDesign:
        return None


def _interface(golden: Design | None) -> Interface | None:
    """Return the ports of a golden design that the gate refuses."""
    if golden is None:
        return None
    try:
        return infer_timing(golden, read_interface(golden))
    except (InvalidDesign, InvalidInterface):
        return None


def _mutants(
    problem: Problem, interface: Interface | None
) -> tuple[tuple[Mutant, ...], tuple[str, ...]]:
    """Return designs made to fail, and what could not be tried."""
    if interface is None:
        return (), ("the ports of its reference cannot be read; nothing else was tried",)
    empty = tuple(hollow(interface))
    try:
        changed = [*wrapped(problem.golden, interface), *edited(problem.golden, most=EDITS)]
    except InvalidDesign as error:
        return empty, (str(error),)
    return (*empty, *changed), ()


def _unknown(problem: Problem, fault: Fault | None) -> ProblemRecord:
    reason = "" if fault is None else fault.text.splitlines()[0]
    return ProblemRecord(task_id=problem.task_id, golden=GoldenRecord.of(not_judged(reason)))


def _examined(case: _Case) -> ProblemRecord:
    problem = case.problem
    [preparation] = case.harness.prepare([problem], case.conditions)
    designs = (problem.golden, *(mutant.verilog for mutant in case.mutants))
    group = Group(problem=problem, preparation=preparation, designs=designs)
    [judgements] = case.harness.judge([group], case.conditions)
    tried = [
        (mutant, judgement)
        for mutant, judgement in zip(case.mutants, judgements[1:], strict=True)
        if judgement.category not in _INVALID
    ]
    passed = [mutant for mutant, judgement in tried if judgement.functional]
    return ProblemRecord(
        task_id=problem.task_id,
        golden=GoldenRecord.of(judgements[0]),
        faults=preparation.faults,
        repairs=preparation.repairs,
        samples=preparation.samples,
        tried=len(tried),
        survivors=tuple(_survivors(problem, passed)),
        notes=case.notes,
    )


def _survivors(problem: Problem, passed: Sequence[Mutant]) -> Iterator[SurvivorRecord]:
    for mutant, differs in zip(passed, differ(problem, passed), strict=True):
        yield SurvivorRecord(
            name=mutant.name, operator=mutant.operator, output=mutant.output, differs=differs
        )


def differ(problem: Problem, mutants: Sequence[Mutant]) -> list[bool | None]:
    """Return which of `mutants` a testbench of ours tells from the golden design.

    None where it cannot tell: it does not run, or the golden design does not
    agree with itself.
    """
    golden = _golden(problem)
    if not mutants or golden is None:
        return [None] * len(mutants)
    simulators = available_simulators()[:1]
    try:
        by_golden = golden_judgement(golden, None, seed=1, simulators=simulators, limits=_SETTLING)
    except (RtlgenError, InvalidDesign, InvalidInterface) as error:
        log.info("%s: nothing to compare with: %s", problem.task_id, error)
        return [None] * len(mutants)
    verdicts = judge_many(
        [replace(golden, sources={"mutant.sv": mutant.verilog}) for mutant in mutants],
        by_golden.testbench,
        simulators=simulators,
        interface=by_golden.interface,
        limits=_SETTLING,
    )
    known = {Status.PASS: False, Status.FAIL: True}
    return [known.get(verdict.status) for verdict in verdicts]
