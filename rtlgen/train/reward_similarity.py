"""How alike two designs are as syntax trees: the AST score of VeriReason's reward.

A tree is taken as the multiset of its nodes' kinds with the kinds of their parts;
names, comments and layout count for nothing, values of literals count. With G of the
golden design and D of the other, the score is (S + C - R) / 2 where S is
2|G & D| / (|G| + |D|), the coverage C is |G & D| / |G|, and the redundancy R is the
share of D by which it is larger than G. It is 1 for equal trees. The paper (arXiv
2505.11849, section 3) names the three parts without saying how trees are compared.

Designs are a model's text: they are parsed in sandboxed children only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import sim
from sim.errors import ToolFailed
from sim.process import Limits, run_tool
from sim.scratch import scratch_folder
from sim.worker import ANSWERS, REQUEST

MOST_CHARACTERS = 1 << 16
"""A longer text is like nothing."""
_TOGETHER = 256
"""Pairs that one child is given."""
_LIMITS = Limits(
    seconds=240.0,
    cpu_seconds=30.0,
    memory_bytes=1 << 30,
    file_bytes=1 << 20,
    folder_bytes=128 << 20,
    output_bytes=1 << 16,
    processes=16,
)
_START = """
import sys, types
for name, path in zip(("sim", "rtlgen.train"), sys.argv[2:]):
    for whole in (name.partition(".")[0], name):
        sys.modules.setdefault(whole, types.ModuleType(whole))
    sys.modules[name].__path__ = [path]
from importlib import import_module
import_module(sys.argv[1]).main()
"""
"""Finds the packages without a look at the folders around them, which Landlock does not allow."""
_WORKER = "rtlgen.train.similarity_worker"
_PLACES = (Path(sim.__file__).resolve().parent, Path(__file__).resolve().parent)


def similarities(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Return the score of each pair of a golden design and another one, 0 to 1.

    A text that cannot be parsed within the limits, or is too long, has 0.

    Raises:
        EnvironmentFault: No child process can be run, or pyslang does not run in it.
    """
    asked = {pair: 0.0 for pair in pairs if max(map(len, pair)) <= MOST_CHARACTERS}
    left = sorted(asked)
    while left:
        found = _answers(left[:_TOGETHER])
        asked.update(zip(left, found, strict=False))
        # What ended the child is the first pair without an answer; it keeps its 0.
        complete = len(found) == min(len(left), _TOGETHER)
        left = left[len(found) + (not complete) :]
    return [asked.get(pair, 0.0) for pair in pairs]


def _answers(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Return the scores of the first of `pairs`, as far as a child comes."""
    with scratch_folder() as folder:
        (folder / REQUEST).write_text(json.dumps(pairs), encoding="utf-8")
        run = run_tool(
            [sys.executable, "-I", "-c", _START, _WORKER, *map(str, _PLACES)],
            cwd=folder,
            limits=_LIMITS,
            readable=_PLACES,
        )
        answers = folder / ANSWERS
        if answers.is_symlink() or not answers.is_file():
            raise ToolFailed(f"trees cannot be compared: {run.output[-500:].strip()}")
        with answers.open(encoding="utf-8") as lines:
            # A line without its end was not finished.
            return [float(json.loads(line)) for line in lines if line.endswith("\n")]
