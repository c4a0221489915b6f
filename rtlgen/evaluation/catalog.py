"""The benchmarks that rtlgen knows."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from rtlgen.errors import UsageError
from rtlgen.evaluation.benchmark import Benchmark
from rtlgen.evaluation.corpus import Corpus
from rtlgen.evaluation.rtllm import Rtllm
from rtlgen.evaluation.verilog_eval_v1 import VerilogEvalV1
from rtlgen.evaluation.verilog_eval_v2 import VerilogEvalV2

_ALL: tuple[Benchmark, ...] = (
    VerilogEvalV1("Human"),
    VerilogEvalV1("Machine"),
    VerilogEvalV2("spec-to-rtl"),
    VerilogEvalV2("code-complete"),
    Rtllm("1.1"),
    Rtllm("2"),
    Corpus(),
)
BENCHMARKS: dict[str, Benchmark] = {known.name: known for known in _ALL}
"""By name, as `rtlgen eval` takes it."""


def benchmark(name: str) -> Benchmark:
    """Return the benchmark called `name`.

    Raises:
        UsageError: There is none of that name.
    """
    if name in BENCHMARKS:
        return BENCHMARKS[name]
    near = get_close_matches(name[:100].lower(), BENCHMARKS, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "choose one of these"
    raise UsageError(
        f"a benchmark must be one of {', '.join(BENCHMARKS)}, not {name!r}\n\nhint: {hint}"
    )


def owner_below(root: Path) -> Callable[[str], str | None]:
    """Return a function that tells which benchmark at or below `root` has a task.

    Its answer is the benchmark's name, or None. The root is read when it is first asked.
    """

    @cache
    def tasks() -> dict[str, str]:
        owners: dict[str, str] = {}
        for known in BENCHMARKS.values():
            for task in _tasks(known, root):
                owners.setdefault(task, known.name)
        return owners

    return lambda task: tasks().get(task)


def _tasks(known: Benchmark, root: Path) -> list[str]:
    try:
        return [problem.task_id for problem in known.read(root)]
    except UsageError:
        return []
