"""Many short runs of tools in one sandbox.

To start a sandbox takes longer than to compile and simulate a small design.
So one start serves many pipelines, one after the other, each in a folder of
its own that exists only from its turn on.

A pipeline cannot change what is said of another one: nothing of it is alive
when the next begins, the next one's files are not there before, and it reaches
neither the reports nor the process that writes them. It can end that process;
then it is run again by itself, and the others go on without it.
"""

from __future__ import annotations

import math
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from sim.errors import ToolFailed
from sim.isolation import installation
from sim.locate import find_tool
from sim.pipelines_driver import PLAN, Plan
from sim.process import Limits, ToolRun, check_limits, run_tool, tells_of_memory
from sim.scratch import scratch_folder

MOST = 64
"""Pipelines that one sandbox is given, at most."""
_MOST_BYTES = 16 << 20
_DRIVER_BYTES = 256 << 20
_MARGIN_SECONDS = 20.0
_HERE = Path(__file__).resolve().parent
_START = """
import sys
sim = sys.modules["sim"] = type(sys)("sim")
sim.__path__ = sys.argv[1:]
from sim.pipelines_driver import main
main()
"""
"""Finds the package without a look at the folder around it, which Landlock does not allow."""
_TAIL = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Files, and what is run on them; values only."""

    files: Mapping[str, str | bytes]
    """Relative path to content; text is written as UTF-8."""
    steps: tuple[tuple[str, ...], ...]
    """Argument lists. A step runs if all before it have exited with 0.

    A program is found as by `sim.locate.find_tool`; a relative path with a slash is
    one that an earlier step has made.
    """
    cpu_seconds: float | None = None
    """`PipelineLimits.cpu_seconds` of this one, where it has a limit of its own."""

    def __post_init__(self) -> None:
        if not self.steps or not all(self.steps):
            raise ValueError("a pipeline needs steps, and each a program")
        if self.cpu_seconds is not None:
            check_limits({"cpu_seconds": self.cpu_seconds})
        if any("\0" in word for step in self.steps for word in step):
            raise ValueError("an argument cannot hold a NUL")
        for name in self.files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or not path.name or "\0" in name:
                raise ValueError(
                    f"a file must stay inside the folder of its pipeline, not {name!r}"
                )
        object.__setattr__(self, "files", MappingProxyType(dict(self.files)))

    def __reduce__(self) -> tuple[object, ...]:
        return _pipeline, (dict(self.files), self.steps, self.cpu_seconds)


def _pipeline(
    files: Mapping[str, str | bytes], steps: tuple[tuple[str, ...], ...], cpu_seconds: float | None
) -> Pipeline:
    return Pipeline(files=files, steps=steps, cpu_seconds=cpu_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineLimits:
    """What one step may use."""

    cpu_seconds: float = 30.0
    """Processor time of each of its processes, in whole seconds, rounded up."""
    seconds: float = 150.0
    """Wall time; much more than processor time, so that load does not decide."""
    memory_bytes: int = 2 << 30
    """Address space of each process, and resident memory of all."""
    file_bytes: int = 64 << 20
    """Size of any one file."""
    output_bytes: int = 256 << 10
    """Kept of standard output and of standard error, each; at 16 times as much it is stopped."""

    def __post_init__(self) -> None:
        check_limits({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRun:
    """The facts of one step; no judgement."""

    argv: tuple[str, ...]
    exit_code: int | None
    """Exit code, negative for a signal; None if a limit ended it."""
    stdout: str
    stderr: str
    truncated: bool
    """Whether more was printed than was kept."""
    seconds: float
    cpu_seconds: float
    """Processor time of the step and of all it started."""
    peak_memory_bytes: int
    """Resident memory of its largest process; at least that of the driver it came from."""
    limit: str | None
    """time, cpu, memory, output, file size or processes; `sandbox` if it ended the driver."""

    @property
    def timed_out(self) -> bool:
        """Whether time, on the wall or of the processor, ended it."""
        return self.limit in ("time", "cpu")


def run_pipelines(
    pipelines: Sequence[Pipeline],
    *,
    limits: PipelineLimits,
    readable: Sequence[Path] = (),
    preload: Mapping[str, Path] = MappingProxyType({}),
) -> list[tuple[StepRun, ...]]:
    """Run each of `pipelines` and return what its steps did, as far as they ran.

    Every step may read the system's programs, its tool's installation and
    `readable`; what is left in the folders is lost. `preload` has, by a program's name
    in `steps`, a library that its process loads before its own; where that cannot be
    read, the program runs without it.

    Raises:
        ToolNotFound: A program is not installed; then nothing is run.
        ToolFailed: It is, but the system does not run it.
        EnvironmentFault: No process can be started.
    """
    tools = {name: find_tool(name) for name in _programs(pipelines)}
    seen = [path for tool in tools.values() for path in installation(tool)]
    shown = tuple(dict.fromkeys((*seen, *readable, *preload.values())))
    libraries = {str(tools[name]): path for name, path in preload.items() if name in tools}
    sandbox = _Sandbox(tools, limits, shown, libraries)
    found: list[tuple[StepRun, ...]] = []
    while len(found) < len(pipelines):
        few = _that_fit(pipelines[len(found) :])
        found += sandbox.together(few)
    return found


def _programs(pipelines: Iterable[Pipeline]) -> set[str]:
    names = {step[0] for pipeline in pipelines for step in pipeline.steps}
    return {name for name in names if not _own(name)}


def _own(name: str) -> bool:
    return "/" in name and not name.startswith("/")


def _that_fit(pipelines: Sequence[Pipeline]) -> list[Pipeline]:
    """Return the first of `pipelines`, as many as one sandbox is given, and at least one."""
    found: list[Pipeline] = []
    size = 0
    for pipeline in pipelines[:MOST]:
        size += sum(map(len, pipeline.files.values()))
        if found and size > _MOST_BYTES:
            break
        found.append(pipeline)
    return found


@dataclass(frozen=True, slots=True)
class _Sandbox:
    tools: Mapping[str, Path]
    limits: PipelineLimits
    readable: tuple[Path, ...]
    libraries: Mapping[str, Path]
    """By path of a program: what is loaded before its own libraries."""

    def together(self, pipelines: Sequence[Pipeline]) -> list[tuple[StepRun, ...]]:
        """Return the runs of the first of `pipelines`, at least of one."""
        done, _ = self._run(pipelines)
        pairs = zip(pipelines, done, strict=False)
        complete = [runs for _, runs in takewhile(lambda pair: _is_complete(*pair), pairs)]
        if len(complete) < len(pipelines):
            complete.append(self._alone(pipelines[len(complete)]))
        return complete

    def _alone(self, pipeline: Pipeline) -> tuple[StepRun, ...]:
        done, run = self._run([pipeline])
        runs = done[0] if done else ()
        return runs if _is_complete(pipeline, runs) else (*runs, _broken(pipeline, runs, run))

    def _run(self, pipelines: Sequence[Pipeline]) -> tuple[list[tuple[StepRun, ...]], ToolRun]:
        with scratch_folder() as folder:
            (folder / PLAN).write_bytes(self._plan(pipelines).encode())
            run = run_tool(
                [sys.executable, "-I", "-S", "-c", _START, str(_HERE)],
                cwd=folder,
                limits=self._of_all(pipelines),
                readable=[_HERE, *self.readable],
            )
        done: list[list[StepRun]] = [[]]
        for number, told in _reports(run.output, len(pipelines)):
            done += [[] for _ in range(number + 1 - len(done))]
            pipeline = pipelines[number]
            argv = pipeline.steps[len(done[number])]
            done[number].append(self._step_run(argv, told, self._cpu_seconds(pipeline)))
        return [tuple(runs) for runs in done], run

    def _plan(self, pipelines: Sequence[Pipeline]) -> Plan:
        return Plan(
            pipelines=[
                (
                    {name: _bytes(content) for name, content in pipeline.files.items()},
                    [[self._program(name), *rest] for name, *rest in pipeline.steps],
                    self._cpu_seconds(pipeline),
                )
                for pipeline in pipelines
            ],
            preload={program: str(path) for program, path in self.libraries.items()},
            seconds=self.limits.seconds,
            memory_bytes=self.limits.memory_bytes,
            file_bytes=self.limits.file_bytes,
            output_bytes=self.limits.output_bytes,
        )

    def _program(self, name: str) -> str:
        return str(self.tools.get(name, name))

    def _cpu_seconds(self, pipeline: Pipeline) -> int:
        """Return the processor time of each step, in whole seconds."""
        own = pipeline.cpu_seconds
        return math.ceil(self.limits.cpu_seconds if own is None else own)

    def _of_all(self, pipelines: Sequence[Pipeline]) -> Limits:
        """Return limits of the whole sandbox that honest steps within their own do not pass."""
        steps = sum(len(pipeline.steps) for pipeline in pipelines)
        cpu_seconds = sum(len(p.steps) * (self._cpu_seconds(p) + 1) for p in pipelines)
        return Limits(
            seconds=_MARGIN_SECONDS + steps * (self.limits.seconds + 1),
            cpu_seconds=_MARGIN_SECONDS + 2 * cpu_seconds,
            memory_bytes=_DRIVER_BYTES + self.limits.memory_bytes,
            file_bytes=self.limits.file_bytes,
            folder_bytes=_DRIVER_BYTES + 4 * self.limits.file_bytes,
            output_bytes=steps * (256 + 6 * self.limits.output_bytes),
            processes=128,
        )

    def _step_run(self, argv: tuple[str, ...], told: _Report, cpu_seconds: int) -> StepRun:
        if told.limit.isdigit():
            raise ToolFailed(
                f"`{argv[0]}` cannot be started: {os.strerror(int(told.limit))}\n\n"
                "hint: reinstall it; it must be a program for this machine"
            )
        code = os.waitstatus_to_exitcode(told.status)
        limit = told.limit if told.limit != "-" else _limit_of(code, told, cpu_seconds)
        return StepRun(
            argv=argv,
            exit_code=None if limit else code,
            stdout=told.stdout,
            stderr=told.stderr,
            truncated=told.truncated,
            seconds=told.seconds,
            cpu_seconds=told.cpu_seconds,
            peak_memory_bytes=told.peak_memory_bytes,
            limit=limit,
        )


def _limit_of(code: int, told: _Report, cpu_seconds: int) -> str | None:
    """Return the limit that `code` speaks of, where the kernel or the tool enforced it.

    A tool whose own child the kernel has ended tells it by an exit code.
    """
    # What the kernel counts may lack a little of what it allowed.
    allowed = 0.9 * cpu_seconds
    if code == -signal.SIGXCPU or (code != 0 and told.cpu_seconds >= allowed):
        return "cpu"
    if code in (-signal.SIGXFSZ, 128 + signal.SIGXFSZ):
        return "file size"
    if code != 0 and any(
        tells_of_memory(text[-_TAIL:].encode()) for text in (told.stdout, told.stderr)
    ):
        return "memory"
    return None


def _bytes(content: str | bytes) -> bytes:
    return content.encode(errors="surrogatepass") if isinstance(content, str) else content


def _is_complete(pipeline: Pipeline, runs: Sequence[StepRun]) -> bool:
    if not runs:
        return False
    return len(runs) == len(pipeline.steps) or runs[-1].exit_code != 0


def _broken(pipeline: Pipeline, runs: Sequence[StepRun], run: ToolRun) -> StepRun:
    """Return what is known of the step of `pipeline` at which the whole sandbox ended."""
    return StepRun(
        argv=pipeline.steps[len(runs)],
        exit_code=None,
        stdout="",
        stderr="",
        truncated=True,
        seconds=run.seconds,
        cpu_seconds=run.cpu_seconds,
        peak_memory_bytes=run.peak_memory_bytes,
        limit=run.limit or "sandbox",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """What the driver tells of one step; see `sim.pipelines_driver`."""

    status: int
    seconds: float
    cpu_seconds: float
    peak_memory_bytes: int
    truncated: bool
    limit: str
    stdout: str
    stderr: str


def _reports(output: str, pipelines: int) -> Iterator[tuple[int, _Report]]:
    """Yield the reports in `output` with the number of their pipeline, as far as they go."""
    at = last = 0
    while True:
        end = output.find("\n", at)
        fields = output[at:end].split(" ") if end >= 0 else []
        if len(fields) != 9 or not _are_numbers(fields):
            return
        number, status, _, _, peak, truncated, _, out, err = fields
        middle = end + 1 + int(out)
        at = middle + int(err)
        if at > len(output) or not last <= int(number) < pipelines:
            return
        last = int(number)
        yield (
            last,
            _Report(
                status=int(status),
                seconds=float(fields[2]),
                cpu_seconds=float(fields[3]),
                peak_memory_bytes=int(peak),
                truncated=truncated == "1",
                limit=fields[6],
                stdout=output[end + 1 : middle],
                stderr=output[middle:at],
            ),
        )


def _are_numbers(fields: Sequence[str]) -> bool:
    return all(field.replace(".", "", 1).isdigit() for i, field in enumerate(fields) if i != 6)
