"""What every simulator does the same way: lay out a cocotb run, read its report, judge it."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.errors import ToolNotFound
from sim.process import ToolRun
from sim.verdict import Cause, Mismatch, Status, Verdict

REPORT = "report.json"
"""Name of the bench's report in the work folder."""
ROWS = f"{REPORT}.rows"
"""Name of what a bench has recorded beside its report."""
WAVEFORM = "dump.vcd"
"""Name of the waveform in the work folder, when one was asked for."""
REPORT_BYTES = 1 << 20
"""A report longer than this is not read."""

_PYTHON_FOLDER = "python"
_BENCH_FOLDER = "bench"
_DESIGN_FOLDER = "design"
_SAFE_NAME = re.compile(r"[A-Za-z0-9_.-]+\Z")


def layout(design: Design, bench: CocotbBench) -> dict[str, str]:
    """Return the files of a run: bench and design apart, so that no name can clash."""
    files = {f"{_PYTHON_FOLDER}/{name}": text for name, text in bench.python_files.items()}
    files |= {f"{_BENCH_FOLDER}/{name}": text for name, text in bench.hdl_files.items()}
    return files | dict(zip(design_files(design), design.sources.values(), strict=True))


def hdl_order(design: Design, bench: CocotbBench) -> list[str]:
    """Return the HDL files in compile order: the design last, so that its macros reach nobody."""
    return [f"{_BENCH_FOLDER}/{name}" for name in bench.hdl_files] + design_files(design)


def design_files(design: Design) -> list[str]:
    """Return the design's files in the work folder, under names that no tool can misread."""
    return [
        f"{_DESIGN_FOLDER}/{name if _SAFE_NAME.match(name) else f'source{index}.sv'}"
        for index, name in enumerate(design.sources)
    ]


def environment(bench: CocotbBench) -> dict[str, str]:
    """Return the variables that cocotb's simulator library reads."""
    return {
        "COCOTB_ANSI_OUTPUT": "0",
        "COCOTB_RANDOM_SEED": "1",
        "COCOTB_REWRITE_ASSERTION_FILES": "",
        "COCOTB_TEST_MODULES": bench.test_module,
        "COCOTB_TOPLEVEL": bench.toplevel,
        # Without it cocotb waits for another phase of the time step at every write.
        "COCOTB_TRUST_INERTIAL_WRITES": "1",
        "GPI_USERS": gpi_users(),
        "PYGPI_PYTHON_BIN": sys.executable,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": _PYTHON_FOLDER,
        "TOPLEVEL_LANG": "verilog",
    }


@cache
def gpi_users() -> str:
    """Return the libraries that put Python into the simulator.

    Raises:
        ToolNotFound: This Python has no shared library.
    """
    import find_libpython  # noqa: PLC0415 - only a simulation needs it
    from cocotb_tools import config  # noqa: PLC0415

    library = os.environ.get("LIBPYTHON_LOC") or find_libpython.find_libpython()
    if library is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise ToolNotFound(
            f"cocotb needs Python's shared library; {sys.executable} has none\n\n"
            f"hint: apt-get install libpython{version} (dnf install python3-libs), "
            "or set LIBPYTHON_LOC to the library's path"
        )
    return f"{library};{config.pygpi_entry_point()}"


@cache
def vpi_library(simulator: str) -> Path:
    """Return the path of cocotb's VPI library for `simulator`."""
    from cocotb_tools import config  # noqa: PLC0415

    return Path(config.lib_name_path("vpi", simulator))


class _ReportedMismatch(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    check: int = Field(ge=0)
    phase: str
    time_ns: float
    port: str
    expected: str
    got: str
    inputs: dict[str, str]
    history: list[dict[str, str]]


class LaneReport(BaseModel):
    """What a bench found out about one design."""

    model_config = ConfigDict(extra="ignore", strict=True)

    checks: int = Field(ge=0)
    mismatches: int = Field(ge=0)
    first_mismatch: _ReportedMismatch | None
    cared_bits: int | None = None


class _Report(LaneReport):
    token: str


def judge_run(
    run: ToolRun, bench: CocotbBench, *, report: str | None, token: str, facts: Mapping[str, Any]
) -> Verdict:
    """Judge the finished simulation `run` by the bench's own report.

    Nothing that was printed counts. `facts` (simulator, notes, runs) go into
    the verdict as they are.
    """
    common = {"expected": bench.expected_checks, **facts}
    if run.limit is not None:
        return limit_verdict(run, common)
    if run.exit_code is not None and run.exit_code < 0:
        name = signal.Signals(-run.exit_code).name
        return bench_error(f"the simulator was ended by {name}", run, common)
    if report is None:
        return _no_report(run, common)
    try:
        found = _Report.model_validate_json(report)
    except ValidationError as error:
        return bench_error(
            f"the bench's report is no report: {error.errors()[0]['msg']}", run, common
        )
    if found.token != token:
        return bench_error("the report does not carry this run's token", run, common)
    return judge_report(found, expected=bench.expected_checks, facts=facts)


def judge_report(found: LaneReport, *, expected: int, facts: Mapping[str, Any]) -> Verdict:
    """Judge a design by what a complete report says; `facts` go into the verdict as they are."""
    common = {"expected": expected, **facts}
    counts = {"checked": found.checks, "mismatches": found.mismatches}
    if found.mismatches or found.first_mismatch:
        first = _mismatch(found.first_mismatch)
        unknown = first is not None and first.unknown_value
        return Verdict(
            status=Status.FAIL,
            cause=Cause.UNKNOWN_VALUE if unknown else Cause.MISMATCH,
            reason=_describe(found, first),
            first_mismatch=first,
            **{**common, **counts},
        )
    if found.checks != expected:
        return Verdict(
            status=Status.UNKNOWN,
            cause=Cause.INCOMPLETE,
            reason=f"{found.checks} of {expected} checks were made",
            **{**common, **counts},
        )
    if found.cared_bits == 0:
        return Verdict(
            status=Status.UNKNOWN,
            cause=Cause.INCOMPLETE,
            reason="the reference left every output open; nothing was compared",
            **{**common, **counts},
        )
    return Verdict(status=Status.PASS, reason=f"all {expected} checks held", **{**common, **counts})


def _mismatch(found: _ReportedMismatch | None) -> Mismatch | None:
    if found is None:
        return None
    return Mismatch(**{**found.model_dump(), "history": tuple(found.history)})


def _describe(found: LaneReport, first: Mismatch | None) -> str:
    text = f"{found.mismatches} of {found.checks} checks did not hold"
    if first is None:
        return text
    what = "X or Z" if first.unknown_value else f"{first.got}"
    return f"{text}; first: {first.port} is {what}, not {first.expected} ({first.phase})"


def limit_verdict(run: ToolRun, common: Mapping[str, Any]) -> Verdict:
    """Return the verdict on a run that a limit ended."""
    causes = {"memory": Cause.MEMORY, "output": Cause.OUTPUT, "file size": Cause.OUTPUT}
    return Verdict(
        status=Status.TIMEOUT,
        cause=causes.get(run.limit or "", Cause.TIME),
        reason=f"`{Path(run.argv[0]).name}` reached its {run.limit} limit",
        **common,
    )


def bench_error(reason: str, run: ToolRun, common: Mapping[str, Any]) -> Verdict:
    """Return the verdict on a run that says nothing about the design."""
    tail = " | ".join(line.strip() for line in run.output.splitlines()[-3:])
    return Verdict(
        status=Status.ERROR,
        cause=Cause.BENCH,
        reason=f"{reason}: {tail[-300:]}" if tail else reason,
        **common,
    )


def _no_report(run: ToolRun, common: Mapping[str, Any]) -> Verdict:
    error = _python_error(run.output)
    if error:
        return bench_error(f"the bench stopped: {error}", run, common)
    return Verdict(
        status=Status.UNKNOWN,
        cause=Cause.INCOMPLETE,
        reason="the simulation ended before the bench reported",
        **common,
    )


def _python_error(output: str) -> str:
    """Return the last line of a Python error in cocotb's log, if there is one."""
    lines = [line.strip() for line in output.splitlines()]
    errors = [line for line in lines if re.match(r"[A-Za-z_.]*(Error|Exception)\b", line)]
    return errors[-1][:300] if errors else ""


def read_report(path: Path, *, most: int = REPORT_BYTES) -> str | None:
    """Return the report at `path`, or None if it is no text, or as `read_plain`."""
    data = read_plain(path, most=most)
    try:
        return None if data is None else data.decode()
    except UnicodeDecodeError:
        return None


def read_plain(path: Path, *, most: int) -> bytes | None:
    """Return what is in `path`; None if there is none, or no plain file, or more than `most`."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > most:
            return None
        return path.read_bytes()
    except OSError:
        return None


def compile_verdict(
    run: ToolRun, *, errors: Sequence[str], simulator: str, common: Mapping[str, Any]
) -> Verdict:
    """Return the verdict on a compile that failed; the first of `errors` is quoted.

    The gate has parsed and elaborated the design before, so what fails here is
    what this simulator does not take of SystemVerilog. The design has not been judged.
    """
    if run.limit is not None:
        return limit_verdict(run, common)
    if not errors:
        return bench_error("the compiler failed without an error message", run, common)
    if errors[0].startswith(_BENCH_FOLDER + "/"):
        return bench_error(f"the testbench does not compile: {errors[0]}", run, common)
    return Verdict(
        status=Status.ERROR,
        cause=Cause.BENCH,
        reason=f"{simulator} cannot compile what slang accepts: "
        + errors[0].removeprefix(_DESIGN_FOLDER + "/"),
        **common,
    )
